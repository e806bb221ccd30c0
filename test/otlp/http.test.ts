// OTLP over HTTP through the proxy: what is refused, what is passed on, and what becomes of it when the upstream fails.
import { createServer } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { createOtlpProxy, type OtlpProxy, type OtlpProxyOptions } from '../../transports/otlp/index.ts'
import { CANARY, decodeRequest, encodeResponse, httpUpstream, logsJson, post, quiet, spans, type Reaction, type Received } from './support/proxy.ts'

type Upstream = Awaited<ReturnType<typeof httpUpstream>>
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function upstream(react?: (n: number, received: Received) => Reaction): Promise<Upstream> {
  const made = await httpUpstream(react)
  closers.push(() => made.close())
  return made
}

async function proxy(to: { readonly url: string }, options: OtlpProxyOptions = {}): Promise<OtlpProxy & { readonly url: string; readonly lines: string[] }> {
  const given = quiet({ listenHttp: ':0', forwardHttp: to.url, ...options })
  const made = await createOtlpProxy(given)
  closers.push(() => made.close())
  return Object.assign(made, { url: `http://127.0.0.1:${made.addresses.http!.port}`, lines: given.lines })
}

/** The value of a metric, its samples with these labels summed. */
async function metric(of: OtlpProxy, name: string, labels: Record<string, string> = {}): Promise<number> {
  const all = (await of.metrics()) as { name: string; values: { value: number; labels: Record<string, string>; metricName?: string }[] }[]
  const values = all.find((one) => one.name === name)?.values ?? []
  return values.filter((value) => Object.entries(labels).every(([key, wanted]) => String(value.labels[key]) === wanted)).reduce((sum, { value }) => sum + value, 0)
}

const json = { 'content-type': 'application/json' }
/** Code and message of a google.rpc.Status in protobuf. */
const statusOf = (body: Buffer): { code: number; message: string } => ({ code: body[1]!, message: body.subarray(4, 4 + body[3]!).toString() })

describe('what is passed on', () => {
  it('masks protobuf and JSON, plain and gzip, and gives the answer of the upstream', async () => {
    const to = await upstream((_n, { headers }) => (headers['content-type']?.startsWith('application/json') ? { body: '{"partialSuccess":{}}', headers: json } : {}))
    const via = await proxy(to)
    for (const [body, headers] of [
      [spans(3, CANARY), {}],
      [gzipSync(spans(3, CANARY)), { 'content-encoding': 'gzip' }],
    ] as const) {
      const answer = await post(`${via.url}/v1/traces`, body, headers)
      expect({ status: answer.status, type: answer.headers['content-type'], length: answer.body.length }).toEqual({ status: 200, type: 'application/x-protobuf', length: 0 })
    }
    const answer = await post(`${via.url}/v1/logs`, logsJson(CANARY), { 'content-type': `application/json; charset=utf-8; user=${CANARY}` })
    expect({ status: answer.status, body: answer.body.toString() }).toEqual({ status: 200, body: '{"partialSuccess":{}}' })
    expect(to.received.map(({ path }) => path)).toEqual(['/v1/traces', '/v1/traces', '/v1/logs'])
    expect(to.received[2]!.headers['content-type']).toBe('application/json')
    for (const { body } of to.received) expect(body.includes(CANARY)).toBe(false)
    expect(JSON.stringify(decodeRequest('traces', 'protobuf', to.received[0]!.body))).toContain('GET /items/2')
    expect(await metric(via, 'mask_logs_requests_total', { status: '200' })).toBe(3)
    expect(await metric(via, 'mask_logs_records_total', { signal: 'traces' })).toBe(6)
  })

  it('hands what holds nothing to mask on byte for byte, also an empty request', async () => {
    const to = await upstream()
    const via = await proxy(to)
    for (const body of [spans(50, 'nothing'), Buffer.alloc(0)]) {
      expect((await post(`${via.url}/v1/traces`, body)).status).toBe(200)
      expect(to.received.at(-1)!.body.equals(body)).toBe(true)
    }
  })

  it('passes on headers of an allowlist only, and sets its own', async () => {
    const to = await upstream()
    const via = await proxy({ url: `${to.url}/tenant/` }, { forwardHeaders: ['X-Tenant'], headers: { 'X-Api-Key': 'k-1' } })
    await post(`${via.url}/v1/metrics?x=1`, Buffer.alloc(0), {
      authorization: 'Bearer t',
      'x-scope-orgid': 'org',
      'x-tenant': 'one',
      'user-agent': 'OTel/1',
      baggage: 'user=ann',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      cookie: 'sid=1',
      'x-other': '1',
      connection: 'keep-alive, x-tenant',
    })
    const { path, headers } = to.received[0]!
    expect(path).toBe('/tenant/v1/metrics')
    expect(headers).toMatchObject({ authorization: 'Bearer t', 'x-scope-orgid': 'org', 'x-tenant': 'one', 'user-agent': 'OTel/1', 'x-api-key': 'k-1' })
    expect(headers['mask-logs-hop']).toMatch(/^[0-9a-f]{32}$/)
    expect(Object.keys(headers).filter((name) => ['baggage', 'traceparent', 'cookie', 'x-other', 'content-encoding'].includes(name))).toEqual([])
  })

  it('compresses towards the upstream when it is told to', async () => {
    const to = await upstream()
    const via = await proxy(to, { compression: 'gzip' })
    expect((await post(`${via.url}/v1/traces`, spans(3, 'x'))).status).toBe(200)
    expect(to.received[0]!.headers['content-encoding']).toBe('gzip')
    expect(to.received[0]!.body.equals(spans(3, 'x'))).toBe(true)
  })

  it('waits for 100-continue', async () => {
    const to = await upstream()
    const via = await proxy(to)
    const answer = await raw(
      via,
      `POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`,
      (socket, seen) => {
        if (seen.includes('100 Continue')) socket.write('{}')
      },
    )
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /)
    const refused = await raw(via, 'POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n')
    expect(refused).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('keeps connections longer than the clients of Go', async () => {
    const via = await proxy(await upstream())
    const head = await raw(via, 'POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}', (socket, seen) => {
      if (seen.includes('\r\n\r\n')) socket.end()
    })
    expect(Number(/keep-alive: timeout=(\d+)/i.exec(head)?.[1])).toBeGreaterThan(90)
  })

  it('answers browsers of the origins that may send, and no others', async () => {
    const to = await upstream()
    const via = await proxy(to, { corsOrigins: ['https://app.example'] })
    const preflight = { origin: 'https://app.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' }
    const allowed = await post(`${via.url}/v1/traces`, '', preflight, { method: 'OPTIONS' })
    expect(allowed).toMatchObject({ status: 204, headers: { 'access-control-allow-origin': 'https://app.example', 'access-control-allow-methods': 'POST', vary: 'origin' } })
    expect(allowed.headers['access-control-allow-headers']).toContain('content-type')
    const sent = await post(`${via.url}/v1/logs`, logsJson('x'), { ...json, origin: 'https://app.example' })
    expect(sent).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': 'https://app.example' } })
    const other = await post(`${via.url}/v1/traces`, '', { ...preflight, origin: 'https://evil.example' }, { method: 'OPTIONS' })
    expect(other.status).toBe(405)
    expect(other.headers['access-control-allow-origin']).toBeUndefined()
    expect(to.received.length).toBe(1)
  })
})

describe('what is refused', () => {
  it.each([
    ['another path', '/v1/spans', {}, '', 404, 12],
    ['profiles', '/v1development/profiles', {}, '', 404, 12],
    ['another type', '/v1/traces', { 'content-type': 'text/plain' }, 'x', 415, 3],
    ['another compression', '/v1/traces', { 'content-encoding': 'zstd' }, 'x', 415, 12],
    ['a broken gzip', '/v1/traces', { 'content-encoding': 'gzip' }, gzipSync('x'.repeat(1000)).subarray(0, 25), 400, 3],
    ['no gzip', '/v1/traces', { 'content-encoding': 'gzip' }, 'not gzip', 400, 3],
    ['a broken message', '/v1/traces', {}, Buffer.from([0x0a, 0x7f, 0x01]), 400, 3],
    ['broken JSON', '/v1/traces', json, '{"resourceSpans":[', 400, 3],
  ])('%s', async (_name, path, headers, body, status, code) => {
    const to = await upstream()
    const via = await proxy(to)
    const answer = await post(`${via.url}${path}`, body, headers)
    expect(answer.status).toBe(status)
    if (answer.headers['content-type'] === 'application/json') expect(JSON.parse(answer.body.toString())).toMatchObject({ code })
    else {
      expect(answer.headers['content-type']).toBe('application/x-protobuf')
      expect(statusOf(answer.body).code).toBe(code)
      expect(statusOf(answer.body).message).toMatch(/^[A-Z].*\.$/)
    }
    expect(to.received).toEqual([])
    expect(await metric(via, 'mask_logs_rejected_requests_total', { transport: 'http' })).toBe(1)
  })

  it('another method', async () => {
    const via = await proxy(await upstream())
    expect(await post(`${via.url}/v1/traces`, '', {}, { method: 'GET' })).toMatchObject({ status: 405, headers: { allow: 'POST' } })
  })

  it('what is larger than the limit: declared, in chunks, inflated, and a bomb', async () => {
    const to = await upstream()
    const via = await proxy(to, { maxBodyBytes: 1 << 20 })
    const large = Buffer.alloc((1 << 20) + 1)
    const bomb = gzipSync(Buffer.alloc(64 << 20))
    // a second member hides what the first one makes
    const members = Buffer.concat([gzipSync(Buffer.alloc(2 << 20)), gzipSync('x')])
    for (const [body, headers] of [
      [large, { 'content-length': String(large.length) }],
      [large, {}],
      [gzipSync(large), { 'content-encoding': 'gzip' }],
      [bomb, { 'content-encoding': 'gzip' }],
      [members, { 'content-encoding': 'gzip' }],
    ] as const) {
      const answer = await post(`${via.url}/v1/traces`, body, headers)
      expect({ status: answer.status, ...statusOf(answer.body), after: answer.headers['retry-after'] }).toMatchObject({ status: 413, code: 8, after: undefined })
    }
    expect((await post(`${via.url}/v1/traces`, gzipSync(spans(1, 'x')), { 'content-encoding': 'gzip' })).status).toBe(200)
    expect(to.received.length).toBe(1)
    expect(await metric(via, 'mask_logs_in_flight_bytes')).toBe(0)
  })

  it('a body that does not come, and one that ends too soon', async () => {
    const to = await upstream()
    const via = await proxy(to, { bodyTimeoutMs: 200 })
    expect(await raw(via, 'POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"resource')).toMatch(/^HTTP\/1\.1 408 /)
    await raw(
      via,
      'POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{}',
      (socket) => socket,
      (socket) => setTimeout(() => socket.destroy(), 50),
    )
    await raw(
      via,
      'POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n',
      (socket) => socket,
      (socket) => setTimeout(() => socket.destroy(), 50),
    )
    await expect.poll(() => metric(via, 'mask_logs_requests_total', { status: 'gone' })).toBe(2)
    expect(to.received).toEqual([])
    expect(await metric(via, 'mask_logs_in_flight_bytes')).toBe(0)
  })

  it('what it has sent itself', async () => {
    const to = await upstream()
    const via = await proxy(to)
    await post(`${via.url}/v1/logs`, logsJson('x'), { ...json, 'mask-logs-hop': 'a'.repeat(32) })
    const hops = String(to.received[0]!.headers['mask-logs-hop'])
    expect(hops).toMatch(/^a{32}, [0-9a-f]{32}$/)
    const answer = await post(`${via.url}/v1/logs`, logsJson(CANARY), { ...json, 'mask-logs-hop': hops })
    expect({ status: answer.status, body: JSON.parse(answer.body.toString()) as unknown }).toMatchObject({ status: 508, body: { code: 9 } })
    expect(to.received.length).toBe(1)
    expect(via.lines.filter((line) => line.includes('"error"')).length).toBe(1)
  })
})

describe('an upstream that fails', () => {
  const table: [string, (n: number) => Reaction, { status: number; tries: number; after?: string }][] = [
    ['429, then well', (n) => (n === 0 ? { status: 429, headers: { 'retry-after': '0' } } : {}), { status: 200, tries: 2 }],
    ['503 with seconds, then well', (n) => (n === 0 ? { status: 503, headers: { 'retry-after': '1' } } : {}), { status: 200, tries: 2 }],
    ['503 with a date, then well', (n) => (n === 0 ? { status: 503, headers: { 'retry-after': new Date(Date.now() + 1500).toUTCString() } } : {}), { status: 200, tries: 2 }],
    ['502, 503, 504, then well', (n) => (n < 3 ? { status: 502 + n } : {}), { status: 200, tries: 4 }],
    ['reset, then well', (n) => (n === 0 ? { reset: true } : {}), { status: 200, tries: 2 }],
    ['429 with more seconds than there is time', () => ({ status: 429, headers: { 'retry-after': '30' } }), { status: 429, tries: 1, after: '30' }],
    ['400', () => ({ status: 400 }), { status: 400, tries: 1 }],
    ['401', () => ({ status: 401 }), { status: 401, tries: 1 }],
    ['413', () => ({ status: 413 }), { status: 413, tries: 1 }],
    ['500', () => ({ status: 500 }), { status: 500, tries: 1 }],
    ['a redirect', () => ({ status: 307, headers: { location: 'http://127.0.0.1:1/' } }), { status: 502, tries: 1 }],
    ['an answer of 5 MiB', () => ({ body: Buffer.alloc(5 << 20) }), { status: 500, tries: 1 }],
  ]
  it.concurrent.each(table)('%s', async (_name, react, { status, tries, after }) => {
    const to = await httpUpstream((n) => react(n))
    const via = await createOtlpProxy(quiet({ listenHttp: ':0', forwardHttp: to.url }))
    try {
      const answer = await post(`http://127.0.0.1:${via.addresses.http!.port}/v1/traces`, spans(2, CANARY))
      expect({ status: answer.status, tries: to.received.length, after: answer.headers['retry-after'], to: answer.headers.location }).toEqual({
        status,
        tries,
        after,
        to: undefined,
      })
      for (const { body } of to.received) expect(body.equals(to.received[0]!.body)).toBe(true)
    } finally {
      via.close()
      await to.close()
    }
  })

  it('gives up within the wait time, and gives the last answer', async () => {
    const to = await upstream(() => ({ status: 503, body: 'full', headers: { 'content-type': 'text/plain' } }))
    const via = await proxy(to, { waitMs: 600 })
    const begun = performance.now()
    const answer = await post(`${via.url}/v1/traces`, spans(1, 'x'))
    expect({ status: answer.status, body: answer.body.toString() }).toEqual({ status: 503, body: 'full' })
    expect(performance.now() - begun).toBeLessThan(1000)
    expect(to.received.length).toBeGreaterThan(2)
  })

  it('passes a partial success on unchanged, and does not try again', async () => {
    const body = encodeResponse('traces', { partialSuccess: { rejectedSpans: 3, errorMessage: 'too old' } })
    const to = await upstream(() => ({ body }))
    const via = await proxy(to)
    const answer = await post(`${via.url}/v1/traces`, spans(3, 'x'))
    expect(answer.status).toBe(200)
    expect(answer.body.equals(body)).toBe(true)
    expect(to.received.length).toBe(1)
  })

  it('answers 504 when the upstream says nothing', async () => {
    const to = await upstream(() => ({ hang: true }))
    const via = await proxy(to, { timeoutMs: 1200 })
    const answer = await post(`${via.url}/v1/traces`, spans(1, 'x'))
    expect({ status: answer.status, ...statusOf(answer.body) }).toMatchObject({ status: 504, code: 4 })
    await expect.poll(() => to.gone).toBe(1)
  })

  it('answers 503 with Retry-After when there is no upstream', async () => {
    const gone = await httpUpstream()
    await gone.close()
    const via = await proxy(gone, { waitMs: 300 })
    const answer = await post(`${via.url}/v1/logs`, logsJson('x'), json)
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expect(JSON.parse(answer.body.toString())).toMatchObject({ code: 14, details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1s' }] })
  })

  it('loses nothing while the upstream is away for 3 s', async () => {
    const first = await httpUpstream()
    const via = await proxy(first)
    await post(`${via.url}/v1/traces`, spans(1, 'before'))
    await first.close()
    const sent = Array.from({ length: 10 }, (_, i) => post(`${via.url}/v1/logs`, logsJson(`item ${i}`), json))
    await new Promise((done) => setTimeout(done, 3000))
    const second = await httpUpstream(undefined, undefined, first.port)
    closers.push(() => second.close())
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual(sent.map(() => 200))
    for (let i = 0; i < 10; i++) expect(second.received.some(({ body }) => body.includes(`item ${i}"`))).toBe(true)
  })

  it('stops asking the upstream when the client has gone', async () => {
    const to = await upstream(() => ({ hang: true }))
    const via = await proxy(to)
    const leave = new AbortController()
    const sent = post(`${via.url}/v1/traces`, spans(1, 'x'), {}, { signal: leave.signal }).catch(() => 'gone')
    await expect.poll(() => to.received.length).toBe(1)
    leave.abort()
    expect(await sent).toBe('gone')
    await expect.poll(() => to.gone).toBe(1)
    expect(await metric(via, 'mask_logs_in_flight_bytes')).toBe(0)
    expect(await metric(via, 'mask_logs_requests_in_flight')).toBe(0)
  })
})

describe('an upstream that answers before it has read everything', () => {
  it('is heard', async () => {
    const server = createServer((request, response) => {
      response.writeHead(413, { 'content-type': 'application/x-protobuf', connection: 'close' }).end()
      setTimeout(() => request.socket.destroy(), 20)
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    closers.push(() => server.close())
    const via = await proxy({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
    expect((await post(`${via.url}/v1/traces`, spans(60_000, 'x'))).status).toBe(413)
  })
})

describe('memory', () => {
  it('waits for room, then refuses; nothing is read meanwhile', async () => {
    const to = await upstream((n) => (n === 0 ? { hang: true } : {}))
    const body = spans(4000, 'x')
    const via = await proxy(to, { maxInFlightBytes: body.length + 1000, waitMs: 900, timeoutMs: 1500 })
    const first = post(`${via.url}/v1/traces`, body, { 'content-length': String(body.length) })
    await expect.poll(() => to.received.length).toBe(1)
    const begun = performance.now()
    const refused = await post(`${via.url}/v1/traces`, body, { 'content-length': String(body.length) })
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expect(performance.now() - begun).toBeGreaterThan(850)
    // the first one ends, and one that waits goes on
    const second = post(`${via.url}/v1/traces`, body)
    expect((await first).status).toBe(504)
    expect((await second).status).toBe(200)
  })

  it('does not lock up when many half-read bodies want more', async () => {
    const to = await upstream()
    const body = spans(4000, 'x')
    const via = await proxy(to, { maxInFlightBytes: 3 * body.length, waitMs: 5000 })
    const answers = await Promise.all(Array.from({ length: 12 }, () => post(`${via.url}/v1/traces`, body)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(await metric(via, 'mask_logs_in_flight_bytes')).toBe(0)
    expect((await post(`${via.url}/v1/traces`, body)).status).toBe(200)
  })
})

describe('rules that do less than they seem to', () => {
  const warnings = ({ lines }: { readonly lines: string[] }): string[] =>
    lines.map((line) => JSON.parse(line) as { level: string; msg: string }).flatMap(({ level, msg }) => (level === 'warn' ? [msg] : []))

  it('are told at the start', async () => {
    const to = await upstream()
    const masks = [{ type: 'redact' }]
    const via = await proxy(to, { ruleset: { version: '1.0', rules: [{ paths: ['attributes.http.url'], masks }] } })
    expect(warnings(via).join('\n')).toMatch(/attributes\["http\.url"\][\s\S]*mask_logs_series_collisions_total/)
    expect(warnings(await proxy(to, { ruleset: { version: '1.0', rules: [{ detect: ['email'], masks }] } }))).toEqual([])
    expect(warnings(await proxy(to, { ruleset: 'mask-logs:otel' }))).toEqual([])
  })
})

/** Writes bytes to a connection of its own and gives back what comes until it is closed. */
function raw(via: OtlpProxy, head: string, seen: (socket: Socket, text: string) => unknown = () => {}, opened: (socket: Socket) => unknown = () => {}): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(via.addresses.http!.port, '127.0.0.1', () => {
      socket.write(head)
      opened(socket)
    })
    socket.on('data', (chunk) => {
      text += chunk.toString()
      seen(socket, text)
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })
}
