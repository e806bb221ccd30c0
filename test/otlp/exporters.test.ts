// The exporters of the SDK, the three signals in every form that they can be sent in, through the proxy: a canary in each field that the SDK
// lets one set, and none in what arrives. What arrives is read by a decoder that is not ours.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as grpc from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOtlpProxy, type OtlpProxy } from '../../transports/otlp/index.ts'
import type { Signal } from '../../transports/otlp/types.ts'
import { CANARY, decodeRequest, grpcUpstream, httpUpstream, makeCertificates, needing, quiet, sdk } from './support/proxy.ts'

// ---------------------------------------------------------------------------------------------- the SDK, by the shapes that are used here

interface Exporter {
  export(items: unknown, done: (result: { code: number; error?: Error }) => void): void
  shutdown(): Promise<void>
}
type Make = new (options: object) => Exporter
const exporterOf = (signal: Signal, kind: 'http' | 'proto' | 'grpc'): Make => {
  const [name, singular] = ({ traces: ['trace', 'Trace'], metrics: ['metrics', 'Metric'], logs: ['logs', 'Log'] } as const)[signal]
  return sdk(`@opentelemetry/exporter-${name}-otlp-${kind}`)[`OTLP${singular}Exporter`] as unknown as Make
}

/** What the SDK gives to exporters, with the canary wherever it can be. */
async function telemetry(word: string): Promise<Readonly<Record<Signal, unknown>>> {
  const { resourceFromAttributes } = sdk('@opentelemetry/resources') as unknown as { resourceFromAttributes(a: object): object }
  const resource = resourceFromAttributes({ 'service.name': 'shop', 'host.note': `r ${word}` })
  const capture = (): { items: unknown[]; exporter: object } => {
    const items: unknown[] = []
    return {
      items,
      exporter: {
        export(given: unknown, done: (result: object) => void) {
          items.push(...(Array.isArray(given) ? (given as unknown[]) : [given]))
          done({ code: 0 })
        },
        shutdown: async () => {},
        forceFlush: async () => {},
      },
    }
  }
  interface Api {
    createTraceState?: (text: string) => object
  }
  const api = sdk('@opentelemetry/api') as unknown as Api
  const traceState = api.createTraceState!(`vendor=${word}`)
  const linked = { traceId: 'd4cda95b652f4a1592b449d5929fda1b', spanId: '6e0c63257de34c92', traceFlags: 1, traceState }

  const traces = capture()
  const { BasicTracerProvider, SimpleSpanProcessor } = sdk('@opentelemetry/sdk-trace-base') as unknown as {
    BasicTracerProvider: new (options: object) => { getTracer(name: string, version: string): { startSpan(name: string, options: object): Span }; shutdown(): Promise<void> }
    SimpleSpanProcessor: new (exporter: object) => object
  }
  interface Span {
    setAttribute(key: string, value: unknown): void
    addEvent(name: string, attributes: object): void
    recordException(error: Error): void
    setStatus(status: object): void
    end(): void
  }
  const tracing = new BasicTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(traces.exporter)] })
  const tracer = tracing.getTracer(`scope ${word}`, `1 ${word}`)
  for (let i = 0; i < 3; i++) {
    const span = tracer.startSpan(`span ${word} ${i}`, {
      links: [{ context: linked, attributes: { 'link.note': word } }],
      attributes: { 'app.list': [word, 'b'], [`key ${word}`]: 1 },
    })
    span.setAttribute('url.full', `https://shop.example/p?q=${word}`)
    span.addEvent(`event ${word}`, { 'event.note': word })
    span.recordException(new Error(`failed for ${word}`))
    span.setStatus({ code: 2, message: `status ${word}` })
    span.end()
  }
  await tracing.shutdown()

  const logs = capture()
  const { LoggerProvider, SimpleLogRecordProcessor } = sdk('@opentelemetry/sdk-logs') as unknown as {
    LoggerProvider: new (options: object) => { getLogger(name: string, version: string): { emit(record: object): void }; shutdown(): Promise<void> }
    SimpleLogRecordProcessor: new (options: object) => object
  }
  const logging = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter: logs.exporter })] })
  const logger = logging.getLogger(`scope ${word}`, `1 ${word}`)
  logger.emit({
    body: `text ${word}`,
    severityNumber: 9,
    severityText: `info ${word}`,
    eventName: `event ${word}`,
    attributes: { 'log.note': word, bytes: Buffer.from(`bytes ${word}`) },
  })
  logger.emit({ body: { deep: { list: [{ note: word }, `in ${word}`] } }, severityNumber: 17 })
  await logging.shutdown()

  const metrics = capture()
  const { MeterProvider, PeriodicExportingMetricReader } = sdk('@opentelemetry/sdk-metrics') as unknown as {
    MeterProvider: new (options: object) => { getMeter(name: string, version: string): Meter; forceFlush(): Promise<void>; shutdown(): Promise<void> }
    PeriodicExportingMetricReader: new (options: object) => object
  }
  interface Meter {
    createCounter(name: string, options: object): { add(n: number, attributes: object): void }
    createHistogram(name: string, options: object): { record(n: number, attributes: object): void }
  }
  const metering = new MeterProvider({ resource, readers: [new PeriodicExportingMetricReader({ exporter: metrics.exporter, exportIntervalMillis: 60_000 })] })
  const meter = metering.getMeter(`scope ${word}`, `1 ${word}`)
  meter.createCounter('orders', { description: `orders ${word}`, unit: '1' }).add(3, { 'order.note': word })
  meter.createHistogram('latency', { description: `time ${word}`, unit: 'ms' }).record(12.5, { route: `/x/${word}` })
  await metering.forceFlush()
  const given = { traces: traces.items, logs: logs.items, metrics: metrics.items[0] }
  await metering.shutdown()
  return given
}

// ---------------------------------------------------------------------------------------------- the ways

const security = ['plain', 'TLS', 'mutual TLS'] as const
const folder = mkdtempSync(join(tmpdir(), 'mask-logs-otlp-'))
const certificates = makeCertificates(folder)
const items: Record<string, Readonly<Record<Signal, unknown>>> = {}
beforeAll(async () => {
  items['masked'] = await telemetry(CANARY)
  items['clean'] = await telemetry('harmless')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Way {
  readonly kind: 'http' | 'proto' | 'grpc'
  readonly security: (typeof security)[number]
  readonly compression: 'none' | 'gzip'
}
const ways: Way[] = (['http', 'proto', 'grpc'] as const).flatMap((kind) =>
  security.flatMap((s) => (['none', 'gzip'] as const).map((compression) => ({ kind, security: s, compression }))),
)

/** An upstream and a proxy, with the same security on both sides. */
async function route(way: Way): Promise<{ proxy: OtlpProxy; received: { signal: Signal; body: Buffer }[]; close(): Promise<void> }> {
  const received: { signal: Signal; body: Buffer }[] = []
  const c = certificates
  const mutual = way.security === 'mutual TLS'
  const files =
    way.security === 'plain' || c === undefined
      ? {}
      : {
          tls: { cert: c.cert, key: c.key, ca: mutual ? c.ca : undefined },
          forwardTls: { ca: c.ca, cert: mutual ? c.clientCert : undefined, key: mutual ? c.clientKey : undefined },
        }
  const read = (file: string): Buffer => readFileSync(file)
  const secure = way.security !== 'plain' && c !== undefined
  if (way.kind === 'grpc') {
    const credentials = secure
      ? grpc.ServerCredentials.createSsl(mutual ? read(c.ca) : null, [{ private_key: read(c.key), cert_chain: read(c.cert) }], mutual)
      : grpc.ServerCredentials.createInsecure()
    const to = await grpcUpstream((_n, { signal, body }) => (received.push({ signal, body }), {}), credentials)
    const proxy = await createOtlpProxy(quiet({ listenGrpc: ':0', forwardGrpc: secure ? to.url.replace('http:', 'https:') : to.url, ...files }))
    return { proxy, received, close: async () => (proxy.close(), to.close()) }
  }
  const tls = secure ? { cert: read(c.cert), key: read(c.key), ...(mutual ? { ca: read(c.ca) } : {}) } : undefined
  const to = await httpUpstream((_n, { path, body }) => (received.push({ signal: path.slice(4) as Signal, body }), {}), tls)
  const proxy = await createOtlpProxy(quiet({ listenHttp: ':0', forwardHttp: to.url, ...files }))
  return { proxy, received, close: async () => (proxy.close(), to.close()) }
}

async function send(way: Way, proxy: OtlpProxy, signal: Signal, given: unknown): Promise<{ code: number; error?: Error }> {
  const c = certificates
  const mutual = way.security === 'mutual TLS'
  const scheme = way.security === 'plain' ? 'http' : 'https'
  const options: Record<string, unknown> = { compression: way.compression, timeoutMillis: 8000 }
  if (way.kind === 'grpc') {
    options['url'] = `${scheme}://127.0.0.1:${proxy.addresses.grpc!.port}`
    if (way.security !== 'plain' && c !== undefined)
      options['credentials'] = grpc.credentials.createSsl(readFileSync(c.ca), ...(mutual ? ([readFileSync(c.clientKey), readFileSync(c.clientCert)] as const) : ([] as const)))
    else options['credentials'] = grpc.credentials.createInsecure()
  } else {
    options['url'] = `${scheme}://127.0.0.1:${proxy.addresses.http!.port}/v1/${signal}`
    if (way.security !== 'plain' && c !== undefined)
      options['httpAgentOptions'] = { ca: readFileSync(c.ca), ...(mutual ? { cert: readFileSync(c.clientCert), key: readFileSync(c.clientKey) } : {}) }
  }
  const exporter = new (exporterOf(signal, way.kind))(options)
  try {
    return await new Promise((done) => exporter.export(given, done))
  } finally {
    await exporter.shutdown()
  }
}

describe.each(ways)('$kind, $security, compression $compression', (way) => {
  const able = way.security === 'plain' || certificates !== undefined
  it.skipIf(!able)(able ? 'lets no canary through, and changes nothing else' : needing(certificates, 'lets no canary through, and changes nothing else'), async () => {
    const { proxy, received, close } = await route(way)
    try {
      for (const signal of ['traces', 'metrics', 'logs'] as const) {
        for (const set of ['masked', 'clean'] as const) {
          const result = await send(way, proxy, signal, items[set]![signal])
          expect({ signal, set, code: result.code }).toEqual({ signal, set, code: 0 })
        }
        const [masked, clean] = received.splice(0) as [{ signal: Signal; body: Buffer }, { signal: Signal; body: Buffer }]
        expect(masked.signal).toBe(signal)
        for (const form of [CANARY, Buffer.from(CANARY).toString('base64').slice(2, 14)]) expect(masked.body.toString('latin1')).not.toContain(form)
        const encoding = way.kind === 'http' ? 'json' : 'protobuf'
        const seen = JSON.stringify(decodeRequest(signal, encoding, masked.body))
        const plain = JSON.stringify(decodeRequest(signal, encoding, clean.body))
        expect(seen).not.toContain(CANARY)
        expect(plain).toContain('harmless')
        // the same items, attributes and groups on both sides
        for (const part of ['"key"', '"spanId"', '"traceState"', '"scope"', '"resource"', '"stringValue"', '"body"', '"events"', '"dataPoints"', '"name"'])
          expect({ part, count: seen.split(part).length }).toEqual({ part, count: plain.split(part).length })
      }
    } finally {
      await close()
    }
  })
})

describe('the exporters of @vercel/otel, which send with fetch', () => {
  it.each(['OTLPHttpJsonTraceExporter', 'OTLPHttpProtoTraceExporter'] as const)('%s', async (name) => {
    const { proxy, received, close } = await route({ kind: 'http', security: 'plain', compression: 'none' })
    const vercel = createRequire(import.meta.url)('@vercel/otel') as Record<string, Make>
    const exporter = new vercel[name]!({ url: `http://127.0.0.1:${proxy.addresses.http!.port}/v1/traces` })
    const { code } = await new Promise<{ code: number }>((done) => exporter.export(items['masked']!['traces'], done))
    expect(code).toBe(0)
    const seen = JSON.stringify(decodeRequest('traces', name.includes('Json') ? 'json' : 'protobuf', received[0]!.body))
    expect(seen).toContain('shop.example')
    expect(seen).not.toContain(CANARY)
    await exporter.shutdown()
    await close()
  })
})

describe('an upstream that comes back after two seconds', () => {
  it('is waited for: the gRPC exporter, which never comes again, loses nothing', async () => {
    const first = await grpcUpstream()
    const via = await createOtlpProxy(quiet({ listenGrpc: ':0', forwardGrpc: first.url }))
    first.close()
    const sent = send({ kind: 'grpc', security: 'plain', compression: 'gzip' }, via, 'traces', items['masked']!['traces'])
    await new Promise((done) => setTimeout(done, 2000))
    const second = await grpcUpstream(undefined, undefined, first.port)
    expect((await sent).code).toBe(0)
    expect(second.received.length).toBe(1)
    expect(second.received[0]!.body.includes(CANARY)).toBe(false)
    via.close()
    second.close()
  })
})

describe('certificates', () => {
  it.skipIf(certificates === undefined)(needing(certificates, 'are needed where the proxy asks for them'), async () => {
    for (const kind of ['proto', 'grpc'] as const) {
      const { proxy, received, close } = await route({ kind, security: 'mutual TLS', compression: 'none' })
      const without = await send({ kind, security: 'TLS', compression: 'none' }, proxy, 'traces', items['masked']!['traces'])
      expect(without.code).not.toBe(0)
      expect(received).toEqual([])
      await close()
    }
  })
})
