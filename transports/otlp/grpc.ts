// OTLP over gRPC, as a server and as a client, on @grpc/grpc-js. Messages stay the bytes that they are: no protobuf library is needed.
//
// A message is there as a whole before its size is known, so room in memory is made in two steps: before it is read, for as much as messages
// have lately needed; once it is there, for what it is. The socket is not read in the meantime.

import type * as grpcModule from '@grpc/grpc-js'
import { InputError } from '../../src/index.ts'
import type { Address } from '../edge/address.ts'
import { readCertificates, watchCertificates, type CertificateFiles } from '../edge/certificates.ts'
import { errorKind } from '../edge/log.ts'
import type { Lease } from './budget.ts'
import { HOP, type Engine } from './engine.ts'
import type { Listener } from './http.ts'
import { portOf } from './options.ts'
import { Gone, Refusal } from './refusal.ts'
import { ANSWER_MS, withRetries, type Outcome } from './retry.ts'
import { encodeStatus, GRPC, retryInfoOf } from './status.ts'
import type { Signal } from './types.ts'

export type Grpc = typeof grpcModule

const SERVICES: Readonly<Record<Signal, string>> = {
  traces: 'opentelemetry.proto.collector.trace.v1.TraceService',
  metrics: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
  logs: 'opentelemetry.proto.collector.logs.v1.LogsService',
}
const DETAILS = 'grpc-status-details-bin'
const MOST_ANSWER = 4 << 20
/** Before its deadline the client must have its answer. */
const MARGIN_MS = 250
/** Messages that are being received, over all clients: as many may be larger than what room was made for. */
const MOST_RECEIVING = 16
const FIRST_ROOM = 1 << 18
/** Of a message there are this many in memory: as it came in pieces, whole, masked, and in the frame in which it is sent on. */
const COPIES = 4
const KEEPALIVE_MS = 60_000

const RETRYABLE: ReadonlySet<number> = new Set([GRPC.cancelled, GRPC.deadlineExceeded, GRPC.aborted, GRPC.outOfRange, GRPC.unavailable, GRPC.dataLoss])

/** The package, which is not installed with this one. Throws InputError that says how to install it. */
export async function loadGrpc(): Promise<Grpc> {
  try {
    const loaded = (await import('@grpc/grpc-js')) as Grpc & { default?: Grpc }
    return loaded.default ?? loaded
  } catch {
    throw new InputError('bad_option', 'a gRPC listener needs the package @grpc/grpc-js 1.14 or later, which is not installed: npm install @grpc/grpc-js')
  }
}

interface Forward {
  readonly signal: Signal
  readonly body: Buffer
  readonly metadata: grpcModule.Metadata
  /** No attempt begins later, and the answer comes before; in the terms of performance.now. */
  readonly retryUntil: number
  readonly answerBy: number
  readonly gone: AbortSignal
}

/** What an answer that is no success consists of. */
interface Failure {
  readonly code: number
  readonly details: string
  readonly metadata?: grpcModule.Metadata
}

export interface GrpcUpstream {
  /** Throws Refusal or Gone. */
  send(forward: Forward): Promise<Buffer | Failure>
  close(): void
}

const identity = (bytes: Buffer): Buffer => bytes

export function createGrpcUpstream(url: URL, engine: Engine, grpc: Grpc): GrpcUpstream {
  const { settings, metrics, log, sparse } = engine
  const target = `dns:///${url.hostname}:${portOf(url)}`
  const make = (): grpcModule.Client => {
    const { ca, cert, key } = readCertificates(settings.forwardTls, 'forwardTls')
    const credentials = url.protocol === 'https:' ? grpc.credentials.createSsl(ca ?? null, key ?? null, cert ?? null) : grpc.credentials.createInsecure()
    return new grpc.Client(target, credentials, {
      'grpc.max_receive_message_length': MOST_ANSWER,
      'grpc.max_send_message_length': -1,
      // what is tried again is decided here
      'grpc.enable_retries': 0,
      'grpc.service_config_disable_resolution': 1,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.min_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1000,
      'grpc.keepalive_time_ms': KEEPALIVE_MS,
      'grpc.enable_http_proxy': 0,
      'grpc.primary_user_agent': 'mask-logs',
      // upstreams of one process do not share connections: certificates may differ
      'grpc.use_local_subchannel_pool': 1,
      ...(settings.gzip ? { 'grpc.default_compression_algorithm': 2 } : {}),
    })
  }
  let client = make()
  const unwatch = watchCertificates(
    settings.forwardTls,
    'forwardTls',
    () => {
      const old = client
      client = make()
      setTimeout(() => old.close(), settings.timeoutMs + settings.waitMs).unref()
      log('info', 'certificates for the gRPC upstream reloaded')
    },
    () => log('error', 'changed certificates for the gRPC upstream cannot be used: the old ones stay in force'),
  )
  let running = 0
  const queue: (() => void)[] = []
  /** At most so many calls at once; the others wait for their turn. */
  const turn = (forward: Forward): Promise<void> | undefined => {
    if (running < settings.maxConcurrent) {
      running++
      return undefined
    }
    return new Promise((resolve, reject) => {
      const leave = (error: Error): void => {
        queue.splice(queue.indexOf(go), 1)
        clearTimeout(timer)
        forward.gone.removeEventListener('abort', abort)
        reject(error)
      }
      const abort = (): void => leave(new Gone())
      const go = (): void => {
        clearTimeout(timer)
        forward.gone.removeEventListener('abort', abort)
        running++
        resolve()
      }
      const timer = setTimeout(() => leave(new Refusal('upstream_timeout')), Math.max(0, forward.answerBy - performance.now()))
      forward.gone.addEventListener('abort', abort)
      queue.push(go)
    })
  }
  const attempt = (forward: Forward): Promise<Buffer | Failure> =>
    new Promise((resolve, reject) => {
      const { gone, answerBy, signal, body, metadata } = forward
      if (gone.aborted) return reject(new Gone())
      const deadline = Date.now() + Math.max(1, answerBy - performance.now())
      const call = client.makeUnaryRequest<Buffer, Buffer>(`/${SERVICES[signal]}/Export`, identity, identity, body, metadata, { deadline }, (error, answer) => {
        gone.removeEventListener('abort', leave)
        if (gone.aborted) reject(new Gone())
        else if (error === null) resolve(answer ?? Buffer.alloc(0))
        else resolve({ code: error.code, details: error.details, metadata: error.metadata })
      })
      const leave = (): void => call.cancel()
      gone.addEventListener('abort', leave)
    })

  return {
    async send(forward) {
      const wait = turn(forward)
      if (wait !== undefined) await wait
      try {
        return await withRetries(
          async (): Promise<Outcome<Buffer | Failure>> => {
            const value = await attempt(forward)
            if (Buffer.isBuffer(value)) {
              metrics.attempted('grpc', '0')
              return { again: false, value }
            }
            metrics.attempted('grpc', String(value.code))
            sparse('grpc status', 'warn', 'the gRPC upstream does not take requests', { code: value.code })
            const [details] = value.metadata?.get(DETAILS) ?? []
            const retryMs = Buffer.isBuffer(details) ? retryInfoOf(details) : undefined
            if (!RETRYABLE.has(value.code) && !(value.code === GRPC.resourceExhausted && retryMs !== undefined)) return { again: false, value }
            return { again: true, value, afterMs: retryMs }
          },
          forward.retryUntil,
          forward.gone,
        )
      } finally {
        running--
        queue.shift()?.()
      }
    },
    close() {
      unwatch()
      client.close()
    },
  }
}

/** What the interceptor has learned about a call before its handler runs. */
interface Admitted {
  readonly lease: Lease
  readonly started: number
  /** Time left to wait, for calls without a deadline. */
  left: number
}

/** Starts the listener. Rejects when the address cannot be listened on. */
export async function listenGrpc(address: Address, engine: Engine, grpc: Grpc, upstream: GrpcUpstream): Promise<Listener> {
  const { settings, budget, metrics } = engine
  const admitted = new WeakMap<grpcModule.Metadata, Admitted>()
  /** What a message has lately needed. */
  let usual = FIRST_ROOM
  let receiving = 0

  const waitMs = (deadline: number | Date, left: number): number => (isTime(deadline) ? Number(deadline) - Date.now() - MARGIN_MS : left)

  const interceptor = (_method: unknown, call: grpcModule.ServerInterceptingCallInterface): grpcModule.ServerInterceptingCall => {
    const started = performance.now()
    const lease = budget.lease()
    const left = new AbortController()
    let open = true
    let reading = false
    let read = false
    const end = (): void => {
      if (!open) return
      open = false
      if (reading) receiving--
      lease.release()
      engine.active--
    }
    engine.active++
    const own = new grpc.ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata(metadata, go) {
            const deadline = call.getDeadline()
            admit(lease, Math.max(0, waitMs(deadline, settings.waitMs)), left.signal)
              .then(() => {
                if (!open) return
                reading = true
                receiving++
                admitted.set(metadata, { lease, started, left: Math.max(0, settings.waitMs - (performance.now() - started)) })
                go(metadata)
              })
              .catch((error: unknown) => {
                if (error instanceof Gone) return end()
                const refusal = error instanceof Refusal ? error : new Refusal('internal')
                metrics.refused('grpc', refusal.reason)
                metrics.answered('grpc', 'none', refusal.grpc, (performance.now() - started) / 1000)
                own.sendStatus(failureOf(refusal))
                end()
              })
          },
          onReceiveMessage(message: Buffer, go) {
            read = true
            if (reading) {
              reading = false
              receiving--
            }
            usual = Math.max(FIRST_ROOM, COPIES * message.length, Math.floor(usual * 0.9))
            go(message)
          },
          onCancel() {
            // too large, damaged, under a compression that is not known, or given up: the library has answered
            if (open && !read) metrics.refused('grpc', 'not_received')
            left.abort()
            end()
          },
        }),
      sendStatus(status, next) {
        next(status)
        end()
      },
    })
    return own
  }

  const admit = async (lease: Lease, ms: number, gone: AbortSignal): Promise<void> => {
    const until = performance.now() + ms
    while (receiving >= MOST_RECEIVING) {
      if (gone.aborted) throw new Gone()
      if (performance.now() >= until) throw new Refusal('busy')
      await new Promise((done) => setTimeout(done, 5))
    }
    if (!(await lease.grow(Math.min(usual, budget.limit), until - performance.now(), gone))) throw new Refusal('busy')
  }

  const failureOf = (refusal: Refusal): grpcModule.StatusObject => {
    const metadata = new grpc.Metadata()
    if (refusal.retryMs !== undefined) metadata.set(DETAILS, encodeStatus({ code: refusal.grpc, message: refusal.message, retryMs: refusal.retryMs }, 'protobuf'))
    return { code: refusal.grpc, details: refusal.message, metadata }
  }

  const metadataFor = (given: grpcModule.Metadata, hop: string): grpcModule.Metadata => {
    const out = new grpc.Metadata()
    // its own user agent is set by the library
    for (const name of settings.forwardHeaders) if (name !== 'user-agent') for (const value of given.get(name)) out.add(name, value)
    for (const [name, value] of Object.entries(settings.headers)) if (name !== 'user-agent') out.set(name, value)
    out.set(HOP, hop)
    return out
  }

  const handle = async (signal: Signal, call: grpcModule.ServerUnaryCall<Buffer, Buffer>, gone: AbortSignal): Promise<Buffer | Failure> => {
    const { lease, started, left } = admitted.get(call.metadata) as Admitted
    const hop = engine.nextHop(call.metadata.get(HOP).join(', ') || undefined)
    const body = call.request
    const deadline = call.getDeadline()
    const most = waitMs(deadline, left)
    // What is there already is counted; room is made for its copy.
    lease.set(Math.min(lease.bytes, COPIES * body.length))
    if (!(await lease.grow(COPIES * body.length - lease.bytes, Math.max(0, most), gone))) throw new Refusal('busy')
    const masked = engine.rewrite(signal, 'protobuf', body)
    // What was read counts on: it stays in memory until it is collected.
    lease.set((COPIES / 2) * (body.length + masked.length))
    const now = performance.now()
    const answerBy = isTime(deadline) ? now + Math.max(1, Number(deadline) - Date.now() - MARGIN_MS) : started + settings.timeoutMs
    const retryUntil = Math.min(answerBy - ANSWER_MS, isTime(deadline) ? answerBy : started + settings.waitMs)
    return upstream.send({ signal, body: masked, metadata: metadataFor(call.metadata, hop), retryUntil, answerBy, gone })
  }

  const server = new grpc.Server({
    'grpc.max_receive_message_length': settings.maxBodyBytes,
    'grpc.max_send_message_length': -1,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    interceptors: [interceptor as never],
  })
  for (const [signal, service] of Object.entries(SERVICES) as [Signal, string][]) {
    const definition = {
      Export: {
        path: `/${service}/Export`,
        requestStream: false as const,
        responseStream: false as const,
        requestSerialize: identity,
        requestDeserialize: identity,
        responseSerialize: identity,
        responseDeserialize: identity,
      },
    }
    server.addService(definition, {
      Export(call: grpcModule.ServerUnaryCall<Buffer, Buffer>, callback: grpcModule.sendUnaryData<Buffer>) {
        const left = new AbortController()
        const { started } = admitted.get(call.metadata) as Admitted
        const answered = (status: number | 'gone'): void => metrics.answered('grpc', signal, status, (performance.now() - started) / 1000)
        call.on('cancelled', () => left.abort())
        if (call.cancelled) left.abort()
        handle(signal, call, left.signal).then(
          (answer) => {
            if (Buffer.isBuffer(answer)) {
              answered(GRPC.ok)
              callback(null, answer)
            } else {
              answered(answer.code)
              const metadata = new grpc.Metadata()
              for (const value of answer.metadata?.get(DETAILS) ?? []) metadata.add(DETAILS, value)
              callback({ code: answer.code, details: answer.details, metadata })
            }
          },
          (error: unknown) => {
            if (error instanceof Gone || left.signal.aborted) {
              answered('gone')
              return callback({ code: GRPC.cancelled, details: 'The client has left.' })
            }
            if (!(error instanceof Refusal)) engine.sparse('internal', 'error', 'a request could not be handled', { error: errorKind(error) })
            const refusal = error instanceof Refusal ? error : new Refusal('internal')
            metrics.refused('grpc', refusal.reason)
            answered(refusal.grpc)
            callback(failureOf(refusal))
          },
        )
      },
    })
  }

  const { credentials, close: closeCredentials } = serverCredentials(grpc, settings.tls, engine)
  const host = address.host.includes(':') ? `[${address.host}]` : address.host
  const port = await new Promise<number>((done, failed) =>
    server.bindAsync(`${host}:${address.port}`, credentials, (error, bound) => (error === null ? done(bound) : failed(error))),
  )
  return {
    address: { host: address.host, port },
    drain: () =>
      new Promise((done) => {
        closeCredentials()
        server.tryShutdown(() => done())
      }),
    close() {
      closeCredentials()
      server.forceShutdown()
    },
  }
}

function isTime(deadline: number | Date): boolean {
  return deadline instanceof Date || Number.isFinite(deadline)
}

/** The certificates come from a provider that gives new ones to the running server. */
function serverCredentials(grpc: Grpc, files: CertificateFiles | undefined, engine: Engine): { readonly credentials: grpcModule.ServerCredentials; close(): void } {
  if (files === undefined) return { credentials: grpc.ServerCredentials.createInsecure(), close: () => {} }
  let found = readCertificates(files, 'tls')
  const listeners = { identity: new Set<(update: { certificate: Buffer; privateKey: Buffer } | null) => void>(), ca: new Set<(update: { caCertificate: Buffer } | null) => void>() }
  const now = () => ({
    identity: { certificate: found.cert as Buffer, privateKey: found.key as Buffer },
    ca: found.ca === undefined ? null : { caCertificate: found.ca },
  })
  const provider: grpcModule.experimental.CertificateProvider = {
    addIdentityCertificateListener(listener) {
      listeners.identity.add(listener)
      process.nextTick(() => listener(now().identity))
    },
    removeIdentityCertificateListener: (listener) => void listeners.identity.delete(listener),
    addCaCertificateListener(listener) {
      listeners.ca.add(listener)
      process.nextTick(() => listener(now().ca))
    },
    removeCaCertificateListener: (listener) => void listeners.ca.delete(listener),
  }
  const close = watchCertificates(
    files,
    'tls',
    (changed) => {
      found = changed
      for (const listener of listeners.identity) listener(now().identity)
      for (const listener of listeners.ca) listener(now().ca)
      engine.log('info', 'certificates of the gRPC listener reloaded')
    },
    () => engine.log('error', 'changed certificates of the gRPC listener cannot be used: the old ones stay in force'),
  )
  // The first argument is the provider of certificates of its own, whatever its name in the declaration says.
  return { credentials: grpc.experimental.createCertificateProviderServerCredentials(provider, files.ca === undefined ? null : provider, files.ca !== undefined), close }
}
