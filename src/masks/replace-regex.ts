import { MaskError } from '../errors.ts'
import { isContainer } from '../engine/types.ts'
import type { MaskDefinition, MaskNode } from '../engine/types.ts'
import { masksOption, option, textMasker } from './input.ts'
import { Pieces } from './pieces.ts'
import { maskPortion, preserveLength } from './portions.ts'

export const replaceRegex: MaskDefinition = {
  type: 'replace_regex',
  summary: 'Masks every non-overlapping, non-empty match of a regular expression. Groups play no part.',
  input: 'T',
  settles: 'replaced',
  options: {
    regex: { kind: 'regex', required: true, summary: 'RE2 syntax; runs in linear time.' },
    masks: masksOption('Applied to each match.'),
    preserve_length: preserveLength,
  },
  compile(options, tools) {
    const regex = tools.regex(options.get('regex') as string)
    const inner = tools.masks(options.get('masks') as readonly MaskNode[])
    const preserve = option(options, 'preserve_length', false)
    const masker = textMasker('replace_regex', (text, context) => {
      const matches = regex.findAll(text)
      if (matches.length === 0) return text
      const out = new Pieces()
      let copied = 0
      for (let i = 0; i + 1 < matches.length; i += 2) {
        const start = matches[i]!
        const end = matches[i + 1]!
        if (end === start) continue
        out.keep(text.slice(copied, start))
        out.write(maskPortion('replace_regex', text.slice(start, end), inner, preserve, context), end - start)
        copied = end
      }
      out.keep(text.slice(copied))
      return out.done(context)
    })
    return (value, context) => {
      // clients of the REST interface know these words for whatever is no text
      if (isContainer(value)) throw new MaskError('non_string_value', 'replace_regex', 'received a non-string value')
      return masker(value, context)
    }
  },
  examples: [
    { options: { regex: '[0-9]', masks: [{ type: 'from_fixed', value: '#' }] }, in: '"555-1234"', out: '"###-####"' },
    { options: { regex: '[0-9]+', preserve_length: true, masks: [{ type: 'from_fixed', value: 'ab' }] }, in: '"555-1234"', out: '"aba-abab"' },
    { options: { regex: '@.*', masks: [{ type: 'remove' }] }, in: '"ann@shop"', out: '"ann"' },
    { options: { regex: '[0-9]', masks: [{ type: 'from_fixed', value: '#' }] }, in: '42', error: 'non_string_value' },
    { options: { regex: 'a', preserve_length: true, masks: [{ type: 'from_fixed', value: '' }] }, in: '"a"', error: 'cannot_fill' },
    { options: { regex: 'a', masks: [{ type: 'from_fixed', value: '#' }] }, in: 'null', out: 'null' },
  ],
}
