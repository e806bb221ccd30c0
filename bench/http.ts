// What masking costs a server that answers JSON: the same Fastify server and payload, each row in a process of its own.
//
//   node dist/bench/http.js serve ROW PAYLOAD     serves until its stdin ends; prints {"port": ..}, then {"us": processor microseconds a
//                                                 request, "requests": ..} for each line on stdin
//
// Handlers answer text that is JSON already, as a proxy or a cache does: serialization is in no row but where a row parses.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import fastify from 'fastify'
import { createMasker, type MaskerOptions } from '../src/index.ts'
import { maskFastify } from '../transports/http/index.ts'
import { createRandom } from './random.ts'

export const httpRows = [
  'no masking',
  'JSON.parse + stringify with a replacer, 6 keys',
  'JSON.parse + value + stringify, 6 keys',
  'maskFastify, 6 keys',
  'JSON.parse + value + stringify, default',
  'maskFastify, default',
] as const
export const httpPayloads = ['40 fields', 'list of 100'] as const

const NAMES = ['email', 'phone', 'card', 'password', 'name', 'street']
const KEYS = { version: '1.0', rules: [{ keys: NAMES, masks: [{ type: 'redact' }] }] }
/** Different ones, so that no table of recent results holds all values. */
const VARIANTS = 300

/** A customer record of 40 fields, and the values in it that must not arrive. */
function customer(i: number): { readonly record: object; readonly planted: readonly string[] } {
  const random = createRandom(`http ${i}`)
  const pick = (from: string, length: number): string => Array.from({ length }, () => from[random.below(from.length)]).join('')
  const digits = (length: number): string => pick('123456789', length)
  const email = `user.${digits(6)}@shop.example`
  const password = `pw-${pick('abcdefghijkmnpqrstuvwxyz23456789', 12)}`
  const card = '4242424242424242'
  const phone = `+1 202 555 01${digits(2)}`
  const flags = Object.fromEntries(Array.from({ length: 12 }, (_, k) => [`flag_${k}`, random.below(2) === 0]))
  const sizes = Object.fromEntries(Array.from({ length: 12 }, (_, k) => [`metric_${k}`, random.below(100_000) / 100]))
  const record = {
    id: 100_000 + i,
    email,
    phone,
    card,
    password,
    name: `Testa Sample ${digits(4)}`,
    address: { street: `${digits(3)} Nowhere Street`, city: 'Springfield', zip: digits(5), country: 'US' },
    plan: 'gold',
    currency: 'EUR',
    balance: 4823.5,
    created: '2026-03-04T10:11:12.000Z',
    note: 'asked for an invoice on paper, see the ticket of last week',
    ...flags,
    ...sizes,
  }
  return { record, planted: [email, password, card, phone] }
}

interface Payload {
  readonly text: string
  readonly planted: readonly string[]
}

function payloadsOf(name: string): Payload[] {
  const size = name === '40 fields' ? 1 : 100
  return Array.from({ length: VARIANTS }, (_, n) => {
    const all = Array.from({ length: size }, (_, i) => customer(n * size + i))
    return { text: JSON.stringify(size === 1 ? all[0]!.record : all.map(({ record }) => record)), planted: all.flatMap(({ planted }) => planted) }
  })
}

async function serve(row: string, payload: string): Promise<void> {
  const app = fastify()
  const texts = payloadsOf(payload).map(({ text }) => text)
  const ruleset = row.endsWith('6 keys') ? KEYS : undefined
  const options: MaskerOptions = { runSecret: 'benchmark run secret, 32 letters', policy: { on_mask_error: 'fail', max_record_bytes: 8 << 20 } }
  if (row.startsWith('maskFastify')) await app.register(maskFastify, { ruleset, ...options })
  else if (row.includes('replacer')) {
    const names = new Set(NAMES)
    const replacer = (key: string, value: unknown): unknown => (names.has(key) ? '[REDACTED]' : value)
    app.addHook('onSend', (_request, _reply, body, done) => done(null, JSON.stringify(JSON.parse(body as string), replacer)))
  } else if (row.startsWith('JSON.parse')) {
    const masker = createMasker(ruleset, options)
    app.addHook('onSend', (_request, _reply, body, done) => done(null, JSON.stringify(masker.value(JSON.parse(body as string)))))
  }
  let requests = 0
  app.get('/', (_, reply) => {
    return reply.type('application/json; charset=utf-8').send(texts[requests++ % texts.length])
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const address = app.server.address()
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 })}\n`)
  let start = process.cpuUsage()
  for await (const _ of createInterface({ input: process.stdin })) {
    const { user, system } = process.cpuUsage(start)
    process.stdout.write(`${JSON.stringify({ us: (user + system) / requests, requests })}\n`)
    requests = 0
    start = process.cpuUsage()
  }
  await app.close()
}

/** What one row reached. */
export interface HttpFigures {
  /** Requests a second over eight connections. */
  readonly rate: number
  /** Processor microseconds of the server for a request. */
  readonly us: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly bytes: number
  readonly leaks: number
  readonly planted: number
}

interface Load {
  readonly requests: { readonly average: number }
  readonly latency: { readonly p50: number; readonly p99: number }
  readonly non2xx: number
  readonly errors: number
}

/** Loads a row for some seconds, after one of warming up. Fails when a response was not what it should be. */
export async function measureHttp(row: string, payload: string, seconds: number): Promise<HttpFigures> {
  const server = spawn(process.execPath, [fileURLToPath(import.meta.url), 'serve', row, payload], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]()
  const next = async <T>(): Promise<T> => JSON.parse((await lines.next()).value as string) as T
  try {
    const { port } = await next<{ port: number }>()
    const url = `http://127.0.0.1:${port}/`
    const body = await (await fetch(url)).text()
    // The first request gets the first payload.
    const { planted } = payloadsOf(payload)[0]!
    await load(url, 1)
    server.stdin.write('\n')
    await next()
    const result = await load(url, seconds)
    server.stdin.write('\n')
    const { us } = await next<{ us: number }>()
    if (result.non2xx + result.errors > 0) throw new Error(`${row}: requests failed`)
    const leaks = planted.filter((value) => body.includes(value)).length
    return { rate: result.requests.average, us, p50: result.latency.p50, p99: result.latency.p99, bytes: Buffer.byteLength(body), leaks, planted: planted.length }
  } finally {
    server.stdin.end()
    await new Promise((resolve) => server.once('close', resolve))
  }
}

/** In a process of its own: on a machine of two processors the server has one. */
async function load(url: string, seconds: number): Promise<Load> {
  const client = spawn(process.execPath, [createRequire(import.meta.url).resolve('autocannon'), '-c', '8', '-d', String(seconds), '--json', url], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let out = ''
  client.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  await new Promise((resolve) => client.once('close', resolve))
  return JSON.parse(out) as Load
}

const [mode, row, payload] = process.argv.slice(2)
if (mode === 'serve') await serve(row!, payload!)
