// With real software of others: telemetrygen sends, the proxy masks, a Collector receives. Both are Go programs that are not part of the repository:
//
//   MASK_LOGS_OTELCOL       a Collector with the otlp receiver and the exporters file, otlp_grpc and otlp_http
//   MASK_LOGS_TELEMETRYGEN  telemetrygen of opentelemetry-collector-contrib
//
// Without them these tests are skipped. How to build them: docs/opentelemetry.md.

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { freePorts, startCollector, written, type Collector } from '../../bench/collector/process.ts'
import { createOtlpProxy } from '../../transports/otlp/index.ts'
import { makeCertificates, needing, quiet } from './support/proxy.ts'

const otelcol = process.env['MASK_LOGS_OTELCOL']
const telemetrygen = process.env['MASK_LOGS_TELEMETRYGEN']
const missing = otelcol === undefined ? 'MASK_LOGS_OTELCOL names no Collector' : telemetrygen === undefined ? 'MASK_LOGS_TELEMETRYGEN names no telemetrygen' : undefined
if (missing !== undefined) console.log(`skipped: test/otlp/collector.test.ts (${missing})`)

const SIGNALS = ['traces', 'logs', 'metrics'] as const
type Signal = (typeof SIGNALS)[number]
const CANARY = 'canary-5e0c@shop.example'
const COUNT = 120
/** telemetrygen makes two spans a trace. */
const ITEMS: Readonly<Record<Signal, number>> = { traces: 2 * COUNT, logs: COUNT, metrics: COUNT }
const RULES = 'version: "1.0"\nextends: ["mask-logs:otel"]\nrules:\n- {name: note, keys: [app.note], masks: [{type: from_fixed, value: noted}]}\n'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})
const folder = mkdtempSync(join(tmpdir(), 'mask-logs-otelcol-'))
const certificates = missing === undefined ? makeCertificates(folder) : undefined
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const example = (name: string): string => readFileSync(fileURLToPath(new URL(`../../examples/collector/${name}`, import.meta.url)), 'utf8')

/** One of the configurations of the example, with addresses for its variables. */
function configured(name: string, addresses: Readonly<Record<string, string>>): string {
  const text = example(name).replace(/\$\{env:(\w+):-([^}]*)\}/g, (_, variable: string, fallback: string) => addresses[variable] ?? fallback)
  return text.replace('service:\n', 'service:\n  telemetry:\n    metrics: { level: none }\n')
}

async function collector(configuration: (folder: string) => string, ports: readonly number[]): Promise<Collector> {
  const started = await startCollector(otelcol!, configuration, ports)
  closers.push(() => started.stop())
  return started
}

interface Gateway {
  readonly grpc: number
  readonly http: number
  /** What has arrived, once there are so many items; or after 15 s. */
  readonly arrived: (signal: Signal, items: number) => Promise<string>
  readonly collector: Collector
}

/** The Collector behind everything, which writes a file. */
async function gateway(): Promise<Gateway> {
  const [grpc, http] = (await freePorts(2)) as [number, number]
  const started = await collector(
    (at) => configured('gateway.yaml', { GATEWAY_GRPC: `127.0.0.1:${grpc}`, GATEWAY_HTTP: `127.0.0.1:${http}`, MASKED_FILE: join(at, 'masked.json') }),
    [http],
  )
  return { grpc, http, collector: started, arrived: (signal, items) => written(started, 'masked.json', (text) => count(signal, text) >= items, 15_000) }
}

/** Spans, log records or data points in lines of OTLP/JSON. */
function count(signal: Signal, text: string): number {
  const item = {
    traces: /"spanId":"[0-9a-f]{16}"(?:,"parentSpanId":"[0-9a-f]*")?(?:,"flags":\d+)?,"name"/g,
    logs: /"severityText":/g,
    metrics: /"timeUnixNano":"\d+","as(?:Int|Double)"/g,
  }[signal]
  return text.match(item)?.length ?? 0
}

/** Runs telemetrygen for one signal, with canaries in its attributes, body and resource. */
async function generate(signal: Signal, port: number, way: 'grpc' | 'http', more: readonly string[] = ['--otlp-insecure']): Promise<{ code: number | null; said: string }> {
  const args = [
    signal,
    `--${signal}`,
    String(COUNT),
    '--rate',
    '0',
    '--otlp-endpoint',
    `127.0.0.1:${port}`,
    '--otlp-attributes',
    `app.owner="${CANARY}"`,
    '--telemetry-attributes',
    `app.note="${CANARY}"`,
    '--telemetry-attributes',
    `url.full="https://ann:pw@shop.example/?token=${CANARY}"`,
    ...(signal === 'logs' ? ['--body', `mail ${CANARY}`, '--severity-text', `Info ${CANARY}`] : []),
    ...(signal === 'metrics' ? ['--otlp-metric-name', `orders of ${CANARY}`] : []),
    ...(way === 'http' ? ['--otlp-http'] : []),
    ...more,
  ]
  const child = spawn(telemetrygen!, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise<number | null>((done) => child.on('close', done))
  return { code, said }
}

async function proxy(options: Parameters<typeof quiet>[0]): Promise<{ readonly http: number; readonly grpc: number; readonly lines: readonly string[] }> {
  const asked = quiet({ ruleset: RULES, ...options })
  const started = await createOtlpProxy(asked)
  closers.push(() => started.drain(5000))
  return { http: started.addresses.http?.port ?? 0, grpc: started.addresses.grpc?.port ?? 0, lines: asked.lines }
}

/** No canary is left, and the rest has arrived. */
function judge(signal: Signal, text: string): void {
  expect(count(signal, text)).toBe(ITEMS[signal])
  expect(text).not.toContain(CANARY)
  expect(text).not.toContain('ann:pw')
  expect(text.match(/"stringValue":"noted"/g)).toHaveLength(ITEMS[signal])
  expect(text).toContain('https://REDACTED@shop.example/?token=REDACTED')
}

describe.skipIf(missing !== undefined)('telemetrygen -> proxy -> Collector', () => {
  it.each(SIGNALS.flatMap((signal) => (['grpc', 'http'] as const).map((way) => ({ signal, way }))))('$signal over $way: no canary, nothing lost', async ({ signal, way }) => {
    const behind = await gateway()
    const between = await proxy(
      way === 'grpc' ? { listenGrpc: ':0', forwardGrpc: `http://127.0.0.1:${behind.grpc}` } : { listenHttp: ':0', forwardHttp: `http://127.0.0.1:${behind.http}` },
    )
    expect(await generate(signal, between[way], way)).toMatchObject({ code: 0 })
    judge(signal, await behind.arrived(signal, ITEMS[signal]))
    expect(between.lines.join('\n')).not.toContain(CANARY)
  })

  it('is a test that can fail: without the proxy the canary arrives', async () => {
    const behind = await gateway()
    expect(await generate('traces', behind.grpc, 'grpc')).toMatchObject({ code: 0 })
    expect(await behind.arrived('traces', ITEMS.traces)).toContain(CANARY)
  })
})

describe.skipIf(missing !== undefined)('the topologies of examples/collector', () => {
  it.each(SIGNALS)('a loop through one Collector: %s', async (signal) => {
    const behind = await gateway()
    const [grpc, http, masked] = (await freePorts(3)) as [number, number, number]
    const between = await proxy({ listenHttp: ':0', forwardHttp: `http://127.0.0.1:${masked}`, stampResource: true })
    const addresses = {
      IN_GRPC: `127.0.0.1:${grpc}`,
      IN_HTTP: `127.0.0.1:${http}`,
      MASKED_HTTP: `127.0.0.1:${masked}`,
      PROXY_HTTP: `http://127.0.0.1:${between.http}`,
      VENDOR: `127.0.0.1:${behind.grpc}`,
      VENDOR_INSECURE: 'true',
    }
    await collector(() => configured('loop.yaml', addresses), [http, masked])
    expect(await generate(signal, grpc, 'grpc')).toMatchObject({ code: 0 })
    const text = await behind.arrived(signal, ITEMS[signal])
    judge(signal, text)
    expect(text).toContain('mask_logs.hop')
  })

  it('a loop that is wired wrongly ends at the proxy, and nothing raw goes out', async () => {
    const behind = await gateway()
    const [grpc, http, masked] = (await freePorts(3)) as [number, number, number]
    // the ports of the two receivers are swapped: the proxy sends to the raw one
    const between = await proxy({ listenHttp: ':0', forwardHttp: `http://127.0.0.1:${http}`, stampResource: true })
    const addresses = { IN_GRPC: `127.0.0.1:${grpc}`, IN_HTTP: `127.0.0.1:${http}`, MASKED_HTTP: `127.0.0.1:${masked}`, PROXY_HTTP: `http://127.0.0.1:${between.http}` }
    await collector(() => configured('loop.yaml', { ...addresses, VENDOR: `127.0.0.1:${behind.grpc}`, VENDOR_INSECURE: 'true' }), [http, masked])
    await generate('traces', grpc, 'grpc', ['--otlp-insecure', '--allow-export-failures'])
    await expect.poll(() => between.lines.join('\n'), { timeout: 20_000 }).toMatch(/has come back/)
    expect(await behind.arrived('traces', 0)).toBe('')
  })

  it.skipIf(certificates === undefined)(needing(certificates, 'an agent in front, gzip and mutual TLS on both sides'), async () => {
    const c = certificates!
    const [grpc, http, up] = (await freePorts(3)) as [number, number, number]
    const tls = `tls: { cert_file: "${c.cert}", key_file: "${c.key}", client_ca_file: "${c.ca}" }`
    const [plain] = (await freePorts(1)) as [number]
    const behind = await collector(
      (at) => `receivers:
  otlp: { protocols: { grpc: { endpoint: "127.0.0.1:${up}", ${tls} }, http: { endpoint: "127.0.0.1:${plain}" } } }
exporters:
  file: { path: "${at}/masked.json", flush_interval: 50ms }
service:
  telemetry: { metrics: { level: none } }
  pipelines: { traces: { receivers: [otlp], exporters: [file] } }
`,
      [plain],
    )
    const between = await proxy({
      listenGrpc: ':0',
      tls: { cert: c.cert, key: c.key, ca: c.ca },
      forwardGrpc: `https://127.0.0.1:${up}`,
      forwardTls: { ca: c.ca, cert: c.clientCert, key: c.clientKey },
      compression: 'gzip',
    })
    const agent = configured('agent.yaml', { AGENT_GRPC: `127.0.0.1:${grpc}`, AGENT_HTTP: `127.0.0.1:${http}`, PROXY_GRPC: `127.0.0.1:${between.grpc}` })
    const secured = agent.replace(/tls: \{ insecure: true \}/, `tls: { ca_file: "${c.ca}", cert_file: "${c.clientCert}", key_file: "${c.clientKey}" }`)
    expect(secured).not.toBe(agent)
    await collector(() => secured, [http])
    expect(await generate('traces', grpc, 'grpc')).toMatchObject({ code: 0 })
    judge('traces', await written(behind, 'masked.json', (text) => count('traces', text) >= ITEMS.traces, 15_000))
  })

  it.each(['otlp_grpc', 'otlp_http'])('a sender with zstd is refused clearly, over %s', async (exporter) => {
    const behind = await gateway()
    const way = exporter === 'otlp_grpc' ? 'grpc' : 'http'
    const between = await proxy(
      way === 'grpc' ? { listenGrpc: ':0', forwardGrpc: `http://127.0.0.1:${behind.grpc}` } : { listenHttp: ':0', forwardHttp: `http://127.0.0.1:${behind.http}` },
    )
    const [grpc, http] = (await freePorts(2)) as [number, number]
    const endpoint = way === 'grpc' ? `127.0.0.1:${between.grpc}` : `http://127.0.0.1:${between.http}`
    const sender = await collector(
      () => `receivers:
  otlp: { protocols: { grpc: { endpoint: "127.0.0.1:${grpc}" }, http: { endpoint: "127.0.0.1:${http}" } } }
exporters:
  ${exporter}: { endpoint: "${endpoint}", compression: zstd, tls: { insecure: true } }
service:
  telemetry: { metrics: { level: none } }
  pipelines: { traces: { receivers: [otlp], exporters: [${exporter}] } }
`,
      [http],
    )
    await generate('traces', grpc, 'grpc')
    await expect.poll(() => sender.log(), { timeout: 20_000 }).toMatch(way === 'grpc' ? /Unimplemented/ : /415/)
    expect(await behind.arrived('traces', 0)).toBe('')
  })
})
