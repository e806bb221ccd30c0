import { MaskError } from '../errors.ts'
import type { MaskDefinition } from '../engine/types.ts'
import { countryCodeLength } from '../engine/calling-codes.ts'
import { digitsMasker, digitsOf, isDigit, option, seedOption } from './input.ts'

export const phone: MaskDefinition = {
  type: 'phone',
  summary: 'A telephone number of the same shape: country code, trunk `0` and separators stay.',
  input: 'I',
  random: 'r',
  settles: 'value',
  options: {
    keep_country: { kind: 'boolean', default: true, summary: 'After `+` or `00`, the country code stays.' },
    keep_prefix: { kind: 'integer', min: 0, default: 0, summary: 'Further digits kept.' },
    seed: seedOption,
  },
  compile(options) {
    const keepCountry = option(options, 'keep_country', true)
    const keepPrefix = option(options, 'keep_prefix', 0)
    const spec = { family: 'phone', namespace: option(options, 'seed', ''), identity }
    return digitsMasker('phone', (text, context) => {
      const digits = digitsOf(text)
      if (digits === '' || !isShaped(text)) throw new MaskError('not_valid', 'phone', 'received a value that is not a telephone number')
      const prefix = international(text, digits)
      const national = prefix < 0 ? 0 : prefix + countryCodeLength(digits.slice(prefix))
      const trunk = digits.charCodeAt(national) === 0x30 && national < digits.length - 1 ? national : -1
      let kept = prefix < 0 || keepCountry ? national : prefix
      // A trunk 0 that follows what is kept is kept with it; behind a new country code it stays by itself.
      if (trunk === kept) kept++
      kept += keepPrefix
      const draws = context.draws(spec)
      let out = ''
      for (let i = 0, next = 0; i < text.length; i++) {
        if (!isDigit(text.charCodeAt(i))) out += text[i]
        else {
          out += next < kept || next === trunk ? digits[next] : next === kept ? draws.uniform(8) + 2 : draws.uniform(10)
          next++
        }
      }
      return out
    })
  },
  examples: [
    { in: '"+64 21 555 0123"', out: '"+64 44 989 5849"' },
    { in: '"020 7946 0958"', out: '"022 9283 5418"' },
    { options: { keep_prefix: 3 }, in: '"+1 (212) 555-0100"', out: '"+1 (212) 498-1694"' },
    { options: { keep_country: false }, in: '"+44 (0)20 7946 0958"', out: '"+86 (0)28 0222 0812"' },
    { in: '215550100', out: '892339109' },
    { in: '"call me"', error: 'not_valid' },
    { in: 'null', out: 'null' },
    { in: '[1]', error: 'wrong_input_type' },
  ],
}

/** Identity form: digits only, with a leading `+`. */
function identity(text: string): string {
  return (text.trimStart().startsWith('+') ? '+' : '') + digitsOf(text)
}

/** Where the country code begins, counted in digits: 0 after `+`, 2 after `00`; -1 for a national number. */
function international(text: string, digits: string): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x2b) return 0
    if (isDigit(code)) break
  }
  return digits.startsWith('00') ? 2 : -1
}

// Letters might be data that happens to stand in a phone field: only the words for an extension may stay.
function isShaped(text: string): boolean {
  let word = ''
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) | 0x20 : 0x20
    if (code >= 0x61 && code <= 0x7a && i < text.length && text.charCodeAt(i) >= 0x41) {
      word += String.fromCharCode(code)
      if (word.length > 9) return false
      continue
    }
    if (word !== '' && word !== 'x' && word !== 'ext' && word !== 'extension' && word !== 'tel') return false
    word = ''
    if (i < text.length && !isDigit(text.charCodeAt(i)) && !' +-./()#*,;:\u00a0\u2010\u2011\u2012\u2013\t'.includes(text[i]!)) return false
  }
  return true
}
