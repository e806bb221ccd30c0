import { REMOVED } from '../engine/types.ts'
import type { MaskDefinition } from '../engine/types.ts'

export const remove: MaskDefinition = {
  type: 'remove',
  summary: 'Deletes the key or array element; of a text match, its characters; of a record, the record.',
  input: 'A',
  settles: 'value',
  options: {},
  compile: () => () => REMOVED,
  // A removed value has no JSON text: the harness shows it as nothing.
  examples: [{ in: '"a"', out: '' }],
}
