// What all exporter wrappers have in common: waiting for resources, failure, and the mark against wrapping twice.

import { MaskError } from '../../src/index.ts'
import type { Masking, Source } from './masking.ts'
import type { ExportResultLike, ResourceLike } from './types.ts'

/** On wrappers: they are not wrapped again. */
const MASKS = Symbol.for('mask-logs.otel.masks')

export function isMasking(wrapped: object): boolean {
  return (wrapped as { [MASKS]?: unknown })[MASKS] === true
}

export function mark<T extends object>(wrapper: T): T {
  return Object.defineProperty(wrapper, MASKS, { value: true })
}

/** Those of an object's methods that its wrapper has too. */
export type Wrapper<T, Methods extends string> = Pick<T, Extract<keyof T, Methods>>

/** An exporter's methods that a wrapper has too. */
export type Exporter<E> = Wrapper<E, 'export' | 'forceFlush' | 'shutdown'>

/** How items of one kind are masked. */
export interface ItemMasking<Item> {
  readonly source: Source
  resource(item: Item): ResourceLike
  /** Undefined: the item is to go. Throws MaskError under the policy `fail`. */
  mask(masking: Masking, item: Item): Item | undefined
}

type Done = (result: ExportResultLike) => void

interface Inner {
  export(items: unknown, done: Done): void
  forceFlush?(): Promise<void>
  shutdown(): Promise<void>
}

const FAILURE = 1

/** Exports that wait for a resource. */
class Waiting {
  readonly #exports = new Set<Promise<void>>()

  /** Runs `send` when all resources have settled: at once where they have. */
  after(masking: Masking, resources: readonly ResourceLike[], done: Done, send: () => void): void {
    const pending = resources.map((resource) => masking.resource(resource)).filter((resource) => resource.asyncAttributesPending === true)
    if (pending.length === 0) {
      send()
      return
    }
    const sent = Promise.all(pending.map((resource) => resource.waitForAsyncAttributes!()))
      .then(send)
      .catch((error: unknown) => done({ code: FAILURE, error: told(error) }))
      .then(() => void this.#exports.delete(sent))
    this.#exports.add(sent)
  }

  async all(): Promise<void> {
    await Promise.all(this.#exports)
  }
}

/** A wrapper around an exporter of lists. */
export function exporterOf<E extends object, Item>(exporter: E, { source, resource, mask }: ItemMasking<Item>): Exporter<E> {
  if (isMasking(exporter)) return exporter as unknown as Exporter<E>
  const inner = exporter as unknown as Inner
  const waiting = new Waiting()
  /** What cannot even be read goes alone. */
  const one = (masking: Masking, item: Item): Item | undefined => {
    try {
      return mask(masking, item)
    } catch (error) {
      if (masking.masker.policy.on_mask_error === 'fail') throw error
      masking.count('dropped')
      return undefined
    }
  }
  return forwarding(inner, waiting, (items: readonly Item[], done) => {
    waiting.after(source(), [...new Set(items.map(resource))], done, () => {
      const masking = source()
      let masked: Item[]
      try {
        masked = []
        for (const item of items) {
          const copy = one(masking, item)
          if (copy !== undefined) masked.push(copy)
        }
      } catch (error) {
        return done({ code: FAILURE, error: told(error) })
      }
      if (masked.length === 0 && items.length > 0) return done({ code: FAILURE, error: new Error('mask-logs/otel: every item of the batch was dropped') })
      inner.export(masked, done)
    })
  }) as unknown as Exporter<E>
}

/** A wrapper around an exporter, whatever it exports. */
export function forwarding<Batch>(inner: Inner, waiting: Waiting, run: (batch: Batch, done: Done) => void): object {
  return mark({
    export: run,
    ...(typeof inner.forceFlush === 'function'
      ? {
          async forceFlush() {
            await waiting.all()
            await inner.forceFlush!()
          },
        }
      : {}),
    async shutdown() {
      await waiting.all()
      await inner.shutdown()
    },
  })
}

export { Waiting }
export type { Done, Inner }

/** Nothing of an error but what this package says itself. */
export function told(error: unknown): Error {
  return error instanceof MaskError ? error : new Error('mask-logs/otel: masking failed')
}
