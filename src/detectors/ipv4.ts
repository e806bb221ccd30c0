// Dotted quads. The pair (digit, `.`) is rarer in logs than digit runs, and one look at the dots settles most of them.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { ALNUM, CLASS, LETTER, isDigit, runStart, wordAfter, wordBefore, hasWord } from './bytes.ts'

const ipv4: DetectorInfo = {
  name: 'ipv4',
  group: 'network',
  tier: 1,
  priority: 46,
  summary: 'IPv4 address: four octets of 0-255 without leading zeros; port and prefix length stay outside.',
  mask: { type: 'ip' },
  examples: [
    'from «203.0.113.7» port 22',
    'client=«10.0.0.1»:8080',
    'net «192.168.0.0»/16',
    '[«127.0.0.1»]',
    'bind «0.0.0.0»:80',
    'at «198.51.100.23».',
    'a,«1.2.3.4»,b',
    '/«10.1.2.3»:5432',
  ],
  counterExamples: [
    'v1.2.3.4',
    'version 1.2.3.4',
    'Chrome/120.0.6099.109 Safari',
    '1.84.1.0-2',
    'oid 1.3.6.1.4.1.311',
    '300.1.2.3',
    '01.02.03.04',
    '1.2.3.4.5',
    'libfoo_1.2.3.4',
    '0.1.2.3',
    '1.2.3.4.jar',
  ],
}

function find(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  // `at` is a dot. Four groups of one to three digits, the first before this dot.
  const from = runStart(text, at, start, 1, 4)
  const first = at - from
  let p = at
  if (first > 3 || (first > 1 && text[from] === 48)) return skipDotted(text, at, end)
  let bad = octet(text, from, at) > 255
  for (let dots = 0; dots < 3; dots++) {
    if (p >= end || text[p] !== 46) return p
    const begin = ++p
    while (p < end && p - begin < 4 && isDigit(text[p]!)) p++
    const size = p - begin
    if (size === 0) return p
    if (size > 3 || (size > 1 && text[begin] === 48) || octet(text, begin, p) > 255) bad = true
  }
  if (bad || wordAfter(text, end, p)) return skipDotted(text, p, end)
  // Followed by `-`, `+` or `.` and a letter or digit: a version.
  if (p + 1 < end) {
    const b = text[p]!
    if ((b === 46 || b === 45 || b === 43) && (CLASS[text[p + 1]!]! & ALNUM) !== 0) return skipDotted(text, p, end)
  }
  if (wordBefore(text, start, from)) return p
  if (from > start) {
    const b = text[from - 1]!
    if (b === 46 || ((b === 45 || b === 58) && from - 2 >= start && isDigit(text[from - 2]!) && b === 45)) return p
    if (b === 47 && from - 2 >= start && (CLASS[text[from - 2]!]! & LETTER) !== 0 && productName(text, start, from - 1)) return p
  }
  if (text[from] === 48 && !(at - from === 1 && zeroAddress(text, from, p, end))) return p
  const low = from - 16 > start ? from - 16 : start
  if (hasWord(text, low, from, 'version') || hasWord(text, low, from, 'release') || hasWord(text, low, from, 'build') || hasWord(text, low, from, 'ver')) return p
  if (from === start && scan.keyWords[0] === 'version') return p
  scan.emit(ids[0]!, from, p, 0.75)
  return p
}

function octet(text: Uint8Array, from: number, to: number): number {
  let n = 0
  for (let p = from; p < to; p++) n = n * 10 + text[p]! - 48
  return n
}

/** `0.0.0.0`, or a network such as `0.0.0.0/8`. */
function zeroAddress(text: Uint8Array, from: number, to: number, end: number): boolean {
  if (to - from === 7) {
    let zero = true
    for (let p = from; p < to; p += 2) zero &&= text[p] === 48
    if (zero) return true
  }
  return to + 1 < end && text[to] === 47 && isDigit(text[to + 1]!)
}

/** `Chrome/` right before: a product token, where the word begins with a capital letter or the text. Paths and `/1.2.3.4` are not. */
function productName(text: Uint8Array, start: number, slash: number): boolean {
  const from = runStart(text, slash, start, ALNUM | 8, 32)
  return from < slash && (from === start || (text[from - 1] !== 47 && text[from - 1] !== 46))
}

function skipDotted(text: Uint8Array, p: number, end: number): number {
  while (p < end && (isDigit(text[p]!) || text[p] === 46)) p++
  return p
}

export const ipv4Finder: Finder = { detectors: [ipv4], triggers: [{ prev: '0123456789', byte: '.' }], find }
