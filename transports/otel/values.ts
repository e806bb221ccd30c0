// Attribute values and log bodies on their way through the masker: what JSON can carry goes as JSON text, which is the fast way; bytes,
// NaN and the like go as values. Either way what comes out shares no container and no bytes with what went in.

/** Deeper values are refused: a circle has no end. */
const MOST_DEEP = 1000

/** True when JSON text gives back the same value. */
export function isJson(value: unknown, depth = 0): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
    case 'object': {
      if (value === null) return true
      if (depth > 64) return false
      if (Array.isArray(value)) {
        for (let i = 0; i < value.length; i++) if (!isJson(value[i], depth + 1)) return false
        return true
      }
      const prototype: unknown = Object.getPrototypeOf(value)
      if (prototype !== Object.prototype && prototype !== null) return false
      for (const key of Object.keys(value)) {
        const item = (value as Record<string, unknown>)[key]
        // most are texts
        if (typeof item !== 'string' && !isJson(item, depth + 1)) return false
      }
      return true
    }
    default:
      return false
  }
}

/** Bytes that are UTF-8 text: to a masker they are that text. */
class TextBytes {
  readonly bytes: Uint8Array
  readonly #text: string

  constructor(bytes: Uint8Array, text: string) {
    this.bytes = bytes
    this.#text = text
  }

  toJSON(): string {
    return this.#text
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A copy of a value, with bytes as a masker should see them. Own enumerable properties only; what telemetry has no value for goes. */
export function copyIn(value: unknown, depth = 0): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') return undefined
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) {
    const bytes = new Uint8Array(value)
    try {
      return new TextBytes(bytes, utf8.decode(bytes))
    } catch {
      return bytes
    }
  }
  if (ArrayBuffer.isView(value)) return copyIn(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), depth)
  if (value instanceof ArrayBuffer) return copyIn(new Uint8Array(value), depth)
  if (depth > MOST_DEEP) throw new RangeError('too deep')
  if (Array.isArray(value)) return Array.from(value, (item) => copyIn(item, depth + 1))
  const out: Record<string, unknown> = {}
  for (const key of Object.keys(value)) put(out, key, copyIn((value as Record<string, unknown>)[key], depth + 1))
  return out
}

/** What comes out of a masker, beside what `copyIn` gave it: bytes are bytes, masked or not. */
export function settled(value: unknown, before: unknown): unknown {
  if (value instanceof TextBytes) return value.bytes
  if (typeof value === 'string' && (before instanceof TextBytes || before instanceof Uint8Array)) return new Uint8Array(Buffer.from(value))
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) {
    // of a list that has become shorter it is not known which item is which
    const same = Array.isArray(before) && before.length === value.length
    return value.map((item, i) => settled(item, same ? (before as readonly unknown[])[i] : undefined))
  }
  const was = typeof before === 'object' && before !== null ? (before as Record<string, unknown>) : {}
  const out: Record<string, unknown> = {}
  for (const key of Object.keys(value)) put(out, key, settled((value as Record<string, unknown>)[key], Object.hasOwn(was, key) ? was[key] : undefined))
  return out
}

/** A copy of a value that is JSON. */
export function copyJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copyJson)
  return copyObject(value as Record<string, unknown>)
}

/** A copy of an object of JSON values. */
export function copyObject(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  // by far the fastest way, and `__proto__` stays a property of its own
  const out = { ...value }
  for (const key of Object.keys(out)) {
    const item = value[key]
    if (typeof item === 'object' && item !== null) put(out, key, copyJson(item))
  }
  return out
}

/** Sets an own property, whatever its name: `__proto__` is one like any other. */
export function put(out: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(out, key, { value, enumerable: true, writable: true, configurable: true })
  else out[key] = value
}

/** Frozen, with all in it. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  for (const item of Object.values(value)) frozen(item)
  return Object.freeze(value)
}
