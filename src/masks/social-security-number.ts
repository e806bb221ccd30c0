import type { MaskDefinition } from '../engine/types.ts'
import { digitsMasker, digitsOf, isDigit, option, replaceDigits, seedOption } from './input.ts'

export const socialSecurityNumber: MaskDefinition = {
  type: 'social_security_number',
  summary: 'A US social security number: area 001-899 without 666, group 01-99, serial 0001-9999.',
  input: 'I',
  random: 'r',
  settles: 'value',
  options: { seed: seedOption },
  compile(options) {
    const spec = { family: 'social_security_number', namespace: option(options, 'seed', ''), identity: digitsOf }
    return digitsMasker('social_security_number', (text, context) => {
      const draws = context.draws(spec)
      let area = draws.uniform(898) + 1
      if (area >= 666) area++
      const areaText = String(area).padStart(3, '0')
      const groupText = String(draws.uniform(99) + 1).padStart(2, '0')
      const serialText = String(draws.uniform(9999) + 1).padStart(4, '0')
      return isShaped(text) ? replaceDigits(text, areaText + groupText + serialText) : `${areaText}-${groupText}-${serialText}`
    })
  },
  examples: [
    { in: '"123-45-6789"', out: '"842-28-6177"' },
    { in: '"123456789"', out: '"842286177"' },
    { in: '"unknown"', out: '"060-78-5471"' },
    { in: 'null', out: 'null' },
    { in: '{}', error: 'wrong_input_type' },
  ],
}

/** Nine digits and nothing but separators: other characters might be data, so they go. */
function isShaped(text: string): boolean {
  let digits = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (isDigit(code)) digits++
    else if (code !== 0x20 && code !== 0x2d && code !== 0x2e && code !== 0x2f) return false
  }
  return digits === 9
}
