import type { MaskDefinition } from '../engine/types.ts'
import { option, seedOption } from './input.ts'

export const fromFile: MaskDefinition = {
  type: 'from_file',
  summary: 'A cell of a seed file. Masks with one seed file and the same inputs take the same row.',
  input: 'G',
  random: 'r',
  settles: 'value',
  options: {
    seed_file: { kind: 'seed_file', required: true, summary: 'CSV file with a header, by bare name.' },
    seed_column: { kind: 'string', summary: 'Header of the cell taken; default: the first column.' },
    null_string: { kind: 'string', summary: 'A cell equal to it gives null; otherwise an empty cell is `""`.' },
    seed: seedOption,
  },
  compile(options, tools) {
    const name = options.get('seed_file') as string
    const cells = tools.seedFile(name).column(options.get('seed_column') as string | undefined) ?? []
    const nullString = options.get('null_string') as string | undefined
    const spec = { family: 'from_file', qualifier: name, namespace: option(options, 'seed', '') }
    return (_, context) => {
      const cell = cells[context.draws(spec).uniform(cells.length)]!
      return cell === nullString ? null : cell
    }
  },
  examples: [],
}
