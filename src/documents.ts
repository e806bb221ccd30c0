// JSON documents: chunks of bytes in, records to the engine, pieces to write out.
//
// The elements of an array at top level are records, and so is any other value at top level; several may follow each other.
// Only their borders are looked for here, the walker reads what is inside. Between records nothing changes, except that the
// comma of a record that goes, goes with it. From where the bytes are no JSON they are lines of text.

import { splice, Writer } from './engine/walker.ts'
import { type Feed, LineFeed, type Pieces, type Remark } from './lines.ts'
import { type DocumentEngine, Held, markLength } from './records.ts'

/** Records of so many bytes are masked at a time: they stay in the cache of the processor. */
const ROOM = 256 * 1024
/** No more white space than this waits for the record behind it. */
const MOST_SPACE = 64 * 1024
const NONE = Buffer.alloc(0)
const LF = 0x0a
const LF_BYTES = Buffer.from('\n')
const SPACE_BYTES = Buffer.from(' ')
const NULL_BYTES = Buffer.from('null')

/** Between values at top level. */
const TOP = 0
/** In an array at top level: behind its bracket, behind an element, behind a comma. */
const FIRST = 1
const AFTER = 2
const NEXT = 3
/** In a record: an object, array or string; a number or word. */
const VALUE = 4
const WORD = 5
/** This was no JSON: the rest is text. */
const TEXT = 6

const bytesOf = (text: string): Uint8Array => {
  const out = new Uint8Array(256)
  for (const c of text) out[c.charCodeAt(0)] = 1
  return out
}
/** What has a meaning in a value, outside strings and in them. */
const OUTSIDE = bytesOf('{["\n]}')
const INSIDE = bytesOf('"\\\n')
const SPACE = bytesOf(' \t\r\n')
/** Ends a number or word. */
const ENDS = bytesOf(' \t\r\n,:{}[]"')
const WORD_STARTS = bytesOf('-0123456789tfn')
const WORDS = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/

/** A record in the bytes at hand. */
interface Found {
  readonly start: number
  readonly end: number
  /** Where the comma before it stands; `start` where there is none to be written. */
  readonly unit: number
  /** Which array it is in, and its place there; -1 at top level. */
  readonly array: number
  readonly order: number
  /** Where its line begins. */
  readonly line: number
}

/** Masks the records of JSON documents cut anywhere. Memory is bounded by `max_record_bytes`, time is linear in the bytes. */
export class DocumentFeed implements Feed {
  readonly remarks: Remark[] = []
  private readonly engine: DocumentEngine
  private readonly max: number
  private readonly keep: number
  private readonly held: Held
  /** Where in `held` the record begins; before it stands its comma. */
  private prefix = 0
  private readonly text: LineFeed
  private readonly writer = new Writer()
  /** How far the bytes at hand are written. */
  private copied = 0
  /** The records in the bytes at hand that are not masked yet, and their lines. */
  private readonly found: Found[] = []
  private readonly json: Buffer
  private used = 0

  private state = TOP
  private inArray = false
  private depth = 0
  private inString = false
  private escaped = false
  /** The record at hand has newlines. */
  private pretty = false
  /** Arrays so far, and elements of the last one. */
  private arrays = 0
  private elements = 0

  /** The array in which a record went last, and how many went there. */
  private array = -1
  private gone = 0
  /** All of its elements went: the next one that stays loses its comma. */
  private bare = false
  /** Which of the records at hand that is, or -1. */
  private fix = -1
  /** The comma before the next record is written already. */
  private committed = false
  /** A record at top level went: what is left of its line goes too. Something of it did already. */
  private skipping = false
  private skipped = false

  private inputs = 0
  private input = 0
  private between = false
  /** The first bytes of an input, until there are enough of them to tell a byte order mark. */
  private lead: Buffer = NONE
  private begun = false
  private last = LF
  /** How far the newlines of the bytes at hand are counted. */
  private counted = 0

  constructor(engine: DocumentEngine) {
    this.engine = engine
    this.max = engine.lines.maxRecordBytes
    this.keep = engine.lines.oversizeKeep
    this.held = new Held(Math.max(this.max + 1, this.keep) + MOST_SPACE)
    this.text = new LineFeed(engine.lines)
    this.json = engine.room(ROOM)
  }

  get cut(): boolean {
    return this.held.total > 0 || this.lead.length > 0 || this.text.cut
  }

  dropCut(): void {
    this.text.dropCut()
    this.start()
  }

  border(): void {
    this.inputs++
    this.between = true
  }

  *push(chunk: Buffer): Pieces {
    if (chunk.length === 0) return
    if (this.between) {
      this.between = false
      yield* this.close(true)
      this.start()
    }
    this.last = chunk[chunk.length - 1]!
    this.engine.tally(chunk.length, 0)
    if (this.begun) {
      yield* this.take(chunk, 0)
      return
    }
    const bytes = this.lead.length > 0 ? Buffer.concat([this.lead, chunk]) : chunk
    if (bytes.length < 3) this.lead = Buffer.from(bytes)
    else yield* this.begin(bytes)
  }

  *end(newline = false): Pieces {
    yield* this.close(newline)
    this.start()
  }

  /** An input begins. */
  private start(): void {
    this.input = this.inputs
    this.held.clear()
    this.state = TOP
    this.lead = NONE
    this.begun = this.inArray = this.bare = this.committed = this.skipping = false
    this.last = LF
  }

  private *begin(bytes: Buffer): Pieces {
    this.begun = true
    this.lead = NONE
    const mark = markLength(bytes)
    if (mark > 0) yield this.out([bytes.subarray(0, mark)])
    yield* this.take(bytes, mark)
  }

  /** The end of an input. */
  private *close(newline: boolean): Pieces {
    if (this.lead.length > 0) yield* this.begin(this.lead)
    // a number at the very end may be complete
    if (this.state === WORD) yield* this.finish()
    if (this.state !== TEXT && (this.state !== TOP || this.inArray)) yield* this.breakOff()
    if (this.state === TEXT) yield* this.text.end()
    else if (this.last !== LF) this.engine.counter.line++
    if (newline && this.last !== LF) yield this.out([LF_BYTES])
  }

  // ---------------------------------------------------------------------------------------------- borders of records

  private *take(chunk: Buffer, from: number): Pieces {
    const to = chunk.length
    let i = from
    if (this.held.total > 0) i = yield* this.goOn(chunk, i)
    if (this.state === TEXT) yield* this.asText(chunk, i)
    if (i >= to || this.state === TEXT) return
    this.hand(i, to)
    const writer = this.writer
    if (this.skipping) this.copied = i = this.skip(chunk, i, to)
    const begun = this.copied
    /** Where the comma before the next record stands. */
    let unit = -1
    let kept = to
    while (i < to) {
      const c = chunk[i]!
      if (SPACE[c] === 1) {
        i++
        continue
      }
      const state = this.state
      if (c === 0x2c && state === AFTER) {
        this.state = NEXT
        unit = i++
        continue
      }
      if (c === 0x5d && (state === FIRST || state === AFTER)) {
        this.state = TOP
        this.inArray = false
        i++
        continue
      }
      if (c === 0x5b && state === TOP) {
        this.state = FIRST
        this.inArray = true
        this.arrays++
        this.elements = 0
        i++
        continue
      }
      if (state === AFTER || !this.opens(c)) {
        this.state = TEXT
        break
      }
      const before = unit < 0 ? i : unit
      const stop = this.scan(chunk, i, to)
      if (stop < 0) {
        kept = before
        this.prefix = i - before
        break
      }
      if (this.state === WORD && !isWord(chunk, i, stop)) {
        this.state = TEXT
        break
      }
      try {
        this.record(chunk, i, stop, before)
      } catch (error) {
        yield this.out(writer.take())
        throw error
      }
      i = stop
      unit = -1
    }
    if (this.state === NEXT && unit >= 0) kept = unit
    try {
      this.mask(chunk, this.json)
    } catch (error) {
      yield this.out(writer.take())
      throw error
    }
    if (this.state !== TEXT && kept === unit && i - unit > MOST_SPACE) {
      // as above
      if (this.losesComma) {
        writer.copy(chunk, this.copied, unit)
        this.copied = unit + 1
        this.bare = false
      } else this.committed = true
      kept = i
      this.prefix = 0
    }
    const end = this.state === TEXT ? i : kept
    this.pass(chunk, end)
    const pieces = writer.take()
    if (pieces.length === 0 && this.copied === begun) {
      if (end > begun) yield this.out([begun === 0 && end === to ? chunk : chunk.subarray(begun, end)])
    } else {
      writer.copy(chunk, this.copied, end)
      yield this.out([...pieces, ...writer.take()])
    }
    if (this.state === TEXT) {
      this.unreadable()
      yield* this.asText(chunk, i)
    } else this.held.add(chunk, kept, to)
  }

  /** Goes on with what is held; returns where the chunk goes on behind it. */
  private *goOn(chunk: Buffer, from: number): Generator<readonly Buffer[], number, void> {
    const to = chunk.length
    const held = this.held
    let i = from
    if (this.state === NEXT) {
      while (i < to && SPACE[chunk[i]!] === 1) i++
      if (held.total + i - from > MOST_SPACE) {
        // so much does not wait: the comma is written, or goes, before it is known what becomes of the record
        this.committed = !this.losesComma
        yield* this.release()
        this.bare = false
        return from
      }
      held.add(chunk, from, i)
      if (i >= to) return i
      if (!this.opens(chunk[i]!)) {
        yield* this.breakOff()
        return i
      }
      this.prefix = held.total
    }
    const stop = this.scan(chunk, i, to)
    held.add(chunk, i, stop < 0 ? to : stop)
    if (stop < 0) return to
    yield* this.finish()
    return stop
  }

  /** Writes the comma and white space that waited for a record. */
  private *release(): Pieces {
    const { bytes } = this.held
    this.counted = 0
    this.pass(bytes, bytes.length)
    if (!this.losesComma && bytes.length > 0) yield this.out([bytes])
    this.held.clear()
  }

  /** The record that is held is complete. */
  private *finish(): Pieces {
    const held = this.held
    const { bytes } = held
    if (this.state === WORD && held.total === held.size && !isWord(bytes, this.prefix, bytes.length)) {
      yield* this.breakOff()
      return
    }
    this.hand(0, bytes.length)
    try {
      this.record(bytes, this.prefix, held.total, 0)
      this.mask(bytes, this.json)
    } catch (error) {
      yield this.out(this.writer.take())
      throw error
    }
    this.pass(bytes, bytes.length)
    this.writer.copy(bytes, this.copied, bytes.length)
    yield this.out(this.writer.take())
    held.clear()
  }

  /** Can a value begin with this byte? Then its scan may begin. */
  private opens(c: number): boolean {
    this.depth = 0
    this.inString = this.escaped = this.pretty = false
    const word = WORD_STARTS[c] === 1
    if (!word && c !== 0x7b && c !== 0x5b && c !== 0x22) return false
    this.state = word ? WORD : VALUE
    return true
  }

  /** Goes on in a value: the offset behind it, or -1 when that is not in the chunk. Brackets are counted; of which kind they are is the walker's business. */
  private scan(b: Buffer, i: number, to: number): number {
    if (this.state === WORD) {
      while (i < to && ENDS[b[i]!] === 0) i++
      return i < to ? i : -1
    }
    let depth = this.depth
    let inString = this.inString
    if (this.escaped && i < to) {
      if (b[i++] === LF) this.pretty = true
      this.escaped = false
    }
    for (;;) {
      if (inString) {
        while (i < to && INSIDE[b[i]!] === 0) i++
        if (i >= to) break
        const c = b[i++]!
        if (c === 0x22) {
          inString = false
          if (depth === 0) return i
        } else if (c === LF) this.pretty = true
        else if (i >= to) this.escaped = true
        else if (b[i++] === LF) this.pretty = true
        continue
      }
      while (i < to && OUTSIDE[b[i]!] === 0) i++
      if (i >= to) break
      const c = b[i++]!
      if (c === 0x22) inString = true
      else if (c === LF) this.pretty = true
      else if (c === 0x7b || c === 0x5b) depth++
      else if (--depth <= 0) return i
    }
    this.depth = depth
    this.inString = inString
    return -1
  }

  /** From here on it is text; a record that is held is the beginning of it. */
  private *breakOff(): Pieces {
    const held = this.held
    const inRecord = this.state === VALUE || this.state === WORD
    const prefix = inRecord ? this.prefix : held.total
    const { bytes, total } = held
    this.state = TEXT
    if (prefix > 0 && !this.losesComma) yield this.out([bytes.subarray(0, prefix)])
    this.counted = 0
    this.pass(bytes, prefix)
    this.unreadable()
    if (total > held.size) yield this.out(this.oversize(bytes, prefix, total))
    else yield* this.asText(bytes, prefix)
    held.clear()
  }

  private unreadable(): void {
    this.remarks.push({ input: this.input, code: 'not_json' })
    this.engine.count('not_json')
  }

  private *asText(bytes: Buffer, from: number): Pieces {
    if (from >= bytes.length) return
    // the lines count for themselves
    this.engine.tally(from - bytes.length, 0)
    yield* this.text.push(bytes.subarray(from))
  }

  // ---------------------------------------------------------------------------------------------- records

  /** Other bytes are at hand from here on. */
  private hand(from: number, to: number): void {
    this.writer.recycle(Math.min(to - from + ((to - from) >> 3) + 8192, 1 << 21))
    this.copied = this.counted = from
  }

  private get losesComma(): boolean {
    return this.bare && this.array === this.arrays && this.inArray
  }

  /** A record is complete: its line waits until there are enough of them. */
  private record(b: Buffer, start: number, end: number, unit: number): void {
    const { found, json, inArray } = this
    this.state = inArray ? AFTER : TOP
    const n = end - start
    const long = n > this.max
    if (long || this.used + n + 1 > json.length) this.mask(b, json)
    if (this.bare && inArray && found.length === 0 && this.array === this.arrays) this.fix = 0
    found.push({ start, end, unit, array: inArray ? this.arrays : -1, order: inArray ? this.elements++ : -1, line: this.used })
    if (long) {
      this.pass(b, start)
      try {
        this.put(b, 0, this.oversize(b, start, end))
      } catch (error) {
        this.breakAt(b, 0)
        throw error
      }
      this.handled(b)
      return
    }
    const own = n + 1 > json.length
    const line = own ? Buffer.allocUnsafeSlow(n + 1) : json
    const at = this.used
    b.copy(line, at, start, end)
    // newlines between the tokens of one record would be ends of lines
    if (this.pretty) for (let i = at; i < at + n; i++) if (line[i] === LF) line[i] = 0x20
    line[at + n] = LF
    this.used += n + 1
    if (own) this.mask(b, line)
  }

  /** What stands for a record that is too long; of its bytes there may be only the first. */
  private oversize(b: Buffer, start: number, end: number): readonly Buffer[] {
    const { lines, counter } = this.engine
    const { line } = counter
    const pieces = lines.oversize(b.subarray(start, Math.min(end, start + this.keep)), end - start, NONE)
    counter.line = line
    // counted there and, with the others, here
    this.engine.tally(start - end, -pieces.reduce((sum, piece) => sum + piece.length, 0))
    return pieces
  }

  /** Masks the records that wait. Before it throws, what comes before the one that failed is written. */
  private mask(b: Buffer, json: Buffer): void {
    const { found, engine } = this
    if (found.length === 0) return
    let k = 0
    const at = (offset: number): number => {
      while (k + 1 < found.length && found[k + 1]!.line <= offset) k++
      return k
    }
    try {
      engine.mask(
        json.subarray(0, this.used),
        (start, _stop, done) => this.put(b, at(start), done),
        (start, end) => {
          const { start: from, line } = found[at(start)]!
          return { line: this.lineOf(b, from), start: start - line, end: end - line }
        },
      )
    } catch (error) {
      k = 0
      this.breakAt(b, at(engine.failedAt))
      throw error
    }
    this.handled(b)
  }

  /** A record failed: the ones before it are written, it is not. */
  private breakAt(b: Buffer, k: number): void {
    this.settle(b, k)
    this.writer.copy(b, this.copied, this.found[k]!.start)
    this.found.length = this.used = 0
  }

  /** No record waits any more. */
  private handled(b: Buffer): void {
    this.settle(b, this.found.length)
    this.found.length = this.used = 0
    this.committed = false
  }

  /** Writes what became of a record. */
  private put(b: Buffer, k: number, done: readonly Buffer[] | undefined): void {
    const { engine, writer } = this
    const { start, end, unit, array, order, line } = this.found[k]!
    if (done !== undefined && done.length === 0) {
      if (this.committed && k === 0) {
        writer.copy(b, this.copied, start)
        writer.put(NULL_BYTES)
        this.copied = end
        return
      }
      if (this.fix === k) this.fix = -1
      else this.settle(b, k)
      writer.copy(b, this.copied, unit)
      if (array < 0) {
        this.skipped = false
        this.copied = this.skip(b, end, b.length)
        return
      }
      this.copied = end
      if (this.array !== array) {
        this.array = array
        this.gone = 0
        this.bare = false
      }
      if (this.gone++ !== order) return
      this.bare = true
      const next = this.found[k + 1]
      if (next !== undefined && next.array === array) this.fix = k + 1
      return
    }
    this.settle(b, k + 1)
    if (done !== undefined) {
      writer.copy(b, this.copied, start)
      for (const piece of done) writer.put(piece)
      this.copied = end
      return
    }
    const { hits } = engine
    const shift = start - line
    for (let h = 0; h < hits.count; h++) {
      hits.starts[h]! += shift
      hits.ends[h]! += shift
      hits.entries[h]! += shift
    }
    this.copied = splice(b, end, hits, this.copied, writer)
  }

  /** The first record that stays behind others that went loses its comma, if it is one of the first k. */
  private settle(b: Buffer, k: number): void {
    if (this.fix < 0 || this.fix >= k) return
    const { unit, start } = this.found[this.fix]!
    this.writer.copy(b, this.copied, unit)
    this.copied = start
    this.fix = -1
    this.bare = false
  }

  /** Passes over the rest of the line behind a record that went, up to the next one, which does not run into the one before. */
  private skip(b: Buffer, i: number, to: number): number {
    for (; i < to && SPACE[b[i]!] === 1; i++) {
      this.skipped = true
      if (b[i] !== LF) continue
      this.skipping = false
      return i + 1
    }
    this.skipping = i >= to
    if (!this.skipping && !this.skipped) this.writer.put(SPACE_BYTES)
    return i
  }

  private out(pieces: readonly Buffer[]): readonly Buffer[] {
    let n = 0
    for (const piece of pieces) n += piece.length
    this.engine.tally(0, n)
    return pieces
  }

  // ---------------------------------------------------------------------------------------------- line numbers

  /** The line in which an offset of the bytes at hand stands; offsets come in order. */
  private lineOf(b: Buffer, offset: number): number {
    this.pass(b, offset)
    return this.engine.counter.line + 1
  }

  /** Counts newlines up to an offset, if anybody wants to know. */
  private pass(b: Buffer, to: number): void {
    if (this.engine.tellsLines) for (let i = b.indexOf(LF, this.counted); i >= 0 && i < to; i = b.indexOf(LF, i + 1)) this.engine.counter.line++
    this.counted = Math.max(this.counted, to)
  }
}

function isWord(b: Buffer, start: number, end: number): boolean {
  return WORDS.test(b.toString('latin1', start, end))
}
