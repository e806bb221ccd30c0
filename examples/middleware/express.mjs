// Express 5: middleware, and a log line for each request that may be kept.
import express from 'express'
import { describeRequest, maskExpress } from 'mask-logs/http'
import { pino } from 'pino'
import { customer, ruleset, runSecret } from './data.mjs'

export async function start(port = 0, write = (line) => process.stdout.write(line)) {
  const log = pino({ timestamp: false, base: undefined }, { write })
  const mask = maskExpress({ ruleset, runSecret })
  const app = express()
  app.disable('x-powered-by')
  app.use(mask, express.json())
  app.post('/orders/:customer_id', (request, response) => {
    const { method, url, body, headers } = describeRequest(request)
    log.info({ method, url, body, authorization: headers.authorization }, 'request')
    response.type('json').send(customer)
  })
  app.get('/login', (_request, response) => response.redirect('/welcome?email=amelia.nobody@example.com&theme=dark'))
  const server = await new Promise((resolve) => {
    const listening = app.listen(port, '127.0.0.1', () => resolve(listening))
  })
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

if (import.meta.filename === process.argv[1]) console.log((await start(3000)).url)
