import type { Masker } from '../../src/index.ts'
import { isMasking, mark, type Wrapper } from './exporter.ts'
import { contextOf, type Masking, maskingOf, objectOf, type OtelMaskOptions, textOf } from './masking.ts'
import type { PropagatorLike, SpanContextLike } from './types.ts'

/** Options of maskPropagator. */
export interface PropagatorMaskOptions extends OtelMaskOptions {
  /** Keys of baggage that may leave, exactly as they are; their values go through the ruleset. Default: none. */
  readonly allow?: readonly string[] | undefined
  /** What becomes of the other entries: `drop` (default), or `mask`: they leave with the value `[REDACTED]`. */
  readonly others?: 'drop' | 'mask' | undefined
}

// Keys of a context are symbols of the global registry, named by the API since 1.0.
const BAGGAGE = Symbol.for('OpenTelemetry Baggage Key')
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN')

interface ContextLike {
  getValue(key: symbol): unknown
  setValue(key: symbol, value: unknown): ContextLike
}

interface EntryLike {
  readonly value: string
  readonly metadata?: { toString(): string } | undefined
}

interface BaggageLike {
  getAllEntries(): [string, EntryLike][]
}

/** A propagator's methods that a wrapper has too. */
export type Propagator<P> = Wrapper<P, 'inject' | 'extract' | 'fields'>

/**
 * A propagator that lets nothing leave in `baggage` but the keys of `allow`, with values that went through the ruleset, and masks the members
 * of `tracestate`. At `inject` only: what the program itself reads stays as it is. Throws what createMasker throws.
 *
 * @example new NodeSDK({ textMapPropagator: maskPropagator(new CompositePropagator({ propagators }), { allow: ['tenant'] }) })
 */
export function maskPropagator<P extends PropagatorLike>(propagator: P, options: PropagatorMaskOptions | Masker = {}): Propagator<P> {
  if (isMasking(propagator)) return propagator
  const source = maskingOf(options)
  const { allow = [], others = 'drop' } = options as PropagatorMaskOptions
  const allowed = new Set(allow)
  const inner = propagator as unknown as {
    inject(context: unknown, carrier: unknown, setter: unknown): void
    extract(context: unknown, carrier: unknown, getter: unknown): unknown
    fields(): string[]
  }
  return mark({
    inject(context: ContextLike, carrier: unknown, setter: unknown): void {
      let outgoing: ContextLike
      try {
        outgoing = masked(source(), context, allowed, others)
      } catch {
        // nothing of it leaves: a request without these headers is better than one with data in them
        return
      }
      inner.inject(outgoing, carrier, setter)
    },
    extract: (context: unknown, carrier: unknown, getter: unknown) => inner.extract(context, carrier, getter),
    fields: () => inner.fields(),
  }) as unknown as Propagator<P>
}

function masked(masking: Masking, context: ContextLike, allowed: ReadonlySet<string>, others: 'drop' | 'mask'): ContextLike {
  let out = context
  const baggage = context.getValue(BAGGAGE) as BaggageLike | undefined
  if (baggage !== undefined) {
    const entries = new Map<string, EntryLike>()
    for (const [key, entry] of baggage.getAllEntries()) {
      if (allowed.has(key)) {
        const done = maskedEntry(masking, key, entry)
        if (done !== undefined) entries.set(...done)
      } else if (others === 'mask') {
        // the key may be data too
        const done = maskedEntry(masking, key, { value: '' })
        if (done !== undefined) entries.set(done[0], { value: '[REDACTED]' })
      }
    }
    out = out.setValue(BAGGAGE, new MaskedBaggage(entries))
  }
  const span = context.getValue(SPAN) as { spanContext(): SpanContextLike } | undefined
  const spanContext = span?.spanContext()
  if (spanContext?.traceState !== undefined) {
    const safe = contextOf(spanContext, masking.traceState(spanContext.traceState))
    out = out.setValue(SPAN, unrecorded(safe))
  }
  return out
}

function maskedEntry(masking: Masking, key: string, { value, metadata }: EntryLike): [string, EntryLike] | undefined {
  const done = masking.mask({ attributes: { [key]: value } })
  if (typeof done === 'string') return undefined
  const [entry] = Object.entries(objectOf(done['attributes']))
  if (entry === undefined) return undefined
  if (metadata === undefined) return [entry[0], { value: textOf(entry[1]) }]
  const text = masking.text(String(metadata))
  return [entry[0], { value: textOf(entry[1]), metadata: { toString: () => text } }]
}

/** A span that only has a context. */
function unrecorded(context: SpanContextLike): object {
  const span: Record<string, unknown> = { spanContext: () => context, isRecording: () => false, end: () => {}, recordException: () => {} }
  for (const name of ['setAttribute', 'setAttributes', 'addEvent', 'addLink', 'addLinks', 'setStatus', 'updateName']) span[name] = () => span
  return span
}

class MaskedBaggage {
  readonly #entries: ReadonlyMap<string, EntryLike>

  constructor(entries: ReadonlyMap<string, EntryLike>) {
    this.#entries = entries
  }

  getEntry(key: string): EntryLike | undefined {
    return this.#entries.get(key)
  }

  getAllEntries(): [string, EntryLike][] {
    return [...this.#entries]
  }

  setEntry(key: string, entry: EntryLike): MaskedBaggage {
    return new MaskedBaggage(new Map([...this.#entries, [key, entry]]))
  }

  removeEntry(key: string): MaskedBaggage {
    return this.removeEntries(key)
  }

  removeEntries(...keys: string[]): MaskedBaggage {
    return new MaskedBaggage(new Map([...this.#entries].filter(([key]) => !keys.includes(key))))
  }

  clear(): MaskedBaggage {
    return new MaskedBaggage(new Map())
  }
}
