// CSV and TSV: chunks of bytes in, whole rows to the engine, pieces to write out.

import { BROKEN, CUT, cellsOf, DONE, failedRow, FULL, LONG, putCell, RowScanner, RowTable } from './engine/walk-csv.ts'
import { type Hits, Writer } from './engine/walker.ts'
import type { Feed, Pieces, Remark } from './lines.ts'
import { FAILED_RECORD, Held, markLength, type RowEngine } from './records.ts'

/** The lines of JSON of so many bytes are masked at a time: they stay in the cache of the processor. */
const ROOM = 64 * 1024
const NONE = Buffer.alloc(0)
const LF = 0x0a
const CR = 0x0d
const QUOTE = 0x22
const LF_BYTES = Buffer.from('\n')
const CRLF_BYTES = Buffer.from('\r\n')
const CR_BYTES = Buffer.from('\r')

export interface Dialect {
  /** One byte. */
  readonly delimiter: number
  /** The first row holds the names of the columns. */
  readonly header: boolean
}

/**
 * Masks rows cut anywhere. Memory is bounded by `max_record_bytes` (unless `on_oversize` is `text`), time is linear in the bytes.
 * Each input has its own header.
 */
export class RowFeed implements Feed {
  readonly remarks: Remark[] = []
  private readonly engine: RowEngine
  private readonly dialect: Dialect
  private readonly max: number
  private readonly scanner: RowScanner
  private readonly held: Held
  /** Behind the row that was held last, in the chunk; -1: it goes on in the next one. */
  private found = -1
  private readonly writer = new Writer()
  private readonly json: Buffer
  /** Undefined until the header is read. */
  private table: RowTable | undefined
  /** Reads finished rows again, under policy `verify`. */
  private second: RowTable | undefined
  /** How many inputs have been announced, and which of them the bytes at hand are of. */
  private inputs = 0
  private input = 0
  private between = false
  /** The first bytes of an input, until there are enough of them to tell a byte order mark. */
  private lead: Buffer = NONE
  private begun = false
  /** The header could not be read: nobody knows what the cells are. */
  private dead = false
  /** Cells of the row that stands for one that cannot be told into cells. */
  private width = 1
  /** How rows end here. */
  private newline: Buffer = LF_BYTES
  /** How far the line ends of the bytes at hand are counted. */
  private counted = 0
  private afterReturn = false
  /** A row among those masked last went. */
  private dropped = false

  constructor(engine: RowEngine, dialect: Dialect) {
    this.engine = engine
    this.dialect = dialect
    const { max_record_bytes, on_oversize } = engine.policy
    this.max = max_record_bytes
    // two more than allowed may still turn out to be a line end
    this.held = new Held(on_oversize === 'text' ? Number.POSITIVE_INFINITY : max_record_bytes + 2)
    this.scanner = new RowScanner(dialect.delimiter)
    this.json = engine.room(ROOM)
    this.start()
  }

  get cut(): boolean {
    return this.held.total > 0 || this.lead.length > 0
  }

  dropCut(): void {
    this.held.clear()
    this.scanner.reset()
    this.lead = NONE
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
    this.table = this.dialect.header ? undefined : new RowTable(this.dialect.delimiter, [], this.json)
    this.second = undefined
    this.lead = NONE
    this.begun = this.dead = this.afterReturn = false
    this.width = 1
    this.newline = LF_BYTES
  }

  private *begin(bytes: Buffer): Pieces {
    this.begun = true
    this.lead = NONE
    const mark = markLength(bytes)
    if (mark > 0) yield this.out(mark, [bytes.subarray(0, mark)])
    yield* this.take(bytes, mark)
  }

  /** The end of an input. */
  private *close(newline: boolean): Pieces {
    if (this.lead.length > 0) yield* this.begin(this.lead)
    const held = this.held
    if (held.total === 0) return
    const whole = held.last === LF || held.last === CR
    const { open } = this.scanner
    const kept = yield* this.finish(!whole)
    if (open && !this.dead) this.remark('not_csv')
    if (!whole) this.engine.counter.line++
    if (newline && !whole && kept) yield this.out(0, [this.newline])
  }

  private *take(chunk: Buffer, from: number): Pieces {
    let at = from
    while (at < chunk.length) {
      if (this.dead) {
        this.engine.tally(chunk.length - at, 0)
        return
      }
      if (this.held.total > 0) {
        const stop = this.scanner.next(chunk, at, chunk.length)
        this.held.add(chunk, at, stop < 0 ? chunk.length : stop)
        if (stop < 0) return
        yield* this.finish(false)
        at = stop
      } else if (this.table === undefined) {
        // the header is a row by itself
        let row = at
        while (row < chunk.length && (chunk[row] === LF || chunk[row] === CR)) row++
        if (row > at) yield* this.asIs(chunk.subarray(at, row))
        at = row
        this.hold(chunk, at)
        const stop = this.held.total > 0 ? this.found : -1
        if (stop < 0) return
        yield* this.finish(false)
        at = stop
      } else {
        at = yield* this.whole(chunk, at, this.table)
        if (at < chunk.length) {
          this.hold(chunk, at)
          if (this.found < 0) return
          at = this.found
          yield* this.finish(false)
        }
      }
    }
  }

  /** Keeps the row that begins at `from`, up to its end if that is in the chunk. */
  private hold(chunk: Buffer, from: number): void {
    this.scanner.reset()
    this.found = this.scanner.next(chunk, from, chunk.length)
    this.held.add(chunk, from, this.found < 0 ? chunk.length : this.found)
  }

  private *asIs(bytes: Buffer): Pieces {
    this.counted = 0
    this.pass(bytes, bytes.length)
    yield this.out(bytes.length, [bytes])
  }

  /** The rows of a chunk that are complete; returns where the first row begins that is not. */
  private *whole(chunk: Buffer, from: number, table: RowTable): Generator<readonly Buffer[], number, void> {
    const writer = this.writer
    writer.recycle(Math.min(chunk.length + (chunk.length >> 3) + 8192, 1 << 21))
    this.counted = from
    let copied = from
    let at = from
    let grown = false
    for (;;) {
      if (!grown) table.clear()
      grown = false
      at = table.read(chunk, at, chunk.length, false, this.most)
      copied = yield* this.masked(chunk, copied, table)
      if (table.why === FULL && table.rows === 0 && table.grow()) {
        grown = true
        continue
      }
      if (table.why === FULL && table.rows > 0) continue
      if (table.why === DONE || table.why === CUT) break
      // a row that cannot be masked
      this.scanner.reset()
      const next = table.why === LONG ? table.next : this.scanner.next(chunk, at, chunk.length)
      if (next < 0) break
      const end = table.why === LONG ? table.end : rowEnd(chunk, at, next)
      writer.copy(chunk, copied, at)
      copied = this.failed(table.why !== BROKEN || end - at > this.most, chunk.subarray(at, end), end - at, this.lineOf(chunk, at), writer) ? end : next
      at = next
    }
    this.pass(chunk, at)
    const pieces = writer.take()
    if (pieces.length === 0 && copied === from) {
      if (at > from) yield this.out(at - from, [from === 0 && at === chunk.length ? chunk : chunk.subarray(from, at)])
      return at
    }
    writer.copy(chunk, copied, at)
    yield this.out(at - from, [...pieces, ...writer.take()])
    return at
  }

  /** The row that was held is complete, or as complete as it gets: with `bare` it has no line end. True: something stands in the output for it. */
  private *finish(bare: boolean): Generator<readonly Buffer[], boolean, void> {
    const held = this.held
    const { total, bytes } = held
    const ending = bare ? 0 : held.last === LF && held.before === CR ? 2 : 1
    const newline = ending === 2 ? CRLF_BYTES : held.last === CR ? CR_BYTES : LF_BYTES
    if (!bare) this.newline = newline
    const writer = this.writer
    writer.recycle(Math.min(bytes.length + (bytes.length >> 3) + 8192, 1 << 21))
    this.counted = 0
    const table = this.table
    let kept = true
    let copied = 0
    this.dropped = false
    const long = total > held.size || total - ending > this.most
    if (table === undefined) {
      copied = this.header(bytes, bytes.length - ending, long, writer)
      kept = !this.dead
      this.pass(bytes, bytes.length)
    } else {
      table.clear()
      if (!long) {
        table.read(bytes, 0, bytes.length, true, this.most)
        while (table.why === FULL && table.rows === 0 && table.grow()) table.read(bytes, 0, bytes.length, true, this.most)
      }
      if (!long && table.why === DONE) {
        copied = yield* this.masked(bytes, 0, table)
        kept = !this.dropped
      } else {
        kept = this.failed(long || table.why !== BROKEN, bytes.subarray(0, bytes.length - ending), total - ending, this.engine.counter.line + 1, writer)
        if (kept && !bare) writer.put(newline)
        copied = bytes.length
      }
      this.pass(bytes, bytes.length)
    }
    writer.copy(bytes, copied, bytes.length)
    const pieces = writer.take()
    held.clear()
    this.scanner.reset()
    yield this.out(total, pieces)
    return kept
  }

  /** Masks the rows in the table, which begin behind `copied`; returns how far the chunk is written. */
  private *masked(chunk: Buffer, copied: number, table: RowTable): Generator<readonly Buffer[], number, void> {
    const { rows } = table
    if (rows === 0) return copied
    const engine = this.engine
    const writer = this.writer
    const { hits, verify } = engine
    this.dropped = false
    this.width = this.dialect.header ? this.width : table.width(rows - 1)
    if (this.most > this.max) for (let r = 0; r < rows; r++) if (table.rowEnds[r]! - table.rowStarts[r]! > this.max) engine.count('oversize')
    let r = 0
    try {
      engine.mask(
        table.json.subarray(0, table.used),
        (start, _stop, done) => {
          r = table.rowAt(start, r)
          if (done === undefined) {
            if (verify !== undefined) copied = this.verified(chunk, r, hits, copied, table, verify)
            else if (hits.count > 0) copied = table.splice(chunk, r, hits, copied, writer)
          } else if (done[0] === FAILED_RECORD) copied = table.fail(chunk, r, copied, writer)
          else {
            writer.copy(chunk, copied, table.rowStarts[r]!)
            copied = table.rowNexts[r]!
            this.dropped = true
          }
        },
        (start, end) => {
          r = table.rowAt(start, r)
          const place = table.locate(chunk, r, start, end)
          return place === undefined ? undefined : { line: this.lineOf(chunk, table.rowStarts[r]!), start: place.start, end: place.end }
        },
      )
    } catch (error) {
      writer.copy(chunk, copied, table.rowStarts[table.rowAt(engine.failedAt, 0)]!)
      yield this.out(0, writer.take())
      throw error
    }
    return copied
  }

  /** Under policy `verify` a finished row is read once more. */
  private verified(chunk: Buffer, r: number, hits: Hits, copied: number, table: RowTable, verify: (json: Buffer, end: number) => Hits): number {
    const writer = new Writer()
    writer.copy(chunk, table.splice(chunk, r, hits, table.rowStarts[r]!, writer), table.rowEnds[r]!)
    const row = Buffer.concat(writer.take())
    writer.copy(row, this.secrets(row, (this.second ??= new RowTable(this.dialect.delimiter, [], Buffer.allocUnsafeSlow(4096))), verify, writer), row.length)
    this.writer.copy(chunk, copied, table.rowStarts[r]!)
    for (const piece of writer.take()) this.writer.put(piece)
    return table.rowEnds[r]!
  }

  /** Writes a finished row without what still holds a secret; returns how far it is written. */
  private secrets(row: Buffer, table: RowTable, verify: (json: Buffer, end: number) => Hits, writer: Writer): number {
    table.clear()
    do table.read(row, 0, row.length, true, Number.POSITIVE_INFINITY)
    while (table.why === FULL && table.grow())
    if (table.rows === 0) return 0
    const found = verify(table.json, table.used - 1)
    for (let k = 0; k < found.count; k++) if (table.locate(row, 0, found.starts[k]!, found.ends[k]!) !== undefined) this.engine.verifyHit()
    return table.splice(row, 0, found, 0, writer)
  }

  /** The header: its names become keys, and what is sensitive in them is masked where they stand. Returns how far it is written. */
  private header(bytes: Buffer, end: number, long: boolean, writer: Writer): number {
    const engine = this.engine
    const { delimiter } = this.dialect
    const row = bytes.subarray(0, end)
    const cells = long ? undefined : cellsOf(row, delimiter)
    const line = engine.counter.line + 1
    if (cells === undefined) {
      this.dead = true
      this.remark('not_csv')
      if (this.failed(long, row, end, line, writer)) writer.put(this.newline)
      return bytes.length
    }
    this.width = cells.length
    if (cells.length === 1 && row[0] !== QUOTE && /[,;|\t]/.test(row.toString('latin1'))) this.remark('one_column')
    const names = engine.columns(cells, line)
    let copied = 0
    for (const [i, { start, end }] of cells.entries()) {
      const name = names[i]
      if (name === undefined) continue
      writer.copy(bytes, copied, start)
      const text = Buffer.from(name)
      putCell(writer, text, text.length, bytes[start] === QUOTE, false, delimiter)
      copied = end
    }
    const written = cells.map(({ text }, i) => (names[i] === undefined ? text : Buffer.from(names[i])))
    this.table = new RowTable(
      delimiter,
      cells.map(({ text }) => text),
      this.json,
    )
    const { verify } = engine
    if (verify === undefined) return copied
    this.second = new RowTable(delimiter, written, Buffer.allocUnsafeSlow(4096))
    writer.copy(bytes, copied, end)
    const done = Buffer.concat(writer.take())
    const table = new RowTable(delimiter, [], Buffer.allocUnsafeSlow(4096))
    writer.copy(done, this.secrets(done, table, verify, writer), done.length)
    return end
  }

  private remark(code: Remark['code']): void {
    this.remarks.push({ input: this.input, code })
  }

  /** Counts a row that cannot be masked, and writes what stands for it; false: nothing does. */
  private failed(long: boolean, row: Uint8Array, bytes: number, line: number, writer: Writer): boolean {
    const engine = this.engine
    let stays: boolean
    engine.tally(0, 0, 1)
    if (long) {
      engine.count('oversize')
      stays = engine.policy.on_oversize !== 'drop'
    } else stays = engine.unreadable(bytes, line, row)
    if (stays) failedRow(writer, this.width, this.dialect.delimiter)
    return stays
  }

  /** Longest row that is masked. */
  private get most(): number {
    return this.engine.policy.on_oversize === 'text' ? Number.POSITIVE_INFINITY : this.max
  }

  private out(bytesIn: number, pieces: readonly Buffer[]): readonly Buffer[] {
    let n = 0
    for (const piece of pieces) n += piece.length
    this.engine.tally(bytesIn, n)
    return pieces
  }

  // ---------------------------------------------------------------------------------------------- line numbers

  /** The line in which an offset of the bytes at hand stands; offsets come in order. */
  private lineOf(bytes: Buffer, offset: number): number {
    this.pass(bytes, offset)
    return this.engine.counter.line + 1
  }

  /** Counts line ends up to an offset, if anybody wants to know. */
  private pass(bytes: Buffer, to: number): void {
    if (this.engine.tellsLines) {
      for (let i = this.counted; i < to; i++) {
        const c = bytes[i]!
        if (c === CR || (c === LF && !this.afterReturn)) this.engine.counter.line++
        this.afterReturn = c === CR
      }
    }
    this.counted = to
  }
}

/** Where the row that goes to `next` ends without its line end. */
function rowEnd(bytes: Buffer, start: number, next: number): number {
  let end = next
  if (end > start && bytes[end - 1] === LF) end--
  if (end > start && bytes[end - 1] === CR) end--
  return end
}
