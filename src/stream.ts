// The Node Transform over bytes: any stream of log lines in, the masked lines out.

import { Transform, type TransformCallback } from 'node:stream'
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

function within(piece: Buffer, chunk: Buffer): boolean {
  return piece.buffer === chunk.buffer && piece.byteOffset >= chunk.byteOffset && piece.byteOffset + piece.length <= chunk.byteOffset + chunk.length
}
