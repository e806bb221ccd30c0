import type { MaskContext, MaskDefinition, MaskNode } from '../engine/types.ts'
import { option, textMasker } from './input.ts'

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
    query_keys: { kind: 'key_globs', summary: 'What `listed` means; default: secret keys and `email`, `phone`, `code`, `state`. The fragment too when it has `=`.' },
    path: { kind: 'string', enum: ['detect', 'redact', 'keep'], default: 'detect', summary: '`detect`: what the detectors of group `all` find in a segment becomes `REDACTED`; `redact`: every segment.' },
  },
  compile(options, tools) {
    const userinfo = option<string>(options, 'userinfo', 'redact')
    const query = option<string>(options, 'query', 'listed')
    const globs = options.get('query_keys') as readonly string[] | undefined
    const inGlobs = tools.keyGlobs(globs ?? LISTED)
    const listed = globs === undefined ? (key: string) => tools.secretKey(key) || inGlobs(key) : inGlobs
    const path = option<string>(options, 'path', 'detect')
    const hide: MaskNode = { type: 'from_fixed', options: new Map([['value', HIDDEN]]), path: '', line: 0, column: 0 }
    const detect = path === 'detect' ? tools.scan(['all'], [], [hide]) : undefined
    const parts: Parts = {
      userinfo,
      hidden: query === 'all' ? () => true : query === 'keep' ? () => false : listed,
      segment: path === 'keep' ? (segment) => segment : path === 'redact' ? hideSegment : (segment, context) => scanSegment(segment, context, detect!),
    }
    return textMasker('url', (text, context) => maskText(text, parts, context))
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
    { in: '8080', error: 'non_string_value' },
  ],
}

interface Parts {
  readonly userinfo: string
  readonly hidden: (key: string) => boolean
  readonly segment: (segment: string, context: MaskContext) => string
}

/** Masks every URL of a text: a new one begins where white space and `scheme://` follow. */
function maskText(text: string, parts: Parts, context: MaskContext): string {
  let out = ''
  let start = 0
  for (let at = text.indexOf('://', 1); at >= 0; at = text.indexOf('://', at + 3)) {
    let begin = at
    while (begin > start && isScheme(text.charCodeAt(begin - 1))) begin--
    if (begin > start && begin < at && isSpace(text.charCodeAt(begin - 1))) {
      out += maskUrl(text.slice(start, begin), parts, context)
      start = begin
    }
  }
  return out + maskUrl(text.slice(start), parts, context)
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 9 && code <= 13)
}

function isScheme(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x2b || code === 0x2d || code === 0x2e
}

function maskUrl(text: string, parts: Parts, context: MaskContext): string {
  let at = 0
  let out = ''
  const scheme = schemeEnd(text)
  if (scheme > 0) at = scheme
  if (text.startsWith('//', at) || text.startsWith('\\\\', at)) {
    at += 2
    out = text.slice(0, at)
    const end = authorityEnd(text, at)
    const authority = text.slice(at, end)
    const sign = authority.lastIndexOf('@')
    out += sign < 0 ? authority : maskUserinfo(authority.slice(0, sign), parts.userinfo) + authority.slice(sign + 1)
    at = end
  } else {
    out = text.slice(0, at)
    // Neither scheme nor slash, query or fragment: no URL.
    if (scheme === 0 && indexOfAny(text, '/?#', 0) === text.length) return text
  }
  const pathEnd = indexOfAny(text, '?#', at)
  out += maskPath(text.slice(at, pathEnd), parts, context)
  if (pathEnd === text.length) return out
  let fragment = pathEnd
  if (text[pathEnd] === '?') {
    fragment = indexOfAny(text, '#', pathEnd)
    out += `?${maskQuery(text.slice(pathEnd + 1, fragment), parts)}`
  }
  return fragment === text.length ? out : `${out}#${maskFragment(text.slice(fragment + 1), parts)}`
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

function indexOfAny(text: string, characters: string, from: number): number {
  let at = from
  while (at < text.length && !characters.includes(text[at]!)) at++
  return at
}

/**
 * End of the authority: the first `/`, `?`, `#` or white space. A password may hold one of these unencoded: when what
 * stands after the colon is no port, an `@` further on still ends the credentials.
 */
function authorityEnd(text: string, from: number): number {
  let end = indexOfAny(text, '/?#\\ \t\r\n', from)
  const authority = text.slice(from, end)
  const colon = authority.indexOf(':')
  if (colon > 0 && !authority.includes('@') && !authority.startsWith('[') && !/^\d*$/.test(authority.slice(colon + 1))) {
    const sign = text.indexOf('@', end)
    if (sign >= 0) end = indexOfAny(text, '/?#\\ \t\r\n', sign)
  }
  return end
}

function maskUserinfo(userinfo: string, how: string): string {
  if (how === 'keep') return `${userinfo}@`
  return how === 'remove' ? '' : userinfo === '' ? '@' : `${HIDDEN}@`
}

function maskPath(path: string, parts: Parts, context: MaskContext): string {
  if (path === '') return path
  let out = ''
  for (let start = 0; start <= path.length;) {
    const end = indexOfAny(path, '/', start)
    const segment = path.slice(start, end)
    if (segment !== '') out += parts.segment(segment, context)
    if (end < path.length) out += '/'
    start = end + 1
  }
  return out
}

function hideSegment(segment: string): string {
  return segment === '.' || segment === '..' ? segment : HIDDEN
}

/** Detectors see the segment as it stands and, if it has escapes, decoded. */
function scanSegment(segment: string, context: MaskContext, detect: (text: string, context: MaskContext) => string): string {
  if (segment.includes('%')) {
    const plain = decode(segment)
    const found = detect(plain, context)
    if (found !== plain) return encodeURIComponent(found.replace(/[\ud800-\udfff]/gu, '\ufffd'))
  }
  return detect(segment, context)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function maskQuery(query: string, parts: Parts): string {
  let out = ''
  for (let start = 0; start <= query.length;) {
    const end = indexOfAny(query, '&;', start)
    const equals = indexOfAny(query, '=&;', start)
    // No `=`, or nothing after it.
    if (equals >= end - 1) out += query.slice(start, end)
    else {
      const key = query.slice(start, equals)
      out += parts.hidden(decode(key.replaceAll('+', ' '))) ? `${key}=${HIDDEN}` : query.slice(start, end)
    }
    if (end < query.length) out += query[end]
    start = end + 1
  }
  return out
}

/** A fragment with `=` holds parameters, from its `?` on if it has one (`#/route?token=x`). */
function maskFragment(fragment: string, parts: Parts): string {
  if (!fragment.includes('=')) return fragment
  const from = fragment.indexOf('?') + 1
  return fragment.slice(0, from) + maskQuery(fragment.slice(from), parts)
}
