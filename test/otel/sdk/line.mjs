// Runs the wrappers under one line of the SDK, with its own exporters against a receiver on loopback, and prints what was found as JSON.
//
//   node test/otel/sdk/line.mjs 2|3 FOLDER    FOLDER has the package as it runs
import http from 'node:http'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { canary, leaks, print, reachable } from './canaries.mjs'
import { startReceiver } from './receiver.mjs'

const line = process.argv[2]
const folder = resolve(process.argv[3])
const fixture = fileURLToPath(new URL(`../../fixtures/otel${line}/package.json`, import.meta.url))
const require = createRequire(fixture)
const here = createRequire(import.meta.url)
const { createMasker } = here(join(folder, 'dist/src/index.cjs'))
const otel = here(join(folder, 'dist/transports/otel/index.cjs'))
const { createRewriter } = here(join(folder, 'dist/transports/otlp/index.cjs'))
const decoder = here('otlp-transformer-0.203/build/src/generated/root').opentelemetry.proto.collector
const api = require('@opentelemetry/api')
const { resourceFromAttributes } = require('@opentelemetry/resources')
const trace = require(line === '3' ? '@opentelemetry/sdk-trace' : '@opentelemetry/sdk-trace-base')
const sdkLogs = require('@opentelemetry/sdk-logs')
const sdkMetrics = require('@opentelemetry/sdk-metrics')
const { NodeSDK } = require('@opentelemetry/sdk-node')
const { PrometheusExporter } = require('@opentelemetry/exporter-prometheus')

const modern = line === '3'
const runSecret = 'a run secret that is long enough'
const masker = createMasker('mask-logs:otel', { runSecret })
const receiver = await startReceiver(require('@grpc/grpc-js'))
const found = {}
const errors = []
process.on('unhandledRejection', (error) => errors.push(String(error?.stack ?? error)))

// ---------------------------------------------------------------------------------------------- the SDK, whichever line

const newTracerProvider = (options) => (modern ? new trace.TracerProvider(options) : new trace.BasicTracerProvider(options))
const spanProcessor = {
  simple: (exporter) => (modern ? new trace.SimpleSpanProcessor({ exporter }) : new trace.SimpleSpanProcessor(exporter)),
  batch: (exporter) => (modern ? new trace.BatchSpanProcessor({ exporter }) : new trace.BatchSpanProcessor(exporter)),
}
const logProcessor = {
  simple: (exporter) => new sdkLogs.SimpleLogRecordProcessor({ exporter }),
  batch: (exporter) => new sdkLogs.BatchLogRecordProcessor({ exporter }),
}
const packages = { json: 'http', proto: 'proto', grpc: 'grpc' }
const classes = { traces: ['trace', 'OTLPTraceExporter'], logs: ['logs', 'OTLPLogExporter'], metrics: ['metrics', 'OTLPMetricExporter'] }
const consoles = { traces: trace.ConsoleSpanExporter, logs: sdkLogs.ConsoleLogRecordExporter, metrics: sdkMetrics.ConsoleMetricExporter }
const transports = ['json', 'proto', 'grpc', 'console']

function newExporter(signal, transport, options = {}) {
  if (transport === 'console') return new consoles[signal]()
  const [name, type] = classes[signal]
  const Exporter = require(`@opentelemetry/exporter-${name}-otlp-${packages[transport]}`)[type]
  return new Exporter({ url: transport === 'grpc' ? receiver.grpc : `${receiver.http}/v1/${signal}`, ...options })
}

/** What console exporters print, in full. */
let printed = []
console.dir = (value) => void printed.push(print(value))

/** A resource with an attribute that comes late. */
const newResource = () =>
  resourceFromAttributes({
    'service.name': 'shop',
    'app.owner': canary('resource'),
    'app.late': new Promise((resolve) => setTimeout(resolve, 5, canary('async resource'))),
  })

const traceState = (place) => api.createTraceState(`vendor=${canary(place)},other=1`)
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const SPAN_ID = 'b7ad6b7169203331'

/** Two spans of one scope and one of another, with a canary in each place that this line has. */
function recordSpans(provider) {
  const tracer = provider.getTracer(`shop ${canary('scope name')}`, `1.0-${canary('scope version')}`)
  const parent = api.trace.setSpanContext(api.ROOT_CONTEXT, { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1, isRemote: true, traceState: traceState('trace state') })
  const link = { context: { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1, traceState: traceState('link trace state') }, attributes: { why: canary('link attribute') } }
  const span = tracer.startSpan(`GET ${canary('name')}`, { kind: api.SpanKind.SERVER, links: [link] }, parent)
  span.setAttributes({
    'app.note': canary('attribute'),
    'app.list': ['a', canary('array')],
    [`app.${canary('attribute key')}`]: 1,
    'app.count': 7,
    'app.flag': true,
    'app.ratio': 0.25,
  })
  if (modern) span.setAttributes({ 'app.map': { deep: [{ note: canary('map') }], [canary('map key')]: 1 }, 'app.bytes': Buffer.from(`x ${canary('bytes')}`), 'app.none': null })
  span.addEvent(`done ${canary('event name')}`, { note: canary('event attribute'), size: 3 })
  span.recordException(new Error(`refused ${canary('exception')}`))
  span.setStatus({ code: api.SpanStatusCode.ERROR, message: `bad ${canary('status')}` })
  span.end()
  tracer.startSpan('second').end()
  provider.getTracer('other').startSpan('third').end()
}

const SPAN_PLACES = [
  'name',
  'attribute',
  'array',
  ...(modern ? ['map', 'map key', 'bytes'] : []),
  'attribute key',
  'event name',
  'event attribute',
  'exception',
  'link attribute',
  'link trace state',
  'trace state',
  'status',
  'resource',
  'async resource',
  'scope name',
  'scope version',
]

const LOG_PLACES = [
  'attribute',
  'map',
  'bytes',
  'attribute key',
  'resource',
  'async resource',
  'scope name',
  'scope version',
  'body',
  'body map',
  'body key',
  'severity text',
  'log event name',
]

function recordLogs(provider) {
  const logger = provider.getLogger(`shop ${canary('scope name')}`, `1.0-${canary('scope version')}`)
  logger.emit({
    eventName: `app.${canary('log event name')}`,
    severityNumber: 9,
    severityText: `INFO ${canary('severity text')}`,
    body: { text: `paid ${canary('body')}`, items: [{ note: canary('body map') }], [canary('body key')]: true },
    attributes: {
      'app.note': canary('attribute'),
      'app.map': { deep: canary('map') },
      'app.bytes': new TextEncoder().encode(canary('bytes')),
      [`app.${canary('attribute key')}`]: 1,
      'app.count': 7,
    },
  })
  logger.emit({ body: 'second' })
  provider.getLogger('other').emit({ body: 'third', severityNumber: 13, severityText: 'WARN' })
}

/** What arrived at the receiver or was printed since the last call. */
function arrived() {
  const bodies = receiver.take()
  const lines = printed
  printed = []
  return { bodies, text: [...bodies.map(({ body }) => body.toString('latin1')), ...lines].join('\n'), printed: lines }
}

const decoders = { traces: decoder.trace.v1.ExportTraceServiceRequest, logs: decoder.logs.v1.ExportLogsServiceRequest, metrics: decoder.metrics.v1.ExportMetricsServiceRequest }

/** A request as plain objects, by a decoder that is not this SDK's. */
function decode({ type, signal, body }) {
  const message = type === 'application/json' ? decoders[signal].fromObject(JSON.parse(body.toString())) : decoders[signal].decode(body)
  return decoders[signal].toObject(message, { longs: String, bytes: String })
}

/** Resource groups, scope groups and items. */
function groups(bodies) {
  const of = { traces: ['resourceSpans', 'scopeSpans', 'spans'], logs: ['resourceLogs', 'scopeLogs', 'logRecords'], metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'] }
  let counts = [0, 0, 0]
  for (const body of bodies) {
    const [resources, scopes, items] = of[body.signal]
    const all = decode(body)[resources] ?? []
    counts = [counts[0] + all.length, counts[1] + all.flatMap((one) => one[scopes]).length, counts[2] + all.flatMap((one) => one[scopes]).flatMap((one) => one[items]).length]
  }
  return counts.join(' ')
}

// ---------------------------------------------------------------------------------------------- E1: the matrix

async function spansThrough(processors, record = recordSpans) {
  const provider = newTracerProvider({ resource: newResource(), spanProcessors: processors })
  record(provider)
  await provider.forceFlush()
  await provider.shutdown()
  return arrived()
}

async function logsThrough(processors, record = recordLogs, resource = newResource()) {
  const provider = new sdkLogs.LoggerProvider({ resource, processors })
  record(provider)
  await provider.forceFlush()
  await provider.shutdown()
  return arrived()
}

async function matrix() {
  const rows = []
  const kinds = [
    { signal: 'traces', through: spansThrough, processor: spanProcessor, maskExporter: otel.maskSpanExporter, maskProcessor: otel.maskSpanProcessor },
    { signal: 'logs', through: logsThrough, processor: logProcessor, maskExporter: otel.maskLogRecordExporter, maskProcessor: otel.maskLogRecordProcessor },
  ]
  for (const { signal, through, processor, maskExporter, maskProcessor } of kinds) {
    for (const transport of transports) {
      for (const way of ['simple', 'batch']) {
        const designs = {
          none: () => processor[way](newExporter(signal, transport)),
          exporter: () => processor[way](maskExporter(newExporter(signal, transport), masker)),
          processor: () => maskProcessor(processor[way](newExporter(signal, transport)), masker),
        }
        const row = { signal, transport, way }
        for (const [design, make] of Object.entries(designs)) {
          const { bodies, text, printed } = await through([make()])
          row[design] = {
            leaks: [...new Set([...leaks(text), ...bodies.flatMap((body) => leaks(print(decode(body))))])],
            groups: transport === 'console' ? String(printed.length) : groups(bodies),
          }
        }
        rows.push(row)
      }
    }
  }
  found.matrix = { rows, places: { traces: SPAN_PLACES, logs: LOG_PLACES } }
}

/** Nothing raw hangs on what an exporter gets. */
async function reach() {
  const got = {}
  const keep = (name) => ({ export: (items, done) => (void (got[name] = items), done({ code: 0 })), shutdown: async () => {}, forceFlush: async () => {} })
  await spansThrough([
    spanProcessor.batch(otel.maskSpanExporter(keep('span'), masker)),
    otel.maskSpanProcessor(spanProcessor.batch(keep('span of processor')), masker),
    spanProcessor.batch(keep('raw span')),
  ])
  await logsThrough([logProcessor.batch(otel.maskLogRecordExporter(keep('log'), masker)), otel.maskLogRecordProcessor(logProcessor.batch(keep('log of processor')), masker)])
  found.reach = Object.fromEntries(Object.entries(got).map(([name, items]) => [name, { items: items.length, leaks: leaks(reachable(items)) }]))
}

// ---------------------------------------------------------------------------------------------- weaker designs

async function weaker() {
  const hide = (attributes) => {
    const done = masker.value({ ...attributes })
    for (const key of Object.keys(attributes)) if (Object.hasOwn(done, key)) attributes[key] = done[key]
  }
  const nothing = { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} }
  const mutate = {
    ...nothing,
    onEnd(span) {
      hide(span.attributes)
      for (const event of span.events) hide(event.attributes)
    },
  }
  const ending = {
    ...nothing,
    onEnding(span) {
      for (const [key, value] of Object.entries(masker.value({ ...span.attributes }))) span.setAttribute(key, value)
      span.updateName(masker.text(span.name))
      span.setStatus({ code: span.status.code, message: masker.text(span.status.message ?? '') })
      for (const event of span.events) hide(event.attributes)
      for (const link of span.links) hide(link.attributes)
    },
  }
  const late = { ...nothing, onEnding: (span) => span.setAttribute('late', canary('added in onEnding')) }
  // with resources that have settled: else a simple processor waits, and it is a race
  const settled = () => resourceFromAttributes({ 'app.owner': canary('resource') })
  const through = async (processors) => {
    const provider = newTracerProvider({ resource: settled(), spanProcessors: processors })
    recordSpans(provider)
    await provider.forceFlush()
    await provider.shutdown()
    return leaks(arrived().text)
  }
  const json = () => newExporter('traces', 'json')
  const emit = (mutate) => ({ onEmit: mutate, forceFlush: async () => {}, shutdown: async () => {} })
  const hideLog = emit((record) => {
    hide(record.attributes)
    record.setBody(masker.value(record.body))
  })
  found.weaker = {
    'mutate in onEnd, after a simple processor': await through([spanProcessor.simple(json()), mutate]),
    'mutate in onEnd, first': await through([mutate, spanProcessor.batch(json())]),
    'onEnding through the span API': await through([ending, late, spanProcessor.batch(json())]),
    'logs: mutate in onEmit, first': leaks((await logsThrough([hideLog, logProcessor.batch(newExporter('logs', 'json'))], recordLogs, settled())).text),
    'logs: mutate in onEmit, after a simple processor': leaks((await logsThrough([logProcessor.simple(newExporter('logs', 'json')), hideLog], recordLogs, settled())).text),
  }
}

// ---------------------------------------------------------------------------------------------- E2: nothing else changes

const MASKED = '[REDACTED:github_token]'
const unmask = (text) => text.replace(/ghp_[A-Za-z0-9]{36}/g, MASKED)
/** Attributes of data points get pseudonyms. */
const alike = (value) => JSON.parse(JSON.stringify(value).replace(/github_token_[a-z2-7]{16}/g, MASKED))

/** What a raw request must become: tokens replaced, in bytes too. */
function expected(value) {
  if (typeof value === 'string') return unmask(value)
  if (Array.isArray(value)) return value.map(expected)
  if (typeof value !== 'object' || value === null) return value
  if (typeof value.bytesValue === 'string') {
    const text = Buffer.from(value.bytesValue, 'base64').toString()
    return { bytesValue: Buffer.from(unmask(text)).toString('base64') }
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expected(item)]))
}

async function equality() {
  const rows = {}
  const both = (signal, wrap) => {
    const raw = newExporter(signal, 'proto')
    const masked = wrap(newExporter(signal, 'proto', { headers: { masked: '1' } }), masker)
    return {
      export: (items, done) => raw.export(items, () => masked.export(items, done)),
      shutdown: async () => void (await Promise.all([raw.shutdown(), masked.shutdown()])),
      forceFlush: async () => {},
    }
  }
  const rewriter = createRewriter(masker)
  const compare = ({ bodies: [raw, masked] }) => ({
    raw: expected(decode(raw)),
    masked: decode(masked),
    rawLeaks: leaks(raw.body.toString('latin1')).length,
    proxy: decode({ ...raw, body: rewriter.rewrite(raw.signal, 'protobuf', raw.body).body }),
  })
  rows.traces = compare(await spansThrough([spanProcessor.batch(both('traces', otel.maskSpanExporter))]))
  rows.logs = compare(await logsThrough([logProcessor.batch(both('logs', otel.maskLogRecordExporter))]))
  const exporter = both('metrics', otel.maskMetricExporter)
  const provider = newMeters(exporter)
  measure(provider, 'a', 'a')
  await provider.forceFlush()
  await provider.shutdown()
  const { raw, masked, rawLeaks, proxy } = compare(arrived())
  rows.metrics = { raw, masked: alike(masked), rawLeaks, exact: masked, proxy }
  found.equality = rows
  // what the conventions name, through the treatments of the ruleset
  const conventions = {
    'url.full': 'https://ann:pw@shop.example/orders/bob@shop.example?token=9f8e7d6c&page=2#access_token=abcdef123456',
    'db.system.name': 'postgresql',
    'db.query.text': "SELECT * FROM users WHERE mail = 'bob@shop.example' AND n IN (1, 2)",
    'client.address': '203.0.113.7',
    'user.id': 'u-881',
    'user.email': 'bob@shop.example',
    'http.request.header.authorization': ['Bearer abcdef0123456789'],
    'http.request.header.x-note': ['secret', 'two'],
    'http.request.header.accept': ['text/html'],
    'process.command_args': ['node', '--password=hunter22'],
    'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'I am bob@shop.example' }] }]),
    'exception.message': 'card 4111 1111 1111 1111 of bob@shop.example',
    'app.card': 4111111111111111,
    'app.count': 7,
    password: 'hunter22',
    latitude: -36.8485,
    name: 'email',
    value: 'Maria Schneider',
    'messaging.message.id': 'm-1',
    'app.flag': true,
  }
  const parity = ({ bodies: [raw, masked] }) => ({
    masked: decode(masked),
    proxy: decode({ ...raw, body: rewriter.rewrite(raw.signal, 'protobuf', raw.body).body }),
    same: raw.body.equals(masked.body),
  })
  const record = (provider) => {
    const span = provider
      .getTracer('x')
      .startSpan('GET /users/bob@shop.example', { attributes: conventions, links: [{ context: { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1 }, attributes: conventions }] })
    span.addEvent('e', conventions)
    span.end()
  }
  found.parity = {
    traces: parity(await spansThrough([spanProcessor.batch(both('traces', otel.maskSpanExporter))], record)),
    logs: parity(
      await logsThrough([logProcessor.batch(both('logs', otel.maskLogRecordExporter))], (provider) => {
        provider.getLogger('x').emit({ body: { ...conventions, deep: [conventions] }, attributes: conventions, eventName: 'e' })
        provider.getLogger('x').emit({ body: JSON.stringify(conventions) })
        provider.getLogger('x').emit({ body: 'login user=bob@shop.example password=hunter22' })
      }),
    ),
  }
}

// ---------------------------------------------------------------------------------------------- E3, E4: odd values, order, failures

async function values() {
  const bytes = new Uint8Array([1, 2, 255])
  const secret = Buffer.from(canary('bytes'))
  const kept = Buffer.from(secret)
  const big = 2 ** 60
  let got
  const exporter = { export: (items, done) => (void (got = items), done({ code: 0 })), shutdown: async () => {}, forceFlush: async () => {} }
  const attributes = {
    '': 'empty',
    nan: Number.NaN,
    infinite: Number.POSITIVE_INFINITY,
    big,
    zero: -0,
    list: [1, 2.5],
    flags: [true, false],
    text: canary('attribute'),
    words: ['a', canary('array')],
  }
  Object.defineProperty(attributes, '__proto__', { value: canary('map'), enumerable: true, writable: true, configurable: true })
  const odd = { ...attributes, nothing: null, bytes, secret, deep: { a: [{ b: { c: canary('map') } }], raw: bytes, [canary('map key')]: null }, mixed: [1, 'a', null, true] }
  Object.defineProperty(odd, '__proto__', { value: canary('map'), enumerable: true, writable: true, configurable: true })
  await logsThrough([logProcessor.batch(otel.maskLogRecordExporter(exporter, masker))], (provider) => provider.getLogger('x').emit({ body: odd, attributes: {} }))
  const { body } = got[0]
  const own = (object, key) => Object.getOwnPropertyDescriptor(object, key)?.value
  found.values = {
    keys: Object.keys(body),
    empty: body[''],
    proto: own(body, '__proto__'),
    numbers: [Number.isNaN(body.nan), body.infinite === Number.POSITIVE_INFINITY, body.big === big, Object.is(body.zero, -0)],
    nothing: body.nothing,
    bytes: [...body.bytes],
    fresh: body.bytes !== bytes && body.deep.raw !== bytes && body.list !== odd.list && body.deep !== odd.deep,
    untouched: Buffer.compare(secret, kept) === 0 && odd.text === canary('attribute'),
    secret: Buffer.from(body.secret).toString(),
    deep: JSON.stringify(body.deep),
    mixed: body.mixed,
    leaks: leaks(reachable(got)),
  }
  await spansThrough([spanProcessor.batch(otel.maskSpanExporter(exporter, masker))], (provider) => {
    const span = provider.getTracer('x').startSpan('x')
    for (const key of Object.keys(attributes)) span.setAttribute(key, attributes[key])
    Object.defineProperty(span.attributes, '__proto__', { value: canary('map'), enumerable: true, writable: true, configurable: true })
    span.end()
  })
  const masked = got[0].attributes
  found.values.span = {
    proto: own(masked, '__proto__'),
    nan: Number.isNaN(masked.nan),
    big: masked.big === big,
    zero: Object.is(masked.zero, -0),
    leaks: leaks(reachable(got)),
  }
}

async function order() {
  const adding = {
    onStart: (span) => span.setAttribute('started', canary('added in onStart')),
    onEnding: (span) => span.setAttribute('ending', canary('added in onEnding')),
    onEnd(span) {
      span.attributes['ended'] = canary('added in onEnd')
      span.events.push({ name: canary('added in onEnd'), time: [1, 1], attributes: {} })
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  const json = () => newExporter('traces', 'json')
  const rows = {}
  const cases = {
    'exporter, simple': (wrap) => spanProcessor.simple(wrap ? otel.maskSpanExporter(json(), masker) : json()),
    'exporter, batch': (wrap) => spanProcessor.batch(wrap ? otel.maskSpanExporter(json(), masker) : json()),
    'processor, simple': (wrap) => (wrap ? otel.maskSpanProcessor(spanProcessor.simple(json()), masker) : spanProcessor.simple(json())),
    'processor, batch': (wrap) => (wrap ? otel.maskSpanProcessor(spanProcessor.batch(json()), masker) : spanProcessor.batch(json())),
  }
  for (const [name, make] of Object.entries(cases)) {
    const after = await spansThrough([make(true), adding])
    const before = await spansThrough([adding, make(true)])
    const raw = await spansThrough([adding, make(false)])
    rows[name] = { leaks: [...leaks(after.text), ...leaks(before.text)], raw: leaks(raw.text).filter((place) => place.startsWith('added')) }
  }
  // A copy, once masked, stays as it is: a pseudonym is not masked again.
  const once = { ...rows }
  let got = []
  const exporter = { export: (items, done) => (got.push(...items), done({ code: 0 })), shutdown: async () => {}, forceFlush: async () => {} }
  const wrapped = otel.maskSpanExporter(exporter, masker)
  const record = (provider) => {
    const span = provider.getTracer('x').startSpan('x')
    span.setAttribute('user.id', 'u-881')
    span.end()
  }
  await spansThrough([otel.maskSpanProcessor(spanProcessor.batch(wrapped), masker), spanProcessor.batch(wrapped)], record)
  // A processor behind the masking that adds data by itself: the exporter's wrapper masks again.
  const tampering = (onEnd) => ({ onStart() {}, onEnd, forceFlush: async () => {}, shutdown: async () => {} })
  const late = []
  const exported = otel.maskSpanExporter({ export: (items, done) => (late.push(...items), done({ code: 0 })), shutdown: async () => {} }, masker)
  const changes = {
    attribute: (span) => void (span.attributes['late'] = canary('attribute')),
    event: (span) => void span.events.push({ name: canary('event name'), time: [1, 1] }),
    name: (span) => void (span.name = canary('name')),
    kind: (span) => void (span.kind = canary('name')),
    field: (span) => void (span.more = canary('name')),
    resource: (span) => void (span.resource = { attributes: { a: canary('resource') } }),
  }
  await spansThrough(
    Object.values(changes).map((change) =>
      otel.maskSpanProcessor(
        tampering((span) => {
          change(span)
          exported.export([span], () => {})
        }),
        masker,
      ),
    ),
    record,
  )
  const shared = []
  await spansThrough(
    [
      otel.maskSpanProcessor(
        tampering((span) => {
          for (const change of [() => (span.resource.attributes['late'] = canary('resource')), () => (span.instrumentationScope.name = canary('scope name'))]) {
            try {
              change()
            } catch {}
          }
          shared.push(span)
        }),
        masker,
      ),
    ],
    record,
  )
  const lateLogs = []
  const exportedLogs = otel.maskLogRecordExporter({ export: (items, done) => (lateLogs.push(...items), done({ code: 0 })), shutdown: async () => {} }, masker)
  await logsThrough(
    [(one) => one.setAttribute('user.id', 'u-881').setBody(`paid ${canary('body')}`), (one) => void (one.attributes['late'] = canary('attribute'))].map((change) =>
      otel.maskLogRecordProcessor(
        {
          onEmit(one) {
            change(one)
            exportedLogs.export([one], () => {})
          },
          forceFlush: async () => {},
          shutdown: async () => {},
        },
        masker,
      ),
    ),
    (provider) => provider.getLogger('x').emit({ body: 'x' }),
  )
  // exports wait for the resource
  for (let i = 0; i < 100 && (late.length < 6 || lateLogs.length < 2); i++) await new Promise((resolve) => setTimeout(resolve, 10))
  found.order = {
    late: { spans: late.length, leaks: leaks(reachable([late, lateLogs, shared])), logs: lateLogs.length, user: lateLogs[0].attributes['user.id'] },
    rows: once,
    sameExporter: otel.maskSpanExporter(wrapped, masker) === wrapped,
    sameProcessor: [otel.maskSpanProcessor(wrapped, masker)].every((one) => one === wrapped),
    pseudonyms: got.map((span) => span.attributes['user.id']),
    onEnding: typeof otel.maskSpanProcessor({ ...adding, onEnding: undefined }, masker).onEnding,
  }
  // `onStart` with a masked view: what is set on it goes to the span
  got = []
  let started
  const early = {
    onStart(span) {
      span.setAttribute('early', 'set')
      started = span
    },
    onEnd: (span) => got.push(span),
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  await spansThrough([otel.maskSpanProcessor(early, { masker, maskStart: true })])
  found.order.start = {
    leaks: leaks(reachable({ name: started.name, attributes: started.attributes, links: started.links, resource: started.resource })),
    early: got.map((span) => span.attributes['early']),
  }
}

async function failing() {
  const rows = {}
  const boom = {
    type: 'boom',
    summary: '',
    input: 'A',
    settles: 'all',
    options: {},
    compile: () => (value) => {
      if (value === 'span 300') throw new Error(`cannot mask ${value}`)
      return 'masked'
    },
    examples: [],
  }
  for (const policy of ['redact', 'drop', 'fail']) {
    let got
    let inner = 0
    const exporter = { export: (items, done) => (inner++, void (got = items), done({ code: 0 })), shutdown: async () => {}, forceFlush: async () => {} }
    const own = createMasker({ version: '1.0', policy: { on_mask_error: policy }, rules: [{ keys: ['note'], masks: [{ type: 'boom' }] }] }, { masks: { boom }, runSecret })
    const wrapped = otel.maskSpanExporter(exporter, own)
    const spans = []
    await spansThrough([{ onStart() {}, onEnd: (span) => spans.push(span), forceFlush: async () => {}, shutdown: async () => {} }], (provider) => {
      for (let i = 0; i < 512; i++)
        provider
          .getTracer('x')
          .startSpan(`n${i}`, { attributes: { note: `span ${i}` } })
          .end()
    })
    const result = await new Promise((resolve) => wrapped.export(spans, resolve))
    const alone = await new Promise((resolve) => wrapped.export(spans.slice(300, 301), resolve))
    const count = got?.length ?? 0
    await new Promise((resolve) => wrapped.export(spans, resolve))
    rows[policy] = {
      code: result.code,
      alone: alone.code,
      text: `${result.error?.message ?? ''}${alone.error?.message ?? ''}${result.error?.stack ?? ''}`.includes('span 300'),
      items: got?.length ?? 0,
      count,
      inner,
      notes:
        got === undefined
          ? {}
          : Object.fromEntries([...new Set(got.map((span) => span.attributes['note']))].map((note) => [note, got.filter((span) => span.attributes['note'] === note).length])),
      stats: (({ items, dropped, minimal }) => ({ items, dropped, minimal }))(otel.stats(own)),
    }
  }
  // a span that cannot even be read
  let got = []
  const exporter = { export: (items, done) => (void (got = items), done({ code: 0 })), shutdown: async () => {}, forceFlush: async () => {} }
  await spansThrough([spanProcessor.batch(otel.maskSpanExporter(exporter, masker))], (provider) => {
    const bad = provider.getTracer('x').startSpan(`bad ${canary('name')}`, { kind: 3 })
    Object.defineProperty(bad.attributes, 'getter', {
      enumerable: true,
      get: () => {
        throw new Error(canary('attribute'))
      },
    })
    bad.setStatus({ code: 2, message: canary('status') })
    bad.addEvent('e')
    bad.end()
    provider.getTracer('x').startSpan('good').end()
  })
  rows.unreadable = got.map(({ name, kind, status, attributes, events, links }) => ({ name, kind, status, attributes, events, links }))
  rows.ids = got.map((span) => /^[0-9a-f]{32}$/.test(span.spanContext().traceId))
  found.failing = rows
}

// ---------------------------------------------------------------------------------------------- E5: metrics

const { PeriodicExportingMetricReader, MeterProvider } = sdkMetrics

function newMeters(exporter, options = {}) {
  return new MeterProvider({ resource: newResource(), readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 100_000 })], ...options })
}

/** Two users, with the attributes that are given, in three kinds of instruments. */
function measure(provider, first, second) {
  const meter = provider.getMeter(`shop ${canary('scope name')}`, `1.0-${canary('scope version')}`)
  const options = { description: `of ${canary('description')}`, unit: `{${canary('unit')}}` }
  const counter = meter.createCounter('app.paid', options)
  counter.add(1, { user: first, plan: 'gold' })
  counter.add(5, { user: second, plan: 'gold' })
  const histogram = meter.createHistogram('app.size', options)
  histogram.record(2, { user: first })
  histogram.record(3, { user: second })
  meter.createObservableGauge('app.level', options).addCallback((result) => {
    result.observe(4, { [canary('attribute key')]: first })
  })
  meter.createCounter(canary('name')).add(1)
}

const points = (body, name) =>
  decode(body)
    .resourceMetrics.flatMap((one) => one.scopeMetrics)
    .flatMap((one) => one.metrics)
    .filter((one) => one.name === name)
    .flatMap((one) => one.sum?.dataPoints ?? one.histogram?.dataPoints ?? one.gauge?.dataPoints)
    .map((point) => ({
      value: point.asDouble ?? Number(point.asInt ?? point.count),
      user: point.attributes?.find(({ key }) => key === 'user')?.value.stringValue,
      attributes: (point.attributes ?? []).map(({ key, value }) => `${key}=${value.stringValue}`).join(' '),
    }))

async function metrics() {
  const places = ['attribute', 'array', 'attribute key', 'resource', 'async resource', 'scope name', 'scope version', 'description', 'unit', 'name']
  const rows = []
  for (const transport of transports) {
    const designs = {
      none: (exporter) => newMeters(exporter),
      'view only': (exporter) => newMeters(exporter, { views: otel.maskViews([], masker) }),
      exporter: (exporter) => newMeters(otel.maskMetricExporter(exporter, masker)),
      'view and exporter': (exporter) => newMeters(otel.maskMetricExporter(exporter, masker), { views: otel.maskViews([], masker) }),
      reader: (exporter) =>
        new MeterProvider({ resource: newResource(), readers: [otel.maskMetricReader(new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 100_000 }), masker)] }),
    }
    const row = { transport }
    for (const [design, make] of Object.entries(designs)) {
      const provider = make(newExporter('metrics', transport))
      measure(provider, canary('attribute'), canary('array'))
      await provider.forceFlush()
      const { bodies, text, printed } = arrived()
      await provider.shutdown()
      arrived()
      row[design] = {
        leaks: leaks(text),
        ...(transport === 'console' ? { printed: printed.length } : { groups: groups(bodies), paid: points(bodies[0], 'app.paid'), size: points(bodies[0], 'app.size') }),
      }
    }
    rows.push(row)
  }
  // a mask that makes series alike
  const ruleset = { version: '1.0', rules: [{ keys: ['user'], masks: [{ type: 'redact', text: '***' }] }] }
  const series = async (views, wrap) => {
    const own = createMasker(ruleset, { runSecret })
    const exporter = newExporter('metrics', 'proto')
    const provider = newMeters(wrap ? otel.maskMetricExporter(exporter, own) : exporter, views === undefined ? {} : { views: otel.maskViews(views, own) })
    measure(provider, 'u-1', 'u-2')
    await provider.forceFlush()
    const { bodies } = arrived()
    await provider.shutdown()
    arrived()
    return { paid: points(bodies[0], 'app.paid'), size: points(bodies[0], 'app.size'), collisions: otel.stats(own).collisions }
  }
  const pseudonyms = async (view) => {
    const exporter = newExporter('metrics', 'proto')
    const provider = newMeters(otel.maskMetricExporter(exporter, masker), view ? { views: otel.maskViews([], masker) } : {})
    provider.getMeter('x').createCounter('c').add(1, { 'user.id': 'u-881' })
    await provider.forceFlush()
    const { bodies } = arrived()
    await provider.shutdown()
    arrived()
    return points(bodies[0], 'c')[0].attributes
  }
  const span = newTracerProvider({})
    .getTracer('x')
    .startSpan('x', { attributes: { 'user.id': 'u-881' } })
  let seen
  otel.maskSpanProcessor({ onStart() {}, onEnd: (one) => void (seen = one), forceFlush: async () => {}, shutdown: async () => {} }, masker).onEnd(span)
  // temporality goes through where there is one, and only there
  const temporality = {}
  for (const preference of ['DELTA', 'CUMULATIVE']) {
    const exporter = newExporter('metrics', 'proto', { temporalityPreference: preference === 'DELTA' ? 0 : 1 })
    const raw = exporter.selectAggregationTemporality('COUNTER')
    const wrapped = otel.maskMetricExporter(exporter, masker)
    const provider = newMeters(wrapped)
    provider.getMeter('x').createCounter('c').add(1)
    await provider.forceFlush()
    const { bodies } = arrived()
    await provider.shutdown()
    arrived()
    temporality[preference] = {
      same: wrapped.selectAggregationTemporality('COUNTER') === raw,
      exported: decode(bodies[0]).resourceMetrics[0].scopeMetrics[0].metrics[0].sum.aggregationTemporality,
    }
  }
  const plain = { export() {}, shutdown: async () => {}, forceFlush: async () => {} }
  temporality.absent = ['selectAggregation', 'selectAggregationTemporality'].filter((name) => name in otel.maskMetricExporter(plain, masker))
  temporality.present = ['selectAggregation', 'selectAggregationTemporality'].filter(
    (name) => name in otel.maskMetricExporter({ ...plain, selectAggregation: () => 1, selectAggregationTemporality: () => 1 }, masker),
  )

  // Prometheus is a reader
  const prometheus = async (wrap) => {
    const exporter = new PrometheusExporter({ preventServerStart: true, withResourceConstantLabels: /./ })
    const reader = wrap ? otel.maskMetricReader(exporter, masker) : exporter
    const provider = new MeterProvider({ resource: newResource(), readers: [reader] })
    measure(provider, canary('attribute'), canary('array'))
    const server = http.createServer((request, response) => exporter.getMetricsRequestHandler(request, response))
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const text = await (await fetch(`http://127.0.0.1:${server.address().port}/metrics`)).text()
    server.close()
    server.closeAllConnections()
    await provider.shutdown()
    return { leaks: leaks(text), lines: text.split('\n').filter((one) => one.startsWith('app_paid_total{') || one.startsWith('app_paid_')).length, same: reader === exporter }
  }
  let late = ''
  try {
    const reader = new PrometheusExporter({ preventServerStart: true })
    const provider = new MeterProvider({ readers: [reader] })
    void provider
    otel.maskMetricReader(reader, masker)
  } catch (error) {
    late = error.message
  }
  // producers beside the SDK's
  const extra = {
    collect: async () => ({
      resourceMetrics: {
        resource: resourceFromAttributes({}),
        scopeMetrics: [
          {
            scope: { name: canary('scope name') },
            metrics: [
              {
                descriptor: { name: 'x', description: canary('description'), unit: '', valueType: 1 },
                aggregationTemporality: 1,
                dataPointType: 2,
                dataPoints: [{ startTime: [1, 1], endTime: [2, 2], attributes: { a: canary('attribute') }, value: 1 }],
              },
            ],
          },
        ],
      },
      errors: [new Error(canary('status'))],
    }),
  }
  let got
  const reader = otel.maskMetricReader(
    new PeriodicExportingMetricReader({
      exporter: { export: (data, done) => (void (got = data), done({ code: 0 })), shutdown: async () => {}, forceFlush: async () => {} },
      exportIntervalMillis: 100_000,
      metricProducers: [extra],
    }),
    masker,
  )
  const provider = new MeterProvider({ readers: [reader] })
  provider.getMeter('own').createCounter('c').add(1)
  const collected = await reader.collect()
  await provider.forceFlush()
  await provider.shutdown()
  const views = otel.maskViews([{ instrumentName: 'app.paid', attributesProcessors: [{ process: ({ user }) => ({ user }) }] }], masker)
  const keep = newMeters(newExporter('metrics', 'proto'), { views })
  measure(keep, canary('attribute'), canary('array'))
  await keep.forceFlush()
  const { bodies } = arrived()
  await keep.shutdown()
  arrived()
  found.metrics = {
    rows,
    places,
    series: { 'exporter only': await series(undefined, true), 'view only': await series([], false), both: await series([], true) },
    pseudonyms: { span: `user.id=${seen.attributes['user.id']}`, exporter: await pseudonyms(false), both: await pseudonyms(true) },
    temporality,
    prometheus: { raw: await prometheus(false), masked: await prometheus(true), late },
    extra: { scopes: got.scopeMetrics.length, leaks: leaks(reachable(got)), errors: leaks(collected.errors.map((error) => `${error.message} ${error.stack}`).join()) },
    views: { paid: points(bodies[0], 'app.paid') },
  }
}

// ---------------------------------------------------------------------------------------------- E6: propagation

async function propagation() {
  const core = createRequire(require.resolve('@opentelemetry/sdk-node'))('@opentelemetry/core')
  const composite = new core.CompositePropagator({ propagators: [new core.W3CTraceContextPropagator(), new core.W3CBaggagePropagator()] })
  const entries = {
    tenant: { value: 'acme' },
    note: { value: canary('baggage'), metadata: api.baggageEntryMetadataFromString(`p=${canary('metadata')}`) },
    'user.id': { value: 'u-881' },
  }
  let context = api.propagation.setBaggage(api.ROOT_CONTEXT, api.propagation.createBaggage(entries))
  context = api.trace.setSpanContext(context, { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1, traceState: traceState('trace state') })
  const send = async (propagator) => {
    const headers = {}
    propagator.inject(context, headers, api.defaultTextMapSetter)
    await new Promise((resolve, reject) => http.get(`${receiver.http}/ping`, { headers }, (response) => response.resume().on('end', resolve)).on('error', reject))
    const { baggage = '', tracestate = '', traceparent } = receiver.requests.at(-1).headers
    return { baggage: decodeURIComponent(baggage), tracestate, traceparent, leaks: leaks(decodeURIComponent(`${baggage} ${tracestate}`)) }
  }
  found.propagation = {
    raw: await send(composite),
    masked: await send(otel.maskPropagator(composite, { masker })),
    allowed: await send(otel.maskPropagator(composite, { masker, allow: ['tenant', 'note', 'user.id'] })),
    others: await send(otel.maskPropagator(composite, { masker, allow: ['tenant'], others: 'mask' })),
    fields: otel.maskPropagator(composite, masker).fields(),
    stays: api.propagation.getBaggage(context).getEntry('note').value === canary('baggage'),
    extracted: (() => {
      const extracted = otel
        .maskPropagator(composite, masker)
        .extract(api.ROOT_CONTEXT, { baggage: 'tenant=acme', traceparent: `00-${TRACE_ID}-${SPAN_ID}-01` }, api.defaultTextMapGetter)
      return [api.propagation.getBaggage(extracted).getEntry('tenant').value, api.trace.getSpanContext(extracted).traceId === TRACE_ID]
    })(),
  }
}

// ---------------------------------------------------------------------------------------------- E7: diag

async function diag() {
  const run = async (wrapLogger, wrapExporter) => {
    const lines = []
    const logger = Object.fromEntries(
      ['error', 'warn', 'info', 'debug', 'verbose'].map((level) => [
        level,
        (...args) => void lines.push(args.map((arg) => (typeof arg === 'string' ? arg : print(arg))).join(' ')),
      ]),
    )
    api.diag.setLogger(wrapLogger ? otel.maskDiagLogger(logger, masker) : logger, { logLevel: api.DiagLogLevel.DEBUG, suppressOverrideMessage: true })
    const exporter = newExporter('traces', 'json')
    await spansThrough([spanProcessor.batch(wrapExporter ? otel.maskSpanExporter(exporter, masker) : exporter)], (provider) => {
      const span = provider.getTracer('x').startSpan('fine', { attributes: { 'app.note': canary('attribute') } })
      span.end()
    })
    const items = lines.splice(0).join('\n')
    const twice = newTracerProvider({}).getTracer('x').startSpan(canary('name'))
    twice.end()
    twice.end()
    api.diag.error(JSON.stringify({ message: canary('exception'), password: 'hunter22' }))
    api.diag.warn('failed', new Error(canary('status')), new Map([['password', 'hunter22']]))
    const rest = lines.join('\n')
    api.diag.disable()
    return { items: leaks(items), lines: items.split('\n').length, rest: leaks(rest), password: rest.includes('hunter22') }
  }
  found.diag = { raw: await run(false, false), 'wrapped exporter': await run(false, true), 'wrapped logger': await run(true, false) }
}

// ---------------------------------------------------------------------------------------------- the resource by itself

async function resource() {
  const raw = newResource()
  const masked = otel.maskResource(raw, masker)
  const before = { pending: masked.asyncAttributesPending, now: Object.keys(masked.getRawAttributes().filter(([, value]) => typeof value === 'string')).length }
  const list = await Promise.all(masked.getRawAttributes().map(async ([key, value]) => [key, await value]))
  await masked.waitForAsyncAttributes()
  const merged = masked.merge(resourceFromAttributes({ 'app.more': canary('attribute') }))
  const intoRaw = resourceFromAttributes({ a: 'b' }).merge(masked)
  const hanging = otel.maskResource(resourceFromAttributes({ ok: 'yes', bad: Promise.reject(new Error(canary('status'))) }), masker)
  await hanging.waitForAsyncAttributes()
  found.resource = {
    before,
    after: masked.asyncAttributesPending,
    attributes: masked.attributes,
    same: [masked.attributes].includes(masked.attributes) && otel.maskResource(raw, masker) === masked && otel.maskResource(masked, masker) === masked,
    merged: merged.attributes,
    intoRaw: Object.keys(intoRaw.attributes),
    leaks: leaks(`${reachable(masked)}${reachable(merged)}${print(list)}${reachable(intoRaw)}`),
    hanging: hanging.attributes,
  }
}

// ---------------------------------------------------------------------------------------------- E8: NodeSDK and its environment

async function nodeSdk() {
  const before = { ...process.env }
  const set = {
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.http,
    OTEL_NODE_RESOURCE_DETECTORS: 'none',
  }
  const run = async (options) => {
    Object.assign(process.env, set)
    for (const one of [api.trace, api.metrics, api.propagation, api.context]) one.disable()
    const { logs } = api.logs === undefined ? require('@opentelemetry/api-logs') : api
    logs.disable()
    const sdk = new NodeSDK({ resource: newResource(), ...options })
    sdk.start()
    recordSpans(api.trace)
    api.metrics
      .getMeter('x')
      .createCounter('c', { description: canary('description') })
      .add(1, { note: canary('attribute') })
    logs.getLogger('x').emit({ body: canary('body') })
    await sdk.shutdown()
    const { bodies, text } = arrived()
    return { signals: bodies.map(({ signal, type }) => `${signal} ${type}`).sort(), leaks: leaks(text) }
  }
  const masked = (more) => ({
    spanProcessors: [spanProcessor.batch(otel.maskSpanExporter(newExporter('traces', 'proto'), masker))],
    logRecordProcessors: [logProcessor.batch(otel.maskLogRecordExporter(newExporter('logs', 'proto'), masker))],
    metricReaders: [new PeriodicExportingMetricReader({ exporter: otel.maskMetricExporter(newExporter('metrics', 'proto'), masker), exportIntervalMillis: 100_000 })],
    views: otel.maskViews([], masker),
    ...more,
  })
  found.nodeSdk = { environment: await run({}), code: await run(masked({})) }
  if (!modern) found.nodeSdk.traceExporter = await run(masked({ spanProcessors: undefined, traceExporter: otel.maskSpanExporter(newExporter('traces', 'proto'), masker) }))
  for (const name of Object.keys(set)) delete process.env[name]
  Object.assign(process.env, before)
}

// ---------------------------------------------------------------------------------------------- E9: instrumentation

async function automatic() {
  for (const one of [api.trace, api.metrics, api.propagation, api.context]) one.disable()
  const { logs } = require('@opentelemetry/api-logs')
  logs.disable()
  const { NodeTracerProvider } = require('@opentelemetry/sdk-trace-node')
  const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http')
  const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici')
  const { PinoInstrumentation } = here('@opentelemetry/instrumentation-pino')
  const spans = { raw: [], masked: [] }
  const records = { raw: [], masked: [] }
  const keep = (list) => ({ export: (items, done) => (list.push(...items), done({ code: 0 })), shutdown: async () => {}, forceFlush: async () => {} })
  const provider = new NodeTracerProvider({ spanProcessors: [spanProcessor.simple(keep(spans.raw)), spanProcessor.simple(otel.maskSpanExporter(keep(spans.masked), masker))] })
  provider.register()
  const loggers = new sdkLogs.LoggerProvider({
    processors: [logProcessor.simple(keep(records.raw)), logProcessor.simple(otel.maskLogRecordExporter(keep(records.masked), masker))],
  })
  logs.setGlobalLoggerProvider(loggers)
  const headers = { requestHeaders: ['authorization', 'x-forwarded-for', 'accept', 'x-note'], responseHeaders: ['set-cookie', 'location'] }
  const instrumentations = [
    new HttpInstrumentation({ headersToSpanAttributes: { client: headers, server: headers } }),
    new UndiciInstrumentation({ headersToSpanAttributes: headers }),
    new PinoInstrumentation(),
  ]
  for (const one of instrumentations) {
    one.setTracerProvider(provider)
    one.setLoggerProvider?.(loggers)
    one.enable()
  }
  const patched = here('http')
  const server = patched.createServer((request, response) => {
    request.resume()
    response.writeHead(302, { 'set-cookie': 'sid=s3cr3tcookie; Path=/', location: '/next?code=s3cr3tcode' })
    response.end()
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${server.address().port}/orders/bob@shop.example?token=s3cr3ttoken&page=2`
  const sent = { authorization: 'Bearer s3cr3tbearer', 'x-forwarded-for': '203.0.113.7', accept: 'text/html', 'x-note': 's3cr3tnote' }
  await new Promise((resolve, reject) => patched.get(url, { headers: sent }, (response) => response.resume().on('end', resolve)).on('error', reject))
  await fetch(url, { headers: sent, redirect: 'manual' })
  const log = here('pino')({}, { write() {} })
  log.info({ user: { email: 'bob@shop.example' }, password: 's3cr3tpassword' }, 'paid by bob@shop.example')
  await provider.forceFlush()
  server.close()
  server.closeAllConnections()
  for (const one of instrumentations) one.disable()
  await provider.shutdown()
  await loggers.shutdown()
  const shown = (which) => {
    const texts = [...spans[which].map(({ name, kind, attributes }) => ({ name, kind, attributes })), ...records[which].map(({ body, attributes }) => ({ body, attributes }))]
    return { items: texts, secrets: [...new Set(print(texts).match(/s3cr3t[a-z]+|bob@shop\.example|203\.0\.113\.7/g) ?? [])].sort() }
  }
  found.automatic = { raw: shown('raw'), masked: shown('masked') }
}

const parts = { matrix, reach, weaker, equality, values, order, failing, metrics, propagation, diag, resource, nodeSdk, ...(modern ? {} : { automatic }) }
const times = {}
const only = process.argv[4]?.split(',')
for (const [name, run] of Object.entries(parts)) {
  if (only !== undefined && !only.includes(name)) continue
  const start = performance.now()
  try {
    await run()
  } catch (error) {
    errors.push(`${name}: ${error?.stack ?? error}`)
  }
  times[name] = Math.round(performance.now() - start)
}
receiver.close()
process.stdout.write(JSON.stringify({ node: process.version, found, errors, times, warnings: masker.warnings.length }))
process.exit(0)
