// What masking costs a program that exports spans: a batch of 512, each of twelve attributes and an exception event, through the wrapper of
// an exporter, beside what the SDK's own serialisation of that batch costs. All rows in one process, in turn.
//
//   node dist/bench/otel.js       prints {row: {"ms": of the processor for the batch, "leaks": .., "planted": .., "bytes": of the request}}
//
// Attributes, message and query of a span are its own, as in a program that serves users; repeated batches are not: the batches of a row differ.
import { createRequire } from 'node:module'
import { maskSpanExporter } from '../transports/otel/index.ts'
import { createMasker } from '../src/index.ts'
import { createRandom } from './random.ts'

const SPANS = 512
const BATCHES = 8
const runSecret = 'benchmark run secret, 32 letters'
const clean = 'nothing to mask'

const fourKeys = {
  version: '1.0',
  rules: [
    { keys: ['http.request.header.authorization', 'user.email', 'client.address', 'db.query.text'], masks: [{ type: 'redact' }] },
    { detect: ['email'], masks: [{ type: 'redact' }] },
  ],
}

export const spanRows = [
  'SDK, protobuf serialisation',
  'SDK, JSON serialisation',
  'wrapper, four keys and one detector',
  'wrapper, default',
  'wrapper, otel',
  `wrapper, otel, ${clean}`,
] as const
export type SpanRow = (typeof spanRows)[number]

export interface SpanFigures {
  readonly ms: number
  readonly leaks: number
  readonly planted: number
  readonly bytes: number
}

interface Exporter {
  export(spans: readonly object[], done: (result: { code: number }) => void): void
}

/** Of the SDK that is installed for the tests. */
interface Sdk {
  readonly provider: new (options: object) => { getTracer(name: string, version: string): { startSpan(name: string, options: object): Span } }
  readonly resource: (attributes: object) => object
  serialize(spans: readonly object[]): Uint8Array
  serializeJson(spans: readonly object[]): Uint8Array
}

interface Span {
  setAttributes(attributes: object): void
  recordException(error: Error): void
  end(): void
}

function loadSdk(): Sdk {
  const require = createRequire(new URL('../../test/fixtures/otel2/package.json', import.meta.url))
  const nested = createRequire(require.resolve('@opentelemetry/exporter-trace-otlp-proto'))
  const { ProtobufTraceSerializer, JsonTraceSerializer } = nested('@opentelemetry/otlp-transformer') as Record<string, { serializeRequest(spans: readonly object[]): Uint8Array }>
  return {
    provider: (require('@opentelemetry/sdk-trace-base') as { BasicTracerProvider: Sdk['provider'] }).BasicTracerProvider,
    resource: (require('@opentelemetry/resources') as { resourceFromAttributes: Sdk['resource'] }).resourceFromAttributes,
    serialize: (spans) => ProtobufTraceSerializer!.serializeRequest(spans),
    serializeJson: (spans) => JsonTraceSerializer!.serializeRequest(spans),
  }
}

const FRAMES = ['PaymentService.charge', 'async OrderController.pay', 'async Router.dispatch', 'process.processTicksAndRejections', 'async next']

/** A batch of spans with secrets in them, or without. */
function batch(sdk: Sdk, seed: number, withSecrets: boolean): { spans: object[]; planted: string[] } {
  const random = createRandom(`otel ${seed}`)
  const pick = (from: string, length: number): string => Array.from({ length }, () => from[random.below(from.length)]).join('')
  const spans: object[] = []
  const planted: string[] = []
  const collect = { onStart() {}, onEnd: (span: object) => void spans.push(span), forceFlush: async () => {}, shutdown: async () => {} }
  const tracer = new sdk.provider({
    resource: sdk.resource({ 'service.name': 'shop', 'service.version': '4.2.0', 'deployment.environment.name': 'production' }),
    spanProcessors: [collect],
  }).getTracer('shop', '4.2.0')
  for (let i = 0; i < SPANS; i++) {
    const id = 10_000 + random.below(90_000)
    const email = `user${random.below(100_000)}@shop.example`
    const bearer = pick('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 40)
    const address = `203.0.113.${1 + random.below(250)}`
    const span = tracer.startSpan('POST /v1/orders/:id/payments', { kind: 1 })
    span.setAttributes({
      'http.request.method': 'POST',
      'http.route': '/v1/orders/:id/payments',
      'http.response.status_code': 502,
      'url.full': `https://shop.example/v1/orders/${id}/payments?expand=items&page=${random.below(9)}`,
      'server.address': 'shop.example',
      'server.port': 443,
      'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/143.0',
      'db.system.name': 'postgresql',
      'client.address': withSecrets ? address : 'unknown',
      'http.request.header.authorization': withSecrets ? `Bearer ${bearer}` : '',
      'user.email': withSecrets ? email : '',
      'db.query.text': withSecrets ? `SELECT id, total FROM orders WHERE id = ${id} AND mail = '${email}'` : 'SELECT id, total FROM orders WHERE id = $1 AND mail = $2',
    })
    const error = new Error(withSecrets ? `payment of ${email} was declined by the gateway` : 'a payment was declined by the gateway')
    error.stack = `Error: ${error.message}\n${Array.from({ length: 10 }, (_, k) => `    at ${FRAMES[k % 5]} (/srv/app/dist/services/part-${k}.js:${100 + k}:${7 + k})`).join('\n')}`
    span.recordException(error)
    span.end()
    if (withSecrets) planted.push(bearer, email)
  }
  return { spans, planted }
}

function rulesetOf(row: SpanRow): string | object {
  if (row.startsWith('wrapper, four')) return fourKeys
  return row.startsWith('wrapper, otel') ? 'mask-logs:otel' : 'mask-logs:default'
}

function measure(): Record<string, SpanFigures> {
  const sdk = loadSdk()
  const withSecrets = Array.from({ length: BATCHES }, (_, seed) => batch(sdk, seed, true))
  const without = Array.from({ length: BATCHES }, (_, seed) => batch(sdk, seed, false))
  let exported: readonly object[] = []
  let keeps = true
  const sink = {
    export(spans: readonly object[], done: (result: { code: number }) => void): void {
      // looked at once, for canaries; an exporter keeps nothing
      exported = keeps ? spans : []
      done({ code: 0 })
    },
    shutdown: async () => {},
  }
  const rows = spanRows.map((name) => {
    const batches = name.endsWith(clean) ? without : withSecrets
    const wrapper = name.startsWith('SDK') ? undefined : (maskSpanExporter(sink as never, createMasker(rulesetOf(name), { runSecret })) as unknown as Exporter)
    const run = (spans: readonly object[]): void => {
      if (wrapper !== undefined) wrapper.export(spans, () => {})
      else if (name.includes('JSON')) sdk.serializeJson(spans)
      else sdk.serialize(spans)
    }
    let leaks = 0
    let bytes = 0
    for (const { spans, planted } of batches) {
      exported = spans
      run(spans)
      const text = Buffer.from(sdk.serialize(exported)).toString('latin1')
      leaks += planted.filter((value) => text.includes(value)).length
      bytes += text.length
    }
    return { name, run, batches, leaks, planted: batches.reduce((sum, { planted }) => sum + planted.length, 0), bytes: Math.round(bytes / BATCHES), times: [] as number[] }
  })
  keeps = false
  for (let round = 0; round < 14; round++) {
    for (const { run, batches, times } of rows) {
      // of the processor, other threads of the process included: what else runs on the machine does not count
      const start = process.cpuUsage()
      for (const { spans } of batches) run(spans)
      const { user, system } = process.cpuUsage(start)
      // until the code is warm
      if (round >= 4) times.push((user + system) / 1000 / BATCHES)
    }
  }
  return Object.fromEntries(rows.map(({ name, times, leaks, planted, bytes }) => [name, { ms: Math.min(...times), leaks, planted, bytes }]))
}

if (process.argv[1]?.endsWith('otel.js')) process.stdout.write(JSON.stringify(measure()))
