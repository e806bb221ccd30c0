import { masksOption, option, resultText } from './input.ts'
import { REMOVED } from '../engine/types.ts'
import type { MaskDefinition, MaskNode } from '../engine/types.ts'

export const concat: MaskDefinition = {
  type: 'concat',
  summary: 'The results of several masks, joined. Each mask gets the original value.',
  input: 'A',
  settles(options, inner) {
    return (options.get('masks') as readonly MaskNode[]).every((node) => inner([node]) === 'value') ? 'value' : 'nothing'
  },
  options: {
    masks: masksOption('Each is applied to the original value; null counts as nothing.'),
    glue: { kind: 'string', default: '', summary: 'Text between the results.' },
  },
  compile(options, tools) {
    const members = (options.get('masks') as readonly MaskNode[]).map((node) => tools.masks([node]))
    const glue = option(options, 'glue', '')
    return (value, context) => {
      const results = members.map((member) => member(value, context))
      // Null in and nothing written: still null.
      if (value === null && results.every((result) => result === null || result === REMOVED)) return null
      return results.map((result) => resultText('concat', result)).join(glue)
    }
  },
  examples: [
    { options: { glue: ' ', masks: [{ type: 'do_nothing' }, { type: 'from_fixed', value: 'Smith' }] }, in: '"Bill"', out: '"Bill Smith"' },
    { options: { masks: [{ type: 'from_fixed', value: 'id-' }, { type: 'imitate' }] }, inputs: ['12345'], in: '"AAA"', out: '"id-XAD"' },
    { options: { masks: [{ type: 'do_nothing' }] }, in: 'null', out: 'null' },
    { options: { masks: [{ type: 'do_nothing' }] }, in: '{"a":1}', error: 'wrong_input_type' },
  ],
}
