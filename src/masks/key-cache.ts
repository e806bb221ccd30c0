import type { MaskContext } from '../engine/types.ts'

/** What a mask makes of the run key alone, kept for each key in use: one plan may serve several. */
export class KeyCache<T> {
  readonly #make: () => T
  readonly #kept = new WeakMap<object, T>()
  #last: object | undefined
  #lastKept: T | undefined

  constructor(make: () => T) {
    this.#make = make
  }

  of(context: MaskContext): T {
    const key = context.keyIdentity
    // A context that does not say which key it has gets nothing that was made under another one.
    if (key === undefined) return this.#make()
    if (key === this.#last) return this.#lastKept!
    let kept = this.#kept.get(key)
    if (kept === undefined) this.#kept.set(key, (kept = this.#make()))
    this.#last = key
    this.#lastKept = kept
    return kept
  }
}
