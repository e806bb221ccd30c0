// maskDestination and maskWritable: what stands before other people's streams.

import { EventEmitter } from 'node:events'
import { Console } from 'node:console'
import { Writable } from 'node:stream'
import type { Logger, LoggerOptions } from 'pino'
import { describe, expect, it, vi } from 'vitest'
import { maskDestination, maskPino, stats } from '../../transports/pino/index.ts'
import { maskWritable, MaskError } from '../../src/index.ts'
import { canaryOptions, expectMasked, leaks, logCanaries } from './canaries.ts'
import { load, versions } from './versions.ts'

const runSecret = 'a run secret for tests, long enough'
const METADATA = Symbol.for('pino.metadata')

/** A destination that wants metadata, and shows all that it was given. */
class Greedy {
  readonly seen: unknown[] = []
  text = ''
  lastLevel = 0
  lastTime = ''
  lastObj: unknown
  lastMsg: unknown
  lastLogger: unknown
  readonly [METADATA] = true
  write(line: string): void {
    this.seen.push(this.lastObj, this.lastMsg, (this.lastLogger as { bindings?: () => object } | undefined)?.bindings?.())
    this.text += line
  }
}

it('masks a line that is given to `end`, and passes the end on', async () => {
  let text = ''
  const to = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString()
      done()
    },
  })
  await new Promise<void>((resolve) => {
    maskDestination(to, { runSecret }).end('{"level":30,"password":"Tr0ub4dor-and-3","msg":"bye"}\n', () => resolve())
  })
  expect(text).toContain('"msg":"bye"')
  expect(text).not.toContain('Tr0ub4dor')
  expect(to.writableFinished).toBe(true)
})

describe.each(versions)('pino $version', ({ alias }) => {
  const pino = load(alias)

  it('masks for a pino without the hook, and hides the raw record from destinations with metadata', () => {
    const greedy = new Greedy()
    logCanaries(pino(canaryOptions(), maskDestination(greedy, { runSecret })) as Logger)
    expectMasked(greedy.text)
    expect(leaks(JSON.stringify(greedy.seen))).toEqual([])
    expect(greedy.lastLevel).toBe(30)
    expect(greedy.lastTime).toMatch(/^\d+$/)
  })

  it('is routed by level in a multistream', () => {
    const all = new Greedy()
    const errors = new Greedy()
    const streams = pino.multistream([
      { level: 'info', stream: maskDestination(all, { runSecret, mask: false }) },
      { level: 'error', stream: maskDestination(errors, { runSecret, mask: false }) },
    ])
    const log = pino(maskPino({} as LoggerOptions, { runSecret }), maskDestination(streams as unknown as Greedy, { mask: false })) as Logger
    log.info({ password: 'hunter2' }, 'one')
    log.error({ password: 'hunter2' }, 'two')
    expect(all.text.split('\n')).toHaveLength(3)
    expect(errors.text).toContain('"two"')
    expect(errors.text).not.toContain('"one"')
    expect(JSON.stringify([all.text, errors.text, all.seen, errors.seen])).not.toContain('hunter2')
  })
})

it('survives the end of a worker, and counts', () => {
  const errors = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  class Transport extends EventEmitter {
    readonly worker = {}
    lines: string[] = []
    dead = false
    flushSync(): void {}
    write(line: string): boolean {
      if (this.dead) throw new Error(`the worker has exited, and this was the line: ${line}`)
      this.lines.push(line)
      return true
    }
  }
  const transport = new Transport()
  const destination = maskDestination(transport, { runSecret })
  destination.write('{"password":"hunter2"}\n')
  transport.dead = true
  transport.emit('error', new Error('the worker thread exited'))
  for (let i = 0; i < 3; i++) destination.write('{"password":"hunter2"}\n')
  expect(transport.lines).toEqual(['{"password":"[REDACTED:named_secret]"}\n'])
  expect(stats(destination)).toMatchObject({ lines: 4, dropped: 3 })
  expect(errors.mock.calls.map(String).join('')).not.toContain('hunter2')
  errors.mockRestore()
})

it('flushes or drops where too much waits, and swallows what was dropped', () => {
  class Slow extends EventEmitter {
    readonly worker = {}
    text = ''
    flushed = 0
    flushSync(): void {
      this.flushed++
    }
    write(line: string): boolean {
      this.text += line
      return false
    }
  }
  const waits = new Slow()
  const waiting = maskDestination(waits, { mask: false, maxPendingBytes: 100 })
  for (let i = 0; i < 10; i++) waiting.write(`${'x'.repeat(39)}\n`)
  expect(waits.flushed).toBe(4)
  expect(waits.text).toHaveLength(400)
  waiting.write('')
  expect(waits.text).toHaveLength(400)
  const drops = new Slow()
  const dropping = maskDestination(drops, { mask: false, maxPendingBytes: 100, onFull: 'drop' })
  for (let i = 0; i < 10; i++) dropping.write(`${'x'.repeat(39)}\n`)
  expect(drops.text).toHaveLength(80)
  expect(stats(dropping)).toMatchObject({ dropped: 8, pendingBytes: 80 })
  drops.emit('drain')
  expect(drops.text).toMatch(/"msg":"mask-logs: 8 lines were dropped, the destination was full"\}\n$/)
})

describe('maskWritable', () => {
  /** What arrives, and how often it was full. */
  function sink(highWaterMark = 16_384): { readonly stream: Writable; text(): string } {
    let text = ''
    const stream = new Writable({
      highWaterMark,
      write(chunk: Buffer, _encoding, done) {
        text += chunk.toString()
        setImmediate(done)
      },
    })
    return { stream, text: () => text }
  }
  const end = (stream: Writable): Promise<void> =>
    new Promise((resolve, reject) => {
      stream.once('error', reject)
      stream.end(resolve)
    })

  it('puts lines together, cut anywhere, and keeps the rest until the end', async () => {
    const whole = 'plain café line\n{"password":"hunter2","n":1.50}\r\ncard 4111 1111 1111 1111 no newline'
    const bytes = Buffer.from(whole)
    for (let cut = 1; cut < bytes.length; cut += 7) {
      const out = sink(8)
      const masked = maskWritable(out.stream, { runSecret })
      masked.write(bytes.subarray(0, cut))
      masked.write(bytes.subarray(cut))
      await end(masked)
      expect(out.text()).toMatch(/^plain café line\n\{"password":"\[REDACTED:named_secret\]","n":1\.50\}\r\ncard \d{4} \d{4} \d{4} \d{4} no newline$/)
      expect(out.text()).not.toContain('4111')
      expect(out.stream.writableEnded).toBe(false)
    }
  })

  it('is a stream for console, and ends its destination where it is told to', async () => {
    const out = sink()
    const masked = maskWritable(out.stream, { runSecret, endDestination: true })
    const own = new Console(masked, masked)
    own.log('login password=%s', 'hunter2')
    own.error(new Error('token=abc123XYZ9'))
    await end(masked)
    expect(out.text()).toMatch(/^login password=\[REDACTED:named_secret\]\nError: token=\[REDACTED:named_secret\]\n {4}at /)
    expect(out.stream.writableFinished).toBe(true)
  })

  it('is destroyed rather than pass on what cannot be masked', async () => {
    const out = sink()
    const masks = {
      broken: {
        type: 'broken',
        summary: 'Throws.',
        input: 'G',
        settles: 'value',
        options: {},
        compile: () => () => {
          throw new Error('no')
        },
        examples: [],
      },
    } as never
    const ruleset = { version: '1.0', policy: { on_mask_error: 'fail' }, rules: [{ paths: ['a'], masks: [{ type: 'broken' }] }] }
    const masked = maskWritable(out.stream, { runSecret, ruleset, masks })
    const failed = new Promise<unknown>((resolve) => masked.once('error', resolve))
    masked.write('{"b":1}\n{"a":"hunter2"}\n')
    expect(await failed).toBeInstanceOf(MaskError)
    expect(out.text()).not.toContain('hunter2')
  })

  it('goes with a destination that fails', async () => {
    const stream = new Writable({
      write(_chunk, _encoding, done) {
        done(new Error('disk full'))
      },
    })
    stream.on('error', () => {})
    const masked = maskWritable(stream, { runSecret })
    const failed = new Promise<Error>((resolve) => masked.once('error', resolve))
    masked.write('line\n')
    expect((await failed).message).toBe('disk full')
    expect(masked.destroyed).toBe(true)
  })
})
