// An upstream that prints what it gets, the proxy before it, and one request of traces and one of logs.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const upstream = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => {
    process.stdout.write(`POST ${request.url}\n${body}`)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
})
await new Promise((done) => upstream.listen(0, '127.0.0.1', done))

const [program, ...args] = (process.env.MASK_LOGS ?? 'mask-logs').split(' ')
const options = ['otlp', '-q', '-r', join(here, 'ruleset.yaml'), '--listen-http', ':0', '--forward-http', `http://127.0.0.1:${upstream.address().port}`]
const env = { MASK_LOGS_RUN_SECRET: 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e', ...process.env }
const proxy = spawn(program, [...args, ...options], { env, stdio: ['ignore', 'inherit', 'pipe'] })
const ended = new Promise((done) => proxy.on('close', done))
let log = ''
const address = await new Promise((done, failed) => {
  proxy.stderr.on('data', (chunk) => {
    log += chunk
    const ready = log.split('\n').find((line) => line.includes('"msg":"ready"'))
    if (ready !== undefined) done(JSON.parse(ready).http)
  })
  ended.then(() => failed(new Error(log)))
})

for (const signal of ['traces', 'logs']) {
  const response = await fetch(`http://${address}/v1/${signal}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: readFileSync(join(here, `${signal}.json`)),
  })
  if (!response.ok) throw new Error(`status ${response.status}`)
}
proxy.kill('SIGTERM')
process.exitCode = await ended
upstream.close()
