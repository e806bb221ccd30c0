// "did you mean": the nearest known name.

/** Optimal string alignment distance, given up (as `limit + 1`) once it must exceed `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let best = i
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min((row[j - 1] ?? 0) + 1, (last[j] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1)
      row.push(cost)
      if (cost < best) best = cost
    }
    if (best > limit) return limit + 1
    beforeLast = last
    last = row
  }
  return last[b.length] ?? limit + 1
}

/**
 * The known name within edit distance 3 of `name`, the nearest first, or undefined. Short names must be nearer: three edits
 * turn any three-letter word into any other.
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  if (name.length > 100) return undefined
  const limit = Math.min(3, Math.max(1, Math.floor(name.length / 2)))
  let found: string | undefined
  let best = limit + 1
  const lower = name.toLowerCase()
  for (const candidate of known) {
    const cost = distance(lower, candidate.toLowerCase(), limit)
    if (cost < best) {
      best = cost
      found = candidate
    }
  }
  return found
}

/** ` (did you mean 'x'?)`, or nothing. */
export function suggestion(known: string | undefined): string {
  return known === undefined ? '' : ` (did you mean '${known}'?)`
}

/** A name of the ruleset as it may stand in a message. */
export function shown(name: string): string {
  const flat = name.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '?')
  return flat.length > 60 ? `${flat.slice(0, 60)}...` : flat
}
