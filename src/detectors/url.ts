// Secrets in URLs: user and password before the host, secret parameters of query and fragment, the key of a Sentry DSN.
// Found by `://` and by `?` or `#`; the host and the path are left alone.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { ALNUM, BASE64URL, CLASS, DIGIT, HEX, KEY, LETTER, SPACE, URL_BYTE, classesOf, isDigit, lower, matchesAt, matchesLower, runEnd, runStart } from './bytes.ts'
import { isMasked, isPlaceholder, judgeSecret, keyFactsAt, looksRandom } from './key-words.ts'

const credentials: DetectorInfo = {
  name: 'url_credentials',
  group: 'secrets',
  tier: 0,
  priority: 5,
  summary: 'User and password before the host of a URL, and after `curl -u`.',
  mask: { type: 'redact', text: 'REDACTED' },
  examples: [
    'postgres://«app:s3cret»@db:5432/x',
    'GET https://«bob:hunter2»@example.com/a',
    'redis://«:pa55»@cache:6379',
    'amqp://«user:p/ss?w»@mq/vhost',
    'curl -u «elastic:P@ssw0rd$1» https://h:9200',
    'GET /go?view=1&next=https://«bob:s3cretpw»@h.example/a&page=2',
    "curl --user '«me:my pass»' x",
    'https://«u:p@ss»@host/',
  ],
  counterExamples: [
    'https://url:8000/@x',
    'https://url:8000 @x',
    'https://bob@example.com/',
    'https://$1:$2@host',
    'https://${user}:${pass}@host',
    'http://<user>:<pass>@host',
    'curl -u bob https://x',
    'curl -u username:password https://x',
    'postgres://REDACTED@db/x',
    'a://b',
  ],
}

const parameter: DetectorInfo = {
  name: 'url_secret_parameter',
  group: 'secrets',
  tier: 0,
  priority: 6,
  summary: 'Value of a query or fragment parameter whose key names a secret or a signature.',
  mask: { type: 'redact', text: 'REDACTED' },
  examples: [
    'GET /cb?token=«abc123»&x=1',
    'https://x.example/a?api_key=«k-1»#top',
    '/o#access_token=«ya1»&state=7',
    '?sv=2020&sig=«a%2Bb%3D» ok',
    '/f?X-Amz-Signature=«0a1b2c3d»&X-Amz-Date=2024',
    '/cb?code=«4/0AX4XfWh»&state=xyz',
    '("/?a=1&password=«xy»")',
  ],
  counterExamples: [
    '/a?page_token=abc&page=2',
    '/e?code=404',
    '/s?q=token',
    'really? token=1',
    '/a?token=',
    '/a?token=REDACTED',
    '/a?token=$TOKEN',
    '/x?token_type=bearer',
    '?monkey=1',
  ],
}

const sentry: DetectorInfo = {
  name: 'sentry_dsn_key',
  group: 'secrets',
  tier: 0,
  priority: 38,
  summary: 'Public key of a Sentry DSN: 32 hexadecimal digits as the user of a URL whose path is digits.',
  examples: ['dsn https://«0123456789abcdef0123456789abcdef»@o1.ingest.example/42', 'x=https://«0123456789abcdef0123456789abcdef»@o1.ingest.example/42&page=2'],
  counterExamples: ['https://0123456789abcdef@o1.example/42', 'https://o1.example/0123456789abcdef0123456789abcdef'],
}

const CREDENTIALS = 0
const PARAMETER = 1
const SENTRY = 2

const MAX_USERINFO = 192

function find(scan: Scan, at: number, ids: Int32Array): number {
  const b = scan.text[at]!
  if (b === 47) return findAuthority(scan, at, ids)
  if (b === 117) return findCurl(scan, at, ids)
  return findQuery(scan, at, ids)
}

// ------------------------------------------------------------------------------------------------ user and password

function findAuthority(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  if (at + 1 >= end || text[at + 1] !== 47) return at
  if (at - 2 < start || (CLASS[text[at - 2]!]! & ALNUM) === 0) return at
  const from = at + 2
  // The last `@` before the path; when the port is no number, a raw `/`, `?` or `#` may be part of the password.
  const stop = end - from > MAX_USERINFO ? from + MAX_USERINFO : end
  let sign = -1
  let colon = -1
  let p = from
  let path = -1
  for (; p < stop; p++) {
    const b = text[p]!
    if ((CLASS[b]! & URL_BYTE) === 0 || (path >= 0 && b === 47 && text[p - 1] === 47)) break
    if (b === 64) {
      if (path >= 0 && sign >= 0) break
      sign = p
      if (path >= 0) break
    } else if (b === 58) {
      if (colon < 0 && sign < 0) colon = p
    } else if ((b === 47 || b === 63 || b === 35) && path < 0) {
      path = p
      if (sign >= 0 || colon < 0 || isPort(text, colon + 1, p)) break
    }
  }
  if (sign <= from) return path >= 0 ? path : from
  if (colon < 0 || colon > sign) {
    findKeyAsUser(scan, from, sign, ids)
    return sign
  }
  if (scan.active[ids[CREDENTIALS]!] === 0) return sign
  if (isMasked(text, colon + 1, sign) || isPlaceholder(text, colon + 1, sign) || colon + 1 === sign) {
    findKeyAsUser(scan, from, colon, ids)
    return sign
  }
  if (text[colon + 1] === 60 || (text[colon + 1] === 36 && text[colon + 2] === 123)) return sign
  scan.emit(ids[CREDENTIALS]!, from, sign, 0.95)
  return sign
}

function isPort(text: Uint8Array, from: number, to: number): boolean {
  if (to - from > 5) return false
  for (let p = from; p < to; p++) if (!isDigit(text[p]!)) return false
  return true
}

/** A user without password is kept, unless it is a key itself. */
function findKeyAsUser(scan: Scan, from: number, to: number, ids: Int32Array): void {
  const text = scan.text
  const length = to - from
  if (length === 32 && scan.active[ids[SENTRY]!] !== 0 && runEnd(text, from, to, HEX, 32) === to) {
    // scheme://key@host/digits
    let p = to + 1
    const stop = runEnd(text, p, scan.end, URL_BYTE, 256)
    while (p < stop && text[p] !== 63 && text[p] !== 35 && text[p] !== 38) p++
    while (p > to && !isDigit(text[p - 1]!)) p--
    const project = runStart(text, p, to, DIGIT, 24)
    if (project < p && text[project - 1] === 47) {
      scan.emit(ids[SENTRY]!, from, to, 0.95)
      return
    }
  }
  if (length < 20 || scan.active[ids[CREDENTIALS]!] === 0 || runEnd(text, from, to, BASE64URL, 512) !== to) return
  const bits = classesOf(text, from, to)
  if ((bits & DIGIT) !== 0 && (bits & LETTER) !== 0 && looksRandom(text, from, to)) scan.emit(ids[CREDENTIALS]!, from, to, 0.65)
}

/** `curl ... -u user:password`, `--user user:password`. */
function findCurl(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  // `at` is the `u` of `-u`.
  const long = at - 2 >= start && text[at - 2] === 45
  const optionStart = long ? at - 2 : at - 1
  if (scan.active[ids[CREDENTIALS]!] === 0 || optionStart <= start || (CLASS[text[optionStart - 1]!]! & SPACE) === 0) return at
  let p = at + 1
  if (long) {
    if (!matchesAt(text, end, at, 'user')) return at
    p = at + 4
  }
  if (p >= end) return at
  if (text[p] === 61 || (CLASS[text[p]!]! & SPACE) !== 0) p++
  else if (long) return at
  const command = optionStart - 200 > start ? optionStart - 200 : start
  if (!hasCommand(text, command, optionStart)) return at
  let quote = 0
  if (p < end && (text[p] === 34 || text[p] === 39)) quote = text[p++]!
  const from = p
  const stop = end - p > 256 ? p + 256 : end
  let colon = -1
  while (p < stop) {
    const b = text[p]!
    // `-u bob:'pass word'`: the quote may open behind the colon.
    if (quote === 0 && colon === p - 1 && (b === 34 || b === 39)) {
      quote = b
      p++
      continue
    }
    if (quote !== 0 ? b === quote : (CLASS[b]! & SPACE) !== 0 || b === 34 || b === 39) break
    if (b === 58 && colon < 0) colon = p
    p++
  }
  if (colon < 0 || colon + 1 >= p || isPlaceholder(text, colon + 1, p) || isMasked(text, colon + 1, p) || isNoun(text, colon + 1, p)) return at
  scan.emit(ids[CREDENTIALS]!, from, p, 0.95)
  return p
}

const NOUNS = ['password', 'passwd', 'pass', 'token', 'secret', 'apikey', 'api_key', 'api-key']

/** `username:password`, `user:token`: documentation that names what belongs there. */
function isNoun(text: Uint8Array, from: number, to: number): boolean {
  return NOUNS.some((noun) => noun.length === to - from && matchesLower(text, to, from, noun))
}

function hasCommand(text: Uint8Array, from: number, to: number): boolean {
  for (let p = to - 4; p >= from; p--) {
    const b = text[p]!
    if (b === 10 && text[p - 1] !== 92) return false
    if (b === 99 && text[p + 1] === 117 && text[p + 2] === 114 && text[p + 3] === 108) return true
  }
  return false
}

// ------------------------------------------------------------------------------------------------ parameters

/** `?key=value&...` or `#key=value&...`; the value ends at `&`, `;`, `#` or where the URL ends. */
function findQuery(scan: Scan, at: number, ids: Int32Array): number {
  const { text, end } = scan
  let p = at + 1
  if (p >= end || (CLASS[text[p]!]! & KEY) === 0) return at
  for (;;) {
    const from = p
    while (p < end && ((CLASS[text[p]!]! & KEY) !== 0 || text[p] === 91 || text[p] === 93 || text[p] === 37)) p++
    if (p >= end) return p
    if (text[p] !== 61) {
      if (text[p] !== 38 && text[p] !== 59) return p
      p++
      continue
    }
    const to = p++
    const value = p
    while (p < end) {
      const b = text[p]!
      if (b === 38 || b === 59 || b === 35 || (CLASS[b]! & URL_BYTE) === 0) break
      if ((b === 41 || b === 93 || b === 125 || b === 44) && (p + 1 >= end || (CLASS[text[p + 1]!]! & URL_BYTE) === 0)) break
      // A URL in the value is read here: what follows is asked for no more once the query was read to its end.
      if (b === 47 && text[p - 1] === 58) findAuthority(scan, p, ids)
      p++
    }
    if (p > value && to - from <= 64) judgeParameter(scan, from, to, value, p, ids)
    if (p >= end || (text[p] !== 38 && text[p] !== 59 && text[p] !== 35)) return p
    // `&amp;` of HTML is the same ampersand.
    if (text[p] === 38 && matchesAt(text, end, p, '&amp;')) p += 4
    p++
  }
}

/** Parameters of signed URLs and of OAuth that `keyFacts` does not call secrets on their own. */
function signsUrl(text: Uint8Array, from: number, to: number): boolean {
  const length = to - from
  if (length === 3) return matchesLower(text, to, from, 'sig')
  if (length === 4) return matchesLower(text, to, from, 'code')
  if (length < 14 || lower(text[from]!) !== 120) return false
  return (
    matchesLower(text, to, from, 'x-amz-signature') ||
    matchesLower(text, to, from, 'x-amz-credential') ||
    matchesLower(text, to, from, 'x-amz-security-token') ||
    matchesLower(text, to, from, 'x-goog-signature') ||
    matchesLower(text, to, from, 'x-goog-credential')
  )
}

function judgeParameter(scan: Scan, from: number, to: number, value: number, valueEnd: number, ids: Int32Array): void {
  const text = scan.text
  let stop = valueEnd
  // Sentence punctuation behind the URL.
  if (stop === scan.end || (CLASS[text[stop]!]! & URL_BYTE) === 0) while (stop > value && (text[stop - 1] === 46 || text[stop - 1] === 44)) stop--
  // The key first: most parameters are pages and filters.
  const signs = signsUrl(text, from, to)
  const strength = signs ? 4 : keyFactsAt(text, from, to).secret
  if (strength === 0 || stop === value || isMasked(text, value, stop) || isPlaceholder(text, value, stop)) return
  if (scan.active[ids[PARAMETER]!] === 0) return
  if (signs) {
    if (to - from === 4 && (plainNumber(text, value, stop) || stop - value < 6)) return
    scan.emit(ids[PARAMETER]!, value, stop, 0.95)
    return
  }
  if (constantName(text, value, stop)) return
  if (strength >= 3 || (strength > 0 && judgeSecret(text, value, stop, strength, 'text') > 0)) scan.emit(ids[PARAMETER]!, value, stop, 0.95)
}

/** `ACCESS_TOKEN` as a value: documentation. */
function constantName(text: Uint8Array, from: number, to: number): boolean {
  for (let p = from; p < to; p++) if (text[p] !== 95 && (text[p]! < 65 || text[p]! > 90)) return false
  return to - from > 3
}

function plainNumber(text: Uint8Array, from: number, to: number): boolean {
  return to - from <= 4 && runEnd(text, from, to, DIGIT, 4) === to
}

export const urlFinder: Finder = {
  detectors: [credentials, parameter, sentry],
  triggers: [{ prev: ':', byte: '/' }, { byte: '?#' }, { prev: '-', byte: 'u' }],
  find,
  skim: 'url',
  plainKey: (text, start, end) => !signsUrl(text, start, end) && keyFactsAt(text, start, end).secret === 0,
}
