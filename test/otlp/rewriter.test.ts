// What the rewriter of OTLP requests promises, rule by rule: wire format, JSON, policies, fields outside the record view.
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { createMasker, MaskError } from '../../src/index.ts'
import type { MaskerOptions } from '../../src/index.ts'
import { ATTRIBUTES, BYTES, DETECTED, ID, MESSAGE, REFERENCE, requests, TEXT, TRACE_STATE, VALUE } from '../../transports/otlp/otlp-fields.ts'
import type { Message } from '../../transports/otlp/otlp-fields.ts'
import { createRewriter } from '../../transports/otlp/rewriter.ts'
import { OtlpError } from '../../transports/otlp/types.ts'
import type { RewriteOptions, Signal } from '../../transports/otlp/types.ts'
import { encode, json, Random, request, tagged } from './support/random.ts'
import type { Obj } from './support/random.ts'
import { messagesOf, requestType } from './support/schema.ts'

const runSecret = 'a run secret for the OTLP tests'
const SIGNALS = ['traces', 'metrics', 'logs'] as const
const plain = { shuffled: false, unknown: 0, overlong: 0 }
const r = new Random(7)

const EMAIL = { version: '1.0', rules: [{ detect: ['email'], masks: [{ type: 'redact', label: 'email' }] }] }

function rewriterOf(ruleset: object | string = EMAIL, options: RewriteOptions = {}, own: MaskerOptions = {}) {
  return createRewriter(createMasker(ruleset, { runSecret, ...own }), options)
}

const len = (number: number, ...content: (Buffer | string)[]): Buffer => tagged(number, 2, Buffer.concat(content.map((c) => Buffer.from(c as string))))
/** A request of one span, from the bytes of its fields. */
const spanRequest = (...fields: Buffer[]): Buffer => len(1, len(2, len(2, ...fields)))
const attribute = (key: string, value: string | Buffer): Buffer => len(9, len(1, key), len(2, typeof value === 'string' ? len(1, value) : value))

/** What tests look into. */
// biome-ignore lint/suspicious/noExplicitAny: decoded requests have no types
type Loose = any

function decoded(signal: Signal, body: Buffer): Obj {
  const type = requestType(signal)
  return type.toObject(type.decode(body), { longs: String, bytes: Buffer }) as Obj
}
const spanOf = (body: Buffer): Obj => ((decoded('traces', body) as Loose)['resource_spans'][0]['scope_spans'][0]['spans'] as Obj[])[0]!

function rejected(work: () => unknown): OtlpError {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(OtlpError)
    return error as OtlpError
  }
  throw new Error('it was accepted')
}

// ------------------------------------------------------------------------------------------------ canaries

/** A message with a canary in every text that it can hold, at every place. */
function full(message: Message, canary: (what: string) => string, depth = 0): Obj {
  const out: Obj = {}
  for (const f of message.fields) {
    const name = `${message.name}.${f.name}`
    const one = (): unknown => {
      switch (f.role) {
        case TEXT:
        case DETECTED:
        case REFERENCE:
          return canary(name)
        case TRACE_STATE:
          return `vendor=${canary(name)}`
        case BYTES:
          return Buffer.from(canary(name))
        case ATTRIBUTES:
          return { key: canary(`${name} key`), value: depth > 2 ? { string_value: canary(name) } : full(f.message!.byNumber[2]!.message!, canary, depth + 1) }
        case VALUE:
          return depth > 2 ? { string_value: canary(name) } : full(f.message!, canary, depth + 1)
        case MESSAGE:
          return full(f.message!, canary, depth)
        case ID:
          return Buffer.alloc(f.size, 1)
        default:
          return f.type === 'bool' ? true : f.type === 'double' ? 1.5 : /64/.test(f.type!) ? '5' : 1
      }
    }
    out[f.name] = f.repeated ? [one()] : one()
  }
  return out
}

describe('canaries', () => {
  for (const signal of SIGNALS) {
    const seen: string[] = []
    const value = full(requests[signal], (what) => {
      seen.push(what)
      return `canary${seen.length}@shop.example`
    })

    it(`${signal}: stand in every text-bearing field`, () => {
      const texts = [...messagesOf(requests[signal]).values()].flatMap((message) =>
        message.fields.filter((f) => f.role >= TEXT && f.role <= BYTES && f.role !== VALUE && f.role !== ATTRIBUTES).map((f) => `${message.name}.${f.name}`),
      )
      expect(texts.filter((name) => !seen.includes(name) && name !== 'KeyValue.key')).toEqual([])
    })

    it.each(['protobuf', 'json'] as const)(`${signal}: are gone in %s`, (encoding) => {
      const body = encoding === 'json' ? Buffer.from(json(r, requests[signal], value, false)) : encode(r, requests[signal], value, plain)
      const { body: out, counts } = rewriterOf().rewrite(signal, encoding, body)
      expect(counts.masked).toBeGreaterThanOrEqual(seen.length)
      const shown = out.toString() + Buffer.from(out.toString().replace(/[^A-Za-z0-9+/]/g, ''), 'base64').toString()
      expect(shown).not.toMatch(/canary\d/)
      expect(out.toString().match(/\[REDACTED:email\]/g)!.length).toBeGreaterThan(10)
      if (encoding === 'json') {
        const bytes = [...out.toString().matchAll(/"bytesValue":"([^"]*)"/g)].map((m) => Buffer.from(m[1]!, 'base64').toString())
        expect(bytes.length).toBeGreaterThan(0)
        expect(bytes.every((text) => text === '[REDACTED:email]')).toBe(true)
      }
    })
  }

  it('are gone to a decoder that nobody here wrote', () => {
    const root = (createRequire(import.meta.url)('otlp-transformer-0.203/build/src/generated/root') as { opentelemetry: Loose }).opentelemetry.proto.collector
    const types = { traces: root.trace.v1.ExportTraceServiceRequest, metrics: root.metrics.v1.ExportMetricsServiceRequest, logs: root.logs.v1.ExportLogsServiceRequest }
    for (const signal of SIGNALS) {
      const value = full(requests[signal], () => 'canary@shop.example')
      const body = encode(r, requests[signal], value, plain)
      const before = JSON.stringify(types[signal].toObject(types[signal].decode(body), { bytes: Array }))
      expect(before).toContain('canary@shop.example')
      const out = rewriterOf().rewrite(signal, 'protobuf', body).body
      const after = JSON.stringify(types[signal].toObject(types[signal].decode(out), { bytes: Array }))
      expect(after).not.toContain('canary')
      // the shape is the same: what is text now was text then
      const shape = (text: string): string =>
        text
          .replace(/vendor=/g, '')
          .replace(/"(canary@shop\.example|\[REDACTED:email\])(~\d)?"/g, '"X"')
          .replace(/\[\d+(,\d+){9,}\]/g, '[]')
      expect(shape(after)).toBe(shape(before))
    }
  })
})

// ------------------------------------------------------------------------------------------------ nothing changes

describe('a request without a match', () => {
  it.each(SIGNALS)('%s: is the same Buffer, unknown fields and all', (signal) => {
    const rewriter = rewriterOf({ version: '1.0', rules: [{ keys: ['no_such_key'], masks: [{ type: 'redact' }] }] }, { unknownFields: 'keep' })
    for (let seed = 0; seed < 200; seed++) {
      const random = new Random(seed)
      const body = encode(random, requests[signal], request(random, signal), { shuffled: true, unknown: 0.2, overlong: 0.2 })
      expect(rewriter.rewrite(signal, 'protobuf', body).body).toBe(body)
      const text = Buffer.from(json(random, requests[signal], request(random, signal), true))
      expect(rewriter.rewrite(signal, 'json', text).body).toBe(text)
    }
  })

  it('is empty', () => {
    const empty = Buffer.alloc(0)
    expect(rewriterOf().rewrite('logs', 'protobuf', empty)).toEqual({ body: empty, counts: { items: 0, dropped: 0, masked: 0, unknownFields: 0, seriesCollisions: 0 } })
    const json = Buffer.from(' {} \n')
    expect(rewriterOf().rewrite('logs', 'json', json).body).toBe(json)
  })

  it('changes nothing beside what is masked in one with a match', () => {
    const body = spanRequest(attribute('a', 'mail bob@shop.example!'), tagged(500, 0, Buffer.from([0x85, 0x80, 0x00])), Buffer.from([0xb2, 0x00, 0x00]), len(5, 'name'))
    const out = rewriterOf(EMAIL, { unknownFields: 'keep' }).rewrite('traces', 'protobuf', body).body
    expect(
      out.equals(spanRequest(attribute('a', 'mail [REDACTED:email]!'), tagged(500, 0, Buffer.from([0x85, 0x80, 0x00])), Buffer.from([0xb2, 0x00, 0x00]), len(5, 'name'))),
    ).toBe(true)
  })

  it('keeps the spelling of JSON', () => {
    const text =
      '\r\n{ "resourceSpans" :[{"scopeSpans":[ {"spans":[{"startTimeUnixNano": 1790000000000000001,"endTimeUnixNano":"1790000000000000001" , "kind":"SPAN_KIND_SERVER","name":"\\u0041","name":"B","traceId":"AbCdEf0123456789abcdef0123456789","attributes":[{"value":{"doubleValue":1.50e0,"intValue":12345678901234567890123e0},"key":"x"}, {"key":"mail","value":{"stringValue":"\\u0062ob@shop.example \\/"}}],"droppedEventsCount":null}]}]}]}\t'
    expect(rewriterOf().rewrite('traces', 'json', Buffer.from(text)).body.toString()).toBe(text.replace('"\\u0062ob@shop.example \\/"', '"[REDACTED:email] /"'))
    const raw = text.replace('\\u0062ob@shop.example \\/', 'bob@shop.example')
    expect(rewriterOf().rewrite('traces', 'json', Buffer.from(raw)).body.toString()).toBe(raw.replace('bob@shop.example', '[REDACTED:email]'))
  })
})

// ------------------------------------------------------------------------------------------------ wire format

describe('key-value pairs on the wire', () => {
  const KEYS = {
    version: '1.0',
    rules: [
      { keys: ['password'], masks: [{ type: 'redact' }] },
      { keys: ['gone'], masks: [{ type: 'remove' }] },
    ],
  }
  const run = (...fields: Buffer[]): Buffer => rewriterOf(KEYS).rewrite('traces', 'protobuf', spanRequest(...fields)).body

  it('may have their value first', () => {
    expect(run(len(9, len(2, len(1, 'hunter2')), len(1, 'password'))).equals(spanRequest(len(9, len(2, len(1, '[REDACTED]')), len(1, 'password'))))).toBe(true)
    expect(run(len(9, len(2, len(1, 'x')), len(1, 'gone')), attribute('a', 'b')).equals(spanRequest(attribute('a', 'b')))).toBe(true)
  })

  it('may have several keys: any that is sensitive counts', () => {
    for (const keys of [
      ['password', 'other'],
      ['other', 'password'],
    ]) {
      const out = run(len(9, len(1, keys[0]!), len(2, len(1, 'hunter2')), len(1, keys[1]!)))
      expect(out.includes('hunter2')).toBe(false)
      expect(out.includes('[REDACTED]')).toBe(true)
    }
  })

  it('may have several values, and values several kinds: all are masked', () => {
    const out = run(len(9, len(1, 'password'), len(2, len(1, 'hunter2'), len(1, 'hunter3')), len(2, tagged(3, 0, Buffer.from([77])), len(7, 'hunter4'))))
    expect(out.toString('latin1')).not.toMatch(/hunter|M/)
  })

  it('may have no value, or an empty one', () => {
    const rules = {
      version: '1.0',
      rules: [
        { keys: ['fixed'], masks: [{ type: 'from_fixed', value: 'X' }] },
        { keys: ['gone'], masks: [{ type: 'remove' }] },
      ],
    }
    const rewrite = (...fields: Buffer[]): Buffer => rewriterOf(rules).rewrite('traces', 'protobuf', spanRequest(...fields)).body
    expect(rewrite(len(9, len(1, 'gone')), len(9, len(1, 'gone'), len(2)), len(9, len(1, 'stays'))).equals(spanRequest(len(9, len(1, 'stays'))))).toBe(true)
    expect(rewrite(len(9, len(1, 'fixed')), len(9, len(1, 'fixed'), len(2))).equals(spanRequest(attribute('fixed', 'X'), attribute('fixed', 'X')))).toBe(true)
  })

  it('change their kind where a mask does', () => {
    const rules = {
      version: '1.0',
      rules: [
        { keys: ['n'], masks: [{ type: 'redact' }] },
        { keys: ['t'], masks: [{ type: 'from_fixed', value: 42 }] },
        { keys: ['b'], masks: [{ type: 'from_fixed', value: true }] },
        { keys: ['z'], masks: [{ type: 'from_fixed', value: null }] },
      ],
    }
    const int = tagged(3, 0, Buffer.from([5]))
    const out = rewriterOf(rules).rewrite(
      'traces',
      'protobuf',
      spanRequest(attribute('n', int), attribute('t', 'text'), attribute('b', int), attribute('z', int), attribute('n', len(7, Buffer.from([255])))),
    ).body
    const after = spanOf(out)['attributes'] as Obj[]
    expect(after.map(({ value }) => value)).toEqual([{ string_value: '[REDACTED]' }, { int_value: '42' }, { bool_value: true }, {}, { bytes_value: Buffer.from('[REDACTED]') }])
  })

  it('may be those of the same message twice', () => {
    const once = len(1, len(2, len(2, len(15, len(2, 'a bob@shop.example')), len(15, len(2, 'b ann@shop.example')), len(5, 'bob@shop.example'), len(5, 'ann@shop.example'))))
    const out = rewriterOf().rewrite('traces', 'protobuf', once).body
    expect(out.toString('latin1').match(/\[REDACTED:email\]/g)).toHaveLength(4)
    expect(out.includes('@')).toBe(false)
  })
})

describe('unknown fields', () => {
  const group = Buffer.concat([
    tagged(40, 3, Buffer.alloc(0)),
    len(1, 'x bob@shop.example'),
    tagged(41, 3, Buffer.alloc(0)),
    tagged(2, 1, Buffer.alloc(8)),
    tagged(41, 4, Buffer.alloc(0)),
    tagged(40, 4, Buffer.alloc(0)),
  ])
  const texts = [len(1000, 'deprecated bob@shop.example'), group, tagged(9, 3, Buffer.concat([tagged(9, 4, Buffer.alloc(0))]))]
  const numbers = [
    tagged(50, 0, Buffer.from([5])),
    tagged(51, 1, Buffer.alloc(8, 1)),
    tagged(52, 5, Buffer.alloc(4, 1)),
    tagged(9, 0, Buffer.from([1])),
    tagged(5, 5, Buffer.alloc(4)),
  ]
  const levels: ((fields: Buffer) => Buffer)[] = [
    (x) => Buffer.concat([len(1), x]),
    (x) => len(1, x),
    (x) => len(1, len(1, x)),
    (x) => len(1, len(2, x)),
    (x) => len(1, len(2, len(1, x))),
    (x) => spanRequest(x),
    (x) => spanRequest(len(11, x)),
    (x) => spanRequest(len(13, x)),
    (x) => spanRequest(len(15, x)),
    (x) => spanRequest(len(9, len(1, 'k'), x)),
    (x) => spanRequest(attribute('k', x)),
    (x) => spanRequest(attribute('k', len(5, x))),
    (x) => spanRequest(attribute('k', len(5, len(1, x)))),
    (x) => spanRequest(attribute('k', len(6, x))),
    (x) => spanRequest(attribute('k', len(6, len(1, len(1, 'k'), x)))),
  ]

  it.each(levels.map((level, i) => [i, level] as const))('level %i: those that could carry text go, numbers stay', (_, level) => {
    for (const field of [texts[0]!, texts[1]!]) {
      const { body, counts } = rewriterOf().rewrite('traces', 'protobuf', level(Buffer.concat([numbers[0]!, field, numbers[1]!])))
      expect(body.equals(level(Buffer.concat([numbers[0]!, numbers[1]!])))).toBe(true)
      expect(counts.unknownFields).toBe(3)
    }
  })

  it.each(levels.map((level, i) => [i, level] as const))('level %i: all stay under keep, unmasked', (_, level) => {
    const body = level(Buffer.concat([...numbers.slice(0, 3), texts[0]!, texts[1]!]))
    const { body: out, counts } = rewriterOf(EMAIL, { unknownFields: 'keep' }).rewrite('traces', 'protobuf', body)
    expect(out).toBe(body)
    expect(counts.unknownFields).toBe(5)
  })

  it('are also those of a known number with another wire type', () => {
    const body = spanRequest(numbers[3]!, numbers[4]!, texts[2]!, attribute('a', 'b'))
    const { body: out, counts } = rewriterOf().rewrite('traces', 'protobuf', body)
    expect(out.equals(spanRequest(numbers[3]!, numbers[4]!, attribute('a', 'b')))).toBe(true)
    expect(counts.unknownFields).toBe(3)
  })

  it('are not the ids, packed numbers and nested numbers without text', () => {
    for (const signal of SIGNALS) {
      const body = encode(
        r,
        requests[signal],
        full(requests[signal], () => 'text'),
        plain,
      )
      expect(rewriterOf().rewrite(signal, 'protobuf', body).counts.unknownFields).toBe(0)
      expect(rewriterOf().rewrite(signal, 'protobuf', body).body).toBe(body)
    }
  })

  it('are unknown names in JSON', () => {
    const text = '{"resourceLogs":[{"x":"bob@shop.example","scopeLogs":[{"logRecords":[{"body":{"y":{"a":[1]},"stringValue":"b"},"n":5,"z":[1,2],"t":true,"u":null}]}]}],"w":{}}'
    const { body, counts } = rewriterOf().rewrite('logs', 'json', Buffer.from(text))
    expect(body.toString()).toBe('{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"b"},"n":5,"t":true,"u":null}]}]}]}')
    expect(counts.unknownFields).toBe(7)
    const kept = Buffer.from(text)
    expect(rewriterOf(EMAIL, { unknownFields: 'keep' }).rewrite('logs', 'json', kept).body).toBe(kept)
  })
})

describe('what is no OTLP', () => {
  const bad: Record<string, Buffer> = {
    'field number 0': spanRequest(Buffer.from([0x00, 0x01])),
    'wire type 6': spanRequest(Buffer.from([0x0e])),
    'wire type 7': spanRequest(Buffer.from([0x0f])),
    'a group that ends only': spanRequest(Buffer.from([0x0c])),
    'a group that does not end': spanRequest(Buffer.from([0xc3, 0x02, 0x08, 0x01])),
    'a group that another end closes': spanRequest(Buffer.from([0xc3, 0x02, 0xcc, 0x02])),
    'field number 0 in a group': spanRequest(Buffer.from([0xc3, 0x02, 0x00, 0x01, 0xc4, 0x02])),
    'a length past its end': Buffer.from([0x0a, 0x05, 0x12]),
    'a length past the end of its message': len(1, Buffer.from([0x12, 0x05, 0x0a])),
    'an enormous length': Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]),
    'a length of more than 32 bits': Buffer.from([0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]),
    'a number of eleven bytes': spanRequest(tagged(6, 0, Buffer.alloc(10, 0x80)), Buffer.from([0x01])),
    'a leftover byte': Buffer.concat([len(1), Buffer.from([0x0a])]),
    'a trace id of 15 bytes': spanRequest(len(1, Buffer.alloc(15))),
    'a trace id that is text': spanRequest(len(1, 'bob@shop.example and more')),
    'a span id of 16 bytes': spanRequest(len(2, Buffer.alloc(16))),
    'a parent span id of 1 byte': spanRequest(len(4, 'x')),
    'a linked trace id of 8 bytes': spanRequest(len(13, len(1, Buffer.alloc(8)))),
    'eight bytes that are seven': spanRequest(tagged(7, 1, Buffer.alloc(7))),
  }
  it.each(Object.entries(bad))('%s is rejected', (_, body) => {
    for (const options of [{}, { unknownFields: 'keep' }] as const) {
      const error = rejected(() => rewriterOf(EMAIL, options).rewrite('traces', 'protobuf', body))
      expect(error.code).toBe('invalid')
      expect(error.message).not.toMatch(/bob|shop/)
      expect(error.cause).toBeUndefined()
    }
  })

  it('packed numbers that do not divide, in metrics', () => {
    const point = (field: Buffer): Buffer => len(1, len(2, len(2, len(9, len(1, field)))))
    expect(rejected(() => rewriterOf().rewrite('metrics', 'protobuf', point(len(6, Buffer.alloc(12))))).code).toBe('invalid')
    expect(rejected(() => rewriterOf().rewrite('metrics', 'protobuf', point(len(7, Buffer.alloc(9))))).code).toBe('invalid')
    const exponential = (field: Buffer): Buffer => len(1, len(2, len(2, len(10, len(1, len(8, len(2, field)))))))
    expect(rejected(() => rewriterOf().rewrite('metrics', 'protobuf', exponential(Buffer.from([0x80])))).code).toBe('invalid')
    const good = exponential(Buffer.from([0x80, 0x01, 0x05]))
    expect(rewriterOf().rewrite('metrics', 'protobuf', good).body).toBe(good)
  })

  const badJson: Record<string, string> = {
    'no JSON': '{"resourceSpans":[}',
    'a list': '[]',
    'a string where a list belongs': '{"resourceSpans":"bob@shop.example"}',
    'a string where an object belongs': '{"resourceSpans":["bob@shop.example"]}',
    'a number where a text belongs': '{"resourceSpans":[{"schemaUrl":5}]}',
    'text behind it': '{} bob@shop.example',
    'a control character in a string': '{"resourceSpans":[{"schemaUrl":"a\nb"}]}',
    'a comma too many': '{"resourceSpans":[],}',
    'a number with a leading zero': '{"resourceSpans":[{"x":01}]}',
    ...Object.fromEntries(
      [
        '"traceId":"bob@shop.example"',
        '"traceId":"0123"',
        '"spanId":"0123456789abcdeg"',
        '"traceId":5',
        '"kind":"bob@shop.example"',
        '"kind":1.5',
        '"startTimeUnixNano":"bob@shop.example"',
        '"startTimeUnixNano":true',
        '"droppedEventsCount":"x1"',
        '"name":{"a":1}',
        '"name":["bob@shop.example"]',
        '"attributes":{}',
        '"attributes":[1]',
        '"attributes":[{"key":5}]',
        '"attributes":[{"key":"a","value":"bob@shop.example"}]',
        '"attributes":[{"key":"a","value":{"intValue":"bob@shop.example"}}]',
        '"attributes":[{"key":"a","value":{"boolValue":"bob@shop.example"}}]',
        '"attributes":[{"key":"a","value":{"doubleValue":"bob@shop.example"}}]',
        '"attributes":[{"key":"a","value":{"stringValue":5}}]',
        '"attributes":[{"key":"a","value":{"bytesValue":"bob@shop.example"}}]',
        '"attributes":[{"key":"a","value":{"arrayValue":[]}}]',
        '"attributes":[{"key":"a","value":{"arrayValue":{"values":["bob@shop.example"]}}}]',
        '"status":"bob@shop.example"',
        '"status":{"code":"STATUS_CODE_BOB"}',
        '"events":[["bob@shop.example"]]',
      ].map((member) => [member, `{"resourceSpans":[{"scopeSpans":[{"spans":[{${member}}]}]}]}`]),
    ),
  }
  it.each(Object.entries(badJson))('JSON: %s is rejected', (_, text) => {
    const error = rejected(() => rewriterOf().rewrite('traces', 'json', Buffer.from(text)))
    expect(error.code).toBe('invalid')
    expect(error.message).not.toMatch(/bob|shop|BOB/)
    expect(error.cause).toBeUndefined()
  })

  it('every truncation of a request, and what a flipped byte makes of one, is rejected or valid', () => {
    for (const signal of SIGNALS) {
      const type = requestType(signal)
      const body = encode(
        new Random(3),
        requests[signal],
        full(requests[signal], () => 'bob@shop.example', 3),
        plain,
      )
      const rewriter = rewriterOf(EMAIL, { unknownFields: 'keep' })
      let accepted = 0
      const check = (input: Buffer): void => {
        let out: Buffer
        try {
          out = rewriter.rewrite(signal, 'protobuf', input).body
        } catch (error) {
          expect((error as OtlpError).code).toBe('invalid')
          return
        }
        accepted++
        // what is let through can be read, unless its text could not be read before
        try {
          type.decode(input)
        } catch {
          return
        }
        type.decode(out)
      }
      for (let n = 0; n <= body.length; n++) check(body.subarray(0, n))
      const random = new Random(5)
      for (let k = 0; k < 1501; k++) {
        const copy = Buffer.from(body)
        for (let m = random.below(3); m >= 0; m--) copy[random.below(copy.length)] = random.below(256)
        check(copy)
      }
      expect(accepted).toBeGreaterThan(20)
      const text = Buffer.from(
        json(
          new Random(3),
          requests[signal],
          full(requests[signal], () => 'bob@shop.example', 3),
          true,
        ),
      )
      for (let n = 0; n < text.length; n += 1 + (n >> 7)) expect(rejected(() => rewriter.rewrite(signal, 'json', text.subarray(0, n))).code).toBe('invalid')
      for (let k = 0; k < 500; k++) {
        const copy = Buffer.from(text)
        copy[random.below(copy.length)] = random.below(128)
        try {
          JSON.parse(rewriter.rewrite(signal, 'json', copy).body.toString())
        } catch (error) {
          expect((error as OtlpError).code).toBe('invalid')
        }
      }
    }
  })
})

// ------------------------------------------------------------------------------------------------ limits

describe('limits', () => {
  const deep = (n: number, list: boolean): Buffer => {
    let value = len(1, 'deep bob@shop.example')
    for (let k = 0; k < n; k++) value = list ? len(5, len(1, value)) : len(6, len(1, len(1, 'k'), len(2, value)))
    return spanRequest(len(1, Buffer.alloc(16, 3)), len(5, 'GET'), attribute('a', value), attribute('b', 'c'), len(13, len(3, 'a=1')), tagged(6, 0, Buffer.from([2])))
  }
  const deepJson = (n: number): Buffer =>
    Buffer.from(
      `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${'03'.repeat(16)}","name":"GET","kind":2,"attributes":[{"key":"a","value":${'{"arrayValue":{"values":['.repeat(n)}{"stringValue":"deep bob@shop.example"}${']}}'.repeat(n)}}]}]}]}]}`,
    )

  it.each([true, false])('values 5,000 deep become the minimal record', (list) => {
    const { body, counts } = rewriterOf().rewrite('traces', 'protobuf', deep(5000, list))
    expect(body.equals(spanRequest(len(1, Buffer.alloc(16, 3)), len(5, '[MASKING FAILED]'), tagged(6, 0, Buffer.from([2]))))).toBe(true)
    expect(counts).toMatchObject({ items: 1, dropped: 0 })
  })

  it('so in JSON', () => {
    expect(JSON.parse(rewriterOf().rewrite('traces', 'json', deepJson(5000)).body.toString())).toEqual({
      resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: '03'.repeat(16), name: '[MASKING FAILED]', kind: 2 }] }] }],
    })
    expect(rejected(() => rewriterOf().rewrite('traces', 'json', Buffer.from('['.repeat(5_000_000)))).code).toBe('invalid')
  })

  it('max_depth counts the containers of the record view', () => {
    const rules = (max_depth: number): object => ({ ...EMAIL, policy: { max_depth } })
    // the record, its attributes, three lists
    expect(rewriterOf(rules(5)).rewrite('traces', 'protobuf', deep(3, true)).body.includes('[REDACTED:email]')).toBe(true)
    expect(rewriterOf(rules(4)).rewrite('traces', 'protobuf', deep(3, true)).body.includes('[MASKING FAILED]')).toBe(true)
    expect(rewriterOf(rules(5)).rewrite('traces', 'json', deepJson(3)).body.includes('[REDACTED:email]')).toBe(true)
    expect(rewriterOf(rules(4)).rewrite('traces', 'json', deepJson(3)).body.includes('[MASKING FAILED]')).toBe(true)
    for (const list of [true, false]) {
      const { body } = rewriterOf(rules(1000)).rewrite('traces', 'protobuf', deep(990, list))
      expect(body.includes('[REDACTED:email]')).toBe(true)
    }
    expect(rewriterOf(rules(1000)).rewrite('traces', 'json', deepJson(990)).body.includes('shop.example')).toBe(false)
  })

  it('under the policies drop and fail', () => {
    const drop = rewriterOf({ ...EMAIL, policy: { on_mask_error: 'drop' } }).rewrite('traces', 'protobuf', Buffer.concat([deep(200, true), spanRequest(len(5, 'GET'))]))
    expect(drop.body.equals(spanRequest(len(5, 'GET')))).toBe(true)
    expect(drop.counts).toMatchObject({ items: 2, dropped: 1 })
    expect(rejected(() => rewriterOf({ ...EMAIL, policy: { on_mask_error: 'fail' } }).rewrite('traces', 'protobuf', deep(200, true))).code).toBe('too_deep')
    expect(rejected(() => rewriterOf({ ...EMAIL, policy: { on_mask_error: 'fail' } }).rewrite('traces', 'json', deepJson(200))).code).toBe('too_deep')
  })

  it('a million attributes, and a hundred thousand keys', () => {
    const many = (n: number, key: (i: number) => string): Buffer => {
      const all: Buffer[] = []
      for (let i = 0; i < n; i++) {
        const k = Buffer.from(key(i))
        all.push(Buffer.from([0x4a, k.length + 7, 0x0a, k.length]), k, Buffer.from([0x12, 3, 0x0a, 1, 0x78]))
      }
      return spanRequest(Buffer.concat(all))
    }
    const rewriter = rewriterOf('mask-logs:default')
    for (const body of [many(1_000_000, (i) => `k${i % 500}`), many(100_000, (i) => `k${i.toString(36)}`)]) {
      const started = performance.now()
      expect(rewriter.rewrite('traces', 'protobuf', body).body).toBe(body)
      expect(performance.now() - started).toBeLessThan(10_000)
    }
  })

  it('as many names and values of one attribute take no longer than they are', () => {
    const names = Array.from({ length: 20_000 }, (_, i) => len(1, `password${i}`))
    const values = Array.from({ length: 20_000 }, (_, i) => len(2, len(1, `value ${i}`)))
    const started = performance.now()
    const out = rewriterOf('mask-logs:default').rewrite('traces', 'protobuf', spanRequest(len(9, ...names, ...values))).body
    const text = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[{${names.map((_, i) => `"key":"password${i}"`).join()},${values.map((_, i) => `"value":{"stringValue":"value ${i}"}`).join()}}]}]}]}]}`
    const other = rewriterOf('mask-logs:default').rewrite('logs', 'json', Buffer.from(text)).body
    expect(performance.now() - started).toBeLessThan(10_000)
    expect(out.includes('value 7')).toBe(false)
    expect(other.includes('value 7')).toBe(false)
  })
})

// ------------------------------------------------------------------------------------------------ UTF-8

describe('invalid UTF-8', () => {
  const odd = (...bytes: (number | string)[]): Buffer => Buffer.concat(bytes.map((b) => (typeof b === 'number' ? Buffer.from([b]) : Buffer.from(b))))
  const body = spanRequest(
    len(5, odd('x', 0xff, ' bob@shop.example ', 0xc3)),
    attribute('k', len(1, odd(0xe2, 0x82, 'plain'))),
    len(9, len(1, odd('k', 0xfe)), len(2, len(1, 'v'))),
  )

  it('stays around what is masked', () => {
    const out = rewriterOf().rewrite('traces', 'protobuf', body).body
    expect(
      out.equals(
        spanRequest(len(5, odd('x', 0xff, ' [REDACTED:email] ', 0xc3)), attribute('k', len(1, odd(0xe2, 0x82, 'plain'))), len(9, len(1, odd('k', 0xfe)), len(2, len(1, 'v')))),
      ),
    ).toBe(true)
  })

  it('is repaired where that is asked for', () => {
    const out = rewriterOf(EMAIL, { repairUtf8: true }).rewrite('traces', 'protobuf', body).body
    expect(out.equals(spanRequest(len(5, 'x\ufffd [REDACTED:email] \ufffd'), attribute('k', '\ufffdplain'), len(9, len(1, 'k\ufffd'), len(2, len(1, 'v')))))).toBe(true)
    expect(spanOf(out)['name']).toBe('x\ufffd [REDACTED:email] \ufffd')
    const good = spanRequest(len(5, 'größe'))
    expect(rewriterOf(EMAIL, { repairUtf8: true }).rewrite('traces', 'protobuf', good).body).toBe(good)
  })

  it('in JSON too', () => {
    const text = Buffer.concat([Buffer.from('{"resourceLogs":[{"schemaUrl":"a'), Buffer.from([0xff]), Buffer.from(' bob@shop.example"}]}')])
    expect(rewriterOf().rewrite('logs', 'json', text).body.toString('latin1')).toBe('{"resourceLogs":[{"schemaUrl":"a\xff [REDACTED:email]"}]}')
    expect(rewriterOf(EMAIL, { repairUtf8: true }).rewrite('logs', 'json', text).body.toString()).toBe('{"resourceLogs":[{"schemaUrl":"a\ufffd [REDACTED:email]"}]}')
  })

  it('in bytes is not for detectors, and a rule replaces them whole', () => {
    const bytes = odd(0xff, 'bob@shop.example')
    const input = spanRequest(attribute('k', len(7, bytes)))
    expect(rewriterOf().rewrite('traces', 'protobuf', input).body).toBe(input)
    const out = rewriterOf({ version: '1.0', rules: [{ keys: ['k'], masks: [{ type: 'pseudonym' }] }] }).rewrite('traces', 'protobuf', input).body
    expect(out.equals(spanRequest(attribute('k', len(7, '[REDACTED]'))))).toBe(true)
  })
})

// ------------------------------------------------------------------------------------------------ policies

describe('a mask that fails', () => {
  const throwing: MaskerOptions = {
    masks: {
      breaks: {
        type: 'breaks',
        summary: 'throws',
        input: 'A',
        settles: 'value',
        options: {},
        compile: () => (value) => {
          throw new MaskError('not_valid', 'breaks', `with data: ${String(value)}`)
        },
        examples: [],
      },
    },
  }
  const rules = (on_mask_error: string): object => ({ version: '1.0', policy: { on_mask_error }, rules: [{ keys: ['bad'], masks: [{ type: 'breaks' }] }] })
  const body = Buffer.concat([spanRequest(len(5, 'one'), attribute('bad', 'secret')), spanRequest(len(5, 'two'))])

  it('gives a failed leaf under redact', () => {
    const { body: out, counts } = rewriterOf(rules('redact'), {}, throwing).rewrite('traces', 'protobuf', body)
    expect(out.equals(Buffer.concat([spanRequest(len(5, 'one'), attribute('bad', '[MASKING FAILED]')), spanRequest(len(5, 'two'))]))).toBe(true)
    expect(counts).toMatchObject({ items: 2, dropped: 0, masked: 1 })
  })

  it('drops the item, and the envelope that is left empty', () => {
    const { body: out, counts } = rewriterOf(rules('drop'), {}, throwing).rewrite('traces', 'protobuf', body)
    expect(out.equals(spanRequest(len(5, 'two')))).toBe(true)
    expect(counts).toMatchObject({ items: 2, dropped: 1, masked: 0 })
    const text = Buffer.from(
      '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"kvlistValue":{"values":[{"key":"bad","value":{"stringValue":"secret"}}]}}},{"severityText":"INFO"}]}]}]}',
    )
    expect(rewriterOf(rules('drop'), {}, throwing).rewrite('logs', 'json', text).body.toString()).toBe(
      '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityText":"INFO"}]}]}]}',
    )
  })

  it('fails the request', () => {
    const error = rejected(() => rewriterOf(rules('fail'), {}, throwing).rewrite('traces', 'protobuf', body))
    expect(error.code).toBe('mask_failed')
    expect(error.message).not.toContain('secret')
    expect(error.cause).toBeUndefined()
  })

  it('in a resource counts for all that stands under it', () => {
    const resource = (key: string, ...spans: Buffer[]): Buffer => len(1, len(1, len(1, len(1, key), len(2, len(1, 'secret')))), len(2, ...spans.map((span) => len(2, span))))
    const two = Buffer.concat([resource('bad', len(5, 'one'), len(5, 'two')), resource('good', len(5, 'three'))])
    const drop = rewriterOf(rules('drop'), {}, throwing).rewrite('traces', 'protobuf', two)
    expect(drop.body.equals(resource('good', len(5, 'three')))).toBe(true)
    expect(drop.counts).toMatchObject({ items: 3, dropped: 2 })
    const redact = rewriterOf(rules('redact'), {}, throwing).rewrite('traces', 'protobuf', two)
    expect(redact.counts).toMatchObject({ items: 3, dropped: 0, masked: 1 })
    const json = Buffer.from('{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"one"},{}]}],"resource":{"attributes":[{"key":"bad","value":{"stringValue":"secret"}}]}},{}]}')
    expect(rewriterOf(rules('drop'), {}, throwing).rewrite('traces', 'json', json)).toMatchObject({ body: Buffer.from('{"resourceSpans":[{}]}'), counts: { items: 2, dropped: 2 } })
  })

  it('in the name of a metric counts for its data points', () => {
    const named = { version: '1.0', policy: { on_mask_error: 'drop' }, rules: [{ paths: ['description'], masks: [{ type: 'breaks' }] }] }
    const metric = (...fields: Buffer[]): Buffer => len(1, len(2, len(2, ...fields)))
    const body = Buffer.concat([metric(len(2, 'secret'), len(5, len(1), len(1))), metric(len(1, 'good'), len(5, len(1)))])
    const { body: out, counts } = rewriterOf(named, {}, throwing).rewrite('metrics', 'protobuf', body)
    expect(out.equals(metric(len(1, 'good'), len(5, len(1))))).toBe(true)
    expect(counts).toMatchObject({ items: 3, dropped: 2 })
  })

  it('is counted by the masker, and the masker can be used again', () => {
    const masker = createMasker(rules('redact'), { runSecret, ...throwing })
    const rewriter = createRewriter(masker)
    rewriter.rewrite('traces', 'protobuf', body)
    expect(masker.stats()).toMatchObject({ records: 2, errors: { not_valid: 1 } })
    expect(() => rewriter.rewrite('traces', 'protobuf', Buffer.from([7]))).toThrow(OtlpError)
    expect(masker.text('x')).toBe('x')
    masker.close()
    expect(() => rewriter.rewrite('traces', 'protobuf', body)).toThrow(/closed/)
  })
})

describe('policy.verify', () => {
  it('hides what a rule has let through', () => {
    const key = `ghp_${'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3gH6'}`
    const rules = { version: '1.0', policy: { verify: true }, rules: [{ keys: ['released'], masks: [{ type: 'do_nothing' }] }] }
    const out = rewriterOf(rules).rewrite('traces', 'protobuf', spanRequest(attribute('released', key), attribute('b', 'c'))).body
    expect(out.equals(spanRequest(attribute('released', '[MASKING FAILED]'), attribute('b', 'c')))).toBe(true)
  })
})

// ------------------------------------------------------------------------------------------------ metrics

describe('data points', () => {
  const defaults = { version: '1.0', rules: [{ detect: ['named_secret', 'jwt'] }, { detect: ['email'], masks: [{ type: 'redact' }] }] }
  const point = (...attributes: [string, string][]): Obj => ({ as_int: '1', attributes: attributes.map(([key, value]) => ({ key, value: { string_value: value } })) })
  const metrics = (...points: Obj[]): Obj => ({ resource_metrics: [{ scope_metrics: [{ metrics: [{ name: 'm', sum: { data_points: points } }] }] }] })
  const rewritten = (ruleset: object, value: Obj) => {
    const { body, counts } = rewriterOf(ruleset).rewrite('metrics', 'protobuf', encode(r, requests.metrics, value, plain))
    const text = Buffer.from(json(r, requests.metrics, value, false))
    const other = rewriterOf(ruleset).rewrite('metrics', 'json', text)
    expect(other.counts).toEqual(counts)
    const after = decoded('metrics', body) as Loose
    return {
      points: after.resource_metrics[0].scope_metrics[0].metrics[0].sum.data_points.map((p: Loose) => p.attributes.map((a: Loose) => a.value.string_value)) as string[][],
      counts,
    }
  }

  it('stay apart: what is redacted by default is pseudonymised', () => {
    const { points, counts } = rewritten(defaults, metrics(point(['password', 'hunter2hunter2']), point(['password', 'hunter3hunter3']), point(['password', 'hunter2hunter2'])))
    expect(points[0]![0]).toMatch(/^named_secret_[a-z2-7]{16}$/)
    expect(points[1]![0]).toMatch(/^named_secret_[a-z2-7]{16}$/)
    expect(points[1]![0]).not.toBe(points[0]![0])
    expect(points[2]![0]).toBe(points[0]![0])
    expect(counts.seriesCollisions).toBe(0)
  })

  it('are counted where a rule makes them one', () => {
    const { points, counts } = rewritten(
      defaults,
      metrics(point(['to', 'bob@shop.example']), point(['to', 'ann@shop.example']), point(['to', 'bob@shop.example']), point(['to', 'x'])),
    )
    expect(points).toEqual([['[REDACTED]'], ['[REDACTED]'], ['[REDACTED]'], ['x']])
    expect(counts.seriesCollisions).toBe(1)
    const removed = rewritten(
      { version: '1.0', rules: [{ keys: ['to'], masks: [{ type: 'remove' }] }] },
      metrics(point(['a', '1'], ['to', 'x']), point(['to', 'y'], ['a', '1']), point(['a', '2'], ['to', 'x'])),
    )
    expect(removed.points).toEqual([['1'], ['1'], ['2']])
    expect(removed.counts.seriesCollisions).toBe(1)
  })

  it('only they: exemplars, names and spans keep the default', () => {
    const value = {
      resource_metrics: [
        {
          scope_metrics: [
            {
              metrics: [
                {
                  name: 'password=hunter2hunter2',
                  gauge: { data_points: [{ exemplars: [{ filtered_attributes: [{ key: 'password', value: { string_value: 'hunter2hunter2' } }] }] }] },
                },
              ],
            },
          ],
        },
      ],
    }
    const out = rewriterOf(defaults)
      .rewrite('metrics', 'protobuf', encode(r, requests.metrics, value, plain))
      .body.toString('latin1')
    expect(out.match(/\[REDACTED:named_secret\]/g)).toHaveLength(2)
  })
})

// ------------------------------------------------------------------------------------------------ beside the record view

describe('fields with rules of their own', () => {
  it('trace states stay valid', () => {
    const state = (ruleset: object, text: string): string | undefined => {
      const input = spanRequest(len(3, text), len(13, len(3, text)))
      const out = spanOf(rewriterOf(ruleset).rewrite('traces', 'protobuf', input).body)
      const other = JSON.parse(
        rewriterOf(ruleset)
          .rewrite('traces', 'json', Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ traceState: text }] }] }] })))
          .body.toString(),
      )
      const own = (out['trace_state'] as string | undefined) || undefined
      expect(((out['links'] as Obj[])[0]!['trace_state'] as string | undefined) || undefined).toBe(own)
      expect(other.resourceSpans[0].scopeSpans[0].spans[0].traceState).toBe(own)
      return own
    }
    expect(state(EMAIL, 'a=1,v=bob@shop.example,b=2')).toBe('a=1,v=[REDACTED:email],b=2')
    expect(state({ version: '1.0', rules: [{ detect: ['email'], masks: [{ type: 'from_fixed', value: 'a=b,c' }] }] }, 'a=1,v=bob@shop.example')).toBe('a=1')
    expect(state({ version: '1.0', rules: [{ detect: ['email'], masks: [{ type: 'from_fixed', value: 'größe' }] }] }, 'v=bob@shop.example')).toBeUndefined()
    expect(state(EMAIL, 'bob@shop.example=1,a=1')).toBe('a=1')
    expect(state({ version: '1.0', rules: [{ keys: ['trace_state'], masks: [{ type: 'redact' }] }] }, 'a=1,b=2')).toBe('a=[REDACTED],b=[REDACTED]')
    expect(
      state(
        { version: '1.0', rules: [{ detect: ['email'], masks: [{ type: 'from_fixed', value: 'x'.repeat(250) }] }] },
        `a=bob@shop.example,${'k'.repeat(100)}=${'v'.repeat(200)},b=ann@shop.example`,
      ),
    ).toBe(`${'k'.repeat(100)}=${'v'.repeat(200)}`)
    expect(state(EMAIL, `odd,,=,${'x'.repeat(600)}`)).toBe(`odd,,=,${'x'.repeat(600)}`)
  })

  it('keys are masked, and none repeats a sibling', () => {
    const out = spanOf(
      rewriterOf().rewrite('traces', 'protobuf', spanRequest(attribute('bob@shop.example', '1'), attribute('ann@shop.example', '2'), attribute('[REDACTED:email]~2', '3'))).body,
    )
    expect((out['attributes'] as Obj[]).map((a) => a['key'])).toEqual(['[REDACTED:email]', '[REDACTED:email]~3', '[REDACTED:email]~2'])
    const off = spanRequest(attribute('bob@shop.example', '1'))
    expect(rewriterOf({ ...EMAIL, policy: { scan_keys: false } }).rewrite('traces', 'protobuf', off).body).toBe(off)
  })

  it('entities go on referring to the keys of their resource', () => {
    const rules = { version: '1.0', rules: [{ keys: ['host.id'], masks: [{ type: 'remove' }] }, { keys: ['gone'], masks: [{ type: 'remove' }] }, ...EMAIL.rules] }
    const kv = (key: string, value: string): Obj => ({ key, value: { string_value: value } })
    const value = {
      resource_spans: [
        {
          resource: {
            attributes: [kv('gone', '1'), kv('host.id', 'h1'), kv('id of bob@shop.example', '2'), kv('id of ann@shop.example', '3')],
            entity_refs: [{ type: 'host bob@shop.example', id_keys: ['host.id', 'id of ann@shop.example'], description_keys: ['id of bob@shop.example'] }],
          },
        },
      ],
    }
    for (const shuffled of [false, true]) {
      for (let seed = 0; seed < 8; seed++) {
        const after = decoded('traces', rewriterOf(rules).rewrite('traces', 'protobuf', encode(new Random(seed), requests.traces, value, { ...plain, shuffled })).body) as Loose
        const { attributes, entity_refs } = after.resource_spans[0].resource
        const names = attributes.map((a: Loose) => a.key)
        expect(attributes.map((a: Loose) => a.value.string_value)).toEqual(['[REDACTED]', '2', '3'])
        expect(new Set(names).size).toBe(3)
        expect(entity_refs[0].id_keys).toEqual(['host.id', names[2]])
        expect(entity_refs[0].description_keys).toEqual([names[1]])
        expect(entity_refs[0].type).toBe('host [REDACTED:email]')
      }
    }
    const text = JSON.parse(
      rewriterOf(rules)
        .rewrite('traces', 'json', Buffer.from(json(r, requests.traces, value, false)))
        .body.toString(),
    )
    expect(text.resourceSpans[0].resource).toEqual({
      attributes: [
        { key: 'host.id', value: { stringValue: '[REDACTED]' } },
        { key: 'id of [REDACTED:email]', value: { stringValue: '2' } },
        { key: 'id of [REDACTED:email]~2', value: { stringValue: '3' } },
      ],
      entityRefs: [{ type: 'host [REDACTED:email]', idKeys: ['host.id', 'id of [REDACTED:email]~2'], descriptionKeys: ['id of [REDACTED:email]'] }],
    })
  })

  it('a stamp is added to each resource, and a request that carries it is refused', () => {
    const options = { stamp: 'abc123' }
    const inputs = [
      spanRequest(len(5, 'x')),
      Buffer.concat([len(1, len(1), len(2, len(2, len(5, 'x')))), spanRequest(len(5, 'y'))]),
      len(1, len(1, len(1, len(1, 'service.name'), len(2, len(1, 'shop'))))),
    ]
    for (const input of inputs) {
      const out = rewriterOf(EMAIL, options).rewrite('traces', 'protobuf', input).body
      const after = decoded('traces', out) as Loose
      for (const { resource } of after.resource_spans) expect(resource.attributes.at(-1)).toEqual({ key: 'mask_logs.hop', value: { string_value: 'abc123' } })
      expect(rejected(() => rewriterOf(EMAIL, options).rewrite('traces', 'protobuf', out)).code).toBe('hop')
      const others = rewriterOf(EMAIL, { stamp: 'def456' }).rewrite('traces', 'protobuf', out).body
      expect(rejected(() => rewriterOf(EMAIL, options).rewrite('traces', 'protobuf', others)).code).toBe('hop')
    }
    const removing = { version: '1.0', rules: [{ keys: ['gone'], masks: [{ type: 'remove' }] }] }
    for (const text of [
      '{"resourceLogs":[{}]}',
      '{"resourceLogs":[ {"x":"y","schemaUrl":null } ]}',
      '{"resourceLogs":[{"resource":{}}]}',
      '{"resourceLogs":[{"resource":{"attributes":[]}}]}',
      '{"resourceLogs":[{"resource":{"x":[],"attributes":[{"key":"gone"}, {"key":"gone"}]}}]}',
      '{"resourceLogs":[{"resource":{"attributes":[{"key":"gone"},{"key":"a"} ,{"key":"gone"}]},"x":"y"}]}',
    ]) {
      const out = rewriterOf(removing, options).rewrite('logs', 'json', Buffer.from(text)).body
      const hops = (JSON.parse(out.toString()) as Loose).resourceLogs.map((l: Loose) => l.resource.attributes.filter((a: Loose) => a.key === 'mask_logs.hop'))
      expect(hops).toEqual([[{ key: 'mask_logs.hop', value: { stringValue: 'abc123' } }]])
      expect(out.includes('gone')).toBe(false)
      expect(rejected(() => rewriterOf(removing, options).rewrite('logs', 'json', out)).code).toBe('hop')
    }
  })

  it('names and bytes are told by what a value holds, not by how it begins', () => {
    const rules = {
      version: '1.0',
      rules: [
        { keys: ['cookie'], masks: [{ type: 'redact' }] },
        { keys: ['box'], whole: true, masks: [{ type: 'json', transforms: [{ path: ['b'], masks: [{ type: 'redact' }] }] }] },
      ],
    }
    const number = tagged(50, 0, Buffer.from([1]))
    const pair = len(5, len(1, len(5, len(1, number, len(1, 'Cookie')), len(1, number, tagged(3, 0, Buffer.from([5]))))))
    const box = len(6, len(1, len(1, 'b'), len(2, len(7, Buffer.from([255, 254])))), len(1, len(1, 'c'), len(2, len(7, 'text'))))
    const out = spanOf(rewriterOf(rules).rewrite('traces', 'protobuf', spanRequest(attribute('p', pair), attribute('box', box))).body)['attributes'] as Loose[]
    expect(out[0].value.array_value.values[0].array_value.values).toEqual([{ string_value: 'Cookie' }, { string_value: '[REDACTED]' }])
    expect(out[1].value.kvlist_value.values.map((entry: Loose) => entry.value)).toEqual([{ bytes_value: Buffer.from('[REDACTED]') }, { bytes_value: Buffer.from('text') }])
  })

  it('a stamp is added to a resource of which nothing else is left', () => {
    const rules = { ...EMAIL, policy: { max_depth: 3 } }
    const deep = '{"resourceLogs":[{"resource":{"droppedAttributesCount":1,"attributes":[{"key":"a","value":{"arrayValue":{"values":[{"arrayValue":{}}]}}}]}}]}'
    expect(JSON.parse(rewriterOf(rules, { stamp: 'abc123' }).rewrite('logs', 'json', Buffer.from(deep)).body.toString())).toEqual({
      resourceLogs: [{ resource: { droppedAttributesCount: 1, attributes: [{ key: 'mask_logs.hop', value: { stringValue: 'abc123' } }] } }],
    })
    const body = len(1, len(1, len(1, len(1, 'a'), len(2, len(5, len(1, len(5)))))))
    const after = decoded('logs', rewriterOf(rules, { stamp: 'abc123' }).rewrite('logs', 'protobuf', body).body) as Loose
    expect(after.resource_logs[0].resource).toEqual({ attributes: [{ key: 'mask_logs.hop', value: { string_value: 'abc123' } }] })
  })

  it('names beside values name them, in maps and in lists', () => {
    const rules = { version: '1.0', rules: [{ keys: ['cookie'], masks: [{ type: 'redact' }] }] }
    const kv = (key: string, value: Obj): Obj => ({ key, value })
    const text = (string_value: string): Obj => ({ string_value })
    const list = (...values: Obj[]): Obj => ({ array_value: { values } })
    const map = (...values: Obj[]): Obj => ({ kvlist_value: { values } })
    const attributes = [
      kv(
        'headers',
        list(
          map(kv('name', text('Cookie')), kv('value', text('a=b1'))),
          map(kv('value', text('a=b2')), kv('name', text('cookie'))),
          list(text('cookie'), text('a=b3')),
          map(kv('name', text('other')), kv('value', text('a=b4'))),
        ),
      ),
      kv('rawHeaders', list(text('Host'), text('shop'), text('Cookie'), text('a=b5'))),
    ]
    const value = { resource_spans: [{ scope_spans: [{ spans: [{ attributes }] }] }] }
    const out = rewriterOf(rules)
      .rewrite('traces', 'protobuf', encode(r, requests.traces, value, plain))
      .body.toString('latin1')
    expect(out.match(/a=b\d/g)).toEqual(['a=b4'])
    const other = rewriterOf(rules)
      .rewrite('traces', 'json', Buffer.from(json(r, requests.traces, value, true)))
      .body.toString()
    expect(other.match(/a=b\d/g)).toEqual(['a=b4'])
  })
})

// ------------------------------------------------------------------------------------------------ records taken whole

describe('rules that take records, or parts of them, as a whole', () => {
  const both = (ruleset: object, value: Obj): [Obj, Obj] => {
    const out = rewriterOf(ruleset).rewrite('traces', 'protobuf', encode(r, requests.traces, value, plain)).body
    const text = rewriterOf(ruleset).rewrite('traces', 'json', Buffer.from(json(r, requests.traces, value, false))).body
    return [decoded('traces', out), JSON.parse(text.toString()) as Obj]
  }
  const text = (key: string, string_value: string): Obj => ({ key, value: { string_value } })
  const value = (): Obj => ({
    resource_spans: [
      {
        resource: { attributes: [text('service.name', 'shop'), text('owner', 'bob')] },
        scope_spans: [
          {
            scope: { name: 'lib' },
            spans: [
              {
                trace_id: Buffer.alloc(16, 1),
                name: 'GET',
                kind: 2,
                attributes: [text('a', 'x'), { key: 'n', value: { int_value: '5' } }],
                events: [{ name: 'e1', attributes: [text('k', 'v1')] }, { name: 'e2' }],
                status: { code: 1, message: 'm' },
              },
            ],
          },
        ],
      },
    ],
  })

  it('a json mask without a selector', () => {
    const rules = {
      version: '1.0',
      rules: [
        {
          masks: [
            {
              type: 'json',
              transforms: [
                { path: ['attributes', 'a'], on_missing: 'error', masks: [{ type: 'from_fixed', value: 'A' }] },
                { path: ['resource', 'attributes', 'owner'], masks: [{ type: 'redact' }] },
                { path: ['events', '*', 'name'], masks: [{ type: 'from_fixed', value: 'E' }] },
              ],
            },
          ],
        },
      ],
    }
    const [protobuf, json] = both(rules, value())
    for (const out of [JSON.stringify(protobuf), JSON.stringify(json)]) {
      expect(out).not.toMatch(/bob|"e1"|"e2"|"x"/)
      expect(out.match(/"E"/g)).toHaveLength(2)
      expect(out).toContain('"A"')
      expect(out).toContain('shop')
    }
    const after = (protobuf as Loose).resource_spans[0].scope_spans[0].spans[0]
    expect(after).toMatchObject({ kind: 2, name: 'GET', status: { code: 1, message: 'm' }, attributes: [text('a', 'A'), { key: 'n', value: { int_value: '5' } }] })
    const masker = createMasker(rules, { runSecret })
    createRewriter(masker).rewrite('traces', 'protobuf', encode(r, requests.traces, value(), plain))
    expect(masker.stats().errors).toEqual({})
  })

  it('a mask that replaces the record leaves the minimal one', () => {
    const [protobuf, json] = both({ version: '1.0', rules: [{ masks: [{ type: 'from_fixed', value: 'X' }] }] }, value())
    const after = (protobuf as Loose).resource_spans[0].scope_spans[0].spans[0]
    expect(after).toEqual({ trace_id: Buffer.alloc(16, 1), name: '[MASKING FAILED]', kind: 2, status: { code: 1, message: '[MASKING FAILED]' } })
    expect((json as Loose).resourceSpans[0].scopeSpans[0].spans[0]).toEqual({
      traceId: '01'.repeat(16),
      name: '[MASKING FAILED]',
      kind: 2,
      status: { code: 1, message: '[MASKING FAILED]' },
    })
    expect(JSON.stringify([protobuf, json])).not.toContain('bob')
  })

  it('remove, of lists and of their items', () => {
    const [all, allJson] = both({ version: '1.0', rules: [{ paths: ['events', 'resource.attributes'], masks: [{ type: 'remove' }] }] }, value())
    expect((all as Loose).resource_spans[0].resource.attributes ?? []).toEqual([])
    expect((all as Loose).resource_spans[0].scope_spans[0].spans[0].events ?? []).toEqual([])
    expect(JSON.stringify(allJson)).not.toMatch(/e1|e2|bob/)
    const [one, oneJson] = both({ version: '1.0', rules: [{ paths: ['events[0]'], masks: [{ type: 'remove' }] }] }, value())
    expect((one as Loose).resource_spans[0].scope_spans[0].spans[0].events).toEqual([{ name: 'e2' }])
    expect((oneJson as Loose).resourceSpans[0].scopeSpans[0].spans[0].events).toEqual([{ name: 'e2' }])
  })

  it('indexes of lists tell their items apart', () => {
    const [out] = both({ version: '1.0', rules: [{ paths: ['events[1].name'], masks: [{ type: 'redact' }] }] }, value())
    expect((out as Loose).resource_spans[0].scope_spans[0].spans[0].events.map((e: Loose) => e.name)).toEqual(['e1', '[REDACTED]'])
  })
})

// ------------------------------------------------------------------------------------------------ the masker around it

describe('the masker', () => {
  it('agrees with its other entries, and counts', () => {
    const masker = createMasker('mask-logs:default', { runSecret })
    const rewriter = createRewriter(masker)
    const out = rewriter.rewrite('traces', 'protobuf', spanRequest(attribute('note', 'mail bob@shop.example'), attribute('b', 'mail bob@shop.example')))
    const expected = masker.text('mail bob@shop.example')
    expect((spanOf(out.body)['attributes'] as Loose[]).map((a) => a.value.string_value)).toEqual([expected, expected])
    expect(out.counts.masked).toBe(2)
    expect(masker.stats()).toMatchObject({ records: 1, byDetector: { email: 3 } })
  })

  it('remembers no text of one place for another', () => {
    const rules = { version: '1.0', rules: [{ keys: ['a'], masks: [{ type: 'partial' }] }, ...EMAIL.rules] }
    const rewriter = rewriterOf(rules)
    const body = spanRequest(attribute('a', 'bob@shop.example'), attribute('b', 'bob@shop.example'), attribute('c', 'plain@text'))
    const first = rewriter.rewrite('traces', 'protobuf', body)
    for (let k = 0; k < 4; k++) expect(rewriter.rewrite('traces', 'protobuf', body)).toEqual(first)
    expect((spanOf(first.body)['attributes'] as Loose[]).map((a) => a.value.string_value)).toEqual(['************mple', '[REDACTED:email]', 'plain@text'])
  })

  it('gives random results anew', () => {
    const rewriter = rewriterOf({
      version: '1.0',
      rules: [
        { keys: ['a'], hash_sources: [], masks: [{ type: 'pseudonym' }] },
        { detect: ['email'], hash_sources: [], masks: [{ type: 'pseudonym' }] },
      ],
    })
    const body = spanRequest(attribute('a', 'x'), attribute('b', 'mail bob@shop.example'))
    const seen = new Set(Array.from({ length: 6 }, () => rewriter.rewrite('traces', 'protobuf', body).body.toString('latin1')))
    expect(seen.size).toBe(6)
  })

  it('must be one of createMasker', () => {
    expect(() => createRewriter({} as never)).toThrow(/createMasker/)
  })
})
