// The command on CSV, TSV and JSON documents, with the real engine.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../src/cli.ts'
import type { CliIo } from '../src/cli/io.ts'
import { areLines } from '../src/cli/input.ts'
import * as library from '../src/index.ts'
import { buildInto } from './support/build.ts'
import { testFolder } from './support/folder.ts'

const SECRET = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'
const RULES = 'version: "1.0"\nrules:\n- {paths: [a], masks: [{type: from_fixed, value: X}]}\n- {detect: [email], masks: [{type: redact}]}\n'

const folder = testFolder()
let dir: string
beforeEach(() => {
  dir = folder.next()
})
const file = (name: string, content: string | Buffer): string => {
  writeFileSync(join(dir, name), content)
  return name
}
const read = (name: string): string => readFileSync(join(dir, name), 'utf8')

async function cli(args: string[], input: string | Readable = '', more: Partial<CliIo> = {}): Promise<{ code: number; out: string; err: string }> {
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
    env: { MASK_LOGS_RUN_SECRET: SECRET, MASK_LOGS_RULESET: RULES },
    cwd: dir,
    onSignal: () => () => {},
    load: () => Promise.resolve(library),
    ...more,
  })
  return { code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }
}

describe('--format', () => {
  it.each([
    ['csv', 'a,b\n1,ann@shop.example\n', 'a,b\nX,[REDACTED]\n'],
    ['tsv', 'a\tb\n1\tann@shop.example\n', 'a\tb\nX\t[REDACTED]\n'],
    ['json-document', '[\n{"a":\n1}]', '[\n{"a":\n"X"}]'],
    ['ndjson', '{"a":1}\n[{"a":1}]\nann@shop.example\n', '{"a":"X"}\n[{"a":1}]\n[REDACTED]\n'],
    ['auto', '{"a":1}\na=1\n', '{"a":"X"}\na=X\n'],
    ['text', '{"b":1}\n', '{"b":1}\n'],
  ])('reads standard input as %s', async (format, input, out) => {
    expect(await cli(['--format', format], input)).toEqual({ code: 0, out, err: '' })
  })

  it('knows delimiters, and tables without a header', async () => {
    expect((await cli(['--format', 'csv', '--delimiter', ';'], 'a;b\n1;2,3\n')).out).toBe('a;b\nX;2,3\n')
    expect((await cli(['--format', 'csv', '--delimiter', 'tab'], 'a\tb\n1\t2\n')).out).toBe('a\tb\nX\t2\n')
    expect((await cli(['--format', 'csv', '--delimiter', '\\t'], 'a\tb\n1\t2\n')).out).toBe('a\tb\nX\t2\n')
    const byNumber = { env: { MASK_LOGS_RUN_SECRET: SECRET, MASK_LOGS_RULESET: RULES.replace('[a]', '["2"]') } }
    expect((await cli(['--format', 'csv', '--no-header'], 'a,b\n1,2\n', byNumber)).out).toBe('a,X\n1,X\n')
  })

  it.each([
    [['--format', 'parquet'], '--format takes auto, text, ndjson, json-document, csv or tsv'],
    [['--format', 'cvs'], '--format takes auto, text, ndjson, json-document, csv or tsv (did you mean csv?)'],
    [['--format', 'json'], "--format json may mean two things: write 'ndjson' for a value on each line, 'json-document' for documents over many lines"],
    [['--format', 'csv', '--json'], '--format and --json exclude each other'],
    [['--format', 'csv', '--text'], '--format and --text exclude each other'],
    [['--delimiter', ';'], '--delimiter goes with CSV and TSV: add --format csv'],
    [['--no-header', 'x.json'], '--no-header goes with CSV and TSV: add --format csv'],
    [['--format', 'csv', '--delimiter', '""'], '--delimiter takes one ASCII character that is no quote and no line end, or tab'],
    [['run', '--format', 'csv', '--', 'true'], "--format does not go with 'run'"],
  ])('refuses %j', async (args, message) => {
    expect(await cli(args)).toEqual({ code: 2, out: '', err: `mask-logs: ${message}\nTry 'mask-logs --help'.\n` })
  })

  it('is told by names, each file for itself', async () => {
    file('a.csv', 'a,b\r\n1,2')
    file('b.TSV', 'a\tb\n1\t2')
    file('c.json', '[{"a":1},\n{"a":2}]')
    file('d.log', 'a=1')
    file('e.csv.gz', gzipSync('b,a\n1,2\n'))
    file('f.json.gz', gzipSync('{\n"a":1}'))
    file('empty.csv', '')
    file('g.csv', 'a\n1')
    const args = ['a.csv', 'b.TSV', 'c.json', 'd.log', 'e.csv.gz', 'f.json.gz', 'empty.csv', 'g.csv']
    const out = 'a,b\r\nX,2\r\na\tb\nX\t2\n[{"a":"X"},\n{"a":"X"}]\na=X\nb,a\n1,X\n{\n"a":"X"}\na\nX'
    expect(await cli(args)).toEqual({ code: 0, out, err: '' })
    expect((await cli(['--text', 'a.csv'])).out).toBe('a,b\r\n1,2')
    expect((await cli(['--delimiter', '|', 'a.csv'])).out).toBe('a,b\r\n1,2')
    // lines count on over all of them
    const { err } = await cli(['--explain', ...args])
    expect(err.match(/^\d+/gm)).toEqual(['2', '4', '5', '6', '7', '9', '10', '13'])
  })

  it('leaves lines of JSON in a .json file lines', async () => {
    file('lines.json', '{"a":1}\n[{"a":2}]\nlogin of ann@shop.example\n')
    expect(await cli(['lines.json'])).toEqual({ code: 0, out: '{"a":"X"}\n[{"a":2}]\nlogin of [REDACTED]\n', err: '' })
    const long = `${'{"a":1,"b":"' + 'x'.repeat(200)}"}\n`.repeat(2000)
    file('long.json', long)
    expect((await cli(['long.json'])).out).toBe(long.replaceAll('"a":1', '"a":"X"'))
    file('document.json', `[${long.replaceAll('\n', ',\n')}{}]`)
    expect((await cli(['document.json'])).out).toBe(`[${long.replaceAll('"a":1', '"a":"X"').replaceAll('\n', ',\n')}{}]`)
    for (const [text, lines] of [
      ['{"a":1}\n{"a":2}', true],
      ['\ufeff{"a":1}\r\n{"a":2}\r\n', true],
      ['\n\n[1]\n[2]', true],
      ['1\n2\n', true],
      ['{"a":1}\n', undefined],
      ['{"a":1}\n \n', undefined],
      ['[{"a":1}]', undefined],
      ['[\n{"a":1}\n]', false],
      ['{"a":1},\n{"a":2}', false],
      ['', undefined],
    ] as const)
      expect([text, areLines(Buffer.from(text))]).toEqual([text, lines])
    for (const [name, text, out] of [
      ['one.json', '[{"a":1}]\n', '[{"a":"X"}]\n'],
      ['none.json', '', ''],
    ] as const) {
      file(name, text)
      expect(await cli([name])).toEqual({ code: 0, out, err: '' })
    }
  })
})

describe('what goes with it', () => {
  it('explains columns and paths', async () => {
    file('a.csv', 'a,b\n1,2\n3,"x ann@shop.example"\n')
    expect(await cli(['explain', 'a.csv'])).toEqual({
      code: 0,
      out: '2:0-1 a rules[0] length 1 -> mask\n3:0-1 a rules[0] length 1 -> mask\n3:5-21 b email by rules[1] 0.95 length 16 [proved] -> mask\n',
      err: '',
    })
  })

  it('sums up', async () => {
    const { err } = await cli(['--stats', '--format', 'csv'], 'a,b\n1,2\n3,"x"y\n')
    expect(err).toMatch(
      /^ruleset: <ruleset> \(serial 0\)\nlines: 3 \(1 JSON, 0 text\)\nbytes: 15 in, 42 out\nmasked values: 1\n {2}by rule: rules\[0\] 1\n {2}by detector: none\nerrors: not_csv 1\n/,
    )
  })

  it('notes quarantined rows by their line', async () => {
    file('a.csv', 'a,b\n1,2\n3,"canary"y\n')
    file('b.json', '[{"a":1},\n{"canary":}]')
    const more = { env: { MASK_LOGS_RUN_SECRET: SECRET, MASK_LOGS_RULESET: RULES.replace('rules:', 'policy: {on_unparsable: quarantine}\nrules:') } }
    expect(await cli(['--quarantine', 'notes', 'a.csv', 'b.json'], '', more)).toEqual({ code: 0, out: 'a,b\nX,2\n[{"a":"X"}]', err: '' })
    expect(read('notes').replace(/"time":"[^"]+",/g, '')).toBe('{"serial":1,"line":3,"bytes":11,"code":"not_csv"}\n{"serial":2,"line":5,"bytes":11,"code":"not_json"}\n')
  })

  it('names what is not what it should be, masks the rest and ends with 1', async () => {
    file('open.csv', 'a,b\n1,"canary\n')
    file('cut.json', '[{"a":1},\n{"b":"ann@shop.example"')
    file('good.csv', 'a\n1\n')
    expect(await cli(['open.csv', 'good.csv', 'cut.json', 'open.csv'])).toEqual({
      code: 1,
      out: 'a,b\n[MASKING FAILED],[MASKING FAILED]\na\nX\n[{"a":"X"},\n{"b":"[REDACTED]"\na,b\n[MASKING FAILED],[MASKING FAILED]\n',
      err: [
        'mask-logs: open.csv is not CSV: what could not be read is hidden or masked as text',
        'mask-logs: cut.json is not JSON: what could not be read is hidden or masked as text',
        'mask-logs: open.csv is not CSV: what could not be read is hidden or masked as text',
        '',
      ].join('\n'),
    })
  })

  it('asks for the delimiter where a header looks like it', async () => {
    file('a.csv', 'a;b\n1;2\n')
    expect(await cli(['a.csv'])).toEqual({ code: 0, out: 'a;b\n1;2\n', err: 'mask-logs: a.csv has one column: is there another character between its cells? (--delimiter)\n' })
    expect((await cli(['-q', 'a.csv'])).err).toBe('')
    expect(await cli(['--delimiter', ';', 'a.csv'])).toEqual({ code: 0, out: 'a;b\nX;2\n', err: '' })
  })

  it('refuses UTF-16 and goes on with the others', async () => {
    file('wide.csv', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'))
    file('good.csv', 'a\n1\n')
    expect(await cli(['wide.csv', 'good.csv'])).toEqual({ code: 1, out: 'a\nX\n', err: 'mask-logs: cannot read wide.csv: the input is UTF-16: convert it to UTF-8 first\n' })
  })

  it('shows no value in what it says', async () => {
    const canary = 'canary'
    const mail = `${canary}@shop.example`
    file('a.csv', `b,"${mail}",password\n1,"x ${mail}",${canary}-Hunter22x,${mail}\n2,"${canary}"y\n3,"${canary} ${'long '.repeat(300)}"\n4,"${canary}\n`)
    file('b.json', `[{"${mail}":"${mail}"},{"password":"${canary}-Hunter22x"},{"${canary}":tru},["${mail} ${'long '.repeat(300)}"] {"b":"${mail}`)
    file('c.csv', `"${canary}\n`)
    const more = { env: { MASK_LOGS_RUN_SECRET: SECRET } }
    for (const args of [['--stats', '--json-findings'], ['--stats', '--explain'], ['-r', 'quarantine.yaml', '--quarantine', 'notes'], ['explain']]) {
      file('quarantine.yaml', 'version: "1.0"\nextends: [mask-logs:default]\npolicy: {on_unparsable: quarantine}\n')
      const { code, out, err } = await cli([...args, '--max-record-bytes', '1KiB', 'a.csv', 'b.json', 'c.csv'], '', more)
      expect(code).toBe(1)
      expect(out.length + err.length).toBeGreaterThan(100)
      // a key that no detector knows stays, in the record and in the paths of explain
      expect(`${out}${err}`.replaceAll(`{"${canary}":tru}`, '')).not.toContain(canary)
    }
    expect(read('notes')).not.toContain(canary)
  })

  it('shows its progress in long files', async () => {
    // short work needs no bar: longer until there is one
    for (let rows = 800_000; ; rows *= 2) {
      file('a.csv', `a,b\n${'1,2\n'.repeat(rows)}`)
      const { err } = await cli(['a.csv', '-o', 'out.csv'], '', { stderrIsTTY: true, columns: 80 })
      expect(read('out.csv').length).toBe(4 + 4 * rows)
      if (err === '' && rows < 25_000_000) continue
      expect(err).toMatch(/\r\u001b\[K\[#*-*\] \d+ % {2}[\d.]+ of [\d.]+ MB/)
      break
    }
  })
})

describe('-o', () => {
  const failing = RULES.replace('rules:', 'policy: {on_mask_error: fail}\nrules:').replace('from_fixed, value: X', 'from_random_number, min: 1, max: 9') + ''

  it.each(['csv', 'json-document'])('has its name only when everything is in it: %s', async (format) => {
    file('out', 'before')
    const rows = format === 'csv' ? 'a,b\n5,2\n' : '[{"a":1},\n'
    file('in', rows)
    // a hash source that is missing fails
    const env = { MASK_LOGS_RUN_SECRET: SECRET, MASK_LOGS_RULESET: failing.replace('{paths: [a],', '{paths: [a], hash_sources: [{json_path: [none]}],') }
    const { code, err } = await cli(['--format', format, 'in', '-o', 'out'], '', { env })
    expect(code).toBe(1)
    expect(err).toContain('hash_source_missing')
    expect(read('out')).toBe('before')
    expect(readdirSync(dir).sort()).toEqual(['in', 'out'])
  })
})

describe('the process', { timeout: 120_000 }, () => {
  let home: string
  beforeAll(() => {
    home = join(folder.path, 'program')
    mkdirSync(home)
    buildInto(home)
  })
  const program = (): string => join(home, 'dist/src/bin.cjs')
  const env = { ...process.env, MASK_LOGS_RUN_SECRET: SECRET, MASK_LOGS_RULESET: RULES }

  it.each([
    ['csv', 'a,b\n', '1,ann@shop.example\n', /^a,b\n(X,\[REDACTED\]\n)*$/],
    ['json-document', '[{"a":1}', ',\n{"a":1}', /^\[\{"a":"X"\}(,\n\{"a":"X"\})*$/],
  ])('leaves no half of a file under its name when it is stopped: %s', async (format, head, row, whole) => {
    for (const [signal, code] of [
      ['SIGTERM', 143],
      ['SIGINT', 130],
    ] as const) {
      file('out', 'before')
      const child = spawn(process.execPath, [program(), '--format', format, '-o', 'out'], { cwd: dir, env })
      const ended = new Promise((done) => child.once('close', done))
      child.stdin.on('error', () => {})
      child.stdin.write(head)
      const more = setInterval(() => child.stdin.write(row.repeat(1000)), 1)
      // the hidden file beside it grows
      while (!readdirSync(dir).some((name) => name.startsWith('.out.') && readFileSync(join(dir, name)).length > 100_000)) await new Promise((next) => setTimeout(next, 5))
      child.kill(signal)
      clearInterval(more)
      child.stdin.end()
      expect(await ended).toBe(code)
      expect(readdirSync(dir)).toEqual(['out'])
      expect(read('out')).toBe('before')
    }
    // on standard output everything that was read is there, and nothing else
    const child = spawn(process.execPath, [program(), '--format', format], { cwd: dir, env })
    const out: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    const ended = new Promise((done) => child.once('close', done))
    child.stdin.write(head + row.repeat(3))
    while (out.length === 0) await new Promise((next) => setTimeout(next, 5))
    child.kill('SIGTERM')
    expect(await ended).toBe(143)
    expect(Buffer.concat(out).toString()).toMatch(whole)
  })

  it('masks long tables and documents in little memory', () => {
    const size = 60e6
    const rows = `1,"some text, that is long enough to be a note",2026-01-01,ann@shop.example\n`
    const records = `{"a":1,"note":"some text, that is long enough to be a note","mail":"ann@shop.example"},\n`
    file('big.csv', `a,note,date,mail\n${rows.repeat(size / rows.length)}`)
    file('big.json', `[\n${records.repeat(size / records.length)}{}]\n`)
    // one row that never ends
    file('open.csv', `a,b\n1,"${'x,"",y\n'.repeat(size / 7)}`)
    file('wide.csv', `a,b\n1${','.repeat(size)}\n`)
    file('deep.json', `[${'['.repeat(size)}`)
    file('blank.json', `[1,${' '.repeat(size)}2]`)
    file('peak.cjs', "process.on('exit', () => require('node:fs').writeFileSync('peak', String(process.resourceUsage().maxRSS)))")
    for (const name of ['big.csv', 'big.json', 'open.csv', 'wide.csv', 'deep.json', 'blank.json']) {
      const { status } = spawnSync(process.execPath, ['--require', './peak.cjs', program(), name, '-q', '-o', 'out'], { cwd: dir, env, timeout: 60_000 })
      expect([name, status]).toEqual([name, name === 'open.csv' || name === 'deep.json' ? 1 : 0])
      // KB; the least that Node needs is a third of it
      expect([name, Number(read('peak')) < 150_000]).toEqual([name, true])
    }
    // no diff of 60 MB
    expect(read('out') === read('blank.json')).toBe(true)
  })
})
