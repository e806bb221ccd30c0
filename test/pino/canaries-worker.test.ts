// The 23 canaries through the stage in pino's worker, and what runs long or fails there.

import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Logger, LoggerOptions } from 'pino'
import { describe, expect, it } from 'vitest'
import { maskPino, type PinoStats, stats as statsOf } from '../../transports/pino/index.ts'
import { testFolder } from '../support/folder.ts'
import { canary, canaryOptions, expectMasked, leaks, logCanaries } from './canaries.ts'
import { load, versions } from './versions.ts'

const runSecret = 'a run secret for tests, long enough'
const target = createRequire(import.meta.url).resolve('mask-logs/pino')
const folder = testFolder()

describe.each(versions)('pino $version', ({ alias }) => {
  const pino = load(alias)

  /** What the logger leaves in the file behind `[stage, pino/file]`, and what the worker counted. */
  async function written(own: LoggerOptions, log: (logger: Logger) => void, options: object | undefined): Promise<{ text: string; stats: PinoStats | undefined }> {
    const destination = join(folder.next(), 'out.log')
    const file: { target: string; options: object } = { target: 'pino/file', options: { destination } }
    const transport = pino.transport({ pipeline: options === undefined ? [file] : [{ target, options: { runSecret, ...options } }, file] }) as unknown as NodeJS.WritableStream
    let stats: PinoStats | undefined
    transport.on('mask-logs:stats', (told: PinoStats) => (stats = told))
    const closed = new Promise<void>((resolve, reject) => {
      transport.on('close', resolve)
      transport.on('error', reject)
    })
    log(pino(own, transport as never) as Logger)
    // The worker keeps no process alive, and this one waits for it.
    const alive = setInterval(() => {}, 1000)
    transport.end()
    await closed.finally(() => clearInterval(alive))
    return { text: readFileSync(destination, 'utf8'), stats }
  }

  it('keeps every canary from the file', async () => {
    const { text, stats } = await written(canaryOptions(), logCanaries, {})
    expectMasked(text)
    expect(text.endsWith('\n')).toBe(true)
    expect(() => JSON.parse(text) as unknown).not.toThrow()
    expect(stats).toMatchObject({ lines: 1, maskedLines: 1, records: 1, minimal: {}, dropped: 0 })
    expect(stats!.masked).toBeGreaterThanOrEqual(23)
    expect(JSON.stringify(stats)).not.toContain('ghp_')
  })

  it('leaks all of them without the stage', async () => {
    const { text } = await written(canaryOptions(), logCanaries, undefined)
    expect(leaks(text)).toHaveLength(23)
  })

  it('names the message as the logger does when a line fails', async () => {
    const plugin = join(folder.next(), 'plugin.cjs')
    writeFileSync(
      plugin,
      `exports.masks = { broken: { type: 'broken', summary: 'Throws.', input: 'G', settles: 'value', options: {}, examples: [], compile: () => (value) => { throw new Error(String(value)) } } }\n`,
    )
    const options = {
      plugins: [plugin],
      ruleset: { version: '1.0', policy: { on_mask_error: 'fail' }, rules: [{ paths: ['secret'], masks: [{ type: 'broken' }] }] },
    }
    const token = canary('message')
    const own: LoggerOptions = { base: null, timestamp: false, messageKey: 'text', customLevels: { audit: 35 }, formatters: { level: (label) => ({ level: label }) } }
    const log = (logger: Logger): void => (logger as unknown as Logger<'audit'>).audit({ secret: token }, token)
    const { text, stats } = await written(own, log, options)
    // What pino says of its keys and levels may come later than the first line.
    expect(text).toMatch(/^\{"level":("audit"|50),"(text|msg)":"\[MASKING FAILED\]"\}\n$/)
    expect(stats).toMatchObject({ lines: 1, minimal: { internal: 1 } })
  })
})

// A detector is called and comes back when it does: nothing in the process can break it off. What holds is that its line waits for it and is
// masked, that a pattern cannot be such a detector, and that one that throws lets nothing pass.
describe('a detector that runs long', () => {
  const pino = load('pino')
  const slow = (work: () => void) => ({
    name: 'slow',
    *find(text: string) {
      work()
      const at = text.indexOf('needle')
      if (at >= 0) yield { start: at, end: at + 6 }
    },
  })
  const rules = { version: '1.0', rules: [{ detect: ['slow'], masks: [{ type: 'redact' }] }] }
  const written = (options: object, line: object): { text: string; options: object } => {
    let text = ''
    const masked = maskPino({ base: null, timestamp: false }, { runSecret, ...options })
    pino(masked, { write: (one: string) => void (text += one) }).info(line)
    return { text, options: masked }
  }

  it('holds its line up, and the line is masked', () => {
    const wait = (): void => {
      for (const end = performance.now() + 300; performance.now() < end; );
    }
    const start = performance.now()
    expect(written({ detectors: [slow(wait)], ruleset: rules }, { a: 'a needle here' }).text).toBe('{"level":30,"a":"a [REDACTED] here"}\n')
    expect(performance.now() - start).toBeGreaterThan(290)
  })

  it('that gives up by throwing lets nothing pass, nor its own words', () => {
    const budget = (): never => {
      throw new Error('needle took too long')
    }
    const { text, options } = written({ detectors: [slow(budget)], ruleset: rules }, { a: 'a needle here' })
    expect(text).toBe('{"level":30,"a":"[MASKING FAILED]"}\n')
    expect(text + JSON.stringify(statsOf(options))).not.toContain('needle')
  })

  it('is no pattern: patterns take linear time, whatever they are', () => {
    const ruleset = { version: '1.0', rules: [{ paths: ['a'], masks: [{ type: 'replace_regex', regex: '(a+)+b', masks: [{ type: 'redact' }] }] }] }
    const start = performance.now()
    const { text } = written({ ruleset }, { a: 'a'.repeat(50_000) })
    expect(text).toHaveLength(50_000 + '{"level":30,"a":""}\n'.length)
    expect(performance.now() - start).toBeLessThan(10_000)
    expect(written({ ruleset }, { a: `${'a'.repeat(1000)}b` }).text).toBe('{"level":30,"a":"[REDACTED]"}\n')
  })
})
