// An output that is slow, stuck or gone: memory stays within its bound, the application goes on, and what is lost is counted.

import { execFileSync, fork, type ChildProcess } from 'node:child_process'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { testFolder } from '../support/folder.ts'
import { numbers, read, upTo } from './child.ts'
import { versions } from './versions.ts'

const app = fileURLToPath(new URL('../fixtures/pino/slow.mjs', import.meta.url))
const folder = testFolder()
/** MB; newer V8 lets more garbage stand. */
const BOUND = Number(process.versions.node.split('.')[0]) > 20 ? 340 : 260

interface Report {
  readonly what: string
  readonly n: number
  readonly dropped: number
  readonly pendingBytes: number
  readonly rss: number
}

interface Started {
  readonly child: ChildProcess
  readonly reports: Report[]
  readonly stderr: () => string
  readonly closed: Promise<number | null>
}

function start(given: object): Started {
  const child = fork(app, [JSON.stringify(given)], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const reports: Report[] = []
  let stderr = ''
  child.on('message', (report) => reports.push(report as Report))
  child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const limit = setTimeout(() => child.kill('SIGKILL'), 50_000)
  const closed = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      clearTimeout(limit)
      resolve(code)
    })
  })
  return { child, reports, stderr: () => stderr, closed }
}

async function done({ reports, closed }: Started): Promise<Report> {
  const gone = closed.then(() => 'gone')
  for (;;) {
    const report = reports.find(({ what }) => what.startsWith('done'))
    if (report !== undefined) return report
    if ((await Promise.race([gone, sleep(20)])) === 'gone' && !reports.some(({ what }) => what.startsWith('done'))) throw new Error('the application ended early')
  }
}

function fifo(): string {
  const path = join(folder.next(), 'fifo')
  execFileSync('mkfifo', [path])
  return path
}

/** Reads what is there until nobody writes any more; `pause` milliseconds between two reads. */
async function readAll(fd: number, pause: number): Promise<string> {
  const buffer = Buffer.alloc(1 << 16)
  let text = ''
  for (;;) {
    try {
      const n = readSync(fd, buffer)
      if (n === 0) return text
      text += buffer.toString('latin1', 0, n)
    } catch (error) {
      if ((error as { code?: string }).code !== 'EAGAIN') throw error
      await sleep(5)
    }
    if (pause > 0) await sleep(pause)
  }
}

/** The three versions at once: most of the time they wait. */
async function each(test: (alias: string) => Promise<void>): Promise<void> {
  await Promise.all(versions.map(({ alias }) => test(alias)))
}

describe.skipIf(process.platform === 'win32')(`pino ${versions.map(({ version }) => version).join(', ')}`, () => {
  it(
    'goes on where nobody reads, within its bound, and counts what it drops',
    () =>
      each(async (alias) => {
        const file = fifo()
        // Open, so that the worker gets to write, and never read.
        const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
        const started = start({ alias, file, lines: 60_000, batch: 2000, onFull: 'drop', end: false })
        const { n, dropped, rss, what, pendingBytes } = await done(started)
        expect(what).toBe('done, beats: true')
        expect(n).toBe(60_000)
        expect(rss).toBeLessThan(BOUND)
        expect(pendingBytes).toBeLessThanOrEqual(1 << 20)
        // What was not dropped lies in the bound, in the ring, and in the chunks that the worker has taken.
        expect(60_000 - dropped).toBeLessThan((14 * 2 ** 20) / 900)
        started.child.kill('SIGKILL')
        await started.closed
        const text = await readAll(fd, 0)
        closeSync(fd)
        expect(text + started.stderr()).not.toMatch(/hunter2|shop\.example/)
        const got = numbers(text.slice(0, text.lastIndexOf('\n') + 1))
        expect(got.length).toBeGreaterThan(10)
        expect(got).toEqual(upTo(got.length))
      }),
    60_000,
  )

  it(
    'goes on where the output cannot even be opened',
    () =>
      each(async (alias) => {
        const started = start({ alias, file: fifo(), ready: false, lines: 60_000, batch: 2000, onFull: 'drop', end: false })
        const { dropped, rss, what } = await done(started)
        expect(what).toBe('done, beats: true')
        expect(started.reports.map((report) => report.what)).not.toContain('ready')
        expect(rss).toBeLessThan(BOUND)
        expect(60_000 - dropped).toBeLessThan((14 * 2 ** 20) / 900)
        started.child.kill('SIGKILL')
        await started.closed
        expect(started.stderr()).not.toMatch(/hunter2|shop\.example/)
      }),
    60_000,
  )

  it.each([
    ['by itself', false],
    ['before pino/file', true],
  ])(
    'waits for a slow reader and loses nothing, %s',
    (_, stage) =>
      each(async (alias) => {
        const file = fifo()
        const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
        const started = start({ alias, file, lines: 12_000, batch: 1000, onFull: 'wait', stage })
        // no end of file before somebody writes
        while (!started.reports.some(({ what }) => what === 'ready')) await sleep(10)
        await sleep(500)
        const text = await readAll(fd, 1)
        closeSync(fd)
        expect(await started.closed).toBe(0)
        const { dropped, rss } = await done(started)
        expect(dropped).toBe(0)
        expect(rss).toBeLessThan(BOUND)
        expect(numbers(text)).toEqual(upTo(12_000))
        expect(text + started.stderr()).not.toMatch(/hunter2|shop\.example/)
      }),
    60_000,
  )

  it(
    'writes all to a standard output that is read late',
    () =>
      each(async (alias) => {
        const started = start({ alias, lines: 6000, batch: 1000, onFull: 'wait' })
        const out: Buffer[] = []
        await sleep(1200)
        started.child.stdout!.on('data', (chunk: Buffer) => {
          out.push(chunk)
          started.child.stdout!.pause()
          setTimeout(() => started.child.stdout!.resume(), 2)
        })
        expect(await started.closed).toBe(0)
        const text = Buffer.concat(out).toString()
        expect(numbers(text)).toEqual(upTo(6000))
        expect(text + started.stderr()).not.toMatch(/hunter2|shop\.example/)
      }),
    60_000,
  )

  it(
    'survives the end of its worker in mid-run, and counts every line that comes after it',
    () =>
      each(async (alias) => {
        const file = join(folder.next(), 'out.log')
        const started = start({ alias, file, lines: 8000, batch: 500, onFull: 'wait', terminate: true, maxPendingBytes: 1 << 26 })
        const { n, dropped, what } = await done(started)
        expect(await started.closed).toBe(0)
        expect(what).toBe('done, beats: true')
        expect(n).toBe(8000)
        expect(dropped).toBeGreaterThan(500)
        const text = read(file)
        const got = numbers(text.slice(0, text.lastIndexOf('\n') + 1))
        expect(got).toEqual(upTo(got.length))
        expect(got.length + dropped).toBeLessThanOrEqual(8000)
        expect(started.stderr()).toBe('mask-logs/pino: the destination has failed: further lines are counted as dropped\n')
        expect(text).not.toMatch(/hunter2|shop\.example/)
      }),
    60_000,
  )
})
