// E-mail addresses, found from `@` outwards.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { ALNUM, CLASS, DIGIT, HIGH, HOST, LETTER, LOCAL, lower, matchesLower, runStart } from './bytes.ts'

const email: DetectorInfo = {
  name: 'email',
  group: 'pii',
  tier: 0,
  priority: 4,
  summary: 'E-mail address with a domain of two or more labels; Unicode and quoted local parts included.',
  mask: { type: 'email' },
  examples: [
    'login «bob@shop.example» ok',
    '<«a.b+tag@mail.example.co.uk»>',
    "user='«o'neil@example.org»'",
    'to «josé@example.com».',
    'x=«bob@xn--bcher-kva.example»,',
    '«"john doe"@example.com» sent',
    'mailto:«bob@example.com»',
    '“«bob@example.com»”',
    '?email=«bob@example.com»&x=1',
  ],
  counterExamples: [
    'icon@2x.png',
    '@scope/pkg',
    'pkg@1.2.3',
    'Object@1a2b3c',
    'git@github.com:org/repo.git',
    'user@host',
    'getty@tty1.service',
    '@app.route',
    'https://bob@example.com/',
    'https://u:p@example.com/',
    'foo@bar.c',
    '@',
    'react@18.2.0-beta.next',
    'bob@.com',
    'bob@exa..mple',
  ],
}

/** Endings of files and units that no address ends with. */
const NO_TOP_LABEL = new Set([
  'png',
  'jpg',
  'jpeg',
  'gif',
  'svg',
  'webp',
  'ico',
  'bmp',
  'avif',
  'css',
  'scss',
  'js',
  'mjs',
  'cjs',
  'jsx',
  'ts',
  'tsx',
  'json',
  'html',
  'htm',
  'txt',
  'xml',
  'yml',
  'yaml',
  'log',
  'map',
  'gz',
  'tgz',
  'tar',
  'woff',
  'ttf',
  'service',
  'socket',
  'timer',
  'slice',
  'scope',
  'mount',
  'automount',
  'target',
  'device',
  'jar',
  'war',
  'dll',
  'exe',
  'pyc',
  'rb',
  'java',
])

const MAX_LOCAL = 64
const MAX_ADDRESS = 254

function find(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  if (at === start || at + 3 >= end) return at
  const before = text[at - 1]!
  if ((CLASS[before]! & LOCAL) === 0 && before !== 34) return at
  if ((CLASS[text[at + 1]!]! & HOST) === 0) return at

  const to = domainEnd(text, at + 1, end)
  if (to === 0) return at
  let from = before === 34 ? quotedStart(text, at, start) : localStart(text, at, start)
  if (from < 0) return at
  // Characters that may begin a local part by the letter of the RFC, but in a log belong to what stands before.
  while (from < at && (CLASS[text[from]!]! & (ALNUM | HIGH)) === 0 && text[from] !== 95 && text[from] !== 34) from++
  if (from === at || to - from > MAX_ADDRESS) return at
  if (from > start && userInfo(text, start, from)) return at
  if (to < end && text[to] === 58 && from + 3 === at && matchesLower(text, end, from, 'git')) return at
  scan.emit(ids[0]!, from, to, 0.95)
  return to
}

/** -1 when there is none of 1-64 bytes. */
function localStart(text: Uint8Array, at: number, start: number): number {
  let p = at
  const stop = at - MAX_LOCAL - 1 > start ? at - MAX_LOCAL - 1 : start
  while (p > stop) {
    const b = text[p - 1]!
    if ((CLASS[b]! & LOCAL) === 0) break
    if (b >= 0x80) {
      let lead = p - 1
      while (lead > stop && (text[lead]! & 0xc0) === 0x80) lead--
      if (isPunctuation(text, lead)) break
      p = lead
    } else p--
  }
  if (at - p > MAX_LOCAL) return -1
  return p < at ? p : -1
}

/** Quotation marks, dashes, ellipses, non-breaking spaces, replacement characters: U+0080-00BF, U+2000-206F, U+3000-303F, U+FF00-FFFF. */
function isPunctuation(text: Uint8Array, lead: number): boolean {
  const a = text[lead]!
  const b = text[lead + 1]!
  return a === 0xc2 || (a === 0xe2 && (b === 0x80 || b === 0x81)) || (a === 0xe3 && b === 0x80) || (a === 0xef && (b === 0xbc || b === 0xbb || b === 0xbf))
}

function quotedStart(text: Uint8Array, at: number, start: number): number {
  const stop = at - MAX_LOCAL - 2 > start ? at - MAX_LOCAL - 2 : start
  for (let p = at - 2; p >= stop; p--) {
    const b = text[p]!
    if (b < 32) return -1
    if (b !== 34) continue
    return p < at - 2 && (p === start || (CLASS[text[p - 1]!]! & LOCAL) === 0) ? p : -1
  }
  return -1
}

/** End of a domain of two or more labels with a top label of letters (or `xn--`), 0 when there is none. */
function domainEnd(text: Uint8Array, from: number, end: number): number {
  let good = 0
  let labels = 0
  let numeric = 0
  let p = from
  const stop = end - from > MAX_ADDRESS ? from + MAX_ADDRESS : end
  for (;;) {
    const begin = p
    let bits = 0
    while (p < stop && (CLASS[text[p]!]! & HOST) !== 0) {
      if (text[p]! >= 0x80 && (text[p]! & 0xc0) === 0xc0 && isPunctuation(text, p)) break
      bits |= CLASS[text[p++]!]!
    }
    const size = p - begin
    if (size === 0 || size > 63 || text[begin] === 45) break
    let last = p
    if (text[p - 1] === 45) last = p - 1 // a dash after the address
    labels++
    if ((CLASS[text[begin]!]! & DIGIT) !== 0) numeric++
    if (labels > 1 && last - begin >= 2 && topLabel(text, begin, last, bits, end)) good = last
    if (last < p || p + 1 >= stop || text[p] !== 46 || (CLASS[text[p + 1]!]! & HOST) === 0) break
    p++
  }
  if (good === 0) return 0
  // `1.2.3-rc.next` is a version.
  if (numeric >= 2 && (CLASS[text[from]!]! & DIGIT) !== 0) return 0
  // A domain cut in the middle of a longer word.
  return good < end && ((CLASS[text[good]!]! & ALNUM) !== 0 || text[good] === 95) ? 0 : good
}

function topLabel(text: Uint8Array, from: number, to: number, bits: number, end: number): boolean {
  if (matchesLower(text, end, from, 'xn--')) return true
  if ((bits & DIGIT) !== 0 || (bits & (LETTER | HIGH)) === 0) return false
  for (let p = from; p < to; p++) if (text[p] === 45) return false
  if (to - from > 9) return true
  let label = ''
  for (let p = from; p < to; p++) label += String.fromCharCode(lower(text[p]!))
  return !NO_TOP_LABEL.has(label)
}

/** True when what ends at `from` is `scheme://` or `scheme://user:`: the rest is user-info and host of a URL. */
function userInfo(text: Uint8Array, start: number, from: number): boolean {
  if (text[from - 1] === 47) return from - 3 >= start && text[from - 2] === 47 && text[from - 3] === 58
  if (text[from - 1] !== 58) return false
  const user = runStart(text, from - 1, start, LOCAL, 128)
  return user - 3 >= start && text[user - 1] === 47 && text[user - 2] === 47 && text[user - 3] === 58
}

/** A bit for each length, first and last letter of what may be in NO_TOP_LABEL. */
function skimTable(): Uint8Array {
  const bits = new Uint8Array(2048)
  for (const label of NO_TOP_LABEL) {
    const at = (label.length << 10) | ((label.charCodeAt(0) & 31) << 5) | (label.charCodeAt(label.length - 1) & 31)
    bits[at >> 3]! |= 1 << (at & 7)
  }
  return bits
}

export const emailFinder: Finder = { detectors: [email], triggers: [{ byte: '@' }], find, skim: 'email', skimTable }
