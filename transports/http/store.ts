const SLAB = 16_384

/** Collects bytes that come in pieces of any size: many small ones share one piece of memory. */
export class Store {
  #full: Buffer[] = []
  #slab: Buffer | undefined
  #used = 0
  /** Bytes in it. */
  size = 0

  /** Keeps a copy. */
  add(bytes: Buffer): void {
    this.size += bytes.length
    if (bytes.length >= SLAB) {
      this.#close()
      this.#full.push(Buffer.from(bytes))
      return
    }
    if (this.#slab === undefined || this.#used + bytes.length > this.#slab.length) {
      this.#close()
      // A first small piece is often the only one.
      this.#slab = Buffer.allocUnsafeSlow(this.#full.length === 0 && bytes.length < 1024 ? 4096 : SLAB)
    }
    bytes.copy(this.#slab, this.#used)
    this.#used += bytes.length
  }

  /** All of it; afterwards it is empty. */
  take(): Buffer {
    this.#close()
    const parts = this.#full
    this.clear()
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
  }

  clear(): void {
    this.#full = []
    this.#slab = undefined
    this.#used = 0
    this.size = 0
  }

  #close(): void {
    if (this.#slab !== undefined && this.#used > 0) this.#full.push(this.#slab.subarray(0, this.#used))
    this.#slab = undefined
    this.#used = 0
  }
}
