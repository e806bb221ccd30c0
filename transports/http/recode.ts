// Bodies that arrive compressed: decoded, masked, compressed again.

import { Readable, Transform, type TransformCallback } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BodyMask } from './body.ts'
import type { Coding } from './coding.ts'
import { HttpMaskError } from './failure.ts'

/** A stage that masks what passes. */
export class MaskStage extends Transform {
  readonly #body: BodyMask

  constructor(body: BodyMask) {
    super()
    this.#body = body
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#pass(() => this.#body.push(chunk), done)
  }

  override _flush(done: TransformCallback): void {
    this.#pass(() => this.#body.end(), done)
  }

  #pass(run: () => Buffer, done: TransformCallback): void {
    let out: Buffer
    try {
      out = run()
    } catch (error) {
      done(error as Error)
      return
    }
    if (out.length > 0) this.push(out)
    done()
  }
}

/** The failure of a pipeline with a coding: what is none of ours is that of the coding. */
export function recodeFailure(error: unknown): HttpMaskError {
  return error instanceof HttpMaskError ? error : new HttpMaskError('encoding')
}

/**
 * Masks a whole compressed body. What stands beside the compressed bytes (a file name in the header of gzip, bytes behind its end) goes. Rejects with
 * HttpMaskError; what is decoded is bounded by the body's limit.
 */
export async function recode(body: BodyMask, coding: Coding, bytes: Buffer, signal?: AbortSignal): Promise<Buffer> {
  const masked: Buffer[] = []
  const keep = (part: Buffer): void => void (part.length > 0 && masked.push(part))
  // Node 20 rejects with the failure of the stage that is broken off by it
  let first: unknown
  try {
    await pipeline(
      Readable.from([bytes], { objectMode: false }),
      coding.decoder(),
      async (decoded: AsyncIterable<Buffer>) => {
        try {
          for await (const chunk of decoded) keep(body.push(chunk))
          keep(body.end())
        } catch (error) {
          first = error
          throw error
        }
      },
      ...(signal === undefined ? [] : [{ signal }]),
    )
    const out: Buffer[] = []
    await pipeline(
      Readable.from(masked, { objectMode: false }),
      coding.encoder(false),
      async (encoded: AsyncIterable<Buffer>) => {
        for await (const chunk of encoded) out.push(chunk)
      },
      ...(signal === undefined ? [] : [{ signal }]),
    )
    return Buffer.concat(out)
  } catch (error) {
    throw recodeFailure(first ?? error)
  }
}
