// What it costs to mask an OTLP request on the wire, each row in a process of its own.
//
//   node dist/bench/otlp.js ROW     prints {"ms": of the processor per request, ...}
//
// Eight requests in turn, each of 512 spans of 17 attributes and one event, about 750 kB. Every row masks the same bytes; those under equal rules must come
// to the same. Addresses are of 3,000 persons, the other secrets are all different.
import { createHash } from 'node:crypto'
import { createMasker } from '../src/index.ts'
import { requestType } from '../test/otlp/support/schema.ts'
import { createRewriter } from '../transports/otlp/rewriter.ts'
import { createRandom } from './random.ts'

export const otlpRows = [
  'protobufjs 8: decode, mask, encode',
  'mask-logs, four keys and one detector',
  'protobufjs 8, nothing to mask',
  'mask-logs, four keys and one detector, nothing to mask',
  'mask-logs, all rules and detectors',
  'mask-logs, all rules and detectors, nothing to mask',
] as const

export const SPANS = 512
const SEED = 'otlp'
const runSecret = 'benchmark run secret, 32 letters'
const KEYS = ['authorization', 'cookie', 'password', 'api_key']
const RULES = {
  version: '1.0',
  policy: { decode: [], text_pairs: false, scan_numbers: false, scan_keys: false },
  rules: [
    { keys: KEYS, masks: [{ type: 'redact' }] },
    { detect: ['email'], masks: [{ type: 'redact', label: 'email' }] },
  ],
}

type Any = { string_value?: string; int_value?: number | string; [kind: string]: unknown }
interface Entry {
  key: string
  value: Any
}

/** Requests that follow each other: what is new in one is new in each. */
const REQUESTS = 8

/** A request, and what must be gone from it afterwards. */
export function corpus(clean: boolean, serial: number): { readonly body: Buffer; readonly planted: readonly string[] } {
  const random = createRandom(`${SEED} ${serial}`)
  const base = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
  const hex = (length: number): string => random.text('0123456789abcdef', length)
  const planted: string[] = []
  const secret = (value: string): string => {
    planted.push(value)
    return value
  }
  const text = (key: string, value: string): Entry => ({ key, value: { string_value: value } })
  const int = (key: string, value: number): Entry => ({ key, value: { int_value: value } })
  const spans = Array.from({ length: SPANS }, (_, i) => {
    const mail = clean ? 'the customer' : secret(`user${random.below(3000)}@shop.example`)
    const attributes = [
      text('http.request.method', random.pick(['GET', 'POST', 'PUT'])),
      text('url.full', `https://shop.example/v1/orders/${10_000 + serial * SPANS + i}/payments?expand=items&page=${random.below(40)}`),
      text('http.route', '/v1/orders/{id}/payments'),
      int('http.response.status_code', random.pick([200, 201, 404, 500])),
      text('server.address', 'shop.example'),
      int('server.port', 443),
      text('user_agent.original', 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/143.0'),
      text('network.protocol.version', '1.1'),
      text('db.system.name', 'postgresql'),
      text('db.query.text', 'SELECT id, total, currency FROM orders WHERE tenant = $1 AND state = $2 ORDER BY created DESC LIMIT 50'),
      text('code.function.name', 'com.shop.orders.PaymentService.authorize'),
      int('thread.id', random.below(64)),
      text('thread.name', `worker-${random.below(32)}`),
      text('app.note', clean ? 'retry scheduled after the gateway did not answer in time' : `confirmation goes to ${mail} when the gateway answers`),
      clean ? text('http.request.header.accept', 'application/json') : text('authorization', `Bearer ${secret(random.text(base, 40))}`),
      clean ? text('http.request.header.host', 'shop.example') : text('cookie', `sid=${secret(hex(32))}`),
      clean ? text('app.region', 'eu-central') : text('password', secret(`pw-${random.text(base, 10)}`)),
    ]
    const stack = Array.from({ length: 4 }, (_, k) => `    at com.shop.orders.PaymentService.step${k}(PaymentService.java:${100 + k})`).join('\n')
    return {
      trace_id: Buffer.from(hex(32), 'hex'),
      span_id: Buffer.from(hex(16), 'hex'),
      parent_span_id: Buffer.from(hex(16), 'hex'),
      name: 'POST /v1/orders/{id}/payments',
      kind: 2,
      start_time_unix_nano: String(1_790_000_000_000_000_000n + BigInt(i) * 1_000_003n),
      end_time_unix_nano: String(1_790_000_000_004_000_000n + BigInt(i) * 1_000_003n),
      attributes,
      events: [
        {
          time_unix_nano: String(1_790_000_000_002_000_000n + BigInt(i)),
          name: 'exception',
          attributes: [
            text('exception.type', 'PaymentDeclined'),
            text('exception.message', `payment of ${mail} declined by the gateway`),
            text('exception.stacktrace', `PaymentDeclined: payment declined\n${stack}`),
          ],
        },
      ],
      status: { code: 2, message: 'payment declined' },
    }
  })
  const resource = { attributes: [text('service.name', 'shop-orders'), text('service.version', '4.11.0'), text('telemetry.sdk.language', 'java')] }
  const scope = { name: 'com.shop.orders', version: '1.2.0' }
  const type = requestType('traces')
  return { body: Buffer.from(type.encode(type.fromObject({ resource_spans: [{ resource, scope_spans: [{ scope, spans }] }] })).finish()), planted }
}

const MAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g
const SENSITIVE = new Set(KEYS)

/** The same rules as plain code over decoded objects: what a program without this package does. */
function decodeMaskEncode(): (body: Buffer) => Buffer {
  const type = requestType('traces')
  const clean = (text: string): string => (text.includes('@') ? text.replace(MAIL, '[REDACTED:email]') : text)
  const entries = (list: Entry[]): void => {
    for (const { key, value } of list) {
      if (SENSITIVE.has(key)) value.string_value = '[REDACTED]'
      else if (value.string_value !== undefined && value.string_value !== '') value.string_value = clean(value.string_value)
    }
  }
  interface Named {
    name: string
    attributes: Entry[]
  }
  interface Decoded {
    resource_spans: { resource: Named; scope_spans: { scope: Named; spans: (Named & { events: Named[]; status?: { message: string } })[] }[] }[]
  }
  return (body) => {
    const request = type.decode(body) as unknown as Decoded
    for (const { resource, scope_spans } of request.resource_spans) {
      entries(resource.attributes)
      for (const { scope, spans } of scope_spans) {
        scope.name = clean(scope.name)
        for (const span of spans) {
          span.name = clean(span.name)
          entries(span.attributes)
          for (const event of span.events) {
            event.name = clean(event.name)
            entries(event.attributes)
          }
          if (span.status) span.status.message = clean(span.status.message)
        }
      }
    }
    return Buffer.from(type.encode(request).finish())
  }
}

function rewriting(ruleset: string | object): (body: Buffer) => Buffer {
  const rewriter = createRewriter(createMasker(ruleset, { runSecret }))
  return (body) => rewriter.rewrite('traces', 'protobuf', body).body
}

function run(row: string, ruleset: string): void {
  const all = Array.from({ length: REQUESTS }, (_, serial) => corpus(row.endsWith('nothing to mask'), serial))
  const mask = row.startsWith('protobufjs') ? decodeMaskEncode() : rewriting(row.includes('four keys') ? RULES : ruleset)
  const hash = createHash('sha256')
  let leaks = 0
  let planted = 0
  let bytes = 0
  let same = true
  for (const request of all) {
    const out = mask(request.body)
    const shown = out.toString('latin1')
    leaks += request.planted.filter((value) => shown.includes(value)).length
    planted += request.planted.length
    bytes += request.body.length
    same &&= out === request.body
    hash.update(out)
  }
  const round = (): number => {
    const start = process.cpuUsage()
    for (const { body } of all) mask(body)
    const { user, system } = process.cpuUsage(start)
    return (user + system) / REQUESTS / 1000
  }
  for (let i = 0; i < 12; i++) round()
  const times = Array.from({ length: 21 }, round).sort((a, b) => a - b)
  process.stdout.write(JSON.stringify({ ms: times[10], best: times[0], spans: SPANS, bytes: Math.round(bytes / REQUESTS), leaks, planted, same, sha256: hash.digest('hex') }))
}

const [row, ruleset] = process.argv.slice(2)
// run.ts imports the names of the rows
if (row !== undefined && (otlpRows as readonly string[]).includes(row)) run(row, ruleset ?? 'mask-logs:otel')
