// Values as protobuf: what takes the place of a value that has become another kind, and of records that are written anew.
import { NumberText } from '../../src/index.ts'
import { varintSize, writeVarint } from './otlp-edits.ts'
import { entriesOf, fitsInt64, HOP, isBytesText, isDouble, member } from './otlp-record.ts'

const NO_BYTES: Buffer = Buffer.alloc(0)

export function varintBytes(n: number): Buffer {
  const out = Buffer.alloc(varintSize(n >>> 0))
  writeVarint(out, 0, n >>> 0)
  return out
}

function withLength(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag]), varintBytes(content.length), content])
}

/** A key and its value. */
export function encodeEntry(key: string, value: unknown, before: unknown): Buffer {
  return Buffer.concat([withLength(0x0a, Buffer.from(key)), withLength(0x12, encodeAny(value, before))])
}

/** The stamp as a resource attribute. */
export function hopAttribute(stamp: string): Buffer {
  return withLength(0x0a, encodeEntry(HOP, stamp, undefined))
}

/** A value as the content of an AnyValue. `before`: what it was, for the kinds of its numbers. */
export function encodeAny(value: unknown, before: unknown): Buffer {
  if (isBytesText(value, before)) return withLength(0x3a, Buffer.from(String(value)))
  switch (typeof value) {
    case 'string':
      return withLength(0x0a, Buffer.from(value))
    case 'boolean':
      return Buffer.from([0x10, value ? 1 : 0])
    case 'bigint':
      return fitsInt64(value) ? encodeInt(value) : withLength(0x0a, Buffer.from(String(value)))
    case 'number': {
      if (!isDouble(value, before)) return encodeInt(BigInt(value))
      const out = Buffer.alloc(9)
      out[0] = 0x21
      out.writeDoubleLE(value, 1)
      return out
    }
    case 'object': {
      if (value === null) return NO_BYTES
      if (value instanceof Uint8Array) return withLength(0x3a, value)
      if (value instanceof NumberText) return encodeAny(Number(value.text), before)
      if (Array.isArray(value)) return withLength(0x2a, Buffer.concat(value.map((item, i) => withLength(0x0a, encodeAny(item, member(before, i))))))
      return withLength(0x32, Buffer.concat(entriesOf(value).map(([key, item]) => withLength(0x0a, encodeEntry(key, item, member(before, key))))))
    }
    default:
      return NO_BYTES
  }
}

function encodeInt(value: bigint): Buffer {
  const out: number[] = [0x18]
  let left = BigInt.asUintN(64, value)
  while (left >= 0x80n) {
    out.push(Number(left & 0x7fn) | 0x80)
    left >>= 7n
  }
  out.push(Number(left))
  return Buffer.from(out)
}
