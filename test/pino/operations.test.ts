// Long runs of loggers: reloads in the thread and in the worker, findings, quarantine files, stamps, counters.

import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { prometheusText } from '../../src/index.ts'
import type { FindingEvent, ReloadEvent } from '../../src/index.ts'
import transport, { maskDestination, maskPino, maskTargets, reload, stats } from '../../transports/pino/index.ts'
import type { PinoMaskOptions, PinoStats } from '../../transports/pino/index.ts'
import { buildInto } from '../support/build.ts'
import { testFolder } from '../support/folder.ts'

const runSecret = 'pino-operations-not-a-secret'
const CANARY = 'canary-4417-zebra'
const folder = testFolder()
const numbered = (n: number, more = ''): string => `version: "1.0"\nname: number-${n}\n${more}rules: [{name: r, keys: [a], masks: [{type: from_fixed, value: "v${n}"}]}]\n`

function replace(path: string, text: string): void {
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
}
async function until(done: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !done(); await sleep(5)) if (Date.now() > end) throw new Error('it did not happen in time')
}
function rules(): string {
  const path = join(folder.next(), 'rules.yaml')
  writeFileSync(path, numbered(1))
  return path
}

function logger(maskOptions: PinoMaskOptions) {
  const lines: string[] = []
  const options = maskPino({ base: null, timestamp: false }, { runSecret, ...maskOptions })
  const log = pino(options, { write: (line: string) => void lines.push(line) })
  return { options, log, lines }
}

describe('in the thread', () => {
  it('the ruleset is reloaded when asked for, for children too', () => {
    const ruleset = rules()
    const { options, log, lines } = logger({ ruleset })
    const child = log.child({ b: 1 })
    child.info({ a: 'x' })
    writeFileSync(ruleset, numbered(2))
    expect(reload(options)).toMatchObject({ ok: true, name: 'number-2', serial: 1 })
    child.info({ a: 'x' })
    expect(lines).toEqual(['{"level":30,"b":1,"a":"v1"}\n', '{"level":30,"b":1,"a":"v2"}\n'])
    expect(stats(options)).toMatchObject({ ruleset: 'number-2', serial: 1, reloads: { ok: 1, error: 0 }, lines: 2, records: 2, masked: 2, maskedBy: [{ rule: 'r', count: 2 }] })
    expect(prometheusText(stats(options)!)).toContain('mask_logs_masked_values_total{rule="r",detector=""} 2\n')
    expect(reload({})).toBeUndefined()
  })

  it('the ruleset is reloaded when its file changes, and one that cannot be used is told on stderr', async () => {
    const ruleset = rules()
    const events: ReloadEvent[] = []
    const { options, log, lines } = logger({ ruleset, watch: true, onReload: (event) => events.push(event) })
    log.info({ a: CANARY })
    replace(ruleset, numbered(2))
    await until(() => events.length === 1)
    log.info({ a: CANARY })
    const told: string[] = []
    const { write } = process.stderr
    process.stderr.write = ((text: string) => told.push(text) > 0) as typeof write
    try {
      replace(ruleset, numbered(3).replace('from_fixed', 'nonsense'))
      await until(() => events.length === 2)
    } finally {
      process.stderr.write = write
    }
    log.info({ a: CANARY })
    expect(lines.map((line) => /v\d/.exec(line)?.[0])).toEqual(['v1', 'v2', 'v2'])
    expect(events[1]).toMatchObject({ ok: false, name: 'number-2', serial: 1, code: 'ruleset' })
    expect(told.join('')).toMatch(/^mask-logs\/pino: the ruleset was not reloaded; number-2 \(serial 1\) stays in force\n.*rules\.yaml:3:\d+ unknown_mask/)
    expect(told.join('') + JSON.stringify([events, stats(options)])).not.toContain('canary')
  })

  it('and before a destination', () => {
    const ruleset = rules()
    const stream = new PassThrough()
    const destination = maskDestination(stream, { runSecret, ruleset })
    const log = pino({ base: null, timestamp: false }, destination)
    log.info({ a: 1 })
    writeFileSync(ruleset, numbered(2))
    expect(reload(destination)).toMatchObject({ ok: true, serial: 1 })
    log.info({ a: 1 })
    expect(String(stream.read())).toBe('{"level":30,"a":"v1"}\n{"level":30,"a":"v2"}\n')
    expect(reload(maskDestination(stream, { mask: false }))).toBeUndefined()
  })

  it('findings go to a function, or to a file', () => {
    const found: FindingEvent[] = []
    const one = logger({ ruleset: rules(), onFinding: (event) => found.push(event) })
    one.log.info({ a: CANARY, [CANARY]: 1 })
    expect(found).toMatchObject([{ ruleset: 'number-1', serial: 0, path: 'a', rule: 'r', length: 19 }])
    const findings = join(folder.next(), 'findings')
    const two = logger({ ruleset: rules(), findings, findingsOnFull: 'wait' })
    two.log.info({ a: CANARY })
    expect(stats(two.options)!.findings).toEqual({ written: 0, dropped: 0 })
    expect(two.lines).toEqual(['{"level":30,"a":"v1"}\n'])
    expect(() => logger({ findings, onFinding: () => {} })).toThrow('exclude')
    expect(() => logger({ findings: join(folder.path, 'no', 'such') })).toThrow('cannot be opened')
  })

  it('what cannot be masked is noted in a file, and never passes', () => {
    const path = rules()
    writeFileSync(path, numbered(1, 'policy: {on_unparsable: quarantine}\n'))
    const quarantine = join(folder.next(), 'held')
    const options = maskPino({ hooks: { streamWrite: (line: string) => `no json ${line}` } }, { runSecret, ruleset: path, quarantine, quarantineRaw: true })
    const lines: string[] = []
    pino(options, { write: (line: string) => void lines.push(line) }).info(CANARY)
    expect(lines).toEqual([''])
    expect(statSync(quarantine).mode & 0o777).toBe(0o600)
    const note = JSON.parse(readFileSync(quarantine, 'utf8')) as { raw: string; code: string }
    expect(note.code).toBe('not_json')
    expect(Buffer.from(note.raw, 'base64').toString()).toMatch(/^no json \{.*canary/)
  })

  it('records say under which ruleset they were masked', () => {
    const { lines, log } = logger({ ruleset: rules(), stamp: true })
    log.info({ a: 1 }, 'm')
    expect(lines).toEqual(['{"level":30,"a":"v1","msg":"m","mask_logs":{"ruleset":"number-1","serial":0}}\n'])
  })
})

describe('in the worker', { timeout: 120_000 }, () => {
  it('the ruleset follows its file; reloads are events of the transport; findings, stamps and notes are written', async () => {
    const home = join(folder.path, 'package')
    mkdirSync(home)
    buildInto(home)
    const ruleset = rules()
    const at = folder.next()
    const [destination, findings] = [join(at, 'out'), join(at, 'findings')]
    const stream = pino.transport({
      target: join(home, 'dist/transports/pino/index.js'),
      options: { runSecret, ruleset, watch: true, stamp: true, findings, destination, statsInterval: 0 },
    }) as unknown as NodeJS.WritableStream
    const reloads: ReloadEvent[] = []
    const told: PinoStats[] = []
    stream.on('mask-logs:reload', (event: ReloadEvent) => reloads.push(event))
    stream.on('mask-logs:stats', (event: PinoStats) => told.push(event))
    const log = pino({ base: null, timestamp: false }, stream)
    log.info({ a: CANARY })
    await until(() => {
      try {
        return readFileSync(destination, 'utf8') !== ''
      } catch {
        return false
      }
    })
    replace(ruleset, numbered(2))
    await until(() => reloads.length === 1)
    expect(reloads[0]).toMatchObject({ ok: true, name: 'number-2', serial: 1, trigger: 'watch' })
    log.info({ a: CANARY })
    writeFileSync(ruleset, 'rules: [')
    await until(() => reloads.length === 2)
    expect(reloads[1]).toMatchObject({ ok: false, serial: 1, code: 'ruleset' })
    log.info({ a: CANARY })
    stream.end()
    await new Promise((done) => stream.once('close', done))
    const stamp = (n: number): string => `{"level":30,"a":"v${n}","mask_logs":{"ruleset":"number-${n}","serial":${n - 1}}}\n`
    expect(readFileSync(destination, 'utf8')).toBe(stamp(1) + stamp(2) + stamp(2))
    expect(readFileSync(findings, 'utf8').trimEnd().split('\n')).toHaveLength(3)
    expect(told.at(-1)).toMatchObject({ ruleset: 'number-2', serial: 1, reloads: { ok: 1, error: 1 }, lines: 3 })
    expect(readFileSync(findings, 'utf8') + JSON.stringify([reloads, told])).not.toContain('canary')
  })

  it('functions are refused by what does in their place', async () => {
    await expect(transport({ onFinding: () => {} } as never)).rejects.toThrow("'findings'")
    await expect(transport({ onReload: () => {} } as never)).rejects.toThrow("'mask-logs:reload'")
    await expect(transport({ quarantine: () => {} } as never)).rejects.toThrow('a path')
    await expect(transport({ nonsense: 1 } as never)).rejects.toThrow('watch, stamp, findings, findingsOnFull, quarantine, quarantineRaw, destination, statsInterval')
    expect(maskTargets([{ target: 'pino/file' }], { watch: true })[0]).toMatchObject({ pipeline: [{ options: { watch: true } }, {}] })
  })
})
