// Password hashes by scheme and length.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { ALNUM, CLASS, isDigit, matchesAt, wordBefore } from './bytes.ts'

const passwordHash: DetectorInfo = {
  name: 'password_hash',
  group: 'secrets',
  tier: 0,
  priority: 39,
  summary: 'Password hash: bcrypt, argon2, scrypt, SHA-crypt, yescrypt, MD5-crypt, PBKDF2, LDAP schemes, with the length of the scheme.',
  examples: [
    'h=«$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234» ok',
    '«$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b5dWRWJTmaaJObG»',
    'x «$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/» y',
    `«$6$rounds=5000$saltsalt$${'aB3.'.repeat(21)}xy»`,
    `«$5$salt$${'aB3/'.repeat(10)}xyz»`,
    '«pbkdf2_sha256$260000$abcdefgh$kJ9abcdefghijklmnopqrstuvwxyzABCDEFGHIJ=»',
    'pw «{SSHA}MTIzNDU2Nzg5MDEyMzQ1Njc4OTBzYWx0»',
  ],
  counterExamples: ['cost $2 and $10', 'awk $1$2', '$2b$12$short', '$argon2', '$6$x$y', 'pbkdf2_sha256', '{SSHA}', '$a$b', 'x$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/'],
}

/** `./0-9A-Za-z` of crypt, and what PHC strings add. */
const CRYPT = alphabet('./')
const PHC = alphabet('./+=,$-_')

/** Letters, digits and these. */
function alphabet(others: string): Uint8Array {
  const table = new Uint8Array(256)
  for (let b = 0; b < 128; b++) if ((CLASS[b]! & ALNUM) !== 0 || others.includes(String.fromCharCode(b))) table[b] = 1
  return table
}

function run(text: Uint8Array, at: number, end: number, table: Uint8Array, limit: number): number {
  const stop = end - at > limit ? at + limit : end
  while (at < stop && table[text[at]!] === 1) at++
  return at
}

function find(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  let from = at - 1
  let to = 0
  const first = text[at]!
  if (text[from] === 36) {
    if (from > start && (wordBefore(text, start, from) || text[from - 1] === 36)) return at
    to = dollar(text, from, first, end)
  } else if (text[from] === 123) {
    to = ldap(text, from, end)
  } else {
    // pbKDf2
    from = at - 3
    if (from < start || !matchesAt(text, end, from, 'pbkdf2') || wordBefore(text, start, from)) return at
    to = run(text, from, end, PHC, 256)
    let dollars = 0
    for (let p = from; p < to; p++) if (text[p] === 36) dollars++
    if (dollars < 3 || to - from < 40) to = 0
  }
  if (to === 0) return at
  scan.emit(ids[0]!, from, to, 0.95)
  return to
}

/** End of a hash that begins with `$` at `from`, 0 when it is none. */
function dollar(text: Uint8Array, from: number, first: number, end: number): number {
  const p = from + 1
  switch (first) {
    case 50: {
      // $2b$12$ + 53
      const kind = text[p + 1]
      if (
        p + 5 >= end ||
        (kind !== 97 && kind !== 98 && kind !== 120 && kind !== 121) ||
        text[p + 2] !== 36 ||
        !isDigit(text[p + 3]!) ||
        !isDigit(text[p + 4]!) ||
        text[p + 5] !== 36
      )
        return 0
      const to = run(text, p + 6, end, CRYPT, 54)
      return to - from === 60 ? to : 0
    }
    case 97: // argon2, apr1
      if (matchesAt(text, end, p, 'apr1$')) return saltAndHash(text, p + 5, end, 22, 22)
      return matchesAt(text, end, p, 'argon2') ? phc(text, from, end, 4) : 0
    case 115: // scrypt
      return matchesAt(text, end, p, 'scrypt$') ? phc(text, from, end, 3) : 0
    case 112: // $pbkdf2-sha256$
      return matchesAt(text, end, p, 'pbkdf2') ? phc(text, from, end, 3) : 0
    case 53: // SHA-256 crypt
      return text[p + 1] === 36 ? saltAndHash(text, rounds(text, p + 2, end), end, 43, 43) : 0
    case 54: // SHA-512 crypt
      return text[p + 1] === 36 ? saltAndHash(text, rounds(text, p + 2, end), end, 86, 86) : 0
    case 49: // MD5 crypt
      return text[p + 1] === 36 ? saltAndHash(text, p + 2, end, 22, 22) : 0
    case 121: {
      // yescrypt: parameters, salt, hash
      if (text[p + 1] !== 36) return 0
      const parameters = run(text, p + 2, end, CRYPT, 16)
      return parameters > p + 2 && text[parameters] === 36 ? saltAndHash(text, parameters + 1, end, 43, 43) : 0
    }
    default:
      return 0
  }
}

function rounds(text: Uint8Array, p: number, end: number): number {
  if (!matchesAt(text, end, p, 'rounds=')) return p
  let q = p + 7
  while (q < end && isDigit(text[q]!)) q++
  return q < end && text[q] === 36 ? q + 1 : p
}

/** A salt of at most 64 characters, `$`, a hash of the scheme's length. */
function saltAndHash(text: Uint8Array, p: number, end: number, low: number, high: number): number {
  const salt = run(text, p, end, CRYPT, 64)
  if (salt >= end || text[salt] !== 36) return 0
  const to = run(text, salt + 1, end, CRYPT, high + 1)
  const size = to - salt - 1
  return size >= low && size <= high ? to : 0
}

/** A PHC string: so many fields, 40 characters or more. */
function phc(text: Uint8Array, from: number, end: number, fields: number): number {
  const to = run(text, from, end, PHC, 512)
  let dollars = 0
  for (let p = from; p < to; p++) if (text[p] === 36) dollars++
  return dollars >= fields && to - from >= 40 ? to : 0
}

const SCHEMES = ['SSHA}', 'SHA}', 'SSHA256}', 'SSHA512}', 'SHA256}', 'SHA512}', 'SMD5}', 'PBKDF2', 'BCRYPT}', 'CRYPT}']

function ldap(text: Uint8Array, from: number, end: number): number {
  for (const scheme of SCHEMES) {
    if (!matchesAt(text, end, from + 1, scheme)) continue
    let p = from + 1 + scheme.length
    if (scheme === 'PBKDF2') while (p < end && p - from < 24 && text[p - 1] !== 125) p++
    const to = run(text, p, end, PHC, 512)
    return to - p >= 20 ? to : 0
  }
  return 0
}

export const passwordHashFinder: Finder = {
  detectors: [passwordHash],
  triggers: [
    { prev: '$', byte: '2as561yp' },
    { prev: '{', byte: 'SPBC' },
    { prev: 'k', byte: 'd' },
  ],
  find,
  skim: 'crypt',
}
