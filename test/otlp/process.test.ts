// The command as a process: it starts, says so, reloads, works on several processors, and ends without losing what it has accepted.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { buildInto } from '../support/build.ts'
import { call, CANARY, grpcUpstream, httpUpstream, logsJson, post, secret, spans } from './support/proxy.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mask-logs-otlp-'))
  buildInto(folder)
  writeFileSync(join(folder, 'rules.yaml'), rules('A'))
  writeFileSync(join(folder, 'known'), `${CANARY}\n`)
  writeFileSync(join(folder, 'secret'), secret)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** Masks one attribute, and says by which version. */
const rules = (version: string): string => `version: "1.0"\nrules:\n- name: note\n  keys: [app.note]\n  masks: [{type: from_fixed, value: version-${version}}]\n`

interface Running {
  readonly child: ChildProcess
  readonly ready: { readonly http?: string; readonly grpc?: string; readonly admin?: string; readonly workers?: number }
  /** What it has written to stderr. */
  readonly err: () => string
  readonly ended: Promise<number | null>
}

async function start(...args: string[]): Promise<Running> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MASK_LOGS_')))
  const child = spawn(process.execPath, ['dist/src/bin.cjs', 'otlp', '-r', 'rules.yaml', '--run-secret-file', 'secret', '--known-secrets-file', 'known', ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let err = ''
  child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()))
  let out = ''
  child.stdout!.on('data', (chunk: Buffer) => (out += chunk.toString()))
  const ended = new Promise<number | null>((done) => child.on('close', (code) => done(code)))
  closers.push(async () => {
    child.kill('SIGKILL')
    await ended
    expect(out).toBe('')
    expect(err).not.toContain(CANARY)
  })
  await expect.poll(() => (child.exitCode === null ? err : 'ended'), { timeout: 15_000 }).toContain('"msg":"ready"')
  const ready = JSON.parse(err.split('\n').find((line) => line.includes('"msg":"ready"'))!) as Running['ready']
  return { child, ready, err: () => err, ended }
}

const json = { 'content-type': 'application/json' }

describe('mask-logs otlp', () => {
  it('masks over both transports, shows its health, and ends with 0', async () => {
    const [http, grpc] = [await httpUpstream(), await grpcUpstream()]
    closers.push(
      () => http.close(),
      () => grpc.close(),
    )
    const { ready, child, ended, err } = await start('--listen-http', ':0', '--listen-grpc', ':0', '--listen-admin', ':0', '--forward-http', http.url, '--forward-grpc', grpc.url)
    expect((await post(`http://${ready.http}/v1/traces`, spans(2, CANARY))).status).toBe(200)
    expect((await call(Number(ready.grpc!.split(':')[1]), 'traces', spans(2, CANARY))).code).toBe(0)
    for (const { body } of [...http.received, ...grpc.received]) {
      expect(body.includes('version-A')).toBe(true)
      expect(body.includes(CANARY)).toBe(false)
    }
    const get = async (path: string): Promise<{ status: number; body: string }> => {
      const { status, body } = await post(`http://${ready.admin}${path}`, '', {}, { method: 'GET' })
      return { status, body: body.toString() }
    }
    expect(await get('/healthz')).toEqual({ status: 200, body: '{"status":"ok"}' })
    expect(await get('/readyz')).toEqual({ status: 200, body: '{"status":"ready"}' })
    const { body } = await get('/metrics')
    for (const text of [
      'mask_logs_requests_total{transport="http",signal="traces",status="200"} 1',
      'mask_logs_requests_total{transport="grpc",signal="traces",status="0"} 1',
      'mask_logs_records_total{signal="traces"} 4',
      'mask_logs_masked_values_total{rule="note",detector=""} 4',
      'mask_logs_upstream_attempts_total{transport="grpc",outcome="0"} 1',
      'mask_logs_in_flight_bytes 0',
      'mask_logs_plan_serial 0',
      'process_resident_memory_bytes',
    ])
      expect(body).toContain(text)
    expect((await get('/other')).status).toBe(404)
    expect((await post(`http://${ready.admin}/metrics`, '')).status).toBe(405)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(err()).toContain('"msg":"ended"')
  })

  it.each([1, 2])('ends under load without losing what it has accepted, %i process(es)', async (workers) => {
    const to = await httpUpstream(() => ({ afterMs: 30 }))
    closers.push(() => to.close())
    const { ready, child, ended } = await start('--listen-http', ':0', '--forward-http', to.url, '--workers', String(workers))
    const agent = new Agent({ keepAlive: true, maxSockets: 20 })
    closers.push(() => agent.destroy())
    const body = logsJson(CANARY)
    const seen = { ok: 0, other: 0, refused: 0 }
    let stop = false
    const one = (): Promise<void> =>
      new Promise((done) => {
        const sent = request(`http://${ready.http}/v1/logs`, { method: 'POST', agent, headers: { ...json, 'content-length': body.length } }, (response) => {
          response.resume()
          response.on('end', () => {
            if (response.statusCode === 200) seen.ok++
            else seen.other++
            done()
          })
          response.on('error', () => (seen.other++, done()))
        })
        sent.on('error', () => (seen.refused++, (stop = true), done()))
        sent.end(body)
      })
    const clients = Array.from({ length: 20 }, async () => {
      while (!stop) await one()
    })
    await expect.poll(() => seen.ok).toBeGreaterThan(100)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    stop = true
    await Promise.all(clients)
    // whatever has reached the upstream was answered, and nothing was answered otherwise
    expect({ other: seen.other, unanswered: to.received.length - seen.ok }).toEqual({ other: 0, unanswered: 0 })
    for (const { body: arrived } of to.received) expect(arrived.includes(CANARY)).toBe(false)
  })

  it('is not ready any more while it ends, and ends with 1 at a second signal or when time is up', async () => {
    const to = await httpUpstream(() => ({ hang: true }))
    closers.push(() => to.close())
    for (const [more, twice] of [
      [[], true],
      [['--drain-timeout', '300ms'], false],
    ] as const) {
      const { ready, child, ended } = await start('--listen-http', ':0', '--forward-http', to.url, '--listen-admin', ':0', ...more)
      const before = to.received.length
      const lost = post(`http://${ready.http}/v1/logs`, logsJson('x'), json).catch(() => 'lost')
      await expect.poll(() => to.received.length).toBe(before + 1)
      child.kill('SIGTERM')
      if (twice) {
        await expect.poll(async () => (await post(`http://${ready.admin}/readyz`, '', {}, { method: 'GET' })).body.toString()).toBe('{"status":"draining"}')
        child.kill('SIGTERM')
      }
      expect(await ended).toBe(1)
      expect(await lost).toBe('lost')
    }
  })

  it.each([1, 2])('tells findings of both transports to one file, %i process(es)', async (workers) => {
    const [http, grpc] = [await httpUpstream(), await grpcUpstream()]
    closers.push(
      () => http.close(),
      () => grpc.close(),
    )
    const file = join(folder, `findings-${workers}.ndjson`)
    const { ready, child, ended } = await start(
      ...['--listen-http', ':0', '--listen-grpc', ':0', '--forward-http', http.url, '--forward-grpc', grpc.url],
      ...['--findings', file, '--workers', String(workers)],
    )
    for (let i = 0; i < 10; i++) {
      expect((await post(`http://${ready.http}/v1/traces`, spans(20, CANARY))).status).toBe(200)
      expect((await call(Number(ready.grpc!.split(':')[1]), 'traces', spans(20, CANARY))).code).toBe(0)
    }
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    const text = readFileSync(file, 'utf8')
    expect(text).not.toContain(CANARY)
    // each line whole, one for each value
    const events = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { rule: string; path: string; length: number; source: string })
    expect(events.length).toBe(400)
    expect(new Set(events.map(({ rule, path, length }) => `${rule} ${path} ${length}`))).toEqual(new Set([`note attributes["app.note"] ${CANARY.length}`]))
  })

  it('shares the port between workers, which mask alike, and sums their metrics', async () => {
    const to = await httpUpstream()
    closers.push(() => to.close())
    const { ready, child, ended, err } = await start('--listen-http', ':0', '--listen-admin', ':0', '--forward-http', to.url, '--workers', '2', '--watch')
    expect(ready.workers).toBe(2)
    for (let i = 0; i < 8; i++) expect((await post(`http://${ready.http}/v1/traces`, spans(1, 'x'))).status).toBe(200)
    const page = async (): Promise<string> => (await post(`http://${ready.admin}/metrics`, '', {}, { method: 'GET' })).body.toString()
    expect(await page()).toContain('mask_logs_requests_total{transport="http",signal="traces",status="200"} 8')
    expect(await page()).toContain('mask_logs_masked_values_total{rule="note",detector=""} 8')
    // both notice a loop of either
    const hop = String(to.received[0]!.headers['mask-logs-hop'])
    for (const { headers } of to.received) expect(headers['mask-logs-hop']).toBe(hop)
    expect((await post(`http://${ready.http}/v1/traces`, spans(1, 'x'), { 'mask-logs-hop': hop })).status).toBe(508)
    // and both take a new ruleset
    writeFileSync(join(folder, 'rules.yaml'), rules('B'))
    child.kill('SIGHUP')
    await expect.poll(() => err().split('"msg":"ruleset reloaded"').length, { timeout: 10_000 }).toBeGreaterThanOrEqual(3)
    to.received.splice(0)
    for (let i = 0; i < 4; i++) await post(`http://${ready.http}/v1/traces`, spans(1, 'x'))
    for (const { body } of to.received) expect(body.includes('version-B')).toBe(true)
    writeFileSync(join(folder, 'rules.yaml'), rules('A'))
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  })

  it('starts a worker again that has ended', async () => {
    const to = await httpUpstream()
    closers.push(() => to.close())
    const { ready, child, ended, err } = await start('--listen-http', ':0', '--forward-http', to.url, '--workers', '2')
    const worker = Number(
      spawnSync('ps', ['-o', 'pid=', '--ppid', String(child.pid)], { encoding: 'utf8' })
        .stdout.trim()
        .split('\n')[0],
    )
    if (worker > 0) {
      process.kill(worker, 'SIGKILL')
      await expect.poll(() => err()).toContain('a worker has ended by itself')
    }
    expect((await post(`http://${ready.http}/v1/traces`, spans(1, CANARY))).status).toBe(200)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  })

  it('has the same pseudonyms in all workers without a run secret', async () => {
    writeFileSync(join(folder, 'pseudo.yaml'), 'version: "1.0"\nrules:\n- keys: [app.note]\n  masks: [{type: pseudonym}]\n')
    const to = await httpUpstream()
    closers.push(() => to.close())
    const env = { PATH: process.env['PATH'] }
    const child = spawn(process.execPath, ['dist/src/bin.cjs', 'otlp', '-r', 'pseudo.yaml', '--listen-http', ':0', '--forward-http', to.url, '--workers', '2'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    closers.push(() => child.kill('SIGKILL'))
    let err = ''
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    await expect.poll(() => err, { timeout: 15_000 }).toContain('"msg":"ready"')
    expect(err).toContain('no run secret set')
    const port = (JSON.parse(err.split('\n').find((line) => line.includes('ready'))!) as { http: string }).http
    for (let i = 0; i < 6; i++) await post(`http://${port}/v1/traces`, spans(1, 'customer 4711'))
    expect(to.received.length).toBe(6)
    expect(new Set(to.received.map(({ body }) => body.toString('latin1'))).size).toBe(1)
    expect(to.received[0]!.body.includes('customer 4711')).toBe(false)
  })

  it.each([
    [['otlp'], 2, '--forward is missing'],
    [['otlp', '--forward-http', 'collector:4318'], 2, '--forward-http takes a URL'],
    [['otlp', '--listen-grpc', ':4317', '--forward-http', 'http://127.0.0.1:4318'], 2, '--listen-grpc needs --forward-grpc'],
    [['otlp', '--forward', 'http://127.0.0.1:1', '-r', 'rules.yaml', '--tls-cert', 'rules.yaml', '--tls-key', 'rules.yaml'], 2, 'must be PEM files'],
    [['otlp', '--forward', 'http://127.0.0.1:1', '-r', 'rules.yaml', '--tls-cert', 'none.pem', '--tls-key', 'none.pem'], 2, "--tls-cert: cannot read '"],
    [['otlp', '--forward', 'http://127.0.0.1:1', '--wait', 'long'], 2, '--wait takes a time'],
    [['otlp', '--forward', 'http://127.0.0.1:1', '--max-body-bytes', '1'], 2, '--max-body-bytes is a whole number from 1024'],
    [['otlp', '--forward', 'http://127.0.0.1:1', '-r', 'broken.yaml'], 3, 'broken.yaml:2:'],
    [['otlp', '--forward', 'http://127.0.0.1:1', '-r', 'broken.yaml', '--workers', '2'], 3, 'broken.yaml:2:'],
    [['otlp', '--forward', 'http://127.0.0.1:1', '--text'], 2, "--text does not go with 'otlp'"],
  ])('says what is wrong: %j', (args, code, text) => {
    writeFileSync(join(folder, 'broken.yaml'), 'version: "1.0"\nruls: []\n')
    const { status, stderr, stdout } = spawnSync(process.execPath, ['dist/src/bin.cjs', ...args], { cwd: folder, encoding: 'utf8', timeout: 20_000 })
    expect({ status, stdout }).toEqual({ status: code, stdout: '' })
    expect(stderr).toContain(text)
  })

  it.each([1, 2])('says that an address is taken, %i process(es)', async (workers) => {
    const taken = createServer().listen(0, '127.0.0.1')
    closers.push(() => taken.close())
    await new Promise((done) => taken.once('listening', done))
    const { port } = taken.address() as { port: number }
    const args = ['dist/src/bin.cjs', 'otlp', '-r', 'rules.yaml', '--listen-http', `:${port}`, '--forward', 'http://127.0.0.1:1', '--workers', String(workers), '-q']
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', timeout: 20_000 })
    expect({ status, stderr }).toEqual({ status: 2, stderr: 'mask-logs: --listen-http: cannot listen there (EADDRINUSE)\n' })
  })

  it('says how to install what gRPC needs', () => {
    const bare = mkdtempSync(join(tmpdir(), 'mask-logs-otlp-'))
    try {
      // the package alone, without what is beside it
      spawnSync('cp', ['-r', join(folder, 'dist'), join(folder, 'package.json'), join(folder, 'rulesets'), bare])
      const { status, stderr } = spawnSync(process.execPath, ['dist/src/bin.cjs', 'otlp', '-r', join(folder, 'rules.yaml'), '--forward-grpc', 'http://127.0.0.1:1'], {
        cwd: bare,
        encoding: 'utf8',
      })
      expect(stderr).toContain('npm install @grpc/grpc-js')
      expect(status).toBe(2)
    } finally {
      rmSync(bare, { recursive: true, force: true })
    }
  })

  it('costs the other commands nothing: its code is read when it is wanted', () => {
    const bin = readFileSync(join(folder, 'dist/src/bin.cjs'), 'utf8')
    expect(bin).not.toContain('createSecureServer')
    const loaded = spawnSync(
      process.execPath,
      ['-e', "process.argv.push('--version'); require('./dist/src/bin.cjs'); process.on('exit', () => console.error(Object.keys(require.cache).join()))"],
      { cwd: folder, encoding: 'utf8' },
    )
    expect(loaded.stderr).toContain('bin.cjs')
    expect(loaded.stderr).not.toContain('transports')
  })
})
