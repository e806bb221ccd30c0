// Finds names of persons, places, organizations and street addresses in a text. A cheap gate comes first: most texts hold no
// word that could be one. What passes is read from left to right by a linear classifier over hashed features, one class a token.

import { lookUp } from './model.ts'
import type { Model } from './model.ts'
import { markStreets, wholeAddresses } from './streets.ts'
import { CAPS, createTokens, hashWord, INITIAL, LOWER, MACHINE, MARK, NUMBER, readTokens, TITLED, WINDOW, WORD } from './tokens.ts'
import type { Tokens } from './tokens.ts'
import { CITY, COMMON, CUE, FIRST, LAST, ORG, PARTICLE, PRODUCT, REGION, STREET, TITLE, UNIT } from './words.ts'

export const NONE = 0
export const PERSON = 1
export const PLACE = 2
export const ADDRESS = 3
export const ORGANIZATION = 4

/** Features of one token at most. */
export const FEATURES = 40

/** What the gate and the features know of a window. */
export interface Sight {
  readonly tokens: Tokens
  readonly gram: Uint8Array
  /** What the key of the value speaks of: a class, or 0. */
  key: number
  /** 0 to 3: how much of the window is no language. */
  machine: number
  /** No word of the window has a capital: names have none either. */
  low: boolean
  readonly tags: Uint8Array
}

export function createSight(): Sight {
  return { tokens: createTokens(), gram: new Uint8Array(WINDOW), key: 0, machine: 0, low: false, tags: new Uint8Array(WINDOW) }
}

/** Looks all words of the window up; true when a name may be in it. */
export function gate(sight: Sight, model: Pick<Model, 'keys' | 'values'>): boolean {
  const { tokens } = sight
  const { count, kind, shape, bits, gap } = tokens
  let open = sight.key !== 0
  let machine = 0
  let streets = false
  let capitals = 0
  let lowNames = 0
  let words = 0
  for (let i = 0; i < count; i++) {
    const k = kind[i]!
    if (k !== WORD) {
      if (k === MACHINE) machine++
      continue
    }
    words++
    const b = lookUp(model, tokens.hash[i]!)
    bits[i] = b
    if ((b & (STREET | UNIT)) !== 0) streets = true
    const s = shape[i]!
    if (s === LOWER) {
      if ((b & (FIRST | LAST)) !== 0 && (b & (COMMON | PRODUCT | PARTICLE)) === 0) lowNames++
      continue
    }
    capitals++
    if (open || s === INITIAL) continue
    if ((b & (FIRST | LAST | CITY | REGION)) !== 0 && (b & (COMMON | PRODUCT)) === 0) open = true
    else if (i > 0 && gap[i] === 1 && kind[i - 1] === WORD) {
      const p = bits[i - 1]!
      const named = shape[i - 1] === TITLED || shape[i - 1] === CAPS
      // two unknown words with a capital in a row, not both everyday words; a title before
      if (named && (p & TITLE) !== 0 && (b & PRODUCT) === 0) open = true
      else if (s === TITLED && shape[i - 1] === TITLED && ((b | p) & (COMMON | PRODUCT)) === 0) open = true
      else if (s === TITLED && shape[i - 1] === TITLED && ((b | p) & (FIRST | LAST)) !== 0 && (b & p & COMMON) === 0) open = true
    } else if (i > 1 && kind[i - 1] === MARK && (bits[i - 2]! & TITLE) !== 0) open = true
  }
  sight.low = capitals === 0
  // my name is john: only in what reads like a sentence
  if (capitals === 0 && lowNames > 0 && machine * 12 <= count && words > 2 && (count - words) * 3 <= count) open = true
  sight.machine = count === 0 ? 0 : Math.min(3, Math.floor((machine * 12) / count))
  const marked = streets || hasHouse(tokens) ? markStreets(tokens, sight.gram) : (sight.gram.fill(0, 0, count), false)
  return open || marked
}

/** A short number behind a long word with a capital, or before one: it may be a house. */
function hasHouse(tokens: Tokens): boolean {
  const { count, kind, shape, value } = tokens
  for (let i = 1; i < count; i++) if (kind[i] === NUMBER && value[i]! <= 5 && kind[i - 1] !== NUMBER && (shape[i - 1] === TITLED || shape[i - 1] === CAPS)) return true
  return false
}

function mix(template: number, a: number, b: number): number {
  let x = Math.imul(a ^ Math.imul(template + 1, 0x9e3779b1), 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35)
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d)
  return x ^ (x >>> 13)
}

/** True for tokens that can be part of a name; all others have the class NONE. */
export function eligible(sight: Sight, i: number): boolean {
  const { tokens, tags } = sight
  const kind = tokens.kind[i]!
  if (kind === MACHINE) return false
  const before = i > 0 && tokens.gap[i] !== 2 ? tags[i - 1]! : 0
  if (kind === WORD) {
    if (tokens.shape[i]! !== LOWER) return true
    if (sight.gram[i] !== 0) return true
    // a key
    if (i + 1 < tokens.count && tokens.gap[i + 1] === 0 && tokens.kind[i + 1] === MARK && tokens.value[i + 1] === 0x3d) return false
    const b = tokens.bits[i]!
    if (before !== 0 && (sight.low || (b & PARTICLE) !== 0)) return true
    if ((b & (COMMON | PARTICLE)) !== 0) return before === ADDRESS && (b & STREET) !== 0
    return sight.low || ((b & (FIRST | LAST)) !== 0 && i > 0 && (tokens.bits[i - 1]! & (CUE | TITLE)) !== 0)
  }
  if (kind === NUMBER) return before !== 0 || sight.gram[i] !== 0 || (i + 1 < tokens.count && sight.machine === 0 && tokens.gap[i + 1] === 1 && tokens.shape[i + 1] === TITLED)
  return before !== 0
}

/** Features of token i, given the classes of those before it. Returns how many. */
export function features(sight: Sight, i: number, out: Int32Array): number {
  const { tokens, tags } = sight
  const { hash, shape, bits, gap, kind } = tokens
  const n = tokens.count
  const h0 = hash[i]!
  const b0 = bits[i]!
  const s0 = shape[i]! | (kind[i]! << 3)
  const starts = gap[i] === 2 || i === 0
  const h1 = starts ? 1 : hash[i - 1]!
  const h2 = i > 1 ? hash[i - 2]! : 2
  const b1 = starts ? 0 : bits[i - 1]!
  const s1 = starts ? 63 : shape[i - 1]! | (kind[i - 1]! << 3)
  const follows = i + 1 < n && gap[i + 1] !== 2
  const n1 = follows ? hash[i + 1]! : 3
  const nb = follows ? bits[i + 1]! : 0
  const ns = follows ? shape[i + 1]! | (kind[i + 1]! << 3) : 63
  const n2 = i + 2 < n ? hash[i + 2]! : 4
  const ns2 = i + 2 < n ? shape[i + 2]! | (kind[i + 2]! << 3) : 63
  const nb2 = i + 2 < n ? bits[i + 2]! : 0
  const t1 = i > 0 ? tags[i - 1]! : 0
  const t2 = i > 1 ? tags[i - 2]! : 0
  const g = sight.gram[i]! | (follows ? sight.gram[i + 1]! << 3 : 0)
  // a word that begins a sentence has its capital from there
  const opens = starts || (i > 0 && kind[i - 1] === MARK && (h1 === 0x2f || h1 === 0x22 || h1 === 0x40)) ? 1 : 0
  let k = 0
  out[k++] = mix(0, s0, sight.key | (sight.low ? 8 : 0))
  out[k++] = mix(1, h0, 0)
  out[k++] = mix(2, b0, s0 | (sight.low ? 64 : 0))
  out[k++] = mix(3, h1, s0)
  out[k++] = mix(4, n1, s0)
  out[k++] = mix(5, h1, h2)
  out[k++] = mix(6, n1, n2)
  out[k++] = mix(7, h2, s0)
  out[k++] = mix(8, n2, s0)
  out[k++] = mix(9, tokens.prefix[i]!, 0)
  out[k++] = mix(10, tokens.suffix2[i]!, s0)
  out[k++] = mix(11, tokens.suffix3[i]!, 0)
  out[k++] = mix(12, tokens.suffix4[i]!, 0)
  out[k++] = mix(13, b1, b0)
  out[k++] = mix(14, nb, b0)
  out[k++] = mix(15, s1 | (s0 << 6) | (ns << 12), gap[i]! | (follows ? gap[i + 1]! << 2 : 0))
  out[k++] = mix(16, t1 | (t2 << 3), s0)
  out[k++] = mix(17, t1 | (b0 << 3), s0)
  out[k++] = mix(18, t1, h0)
  out[k++] = mix(19, opens | (b0 << 1), s0)
  out[k++] = mix(20, h1, b0)
  out[k++] = mix(21, n1, b0)
  out[k++] = mix(22, sight.machine | (b0 << 2), s0)
  out[k++] = mix(23, g | (t1 << 6), s0)
  out[k++] = mix(24, ns2 | (nb2 << 6), b0)
  out[k++] = mix(25, t1 | (nb << 3), ns)
  out[k++] = mix(26, t1, h1)
  out[k++] = mix(27, t1 | (t2 << 3), n1)
  out[k++] = mix(28, h2, h1 ^ Math.imul(s0, 77))
  out[k++] = mix(29, tokens.value[i]!, s0)
  out[k++] = mix(30, sight.key | (b0 << 3), t1)
  out[k++] = mix(31, sight.machine | (s1 << 2), s0 | (ns << 6))
  return k
}

const found = new Int32Array(FEATURES)

/** Gives every token of a window its class. */
export function tag(sight: Sight, model: Model): void {
  const { tokens, tags } = sight
  const { weights, mask } = model
  const n = tokens.count
  for (let i = 0; i < n; i++) {
    tags[i] = NONE
    if (!eligible(sight, i)) continue
    const count = features(sight, i, found)
    let person = 0
    let place = 0
    let address = 0
    let organization = 0
    for (let k = 0; k < count; k++) {
      const at = (found[k]! & mask) << 2
      person += weights[at]!
      place += weights[at + 1]!
      address += weights[at + 2]!
      organization += weights[at + 3]!
    }
    let best = 0
    let top = 0
    if (person > best) {
      best = person
      top = PERSON
    }
    if (place > best) {
      best = place
      top = PLACE
    }
    if (address > best) {
      best = address
      top = ADDRESS
    }
    if (organization > best) top = ORGANIZATION
    tags[i] = top
  }
}

/** Told of each find: class, byte offsets, and whether the grammar of addresses proved it. */
export type Report = (kind: number, start: number, end: number, proved: boolean) => void

/** Reports what is in [start, end) of a text. `key`: the class that the key of the value speaks of, or 0. */
export function findNames(sight: Sight, model: Model, text: Uint8Array, start: number, end: number, key: number, report: Report): void {
  const { tokens } = sight
  for (let pos = start; pos < end; ) {
    sight.key = key
    const stop = readTokens(tokens, text, pos, end)
    if (tokens.count > 0 && gate(sight, model)) {
      tag(sight, model)
      finish(sight, report)
    }
    pos = stop > pos ? stop : end
  }
}

/** Words of a window that were found as parts of full names; small, so looking through it is quick. */
const known = new Int32Array(32)

function finish(sight: Sight, report: Report): void {
  const { tokens, tags, gram } = sight
  const { kind, shape, gap, hash, bits, start, end } = tokens
  const n = tokens.count
  let names = 0
  for (let i = 0; i < n; i++) {
    if (tags[i] !== PERSON || kind[i] !== WORD || shape[i] === INITIAL || shape[i] === LOWER || (bits[i]! & (COMMON | PRODUCT)) !== 0) continue
    const beside = (i > 0 && tags[i - 1] === PERSON) || (i + 1 < n && tags[i + 1] === PERSON)
    if (beside && names < known.length) known[names++] = hash[i]!
  }
  if (names > 0) {
    // a person named in full is known by one of the names later
    for (let i = 0; i < n; i++) {
      if (tags[i] !== NONE || kind[i] !== WORD || shape[i] === LOWER) continue
      for (let k = 0; k < names; k++) if (known[k] === hash[i]) tags[i] = PERSON
    }
  }
  const whole = wholeAddresses(tokens, gram)
  for (let w = 0; w < whole.length; w += 2) report(ADDRESS, start[whole[w]!]!, end[whole[w + 1]!]!, true)
  for (let i = 0; i < n; i++) {
    const c = tags[i]!
    if (c === NONE) continue
    let j = i
    while (j + 1 < n && tags[j + 1] === c && (gap[j + 1] !== 2 || c === ADDRESS)) j++
    let from = i
    let to = j
    while (to > from && (kind[to] === MARK || (shape[to] === LOWER && (bits[to]! & PARTICLE) !== 0 && !sight.low && gram[to] === 0))) to--
    while (from < to && kind[from] === MARK) from++
    let letters = 0
    let street = false
    for (let k = from; k <= to; k++) {
      if (kind[k] === WORD && shape[k] !== INITIAL && (bits[k]! & ORG) === 0) letters++
      if (gram[k] !== 0) street = true
    }
    i = j
    if (letters === 0 && !(c === ADDRESS && street)) continue
    if (c === PERSON) {
      // an abbreviation that no list knows, alone
      if (from === to && shape[from] === CAPS && tokens.value[from]! <= 6 && (bits[from]! & (FIRST | LAST)) === 0) continue
      from = withTitle(tokens, from)
      to = withDegree(tokens, to)
    }
    report(c, start[from]!, end[to]!, false)
    if (to > i) i = to
  }
}

/** The first token of a name with the title before it: `Mr. Smith`. */
function withTitle(tokens: Tokens, from: number): number {
  const { kind, shape, bits, value, gap } = tokens
  let k = from
  for (;;) {
    let at = k - 1
    if (at > 0 && kind[at] === MARK && value[at] === 0x2e && gap[at] === 0) at--
    if (at < 0 || gap[k] !== 1 || kind[at] !== WORD || (bits[at]! & TITLE) === 0 || (shape[at] === LOWER && !(bits[at]! & TITLE && at + 1 < k))) return k
    k = at
  }
}

/** The last token of a name with the degree behind it: `Anna Smith MD`, `Anna Smith, Ph.D.`. */
function withDegree(tokens: Tokens, to: number): number {
  const { count, hash, gap, kind, value } = tokens
  degrees ??= new Set(['md', 'phd', 'dds', 'dvm', 'jr', 'sr', 'esq', 'msc', 'mba', 'ii', 'iii', 'iv', 'rn', 'bsc'].map(hashWord))
  const at = to + 2 < count && kind[to + 1] === MARK && value[to + 1] === 0x2c ? to + 2 : to + 1
  return at < count && gap[at] === 1 && degrees.has(hash[at]!) ? at : to
}
let degrees: ReadonlySet<number> | undefined
