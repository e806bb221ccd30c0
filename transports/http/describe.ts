import type { IncomingMessage } from 'node:http'
import type { Masker } from '../../src/index.ts'
import { maskDocument } from './body.ts'
import { guardOf } from './guard.ts'
import { maskHeader } from './headers.ts'
import { HttpMask, httpMask, type HttpMaskOptions } from './mask.ts'
import { mediaType } from './kinds.ts'
import { maskUrl } from './url.ts'

/** Options of describeRequest and describeResponse. */
export type DescribeOptions = (HttpMaskOptions<never> | { readonly mask: HttpMask }) & {
  /** The body, where it is not on the request itself: a value, text or bytes. */
  readonly body?: unknown
}

/** A masked copy of a request. Parts that it does not have are left out. */
export interface RequestDescription {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly params?: unknown
  readonly query?: unknown
  readonly remoteAddress?: string
  readonly body?: unknown
}

/** A masked copy of a response. */
export interface ResponseDescription {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body?: unknown
}

const REDACTED = '[REDACTED]'
const FAILED = '[MASKING FAILED]'
/** No log needs their values, whatever the ruleset says. */
const CREDENTIALS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'x-auth-token',
  'x-csrf-token',
  'x-amz-security-token',
])
const URLS: ReadonlySet<string> = new Set(['referer', 'origin', 'location', 'content-location', 'x-original-url', 'x-rewrite-url', 'x-forwarded-uri', ':path'])

/** Have URLs in parts of their values. */
const PARTS: ReadonlySet<string> = new Set(['link', 'refresh'])

/** Made once for each object of options, so that a call costs no compilation. */
const made = new WeakMap<object, HttpMask>()
const NO_OPTIONS: DescribeOptions = {}

function maskOf(target: object, options: DescribeOptions): HttpMask {
  if ('mask' in options && options.mask instanceof HttpMask) return options.mask
  const { body: _, ...rest } = options as HttpMaskOptions<never> & { readonly body?: unknown }
  if (Object.keys(rest).length === 0) {
    const guarded = guardOf(target) ?? guardOf(rawOf(target))
    if (guarded !== undefined && guarded.mask !== false) return guarded.mask
    options = NO_OPTIONS
  }
  // The body differs from call to call: options that are spread keep their ruleset.
  const key = 'masker' in rest && rest.masker !== undefined ? rest.masker : typeof rest.ruleset === 'object' && Object.keys(rest).length === 1 ? (rest.ruleset as object) : options
  let mask = made.get(key)
  if (mask === undefined) {
    mask = httpMask(rest)
    made.set(key, mask)
  }
  return mask
}

/** What a framework's request or response is made around. */
function rawOf(target: object): object {
  const { raw } = target as { readonly raw?: unknown }
  return typeof raw === 'object' && raw !== null ? raw : target
}

/**
 * A masked copy of a request, for a log: of Node, Express and Fastify, or a fetch `Request` (whose body is left alone: give it as `body`).
 * Never throws on a request; a part that cannot be masked is `[MASKING FAILED]`. Throws RulesetError or InputError for options that cannot be used;
 * options are compiled once for each object, so keep it.
 *
 * @example log.info({ req: describeRequest(request) }, 'request')
 */
export function describeRequest(request: object, options: DescribeOptions = NO_OPTIONS): RequestDescription {
  const { masker } = maskOf(request, options)
  const from = request as {
    readonly method?: unknown
    readonly originalUrl?: unknown
    readonly url?: unknown
    readonly headers?: unknown
    readonly params?: unknown
    readonly query?: unknown
    readonly body?: unknown
  }
  const raw = rawOf(request) as Partial<IncomingMessage>
  const given = 'body' in options ? options.body : from.body
  const params = isFilled(from.params) ? from.params : undefined
  const url = String(from.originalUrl ?? from.url ?? '')
  const address = raw.socket?.remoteAddress
  const type = headerOf(from.headers, 'content-type')
  const body = bodyCopy(masker, given, type)
  return {
    method: attempt(() => masker.text(String(from.method ?? 'GET'))),
    url: attempt(() => maskUrl(masker, url, params)),
    headers: headersCopy(masker, from.headers),
    ...(params === undefined ? {} : { params: attempt(() => copyOf(masker, params)) }),
    ...(isFilled(from.query) ? { query: attempt(() => copyOf(masker, { ...(from.query as object) })) } : {}),
    ...(address === undefined ? {} : { remoteAddress: attempt(() => namedText(masker, 'remoteAddress', address)) }),
    ...(body === undefined ? {} : { body }),
  }
}

/**
 * A masked copy of a response, for a log: of Node, Express and Fastify, or a fetch `Response`. Its headers are those that the handler has set,
 * masked for a log. The rest is as for describeRequest.
 *
 * @example log.info({ res: describeResponse(reply, { body: payload }) }, 'answered')
 */
export function describeResponse(response: object, options: DescribeOptions = NO_OPTIONS): ResponseDescription {
  const { masker } = maskOf(response, options)
  const from = response as { readonly statusCode?: unknown; readonly status?: unknown; readonly headers?: unknown; readonly getHeaders?: () => unknown }
  const headers = typeof from.getHeaders === 'function' ? from.getHeaders() : from.headers
  const body = 'body' in options ? bodyCopy(masker, options.body, headerOf(headers, 'content-type')) : undefined
  const status = typeof from.statusCode === 'number' ? from.statusCode : from.status
  return { statusCode: typeof status === 'number' ? status : 0, headers: headersCopy(masker, headers), ...(body === undefined ? {} : { body }) }
}

function isFilled(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

function attempt<T>(run: () => T): T {
  try {
    return run()
  } catch {
    return FAILED as T
  }
}

/** A masked value that shares nothing with the given one, so that what is done to the request later does not change the log. */
function copyOf(masker: Masker, value: unknown): unknown {
  const masked: unknown = masker.value(value)
  return masked === value ? structuredCopy(value) : masked
}

function structuredCopy(value: unknown): unknown {
  try {
    return structuredClone(value)
  } catch {
    return value
  }
}

function namedText(masker: Masker, name: string, value: string): string {
  const masked: unknown = (masker.value({ [name]: value }) as Readonly<Record<string, unknown>> | undefined)?.[name]
  return typeof masked === 'string' ? masked : REDACTED
}

function entriesOf(headers: unknown): [string, unknown][] {
  if (typeof headers !== 'object' || headers === null) return []
  return typeof (headers as Headers).entries === 'function' ? [...(headers as Headers).entries()] : Object.entries(headers)
}

function headerOf(headers: unknown, name: string): string | undefined {
  const value = entriesOf(headers).find(([key]) => key.toLowerCase() === name)?.[1]
  return value === undefined ? undefined : String(value)
}

type Values = string | string[]

function headersCopy(masker: Masker, headers: unknown): Record<string, Values> {
  const given = Object.create(null) as Record<string, Values>
  for (const [name, value] of entriesOf(headers)) {
    if (value === undefined || value === null) continue
    const values = (Array.isArray(value) ? value : [value]).map((one) => (CREDENTIALS.has(name.toLowerCase()) ? REDACTED : String(one)))
    // A fetch response has each cookie as an entry of its own.
    const there = given[name]
    if (there !== undefined) given[name] = [...(Array.isArray(there) ? there : [there]), ...values]
    else given[name] = Array.isArray(value) ? values : values[0]!
  }
  // All at once, and one by one what does not come back as it should.
  const all = together(masker, given)
  const out = Object.create(null) as Record<string, Values>
  for (const [name, value] of Object.entries(given)) {
    const key = name.toLowerCase()
    if (all !== undefined && !URLS.has(key) && !PARTS.has(key)) {
      const masked = all[name]
      if (masked === undefined || masked === null) continue
      out[name] = typeof masked === 'string' || Array.isArray(masked) ? (masked as Values) : REDACTED
      continue
    }
    const kept = (Array.isArray(value) ? value : [value]).map((one) => headerCopy(masker, key, one)).filter((one) => one !== undefined)
    if (kept.length > 0) out[name] = Array.isArray(value) ? kept : kept[0]!
  }
  return out
}

function together(masker: Masker, headers: Readonly<Record<string, Values>>): Readonly<Record<string, unknown>> | undefined {
  try {
    const masked: unknown = masker.value({ ...headers })
    // A record that a policy drops, or one that stands for what failed, has none of its keys.
    return isFilled(masked) && Object.keys(headers).some((name) => Object.hasOwn(masked, name)) ? masked : undefined
  } catch {
    return undefined
  }
}

function headerCopy(masker: Masker, name: string, value: string): string | undefined {
  if (CREDENTIALS.has(name)) return value
  return attempt(() => {
    const masked = maskHeader(masker, name, value)
    return masked === value && URLS.has(name) ? maskUrl(masker, value) : masked
  })
}

/** Values are masked as such; text and bytes as what their content type says, and stay text. */
function bodyCopy(masker: Masker, body: unknown, contentType: string | undefined): unknown {
  if (body === undefined || body === null) return undefined
  return attempt(() => {
    if (body instanceof Uint8Array || body instanceof ArrayBuffer) {
      const bytes = Buffer.from(body as Uint8Array)
      if (!isUtf8(bytes)) return `[${bytes.length} bytes]`
      return textCopy(masker, bytes.toString(), contentType)
    }
    if (typeof body === 'string') return textCopy(masker, body, contentType)
    // Streams and other machinery are no data.
    if (typeof body === 'object' && ('pipe' in body || 'getReader' in body)) return undefined
    return copyOf(masker, body)
  })
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

function textCopy(masker: Masker, text: string, contentType: string | undefined): string {
  const { type } = mediaType(contentType ?? '')
  if (type === 'application/x-www-form-urlencoded') return maskUrl(masker, `?${text}`).replace(/^\?/, '')
  if (type === 'application/json' || type.endsWith('+json')) return maskDocument(masker, text, Number.POSITIVE_INFINITY)
  return masker.json(text)
}
