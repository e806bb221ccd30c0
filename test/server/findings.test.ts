// Findings of the in-flight API: one event for each masked value of an answer, and nothing of any value.
import { spawnSync } from 'node:child_process'
import { existsSync, openSync, readFileSync, closeSync, constants, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testFolder } from '../support/folder.ts'
import { startServer } from './support.ts'

const folder = testFolder()
const RULES = 'version: "1.0"\nrules:\n- {name: names, keys: [name], masks: [{type: redact}]}\n- {name: mails, detect: [email], masks: [{type: redact}]}\n'
const lines = (path: string): Record<string, unknown>[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
const CANARY = 'canary-7f3a9c51e0'

describe('the setting findings', () => {
  it('tells where in which record of which request what was masked', async () => {
    const t = await startServer(folder.next(), { findings: 'findings.ndjson' })
    const plan = await t.plan('shop', RULES)
    const data = [{ name: CANARY, [`k-${CANARY}`]: `write to ${CANARY}@shop.example` }, { x: 1 }, { list: [{ name: CANARY }, 'ann@shop.example and bob@shop.example'] }]
    const { status, json } = await t.mask(plan, { request_id: 'req-1', data })
    expect(status).toBe(200)
    const metrics = await t.call('GET', '/metrics')
    await t.server.close()
    const path = join(t.folder, 'findings.ndjson')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const told = lines(path)
    expect(told.map(({ record, path, rule, detector }) => [record, path, rule, detector])).toEqual([
      [0, 'name', 'names', undefined],
      [0, '*', 'mails', 'email'],
      [2, '*[*].name', 'names', undefined],
      [2, '*[*]', 'mails', 'email'],
      [2, '*[*]', 'mails', 'email'],
    ])
    for (const event of told) {
      expect(event).toMatchObject({ source: `ifm/${plan}`, request_id: json.request_id, ruleset: plan, serial: json.ruleset_plan.serial })
      expect(event['length']).toBeGreaterThan(10)
      expect(event['time']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    }
    expect(readFileSync(path, 'utf8')).not.toMatch(/canary|ann@|bob@/)
    expect(metrics.text).toContain('mask_logs_findings_dropped_total 0')
  })

  it('says nothing of requests that fail, of records that are left out and of trials', async () => {
    const t = await startServer(folder.next(), {}, { MASK_LOGS_FINDINGS: 'f.ndjson' })
    const failing = (policy: string): string =>
      `version: "1.0"\npolicy: {on_mask_error: ${policy}}\nrules:\n- {keys: [name], masks: [{type: redact}]}\n- {keys: [n], masks: [{type: numeric_bucket, buckets: [1, 2]}]}\n`
    const fail = await t.plan('fail', failing('fail'))
    const drop = await t.plan('drop', failing('drop'))
    const data = [{ name: 'aa', n: { a: 1 } }, { name: 'bb' }, { name: 'cc', n: 'no number' }]
    const refused = await t.mask(fail, { data })
    const dropped = await t.mask(drop, { data })
    expect([refused.status, dropped.status]).toEqual([400, 200])
    expect(dropped.json.data.filter((record: unknown) => record !== null)).toHaveLength(dropped.json.data.length - data.filter((_, k) => dropped.json.data[k] === null).length)
    await t.call('POST', '/ifm/explain/', { plan: drop, data })
    expect((await t.mask(drop, { data: [{ z: 1 }] })).status).toBe(200)
    await t.server.close()
    const told = lines(join(t.folder, 'f.ndjson'))
    const kept = dropped.json.data.flatMap((record: unknown, k: number) => (record === null ? [] : [k]))
    expect(kept).not.toEqual([0, 1, 2])
    expect(new Set(told.map(({ record }) => record))).toEqual(new Set(kept))
    expect(told.every(({ source }) => source === `ifm/${drop}`)).toBe(true)
  })

  it.runIf(existsSync('/dev/full'))('masks on when the disk is full', async () => {
    const t = await startServer(folder.next(), { findings: '/dev/full' })
    const plan = await t.plan('full', RULES)
    for (let k = 0; k < 3; k++) expect((await t.mask(plan, { data: [{ name: 'bob' }] })).json.data).toEqual([{ name: '[REDACTED]' }])
    await t.server.close()
    expect(t.err.text).toMatch(/findings were lost/)
  })

  it.runIf(process.platform !== 'win32')('never waits for the reader of a pipe', { timeout: 30_000 }, async () => {
    const at = folder.next()
    const t0 = join(at, 'pipe')
    expect(spawnSync('mkfifo', [t0]).status).toBe(0)
    const reader = openSync(t0, constants.O_RDONLY | constants.O_NONBLOCK)
    const t = await startServer(at, { findings: t0 })
    const plan = await t.plan('pipe', RULES)
    const data = Array.from({ length: 5000 }, () => ({ name: 'bob' }))
    for (let k = 0; k < 3; k++) {
      const { status, json } = await t.mask(plan, { data })
      expect(status).toBe(200)
      expect(new Set(json.data.map((record: { name: string }) => record.name))).toEqual(new Set(['[REDACTED]']))
    }
    const { text } = await t.call('GET', '/metrics')
    expect(Number(/^mask_logs_findings_dropped_total (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(0)
    await t.server.close()
    closeSync(reader)
  })

  it('that cannot be opened stops the start, and without it nothing is told', async () => {
    await expect(startServer(folder.next(), { findings: 'no/such/folder/f' })).rejects.toThrow(/findings: .*ENOENT/)
    await expect(startServer(folder.next(), { findings: '1' })).rejects.toThrow(/'findings' must be a file, or a descriptor from 2 on/)
    const t = await startServer(folder.next())
    const plan = await t.plan('off', RULES)
    expect((await t.mask(plan, { data: [{ name: 'bob' }] })).json.data).toEqual([{ name: '[REDACTED]' }])
    expect((await t.call('GET', '/metrics')).text).not.toContain('mask_logs_findings')
    await t.server.close()
  })
})
