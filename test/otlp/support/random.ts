// Random OTLP requests: as objects for protobufjs, as protobuf with fields in any order and unknown ones among them, as JSON with white space.
import { ATTRIBUTES, BYTES, DETECTED, ID, MESSAGE, NUMBERS, REFERENCE, requests, TEXT, TRACE_STATE, VALUE } from '../../../transports/otlp/otlp-fields.ts'
import type { Field, Message } from '../../../transports/otlp/otlp-fields.ts'
import type { Signal } from '../../../transports/otlp/types.ts'

export type Obj = Record<string, unknown>

/** Mulberry32. */
export class Random {
  private state: number
  constructor(seed: number) {
    this.state = seed
  }
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  below(n: number): number {
    return Math.floor(this.next() * n)
  }
  chance(p: number): boolean {
    return this.next() < p
  }
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!
  }
}

const KEYS = [
  'http.url',
  'http.request.method',
  'http.response.status_code',
  'user.id',
  'user.email',
  'password',
  'login.password',
  'authorization',
  'secret_note',
  'tenant',
  'env',
  'name',
  'value',
  'key',
  'content',
  'app.user',
  'items',
  'rawHeaders',
  'card',
  'phone',
  'x',
  'y',
  '__proto__',
  '',
  'mail of ann@shop.example',
  'mail of bob@shop.example',
  'größe',
  'db.statement',
  'note',
  'http.request.header.cookie',
] // prettier-ignore

const TEXTS = [
  'GET',
  'ok',
  '',
  'hello world',
  'bob@shop.example',
  'mail bob@shop.example and ann@shop.example!',
  '4111 1111 1111 1111',
  'card 4111111111111111 exp',
  'password=hunter2hunter2',
  'Bearer abcdefghijkl.mnopqrstuv',
  '{"password":"hunter2","a":[1,"bob@shop.example"]}',
  '[1,2,{"mail":"ann@shop.example"}]',
  '{"broken": "bob@shop.example"',
  'https://shop.example/a?token=abc123&x=1',
  'Grüße an ann@shop.example – 你好',
  'test',
  'prod',
  'Cookie',
  'sid=abcdef0123456789',
  'DB_PASSWORD',
  '\u0000\n\t"\\',
  'x'.repeat(126),
  'x'.repeat(127),
  `${'y'.repeat(110)} bob@shop.example`,
  `${'z'.repeat(16380)} bob@shop.example`,
  '🙂 bob@shop.example 🙂',
  'ann%40shop.example',
] // prettier-ignore

const STATES = [
  '',
  'a=1',
  'vendor=bob@shop.example',
  'a=1,vendor=x,b=2',
  'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE',
  'a=4111111111111111,b=2',
  'bob@shop.example',
  'k=ann@shop.example,ann@shop=1',
]

export function text(r: Random): string {
  return r.pick(TEXTS)
}

function any(r: Random, depth: number): Obj {
  switch (r.below(depth > 3 ? 8 : 11)) {
    case 0:
    case 1:
    case 2:
      return { string_value: text(r) }
    case 3:
      return { bool_value: r.chance(0.5) }
    case 4:
      return { int_value: r.pick(['0', '1', '-1', '4111111111111111', '9223372036854775807', '-9223372036854775808', '200', '123456789012']) }
    case 5:
      return { double_value: r.pick([0, 1.5, -2.25, 1e300, 4111111111111111, 1234567890123, Number.NaN, Number.POSITIVE_INFINITY, 0.1]) }
    case 6:
      return r.chance(0.3) ? {} : { string_value: text(r) }
    case 7:
      return { bytes_value: r.chance(0.7) ? Buffer.from(text(r)) : Buffer.from([0xff, 0xfe, r.below(256)]) }
    case 8:
    case 9:
      return { array_value: r.chance(0.1) ? {} : { values: list(r, r.chance(0.3) ? 2 : r.below(5), () => any(r, depth + 1)) } }
    default:
      return { kvlist_value: r.chance(0.1) ? {} : { values: attributes(r, 4, depth + 1) } }
  }
}

function list<T>(r: Random, n: number, make: () => T): T[] {
  void r
  return Array.from({ length: n }, make)
}

/** Entries with different keys. */
export function attributes(r: Random, most = 6, depth = 0): Obj[] {
  const keys = new Set<string>()
  for (let n = r.below(most); n > 0; n--) keys.add(r.pick(KEYS))
  return [...keys].map((key) => ({ key, value: any(r, depth) }))
}

function number(r: Random, f: Field): unknown {
  switch (f.type!) {
    case 'bool':
      return r.chance(0.5)
    case 'enum':
      return r.below(f.names!.length)
    case 'double':
      return r.pick([0, 1.5, -1e10, 1e-7])
    case 'int32':
    case 'sint32':
      return r.pick([0, 1, -1, 2147483647, -5])
    case 'uint32':
    case 'fixed32':
      return r.pick([0, 1, 4294967295, 256])
    case 'sfixed64':
    case 'int64':
      return r.pick(['0', '-1', '1790000000000000001'])
    default:
      return r.pick(['0', '5', '1790000000000000001', '18446744073709551615'])
  }
}

/** A random message, with each field by chance. */
export function message(r: Random, m: Message): Obj {
  const out: Obj = {}
  for (const f of m.fields) {
    if (m.name === 'KeyValue' || !r.chance(f.role === MESSAGE || f.role === ATTRIBUTES ? 0.6 : 0.4)) continue
    switch (f.role) {
      case TEXT:
      case DETECTED:
        // to protobufjs an empty text is none
        out[f.name] = text(r) || 'x'
        break
      case TRACE_STATE:
        out[f.name] = r.pick(STATES) || 'b=2'
        break
      case REFERENCE:
        out[f.name] = list(r, r.below(3), () => r.pick(KEYS))
        break
      case ATTRIBUTES:
        out[f.name] = attributes(r)
        break
      case VALUE:
        out[f.name] = any(r, 0)
        break
      case BYTES:
        break
      case ID:
        out[f.name] = r.chance(0.1) ? Buffer.alloc(0) : Buffer.from(list(r, f.size, () => r.below(256)))
        break
      case NUMBERS:
        out[f.name] = list(r, r.below(4), () => number(r, f))
        break
      case MESSAGE:
        out[f.name] = f.repeated ? list(r, r.below(3), () => message(r, f.message!)) : message(r, f.message!)
        break
      default:
        out[f.name] = number(r, f)
    }
  }
  return out
}

export function request(r: Random, signal: Signal): Obj {
  const out = message(r, requests[signal])
  const field = requests[signal].fields[0]!
  if (!(field.name in out)) out[field.name] = [message(r, field.message!)]
  return out
}

// ------------------------------------------------------------------------------------------------ protobuf

function varint(n: bigint, pad = 0): Buffer {
  const out: number[] = []
  let left = BigInt.asUintN(64, n)
  do {
    out.push(Number(left & 0x7fn) | 0x80)
    left >>= 7n
  } while (left > 0n)
  for (let k = 0; k < pad && out.length < 9; k++) out.push(0x80)
  out[out.length - 1]! &= 0x7f
  return Buffer.from(out)
}

export function tagged(number: number, wire: number, content: Buffer, pad = 0): Buffer {
  return Buffer.concat([varint(BigInt(number * 8 + wire), pad), ...(wire === 2 ? [varint(BigInt(content.length), pad)] : []), content])
}

function scalar(f: Field, value: unknown): Buffer {
  const out = Buffer.alloc(f.wire === 5 ? 4 : 8)
  switch (f.type!) {
    case 'double':
      out.writeDoubleLE(value as number)
      return out
    case 'fixed32':
      out.writeUInt32LE(value as number)
      return out
    case 'fixed64':
      out.writeBigUInt64LE(BigInt(value as string))
      return out
    case 'sfixed64':
      out.writeBigInt64LE(BigInt(value as string))
      return out
    case 'sint32':
      return varint(BigInt.asUintN(32, BigInt(((value as number) << 1) ^ ((value as number) >> 31))))
    case 'bool':
      return varint(value === true ? 1n : 0n)
    default:
      return varint(BigInt(value as string | number))
  }
}

/** Fields that no message has, of every wire type. */
function unknown(r: Random): Buffer {
  const number = r.pick([1000, 99, 17, 536870911])
  switch (r.below(6)) {
    case 0:
      return tagged(number, 0, varint(BigInt(r.below(1000))))
    case 1:
      return tagged(number, 1, Buffer.alloc(8, 7))
    case 2:
      return tagged(number, 5, Buffer.alloc(4, 7))
    case 3:
      return tagged(number, 2, Buffer.from('secret bob@shop.example'))
    case 4:
      return Buffer.concat([
        tagged(number, 3, Buffer.alloc(0)),
        tagged(1, 2, Buffer.from('in a group')),
        tagged(2, 3, Buffer.alloc(0)),
        tagged(2, 4, Buffer.alloc(0)),
        tagged(number, 4, Buffer.alloc(0)),
      ])
    default:
      // a known number with another wire type
      return tagged(1, 5, Buffer.alloc(4, 1))
  }
}

export interface Layout {
  /** Fields in any order; those of a list keep theirs. */
  readonly shuffled: boolean
  readonly unknown: number
  readonly overlong: number
}

export function encode(r: Random, m: Message, value: Obj, layout: Layout): Buffer {
  const groups: Buffer[][] = []
  for (const f of m.fields) {
    const v = value[f.name]
    if (v === undefined) continue
    const items = f.repeated ? (v as unknown[]) : [v]
    if (f.role === NUMBERS && r.chance(0.7)) {
      if (items.length > 0) groups.push([tagged(f.number, 2, Buffer.concat(items.map((item) => scalar(f, item))))])
      continue
    }
    groups.push(
      items.map((item) => {
        const pad = r.chance(layout.overlong) ? 1 + r.below(2) : 0
        if (f.wire !== 2) return tagged(f.number, f.wire, scalar(f, item), pad)
        if (f.message !== undefined) return tagged(f.number, 2, encode(r, f.message, item as Obj, layout), pad)
        return tagged(f.number, 2, typeof item === 'string' ? Buffer.from(item) : (item as Buffer), pad)
      }),
    )
  }
  const out: Buffer[] = []
  while (groups.some((group) => group.length > 0)) {
    const left = groups.filter((group) => group.length > 0)
    if (r.chance(layout.unknown)) out.push(unknown(r))
    out.push((layout.shuffled ? r.pick(left) : left[0]!).shift()!)
  }
  if (r.chance(layout.unknown)) out.push(unknown(r))
  return Buffer.concat(out)
}

// ------------------------------------------------------------------------------------------------ JSON

const BLANKS = ['', '', '', ' ', '\n', '\t ', '\r\n  ']

function string(r: Random, value: string): string {
  const plain = JSON.stringify(value)
  return !plain.includes('\\') && r.chance(0.1) ? plain.replace(/[a-z]/g, (c) => (r.chance(0.1) ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c)) : plain
}

/** A message as OTLP JSON; `odd`: members in any order, with white space and unknown ones. */
export function json(r: Random, m: Message, value: Obj, odd: boolean): string {
  const blank = (): string => (odd ? r.pick(BLANKS) : '')
  const members: string[] = []
  for (const f of m.fields) {
    const v = value[f.name]
    if (v === undefined) continue
    const one = (item: unknown): string => {
      if (f.message !== undefined) return json(r, f.message, item as Obj, odd)
      if (f.role === ID) return `"${(item as Buffer).toString('hex')}"`
      if (f.role === BYTES) return `"${(item as Buffer).toString('base64')}"`
      if (typeof item === 'string' && f.type !== undefined) return odd && r.chance(0.3) ? item : `"${item}"`
      if (typeof item === 'number' && !Number.isFinite(item)) return `"${item}"`
      if (f.type === 'enum' && odd && r.chance(0.3)) return `"${f.names![item as number]}"`
      return typeof item === 'string' ? (odd ? string(r, item) : JSON.stringify(item)) : JSON.stringify(item)
    }
    const text = f.repeated ? `[${blank()}${(v as unknown[]).map(one).join(`${blank()},${blank()}`)}${blank()}]` : one(v)
    members.push(`${blank()}"${f.json}"${blank()}:${blank()}${text}${blank()}`)
  }
  if (odd) {
    for (let k = members.length - 1; k > 0; k--) {
      const j = r.below(k + 1)
      ;[members[k], members[j]] = [members[j]!, members[k]!]
    }
    if (r.chance(0.05))
      members.splice(r.below(members.length + 1), 0, r.pick(['"unknownText":"bob@shop.example"', '"unknownNumber":5', '"unknownList":[1,{"a":"b"}]', '"unknownNull":null']))
  }
  return `{${members.join(',')}}`
}
