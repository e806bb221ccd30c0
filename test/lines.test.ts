import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineFeed, type LineEngine } from '../src/lines.ts'
import { createLineStream } from '../src/stream.ts'
import { digitEngine } from './fixtures/digit-masker.ts'

/** What the engine is given, one entry a line; a block is taken apart. */
function recorder(max: number, keep: number): LineEngine & { seen: string[]; blocks: Buffer[] } {
  const seen: string[] = []
  const blocks: Buffer[] = []
  return {
    seen,
    blocks,
    maxRecordBytes: max,
    oversizeKeep: keep,
    block(bytes) {
      blocks.push(bytes)
      seen.push(...(bytes.toString('latin1').match(/[^\n]*\n|[^\n]+$/g) ?? []))
      return [bytes]
    },
    oversize(head, bytes, terminator) {
      seen.push(`<${head.toString('latin1')} ${bytes} ${JSON.stringify(terminator.toString('latin1'))}>`)
      return []
    },
    end: () => [],
  }
}

function feedAll(engine: LineEngine, chunks: readonly Buffer[]): string {
  const feed = new LineFeed(engine)
  const out: Buffer[] = []
  const scratch = Buffer.alloc(Math.max(1, ...chunks.map((c) => c.length)))
  for (const chunk of chunks) {
    // One buffer for all chunks, as the readers do it.
    const view = scratch.subarray(0, chunk.copy(scratch))
    for (const pieces of feed.push(view)) for (const piece of pieces) out.push(Buffer.from(piece))
    scratch.fill(0x21)
  }
  for (const pieces of feed.end()) for (const piece of pieces) out.push(Buffer.from(piece))
  return Buffer.concat(out).toString('latin1')
}

/** The slow and obvious version. */
function expected(text: string, max: number, keep: number): string[] {
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => {
    const end = line.endsWith('\r\n') ? '\r\n' : line.endsWith('\n') ? '\n' : ''
    const content = line.slice(0, line.length - end.length)
    return content.length <= max ? line : `<${content.slice(0, keep)} ${content.length} ${JSON.stringify(end)}>`
  })
}

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...[...at].map((n) => n % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return places.slice(1).map((to, i) => bytes.subarray(places[i] as number, to))
}

describe('LineFeed', () => {
  it('gives the same lines for every cut, limit and terminator', () => {
    const text = fc
      .array(fc.tuple(fc.nat(12), fc.constantFrom('\n', '\n', '\r\n', '\r', '\n\n')))
      .map((lines) => lines.map(([n, end], i) => String.fromCharCode(97 + (i % 26)).repeat(n) + end).join(''))
    fc.assert(
      fc.property(
        text,
        fc.boolean(),
        fc.array(fc.nat(200), { maxLength: 8 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(0, 2, 5, 20, Infinity),
        (all, last, at, max, keep) => {
          const input = last ? `${all}zzzz` : all
          const engine = recorder(max, keep)
          feedAll(engine, cut(Buffer.from(input, 'latin1'), at))
          expect(engine.seen).toEqual(expected(input, max, keep))
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('keeps every byte and every terminator, cut at every offset', () => {
    const sample = Buffer.from([...Array(40).keys()].map((i) => `{"n":${i},"t":"\u00e4\u{1f600}"}${['\n', '\r\n', '\n\n', '\r\r\n'][i % 4]}`).join('') + 'last 99')
    const whole = feedAll(digitEngine(), [sample])
    expect(whole).toBe(sample.toString('latin1').replace(/\d/g, '#'))
    for (let at = 0; at <= sample.length; at++) expect(feedAll(digitEngine(), [sample.subarray(0, at), sample.subarray(at)])).toBe(whole)
    expect(
      feedAll(
        digitEngine(),
        [...sample].map((b) => Buffer.from([b])),
      ),
    ).toBe(whole)
  })

  it('hands whole lines on without a copy', () => {
    const engine = recorder(1000, 10)
    const feed = new LineFeed(engine)
    const first = Buffer.from('one\ntwo\nthr')
    const second = Buffer.from('ee\nfour\nfive\n')
    const third = Buffer.from('six\n')
    for (const chunk of [first, second, third])
      for (const _ of feed.push(chunk)) {
        /* written */
      }
    expect(engine.blocks.map(String)).toEqual(['one\ntwo\n', 'three\n', 'four\nfive\n', 'six\n'])
    expect(engine.blocks[0]?.byteOffset).toBe(first.byteOffset)
    expect(engine.blocks[2]?.byteOffset).toBe(second.byteOffset + 3)
    expect(engine.blocks[3]).toBe(third)
  })

  it('does nothing for empty input', () => {
    const engine = recorder(10, 10)
    expect(feedAll(engine, [])).toBe('')
    expect(feedAll(engine, [Buffer.alloc(0), Buffer.alloc(0)])).toBe('')
    expect(engine.seen).toEqual([])
  })

  it('does not join the lines of two inputs', () => {
    const feed = new LineFeed(digitEngine())
    const out: string[] = []
    const take = (pieces: Iterable<readonly Buffer[]>): void => {
      for (const list of pieces) out.push(Buffer.concat(list).toString())
    }
    take(feed.push(Buffer.from('a1')))
    feed.border()
    feed.border()
    take(feed.push(Buffer.from('b2\n')))
    feed.border()
    take(feed.push(Buffer.from('c3')))
    feed.border()
    take(feed.end())
    expect(out.join('')).toBe('a#\nb#\nc#')
  })

  it('yields what precedes a line that fails, then throws', () => {
    const feed = new LineFeed(digitEngine())
    const out: string[] = []
    expect(() => {
      for (const list of feed.push(Buffer.from('a1\nb2\nFAIL 4711\nc3\n'))) out.push(Buffer.concat(list).toString())
    }).toThrow(expect.objectContaining({ name: 'MaskError', code: 'not_valid' }))
    expect(out.join('')).toBe('a#\nb#\n')
  })

  it('takes a 100 MB line in bounded memory', () => {
    const chunk = Buffer.alloc(64 * 1024, 0x61)
    const engine = recorder(1 << 20, 16)
    const feed = new LineFeed(engine)
    const before = process.memoryUsage().arrayBuffers
    let peak = 0
    for (let i = 0; i < 1600; i++) {
      for (const _ of feed.push(chunk)) {
        /* nothing may come */ expect.unreachable()
      }
      if (i % 100 === 0) peak = Math.max(peak, process.memoryUsage().arrayBuffers - before)
    }
    for (const _ of feed.push(Buffer.from('\r\nnext\n'))) {
      /* written */
    }
    expect(engine.seen).toEqual([`<${'a'.repeat(16)} ${1600 * 65536} "\\r\\n">`, 'next\n'])
    expect(peak).toBeLessThan(8 << 20)
  })

  it('assembles a long line of tiny chunks in linear time', () => {
    const time = (n: number): number => {
      const feed = new LineFeed(recorder(256 << 20, 16))
      const chunk = Buffer.from('abcdefgh')
      const begun = performance.now()
      for (let i = 0; i < n; i++) feed.push(chunk).next()
      return performance.now() - begun
    }
    time(20_000)
    const small = Math.min(time(50_000), time(50_000), time(50_000))
    const large = Math.min(time(400_000), time(400_000))
    // Eight times the input; quadratic would be 64 times.
    expect(large / small).toBeLessThan(30)
  })
})

describe('createLineStream', () => {
  const collect = async (input: Iterable<Buffer | string>, engine: LineEngine): Promise<string> => {
    const out: Buffer[] = []
    await pipeline(
      Readable.from(input, { objectMode: false }),
      createLineStream(engine),
      new Writable({
        highWaterMark: 8,
        write(chunk: Buffer, _encoding, callback) {
          out.push(chunk)
          setImmediate(callback)
        },
      }),
    )
    return Buffer.concat(out).toString()
  }

  it('masks bytes cut anywhere, with a slow reader', async () => {
    const sample = Buffer.from('a1\nb22\r\n\nno digits here\nlast 3')
    for (let at = 0; at <= sample.length; at++) expect(await collect([sample.subarray(0, at), sample.subarray(at)], digitEngine())).toBe('a#\nb##\r\n\nno digits here\nlast #')
    expect(await collect([], digitEngine())).toBe('')
  })

  it('holds back a writer whose output nobody reads', async () => {
    const stream = createLineStream(digitEngine())
    let taken = 0
    const line = Buffer.from(`${'x'.repeat(1023)}\n`)
    while (taken < 10_000 && stream.write(line)) taken++
    expect(taken).toBeLessThan(200)
    stream.destroy()
  })

  it('ends with the MaskError after everything before it has been read', async () => {
    const stream = createLineStream(digitEngine())
    stream.write('a1\n')
    stream.write('b2\nFAIL 4711\nc3\n')
    stream.write('d4\n')
    const out: string[] = []
    await expect(async () => {
      for await (const chunk of stream) out.push(String(chunk))
    }).rejects.toThrow(expect.objectContaining({ name: 'MaskError', code: 'not_valid', message: expect.not.stringContaining('4711') as string }))
    expect(out.join('')).toBe('a#\nb#\n')
    expect(stream.destroyed).toBe(true)
  })

  it('fails at once when there is nothing to read first, also at the end', async () => {
    await expect(collect(['FAIL'], digitEngine())).rejects.toThrow(expect.objectContaining({ name: 'MaskError' }))
    await expect(collect(['FAIL\n'], digitEngine())).rejects.toThrow(expect.objectContaining({ name: 'MaskError' }))
  })
})
