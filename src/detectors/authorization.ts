// Credentials of the Authorization header: `Bearer x`, `Basic x` and their kind wherever they stand, and whatever follows
// a key that says authorization. The scheme word stays.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { BASE64, CLASS, DIGIT, LETTER, LOWER, SPACE, TOKEN68, UPPER, classesOf, decodeBase64, decoded, lower, matchesAt, matchesLower, runEnd, wordBefore } from './bytes.ts'
import { isMasked, isPlaceholder } from './key-words.ts'
import { isCommon } from './common-words.ts'

const bearer: DetectorInfo = {
  name: 'bearer_token',
  group: 'secrets',
  tier: 0,
  priority: 10,
  summary: 'Token after `Bearer`, `Token`, `ApiKey`, `SSWS`, `GenieKey`.',
  examples: [
    'Authorization: Bearer «abc123def456»',
    'sent bearer «AbCdEfGhIjKlMnOpQrSt»,',
    'header Token «9944b09199c62bcf9418ad846dd0e4bb»',
    'Authorization: SSWS «00QCjAl4MlV»',
    "-H 'Authorization: ApiKey «a1b2c3d4»'",
  ],
  counterExamples: [
    'Bearer of news',
    'bearer authentication-middleware',
    'Token expired',
    'Bearer realm="x"',
    'Authorization: Bearer <token>',
    'Authorization: Bearer $TOKEN',
    'Bearer [REDACTED:bearer_token]',
    'Token 2024-05-01',
  ],
}
const basic: DetectorInfo = {
  name: 'basic_auth',
  group: 'secrets',
  tier: 0,
  priority: 10,
  summary: 'Base64 after `Basic` that decodes to `user:password`.',
  examples: ['Authorization: Basic «Ym9iOmh1bnRlcjI=»', 'sent Basic «YWxhZGRpbjpvcGVuc2VzYW1l»;'],
  counterExamples: ['Basic plan', 'Basic authentication', 'basic YWxhZGRpbg=='],
}
const header: DetectorInfo = {
  name: 'authorization_header',
  group: 'secrets',
  tier: 0,
  priority: 10,
  summary: 'Any other credentials after an Authorization key; the secret parts of `Digest` and `AWS4-HMAC-SHA256`.',
  examples: [
    "curl --header 'Authorization: «5eb4223e-5008-46e5-be67-c7b8f2732305»'",
    'proxy-authorization: NTLM «TlRMTVNTUAABAAAA»',
    '"authorization":"«k-77182»"',
    'AWS4-HMAC-SHA256 Credential=«AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request», SignedHeaders=host, Signature=«5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7»',
  ],
  counterExamples: [
    'authorization_code=abc',
    'authorization: required',
    'Authorization failed: 401',
    '"authorization_endpoint": "https://x"',
    'reauthorization: done',
    'authorization: [REDACTED]',
  ],
}

const BEARER = 0
const BASIC = 1
const HEADER = 2

function find(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  switch (text[at]! | 32) {
    case 101: // bE
      return findScheme(scan, at - 1, 'bearer', ids)
    case 97: // Ba, za
      if ((text[at - 1]! | 32) === 122) return findHeader(scan, at, ids)
      return findBasic(scan, at - 1, ids)
    case 111: // To
      return findScheme(scan, at - 1, 'token', ids)
    case 107: // iK: ApiKey
      return at - 3 >= start ? findScheme(scan, at - 3, 'apikey', ids) : at
    case 115: // SSWS: WS
      return at - 3 >= start && matchesAt(text, end, at - 3, 'SSWS ') ? findScheme(scan, at - 3, 'ssws', ids) : at
    default:
      if (text[at] === 52) return matchesAt(text, end, at - 3, 'AWS4-HMAC-SHA256') ? findSignature(scan, at - 3, lineEnd(text, at, end - at > 1024 ? at + 1024 : end, 0), ids) : at
      return at
  }
}

/** The scheme word at `from`, blanks, then a token. */
function findScheme(scan: Scan, from: number, word: string, ids: Int32Array): number {
  const { text, start, end } = scan
  if (!matchesLower(text, end, from, word) || wordBefore(text, start, from)) return from + 1
  let p = from + word.length
  if (p >= end || (text[p] !== 32 && text[p] !== 9)) return p
  while (p < end && (text[p] === 32 || text[p] === 9)) p++
  return findToken(scan, p, word === 'bearer', false, ids)
}

/** A token68 at `from`; `sure`: under an Authorization key, where anything counts. */
function findToken(scan: Scan, from: number, isBearer: boolean, sure: boolean, ids: Int32Array): number {
  const { text, end } = scan
  let p = runEnd(text, from, end, TOKEN68, end - from)
  // Sentence punctuation is no part of it.
  while (p > from && text[p - 1] === 46) p--
  const bare = p
  while (p < end && text[p] === 61 && p - bare < 3) p++
  const length = p - from
  if (length < (sure ? 4 : 8) || scan.active[ids[BEARER]!] === 0 || isMasked(text, from, p) || isPlaceholder(text, from, p)) return p
  // `realm="x"` is a parameter.
  if (p > bare && p < end && (text[p] === 34 || (CLASS[text[p]!]! & LETTER) !== 0)) return p
  const bits = classesOf(text, from, bare)
  const digit = (bits & DIGIT) !== 0
  const letter = (bits & LETTER) !== 0
  const mixed = (bits & LOWER) !== 0 && (bits & UPPER) !== 0
  if (!sure && !(isBearer ? digit : digit && letter) && !(length >= 20 && mixed)) return p
  // Longer words of prose joined by hyphens or slashes.
  if (!sure && !digit && text[from]! >= 97 && !mixed) return p
  scan.emit(ids[BEARER]!, from, p, 0.95)
  return p
}

function findBasic(scan: Scan, from: number, ids: Int32Array): number {
  const { text, start, end } = scan
  if (!matchesLower(text, end, from, 'basic') || wordBefore(text, start, from)) return from + 1
  let p = from + 5
  if (p >= end || (text[p] !== 32 && text[p] !== 9)) return p
  while (p < end && (text[p] === 32 || text[p] === 9)) p++
  return findPair(scan, p, false, ids)
}

function findPair(scan: Scan, from: number, sure: boolean, ids: Int32Array): number {
  const { text, end } = scan
  let p = runEnd(text, from, end, BASE64, end - from)
  while (p < end && text[p] === 61) p++
  if (p - from < 4 || scan.active[ids[BASIC]!] === 0 || isMasked(text, from, p)) return p
  const size = decodeBase64(text, from, p)
  let colon = false
  for (let i = 0; i < size && !colon; i++) {
    if (decoded[i]! < 32) return p
    colon = decoded[i] === 58
  }
  if (colon || sure) scan.emit(ids[BASIC]!, from, p, 0.95)
  return p
}

// ------------------------------------------------------------------------------------------------ the header

function findHeader(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  // `at` is the second letter of `za` in `authorization`.
  const from = at - 8
  if (from < start || !matchesLower(text, end, from, 'authorization')) return at
  let key = from
  if (key > start && wordBefore(text, start, key) && text[key - 1] !== 95) return at
  while (key > start && ((CLASS[text[key - 1]!]! & LETTER) !== 0 || text[key - 1] === 45 || text[key - 1] === 95) && from - key < 24) key--
  let p = from + 13
  // Closing quote of the key, separator, opening quote of the value; either quote may be escaped.
  const opener = key > start && (text[key - 1] === 34 || text[key - 1] === 39) ? text[key - 1]! : 0
  if (p < end && text[p] === 92) p++
  const closed = p < end && opener !== 0 && text[p] === opener
  if (closed) p++
  while (p < end && text[p] === 32) p++
  const separator = p < end ? text[p]! : 0
  if (separator !== 58 && separator !== 61 && !(separator === 44 && closed)) return p
  p++
  if (p < end && text[p] === 62) p++
  while (p < end && (text[p] === 32 || text[p] === 9)) p++
  if (p < end && text[p] === 91 && p + 1 < end && text[p + 1] === 34) p++ // ["Bearer x"]
  if (p < end && text[p] === 92) p++
  let quote = 0
  if (p < end && (text[p] === 34 || text[p] === 39)) quote = text[p++]!
  else if (!closed) quote = opener // curl -H 'Authorization: x'
  return findValue(scan, p, quote, separator === 61 && quote === 0, ids)
}

/** End of a header value: its quote, or the line; a written line break counts. */
function lineEnd(text: Uint8Array, p: number, end: number, quote: number): number {
  while (p < end) {
    const b = text[p]!
    if (b === 10 || b === 13 || (quote !== 0 && b === quote)) break
    if (b === 92 && p + 1 < end && (text[p + 1] === 110 || text[p + 1] === 114 || text[p + 1] === 34)) break
    p++
  }
  return p
}

const SCHEMES = ['bearer', 'token', 'apikey', 'ssws', 'geniekey']

function findValue(scan: Scan, from: number, quote: number, oneToken: boolean, ids: Int32Array): number {
  const { text, end } = scan
  // The first word decides before the line is read: prose and known schemes need no more than their own token.
  const wordEnd = runEnd(text, from, end, LETTER, 24)
  if (matchesAt(text, end, from, 'AWS4-HMAC-SHA256')) return findSignature(scan, from, lineEnd(text, from, end - from > 1024 ? from + 1024 : end, quote), ids)
  const scheme = wordEnd > from && wordEnd + 1 < end && (text[wordEnd] === 32 || text[wordEnd] === 9)
  if (scheme) {
    let p = wordEnd
    while (p < end && (text[p] === 32 || text[p] === 9)) p++
    for (const name of SCHEMES) if (wordEnd - from === name.length && matchesLower(text, end, from, name)) return findToken(scan, p, true, true, ids)
    if (wordEnd - from === 5 && matchesLower(text, end, from, 'basic')) return findPair(scan, p, true, ids)
    if (wordEnd - from === 6 && matchesLower(text, end, from, 'digest')) return findDigest(scan, p, lineEnd(text, p, end - p > 2048 ? p + 2048 : end, 0), ids)
    // Prose: `authorization: denied for user`.
    if (isWord(text, from, wordEnd)) return wordEnd
    from = p
  } else if (isWord(text, from, wordEnd) && (wordEnd === end || (CLASS[text[wordEnd]!]! & (LETTER | DIGIT)) === 0)) return wordEnd
  let to = from
  // Without a quote a value of `key=value` is one token; a further word may be another pair.
  if (oneToken) while (to < end && (CLASS[text[to]!]! & SPACE) === 0 && text[to] !== 44 && text[to] !== 59) to++
  else to = lineEnd(text, from, end, quote)
  while (to > from && (CLASS[text[to - 1]!]! & SPACE) !== 0) to--
  if (to - from < 4 || scan.active[ids[HEADER]!] === 0 || isMasked(text, from, to) || isPlaceholder(text, from, to)) return to
  scan.emit(ids[HEADER]!, from, to, 0.95)
  return to
}

function isWord(text: Uint8Array, from: number, to: number): boolean {
  let word = ''
  for (let p = from; p < to; p++) word += String.fromCharCode(lower(text[p]!))
  return isCommon(word)
}

const DIGEST_PARTS = ['response="', 'nonce="', 'cnonce="']

function findDigest(scan: Scan, from: number, to: number, ids: Int32Array): number {
  const text = scan.text
  if (scan.active[ids[HEADER]!] === 0) return to
  for (let p = from; p < to; p++) {
    for (const part of DIGEST_PARTS) {
      if (text[p] !== part.charCodeAt(0) || (p > from && (CLASS[text[p - 1]!]! & LETTER) !== 0) || !matchesLower(text, to, p, part)) continue
      const value = p + part.length
      let stop = value
      while (stop < to && text[stop] !== 34) stop++
      if (stop > value) scan.emit(ids[HEADER]!, value, stop, 0.95)
      p = stop
      break
    }
  }
  return to
}

function findSignature(scan: Scan, from: number, to: number, ids: Int32Array): number {
  const text = scan.text
  if (scan.active[ids[HEADER]!] === 0) return from + 16
  let last = from + 16
  let left = 3
  for (let p = from + 16; p < to && left > 0 && p - from < 1024; p++) {
    const b = text[p]!
    if ((b !== 67 && b !== 83) || !(matchesAt(text, to, p, 'Credential=') || matchesAt(text, to, p, 'Signature='))) continue
    const value = p + (b === 67 ? 11 : 10)
    let stop = value
    while (stop < to && text[stop] !== 44 && (CLASS[text[stop]!]! & SPACE) === 0 && text[stop] !== 34 && text[stop] !== 39) stop++
    if (stop - value >= 8 && !isMasked(text, value, stop)) scan.emit(ids[HEADER]!, value, stop, 0.95)
    last = p = stop
    left--
  }
  return last
}

export const authorizationFinder: Finder = {
  detectors: [bearer, basic, header],
  triggers: [
    { prev: 'bB', byte: 'eE', next: 'aA' },
    { prev: 'B', byte: 'aA', next: 'sS' },
    { prev: 'zZ', byte: 'aA', next: 'tT' },
    { prev: 'T', byte: 'oO', next: 'kK' },
    { prev: 'i', byte: 'K', next: 'eE' },
    { prev: 'W', byte: 'S', next: ' \t' },
    { prev: 'S', byte: '4', next: '-' },
  ],
  find,
  // `Basic` and four characters
  least: 10,
}
