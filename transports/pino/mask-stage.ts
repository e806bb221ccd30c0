// Bytes in as pino's worker hands them out, masked lines out.

import { Duplex } from 'node:stream'
import { InputError, LineFeed } from '../../src/index.ts'
import type { LineGuard } from './guard.ts'

const LF = 10
const CR = 13
const NONE = Buffer.alloc(0)
const LONE_CR = Buffer.from('\r')
/** So many bytes of a chunk are masked before what comes of them is pushed. */
const STRETCH = 1 << 18

/** Of a stage. */
export interface StageOptions {
  /** Called once, when the last line has been masked or the stream has failed. Nothing is closed before it has settled. */
  readonly ended: () => Promise<void>
  /** Settles when what was read from the stage is written; the stream closes after it. */
  readonly written?: Promise<void> | undefined
}

/**
 * A Duplex of bytes, or strings, cut anywhere, in which each line becomes the masked line and `\n`. Every push holds whole lines. It stops at a
 * full reader, and keeps no more than one cut line and one push beside the chunk at hand.
 */
export class MaskStage extends Duplex {
  readonly #feed: LineFeed
  readonly #options: StageOptions
  /** What is left of the chunk at hand, and what to call when nothing is. */
  #rest: Buffer = NONE
  #done: ((error?: Error | null) => void) | undefined
  /** The input is over. */
  #last = false
  #full = false
  #asked = false
  #pumping = false
  /** The last chunk ended with CR: LF may follow. */
  #cr = false
  #ended: Promise<void> | undefined

  constructor(guard: LineGuard, options: StageOptions) {
    super({ decodeStrings: true, readableHighWaterMark: STRETCH })
    this.#feed = new LineFeed(guard.lines())
    this.#options = options
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#rest = this.#plain(chunk)
    this.#done = done
    this.#pump()
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#rest = this.#cr ? LONE_CR : NONE
    this.#cr = false
    this.#last = true
    this.#done = done
    this.#pump()
  }

  override _read(): void {
    this.#full = false
    if (this.#asked || this.#done === undefined) return
    this.#asked = true
    // The reader first gets what was asked for last, and writes it while the next lines are masked.
    process.nextTick(() => {
      this.#asked = false
      this.#pump()
    })
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#rest = NONE
    this.#done = undefined
    const close = async (): Promise<void> => {
      await this.#end()
      if (error === null) await this.#options.written
    }
    close().then(
      () => done(error),
      (failed: Error) => done(error ?? failed),
    )
  }

  #end(): Promise<void> {
    return (this.#ended ??= this.#options.ended())
  }

  /** Masks as long as there is something to mask and somebody to take it. */
  #pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    try {
      while (this.#done !== undefined) {
        if (this.#rest.length === 0 && !this.#last) {
          this.#settle()
          continue
        }
        if (this.#full) {
          this.#alone()
          return
        }
        if (this.#rest.length > 0) this.#put(this.#feed.push(this.#stretch()))
        else {
          this.#put(this.#feed.end(true))
          this.#last = false
          const done = this.#done
          this.#done = undefined
          this.#end().then(() => {
            this.push(null)
            done()
          }, done)
        }
      }
    } catch (error) {
      // nothing that a line holds: those fail one by one
      this.destroy(error as Error)
    } finally {
      this.#pumping = false
    }
  }

  /** The chunk is done: the next one may come. */
  #settle(): void {
    const done = this.#done!
    this.#done = undefined
    done()
  }

  /** The next lines of the chunk, about `STRETCH` bytes. */
  #stretch(): Buffer {
    const bytes = this.#rest
    let to = bytes.length
    if (to > STRETCH) to = bytes.lastIndexOf(LF, STRETCH - 1) + 1 || bytes.indexOf(LF, STRETCH) + 1 || to
    this.#rest = bytes.subarray(to)
    return bytes.subarray(0, to)
  }

  #put(lines: Iterable<readonly Buffer[]>): void {
    const out: Buffer[] = []
    for (const pieces of lines) out.push(...pieces)
    if (out.length > 0 && !this.push(out.length === 1 ? out[0] : Buffer.concat(out))) this.#full = true
  }

  /** The chunk without the CR of every CR LF. */
  #plain(chunk: Buffer): Buffer {
    if (!this.#cr && chunk.indexOf(CR) < 0) return chunk
    const out = Buffer.allocUnsafe(chunk.length + 1)
    let n = 0
    if (this.#cr && chunk.length > 0 && chunk[0] !== LF) out[n++] = CR
    if (chunk.length > 0) this.#cr = false
    for (let i = 0; i < chunk.length; ) {
      const cr = chunk.indexOf(CR, i)
      const to = cr < 0 ? chunk.length : cr
      n += chunk.copy(out, n, i, to)
      if (cr < 0) break
      if (cr === chunk.length - 1) this.#cr = true
      else if (chunk[cr + 1] !== LF) out[n++] = CR
      i = cr + 1
    }
    return out.subarray(0, n)
  }

  /** In a list of targets a stage can stand where nobody reads it: its lines would wait for ever. */
  #alone(): void {
    const unread = (): boolean => this.readableFlowing === null && this.listenerCount('readable') === 0
    if (!unread()) return
    setImmediate(() => {
      if (unread() && !this.destroyed)
        this.destroy(new InputError('bad_option', "nobody reads what mask-logs/pino hands on: a target by itself, beside a pipeline with it, needs a 'destination'"))
    })
  }
}
