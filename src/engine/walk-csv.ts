// CSV and TSV: rows as records.
//
// A row is written down as one line of JSON, an object of strings keyed by the header, beside the place of each of its cells.
// The walker of JSON finds and masks there like in any other record; its hits are then brought back to the cells. A cell
// without a hit keeps its bytes, whatever its quoting.
//
//   12345,"Ann ""A"""   ->   {"id":"12345","name":"Ann \"A\""}   ->   hits   ->   12345,[REDACTED]
//
// RFC 4180, read generously where no reading is dangerous: rows end with LF, CRLF or CR, may have more or fewer cells than the
// header, a quote inside a cell that does not begin with one is a character. What follows a closing quote must be a delimiter
// or the end of the row (blanks aside): anything else means that some quote is missing, and where the cells of such a row
// begin is anyone's guess.

import { readValue, writeValue } from './json-bytes.ts'
import { isContainer, NumberText } from './types.ts'
import type { Value } from './types.ts'
import { FAILED, Hits, splice, Writer } from './walker.ts'

const LF = 0x0a
const CR = 0x0d
const QUOTE = 0x22
const NO_BYTES = new Uint8Array(0)
const FAILED_BYTES = Buffer.from(FAILED)

/** A cell without a name of its own (no header, an empty name, more cells than names) is keyed by its number, up to this one. */
const MAX_NUMBER = 1000
/** The others share one key: a row of a million commas must not make a million keys. */
const BEYOND = `${MAX_NUMBER + 1}+`

/** Room for so many cells at first, and how much of it is kept. */
const CELLS = 4096
const MOST_CELLS = 1 << 18

/** Classes of bytes: what ends a cell, and what has to be escaped in JSON. */
const DELIMITER = 1
const BREAK = 2
const ESCAPE = 3

/** Why `RowTable.read` stopped. */
export const DONE = 0
/** The next row does not fit behind those already there. */
export const FULL = 1
/** The last row is not complete. */
export const CUT = 2
/** The row at `start` is longer than allowed. */
export const LONG = 3
/** The row at `start` cannot be told into cells. */
export const BROKEN = 4

/** Where a row stands between two of its bytes. */
export const ROW_START = 0
const CELL_START = 1
const PLAIN = 2
const QUOTED = 3
const CLOSING = 4
const BLANKS = 5
const ASTRAY = 6
const RETURN = 7

/** Follows a row that is cut by the borders of chunks to its end. */
export class RowScanner {
  private state = ROW_START
  private readonly delimiter: number

  constructor(delimiter: number) {
    this.delimiter = delimiter
  }

  reset(): void {
    this.state = ROW_START
  }

  /** A quoted cell is open. */
  get open(): boolean {
    return this.state === QUOTED
  }

  /** Goes on in `b` at `i`: the offset behind the row's end, or -1 when it is not there. */
  next(b: Buffer, i: number, end: number): number {
    const { delimiter } = this
    let { state } = this
    while (i < end) {
      if (state === QUOTED) {
        const at = b.indexOf(QUOTE, i)
        if (at < 0 || at >= end) break
        state = CLOSING
        i = at + 1
        continue
      }
      const c = b[i]!
      if (state === RETURN) {
        this.state = ROW_START
        return c === LF ? i + 1 : i
      }
      i++
      if (c === LF) {
        this.state = ROW_START
        return i
      }
      if (c === CR) state = RETURN
      else if (state === ASTRAY) continue
      else if (c === delimiter) state = CELL_START
      else if (c === QUOTE) state = state === CLOSING || state <= CELL_START ? QUOTED : state === BLANKS ? ASTRAY : PLAIN
      else if (state === CLOSING || state === BLANKS) state = c === 0x20 || c === 0x09 ? BLANKS : ASTRAY
      else state = PLAIN
    }
    this.state = state
    return -1
  }
}

/** The rows of a stretch of bytes and what they are as JSON. */
export class RowTable {
  private readonly delimiter: number
  /** Classes inside quotes, and outside. */
  private readonly inside = new Uint8Array(256)
  private readonly outside = new Uint8Array(256)
  /** `{"name":"` of the first column, `,"name":"` of the others: up to the text of the cell. */
  private readonly keys: Key[] = []
  private readonly names: string[]
  private readonly beyond: Key

  /** The rows as lines of JSON, in the first `used` bytes. */
  json: Buffer
  used = 0
  private readonly home: Buffer

  /** Complete rows. */
  rows = 0
  /** Of each row: its offset, that of its terminator, that of the next row; where its line begins and which cell is its first (with one more for the end). */
  rowStarts = new Int32Array(1024)
  rowEnds = new Int32Array(1024)
  rowNexts = new Int32Array(1024)
  private lines = new Int32Array(1025)
  private firsts = new Int32Array(1025)
  /** Of each cell: its offset, and in the JSON those of its opening quote and behind its closing quote. */
  private cells = new Int32Array(CELLS)
  private opens = new Int32Array(CELLS)
  private closes = new Int32Array(CELLS)

  /** Why `read` stopped, and the row that it stopped at. */
  why = DONE
  start = 0
  end = 0
  next = 0

  private readonly part = new Hits()
  private readonly writer = new Writer()
  private cell: Buffer = Buffer.allocUnsafe(256)

  /** `names`: the cells of the header as they are decoded; `json`: where the lines are to stand. */
  constructor(delimiter: number, names: readonly Buffer[], json: Buffer) {
    this.delimiter = delimiter
    this.json = this.home = json
    for (let c = 0; c < 0x20; c++) this.inside[c] = this.outside[c] = ESCAPE
    for (const c of [QUOTE, 0x5c]) this.inside[c] = this.outside[c] = ESCAPE
    this.outside[delimiter] = DELIMITER
    this.outside[LF] = this.outside[CR] = BREAK
    this.names = names.map((name, i) => (name.length === 0 ? numbered(i) : name.toString()))
    this.beyond = keyBytes(1, Buffer.from(BEYOND))
    names.forEach((name, i) => {
      this.keys.push(name.length > 0 ? keyBytes(i, name) : i < MAX_NUMBER ? keyBytes(i, Buffer.from(numbered(i))) : this.beyond)
    })
  }

  /** Forgets the rows. */
  clear(): void {
    this.rows = this.used = 0
    this.lines[0] = this.firsts[0] = 0
    // what an unusual row wanted is given back
    this.json = this.home
    if (this.cells.length > MOST_CELLS) {
      this.cells = new Int32Array(CELLS)
      this.opens = new Int32Array(CELLS)
      this.closes = new Int32Array(CELLS)
    }
  }

  /** Makes room for a row that does not fit alone; false when it is beyond all measure. */
  grow(): boolean {
    const size = this.json.length * 4
    if (size > 1 << 30) return false
    this.json = Buffer.allocUnsafeSlow(size)
    return true
  }

  /** The key of a column that has no name. */
  private key(column: number): Key {
    if (column >= MAX_NUMBER) return this.beyond
    for (let i = this.keys.length; i <= column; i++) this.keys.push(keyBytes(i, Buffer.from(numbered(i))))
    return this.keys[column]!
  }

  /**
   * Reads whole rows from `i` on, as many as fit; with `last` the end of the bytes ends a row too. Returns where it stopped;
   * `why` says the rest. Empty lines are no rows.
   */
  read(b: Buffer, i: number, to: number, last: boolean, maxBytes: number): number {
    const { inside, outside, json, keys } = this
    let { cells, opens, closes } = this
    const named = keys.length
    // room for the ends behind each cell and for words that go beyond it; what does not fit is seen at the end of the cell it is in
    const limit = json.length - 16
    const view = new DataView(json.buffer, json.byteOffset, json.length)
    const from = new DataView(b.buffer, b.byteOffset, b.length)
    const safe = to - 3
    let n = this.used
    let r = this.rows
    let cell = this.firsts[r]!
    for (;;) {
      let c = 0
      while (i < to && ((c = b[i]!) === LF || c === CR)) i++
      // a CR at the end may be half a line end; nothing is lost when both halves are taken for empty lines
      this.start = i
      if (i >= to) {
        this.why = DONE
        break
      }
      const start = i
      const line = n
      const first = cell
      let column = 0
      let why = DONE
      for (;;) {
        const key = column < named ? keys[column]! : this.key(column)
        if (n + key.size > limit) {
          why = FULL
          break
        }
        const { words } = key
        for (let k = 0, at = n; k < words.length; k++, at += 4) view.setInt32(at, words[k]!, true)
        n += key.size
        cells[cell] = i
        opens[cell] = n - 1
        if (i < to && b[i] === QUOTE) {
          i++
          for (;;) {
            while (i < safe && (inside[b[i]!]! | inside[b[i + 1]!]! | inside[b[i + 2]!]! | inside[b[i + 3]!]!) === 0 && n < limit) {
              view.setInt32(n, from.getInt32(i, true), true)
              n += 4
              i += 4
            }
            while (i < to && inside[(c = b[i]!)] === 0) {
              json[n++] = c
              i++
            }
            if (i >= to || n > limit) break
            if (c === QUOTE) {
              if (i + 1 >= to || b[i + 1] !== QUOTE) break
              i++
            }
            n = escaped(json, n, c)
            i++
          }
          if (i >= to) {
            // an open quote: at the very end it has no other half
            why = last ? BROKEN : CUT
            break
          }
          if (n <= limit) {
            i++
            while (i < to && (b[i] === 0x20 || b[i] === 0x09) && outside[b[i]!] !== DELIMITER) i++
            if (i < to && outside[b[i]!] !== DELIMITER && outside[b[i]!] !== BREAK) {
              why = BROKEN
              break
            }
          }
        } else {
          for (;;) {
            while (i < safe && (outside[b[i]!]! | outside[b[i + 1]!]! | outside[b[i + 2]!]! | outside[b[i + 3]!]!) === 0 && n < limit) {
              view.setInt32(n, from.getInt32(i, true), true)
              n += 4
              i += 4
            }
            while (i < to && outside[(c = b[i]!)] === 0) {
              json[n++] = c
              i++
            }
            if (i >= to || outside[c] !== ESCAPE || n > limit) break
            n = escaped(json, n, c)
            i++
          }
        }
        if (n > limit) {
          why = FULL
          break
        }
        json[n++] = 0x22
        closes[cell++] = n
        if (cell === cells.length) {
          this.growCells()
          cells = this.cells
          opens = this.opens
          closes = this.closes
        }
        if (i >= to) {
          if (!last) why = CUT
          break
        }
        if (outside[b[i]!] === BREAK) break
        i++
        column++
      }
      if (why === BROKEN || why === CUT || why === FULL) {
        n = line
        cell = first
        i = start
        this.why = why
        break
      }
      const end = i
      if (i < to) {
        if (b[i] === LF) i++
        else if (i + 1 < to) i += b[i + 1] === LF ? 2 : 1
        else if (last) i++
        else {
          this.why = CUT
          n = line
          cell = first
          i = start
          break
        }
      }
      if (end - start > maxBytes) {
        this.why = LONG
        this.end = end
        this.next = i
        n = line
        cell = first
        i = start
        break
      }
      json[n++] = 0x7d
      json[n++] = LF
      if (r + 1 === this.rowStarts.length) this.growRows()
      this.rowStarts[r] = start
      this.rowEnds[r] = end
      this.rowNexts[r] = i
      r++
      this.lines[r] = n
      this.firsts[r] = cell
    }
    this.used = n
    this.rows = r
    return i
  }

  private growRows(): void {
    this.rowStarts = twice(this.rowStarts)
    this.rowEnds = twice(this.rowEnds)
    this.rowNexts = twice(this.rowNexts)
    this.lines = twice(this.lines)
    this.firsts = twice(this.firsts)
  }

  private growCells(): void {
    this.cells = twice(this.cells)
    this.opens = twice(this.opens)
    this.closes = twice(this.closes)
  }

  /** The row whose line the offset is in; `from`: a row that is not behind it. */
  rowAt(offset: number, from: number): number {
    let r = from
    while (r + 1 < this.rows && this.lines[r + 1]! <= offset) r++
    return r
  }

  /** How many cells a row has. */
  width(r: number): number {
    return this.firsts[r + 1]! - this.firsts[r]!
  }

  private cellEnd(r: number, cell: number): number {
    return cell + 1 < this.firsts[r + 1]! ? this.cells[cell + 1]! - 1 : this.rowEnds[r]!
  }

  /** Where in the row the stretch [start, end) of its line comes from; undefined for what is in no cell. */
  locate(b: Buffer, r: number, start: number, end: number): { readonly start: number; readonly end: number } | undefined {
    // the first cell that ends behind it
    let cell = this.firsts[r]!
    for (let last = this.firsts[r + 1]!; cell < last; ) {
      const middle = (cell + last) >> 1
      if (this.closes[middle]! > start) last = middle
      else cell = middle + 1
    }
    const from = this.rowStarts[r]!
    if (cell === this.firsts[r + 1] || start < this.opens[cell]!) return undefined
    if (start === this.opens[cell]) return { start: this.cells[cell]! - from, end: this.cellEnd(r, cell) - from }
    return { start: this.origin(b, cell, start) - from, end: this.origin(b, cell, end) - from }
  }

  /** The offset in the block that an offset in the text of a cell comes from. */
  private origin(b: Buffer, cell: number, offset: number): number {
    const { json } = this
    let i = this.cells[cell]!
    const quoted = b[i] === QUOTE
    if (quoted) i++
    for (let j = this.opens[cell]! + 1; j < offset; i++) {
      if (json[j] !== 0x5c) {
        j++
        continue
      }
      if (json[j + 1] === QUOTE && quoted) i++
      j += json[j + 1] === 0x75 ? 6 : 2
    }
    return i
  }

  /** Writes a row with the hits in its line; `copied`: how far the block is written. Returns how far it is then. */
  splice(b: Buffer, r: number, hits: Hits, copied: number, writer: Writer): number {
    const { opens, closes } = this
    const last = this.firsts[r + 1]!
    let cell = this.firsts[r]!
    for (let k = 0; k < hits.count; ) {
      const start = hits.starts[k]!
      const out = hits.outs[k]
      if (start === this.lines[r] && out !== undefined) return this.whole(b, r, out, copied, writer)
      while (cell < last && closes[cell]! <= start) cell++
      if (cell === last) break
      const open = opens[cell]!
      if (start < open && out !== undefined) {
        // a key: the names of columns are the header's business
        k++
        continue
      }
      let next = k + 1
      while (next < hits.count && hits.starts[next]! < closes[cell]!) next++
      writer.copy(b, copied, this.cells[cell]!)
      copied = this.cellEnd(r, cell)
      const alone = this.width(r) === 1
      const quoted = b[this.cells[cell]!] === QUOTE
      if (start < open) this.put(writer, 0, false, alone)
      else if (next === k + 1 && start === open && hits.ends[k] === closes[cell]) this.token(out!, quoted, alone, writer)
      else this.put(writer, this.pieces(cell, hits, k, next), quoted, alone)
      k = next
      cell++
    }
    return copied
  }

  /** A cell becomes what a JSON token says. */
  private token(out: Uint8Array, quoted: boolean, alone: boolean, writer: Writer): void {
    const n = out.length
    if (out[0] === QUOTE) this.put(writer, this.plain(out, 1, n - 1, 0), quoted, alone)
    else if (out[0] === 0x6e) this.put(writer, 0, false, alone)
    else {
      // digits, true and false; an object or array is written as the JSON text it is
      this.room(n)
      this.cell.set(out)
      this.put(writer, n, quoted, alone)
    }
  }

  /** The text of a cell with the hits k to `next` in it, in `cell`; returns its length. */
  private pieces(cell: number, hits: Hits, k: number, next: number): number {
    const { json } = this
    const open = this.opens[cell]!
    const close = this.closes[cell]!
    let plain = true
    for (let h = k; h < next; h++) if (hits.outs[h] === undefined) plain = false
    if (plain) {
      let n = 0
      let from = open + 1
      for (let h = k; h < next; h++) {
        const out = hits.outs[h]!
        n = this.plain(json, from, hits.starts[h]!, n)
        n = this.plain(out, 0, out.length, n)
        from = hits.ends[h]!
      }
      return this.plain(json, from, close - 1, n)
    }
    // an entry of JSON in the text goes with its comma
    const { part, writer } = this
    part.clear()
    for (let h = k; h < next; h++) part.add(hits.starts[h]!, hits.ends[h]!, hits.outs[h], hits.entries[h]!, undefined)
    writer.copy(json, splice(json, close - 1, part, open + 1, writer), close - 1)
    const text = Buffer.concat(writer.take())
    return this.plain(text, 0, text.length, 0)
  }

  /** Takes the escapes out of the inside of a JSON string; the text goes to `cell` from `n` on. Returns where it ends. */
  private plain(from: Uint8Array, start: number, end: number, n: number): number {
    this.room(n + end - start)
    const out = this.cell
    for (let i = start; i < end; ) {
      const c = from[i]!
      if (c !== 0x5c) {
        out[n++] = c
        i++
        continue
      }
      const e = from[i + 1]!
      if (e === 0x75) {
        const unit = Number.parseInt(Buffer.from(from.subarray(i + 2, i + 6)).toString('latin1'), 16)
        // JSON.stringify escapes controls and halves of pairs; a half has no bytes of its own
        if (unit < 0x20) out[n++] = unit
        else n += out.write(String.fromCharCode(unit), n)
        i += 6
        continue
      }
      out[n++] = e === 0x6e ? LF : e === 0x72 ? CR : e === 0x74 ? 0x09 : e === 0x62 ? 0x08 : e === 0x66 ? 0x0c : e
      i += 2
    }
    return n
  }

  private room(size: number): void {
    if (size <= this.cell.length) return
    const bigger = Buffer.allocUnsafe(size * 2)
    bigger.set(this.cell)
    this.cell = bigger
  }

  /** Writes the first n bytes of `cell` as a cell: in quotes where it was or must be. */
  private put(writer: Writer, n: number, quoted: boolean, alone: boolean): void {
    putCell(writer, this.cell, n, quoted, alone, this.delimiter)
    // a large cell is no reason to keep its memory
    if (this.cell.length > 1 << 20) this.cell = Buffer.allocUnsafe(256)
  }

  /** The record itself was replaced: an object gives each cell what it has under the name of the column, anything else is the text of every cell. */
  private whole(b: Buffer, r: number, out: Uint8Array, copied: number, writer: Writer): number {
    const value = readValue(out, 0, out.length, 1000)
    const first = this.firsts[r]!
    const last = this.firsts[r + 1]!
    for (let cell = first; cell < last; cell++) {
      let text: string | undefined
      if (value instanceof Map) {
        const own = (value as ReadonlyMap<string, Value>).get(this.nameOf(cell - first))
        const old = readValue(this.json, this.opens[cell]!, this.closes[cell]!, 1)
        if (own !== undefined && own === old) continue
        text = own === undefined ? undefined : cellText(own)
      } else text = value === undefined || isContainer(value) ? FAILED : cellText(value)
      copied = this.replace(b, r, cell, text, copied, writer)
    }
    return copied
  }

  private nameOf(column: number): string {
    return this.names[column] ?? numbered(column)
  }

  private replace(b: Buffer, r: number, cell: number, text: string | undefined, copied: number, writer: Writer): number {
    writer.copy(b, copied, this.cells[cell]!)
    const bytes = text === undefined ? NO_BYTES : Buffer.from(text)
    putCell(writer, bytes, bytes.length, text !== undefined && b[this.cells[cell]!] === QUOTE, this.width(r) === 1, this.delimiter)
    return this.cellEnd(r, cell)
  }

  /** `[MASKING FAILED]` in every cell of a row. */
  fail(b: Buffer, r: number, copied: number, writer: Writer): number {
    for (let cell = this.firsts[r]!; cell < this.firsts[r + 1]!; cell++) copied = this.replace(b, r, cell, FAILED, copied, writer)
    return copied
  }
}

function twice(old: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const bigger = new Int32Array(old.length * 2)
  bigger.set(old)
  return bigger
}

function numbered(column: number): string {
  return column < MAX_NUMBER ? String(column + 1) : BEYOND
}

/** Bytes to be written before the text of a cell, as words of four; the last one may go beyond them. */
interface Key {
  readonly words: Int32Array
  readonly size: number
}

function keyBytes(column: number, name: Buffer): Key {
  const out = Buffer.allocUnsafe(name.length * 6 + 8)
  let n = 0
  out[n++] = column === 0 ? 0x7b : 0x2c
  out[n++] = QUOTE
  for (const c of name) {
    if (c < 0x20 || c === QUOTE || c === 0x5c) n = escaped(out, n, c)
    else out[n++] = c
  }
  for (const c of [QUOTE, 0x3a, QUOTE]) out[n++] = c
  const words = new Int32Array((n + 3) >> 2)
  for (let k = 0; k < n; k++) words[k >> 2]! |= out[k]! << (8 * (k & 3))
  return { words, size: n }
}

const HEX = Buffer.from('0123456789abcdef')

/** Writes a byte that JSON wants escaped. */
function escaped(out: Buffer, n: number, c: number): number {
  out[n++] = 0x5c
  const e = c === LF ? 0x6e : c === CR ? 0x72 : c === 0x09 ? 0x74 : c >= 0x20 ? c : 0
  if (e !== 0) {
    out[n++] = e
    return n
  }
  out[n++] = 0x75
  out[n++] = 0x30
  out[n++] = 0x30
  out[n++] = HEX[c >> 4]!
  out[n++] = HEX[c & 15]!
  return n
}

/** What a value is in a cell. */
function cellText(value: Value): string {
  if (typeof value === 'string') return value.toWellFormed()
  if (value === null) return ''
  if (value instanceof NumberText) return value.text
  return writeValue(value)
}

/** Writes the first n bytes of `text` as a cell. `alone`: the only one of its row, which must not become an empty line. */
export function putCell(writer: Writer, text: Uint8Array, n: number, quoted: boolean, alone: boolean, delimiter: number): void {
  let inQuotes = quoted || (alone && n === 0)
  if (!inQuotes && n > 0) {
    inQuotes = text[0] === 0x20 || text[n - 1] === 0x20
    for (let i = 0; i < n && !inQuotes; i++) {
      const c = text[i]!
      inQuotes = c === delimiter || c === QUOTE || c === LF || c === CR
    }
  }
  if (!inQuotes) {
    writer.put(text.subarray(0, n))
    return
  }
  writer.put(QUOTE_BYTES)
  let from = 0
  for (let i = 0; i < n; i++) {
    if (text[i] !== QUOTE) continue
    // up to the quote, which is the first of two
    writer.put(text.subarray(from, i + 1))
    from = i
  }
  writer.put(text.subarray(from, n))
  writer.put(QUOTE_BYTES)
}

const QUOTE_BYTES = Buffer.from('"')

/** A row of `width` cells that could not be masked. */
export function failedRow(writer: Writer, width: number, delimiter: number): void {
  const between = Buffer.from([delimiter])
  for (let k = 0; k < width; k++) {
    if (k > 0) writer.put(between)
    putCell(writer, FAILED_BYTES, FAILED_BYTES.length, false, false, delimiter)
  }
}

/** A header of more names than this is none. */
const MOST_COLUMNS = 100_000

/** The cells of a header, decoded; undefined when they cannot be told apart, or are too many. */
export function cellsOf(row: Buffer, delimiter: number): { readonly start: number; readonly end: number; readonly text: Buffer }[] | undefined {
  const out: { start: number; end: number; text: Buffer }[] = []
  for (let i = 0; ; i++) {
    const start = i
    const parts: Buffer[] = []
    if (row[i] === QUOTE) {
      for (;;) {
        const close = row.indexOf(QUOTE, i + 1)
        if (close < 0) return undefined
        parts.push(row.subarray(i + 1, close))
        i = close + 1
        if (row[i] !== QUOTE) break
        parts.push(QUOTE_BYTES)
      }
      while (i < row.length && row[i] !== delimiter && (row[i] === 0x20 || row[i] === 0x09)) i++
      if (i < row.length && row[i] !== delimiter) return undefined
    } else {
      while (i < row.length && row[i] !== delimiter) i++
      parts.push(row.subarray(start, i))
    }
    out.push({ start, end: i, text: parts.length === 1 ? parts[0]! : Buffer.concat(parts) })
    if (i >= row.length) return out
    if (out.length === MOST_COLUMNS) return undefined
  }
}
