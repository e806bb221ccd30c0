// The in-flight API under load. The server is a process of its own; autocannon asks it from this one, over loopback.
//
//   node dist/bench/server.js bytes|parse     starts a server and prints its URL: as it is, or with JSON.parse, the same masks on
//                                             values, and JSON.stringify in place of what it does with a body; all else is the same
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import { createMasker } from '../src/index.ts'
import type { Masker } from '../src/index.ts'
import { startServer } from '../transports/server/server.ts'
import { percentile } from './measure.ts'

const SECRET = 'benchmark run secret, 32 letters'
const RULES = `version: "1.0"
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
    - {path: [phone], masks: [{type: imitate}]}
    - {path: [card_number], masks: [{type: credit_card}]}
`

/** A customer: 40 fields, of which 8 are masked. */
function customer(i: number): object {
  return {
    customer_id: String(100_000 + i),
    first_name: 'Sarah',
    last_name: 'Mitchell',
    email: `sarah.mitchell${i}@example.com`,
    date_of_birth: '1984-07-22',
    account_balance: 4823.5,
    phone: '+1 (555) 867-5309',
    card_number: '4111111111111111',
    account_status: 'active',
    ...Object.fromEntries(Array.from({ length: 31 }, (_, k) => [`attribute_${k}`, [`value ${k} of customer`, k * 1.5, true, null, `2026-0${(k % 9) + 1}-01T10:00:00Z`][k % 5]])),
  }
}
const body = (records: number): string => JSON.stringify({ run_secret: SECRET, data: Array.from({ length: records }, (_, i) => customer(i)) })

type Kind = 'bytes' | 'parse'

async function serve(kind: Kind): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mask-logs-bench-'))
  process.on('SIGTERM', () => {
    rmSync(folder, { recursive: true, force: true })
    process.exit(0)
  })
  let masker: Masker | undefined
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const server = await startServer(
    { config: { listen: '127.0.0.1:0', data_dir: folder, auth: 'none', access_log: 'text' }, env: {}, stdout: nowhere, stderr: nowhere },
    kind === 'bytes'
      ? undefined
      : (plan, _engine, raw) => {
          const { data, request_id } = JSON.parse((raw as Buffer).toString()) as { data: unknown[]; request_id?: string }
          // one key for all requests, which the other has to look up each time
          masker ??= createMasker(RULES, { runSecret: SECRET, policy: { on_mask_error: 'fail' } })
          const requestId = request_id ?? crypto.randomUUID()
          const answer = {
            request_id: requestId,
            ruleset_plan: { name: plan.name, serial: plan.serial },
            encoding: 'json',
            charset: 'utf-8',
            logs: [],
            data: data.map((record) => masker!.value(record)),
          }
          return { status: 200, body: Buffer.from(JSON.stringify(answer)), requestId, records: data.length, errors: {} }
        },
  )
  const made = await fetch(`${server.url}/ifm/ruleset-plans/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bench', exact_name: true, ruleset_yaml: RULES }),
  })
  if (made.status !== 201) throw new Error('the plan was not made')
  process.stdout.write(`${server.url}/ifm/ruleset-plans/bench/mask/\n`)
}

interface Started {
  readonly child: ChildProcess
  readonly url: string
}

async function start(kind: Kind): Promise<Started> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), kind], { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await new Promise<string>((done, failed) => {
    child.stdout.once('data', (chunk: Buffer) => done(chunk.toString().trim()))
    child.once('close', () => failed(new Error('the server has ended')))
  })
  return { child, url }
}

const memory = ({ child }: Started, what: 'VmHWM' | 'VmRSS'): number => Number(new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1000

async function load({ url }: Started, seconds: number, rate?: number): Promise<{ times: number[]; answered: number }> {
  const times: number[] = []
  let wrong = 0
  const run = autocannon({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: body(1),
    connections: 10,
    duration: seconds,
    ...(rate === undefined ? {} : { overallRate: rate }),
  })
  run.on('response', (_client, status, _bytes, milliseconds) => {
    if (status === 200) times.push(milliseconds)
    else wrong++
  })
  const { errors, timeouts } = await run
  if (wrong + errors + timeouts > 0) throw new Error(`${wrong} answers were wrong, ${errors + timeouts} are missing`)
  return { times, answered: times.length }
}

export interface ServerFigures {
  /** Milliseconds. */
  readonly steady: { readonly median: number; readonly p99: number; readonly requests: number }
  /** Requests a second, of each run. */
  readonly rates: Readonly<Record<Kind, readonly number[]>>
  /** Megabytes. */
  readonly large: { readonly milliseconds: number; readonly before: number; readonly peak: number }
}

/** Measures all of it. */
export async function serverFigures(say: (text: string) => void, small: boolean): Promise<ServerFigures> {
  const servers = { bytes: await start('bytes'), parse: await start('parse') }
  try {
    for (const one of Object.values(servers)) await load(one, 2)
    const { times } = await load(servers.bytes, small ? 4 : 8, 1000)
    // the two are to do the same
    const [a, b] = await Promise.all(
      Object.values(servers).map(
        async ({ url }) => ((await (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: body(1) })).json()) as { data: unknown }).data,
      ),
    )
    if (JSON.stringify(a) !== JSON.stringify(b)) throw new Error('the two servers do not mask alike')
    const rates: Record<Kind, number[]> = { bytes: [], parse: [] }
    const seconds = small ? 2 : 4
    for (let round = 0; round < 3; round++) {
      for (const kind of ['bytes', 'parse'] as const) rates[kind].push((await load(servers[kind], seconds)).answered / seconds)
      say(`server: run ${round + 1} of 3`)
    }
    const large = body(Math.round(8_000_000 / (body(2).length - body(1).length)))
    const before = memory(servers.bytes, 'VmRSS')
    const took: number[] = []
    for (let i = 0; i < 8; i++) {
      const begun = performance.now()
      const answer = await fetch(servers.bytes.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: large })
      if (answer.status !== 200 || (await answer.arrayBuffer()).byteLength < 7_000_000) throw new Error('the large body was not masked')
      took.push(performance.now() - begun)
    }
    return {
      steady: { median: percentile(times, 0.5), p99: percentile(times, 0.99), requests: times.length },
      rates,
      large: { milliseconds: percentile(took, 0.5), before, peak: memory(servers.bytes, 'VmHWM') },
    }
  } finally {
    for (const { child } of Object.values(servers)) child.kill('SIGTERM')
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve(process.argv[2] as Kind)
