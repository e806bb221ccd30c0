import { InputError, type Masker } from '../../src/index.ts'
import { failureOf, HttpMaskError } from './failure.ts'
import { maskNamed, maskUrl } from './url.ts'

/** What is done with the values of a header. */
export type HeaderAction = 'mask' | 'keep' | 'remove'

/** Headers of the protocol and of its security, which carry no data of a handler's. Prefixes end with `*`. */
const PROTOCOL = [
  'accept-*',
  'access-control-*',
  'age',
  'allow',
  'alt-svc',
  'cache-control',
  'clear-site-data',
  'connection',
  'content-digest',
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-range',
  'content-security-policy',
  'content-security-policy-report-only',
  'content-type',
  'cross-origin-*',
  'date',
  'digest',
  'etag',
  'expires',
  'keep-alive',
  'last-modified',
  'origin-agent-cluster',
  'permissions-policy',
  'pragma',
  'proxy-authenticate',
  'ratelimit-*',
  'referrer-policy',
  'repr-digest',
  'retry-after',
  'server',
  'strict-transport-security',
  'timing-allow-origin',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'vary',
  'want-*',
  'www-authenticate',
  'x-accel-buffering',
  'x-content-type-options',
  'x-dns-prefetch-control',
  'x-download-options',
  'x-frame-options',
  'x-permitted-cross-domain-policies',
  'x-powered-by',
  'x-ratelimit-*',
  'x-response-time',
  'x-xss-protection',
]
const EXACT = new Set(PROTOCOL.filter((name) => !name.endsWith('*')))
const PREFIXES = PROTOCOL.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1))

/** Tell the raw body by guessing, or do not hold for a masked one. */
export const DIGESTS = ['etag', 'digest', 'content-digest', 'repr-digest', 'content-md5'] as const

/** Of requests: answers to them tell whether a guess at the raw body was right, or are parts that cannot be masked. */
export const CONDITIONS = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range', 'range'] as const

/** True for methods of requests that may do without their conditions: nothing is changed by them. */
export function isSafe(method: string | undefined): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** Stay on the response that stands for one that could not be masked. */
const ON_FAILURE =
  /^(?:access-control-.*|content-security-policy.*|cross-origin-.*|connection|date|keep-alive|origin-agent-cluster|permissions-policy|referrer-policy|strict-transport-security|timing-allow-origin|vary|x-content-type-options|x-frame-options)$/

/** True for a header of the protocol that says nothing of the content of a response. */
export function staysOnFailure(name: string): boolean {
  return ON_FAILURE.test(name.toLowerCase())
}

/** What a header value may hold (RFC 9110, 5.5), as Node and fetch check it. */
const WRITABLE = /^[\t\x20-\x7e\x80-\xff]*$/
const URLS: ReadonlySet<string> = new Set(['location', 'content-location'])
const REDACTED = '[REDACTED]'

/** What is done with a header, by its name in lower case. Throws InputError for an action that is none. */
export function compileHeaders(own: Readonly<Record<string, HeaderAction>>, setCookie: HeaderAction): (name: string) => HeaderAction {
  const mine = new Map<string, HeaderAction>()
  for (const [name, action] of Object.entries(own)) {
    if (action !== 'mask' && action !== 'keep' && action !== 'remove') throw new InputError('bad_option', "a value of 'headers' is 'mask', 'keep' or 'remove'")
    mine.set(name.toLowerCase(), action)
  }
  return (name) => {
    const action = mine.get(name)
    if (action !== undefined) return action
    if (name === 'set-cookie') return setCookie
    return EXACT.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix)) ? 'keep' : 'mask'
  }
}

/** Masks one value of a header. Undefined: it goes. Throws HttpMaskError. */
export function maskHeader(masker: Masker, name: string, value: string): string | undefined {
  if (value === '') return value
  let masked: string | undefined
  try {
    masked = byRules(masker, name, value)
  } catch (error) {
    throw new HttpMaskError(failureOf(error).code === 'internal' ? 'internal' : 'header')
  }
  if (masked === undefined || masked === value || WRITABLE.test(masked)) return masked
  return REDACTED
}

function byRules(masker: Masker, name: string, value: string): string | undefined {
  const whole = maskNamed(masker, name, value)
  if (whole !== undefined && URLS.has(name)) {
    // Where no rule is for the header's own key, the parts of the URL tell more than its text.
    return whole === masker.text(value) ? maskUrl(masker, value) : byParameter(masker, whole, value)
  }
  if (whole !== value) return whole
  if (name === 'link') return value.replace(/<([^<>]*)>/g, (_, url: string) => `<${maskUrl(masker, url)}>`)
  if (name === 'refresh') return value.replace(/(;\s*url\s*=\s*["']?)([^"']+)/i, (_, lead: string, url: string) => `${lead}${maskUrl(masker, url)}`)
  return value
}

/** A URL header that a rule for its key changed: rules for its parameters hold as well, on what is left. */
function byParameter(masker: Masker, whole: string, value: string): string {
  const own = maskUrl(masker, value)
  const pairs = (url: string): string[] => (url.split('#', 1)[0]!.split('?', 2)[1] ?? '').split('&')
  const [a, b, raw] = [pairs(whole), pairs(own), pairs(value)]
  if (a.length !== raw.length || b.length !== raw.length || !whole.includes('?')) return whole
  // What the rule for the header left alone takes what rules for the parameter make of it.
  const query = raw.map((pair, i) => (a[i] === pair ? b[i]! : a[i]!)).join('&')
  const hash = whole.indexOf('#')
  return `${whole.slice(0, whole.indexOf('?'))}?${query}${hash < 0 ? '' : whole.slice(hash)}`
}
