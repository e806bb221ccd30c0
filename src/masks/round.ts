import type { MaskDefinition } from '../engine/types.ts'
import { option } from './input.ts'
import { numberMasker } from './numbers.ts'
import { writeDecimal } from './decimal.ts'
import type { Decimal } from './decimal.ts'

export const round: MaskDefinition = {
  type: 'round',
  summary: 'Rounds a number, a numeric string or a pair of such (`latitude, longitude`), half away from zero; the type is kept.',
  input: 'N',
  settles: 'value',
  options: { decimal_places: { kind: 'integer', min: -15, max: 15, default: 0, summary: 'Digits after the point; negative: tens, hundreds, ...' } },
  compile(options) {
    const places = option(options, 'decimal_places', 0)
    const one = numberMasker('round', (decimal) => rounded(decimal, places))
    return (value, context) => {
      const pair = typeof value === 'string' ? PAIR.exec(value) : null
      return pair === null ? one(value, context) : `${one(pair[1]!, context) as string}${pair[2]!}${one(pair[3]!, context) as string}`
    }
  },
  examples: [
    { options: { decimal_places: 1 }, in: '-36.8485', out: '-36.8' },
    { options: { decimal_places: 1 }, in: '"174.76"', out: '"174.8"' },
    { in: '2.5', out: '3' },
    { in: '-2.5', out: '-3' },
    { in: '-0.4', out: '0' },
    { options: { decimal_places: -2 }, in: '1250', out: '1300' },
    { options: { decimal_places: -3 }, in: '499', out: '0' },
    { options: { decimal_places: 2 }, in: '9.999', out: '10.00' },
    { options: { decimal_places: 2 }, in: '5', out: '5' },
    { options: { decimal_places: 1 }, in: '"51.50735, -0.12776"', out: '"51.5, -0.1"' },
    { in: '"many"', error: 'not_valid' },
    { in: '"1, 2, 3"', error: 'not_valid' },
    { in: 'true', error: 'wrong_input_type' },
  ],
}

const PAIR = /^([^,]{1,4096})(,\s{0,8})([^,]{1,4096})$/

function rounded(decimal: Decimal, places: number): string {
  const { negative, integer, fraction } = decimal
  if (fraction.length <= places) return writeDecimal(decimal)
  // All digits up to the last one kept, and the one behind it.
  const digits = integer + fraction
  const cut = integer.length + places
  let kept = BigInt(cut > 0 ? digits.slice(0, cut) : '0')
  if (cut >= 0 && digits.charCodeAt(cut) >= 0x35) kept++
  const text = kept.toString().padStart(Math.max(places, 0) + 1, '0') + '0'.repeat(Math.max(-places, 0))
  const whole = places > 0 ? text.slice(0, -places) : kept === 0n ? '0' : text
  return writeDecimal({ negative: negative && kept !== 0n, integer: whole, fraction: places > 0 ? text.slice(-places) : '' })
}
