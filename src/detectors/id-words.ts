// Words that say what an identifier beside them is. A phrase is known by the hash of its letters written as one word, so that
// `tax id`, `tax_id`, `tax-id`, `taxId` and `taxid` are one; the words of a text are tried alone and joined with up to
// three before them. The words themselves are not here: scripts/build-id-words.ts makes hashes of those in ids/. The bitmaps are also
// what the first pass over records looks at (`named` in engine/wasm/skim.ts).

import { CLASS, LETTER, LOWER, UPPER, HIGH } from './bytes.ts'
import { ID_WORDS } from './id-word-data.ts'

/** Words of a phrase at most. */
export const MOST_WORDS = 4
const START = 0x811c9dc5 | 0
const PREFIX_BYTES = 8192
const BITMAP_BYTES = 8192
const TABLE_BYTES = PREFIX_BYTES + 2 * BITMAP_BYTES

/**
 * FNV-1a over the letters (ASCII ones in lower case) of [from, to), last byte first, going on from `h`; digits and other bytes as they
 * are. From the end, so that words before a word go on from its hash.
 */
export function hashLetters(text: Uint8Array, from: number, to: number, h: number = START): number {
  for (let p = to - 1; p >= from; p--) {
    const b = text[p]!
    h = Math.imul(h ^ ((CLASS[b]! & LETTER) !== 0 ? b | 32 : b), 0x01000193)
  }
  return h
}

/** Bit of a hash in a bitmap. */
export function slotOf(h: number): number {
  return (h ^ (h >>> 15)) & 0xffff
}

const CAPITAL = 27
const OTHER = 28
/** In place of it where the third byte is no letter: the word has two. */
const NO_THIRD = 29

/** What the fourth byte of a word says: which small letter it is, a capital (the word may end before it), another script, none. */
function fourthOf(b: number): number {
  const bits = CLASS[b]!
  return (bits & LOWER) !== 0 ? b & 31 : (bits & UPPER) !== 0 ? CAPITAL : (bits & HIGH) !== 0 ? OTHER : 0
}

function prefixSlot(a: number, b: number, c: number, fourth: number): number {
  return ((((a & 31) << 10) | ((b & 31) << 5) | (c & 31)) ^ (fourth * 2741)) & 0xffff
}

/** True when a phrase may end with the word whose first bytes are a, b, c and d. */
export function mayEndPhrase(bytes: Uint8Array, a: number, b: number, c: number, d: number): boolean {
  const slot = fourthOf(c) === 0 ? prefixSlot(a, b, 0, NO_THIRD) : prefixSlot(a, b, c, fourthOf(d))
  return ((bytes[slot >> 3]! >> (slot & 7)) & 1) !== 0
}

/** True when the last word of a phrase has this hash (or, rarely, another word). */
export function endsPhrase(bytes: Uint8Array, h: number): boolean {
  const slot = slotOf(h)
  return ((bytes[PREFIX_BYTES + (slot >> 3)]! >> (slot & 7)) & 1) !== 0
}

/**
 * What `hashLetters` gives for the letters of words in lower case, a byte each, digits behind a word aside; going on from `h`, the
 * hash of words behind them.
 */
export function hashWords(bytes: string, h: number = START): number {
  let inWord = false
  for (let i = bytes.length - 1; i >= 0; i--) {
    const c = bytes.charCodeAt(i)
    const kind = kindOf(c)
    if (kind === 0) inWord = false
    else if (kind === 2 || inWord) {
      inWord = true
      h = Math.imul(h ^ c, 0x01000193)
    }
  }
  return h
}

/** The same for text of any case and script. */
export function hashOf(text: string, h: number = START): number {
  const small = text.toLowerCase()
  return hashWords(isAscii(small) ? small : Buffer.from(small).toString('latin1'), h)
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

/** 2 for letters (in lower case) and bytes of other scripts, 1 for digits. */
function kindOf(c: number): number {
  return (c >= 97 && c <= 122) || c >= 0x80 ? 2 : c >= 48 && c <= 57 ? 1 : 0
}

/** What words say. */
interface Words {
  /** Sets of rows as bits, `size` numbers each. */
  readonly size: number
  readonly sets: readonly Int32Array[]
  /** Hashes of phrases, ascending, and the set of each. */
  readonly phrases: Int32Array
  readonly phraseSets: Uint16Array
  /** Hashes that the first pass looks for besides. */
  readonly bares: Int32Array
  readonly bareSets: Uint16Array
  /** Last words of phrases: how they begin (`packStart`), ascending, the slot of their hash, the set of each. */
  readonly starts: Int32Array
  readonly slots: Uint16Array
  readonly startSets: Uint16Array
}

let words: Words | undefined

function readWords(): Words {
  // a copy of its own: the numbers must be at an even place
  const data = new Uint8Array(Buffer.from(ID_WORDS, 'base64')).buffer
  let at = 0
  const numbers = (n: number): Int32Array => {
    const out = new Int32Array(data, at, n)
    at += 4 * n
    return out
  }
  const shorts = (n: number): Uint16Array => {
    const out = new Uint16Array(data, at, n)
    at += 2 * n
    return out
  }
  const [size = 0, sets = 0, phrases = 0, bares = 0, starts = 0] = numbers(5)
  return {
    size,
    sets: Array.from({ length: sets }, () => numbers(size)),
    phrases: numbers(phrases),
    bares: numbers(bares),
    starts: numbers(starts),
    phraseSets: shorts(phrases),
    bareSets: shorts(bares),
    slots: shorts(starts),
    startSets: shorts(starts),
  }
}

/** By the lowest sixteen bits of a hash: a phrase has it. */
let seen: Uint8Array | undefined

function seenOf(phrases: Int32Array): Uint8Array {
  const bits = new Uint8Array(8192)
  for (const h of phrases) bits[(h >>> 3) & 0x1fff]! |= 1 << (h & 7)
  return bits
}

/** The rows that a phrase with this hash names; undefined for none. */
export function rowsNamed(h: number): Int32Array | undefined {
  const { phrases, phraseSets, sets } = (words ??= readWords())
  // nearly every word names nothing
  seen ??= seenOf(phrases)
  if ((seen[(h >>> 3) & 0x1fff]! & (1 << (h & 7))) === 0) return undefined
  let low = 0
  let high = phrases.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = phrases[middle]!
    if (found === h) return sets[phraseSets[middle]!]
    if (found < h) low = middle + 1
    else high = middle - 1
  }
  return undefined
}

/**
 * Three bitmaps of the words that name one of the rows (of all, without `rows`): first four bytes of a phrase's last word, hashes of
 * last words, hashes of phrases.
 */
export function wordMaps(rows?: Int32Array): Uint8Array {
  const { sets, phrases, phraseSets, bares, bareSets, starts, slots, startSets } = (words ??= readWords())
  const wanted = new Uint8Array(sets.length)
  for (let s = 0; s < sets.length; s++) {
    const set = sets[s]!
    for (let i = 0; i < set.length; i++) if (rows === undefined || (set[i]! & rows[i]!) !== 0) wanted[s] = 1
  }
  const bytes = new Uint8Array(TABLE_BYTES)
  for (let i = 0; i < phrases.length; i++) if (wanted[phraseSets[i]!] !== 0) setBit(bytes, PREFIX_BYTES + BITMAP_BYTES, slotOf(phrases[i]!))
  for (let i = 0; i < bares.length; i++) if (wanted[bareSets[i]!] !== 0) setBit(bytes, PREFIX_BYTES + BITMAP_BYTES, slotOf(bares[i]!))
  for (let i = 0; i < starts.length; i++) {
    if (wanted[startSets[i]!] === 0) continue
    setBit(bytes, PREFIX_BYTES, slots[i]!)
    const start = starts[i]!
    const a = start >> 15
    const b = start >> 10
    const n = (start >> 20) & 7
    if (n === 2) setBit(bytes, 0, prefixSlot(a, b, 0, NO_THIRD))
    else {
      const c = start >> 5
      setBit(bytes, 0, prefixSlot(a, b, c, CAPITAL))
      if (n === 4) setBit(bytes, 0, prefixSlot(a, b, c, start >> 23 !== 0 ? OTHER : start & 31))
      else {
        setBit(bytes, 0, prefixSlot(a, b, c, 0))
        // a plural
        setBit(bytes, 0, prefixSlot(a, b, c, 19))
      }
    }
  }
  return bytes
}

function setBit(bytes: Uint8Array, at: number, slot: number): void {
  bytes[at + (slot >> 3)]! |= 1 << (slot & 7)
}

/**
 * How a word begins: five bits of each of its first four letters, how many of these it has, and whether the fourth is of another
 * script. 0 for a word of one letter, which ends no phrase.
 */
export function packStart(word: string): number {
  let out = 0
  let n = 0
  for (let i = 0; i < word.length && n < 4; i++) {
    const c = word.charCodeAt(i)
    if (kindOf(c) !== 2) continue
    out |= (c & 31) << (15 - 5 * n)
    n++
    if (n === 4 && c >= 0x80) out |= 1 << 23
  }
  return n < 2 ? 0 : out | (n << 20)
}

/** True where a word begins inside a run of letters: `patientId`, `IDNumber`. */
export function isHump(text: Uint8Array, end: number, p: number): boolean {
  const here = CLASS[text[p]!]!
  if ((here & UPPER) === 0) return false
  const before = CLASS[text[p - 1]!]!
  return (before & LOWER) !== 0 || ((before & UPPER) !== 0 && p + 1 < end && (CLASS[text[p + 1]!]! & LOWER) !== 0)
}

/** Letters, and bytes of other scripts. */
export const WORD_LETTER: number = LETTER | HIGH
