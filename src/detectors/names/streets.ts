// The grammar of street addresses: a house number beside a name with a word for a street, a unit or box, a postcode beside a
// place. It marks tokens; two different parts near each other are an address by themselves, one is evidence for the tagger.

import { CAPS, createTokens, hashWord, INITIAL, LOWER, MACHINE, MARK, NUMBER, readTokens, TITLED, WORD } from './tokens.ts'
import type { Tokens } from './tokens.ts'
import { CITY, COMMON, FIRST, LAST, PARTICLE, REGION, STREET, TITLE, UNIT } from './words.ts'

export const STREET_PART = 1
export const UNIT_PART = 2
export const POSTCODE_PART = 4

/** Endings of streets written in one word, by their last letters, and words for a postcode; made with the first text. */
let joined: ReadonlySet<number> | undefined
let postal: ReadonlySet<number> | undefined

function endings(): Set<number> {
  const out = new Set<number>()
  const tokens = createTokens()
  for (const word of ['straße', 'strasse', 'gasse', 'platz', 'gatan', 'vägen', 'katu', 'straat', 'laan', 'gade', 'veien', 'gracht', 'singel', 'allee', 'damm', 'ring']) {
    const bytes = Buffer.from(word)
    readTokens(tokens, bytes, 0, bytes.length)
    out.add(tokens.suffix4[0]!)
  }
  return out
}
/** The same with three letters. */
const WEG = ((0x67 << 8) ^ 0x65) * 256 + 0x77
const VEJ = ((0x6a << 8) ^ 0x65) * 256 + 0x76
const STR = ((0x72 << 8) ^ 0x74) * 256 + 0x73

/** How far a number stands from its street. */
const REACH = 5

/** Marks the tokens of addresses in `gram`; true when there are any. */
export function markStreets(tokens: Tokens, gram: Uint8Array): boolean {
  const n = tokens.count
  const { kind, shape, bits, value, gap } = tokens
  gram.fill(0, 0, n)
  joined ??= endings()
  const codes = (postal ??= new Set(['zip', 'zipcode', 'postcode', 'postal', 'plz', 'cap', 'cep'].map(hashWord)))
  let any = false
  const mark = (from: number, to: number, part: number): void => {
    for (let k = from; k <= to; k++) gram[k]! |= part
    any = true
  }
  const house = (k: number): boolean => k >= 0 && k < n && kind[k] === NUMBER && value[k]! <= 5
  const capital = (k: number): boolean => kind[k] === WORD && (shape[k] === TITLED || shape[k] === CAPS || shape[k] === INITIAL)
  for (let i = 0; i < n; i++) {
    if (kind[i] === NUMBER) {
      const size = tokens.end[i]! - tokens.start[i]!
      if ((value[i] === 5 && size === 5) || (value[i] === 9 && size === 10)) {
        const state = i > 0 && kind[i - 1] === WORD && shape[i - 1] === CAPS && tokens.value[i - 1] === 2 && gap[i] !== 0
        const place = (i + 1 < n && (bits[i + 1]! & CITY) !== 0 && capital(i + 1)) || (i > 0 && (bits[i - 1]! & (CITY | REGION)) !== 0 && capital(i - 1))
        const named = (i > 0 && codes.has(tokens.hash[i - 1]!)) || (i > 1 && codes.has(tokens.hash[i - 2]!)) || (i > 2 && codes.has(tokens.hash[i - 3]!))
        if (state || place || named) mark(state ? i - 1 : i, i, POSTCODE_PART)
      } else if (value[i] === 4 && i + 1 < n && shape[i + 1] === CAPS && tokens.value[i + 1] === 2 && i + 2 < n && (bits[i + 2]! & CITY) !== 0) mark(i, i + 1, POSTCODE_PART)
      continue
    }
    if (kind[i] === MACHINE) {
      const size = tokens.end[i]! - tokens.start[i]!
      if (size < 2 || size > 4 || i + 1 >= n || gap[i + 1] !== 1 || tokens.shape[i] === INITIAL) continue
      const next = tokens.end[i + 1]! - tokens.start[i + 1]!
      if (next === 3 && ((kind[i + 1] === NUMBER && value[i + 1] === 1) || (kind[i + 1] === MACHINE && size === 3))) mark(i, i + 1, POSTCODE_PART)
      continue
    }
    if (kind[i] !== WORD) continue
    if ((bits[i]! & UNIT) !== 0 && i + 1 < n) {
      const at = kind[i + 1] === MARK && value[i + 1] === 0x2e ? i + 2 : i + 1
      if (at < n && gap[at] !== 2 && (house(at) || (shape[at] === INITIAL && capital(i)))) {
        let from = i
        while (from > 0 && i - from < 4 && gap[from] !== 2 && (shape[from - 1] === INITIAL || (kind[from - 1] === MARK && value[from - 1] === 0x2e))) from--
        if (capital(i) || from < i || (i > 0 && gram[i - 1] !== 0) || (i > 1 && gram[i - 2] !== 0)) mark(from, at, UNIT_PART)
        continue
      }
    }
    const s4 = tokens.suffix4[i]!
    const s3 = tokens.suffix3[i]!
    if (shape[i] === TITLED && tokens.value[i]! > 5 && (joined.has(s4) || s3 === WEG || s3 === VEJ || s3 === STR)) {
      const at = i + 1 < n && kind[i + 1] === MARK && value[i + 1] === 0x2e ? i + 2 : i + 1
      if (house(at) && value[at]! <= 4 && gap[at] !== 2) mark(i, at, STREET_PART)
      continue
    }
    if ((bits[i]! & STREET) === 0) continue
    // 12 Main Street
    let j = i - 1
    let named = false
    while (j >= 0 && i - j <= REACH && gap[j + 1] === 1 && kind[j] === WORD && (capital(j) || ((bits[j]! & PARTICLE) !== 0 && shape[j] === LOWER))) {
      if (capital(j)) named = true
      j--
    }
    if (house(j) && gap[j + 1] === 1 && named) {
      mark(house(j - 1) && gap[j] === 1 ? j - 1 : j, i, STREET_PART)
      continue
    }
    // 12, rue de la Paix; Calle de Alcalá 45; ul. Długa 5
    let k = i + 1
    if (k < n && kind[k] === MARK && value[k] === 0x2e) k++
    let last = -1
    while (k < n && k - i <= REACH + 1 && gap[k] === 1 && kind[k] === WORD && (capital(k) || (bits[k]! & PARTICLE) !== 0)) {
      if (capital(k)) last = k
      k++
    }
    if (last < 0) continue
    const before = i > 0 && kind[i - 1] === MARK && value[i - 1] === 0x2c ? i - 2 : i - 1
    if (house(before) && gap[i] !== 2) {
      mark(before, last, STREET_PART)
      continue
    }
    let at = last + 1
    if (at < n && kind[at] === MARK && value[at] === 0x2c) at++
    if (at < n && kind[at] === WORD && (tokens.value[at]! <= 2 || (bits[at]! & UNIT) !== 0) && shape[at] !== CAPS) at++
    if (at < n && kind[at] === MARK && gap[at] !== 2 && value[at] !== 0x2c) at++
    if (house(at) && value[at]! <= 4 && gap[at] !== 2) mark(i, at, STREET_PART)
  }
  return any
}

/**
 * Addresses of two or more different parts that stand near each other: [first token, last token, ...]. Between the parts there
 * may be commas, line ends and the words of a place.
 */
export function wholeAddresses(tokens: Tokens, gram: Uint8Array): number[] {
  const out: number[] = []
  const n = tokens.count
  const { kind, shape, bits } = tokens
  for (let i = 0; i < n; i++) {
    if (gram[i] === 0) continue
    let parts = 0
    let last = i
    let between = 0
    for (let k = i; k < n; k++) {
      if (gram[k] !== 0) {
        parts |= gram[k]!
        last = k
        between = 0
        continue
      }
      const comma = kind[k] === MARK && (tokens.value[k] === 0x2c || tokens.value[k] === 0x2e)
      const place = kind[k] === WORD && (shape[k] === TITLED || shape[k] === CAPS) && (bits[k]! & TITLE) === 0
      if ((!comma && !place) || (place && (bits[k]! & (COMMON | FIRST | LAST | CITY | REGION)) === COMMON) || ++between > 6) break
    }
    if ((parts & (parts - 1)) !== 0) out.push(i, last)
    i = last
  }
  return out
}
