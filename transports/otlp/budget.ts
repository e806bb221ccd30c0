// How many bytes may be in memory at once, over all requests. A request takes out a lease and lets it grow before it reads; where there is
// no room it waits, and its socket is not read meanwhile. The oldest goes first. When every lease that holds something waits for more, none
// would ever be given back: then the oldest gets its room beyond the limit, one at a time. So no more is in memory than the limit and what
// one request takes.

import { Gone } from './refusal.ts'

interface Waiter {
  readonly lease: Lease
  readonly bytes: number
  settle(outcome: boolean | Error): void
}

export class Budget {
  readonly limit: number
  #used = 0
  #serial = 0
  /** Leases that hold something. */
  readonly #holders = new Set<Lease>()
  /** By age of the lease. */
  readonly #waiters: Waiter[] = []
  #pumping = false

  constructor(limit: number) {
    this.limit = limit
  }

  /** Bytes leased at the moment. */
  get used(): number {
    return this.#used
  }

  /** Requests that wait for room. */
  get waiting(): number {
    return this.#waiters.length
  }

  lease(): Lease {
    return new Lease(this, this.#serial++)
  }

  /** For leases only. */
  grant(lease: Lease, bytes: number): boolean {
    const before = this.#waiters[0]
    // Nobody overtakes an older one that waits.
    if (before !== undefined && before.lease.serial < lease.serial) return false
    return this.#take(lease, bytes)
  }

  /** For leases only: settles with true when the lease has grown, with false when the time is up. */
  wait(lease: Lease, bytes: number, ms: number, gone: AbortSignal): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: boolean | Error): void => {
        clearTimeout(timer)
        gone.removeEventListener('abort', leave)
        const at = this.#waiters.indexOf(waiter)
        if (at >= 0) this.#waiters.splice(at, 1)
        if (typeof outcome === 'boolean') resolve(outcome)
        else reject(outcome)
        // The next one may want less.
        this.pump()
      }
      const waiter: Waiter = { lease, bytes, settle }
      const leave = (): void => settle(new Gone())
      const timer = setTimeout(() => settle(false), Math.max(0, ms))
      gone.addEventListener('abort', leave)
      const at = this.#waiters.findIndex((other) => other.lease.serial > lease.serial)
      this.#waiters.splice(at < 0 ? this.#waiters.length : at, 0, waiter)
      this.pump()
    })
  }

  /** For leases only. */
  change(lease: Lease, bytes: number): void {
    this.#used += bytes - lease.bytes
    lease.bytes = bytes
    if (bytes > 0) this.#holders.add(lease)
    else this.#holders.delete(lease)
  }

  /** Lets those in that have room now. */
  pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    try {
      while (this.#settleOne());
    } finally {
      this.#pumping = false
    }
  }

  #settleOne(): boolean {
    const first = this.#waiters[0]
    if (first === undefined) return false
    if (this.#take(first.lease, first.bytes)) {
      first.settle(true)
      return true
    }
    const stuck = this.#waiters.filter(({ lease }) => lease.bytes > 0)
    const oldest = stuck[0]
    if (oldest === undefined || stuck.length < this.#holders.size) return false
    this.change(oldest.lease, oldest.lease.bytes + oldest.bytes)
    oldest.settle(true)
    return true
  }

  /** What is larger than the limit has the memory for itself. */
  #take(lease: Lease, bytes: number): boolean {
    if (this.#used + bytes > this.limit && this.#used !== lease.bytes) return false
    this.change(lease, lease.bytes + bytes)
    return true
  }
}

/** What one request holds. */
export class Lease {
  readonly serial: number
  bytes = 0
  readonly #budget: Budget

  constructor(budget: Budget, serial: number) {
    this.#budget = budget
    this.serial = serial
  }

  /** Asks for that many bytes more; waits for them up to `ms`. False: there was no room. Rejects with Gone when `gone` is aborted. */
  async grow(bytes: number, ms: number, gone: AbortSignal): Promise<boolean> {
    if (bytes <= 0) return true
    if (gone.aborted) throw new Gone()
    return this.#budget.grant(this, bytes) || this.#budget.wait(this, bytes, ms, gone)
  }

  /** Says what is really held: never waits, may exceed the limit. */
  set(bytes: number): void {
    this.#budget.change(this, bytes)
    this.#budget.pump()
  }

  release(): void {
    this.set(0)
  }
}
