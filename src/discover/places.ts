// The places of a sample: a tree over keys, with what stood at each. Array elements share the place `[*]`; keys that are data
// themselves (an address, an identifier), and those of a map with many different ones, share the place `*`, and their text is not
// kept. The number of places is bounded.

import type { Shape } from './shapes.ts'

/** How often a detector has found something at a place. */
export interface Count {
  count: number
  records: number
  /** The record that was counted last. */
  last: number
}

/** Most places of a sample; what comes after shares the place of its container's `*`, or that of the container. */
export const MOST_PLACES = 10_000
const MOST_DEPTH = 40
/** Different keys from which on a container is looked at as a map, and looked at again when there are twice as many. */
const MAP_FROM = 64
/** The same when all has been seen. */
const MAP_FINAL = 12
/** So many in a few records are taken for a map: the text of its keys would be told. */
const MAP_MANY = 200
const MAP_MOST = 1024
const FEW = 8

export class Place {
  readonly parent: Place | undefined
  /** The key as text; undefined: `[*]` or `*`, or no key at all. */
  readonly key: string | undefined
  readonly kind: 'root' | 'key' | 'item' | 'any' | 'pair'
  readonly depth: number
  /** Bytes of the key as it stood, escapes included, for comparison. */
  readonly bytes: Uint8Array
  /** The key that followed this one last time. */
  next: Place | undefined
  /** The first key of the container last time. */
  first: Place | undefined
  readonly children = new Map<string, Place>()
  item: Place | undefined
  any: Place | undefined
  /** All keys are `*`. */
  map = false
  /** Where this place went when its container turned out to be a map. */
  into: Place | undefined

  // what stood here
  visits = 0
  records = 0
  private last = 0
  objects = 0
  strings = 0
  numbers = 0
  /** true, false, null */
  literals = 0
  /** Strings that show that something was masked. */
  masked = 0
  shape: Shape | undefined
  found: Map<string, Count> | undefined
  /** Found in the text of keys that share this place. */
  foundInKeys: Map<string, Count> | undefined
  /** Values in which something was found: of a record no more than it has values here, however much is in one. */
  hits = 0
  /** Of the record at hand. */
  private visitsNow = 0
  private hitsNow = 0

  constructor(parent: Place | undefined, kind: Place['kind'], key: string | undefined, bytes: Uint8Array) {
    this.parent = parent
    this.kind = kind
    this.key = key
    this.bytes = bytes
    this.depth = parent === undefined ? 0 : parent.depth + 1
  }

  visit(record: number): void {
    this.visits++
    if (this.last !== record) {
      this.last = record
      this.records++
      this.visitsNow = this.hitsNow = 0
    }
    this.visitsNow++
  }

  /** A detector has found something in a value of a record that was visited. */
  hit(detector: string, record: number): void {
    this.found = counted(this.found, detector, record)
    if (this.hitsNow >= this.visitsNow) return
    this.hitsNow++
    this.hits++
  }

  hitKey(detector: string, record: number): void {
    this.foundInKeys = counted(this.foundInKeys, detector, record)
  }

  get values(): number {
    return this.strings + this.numbers + this.literals + this.masked
  }

  private absorb(other: Place): void {
    if (other === this) return
    other.into = this
    this.visits += other.visits
    this.records += other.records
    this.objects += other.objects
    this.strings += other.strings
    this.numbers += other.numbers
    this.literals += other.literals
    this.masked += other.masked
    this.hits += other.hits
    if (other.shape !== undefined) {
      if (this.shape === undefined) this.shape = other.shape
      else this.shape.absorb(other.shape)
    }
    this.found = joined(this.found, other.found)
    this.foundInKeys = joined(this.foundInKeys, other.foundInKeys)
  }

  /** Moves everything below `other`, and what stood there, here. */
  static merge(into: Place, other: Place): void {
    // no recursion: how deep a record is, is up to whoever wrote it
    const pairs: [Place, Place][] = [[into, other]]
    for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
      const [to, from] = pair
      to.absorb(from)
      for (const child of from.children.values()) {
        if (to.map) pairs.push([to.star(), child])
        else {
          let same = to.children.get(child.key!)
          if (same === undefined) to.children.set(child.key!, (same = new Place(to, child.kind, child.key, child.bytes)))
          pairs.push([same, child])
        }
      }
      if (from.item !== undefined) pairs.push([(to.item ??= new Place(to, 'item', undefined, NO_BYTES)), from.item])
      if (from.any !== undefined) pairs.push([to.star(), from.any])
    }
  }

  star(): Place {
    return (this.any ??= new Place(this, 'any', undefined, NO_BYTES))
  }

  /**
   * True when the keys are those of a map, not names of fields: each was seen hardly more than once, or a container holds a few
   * of many. A record of many fields looks the same until there have been others; so `final` is when no more will come.
   */
  looksLikeMap(final: boolean): boolean {
    const n = this.children.size
    if (n >= MAP_MOST) return true
    if (n < (final ? MAP_FINAL : MAP_FROM) || (!final && this.objects < FEW)) return false
    let rare = 0
    let objects = 0
    let numbers = 0
    for (const child of this.children.values()) {
      if (child.visits <= 2) rare++
      if (child.objects > 0 && child.values === 0) objects++
      if (child.numbers > 0 && child.strings + child.objects === 0) numbers++
    }
    const alike = objects === n || numbers === n
    if (this.objects < FEW) return n >= MAP_MANY || (alike && n >= MAP_FROM)
    if (this.objects >= 50 && rare * 4 >= n * 3) return true
    return n > (alike ? 8 : 24) * this.keysEach()
  }

  /** Keys of one such container, on average. */
  private keysEach(): number {
    let visits = 0
    for (const child of this.children.values()) visits += child.visits
    return visits / Math.max(1, this.objects)
  }
}

const NO_BYTES = new Uint8Array(0)

function counted(map: Map<string, Count> | undefined, name: string, record: number): Map<string, Count> {
  const counts = map ?? new Map<string, Count>()
  const known = counts.get(name)
  if (known === undefined) counts.set(name, { count: 1, records: 1, last: record })
  else {
    known.count++
    if (known.last !== record) known.records++
    known.last = record
  }
  return counts
}

function joined(to: Map<string, Count> | undefined, from: Map<string, Count> | undefined): Map<string, Count> | undefined {
  if (from === undefined) return to
  if (to === undefined) return from
  for (const [name, { count, records, last }] of from) {
    const known = to.get(name)
    if (known === undefined) to.set(name, { count, records, last })
    else {
      known.count += count
      known.records += records
    }
  }
  return to
}

/** All places of a sample. */
export class Places {
  readonly root = new Place(undefined, 'root', undefined, NO_BYTES)
  /** Lines of text, with the keys of pairs below. */
  readonly text = new Place(undefined, 'root', undefined, NO_BYTES)
  count = 0
  /** There were more places than are kept. */
  capped = false
  private readonly isData: (key: string, bytes: Uint8Array) => boolean

  /** `isData` is asked once for each key of a container, as long as it says no. */
  constructor(isData: (key: string, bytes: Uint8Array) => boolean) {
    this.isData = isData
  }

  /** The place of a key given by its bytes in a record, without the quotes. `text` gives it as text. */
  child(parent: Place, buf: Uint8Array, start: number, end: number, previous: Place | undefined, text: () => string): Place {
    const guess = previous === undefined ? parent.first : previous.next
    if (guess !== undefined && sameBytes(guess.bytes, buf, start, end)) return guess
    const place = this.named(parent, text(), buf, start, end)
    if (place.kind === 'key') {
      if (previous === undefined) parent.first = place
      else previous.next = place
    }
    return place
  }

  /** The place of a key given as text, and as it stood. */
  named(parent: Place, key: string, buf: Uint8Array, start: number, end: number): Place {
    const known = parent.children.get(key)
    if (known !== undefined) return known
    if (parent.depth >= MOST_DEPTH) return parent
    if (parent.map || this.isData(key, Buffer.from(key))) return this.star(parent)
    if (this.count >= MOST_PLACES) {
      this.capped = true
      return parent.any ?? parent
    }
    this.count++
    const place = new Place(parent, parent === this.text ? 'pair' : 'key', key, Uint8Array.prototype.slice.call(buf, start, end))
    parent.children.set(key, place)
    if (parent.children.size >= MAP_FROM && (parent.children.size & (parent.children.size - 1)) === 0 && parent.looksLikeMap(false)) return this.collapse(parent)
    return place
  }

  /** The place that keys without a place of their own share. */
  star(parent: Place): Place {
    if (parent.any === undefined) {
      if (parent.depth >= MOST_DEPTH) return parent
      this.count++
    }
    return parent.star()
  }

  item(parent: Place): Place {
    if (parent.item !== undefined) return parent.item
    if (parent.depth >= MOST_DEPTH) return parent
    if (this.count >= MOST_PLACES) {
      this.capped = true
      return parent
    }
    this.count++
    return (parent.item = new Place(parent, 'item', undefined, NO_BYTES))
  }

  /** Makes the container a map: its keys are forgotten, what stood under them is kept together. */
  collapse(parent: Place): Place {
    const star = this.star(parent)
    parent.map = true
    parent.first = undefined
    for (const child of parent.children.values()) Place.merge(star, child)
    parent.children.clear()
    this.recount()
    return star
  }

  /** Before the sample is told: maps with fewer keys are easier to tell now. */
  settle(): void {
    for (const place of this.all()) if (!place.map && place.looksLikeMap(true)) this.collapse(place)
    this.recount()
  }

  private recount(): void {
    let n = -2
    for (const _ of this.all()) n++
    this.count = n
  }

  /** Every place, containers before what is in them, in the order in which they came up. */
  *all(): Generator<Place> {
    const left: Place[] = [this.text, this.root]
    for (let place = left.pop(); place !== undefined; place = left.pop()) {
      yield place
      const below = [...place.children.values()]
      if (place.any !== undefined) below.push(place.any)
      if (place.item !== undefined) below.push(place.item)
      for (let i = below.length - 1; i >= 0; i--) left.push(below[i]!)
    }
  }
}

/** Where a place has gone. */
export function current(place: Place): Place {
  let p = place
  while (p.into !== undefined) p = p.into
  return p
}

function sameBytes(a: Uint8Array, buf: Uint8Array, start: number, end: number): boolean {
  if (a.length !== end - start) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== buf[start + i]) return false
  return true
}
