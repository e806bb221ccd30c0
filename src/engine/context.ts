import { canonical } from './canonical.ts'
import { drawsFrom, drawsOf, randomSeed, seed, seedPrefix } from './keyed.ts'
import type { RunKey } from './keyed.ts'
import { NumberText } from './types.ts'
import type { Draws, MaskContext, SeedSpec, Value } from './types.ts'

/** A hash source after it was looked up in the record: the value itself, or a canonical input. */
export type ResolvedSource =
  | { readonly self: true; readonly trim?: boolean; readonly case?: 'lower' | 'upper' | undefined }
  | { readonly self?: false; readonly value: string | null }

/** What a context is made of. */
export interface ContextParts {
  readonly key: RunKey
  /** Sources in force, in order; empty: results are random. */
  readonly sources: readonly ResolvedSource[]
  /** The selected value as received. */
  readonly self: Value
  /** `advance` of the seeds. */
  readonly advance?: number
  /** The moment the record is masked; default: the clock, read when asked. */
  readonly now?: number
}

/** Lookup form of a canonical input under the modifiers of a source. */
export function modify(input: string | null, trim: boolean | undefined, letters: 'lower' | 'upper' | undefined): string | null {
  if (input === null) return null
  if (trim) input = input.trim()
  return letters === 'lower' ? input.toLowerCase() : letters === 'upper' ? input.toUpperCase() : input
}

/**
 * The context of one value. The fields may be set again for the next value: masks keep nothing of a context.
 */
export class KeyedContext implements MaskContext {
  key: RunKey
  sources: readonly ResolvedSource[]
  self: Value
  advance: number
  time: number | undefined
  #seen: string | undefined
  #seenIdentity: SeedSpec['identity']
  #input: string | null = null

  constructor(parts: ContextParts) {
    this.key = parts.key
    this.sources = parts.sources
    this.self = parts.self
    this.advance = parts.advance ?? 0
    this.time = parts.now
  }

  get consistent(): boolean {
    return this.sources.length > 0
  }

  draws(spec: SeedSpec): Draws {
    if (this.sources.length === 0) return drawsFrom(randomSeed())
    const inputs: (string | null)[] = []
    for (const source of this.sources) inputs.push(source.self ? this.#selfInput(spec, source) : source.value)
    return drawsOf(this.key, prefixOf(spec, this.advance), inputs)
  }

  seedOf(family: string, qualifier: string, namespace: string, inputs: readonly (string | null)[]): Uint8Array {
    return seed(this.key, { family, qualifier, namespace, advance: 0 }, inputs)
  }

  advancedSeedOf(family: string, qualifier: string, namespace: string, inputs: readonly (string | null)[]): Uint8Array {
    return seed(this.key, { family, qualifier, namespace, advance: this.advance }, inputs)
  }

  otherInputs(): readonly (string | null)[] {
    const inputs: (string | null)[] = []
    for (const source of this.sources) if (!source.self) inputs.push(source.value)
    return inputs
  }

  keyId(): string {
    return this.key.id
  }

  get keyIdentity(): object {
    return this.key.identity
  }

  now(): number {
    return this.time ?? Date.now()
  }

  #selfInput({ identity }: SeedSpec, source: { readonly trim?: boolean; readonly case?: 'lower' | 'upper' | undefined }): string | null {
    const { self } = this
    // A mask of several draws asks for the same text again. Of a container only the caller knows whether it is as it was.
    if (typeof self !== 'string') return modify(this.#identified(self, identity), source.trim, source.case)
    if (this.#seen !== self || this.#seenIdentity !== identity) {
      this.#input = this.#identified(self, identity)
      this.#seen = self
      this.#seenIdentity = identity
    }
    return modify(this.#input, source.trim, source.case)
  }

  /** The canonical form, in the identity form of the mask: that is of text and of digits; a container or a boolean has none. */
  #identified(self: Value, identity: SeedSpec['identity']): string | null {
    const input = canonical(self)
    return input !== null && identity !== undefined && (typeof self === 'string' || self instanceof NumberText) ? identity(input) : input
  }
}

// A spec belongs to a mask of a plan: there are as many as these.
const shared = new Map<string, Uint8Array>()
const MOST_SHARED = 1000
const prefixes = new WeakMap<SeedSpec, { readonly advance: number; readonly prefix: Uint8Array }>()

function prefixOf(spec: SeedSpec, advance: number): Uint8Array {
  const known = prefixes.get(spec)
  if (known?.advance === advance) return known.prefix
  const { family, qualifier = '', namespace = '' } = spec
  let prefix: Uint8Array | undefined
  if (advance > 0) prefix = seedPrefix({ family, qualifier, namespace, advance })
  else {
    // masks that draw the same have the same one
    const name = JSON.stringify([family, qualifier, namespace])
    prefix = shared.get(name)
    if (prefix === undefined) {
      if (shared.size >= MOST_SHARED) shared.clear()
      shared.set(name, (prefix = seedPrefix({ family, qualifier, namespace, advance })))
    }
  }
  prefixes.set(spec, { advance, prefix })
  return prefix
}

/** A context for one value: `createMaskContext({ key, sources: [{ self: true }], self: 'BZF123' })`. */
export function createMaskContext(parts: ContextParts): KeyedContext {
  return new KeyedContext(parts)
}
