// Random ids for the tests of src/detectors/ids: from shapes as the rows have them, and from templates that also know dates.

/** A generator of numbers from 0 to below 1 that gives the same ones for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const DIGITS = '0123456789'
export const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

export function compact(written: string): string {
  return written.replace(/[^A-Za-z0-9]/g, '').toUpperCase()
}

const two = (n: number): string => String(n).padStart(2, '0')

/**
 * Fills `9`, `A` and `N` at random and takes each optional symbol half of the time. In braces: `yymmdd`, `ddmmyy`,
 * `yyyymmdd` and `ddmmyyy` stand for a date from 1900 to 2024 (whose day can be one too many), other text for one of its
 * characters.
 */
export function fill(template: string, random: () => number): string {
  const pick = (from: string): string => from[Math.floor(random() * from.length)]!
  let out = ''
  for (let i = 0; i < template.length; i++) {
    const symbol = template[i]!
    if (symbol === '{') {
      const end = template.indexOf('}', i)
      const inner = template.slice(i + 1, end)
      const [year, month, day] = [1900 + Math.floor(random() * 125), two(1 + Math.floor(random() * 12)), two(1 + Math.floor(random() * 31))]
      if (inner === 'yymmdd') out += two(year % 100) + month + day
      else if (inner === 'ddmmyy') out += day + month + two(year % 100)
      else if (inner === 'yyyymmdd') out += year + month + day
      else if (inner === 'ddmmyyy') out += day + month + String(year).slice(1)
      else out += pick(inner)
      i = end
      continue
    }
    if (template[i + 1] === '?') {
      i++
      if (random() < 0.5) continue
    }
    out += symbol === '9' ? pick(DIGITS) : symbol === 'A' ? pick(LETTERS) : symbol === 'N' ? pick(DIGITS + LETTERS) : symbol
  }
  return out
}

/** The shape as an expression that matches what is written so, in either case. */
export function shapeSource(shape: string): string {
  return shape.replace(/./gu, (symbol) => {
    if (symbol === '9') return '[0-9]'
    if (symbol === 'A') return '[A-Za-z]'
    if (symbol === 'N') return '[A-Za-z0-9]'
    return symbol === '?' ? '?' : symbol.replace(/[.+()/]/, '\\$&')
  })
}
