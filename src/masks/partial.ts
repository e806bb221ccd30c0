import type { MaskDefinition } from '../engine/types.ts'
import { digitsMasker, isNarrow, option } from './input.ts'

export const partial: MaskDefinition = {
  type: 'partial',
  summary: 'Hides all but the first and last characters.',
  input: 'I',
  settles: 'value',
  options: {
    keep_first: { kind: 'integer', min: 0, default: 0, summary: 'Characters left at the beginning.' },
    keep_last: { kind: 'integer', min: 0, default: 4, summary: 'Characters left at the end.' },
    char: { kind: 'character', default: '*', summary: 'Character that hides.' },
    min_masked: { kind: 'integer', min: 1, default: 4, summary: 'At least so many are hidden: `keep_first` shrinks first, then `keep_last`.' },
    keep_separators: { kind: 'boolean', default: false, summary: 'Space, `-`, `.` and `/` stay and are not counted.' },
  },
  compile(options) {
    const first = option(options, 'keep_first', 0)
    const last = option(options, 'keep_last', 4)
    const char = option(options, 'char', '*')
    const least = option(options, 'min_masked', 4)
    const separators = option(options, 'keep_separators', false)
    return digitsMasker('partial', (text) => {
      const characters = isNarrow(text) ? text : [...text]
      let length = characters.length
      if (separators) for (const one of characters) if (isSeparator(one)) length--
      const keepLast = Math.max(0, Math.min(last, length - least))
      const keepFirst = Math.max(0, Math.min(first, length - least - keepLast))
      if (!separators && typeof characters === 'string') {
        return text.slice(0, keepFirst) + char.repeat(length - keepFirst - keepLast) + text.slice(length - keepLast)
      }
      let out = ''
      let at = 0
      for (const one of characters) {
        if (separators && isSeparator(one)) out += one
        else {
          out += at < keepFirst || at >= length - keepLast ? one : char
          at++
        }
      }
      return out
    })
  },
  examples: [
    { in: '"4111111111111111"', out: '"************1111"' },
    { in: '"12345"', out: '"****5"' },
    { in: '12345', out: '"****5"' },
    { options: { keep_separators: true }, in: '"4111-1111-1111-1111"', out: '"****-****-****-1111"' },
    { options: { keep_first: 2, keep_last: 2 }, in: '"confidential"', out: '"co********al"' },
    { options: { keep_first: 2, keep_last: 2 }, in: '"abcde"', out: '"****e"' },
    { options: { char: '•' }, in: '"🙂🙂🙂🙂🙂"', out: '"••••🙂"' },
    { in: '"abc"', out: '"***"' },
    { in: 'true', error: 'non_string_value' },
  ],
}

function isSeparator(character: string): boolean {
  return character === ' ' || character === '-' || character === '.' || character === '/'
}
