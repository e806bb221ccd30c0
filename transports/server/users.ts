// The users file: who may log in, and which static tokens there are. Watched: a change counts at once, a file that cannot be used
// leaves the users as they were.

import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import type { Log } from './log.ts'
import { hashPassword, hashProblem } from './passwords.ts'
import { ROLES } from './roles.ts'
import type { Role } from './roles.ts'
import { Problems, readYaml, SettingsError } from './yaml-file.ts'
import type { Shape } from './yaml-file.ts'

export interface User {
  readonly username: string
  readonly role: Role
  readonly password: string
  readonly disabled: boolean
}

export interface StaticToken {
  readonly name: string
  readonly role: Role
  readonly sha256: Buffer
  /** Undefined: all plans. */
  readonly plans: readonly RegExp[] | undefined
  /** Milliseconds since the epoch. */
  readonly expires: number | undefined
}

export interface Users {
  readonly users: ReadonlyMap<string, User>
  readonly tokens: readonly StaticToken[]
}

const role: Shape = { kind: 'string', enum: ROLES }
const SHAPE: Shape = {
  kind: 'object',
  fields: {
    users: {
      kind: 'list',
      of: {
        kind: 'object',
        fields: { username: { kind: 'string' }, role, password: { kind: 'string' }, disabled: { kind: 'boolean' } },
        required: ['username', 'role', 'password'],
      },
    },
    tokens: {
      kind: 'list',
      of: {
        kind: 'object',
        fields: { name: { kind: 'string' }, role, sha256: { kind: 'string' }, plans: { kind: 'strings' }, expires: { kind: 'string' } },
        required: ['name', 'role', 'sha256'],
      },
    },
  },
}

interface Raw {
  users?: { username?: string; role?: Role; password?: string; disabled?: boolean }[]
  tokens?: { name?: string; role?: Role; sha256?: string; plans?: string[]; expires?: string }[]
}

/** Reads the text of a users file. Throws SettingsError with every problem. */
export function parseUsers(source: string, text: string): Users {
  const problems = new Problems()
  const { value, at } = readYaml(source, text, SHAPE, problems)
  problems.check()
  const raw = (value ?? {}) as Raw
  const users = new Map<string, User>()
  const wrong = (path: readonly (string | number)[], words: string): void => {
    const { line, column } = at(path)
    problems.add(source, line, column, words)
  }
  raw.users?.forEach(({ username = '', role = 'mask_runner', password = '', disabled = false }, i) => {
    if (username === '' || username.length > 128) wrong(['users', i, 'username'], 'a user name has 1 to 128 characters')
    if (users.has(username)) wrong(['users', i, 'username'], `user ${i + 1} has the name of another one`)
    const problem = hashProblem(password)
    if (problem !== undefined) wrong(['users', i, 'password'], `user '${username.replace(/[^\x20-\x7e]/g, '?').slice(0, 60)}': ${problem}`)
    users.set(username, { username, role, password, disabled })
  })
  const tokens = (raw.tokens ?? []).map(({ name = '', role = 'mask_runner', sha256 = '', plans, expires }, i): StaticToken => {
    if (!/^[0-9a-f]{64}$/i.test(sha256)) wrong(['tokens', i, 'sha256'], `token ${i + 1}: sha256 is 64 hex digits, those that 'mask-logs new-token' prints`)
    const until = expires === undefined ? undefined : Date.parse(expires)
    if (until !== undefined && (Number.isNaN(until) || !/^\d{4}-\d{2}-\d{2}/.test(expires!)))
      wrong(['tokens', i, 'expires'], `token ${i + 1}: expires is a date such as 2027-06-30`)
    return { name, role, sha256: Buffer.from(sha256, 'hex'), plans: plans?.map(glob), expires: until }
  })
  problems.check()
  return { users, tokens }
}

/** A glob of plan names: `*` stands for any run of characters. */
export function glob(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[^A-Za-z0-9_*-]/g, '\\$&').replace(/\*+/g, '.*')}$`)
}

/** Writes the first users file: `admin` with a password that is given, or a random one, which is returned. Throws SettingsError. */
export async function createUsersFile(path: string, password: string | undefined): Promise<string | undefined> {
  const random = password === undefined || password === '' ? randomBytes(18).toString('base64url') : undefined
  const hash = await hashPassword(random ?? password!)
  try {
    writeFileSync(path, `# Users of mask-logs serve. New hashes: mask-logs hash-password\nusers:\n- {username: admin, role: admin, password: "${hash}"}\n`, {
      mode: 0o600,
      flag: 'wx',
    })
  } catch (error) {
    // another replica was faster
    if ((error as { code?: unknown }).code === 'EEXIST') return undefined
    throw new SettingsError(`${path}: there is no users file, and it cannot be written: make one, or make the directory writable`)
  }
  return random
}

/** The users in force, and the watch over their file. */
export class UsersFile {
  readonly #path: string
  readonly #log: Log
  #users: Users
  #stamp: string
  #timer: NodeJS.Timeout | undefined

  /** Throws SettingsError. */
  constructor(path: string, log: Log) {
    this.#path = path
    this.#log = log
    if (!existsSync(path)) throw new SettingsError(`${path}: the users file is not there`)
    this.#stamp = this.#stampOf()
    this.#users = parseUsers(path, this.#read())
  }

  get current(): Users {
    return this.#users
  }

  watch(): void {
    // a poll, for it also sees what is mounted over the network, and symbolic links that are swapped
    this.#timer = setInterval(() => this.reload(), 1000)
    this.#timer.unref()
  }

  /** Reads the file again if it has changed. */
  reload(): void {
    const stamp = this.#stampOf()
    if (stamp === this.#stamp) return
    this.#stamp = stamp
    try {
      this.#users = parseUsers(this.#path, this.#read())
      this.#log('info', 'users file reloaded', { users: this.#users.users.size, tokens: this.#users.tokens.length })
    } catch (error) {
      this.#log('error', `users file not reloaded: ${error instanceof SettingsError ? error.message : 'it cannot be read'}`)
    }
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #read(): string {
    try {
      return readFileSync(this.#path, 'utf8')
    } catch {
      throw new SettingsError(`${this.#path}: the users file cannot be read`)
    }
  }

  #stampOf(): string {
    try {
      const { mtimeMs, size, ino } = statSync(this.#path)
      return `${mtimeMs} ${size} ${ino}`
    } catch {
      return ''
    }
  }
}
