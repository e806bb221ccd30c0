import type { LogRecordExporter, LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { InMemoryLogRecordExporter, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import type { IMetricReader, PushMetricExporter, ViewOptions } from '@opentelemetry/sdk-metrics'
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { diag, DiagConsoleLogger } from '@opentelemetry/api'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createLiveMasker, createMasker, MaskError, RulesetError } from '../../src/index.ts'
import {
  maskDiagLogger,
  maskingAttributesProcessor,
  maskLogRecordExporter,
  maskLogRecordProcessor,
  maskMetricExporter,
  maskMetricReader,
  maskResource,
  maskSpanExporter,
  maskSpanProcessor,
  maskViews,
  type OtelMaskOptions,
  stats,
} from '../../transports/otel/index.ts'
import type { ExportResultLike, LogRecordLike, ResourceLike, SpanLike, TraceStateLike } from '../../transports/otel/types.ts'

const runSecret = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const SPAN_ID = 'b7ad6b7169203331'

function ruleset(...rules: object[]): OtelMaskOptions {
  return { ruleset: { version: '1.0', rules }, runSecret }
}
const redact = [{ type: 'redact' }]

function traceState(text: string): TraceStateLike {
  const members = new Map(text.split(',').map((member) => member.split('=') as [string, string]))
  return { get: (key) => members.get(key), set: () => traceState(text), unset: () => traceState(text), serialize: () => text }
}

/** A span as hand-made as any vendor's. */
function span(fields: Partial<SpanLike> = {}): SpanLike {
  return {
    name: 'n',
    kind: 1,
    spanContext: () => ({ traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1 }),
    startTime: [1, 2],
    endTime: [3, 4],
    status: { code: 0 },
    attributes: {},
    links: [],
    events: [],
    duration: [2, 2],
    ended: true,
    resource: { attributes: {} },
    instrumentationScope: { name: 's' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    ...fields,
  }
}

function record(fields: Partial<LogRecordLike> = {}): LogRecordLike {
  return { hrTime: [1, 2], hrTimeObserved: [1, 3], attributes: {}, droppedAttributesCount: 0, resource: { attributes: {} }, instrumentationScope: { name: 's' }, ...fields }
}

interface Exported<Item> {
  readonly result: ExportResultLike
  readonly items: Item[]
}

async function through<Item>(make: typeof maskSpanExporter | typeof maskLogRecordExporter, items: readonly Item[], options?: OtelMaskOptions): Promise<Exported<Item>> {
  const got: Item[] = []
  const sink = {
    export(exported: Item[], done: (result: ExportResultLike) => void) {
      got.push(...exported)
      done({ code: 0 })
    },
    shutdown: async () => {},
  }
  const exporter = make(sink as never, options) as unknown as { export(items: readonly Item[], done: (result: ExportResultLike) => void): void }
  const result = await new Promise<ExportResultLike>((resolve) => exporter.export(items, resolve))
  return { result, items: got }
}
const spansThrough = (spans: readonly SpanLike[], options?: OtelMaskOptions): Promise<Exported<SpanLike>> => through(maskSpanExporter, spans, options)
const logsThrough = (records: readonly LogRecordLike[], options?: OtelMaskOptions): Promise<Exported<LogRecordLike>> => through(maskLogRecordExporter, records, options)
async function one(given: SpanLike, options?: OtelMaskOptions): Promise<SpanLike> {
  const { items } = await spansThrough([given], options)
  expect(items).toHaveLength(1)
  return items[0]!
}

/** What is said on stderr while something runs. */
async function said(run: () => unknown): Promise<string> {
  let text = ''
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    text += String(chunk)
    return true
  })
  try {
    await run()
  } finally {
    spy.mockRestore()
  }
  return text
}

describe('the types of the SDK', () => {
  it('fit, and stay', async () => {
    const spans: SpanExporter = maskSpanExporter(new InMemorySpanExporter())
    const logs: LogRecordExporter = maskLogRecordExporter(new InMemoryLogRecordExporter())
    const metrics: PushMetricExporter = maskMetricExporter(new InMemoryMetricExporter(AggregationTemporality.DELTA))
    const processor: SpanProcessor = maskSpanProcessor(new SimpleSpanProcessor(spans))
    const logProcessor: LogRecordProcessor = maskLogRecordProcessor(new SimpleLogRecordProcessor({ exporter: logs }))
    const reader: IMetricReader = maskMetricReader(new PeriodicExportingMetricReader({ exporter: metrics }))
    const views: ViewOptions[] = maskViews([{ instrumentName: 'a' }])
    const provider = new MeterProvider({ readers: [reader], views: [...views, { instrumentName: 'b', attributesProcessors: [maskingAttributesProcessor()] }] })
    diag.setLogger(maskDiagLogger(new DiagConsoleLogger()))
    diag.disable()
    const one: ReadableSpan | undefined = undefined
    const two: ReadableLogRecord | undefined = undefined
    expect([one, two]).toEqual([undefined, undefined])
    await Promise.all([processor.shutdown(), logProcessor.shutdown(), provider.shutdown()])
  })
})

describe('a span', () => {
  it('has its known fields and no other', async () => {
    const given = Object.assign(span({ attributes: { a: 1 }, parentSpanContext: { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 0, isRemote: true } }), {
      vendor: 'data',
      _spanLimits: {},
    })
    const masked = await one(given, ruleset({ keys: ['a'], masks: redact }))
    expect(Object.keys(masked).sort()).toEqual([...Object.keys(span()), 'parentSpanContext'].sort())
    expect(masked.spanContext()).toEqual({ traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1 })
    expect(masked.parentSpanContext).toEqual({ traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 0, isRemote: true })
    expect(masked.attributes).toEqual({ a: '[REDACTED]' })
  })

  it('of SDK 1.30 keeps its older names', async () => {
    const { instrumentationScope: _, ...old } = span({ parentSpanId: SPAN_ID, instrumentationLibrary: { name: 'lib bob@shop.example', version: '1' } })
    const masked = await one(old as SpanLike, ruleset({ detect: ['email'], masks: redact }))
    expect(masked.parentSpanId).toBe(SPAN_ID)
    expect(masked.instrumentationLibrary).toMatchObject({ name: 'lib [REDACTED]', version: '1' })
    expect(masked.instrumentationScope).toMatchObject({ name: 'lib [REDACTED]' })
  })

  it('has no data in ids, flags, kinds and counts', async () => {
    const masked = await one(
      span({
        kind: 'secret' as never,
        spanContext: () => ({ traceId: 'bob@shop.example', spanId: 'secret', traceFlags: 'secret' as never }),
        parentSpanId: 'secret',
        status: { code: 'secret' as never },
        links: [{ context: { traceId: `${TRACE_ID}00`, spanId: SPAN_ID, traceFlags: 1 }, droppedAttributesCount: 'secret' as never }],
        droppedLinksCount: 'secret' as never,
      }),
    )
    expect(JSON.stringify([masked, masked.spanContext()])).not.toMatch(/secret|bob/)
    expect(masked.spanContext()).toEqual({ traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 })
    expect(masked.links[0]!.context).toEqual({ traceId: '0'.repeat(32), spanId: SPAN_ID, traceFlags: 1 })
  })

  it('meets rules at the paths of its view', async () => {
    const given = span({
      name: 'a',
      status: { code: 2, message: 'b' },
      attributes: { 'http.url': 'c', 'app.user': { email: 'd', name: 'e' } },
      events: [
        { name: 'f', time: [1, 1], attributes: { x: 'g' }, droppedAttributesCount: 3 },
        { name: 'h', time: [2, 2] },
      ],
      links: [{ context: { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1 }, attributes: { y: 'i' } }],
    })
    const paths = ['name', 'status.message', 'attributes["http.url"]', 'attributes["app.user"].email', 'events[*].name', 'events[0].attributes.x', 'links[*].attributes["y"]']
    const masked = await one(given, ruleset({ paths, masks: redact }))
    expect(masked).toMatchObject({
      name: '[REDACTED]',
      status: { code: 2, message: '[REDACTED]' },
      attributes: { 'http.url': '[REDACTED]', 'app.user': { email: '[REDACTED]', name: 'e' } },
      events: [
        { name: '[REDACTED]', time: [1, 1], attributes: { x: '[REDACTED]' }, droppedAttributesCount: 3 },
        { name: '[REDACTED]', time: [2, 2] },
      ],
      links: [{ attributes: { y: '[REDACTED]' } }],
    })
  })

  it('does not get text where it had none', async () => {
    const masked = await one(span({ name: '', status: { code: 0 }, instrumentationScope: { name: '' } }), {
      ruleset: { version: '1.0', policy: { unknown_fields: 'redact' }, rules: [{ keys: ['x'], masks: redact }] },
      runSecret,
    })
    expect(masked).toMatchObject({ name: '', status: { code: 0 }, attributes: {}, instrumentationScope: { name: '' } })
  })

  it('keeps what an allow list names, and nothing else', async () => {
    const masked = await one(span({ name: 'kept', attributes: { a: 'kept', b: 'gone', c: 7 }, resource: { attributes: { 'service.name': 'gone' } } }), {
      ruleset: { version: '1.0', policy: { unknown_fields: 'redact', allow: ['name', 'attributes.a'] }, rules: [{ keys: ['x'], masks: redact }] },
      runSecret,
    })
    expect(masked).toMatchObject({ name: 'kept', attributes: { a: 'kept', b: '[REDACTED]', c: '[REDACTED]' }, resource: { attributes: { 'service.name': '[REDACTED]' } } })
  })

  it('loses attributes, events and links that a rule removes', async () => {
    const link = (y: string) => ({ context: { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1 }, attributes: { y } })
    const given = span({
      attributes: { a: 1, b: 2 },
      events: [1, 2, 3].map((n) => ({ name: n === 2 ? 'drop' : `keep ${n}`, time: [n, 0], attributes: { n } })),
      links: [link('1'), link('2')],
    })
    const masked = await one(given, ruleset({ paths: ['attributes.a', 'links[0]', 'events[1]'], masks: [{ type: 'remove' }] }, { paths: ['events[*].name'], masks: redact }))
    expect(masked.attributes).toEqual({ b: 2 })
    expect(masked.events).toEqual([
      { name: '[REDACTED]', time: [1, 0], attributes: { n: 1 } },
      { name: '[REDACTED]', time: [3, 0], attributes: { n: 3 } },
    ])
    expect(masked.links).toEqual([link('2')])
    const gone = await one(given, ruleset({ paths: ['events', 'links', 'status', 'name'], masks: [{ type: 'remove' }] }))
    expect(gone).toMatchObject({ events: [], links: [], name: '', status: { code: 0 } })
  })

  it('becomes a minimal one where a rule replaces the whole record', async () => {
    const { items, result } = await spansThrough([span({ attributes: { a: 'secret' } })], ruleset({ masks: [{ type: 'from_fixed', value: 'X' }] }))
    expect(result.code).toBe(0)
    expect(items[0]).toMatchObject({ name: '[MASKING FAILED]', attributes: {} })
    const removed = await spansThrough([span()], ruleset({ masks: [{ type: 'remove' }] }))
    expect(removed).toMatchObject({ result: { code: 1 }, items: [] })
  })

  it('lets conditions and hash sources read the whole record, resource and scope too', async () => {
    const given = (env: string): SpanLike =>
      span({ attributes: { note: 'x', id: 'u-881' }, resource: { attributes: { env } }, instrumentationScope: { name: 'lib', version: '2' } })
    const onProduction = ruleset({
      if: [{ path: 'resource.attributes.env', equals: 'prod', on_missing: 'apply_else' }],
      rules: [{ paths: ['attributes.note'], masks: redact }],
      else_rules: [{ paths: ['attributes.note'], masks: [{ type: 'from_fixed', value: 'other' }] }],
    })
    expect((await one(given('prod'), onProduction)).attributes).toMatchObject({ note: '[REDACTED]' })
    expect((await one(given('test'), onProduction)).attributes).toMatchObject({ note: 'other' })
    const byScope = ruleset({ paths: ['attributes.id'], hash_sources: [{ json_path: ['scope', 'version'] }], masks: [{ type: 'pseudonym' }] })
    const versions = await Promise.all(
      ['2', '3'].map(async (version) => (await one(span({ attributes: { id: 'u-881' }, instrumentationScope: { name: 'lib', version } }), byScope)).attributes['id']),
    )
    expect(new Set(versions).size).toBe(2)
  })

  it('takes bytes for text where they are text', async () => {
    const bytes = Buffer.from('mail bob@shop.example')
    const given = span({ attributes: { text: bytes, plain: Buffer.from('nothing'), key: Buffer.from([0xff, 1]), other: new Uint8Array([0xff, 2]) } })
    const masked = await one(given, ruleset({ detect: ['email'], masks: redact }, { keys: ['key'], masks: redact }))
    const utf8 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
    expect(masked.attributes).toEqual({ text: utf8('mail [REDACTED]'), plain: utf8('nothing'), key: utf8('[REDACTED]'), other: new Uint8Array([0xff, 2]) })
    expect(bytes.toString()).toBe('mail bob@shop.example')
  })

  it('may be larger than a line of a log', async () => {
    const note = `${'x'.repeat(2_000_000)} bob@shop.example`
    const masked = await one(span({ attributes: { note } }), ruleset({ detect: ['email'], masks: redact }))
    expect(masked.attributes['note']).toBe(note.replace('bob@shop.example', '[REDACTED]'))
  })

  it('is refused where it has no end', async () => {
    const circle: Record<string, unknown> = { secret: 'bob@shop.example' }
    circle['again'] = circle
    const { items } = await spansThrough([span({ attributes: { circle } }), span({ name: 'good' })], ruleset({ detect: ['email'], masks: redact }))
    expect(items.map(({ name }) => name)).toEqual(['[MASKING FAILED]', 'good'])
    expect(JSON.stringify(items)).not.toContain('bob')
  })

  it('comes out the same whichever way it goes through the masker', async () => {
    const rules = { masker: createMasker({ version: '1.0', rules: [{ keys: ['note', 'n*.id'], masks: redact }, { detect: ['email', 'named_secret'] }] }, { runSecret }) }
    const leaf = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constantFrom('bob@shop.example', 'call bob@shop.example now', 'note', ''),
    )
    const key = fc.oneof(fc.string(), fc.constantFrom('note', 'n.id', '__proto__', '', 'password', 'bob@shop.example'))
    const attributes = fc.dictionary(key, fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })), { maxKeys: 5 })
    await fc.assert(
      fc.asyncProperty(attributes, fc.array(attributes, { maxLength: 2 }), async (first, more) => {
        const given = (extra: object): SpanLike => span({ attributes: { ...extra, first }, events: more.map((one, i) => ({ name: `e${i}`, time: [i, 0], attributes: one })) })
        // NaN has no JSON: that span goes as a value
        const [text, value] = [await one(given({}), rules), await one(given({ nan: Number.NaN }), rules)]
        const { nan, ...rest } = value.attributes
        expect(nan).toBeNaN()
        expect(text.attributes).toEqual(rest)
        expect(text.events).toEqual(value.events)
        expect(JSON.stringify([text, value])).not.toContain('bob@shop.example')
      }),
      { numRuns: 150 },
    )
  })
})

describe('trace state', () => {
  const masked = async (text: string, rules: OtelMaskOptions): Promise<string | undefined> => {
    const context = { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1, traceState: traceState(text) }
    const done = await one(span({ spanContext: () => context, links: [{ context }], parentSpanContext: context }), rules)
    const own = done.spanContext().traceState?.serialize()
    expect(done.links[0]!.context.traceState?.serialize()).toBe(own)
    expect(done.parentSpanContext!.traceState?.serialize()).toBe(own)
    return own
  }

  it('is read member by member', async () => {
    const rules = ruleset({ detect: ['email'], masks: redact })
    expect(await masked('a=1,b=bob@shop.example,c=3', rules)).toBe('a=1,b=[REDACTED],c=3')
    expect(await masked('authorization=abc,b=2', ruleset({ detect: ['secrets'] }))).toMatch(/(^|,)b=2$/)
  })

  it('stays valid: what is no member any more goes', async () => {
    expect(await masked('a=1,b=bob@shop.example', ruleset({ detect: ['email'], masks: [{ type: 'from_fixed', value: 'x=y' }] }))).toBe('a=1')
    expect(await masked('a=1,b=2', ruleset({ keys: ['trace_state'], masks: [{ type: 'from_fixed', value: 'x,y' }] }))).toBeUndefined()
    expect(await masked('a=1,b=2', ruleset({ paths: ['**.trace_state'], masks: [{ type: 'remove' }] }))).toBeUndefined()
    const long = ruleset({ detect: ['email'], masks: [{ type: 'from_fixed', value: 'z'.repeat(200) }] })
    expect(await masked('a=a@shop.example,b=b@shop.example,c=c@shop.example', long)).toBe(`a=${'z'.repeat(200)},b=${'z'.repeat(200)}`)
  })

  it('has its values masked by a rule, and no key with data in it', async () => {
    expect(await masked('a=1,b=2', ruleset({ keys: ['trace_state'], masks: redact }))).toBe('a=[REDACTED],b=[REDACTED]')
    expect(await masked('a=1', ruleset({ keys: ['trace_state'], masks: [{ type: 'pseudonym' }] }))).toMatch(/^a=[a-z2-7]{16}$/)
    expect(await masked('4111111111111111=1,b=2', ruleset({ keys: ['trace_state'], masks: redact }, { detect: ['credit_card'], masks: redact }))).toBe('b=[REDACTED]')
  })

  it('comes out as it was where nothing is hit, valid or not', async () => {
    expect(await masked('a=1, b=2', ruleset({ detect: ['email'] }))).toBe('a=1,b=2')
    expect(await masked('UPPER=ü', ruleset({ detect: ['email'] }))).toBe('UPPER=ü')
  })

  it('is an immutable list', async () => {
    const context = { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1, traceState: traceState('a=1,b=2') }
    const state = (await one(span({ spanContext: () => context }))).spanContext().traceState!
    expect(state.get('b')).toBe('2')
    expect(state.set('b', '3').serialize()).toBe('b=3,a=1')
    expect(state.unset('a').serialize()).toBe('b=2')
    expect(state.serialize()).toBe('a=1,b=2')
  })
})

describe('resource and scope', () => {
  it('are masked once, and stay one object for all their items', async () => {
    const resource = { attributes: { owner: 'bob@shop.example' }, schemaUrl: 'https://opentelemetry.io/schemas/1.37.0' }
    const instrumentationScope = { name: 'lib bob@shop.example', version: '1', schemaUrl: 'https://x.example/?token=abcdef', attributes: { who: 'bob@shop.example' } }
    const options = { masker: createMasker({ version: '1.0', rules: [{ detect: ['email'], masks: redact }] }, { runSecret }) }
    const { items } = await spansThrough([span({ resource, instrumentationScope }), span({ resource, instrumentationScope })], options)
    expect(items[0]!.resource).toBe(items[1]!.resource)
    expect(items[0]!.instrumentationScope).toBe(items[1]!.instrumentationScope)
    expect(items[0]!.resource).toMatchObject({ attributes: { owner: '[REDACTED]' }, schemaUrl: resource.schemaUrl })
    expect(items[0]!.instrumentationScope).toMatchObject({ name: 'lib [REDACTED]', version: '1', attributes: { who: '[REDACTED]' } })
    // and in the other signals
    const { items: logs } = await logsThrough([record({ resource, instrumentationScope })], options)
    expect(logs[0]!.resource).toBe(items[0]!.resource)
  })

  it('do not read the item: there a condition misses its path', async () => {
    const conditional = ruleset({
      if: [{ path: 'attributes.env', equals: 'prod', on_missing: 'apply_else' }],
      rules: [{ keys: ['owner'], masks: [{ type: 'from_fixed', value: 'prod' }] }],
      else_rules: [{ keys: ['owner'], masks: [{ type: 'from_fixed', value: 'else' }] }],
    })
    const text = await said(async () => {
      const masked = await one(span({ attributes: { env: 'prod', owner: 'x' }, resource: { attributes: { owner: 'x' } } }), conditional)
      expect(masked.attributes['owner']).toBe('prod')
      expect(masked.resource.attributes['owner']).toBe('else')
    })
    expect(text).toMatch(/reads attributes\.env: in resource and scope/)
  })

  it('do not miss what stands in the item', async () => {
    const whole = {
      ruleset: { version: '1.0', policy: { on_mask_error: 'drop' }, rules: [{ masks: [{ type: 'json', transforms: [{ path: ['attributes', 'a'], masks: redact }] }] }] },
      runSecret,
    }
    const resource = { attributes: { b: 1 } }
    const { items } = await spansThrough([span({ attributes: { a: 'x' }, resource }), span({ name: 'misses it', resource })], whole)
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({ attributes: { a: '[REDACTED]' }, resource: { attributes: { b: 1 } } })
  })

  it('wait for attributes that come late, and go without those that never come', async () => {
    let arrive: (() => void) | undefined
    const attributes: Record<string, unknown> = { a: '1' }
    const resource: ResourceLike & { asyncAttributesPending: boolean } = {
      attributes,
      asyncAttributesPending: true,
      waitForAsyncAttributes: () =>
        new Promise((_, reject) => {
          arrive = () => {
            attributes['late'] = 'bob@shop.example'
            reject(new Error('bob@shop.example'))
          }
        }),
    }
    const waiting = spansThrough([span({ resource })], ruleset({ detect: ['email'], masks: redact }))
    await new Promise((resolve) => setTimeout(resolve, 10))
    arrive!()
    const { items, result } = await waiting
    expect(result.code).toBe(0)
    expect(items[0]!.resource).toMatchObject({ attributes: { a: '1', late: '[REDACTED]' }, asyncAttributesPending: false })
  })

  it('let what they belong to go where a policy says so', async () => {
    const masks = {
      boom: {
        type: 'boom',
        summary: '',
        input: 'A',
        settles: 'all',
        options: {},
        compile: () => () => {
          throw new Error('bob')
        },
        examples: [],
      },
    } as never
    const policy = (on_mask_error: string): OtelMaskOptions => ({
      ruleset: { version: '1.0', policy: { on_mask_error }, rules: [{ keys: ['owner'], masks: [{ type: 'boom' }] }] },
      masks,
      runSecret,
    })
    const given = [span({ resource: { attributes: { owner: 'x' } } }), span()]
    expect((await spansThrough(given, policy('drop'))).items).toHaveLength(1)
    expect(await spansThrough(given, policy('fail'))).toMatchObject({ result: { code: 1, error: expect.any(MaskError) as unknown }, items: [] })
    expect((await spansThrough(given, policy('redact'))).items[0]!.resource.attributes).toEqual({ owner: '[MASKING FAILED]' })
  })

  it('are masked as a resource by itself', () => {
    const masked = maskResource({ attributes: { 'user.id': 'u-881', 'service.name': 'shop' } })
    expect(masked.attributes['service.name']).toBe('shop')
    expect(masked.attributes['user.id']).toMatch(/^[a-z2-7]{16}$/)
  })
})

describe('a log record', () => {
  it('meets rules at the paths of its view', async () => {
    const given = record({ body: { items: [{ name: 'a', size: 1 }] }, severityText: 'INFO', severityNumber: 9, eventName: 'e', attributes: { 'user.id': 'u' } })
    const paths = ['body.items[*].name', 'severity_text', 'event_name', 'attributes["user.id"]']
    const { items } = await logsThrough([given], ruleset({ paths, masks: redact }))
    expect(items[0]).toMatchObject({
      body: { items: [{ name: '[REDACTED]', size: 1 }] },
      severityText: '[REDACTED]',
      severityNumber: 9,
      eventName: '[REDACTED]',
      attributes: { 'user.id': '[REDACTED]' },
    })
  })

  it('has a body of any kind', async () => {
    const bodies = ['text', '', 7, true, null, undefined, [1, 'bob@shop.example'], new Uint8Array([1, 255]), '{"mail":"bob@shop.example"}']
    const { items } = await logsThrough(
      bodies.map((body) => record({ body })),
      ruleset({ detect: ['email'], masks: redact }),
    )
    expect(items.map(({ body }) => body)).toEqual(['text', '', 7, true, null, undefined, [1, '[REDACTED]'], new Uint8Array([1, 255]), '{"mail":"[REDACTED]"}'])
  })

  it('stays masked when a processor sets something on it', () => {
    let got: (LogRecordLike & Record<string, (...args: never[]) => unknown>) | undefined
    const inner = {
      onEmit(one: LogRecordLike) {
        got = one as never
        const writable = one as unknown as Record<string, (...args: unknown[]) => Record<string, (...args: unknown[]) => unknown>>
        writable['setAttribute']!('mail', 'bob@shop.example')['setAttributes']!({ more: 'bob@shop.example', ['__proto__']: 'x' })
        writable['setBody']!('bob@shop.example')
        writable['setEventName']!('bob@shop.example')
        writable['setSeverityText']!('bob@shop.example')
        writable['setSeverityNumber']!(17)
      },
      forceFlush: async () => {},
      shutdown: async () => {},
    }
    const processor = maskLogRecordProcessor(inner as never, ruleset({ detect: ['email'], masks: redact })) as unknown as { onEmit(one: LogRecordLike): void }
    expect('enabled' in processor).toBe(false)
    processor.onEmit(record({ body: 'x' }))
    expect(got).toMatchObject({
      body: '[REDACTED]',
      eventName: '[REDACTED]',
      severityText: '[REDACTED]',
      severityNumber: 17,
      attributes: { mail: '[REDACTED]', more: '[REDACTED]' },
    })
    const asked = maskLogRecordProcessor({ ...inner, enabled: () => false } as never) as unknown as { enabled(options: unknown): boolean }
    expect(asked.enabled({})).toBe(false)
  })
})

describe('options', () => {
  it('are those of createMasker, and throw what it throws', () => {
    expect(() => maskSpanExporter({ export() {}, shutdown: async () => {} }, ruleset({ keys: ['a'], masks: [{ type: 'no_such_mask' }] }))).toThrow(RulesetError)
    expect(() => maskSpanExporter({ export() {}, shutdown: async () => {} }, { runSecret: 'short' })).toThrow(/20 characters/)
  })

  it('may be a masker, which wrappers share with their counters', async () => {
    const masker = createMasker({ version: '1.0', rules: [{ keys: ['id'], masks: [{ type: 'pseudonym' }] }] }, { runSecret })
    const first = await one(span({ attributes: { id: 'u-881' } }), { masker })
    const { items } = await logsThrough([record({ attributes: { id: 'u-881' } })], masker as unknown as OtelMaskOptions)
    expect(items[0]!.attributes['id']).toBe(first.attributes['id'])
    expect(stats(masker)).toMatchObject({ items: 2, masked: 2, dropped: 0, minimal: 0, byRule: { 'rules[0]': 2 } })
    expect(stats({ masker }).items).toBe(2)
  })

  it('of nobody: one key for all wrappers of a process', async () => {
    const first = await one(span({ attributes: { 'user.id': 'u-881' } }))
    const { items } = await logsThrough([record({ attributes: { 'user.id': 'u-881' } })])
    expect(items[0]!.attributes['user.id']).toBe(first.attributes['user.id'])
    expect(stats().items).toBeGreaterThan(1)
  })

  it('of a masker that is closed: nothing leaves but ids', async () => {
    const masker = createMasker({ version: '1.0', rules: [{ keys: ['id'], masks: redact }] })
    await one(span(), { masker })
    masker.close()
    expect(await one(span({ name: 'secret', attributes: { a: 'secret' } }), { masker })).toMatchObject({ name: '[MASKING FAILED]', attributes: {} })
    const other = createMasker()
    other.close()
    expect(() => maskSpanExporter({ export() {}, shutdown: async () => {} }, other)).toThrow(/closed/)
  })

  it('of a live masker: its ruleset at the time, and the counters of all its versions', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mask-logs-'))
    const path = join(folder, 'rules.yaml')
    const write = (key: string): void => writeFileSync(path, `version: "1.0"\nrules: [{keys: [${key}], masks: [{type: redact}]}]\n`)
    write('first')
    const masker = createLiveMasker(path, { runSecret })
    try {
      const got: SpanLike[] = []
      const exporter = maskSpanExporter({ export: (spans: SpanLike[]) => void got.push(...spans), shutdown: async () => {} } as never, masker) as unknown as {
        export(spans: SpanLike[], done: () => void): void
      }
      const given = span({ attributes: { first: 'a', second: 'b' }, resource: { attributes: { first: 'a', second: 'b' } } })
      exporter.export([given], () => {})
      write('second')
      expect(masker.reload().ok).toBe(true)
      exporter.export([given], () => {})
      const before = { first: '[REDACTED]', second: 'b' }
      const after = { first: 'a', second: '[REDACTED]' }
      expect(got.map(({ attributes }) => attributes)).toEqual([before, after])
      expect(got.map(({ resource }) => resource.attributes)).toEqual([before, after])
      expect(stats(masker).items).toBe(2)
    } finally {
      masker.close()
      rmSync(folder, { recursive: true })
    }
  })

  it('that write a stamp into records change nothing else', async () => {
    const masker = createMasker({ version: '1.0', rules: [{ keys: ['id'], masks: redact }] }, { stamp: true })
    expect((await one(span({ attributes: { id: 'x', a: 1 } }), { masker })).attributes).toEqual({ id: '[REDACTED]', a: 1 })
    expect(stats(masker)).toMatchObject({ items: 1, minimal: 0 })
  })
})

describe('warnings at the start', () => {
  const outlined = (...rules: object[]): Promise<string> => said(() => maskSpanExporter({ export() {}, shutdown: async () => {} }, ruleset(...rules)))

  it('tell of paths that meet no attribute, and how to write them', async () => {
    const text = await outlined({
      paths: ['attributes.http.url', 'resource.attributes.a.b.c', 'attributes["http.url"]', 'attributes["a.b"].c', 'attributes.plain', 'body.a.b', 'events[*].attributes.x.y'],
      masks: redact,
    })
    expect(text.match(/write [^\n]*/g)).toEqual(['write attributes["http.url"]', 'write resource.attributes["a.b.c"]', 'write events[*].attributes["x.y"]'])
  })

  it('tell of conditions and hash sources that a resource cannot read', async () => {
    expect(await outlined({ keys: ['id'], hash_sources: [{ json_path: ['attributes', 'tenant.id'] }], masks: [{ type: 'pseudonym' }] })).toMatch(/reads attributes\["tenant\.id"\]/)
    expect(await outlined({ paths: ['attributes["id"]'], hash_sources: [{ json_path: ['attributes', 'tenant.id'] }], masks: [{ type: 'pseudonym' }] })).toBe('')
    expect(await outlined({ paths: ['resource.attributes.a'], hash_sources: [{ json_path: ['resource', 'attributes', 'b'] }], masks: [{ type: 'pseudonym' }] })).toBe('')
  })

  it('say nothing of the built-in rulesets', async () => {
    for (const name of ['otel', 'otel-strict', 'default'])
      expect(await said(() => maskSpanExporter({ export() {}, shutdown: async () => {} }, { ruleset: `mask-logs:${name}` }))).toBe('')
  })
})

describe('a metric', () => {
  const point = (attributes: object) => ({ startTime: [1, 0], endTime: [2, 0], attributes, value: 1 })
  const metric = (name: string, ...points: object[]) => ({
    descriptor: { name, description: `of ${name}`, unit: '1', valueType: 1 },
    aggregationTemporality: 1,
    dataPointType: 3,
    isMonotonic: true,
    dataPoints: points,
  })
  const exported = async (metrics: object[], options: OtelMaskOptions): Promise<{ result: ExportResultLike; metrics: Record<string, unknown>[] }> => {
    let got: { scopeMetrics: { metrics: Record<string, unknown>[] }[] } | undefined
    const sink = { export: (data: never, done: (result: ExportResultLike) => void) => void ((got = data), done({ code: 0 })), shutdown: async () => {}, forceFlush: async () => {} }
    const exporter = maskMetricExporter(sink, options) as unknown as { export(data: object, done: (result: ExportResultLike) => void): void }
    let result: ExportResultLike | undefined
    await said(async () => {
      result = await new Promise((resolve) => exporter.export({ resource: { attributes: { env: 'prod' } }, scopeMetrics: [{ scope: { name: 's' }, metrics }] }, resolve))
    })
    return { result: result!, metrics: got?.scopeMetrics[0]?.metrics ?? [] }
  }

  it('has its known fields, and keeps numbers', async () => {
    const { metrics } = await exported([Object.assign(metric('a', point({ user: 'bob@shop.example' })), { vendor: 'data' })], ruleset({ detect: ['email'], masks: redact }))
    expect(metrics).toEqual([metric('a', point({ user: '[REDACTED]' }))])
  })

  it('lets the conditions of its points read its name, resource and scope', async () => {
    const conditional = ruleset({
      if: [
        { path: 'name', equals: 'a' },
        { path: 'resource.attributes.env', equals: 'prod' },
        { path: 'scope.name', equals: 's' },
      ],
      rules: [{ paths: ['attributes.user'], masks: redact }],
    })
    const { metrics } = await exported([metric('a', point({ user: 'x' })), metric('b', point({ user: 'x' }))], conditional)
    expect(metrics).toEqual([metric('a', point({ user: '[REDACTED]' })), metric('b', point({ user: 'x' }))])
  })

  it('gives pseudonyms where detectors would redact, in texts, under keys and inside JSON', async () => {
    const { metrics } = await exported([metric('a', point({ password: 'hunter22', text: 'ghp_Qz7Kx2Vw9Rb4Tn6Ym1Lc8Hd3Sf5Gj0PaZ10k', own: 'x' }))], {
      ruleset: { version: '1.0', rules: [{ detect: ['secrets'] }, { keys: ['own'], masks: redact }] },
      runSecret,
    })
    const [{ attributes }] = metrics[0]!['dataPoints'] as [{ attributes: Record<string, string> }]
    expect(attributes['password']).toMatch(/^named_secret_[a-z2-7]{16}$/)
    expect(attributes['text']).toMatch(/^github_token_[a-z2-7]{16}$/)
    expect(attributes['own']).toBe('[REDACTED]')
  })

  it('follows the policy point by point', async () => {
    const masks = {
      boom: {
        type: 'boom',
        summary: '',
        input: 'A',
        settles: 'all',
        options: {},
        compile: () => (value: unknown) => {
          if (value === 'bad') throw new Error('bad')
          return value
        },
        examples: [],
      },
    } as never
    const policy = (on_mask_error: string): OtelMaskOptions => ({
      ruleset: { version: '1.0', policy: { on_mask_error }, rules: [{ keys: ['user'], masks: [{ type: 'boom' }] }] },
      masks,
      runSecret,
    })
    const given = (): object[] => [metric('a', point({ user: 'bad' }), point({ user: 'good' })), metric('b', point({ user: 'bad' }))]
    expect((await exported(given(), policy('redact'))).metrics).toEqual([
      metric('a', point({ user: '[MASKING FAILED]' }), point({ user: 'good' })),
      metric('b', point({ user: '[MASKING FAILED]' })),
    ])
    expect((await exported(given(), policy('drop'))).metrics).toEqual([metric('a', point({ user: 'good' }))])
    expect(await exported(given(), policy('fail'))).toMatchObject({ result: { code: 1 }, metrics: [] })
    expect(await exported(given().slice(1), policy('drop'))).toMatchObject({ result: { code: 1 }, metrics: [] })
  })
})

describe('a masked view of attributes', () => {
  afterEach(() => vi.restoreAllMocks())

  it('is frozen, the same for the same attributes, and empty where masking fails', () => {
    const processor = maskingAttributesProcessor(ruleset({ keys: ['user'], masks: redact })) as { process(incoming: object): Record<string, unknown> }
    const first = processor.process({ user: 'a', plan: 'gold' })
    expect(first).toEqual({ user: '[REDACTED]', plan: 'gold' })
    expect(Object.isFrozen(first)).toBe(true)
    expect(processor.process({ user: 'a', plan: 'gold' })).toBe(first)
    expect(processor.process(first)).toBe(first)
    expect(
      processor.process({
        get user() {
          throw new Error('x')
        },
      }),
    ).toEqual({})
    expect(processor.process({})).toEqual({})
  })

  it('stands behind the processor of a View of SDK 1.30', () => {
    class View {
      attributesProcessor = { process: ({ user }: { user: string }) => ({ user: `${user}!` }) }
      matches(): boolean {
        return true
      }
    }
    const view = new View()
    const [masked] = maskViews([view], ruleset({ keys: ['user'], masks: [{ type: 'partial', keep_last: 1, min_masked: 1 }] }))
    expect(masked).toBeInstanceOf(View)
    expect(masked!.matches()).toBe(true)
    expect(masked!.attributesProcessor.process({ user: 'abc' })).toEqual({ user: '***!' })
    expect(view.attributesProcessor.process({ user: 'abc' })).toEqual({ user: 'abc!' })
  })
})
