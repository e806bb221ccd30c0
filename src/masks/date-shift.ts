import { MaskError } from '../errors.ts'
import { NumberText } from '../engine/types.ts'
import type { Draws, MaskDefinition, Value } from '../engine/types.ts'
import { checkDateOptions, dateOptions, dateReader } from './date-options.ts'
import { FIRST_DAY, LAST_DAY, dateOf, dayNumber, writeLike } from './dates.ts'
import { isInteger, option, refusal, seedOption } from './input.ts'

export const dateShift: MaskDefinition = {
  type: 'date_shift',
  summary: 'Moves a date by a number of days, never 0. Hashed on a person, all dates of that person move together.',
  input: 'D',
  random: 'r',
  settles: 'value',
  options: {
    max_days: { kind: 'integer', min: 1, max: 36_500, default: 180, summary: 'Greatest distance in days.' },
    min_days: { kind: 'integer', min: 1, max: 36_500, default: 1, summary: 'Least distance in days.' },
    epoch: {
      kind: 'string',
      enum: ['auto', 's', 'ms', 'none'],
      default: 'auto',
      summary: 'Integers: seconds or milliseconds since 1970; `auto`: from 10^11 up milliseconds, from 10^8 seconds.',
    },
    ...dateOptions,
    seed: seedOption,
  },
  check(options, report) {
    checkDateOptions(options, report)
    if (option(options, 'min_days', 1) > option(options, 'max_days', 180)) report('min_days', 'invalid_value', "'min_days' is greater than 'max_days'")
  },
  compile(options) {
    const most = option(options, 'max_days', 180)
    const least = option(options, 'min_days', 1)
    const epoch = option<string>(options, 'epoch', 'auto')
    const read = dateReader('date_shift', options)
    const spec = { family: 'date_shift', namespace: option(options, 'seed', '') }
    return (value, context): Value => {
      if (value === null || value === '') return value
      if (typeof value === 'string') {
        const date = read(value)
        const day = dayNumber(date) + shift(context.draws(spec), least, most)
        if (day < FIRST_DAY || day > LAST_DAY) throw new MaskError('out_of_range', 'date_shift', 'would leave the years 1 to 9999')
        return writeLike(date, dateOf(day))
      }
      if (!(value instanceof NumberText) || !isInteger(value.text)) throw refusal('date_shift', value)
      const perDay = unitsPerDay(epoch, Math.abs(Number(value.text)))
      if (perDay === 0 || value.text.length > 17) throw new MaskError('bad_date_value', 'date_shift', 'received a number that is not a time it reads')
      return new NumberText(String(BigInt(value.text) + BigInt(shift(context.draws(spec), least, most) * perDay)))
    }
  },
  examples: [
    { inputs: ['12345'], in: '"1984-07-22"', out: '"1984-01-29"' },
    { inputs: ['12345'], in: '"2026-03-01"', out: '"2025-09-07"' },
    { inputs: ['12345'], in: '"1984-07-22T10:11:12.5+02:00"', out: '"1984-01-29T10:11:12.5+02:00"' },
    { options: { day_first: true }, inputs: ['12345'], in: '"22/7/1984"', out: '"29/1/1984"' },
    { inputs: ['12345'], in: '"22 Jul 1984"', out: '"29 Jan 1984"' },
    { options: { date_parse_format: '%d.%m.%y' }, inputs: ['12345'], in: '"22.07.84"', out: '"29.01.84"' },
    { inputs: ['12345'], in: '1772323200', out: '1757203200' },
    { inputs: ['12345'], in: '1772323200000', out: '1757203200000' },
    { in: '"next week"', error: 'bad_date_value' },
    { in: '12', error: 'bad_date_value' },
    { in: 'true', error: 'non_string_value' },
  ],
}

function unitsPerDay(epoch: string, size: number): number {
  if (epoch === 's') return 86_400
  if (epoch === 'ms') return 86_400_000
  if (epoch === 'none' || size < 1e8) return 0
  return size < 1e11 ? 86_400 : 86_400_000
}

/** Between `least` and `most` days either way, in one draw. */
function shift(draws: Draws, least: number, most: number): number {
  const m = most - least + 1
  const k = draws.uniform(2 * m)
  return k < m ? k - m - least + 1 : k - m + least
}
