import type { Draws } from './types.ts'
import { bytesOfWords, firstBlock, HmacKey, wordsOfBytes } from './sha256.ts'
import type { Words } from './sha256.ts'

/** The stream of a seed and unbiased draws from it. Blocks are computed when they are needed. */
export class Stream implements Draws {
  readonly #words: Words
  #seed: Uint8Array | undefined
  #key: HmacKey | undefined
  #block: Words | undefined
  #counter = 0
  #at = 32

  /** `block`: the first one of the stream, where it is known. */
  constructor(seed: Uint8Array | Words, block?: Words) {
    if (seed instanceof Uint8Array) {
      this.#seed = seed
      this.#words = wordsOfBytes(seed)
    } else this.#words = seed
    if (block === undefined) return
    this.#block = block
    this.#counter = 1
    this.#at = 0
  }

  get seed(): Uint8Array {
    return (this.#seed ??= bytesOfWords(this.#words))
  }

  /** The next byte of the stream. */
  byte(): number {
    if (this.#at === 32) {
      this.#block = this.#counter === 0 ? firstBlock(this.#words) : (this.#key ??= new HmacKey(this.seed)).macCounter(this.#counter)
      this.#counter++
      this.#at = 0
    }
    const at = this.#at++
    return (this.#block![at >> 2]! >>> (24 - 8 * (at & 3))) & 255
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
