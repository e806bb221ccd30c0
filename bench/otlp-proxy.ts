// The OTLP proxy under load: four requests of 500 kB of protobuf at once, from a client, through the proxy, to an upstream, each a process of
// its own. Against the same proxy with masking off.
import { spawn, type ChildProcess } from 'node:child_process'
import { Agent, get, request } from 'node:http'
import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { createRandom } from './random.ts'

/** Stands in values that rules mask; none may arrive. */
export const PLANTED = 'q7w2e9r4t1y6'
const CONCURRENT = 4
/** Requests before those that are measured, for each process that masks. */
const WARM_UP = 300
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** The ruleset that the command has by default, where it is there. */
export const proxyRuleset = existsSync(here('../../rulesets/otel.yaml')) ? 'mask-logs:otel' : 'mask-logs:default'

export const proxyRows = [
  'passthrough',
  'mask-logs otlp',
  'passthrough, gzip both ways',
  'mask-logs otlp, gzip both ways',
  'passthrough, unmatched',
  'mask-logs otlp, unmatched',
  'mask-logs otlp, --workers 2',
] as const
export type ProxyRow = (typeof proxyRows)[number]

export interface ProxyFigures {
  readonly spansPerSecond: number
  readonly megabytesPerSecond: number
  /** Of a request, milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Processor time of the proxy for a span, microseconds. */
  readonly cpuPerSpan: number
  /** Peak resident memory of the proxy, bytes. */
  readonly rss: number
  /** Requests that the upstream looked into, and those in which a planted value stood. */
  readonly looked: number
  readonly found: number
}

/** A request of so many spans, each with 17 attributes and an event; about 1.5 kB a span. */
export function traceRequest(spans: number, planted: string, seed: string): Buffer {
  const random = createRandom(seed)
  const pick = <T>(from: readonly T[]): T => random.pick(from)
  const hex = (length: number): Buffer => Buffer.from(Array.from({ length }, () => random.below(256)))
  const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } })
  const int = (key: string, intValue: number): object => ({ key, value: { intValue } })
  const trace = hex(16)
  const one = (i: number): object => {
    const id = random.below(1e9)
    return {
      traceId: trace,
      spanId: hex(8),
      parentSpanId: hex(8),
      name: pick(['GET /orders/{id}', 'POST /orders', 'SELECT shop.orders', 'publish orders']),
      kind: 2,
      startTimeUnixNano: '1790000000000000001',
      endTimeUnixNano: '1790000000012345678',
      attributes: [
        text('http.request.method', pick(['GET', 'POST'])),
        int('http.response.status_code', pick([200, 201, 404, 500])),
        text('url.full', `https://shop.example/orders/${id}?page=2${planted === '' ? '' : `&access_token=${planted}`}`),
        text('url.path', `/orders/${id}`),
        text('http.route', '/orders/{id}'),
        text('server.address', 'shop.example'),
        int('server.port', 443),
        text('network.protocol.version', '1.1'),
        text('user_agent.original', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36'),
        ...(planted === ''
          ? [text('app.tenant', 'north'), text('app.region', 'eu-west-1'), text('app.step', 'checkout'), text('app.cart.kind', 'standard')]
          : [
              text('http.request.header.authorization', `Bearer ${planted}${planted}${planted}`),
              text('client.address', `203.0.113.${i % 250}`),
              text('user.email', `${planted}@shop.example`),
              text('app.note', `card 4111 1111 1111 1111, mail to ${planted}.${i}@shop.example`),
            ]),
        text('db.system.name', 'postgresql'),
        text('db.query.text', 'SELECT id, state, total FROM orders WHERE id = $1 AND state IN ($2, $3) ORDER BY created LIMIT 50'),
        text('thread.name', 'worker-7'),
        int('thread.id', 7),
      ],
      events: [
        {
          timeUnixNano: '1790000000010000000',
          name: 'exception',
          attributes: [
            text('exception.type', 'TimeoutError'),
            text('exception.message', 'the payment service did not answer in time'),
            text('exception.stacktrace', Array.from({ length: 6 }, (_, line) => `    at step${line} (/app/dist/orders/handler.js:${10 + line}:${7 + line})`).join('\n')),
          ],
        },
      ],
      status: { code: 2 },
    }
  }
  const root = createRequire(import.meta.url)('otlp-transformer-0.203/build/src/generated/root') as {
    opentelemetry: { proto: { collector: { trace: { v1: { ExportTraceServiceRequest: { fromObject(o: object): object; encode(m: object): { finish(): Uint8Array } } } } } } }
  }
  const type = root.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest
  const resource = { attributes: [text('service.name', 'orders'), text('service.version', '4.2.0'), text('host.name', 'node-17'), text('k8s.pod.name', 'orders-7d4b9c-x2x9z')] }
  return Buffer.from(
    type
      .encode(type.fromObject({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'http', version: '1.0' }, spans: Array.from({ length: spans }, (_, i) => one(i)) }] }] }))
      .finish(),
  )
}

/** Runs one row for some seconds, after it has warmed up. Fails when a request fails. */
export async function runProxy(row: ProxyRow, seconds: number): Promise<ProxyFigures> {
  const gzip = row.includes('gzip')
  const spans = 330
  // Several bodies, so that no table of results holds them all by itself.
  const bodies = Array.from({ length: 8 }, (_, i) => traceRequest(spans, row.includes('unmatched') ? '' : PLANTED, `proxy ${i}`)).map((body) => (gzip ? gzipSync(body) : body))
  const size = bodies.reduce((sum, body) => sum + body.length, 0) / bodies.length
  const sink = start([here('./baselines/otlp-sink.js'), PLANTED])
  const upstream = `http://127.0.0.1:${await firstLine(sink, 'stdout')}`
  const proxy = row.startsWith('passthrough')
    ? start([here('./baselines/otlp-passthrough.js'), upstream, gzip ? 'gzip' : 'none'])
    : start([
        here('../src/bin.cjs'),
        'otlp',
        '--quiet',
        '-r',
        proxyRuleset,
        '--listen-http',
        ':0',
        '--listen-admin',
        ':0',
        '--forward-http',
        upstream,
        ...(gzip ? ['--forward-gzip'] : []),
        ...(row.includes('workers') ? ['--workers', '2'] : []),
      ])
  try {
    const { http, admin } = JSON.parse(await firstLine(proxy, 'stderr')) as { http: string; admin: string }
    const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENT })
    const times: number[] = []
    let next = 0
    const one = (): Promise<void> =>
      new Promise((done, failed) => {
        const body = bodies[next++ % bodies.length] as Buffer
        const begun = performance.now()
        const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length, ...(gzip ? { 'content-encoding': 'gzip' } : {}) }
        const sent = request(`http://${http}/v1/traces`, { method: 'POST', agent, headers }, (response) => {
          response.resume()
          response.on('end', () => {
            times.push(performance.now() - begun)
            if (response.statusCode === 200) done()
            else failed(new Error(`${row}: status ${response.statusCode}`))
          })
        })
        sent.on('error', failed)
        sent.end(body)
      })
    const load = async (ms: number): Promise<void> => {
      const until = performance.now() + ms
      await Promise.all(
        Array.from({ length: CONCURRENT }, async () => {
          while (performance.now() < until) await one()
        }),
      )
    }
    // Until the compilers are done, in each of the processes; on a busy machine that takes requests rather than seconds.
    const warm = WARM_UP * (row.includes('workers') ? 2 : 1)
    for (let rounds = 0; times.length < warm && rounds < 30; rounds++) await load(1000)
    times.length = 0
    let rss = 0
    const watching = setInterval(
      () =>
        void scrape(admin, 'process_resident_memory_bytes').then(
          (bytes) => (rss = Math.max(rss, bytes)),
          () => {},
        ),
      250,
    )
    const cpu = await scrape(admin, 'process_cpu_seconds_total')
    const begun = performance.now()
    await load(seconds * 1000)
    const took = (performance.now() - begun) / 1000
    const used = (await scrape(admin, 'process_cpu_seconds_total')) - cpu
    clearInterval(watching)
    agent.destroy()
    const ended = firstLine(sink, 'stdout')
    sink.kill('SIGTERM')
    const { looked, found } = JSON.parse(await ended) as { looked: number; found: number }
    const sorted = [...times].sort((a, b) => a - b)
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
    const count = times.length * spans
    return {
      spansPerSecond: count / took,
      megabytesPerSecond: (times.length * size) / took / 1e6,
      p50: at(0.5),
      p99: at(0.99),
      cpuPerSpan: (used / count) * 1e6,
      rss,
      looked,
      found,
    }
  } finally {
    proxy.kill('SIGKILL')
    sink.kill('SIGKILL')
  }
}

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, MASK_LOGS_RUN_SECRET: 'benchmark run secret, 32 letters' } })
}

function firstLine(child: ChildProcess, from: 'stdout' | 'stderr'): Promise<string> {
  return new Promise((done, failed) => {
    let text = ''
    const stream = child[from]
    const take = (chunk: Buffer): void => {
      text += chunk.toString()
      if (!text.includes('\n')) return
      stream?.off('data', take)
      stream?.resume()
      done(text.slice(0, text.indexOf('\n')))
    }
    stream?.on('data', take)
    child.once('exit', (code) => failed(new Error(`a program of the bench ended early (${code}): ${text.slice(0, 500)}`)))
  })
}

/** Workers are summed. */
function scrape(admin: string, metric: string): Promise<number> {
  return new Promise((done, failed) => {
    get(`http://${admin}/metrics`, { agent: false }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => done(Number(new RegExp(`^${metric} (\\S+)$`, 'm').exec(text)?.[1])))
    }).on('error', failed)
  })
}
