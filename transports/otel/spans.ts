import type { Masker } from '../../src/index.ts'
import { type Exporter, exporterOf, isMasking, type ItemMasking, mark, type Wrapper } from './exporter.ts'
import { contextOf, FAILED, hasAny, type Masking, maskingOf, numberOf, objectOf, type Outcome, type OtelMaskOptions, type Source, spanIdOf, textOf } from './masking.ts'
import { membersOf, traceStateOf } from './trace-state.ts'
import type { EventLike, LinkLike, SpanContextLike, SpanExporterLike, SpanLike, SpanProcessorLike, TraceStateLike } from './types.ts'

/** Options of maskSpanProcessor. */
export interface SpanProcessorMaskOptions extends OtelMaskOptions {
  /** `onStart` too gets a masked view, for processors that export when a span starts; what they set goes to the span itself. Default false. */
  readonly maskStart?: boolean | undefined
}

/**
 * An exporter that gets masked copies of spans: the last step before bytes, whatever processors do. Spans that cannot be masked follow
 * `policy.on_mask_error`; with `fail`, or when none is left, the export reports failure. An exporter that masks already comes back as it is.
 * Throws RulesetError or InputError when the ruleset or an option cannot be used.
 *
 * @example new BatchSpanProcessor(maskSpanExporter(new OTLPTraceExporter()))
 */
export function maskSpanExporter<E extends SpanExporterLike>(exporter: E, options?: OtelMaskOptions | Masker): Exporter<E> {
  return exporterOf(exporter, spansOf(maskingOf(options)))
}

/** What an exporter needs to know of spans. */
function spansOf(source: Source): ItemMasking<SpanLike> {
  return { source, resource: (span) => span.resource, mask: maskedSpan }
}

/** A processor's methods that a wrapper has too. */
export type SpanProcessor<P> = Wrapper<P, 'onStart' | 'onEnding' | 'onEnd' | 'forceFlush' | 'shutdown'>

/**
 * A processor that hands masked copies of ended spans to the one that is given, before they are queued: for vendors that ship a processor.
 * `onStart` and `onEnding` get the live span, whose data may still change. Throws what createMasker throws.
 *
 * @example new BasicTracerProvider({ spanProcessors: [maskSpanProcessor(vendorProcessor)] })
 */
export function maskSpanProcessor<P extends SpanProcessorLike>(processor: P, options: SpanProcessorMaskOptions | Masker = {}): SpanProcessor<P> {
  if (isMasking(processor)) return processor
  const source = maskingOf(options)
  const maskStart = (options as SpanProcessorMaskOptions).maskStart === true
  const inner = processor as unknown as {
    onStart(span: unknown, context: unknown): void
    onEnding?(span: unknown): void
    onEnd(span: unknown): void
    forceFlush(options?: unknown): Promise<void>
    shutdown(options?: unknown): Promise<void>
  }
  return mark({
    onStart(span: SpanLike, context: unknown): void {
      const view = maskStart ? masked(source(), span) : undefined
      if (!maskStart) inner.onStart(span, context)
      else if (view !== undefined) inner.onStart(writable(view, span), context)
    },
    ...(typeof inner.onEnding === 'function' ? { onEnding: (span: unknown) => inner.onEnding!(span) } : {}),
    onEnd(span: SpanLike): void {
      const copy = masked(source(), span)
      if (copy !== undefined) inner.onEnd(copy)
    },
    forceFlush: (options?: unknown) => inner.forceFlush(options),
    shutdown: (options?: unknown) => inner.shutdown(options),
  }) as unknown as SpanProcessor<P>
}

/** In a processor nobody is told of a failure: under `fail` the span goes, and is counted. */
function masked(masking: Masking, span: SpanLike): SpanLike | undefined {
  try {
    const copy = maskedSpan(masking, span)
    return copy === undefined ? undefined : masking.handOut(copy, (one) => shapeOf(masking, one))
  } catch {
    masking.count('dropped')
    return undefined
  }
}

const SETTERS = ['setAttribute', 'setAttributes', 'addEvent', 'addLink', 'addLinks', 'setStatus', 'updateName', 'recordException', 'end'] as const

/** A masked view of a live span: what is set goes to the span. */
function writable(view: SpanLike, span: SpanLike): SpanLike {
  const live = span as unknown as Record<string, (...args: unknown[]) => unknown>
  const methods: Record<string, unknown> = { isRecording: () => live['isRecording']?.call(span) ?? false }
  for (const name of SETTERS) {
    if (typeof live[name] !== 'function') continue
    methods[name] = function (this: unknown, ...args: unknown[]) {
      live[name]!.apply(span, args)
      return this
    }
  }
  return Object.assign(view, methods)
}

/** The masked copy of a span; undefined: it is to go. Throws MaskError under the policy `fail`. */
export function maskedSpan(masking: Masking, span: SpanLike): SpanLike | undefined {
  if (masking.isMade(span) && masking.isUntouched(span, (one) => shapeOf(masking, one))) return span
  const rawScope = span.instrumentationScope ?? span.instrumentationLibrary
  const resource = masking.resourceOf(span.resource)
  const scope = rawScope === undefined ? undefined : masking.scope(rawScope)
  if (resource === undefined || (rawScope !== undefined && scope === undefined)) {
    masking.count('dropped')
    return undefined
  }
  let view: View | undefined
  let done: Outcome
  try {
    view = viewOf(masking, span)
    done = masking.mask(view)
  } catch (error) {
    done = masking.failed(error)
  }
  masking.count(done)
  if (done === 'dropped') return undefined
  const failed = done === 'failed'
  const parts: Readonly<Record<string, unknown>> = done === 'failed' ? {} : done
  const context = span.spanContext()
  const traceState = failed ? undefined : traceStateOf(view!.trace_state, parts['trace_state'], masking.memberOf)
  const safe = contextOf(context, traceState)
  const parent = span.parentSpanContext
  const { code, message } = span.status
  const copy: Mutable<SpanLike> = {
    name: failed ? FAILED : textOf(parts['name']),
    kind: numberOf(span.kind, 0),
    spanContext: () => safe,
    parentSpanContext: parent === undefined ? undefined : contextOf(parent, failed ? undefined : parentState(masking, parent, context, traceState)),
    startTime: span.startTime,
    endTime: span.endTime,
    status: message === undefined ? { code: numberOf(code, 0) } : { code: numberOf(code, 0), message: failed ? FAILED : textOf(objectOf(parts['status'])['message']) },
    attributes: objectOf(parts['attributes']),
    links: failed ? [] : linksOf(masking, span, view!, parts['links']),
    events: failed ? [] : eventsOf(span, view!, parts['events']),
    duration: span.duration,
    ended: span.ended === true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: numberOf(span.droppedAttributesCount, 0),
    droppedEventsCount: numberOf(span.droppedEventsCount, 0),
    droppedLinksCount: numberOf(span.droppedLinksCount, 0),
  }
  if (span.parentSpanId !== undefined) copy.parentSpanId = spanIdOf(span.parentSpanId)
  if (span.instrumentationLibrary !== undefined) copy.instrumentationLibrary = scope
  return masking.made(copy)
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

interface View extends Readonly<Record<string, unknown>> {
  readonly trace_state?: string | readonly string[] | undefined
  readonly events?: readonly object[]
  readonly links?: readonly LinkView[]
}

interface LinkView extends Readonly<Record<string, unknown>> {
  readonly trace_state?: string | readonly string[] | undefined
}

/** All of a masked span that text may have been written into. */
function shapeOf(masking: Masking, span: SpanLike): unknown {
  const { kind, status, parentSpanContext, parentSpanId, startTime, endTime, duration, ended, droppedAttributesCount, droppedEventsCount, droppedLinksCount } = span
  if (!masking.isMade(span.resource) || (span.instrumentationScope !== undefined && !masking.isMade(span.instrumentationScope))) return span.name
  const counts = [droppedAttributesCount, droppedEventsCount, droppedLinksCount]
  const links = span.links.map(({ context, droppedAttributesCount }) => [context, droppedAttributesCount])
  const events = span.events.map(({ time, droppedAttributesCount }) => [time, droppedAttributesCount])
  return [viewOf(masking, span), span.spanContext(), parentSpanContext, parentSpanId, kind, status, startTime, endTime, duration, ended, counts, links, events, Object.keys(span)]
}

/** What rules see of a span. What it has not, they do not see. */
function viewOf(masking: Masking, span: SpanLike): View {
  const { name, status, attributes, events, links } = span
  const view: Record<string, unknown> = {}
  if (name !== undefined && name !== '') view['name'] = name
  const state = membersOf(span.spanContext().traceState)
  if (state !== undefined) view['trace_state'] = state
  if (status.message !== undefined && status.message !== '') view['status'] = { message: status.message }
  if (hasAny(attributes)) view['attributes'] = attributes
  if (events.length > 0) view['events'] = events.map(eventView)
  if (links.length > 0) view['links'] = links.map(linkView)
  if (masking.readsEnvelope) Object.assign(view, masking.envelope(span.resource, span.instrumentationScope ?? span.instrumentationLibrary))
  return view
}

function eventView({ name, attributes }: EventLike): object {
  const view: Record<string, unknown> = {}
  if (name !== undefined && name !== '') view['name'] = name
  if (hasAny(attributes)) view['attributes'] = attributes
  return view
}

function linkView({ context, attributes }: LinkLike): LinkView {
  const view: Record<string, unknown> = {}
  const state = membersOf(context.traceState)
  if (state !== undefined) view['trace_state'] = state
  if (hasAny(attributes)) view['attributes'] = attributes
  return view
}

/** The state of the parent is that of the span, almost always. */
function parentState(masking: Masking, parent: SpanContextLike, context: SpanContextLike, done: TraceStateLike | undefined): TraceStateLike | undefined {
  const { traceState } = parent
  if (traceState === undefined) return undefined
  return traceState === context.traceState || traceState.serialize() === context.traceState?.serialize() ? done : masking.traceState(traceState)
}

function eventsOf({ events }: SpanLike, view: View, done: unknown): EventLike[] {
  return aligned(view.events, done).map(({ at, part }) => {
    const { time, attributes, droppedAttributesCount } = events[at]!
    const event: Mutable<EventLike> = { name: textOf(part['name']), time }
    if (attributes !== undefined) event.attributes = objectOf(part['attributes'])
    if (droppedAttributesCount !== undefined) event.droppedAttributesCount = numberOf(droppedAttributesCount, 0)
    return event
  })
}

function linksOf(masking: Masking, { links }: SpanLike, view: View, done: unknown): LinkLike[] {
  return aligned(view.links, done).map(({ at, part }) => {
    const { context, attributes, droppedAttributesCount } = links[at]!
    const link: Mutable<LinkLike> = { context: contextOf(context, traceStateOf(view.links![at]!.trace_state, part['trace_state'], masking.memberOfLink)) }
    if (attributes !== undefined) link.attributes = objectOf(part['attributes'])
    if (droppedAttributesCount !== undefined) link.droppedAttributesCount = numberOf(droppedAttributesCount, 0)
    return link
  })
}

/**
 * What became of each event or link, beside its index. Where a rule has removed some, those that are left are told by what they still have in
 * common with what was there: their text is what the masker said in any case, and only times and ids depend on it.
 */
function aligned(before: readonly object[] | undefined, done: unknown): { readonly at: number; readonly part: Record<string, unknown> }[] {
  if (before === undefined || !Array.isArray(done)) return []
  const parts = (done as readonly unknown[]).map(objectOf)
  if (parts.length >= before.length) return parts.slice(0, before.length).map((part, at) => ({ at, part }))
  // best[i][k]: most that the first k parts have in common with k of the first i
  const best: number[][] = [[0]]
  for (let i = 1; i <= before.length; i++) {
    const row = [0]
    for (let k = 1; k <= Math.min(i, parts.length); k++) row.push(Math.max(best[i - 1]![k] ?? -1, best[i - 1]![k - 1]! + alike(before[i - 1]!, parts[k - 1]!)))
    best.push(row)
  }
  const out: { at: number; part: Record<string, unknown> }[] = []
  for (let i = before.length, k = parts.length; k > 0; i--) {
    if (best[i]![k] === best[i - 1]![k]) continue
    out.push({ at: i - 1, part: parts[--k]! })
  }
  return out.reverse()
}

/** How much two values have in common. */
function alike(a: unknown, b: unknown): number {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b ? 2 : 0
  let common = 1
  for (const [key, value] of Object.entries(a)) if (Object.hasOwn(b, key)) common += 1 + alike(value, (b as Record<string, unknown>)[key])
  return common
}
