// Plans on disk: what is edited by hand, broken, replaced under load, left over. Each answer is of one version.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testFolder } from '../support/folder.ts'
import { REDACT, startServer } from './support.ts'
import type { Tested } from './support.ts'

const folder = testFolder()
const fixed = (value: string): string => `version: "1.0"\nrules:\n- {keys: [a], masks: [{type: from_fixed, value: "${value}"}]}\n`
const plansOf = (t: Tested): string => join(t.folder, 'data/plans')

async function until(what: () => Promise<boolean> | boolean, limit = 8000): Promise<void> {
  const end = Date.now() + limit
  while (!(await what())) {
    if (Date.now() > end) throw new Error('it did not happen in time')
    await new Promise((done) => setTimeout(done, 50))
  }
}
const serialOf = async (t: Tested, plan: string): Promise<number> => (await t.call('GET', `/ifm/ruleset-plans/${plan}/`)).json.serial
const maskedOf = async (t: Tested, plan: string): Promise<unknown> => (await t.mask(plan, { data: [{ a: 1 }] })).json.data?.[0].a

describe('17: a storm of updates', () => {
  it('is answered by exactly one version each, and each version masks as it says', { timeout: 600_000 }, async () => {
    const t = await startServer(folder.next())
    const plan = await t.plan('storm', fixed('v0'))
    let running = true
    let answers = 0
    const seen = new Set<number>()
    const load = Array.from({ length: 4 }, async () => {
      let last = 0
      while (running) {
        const { status, json } = await t.mask(plan, { data: Array.from({ length: 20 }, () => ({ a: 1 })) })
        expect(status).toBe(200)
        const { serial } = json.ruleset_plan
        // one version for all records, and never an older one than before on one client
        expect(new Set(json.data.map((record: { a: string }) => record.a))).toEqual(new Set([`v${serial}`]))
        expect(serial).toBeGreaterThanOrEqual(last)
        last = serial
        seen.add(serial)
        answers++
      }
    })
    // MASK_LOGS_TEST_STORM: fewer of them, for a quick look
    const updates = Number(process.env['MASK_LOGS_TEST_STORM'] ?? 1000)
    for (let i = 1; i <= updates; i++) {
      const { status, json } = await t.call('PUT', `/ifm/ruleset-plans/${plan}/`, { ruleset_yaml: fixed(`v${i}`) })
      expect([status, json.serial]).toEqual([200, i])
      // in force when it is answered
      if (i % 10 === 0) expect(await maskedOf(t, plan)).toBe(`v${i}`)
    }
    running = false
    await Promise.all(load)
    expect(answers).toBeGreaterThan(50)
    expect(seen.size).toBeGreaterThan(10)
    expect(await maskedOf(t, plan)).toBe(`v${updates}`)
    expect(readdirSync(plansOf(t)).sort()).toEqual([`${plan}.json`, `${plan}.yaml`])
    await t.server.close()
  })

  it('keeps the old version of a file that breaks, and says so', async () => {
    const t = await startServer(folder.next())
    const plan = await t.plan('breaks', fixed('good'))
    const file = join(plansOf(t), `${plan}.yaml`)
    writeFileSync(file, 'rules: CANARY-BROKEN\n')
    await until(() => t.err.text.includes('plan not reloaded'))
    expect(await maskedOf(t, plan)).toBe('good')
    expect((await t.call('GET', '/metrics')).text).toMatch(/mask_logs_plan_reloads_total\{result="error"\} [1-9]/)
    expect(t.err.text).not.toContain('CANARY-BROKEN')
    // mended by hand: the next version
    writeFileSync(file, fixed('mended'))
    await until(async () => (await maskedOf(t, plan)) === 'mended')
    expect(await serialOf(t, plan)).toBe(1)
    expect(JSON.parse(readFileSync(join(plansOf(t), `${plan}.json`), 'utf8'))).toMatchObject({ serial: 1 })
    // and through the API it goes on from there
    expect((await t.call('PATCH', `/ifm/ruleset-plans/${plan}/`, { options: { enabled: true } })).json.serial).toBe(2)
    await t.server.close()
  })
})

describe('files that others write', () => {
  it('serves rulesets without JSON, takes new ones, and lets go of those that go', async () => {
    const at = folder.next()
    mkdirSync(join(at, 'data/plans'), { recursive: true })
    writeFileSync(join(at, 'data/plans/by-hand.yaml'), fixed('hand'))
    writeFileSync(join(at, 'data/plans/broken.yaml'), 'nothing')
    writeFileSync(join(at, 'data/plans/.hidden.yaml'), REDACT)
    writeFileSync(join(at, 'data/plans/not a name.yaml'), REDACT)
    const t = await startServer(at)
    expect((await t.call('GET', '/ifm/ruleset-plans/')).json.items).toMatchObject([{ name: 'by-hand', serial: 0, options: { enabled: true } }])
    expect(t.err.text).toContain('plan skipped')
    expect(await maskedOf(t, 'by-hand')).toBe('hand')
    writeFileSync(join(plansOf(t), 'later.yaml'), fixed('late'))
    await until(async () => (await t.mask('later', { data: [{ a: 1 }] })).status === 200)
    rmSync(join(plansOf(t), 'by-hand.yaml'))
    await until(async () => (await t.mask('by-hand', { data: [] })).status === 404)
    await t.server.close()
  })

  it('follows symbolic links that are swapped, as mounted volumes do it', async () => {
    const at = folder.next()
    const plans = join(at, 'data/plans')
    mkdirSync(join(plans, '..one'), { recursive: true })
    mkdirSync(join(plans, '..two'))
    writeFileSync(join(plans, '..one/linked.yaml'), fixed('one'))
    writeFileSync(join(plans, '..two/linked.yaml'), fixed('two'))
    symlinkSync('..one', join(plans, '..data'))
    symlinkSync('..data/linked.yaml', join(plans, 'linked.yaml'))
    const t = await startServer(at)
    expect(await maskedOf(t, 'linked')).toBe('one')
    symlinkSync('..two', join(plans, '..new'))
    renameSync(join(plans, '..new'), join(plans, '..data'))
    await until(async () => (await maskedOf(t, 'linked')) === 'two')
    await t.server.close()
  })

  it('tidies up what a crash has left, and takes over a lock that nobody holds any more', async () => {
    const at = folder.next()
    const plans = join(at, 'data/plans')
    mkdirSync(plans, { recursive: true })
    const old = new Date(Date.now() - 60_000)
    for (const name of ['x.yaml.0123456789ab.tmp', 'x.lock', 'orphan.json']) {
      writeFileSync(join(plans, name), '{}')
      utimesSync(join(plans, name), old, old)
    }
    // somebody is writing at this moment
    writeFileSync(join(plans, 'y.yaml.0123456789ab.tmp'), '')
    const t = await startServer(at)
    expect(readdirSync(plans)).toEqual(['y.yaml.0123456789ab.tmp'])
    const plan = await t.plan('locked', fixed('a'))
    writeFileSync(join(plans, `${plan}.lock`), 'somebody')
    utimesSync(join(plans, `${plan}.lock`), old, old)
    expect((await t.call('PUT', `/ifm/ruleset-plans/${plan}/`, { ruleset_yaml: fixed('b') })).json.serial).toBe(1)
    expect(existsSync(join(plans, `${plan}.lock`))).toBe(false)
    await t.server.close()
  })

  it('takes what was half written for the next version when it starts', async () => {
    const at = folder.next()
    const one = await startServer(at)
    const plan = await one.plan('half', fixed('before'))
    await one.server.close()
    // the ruleset is on disk, the JSON beside it is not yet
    writeFileSync(join(at, 'data/plans', `${plan}.yaml`), fixed('after'))
    const two = await startServer(at)
    expect([await maskedOf(two, plan), await serialOf(two, plan)]).toEqual(['after', 1])
    await two.server.close()
  })

  it('is not ready where the directory cannot be read', async () => {
    const at = folder.next()
    mkdirSync(join(at, 'data'))
    writeFileSync(join(at, 'data/plans'), 'a file')
    const t = await startServer(at)
    const ready = await t.as(undefined)('GET', '/api/readiness/')
    expect([ready.status, ready.json]).toEqual([503, { status: 'unreadable' }])
    rmSync(join(at, 'data/plans'))
    mkdirSync(join(at, 'data/plans'))
    await t.server.rescan()
    expect((await t.as(undefined)('GET', '/api/readiness/')).json).toEqual({ status: 'ready', plans: 0 })
    await t.server.close()
  })

  it('limits the number of plans', async () => {
    const t = await startServer(folder.next(), { max_plans: 1 })
    await t.plan('one', REDACT)
    expect((await t.call('POST', '/ifm/ruleset-plans/', { name: 'two', ruleset_yaml: REDACT })).status).toBe(409)
    await t.server.close()
  })
})
