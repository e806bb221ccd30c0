// Hardware addresses: EUI-48 and EUI-64 with one separator, or three groups of four with dots.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { CLASS, DIGIT, HEX, LETTER, wordAfter, wordBefore } from './bytes.ts'

const mac: DetectorInfo = {
  name: 'mac_address',
  group: 'network',
  tier: 1,
  priority: 46,
  summary: 'MAC address: 6 or 8 octets with one kind of separator, or three dotted groups of four.',
  mask: { type: 'mac' },
  examples: ['dev «00:1b:63:84:45:e6» up', 'mac=«00-1B-63-84-45-E6»', 'cisco «001b.6384.45e6»', 'eui «02:1b:63:ff:fe:84:45:e6»', '(«a4:5e:60:c2:11:09»)'],
  counterExamples: [
    '10:00:00',
    '00:1b:63:84:45',
    '00:1b:63:84:45:e6:77',
    'aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99',
    '00:1b:63-84:45:e6',
    'x00:1b:63:84:45:e6',
    '2024-05-01',
    '12-34-56-78-90-12-34',
    '1234.5678.9012',
  ],
}

function find(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  const separator = text[at]!
  if (separator === 46) return findDotted(scan, at, ids)
  // Two hex digits before the first separator and another separator three further on.
  if (at - 2 < start || at + 3 >= end || text[at + 3] !== separator) return at
  const from = at - 2
  if (!hexPair(text, from) || wordBefore(text, start, from)) return at
  if (from > start && (text[from - 1] === 58 || text[from - 1] === 45)) return skip(text, at, end, separator)
  let pairs = 1
  let p = at
  while (p + 2 < end && text[p] === separator && hexPair(text, p + 1)) {
    p += 3
    pairs++
  }
  if ((pairs !== 6 && pairs !== 8) || wordAfter(text, end, p)) return p
  if (p + 1 < end && (text[p] === 58 || text[p] === 45) && (CLASS[text[p + 1]!]! & HEX) !== 0) return skip(text, p, end, separator)
  let digitsOnly = true
  for (let q = from; q < p; q++) {
    const bits = CLASS[text[q]!]!
    if ((bits & LETTER) !== 0) digitsOnly = false
  }
  // Digits alone with hyphens are dates and part numbers.
  if (digitsOnly && separator === 45) return p
  scan.emit(ids[0]!, from, p, 0.75)
  return p
}

function findDotted(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  const from = at - 4
  const to = at + 10
  if (from < start || to > end || text[at + 5] !== 46) return at
  let bits = 0
  for (let p = from; p < to; p++) {
    if (p === at || p === at + 5) continue
    if ((CLASS[text[p]!]! & HEX) === 0) return at
    bits |= CLASS[text[p]!]!
  }
  if ((bits & LETTER) === 0 || (bits & DIGIT) === 0 || wordBefore(text, start, from) || wordAfter(text, end, to)) return at
  if ((from > start && text[from - 1] === 46) || (to + 1 < end && text[to] === 46 && (CLASS[text[to + 1]!]! & HEX) !== 0)) return at
  scan.emit(ids[0]!, from, to, 0.75)
  return to
}

function hexPair(text: Uint8Array, p: number): boolean {
  return (CLASS[text[p]!]! & HEX) !== 0 && (CLASS[text[p + 1]!]! & HEX) !== 0
}

function skip(text: Uint8Array, p: number, end: number, separator: number): number {
  while (p < end && ((CLASS[text[p]!]! & HEX) !== 0 || text[p] === separator)) p++
  return p
}

export const macFinder: Finder = { detectors: [mac], triggers: [{ prev: '0123456789abcdefABCDEF', byte: ':-.' }], find }
