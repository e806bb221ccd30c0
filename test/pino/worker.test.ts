// mask-logs/pino in pino's worker, in processes of their own: every line arrives masked, once, in order, however the process ends.

import { existsSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { expectMasked, numbers, read, runner, upTo } from './child.ts'
import { versions } from './versions.ts'

const { run } = runner()

describe.each(versions)('pino $version', ({ alias }) => {
  it.each(['thread', 'pipeline', 'sink', 'bounded'])('writes every line once and in order: %s', async (route) => {
    const done = await run({ alias, route, lines: 3000 })
    expect(done.code).toBe(0)
    expect(numbers(read(done.file))).toEqual(upTo(3000))
    expectMasked(done)
    expect(done.stderr).toBe('')
  })

  it('writes to standard output where nothing else is said', async () => {
    const done = await run({ alias, route: 'stdout', lines: 500 })
    expect(numbers(done.stdout)).toEqual(upTo(500))
    expectMasked(done)
  })

  it('serves targets of different levels', async () => {
    const done = await run({ alias, route: 'targets', lines: 900 })
    expect(numbers(read(done.file))).toEqual(upTo(900))
    expect(numbers(read(`${done.file}.warn`))).toEqual(upTo(900, (n) => n % 3 !== 0))
    expect(numbers(read(`${done.file}.error`))).toEqual(upTo(900, (n) => n % 3 === 2))
    expectMasked(done)
    const plain = await run({ alias, route: 'plain target', lines: 300 })
    expect(numbers(read(plain.file))).toEqual(upTo(300))
    expectMasked(plain)
  })

  describe('loses no line', () => {
    const ends: [string, string, object][] = []
    for (const route of ['thread', 'pipeline', 'sink', 'bounded']) {
      for (const end of ['exit', 'throw']) ends.push([route, end, { end }])
      ends.push([route, 'SIGTERM with exitOnSignals', { end: 'SIGTERM', signals: true }])
    }
    it.each(ends)('%s, %s', async (route, _, how) => {
      const done = await run({ alias, route, lines: 4000, pad: 400, ...how })
      expect(numbers(read(done.file))).toEqual(upTo(4000))
      expectMasked(done)
      if ('signals' in how) expect(done.code).toBe(143)
    })
  })

  it.each(['thread', 'pipeline', 'sink'])('leaves a prefix of masked lines after SIGKILL: %s', async (route) => {
    const done = await run({ alias, route, end: 'steady' }, (child, file) => {
      // Some time after the first lines are there, and however long that takes.
      const look = setInterval(() => {
        if (!existsSync(file) || statSync(file).size < 100_000) return
        clearInterval(look)
        setTimeout(() => child.kill('SIGKILL'), 300)
      }, 20)
      child.once('close', () => clearInterval(look))
    })
    expect(done.signal).toBe('SIGKILL')
    const text = read(done.file)
    const whole = text.slice(0, text.lastIndexOf('\n') + 1)
    const got = numbers(whole)
    expect(got.length).toBeGreaterThan(100)
    expect(got).toEqual(upTo(got.length))
    expectMasked(done)
  })
})

describe('the newest pino', () => {
  const { alias } = versions[2]

  // Twice more, if need be: on a machine that is short of time garbage is collected late. Newer V8 lets more of it stand.
  it('bounds what waits for the worker', { retry: 2, timeout: 120_000 }, async () => {
    // 96 MB of lines in one burst.
    const bounded = await run({ alias, route: 'bounded', lines: 100_000, pad: 850 })
    expect(numbers(read(bounded.file))).toEqual(upTo(100_000))
    const [{ rss }] = bounded.messages as [{ rss: number }]
    expect(rss / 1024).toBeLessThan(Number(process.versions.node.split('.')[0]) > 20 ? 340 : 260)
  })

  it('drops what does not fit, and says how much, when told to', async () => {
    const done = await run({ alias, route: 'bounded', lines: 60_000, pad: 850, bound: { onFull: 'drop', maxPendingBytes: 1 << 20 } })
    const lines = read(done.file).split('\n').slice(0, -1)
    expect(lines.length).toBeLessThan(60_000)
    expectMasked(done)
  }, 120_000)

  it('refuses options and rulesets that cannot be used before the first line', async () => {
    for (const options of [{ ruleset: { version: '1.0', rules: [{ nonsense: 1 }] } }, { masks: {} }, { nonsense: true }, { runSecret: 'short' }]) {
      const done = await run({ alias, route: 'sink', lines: 10, options })
      expect(done.code).not.toBe(0)
      expect(read(done.file)).toBe('')
      expectMasked(done)
      if ('masks' in options) expect(done.stderr).toContain('plugins')
    }
  })
})
