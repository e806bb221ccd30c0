// The Node Transform over bytes: any stream of log lines in, the masked lines out.

import { Transform, type TransformCallback, Writable } from 'node:stream'
import { type Feed, LineFeed, type LineEngine, type Pieces } from './lines.ts'

/**
 * A Transform that masks line by line: bytes (or strings) in, bytes out, cut anywhere. When a line fails under policy `fail` the
 * stream is destroyed with the MaskError after everything before that line has been read by the consumer.
 *
 * ```ts
 * pipeline(process.stdin, createLineStream(masker.lines()), process.stdout, done)
 * ```
 */
export function createLineStream(engine: LineEngine): Transform {
  return createFeedStream(new LineFeed(engine))
}

/** The same for records of any shape. */
export function createFeedStream(feed: Feed): Transform {
  return new FeedStream(feed)
}

class FeedStream extends Transform {
  readonly #feed: Feed
  #fail: (() => void) | undefined

  constructor(feed: Feed) {
    super({ decodeStrings: true, readableObjectMode: false })
    this.#feed = feed
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.#pass(this.#feed.push(chunk), chunk, callback)
  }

  override _flush(callback: TransformCallback): void {
    this.#pass(this.#feed.end(), undefined, callback)
  }

  // Destroying throws away what the consumer has not read yet: a failure waits until nothing is left.
  override read(size?: number): unknown {
    const chunk: unknown = super.read(size)
    if (this.#fail !== undefined && this.readableLength === 0) process.nextTick(this.#fail)
    return chunk
  }

  #pass(pieces: Pieces, chunk: Buffer | undefined, callback: TransformCallback): void {
    try {
      for (const list of pieces) {
        for (const piece of list) {
          // Views of the chunk are the consumer's to keep; all other memory is used again for the next lines.
          if (piece.length > 0) this.push(chunk !== undefined && within(piece, chunk) ? piece : Buffer.from(piece))
        }
      }
    } catch (error) {
      const fail = (): void => {
        this.#fail = undefined
        callback(error as Error)
      }
      if (this.readableLength === 0) fail()
      else
        this.#fail = () => {
          if (this.#fail !== undefined) fail()
        }
      return
    }
    callback()
  }
}

/** A Writable that hands what it is given to a feed, and what comes out to another one. `close` is called once, at the end. */
export function createMaskedWritable(feed: Feed, destination: Writable, endDestination: boolean, close: () => void): Writable {
  return new MaskedWritable(feed, destination, endDestination, close)
}

class MaskedWritable extends Writable {
  readonly #feed: Feed
  readonly #to: Writable
  readonly #ends: boolean
  readonly #close: () => void
  readonly #atExit = (): void => {
    // A process that ends by itself or by `exit` still writes what waits for its newline.
    try {
      this.#put(this.#feed.end())
    } catch {
      // It cannot be masked, so it does not go out.
    }
  }

  constructor(feed: Feed, to: Writable, ends: boolean, close: () => void) {
    super({ decodeStrings: true })
    this.#feed = feed
    this.#to = to
    this.#ends = ends
    this.#close = close
    process.once('exit', this.#atExit)
    to.once('error', this.#broken)
    to.once('close', this.#gone)
  }

  readonly #broken = (error: Error): void => void this.destroy(error)
  readonly #gone = (): void => void this.destroy()

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#pass(this.#feed.push(chunk), done)
  }

  override _final(done: (error?: Error | null) => void): void {
    process.off('exit', this.#atExit)
    this.#pass(this.#feed.end(), (error) => {
      if (error === undefined && this.#ends) this.#to.end(done)
      else done(error)
    })
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    process.off('exit', this.#atExit)
    this.#to.off('error', this.#broken)
    this.#to.off('close', this.#gone)
    try {
      this.#close()
    } catch {
      // It is at work: its memory goes with it.
    }
    done(error)
  }

  #pass(pieces: Pieces, done: (error?: Error) => void): void {
    let ready: boolean
    try {
      ready = this.#put(pieces)
    } catch (error) {
      done(error as Error)
      return
    }
    if (ready) done()
    else this.#to.once('drain', done)
  }

  /** Writes at once; false: the destination is full. */
  #put(pieces: Pieces): boolean {
    let ready = true
    // Pieces last until the next ones are asked for, and the destination may keep what it is given.
    for (const list of pieces) for (const piece of list) if (piece.length > 0) ready = this.#to.write(Buffer.from(piece))
    return ready
  }
}

function within(piece: Buffer, chunk: Buffer): boolean {
  return piece.buffer === chunk.buffer && piece.byteOffset >= chunk.byteOffset && piece.byteOffset + piece.length <= chunk.byteOffset + chunk.length
}
