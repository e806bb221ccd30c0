// A document as a tree, for masks that are applied in order.
//
// Every place keeps what was received there beside what is there now, and knows where it stands in its text. So a mask can
// read what earlier ones wrote, hash sources still read the record as received, and in the end only the topmost places that
// changed are written: everything between them keeps its bytes. A removed entry keeps its place until then, which is why
// paths and indexes mean the same from the first transform to the last. Nothing here recurses on the depth of the data.

import { readScalar, readString, skipSpace, skipString, writeValue } from './json-bytes.ts'
import { OffsetMap } from './offset-map.ts'
import type { Scope } from './plan.ts'
import type { Replaced } from './text.ts'
import { NumberText, REMOVED } from './types.ts'
import type { Removed, Scalar, Value } from './types.ts'
import { Hits, splice, Writer } from './walker.ts'
import { decodeText, encodeText } from './wtf8.ts'

/** A text that values were read from: [start, end) of `bytes`. */
export interface Text {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
  /** Where its bytes stand in the text around it; undefined: at the same offsets. */
  readonly map: OffsetMap | undefined
  /** In so many strings it stands. */
  readonly level: number
}

export type Content = Scalar | Members

/** The entries of an object or a list, in order. A key may occur more than once. */
export class Members {
  readonly list: boolean
  readonly places: Place[] = []
  private names: Map<string, Place> | undefined

  constructor(list: boolean) {
    this.list = list
  }

  /** The entry of a name (in a list: of the index it spells) or of an index; of several with one name the last, as parsers take it. */
  find(part: string | number): Place | undefined {
    if (this.list) return typeof part === 'number' ? this.places[part] : INDEX.test(part) ? this.places[Number(part)] : undefined
    if (typeof part === 'number') return undefined
    if (this.names === undefined) {
      const { places } = this
      if (places.length <= FEW) {
        for (let k = places.length - 1; k >= 0; k--) if (places[k]!.key === part) return places[k]
        return undefined
      }
      this.names = new Map()
      for (const place of this.places) this.names.set(place.key as string, place)
    }
    return this.names.get(part)
  }
}

/** So many entries are looked through sooner than a table of them is made. */
const FEW = 12
const INDEX = /^(?:0|[1-9]\d{0,9})$/
const NO_RANGES: readonly number[] = []
const NO_COUNTERS: readonly { masked: number }[] = []

/** A value in a document. */
export class Place {
  /** The container it stands in, whatever text that is part of. */
  readonly parent: Place | undefined
  readonly key: string | number
  /** Content before the masks; undefined where one has put the place itself in. */
  was: Content | undefined = undefined
  /** It was not received: a mask has put it in. */
  fresh = false
  now: Content | Removed = null
  /** What masks have written: all of it, or ranges (UTF-16) of a string. */
  settled: true | readonly number[] = NO_RANGES
  /** A rule has hit it. */
  claimed = false
  /** A mask failed on it: it stays as it is. */
  failed = false
  /** The document that a string is; null: it is none. */
  inner: Place | undefined | null = undefined
  /** What detectors have found in a string, if nothing else has changed it. */
  matches: { readonly text: Text; readonly replaced: readonly Replaced[] } | undefined = undefined
  /** It comes from elsewhere in the document. */
  copied = false
  /** The key after detectors have been at it. */
  name: string | undefined = undefined
  /** What has counted it. */
  counters: readonly { masked: number }[] = NO_COUNTERS
  /** Who changed it, and how many matches there were in it. */
  rule: string | undefined = undefined
  detector: string | undefined = undefined
  found = 0
  scope: Scope | undefined = undefined
  // where it stands: the value, its entry (from the key on), and what is between the quotes of the key
  text: Text | undefined = undefined
  start = -1
  end = -1
  entry = -1
  keyStart = -1
  keyEnd = -1
  /** It is the value of a text. */
  root = false
  /** What it was read from, where that was a JavaScript value, and the object whose entries its members are. */
  source: unknown = undefined
  shape: unknown = undefined
  /** Bytes, which JSON has no value for. */
  binary = false

  constructor(parent: Place | undefined, key: string | number) {
    this.parent = parent
    this.key = key
  }

  /** Nothing has been written here. */
  get untouched(): boolean {
    const { was, now } = this
    return was === now || (was instanceof NumberText && sameScalar(was, now))
  }
}

/** Numbers are the same by their spelling. */
export function sameScalar(a: Scalar, b: Content | Removed): boolean {
  return a === b || (a instanceof NumberText && b instanceof NumberText && a.text === b.text)
}

// ------------------------------------------------------------------------------------------------ from text

/**
 * Reads the value of a text that is known to be JSON, `fresh` where that was not received. Undefined: deeper than `maxDepth`, or
 * more values than are left.
 */
export function readTree(text: Text, parent: Place | undefined, key: string | number, maxDepth: number, values: { left: number }, fresh = false): Place | undefined {
  const { bytes, end } = text
  const root = new Place(parent, key)
  root.root = true
  const open: Place[] = []
  let at = root
  let i = text.start
  /** The next entry of a container, from its key on. */
  const entry = (of: Place): Place => {
    const members = of.was as Members
    i = skipSpace(bytes, i, end)
    let next: Place
    if (members.list) next = new Place(of, members.places.length)
    else {
      const close = skipString(bytes, i, end)
      next = new Place(of, readString(bytes, i, close))
      next.entry = i
      next.keyStart = i + 1
      next.keyEnd = close - 1
      i = skipSpace(bytes, close, end) + 1
    }
    members.places.push(next)
    return next
  }
  for (;;) {
    if (values.left-- <= 0) return undefined
    i = skipSpace(bytes, i, end)
    at.text = text
    at.fresh = fresh
    at.start = i
    if (at.entry < 0) at.entry = i
    const c = bytes[i]!
    if (c === 0x7b || c === 0x5b) {
      if (open.length >= maxDepth) return undefined
      at.was = at.now = new Members(c === 0x5b)
      i = skipSpace(bytes, i + 1, end)
      if (bytes[i] !== (c === 0x7b ? 0x7d : 0x5d)) {
        open.push(at)
        at = entry(at)
        continue
      }
      i++
    } else {
      const from = i
      if (c === 0x22) i = skipString(bytes, i, end)
      else while (i < end && !(bytes[i]! <= 0x20 || bytes[i] === 0x2c || bytes[i] === 0x5d || bytes[i] === 0x7d)) i++
      at.was = at.now = readScalar(bytes, from, i)
    }
    at.end = i
    // a value is complete: close what ends here
    for (;;) {
      const container = open[open.length - 1]
      if (container === undefined) return root
      i = skipSpace(bytes, i, end)
      if (bytes[i++] === 0x2c) {
        at = entry(container)
        break
      }
      container.end = i
      open.pop()
    }
  }
}

/** The text of a string that holds a document; undefined when it holds none. */
export function documentInside(place: Place): Text | undefined {
  const value = place.now as string
  let first = 0
  while (first < value.length && value.charCodeAt(first) <= 0x20) first++
  const opener = value[first]
  if (opener !== '{' && opener !== '[') return undefined
  let last = value.length - 1
  while (last > first && value.charCodeAt(last) <= 0x20) last--
  if (value[last] !== (opener === '{' ? '}' : ']')) return undefined
  try {
    JSON.parse(value)
  } catch {
    return undefined
  }
  return textInside(place)
}

/** The text that a string is. */
export function textInside(place: Place): Text {
  const { text } = place
  let around: Place | undefined = place
  while (around !== undefined && around.text === undefined) around = around.parent
  const level = (around?.text?.level ?? 0) + 1
  if (text === undefined || !place.untouched) {
    const bytes = encodeText(place.now as string)
    return { bytes, start: 0, end: bytes.length, map: undefined, level }
  }
  const raw = text.bytes.subarray(place.start + 1, place.end - 1)
  if (!raw.includes(0x5c)) return { bytes: text.bytes, start: place.start + 1, end: place.end - 1, map: undefined, level }
  return { ...unescaped(raw, place.start + 1), start: 0, level }
}

const ESCAPES: Readonly<Record<string, number>> = { b: 0x08, f: 0x0c, n: 0x0a, r: 0x0d, t: 0x09 }

/** What the inside of a string means; `from` is where it begins in its text. */
function unescaped(raw: Buffer, from: number): { bytes: Buffer; end: number; map: OffsetMap } {
  const map = new OffsetMap()
  const bytes = Buffer.allocUnsafe(raw.length)
  let n = 0
  let i = 0
  while (i < raw.length) {
    const next = raw.indexOf(0x5c, i)
    const stop = next < 0 ? raw.length : next
    if (stop > i) {
      map.add(n, from + i)
      raw.copy(bytes, n, i, stop)
      n += stop - i
      i = stop
      continue
    }
    map.add(n, ~(from + i))
    const letter = String.fromCharCode(raw[i + 1]!)
    if (letter === 'u') {
      const units = /^(?:\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4})/.exec(raw.toString('latin1', i, i + 12))![0]
      n += encodeText(JSON.parse(`"${units}"`) as string).copy(bytes, n)
      i += units.length
    } else {
      bytes[n++] = ESCAPES[letter] ?? raw[i + 1]!
      i += 2
    }
  }
  map.add(n, from + i)
  map.end = from + i
  return { bytes, end: n, map }
}

// ------------------------------------------------------------------------------------------------ to values

/** What is at a place now; undefined: nothing, it is removed. */
export function valueAt(place: Place): Value | undefined {
  const { now } = place
  if (now === REMOVED) return undefined
  return now instanceof Members ? built(now, (p) => (p.now === REMOVED || p.now instanceof Members ? p.now : scalarOf(p)), true) : scalarOf(place)
}

/** What was received there. */
export function receivedValue(content: Content): Value {
  return content instanceof Members ? built(content, (p) => p.was ?? null, false) : content
}

/** A container as a value, by what its places hold; `masked`: under the keys that detectors have been at. */
function built(content: Members, of: (place: Place) => Content | Removed, masked: boolean): Value {
  type Frame = { readonly members: Members; readonly out: Value[] | Map<string, Value>; next: number }
  const begin = (members: Members): Frame => ({ members, out: members.list ? [] : new Map<string, Value>(), next: 0 })
  const root = begin(content)
  const open = [root]
  for (let frame = open.pop(); frame !== undefined; frame = open.pop()) {
    while (frame.next < frame.members.places.length) {
      const place: Place = frame.members.places[frame.next++]!
      const now = of(place)
      if (now === REMOVED) continue
      const inner: Frame | undefined = now instanceof Members ? begin(now) : undefined
      const value: Value = inner === undefined ? (now as Scalar) : inner.out
      if (Array.isArray(frame.out)) frame.out.push(value)
      else (frame.out as Map<string, Value>).set((masked ? place.name : undefined) ?? (place.key as string), value)
      if (inner === undefined) continue
      open.push(frame)
      frame = inner
    }
  }
  return root.out
}

/** The scalar at a place: in a string, what became of the document that it is. */
export function scalarOf(place: Place): Scalar {
  const now = place.now as Scalar
  if (typeof now !== 'string' || !place.inner) return now
  const changes = edits(place.inner)
  return changes.length === 0 ? now : composed(place.inner, changes).text
}

// ------------------------------------------------------------------------------------------------ to text

/** One change of a text: a value or a key at [start, end). */
export interface Edit {
  readonly place: Place
  readonly what: 'value' | 'key'
  readonly start: number
  readonly end: number
  /** Where the entry begins; `out` is undefined where it is removed. */
  readonly entry: number
  readonly out: string | undefined
}

/** The topmost places that changed, and the keys, in the order of the text that `root` is the value of. */
export function edits(root: Place): readonly Edit[] {
  const out: Edit[] = []
  // places still to look at, and the texts around each
  const places: Place[] = [root]
  const around: (readonly Text[])[] = [NO_TEXTS]
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    const inside = around.pop()!
    const { now } = place
    if (now === REMOVED) {
      // a text needs a value
      out.push(edit(place, 'value', place.start, place.end, place.root && place !== root ? 'null' : undefined, inside))
      continue
    }
    if (place.name !== undefined) out.push(edit(place, 'key', place.keyStart, place.keyEnd, JSON.stringify(place.name).slice(1, -1), inside))
    if (!place.untouched) out.push(edit(place, 'value', place.start, place.end, writeValue(valueAt(place)!), inside))
    else if (now instanceof Members) {
      for (let k = now.places.length - 1; k >= 0; k--) {
        places.push(now.places[k]!)
        around.push(inside)
      }
    } else if (place.inner) {
      places.push(place.inner)
      around.push([...inside, place.inner.text!])
    } else if (place.matches !== undefined) {
      const { text, replaced } = place.matches
      for (const r of replaced) out.push(edit(place, 'value', r.start, r.end, r.text, [...inside, text]))
    }
  }
  return out
}

const NO_TEXTS: readonly Text[] = []

function edit(place: Place, what: Edit['what'], start: number, end: number, text: string | undefined, inside: readonly Text[]): Edit {
  let out = text
  if (out !== undefined) for (let k = 0; k < inside.length; k++) out = JSON.stringify(out).slice(1, -1)
  return { place, what, start: raised(start, inside, false), end: raised(end, inside, true), entry: raised(place.entry, inside, false), out }
}

/** An offset in the innermost of these texts as one in the text around them. */
function raised(at: number, inside: readonly Text[], isEnd: boolean): number {
  let offset = at
  for (let k = inside.length - 1; k >= 0; k--) offset = inside[k]!.map?.toRaw(offset, isEnd) ?? offset
  return offset
}

/** A text with its changes, and which of its ranges (UTF-16) masks have written. */
export function composed(root: Place, changes: readonly Edit[]): { readonly text: string; readonly settled: readonly number[] } {
  const { bytes, start, end } = root.text!
  const hits = new Hits()
  const settled: number[] = []
  let removed = false
  let length = 0
  let copied = start
  for (const { place, start, end, entry, out } of changes) {
    if (out === undefined && place !== root) {
      hits.remove(entry, end, undefined)
      removed = true
      continue
    }
    const written = out ?? 'null'
    hits.add(start, end, Buffer.from(written), 0, undefined)
    length += decodeText(bytes, copied, start, false).length
    if (place.settled === true) settled.push(length, length + written.length)
    length += written.length
    copied = end
  }
  const writer = new Writer()
  writer.copy(bytes, splice(bytes, end, hits, start, writer), end)
  const whole = Buffer.concat(writer.take())
  // where entries are gone nothing stands where it stood: all of it is scanned
  return { text: decodeText(whole, 0, whole.length, false), settled: removed ? NO_RANGES : settled }
}
