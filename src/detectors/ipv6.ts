// IPv6 addresses by a full parser. A clock time is the usual false start, so the colons are counted first.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { ALNUM, CLASS, DIGIT, HEX, isDigit, runStart, wordAfter, wordBefore } from './bytes.ts'

const ipv6: DetectorInfo = {
  name: 'ipv6',
  group: 'network',
  tier: 1,
  priority: 46,
  summary: 'IPv6 address, full, compressed or with an embedded IPv4 address; zone, brackets, port and prefix length stay outside.',
  mask: { type: 'ip' },
  examples: [
    'from «2001:db8::1» port',
    '[«fe80::1%eth0»]:8080',
    '«2001:0db8:0000:0000:0000:ff00:0042:8329»',
    'peer «::ffff:192.0.2.128» ok',
    'net «2001:db8:a::»/48',
    'on «::1»',
    'addr=«2001:db8:0:1:1:1:1:1»',
    '«64:ff9b::192.0.2.33»',
  ],
  counterExamples: [
    '10:00:00',
    '2024-05-01T10:00:00',
    'std::abc',
    'a::b',
    'Foo::Bar',
    '00:1b:63:84:45:e6',
    '::',
    'x:y:z',
    '1::2::3',
    '12345::1',
    'ab:cd:ef:01:23:45:67:89:ab',
    'List<::face>',
  ],
}

function find(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  // Start of the address: hex and colons before this colon. `find` is called for the first colon of a chain.
  const from = runStart(text, at, start, HEX, 5)
  if (at - from > 4) return skip(text, at, end)
  // `::` first
  if (from === at) {
    if (at + 1 >= end || text[at + 1] !== 58) return at + 1
    if (at > start && text[at - 1] === 58) return skip(text, at, end)
  }
  if (wordBefore(text, start, from) || (from > start && (text[from - 1] === 58 || text[from - 1] === 46))) return skip(text, at, end)
  let groups = 0
  let longest = 0
  let elided = -1
  let digit = false
  let embedded = false
  let p = from
  if (text[p] === 58) {
    elided = 0
    p += 2
  }
  while (p < end) {
    const begin = p
    let bits = 0
    while (p < end && (CLASS[text[p]!]! & HEX) !== 0 && p - begin < 5) bits |= CLASS[text[p++]!]!
    const size = p - begin
    if (size === 0) break
    if (size > 4) return skip(text, p, end)
    if (p < end && text[p] === 46 && size <= 3 && (elided >= 0 || groups === 6)) {
      const to = quadEnd(text, begin, end)
      if (to > 0) {
        p = to
        groups += 2
        embedded = true
        digit = true
        break
      }
    }
    groups++
    if (size > longest) longest = size
    if ((bits & DIGIT) !== 0) digit = true
    if (p >= end || text[p] !== 58) break
    if (p + 1 < end && text[p + 1] === 58) {
      if (elided >= 0) return skip(text, p, end)
      elided = groups
      p += 2
      if (p >= end || (CLASS[text[p]!]! & HEX) === 0) break
    } else if (p + 1 < end && (CLASS[text[p + 1]!]! & HEX) !== 0 && groups < 8) p++
    else break
  }
  const whole = elided >= 0 ? groups <= 7 && groups >= 1 : groups === 8
  if (!whole || !digit) return skip(text, p, end)
  // Eight pairs are an EUI-64; groups of three or four digits, or `::`, make an address.
  if (elided < 0 && longest < 3 && !embedded && evenPairs(text, from, p)) return skip(text, p, end)
  if (wordAfter(text, end, p) || (p + 1 < end && text[p] === 58 && (CLASS[text[p + 1]!]! & HEX) !== 0 && !bracketed(text, start, from))) return skip(text, p, end)
  if (p + 1 < end && text[p] === 46 && isDigit(text[p + 1]!)) return skip(text, p, end)
  if (elided === groups && text[p - 1] === 58 && p < end && text[p] === 58) return skip(text, p, end)
  if (p + 1 < end && text[p] === 37 && (CLASS[text[p + 1]!]! & ALNUM) !== 0) {
    p++
    const stop = end - p > 16 ? p + 16 : end
    while (p < stop && ((CLASS[text[p]!]! & ALNUM) !== 0 || text[p] === 45 || text[p] === 46)) p++
    while (text[p - 1] === 46 || text[p - 1] === 45) p--
  }
  scan.emit(ids[0]!, from, p, 0.75)
  return p
}

function bracketed(text: Uint8Array, start: number, from: number): boolean {
  return from > start && text[from - 1] === 91
}

function evenPairs(text: Uint8Array, from: number, to: number): boolean {
  return to - from === 23 && text[from + 2] === 58
}

/** End of a dotted quad at `from`, 0 when there is none. */
function quadEnd(text: Uint8Array, from: number, end: number): number {
  let p = from
  for (let i = 0; i < 4; i++) {
    const begin = p
    let n = 0
    while (p < end && p - begin < 3 && isDigit(text[p]!)) n = n * 10 + text[p++]! - 48
    if (p === begin || n > 255) return 0
    if (i < 3) {
      if (p >= end || text[p] !== 46) return 0
      p++
    }
  }
  return p < end && isDigit(text[p]!) ? 0 : p
}

function skip(text: Uint8Array, p: number, end: number): number {
  while (p < end && ((CLASS[text[p]!]! & HEX) !== 0 || text[p] === 58)) p++
  return p
}

export const ipv6Finder: Finder = {
  detectors: [ipv6],
  // Hex digit and colon, or two colons; the second colon of `::` after a hex digit is the same address.
  triggers: [
    { prev: '0123456789abcdefABCDEF:', byte: ':' },
    { prev: ' \t\n\r"\'([{<,;=|', byte: ':' },
  ],
  find,
}
