// Cookie values after `Cookie:` and `Set-Cookie:`; names and attributes stay.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { CLASS, LETTER, SPACE, lower, matchesLower } from './bytes.ts'
import { isMasked, isPlaceholder } from './key-words.ts'

const cookie: DetectorInfo = {
  name: 'cookie',
  group: 'secrets',
  tier: 0,
  priority: 11,
  summary: 'Each cookie value after a Cookie or Set-Cookie key; names, attributes and flags of up to three characters stay.',
  examples: [
    'Cookie: sid=«abc123def»; theme=«dark»; ok=1',
    'Set-Cookie: session=«s%3Aq1w2»; Path=/; HttpOnly',
    '"cookie":"a=«valueA»; b=«valueB»"',
    "curl -H 'Cookie: t=«77x1»' https://x.example/",
  ],
  counterExamples: ['cookies are used', 'Cookie: Path=/; HttpOnly', 'cookie policy: strict', 'cookie: consent=1; eu=yes', 'Cookie: a=[REDACTED:cookie]', 'biscookie: a=bcdefg'],
}

const ATTRIBUTES = new Set(['path', 'expires', 'max-age', 'domain', 'samesite', 'secure', 'httponly', 'priority', 'partitioned', 'version', 'comment', 'size'])

function find(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  // `at` is the `i` of `cookie`.
  const from = at - 4
  if (from < start || (text[at + 1]! | 32) !== 101 || !matchesLower(text, end, from, 'cookie')) return at
  if (from > start && (CLASS[text[from - 1]!]! & LETTER) !== 0) return at
  let p = at + 2
  // The quote around the key, or the one that opened before it.
  let key = from
  while (key > start && ((CLASS[text[key - 1]!]! & LETTER) !== 0 || text[key - 1] === 45) && from - key < 16) key--
  const opener = key > start && (text[key - 1] === 34 || text[key - 1] === 39) ? text[key - 1]! : 0
  if (p < end && text[p] === 92) p++
  const closed = opener !== 0 && p < end && text[p] === opener
  if (closed) p++
  while (p < end && text[p] === 32) p++
  if (p >= end || (text[p] !== 58 && text[p] !== 61)) return p
  p++
  while (p < end && text[p] === 32) p++
  if (p < end && text[p] === 92) p++
  let quote = 0
  if (p < end && (text[p] === 34 || text[p] === 39)) quote = text[p++]!
  else if (!closed) quote = opener
  return findCookies(scan, p, quote, ids[0]!)
}

/**
 * Emits every value of `name=value; name=value` from `p` to the quote or the end of the line. Also for the string under a
 * cookie key of a record: the engine may call it with the whole value.
 */
export function findCookies(scan: Scan, p: number, quote: number, id: number): number {
  const { text, end } = scan
  while (p < end) {
    while (p < end && (text[p] === 32 || text[p] === 59)) p++
    const name = p
    while (p < end && text[p] !== 61 && text[p] !== 59 && text[p] !== 91 && text[p] !== 123 && !stops(text, p, end, quote) && (CLASS[text[p]!]! & SPACE) === 0 && p - name < 128)
      p++
    if (p >= end || text[p] !== 61) {
      // An attribute without value (`HttpOnly`), or no cookie list at all.
      if (p < end && text[p] === 59) continue
      return p
    }
    const nameEnd = p++
    const value = p
    // No cookie holds a space: 64 bytes behind one the search for `;` ends, or lines of pairs would be read over and over.
    let far = end
    while (p < far && text[p] !== 59 && !stops(text, p, end, quote)) {
      // The quote of a string that the header stands in.
      if (quote === 0 && p > value && (text[p] === 39 || (text[p] === 34 && text[value] !== 34))) break
      if (far === end && text[p] === 32 && end - p > 64) far = p + 64
      p++
    }
    let to = p
    while (to > value && (CLASS[text[to - 1]!]! & SPACE) !== 0) to--
    // Without `;` the value is one word: prose or another pair may follow.
    if (p >= end || text[p] !== 59)
      for (let q = value; q < to; q++)
        if ((CLASS[text[q]!]! & SPACE) !== 0) {
          to = q
          p = q
          break
        }
    let from = value
    if (to - from >= 2 && text[from] === 34 && text[to - 1] === 34) {
      from++
      to--
    }
    if (to - from > 3 && !isAttribute(text, name, nameEnd) && !isMasked(text, from, to) && !isPlaceholder(text, from, to)) scan.emit(id, from, to, 0.95)
    if (p >= end || text[p] !== 59) return p
  }
  return p
}

function stops(text: Uint8Array, p: number, end: number, quote: number): boolean {
  const b = text[p]!
  return b === 10 || b === 13 || (quote !== 0 && b === quote) || (b === 92 && p + 1 < end && (text[p + 1] === 110 || text[p + 1] === 114 || text[p + 1] === 34))
}

function isAttribute(text: Uint8Array, from: number, to: number): boolean {
  if (to - from > 11) return false
  let name = ''
  for (let p = from; p < to; p++) name += String.fromCharCode(lower(text[p]!))
  return ATTRIBUTES.has(name)
}

export const cookieFinder: Finder = { detectors: [cookie], triggers: [{ prev: 'kK', byte: 'iI', next: 'eE' }], find }
