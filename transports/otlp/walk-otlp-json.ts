// The walker of OTLP in JSON: the same record views and the same field table, over the tokens of the body. Key order, duplicate keys, white space and the
// spelling of numbers stay as they are, wherever nothing is masked.
import { isUtf8 } from 'node:buffer'
import { NumberText, REMOVED } from '../../src/index.ts'
import type { Value } from '../../src/index.ts'
import { freeName, Hits, namesOf, splice, Writer } from '../../src/engine/walker.ts'
import type { Access, FieldEngine, RecordState, Scope } from '../../src/engine/walker.ts'
import { anyValue, ATTRIBUTES, DETECTED, ID, library, MESSAGE, metric, NUMBER, NUMBERS, REFERENCE, requests, resource, span, TEXT, TRACE_STATE, VALUE } from './otlp-fields.ts'
import type { Field, Message, NumberType } from './otlp-fields.ts'
import { JsonIndex } from './otlp-json-index.ts'
import type { Member } from './otlp-json-index.ts'
import {
  applied,
  asText,
  entriesOf,
  fitsInt64,
  HOP,
  bytesText,
  mapIn,
  invalid,
  isBytesText,
  isDouble,
  lookedUp,
  maskedTraceState,
  member,
  Pairing,
  type Place,
  Places,
} from './otlp-record.ts'
import { OtlpError } from './types.ts'
import type { RewriteCounts, RewriteOptions, Signal } from './types.ts'

const FAILED = '"[MASKING FAILED]"'
const FAILED_VALUE = '{"stringValue":"[MASKING FAILED]"}'
const NAME = 1
const VALUE_ROLE = 2
const PAIR = 4
const TURNS = 8
const MOST_BESIDE = 8
/** Sensitive names of one value that are tried one after the other. */
const MOST_NAMES = 8
const PASS = 2

const OF_RESOURCE = 0
const OF_LIBRARY = 1
const OF_METRIC = 2
const OF_ITEM = 3

/** The keys of one object while it is walked. */
interface Keys {
  readonly scope: Scope
  /** Where the list of entries stands. */
  readonly lists: readonly number[]
  name: string | undefined
  renamed: Map<string, string>
  names: Map<string, number> | undefined
  readonly kept: ReadonlySet<string> | undefined
}

export class JsonRequestWalker implements Access {
  private readonly engine: FieldEngine
  private readonly keeps: boolean
  private readonly repairs: boolean
  private readonly stamp: string | undefined
  private readonly maxDepth: number
  private hits = new Hits()
  private buf: Buffer = Buffer.alloc(0)
  private index!: JsonIndex
  private counts!: RewriteCounts

  private readonly places: Places

  /** Where the walk stands in the record view. */
  private path: (string | number)[] = []
  private kind = OF_RESOURCE
  private seen: Map<string, unknown> | undefined
  private resourced = 0
  private scoped = 0
  private metricAt = 0
  private itemAt = 0
  private itemMessage: Message = span
  private points: { readonly before: string; readonly after: string }[] | undefined
  private resourceKeys: Keys | undefined

  constructor(engine: FieldEngine, options: RewriteOptions) {
    this.engine = engine
    this.places = new Places(engine)
    this.keeps = options.unknownFields === 'keep'
    this.repairs = options.repairUtf8 === true
    this.stamp = options.stamp
    this.maxDepth = engine.policy.max_depth
  }

  /** The masker is reserved by the caller. */
  rewrite(signal: Signal, body: Buffer, counts: RewriteCounts): Buffer {
    const { hits } = this
    this.counts = counts
    hits.clear()
    this.path = []
    this.places.renew()
    try {
      this.index = new JsonIndex(body)
      this.buf = body
      this.request(requests[signal])
      if (hits.count === 0) return body
      const writer = new Writer()
      writer.size = body.length + 1024
      const copied = splice(body, body.length, hits, 0, writer)
      writer.copy(body, copied, body.length)
      return Buffer.concat(writer.take())
    } finally {
      this.buf = NO_BYTES
      this.index = NO_INDEX
      this.seen = undefined
      this.points = undefined
      this.resourceKeys = undefined
      hits.clear()
    }
  }

  // ---------------------------------------------------------------------------------------------- tokens

  private put(start: number, end: number, text: string): void {
    this.hits.add(start, end, Buffer.from(text), 0, undefined)
  }

  /** What is at i is null: as good as absent. */
  private isNull(i: number): boolean {
    return this.buf[i] === 0x6e
  }

  private objectAt(i: number): void {
    if (this.buf[i] !== 0x7b) throw invalid('an object is expected where something else stands')
  }

  private stringAt(i: number): void {
    if (this.buf[i] !== 0x22) throw invalid('a string is expected where something else stands')
  }

  /** The items of the list at i. */
  private *list(i: number): Generator<readonly [number, number]> {
    if (this.buf[i] !== 0x5b) throw invalid('a list is expected where something else stands')
    for (let at = this.index.first(i); at >= 0; ) {
      const end = this.index.end(at)
      yield [at, end]
      at = this.index.after(end)
    }
  }

  private text(m: { readonly start: number; readonly end: number }): string {
    return this.index.text(m.start, m.end)
  }

  /** A member that OTLP does not have. */
  private unknown(m: Member): void {
    this.counts.unknownFields++
    const c = this.buf[m.start]
    if (!this.keeps && (c === 0x22 || c === 0x7b || c === 0x5b)) this.hits.remove(m.entry, m.end, undefined)
  }

  /** The members of a message that it knows, and are not null. */
  private *known(message: Message, at: number): Generator<readonly [Member, Field]> {
    this.objectAt(at)
    for (const m of this.index.members(at)) {
      const f = message.byName.get(m.key)
      if (f === undefined) this.unknown(m)
      else if (!this.isNull(m.start)) yield [m, f]
    }
  }

  private number(start: number, end: number, f: { readonly type: NumberType | undefined; readonly names: readonly string[] | undefined }): void {
    const { buf } = this
    const quoted = buf[start] === 0x22
    const text = quoted ? this.index.text(start, end) : buf.toString('latin1', start, end)
    const ok =
      f.type === 'bool'
        ? !quoted && (text === 'true' || text === 'false')
        : quoted && f.type === 'enum'
          ? f.names!.includes(text)
          : f.type === 'double'
            ? (quoted ? QUOTED_DOUBLE : DOUBLE).test(text)
            : (quoted ? INTEGER : WHOLE).test(text)
    if (!ok) throw invalid('something else stands where a number belongs')
  }

  private id(m: Member, f: Field): void {
    this.stringAt(m.start)
    const text = this.text(m)
    if (text !== '' && (text.length !== 2 * f.size || !/^[0-9a-fA-F]+$/.test(text))) throw invalid(`an id (${f.name}) is not ${2 * f.size} hexadecimal digits`)
  }

  // ---------------------------------------------------------------------------------------------- envelopes

  private request(message: Message): void {
    for (const [m, f] of this.known(message, this.index.start)) for (const [at, end] of this.list(m.start)) this.resourcedAt(f.message!, at, end)
  }

  private resourcedAt(message: Message, at: number, end: number): void {
    const { hits, counts } = this
    const mark = hits.count
    const before = counts.items - counts.dropped
    const told = this.engine.since()
    this.resourced = at
    let keep = true
    let filled = false
    let left = false
    const stamps = this.stamp !== undefined
    let stamped = !stamps
    for (const [m, f] of this.known(message, at)) {
      if (f.role === DETECTED) keep = this.detected(f, m) && keep
      else if (f.number === 1) {
        keep = this.shared(OF_RESOURCE, resource, this.places.resource, m, !stamped) && keep
        stamped = true
      } else {
        const items = counts.items
        for (const [scoped, stop] of this.list(m.start)) left = this.scopedAt(f.message!, scoped, stop) || left
        filled ||= counts.items > items
      }
    }
    if (!stamped) this.insert(mark, at, end, `"resource":{"attributes":[${hopText(this.stamp!)}]}`)
    if (keep && (left || !filled)) return
    counts.dropped += keep ? 0 : counts.items - counts.dropped - before
    this.engine.revoke(told)
    hits.count = mark
    hits.remove(at, end, undefined)
  }

  /** False: all that was in it is dropped, and it with it. */
  private scopedAt(message: Message, at: number, end: number): boolean {
    const { hits, counts } = this
    const mark = hits.count
    const before = counts.items - counts.dropped
    const { items } = counts
    const told = this.engine.since()
    this.scoped = at
    let keep = true
    for (const [m, f] of this.known(message, at)) {
      if (f.role === DETECTED) keep = this.detected(f, m) && keep
      else if (f.number === 1) keep = this.shared(OF_LIBRARY, library, this.places.library, m, false) && keep
      else if (f.message === metric) for (const [item, stop] of this.list(m.start)) this.metric(item, stop)
      else for (const [item, stop] of this.list(m.start)) this.item(f.message!, item, stop)
    }
    const left = counts.items - counts.dropped - before
    if (keep && (left > 0 || counts.items === items)) return true
    if (!keep) counts.dropped += left
    this.engine.revoke(told)
    hits.count = mark
    hits.remove(at, end, undefined)
    return false
  }

  /** Adds an entry to the container in [at, end), whose changes begin with `mark`: behind the first that stays. */
  private insert(mark: number, at: number, end: number, text: string): void {
    const place = this.firstKept(mark, at)
    this.hits.merge(place < 0 ? end - 1 : place, place < 0 ? end - 1 : place, Buffer.from(place < 0 ? text : `,${text}`), undefined)
  }

  /** The end of the first entry of the container at `at` that no change since `mark` removes; -1: there is none. */
  private firstKept(mark: number, at: number): number {
    const { hits, index } = this
    const gone = new Set<number>()
    for (let k = mark; k < hits.count; k++) if (hits.outs[k] === undefined) gone.add(hits.entries[k]!)
    if (this.buf[at] === 0x7b) return index.members(at).find((m) => !gone.has(m.entry))?.end ?? -1
    for (const [item, stop] of this.list(at)) if (!gone.has(item)) return stop
    return -1
  }

  /** A text outside the record view; false: the policy drops all that it stands beside. */
  private detected(f: Field, m: Member): boolean {
    this.engine.next(false)
    this.kind = OF_RESOURCE
    this.seen = undefined
    this.path = []
    this.outside(f, m)
    return this.finished()
  }

  private outside(f: Field, m: Member): void {
    this.stringAt(m.start)
    if (this.leaf((bytes, start, end) => this.engine.detect(bytes, start, end, this, f.name), m.start, m.end, undefined)) this.hits.remove(m.entry, m.end, undefined)
  }

  private finished(): boolean {
    const { places } = this.engine.state
    const keep = this.engine.finish()
    if (keep) this.counts.masked += places
    return keep
  }

  /** A resource or an instrumentation scope: a record of its own. */
  private shared(kind: number, message: Message, place: Place, m: Member, stamp: boolean): boolean {
    const { hits, engine } = this
    const mark = hits.count
    engine.next(false)
    this.kind = kind
    this.seen = undefined
    let ok = true
    try {
      this.path = [kind === OF_RESOURCE ? 'resource' : 'scope']
      if (this.places.takesWhole(message)) {
        if (!this.taken(message, m.start, kind)) hits.remove(m.entry, m.end, undefined)
      } else this.message(message, place, m.start)
    } catch (error) {
      if (error instanceof OtlpError) throw error
      this.undo(mark)
      if (!engine.failed(error, place.scope, m.end - m.start)) return false
      ok = false
      this.minimal(message, m.start)
      this.counts.masked++
    }
    if (ok && !this.finished()) {
      hits.count = mark
      return false
    }
    if (kind === OF_RESOURCE && this.stamp !== undefined) this.stampResource(mark, m, stamp)
    return true
  }

  private undo(mark: number): void {
    this.hits.count = mark
    this.path = []
    this.engine.series = false
  }

  /** Refuses a resource that carries our stamp; adds it where there is none yet. */
  private stampResource(mark: number, m: Member, add: boolean): void {
    const lists = this.index.members(m.start).filter(({ key, start }) => key === 'attributes' && !this.isNull(start))
    for (const { start } of lists) {
      for (const [at] of this.list(start)) {
        if (this.buf[at] !== 0x7b) continue
        const members = this.index.members(at)
        if (!members.some((own) => own.key === 'key' && this.buf[own.start] === 0x22 && this.text(own) === HOP)) continue
        if (members.some((own) => own.key === 'value' && this.anyText(own.start)?.includes(this.stamp!) === true))
          throw new OtlpError('hop', 'the request has been here before: it comes round in a loop')
      }
    }
    if (!add) return
    const { hits } = this
    const gone = new Set<number>()
    for (let k = mark; k < hits.count; k++) if (hits.outs[k] === undefined) gone.add(hits.entries[k]!)
    const last = lists.findLast(({ entry }) => !gone.has(entry))
    if (last === undefined) this.insert(mark, m.start, m.end, `"attributes":[${hopText(this.stamp!)}]`)
    else this.insert(mark, last.start, last.end, hopText(this.stamp!))
  }

  // ---------------------------------------------------------------------------------------------- items

  private item(message: Message, at: number, end: number): void {
    const { hits, engine, counts } = this
    const mark = hits.count
    counts.items++
    engine.next(true)
    this.kind = OF_ITEM
    this.seen = undefined
    this.itemMessage = message
    this.itemAt = at
    this.path = []
    this.objectAt(at)
    let ok = true
    try {
      if (this.places.takesWhole(message)) {
        if (!this.taken(message, at, OF_ITEM)) engine.state.drop = true
      } else this.message(message, this.places.of(message), at)
    } catch (error) {
      if (error instanceof OtlpError) throw error
      ok = false
      this.undo(mark)
      if (engine.failed(error, engine.root, end - at)) {
        this.minimal(message, at)
        counts.masked++
        return
      }
    }
    if (ok && this.finished()) {
      if (message.series && this.points !== undefined) this.point(message, at, mark)
      return
    }
    counts.dropped++
    hits.count = mark
    hits.remove(at, end, undefined)
  }

  /** Ids, times and kinds kept, texts replaced, all else gone. */
  private minimal(message: Message, at: number): void {
    for (const m of this.index.members(at)) {
      const f = message.byName.get(m.key)
      if (f === undefined) {
        const c = this.buf[m.start]
        if (c === 0x22 || c === 0x7b || c === 0x5b) this.hits.remove(m.entry, m.end, undefined)
        continue
      }
      if (this.isNull(m.start)) continue
      switch (f.role) {
        case NUMBER:
          this.number(m.start, m.end, f)
          break
        case NUMBERS:
          for (const [s, e] of this.list(m.start)) this.number(s, e, f)
          break
        case ID:
          this.id(m, f)
          break
        case TEXT:
          this.put(m.start, m.end, FAILED)
          break
        case VALUE:
          this.put(m.start, m.end, FAILED_VALUE)
          break
        case MESSAGE:
          if (!f.repeated) {
            this.objectAt(m.start)
            this.minimal(f.message!, m.start)
          } else if (f.message!.fields.every((inner) => inner.role === NUMBER)) {
            for (const [s] of this.list(m.start)) {
              this.objectAt(s)
              this.minimal(f.message!, s)
            }
          } else this.hits.remove(m.entry, m.end, undefined)
          break
        default:
          this.hits.remove(m.entry, m.end, undefined)
      }
    }
  }

  private metric(at: number, end: number): void {
    const { hits, engine, counts } = this
    const mark = hits.count
    const before = counts.items - counts.dropped
    const { items } = counts
    const told = engine.since()
    this.metricAt = at
    this.points = []
    const whole = this.places.takesWhole(metric)
    const place = this.places.of(metric)
    let keep = true
    let metadata: Keys | undefined
    for (const [m, f] of this.known(metric, at)) {
      if (f.role === MESSAGE) {
        for (const [d, data] of this.known(f.message!, m.start)) {
          if (data.role === MESSAGE) for (const [item, stop] of this.list(d.start)) this.item(data.message!, item, stop)
          else this.number(d.start, d.end, data)
        }
        continue
      }
      const own = hits.count
      engine.next(false)
      this.kind = OF_METRIC
      this.seen = undefined
      let failed = false
      try {
        if (f.role === TEXT) {
          this.path = [f.view]
          if (whole) this.takenText(f, m)
          else if (this.textMember(place.scopes[f.number]!, m)) hits.remove(m.entry, m.end, undefined)
        } else {
          this.path = ['metadata']
          metadata ??= this.openKeys(this.places.metadata, at, 'metadata', undefined)
          for (const [item, stop] of this.list(m.start)) this.keyValue(item, stop, metadata)
        }
      } catch (error) {
        if (error instanceof OtlpError) throw error
        this.undo(own)
        failed = true
        if (!engine.failed(error, f.role === TEXT ? place.scopes[f.number]! : this.places.metadata, m.end - m.start)) keep = false
        else if (f.role === TEXT) this.put(m.start, m.end, FAILED)
        else hits.remove(m.entry, m.end, undefined)
      }
      if (!failed) keep = this.finished() && keep
    }
    const left = counts.items - counts.dropped - before
    if (keep && (left > 0 || counts.items === items)) this.collisions()
    else {
      if (!keep) counts.dropped += left
      engine.revoke(told)
      hits.count = mark
      hits.remove(at, end, undefined)
    }
    this.points = undefined
  }

  /** Notes the attributes of a point as they were and as they are. */
  private point(message: Message, at: number, mark: number): void {
    const { hits, buf } = this
    const before: string[] = []
    const after: string[] = []
    let k = mark
    for (const m of this.index.members(at)) {
      if (message.byName.get(m.key)?.role !== ATTRIBUTES || this.isNull(m.start)) continue
      for (const [s, e] of this.list(m.start)) {
        before.push(buf.toString('latin1', s, e))
        while (k < hits.count && hits.starts[k]! < s) k++
        let text = ''
        let copied = s
        let gone = false
        for (; k < hits.count && hits.starts[k]! < e; k++) {
          if (hits.outs[k] === undefined) {
            gone ||= hits.entries[k] === s
            continue
          }
          text += buf.toString('latin1', copied, hits.starts[k]) + Buffer.from(hits.outs[k]!).toString('latin1')
          copied = hits.ends[k]!
        }
        if (!gone) after.push(text + buf.toString('latin1', copied, e))
      }
    }
    this.points!.push({ before: before.sort().join('\u0000'), after: after.sort().join('\u0000') })
  }

  private collisions(): void {
    const points = this.points!
    if (!points.some(({ before, after }) => before !== after)) return
    const sets = new Map<string, string>()
    for (const { before, after } of points) {
      const known = sets.get(after)
      if (known === undefined) sets.set(after, before)
      else if (known !== before) this.counts.seriesCollisions++
    }
  }

  // ---------------------------------------------------------------------------------------------- messages

  private message(message: Message, place: Place, at: number): void {
    let keys: Keys | undefined
    const kept = message === resource ? this.references(at) : undefined
    const indexes = new Map<number, number>()
    for (const [m, f] of this.known(message, at)) {
      switch (f.role) {
        case NUMBER:
          this.number(m.start, m.end, f)
          break
        case NUMBERS:
          for (const [s, e] of this.list(m.start)) this.number(s, e, f)
          break
        case ID:
          this.id(m, f)
          break
        case TEXT:
          this.path.push(f.view)
          if (this.textMember(place.scopes[f.number]!, m)) this.hits.remove(m.entry, m.end, undefined)
          this.path.pop()
          break
        case TRACE_STATE:
          this.path.push(f.view)
          this.traceState(place.scopes[f.number]!, m)
          this.path.pop()
          break
        case ATTRIBUTES:
          keys ??= this.openKeys(place.scopes[f.number]!, at, m.key, kept)
          if (kept !== undefined) keys = this.resourceKeys!
          this.engine.series = message.series
          this.path.push(f.view)
          for (const [s, e] of this.list(m.start)) this.keyValue(s, e, keys)
          this.path.pop()
          this.engine.series = false
          break
        case VALUE:
          this.path.push(f.view)
          if (this.any(place.scopes[f.number]!, m.start, m.end)) this.hits.remove(m.entry, m.end, undefined)
          this.path.pop()
          break
        case MESSAGE:
          this.path.push(f.view)
          if (!f.repeated) this.message(f.message!, place.at(f, 0), m.start)
          else
            for (const [s] of this.list(m.start)) {
              const index = indexes.get(f.number) ?? 0
              indexes.set(f.number, index + 1)
              this.path.push(index)
              this.message(f.message!, place.at(f, index), s)
              this.path.pop()
            }
          this.path.pop()
          break
        case DETECTED:
          this.outside(f, m)
          break
        case REFERENCE:
          for (const [s, e] of this.list(m.start)) this.reference(s, e)
      }
    }
  }

  private references(at: number): ReadonlySet<string> | undefined {
    let out: Set<string> | undefined
    this.resourceKeys = undefined
    for (const m of this.index.members(at)) {
      const f = resource.byName.get(m.key)
      if (f?.role !== MESSAGE || this.isNull(m.start)) continue
      for (const [entity] of this.list(m.start)) {
        this.objectAt(entity)
        for (const inner of this.index.members(entity)) {
          if (f.message!.byName.get(inner.key)?.role !== REFERENCE || this.isNull(inner.start)) continue
          for (const [s, e] of this.list(inner.start)) {
            this.stringAt(s)
            ;(out ??= new Set()).add(this.index.text(s, e))
          }
        }
      }
    }
    if (out !== undefined) this.resourceKeys = this.openKeys(this.places.resource.scopes[1]!, at, 'attributes', out)
    return out
  }

  private reference(start: number, end: number): void {
    const key = this.index.text(start, end)
    const keys = this.resourceKeys!
    const scope = this.engine.child(keys.scope, key)
    if (!scope.keyHit) return
    const name = this.renamed(keys, scope, key)
    if (name !== key) this.put(start, end, JSON.stringify(name))
  }

  private traceState(scope: Scope, m: Member): void {
    this.stringAt(m.start)
    if (scope.strings === PASS) return
    const bytes = Buffer.from(this.text(m))
    if (bytes.length === 0) return
    const done = maskedTraceState(this.engine, bytes, 0, bytes.length, scope, this)
    if (done === undefined) return
    if (done === '') this.hits.remove(m.entry, m.end, undefined)
    else this.put(m.start, m.end, JSON.stringify(done))
  }

  // ---------------------------------------------------------------------------------------------- texts

  private textMember(scope: Scope, m: Member): boolean {
    this.stringAt(m.start)
    return this.leaf((bytes, start, end) => this.engine.text(bytes, start, end, scope, this), m.start, m.end, undefined)
  }

  /**
   * A string token; true: it is removed. What becomes of it is asked of `mask`. `entry`: it is the `stringValue` of an AnyValue, whose member begins there.
   */
  private leaf(mask: (bytes: Buffer, start: number, end: number) => number, start: number, end: number, entry: number | undefined): boolean {
    const { buf, engine } = this
    let escaped = false
    for (let i = start + 1; i < end - 1 && !escaped; i++) escaped = buf[i] === 0x5c
    let n: number
    if (!escaped) {
      n = mask(buf, start + 1, end - 1)
      if (n >= 0 && this.repairs && !isUtf8(buf.subarray(start + 1, end - 1))) {
        this.put(start, end, JSON.stringify(applied(engine, n, buf, start + 1, end - 1)))
        return false
      }
      for (let k = 0; k < n; k++) this.put(engine.starts[k]!, engine.ends[k]!, JSON.stringify(engine.outs[k]!.toString()).slice(1, -1))
    } else {
      const bytes = Buffer.from(this.index.text(start, end))
      n = mask(bytes, 0, bytes.length)
      if (n > 0) this.put(start, end, JSON.stringify(applied(engine, n, bytes, 0, bytes.length)))
    }
    if (n >= 0) return false
    const { whole } = engine
    if (whole === REMOVED) return true
    if (typeof whole === 'string' || entry === undefined) this.put(start, end, JSON.stringify(asText(whole)))
    else this.replaceAny(entry, end, whole, undefined)
    return false
  }

  /** Writes a value in the place of the member of an AnyValue in [entry, end). */
  private replaceAny(entry: number, end: number, value: unknown, before: unknown): void {
    const text = jsonAny(value, before)
    if (text === '') this.hits.remove(entry, end, undefined)
    else this.put(entry, end, text)
  }

  // ---------------------------------------------------------------------------------------------- key-value pairs

  /** `at`: the message whose field `name` holds the entries. */
  private openKeys(scope: Scope, at: number, name: string, kept: ReadonlySet<string> | undefined): Keys {
    const lists = this.index
      .members(at)
      .filter((m) => m.key === name && this.buf[m.start] === 0x5b)
      .map((m) => m.start)
    return { scope, lists, name: undefined, renamed: new Map(), names: undefined, kept }
  }

  private keyValue(at: number, end: number, keys: Keys): void {
    const { hits, engine } = this
    const mark = hits.count
    this.objectAt(at)
    const members = this.index.members(at)
    const own = members.filter((m) => m.key === 'key' && !this.isNull(m.start))
    const names = own.map((m) => {
      this.stringAt(m.start)
      return this.text(m)
    })
    if (names.length === 0) names.push('')
    const last = names.at(-1)!
    const scopes = names.map((key) => engine.child(keys.scope, key))
    const order = [...new Set([...scopes.filter((scope) => scope.targets.length > 0), ...scopes.filter((scope) => scope.claim !== undefined), scopes.at(-1)!])]
    // whoever writes that many has something to hide
    const hidden = order.length > MOST_NAMES
    let removed = false
    let values = 0
    let k = 0
    for (const m of members) {
      if (m.key === 'key') {
        if (this.isNull(m.start)) continue
        const name = names[k]!
        const scope = scopes[k++]!
        const done = scope.keyHit ? this.renamed(keys, scope, name) : name
        if (done !== name) this.put(m.start, m.end, JSON.stringify(done))
        else if (this.repairs && !isUtf8(this.buf.subarray(m.start, m.end))) this.put(m.start, m.end, JSON.stringify(name))
      } else if (m.key === 'value') {
        if (this.isNull(m.start)) continue
        values++
        if (hidden) {
          this.put(m.start, m.end, '{"stringValue":"[REDACTED]"}')
          engine.redacted(order[0]!, m.end - m.start)
          continue
        }
        for (const scope of order) {
          const before = hits.count
          const named = scope.roles === 0 ? scope : this.beside(keys, scope, at, m.start)
          this.path.push(last)
          removed = this.any(named, m.start, m.end) || removed
          this.path.pop()
          if (hits.count > before || removed) break
        }
      } else if (m.key === 'keyStrindex' || m.key === 'key_strindex') this.number(m.start, m.end, INDEX)
      else this.unknown(m)
    }
    if (!removed && values === 0) {
      for (const scope of order) {
        if (scope.literals === 0) continue
        this.path.push(last)
        const done = engine.value(null, scope, this, this.path.length)
        this.path.pop()
        if (done === null) continue
        if (done === REMOVED) removed = true
        else this.insert(mark, at, end, `"value":{${jsonAny(done, null)}}`)
        break
      }
    }
    if (!removed) return
    hits.count = mark
    if (keys.kept?.has(last) !== true) {
      hits.remove(at, end, undefined)
      return
    }
    // an entity refers to it: its value goes
    k = 0
    for (const m of members) {
      if (m.key === 'value') this.put(m.start, m.end, '{"stringValue":"[REDACTED]"}')
      else if (m.key !== 'key') this.unknown(m)
      else if (!this.isNull(m.start)) {
        const name = names[k]!
        const scope = scopes[k++]!
        const done = scope.keyHit ? this.renamed(keys, scope, name) : name
        if (done !== name) this.put(m.start, m.end, JSON.stringify(done))
      }
    }
  }

  private renamed(keys: Keys, scope: Scope, key: string): string {
    const known = keys.renamed.get(key)
    if (known !== undefined) return known
    const masked = this.engine.key(scope, key, this)
    let name = key
    if (masked !== key) {
      if (keys.names === undefined) {
        const all: string[] = []
        for (const list of keys.lists)
          for (const [at] of this.list(list)) {
            if (this.buf[at] !== 0x7b) continue
            for (const m of this.index.members(at)) if (m.key === 'key' && this.buf[m.start] === 0x22) all.push(this.text(m))
          }
        keys.names = namesOf(all)
      }
      // an entity may name a key that the resource has not
      name = keys.names.has(key) ? freeName(keys.names, masked) : masked
    }
    keys.renamed.set(key, name)
    return name
  }

  /** The scope of a value with the name that stands beside it. `at`: its entry. */
  private beside(keys: Keys, scope: Scope, at: number, value: number): Scope {
    if (scope.roles === NAME) {
      const text = this.anyText(value)
      if (text !== undefined) keys.name = text
      return scope
    }
    if (scope.roles !== VALUE_ROLE) return scope
    const name = keys.name ?? this.nameBehind(keys, at, value)
    if (name === undefined) return scope
    const bytes = Buffer.from(name)
    return this.engine.named(scope, bytes, 0, bytes.length)
  }

  private nameBehind(keys: Keys, at: number, value: number): string | undefined {
    if (this.shape(value) === 2) return undefined
    let left = MOST_BESIDE
    for (let i = this.index.after(this.index.end(at)); i >= 0 && left-- > 0; i = this.index.after(this.index.end(i))) {
      if (this.buf[i] !== 0x7b) continue
      const members = this.index.members(i)
      const key = members.findLast((m) => m.key === 'key' && this.buf[m.start] === 0x22)
      const own = members.findLast((m) => m.key === 'value' && this.buf[m.start] === 0x7b)
      const shape = own === undefined ? 1 : this.shape(own.start)
      if (shape === 0 && key !== undefined && this.engine.child(keys.scope, this.text(key)).roles === NAME) return this.anyText(own!.start)
      if (shape === 2) return undefined
    }
    return undefined
  }

  /** The text of an AnyValue, if it is one. */
  private anyText(at: number): string | undefined {
    if (this.buf[at] !== 0x7b) return undefined
    const m = this.index.members(at).findLast(({ key }) => key === 'stringValue' || key === 'string_value')
    return m === undefined || this.buf[m.start] !== 0x22 ? undefined : this.text(m)
  }

  /** What an AnyValue is to a search for names: 0 text, 1 another scalar or a container of a few, 2 more. */
  private shape(at: number): number {
    if (this.anyText(at) !== undefined) return 0
    const inner = this.containerOf(at)
    if (inner === undefined || inner.list < 0) return 1
    let n = 0
    for (const [item] of this.list(inner.list)) {
      if (++n > MOST_BESIDE) return 2
      if (this.buf[item] !== 0x7b) continue
      const value = inner.map ? this.index.members(item).findLast((m) => m.key === 'value')?.start : item
      if (value !== undefined && this.containerOf(value) !== undefined) return 2
    }
    return 1
  }

  private containerOf(at: number): { readonly list: number; readonly map: boolean } | undefined {
    if (this.buf[at] !== 0x7b) return undefined
    for (const m of this.index.members(at)) {
      const map = m.key === 'kvlistValue' || m.key === 'kvlist_value'
      if (!(map || m.key === 'arrayValue' || m.key === 'array_value') || this.buf[m.start] !== 0x7b) continue
      const values = this.index.members(m.start).findLast(({ key }) => key === 'values')
      return { list: values === undefined || this.buf[values.start] !== 0x5b ? -1 : values.start, map }
    }
    return undefined
  }

  // ---------------------------------------------------------------------------------------------- values

  /** An AnyValue; true: a rule removes it. */
  private any(scope: Scope, at: number, end: number): boolean {
    const { engine } = this
    const mark = this.hits.count
    let removed = false
    let n = 0
    for (const [m, f] of this.known(anyValue, at)) {
      n++
      switch (f.number) {
        case 1:
          this.stringAt(m.start)
          removed = this.leaf((bytes, start, stop) => engine.text(bytes, start, stop, scope, this), m.start, m.end, m.entry) || removed
          break
        case 5:
        case 6:
          removed = this.container(f.number === 5, scope, m) || removed
          break
        case 7:
          removed = this.bytes(scope, m) || removed
          break
        case 8:
          this.number(m.start, m.end, f)
          break
        default: {
          this.number(m.start, m.end, f)
          if (f.number === 2 ? scope.literals === 0 : scope.numbers === 0) break
          const value = this.scalar(m, f)
          const done = engine.value(value, scope, this, this.path.length)
          if (done === REMOVED) removed = true
          else if (done !== value && !Number.isNaN(value)) this.replaceAny(m.entry, m.end, done, value)
        }
      }
    }
    if (n > 0 || scope.literals === 0) return removed
    const done = engine.value(null, scope, this, this.path.length)
    if (done === REMOVED) return true
    if (done !== null) this.insert(mark, at, end, jsonAny(done, null))
    return false
  }

  private scalar(m: Member, f: Field): unknown {
    const text = this.buf[m.start] === 0x22 ? this.text(m) : this.buf.toString('latin1', m.start, m.end)
    if (f.type === 'bool') return text === 'true'
    return f.type === 'double' ? Number(text) : toInt(text)
  }

  private bytes(scope: Scope, m: Member): boolean {
    this.stringAt(m.start)
    const text = this.text(m)
    if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) throw invalid('bytes are not base64')
    const bytes = Buffer.from(text, 'base64')
    const { engine } = this
    const n = engine.bytes(bytes, 0, bytes.length, scope, this)
    if (n === 0) return false
    if (n > 0) {
      const pieces: Uint8Array[] = []
      let from = 0
      for (let k = 0; k < n; k++) {
        pieces.push(bytes.subarray(from, engine.starts[k]), engine.outs[k]!)
        from = engine.ends[k]!
      }
      pieces.push(bytes.subarray(from))
      this.put(m.start, m.end, `"${Buffer.concat(pieces).toString('base64')}"`)
      return false
    }
    if (engine.whole === REMOVED) return true
    if (engine.wholeBytes !== undefined) this.put(m.start, m.end, `"${engine.wholeBytes.toString('base64')}"`)
    else this.replaceAny(m.entry, m.end, engine.whole, undefined)
    return false
  }

  private container(list: boolean, scope: Scope, m: Member): boolean {
    const { engine } = this
    if (this.path.length >= this.maxDepth) throw engine.tooDeep()
    this.objectAt(m.start)
    if (scope.containers || scope.documents || scope.apart) {
      const value = this.containerValue(list, m.start, this.path.length)
      const done = engine.value(value, scope, this, this.path.length)
      if (done === REMOVED) return true
      if (done !== value) {
        // what stands there must be OTLP too
        const mark = this.hits.count
        const { unknownFields } = this.counts
        this.inside(list, engine.inert, m)
        this.hits.count = mark
        this.counts.unknownFields = unknownFields
        this.replaceAny(m.entry, m.end, done, value)
        return false
      }
      scope = engine.inert
    }
    this.inside(list, scope, m)
    return false
  }

  private inside(list: boolean, scope: Scope, m: Member): void {
    const { engine } = this
    const message = anyValue.byNumber[list ? 5 : 6]!.message!
    const keys = list ? undefined : this.openKeys(scope, m.start, 'values', undefined)
    for (const [values] of this.known(message, m.start)) {
      if (keys !== undefined) {
        for (const [at, end] of this.list(values.start)) this.keyValue(at, end, keys)
        continue
      }
      const turns = scope.roles === TURNS
      const pair = scope.roles === PAIR && this.isPair(values.start)
      let index = 0
      let name: string | undefined
      for (const [at, end] of this.list(values.start)) {
        let item = engine.item(scope, index)
        if (turns || pair) {
          if ((index & 1) === 0) name = this.anyText(at)
          else if (name !== undefined) {
            const bytes = Buffer.from(name)
            item = engine.named(item, bytes, 0, bytes.length)
          }
        }
        this.path.push(index++)
        if (this.any(item, at, end)) this.hits.remove(at, end, undefined)
        this.path.pop()
      }
    }
  }

  private isPair(list: number): boolean {
    const items = [...this.listUpTo(list, 3)]
    return items.length === 2 && this.anyText(items[0]!) !== undefined && this.containerOf(items[1]!) === undefined && !this.isBytes(items[1]!)
  }

  private isBytes(at: number): boolean {
    return this.buf[at] === 0x7b && this.index.members(at).some(({ key }) => key === 'bytesValue' || key === 'bytes_value')
  }

  private *listUpTo(list: number, most: number): Generator<number> {
    let n = 0
    for (const [at] of this.list(list)) {
      if (n++ >= most) return
      yield at
    }
  }

  // ---------------------------------------------------------------------------------------------- lookups

  get state(): RecordState {
    return this.engine.state
  }

  fromRecord(path: readonly (string | number)[]): Value | undefined {
    return this.engine.lookup(this.record(), path)
  }

  fromParent(path: readonly (string | number)[], up: number): Value | undefined {
    const depth = this.path.length - up
    return depth < 0 ? undefined : lookedUp(this.engine, this.record(), [...this.path.slice(0, depth), ...path])
  }

  all(path: Parameters<Access['all']>[0]): readonly Value[] {
    return this.engine.all(this.record(), path)
  }

  /** The record view of what is at hand. */
  private record(): Map<string, unknown> {
    if (this.seen !== undefined) return this.seen
    const out = new Map<string, unknown>()
    if (this.kind === OF_ITEM) this.readMessage(this.itemMessage, this.itemAt, out)
    if (this.kind === OF_METRIC || (this.kind === OF_ITEM && this.itemMessage.series)) {
      for (const m of this.index.members(this.metricAt)) {
        const f = metric.byName.get(m.key)
        if (f?.role === TEXT && this.buf[m.start] === 0x22) out.set(f.view, this.text(m))
        else if (f?.role === ATTRIBUTES && this.kind === OF_METRIC && this.buf[m.start] === 0x5b)
          for (const [entry] of this.list(m.start)) this.readEntry(entry, mapIn(out, f.view), 2)
      }
    }
    const one = (message: Message, name: string, at: number): void => {
      const view = new Map<string, unknown>()
      for (const m of this.index.members(at)) if (m.key === name && this.buf[m.start] === 0x7b) this.readMessage(message, m.start, view)
      out.set(name, view)
    }
    one(resource, 'resource', this.resourced)
    if (this.kind !== OF_RESOURCE) one(library, 'scope', this.scoped)
    return (this.seen = out)
  }

  private readMessage(message: Message, at: number, out: Map<string, unknown>): void {
    this.objectAt(at)
    for (const m of this.index.members(at)) {
      const f = message.byName.get(m.key)
      if (f === undefined || this.isNull(m.start)) continue
      switch (f.role) {
        case TEXT:
        case TRACE_STATE:
          this.stringAt(m.start)
          out.set(f.view, this.text(m))
          break
        case ATTRIBUTES: {
          const map = mapIn(out, f.view)
          for (const [entry] of this.list(m.start)) this.readEntry(entry, map, 2)
          break
        }
        case VALUE:
          out.set(f.view, this.readAny(m.start, 1))
          break
        case MESSAGE: {
          if (message === resource || f.message!.fields.every((inner) => inner.role >= NUMBER)) break
          if (f.repeated) {
            let list = out.get(f.view) as Map<string, unknown>[] | undefined
            if (list === undefined) out.set(f.view, (list = []))
            for (const [item] of this.list(m.start)) {
              const map = new Map<string, unknown>()
              list.push(map)
              this.readMessage(f.message!, item, map)
            }
            break
          }
          this.readMessage(f.message!, m.start, mapIn(out, f.view))
        }
      }
    }
  }

  private readEntry(at: number, out: Map<string, unknown>, depth: number): void {
    this.objectAt(at)
    let key = ''
    let value: unknown = null
    for (const m of this.index.members(at)) {
      if (this.isNull(m.start)) continue
      if (m.key === 'key') {
        this.stringAt(m.start)
        key = this.text(m)
      } else if (m.key === 'value') value = this.readAny(m.start, depth)
    }
    out.set(key, value)
  }

  private readAny(at: number, depth: number): unknown {
    this.objectAt(at)
    let value: unknown = null
    for (const m of this.index.members(at)) {
      const f = anyValue.byName.get(m.key)
      if (f === undefined || this.isNull(m.start)) continue
      switch (f.number) {
        case 1:
          this.stringAt(m.start)
          value = this.text(m)
          break
        case 5:
        case 6:
          this.objectAt(m.start)
          value = this.containerValue(f.number === 5, m.start, depth)
          break
        case 7: {
          this.stringAt(m.start)
          const bytes = Buffer.from(this.text(m), 'base64')
          value = isUtf8(bytes) ? bytesText(bytes) : Uint8Array.prototype.slice.call(bytes)
          break
        }
        case 8:
          break
        default:
          this.number(m.start, m.end, f)
          value = this.scalar(m, f)
      }
    }
    return value
  }

  private containerValue(list: boolean, at: number, depth: number): unknown {
    if (depth >= this.maxDepth) throw this.engine.tooDeep()
    const items: unknown[] = []
    const map = new Map<string, unknown>()
    for (const m of this.index.members(at)) {
      if (m.key !== 'values' || this.isNull(m.start)) continue
      for (const [item] of this.list(m.start)) {
        if (list) items.push(this.readAny(item, depth + 1))
        else this.readEntry(item, map, depth + 1)
      }
    }
    return list ? items : map
  }

  // ---------------------------------------------------------------------------------------------- records taken whole

  /** A record that rules take as a whole: masked as a value, and written anew where that changes. False: they remove it. */
  private taken(message: Message, at: number, kind: number): boolean {
    const { hits, engine } = this
    const mark = hits.count
    const masked = this.takenRecord(kind)
    const before = this.record()
    const told = engine.since()
    this.message(message, this.places.inert(message), at)
    if (masked === before) return true
    hits.count = mark
    engine.revoke(told)
    if (masked === REMOVED || masked === undefined) return false
    const name = kind === OF_RESOURCE ? 'resource' : kind === OF_LIBRARY ? 'scope' : undefined
    const was = name === undefined ? before : (before.get(name) as Map<string, unknown>)
    const now = name === undefined ? masked : member(masked, name)
    if (now !== undefined && !(now instanceof Map)) throw engine.notRecord()
    const is = (now as Map<string, unknown> | undefined) ?? new Map<string, unknown>()
    engine.told(was, is, name === undefined ? engine.root : engine.child(engine.root, name), (key) => message.fields.some((f) => f.view === key))
    this.rebuild(message, at, was, is)
    return true
  }

  private takenRecord(kind: number): unknown {
    const { engine } = this
    engine.series = kind === OF_ITEM && this.itemMessage.series
    const masked = engine.record(this.record(), kind !== OF_ITEM)
    engine.series = false
    return masked
  }

  private takenText(f: Field, m: Member): void {
    this.stringAt(m.start)
    const masked = this.takenRecord(OF_METRIC)
    const before = this.record()
    if (masked === before) return
    if (masked === REMOVED || masked === undefined) throw this.engine.notRecord()
    const now = member(masked, f.view)
    if (now === before.get(f.view)) return
    this.engine.told(before.get(f.view), now, this.engine.child(this.engine.root, f.view))
    if (now === undefined) this.hits.remove(m.entry, m.end, undefined)
    else this.put(m.start, m.end, JSON.stringify(asText(now)))
  }

  private rebuild(message: Message, at: number, before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): void {
    const { hits } = this
    const done = new Set<number>()
    const pairings = new Map<string, Pairing>()
    const kept = message === resource ? this.references(at) : undefined
    for (const m of this.index.members(at)) {
      const f = message.byName.get(m.key)
      if (f === undefined) {
        const c = this.buf[m.start]
        if (!this.keeps && (c === 0x22 || c === 0x7b || c === 0x5b)) hits.remove(m.entry, m.end, undefined)
        continue
      }
      if (this.isNull(m.start)) continue
      const was = before.get(f.view)
      const now = after.get(f.view)
      if (f.role === DETECTED) this.outside(f, m)
      else if (f.role === REFERENCE) for (const [s, e] of this.list(m.start)) this.reference(s, e)
      else if (message === resource && f.role === MESSAGE) for (const [s] of this.list(m.start)) this.message(f.message!, this.places.inert(f.message!), s)
      else if (f.role >= ID || (was === now && f.role !== MESSAGE)) continue
      else if (f.role === MESSAGE) {
        if (f.message!.fields.every((inner) => inner.role >= NUMBER)) continue
        if (!f.repeated) {
          if (now instanceof Map) this.rebuild(f.message!, m.start, was as Map<string, unknown>, now as Map<string, unknown>)
          else hits.remove(m.entry, m.end, undefined)
          continue
        }
        let pairing = pairings.get(f.view)
        if (pairing === undefined) pairings.set(f.view, (pairing = new Pairing(was as readonly unknown[], now)))
        for (const [s, e] of this.list(m.start)) {
          const pair = pairing.next()
          if (pair.now instanceof Map) this.rebuild(f.message!, s, pair.was as Map<string, unknown>, pair.now as Map<string, unknown>)
          else hits.remove(s, e, undefined)
        }
      } else if (f.role === ATTRIBUTES) {
        const entries: string[] = []
        if (!done.has(f.number)) {
          if (typeof now === 'object' && now !== null) for (const [key, value] of entriesOf(now)) entries.push(jsonEntry(key, value, member(was, key)))
          for (const key of kept ?? []) {
            const name = this.resourceKeys?.renamed.get(key) ?? key
            if (member(was, key) !== undefined && member(now, name) === undefined) entries.push(jsonEntry(name, '[REDACTED]', undefined))
          }
        }
        done.add(f.number)
        this.put(m.start, m.end, `[${entries.join(',')}]`)
      } else if (now === undefined) hits.remove(m.entry, m.end, undefined)
      else this.put(m.start, m.end, f.role === VALUE ? `{${jsonAny(now, was)}}` : JSON.stringify(asText(now)))
    }
  }
}

const NO_BYTES: Buffer = Buffer.alloc(0)
const NO_INDEX = new JsonIndex(Buffer.from('0'))
const INDEX = { type: 'int32', names: undefined } as const
const DOUBLE = /^-?[0-9]/
const QUOTED_DOUBLE = /^(?:NaN|-?Infinity|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/
const WHOLE = /^-?(?:\d+(?:\.0+)?|\d+(?:\.\d+)?[eE][+-]?\d+)$/
const INTEGER = /^-?\d{1,20}$/

/** An integer as JSON may spell it: `1`, `"1"`, `1e3`, `5.0`. */
function toInt(text: string): unknown {
  return /^-?\d+$/.test(text) ? BigInt(text) : Number(text)
}

function hopText(stamp: string): string {
  return jsonEntry(HOP, stamp, undefined)
}

function jsonEntry(key: string, value: unknown, before: unknown): string {
  return `{"key":${JSON.stringify(key)},"value":{${jsonAny(value, before)}}}`
}

/** A value as the member of an AnyValue; empty for null. */
function jsonAny(value: unknown, before: unknown): string {
  if (isBytesText(value, before)) return `"bytesValue":"${Buffer.from(String(value)).toString('base64')}"`
  switch (typeof value) {
    case 'string':
      return `"stringValue":${JSON.stringify(value)}`
    case 'boolean':
      return `"boolValue":${value}`
    case 'bigint':
      return fitsInt64(value) ? `"intValue":"${value}"` : `"stringValue":"${value}"`
    case 'number':
      if (!isDouble(value, before)) return `"intValue":"${value}"`
      return `"doubleValue":${Number.isFinite(value) ? value : `"${value}"`}`
    case 'object':
      if (value === null) return ''
      if (value instanceof Uint8Array) return `"bytesValue":"${Buffer.from(value).toString('base64')}"`
      if (value instanceof NumberText) return jsonAny(Number(value.text), before)
      if (Array.isArray(value)) return `"arrayValue":{"values":[${value.map((item, i) => `{${jsonAny(item, member(before, i))}}`).join(',')}]}`
      return `"kvlistValue":{"values":[${entriesOf(value)
        .map(([key, item]) => jsonEntry(key, item, member(before, key)))
        .join(',')}]}`
    default:
      return ''
  }
}
