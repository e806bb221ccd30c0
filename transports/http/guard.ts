// Stands between a handler and the response of Node that it writes to. What is written goes nowhere until the head is complete and says
// what it is; then it is collected and masked (one JSON document), masked as it comes (lines, events), or passed.
//
//   handler -> write, end, writeHead, ... of the guard -> body mask -> write, end, writeHead of what was there before
//
// "What was there before" are Node's methods or those of middleware registered earlier, compression for one: masking comes first.

import type { IncomingMessage, OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { PassThrough, pipeline, Writable } from 'node:stream'
import type { BodyMask } from './body.ts'
import { maskDocument } from './body.ts'
import type { Coding } from './coding.ts'
import { failureBody, failureOf, HttpMaskError, type HttpFailureCode } from './failure.ts'
import { CONDITIONS, DIGESTS, isSafe, maskHeader, staysOnFailure } from './headers.ts'
import type { HttpMask } from './mask.ts'
import { isLive, planBody, type Plan } from './plan.ts'
import { MaskStage, recode, recodeFailure } from './recode.ts'
import { Store } from './store.ts'

const GUARD = Symbol.for('mask-logs.http.guard')
const NONE = Buffer.alloc(0)

type Callback = (error?: Error | null) => void
type Chunk = string | Uint8Array

/** Methods that the guard takes the place of, as they were before. */
interface Before {
  readonly writeHead: (this: ServerResponse, status: number, ...rest: unknown[]) => unknown
  readonly write: (this: ServerResponse, chunk: Chunk, encoding?: BufferEncoding, done?: Callback) => boolean
  readonly end: (this: ServerResponse, chunk?: Chunk | null, encoding?: BufferEncoding | null, done?: Callback) => unknown
  readonly flushHeaders: (this: ServerResponse) => void
  readonly addTrailers: (this: ServerResponse, headers: OutgoingHttpHeaders | readonly [string, string][]) => void
  /** Of HTTP/2. */
  readonly setTrailer: ((this: ServerResponse, name: string, value: string | readonly string[]) => void) | undefined
  readonly writeEarlyHints: (this: ServerResponse, hints: Record<string, string | string[]>, done?: () => void) => void
  readonly setHeader: (this: ServerResponse, name: string, value: number | string | readonly string[]) => unknown
  readonly appendHeader: (this: ServerResponse, name: string, value: string | readonly string[]) => unknown
  readonly removeHeader: (this: ServerResponse, name: string) => void
  readonly destroy: (this: ServerResponse, error?: Error) => unknown
}

/**
 * Masks what will be written to a response. A second call for the same response, before anything is written, changes its mask: the inner
 * one holds. `false`: it is not masked.
 */
export function guardResponse(request: IncomingMessage, response: ServerResponse, mask: HttpMask | false): Guard | undefined {
  const there = guardOf(response)
  if (there !== undefined) {
    there.use(mask)
    return there
  }
  return mask === false ? undefined : new Guard(request, response, mask)
}

/** The guard of a response or request, if there is one. */
export function guardOf(of: object): Guard | undefined {
  return (of as { readonly [GUARD]?: Guard })[GUARD]
}

/**
 * Guards a response by the mask that `choose` gives. When that throws, the response is refused, and false is returned: the handler must
 * not run.
 */
export function guardBy(request: IncomingMessage, response: ServerResponse, base: HttpMask, choose: () => HttpMask | false): boolean {
  let mask: HttpMask | false
  try {
    mask = choose()
  } catch {
    guardResponse(request, response, base)!.refuse('internal')
    return false
  }
  const guard = guardResponse(request, response, mask)
  if (guard !== undefined && guard.mask !== false && guard.mask.ignoresConditions && isSafe(request.method)) for (const name of CONDITIONS) delete request.headers[name]
  return true
}

/** One response on its way out. */
export class Guard {
  readonly #response: ServerResponse
  readonly #method: string
  /** HTTP/2 has no reason phrase, and warns whoever asks for it. */
  readonly #hasReason: boolean
  readonly #before: Before
  #mask: HttpMask | false
  #state: 'open' | 'committed' | 'ended' | 'over' = 'open'
  /** Calls of what was there before are under way: they may call the response's own methods, and mean what was there before. */
  #inside = 0
  #headSent = false
  #plan: Plan = { does: 'pass' }
  #trailers = false
  /** A body that is collected, still compressed where it is. */
  readonly #store = new Store()
  /** Where the handler's chunks go when they arrive compressed and go on as they come. */
  #input: PassThrough | undefined
  /** Ends what goes on when nobody waits any more. */
  #aborted: AbortController | undefined

  constructor(request: IncomingMessage, response: ServerResponse, mask: HttpMask) {
    this.#response = response
    this.#method = (request.method ?? 'GET').toUpperCase()
    this.#hasReason = request.httpVersionMajor < 2
    this.#mask = mask
    const { writeHead, write, end, flushHeaders, addTrailers, writeEarlyHints, setHeader, appendHeader, removeHeader, destroy } = response as unknown as Before
    const setTrailer = 'setTrailer' in response ? (response as unknown as Before).setTrailer : undefined
    this.#before = { writeHead, write, end, flushHeaders, addTrailers, setTrailer, writeEarlyHints, setHeader, appendHeader, removeHeader, destroy }
    // The same functions and accessors for every response, so that responses keep one shape.
    Object.assign(response, Guard.#methods)
    if (setTrailer !== undefined) Object.assign(response, Guard.#http2)
    Object.defineProperties(response, Guard.#flags)
    Object.defineProperty(response, GUARD, { configurable: true, value: this })
    Object.defineProperty(request, GUARD, { configurable: true, value: this })
    response.once('close', Guard.#closed)
    // What has begun cannot be masked any more: it is broken off.
    this.#headSent = nativeFlag(response, 'headersSent')
    if (this.#headSent) this.refuse('internal')
  }

  static of(response: object): Guard {
    return (response as { readonly [GUARD]: Guard })[GUARD]
  }

  /** What takes the place of the response's own. What is called from inside what was there before means what was there before. */
  static readonly #methods = {
    writeHead(this: ServerResponse, status: number, ...rest: unknown[]): ServerResponse {
      const guard = Guard.of(this)
      if (guard.#mask === false) guard.#headSent = true
      if (guard.#inside > 0 || guard.#mask === false) guard.#call(guard.#before.writeHead, status, ...rest)
      else if (guard.#state !== 'open') throw tooLate()
      else guard.#head(status, rest)
      return this
    },
    write(this: ServerResponse, chunk: Chunk, ...rest: unknown[]): boolean {
      const guard = Guard.of(this)
      const [encoding, done] = overload(rest)
      return guard.#inside > 0 || guard.#mask === false ? guard.#call(guard.#before.write, chunk, encoding, done) : guard.#write(chunk, encoding, done)
    },
    end(this: ServerResponse, ...args: unknown[]): ServerResponse {
      const guard = Guard.of(this)
      const chunk = typeof args[0] === 'function' ? undefined : (args.shift() as Chunk | null | undefined)
      const [encoding, done] = overload(args)
      if (guard.#inside > 0 || guard.#mask === false) guard.#call(guard.#before.end, chunk, encoding, done)
      else guard.#end(chunk, encoding, done)
      return this
    },
    flushHeaders(this: ServerResponse): void {
      const guard = Guard.of(this)
      if (guard.#inside > 0 || guard.#mask === false) guard.#call(guard.#before.flushHeaders)
      else guard.#flushHeaders()
    },
    addTrailers(this: ServerResponse, headers: OutgoingHttpHeaders | readonly [string, string][]): void {
      const guard = Guard.of(this)
      guard.#call(guard.#before.addTrailers, guard.#mask === false ? headers : guard.#maskTrailers(headers))
    },
    writeEarlyHints(this: ServerResponse, hints: Record<string, string | string[]>, done?: () => void): void {
      const guard = Guard.of(this)
      guard.#call(guard.#before.writeEarlyHints, guard.#mask === false ? hints : guard.#maskHints(hints), done)
    },
    setHeader(this: ServerResponse, name: string, value: number | string | readonly string[]): ServerResponse {
      const guard = Guard.of(this)
      guard.#inTime()
      guard.#call(guard.#before.setHeader, name, value)
      return this
    },
    appendHeader(this: ServerResponse, name: string, value: string | readonly string[]): ServerResponse {
      const guard = Guard.of(this)
      guard.#inTime()
      guard.#call(guard.#before.appendHeader, name, value)
      return this
    },
    removeHeader(this: ServerResponse, name: string): void {
      const guard = Guard.of(this)
      guard.#inTime()
      guard.#call(guard.#before.removeHeader, name)
    },
    destroy(this: ServerResponse, error?: Error): ServerResponse {
      Guard.of(this).#destroy(error)
      return this
    },
  }

  static readonly #http2 = {
    setTrailer(this: ServerResponse, name: string, value: string | readonly string[]): void {
      const guard = Guard.of(this)
      const setTrailer = guard.#before.setTrailer!
      if (guard.#mask === false) guard.#call(setTrailer, name, value)
      else for (const [, one] of guard.#maskTrailers([[name, value as string]])) guard.#call(setTrailer, name, one)
    },
  }

  /** What handlers ask is whether the head can still be changed, and whether they may still write. */
  static readonly #flags: PropertyDescriptorMap & ThisType<ServerResponse> = {
    headersSent: {
      configurable: true,
      get() {
        const guard = Guard.of(this)
        return (guard.#inside === 0 && guard.#state !== 'open') || nativeFlag(this, 'headersSent')
      },
    },
    writableEnded: {
      configurable: true,
      get() {
        const guard = Guard.of(this)
        return (guard.#inside === 0 && (guard.#state === 'ended' || guard.#state === 'over')) || nativeFlag(this, 'writableEnded')
      },
    },
  }

  static readonly #closed = function (this: ServerResponse): void {
    Guard.of(this).#release()
  }

  /** Calls what was there before. */
  #call<Args extends unknown[], Result>(method: (this: ServerResponse, ...args: Args) => Result, ...args: Args): Result {
    this.#inside++
    try {
      return method.apply(this.#response, args)
    } finally {
      this.#inside--
    }
  }

  /** After the head is complete, headers of the handler come too late, as they do in Node. */
  #inTime(): void {
    if (this.#state !== 'open' && this.#inside === 0 && !this.#headSent) throw tooLate()
  }

  /** The mask in force; false: none. */
  get mask(): HttpMask | false {
    return this.#mask
  }

  /** Puts another mask in force, while nothing is written. */
  use(mask: HttpMask | false): void {
    if (this.#state === 'open') this.#mask = mask
  }

  /** Answers that the response could not be masked. */
  refuse(code: HttpFailureCode): void {
    if (this.#state === 'over') return
    this.#fail(new HttpMaskError(code))
  }

  // ---------------------------------------------------------------------------------------------- the head

  /** `writeHead` of the handler: its headers are taken, and the head is complete. */
  #head(status: number, [second, third]: readonly unknown[]): void {
    const response = this.#response
    const code = Number(status) | 0
    if (code < 100 || code > 999) throw Object.assign(new RangeError('Invalid status code'), { code: 'ERR_HTTP_INVALID_STATUS_CODE' })
    response.statusCode = code
    if (typeof second === 'string' && this.#hasReason) response.statusMessage = second
    const headers = (typeof second === 'string' ? third : (second ?? third)) as OutgoingHttpHeaders | readonly unknown[] | null | undefined
    if (Array.isArray(headers)) {
      const flat: unknown[] = headers.every((one) => Array.isArray(one)) ? headers.flat() : headers
      if (flat.length % 2 !== 0) throw Object.assign(new TypeError('the headers are no pairs'), { code: 'ERR_INVALID_ARG_VALUE' })
      for (let i = 0; i < flat.length; i += 2) response.removeHeader(String(flat[i]))
      for (let i = 0; i < flat.length; i += 2) response.appendHeader(String(flat[i]), flat[i + 1] as string)
    } else if (headers !== undefined && headers !== null) {
      for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value as string | string[])
    }
    this.#commit()
  }

  #commit(): void {
    const mask = this.#mask as HttpMask
    const response = this.#response
    this.#state = 'committed'
    mask.counters.responses++
    try {
      const encoding = response.getHeader('content-encoding')
      this.#plan = planBody(mask, {
        method: this.#method,
        status: response.statusCode,
        contentType: text(response.getHeader('content-type')),
        contentEncoding: text(encoding),
      })
    } catch (error) {
      this.#fail(failureOf(error))
      return
    }
    const plan = this.#plan
    if (plan.does === 'pass') mask.counters.passed++
    if (plan.does === 'mask' && plan.coding !== null && !plan.body.collects) this.#recodeStream(plan.body, plan.coding, isLive(plan.kind))
  }

  /** Masks the headers and sends the head. `length` of the body where it is known. False: it could not be, and the response has failed. */
  #sendHead(length: number | undefined, changed: boolean): boolean {
    if (this.#headSent) return true
    const mask = this.#mask as HttpMask
    const response = this.#response
    const plan = this.#plan
    try {
      // HTTP/2 has no raw names: its names are in lower case.
      for (const name of (response as Partial<RawNames>).getRawHeaderNames?.() ?? response.getHeaderNames()) this.#maskHeaderOf(mask, name)
      const message = this.#hasReason ? (response.statusMessage as string | undefined) : undefined
      if (typeof message === 'string' && message !== '') {
        const masked = mask.masker.text(message)
        if (masked !== message) response.statusMessage = /^[\t\x20-\x7e\x80-\xff]*$/.test(masked) ? masked : ''
      }
    } catch (error) {
      this.#fail(error instanceof HttpMaskError ? error : new HttpMaskError('header'))
      return false
    }
    if (plan.does === 'mask' || (plan.does === 'nothing' && plan.masked && this.#method === 'HEAD')) {
      if (plan.does === 'mask' && plan.contentType !== undefined) this.#call(this.#before.setHeader, 'content-type', plan.contentType)
      if (changed) {
        for (const name of DIGESTS) this.#call(this.#before.removeHeader, name)
        if (response.hasHeader('accept-ranges')) this.#call(this.#before.setHeader, 'accept-ranges', 'none')
      }
      this.#call(this.#before.removeHeader, 'content-length')
      if (length !== undefined && !this.#trailers && !response.hasHeader('trailer') && !response.hasHeader('transfer-encoding'))
        this.#call(this.#before.setHeader, 'content-length', length)
    }
    this.#headSent = true
    this.#call(this.#before.writeHead, response.statusCode)
    return true
  }

  #maskHeaderOf(mask: HttpMask, name: string): void {
    const key = name.toLowerCase()
    const action = mask.actionOf(key)
    if (action === 'keep') return
    if (action === 'remove') {
      this.#call(this.#before.removeHeader, name)
      return
    }
    const value = this.#response.getHeader(name) as OutgoingHttpHeader
    const values = Array.isArray(value) ? value.map(String) : [String(value)]
    const masked = values.map((one) => maskHeader(mask.masker, key, one))
    if (masked.every((one, i) => one === values[i])) return
    const kept = masked.filter((one) => one !== undefined)
    if (kept.length === 0) this.#call(this.#before.removeHeader, name)
    else this.#call(this.#before.setHeader, name, Array.isArray(value) ? kept : kept[0]!)
  }

  #maskTrailers(headers: OutgoingHttpHeaders | readonly [string, string][]): [string, string][] {
    this.#trailers = true
    const pairs = Array.isArray(headers) ? (headers as readonly [string, string][]) : Object.entries(headers)
    return pairs.flatMap(([name, value]): [string, string][] => {
      const key = name.toLowerCase()
      if ((DIGESTS as readonly string[]).includes(key) && this.#plan.does !== 'pass') return []
      try {
        return this.#maskedValues(key, value).map((one) => [name, one])
      } catch (error) {
        // The body may be on its way: the trailer goes, and is counted.
        ;(this.#mask as HttpMask).failed(failureOf(error).code, this.#headSent)
        return []
      }
    })
  }

  #maskHints(hints: Record<string, string | string[]>): Record<string, string | string[]> {
    const out: Record<string, string | string[]> = {}
    for (const [name, value] of Object.entries(hints)) {
      try {
        const masked = this.#maskedValues(name.toLowerCase(), value)
        // Node takes a link only in the form of one, which a masked one may no longer have.
        if (masked.length > 0 && (name.toLowerCase() !== 'link' || masked.every((one) => LINK.test(one)))) out[name] = Array.isArray(value) ? masked : masked[0]!
      } catch (error) {
        ;(this.#mask as HttpMask).failed(failureOf(error).code, false)
      }
    }
    return out
  }

  #maskedValues(key: string, value: unknown): string[] {
    const mask = this.#mask as HttpMask
    const values = Array.isArray(value) ? value.map(String) : [String(value)]
    const action = mask.actionOf(key)
    if (action === 'keep') return values
    return action === 'remove' ? [] : values.map((one) => maskHeader(mask.masker, key, one)).filter((one) => one !== undefined)
  }

  // ---------------------------------------------------------------------------------------------- the body

  /** The handler's first bytes complete the head, through whatever middleware waits for `writeHead`. */
  #begin(): void {
    if (this.#state === 'open') this.#response.writeHead(this.#response.statusCode)
    // What stands in front of `writeHead` may have kept it from us.
    if (this.#state === 'open') this.#commit()
  }

  #write(chunk: Chunk, encoding: BufferEncoding | undefined, done: Callback | undefined): boolean {
    // Node says what is wrong with what is no chunk, and with a write after the end.
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return this.#call(this.#before.write, chunk, encoding, done)
    if (this.#state === 'ended' || this.#state === 'over') {
      if (nativeFlag(this.#response, 'writableEnded') && this.#state === 'ended') return this.#call(this.#before.write, NONE, undefined, done)
      later(done, this.#state === 'over' ? undefined : Object.assign(new Error('write after end'), { code: 'ERR_STREAM_WRITE_AFTER_END' }))
      return this.#state === 'over'
    }
    this.#begin()
    return this.#put(chunk, encoding, done)
  }

  #put(chunk: Chunk, encoding: BufferEncoding | undefined, done: Callback | undefined): boolean {
    const plan = this.#plan
    if (this.#over()) {
      later(done)
      return true
    }
    switch (plan.does) {
      case 'nothing':
        later(done)
        return true
      case 'pass':
        if (!this.#sendHead(undefined, false)) break
        return this.#call(this.#before.write, chunk, encoding, done)
      default: {
        const bytes = toBuffer(chunk, encoding)
        if (this.#input !== undefined) return this.#input.write(bytes, done)
        if (plan.body.collects) {
          this.#collect(bytes)
          later(done)
          return true
        }
        const out = this.#masked(() => plan.body.push(bytes), bytes.length)
        if (out === undefined || out.length === 0) {
          later(done)
          return true
        }
        if (!this.#sendHead(undefined, true)) break
        return this.#call(this.#before.write, out, undefined, done)
      }
    }
    later(done)
    return true
  }

  /** Keeps a chunk, which is copied: once `write` has called back it may be used again. */
  #collect(bytes: Buffer): void {
    const mask = this.#mask as HttpMask
    if (this.#store.size + bytes.length > Math.min(mask.maxBodyBytes, mask.masker.policy.max_record_bytes)) this.#fail(new HttpMaskError('oversize'))
    else this.#store.add(bytes)
  }

  #masked(run: () => Buffer, length: number): Buffer | undefined {
    const { counters } = this.#mask as HttpMask
    try {
      const out = run()
      counters.bytesIn += length
      counters.bytesOut += out.length
      return out
    } catch (error) {
      this.#fail(failureOf(error))
      return undefined
    }
  }

  #end(chunk: Chunk | null | undefined, encoding: BufferEncoding | undefined, done: Callback | undefined): void {
    if (this.#state === 'over' || this.#state === 'ended') {
      // Node says what is wrong with a second end.
      if (this.#state === 'over' || nativeFlag(this.#response, 'writableEnded')) this.#call(this.#before.end, undefined, undefined, done)
      else later(done)
      return
    }
    if (chunk !== undefined && chunk !== null && typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) {
      this.#call(this.#before.write, chunk as never)
      return
    }
    this.#begin()
    if (this.#over()) {
      later(done)
      return
    }
    const plan = this.#plan
    switch (plan.does) {
      case 'nothing':
        this.#state = 'ended'
        if (this.#sendHead(undefined, true)) this.#finish(undefined, undefined, done)
        else later(done)
        return
      case 'pass':
        this.#state = 'ended'
        if (this.#sendHead(undefined, false)) this.#finish(chunk ?? undefined, encoding, done)
        else later(done)
        return
      default:
        if (this.#input !== undefined) {
          this.#state = 'ended'
          ;(this.#mask as HttpMask).counters.bodies++
          if (done !== undefined) this.#response.once('finish', () => done())
          this.#input.end(toBuffer(chunk ?? NONE, encoding))
          return
        }
        if (plan.body.collects && plan.coding !== null) {
          if (chunk) this.#collect(toBuffer(chunk, encoding))
          if (!this.#over()) this.#recodeWhole(plan.body, plan.coding, done)
          return
        }
        this.#endMasked(plan, chunk, encoding, done)
    }
  }

  #endMasked(plan: Plan & { does: 'mask' }, chunk: Chunk | null | undefined, encoding: BufferEncoding | undefined, done: Callback | undefined): void {
    const mask = this.#mask as HttpMask
    let out: Chunk | undefined
    let changed = true
    if (plan.kind === 'json' && this.#store.size === 0 && plan.contentType === undefined && (typeof chunk !== 'string' || encoding === undefined || /^utf-?8$/i.test(encoding))) {
      // The whole body at once, as frameworks hand over JSON: it needs no copies.
      const whole = chunk === undefined || chunk === null ? NONE : typeof chunk === 'string' ? chunk : toBuffer(chunk, undefined)
      try {
        out = whole.length === 0 ? whole : maskDocument<string | Buffer>(mask.masker, whole, mask.maxBodyBytes)
      } catch (error) {
        this.#fail(failureOf(error))
        later(done)
        return
      }
      mask.counters.bytesIn += typeof whole === 'string' ? Buffer.byteLength(whole) : whole.length
      mask.counters.bytesOut += typeof out === 'string' ? Buffer.byteLength(out) : out.length
      changed = out !== whole
    } else {
      const held = this.#store.take()
      const last = toBuffer(chunk ?? NONE, encoding)
      out = this.#masked(() => {
        const parts = [plan.body.push(held), plan.body.push(last), plan.body.end()].filter((part) => part.length > 0)
        return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
      }, last.length + held.length)
      if (out === undefined) {
        later(done)
        return
      }
      changed = plan.body.changed
    }
    mask.counters.bodies++
    this.#state = 'ended'
    if (this.#sendHead(typeof out === 'string' ? Buffer.byteLength(out) : out.length, changed)) this.#finish(out.length === 0 ? undefined : out, undefined, done)
    else later(done)
  }

  /** The end of a response that is as it should be. */
  #finish(chunk: Chunk | undefined, encoding: BufferEncoding | undefined, done: Callback | undefined): void {
    this.#call(this.#before.end, chunk, encoding, done)
  }

  // ---------------------------------------------------------------------------------------------- compressed bodies

  #recodeWhole(body: BodyMask, coding: Coding, done: Callback | undefined): void {
    const mask = this.#mask as HttpMask
    const bytes = this.#store.take()
    this.#state = 'ended'
    const send = (out: Buffer): void => {
      if (this.#over()) return
      mask.counters.bodies++
      mask.counters.bytesIn += bytes.length
      mask.counters.bytesOut += out.length
      if (this.#sendHead(out.length, out.length > 0)) this.#finish(out.length === 0 ? undefined : out, undefined, done)
    }
    if (bytes.length === 0) {
      send(bytes)
      return
    }
    this.#aborted = new AbortController()
    recode(body, coding, bytes, this.#aborted.signal)
      .then(send)
      .catch((error: unknown) => {
        if (!this.#over()) this.#fail(recodeFailure(error))
      })
  }

  /** Decoder, mask and encoder, each holding back the one before. */
  #recodeStream(body: BodyMask, coding: Coding, live: boolean): void {
    const guard = this
    const { counters } = this.#mask as HttpMask
    const input = new PassThrough()
    this.#input = input
    // The handler waits for the response's own event.
    input.on('drain', () => void this.#response.emit('drain'))
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        if (guard.#over()) return done()
        if (!guard.#sendHead(undefined, true)) return done()
        counters.bytesOut += chunk.length
        guard.#call(guard.#before.write, chunk, undefined, (error) => done(error ?? null))
      },
    })
    input.on('data', (chunk: Buffer) => void (counters.bytesIn += chunk.length))
    pipeline(input, coding.decoder(), new MaskStage(body), coding.encoder(live), sink, (error) => {
      if (this.#over()) return
      if (error) this.#fail(recodeFailure(error))
      else if (this.#sendHead(undefined, true)) this.#finish(undefined, undefined, undefined)
    })
  }

  // ---------------------------------------------------------------------------------------------- the rest

  #flushHeaders(): void {
    if (this.#state === 'open') this.#begin()
    if (this.#over() || this.#state === 'ended') return
    const plan = this.#plan
    // The head of a body that is collected waits for it: it may have to say that it could not be masked.
    if (plan.does === 'mask' && plan.body.collects) return
    if (this.#sendHead(undefined, plan.does !== 'pass')) this.#call(this.#before.flushHeaders)
  }

  #over(): boolean {
    return this.#state === 'over'
  }

  /** The handler, or the stream that it sends, has given up. What it was is not known to be whole. */
  #destroy(error: Error | undefined): void {
    const socket = this.#response.socket
    const canTell = this.#state === 'committed' && this.#mask !== false && !this.#headSent && this.#inside === 0 && this.#plan.does === 'mask' && socket?.destroyed === false
    if (canTell) this.#fail(new HttpMaskError('broken'))
    else this.#call(this.#before.destroy, error)
  }

  #fail(error: HttpMaskError): void {
    if (this.#over()) return
    const mask = this.#mask as HttpMask
    const response = this.#response
    const begun = this.#headSent
    const plan = this.#plan
    this.#state = 'over'
    this.#discard()
    mask.failed(error.code, begun)
    if (begun) {
      if (plan.does === 'mask' && plan.kind === 'sse' && plan.coding === null) this.#call(this.#before.end, `event: error\ndata: ${failureBody(error.code)}\n\n`)
      else this.#call(this.#before.destroy)
      return
    }
    for (const name of response.getHeaderNames()) if (!staysOnFailure(name)) this.#call(this.#before.removeHeader, name)
    const body = failureBody(error.code)
    response.statusCode = 500
    if (this.#hasReason) response.statusMessage = ''
    this.#call(this.#before.setHeader, 'content-type', 'application/json; charset=utf-8')
    this.#call(this.#before.setHeader, 'cache-control', 'no-store')
    this.#call(this.#before.setHeader, 'content-length', Buffer.byteLength(body))
    this.#headSent = true
    this.#forgetTrailers()
    this.#call(this.#before.writeHead, 500)
    this.#call(this.#before.end, this.#method === 'HEAD' ? undefined : body)
  }

  /** Trailers cannot follow a body of known length. */
  #forgetTrailers(): void {
    if (this.#trailers) this.#call(this.#before.addTrailers, [])
  }

  #discard(): void {
    this.#store.clear()
    this.#input?.destroy()
    this.#aborted?.abort()
  }

  /** The connection is gone, or everything is sent. */
  #release(): void {
    this.#state = 'over'
    this.#discard()
  }
}

/** Of HTTP/1. */
interface RawNames {
  getRawHeaderNames(): string[]
}

const LINK = /^<[^<>]*>(?:\s*;\s*[^;"\s=]+(?:=(?:"[^"]*"|[^;"\s]*))?)*$/

function text(header: OutgoingHttpHeader | undefined): string | undefined {
  return header === undefined ? undefined : String(header)
}

function overload(rest: unknown[]): [BufferEncoding | undefined, Callback | undefined] {
  const [encoding, done] = typeof rest[0] === 'function' ? [undefined, rest[0]] : rest
  return [(encoding ?? undefined) as BufferEncoding | undefined, typeof done === 'function' ? (done as Callback) : undefined]
}

function toBuffer(chunk: Chunk, encoding: BufferEncoding | undefined): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk, encoding)
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}

function later(done: Callback | undefined, error?: Error): void {
  if (done !== undefined) process.nextTick(done, error)
}

function tooLate(): Error {
  return Object.assign(new Error('Cannot change headers after they are sent to the client'), { code: 'ERR_HTTP_HEADERS_SENT' })
}

/** A flag of the response as its class has it. */
function nativeFlag(response: ServerResponse, name: 'headersSent' | 'writableEnded'): boolean {
  for (let object: object | null = Object.getPrototypeOf(response) as object | null; object !== null; object = Object.getPrototypeOf(object) as object | null) {
    const get = Object.getOwnPropertyDescriptor(object, name)?.get
    if (get !== undefined) return Boolean(get.call(response))
  }
  return false
}
