// Byte tables and small readers that every detector shares. All of them are bounded by `start` and `end` of the text
// under scan and allocate nothing.

import type { Scan } from '../engine/types.ts'

export const DIGIT = 1
export const LOWER = 2
export const UPPER = 4
export const UNDERSCORE = 8
export const HIGH = 16
export const HEX = 32
/** Letters, digits, `+`, `/`. */
export const BASE64 = 64
/** Letters, digits, `-`, `_`. */
export const BASE64URL = 128
/** Letters, digits, `-._~+/`. */
export const TOKEN68 = 256
export const SPACE = 512
/** May stand in a URL after the scheme: no space, quote, angle bracket, backslash, backtick or control character. */
export const URL_BYTE = 1024
/** Local part of an e-mail address as it occurs in logs. */
export const LOCAL = 2048
/** Letters, digits, `_`, `-`, `.`: keys of pairs. */
export const KEY = 4096
/** Letters, digits, `-`, bytes from 0x80: labels of a host name. */
export const HOST = 8192

export const ALNUM = DIGIT | LOWER | UPPER
export const LETTER = LOWER | UPPER
export const WORD = ALNUM | UNDERSCORE | HIGH

/** Class bits of every byte. */
export const CLASS: Uint16Array = buildClasses()

function buildClasses(): Uint16Array {
  const table = new Uint16Array(256)
  const add = (characters: string, bit: number): void => {
    for (let i = 0; i < characters.length; i++) table[characters.charCodeAt(i)]! |= bit
  }
  const digits = '0123456789'
  const lower = 'abcdefghijklmnopqrstuvwxyz'
  const upper = lower.toUpperCase()
  const alnum = digits + lower + upper
  add(digits, DIGIT)
  add(lower, LOWER)
  add(upper, UPPER)
  add('_', UNDERSCORE)
  add('0123456789abcdefABCDEF', HEX)
  add(alnum + '+/', BASE64)
  add(alnum + '-_', BASE64URL)
  add(alnum + '-._~+/', TOKEN68)
  add(' \t\n\r\v\f', SPACE)
  add(alnum + "._+-%&'~^!#$*", LOCAL)
  add(alnum + '_-.', KEY)
  add(alnum + '-', HOST)
  for (let b = 0x21; b < 0x7f; b++) if (!'"\'<>\\`'.includes(String.fromCharCode(b))) table[b]! |= URL_BYTE
  for (let b = 0x80; b < 0x100; b++) table[b]! |= HIGH | URL_BYTE | LOCAL | HOST
  return table
}

/**
 * True for lead bytes of letters that are written with word spaces (Latin, Greek, Cyrillic, Arabic, Indic ...). Symbols,
 * punctuation and the scripts without word spaces (kana, Han, Hangul) do not glue to a neighbouring digit.
 */
function leadOfLetter(lead: number): boolean {
  return (lead >= 0xc3 && lead <= 0xdf) || lead === 0xe0 || lead === 0xe1
}

/** True when a letter, digit or `_` stands directly before `at`. */
export function wordBefore(text: Uint8Array, start: number, at: number): boolean {
  if (at <= start) return false
  const b = text[at - 1]!
  if (b < 0x80) return (CLASS[b]! & WORD) !== 0
  let p = at - 1
  while (p > start && p > at - 4 && (text[p]! & 0xc0) === 0x80) p--
  return leadOfLetter(text[p]!)
}

/** True when a letter, digit or `_` stands at `at`. */
export function wordAfter(text: Uint8Array, end: number, at: number): boolean {
  if (at >= end) return false
  const b = text[at]!
  return b < 0x80 ? (CLASS[b]! & WORD) !== 0 : leadOfLetter(b)
}

/** True when the byte at `at` is one of `.-/,:` with a digit right behind it. */
export function digitJointAfter(text: Uint8Array, end: number, at: number): boolean {
  return at + 1 < end && isJoint(text[at]!) && isDigit(text[at + 1]!)
}

/** True when one of `.-/,:` with a digit before it stands directly before `at`. */
export function digitJointBefore(text: Uint8Array, start: number, at: number): boolean {
  return at - 2 >= start && isJoint(text[at - 1]!) && isDigit(text[at - 2]!)
}

function isJoint(b: number): boolean {
  return b === 46 || b === 45 || b === 47 || b === 44 || b === 58
}

export function isDigit(b: number): boolean {
  return b >= 48 && b <= 57
}

/** End of the run of bytes with one of the class bits, from `at`, at most `limit` bytes. */
export function runEnd(text: Uint8Array, at: number, end: number, bits: number, limit: number): number {
  const stop = end - at > limit ? at + limit : end
  while (at < stop && (CLASS[text[at]!]! & bits) !== 0) at++
  return at
}

/** Start of the run of bytes with one of the class bits that ends at `at`, at most `limit` bytes back. */
export function runStart(text: Uint8Array, at: number, start: number, bits: number, limit: number): number {
  const stop = at - start > limit ? at - limit : start
  while (at > stop && (CLASS[text[at - 1]!]! & bits) !== 0) at--
  return at
}

/** Union of the class bits in [from, to). */
export function classesOf(text: Uint8Array, from: number, to: number): number {
  let bits = 0
  for (let p = from; p < to; p++) bits |= CLASS[text[p]!]!
  return bits
}

/** True when the bytes at `at` are the ASCII characters of `word`. */
export function matchesAt(text: Uint8Array, end: number, at: number, word: string): boolean {
  if (at < 0 || at + word.length > end) return false
  for (let i = 0; i < word.length; i++) if (text[at + i] !== word.charCodeAt(i)) return false
  return true
}

/** As `matchesAt`, letters of either case; `word` is lower case. */
export function matchesLower(text: Uint8Array, end: number, at: number, word: string): boolean {
  if (at < 0 || at + word.length > end) return false
  for (let i = 0; i < word.length; i++) if (lower(text[at + i]!) !== word.charCodeAt(i)) return false
  return true
}

export function lower(b: number): number {
  return b >= 65 && b <= 90 ? b + 32 : b
}

/** True when [from, to) is one byte repeated. */
export function oneByteRepeated(text: Uint8Array, from: number, to: number): boolean {
  for (let p = from + 1; p < to; p++) if (text[p] !== text[from]) return false
  return to > from
}

/** True when [from, to) holds fewer than `count` different bytes. */
export function fewerDistinct(text: Uint8Array, from: number, to: number, count: number): boolean {
  let low = 0
  let high = 0
  let top = 0
  let seen = 0
  for (let p = from; p < to; p++) {
    const b = text[p]!
    const bit = 1 << (b & 31)
    if (b < 64) {
      if ((low & bit) === 0) {
        low |= bit
        seen++
      }
    } else if (b < 96) {
      if ((high & bit) === 0) {
        high |= bit
        seen++
      }
    } else if ((top & bit) === 0) {
      top |= bit
      seen++
    }
    if (seen >= count) return false
  }
  return true
}

/** Luhn over the digits of [from, to); other bytes are skipped. */
export function luhn(text: Uint8Array, from: number, to: number): boolean {
  let sum = 0
  let double = false
  for (let p = to - 1; p >= from; p--) {
    const d = text[p]! - 48
    if (d < 0 || d > 9) continue
    sum += double ? (d > 4 ? d * 2 - 9 : d * 2) : d
    double = !double
  }
  return sum % 10 === 0
}

/** ISO 7064 mod 97-10 as in an IBAN: first four characters last, letters as 10-35, spaces skipped. */
export function ibanMod97(text: Uint8Array, from: number, to: number): number {
  let rest = 0
  for (let p = from + 4; p < to; p++) rest = foldMod97(rest, text[p]!)
  for (let p = from; p < from + 4; p++) rest = foldMod97(rest, text[p]!)
  return rest
}

function foldMod97(rest: number, b: number): number {
  if (b === 32 || b === 45) return rest
  if (b <= 57) return (rest * 10 + b - 48) % 97
  return (rest * 100 + (b | 32) - 87) % 97
}

/** Where `decodeBase64` leaves its result. Valid until the next call. */
export const decoded: Uint8Array = new Uint8Array(3072)

/**
 * Decodes base64 or base64url of [from, to) into `decoded`, at most 4096 characters (the rest is left out). Returns the
 * number of bytes, -1 for a character of neither alphabet. `=` ends it.
 */
export function decodeBase64(text: Uint8Array, from: number, to: number): number {
  const stop = to - from > 4096 ? from + 4096 : to
  let bits = 0
  let held = 0
  let length = 0
  for (let p = from; p < stop; p++) {
    const b = text[p]!
    let v: number
    if (b >= 97 && b <= 122) v = b - 71
    else if (b >= 65 && b <= 90) v = b - 65
    else if (b >= 48 && b <= 57) v = b + 4
    else if (b === 43 || b === 45) v = 62
    else if (b === 47 || b === 95) v = 63
    else if (b === 61) break
    else return -1
    held = ((held << 6) | v) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      decoded[length++] = (held >> bits) & 0xff
    }
  }
  return length
}

/** True when `word` (lower case letters) stands in [from, to), whatever its case, without a letter before it or at a camel hump. */
export function hasWord(text: Uint8Array, from: number, to: number, word: string): boolean {
  const first = word.charCodeAt(0)
  for (let p = from; p + word.length <= to; p++) {
    if (lower(text[p]!) !== first || !matchesLower(text, to, p, word)) continue
    if (p === from || (CLASS[text[p - 1]!]! & LETTER) === 0) return true
    if ((CLASS[text[p]!]! & UPPER) !== 0 && (CLASS[text[p - 1]!]! & LOWER) !== 0) return true
  }
  return false
}

/** How far back words count as context of a candidate. */
export const CONTEXT_BYTES = 48

/** Words that give a candidate its meaning, ready for `inContext`. */
export interface ContextWords {
  /** By first letter. */
  readonly byLetter: readonly (readonly string[])[]
  /** Bit of each first letter. */
  readonly letters: number
  readonly all: ReadonlySet<string>
}

/** Prepares lower-case words for `inContext`. A word may hold spaces; it also matches at the start of a longer one (`card`, `cards`). */
export function contextWords(...list: readonly string[]): ContextWords {
  const byLetter: string[][] = Array.from({ length: 26 }, () => [])
  let letters = 0
  for (const word of list) {
    const i = word.charCodeAt(0) - 97
    byLetter[i]!.push(word)
    letters |= 1 << i
  }
  return { byLetter, letters, all: new Set(list) }
}

/**
 * True when one of the words is in the path of the value or begins a word within 48 bytes before `at`, at most one line
 * break away and not beyond the key of another pair: right behind `key=` only that key counts.
 */
export function inContext(scan: Scan, at: number, context: ContextWords): boolean {
  if (scan.keyWords.length > 0 && inPath(scan, context)) return true
  const text = scan.text
  const from = at - CONTEXT_BYTES > scan.start ? at - CONTEXT_BYTES : scan.start
  let p = at
  // Blanks and quotes between a separator and the value.
  while (p > from && (text[p - 1] === 32 || text[p - 1] === 34 || text[p - 1] === 39)) p--
  const valued = p > from && text[p - 1] === 61
  if (valued) p--
  let breaks = 0
  let bits = p > from ? CLASS[text[p - 1]!]! : 0
  while (p > from) {
    p--
    const here = bits
    bits = p > scan.start ? CLASS[text[p - 1]!]! : 0
    if ((here & LETTER) === 0) {
      const b = text[p]!
      if (b === 61 || (valued && (here & KEY) === 0 && b !== 34 && b !== 39 && b !== 92)) return false
      if (b === 10 && ++breaks > 1) return false
      continue
    }
    // The beginning of a word, or a camel hump.
    if ((bits & LETTER) !== 0 && ((here & UPPER) === 0 || (bits & LOWER) === 0)) continue
    const letter = lower(text[p]!) - 97
    if (((context.letters >> letter) & 1) === 0) continue
    for (const word of context.byLetter[letter]!) {
      if (!matchesLower(text, at, p, word)) continue
      scan.why?.(`word-before:${word}`)
      return true
    }
  }
  return false
}

/** True when one of the words is in the path of the value. */
export function inPath(scan: Scan, context: ContextWords): boolean {
  for (const word of scan.keyWords) {
    if (!context.all.has(word)) continue
    scan.why?.(`key:${word}`)
    return true
  }
  return false
}

/** True when a placeholder that says "something was masked here" covers `at`: `[REDACTED...]` and the like. */
export function insideMasked(text: Uint8Array, start: number, end: number, at: number): boolean {
  // A placeholder is short and has no space: look back over its own characters for the bracket.
  const stop = at - 40 > start ? at - 40 : start
  for (let p = at - 1; p >= stop; p--) {
    const b = text[p]!
    if (b === 91) return matchesAt(text, end, p, '[REDACTED') || matchesAt(text, end, p, '[MASKING FAILED')
    if ((CLASS[b]! & (ALNUM | UNDERSCORE)) === 0 && b !== 58 && b !== 45) return false
  }
  return false
}
