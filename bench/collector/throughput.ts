// Spans per second and processor time beside the Collector's processors doing the same job, by hand:
//
//   MASK_LOGS_OTELCOL=/path/to/collector node dist/bench/collector/throughput.js [seconds]
//
// The same requests (330 spans of 17 attributes and an event, 500 kB of protobuf, four at once) go through each program to the same upstream, all over HTTP
// without compression. The Collector has no queue, so that it answers when the upstream has answered, as the proxy does. The upstream looks into requests
// for a value that every set-up but the empty one has to mask.

import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PLANTED, traceRequest } from '../otlp-proxy.ts'
import { freePorts, startCollector } from './process.ts'

const CONCURRENT = 4
const SPANS = 330
const ROUNDS = 2
/** More than a table of remembered results holds: telemetry does not repeat itself request by request. */
const BODIES = 64
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

// The same rules in both languages: the header, e-mail addresses, card numbers and the token parameter, in attributes, names and status messages.
const EMAIL = '[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}'
const CARD = '4[0-9]{3}(?: ?[0-9]{4}){3}'
const TOKEN = 'access_token=[^&#]*'
const EQUAL = `version: "1.0"
rules:
- {keys: [http.request.header.authorization], masks: [{type: redact}]}
- {detect: [email, credit_card, url_secret_parameter], masks: [{type: redact}]}
`
const REDACTION = `processors:
  redaction:
    allow_all_keys: true
    blocked_key_patterns: ["^http\\\\.request\\\\.header\\\\.authorization$"]
    blocked_values: [${[EMAIL, CARD, TOKEN].map((pattern) => JSON.stringify(pattern)).join(', ')}]
    redact_all_types: true
  transform:
    error_mode: propagate
    trace_statements:
    - context: span
      statements:
${[EMAIL, CARD, TOKEN].flatMap((pattern) => ['span.name', 'span.status.message'].map((path) => `      - 'replace_pattern(${path}, ${JSON.stringify(pattern)}, "****")'`)).join('\n')}
    - context: spanevent
      statements:
${[EMAIL, CARD, TOKEN].map((pattern) => `      - 'replace_pattern(spanevent.name, ${JSON.stringify(pattern)}, "****")'`).join('\n')}
`

interface Program {
  readonly pid: number
  readonly port: number
  readonly stop: () => Promise<unknown>
}

function collector(binary: string, processors: string, names: readonly string[]): (upstream: string) => Promise<Program> {
  return async (upstream) => {
    const [port] = (await freePorts(1)) as [number]
    const started = await startCollector(
      binary,
      () => `receivers:
  otlp: {protocols: {http: {endpoint: "127.0.0.1:${port}", max_request_body_size: 67108864}}}
exporters:
  otlp_http: {endpoint: "${upstream}", compression: none, sending_queue: {enabled: false}}
${processors}
service:
  telemetry: {metrics: {level: none}}
  pipelines:
    traces: {receivers: [otlp], processors: [${names.join(', ')}], exporters: [otlp_http]}
`,
      [port],
    )
    return { pid: started.process.pid!, port, stop: () => started.stop() }
  }
}

function proxy(ruleset: string): (upstream: string) => Promise<Program> {
  return async (upstream) => {
    const folder = mkdtempSync(join(tmpdir(), 'mask-logs-throughput-'))
    const file = join(folder, 'rules.yaml')
    writeFileSync(file, ruleset)
    const child = node([here('../../src/bin.cjs'), 'otlp', '--quiet', '-r', ruleset.includes('\n') ? file : ruleset, '--listen-http', ':0', '--forward-http', upstream])
    const { http } = JSON.parse(await firstLine(child, 'stderr')) as { http: string }
    const stop = async (): Promise<void> => {
      child.kill('SIGKILL')
      await new Promise((done) => child.once('close', done))
      rmSync(folder, { recursive: true, force: true })
    }
    return { pid: child.pid!, port: Number(http.split(':').at(-1)), stop }
  }
}

function node(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, MASK_LOGS_RUN_SECRET: 'benchmark run secret, 32 letters' } })
}

function firstLine(child: ChildProcess, from: 'stdout' | 'stderr'): Promise<string> {
  return new Promise((done, failed) => {
    let text = ''
    const take = (chunk: Buffer): void => {
      text += chunk.toString()
      if (!text.includes('\n')) return
      child[from]?.off('data', take)
      child[from]?.resume()
      done(text.slice(0, text.indexOf('\n')))
    }
    child[from]?.on('data', take)
    child.once('exit', (code) => failed(new Error(`a program ended early (${code}): ${text.slice(0, 500)}`)))
  })
}

/** Processor time of a process so far, seconds, and its peak resident memory, bytes (Linux). */
function usage(pid: number): { readonly cpu: number; readonly peak: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, peak: Number(peak) * 1024 }
}

interface Figures {
  readonly spansPerSecond: number
  readonly cpuPerSpan: number
  readonly p99: number
  readonly peak: number
  readonly looked: number
  readonly found: number
}

async function measure(make: (upstream: string) => Promise<Program>, bodies: readonly Buffer[], seconds: number): Promise<Figures> {
  const sink = node([here('../baselines/otlp-sink.js'), PLANTED])
  const program = await make(`http://127.0.0.1:${await firstLine(sink, 'stdout')}`)
  try {
    const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENT })
    const times: number[] = []
    let next = 0
    const one = (): Promise<void> =>
      new Promise((done, failed) => {
        const body = bodies[next++ % bodies.length]!
        const begun = performance.now()
        const sent = request(
          { port: program.port, path: '/v1/traces', method: 'POST', agent, headers: { 'content-type': 'application/x-protobuf', 'content-length': body.length } },
          (response) => {
            response.resume()
            response.on('end', () => {
              times.push(performance.now() - begun)
              if (response.statusCode === 200) done()
              else failed(new Error(`status ${response.statusCode}`))
            })
          },
        )
        sent.on('error', failed)
        sent.end(body)
      })
    const load = async (ms: number): Promise<void> => {
      const until = performance.now() + ms
      await Promise.all(
        Array.from({ length: CONCURRENT }, async () => {
          while (performance.now() < until) await one()
        }),
      )
    }
    await load(1500)
    times.length = 0
    const before = usage(program.pid).cpu
    const begun = performance.now()
    await load(seconds * 1000)
    const took = (performance.now() - begun) / 1000
    const { cpu, peak } = usage(program.pid)
    agent.destroy()
    const told = firstLine(sink, 'stdout')
    sink.kill('SIGTERM')
    const { looked, found } = JSON.parse(await told) as { looked: number; found: number }
    const count = times.length * SPANS
    const sorted = [...times].sort((a, b) => a - b)
    return { spansPerSecond: count / took, cpuPerSpan: ((cpu - before) / count) * 1e6, p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN, peak, looked, found }
  } finally {
    sink.kill('SIGKILL')
    await program.stop()
  }
}

async function main(): Promise<void> {
  const binary = process.env['MASK_LOGS_OTELCOL']
  if (binary === undefined) throw new Error('set MASK_LOGS_OTELCOL to a Collector with the processors redaction and transform')
  const seconds = Number(process.argv[2] ?? 4)
  const bodies = Array.from({ length: BODIES }, (_, i) => traceRequest(SPANS, PLANTED, `proxy ${i}`))
  console.log(
    `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${availableParallelism()} processors (${cpus()[0]?.model.trim()}), best of ${ROUNDS} runs of ${seconds} s after 2 s of warming up\n`,
  )
  console.log('| program | spans/s | processor time of a span | p99 of a request | peak memory | requests with the planted value |')
  console.log('|---|---|---|---|---|---|')
  const rows: readonly (readonly [string, (upstream: string) => Promise<Program>])[] = [
    ['Collector without processors', collector(binary, '', [])],
    ['Collector, redaction + transform', collector(binary, REDACTION, ['redaction', 'transform'])],
    ['mask-logs otlp, the same rules', proxy(EQUAL)],
    ['mask-logs otlp, mask-logs:otel', proxy('mask-logs:otel')],
  ]
  // in turns, and the best of each: what else the machine does is not theirs
  const best = new Map<string, Figures>()
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, make] of rows) {
      const now = await measure(make, bodies, seconds)
      const before = best.get(name) ?? now
      best.set(name, {
        spansPerSecond: Math.max(before.spansPerSecond, now.spansPerSecond),
        cpuPerSpan: Math.min(before.cpuPerSpan, now.cpuPerSpan),
        p99: Math.min(before.p99, now.p99),
        peak: Math.max(before.peak, now.peak),
        looked: before.looked + (round === 0 ? 0 : now.looked),
        found: before.found + (round === 0 ? 0 : now.found),
      })
    }
  }
  for (const [name, f] of best) {
    console.log(
      `| ${name} | ${Math.round(f.spansPerSecond).toLocaleString('en')} | ${f.cpuPerSpan.toFixed(1)} µs | ${f.p99.toFixed(0)} ms | ${Math.round(f.peak / 1e6)} MB | ${f.found} of ${f.looked} |`,
    )
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
