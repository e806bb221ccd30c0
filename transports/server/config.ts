// Settings of the server: a YAML file, the environment above it, defaults below. docs/server.md lists them.

import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { Problems, readYaml, scalarOf, wanted } from './yaml-file.ts'
import type { Shape } from './yaml-file.ts'

const text: Shape = { kind: 'string' }
const file: Shape = text
const flag: Shape = { kind: 'boolean' }
const time: Shape = { kind: 'duration' }
const strings: Shape = { kind: 'strings' }

const AUTH = {
  users_file: file,
  jwt_key_file: { kind: 'either', of: [file, strings], what: 'a file, or a list of two' },
} as const satisfies Record<string, Shape>

/** Every key of the file. */
export const SETTINGS = {
  listen: text,
  data_dir: file,
  seed_dirs: strings,
  auth: {
    kind: 'either',
    of: [
      { kind: 'string', enum: ['none'] },
      { kind: 'object', fields: AUTH },
    ],
    what: "a mapping with users_file and jwt_key_file, or 'none'",
  },
  public_url: text,
  trusted_proxies: strings,
  cors_origins: strings,
  default_run_secret: { kind: 'string', enum: ['none', 'environment', 'file'] },
  run_secret_file: file,
  instance_secret_file: file,
  ai_engine: { kind: 'object', fields: { url: text, allowed_urls: strings, timeout: time } },
  metrics_public: flag,
  access_log: { kind: 'string', enum: ['text', 'json', 'off'] },
  log_level: { kind: 'string', enum: ['debug', 'info', 'warn', 'error'] },
  max_body_bytes: { kind: 'integer', min: 1024, max: 1 << 28 },
  max_records: { kind: 'integer', min: 1 },
  max_plans: { kind: 'integer', min: 1 },
  max_concurrent: { kind: 'integer', min: 1 },
  rate_limit: { kind: 'object', fields: { per_second: { kind: 'number', min: 0.001 }, burst: { kind: 'integer', min: 1 } }, required: ['per_second'] },
  timeouts: { kind: 'object', fields: { headers: time, body: time, masking: time } },
  drain_delay: time,
  shutdown_timeout: time,
  workers: { kind: 'integer', min: 0, max: 256 },
  findings: text,
  tls: { kind: 'object', fields: { cert: file, key: file, client_ca: file }, required: ['cert', 'key'] },
} as const satisfies Record<string, Shape>

/** Settings as they are in force. Times in milliseconds, paths absolute. */
export interface Settings {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly seedDirs: readonly string[]
  /** `none`: every request counts as an administrator's. */
  readonly auth: 'none' | { readonly usersFile: string; readonly usersFileGiven: boolean; readonly jwtKeyFiles: readonly string[]; readonly jwtKeyGiven: boolean }
  readonly publicUrl: string | undefined
  readonly trustedProxies: readonly string[]
  readonly corsOrigins: readonly string[]
  /** For requests without one. */
  readonly runSecret: string | undefined
  readonly instanceSecret: string | undefined
  readonly jwtKey: string | undefined
  readonly adminPassword: string | undefined
  readonly aiEngine: { readonly url: string | undefined; readonly allowedUrls: readonly string[]; readonly timeout: number }
  readonly metricsPublic: boolean
  readonly accessLog: 'text' | 'json' | 'off'
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
  readonly maxBodyBytes: number
  readonly maxRecords: number
  readonly maxPlans: number
  readonly maxConcurrent: number
  readonly rateLimit: { readonly perSecond: number; readonly burst: number } | undefined
  readonly timeouts: { readonly headers: number; readonly body: number; readonly masking: number }
  readonly drainDelay: number
  readonly shutdownTimeout: number
  readonly workers: number
  /** A path or a descriptor. */
  readonly findings: string | number | undefined
  /** PEM. */
  readonly tls: { readonly cert: Buffer; readonly key: Buffer; readonly clientCa: Buffer | undefined } | undefined
}

export type Environment = Readonly<Record<string, string | undefined>>

interface Raw {
  listen?: string
  data_dir?: string
  seed_dirs?: string[]
  auth?: 'none' | { users_file?: string; jwt_key_file?: string | string[] }
  public_url?: string
  trusted_proxies?: string[]
  cors_origins?: string[]
  default_run_secret?: 'none' | 'environment' | 'file'
  run_secret_file?: string
  instance_secret_file?: string
  ai_engine?: { url?: string; allowed_urls?: string[]; timeout?: number }
  metrics_public?: boolean
  access_log?: 'text' | 'json' | 'off'
  log_level?: 'debug' | 'info' | 'warn' | 'error'
  max_body_bytes?: number
  max_records?: number
  max_plans?: number
  max_concurrent?: number
  rate_limit?: { per_second: number; burst?: number }
  timeouts?: { headers?: number; body?: number; masking?: number }
  drain_delay?: number
  shutdown_timeout?: number
  workers?: number
  findings?: string
  tls?: { cert: string; key: string; client_ca?: string }
}

/** Names of environment variables that are read as settings, with the path of each. */
export function environmentNames(): { readonly name: string; readonly path: readonly string[]; readonly shape: Shape }[] {
  const out: { name: string; path: string[]; shape: Shape }[] = []
  const visit = (fields: Readonly<Record<string, Shape>>, path: readonly string[]): void => {
    for (const [key, shape] of Object.entries(fields)) {
      const to = [...path, key]
      const shapes = shape.kind === 'either' ? shape.of : [shape]
      for (const one of shapes) {
        if (one.kind === 'object') visit(one.fields, to)
        else if (one.kind !== 'strings' && one.kind !== 'list')
          out.push({ name: `MASK_LOGS_${to.join('_').toUpperCase()}`, path: to, shape: one.kind === 'string' && one.enum === undefined && shape.kind === 'either' ? text : one })
      }
    }
  }
  visit(SETTINGS, [])
  return out
}

/** A scalar of the environment under its shape. */
function fromEnvironment(value: string, shape: Shape): unknown {
  if (shape.kind === 'boolean') return value === 'true' ? true : value === 'false' ? false : undefined
  if (shape.kind === 'integer' || shape.kind === 'number') return value.trim() === '' ? undefined : scalarOf(Number(value), shape)
  return scalarOf(value, shape)
}

/**
 * Reads the settings: `config` is the path of a file, or its content as an object; `env` counts above it. Throws SettingsError with every
 * problem, and with the place of those that are in the file.
 */
export function readSettings(config: string | object | undefined, env: Environment, cwd: string): Settings {
  const problems = new Problems()
  const source = typeof config === 'string' ? config : 'settings'
  let raw: Raw = {}
  let at = (_: readonly (string | number)[]): { line: number; column: number } => ({ line: 0, column: 0 })
  if (config !== undefined) {
    let content: string
    if (typeof config === 'string') {
      try {
        content = readFileSync(resolve(cwd, config), 'utf8')
      } catch {
        problems.add(source, 0, 0, 'the settings file cannot be read')
        content = ''
      }
    } else content = JSON.stringify(config)
    const read = readYaml(source, content, { kind: 'object', fields: SETTINGS }, problems)
    raw = (read.value ?? {}) as Raw
    if (typeof config === 'string') at = read.at
  }
  problems.check()
  for (const { name, path, shape } of environmentNames()) {
    const given = env[name]
    if (given === undefined || given === '') continue
    const value = fromEnvironment(given, shape)
    if (value === undefined) {
      problems.add(name, 0, 0, `must be ${wanted(shape)}`)
      continue
    }
    let to = raw as Record<string, unknown>
    for (const part of path.slice(0, -1)) {
      if (typeof to[part] !== 'object') to[part] = {}
      to = to[part] as Record<string, unknown>
    }
    to[path[path.length - 1]!] = value
  }

  const wrong = (path: readonly string[], words: string): void => {
    const { line, column } = at(path)
    problems.add(source, line, column, `'${path.join('.')}' ${words}`)
  }
  const absolute = (name: string): string => resolve(cwd, name)
  const listen = /^(?:(\[[0-9a-f:.]+\]|[A-Za-z0-9.-]*):)?(\d{1,5})$/i.exec(raw.listen ?? '127.0.0.1:8080')
  if (listen === null || Number(listen[2]) > 65535) wrong(['listen'], 'must be an address and a port, such as 127.0.0.1:8080')
  const host = (listen?.[1] ?? '127.0.0.1').replace(/^\[|\]$/g, '') || '0.0.0.0'
  const dataDir = absolute(raw.data_dir ?? './mask-logs-data')

  let auth: Settings['auth']
  if (raw.auth === 'none') {
    auth = 'none'
    if (!isLoopback(host)) wrong(['auth'], "'none' works on a loopback address only: without logins everybody who reaches the port is an administrator")
  } else {
    const keys = raw.auth?.jwt_key_file
    const files = keys === undefined ? [join(dataDir, 'jwt.key')] : (Array.isArray(keys) ? keys : [keys]).map(absolute)
    if (files.length === 0 || files.length > 2) wrong(['auth', 'jwt_key_file'], 'takes one file or two')
    auth = {
      usersFile: raw.auth?.users_file === undefined ? join(dataDir, 'users.yaml') : absolute(raw.auth.users_file),
      usersFileGiven: raw.auth?.users_file !== undefined,
      jwtKeyFiles: files,
      jwtKeyGiven: keys !== undefined,
    }
  }
  for (const [path, url] of [
    [['public_url'], raw.public_url],
    [['ai_engine', 'url'], raw.ai_engine?.url],
    ...(raw.ai_engine?.allowed_urls ?? []).map((one): [string[], string] => [['ai_engine', 'allowed_urls'], one]),
  ] as [string[], string | undefined][]) {
    if (url !== undefined && httpUrl(url) === undefined) wrong(path, 'must be an http or https URL without a user name')
  }
  const secretFrom = (path: readonly string[], name: string): string | undefined => {
    try {
      return readFileSync(absolute(name), 'utf8').replace(/\r?\n$/, '')
    } catch {
      wrong(path, 'names a file that cannot be read')
      return undefined
    }
  }
  let runSecret: string | undefined
  if (raw.default_run_secret === 'environment') {
    runSecret = env['MASK_LOGS_RUN_SECRET']
    if (runSecret === undefined) wrong(['default_run_secret'], 'needs the environment variable MASK_LOGS_RUN_SECRET')
  } else if (raw.default_run_secret === 'file') {
    const name = raw.run_secret_file ?? env['MASK_LOGS_RUN_SECRET_FILE']
    if (name === undefined) wrong(['default_run_secret'], "needs 'run_secret_file', or the environment variable MASK_LOGS_RUN_SECRET_FILE")
    else runSecret = secretFrom(['run_secret_file'], name)
  }
  if (runSecret !== undefined) {
    const length = [...runSecret].length
    if (length < 20 || length > 256) wrong(['default_run_secret'], `names a run secret with ${length < 20 ? 'fewer than 20' : 'more than 256'} characters`)
  }
  const instanceFile = raw.instance_secret_file ?? env['MASK_LOGS_INSTANCE_SECRET_FILE']
  const instanceSecret = instanceFile === undefined || instanceFile === '' ? env['MASK_LOGS_INSTANCE_SECRET'] : secretFrom(['instance_secret_file'], instanceFile)
  const pem = (name: 'cert' | 'key' | 'client_ca'): Buffer | undefined => {
    const file = raw.tls?.[name]
    if (file === undefined) return undefined
    try {
      return readFileSync(absolute(file))
    } catch {
      wrong(['tls', name], 'names a file that cannot be read')
      return undefined
    }
  }
  const [cert, key, clientCa] = [pem('cert'), pem('key'), pem('client_ca')]
  const tls = cert === undefined || key === undefined ? undefined : { cert, key, clientCa }
  if (raw.tls !== undefined && tls === undefined && problems.lines.length === 0) wrong(['tls'], 'needs cert and key')
  raw.trusted_proxies?.forEach((one, i) => {
    const [address = '', bits] = one.split('/')
    const most = isIP(address) === 6 ? 128 : 32
    if (isIP(address) === 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most)))
      wrong(['trusted_proxies', String(i)], 'must be an address, or a network such as 10.0.0.0/8')
  })
  if (raw.findings === '0' || raw.findings === '1') wrong(['findings'], 'must be a file, or a descriptor from 2 on')
  const rate = raw.rate_limit
  const workers = raw.workers ?? workersOf(env['IN_FLIGHT_WORKERS']) ?? Math.max(1, availableParallelism() - 1)
  problems.check()
  return {
    host,
    port: Number(listen?.[2] ?? 0),
    dataDir,
    seedDirs: (raw.seed_dirs ?? []).map(absolute),
    auth,
    publicUrl: raw.public_url?.replace(/\/+$/, ''),
    trustedProxies: raw.trusted_proxies ?? [],
    corsOrigins: raw.cors_origins ?? [],
    runSecret,
    instanceSecret: instanceSecret === '' ? undefined : instanceSecret,
    jwtKey: env['MASK_LOGS_JWT_KEY'],
    adminPassword: env['MASK_LOGS_ADMIN_PASSWORD'],
    aiEngine: { url: raw.ai_engine?.url, allowedUrls: raw.ai_engine?.allowed_urls ?? [], timeout: raw.ai_engine?.timeout ?? 10_000 },
    metricsPublic: raw.metrics_public ?? false,
    accessLog: raw.access_log ?? 'text',
    logLevel: raw.log_level ?? 'info',
    maxBodyBytes: raw.max_body_bytes ?? 10 * 1024 * 1024,
    maxRecords: raw.max_records ?? 100_000,
    maxPlans: raw.max_plans ?? 10_000,
    maxConcurrent: raw.max_concurrent ?? 1000,
    rateLimit: rate === undefined ? undefined : { perSecond: rate.per_second, burst: rate.burst ?? Math.max(1, Math.ceil(rate.per_second)) },
    timeouts: { headers: raw.timeouts?.headers ?? 10_000, body: raw.timeouts?.body ?? 60_000, masking: raw.timeouts?.masking ?? 30_000 },
    drainDelay: raw.drain_delay ?? 0,
    shutdownTimeout: raw.shutdown_timeout ?? 25_000,
    workers,
    findings: raw.findings === undefined ? undefined : /^\d{1,5}$/.test(raw.findings) ? Number(raw.findings) : absolute(raw.findings),
    tls,
  }
}

function workersOf(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,3}$/.test(value) ? Number(value) : undefined
}

/** True for an address that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** An http or https URL without credentials, parsed; else undefined. */
export function httpUrl(text: string): URL | undefined {
  try {
    const url = new URL(text)
    return (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '' && url.password === '' && url.hostname !== '' ? url : undefined
  } catch {
    return undefined
  }
}
