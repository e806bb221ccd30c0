// Chunks of bytes in, whole lines to the engine, pieces to write out. Everything that reads logs as bytes (the CLI, the
// Transform of stream.ts) goes through here, so that a cut between two chunks is never seen by the engine.

/** Masks whole lines. The engine behind `masker.lines()`; this file only decides which bytes it gets. */
export interface LineEngine {
  /** A longer line (its terminator not counted) goes to `oversize` instead of `block`. */
  readonly maxRecordBytes: number
  /** Bytes of an oversize line's head to keep: 0, a bound, or Infinity for the whole line. */
  readonly oversizeKeep: number
  /**
   * Masks a buffer of whole lines, each with its terminator; only at the very end of input may the last one lack it.
   * Returns the pieces to write, in order; the input itself when nothing changed. They last until the next call. May throw a MaskError under policy `fail`.
   */
  block(bytes: Buffer): readonly Buffer[]
  /** A line that is too long: its head (`oversizeKeep` bytes at most), its full length, its terminator (LF, CRLF or empty). */
  oversize(head: Buffer, bytes: number, terminator: Buffer): readonly Buffer[]
  /** Another input begins: nothing of the lines before goes on in it. */
  border?(): void
  /** Something that began in a line goes on in the next one. */
  readonly open?: boolean
  /**
   * Between two lines, when nothing of the next one has been looked at and everything handed out is written: here another plan may
   * take effect. Limits are read again afterwards.
   */
  turn?(): void
  /** Called once at the end of input. */
  end(): readonly Buffer[]
  /**
   * Two buffers of `size` bytes into which a reader may read: blocks of lines in them need not be copied by the engine. Given
   * out once; undefined afterwards, and where the engine has no use for it.
   */
  buffers?(size: number): readonly [Buffer, Buffer] | undefined
  /** After a throw: the pieces for the lines before the one that failed. */
  readonly partial?: readonly Buffer[] | undefined
  /** After a throw: where in the block the line begins that failed. What follows it can be given as a block of its own. */
  readonly failedAt?: number
  /** Where in the last block the lines begin of which nothing was handed out, in order. */
  readonly gone?: readonly number[]
}

/** Takes an input in chunks cut anywhere and masks it: lines (LineFeed), rows of CSV, records of JSON documents. */
export interface Feed {
  /** Takes the next bytes. The chunk must stay as it is until the generator is done; nothing of it is kept afterwards. */
  push(chunk: Buffer): Pieces
  /** One input is over and another may follow: nothing of the two is joined. */
  border(): void
  /** The end of all input. With `newline` an input in another format follows: what has no newline at its end gets one. */
  end(newline?: boolean): Pieces
  /** True while the last line, row or record is not complete. */
  readonly cut: boolean
  /** Forgets what is not complete: the reading was broken off, and the rest exists elsewhere. */
  dropCut(): void
  /** What was seen of whole inputs, beyond what their single records tell. */
  readonly remarks: readonly Remark[]
}

/** `not_csv`, `not_json`: from some place on the input is not what it should be. `one_column`: its header looks like one with another delimiter. */
export interface Remark {
  /** How many borders came before the input. */
  readonly input: number
  readonly code: 'not_csv' | 'not_json' | 'one_column'
}

/** Pieces to write before the generator is asked for more: afterwards their memory may be used again. */
export type Pieces = Generator<readonly Buffer[], void, void>

const LF = 10
const CR = 13
const NONE = Buffer.alloc(0)
const LF_BYTES = Buffer.from('\n')
const CRLF_BYTES = Buffer.from('\r\n')
/** From here on the buffer of a cut line is made as large as the longest line allowed: reserved, not touched, so it costs no memory. */
const GROW_TO_LIMIT = 1 << 20
/** A line buffer above this is given back after its line. */
const KEEP_BUFFER = 8 << 20

/**
 * Assembles lines from chunks cut anywhere. The whole lines of a chunk are handed on as one view of it, without a copy; only
 * the line cut by the border is copied. Memory is bounded by `maxRecordBytes` (or `oversizeKeep`), time is linear in the bytes.
 *
 * ```ts
 * const feed = new LineFeed(masker.lines())
 * for await (const chunk of input) for (const pieces of feed.push(chunk)) await write(pieces)
 * for (const pieces of feed.end()) await write(pieces)
 * ```
 */
export class LineFeed implements Feed {
  readonly remarks: readonly Remark[] = []
  readonly #engine: LineEngine
  #max: number
  #keep: number
  /** The cut line: `#size` bytes are kept of the `#total` seen, without terminator. */
  #line: Buffer = NONE
  #size = 0
  #total = 0
  #last = 0
  #border = false

  constructor(engine: LineEngine) {
    this.#engine = engine
    this.#max = engine.maxRecordBytes
    this.#keep = engine.oversizeKeep
  }

  /** Takes the next bytes. The chunk must stay as it is until the generator is done; nothing of it is kept afterwards. */
  *push(chunk: Buffer): Pieces {
    if (chunk.length === 0) return
    if (this.#border) {
      this.#border = false
      // A last line without newline must not run into the first line of the next input.
      if (this.#total > 0) yield* this.#finish(true)
      this.#engine.border?.()
    }
    if (this.#total === 0) this.#turn()
    let from = 0
    if (this.#total > 0) {
      const lf = chunk.indexOf(LF)
      if (lf < 0) {
        this.#hold(chunk, 0, chunk.length)
        return
      }
      this.#hold(chunk, 0, lf)
      yield* this.#finish(true)
      from = lf + 1
      this.#turn()
    }
    const to = chunk.lastIndexOf(LF) + 1
    if (to > from) yield* this.#whole(from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to))
    this.#hold(chunk, to, chunk.length)
  }

  /** One input is over and another may follow: lines of the two are never joined. */
  border(): void {
    this.#border = true
  }

  /** True while the last line seen has no terminator yet. */
  get cut(): boolean {
    return this.#total > 0
  }

  /** Forgets a cut line (the reading was broken off and the rest of the line exists elsewhere). */
  dropCut(): void {
    this.#reset()
  }

  /** The end of all input: a last line without terminator, then the engine's own last words. */
  *end(newline = false): Pieces {
    this.#border = false
    if (this.#total > 0) yield* this.#finish(newline)
    const pieces = this.#engine.end()
    if (pieces.length > 0) yield pieces
  }

  /** No line is begun. */
  #turn(): void {
    const engine = this.#engine
    if (engine.turn === undefined) return
    engine.turn()
    this.#max = engine.maxRecordBytes
    this.#keep = engine.oversizeKeep
  }

  /** Whole lines, each with LF. Hops over them in steps of the longest line allowed to find one that is longer. */
  *#whole(bytes: Buffer): Pieces {
    // LF and CR do not count, hence + 2; no line inside can be too long.
    const max = this.#max
    if (bytes.length <= max + 1) {
      yield* this.#block(bytes)
      return
    }
    let done = 0
    let at = 0
    while (at < bytes.length) {
      // The farthest LF that ends a line of at most `max` bytes (one more when CR precedes it).
      let lf = bytes.length - at <= max + 1 ? bytes.length - 1 : bytes.lastIndexOf(LF, at + max)
      if (lf < at && bytes[at + max + 1] === LF && bytes[at + max] === CR) lf = at + max + 1
      if (lf >= at) {
        at = lf + 1
        continue
      }
      if (at > done) yield* this.#block(bytes.subarray(done, at))
      lf = bytes.indexOf(LF, at + max)
      const crlf = bytes[lf - 1] === CR
      const length = lf - at - (crlf ? 1 : 0)
      yield* this.#oversize(bytes.subarray(at, at + Math.min(length, this.#keep)), length, crlf ? CRLF_BYTES : LF_BYTES)
      at = done = lf + 1
    }
    if (at > done) yield* this.#block(done === 0 ? bytes : bytes.subarray(done, at))
  }

  *#block(bytes: Buffer): Pieces {
    let pieces: readonly Buffer[]
    try {
      pieces = this.#engine.block(bytes)
    } catch (error) {
      yield* this.#partial()
      throw error
    }
    if (pieces.length > 0) yield pieces
  }

  *#oversize(head: Buffer, bytes: number, terminator: Buffer): Pieces {
    let pieces: readonly Buffer[]
    try {
      pieces = this.#engine.oversize(head, bytes, terminator)
    } catch (error) {
      yield* this.#partial()
      throw error
    }
    if (pieces.length > 0) yield pieces
  }

  *#partial(): Pieces {
    const { partial } = this.#engine
    if (partial !== undefined && partial.length > 0) yield partial
  }

  /** The cut line is complete. */
  *#finish(terminated: boolean): Pieces {
    const crlf = terminated && this.#last === CR
    const length = this.#total - (crlf ? 1 : 0)
    if (length > this.#max) {
      const head = this.#line.subarray(0, Math.min(this.#size, length, this.#keep))
      yield* this.#oversize(head, length, terminated ? (crlf ? CRLF_BYTES : LF_BYTES) : NONE)
    } else {
      if (terminated) {
        this.#reserve(this.#size + 1)
        this.#line[this.#size++] = LF
      }
      yield* this.#block(this.#line.subarray(0, this.#size))
    }
    this.#reset()
  }

  #reset(): void {
    this.#size = this.#total = this.#last = 0
    if (this.#line.length > KEEP_BUFFER) this.#line = NONE
  }

  /** Copies a stretch of the cut line, as far as anything of it will be wanted. */
  #hold(chunk: Buffer, from: number, to: number): void {
    if (to === from) return
    this.#total += to - from
    this.#last = chunk[to - 1] as number
    // One more than allowed may still turn out to be CR before LF.
    const wanted = this.#total > this.#max + 1 ? this.#keep : this.#max + 1
    if (this.#size > wanted) {
      this.#size = wanted
      if (this.#line.length > KEEP_BUFFER) this.#line = Buffer.from(this.#line.subarray(0, wanted))
    }
    const n = Math.min(to - from, wanted - this.#size)
    if (n <= 0) return
    this.#reserve(this.#size + n)
    chunk.copy(this.#line, this.#size, from, from + n)
    this.#size += n
  }

  #reserve(size: number): void {
    const have = this.#line.length
    if (size <= have) return
    let room = Math.max(size, have * 2, 4096)
    if (room > GROW_TO_LIMIT && size <= this.#max + 2) room = this.#max + 2
    const line = Buffer.allocUnsafeSlow(room)
    this.#line.copy(line, 0, 0, this.#size)
    this.#line = line
  }
}
