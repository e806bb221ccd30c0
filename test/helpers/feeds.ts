// Feeds in tests: chunks in one buffer that is spoilt behind each, as readers do it.
import type { Feed, FeedOptions, Masker } from '../../src/index.ts'

/** Passes chunks through a feed, and with `last` its end. What it gives is copied at once: its memory is used again. */
export function passThrough(feed: Feed, chunks: readonly Uint8Array[], last = true): Buffer {
  const out: Buffer[] = []
  const scratch = Buffer.alloc(Math.max(1, ...chunks.map((c) => c.length)))
  const take = (pieces: Iterable<readonly Buffer[]>): void => {
    for (const list of pieces) for (const piece of list) out.push(Buffer.from(piece))
  }
  for (const chunk of chunks) {
    scratch.set(chunk)
    take(feed.push(scratch.subarray(0, chunk.length)))
    scratch.fill(0x21)
  }
  if (last) take(feed.end())
  return Buffer.concat(out)
}

/** What a new feed gives for chunks. */
export function feedChunks(masker: Masker, options: FeedOptions, chunks: readonly Uint8Array[]): Buffer {
  return passThrough(masker.feed(options), chunks)
}

/** What a feed gives for a text. */
export function feedText(masker: Masker, options: FeedOptions, text: string): string {
  return feedChunks(masker, options, [Buffer.from(text)]).toString()
}

/** The bytes cut at the given places (in any order, modulo their number). */
export function cutAt(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const places = [0, ...at.map((n) => n % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return places.slice(1).map((to, i) => bytes.subarray(places[i] as number, to))
}
