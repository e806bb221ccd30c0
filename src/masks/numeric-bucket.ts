import { MaskError } from '../errors.ts'
import type { MaskDefinition } from '../engine/types.ts'
import { decimalOf, scaled, unscaled } from './decimal.ts'
import { option, seedOption } from './input.ts'
import { numberMasker } from './numbers.ts'

export const numericBucket: MaskDefinition = {
  type: 'numeric_bucket',
  summary: 'A number from the same interval as the input.',
  input: 'N',
  random: 'r',
  settles: 'value',
  options: {
    buckets: { kind: 'list', of: { kind: 'number' }, minItems: 1, required: true, summary: 'Lower bounds of the intervals, ascending.' },
    override_min: { kind: 'number', summary: 'Lower bound of what lies before the first bucket; without it that is `out_of_range`.' },
    override_max: { kind: 'number', summary: 'Upper bound of the last bucket, included; without it values from there on are `out_of_range`.' },
    force_change: { kind: 'boolean', default: false, summary: 'Never the input itself.' },
    decimal_places: { kind: 'integer', min: 0, max: 15, default: 0, summary: 'Digits after the point.' },
    seed: seedOption,
  },
  check(options, report) {
    const buckets = options.get('buckets') as readonly number[]
    if (buckets.some((bound, i) => i > 0 && bound <= buckets[i - 1]!)) report('buckets', 'invalid_value', 'buckets ascend')
    const min = options.get('override_min') as number | undefined
    const max = options.get('override_max') as number | undefined
    if (min !== undefined && min > buckets[0]!) report('override_min', 'invalid_value', "'override_min' is greater than the first bucket")
    if (max !== undefined && max < buckets.at(-1)!) report('override_max', 'invalid_value', "'override_max' is less than the last bucket")
  },
  compile(options) {
    const places = option(options, 'decimal_places', 0)
    const forceChange = option(options, 'force_change', false)
    const spec = { family: 'numeric_bucket', namespace: option(options, 'seed', '') }
    const min = options.get('override_min') as number | undefined
    const max = options.get('override_max') as number | undefined
    const lows = [...(min === undefined ? [] : [min]), ...(options.get('buckets') as readonly number[])]
    // Bounds are compared with 15 decimals more than any input that matters here, exactly.
    const exact = lows.map((low) => scaled(decimalOf(low), 30, 'ceil'))
    const exactMax = max === undefined ? undefined : scaled(decimalOf(max), 30, 'floor')
    const candidates = lows.map((low) => scaled(decimalOf(low), places, 'ceil'))
    const top = max === undefined ? undefined : scaled(decimalOf(max), places, 'floor') + 1n
    return numberMasker('numeric_bucket', (decimal, context) => {
      const value = scaled(decimal, 30, 'floor')
      let at = -1
      while (at + 1 < exact.length && exact[at + 1]! <= value) at++
      const end = at + 1 < candidates.length ? candidates[at + 1] : top
      if (at < 0 || end === undefined || (at + 1 === exact.length && value > exactMax!))
        throw new MaskError('out_of_range', 'numeric_bucket', 'received a number outside its buckets')
      const start = candidates[at]!
      // The input counts as a candidate only if it is written with these decimals.
      const own = scaled(decimal, places, 'floor')
      const excluded = forceChange && own === scaled(decimal, places, 'ceil') && own >= start && own < end
      const count = end - start - (excluded ? 1n : 0n)
      if (count < 1n || count > BigInt(Number.MAX_SAFE_INTEGER)) throw new MaskError('out_of_range', 'numeric_bucket', 'has no other number in the bucket')
      let drawn = start + BigInt(context.draws(spec).uniform(Number(count)))
      if (excluded && drawn >= own) drawn++
      return unscaled(drawn, places)
    })
  },
  examples: [
    { options: { buckets: [18, 30, 50], override_max: 90 }, in: '41', out: '43' },
    { options: { buckets: [18, 30, 50], override_min: 0, decimal_places: 1 }, in: '"17.5"', out: '"1.6"' },
    { options: { buckets: [0, 1000], override_max: 5000, force_change: true }, in: '1000', out: '4020' },
    { options: { buckets: [18, 30, 50] }, in: '17', error: 'out_of_range' },
    { options: { buckets: [18, 30, 50] }, in: '60', error: 'out_of_range' },
    { options: { buckets: [1, 2, 3] }, in: '1.5', out: '1' },
    { options: { buckets: [1, 3], force_change: true }, in: '"1"', out: '"2"' },
  ],
}
