// The command in long runs: reloads, signals, findings, counters, quarantine. With the real program where signals and pipes matter.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { appendFileSync, chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { buildInto } from './support/build.ts'
import { command } from './support/command.ts'
import { testFolder } from './support/folder.ts'

const SECRET = 'operations-tests-not-secret'
const CANARY = 'canary-4417-zebra'
const folder = testFolder()
let dir = ''
let program = ''
beforeAll(() => {
  const home = join(folder.path, 'program')
  mkdirSync(home)
  buildInto(home)
  program = join(home, (JSON.parse(readFileSync('package.json', 'utf8')) as { bin: Record<string, string> }).bin['mask-logs']!)
}, 60_000)
beforeEach(() => {
  dir = folder.next()
})

const numbered = (n: number): string =>
  `version: "1.0"\nname: number-${n}\nrules:\n  - keys: [a]\n    masks: [{type: from_fixed, value: "v${n}"}]\n  - keys: [b]\n    masks: [{type: from_fixed, value: "v${n}"}]\n`
const file = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text)
  return name
}
const replace = (name: string, text: string): void => {
  writeFileSync(join(dir, `${name}.new`), text)
  renameSync(join(dir, `${name}.new`), join(dir, name))
}
const read = (name: string): string => readFileSync(join(dir, name), 'utf8')
const events = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
const env = { MASK_LOGS_RUN_SECRET: SECRET }

interface Program {
  readonly child: ChildProcess
  readonly out: string
  readonly err: string
  write(text: string): void
  signal(name: NodeJS.Signals): void
  readonly code: Promise<number | null>
}

/** The program with pipes. */
function start(args: readonly string[], stdio: readonly ('pipe' | number)[] = []): Program {
  const child = spawn(process.execPath, [program, ...args], { cwd: dir, env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe', ...stdio] })
  const got = { out: '', err: '' }
  child.stdout!.on('data', (chunk: Buffer) => (got.out += chunk.toString()))
  child.stderr!.on('data', (chunk: Buffer) => (got.err += chunk.toString()))
  child.stdin!.on('error', () => {})
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    child,
    get out() {
      return got.out
    },
    get err() {
      return got.err
    },
    write: (text) => void child.stdin!.write(text),
    signal: (name) => void child.kill(name),
    code: new Promise((done) => child.once('close', done)),
  }
}

async function until(done: () => boolean, what: () => string = () => ''): Promise<void> {
  for (const end = Date.now() + 30_000; !done(); await sleep(5)) if (Date.now() > end) throw new Error(`it did not happen in time\n${what()}`)
}

const LINE = '{"a":"x","b":"y","c":1}\n'
const masked = (n: number): string => `{"a":"v${n}","b":"v${n}","c":1}\n`

describe('reloads of the command', { timeout: 120_000 }, () => {
  it('take effect between two lines, and are told without data', async () => {
    file('r.yaml', numbered(1))
    const run = start(['-r', 'r.yaml', '--watch', '--stats'])
    run.write(`${LINE}{"a":"${CANARY}",`)
    await until(() => run.out === masked(1))
    replace('r.yaml', numbered(2))
    await until(() => run.err.includes('serial 1'))
    run.write(`"b":"y"}\n${LINE}`)
    await until(() => run.out.endsWith(masked(2)))
    file('r.yaml', numbered(3).slice(0, -20))
    await until(() => run.err.includes('stays in force'))
    run.write(LINE)
    run.child.stdin!.end()
    expect(await run.code).toBe(0)
    expect(run.out).toBe(`${masked(1)}{"a":"v1","b":"v1"}\n${masked(2)}${masked(2)}`)
    expect(run.err).toContain('mask-logs: reloaded the ruleset: number-2 (serial 1)\n')
    expect(run.err).toMatch(/^r\.yaml:\d+:\d+ /m)
    expect(run.err).toContain('mask-logs: the ruleset was not reloaded; number-2 (serial 1) stays in force\n')
    expect(run.err).toContain('ruleset: number-2 (serial 1, 1 failed)\nlines: 4 (4 JSON, 0 text)\n')
    expect(run.err).not.toContain('canary')
  })

  it('come with SIGHUP, which then does not end the reading', async () => {
    file('r.yaml', numbered(1))
    const run = start(['-r', 'r.yaml', '--reload'])
    run.write(LINE)
    await until(() => run.out === masked(1))
    replace('r.yaml', numbered(2))
    await sleep(300)
    run.write(LINE)
    await until(() => run.out === masked(1).repeat(2))
    // the signal comes while somebody writes: what is read is whole
    const cut = numbered(3).indexOf('  - keys: [b]')
    const [head, tail] = [numbered(3).slice(0, cut), numbered(3).slice(cut)]
    expect(head).toMatch(/v3"}\]\n$/)
    file('r.yaml', head)
    run.signal('SIGHUP')
    appendFileSync(join(dir, 'r.yaml'), tail)
    await until(() => run.err.includes('serial 1'))
    run.write(LINE)
    await until(() => run.out === masked(1).repeat(2) + masked(3))
    execFileSync('rm', [join(dir, 'r.yaml')])
    run.signal('SIGHUP')
    await until(() => run.err.includes('stays in force'))
    expect(run.err).toContain("mask-logs: the ruleset file 'r.yaml' cannot be read\n")
    run.signal('SIGTERM')
    expect(await run.code).toBe(143)
  })

  it('ends with SIGHUP where nobody asked for reloads', async () => {
    const run = start([])
    run.write(LINE)
    await until(() => run.out !== '')
    run.signal('SIGHUP')
    expect(await run.code).toBe(129)
  })

  it('reach both outputs of a command, and SIGHUP is not passed to it', async () => {
    file('r.yaml', numbered(1))
    const script = `process.on('SIGHUP', () => process.exit(9)); process.stdin.on('data', (d) => { process.stdout.write(d); process.stderr.write(d) })`
    const run = start(['run', '-r', 'r.yaml', '--reload', '--quiet', '--', process.execPath, '-e', script])
    run.write(LINE)
    await until(() => run.out === masked(1) && run.err === masked(1))
    replace('r.yaml', numbered(2))
    run.signal('SIGHUP')
    await until(() => {
      run.write(LINE)
      return run.out.endsWith(masked(2)) && run.err.endsWith(masked(2))
    })
    run.child.stdin!.end()
    expect(await run.code).toBe(0)
  })

  it('come one after the other under load, and every line is of one version', async () => {
    file('r.yaml', numbered(0))
    const run = start(['-r', 'r.yaml', '--watch', '--metrics-file', 'm.prom'])
    run.write(LINE)
    await until(() => run.out !== '')
    let lines = 1
    for (let n = 1; n <= 120; n++) {
      if (n % 3 === 0) file('r.yaml', n % 6 === 0 ? numbered(n).slice(0, 50) : numbered(n))
      else replace('r.yaml', numbered(n))
      if (n % 4 === 0) run.signal('SIGHUP')
      const more = 400
      run.write(LINE.repeat(more))
      lines += more
      await sleep(15)
    }
    replace('r.yaml', numbered(999))
    await until(
      () => run.err.includes('number-999'),
      () => run.err,
    )
    run.write(LINE)
    run.child.stdin!.end()
    expect(await run.code).toBe(0)
    const out = run.out.trimEnd().split('\n')
    expect(out).toHaveLength(lines + 1)
    const versions = new Set<string>()
    for (const line of out) {
      const [, a, b] = /^\{"a":"v(\d+)","b":"v(\d+)","c":1\}$/.exec(line) ?? []
      if (a === undefined || a !== b) expect.fail(`a line of no version: ${line}`)
      versions.add(a)
    }
    expect(versions.size).toBeGreaterThan(5)
    expect(out.at(-1)).toBe(masked(999).trimEnd())
    const [, serial] = /^mask_logs_plan_serial (\d+)$/m.exec(read('m.prom'))!
    expect(Number(serial)).toBeGreaterThan(5)
    expect(read('m.prom')).toContain(`mask_logs_records_total ${lines + 1}\n`)
  })
})

it('a live masker keeps no process alive', { timeout: 30_000 }, async () => {
  file('r.yaml', numbered(1))
  const library = join(folder.path, 'program', 'dist/src/index.js')
  file('app.mjs', `import { createLiveMasker } from ${JSON.stringify(library)}\nconst masker = createLiveMasker('r.yaml', { watch: true })\nconsole.log(masker.json('{"a":1}'))\n`)
  const child = spawn(process.execPath, ['app.mjs'], { cwd: dir })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  const begun = Date.now()
  expect(await new Promise((done) => child.once('close', done))).toBe(0)
  expect(Date.now() - begun).toBeLessThan(10_000)
  expect(out).toBe('{"a":"v1"}\n')
})

describe('findings of the command', { timeout: 120_000 }, () => {
  const RULES = 'version: "1.0"\nname: shop\nextends: [mask-logs:default]\nrules: [{name: own, keys: [a], masks: [{type: redact}]}]\n'

  it('go to a file of their own, by input and line, and hold no data', async () => {
    file('r.yaml', RULES)
    file('one.log', `{"a":"${CANARY}","${CANARY}":"ann@shop.example"}\nlast of one ann@shop.example`)
    file('two.csv', `a,b\n${CANARY},2\n`)
    file('three.log', 'x bob@shop.example\n')
    const ran = await command(['-r', 'r.yaml', '--findings', 'f.ndjson', '--stats', 'one.log', 'two.csv', 'three.log'], dir, env)
    expect(ran.code).toBe(0)
    expect(statSync(join(dir, 'f.ndjson')).mode & 0o777).toBe(0o600)
    const all = events(read('f.ndjson'))
    expect(all.map(({ source, line, path, rule, detector, length }) => [source, line, path, rule, detector, length])).toEqual([
      ['one.log', 1, 'a', 'own', undefined, 19],
      ['one.log', 1, '*', 'pii', 'email', 16],
      ['one.log', 2, '', 'pii', 'email', 16],
      ['two.csv', 4, 'a', 'own', undefined, 17],
      ['three.log', 5, '', 'pii', 'email', 16],
    ])
    expect(all.every(({ time, ruleset, serial }) => /^\d{4}-.*Z$/.test(time as string) && ruleset === 'shop' && serial === 0)).toBe(true)
    expect(read('f.ndjson') + ran.err).not.toContain('canary')
    const plain = await command(['-r', 'r.yaml', 'one.log', 'two.csv', 'three.log'], dir, env)
    expect(ran.out).toBe(plain.out)
    // appended
    await command(['-r', 'r.yaml', '--findings', 'f.ndjson', 'three.log'], dir, env)
    expect(events(read('f.ndjson'))).toHaveLength(6)
  })

  it('go to a descriptor, and say which output of a command they are of', async () => {
    file('r.yaml', RULES)
    const fd = openSync(join(dir, 'three'), 'w')
    const run = start(['run', '-r', 'r.yaml', '--findings', '3', '--', process.execPath, '-e', `console.log('{"a":1}'); console.error('{"a":22}')`], [fd])
    expect(await run.code).toBe(0)
    closeSync(fd)
    const all = events(read('three'))
    expect(all.map(({ source, length }) => `${String(source)} ${String(length)}`).sort()).toEqual(['stderr 2', 'stdout 1'])
    const piped = start(['-r', 'r.yaml', '--findings=3'], ['pipe'])
    let got = ''
    piped.child.stdio[3]!.on('data', (chunk: Buffer) => (got += chunk.toString()))
    piped.write('{"a":1}\n{"a":2}\n')
    piped.child.stdin!.end()
    expect(await piped.code).toBe(0)
    expect(events(got)).toMatchObject([
      { source: 'stdin', line: 1 },
      { source: 'stdin', line: 2 },
    ])
  })

  it('are dropped, counted and told when nobody reads their pipe, and everything is masked', async () => {
    file('r.yaml', RULES)
    file('in', '{"a":1}\n'.repeat(30_000))
    const run = start(['-r', 'r.yaml', '--findings=3', '--metrics-file', 'm', 'in'], ['pipe'])
    // its other end is never read
    const begun = Date.now()
    expect(await Promise.race([run.code, sleep(20_000)])).toBe(0)
    expect(Date.now() - begun).toBeLessThan(15_000)
    expect(run.out).toBe('{"a":"[REDACTED]"}\n'.repeat(30_000))
    const [, lost] = /mask-logs: (\d+) findings were lost: their reader was too slow\n$/.exec(run.err)!
    expect(Number(lost)).toBeGreaterThan(1000)
    expect(read('m')).toContain(`mask_logs_findings_dropped_total ${lost}\n`)
  })

  it('lose nothing with --findings-wait', async () => {
    file('r.yaml', RULES)
    file('in', '{"a":1}\n'.repeat(20_000))
    const run = start(['-r', 'r.yaml', '--findings=3', '--findings-wait', 'in'], ['pipe'])
    let lines = 0
    run.child.stdio[3]!.on('data', (chunk: Buffer) => {
      for (const byte of chunk) if (byte === 10) lines++
    })
    expect(await run.code).toBe(0)
    expect(lines).toBe(20_000)
    expect(run.err).toBe('')
  })

  it('that cannot be written are told, and masking goes on', async () => {
    file('r.yaml', RULES)
    file('in', '{"a":1}\n')
    expect(await command(['-r', 'r.yaml', '--findings', '/dev/full', 'in'], dir, env)).toEqual({
      code: 0,
      out: '{"a":"[REDACTED]"}\n',
      err: 'mask-logs: 1 findings were lost (ENOSPC)\n',
    })
  })

  it.each([
    [['--findings', 'no/such'], 'cannot write no/such: no such file or directory (ENOENT)'],
    [['--findings', '99'], 'cannot write 99: EBADF'],
    [['--findings', '1'], '--findings takes a file, or a descriptor from 2 on'],
    [['--findings-wait'], '--findings-wait goes with --findings FILE'],
    [['--quarantine-raw'], '--quarantine-raw goes with --quarantine FILE'],
    [['--metrics-listen', 'x'], '--metrics-listen takes a port, or HOST:PORT'],
    [['--metrics-listen', '127.0.0.1:99999'], '--metrics-listen takes a port, or HOST:PORT'],
    [['--metrics-file', 'no/such'], 'cannot write no/such: no such file or directory (ENOENT)'],
    [['explain', '--watch'], '--watch'],
  ])('are refused: %j', async (args, words) => {
    const ran = await command(args, dir, env)
    expect(ran).toMatchObject({ code: 2, out: '' })
    expect(ran.err).toContain(words)
    expect(readdirSync(dir)).toEqual([])
  })
})

describe('counters of the command', { timeout: 120_000 }, () => {
  it('are served on a port of this machine while it runs', async () => {
    file('r.yaml', numbered(1))
    const run = start(['-r', 'r.yaml', '--watch', '--metrics-listen', '0'])
    await until(() => run.err.includes('/metrics'))
    const [, at] = /metrics at (http:\/\/127\.0\.0\.1:\d+)\/metrics\n/.exec(run.err)!
    run.write(`{"a":"${CANARY}"}\n`)
    await until(() => run.out !== '')
    const response = await fetch(`${at}/metrics`)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
    const text = await response.text()
    expect(text).toContain('mask_logs_masked_values_total{rule="rules[0]",detector=""} 1\n')
    expect(text).toContain('mask_logs_plan_serial 0\n')
    expect(text).not.toContain('canary')
    replace('r.yaml', numbered(2))
    await until(() => run.err.includes('serial 1'))
    expect(await (await fetch(`${at}/metrics`)).text()).toMatch(/mask_logs_plan_info\{name="number-2"\} 1\n[\s\S]*mask_logs_plan_serial 1\n[\s\S]*\{result="ok"\} 1\n/)
    expect((await fetch(`${at}/`)).status).toBe(404)
    expect((await fetch(`${at}/metrics`, { method: 'POST', body: CANARY })).status).toBe(405)
    expect((await fetch(`${at}/metrics`, { method: 'HEAD' })).headers.get('content-length')).toMatch(/^\d{3,}$/)
    run.child.stdin!.end()
    expect(await run.code).toBe(0)
    await expect(fetch(`${at}/metrics`)).rejects.toThrow()
  })

  it('need a port that is free', async () => {
    const server = createServer()
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    expect(await command(['--metrics-listen', `127.0.0.1:${port}`], dir, env)).toMatchObject({ code: 2, out: '', err: expect.stringContaining('EADDRINUSE') as string })
    expect(await command(['--metrics-listen', `:${port}`], dir, env)).toMatchObject({ code: 2 })
  })

  it('stand in a file that is always whole', async () => {
    file('r.yaml', numbered(1))
    file('in', LINE.repeat(3))
    expect(await command(['-r', 'r.yaml', '--metrics-file', 'm.prom', 'in'], dir, env)).toMatchObject({ code: 0, err: '' })
    expect(read('m.prom')).toContain('mask_logs_records_total 3\n')
    expect(statSync(join(dir, 'm.prom')).mode & 0o044).toBe(0o044)
    expect(readdirSync(dir).sort()).toEqual(['in', 'm.prom', 'r.yaml'])
    // there from the start
    const run = start(['-r', 'r.yaml', '--metrics-file', 'n.prom'])
    await until(() => existsSync(join(dir, 'n.prom')))
    expect(read('n.prom')).toContain('mask_logs_records_total 0\n')
    run.child.stdin!.end()
    expect(await run.code).toBe(0)
  })
})

describe('stamps and quarantine of the command', () => {
  it('writes name and serial into records', async () => {
    file('r.yaml', numbered(7))
    file('in', `${LINE}text\n[1]\n`)
    expect((await command(['-r', 'r.yaml', '--stamp', 'in'], dir, env)).out).toBe('{"a":"v7","b":"v7","c":1,"mask_logs":{"ruleset":"number-7","serial":0}}\ntext\n[1]\n')
  })

  it('keeps lines that were held back for who asks, in a file of its owner', async () => {
    file('r.yaml', `${numbered(1)}policy: {on_unparsable: quarantine}\n`)
    file('in', `${LINE}${CANARY} \u00e9\r\n`)
    const ran = await command(['-r', 'r.yaml', '--quarantine', 'q', '--quarantine-raw', 'in'], dir, env)
    expect(ran).toEqual({ code: 0, out: masked(1), err: '' })
    expect(statSync(join(dir, 'q')).mode & 0o777).toBe(0o600)
    const [note] = events(read('q'))
    expect(note).toMatchObject({ serial: 1, line: 2, bytes: 20, code: 'not_json' })
    expect(Buffer.from(note!['raw'] as string, 'base64').toString()).toBe(`${CANARY} \u00e9`)
    chmodSync(join(dir, 'q'), 0o644)
    const refused = await command(['-r', 'r.yaml', '--quarantine', 'q', '--quarantine-raw', 'in'], dir, env)
    expect(refused).toMatchObject({ code: 2, out: '' })
    expect(refused.err).toContain('chmod 600')
    // notes alone may be read by others
    expect((await command(['-r', 'r.yaml', '--quarantine', 'q', 'in'], dir, env)).code).toBe(0)
    expect(events(read('q'))[1]).not.toHaveProperty('raw')
  })
})
