// Places of OTLP that a processor of telemetry can pass over: for each a request with a canary there. The comparison with the Collector
// (docs/opentelemetry.md) and its test read the same list.

/** Anything JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

export type Signal = 'traces' | 'logs' | 'metrics'

/** How the peer is set up beside its patterns, where a place needs more. */
export type Variant = 'plain' | 'allowed' | 'database'

export interface Gap {
  readonly id: string
  /** As the table of the documentation says it. */
  readonly place: string
  readonly signal: Signal
  readonly variant: Variant
  /** Text that must not be left anywhere. */
  readonly canary: string
  /** Other forms of it that must not be left, such as its base64. */
  readonly also?: readonly string[]
  /** Rules beside `mask-logs:otel` that stand for the variant. */
  readonly rules?: string
  readonly request: Json
}

const TIME = '1790000000000000001'
const TRACE = '5b8efff798038103d269b633813fc60c'
const SPAN = 'eee19b7ec3c1b174'

/** An attribute: text, or any AnyValue. */
function attribute(key: string, value: string | { readonly [kind: string]: Json }): Json {
  return { key, value: typeof value === 'string' ? { stringValue: value } : value }
}

const RESOURCE: Json = { attributes: [attribute('service.name', 'shop')] }

function traces(span: { readonly [key: string]: Json }, scope: Json = { name: 'shop.http', version: '1.0.0' }): Json {
  const whole = { traceId: TRACE, spanId: SPAN, name: 'GET', kind: 3, startTimeUnixNano: TIME, endTimeUnixNano: TIME, ...span }
  return { resourceSpans: [{ resource: RESOURCE, scopeSpans: [{ scope, spans: [whole] }] }] }
}

function logs(record: { readonly [key: string]: Json }): Json {
  const whole = { timeUnixNano: TIME, severityNumber: 9, ...record }
  return { resourceLogs: [{ resource: RESOURCE, scopeLogs: [{ scope: { name: 'shop.log' }, logRecords: [whole] }] }] }
}

function metrics(metric: { readonly [key: string]: Json }, point: { readonly [key: string]: Json } = {}): Json {
  const points = [{ startTimeUnixNano: TIME, timeUnixNano: TIME, asInt: '7', attributes: [attribute('http.route', '/a')], ...point }]
  const whole = { name: 'shop.orders', unit: '1', sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: points }, ...metric }
  return { resourceMetrics: [{ resource: RESOURCE, scopeMetrics: [{ scope: { name: 'shop.metrics' }, metrics: [whole] }] }] }
}

type Draft = Omit<Gap, 'canary' | 'variant'> & { readonly variant?: Variant }

/** `make` gets the canary, an e-mail address unless another is given. */
function gap(id: string, place: string, signal: Signal, make: (canary: string) => Json, more: Partial<Draft> & { readonly canary?: string } = {}): Gap {
  const canary = more.canary ?? `canary-${id}@shop.example`
  return { variant: 'plain', ...more, id, place, signal, canary, request: make(canary) }
}

/** The DB statement's literal and the password are found by where they stand: no pattern says what they are. */
export const GAPS: readonly Gap[] = [
  gap('attribute', 'attribute of a span (for comparison: every processor reads it)', 'traces', (c) => traces({ attributes: [attribute('app.note', `mail ${c}`)] })),
  gap('link', 'attributes of span links', 'traces', (c) => traces({ links: [{ traceId: TRACE, spanId: SPAN, attributes: [attribute('app.note', c)] }] })),
  gap('status', 'status message of a span', 'traces', (c) => traces({ status: { code: 2, message: `no account for ${c}` } })),
  gap('span-name', 'name of a span', 'traces', (c) => traces({ name: `GET /users/${c}` })),
  gap('event-name', 'name of a span event', 'traces', (c) => traces({ events: [{ timeUnixNano: TIME, name: `mail to ${c}` }] })),
  gap('trace-state', 'trace state of a span', 'traces', (c) => traces({ traceState: `shop=${c}` })),
  gap('link-state', 'trace state of a link', 'traces', (c) => traces({ links: [{ traceId: TRACE, spanId: SPAN, traceState: `shop=${c}` }] })),
  gap('scope-name', 'name of a scope', 'traces', (c) => traces({}, { name: `shop ${c}`, version: '1.0.0' })),
  gap('scope-version', 'version of a scope', 'traces', (c) => traces({}, { name: 'shop.http', version: `1.0.0-${c}` })),
  gap('metric-name', 'name of a metric', 'metrics', (c) => metrics({ name: `orders of ${c}` })),
  gap('metric-description', 'description of a metric', 'metrics', (c) => metrics({ description: `orders of ${c}` })),
  gap('metric-unit', 'unit of a metric', 'metrics', (c) => metrics({ unit: `{${c}}` })),
  gap('metric-metadata', 'metadata of a metric', 'metrics', (c) => metrics({ metadata: [attribute('app.note', c)] })),
  gap('exemplar', 'attributes of exemplars', 'metrics', (c) =>
    metrics({}, { exemplars: [{ timeUnixNano: TIME, asInt: '1', traceId: TRACE, spanId: SPAN, filteredAttributes: [attribute('app.note', c)] }] }),
  ),
  gap('severity', 'severity text of a log record', 'logs', (c) => logs({ severityText: `INFO ${c}`, body: { stringValue: 'hello' } })),
  gap('log-event', 'event name of a log record', 'logs', (c) => logs({ eventName: `mail.${c}`, body: { stringValue: 'hello' } })),
  gap('nested-map', 'map in an attribute', 'traces', (c) => traces({ attributes: [attribute('app.user', { kvlistValue: { values: [attribute('note', c)] } })] })),
  gap('nested-list', 'list in an attribute', 'traces', (c) => traces({ attributes: [attribute('app.users', { arrayValue: { values: [{ stringValue: c }] } })] })),
  gap(
    'nested-key',
    'password in a map in an attribute',
    'traces',
    (c) => traces({ attributes: [attribute('app.user', { kvlistValue: { values: [attribute('password', c)] } })] }),
    {
      canary: 'canary-hunter2',
    },
  ),
  gap('json-text', 'password in JSON in a string', 'logs', (c) => logs({ body: { stringValue: JSON.stringify({ user: { password: c } }) } }), { canary: 'canary-hunter3' }),
  gap('bytes', 'bytes in an attribute', 'traces', (c) => traces({ attributes: [attribute('app.raw', { bytesValue: Buffer.from(`mail ${c}`).toString('base64') })] }), {
    also: [Buffer.from('mail canary-bytes@shop.example').toString('base64')],
  }),
  gap('body-bytes', 'bytes as the body of a log record', 'logs', (c) => logs({ body: { bytesValue: Buffer.from(`mail ${c}`).toString('base64') } }), {
    also: [Buffer.from('mail canary-body-bytes@shop.example').toString('base64')],
  }),
  gap('number', 'payment card as a number', 'traces', (c) => traces({ attributes: [attribute('app.card', { intValue: c })] }), { canary: '4111111111111111' }),
  gap('key', 'key of an attribute', 'traces', (c) => traces({ attributes: [attribute(`app.orders.${c}`, 'x')] })),
  gap('body-key', 'key in a structured body', 'logs', (c) => logs({ body: { kvlistValue: { values: [attribute(c, 'x')] } } })),
  gap('allowed', 'value in which something allowed stands beside it', 'traces', (c) => traces({ attributes: [attribute('app.note', `from docs@docs.example to ${c}`)] }), {
    variant: 'allowed',
    rules: 'rules:\n- {detect: [email], skip: ["docs@docs.example"]}\n',
  }),
  gap('database', 'literal of a statement without db.system', 'traces', (c) => traces({ attributes: [attribute('db.statement', `SELECT * FROM t WHERE secret = '${c}'`)] }), {
    variant: 'database',
    canary: 'canary-literal',
  }),
]

/** What is not about canaries: requests, and what must hold of what becomes of them. */
export const LINES = { value: 'one\ntwo\nthree', request: traces({ attributes: [attribute('app.password', 'one\ntwo\nthree')] }) } as const
export const CHAINED = { value: 'ann@shop.example', request: traces({ attributes: [attribute('app.mail', 'ann@shop.example')] }) } as const
export const SUMMARY = { key: 'app.password', request: traces({ attributes: [attribute('app.password', 'hunter2')] }) } as const

/** True when the canary of a place, in any of its forms, is in an output. */
export function survives(gap: Gap, output: string): boolean {
  return [gap.canary, ...(gap.also ?? [])].some((text) => output.includes(text))
}
