// Copies for logs: masked in every part, whatever the request is.
import type { IncomingMessage } from 'node:http'
import express from 'express'
import fastify from 'fastify'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { createMasker } from '../../src/index.ts'
import { createHttpMask, describeRequest, describeResponse, maskExpress, maskFastify } from '../../transports/http/index.ts'
import { ask, CANARY, leaks, record, runSecret, serving } from './support.ts'

const masker = createMasker(undefined, { runSecret })
const options = { masker }
const headers = {
  authorization: `Bearer ${CANARY.token}`,
  cookie: `sid=${CANARY.password}`,
  'x-api-key': CANARY.password,
  'x-user': CANARY.email,
  referer: `https://shop.example/?email=${CANARY.email}`,
  'content-type': 'application/json',
}
const path = `/users/${encodeURIComponent(CANARY.email)}/cards?token=${CANARY.token}&page=2`

describe('describeRequest', () => {
  it('describes requests of Node', async () => {
    let seen: unknown
    await serving(
      (request: IncomingMessage, response) => {
        seen = describeRequest(request, options)
        response.end()
      },
      (port) => ask(port, path, { headers }),
    )
    expect(seen).toMatchObject({
      method: 'GET',
      remoteAddress: '127.0.0.1',
      headers: { authorization: '[REDACTED]', cookie: '[REDACTED]', 'x-api-key': '[REDACTED]', 'content-type': 'application/json' },
    })
    expect((seen as { url: string }).url).toMatch(/^\/users\/[^/]+%40[^/]+\/cards\?token=.*&page=2$|^\/users\/[^/]+@[^/]+\/cards\?token=.*&page=2$/)
    expect(leaks(JSON.stringify(seen))).toEqual([])
  })

  it('describes requests of Fastify and their replies, under the mask in force there, as serializers of pino', async () => {
    let log = ''
    const logger = pino(
      { serializers: { req: (request: object) => describeRequest(request), res: (reply: object) => describeResponse(reply) } },
      { write: (line: string) => void (log += line) },
    )
    const app = fastify({ loggerInstance: logger })
    await app.register(maskFastify, { ruleset: { version: '1.0', rules: [{ keys: ['id', 'email'], masks: [{ type: 'from_fixed', value: 'hidden' }] }] }, runSecret })
    app.post('/users/:id', async (request, reply) => {
      request.log.info({ copy: describeRequest(request) }, 'handled')
      reply.header('x-a', 'b')
      request.log.info({ answer: describeResponse(reply, { body: request.body }) }, 'answered')
      return {}
    })
    await app.inject({ method: 'POST', url: '/users/4711?email=x%40y.example', payload: { email: 'x@y.example', n: 1 }, headers })
    await app.close()
    const lines = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines.find(({ msg }) => msg === 'handled')?.['copy']).toMatchObject({
      method: 'POST',
      url: '/users/hidden?email=hidden',
      params: { id: 'hidden' },
      query: { email: 'hidden' },
      body: { email: 'hidden', n: 1 },
      headers: { authorization: '[REDACTED]' },
    })
    expect(lines.find(({ msg }) => msg === 'answered')?.['answer']).toEqual({ statusCode: 200, headers: { 'x-a': 'b' }, body: { email: 'hidden', n: 1 } })
    expect(log).not.toContain('y.example')
    expect(log).not.toContain(CANARY.token)
  })

  it('describes requests of Express', async () => {
    let seen: ReturnType<typeof describeRequest> | undefined
    const app = express()
    app.use(maskExpress({ masker }), express.json())
    app.use(
      '/users',
      express.Router().post('/:email/cards', (request, response) => {
        seen = describeRequest(request)
        response.json({})
      }),
    )
    await serving(app, (port) => ask(port, path, { method: 'POST', headers, body: JSON.stringify(record) }))
    expect(seen).toMatchObject({ method: 'POST', params: { email: masker.text(CANARY.email) }, query: { page: '2' }, body: JSON.parse(masker.json(JSON.stringify(record))) })
    expect(seen!.url).toMatch(/^\/users\/.*\/cards\?token=.*&page=2$/)
    expect(leaks(JSON.stringify(seen))).toEqual([])
  })

  it('describes fetch requests and responses', async () => {
    const request = new Request(`https://api.example${path}`, { method: 'POST', headers, body: JSON.stringify(record) })
    const seen = describeRequest(request, { masker, body: await request.clone().text() })
    expect(seen).toMatchObject({ method: 'POST', body: masker.json(JSON.stringify(record)) })
    expect(await request.json()).toEqual(record)
    const response = new Response(null, {
      status: 404,
      headers: [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['x-user', CANARY.email],
      ],
    })
    const answered = describeResponse(response, { masker, body: record })
    expect(answered).toMatchObject({ statusCode: 404, headers: { 'set-cookie': ['[REDACTED]', '[REDACTED]'] } })
    expect(leaks(JSON.stringify([seen, answered]))).toEqual([])
    expect('body' in describeRequest(request, options)).toBe(false)
  })

  it('takes bodies of every kind', () => {
    const body = (given: unknown, type = 'application/json'): unknown =>
      describeRequest({ method: 'POST', url: '/', headers: { 'content-type': type } }, { masker, body: given }).body
    expect(body(Buffer.from(JSON.stringify(record)))).toBe(masker.json(JSON.stringify(record)))
    expect(body(`mail ${CANARY.email}`, 'text/plain')).toBe(masker.text(`mail ${CANARY.email}`))
    expect(body(`{"email":"${CANARY.email}`)).toBe('[MASKING FAILED]')
    expect(leaks(String(body(`email=${encodeURIComponent(CANARY.email)}&n=1`, 'application/x-www-form-urlencoded')))).toEqual([])
    expect(body(`email=x&n=1`, 'application/x-www-form-urlencoded')).toBe('email=x&n=1')
    expect(body(Buffer.from([255, 254]))).toBe('[2 bytes]')
    expect(body(null)).toBeUndefined()
    const given = { a: { b: 1 } }
    const copy = body(given) as typeof given
    given.a.b = 2
    expect(copy).toEqual({ a: { b: 1 } })
    const cyclic: Record<string, unknown> = { email: CANARY.email }
    cyclic['self'] = cyclic
    expect(leaks(JSON.stringify(body(cyclic) ?? ''))).toEqual([])
  })

  it('describes headers one by one where they cannot be masked at once', () => {
    const failing = createMasker(
      { version: '1.0', extends: ['mask-logs:default'], rules: [{ keys: ['x-date'], masks: [{ type: 'date_shift' }] }] },
      { runSecret, policy: { on_mask_error: 'fail' } },
    )
    const seen = describeRequest(
      { method: 'GET', url: '/', headers: { 'x-date': CANARY.card, 'x-token': CANARY.token, plain: 'x', link: `</?token=${CANARY.token}>; rel=next` } },
      { masker: failing },
    )
    expect(seen.headers).toMatchObject({ 'x-date': '[MASKING FAILED]', plain: 'x' })
    expect(leaks(JSON.stringify(seen))).toEqual([])
  })

  it('never throws on what it is given, and keeps the mask of its options', () => {
    const hostile = {
      get method() {
        return 'GET'
      },
      url: `/?x=%E0%A4%A&email=${CANARY.email}`,
      headers: { a: undefined, b: null, c: 1, d: [CANARY.email, 'x'] },
      params: { a: 1, b: null },
    }
    const seen = describeRequest(hostile, options)
    expect(leaks(JSON.stringify(seen))).toEqual([])
    expect(seen.headers).toMatchObject({ c: '1' })
    const mask = createHttpMask({ ruleset: 'mask-logs:strict' })
    expect(describeRequest(hostile, { mask }).headers['c']).toBe('[REDACTED]')
    mask.close()
    expect(() => describeRequest({}, { ruleset: 'none.yaml' })).toThrow()
    expect(leaks(JSON.stringify(describeRequest(hostile)))).toEqual([])
  })
})
