// Pairs in text: `key=value`, `key: value`, `key => value`, quoted and escaped keys and values, `--key value`, and the
// calls `("key", "value")` and `setKey("value")`, the comparison `"value" == key`, the element `<key>value</key>`. A pair gives its value a key. Two steps keep it linear: `recogniseKey` looks at the bytes
// around the separator only; the value is read (`finishPair`, `judgePair`) for keys that matter.

import type { KeyFacts, Trigger } from '../engine/types.ts'
import { ALNUM, CLASS, KEY, LETTER, SPACE, UNDERSCORE, isDigit, lower, matchesAt, matchesLower } from './bytes.ts'
import { judgeSecret, keyFactsAt } from './key-words.ts'

/** A pair that was recognised; one object, reused. Offsets are bytes, ends exclusive. */
export interface Pair {
  keyStart: number
  keyEnd: number
  valueStart: number
  valueEnd: number
  /** The quote byte around the value, 0 for none. */
  quote: number
  /** True when the quotes are written with a backslash before them. */
  escaped: boolean
  /** True after authorization and cookie keys: the value is the rest of the line. */
  header: boolean
  /** The quote that opened before a bare key, 0 for none: a header value ends there. */
  closer: number
}

/** A fresh `Pair` to pass to `recognisePair`. */
export function createPair(): Pair {
  return { keyStart: 0, keyEnd: 0, valueStart: 0, valueEnd: 0, quote: 0, escaped: false, header: false, closer: 0 }
}

/** Byte pairs at which a separator or an option may stand: pass the offset of the second byte as `at`. */
export const pairTriggers: readonly Trigger[] = [
  { byte: '=:' },
  { prev: '-', byte: '-' },
  { prev: '%', byte: '3' },
  { prev: '"\'', byte: ',' },
  { prev: '(', byte: '"\'\\' },
  { prev: '<', byte: '/' },
]

const MAX_KEY = 64
/** Bytes of a value by which it is judged: more than those that are compared with samples. */
const MOST_JUDGED = 96

/** Recognises the pair whose separator is at `at` and finds the end of its value. See `recogniseKey`. */
export function recognisePair(text: Uint8Array, start: number, end: number, at: number, out: Pair): boolean {
  if (!recogniseKey(text, start, end, at, out)) return false
  finishPair(text, end, out)
  return out.valueEnd > out.valueStart
}

/**
 * Recognises the key and the start of the value around the separator at `at` (`=`, `:`, the second `-` of `--key`, the
 * `3` of `%3D`, the `,` of `("key", `, what follows the `(` of `setKey("`, the `/` of `</key>`). Looks at 64 bytes before and a few behind. Fills all of `out` but `valueEnd`.
 */
export function recogniseKey(text: Uint8Array, start: number, end: number, at: number, out: Pair): boolean {
  const b = text[at]!
  if (b === 61) {
    const before = at > start ? text[at - 1]! : 0
    const next = at + 1 < end ? text[at + 1]! : 0
    if (next === 61 || next === 126 || before === 60 || before === 62) return false
    let from = at
    let compares = false
    if (before === 61 || before === 33 || before === 58 || before === 63) {
      // `:=`, `::=`, `?=` assign; `==`, `!=`, `!==` compare, and show the value when it is a literal.
      while (from > start && at - from < 4 && (text[from - 1] === before || text[from - 1] === 61 || text[from - 1] === 33)) from--
      compares = before === 61 || before === 33
    }
    const after = next === 62 ? at + 2 : at + 1
    if (compares && literalBefore(text, start, from)) return reversed(text, start, end, from, after, out)
    if (!keyBefore(text, start, from, out, true) || !valueAfter(text, end, after, out)) return false
    siblingBehind(text, end, out)
    return !compares || out.quote !== 0
  }
  if (b === 58) {
    const next = at + 1 < end ? text[at + 1]! : 0
    // `::` and `:=` are none or found at their `=`; `://` is a scheme.
    if (next === 58 || next === 61 || (at > start && text[at - 1] === 58)) return false
    if (next === 47 && at + 2 < end && text[at + 2] === 47) return false
    if (!keyBefore(text, start, at, out, false) || !valueAfter(text, end, at + 1, out)) return false
    siblingBehind(text, end, out)
    return true
  }
  if (b === 45) return option(text, start, end, at, out)
  if (b === 47) return element(text, start, at, out)
  if (at > start && text[at - 1] === 40) return call(text, start, end, at, out)
  if (b === 51) {
    if (at + 1 >= end || (text[at + 1]! | 32) !== 100 || at < start + 2 || text[at - 1] !== 37) return false
    if (!keyBefore(text, start, at - 1, out, false)) return false
    out.valueStart = at + 2
    out.quote = 0
    out.escaped = false
    out.header = false
    out.closer = 0
    return out.valueStart < end
  }
  return argument(text, start, end, at, out)
}

/** The key that ends before the separator at `to`, quoted or bare, blanks between. */
function keyBefore(text: Uint8Array, start: number, to: number, out: Pair, declares: boolean): boolean {
  let p = to
  while (p > start && to - p < 16 && (text[p - 1] === 32 || text[p - 1] === 9)) p--
  if (p === start) return false
  const last = text[p - 1]!
  if (last === 34 || last === 39 || last === 96) {
    if (!quotedKey(text, start, p - 1, last, out)) return false
    sibling(text, start, out.keyStart - 1, out)
    return true
  }
  if (last === 93) return subscript(text, start, p - 1, out)
  if ((CLASS[last]! & KEY) === 0) return false
  if (!bareKey(text, start, p, out)) return false
  sibling(text, start, out.keyStart, out)
  wholeName(text, start, out)
  // `var apiToken string = "x"`, `let token: str = "x"`: the name stands before its type.
  if (declares && p < to && isTypeName(text, out.keyStart, out.keyEnd)) {
    let q = out.keyStart
    if (q > start && text[q - 1] === 38) q--
    while (q > start && (text[q - 1] === 32 || text[q - 1] === 58)) q--
    if (q < out.keyStart && q > start && (CLASS[text[q - 1]!]! & KEY) !== 0) {
      const keyStart = out.keyStart
      const keyEnd = out.keyEnd
      if (!bareKey(text, start, q, out)) {
        out.keyStart = keyStart
        out.keyEnd = keyEnd
      }
    }
  }
  return true
}

/** Words that make `name` behind them the name of a person. */
const NAME_WORDS = ['first', 'last', 'given', 'family', 'middle', 'maiden', 'full', 'display', 'customer', 'patient', 'contact', 'employee', 'recipient', 'passenger', 'sender']

/** `first name: x`: the key is both words. */
function wholeName(text: Uint8Array, start: number, out: Pair): void {
  const at = out.keyStart
  if (out.keyEnd - at !== 4 || at - 4 < start || text[at - 1] !== 32 || !matchesLower(text, out.keyEnd, at, 'name')) return
  let p = at - 1
  while (p > start && at - p < 12 && (CLASS[text[p - 1]!]! & ALNUM) !== 0) p--
  if (NAME_WORDS.some((word) => word.length === at - 1 - p && matchesLower(text, at, p, word))) out.keyStart = p
}

const NAME_KEYS = ['name', 'key', 'field', 'header', 'variable', 'attribute']

/**
 * `key="Password" value="x"`, `"name":"DB_PASSWORD","value":"x"`: the key of a `value` is the text of the name before it.
 * `at` is where the key `value` begins, its quote included.
 */
function sibling(text: Uint8Array, start: number, at: number, out: Pair): void {
  if (out.keyEnd - out.keyStart !== 5 || !matchesLower(text, out.keyEnd, out.keyStart, 'value')) return
  let p = at
  if (p > start && text[p - 1] === 92) p--
  while (p > start && at - p < 8 && (text[p - 1] === 32 || text[p - 1] === 44)) p--
  if (p === start || p === at || (text[p - 1] !== 34 && text[p - 1] !== 39)) return
  const { keyStart, keyEnd } = out
  if (quotedKey(text, start, p - 1, text[p - 1]!, out)) {
    let q = out.keyStart - 1
    while (q > start && (text[q - 1] === 32 || text[q - 1] === 61 || text[q - 1] === 58 || text[q - 1] === 34 || text[q - 1] === 39 || text[q - 1] === 92) && out.keyStart - q < 8)
      q--
    for (const name of NAME_KEYS) if (q - name.length >= start && matchesLower(text, q, q - name.length, name)) return
  }
  out.keyStart = keyStart
  out.keyEnd = keyEnd
}

/** Bytes of a value behind which its name is looked for. */
const MOST_NAMED = 256

/** The same where the name stands behind the value: `value="x" key="Password"`, `"value":"x","name":"DB_PASSWORD"`. */
function siblingBehind(text: Uint8Array, end: number, out: Pair): void {
  const { quote } = out
  if (quote === 0 || out.keyEnd - out.keyStart !== 5 || !matchesLower(text, out.keyEnd, out.keyStart, 'value')) return
  const stop = end - out.valueStart > MOST_NAMED ? out.valueStart + MOST_NAMED : end
  finishPair(text, stop, out)
  let p = out.valueEnd
  while (p < stop && text[p] === 92) p++
  if (p >= stop || text[p] !== quote) return
  p = marks(text, p + 1, stop)
  for (const name of NAME_KEYS) {
    if (!matchesLower(text, stop, p, name)) continue
    let q = p + name.length
    while (q < stop && q - p < 16 && (text[q] === 92 || text[q] === 34 || text[q] === 39)) q++
    while (q < stop && q - p < 24 && text[q] === 32) q++
    if (q >= stop || (text[q] !== 61 && text[q] !== 58)) continue
    q++
    while (q < stop && q - p < 32 && (text[q] === 92 || text[q] === 32)) q++
    if (q >= stop || (text[q] !== 34 && text[q] !== 39)) return
    const close = text[q]!
    const from = ++q
    while (q < stop && q - from <= MAX_KEY && text[q] !== close && text[q] !== 92 && text[q]! >= 32) q++
    if (q === from || q >= stop || (text[q] !== close && text[q] !== 92)) return
    out.keyStart = from
    out.keyEnd = q
    return
  }
}

/** Skips blanks, a comma, and an opening quote before a name. */
function marks(text: Uint8Array, p: number, end: number): number {
  const stop = end - p > 8 ? p + 8 : end
  while (p < stop && (text[p] === 32 || text[p] === 44 || text[p] === 92 || ((text[p] === 34 || text[p] === 39) && p + 1 < stop && (CLASS[text[p + 1]!]! & LETTER) !== 0))) p++
  return p
}

const TYPES = ['string', 'str', 'text', 'char', 'nsstring', 'auto', 'any', 'byte']

function isTypeName(text: Uint8Array, from: number, to: number): boolean {
  if (to - from > 8) return false
  for (const type of TYPES) if (type.length === to - from && matchesLower(text, to, from, type)) return true
  return false
}

function bareKey(text: Uint8Array, start: number, to: number, out: Pair): boolean {
  let p = to
  const stop = to - MAX_KEY - 1 > start ? to - MAX_KEY - 1 : start
  let letters = false
  while (p > stop && (CLASS[text[p - 1]!]! & KEY) !== 0) {
    p--
    if ((CLASS[text[p]!]! & (LETTER | UNDERSCORE)) !== 0) letters = true
  }
  if (!letters || to - p > MAX_KEY) return false
  // Leading dots and dashes (`--key=`, `-Dkey=`) are no part of it.
  while (p < to && (text[p] === 45 || text[p] === 46)) p++
  // What a written `\n` leaves before the key.
  if (p > start && text[p - 1] === 92 && (text[p] === 110 || text[p] === 116 || text[p] === 114) && p + 1 < to) p++
  if (p === to) return false
  out.keyStart = p
  out.keyEnd = to
  return true
}

function quotedKey(text: Uint8Array, start: number, close: number, quote: number, out: Pair): boolean {
  let to = close
  if (to > start && text[to - 1] === 92) to--
  if (to > start && text[to - 1] === 92) to--
  let p = to
  const stop = to - MAX_KEY - 1 > start ? to - MAX_KEY - 1 : start
  while (p > stop && text[p - 1] !== quote && text[p - 1]! >= 32) p--
  if (p === start || text[p - 1] !== quote || p === to) return false
  out.keyStart = p
  out.keyEnd = to
  return true
}

/** `env['API_KEY'] = x`, `config["token"] = x`, `char password[25] = "x"`. */
function subscript(text: Uint8Array, start: number, close: number, out: Pair): boolean {
  let open = close
  while (open > start && close - open < 6 && isDigit(text[open - 1]!)) open--
  if (open > start && text[open - 1] === 91) return bareKey(text, start, open - 1, out)
  if (close <= start || (text[close - 1] !== 34 && text[close - 1] !== 39)) return false
  return quotedKey(text, start, close - 1, text[close - 1]!, out) && out.keyStart - 2 >= start && text[out.keyStart - 2] === 91
}

/** Skips blanks and the opening quote; false when nothing follows. */
function valueAfter(text: Uint8Array, end: number, at: number, out: Pair): boolean {
  let p = at
  const stop = end - at > 16 ? at + 16 : end
  while (p < stop && (text[p] === 32 || text[p] === 9)) p++
  if (p >= end) return false
  // Prefixes of string literals: b'..', f"..", @"..", and !secret tags of YAML are left out.
  if (p + 1 < end && (text[p + 1] === 34 || text[p + 1] === 39) && (text[p] === 98 || text[p] === 102 || text[p] === 114 || text[p] === 117 || text[p] === 64)) p++
  out.escaped = false
  out.quote = 0
  let q = p
  while (q < end && text[q] === 92 && q - p < 3) q++
  if (q < end && (text[q] === 34 || text[q] === 39 || (text[q] === 96 && q === p))) {
    out.quote = text[q]!
    out.escaped = q > p
    p = q + 1
  }
  out.valueStart = p
  out.header = isHeaderKey(text, out.keyStart, out.keyEnd)
  out.closer = 0
  if (out.keyStart > 0) {
    // The quote of `-H 'Authorization: x'` ends the value.
    const before = text[out.keyStart - 1]!
    if ((before === 34 || before === 39) && text[out.keyEnd] !== before && text[out.keyEnd] !== 92) out.closer = before
  }
  return p < end
}

const HEADERS = ['authorization', 'proxy-authorization', 'cookie', 'set-cookie']

function isHeaderKey(text: Uint8Array, from: number, to: number): boolean {
  const first = lower(text[from]!)
  if (first !== 97 && first !== 112 && first !== 99 && first !== 115) return false
  for (const name of HEADERS) if (name.length === to - from && matchesLower(text, to, from, name)) return true
  return false
}

/** `--key value`; `at` is the second dash. `--key=value` is found at its `=`. */
function option(text: Uint8Array, start: number, end: number, at: number, out: Pair): boolean {
  if (at - 1 > start && (CLASS[text[at - 2]!]! & KEY) !== 0) return false
  const from = at + 1
  let p = from
  const stop = end - from > MAX_KEY ? from + MAX_KEY : end
  while (p < stop && (CLASS[text[p]!]! & KEY) !== 0) p++
  if (p === from || p >= end || text[p] !== 32 || (CLASS[text[from]!]! & LETTER) === 0) return false
  out.keyStart = from
  out.keyEnd = p
  if (!valueAfter(text, end, p, out) || (CLASS[text[out.valueStart]!]! & SPACE) !== 0) return false
  // Another option follows: the flag has no value.
  return out.quote !== 0 || text[out.valueStart] !== 45
}

/** `("key", "value")`: both quoted, the key first in the call. */
function argument(text: Uint8Array, start: number, end: number, at: number, out: Pair): boolean {
  const quote = at > start ? text[at - 1]! : 0
  if (quote !== 34 && quote !== 39) return false
  // The value must be quoted too: look before the key is read.
  let p = at + 1
  if (p < end && text[p] === 32) p++
  while (p < end && text[p] === 92 && p - at < 4) p++
  if (p >= end || (text[p] !== 34 && text[p] !== 39)) return false
  if (!quotedKey(text, start, at - 1, quote, out)) return false
  let open = out.keyStart - 2
  while (open >= start && text[open] === 92) open--
  return open >= start && text[open] === 40 && valueAfter(text, end, at + 1, out)
}

/** A quote ends before the operator at `to`, blanks between. */
function literalBefore(text: Uint8Array, start: number, to: number): boolean {
  let p = to
  while (p > start && to - p < 4 && text[p - 1] === 32) p--
  return p > start && (text[p - 1] === 34 || text[p - 1] === 39)
}

/** `"value" == key`: the literal stands before the operator at `to`, the key behind it. */
function reversed(text: Uint8Array, start: number, end: number, to: number, after: number, out: Pair): boolean {
  let close = to
  while (text[close - 1] === 32) close--
  const quote = text[--close]!
  const escaped = close > start && text[close - 1] === 92
  if (escaped) close--
  let from = close
  const stop = close - MAX_KEY > start ? close - MAX_KEY : start
  while (from > stop && text[from - 1] !== quote && text[from - 1]! >= 32) from--
  if (from === close || from === start || text[from - 1] !== quote) return false
  let p = after
  while (p < end && p - after < 4 && text[p] === 32) p++
  const keyStart = p
  while (p < end && p - keyStart <= MAX_KEY && (CLASS[text[p]!]! & KEY) !== 0) p++
  if (p === keyStart || p - keyStart > MAX_KEY || (CLASS[text[keyStart]!]! & (LETTER | UNDERSCORE)) === 0) return false
  out.keyStart = keyStart
  out.keyEnd = p
  out.valueStart = from
  out.quote = quote
  out.escaped = escaped
  out.header = false
  out.closer = 0
  return true
}

/** `arn:` or `urn:` begins the run without white space that ends at `to`. */
function inResourceName(text: Uint8Array, start: number, to: number): boolean {
  const stop = to - 160 > start ? to - 160 : start
  let p = to
  while (p > stop && (text[p - 1] === 58 || text[p - 1] === 47 || text[p - 1] === 42 || (CLASS[text[p - 1]!]! & KEY) !== 0)) p--
  return matchesLower(text, to, p, 'arn:') || matchesLower(text, to, p, 'urn:')
}

const CALLS = ['set', 'with', 'add', 'put', 'use', 'new']

/** `setPassword("value")`, `withToken('value')`, `secret("value")`: `at` is the quote, or the backslash before it. */
function call(text: Uint8Array, start: number, end: number, at: number, out: Pair): boolean {
  if (!bareKey(text, start, at - 1, out)) return false
  // `conn.setPassword(`: the method alone.
  let p = out.keyEnd
  while (p > out.keyStart && text[p - 1] !== 46) p--
  out.keyStart = p
  if (p === out.keyEnd) return false
  // Other verbs ask for the name of a secret: `getPassword("main")`. One word alone makes one: `secret("x")`.
  if (!CALLS.some((verb) => matchesLower(text, out.keyEnd, p, verb)) && !isOneWord(text, p, out.keyEnd)) return false
  return valueAfter(text, end, at, out) && out.quote !== 0 && isArgument(text, end, out)
}

/** Lower-case letters only. */
function isOneWord(text: Uint8Array, from: number, to: number): boolean {
  for (let p = from; p < to; p++) if (text[p]! < 97 || text[p]! > 122) return false
  return true
}

/** One word in its quotes, and `)` or `,` behind: prompts and messages have blanks. */
function isArgument(text: Uint8Array, end: number, out: Pair): boolean {
  let p = out.valueStart
  const stop = end - p > 512 ? p + 512 : end
  while (p < stop && text[p] !== out.quote && (CLASS[text[p]!]! & SPACE) === 0) p++
  return p + 1 < end && text[p] === out.quote && (text[p + 1] === 41 || text[p + 1] === 44)
}

/** `<password>value</password>`; `at` is the slash. Attributes may stand in the opening tag. */
function element(text: Uint8Array, start: number, at: number, out: Pair): boolean {
  let value = at - 1
  const stop = value - 256 > start ? value - 256 : start
  while (value > stop && text[value - 1] !== 62 && text[value - 1] !== 60) value--
  if (value === at - 1 || value === start || text[value - 1] !== 62) return false
  let p = value - 1
  const tag = p - 160 > start ? p - 160 : start
  while (p > tag && text[p - 1] !== 60 && text[p - 1] !== 62) p--
  if (p === start || text[p - 1] !== 60) return false
  let name = p
  while (name < value - 1 && ((CLASS[text[name]!]! & KEY) !== 0 || text[name] === 58)) name++
  for (let k = p; k < name; k++) if (text[at + 1 + k - p] !== text[k]) return false
  // The name without its prefix: `ns:password`.
  for (let k = p; k < name; k++) if (text[k] === 58) p = k + 1
  if (p === name || name - p > MAX_KEY) return false
  out.keyStart = p
  out.keyEnd = name
  out.valueStart = value
  out.quote = 60
  out.escaped = false
  out.header = false
  out.closer = 0
  return true
}

const SCHEMES = ['bearer', 'basic', 'token', 'apikey', 'digest', 'negotiate', 'ntlm']

/** Where the first `=` stands that a letter or digit follows, else `to`. */
function pairWithin(text: Uint8Array, from: number, to: number): number {
  for (let p = from; p + 1 < to; p++) if (text[p] === 61 && (CLASS[text[p + 1]!]! & ALNUM) !== 0) return p
  return to
}

/**
 * Judges the value of a recognised pair under a key of the given strength: finishes the pair and returns the score, 0 to
 * leave it. Reads a header's line only when its first word does not settle the matter, so that a line full of header keys
 * is not read once for each.
 */
export function judgePair(text: Uint8Array, start: number, end: number, out: Pair, named: KeyFacts['secret']): number {
  const strength = qualified(text, start, out, named)
  if (strength === 0) return 0
  if (out.header && out.quote === 0) {
    // Cookie lists belong to the cookie detector; here only what is certain counts.
    if (strength < 4) return 0
    let from = out.valueStart
    let to = tokenEnd(text, from, end)
    for (const scheme of SCHEMES)
      if (scheme.length === to - from && matchesLower(text, to, from, scheme)) {
        while (to < end && (text[to] === 32 || text[to] === 9)) to++
        from = to
        to = tokenEnd(text, from, end)
        break
      }
    if (text[from] === 60 || judgeSecret(text, from, to, strength, 'text') === 0) return 0
    finishPair(text, end, out)
    return out.valueEnd > out.valueStart ? 0.8 : 0
  }
  // A long value is judged by its beginning: in `key=key=key=...` the rest of the text would be read again for each of them.
  const stop = end - out.valueStart > MOST_JUDGED ? out.valueStart + MOST_JUDGED : end
  finishPair(text, stop, out)
  if (isNoSecret(text, start, out)) return 0
  // of a long run of pairs only the first word can be the value of a weak key
  const to = out.valueEnd === stop && stop < end && strength < 3 && out.quote === 0 ? pairWithin(text, out.valueStart, stop) : out.valueEnd
  const score = judgeSecret(text, out.valueStart, to, strength, 'text')
  if (score > 0 && stop < end) finishPair(text, end, out)
  return score
}

/** The strength of `key` and `token` by the word before them too: `api key: x`, `cache key: x`, `next token: x`. */
function qualified(text: Uint8Array, start: number, { keyStart, keyEnd }: Pair, strength: KeyFacts['secret']): KeyFacts['secret'] {
  if (keyEnd - keyStart > 5 || keyStart - 2 < start || text[keyStart - 1] !== 32) return strength
  if (!matchesLower(text, keyEnd, keyStart, 'key') && !matchesLower(text, keyEnd, keyStart, 'token')) return strength
  let p = keyStart - 1
  const stop = p - 24 > start ? p - 24 : start
  while (p > stop && (CLASS[text[p - 1]!]! & LETTER) !== 0) p--
  return p === keyStart - 1 || (p === stop && p > start) ? strength : keyFactsAt(text, p, keyEnd).secret
}

/** What a shell or a script puts in the place of a value, and counters of tests that passed. */
function isNoSecret(text: Uint8Array, start: number, { keyStart, keyEnd, valueStart, valueEnd, quote }: Pair): boolean {
  const first = text[valueStart]!
  const before = keyStart > start ? text[keyStart - 1]! : 0
  // `${DB_PASSWORD:?message}`, and the parts of a resource name: `arn:aws:secretsmanager:eu-west-1:123:secret:db`.
  if ((before === 123 && first === 63) || (before === 58 && text[keyEnd] === 58 && inResourceName(text, start, keyStart))) return true
  // KEY=`command argument`
  if (quote === 96) return text[keyEnd] === 61 && valueStart === keyEnd + 2 && hasBlank(text, valueStart, valueEnd) && first >= 97 && first <= 122
  if (quote !== 0) return false
  if (first === 102 && matchesAt(text, valueEnd, valueStart, 'function(')) return true
  // `PASS=12 FAIL=0`
  if (first <= 57 && keyEnd - keyStart === 4 && matchesAt(text, keyEnd, keyStart, 'PASS')) {
    for (let p = valueStart; p < valueEnd; p++) if (text[p]! < 48 || text[p]! > 57) return false
    return true
  }
  return false
}

function hasBlank(text: Uint8Array, from: number, to: number): boolean {
  for (let p = from; p < to; p++) if (text[p] === 32) return true
  return false
}

/** End of the word at `from`; quotes and braces end it too. */
function tokenEnd(text: Uint8Array, from: number, end: number): number {
  let p = from
  while (p < end && (CLASS[text[p]!]! & SPACE) === 0 && text[p] !== 34 && text[p] !== 39) p++
  return p
}

/**
 * Sets `valueEnd`: a quoted value to its closing quote or the end, a header's to the end of the line, any other to white
 * space or `, ; & | ) ] } "` (brackets that opened inside stay together), and to written escapes such as `\n`.
 */
export function finishPair(text: Uint8Array, end: number, out: Pair): void {
  const { quote, valueStart } = out
  let p = valueStart
  if (quote !== 0) {
    while (p < end) {
      const b = text[p]!
      if (b === 92 && p + 1 < end) {
        if (out.escaped && text[p + 1] === quote) break
        if (out.escaped && text[p + 1] === 92 && p + 2 < end && text[p + 2] === quote) break
        p += 2
        continue
      }
      if (b === quote && (!out.escaped || quote === 34)) break
      p++
    }
    out.valueEnd = p < end ? p : end
    return
  }
  if (out.header) {
    while (p < end && text[p] !== 10 && text[p] !== 13 && (out.closer === 0 || text[p] !== out.closer)) p++
    while (p > valueStart && (CLASS[text[p - 1]!]! & SPACE) !== 0) p--
    out.valueEnd = p
    return
  }
  let round = 0
  let square = 0
  let curly = 0
  // `${{ x }}`, `{{x}}` and `<your token>` are one value.
  if (template(text, valueStart, end)) {
    const close = text[valueStart] === 60 ? 62 : 125
    const stop = end - p > 96 ? p + 96 : end
    while (p < stop && text[p] !== 10 && !(text[p] === close && (p + 1 >= end || text[p + 1] !== close))) p++
    // what stands right behind a template belongs to the value too
    if (p < stop && text[p] === close) p++
    else p = valueStart
  }
  while (p < end) {
    const b = text[p]!
    if ((CLASS[b]! & ALNUM) !== 0) {
      p++
      continue
    }
    if ((CLASS[b]! & SPACE) !== 0 || b === 44 || b === 59 || b === 38 || b === 124 || b === 34) break
    if (b === 40) round++
    else if (b === 91) square++
    else if (b === 123) curly++
    else if (b === 41 && --round < 0) break
    else if (b === 93 && --square < 0) break
    else if (b === 125 && --curly < 0) break
    else if (b === 92 && p + 1 < end) {
      const c = text[p + 1]!
      if (c === 110 || c === 114 || c === 116 || c === 34 || c === 39 || c === 92) break
    } else if (b === 39 && p + 1 >= end) break
    p++
  }
  // A value inside somebody else's quotes: `'key=value'`.
  if (p > valueStart && text[p - 1] === 39) p--
  out.valueEnd = p
}

function template(text: Uint8Array, at: number, end: number): boolean {
  const b = text[at]!
  return b === 60 || (b === 123 && at + 1 < end && text[at + 1] === 123) || (b === 36 && at + 1 < end && text[at + 1] === 123) || matchesAt(text, end, at, '#{')
}
