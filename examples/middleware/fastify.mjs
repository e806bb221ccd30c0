// Fastify 5: one plugin, one route with a ruleset of its own.
import { Readable } from 'node:stream'
import fastify from 'fastify'
import { createHttpMask, maskFastify } from 'mask-logs/http'
import { customer, events, ruleset, runSecret } from './data.mjs'

export async function start(port = 0) {
  const strict = createHttpMask({ ruleset: 'mask-logs:strict', runSecret })
  const app = fastify()
  await app.register(maskFastify, { ruleset, runSecret })
  app.get('/customer', (_request, reply) => reply.type('application/json').send(customer))
  app.get('/export', { config: { mask: strict } }, () => JSON.parse(customer))
  app.get('/events', (_request, reply) => reply.type('text/event-stream').send(Readable.from(events)))
  // The body breaks off, so it is no JSON: it is replaced.
  app.get('/broken', (_request, reply) => reply.type('application/json').send(customer.slice(0, 100)))
  app.get('/fails', () => {
    throw new Error('no order of amelia.nobody@example.com')
  })
  const url = await app.listen({ host: '127.0.0.1', port })
  return { url, stop: () => app.close(), stats: () => app.maskStats() }
}

if (import.meta.filename === process.argv[1]) console.log((await start(3000)).url)
