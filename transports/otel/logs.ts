import type { Masker } from '../../src/index.ts'
import { type Exporter, exporterOf, isMasking, mark, type Wrapper } from './exporter.ts'
import { contextOf, FAILED, hasAny, type Masking, maskingOf, numberOf, objectOf, type Outcome, type OtelMaskOptions, text, textOf } from './masking.ts'
import type { LogRecordExporterLike, LogRecordLike, LogRecordProcessorLike } from './types.ts'
import { put } from './values.ts'

/**
 * An exporter that gets masked copies of log records. As maskSpanExporter.
 *
 * @example new BatchLogRecordProcessor({ exporter: maskLogRecordExporter(new OTLPLogExporter()) })
 */
export function maskLogRecordExporter<E extends LogRecordExporterLike>(exporter: E, options?: OtelMaskOptions | Masker): Exporter<E> {
  return exporterOf<E, LogRecordLike>(exporter, { source: maskingOf(options), resource: (record) => record.resource, mask: maskedLogRecord })
}

/** A processor's methods that a wrapper has too. */
export type LogRecordProcessor<P> = Wrapper<P, 'onEmit' | 'enabled' | 'forceFlush' | 'shutdown'>

/**
 * A processor that hands masked copies of log records to the one that is given, before they are queued. What that one sets on a copy is masked
 * too. `enabled` is there if it is there. Throws what createMasker throws.
 *
 * @example new LoggerProvider({ processors: [maskLogRecordProcessor(vendorProcessor)] })
 */
export function maskLogRecordProcessor<P extends LogRecordProcessorLike>(processor: P, options?: OtelMaskOptions | Masker): LogRecordProcessor<P> {
  if (isMasking(processor)) return processor
  const source = maskingOf(options)
  const inner = processor as unknown as {
    onEmit(record: unknown, context?: unknown): void
    enabled?(options: unknown): boolean
    forceFlush(options?: unknown): Promise<void>
    shutdown(options?: unknown): Promise<void>
  }
  return mark({
    onEmit(record: LogRecordLike, context?: unknown): void {
      const masking = source()
      let copy: LogRecordLike | undefined
      try {
        copy = maskedLogRecord(masking, record)
      } catch {
        // under `fail` the record goes, and is counted: nobody is there to be told
        masking.count('dropped')
      }
      if (copy === undefined) return
      if (copy !== record) masking.handOut(writable(copy, masking), (one) => shapeOf(masking, one))
      inner.onEmit(copy, context)
    },
    ...(typeof inner.enabled === 'function' ? { enabled: (options: unknown) => inner.enabled!(options) } : {}),
    forceFlush: (options?: unknown) => inner.forceFlush(options),
    shutdown: (options?: unknown) => inner.shutdown(options),
  }) as unknown as LogRecordProcessor<P>
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** The masked copy of a log record; undefined: it is to go. Throws MaskError under the policy `fail`. */
function maskedLogRecord(masking: Masking, record: LogRecordLike): LogRecordLike | undefined {
  if (masking.isMade(record) && masking.isUntouched(record, (one) => shapeOf(masking, one))) return record
  const resource = masking.resourceOf(record.resource)
  const scope = masking.scope(record.instrumentationScope)
  if (resource === undefined || scope === undefined) {
    masking.count('dropped')
    return undefined
  }
  const { body, severityText, eventName, spanContext } = record
  let done: Outcome
  try {
    done = masking.mask(viewOf(masking, record))
  } catch (error) {
    done = masking.failed(error)
  }
  masking.count(done)
  if (done === 'dropped') return undefined
  const failed = done === 'failed'
  const parts: Readonly<Record<string, unknown>> = done === 'failed' ? {} : done
  const field = (value: string | undefined, name: string): string | undefined => (value === undefined ? undefined : failed ? FAILED : textOf(parts[name]))
  return masking.made({
    hrTime: record.hrTime,
    hrTimeObserved: record.hrTimeObserved,
    spanContext: spanContext === undefined ? undefined : contextOf(spanContext, failed ? undefined : masking.traceState(spanContext.traceState)),
    severityText: field(severityText, 'severity_text'),
    severityNumber: numberOf(record.severityNumber, undefined),
    body: failed ? FAILED : 'body' in parts ? parts['body'] : body === '' || body === null ? body : undefined,
    eventName: field(eventName, 'event_name'),
    resource,
    instrumentationScope: scope,
    attributes: objectOf(parts['attributes']),
    droppedAttributesCount: numberOf(record.droppedAttributesCount, 0),
  })
}

/** What rules see of a log record. */
function viewOf(masking: Masking, { body, severityText, eventName, attributes, resource, instrumentationScope }: LogRecordLike): Record<string, unknown> {
  const view: Record<string, unknown> = text({ body, severity_text: severityText, event_name: eventName })
  if (hasAny(attributes)) view['attributes'] = attributes
  if (masking.readsEnvelope) Object.assign(view, masking.envelope(resource, instrumentationScope))
  return view
}

/** All of a masked log record that text may have been written into. */
function shapeOf(masking: Masking, record: LogRecordLike): unknown {
  const { hrTime, hrTimeObserved, spanContext, severityNumber, resource, instrumentationScope, droppedAttributesCount } = record
  if (!masking.isMade(resource) || !masking.isMade(instrumentationScope)) return record.eventName
  return [viewOf(masking, record), spanContext, spanContext?.traceState?.serialize(), hrTime, hrTimeObserved, severityNumber, droppedAttributesCount, Object.keys(record)]
}

/** A processor may change a record that it is given: what it sets by its methods is masked by itself. */
function writable(copy: Mutable<LogRecordLike>, masking: Masking): LogRecordLike {
  const shape = (one: LogRecordLike): unknown => shapeOf(masking, one)
  /** After a change of ours the copy is still as it was handed out, if it was before. */
  const change = (make: () => void): LogRecordLike => {
    const untouched = masking.isUntouched(copy as LogRecordLike, shape)
    make()
    if (untouched) masking.handOut(copy as LogRecordLike, shape)
    return copy
  }
  const set = (view: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
    try {
      const done = masking.mask(view)
      return typeof done === 'string' ? {} : done
    } catch {
      return {}
    }
  }
  const methods = {
    setAttribute: (key: string, value: unknown) =>
      change(() => {
        for (const [name, done] of Object.entries(objectOf(set({ attributes: { [key]: value } })['attributes']))) put(copy.attributes as Record<string, unknown>, name, done)
      }),
    setAttributes(attributes: Readonly<Record<string, unknown>>) {
      for (const key of Object.keys(attributes)) methods.setAttribute(key, attributes[key])
      return copy
    },
    setBody: (body: unknown) => change(() => void (copy.body = set({ body })['body'])),
    setEventName: (name: string) => change(() => void (copy.eventName = textOf(set({ event_name: name })['event_name']))),
    setSeverityNumber: (severity: number) => change(() => void (copy.severityNumber = numberOf(severity, undefined))),
    setSeverityText: (severity: string) => change(() => void (copy.severityText = textOf(set({ severity_text: severity })['severity_text']))),
  }
  return Object.assign(copy, methods)
}
