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

/** Hash of words written as one. */
export function hashOf(words: readonly string[]): number {
  return hashText(words.join(''))
}

/** As `hashLetters`, over the UTF-8 bytes of a text in lower case. */
function hashText(text: string): number {
  let h = START
  for (let i = text.length - 1; i >= 0; i--) {
    const c = text.charCodeAt(i)
    if (c >= 0x80) {
      const bytes = Buffer.from(text)
      return hashLetters(bytes, 0, bytes.length)
    }
    h = Math.imul(h ^ c, 0x01000193)
  }
  return h
}

const ASCII = /^[\0-\x7f]*$/

/** Words of a phrase: letters, and a digit before them (`2fa`). */
export function phraseWords(phrase: string): string[] {
  const out: string[] = []
  const text = phrase.toLowerCase()
  const plain = ASCII.test(text)
  const parts = plain ? text.split(/[^a-z0-9]+/) : text.split(/[^\p{L}\p{M}\p{N}]+/u)
  for (const part of parts) {
    let to = part.length
    while (to > 0 && part.charCodeAt(to - 1) < 0x3a) to--
    if (to > 0) out.push(to === part.length ? part : part.slice(0, to))
  }
  return out
}

/** Letters of other scripts are compared as bytes: each usual spelling counts. */
function spellings(words: readonly string[]): (readonly string[])[] {
  if (ASCII.test(words.join(''))) return [words]
  const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1)
  return [words, words.map(capital), words.map((word) => word.toUpperCase()), words.map((word, i) => (i === 0 ? capital(word) : word))]
}

/** A phrase as the tables need it. */
export interface Phrase {
  readonly row: number
  readonly hash: number
  /** The same without the digit that it begins with, else 0. */
  readonly letters: number
  /** Words with which it may end: itself as one, and its last. */
  readonly last: readonly string[]
}

/** Words that people leave out. */
const LINKS: ReadonlySet<string> = new Set(['de', 'do', 'da', 'del', 'di', 'du', 'des', 'of', 'the'])

/** What words say: a phrase in its spellings. */
export function phrasesOf(phrase: string, row: number): Phrase[] {
  const out: Phrase[] = []
  const all = phraseWords(phrase)
  // `cartao nacional de saude`, `cartao_nacional_saude`
  const short = all.filter((word) => !LINKS.has(word))
  const both = short.length === all.length || short.length < 2 ? spellings(all) : [...spellings(all), ...spellings(short)]
  for (const words of both) {
    if (words.length === 0) continue
    add(out, words.join(''), words, row)
  }
  return out
}

function add(out: Phrase[], joined: string, words: readonly string[], row: number): void {
  const last = words.at(-1)!
  out.push({
    row,
    hash: hashText(joined),
    letters: joined.charCodeAt(0) < 0x3a ? hashText(joined.slice(1)) : 0,
    last: words.length === 1 ? [joined] : words.length <= MOST_WORDS ? [joined, last] : [joined],
  })
}

/** The bitmaps for phrases. */
export function wordBitmaps(phrases: readonly Phrase[]): Uint8Array {
  const bytes = new Uint8Array(TABLE_BYTES)
  const set = (at: number, slot: number): void => {
    bytes[at + (slot >> 3)]! |= 1 << (slot & 7)
  }
  const ends = new Set<string>()
  for (const { hash, letters, last } of phrases) {
    set(PREFIX_BYTES + BITMAP_BYTES, slotOf(hash))
    if (letters !== 0) set(PREFIX_BYTES + BITMAP_BYTES, slotOf(letters))
    for (const word of last) ends.add(word)
  }
  const firsts: number[][] = []
  for (const word of ends) {
    set(PREFIX_BYTES, slotOf(hashText(word)))
    // the first pass knows words by their letters alone
    let text = word
    if (word.charCodeAt(0) < 0x3a) {
      text = word.slice(1)
      set(PREFIX_BYTES, slotOf(hashText(text)))
    }
    const first = ASCII.test(text) ? [0, 1, 2, 3].slice(0, text.length).map((i) => text.charCodeAt(i) & 31) : [...Buffer.from(text.slice(0, 4)).subarray(0, 4)].map((b) => b & 31)
    if (first.length === 1) continue
    firsts.push(first)
    const [a, b, c, d] = first as [number, number, number?, number?]
    if (c === undefined) set(0, prefixSlot(a, b, 0, NO_THIRD))
    else if (d === undefined) for (const l of [0, CAPITAL, 19]) set(0, prefixSlot(a, b, c, l))
    else for (const l of [ASCII.test(text) ? d : OTHER, d, CAPITAL]) set(0, prefixSlot(a, b, c, l))
  }
  sieve(firsts, bytes)
  return bytes
}

/**
 * Eight buckets of words, by how they begin: a byte for each of the 32 values of a letter, in which bit b says that a word of bucket b
 * may have it in that place. Words of two and three letters, behind which anything may stand, are in buckets of their own.
 */
function sieve(firsts: readonly number[][], bytes: Uint8Array): void {
  const key = (first: readonly number[]): number => (first[0]! << 10) | (first[1]! << 5) | (first[2] ?? 0)
  const short = firsts.filter((first) => first.length < 4).sort((a, b) => key(a) - key(b))
  const long = firsts.filter((first) => first.length === 4).sort((a, b) => key(a) - key(b))
  const fill = (list: readonly number[][], from: number, buckets: number): void => {
    list.forEach((first, i) => {
      const bit = 1 << (from + Math.floor((i * buckets) / list.length))
      for (let k = 0; k < 4; k++) {
        if (k < first.length) bytes[SIEVE + 32 * k + first[k]!]! |= bit
        else for (let c = 0; c < 32; c++) bytes[SIEVE + 32 * k + c]! |= bit
      }
    })
  }
  fill(short, 0, 2)
  fill(long, 2, 6)
}

/** Sets of rows by the hash of a phrase; `size` rows in all. */
export function rowsByPhrase(phrases: readonly Phrase[], size: number): Map<number, Int32Array> {
  const out = new Map<number, Int32Array>()
  for (const { hash, row } of phrases) {
    let rows = out.get(hash)
    if (rows === undefined) out.set(hash, (rows = new Int32Array((size + 31) >> 5)))
    rows[row >> 5]! |= 1 << (row & 31)
  }
  return out
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
