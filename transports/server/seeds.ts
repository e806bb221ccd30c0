// Seed files of the site's own, in <data_dir>/seeds, beside the shipped ones. No list is kept: the files are the list.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readSeedTable } from '../../src/index.ts'
import { refuse } from './errors.ts'
import type { Log } from './log.ts'
import type { Plan } from './plans.ts'
import { readOnly, writeWhole } from './store.ts'

export const MOST_SEED_BYTES = 20 * 1024 * 1024
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*\.csv$/

/** A seed file, as answers have it. */
export interface SeedFile {
  readonly id: string
  readonly name: string
  readonly filename: string
  readonly created_date: string
  readonly modified_date: string
  readonly builtin: boolean
}

export class Seeds {
  readonly folder: string
  readonly #shipped: string
  readonly #log: Log
  readonly #plans: () => readonly Plan[]
  readonly #changed: (plans: readonly string[]) => void

  constructor(dataDir: string, shipped: string, log: Log, plans: () => readonly Plan[], changed: (plans: readonly string[]) => void) {
    this.folder = join(dataDir, 'seeds')
    this.#shipped = shipped
    this.#log = log
    this.#plans = plans
    this.#changed = changed
    try {
      mkdirSync(this.folder, { recursive: true })
    } catch {
      // read-only: there may be none
    }
  }

  list(): SeedFile[] {
    return [...this.#in(this.folder, false), ...this.#in(this.#shipped, true)].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** Takes a file. Throws 400, 403, 409 and 422. */
  add(name: string, bytes: Buffer, replace: boolean): SeedFile {
    if (!NAME.test(name) || name.length > 100) throw refuse(400, "The name of a seed file has letters, digits, '.', '_' and '-', ends in .csv, and has at most 100 characters.")
    const read = readSeedTable(name, bytes)
    if ('problem' in read) throw refuse(400, `Invalid seed file: ${read.problem.message}.`)
    if (existsSync(join(this.#shipped, name))) throw refuse(409, `A seed file named '${name}' is shipped with mask-logs.`)
    const path = join(this.folder, name)
    const there = existsSync(path)
    if (there && !replace) throw refuse(409, `A seed file named '${name}' already exists.`)
    try {
      writeWhole(path, bytes)
    } catch {
      throw readOnly()
    }
    if (there) {
      const users = this.#users(name)
      this.#log('warn', 'seed file replaced: consistent results of the plans that use it change', { name, plans: users.length })
      this.#changed(users)
    }
    return this.#file(name, path, false)
  }

  /** Removes a file. Throws 400, 403, 404 and 409. */
  remove(id: string): void {
    const file = this.list().find((one) => one.id === id)
    if (file === undefined) throw refuse(404, 'Seed file not found.')
    if (file.builtin) throw refuse(400, 'A seed file that is shipped with mask-logs cannot be deleted.')
    const users = this.#users(file.name)
    if (users.length > 0) throw refuse(409, `The seed file is used by ${users.slice(0, 20).join(', ')}${users.length > 20 ? ` and ${users.length - 20} more` : ''}.`)
    try {
      rmSync(join(this.folder, file.name))
    } catch {
      throw readOnly()
    }
  }

  /** Plans that name a file. */
  #users(name: string): string[] {
    return this.#plans()
      .filter((plan) => plan.ruleset_yaml.includes(name))
      .map((plan) => plan.name)
  }

  #in(folder: string, builtin: boolean): SeedFile[] {
    try {
      return readdirSync(folder)
        .filter((name) => NAME.test(name))
        .map((name) => this.#file(name, join(folder, name), builtin))
    } catch {
      return []
    }
  }

  #file(name: string, path: string, builtin: boolean): SeedFile {
    const { mtime, birthtime, birthtimeMs } = statSync(path)
    // the same on every server that shares the files
    const id = createHash('sha256')
      .update(`${builtin ? 'shipped' : 'own'} ${name}`)
      .digest('hex')
      .slice(0, 12)
    return { id, name, filename: name, created_date: (birthtimeMs > 0 ? birthtime : mtime).toISOString(), modified_date: mtime.toISOString(), builtin }
  }
}
