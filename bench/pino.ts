// What masking costs a program that logs with pino, each row in a process of its own.
//
//   node dist/bench/pino.js call ROW                  prints {"us": microseconds of the processor per log call, "leaks": .., "planted": ..}
//   node dist/bench/pino.js worker ROW LINES END      logs LINES lines through a worker to a file, ends by END (normal, exit, throw, SIGTERM), and
//                                                     prints {"seconds": until all is written, "drain": those after the last call, "rss": peak MB}
//                                                     where it ends normally
//
// The lines are requests of about 980 bytes, as pino-http and @opentelemetry/instrumentation-pino put them together, with secrets in
// fields, in the message and in the error: trace context, request, response and times, and what the application says of the user and
// the order. In the rows that end with `objects alone` nothing stands at the top but five objects: `redact` asks its wildcards about
// each entry there.
import { pino, type LoggerOptions } from 'pino'
import { createRandom } from './random.ts'
import { exitOnSignals, maskDestination, maskPino } from '../transports/pino/index.ts'

export const callRows = [
  'plain',
  'redact, 5 exact paths',
  'redact, 8 exact paths',
  'redact, 7 wildcards',
  'redact, 7 wildcards that reach the fields',
  'hook that returns the line',
  'hook with JSON.parse and stringify',
  'hook with one regular expression',
  'maskPino, 5 paths',
  'maskPino, 7 keys at any depth',
  'maskPino, default ruleset',
  'plain, objects alone',
  'redact, 8 exact paths, objects alone',
  'redact, 7 wildcards, objects alone',
  'maskPino, default ruleset, objects alone',
  'plain, nothing to mask',
  'maskPino, default ruleset, nothing to mask',
] as const

export const workerRows = ['pino/file alone', '@pinojs/redact transform', 'mask-logs/pino', 'mask-logs/pino, bounded'] as const

const runSecret = 'benchmark run secret, 32 letters'
const FIVE = ['req.headers.authorization', 'req.headers.cookie', 'req.headers["x-api-key"]', 'user.email', 'body.password']
const EIGHT = [...FIVE, 'body.card.number', 'user.phone', 'session.token']
const WILDCARDS = ['*.password', '*.email', '*.phone', '*.authorization', '*.cookie', '*.token', '*.number']
// `*.x` is one level deep only: headers of requests, where most of the secrets are, are two.
const DEEP_WILDCARDS = ['*.*.authorization', '*.*.cookie', '*.*["x-api-key"]', '*.email', '*.password', '*.*.number', '*.token']
const KEYS = ['password', 'email', 'phone', 'authorization', 'cookie', 'token', 'x-api-key']

interface Call {
  readonly fields: object
  readonly text: string
  readonly planted: readonly string[]
}

type Kind = 'requests' | 'objects' | 'clean'

/** Calls of a logger; `clean` ones are without a secret. */
function calls(count: number, kind: Kind): Call[] {
  const random = createRandom('pino')
  const pick = (from: string, length: number): string => Array.from({ length }, () => from[random.below(from.length)]).join('')
  const hex = (length: number): string => pick('0123456789abcdef', length)
  const base = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
  return Array.from({ length: count }, (_, i) => {
    const email = `user${random.below(3000)}@shop.example`
    const authorization = `Bearer ${pick(base, 40)}`
    const cookie = `sid=${hex(32)}`
    const key = `k3y-${pick(base, 24)}`
    const password = `pw-${pick(base, 10)}`
    const token = `ghp_${pick(base, 36)}`
    const err = new Error(kind === 'clean' ? 'connect ECONNREFUSED 10.0.3.17:5432' : `upstream refused ${token}`)
    err.stack = `${err.name}: ${err.message}\n    at connect (/srv/app/lib/upstream.js:112:17)\n    at async handle (/srv/app/routes/pay.js:40:9)`
    const id = 10_000 + i
    const url = `/v1/orders/${id}/payments?expand=items`
    const agent = kind === 'objects' ? 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/143.0' : 'okhttp/4.12.0'
    const remotePort = 40_000 + random.below(20_000)
    const text = `payment of ${email} declined`
    const planted = [authorization.slice(7), cookie.slice(4), key, email, password, token]
    if (kind === 'objects') {
      const headers = { host: 'shop.example', 'user-agent': agent, accept: 'application/json', authorization, cookie, 'x-api-key': key }
      const fields = {
        req: { id: `req-${i}`, method: 'POST', url, headers, remotePort },
        user: { id: random.below(100_000), email, plan: 'gold' },
        body: { password, remember: true },
        order: { id, total: 4823.5, currency: 'EUR', items: [{ sku: 'A-1001', qty: 2, price: 19.99 }] },
        err,
      }
      return { fields, text, planted }
    }
    if (kind === 'clean') {
      const fields = {
        trace_id: hex(32),
        span_id: hex(16),
        trace_flags: '01',
        orderId: id,
        req: { id: `req-${i}`, method: 'POST', url, headers: { host: 'shop.example', 'user-agent': agent }, remotePort },
        res: { statusCode: 502 },
        user: { plan: 'gold', visits: random.below(900) },
        note: 'retry scheduled after the gateway did not answer in time, see the runbook',
        responseTime: 31.25,
        err,
      }
      return { fields, text: `payment for order ${id} declined by the gateway`, planted: [] }
    }
    const fields = {
      trace_id: hex(32),
      span_id: hex(16),
      trace_flags: '01',
      orderId: id,
      req: { id: `req-${i}`, method: 'POST', url, headers: { host: 'shop.example', 'user-agent': agent, authorization, cookie, 'x-api-key': key }, remotePort },
      res: { statusCode: 502 },
      user: { id: random.below(100_000), email, plan: 'gold' },
      body: { password, remember: true },
      responseTime: 31.25,
      err,
    }
    return { fields, text, planted }
  })
}

/** Of what kind the calls of a row are, and what row it is without that. */
function kindOf(row: string): { readonly kind: Kind; readonly plain: string } {
  const plain = row.replace(/, (?:objects alone|nothing to mask)$/, '')
  return { kind: plain === row ? 'requests' : row.endsWith('objects alone') ? 'objects' : 'clean', plain }
}

function optionsOf(row: string): LoggerOptions {
  const hook = (streamWrite: (line: string) => string): LoggerOptions => ({ hooks: { streamWrite } })
  switch (kindOf(row).plain) {
    case 'plain':
      return {}
    case 'redact, 5 exact paths':
      return { redact: FIVE }
    case 'redact, 8 exact paths':
      return { redact: EIGHT }
    case 'redact, 7 wildcards':
      return { redact: WILDCARDS }
    case 'redact, 7 wildcards that reach the fields':
      return { redact: DEEP_WILDCARDS }
    case 'hook that returns the line':
      return hook((line) => line)
    case 'hook with JSON.parse and stringify':
      return hook((line) => `${JSON.stringify(JSON.parse(line))}\n`)
    case 'hook with one regular expression':
      return hook((line) => line.replace(/[\w.+-]+@[\w-]+\.[\w.]+/g, '[REDACTED]'))
    case 'maskPino, 5 paths':
      return maskPino({}, { runSecret, ruleset: { version: '1.0', rules: [{ paths: FIVE, masks: [{ type: 'redact' }] }] } })
    case 'maskPino, 7 keys at any depth':
      return maskPino({}, { runSecret, ruleset: { version: '1.0', rules: [{ keys: KEYS, masks: [{ type: 'redact' }] }] } })
    case 'maskPino, default ruleset':
      return maskPino({}, { runSecret })
    default:
      throw new Error('no such row')
  }
}

function call(row: string): void {
  const all = calls(4000, kindOf(row).kind)
  let leaks = 0
  let planted = 0
  let bytes = 0
  let line = ''
  const shown = pino(optionsOf(row), { write: (text: string) => void (line = text) })
  for (const one of all.slice(0, 500)) {
    shown.info(one.fields, one.text)
    bytes += line.length
    planted += one.planted.length
    leaks += one.planted.filter((value) => line.includes(value)).length
  }
  const log = pino(optionsOf(row), pino.destination({ dest: '/dev/null', sync: true }))
  const round = (): number => {
    const start = process.cpuUsage()
    for (const { fields, text } of all) log.info(fields, text)
    const { user, system } = process.cpuUsage(start)
    return (user + system) / all.length
  }
  for (let i = 0; i < 8; i++) round()
  const times = Array.from({ length: 15 }, round).sort((a, b) => a - b)
  process.stdout.write(JSON.stringify({ us: times[7], leaks, planted, bytes: bytes / 500 }))
}

function worker(row: string, lines: number, end: string, file: string): void {
  const out = { target: 'pino/file', options: { destination: file } }
  const stage = row.startsWith('@pinojs')
    ? { target: new URL('./baselines/pino-redact-transport.js', import.meta.url).pathname, options: { paths: EIGHT } }
    : { target: 'mask-logs/pino', options: { runSecret } }
  const transport = pino.transport({ pipeline: row === 'pino/file alone' ? [out] : [stage as unknown as typeof out, out] })
  if (end === 'SIGTERM' && row.startsWith('mask-logs')) exitOnSignals()
  const log = pino({}, row.endsWith('bounded') ? maskDestination(transport, { mask: false }) : transport)
  const all = calls(2000, 'requests')
  const start = performance.now()
  for (let i = 0; i < lines; i++) {
    const { fields, text } = all[i % all.length]!
    log.info(fields, text)
  }
  const logged = performance.now()
  if (end === 'exit') process.exit(0)
  if (end === 'throw') throw new Error('the end')
  if (end === 'SIGTERM') {
    process.kill(process.pid, 'SIGTERM')
    setTimeout(() => {}, 10_000)
    return
  }
  // The worker does not keep this process alive.
  const alive = setInterval(() => {}, 1000)
  transport.on('close', () => {
    clearInterval(alive)
    process.stdout.write(JSON.stringify({ seconds: (performance.now() - start) / 1000, drain: (performance.now() - logged) / 1000, rss: process.resourceUsage().maxRSS / 1024 }))
  })
  transport.end()
}

const [mode, row, lines, end, file] = process.argv.slice(2)
if (mode === 'call') call(row!)
else if (mode === 'worker') worker(row!, Number(lines), end!, file!)
