// The corpus of the benchmarks: NDJSON as a pino application writes it, seeded, of any size.
//
//   60 %  request lines     about 490 B, nested req, res and headers
//   25 %  plain messages    about 176 B
//   10 %  errors            about 1.5 KB, with a stack
//    5 %  payloads          about 4 KB, nested arrays
//
// 30 % of the lines hold a sensitive field at one of `sensitivePaths`, 15 % a sensitive value in free text.
//
// Customers come back: two of three sensitive values were seen before, among the last 1,000 of their kind.
//
//   node dist/bench/corpus.js [--size MB] [--seed TEXT] [--out FILE]
import { createHash } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { createRandom, type Random } from './random.ts'
import { anyValue, cardNumber, jwt, mailbox, password, type SensitiveValue } from './values.ts'

/** The known places of sensitive fields, in the notation of @pinojs/redact and of our rulesets alike. */
export const sensitivePaths: readonly string[] = [
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers["x-api-key"]',
  'user.email',
  'token',
  'err.config.password',
  'body.payment.number',
  'body.customer.email',
]

/** One line without its newline, and what of it must not survive masking. */
export interface CorpusLine {
  readonly text: string
  /** In fields at `sensitivePaths`. */
  readonly fields: readonly string[]
  /** In free text: messages, addresses, stacks. */
  readonly inText: readonly SensitiveValue[]
}

const hex = '0123456789abcdef'
const words = (
  'order cart checkout session request worker queue cache shard replica lookup batch invoice parcel stock shelf price refund basket catalogue ' +
  'started finished accepted scheduled retried skipped updated removed loaded synced matched queued released reserved expired for with after before from into in'
).split(' ')
const routes = ['/api/v1/orders', '/api/v1/carts', '/api/v2/products', '/health', '/api/v1/stock', '/static/app.js', '/api/v1/search', '/api/v1/users']
const agents = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0.0.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.5 Safari/605.1.15',
  'curl/8.5.0',
  'okhttp/4.12.0',
  'python-requests/2.32.3',
]
const methods = ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE']
const errorTypes = ['TypeError', 'Error', 'FetchError', 'TimeoutError', 'ValidationError']
const modules = ['orders', 'carts', 'payments', 'mailer', 'search', 'inventory']

function phrase(random: Random, count: number): string {
  let out = random.pick(words)
  for (let i = 1; i < count; i++) out += ` ${random.pick(words)}`
  return out
}

function uuid(random: Random): string {
  return `${random.text(hex, 8)}-${random.text(hex, 4)}-4${random.text(hex, 3)}-a${random.text(hex, 3)}-${random.text(hex, 12)}`
}

/** A value of a kind: mostly one of the last 1,000, else a new one. */
class Recurring {
  private readonly seen = new Map<string, unknown[]>()

  of<T>(random: Random, kind: string, make: (random: Random) => T): T {
    let values = this.seen.get(kind) as T[] | undefined
    if (values === undefined) this.seen.set(kind, (values = []))
    if (values.length > 0 && random.chance(2 / 3)) return random.pick(values)
    const value = make(random)
    if (values.length < 1000) values.push(value)
    else values[random.below(1000)] = value
    return value
  }
}

/** Free text around a sensitive value. */
function sentence(random: Random, value: SensitiveValue): string {
  return `${phrase(random, random.between(2, 4))} ${value.text} ${phrase(random, random.between(1, 3))}`
}

/** Makes line after line of one seed. Lines carry a growing time stamp. */
export function corpusLines(seed: number | string): () => CorpusLine {
  const random = createRandom(seed)
  const recurring = new Recurring()
  let time = 1_795_305_600_000
  let serial = 0
  return () => {
    time += random.below(12)
    serial++
    const fields: string[] = []
    const inText: SensitiveValue[] = []
    const field = random.chance(0.3)
    const value = random.chance(0.15) ? recurring.of(random, 'text', anyValue) : undefined
    if (value !== undefined) inText.push(value)
    const keep = (secret: string): string => {
      fields.push(secret)
      return secret
    }
    const base = { level: 30, time, pid: 4242, hostname: 'web-1' }
    const shape = random.below(100)
    let record: object
    if (shape < 60) record = requestLine(random, recurring, base, serial, field ? keep : undefined, value)
    else if (shape < 85) record = messageLine(random, recurring, base, field ? keep : undefined, value)
    else if (shape < 95) record = errorLine(random, recurring, base, field ? keep : undefined, value)
    else record = payloadLine(random, recurring, base, field ? keep : undefined, value)
    return { text: JSON.stringify(record), fields, inText }
  }
}

type Base = { level: number; time: number; pid: number; hostname: string }
type Keep = ((secret: string) => string) | undefined

function requestLine(random: Random, recurring: Recurring, base: Base, serial: number, keep: Keep, value: SensitiveValue | undefined): object {
  const headers: Record<string, string> = {
    host: 'shop.example:8443',
    'user-agent': random.pick(agents),
    accept: 'application/json',
  }
  if (keep !== undefined) {
    const choice = random.below(3)
    if (choice === 0) headers['authorization'] = `Bearer ${keep(recurring.of(random, 'bearer', (r) => (r.chance(0.2) ? jwt(r) : r.text(`${hex}ghijkXYZ`, 40))))}`
    else if (choice === 1) headers['cookie'] = `sid=${keep(recurring.of(random, 'session', (r) => r.text(hex, 32)))}; theme=dark`
    else headers['x-api-key'] = keep(recurring.of(random, 'api key', (r) => r.text(`${hex}QRSTUV`, 36)))
  }
  if (keep === undefined) headers['x-request-id'] = uuid(random)
  const route = random.pick(routes)
  const url =
    value?.kind === 'password'
      ? `${route}/${random.below(9999)}?page=2&token=${value.secret}`
      : `${route}/${random.below(9999)}?page=${random.below(40)}&sort=${random.pick(words)}`
  const status = random.pick([200, 200, 200, 201, 204, 304, 404])
  return {
    ...base,
    req: { id: serial, method: random.pick(methods), url, headers, remoteAddress: `203.0.113.${random.below(255)}` },
    res: { statusCode: status, headers: { 'content-type': 'application/json', 'content-length': String(random.between(20, 90000)) } },
    responseTime: random.between(1, 4000) / 8,
    msg: value === undefined || value.kind === 'password' ? 'request completed' : sentence(random, value),
  }
}

function messageLine(random: Random, recurring: Recurring, base: Base, keep: Keep, value: SensitiveValue | undefined): object {
  const record: Record<string, unknown> = { ...base, module: random.pick(modules) }
  if (keep !== undefined) {
    if (random.chance(0.5)) record['user'] = { id: random.below(90000), email: `${keep(recurring.of(random, 'mailbox', mailbox))}@example.com` }
    else record['token'] = keep(random.text(`${hex}mnopQR`, 32))
  } else record['durationMs'] = random.below(90000)
  record['msg'] = value === undefined ? phrase(random, keep === undefined ? random.between(8, 12) : random.between(2, 5)) : sentence(random, value)
  return record
}

function errorLine(random: Random, recurring: Recurring, base: Base, keep: Keep, value: SensitiveValue | undefined): object {
  const type = random.pick(errorTypes)
  const message = value === undefined ? `${phrase(random, 6)} (code ${random.below(9999)})` : `${phrase(random, 3)}: ${value.text}`
  let stack = `${type}: ${message}`
  for (let i = 0; i < 15; i++) {
    const module = random.pick(modules)
    stack += `\n    at ${i % 3 === 0 ? 'async ' : ''}${random.pick(words)}${random.pick(['Service', 'Handler', 'Store'])}.${random.pick(words)} (/srv/app/dist/${module}/${random.pick(words)}.js:${random.between(1, 900)}:${random.between(1, 80)})`
  }
  const config: Record<string, unknown> = { url: `https://pay.example/v1/${random.pick(words)}`, timeout: 5000, retries: random.below(5) }
  if (keep !== undefined) config['password'] = keep(recurring.of(random, 'password', password))
  return { ...base, level: 50, reqId: uuid(random), err: { type, message, stack, code: 'E_FAILED', config }, msg: `${random.pick(words)} failed` }
}

function payloadLine(random: Random, recurring: Recurring, base: Base, keep: Keep, value: SensitiveValue | undefined): object {
  const items: object[] = []
  for (let i = 0; i < 27; i++) {
    items.push({
      sku: `${random.text('ABCDEFGHJKLMNP', 3)}-${random.between(1000, 9999)}`,
      title: phrase(random, random.between(3, 6)),
      qty: random.between(1, 9),
      price: random.between(100, 99999) / 100,
      tags: [random.pick(words), random.pick(words)],
      dims: [random.below(200), random.below(200), random.below(200)],
    })
  }
  const body: Record<string, unknown> = {
    order: random.between(100000, 999999),
    currency: 'EUR',
    items,
    notes: value === undefined ? phrase(random, 24) : `${phrase(random, 10)} ${sentence(random, value)}`,
  }
  if (keep !== undefined) {
    if (random.chance(0.5)) body['payment'] = { method: 'card', number: keep(recurring.of(random, 'card', cardNumber)), amount: random.between(100, 99999) / 100 }
    else body['customer'] = { id: random.below(90000), email: `${keep(recurring.of(random, 'mailbox', mailbox))}@example.com` }
  }
  return { ...base, reqId: uuid(random), body, msg: 'order received' }
}

/** What a written corpus consists of. */
export interface CorpusFacts {
  readonly file: string
  readonly seed: string
  readonly bytes: number
  readonly lines: number
  readonly fields: number
  readonly inText: number
  readonly sha256: string
}

/** Writes at least `megabytes` x 10^6 bytes of whole lines to `file`; one buffer of 1 MB is all that is held. */
export function writeCorpus(file: string, megabytes: number, seed: string): CorpusFacts {
  mkdirSync(dirname(file), { recursive: true })
  const next = corpusLines(seed)
  const hash = createHash('sha256')
  const target = megabytes * 1_000_000
  const fd = openSync(`${file}.part`, 'w')
  let bytes = 0
  let lines = 0
  let fields = 0
  let inText = 0
  let pending = ''
  const flush = (): void => {
    const chunk = Buffer.from(pending)
    pending = ''
    hash.update(chunk)
    for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at)
  }
  while (bytes < target) {
    const line = next()
    lines++
    if (line.fields.length > 0) fields++
    if (line.inText.length > 0) inText++
    pending += `${line.text}\n`
    bytes += line.text.length + 1 // every line is ASCII
    if (pending.length >= 1 << 20) flush()
  }
  flush()
  closeSync(fd)
  renameSync(`${file}.part`, file)
  return { file, seed, bytes, lines, fields, inText, sha256: hash.digest('hex') }
}

/** The corpus of that size and seed under `directory`, written now or by an earlier run of the same generator. */
export function corpusFile(directory: string, megabytes: number, seed = 'mask-logs'): CorpusFacts {
  // A change of the generator gives other bytes under the same seed: the first 2,000 lines tell.
  const next = corpusLines(seed)
  const print = createHash('sha256')
  for (let i = 0; i < 2000; i++) print.update(next().text)
  const file = join(directory, `corpus-${seed}-${megabytes}mb-${print.digest('hex').slice(0, 8)}.ndjson`)
  const note = `${file}.json`
  if (existsSync(file) && existsSync(note)) {
    const facts = JSON.parse(readFileSync(note, 'utf8')) as CorpusFacts
    if (statSync(file).size === facts.bytes) return { ...facts, file }
  }
  const facts = writeCorpus(file, megabytes, seed)
  writeFileSync(note, `${JSON.stringify({ ...facts, file: undefined })}\n`)
  return facts
}

/** One record on a single line of at least `megabytes` x 10^6 bytes, the worst case for line splitters. */
export function writeOneLine(file: string, megabytes: number, seed = 'one-line'): number {
  mkdirSync(dirname(file), { recursive: true })
  const next = corpusLines(seed)
  const fd = openSync(file, 'w')
  let bytes = 0
  let pending = '{"level":30,"time":1795305600000,"msg":"export","records":['
  while (bytes + pending.length < megabytes * 1_000_000) {
    pending += `${next().text},`
    if (pending.length >= 1 << 20) {
      bytes += writeSync(fd, pending)
      pending = ''
    }
  }
  bytes += writeSync(fd, `${pending}null]}\n`)
  closeSync(fd)
  return bytes
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({ options: { size: { type: 'string', default: '200' }, seed: { type: 'string', default: 'mask-logs' }, out: { type: 'string' } } })
  const facts = values.out === undefined ? corpusFile('.bench', Number(values.size), values.seed) : writeCorpus(values.out, Number(values.size), values.seed)
  process.stdout.write(`${JSON.stringify(facts)}\n`)
}
