// One masker at work on OpenTelemetry's objects: makes the view that rules see, lets it be masked, and says what failed.

import { createMasker, MaskError, type Masker, type MaskerOptions, type RuleOutline, type RulesetInput, type Segment } from '../../src/index.ts'
import { isGone, maskedResource } from './resource.ts'
import { membersOf, traceStateOf } from './trace-state.ts'
import type { AttributesLike, ResourceLike, ScopeLike, SpanContextLike, TraceStateLike } from './types.ts'
import { copyIn, copyObject, isJson, settled } from './values.ts'
import { rulesetWarnings, warn } from './warnings.ts'

/** Options of everything in `mask-logs/otel`: those of createMasker, and the ruleset; or a masker that is ready. */
export interface OtelMaskOptions extends Omit<MaskerOptions, 'failedRecord'> {
  /** As createMasker takes it; default: `mask-logs:otel`. */
  readonly ruleset?: RulesetInput | readonly RulesetInput[] | undefined
  /** A masker of createMasker, in place of a ruleset and its options: several wrappers then share its key and its counters. */
  readonly masker?: Masker | undefined
}

/** Counters of a masker's work on OpenTelemetry's objects, over all wrappers that share it. No values, no names of attributes. */
export interface OtelStats {
  /** Spans, log records and data points taken. */
  readonly items: number
  /** Items of which only ids, times and kind were kept, because masking failed. */
  readonly minimal: number
  /** Items that a rule or a policy let go. */
  readonly dropped: number
  /** Data points that had become one series with another. */
  readonly collisions: number
  /** Values masked. */
  readonly masked: number
  readonly byRule: Readonly<Record<string, number>>
  readonly byDetector: Readonly<Record<string, number>>
  /** Errors of masks and policies by code. */
  readonly errors: Readonly<Record<string, number>>
}

const DEFAULT_RULESET = 'mask-logs:otel'
export const FAILED = '[MASKING FAILED]'

/** What became of a view: the parts of the masked record; all of it failed; or it is to go. */
export type Outcome = Readonly<Record<string, unknown>> | 'failed' | 'dropped'

const byMasker = new WeakMap<Masker, Masking>()
let byDefault: Masking | undefined

/** The masking that options ask for. Wrappers without options share one. Throws RulesetError or InputError. */
export function maskingOf(options: OtelMaskOptions | Masker = {}): Masking {
  if (isMasker(options)) return ofMasker(options)
  const { masker, ruleset, ...rest } = pick(options)
  if (masker !== undefined) return ofMasker(masker)
  if (ruleset === undefined && Object.values(rest).every((value) => value === undefined)) return (byDefault ??= ofMasker(createMasker(DEFAULT_RULESET)))
  return ofMasker(createMasker(ruleset ?? DEFAULT_RULESET, rest))
}

/** What of a wrapper's options is for the masking. */
function pick(options: OtelMaskOptions): OtelMaskOptions {
  const { masker, ruleset, runSecret, instanceSecret, masks, detectors, plugins, aiEngine, seedDirs, policy, knownSecrets, memoSize, quarantine } = options
  return { masker, ruleset, runSecret, instanceSecret, masks, detectors, plugins, aiEngine, seedDirs, policy, knownSecrets, memoSize, quarantine }
}

function isMasker(options: OtelMaskOptions | Masker): options is Masker {
  return typeof (options as Partial<Masker>).json === 'function' && typeof (options as Partial<Masker>).value === 'function'
}

function ofMasker(masker: Masker): Masking {
  let masking = byMasker.get(masker)
  if (masking === undefined) byMasker.set(masker, (masking = new Masking(masker)))
  return masking
}

/** Fields of an item that its rules may read though they are masked once for all items. */
const ENVELOPE: ReadonlySet<string> = new Set(['resource', 'scope'])
const DESCRIPTION: ReadonlySet<string> = new Set(['name', 'description', 'unit'])

/** The object that is given, in place of a new one. */
class Same {
  constructor(item: object) {
    // biome-ignore lint/correctness/noConstructorReturn: fields of a class that extends this one go to the object that is given
    return item
  }
}

/** The mark of what a masker has made, which is never masked a second time: a private field, seen by nobody and as fast as any other. */
class Made extends Same {
  #by: Masking

  constructor(item: object, by: Masking) {
    super(item)
    this.#by = by
  }

  static by(item: object): Masking | undefined {
    return #by in item ? (item as Made).#by : undefined
  }
}

export class Masking {
  readonly masker: Masker
  readonly #resources = new WeakMap<ResourceLike, ResourceLike>()
  readonly #scopes = new WeakMap<ScopeLike, ScopeLike | 'dropped'>()
  readonly #schemaUrls = new Map<string, string>()
  readonly #most: number
  /** Rules read resource or scope, or what describes a metric, of the item at hand. */
  readonly readsEnvelope: boolean
  readonly readsDescription: boolean
  #series: Masking | undefined
  items = 0
  minimal = 0
  dropped = 0
  collisions = 0

  constructor(masker: Masker, forSeries = false) {
    this.masker = masker
    // no text has more bytes than three times its length
    this.#most = masker.policy.max_record_bytes / 3
    this.readsEnvelope = reads(masker.outline, ENVELOPE)
    this.readsDescription = reads(masker.outline, DESCRIPTION)
    if (!forSeries) for (const text of rulesetWarnings(masker.outline)) warn(text)
  }

  /** The masking for attributes of data points: series stay apart. */
  get series(): Masking {
    return (this.#series ??= new Masking(this.masker.forSeries(), true))
  }

  /** Marks what was made of raw data. */
  made<T extends object>(item: T): T {
    new Made(item, this)
    return item
  }

  isMade(item: object): boolean {
    return Made.by(item) === this
  }

  /** Masks the view that is made. What fails, there too, follows the policy: MaskError where it is `fail`. */
  mask(make: () => Readonly<Record<string, unknown>>): Outcome {
    try {
      return this.#mask(make())
    } catch (error) {
      const policy = this.masker.policy.on_mask_error
      if (policy === 'fail') throw error instanceof MaskError ? error : new MaskError('internal', 'mask', 'failed')
      return policy === 'drop' ? 'dropped' : 'failed'
    }
  }

  #mask(view: Readonly<Record<string, unknown>>): Outcome {
    if (isJsonView(view)) {
      const text = JSON.stringify(view)
      if (text.length <= this.#most) {
        const done = this.masker.json(text)
        if (done === text) return copyObject(view)
        if (done === '') return 'dropped'
        return outcome(view, JSON.parse(done))
      }
    }
    const done = this.masker.value(copyIn(view))
    return done === undefined ? 'dropped' : outcome(view, settled(done))
  }

  /** Text that no rule has a name for: detectors alone read it. */
  text(text: string): string {
    try {
      return this.masker.text(text)
    } catch {
      return FAILED
    }
  }

  /** Masks attributes of a resource: `dropped` where a policy lets go what belongs to it. */
  resourceAttributes(attributes: AttributesLike): Record<string, unknown> | 'dropped' {
    if (!hasAny(attributes)) return {}
    const done = this.mask(() => ({ resource: { attributes } }))
    return done === 'dropped' ? done : done === 'failed' ? {} : objectOf(objectOf(done['resource'])['attributes'])
  }

  resource(raw: ResourceLike): ResourceLike {
    if (this.isMade(raw)) return raw
    let resource = this.#resources.get(raw)
    if (resource === undefined) this.#resources.set(raw, (resource = this.made(maskedResource(raw, this))))
    return resource
  }

  /** The masked resource of an item; undefined: the item is to go. */
  resourceOf(raw: ResourceLike): ResourceLike | undefined {
    if (raw === this.#lastRaw) return this.#lastResource
    const resource = this.resource(raw)
    // What is not settled yet is masked when it is.
    if (resource.asyncAttributesPending === true) return resource
    void resource.attributes
    const kept = isGone(resource) ? undefined : resource
    this.#lastRaw = raw
    this.#lastResource = kept
    return kept
  }
  #lastRaw: ResourceLike | undefined
  #lastResource: ResourceLike | undefined

  /** The masked scope; undefined: the item is to go. */
  scope(raw: ScopeLike): ScopeLike | undefined {
    if (this.isMade(raw)) return raw
    let scope = this.#scopes.get(raw)
    if (scope === undefined) this.#scopes.set(raw, (scope = this.#scope(raw)))
    return scope === 'dropped' ? undefined : scope
  }

  #scope(raw: ScopeLike): ScopeLike | 'dropped' {
    const { name, version, attributes, schemaUrl, droppedAttributesCount } = raw
    const fields = { ...text({ name, version }), ...(hasAny(attributes) ? { attributes } : {}) }
    const done = hasAny(fields) ? this.mask(() => ({ scope: fields })) : { scope: {} }
    if (done === 'dropped') return done
    const scope = done === 'failed' ? { name: FAILED, version: FAILED } : objectOf(done['scope'])
    return this.made({
      name: textOf(scope['name']),
      version: version === undefined ? undefined : textOf(scope['version']),
      schemaUrl: this.schemaUrl(schemaUrl),
      ...(attributes === undefined ? {} : { attributes: objectOf(scope['attributes']), droppedAttributesCount: numberOf(droppedAttributesCount, 0) }),
    })
  }

  schemaUrl(url: string | undefined): string | undefined {
    if (typeof url !== 'string' || url === '') return undefined
    let done = this.#schemaUrls.get(url)
    if (done === undefined) {
      if (this.#schemaUrls.size >= 1000) this.#schemaUrls.clear()
      this.#schemaUrls.set(url, (done = this.text(url)))
    }
    return done
  }

  /** Masks the `tracestate` of a context that stands in no view. */
  traceState(state: TraceStateLike | undefined): TraceStateLike | undefined {
    const members = membersOf(state)
    if (members === undefined) return undefined
    const done = this.mask(() => ({ trace_state: members }))
    return typeof done === 'string' ? undefined : traceStateOf(members, done['trace_state'])
  }

  /** What items of this resource and scope let their rules read of them. */
  envelope(resource: ResourceLike, scope: ScopeLike | undefined): Record<string, unknown> {
    if (!this.readsEnvelope || this.isMade(resource)) return {}
    const { name, version, attributes = {} } = scope ?? { name: '' }
    return { resource: { attributes: resource.attributes }, scope: { ...text({ name, version }), attributes } }
  }

  /** Counts what became of an item. */
  count(done: Outcome): void {
    this.items++
    if (done === 'dropped') this.dropped++
    else if (done === 'failed') this.minimal++
  }

  stats(): OtelStats {
    const { masked, byRule, byDetector, errors } = this.masker.stats()
    const { items, minimal, dropped, collisions } = this
    const own = { items, minimal, dropped, collisions, masked, byRule, byDetector, errors }
    const series = this.#series?.stats()
    if (series === undefined) return own
    return {
      items: items + series.items,
      minimal: minimal + series.minimal,
      dropped: dropped + series.dropped,
      collisions: collisions + series.collisions,
      masked: masked + series.masked,
      byRule: sum(byRule, series.byRule),
      byDetector: sum(byDetector, series.byDetector),
      errors: sum(errors, series.errors),
    }
  }
}

function sum(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const out = new Map(Object.entries(a))
  for (const [name, n] of Object.entries(b)) out.set(name, (out.get(name) ?? 0) + n)
  return Object.fromEntries(out)
}

/** A field may be left out; anything else is for JSON. */
function isJsonView(view: Readonly<Record<string, unknown>>): boolean {
  for (const key of Object.keys(view)) if (!isJson(view[key])) return false
  return true
}

/** A record has only keys of its view; the minimal record of the masker, and what a mask put in place of a whole record, have not. */
function outcome(view: object, done: unknown): Outcome {
  if (typeof done !== 'object' || done === null || Array.isArray(done)) return 'failed'
  for (const key of Object.keys(done)) if (!Object.hasOwn(view, key)) return 'failed'
  return done as Record<string, unknown>
}

/** Conditions and hash sources that read one of these, and rules that have the whole record to themselves. */
function reads(outline: readonly RuleOutline[], names: ReadonlySet<string>): boolean {
  return outline.some(({ form, reads }) => form === 'record' || reads.some(([first]: readonly Segment[]) => first?.kind !== 'name' || names.has(first.name)))
}

/** Fields with a text in them: a rule that masks what is not there would invent it. */
export function text<K extends string>(fields: Readonly<Record<K, unknown>>): Partial<Record<K, unknown>> {
  const out: Partial<Record<K, unknown>> = {}
  for (const key of Object.keys(fields) as K[]) if (fields[key] !== undefined && fields[key] !== '' && fields[key] !== null) out[key] = fields[key]
  return out
}

export function hasAny(attributes: AttributesLike | undefined): attributes is AttributesLike {
  if (attributes === undefined || attributes === null) return false
  for (const _ in attributes) return true
  return false
}

export function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array) ? (value as Record<string, unknown>) : {}
}

/** Text that OpenTelemetry wants to be text, whatever a mask made of it. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** A number, or nothing in its place: text here would pass by every rule. */
export function numberOf<T>(value: unknown, otherwise: T): number | T {
  return typeof value === 'number' ? value : otherwise
}

const TRACE_ID = /^[0-9a-f]{32}$/i
const SPAN_ID = /^[0-9a-f]{16}$/i
const NO_TRACE = '0'.repeat(32)
const NO_SPAN = '0'.repeat(16)

/** An id that is none could be anything. */
export function spanIdOf(id: unknown): string {
  return typeof id === 'string' && SPAN_ID.test(id) ? id : NO_SPAN
}

/** A copy of a context, with the `tracestate` that is given. */
export function contextOf({ traceId, spanId, traceFlags, isRemote }: SpanContextLike, traceState: TraceStateLike | undefined): SpanContextLike {
  const context: { -readonly [K in keyof SpanContextLike]: SpanContextLike[K] } = {
    traceId: typeof traceId === 'string' && TRACE_ID.test(traceId) ? traceId : NO_TRACE,
    spanId: spanIdOf(spanId),
    traceFlags: numberOf(traceFlags, 0),
  }
  if (typeof isRemote === 'boolean') context.isRemote = isRemote
  if (traceState !== undefined) context.traceState = traceState
  return context
}
