import type { MaskDefinition } from '../engine/types.ts'
import { decimalOf, scaled, unscaled } from './decimal.ts'
import { option, seedOption } from './input.ts'

export const fromRandomNumber: MaskDefinition = {
  type: 'from_random_number',
  summary: 'A random number, as a string: follow with `typecast` for a number.',
  input: 'G',
  random: 'r',
  settles: 'value',
  options: {
    max: { kind: 'number', required: true, summary: 'Greatest number, included.' },
    min: { kind: 'number', default: 0, summary: 'Least number, included.' },
    decimal_places: { kind: 'integer', min: 0, max: 15, default: 0, summary: 'Digits after the point, always written.' },
    mode: { kind: 'number', summary: 'Peak of a triangular distribution.' },
    seed: seedOption,
  },
  check(options, report) {
    const max = options.get('max') as number
    const min = option(options, 'min', 0)
    const mode = options.get('mode') as number | undefined
    if (min > max) return report('min', 'invalid_value', "'min' is greater than 'max'")
    if (mode !== undefined && (mode < min || mode > max)) report('mode', 'invalid_value', "'mode' lies outside 'min' and 'max'")
    const { count } = rangeOf(options)
    if (count < 1n || count > 2n ** 53n) report('max', 'invalid_value', 'the range holds between 1 and 2^53 numbers')
  },
  compile(options) {
    const { low, high, count, places } = rangeOf(options)
    const spec = { family: 'from_random_number', namespace: option(options, 'seed', '') }
    const mode = options.get('mode') as number | undefined
    if (mode === undefined) return (_, context) => unscaled(low + BigInt(context.draws(spec).uniform(Number(count))), places)
    const min = option(options, 'min', 0)
    const max = options.get('max') as number
    return (_, context) => {
      const number = halfEven(triangular(context.draws(spec).uniform(2 ** 53) / 2 ** 53, min, max, mode) * 10 ** places)
      // Written out: Math.min takes no BigInt.
      if (number < low) return unscaled(low, places)
      if (number > high) return unscaled(high, places)
      return unscaled(number, places)
    }
  },
  examples: [
    { options: { max: 1000 }, inputs: ['12345'], in: 'null', out: '"135"' },
    { options: { min: 0, max: 100, mode: 20, decimal_places: 1 }, inputs: ['12345'], in: 'null', out: '"46.4"' },
    { options: { min: 100, max: 9000, decimal_places: 2 }, inputs: ['12345'], in: 'null', out: '"3067.13"' },
    { options: { min: 7, max: 7 }, in: '"x"', out: '"7"' },
    { options: { min: -0.5, max: -0.5, decimal_places: 2 }, in: '1', out: '"-0.50"' },
  ],
}

function rangeOf(options: ReadonlyMap<string, unknown>): { low: bigint; high: bigint; count: bigint; places: number } {
  const places = option(options, 'decimal_places', 0)
  const low = scaled(decimalOf(option(options, 'min', 0)), places, 'ceil')
  const high = scaled(decimalOf(options.get('max') as number), places, 'floor')
  return { low, high, count: high - low + 1n, places }
}

/** The inverse of the triangular distribution at `u`. */
function triangular(u: number, min: number, max: number, mode: number): number {
  if (max === min) return min
  const peak = (mode - min) / (max - min)
  return u < peak ? min + Math.sqrt(u * (max - min) * (mode - min)) : max - Math.sqrt((1 - u) * (max - min) * (max - mode))
}

function halfEven(number: number): bigint {
  const floor = Math.floor(number)
  const rest = number - floor
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0)
  return BigInt(up ? floor + 1 : floor)
}
