import { pipeline, Readable } from 'node:stream'
import type { ReloadEvent } from '../../src/index.ts'
import type { BodyMask } from './body.ts'
import type { Coding } from './coding.ts'
import { failureBody, failureOf, HttpMaskError } from './failure.ts'
import { CONDITIONS, DIGESTS, isSafe, maskHeader, staysOnFailure } from './headers.ts'
import { type HttpMask, httpMask, type HttpMaskOptions, type HttpStats } from './mask.ts'
import { isLive, planBody } from './plan.ts'
import { MaskStage, recode, recodeFailure } from './recode.ts'
import { Store } from './store.ts'
import { maskUrl } from './url.ts'

/** Counters and the end of what a function masks with. */
export interface Masking {
  stats(): HttpStats
  /** Of createHttpMask. */
  reload(): ReloadEvent
  close(): void
}

/** How responses are treated: by a server on their way out, or by a client on their way in. */
interface Side {
  /** `fetch` has undone content codings, and left the header. */
  readonly decoded: boolean
  /** A failure rejects; else it becomes a response. */
  readonly rejects: boolean
}
const SERVER: Side = { decoded: false, rejects: false }
const CLIENT: Side = { decoded: true, rejects: true }

/**
 * Wraps a fetch handler: `(request, ...more) => Response`, of Hono (`app.fetch`), Next.js (route handlers), Deno, Bun and others. What it
 * returns is masked; a response that cannot be masked becomes a 500 without data. Throws RulesetError or InputError for options that cannot be used.
 *
 * @example export const GET = maskFetch(async () => Response.json(await load()), { ruleset: 'rules/pii.yaml' })
 */
export function maskFetch<Args extends unknown[]>(
  handler: (...args: Args) => Response | Promise<Response>,
  options: HttpMaskOptions<Args[0]> | HttpMask = {},
): ((...args: Args) => Promise<Response>) & Masking {
  const mask = httpMask(options as HttpMaskOptions<never> | HttpMask)
  const wrapped = async function (this: unknown, ...args: Args): Promise<Response> {
    let chosen: HttpMask | false
    try {
      chosen = mask.for(args[0])
    } catch {
      mask.failed('internal', false)
      return refusal(new HttpMaskError('internal'), undefined)
    }
    if (chosen === false) return handler.apply(this, args)
    if (chosen.ignoresConditions) args[0] = unconditional(args[0])
    const response = await handler.apply(this, args)
    return maskResponse(chosen, response, methodOf(args[0]), SERVER)
  }
  return Object.assign(wrapped, { stats: () => mask.stats(), reload: () => mask.reload(), close: () => mask.close() })
}

/**
 * Wraps `fetch`: the responses of other services are masked before anyone sees them: bodies, headers (`Set-Cookie` too) and `url`. A body that cannot be
 * masked rejects with HttpMaskError, or errors the stream of a body that has begun. Throws RulesetError or InputError for options that cannot be used.
 *
 * @example const fetch = maskedFetch(globalThis.fetch, { ruleset: 'rules/vendor.yaml' })
 */
export function maskedFetch<Args extends unknown[]>(
  fetch: (...args: Args) => Promise<Response>,
  options: HttpMaskOptions<Args[0]> | HttpMask = {},
): ((...args: Args) => Promise<Response>) & Masking {
  const mask = httpMask(options as HttpMaskOptions<never> | HttpMask, 'mask')
  const wrapped = async (...args: Args): Promise<Response> => {
    const chosen = mask.for(args[0])
    const response = await fetch(...args)
    if (chosen === false) return response
    const method = (args[1] as { readonly method?: unknown } | undefined)?.method
    return maskResponse(chosen, response, typeof method === 'string' ? method.toUpperCase() : methodOf(args[0]), CLIENT)
  }
  return Object.assign(wrapped, { stats: () => mask.stats(), reload: () => mask.reload(), close: () => mask.close() })
}

/** The request without conditions and ranges. */
function unconditional<T>(request: T): T {
  const { headers } = request as { readonly headers?: unknown }
  if (!isSafe(methodOf(request)) || !(headers instanceof Headers)) return request
  const there = CONDITIONS.filter((name) => headers.has(name))
  try {
    // On the request itself, where it can be changed: frameworks have requests of their own.
    for (const name of there) headers.delete(name)
    return request
  } catch {
    const changed = new Headers(headers)
    for (const name of there) changed.delete(name)
    return new Request(request as unknown as Request, { headers: changed }) as T
  }
}

function methodOf(request: unknown): string {
  const method: unknown = typeof request === 'object' && request !== null ? (request as { readonly method?: unknown }).method : undefined
  return typeof method === 'string' ? method.toUpperCase() : 'GET'
}

/** The masked response. The one given must not be used afterwards. */
async function maskResponse(mask: HttpMask, response: Response, method: string, side: Side): Promise<Response> {
  // What no Response can be made of has no body that is seen here: errors of the network, upgrades.
  if (response.type === 'error' || response.status < 200) return response
  mask.counters.responses++
  try {
    return await masked(mask, response, method, side)
  } catch (error) {
    response.body?.cancel().catch(() => {})
    if (side.rejects && isAbort(error)) throw error
    const failure = bodyFailure(error)
    mask.failed(failure.code, false)
    if (side.rejects) throw failure
    return refusal(failure, response.headers)
  }
}

async function masked(mask: HttpMask, response: Response, method: string, side: Side): Promise<Response> {
  const { status } = response
  const plan = planBody(
    mask,
    { method, status, contentType: response.headers.get('content-type') ?? undefined, contentEncoding: response.headers.get('content-encoding') ?? undefined },
    side.decoded,
  )
  let headers = new Headers()
  const make = (body: Uint8Array | ReadableStream<Uint8Array> | null): Response => {
    const made = new Response(body as ConstructorParameters<typeof Response>[0], { status, statusText: reason(mask, response.statusText), headers })
    if (!side.rejects) return made
    // What a Response made here has of its own says nothing of where it came from.
    const url = response.url === '' ? '' : maskUrl(mask.masker, response.url)
    return Object.defineProperties(made, { url: { value: url }, redirected: { value: response.redirected }, type: { value: response.type } })
  }
  const source = response.body
  let collected: Collected | undefined
  // The body before the headers, so that both are masked at once, by one version of a ruleset.
  if (plan.does === 'mask' && plan.body.collects && source !== null) collected = await collect(mask, source, plan.body, plan.coding)
  headers = maskHeaders(mask, response.headers)
  if (plan.does === 'nothing' || (plan.does === 'mask' && source === null)) {
    if (plan.does === 'mask' || (plan.masked && method === 'HEAD')) for (const name of ['content-length', ...DIGESTS]) headers.delete(name)
    return make(null)
  }
  if (plan.does === 'pass') {
    mask.counters.passed++
    if (side.decoded && headers.has('content-encoding')) for (const name of ['content-encoding', 'content-length']) headers.delete(name)
    return make(source)
  }
  const { body, coding, kind } = plan
  if (plan.contentType !== undefined) headers.set('content-type', plan.contentType)
  if (side.decoded) headers.delete('content-encoding')
  headers.delete('content-length')
  const change = (): void => {
    for (const name of DIGESTS) headers.delete(name)
    if (headers.has('accept-ranges')) headers.set('accept-ranges', 'none')
  }
  if (collected !== undefined) {
    const { bytes, changed } = collected
    mask.counters.bodies++
    if (changed) change()
    headers.set('content-length', String(bytes.length))
    return make(bytes)
  }
  change()
  mask.counters.bodies++
  return make(stream(mask, source!, body, coding, isLive(kind), kind === 'sse' && coding === null && !side.rejects, side.rejects))
}

function maskHeaders(mask: HttpMask, headers: Headers): Headers {
  const out = new Headers()
  for (const [name, value] of headers) {
    const action = mask.actionOf(name)
    if (action === 'remove') continue
    const kept = action === 'keep' ? value : maskHeader(mask.masker, name, value)
    if (kept !== undefined) out.append(name, kept)
  }
  return out
}

function reason(mask: HttpMask, text: string): string {
  if (text === '') return text
  const masked = mask.masker.text(text)
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(masked) ? masked : ''
}

interface Collected {
  readonly bytes: Buffer
  readonly changed: boolean
}

async function collect(mask: HttpMask, source: ReadableStream<Uint8Array>, body: BodyMask, coding: Coding | null): Promise<Collected> {
  const { counters } = mask
  const most = Math.min(mask.maxBodyBytes, mask.masker.policy.max_record_bytes)
  const store = new Store()
  const reader = source.getReader()
  try {
    for await (const chunk of chunksOf(mask, reader)) {
      if (store.size + chunk.length > most) throw new HttpMaskError('oversize')
      store.add(chunk)
    }
  } catch (error) {
    reader.cancel().catch(() => {})
    throw error
  } finally {
    reader.releaseLock()
  }
  const raw = store.take()
  let bytes = raw
  if (raw.length > 0) {
    if (coding === null) {
      body.push(raw)
      bytes = body.end()
    } else bytes = await recode(body, coding, raw)
  }
  counters.bytesOut += bytes.length
  return { bytes, changed: raw.length > 0 && (coding !== null || body.changed) }
}

/** Masks as it is read: a reader that does not read holds back the source, and one that cancels ends it. */
function stream(
  mask: HttpMask,
  source: ReadableStream<Uint8Array>,
  body: BodyMask,
  coding: Coding | null,
  live: boolean,
  events: boolean,
  rejects: boolean,
): ReadableStream<Uint8Array> {
  const reader = source.getReader()
  const { counters } = mask
  const raw = chunksOf(mask, reader)
  const parts = coding === null ? plain(raw, body) : recoded(raw, body, coding, live)
  let begun = false
  let cancelled = false
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await parts.next()
          if (done) {
            controller.close()
            return
          }
          begun = true
          counters.bytesOut += value.length
          controller.enqueue(value)
        } catch (error) {
          // Nobody reads any more: that the source ended early is no failure.
          if (cancelled) return
          if (rejects && isAbort(error)) {
            controller.error(error)
            return
          }
          const failure = coding === null || isAbort(error) ? bodyFailure(error) : recodeFailure(error)
          mask.failed(failure.code, begun)
          reader.cancel().catch(() => {})
          if (events) {
            controller.enqueue(Buffer.from(`event: error\ndata: ${failureBody(failure.code)}\n\n`))
            controller.close()
          } else controller.error(failure)
        }
      },
      async cancel(why) {
        cancelled = true
        // First the source: what waits for it goes on.
        await reader.cancel(why)
        await parts.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )
}

async function* chunksOf(mask: HttpMask, reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Buffer, void> {
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      // What it says may quote the body; that the caller himself has given up does not.
      throw isAbort(error) ? error : new HttpMaskError('broken')
    })
    if (done) return
    mask.counters.bytesIn += value.length
    yield asBuffer(value)
  }
}

async function* plain(raw: AsyncGenerator<Buffer, void>, body: BodyMask): AsyncGenerator<Buffer, void> {
  for await (const chunk of raw) {
    const out = body.push(chunk)
    if (out.length > 0) yield out
  }
  const rest = body.end()
  if (rest.length > 0) yield rest
}

async function* recoded(raw: AsyncGenerator<Buffer, void>, body: BodyMask, coding: Coding, live: boolean): AsyncGenerator<Buffer, void> {
  // The failure reaches whoever reads the last stage.
  const last = pipeline(Readable.from(raw, { objectMode: false }), coding.decoder(), new MaskStage(body), coding.encoder(live), () => {})
  for await (const chunk of last) yield chunk as Buffer
}

/** The caller of fetch has given up, by its signal. */
function isAbort(error: unknown): boolean {
  const name: unknown = typeof error === 'object' && error !== null ? (error as { readonly name?: unknown }).name : undefined
  return name === 'AbortError' || name === 'TimeoutError'
}

function bodyFailure(error: unknown): HttpMaskError {
  return isAbort(error) ? new HttpMaskError('broken') : failureOf(error)
}

function asBuffer(bytes: Uint8Array): Buffer {
  // What is no bytes is an error of the handler's: `new Response` would refuse it.
  if (!(bytes instanceof Uint8Array)) throw new HttpMaskError('broken')
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** The response that stands for one that could not be masked. */
function refusal(failure: HttpMaskError, headers: Headers | undefined): Response {
  const kept = new Headers()
  for (const [name, value] of headers ?? []) if (staysOnFailure(name)) kept.append(name, value)
  kept.set('content-type', 'application/json; charset=utf-8')
  kept.set('cache-control', 'no-store')
  return new Response(failureBody(failure.code), { status: 500, headers: kept })
}
