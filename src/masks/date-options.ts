// The options that every mask on dates has, and reading by them.

import { MaskError } from '../errors.ts'
import type { CheckReport, OptionSpec } from '../engine/types.ts'
import { isDateFormat, readByFormat, readDate } from './dates.ts'
import type { DateText } from './dates.ts'
import { option } from './input.ts'

export const dateOptions: Readonly<Record<string, OptionSpec>> = {
  date_parse_format: { kind: 'string', minLength: 1, summary: 'Directives like `%d/%m/%Y`; only this format is read.' },
  day_first: { kind: 'boolean', default: false, summary: 'Read `3/4/2026` as the third of April.' },
  year_first: { kind: 'boolean', default: false, summary: 'Read `26/3/4` as a year, a month, a day.' },
}

/** Reports directives that are not known. */
export function checkDateOptions(options: ReadonlyMap<string, unknown>, report: CheckReport): void {
  const format = options.get('date_parse_format') as string | undefined
  if (format !== undefined && !isDateFormat(format)) {
    report('date_parse_format', 'bad_format', 'known directives are %Y %y %m %d %H %I %M %S %f %p %z %Z %b %B %a %A %j %%')
  }
}

/** Reads a date by the options of a mask, or throws `bad_date_value`. */
export function dateReader(type: string, options: ReadonlyMap<string, unknown>): (text: string) => DateText {
  const format = options.get('date_parse_format') as string | undefined
  const order = { dayFirst: option(options, 'day_first', false), yearFirst: option(options, 'year_first', false) }
  return (text) => {
    const read = format === undefined ? readDate(text, order) : readByFormat(text, format)
    if (read === undefined) throw new MaskError('bad_date_value', type, 'received a value that is not a date it reads')
    return read
  }
}
