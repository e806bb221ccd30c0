// The secret part of connection strings: `Password=` and its kind in a list with `;`, and `user:password@tcp(host)`.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { ALNUM, CLASS, KEY, LETTER, LOCAL, SPACE, lower, matchesAt, matchesLower, runStart } from './bytes.ts'
import { isMasked, isPlaceholder } from './key-words.ts'

const connectionString: DetectorInfo = {
  name: 'connection_string',
  group: 'secrets',
  tier: 0,
  priority: 7,
  summary: 'Password or key of a connection string: `Password=`, `Pwd=`, `AccountKey=`, `SharedAccessKey=` in a list with `;`, and Go and JDBC forms.',
  examples: [
    'Server=db;User Id=sa;Password=«p@ss w0rd»;Encrypt=true',
    'DefaultEndpointsProtocol=https;AccountName=x;AccountKey=«abcDEF123==»;EndpointSuffix=y',
    'Driver={x};Uid=bob;Pwd=«{p;w}»;',
    'Endpoint=sb://x/;SharedAccessKeyName=r;SharedAccessKey=«Zm9vYmFy»',
    'root:«s3cret»@tcp(127.0.0.1:3306)/db',
    'jdbc:oracle:thin:scott/«tiger7»@db:1521',
  ],
  counterExamples: [
    'password=abc',
    'Server=db;Password=${PW};',
    'Server=db;Password=;x=y',
    'pid=1;fd=2',
    'Server=db;Password=[REDACTED];',
    'TTY=pts/0 ; PWD=/srv/app ; USER=root ; COMMAND=/bin/ls',
    'x@tcp',
  ],
}

const KEYS = ['password', 'pwd', 'accountkey', 'sharedaccesskey', 'sharedsecretvalue', 'accesskey', 'secretkey', 'clientsecret', 'passphrase']

function find(scan: Scan, at: number, ids: Int32Array): number {
  const b = scan.text[at]!
  if (b === 61) return findInList(scan, at, ids)
  if (b === 58) return findOracle(scan, at, ids)
  return findBeforeAddress(scan, at, ids)
}

/** `at` is the `=` after a key that ends in `d`, `y`, `t` or `e`. */
function findInList(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  const from = keyStart(text, at, start)
  if (from === at || !isKey(text, from, at)) return at
  // Another pair before or behind makes it a list.
  let value = at + 1
  while (value < end && text[value] === 32) value++
  let to = value
  // Longer values are no part of a list: without the bound, text full of keys would be read again and again.
  const stop = end - value > 192 ? value + 192 : end
  if (value < end && (text[value] === 123 || text[value] === 34 || text[value] === 39)) {
    const close = text[value] === 123 ? 125 : text[value]!
    to++
    while (to < stop && text[to] !== close && text[to] !== 10) to++
    if (to < end) to++
    if (text[value] !== 123) {
      value++
      if (to > value && text[to - 1] === close) to--
    }
  } else {
    // Until `;`, a quote, or the end of the line: passwords may hold spaces here.
    while (to < stop) {
      const b = text[to]!
      if (b === 59 || b === 34 || b === 39 || b === 10 || b === 13 || b === 60 || (b === 92 && to + 1 < end && (text[to + 1] === 110 || text[to + 1] === 34))) break
      to++
    }
  }
  // `PWD=/srv/app ;` is the working directory that sudo and shells report.
  if (text[value] === 47 && at - from === 3 && matchesAt(text, at, from, 'PWD')) return at
  const behind = to < end && text[to] === 59
  if (!behind && !(from > start && semicolonBefore(text, from, start))) return at
  if (!behind) {
    // Last of the list: the value is one word.
    let p = value
    while (p < to && (CLASS[text[p]!]! & SPACE) === 0) p++
    to = p
  } else if (!semicolonBefore(text, from, start) && !pairBehind(text, to, end)) return at
  if (to === value || isMasked(text, value, to) || isPlaceholder(text, value, to)) {
    if (!(text[value] === 123 && text[to - 1] === 125 && text[value + 1] !== 123)) return to > at ? to : at
  }
  if (to - value > 1 && text[value] === 123 && text[value + 1] === 123) return to
  scan.emit(ids[0]!, value, to, 0.95)
  return to
}

function keyStart(text: Uint8Array, at: number, start: number): number {
  return runStart(text, at, start, ALNUM, 24)
}

function isKey(text: Uint8Array, from: number, to: number): boolean {
  const last = lower(text[to - 1]!)
  if (last !== 100 && last !== 121 && last !== 116 && last !== 101) return false
  for (const key of KEYS) if (key.length === to - from && matchesLower(text, to, from, key)) return true
  return false
}

/** A `;` right before the key, blanks aside. */
function semicolonBefore(text: Uint8Array, at: number, start: number): boolean {
  let p = at
  while (p > start && at - p < 24 && (text[p - 1] === 32 || (CLASS[text[p - 1]!]! & LETTER) !== 0)) p--
  return p > start && text[p - 1] === 59
}

/** `; key=` right behind. */
function pairBehind(text: Uint8Array, semicolon: number, end: number): boolean {
  let p = semicolon + 1
  while (p < end && text[p] === 32) p++
  const from = p
  while (p < end && p - from < 32 && ((CLASS[text[p]!]! & KEY) !== 0 || text[p] === 32)) p++
  return p > from && p < end && text[p] === 61 && (CLASS[text[from]!]! & LETTER) !== 0
}

/** `user:password@tcp(host:port)/db`; `at` is the letter behind `@`. */
function findBeforeAddress(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  if (!matchesAt(text, end, at, 'tcp(') && !matchesAt(text, end, at, 'unix(')) return at
  const stop = at - 130 > start ? at - 130 : start
  let colon = -1
  let p = at - 1
  while (p > stop) {
    const b = text[p - 1]!
    if ((CLASS[b]! & SPACE) !== 0 || b === 34 || b === 39 || b === 96) break
    if (b === 58) colon = p - 1
    p--
  }
  if (colon < 0 || colon === p || colon + 1 >= at - 1 || isPlaceholder(text, colon + 1, at - 1) || isMasked(text, colon + 1, at - 1)) return at
  scan.emit(ids[0]!, colon + 1, at - 1, 0.95)
  return at
}

/** `jdbc:oracle:thin:user/password@host`; `at` is the colon behind `thin`. */
function findOracle(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  if (at - 16 < start || !matchesAt(text, end, at - 16, 'jdbc:oracle:thin')) return at
  let p = at + 1
  const stop = end - p > 160 ? p + 160 : end
  let slash = -1
  while ((p < stop && (CLASS[text[p]!]! & LOCAL) !== 0) || (p < stop && text[p] === 47)) {
    if (text[p] === 47 && slash < 0) slash = p
    p++
  }
  if (p >= stop || text[p] !== 64 || slash < 0 || slash + 1 >= p || isPlaceholder(text, slash + 1, p) || isMasked(text, slash + 1, p)) return at
  scan.emit(ids[0]!, slash + 1, p, 0.95)
  return p
}

export const connectionStringFinder: Finder = {
  detectors: [connectionString],
  triggers: [
    { prev: 'dDyY', byte: '=' },
    { prev: 'et', byte: '=' },
    { prev: '@', byte: 'tu' },
    { prev: 'n', byte: ':' },
  ],
  find,
  skim: 'connection',
}
