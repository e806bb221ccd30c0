import { MaskError } from '../errors.ts'
import type { MaskDefinition } from '../engine/types.ts'
import { dateOf, isoDate } from './dates.ts'
import { option, seedOption } from './input.ts'
import { bound, checkMoments, isTimeDependent, momentOptions } from './moments.ts'
import type { Moment } from './moments.ts'

export const fromRandomDate: MaskDefinition = {
  type: 'from_random_date',
  summary: 'A random date: `min` or later, before `max`.',
  input: 'G',
  random: 'r',
  settles: 'value',
  options: { ...momentOptions, seed: seedOption },
  check: checkMoments,
  timeDependent: isTimeDependent,
  compile(options) {
    const min = bound(options.get('min') as string, options.get('max') as string)
    const max = bound(options.get('max') as string, options.get('min') as string)
    const spec = { family: 'from_random_date', namespace: option(options, 'seed', '') }
    return (_, context) => {
      const now = context.now()
      const first = firstDay(min(now))
      const count = firstDay(max(now)) - first
      if (count < 1) throw new MaskError('out_of_range', 'from_random_date', 'has no day between its bounds')
      return isoDate(dateOf(first + context.draws(spec).uniform(count)))
    }
  },
  examples: [
    { options: { min: '2024-01-01', max: '2025-01-01' }, in: '"x"', out: '"2024-09-10"' },
    { options: { min: '1950-01-01', max: '2005-12-31' }, inputs: ['12345'], in: 'null', out: '"1963-09-08"' },
    { options: { min: '2026-02-28', max: '2026-03-01' }, in: '7', out: '"2026-02-28"' },
  ],
}

/** The first day that begins at the moment or later. */
function firstDay({ seconds, fraction }: Moment): number {
  return Math.ceil((fraction ? seconds + 1 : seconds) / 86_400)
}
