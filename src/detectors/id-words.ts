// Words that say what an identifier beside them is. A phrase is known by the hash of its letters written as one word, so that
// `tax id`, `tax_id`, `tax-id`, `taxId` and `taxid` are one; the words of a text are tried alone and joined with up to
// three before them. The tables are also what the first pass over records looks at (`contextIn` in engine/wasm/skim.ts).

import { CLASS, LETTER, LOWER, UPPER, HIGH } from './bytes.ts'

/** Words of a phrase at most. */
export const MOST_WORDS = 4
const START = 0x811c9dc5 | 0
const PREFIX_BYTES = 4096
const BITMAP_BYTES = 8192
/** Bytes of `WordTables.bytes`. */
export const TABLE_BYTES: number = PREFIX_BYTES + 2 * BITMAP_BYTES

/** What words say: sets of rows as bits. */
export interface WordTables {
  /** Sets of rows by the hash of a phrase. */
  readonly phrases: ReadonlyMap<number, Int32Array>
  /** Three bitmaps: first three bytes of a phrase's last word, hashes of last words, hashes of phrases. */
  readonly bytes: Uint8Array
}

/** FNV-1a over the letters (ASCII ones in lower case) of [from, to), going on from `h`; digits and other bytes as they are. */
export function hashLetters(text: Uint8Array, from: number, to: number, h: number = START): number {
  for (let p = from; p < to; p++) {
    const b = text[p]!
    h = Math.imul(h ^ ((CLASS[b]! & LETTER) !== 0 ? b | 32 : b), 0x01000193)
  }
  return h
}

function slotOf(h: number): number {
  return (h ^ (h >>> 15)) & 0xffff
}

/** True when a phrase may end with the word whose first bytes are a, b and c. */
export function mayEndPhrase(bytes: Uint8Array, a: number, b: number, c: number): boolean {
  const slot = ((a & 31) << 10) | ((b & 31) << 5) | (c & 31)
  return ((bytes[slot >> 3]! >> (slot & 7)) & 1) !== 0
}

/** True when the last word of a phrase has this hash (or, rarely, another word). */
export function endsPhrase(bytes: Uint8Array, h: number): boolean {
  const slot = slotOf(h)
  return ((bytes[PREFIX_BYTES + (slot >> 3)]! >> (slot & 7)) & 1) !== 0
}

const encoder = new TextEncoder()

/** Hash of words written as one. */
export function hashOf(words: readonly string[]): number {
  const bytes = encoder.encode(words.join(''))
  return hashLetters(bytes, 0, bytes.length)
}

/** Words of a phrase: letters, and a digit before them (`2fa`). */
export function phraseWords(phrase: string): string[] {
  return phrase
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .map((word) => word.replace(/(?<=\P{N})\p{N}+$/u, ''))
    .filter((word) => word !== '')
}

/** Letters of other scripts are compared as bytes: each usual spelling counts. */
function spellings(words: readonly string[]): (readonly string[])[] {
  if (/^[\0-\x7f]*$/.test(words.join(''))) return [words]
  const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1)
  return [words, words.map(capital), words.map((word) => word.toUpperCase()), words.map((word, i) => (i === 0 ? capital(word) : word))]
}

/** Tables for phrases with the rows that they name; `size` rows in all. */
export function wordTables(entries: Iterable<readonly [phrase: string, row: number]>, size: number): WordTables {
  const phrases = new Map<number, Int32Array>()
  const bytes = new Uint8Array(TABLE_BYTES)
  const set = (at: number, slot: number): void => void (bytes[at + (slot >> 3)]! |= 1 << (slot & 7))
  const ender = (word: string): void => {
    const b = encoder.encode(word)
    set(PREFIX_BYTES, slotOf(hashLetters(b, 0, b.length)))
    // the first pass knows words by their letters alone
    const from = b[0]! < 0x3a ? 1 : 0
    if (from === 1) set(PREFIX_BYTES, slotOf(hashLetters(b, 1, b.length)))
    const at = (i: number): number => b[from + i]! & 31
    const lasts = b.length - from < 3 ? 32 : 1
    const seconds = b.length - from < 2 ? 32 : 1
    for (let i = 0; i < seconds; i++) for (let k = 0; k < lasts; k++) set(0, (at(0) << 10) | ((seconds === 1 ? at(1) : i) << 5) | (lasts === 1 ? at(2) : k))
  }
  const add = (words: readonly string[], row: number): void => {
    const h = hashOf(words)
    let rows = phrases.get(h)
    if (rows === undefined) phrases.set(h, (rows = new Int32Array((size + 31) >> 5)))
    rows[row >> 5]! |= 1 << (row & 31)
    set(PREFIX_BYTES + BITMAP_BYTES, slotOf(h))
    const joined = words.join('')
    if (joined.charCodeAt(0) < 0x3a) {
      const letters = encoder.encode(joined.slice(1))
      set(PREFIX_BYTES + BITMAP_BYTES, slotOf(hashLetters(letters, 0, letters.length)))
    }
    ender(joined)
    if (words.length <= MOST_WORDS) ender(words.at(-1)!)
  }
  for (const [phrase, row] of entries) {
    for (const words of spellings(phraseWords(phrase))) {
      if (words.length === 0) continue
      add(words, row)
      // one form of the plural is enough
      const last = words.at(-1)!
      if (last.length > 2 && /[a-rt-z]$/.test(last)) add([...words.slice(0, -1), `${last}s`], row)
    }
  }
  return { phrases, bytes }
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
