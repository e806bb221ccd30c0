// The walker of OTLP in protobuf: one pass over the bytes of a request, by the field table. It notes changes and splices; what no rule touches, unknown fields
// under `keep` among it, comes out as it went in. The record view that rules address is never built unless a hash source, a condition or a rule without a
// selector asks for it.
import { isUtf8 } from 'node:buffer'
import { REMOVED } from '../../src/index.ts'
import type { Value } from '../../src/index.ts'
import { freeName, namesOf } from '../../src/engine/walker.ts'
import type { Access, FieldEngine, RecordState, Scope } from '../../src/engine/walker.ts'
import { Edits } from './otlp-edits.ts'
import { encodeAny, encodeEntry, hopAttribute, varintBytes } from './otlp-encode.ts'
import {
  anyValue,
  arrayValue,
  ATTRIBUTES,
  DETECTED,
  ID,
  keyValueList,
  library,
  MESSAGE,
  metric,
  NUMBER,
  NUMBERS,
  REFERENCE,
  requests,
  resource,
  span,
  TEXT,
  TRACE_STATE,
  VALUE,
} from './otlp-fields.ts'
import type { Field, Message } from './otlp-fields.ts'
import { asText, bytesText, entriesOf, HOP, invalid, lookedUp, mapIn, maskedTraceState, member, Pairing, type Place, Places } from './otlp-record.ts'
import { OtlpError } from './types.ts'
import type { RewriteCounts, RewriteOptions, Signal } from './types.ts'

const FAILED = '[MASKING FAILED]'
const FAILED_BYTES = Buffer.from(FAILED)
const REDACTED = '[REDACTED]'
const HOP_BYTES = Buffer.from(HOP)

const NAME = 1
const VALUE_ROLE = 2
const PAIR = 4
const TURNS = 8
const MOST_BESIDE = 8
/** Sensitive names of one value that are tried one after the other. */
const MOST_NAMES = 8

/** The keys of one object while it is walked. */
class Keys {
  scope!: Scope
  previous: Scope | undefined
  /** The text that names what stands beside it: its range; 0: there is none. */
  nameStart = 0
  nameEnd = 0
  /** Where the entries stand: the message they are in, and their field. */
  from = 0
  to = 0
  number = 0
  /** What became of keys that detectors have found something in, and the names that are taken. */
  renamed: Map<string, string> | undefined
  names: Map<string, number> | undefined
  /** Keys whose entries stay, whatever rules say. */
  kept: ReadonlySet<string> | undefined

  reset(scope: Scope, from: number, to: number, number: number): this {
    this.scope = scope
    this.previous = undefined
    this.nameStart = this.nameEnd = 0
    this.from = from
    this.to = to
    this.number = number
    this.renamed = undefined
    this.names = undefined
    this.kept = undefined
    return this
  }
}

/** A data point, for the count of series that have become one. */
interface Point {
  readonly message: Message
  readonly start: number
  readonly end: number
  readonly from: number
  readonly to: number
  readonly changed: boolean
}

/** What the lookups of the record at hand see. */
const OF_RESOURCE = 0
const OF_LIBRARY = 1
const OF_METRIC = 2
const OF_ITEM = 3

export class ProtobufWalker implements Access {
  private readonly engine: FieldEngine
  private readonly keeps: boolean
  private readonly repairs: boolean
  private readonly stamp: string | undefined
  private readonly maxDepth: number
  private edits = new Edits()
  private buf: Buffer = Buffer.alloc(0)
  private view: DataView = new DataView(new ArrayBuffer(0))
  private counts!: RewriteCounts

  // the field read last
  private number = 0
  private wire = 0
  private prefix = 0
  private start = 0
  private end = 0
  private low = 0

  // the places of the record view
  private readonly places: Places

  // where the walk stands: names of fields; ranges of keys; indexes
  private readonly names: (string | undefined)[] = []
  private froms = new Int32Array(1024)
  private tos = new Int32Array(1024)
  private at = 0
  private readonly keyPool: Keys[] = []
  private keysOpen = 0
  private readonly metadata = new Keys()

  // the record at hand
  private stage = OF_RESOURCE
  private seen: Map<string, unknown> | undefined
  private resourcedStart = 0
  private resourcedEnd = 0
  private scopedStart = 0
  private scopedEnd = 0
  private metricStart = 0
  private metricEnd = 0
  private itemStart = 0
  private itemEnd = 0
  private itemMessage: Message = span
  private points: Point[] | undefined

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
    this.buf = body
    this.view = new DataView(body.buffer, body.byteOffset, body.length)
    this.counts = counts
    this.edits.reset()
    this.at = this.keysOpen = 0
    this.seen = undefined
    this.places.renew()
    try {
      this.request(requests[signal])
      return this.edits.count === 0 ? body : this.edits.render(body, 0, body.length)
    } finally {
      this.buf = NO_BYTES
      this.view = new DataView(new ArrayBuffer(0))
      this.seen = undefined
      this.points = undefined
      this.engine.series = false
    }
  }

  // ---------------------------------------------------------------------------------------------- wire format

  /** Reads the field at i; returns where the next one begins. */
  private field(i: number, end: number): number {
    const { buf } = this
    let tag = buf[i]!
    let at = i + 1
    if (tag >= 0x80) {
      at = this.varint(i, end)
      tag = this.low
    }
    const wire = tag & 7
    this.number = tag >>> 3
    this.wire = wire
    if (this.number === 0) throw invalid('a field has the number 0')
    if (wire === 2) {
      this.prefix = at
      let length = at < end ? buf[at]! : 0
      if (at >= end) throw invalid('a field ends too early')
      if (length < 0x80) at++
      else {
        at = this.varint(at, end)
        length = this.low
      }
      this.start = at
      if (length > end - at) throw invalid('a length is past its end')
      at += length
    } else {
      this.prefix = this.start = at
      if (wire === 0) at = this.skipVarint(at, end)
      else if (wire === 1) at += 8
      else if (wire === 5) at += 4
      else if (wire === 3) at = this.group(at, end, this.number)
      else throw invalid('a wire type is unknown, or a group ends that has not begun')
      if (at > end) throw invalid('a field ends too early')
    }
    this.end = at
    return at
  }

  /** Reads a varint of at most 32 bits, over-long ones too, into `low`. */
  private varint(i: number, end: number): number {
    const { buf } = this
    let value = 0
    let shift = 0
    for (let n = 0; n < 10; n++) {
      if (i >= end) throw invalid('a number ends too early')
      const c = buf[i++]!
      const bits = c & 0x7f
      if (shift < 28) value |= bits << shift
      else if (shift === 28) {
        if (bits > 15) throw invalid('a tag or a length is too large')
        value = (value | (bits << 28)) >>> 0
      } else if (bits !== 0) throw invalid('a tag or a length is too large')
      shift += 7
      if (c < 0x80) {
        this.low = value >>> 0
        return i
      }
    }
    throw invalid('a number has more than ten bytes')
  }

  private skipVarint(i: number, end: number): number {
    const { buf } = this
    for (let n = 0; n < 10; n++) {
      if (i >= end) throw invalid('a number ends too early')
      if (buf[i++]! < 0x80) return i
    }
    throw invalid('a number has more than ten bytes')
  }

  /** Skips what a group holds, groups in it included; iterative. */
  private group(i: number, end: number, number: number): number {
    const open = [number]
    while (open.length > 0) {
      if (i >= end) throw invalid('a group does not end')
      i = this.varint(i, end)
      const wire = this.low & 7
      const field = this.low >>> 3
      if (field === 0) throw invalid('a field has the number 0')
      if (wire === 3) open.push(field)
      else if (wire === 4) {
        if (open.pop() !== field) throw invalid('a group ends that has not begun')
      } else if (wire === 0) i = this.skipVarint(i, end)
      else if (wire === 1) i += 8
      else if (wire === 5) i += 4
      else if (wire === 2) {
        i = this.varint(i, end)
        if (this.low > end - i) throw invalid('a length is past its end')
        i += this.low
      } else throw invalid('a wire type is unknown')
      if (i > end) throw invalid('a field ends too early')
    }
    this.number = number
    this.wire = 3
    return i
  }

  /** The field of a message that was read last; undefined: it has none of this number and wire type. */
  private known(message: Message): Field | undefined {
    const { number, wire } = this
    if (number >= message.byNumber.length) return undefined
    const f = message.byNumber[number]
    return f !== undefined && (f.wire === wire || (f.role === NUMBERS && wire === 2)) ? f : undefined
  }

  /** An unknown field. */
  private unknown(tag: number, end: number): void {
    this.counts.unknownFields++
    if (!this.keeps && (this.wire === 2 || this.wire === 3)) this.edits.add(tag, end, undefined, -1)
  }

  private packed(f: Field, start: number, end: number): void {
    if (f.wire === 1 && ((end - start) & 7) !== 0) throw invalid('packed numbers do not divide evenly')
    if (f.wire === 0) for (let i = start; i < end; ) i = this.skipVarint(i, end)
  }

  private id(f: Field): void {
    const length = this.end - this.start
    if (length !== f.size && length !== 0) throw invalid(`an id (${f.name}) has not ${f.size} bytes`)
  }

  // ---------------------------------------------------------------------------------------------- envelopes

  private request(message: Message): void {
    const resourced = message.byNumber[1]!.message!
    const end = this.buf.length
    for (let i = 0; i < end; ) {
      const tag = i
      i = this.field(i, end)
      if (this.known(message) === undefined) this.unknown(tag, i)
      else this.resourced(resourced, tag, this.prefix, this.start, i)
    }
  }

  /** ResourceSpans and its like. */
  private resourced(message: Message, tag: number, prefix: number, start: number, end: number): void {
    const { edits, counts } = this
    const { count, delta, depth } = edits
    const before = counts.items - counts.dropped
    const told = this.engine.since()
    this.resourcedStart = start
    this.resourcedEnd = end
    edits.open(prefix, start)
    let keep = true
    let filled = false
    let left = false
    let stamped = this.stamp === undefined
    for (let i = start; i < end; ) {
      const at = i
      i = this.field(i, end)
      const f = this.known(message)
      if (f === undefined) this.unknown(at, i)
      else if (f.role === DETECTED) keep = this.detected(f, at, this.prefix, this.start, i) && keep
      else if (f.number === 1) {
        keep = this.shared(OF_RESOURCE, resource, this.places.resource, this.prefix, this.start, i, !stamped) && keep
        stamped = true
      } else {
        const items = counts.items
        const kept = this.scoped(f.message!, at, this.prefix, this.start, i)
        filled ||= counts.items > items
        left ||= kept
      }
    }
    if (!stamped) {
      const attribute = hopAttribute(this.stamp!)
      edits.add(end, end, Buffer.concat([Buffer.from([0x0a]), varintBytes(attribute.length), attribute]), -1)
    }
    if (keep && (left || !filled)) {
      edits.close(end)
      return
    }
    counts.dropped += keep ? 0 : counts.items - counts.dropped - before
    this.engine.revoke(told)
    edits.rollback(count, delta, depth)
    edits.add(tag, end, undefined, -1)
  }

  /** ScopeSpans and its like; false: all that was in it is dropped, and it with it. */
  private scoped(message: Message, tag: number, prefix: number, start: number, end: number): boolean {
    const { edits, counts } = this
    const { count, delta, depth } = edits
    const before = counts.items - counts.dropped
    const items = counts.items
    const told = this.engine.since()
    this.scopedStart = start
    this.scopedEnd = end
    edits.open(prefix, start)
    let keep = true
    for (let i = start; i < end; ) {
      const at = i
      i = this.field(i, end)
      const f = this.known(message)
      if (f === undefined) this.unknown(at, i)
      else if (f.role === DETECTED) keep = this.detected(f, at, this.prefix, this.start, i) && keep
      else if (f.number === 1) keep = this.shared(OF_LIBRARY, library, this.places.library, this.prefix, this.start, i, false) && keep
      else if (f.message === metric) this.metric(at, this.prefix, this.start, i)
      else {
        this.item(f.message!, at, this.prefix, this.start, i)
      }
    }
    const left = counts.items - counts.dropped - before
    if (keep && (left > 0 || counts.items === items)) {
      edits.close(end)
      return true
    }
    if (!keep) counts.dropped += left
    this.engine.revoke(told)
    edits.rollback(count, delta, depth)
    edits.add(tag, end, undefined, -1)
    return false
  }

  /** A text outside the record view; false: the policy drops all that it stands beside. */
  private detected(f: Field, tag: number, prefix: number, start: number, end: number): boolean {
    this.engine.next(false)
    this.stage = OF_RESOURCE
    this.seen = undefined
    this.outside(f, tag, prefix, start, end)
    return this.finished()
  }

  private outside(f: Field, tag: number, prefix: number, start: number, end: number): void {
    const n = this.engine.detect(this.buf, start, end, this, f.name)
    this.write(n, tag, prefix, start, end, false)
  }

  private finished(): boolean {
    const places = this.engine.state.places
    const keep = this.engine.finish()
    if (keep) this.counts.masked += places
    return keep
  }

  /** A resource or an instrumentation scope: a record of its own. */
  private shared(kind: number, message: Message, place: Place, prefix: number, start: number, end: number, stamp: boolean): boolean {
    const { edits, engine } = this
    const { count, delta, depth } = edits
    engine.next(false)
    this.stage = kind
    this.seen = undefined
    edits.open(prefix, start)
    let ok = true
    try {
      this.enterName(kind === OF_RESOURCE ? 'resource' : 'scope')
      if (this.places.takesWhole(message)) {
        if (!this.taken(message, start, end, kind)) edits.add(start, end, undefined, -1)
      } else this.message(message, place, start, end)
      this.at = 0
    } catch (error) {
      if (error instanceof OtlpError) throw error
      this.undo(count, delta, depth + 1)
      if (!engine.failed(error, place.scope, end - start)) return false
      ok = false
      this.minimal(message, start, end)
      this.counts.masked++
    }
    if (ok && !this.finished()) {
      edits.rollback(count, delta, depth)
      return false
    }
    if (kind === OF_RESOURCE && this.stamp !== undefined) {
      this.refuseHop(message, start, end)
      if (stamp) edits.add(end, end, hopAttribute(this.stamp), -1)
    }
    edits.close(end)
    return true
  }

  private undo(count: number, delta: number, depth: number): void {
    this.edits.rollback(count, delta, depth)
    this.at = this.keysOpen = 0
    this.engine.series = false
  }

  /** Refuses a resource that carries our stamp. */
  private refuseHop(message: Message, start: number, end: number): void {
    const { buf } = this
    for (let i = start; i < end; ) {
      i = this.field(i, end)
      if (this.known(message)?.role !== ATTRIBUTES) continue
      const { end: stop } = this
      let ours = false
      let value = ''
      for (let k = this.start; k < stop; ) {
        k = this.field(k, stop)
        if (this.number === 1 && this.wire === 2) ours ||= buf.compare(HOP_BYTES, 0, HOP_BYTES.length, this.start, this.end) === 0
        else if (this.number === 2 && this.wire === 2) value += buf.toString('utf8', this.start, this.end)
      }
      if (ours && value.includes(this.stamp!)) throw new OtlpError('hop', 'the request has been here before: it comes round in a loop')
    }
  }

  // ---------------------------------------------------------------------------------------------- items

  /** A span, a log record or a data point; its changes, or its removal. */
  private item(message: Message, tag: number, prefix: number, start: number, end: number): void {
    const { edits, engine, counts } = this
    const { count, delta, depth } = edits
    counts.items++
    engine.next(true)
    this.stage = OF_ITEM
    this.seen = undefined
    this.itemMessage = message
    this.itemStart = start
    this.itemEnd = end
    this.at = 0
    let ok = true
    try {
      edits.open(prefix, start)
      if (this.places.takesWhole(message)) {
        if (!this.taken(message, start, end, OF_ITEM)) engine.state.drop = true
      } else this.message(message, this.places.of(message), start, end)
    } catch (error) {
      if (error instanceof OtlpError) throw error
      ok = false
      this.undo(count, delta, depth + 1)
      if (engine.failed(error, engine.root, end - start)) {
        this.minimal(message, start, end)
        counts.masked++
        edits.close(end)
        return
      }
    }
    if (ok && this.finished()) {
      const from = count
      const changed = edits.count > from
      edits.close(end)
      if (message.series && this.points !== undefined) this.points.push({ message, start, end, from, to: edits.count, changed })
      return
    }
    counts.dropped++
    edits.rollback(count, delta, depth)
    edits.add(tag, end, undefined, -1)
  }

  /** The record that stands for one that could not be masked: ids, times and kinds kept, texts replaced, all else gone. */
  private minimal(message: Message, start: number, end: number): void {
    const { edits } = this
    for (let i = start; i < end; ) {
      const tag = i
      i = this.field(i, end)
      const f = this.known(message)
      if (f === undefined) {
        if (this.wire === 2 || this.wire === 3) edits.add(tag, i, undefined, -1)
        continue
      }
      switch (f.role) {
        case NUMBER:
          break
        case NUMBERS:
          if (this.wire === 2) this.packed(f, this.start, this.end)
          break
        case ID:
          this.id(f)
          break
        case TEXT:
          edits.add(this.prefix, i, FAILED_BYTES, FAILED_BYTES.length)
          break
        case VALUE:
          edits.add(this.prefix, i, FAILED_VALUE, FAILED_VALUE.length)
          break
        case MESSAGE:
          // what stands alone has numbers worth keeping, and so have quantiles
          if (!f.repeated || f.message!.fields.every((inner) => inner.role === NUMBER)) {
            const { prefix, start: from } = this
            edits.open(prefix, from)
            this.minimal(f.message!, from, i)
            edits.close(i)
            break
          }
          edits.add(tag, i, undefined, -1)
          break
        default:
          edits.add(tag, i, undefined, -1)
      }
    }
  }

  /** A metric: its texts are a record of their own, its data points are items. */
  private metric(tag: number, prefix: number, start: number, end: number): void {
    const { edits, engine, counts } = this
    const { count, delta, depth } = edits
    const before = counts.items - counts.dropped
    const items = counts.items
    const told = engine.since()
    this.metricStart = start
    this.metricEnd = end
    this.points = []
    const whole = this.places.takesWhole(metric)
    const place = this.places.of(metric)
    const metadata = this.metadata.reset(this.places.metadata, start, end, 12)
    edits.open(prefix, start)
    let keep = true
    for (let i = start; i < end; ) {
      const at = i
      i = this.field(i, end)
      const f = this.known(metric)
      if (f === undefined) this.unknown(at, i)
      else if (f.role === MESSAGE) this.data(f.message!, this.prefix, this.start, i)
      else {
        const { prefix: own, start: from } = this
        const { count: made, delta: added, depth: open } = edits
        engine.next(false)
        this.stage = OF_METRIC
        this.seen = undefined
        this.at = 0
        let failed = false
        try {
          if (f.role === TEXT && whole) this.takenText(f, at, own, i)
          else if (f.role === TEXT) {
            this.enterName(f.view)
            if (this.leaf(place.scopes[f.number]!, at, own, from, i, false)) edits.add(at, i, undefined, -1)
            this.at = 0
          } else {
            this.enterName('metadata')
            this.keyValue(at, own, from, i, metadata)
            this.at = 0
          }
        } catch (error) {
          if (error instanceof OtlpError) throw error
          this.edits.rollback(made, added, open)
          this.at = 0
          failed = true
          if (!engine.failed(error, f.role === TEXT ? place.scopes[f.number]! : this.places.metadata, i - from)) keep = false
          else if (f.role === TEXT) edits.add(own, i, FAILED_BYTES, FAILED_BYTES.length)
          else edits.add(at, i, undefined, -1)
        }
        if (!failed) keep = this.finished() && keep
      }
    }
    const left = counts.items - counts.dropped - before
    if (keep && (left > 0 || counts.items === items)) {
      edits.close(end)
      this.collisions()
    } else {
      if (!keep) counts.dropped += left
      engine.revoke(told)
      edits.rollback(count, delta, depth)
      edits.add(tag, end, undefined, -1)
    }
    this.points = undefined
  }

  /** Gauge and its like. */
  private data(message: Message, prefix: number, start: number, end: number): void {
    this.edits.open(prefix, start)
    for (let i = start; i < end; ) {
      const tag = i
      i = this.field(i, end)
      const f = this.known(message)
      if (f === undefined) this.unknown(tag, i)
      else if (f.role === MESSAGE) this.item(f.message!, tag, this.prefix, this.start, i)
    }
    this.edits.close(end)
  }

  /** Counts the points of one metric whose attributes were different and are the same now. */
  private collisions(): void {
    const points = this.points!
    if (!points.some((point) => point.changed)) return
    const sets = new Map<string, string>()
    for (const { message, start, end, from, to } of points) {
      const before: string[] = []
      const after: string[] = []
      let k = from
      for (let i = start; i < end; ) {
        const tag = i
        i = this.field(i, end)
        const attribute = this.known(message)?.role === ATTRIBUTES
        while (k < to && this.edits.starts[k]! < tag) k++
        let last = k
        while (last < to && this.edits.starts[last]! < i) last++
        if (attribute) {
          before.push(this.buf.toString('latin1', tag, i))
          after.push(this.edits.render(this.buf, tag, i, k, last).toString('latin1'))
        }
        k = last
      }
      const masked = after.sort().join('\u0000')
      const received = before.sort().join('\u0000')
      const known = sets.get(masked)
      if (known === undefined) sets.set(masked, received)
      else if (known !== received) this.counts.seriesCollisions++
    }
  }

  // ---------------------------------------------------------------------------------------------- messages

  private message(message: Message, place: Place, start: number, end: number): void {
    const { edits } = this
    let keys: Keys | undefined
    const opened = this.keysOpen
    let protectedKeys: ReadonlySet<string> | undefined
    if (message === resource) protectedKeys = this.references(start, end)
    // at most two fields of a message are lists
    let first = -1
    let indexOfFirst = 0
    let indexOfOther = 0
    for (let i = start; i < end; ) {
      const tag = i
      i = this.field(i, end)
      const { number } = this
      const f = this.known(message)
      if (f === undefined) {
        this.unknown(tag, i)
        continue
      }
      switch (f.role) {
        case NUMBER:
          break
        case ATTRIBUTES: {
          if (keys === undefined) {
            keys = this.openKeys(place.scopes[number]!, start, end, number)
            keys.kept = protectedKeys
          }
          if (message.series) this.engine.series = true
          this.enterName(f.view)
          this.keyValue(tag, this.prefix, this.start, i, keys)
          this.at--
          if (message.series) this.engine.series = false
          break
        }
        case TEXT:
          this.enterName(f.view)
          if (this.leaf(place.scopes[number]!, tag, this.prefix, this.start, i, false)) edits.add(tag, i, undefined, -1)
          this.at--
          break
        case ID:
          this.id(f)
          break
        case MESSAGE: {
          const { prefix, start: from } = this
          let index = 0
          if (f.repeated) {
            if (first < 0) first = number
            index = first === number ? indexOfFirst++ : indexOfOther++
          }
          edits.open(prefix, from)
          if (place.scopes[number] !== undefined && f.view !== '') {
            const inner = place.at(f, index)
            this.enterName(f.view)
            if (f.repeated) this.enterIndex(index)
            this.message(f.message!, inner, from, i)
            this.at -= f.repeated ? 2 : 1
          }
          edits.close(i)
          break
        }
        case TRACE_STATE:
          this.enterName(f.view)
          this.traceState(place.scopes[number]!, tag, this.prefix, this.start, i)
          this.at--
          break
        case VALUE: {
          const { prefix, start: from } = this
          const { count, delta, depth } = edits
          this.enterName(f.view)
          edits.open(prefix, from)
          const removed = this.any(place.scopes[number]!, from, i)
          edits.close(i)
          this.at--
          if (removed) {
            edits.rollback(count, delta, depth)
            edits.add(tag, i, undefined, -1)
          }
          break
        }
        case NUMBERS:
          if (this.wire === 2) this.packed(f, this.start, this.end)
          break
        case DETECTED:
          this.outside(f, tag, this.prefix, this.start, i)
          break
        case REFERENCE:
          this.reference(this.prefix, this.start, i)
          break
      }
    }
    this.keysOpen = opened
  }

  private traceState(scope: Scope, tag: number, prefix: number, start: number, end: number): void {
    if (scope.strings === PASS || start === end) return
    const done = maskedTraceState(this.engine, this.buf, start, end, scope, this)
    if (done === undefined) return
    const out = Buffer.from(done)
    if (done === '') this.edits.add(tag, end, undefined, -1)
    else this.edits.add(prefix, end, out, out.length)
  }

  /** Keys of a resource that entities refer to; undefined: there are none. */
  private references(start: number, end: number): ReadonlySet<string> | undefined {
    let out: Set<string> | undefined
    this.resourceKeys = undefined
    for (let i = start; i < end; ) {
      i = this.field(i, end)
      const f = this.known(resource)
      if (f?.role !== MESSAGE) continue
      const stop = this.end
      for (let k = this.start; k < stop; ) {
        k = this.field(k, stop)
        if (this.known(f.message!)?.role === REFERENCE) (out ??= new Set()).add(this.buf.toString('utf8', this.start, this.end))
      }
    }
    if (out !== undefined) {
      this.resourceKeys = new Keys().reset(this.places.resource.scopes[1]!, start, end, 1)
    }
    return out
  }
  private resourceKeys: Keys | undefined

  /** The name of a resource key in an entity: it gets the change of the key. */
  private reference(prefix: number, start: number, end: number): void {
    const key = this.buf.toString('utf8', start, end)
    const keys = this.resourceKeys!
    const scope = this.engine.child(keys.scope, key)
    if (!scope.keyHit) return
    const name = this.renamed(keys, scope, key)
    if (name === key) return
    const out = Buffer.from(name)
    this.edits.add(prefix, end, out, out.length)
  }

  // ---------------------------------------------------------------------------------------------- texts

  /** A text; true: it is removed. `any`: it is the `string_value` of an AnyValue. */
  private leaf(scope: Scope, tag: number, prefix: number, start: number, end: number, any: boolean): boolean {
    const n = this.engine.text(this.buf, start, end, scope, this)
    if (n === 0 && !this.repairs) return false
    return this.write(n, tag, prefix, start, end, any)
  }

  /** Notes what has become of a text; true: it is removed. */
  private write(n: number, tag: number, prefix: number, start: number, end: number, any: boolean): boolean {
    const { engine, edits, buf } = this
    if (n >= 0) {
      if (this.repairs && !isUtf8(buf.subarray(start, end))) {
        const out = Buffer.from(this.spliced(n, start, end).toString())
        edits.add(prefix, end, out, out.length)
        return false
      }
      if (n === 0) return false
      edits.open(prefix, start)
      for (let k = 0; k < n; k++) edits.add(engine.starts[k]!, engine.ends[k]!, engine.outs[k], -1)
      edits.close(end)
      return false
    }
    const { whole, wholeBytes } = engine
    if (whole === REMOVED) return true
    if (wholeBytes !== undefined) edits.add(prefix, end, wholeBytes, wholeBytes.length)
    else if (any) edits.add(tag, end, encodeAny(whole, undefined), -1)
    else {
      const out = Buffer.from(asText(whole))
      edits.add(prefix, end, out, out.length)
    }
    return false
  }

  private spliced(n: number, start: number, end: number): Buffer {
    const pieces: Uint8Array[] = []
    let from = start
    for (let k = 0; k < n; k++) {
      pieces.push(this.buf.subarray(from, this.engine.starts[k]), this.engine.outs[k]!)
      from = this.engine.ends[k]!
    }
    pieces.push(this.buf.subarray(from, end))
    return Buffer.concat(pieces)
  }

  // ---------------------------------------------------------------------------------------------- key-value pairs

  private openKeys(scope: Scope, from: number, to: number, number: number): Keys {
    const k = this.keysOpen++
    const keys = (this.keyPool[k] ??= new Keys())
    keys.reset(scope, from, to, number)
    return keys
  }

  /** One key and its value. */
  private keyValue(tag: number, prefix: number, start: number, end: number, keys: Keys): void {
    const { buf, edits, engine } = this
    // nearly all are a key and a value, in this order
    const keyLength = buf[start + 1]!
    const valueTag = start + 2 + keyLength
    if (end - start > 3 && buf[start] === 0x0a && keyLength < 0x80 && valueTag + 1 < end && buf[valueTag] === 0x12) {
      let content = valueTag + 2
      let length = buf[valueTag + 1]!
      if (length >= 0x80) {
        content = this.varint(valueTag + 1, end)
        length = this.low
      }
      if (content + length === end) {
        const { count, delta, depth } = edits
        edits.open(prefix, start)
        let scope = engine.childAt(keys.scope, keys.previous, buf, start + 2, valueTag)
        keys.previous = scope
        if (scope.keyHit) this.key(keys, scope, start + 1, start + 2, valueTag)
        else if (this.repairs) this.repairKey(start + 1, start + 2, valueTag)
        if (scope.roles !== 0) scope = this.beside(keys, scope, end, content, end)
        this.enterKey(start + 2, valueTag)
        edits.open(valueTag + 1, content)
        const removed = this.any(scope, content, end)
        this.at--
        if (removed) this.removed(keys, tag, prefix, start, end, start + 2, valueTag, count, delta, depth)
        else if (edits.count === count) edits.depth = depth
        else {
          edits.close(end)
          edits.close(end)
        }
        return
      }
    }
    this.oddKeyValue(tag, prefix, start, end, keys)
  }

  /** One with its value before its key, with several of them, with unknown fields. */
  private oddKeyValue(tag: number, prefix: number, start: number, end: number, keys: Keys): void {
    const { edits, engine, buf } = this
    const { count, delta, depth } = edits
    const scopes: { readonly scope: Scope; readonly start: number; readonly end: number }[] = []
    let values = 0
    for (let i = start; i < end; ) {
      i = this.field(i, end)
      if (this.wire !== 2) continue
      if (this.number === 1) scopes.push({ scope: engine.childAt(keys.scope, undefined, buf, this.start, i), start: this.start, end: i })
      else if (this.number === 2) values++
    }
    if (scopes.length === 0) scopes.push({ scope: engine.child(keys.scope, ''), start: end, end })
    // the last key counts, but if any of them is sensitive so is the value
    const last = scopes.at(-1)!
    keys.previous = undefined
    const order = [
      ...new Map(
        [...scopes.filter(({ scope }) => scope.targets.length > 0), ...scopes.filter(({ scope }) => scope.claim !== undefined), last].map((entry) => [entry.scope, entry]),
      ).values(),
    ]
    edits.open(prefix, start)
    let removed = false
    // whoever writes that many has something to hide
    const hidden = order.length > MOST_NAMES
    let k = 0
    for (let i = start; i < end; ) {
      const at = i
      i = this.field(i, end)
      if (this.wire === 2 && this.number === 1) {
        const { scope } = scopes[k++]!
        if (scope.keyHit) this.key(keys, scope, this.prefix, this.start, i)
        else if (this.repairs) this.repairKey(this.prefix, this.start, i)
      } else if (this.wire === 2 && this.number === 2) {
        const { prefix: own, start: content } = this
        if (hidden) {
          edits.add(own, i, REDACTED_VALUE, REDACTED_VALUE.length)
          engine.redacted(order[0]!.scope, i - content)
          continue
        }
        for (const entry of order) {
          const { count: made, delta: added, depth: open } = edits
          const scope = entry.scope.roles === 0 ? entry.scope : this.beside(keys, entry.scope, end, content, i)
          this.enterKey(entry.start, entry.end)
          edits.open(own, content)
          removed = this.any(scope, content, i) || removed
          this.at--
          if (edits.count > made || removed) {
            if (edits.depth > open) edits.close(i)
            break
          }
          edits.rollback(made, added, open)
        }
      } else if (this.number === 3 && this.wire === 0) continue
      else this.unknown(at, i)
    }
    if (!removed && values === 0) {
      // no value is a value too
      for (const { scope, start: from, end: to } of order) {
        if (scope.literals === 0) continue
        this.enterKey(from, to)
        const done = engine.value(null, scope, this, this.at)
        this.at--
        if (done === null) continue
        if (done === REMOVED) removed = true
        else {
          const out = encodeAny(done, null)
          edits.add(end, end, Buffer.concat([Buffer.from([0x12]), varintBytes(out.length), out]), -1)
        }
        break
      }
    }
    if (removed) this.removed(keys, tag, prefix, start, end, last.start, last.end, count, delta, depth)
    else edits.close(end)
  }

  /** A rule has removed an entry. */
  private removed(keys: Keys, tag: number, prefix: number, start: number, end: number, keyStart: number, keyEnd: number, count: number, delta: number, depth: number): void {
    const { edits, buf } = this
    edits.rollback(count, delta, depth)
    const kept = keys.kept?.has(buf.toString('utf8', keyStart, keyEnd)) === true
    if (!kept) {
      edits.add(tag, end, undefined, -1)
      return
    }
    // an entity refers to it: its value goes
    edits.open(prefix, start)
    for (let i = start; i < end; ) {
      const at = i
      i = this.field(i, end)
      if (this.wire === 2 && this.number === 1) {
        const scope = this.engine.childAt(keys.scope, undefined, buf, this.start, i)
        if (scope.keyHit) this.key(keys, scope, this.prefix, this.start, i)
      } else if (this.wire === 2 && this.number === 2) edits.add(this.prefix, i, REDACTED_VALUE, REDACTED_VALUE.length)
      else if (!(this.number === 3 && this.wire === 0)) this.unknown(at, i)
    }
    edits.close(end)
  }

  /** A key in which detectors find something. */
  private key(keys: Keys, scope: Scope, prefix: number, start: number, end: number): void {
    const key = this.buf.toString('utf8', start, end)
    const name = this.renamed(keys, scope, key)
    if (name === key) return
    const out = Buffer.from(name)
    this.edits.add(prefix, end, out, out.length)
  }

  private repairKey(prefix: number, start: number, end: number): void {
    if (isUtf8(this.buf.subarray(start, end))) return
    const out = Buffer.from(this.buf.toString('utf8', start, end))
    this.edits.add(prefix, end, out, out.length)
  }

  private renamed(keys: Keys, scope: Scope, key: string): string {
    const of = keys.kept !== undefined ? this.resourceKeys! : keys
    of.renamed ??= new Map()
    const known = of.renamed.get(key)
    if (known !== undefined) return known
    const masked = this.engine.key(scope, key, this)
    of.names ??= namesOf(this.siblings(of))
    // an entity may name a key that the resource has not
    const name = masked === key || !of.names.has(key) ? masked : freeName(of.names, masked)
    of.renamed.set(key, name)
    return name
  }

  private siblings(keys: Keys): string[] {
    const out: string[] = []
    for (let i = keys.from; i < keys.to; ) {
      i = this.field(i, keys.to)
      if (this.number !== keys.number || this.wire !== 2) continue
      const stop = this.end
      for (let k = this.start; k < stop; ) {
        k = this.field(k, stop)
        if (this.number === 1 && this.wire === 2) out.push(this.buf.toString('utf8', this.start, this.end))
      }
    }
    return out
  }

  /** The scope of a value with the name that stands beside it. `next`: where the entries behind it begin. */
  private beside(keys: Keys, scope: Scope, next: number, start: number, end: number): Scope {
    if (scope.roles === NAME) {
      // the text of the value, if it is one
      if (this.kind(start, end) === 1) {
        keys.nameStart = this.start
        keys.nameEnd = this.end
      }
      return scope
    }
    if (scope.roles !== VALUE_ROLE) return scope
    let { nameStart, nameEnd } = keys
    if (nameEnd === 0) {
      if (this.shape(start, end) === 2) return scope
      let left = MOST_BESIDE
      for (let i = next; i < keys.to && left-- > 0 && nameEnd === 0; ) {
        i = this.field(i, keys.to)
        if (this.number !== keys.number || this.wire !== 2) {
          left++
          continue
        }
        const stop = this.end
        let named = false
        let shape = 1
        let from = 0
        let to = 0
        for (let k = this.start; k < stop; ) {
          k = this.field(k, stop)
          if (this.wire !== 2) continue
          if (this.number === 1) named = this.engine.childAt(keys.scope, undefined, this.buf, this.start, k).roles === NAME
          else if (this.number === 2) {
            const { start: s, end: e } = this
            shape = this.shape(s, e)
            if (shape === 0) {
              this.kind(s, e)
              from = this.start
              to = this.end
            }
          }
        }
        if (shape === 0 && named) {
          nameStart = from
          nameEnd = to
        } else if (shape === 2) break
      }
      if (nameEnd === 0) return scope
    }
    return this.engine.named(scope, this.buf, nameStart, nameEnd)
  }

  /** What an AnyValue is to a search for names: 0 text, 1 another scalar or a container of a few, 2 more. */
  private shape(start: number, end: number): number {
    const kind = this.kind(start, end)
    if (kind === 1) return 0
    if (kind !== 5 && kind !== 6) return 1
    const { start: from, end: stop } = this
    let n = 0
    for (let k = from; k < stop; ) {
      k = this.field(k, stop)
      if (this.number !== 1 || this.wire !== 2) continue
      if (++n > MOST_BESIDE) return 2
      const { start: s } = this
      if (kind === 5 ? this.isContainer(s, k) : this.holdsContainer(s, k)) return 2
    }
    return 1
  }

  /** The number of the field that an AnyValue holds, the last if there are several, and its content in `start` and `end`; 0: it holds none. */
  private kind(start: number, end: number): number {
    let kind = 0
    let from = start
    let to = start
    for (let i = start; i < end; ) {
      i = this.field(i, end)
      if (this.number > 7 || this.known(anyValue) === undefined) continue
      kind = this.number
      from = this.start
      to = i
    }
    this.start = from
    this.end = to
    return kind
  }

  private isContainer(start: number, end: number): boolean {
    const kind = this.kind(start, end)
    return kind === 5 || kind === 6
  }

  private holdsContainer(start: number, end: number): boolean {
    for (let i = start; i < end; ) {
      i = this.field(i, end)
      if (this.wire === 2 && this.number === 2) {
        const { start: s, end: e } = this
        if (this.isContainer(s, e)) return true
      }
    }
    return false
  }

  // ---------------------------------------------------------------------------------------------- values

  /** An AnyValue; true: a rule removes it. Its message is open. */
  private any(scope: Scope, start: number, end: number): boolean {
    // nearly all are one text
    if (start + 1 < end && this.buf[start] === 0x0a) {
      const length = this.buf[start + 1]!
      if (length < 0x80 && start + 2 + length === end) return this.leaf(scope, start, start + 1, start + 2, end, true)
    }
    let removed = false
    let empty = true
    for (let i = start; i < end; ) {
      const tag = i
      i = this.field(i, end)
      const f = this.known(anyValue)
      if (f === undefined) {
        this.unknown(tag, i)
        continue
      }
      empty = false
      switch (f.number) {
        case 1:
          if (this.leaf(scope, tag, this.prefix, this.start, i, true)) removed = true
          break
        case 2:
          if (scope.literals !== 0) removed = this.scalar(this.buf[this.start] !== 0, scope, tag, i) || removed
          break
        case 3:
          // integers of so few bytes have less than twelve digits
          if (scope.numbers !== 0 && (scope.numbers !== 1 || i - this.start > 5)) removed = this.scalar(this.int64(), scope, tag, i) || removed
          break
        case 4:
          if (scope.numbers !== 0) {
            const value = this.view.getFloat64(this.start, true)
            if (scope.numbers !== 1 || (Math.abs(value) >= 1e11 && Number.isInteger(value))) removed = this.scalar(value, scope, tag, i) || removed
          }
          break
        case 5:
        case 6:
          removed = this.container(f.number === 5, scope, tag, this.prefix, this.start, i) || removed
          break
        case 7: {
          const { prefix, start: from } = this
          const n = this.engine.bytes(this.buf, from, i, scope, this)
          if (n > 0) {
            this.edits.open(prefix, from)
            for (let k = 0; k < n; k++) this.edits.add(this.engine.starts[k]!, this.engine.ends[k]!, this.engine.outs[k], -1)
            this.edits.close(i)
          } else if (n < 0) removed = this.write(n, tag, prefix, from, i, true) || removed
          break
        }
      }
    }
    if (!empty || scope.literals === 0) return removed
    const done = this.engine.value(null, scope, this, this.at)
    if (done === REMOVED) return true
    if (done !== null) this.edits.add(end, end, encodeAny(done, null), -1)
    return false
  }

  private scalar(value: unknown, scope: Scope, tag: number, end: number): boolean {
    const done = this.engine.value(value, scope, this, this.at)
    if (done === REMOVED) return true
    if (done !== value && !Number.isNaN(value)) this.edits.add(tag, end, encodeAny(done, value), -1)
    return false
  }

  /** The varint read last, as a signed integer. */
  private int64(): bigint {
    const { buf, start, end } = this
    let low = 0
    let high = 0
    let n = 0
    for (let i = start; i < end; i++, n++) {
      const bits = buf[i]! & 0x7f
      if (n < 4) low |= bits << (7 * n)
      else if (n === 4) {
        low |= bits << 28
        high = bits >>> 4
      } else high |= bits << (7 * n - 32)
    }
    return (BigInt(high | 0) << 32n) | BigInt(low >>> 0)
  }

  /** A list or a map in an AnyValue; true: a rule removes it. */
  private container(list: boolean, scope: Scope, tag: number, prefix: number, start: number, end: number): boolean {
    const { edits, engine } = this
    if (this.at >= this.maxDepth) throw engine.tooDeep()
    if (scope.containers || scope.documents || scope.apart) {
      const value = this.containerValue(list, start, end, this.at)
      const done = engine.value(value, scope, this, this.at)
      if (done === REMOVED) return true
      if (done !== value) {
        edits.add(tag, end, encodeAny(done, value), -1)
        return false
      }
      // all of it has been looked at: what is left is the wire format
      scope = engine.inert
    }
    edits.open(prefix, start)
    if (list) this.items(scope, start, end)
    else {
      const opened = this.keysOpen
      const keys = this.openKeys(scope, start, end, 1)
      for (let i = start; i < end; ) {
        const at = i
        i = this.field(i, end)
        if (this.known(keyValueList) === undefined) this.unknown(at, i)
        else this.keyValue(at, this.prefix, this.start, i, keys)
      }
      this.keysOpen = opened
    }
    edits.close(end)
    return false
  }

  private items(scope: Scope, start: number, end: number): void {
    const { edits, engine } = this
    let index = 0
    let nameStart = 0
    let nameEnd = 0
    const turns = scope.roles === TURNS
    const pair = scope.roles === PAIR && this.isPair(start, end)
    for (let i = start; i < end; ) {
      const tag = i
      i = this.field(i, end)
      if (this.known(arrayValue) === undefined) {
        this.unknown(tag, i)
        continue
      }
      const { prefix, start: from } = this
      let item = engine.item(scope, index)
      if (turns || pair) {
        if ((index & 1) === 0) {
          const text = this.kind(from, i) === 1
          nameStart = text ? this.start : 0
          nameEnd = text ? this.end : 0
        } else if (nameEnd > 0) item = engine.named(item, this.buf, nameStart, nameEnd)
      }
      const { count, delta, depth } = edits
      this.enterIndex(index++)
      edits.open(prefix, from)
      const removed = this.any(item, from, i)
      this.at--
      if (removed) {
        edits.rollback(count, delta, depth)
        edits.add(tag, i, undefined, -1)
      } else if (edits.count === count) edits.depth = depth
      else edits.close(i)
    }
  }

  /** Two items, a text and a scalar. */
  private isPair(start: number, end: number): boolean {
    let n = 0
    for (let i = start; i < end; ) {
      i = this.field(i, end)
      if (this.known(arrayValue) === undefined) continue
      const kind = this.kind(this.start, i)
      if (n === 0 ? kind !== 1 : kind >= 5) return false
      if (++n > 2) return false
    }
    return n === 2
  }

  // ---------------------------------------------------------------------------------------------- the place in the record view

  private enterName(name: string): void {
    const k = this.at++
    if (k >= this.froms.length) this.growPath()
    this.names[k] = name
  }

  private enterIndex(index: number): void {
    const k = this.at++
    if (k >= this.froms.length) this.growPath()
    this.names[k] = undefined
    this.froms[k] = index
    this.tos[k] = -1
  }

  private enterKey(start: number, end: number): void {
    const k = this.at++
    if (k >= this.froms.length) this.growPath()
    this.names[k] = undefined
    this.froms[k] = start
    this.tos[k] = end
  }

  private growPath(): void {
    const froms = new Int32Array(this.froms.length * 2)
    froms.set(this.froms)
    this.froms = froms
    const tos = new Int32Array(this.tos.length * 2)
    tos.set(this.tos)
    this.tos = tos
  }

  get state(): RecordState {
    return this.engine.state
  }

  fromRecord(path: readonly (string | number)[]): Value | undefined {
    return this.engine.lookup(this.record(), path)
  }

  fromParent(path: readonly (string | number)[], up: number): Value | undefined {
    const depth = this.at - up
    if (depth < 0) return undefined
    const above: (string | number)[] = []
    for (let k = 0; k < depth; k++) above.push(this.names[k] ?? (this.tos[k]! < 0 ? this.froms[k]! : this.buf.toString('utf8', this.froms[k], this.tos[k])))
    return lookedUp(this.engine, this.record(), [...above, ...path])
  }

  all(path: Parameters<Access['all']>[0]): readonly Value[] {
    return this.engine.all(this.record(), path)
  }

  /** The record view of what is at hand. */
  private record(): Map<string, unknown> {
    if (this.seen !== undefined) return this.seen
    const saved = { number: this.number, wire: this.wire, prefix: this.prefix, start: this.start, end: this.end }
    const out = new Map<string, unknown>()
    if (this.stage === OF_ITEM) this.readMessage(this.itemMessage, this.itemStart, this.itemEnd, out)
    if (this.stage === OF_METRIC || (this.stage === OF_ITEM && this.itemMessage.series)) {
      for (let i = this.metricStart; i < this.metricEnd; ) {
        i = this.field(i, this.metricEnd)
        const f = this.known(metric)
        if (f?.role === TEXT) out.set(f.view, this.buf.toString('utf8', this.start, i))
        else if (f?.role === ATTRIBUTES && this.stage === OF_METRIC) this.readEntry(this.start, i, mapIn(out, f.view), 2)
      }
    }
    const one = (message: Message, name: string, from: number, to: number): void => {
      const view = new Map<string, unknown>()
      for (let i = from; i < to; ) {
        i = this.field(i, to)
        if (this.number === 1 && this.wire === 2) this.readMessage(message, this.start, i, view)
      }
      out.set(name, view)
    }
    one(resource, 'resource', this.resourcedStart, this.resourcedEnd)
    if (this.stage !== OF_RESOURCE) one(library, 'scope', this.scopedStart, this.scopedEnd)
    Object.assign(this, saved)
    return (this.seen = out)
  }

  /** The record view of a message. */
  private readMessage(message: Message, start: number, end: number, out: Map<string, unknown>): void {
    for (let i = start; i < end; ) {
      i = this.field(i, end)
      const f = this.known(message)
      if (f === undefined) continue
      const { start: from } = this
      switch (f.role) {
        case TEXT:
        case TRACE_STATE:
          out.set(f.view, this.buf.toString('utf8', from, i))
          break
        case ATTRIBUTES: {
          this.readEntry(from, i, mapIn(out, f.view), 2)
          break
        }
        case VALUE:
          out.set(f.view, this.readAny(from, i, 1))
          break
        case MESSAGE: {
          if (message === resource || f.message!.fields.every((inner) => inner.role >= NUMBER)) break
          if (!f.repeated) {
            this.readMessage(f.message!, from, i, mapIn(out, f.view))
            break
          }
          let list = out.get(f.view) as Map<string, unknown>[] | undefined
          if (list === undefined) out.set(f.view, (list = []))
          const map = new Map<string, unknown>()
          list.push(map)
          this.readMessage(f.message!, from, i, map)
        }
      }
    }
  }

  private readEntry(start: number, end: number, out: Map<string, unknown>, depth: number): void {
    let key = ''
    let value: unknown = null
    for (let i = start; i < end; ) {
      i = this.field(i, end)
      if (this.wire !== 2) continue
      if (this.number === 1) key = this.buf.toString('utf8', this.start, i)
      else if (this.number === 2) value = this.readAny(this.start, i, depth)
    }
    out.set(key, value)
  }

  private readAny(start: number, end: number, depth: number): unknown {
    let value: unknown = null
    for (let i = start; i < end; ) {
      i = this.field(i, end)
      const f = this.known(anyValue)
      if (f === undefined) continue
      switch (f.number) {
        case 1:
          value = this.buf.toString('utf8', this.start, i)
          break
        case 2:
          value = this.buf[this.start] !== 0
          break
        case 3:
          value = this.int64()
          break
        case 4:
          value = this.view.getFloat64(this.start, true)
          break
        case 5:
        case 6:
          value = this.containerValue(f.number === 5, this.start, i, depth)
          break
        case 7: {
          const bytes = this.buf.subarray(this.start, i)
          value = isUtf8(bytes) ? bytesText(bytes) : Uint8Array.prototype.slice.call(bytes)
        }
      }
    }
    return value
  }

  private containerValue(list: boolean, start: number, end: number, depth: number): unknown {
    if (depth >= this.maxDepth) throw this.engine.tooDeep()
    const items: unknown[] = []
    const map = new Map<string, unknown>()
    for (let i = start; i < end; ) {
      i = this.field(i, end)
      if (this.number !== 1 || this.wire !== 2) continue
      const { start: from } = this
      if (list) items.push(this.readAny(from, i, depth + 1))
      else this.readEntry(from, i, map, depth + 1)
    }
    return list ? items : map
  }

  // ---------------------------------------------------------------------------------------------- records taken whole

  /** A record that rules take as a whole: masked as a value, and written anew where that changes. False: they remove it. */
  private taken(message: Message, start: number, end: number, kind: number): boolean {
    const { edits, engine } = this
    const { count, delta, depth } = edits
    const { masked } = this.takenRecord(kind)
    const before = this.record()
    const told = engine.since()
    // the wire format is checked, and what is unknown goes, as everywhere
    this.message(message, this.places.inert(message), start, end)
    if (masked === before) return true
    edits.rollback(count, delta, depth)
    engine.revoke(told)
    if (masked === REMOVED || masked === undefined) return false
    const name = kind === OF_RESOURCE ? 'resource' : kind === OF_LIBRARY ? 'scope' : undefined
    const was = name === undefined ? before : (before.get(name) as Map<string, unknown>)
    const now = name === undefined ? masked : member(masked, name)
    if (now !== undefined && !(now instanceof Map)) throw engine.notRecord()
    const is = (now as Map<string, unknown> | undefined) ?? new Map<string, unknown>()
    engine.told(was, is, name === undefined ? engine.root : engine.child(engine.root, name), (key) => message.fields.some((f) => f.view === key))
    const out = this.rebuilt(message, start, end, was, is)
    edits.add(start, end, out, -1)
    return true
  }

  private takenRecord(kind: number): { readonly masked: unknown } {
    const { engine } = this
    engine.series = kind === OF_ITEM && this.itemMessage.series
    const masked = engine.record(this.record(), kind !== OF_ITEM)
    engine.series = false
    return { masked }
  }

  /** A text of a metric whose record is taken as a whole. */
  private takenText(f: Field, tag: number, prefix: number, end: number): void {
    const { masked } = this.takenRecord(OF_METRIC)
    const before = this.record()
    if (masked === before) return
    const now = member(masked, f.view)
    if (now === before.get(f.view)) return
    if (masked === REMOVED) throw this.engine.notRecord()
    const out = Buffer.from(asText(now))
    this.engine.told(before.get(f.view), now, this.engine.child(this.engine.root, f.view))
    if (now === undefined) this.edits.add(tag, end, undefined, -1)
    else this.edits.add(prefix, end, out, out.length)
  }

  /** A field that is not in the record view, with what becomes of it. */
  private apart(f: Field, tag: number, prefix: number, start: number, end: number): Buffer {
    const { edits } = this
    const own = (this.edits = new Edits())
    try {
      if (f.role === DETECTED) this.outside(f, tag, prefix, start, end)
      else if (f.role === REFERENCE) this.reference(prefix, start, end)
      else {
        own.open(prefix, start)
        this.message(f.message!, this.places.inert(f.message!), start, end)
        own.close(end)
      }
      return own.render(this.buf, tag, end)
    } finally {
      this.edits = edits
    }
  }

  /** A message with what its record view has become. */
  private rebuilt(message: Message, start: number, end: number, before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): Buffer {
    const { buf } = this
    const out: Uint8Array[] = []
    const done = new Set<number>()
    const indexes = new Map<string, Pairing>()
    const protectedKeys = message === resource ? this.references(start, end) : undefined
    const put = (number: number, content: Uint8Array): void => void out.push(varintBytes((number << 3) | 2), varintBytes(content.length), content)
    for (let i = start; i < end; ) {
      const tag = i
      i = this.field(i, end)
      const f = this.known(message)
      const { start: from } = this
      if (f === undefined) {
        if (this.keeps || (this.wire !== 2 && this.wire !== 3)) out.push(buf.subarray(tag, i))
        continue
      }
      const was = before.get(f.view)
      const now = after.get(f.view)
      if (f.role === DETECTED || f.role === REFERENCE || (message === resource && f.role === MESSAGE)) {
        out.push(this.apart(f, tag, this.prefix, from, i))
        continue
      }
      if (f.role >= ID || (was === now && f.role !== MESSAGE)) {
        out.push(buf.subarray(tag, i))
        continue
      }
      switch (f.role) {
        case TEXT:
        case TRACE_STATE:
          if (now !== undefined) put(f.number, Buffer.from(asText(now)))
          break
        case VALUE:
          if (now !== undefined) put(f.number, encodeAny(now, was))
          break
        case ATTRIBUTES:
          if (done.has(f.number)) break
          done.add(f.number)
          if (typeof now === 'object' && now !== null) for (const [key, value] of entriesOf(now)) put(f.number, encodeEntry(key, value, member(was, key)))
          for (const key of protectedKeys ?? []) {
            const name = this.resourceKeys?.renamed?.get(key) ?? key
            if (member(was, key) !== undefined && member(now, name) === undefined) put(f.number, encodeEntry(name, REDACTED, undefined))
          }
          break
        case MESSAGE:
          if (f.message!.fields.every((inner) => inner.role >= NUMBER)) out.push(buf.subarray(tag, i))
          else if (!f.repeated) {
            if (now instanceof Map) put(f.number, this.rebuilt(f.message!, from, i, was as Map<string, unknown>, now as Map<string, unknown>))
          } else {
            let pairing = indexes.get(f.view)
            if (pairing === undefined) indexes.set(f.view, (pairing = new Pairing(was as readonly unknown[], now)))
            const pair = pairing.next()
            if (pair.now instanceof Map) put(f.number, this.rebuilt(f.message!, from, i, pair.was as Map<string, unknown>, pair.now as Map<string, unknown>))
          }
      }
    }
    return Buffer.concat(out)
  }
}

const PASS = 2
const NO_BYTES: Buffer = Buffer.alloc(0)
const FAILED_VALUE = encodeAny(FAILED, undefined)
const REDACTED_VALUE = encodeAny(REDACTED, undefined)
