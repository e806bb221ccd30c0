import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync, chmodSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../src/cli.ts'
import { COMMANDS, ENVIRONMENT, EXIT_CODES, FLAGS, helpText, parseCommandLine, spelling } from '../src/cli/flags.ts'
import { describeCrash, type CliIo } from '../src/cli/io.ts'
import { STARTER_RULESET } from '../src/cli/starter.ts'
import { calls, library } from './fixtures/digit-masker.ts'
import { testFolder } from './support/folder.ts'

const SECRET = 'a run secret that is long enough'
const NO_SECRET = 'mask-logs: no run secret set; masked values are consistent only within this process\n'

const folder = testFolder()
let dir: string
beforeEach(() => {
  dir = folder.next()
  calls.length = 0
})
const file = (name: string, content: string | Buffer): string => {
  writeFileSync(join(dir, name), content)
  return name
}
const read = (name: string): string => readFileSync(join(dir, name), 'utf8')

interface Ran {
  code: number
  out: string
  err: string
}

/** run() in this process, on streams of our own. */
async function cli(args: string[], input: string | Buffer | Readable = '', more: Partial<CliIo> = {}): Promise<Ran> {
  const out: Buffer[] = []
  const err: Buffer[] = []
  const sink = (to: Buffer[]): Writable =>
    new Writable({
      write(chunk: Buffer, _e, done) {
        to.push(Buffer.from(chunk))
        setImmediate(done)
      },
    })
  const code = await run(args, {
    stdin: input instanceof Readable ? input : Readable.from([Buffer.from(input)], { objectMode: false }),
    stdout: sink(out),
    stderr: sink(err),
    env: { MASK_LOGS_RUN_SECRET: SECRET },
    cwd: dir,
    onSignal: () => () => {},
    load: () => Promise.resolve(library),
    ...more,
  })
  return { code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }
}

describe('command line', () => {
  it('reads options, clusters, inline values, commands and operands', () => {
    const parsed = parseCommandLine(['-qr', 'a.yaml', '--ruleset=mask-logs:pii', '--stats', '-', 'app.log', '--', '--odd'])
    expect(parsed.command).toBe('mask')
    expect(Object.fromEntries(parsed.options)).toEqual({ quiet: [], ruleset: ['a.yaml', 'mask-logs:pii'], stats: [] })
    expect(parsed.operands).toEqual(['-', 'app.log', '--odd'])
    expect(parseCommandLine(['-ox.log', '-oy.log']).options.get('output')).toEqual(['y.log'])
    expect(parseCommandLine(['run', '--stats', '--', 'node', '-r', 'x']).operands).toEqual(['node', '-r', 'x'])
    expect(parseCommandLine(['run', '-q', 'node', '--stats']).operands).toEqual(['node', '--stats'])
    expect(parseCommandLine(['./check'])).toMatchObject({ command: 'mask', operands: ['./check'] })
    expect(parseCommandLine(['check', 'x.yaml'])).toMatchObject({ command: 'check', operands: ['x.yaml'] })
  })

  it.each([
    [['--rulset', 'x'], 'unknown option --rulset (did you mean --ruleset?)'],
    [['--secret=hunter2-hunter2'], 'unknown option --secret (did you mean --run-secret-file?)'],
    [['-x'], 'unknown option -x'],
    [['-stats'], 'unknown option -s (did you mean --stats?)'],
    [['--output'], '--output needs a value: FILE'],
    [['--stats=yes'], '--stats takes no value'],
    [['check', '--output', 'x'], "--output does not go with 'check'"],
    [['--text', '--json'], '--text and --json exclude each other'],
    [['--max-record-bytes', '12'], '--max-record-bytes needs a size from 1KiB to 256MiB'],
    [['--max-record-bytes', '257MiB'], '--max-record-bytes needs a size from 1KiB to 256MiB'],
    [['rulesets', 'a', 'b'], "'rulesets' takes one name"],
    [['run'], "'run' needs a command: mask-logs run -- COMMAND"],
  ])('refuses %j', async (args, message) => {
    const { code, out, err } = await cli(args, 'a1\n')
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: `mask-logs: ${message}\nTry 'mask-logs --help'.\n` })
  })

  it.each([
    [['--run-secret-file', 'none'], 'cannot read the run secret from none: no such file or directory (ENOENT)'],
    [['--quarantine', 'no/such'], 'cannot write no/such: no such file or directory (ENOENT)'],
    [['-o', 'no/such'], 'cannot write no/such: no such file or directory (ENOENT)'],
  ])('refuses %j, where help would not help', async (args, message) => {
    const { code, out, err } = await cli(args, 'a1\n')
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: `mask-logs: ${message}\n` })
  })

  it('takes a word that is no file for a command with a typing error', async () => {
    expect((await cli(['chek', '-q'], '')).err).toBe('mask-logs: cannot read chek: no such file or directory (ENOENT) (did you mean check?)\n')
    expect((await cli(['no-such.log', '-q'], '')).err).toBe('mask-logs: cannot read no-such.log: no such file or directory (ENOENT)\n')
  })

  it('prints help for everything and for each command, and the version, without loading the engine', async () => {
    const load = (): never => expect.unreachable()
    for (const command of COMMANDS) {
      const { code, out, err } = await cli(command.name === 'mask' ? ['--help'] : [command.name, '-h'], '', { load })
      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(out).toBe(helpText(command.name))
      for (const flag of FLAGS.filter((f) => f.commands.includes(command.name))) expect(out).toContain(spelling(flag))
      expect(out).toContain(command.examples[0])
      expect(Math.max(...out.split('\n').map((l) => l.length))).toBeLessThanOrEqual(104)
    }
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    expect(await cli(['--version'], '', { load })).toEqual({ code: 0, out: `${version}\n`, err: '' })
  })

  it('has examples that parse', () => {
    for (const example of COMMANDS.flatMap((c) => c.examples)) {
      const words = example
        .replace(/^.*\| /, '')
        .replace(/ (>|&&) .*$/, '')
        .split(' ')
      expect(words.shift()).toBe('mask-logs')
      parseCommandLine(words)
    }
  })

  it('is documented: docs/cli.md is current', async () => {
    const row = (cells: readonly string[]): string => `| ${cells.map((c) => c.replaceAll('|', '\\|')).join(' | ')} |\n`
    const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string => row(heads) + row(heads.map(() => '---')) + rows.map(row).join('')
    const parts: Record<string, string> = {
      commands: table(
        ['command', 'what it does'],
        COMMANDS.map((c) => [`\`${c.usage}\``, c.summary]),
      ),
      options: table(
        ['option', 'goes with', 'meaning'],
        FLAGS.map((f) => [`\`${spelling(f).trim()}\``, f.commands.length === COMMANDS.length ? 'all' : f.commands.map((c) => (c === 'mask' ? 'masking' : c)).join(', '), f.text]),
      ),
      environment: table(
        ['variable', 'meaning'],
        ENVIRONMENT.map(([name, text]) => [`\`${name}\``, text]),
      ),
      'exit codes': table(
        ['code', 'meaning'],
        EXIT_CODES.map(([code, text]) => [code, text]),
      ),
      examples: `\`\`\`sh\n${COMMANDS.flatMap((c) => c.examples).join('\n')}\n\`\`\`\n`,
    }
    let page = readFileSync('docs/cli.md', 'utf8')
    for (const [name, text] of Object.entries(parts)) {
      const pattern = new RegExp(`(<!-- generated: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`)
      expect(page).toMatch(pattern)
      page = page.replace(pattern, (_all, start: string, end: string) => `${start}${text}${end}`)
    }
    // `npx vitest run test/cli.test.ts -u` brings the page up to date.
    await expect(page).toMatchFileSnapshot('../docs/cli.md')
  })
})

describe('masking', () => {
  it('goes from stdin to stdout', async () => {
    expect(await cli([], 'a1\r\nb22\n\nlast 3')).toEqual({ code: 0, out: 'a#\r\nb##\n\nlast #', err: '' })
    expect(await cli([], '')).toEqual({ code: 0, out: '', err: '' })
  })

  it('gives the same output for input cut at every offset', async () => {
    const sample = Buffer.from('a1\r\n{"b":22}\n\nw/o\nlast 3')
    const load = (): Promise<typeof library> => Promise.resolve(library)
    for (let at = 1; at < sample.length; at++) {
      const { out } = await cli([], Readable.from([sample.subarray(0, at), sample.subarray(at)], { objectMode: false }), { load })
      expect(out).toBe('a#\r\n{"b":##}\n\nw/o\nlast #')
    }
  })

  it('reads files in order, never joins their lines, - is stdin', async () => {
    file('one', 'a1')
    file('two', 'b2\n')
    file('empty', '')
    file('three', 'c3')
    expect(await cli(['one', '-', 'two', 'empty', 'three', 'empty'], 'in 9')).toEqual({ code: 0, out: 'a#\nin #\nb#\nc#', err: '' })
  })

  it('names a file it cannot read and goes on with the others', async () => {
    file('one', 'a1')
    file('two', 'b2\n')
    mkdirSync(join(dir, 'folder'))
    const { code, out, err } = await cli(['one', 'none\u001b[2J', 'folder', 'two'])
    expect({ code, out }).toEqual({ code: 1, out: 'a#\nb#\n' })
    expect(err).toBe('mask-logs: cannot read none\\u001b[2J: no such file or directory (ENOENT)\nmask-logs: cannot read folder: is a directory (EISDIR)\n')
  })

  it('unpacks gzip by its first bytes, whatever the name, also from stdin and in parts', async () => {
    const text = [...Array(5000).keys()].map((i) => `line ${i} of some text\n`).join('')
    const masked = text.replace(/\d/g, '#')
    const packed = Buffer.concat([gzipSync(text.slice(0, 1001)), gzipSync(text.slice(1001))])
    file('app.log.gz', packed)
    file('app.log', packed)
    file('plain.gz', 'a1\n')
    expect(await cli(['app.log.gz', 'app.log', 'plain.gz'])).toEqual({ code: 0, out: `${masked}${masked}a#\n`, err: '' })
    const { out } = await cli(['-'], Readable.from([...packed.subarray(0, 5)].map((b) => Buffer.from([b])).concat(packed.subarray(5)), { objectMode: false }))
    expect(out === masked).toBe(true)
  })

  it('reports damaged and cut gzip by name and goes on', async () => {
    const packed = gzipSync('x1\n'.repeat(1000))
    file('cut.gz', packed.subarray(0, packed.length - 12))
    file('damaged.gz', Buffer.concat([packed.subarray(0, 12), Buffer.alloc(20, 0xff), packed.subarray(32)]))
    file('two', 'b2\n')
    const { code, out, err } = await cli(['cut.gz', 'damaged.gz', 'two'])
    expect(code).toBe(1)
    expect(out.endsWith('b#\n')).toBe(true)
    expect(err).toMatch(/^mask-logs: cannot read cut\.gz: .*\(Z_BUF_ERROR\)\nmask-logs: cannot read damaged\.gz: .*\(Z_DATA_ERROR\)\n$/)
  })

  it('treats lines over the limit as the engine says', async () => {
    const long = 'y'.repeat(1024)
    file('long', `${long}\n${long}z\r\nb2\n`)
    expect((await cli(['--max-record-bytes', '1KiB', 'long'])).out).toBe(`${long}\n<1025:${'y'.repeat(16)}>\r\nb#\n`)
    expect(calls.map((c) => c.options.policy)).toEqual([{ max_record_bytes: 1024 }])
  })

  it('ends with 1 when a line fails, after everything before it, and shows nothing of it', async () => {
    file('one', 'a1\nb2\nFAIL 4711\nc3\n')
    const { code, out, err } = await cli(['one', 'one'])
    expect({ code, out }).toEqual({ code: 1, out: 'a#\nb#\n' })
    expect(err).toBe('mask-logs: stopped: digits received a value that is not valid (rule rules[0], not_valid)\n')
  })

  it('is successful when the reader goes away', async () => {
    let writes = 0
    const stdout = new Writable({
      write(_c, _e, done) {
        writes++
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
      },
    })
    const endless = new Readable({
      read() {
        this.push('a1\n'.repeat(20_000))
      },
    })
    expect(await cli([], endless, { stdout })).toMatchObject({ code: 0, err: '' })
    expect(writes).toBeLessThanOrEqual(2)
    expect(endless.destroyed).toBe(true)
  })

  it('ends with 1 when the output cannot be written', async () => {
    const stdout = new Writable({
      write(_c, _e, done) {
        done(Object.assign(new Error('secret'), { code: 'ENOSPC' }))
      },
    })
    expect(await cli([], 'a1\n', { stdout })).toMatchObject({ code: 1, err: 'mask-logs: cannot write the output (ENOSPC)\n' })
  })

  it('holds back the reading while the output is slow', async () => {
    let produced = 0
    let written = 0
    let worst = 0
    const stdin = new Readable({
      highWaterMark: 1024,
      read() {
        this.push(produced < 400_000 ? Buffer.alloc(1000, 'x1\n') : null)
        produced += 1000
      },
    })
    const stdout = new Writable({
      highWaterMark: 1024,
      write(chunk: Buffer, _e, done) {
        written += chunk.length
        worst = Math.max(worst, produced - written)
        setImmediate(done)
      },
    })
    expect((await cli([], stdin, { stdout })).code).toBe(0)
    expect(written).toBe(400_000)
    expect(worst).toBeLessThan(20_000)
  })

  it('writes -o beside and renames it; a file keeps its mode and may be its own input', async () => {
    file('app.log', 'a1\n')
    chmodSync(join(dir, 'app.log'), 0o640)
    symlinkSync('app.log', join(dir, 'link'))
    expect(await cli(['app.log', '-o', 'link'])).toEqual({ code: 0, out: '', err: '' })
    expect(read('app.log')).toBe('a#\n')
    expect(statSync(join(dir, 'app.log')).mode & 0o777).toBe(0o640)
    expect(readdirSync(dir).sort()).toEqual(['app.log', 'link'])
    expect(await cli(['-o', '/dev/null'], 'a1\n')).toMatchObject({ code: 0 })
    expect(await cli(['-o', '-'], 'a1\n')).toMatchObject({ code: 0, out: 'a#\n' })
  })

  it('leaves no output file behind when it fails', async () => {
    file('app.log', 'a1\nFAIL\n')
    file('out.log', 'before')
    expect((await cli(['app.log', '-o', 'out.log'])).code).toBe(1)
    expect(read('out.log')).toBe('before')
    expect(readdirSync(dir).sort()).toEqual(['app.log', 'out.log'])
  })

  it('tells findings without values, for people and as JSON', async () => {
    const input = 'a 12 b 3\nc 4567\n'
    const { out, err } = await cli(['--explain'], input)
    expect(out).toBe('a ## b #\nc ####\n')
    expect(err).toBe('1:2-4 (line) digits by rules[0] 0.90 length 2 [check:digits] -> mask\n2:2-6 (line) digits by rules[0] 0.90 length 4 [check:digits] -> mask\n')
    const json = (await cli(['--json-findings'], input)).err
      .trim()
      .split('\n')
      .map((l) => JSON.parse(l) as unknown)
    expect(json).toEqual([expect.objectContaining({ line: 1, start: 2, end: 4 }), expect.objectContaining({ line: 2, length: 4 })])
    const explained = await cli(['explain'], input)
    expect(explained.err).toBe('')
    expect(explained.out.split('\n').map((l) => l.slice(l.lastIndexOf('>') + 2))).toEqual(['mask', 'keep', 'mask', ''])
  })

  it('sums up on stderr', async () => {
    const { err } = await cli(['--stats'], 'a1\nb2\n')
    expect(err).toMatch(
      /^ruleset: digits \(serial 0\)\nlines: 2 \(0 JSON, 0 text\)\nbytes: 6 in, 6 out\nmasked values: 2\n {2}by rule: rules\[0\] 3\n {2}by detector: digits 1,234\nerrors: too_deep 2\ntime: \d+\.\d\d s, \d+\.\d MB\/s\n$/,
    )
  })

  it('appends quarantine notes, and needs a place for them', async () => {
    file('notes', 'old\n')
    expect(await cli(['--quarantine', 'notes', '-r', 'quarantine.yaml'], 'a1\nQUARANTINE x\n')).toEqual({ code: 0, out: 'a#\n', err: '' })
    expect(read('notes')).toMatch(/^old\n\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","serial":1,"line":2,"bytes":12,"code":"not_json"\}\n$/)
    expect(await cli(['-r', 'quarantine.yaml'], 'a1\n')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--quarantine FILE') as string })
  })

  it('draws a progress bar on a terminal and removes it', async () => {
    file('big', 'a1\n'.repeat(100_000))
    const slow = new Writable({
      write(_c, _e, done) {
        setTimeout(done, 170)
      },
    })
    const { err } = await cli(['big'], '', { stderrIsTTY: true, stdout: slow, columns: 80 })
    expect(err).toMatch(/^(\r\u001b\[K\[#*-*\] \d+ % {2}[\d.]+ of 0\.30 MB {2}\d+ MB\/s)+\r\u001b\[K$/)
    for (const more of [{ stderrIsTTY: false }, { stderrIsTTY: true, stdoutIsTTY: true }]) {
      expect(
        (
          await cli(['big'], '', {
            ...more,
            stdout: new Writable({
              write(_c, _e, done) {
                setTimeout(done, 170)
              },
            }),
          })
        ).err,
      ).toBe('')
    }
  })
})

describe('rulesets and secrets', () => {
  const untouched = (): Readable =>
    new Readable({
      read() {
        expect.unreachable()
      },
    })

  it('takes the run secret from the option, a file, the environment, in this order', async () => {
    file('one', 'secret one secret one\n')
    file('two', 'secret two secret two\r\n\n')
    const env = { MASK_LOGS_RUN_SECRET: 'three', MASK_LOGS_RUN_SECRET_FILE: 'two', MASK_LOGS_INSTANCE_SECRET: 'inst', MASK_LOGS_INSTANCE_SECRET_FILE: 'one' }
    await cli(['--run-secret-file', 'one'], '', { env })
    await cli([], '', { env })
    await cli([], '', { env: { MASK_LOGS_RUN_SECRET: SECRET } })
    expect(calls.map((c) => [c.options.runSecret, c.options.instanceSecret])).toEqual([
      ['secret one secret one', 'secret one secret one'],
      ['secret two secret two\r\n', 'secret one secret one'],
      [SECRET, undefined],
    ])
  })

  it('says once that there is no run secret, and refuses a short one unread', async () => {
    expect(await cli([], 'a1\n', { env: {} })).toEqual({ code: 0, out: 'a#\n', err: NO_SECRET })
    expect(await cli(['--quiet'], 'a1\n', { env: {} })).toEqual({ code: 0, out: 'a#\n', err: '' })
    for (const short of ['short', '']) {
      expect(await cli([], untouched(), { env: { MASK_LOGS_RUN_SECRET: short } })).toEqual({
        code: 2,
        out: '',
        err: 'mask-logs: Run secret length must be at least 20 characters.\n',
      })
    }
  })

  it('passes rulesets in order, the environment when there are none, nothing for the default', async () => {
    await cli(['-r', 'a.yaml', '-r', 'mask-logs:pii'], '', { env: { MASK_LOGS_RUN_SECRET: SECRET, MASK_LOGS_RULESET: 'mask-logs:pci' } })
    await cli([], '', { env: { MASK_LOGS_RUN_SECRET: SECRET, MASK_LOGS_RULESET: 'mask-logs:pci' } })
    await cli([], '', { env: { MASK_LOGS_RUN_SECRET: SECRET, MASK_LOGS_RULESET: 'version: "1.0"\nrules: []\n' } })
    await cli(['--plugin', './mine.mjs', '--plugin', 'some-package'])
    expect(calls.map((c) => c.ruleset)).toEqual([[join(dir, 'a.yaml'), 'mask-logs:pii'], ['mask-logs:pci'], ['version: "1.0"\nrules: []\n'], undefined])
    expect(calls[3]?.options.plugins).toEqual([join(dir, 'mine.mjs'), 'some-package'])
  })

  it('refuses a bad ruleset with its place, unread', async () => {
    expect(await cli(['-r', 'bad.yaml'], untouched())).toEqual({
      code: 3,
      out: '',
      err: "bad.yaml:7:11 unknown_mask: unknown mask type 'from_fle'\n    - type: from_fle\n            ^\n",
    })
    expect((await cli(['-r', 'warn.yaml'], 'a1\n')).err).toMatch(/^warn\.yaml:7:11 warning unknown_mask: /)
    expect((await cli(['-r', 'warn.yaml', '-q'], 'a1\n')).err).toBe('')
  })

  it('checks rulesets, each operand by itself', async () => {
    expect(await cli(['check', 'good.yaml', 'warn.yaml'])).toMatchObject({ code: 0, out: 'good.yaml: ok\nwarn.yaml: ok\n' })
    expect(await cli(['check', 'bad.yaml', 'good.yaml'])).toMatchObject({ code: 3, out: 'good.yaml: ok\n', err: expect.stringContaining('bad.yaml:7:11') as string })
    expect(await cli(['--check', '-r', 'bad.yaml'], untouched())).toMatchObject({ code: 3, out: '' })
    expect(await cli(['--check', '-r', 'a.yaml', '-r', 'quarantine.yaml'], untouched(), { env: { MASK_LOGS_RUN_SECRET: 'short' } })).toEqual({
      code: 0,
      out: 'a.yaml + quarantine.yaml: ok\n',
      err: '',
    })
    expect(await cli(['check'])).toMatchObject({ code: 0, out: 'mask-logs:default: ok\n' })
  })

  it('shows class and code of a defect, never its message', async () => {
    expect(await cli(['-r', 'crash.yaml'], 'a1\n')).toEqual({ code: 70, out: '', err: 'mask-logs: internal error (TypeError)\n' })
    expect(await cli(['-o', 'x'], 'a1\nBOOM 4711\n')).toEqual({ code: 70, out: '', err: 'mask-logs: internal error (TypeError)\n' })
    expect(readdirSync(dir)).toEqual([])
    expect(describeCrash(Object.assign(new RangeError('4711'), { code: 'ERR_X' }))).toBe('RangeError ERR_X')
    expect(describeCrash(Object.assign(new Error('4711'), { code: 'bob@shop.example' }))).toBe('Error')
    expect(describeCrash('4711')).toBe('string')
  })

  it('writes a starter ruleset once', async () => {
    expect(await cli(['init'])).toEqual({ code: 0, out: 'wrote mask-logs.yaml; check it with: mask-logs check mask-logs.yaml\n', err: '' })
    expect(read('mask-logs.yaml')).toBe(STARTER_RULESET)
    file('mask-logs.yaml', 'mine')
    expect(await cli(['init'])).toMatchObject({ code: 2, err: expect.stringContaining('exists already') as string })
    expect(read('mask-logs.yaml')).toBe('mine')
  })

  it('prints secrets and the schema', async () => {
    const [a, b] = [await cli(['new-secret']), await cli(['new-secret'])]
    expect(a.out).toMatch(/^[\w-]{43}\n$/)
    expect(a.out).not.toBe(b.out)
    expect(JSON.parse((await cli(['schema'])).out)).toEqual({ title: 'ruleset' })
  })
})

describe('signals, in process', () => {
  it('writes what was read, then ends with 128 + n; a second signal does not wait for the reader', async () => {
    let send: (signal: NodeJS.Signals) => void = () => {}
    const onSignal: CliIo['onSignal'] = (_names, handler) => {
      send = handler
      return () => {}
    }
    const stdin = new PassThrough()
    const got: string[] = []
    const stdout = new Writable({
      write(chunk: Buffer, _e, done) {
        got.push(String(chunk))
        done()
      },
    })
    const running = cli([], stdin, { onSignal, stdout })
    stdin.write('a1\nhalf 2')
    while (got.length === 0) await new Promise(setImmediate)
    send('SIGTERM')
    expect((await running).code).toBe(143)
    expect(got.join('')).toBe('a#\nhalf #')

    const stuck = new Writable({
      write() {
        /* never done */
      },
    })
    const waiting = cli([], 'a1\n', { onSignal, stdout: stuck })
    await new Promise((done) => setTimeout(done, 20))
    send('SIGINT')
    send('SIGINT')
    expect((await waiting).code).toBe(130)
  })

  it('removes an unfinished output file and writes no half line of a file', async () => {
    let send: (signal: NodeJS.Signals) => void = () => {}
    const onSignal: CliIo['onSignal'] = (_names, handler) => {
      send = handler
      return () => {}
    }
    file('out.log', 'before')
    const stdin = new PassThrough()
    const running = cli(['-o', 'out.log'], stdin, { onSignal })
    stdin.write('a1\n')
    await new Promise((done) => setTimeout(done, 20))
    expect(readdirSync(dir).length).toBe(2)
    send('SIGINT')
    expect((await running).code).toBe(130)
    expect(readdirSync(dir)).toEqual(['out.log'])
    expect(read('out.log')).toBe('before')

    file('big', `${'a1'.repeat(1 << 20)}\nb\n`)
    const got: string[] = []
    const stdout = new Writable({
      write(chunk: Buffer, _e, done) {
        got.push(String(chunk))
        done()
      },
    })
    file('first', 'f1\n')
    const { code } = await cli(['first', 'big'], '', {
      stdout,
      onSignal: (_names, handler) => {
        // The signal comes with the first output.
        const timer = setInterval(() => {
          if (got.length > 0) handler('SIGTERM')
        }, 0)
        return () => clearInterval(timer)
      },
    })
    expect(code).toBe(143)
    expect(got.join('')).toMatch(/^f#\n(<[\s\S]*>\nb\n)?$/)
  })
})

describe('the process', { timeout: 120_000 }, () => {
  let home: string
  beforeAll(() => {
    // The compiled program, with the stand-in for the engine: signals, pipes and exit codes need a real process.
    home = join(folder.path, 'program')
    mkdirSync(home)
    cpSync('package.json', join(home, 'package.json'))
    symlinkSync(resolve('node_modules'), join(home, 'node_modules'))
    writeFileSync(
      join(folder.path, 'tsconfig.json'),
      JSON.stringify({
        extends: resolve('tsconfig.json'),
        compilerOptions: { outDir: home, rootDir: resolve('.'), declaration: false, typeRoots: [resolve('node_modules/@types')] },
        files: [resolve('src/bin.ts'), resolve('test/fixtures/digit-masker.ts')],
      }),
    )
    spawnSync(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', join(folder.path, 'tsconfig.json')])
    writeFileSync(
      join(home, 'main.mjs'),
      `
      import { run } from './src/cli.js'
      import { hideCrashes, processIo } from './src/cli/io.js'
      import { library } from './test/fixtures/digit-masker.js'
      hideCrashes()
      if (process.env.CRASH) setTimeout(() => { throw new TypeError('secret-canary-4711') }, 20)
      if (process.env.REJECT) Promise.reject(Object.assign(new RangeError('secret-canary-4711'), { code: 'ERR_X' }))
      const io = Object.create(processIo(), { load: { value: () => Promise.resolve(library) } })
      process.exit(await run(process.argv.slice(2), io))
    `,
    )
    expect(existsSync(join(home, 'src/cli.js'))).toBe(true)
  }, 60_000)

  interface Program {
    child: ChildProcessWithoutNullStreams
    out(): string
    err(): string
    code: Promise<number | null>
  }
  const start = (args: string[], env: Record<string, string> = {}): Program => {
    const child = spawn(process.execPath, [join(home, 'main.mjs'), ...args], { cwd: dir, env: { ...process.env, MASK_LOGS_RUN_SECRET: SECRET, ...env } })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (c: Buffer) => out.push(c))
    child.stderr.on('data', (c: Buffer) => err.push(c))
    child.stdin.on('error', () => {})
    return { child, out: () => Buffer.concat(out).toString(), err: () => Buffer.concat(err).toString(), code: new Promise((done) => child.once('close', (code) => done(code))) }
  }
  const shell = (command: string, env: Record<string, string> = {}): Ran => {
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command], {
      cwd: dir,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
      env: { ...process.env, MASK_LOGS_RUN_SECRET: SECRET, M: `${process.execPath} ${join(home, 'main.mjs')}`, N: process.execPath, ...env },
    })
    return { code: status ?? -1, out: stdout, err: stderr }
  }
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) await new Promise((next) => setTimeout(next, 5))
  }

  it('moves files and pipes of every kind without losing a line', () => {
    const text = [...Array(20_000).keys()].map((i) => `{"n":${i},"msg":"line ${'.'.repeat(i % 97)}"}\n`).join('')
    file('app.log', text)
    file('expected', text.replace(/\d/g, '#'))
    file('app.gz', gzipSync(text))
    for (const command of [
      '$M app.log | cat',
      '$M < app.log > o; cat o',
      'cat app.log | $M | cat',
      'cat app.log | $M > o; cat o',
      '$M app.gz',
      '$M < app.gz',
      'cat app.gz | $M',
      '$M app.log -o o; cat o',
      'echo -n > o; $M app.log >> o; cat o',
      'mkfifo f; cat app.log > f & $M f',
    ]) {
      const { code, out, err } = shell(command)
      expect({ command, code, same: out === read('expected'), err }).toEqual({ command, code: 0, same: true, err: '' })
    }
    expect(shell('$M < /dev/null')).toEqual({ code: 0, out: '', err: '' })
    expect(shell('$M <&-').code).toBe(0)
  })

  it('starts as a program: help, version and usage errors need nothing else', () => {
    const bin = join(home, 'src/bin.js')
    expect(readFileSync(bin, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
    expect(shell(`$N ${bin} --help`)).toEqual({ code: 0, out: helpText('mask'), err: '' })
    expect(shell(`$N ${bin} --rulset x`)).toMatchObject({ code: 2, out: '' })
  })

  it('is successful when head closes the pipe early', () => {
    const { out, err } = shell('(yes "line 1" | $M; echo "code $?" >&2) | head -n 2')
    expect({ out, err }).toEqual({ out: 'line #\nline #\n', err: 'code 0\n' })
  })

  it('writes what the pipe holds on SIGTERM and SIGINT', async () => {
    for (const [signal, code] of [
      ['SIGTERM', 143],
      ['SIGINT', 130],
    ] as const) {
      const program = start([])
      program.child.stdin.write('a1\nb2\nhalf')
      await until(() => program.out().length > 0)
      program.child.stdin.write(' 3\nc4')
      program.child.kill(signal)
      expect(await program.code).toBe(code)
      expect(program.out()).toBe('a#\nb#\nhalf #\nc#')
      expect(program.err()).toBe('')
    }
  })

  it('ends on a signal although the writer never stops, with whole lines up to the last', async () => {
    const program = start([])
    const block = Buffer.from('some line 123\n'.repeat(1000))
    const write = (): void => {
      while (program.child.stdin.writable && program.child.stdin.write(block));
      program.child.stdin.once('drain', write)
    }
    write()
    await until(() => program.out().length > 1 << 20)
    program.child.kill('SIGTERM')
    expect(await program.code).toBe(143)
    expect(program.out().startsWith('some line ###\n'.repeat(70_000))).toBe(true)
  })

  it('leaves no output file when interrupted', async () => {
    const program = start(['-o', 'out.log'])
    program.child.stdin.write('a1\n'.repeat(100_000))
    await until(() => readdirSync(dir).length > 0)
    program.child.kill('SIGTERM')
    expect(await program.code).toBe(143)
    expect(readdirSync(dir)).toEqual([])
  })

  it('hides crashes', async () => {
    for (const [env, text] of [
      [{ CRASH: '1' }, 'TypeError'],
      [{ REJECT: '1' }, 'RangeError ERR_X'],
    ] as const) {
      const program = start([], env)
      expect(await program.code).toBe(70)
      expect(program.err()).toBe(`mask-logs: internal error (${text})\n`)
    }
  })

  it('takes a 100 MB line in bounded memory', () => {
    file(
      'gen.mjs',
      `const b = Buffer.alloc(1 << 20, 'x1'); for (let i = 0; i < 100; i++) if (!process.stdout.write(b)) await new Promise((d) => process.stdout.once('drain', d)); process.stdout.write('\\nend 1\\n')`,
    )
    const { out, err } = shell(`$N gen.mjs | $N --import ./rss.mjs ${join(home, 'main.mjs')}`, {
      MASK_LOGS_RUN_SECRET: SECRET,
      ...(file('rss.mjs', "process.on('exit', () => console.error(process.resourceUsage().maxRSS))") ? {} : {}),
    })
    expect(out).toBe(`<${100 << 20}:${'x#'.repeat(8)}>\nend #\n`)
    expect(Number(err)).toBeLessThan(100_000)
  })

  describe('run', () => {
    it('masks both outputs of a command and takes its exit code', () => {
      file('app.mjs', `console.log('out 12'); console.error('err 34'); process.stdout.write('no newline 5'); process.exitCode = 7`)
      expect(shell('$M run -- $N app.mjs')).toEqual({ code: 7, out: 'out ##\nno newline #', err: 'err ##\n' })
      expect(shell('echo in 1 | $M run cat')).toEqual({ code: 0, out: 'in #\n', err: '' })
    })

    it('masks a crash', () => {
      file('crash.mjs', `throw new Error('card 4111111111111111')`)
      const { code, out, err } = shell('$M run -- $N crash.mjs')
      expect({ code, out }).toEqual({ code: 1, out: '' })
      expect(err).toContain('Error: card ################')
      expect(err).not.toMatch(/\d/)
    })

    it('loses nothing of a large output', () => {
      const { code, out } = shell('$M run -- sh -c "seq 1 200000; exit 3" | tail -n 1; $M run -- seq 1 200000 | wc -c')
      expect({ code, out: out.split(/\s+/) }).toEqual({ code: 0, out: ['######', '1288895', ''] })
    })

    it('says what cannot be run', () => {
      expect(shell('$M run -- ./none-such')).toEqual({ code: 127, out: '', err: 'mask-logs: cannot run ./none-such: command not found\n' })
      file('plain', 'text')
      expect(shell('$M run -- ./plain')).toEqual({ code: 126, out: '', err: 'mask-logs: cannot run ./plain: permission denied (EACCES)\n' })
      expect(shell('$M run -r bad.yaml -- touch started').code).toBe(3)
      expect(existsSync(join(dir, 'started'))).toBe(false)
    })

    it('forwards signals and ends as the command ends', async () => {
      file('app.mjs', `process.on('SIGTERM', () => { console.log('bye 1'); process.exit(9) }); console.log('ready 1'); setInterval(() => {}, 1000)`)
      const polite = start(['run', '--', process.execPath, 'app.mjs'])
      await until(() => polite.out() !== '')
      polite.child.kill('SIGTERM')
      expect(await polite.code).toBe(9)
      expect(polite.out()).toBe('ready #\nbye #\n')
      for (const [signal, code] of [
        ['SIGINT', 130],
        ['SIGHUP', 129],
      ] as const) {
        const plain = start(['run', '--', 'sh', '-c', 'echo ready; exec sleep 60'])
        await until(() => plain.out() !== '')
        plain.child.kill(signal)
        expect(await plain.code).toBe(code)
      }
      const killed = start(['run', '--', 'sh', '-c', 'kill -9 $$'])
      expect(await killed.code).toBe(137)
    })

    it('stops the command when a line fails', () => {
      const { code, out, err } = shell('$M run -- sh -c "echo a1; echo FAIL 4711; exec sleep 60"')
      expect({ code, out }).toEqual({ code: 1, out: 'a#\n' })
      expect(err).toBe('mask-logs: stopped: digits received a value that is not valid (rule rules[0], not_valid)\n')
    })

    it('stops the command and hides the message when the engine itself fails', () => {
      const { code, out, err } = shell('$M run -- sh -c "echo a1; sleep 0.1; echo BOOM 4711; exec sleep 60"')
      // Both lines may come in one chunk.
      expect({ code, out: out.replace('a#\n', ''), err }).toEqual({ code: 70, out: '', err: 'mask-logs: internal error (TypeError)\n' })
    })

    it('goes on with the exit code of the command when nobody reads', () => {
      expect(shell('($M run -- sh -c "yes 1; exit 5"; echo "code $?" >&2) | head -n 1')).toMatchObject({ out: '#\n', err: expect.stringMatching(/code 5\n$/) as string })
    })

    it('does not give the secrets to the command', () => {
      expect(shell('$M run -- env').out).not.toContain('MASK_LOGS_RUN_SECRET=')
    })
  })
})
