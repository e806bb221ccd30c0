// Small readers of JSON bytes beside the hot loop: skip a value, find a path, read a value without losing its spelling.
// They serve hash sources, conditions and rules that take containers whole, on records that the walker checks (or has
// checked) in full; anything malformed makes them answer "not there". Iterative: depth costs no stack.

import { NumberText } from './types.ts'
import type { Scalar, Segment, Value } from './types.ts'

/** Index of the first byte that is not JSON white space. */
export function skipSpace(b: Uint8Array, i: number, end: number): number {
  while (i < end) {
    const c = b[i]!
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) break
    i++
  }
  return i
}

/** End of the string whose opening quote is at i (after the closing quote), or -1. */
export function skipString(b: Uint8Array, i: number, end: number): number {
  i++
  // four bytes a round: the loop itself costs as much as the table
  const safe = end - 3
  while (i < safe && (QUOTED[b[i]!]! | QUOTED[b[i + 1]!]! | QUOTED[b[i + 2]!]! | QUOTED[b[i + 3]!]!) === 0) i += 4
  for (; i < end; i++) {
    const c = b[i]!
    if (c === 0x22) return i + 1
    if (c === 0x5c) i++
  }
  return -1
}

/** Quotes and backslashes. */
const QUOTED = new Uint8Array(256)
QUOTED[0x22] = QUOTED[0x5c] = 1

/** End of the value at i, or -1. Brackets are counted, their kinds are not compared. */
export function skipValue(b: Uint8Array, i: number, end: number): number {
  let depth = 0
  for (;;) {
    i = skipSpace(b, i, end)
    if (i >= end) return -1
    const c = b[i]!
    if (c === 0x22) {
      i = skipString(b, i, end)
      if (i < 0) return -1
    } else if (c === 0x7b || c === 0x5b) {
      depth++
      i++
      continue
    } else if (c === 0x7d || c === 0x5d) {
      if (--depth < 0) return -1
      i++
    } else if (c === 0x2c || c === 0x3a) {
      i++
      continue
    } else {
      while (i < end && !DELIMITER[b[i]!]) i++
    }
    if (depth === 0) return i
  }
}

const DELIMITERS = [0x20, 0x0a, 0x0d, 0x09, 0x2c, 0x3a, 0x5b, 0x5d, 0x7b, 0x7d, 0x22]
const DELIMITER = Uint8Array.from({ length: 256 }, (_, c) => (DELIMITERS.includes(c) ? 1 : 0))

/** A string token (quotes included) as text: escapes decoded, lone surrogates kept. */
export function readString(b: Uint8Array, start: number, end: number): string {
  for (let i = start + 1; i < end - 1; i++) {
    if (b[i] === 0x5c) {
      try {
        return JSON.parse(slice(b, start, end)) as string
      } catch {
        return slice(b, start + 1, end - 1)
      }
    }
  }
  return slice(b, start + 1, end - 1)
}

const utf8Slice = (Buffer.prototype as unknown as { utf8Slice(this: Uint8Array, start: number, end: number): string }).utf8Slice
function slice(b: Uint8Array, start: number, end: number): string {
  return utf8Slice.call(b, start, end)
}

/** A scalar token as a value. */
export function readScalar(b: Uint8Array, start: number, end: number): Scalar {
  const c = b[start]!
  if (c === 0x22) return readString(b, start, end)
  if (c === 0x74) return true
  if (c === 0x66) return false
  if (c === 0x6e) return null
  return new NumberText(slice(b, start, end))
}

/** The value at [start, end), containers included; undefined when it is malformed or deeper than `maxDepth`. */
export function readValue(b: Uint8Array, start: number, end: number, maxDepth: number): Value | undefined {
  const first = b[start]
  // most are text in quotes, with nothing around it
  if (first === 0x22 && skipString(b, start, end) === end) return readString(b, start, end)
  type Frame = { list: Value[] | undefined; map: Map<string, Value> | undefined; key: string }
  const stack: Frame[] = []
  let i = start
  for (;;) {
    i = skipSpace(b, i, end)
    if (i >= end) return undefined
    const c = b[i]!
    let value: Value | undefined
    if (c === 0x7b || c === 0x5b) {
      if (stack.length >= maxDepth) return undefined
      const open: Frame = c === 0x7b ? { list: undefined, map: new Map(), key: '' } : { list: [], map: undefined, key: '' }
      stack.push(open)
      i = skipSpace(b, i + 1, end)
      if (b[i] === (c === 0x7b ? 0x7d : 0x5d)) {
        stack.pop()
        value = open.map ?? open.list!
        i++
      } else {
        if (open.map !== undefined) {
          const k = readKey(b, i, end)
          if (k === undefined) return undefined
          open.key = k.key
          i = k.next
        }
        continue
      }
    } else if (c === 0x22) {
      const e = skipString(b, i, end)
      if (e < 0) return undefined
      value = readString(b, i, e)
      i = e
    } else {
      let e = i
      while (e < end && !DELIMITER[b[e]!]) e++
      if (e === i) return undefined
      value = readScalar(b, i, e)
      i = e
    }
    // a value is complete: put it into its container, close what ends here
    for (;;) {
      const top = stack[stack.length - 1]
      if (top === undefined) return value
      if (top.map !== undefined) top.map.set(top.key, value!)
      else top.list!.push(value!)
      i = skipSpace(b, i, end)
      const d = b[i]
      if (d === 0x2c) {
        i++
        if (top.map !== undefined) {
          const k = readKey(b, i, end)
          if (k === undefined) return undefined
          top.key = k.key
          i = k.next
        }
        break
      }
      if (d !== (top.map !== undefined ? 0x7d : 0x5d)) return undefined
      i++
      stack.pop()
      value = top.map ?? top.list!
    }
  }
}

function readKey(b: Uint8Array, i: number, end: number): { key: string; next: number } | undefined {
  i = skipSpace(b, i, end)
  if (b[i] !== 0x22) return undefined
  const e = skipString(b, i, end)
  if (e < 0) return undefined
  const key = readString(b, i, e)
  i = skipSpace(b, e, end)
  return b[i] === 0x3a ? { key, next: i + 1 } : undefined
}

/** Visits the entries of the container at i. `visit` gets key (undefined in arrays), index, value range; true stops. */
export function eachEntry(b: Uint8Array, i: number, end: number, visit: (key: string | undefined, index: number, start: number, end: number) => boolean): void {
  i = skipSpace(b, i, end)
  const open = b[i]
  if (open !== 0x7b && open !== 0x5b) return
  i = skipSpace(b, i + 1, end)
  for (let index = 0; i < end; index++) {
    if (b[i] === 0x7d || b[i] === 0x5d) return
    let key: string | undefined
    if (open === 0x7b) {
      const k = readKey(b, i, end)
      if (k === undefined) return
      key = k.key
      i = skipSpace(b, k.next, end)
    }
    const e = skipValue(b, i, end)
    if (e < 0) return
    if (visit(key, index, i, e)) return
    i = skipSpace(b, e, end)
    if (b[i] !== 0x2c) return
    i = skipSpace(b, i + 1, end)
  }
}

/** Range of the value at a path below the value at i; the last of duplicate keys, as parsers take it. Undefined: absent. */
export function findPath(b: Uint8Array, i: number, end: number, path: readonly (string | number)[]): { start: number; end: number } | undefined {
  let start = skipSpace(b, i, end)
  let stop = -1
  for (const part of path) {
    if (b[start] === 0x7b) {
      start = findMember(b, start, end, String(part))
      stop = memberEnd
    } else {
      let found = -1
      eachEntry(b, start, end, (_key, index, s, e) => {
        if (index !== part && String(index) !== part) return false
        found = s
        stop = e
        return true
      })
      start = found
    }
    if (start < 0) return undefined
  }
  if (stop < 0) stop = skipValue(b, start, end)
  return stop < 0 ? undefined : { start, end: stop }
}

/** Where the value ends that `findMember` found. */
let memberEnd = -1

/** Where the value begins of the last entry of that name in the object at i; -1: there is none. What eachEntry does, without a text for each key. */
function findMember(b: Uint8Array, i: number, end: number, name: string): number {
  let found = -1
  i = skipSpace(b, i + 1, end)
  while (i < end && b[i] === 0x22) {
    const e = skipString(b, i, end)
    if (e < 0) break
    const is = isName(b, i + 1, e, name) ?? readString(b, i, e) === name
    i = b[e] === 0x3a ? e : skipSpace(b, e, end)
    if (b[i] !== 0x3a) break
    i++
    if (b[i]! <= 0x20) i = skipSpace(b, i, end)
    const stop = b[i] === 0x22 ? skipString(b, i, end) : skipValue(b, i, end)
    if (stop < 0) break
    if (is) {
      found = i
      memberEnd = stop
    }
    i = b[stop] === 0x2c ? stop : skipSpace(b, stop, end)
    if (b[i] !== 0x2c) break
    i++
    if (b[i]! <= 0x20) i = skipSpace(b, i, end)
  }
  return found
}

/** True where the text of a string, which begins at i, is that name; undefined: it has to be decoded to tell. */
function isName(b: Uint8Array, i: number, end: number, name: string): boolean | undefined {
  const n = name.length
  for (let k = 0; i < end; k++, i++) {
    const c = b[i]!
    if (c === 0x22) return k === n
    if (k === n) return false
    if (c === 0x5c || c >= 0x80) return undefined
    if (c !== name.charCodeAt(k)) return false
  }
  return false
}

/** Ranges of all values that a path with wildcards reaches below the value at i, at most `most`. */
export function findAll(b: Uint8Array, i: number, end: number, path: readonly Segment[], most = 10000): { start: number; end: number }[] {
  const out: { start: number; end: number }[] = []
  const seen = new Set<string>()
  const work: { at: number; seg: number }[] = [{ at: skipSpace(b, i, end), seg: 0 }]
  while (work.length > 0 && out.length < most) {
    const { at, seg } = work.pop()!
    const mark = `${at}:${seg}`
    if (seen.has(mark)) continue
    seen.add(mark)
    if (seg === path.length) {
      const e = skipValue(b, at, end)
      if (e > 0) out.push({ start: at, end: e })
      continue
    }
    const segment = path[seg]!
    if (segment.kind === 'deep') work.push({ at, seg: seg + 1 })
    let last = -1
    eachEntry(b, at, end, (key, index, s) => {
      switch (segment.kind) {
        case 'deep':
          work.push({ at: s, seg })
          break
        case 'any':
          work.push({ at: s, seg: seg + 1 })
          break
        case 'index':
          if (key === undefined && index === segment.index) work.push({ at: s, seg: seg + 1 })
          break
        case 'name':
          if (key === undefined ? String(index) === segment.name : key === segment.name) last = s
      }
      return false
    })
    if (last >= 0) work.push({ at: last, seg: seg + 1 })
  }
  return out
}

/** JSON text of a value: numbers by their spelling, only required escapes. */
export function writeValue(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (value === null) return 'null'
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (value instanceof NumberText) return value.text
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(writeValue).join(',')}]`
  return `{${[...(value as ReadonlyMap<string, Value>)].map(([k, v]) => `${JSON.stringify(k)}:${writeValue(v)}`).join(',')}}`
}

/** A path whose wildcard stands over an empty container misses nothing. */
export function emptyWildcard(b: Uint8Array, start: number, end: number, path: readonly Segment[]): boolean {
  const wild = path.findIndex((s) => s.kind === 'any')
  if (wild < 0) return false
  return findAll(b, start, end, path.slice(0, wild)).some((r) => {
    const inside = skipSpace(b, r.start + 1, r.end)
    return (b[r.start] === 0x7b && b[inside] === 0x7d) || (b[r.start] === 0x5b && b[inside] === 0x5d)
  })
}
