// Dates as they stand in text: the forms that the date masks read.

import { ALNUM, CLASS, LETTER, digitJointAfter, isDigit, lower, wordAfter } from './bytes.ts'

const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december']
/** Bits of the letters with which months begin. */
const FIRST_LETTERS: number = MONTHS.reduce((bits, name) => bits | (1 << (name.charCodeAt(0) - 97)), 0)
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function number(text: Uint8Array, from: number, to: number): number {
  let n = 0
  for (let p = from; p < to; p++) n = n * 10 + text[p]! - 48
  return n
}

function digitsEnd(text: Uint8Array, at: number, end: number): number {
  const stop = end - at > 9 ? at + 9 : end
  let p = at
  while (p < stop && isDigit(text[p]!)) p++
  return p
}

function real(month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= DAYS[month - 1]!
}

function yearLike(year: number): boolean {
  return year >= 1800 && year <= 2199
}

/** End of the name of a month at `at`, short or whole; 0 when there is none. */
export function monthEnd(text: Uint8Array, at: number, end: number): number {
  if (at + 3 > end || ((FIRST_LETTERS >> (lower(text[at]!) - 97)) & 1) === 0) return 0
  for (const name of MONTHS) {
    if (lower(text[at]!) !== name.charCodeAt(0) || lower(text[at + 1]!) !== name.charCodeAt(1) || lower(text[at + 2]!) !== name.charCodeAt(2)) continue
    let p = at + 3
    while (p < end && (CLASS[text[p]!]! & LETTER) !== 0 && p - at < 10) p++
    return p - at === 3 || (p - at === name.length && matches(text, at, name)) ? p : 0
  }
  return 0
}

function matches(text: Uint8Array, at: number, name: string): boolean {
  for (let i = 3; i < name.length; i++) if (lower(text[at + i]!) !== name.charCodeAt(i)) return false
  return true
}

/** End of the time of day behind a date (`T10:00:00.000Z`, ` 10:00`), else `at`. */
function timeEnd(text: Uint8Array, at: number, end: number): number {
  if (at + 5 >= end || (text[at] !== 84 && text[at] !== 32) || !isDigit(text[at + 1]!) || !isDigit(text[at + 2]!) || text[at + 3] !== 58 || !isDigit(text[at + 4]!)) return at
  let p = at + 6
  const stop = end - at > 36 ? at + 36 : end
  while (p < stop && (isDigit(text[p]!) || text[p] === 58 || text[p] === 46)) p++
  while (text[p - 1] === 46 || text[p - 1] === 58) p--
  if (p < end && text[p] === 90) return p + 1
  if (p + 2 < end && (text[p] === 43 || text[p] === 45) && isDigit(text[p + 1]!) && isDigit(text[p + 2]!)) {
    p += 3
    if (p + 2 < end && text[p] === 58 && isDigit(text[p + 1]!)) p += 3
    else if (p + 1 < end && isDigit(text[p]!) && isDigit(text[p + 1]!)) p += 2
  }
  return p
}

/** End of the date that begins at `at`; 0 when there is none. `fourDigits`: its year must have four digits. */
export function dateEnd(text: Uint8Array, at: number, end: number, fourDigits: boolean): number {
  const stop = readDate(text, at, end, fourDigits)
  return stop > 0 && !wordAfter(text, end, stop) && !digitJointAfter(text, end, stop) ? stop : 0
}

function readDate(text: Uint8Array, at: number, end: number, fourDigits: boolean): number {
  if (!isDigit(text[at]!)) {
    // `Jul 22, 1984`
    let p = monthEnd(text, at, end)
    if (p === 0) return 0
    if (p < end && text[p] === 46) p++
    if (p + 1 >= end || text[p] !== 32) return 0
    const day = p + 1
    p = digitsEnd(text, day, end)
    if (p === day || p - day > 2 || number(text, day, p) > 31) return 0
    if (p < end && text[p] === 44) p++
    if (p + 4 >= end || text[p] !== 32) return 0
    const year = p + 1
    p = digitsEnd(text, year, end)
    return p - year === 4 && yearLike(number(text, year, p)) ? p : 0
  }
  const a = digitsEnd(text, at, end)
  const first = number(text, at, a)
  if (a - at === 8) return yearLike(Math.floor(first / 10_000)) && real(Math.floor(first / 100) % 100, first % 100) ? a : 0
  if (a + 3 > end || (a - at > 2 && a - at !== 4)) return 0
  const joint = text[a]!
  if (joint === 32 && a - at <= 2) {
    // `22 Jul 1984`
    let p = monthEnd(text, a + 1, end)
    if (p === 0 || first < 1 || first > 31) return 0
    if (p < end && (text[p] === 46 || text[p] === 44)) p++
    if (p + 4 >= end || text[p] !== 32) return 0
    const year = p + 1
    p = digitsEnd(text, year, end)
    return p - year === 4 && yearLike(number(text, year, p)) ? p : 0
  }
  if (joint !== 45 && joint !== 47 && joint !== 46) return 0
  const b = digitsEnd(text, a + 1, end)
  if (b === a + 1 || b - a > 3 || b + 1 >= end || text[b] !== joint) return 0
  const c = digitsEnd(text, b + 1, end)
  const second = number(text, a + 1, b)
  const third = number(text, b + 1, c)
  if (a - at === 4) {
    if (c === b + 1 || c - b > 3 || !yearLike(first) || !real(second, third)) return 0
    return timeEnd(text, c, end)
  }
  const length = c - b - 1
  if (length !== 4 && (length !== 2 || fourDigits)) return 0
  if (length === 4 && !yearLike(third)) return 0
  return real(second, first) || real(first, second) ? timeEnd(text, c, end) : 0
}

/** End of the `MM/YY`, `MM/YYYY` or `YYYY-MM` that begins at `at`; 0 when there is none. */
export function expiryEnd(text: Uint8Array, at: number, end: number): number {
  if (!isDigit(text[at]!)) return 0
  const a = digitsEnd(text, at, end)
  if (a + 2 >= end) return 0
  let from = a
  // `12 / 29`
  const spaced = text[a] === 32 && text[a + 1] === 47
  if (spaced) from++
  const joint = text[from]!
  if (joint !== 47 && joint !== 45) return 0
  from++
  if (spaced && from < end && text[from] === 32) from++
  if (from >= end || !isDigit(text[from]!)) return 0
  const b = digitsEnd(text, from, end)
  const first = number(text, at, a)
  const second = number(text, from, b)
  const month = (n: number): boolean => n >= 1 && n <= 12
  const fits =
    a - at === 4
      ? first >= 2000 && first < 2100 && b - from === 2 && month(second)
      : a - at <= 2 && month(first) && (b - from === 2 || (b - from === 4 && second >= 2000 && second < 2100))
  return fits && !wordAfter(text, end, b) && !digitJointAfter(text, end, b) && (b >= end || (CLASS[text[b]!]! & ALNUM) === 0) ? b : 0
}
