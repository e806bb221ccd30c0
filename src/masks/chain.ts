import { masksOption } from './input.ts'
import type { MaskDefinition, MaskNode } from '../engine/types.ts'

export const chain: MaskDefinition = {
  type: 'chain',
  summary: 'One mask after the other: for use inside `concat`.',
  input: 'A',
  settles: (options, inner) => inner(options.get('masks') as readonly MaskNode[]),
  options: { masks: masksOption('Applied in order, each to the result of the one before.') },
  compile: (options, tools) => tools.masks(options.get('masks') as readonly MaskNode[]),
  examples: [
    {
      options: {
        masks: [
          { type: 'take_substring', end_index: 1 },
          { type: 'transform_case', transform: 'upper' },
        ],
      },
      in: '"sarah"',
      out: '"S"',
    },
  ],
}
