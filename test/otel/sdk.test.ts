// The wrappers with the real SDKs of both lines, each in one process of its own: see sdk/line.mjs.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildInto } from '../support/build.ts'
import { nodeFor } from '../support/sdk-node.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
interface Design {
  readonly leaks: string[]
  readonly groups?: string
  readonly printed?: number
  readonly paid?: Point[]
  readonly size?: Point[]
}
interface Point {
  readonly value: number
  readonly user: string
  readonly attributes: string
}
type Row = Readonly<Record<'none' | 'exporter' | 'processor', Design & { groups: string }>> & {
  readonly signal: 'traces' | 'logs'
  readonly transport: string
  readonly way: string
}
type MetricRow = Readonly<Record<'none' | 'view only' | 'exporter' | 'view and exporter' | 'reader', Design>> & { readonly transport: string }

/** What line.mjs prints. */
interface Found {
  readonly matrix: { readonly rows: Row[]; readonly places: Record<'traces' | 'logs', string[]> }
  readonly reach: Record<string, { items: number; leaks: string[] }>
  readonly weaker: Record<string, string[]>
  readonly equality: Record<'traces' | 'logs' | 'metrics', { raw: unknown; masked: unknown; rawLeaks: number; proxy: unknown; exact?: unknown }>
  readonly parity: Record<'traces' | 'logs', { masked: unknown; proxy: unknown; same: boolean }>
  readonly values: Record<string, unknown> & { keys: string[]; span: Record<string, unknown> }
  readonly order: {
    readonly rows: Record<string, { leaks: string[]; raw: string[] }>
    readonly sameExporter: boolean
    readonly sameProcessor: boolean
    readonly pseudonyms: string[]
    readonly late: { spans: number; leaks: string[]; logs: number; user: string }
    readonly onEnding: string
    readonly start: { leaks: string[]; early: string[] }
  }
  readonly failing: Record<
    'redact' | 'drop' | 'fail',
    { code: number; alone: number; text: boolean; items: number; count: number; inner: number; notes: object; stats: object }
  > & {
    readonly unreadable: object[]
    readonly ids: boolean[]
  }
  readonly metrics: {
    readonly rows: MetricRow[]
    readonly places: string[]
    readonly series: Record<'exporter only' | 'view only' | 'both', { paid: Point[]; size: Point[]; collisions: number }>
    readonly pseudonyms: Record<'span' | 'exporter' | 'both', string>
    readonly temporality: { DELTA: object; CUMULATIVE: object; absent: string[]; present: string[] }
    readonly prometheus: { raw: { leaks: string[]; lines: number }; masked: { leaks: string[]; lines: number; same: boolean }; late: string }
    readonly extra: object
    readonly views: { paid: Point[] }
  }
  readonly propagation: Record<'raw' | 'masked' | 'allowed' | 'others', { baggage: string; tracestate: string; traceparent: string; leaks: string[] }> & {
    readonly fields: string[]
    readonly stays: boolean
    readonly extracted: unknown[]
  }
  readonly diag: Record<'raw' | 'wrapped exporter' | 'wrapped logger', { items: string[]; lines: number; rest: string[]; password: boolean }>
  readonly resource: Record<string, unknown>
  readonly nodeSdk: Record<'environment' | 'code' | 'traceExporter', { signals: string[]; leaks: string[] } | undefined>
  readonly automatic?: Record<'raw' | 'masked', { items: { kind?: number; body?: unknown; attributes: Record<string, unknown> }[]; secrets: string[] }>
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mask-logs-otel-'))
  buildInto(folder)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const LEVEL_NAMES = ['name', 'attribute key', 'event name', 'link attribute', 'link trace state', 'trace state', 'status', 'resource', 'scope name', 'scope version']

describe.each(['2', '3'] as const)('SDK %s', (line) => {
  const choice = nodeFor(line)
  if ('skip' in choice) {
    it.skipIf(true)(`runs (left out: ${choice.skip})`, () => {})
    return
  }
  let found: Found
  beforeAll(() => {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(OTEL_|MASK_LOGS_|NODE_OPTIONS|VITEST)/.test(name)))
    const { status, stdout, stderr } = spawnSync(choice.node, [join(root, 'test/otel/sdk/line.mjs'), line, folder], { encoding: 'utf8', env, timeout: 60_000, maxBuffer: 1 << 28 })
    expect({ status, stderr: stderr.replaceAll(/^mask-logs\/otel: \d+ rules .*\n/gm, '') }).toEqual({ status: 0, stderr: '' })
    const printed = JSON.parse(stdout) as { found: Found; errors: string[] }
    expect(printed.errors).toEqual([])
    found = printed.found
  })

  it('lets no canary through an exporter or a processor wrapper, over any transport, one by one or in batches', () => {
    expect(found.matrix.rows).toHaveLength(16)
    for (const row of found.matrix.rows) {
      const name = `${row.signal} ${row.transport} ${row.way}`
      // What is not masked leaks in every place that the transport writes: the console exporter prints no link's trace state in full.
      const places = found.matrix.places[row.signal]
      if (row.transport !== 'console') expect([...row.none.leaks].sort(), name).toEqual([...places].sort())
      else expect(row.none.leaks.length, name).toBeGreaterThanOrEqual(places.length - 1)
      for (const design of ['exporter', 'processor'] as const) {
        expect(row[design].leaks, `${name} ${design}`).toEqual([])
        expect(row[design].groups, `${name} ${design}`).toBe(row.none.groups)
      }
      if (row.transport !== 'console') expect(row.none.groups, name).toBe(row.way === 'batch' ? '1 2 3' : '3 3 3')
    }
  })

  it('hands on nothing that leads back to raw data', () => {
    const { 'raw span': raw, ...masked } = found.reach
    expect(raw!.leaks.length).toBeGreaterThanOrEqual(15)
    expect(masked).toEqual(Object.fromEntries(['span', 'span of processor', 'log', 'log of processor'].map((name) => [name, { items: 3, leaks: [] }])))
  })

  it('is needed: weaker designs leak', () => {
    const all = found.matrix.places.traces.filter((place) => place !== 'async resource')
    expect(found.weaker['mutate in onEnd, after a simple processor']).toEqual(all)
    expect(found.weaker['mutate in onEnd, first']).toEqual(expect.arrayContaining(LEVEL_NAMES))
    expect(found.weaker['onEnding through the span API']).toEqual(
      expect.arrayContaining(['attribute key', 'event name', 'trace state', 'link trace state', 'resource', 'scope name', 'scope version', 'added in onEnding']),
    )
    expect(found.weaker['logs: mutate in onEmit, first']).toEqual(
      expect.arrayContaining(['attribute key', 'log event name', 'severity text', 'resource', 'scope name', 'scope version']),
    )
    expect([...found.weaker['logs: mutate in onEmit, after a simple processor']!].sort()).toEqual(found.matrix.places.logs.filter((place) => place !== 'async resource').sort())
  })

  it('changes nothing but what it masks', () => {
    for (const [signal, { raw, masked, rawLeaks }] of Object.entries(found.equality)) {
      expect(rawLeaks, signal).toBeGreaterThan(5)
      expect(masked, signal).toEqual(raw)
    }
  })

  it('gives what the proxy gives for the same telemetry', () => {
    for (const [signal, { masked, exact = masked, proxy }] of Object.entries(found.equality)) expect(exact, signal).toEqual(proxy)
    for (const [signal, { masked, proxy, same }] of Object.entries(found.parity)) {
      expect(masked, signal).toEqual(proxy)
      expect(same, signal).toBe(false)
      for (const secret of ['bob@shop', 'hunter22', '9f8e7d6c', 'u-881', '4111', '203.0.113.7']) expect(JSON.stringify(masked), signal).not.toContain(secret)
    }
  })

  it('keeps keys and values of every kind', () => {
    const { span, ...body } = found.values
    expect(body).toEqual({
      keys: ['', 'nan', 'infinite', 'big', 'zero', 'list', 'flags', 'text', 'words', '__proto__', 'nothing', 'bytes', 'secret', 'deep', 'mixed'],
      empty: 'empty',
      proto: '[REDACTED:github_token]',
      numbers: [true, true, true, true],
      nothing: null,
      bytes: [1, 2, 255],
      fresh: true,
      untouched: true,
      secret: '[REDACTED:named_secret]',
      deep: '{"a":[{"b":{"c":"[REDACTED:github_token]"}}],"raw":{"0":1,"1":2,"2":255},"[REDACTED:github_token]":null}',
      mixed: [1, 'a', null, true],
      leaks: [],
    })
    expect(span).toEqual({ proto: '[REDACTED:github_token]', nan: true, big: true, zero: true, leaks: [] })
  })

  it('masks what other processors add, before and after', () => {
    expect(Object.keys(found.order.rows)).toHaveLength(4)
    for (const [name, { leaks, raw }] of Object.entries(found.order.rows)) {
      expect(leaks, name).toEqual([])
      expect(raw, name).toEqual(['added in onStart', 'added in onEnding', 'added in onEnd'])
    }
  })

  it('masks once', () => {
    const { sameExporter, sameProcessor, pseudonyms, onEnding } = found.order
    expect({ sameExporter, sameProcessor, onEnding }).toEqual({ sameExporter: true, sameProcessor: true, onEnding: 'undefined' })
    expect(pseudonyms).toHaveLength(2)
    expect(pseudonyms[0]).toMatch(/^[a-z2-7]{16}$/)
    expect(pseudonyms[1]).toBe(pseudonyms[0])
  })

  it('masks again what a processor behind the masking has changed by itself', () => {
    const { late, pseudonyms } = found.order
    expect(late).toEqual({ spans: 6, leaks: [], logs: 2, user: pseudonyms[0] })
  })

  it('has a masked view for processors that export when a span starts', () => {
    expect(found.order.start).toEqual({ leaks: [], early: ['set', 'set', 'set'] })
  })

  it('follows the policy when a mask fails on one span of 512', () => {
    const { redact, drop, fail, unreadable, ids } = found.failing
    expect(redact).toMatchObject({ code: 0, alone: 0, text: false, items: 512, inner: 3, notes: { masked: 511, '[MASKING FAILED]': 1 } })
    expect(drop).toMatchObject({ code: 0, alone: 1, text: false, items: 511, inner: 2, notes: { masked: 511 }, stats: { dropped: 3 } })
    expect(fail).toMatchObject({ code: 1, alone: 1, text: false, items: 0, inner: 0 })
    expect(unreadable).toEqual([
      { name: '[MASKING FAILED]', kind: 3, status: { code: 2, message: '[MASKING FAILED]' }, attributes: {}, events: [], links: [] },
      { name: 'good', kind: 0, status: { code: 0 }, attributes: {}, events: [], links: [] },
    ])
    expect(ids).toEqual([true, true])
  })

  it('masks metrics at export, in views and in readers', () => {
    for (const row of found.metrics.rows) {
      const inConsole = row.transport === 'console'
      const printed = ['attribute', 'array', 'attribute key', 'description', 'unit', 'name']
      expect([...row.none.leaks].sort(), row.transport).toEqual([...(inConsole ? printed : found.metrics.places)].sort())
      expect(row['view only'].leaks, row.transport).toEqual(
        expect.arrayContaining(inConsole ? ['description', 'unit'] : ['description', 'unit', 'resource', 'scope name', 'scope version']),
      )
      for (const design of ['exporter', 'view and exporter', 'reader'] as const) {
        expect(row[design].leaks, `${row.transport} ${design}`).toEqual([])
        expect(row[design].groups, `${row.transport} ${design}`).toBe(row.none.groups)
        expect(row[design].printed, `${row.transport} ${design}`).toBe(row.none.printed)
      }
      if (inConsole) continue
      // what detectors find keeps series apart at export, and is one before
      for (const design of ['exporter', 'reader'] as const) {
        expect(row[design].paid!.map(({ value }) => value)).toEqual([1, 5])
        expect(new Set(row[design].paid!.map(({ user }) => user)).size).toBe(2)
        for (const { user } of row[design].paid!) expect(user).toMatch(/^github_token_[a-z2-7]{16}$/)
      }
      expect(row['view and exporter'].paid).toEqual([{ value: 6, user: '[REDACTED:github_token]', attributes: 'user=[REDACTED:github_token] plan=gold' }])
      expect(row['view and exporter'].size!.map(({ value }) => value)).toEqual([2])
    }
  })

  it('merges series in a view and counts those that collide at export', () => {
    const { 'exporter only': exporter, 'view only': view, both } = found.metrics.series
    expect(exporter.paid.map(({ value, user }) => [value, user])).toEqual([
      [1, '***'],
      [5, '***'],
    ])
    // counter, histogram, and their second export at shutdown
    expect(exporter.collisions).toBeGreaterThanOrEqual(2)
    for (const { paid, size, collisions } of [view, both]) {
      expect(paid.map(({ value, user }) => [value, user])).toEqual([[6, '***']])
      expect(size.map(({ value, user }) => [value, user])).toEqual([[2, '***']])
      expect(collisions).toBe(0)
    }
  })

  it('keeps the views that are given', () => {
    expect(found.metrics.views.paid).toEqual([{ value: 6, user: '[REDACTED:github_token]', attributes: 'user=[REDACTED:github_token]' }])
  })

  it('gives a value the same pseudonym in every signal, with a view or without', () => {
    const { span, exporter, both } = found.metrics.pseudonyms
    expect(span).toMatch(/^user\.id=[a-z2-7]{16}$/)
    expect([exporter, both]).toEqual([span, span])
  })

  it('has the selectors of the exporter, and only those', () => {
    expect(found.metrics.temporality).toEqual({
      DELTA: { same: true, exported: 1 },
      CUMULATIVE: { same: true, exported: 2 },
      absent: [],
      present: ['selectAggregation', 'selectAggregationTemporality'],
    })
  })

  it('masks what a Prometheus server reads', () => {
    const { raw, masked, late } = found.metrics.prometheus
    expect(raw.leaks).toEqual(expect.arrayContaining(['attribute', 'attribute key', 'description', 'resource', 'scope name']))
    expect(masked).toEqual({ leaks: [], lines: raw.lines, same: true })
    expect(late).toMatch(/belongs to a MeterProvider already/)
    expect(found.metrics.extra).toEqual({ scopes: 2, leaks: [], errors: [] })
  })

  it('lets only allowed baggage and masked trace state into the headers of a request', () => {
    const { raw, masked, allowed, others, fields, stays, extracted } = found.propagation
    expect(raw.leaks).toEqual(['trace state', 'baggage', 'metadata'])
    for (const one of [masked, allowed, others]) expect(one).toMatchObject({ leaks: [], traceparent: raw.traceparent, tracestate: 'vendor=[REDACTED:github_token],other=1' })
    expect(masked.baggage).toBe('')
    expect(allowed.baggage).toMatch(/^tenant=acme,note=\[REDACTED:github_token\];p=\[REDACTED:github_token\],user\.id=[a-z2-7]{16}$/)
    expect(others.baggage).toBe('tenant=acme,note=[REDACTED],user.id=[REDACTED]')
    expect({ fields, stays, extracted }).toEqual({ fields: ['traceparent', 'tracestate', 'baggage'], stays: true, extracted: ['acme', true] })
  })

  it('masks what the SDK says of itself', () => {
    const { raw, 'wrapped exporter': exporter, 'wrapped logger': logger } = found.diag
    expect(raw.items).toContain('attribute')
    expect(raw).toMatchObject({ rest: ['name', 'exception', 'status'], password: true })
    expect(exporter.items).toEqual([])
    expect(exporter.lines).toBeGreaterThan(5)
    expect(exporter.rest).toContain('name')
    expect(logger).toMatchObject({ items: [], rest: [], password: false })
    expect(logger.lines).toBeGreaterThan(5)
  })

  it('masks a resource that is read directly, with its promises', () => {
    expect(found.resource).toEqual({
      before: { pending: true, now: 2 },
      after: false,
      attributes: { 'service.name': 'shop', 'app.owner': '[REDACTED:github_token]', 'app.late': '[REDACTED:github_token]' },
      same: true,
      merged: { 'service.name': 'shop', 'app.owner': '[REDACTED:github_token]', 'app.late': '[REDACTED:github_token]', 'app.more': '[REDACTED:github_token]' },
      intoRaw: expect.arrayContaining(['service.name', 'app.owner', 'app.late', 'a']) as unknown,
      leaks: [],
      hanging: { ok: 'yes' },
    })
  })

  it('is not joined by exporters of the environment when it is given to NodeSDK in code', () => {
    const { environment, code, traceExporter } = found.nodeSdk
    expect(environment!.signals).toEqual(['logs application/json', 'metrics application/json', 'traces application/json'])
    expect(environment!.leaks.length).toBeGreaterThan(15)
    const masked = { signals: ['logs application/x-protobuf', 'metrics application/x-protobuf', 'traces application/x-protobuf'], leaks: [] }
    expect(code).toEqual(masked)
    if (line === '2') expect(traceExporter).toEqual(masked)
  })

  if (line === '3') return
  it('masks what instrumentation of http, undici and pino records', () => {
    const { raw, masked } = found.automatic!
    expect(raw.secrets).toEqual(['203.0.113.7', 'bob@shop.example', 's3cr3tbearer', 's3cr3tcode', 's3cr3tcookie', 's3cr3tnote', 's3cr3tpassword', 's3cr3ttoken'])
    expect(masked.secrets).toEqual([])
    expect(masked.items.map(({ kind }) => kind)).toEqual(raw.items.map(({ kind }) => kind))
    expect(raw.items.map(({ kind }) => kind)).toEqual([1, 2, 1, 2, undefined])
    const [server, client, , fetched, log] = masked.items
    expect(server!.attributes).toMatchObject({
      'url.path': '/orders/REDACTED',
      'client.address': '203.0.113.0',
      'http.request.header.accept': ['text/html'],
      'http.request.header.x-note': ['[REDACTED]'],
    })
    for (const { attributes } of [client!, fetched!]) {
      expect(attributes['url.full']).toMatch(/\/orders\/REDACTED\?token=REDACTED&page=2$/)
      expect(attributes).toMatchObject({ 'http.response.header.location': ['/next?code=REDACTED'], 'http.response.status_code': 302 })
      for (const gone of ['http.request.header.authorization', 'http.response.header.set-cookie']) expect(attributes).not.toHaveProperty([gone])
    }
    expect(log!.attributes['password']).toMatch(/^\[REDACTED/)
  })
})
