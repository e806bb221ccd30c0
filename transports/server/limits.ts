// Counters over time: login failures, and requests by caller.

/** Failures within the last minute, by name and by address. */
export class FailureLimiter {
  readonly #most: number
  readonly #window: number
  readonly #seen = new Map<string, number[]>()
  readonly #now: () => number

  constructor(most = 5, window = 60_000, now: () => number = Date.now) {
    this.#most = most
    this.#window = window
    this.#now = now
  }

  /** Seconds until another try is allowed; 0: now. */
  wait(...keys: readonly string[]): number {
    const now = this.#now()
    let wait = 0
    for (const key of keys) {
      const times = this.#fresh(key, now)
      if (times.length >= this.#most) wait = Math.max(wait, Math.ceil((times[times.length - this.#most]! + this.#window - now) / 1000))
    }
    return wait
  }

  fail(...keys: readonly string[]): void {
    const now = this.#now()
    if (this.#seen.size > 20_000) for (const key of [...this.#seen.keys()]) this.#fresh(key, now)
    // names come from outside: there may be any number of them
    if (this.#seen.size > 100_000) this.#seen.clear()
    for (const key of keys) {
      const times = this.#fresh(key, now)
      times.push(now)
      if (times.length > this.#most) times.shift()
      this.#seen.set(key, times)
    }
  }

  #fresh(key: string, now: number): number[] {
    const times = (this.#seen.get(key) ?? []).filter((time) => now - time < this.#window)
    if (times.length === 0) this.#seen.delete(key)
    return times
  }
}

/** A token bucket for each caller. */
export class RateLimiter {
  readonly #perSecond: number
  readonly #burst: number
  readonly #buckets = new Map<string, { tokens: number; at: number }>()

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond
    this.#burst = burst
  }

  /** Takes a token; otherwise the seconds until there is one. */
  take(caller: string, now = performance.now()): number {
    let bucket = this.#buckets.get(caller)
    if (bucket === undefined) {
      if (this.#buckets.size > 10_000) this.#buckets.clear()
      this.#buckets.set(caller, (bucket = { tokens: this.#burst, at: now }))
    }
    bucket.tokens = Math.min(this.#burst, bucket.tokens + ((now - bucket.at) / 1000) * this.#perSecond)
    bucket.at = now
    if (bucket.tokens >= 1) {
      bucket.tokens--
      return 0
    }
    return Math.max(1, Math.ceil((1 - bucket.tokens) / this.#perSecond))
  }
}
