import type { MaskDefinition } from '../engine/types.ts'
import { checkDateOptions } from './date-options.ts'
import { daysInMonth } from './dates.ts'
import { option } from './input.ts'
import { dateMasker, retainOptions } from './retain-date.ts'

const YEARS = Array.from({ length: 21 }, (_, i) => i - 10)
const MONTHS = Array.from({ length: 12 }, (_, i) => i + 1)

export const retainDateComponent: MaskDefinition = {
  type: 'retain_date_component',
  summary: 'A date of which year, month or day stay.',
  input: 'D',
  random: 'r',
  settles: 'value',
  options: {
    year: { kind: 'boolean', default: false, summary: 'Keep the year; a free one lies within ten years either side.' },
    month: { kind: 'boolean', default: false, summary: 'Keep the month.' },
    day: { kind: 'boolean', default: false, summary: 'Keep the day. One of the three is required.' },
    ...retainOptions,
  },
  check(options, report) {
    checkDateOptions(options, report)
    if (!['year', 'month', 'day'].some((part) => options.get(part) === true)) report('year', 'missing_key', "one of 'year', 'month' and 'day' must be true")
  },
  compile(options) {
    const keepYear = option(options, 'year', false)
    const keepMonth = option(options, 'month', false)
    const keepDay = option(options, 'day', false)
    return dateMasker('retain_date_component', options, (date, draws) => {
      // The day that a choice of year and month must still have.
      const needed = keepDay ? date.day : 1
      let { year, month, day } = date
      if (!keepYear) {
        const years = YEARS.map((by) => date.year + by).filter((one) => one >= 1 && one <= 9999 && (!keepMonth || needed <= daysInMonth(one, month)))
        year = years[draws.uniform(years.length)]!
      }
      if (!keepMonth) {
        const months = MONTHS.filter((one) => needed <= daysInMonth(year, one))
        month = months[draws.uniform(months.length)]!
      }
      if (!keepDay) day = draws.uniform(daysInMonth(year, month)) + 1
      return { year, month, day }
    })
  },
  examples: [
    { options: { year: true, month: true }, in: '"1984-07-22"', out: '"1984-07-28"' },
    { options: { month: true, day: true }, in: '"2024-02-29"', out: '"2024-02-29"' },
    { options: { day: true }, in: '"31 Jan 2026"', out: '"31 Aug 2027"' },
    { options: { year: true, month: true, day: true }, in: '"29 Feb 2024"', out: '"29 Feb 2024"' },
    { options: { day: true }, in: '5', error: 'non_string_value' },
  ],
}
