import type { MaskDefinition, Value } from '../engine/types.ts'

export const fromFixed: MaskDefinition = {
  type: 'from_fixed',
  summary: 'A fixed value.',
  input: 'G',
  settles: 'value',
  options: { value: { kind: 'scalar', required: true, summary: 'The result, its type kept. `value:` alone is null.' } },
  compile(options) {
    const fixed = (options.get('value') ?? null) as Value
    return () => fixed
  },
  examples: [
    { options: { value: 'Alex' }, in: '"Bill"', out: '"Alex"' },
    { options: { value: null }, in: '7', out: 'null' },
    { options: { value: 3 }, in: 'null', out: '3' },
    { options: { value: true }, in: '{"a":1}', out: 'true' },
  ],
}
