// The in-flight API under load. The server is a process of its own; autocannon asks it from this one, over loopback.
//
//   node dist/bench/server.js bytes|parse     starts a server and prints its URL: as it is, or with JSON.parse, the same masks on
//                                             values, and JSON.stringify in place of what it does with a body; all else is the same
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
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
const CUSTOMER = `version: "1.0"
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

/** `customer`: eight fields get substitutes that hang together, 20 HMACs in all. `default`: everything is searched, little is found. */
const PLANS = { customer: CUSTOMER, default: 'version: "1.0"\nextends: ["mask-logs:default"]\n' } as const

/** A customer: 40 fields. */
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
const body = (records: number, first = 0): string => JSON.stringify({ run_secret: SECRET, data: Array.from({ length: records }, (_, i) => customer(first + i)) })
/** Requests of other customers each: 1,600 of them in turn, spread over all that have six digits. */
const bodies = (records: number): string[] => Array.from({ length: Math.ceil(1600 / records) }, (_, i) => body(records, (i * 7919 * records) % 890_000))

type Kind = 'bytes' | 'parse'

async function serve(kind: Kind): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mask-logs-bench-'))
  process.on('SIGTERM', () => {
    rmSync(folder, { recursive: true, force: true })
    process.exit(0)
  })
  const maskers = new Map<string, Masker>()
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const server = await startServer(
    { config: { listen: '127.0.0.1:0', data_dir: folder, auth: 'none', access_log: 'text' }, env: {}, stdout: nowhere, stderr: nowhere },
    kind === 'bytes'
      ? undefined
      : (plan, _engine, raw) => {
          const { data, request_id } = JSON.parse((raw as Buffer).toString()) as { data: unknown[]; request_id?: string }
          // one key for all requests, which the other has to look up each time
          let masker = maskers.get(plan.name)
          if (masker === undefined)
            maskers.set(plan.name, (masker = createMasker(PLANS[plan.name as keyof typeof PLANS], { runSecret: SECRET, policy: { on_mask_error: 'fail' } })))
          const requestId = request_id ?? crypto.randomUUID()
          const answer = {
            request_id: requestId,
            ruleset_plan: { name: plan.name, serial: plan.serial },
            encoding: 'json',
            charset: 'utf-8',
            logs: [],
            data: data.map((record) => masker.value(record)),
          }
          return { status: 200, body: Buffer.from(JSON.stringify(answer)), requestId, records: data.length, errors: {} }
        },
  )
  for (const [name, ruleset_yaml] of Object.entries(PLANS)) {
    const made = await fetch(`${server.url}/ifm/ruleset-plans/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, exact_name: true, ruleset_yaml }),
    })
    if (made.status !== 201) throw new Error('the plan was not made')
  }
  process.stdout.write(`${server.url}/ifm/ruleset-plans/\n`)
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

/** Seconds of the processor that a server has taken: on a machine that others use too, what counts for what it can do. */
function processor({ child }: Started): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(' ')
  return (Number(fields[13]) + Number(fields[14])) / 100
}

async function load({ url }: Started, [plan, records]: Case, seconds: number): Promise<{ times: number[]; answered: number }> {
  const times: number[] = []
  let wrong = 0
  const run = autocannon({
    url: `${url}${plan}/mask/`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    requests: bodies(records).map((text) => ({ body: text })),
    connections: 10,
    duration: seconds,
  })
  run.on('response', (_client, status, _bytes, milliseconds) => {
    if (status === 200) times.push(milliseconds)
    else wrong++
  })
  const { errors, timeouts } = await run
  if (wrong + errors + timeouts > 0) throw new Error(`${wrong} answers were wrong, ${errors + timeouts} are missing`)
  return { times, answered: times.length }
}

/**
 * Requests at a steady rate, whatever becomes of those before: each goes out on a connection that is free, or waits for one, and its time runs from
 * when it was to go out to the last byte of its answer. (autocannon sends what is due in a second at its beginning, as fast as it gets answers.)
 */
async function steadily({ url }: Started, [plan, records]: Case, seconds: number, rate: number): Promise<number[]> {
  const { hostname, port, pathname } = new URL(url)
  const requests = bodies(records).map((text) =>
    Buffer.from(`POST ${pathname}${plan}/mask/ HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`),
  )
  let turn = 0
  const times: number[] = []
  const total = seconds * rate
  const free: Socket[] = []
  const waiting: number[] = []
  const all: Socket[] = []
  const due = new Map<Socket, number>()
  let wrong = 0
  const send = (socket: Socket, at: number): void => {
    due.set(socket, at)
    socket.write(requests[turn++ % requests.length]!)
  }
  await Promise.all(
    Array.from({ length: 32 }, () => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true })
      all.push(socket)
      let answer = Buffer.alloc(0)
      socket.on('data', (chunk) => {
        answer = answer.length === 0 ? chunk : Buffer.concat([answer, chunk])
        const head = answer.indexOf('\r\n\r\n')
        if (head < 0) return
        const length = Number(/content-length: (\d+)/i.exec(answer.toString('latin1', 0, head))?.[1])
        if (answer.length < head + 4 + length) return
        if (!answer.toString('latin1', 0, 12).endsWith('200')) wrong++
        times.push(performance.now() - due.get(socket)!)
        answer = Buffer.alloc(0)
        const next = waiting.shift()
        if (next === undefined) free.push(socket)
        else send(socket, next)
      })
      free.push(socket)
      return new Promise((done) => socket.once('connect', done))
    }),
  )
  const begun = performance.now()
  let sent = 0
  while (times.length < total) {
    const now = performance.now() - begun
    for (; sent < total && (sent * 1000) / rate <= now; sent++) {
      const at = performance.now()
      const socket = free.pop()
      if (socket === undefined) waiting.push(at)
      else send(socket, at)
    }
    if (now > seconds * 1000 + 20_000) throw new Error('answers are missing')
    await new Promise((done) => setTimeout(done, 0.5))
  }
  for (const socket of all) socket.destroy()
  if (wrong > 0) throw new Error(`${wrong} answers were wrong`)
  return times
}

/** A plan, and how many records a request has. */
type Case = readonly [plan: keyof typeof PLANS, records: number]
/** With one record most of the time goes into HTTP, which both do alike. 50 are masked in the thread that serves. */
const CASES: readonly Case[] = [
  ['customer', 1],
  ['customer', 50],
  ['default', 50],
]

export interface ServerFigures {
  /** Milliseconds. */
  readonly steady: { readonly median: number; readonly p99: number; readonly requests: number }
  /** Requests for each second of the processor, of each run. */
  readonly rates: readonly { readonly plan: string; readonly records: number; readonly bytes: readonly number[]; readonly parse: readonly number[] }[]
  /** Megabytes. */
  readonly large: { readonly milliseconds: number; readonly before: number; readonly peak: number }
}

/** Measures all of it. */
export async function serverFigures(say: (text: string) => void, small: boolean): Promise<ServerFigures> {
  const servers = { bytes: await start('bytes'), parse: await start('parse') }
  const ask = async ({ url }: Started, [plan, records]: Case): Promise<unknown> => {
    const answer = await fetch(`${url}${plan}/mask/`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: body(records) })
    return ((await answer.json()) as { data: unknown }).data
  }
  try {
    for (const one of Object.values(servers)) for (const each of CASES) await load(one, each, 1)
    // in the first seconds of such a load code is still being compiled
    await steadily(servers.bytes, CASES[0]!, 4, 1000)
    const times = await steadily(servers.bytes, CASES[0]!, small ? 4 : 8, 1000)
    const rates: { plan: string; records: number; bytes: number[]; parse: number[] }[] = []
    const seconds = small ? 1 : 2
    for (const each of CASES) {
      // the two are to do the same
      if (JSON.stringify(await ask(servers.bytes, each)) !== JSON.stringify(await ask(servers.parse, each))) throw new Error('the two servers do not mask alike')
      const of = { plan: each[0], records: each[1], bytes: [] as number[], parse: [] as number[] }
      for (let round = 0; round < 5; round++)
        for (const kind of ['bytes', 'parse'] as const) {
          const before = processor(servers[kind])
          const { answered } = await load(servers[kind], each, seconds)
          of[kind].push(answered / (processor(servers[kind]) - before))
        }
      rates.push(of)
      say(`server: ${each.join(', ')}`)
    }
    const large = body(Math.round(8_000_000 / (body(2).length - body(1).length)))
    const before = memory(servers.bytes, 'VmRSS')
    const took: number[] = []
    for (let i = 0; i < 8; i++) {
      const begun = performance.now()
      const answer = await fetch(`${servers.bytes.url}customer/mask/`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: large })
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
