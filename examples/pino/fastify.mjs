// Fastify with a logger that masks: one line of options. Starts on a free local port, answers one request, and ends.
import fastify from 'fastify'
import { maskPino } from 'mask-logs/pino'

const app = fastify({ logger: maskPino({ level: 'info' }) })

app.post('/login', async (request) => {
  request.log.info({ body: request.body }, `login of ${request.body.email}`)
  return { ok: true }
})

await app.listen({ port: 0, host: '127.0.0.1' })
const { port } = app.server.address()
await fetch(`http://127.0.0.1:${port}/login?token=t0k3n-9f8e7d6c5b`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: 'Bearer 0a1b2c3d4e5f6g7h' },
  body: JSON.stringify({ email: 'amelia@shop.example', password: 'hunter2' }),
})
await app.close()
