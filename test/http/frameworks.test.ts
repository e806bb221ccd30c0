// Fastify 5, Express 5 and Hono as they are, over sockets and by inject.
import { createServer } from 'node:http'
import { connect } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import * as zlib from 'node:zlib'
import { brotliCompressSync, brotliDecompressSync, constants, createGzip, deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import { serve } from '@hono/node-server'
import express, { type ErrorRequestHandler } from 'express'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type RouteHandlerMethod } from 'fastify'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { describe, expect, it } from 'vitest'
import { createMasker } from '../../src/index.ts'
import { createHttpMask, type HttpMaskOptions, type HttpStats, maskExpress, maskFastify, maskFetch, type RouteMask } from '../../transports/http/index.ts'
import { type Answer, ask, CANARY, close, everything, leaks, listen, record, runSecret } from './support.ts'

// As docs/http.md has it.
declare module 'fastify' {
  interface FastifyContextConfig {
    mask?: RouteMask
  }
  interface FastifyInstance {
    maskStats(): HttpStats
  }
}

const zstd = zlib as { readonly zstdCompressSync?: (bytes: Buffer) => Buffer; readonly zstdDecompressSync?: (bytes: Buffer) => Buffer }
const masker = createMasker(undefined, { runSecret })
const text = JSON.stringify(record)
const expected = masker.json(text)
const refused = (code: string): string => `{"error":"masking_failed","code":"${code}"}`

describe('Fastify', () => {
  type Routes = Readonly<Record<string, (request: FastifyRequest, reply: FastifyReply) => unknown>>

  async function app(routes: Routes, run: (app: FastifyInstance, port: number) => Promise<void>, options: HttpMaskOptions<never> = {}): Promise<HttpStats> {
    const server = fastify()
    await server.register(maskFastify, { runSecret, ...options })
    for (const [url, handler] of Object.entries(routes)) server.get(url, handler as RouteHandlerMethod)
    await server.listen({ host: '127.0.0.1', port: 0 })
    try {
      await run(server, (server.server.address() as AddressInfo).port)
      return server.maskStats()
    } finally {
      await server.close()
    }
  }

  const bodies: Routes = {
    '/object': async () => record,
    '/send': (_, reply) => void reply.send(record),
    '/string': (_, reply) => reply.type('application/json').send(text),
    '/buffer': (_, reply) => reply.type('application/json').send(Buffer.from(text)),
    '/stream': (_, reply) => reply.type('application/json').send(Readable.from([text.slice(0, 30), text.slice(30)])),
    '/web': (_, reply) => reply.type('application/json').send(new Response(text).body),
    '/response': (_, reply) => reply.send(Response.json(record, { headers: { 'x-user': CANARY.email } })),
    '/raw': (_, reply) => {
      reply.hijack()
      reply.raw.writeHead(200, { 'content-type': 'application/json', 'x-user': CANARY.email }).end(text)
    },
    '/typeless': (_, reply) => reply.send(Buffer.from(text)),
  }

  it.each(Object.keys(bodies))('%s, by inject and over a socket', async (url) => {
    const stats = await app(bodies, async (server, port) => {
      const injected = await server.inject(url)
      expect(injected.body).toBe(expected)
      expect(injected.headers['content-length']).toBe(String(Buffer.byteLength(expected)))
      const got = await ask(port, url)
      expect(got.text).toBe(expected)
      expect(leaks(everything(got))).toEqual([])
      // To HEAD with a Response, Fastify itself answers 500.
      if (url === '/response') return
      const head = await ask(port, url, { method: 'HEAD' })
      expect({ status: head.status, text: head.text }).toEqual({ status: 200, text: '' })
      expect(leaks(everything(head))).toEqual([])
    })
    expect(stats.failures).toEqual({})
  })

  it('masks plain text, and sends nothing where nothing is sent', async () => {
    await app(
      {
        '/text': async () => `mail ${CANARY.email}`,
        '/nothing': (_, reply) => void reply.send(),
        '/none': (_, reply) => void reply.code(204).send(),
        '/png': (_, reply) => reply.type('image/png').send(Buffer.from([137, 80, 0, 1])),
      },
      async (server) => {
        expect((await server.inject('/text')).body).toBe(masker.text(`mail ${CANARY.email}`))
        expect(await server.inject('/nothing')).toMatchObject({ statusCode: 200, body: '' })
        expect(await server.inject('/none')).toMatchObject({ statusCode: 204, body: '' })
        expect((await server.inject('/png')).rawPayload).toEqual(Buffer.from([137, 80, 0, 1]))
      },
    )
  })

  it('masks errors of handlers, validation and routes that are not there', async () => {
    await app(
      {
        '/throws': async () => {
          throw Object.assign(new Error(`no user ${CANARY.email} with ${CANARY.token}`), { statusCode: 418 })
        },
        '/late': (_, reply) => reply.type('application/json').send(Readable.from(broken())),
        '/late-lines': (_, reply) => reply.type('application/x-ndjson').send(Readable.from(broken(`${text}\n${text}`))),
      },
      async (server, port) => {
        const thrown = await ask(port, '/throws')
        expect(thrown.status).toBe(418)
        expect(JSON.parse(thrown.text).message).toMatch(/^no user .*@.* with /)
        const missing = await ask(port, `/no/${CANARY.email}`)
        expect(missing.status).toBe(404)
        for (const got of [thrown, missing]) expect(leaks(everything(got))).toEqual([])
        expect(await ask(port, '/late')).toMatchObject({ status: 500, text: refused('broken') })
        expect(await server.inject('/late')).toMatchObject({ statusCode: 500, body: refused('broken') })
        expect(await ask(port, '/late-lines')).toMatchObject({ status: 200, broken: true, text: `${expected}\n` })
      },
    )
  })

  async function* broken(first = text.slice(0, 50)): AsyncGenerator<string> {
    yield first
    await new Promise((resolve) => setTimeout(resolve, 20))
    throw new Error(`lost ${CANARY.card}`)
  }

  it('has rulesets per route', async () => {
    const server = fastify()
    const strict = createHttpMask({ ruleset: 'mask-logs:strict', runSecret })
    // Before the plugin is loaded, and after.
    server.register(maskFastify, { runSecret })
    server.get('/early', { config: { mask: { ruleset: { version: '1.0', rules: [{ keys: ['id'], masks: [{ type: 'from_fixed', value: 7 }] }] } } } }, async () => record)
    server.get('/bad', { config: { mask: { ruleset: 'no-such-file.yaml' } } }, async () => record)
    await server.after()
    server.get('/strict', { config: { mask: strict } }, async () => record)
    server.get('/off', { config: { mask: false } }, async () => record)
    server.get('/default', async () => record)
    expect(() => server.get('/worse', { config: { mask: { ruleset: 'no-such-file.yaml' } } }, async () => record)).toThrow()
    expect((await server.inject('/early')).body).toBe(text.replace('"id":1', '"id":7'))
    expect((await server.inject('/strict')).json().id).toBe('[REDACTED]')
    expect((await server.inject('/off')).body).toBe(text)
    expect((await server.inject('/default')).body).toBe(expected)
    expect(await server.inject('/bad')).toMatchObject({ statusCode: 500, body: refused('internal') })
    await server.close()
    strict.close()
  })

  it('fails to register with a ruleset that cannot be used', async () => {
    await expect(fastify().register(maskFastify, { ruleset: 'version: "1.0"\nrules: [{masks: [{type: none}]}]\n' })).rejects.toMatchObject({ name: 'RulesetError' })
  })

  it('selects a mask for a request, and takes a ready one', async () => {
    const strict = createHttpMask({ ruleset: 'mask-logs:strict', runSecret })
    const select = createHttpMask<FastifyRequest>({ runSecret, select: (request) => (request.routeOptions.url === '/strict' ? strict : undefined) })
    for (const options of [{ mask: select }, { runSecret, select: (request: FastifyRequest) => (request.url === '/strict' ? strict : undefined) }]) {
      const server = fastify()
      await server.register(maskFastify, options)
      server.get('/', async () => record)
      server.get('/strict', async () => record)
      expect((await server.inject('/')).body).toBe(expected)
      expect((await server.inject('/strict')).json().id).toBe('[REDACTED]')
      await server.close()
    }
    strict.close()
    select.close()
  })

  it('holds further in with other options', async () => {
    const server = fastify()
    await server.register(maskFastify, { runSecret })
    server.get('/', async () => record)
    await server.register(async (inner) => {
      await inner.register(maskFastify, { ruleset: 'mask-logs:strict', runSecret })
      inner.get('/strict', async () => record)
    })
    expect((await server.inject('/')).body).toBe(expected)
    expect((await server.inject('/strict')).json().id).toBe('[REDACTED]')
    await server.close()
  })

  it('masks trailers', async () => {
    await app(
      {
        '/': (_, reply) => {
          reply.trailer('x-user', async () => CANARY.email)
          return reply.type('application/json').send(text)
        },
      },
      async (_, port) => {
        const got = await ask(port)
        expect(got.text).toBe(expected)
        expect(got.trailers).toEqual({ 'x-user': masker.text(CANARY.email) })
      },
    )
  })

  it('masks over HTTP/2', async () => {
    const server = fastify({ http2: true })
    await server.register(maskFastify as never, { runSecret })
    server.get('/', (_, reply) => reply.header('x-user', CANARY.email).send(record))
    server.get('/lines', (_, reply) => reply.type('application/x-ndjson').send(Readable.from([`${text}\n`, `${text}\n`])))
    server.get('/broken', (_, reply) => reply.type('application/json').send(text.slice(1)))
    await server.listen({ host: '127.0.0.1', port: 0 })
    const client = connect(`http://127.0.0.1:${(server.server.address() as AddressInfo).port}`)
    const get = (path: string): Promise<{ headers: Readonly<Record<string, unknown>>; text: string }> =>
      new Promise((resolve, reject) => {
        const stream = client.request({ ':path': path })
        let headers = {}
        let out = ''
        stream.on('response', (given) => (headers = given))
        stream.setEncoding('utf8')
        stream.on('data', (chunk: string) => (out += chunk))
        stream.on('end', () => resolve({ headers, text: out }))
        stream.on('error', reject)
      })
    try {
      const got = await get('/')
      expect(got.text).toBe(expected)
      expect(leaks(JSON.stringify(got))).toEqual([])
      expect((await get('/lines')).text).toBe(`${expected}\n${expected}\n`)
      expect(await get('/broken')).toMatchObject({ headers: { ':status': 500 }, text: refused('not_json') })
    } finally {
      client.close()
      await server.close()
    }
  })
})

describe('Express', () => {
  async function app(build: (app: express.Express) => void, run: (port: number) => Promise<void>, options: HttpMaskOptions<express.Request> = {}): Promise<HttpStats> {
    const mask = maskExpress({ runSecret, ...options })
    const app = express()
    app.use(mask)
    build(app)
    const server = createServer(app)
    try {
      await run(await listen(server))
      return mask.stats()
    } finally {
      await close(server)
      mask.close()
    }
  }

  it('masks json, send, redirects, text and what is not there', async () => {
    const stats = await app(
      (server) => {
        server.get('/json', (_, res) => void res.json(record))
        server.get('/send', (_, res) => void res.send(record))
        server.get('/text', (_, res) => void res.type('text').send(`mail ${CANARY.email}`))
        server.get('/html', (_, res) => void res.send(`<b>${CANARY.email}</b>`))
        server.get('/buffer', (_, res) => void res.send(Buffer.from(text)))
        server.get('/status', (_, res) => void res.sendStatus(204))
        server.get('/go', (_, res) => res.redirect(`/next?email=${CANARY.email}`))
        server.get('/cookie', (_, res) => void res.cookie('sid', 'abc').json({}))
      },
      async (port) => {
        for (const path of ['/json', '/send', '/buffer']) {
          const got = await ask(port, path)
          expect(got.text).toBe(expected)
          expect(got.headers.etag).toBeUndefined()
          expect(leaks(everything(got))).toEqual([])
        }
        for (const path of ['/text', '/html', '/go', `/not/there/${CANARY.email}`]) {
          const got = await ask(port, path)
          expect(got.text).not.toBe('')
          expect(leaks(everything(got))).toEqual([])
        }
        expect((await ask(port, '/status')).status).toBe(204)
        expect((await ask(port, '/cookie')).headers['set-cookie']).toEqual(['sid=abc; Path=/'])
        expect((await ask(port, '/json', { method: 'HEAD' })).text).toBe('')
      },
    )
    expect(stats.failures).toEqual({})
  })

  it('answers 304 where conditions are kept', async () => {
    await app(
      (server) => server.get('/', (_, res) => void res.json({ a: 1 })),
      async (port) => {
        const { etag } = (await ask(port)).headers
        expect(etag).toBeDefined()
        expect(await ask(port, '/', { headers: { 'if-none-match': etag! } })).toMatchObject({ status: 304, text: '' })
      },
      { conditional: 'keep' },
    )
  })

  it('masks what errors say', async () => {
    await app(
      (server) => {
        server.get('/throws', () => {
          throw new Error(`no user ${CANARY.email}`)
        })
        server.get('/rejects', async () => {
          throw new Error(`no card ${CANARY.card}`)
        })
        server.get('/own', (_req, _res, next) => next(new Error(CANARY.email)))
        server.get('/late', (_, res, next) => {
          res.type('json').write(text.slice(0, 40))
          setTimeout(() => next(new Error(CANARY.email)), 10)
        })
        const handler: ErrorRequestHandler = (error: Error, request, response, next) => {
          if (request.path !== '/own') next(error)
          else response.status(500).json({ error: error.message })
        }
        server.use(handler)
      },
      async (port) => {
        for (const path of ['/throws', '/rejects', '/own']) {
          const got = await ask(port, path)
          expect(got.status).toBe(500)
          expect(leaks(everything(got))).toEqual([])
        }
        // Express breaks the connection off when a part is written: that part was only collected.
        const late = await ask(port, '/late').catch((error: unknown) => error)
        if (!(late instanceof Error)) expect(leaks(everything(late as Answer))).toEqual([])
      },
    )
  })

  it('has rulesets per route: the inner one holds', async () => {
    const strict = createHttpMask({ ruleset: 'mask-logs:strict', runSecret })
    await app(
      (server) => server.get('/strict', maskExpress(strict), (_, res) => void res.json(record)),
      async (port) => expect(JSON.parse((await ask(port, '/strict')).text).id).toBe('[REDACTED]'),
    )
    expect(strict.stats()).toMatchObject({ responses: 1, bodies: 1 })
    strict.close()
  })

  const codings = [
    ['gzip', gzipSync, gunzipSync],
    ['deflate', deflateSync, inflateSync],
    // Later than the oldest Node that this runs on.
    ...(zstd.zstdCompressSync === undefined ? [] : [['zstd', zstd.zstdCompressSync, zstd.zstdDecompressSync!] as const]),
    ['br', (bytes: Buffer) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }), brotliDecompressSync],
  ] as const

  it.each(codings)('takes a body that is compressed already apart: %s', async (coding, pack, unpack) => {
    const big = JSON.stringify(Array.from({ length: 600 }, (_, i) => ({ ...record, i })))
    const plain = pack(Buffer.from('{"a":4823.50}'))
    const stats = await app(
      (server) => {
        const send = (body: Buffer, type: string) => (_: unknown, res: express.Response) =>
          void res.set({ 'content-encoding': coding, 'content-type': type, etag: '"raw"' }).end(body)
        server.get('/json', send(pack(Buffer.from(big)), 'application/json'))
        server.get('/same', send(plain, 'application/json'))
        server.get('/lines', send(pack(Buffer.from(`${text}\n`.repeat(3000))), 'application/x-ndjson'))
        server.get('/broken', send(pack(Buffer.from(big)).subarray(0, 60), 'application/json'))
        server.get('/broken-lines', send(Buffer.from(`${text}\n`), 'application/x-ndjson'))
        server.get('/none', send(Buffer.alloc(0), 'application/json'))
      },
      async (port) => {
        const got = await ask(port, '/json')
        expect(unpack(got.bytes).toString()).toBe(masker.json(big))
        expect(got.headers).toMatchObject({ 'content-encoding': coding, 'content-length': String(got.bytes.length) })
        expect(got.headers.etag).toBeUndefined()
        const same = await ask(port, '/same')
        expect(unpack(same.bytes).toString()).toBe('{"a":4823.50}')
        expect(same.headers.etag).toBeUndefined()
        expect(unpack((await ask(port, '/lines')).bytes).toString()).toBe(`${expected}\n`.repeat(3000))
        for (const path of ['/broken', '/broken-lines']) {
          const refusal = await ask(port, path)
          expect(refusal).toMatchObject({ status: 500, text: refused('encoding') })
          expect(refusal.headers['content-encoding']).toBeUndefined()
        }
        expect(await ask(port, '/none')).toMatchObject({ status: 200, text: '' })
      },
    )
    expect(stats.failures).toEqual({ encoding: 2 })
  })

  it('refuses bombs and codings that it does not know', async () => {
    const bomb = gzipSync(Buffer.alloc(50e6, 0x20))
    await app(
      (server) => {
        server.get('/bomb', (_, res) => void res.set({ 'content-encoding': 'gzip', 'content-type': 'application/json' }).end(bomb))
        server.get('/unknown', (_, res) => void res.set({ 'content-encoding': 'compress', 'content-type': 'application/json' }).end(text))
        server.get('/two', (_, res) => void res.set({ 'content-encoding': 'gzip, br', 'content-type': 'application/json' }).end(text))
      },
      async (port) => {
        expect(await ask(port, '/bomb')).toMatchObject({ status: 500, text: refused('oversize') })
        for (const path of ['/unknown', '/two']) expect(await ask(port, path)).toMatchObject({ status: 500, text: refused('encoding') })
      },
      { maxBodyBytes: 1e6 },
    )
  })

  it('passes compressed events on as they come', async () => {
    await app(
      (server) =>
        server.get('/', (_, res) => {
          res.set({ 'content-encoding': 'gzip', 'content-type': 'text/event-stream' })
          const gzip = createGzip()
          gzip.pipe(res)
          gzip.write(`data: ${text}\n\n`)
          gzip.flush()
          res.on('close', () => gzip.destroy())
        }),
      async (port) => {
        const abort = new AbortController()
        const response = await fetch(`http://127.0.0.1:${port}/`, { signal: abort.signal })
        const { value } = await response.body!.getReader().read()
        expect(Buffer.from(value!).toString()).toBe(`data: ${expected}\n\n`)
        abort.abort()
      },
    )
  })

  it('masks before compression that was registered before it', async () => {
    // As such middleware works: it takes the place of the methods, and decides when the head is written.
    const compress: express.RequestHandler = (_, res, next) => {
      const { writeHead, write, end } = res
      const gzip = createGzip()
      let on = false
      res.writeHead = ((...args: Parameters<typeof writeHead>) => {
        on = true
        res.setHeader('content-encoding', 'gzip')
        res.removeHeader('content-length')
        return writeHead.apply(res, args)
      }) as typeof writeHead
      res.write = ((chunk: string) => (on || res.writeHead(res.statusCode), gzip.write(chunk))) as typeof write
      res.end = ((chunk: string) => (on || res.writeHead(res.statusCode), gzip.end(chunk), res)) as typeof end
      gzip.on('data', (chunk: Buffer) => void write.call(res, chunk, 'utf8'))
      gzip.on('end', () => void end.call(res, undefined, 'utf8'))
      next()
    }
    const mask = maskExpress({ runSecret })
    const server = express()
    server.use(compress, mask)
    server.get('/json', (_, res) => void res.json(record))
    server.get('/lines', (_, res) => {
      res.type('application/x-ndjson').write(`${text}\n`)
      res.end(`${text}\n`)
    })
    server.get('/broken', (_, res) => void res.type('json').send(text.slice(1)))
    const http = createServer(server)
    const port = await listen(http)
    const unpacked = async (path: string): Promise<string> => gunzipSync((await ask(port, path)).bytes).toString()
    expect(await unpacked('/json')).toBe(expected)
    expect(await unpacked('/lines')).toBe(`${expected}\n${expected}\n`)
    expect(await unpacked('/broken')).toBe(refused('not_json'))
    await close(http)
    mask.close()
  })

  it('lets middleware that waits for the head set headers, and masks them', async () => {
    await app(
      (server) => {
        server.use((_, res, next) => {
          const { writeHead } = res
          res.writeHead = ((...args: Parameters<typeof writeHead>) => {
            res.setHeader('x-user', CANARY.email)
            return writeHead.apply(res, args)
          }) as typeof writeHead
          next()
        })
        server.get('/', (_, res) => void res.json(record))
      },
      async (port) => {
        const got = await ask(port)
        expect(got.headers['x-user']).toBe(masker.text(CANARY.email))
        expect(got.text).toBe(expected)
      },
    )
  })

  it('serves files, masked, and says that there are no ranges', async () => {
    await app(
      (server) => server.use('/files', express.static('rulesets')),
      async (port) => {
        const whole = await ask(port, '/files/default.yaml')
        expect(whole).toMatchObject({ status: 200 })
        expect(whole.text).toContain('name: default')
        const again = await ask(port, '/files/default.yaml', { headers: { range: 'bytes=0-9', 'if-none-match': whole.headers.etag ?? '*' } })
        expect({ status: again.status, text: again.text }).toEqual({ status: 200, text: whole.text })
        expect(await ask(port, '/files/names.bin')).toMatchObject({ status: 500, text: refused('type') })
      },
    )
    await app(
      (server) => server.use('/files', express.static('rulesets')),
      async (port) => expect(await ask(port, '/files/default.yaml', { headers: { range: 'bytes=0-9' } })).toMatchObject({ status: 500, text: refused('partial') }),
      { conditional: 'keep' },
    )
  })

  it('sends nothing of what stands beside compressed bytes', async () => {
    const whole = gzipSync('{"a":1}')
    // A header with a file name (RFC 1952), and bytes behind the end.
    const named = Buffer.concat([
      whole.subarray(0, 3),
      Buffer.from([8]),
      whole.subarray(4, 10),
      Buffer.from(`${CANARY.email}\0`),
      whole.subarray(10),
      Buffer.from(`\0\0${CANARY.email}`),
    ])
    await app(
      (server) => server.get('/', (_, res) => void res.set({ 'content-encoding': 'gzip', 'content-type': 'application/json' }).end(named)),
      async (port) => {
        const got = await ask(port)
        expect(leaks(got.bytes.toString('latin1'))).toEqual([])
        if (got.status === 200) expect(gunzipSync(got.bytes).toString()).toBe('{"a":1}')
      },
    )
  })
})

describe('Hono', () => {
  it('masks through maskFetch', async () => {
    const app = new Hono()
    app.get('/json', (c) => c.json(record, 200, { 'x-user': CANARY.email }))
    app.get('/text', (c) => c.text(`mail ${CANARY.email}`))
    app.get('/sse', (c) =>
      streamSSE(c, async (stream) => {
        await stream.writeSSE({ event: 'user', id: '1', data: text })
        await stream.writeSSE({ data: `mail ${CANARY.email}` })
      }),
    )
    app.get('/throws', () => {
      throw new Error(CANARY.email)
    })
    app.onError((error, c) => c.json({ error: error.message }, 500))
    app.get('/broken', (c) => c.body(text.slice(1), 200, { 'content-type': 'application/json' }))
    const masked = maskFetch(app.fetch, { runSecret })
    const server = serve({ fetch: masked, hostname: '127.0.0.1', port: 0 })
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    try {
      const json = await ask(port, '/json')
      expect(json.text).toBe(expected)
      expect(json.headers['content-length']).toBe(String(Buffer.byteLength(expected)))
      expect(await ask(port, '/text')).toMatchObject({ status: 200, text: masker.text(`mail ${CANARY.email}`) })
      expect((await ask(port, '/sse')).text).toBe(`event: user\ndata: ${expected}\nid: 1\n\ndata: ${masker.text(`mail ${CANARY.email}`)}\n\n`)
      const thrown = await ask(port, '/throws')
      expect(thrown.status).toBe(500)
      for (const got of [json, thrown]) expect(leaks(everything(got))).toEqual([])
      expect(await ask(port, '/broken')).toMatchObject({ status: 500, text: refused('not_json') })
      expect((await ask(port, '/json', { method: 'HEAD' })).text).toBe('')
      expect(masked.stats()).toMatchObject({ failures: { not_json: 1 } })
    } finally {
      server.close()
      masked.close()
    }
  })
})
