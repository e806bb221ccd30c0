import { MaskError } from '../errors.ts'
import { ibanDigits } from '../engine/checksums.ts'
import type { MaskDefinition } from '../engine/types.ts'
import { isDigit, option, seedOption, textMasker, textOf } from './input.ts'

export const iban: MaskDefinition = {
  type: 'iban',
  summary: 'An IBAN of the same country, length, pattern of letters and digits, and spacing, with valid check digits.',
  input: 'T',
  random: 'r',
  settles: 'value',
  options: { seed: seedOption },
  compile(options) {
    const spec = { family: 'iban', namespace: option(options, 'seed', ''), identity: compact }
    return textMasker('iban', (text, context) => {
      const plain = compact(text)
      if (!isAscii(text) || !isShaped(plain)) throw new MaskError('not_valid', 'iban', 'received a value that is not an IBAN')
      const draws = context.draws(spec)
      const country = plain.slice(0, 2)
      const units: number[] = []
      for (let i = 4; i < plain.length; i++) units.push(isDigit(plain.charCodeAt(i)) ? 0x30 + draws.uniform(10) : 0x41 + draws.uniform(26))
      const account = textOf(units)
      const result = country + ibanDigits(country, account) + account
      units.length = 0
      for (let i = 0, next = 0; i < text.length; i++) {
        const code = text.charCodeAt(i)
        // A letter replaces a letter, so its case can be that of the one before.
        units.push(code === 0x20 ? code : result.charCodeAt(next++) | (code >= 0x61 ? 0x20 : 0))
      }
      return textOf(units)
    })
  },
  examples: [
    { in: '"DE89 3704 0044 0532 0130 00"', out: '"DE06 0310 6008 6149 6024 32"' },
    { in: '"DE89"', error: 'not_valid' },
    { in: '42', error: 'non_string_value' },
  ],
}

/** Identity form: no spaces, upper case. */
function compact(text: string): string {
  return text.replaceAll(' ', '').toUpperCase()
}

/** Upper case changes the length of some other letters. */
function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

function isShaped(plain: string): boolean {
  if (plain.length < 15 || plain.length > 34) return false
  for (let i = 0; i < plain.length; i++) {
    const code = plain.charCodeAt(i)
    const letter = code >= 0x41 && code <= 0x5a
    if (i < 2 ? !letter : i < 4 ? !isDigit(code) : !letter && !isDigit(code)) return false
  }
  return true
}
