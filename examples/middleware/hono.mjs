// Hono, as any fetch handler: Next.js route handlers are wrapped the same way, `export const GET = maskFetch(handler, options)`.
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { maskFetch } from 'mask-logs/http'
import { customer, ruleset, runSecret } from './data.mjs'

const app = new Hono()
app.get('/customer', (c) => c.body(customer, 200, { 'content-type': 'application/json' }))
app.get('/events', (c) =>
  streamSSE(c, async (stream) => {
    await stream.writeSSE({ event: 'customer', data: customer })
    await stream.writeSSE({ data: '[DONE]' })
  }),
)

export async function start(port = 0) {
  const server = serve({ fetch: maskFetch(app.fetch, { ruleset, runSecret }), hostname: '127.0.0.1', port })
  await new Promise((resolve) => server.once('listening', resolve))
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => new Promise((resolve) => server.close(resolve)) }
}

if (import.meta.filename === process.argv[1]) console.log((await start(3000)).url)
