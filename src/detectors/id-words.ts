// Words that say what an identifier beside them is. A phrase is known by the hash of its letters written as one word, so that
// `tax id`, `tax_id`, `tax-id`, `taxId` and `taxid` are one; the words of a text are tried alone and joined with up to
// three before them. The tables are also what the first pass over records looks at (`contextIn` in engine/wasm/skim.ts).

import { CLASS, LETTER, LOWER, UPPER, HIGH } from './bytes.ts'

/** Words of a phrase at most. */
export const MOST_WORDS = 4
const START = 0x811c9dc5 | 0
const PREFIX_BYTES = 8192
const BITMAP_BYTES = 8192
/** Where the sieve of the first pass begins: four tables of 32 bytes. */
const SIEVE = PREFIX_BYTES + 2 * BITMAP_BYTES
const TABLE_BYTES = SIEVE + 128

/** What words say: sets of rows as bits. */
export interface WordTables {
  /** Sets of rows by the hash of a phrase. */
  readonly phrases: ReadonlyMap<number, Int32Array>
  /** Three bitmaps: first four bytes of a phrase's last word, hashes of last words, hashes of phrases; and a sieve for first bytes. */
  readonly bytes: Uint8Array
}

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

function slotOf(h: number): number {
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

const ASCII = /^[\0-\x7f]*$/

/** The UTF-8 bytes of a text in lower case, a character each. */
function bytesOf(text: string): string {
  return ASCII.test(text) ? text : Buffer.from(text).toString('latin1')
}

/** What `hashLetters` gives for the letters of a word or phrase, digits behind a word aside. */
export function hashOf(text: string): number {
  const bytes = bytesOf(text.toLowerCase())
  let h = START
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

/** 2 for letters (in lower case) and bytes of other scripts, 1 for digits. */
function kindOf(c: number): number {
  return (c >= 97 && c <= 122) || c >= 0x80 ? 2 : c >= 48 && c <= 57 ? 1 : 0
}

const upper = (text: string): string => text.toUpperCase()

/** Letters of other scripts are compared as bytes: each usual spelling counts. */
function spellings(phrase: string): string[] {
  if (ASCII.test(phrase)) return [phrase]
  const capitals = phrase.replace(/\p{L}+/gu, (word) => word.slice(0, 1).toUpperCase() + word.slice(1))
  // ASCII letters in lower case again
  const texts = [phrase, capitals, upper(phrase), phrase.slice(0, 1).toUpperCase() + phrase.slice(1)]
  return [...new Set(texts)].map((text) => text.replace(/[A-Z]/g, (c) => c.toLowerCase()))
}

/** Words that people leave out: `cartao nacional de saude`, `cartao_nacional_saude`. */
const LINKS = / (?:de|do|da|del|di|du|des|of|the)(?= )/g

/** Builds tables from phrases in lower case, each with the row that it names; `size` rows in all. */
export function wordTables(entries: readonly (readonly [phrase: string, row: number])[], size: number): WordTables {
  const bytes = new Uint8Array(TABLE_BYTES)
  const phrases = new Map<number, Int32Array>()
  const long = new Set<number>()
  const short = new Set<number>()
  const set = (at: number, slot: number): void => {
    bytes[at + (slot >> 3)]! |= 1 << (slot & 7)
  }
  /** A word that may end a phrase: it begins at `from`; in `joined` words what is no letter is passed over. */
  const ender = (text: string, from: number, h: number, joined: boolean): void => {
    set(PREFIX_BYTES, slotOf(h))
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    let n = 0
    let high = false
    for (let i = from; i < text.length && n < 4; i++) {
      const code = text.charCodeAt(i)
      if (kindOf(code) !== 2) {
        if (n === 0 || joined) continue
        break
      }
      if (n === 0) a = code & 31
      else if (n === 1) b = code & 31
      else if (n === 2) c = code & 31
      else {
        d = code & 31
        high = code >= 0x80
      }
      n++
    }
    // one letter alone ends no phrase
    if (n < 2) return
    if (n === 2) set(0, prefixSlot(a, b, 0, NO_THIRD))
    else if (n === 3) for (const fourth of [0, CAPITAL, 19]) set(0, prefixSlot(a, b, c, fourth))
    else {
      set(0, prefixSlot(a, b, c, high ? OTHER : d))
      set(0, prefixSlot(a, b, c, CAPITAL))
    }
    if (n === 4) long.add((a << 15) | (b << 10) | (c << 5) | d)
    else short.add((a << 15) | (b << 10) | (c << 5) | (n === 2 ? 0 : 1))
  }
  const add = (text: string, row: number): void => {
    let h = START
    let bare = 0
    let count = 0
    let inWord = false
    let last = 0
    let lastAt = 0
    for (let i = text.length - 1; i >= 0; i--) {
      const c = text.charCodeAt(i)
      const kind = kindOf(c)
      if (kind === 0) {
        if (inWord && count === 1) {
          last = h
          lastAt = i + 1
        }
        inWord = false
      } else if (kind === 2 || inWord) {
        if (!inWord) count++
        inWord = true
        if (kind === 1) bare = h
        h = Math.imul(h ^ c, 0x01000193)
      }
    }
    if (count === 0) return
    let rows = phrases.get(h)
    if (rows === undefined) phrases.set(h, (rows = new Int32Array((size + 31) >> 5)))
    rows[row >> 5]! |= 1 << (row & 31)
    set(PREFIX_BYTES + BITMAP_BYTES, slotOf(h))
    ender(text, 0, h, true)
    if (count > 1 && count <= MOST_WORDS) ender(text, lastAt, last, false)
    // the first pass knows words by their letters alone: `2fa` by `fa`
    if (bare !== 0) {
      set(PREFIX_BYTES + BITMAP_BYTES, slotOf(bare))
      ender(text, 0, bare, true)
    }
  }
  for (const [phrase, row] of entries) {
    for (const text of spellings(phrase)) {
      add(bytesOf(text), row)
      const without = text.replace(LINKS, '')
      if (without !== text) add(bytesOf(without), row)
    }
  }
  sieve(long, short, bytes)
  return { phrases, bytes }
}

/**
 * Eight buckets of words, by how they begin: a byte for each of the 32 values of a letter, in which bit b says that a word of bucket b
 * may have it in that place. Words of two and three letters, behind which anything may stand, are in buckets of their own.
 */
function sieve(long: ReadonlySet<number>, short: ReadonlySet<number>, bytes: Uint8Array): void {
  const fill = (words: ReadonlySet<number>, from: number, buckets: number, letters: (word: number) => number): void => {
    const list = Int32Array.from(words).sort()
    list.forEach((word, i) => {
      const bit = 1 << (from + Math.floor((i * buckets) / list.length))
      const n = letters(word)
      for (let k = 0; k < 4; k++) {
        if (k < n) bytes[SIEVE + 32 * k + ((word >> (15 - 5 * k)) & 31)]! |= bit
        else for (let c = 0; c < 32; c++) bytes[SIEVE + 32 * k + c]! |= bit
      }
    })
  }
  fill(short, 0, 2, (word) => ((word & 31) === 0 ? 2 : 3))
  fill(long, 2, 6, () => 4)
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
