// Bodies cut anywhere: what comes out does not depend on how they came, and of events only values change.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMasker } from '../../src/index.ts'
import { HttpMaskError } from '../../transports/http/index.ts'
import { mediaType } from '../../transports/http/kinds.ts'
import { Store } from '../../transports/http/store.ts'
import { EventFeed } from '../../transports/http/sse.ts'
import { createBodyMask, type MaskedKind } from '../../transports/http/body.ts'
import { maskUrl } from '../../transports/http/url.ts'
import { CANARY, leaks, record, runSecret } from './support.ts'

const masker = createMasker(undefined, { runSecret, policy: { on_mask_error: 'fail' } })
const text = JSON.stringify(record)
const MAX = 1 << 20
const utf8 = { charset: undefined, headless: false }

function masked(kind: MaskedKind, chunks: readonly Buffer[], charset?: string): Buffer {
  const body = createBodyMask(masker, kind, { charset, headless: false }, MAX)
  const out = chunks.map((chunk) => {
    const given = Buffer.from(chunk)
    const part = body.push(given)
    // The chunk is the caller's again.
    given.fill(0x2a)
    return part
  })
  return Buffer.concat([...out, body.end()])
}

const bodies: readonly (readonly [MaskedKind, string])[] = [
  ['json', ` {"a":4823.50,"b":[9007199254740993],"email":"${CANARY.email}","ü":"ß 🐦"}\n`],
  ['ndjson', `${text}\r\n\n{"a":1}\n${text}`],
  ['text', `mail ${CANARY.email}\r\ncard ${CANARY.card} ü\n\npassword=${CANARY.password}`],
  ['csv', `id,email,note\r\n1,${CANARY.email},"a ""b""\r\n${CANARY.card}"\r\n2,,`],
  ['tsv', `id\temail\n1\t${CANARY.email}\n`],
  ['scan', text],
  ['scan', `not json: ${CANARY.email}\n`],
  [
    'sse',
    `\ufeff: hello ${CANARY.email}\nevent: user\r\nid: 7\ndata: ${text}\r\n\r\nretry: 3000\rdata:first\rdata: second ${CANARY.card}\r\rdata\ndata:\n\nid\ndata: {"a":\ndata: "${CANARY.email}"}\n\n\n\nx: ${CANARY.email}\ndata: [DONE]\n\ndata: tail ${CANARY.email}`,
  ],
]

describe('a body cut in two', () => {
  it.each(bodies)('%s gives the same at every byte', (kind, body) => {
    const bytes = Buffer.from(body)
    const whole = masked(kind, [bytes]).toString()
    expect(leaks(whole)).toEqual([])
    expect(whole).not.toBe(body)
    for (let at = 0; at <= bytes.length; at++) expect(masked(kind, [bytes.subarray(0, at), bytes.subarray(at)]).toString()).toBe(whole)
    expect(
      masked(
        kind,
        [...bytes].map((byte) => Buffer.from([byte])),
      ).toString(),
    ).toBe(whole)
  })

  it.each(bodies)('%s gives the same in any pieces', (kind, body) => {
    const bytes = Buffer.from(body)
    const whole = masked(kind, [bytes]).toString()
    fc.assert(
      fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 12 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length]
        expect(
          masked(
            kind,
            at.slice(1).map((end, i) => bytes.subarray(at[i], end)),
          ).toString(),
        ).toBe(whole)
      }),
      { numRuns: 100 },
    )
  })

  it('in another charset too', () => {
    const bytes = Buffer.from(`größe ${CANARY.email} 🐦`, 'utf16le')
    const whole = masked('text', [bytes], 'utf-16le').toString()
    expect(whole).toBe(masker.text(`größe ${CANARY.email} 🐦`))
    for (let at = 0; at <= bytes.length; at++) expect(masked('text', [bytes.subarray(0, at), bytes.subarray(at)], 'utf-16le').toString()).toBe(whole)
  })
})

describe('text that is not what it seems', () => {
  it('is refused: UTF-16 that browsers would tell by its first bytes', () => {
    for (const kind of ['text', 'ndjson', 'sse', 'csv', 'scan'] as const) {
      expect(() => masked(kind, [Buffer.from(`\ufeff${CANARY.email}\n\n`, 'utf16le')])).toThrow(HttpMaskError)
    }
    expect(() => masked('json', [Buffer.from(text, 'utf16le')])).toThrow(expect.objectContaining({ code: 'not_json' }))
  })

  it('is a table without names where its type says so', () => {
    const rules = createMasker({ version: '1.0', rules: [{ keys: ['2'], masks: [{ type: 'redact' }] }] })
    const body = createBodyMask(rules, 'csv', mediaType('text/csv; header=absent'), MAX)
    expect(Buffer.concat([body.push(Buffer.from('a,b\nc,d\n')), body.end()]).toString()).toBe('a,[REDACTED]\nc,[REDACTED]\n')
  })
})

describe('what is collected', () => {
  it('is what was given, in pieces of any size', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 40_000 })), { maxLength: 60 }), (sizes) => {
        const store = new Store()
        const parts = sizes.map((size, i) => Buffer.alloc(size, i))
        for (const part of parts) {
          const given = Buffer.from(part)
          store.add(given)
          given.fill(0xff)
        }
        const whole = Buffer.concat(parts)
        expect(store.size).toBe(whole.length)
        expect(store.take().equals(whole)).toBe(true)
        expect(store.take().length).toBe(0)
      }),
      { numRuns: 50 },
    )
  })
})

/** The events of a stream as a client reads them (the HTML standard, 9.2.6), fields that it ignores included. */
function parse(stream: string): { readonly data: string | undefined; readonly fields: string[] }[] {
  const events: { data: string | undefined; fields: string[] }[] = []
  let data: string[] | undefined
  let fields: string[] = []
  for (const line of stream.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)) {
    if (line === '') {
      if (fields.length > 0 || data !== undefined) events.push({ data: data?.join('\n'), fields })
      data = undefined
      fields = []
      continue
    }
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') data = [...(data ?? []), value]
    else fields.push(`${field}:${value}`)
  }
  if (fields.length > 0 || data !== undefined) events.push({ data: data?.join('\n'), fields })
  return events
}

const end = fc.constantFrom('\n', '\r\n', '\r')
const word = fc.constantFrom('', ' ', 'plain', ' two  spaces', '{"a":1}', text, CANARY.email, `x ${CANARY.card}`, '[DONE]', '{"broken":', '"', 'ü🐦', 'data: x', ':')
const line = fc.tuple(fc.constantFrom('data: ', 'data:', 'data', 'event: ', 'id:', 'retry: ', ': ', ':', 'other: ', 'dataset: '), word, end).map(([head, value, terminator]) => {
  return `${head}${head === 'data' ? '' : value}${terminator}`
})
const stream = fc.array(fc.tuple(fc.array(line, { maxLength: 5 }), end), { maxLength: 6 }).map((events) => events.map(([lines, blank]) => lines.join('') + blank).join(''))

describe('server-sent events', () => {
  it('keep their framing, and each value is masked as it would be by itself', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat({ max: 2000 }), { maxLength: 6 }), (body, cuts) => {
        const bytes = Buffer.from(body)
        const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]
        const out = masked(
          'sse',
          at.slice(1).map((to, i) => bytes.subarray(at[i], to)),
        ).toString()
        expect(leaks(out)).toEqual([])
        const one = (value: string): string => (value === '' ? '' : masker.text(value))
        const expected = parse(body).map(({ data, fields }) => ({
          data: data === undefined || data === '' ? data : masker.json(data),
          fields: fields.map((field) => {
            const colon = field.indexOf(':')
            const [name, value] = [field.slice(0, colon), field.slice(colon + 1)]
            // Of fields that nobody knows, the line as a whole is text.
            return ['event', 'id', 'retry', ''].includes(name) ? `${name}:${one(value)}` : parse(one(`${name}: ${value}`))[0]!.fields[0]!
          }),
        }))
        expect(parse(out)).toEqual(expected)
        // What has nothing to mask is the same, byte for byte.
        if (expected.every((event, i) => JSON.stringify(event) === JSON.stringify(parse(body)[i]))) expect(out).toBe(body)
      }),
      { numRuns: 500 },
    )
  })

  it('come out as soon as their empty line is there', () => {
    const body = createBodyMask(masker, 'sse', utf8, MAX)
    expect(body.push(Buffer.from('data: a\r')).toString()).toBe('')
    expect(body.push(Buffer.from('\n\r')).toString()).toBe('data: a\r\n\r')
    expect(body.push(Buffer.from('\ndata: b\n\n')).toString()).toBe('\ndata: b\n\n')
    expect(body.end().length).toBe(0)
  })

  it('take replacements of several lines as more lines of data, never as fields', () => {
    const poisoned = createMasker({ version: '1.0', rules: [{ detect: ['email'], masks: [{ type: 'from_fixed', value: 'a\nid: 9\r\nevent: x\rb' }] }] })
    const body = createBodyMask(poisoned, 'sse', utf8, MAX)
    const event = `event: ${CANARY.email}\ndata: ${CANARY.email}\nid: 1\n\n`
    expect(Buffer.concat([body.push(Buffer.from(event)), body.end()]).toString()).toBe('event: a id: 9 event: x b\ndata: a id: 9 event: x b\nid: 1\n\n')
    // Masks of text keep to one line by themselves; what would not is framed.
    const feed = new EventFeed({ data: () => ' a\nid: 9\r\nevent: x\rb', text: () => 'a\nid: 9' }, MAX)
    expect(feed.push(Buffer.from('event: x\ndata:y\nid: 1\n\n')).toString()).toBe('event: a id: 9\ndata:  a\ndata:id: 9\ndata:event: x\ndata:b\nid: a id: 9\n\n')
    const fewer = new EventFeed({ data: () => 'one', text: (value) => value }, MAX)
    expect(fewer.push(Buffer.from('data: x\ndata: y\nid: 1\ndata: z\n\n')).toString()).toBe('data: one\nid: 1\n\n')
    const none = new EventFeed({ data: () => undefined, text: (value) => value }, MAX)
    expect(none.push(Buffer.from('data: x\n\ndata\n\n')).toString()).toBe('data\n\n')
  })

  it('of more than the limit are refused, in one piece and in many', () => {
    const long = Buffer.from(`data: ${'x'.repeat(3000)}\n\n`)
    const limited = (chunks: readonly Buffer[]): void => {
      const body = createBodyMask(masker, 'sse', utf8, 2000)
      for (const chunk of chunks) body.push(chunk)
      body.end()
    }
    expect(() => limited([long])).toThrow(expect.objectContaining({ code: 'oversize' }))
    expect(() => limited([...long].map((byte) => Buffer.from([byte])))).toThrow(expect.objectContaining({ code: 'oversize' }))
    expect(() => limited([Buffer.from('data: a\n\n'.repeat(2000))])).not.toThrow()
  })
})

describe('URLs', () => {
  const rules = createMasker({
    version: '1.0',
    rules: [
      { keys: ['name', 'user'], masks: [{ type: 'from_fixed', value: 'no/body?&#=é' }] },
      { keys: ['gone'], masks: [{ type: 'remove' }] },
      { detect: ['email'], masks: [{ type: 'redact', label: 'email' }] },
    ],
  })
  const fixed = 'no%2Fbody%3F%26%23%3D%C3%A9'
  it.each([
    ['/a?name=Jane%20D&b=1', `/a?name=${fixed}&b=1`, {}],
    ['/a?name=Jane+D#name=x', `/a?name=${fixed}#name=no%2Fbody%3F%26%23=%C3%A9`, {}],
    ['/users/Jane%20D/x?b=%7e', `/users/${fixed}/x?b=%7e`, { user: 'Jane D' }],
    ['/users/5/items/5', `/users/${fixed}/items/${fixed}`, { user: '5', item: '5' }],
    ['/a?gone=1&b=2', '/a?b=2', {}],
    ['/a?gone=1', '/a', {}],
    ['/a?&=&b&c=', '/a?&=&b&c=', {}],
    ['/a?x=%zz', '/a?x=%zz', {}],
    [`https://h.example/${CANARY.email}/?q=${encodeURIComponent(CANARY.email)}`, 'https://h.example/[REDACTED:email]/?q=[REDACTED:email]', {}],
    ['', '', {}],
    [`/?${'a=1&'.repeat(1001)}b=2`, `/?${'a=1&'.repeat(1000)}a=[REDACTED]&b=[REDACTED]`, {}],
    ['*', '*', {}],
  ])('%.60s', (url, out, params) => {
    expect(maskUrl(rules, url, params)).toBe(out)
  })

  it('without anything to mask stay as they are', () => {
    const quiet = createMasker({ version: '1.0', rules: [{ keys: ['none'], masks: [{ type: 'redact' }] }] })
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('https://h.example', 'a', 'b1', '%20', '%zz', '/', '?', '&', '=', '#', '+', 'é', ':', '@', '.', ' ', '\\'), { maxLength: 24 }),
        (pieces) => {
          const url = pieces.join('')
          // A user name and password in a URL are secrets to every ruleset.
          fc.pre(quiet.text(url) === url)
          expect(maskUrl(quiet, url)).toBe(url)
        },
      ),
      { numRuns: 500 },
    )
  })
})
