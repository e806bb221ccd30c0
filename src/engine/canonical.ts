import { NumberText } from './types.ts'
import type { Value } from './types.ts'

/**
 * What is hashed for a value: strings in NFC, numbers as plain decimals, `true` and `false`, containers as
 * JSON with sorted keys; null for null.
 */
export function canonical(value: Value): string | null {
  if (typeof value === 'string') return nfc(value)
  if (value === null) return null
  if (value instanceof NumberText) return canonicalNumber(value.text)
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  return canonicalContainer(value)
}

/** More combining marks in a row than any script writes. */
const LONG_RUN = /\p{M}{31}/u

/**
 * NFC. Putting marks in order takes time that grows with the square of their number, so a run of more than 30 is cut by U+034F, as the
 * Stream-Safe Text Format does (UAX #15, section 13).
 */
function nfc(text: string): string {
  // Below U+0300 every character is its own NFC form and none combines: most text needs no call.
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) < 0x300) continue
    return (LONG_RUN.test(text) ? text.replace(/\p{M}{30}(?=\p{M})/gu, '$&\u034f') : text).normalize('NFC')
  }
  return text
}

/** The plain decimal of a JSON number: integer lexemes exactly, others through the nearest double. */
export function canonicalNumber(lexeme: string): string {
  let integer = true
  for (let i = lexeme.charCodeAt(0) === 0x2d ? 1 : 0; i < lexeme.length; i++) {
    const c = lexeme.charCodeAt(i)
    if (c < 0x30 || c > 0x39) {
      integer = false
      break
    }
  }
  if (integer) return lexeme === '-0' ? '0' : lexeme
  const number = Number(lexeme)
  if (number === 0) return '0'
  // Beyond the doubles there is no nearest one: the spelling is all there is to hash.
  if (!Number.isFinite(number)) return lexeme.toLowerCase()
  const text = String(number)
  const e = text.indexOf('e')
  if (e < 0) return text
  const sign = text.startsWith('-') ? '-' : ''
  const mantissa = text.slice(sign.length, e)
  const exponent = Number(text.slice(e + 1))
  const digits = mantissa.replace('.', '')
  // The mantissa has one digit before the point.
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  return `${sign}${digits}${'0'.repeat(exponent + 1 - digits.length)}`
}

/** Text of a container that is no value. */
class Verbatim {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** No recursion: how deep a container is, is up to whoever wrote it. */
function canonicalContainer(value: Value): string {
  let out = ''
  /** What is still to be written, the last one first. */
  const left: (Value | Verbatim)[] = [value]
  while (left.length > 0) {
    const next = left.pop()!
    if (next instanceof Verbatim) out += next.text
    else if (next instanceof Map) {
      left.push(CLOSE_MAP)
      const keys = [...(next as ReadonlyMap<string, Value>).keys()].sort()
      for (let i = keys.length - 1; i >= 0; i--) left.push(next.get(keys[i]!) as Value, new Verbatim(`${i === 0 ? '{' : ','}${JSON.stringify(nfc(keys[i]!))}:`))
      if (keys.length === 0) out += '{'
    } else if (Array.isArray(next)) {
      left.push(CLOSE_LIST)
      for (let i = next.length - 1; i > 0; i--) left.push(next[i] as Value, COMMA)
      if (next.length > 0) left.push(next[0] as Value)
      out += '['
    } else if (typeof next === 'string') out += JSON.stringify(nfc(next))
    else out += canonical(next) ?? 'null'
  }
  return out
}

const CLOSE_MAP = new Verbatim('}')
const CLOSE_LIST = new Verbatim(']')
const COMMA = new Verbatim(',')
