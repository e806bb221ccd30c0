// Where decoded bytes stand in the raw text.

/** Offsets of a decoded string: runs that stand as they are, and escapes. */
export class OffsetMap {
  count = 0
  decoded = new Int32Array(64)
  raw = new Int32Array(64)
  end = 0

  reset(): void {
    this.count = 0
  }

  add(decodedAt: number, rawAt: number): void {
    if (this.count === this.decoded.length) {
      const d = new Int32Array(this.count * 2)
      d.set(this.decoded)
      const r = new Int32Array(this.count * 2)
      r.set(this.raw)
      this.decoded = d
      this.raw = r
    }
    this.decoded[this.count] = decodedAt
    this.raw[this.count++] = rawAt
  }

  /** Raw offset of a decoded one. Inside the bytes of one escape: its start, or for an end its end. */
  toRaw(offset: number, isEnd: boolean): number {
    let lo = 0
    let hi = this.count - 1
    while (lo < hi) {
      const mid = (lo + hi + 1) >> 1
      if (this.decoded[mid]! <= offset) lo = mid
      else hi = mid - 1
    }
    const entry = this.raw[lo]!
    const within = offset - this.decoded[lo]!
    // escapes are entered as ~rawStart, runs as rawStart
    if (entry >= 0) return entry + within
    if (within === 0) return ~entry
    if (!isEnd) return ~entry
    const next = lo + 1 < this.count ? this.raw[lo + 1]! : this.end
    return next < 0 ? ~next : next
  }

  /** Decoded offset of a raw one. Inside an escape: its start, or for an end its end. */
  toDecoded(offset: number, isEnd: boolean): number {
    let lo = 0
    let hi = this.count - 1
    while (lo < hi) {
      const mid = (lo + hi + 1) >> 1
      const entry = this.raw[mid]!
      if ((entry < 0 ? ~entry : entry) <= offset) lo = mid
      else hi = mid - 1
    }
    const entry = this.raw[lo]!
    if (entry >= 0) return this.decoded[lo]! + offset - entry
    return isEnd && offset > ~entry && lo + 1 < this.count ? this.decoded[lo + 1]! : this.decoded[lo]!
  }
}
