import { MaskError } from '../errors.ts'
import { NumberText, isContainer } from '../engine/types.ts'
import type { MaskDefinition, Scalar, Value } from '../engine/types.ts'
import { isDateFormat, isoDate, isoDateTime, readByFormat, readDate, writeByFormat } from './dates.ts'
import type { DateText } from './dates.ts'
import { readDecimal, writeDecimal } from './decimal.ts'

const ORDER = { dayFirst: false, yearFirst: false }
const TRUE = new Set(['true', '1', 'yes', 't', 'y'])
const FALSE = new Set(['false', '0', 'no', 'f', 'n'])

export const typecast: MaskDefinition = {
  type: 'typecast',
  summary: 'Changes the type of a value.',
  input: 'A',
  settles: 'nothing',
  options: {
    typecast_as: {
      kind: 'string',
      enum: ['string', 'integer', 'float', 'decimal', 'boolean', 'date', 'datetime'],
      required: true,
      summary: 'The new type; impossible: `bad_cast`.',
    },
    date_format: { kind: 'string', minLength: 1, summary: 'How to read a string as a date, or to write a date as a string; default: ISO 8601.' },
  },
  check(options, report) {
    const format = options.get('date_format') as string | undefined
    if (format !== undefined && !isDateFormat(format)) report('date_format', 'bad_format', 'known directives are %Y %y %m %d %H %I %M %S %f %p %z %Z %b %B %a %A %j %%')
  },
  compile(options) {
    const format = options.get('date_format') as string | undefined
    const cast = casts[options.get('typecast_as') as string]!
    return (value): Value => {
      if (value === null) return null
      const result = isContainer(value) ? undefined : cast(value, format)
      if (result === undefined) throw new MaskError('bad_cast', 'typecast', 'received a value that it cannot cast')
      return result
    }
  },
  examples: [
    { options: { typecast_as: 'integer' }, in: '"4.000"', out: '4' },
    { options: { typecast_as: 'integer' }, in: 'true', out: '1' },
    { options: { typecast_as: 'integer' }, in: '1e3', out: '1000' },
    { options: { typecast_as: 'integer' }, in: '"4.5"', error: 'bad_cast' },
    { options: { typecast_as: 'string' }, in: '4823.50', out: '"4823.50"' },
    { options: { typecast_as: 'string' }, in: 'false', out: '"false"' },
    { options: { typecast_as: 'boolean' }, in: '"Yes"', out: 'true' },
    { options: { typecast_as: 'boolean' }, in: '0', out: 'false' },
    { options: { typecast_as: 'boolean' }, in: '"maybe"', error: 'bad_cast' },
    { options: { typecast_as: 'float' }, in: '"5120.00"', out: '5120.0' },
    { options: { typecast_as: 'decimal' }, in: '"5120.00"', out: '5120.00' },
    { options: { typecast_as: 'datetime', date_format: '%m/%d/%Y' }, in: '"07/22/1984"', out: '"1984-07-22T00:00:00"' },
    { options: { typecast_as: 'date' }, in: '"22 Jul 1984"', out: '"1984-07-22"' },
    { options: { typecast_as: 'datetime' }, in: '"1984-07-22 10:11:12.5Z"', out: '"1984-07-22T10:11:12.500000+00:00"' },
    { options: { typecast_as: 'string', date_format: '%d.%m.%Y' }, in: '"1984-07-22"', out: '"22.07.1984"' },
    { options: { typecast_as: 'integer' }, in: 'null', out: 'null' },
    { options: { typecast_as: 'string' }, in: '[]', error: 'bad_cast' },
  ],
}

type Cast = (value: Exclude<Scalar, null>, format: string | undefined) => Scalar | undefined

const casts: Readonly<Record<string, Cast>> = {
  string(value, format) {
    if (typeof value === 'boolean') return value ? 'true' : 'false'
    if (value instanceof NumberText) return value.text
    if (format === undefined) return value
    const read = readDate(value, ORDER)
    return read && writeByFormat(read, format)
  },
  integer(value) {
    if (typeof value === 'boolean') return new NumberText(value ? '1' : '0')
    const read = readDecimal(textOf(value))
    if (read === undefined || !/^0*$/.test(read.fraction)) return undefined
    return new NumberText(writeDecimal({ negative: read.negative && read.integer !== '0', integer: read.integer, fraction: '' }))
  },
  float(value) {
    if (typeof value === 'boolean') return new NumberText(value ? '1.0' : '0.0')
    if (readDecimal(textOf(value)) === undefined) return undefined
    const number = Number(textOf(value))
    return Number.isFinite(number) ? new NumberText(floatText(number)) : undefined
  },
  decimal(value) {
    if (typeof value === 'boolean') return new NumberText(value ? '1' : '0')
    if (value instanceof NumberText) return value
    const read = readDecimal(value)
    return read && new NumberText(writeDecimal(read))
  },
  boolean(value) {
    if (typeof value === 'boolean') return value
    const word = textOf(value).trim().toLowerCase()
    return TRUE.has(word) ? true : FALSE.has(word) ? false : undefined
  },
  date(value, format) {
    const read = readText(value, format)
    return read && isoDate(read)
  },
  datetime(value, format) {
    const read = readText(value, format)
    return read && isoDateTime(read)
  },
}

function textOf(value: string | NumberText): string {
  return typeof value === 'string' ? value : value.text
}

function readText(value: Exclude<Scalar, null>, format: string | undefined): DateText | undefined {
  if (typeof value !== 'string') return undefined
  return format === undefined ? readDate(value, ORDER) : readByFormat(value, format)
}

/** Shortest digits that read back as the same double, with at least one decimal. */
function floatText(number: number): string {
  if (Object.is(number, -0)) return '-0.0'
  const text = String(number)
  if (text.includes('.')) return text
  const e = text.indexOf('e')
  return e < 0 ? `${text}.0` : `${text.slice(0, e)}.0${text.slice(e)}`
}
