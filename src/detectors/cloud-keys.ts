// Keys of AWS and Azure: identifiers with a prefix, and long base64 runs beside words that say what they are.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { ALNUM, BASE64, CLASS, DIGIT, LOWER, UPPER, classesOf, contextWords, fewerDistinct, hasWord, inContext, lower, matchesAt, runEnd, runStart, wordBefore } from './bytes.ts'
import { looksRandom } from './key-words.ts'

const accessKey: DetectorInfo = {
  name: 'aws_access_key',
  group: 'secrets',
  tier: 0,
  priority: 12,
  summary: 'AWS access key id: AKIA, ASIA, ABIA or ACCA and 16 capitals or digits.',
  examples: ['id «AKIAQWERTYUIOP234567» used', 'key=«ASIAQ2W3E4R5T6Y7U7I2»;', 'aws_key:«ACCAQWERTYUIOP234567»'],
  counterExamples: ['TODAYINASIAASACKOFRICEXYZ', 'AKIAQWERTYUIOP23456', 'AKIAQWERTYUIOP2345678', 'xAKIAQWERTYUIOP234567', 'AKIAaaaaaaaaaaaaaaaa', 'ASIAPACIFICREGIONSALESX'],
}
const secretKey: DetectorInfo = {
  name: 'aws_secret_key',
  group: 'secrets',
  tier: 0,
  priority: 13,
  summary: 'AWS secret access key: 40 base64 characters of all kinds beside an access key id or the words aws and secret.',
  examples: [
    'AKIAQWERTYUIOP234567 «qL8v/Xk2Rz9Tb4Nw7Yc1Mh6Jd3Gf5Sp0Ka+EuWxi» ok',
    'aws secret = «qL8v/Xk2Rz9Tb4Nw7Yc1Mh6Jd3Gf5Sp0Ka+EuWxi»',
    'AWS_SECRET_ACCESS_KEY=«qL8v/Xk2Rz9Tb4Nw7Yc1Mh6Jd3Gf5Sp0Ka+EuWxi»',
  ],
  counterExamples: ['aws sha da39a3ee5e6b4b0d3255bfef95601890afd80709', 'qL8v/Xk2Rz9Tb4Nw7Yc1Mh6Jd3Gf5Sp0Ka+EuWxi', 'aws secret qL8v/Xk2Rz9Tb4Nw7Yc1Mh6Jd3Gf5Sp0Ka+EuWxiAA'],
}
const sessionToken: DetectorInfo = {
  name: 'aws_session_token',
  group: 'secrets',
  tier: 0,
  priority: 14,
  summary: 'AWS session token: its known beginnings and 100 or more base64 characters.',
  examples: [`t=«IQoJb3JpZ2lu${'aB3+/xYz9Kq'.repeat(11)}=»`, `«FwoGZXIvYXdz${'Qw4/'.repeat(30)}» end`],
  counterExamples: ['IQoJb3JpZ2luX2VjEXAMPLE', 'FwoGZXIvYXdzshort'],
}
const azureKey: DetectorInfo = {
  name: 'azure_key',
  group: 'secrets',
  tier: 0,
  priority: 23,
  summary: 'Azure storage or service key: 64 bytes in base64 beside AccountKey, SharedAccessKey or azure.',
  examples: [`AccountKey=«${'aB3dE5fG7h'.repeat(8)}aB3dE5==»;End`, `azure key «${'Zx9+/Qw2Er'.repeat(8)}Ty6uIo==»`],
  counterExamples: [`x ${'aB3dE5fG7h'.repeat(8)}aB3dE5==`, 'azure AccountKey=abc==', 'if (azure == b)', `azure ${'aB3dE5fG7h'.repeat(9)}aB3dE5==`],
}

const ACCESS = 0
const SECRET = 1
const SESSION = 2
const AZURE = 3

function find(scan: Scan, at: number, ids: Int32Array): number {
  const { text } = scan
  switch (text[at]) {
    case 65: // xxIA
      return findAccessKey(scan, at - 3, ids)
    case 67: // xCC
      return findAccessKey(scan, at - 2, ids)
    case 61:
      return findAzure(scan, at, ids)
    case 115:
    case 83: // aws, AWS
      return findSecretAfterWord(scan, at, ids)
    default:
      return findSession(scan, at, ids)
  }
}

function findAccessKey(scan: Scan, from: number, ids: Int32Array): number {
  const { text, start, end } = scan
  const next = from + 4
  if (from < start || from + 20 > end || text[from] !== 65) return next
  if (
    text[from + 3] !== 65 ||
    !((text[from + 2] === 73 && (text[from + 1] === 75 || text[from + 1] === 83 || text[from + 1] === 66)) || (text[from + 1] === 67 && text[from + 2] === 67))
  )
    return next
  const to = runEnd(text, next, end, UPPER | DIGIT, 17)
  if (to !== from + 20 || (to < end && (CLASS[text[to]!]! & ALNUM) !== 0)) return next
  if (from > start && text[from - 1] !== 95 && wordBefore(text, start, from)) return next
  // A run without a digit is a sentence in capitals unless nothing else is glued to it; one character repeated is a sample.
  if (fewerDistinct(text, next, to, 3)) return to
  if (scan.active[ids[ACCESS]!] !== 0 && ((classesOf(text, next, to) & DIGIT) !== 0 || looksRandom(text, next, to) || bounded(text, start, end, from, to)))
    scan.emit(ids[ACCESS]!, from, to, 0.95)
  if (scan.active[ids[SECRET]!] !== 0) {
    // Its secret stands within 200 bytes.
    const low = from - 200 > start ? from - 200 : start
    const high = end - to > 200 ? to + 200 : end
    emitSecrets(scan, low, high, ids[SECRET]!)
  }
  return to
}

/** A value of its own: quotes, blanks, separators or the ends of the text around it. */
function bounded(text: Uint8Array, start: number, end: number, from: number, to: number): boolean {
  const before = from > start ? text[from - 1]! : 32
  const after = to < end ? text[to]! : 32
  return (
    (before === 61 || before === 58 || before === 34 || before === 39 || before === 32) &&
    (after === 34 || after === 39 || after === 32 || after === 10 || after === 44 || after === 59 || after === 13)
  )
}

/** Emits every run of exactly 40 base64 characters in [low, high) that has all kinds of characters and looks random. */
function emitSecrets(scan: Scan, low: number, high: number, id: number): void {
  const text = scan.text
  let p = low > scan.start ? runEnd(text, low, high, BASE64, 256) : low
  if (p === low || (low > scan.start && (CLASS[text[low - 1]!]! & BASE64) === 0)) p = low
  while (p < high) {
    if ((CLASS[text[p]!]! & BASE64) === 0) {
      p++
      continue
    }
    const to = runEnd(text, p, scan.end, BASE64, 64)
    if (to - p === 40 && isSecret(text, p, to)) scan.emit(id, p, to, 0.85)
    p = to
    while (p < high && (CLASS[text[p]!]! & BASE64) !== 0) p++
  }
}

function isSecret(text: Uint8Array, from: number, to: number): boolean {
  const bits = classesOf(text, from, to)
  return (bits & UPPER) !== 0 && (bits & LOWER) !== 0 && (bits & DIGIT) !== 0 && looksRandom(text, from, to)
}

function findSecretAfterWord(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  if (at - 2 < start || lower(text[at - 2]!) !== 97 || scan.active[ids[SECRET]!] === 0) return at
  if (at - 3 >= start && (CLASS[text[at - 3]!]! & ALNUM) !== 0) return at
  // `aws`, then `secret` within 24 bytes, then the key within 48.
  const stop = end - at > 28 ? at + 28 : end
  if (!hasWord(text, at + 1, stop, 'secret')) return at
  const high = end - at > 64 ? at + 64 : end
  emitSecrets(scan, at + 1, high, ids[SECRET]!)
  return at
}

function findSession(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  // `QoJ` and `GZX`: the trigger is the fourth character of `IQoJb3JpZ2lu`, the fifth of `FwoGZXIvYXdz`.
  const from = text[at] === 74 ? at - 3 : at - 4
  if (from < start || scan.active[ids[SESSION]!] === 0) return at
  if (!matchesAt(text, end, from, 'IQoJb3JpZ2lu') && !matchesAt(text, end, from, 'FwoGZXIvYXdz') && !matchesAt(text, end, from, 'FQoGZXIvYXdz')) return at
  if (wordBefore(text, start, from)) return at
  let p = runEnd(text, from, end, BASE64, end - from)
  if (p - from < 112) return p
  while (p < end && text[p] === 61) p++
  scan.emit(ids[SESSION]!, from, p, 0.95)
  return p
}

const AZURE_WORDS = contextWords('accountkey', 'sharedaccesskey', 'azure', 'account', 'storage', 'cosmos', 'accesskey')

function findAzure(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  // `at` is the second `=`.
  if (at - 87 < start || scan.active[ids[AZURE]!] === 0) return at
  if ((CLASS[text[at - 2]!]! & BASE64) === 0 || (at + 1 < end && (text[at + 1] === 61 || (CLASS[text[at + 1]!]! & ALNUM) !== 0))) return at
  const from = runStart(text, at - 1, start, BASE64, 87)
  if (at - 1 - from !== 86 || !inContext(scan, from, AZURE_WORDS)) return at
  scan.emit(ids[AZURE]!, from, at + 1, 0.85)
  return at + 1
}

export const cloudKeysFinder: Finder = {
  detectors: [accessKey, secretKey, sessionToken, azureKey],
  triggers: [
    { prev: 'I', byte: 'A' },
    { prev: 'C', byte: 'C' },
    { prev: '=', byte: '=' },
    { prev: 'w', byte: 's' },
    { prev: 'W', byte: 'S' },
    { prev: 'o', byte: 'J' },
    { prev: 'G', byte: 'Z' },
  ],
  find,
  skim: 'cloud',
  // AKIA and 16 characters
  least: 20,
}
