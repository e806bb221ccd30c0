import { MaskError } from '../errors.ts'
import type { MaskDefinition } from '../engine/types.ts'
import { checkDateOptions } from './date-options.ts'
import { FIRST_DAY, LAST_DAY, dateOf, dayNumber, daysInMonth } from './dates.ts'
import type { CalendarDate } from './dates.ts'
import { dateMasker, retainOptions } from './retain-date.ts'

export const retainAge: MaskDefinition = {
  type: 'retain_age',
  summary: 'A date of birth with the same age in whole years today (UTC).',
  input: 'D',
  random: 'r',
  settles: 'value',
  options: retainOptions,
  check: checkDateOptions,
  timeDependent: () => true,
  compile(options) {
    return dateMasker('retain_age', options, (date, draws, context) => {
      const today = dateOf(Math.floor(context.now() / 86_400_000))
      let age = today.year - date.year
      if (birthday(date, age) > dayNumber(today)) age--
      const first = latest(today, age + 1) + 1
      const last = latest(today, age)
      if (first < FIRST_DAY || last > LAST_DAY) throw new MaskError('out_of_range', 'retain_age', 'would leave the years 1 to 9999')
      return dateOf(first + draws.uniform(last - first + 1))
    })
  },
  examples: [
    { in: '"soon"', error: 'bad_date_value' },
    { in: '20000101', error: 'non_string_value' },
  ],
}

/** Day of the birthday `age` years on: born on 29 February, on 1 March in common years. */
function birthday({ year, month, day }: CalendarDate, age: number): number {
  return day > daysInMonth(year + age, month) ? dayNumber({ year: year + age, month: 3, day: 1 }) : dayNumber({ year: year + age, month, day })
}

/** The last day of birth that makes someone `age` years old by today. */
function latest({ year, month, day }: CalendarDate, age: number): number {
  return dayNumber({ year: year - age, month, day: Math.min(day, daysInMonth(year - age, month)) })
}
