// What a LineGuard does for single lines, for blocks of them.

import type { LineEngine } from '../../src/index.ts'
import type { LineCounts } from './guard.ts'

const LF = 10
/** Bytes of a line that its minimal record is made from. */
const HEAD = 512

/**
 * An engine over another one that never throws: a line that fails is replaced by what `failed` makes of its head, and the lines behind it
 * go on. Counts lines, and which of them came out changed or not at all. What it hands out is the caller's to keep.
 */
export function guardLines(engine: LineEngine, counter: { line: number }, counts: LineCounts, failed: (head: string, error: unknown) => string): LineEngine {
  const minimal = (line: Buffer, error: unknown): Buffer => Buffer.from(failed(line.toString('utf8', 0, HEAD), error))
  const timed = (mask: () => Buffer): readonly Buffer[] => {
    const start = performance.now()
    const out = mask()
    counts.nanoseconds += (performance.now() - start) * 1e6
    return out.length === 0 ? [] : [out]
  }

  /** All lines of the block, each with its newline. */
  function block(bytes: Buffer): Buffer {
    const done: Buffer[] = []
    let rest = bytes
    while (rest.length > 0) {
      const first = counter.line
      try {
        const pieces = engine.block(rest)
        if (pieces.length === 1 && pieces[0] === rest) counts.lines += counter.line - first
        const out = Buffer.concat(pieces)
        if (pieces[0] !== rest) compare(rest, out, engine.gone ?? [], counts)
        if (done.length === 0) return out
        done.push(out)
        break
      } catch (error) {
        const at = engine.failedAt ?? 0
        const before = Buffer.concat(engine.partial ?? [])
        const lines = counts.lines
        compare(rest.subarray(0, at), before, engine.gone ?? [], counts)
        const next = rest.indexOf(LF, at) + 1 || rest.length
        counts.lines++
        done.push(before, minimal(rest.subarray(at, next), error))
        // the engine has not come to count them all
        counter.line = first + counts.lines - lines
        rest = rest.subarray(next)
      }
    }
    return Buffer.concat(done)
  }

  return {
    get maxRecordBytes() {
      return engine.maxRecordBytes
    },
    get oversizeKeep() {
      return engine.oversizeKeep
    },
    get open() {
      return engine.open === true
    },
    block: (bytes) => timed(() => block(bytes)),
    oversize: (head, bytes, terminator) =>
      timed(() => {
        counts.lines++
        try {
          const out = Buffer.concat(engine.oversize(head, bytes, terminator))
          counts.changed++
          if (out.length === 0) counts.dropped++
          return out
        } catch (error) {
          return minimal(head, error)
        }
      }),
    border: () => engine.border?.(),
    turn: () => engine.turn?.(),
    end: () => engine.end(),
  }
}

/** Counts the lines of a block, and those that are others in what came out; `gone`: where the lines begin that left nothing. */
function compare(bytes: Buffer, out: Buffer, gone: readonly number[], counts: LineCounts): void {
  let to = 0
  let k = 0
  for (let at = 0; at < bytes.length; ) {
    const next = bytes.indexOf(LF, at) + 1 || bytes.length
    counts.lines++
    if (gone[k] === at) {
      k++
      counts.changed++
      counts.dropped++
    } else {
      const end = out.indexOf(LF, to) + 1 || out.length
      if (end - to !== next - at || bytes.compare(out, to, end, at, next) !== 0) counts.changed++
      to = end
    }
    at = next
  }
}
