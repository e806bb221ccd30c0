// Plain node:http behind the middleware: every way to write a response.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMasker, prometheusText } from '../../src/index.ts'
import { createHttpMask, type HttpMaskOptions, maskExpress } from '../../transports/http/index.ts'
import { type Answer, ask, CANARY, everything, leaks, record, runSecret, serving } from './support.ts'

type Handler = (response: ServerResponse, request: IncomingMessage) => unknown

/** The answer of a handler behind the middleware. */
async function answer(
  handler: Handler,
  options: HttpMaskOptions<never> = {},
  asked: Parameters<typeof ask>[2] = {},
  path = '/',
): Promise<Answer & { readonly failures: Readonly<Record<string, number>>; readonly stats: string }> {
  const mask = maskExpress({ runSecret, ...options } as HttpMaskOptions<IncomingMessage>)
  try {
    const got = await serving(
      (request, response) => mask(request, response, () => void handler(response, request)),
      (port) => ask(port, path, asked),
    )
    const stats = mask.stats()
    return { ...got, failures: stats.failures, stats: JSON.stringify(stats) }
  } finally {
    mask.close()
  }
}

const json = { 'content-type': 'application/json' }
const masker = createMasker(undefined, { runSecret })
const text = JSON.stringify(record)
const expected = masker.json(text)

describe('one JSON document', () => {
  it.each<[string, Handler]>([
    ['end(string)', (res) => res.setHeader('content-type', 'application/json').end(text)],
    ['end(Buffer)', (res) => res.setHeader('content-type', 'application/json').end(Buffer.from(text))],
    ['end(Uint8Array)', (res) => res.setHeader('content-type', 'application/json').end(new Uint8Array(Buffer.from(text)))],
    ['end(string, encoding)', (res) => res.setHeader('content-type', 'application/json').end(Buffer.from(text).toString('base64'), 'base64')],
    ['writeHead(status, headers)', (res) => res.writeHead(200, json).end(text)],
    ['writeHead(status, message, headers)', (res) => res.writeHead(200, 'Fine', json).end(text)],
    ['writeHead(status, flat list)', (res) => res.writeHead(200, ['content-type', 'application/json']).end(text)],
    ['writeHead with a wrong length', (res) => res.writeHead(200, { ...json, 'content-length': Buffer.byteLength(text) }).end(text)],
    [
      'write, write, end',
      (res) => {
        res.writeHead(200, json)
        expect(res.headersSent).toBe(true)
        expect(() => res.setHeader('x-late', '1')).toThrow(expect.objectContaining({ code: 'ERR_HTTP_HEADERS_SENT' }))
        res.write(text.slice(0, 20))
        res.write(Buffer.from(text.slice(20, 60)))
        res.end(text.slice(60))
        expect(res.writableEnded).toBe(true)
      },
    ],
    [
      'write(chunk, encoding, callback), end(callback)',
      (res) => {
        res.setHeader('Content-Type', 'application/json; charset=utf-8')
        res.write(Buffer.from(text.slice(0, 30)).toString('hex'), 'hex', () => res.write(text.slice(30), () => res.end(() => {})))
      },
    ],
    ['flushHeaders first', (res) => (res.setHeader('content-type', 'application/json').flushHeaders(), res.write(text), res.end())],
    ['a stream, byte by byte', (res) => pipeline(Readable.from([...Buffer.from(text)].map((byte) => Buffer.from([byte]))), res.writeHead(200, json))],
  ])('by %s', async (_, handler) => {
    const got = await answer(handler)
    expect(got.text).toBe(expected)
    expect(got.headers['content-length']).toBe(String(Buffer.byteLength(expected)))
    expect(leaks(everything(got))).toEqual([])
  })

  it('keeps every byte that no rule touches', async () => {
    const body = '{ "price" : 4823.50,"id":9007199254740993123, "id":1e400,"a":"\\u00e9\\/","a":"x" ,"email":"canary.bird@nest.example","z":[ ] }\n'
    const got = await answer((res) => res.writeHead(200, json).end(body))
    expect(got.text).toBe(masker.json(body))
    const [before, after] = body.split(CANARY.email) as [string, string]
    expect(got.text.startsWith(before)).toBe(true)
    expect(got.text.endsWith(after)).toBe(true)
  })

  it('keeps ETag and digests of a body that does not change, and drops those of one that does', async () => {
    const headers = {
      ...json,
      ETag: '"v1"',
      Digest: 'sha-256=abc',
      'Content-Digest': 'sha-256=:abc:',
      'Repr-Digest': 'sha-256=:abc:',
      'Content-MD5': 'abc',
      'Accept-Ranges': 'bytes',
    }
    const same = await answer((res) => res.writeHead(200, headers).end('{"a":1}'))
    expect(same.headers).toMatchObject({ etag: '"v1"', digest: 'sha-256=abc', 'accept-ranges': 'bytes', 'content-length': '7' })
    const other = await answer((res) => res.writeHead(200, headers).end(text))
    for (const name of ['etag', 'digest', 'content-digest', 'repr-digest', 'content-md5']) expect(other.headers[name]).toBeUndefined()
    expect(other.headers['accept-ranges']).toBe('none')
  })

  it.each([
    ['broken', `${text.slice(0, -1)}`, 'not_json', {}],
    ['two documents', `${text}\n${text}`, 'not_json', {}],
    ['text', `card ${CANARY.card}`, 'not_json', {}],
    ['too long', text, 'oversize', { maxBodyBytes: 100 }],
    ['too deep', `${'['.repeat(500)}"${CANARY.email}"${']'.repeat(500)}`, 'too_deep', {}],
    ['a mask that fails', text, 'mask_failed', {}],
  ])('is refused: %s', async (name, body, code, options) => {
    const own = name === 'a mask that fails' ? { ruleset: failing, masks: { boom } } : options
    for (const handler of [(res: ServerResponse) => res.writeHead(201, { ...json, 'x-data': CANARY.email, 'access-control-allow-origin': '*' }).end(body), twice(body)]) {
      const got = await answer(handler, own as HttpMaskOptions<never>)
      expect({ status: got.status, text: got.text }).toEqual({ status: 500, text: `{"error":"masking_failed","code":"${code}"}` })
      expect(got.headers['x-data']).toBeUndefined()
      expect(got.failures).toEqual({ [code]: 1 })
      expect(leaks(got.stats)).toEqual([])
      expect(leaks(everything(got))).toEqual([])
    }
  })

  it('is refused by a ready masker too, which masks values as its policy says', async () => {
    const ready = createMasker({ version: '1.0', rules: [{ keys: ['card'], masks: [{ type: 'date_shift' }] }] }, { runSecret })
    const mask = maskExpress({ masker: ready })
    await serving(
      (request, response) => mask(request, response, () => response.writeHead(200, json).end(request.url === '/ok' ? text : text.slice(1))),
      async (port) => {
        expect(JSON.parse((await ask(port, '/ok')).text).card).toBe('[MASKING FAILED]')
        expect((await ask(port, '/broken')).text).toContain('not_json')
      },
    )
    ready.close()
  })

  it('is sent empty when it is empty', async () => {
    expect(await answer((res) => res.writeHead(200, json).end())).toMatchObject({ status: 200, text: '', headers: { 'content-length': '0' } })
  })

  it('is refused when its stream breaks off before the end', async () => {
    const source = async function* (): AsyncGenerator<string> {
      yield text.slice(0, 40)
      throw new Error(`read failed: ${CANARY.email}`)
    }
    const got = await answer((res) => pipeline(Readable.from(source()), res.writeHead(200, json)).catch(() => {}))
    expect(got).toMatchObject({ status: 500, text: '{"error":"masking_failed","code":"broken"}', failures: { broken: 1 } })
  })

  it('is refused when a rule drops it', async () => {
    const got = await answer((res) => res.writeHead(200, json).end(text), {
      ruleset: { version: '1.0', policy: { on_unparsable: 'drop' }, rules: [{ paths: ['none'], masks: [{ type: 'remove' }] }] },
    })
    expect(got.text).toBe(text)
    const broken = await answer((res) => res.writeHead(200, json).end(text.slice(1)), { policy: { on_unparsable: 'drop' } })
    expect(broken.failures).toEqual({ not_json: 1 })
    const gone = await answer((res) => res.writeHead(200, json).end(text), {
      ruleset: { version: '1.0', rules: [{ keys: ['card'], masks: [{ type: 'date_shift' }] }] },
      policy: { on_mask_error: 'drop' },
    })
    expect(gone.failures).toEqual({ dropped: 1 })
  })
})

const boom = {
  type: 'boom',
  summary: 'Fails.',
  options: {},
  compile: () => () => {
    throw new Error(`no mask for ${CANARY.card}`)
  },
  examples: [],
} as never
const failing = {
  version: '1.0',
  rules: [
    { keys: ['card'], masks: [{ type: 'boom' }] },
    { keys: ['email', 'password', 'note'], masks: [{ type: 'redact' }] },
  ],
}

/** In two writes. */
function twice(body: string): Handler {
  return (res) => {
    res.writeHead(201, { ...json, 'x-data': CANARY.email, 'access-control-allow-origin': '*' })
    res.write(body.slice(0, 50))
    res.end(body.slice(50))
  }
}

describe('responses without a body', () => {
  it.each([
    ['HEAD', 200, 'HEAD'],
    ['204', 204, 'GET'],
    ['304', 304, 'GET'],
  ])('%s: headers are masked', async (name, status, method) => {
    const headers = { ...json, etag: '"raw"', 'x-user': CANARY.email, ...(name === 'HEAD' ? { 'content-length': '999' } : {}) }
    const got = await answer((res) => res.writeHead(status, headers).end(name === 'HEAD' ? text : undefined), {}, { method })
    expect(got).toMatchObject({ status, text: '', broken: false })
    expect(got.headers['content-length']).toBeUndefined()
    expect(got.headers['etag']).toBe(name === 'HEAD' ? undefined : '"raw"')
    expect(got.headers['x-user']).toMatch(/@/)
    expect(leaks(everything(got))).toEqual([])
  })

  it('HEAD of a type that passes keeps its length', async () => {
    expect((await answer((res) => res.writeHead(200, { 'content-type': 'image/png', 'content-length': '999' }).end(), {}, { method: 'HEAD' })).headers['content-length']).toBe(
      '999',
    )
  })
})

describe('content types', () => {
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3])
  it.each([
    ['application/problem+json; charset=utf-8', text, expected],
    ['APPLICATION/JSON', text, expected],
    ['text/plain', `a\nmail ${CANARY.email}\r\n${text}\nend`, masker.text(`a\nmail ${CANARY.email}\r\n`) + `${expected}\nend`],
    ['text/html; charset=utf-8', `<p>${CANARY.email}</p>`, masker.text(`<p>${CANARY.email}</p>`)],
    ['application/xml', `<m>${CANARY.email}</m>`, masker.text(`<m>${CANARY.email}</m>`)],
    ['application/x-ndjson', `${text}\n{"a":1}\n${text}\n`, `${expected}\n{"a":1}\n${expected}\n`],
    ['text/csv', `id,email\r\n1,${CANARY.email}\r\n`, `id,email\r\n1,${masker.text(CANARY.email)}\r\n`],
    [undefined, text, expected],
    [undefined, `card ${CANARY.card}`, masker.text(`card ${CANARY.card}`)],
    ['application/octet-stream', text, expected],
    ['nonsense', text, expected],
  ])('%s', async (type, body, out) => {
    const got = await answer((res) => (type === undefined ? res : res.setHeader('content-type', type)).end(body))
    expect(got.text).toBe(out)
    expect(got.status).toBe(200)
    expect(leaks(everything(got))).toEqual([])
  })

  it('passes images as they are, and refuses what it does not know', async () => {
    const image = await answer((res) => res.writeHead(200, { 'content-type': 'image/png', etag: '"x"', 'content-length': png.length }).end(png))
    expect(image.bytes.equals(png)).toBe(true)
    expect(image.headers).toMatchObject({ etag: '"x"', 'content-length': '8' })
    const pdf = await answer((res) => res.writeHead(200, { 'content-type': 'application/pdf' }).end(png))
    expect(pdf).toMatchObject({ status: 500, failures: { type: 1 } })
    expect((await answer((res) => res.writeHead(200, { 'content-type': 'application/pdf' }).end(png), { types: { 'application/pdf': 'pass' } })).bytes.equals(png)).toBe(true)
    expect((await answer((res) => res.writeHead(200, { 'content-type': 'application/octet-stream' }).end(text), { unknown: 'refuse' })).failures).toEqual({ type: 1 })
    expect((await answer((res) => res.writeHead(200, { 'content-type': 'image/png' }).end(png), { types: { 'image/*': 'refuse' } })).failures).toEqual({ type: 1 })
    expect((await answer((res) => res.writeHead(200, { 'content-type': 'application/vnd.acme' }).end('x'), { types: { 'application/vnd.acme': 'json' } })).failures).toEqual({
      not_json: 1,
    })
  })

  it('refuses parts of what it would mask', async () => {
    const part = (type: string): Promise<Answer & { failures: object }> => answer((res) => res.writeHead(206, { 'content-type': type, 'content-range': 'bytes 0-3/9' }).end('{"a"'))
    expect(await part('application/json')).toMatchObject({ status: 500, failures: { partial: 1 } })
    expect(await part('video/mp4')).toMatchObject({ status: 206, text: '{"a"' })
  })

  it('decodes other charsets and sends UTF-8', async () => {
    const body = `größe ${CANARY.email}`
    const got = await answer((res) => res.writeHead(200, { 'content-type': 'text/plain; charset=ISO-8859-1' }).end(Buffer.from(body, 'latin1')))
    expect(got.text).toBe(masker.text(body))
    expect(got.headers['content-type']).toBe('text/plain; charset=utf-8')
    const wide = await answer((res) => res.writeHead(200, { 'content-type': 'application/json; charset=utf-16le' }).end(Buffer.from(text, 'utf16le')))
    expect(wide.text).toBe(expected)
    expect((await answer((res) => res.writeHead(200, { 'content-type': 'text/plain; charset=klingon' }).end('x'))).failures).toEqual({ charset: 1 })
    expect((await answer((res) => res.writeHead(200, { 'content-type': 'text/plain; charset=utf-16le' }).end(Buffer.from([1])))).failures).toEqual({ charset: 1 })
  })

  it('ends a stream that breaks a rule once it has begun', async () => {
    const got = await answer((res) => {
      res.writeHead(200, { 'content-type': 'application/x-ndjson' })
      res.write(`${text}\n`)
      setTimeout(() => res.write(`{"email":"${CANARY.email}\n`), 30)
    })
    expect(got).toMatchObject({ status: 200, broken: true, text: `${expected}\n`, failures: { not_json: 1 } })
    const long = await answer((res) => res.writeHead(200, { 'content-type': 'text/plain' }).end('x'.repeat(3000)), { maxBodyBytes: 2000 })
    expect(long).toMatchObject({ status: 500, failures: { oversize: 1 } })
  })
})

describe('headers', () => {
  it('are masked by rules for keys and by detectors', async () => {
    const got = await answer(
      (res) =>
        res
          .writeHead(302, 'Found', {
            'Set-Cookie': ['sid=abc', `mail=${CANARY.email}`],
            Location: `https://app.example/cb?email=${encodeURIComponent(CANARY.email)}&page=2&token=${CANARY.token}`,
            Link: `<https://app.example/next?email=${CANARY.email}>; rel="next"`,
            'X-Customer': CANARY.card,
            'X-Password': CANARY.password,
            'X-Plain': 'as it is',
            'Cache-Control': 'no-store',
          })
          .end(),
      { headers: { 'x-password': 'remove' } },
    )
    expect(got.headers).toMatchObject({ 'x-plain': 'as it is', 'cache-control': 'no-store', 'set-cookie': ['sid=abc', `mail=${CANARY.email}`] })
    expect(got.headers.location).toMatch(/^https:\/\/app\.example\/cb\?email=[^&]+&page=2&token=/)
    expect(got.headers['link']).toMatch(/^<https:\/\/app\.example\/next\?email=.*>; rel="next"$/)
    expect(got.headers['x-password']).toBeUndefined()
    expect(got.rawHeaders).toContain('X-Customer')
    expect(leaks(everything({ ...got, rawHeaders: got.rawHeaders.filter((one) => !one.startsWith('mail=')) }))).toEqual([])
  })

  it('reach parameters of redirects by rules for keys', async () => {
    const ruleset = { version: '1.0', rules: [{ keys: ['customer'], masks: [{ type: 'from_fixed', value: 'nobody & co' }] }] }
    const got = await answer((res) => res.writeHead(302, { location: '/a/b?x=1%20+2&customer=Jane%20Doe&y=#top' }).end(), { ruleset })
    expect(got.headers.location).toBe('/a/b?x=1%20+2&customer=nobody%20%26%20co&y=#top')
  })

  it('hold what a header can hold', async () => {
    const ruleset = {
      version: '1.0',
      rules: [
        { keys: ['x-name'], masks: [{ type: 'from_fixed', value: 'Łódź' }] },
        { keys: ['x-gone'], masks: [{ type: 'remove' }] },
      ],
    }
    const got = await answer((res) => res.writeHead(200, { 'x-name': 'Jane', 'x-gone': 'x' }).end('ok'), { ruleset })
    expect(got.headers['x-name']).toBe('[REDACTED]')
    expect(got.headers['x-gone']).toBeUndefined()
  })

  it('take cookies away where that is asked for', async () => {
    expect((await answer((res) => res.writeHead(200, { 'set-cookie': 'sid=abc' }).end('ok'), { headers: { 'Set-Cookie': 'remove' } })).headers['set-cookie']).toBeUndefined()
    expect((await answer((res) => res.writeHead(200, { 'set-cookie': `mail=${CANARY.email}` }).end('ok'), { headers: { 'Set-Cookie': 'mask' } })).headers['set-cookie']).toEqual([
      '[REDACTED]',
    ])
  })

  it('that cannot be masked refuse the response', async () => {
    const got = await answer((res) => res.writeHead(200, { ...json, card: CANARY.card }).end('{}'), { ruleset: failing, masks: { boom } } as never)
    expect(got).toMatchObject({ status: 500, failures: { header: 1 } })
    expect(leaks(everything(got))).toEqual([])
  })

  it('and the reason phrase, early hints and trailers', async () => {
    const got = await answer((res) => {
      res.writeEarlyHints({ link: [`</s.css?email=${CANARY.email}>; rel=preload`], 'x-user': CANARY.email } as never)
      res.writeHead(200, `for ${CANARY.email}`, { ...json, trailer: 'x-user' })
      res.write(text)
      res.addTrailers({ 'x-user': CANARY.email, 'Content-Digest': 'sha-256=:abc:', 'x-sum': '1' })
      res.end()
    })
    expect(got.hints).toEqual([{ link: `</s.css?email=${masker.text(CANARY.email)}>; rel=preload`, 'x-user': masker.text(CANARY.email) }])
    expect(got.text).toBe(expected)
    expect(got.headers['content-length']).toBeUndefined()
    expect(got.trailers).toEqual({ 'x-user': masker.text(CANARY.email), 'x-sum': '1' })
    expect(leaks(everything(got))).toEqual([])
  })
})

describe('streams', () => {
  it('send lines as they come', async () => {
    const mask = maskExpress({ runSecret })
    let next = (): void => {}
    await serving(
      (request, response) =>
        mask(request, response, () => {
          response.writeHead(200, { 'content-type': 'application/x-ndjson' })
          response.flushHeaders()
          response.write(`${text}\n${text.slice(0, 10)}`)
          next = () => response.end(`${text.slice(10)}\n`)
        }),
      async (port) => {
        const response = await fetch(`http://127.0.0.1:${port}/`)
        const reader = response.body!.getReader()
        expect(Buffer.from((await reader.read()).value!).toString()).toBe(`${expected}\n`)
        next()
        expect(Buffer.from((await reader.read()).value!).toString()).toBe(`${expected}\n`)
        expect((await reader.read()).done).toBe(true)
      },
    )
    expect(mask.stats()).toMatchObject({ responses: 1, bodies: 1, failures: {} })
    mask.close()
  })

  it('hold back the handler behind a slow reader, with bounded memory', async () => {
    const mask = maskExpress({ runSecret })
    const line = Buffer.from(`${'x'.repeat(60_000)} ${CANARY.email}\n`)
    let written = 0
    const source = async function* (): AsyncGenerator<Buffer> {
      for (let i = 0; i < 2000; i++) {
        written += line.length
        yield line
      }
    }
    await serving(
      (request, response) => mask(request, response, () => void pipeline(Readable.from(source()), response.writeHead(200, { 'content-type': 'text/plain' })).catch(() => {})),
      async (port) => {
        const abort = new AbortController()
        const response = await fetch(`http://127.0.0.1:${port}/`, { signal: abort.signal })
        const reader = response.body!.getReader()
        await reader.read()
        await new Promise((resolve) => setTimeout(resolve, 300))
        // 120 MB are there to be read: what is under way are the buffers of sockets.
        const early = written
        expect(early).toBeLessThan(20e6)
        abort.abort()
        await new Promise((resolve) => setTimeout(resolve, 300))
        expect(written).toBeLessThan(early + 20e6)
      },
    )
    mask.close()
  })

  it('stop when the client is gone', async () => {
    const mask = maskExpress({ runSecret })
    let after: Promise<number> | undefined
    await serving(
      (request, response) =>
        mask(request, response, () => {
          response.writeHead(200, { 'content-type': 'application/x-ndjson' })
          const timer = setInterval(() => response.write(`${text}\n`), 2)
          after = new Promise((resolve) => {
            response.on('close', () => {
              const { bytesIn } = mask.stats()
              setTimeout(() => {
                clearInterval(timer)
                resolve(mask.stats().bytesIn - bytesIn)
              }, 50)
            })
          })
        }),
      async (port) => {
        const abort = new AbortController()
        const response = await fetch(`http://127.0.0.1:${port}/`, { signal: abort.signal })
        await response.body!.getReader().read()
        abort.abort()
        expect(await after).toBe(0)
      },
    )
    mask.close()
  })
})

describe('whatever way a handler writes', () => {
  const bodies = [
    ['application/json', ` ${text}\n`, ` ${expected}\n`],
    ['application/x-ndjson', `${text}\n${text}\r\n{}`, `${expected}\n${expected}\r\n{}`],
    ['text/plain', `mail ${CANARY.email} ü🐦\n`, masker.text(`mail ${CANARY.email} ü🐦\n`)],
    ['text/event-stream', `id: 1\ndata: ${text}\n\ndata: ü🐦\n\n`, `id: 1\ndata: ${expected}\n\ndata: ü🐦\n\n`],
    [undefined, text, expected],
  ] as const
  const forms: readonly ((bytes: Buffer) => [string | Uint8Array, BufferEncoding?])[] = [
    (bytes) => [bytes],
    (bytes) => [new Uint8Array(bytes)],
    (bytes) => [bytes.toString('latin1'), 'latin1'],
    (bytes) => [bytes.toString('hex'), 'hex'],
    (bytes) => [bytes.toString('base64url'), 'base64url'],
  ]

  it('the same arrives', async () => {
    const mask = maskExpress({ runSecret })
    let handler: Handler = () => {}
    await serving(
      (request, response) => mask(request, response, () => void handler(response, request)),
      async (port) => {
        const step = fc.record({ cut: fc.nat({ max: 400 }), form: fc.nat({ max: forms.length - 1 }), wait: fc.constantFrom('no', 'turn', 'written') })
        await fc.assert(
          fc.asyncProperty(
            fc.nat({ max: bodies.length - 1 }),
            fc.array(step, { maxLength: 8 }),
            fc.constantFrom('', 'flush', 'head'),
            fc.boolean(),
            async (which, steps, first, endless) => {
              const [type, body, out] = bodies[which]!
              const bytes = Buffer.from(body)
              handler = async (res) => {
                if (type !== undefined && first !== 'head') res.setHeader('Content-Type', type)
                if (first === 'head') res.writeHead(200, type === undefined ? {} : { 'content-type': type })
                if (first === 'flush') res.flushHeaders()
                let at = 0
                for (const { cut, form, wait } of steps) {
                  const part = forms[form]!(bytes.subarray(at, at + cut))
                  at = Math.min(at + cut, bytes.length)
                  if (wait === 'written') await new Promise<void>((resolve) => res.write(part[0], part[1] ?? 'utf8', () => resolve()))
                  else res.write(...(part as [string, BufferEncoding]))
                  if (wait === 'turn') await new Promise((resolve) => setImmediate(resolve))
                }
                if (!endless) res.end(bytes.subarray(at))
                else {
                  res.write(bytes.subarray(at))
                  res.end()
                }
              }
              const got = await ask(port)
              expect({ status: got.status, text: got.text, broken: got.broken }).toEqual({ status: 200, text: out, broken: false })
            },
          ),
          { numRuns: 120 },
        )
      },
    )
    expect(mask.stats().failures).toEqual({})
    mask.close()
  })
})

describe('many responses at once', () => {
  it('do not get mixed up, whatever becomes of their neighbours', async () => {
    const mask = maskExpress({ runSecret })
    const types = ['application/json', 'application/x-ndjson', 'text/plain', 'text/event-stream']
    const bodyOf = (i: number): string => {
      const one = JSON.stringify({ i, email: `user${i}@nest.example`, card: CANARY.card, pad: 'x'.repeat(i * 7) })
      return i % 4 === 0 ? `[${Array.from({ length: 20 }, () => one).join()}]` : i % 4 === 3 ? `data: ${one}\n\n`.repeat(20) : `${one}\n`.repeat(20)
    }
    await serving(
      (request, response) =>
        mask(request, response, async () => {
          const i = Number(request.url!.slice(1))
          const bytes = Buffer.from(bodyOf(i))
          response.writeHead(200, { 'content-type': types[i % 4]! })
          // Every fifth one breaks off.
          const stop = i % 5 === 4 ? bytes.length - 50 : bytes.length
          for (let at = 0; at < stop; at += 333) {
            response.write(bytes.subarray(at, Math.min(at + 333, stop)))
            await new Promise((resolve) => setImmediate(resolve))
          }
          if (stop < bytes.length) response.destroy()
          else response.end()
        }),
      async (port) => {
        const all = await Promise.all(Array.from({ length: 40 }, (_, i) => ask(port, `/${i}`)))
        all.forEach((got, i) => {
          const whole =
            i % 4 === 3
              ? bodyOf(i).replace(/data: (.*)/g, (_, data: string) => `data: ${masker.json(data)}`)
              : i % 4 === 0
                ? masker.json(bodyOf(i))
                : bodyOf(i).replace(/.+/g, (line) => masker.json(line))
          if (i % 5 !== 4) expect(got).toMatchObject({ status: 200, text: whole, broken: false })
          else if (i % 4 === 0) expect(got).toMatchObject({ status: 500, text: '{"error":"masking_failed","code":"broken"}' })
          else {
            expect(got.broken).toBe(true)
            expect(whole.startsWith(got.text)).toBe(true)
          }
        })
      },
    )
    mask.close()
  })

  it('go on over a connection on which one was refused', async () => {
    const mask = maskExpress({ runSecret })
    const sockets = new Set<unknown>()
    await serving(
      (request, response) => {
        sockets.add(request.socket)
        mask(request, response, () => {
          if (request.url === '/ok') return response.writeHead(200, json).end(text)
          response.writeHead(200, { ...json, trailer: 'x-sum' })
          response.write(text.slice(1))
          response.addTrailers({ 'x-sum': CANARY.card })
          response.end()
          return response.end('late')
        })
      },
      async (port) => {
        for (let i = 0; i < 3; i++) {
          const refusal = await fetch(`http://127.0.0.1:${port}/broken`)
          expect({ status: refusal.status, text: await refusal.text() }).toEqual({ status: 500, text: '{"error":"masking_failed","code":"not_json"}' })
          expect(await (await fetch(`http://127.0.0.1:${port}/ok`)).text()).toBe(expected)
        }
      },
    )
    // Six requests: the client reuses what was not broken off.
    expect(sockets.size).toBeLessThan(3)
    mask.close()
  })
})

describe('a ruleset that is reloaded', () => {
  it('holds for what comes afterwards, within streams too, and one that cannot be used changes nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mask-logs-'))
    const file = join(folder, 'rules.yaml')
    const rules = (value: string): void => writeFileSync(file, `version: "1.0"\nrules:\n- keys: [email]\n  masks: [{type: from_fixed, value: ${value}}]\n`)
    rules('first')
    const mask = maskExpress({ ruleset: file, runSecret })
    let next = (): void => {}
    let refuse = (): void => {}
    const line = `${JSON.stringify({ email: CANARY.email })}\n`
    await serving(
      (request, response) =>
        mask(request, response, () => {
          if (request.url === '/') {
            response.writeHead(200, { ...json, email: CANARY.email }).end(line)
            return
          }
          response.writeHead(200, { 'content-type': request.url === '/lines' ? 'application/x-ndjson' : 'text/event-stream' })
          const [lead, tail] = request.url === '/lines' ? ['', ''] : ['data: ', '\n']
          response.write(lead + line + tail)
          next = () => response.write(lead + line + tail)
          refuse = () => response.end('{"email":\n')
        }),
      async (port) => {
        const asked = async (): Promise<string> => {
          const got = await ask(port)
          return `${String(got.headers['email'])} ${got.text.trim()}`
        }
        expect(await asked()).toBe('first {"email":"first"}')
        for (const path of ['/lines', '/events']) {
          rules('first')
          mask.reload()
          const reader = (await fetch(`http://127.0.0.1:${port}${path}`)).body!.getReader()
          const read = async (): Promise<string> => Buffer.from((await reader.read()).value ?? []).toString()
          expect(await read()).toContain('"first"')
          rules('second')
          expect(mask.reload()).toMatchObject({ ok: true })
          next()
          expect(await read()).toContain('"second"')
          if (path === '/lines') {
            // What fails under the new version is seen as well.
            refuse()
            await expect(read()).rejects.toThrow()
          } else await reader.cancel()
        }
        expect(await asked()).toBe('second {"email":"second"}')
        writeFileSync(file, 'version: "1.0"\nrules: [{masks: [{type: none}]}]\n')
        expect(mask.reload()).toMatchObject({ ok: false, code: 'ruleset' })
        expect(await asked()).toBe('second {"email":"second"}')
        const stats = mask.stats()
        expect(stats).toMatchObject({ reloads: { error: 1 }, failures: { not_json: 1 } })
        expect(prometheusText(stats)).toContain('mask_logs_plan_reloads_total{result="error"} 1')
      },
    )
    mask.close()
    rmSync(folder, { recursive: true })
    expect(() => createHttpMask({ masker }).reload()).toThrow(expect.objectContaining({ code: 'bad_option' }))
  })
})

describe('conditions and ranges', () => {
  const asked = { headers: { 'if-none-match': '"guess"', range: 'bytes=0-1', 'if-modified-since': new Date(0).toUTCString() } }
  const echo: Handler = (res, req) => res.end(['if-none-match', 'range', 'if-modified-since'].map((name) => req.headers[name] ?? 'none').join())

  it('are not seen by handlers, whose answers would tell whether a guess was right', async () => {
    expect((await answer(echo, {}, asked)).text).toBe('none,none,none')
    expect((await answer(echo, { conditional: 'keep' }, asked)).text).toContain('"guess",bytes=0-1')
    expect((await answer(echo, {}, { ...asked, method: 'PUT' })).text).toContain('"guess"')
  })
})

describe('a response that has begun', () => {
  it('is broken off: it can no longer be masked', async () => {
    const mask = maskExpress({ runSecret })
    await serving(
      (request, response) => {
        response.writeHead(200, json)
        response.write('{')
        mask(request, response, () => response.end(text.slice(1)))
      },
      async (port) => {
        const got = await ask(port).catch(() => ({ broken: true, text: '' }))
        expect(got.broken).toBe(true)
        expect(leaks(got.text)).toEqual([])
      },
    )
    expect(mask.stats().failures).toEqual({ internal: 1 })
    mask.close()
  })
})

describe('policies of a ruleset', () => {
  it('that hold back what is no JSON hold back text', async () => {
    const held: object[] = []
    for (const [type, body] of [
      ['text/plain', `mail ${CANARY.email}\n`],
      ['text/event-stream', `data: mail ${CANARY.email}\n\n`],
      ['application/json', text.slice(1)],
    ] as const) {
      const got = await answer((res) => res.writeHead(200, { 'content-type': type }).end(body), {
        policy: { on_unparsable: 'quarantine' },
        quarantine: (note) => void held.push(note),
      })
      expect({ status: got.status, failures: got.failures }).toEqual({ status: 500, failures: { not_json: 1 } })
    }
    expect(held.length).toBe(3)
    expect(leaks(JSON.stringify(held))).toEqual([])
  })

  it('write its name and serial into JSON, and tell of findings', async () => {
    const findings: object[] = []
    const got = await answer((res) => res.writeHead(200, json).end(text), { stamp: true, onFinding: (finding) => void findings.push(finding) })
    expect(JSON.parse(got.text).mask_logs).toEqual({ ruleset: 'default', serial: 0 })
    expect(got.headers['content-length']).toBe(String(Buffer.byteLength(got.text)))
    expect(findings.length).toBeGreaterThan(3)
    expect(leaks(JSON.stringify(findings) + got.text)).toEqual([])
  })
})

describe('options', () => {
  it('are checked', () => {
    for (const options of [
      { rulesets: 'x' },
      { maxBodyBytes: 0 },
      { types: { json: 'text' } },
      { types: { 'text/plain': 'jsonn' } },
      { headers: { location: 'drop' } },
      { unknown: 'text' },
      { conditional: 'drop' },
      { select: 'x' },
      { masker: {} },
      { masker, ruleset: 'mask-logs:pii' },
      { onFailure: 1 },
    ])
      expect(() => createHttpMask(options as never)).toThrow(expect.objectContaining({ code: 'bad_option' }))
    expect(() => createHttpMask({ ruleset: 'version: "1.0"\nrules: [{masks: [{type: none_such}]}]\n' })).toThrow(expect.objectContaining({ name: 'RulesetError' }))
  })

  it('select a mask for a request', async () => {
    const strict = createHttpMask({ ruleset: 'mask-logs:strict', runSecret })
    const failures: object[] = []
    const mask = maskExpress({
      runSecret,
      select: (request) => {
        if (request.url === '/throws') throw new Error(CANARY.email)
        return request.url === '/raw' ? false : request.url === '/strict' ? strict : request.url === '/wrong' ? ('x' as never) : undefined
      },
      onFailure: (failure) => void failures.push(failure),
    })
    await serving(
      (request, response) => mask(request, response, () => response.writeHead(200, json).end(text)),
      async (port) => {
        expect((await ask(port, '/')).text).toBe(expected)
        expect((await ask(port, '/raw')).text).toBe(text)
        expect(JSON.parse((await ask(port, '/strict')).text).id).toBe('[REDACTED]')
        for (const path of ['/throws', '/wrong']) expect(await ask(port, path)).toMatchObject({ status: 500, text: '{"error":"masking_failed","code":"internal"}' })
      },
    )
    expect(failures).toEqual([
      { code: 'internal', begun: false },
      { code: 'internal', begun: false },
    ])
    strict.close()
    mask.close()
  })
})
