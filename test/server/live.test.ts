// Lines that pass through the server while somebody looks on: masked ones only, none of them kept without bound, and no viewer in
// the way of the pipe.
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { run } from '../../src/cli.ts'
import type { CliIo } from '../../src/cli.ts'
import { LiveLines, pathWithin } from '../../transports/server/live.ts'
import type { LiveOptions } from '../../transports/server/live.ts'
import { createServer } from '../../transports/server/server.ts'
import { eventReader } from '../../transports/server/web/events.ts'
import { testFolder } from '../support/folder.ts'
import { Kept, PASSWORDS, SECRET, usersYaml } from './support.ts'

interface Batch {
  readonly lines: readonly {
    readonly id: number
    readonly time: string
    readonly text?: string
    readonly cut?: number
    readonly findings: readonly { readonly path: string; readonly where: string; readonly rule?: string; readonly detector?: string; readonly length: number }[]
  }[]
  readonly dropped: number
  readonly seen: number
  readonly ended: boolean
}

const folder = testFolder()
const buffer = (text: string): Buffer => Buffer.from(text)

async function login(url: string, username: keyof typeof PASSWORDS): Promise<Record<string, string>> {
  const answer = await fetch(`${url}/api/auth/jwt/login/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORDS[username] }),
  })
  return { authorization: `Bearer ${((await answer.json()) as { access_token: string }).access_token}` }
}

async function start(options: LiveOptions = {}) {
  const path = folder.next()
  const users = join(path, 'users.yaml')
  writeFileSync(users, await usersYaml())
  const live = new LiveLines(options)
  const server = await createServer({
    config: { listen: '127.0.0.1:0', data_dir: join(path, 'data'), auth: { users_file: users }, workers: 0 },
    env: {},
    cwd: path,
    stdout: new Kept(),
    stderr: new Kept(),
    live,
  })
  onTestFinished(() => server.close())
  return { live, server, users, url: server.url, alice: await login(server.url, 'alice') }
}

/** Reads batches until one is enough. */
async function read(url: string, headers: Record<string, string>, enough: (batches: readonly Batch[]) => boolean, after = -1): Promise<Batch[]> {
  const answer = await fetch(`${url}/ifm/live/?after=${after}`, { headers, signal: AbortSignal.timeout(20_000) })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const batches: Batch[] = []
  for await (const { event, data } of eventReader(answer.body!)) {
    expect(event).toBe('lines')
    batches.push(JSON.parse(data) as Batch)
    if (enough(batches)) break
  }
  return batches
}

describe('the stream of lines', () => {
  it('is for those who may see rulesets, where lines pass', async () => {
    const { url, alice, live } = await start()
    live.add(buffer('one'), [])
    expect((await fetch(`${url}/ifm/live/`)).status).toBe(401)
    expect((await fetch(`${url}/ifm/live/`, { headers: await login(url, 'run') })).status).toBe(403)
    expect((await fetch(`${url}/ifm/live/?after=x`, { headers: alice })).status).toBe(422)
    const head = await fetch(`${url}/ifm/live/`, { method: 'HEAD', headers: alice })
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    const [batch] = await read(url, await login(url, 'build'), () => true)
    expect(batch).toMatchObject({ dropped: 0, seen: 1, ended: false, lines: [{ id: 0, text: 'one', findings: [] }] })

    const path = folder.next()
    const plain = await createServer({ config: { listen: '127.0.0.1:0', data_dir: path, auth: 'none', workers: 0 }, env: {}, cwd: path, stdout: new Kept(), stderr: new Kept() })
    onTestFinished(() => plain.close())
    const none = await fetch(`${plain.url}/ifm/live/`)
    expect(none.status).toBe(409)
    expect(((await none.json()) as { error: string }).error).toContain('--tail')
  })

  it('gives what there was, what comes, and the end', async () => {
    const { url, alice, live } = await start()
    for (let i = 0; i < 450; i++) live.add(buffer(`line ${i}`), i === 7 ? [{ path: 'user', where: 'value', rule: 'pii', detector: 'email', length: 20 }] : [])
    setTimeout(() => {
      live.add(undefined, [])
      live.end()
    }, 100)
    const batches = await read(url, alice, (all) => all.at(-1)!.ended)
    const lines = batches.flatMap((batch) => batch.lines)
    expect(lines.map(({ id }) => id)).toEqual(Array.from({ length: 451 }, (_, i) => i))
    expect(lines[7]).toMatchObject({ text: 'line 7', findings: [{ path: '*', where: 'value', rule: 'pii', detector: 'email', length: 20 }] })
    expect(lines[450]).not.toHaveProperty('text')
    // who comes back gets what is new to it
    expect((await read(url, alice, (all) => all.at(-1)!.ended, 448)).flatMap((batch) => batch.lines).map(({ id }) => id)).toEqual([449, 450])
    // a number of a server before this one: everything
    expect((await read(url, alice, (all) => all.at(-1)!.ended, 9999)).flatMap((batch) => batch.lines)).toHaveLength(451)
  })

  it('keeps no more than its bounds, and cuts no character', async () => {
    const { url, alice, live } = await start({ maxLines: 10, maxLineBytes: 5, maxBytes: 30 })
    for (let i = 0; i < 25; i++) live.add(buffer('ab\u{1f600}\u{1f600}'), [])
    live.end()
    const [batch] = await read(url, alice, () => true)
    expect(batch).toMatchObject({ seen: 25, dropped: 0 })
    expect(batch!.lines).toHaveLength(10)
    expect(batch!.lines[0]).toMatchObject({ id: 15, text: 'ab', cut: 8 })
    const wide = new LiveLines({ maxLines: 100, maxBytes: 30 })
    for (let i = 0; i < 25; i++) wide.add(buffer('0123456789'), [])
    expect(wide.seen).toBe(25)
  })

  it('never waits for a viewer that does not read, and tells it what it has missed', async () => {
    const { url, alice, live } = await start()
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    socket.pause()
    socket.write(`GET /ifm/live/ HTTP/1.1\r\nHost: x\r\nAuthorization: ${alice['authorization']}\r\n\r\n`)
    while (live.viewers === 0) await new Promise((done) => setTimeout(done, 5))
    const before = process.memoryUsage().arrayBuffers
    const line = Buffer.alloc(400, 'x')
    const total = 400_000
    for (let i = 0; i < total; i++) {
      live.add(line, [])
      if (i % 2000 === 0) await new Promise((done) => setTimeout(done, 1))
    }
    live.end()
    // 160 MB have passed; the ring holds 4 MiB at most, the socket some more, and what is garbage may be there still
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100e6)
    let text = ''
    await new Promise<void>((done) => {
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1')
        if (text.includes('"ended":true')) done()
      })
      socket.resume()
    })
    const batches = [...text.matchAll(/^data: (.*)$/gm)].map((match) => JSON.parse(match[1]!.replace(/\r$/, '')) as Batch)
    const got = batches.reduce((sum, { lines }) => sum + lines.length, 0)
    const dropped = batches.reduce((sum, batch) => sum + batch.dropped, 0)
    expect(dropped).toBeGreaterThan(0)
    expect(got + dropped).toBe(total)
    const ids = batches.flatMap(({ lines }) => lines.map(({ id }) => id))
    expect(ids.every((id, i) => i === 0 || id > ids[i - 1]!)).toBe(true)
  })

  it('ends for a user who is gone, and with the server', async () => {
    const { url, alice, live, server, users } = await start({ checkMs: 50 })
    live.add(buffer('one'), [])
    const reading = read(url, alice, () => false)
    while (live.viewers === 0) await new Promise((done) => setTimeout(done, 5))
    writeFileSync(users, await usersYaml(['gone', 'alice']))
    await server.rescan()
    expect(await reading).toHaveLength(1)
    const other = read(url, await login(url, 'build'), () => false)
    while (live.viewers === 0) await new Promise((done) => setTimeout(done, 5))
    const begun = performance.now()
    expect(await server.drain()).toBe(true)
    await other
    expect(performance.now() - begun).toBeLessThan(2000)
  })

  it('takes so many viewers and no more', async () => {
    const { url, alice, live } = await start({ maxViewers: 2 })
    live.add(buffer('one'), [])
    const control = new AbortController()
    const open = async (): Promise<number> => (await fetch(`${url}/ifm/live/`, { headers: alice, signal: control.signal })).status
    expect([await open(), await open(), await open()]).toEqual([200, 200, 503])
    control.abort()
    while (live.viewers > 0) await new Promise((done) => setTimeout(done, 5))
    const stats = (await (await fetch(`${url}/ifm/stats/`, { headers: alice })).json()) as { requests: { in_flight: number } }
    expect(stats.requests.in_flight).toBe(1)
  })
})

describe('paths of findings', () => {
  it.each([
    ['user.email', '{"user":{"email":"x"}}', 'user.email'],
    ['user.email', '{"user": {"EMAIL" :"x"}}', 'user.*'],
    ['ann@shop.example.pin', '{"[REDACTED]":{"pin":"x"}}', '*.*.pin'],
    ['attributes.http.url', '{"attributes":{"http.url":"x"}}', 'attributes.http.url'],
    ['list[*].a[*][*]', '{"list":[{"a":[["x"]]}]}', 'list[*].a[*][*]'],
    ['[*]', '["x"]', '[*]'],
    ['email', '{"note":"email"}', '*'],
    ['', 'text', ''],
  ])('%s in %s is %s', (path, text, out) => {
    expect(pathWithin(path, text)).toBe(out)
  })
})

/** `mask-logs` in this process, with an input of its own. */
function startCommand(args: readonly string[], stdin: Readable, env: Record<string, string>) {
  const [out, err] = [new Kept(), new Kept()]
  const bytes: Buffer[] = []
  const write = out._write.bind(out)
  out._write = (chunk: Buffer, encoding, done) => {
    bytes.push(Buffer.from(chunk))
    write(chunk, encoding, done)
  }
  let signal: (name: NodeJS.Signals) => void = () => {}
  const io: CliIo = {
    stdin,
    stdout: out,
    stderr: err,
    env,
    cwd: folder.path,
    onSignal(_signals, handler) {
      signal = handler
      return () => {}
    },
    load: () => import('../../src/index.ts'),
  }
  return { code: run(args, io), out, err, bytes: () => Buffer.concat(bytes), signal: (name: NodeJS.Signals) => signal(name) }
}

describe('mask-logs serve --tail', () => {
  const key =
    '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n-----END PRIVATE KEY-----'
  const input = Buffer.concat([
    buffer('{"msg":"login of ann@shop.example","user":{"password":"canary-7f3a"}}\n'),
    buffer('2026-11-26 charged 4111 1111 1111 1111\r\n\n'),
    buffer(`key ${key}\nafter the key\n`),
    Buffer.from([0xff, 0xfe, 0x41, 0x0a]),
    buffer('{"canary@shop.example":1,"n":12345678901234567890}\n'),
    buffer(`${'long '.repeat(3000)}bob@shop.example\n`),
    buffer('last line, of carol@shop.example, without an end'),
  ])
  const canaries = ['ann@shop', 'canary', '4111 1111', 'MIIEvQ', 'bob@shop', 'carol@shop']

  it('puts out what the plain command does, and shows it', async () => {
    const env = { MASK_LOGS_RUN_SECRET: SECRET, MASK_LOGS_LISTEN: '127.0.0.1:0', MASK_LOGS_DATA_DIR: folder.next(), MASK_LOGS_AUTH: 'none' }
    const plain = startCommand([], Readable.from([input]), env)
    expect(await plain.code).toBe(0)
    const stdin = new PassThrough()
    const served = startCommand(['serve', '--tail'], stdin, env)
    // cut anywhere
    for (let at = 0; at < input.length; at += 97) stdin.write(input.subarray(at, at + 97))
    stdin.end()
    while (!served.err.text.includes('"listening"')) await new Promise((done) => setTimeout(done, 5))
    const url = /"url":"([^"]+)"/.exec(served.err.text)![1]!
    const batches = await read(url, {}, (all) => all.at(-1)!.ended)
    expect(served.bytes().equals(plain.bytes())).toBe(true)
    const lines = batches.flatMap((batch) => batch.lines)
    const shown = JSON.stringify(lines)
    for (const canary of canaries) {
      expect(plain.out.text).not.toContain(canary)
      expect(shown).not.toContain(canary)
      expect(served.err.text).not.toContain(canary)
    }
    expect(lines[0]!.findings).toEqual([
      { path: 'msg', where: 'value', rule: 'pii', detector: 'email', length: 16 },
      { path: 'user.password', where: 'value', rule: 'secrets', detector: 'named_secret', length: 13 },
    ])
    expect(lines[1]).toMatchObject({ text: expect.stringMatching(/^2026-11-26 charged \d{4} \d{4} \d{4} \d{4}$/), findings: [{ rule: 'pci', detector: 'credit_card' }] })
    // the access log is not among the lines
    expect(served.err.text).toContain('"GET /ifm/live/" 200')
    // they are counted with the rest
    const stats = (await (await fetch(`${url}/ifm/stats/`)).json()) as { records: number; masked: { by_rule: Record<string, number>; by_detector: Record<string, number> } }
    expect(stats.records).toBeGreaterThan(6)
    expect(stats.masked.by_detector).toMatchObject({ named_secret: 1, credit_card: 1 })
    const metrics = await (await fetch(`${url}/metrics`)).text()
    expect(metrics).toContain('mask_logs_masked_values_total{plan="(stdin)",rule="secrets",detector="named_secret"} 1')
    expect(metrics).toContain(`mask_logs_records_total{plan="(stdin)"} ${stats.records}`)
    // it goes on serving, until a signal
    expect((await fetch(`${url}/api/healthcheck/`)).status).toBe(200)
    served.signal('SIGTERM')
    expect(await served.code).toBe(0)
  })

  it('lets out what was piped in before a signal', async () => {
    const env = { MASK_LOGS_RUN_SECRET: SECRET, MASK_LOGS_LISTEN: '127.0.0.1:0', MASK_LOGS_DATA_DIR: folder.next(), MASK_LOGS_AUTH: 'none' }
    const stdin = new PassThrough()
    const served = startCommand(['serve', '--tail', '--text'], stdin, env)
    while (!served.err.text.includes('"listening"')) await new Promise((done) => setTimeout(done, 5))
    stdin.write('one\ntwo ann@shop.example')
    await new Promise((done) => setTimeout(done, 20))
    served.signal('SIGTERM')
    expect(await served.code).toBe(0)
    expect(served.out.text).toMatch(/^one\ntwo \S+@example\.\w+$/)
  })

  it('stops at a line that cannot be masked, where the policy says so', async () => {
    const rules = join(folder.next(), 'rules.yaml')
    writeFileSync(
      rules,
      'version: "1.0"\npolicy: {on_mask_error: fail}\nrules:\n- {paths: [a], whole: true, masks: [{type: replace_regex, regex: x, masks: [{type: from_fixed, value: y}]}]}\n',
    )
    const env = { MASK_LOGS_RUN_SECRET: SECRET, MASK_LOGS_LISTEN: '127.0.0.1:0', MASK_LOGS_DATA_DIR: folder.next(), MASK_LOGS_AUTH: 'none' }
    const served = startCommand(['serve', '--tail', '-r', rules], Readable.from([buffer('{"a":"x"}\n{"a":["canary"]}\n{"a":"x"}\n')]), env)
    expect(await served.code).toBe(1)
    expect(served.out.text).toBe('{"a":"y"}\n')
    expect(served.err.text).toContain('stopped: replace_regex')
    expect(served.err.text).not.toContain('canary')
  })

  it('follows its ruleset, and needs --tail for what goes with it', async () => {
    const rules = join(folder.next(), 'rules.yaml')
    writeFileSync(rules, 'version: "1.0"\nrules:\n- {keys: [a], masks: [{type: redact}]}\n')
    const env = { MASK_LOGS_RUN_SECRET: SECRET, MASK_LOGS_LISTEN: '127.0.0.1:0', MASK_LOGS_DATA_DIR: folder.next(), MASK_LOGS_AUTH: 'none' }
    const stdin = new PassThrough()
    const served = startCommand(['serve', '--tail', '--reload', '-r', rules], stdin, env)
    stdin.write('{"a":1,"b":1}\n')
    while (!served.out.text.includes('\n')) await new Promise((done) => setTimeout(done, 5))
    writeFileSync(rules, 'version: "1.0"\nrules:\n- {keys: [b], masks: [{type: redact}]}\n')
    served.signal('SIGHUP')
    for (let i = 0; i < 100 && !served.out.text.includes('{"a":1,"b":"[REDACTED]"}'); i++) {
      await new Promise((done) => setTimeout(done, 50))
      stdin.write('{"a":1,"b":1}\n')
    }
    expect(served.out.text).toMatch(/^\{"a":"\[REDACTED\]","b":1\}\n/)
    expect(served.out.text).toContain('{"a":1,"b":"[REDACTED]"}')
    served.signal('SIGTERM')
    expect(await served.code).toBe(0)
    const without = startCommand(['serve', '-r', rules], Readable.from([]), env)
    expect(await without.code).toBe(2)
    expect(without.err.text).toContain('--ruleset goes with --tail')
  })
})
