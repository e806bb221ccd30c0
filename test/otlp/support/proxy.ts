// For the tests of the proxy: upstreams that do as they are told, exporters of the SDK, a decoder that is not ours, certificates.
import { spawnSync } from 'node:child_process'
import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http'
import { createServer as createTlsServer, request as httpsRequest } from 'node:https'
import { createRequire } from 'node:module'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import * as grpc from '@grpc/grpc-js'
import type { OtlpProxyOptions } from '../../../transports/otlp/options.ts'
import type { Encoding, Signal } from '../../../transports/otlp/types.ts'

export const root = fileURLToPath(new URL('../../../', import.meta.url))
export const secret = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'
const fromRoot = createRequire(import.meta.url)
const otel2 = createRequire(join(root, 'test/fixtures/otel2/package.json'))

/** A word that must not arrive, wherever it stands. */
export const CANARY = 'canary-7f3a9c51e0'
export const ruleset = 'version: "1.0"\nrules:\n- name: secret\n  keys: [app.secret]\n  masks: [{type: redact}]\n'

// ---------------------------------------------------------------------------------------------- upstreams

export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface Reaction {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
  /** Say nothing. */
  readonly hang?: boolean
  /** Reset the connection. */
  readonly reset?: boolean
  readonly afterMs?: number
}

/** An HTTP upstream; `react` says what it does with the n-th request. */
export async function httpUpstream(react: (n: number, received: Received) => Reaction = () => ({}), tls?: { cert: Buffer; key: Buffer; ca?: Buffer }, port = 0) {
  const received: Received[] = []
  let gone = 0
  const sockets = new Set<Socket>()
  const server: Server = (tls === undefined ? createServer() : createTlsServer({ ...tls, requestCert: tls.ca !== undefined, rejectUnauthorized: tls.ca !== undefined })) as Server
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('request', (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => {})
    response.on('close', () => {
      if (!response.writableFinished) gone++
    })
    request.on('end', () => {
      const sent = Buffer.concat(chunks)
      const one = { path: request.url ?? '', headers: request.headers, body: request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent }
      received.push(one)
      const {
        status = 200,
        headers = { 'content-type': request.headers['content-type'] ?? '' },
        body = request.headers['content-type'] === 'application/json' ? '{}' : '',
        hang,
        reset,
        afterMs = 0,
      } = react(received.length - 1, one)
      if (hang) return
      if (reset) return void request.socket.destroy()
      setTimeout(() => response.writeHead(status, headers).end(body), afterMs)
    })
  })
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  return {
    received,
    port: (server.address() as AddressInfo).port,
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Requests whose client went away before the answer. */
    get gone() {
      return gone
    },
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

export const SERVICES: Readonly<Record<Signal, string>> = {
  traces: 'opentelemetry.proto.collector.trace.v1.TraceService',
  metrics: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
  logs: 'opentelemetry.proto.collector.logs.v1.LogsService',
}
const identity = (bytes: Buffer): Buffer => bytes

export interface GrpcReceived {
  readonly signal: Signal
  readonly metadata: grpc.Metadata
  readonly deadline: number
  readonly body: Buffer
}

export interface GrpcReaction {
  readonly body?: Buffer
  readonly code?: number
  readonly metadata?: grpc.Metadata
  readonly hang?: boolean
}

/** A gRPC upstream. */
export async function grpcUpstream(react: (n: number, received: GrpcReceived) => GrpcReaction = () => ({}), credentials = grpc.ServerCredentials.createInsecure(), port = 0) {
  const received: GrpcReceived[] = []
  let cancelled = 0
  const server = new grpc.Server({ 'grpc.max_receive_message_length': -1 })
  for (const [signal, service] of Object.entries(SERVICES) as [Signal, string][]) {
    const method = {
      path: `/${service}/Export`,
      requestStream: false as const,
      responseStream: false as const,
      requestSerialize: identity,
      requestDeserialize: identity,
      responseSerialize: identity,
      responseDeserialize: identity,
    }
    server.addService(
      { Export: method },
      {
        Export(call: grpc.ServerUnaryCall<Buffer, Buffer>, callback: grpc.sendUnaryData<Buffer>) {
          let answered = false
          call.on('cancelled', () => {
            if (!answered) cancelled++
          })
          const one = { signal, metadata: call.metadata, deadline: Number(call.getDeadline()) - Date.now(), body: call.request }
          received.push(one)
          const reaction = react(received.length - 1, one)
          if (reaction.hang) return
          answered = true
          if (reaction.code !== undefined) callback({ code: reaction.code, details: '', metadata: reaction.metadata ?? new grpc.Metadata() })
          else callback(null, reaction.body ?? Buffer.alloc(0))
        },
      },
    )
  }
  const bound = await new Promise<number>((done, failed) => server.bindAsync(`127.0.0.1:${port}`, credentials, (error, at) => (error === null ? done(at) : failed(error))))
  return {
    received,
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    get cancelled() {
      return cancelled
    },
    close: () => server.forceShutdown(),
  }
}

// ---------------------------------------------------------------------------------------------- clients

export interface Sent {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** One HTTP request. Without `content-length` in the headers the body is sent in chunks. */
export function post(url: string, body: Buffer | string, headers: Record<string, string> = {}, more: { method?: string; signal?: AbortSignal; tls?: object } = {}): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const request = (url.startsWith('https') ? httpsRequest : httpRequest)(
      url,
      { method: more.method ?? 'POST', headers: { 'content-type': 'application/x-protobuf', ...headers }, agent: false, ...(more.signal && { signal: more.signal }), ...more.tls },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }))
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}

export interface Called {
  readonly code: number
  readonly details: string
  readonly metadata: grpc.Metadata | undefined
  readonly body: Buffer | undefined
}

/** One gRPC call. */
export function call(
  port: number,
  signal: Signal | 'profiles',
  body: Buffer,
  { deadlineMs, metadata = new grpc.Metadata(), options = {}, abort }: { deadlineMs?: number; metadata?: grpc.Metadata; options?: object; abort?: AbortSignal } = {},
): Promise<Called> {
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
    'grpc.enable_retries': 0,
    'grpc.use_local_subchannel_pool': 1,
    ...options,
  })
  const service = signal === 'profiles' ? 'opentelemetry.proto.collector.profiles.v1development.ProfilesService' : SERVICES[signal]
  return new Promise((resolve) => {
    const running = client.makeUnaryRequest<Buffer, Buffer>(
      `/${service}/Export`,
      identity,
      identity,
      body,
      metadata,
      deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs },
      (error, answer) => {
        client.close()
        resolve(
          error === null ? { code: 0, details: '', metadata: undefined, body: answer } : { code: error.code, details: error.details, metadata: error.metadata, body: undefined },
        )
      },
    )
    abort?.addEventListener('abort', () => running.cancel())
  })
}

// ---------------------------------------------------------------------------------------------- payloads

interface Decoder {
  decode(bytes: Uint8Array): unknown
  toObject(message: unknown, options: object): object
  encode(message: unknown): { finish(): Uint8Array }
  fromObject(object: object): unknown
}

const generated = fromRoot('otlp-transformer-0.203/build/src/generated/root') as {
  opentelemetry: { proto: { collector: Record<string, { v1: Record<string, Decoder> }> } }
}
const { collector } = generated.opentelemetry.proto
const REQUESTS: Readonly<Record<Signal, Decoder>> = {
  traces: collector['trace']!.v1['ExportTraceServiceRequest']!,
  metrics: collector['metrics']!.v1['ExportMetricsServiceRequest']!,
  logs: collector['logs']!.v1['ExportLogsServiceRequest']!,
}
const RESPONSES: Readonly<Record<Signal, Decoder>> = {
  traces: collector['trace']!.v1['ExportTraceServiceResponse']!,
  metrics: collector['metrics']!.v1['ExportMetricsServiceResponse']!,
  logs: collector['logs']!.v1['ExportLogsServiceResponse']!,
}

/** A request, by the decoder of otlp-transformer 0.203: nothing of ours. Ids and bytes are hexadecimal. */
export function decodeRequest(signal: Signal, encoding: Encoding, body: Buffer): unknown {
  if (encoding === 'json') return JSON.parse(body.toString()) as unknown
  const type = REQUESTS[signal]
  return JSON.parse(JSON.stringify(type.toObject(type.decode(body), { longs: String, bytes: String })))
}

export const encodeRequest = (signal: Signal, object: object): Buffer => Buffer.from(REQUESTS[signal].encode(REQUESTS[signal].fromObject(object)).finish())
export const encodeResponse = (signal: Signal, object: object): Buffer => Buffer.from(RESPONSES[signal].encode(RESPONSES[signal].fromObject(object)).finish())

const text = (stringValue: string) => ({ stringValue })
const attribute = (key: string, value: string) => ({ key, value: text(value) })
const trace = Buffer.from('4bf92f3577b34da6a3ce929d0e0e4736', 'hex')
const span = Buffer.from('00f067aa0ba902b7', 'hex')

/** A trace request of some spans with `word` in an attribute of each. */
export function spans(count: number, word: string): Buffer {
  return encodeRequest('traces', {
    resourceSpans: [
      {
        resource: { attributes: [attribute('service.name', 'shop')] },
        scopeSpans: [
          {
            scope: { name: 'tests', version: '1' },
            spans: Array.from({ length: count }, (_, i) => ({
              traceId: trace,
              spanId: span,
              name: `GET /items/${i}`,
              kind: 2,
              startTimeUnixNano: '1790000000000000001',
              endTimeUnixNano: '1790000000000000999',
              attributes: [attribute('http.request.method', 'GET'), attribute('app.note', word), { key: 'app.count', value: { intValue: String(i) } }],
            })),
          },
        ],
      },
    ],
  })
}

/** The same as one JSON text with `word`. */
export function logsJson(word: string): string {
  return JSON.stringify({
    resourceLogs: [{ resource: {}, scopeLogs: [{ scope: {}, logRecords: [{ timeUnixNano: '1790000000000000001', severityNumber: 9, body: text(word) }] }] }],
  })
}

// ---------------------------------------------------------------------------------------------- certificates

export interface Certificates {
  readonly ca: string
  readonly cert: string
  readonly key: string
  readonly clientCert: string
  readonly clientKey: string
}

/** The title of a test that needs certificates, with the reason where it is left out. */
export const needing = (certificates: Certificates | undefined, title: string): string =>
  certificates === undefined ? `${title} (left out: openssl 3 is needed to make certificates)` : title

/** A certificate authority, a certificate for 127.0.0.1 and one for a client; undefined where openssl is missing. */
export function makeCertificates(folder: string): Certificates | undefined {
  const run = (...args: string[]): boolean => spawnSync('openssl', args, { cwd: folder, stdio: 'ignore', timeout: 20_000 }).status === 0
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const signed = (name: string, extension: string): boolean =>
    run(
      'req',
      '-x509',
      ...key,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
      '-subj',
      `/CN=${name}`,
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-addext',
      'basicConstraints=critical,CA:false',
      '-addext',
      extension,
    )
  const made =
    run('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=test ca') &&
    signed('server', 'subjectAltName=IP:127.0.0.1,DNS:localhost') &&
    signed('client', 'subjectAltName=DNS:client')
  if (!made) return undefined
  const at = (name: string): string => join(folder, name)
  return { ca: at('ca.crt'), cert: at('server.crt'), key: at('server.key'), clientCert: at('client.crt'), clientKey: at('client.key') }
}

// ---------------------------------------------------------------------------------------------- the SDK

/** A module of the SDK 2 line. */
export const sdk = (name: string): Record<string, never> => otel2(name) as Record<string, never>

/** Options for tests: nothing on stderr, a fixed secret. */
export function quiet(options: OtlpProxyOptions): OtlpProxyOptions & { readonly lines: string[] } {
  const lines: string[] = []
  return {
    ruleset,
    runSecret: secret,
    knownSecrets: [{ name: 'canary', value: CANARY }],
    log: (level, msg, fields) => void lines.push(JSON.stringify({ level, msg, ...fields })),
    ...options,
    lines,
  }
}
