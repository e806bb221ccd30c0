// A shop that traces, logs and counts with OpenTelemetry's SDK for JavaScript. Its console exporters stand for whatever you export to.
import { createRequire } from 'node:module'
import { createMasker } from 'mask-logs'
import { maskDiagLogger, maskLogRecordExporter, maskMetricExporter, maskPropagator, maskSpanExporter, maskViews, stats } from 'mask-logs/otel'

// In your own project: import { ... } from '@opentelemetry/...'. Here the SDK is a fixture of the tests.
const require = createRequire(new URL('../../test/fixtures/otel2/package.json', import.meta.url))
const { context, diag, DiagConsoleLogger, DiagLogLevel, metrics, propagation, SpanKind, SpanStatusCode, trace } = require('@opentelemetry/api')
const { logs } = require('@opentelemetry/api-logs')
const { resourceFromAttributes } = require('@opentelemetry/resources')
const { BatchLogRecordProcessor, ConsoleLogRecordExporter } = require('@opentelemetry/sdk-logs')
const { ConsoleMetricExporter, PeriodicExportingMetricReader } = require('@opentelemetry/sdk-metrics')
const { NodeSDK } = require('@opentelemetry/sdk-node')
const { BatchSpanProcessor, ConsoleSpanExporter } = require('@opentelemetry/sdk-trace-base')
const { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } = createRequire(require.resolve('@opentelemetry/sdk-node'))('@opentelemetry/core')

const raw = process.argv.includes('--raw')

// One masker for all signals: the same customer has the same pseudonym in spans, logs and metrics.
const masker = createMasker(new URL('ruleset.yaml', import.meta.url).pathname, { runSecret: process.env.MASK_LOGS_RUN_SECRET })
const mask = (wrap, what) => (raw ? what : wrap(what, masker))

diag.setLogger(mask(maskDiagLogger, new DiagConsoleLogger()), DiagLogLevel.ERROR)

const sdk = new NodeSDK({
  resource: resourceFromAttributes({ 'service.name': 'shop', 'process.owner': 'maria' }),
  autoDetectResources: false,
  spanProcessors: [new BatchSpanProcessor(mask(maskSpanExporter, new ConsoleSpanExporter()))],
  logRecordProcessors: [new BatchLogRecordProcessor({ exporter: mask(maskLogRecordExporter, new ConsoleLogRecordExporter()) })],
  metricReaders: [new PeriodicExportingMetricReader({ exporter: mask(maskMetricExporter, new ConsoleMetricExporter()) })],
  views: raw ? [] : maskViews([], masker),
  textMapPropagator: raw
    ? undefined
    : maskPropagator(new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }), { masker, allow: ['tenant'] }),
})
sdk.start()

const span = trace.getTracer('shop').startSpan('POST /v1/orders/:id/payments', { kind: SpanKind.SERVER })
span.setAttributes({
  'url.full': 'https://shop.example/v1/orders/17/payments?token=9f8e7d6c5b4a&page=2',
  'client.address': '203.0.113.7',
  'user.id': 'u-881',
  'db.system.name': 'postgresql',
  'db.query.text': "UPDATE orders SET mail = 'sarah.mitchell@shop.example' WHERE id = 17",
  'http.request.header.authorization': ['Bearer abcdef0123456789abcdef0123456789'],
  'app.customer.id': '12345',
  'app.note': 'sister of Maria, call her back',
})
const error = new Error('payment of sarah.mitchell@shop.example was declined')
error.stack = `Error: ${error.message}\n    at charge (/srv/shop/payments.js:112:17)`
span.recordException(error)
span.setStatus({ code: SpanStatusCode.ERROR, message: error.message })

const baggage = propagation.createBaggage({ tenant: { value: 'acme' }, mail: { value: 'sarah.mitchell@shop.example' } })
const headers = {}
propagation.inject(propagation.setBaggage(trace.setSpan(context.active(), span), baggage), headers)
console.log('headers of an outgoing request: baggage', headers.baggage)
span.end()

logs.getLogger('shop').emit({ severityText: 'WARN', body: 'card 4111 1111 1111 1111 declined', attributes: { 'app.customer.id': '12345' } })

const paid = metrics.getMeter('shop').createCounter('shop.payments')
paid.add(1, { 'app.customer.id': '12345', 'client.address': '203.0.113.7' })
paid.add(5, { 'app.customer.id': '12345', 'client.address': '203.0.113.99' })

await sdk.shutdown()
if (!raw) console.log('values masked:', stats(masker).masked)
