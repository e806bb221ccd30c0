// One trace through the proxy, in one of three topologies: node run.mjs [sidecar|agent|loop]
//
// MASK_LOGS_OTELCOL names a Collector with the otlp receiver and the exporters file, otlp_grpc and otlp_http. Without one, "sidecar" has a
// stand-in that takes what the proxy forwards; the other two need a Collector, and are only explained.

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createOtlpProxy } from 'mask-logs/otlp'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const topology = process.argv[2] ?? 'sidecar'
const collector = process.env.MASK_LOGS_OTELCOL

const explained = {
  sidecar: [
    'app -> mask-logs otlp -> Collector or vendor',
    'OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:14318',
    'mask-logs otlp --listen-http 127.0.0.1:14318 --forward-http http://127.0.0.1:24318 -r ruleset.yaml',
  ],
  agent: [
    'app -> Collector (agent.yaml) -> mask-logs otlp -> Collector (gateway.yaml)',
    'mask-logs otlp --listen-grpc 127.0.0.1:14317 --forward-grpc http://127.0.0.1:24317 -r ruleset.yaml',
  ],
  loop: [
    'app -> Collector (loop.yaml) -> mask-logs otlp -> the same Collector -> vendor',
    'mask-logs otlp --listen-http 127.0.0.1:14318 --forward-http http://127.0.0.1:24318 --stamp-resource -r ruleset.yaml',
  ],
}
if (explained[topology] === undefined) {
  console.error('usage: node run.mjs [sidecar|agent|loop]')
  process.exit(2)
}
console.log(explained[topology].join('\n'))
if (collector === undefined && topology !== 'sidecar') {
  console.log('\nSet MASK_LOGS_OTELCOL to a Collector to see it work.')
  process.exit(0)
}

const folder = mkdtempSync(join(tmpdir(), 'mask-logs-collector-'))
const closers = [() => rmSync(folder, { recursive: true, force: true })]

/** Ports that are free now. */
async function free(count) {
  const servers = Array.from({ length: count }, () => createServer())
  await Promise.all(servers.map((server) => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))))
  const ports = servers.map((server) => server.address().port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

async function run(config, env) {
  const child = spawn(collector, ['--config', here(config), '--set=service.telemetry.metrics.level=none'], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk) => (said += chunk))
  closers.push(() => new Promise((resolve) => (child.exitCode === null ? (child.once('exit', resolve), child.kill('SIGTERM')) : resolve())))
  const limit = Date.now() + 20_000
  while (!said.includes('Everything is ready')) {
    if (child.exitCode !== null || Date.now() > limit) throw new Error(`the Collector did not start:\n${said.slice(-2000)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Sends until it is accepted: receivers of a Collector may come up one after the other. */
async function send(url) {
  const answer = await fetch(`${url}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: readFileSync(here('request.json')) })
  if (!answer.ok) throw new Error(`answered with ${answer.status}`)
}

const [a, b, c, d, e, f] = (await free(6)).map((port) => `127.0.0.1:${port}`)
const gateway = { GATEWAY_GRPC: a, GATEWAY_HTTP: b, MASKED_FILE: join(folder, 'masked.json') }
const options = { ruleset: here('ruleset.yaml'), runSecret: process.env.MASK_LOGS_RUN_SECRET ?? 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e', log: () => {} }
const proxy = async (more) => {
  const started = await createOtlpProxy({ ...options, ...more })
  closers.push(() => started.drain(5000))
}

try {
  let masked
  if (collector === undefined) {
    const upstream = createServer((request, response) => {
      const body = []
      request.on('data', (chunk) => body.push(chunk))
      request.on('end', () => {
        masked = Buffer.concat(body).toString()
        response.setHeader('content-type', 'application/json').end('{}')
      })
    })
    await new Promise((resolve) => upstream.listen(Number(b.split(':')[1]), '127.0.0.1', resolve))
    closers.push(() => new Promise((resolve) => upstream.close(resolve)))
  } else await run('gateway.yaml', gateway)
  if (topology === 'sidecar') {
    await proxy({ listenHttp: c, forwardHttp: `http://${b}` })
    await send(`http://${c}`)
  } else if (topology === 'agent') {
    await proxy({ listenGrpc: c, forwardGrpc: `http://${a}` })
    await run('agent.yaml', { AGENT_GRPC: d, AGENT_HTTP: e, PROXY_GRPC: c })
    await send(`http://${e}`)
  } else {
    await proxy({ listenHttp: c, forwardHttp: `http://${f}`, stampResource: true })
    await run('loop.yaml', { IN_GRPC: d, IN_HTTP: e, MASKED_HTTP: f, PROXY_HTTP: `http://${c}`, VENDOR: a, VENDOR_INSECURE: 'true' })
    await send(`http://${e}`)
  }
  for (const limit = Date.now() + 10_000; masked === undefined && Date.now() < limit; ) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    try {
      const text = readFileSync(gateway.MASKED_FILE, 'utf8')
      if (text.endsWith('\n')) masked = text
    } catch {
      // not written yet
    }
  }
  if (masked === undefined) throw new Error('nothing came out within 10 s')
  console.log(`\nWhat arrives:\n${JSON.stringify(JSON.parse(masked), null, 2)}`)
} finally {
  for (const close of closers.reverse()) await close()
}
