import type { MaskContext, MaskDefinition, MaskNode, MaskTools } from '../engine/types.ts'
import { option, textMasker } from './input.ts'
import { Pieces } from './pieces.ts'

const HIDDEN = 'REDACTED'
const LISTED = ['email', 'phone', 'code', 'state']

export const url: MaskDefinition = {
  type: 'url',
  summary: 'Hides credentials, query values and path segments of a URL. Relative URLs work; text that is no URL comes back unchanged.',
  input: 'T',
  settles: 'replaced',
  options: {
    userinfo: { kind: 'string', enum: ['redact', 'remove', 'keep'], default: 'redact', summary: '`redact`: `REDACTED@`.' },
    query: { kind: 'string', enum: ['listed', 'all', 'keep'], default: 'listed', summary: 'Parameters whose value becomes `REDACTED`; the key stays.' },
    part: {
      kind: 'string',
      enum: ['url', 'query', 'fragment'],
      default: 'url',
      summary: 'What the text is: a URL, its query alone (`a=1&b=2`, with or without `?`), or its fragment alone (with or without `#`).',
    },
    query_keys: { kind: 'key_globs', summary: 'What `listed` means; default: secret keys and `email`, `phone`, `code`, `state`. The fragment too when it has `=`.' },
    extra_query_keys: { kind: 'key_globs', summary: 'Beside those of `query_keys`, or of its default.' },
    path: {
      kind: 'string',
      enum: ['detect', 'redact', 'keep'],
      default: 'detect',
      summary: '`detect`: what the detectors of group `all` find in a segment becomes `REDACTED`; `redact`: every segment.',
    },
  },
  compile(options, tools) {
    const userinfo = option<string>(options, 'userinfo', 'redact')
    const query = option<string>(options, 'query', 'listed')
    const globs = options.get('query_keys') as readonly string[] | undefined
    const inGlobs = tools.keyGlobs([...(globs ?? LISTED), ...option<readonly string[]>(options, 'extra_query_keys', [])])
    const listed = remembered(globs === undefined ? (key: string) => tools.secretKey(key) || inGlobs(key) : inGlobs)
    const path = option<string>(options, 'path', 'detect')
    const hide: MaskNode = { type: 'from_fixed', options: new Map([['value', HIDDEN]]), path: '', line: 0, column: 0 }
    const detect = path === 'detect' ? tools.scan(['all'], [], [hide]) : undefined
    const parts: Parts = {
      userinfo,
      hidden: query === 'all' ? () => true : query === 'keep' ? () => false : listed,
      segment: path === 'keep' ? (segment, _, out) => out.keep(segment) : path === 'redact' ? hideSegment : (segment, context, out) => scanSegment(segment, context, detect!, out),
    }
    const read = PARTS[option<keyof typeof PARTS>(options, 'part', 'url')]
    return textMasker('url', (text, context) => {
      const out = new Pieces()
      read(text, parts, context, out)
      return out.done(context)
    })
  },
  examples: [
    { in: '"https://ann:pw@shop.example/u?token=t1&page=2"', out: '"https://REDACTED@shop.example/u?token=REDACTED&page=2"' },
    { options: { userinfo: 'remove', query: 'all' }, in: '"https://ann:pw@shop.example/u?a=1&b"', out: '"https://shop.example/u?a=REDACTED&b"' },
    { options: { userinfo: 'keep', query: 'keep' }, in: '"https://ann:pw@shop.example/u?token=1"', out: '"https://ann:pw@shop.example/u?token=1"' },
    { options: { path: 'redact' }, in: '"/orders/17/items?page=2"', out: '"/REDACTED/REDACTED/REDACTED?page=2"' },
    { options: { query_keys: ['p*'] }, in: '"/u?page=2&token=1"', out: '"/u?page=REDACTED&token=1"' },
    { in: '"/cb#access_token=abc&x=1"', out: '"/cb#access_token=REDACTED&x=1"' },
    { in: '"no url at all"', out: '"no url at all"' },
    { in: '"?q&token=t&x="', out: '"?q&token=REDACTED&x="' },
    { options: { part: 'query' }, in: '"page=2&token=t1"', out: '"page=2&token=REDACTED"' },
    { options: { part: 'fragment' }, in: '"access_token=abc&x=1"', out: '"access_token=REDACTED&x=1"' },
    { options: { extra_query_keys: ['key', 'user*'] }, in: '"/u?key=k1&userId=7&token=t&page=2"', out: '"/u?key=REDACTED&userId=REDACTED&token=REDACTED&page=2"' },
    { in: '8080', error: 'non_string_value' },
  ],
}

const MOST_KEYS = 1024
const LONGEST_KEY = 64

/** Few names of parameters come again and again, and what one says takes longer to find out than to look up. */
function remembered(test: (key: string) => boolean): (key: string) => boolean {
  const known = new Map<string, boolean>()
  return (key) => {
    let answer = known.get(key)
    if (answer === undefined) {
      answer = test(key)
      if (known.size >= MOST_KEYS) known.clear()
      if (key.length <= LONGEST_KEY) known.set(key, answer)
    }
    return answer
  }
}

interface Parts {
  readonly userinfo: string
  readonly hidden: (key: string) => boolean
  readonly segment: (segment: string, context: MaskContext, out: Pieces) => void
}

/** How a text is read, by what it is. */
const PARTS = {
  url: maskText,
  query: (text: string, parts: Parts, _: MaskContext, out: Pieces): void => maskQuery(behindSign(text, '?', out), parts, out),
  fragment: (text: string, parts: Parts, _: MaskContext, out: Pieces): void => maskFragment(behindSign(text, '#', out), parts, out),
} as const

/** The text without the sign that may begin it, which is kept. */
function behindSign(text: string, sign: string, out: Pieces): string {
  if (!text.startsWith(sign)) return text
  out.keep(sign)
  return text.slice(1)
}

/** Masks every URL of a text: a new one begins where white space and `scheme://` follow. */
function maskText(text: string, parts: Parts, context: MaskContext, out: Pieces): void {
  let start = 0
  for (let at = text.indexOf('://', 1); at >= 0; at = text.indexOf('://', at + 3)) {
    let begin = at
    while (begin > start && isScheme(text.charCodeAt(begin - 1))) begin--
    if (begin > start && begin < at && isSpace(text.charCodeAt(begin - 1))) {
      maskUrl(text.slice(start, begin), parts, context, out)
      start = begin
    }
  }
  maskUrl(text.slice(start), parts, context, out)
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 9 && code <= 13)
}

function isScheme(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x2b || code === 0x2d || code === 0x2e
}

function maskUrl(text: string, parts: Parts, context: MaskContext, out: Pieces): void {
  let at = schemeEnd(text)
  if (text.startsWith('//', at)) {
    at += 2
    out.keep(text.slice(0, at))
    const end = authorityEnd(text, at)
    const sign = text.lastIndexOf('@', end - 1)
    if (sign >= at) {
      maskUserinfo(text.slice(at, sign), parts.userinfo, out)
      at = sign + 1
    }
    out.keep(text.slice(at, end))
    at = end
  } else {
    // Neither scheme nor slash, query or fragment: no URL.
    if (at === 0 && indexOfAny(text, PART, 0) === text.length) {
      out.keep(text)
      return
    }
    out.keep(text.slice(0, at))
  }
  const pathEnd = indexOfAny(text, QUERY, at)
  maskPath(text.slice(at, pathEnd), parts, context, out)
  let fragment = pathEnd
  if (text[pathEnd] === '?') {
    fragment = indexOfAny(text, FRAGMENT, pathEnd)
    out.keep('?')
    maskQuery(text.slice(pathEnd + 1, fragment), parts, out)
  }
  if (fragment < text.length) {
    out.keep('#')
    maskFragment(text.slice(fragment + 1), parts, out)
  }
}

/** Length of `scheme:`; 0 for none. A host with a port, `localhost:80/x`, has none. */
function schemeEnd(text: string): number {
  const first = text.charCodeAt(0) | 0x20
  if (!(first >= 0x61 && first <= 0x7a)) return 0
  let at = 1
  while (at < text.length && isScheme(text.charCodeAt(at))) at++
  if (text[at] !== ':') return 0
  if (/^(?:tel|sms|geo|fax)$/i.test(text.slice(0, at))) return at + 1
  const next = text.charCodeAt(at + 1)
  return next >= 0x30 && next <= 0x39 ? 0 : at + 1
}

/** Characters that end a part, as a table by code. */
function ends(characters: string): Uint8Array {
  const table = new Uint8Array(128)
  for (let i = 0; i < characters.length; i++) table[characters.charCodeAt(i)] = 1
  return table
}
const PART = ends('/?#')
const SEGMENT = ends('/')
const AUTHORITY = ends('/?#\\ \t\r\n')
const QUERY = ends('?#')
const FRAGMENT = ends('#')
const PAIR = ends('&;')
const NAME = ends('=&;')

function indexOfAny(text: string, table: Uint8Array, from: number): number {
  let at = from
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 128 && table[code] === 1) break
  }
  return at
}

/**
 * End of the authority: the first `/`, `?`, `#` or white space. A password may hold one of these unencoded: when what
 * stands after the colon is no port, an `@` further on still ends the credentials.
 */
function authorityEnd(text: string, from: number): number {
  const end = indexOfAny(text, AUTHORITY, from)
  const authority = text.slice(from, end)
  const colon = authority.indexOf(':')
  if (colon > 0 && !authority.includes('@') && !authority.startsWith('[') && !/^\d*$/.test(authority.slice(colon + 1))) {
    const sign = text.indexOf('@', end)
    if (sign >= 0) return indexOfAny(text, AUTHORITY, sign)
  }
  return end
}

function maskUserinfo(userinfo: string, how: string, out: Pieces): void {
  if (how === 'remove') {
    out.write('', userinfo.length + 1)
    return
  }
  if (how === 'keep' || userinfo === '') out.keep(userinfo)
  else out.write(HIDDEN, userinfo.length)
  out.keep('@')
}

function maskPath(path: string, parts: Parts, context: MaskContext, out: Pieces): void {
  for (let start = 0; start < path.length; ) {
    const end = indexOfAny(path, SEGMENT, start)
    if (end > start) parts.segment(path.slice(start, end), context, out)
    if (end < path.length) out.keep('/')
    start = end + 1
  }
}

function hideSegment(segment: string, _: MaskContext, out: Pieces): void {
  if (segment === '.' || segment === '..') out.keep(segment)
  else out.write(HIDDEN, segment.length)
}

/** Detectors see the segment as it stands and, if it has escapes, decoded. */
function scanSegment(segment: string, context: MaskContext, detect: ReturnType<MaskTools['scan']>, out: Pieces): void {
  if (segment.includes('%')) {
    const plain = decode(segment)
    const found = detect(plain, context)
    if (found !== plain) {
      out.write(encodeURIComponent(found.toWellFormed()), segment.length)
      return
    }
  }
  const settled: number[] = []
  const sources: number[] = []
  out.mixed(detect(segment, context, settled, sources), settled, sources, segment.length)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function maskQuery(query: string, parts: Parts, out: Pieces): void {
  for (let start = 0; start < query.length; ) {
    const end = indexOfAny(query, PAIR, start)
    const equals = indexOfAny(query, NAME, start)
    // No `=`, or nothing after it: there is no value.
    if (equals < end - 1 && parts.hidden(nameOf(query.slice(start, equals)))) {
      out.keep(query.slice(start, equals + 1))
      out.write(HIDDEN, end - equals - 1)
    } else out.keep(query.slice(start, end))
    if (end < query.length) out.keep(query[end]!)
    start = end + 1
  }
}

function nameOf(written: string): string {
  return written.includes('+') || written.includes('%') ? decode(written.replaceAll('+', ' ')) : written
}

/** A fragment with `=` holds parameters, from its `?` on if it has one (`#/route?token=x`). */
function maskFragment(fragment: string, parts: Parts, out: Pieces): void {
  const from = fragment.includes('=') ? fragment.indexOf('?') + 1 : fragment.length
  out.keep(fragment.slice(0, from))
  maskQuery(fragment.slice(from), parts, out)
}
