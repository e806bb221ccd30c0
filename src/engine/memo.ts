// Results of masks by value, so that a repeated value costs a table lookup instead of an HMAC.

import type { Removed } from './types.ts'

/** Bytes of a value that stand in the table itself; longer ones, up to LONGEST, get an array of their own. */
const SHORT = 64
const LONGEST = 256

/** Fixed-size table of results by chain and value bytes. Holds what it masks: `clear` wipes it. */
export class Memo {
  /** Of each slot its chain, and the length of its value and 1; 0: empty. */
  private readonly heads: Int32Array
  // One array for all: most values are new, and an array for each of them would cost more than to look it up.
  private readonly values: Uint8Array
  private long: (Uint8Array | undefined)[] | undefined
  private readonly outs: (MemoResult | undefined)[]
  private readonly mask: number
  private empty = true

  /** `size` slots (rounded up to a power of two); 0 switches the table off. */
  constructor(size: number) {
    const n = size <= 0 ? 0 : 1 << Math.ceil(Math.log2(size))
    this.mask = n - 1
    this.heads = new Int32Array(2 * n)
    this.values = new Uint8Array(SHORT * n)
    this.outs = new Array<MemoResult | undefined>(n).fill(undefined)
  }

  /** False where nothing is to be remembered. */
  get on(): boolean {
    return this.mask >= 0
  }

  slot(chain: number, bytes: Uint8Array, start: number, end: number): number {
    if (this.mask < 0 || end - start > LONGEST) return -1
    let h = Math.imul(chain + 1, 0x9e3779b1)
    for (let i = start; i < end; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193)
    h ^= h >>> 15
    return h & this.mask
  }

  get(slot: number, chain: number, bytes: Uint8Array, start: number, end: number): MemoResult | undefined {
    const length = end - start
    if (slot < 0 || this.heads[2 * slot] !== chain || this.heads[2 * slot + 1] !== length + 1) return undefined
    const values = length <= SHORT ? this.values : this.long![slot]!
    const from = length <= SHORT ? SHORT * slot : 0
    for (let i = 0; i < length; i++) if (values[from + i] !== bytes[start + i]) return undefined
    return this.outs[slot]
  }

  put(slot: number, chain: number, bytes: Uint8Array, start: number, end: number, out: MemoResult): void {
    if (slot < 0) return
    this.empty = false
    const length = end - start
    const { values } = this
    const from = SHORT * slot
    const to = from + SHORT
    if (this.long !== undefined) this.long[slot]?.fill(0)
    if (length <= SHORT) {
      for (let i = 0; i < length; i++) values[from + i] = bytes[start + i]!
      for (let i = from + length; i < to && i < from + this.heads[2 * slot + 1]!; i++) values[i] = 0
    } else {
      values.fill(0, from, to)
      this.long ??= new Array<Uint8Array | undefined>(this.mask + 1).fill(undefined)
      this.long[slot] = Uint8Array.prototype.slice.call(bytes, start, end)
    }
    this.heads[2 * slot] = chain
    this.heads[2 * slot + 1] = length + 1
    this.outs[slot] = out
  }

  clear(): void {
    if (this.empty) return
    this.empty = true
    this.heads.fill(0)
    this.values.fill(0)
    for (const value of this.long ?? []) value?.fill(0)
    for (const out of this.outs) out?.json?.fill(0)
    this.long = undefined
    this.outs.fill(undefined)
  }
}

/** A remembered result: text for nested levels, bytes as they stand inside a JSON string at the top (made when first asked for). */
export interface MemoResult {
  readonly text: string | Removed
  json: Uint8Array | undefined
  /** Nothing changes. */
  readonly keep: boolean
}
