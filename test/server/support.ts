// A server of the sources for tests: on a free port of 127.0.0.1, on a directory of its own, with everything it writes kept.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll } from 'vitest'
import { newToken } from '../../transports/server/auth.ts'
import { hashPassword } from '../../transports/server/passwords.ts'
import { createServer } from '../../transports/server/server.ts'
import type { MaskServer } from '../../transports/server/server.ts'

export const SECRET = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'
export const PASSWORDS = { alice: 'correct-horse', build: 'battery-staple', run: 'mask-run-only', gone: 'was-here-once' } as const
const ROLES = { alice: 'admin', build: 'mask_builder', run: 'mask_runner', gone: 'admin' } as const

let hashes: Promise<Record<string, string>> | undefined
/** Hashed once for all tests of a file, at the least cost that is allowed. */
const hashed = (): Promise<Record<string, string>> =>
  (hashes ??= Promise.all(Object.entries(PASSWORDS).map(async ([name, password]) => [name, await hashPassword(password, 15)] as const)).then((all) => Object.fromEntries(all)))

export const tokens = { runner: newToken(), builder: newToken(), limited: newToken(), expired: newToken() }

export async function usersYaml(disabled: readonly string[] = ['gone']): Promise<string> {
  const passwords = await hashed()
  const users = Object.entries(ROLES).map(
    ([name, role]) => `- {username: ${name}, role: ${role}, password: "${passwords[name]}"${disabled.includes(name) ? ', disabled: true' : ''}}`,
  )
  return [
    'users:',
    ...users,
    'tokens:',
    `- {name: checkout, role: mask_runner, sha256: "${tokens.runner.sha256}"}`,
    `- {name: ci, role: mask_builder, sha256: "${tokens.builder.sha256}"}`,
    `- {name: one-team, role: mask_builder, sha256: "${tokens.limited.sha256}", plans: ["team-*"]}`,
    `- {name: old, role: admin, sha256: "${tokens.expired.sha256}", expires: "2020-01-01"}`,
    '',
  ].join('\n')
}

/** Takes what is written and keeps it. */
export class Kept extends Writable {
  text = ''
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into
  readonly json: any
}

export type Call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>

export interface Tested {
  readonly server: MaskServer
  readonly folder: string
  readonly out: Kept
  readonly err: Kept
  /** As alice (an administrator). */
  readonly call: Call
  /** With another Authorization header, or none. */
  as(authorization: string | undefined): Call
  login(name: keyof typeof PASSWORDS): Promise<Answer>
  /** Creates a plan and gives its name. */
  plan(name: string, yaml: string, more?: object): Promise<string>
  mask(plan: string, body: unknown, headers?: Record<string, string>): Promise<Answer>
  /** Everything that could hold what it should not: logs, metrics, files. */
  traces(): Promise<string>
}

const open: MaskServer[] = []
afterAll(async () => {
  for (const server of open.splice(0)) await server.close()
})

/** What a request body is sent as. */
function asBody(body: unknown): string | Uint8Array | undefined {
  return body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
}

export function caller(url: () => string, authorization: () => string | undefined): Call {
  return async (method, path, body, headers = {}) => {
    const given = authorization()
    const response = await fetch(`${url()}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(given === undefined ? {} : { authorization: given }), ...headers },
      ...(body === undefined ? {} : { body: asBody(body) as string }),
      signal: AbortSignal.timeout(30_000),
      redirect: 'manual',
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      get json() {
        return JSON.parse(text)
      },
    }
  }
}

export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Starts a server. `settings` and `env` count beside those of tests. */
export async function startServer(folder: string, settings: object = {}, env: Record<string, string> = {}, now?: () => number): Promise<Tested> {
  const [out, err] = [new Kept(), new Kept()]
  const { writeFileSync } = await import('node:fs')
  const users = join(folder, 'users-given.yaml')
  writeFileSync(users, await usersYaml())
  const server = await createServer({
    config: { listen: '127.0.0.1:0', data_dir: join(folder, 'data'), auth: { users_file: users }, workers: 0, ...settings },
    env,
    cwd: folder,
    stdout: out,
    stderr: err,
    ...(now === undefined ? {} : { now }),
  })
  open.push(server)
  const as = (authorization: string | undefined): Call =>
    caller(
      () => server.url,
      () => authorization,
    )
  const login: Tested['login'] = (username) => as(undefined)('POST', '/api/auth/jwt/login/', { username, password: PASSWORDS[username] })
  const alice = (settings as { auth?: unknown }).auth === 'none' ? undefined : `Bearer ${(await login('alice')).json.access_token}`
  const call = as(alice)
  return {
    server,
    folder,
    out,
    err,
    call,
    as,
    login,
    async plan(name, yaml, more = {}) {
      const made = await call('POST', '/ifm/ruleset-plans/', { name, ruleset_yaml: yaml, ...more })
      if (made.status !== 201) throw new Error(`the plan was not made: ${made.status} ${made.text}`)
      return made.json.name as string
    },
    mask: (plan, body, headers) => call('POST', `/ifm/ruleset-plans/${plan}/mask/`, body, headers),
    async traces() {
      const metrics = await call('GET', '/metrics')
      const stats = await call('GET', '/ifm/stats/')
      return [out.text, err.text, metrics.text, stats.text, ...filesBelow(folder).map((file) => readFileSync(file, 'latin1'))].join('\n')
    },
  }
}

export const CUSTOMER = `version: "1.0"
rules:
- hash_sources: [{json_path: [customer_id]}]
  masks:
  - type: json
    transforms:
    - {path: [first_name], masks: [{type: from_file, seed_file: DataMasque_firstNames_mixed.csv, seed_column: firstname-mixed}]}
    - {path: [last_name], masks: [{type: from_file, seed_file: DataMasque_lastNames_v2.csv}]}
    - {path: [email], masks: [{type: email}]}
    - {path: [date_of_birth], masks: [{type: from_random_date, min: "1950-01-01", max: "2005-12-31"}]}
    - {path: [account_balance], masks: [{type: from_random_number, min: 100, max: 9000, decimal_places: 2}, {type: typecast, typecast_as: decimal}]}
    - {path: [customer_id], masks: [{type: imitate_unique}]}
`
export const SARAH =
  '{"customer_id": "12345", "first_name": "Sarah", "last_name": "Mitchell", "email": "sarah.mitchell@example.com", "date_of_birth": "1984-07-22", "account_balance": 4823.50, "account_status": "active"}'

/** One rule on one key, with its own text as hash source. */
export const IMITATE = 'version: "1.0"\nrules:\n- {keys: [id], masks: [{type: imitate}]}\n'
export const REPLACE = 'version: "1.0"\nrules:\n- masks: [{type: replace_regex, regex: "[0-9]", masks: [{type: from_fixed, value: "#"}]}]\n'
export const REDACT = 'version: "1.0"\nrules:\n- {keys: [secret], masks: [{type: redact}]}\n'
