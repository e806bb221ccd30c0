// What the feeds of rows (rows.ts) and of JSON documents (documents.ts) have in common, and what they ask of a masker.
//
// Records of such inputs do not stand on lines of their own. A feed writes them down as lines of JSON in a buffer, has these
// masked, and brings what was found back to where it stood: one engine serves every shape.

import type { Policy } from './engine/types.ts'
import type { Hits } from './engine/walker.ts'
import { InputError } from './errors.ts'
import type { LineEngine } from './lines.ts'

/**
 * Told of a line that does not stay as it is: [start, stop) without its newline. `done` undefined: the hits say what changes;
 * else the record becomes these pieces (none: it goes).
 */
export type Put = (start: number, stop: number, done: readonly Buffer[] | undefined) => void

/** Where in the input a stretch of a line comes from, for explain; undefined: it is not told. */
export type Locate = (start: number, end: number) => { readonly line: number; readonly start: number; readonly end: number } | undefined

/** Masks records that are written down as lines of JSON: what `masker.feed()` gives its feeds. */
export interface RecordEngine {
  readonly policy: Policy
  /** Somebody is told in which line of the input something stands: then `counter` has the number of those that are over. */
  readonly tellsLines: boolean
  readonly counter: { line: number }
  /** What changes in the line that `put` is told of. */
  readonly hits: Hits
  /** A buffer for lines: those in it need not be copied once more. */
  room(size: number): Buffer
  /** Masks all lines of `json`, whose last byte is a newline. Under policy `fail` it throws a MaskError. */
  mask(json: Buffer, put: Put, locate: Locate): void
  /** After a throw: where the line begins that failed. */
  readonly failedAt: number
  /** Counts what happened under its code. */
  count(code: string): void
  /** Counts bytes, and records that do not come to be masked. */
  tally(bytesIn: number, bytesOut: number, records?: number): void
}

/** What a feed of rows asks beside that. */
export interface RowEngine extends RecordEngine {
  /** The names of columns as they are to be written; undefined: as they were. For explain: where they stand. */
  columns(cells: readonly { readonly text: Buffer; readonly start: number; readonly end: number }[], line: number): readonly (string | undefined)[]
  /** Under policy `verify`: what holds a secret in the finished line [0, end). */
  readonly verify: ((json: Buffer, end: number) => Hits) | undefined
  /** One of those is counted. Throws under policy `fail`. */
  verifyHit(): void
  /** A row cannot be read: counted, and noted where the policy says so. True: another one takes its place. */
  unreadable(bytes: number, line: number, raw?: Uint8Array): boolean
}

/** What a feed of documents asks beside that. */
export interface DocumentEngine extends RecordEngine {
  /** For the rest of a document that is no JSON, and for records that are too long. It counts on in `counter`. */
  readonly lines: LineEngine
}

/** A record in `mask` that failed as a whole, where the shape of the input says what stands for it. */
export const FAILED_RECORD: Buffer = Buffer.alloc(0)

/** The beginning of a record that the next chunk goes on with. Of an oversize one no more than `most` bytes are kept. */
export class Held {
  /** Bytes seen, and how many of them are kept. */
  total = 0
  size = 0
  /** The last two bytes seen. */
  before = 0
  last = 0
  private buffer: Buffer = NONE
  private readonly most: number

  constructor(most: number) {
    this.most = most
  }

  add(chunk: Buffer, from: number, to: number): void {
    if (to <= from) return
    this.before = to - from > 1 ? chunk[to - 2]! : this.last
    this.last = chunk[to - 1]!
    this.total += to - from
    const n = Math.min(to - from, this.most - this.size)
    if (n <= 0) return
    const { buffer } = this
    if (this.size + n > buffer.length) {
      // doubled each time, but not beyond what can be kept
      this.buffer = Buffer.allocUnsafeSlow(Math.max(this.size + n, Math.min(Math.max(buffer.length * 2, 4096), this.most)))
      buffer.copy(this.buffer, 0, 0, this.size)
    }
    chunk.copy(this.buffer, this.size, from, from + n)
    this.size += n
  }

  get bytes(): Buffer {
    return this.buffer.subarray(0, this.size)
  }

  clear(): void {
    this.total = this.size = this.before = this.last = 0
    if (this.buffer.length > KEEP) this.buffer = NONE
  }
}

const NONE = Buffer.alloc(0)
/** A larger buffer is given back after its record. */
const KEEP = 8 << 20

/** Length of the byte order mark that an input begins with. No detector would find anything in UTF-16: it is refused. */
export function markLength(head: Buffer): number {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) throw new InputError('encoding', 'the input is UTF-16: convert it to UTF-8 first')
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0
}
