// The machine-readable zone of passports, visas and identity cards (ICAO 9303): lines of capitals, digits and `<`.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { CLASS, DIGIT, UPPER, isDigit, wordAfter, wordBefore } from './bytes.ts'

const mrz: DetectorInfo = {
  name: 'mrz',
  group: 'pii',
  tier: 0,
  priority: 44,
  checks: ['check:icao9303'],
  summary:
    'Machine-readable zone of a passport, visa or identity card: three lines of 30, or two of 36 or 44 characters, with the check digits of number, birth and expiry; of lines by themselves those that hold them, and the first one with the name.',
  examples: [
    'mrz «P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10»',
    '«I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<» ok',
    '"«I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<< D231458907UTO7408122F1204159<<<<<<<6»"',
    'line 2: «L898902C36UTO7408122F1204159ZE184226B<<<<<10»',
    'line 1: «P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<»',
  ],
  counterExamples: [
    'L898902C46UTO7408122F1204159ZE184226B<<<<<10',
    'xP<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
    'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<',
    'if (A<<B) C<<<D',
    `A${'<'.repeat(43)}`,
    'cat <<EOF',
  ],
}

/** Lengths of lines, and how many of them there are. */
const KINDS: readonly (readonly [length: number, lines: number])[] = [
  [44, 2],
  [36, 2],
  [30, 3],
]
/** Longest run that is looked at: three lines in one piece. */
const MOST = 92

const BYTE = new Uint8Array(256)
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<') BYTE[c.charCodeAt(0)] = 1

// where the lines begin
const lines = new Int32Array(3)

function find(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  let from = at
  while (from > start && at - from < MOST && BYTE[text[from - 1]!] === 1) from--
  let to = at
  while (to < end && to - from <= MOST && BYTE[text[to]!] === 1) to++
  const run = to - from
  for (const [length, count] of KINDS) {
    if (run !== length && run !== length * count) continue
    // the lines before this one and behind it
    let first = from
    let before = 0
    while (run === length && before < count - 1) {
      const gap = gapBefore(text, start, first)
      if (gap === 0 || first - gap - length < start || !isLine(text, start, end, first - gap - length, length)) break
      first -= gap + length
      before++
    }
    let n = 0
    let p = first
    while (n < count) {
      lines[n++] = p
      p += length
      if (run !== length || n === count) continue
      const gap = gapAfter(text, end, p)
      if (gap === 0 || !isLine(text, start, end, p + gap, length)) break
      p += gap
    }
    if (wordBefore(text, start, first) || wordAfter(text, end, p)) continue
    if (n === count && hasChecks(text, length)) {
      scan.emit(ids[0]!, first, p, 0.95)
      return p > to ? p : to
    }
    if (run !== length) continue
    lines[1] = from
    if (length > 30 && (hasChecks(text, length) || isNameLine(text, from, length))) {
      scan.emit(ids[0]!, from, to, 0.95)
      return to
    }
  }
  return to
}

function isLine(text: Uint8Array, start: number, end: number, from: number, length: number): boolean {
  if (from < start || from + length > end) return false
  for (let p = from; p < from + length; p++) if (BYTE[text[p]!] === 0) return false
  return (from === start || BYTE[text[from - 1]!] === 0) && (from + length === end || BYTE[text[from + length]!] === 0)
}

/** Bytes between a line and the next one: a line break or a space. */
function gapAfter(text: Uint8Array, end: number, at: number): number {
  if (at >= end) return 0
  if (text[at] === 10 || text[at] === 32) return 1
  return text[at] === 13 && at + 1 < end && text[at + 1] === 10 ? 2 : 0
}

function gapBefore(text: Uint8Array, start: number, at: number): number {
  if (at <= start) return 0
  if (text[at - 1] === 10) return at - 2 >= start && text[at - 2] === 13 ? 2 : 1
  return text[at - 1] === 32 ? 1 : 0
}

/** Number, birth and expiry with their check digits, in the lines of that length. */
function hasChecks(text: Uint8Array, length: number): boolean {
  if (length === 30) return checked(text, lines[0]! + 5, 9) && dated(text, lines[1]!) && dated(text, lines[1]! + 8)
  return checked(text, lines[1]!, 9) && dated(text, lines[1]! + 13) && dated(text, lines[1]! + 21)
}

/** `P<UTOERIKSSON<<ANNA<<<`: kind of document, country, and a name in two parts with nothing but filler behind it. */
function isNameLine(text: Uint8Array, from: number, length: number): boolean {
  const kind = text[from]!
  if (kind !== 80 && kind !== 86 && kind !== 73 && kind !== 65 && kind !== 67) return false
  let letters = 0
  let parts = 0
  for (let p = from; p < from + length; p++) {
    if ((CLASS[text[p]!]! & DIGIT) !== 0) return false
    if (text[p] !== 60) letters++
    else if (p > from + 5 && text[p - 1] !== 60 && text[p + 1] === 60) parts++
  }
  const country = (CLASS[text[from + 2]!]! & UPPER) !== 0
  const name = (CLASS[text[from + 5]!]! & UPPER) !== 0 && (CLASS[text[from + 6]!]! & UPPER) !== 0
  return country && name && letters >= 8 && parts >= 1 && parts <= 2 && (text[from + length - 1] === 60 || parts === 1)
}

/** A date of six digits with its check digit; the day or the month may be unknown. */
function dated(text: Uint8Array, from: number): boolean {
  let digits = 0
  for (let p = from; p < from + 6; p++) if (isDigit(text[p]!)) digits++
  return digits >= 2 && checked(text, from, 6)
}

function checked(text: Uint8Array, from: number, length: number): boolean {
  let sum = 0
  for (let i = 0; i < length; i++) {
    const b = text[from + i]!
    const value = b === 60 ? 0 : isDigit(b) ? b - 48 : b - 55
    sum += value * (i % 3 === 0 ? 7 : i % 3 === 1 ? 3 : 1)
  }
  const check = text[from + length]!
  return isDigit(check) && sum % 10 === check - 48
}

export const mrzFinder: Finder = {
  detectors: [mrz],
  triggers: [{ prev: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', byte: '<', next: '<' }],
  find,
  least: 36,
}
