// Reading and writing dates: the reading order without a format, the directives of strptime and strftime, and the
// calendar. A date that was read remembers how it was spelled, so that another date can be written in the same spelling.
// No Date object, no locale, no time zone data: results do not depend on the platform.

// --------------------------------------------------------------------------------------------------------- calendar

export interface CalendarDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

export function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
}

export function daysInMonth(year: number, month: number): number {
  return month === 2 ? (isLeap(year) ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Days since 1970-01-01 in the Gregorian calendar. */
export function dayNumber({ year, month, day }: CalendarDate): number {
  // Years start in March, so that the leap day comes last.
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** The date of a day number. */
export function dateOf(days: number): CalendarDate {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

export const FIRST_DAY = dayNumber({ year: 1, month: 1, day: 1 })
export const LAST_DAY = dayNumber({ year: 9999, month: 12, day: 31 })

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

function weekday(days: number): number {
  // 1970-01-01 was a Thursday.
  return (((days + 3) % 7) + 7) % 7
}

export function pad(number: number, width: number): string {
  return String(number).padStart(width, '0')
}

// ------------------------------------------------------------------------------------------------------ what was read

/** One piece of the text: a directive and how it was spelled, or literal text. */
interface Piece {
  readonly directive: string
  readonly text: string
}

/** A date as read. */
export interface DateText extends CalendarDate {
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** Digits of the fraction as read, without the point; empty for none. */
  readonly fraction: string
  /** Minutes east of UTC; undefined when the text has no offset. */
  readonly offset: number | undefined
  readonly hasTime: boolean
  readonly pieces: readonly Piece[]
}

export interface ReadOptions {
  readonly dayFirst: boolean
  readonly yearFirst: boolean
}

/** Writes another calendar date in the spelling of `read`; the time of day stays as it was. */
export function writeLike(read: DateText, date: CalendarDate): string {
  const days = dayNumber(date)
  // `3/4/2026` is written without zeros, `12/11/2026` may be either: unpadded only where the text shows it.
  const bare = read.pieces.some(({ directive, text }) => (directive === 'd' || directive === 'm') && text.length === 1)
  let out = ''
  for (const { directive, text } of read.pieces) {
    switch (directive) {
      case 'Y':
        out += pad(date.year, 4)
        break
      case 'y':
        out += pad(date.year % 100, 2)
        break
      case 'm':
        out += bare ? date.month : pad(date.month, 2)
        break
      case 'd':
        out += bare ? date.day : pad(date.day, 2)
        break
      case 'j':
        out += pad(days - dayNumber({ year: date.year, month: 1, day: 1 }) + 1, 3)
        break
      case 'b':
        out += likeCase(MONTHS[date.month - 1]!.slice(0, 3), text)
        break
      case 'B':
        out += likeCase(MONTHS[date.month - 1]!, text)
        break
      case 'a':
        out += likeCase(WEEKDAYS[weekday(days)]!.slice(0, 3), text)
        break
      case 'A':
        out += likeCase(WEEKDAYS[weekday(days)]!, text)
        break
      default:
        out += text
    }
  }
  return out
}

function likeCase(word: string, text: string): string {
  return text === text.toUpperCase() ? word.toUpperCase() : text === text.toLowerCase() ? word.toLowerCase() : word
}

// ------------------------------------------------------------------------------------------------------- strptime

const DIRECTIVES = 'YymdHIMSfpzZbBaAj%'

/** True when every directive of a format is known. */
export function isDateFormat(format: string): boolean {
  for (let i = 0; i < format.length; i++) {
    if (format[i] !== '%') continue
    if (++i >= format.length || !DIRECTIVES.includes(format[i]!)) return false
  }
  return true
}

/** Reads text by one format; the whole text must match. Undefined when it does not, or is no date. */
export function readByFormat(text: string, format: string): DateText | undefined {
  if (text.length > 200) return undefined
  return new Reader(text).read(format)
}

class Reader {
  readonly #text: string
  #at = 0
  readonly #pieces: Piece[] = []
  #year: number | undefined
  #month: number | undefined
  #day: number | undefined
  #dayOfYear: number | undefined
  #hour: number | undefined
  #hour12: number | undefined
  #afternoon: boolean | undefined
  #minute = 0
  #second = 0
  #fraction = ''
  #offset: number | undefined
  #hasTime = false

  constructor(text: string) {
    this.#text = text
  }

  read(format: string): DateText | undefined {
    for (let i = 0; i < format.length; i++) {
      const c = format[i]!
      if (c !== '%') {
        // White space in a format is any run of white space, as strptime has it.
        if (isSpace(c)) {
          const from = this.#at
          while (this.#at < this.#text.length && isSpace(this.#text[this.#at]!)) this.#at++
          if (this.#at === from) return undefined
          this.#put('', from)
          while (i + 1 < format.length && isSpace(format[i + 1]!)) i++
        } else if (!this.#literal(c)) return undefined
        continue
      }
      const directive = format[++i]
      if (directive === undefined || !(directive === '%' ? this.#literal('%') : this.#directive(directive))) return undefined
    }
    return this.#at === this.#text.length ? this.#finish() : undefined
  }

  #put(directive: string, from: number): true {
    this.#pieces.push({ directive, text: this.#text.slice(from, this.#at) })
    return true
  }

  #literal(c: string): boolean {
    if (this.#text[this.#at] !== c) return false
    this.#at++
    return this.#put('', this.#at - 1)
  }

  #number(directive: string, least: number, most: number, low: number, high: number): number | undefined {
    const from = this.#at
    let number = 0
    while (this.#at - from < most) {
      const digit = this.#text.charCodeAt(this.#at) - 0x30
      if (!(digit >= 0 && digit <= 9)) break
      number = number * 10 + digit
      this.#at++
    }
    if (this.#at - from < least || number < low || number > high) return undefined
    this.#put(directive, from)
    return number
  }

  #word(directive: string, words: readonly string[], length: number | undefined): number {
    const rest = this.#text.slice(this.#at, this.#at + 10).toLowerCase()
    const found = words.findIndex((word) => rest.startsWith(word.slice(0, length).toLowerCase()))
    if (found < 0) return -1
    const from = this.#at
    this.#at += words[found]!.slice(0, length).length
    this.#put(directive, from)
    return found
  }

  #directive(directive: string): boolean {
    switch (directive) {
      case 'Y':
        return (this.#year = this.#number('Y', 4, 4, 1, 9999)) !== undefined
      case 'y': {
        const short = this.#number('y', 2, 2, 0, 99)
        if (short === undefined) return false
        this.#year = fullYear(short)
        return true
      }
      case 'm':
        return (this.#month = this.#number('m', 1, 2, 1, 12)) !== undefined
      case 'd':
        return (this.#day = this.#number('d', 1, 2, 1, 31)) !== undefined
      case 'j':
        return (this.#dayOfYear = this.#number('j', 1, 3, 1, 366)) !== undefined
      case 'H':
        this.#hasTime = true
        return (this.#hour = this.#number('', 1, 2, 0, 23)) !== undefined
      case 'I':
        this.#hasTime = true
        return (this.#hour12 = this.#number('', 1, 2, 1, 12)) !== undefined
      case 'M': {
        const minute = this.#number('', 1, 2, 0, 59)
        if (minute === undefined) return false
        this.#hasTime = true
        this.#minute = minute
        return true
      }
      case 'S': {
        const second = this.#number('', 1, 2, 0, 60)
        if (second === undefined) return false
        this.#hasTime = true
        // A leap second has no place in the results: it is the last second of its minute.
        this.#second = Math.min(second, 59)
        return true
      }
      case 'f': {
        const from = this.#at
        if (this.#number('', 1, 9, 0, Infinity) === undefined) return false
        this.#fraction = this.#text.slice(from, this.#at)
        return true
      }
      case 'p': {
        const half = this.#word('', ['AM', 'PM'], undefined)
        if (half >= 0) this.#afternoon = half === 1
        return half >= 0
      }
      case 'z':
        return this.#zone()
      case 'Z': {
        const zone = this.#word('', ['UTC', 'GMT', 'Z'], undefined)
        if (zone >= 0) this.#offset = 0
        return zone >= 0
      }
      case 'b':
      case 'B': {
        const month = this.#word(directive, MONTHS, directive === 'b' ? 3 : undefined)
        if (month >= 0) this.#month = month + 1
        return month >= 0
      }
      case 'a':
      case 'A':
        return this.#word(directive, WEEKDAYS, directive === 'a' ? 3 : undefined) >= 0
      default:
        return false
    }
  }

  #zone(): boolean {
    const match = /^(?:Z|([+-])(\d\d):?(\d\d)?)/i.exec(this.#text.slice(this.#at, this.#at + 6))
    if (match === null) return false
    const hours = Number(match[2] ?? 0)
    const minutes = Number(match[3] ?? 0)
    if (hours > 23 || minutes > 59) return false
    this.#offset = (match[1] === '-' ? -1 : 1) * (hours * 60 + minutes)
    this.#at += match[0].length
    return this.#put('', this.#at - match[0].length)
  }

  #finish(): DateText | undefined {
    const year = this.#year ?? 1900
    let month = this.#month ?? 1
    let day = this.#day ?? 1
    if (this.#dayOfYear !== undefined) {
      if (this.#dayOfYear === 366 && !isLeap(year)) return undefined
      const date = dateOf(dayNumber({ year, month: 1, day: 1 }) + this.#dayOfYear - 1)
      month = date.month
      day = date.day
    }
    if (day > daysInMonth(year, month)) return undefined
    let hour = this.#hour ?? 0
    if (this.#hour12 !== undefined) hour = (this.#hour12 % 12) + (this.#afternoon ? 12 : 0)
    return {
      year,
      month,
      day,
      hour,
      minute: this.#minute,
      second: this.#second,
      fraction: this.#fraction,
      offset: this.#offset,
      hasTime: this.#hasTime,
      pieces: this.#pieces,
    }
  }
}

function isSpace(c: string): boolean {
  return c === ' ' || c === '\t'
}

/** 69-99 are 1969-1999, 00-68 are 2000-2068. */
function fullYear(short: number): number {
  return short >= 69 ? 1900 + short : 2000 + short
}

// ----------------------------------------------------------------------------------------------- without a format

// Every reading starts with a shape that one anchored, bounded expression recognises; the format that follows from the
// shape then reads the parts, so there is one parser only.
const ISO = /^\d{4}-\d\d-\d\d(?:([Tt ])(\d\d:\d\d)(:\d\d)?([.,]\d{1,9})?( ?)(Z|z|[+-]\d\d(?::?\d\d)?)?)?$/
const ISO_BASIC = /^\d{8}(?:([Tt])\d{4}(\d\d)?([.,]\d{1,9})?(Z|z|[+-]\d\d(?::?\d\d)?)?)?$/
const PARTS = /^(\d{1,4})([/.-])(\d{1,2})([/.-])(\d{1,4})(?!\d)/
const DAY_MONTH = /^\d{1,2}([ -])([A-Za-z]{3,9})([ -])\d{4}(?!\d)/
const MONTH_DAY = /^([A-Za-z]{3,9}) \d{1,2}(,?) \d{4}(?!\d)/
const RFC1123 = /^[A-Za-z]{3}, \d{1,2} [A-Za-z]{3} \d{4} \d\d:\d\d:\d\d (?:GMT|UTC|([+-]\d{4}))$/
const TIME = /^([ T])\d{1,2}:\d\d(:\d\d)?([.,]\d{1,9})?( ?)([AaPp][Mm])?( ?)(Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$/

/** Reads a date in the documented order; undefined when the text is none of these. */
export function readDate(text: string, options: ReadOptions): DateText | undefined {
  if (text.length < 6 || text.length > 64) return undefined
  for (const format of formatsOf(text, options)) {
    const read = readByFormat(text, format)
    if (read !== undefined) return read
  }
  return undefined
}

/** Formats to try, in order. A comma before a fraction stays a comma. */
function formatsOf(text: string, { dayFirst, yearFirst }: ReadOptions): string[] {
  let match = ISO.exec(text)
  if (match !== null) {
    if (match[1] === undefined) return ['%Y-%m-%d']
    return [`%Y-%m-%d${match[1]}%H:%M${match[3] ? ':%S' : ''}${fractionFormat(match[4])}${match[5]}${match[6] ? '%z' : ''}`]
  }
  match = PARTS.exec(text)
  if (match !== null && match[2] === match[4]) {
    const rest = timeFormat(text.slice(match[0].length))
    if (rest === undefined) return []
    const s = match[2]!
    const long = match[1]!.length === 4
    if (long) return [`%Y${s}%m${s}%d${rest}`]
    if (match[1]!.length === 3 || match[5]!.length === 3) return []
    if (match[5]!.length === 4 || match[5]!.length === 2) {
      const year = match[5]!.length === 4 ? '%Y' : '%y'
      const monthDay = `%m${s}%d${s}${year}${rest}`
      const dayMonth = `%d${s}%m${s}${year}${rest}`
      const either = dayFirst ? [dayMonth, monthDay] : [monthDay, dayMonth]
      // `13/05/2020` can only be read one way; the order matters where both would do.
      return yearFirst && year === '%y' ? [`%y${s}%m${s}%d${rest}`, ...either] : either
    }
    return yearFirst && match[1]!.length === 2 ? [`%y${s}%m${s}%d${rest}`] : []
  }
  match = ISO_BASIC.exec(text)
  if (match !== null) {
    if (match[1] === undefined) return ['%Y%m%d']
    return [`%Y%m%d${match[1]}%H%M${match[2] ? '%S' : ''}${fractionFormat(match[3])}${match[4] ? '%z' : ''}`]
  }
  match = DAY_MONTH.exec(text)
  if (match !== null) {
    const rest = timeFormat(text.slice(match[0].length))
    return rest === undefined ? [] : [`%d${match[1]}${monthFormat(match[2]!)}${match[3]}%Y${rest}`]
  }
  match = MONTH_DAY.exec(text)
  if (match !== null) {
    const rest = timeFormat(text.slice(match[0].length))
    return rest === undefined ? [] : [`${monthFormat(match[1]!)} %d${match[2]} %Y${rest}`]
  }
  match = RFC1123.exec(text)
  return match === null ? [] : [`%a, %d %b %Y %H:%M:%S ${match[1] === undefined ? '%Z' : '%z'}`]
}

function monthFormat(word: string): string {
  return word.length === 3 ? '%b' : '%B'
}

function fractionFormat(fraction: string | undefined): string {
  return fraction === undefined ? '' : `${fraction[0]}%f`
}

/** The format of a time of day after a date; `''` for none, undefined for something else. */
function timeFormat(rest: string): string | undefined {
  if (rest === '') return ''
  const match = TIME.exec(rest)
  if (match === null) return undefined
  const zone = match[7] === undefined ? '' : /^[UG]/.test(match[7]) ? '%Z' : '%z'
  return `${match[1]}${match[5] ? '%I' : '%H'}:%M${match[2] ? ':%S' : ''}${fractionFormat(match[3])}${match[4]}${match[5] ? '%p' : ''}${match[6]}${zone}`
}

// ------------------------------------------------------------------------------------------------------- writing

/** `YYYY-MM-DD`. */
export function isoDate(date: CalendarDate): string {
  return `${pad(date.year, 4)}-${pad(date.month, 2)}-${pad(date.day, 2)}`
}

/** `YYYY-MM-DDTHH:MM:SS[.ffffff][+HH:MM]`. */
export function isoDateTime(read: DateText): string {
  const fraction = read.fraction === '' || /^0*$/.test(read.fraction) ? '' : `.${microseconds(read.fraction)}`
  const time = `${pad(read.hour, 2)}:${pad(read.minute, 2)}:${pad(read.second, 2)}`
  return `${isoDate(read)}T${time}${fraction}${read.offset === undefined ? '' : offsetText(read.offset, ':')}`
}

function microseconds(fraction: string): string {
  return fraction.slice(0, 6).padEnd(6, '0')
}

export function offsetText(offset: number, colon: string): string {
  const minutes = Math.abs(offset)
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60), 2)}${colon}${pad(minutes % 60, 2)}`
}

/** Writes a date by a format (strftime). */
export function writeByFormat(read: DateText, format: string): string {
  const days = dayNumber(read)
  let out = ''
  for (let i = 0; i < format.length; i++) {
    if (format[i] !== '%') {
      out += format[i]
      continue
    }
    switch (format[++i]) {
      case 'Y':
        out += pad(read.year, 4)
        break
      case 'y':
        out += pad(read.year % 100, 2)
        break
      case 'm':
        out += pad(read.month, 2)
        break
      case 'd':
        out += pad(read.day, 2)
        break
      case 'H':
        out += pad(read.hour, 2)
        break
      case 'I':
        out += pad(read.hour % 12 === 0 ? 12 : read.hour % 12, 2)
        break
      case 'M':
        out += pad(read.minute, 2)
        break
      case 'S':
        out += pad(read.second, 2)
        break
      case 'f':
        out += microseconds(read.fraction)
        break
      case 'p':
        out += read.hour < 12 ? 'AM' : 'PM'
        break
      case 'z':
        out += read.offset === undefined ? '' : offsetText(read.offset, '')
        break
      case 'Z':
        out += read.offset === undefined ? '' : read.offset === 0 ? 'UTC' : `UTC${offsetText(read.offset, ':')}`
        break
      case 'b':
        out += MONTHS[read.month - 1]!.slice(0, 3)
        break
      case 'B':
        out += MONTHS[read.month - 1]!
        break
      case 'a':
        out += WEEKDAYS[weekday(days)]!.slice(0, 3)
        break
      case 'A':
        out += WEEKDAYS[weekday(days)]!
        break
      case 'j':
        out += pad(days - dayNumber({ year: read.year, month: 1, day: 1 }) + 1, 3)
        break
      default:
        out += '%'
    }
  }
  return out
}
