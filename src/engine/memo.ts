// Results of masks by value, so that a repeated value costs a table lookup instead of an HMAC.

import type { Removed } from './types.ts'

/** Fixed-size table of results by chain and value bytes. Holds what it masks: `clear` wipes it. */
export class Memo {
  private readonly keys: (Uint8Array | undefined)[]
  private readonly chains: Int32Array
  private readonly outs: (MemoResult | undefined)[]
  private readonly mask: number
  private empty = true

  /** `size` slots (rounded up to a power of two); 0 switches the table off. */
  constructor(size: number) {
    const n = size <= 0 ? 0 : 1 << Math.ceil(Math.log2(size))
    this.mask = n - 1
    this.keys = new Array<Uint8Array | undefined>(n).fill(undefined)
    this.outs = new Array<MemoResult | undefined>(n).fill(undefined)
    this.chains = new Int32Array(n)
  }

  /** False where nothing is to be remembered. */
  get on(): boolean {
    return this.mask >= 0
  }

  slot(chain: number, bytes: Uint8Array, start: number, end: number): number {
    if (this.mask < 0 || end - start > 256) return -1
    let h = Math.imul(chain + 1, 0x9e3779b1)
    for (let i = start; i < end; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193)
    h ^= h >>> 15
    return h & this.mask
  }

  get(slot: number, chain: number, bytes: Uint8Array, start: number, end: number): MemoResult | undefined {
    if (slot < 0 || this.chains[slot] !== chain) return undefined
    const key = this.keys[slot]
    if (key === undefined || key.length !== end - start) return undefined
    for (let i = 0; i < key.length; i++) if (key[i] !== bytes[start + i]) return undefined
    return this.outs[slot]
  }

  put(slot: number, chain: number, bytes: Uint8Array, start: number, end: number, out: MemoResult): void {
    if (slot < 0) return
    this.empty = false
    const old = this.keys[slot]
    if (old !== undefined) for (let i = 0; i < old.length; i++) old[i] = 0
    const key = new Uint8Array(end - start)
    for (let i = 0; i < key.length; i++) key[i] = bytes[start + i]!
    this.keys[slot] = key
    this.chains[slot] = chain
    this.outs[slot] = out
  }

  clear(): void {
    if (this.empty) return
    this.empty = true
    for (const key of this.keys) key?.fill(0)
    for (const out of this.outs) out?.json?.fill(0)
    this.keys.fill(undefined)
    this.outs.fill(undefined)
  }
}

/** A remembered result: text for nested levels, bytes as they stand inside a JSON string at the top. */
export interface MemoResult {
  readonly text: string | Removed
  readonly json: Uint8Array | undefined
  /** Nothing changes. */
  readonly keep: boolean
}
