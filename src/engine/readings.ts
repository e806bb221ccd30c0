// Other ways to read a text: percent escapes decoded, characters that look like others and characters written as escapes put back,
// runs of base64 decoded. A scan goes over such a reading where the text asks for it, and what is found is brought back to the bytes
// that it was read from. Each reading is one level deep (percent escapes: two) and takes time linear in the text.

import { OffsetMap } from './offset-map.ts'
import type { Trigger } from './types.ts'

/** How the text of a match stands in the text around it. */
export const AS_IS = 0
/** With percent escapes; its substitute gets them too. */
export const PERCENT = 1
/** With percent escapes that were escaped once more. */
export const PERCENT_TWICE = 2
/** With look-alikes or escapes in it; its substitute stands there plainly. */
export const LOOKALIKE = 3
/** It is a run of base64 in which something was found; what is in it is masked, and the run encoded again. */
export const BASE64 = 4

/** A text read in another way, and where its bytes come from. */
export class Reading {
  bytes: Uint8Array = new Uint8Array(1024)
  length = 0
  readonly map = new OffsetMap()

  /** Begins anew, with room for so many bytes. */
  begin(size: number): void {
    if (this.bytes.length < size + 1) this.bytes = new Uint8Array(size + 1)
    this.length = 0
    this.map.reset()
  }

  finish(end: number): void {
    this.map.add(this.length, end)
    this.map.end = end
    // finders look at what stands behind a match: nothing of the text before
    this.bytes[this.length] = 0
  }
}

function hex(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30
  const l = c | 0x20
  return l >= 0x61 && l <= 0x66 ? l - 0x57 : -1
}

// ------------------------------------------------------------------------------------------------ percent escapes

export const PERCENT_TRIGGERS: readonly Trigger[] = [{ byte: '%', next: '0123456789abcdefABCDEF' }]

/** Reads [start, end) with percent escapes decoded. True: an escape gave a percent sign that begins another one. */
export function readPercent(text: Uint8Array, start: number, end: number, out: Reading): boolean {
  out.begin(end - start)
  const { bytes, map } = out
  let n = 0
  let run = false
  let again = false
  for (let i = start; i < end; ) {
    const c = text[i]!
    if (c === 0x25 && i + 2 < end && hex(text[i + 1]!) >= 0 && hex(text[i + 2]!) >= 0) {
      const byte = (hex(text[i + 1]!) << 4) | hex(text[i + 2]!)
      map.add(n, ~i)
      bytes[n++] = byte
      i += 3
      run = false
      if (byte === 0x25 && i + 1 < end && hex(text[i]!) >= 0 && hex(text[i + 1]!) >= 0) again = true
    } else {
      if (!run) map.add(n, i)
      run = true
      bytes[n++] = c
      i++
    }
  }
  out.length = n
  out.finish(end)
  return again
}

/** A text without percent escapes; bytes that are no UTF-8 become U+FFFD. */
function percentDecoded(text: string): string {
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString())
}

// ------------------------------------------------------------------------------------------------ look-alikes

/** The zeros of the decimal digits of Unicode 17, but for ASCII and full-width ones; nine more follow each. */
const ZEROS = [
  0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90,
  0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0,
  0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50, 0x11d50, 0x11da0, 0x11de0, 0x11f50, 0x16130, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1ccf0,
  0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950, 0x1fbf0,
]

const NONE = -1
const SKIPPED = -2

/** What a character is read as: an ASCII character, SKIPPED, or NONE for itself. */
function readAs(code: number): number {
  if (code < 0x660) return code === 0xa0 ? 0x20 : code === 0xad ? SKIPPED : NONE
  if (code >= 0x2000 && code < 0x2070) {
    if (code <= 0x200a || code === 0x202f || code === 0x205f) return 0x20
    // of no width, or marks of direction
    if (code <= 0x200f || (code >= 0x202a && code <= 0x202e) || code >= 0x2060) return SKIPPED
    return code >= 0x2010 && code <= 0x2015 ? 0x2d : NONE
  }
  if (code === 0x3000) return 0x20
  if (code === 0xfeff) return SKIPPED
  if (code >= 0xff01 && code <= 0xff5e) return code - 0xfee0
  let low = 0
  let high = ZEROS.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (ZEROS[middle]! <= code) low = middle
    else high = middle - 1
  }
  const digit = code - ZEROS[low]!
  return digit >= 0 && digit < 10 ? 0x30 + digit : NONE
}

/** By lead byte and the byte behind it: where a character may begin that is read as another. */
export const LOOKALIKE_TRIGGERS: readonly Trigger[] = [
  { prev: '\xc2', byte: '\xa0\xad' },
  { prev: '\xd9', byte: range(0xa0, 0xa9) },
  { prev: '\xdb', byte: range(0xb0, 0xb9) },
  { prev: '\xdf', byte: range(0x80, 0x89) },
  { prev: '\xe0', byte: '\xa5\xa7\xa9\xab\xad\xaf\xb1\xb3\xb5\xb7', next: range(0xa6, 0xaf) },
  { prev: '\xe0', byte: '\xb9\xbb\xbc', next: range(0x90, 0x99) + range(0xa0, 0xa9) },
  { prev: '\xe1', byte: '\x81\x82\x9f\xa0\xa5\xa7\xaa\xad\xae\xb1', next: range(0x80, 0x99) + range(0xa0, 0xa9) + range(0xb0, 0xb9) },
  { prev: '\xe2', byte: '\x80\x81', next: range(0x80, 0x95) + range(0x9f, 0xaf) },
  { prev: '\xe3', byte: '\x80', next: '\x80' },
  { prev: '\xea', byte: '\x98\xa3\xa4\xa7\xa9\xaf' },
  { prev: '\xef', byte: '\xbb', next: '\xbf' },
  { prev: '\xef', byte: '\xbc\xbd' },
  { prev: '\xf0', byte: '\x90\x91\x96' },
  { prev: '\xf0', byte: '\x9c\x9d\x9e', next: '\x85\x8b\x93\x97\x9f\xa5\xb3' },
  { prev: '\xf0', byte: '\x9f', next: '\xaf' },
  { prev: '\\', byte: 'xu', next: '0123456789abcdefABCDEF' },
  { prev: '\\', byte: 'nrt', next: '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+(' },
  { prev: '&', byte: 'qalgn#', next: 'umpotb0123456789xX' },
]

function range(from: number, to: number): string {
  return String.fromCharCode(...Array.from({ length: to - from + 1 }, (_, i) => from + i))
}

const ENTITIES: readonly (readonly [name: string, byte: number])[] = [
  ['quot;', 0x22],
  ['amp;', 0x26],
  ['apos;', 0x27],
  ['lt;', 0x3c],
  ['gt;', 0x3e],
  ['nbsp;', 0x20],
]

/** Bytes of the character or escape that `readAt` read. */
let size = 0

/** What the character or escape that begins at i is read as: an ASCII character, SKIPPED, or NONE for itself. */
function readAt(text: Uint8Array, i: number, end: number): number {
  const c = text[i]!
  if (c === 0x5c) return escapeAt(text, i, end)
  if (c === 0x26) return entityAt(text, i, end)
  let code: number
  if (c >= 0xc2 && c < 0xe0) {
    if (i + 1 >= end) return NONE
    size = 2
    code = ((c & 31) << 6) | (text[i + 1]! & 63)
  } else if (c >= 0xe0 && c < 0xf0) {
    if (i + 2 >= end) return NONE
    size = 3
    code = ((c & 15) << 12) | ((text[i + 1]! & 63) << 6) | (text[i + 2]! & 63)
  } else if (c === 0xf0) {
    if (i + 3 >= end) return NONE
    size = 4
    code = ((text[i + 1]! & 63) << 12) | ((text[i + 2]! & 63) << 6) | (text[i + 3]! & 63)
  } else return NONE
  for (let k = 1; k < size; k++) if ((text[i + k]! & 0xc0) !== 0x80) return NONE
  return readAs(code)
}

/** `\n`, `\x3d`, `\u0040`. */
function escapeAt(text: Uint8Array, i: number, end: number): number {
  const c = i + 1 < end ? text[i + 1]! : 0
  size = 2
  if (c === 0x6e) return 0x0a
  if (c === 0x72) return 0x0d
  if (c === 0x74) return 0x09
  const digits = c === 0x78 ? 2 : c === 0x75 ? 4 : 0
  if (digits === 0 || i + 2 + digits > end) return NONE
  let code = 0
  for (let k = 0; k < digits; k++) {
    const digit = hex(text[i + 2 + k]!)
    if (digit < 0) return NONE
    code = (code << 4) | digit
  }
  size = 2 + digits
  return plain(code)
}

function plain(code: number): number {
  return code >= 0x20 && code < 0x7f ? code : code < 0x20 ? NONE : readAs(code)
}

/** `&quot;`, `&#64;`, `&#x3d;`. */
function entityAt(text: Uint8Array, i: number, end: number): number {
  if (i + 3 >= end) return NONE
  if (text[i + 1] === 0x23) {
    const base = (text[i + 2]! | 0x20) === 0x78 ? 16 : 10
    let p = base === 16 ? i + 3 : i + 2
    const from = p
    let code = 0
    for (; p < end && p - from < 7; p++) {
      const digit = hex(text[p]!)
      if (digit < 0 || digit >= base) break
      code = code * base + digit
    }
    if (p === from || p >= end || text[p] !== 0x3b || code > 0x10ffff) return NONE
    size = p + 1 - i
    return plain(code)
  }
  for (const [name, byte] of ENTITIES) {
    if (i + name.length >= end) continue
    let k = 0
    while (k < name.length && text[i + 1 + k] === name.charCodeAt(k)) k++
    if (k < name.length) continue
    size = 1 + name.length
    return byte
  }
  return NONE
}

/** True where something begins, one byte before the candidate `at`, that is read as another character. */
export function lookalikeAt(text: Uint8Array, at: number, end: number): boolean {
  return readAt(text, at - 1, end) !== NONE
}

/** Reads [start, end) with what looks like ASCII, or is written as an escape, as ASCII, and without what has no width. */
export function readLookalikes(text: Uint8Array, start: number, end: number, out: Reading): void {
  out.begin(end - start)
  const { bytes, map } = out
  let n = 0
  let run = false
  for (let i = start; i < end; ) {
    const c = text[i]!
    const read = c >= 0x80 || c === 0x5c || c === 0x26 ? readAt(text, i, end) : NONE
    // two dashes of prose are no option of a command
    if (read === NONE || (read === 0x2d && n > 0 && bytes[n - 1] === 0x2d)) {
      if (!run) map.add(n, i)
      run = true
      bytes[n++] = c
      i++
      continue
    }
    map.add(n, ~i)
    run = false
    if (read !== SKIPPED) bytes[n++] = read
    i += size
  }
  out.length = n
  out.finish(end)
}

const own = new Reading()

function lookalikesRead(text: string): string {
  const bytes = Buffer.from(text)
  readLookalikes(bytes, 0, bytes.length, own)
  const read = Buffer.from(own.bytes.buffer, own.bytes.byteOffset, own.length).toString()
  own.bytes.fill(0, 0, own.length)
  return read
}

// ------------------------------------------------------------------------------------------------ base64

/** Shorter runs are not looked into. */
export const LEAST_BASE64 = 24
/** Nor are these where a value may be base64 as a whole. */
export const LEAST_BASE64_VALUE = 8
/** Nor are these: 256 KiB of text. */
export const MOST_BASE64 = 349_528

const ALPHABET = new Uint8Array(256)
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789') ALPHABET[c.charCodeAt(0)] = 1
/** What only one of the two alphabets has, and what may stand between runs too. */
for (const c of '+/-_') ALPHABET[c.charCodeAt(0)] = 2

/** At the beginnings of words. */
export const BASE64_TRIGGERS: readonly Trigger[] = [
  {
    prev: String.fromCharCode(...Array.from({ length: 256 }, (_, c) => c).filter((c) => ALPHABET[c] !== 1)),
    byte: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
    next: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_',
  },
]

/** Where the run of base64 that begins at i ends, its padding included. */
export function base64End(text: Uint8Array, i: number, end: number): number {
  while (i < end && ALPHABET[text[i]!] !== 0) i++
  for (let k = 0; k < 2 && i < end && text[i] === 0x3d; k++) i++
  return i
}

/** So many bytes tell most runs that are words, names of files or digests from text. */
const SAMPLE = 30

const VALUE = new Uint8Array(256)
'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.split('').forEach((c, value) => {
  VALUE[c.charCodeAt(0)] = value
})
VALUE[0x2d] = 62
VALUE[0x5f] = 63

/** True for what may be base64 as a whole, with padding: `isValue` in wasm/skim.ts repeats it. */
export function isBase64Value(text: Uint8Array, start: number, end: number): boolean {
  if (end - start < LEAST_BASE64_VALUE || ((end - start) & 3) !== 0) return false
  // the first byte of a text is a tab, a line end, printable ASCII or the first of a longer character
  const high = VALUE[text[start]!]!
  if (high !== 2 && high !== 3 && (high < 8 || (high > 31 && high < 48) || high > 61)) return false
  let i = start
  while (i < end && ALPHABET[text[i]!] !== 0 && text[i] !== 0x2d && text[i] !== 0x5f) i++
  while (i < end && text[i] === 0x3d && end - i <= 2) i++
  return i === end
}

/**
 * Reads the text that a run of base64 stands for. False where it is none, decodes to something else than UTF-8, or to bytes of which
 * more than one in ten is a control character.
 */
export function readBase64(text: Uint8Array, start: number, end: number, out: Reading): boolean {
  let to = end
  while (to > start && text[to - 1] === 0x3d) to--
  const length = to - start
  if (length % 4 === 1 || (end > to && (end - start) % 4 !== 0)) return false
  out.begin(length)
  const { bytes } = out
  let n = 0
  let held = 0
  let bits = 0
  let controls = 0
  let high = 0
  for (let i = start; i < to; i++) {
    held = ((held << 6) | VALUE[text[i]!]!) & 0xfff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    const c = (held >> bits) & 0xff
    bytes[n++] = c
    high |= c
    if (c < 0x20 ? c !== 0x09 && c !== 0x0a && c !== 0x0d : c === 0x7f) {
      controls++
      if (n <= SAMPLE && controls > 3) return false
    }
  }
  if (controls * 10 > n) return false
  out.length = n
  bytes[n] = 0
  return high < 0x80 || isUtf8(bytes, n)
}

export function isUtf8(bytes: Uint8Array, n: number): boolean {
  for (let i = 0; i < n; ) {
    const lead = bytes[i++]!
    if (lead < 0x80) continue
    const tail = lead < 0xc2 || lead > 0xf4 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3
    if (tail === 0 || i + tail > n) return false
    const next = bytes[i]!
    // forms longer than need be, surrogates, and what is beyond the last character
    if (next < (lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80) || next > (lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf)) return false
    for (let k = 1; k < tail; k++) if ((bytes[i + k]! & 0xc0) !== 0x80) return false
    i += tail
  }
  return true
}

function base64Decoded(run: string): string {
  return Buffer.from(run, 'base64').toString()
}

/** A text in base64, in the alphabet of another run and with padding where that has it. */
function base64Like(text: string, run: string): string {
  const url = /[-_]/.test(run)
  const out = Buffer.from(text).toString(url ? 'base64url' : 'base64')
  // a run whose length is a multiple of four needs none: then it goes by the alphabet
  const padded = run.endsWith('=') || (run.length % 4 === 0 && !url)
  return padded ? (url ? out.padEnd(Math.ceil(out.length / 4) * 4, '=') : out) : out.replace(/=+$/, '')
}

// ------------------------------------------------------------------------------------------------ matches

/** What a mask gets of a match: as it reads. */
export function asRead(matched: string, how: number): string {
  switch (how) {
    case PERCENT:
      return percentDecoded(matched)
    case PERCENT_TWICE:
      return percentDecoded(percentDecoded(matched))
    case LOOKALIKE:
      return lookalikesRead(matched)
    case BASE64:
      return base64Decoded(matched)
    default:
      return matched
  }
}

/** A substitute as it stands in the place of a match. */
export function asWritten(text: string, how: number, matched: string): string {
  switch (how) {
    case PERCENT:
      return encodeURIComponent(text.toWellFormed())
    case PERCENT_TWICE:
      return encodeURIComponent(encodeURIComponent(text.toWellFormed()))
    case BASE64:
      return base64Like(text, matched)
    default:
      return text
  }
}
