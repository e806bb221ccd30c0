import type { Masker } from '../../src/index.ts'
import { type Done, forwarding, type Inner, isMasking, mark, told, Waiting, type Wrapper } from './exporter.ts'
import { FAILED, hasAny, type Masking, maskingOf, numberOf, objectOf, type OtelMaskOptions, text, textOf } from './masking.ts'
import type {
  AttributesLike,
  AttributesProcessorLike,
  DataPointLike,
  MetricExporterLike,
  MetricLike,
  MetricReaderLike,
  ResourceMetricsLike,
  ScopeLike,
  ScopeMetricsLike,
  ViewLike,
} from './types.ts'
import { isJson } from './values.ts'
import { seriesWarning } from '../edge/otlp-warnings.ts'
import { warn } from './warn.ts'

/** A view that masks was made in this process. */
let hasViews = false
let warned = false

/** Once in a process: fixed masks make series alike, and only a view can merge them. */
function warnOfSeries(masking: Masking): void {
  if (hasViews || warned) return
  const text = seriesWarning(
    masking.masker.outline,
    'at export alone that can make two series one, which is an invalid stream. Give the MeterProvider `views: maskViews()` too, so that series are merged before they are added up',
  )
  if (text === undefined) return
  warned = true
  warn(text)
}

/** An exporter's methods that a wrapper has too. */
export type MetricExporter<E> = Wrapper<E, 'export' | 'forceFlush' | 'shutdown' | 'selectAggregation' | 'selectAggregationTemporality'>

/**
 * An exporter that gets masked copies of metrics. `selectAggregation` and `selectAggregationTemporality` are there if they are there. What a
 * detector would redact in the attributes of a data point becomes a pseudonym, so that series stay apart; masks that a ruleset chooses
 * are used as they are, and need `maskViews` where they make series alike. Otherwise as maskSpanExporter.
 *
 * @example new PeriodicExportingMetricReader({ exporter: maskMetricExporter(new OTLPMetricExporter()) })
 */
export function maskMetricExporter<E extends MetricExporterLike>(exporter: E, options?: OtelMaskOptions | Masker): MetricExporter<E> {
  if (isMasking(exporter)) return exporter as unknown as MetricExporter<E>
  const source = maskingOf(options)
  const inner = exporter as unknown as Inner & { selectAggregation?(type: unknown): unknown; selectAggregationTemporality?(type: unknown): unknown }
  const waiting = new Waiting()
  // after the views of the same program have been made
  let isFirst = true
  const wrapper = forwarding(inner, waiting, (metrics: ResourceMetricsLike, done: Done) => {
    const masking = source()
    if (isFirst) warnOfSeries(masking)
    isFirst = false
    waiting.after(masking, [metrics.resource], done, () => {
      let copy: ResourceMetricsLike | undefined
      try {
        copy = maskedMetrics(masking, metrics)
      } catch (error) {
        return done({ code: 1, error: told(error) })
      }
      if (copy === undefined) return done({ code: 1, error: new Error('mask-logs/otel: every item of the batch was dropped') })
      inner.export(copy, done)
    })
  })
  return Object.assign(wrapper, {
    ...(typeof inner.selectAggregation === 'function' ? { selectAggregation: (type: unknown) => inner.selectAggregation!(type) } : {}),
    ...(typeof inner.selectAggregationTemporality === 'function' ? { selectAggregationTemporality: (type: unknown) => inner.selectAggregationTemporality!(type) } : {}),
  }) as unknown as MetricExporter<E>
}

interface CollectionLike {
  readonly resourceMetrics: ResourceMetricsLike
  readonly errors: readonly unknown[]
}

interface ReaderInner {
  setMetricProducer(producer: { collect(options?: unknown): Promise<CollectionLike> }): void
  collect(options?: unknown): Promise<CollectionLike>
  _sdkMetricProducer?: unknown
}

/**
 * The same reader, which from here on collects masked metrics: for readers that are exporters themselves, such as the one for Prometheus. Call
 * it before the reader is given to a MeterProvider. Throws an Error when that has happened, and what createMasker throws.
 *
 * @example new MeterProvider({ readers: [maskMetricReader(new PrometheusExporter())] })
 */
export function maskMetricReader<R extends MetricReaderLike>(reader: R, options?: OtelMaskOptions | Masker): R {
  if (isMasking(reader)) return reader
  const source = maskingOf(options)
  const inner = reader as unknown as ReaderInner
  if (inner._sdkMetricProducer !== undefined) throw new Error('mask-logs/otel: this metric reader belongs to a MeterProvider already: call maskMetricReader before')
  const masked = async (collection: Promise<CollectionLike>): Promise<CollectionLike> => {
    const { resourceMetrics, errors } = await collection
    if (resourceMetrics.resource.asyncAttributesPending === true) await source().resource(resourceMetrics.resource).waitForAsyncAttributes!()
    const masking = source()
    warnOfSeries(masking)
    return {
      resourceMetrics: maskedMetrics(masking, resourceMetrics) ?? { resource: masking.resource(resourceMetrics.resource), scopeMetrics: [] },
      errors: errors.map((error) => maskedError(masking, error)),
    }
  }
  const setMetricProducer = inner.setMetricProducer.bind(inner)
  const collect = inner.collect.bind(inner)
  // What the SDK collects, whatever the reader does with it; and what other producers add to that.
  inner.setMetricProducer = (producer) => setMetricProducer({ collect: (options) => masked(producer.collect(options)) })
  inner.collect = (options) => masked(collect(options))
  return mark(reader)
}

/** An error of a callback: readers print it. */
function maskedError(masking: Masking, error: unknown): unknown {
  if (typeof error === 'object' && error !== null && masking.isMade(error)) return error
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: 'a callback of a metric failed' }
  const copy = new Error(masking.text(message))
  copy.name = masking.text(name)
  copy.stack = `${copy.name}: ${copy.message}`
  return masking.made(copy)
}

/**
 * Masks the attributes of measurements before they are added up, for `attributesProcessors` of a view: series whose attributes a mask makes
 * alike are merged. What cannot be masked is left out. Throws what createMasker throws.
 *
 * @example new MeterProvider({ views: [{ instrumentName: 'http.*', attributesProcessors: [maskingAttributesProcessor()] }] })
 */
export function maskingAttributesProcessor(options?: OtelMaskOptions | Masker): { process(incoming: AttributesLike, context?: unknown): never } {
  const source = maskingOf(options)
  hasViews = true
  let from: Masking | undefined
  const known = new Map<string, Readonly<Record<string, unknown>>>()
  const most = (options as OtelMaskOptions | undefined)?.memoSize === 0 ? 0 : MOST_KNOWN
  return {
    process(incoming: AttributesLike): never {
      try {
        const masking = source()
        // a ruleset that is in force no longer
        if (masking !== from) known.clear()
        from = masking
        if (masking.isMade(incoming) || !hasAny(incoming)) return incoming as never
        const id = most > 0 && isJson(incoming) ? JSON.stringify(incoming) : undefined
        let done = id === undefined ? undefined : known.get(id)
        if (done === undefined) {
          const masked = masking.mask({ attributes: incoming })
          done = masking.made(Object.freeze(typeof masked === 'string' ? {} : objectOf(masked['attributes'])))
          if (id !== undefined && id.length < LONGEST_KNOWN) {
            if (known.size >= most) known.clear()
            known.set(id, done)
          }
        }
        return done as never
      } catch {
        // a measurement cannot fail
        return {} as never
      }
    },
  }
}

/** Sets of attributes whose masked form is remembered, and how long their text may be. */
const MOST_KNOWN = 2000
const LONGEST_KNOWN = 2000

/**
 * Views that mask: those given, each with the masking after its own attributes processors; without any, one for every instrument. Instruments
 * that none of the given views selects are masked at export only: a further view for all would make every selected stream twice.
 *
 * @example new MeterProvider({ views: maskViews(), readers: [reader] })
 */
export function maskViews<V extends object = { instrumentName: string; attributesProcessors: never[] }>(views: readonly V[] = [], options?: OtelMaskOptions | Masker): V[] {
  const masks = maskingAttributesProcessor(options)
  if (views.length === 0) return [{ instrumentName: '*', attributesProcessors: [masks] } as unknown as V]
  return views.map((view) => {
    const { attributesProcessor, attributesProcessors = [] } = view as ViewLike
    // A `View` of SDK 1 has one processor, and methods.
    if (attributesProcessor !== undefined) {
      const both = { process: (incoming: never, context: never) => masks.process(attributesProcessor.process(incoming, context)), toJSONString: () => '' }
      return Object.assign(Object.create(Object.getPrototypeOf(view) as object) as V, view, { attributesProcessor: both })
    }
    return { ...view, attributesProcessors: [...attributesProcessors, masks as unknown as AttributesProcessorLike] }
  })
}

/** The masked copy of a collection; undefined: nothing is left of it. Throws MaskError under the policy `fail`. */
export function maskedMetrics(masking: Masking, metrics: ResourceMetricsLike): ResourceMetricsLike | undefined {
  if (masking.isMade(metrics)) return metrics
  const resource = masking.resourceOf(metrics.resource)
  let before = 0
  let left = 0
  const scopeMetrics: ScopeMetricsLike[] = []
  for (const one of metrics.scopeMetrics) {
    before += one.metrics.length
    if (masking.isMade(one)) {
      scopeMetrics.push(one)
      left += one.metrics.length
      continue
    }
    const scope = resource === undefined ? undefined : masking.scope(one.scope)
    const kept = scope === undefined ? [] : one.metrics.flatMap((metric) => maskedMetric(masking, metric, metrics, one.scope) ?? [])
    if (scope === undefined) for (const { dataPoints } of one.metrics) for (const _ of dataPoints) masking.count('dropped')
    left += kept.length
    if (scope !== undefined) scopeMetrics.push(masking.made({ scope, metrics: kept }))
  }
  if (resource === undefined || (before > 0 && left === 0)) return undefined
  return masking.made({ resource, scopeMetrics })
}

function maskedMetric(masking: Masking, metric: MetricLike, { resource }: ResourceMetricsLike, scope: ScopeLike): MetricLike | undefined {
  const { descriptor } = metric
  const { name, description, unit } = descriptor
  const done = masking.shared(text({ name, description, unit }))
  if (done === 'dropped') {
    for (const _ of metric.dataPoints) masking.count('dropped')
    return undefined
  }
  const field = (value: string, name: string): string => (value === '' || value === undefined ? '' : done === 'failed' ? FAILED : textOf(done[name]))
  const type = (descriptor as { type?: unknown }).type
  const series = new Series()
  const around = masking.readsDescription ? text({ name, description, unit }) : {}
  const dataPoints = metric.dataPoints.flatMap((point) => {
    const masked = maskedPoint(masking, point, () => ({ ...around, ...masking.envelope(resource, scope) }))
    if (masked !== undefined) masking.collided(series.repeats(masked))
    return masked ?? []
  })
  if (dataPoints.length === 0 && metric.dataPoints.length > 0) return undefined
  return {
    descriptor: {
      name: field(name, 'name'),
      description: field(description, 'description'),
      unit: field(unit, 'unit'),
      valueType: numberOf(descriptor.valueType, 0),
      // until SDK 1.30
      ...(typeof type === 'string' && /^[A-Z_]{1,40}$/.test(type) ? { type } : {}),
    },
    aggregationTemporality: numberOf(metric.aggregationTemporality, 0),
    dataPointType: numberOf(metric.dataPointType, 0),
    ...(typeof metric.isMonotonic === 'boolean' ? { isMonotonic: metric.isMonotonic } : {}),
    dataPoints,
  }
}

/** Tells data points with the same attributes as one before. */
class Series {
  #seen: Set<string> | undefined

  repeats({ attributes }: DataPointLike): 0 | 1 {
    const entries = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))
    const id = JSON.stringify(entries, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
    this.#seen ??= new Set()
    if (this.#seen.has(id)) return 1
    this.#seen.add(id)
    return 0
  }
}

function maskedPoint(masking: Masking, point: DataPointLike, around: () => object): DataPointLike | undefined {
  const { startTime, endTime, attributes, value } = point
  // masked by a view before they were added up, and frozen
  if (masking.isMade(attributes)) {
    masking.count({})
    return { startTime, endTime, attributes, value }
  }
  const done = hasAny(attributes) || masking.readsDescription ? masking.series({ ...around(), attributes }) : { attributes: {} }
  masking.count(done)
  if (done === 'dropped') return undefined
  return { startTime, endTime, attributes: done === 'failed' ? {} : objectOf(done['attributes']), value }
}
