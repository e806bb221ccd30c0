import { MaskError } from '../errors.ts'
import type { MaskDefinition } from '../engine/types.ts'
import { option, seedOption, textMasker } from './input.ts'

export const mac: MaskDefinition = {
  type: 'mac',
  summary: 'A MAC address in the same spelling; unless the vendor part is kept, local and unicast.',
  input: 'T',
  random: 'r',
  settles: 'value',
  options: {
    keep_oui: { kind: 'boolean', default: false, summary: 'Keep the first three octets, which name the vendor.' },
    seed: seedOption,
  },
  compile(options) {
    const keep = option(options, 'keep_oui', false) ? 3 : 0
    const spec = { family: 'mac', namespace: option(options, 'seed', ''), identity: (text: string) => hexDigits(text).toLowerCase() }
    return textMasker('mac', (text, context) => {
      const digits = hexDigits(text)
      if ((digits.length !== 12 && digits.length !== 16) || !isShaped(text)) throw new MaskError('not_valid', 'mac', 'received a value that is not a MAC address')
      const draws = context.draws(spec)
      let result = digits.slice(0, 2 * keep)
      for (let octet = keep; 2 * octet < digits.length; octet++) {
        let drawn = draws.uniform(256)
        if (octet === 0) drawn = (drawn & 0xfe) | 0x02
        result += (drawn + 256).toString(16).slice(1)
      }
      result = /[A-F]/.test(digits) && !/[a-f]/.test(digits) ? result.toUpperCase() : result
      let out = ''
      for (let i = 0, next = 0; i < text.length; i++) out += isHex(text.charCodeAt(i)) ? result[next++]! : text[i]!
      return out
    })
  },
  examples: [
    { in: '"00:1A:2B:3C:4D:5E"', out: '"32:86:7A:EE:98:AF"' },
    { options: { keep_oui: true }, in: '"00-1a-2b-3c-4d-5e"', out: '"00-1a-2b-30-86-7a"' },
    { in: '"001a.2b3c.4d5e"', out: '"3286.7aee.98af"' },
    { in: '"00:1A:2B:3C:4D"', error: 'not_valid' },
    { in: '1', error: 'non_string_value' },
  ],
}

function isHex(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66)
}

function hexDigits(text: string): string {
  let out = ''
  for (let i = 0; i < text.length; i++) if (isHex(text.charCodeAt(i))) out += text[i]
  return out
}

/** Hex digits with `:`, `-` or `.` singly between them. */
function isShaped(text: string): boolean {
  let separator = true
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (isHex(code)) separator = false
    else if (separator || (code !== 0x3a && code !== 0x2d && code !== 0x2e)) return false
    else separator = true
  }
  return !separator
}
