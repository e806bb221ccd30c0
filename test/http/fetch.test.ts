// Fetch handlers and fetch itself, with Responses as they are made.
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createMasker } from '../../src/index.ts'
import { HttpMaskError, type HttpMaskOptions, maskedFetch, maskFetch } from '../../transports/http/index.ts'
import { CANARY, leaks, record, runSecret, serving } from './support.ts'

const masker = createMasker(undefined, { runSecret })
const text = JSON.stringify(record)
const expected = masker.json(text)
const json = { 'content-type': 'application/json' }

async function handled(response: Response, method = 'GET', options: HttpMaskOptions<Request> = {}): Promise<Response & { readonly failures: object }> {
  const handler = maskFetch(async (_: Request) => response, { runSecret, ...options })
  const out = await handler(new Request('http://127.0.0.1/', { method }))
  const { failures } = handler.stats()
  return Object.defineProperty(out, 'failures', { value: failures }) as Response & { readonly failures: object }
}

function chunks(...parts: (string | Error)[]): ReadableStream<Uint8Array> {
  const left = [...parts]
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 2))
      const next = left.shift()
      if (next === undefined) controller.close()
      else if (typeof next === 'string') controller.enqueue(new TextEncoder().encode(next))
      else controller.error(next)
    },
  })
}

describe('maskFetch', () => {
  it('masks bodies and headers', async () => {
    const got = await handled(
      new Response(text, { status: 201, statusText: `for ${CANARY.email}`, headers: { ...json, 'x-user': CANARY.email, etag: '"raw"', 'set-cookie': 'sid=abc' } }),
    )
    expect(got.status).toBe(201)
    expect(got.headers.get('content-length')).toBe(String(Buffer.byteLength(expected)))
    expect(got.headers.get('etag')).toBeNull()
    expect(got.headers.getSetCookie()).toEqual(['sid=abc'])
    const all = [got.statusText, ...[...got.headers].flat(), await got.text()]
    expect(all.at(-1)).toBe(expected)
    expect(leaks(all.join('\n'))).toEqual([])
  })

  it('keeps two cookies two', async () => {
    const headers = new Headers(json)
    headers.append('set-cookie', 'a=1')
    headers.append('set-cookie', 'b=2')
    expect((await handled(new Response('{}', { headers }))).headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  it('hands on all arguments and what was thrown', async () => {
    const handler = maskFetch(async (_: Request, context: { id: string }) => Response.json({ id: context.id, email: CANARY.email }), { runSecret })
    expect(await (await handler(new Request('http://127.0.0.1/'), { id: 'x' })).json()).toEqual({ id: 'x', email: masker.text(CANARY.email) })
    const failure = new Error('mine')
    await expect(maskFetch((_: Request) => Promise.reject<Response>(failure))(new Request('http://127.0.0.1/'))).rejects.toBe(failure)
  })

  it.each([204, 205, 304])('sends no body with %s', async (status) => {
    const got = await handled(new Response(null, { status, headers: { 'x-user': CANARY.email, etag: '"x"' } }))
    expect(got.status).toBe(status)
    expect(got.body).toBeNull()
    expect(got.headers.get('x-user')).toBe(masker.text(CANARY.email))
  })

  it('answers HEAD without length and digests of the raw body', async () => {
    const got = await handled(new Response(null, { headers: { ...json, 'content-length': '99', etag: '"x"' } }), 'HEAD')
    expect([...got.headers.keys()]).toEqual(['content-type'])
    const image = await handled(new Response(null, { headers: { 'content-type': 'image/png', 'content-length': '99' } }), 'HEAD')
    expect(image.headers.get('content-length')).toBe('99')
  })

  it('passes images, and refuses what it does not know or cannot mask', async () => {
    const bytes = new Uint8Array([137, 80, 0, 1])
    expect(new Uint8Array(await (await handled(new Response(bytes, { headers: { 'content-type': 'image/png' } }))).arrayBuffer())).toEqual(bytes)
    for (const [response, code] of [
      [new Response(bytes, { headers: { 'content-type': 'application/pdf' } }), 'type'],
      [new Response(text.slice(1), { headers: { ...json, 'access-control-allow-origin': '*', 'x-user': CANARY.email } }), 'not_json'],
      [new Response(chunks(text.slice(0, 9), new Error(CANARY.email)), { headers: json }), 'broken'],
      [new Response(text, { status: 206, headers: json }), 'partial'],
      [new Response(text, { headers: { ...json, 'content-encoding': 'gzip' } }), 'encoding'],
      [new Response(text.repeat(100), { headers: json }), 'oversize'],
    ] as const) {
      const got = await handled(response, 'GET', { maxBodyBytes: 2000 })
      expect(got.status).toBe(500)
      expect(await got.text()).toBe(`{"error":"masking_failed","code":"${code}"}`)
      expect(got.failures).toEqual({ [code]: 1 })
      expect(got.headers.get('access-control-allow-origin')).toBe(code === 'not_json' ? '*' : null)
      expect(got.headers.get('x-user')).toBeNull()
    }
  })

  it('recodes compressed bodies, whole and as they come', async () => {
    const whole = await handled(new Response(gzipSync(text), { headers: { ...json, 'content-encoding': 'gzip' } }))
    expect(gunzipSync(Buffer.from(await whole.arrayBuffer())).toString()).toBe(expected)
    expect(whole.headers.get('content-encoding')).toBe('gzip')
    const lines = await handled(new Response(gzipSync(`${text}\n`.repeat(500)), { headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' } }))
    expect(gunzipSync(Buffer.from(await lines.arrayBuffer())).toString()).toBe(`${expected}\n`.repeat(500))
    const broken = await handled(
      new Response(gzipSync(`${text}\n`.repeat(500)).subarray(0, 90), { headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' } }),
    )
    await expect(broken.arrayBuffer()).rejects.toMatchObject({ code: 'encoding' })
  })

  it('keeps conditions and ranges from the handler, unless it is told to keep them', async () => {
    const seen = async (request: Request, options: HttpMaskOptions<Request> = {}): Promise<string> => {
      const handler = maskFetch(
        async (given: Request) => new Response(`${given.url} ${given.headers.get('range')} ${given.headers.get('if-none-match')} ${given.headers.get('x')}`),
        { runSecret, ...options },
      )
      return (await handler(request)).text()
    }
    const headers = { range: 'bytes=0-1', 'if-none-match': '"x"', x: 'y' }
    expect(await seen(new Request('http://127.0.0.1/a', { headers }))).toBe('http://127.0.0.1/a null null y')
    expect(await seen(new Request('http://127.0.0.1/a', { headers }), { conditional: 'keep' })).toBe('http://127.0.0.1/a bytes=0-1 "x" y')
    expect(await seen(new Request('http://127.0.0.1/a', { headers, method: 'POST', body: 'x' }))).toContain('bytes=0-1 "x"')
    const frozen = new Request('http://127.0.0.1/a', { headers })
    frozen.headers.delete = () => {
      throw new TypeError('immutable')
    }
    expect(await seen(frozen)).toBe('http://127.0.0.1/a null null y')
  })

  it('streams events, and ends them with an error event', async () => {
    const type = { headers: { 'content-type': 'text/event-stream' } }
    const event = `data: ${text}\n\n`
    expect(await (await handled(new Response(chunks(event.slice(0, 20), event.slice(20), 'data: [DONE]\n\n'), type))).text()).toBe(`data: ${expected}\n\ndata: [DONE]\n\n`)
    const ended = await handled(new Response(chunks(event, `data: ${CANARY.email}`, new Error(CANARY.email)), type))
    expect(await ended.text()).toBe(`data: ${expected}\n\nevent: error\ndata: {"error":"masking_failed","code":"broken"}\n\n`)
  })

  it('errors a stream of lines that breaks', async () => {
    const got = await handled(new Response(chunks(`${text}\n`, `${text}`, new Error(CANARY.email)), { headers: { 'content-type': 'application/x-ndjson' } }))
    const error: unknown = await got.text().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(HttpMaskError)
    expect(leaks(`${(error as Error).message}${(error as Error).stack}${String((error as Error).cause)}`)).toEqual([])
  })

  it('reads only as far as it is read, and cancels with its reader', async () => {
    let pulled = 0
    let cancelled = false
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++
        controller.enqueue(Buffer.from(`${text}\n`))
      },
      cancel() {
        cancelled = true
      },
    })
    const got = await handled(new Response(endless, { headers: { 'content-type': 'application/x-ndjson' } }))
    const reader = got.body!.getReader()
    await reader.read()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(pulled).toBeLessThan(6)
    await reader.cancel()
    expect(cancelled).toBe(true)
  })

  it('counts no failure when its reader goes in the middle of a line', async () => {
    for (const coded of [false, true]) {
      const body = coded ? gzipSync(`${text}\n`.repeat(2000)).subarray(0, 200) : Buffer.from(`${text}\n${text.slice(0, 20)}`)
      const source = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(body) })
      const handler = maskFetch(
        async (_: Request) => new Response(source, { headers: { 'content-type': 'application/x-ndjson', ...(coded ? { 'content-encoding': 'gzip' } : {}) } }),
        { runSecret },
      )
      const reader = (await handler(new Request('http://127.0.0.1/'))).body!.getReader()
      if (!coded) await reader.read()
      const waiting = reader.read()
      await new Promise((resolve) => setTimeout(resolve, 20))
      await reader.cancel()
      await waiting.catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(handler.stats().failures).toEqual({})
    }
  })

  it('cancels a source that is silent', async () => {
    let cancelled = false
    const silent = new ReadableStream<Uint8Array>({
      cancel() {
        cancelled = true
      },
    })
    const got = await handled(new Response(silent, { headers: { 'content-type': 'text/event-stream' } }))
    const reader = got.body!.getReader()
    const read = reader.read()
    await reader.cancel()
    expect((await read).done).toBe(true)
    expect(cancelled).toBe(true)
  })
})

describe('maskedFetch', () => {
  it('masks what other services answer', async () => {
    await serving(
      (request, response) => {
        const headers = { 'set-cookie': `mail=${CANARY.email}`, 'x-user': CANARY.email, etag: '"raw"' }
        if (request.url === '/gzip') response.writeHead(200, { ...headers, ...json, 'content-encoding': 'gzip' }).end(gzipSync(text))
        else if (request.url === '/broken') response.writeHead(200, json).end(text.slice(1))
        else if (request.url === '/png') response.writeHead(200, { 'content-type': 'image/png', 'content-encoding': 'gzip' }).end(gzipSync('png'))
        else if (request.url?.startsWith('/silent'))
          response.writeHead(200, { 'content-type': request.url === '/silent' ? 'application/json' : 'application/x-ndjson' }).write('{"a":')
        else if (request.url === '/lines') {
          response.writeHead(200, { 'content-type': 'application/x-ndjson' }).write(`${text}\n`)
          setTimeout(() => response.end('{"broken'), 20)
        } else response.writeHead(404, { ...headers, ...json }).end(text)
      },
      async (port) => {
        const fetch = maskedFetch(globalThis.fetch, { runSecret })
        const base = `http://127.0.0.1:${port}`
        for (const path of [`/?email=${CANARY.email}`, '/gzip']) {
          const got = await fetch(base + path)
          const all = [got.url, ...[...got.headers].flat(), await got.text()]
          expect(all.at(-1)).toBe(expected)
          expect(got.status).toBe(path === '/gzip' ? 200 : 404)
          expect(got.headers.get('content-encoding')).toBeNull()
          expect(got.url).toMatch(new RegExp(`^${base}/`))
          expect(leaks(all.join('\n'))).toEqual([])
        }
        const error: unknown = await fetch(`${base}/broken`).catch((thrown: unknown) => thrown)
        expect(error).toBeInstanceOf(HttpMaskError)
        expect(error).toMatchObject({ code: 'not_json' })
        expect(await (await fetch(`${base}/png`)).text()).toBe('png')
        await expect((await fetch(`${base}/lines`)).text()).rejects.toMatchObject({ code: 'not_json' })
        for (const path of ['/silent', '/silent-lines']) {
          const aborted: unknown = await fetch(base + path, { signal: AbortSignal.timeout(100) })
            .then((response) => response.text())
            .catch((thrown: unknown) => thrown)
          expect(aborted).toMatchObject({ name: 'TimeoutError' })
        }
        const head = await fetch(base, { method: 'HEAD' })
        expect(head.status).toBe(404)
        expect(head.headers.get('etag')).toBeNull()
        expect(fetch.stats()).toMatchObject({ failures: { not_json: 2 } })
        fetch.close()
      },
    )
  })
})
