// OTLP over gRPC through the proxy: calls with a client of grpc-js, answers and hints of the upstream, deadlines, memory.
import { gzipSync } from 'node:zlib'
import * as grpc from '@grpc/grpc-js'
import { afterEach, describe, expect, it } from 'vitest'
import { createOtlpProxy, type OtlpProxy, type OtlpProxyOptions } from '../../transports/otlp/index.ts'
import { encodeStatus, retryInfoOf } from '../../transports/otlp/status.ts'
import { call, CANARY, decodeRequest, encodeResponse, grpcUpstream, quiet, spans, type GrpcReaction, type GrpcReceived } from './support/proxy.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function upstream(react?: (n: number, received: GrpcReceived) => GrpcReaction) {
  const made = await grpcUpstream(react)
  closers.push(() => made.close())
  return made
}

async function proxy(to: { readonly url: string }, options: OtlpProxyOptions = {}): Promise<OtlpProxy & { readonly port: number; readonly lines: string[] }> {
  const given = quiet({ listenGrpc: ':0', forwardGrpc: to.url, ...options })
  const made = await createOtlpProxy(given)
  closers.push(() => made.close())
  return Object.assign(made, { port: made.addresses.grpc!.port, lines: given.lines })
}

async function metric(of: OtlpProxy, name: string): Promise<number> {
  const all = (await of.metrics()) as { name: string; values: { value: number }[] }[]
  return (all.find((one) => one.name === name)?.values ?? []).reduce((sum, { value }) => sum + value, 0)
}

const details = (code: number, retryMs?: number): grpc.Metadata => {
  const metadata = new grpc.Metadata()
  metadata.set('grpc-status-details-bin', encodeStatus({ code, message: 'busy', retryMs }, 'protobuf'))
  return metadata
}

describe('what is passed on', () => {
  it('masks the message, plain and compressed, and gives the answer', async () => {
    const answer = encodeResponse('traces', { partialSuccess: { rejectedSpans: 1, errorMessage: 'one' } })
    const to = await upstream(() => ({ body: answer }))
    const via = await proxy(to)
    for (const algorithm of [0, 1, 2]) {
      const got = await call(via.port, 'traces', spans(3, CANARY), { options: { 'grpc.default_compression_algorithm': algorithm } })
      expect(got.code).toBe(0)
      expect(got.body?.equals(answer)).toBe(true)
    }
    expect(to.received.length).toBe(3)
    for (const { body } of to.received) {
      expect(body.includes(CANARY)).toBe(false)
      expect(JSON.stringify(decodeRequest('traces', 'protobuf', body))).toContain('GET /items/2')
    }
  })

  it('hands what holds nothing to mask on byte for byte, for each signal', async () => {
    const to = await upstream()
    const via = await proxy(to)
    expect((await call(via.port, 'traces', spans(9, 'x'))).code).toBe(0)
    expect((await call(via.port, 'logs', Buffer.alloc(0))).code).toBe(0)
    expect((await call(via.port, 'metrics', Buffer.alloc(0))).code).toBe(0)
    expect(to.received.map(({ signal }) => signal)).toEqual(['traces', 'logs', 'metrics'])
    expect(to.received[0]!.body.equals(spans(9, 'x'))).toBe(true)
  })

  it('passes on metadata of an allowlist only, and the deadline less what has passed', async () => {
    const to = await upstream()
    const via = await proxy(to, { forwardHeaders: ['x-tenant'], headers: { 'x-api-key': 'k-1' } })
    const metadata = new grpc.Metadata()
    for (const [name, value] of Object.entries({ authorization: 'Bearer t', 'x-tenant': 'one', baggage: 'user=ann', traceparent: '00-1', 'x-other': '1' }))
      metadata.set(name, value)
    await call(via.port, 'traces', spans(1, 'x'), { metadata, deadlineMs: 3000 })
    const got = to.received[0]!
    expect(got.metadata.getMap()).toMatchObject({
      authorization: 'Bearer t',
      'x-tenant': 'one',
      'x-api-key': 'k-1',
      'mask-logs-hop': expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    })
    expect(Object.keys(got.metadata.getMap()).filter((name) => ['baggage', 'traceparent', 'x-other'].includes(name))).toEqual([])
    expect(got.deadline).toBeLessThanOrEqual(2750)
    expect(got.deadline).toBeGreaterThan(1500)
  })

  it('compresses towards the upstream when it is told to', async () => {
    const to = await upstream()
    const via = await proxy(to, { compression: 'gzip' })
    expect((await call(via.port, 'traces', spans(3, 'x'))).code).toBe(0)
    expect(to.received[0]!.body.equals(spans(3, 'x'))).toBe(true)
  })
})

describe('what is refused', () => {
  it('a broken message, which is not forwarded', async () => {
    const to = await upstream()
    const via = await proxy(to)
    expect(await call(via.port, 'traces', Buffer.from([0x0a, 0x7f, 0x01]))).toMatchObject({ code: grpc.status.INVALID_ARGUMENT })
    expect(to.received).toEqual([])
  })

  it('what is larger than the limit, also when it is inflated: without RetryInfo', async () => {
    const to = await upstream()
    const via = await proxy(to, { maxBodyBytes: 1 << 20 })
    for (const algorithm of [0, 2]) {
      const got = await call(via.port, 'traces', Buffer.alloc((1 << 20) + 1), { options: { 'grpc.default_compression_algorithm': algorithm } })
      expect(got.code).toBe(grpc.status.RESOURCE_EXHAUSTED)
      expect(got.metadata?.get('grpc-status-details-bin')).toEqual([])
    }
    expect(to.received).toEqual([])
    await expect.poll(() => metric(via, 'mask_logs_rejected_requests_total')).toBe(2)
    expect(await metric(via, 'mask_logs_in_flight_bytes')).toBe(0)
    expect(await metric(via, 'mask_logs_requests_in_flight')).toBe(0)
  })

  it('a method that is none of the three', async () => {
    const via = await proxy(await upstream())
    expect((await call(via.port, 'profiles', Buffer.alloc(0))).code).toBe(grpc.status.UNIMPLEMENTED)
  })

  it('what it has sent itself', async () => {
    const to = await upstream()
    const via = await proxy(to)
    await call(via.port, 'traces', spans(1, 'x'))
    const metadata = new grpc.Metadata()
    metadata.set('mask-logs-hop', String(to.received[0]!.metadata.get('mask-logs-hop')[0]))
    expect((await call(via.port, 'traces', spans(1, 'x'), { metadata })).code).toBe(grpc.status.FAILED_PRECONDITION)
    expect(to.received.length).toBe(1)
  })
})

describe('an upstream that fails', () => {
  const s = grpc.status
  it.concurrent.each<[string, (n: number) => GrpcReaction, { code: number; tries: number; retryMs?: number }]>([
    ['UNAVAILABLE, then well', (n) => (n === 0 ? { code: s.UNAVAILABLE } : {}), { code: 0, tries: 2 }],
    ['UNAVAILABLE with RetryInfo, then well', (n) => (n === 0 ? { code: s.UNAVAILABLE, metadata: details(14, 300) } : {}), { code: 0, tries: 2 }],
    ['RESOURCE_EXHAUSTED with RetryInfo, then well', (n) => (n === 0 ? { code: s.RESOURCE_EXHAUSTED, metadata: details(8, 100) } : {}), { code: 0, tries: 2 }],
    ['ABORTED, OUT_OF_RANGE, DATA_LOSS, CANCELLED, then well', (n) => (n < 4 ? { code: [s.ABORTED, s.OUT_OF_RANGE, s.DATA_LOSS, s.CANCELLED][n]! } : {}), { code: 0, tries: 5 }],
    ['UNAVAILABLE with a RetryInfo beyond the deadline', () => ({ code: s.UNAVAILABLE, metadata: details(14, 60_000) }), { code: s.UNAVAILABLE, tries: 1, retryMs: 60_000 }],
    ['RESOURCE_EXHAUSTED without RetryInfo', () => ({ code: s.RESOURCE_EXHAUSTED, metadata: details(8) }), { code: s.RESOURCE_EXHAUSTED, tries: 1 }],
    ['INVALID_ARGUMENT', () => ({ code: s.INVALID_ARGUMENT }), { code: s.INVALID_ARGUMENT, tries: 1 }],
    ['UNAUTHENTICATED', () => ({ code: s.UNAUTHENTICATED }), { code: s.UNAUTHENTICATED, tries: 1 }],
    ['PERMISSION_DENIED', () => ({ code: s.PERMISSION_DENIED }), { code: s.PERMISSION_DENIED, tries: 1 }],
    ['INTERNAL', () => ({ code: s.INTERNAL }), { code: s.INTERNAL, tries: 1 }],
    ['an answer of 5 MiB', () => ({ body: Buffer.alloc(5 << 20) }), { code: s.RESOURCE_EXHAUSTED, tries: 1 }],
  ])('%s', async (_name, react, { code, tries, retryMs }) => {
    const to = await grpcUpstream((n) => react(n))
    const via = await createOtlpProxy(quiet({ listenGrpc: ':0', forwardGrpc: to.url }))
    try {
      const got = await call(via.addresses.grpc!.port, 'traces', spans(2, CANARY), { deadlineMs: 5000 })
      const [trailer] = got.metadata?.get('grpc-status-details-bin') ?? []
      expect({ code: got.code, tries: to.received.length, retryMs: trailer === undefined ? undefined : retryInfoOf(trailer as Buffer) }).toEqual({ code, tries, retryMs })
      for (const { body } of to.received) expect(body.equals(to.received[0]!.body)).toBe(true)
    } finally {
      via.close()
      to.close()
    }
  })

  it('answers DEADLINE_EXCEEDED before the deadline of the client when the upstream says nothing', async () => {
    const to = await upstream(() => ({ hang: true }))
    const via = await proxy(to)
    const begun = performance.now()
    const got = await call(via.port, 'traces', spans(1, 'x'), { deadlineMs: 1500 })
    expect(got.code).toBe(grpc.status.DEADLINE_EXCEEDED)
    expect(performance.now() - begun).toBeLessThan(1450)
    await expect.poll(() => to.cancelled).toBe(1)
  })

  it('loses nothing while the upstream is away for 3 s', async () => {
    const first = await grpcUpstream()
    const via = await proxy(first)
    await call(via.port, 'traces', spans(1, 'before'))
    first.close()
    const sent = Array.from({ length: 5 }, (_, i) => call(via.port, 'traces', spans(1, `item ${i}`), { deadlineMs: 10_000 }))
    await new Promise((done) => setTimeout(done, 3000))
    const second = await grpcUpstream(undefined, undefined, first.port)
    closers.push(() => second.close())
    expect((await Promise.all(sent)).map(({ code }) => code)).toEqual(sent.map(() => 0))
    expect(second.received.length).toBe(5)
  })

  it('stops asking the upstream when the client has gone', async () => {
    const to = await upstream(() => ({ hang: true }))
    const via = await proxy(to)
    const leave = new AbortController()
    const sent = call(via.port, 'traces', spans(1, 'x'), { abort: leave.signal })
    await expect.poll(() => to.received.length).toBe(1)
    leave.abort()
    await sent
    await expect.poll(() => to.cancelled).toBe(1)
    await expect.poll(() => metric(via, 'mask_logs_requests_in_flight')).toBe(0)
    expect(await metric(via, 'mask_logs_in_flight_bytes')).toBe(0)
  })
})

describe('memory', () => {
  it('waits for room up to the deadline less a quarter of a second, then says when to come again', async () => {
    const to = await upstream((n) => (n === 0 ? { hang: true } : {}))
    const body = spans(4000, 'x')
    const via = await proxy(to, { maxInFlightBytes: body.length + 1000, timeoutMs: 2500 })
    const first = call(via.port, 'traces', body)
    await expect.poll(() => to.received.length).toBe(1)
    const begun = performance.now()
    const refused = await call(via.port, 'traces', body, { deadlineMs: 1000 })
    expect(refused.code).toBe(grpc.status.UNAVAILABLE)
    expect(retryInfoOf(refused.metadata!.get('grpc-status-details-bin')[0] as Buffer)).toBe(1000)
    expect(performance.now() - begun).toBeGreaterThan(700)
    expect(performance.now() - begun).toBeLessThan(1000)
    const waits = call(via.port, 'traces', body, { deadlineMs: 5000 })
    expect((await first).code).toBe(grpc.status.DEADLINE_EXCEEDED)
    expect((await waits).code).toBe(0)
    expect(await metric(via, 'mask_logs_in_flight_bytes')).toBe(0)
  })

  it('takes many calls at once', async () => {
    const to = await upstream()
    const body = spans(2000, 'x')
    const via = await proxy(to, { maxInFlightBytes: 6 * body.length, maxConcurrent: 2 })
    const got = await Promise.all(Array.from({ length: 30 }, () => call(via.port, 'traces', body, { deadlineMs: 8000, options: { 'grpc.default_compression_algorithm': 2 } })))
    expect(got.map(({ code }) => code)).toEqual(got.map(() => 0))
    expect(await metric(via, 'mask_logs_in_flight_bytes')).toBe(0)
  })
})

describe('google.rpc.Status', () => {
  it.each([0, 1, 100, 1500, 60_000, 3_600_000])('carries a delay of %i ms', (ms) => {
    expect(retryInfoOf(encodeStatus({ code: 14, message: 'm', retryMs: ms }, 'protobuf'))).toBe(ms)
  })

  it('is without a delay where there is none, and where it is broken', () => {
    const whole = encodeStatus({ code: 14, message: 'm', retryMs: 1500 }, 'protobuf')
    expect(retryInfoOf(encodeStatus({ code: 14, message: 'm' }, 'protobuf'))).toBeUndefined()
    for (let end = 0; end < whole.length; end++) expect(retryInfoOf(whole.subarray(0, end))).toBeUndefined()
    expect(retryInfoOf(gzipSync('x'))).toBeUndefined()
  })
})
