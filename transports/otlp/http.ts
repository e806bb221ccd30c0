// OTLP over HTTP, as a server: HTTP/1.1 in the clear, HTTP/1.1 and HTTP/2 under TLS.
//
//   head -> checks -> room in memory -> body -> decompressed -> masked -> upstream -> its answer
//
// Until there is room the body is not read. Nothing is answered before it is known what becomes of the request, and nothing is forwarded
// before all of it is there.

import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createSecureServer, type Http2SecureServer, type Http2ServerRequest, type Http2ServerResponse, type ServerHttp2Session } from 'node:http2'
import { Server as NetServer, type AddressInfo, type Socket } from 'node:net'
import { promisify } from 'node:util'
import { gunzip, type ZlibOptions } from 'node:zlib'
import { listen } from '../edge/admin.ts'
import type { Address } from '../edge/address.ts'
import { readCertificates, watchCertificates } from '../edge/certificates.ts'
import { errorKind } from '../edge/log.ts'
import type { Lease } from './budget.ts'
import { HOP, type Engine } from './engine.ts'
import type { HttpAnswer, HttpUpstream } from './forward-http.ts'
import { Gone, Refusal } from './refusal.ts'
import { ANSWER_MS } from './retry.ts'
import { encodeStatus } from './status.ts'
import type { Encoding, Signal } from './types.ts'

const inflate = promisify(gunzip) as (bytes: Buffer, options: ZlibOptions) => Promise<Buffer>

/** A listener that can be ended without losing what it has accepted. */
export interface Listener {
  readonly address: Address
  /** Accepts no more connections; settles when the last request has been answered. */
  drain(): Promise<void>
  /** Drops what is left. */
  close(): void
}

/** Go's clients keep idle connections for 90 s: the server must not be the one that closes them. */
const KEEP_ALIVE_MS = 100_000
/** Connections that look idle while the proxy ends may have a request on its way: so long they are still served. */
const LINGER_MS = 250
/** What a client still sends after it was refused is read for so long, and up to so much, so that it sees the answer. */
const DISCARD_MS = 1000
const DISCARD_BYTES = 4 << 20
/** gzip makes at most 1032 bytes of one. */
const GZIP_RATIO = 1032

type Request = IncomingMessage | Http2ServerRequest
type Response = ServerResponse | Http2ServerResponse

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Starts the listener. Rejects when the address cannot be listened on; throws InputError for certificates that cannot be used. */
export async function listenHttp(address: Address, engine: Engine, upstream: HttpUpstream): Promise<Listener> {
  const { tls, bodyTimeoutMs } = engine.settings
  const handle = (request: Request, response: Response): void => {
    during(request, response)
    void serve(engine, upstream, request, response, false)
  }
  const handleExpecting = (request: Request, response: Response): void => {
    during(request, response)
    void serve(engine, upstream, request, response, true)
  }
  let unwatch = (): void => {}
  const sessions = new Set<ServerHttp2Session>()
  const server = tls === undefined ? createServer() : secureServer()
  // HTTP/1.1: requests under way on each connection. Those without one are closed at the end; HTTP/2 has sessions for it.
  const busy = new Map<Socket, number>()
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    busy.set(socket, 0)
    socket.on('close', () => busy.delete(socket))
  })
  const during = (request: Request, response: Response): void => {
    if (request.httpVersionMajor >= 2) return
    const { socket } = request
    busy.set(socket, (busy.get(socket) ?? 0) + 1)
    response.on('close', () => {
      if (busy.has(socket)) busy.set(socket, (busy.get(socket) ?? 1) - 1)
    })
  }
  server.on('request', handle)
  server.on('checkContinue', handleExpecting)
  // allowHTTP1 gives the connections that speak HTTP/1.1 the same settings
  Object.assign(server, { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: 60_000, requestTimeout: bodyTimeoutMs + 30_000 })
  server.on('clientError', (_error: Error, socket: NodeJS.WritableStream & { destroy(): void; writable: boolean }) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
    else socket.destroy()
  })

  function secureServer(): Http2SecureServer {
    const files = tls!
    const options = (found: ReturnType<typeof readCertificates>) => ({
      ...found,
      minVersion: 'TLSv1.2' as const,
      ...(files.ca === undefined ? {} : { requestCert: true, rejectUnauthorized: true }),
    })
    const secure = createSecureServer({ allowHTTP1: true, ...options(readCertificates(files, 'tls')), settings: { maxConcurrentStreams: 100 }, maxSessionMemory: 64 })
    unwatch = watchCertificates(
      files,
      'tls',
      (found) => {
        secure.setSecureContext(options(found))
        engine.log('info', 'certificates of the HTTP listener reloaded')
      },
      () => engine.log('error', 'changed certificates of the HTTP listener cannot be used: the old ones stay in force'),
    )
    secure.on('session', (session) => {
      sessions.add(session)
      session.on('close', () => sessions.delete(session))
    })
    secure.on('sessionError', () => {})
    return secure
  }

  await listen(server, address)
  const { port } = server.address() as AddressInfo
  return {
    address: { host: address.host, port },
    async drain() {
      unwatch()
      // The close of an HTTP server also ends connections that are idle at this moment.
      const closed = new Promise<void>((done) => NetServer.prototype.close.call(server as unknown as NetServer, () => done()))
      for (const session of sessions) session.close()
      await Promise.race([closed, new Promise((done) => setTimeout(done, LINGER_MS))])
      for (;;) {
        for (const [socket, requests] of busy) if (requests === 0 && !isHttp2(socket)) socket.destroySoon()
        if (await Promise.race([closed.then(() => true), new Promise<boolean>((done) => setTimeout(done, 50, false))])) return
      }
    },
    close() {
      unwatch()
      server.close()
      for (const session of sessions) session.destroy()
      for (const socket of busy.keys()) socket.destroy()
    },
  }
}

function isHttp2(socket: Socket): boolean {
  return (socket as { alpnProtocol?: string | false }).alpnProtocol === 'h2'
}

async function serve(engine: Engine, upstream: HttpUpstream, request: Request, response: Response, expecting: boolean): Promise<void> {
  const started = performance.now()
  const left = new AbortController()
  response.on('close', () => {
    if (!response.writableFinished) left.abort()
  })
  request.on('error', () => {})
  response.on('error', () => {})
  const path = (request.url ?? '').split('?', 1)[0] as string
  const signal = engine.settings.paths.get(path)
  const encoding = encodingOf(request.headers)
  const cors = corsOf(engine, request.headers)
  const lease = engine.budget.lease()
  engine.active++
  try {
    let answer: Answer
    try {
      if (request.method === 'OPTIONS' && signal !== undefined && cors !== undefined && request.headers['access-control-request-method'] !== undefined) {
        answer = { status: 204, headers: cors.preflight, body: Buffer.alloc(0) }
      } else {
        answer = await forward(engine, upstream, { request, response, expecting, signal, encoding, lease, gone: left.signal, started })
      }
    } catch (error) {
      if (error instanceof Gone || left.signal.aborted) throw error instanceof Gone ? error : new Gone()
      if (!(error instanceof Refusal)) engine.sparse('internal', 'error', 'a request could not be handled', { error: errorKind(error) })
      const refusal = error instanceof Refusal ? error : new Refusal('internal')
      engine.metrics.refused('http', refusal.reason)
      answer = refused(refusal, encoding ?? 'json')
    }
    lease.release()
    engine.metrics.answered('http', signal ?? 'none', answer.status, (performance.now() - started) / 1000)
    await send(engine, request, response, { ...answer, headers: { ...answer.headers, ...cors?.simple } })
  } catch (error) {
    if (error instanceof Gone) engine.metrics.answered('http', signal ?? 'none', 'gone', (performance.now() - started) / 1000)
    else engine.sparse('send', 'error', 'an answer could not be sent', { error: errorKind(error) })
    response.destroy()
  } finally {
    lease.release()
    engine.active--
  }
}

interface Exchange {
  readonly request: Request
  readonly response: Response
  readonly expecting: boolean
  readonly signal: Signal | undefined
  readonly encoding: Encoding | undefined
  readonly lease: Lease
  readonly gone: AbortSignal
  readonly started: number
}

async function forward(engine: Engine, upstream: HttpUpstream, exchange: Exchange): Promise<Answer> {
  const { request, signal, encoding, lease, gone, started } = exchange
  const { settings } = engine
  if (signal === undefined) throw new Refusal('not_found')
  if (request.method !== 'POST') throw new Refusal('method')
  if (encoding === undefined) throw new Refusal('content_type')
  const coding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (coding !== 'gzip' && coding !== 'identity' && coding !== 'none' && coding !== '') throw new Refusal('content_encoding')
  const hop = engine.nextHop(one(request.headers[HOP]))
  const room = new Room(lease, settings.waitMs, gone)
  const sent = await readBody(engine, exchange, room, coding === 'gzip' ? 1 : 2)
  const body = coding === 'gzip' ? await decompress(sent, settings.maxBodyBytes, room) : sent
  // what has been read, and what is about to be written
  lease.set(2 * body.length)
  const masked = engine.rewrite(signal, encoding, body)
  // What was read counts on: it stays in memory until it is collected.
  lease.set(body.length + masked.length)
  const now = performance.now()
  const answerBy = Math.max(started + settings.timeoutMs, now + 1000)
  const answer: HttpAnswer = await upstream.send({
    signal,
    body: masked,
    // without the parameters of the client's: they are no part of OTLP, and nobody has masked them
    contentType: TYPES[encoding],
    headers: request.headers,
    hop,
    retryUntil: Math.min(now + room.left, answerBy - ANSWER_MS),
    answerBy,
    gone,
  })
  return { status: answer.status, headers: answer.headers, body: answer.body }
}

/** Room in memory for one request, and how long it may still wait for more. */
class Room {
  left: number
  readonly #lease: Lease
  readonly #gone: AbortSignal

  constructor(lease: Lease, waitMs: number, gone: AbortSignal) {
    this.#lease = lease
    this.left = waitMs
    this.#gone = gone
  }

  get bytes(): number {
    return this.#lease.bytes
  }

  /** Throws Refusal when there is no room in time. */
  async need(bytes: number): Promise<void> {
    if (bytes <= this.#lease.bytes) return
    const begun = performance.now()
    const granted = await this.#lease.grow(bytes - this.#lease.bytes, this.left, this.#gone)
    this.left = Math.max(0, this.left - (performance.now() - begun))
    if (!granted) throw new Refusal('busy')
  }
}

const FIRST_ROOM = 1 << 16

/** The body as it was sent. `factor`: how much memory a byte of it takes on its way. */
async function readBody(engine: Engine, { request, response, expecting, gone }: Exchange, room: Room, factor: number): Promise<Buffer> {
  const { maxBodyBytes, bodyTimeoutMs } = engine.settings
  const declared = one(request.headers['content-length'])
  if (declared !== undefined && Number(declared) > maxBodyBytes) throw new Refusal('too_large')
  await room.need(factor * (declared === undefined ? FIRST_ROOM : Number(declared)))
  if (expecting) (response as ServerResponse).writeContinue()
  return new Promise((resolve, reject) => {
    // Copied as it comes: pieces that live on until the end of the request are collected late.
    let bytes = Buffer.allocUnsafeSlow(declared === undefined ? FIRST_ROOM : Number(declared))
    let length = 0
    const settle = (error: Error | undefined): void => {
      clearTimeout(timer)
      gone.removeEventListener('abort', leave)
      request.off('data', take)
      request.off('end', end)
      request.pause()
      if (error === undefined) resolve(bytes.subarray(0, length))
      else reject(error)
    }
    const leave = (): void => settle(new Gone())
    const end = (): void => settle(undefined)
    const take = (chunk: Buffer): void => {
      if (length + chunk.length > maxBodyBytes) {
        settle(new Refusal('too_large'))
        return
      }
      if (length + chunk.length > bytes.length) {
        const more = Buffer.allocUnsafeSlow(Math.min(maxBodyBytes, Math.max(2 * bytes.length, length + chunk.length)))
        bytes.copy(more, 0, 0, length)
        bytes = more
      }
      chunk.copy(bytes, length)
      length += chunk.length
      const needed = factor * length
      if (needed <= room.bytes) return
      request.pause()
      // in steps that grow, so that few of them are asked for
      room.need(Math.min(Math.max(needed, 2 * room.bytes), factor * maxBodyBytes)).then(() => request.resume(), settle)
    }
    const timer = setTimeout(() => settle(new Refusal('slow_body')), bodyTimeoutMs)
    gone.addEventListener('abort', leave)
    request.on('data', take)
    request.on('end', end)
    if (gone.aborted) leave()
  })
}

/** Decompresses under the limit. The size that the end of the stream tells is believed for making room, and held to. */
async function decompress(body: Buffer, limit: number, room: Room): Promise<Buffer> {
  const told = body.length < 18 ? 0 : body.readUInt32LE(body.length - 4)
  const possible = body.length * GZIP_RATIO
  const bound = Math.min(possible, limit)
  for (const most of [Math.min(told, bound), bound]) {
    await room.need(body.length + 2 * most)
    try {
      // One more than is told, so that the whole fits one piece of output.
      return await inflate(body, { maxOutputLength: Math.max(1, most), chunkSize: Math.max(1024, most + 1) })
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ERR_BUFFER_TOO_LARGE') throw new Refusal('undecodable')
      // more than told: a stream of several members, or one of 4 GiB
    }
  }
  throw new Refusal('too_large')
}

function refused(refusal: Refusal, encoding: Encoding): Answer {
  const headers: Record<string, string> = { 'content-type': TYPES[encoding] }
  if (refusal.retryMs !== undefined) headers['retry-after'] = String(Math.ceil(refusal.retryMs / 1000))
  if (refusal.reason === 'method') headers['allow'] = 'POST'
  if (refusal.reason === 'content_encoding') headers['accept-encoding'] = 'gzip, identity'
  return { status: refusal.http, headers, body: encodeStatus({ code: refusal.grpc, message: refusal.message, retryMs: refusal.retryMs }, encoding) }
}

async function send(engine: Engine, request: Request, response: Response, { status, headers, body }: Answer): Promise<void> {
  const old = request.httpVersionMajor < 2
  const unread = !request.complete
  const all: Record<string, string | number> = { ...headers }
  if (status !== 204) all['content-length'] = body.length
  if (old && (unread || engine.draining)) all['connection'] = 'close'
  const head = response as ServerResponse
  head.writeHead(status, all)
  if (!unread) {
    request.resume()
    await new Promise<void>((done) => {
      head.once('close', done)
      head.end(body, done)
    })
    return
  }
  if (old) {
    // Closed at once, the connection would be reset under an answer that the client has not read yet.
    head.write(body)
    await discard(request)
    head.end()
  } else {
    head.end(body, () => (response as Http2ServerResponse).stream?.close())
  }
}

function discard(request: Request): Promise<void> {
  return new Promise((done) => {
    let bytes = 0
    const timer = setTimeout(finish, DISCARD_MS)
    function finish(): void {
      clearTimeout(timer)
      request.pause()
      done()
    }
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > DISCARD_BYTES) finish()
    })
    request.once('end', finish)
    request.once('close', finish)
    request.resume()
  })
}

const TYPES: Readonly<Record<Encoding, string>> = { protobuf: 'application/x-protobuf', json: 'application/json' }

/** Parameters of the content type do not matter. */
function encodingOf(headers: IncomingHttpHeaders): Encoding | undefined {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase()
  return type === 'application/x-protobuf' || type === 'application/protobuf' ? 'protobuf' : type === 'application/json' ? 'json' : undefined
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value
}

interface Cors {
  readonly simple: Readonly<Record<string, string>>
  readonly preflight: Readonly<Record<string, string>>
}

/** The headers for a web page that may send; undefined for one that may not, and for what is no page. */
function corsOf({ settings }: Engine, headers: IncomingHttpHeaders): Cors | undefined {
  const { origin } = headers
  const { corsOrigins } = settings
  if (origin === undefined || corsOrigins.length === 0) return undefined
  const any = corsOrigins.includes('*')
  if (!any && !corsOrigins.includes(origin)) return undefined
  const simple = { 'access-control-allow-origin': any ? '*' : origin, 'access-control-expose-headers': 'retry-after', ...(any ? {} : { vary: 'origin' }) }
  const names = ['content-type', 'content-encoding', ...[...settings.forwardHeaders].filter((name) => name !== 'user-agent')]
  return { simple, preflight: { 'access-control-allow-methods': 'POST', 'access-control-allow-headers': names.join(', '), 'access-control-max-age': '7200' } }
}
