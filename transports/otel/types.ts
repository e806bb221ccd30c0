// What this transport needs to know of OpenTelemetry's objects. Structural: objects of SDK 1.30, 2.x and 3.x fit, and none is imported.

/** Attributes by their full names. Values are scalars, lists, maps, bytes or null. */
export type AttributesLike = Readonly<Record<string, unknown>>

export interface TraceStateLike {
  get(key: string): string | undefined
  set(key: string, value: string): TraceStateLike
  unset(key: string): TraceStateLike
  serialize(): string
}

export interface SpanContextLike {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
  readonly isRemote?: boolean | undefined
  readonly traceState?: TraceStateLike | undefined
}

export interface ResourceLike {
  readonly attributes: AttributesLike
  readonly schemaUrl?: string | undefined
  readonly asyncAttributesPending?: boolean | undefined
  waitForAsyncAttributes?(): Promise<void>
  merge?(other: never): unknown
  getRawAttributes?(): readonly (readonly [string, unknown])[]
}

export interface ScopeLike {
  readonly name: string
  readonly version?: string | undefined
  readonly schemaUrl?: string | undefined
  readonly attributes?: AttributesLike | undefined
  readonly droppedAttributesCount?: number | undefined
}

export interface EventLike {
  readonly name: string
  readonly time: unknown
  readonly attributes?: AttributesLike | undefined
  readonly droppedAttributesCount?: number | undefined
}

export interface LinkLike {
  readonly context: SpanContextLike
  readonly attributes?: AttributesLike | undefined
  readonly droppedAttributesCount?: number | undefined
}

/** A finished span, as exporters and `onEnd` get it. */
export interface SpanLike {
  readonly name: string
  readonly kind: number
  spanContext(): SpanContextLike
  readonly parentSpanContext?: SpanContextLike | undefined
  /** Until SDK 1.30. */
  readonly parentSpanId?: string | undefined
  readonly startTime: unknown
  readonly endTime: unknown
  readonly status: { readonly code: number; readonly message?: string | undefined }
  readonly attributes: AttributesLike
  readonly links: readonly LinkLike[]
  readonly events: readonly EventLike[]
  readonly duration: unknown
  readonly ended: boolean
  readonly resource: ResourceLike
  readonly instrumentationScope?: ScopeLike | undefined
  /** Until SDK 1.30. */
  readonly instrumentationLibrary?: ScopeLike | undefined
  readonly droppedAttributesCount: number
  readonly droppedEventsCount: number
  readonly droppedLinksCount: number
}

/** A log record, as exporters and `onEmit` get it. */
export interface LogRecordLike {
  readonly hrTime: unknown
  readonly hrTimeObserved: unknown
  readonly spanContext?: SpanContextLike | undefined
  readonly severityText?: string | undefined
  readonly severityNumber?: number | undefined
  readonly body?: unknown
  readonly eventName?: string | undefined
  readonly resource: ResourceLike
  readonly instrumentationScope: ScopeLike
  readonly attributes: AttributesLike
  readonly droppedAttributesCount: number
}

export interface DataPointLike {
  readonly startTime: unknown
  readonly endTime: unknown
  readonly attributes: AttributesLike
  readonly value: unknown
}

export interface MetricLike {
  readonly descriptor: { readonly name: string; readonly description: string; readonly unit: string; readonly valueType: number }
  readonly aggregationTemporality: number
  readonly dataPointType: number
  readonly isMonotonic?: boolean | undefined
  readonly dataPoints: readonly DataPointLike[]
}

export interface ScopeMetricsLike {
  readonly scope: ScopeLike
  readonly metrics: readonly MetricLike[]
}

export interface ResourceMetricsLike {
  readonly resource: ResourceLike
  readonly scopeMetrics: readonly ScopeMetricsLike[]
}

/** Code 0 is success, 1 is failure. */
export interface ExportResultLike {
  code: number
  error?: Error
}

// Parameters are `never` where the SDK's own types stand: every exporter, processor or reader fits, and keeps its type.

export interface SpanExporterLike {
  export(spans: never, done: (result: ExportResultLike) => void): void
  shutdown(): Promise<void>
  forceFlush?(): Promise<void>
}

export type LogRecordExporterLike = SpanExporterLike

export interface MetricExporterLike {
  export(metrics: never, done: (result: ExportResultLike) => void): void
  shutdown(): Promise<void>
  forceFlush(): Promise<void>
  selectAggregation?(instrumentType: never): unknown
  selectAggregationTemporality?(instrumentType: never): unknown
}

export interface SpanProcessorLike {
  onStart(span: never, parentContext: never): void
  onEnding?(span: never): void
  onEnd(span: never): void
  forceFlush(options?: never): Promise<void>
  shutdown(options?: never): Promise<void>
}

export interface LogRecordProcessorLike {
  onEmit(logRecord: never, context?: never): void
  enabled?(options: never): boolean
  forceFlush(options?: never): Promise<void>
  shutdown(options?: never): Promise<void>
}

export interface MetricReaderLike {
  setMetricProducer(producer: never): void
  collect(options?: never): Promise<unknown>
}

export interface AttributesProcessorLike {
  process(incoming: Record<string, never>, context?: never): Record<string, never>
}

/** Options of a view, as `MeterProvider` of SDK 2 and 3 takes them; a `View` of SDK 1.30. */
export interface ViewLike {
  readonly attributesProcessors?: readonly AttributesProcessorLike[] | undefined
  readonly attributesProcessor?: AttributesProcessorLike | undefined
}

export interface PropagatorLike {
  inject(context: never, carrier: unknown, setter: never): void
  extract(context: never, carrier: unknown, getter: never): unknown
  fields(): string[]
}

export interface DiagLoggerLike {
  error(message: string, ...args: unknown[]): void
  warn(message: string, ...args: unknown[]): void
  info(message: string, ...args: unknown[]): void
  debug(message: string, ...args: unknown[]): void
  verbose(message: string, ...args: unknown[]): void
}
