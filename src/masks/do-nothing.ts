import type { MaskDefinition } from '../engine/types.ts'

export const doNothing: MaskDefinition = {
  type: 'do_nothing',
  summary: 'The value unchanged: alone in a rule, an explicit release.',
  input: 'A',
  settles: 'nothing',
  options: {},
  compile: () => (value) => value,
  examples: [
    { in: '"Bill"', out: '"Bill"' },
    { in: '4823.50', out: '4823.50' },
  ],
}
