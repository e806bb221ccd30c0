// One masker at work on OpenTelemetry's objects: makes the view that rules see, lets it be masked, and says what failed.

import { createMasker, fieldsOf, MaskError, type Masker, type MaskerOptions, REMOVED, type RuleOutline, type RulesetInput, type Segment } from '../../src/index.ts'
import { isGone, maskedResource } from './masked-resource.ts'
import { membersOf, traceStateOf } from './trace-state.ts'
import type { AttributesLike, ResourceLike, ScopeLike, SpanContextLike, TraceStateLike } from './types.ts'
import { copyIn, copyObject, frozen, isJson, settled } from './values.ts'
import { rulesetWarnings } from '../edge/otlp-warnings.ts'
import { warn } from './warn.ts'

/** Options of everything in `mask-logs/otel`: those of createMasker, and the ruleset; or a masker that is ready. */
export interface OtelMaskOptions extends Omit<MaskerOptions, 'failedRecord' | 'quarantine' | 'quarantineRaw' | 'stamp'> {
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

type View = Readonly<Record<string, unknown>>

/** What became of a view: the parts of the masked record; all of it failed; or it is to go. */
export type Outcome = View | 'failed' | 'dropped'

/** Gives the masking in force: that of a live masker changes with its ruleset. */
export type Source = () => Masking

const sources = new WeakMap<Masker, Source>()
let byDefault: Source | undefined

/** The masking that options ask for. Wrappers without options share one. Throws RulesetError or InputError. */
export function maskingOf(options: OtelMaskOptions | Masker = {}): Source {
  if (isMasker(options)) return sourceOf(options)
  const { masker, ruleset, ...rest } = pick(options)
  if (masker !== undefined) return sourceOf(masker)
  if (ruleset === undefined && Object.values(rest).every((value) => value === undefined)) return (byDefault ??= sourceOf(createMasker(DEFAULT_RULESET)))
  // items are never unparsable: a sink that a ruleset asks for gets nothing
  return sourceOf(createMasker(ruleset ?? DEFAULT_RULESET, { ...rest, quarantine: () => {} }))
}

/** What of a wrapper's options is for the masking. */
function pick(options: OtelMaskOptions): OtelMaskOptions {
  const { masker, ruleset, runSecret, instanceSecret, masks, detectors, plugins, aiEngine, seedDirs, policy, knownSecrets, memoSize, onFinding } = options
  return { masker, ruleset, runSecret, instanceSecret, masks, detectors, plugins, aiEngine, seedDirs, policy, knownSecrets, memoSize, onFinding }
}

function isMasker(options: OtelMaskOptions | Masker): options is Masker {
  return typeof (options as Partial<Masker>).json === 'function' && typeof (options as Partial<Masker>).value === 'function'
}

function sourceOf(masker: Masker): Source {
  let source = sources.get(masker)
  if (source === undefined) {
    const counters = new Counters()
    const versions = new WeakMap<Masker, Masking>()
    const of = (version: Masker): Masking => {
      let masking = versions.get(version)
      if (masking === undefined) versions.set(version, (masking = new Masking(version, counters, masker)))
      return masking
    }
    const live = masker as Masker & { readonly current?: Masker }
    source = 'current' in live ? () => of(live.current!) : constant(of(masker))
    sources.set(masker, source)
    // says at once what is to be said of the ruleset
    source()
  }
  return source
}

function constant(masking: Masking): Source {
  return () => masking
}

class Counters {
  items = 0
  minimal = 0
  dropped = 0
  collisions = 0
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
  readonly #counters: Counters
  /** Whose counters are told: of a live masker they are those of all versions. */
  readonly #whole: Masker
  readonly #fields: ReturnType<typeof fieldsOf>
  /** Rules read resource or scope, or what describes a metric, of the item at hand. */
  readonly readsEnvelope: boolean
  readonly readsDescription: boolean
  /** The masker writes more into JSON records than there was. */
  #stamps = false

  constructor(masker: Masker, counters: Counters, whole: Masker) {
    this.masker = masker
    this.#counters = counters
    this.#whole = whole
    this.#fields = fieldsOf(masker)
    // no text has more bytes than three times its length
    this.#most = masker.policy.max_record_bytes / 3
    this.readsEnvelope = reads(masker.outline, ENVELOPE)
    this.readsDescription = reads(masker.outline, DESCRIPTION)
    for (const text of rulesetWarnings(masker.outline)) warn(text)
  }

  /** Marks what was made of raw data. */
  made<T extends object>(item: T): T {
    new Made(item, this)
    return item
  }

  isMade(item: object): boolean {
    return Made.by(item) === this
  }

  /** What a copy looked like when a processor got it, by copy. */
  readonly #handed = new WeakMap<object, string>()

  /** A copy goes to a processor, which may change it. `shape`: all that may be text in it. */
  handOut<T extends object>(copy: T, shape: (copy: T) => unknown): T {
    const text = printed(shape(copy))
    if (text !== undefined) this.#handed.set(copy, text)
    return copy
  }

  /** A copy that was handed out is as it was: masked, and not to be masked again. */
  isUntouched<T extends object>(copy: T, shape: (copy: T) => unknown): boolean {
    const text = this.#handed.get(copy)
    return text !== undefined && text === printed(shape(copy))
  }

  /** Masks the view of an item. What fails follows the policy: MaskError where it is `fail`. */
  mask(view: View): Outcome {
    try {
      return this.#item(view)
    } catch (error) {
      return this.failed(error)
    }
  }

  /** The same for what several items share: what a rule misses there is elsewhere. */
  shared(view: View): Outcome {
    try {
      return this.#record(view, true, false)
    } catch (error) {
      return this.failed(error)
    }
  }

  /** The same for what tells series of measurements apart. */
  series(view: View): Outcome {
    try {
      return this.#record(view, false, true)
    } catch (error) {
      return this.failed(error)
    }
  }

  /** What becomes of an item that could not be masked, or not even read. */
  failed(error: unknown): 'failed' | 'dropped' {
    const policy = this.masker.policy.on_mask_error
    if (policy === 'fail') throw error instanceof MaskError ? error : new MaskError('internal', 'mask', 'failed')
    return policy === 'drop' ? 'dropped' : 'failed'
  }

  /** As JSON text where it is JSON: that is the fast way. */
  #item(view: View): Outcome {
    if (!this.#stamps && isJsonView(view)) {
      const text = JSON.stringify(view)
      if (text.length <= this.#most) {
        const done = this.masker.json(text)
        if (done === text) return copyObject(view)
        if (done === '') return 'dropped'
        const masked = outcome(view, JSON.parse(done))
        if (masked !== 'failed') return masked
        // failed, or with a stamp on it
        const again = this.#value(view)
        if (again !== 'failed') this.#stamps = true
        return again
      }
    }
    return this.#value(view)
  }

  #value(view: View): Outcome {
    const copy = copyIn(view)
    const done = this.masker.value(copy)
    return done === undefined ? 'dropped' : outcome(view, settled(done, copy))
  }

  #record(view: View, partial: boolean, series: boolean): Outcome {
    // the last look at a finished record belongs to the masker
    if (this.masker.policy.verify) return this.#value(view)
    const fields = this.#fields
    fields.begin()
    try {
      fields.series = series
      fields.next(!partial)
      let copy: unknown
      let done: unknown
      try {
        copy = copyIn(view)
        done = fields.record(copy, partial)
      } catch (error) {
        return fields.failed(error) ? 'failed' : 'dropped'
      }
      if (!fields.finish() || done === REMOVED) return 'dropped'
      return outcome(view, settled(done, copy))
    } finally {
      fields.end(0, 0)
    }
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
    const done = this.shared({ resource: { attributes } })
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
    const done = hasAny(fields) ? this.shared({ scope: fields }) : { scope: {} }
    if (done === 'dropped') return done
    const scope = done === 'failed' ? { name: FAILED, version: FAILED } : objectOf(done['scope'])
    const copy: ScopeLike = {
      name: textOf(scope['name']),
      version: version === undefined ? undefined : textOf(scope['version']),
      schemaUrl: this.schemaUrl(schemaUrl),
      ...(attributes === undefined ? {} : { attributes: frozen(objectOf(scope['attributes'])), droppedAttributesCount: numberOf(droppedAttributesCount, 0) }),
    }
    // shared by all that comes from it, and not masked again
    return Object.freeze(this.made(copy))
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
    const done = this.shared({ trace_state: members })
    return typeof done === 'string' ? undefined : traceStateOf(members, done['trace_state'], this.memberOf)
  }

  /** What becomes of the value of a member of a `tracestate`; undefined: it goes, since there is something in its key. */
  readonly memberOf = (key: string, value: string): string | undefined => {
    if (this.text(key) !== key) return undefined
    const done = this.shared({ trace_state: value })
    const masked = typeof done === 'string' ? undefined : done['trace_state']
    return masked === undefined ? undefined : textOf(masked)
  }

  /** The same for a link. */
  readonly memberOfLink = (key: string, value: string): string | undefined => {
    if (this.text(key) !== key) return undefined
    const done = this.shared({ links: [{ trace_state: value }] })
    const [link] = typeof done === 'string' || !Array.isArray(done['links']) ? [] : (done['links'] as readonly unknown[])
    const masked = objectOf(link)['trace_state']
    return masked === undefined ? undefined : textOf(masked)
  }

  /** What items of this resource and scope let their rules read of them. */
  envelope(resource: ResourceLike, scope: ScopeLike | undefined): Record<string, unknown> {
    if (!this.readsEnvelope || this.isMade(resource)) return {}
    const { name, version, attributes = {} } = scope ?? { name: '' }
    return { resource: { attributes: resource.attributes }, scope: { ...text({ name, version }), attributes } }
  }

  /** Counts what became of an item. */
  count(done: Outcome): void {
    const counters = this.#counters
    counters.items++
    if (done === 'dropped') counters.dropped++
    else if (done === 'failed') counters.minimal++
  }

  collided(points: number): void {
    this.#counters.collisions += points
  }

  stats(): OtelStats {
    const { masked, byRule, byDetector, errors } = this.#whole.stats()
    return { ...this.#counters, masked, byRule, byDetector, errors }
  }
}

/** As text; undefined where it has none. */
function printed(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

/** A field may be left out; anything else is for JSON. */
function isJsonView(view: View): boolean {
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

/** Faster than a pattern. */
function isHex(text: unknown, length: number): text is string {
  if (typeof text !== 'string' || text.length !== length) return false
  for (let i = 0; i < length; i++) {
    const c = text.charCodeAt(i)
    const digit = c >= 0x30 && c <= 0x39
    const lower = c | 0x20
    if (!digit && (lower < 0x61 || lower > 0x66)) return false
  }
  return true
}

const NO_TRACE = '0'.repeat(32)
const NO_SPAN = '0'.repeat(16)

/** An id that is none could be anything. */
export function spanIdOf(id: unknown): string {
  return isHex(id, 16) ? id : NO_SPAN
}

/** A copy of a context, with the `tracestate` that is given. */
export function contextOf({ traceId, spanId, traceFlags, isRemote }: SpanContextLike, traceState: TraceStateLike | undefined): SpanContextLike {
  const context: { -readonly [K in keyof SpanContextLike]: SpanContextLike[K] } = {
    traceId: isHex(traceId, 32) ? traceId : NO_TRACE,
    spanId: spanIdOf(spanId),
    traceFlags: numberOf(traceFlags, 0),
  }
  if (typeof isRemote === 'boolean') context.isRemote = isRemote
  if (traceState !== undefined) context.traceState = traceState
  return context
}
