import { digitsMasker, isDigit, option, seedOption } from './input.ts'
import type { MaskDefinition } from '../engine/types.ts'

export const imitate: MaskDefinition = {
  type: 'imitate',
  deprecatedAliases: ['substitute'],
  summary: 'Every ASCII letter and digit is replaced by one of its kind; everything else stays.',
  input: 'I',
  random: 'r',
  settles: 'value',
  options: {
    uppercase: { kind: 'boolean', default: true, summary: 'Replace A-Z.' },
    lowercase: { kind: 'boolean', default: true, summary: 'Replace a-z.' },
    digits: { kind: 'boolean', default: true, summary: 'Replace 0-9.' },
    force_change: { kind: 'boolean', default: false, summary: 'Each replaced character differs from the original.' },
    seed: seedOption,
  },
  compile(options) {
    const uppercase = option(options, 'uppercase', true)
    const lowercase = option(options, 'lowercase', true)
    const digits = option(options, 'digits', true)
    const forceChange = option(options, 'force_change', false)
    const spec = { family: 'imitate', namespace: option(options, 'seed', '') }
    return digitsMasker('imitate', (text, context) => {
      const draws = context.draws(spec)
      const leading = digits ? leadingDigit(text) : -1
      let out = ''
      // Stretches that stay are copied whole.
      let copied = 0
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i)
        let first: number
        let size: number
        if (code >= 0x61 && code <= 0x7a) {
          if (!lowercase) continue
          first = 0x61
          size = 26
        } else if (isDigit(code)) {
          if (!digits) continue
          first = i === leading ? 0x31 : 0x30
          size = i === leading ? 9 : 10
        } else if (code >= 0x41 && code <= 0x5a) {
          if (!uppercase) continue
          first = 0x41
          size = 26
        } else continue
        if (copied < i) out += text.slice(copied, i)
        copied = i + 1
        let drawn: number
        if (forceChange) {
          drawn = draws.uniform(size - 1)
          if (first + drawn >= code) drawn++
        } else drawn = draws.uniform(size)
        out += String.fromCharCode(first + drawn)
      }
      return copied === 0 ? text : copied < text.length ? out + text.slice(copied) : out
    })
  },
  examples: [
    { inputs: ['12345'], in: '"+1 (555) 867-5309"', out: '"+7 (031) 209-5169"' },
    { options: { force_change: true }, inputs: ['12345'], in: '"+1 (555) 867-5309"', out: '"+8 (031) 205-1723"' },
    { in: '"BZF123"', out: '"FMG201"' },
    { in: '"12345"', out: '"80312"' },
    { in: '12345', out: '80312' },
    { inputs: ['12345'], in: '"AAA"', out: '"XAD"' },
    { options: { seed: 'billing' }, inputs: ['12345'], in: '"AAA"', out: '"CMN"' },
    { options: { digits: false }, inputs: ['12345'], in: '"AAA-1"', out: '"XAD-1"' },
    { in: '"héé …"', out: '"yéé …"' },
    { in: 'true', error: 'non_string_value' },
    { in: '1.5', error: 'non_string_value' },
    { in: '[]', error: 'wrong_input_type' },
  ],
}

/** In a value of digits only: where the first digit must not become 0, so that an integer keeps its length; else -1. */
function leadingDigit(text: string): number {
  const start = text.charCodeAt(0) === 0x2d ? 1 : 0
  if (text.length === start) return -1
  for (let i = start; i < text.length; i++) if (!isDigit(text.charCodeAt(i))) return -1
  if (text.charCodeAt(start) === 0x30) return -1
  return start === 1 || text.length > 1 ? start : -1
}
