// pino-http on a plain server: headers, URLs and what handlers log are masked.
import { createServer } from 'node:http'
import { maskPino } from 'mask-logs/pino'
import pinoHttp from 'pino-http'

const logger = pinoHttp(maskPino({ level: 'info' }))

const server = createServer((request, response) => {
  logger(request, response)
  request.log.warn({ card: '4111 1111 1111 1111' }, 'payment without a customer')
  response.setHeader('set-cookie', 'session=5f4dcc3b5aa765d61d8327de; Path=/')
  response.end('ok')
})

server.listen(0, '127.0.0.1', async () => {
  await fetch(`http://127.0.0.1:${server.address().port}/pay?access_token=9f8e7d6c5b4a3928`, { headers: { cookie: 'session=1a2b3c4d5e6f7a8b', 'x-api-key': 'k3y-77x1-zz' } })
  server.close()
})
