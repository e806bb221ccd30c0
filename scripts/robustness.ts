// `npm run robustness -- --corpora DIR`: runs given sets of hostile JSON through the library and the built CLI.
//
//   node dist/scripts/robustness.js --corpora DIR [--limit-ms N]
//
// DIR holds `01-json-robustness/jsontestsuite` (index.ndjson with {file, class} and the files) and
// `01-json-robustness/blns.ndjson` (log lines with naughty strings). A set that is not there is reported as missing.
//
// Checked, for each file: the library and the CLI end within the limit and without a crash; with a ruleset that hits
// nothing, valid files come back byte for byte, and so does everything else that is not failed as a whole; with the
// `default` ruleset a secret planted before, behind and after the text never comes out. Exit code 1 when anything fails.
// The report names files and kinds of failures, never contents.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { table } from '../bench/report.ts'

const runSecret = 'robustness run secret, 32 letters'
const hitsNothing = { version: '1.0', rules: [{ paths: ['no.such.place'], masks: [{ type: 'redact' }] }] }
const failed = '[MASKING FAILED]'

/** To the worker: one record and the ruleset for it. Back comes the output, or the name of the error. */
interface Task {
  readonly ruleset: 'nothing' | 'default'
  readonly record: Uint8Array
}
interface Answer {
  readonly out?: Uint8Array
  readonly error?: string
}

interface Entry {
  readonly name: string
  readonly class: string
  readonly bytes: Buffer
}

interface Tally {
  readonly title: string
  cases: number
  identical: number
  failedWhole: number
  problems: string[]
}

async function worker(): Promise<void> {
  const { createMasker } = await import('../src/index.ts')
  const maskers = { nothing: createMasker(hitsNothing, { runSecret }), default: createMasker('mask-logs:default', { runSecret }) }
  parentPort?.on('message', (task: Task) => {
    let answer: Answer
    try {
      answer = { out: maskers[task.ruleset].json(task.record) }
    } catch (error) {
      answer = { error: error instanceof Error ? error.name : typeof error }
    }
    parentPort?.postMessage(answer)
  })
  parentPort?.postMessage({})
}

/** The library in a thread that can be ended when it does not come back. */
class Library {
  #thread: Worker | undefined
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  async json(ruleset: Task['ruleset'], record: Uint8Array): Promise<Answer> {
    if (this.#thread === undefined) {
      const thread = new Worker(fileURLToPath(import.meta.url))
      this.#thread = thread
      const first = await this.#answer(thread, 30_000)
      if (first.error !== undefined) throw new Error(`the library does not start: ${first.error}`)
    }
    const thread = this.#thread
    const answer = this.#answer(thread, this.#limit)
    thread.postMessage({ ruleset, record } satisfies Task)
    const found = await answer
    if (found.error === 'over time' || found.error === 'crash') {
      await thread.terminate()
      this.#thread = undefined
    }
    return found
  }

  async #answer(thread: Worker, limit: number): Promise<Answer> {
    return new Promise((resolve) => {
      const done = (answer: Answer): void => {
        clearTimeout(timer)
        thread.off('message', done)
        thread.off('error', crash)
        thread.off('exit', crash)
        resolve(answer)
      }
      const crash = (): void => done({ error: 'crash' })
      const timer = setTimeout(() => done({ error: 'over time' }), limit)
      thread.on('message', done)
      thread.on('error', crash)
      thread.on('exit', crash)
    })
  }

  async close(): Promise<void> {
    await this.#thread?.terminate()
  }
}

interface CliResult {
  readonly status: number | string
  readonly out: Buffer
  readonly errors: string
}

/** The built CLI over one input. */
async function cli(input: Uint8Array, ruleset: string, folder: string, slot: number, limit: number): Promise<CliResult> {
  const file = join(folder, `input-${slot}`)
  writeFileSync(file, input)
  const descriptor = openSync(file, 'r')
  const child = spawn(process.execPath, [fileURLToPath(new URL('../src/bin.cjs', import.meta.url)), '--quiet', '-r', ruleset], {
    stdio: [descriptor, 'pipe', 'pipe'],
    env: { ...process.env, MASK_LOGS_RUN_SECRET: runSecret },
    timeout: limit,
    killSignal: 'SIGKILL',
  })
  const out: Buffer[] = []
  let errors = ''
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const status = await new Promise<number | string>((resolve) => child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 'over time' : String(signal)))))
  closeSync(descriptor)
  return { status, out: Buffer.concat(out), errors }
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

/** Judges output under the ruleset that hits nothing. */
function judge(tally: Tally, entry: Entry, out: Uint8Array): void {
  tally.cases++
  if (same(out, entry.bytes)) tally.identical++
  else if (entry.class !== 'y' && Buffer.from(out).includes(failed)) tally.failedWhole++
  else tally.problems.push(`${entry.name}: bytes changed`)
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { corpora: { type: 'string' }, 'limit-ms': { type: 'string', default: '2000' } } })
  if (values.corpora === undefined) {
    process.stderr.write('robustness: --corpora DIR names the folder with the sets\n')
    return 2
  }
  const limit = Number(values['limit-ms'])
  const folder = mkdtempSync(join(tmpdir(), 'mask-logs-robustness-'))
  const library = new Library(limit)
  const tallies: Tally[] = []
  const tally = (title: string): Tally => {
    const made: Tally = { title, cases: 0, identical: 0, failedWhole: 0, problems: [] }
    tallies.push(made)
    return made
  }
  try {
    const nothing = join(folder, 'nothing.yaml')
    writeFileSync(nothing, JSON.stringify(hitsNothing))
    const suite = join(values.corpora, '01-json-robustness', 'jsontestsuite')
    if (existsSync(join(suite, 'index.ndjson'))) await runSuite(suite, library, tally, nothing, folder, limit)
    else tally('JSONTestSuite').problems.push('the set is missing')
    const blns = join(values.corpora, '01-json-robustness', 'blns.ndjson')
    if (existsSync(blns)) await runNaughty(blns, library, tally, nothing, folder, limit)
    else tally('naughty strings').problems.push('the set is missing')
  } finally {
    await library.close()
    rmSync(folder, { recursive: true, force: true })
  }
  process.stdout.write(
    `${table([
      ['set', 'cases', 'identical', 'failed as a whole', 'problems'],
      ...tallies.map((t) => [t.title, String(t.cases), String(t.identical), String(t.failedWhole), String(t.problems.length)]),
    ])}\n`,
  )
  let problems = 0
  for (const { title, problems: list } of tallies) {
    problems += list.length
    for (const problem of list.slice(0, 40)) process.stdout.write(`  ${title}: ${problem}\n`)
    if (list.length > 40) process.stdout.write(`  ${title}: ... and ${list.length - 40} more\n`)
  }
  process.stdout.write(problems === 0 ? 'all hold\n' : `${problems} problems\n`)
  return problems === 0 ? 0 : 1
}

type NewTally = (title: string) => Tally

/** A secret that occurs nowhere else. */
const canaryOf = (number: number): string => `cnr${String(number).padStart(5, '0')}-Qz7vK2`

async function runSuite(suite: string, library: Library, newTally: NewTally, nothing: string, folder: string, limit: number): Promise<void> {
  const entries: Entry[] = readFileSync(join(suite, 'index.ndjson'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { file: string; class: string })
    .map(({ file, class: kind }) => ({ name: file, class: kind, bytes: readFileSync(join(suite, file)) }))

  const inLibrary = { y: newTally('library, nothing to mask, y_'), n: newTally('library, nothing to mask, n_'), i: newTally('library, nothing to mask, i_ and transforms') }
  const leaks = newTally('library, default, secret before, behind, after')
  for (const [number, entry] of entries.entries()) {
    const group = inLibrary[entry.class === 'y' || entry.class === 'n' ? entry.class : 'i']
    const { out, error } = await library.json('nothing', entry.bytes)
    if (out === undefined) {
      group.cases++
      group.problems.push(`${entry.name}: ${error}`)
    } else judge(group, entry, out)
    const canary = canaryOf(number)
    const plain = await library.json('default', entry.bytes)
    if (plain.error !== undefined) leaks.problems.push(`${entry.name}: ${plain.error}`)
    for (const [shape, record] of Object.entries(wrapped(entry.bytes, canary))) {
      leaks.cases++
      const answer = await library.json('default', record)
      if (answer.out === undefined) leaks.problems.push(`${entry.name}, ${shape}: ${answer.error}`)
      else if (Buffer.from(answer.out).includes(canary)) leaks.problems.push(`${entry.name}, ${shape}: leak`)
    }
  }

  const inCli = { y: newTally('CLI, nothing to mask, y_'), n: newTally('CLI, nothing to mask, n_'), i: newTally('CLI, nothing to mask, i_ and transforms') }
  const withDefault = newTally('CLI, default, no crash')
  let at = 0
  const lane = async (slot: number): Promise<void> => {
    for (let entry = entries[at++]; entry !== undefined; entry = entries[at++]) {
      const group = inCli[entry.class === 'y' || entry.class === 'n' ? entry.class : 'i']
      // Start-up under load is no hang: the CLI gets ten times the limit of the library.
      const plain = await cli(entry.bytes, nothing, folder, slot, limit * 10)
      if (plain.status !== 0) {
        group.cases++
        group.problems.push(`${entry.name}: status ${plain.status}`)
      } else judge(group, entry, plain.out)
      const masked = await cli(entry.bytes, 'mask-logs:default', folder, slot, limit * 10)
      withDefault.cases++
      if (masked.status !== 0) withDefault.problems.push(`${entry.name}: status ${masked.status}`)
      else if (same(masked.out, entry.bytes)) withDefault.identical++
      // V8's own message would quote the input.
      if (/in JSON at|Unexpected token/.test(plain.errors + masked.errors)) withDefault.problems.push(`${entry.name}: a parser's message on stderr`)
    }
  }
  await Promise.all([lane(0), lane(1)])

  const lines = newTally('CLI, default, all files with secrets as one input')
  const parts = entries.flatMap((entry, number) => Object.values(wrapped(entry.bytes, canaryOf(number)))).filter((record) => !record.includes(10))
  checkLines(lines, parts, await cli(Buffer.concat(parts.flatMap((part) => [part, Buffer.from('\n')])), 'mask-logs:default', folder, 0, limit * 30))
}

function wrapped(bytes: Buffer, canary: string): Record<string, Buffer> {
  return {
    before: Buffer.concat([Buffer.from(`{"password":"${canary}","doc":`), bytes, Buffer.from('}')]),
    after: Buffer.concat([Buffer.from('{"doc":'), bytes, Buffer.from(`,"password":"${canary}"}`)]),
    behind: Buffer.concat([bytes, Buffer.from(` password=${canary}`)]),
  }
}

/** As many lines out as in, and no secret in any of them or on stderr. */
function checkLines(tally: Tally, parts: readonly Uint8Array[], result: CliResult): void {
  tally.cases += parts.length
  if (result.status !== 0) tally.problems.push(`status ${result.status}`)
  const newlines = result.out.reduce((sum, byte) => sum + (byte === 10 ? 1 : 0), 0)
  if (newlines !== parts.length) tally.problems.push(`${newlines} lines came out, ${parts.length} went in`)
  const leaked = new Set(`${result.out.toString('latin1')}\n${result.errors}`.match(/cnr\d{5}-Qz7vK2/g) ?? [])
  if (leaked.size > 0)
    tally.problems.push(
      `${leaked.size} secrets came out: numbers ${[...leaked]
        .slice(0, 10)
        .map((text) => Number(text.slice(3, 8)))
        .join(', ')}`,
    )
}

async function runNaughty(file: string, library: Library, newTally: NewTally, nothing: string, folder: string, limit: number): Promise<void> {
  const input = readFileSync(file)
  const lines = input
    .toString()
    .split('\n')
    .filter((line) => line !== '')
  const plain = newTally('naughty strings, library, nothing to mask')
  const masked = newTally('naughty strings, library, default: still JSON of the same keys')
  const leaks = newTally('naughty strings, library, default, with secrets')
  const parts: Buffer[] = []
  for (const [number, line] of lines.entries()) {
    const name = `line ${number + 1}`
    const first = await library.json('nothing', Buffer.from(line))
    if (first.out === undefined) plain.problems.push(`${name}: ${first.error}`)
    else judge(plain, { name, class: 'y', bytes: Buffer.from(line) }, first.out)
    const second = await library.json('default', Buffer.from(line))
    masked.cases++
    if (second.out === undefined) masked.problems.push(`${name}: ${second.error}`)
    else if (same(second.out, Buffer.from(line))) masked.identical++
    else if (!sameKeys(line, Buffer.from(second.out).toString())) masked.problems.push(`${name}: no longer the same record`)
    const canary = canaryOf(number)
    const shapes = [
      line.replace('{', `{"password":"${canary}",`),
      line.replace(/\}$/, `,"client_secret":"${canary}"}`),
      line.replace(/"(\}?\]?\}*)$/, ` password=${canary} ${canary}@mail.example"$1`),
      `${line} password=${canary}`,
      line.slice(0, -2).replace('{', `{"password":"${canary}",`),
    ]
    for (const [shape, text] of shapes.entries()) {
      const record = Buffer.from(text)
      parts.push(record)
      leaks.cases++
      const answer = await library.json('default', record)
      if (answer.out === undefined) leaks.problems.push(`${name}, shape ${shape}: ${answer.error}`)
      else if (Buffer.from(answer.out).includes(canary)) leaks.problems.push(`${name}, shape ${shape}: leak`)
    }
  }
  const whole = newTally('naughty strings, CLI, nothing to mask')
  const result = await cli(input, nothing, folder, 0, limit * 10)
  judge(whole, { name: 'the file', class: 'y', bytes: input }, result.out)
  if (result.status !== 0) whole.problems.push(`status ${result.status}`)
  const all = newTally('naughty strings, CLI, default, with secrets')
  checkLines(all, parts, await cli(Buffer.concat(parts.flatMap((part) => [part, Buffer.from('\n')])), 'mask-logs:default', folder, 0, limit * 30))
}

/** Both are JSON, with the same number of entries at the top and the same types of values. */
function sameKeys(before: string, after: string): boolean {
  try {
    const a = Object.values(JSON.parse(before) as object)
    const b = Object.values(JSON.parse(after) as object)
    return a.length === b.length && a.every((value, i) => typeof value === typeof b[i])
  } catch {
    return false
  }
}

if (isMainThread) process.exitCode = await main()
else await worker()
