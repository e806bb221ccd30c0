// OTLP/JSON as record views (docs/opentelemetry.md, "How rules see telemetry"): one for each span, log record and data point.

import type { Json } from './gaps.ts'

type Fields = { readonly [key: string]: Json }

const list = (value: Json | undefined): readonly Fields[] => (Array.isArray(value) ? (value as readonly Fields[]) : [])

/** A value as rules see it: bytes that are UTF-8 are text. */
function plain(value: Json | undefined): Json {
  const any = (value ?? {}) as Fields
  if ('arrayValue' in any) return list((any['arrayValue'] as Fields)['values']).map(plain)
  if ('kvlistValue' in any) return attributes((any['kvlistValue'] as Fields)['values'])
  if ('bytesValue' in any) return Buffer.from(any['bytesValue'] as string, 'base64').toString()
  if ('intValue' in any) return Number(any['intValue'])
  return any['stringValue'] ?? any['boolValue'] ?? any['doubleValue'] ?? null
}

function attributes(value: Json | undefined): Fields {
  return Object.fromEntries(list(value).map((entry) => [String(entry['key']), plain(entry['value'])]))
}

/** Every record view of a request. */
export function viewsOf(request: Json): Json[] {
  const views: Json[] = []
  const body = request as Fields
  for (const envelope of [...list(body['resourceSpans']), ...list(body['resourceLogs']), ...list(body['resourceMetrics'])]) {
    const resource = { attributes: attributes((envelope['resource'] as Fields | undefined)?.['attributes']) }
    for (const group of [...list(envelope['scopeSpans']), ...list(envelope['scopeLogs']), ...list(envelope['scopeMetrics'])]) {
      const given = (group['scope'] ?? {}) as Fields
      const scope = { name: given['name'] ?? '', version: given['version'] ?? '', attributes: attributes(given['attributes']) }
      const around = { resource, scope }
      for (const span of list(group['spans'])) {
        views.push({
          name: span['name'] ?? '',
          trace_state: span['traceState'] ?? '',
          status: { message: (span['status'] as Fields | undefined)?.['message'] ?? '' },
          attributes: attributes(span['attributes']),
          events: list(span['events']).map((event) => ({ name: event['name'] ?? '', attributes: attributes(event['attributes']) })),
          links: list(span['links']).map((link) => ({ trace_state: link['traceState'] ?? '', attributes: attributes(link['attributes']) })),
          ...around,
        })
      }
      for (const record of list(group['logRecords'])) {
        const own = {
          body: plain(record['body']),
          severity_text: record['severityText'] ?? '',
          event_name: record['eventName'] ?? '',
          attributes: attributes(record['attributes']),
        }
        views.push({ ...own, ...around })
      }
      for (const metric of list(group['metrics'])) {
        const own = { name: metric['name'] ?? '', description: metric['description'] ?? '', unit: metric['unit'] ?? '' }
        for (const kind of ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary']) {
          for (const point of list((metric[kind] as Fields | undefined)?.['dataPoints'])) {
            const exemplars = list(point['exemplars']).map((exemplar) => ({ attributes: attributes(exemplar['filteredAttributes']) }))
            views.push({ ...own, attributes: attributes(point['attributes']), exemplars, ...around })
          }
        }
      }
    }
  }
  return views
}
