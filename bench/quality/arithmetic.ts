// Check digits and draws that the value generators share. Written from the published rules, not from src/: where the two
// disagree, one of them is wrong and the report shows it.
import type { Random } from '../random.ts'

export const DIGITS = '0123456789'
export const LOWER = 'abcdefghijklmnopqrstuvwxyz'
export const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
export const HEX = '0123456789abcdef'
export const ALNUM = UPPER + LOWER + DIGITS
export const BASE64 = `${ALNUM}+/`
export const BASE64URL = `${ALNUM}-_`
export const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export const digits = (random: Random, n: number): string => random.text(DIGITS, n)
/** `low` to `high` as a decimal of `width` digits. */
export const padded = (n: number, width: number): string => String(n).padStart(width, '0')

/** Sum of digit times weight. */
export function weighted(text: string, weights: readonly number[]): number {
  let sum = 0
  weights.forEach((weight, i) => {
    sum += weight * Number(text[i])
  })
  return sum
}

/** Numbers from `from` down or up to `to`. */
export function run(from: number, to: number): number[] {
  const step = from <= to ? 1 : -1
  return Array.from({ length: Math.abs(to - from) + 1 }, (_, i) => from + i * step)
}

/** The digit that makes Luhn hold behind `body`. */
export function luhn(body: string): string {
  let sum = 0
  for (let i = body.length - 1, double = true; i >= 0; i--, double = !double) {
    const d = Number(body[i]) * (double ? 2 : 1)
    sum += d > 9 ? d - 9 : d
  }
  return String((10 - (sum % 10)) % 10)
}

const VERHOEFF_D = (a: number, b: number): number => {
  // The dihedral group of ten elements: rotations 0-4, reflections 5-9.
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + ((a + (b - 5)) % 5)
  return b < 5 ? 5 + ((a - 5 - b + 5) % 5) : (a - b + 5) % 5
}

/** The digit that makes Verhoeff hold behind `body`. */
export function verhoeff(body: string): string {
  const once = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
  let state = 0
  for (let i = body.length - 1, place = 1; i >= 0; i--, place++) {
    let d = Number(body[i])
    for (let k = 0; k < place % 8; k++) d = once[d]!
    state = VERHOEFF_D(state, d)
  }
  return String(state === 0 ? 0 : state < 5 ? 5 - state : state)
}

/** ISO 7064 mod 11,10: the digit behind `body`. */
export function mod11_10(body: string): string {
  let product = 10
  for (const c of body) {
    const sum = (Number(c) + product) % 10 || 10
    product = (sum * 2) % 11
  }
  return String((11 - product) % 10)
}

/** Remainder of a decimal text. */
export function modulo(text: string, by: number): number {
  let rest = 0
  for (const c of text) rest = (rest * 10 + Number(c)) % by
  return rest
}

/** Letters as 10-35, digits as they are. */
export const lettersAsNumbers = (text: string): string => text.toUpperCase().replace(/[A-Z]/g, (c) => String(c.charCodeAt(0) - 55))

/** The 7-3-1 check digit of travel documents; `<` is 0. */
export function sevenThreeOne(text: string): string {
  let sum = 0
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    const value = c === '<' ? 0 : Number(lettersAsNumbers(c))
    sum += value * [7, 3, 1][i % 3]!
  }
  return String(sum % 10)
}

export interface Day {
  readonly year: number
  readonly yyyy: string
  readonly yy: string
  readonly mm: string
  readonly dd: string
}

/** A day that exists, between two years. */
export function day(random: Random, from = 1935, to = 2006): Day {
  const year = random.between(from, to)
  return { year, yyyy: String(year), yy: String(year).slice(2), mm: padded(random.between(1, 12), 2), dd: padded(random.between(1, 28), 2) }
}

/** The body until a check that some bodies have none for succeeds. */
export function until<T>(make: () => T | undefined): T {
  for (;;) {
    const made = make()
    if (made !== undefined) return made
  }
}

/** CRC-32 (IEEE). */
export function crc32(text: string): number {
  let crc = 0xffffffff
  for (const byte of Buffer.from(text)) {
    crc ^= byte
    for (let k = 0; k < 8; k++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}

/** CRC-16/XMODEM. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let k = 0; k < 8; k++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff
  }
  return crc
}

/** A number in another base, left-padded with the alphabet's zero. */
export function inBase(n: number, alphabet: string, width: number): string {
  let out = ''
  for (let rest = n; rest > 0; rest = Math.floor(rest / alphabet.length)) out = alphabet[rest % alphabet.length]! + out
  return out.padStart(width, alphabet[0])
}

export function bytes(random: Random, n: number): Buffer {
  return Buffer.from(Array.from({ length: n }, () => random.below(256)))
}

/** Base32 of bytes, no padding. */
export function base32(data: Uint8Array): string {
  let out = ''
  let bits = 0
  let held = 0
  for (const byte of data) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      out += BASE32[(held >>> (bits - 5)) & 31]
      bits -= 5
    }
  }
  if (bits > 0) out += BASE32[(held << (5 - bits)) & 31]
  return out
}

/** Replaces the character at `at` by another of the same kind: what was a valid check no longer is. */
export function altered(text: string, at: number): string {
  const c = text[at]!
  const other = /\d/.test(c)
    ? String((Number(c) + 1) % 10)
    : /[a-z]/.test(c)
      ? String.fromCharCode(97 + ((c.charCodeAt(0) - 97 + 1) % 26))
      : String.fromCharCode(65 + ((c.charCodeAt(0) - 65 + 1) % 26))
  return text.slice(0, at) + other + text.slice(at + 1)
}
