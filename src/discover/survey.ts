// What is where in a sample. A masker whose ruleset detects everything reads the records and tells what it finds; the survey walks
// the same bytes once more for what stands at each place. Of values it keeps counts and shapes, of keys those that are no data.

import type { KeyFacts } from '../engine/types.ts'
import { skipSpace, skipString } from '../engine/json-bytes.ts'
import { isKnownWord, toldByKey } from './kinds.ts'
import { Places, current } from './places.ts'
import type { Place } from './places.ts'
import { Shape } from './shapes.ts'

/** A place as the engine names it. */
export interface Spot {
  readonly parent: Spot | undefined
  readonly key: string
  readonly keyBytes: Uint8Array
  readonly isItem: boolean
  /** The key itself is masked. */
  readonly keyHit: boolean
}

/** The key and the value of a pair in text, as the engine reads them. */
export interface TextPair {
  keyStart: number
  keyEnd: number
  valueStart: number
  valueEnd: number
}

/** What a survey asks of those who know values. */
export interface Knowledge {
  readonly keyFacts: (key: string) => KeyFacts
  /** Name of a detector that finds something in a key. */
  readonly inKey: (bytes: Uint8Array) => string | undefined
  readonly looksRandom: (text: Uint8Array, from: number, to: number) => boolean
  /** A word of everyday English or of logs. */
  readonly isCommon: (word: string) => boolean
  readonly isMasked: (text: Uint8Array, from: number, to: number) => boolean
  /** Reads the key of the pair around a separator into `pair`; then `endPair` finds the end of its value. */
  readonly readPair: (text: Uint8Array, start: number, end: number, at: number) => boolean
  readonly endPair: (text: Uint8Array, end: number) => void
  readonly pair: TextPair
  /** JSON inside strings is entered. */
  readonly nested: boolean
}

interface Pending {
  spot: Spot | undefined
  inKey: boolean
  detector: string
  start: number
}

/** So many levels of JSON in strings in strings are entered, as the engine does. */
const MOST_NESTED = 4
/** Keys that are told apart without asking again. */
const MOST_KNOWN = 4096
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/u
const LONGEST_KEY = 64

export class Survey {
  readonly places: Places
  /** Records and lines of text taken. */
  records = 0
  lines = 0
  /** No more records and lines than these are taken. */
  readonly most: number
  private readonly knows: Knowledge
  private pending: Pending[] = []
  private spots = new WeakMap<Spot, Place>()
  private readonly told = new Map<string, boolean>()

  constructor(knows: Knowledge, most: number) {
    this.knows = knows
    this.most = most
    this.places = new Places((key, bytes) => this.isData(key, bytes))
  }

  get full(): boolean {
    return this.records + this.lines >= this.most
  }

  /** The number of the record or line at hand. */
  private get number(): number {
    return this.records + this.lines
  }

  // ---------------------------------------------------------------------------------------------- from the masker

  /** A record or a line begins: what was found in one that came to nothing is not counted. */
  begin(): void {
    if (this.pending.length > 0) this.pending.length = 0
  }

  /** The name of a column holds something. */
  column(spot: Spot): void {
    const detector = this.full ? undefined : this.knows.inKey(spot.keyBytes)
    if (detector !== undefined) this.placeOf(spot).hitKey(detector, this.number + 1)
  }

  /** Something was found; counted when the record (or the line) proves to be one. */
  found(spot: Spot | undefined, inKey: boolean, detector: string | undefined, start: number): void {
    if (this.full) return
    const name = detector ?? (inKey && spot !== undefined ? this.knows.inKey(spot.keyBytes) : undefined)
    if (name !== undefined) this.pending.push({ spot, inKey, detector: name, start })
  }

  /** The record at [start, end) has been read. */
  record(buf: Uint8Array, start: number, end: number): void {
    if (this.full) return
    this.records++
    this.walk(buf, start, end, this.places.root, 0)
    for (const { spot, inKey, detector } of this.pending) {
      if (spot === undefined) continue
      const place = this.placeOf(spot)
      if (inKey) place.hitKey(detector, this.number)
      else place.hit(detector, this.number)
    }
    this.begin()
  }

  /** The line at [start, end) was read as text. */
  line(buf: Uint8Array, start: number, end: number): void {
    if (this.full) return
    this.lines++
    const { text } = this.places
    text.visit(this.number)
    text.strings++
    for (const { detector } of this.pairs(buf, start, end, this.pending)) text.hit(detector, this.number)
    this.begin()
  }

  private placeOf(spot: Spot): Place {
    const known = this.spots.get(spot)
    if (known !== undefined) return current(known)
    // no recursion: how deep a record is, is up to whoever wrote it
    const above: Spot[] = []
    for (let s: Spot = spot; s.parent !== undefined; s = s.parent) above.push(s)
    let place = this.places.root
    for (let s = above.pop(); s !== undefined; s = above.pop()) {
      const { key, keyBytes } = s
      if (s.isItem) place = this.places.item(place)
      else if (s.keyHit) place = this.places.star(place)
      else place = this.places.named(place, key, keyBytes, 0, keyBytes.length)
    }
    this.spots.set(spot, place)
    return place
  }

  // ---------------------------------------------------------------------------------------------- keys

  /** True for a key that is no name of a field, or says more than one should. */
  private isData(key: string, bytes: Uint8Array): boolean {
    if (key.length > LONGEST_KEY || UNPRINTABLE.test(key) || (bytes.length > 0 && this.knows.isMasked(bytes, 0, bytes.length))) return true
    let digits = 0
    let letters = 0
    let blanks = 0
    for (let i = 0; i < bytes.length; i++) {
      const c = bytes[i]!
      if (c >= 0x30 && c <= 0x39) digits++
      else if (c >= 0x80 || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a)) letters++
      else if (c === 0x20) blanks++
      else if ((c === 0x40 && i > 0) || c === 0x3f || c === 0x3d || c === 0x5c) return true
    }
    // names of columns without a header are numbers
    if (letters === 0) return digits > 3 || digits < bytes.length
    if (digits > 4 || blanks > 5 || bytes[0] === 0x2f || key.includes('://')) return true
    for (let from = 0, to = 0; from < bytes.length; from = to + 1) {
      to = bytes.indexOf(0x20, from)
      if (to < 0) to = bytes.length
      if (to - from >= 10 && this.knows.looksRandom(bytes, from, to)) return true
    }
    return this.knows.inKey(bytes) !== undefined
  }

  // ---------------------------------------------------------------------------------------------- records

  private walk(buf: Uint8Array, start: number, end: number, root: Place, level: number): void {
    const { places } = this
    const stack: { container: Place; object: boolean; previous: Place | undefined }[] = []
    const number = this.number
    let container: Place | undefined
    let object = false
    let previous: Place | undefined
    /** Where the next value stands. */
    let place = root
    let keyNext = false
    for (let i = start; i < end; ) {
      const c = buf[i]!
      if (c === 0x22) {
        const close = skipString(buf, i, end)
        if (close < 0) return
        if (keyNext) {
          const from = i
          place = places.child(container!, buf, i + 1, close - 1, previous, () => keyText(buf, from, close))
          previous = place
          keyNext = false
        } else {
          place.visit(number)
          this.string(buf, i + 1, close - 1, place, level)
        }
        i = close
      } else if (c === 0x7b || c === 0x5b) {
        place.visit(number)
        if (container !== undefined) stack.push({ container, object, previous })
        container = place
        object = c === 0x7b
        previous = undefined
        if (object) {
          place.objects++
          keyNext = true
        } else place = places.item(container)
        i++
      } else if (c === 0x7d || c === 0x5d) {
        const above = stack.pop()
        if (above === undefined) return
        container = above.container
        object = above.object
        previous = above.previous
        keyNext = false
        if (!object) place = places.item(container)
        i++
      } else if (c === 0x2c) {
        keyNext = object
        i++
      } else if (c === 0x3a || c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) i++
      else {
        let to = i + 1
        while (to < end && !ENDS[buf[to]!]) to++
        place.visit(number)
        if (c === 0x74 || c === 0x66 || c === 0x6e) place.literals++
        else if (c === 0x2d || (c >= 0x30 && c <= 0x39)) {
          place.numbers++
          ;(place.shape ??= new Shape()).add(buf, i, to)
        }
        i = to
      }
    }
  }

  private string(buf: Uint8Array, start: number, end: number, place: Place, level: number): void {
    let text = buf
    let from = start
    let to = end
    const first = buf[start]
    if (first === 0x7b || first === 0x5b || first === 0x20 || first === 0x5c || hasEscape(buf, start, end)) {
      let decoded: string
      try {
        decoded = JSON.parse(slice(buf, start - 1, end + 1)) as string
      } catch {
        return
      }
      text = Buffer.from(decoded)
      from = 0
      to = text.length
      if (this.knows.nested && level < MOST_NESTED && this.document(text, decoded, place, level)) return
    }
    if (to > from && this.knows.isMasked(text, from, to)) {
      place.masked++
      return
    }
    place.strings++
    if (to > from) (place.shape ??= new Shape()).add(text, from, to)
  }

  /** A string that is one object or array of JSON: what is in it stands below the place of the string. */
  private document(text: Uint8Array, decoded: string, place: Place, level: number): boolean {
    const open = skipSpace(text, 0, text.length)
    if (text[open] !== 0x7b && text[open] !== 0x5b) return false
    try {
      JSON.parse(decoded)
    } catch {
      return false
    }
    this.walk(text, open, text.length, place, level + 1)
    return true
  }

  // ---------------------------------------------------------------------------------------------- text

  /** Pairs of a line whose key tells something take what was found in their values; the rest is given back. */
  private pairs(buf: Uint8Array, start: number, end: number, pending: readonly Pending[]): Pending[] {
    const { places } = this
    const { pair } = this.knows
    const number = this.number
    const rest: Pending[] = []
    // both go from left to right
    let k = 0
    let after = start
    for (let i = start; i < end; i++) {
      const c = buf[i]!
      if ((c !== 0x3d && c !== 0x3a) || i < after) continue
      if (!this.knows.readPair(buf, start, end, i)) continue
      const { keyStart, keyEnd } = pair
      if (keyEnd <= keyStart || keyEnd - keyStart > LONGEST_KEY) continue
      const key = slice(buf, keyStart, keyEnd)
      if (!this.tells(key, buf, keyStart, keyEnd)) continue
      this.knows.endPair(buf, end)
      const { valueStart, valueEnd } = pair
      if (valueEnd <= valueStart) continue
      after = valueEnd
      const place = places.named(places.text, key, buf, keyStart, keyEnd)
      if (place.kind !== 'pair') continue
      place.visit(number)
      if (this.knows.isMasked(buf, valueStart, valueEnd)) place.masked++
      else {
        place.strings++
        ;(place.shape ??= new Shape()).add(buf, valueStart, valueEnd)
      }
      for (; k < pending.length && pending[k]!.start < valueEnd; k++) {
        const found = pending[k]!
        if (found.start >= valueStart) place.hit(found.detector, number)
        else rest.push(found)
      }
    }
    for (; k < pending.length; k++) rest.push(pending[k]!)
    return rest
  }

  /** Other pairs are no places: in free text nearly anything may stand before a colon, names among it. */
  private tellsOfValues(key: string): boolean {
    const { keyFacts, isCommon } = this.knows
    const { words, secret } = keyFacts(key)
    if (secret === 0 && toldByKey(words, []) === undefined) return false
    return words.every((word) => isKnownWord(word) || isCommon(word) || keyFacts(word).secret > 0)
  }

  private tells(key: string, buf: Uint8Array, start: number, end: number): boolean {
    let known = this.told.get(key)
    if (known === undefined) {
      known = this.tellsOfValues(key) && !this.isData(key, Uint8Array.prototype.slice.call(buf, start, end))
      if (this.told.size >= MOST_KNOWN) this.told.clear()
      this.told.set(key, known)
    }
    return known
  }
}

const ENDS = new Uint8Array(256)
for (const c of ' \t\r\n,:{}[]"') ENDS[c.charCodeAt(0)] = 1

function hasEscape(buf: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (buf[i] === 0x5c) return true
  return false
}

const utf8Slice = (Buffer.prototype as unknown as { utf8Slice(this: Uint8Array, start: number, end: number): string }).utf8Slice
function slice(b: Uint8Array, start: number, end: number): string {
  return utf8Slice.call(b, start, end)
}

/** A key with its quotes as text. */
function keyText(buf: Uint8Array, start: number, end: number): string {
  const raw = slice(buf, start, end)
  if (!raw.includes('\\')) return raw.slice(1, -1)
  try {
    return JSON.parse(raw) as string
  } catch {
    return raw.slice(1, -1)
  }
}
