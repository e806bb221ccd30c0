// The byte walker: one strict, iterative pass over the bytes of a JSON record.
//
// It follows structure with a stack of scopes, collects detector candidates in the strings as it goes, and notes hits:
// byte ranges with their replacement. Nothing is decoded unless a rule or a candidate asks for it; a string with a
// backslash is decoded into a scratch buffer with an offset map and scanned there, so that the same finders serve raw,
// escaped and nested text. A string that is itself a JSON document is entered by a walker of the next level, whose hits are
// mapped back through the offsets: its untouched bytes stay too.

import { MOST_BESIDE, MOST_NAME, NAME, PAIR, rolesOf, TURNS, VALUE } from './beside.ts'
import { Leaves } from './leaves.ts'
import { eachEntry, emptyWildcard, findAll, findPath, readScalar, readString, readValue, skipSpace, skipValue, writeValue } from './json-bytes.ts'
import type { Memo } from './memo.ts'
import { OffsetMap } from './offset-map.ts'
import { END, findChild, HASH_START, SCAN, PASS } from './plan.ts'
import type { Claim, DetectSet, Plan, Scope, Target } from './plan.ts'
import { BadSpan, decode, Scanner } from './scanner.ts'
import type { BoundCustom, PairRecogniser } from './scanner.ts'
import { REMOVED, NumberText } from './types.ts'
import type { DetectorInfo, Reason, Removed, Segment, Value } from './types.ts'
import type { TextMasker } from './text.ts'
import { readTree } from './tree.ts'
import type { Edit, Place } from './tree.ts'
import { MAX_PLACES, TreeWalker } from './walk-tree.ts'
import type { Site } from './walk-tree.ts'
import { counted, FAILED, freeName, type Hits, namesOf, NO_DOCUMENTS, spanText, standsBeside } from './walker.ts'
import type { Access, Applier, RecordState } from './walker.ts'

/** The text is not one JSON value. */
export const INVALID = -1
/** Deeper than the policy allows. */
export const TOO_DEEP = -2

const OBJECT = 1
const ARRAY = 2
/** JSON in strings is entered so many levels deep. */
export const MAX_NESTING = 4
const FAILED_STRING = Buffer.from(FAILED)
const NO_REASONS: readonly Reason[] = []

const HEX = new Int8Array(256).fill(-1)
for (let i = 0; i < 10; i++) HEX[0x30 + i] = i
for (let i = 0; i < 6; i++) HEX[0x41 + i] = HEX[0x61 + i] = 10 + i

/** Ends the scan of a plain string or key: quote, backslash, control characters. */
const STOP = new Uint8Array(256)
for (let c = 0; c < 0x20; c++) STOP[c] = 1
STOP[0x22] = STOP[0x5c] = 1

const ALL = new Uint8Array(256).fill(1)
const NOTHING = new Uint8Array(256)
/** Opening brackets, and white space that may stand before them. */
const OPENERS = new Uint8Array(256)
for (let c = 0; c <= 0x20; c++) OPENERS[c] = 1
OPENERS[0x7b] = OPENERS[0x5b] = 1

/** Skips white space of JSON. */
function blanks(bytes: Uint8Array, p: number): number {
  while (bytes[p] === 0x20 || bytes[p] === 0x0a || bytes[p] === 0x0d || bytes[p] === 0x09) p++
  return p
}

/** Digits, letters, and the signs of numbers. */
function isLexeme(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a) || c === 0x2b || c === 0x2d || c === 0x2e
}

/** What a walker shares with the walkers of nested levels. */
export interface WalkServices {
  readonly plan: Plan
  readonly applier: Applier
  readonly pairs: PairRecogniser | undefined
  readonly customs: readonly BoundCustom[]
  readonly hits: Hits
  readonly state: RecordState
  readonly memo: Memo
  readonly texts: TextMasker
  /** JSON in strings is entered so many levels deep (default 4). */
  readonly nesting?: number
  /** Set while explaining: told of every hit. */
  observe: ((found: Found) => void) | undefined
}

/** One finding, for explain. Offsets are bytes of the record. */
export interface Found {
  readonly scope: Scope | undefined
  readonly where: 'value' | 'key' | 'number' | 'line'
  readonly rule: string | undefined
  readonly detector: string | undefined
  readonly score: number | undefined
  readonly start: number
  readonly end: number
  readonly decision: 'mask' | 'keep'
  readonly because: Because | undefined
}

/** What is known of a detector's finding beside where it is. */
export interface Because {
  readonly info: DetectorInfo
  readonly reasons: readonly Reason[]
  /** Nothing is done here, and whose match has taken it. */
  readonly kept?: boolean
  readonly absorbedBy?: string | undefined
}

/** A text as it stands inside a JSON string. Most substitutes are short and plain: for those a loop is the quickest. */
function jsonBytes(text: string): Uint8Array {
  const n = text.length
  if (n > 64) return Buffer.from(JSON.stringify(text).slice(1, -1))
  const out = new Uint8Array(n)
  for (let i = 0; i < n; i++) {
    const c = text.charCodeAt(i)
    if (c < 0x20 || c > 0x7e || c === 0x22 || c === 0x5c) return Buffer.from(JSON.stringify(text).slice(1, -1))
    out[i] = c
  }
  return out
}

/** A text as a JSON string. */
function jsonToken(text: string): Uint8Array {
  const n = text.length
  if (n > 64) return Buffer.from(JSON.stringify(text))
  const out = new Uint8Array(n + 2)
  out[0] = out[n + 1] = 0x22
  for (let i = 0; i < n; i++) {
    const c = text.charCodeAt(i)
    if (c < 0x20 || c > 0x7e || c === 0x22 || c === 0x5c) return Buffer.from(JSON.stringify(text))
    out[i + 1] = c
  }
  return out
}

/** Who has decoded a string elsewhere. */
export interface Decoder {
  /** Says where its bytes come from; false when that is not known. */
  traces(map: OffsetMap): boolean
}

/** Walks one record, or one JSON text inside a string of the level above. */
export class JsonWalker implements Access {
  /** Where a text inside a parsed value stands: lookups go there. */
  base: Access | undefined
  private readonly s: WalkServices
  private readonly plan: Plan
  private readonly applier: Applier
  readonly hits: Hits
  readonly scanner: Scanner
  private readonly level: number
  private readonly outer: JsonWalker | undefined
  private readonly maxDepth: number
  private readonly nesting: number

  private buf: Buffer = Buffer.alloc(0)
  private recordStart = 0
  private recordEnd = 0
  depth = 0
  private readonly types: Uint8Array
  private readonly scopes: (Scope | undefined)[]
  /** The key read last in each open object. */
  private readonly lasts: (Scope | undefined)[]
  readonly opened: Int32Array
  private readonly counts: Int32Array
  /** The name read last in each open container, or of the pair that a list is: its opening quote; 0: none. */
  private readonly names: Int32Array
  private child!: Scope
  entry = 0
  private multi = false
  /** The memory behind `buf`, read by words; `buf` begins at `origin`. */
  private view: DataView = new DataView(new ArrayBuffer(0))
  private viewed: Uint8Array | undefined
  private origin = 0
  /** Below this offset four bytes may be read at once. */
  private safe = 0
  /** First bytes of strings that may be JSON documents (all, where a user's detector wants every string). */
  private readonly mayEnter: Uint8Array

  private inner: JsonWalker | undefined
  private scratch: Buffer = Buffer.allocUnsafe(4096)
  private readonly map = new OffsetMap()
  private decodedEnd = 0
  private keyScratch: Buffer = Buffer.allocUnsafe(256)
  private siblings: Map<number, Map<string, number>> | undefined

  constructor(services: WalkServices, level = 0, outer?: JsonWalker) {
    this.s = services
    this.plan = services.plan
    this.applier = services.applier
    this.hits = services.hits
    this.scanner = new Scanner(services.plan, services.pairs, services.customs)
    this.level = level
    this.outer = outer
    this.maxDepth = services.plan.policy.max_depth
    this.nesting = services.nesting ?? MAX_NESTING
    this.mayEnter = this.scanner.always ? ALL : services.plan.decodesJson ? OPENERS : NOTHING
    this.types = new Uint8Array(this.maxDepth + 2)
    this.scopes = new Array<Scope | undefined>(this.maxDepth + 2).fill(undefined)
    this.lasts = new Array<Scope | undefined>(this.maxDepth + 2).fill(undefined)
    this.opened = new Int32Array(this.maxDepth + 2)
    this.counts = new Int32Array(this.maxDepth + 2)
    this.names = new Int32Array(this.maxDepth + 2)
  }

  // ---------------------------------------------------------------------------------------------- Access

  get state(): RecordState {
    return this.s.state
  }

  fromRecord(path: readonly (string | number)[]): Value | undefined {
    const above = this.outer ?? this.base
    if (above !== undefined) return above.fromRecord(path)
    const found = findPath(this.buf, this.recordStart, this.recordEnd, path)
    return found === undefined ? undefined : readValue(this.buf, found.start, found.end, this.maxDepth)
  }

  fromParent(path: readonly (string | number)[], up: number): Value | undefined {
    const at = this.depth - up + 1
    if (at < 1) return (this.outer ?? this.base)?.fromParent(path, up - this.depth)
    // every entry of a container asks for the same: without this a wide one is searched as often as it has entries
    const open = this.opened[at]!
    let known = this.around[at]
    if (known?.open !== open) this.around[at] = known = { open, values: new Map() }
    const name = JSON.stringify(path)
    if (known.values.has(name)) return known.values.get(name)
    const found = findPath(this.buf, open, this.recordEnd, path)
    const value = found === undefined ? undefined : readValue(this.buf, found.start, found.end, this.maxDepth)
    known.values.set(name, value)
    return value
  }
  /** By depth: what was looked up from the container that is open there. */
  private around: ({ readonly open: number; readonly values: Map<string, Value | undefined> } | undefined)[] = []

  all(path: readonly Segment[]): readonly Value[] {
    const above = this.outer ?? this.base
    if (above !== undefined) return above.all(path)
    const out: Value[] = []
    for (const { start, end } of findAll(this.buf, this.recordStart, this.recordEnd, path)) {
      const value = readValue(this.buf, start, end, this.maxDepth)
      if (value !== undefined) out.push(value)
    }
    return out
  }

  // ---------------------------------------------------------------------------------------------- the walk

  /** Stands in a record: for the walk, or for the skim, which sets `depth`, `entry` and `opened` itself. */
  stand(buf: Buffer, start: number, end: number, multi: boolean): void {
    this.buf = buf
    // The getters of buffers are slow.
    if (this.viewed !== buf) {
      this.viewed = buf
      if (this.view.buffer !== buf.buffer) this.view = new DataView(buf.buffer)
      this.origin = buf.byteOffset
    }
    this.recordStart = start
    this.recordEnd = end
    this.multi = multi
    this.safe = buf.length - 4
    this.siblings = undefined
    if (this.around.length > 0) this.around = []
  }

  /**
   * Walks the value that starts at or after `start`. `buf[end]` must exist and be no JSON (a newline or a quote).
   * Returns the offset after the value, INVALID or TOO_DEEP. With `multi`, newlines are white space.
   */
  walk(buf: Buffer, start: number, end: number, root: Scope, multi: boolean): number {
    this.stand(buf, start, end, multi)
    const { types, scopes, lasts, opened, counts, names } = this
    const plan = this.plan
    const maxDepth = this.maxDepth - this.above
    let depth = 0
    let scope = root
    let i = start
    this.entry = -1
    for (;;) {
      // a value
      let c = buf[i]!
      while (c <= 0x20) {
        i = this.space(i)
        if (i < 0) return INVALID
        c = buf[i]!
      }
      if (depth === 0 || types[depth] === ARRAY) this.entry = i
      if (c === 0x22) {
        this.depth = depth
        i = scope.strings === SCAN ? this.string(i, scope) : scope.strings === PASS ? this.plain(i) : this.targeted(i, scope)
        if (i < 0) return INVALID
      } else if (c === 0x7b || c === 0x5b) {
        if (depth >= maxDepth) return TOO_DEEP
        let whole = -1
        if (scope.containers) {
          this.depth = depth
          whole = this.container(i, scope)
          if (whole === INVALID || whole === TOO_DEEP) return whole
        }
        if (whole >= 0) i = whole
        else {
          depth++
          scopes[depth] = scope
          opened[depth] = i
          i++
          if (buf[i]! <= 0x20) {
            i = this.space(i)
            if (i < 0) return INVALID
          }
          if (c === 0x7b) {
            types[depth] = OBJECT
            names[depth] = 0
            if (buf[i] === 0x7d) {
              i++
              depth--
            } else {
              this.depth = depth
              i = this.key(i, scope, true)
              if (i < 0) return INVALID
              scope = lasts[depth] = this.child
              if (scope.roles !== 0) scope = this.beside(i, scope)
              continue
            }
          } else {
            types[depth] = ARRAY
            if (buf[i] === 0x5d) {
              i++
              depth--
            } else {
              counts[depth] = 0
              names[depth] = scope.roles === 0 ? 0 : this.listName(i, scope.roles)
              scope = scope.item !== undefined && !scope.indexed ? scope.item : plan.itemScope(scope, 0)
              continue
            }
          }
        }
      } else {
        this.depth = depth
        i = c === 0x2d || (c >= 0x30 && c <= 0x39) ? this.number(i, scope) : this.literal(i, c, scope)
        if (i < 0) return INVALID
      }
      // the value is complete: close what ends here, go on to the next entry
      for (;;) {
        if (depth === 0) return i
        c = buf[i]!
        if (c === 0x2c) {
          i++
          const container = scopes[depth]!
          if (types[depth] === OBJECT) {
            this.depth = depth
            this.child = lasts[depth]!
            i = this.key(i, container, false)
            if (i < 0) return INVALID
            scope = lasts[depth] = this.child
            if (scope.roles !== 0) scope = this.beside(i, scope)
          } else {
            const index = ++counts[depth]!
            scope = container.indexed ? plan.itemScope(container, index) : container.item!
            if (container.roles !== 0) {
              this.depth = depth
              scope = this.listed(i, container.roles, index, scope)
            }
          }
          break
        }
        if (c === 0x7d) {
          if (types[depth] !== OBJECT) return INVALID
        } else if (c === 0x5d) {
          if (types[depth] !== ARRAY) return INVALID
        } else if (c <= 0x20) {
          i = this.space(i)
          if (i < 0) return INVALID
          continue
        } else return INVALID
        depth--
        i++
      }
    }
  }

  // ---------------------------------------------------------------------------------------------- names beside values

  /** The scope of a member whose value begins at or after i, with the name that stands beside it. */
  private beside(i: number, scope: Scope): Scope {
    const { names, depth } = this
    if (scope.roles === VALUE) {
      const at = names[depth]! > 0 ? names[depth]! : this.nameAhead(i)
      return at > 0 ? this.namedBy(at, scope) : scope
    }
    if (scope.roles === NAME) {
      i = blanks(this.buf, i)
      if (this.buf[i] === 0x22) names[depth] = i
    }
    return scope
  }

  /** What names the items of a list whose first one begins at i. */
  private listName(i: number, roles: number): number {
    const { buf } = this
    if (buf[i] !== 0x22 || (roles & (PAIR | TURNS)) === 0) return 0
    if (roles === TURNS) return i
    let p = this.plain(i)
    if (p < 0) return 0
    p = blanks(buf, p)
    if (buf[p] !== 0x2c) return 0
    p = this.scalarEnd(blanks(buf, p + 1))
    return p >= 0 && buf[blanks(buf, p)] === 0x5d ? i : 0
  }

  /** The scope of item `index`, which begins at or after i. */
  private listed(i: number, roles: number, index: number, scope: Scope): Scope {
    const { names, depth } = this
    const at = names[depth]!
    if (roles === PAIR) return at > 0 && index === 1 ? this.namedBy(at, scope) : scope
    if (roles !== TURNS) return scope
    i = blanks(this.buf, i)
    names[depth] = (index & 1) === 0 && this.buf[i] === 0x22 ? i : 0
    return at > 0 && (index & 1) === 1 ? this.namedBy(at, scope) : scope
  }

  /** The scope under the name whose opening quote is at `at`. */
  private namedBy(at: number, scope: Scope): Scope {
    const { buf } = this
    let p = at + 1
    // an escape has six bytes at most
    const most = p + 6 * MOST_NAME
    while (p <= most && STOP[buf[p]!] === 0) p++
    if (buf[p] === 0x22) return this.plan.named(scope, buf, at + 1, p)
    const first = p
    while (p <= most && buf[p] !== 0x22) p += buf[p] === 0x5c ? 2 : 1
    return p <= most && this.decodeFrom(at + 1, first) >= 0 ? this.plan.named(scope, this.scratch, 0, this.decodedEnd) : scope
  }

  /** Looks for a name behind the value that begins at or after i: its opening quote; 0: there is none. */
  private nameAhead(i: number): number {
    const { buf } = this
    let p = this.flatEnd(blanks(buf, i))
    for (let n = 0; n < MOST_BESIDE && p >= 0; n++) {
      p = blanks(buf, p)
      if (buf[p] !== 0x2c) return 0
      p = blanks(buf, p + 1)
      const key = p
      if (buf[p] !== 0x22) return 0
      p = this.plain(p)
      if (p < 0) return 0
      const end = p
      p = blanks(buf, p)
      if (buf[p] !== 0x3a) return 0
      p = blanks(buf, p + 1)
      if (buf[p] === 0x22 && end - key < 100 && rolesOf(readString(buf, key, end)) === NAME) return p
      p = this.flatEnd(p)
    }
    return 0
  }

  /** The end of a scalar at p, or of a container of a few scalars; -1 for what is none. */
  private flatEnd(p: number): number {
    const { buf } = this
    const c = buf[p]
    if (c !== 0x7b && c !== 0x5b) return this.scalarEnd(p)
    const close = c === 0x7b ? 0x7d : 0x5d
    p = blanks(buf, p + 1)
    if (buf[p] === close) return p + 1
    for (let n = 0; n < MOST_BESIDE; n++) {
      if (c === 0x7b) {
        if (buf[p] !== 0x22) return -1
        p = this.plain(p)
        if (p < 0) return -1
        p = blanks(buf, p)
        if (buf[p] !== 0x3a) return -1
        p = blanks(buf, p + 1)
      }
      p = this.scalarEnd(p)
      if (p < 0) return -1
      p = blanks(buf, p)
      if (buf[p] === close) return p + 1
      if (buf[p] !== 0x2c) return -1
      p = blanks(buf, p + 1)
    }
    return -1
  }

  /** The end of a scalar at p; -1 where there is none. */
  private scalarEnd(p: number): number {
    const { buf, recordEnd } = this
    if (buf[p] === 0x22) return p < recordEnd ? this.plain(p) : -1
    const from = p
    while (p < recordEnd && isLexeme(buf[p]!)) p++
    return p > from ? p : -1
  }

  // ---------------------------------------------------------------------------------------------- for the skim

  /** What is done from here on is always done with this text at this scope, whatever the record around it. */
  pure = false

  /** The number of hits so far; `pure` is true until something else happens. */
  mark(): number {
    this.pure = true
    this.tallied = this.state.tallies.length
    return this.hits.count
  }
  private tallied = 0

  /** Hands what was to be counted since `mark` to the one hit since then. False where there is more to count than that. */
  counted(before: number): boolean {
    const { tallies } = this.state
    if (tallies.length === this.tallied) return true
    const { hits } = this
    if (tallies.length !== this.tallied + 1 || hits.count !== before + 1 || hits.counters[before] !== undefined) return false
    hits.counters[before] = tallies.pop()
    return true
  }

  /** A string at its opening quote; returns the offset behind it, or INVALID. */
  stringAt(open: number, scope: Scope): number {
    return scope.strings === SCAN ? this.string(open, scope) : this.targeted(open, scope)
  }

  /** The text of a string without escapes whose candidates are set. */
  judged(start: number, end: number, scope: Scope): void {
    this.matches(scope.detect, this.buf, start, end, scope, -1)
  }

  /** The same for one with escapes, from `raw` in the record; its text stands decoded elsewhere. */
  judgedText(raw: number, bytes: Buffer, start: number, end: number, scope: Scope, decoder: Decoder): void {
    this.raw = raw
    this.decoder = decoder
    this.matches(scope.detect, bytes, start, end, scope, start)
  }
  /** Where a string begins that is only decoded here when something is found in it; -1: it is decoded. */
  private raw = -1
  private decoder: Decoder | undefined

  /** Stands before a record: its values can be looked up. */
  enter(buf: Buffer, start: number, end: number): void {
    this.buf = buf
    this.recordStart = start
    this.recordEnd = end
    this.depth = 0
  }

  /** Skips JSON white space from i; INVALID where only that may stand and something else ends the record. */
  space(i: number): number {
    const buf = this.buf
    const end = this.recordEnd
    for (;;) {
      const c = buf[i]!
      if (c > 0x20) return i
      if (i >= end || !(c === 0x20 || c === 0x09 || c === 0x0d || (c === 0x0a && this.multi))) return INVALID
      i++
    }
  }

  /** Reads `"key" :` at i; sets `child` and `entry`, returns the offset after the colon. */
  private key(i: number, scope: Scope, fresh: boolean): number {
    const buf = this.buf
    if (buf[i] !== 0x22) {
      i = this.space(i)
      if (i < 0 || buf[i] !== 0x22) return INVALID
    }
    this.entry = i
    const start = ++i
    // records of a kind have their keys in one order: the key after the last one is compared first
    const previous = this.child
    const guess = fresh ? scope.first : previous.next
    let c: number
    if (guess !== undefined && start < this.safe - 8) {
      const at = this.origin + start
      const { view } = this
      if (((view.getInt32(at, true) ^ guess.word0) & guess.mask0) === 0 && ((view.getInt32(at + 4, true) ^ guess.word1) & guess.mask1) === 0) {
        const n = guess.keyBytes.length
        if (n < 8 || this.tail(guess.keyBytes, start)) {
          this.child = guess
          i = start + n + 1
          return buf[i] === 0x3a ? i + 1 : this.colon(i)
        }
      }
    }
    let h = HASH_START
    c = buf[i]!
    while (STOP[c] === 0) {
      h = Math.imul(h ^ c, 0x01000193)
      c = buf[++i]!
    }
    if (c === 0x22) {
      const known = findChild(scope, buf, start, i, h)
      if (known !== undefined) {
        this.child = known
        if (fresh) scope.first = known
        else if (previous.parent === scope) previous.next = known
      } else {
        this.child = this.newChild(scope, buf, start, i)
        if (this.child.keyHit && !this.named) this.keyHit(this.child, start, i, false)
      }
      i++
    } else if (c === 0x5c) {
      i = this.escapedKey(start, i, scope)
      if (i < 0) return INVALID
    } else return INVALID
    return this.colon(i)
  }

  /** Compares a key of eight bytes or more from its ninth byte on, closing quote included. */
  private tail(key: Uint8Array, start: number): boolean {
    const buf = this.buf
    let k = 8
    while (k < key.length && key[k] === buf[start + k]) k++
    return k >= key.length && buf[start + key.length] === 0x22
  }

  /** The colon after a key; returns the offset after it. */
  private colon(i: number): number {
    const buf = this.buf
    let c = buf[i]!
    while (c !== 0x3a) {
      if (c > 0x20) return INVALID
      i = this.space(i)
      if (i < 0) return INVALID
      c = buf[i]!
    }
    return i + 1
  }

  private newChild(scope: Scope, bytes: Buffer, start: number, end: number): Scope {
    return this.plan.makeChild(scope, decode(bytes, start, end), Uint8Array.prototype.slice.call(bytes, start, end))
  }

  /** A key with escapes matches by its decoded text. */
  private escapedKey(start: number, backslash: number, scope: Scope): number {
    const end = this.decodeFrom(start, backslash)
    if (end < 0) return INVALID
    const n = this.decodedEnd
    let h = HASH_START
    for (let k = 0; k < n; k++) h = Math.imul(h ^ this.scratch[k]!, 0x01000193)
    this.child = findChild(scope, this.scratch, 0, n, h) ?? this.newChild(scope, this.scratch, 0, n)
    if (this.child.keyHit && !this.named) this.keyHit(this.child, start, end - 1, true)
    return end
  }

  /** The record is a row: its own keys are names of columns, and masked with the header. */
  columns = false
  private get named(): boolean {
    return this.columns && this.depth === 1
  }

  /** Masks what detectors find in a key; a result that repeats a sibling gets ~2, ~3, ... */
  private keyHit(child: Scope, start: number, end: number, escaped: boolean): void {
    const bytes = escaped ? this.scratch : this.buf
    const from = escaped ? 0 : start
    const to = escaped ? this.decodedEnd : end
    if (this.keyScratch.length < to - from) this.keyScratch = Buffer.allocUnsafe((to - from) * 2)
    const text = decode(bytes, from, to)
    const masked = this.s.texts.scan(child, text, this, true)
    if (masked === text) return
    let taken = this.siblings?.get(this.opened[this.depth]!)
    if (taken === undefined) {
      const keys: string[] = []
      eachEntry(this.buf, this.opened[this.depth]!, this.recordEnd, (key) => {
        keys.push(key!)
        return false
      })
      taken = namesOf(keys)
      ;(this.siblings ??= new Map()).set(this.opened[this.depth]!, taken)
    }
    const name = freeName(taken, masked)
    this.hit(start, end, this.encode(name, true), undefined)
    this.report(child, 'key', undefined, undefined, undefined, start, end)
  }

  // ---------------------------------------------------------------------------------------------- strings

  /**
   * A string that only detectors look at. Returns the offset after its closing quote. Four bytes a round: the loop itself
   * (its bound check and its jump) costs as much as the table.
   */
  private string(open: number, scope: Scope): number {
    const buf = this.buf
    const safe = this.safe
    const { pairsJson: pairs, follow } = scope.detect
    let p = 0x2000
    let i = open + 1
    let n = 0
    let g = 0
    while (i < safe) {
      const a = buf[i]!
      const b = buf[i + 1]!
      const c = buf[i + 2]!
      const d = buf[i + 3]!
      const ta = pairs[p | a]!
      const tb = pairs[(a << 8) | b]!
      const tc = pairs[(b << 8) | c]!
      const td = pairs[(c << 8) | d]!
      p = d << 8
      if ((ta | tb | tc | td) !== 0) {
        if (ta !== 0) {
          if (ta === END) return this.close(open, i, n, scope)
          g = follow[(ta << 8) | b]!
          if (g !== 0) this.note(n++, i, g)
        }
        if (tb !== 0) {
          if (tb === END) return this.close(open, i + 1, n, scope)
          g = follow[(tb << 8) | c]!
          if (g !== 0) this.note(n++, i + 1, g)
        }
        if (tc !== 0) {
          if (tc === END) return this.close(open, i + 2, n, scope)
          g = follow[(tc << 8) | d]!
          if (g !== 0) this.note(n++, i + 2, g)
        }
        if (td !== 0) {
          if (td === END) return this.close(open, i + 3, n, scope)
          g = follow[(td << 8) | buf[i + 4]!]!
          if (g !== 0) this.note(n++, i + 3, g)
        }
      }
      i += 4
    }
    // the last bytes of the buffer
    for (;;) {
      const c = buf[i]!
      const t = pairs[p | c]!
      if (t === END) return this.close(open, i, n, scope)
      if (t !== 0) {
        g = follow[(t << 8) | buf[i + 1]!]!
        if (g !== 0) this.note(n++, i, g)
      }
      p = c << 8
      i++
    }
  }

  private note(n: number, at: number, group: number): void {
    const scanner = this.scanner
    if (n === scanner.at.length) scanner.growCandidates()
    scanner.at[n] = at
    scanner.codes[n] = group
  }

  /** The string stops at i: its closing quote, an escape, or what may not stand in a string. */
  private close(open: number, i: number, n: number, scope: Scope): number {
    const c = this.buf[i]!
    if (c === 0x22) {
      if (n > 0 || scope.named || this.mayEnter[this.buf[open + 1]!] === 1 || scope.inData) {
        this.scanner.candidates = n
        this.judge(open + 1, i, scope)
      }
      return i + 1
    }
    return c === 0x5c ? this.escaped(open + 1, i, scope) : INVALID
  }

  /** A string without backslashes whose candidates are collected. */
  private judge(start: number, end: number, scope: Scope): void {
    if (this.mayEnter[this.buf[start]!] === 1 && this.entered(this.buf, start, end, scope)) this.scanner.candidates = 0
    else this.matches(scope.detect, this.buf, start, end, scope, -1)
  }

  /** A string with escapes: decoded, then scanned like any other. */
  private escaped(start: number, backslash: number, scope: Scope): number {
    const end = this.decodeFrom(start, backslash)
    if (end < 0) return INVALID
    this.scanDecoded(scope)
    return end
  }

  private scanDecoded(scope: Scope): void {
    const n = this.decodedEnd
    if ((this.mayEnter[this.scratch[0]!] === 1 || scope.document) && this.entered(this.scratch, 0, n, scope)) return
    const set = scope.detect
    if (set.empty && !this.scanner.always) return
    this.scanner.collect(set, this.scratch, 0, n)
    this.matches(set, this.scratch, 0, n, scope, 0)
  }

  /** `from`: where the decoded text begins whose offsets are mapped; -1: the text is raw. */
  private matches(set: DetectSet, bytes: Buffer, start: number, end: number, scope: Scope, from: number): void {
    const mapped = from >= 0
    const scanner = this.scanner
    let n: number
    try {
      n = scanner.judge(set, bytes, start, end, false, false, scope.keyWords)
    } catch (error) {
      // a user's detector failed: nothing of this string may pass
      scanner.candidates = 0
      this.pure = false
      this.decodeRaw()
      this.applier.fail(error instanceof BadSpan ? undefined : error, this, undefined, this.plan.errorPath(scope))
      this.hit(mapped ? this.map.toRaw(start - from, false) : start, mapped ? this.map.toRaw(end - from, true) : end, FAILED_STRING, undefined)
      return
    }
    if (n > 0) this.decodeRaw()
    for (let k = 0; k < n; k++) {
      const s = scanner.starts[k]!
      const e = scanner.ends[k]!
      const rs = mapped ? this.map.toRaw(s - from, false) : s
      const re = mapped ? this.map.toRaw(e - from, true) : e
      const ref = scanner.refs[k]!
      const out = this.spanBytes(k, bytes, s, e, scope)
      if (out === undefined) continue
      this.hit(rs, re, out, counted(scanner, k))
      if (this.s.observe !== undefined) {
        const rule = 'detector' in ref ? ref.rule.name : ref.targets[0]!.rule.name
        if ('detector' in ref) this.report(scope, 'value', rule, ref.detector.name, scanner.scores[k]!, rs, re, { info: ref.detector, reasons: scanner.reasons[k] ?? NO_REASONS })
        else this.report(scope, 'value', rule, undefined, undefined, rs, re)
      }
    }
    if (this.s.observe !== undefined && scanner.kept.length > 0) {
      this.decodeRaw()
      for (const { action, start: s, end: e, score, reasons, absorbedBy } of scanner.kept) {
        const because = { info: action.detector, reasons, kept: true, absorbedBy }
        this.report(
          scope,
          'value',
          action.rule.name,
          action.detector.name,
          score,
          mapped ? this.map.toRaw(s - from, false) : s,
          mapped ? this.map.toRaw(e - from, true) : e,
          because,
        )
      }
    }
    this.raw = -1
  }

  /** Decodes the string that `raw` tells of, for its offsets. */
  private decodeRaw(): void {
    if (this.raw < 0) return
    if (!this.decoder!.traces(this.map)) {
      let i = this.raw
      while (this.buf[i] !== 0x5c) i++
      this.decodeFrom(this.raw, i)
    }
    this.raw = -1
  }

  /** Replacement of span k as it stands inside a string at this level; undefined: nothing changes. */
  private spanBytes(k: number, bytes: Buffer, s: number, e: number, scope: Scope): Uint8Array | undefined {
    const scanner = this.scanner
    const ref = scanner.refs[k]!
    if ('detector' in ref && scanner.merged[k] === 0 && scanner.encoded[k] === 0) {
      if (ref.constantBytes !== undefined && ref.rule.conditions.length === 0) return this.level === 0 ? ref.constantBytes : this.encode(ref.chain.constant!, true)
      if (ref.memo) {
        const memo = this.s.memo
        const slot = memo.slot(ref.chain.id, bytes, s, e)
        const known = memo.get(slot, ref.chain.id, bytes, s, e)
        if (known !== undefined) {
          if (known.keep) return undefined
          const plain = known.text === REMOVED ? '' : known.text
          return this.level === 0 ? (known.json ??= jsonBytes(plain)) : this.encode(plain, true)
        }
        const errors = this.state.errors.length
        const matched = decode(bytes, s, e)
        const text = spanText(this.applier, scanner, k, matched, this, () => this.plan.errorPath(scope))
        const plain = text === REMOVED ? '' : text
        const json = jsonBytes(plain)
        if (this.state.errors.length === errors) memo.put(slot, ref.chain.id, bytes, s, e, { text, json, keep: text === matched })
        else this.pure = false
        if (text === matched) return undefined
        return this.level === 0 ? json : this.encode(plain, true)
      }
    }
    this.pure = false
    const matched = decode(bytes, s, e)
    const text = spanText(this.applier, scanner, k, matched, this, () => this.plan.errorPath(scope))
    if (text === matched) return undefined
    return this.encode(text === REMOVED ? '' : text, true)
  }

  /** Enters a string that is one JSON object or array; `opened`: as the document of `json` masks that has begun. */
  private entered(bytes: Buffer, start: number, end: number, scope: Scope, opened = false): boolean {
    let i = start
    while (i < end && bytes[i]! <= 0x20) i++
    const c = bytes[i]
    if (i >= end || (c !== 0x7b && c !== 0x5b) || this.level >= this.nesting || !(this.plan.decodesJson || scope.document)) return false
    // the last byte tells most texts in brackets from documents
    let last = end - 1
    while (last > i && bytes[last]! <= 0x20) last--
    if (bytes[last] !== (c === 0x7b ? 0x7d : 0x5d)) return false
    const inner = (this.inner ??= new JsonWalker(this.s, this.level + 1, this))
    this.pure = false
    const before = this.hits.count
    const { more } = this.hits
    const errors = this.state.errors.length
    const tallies = this.state.tallies.length
    // the byte after the text must end it: the closing quote does, the scratch buffer gets a NUL
    if (bytes === this.scratch) bytes[end] = 0
    inner.mapOuter = bytes === this.scratch
    inner.openedAt = opened ? i : -1
    const stop = inner.walk(bytes, start, end, scope, true)
    if (stop >= 0 && skipSpace(bytes, stop, end) === end) return true
    this.hits.count = before
    this.hits.more = more
    this.state.errors.length = errors
    this.state.tallies.length = tallies
    if (stop === TOO_DEEP) {
      this.applier.fail(undefined, this, undefined, this.plan.errorPath(scope))
      this.state.errors[this.state.errors.length - 1] = 'too_deep'
      this.hit(bytes === this.scratch ? this.map.toRaw(start, false) : start, bytes === this.scratch ? this.map.toRaw(end, true) : end, FAILED_STRING, undefined)
      return true
    }
    return false
  }
  private mapOuter = false

  /** A string that nothing can apply to: only its structure is checked. */
  private plain(open: number): number {
    const buf = this.buf
    let i = open + 1
    const safe = this.safe
    for (;;) {
      while (i < safe && (STOP[buf[i]!]! | STOP[buf[i + 1]!]! | STOP[buf[i + 2]!]! | STOP[buf[i + 3]!]!) === 0) i += 4
      let c = buf[i]!
      while (STOP[c] === 0) c = buf[++i]!
      if (c === 0x22) return i + 1
      if (c !== 0x5c) return INVALID
      i = this.skipEscape(i)
      if (i < 0) return INVALID
    }
  }

  private skipEscape(i: number): number {
    const buf = this.buf
    switch (buf[i + 1]) {
      case 0x22:
      case 0x5c:
      case 0x2f:
      case 0x62:
      case 0x66:
      case 0x6e:
      case 0x72:
      case 0x74:
        return i + 2
      case 0x75:
        return HEX[buf[i + 2]!]! >= 0 && HEX[buf[i + 3]!]! >= 0 && HEX[buf[i + 4]!]! >= 0 && HEX[buf[i + 5]!]! >= 0 ? i + 6 : INVALID
      default:
        return INVALID
    }
  }

  /**
   * Decodes the string whose content starts at `start` and has its first backslash at `i` into the scratch buffer, with
   * the offset map. Lone surrogates become their three WTF-8 bytes. Returns the offset after the closing quote.
   */
  private decodeFrom(start: number, i: number): number {
    const buf = this.buf
    const map = this.map
    map.reset()
    let out = this.scratch
    let n = i - start
    if (out.length < n + 64) out = this.growScratch(n + 64, 0)
    map.add(0, start)
    if (n < 48) for (let k = 0; k < n; k++) out[k] = buf[start + k]!
    else buf.copy(out, 0, start, i)
    const safe = this.safe
    let room = out.length - 16
    for (;;) {
      let c = buf[i]!
      if (STOP[c] === 0) {
        // a run without escapes, four bytes a round
        map.add(n, i)
        while (i < safe) {
          const a = buf[i]!
          const b = buf[i + 1]!
          const e = buf[i + 2]!
          const f = buf[i + 3]!
          if ((STOP[a]! | STOP[b]! | STOP[e]! | STOP[f]!) !== 0) break
          if (n > room) {
            out = this.growScratch(out.length * 2, n)
            room = out.length - 16
          }
          out[n] = a
          out[n + 1] = b
          out[n + 2] = e
          out[n + 3] = f
          n += 4
          i += 4
        }
        c = buf[i]!
        while (STOP[c] === 0) {
          if (n > room) {
            out = this.growScratch(out.length * 2, n)
            room = out.length - 16
          }
          out[n++] = c
          c = buf[++i]!
        }
        continue
      }
      if (c === 0x22) break
      if (c !== 0x5c) return INVALID
      if (n > room) {
        out = this.growScratch(out.length * 2, n)
        room = out.length - 16
      }
      map.add(n, ~i)
      const e = buf[i + 1]!
      switch (e) {
        case 0x6e:
          out[n++] = 0x0a
          i += 2
          break
        case 0x22:
        case 0x5c:
        case 0x2f:
          out[n++] = e
          i += 2
          break
        case 0x74:
          out[n++] = 0x09
          i += 2
          break
        case 0x72:
          out[n++] = 0x0d
          i += 2
          break
        case 0x62:
          out[n++] = 0x08
          i += 2
          break
        case 0x66:
          out[n++] = 0x0c
          i += 2
          break
        case 0x75: {
          let unit = this.unit(i)
          if (unit < 0) return INVALID
          i += 6
          if (unit >= 0xd800 && unit < 0xdc00 && buf[i] === 0x5c && buf[i + 1] === 0x75) {
            const low = this.unit(i)
            if (low >= 0xdc00 && low < 0xe000) {
              unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
              i += 6
            }
          }
          if (unit < 0x80) out[n++] = unit
          else if (unit < 0x800) {
            out[n++] = 0xc0 | (unit >> 6)
            out[n++] = 0x80 | (unit & 63)
          } else if (unit < 0x10000) {
            out[n++] = 0xe0 | (unit >> 12)
            out[n++] = 0x80 | ((unit >> 6) & 63)
            out[n++] = 0x80 | (unit & 63)
          } else {
            out[n++] = 0xf0 | (unit >> 18)
            out[n++] = 0x80 | ((unit >> 12) & 63)
            out[n++] = 0x80 | ((unit >> 6) & 63)
            out[n++] = 0x80 | (unit & 63)
          }
          break
        }
        default:
          return INVALID
      }
    }
    map.add(n, i)
    map.end = i
    // finders look at what stands behind a match: nothing of the text before
    out[n] = 0
    this.decodedEnd = n
    return i + 1
  }

  private unit(i: number): number {
    const buf = this.buf
    const a = HEX[buf[i + 2]!]!
    const b = HEX[buf[i + 3]!]!
    const c = HEX[buf[i + 4]!]!
    const d = HEX[buf[i + 5]!]!
    return (a | b | c | d) < 0 ? -1 : (a << 12) | (b << 8) | (c << 4) | d
  }

  private growScratch(size: number, keep: number): Buffer {
    const bigger = Buffer.allocUnsafe(Math.max(size, this.scratch.length * 2))
    this.scratch.copy(bigger, 0, 0, keep)
    return (this.scratch = bigger)
  }

  // ---------------------------------------------------------------------------------------------- values that rules claim

  /** A string that a rule, `unknown_fields` or its key claims. */
  private targeted(open: number, scope: Scope): number {
    const end = this.plain(open)
    if (end < 0) return INVALID
    const buf = this.buf
    if (scope.constantToken !== undefined && this.level === 0 && end - open > 2) {
      // the scope's one target gives the same token, whatever is in the string
      const { rule } = scope.targets[0]!
      this.hit(open, end, scope.constantToken, rule)
      this.report(scope, 'value', rule.name, undefined, undefined, open, end)
      return end
    }
    if (scope.document && this.enterDocument(open, end, scope)) return end
    if (scope.targets.length > 0) {
      const t = scope.targets[0]!
      if (!t.memo || scope.targets.length > 1) this.pure = false
      const memo = this.s.memo
      const slot = t.memo && scope.targets.length === 1 ? memo.slot(scope.memo, buf, open, end) : -1
      const known = memo.get(slot, scope.memo, buf, open, end)
      if (known !== undefined) {
        if (known.keep) return end
        this.report(scope, 'value', t.rule.name, undefined, undefined, open, end)
        this.hit(open, end, this.level === 0 ? (known.json ??= Buffer.from(known.text as string)) : this.encode(known.text as string, false), t.rule)
        return end
      }
      const value = readString(buf, open, end)
      const errors = this.state.errors.length
      const outcome = this.applier.targets(scope, value, this)
      if (outcome === undefined || errors !== this.state.errors.length || outcome.settled !== true) this.pure = false
      if (outcome !== undefined) {
        this.report(scope, 'value', t.rule.name, undefined, undefined, open, end)
        let result = outcome.value
        // what is scanned here depends on the place: only a settled result is remembered
        const pure = outcome.settled === true
        if (outcome.settled !== true && typeof result === 'string') {
          const secret = this.passed(scope, result, outcome.settled)
          if (secret === undefined && outcome.settled.length === 0 && !outcome.changed) return this.scanToken(open, end, scope)
          result = secret === undefined ? this.s.texts.unsettled(scope, result, outcome.settled, this) : secret
        }
        if (result === REMOVED) {
          this.remove(end)
          return end
        }
        const changed = result !== value
        const remember = slot >= 0 && pure && errors === this.state.errors.length
        const plain = typeof result === 'string' && this.level === 0
        const text = remember || (changed && !plain) ? writeValue(result) : ''
        const json = !changed ? undefined : plain ? jsonToken(result as string) : this.encode(text, false)
        if (remember) memo.put(slot, scope.memo, buf, open, end, { text, json: this.level === 0 ? json : undefined, keep: !changed })
        if (json !== undefined) this.hit(open, end, json, undefined)
        return end
      }
    }
    if (scope.unknown) {
      this.pure = false
      if (this.enterToken(open, end, scope)) return end
      this.unknown(open, end, scope)
      return end
    }
    const { claim } = scope
    if (claim !== undefined && end - open > 2) {
      const score = this.judgeKeyed(open, end, claim)
      if (claim.beside !== undefined) this.pure = false
      if (score >= 0.6 && standsBeside(claim, this)) {
        const { action } = claim
        if (action.chain.constant === undefined || action.rule.conditions.length > 0) this.pure = false
        const value = readString(buf, open, end)
        if (action.rule.skip === undefined || !action.rule.skip(value)) {
          const done = this.applier.match(action, value, this, () => this.plan.errorPath(scope))
          this.report(
            scope,
            'value',
            action.rule.name,
            action.detector.name,
            score,
            open,
            end,
            this.s.observe === undefined ? undefined : this.keyedBecause(claim, score, open, end),
          )
          if (done === REMOVED) {
            this.state.tallies.push(action)
            this.remove(end)
          } else if (done !== value) this.hit(open, end, this.encode(writeValue(done), false), action)
          return end
        }
      } else if (this.s.observe !== undefined)
        this.report(scope, 'value', claim.action.rule.name, claim.action.detector.name, score, open, end, this.keyedBecause(claim, score < 0.6 ? score : 0, open, end))
    }
    return this.scanToken(open, end, scope)
  }

  /** Text that rules have passed on: it is still what its key says. Undefined: it is not. */
  private passed(scope: Scope, text: string, settled: readonly number[]): Value | Removed | undefined {
    return settled.length === 0 && scope.claim !== undefined ? this.leaves().keyed(text, scope, this) : undefined
  }

  /** A string that is a document of `json` masks. */
  private enterDocument(open: number, end: number, scope: Scope): boolean {
    // in a tree they are opened where their turn comes
    const documents = scope.apart ? NO_DOCUMENTS : this.applier.openDocuments(scope, this)
    const entered = this.enterToken(open, end, scope, true)
    const escaped = this.mapOuterOf()
    const bytes = escaped ? this.scratch : this.buf
    this.applier.closeDocuments(
      documents,
      this,
      () => this.plan.errorPath(scope),
      (t) => !entered || emptyWildcard(bytes, escaped ? 0 : open + 1, escaped ? this.decodedEnd : end - 1, t.segments),
    )
    return entered
  }

  private mapOuterOf(): boolean {
    return this.inner?.mapOuter === true
  }

  private judgeKeyed(open: number, end: number, { keyed, level }: Claim): number {
    let i = open + 1
    while (i < end - 1 && this.buf[i] !== 0x5c) i++
    if (i === end - 1) return keyed.judge(this.buf, open + 1, end - 1, level, false)
    this.decodeFrom(open + 1, i)
    return keyed.judge(this.scratch, 0, this.decodedEnd, level, false)
  }

  /** Why the value that its key makes known is masked, or not. */
  private keyedBecause({ keyed, action, level }: Claim, score: number, open: number, end: number): Because {
    const value = Buffer.from(readString(this.buf, open, end))
    const codes = keyed.explain?.(value, 0, value.length, level) ?? ['key']
    return { info: action.detector, reasons: codes.map((code, i) => ({ code, add: i === 0 ? score : 0 })), kept: score < 0.6 }
  }

  /** Detection on a string token whose rules left it alone. */
  private scanToken(open: number, end: number, scope: Scope): number {
    let i = open + 1
    while (i < end - 1 && this.buf[i] !== 0x5c) i++
    if (i < end - 1) {
      this.decodeFrom(open + 1, i)
      this.scanDecoded(scope)
    } else {
      this.scanner.collect(scope.detect, this.buf, open + 1, end - 1)
      this.judge(open + 1, end - 1, scope)
    }
    return end
  }

  private enterToken(open: number, end: number, scope: Scope, opened = false): boolean {
    let i = open + 1
    while (i < end - 1 && this.buf[i] !== 0x5c) i++
    if (i === end - 1) return this.entered(this.buf, open + 1, end - 1, scope, opened)
    this.decodeFrom(open + 1, i)
    return this.entered(this.scratch, 0, this.decodedEnd, scope, opened)
  }

  private unknown(start: number, end: number, scope: Scope): void {
    this.report(scope, 'value', 'unknown_fields', undefined, undefined, start, end)
    if (this.plan.policy.unknown_fields === 'drop') this.remove(end)
    else this.hit(start, end, this.encode('"[REDACTED]"', false), this.plan.unknownCounter)
  }

  /** A number; returns the offset after it. */
  private number(i: number, scope: Scope): number {
    const buf = this.buf
    const start = i
    let c = buf[i]!
    if (c === 0x2d) c = buf[++i]!
    const digits = i
    if (c === 0x30) c = buf[++i]!
    else if (c >= 0x31 && c <= 0x39) {
      do c = buf[++i]!
      while (c >= 0x30 && c <= 0x39)
    } else return INVALID
    let whole = digits === start
    if (c === 0x2e) {
      whole = false
      c = buf[++i]!
      if (!(c >= 0x30 && c <= 0x39)) return INVALID
      do c = buf[++i]!
      while (c >= 0x30 && c <= 0x39)
    }
    if (c === 0x65 || c === 0x45) {
      whole = false
      c = buf[++i]!
      if (c === 0x2b || c === 0x2d) c = buf[++i]!
      if (!(c >= 0x30 && c <= 0x39)) return INVALID
      do c = buf[++i]!
      while (c >= 0x30 && c <= 0x39)
    }
    if (scope.numbers !== 0 && (i - start >= 12 || scope.numbers !== 1)) this.judgeNumber(start, i, whole, scope)
    return i
  }

  judgeNumber(start: number, end: number, whole: boolean, scope: Scope): void {
    if (scope.numbers === 3 && this.claimed(start, end, scope)) return
    const set = scope.detect
    const { claim } = scope
    const score = claim?.numbers === true ? claim.keyed.judge(this.buf, start, end, claim.level, true) : 0
    if (claim !== undefined && score >= 0.6 && standsBeside(claim, this)) {
      const { action } = claim
      const value = readScalar(this.buf, start, end)
      if (action.rule.skip === undefined || !action.rule.skip(value)) {
        this.replaceNumber(
          start,
          end,
          value,
          this.applier.match(action, value, this, () => this.plan.errorPath(scope)),
          action,
        )
        this.report(scope, 'number', action.rule.name, action.detector.name, score, start, end, { info: action.detector, reasons: [{ code: 'key:strong', add: score }] })
        return
      }
    }
    if (!set.readsNumbers || ((!whole || end - start > 19) && set.known === undefined)) return
    const scanner = this.scanner
    if (scanner.number(set, this.buf, start, end, scope.keyWords, whole) === 0) return
    const action = scanner.refs[0]!
    if (!('detector' in action)) return
    const value = readScalar(this.buf, start, end)
    this.replaceNumber(
      start,
      end,
      value,
      this.applier.match(action, value, this, () => this.plan.errorPath(scope)),
      action,
    )
    this.report(scope, 'number', action.rule.name, action.detector.name, scanner.scores[0]!, start, end, { info: action.detector, reasons: scanner.reasons[0] ?? NO_REASONS })
  }

  private replaceNumber(start: number, end: number, value: Value, done: Value | Removed, action: { masked: number }): void {
    if (done === REMOVED) {
      this.state.tallies.push(action)
      this.remove(end)
    } else if (!(done instanceof NumberText && value instanceof NumberText && done.text === value.text)) this.hit(start, end, this.encode(writeValue(done), false), action)
  }

  private literal(i: number, c: number, scope: Scope): number {
    const buf = this.buf
    const start = i
    if (c === 0x74 && buf[i + 1] === 0x72 && buf[i + 2] === 0x75 && buf[i + 3] === 0x65) i += 4
    else if (c === 0x66 && buf[i + 1] === 0x61 && buf[i + 2] === 0x6c && buf[i + 3] === 0x73 && buf[i + 4] === 0x65) i += 5
    else if (c === 0x6e && buf[i + 1] === 0x75 && buf[i + 2] === 0x6c && buf[i + 3] === 0x6c) i += 4
    else return INVALID
    if (scope.literals !== 0) this.claimed(start, i, scope)
    return i
  }

  /** Applies rules and `unknown_fields` to a number or literal; false: nothing claims it. */
  claimed(start: number, end: number, scope: Scope): boolean {
    if (scope.targets.length > 0) {
      const value = readScalar(this.buf, start, end)
      const outcome = this.applier.targets(scope, value, this)
      if (outcome !== undefined) {
        this.report(scope, 'value', scope.targets[0]!.rule.name, undefined, undefined, start, end)
        let result = outcome.value
        if (outcome.settled !== true && typeof result === 'string') {
          const secret = this.passed(scope, result, outcome.settled)
          result = secret === undefined ? this.s.texts.unsettled(scope, result, outcome.settled, this) : secret
        }
        if (result === REMOVED) this.remove(end)
        else if (outcome.changed) this.hit(start, end, this.encode(writeValue(result), false), undefined)
        return outcome.settled === true || outcome.changed
      }
    }
    if (!scope.unknown) return false
    this.unknown(start, end, scope)
    return true
  }

  /** An object or array that a rule takes whole; returns its end, or -3 where the rules let it be. */
  container(start: number, scope: Scope): number {
    if (scope.apart) return this.tree(start, scope)
    if (start === this.openedAt) return -3
    const end = skipValue(this.buf, start, this.recordEnd)
    if (end < 0) return INVALID
    const value = readValue(this.buf, start, end, this.maxDepth)
    if (value === undefined) return -3
    const outcome = this.applier.targets(scope, value, this)
    if (outcome === undefined || (!outcome.changed && outcome.settled !== true)) return scope.documents ? this.document(start, end, scope) : -3
    // what is replaced must have been JSON: the strict walk decides for the whole record
    if (!this.checked(start, end)) return INVALID
    this.report(scope, 'value', scope.targets[0]!.rule.name, undefined, undefined, start, end)
    if (outcome.value === REMOVED) this.remove(end)
    else if (outcome.changed) this.hit(start, end, this.encode(writeValue(outcome.value), false), undefined)
    return end
  }

  /** Walks a container that is a document of `json` masks, at this level. */
  private document(start: number, end: number, scope: Scope): number {
    const documents = this.applier.openDocuments(scope, this)
    const walker = (this.sub ??= new JsonWalker(this.s, this.level, this))
    walker.openedAt = start
    walker.above = this.above + this.depth
    const stop = walker.walk(this.buf, start, end, scope, this.multi)
    this.applier.closeDocuments(
      documents,
      this,
      () => this.plan.errorPath(scope),
      (t) => emptyWildcard(this.buf, start, end, t.segments),
    )
    return stop === end || stop === TOO_DEEP ? stop : INVALID
  }
  private sub: JsonWalker | undefined
  /** Where a document stands that has begun before the walk; its own hits are done. */
  openedAt = -1
  /** Containers around this walker's text at the same level. */
  private above = 0

  private checked(start: number, end: number): boolean {
    return this.structure(start, end, 0) === end
  }

  /** Where the value at `start` ends if all of it is JSON, `above` containers around it; else INVALID or TOO_DEEP. */
  private structure(start: number, end: number, above: number): number {
    const checker = (this.checker ??= new JsonWalker(this.s, MAX_NESTING, this))
    checker.above = above
    const before = this.hits.count
    const stop = checker.walk(this.buf, start, end, this.plan.inert, this.multi)
    this.hits.count = before
    return stop
  }
  private checker: JsonWalker | undefined

  // ---------------------------------------------------------------------------------------------- trees

  /** A container that a mask must have to itself: all that the plan says about it is done on a tree. */
  private tree(start: number, scope: Scope): number {
    const end = this.structure(start, this.recordEnd, this.above + this.depth)
    if (end < 0) return end
    const root = this.planted(start, end)
    if (root === undefined) return TOO_DEEP
    const edits = this.trees().run(root, scope, this.site(start, end))
    let places = 0
    for (const edit of edits) {
      places += Math.max(1, edit.place.found)
      this.edited(edit, root, end)
    }
    this.hits.more += places - edits.length
    return end
  }

  /**
   * The transforms of a `json` mask by themselves. The changes are hits; returns those that are not settled, or undefined where the
   * text is not one JSON value.
   */
  ordered(buf: Buffer, end: number, transforms: readonly Target[]): ReadonlySet<number> | undefined {
    this.stand(buf, 0, end, true)
    this.depth = 0
    this.entry = -1
    const start = skipSpace(buf, 0, end)
    const stop = this.structure(start, end, 0)
    const root = stop < 0 || skipSpace(buf, stop, end) !== end ? undefined : this.planted(start, stop)
    if (root === undefined) return undefined
    const unsettled = new Set<number>()
    for (const edit of this.trees().apply(root, transforms, this.plan.root, this.site(start, stop))) {
      this.edited(edit, root, stop)
      if (edit.place.settled !== true) unsettled.add(this.hits.count - 1)
    }
    return unsettled
  }

  private planted(start: number, end: number): Place | undefined {
    const root = readTree({ bytes: this.buf, start, end, map: undefined, level: 0 }, undefined, '', this.maxDepth, { left: MAX_PLACES })
    if (root !== undefined && this.depth > 0) root.entry = this.entry
    return root
  }

  private site(start: number, end: number): Site {
    return { base: this, depth: this.above + this.depth, nesting: this.nesting - this.level, size: end - start }
  }

  private trees(): TreeWalker {
    const { plan, applier, state, texts } = this.s
    return (this.treeWalker ??= new TreeWalker({ plan, applier, state, texts, leaves: this.leaves() }))
  }
  private treeWalker: TreeWalker | undefined

  private leaves(): Leaves {
    const { plan, applier, pairs, customs } = this.s
    return (this.ownLeaves ??= new Leaves(plan, applier, new Scanner(plan, pairs, customs)))
  }
  private ownLeaves: Leaves | undefined

  /** Notes a change that was made on a tree. */
  private edited(edit: Edit, root: Place, end: number): void {
    const { place, what, out } = edit
    this.pure = false
    if (place.scope !== undefined) this.report(place.scope, what, place.rule, place.detector, undefined, edit.start, edit.end)
    if (out !== undefined) this.hit(edit.start, edit.end, this.encode(out, false), undefined)
    else if (place === root) this.remove(end)
    else this.hits.remove(this.toTop(edit.entry, false), this.toTop(edit.end, true), undefined)
  }

  // ---------------------------------------------------------------------------------------------- hits

  /** Notes a replacement at offsets of this level. */
  private hit(start: number, end: number, out: Uint8Array, counter: { masked: number } | undefined): void {
    this.hits.add(this.toTop(start, false), this.toTop(end, true), out, 0, counter)
  }

  private remove(end: number): void {
    this.pure = false
    if (this.depth === 0) {
      if (this.level === 0) this.recordRemoved = true
      const start = this.entry < 0 ? this.recordStart : this.entry
      this.hit(start, end, this.encode('null', false), undefined)
      return
    }
    this.hits.remove(this.toTop(this.entry, false), this.toTop(end, true), undefined)
  }
  /** A rule removed the record itself. */
  recordRemoved = false

  private toTop(offset: number, isEnd: boolean): number {
    let at = offset
    for (let w: JsonWalker = this; w.outer !== undefined; w = w.outer) if (w.mapOuter) at = w.outer.map.toRaw(at, isEnd)
    return at
  }

  /** Bytes of a text at this level: JSON text stands `level` strings deep; `inside` a string once more. */
  private encode(text: string, inside: boolean): Uint8Array {
    let out = text
    for (let k = inside ? -1 : 0; k < this.level; k++) out = JSON.stringify(out).slice(1, -1)
    return Buffer.from(out)
  }

  private report(
    scope: Scope,
    where: Found['where'],
    rule: string | undefined,
    detector: string | undefined,
    score: number | undefined,
    start: number,
    end: number,
    because?: Because,
  ): void {
    if (this.s.observe === undefined) return
    const decision = because?.kept === true ? 'keep' : 'mask'
    this.s.observe({ scope, where, rule, detector, score, start: this.toTop(start, false), end: this.toTop(end, true), decision, because })
  }
}
