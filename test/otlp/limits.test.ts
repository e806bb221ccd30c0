// What holds under load and over time: memory, versions of the ruleset, certificates, HTTP/2; and that nothing that is told holds data.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectHttp2, constants } from 'node:http2'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { gzipSync } from 'node:zlib'
import * as grpc from '@grpc/grpc-js'
import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { createOtlpProxy, type OtlpProxy, type OtlpProxyOptions } from '../../transports/otlp/index.ts'
import { Budget } from '../../transports/otlp/budget.ts'
import { isLoopback, parseAddress } from '../../transports/edge/address.ts'
import { createSparseLog } from '../../transports/edge/log.ts'
import { withRetries } from '../../transports/otlp/retry.ts'
import { retryAfterMs } from '../../transports/otlp/status.ts'
import {
  call,
  CANARY,
  decodeRequest,
  encodeRequest,
  grpcUpstream,
  httpUpstream,
  logsJson,
  makeCertificates,
  needing,
  post,
  quiet,
  spans,
  type Certificates,
} from './support/proxy.ts'

const folder = mkdtempSync(join(tmpdir(), 'mask-logs-otlp-'))
const certificates = makeCertificates(folder)
const others = certificates && makeCertificates(mkdtempSync(join(folder, 'x')))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function proxy(options: OtlpProxyOptions): Promise<OtlpProxy & { readonly lines: string[] }> {
  const given = quiet(options)
  const made = await createOtlpProxy(given)
  closers.push(() => made.close())
  return Object.assign(made, { lines: given.lines })
}

async function metric(of: OtlpProxy, name: string): Promise<number> {
  const all = (await of.metrics()) as { name: string; values: { value: number }[] }[]
  return (all.find((one) => one.name === name)?.values ?? []).reduce((sum, { value }) => sum + value, 0)
}

describe('the budget of memory', () => {
  it('is kept, gives everybody a turn, and comes back to nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 }), async (requests) => {
        const budget = new Budget(100)
        const never = new AbortController().signal
        let most = 0
        const done = await Promise.all(
          requests.map(async (steps) => {
            const lease = budget.lease()
            try {
              for (const bytes of steps) {
                if (!(await lease.grow(bytes, 5000, never))) return false
                most = Math.max(most, budget.used)
                await Promise.resolve()
              }
              return true
            } finally {
              lease.release()
            }
          }),
        )
        expect(done).toEqual(requests.map(() => true))
        expect({ used: budget.used, waiting: budget.waiting }).toEqual({ used: 0, waiting: 0 })
        // one request beyond the limit, when all others wait for it
        expect(most).toBeLessThanOrEqual(100 + Math.max(...requests.map((steps) => steps.reduce((sum, n) => sum + n, 0))))
      }),
      { numRuns: 200 },
    )
  })

  it('lets go of those that wait too long or have left', async () => {
    const budget = new Budget(10)
    const leave = new AbortController()
    const holder = budget.lease()
    expect(await holder.grow(10, 0, leave.signal)).toBe(true)
    expect(await budget.lease().grow(1, 20, leave.signal)).toBe(false)
    const left = budget.lease().grow(1, 5000, leave.signal)
    leave.abort()
    await expect(left).rejects.toThrow()
    const next = budget.lease()
    const waits = next.grow(10, 5000, new AbortController().signal)
    holder.release()
    expect(await waits).toBe(true)
    next.release()
    expect({ used: budget.used, waiting: budget.waiting }).toEqual({ used: 0, waiting: 0 })
  })
})

describe('trying again', () => {
  const never = new AbortController().signal

  it('uses all of the time there is, with growing pauses and an attempt at the end', async () => {
    const begun = performance.now()
    const at: number[] = []
    const value = await withRetries(async (n) => (at.push(performance.now() - begun), { again: true, value: n }), begun + 700, never)
    expect(value).toBe(at.length - 1)
    expect(at.length).toBeGreaterThanOrEqual(4)
    expect(at.at(-1)).toBeGreaterThan(600)
    expect(at.at(-1)).toBeLessThan(1000)
  })

  it('waits as long as it is told, and not at all for what would be too late', async () => {
    const begun = performance.now()
    let attempts = 0
    expect(await withRetries(async () => (attempts++, { again: true, value: 'late', afterMs: 5000 }), begun + 1000, never)).toBe('late')
    expect(attempts).toBe(1)
    await withRetries(async (n) => (n === 0 ? { again: true, value: 'told', afterMs: 200 } : { again: false, value: 'well' }), begun + 2000, never)
    expect(performance.now() - begun).toBeGreaterThanOrEqual(195)
  })

  it('ends when the client leaves', async () => {
    const leave = new AbortController()
    const tried = withRetries(async () => ({ again: true, value: 'x' }), performance.now() + 60_000, leave.signal)
    setTimeout(() => leave.abort(), 20)
    await expect(tried).rejects.toThrow()
  })
})

describe('Retry-After', () => {
  const now = Date.UTC(2026, 10, 22, 10, 0, 0)
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 3 ', 3000],
    ['Sun, 22 Nov 2026 10:00:02 GMT', 2000],
    ['Sun, 22 Nov 2026 09:00:00 GMT', 0],
    ['Sunday, 22-Nov-26 10:00:02 GMT', 2000],
    ['soon', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    [undefined, undefined],
  ])('%j', (header, ms) => expect(retryAfterMs(header, now)).toBe(ms))
})

describe('a slow upstream', () => {
  it('does not fill the memory: at no time is more held than the limit', async () => {
    const to = await httpUpstream(() => ({ afterMs: 150 }))
    closers.push(() => to.close())
    const body = spans(3000, 'x')
    const limit = 4 * body.length
    const via = await proxy({ listenHttp: ':0', forwardHttp: to.url, maxInFlightBytes: limit, waitMs: 20_000, timeoutMs: 30_000 })
    const url = `http://127.0.0.1:${via.addresses.http!.port}/v1/traces`
    let most = 0
    const watching = setInterval(() => void metric(via, 'mask_logs_in_flight_bytes').then((n) => (most = Math.max(most, n))), 10)
    const answers = await Promise.all(Array.from({ length: 40 }, () => post(url, body, { 'content-length': String(body.length) })))
    clearInterval(watching)
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThanOrEqual(limit)
    expect(await metric(via, 'mask_logs_in_flight_bytes')).toBe(0)
  })
})

describe('a ruleset that changes under load', () => {
  const rules = (version: string): string => `version: "1.0"\nrules:\n- keys: [app.one, app.two]\n  masks: [{type: from_fixed, value: "version ${version}"}]\n`
  const body = (n: number): Buffer =>
    encodeRequest('logs', {
      resourceLogs: [
        {
          scopeLogs: [
            {
              logRecords: Array.from({ length: 50 }, () => ({
                attributes: [
                  { key: 'app.one', value: { stringValue: `raw ${n}` } },
                  { key: 'app.two', value: { stringValue: `raw ${n}` } },
                ],
              })),
            },
          ],
        },
      ],
    })

  it('is in force for whole requests, and a broken one never', async () => {
    const file = join(folder, 'changing.yaml')
    writeFileSync(file, rules('0'))
    const to = await httpUpstream()
    closers.push(() => to.close())
    const via = await proxy({ listenHttp: ':0', forwardHttp: to.url, ruleset: file, watch: true })
    const url = `http://127.0.0.1:${via.addresses.http!.port}/v1/logs`
    let stop = false
    let sent = 0
    const clients = Array.from({ length: 4 }, async () => {
      while (!stop) expect((await post(url, body(sent++))).status).toBe(200)
    })
    for (let version = 1; version <= 5; version++) {
      writeFileSync(file, version === 3 ? 'version: "1.0"\nrules: [{keys: [' : rules(String(version)))
      const events = await via.reload()
      expect(events.ok).toBe(version !== 3)
      await new Promise((done) => setTimeout(done, 60))
    }
    stop = true
    await Promise.all(clients)
    const versions = new Set<string>()
    for (const { body: arrived } of to.received) {
      const found = new Set([...arrived.toString('latin1').matchAll(/version \d/g)].map(([text]) => text))
      expect(found.size).toBe(1)
      expect(arrived.includes('raw ')).toBe(false)
      versions.add([...found][0]!)
    }
    expect(to.received.length).toBe(sent)
    expect(versions.size).toBeGreaterThanOrEqual(3)
    expect(versions.has('version 3')).toBe(false)
    expect(via.lines.some((line) => line.includes('was not reloaded'))).toBe(true)
  })
})

describe('a loop through a Collector', () => {
  it('is noticed by the stamp on resources, over both transports', async () => {
    const [http, rpc] = [await httpUpstream(), await grpcUpstream()]
    closers.push(
      () => http.close(),
      () => rpc.close(),
    )
    const via = await proxy({ listenHttp: ':0', listenGrpc: ':0', forwardHttp: http.url, forwardGrpc: rpc.url, stampResource: true })
    const url = `http://127.0.0.1:${via.addresses.http!.port}/v1/`
    expect((await post(`${url}traces`, spans(2, 'x'))).status).toBe(200)
    expect((await post(`${url}logs`, logsJson('x'), { 'content-type': 'application/json' })).status).toBe(200)
    expect((await call(via.addresses.grpc!.port, 'traces', spans(2, 'x'))).code).toBe(0)
    for (const { body } of [...http.received, ...rpc.received]) expect(body.includes('mask_logs.hop')).toBe(true)
    // a Collector would send what it got, without the header
    expect((await post(`${url}traces`, http.received[0]!.body)).status).toBe(508)
    expect((await post(`${url}logs`, http.received[1]!.body, { 'content-type': 'application/json' })).status).toBe(508)
    expect((await call(via.addresses.grpc!.port, 'traces', rpc.received[0]!.body)).code).toBe(grpc.status.FAILED_PRECONDITION)
    expect(http.received.length).toBe(2)
    expect(rpc.received.length).toBe(1)
  })
})

describe('under TLS', () => {
  it.skipIf(others === undefined)(needing(others, 'speaks HTTP/2 with those that ask for it, and HTTP/1.1 with others, on one port'), async () => {
    if (certificates === undefined || others === undefined) throw new Error('no certificates')
    const to = await httpUpstream()
    closers.push(() => to.close())
    const via = await proxy({ listenHttp: ':0', forwardHttp: to.url, tls: { cert: certificates.cert, key: certificates.key }, maxBodyBytes: 1 << 20 })
    const origin = `https://127.0.0.1:${via.addresses.http!.port}`
    const ca = readFileSync(certificates.ca)
    const session = connectHttp2(origin, { ca })
    closers.push(() => session.destroy())
    const ask = (path: string, body: Buffer, headers: Record<string, string> = {}): Promise<{ status: number; body: Buffer }> =>
      new Promise((done, failed) => {
        const stream = session.request({ [constants.HTTP2_HEADER_METHOD]: 'POST', [constants.HTTP2_HEADER_PATH]: path, 'content-type': 'application/x-protobuf', ...headers })
        let status = 0
        const chunks: Buffer[] = []
        stream.on('response', (head) => (status = Number(head[':status'])))
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('close', () => done({ status, body: Buffer.concat(chunks) }))
        stream.on('error', (error) => (status === 0 ? failed(error) : undefined))
        stream.end(body)
      })
    const many = await Promise.all(Array.from({ length: 10 }, () => ask('/v1/traces', gzipSync(spans(20, CANARY)), { 'content-encoding': 'gzip' })))
    expect(many.map(({ status }) => status)).toEqual(many.map(() => 200))
    expect((await ask('/v1/other', Buffer.alloc(0))).status).toBe(404)
    expect((await ask('/v1/traces', Buffer.alloc((1 << 20) + 1))).status).toBe(413)
    expect((await ask('/v1/traces', spans(1, 'x'))).status).toBe(200)
    expect((await post(`https://127.0.0.1:${via.addresses.http!.port}/v1/traces`, spans(1, CANARY), {}, { tls: { ca } })).status).toBe(200)
    expect(to.received.length).toBe(12)
    for (const { body } of to.received) expect(body.includes(CANARY)).toBe(false)
    // a stream that is reset leaves nothing behind
    const reset = session.request({ [constants.HTTP2_HEADER_METHOD]: 'POST', [constants.HTTP2_HEADER_PATH]: '/v1/traces', 'content-type': 'application/x-protobuf' })
    reset.on('error', () => {})
    reset.write(spans(10, 'x'))
    await expect.poll(() => metric(via, 'mask_logs_requests_in_flight')).toBe(1)
    reset.close(constants.NGHTTP2_CANCEL)
    await expect.poll(() => metric(via, 'mask_logs_requests_in_flight')).toBe(0)
    expect(await metric(via, 'mask_logs_in_flight_bytes')).toBe(0)
    // what is kept open is closed at the end
    const agent = new Agent({ keepAlive: true, ca })
    closers.push(() => agent.destroy())
    const kept = await new Promise<string | undefined>((done, failed) => {
      const sent = request(`${origin}/v1/traces`, { method: 'POST', agent, headers: { 'content-type': 'application/x-protobuf' } }, (response) => {
        response.resume().on('end', () => done(response.headers['keep-alive'] as string))
      })
      sent.on('error', failed)
      sent.end()
    })
    expect(Number(/timeout=(\d+)/.exec(kept ?? '')?.[1])).toBeGreaterThan(90)
    expect(await via.drain(2000)).toBe(true)
  })

  it.skipIf(others === undefined)(needing(others, 'takes renewed certificates over, and no broken ones'), async () => {
    if (certificates === undefined || others === undefined) throw new Error('no certificates')
    const [cert, key] = [join(folder, 'live.crt'), join(folder, 'live.key')]
    const use = (from: Certificates): void => {
      copyFileSync(from.cert, cert)
      copyFileSync(from.key, key)
    }
    use(certificates)
    const [http, rpc] = [await httpUpstream(), await grpcUpstream()]
    closers.push(
      () => http.close(),
      () => rpc.close(),
    )
    const via = await proxy({ listenHttp: ':0', listenGrpc: ':0', forwardHttp: http.url, forwardGrpc: rpc.url, tls: { cert, key } })
    const trusted = (by: Certificates, port: number): Promise<boolean> =>
      new Promise((done) => {
        const socket = connectTls({ host: '127.0.0.1', port, ca: readFileSync(by.ca), ALPNProtocols: ['h2', 'http/1.1'] }, () => {
          socket.destroy()
          done(true)
        })
        socket.on('error', () => done(false))
      })
    const ports = [via.addresses.http!.port, via.addresses.grpc!.port]
    for (const port of ports) expect(await trusted(certificates, port)).toBe(true)
    use(others)
    for (const port of ports) await expect.poll(() => trusted(others!, port), { timeout: 8000 }).toBe(true)
    expect(await trusted(certificates, ports[0]!)).toBe(false)
    writeFileSync(cert, 'broken')
    await expect.poll(() => via.lines.filter((line) => line.includes('cannot be used')).length, { timeout: 8000 }).toBe(2)
    for (const port of ports) expect(await trusted(others, port)).toBe(true)
  })
})

describe('towards an upstream under TLS', () => {
  it.skipIf(others === undefined)(needing(others, 'takes renewed authorities over, on both transports'), async () => {
    if (certificates === undefined || others === undefined) throw new Error('no certificates')
    const [cert, key] = [readFileSync(others.cert), readFileSync(others.key)]
    const [http, rpc] = [
      await httpUpstream(undefined, { cert, key }),
      await grpcUpstream(undefined, grpc.ServerCredentials.createSsl(null, [{ private_key: key, cert_chain: cert }])),
    ]
    closers.push(
      () => http.close(),
      () => rpc.close(),
    )
    const ca = join(folder, 'upstream-ca.crt')
    copyFileSync(certificates.ca, ca)
    const via = await proxy({ listenHttp: ':0', listenGrpc: ':0', forwardHttp: http.url, forwardGrpc: rpc.url.replace('http:', 'https:'), forwardTls: { ca }, waitMs: 100 })
    const ask = async (): Promise<unknown> => [
      (await post(`http://127.0.0.1:${via.addresses.http!.port}/v1/traces`, spans(1, CANARY))).status,
      (await call(via.addresses.grpc!.port, 'traces', spans(1, CANARY), { deadlineMs: 600 })).code,
    ]
    expect(await ask()).toEqual([503, grpc.status.UNAVAILABLE])
    expect([http.received.length, rpc.received.length]).toEqual([0, 0])
    copyFileSync(others.ca, ca)
    await expect.poll(ask, { timeout: 15_000 }).toEqual([200, 0])
  })
})

describe('requests that are broken', () => {
  it('are refused or whole: every truncation of one, wrong ids, great depth', async () => {
    const to = await httpUpstream()
    closers.push(() => to.close())
    const via = await proxy({ listenHttp: ':0', forwardHttp: to.url })
    const url = `http://127.0.0.1:${via.addresses.http!.port}/v1/`
    const whole = spans(1, 'x')
    const json = { 'content-type': 'application/json' }
    const text = logsJson('x')
    const answers = await Promise.all([
      ...Array.from({ length: whole.length }, (_, end) => post(`${url}traces`, whole.subarray(0, end))),
      ...Array.from({ length: text.length - 1 }, (_, end) => post(`${url}logs`, text.slice(0, end + 1), json)),
    ])
    expect([...new Set(answers.map(({ status }) => status))].sort()).toEqual([200, 400])
    for (const { path, body } of to.received) if (path === '/v1/traces') decodeRequest('traces', 'protobuf', body)
    // of the text only the whole is JSON
    expect(to.received.filter(({ path }) => path === '/v1/logs').length).toBe(0)
    const before = to.received.length
    const ids = encodeRequest('traces', { resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: Buffer.from(CANARY), spanId: Buffer.alloc(8, 1), name: 'x' }] }] }] })
    expect((await post(`${url}traces`, ids)).status).toBe(400)
    const deep = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${'{"arrayValue":{"values":['.repeat(5000)}{"stringValue":"${CANARY}"}${']}}'.repeat(5000)}}]}]}]}`
    const answer = await post(`${url}logs`, deep, json)
    expect([200, 400]).toContain(answer.status)
    for (const { body } of to.received.slice(before)) expect(body.includes(CANARY)).toBe(false)
    expect((await post(`${url}traces`, whole)).status).toBe(200)
  })
})

describe('a mask that fails', () => {
  const boom = {
    type: 'boom',
    summary: '',
    input: 'T',
    settles: 'value',
    options: {},
    compile: () => () => {
      throw new Error(CANARY)
    },
    examples: [],
  } as never
  it.each([
    ['redact', 200],
    ['drop', 200],
    ['fail', 500],
  ] as const)('goes by the policy %s', async (policy, status) => {
    const to = await httpUpstream()
    closers.push(() => to.close())
    const ruleset = `version: "1.0"\npolicy: {on_mask_error: ${policy}}\nrules:\n- keys: [app.note]\n  masks: [{type: boom}]\n`
    const via = await proxy({ listenHttp: ':0', forwardHttp: to.url, ruleset, masks: { boom }, knownSecrets: [] })
    const answer = await post(`http://127.0.0.1:${via.addresses.http!.port}/v1/traces`, spans(2, CANARY))
    expect(answer.status).toBe(status)
    expect(to.received.length).toBe(policy === 'fail' ? 0 : 1)
    for (const { body } of to.received) {
      expect(body.includes(CANARY)).toBe(false)
      expect(body.includes('MASKING FAILED')).toBe(policy === 'redact')
    }
    expect(await metric(via, 'mask_logs_dropped_records_total')).toBe(policy === 'drop' ? 2 : 0)
    for (const line of [...via.lines, answer.body.toString()]) expect(line).not.toContain(CANARY)
  })
})

describe('addresses', () => {
  it.each([
    [':4318', '127.0.0.1', 4318, true],
    ['4318', '127.0.0.1', 4318, true],
    ['localhost:0', 'localhost', 0, true],
    ['[::1]:4318', '::1', 4318, true],
    ['[::]:4318', '::', 4318, false],
    ['0.0.0.0:4318', '0.0.0.0', 4318, false],
    ['collector.example:4317', 'collector.example', 4317, false],
  ] as const)('%s', (text, host, port, loopback) => {
    expect(parseAddress(text, 'listen')).toEqual({ host, port })
    expect(isLoopback({ host, port })).toBe(loopback)
  })

  it.each(['', 'x', ':', ':x', ':65536', '::1:4318', 'http://x:1', 'a b:1', '[::1]'])('%j is none', (text) => {
    expect(() => parseAddress(text, 'listen')).toThrow('listen takes HOST:PORT')
  })
})

describe('what the proxy says', () => {
  it('holds nothing of requests: not in logs, metrics or answers', async () => {
    const http = await httpUpstream((n) => ({ status: [200, 400, 500, 307][n % 4]! }))
    const rpc = await grpcUpstream()
    closers.push(
      () => http.close(),
      () => rpc.close(),
    )
    const via = await proxy({ listenHttp: ':0', listenGrpc: ':0', listenAdmin: ':0', forwardHttp: http.url, forwardGrpc: rpc.url, corsOrigins: ['https://app.example'] })
    const base = `http://127.0.0.1:${via.addresses.http!.port}`
    const json = { 'content-type': 'application/json' }
    const told: string[] = []
    const attribute = { key: CANARY, value: { stringValue: CANARY } }
    const valid = encodeRequest('logs', { resourceLogs: [{ resource: { attributes: [attribute] }, scopeLogs: [{ logRecords: [{ attributes: [attribute] }] }] }] })
    for (const [path, body, headers] of [
      ['/v1/logs', valid, {}],
      ['/v1/logs', valid.subarray(0, valid.length - 3), {}],
      ['/v1/logs', logsJson(CANARY), json],
      ['/v1/logs', logsJson(CANARY).slice(0, -4), json],
      ['/v1/logs', `{"${CANARY}":tru}`, json],
      ['/v1/logs', `{"resourceLogs":"${CANARY}"}`, json],
      ['/v1/logs', CANARY, { 'content-encoding': 'gzip' }],
      ['/v1/logs', CANARY, { 'content-encoding': CANARY }],
      ['/v1/logs', CANARY, { 'content-type': `text/${CANARY}` }],
      [`/${CANARY}`, CANARY, {}],
      [`/v1/logs?${CANARY}`, valid, { authorization: CANARY, 'mask-logs-hop': CANARY, origin: `https://${CANARY}.example`, 'x-other': CANARY }],
    ] as const) {
      const answer = await post(`${base}${path}`, body as Buffer | string, headers as Record<string, string>)
      told.push(JSON.stringify(answer.headers), answer.body.toString('latin1'))
    }
    const metadata = new grpc.Metadata()
    metadata.set('authorization', CANARY)
    for (const body of [valid, valid.subarray(0, valid.length - 3), Buffer.from(CANARY)]) {
      const answer = await call(via.addresses.grpc!.port, 'logs', body, { metadata })
      told.push(answer.details, JSON.stringify(answer.metadata ?? {}))
    }
    told.push((await post(`http://127.0.0.1:${via.addresses.admin!.port}/metrics`, '', {}, { method: 'GET' })).body.toString())
    expect(told.join('\n').length).toBeGreaterThan(1000)
    for (const text of [...told, ...via.lines]) expect(text).not.toContain(CANARY)
    for (const { body } of [...http.received, ...rpc.received]) expect(body.includes(CANARY)).toBe(false)
  })
})

describe('the log of what happens to many requests', () => {
  it('tells the first, and then one in ten seconds with how many there were', () => {
    const told: unknown[] = []
    let now = 0
    const log = createSparseLog(
      (_level, msg, fields) => told.push([msg, fields?.['times']]),
      () => now,
    )
    for (; now < 25_000; now += 1000) log('a', 'warn', 'away')
    log('b', 'warn', 'other')
    expect(told).toEqual([
      ['away', 1],
      ['away', 10],
      ['away', 10],
      ['other', 1],
    ])
  })
})

describe('options', () => {
  it.each<[OtlpProxyOptions, string]>([
    [{}, 'forward is missing'],
    [{ forward: 'collector:4318' }, 'forward takes a URL'],
    [{ forward: 'http://user:pw-5531@collector:4318' }, 'must not hold a user or a password'],
    [{ forwardGrpc: 'http://collector:4317/path' }, 'forwardGrpc takes no path'],
    [{ listenGrpc: ':0', forward: 'http://collector:4317/path' }, 'must not have a path for gRPC'],
    [{ listenHttp: ':0', forwardGrpc: 'http://collector:4317' }, 'there is no transcoding'],
    [{ listenGrpc: ':0', forwardHttp: 'http://collector:4318' }, 'there is no transcoding'],
    [{ forward: 'http://c', listenHttp: 'localhost' }, 'listenHttp takes HOST:PORT'],
    [{ forward: 'http://c', listenHttp: ':70000' }, 'listenHttp takes HOST:PORT'],
    [{ forward: 'http://c', forwardHeaders: ['connection'] }, 'never passed on'],
    [{ forward: 'http://c', forwardHeaders: ['grpc-timeout'] }, 'never passed on'],
    [{ forward: 'http://c', headers: { 'x-key': 'pw-5531\n' } }, 'printable ASCII'],
    [{ forward: 'http://c', headers: { host: 'pw-5531' } }, 'do not belong to the connection'],
    [{ forward: 'http://c', corsOrigins: ['app.example'] }, 'corsOrigins takes origins'],
    [{ forward: 'http://c', paths: { logs: '/v1/traces' } }, 'paths must differ'],
    [{ forward: 'http://c', maxBodyBytes: 0 }, 'maxBodyBytes is a whole number'],
    [{ forward: 'http://c', waitMs: 1.5 }, 'waitMs is a whole number'],
    [{ forward: 'http://c', unknownFields: 'pass' as never }, "unknownFields is 'drop' or 'keep'"],
    [{ forward: 'http://c', tls: { cert: 'x' } }, 'tls needs a certificate and its key'],
    [{ forward: 'http://c', instanceId: 'pw-5531' }, 'instanceId is 32'],
  ])('%j', async (options, message) => {
    const refused = createOtlpProxy({ log: () => {}, ...options })
    await expect(refused).rejects.toMatchObject({ name: 'InputError', code: 'bad_option', message: expect.stringContaining(message) as string })
    await refused.catch((error: Error) => expect(error.message).not.toContain('pw-5531'))
  })

  it('warns of what is open to other machines', async () => {
    const to = await httpUpstream()
    closers.push(() => to.close())
    const via = await proxy({ listenHttp: '0.0.0.0:0', forwardHttp: to.url })
    expect(via.lines.some((line) => line.includes('without TLS from other machines'))).toBe(true)
  })
})
