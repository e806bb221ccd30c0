// `npm run bench`: the product against the ways the job is done without it, in one run, interleaved, medians.
//
//   node dist/bench/run.js [--size MB] [--runs N] [--small] [--gate] [--out DIR] [--only PART,...]
//
//   --size    size of the corpus, default 200
//   --runs    runs of each program, default 5
//   --small   48 MB, 3 runs, half of what must be reached is enough; nothing is written unless --out is given
//   --gate    exit code 1 when a target is missed
//   --out     where the dated report goes, default bench/history
//   --only    parts to run: throughput, values, line, huge, start, latency, masks, pino, http, otel, otlp, otlp-proxy, server
//
// Every program reads stdin and writes stdout, gets the same bytes, and is measured as a whole process, start-up included.
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { execFileSync, spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { corpusFile, corpusLines, sensitivePaths, writeOneLine } from './corpus.ts'
import { lineLatencies, median, percentile, runOver, startUp, type Program, type Run } from './measure.ts'
import { type HttpFigures, httpPayloads, httpRows, measureHttp } from './http.ts'
import { otlpRows } from './otlp.ts'
import { spanRows, type SpanFigures } from './otel.ts'
import { proxyRows, proxyRuleset, runProxy, type ProxyFigures, type ProxyRow } from './otlp-proxy.ts'
import { callRows, workerRows } from './pino.ts'
import { judge, show, table, verdicts, type Row, type Target } from './report.ts'
import { serverFigures } from './server.ts'

const { values: options } = parseArgs({
  options: {
    size: { type: 'string' },
    runs: { type: 'string' },
    small: { type: 'boolean', default: false },
    gate: { type: 'boolean', default: false },
    out: { type: 'string' },
    only: { type: 'string' },
  },
})
const small = options.small
const size = Number(options.size ?? (small ? 48 : 200))
const runs = Number(options.runs ?? (small ? 3 : 5))
if (!(size > 0 && size <= 10_000) || !(Number.isInteger(runs) && runs > 0)) {
  process.stderr.write('bench: --size is 1 to 10000 (MB), --runs a whole number from 1\n')
  process.exit(2)
}
const parts = options.only?.split(',')
const wanted = (part: string): boolean => parts === undefined || parts.includes(part)
const slack = small ? 2 : 1
const directory = '.bench'
mkdirSync(directory, { recursive: true })

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const baseline = (name: string): string[] => [here(`./baselines/${name}.js`)]
const cli = here('../src/bin.cjs')

// -------------------------------------------------------------------------------------------------- programs

const redact = [{ type: 'redact' }]
const eightPaths = join(directory, 'paths-8.yaml')
const hundredPaths = join(directory, 'paths-100.yaml')
const rulesFor = (paths: readonly string[]): string => JSON.stringify({ version: '1.0', rules: paths.map((path) => ({ paths: [path], masks: redact })) })
writeFileSync(eightPaths, rulesFor(sensitivePaths))
// 92 more that hit nothing but share keys with the records, so that the automaton has to look further than the first key.
const idlePaths = Array.from(
  { length: 92 },
  (_, i) => [`req.headers.x-idle-${i}`, `body.items[*].idle${i}`, `err.config.idle${i}.value`, `user.profile.idle${i}`, `idle${i}.token`][i % 5] as string,
)
writeFileSync(hundredPaths, rulesFor([...sensitivePaths, ...idlePaths]))

const passthrough: Program = { name: 'node passthrough', args: baseline('passthrough') }
const b0: Program = { name: 'B0 split2 + parse + stringify', args: baseline('parse') }
const b1: Program = { name: 'B1 B0 + @pinojs/redact, 8 paths', args: baseline('redact') }
const b1Joined: Program = { name: 'B1 with its output joined', args: baseline('redact-joined') }
const b2: Program = { name: 'B2 B0 + regex walk + HMAC', args: baseline('regex-walk') }
const oursEight: Program = { name: 'mask-logs, 8 paths', args: [cli, '--quiet', '-r', eightPaths] }
const oursHundred: Program = { name: 'mask-logs, 100 paths', args: [cli, '--quiet', '-r', hundredPaths] }
const oursDefault: Program = { name: 'mask-logs, default', args: [cli, '--quiet', '-r', 'mask-logs:default'] }
const all = [passthrough, b0, b1, b1Joined, b2, oursEight, oursHundred, oursDefault]

// -------------------------------------------------------------------------------------------------- parts

const started = new Date()
const figures: Record<string, unknown> = {}
const rows: Row[] = []
/** Remarks below the targets. */
const noted: string[] = []
const texts: string[] = []
const say = (text: string): void => void process.stderr.write(`${text}\n`)
const check = (target: Target, measured: number): void => void rows.push(judge(target, measured, slack))

async function throughput(): Promise<void> {
  say(`corpus of ${size} MB ...`)
  const corpus = corpusFile(directory, size)
  figures['corpus'] = { megabytes: size, bytes: corpus.bytes, lines: corpus.lines, seed: corpus.seed, sha256: corpus.sha256, fields: corpus.fields, inText: corpus.inText }
  for (const mode of ['file', 'pipe'] as const) {
    const results = new Map<Program, Run[]>(all.map((program) => [program, []]))
    for (let run = 0; run < runs; run++) {
      for (const program of all) results.get(program)?.push(await runOver(program, corpus.file, mode, directory))
      say(`${mode}: run ${run + 1} of ${runs}`)
    }
    const wall = (program: Program): number => median((results.get(program) ?? []).map((run) => run.wall))
    const cpu = (program: Program): number => median((results.get(program) ?? []).map((run) => run.cpu))
    const peak = (program: Program): number => Math.max(...(results.get(program) ?? []).map((run) => run.peak)) / 1e6
    figures[mode] = Object.fromEntries(all.map((program) => [program.name, { wall: wall(program), cpu: cpu(program), peakMB: peak(program), runs: results.get(program) }]))
    texts.push(
      `## ${size} MB ${mode === 'file' ? 'from a file' : 'through a pipe (`cat file | program | cat`)'}\n\n${table([
        ['program', 'wall s', 'MB/s', 'CPU s', 'MB per CPU s', 'peak MB', 'x B0', 'x B1', 'x B2'],
        ...all.map((program) => [
          program.name,
          `${show(wall(program))} (${show(Math.min(...(results.get(program) ?? []).map((run) => run.wall)))}-${show(Math.max(...(results.get(program) ?? []).map((run) => run.wall)))})`,
          show(corpus.bytes / 1e6 / wall(program)),
          show(cpu(program)),
          show(corpus.bytes / 1e6 / cpu(program)),
          show(peak(program)),
          ...[b0, b1, b2].map((base) => show(wall(base) / wall(program))),
        ]),
      ])}`,
    )
    if (mode === 'pipe') continue
    const ours = wall(oursDefault)
    check({ what: 'CLI, default, against B1 (8 paths, no text)', unit: 'x', bound: 'least', must: 4, aim: 6 }, wall(b1) / ours)
    noted.push(`Against B1 with its output joined into writes of 64 KB, which is not how it is usually written: ${show(wall(b1Joined) / ours)}x.`)
    check({ what: 'CLI, default, against B2 (same job)', unit: 'x', bound: 'least', must: 12, aim: 16 }, wall(b2) / ours)
    check({ what: 'CLI, default, against B0 (no masking)', unit: 'x', bound: 'least', must: 2.5, aim: 4 }, wall(b0) / ours)
    check({ what: 'CLI, default, share of raw passthrough', unit: '%', bound: 'least', must: 20, aim: 30 }, (wall(passthrough) / ours) * 100)
    check({ what: 'peak memory of the CLI', unit: 'MB', bound: 'most', must: 100, aim: 75 }, peak(oursDefault))
    check({ what: '100 path rules against 8', unit: 'x', bound: 'least', must: 0.75, aim: 0.9 }, wall(oursEight) / wall(oursHundred))
  }
}

/** What each program really masks: of the values that the generator planted, how many are gone from its output. */
function values(): void {
  say('masked values ...')
  const next = corpusLines('mask-logs')
  const planted = Array.from({ length: 20_000 }, () => next())
  const file = join(directory, 'sample.ndjson')
  writeFileSync(file, planted.map((line) => `${line.text}\n`).join(''))
  const kinds = [...new Set(planted.flatMap((line) => line.inText.map((value) => value.kind)))].sort()
  const shown: string[][] = [['program', 'fields', 'in text', ...kinds]]
  const found: Record<string, unknown> = {}
  for (const program of [b1, b2, oursEight, oursDefault]) {
    const input = openSync(file, 'r')
    const result = spawnSync(process.execPath, [...program.args], {
      stdio: [input, 'pipe', 'pipe'],
      maxBuffer: 1 << 28,
      env: { ...process.env, MASK_LOGS_RUN_SECRET: 'benchmark run secret, 32 letters' },
    })
    closeSync(input)
    const output = result.stdout.toString().split('\n')
    const gone = { fields: 0, inText: 0 }
    const of = { fields: 0, inText: 0 }
    const byKind = new Map(kinds.map((kind) => [kind, { of: 0, gone: 0 }]))
    planted.forEach((line, i) => {
      const masked = output[i] ?? ''
      for (const secret of line.fields) {
        of.fields++
        if (masked !== '' && !masked.includes(secret)) gone.fields++
      }
      for (const value of line.inText) {
        const kind = byKind.get(value.kind)
        of.inText++
        if (kind !== undefined) kind.of++
        if (masked === '' || masked.includes(value.secret)) continue
        gone.inText++
        if (kind !== undefined) kind.gone++
      }
    })
    if (output.length !== planted.length + 1) throw new Error(`${program.name} wrote ${output.length - 1} lines for ${planted.length}`)
    found[program.name] = { of, gone, byKind: Object.fromEntries(byKind) }
    shown.push([program.name, `${gone.fields}/${of.fields}`, `${gone.inText}/${of.inText}`, ...kinds.map((kind) => `${byKind.get(kind)?.gone}/${byKind.get(kind)?.of}`)])
  }
  figures['values'] = found
  texts.push(`## Planted values masked, first 20,000 lines\n\n${table(shown)}`)
}

function line(): void {
  const names = { parse: 'JSON.parse + stringify', redact: 'parse + @pinojs/redact + stringify', regex: 'parse + regex walk + stringify', ours: 'mask-logs json(string), default' }
  const results = new Map<string, { p50: number; p99: number; mean: number }[]>(Object.keys(names).map((name) => [name, []]))
  for (let run = 0; run < runs; run++) {
    for (const name of Object.keys(names)) {
      const output = execFileSync(process.execPath, [here('./in-process.js'), name, name === 'regex' ? '30' : '120'], { env: { ...process.env } })
      results.get(name)?.push(JSON.parse(output.toString()) as { p50: number; p99: number; mean: number })
    }
    say(`line in process: run ${run + 1} of ${runs}`)
  }
  const of = (name: string, key: 'p50' | 'p99' | 'mean'): number => median((results.get(name) ?? []).map((result) => result[key]))
  figures['line'] = Object.fromEntries([...results.keys()].map((name) => [name, { p50: of(name, 'p50'), p99: of(name, 'p99'), mean: of(name, 'mean') }]))
  texts.push(
    `## One line of about 450 bytes in process, µs\n\n${table([['what', 'p50', 'p99', 'mean'], ...Object.entries(names).map(([name, title]) => [title, show(of(name, 'p50')), show(of(name, 'p99')), show(of(name, 'mean'))])])}`,
  )
  check({ what: 'one 450-byte line against JSON.parse + stringify (p50)', unit: 'x', bound: 'most', must: 1, aim: 0.6 }, of('ours', 'p50') / of('parse', 'p50'))
}

async function huge(): Promise<void> {
  say('one line of 100 MB ...')
  const file = join(directory, 'one-line-100mb.ndjson')
  const bytes = writeOneLine(file, 100)
  const whole: Program = { name: 'masked whole (--max-record-bytes 268435456)', args: [...oursDefault.args, '--max-record-bytes', '268435456'] }
  const cut: Program = { name: 'at the default limit', args: oursDefault.args }
  const shown: string[][] = [['100 MB on one line', 'wall s', 'CPU s', 'peak MB']]
  const found: Record<string, unknown> = { bytes }
  for (const program of [whole, cut]) {
    const results: Run[] = []
    for (let run = 0; run < Math.min(runs, 3); run++) results.push(await runOver(program, file, 'file', directory))
    const wall = median(results.map((run) => run.wall))
    const peak = Math.max(...results.map((run) => run.peak)) / 1e6
    found[program.name] = { wall, peakMB: peak, runs: results }
    shown.push([program.name, show(wall), show(median(results.map((run) => run.cpu))), show(peak)])
    if (program !== whole) continue
    check({ what: 'one 100 MB line masked whole: time', unit: 's', bound: 'most', must: 4, aim: 1.5 }, wall)
    check({ what: 'one 100 MB line masked whole: memory', unit: 'MB', bound: 'most', must: 350, aim: 120 }, peak)
  }
  figures['huge'] = found
  texts.push(`## One line of 100 MB\n\n${table(shown)}`)
}

async function start(): Promise<void> {
  const bare: Program = { name: 'node -e 0', args: ['-e', '0'] }
  const times = new Map<Program, number[]>([
    [bare, []],
    [oursDefault, []],
  ])
  const rounds = small ? 10 : 20
  for (let round = 0; round < rounds; round++) for (const [program, list] of times) list.push(await startUp(program))
  const of = (program: Program): number => median(times.get(program) ?? []) * 1000
  figures['start'] = { bareMs: of(bare), oursMs: of(oursDefault) }
  texts.push(
    `## Start-up\n\n${table([
      ['program', 'ms'],
      [bare.name, show(of(bare))],
      [`${oursDefault.name}, empty input`, show(of(oursDefault))],
    ])}`,
  )
  check({ what: 'CLI start-up over node -e 0', unit: 'ms', bound: 'most', must: 60, aim: 30 }, of(oursDefault) - of(bare))
}

async function latency(): Promise<void> {
  say('line in to line out ...')
  const next = corpusLines('latency')
  const lines = Array.from({ length: small ? 1500 : 4000 }, () => next().text)
  const p50 = new Map<Program, number[]>([
    [passthrough, []],
    [oursDefault, []],
  ])
  const p99 = new Map<Program, number[]>([
    [passthrough, []],
    [oursDefault, []],
  ])
  for (let run = 0; run < runs; run++) {
    for (const program of [passthrough, oursDefault]) {
      // The first lines meet cold code in both.
      const times = (await lineLatencies(program, lines)).slice(500)
      p50.get(program)?.push(percentile(times, 0.5))
      p99.get(program)?.push(percentile(times, 0.99))
    }
  }
  const of = (list: Map<Program, number[]>, program: Program): number => median(list.get(program) ?? [])
  figures['latency'] = Object.fromEntries([passthrough, oursDefault].map((program) => [program.name, { p50: of(p50, program), p99: of(p99, program) }]))
  texts.push(
    `## Line in to line out over pipes, µs\n\n${table([['program', 'p50', 'p99'], ...[passthrough, oursDefault].map((program) => [program.name, show(of(p50, program)), show(of(p99, program))])])}`,
  )
  check({ what: 'line in to line out, p99, against passthrough', unit: 'x', bound: 'most', must: 3, aim: 2 }, of(p99, oursDefault) / of(p99, passthrough))
}

/** What each mask costs on values that are in the table of recent results, on new ones, and its HMACs alone. */
function masks(): void {
  const program = here('./masks.js')
  const run = <T>(args: readonly string[], input = ''): T => JSON.parse(execFileSync(process.execPath, [program, ...args], { input, maxBuffer: 1 << 28 }).toString()) as T
  const { rows: operations, missing } = run<{ rows: Record<string, readonly (readonly [string, number])[]>; missing: readonly string[] }>(['count'])
  if (missing.length > 0) throw new Error(`bench/mask-rows.ts has no row for ${missing.join(', ')}`)
  const names = Object.keys(operations)
  const results = new Map<string, { hit: number; miss: number; macs: number }[]>(names.map((name) => [name, []]))
  const rounds = Math.min(runs, 3)
  for (let round = 0; round < rounds; round++) {
    for (const name of names) results.get(name)?.push(run(['measure', name], JSON.stringify(operations[name])))
    say(`masks: run ${round + 1} of ${rounds}`)
  }
  const measured = names.map((name) => {
    const of = (key: 'hit' | 'miss' | 'macs'): number => median((results.get(name) ?? []).map((result) => result[key]))
    // Of 64 values.
    const count = (operations[name] ?? []).filter(([operation]) => operation !== 'prepare').length / 64
    return { name, hit: of('hit'), miss: of('miss'), macs: of('macs'), count }
  })
  const engine = measured.find(({ name }) => name.startsWith('other_text'))?.miss ?? 0
  figures['masks'] = Object.fromEntries(measured.map(({ name, ...rest }) => [name, rest]))
  texts.push(
    `## Masks, µs of the processor for each value\n\nOf ${rounds} processes of its own for each row the median.\n\n${table([
      ['mask', 'hit', 'miss', 'HMACs', 'HMACs alone', 'miss / HMACs', 'miss without the engine / HMACs'],
      ...measured.map(({ name, hit, miss, macs, count }) => {
        const against = (cost: number): string => (count === 0 ? '-' : show(cost))
        return [name, show(hit), show(miss), against(count), against(macs), against(miss / macs), against((miss - engine) / macs)]
      }),
    ])}`,
  )
  // Long texts and the engine alone are for comparison. A mask that draws once costs two HMACs: its seed and a block of its stream.
  const single = measured.filter(({ name }) => !/^other_text|\(each kB\)/.test(name))
  // Of more, 1.2 times its HMACs is what the mask itself may cost: what the engine takes for any other text comes on top.
  const allowed = ({ macs, count }: { readonly macs: number; readonly count: number }): number => (count > 2.5 ? Math.max(5, engine + 1.2 * macs) : 5)
  const worst = <T>(of: readonly T[], by: (one: T) => number): T => of.reduce((most, one) => (by(one) > by(most) ? one : most))
  const slowest = worst(single, ({ hit }) => hit)
  check({ what: `mask on a value seen before, slowest: ${slowest.name}`, unit: 'µs', bound: 'most', must: 3, aim: 1 }, slowest.hit)
  const few = worst(
    single.filter(({ count }) => count <= 2.5),
    ({ miss }) => miss,
  )
  check({ what: `mask on a new value, slowest with two HMACs or fewer: ${few.name}`, unit: 'µs', bound: 'most', must: 5, aim: 3 }, few.miss)
  const many = worst(
    single.filter(({ count }) => count > 2.5),
    (one) => one.miss / allowed(one),
  )
  check({ what: `with more HMACs, against 5 µs or the engine and 1.2 times these: ${many.name}`, unit: 'x', bound: 'most', must: 1, aim: 0.8 }, many.miss / allowed(many))
  const over = single.filter((one) => one.hit > 3 || one.miss > allowed(one))
  if (over.length > 0) noted.push(`Masks that cost more than they may: ${over.map((one) => `${one.name} (${show(one.miss)} of ${show(allowed(one))} µs)`).join(', ')}.`)
}

/** What masking costs a program that exports spans, beside the SDK's own work on them. */
function otelRows(): void {
  say('otel ...')
  const rounds = Array.from(
    { length: Math.max(3, runs) },
    () => JSON.parse(execFileSync(process.execPath, [here('./otel.js')], { encoding: 'utf8' })) as Record<string, SpanFigures>,
  )
  const ms = (name: (typeof spanRows)[number]): number => median(rounds.map((round) => round[name]!.ms))
  const serialised = ms('SDK, protobuf serialisation')
  figures['otel'] = Object.fromEntries(spanRows.map((name) => [name, { ...rounds[0]![name], ms: ms(name) }]))
  const rows = spanRows.map((name) => {
    const { leaks, planted, bytes } = rounds[0]![name]!
    return [name, show(ms(name)), `${show(ms(name) / serialised)}x`, planted === 0 ? '-' : `${leaks} of ${planted}`, show(bytes)]
  })
  texts.push(
    `## OpenTelemetry, a batch of 512 spans through maskSpanExporter\n\n${table([['row', 'ms of the processor', 'x protobuf', 'values left', 'bytes of the request'], ...rows])}`,
  )
  check(
    { what: 'masking a batch of spans, four keys and one detector, against its protobuf serialisation', unit: 'x', bound: 'most', must: 1, aim: 0.9 },
    // inside a process each
    median(rounds.map((round) => round['wrapper, four keys and one detector']!.ms / round['SDK, protobuf serialisation']!.ms)),
  )
}

/** What masking costs a program that logs with pino: in the thread, and in pino's worker. */
function pinoRows(): void {
  say('pino ...')
  const script = here('./pino.js')
  const rounds = Math.max(3, runs)
  const ask = <T>(...args: readonly string[]): T => JSON.parse(execFileSync(process.execPath, [script, ...args], { encoding: 'utf8' })) as T
  interface CallFigures {
    readonly us: number
    readonly leaks: number
    readonly planted: number
    readonly bytes: number
  }
  const seen = new Map<string, CallFigures[]>(callRows.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) for (const name of callRows) seen.get(name)!.push(ask<CallFigures>('call', name))
  const us = (name: (typeof callRows)[number]): number => median(seen.get(name)!.map((one) => one.us))
  const plain = us('plain')
  figures['pino'] = Object.fromEntries(callRows.map((name) => [name, { ...seen.get(name)![0]!, us: us(name) }]))
  const inThread = callRows.map((name) => {
    const { leaks, planted, bytes } = seen.get(name)![0]!
    const base = name.endsWith('nothing to mask') ? us('plain, nothing to mask') : name.endsWith('objects alone') ? us('plain, objects alone') : plain
    return [name, show(us(name)), `${show(us(name) / base)}x`, planted === 0 ? '-' : `${leaks} of ${planted}`, show(bytes)]
  })
  texts.push(`## pino ${packageVersion('pino')}, in the thread that logs, to /dev/null\n\n${table([['row', 'µs a call', 'x plain', 'values left', 'bytes a line'], ...inThread])}`)
  const ours = us('maskPino, default ruleset')
  check({ what: 'maskPino, default ruleset, against redact with 8 paths', unit: 'x', bound: 'most', must: 1, aim: 0.85 }, ours / us('redact, 8 exact paths'))
  check({ what: 'maskPino, default ruleset, against redact with 7 wildcards', unit: 'x', bound: 'most', must: 0.5, aim: 0.4 }, ours / us('redact, 7 wildcards'))
  check({ what: 'the same, with 7 wildcards that reach the fields', unit: 'x', bound: 'most', must: 0.5, aim: 0.4 }, ours / us('redact, 7 wildcards that reach the fields'))
  const alone = us('maskPino, default ruleset, objects alone')
  const wild = us('redact, 7 wildcards, objects alone')
  check(
    { what: 'the same with nothing but objects at the top, against redact with 8 paths', unit: 'x', bound: 'most', must: 1, aim: 0.85 },
    alone / us('redact, 8 exact paths, objects alone'),
  )
  texts.push(
    `\`redact\` asks its wildcards about each entry at the top: with nothing but five objects there, 7 of them are cheaper, maskPino takes ${show(alone / wild)}x as long, and pino alone ${show(us('plain, objects alone') / wild)}x.`,
  )
  check(
    { what: 'maskPino, a line with nothing to mask, against plain pino', unit: 'x', bound: 'most', must: 1.7, aim: 1.5 },
    us('maskPino, default ruleset, nothing to mask') / us('plain, nothing to mask'),
  )
  const file = join(directory, 'pino.log')
  const lines = 100_000
  const drained = new Map<string, { seconds: number; drain: number; rss: number }[]>(workerRows.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of workerRows) {
      writeFileSync(file, '')
      drained.get(name)!.push(ask('worker', name, String(lines), 'normal', file))
    }
  }
  const rate = (name: (typeof workerRows)[number]): number => lines / median(drained.get(name)!.map((one) => one.seconds))
  // A transport hands nothing to its worker before the burst is over, unless it is bounded.
  const drain = (name: (typeof workerRows)[number]): number => lines / median(drained.get(name)!.map((one) => one.drain))
  const rss = (name: (typeof workerRows)[number]): number => Math.max(...drained.get(name)!.map((one) => one.rss))
  /** Lines of 20,000 that are not in the file after the process has ended. */
  const lost = (name: string, end: string): number => {
    writeFileSync(file, '')
    spawnSync(process.execPath, [script, 'worker', name, '20000', end, file], { timeout: 60_000 })
    return 20_000 - readFileSync(file, 'latin1').split('\n').length + 1
  }
  const losses = workerRows.map((name) => ['exit', 'throw', 'SIGTERM'].map((end) => lost(name, end)))
  figures['pino worker'] = Object.fromEntries(workerRows.map((name, i) => [name, { rate: rate(name), drain: drain(name), rss: rss(name), lost: losses[i] }]))
  texts.push(
    `## pino's worker, ${lines} lines in one burst, to a file\n\n${table([
      ['row', 'lines/s', 'lines/s after the burst', 'peak MB', 'lost of 20,000 on exit', 'on throw', 'on SIGTERM'],
      ...workerRows.map((name, i) => [name, show(rate(name)), name.endsWith('bounded') ? '-' : show(drain(name)), show(rss(name)), ...losses[i]!.map(String)]),
    ])}\n\nSIGTERM: with \`exitOnSignals\` for mask-logs/pino, without a handler for the others.`,
  )
  check(
    { what: 'drain rate of the worker against a transform with @pinojs/redact', unit: 'x', bound: 'least', must: 2, aim: 3 },
    drain('mask-logs/pino') / drain('@pinojs/redact transform'),
  )
  check({ what: 'peak memory of a bounded burst of 96 MB', unit: 'MB', bound: 'most', must: 260, aim: 220 }, rss('mask-logs/pino, bounded'))
  check(
    { what: 'lines lost on exit, throw and SIGTERM', unit: '', bound: 'most', must: 0, aim: 0 },
    losses
      .filter((_, i) => workerRows[i]!.startsWith('mask-logs'))
      .flat()
      .reduce((sum, n) => sum + n, 0),
  )
}

/** What masking costs a server that answers JSON. */
async function http(): Promise<void> {
  say('http ...')
  for (const payload of httpPayloads) {
    const seen = new Map<string, HttpFigures[]>(httpRows.map((name) => [name, []]))
    for (let round = 0; round < Math.min(runs, 3); round++) for (const name of httpRows) seen.get(name)!.push(await measureHttp(name, payload, 2))
    const of = (name: string, figure: 'rate' | 'us' | 'p50' | 'p99'): number => median(seen.get(name)!.map((one) => one[figure]))
    const [none, replacer, parseKeys, keys, parse, ours] = httpRows
    figures[`http, ${payload}`] = Object.fromEntries(httpRows.map((name) => [name, { rate: of(name, 'rate'), us: of(name, 'us'), p50: of(name, 'p50'), p99: of(name, 'p99') }]))
    const { bytes } = seen.get(none)![0]!
    texts.push(
      `## Responses of Fastify ${packageVersion('fastify')}: ${payload}, ${bytes} bytes of JSON, eight connections\n\n${table([
        ['row', 'requests/s', 'processor µs a request', 'of which masking', 'p50 ms', 'p99 ms', 'values left'],
        ...httpRows.map((name) => {
          const { leaks, planted } = seen.get(name)![0]!
          return [name, show(of(name, 'rate')), show(of(name, 'us')), show(of(name, 'us') - of(none, 'us')), show(of(name, 'p50')), show(of(name, 'p99')), `${leaks} of ${planted}`]
        }),
      ])}`,
    )
    // Of a small payload the server itself takes the most: what the masking adds is compared, and for the large one the whole.
    const added = (name: string): number => of(name, 'us') - of(none, 'us')
    check(
      { what: `processor time that masking adds, ${payload}, 6 keys: parse + value + stringify against maskFastify`, unit: 'x', bound: 'least', must: 1.5, aim: 3 },
      added(parseKeys) / added(keys),
    )
    check({ what: `the same, 6 keys: JSON.parse + stringify with a replacer against maskFastify`, unit: 'x', bound: 'least', must: 0.7, aim: 1 }, added(replacer) / added(keys))
    check({ what: `the same, default ruleset: parse + value + stringify against maskFastify`, unit: 'x', bound: 'least', must: 1.2, aim: 2 }, added(parse) / added(ours))
  }
}

async function otlpProxyRows(): Promise<void> {
  const seen = new Map<ProxyRow, ProxyFigures[]>(proxyRows.map((row) => [row, []]))
  const rounds = Math.min(runs, 3)
  for (let round = 0; round < rounds; round++) {
    for (const row of proxyRows) seen.get(row)!.push(await runProxy(row, small ? 2 : 4))
    say(`otlp-proxy: run ${round + 1} of ${rounds}`)
  }
  const of = (row: ProxyRow, key: keyof ProxyFigures): number => median(seen.get(row)!.map((one) => one[key]))
  const most = (row: ProxyRow, key: keyof ProxyFigures): number => Math.max(...seen.get(row)!.map((one) => one[key]))
  const sum = (row: ProxyRow, key: keyof ProxyFigures): number => seen.get(row)!.reduce((total, one) => total + one[key], 0)
  figures['otlp-proxy'] = { ruleset: proxyRuleset, rows: Object.fromEntries(seen) }
  texts.push(
    `## OTLP proxy, HTTP, 4 requests of 500 kB of protobuf at once (330 spans each), ruleset ${proxyRuleset}\n\n${table([
      ['row', 'spans/s', 'MB/s', 'p50 ms', 'p99 ms', 'CPU µs a span', 'peak MB', 'planted values left'],
      ...proxyRows.map((row) => [
        row,
        show(of(row, 'spansPerSecond')),
        show(of(row, 'megabytesPerSecond')),
        show(of(row, 'p50')),
        show(of(row, 'p99')),
        show(of(row, 'cpuPerSpan')),
        show(most(row, 'rss') / 1e6),
        row.includes('unmatched') ? '-' : `in ${sum(row, 'found')} of ${sum(row, 'looked')} requests`,
      ]),
    ])}\n\nClient, proxy and upstream are processes on one machine, and share its processors. Passthrough is the same proxy with masking off. With gzip both ways MB are compressed ones.`,
  )
  const loss = (masked: ProxyRow, plain: ProxyRow): number => of(plain, 'spansPerSecond') / of(masked, 'spansPerSecond')
  check({ what: 'proxy against the same with masking off: loss of throughput', unit: 'x', bound: 'most', must: 2, aim: 1.5 }, loss('mask-logs otlp', 'passthrough'))
  check({ what: 'the same with gzip both ways', unit: 'x', bound: 'most', must: 2, aim: 1.5 }, loss('mask-logs otlp, gzip both ways', 'passthrough, gzip both ways'))
  const leaks = proxyRows.filter((row) => row.startsWith('mask-logs') && !row.includes('unmatched')).reduce((total, row) => total + sum(row, 'found'), 0)
  check({ what: 'requests in which a planted value arrived', unit: '', bound: 'most', must: 0, aim: 0 }, leaks)
}

/** What it costs to mask an OTLP request on the wire, without the network. */
function otlp(): void {
  say('otlp ...')
  const script = here('./otlp.js')
  interface RequestFigures {
    readonly ms: number
    readonly spans: number
    readonly bytes: number
    readonly leaks: number
    readonly planted: number
    readonly same: boolean
    readonly sha256: string
  }
  const seen = new Map<string, RequestFigures[]>(otlpRows.map((name) => [name, []]))
  for (let round = 0; round < Math.max(3, runs); round++) {
    for (const name of otlpRows) seen.get(name)!.push(JSON.parse(execFileSync(process.execPath, [script, name], { encoding: 'utf8' })) as RequestFigures)
  }
  const of = (name: (typeof otlpRows)[number]): RequestFigures => seen.get(name)![0]!
  const ms = (name: (typeof otlpRows)[number]): number => median(seen.get(name)!.map((one) => one.ms))
  figures['otlp'] = Object.fromEntries(otlpRows.map((name) => [name, { ...of(name), ms: ms(name) }]))
  const [peer, ours, peerClean, oursClean, all, allClean] = otlpRows
  const shown = otlpRows.map((name) => {
    const { spans, bytes, leaks, planted, same } = of(name)
    return [name, show(ms(name)), show((spans / ms(name)) * 1000), show(bytes / 1000), planted === 0 ? '-' : `${leaks} of ${planted}`, same ? 'yes' : 'no']
  })
  texts.push(
    `## OTLP requests of ${of(ours).spans} spans on the wire, protobufjs ${packageVersion('protobufjs')}\n\n${table([['row', 'ms a request', 'spans/s', 'kB', 'values left', 'the same Buffer'], ...shown])}`,
  )
  check({ what: 'rewriting against decode, mask, encode, equal rules', unit: 'x', bound: 'least', must: 3, aim: 4 }, ms(peer) / ms(ours))
  check({ what: 'the same without a match', unit: 'x', bound: 'least', must: 8, aim: 10 }, ms(peerClean) / ms(oursClean))
  check({ what: 'spans per second on one core, mask-logs:otel', unit: '/s', bound: 'least', must: 100_000, aim: 130_000 }, (of(all).spans / ms(all)) * 1000)
  check(
    { what: 'values left, and outputs that differ under equal rules', unit: '', bound: 'most', must: 0, aim: 0 },
    otlpRows.reduce((n, name) => n + of(name).leaks, of(ours).sha256 === of(peer).sha256 ? 0 : 1),
  )
  noted.push(
    `OTLP with \`mask-logs:otel\` and nothing secret in it: ${show((of(allClean).spans / ms(allClean)) * 1000)} spans/s. Of eight requests in turn; addresses are of 3,000 persons.`,
  )
}

/** The in-flight API: what a request takes at a steady rate, how many there may be, what a large body takes. */
async function server(): Promise<void> {
  say('server ...')
  const { steady, rates, large } = await serverFigures(say, small)
  figures['server'] = { steady, rates, large }
  texts.push(
    `## The in-flight API, records of 40 fields, on loopback\n\n${table([
      ['what', ''],
      ['one record, 1,000 requests/s: median, ms', show(steady.median)],
      ['the same: p99, ms', show(steady.p99)],
      ['8 MB body, in a thread: ms', show(large.milliseconds)],
      ['8 MB bodies: peak memory, MB', show(large.peak)],
      ['before them, MB', show(large.before)],
    ])}`,
    `## The in-flight API, as many requests as can be: requests for each second of the processor\n\n${table([
      ['plan', 'records', 'on the bytes', 'JSON.parse, same masks, JSON.stringify', 'ratio'],
      ...rates.map(({ plan, records, bytes, parse }) => [plan, String(records), show(median(bytes)), show(median(parse)), `${show(median(bytes) / median(parse))}x`]),
    ])}`,
  )
  check({ what: 'mask request of 40 fields at 1,000/s, median', unit: 'ms', bound: 'most', must: 1, aim: 0.5 }, steady.median)
  check({ what: 'mask request of 40 fields at 1,000/s, p99', unit: 'ms', bound: 'most', must: 5, aim: 2 }, steady.p99)
  for (const { plan, records, bytes, parse } of rates)
    check({ what: `requests/s against JSON.parse, same masks, JSON.stringify: ${plan}, ${records}`, unit: 'x', bound: 'least', must: 1.5, aim: 3 }, median(bytes) / median(parse))
}

if (wanted('masks')) masks()
if (wanted('values')) values()
if (wanted('throughput')) await throughput()
if (wanted('line')) line()
if (wanted('huge')) await huge()
if (wanted('start')) await start()
if (wanted('latency')) await latency()
if (wanted('pino')) pinoRows()
if (wanted('http')) await http()
if (wanted('otlp')) otlp()
if (wanted('otel')) otelRows()
if (wanted('otlp-proxy')) await otlpProxyRows()
if (wanted('server')) await server()

// -------------------------------------------------------------------------------------------------- report

function packageVersion(name: string): string {
  // Not every package exports its package.json: look beside its main file, upwards.
  const require = createRequire(import.meta.url)
  try {
    for (let folder = dirname(require.resolve(name)); folder !== dirname(folder); folder = dirname(folder)) {
      try {
        const found = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: string; version?: string }
        if (found.name === name) return found.version ?? 'unknown'
      } catch {
        // No package.json here: one folder up.
      }
    }
  } catch {
    return 'not installed'
  }
  return 'unknown'
}

// Nothing here names a host, a user or a path.
const machine = {
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  memoryGB: Math.round(totalmem() / 1e9),
  platform: `${process.platform} ${process.arch}`,
  node: process.version,
  v8: process.versions.v8,
  packages: Object.fromEntries(['split2', '@pinojs/redact'].map((name) => [name, packageVersion(name)])),
  maskLogs: (JSON.parse(readFileSync(here('../../package.json'), 'utf8')) as { version: string }).version,
}
const date = started.toISOString().slice(0, 10)
const title = `# Benchmark of ${date}, Node ${process.version}`
const facts =
  `mask-logs ${machine.maskLogs}; ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB, ${machine.platform}; ` +
  `${Object.entries(machine.packages)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}. ` +
  `Medians of ${runs} interleaved runs of whole processes, start-up included; MB is 10^6 bytes; peak memory is the highest of the runs.` +
  `${small ? ' Small run: half of what must be reached is enough.' : ''}`
const markdown = `${[title, facts, `## Targets\n\n${verdicts(rows)}`, ...noted, ...texts].join('\n\n')}\n`
process.stdout.write(markdown)
const out = options.out ?? (small || parts !== undefined ? undefined : 'bench/history')
if (out !== undefined) {
  mkdirSync(out, { recursive: true })
  // A run of some parts does not take the place of a whole one.
  const base = join(out, [date, process.version, ...(parts ?? [])].join('-'))
  writeFileSync(`${base}.json`, `${JSON.stringify({ date: started.toISOString(), machine, size, runs, small, targets: rows, figures }, null, 1)}\n`)
  writeFileSync(`${base}.md`, markdown)
  say(`written: ${base}.json and .md`)
}
const missed = rows.filter((row) => row.verdict === 'missed')
if (missed.length > 0) say(`${missed.length} of ${rows.length} targets missed`)
if (options.gate && missed.length > 0) process.exitCode = 1
