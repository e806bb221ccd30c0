// What masks share: how they take their input, read options and hand results back.

import { MaskError } from '../errors.ts'
import { NumberText, REMOVED, isContainer } from '../engine/types.ts'
import type { MaskContext, OptionSpec, Removed, Value, ValueMasker } from '../engine/types.ts'

/** The `seed` option of every mask with a random result. */
export const seedOption: OptionSpec = {
  kind: 'string',
  maxLength: 64,
  summary: 'Namespace: 42 as a customer and 42 as a product differ.',
}

/** The `masks` option. */
export function masksOption(summary: string): OptionSpec {
  return { kind: 'masks', required: true, summary }
}

/** An option, or its default. The loader has checked the type. */
export function option<T>(options: ReadonlyMap<string, unknown>, name: string, fallback: T): T {
  const value = options.get(name)
  return value === undefined ? fallback : (value as T)
}

/** Field of an option of kind `object`. */
export function field(of: unknown, name: string): unknown {
  return of instanceof Map ? of.get(name) : Object.hasOwn(of as object, name) ? (of as Record<string, unknown>)[name] : undefined
}

/** A mask for strings (T): null and the empty string pass, any other type is an error. */
export function textMasker(type: string, mask: (text: string, context: MaskContext) => Value | Removed): ValueMasker {
  return (value, context) => {
    if (typeof value === 'string') return value === '' ? value : mask(value, context)
    if (value === null) return value
    throw refusal(type, value)
  }
}

/** A mask for strings and integers (I): the digits are text, and an integer comes back when the result still is one. */
export function digitsMasker(type: string, mask: (text: string, context: MaskContext) => string): ValueMasker {
  return (value, context) => {
    if (typeof value === 'string') return value === '' ? value : mask(value, context)
    if (value === null) return value
    if (value instanceof NumberText && isInteger(value.text)) return integerOrText(mask(value.text, context))
    throw refusal(type, value)
  }
}

/** The error for a value of a type that the mask does not take. */
export function refusal(type: string, value: Value): MaskError {
  return isContainer(value) ? new MaskError('wrong_input_type', type, 'received an object or array') : new MaskError('non_string_value', type, 'received a non-string value')
}

/** True for `0`, `12`, `-5`: a JSON integer without fraction or exponent. */
export function isInteger(text: string): boolean {
  let at = text.charCodeAt(0) === 0x2d ? 1 : 0
  const first = text.charCodeAt(at)
  if (!(first >= 0x30 && first <= 0x39)) return false
  if (first === 0x30 && text.length > at + 1) return false
  while (++at < text.length) {
    const c = text.charCodeAt(at)
    if (c < 0x30 || c > 0x39) return false
  }
  return true
}

/** Text as an integer where it spells one (no leading zero), else as a string. */
export function integerOrText(text: string): Value {
  return isInteger(text) ? new NumberText(text) : text
}

/** Result of an inner mask as text; null and removed values are nothing. */
export function resultText(type: string, result: Value | Removed): string {
  if (typeof result === 'string') return result
  if (result === null || result === REMOVED) return ''
  if (result instanceof NumberText) return result.text
  if (typeof result === 'boolean') return result ? 'true' : 'false'
  throw new MaskError('wrong_input_type', type, 'cannot put an object or array into text')
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** The ASCII digits of a text. */
export function digitsOf(text: string): string {
  let from = 0
  while (from < text.length && isDigit(text.charCodeAt(from))) from++
  if (from === text.length) return text
  let out = text.slice(0, from)
  for (let i = from + 1; i < text.length; i++) if (isDigit(text.charCodeAt(i))) out += text[i]
  return out
}

/** Puts `digits` in the places of the digits of `text`; everything else stays. */
export function replaceDigits(text: string, digits: string): string {
  if (digits.length === text.length) return digits
  let out = ''
  for (let i = 0, next = 0; i < text.length; i++) out += isDigit(text.charCodeAt(i)) ? digits[next++]! : text[i]!
  return out
}

/** True when no character of the text needs two UTF-16 units, so that indexes are code points. */
export function isNarrow(text: string): boolean {
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xf800) === 0xd800) return false
  return true
}

/** Number of code points. */
export function lengthOf(text: string): number {
  if (isNarrow(text)) return text.length
  let count = 0
  for (const _ of text) count++
  return count
}

/** The text of UTF-16 units. */
export function textOf(units: readonly number[]): string {
  // One call makes a text of many units, but not of any number.
  if (units.length <= 4096) return String.fromCharCode.apply(null, units as number[])
  let out = ''
  for (let at = 0; at < units.length; at += 4096) out += String.fromCharCode.apply(null, units.slice(at, at + 4096))
  return out
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** The first `length` base32 characters (a-z2-7) of `bytes`; the last one of 32 bytes is padded with zero bits. */
export function base32(bytes: Uint8Array, length: number): string {
  let out = ''
  let held = 0
  let bits = 0
  let at = 0
  while (out.length < length) {
    if (bits < 5) {
      held = (held << 8) | (bytes[at++] ?? 0)
      bits += 8
    }
    bits -= 5
    out += BASE32[(held >>> bits) & 31]
    held &= (1 << bits) - 1
  }
  return out
}
