// Plans in a directory: <name>.yaml is the ruleset as sent, <name>.json the rest. No other state, so that several servers share one
// directory, and a checkout or a mounted volume serves as well.
//
//   write: lock ── <name>.yaml ── <name>.json ── fsync each, and the directory ── in force ── unlock
//   watch: events, and a scan every 2 s ── a pair that changed ── compiled aside ── in force

import { randomBytes } from 'node:crypto'
import { closeSync, constants, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, watch, writeSync } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import { access, mkdir, open, readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RequestMasker } from '../../src/index.ts'
import { refuse } from './errors.ts'
import type { Log } from './log.ts'
import { DEFAULT_OPTIONS, makePlan, PLAN_NAME, readOptions, rulesetProblem, sha256 } from './plans.ts'
import type { Compiler, Plan, PlanRecord } from './plans.ts'
import { SchemaFault } from './schema.ts'

const SCAN_EVERY = 2000
const LOCK_STALE = 10_000
const MOST_RULESET = 1 << 20

export interface StoreEvents {
  /** A version of a plan is in force, or none is any more. `masker` was compiled on the way. */
  changed(name: string, plan: Plan | undefined, before: Plan | undefined, masker: RequestMasker | undefined): void
  /** What became of a file that was read again. */
  reloaded(result: 'success' | 'error'): void
}

/** Both files of a plan as they are. */
interface Pair {
  readonly yaml: string
  readonly record: PlanRecord | undefined
  readonly times: { readonly created: string; readonly modified: string }
  /** Tells these files from later ones. */
  readonly stamp: string
}

/** What a change makes of a plan; undefined: it stays as it is. */
export type Change = (plan: Plan) => { readonly record: Omit<PlanRecord, 'ruleset_sha256'>; readonly yaml: string } | undefined

export const readOnly = (): Error => refuse(403, 'Plan storage is read-only.')

function denied(error: unknown): boolean {
  return ['EROFS', 'EACCES', 'EPERM'].includes(String((error as { code?: unknown }).code))
}

export class PlanStore {
  readonly #folder: string
  readonly #compiler: Compiler
  readonly #log: Log
  readonly #events: StoreEvents
  readonly #plans = new Map<string, Plan>()
  readonly #stamps = new Map<string, string>()
  /** Plans that this server is changing: what is on disk of them is its own work. */
  readonly #busy = new Set<string>()
  /** Pairs that do not go together yet: the stamp of the last scan. */
  readonly #odd = new Map<string, string>()
  #sorted: readonly Plan[] | undefined
  #watcher: FSWatcher | undefined
  #timer: NodeJS.Timeout | undefined
  #scanning: Promise<void> | undefined
  #again = false
  #closed = false
  /** The directory could be read the last time. */
  readable = false

  constructor(dataDir: string, compiler: Compiler, log: Log, events: StoreEvents) {
    this.#folder = join(dataDir, 'plans')
    this.#compiler = compiler
    this.#log = log
    this.#events = events
  }

  get(name: string): Plan | undefined {
    return this.#plans.get(name)
  }

  get size(): number {
    return this.#plans.size
  }

  /** All plans, by name. */
  get all(): readonly Plan[] {
    return (this.#sorted ??= [...this.#plans.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)))
  }

  // ---------------------------------------------------------------------------------------------- start, watch

  /** Reads the directory, makes it if it is not there, and begins to watch it. */
  async start(): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true })
    } catch {
      // read-only, or somebody else's: the scan says whether it can be read
    }
    await this.#tidy()
    await this.#scan(true)
    this.#watch()
    this.#timer = setInterval(() => void this.rescan(), SCAN_EVERY)
    this.#timer.unref()
  }

  /** What a crash has left. */
  async #tidy(): Promise<void> {
    try {
      const names = await readdir(this.#folder)
      const now = Date.now()
      for (const name of names) {
        const path = join(this.#folder, name)
        // another server may be writing at this moment
        const old = /\.(tmp|lock)$/.test(name) && now - (await stat(path)).mtimeMs > LOCK_STALE
        const orphan = name.endsWith('.json') && !names.includes(`${name.slice(0, -5)}.yaml`) && PLAN_NAME.test(name.slice(0, -5)) && now - (await stat(path)).mtimeMs > LOCK_STALE
        if (old || orphan) await rm(path, { force: true })
      }
    } catch {
      // nothing is lost by it
    }
  }

  #watch(): void {
    try {
      this.#watcher = watch(this.#folder, () => void this.rescan())
      this.#watcher.on('error', () => this.#watcher?.close())
      this.#watcher.unref()
    } catch {
      // the scan sees what the system does not tell
    }
  }

  /** Looks for changes now. */
  rescan(): Promise<void> {
    if (this.#closed) return Promise.resolve()
    if (this.#scanning !== undefined) {
      this.#again = true
      return this.#scanning
    }
    this.#scanning = this.#scan(false).finally(() => {
      this.#scanning = undefined
      if (this.#again && !this.#closed) {
        this.#again = false
        // events come in bursts
        setTimeout(() => void this.rescan(), 50).unref()
      }
    })
    return this.#scanning
  }

  close(): void {
    this.#closed = true
    this.#watcher?.close()
    clearInterval(this.#timer)
  }

  async #scan(first: boolean): Promise<void> {
    let files: Set<string>
    try {
      files = new Set(await readdir(this.#folder))
      this.readable = true
    } catch {
      if (this.readable || first) this.#log('error', 'the plan directory cannot be read')
      this.readable = false
      return
    }
    const names = [...files].filter((file) => file.endsWith('.yaml') && PLAN_NAME.test(file.slice(0, -5))).map((file) => file.slice(0, -5))
    for (const name of names) {
      if (this.#closed) return
      if (this.#busy.has(name)) continue
      try {
        // another server is in the middle of it
        if (!first && files.has(`${name}.lock`) && Date.now() - (await stat(join(this.#folder, `${name}.lock`))).mtimeMs < LOCK_STALE) continue
        await this.#look(name, files.has(`${name}.json`), first)
      } catch {
        // it went while it was looked at; the next scan knows
      }
    }
    const there = new Set(names)
    for (const name of [...this.#plans.keys()]) {
      // created since the directory was read
      if (there.has(name) || this.#busy.has(name) || existsSync(join(this.#folder, `${name}.yaml`))) continue
      this.#stamps.delete(name)
      this.#set(name, undefined, undefined)
    }
    for (const name of this.#stamps.keys()) if (!there.has(name) && !this.#plans.has(name)) this.#stamps.delete(name)
  }

  /** Looks at one plan, and puts what has changed in force. */
  async #look(name: string, withRecord: boolean, first: boolean): Promise<void> {
    const yaml = await stat(join(this.#folder, `${name}.yaml`))
    const json = withRecord ? await stat(join(this.#folder, `${name}.json`)).catch(() => undefined) : undefined
    const stamp = `${yaml.mtimeMs} ${yaml.size} ${yaml.ino} ${json === undefined ? '' : `${json.mtimeMs} ${json.size} ${json.ino}`}`
    if (this.#stamps.get(name) === stamp || this.#busy.has(name)) return
    const pair = this.#read(name)
    const { record } = pair
    const fits = record !== undefined && record.ruleset_sha256 === sha256(pair.yaml)
    if (!fits && !first && this.#odd.get(name) !== pair.stamp) {
      // perhaps somebody is in the middle of writing both: it is believed when it is still so with the next scan
      this.#odd.set(name, pair.stamp)
      return
    }
    this.#odd.delete(name)
    if (fits) return this.#load(name, record, pair)
    if (record === undefined) {
      const { created, modified } = pair.times
      const before = this.#plans.get(name)
      // nothing on disk counts the versions of such a plan: they are told apart for as long as the server runs
      const serial = before === undefined ? 0 : before.serial + (before.ruleset_yaml === pair.yaml ? 0 : 1)
      return this.#load(
        name,
        { name, serial, created_time: created, modified_time: modified, options: DEFAULT_OPTIONS, schema: null, schema_mode: 'enforce', ruleset_sha256: '' },
        pair,
      )
    }
    await this.#edited(name)
  }

  #load(name: string, record: PlanRecord, pair: Pair): void {
    this.#stamps.set(name, pair.stamp)
    const before = this.#plans.get(name)
    if (before !== undefined && before.serial === record.serial && before.ruleset_yaml === pair.yaml && before.modified_time === record.modified_time) return
    try {
      const { ruleset_sha256: _, ...rest } = record
      const { plan, masker } = makePlan(rest, pair.yaml, this.#compiler)
      this.#set(name, plan, masker)
      this.#events.reloaded('success')
      this.#log('info', 'plan loaded', { plan: name, serial: plan.serial })
    } catch (error) {
      this.#events.reloaded('error')
      const problem = rulesetProblem(error)?.error ?? (error instanceof SchemaFault ? `Invalid schema: ${error.message}` : 'it cannot be loaded')
      this.#log('error', before === undefined ? 'plan skipped' : 'plan not reloaded: the one before stays in force', { plan: name, problem })
    }
  }

  /** A ruleset that was edited by hand becomes the next version. */
  async #edited(name: string): Promise<void> {
    const accept = (pair: Pair): PlanRecord | undefined => {
      const { record } = pair
      const hash = sha256(pair.yaml)
      if (record === undefined || record.ruleset_sha256 === hash) return undefined
      return { ...record, serial: record.serial + 1, modified_time: pair.times.modified, ruleset_sha256: hash }
    }
    const pair = this.#read(name)
    const next = accept(pair)
    if (next === undefined) return this.#load(name, pair.record!, pair)
    try {
      // a ruleset that does not compile is no version
      const { ruleset_sha256: _, ...rest } = next
      makePlan(rest, pair.yaml, this.#compiler).masker.close()
    } catch {
      return this.#load(name, next, pair)
    }
    try {
      await this.#locked(name, async () => {
        // another server may have done it
        const now = this.#read(name)
        const mine = accept(now)
        if (mine === undefined) return this.#load(name, now.record!, now)
        await this.#write(`${name}.json`, `${JSON.stringify(mine, undefined, 2)}\n`)
        await this.#syncFolder()
        this.#load(name, mine, this.#read(name))
      })
    } catch {
      // read-only: the version is known here alone, and the same wherever the files are
      this.#load(name, next, pair)
    }
  }

  #read(name: string): Pair {
    const path = join(this.#folder, `${name}.yaml`)
    const yaml = statSync(path)
    if (yaml.size > MOST_RULESET) throw new Error('too large')
    const text = readFileSync(path, 'utf8')
    let json: ReturnType<typeof statSync>
    let record: PlanRecord | undefined
    try {
      const file = join(this.#folder, `${name}.json`)
      json = statSync(file)
      record = json === undefined || json.size > 4 * MOST_RULESET ? undefined : readRecord(name, readFileSync(file, 'utf8'))
    } catch {
      json = undefined
    }
    const stamp = `${yaml.mtimeMs} ${yaml.size} ${yaml.ino} ${json === undefined ? '' : `${json.mtimeMs} ${json.size} ${json.ino}`}`
    const modified = yaml.mtime.toISOString()
    return { yaml: text, record, stamp, times: { created: yaml.birthtimeMs > 0 ? yaml.birthtime.toISOString() : modified, modified } }
  }

  #set(name: string, plan: Plan | undefined, masker: RequestMasker | undefined): void {
    const before = this.#plans.get(name)
    if (plan === undefined) this.#plans.delete(name)
    else this.#plans.set(name, plan)
    this.#sorted = undefined
    this.#events.changed(name, plan, before, masker)
  }

  // ---------------------------------------------------------------------------------------------- changes

  /** Writes a plan that is not there yet. False: it is. Throws what makePlan throws, and 403. */
  async create(record: Omit<PlanRecord, 'ruleset_sha256'>, yaml: string): Promise<Plan | undefined> {
    const made = makePlan(record, yaml, this.#compiler)
    const { name } = record
    try {
      return await this.#locked(name, async () => {
        if (this.#plans.has(name) || existsSync(join(this.#folder, `${name}.yaml`))) {
          made.masker.close()
          return undefined
        }
        await this.#writePair(made.plan)
        this.#set(name, made.plan, made.masker)
        return made.plan
      })
    } catch (error) {
      made.masker.close()
      throw error
    }
  }

  /** Changes a plan; the change sees the newest version, whichever server has made it. Undefined: there is none. */
  async change(name: string, change: Change): Promise<Plan | undefined> {
    if (!this.#plans.has(name)) return undefined
    return this.#locked(name, async () => {
      const plan = await this.#newest(name)
      if (plan === undefined) return undefined
      const next = change(plan)
      if (next === undefined) return plan
      const made = makePlan(next.record, next.yaml, this.#compiler)
      try {
        await this.#writePair(made.plan, plan.ruleset_yaml === next.yaml)
      } catch (error) {
        made.masker.close()
        throw error
      }
      this.#set(name, made.plan, made.masker)
      return made.plan
    })
  }

  /** Removes a plan, if `allow` does not throw. False: there is none. */
  async remove(name: string, allow: (plan: Plan) => void): Promise<boolean> {
    if (!this.#plans.has(name)) return false
    return this.#locked(name, async () => {
      const plan = await this.#newest(name)
      if (plan === undefined) return false
      allow(plan)
      await unlink(join(this.#folder, `${name}.yaml`))
      await rm(join(this.#folder, `${name}.json`), { force: true })
      await this.#syncFolder()
      this.#stamps.delete(name)
      this.#set(name, undefined, undefined)
      return true
    })
  }

  /** The plan after what another server may have written. */
  async #newest(name: string): Promise<Plan | undefined> {
    if (!existsSync(join(this.#folder, `${name}.yaml`))) {
      this.#stamps.delete(name)
      this.#set(name, undefined, undefined)
      return undefined
    }
    const pair = this.#read(name)
    if (this.#stamps.get(name) !== pair.stamp && pair.record !== undefined && pair.record.ruleset_sha256 === sha256(pair.yaml)) this.#load(name, pair.record, pair)
    return this.#plans.get(name)
  }

  async #writePair(plan: Plan, sameRuleset = false): Promise<void> {
    const { name, serial, created_time, modified_time, options, schema, schema_mode, ruleset_sha256 } = plan
    const record: PlanRecord = { name, serial, created_time, modified_time, options, schema, schema_mode, ruleset_sha256 }
    if (!sameRuleset) await this.#write(`${name}.yaml`, plan.ruleset_yaml)
    await this.#write(`${name}.json`, `${JSON.stringify(record, undefined, 2)}\n`)
    await this.#syncFolder()
    this.#stamps.set(name, this.#read(name).stamp)
    this.#odd.delete(name)
  }

  async #write(file: string, text: string): Promise<void> {
    const temporary = join(this.#folder, `${file}.${randomBytes(6).toString('hex')}.tmp`)
    const handle = await open(temporary, 'wx', 0o644)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    try {
      await rename(temporary, join(this.#folder, file))
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
  }

  async #syncFolder(): Promise<void> {
    const handle = await open(this.#folder, constants.O_RDONLY)
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }

  /** One at a time for each plan, over all servers on the directory. */
  async #locked<T>(name: string, work: () => Promise<T>): Promise<T> {
    const lock = join(this.#folder, `${name}.lock`)
    const mark = randomBytes(8).toString('hex')
    const until = Date.now() + 2 * LOCK_STALE
    try {
      for (;;) {
        try {
          const file = openSync(lock, 'wx', 0o644)
          writeSync(file, mark)
          closeSync(file)
          break
        } catch (error) {
          if ((error as { code?: unknown }).code !== 'EEXIST') throw error
        }
        const age = await stat(lock).then(
          ({ mtimeMs }) => Date.now() - mtimeMs,
          () => 0,
        )
        if (age > LOCK_STALE) {
          // who renames it first has it; the others find nothing to rename
          const stale = `${lock}.${mark}.tmp`
          try {
            renameSync(lock, stale)
            rmSync(stale, { force: true })
          } catch {
            // another one was faster
          }
          continue
        }
        if (Date.now() > until) throw refuse(503, 'The plan is being changed by another request.', { 'Retry-After': '1' })
        await sleep(5)
      }
      this.#busy.add(name)
      try {
        return await work()
      } finally {
        this.#busy.delete(name)
        // not the lock of somebody who took this one for stale
        const held = await readFile(lock, 'utf8').catch(() => '')
        if (held === mark) await rm(lock, { force: true })
      }
    } catch (error) {
      if (denied(error)) throw readOnly()
      throw error
    }
  }

  /** True where plans can be changed. */
  async writable(): Promise<boolean> {
    return access(this.#folder, constants.W_OK).then(
      () => true,
      () => false,
    )
  }
}

/** The JSON beside a ruleset; undefined: it is not ours. */
function readRecord(name: string, text: string): PlanRecord | undefined {
  const value = JSON.parse(text) as Record<string, unknown>
  const options = readOptions(value['options'])
  const { serial, created_time, modified_time, schema = null, schema_mode = 'enforce', ruleset_sha256 } = value
  const fits =
    options !== undefined &&
    Number.isSafeInteger(serial) &&
    (serial as number) >= 0 &&
    typeof created_time === 'string' &&
    typeof modified_time === 'string' &&
    (schema === null || typeof schema === 'object') &&
    (schema_mode === 'enforce' || schema_mode === 'report') &&
    typeof ruleset_sha256 === 'string'
  if (!fits) return undefined
  return { name, serial: serial as number, created_time, modified_time, options, schema: schema as object | null, schema_mode, ruleset_sha256 }
}

/** Writes a file beside its place and moves it there, all of it or nothing. */
export function writeWhole(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  const file = openSync(temporary, 'wx', 0o644)
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
}
