import type { MaskDefinition } from '../engine/types.ts'
import { option, textMasker } from './input.ts'
import { unitIndex } from './portions.ts'

export const takeSubstring: MaskDefinition = {
  type: 'take_substring',
  summary: 'The characters from `start_index` up to, not including, `end_index`.',
  input: 'T',
  settles: 'nothing',
  options: {
    start_index: { kind: 'integer', min: 0, default: 0, summary: 'First character taken.' },
    end_index: { kind: 'integer', min: 0, summary: 'The character after the last one; default: the end.' },
  },
  compile(options) {
    const start = option(options, 'start_index', 0)
    const end = option(options, 'end_index', Infinity)
    return textMasker('take_substring', (text, context) => {
      const from = unitIndex(text, start)
      const to = Math.max(from, unitIndex(text, end))
      // Nothing is written, but what earlier masks have settled moves.
      context.settle?.([0, 0, to - from, to - from], [0, from, to, text.length])
      return text.slice(from, to)
    })
  },
  examples: [
    { options: { start_index: 1, end_index: 3 }, in: '"héllo"', out: '"él"' },
    { options: { start_index: 1, end_index: 3 }, in: '"h"', out: '""' },
    { options: { start_index: 2, end_index: 1 }, in: '"abc"', out: '""' },
    { options: { start_index: 1 }, in: '"🙂ab"', out: '"ab"' },
    { in: '42', error: 'non_string_value' },
  ],
}
