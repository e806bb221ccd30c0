import { NumberText } from '../engine/types.ts'
import type { MaskDefinition } from '../engine/types.ts'
import { option, seedOption } from './input.ts'

const RESULTS = [new NumberText('0'), new NumberText('1')] as const

export const fromRandomBoolean: MaskDefinition = {
  type: 'from_random_boolean',
  summary: 'The integer 1 or 0: follow with `typecast` for a boolean.',
  input: 'G',
  random: 'r',
  settles: 'value',
  options: { seed: seedOption },
  compile(options) {
    const spec = { family: 'from_random_boolean', namespace: option(options, 'seed', '') }
    return (_, context) => RESULTS[context.draws(spec).uniform(2)]!
  },
  examples: [
    { inputs: ['12345'], in: 'null', out: '1' },
    { in: '"a"', out: '1' },
    { in: '"b"', out: '1' },
  ],
}
