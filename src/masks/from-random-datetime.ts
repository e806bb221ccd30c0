import { MaskError } from '../errors.ts'
import type { MaskDefinition } from '../engine/types.ts'
import { dateOf, isoDate, offsetText, pad } from './dates.ts'
import { option, seedOption } from './input.ts'
import { bound, checkMoments, isTimeDependent, momentOptions, utc } from './moments.ts'

export const fromRandomDatetime: MaskDefinition = {
  type: 'from_random_datetime',
  summary: 'A random date and time in whole seconds: `min` or later, before `max`, in the offset of `min`.',
  input: 'G',
  random: 'r',
  settles: 'value',
  options: { ...momentOptions, seed: seedOption },
  check: checkMoments,
  timeDependent: isTimeDependent,
  compile(options) {
    const min = bound(options.get('min') as string, options.get('max') as string)
    const max = bound(options.get('max') as string, options.get('min') as string)
    const spec = { family: 'from_random_datetime', namespace: option(options, 'seed', '') }
    return (_, context) => {
      const now = context.now()
      const low = min(now)
      const high = max(now)
      const first = low.seconds + (low.fraction ? 1 : 0)
      const end = utc(high) + (high.fraction ? 1 : 0) + (low.offset ?? 0) * 60
      if (end <= first) throw new MaskError('out_of_range', 'from_random_datetime', 'has no second between its bounds')
      const drawn = first + context.draws(spec).uniform(end - first)
      const day = Math.floor(drawn / 86_400)
      const second = drawn - day * 86_400
      const time = `${pad(Math.floor(second / 3600), 2)}:${pad(Math.floor(second / 60) % 60, 2)}:${pad(second % 60, 2)}`
      return `${isoDate(dateOf(day))}T${time}${low.offset === undefined ? '' : offsetText(low.offset, ':')}`
    }
  },
  examples: [
    { options: { min: '2024-01-01', max: '2025-01-01' }, inputs: ['12345'], in: 'null', out: '"2024-06-12T23:44:48"' },
    { options: { min: '2024-01-01T00:00:00+13:00', max: '2025-01-01T00:00:00Z' }, inputs: ['12345'], in: 'null', out: '"2024-06-12T23:44:48+13:00"' },
    { options: { min: '1969-12-31', max: '1970-01-01' }, in: '1', out: '"1969-12-31T15:56:17"' },
    { options: { min: '2026-03-01T10:00:00+02:00', max: '2026-03-01T08:00:01Z' }, in: 'null', out: '"2026-03-01T10:00:00+02:00"' },
  ],
}
