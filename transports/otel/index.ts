/**
 * mask-logs/otel: masks spans, log records and metrics of OpenTelemetry for JavaScript before any exporter. SDK 2 and 3; nothing of
 * OpenTelemetry is loaded.
 *
 * ```js
 * import { maskSpanExporter } from 'mask-logs/otel'
 * const sdk = new NodeSDK({ traceExporter: maskSpanExporter(new OTLPTraceExporter()) })
 * ```
 * @module
 */
import type { Masker } from '../../src/index.ts'
import { maskingOf, type OtelMaskOptions, type OtelStats } from './masking.ts'

export { maskDiagLogger } from './diag.ts'
export type { Exporter, Wrapper } from './exporter.ts'
export { maskLogRecordExporter, maskLogRecordProcessor } from './logs.ts'
export type { LogRecordProcessor } from './logs.ts'
export type { OtelMaskOptions, OtelStats } from './masking.ts'
export { maskingAttributesProcessor, maskMetricExporter, maskMetricReader, maskViews } from './metrics.ts'
export type { MetricExporter } from './metrics.ts'
export { maskPropagator } from './propagator.ts'
export type { Propagator, PropagatorMaskOptions } from './propagator.ts'
export { maskResource } from './resource.ts'
export { maskSpanExporter, maskSpanProcessor } from './spans.ts'
export type { SpanProcessor, SpanProcessorMaskOptions } from './spans.ts'

/**
 * The counters of a masker over all wrappers that use it; without an argument, of the wrappers made without options.
 *
 * @example stats(masker).dropped
 */
export function stats(of?: Masker | Pick<OtelMaskOptions, 'masker'>): OtelStats {
  return maskingOf(of)().stats()
}
