// The command as it is installed: bundled, in processes of its own, with threads for large bodies.
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import type { Server } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildInto } from '../support/build.ts'
import { caller, CUSTOMER, IMITATE, REDACT, SECRET } from './support.ts'
import type { Call } from './support.ts'

let folder: string
let count = 0
const children: ChildProcess[] = []
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mask-logs-'))
  buildInto(folder)
})
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const bin = (): string => join(folder, 'dist/src/bin.cjs')
const place = (): string => {
  const at = join(folder, `run-${count++}`)
  mkdirSync(at)
  return at
}

interface Running {
  readonly child: ChildProcess
  readonly url: string
  readonly out: () => string
  readonly err: () => string
  readonly exit: Promise<number | null>
}

/** Starts the command; settles when it listens, or fails with what it says when it ends before. */
async function serve(at: string, settings: string, env: Record<string, string> = {}, options: object = {}): Promise<Running> {
  writeFileSync(join(at, 'settings.yaml'), `listen: 127.0.0.1:0\n${settings}`)
  const child = spawn(process.execPath, [bin(), 'serve', '--config', 'settings.yaml'], {
    cwd: at,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  })
  children.push(child)
  let [out, err] = ['', '']
  child.stdout!.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  const exit = new Promise<number | null>((done) => child.on('close', (code) => done(code)))
  const url = await new Promise<string>((done, failed) => {
    child.stderr!.on('data', (chunk: Buffer) => {
      err += chunk.toString()
      const found = /"message":"listening","url":"([^"]+)"/.exec(err)?.[1]
      if (found !== undefined) done(found)
    })
    void exit.then((code) => failed(new Error(`exit ${code}: ${err}`)))
    setTimeout(() => failed(new Error(`it does not listen: ${err}`)), 20_000).unref()
  })
  return { child, url, out: () => out, err: () => err, exit }
}

const run = (args: readonly string[], options: object = {}) =>
  spawnSync(process.execPath, [bin(), ...args], { encoding: 'utf8', timeout: 20_000, cwd: folder, env: { PATH: process.env['PATH'] ?? '' }, ...options })
const call = (server: Running, authorization?: string): Call =>
  caller(
    () => server.url,
    () => authorization,
  )
const openCall = (server: Running): Call => call(server)

describe('the first start', () => {
  it('makes an administrator, shows the password once, and keeps the key', async () => {
    const at = place()
    const one = await serve(at, '')
    const password = /with the user 'admin'|the password (\S+)/.exec(
      one
        .err()
        .split('\n')[0]!
        .replace(/.*the password /, 'the password '),
    )?.[1]
    expect(password).toMatch(/^[A-Za-z0-9_-]{24}$/)
    expect(one.err().split(password!).length).toBe(2)
    for (const name of ['users.yaml', 'jwt.key']) expect(statSync(join(at, 'mask-logs-data', name)).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(at, 'mask-logs-data/users.yaml'), 'utf8')).not.toContain(password)
    const login = await openCall(one)('POST', '/api/auth/jwt/login/', { username: 'admin', password })
    expect(login.status).toBe(200)
    one.child.kill('SIGTERM')
    expect(await one.exit).toBe(0)
    const two = await serve(at, '')
    expect(two.err()).not.toContain('password')
    // tokens outlive a restart
    expect((await call(two, `Bearer ${login.json.access_token}`)('GET', '/ifm/verify-token/')).status).toBe(200)
    expect(one.out() + two.out() + two.err()).not.toContain(password)
    expect(one.out()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC - 127\.0\.0\.1 \(Unknown User\) - "POST \/api\/auth\/jwt\/login\/" 200\n$/)
    two.child.kill('SIGINT')
    expect(await two.exit).toBe(0)
  })

  it('takes the password from the environment', async () => {
    const one = await serve(place(), '', { MASK_LOGS_ADMIN_PASSWORD: 'from the environment' })
    expect(one.err()).not.toContain('from the environment')
    expect((await openCall(one)('POST', '/api/auth/jwt/login', { username: 'admin', password: 'from the environment' })).status).toBe(200)
    one.child.kill('SIGTERM')
    await one.exit
  })

  it('says everything that is wrong with its settings, with place and nearest name, and ends with 2', () => {
    const at = place()
    writeFileSync(join(at, 's.yaml'), 'listen: here\nmax_recrods: 5\nworkers: many\nai_engine:\n  timeot: 3s\nauth: none\n')
    const { status, stderr } = run(['serve', '--config', 's.yaml'], { cwd: at })
    expect(status).toBe(2)
    expect(stderr.trim().split('\n')).toEqual([
      "mask-logs: s.yaml:2:1 unknown key 'max_recrods' (did you mean 'max_records'?)",
      "mask-logs: s.yaml:3:10 'workers' must be a whole number from 0 to 256",
      "mask-logs: s.yaml:5:3 unknown key 'timeot' in 'ai_engine' (did you mean 'timeout'?)",
    ])
    writeFileSync(join(at, 's.yaml'), 'listen: here\n')
    expect(run(['serve', '--config', 's.yaml'], { cwd: at }).stderr).toBe("mask-logs: s.yaml:1:9 'listen' must be an address and a port, such as 127.0.0.1:8080\n")
    expect(run(['serve', '--config', 'none.yaml'], { cwd: at }).stderr).toBe('mask-logs: none.yaml: the settings file cannot be read\n')
    expect(run(['serve'], { cwd: at, env: { MASK_LOGS_AUTH: 'none', MASK_LOGS_LISTEN: '0.0.0.0:1' } })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("'none' works on a loopback address only") as string,
    })
    expect(run(['serve'], { cwd: at, env: { MASK_LOGS_TIMEOUTS_BODY: 'long' } }).stderr).toBe('mask-logs: MASK_LOGS_TIMEOUTS_BODY: must be a time such as 10s, 500ms or 2m\n')
  })

  it('hashes passwords and makes tokens', () => {
    const hashed = run(['hash-password'], { input: 'correct horse\n' })
    expect([hashed.status, hashed.stdout]).toEqual([0, expect.stringMatching(/^\$scrypt\$ln=17,r=8,p=1\$[^$]+\$[^$]+\n$/)])
    expect(run(['hash-password'], { input: 'short\n' }).status).toBe(2)
    const made = run(['new-token'])
    expect(made.stdout).toMatch(/^mlt_[A-Za-z0-9_-]{43}\n\n# .*\ntokens:\n- \{name: my-service, role: mask_runner, sha256: "[0-9a-f]{64}", plans: \["\*"\]\}\n$/)
  })

  it('leaves the start of the other commands as it was: the server is not loaded', () => {
    const { stderr } = run(['--version'], { env: { NODE_DEBUG: 'module' } })
    expect(stderr).toContain('bin.cjs')
    expect(stderr).not.toContain('transports')
  })

  it('carries the licences of what is in the bundle', () => {
    const text = readFileSync(join(folder, 'dist/transports/server/THIRD-PARTY-LICENSES.txt'), 'utf8')
    for (const name of ['fastify 5', 'jose 6', 'ajv 8', 'prom-client 15', '@fastify/multipart', '@fastify/swagger-ui']) expect(text).toContain(name)
  })

  it('runs without its packages, but for those that the core needs', async () => {
    // a copy that sees nothing but yaml and re2js
    const alone = mkdtempSync(join(tmpdir(), 'mask-logs-alone-'))
    const { cpSync, symlinkSync } = await import('node:fs')
    for (const name of ['dist', 'rulesets', 'package.json']) cpSync(join(folder, name), join(alone, name), { recursive: true })
    mkdirSync(join(alone, 'node_modules'))
    for (const name of ['yaml', 're2js']) symlinkSync(join(import.meta.dirname, '../../node_modules', name), join(alone, 'node_modules', name), 'dir')
    const child = spawn(process.execPath, [join(alone, 'dist/src/bin.cjs'), 'serve'], {
      cwd: alone,
      env: { MASK_LOGS_AUTH: 'none', MASK_LOGS_LISTEN: '127.0.0.1:0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    children.push(child)
    let err = ''
    const url = await new Promise<string>((done, failed) => {
      child.stderr.on('data', (chunk: Buffer) => {
        err += chunk.toString()
        const found = /"url":"([^"]+)"/.exec(err)?.[1]
        if (found !== undefined) done(found)
      })
      child.on('close', () => failed(new Error(err)))
    })
    const open = caller(
      () => url,
      () => undefined,
    )
    const { name } = (
      await open('POST', '/ifm/ruleset-plans/', {
        name: 'x',
        ruleset_yaml: REDACT,
        schema: { type: 'object', properties: { m: { type: 'string', format: 'email', minLength: 3 }, l: { uniqueItems: true }, n: { multipleOf: 0.5 } } },
      })
    ).json
    expect((await open('POST', `/ifm/ruleset-plans/${name}/mask/`, { data: [{ secret: 1, m: 'ann@shop.example', l: [{ a: 1 }, { a: 2 }] }] })).json.data[0].secret).toBe(
      '[REDACTED]',
    )
    expect((await open('POST', `/ifm/ruleset-plans/${name}/mask/`, { data: [{ m: '@', l: [{ a: 1 }, { a: 1 }] }] })).status).toBe(422)
    for (const path of ['/', '/ifm/docs/', '/ifm/docs/swagger-ui-bundle.js', '/metrics']) expect((await open('GET', path)).status).toBe(200)
    child.kill('SIGTERM')
    rmSync(alone, { recursive: true, force: true })
  })
})

describe('a server with threads', () => {
  let server: Running
  let open: Call
  let engine: Server
  let asked: { url: string; body: string }[] = []
  let answer: { status: number; body: string; headers?: Record<string, string>; delay?: number } = { status: 200, body: '{"spans":[]}' }

  beforeAll(async () => {
    engine = createHttp((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      request.on('end', () => {
        asked.push({ url: request.url ?? '', body })
        setTimeout(() => response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(answer.body), answer.delay ?? 0)
      })
    })
    await new Promise<void>((done) => engine.listen(0, '127.0.0.1', done))
    const port = (engine.address() as AddressInfo).port
    server = await serve(place(), `auth: none\nworkers: 2\nai_engine: {url: "http://127.0.0.1:${port}/base/", allowed_urls: ["http://127.0.0.1:${port}"], timeout: 3s}\n`)
    open = openCall(server)
  })
  afterAll(async () => {
    server.child.kill('SIGTERM')
    await server.exit
    engine.closeAllConnections()
    engine.close()
  })
  const plan = async (name: string, yaml: string, more: object = {}): Promise<string> =>
    (await open('POST', '/ifm/ruleset-plans/', { name, ruleset_yaml: yaml, ...more })).json.name as string
  const mask = (name: string, body: unknown) => open('POST', `/ifm/ruleset-plans/${name}/mask/`, body)

  it('masks large bodies as it masks small ones', async () => {
    const name = await plan('large', CUSTOMER)
    const records = Array.from({ length: 2000 }, (_, i) => ({
      customer_id: String(i),
      first_name: 'Sarah',
      last_name: 'Mitchell',
      email: `s${i}@example.com`,
      date_of_birth: '1984-07-22',
      account_balance: 4823.5,
    }))
    const large = await mask(name, { data: records, run_secret: SECRET, request_id: 'large' })
    expect([large.status, large.json.request_id, large.headers.get('x-request-id'), large.json.data.length]).toEqual([200, 'large', 'large', 2000])
    for (const i of [0, 999, 1999]) expect((await mask(name, { data: [records[i]], run_secret: SECRET })).json.data[0]).toEqual(large.json.data[i])
    // the newest version, also there
    await open('PUT', `/ifm/ruleset-plans/${name}/`, { ruleset_yaml: 'version: "1.0"\nrules:\n- {keys: [email], masks: [{type: redact}]}\n' })
    const changed = (await mask(name, { data: records })).json
    expect([changed.ruleset_plan.serial, changed.data[7].email, changed.data[7].customer_id]).toEqual([1, '[REDACTED]', '7'])
    const metrics = (await open('GET', '/metrics')).text
    // a value that a permutation leaves as it is was not masked
    const masks = large.json.data as Record<string, unknown>[]
    const differing = (i: number): number => Object.entries(records[i]!).filter(([key, value]) => masks[i]![key] !== value).length
    const masked = 2000 + [...records.keys(), 0, 999, 1999].reduce((sum, i) => sum + differing(i), 0)
    expect(metrics).toContain(`mask_logs_masked_values_total{plan="${name}",rule="rules[0]",detector=""} ${masked}`)
  })

  it('refuses there what it refuses here', async () => {
    const name = await plan('refusals', REDACT, { schema: { type: 'object' } })
    const pad = 'x'.repeat(70_000)
    expect((await mask(name, { data: [pad, {}] })).json.detail).toEqual([{ loc: ['body', 'data', 0], msg: 'has another type', type: 'schema.type' }])
    expect((await mask(name, `{"data":[{"a":"${pad}"}],}`)).json.error).toMatch(/^Invalid JSON at byte \d+\.$/)
    expect((await mask(name, { data: [{ a: pad }], run_secret: 'short' })).status).toBe(400)
    const soft = await plan('soft', 'version: "1.0"\nrules:\n- {paths: [a], masks: [{type: replace_regex, regex: x, masks: [{type: redact}]}]}\n')
    expect((await mask(soft, { data: [{ a: 1, b: pad }] })).json).toMatchObject({ ruleset_plan: { name: soft }, logs: [{ code: 'non_string_value' }] })
  })

  it('asks the AI engine, and takes nothing but a usable answer', async () => {
    const yaml =
      'version: "1.0"\nrules:\n- {paths: [note], masks: [{type: unstructured_text, matchers: {ai_detect: [{label: WHO, annotation_config: {use_preset: FULL_NAME}}]}, masks: [{label: WHO, masks: [{type: redact}]}]}]}\n'
    const name = await plan('ai', yaml)
    const data = [{ note: '😀 Ann was here', other: 'not sent' }]
    asked = []
    answer = { status: 200, body: '{"spans":[[{"start":2,"end":5,"label":"WHO"}]]}' }
    expect((await mask(name, { data })).json.data).toEqual([{ note: '😀 [REDACTED] was here', other: 'not sent' }])
    expect(asked).toEqual([{ url: '/base/v1/detect', body: JSON.stringify({ texts: ['😀 Ann was here'], labels: [{ label: 'WHO', preset: 'FULL_NAME' }] }) }])
    // of the request
    const port = (engine.address() as AddressInfo).port
    expect((await mask(name, { data, ai_engine_url: `http://127.0.0.1:${port}` })).status).toBe(200)
    expect(asked[1]?.url).toBe('/v1/detect')
    const failures: (typeof answer)[] = [
      { status: 302, body: '', headers: { location: `http://127.0.0.1:${port}/v1/detect` } },
      { status: 500, body: 'Ann' },
      { status: 200, body: 'Ann was here' },
      { status: 200, body: '{"spans":[[{"start":2,"end":500,"label":"WHO"}]]}' },
      { status: 200, body: '{"spans":[[{"start":2,"end":5,"label":"WHO"}]]}', delay: 6000 },
    ]
    for (const one of failures) {
      answer = one
      asked = []
      const soft = await mask(name, { data })
      expect([soft.status, soft.json.logs[0].code, asked.length], JSON.stringify(one)).toEqual([400, 'ai_engine_unavailable', 1])
      expect(soft.text).not.toContain('Ann')
    }
    expect(server.err() + server.out()).not.toContain('Ann')
  })

  it('gives up on masking that takes too long, and goes on', async () => {
    const port = (engine.address() as AddressInfo).port
    const hasty = await serve(place(), `auth: none\nworkers: 1\nai_engine: {url: "http://127.0.0.1:${port}"}\ntimeouts: {masking: 3s}\n`)
    const ask = openCall(hasty)
    const yaml =
      'version: "1.0"\nrules:\n- {paths: ["**.note"], masks: [{type: unstructured_text, matchers: {ai_detect: [{label: WHO, annotation_config: {use_preset: FULL_NAME}}]}, masks: [{label: WHO, masks: [{type: redact}]}]}]}\n'
    const { name } = (await ask('POST', '/ifm/ruleset-plans/', { name: 'slow', ruleset_yaml: yaml })).json
    answer = { status: 200, body: '{"spans":[[]]}', delay: 1000 }
    const late = await ask('POST', `/ifm/ruleset-plans/${name}/mask/`, { data: Array.from({ length: 10 }, (_, i) => ({ note: `note ${i}` })) })
    expect([late.status, late.json, late.headers.get('retry-after')]).toEqual([503, { error: 'Masking took too long.' }, '1'])
    answer = { status: 200, body: '{"spans":[[]]}' }
    expect((await ask('POST', `/ifm/ruleset-plans/${name}/mask/`, { data: [{ note: 'x' }] })).status).toBe(200)
    hasty.child.kill('SIGTERM')
    await hasty.exit
  })
})

describe('18: the end', () => {
  it('answers everything that it has accepted, and exits with 0', { timeout: 60_000 }, async () => {
    const server = await serve(place(), 'auth: none\n')
    const open = openCall(server)
    const { name } = (await open('POST', '/ifm/ruleset-plans/', { name: 'x', ruleset_yaml: IMITATE })).json
    const body = JSON.stringify({ data: Array.from({ length: 300 }, (_, i) => ({ id: `customer-${i}` })) })
    let ending = false
    const ends: string[] = []
    const clients = Array.from({ length: 8 }, async () => {
      for (;;) {
        try {
          const { status, json } = await open('POST', `/ifm/ruleset-plans/${name}/mask/`, body)
          ends.push(status === 200 && json.data.length === 300 ? 'answered' : `wrong ${status}`)
        } catch (error) {
          const cause = (error as { cause?: { code?: string } }).cause?.code
          // nobody listens any more; a request that was accepted is not cut off
          ends.push(cause === 'ECONNREFUSED' || (ending && cause === 'UND_ERR_SOCKET') || (ending && cause === 'ECONNRESET') ? 'refused' : `lost ${cause}`)
          return
        }
      }
    })
    for (let i = 0; i < 400 && ends.length < 30; i++) await new Promise((done) => setTimeout(done, 25))
    ending = true
    server.child.kill('SIGTERM')
    expect(await server.exit).toBe(0)
    await Promise.all(clients)
    expect(ends.filter((end) => end !== 'answered' && end !== 'refused')).toEqual([])
    expect(ends.filter((end) => end === 'answered').length).toBeGreaterThan(20)
  })

  it('turns away from readiness first, and ends at once at the second signal', async () => {
    const server = await serve(place(), 'auth: none\ndrain_delay: 10s\n')
    const open = openCall(server)
    server.child.kill('SIGTERM')
    let ready = await open('GET', '/api/readiness/')
    for (let i = 0; i < 40 && ready.status === 200; i++) {
      await new Promise((done) => setTimeout(done, 25))
      ready = await open('GET', '/api/readiness/')
    }
    expect([ready.status, ready.json, ready.headers.get('connection')]).toEqual([503, { status: 'draining' }, 'close'])
    expect((await open('GET', '/ifm/verify-token/')).status).toBe(200)
    server.child.kill('SIGTERM')
    expect(await server.exit).toBe(1)
  })

  it('leaves no plan torn when it is killed while it writes (17)', async () => {
    const at = place()
    let server = await serve(at, 'auth: none\n')
    const open: Call = caller(
      () => server.url,
      () => undefined,
    )
    const fixed = (value: string): string => `version: "1.0"\nrules:\n- {keys: [a], masks: [{type: from_fixed, value: "${value}"}]}\n# ${'x'.repeat(20_000)}\n`
    const { name } = (await open('POST', '/ifm/ruleset-plans/', { name: 'torn', ruleset_yaml: fixed('v0') })).json
    let confirmed = 0
    for (let round = 0; round < 3; round++) {
      const { child, exit } = server
      const begun = confirmed
      try {
        for (let i = confirmed + 1; ; i++) {
          // somewhere in the middle of a change
          if (i === begun + 3) setTimeout(() => child.kill('SIGKILL'), 3 + 7 * round)
          confirmed = (await open('PUT', `/ifm/ruleset-plans/${name}/`, { ruleset_yaml: fixed(`v${i}`) })).json.serial
        }
      } catch {
        await exit
      }
      server = await serve(at, 'auth: none\n')
      const plan = (await open('GET', `/ifm/ruleset-plans/${name}/`)).json
      // what was answered is there; at most the change under way is too
      expect([confirmed, confirmed + 1]).toContain(plan.serial)
      expect(plan.ruleset_yaml).toBe(fixed(`v${plan.serial}`))
      expect((await open('POST', `/ifm/ruleset-plans/${name}/mask/`, { data: [{ a: 1 }] })).json).toMatchObject({
        ruleset_plan: { serial: plan.serial },
        data: [{ a: `v${plan.serial}` }],
      })
      confirmed = plan.serial
    }
    server.child.kill('SIGTERM')
    await server.exit
    expect(confirmed).toBeGreaterThan(0)
    const left = readdirSync(join(at, 'mask-logs-data/plans')).filter((file) => !file.endsWith('.tmp') && !file.endsWith('.lock'))
    expect(left.sort()).toEqual([`${name}.json`, `${name}.yaml`])
  })
})

const openssl = spawnSync('openssl', ['version']).status === 0
describe('TLS', () => {
  it.skipIf(!openssl)(`serves HTTPS with a certificate of its own${openssl ? '' : ' (skipped: there is no openssl here to make one)'}`, async () => {
    const at = place()
    const made = spawnSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-keyout',
        'key.pem',
        '-out',
        'cert.pem',
        '-days',
        '2',
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
      ],
      { cwd: at },
    )
    expect(made.status).toBe(0)
    const server = await serve(at, 'auth: none\ntls: {cert: cert.pem, key: key.pem}\n')
    expect(server.url).toMatch(/^https:/)
    const get = (options: object): Promise<string> =>
      new Promise((done, failed) => {
        const request = httpsRequest(`${server.url}/api/healthcheck/`, { ca: readFileSync(join(at, 'cert.pem')), ...options }, (response) =>
          response.on('data', (chunk: Buffer) => done(chunk.toString())),
        )
        request.on('error', failed)
        request.end()
      })
    expect(await get({})).toBe('{"status":"ok"}')
    await expect(get({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow()
    server.child.kill('SIGTERM')
    expect(await server.exit).toBe(0)
  })
})

// root may write everywhere: then the server runs as somebody else
const root = process.getuid?.() === 0
describe('a directory that cannot be written', () => {
  it('serves its plans, and refuses to change them', async () => {
    const at = place()
    const data = join(at, 'mask-logs-data')
    mkdirSync(join(data, 'plans'), { recursive: true })
    writeFileSync(join(data, 'plans/given.yaml'), REDACT)
    writeFileSync(join(at, 'settings.yaml'), '')
    if (root) chmodSync(folder, 0o755)
    else for (const path of [join(data, 'plans'), data]) chmodSync(path, 0o555)
    const other = root ? { uid: 65534, gid: 65534 } : {}
    const reaches = spawnSync(process.execPath, [bin(), '--version'], { ...other, cwd: at }).status === 0
    if (!reaches) return void process.stderr.write('not tested: another user does not reach the build\n')
    const server = await serve(at, 'auth: none\n', {}, other)
    const open = openCall(server)
    expect((await open('POST', '/ifm/ruleset-plans/given/mask/', { data: [{ secret: 1 }] })).json.data).toEqual([{ secret: '[REDACTED]' }])
    const denied = { error: 'Plan storage is read-only.' }
    for (const [method, path, body] of [
      ['POST', '/ifm/ruleset-plans/', { name: 'x', ruleset_yaml: REDACT }],
      ['PUT', '/ifm/ruleset-plans/given/', { ruleset_yaml: REDACT }],
      ['DELETE', '/ifm/ruleset-plans/given/', undefined],
    ] as const) {
      const answer = await open(method, path, body)
      expect([answer.status, answer.json], method).toEqual([403, denied])
    }
    server.child.kill('SIGTERM')
    await server.exit
    // without users there is nobody to log in
    await expect(serve(at, '', {}, other)).rejects.toThrow(/exit 2: .*there is no users file, and it cannot be written/)
    expect(existsSync(join(data, 'users.yaml'))).toBe(false)
    if (!root) for (const path of [data, join(data, 'plans')]) chmodSync(path, 0o755)
  })
})

describe('findings', () => {
  it('of bodies that are masked in threads are told like those of others', async () => {
    const at = place()
    const server = await serve(at, 'auth: none\nworkers: 1\nfindings: f.ndjson\n')
    const api = call(server)
    const ruleset_yaml = 'version: "1.0"\nrules:\n- {name: names, keys: [name], masks: [{type: redact}]}\n'
    const { name } = (await api('POST', '/ifm/ruleset-plans/', { name: 'big', ruleset_yaml })).json
    const data = Array.from({ length: 2000 }, () => ({ name: 'canary-7f3a9c51e0', note: 'x'.repeat(30) }))
    const large = await api('POST', `/ifm/ruleset-plans/${name}/mask/`, { request_id: 'large', data })
    const small = await api('POST', `/ifm/ruleset-plans/${name}/mask/`, { request_id: 'small', data: data.slice(0, 2) })
    expect([large.status, small.status]).toEqual([200, 200])
    server.child.kill('SIGTERM')
    expect(await server.exit).toBe(0)
    const text = readFileSync(join(at, 'f.ndjson'), 'utf8')
    expect(text).not.toContain('canary')
    const told = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    const of = (json: { request_id: string }): unknown[] => told.filter(({ request_id }) => request_id === json.request_id).map(({ record }) => record)
    expect(of(large.json)).toEqual(data.map((_, k) => k))
    expect(of(small.json)).toEqual([0, 1])
    expect(told.every(({ source, path, rule }) => source === `ifm/${name}` && path === 'name' && rule === 'names')).toBe(true)
  })
})
