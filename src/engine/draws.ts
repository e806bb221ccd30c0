import type { Draws } from './types.ts'
import { firstBlock, HmacKey } from './sha256.ts'

/** The stream of a seed and unbiased draws from it. Blocks are computed when they are needed. */
export class Stream implements Draws {
  readonly seed: Uint8Array
  #key: HmacKey | undefined
  #block: Uint8Array | undefined
  #counter = 0
  #at = 32

  constructor(seed: Uint8Array) {
    this.seed = seed
  }

  /** The next byte of the stream. */
  byte(): number {
    if (this.#at === 32) {
      this.#block ??= new Uint8Array(32)
      if (this.#counter === 0) firstBlock(this.seed, this.#block)
      else (this.#key ??= new HmacKey(this.seed)).macCounter(this.#counter, this.#block)
      this.#counter++
      this.#at = 0
    }
    return this.#block![this.#at++]!
  }

  uniform(n: number): number {
    if (!(n > 1 && n <= 2 ** 53)) {
      if (n === 1) return 0
      // No draw would ever be below it.
      throw new RangeError('a draw is from 1 to 2^53 numbers')
    }
    if (n <= 256) {
      const mask = (1 << (32 - Math.clz32(n - 1))) - 1
      for (;;) {
        const drawn = this.byte() & mask
        if (drawn < n) return drawn
      }
    }
    const bits = bitLength(n - 1)
    const bytes = (bits + 7) >>> 3
    const top = (1 << (bits - 8 * (bytes - 1))) - 1
    for (;;) {
      let drawn = this.byte() & top
      // Multiplication, not shifts: a draw may have 53 bits.
      for (let i = 1; i < bytes; i++) drawn = drawn * 256 + this.byte()
      if (drawn < n) return drawn
    }
  }
}

/** Number of bits of an integer in [0, 2^53). */
export function bitLength(n: number): number {
  return n < 0x100000000 ? 32 - Math.clz32(n) : 64 - Math.clz32(Math.floor(n / 0x100000000))
}
