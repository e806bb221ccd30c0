import type { MaskDefinition, MaskNode } from '../engine/types.ts'
import { masksOption, option, textMasker } from './input.ts'
import { Pieces } from './pieces.ts'
import { maskPortion, preserveLength, unitIndex } from './portions.ts'

export const replaceSubstring: MaskDefinition = {
  type: 'replace_substring',
  summary: 'Masks one portion of a text, by position.',
  input: 'T',
  settles: 'replaced',
  options: {
    start_index: { kind: 'integer', min: 0, default: 0, summary: 'First character of the portion.' },
    end_index: { kind: 'integer', min: 0, summary: 'The character after the portion; default: the end.' },
    masks: masksOption('Applied to the portion; not run on an empty one.'),
    preserve_length: preserveLength,
  },
  compile(options, tools) {
    const start = option(options, 'start_index', 0)
    const end = option(options, 'end_index', Infinity)
    const inner = tools.masks(options.get('masks') as readonly MaskNode[])
    const preserve = option(options, 'preserve_length', false)
    return textMasker('replace_substring', (text, context) => {
      const from = unitIndex(text, start)
      const to = unitIndex(text, end)
      if (to <= from) return text
      const out = new Pieces()
      out.keep(text.slice(0, from))
      out.write(maskPortion('replace_substring', text.slice(from, to), inner, preserve, context), to - from)
      out.keep(text.slice(to))
      return out.done(context)
    })
  },
  examples: [
    { options: { end_index: 3, preserve_length: true, masks: [{ type: 'from_fixed', value: '*' }] }, in: '"abcdef"', out: '"***def"' },
    { options: { start_index: 4, masks: [{ type: 'from_fixed', value: '…' }] }, in: '"abcdef"', out: '"abcd…"' },
    { options: { start_index: 9, masks: [{ type: 'from_fixed', value: '…' }] }, in: '"abcdef"', out: '"abcdef"' },
    { options: { masks: [{ type: 'remove' }] }, in: '5', error: 'non_string_value' },
  ],
}
