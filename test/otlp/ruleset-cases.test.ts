// The cases of the OpenTelemetry rulesets as OTLP requests, in both encodings: what the rewriter makes of a request is what the masker makes
// of its record view.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Json } from '../../bench/collector/gaps.ts'
import { viewsOf } from '../../bench/collector/views.ts'
import { createMasker } from '../../src/index.ts'
import { createRewriter } from '../../transports/otlp/index.ts'
import type { Signal } from '../../transports/otlp/types.ts'
import { decodeRequest, encodeRequest } from './support/proxy.ts'

type Fields = { readonly [key: string]: Json }
interface Case {
  readonly name: string
  readonly ruleset: string
  readonly in: string
}

const TRACE = '5b8efff798038103d269b633813fc60c'
const SPAN = 'eee19b7ec3c1b174'
const TIME = '1790000000000000001'

function anyValue(value: Json): Json {
  if (value === null) return {}
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } }
  return { kvlistValue: { values: keyValues(value as Fields) } }
}
const keyValues = (map: Json | undefined): Json => Object.entries((map ?? {}) as Fields).map(([key, value]) => ({ key, value: anyValue(value) }))

/** A request with one item whose record view is this one, missing fields filled in. `id`: ids are hexadecimal in JSON and bytes in protobuf. */
function requestOf(view: Fields, id: (hex: string) => unknown): { readonly signal: Signal; readonly request: object } {
  const given = (view['resource'] ?? {}) as Fields
  const resource = { attributes: keyValues(given['attributes']) }
  const own = (view['scope'] ?? {}) as Fields
  const scope = { name: own['name'] ?? '', version: own['version'] ?? '', attributes: keyValues(own['attributes']) }
  const list = (key: string): readonly Fields[] => (view[key] ?? []) as readonly Fields[]
  if ('body' in view || 'event_name' in view) {
    const record = {
      timeUnixNano: TIME,
      severityText: view['severity_text'] ?? '',
      eventName: view['event_name'] ?? '',
      ...('body' in view ? { body: anyValue(view['body']!) } : {}),
      attributes: keyValues(view['attributes']),
    }
    return { signal: 'logs', request: { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: [record] }] }] } }
  }
  if ('description' in view) {
    const exemplars = list('exemplars').map((exemplar) => ({ timeUnixNano: TIME, asInt: '1', filteredAttributes: keyValues(exemplar['attributes']) }))
    const point = { timeUnixNano: TIME, asInt: '7', attributes: keyValues(view['attributes']), exemplars }
    const metric = {
      name: view['name'] ?? '',
      description: view['description']!,
      unit: view['unit'] ?? '',
      sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [point] },
    }
    return { signal: 'metrics', request: { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics: [metric] }] }] } }
  }
  const span = {
    traceId: id(TRACE),
    spanId: id(SPAN),
    name: view['name'] ?? '',
    traceState: view['trace_state'] ?? '',
    startTimeUnixNano: TIME,
    endTimeUnixNano: TIME,
    attributes: keyValues(view['attributes']),
    events: list('events').map((event) => ({ timeUnixNano: TIME, name: event['name'] ?? '', attributes: keyValues(event['attributes']) })),
    links: list('links').map((link) => ({ traceId: id(TRACE), spanId: id(SPAN), traceState: link['trace_state'] ?? '', attributes: keyValues(link['attributes']) })),
    status: { message: ((view['status'] ?? {}) as Fields)['message'] ?? '' },
  }
  return { signal: 'traces', request: { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }] } }
}

const ENCODINGS = {
  json: { id: (hex: string) => hex, encode: (_: Signal, request: object) => Buffer.from(JSON.stringify(request)) },
  protobuf: { id: (hex: string) => Buffer.from(hex, 'hex'), encode: (signal: Signal, request: object) => encodeRequest(signal, request) },
} as const

describe.each(['otel', 'otel-strict'])('mask-logs:%s', (name) => {
  const cases = parse(readFileSync(new URL(`../cases/rulesets/${name}.yaml`, import.meta.url), 'utf8')) as readonly Case[]
  for (const encoding of ['json', 'protobuf'] as const) {
    it.each(cases)(`$name (${encoding})`, ({ ruleset, in: line }) => {
      const { id, encode } = ENCODINGS[encoding]
      const { signal, request } = requestOf(JSON.parse(line) as Fields, id)
      const body = encode(signal, request)
      const masker = createMasker(ruleset, { runSecret: 'twenty characters at least' })
      const [view] = viewsOf(decodeRequest(signal, encoding, body) as Json)
      expect(view).toBeDefined()
      const wanted: unknown = JSON.parse(masker.json(JSON.stringify(view)))
      const { body: out } = createRewriter(masker).rewrite(signal, encoding, body)
      expect(viewsOf(decodeRequest(signal, encoding, out) as Json)).toEqual([wanted])
      masker.close()
    })
  }
})
