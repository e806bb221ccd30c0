import type { MaskDefinition } from '../engine/types.ts'
import { checkDateOptions } from './date-options.ts'
import { dateOf, dayNumber, isLeap } from './dates.ts'
import { dateMasker, retainOptions } from './retain-date.ts'

export const retainYear: MaskDefinition = {
  type: 'retain_year',
  summary: 'Any day of the same year.',
  input: 'D',
  random: 'r',
  settles: 'value',
  options: retainOptions,
  check: checkDateOptions,
  compile(options) {
    return dateMasker('retain_year', options, ({ year }, draws) => dateOf(dayNumber({ year, month: 1, day: 1 }) + draws.uniform(isLeap(year) ? 366 : 365)))
  },
  examples: [
    { in: '"1984-07-22"', out: '"1984-08-31"' },
    { options: { day_first: true }, in: '"22/07/1984"', out: '"24/12/1984"' },
    { in: '"1984-07-22T10:11:12Z"', out: '"1984-04-20T10:11:12Z"' },
    { in: '"13/13/2026"', error: 'bad_date_value' },
  ],
}
