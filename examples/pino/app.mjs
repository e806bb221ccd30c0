// A small web shop that logs with pino, as many services do: whole request headers, configuration at start, failed calls with
// everything that was sent, a message here and there that quotes what it should not. It starts a server on a free local
// port, sends it some requests, and ends. About 40 lines on stdout, among them one that is not JSON.
import { createServer } from 'node:http'
import pino from 'pino'
import { amelia, authorization, aws, bruno, clientSecret, cookie, database, github, privateKey, resetToken, session, setCookie, stripe, webhookSignature } from './values.mjs'

// Synchronous writes: the lines of the logger and of console.log stay in order, and none is lost at exit.
const log = pino({ name: 'web-shop', level: 'debug', serializers: pino.stdSerializers }, pino.destination({ dest: 1, sync: true }))

log.info(
  {
    config: { database: `postgres://${database}@db.internal.example:5432/shop`, stripe: { apiKey: stripe, currency: 'EUR' }, cache: { host: 'cache.internal.example', ttl: 300 } },
  },
  'configuration loaded',
)
log.debug({ runtime: { node: process.version, mode: 'production', workers: 2 } }, 'runtime')

const routes = {
  'GET /health': () => 200,
  'GET /products': () => 200,
  'POST /login': (request, body) => {
    const { email, password } = JSON.parse(body)
    request.log.debug({ body: { email, password, remember: true } }, 'login attempt')
    if (password !== amelia.password) {
      request.log.warn(`login failed for ${email} password=${password} attempts=3`)
      return 401
    }
    // From here on every line of this request carries the user.
    request.log = request.log.child({ user: { id: amelia.id, email } })
    request.log.info(`login ok for ${email}`)
    request.log.debug({ session: { token: session, expiresIn: 3600 } }, 'session created')
    return 200
  },
  'GET /orders': (request) => {
    request.log.info(
      {
        orders: [
          { id: 10021, total: 48.5 },
          { id: 10022, total: 12.0 },
        ],
      },
      'orders listed',
    )
    return 200
  },
  'POST /payments': (request, body) => {
    const { card, amount } = JSON.parse(body)
    request.log.info(`charging card ${amelia.cardSpaced} for order 10021, receipt to ${amelia.email}`)
    // What goes to the payment gateway is logged as it is sent: JSON inside a string.
    const gatewayRequest = JSON.stringify({ pan: card, amount, holder: { email: amelia.email }, auth: { client_secret: clientSecret } })
    request.log.debug({ gatewayRequest, card: Number(card), attempt: 1 }, 'gateway request')
    request.log.info({ refund: { iban: amelia.iban, amount } }, `refund scheduled to ${amelia.iban}`)
    return 201
  },
  'POST /verify': (request) => {
    request.log.info({ phone: amelia.phone, ssn: amelia.ssn }, `identity check passed for ssn ${amelia.ssn}`)
    request.log.info(`code sent by sms to ${bruno.phone}`)
    return 204
  },
  'GET /reset': (request) => {
    request.log.info({ link: `https://shop.example/reset?token=${resetToken}&lang=en` }, 'reset link opened')
    return 302
  },
  'POST /webhook': () => 202,
  'GET /admin': () => {
    const error = new Error(`connect ECONNREFUSED postgres://${database}@db.internal.example:5432/shop`)
    error.code = 'ECONNREFUSED'
    throw error
  },
  'POST /export': () => {
    const error = new Error('upload failed: 403 SignatureDoesNotMatch')
    error.config = { url: 'https://files.example/exports', headers: { authorization, accept: '*/*' }, accessKeyId: aws, timeout: 5000 }
    throw new Error(`export of ${bruno.email} did not finish`, { cause: error })
  },
  'GET /broken': () => {
    // A bug, not a failure: the stack names no one.
    return undefined.status
  },
}

let serial = 0
const server = createServer((request, response) => {
  const start = process.hrtime.bigint()
  request.id = ++serial
  request.log = log.child({ reqId: request.id })
  let body = ''
  request.on('data', (chunk) => (body += chunk))
  request.on('end', () => {
    const path = new URL(request.url, 'http://localhost').pathname
    try {
      const route = routes[`${request.method} ${path}`]
      response.statusCode = route === undefined ? 404 : route(request, body)
    } catch (error) {
      response.statusCode = 500
      request.log.error({ err: error }, error.message)
    }
    if (path === '/login' && response.statusCode === 200) response.setHeader('set-cookie', setCookie)
    response.end()
    request.log.info({ req: request, res: response, responseTime: Number((process.hrtime.bigint() - start) / 1000n) / 1000 }, 'request completed')
  })
})

await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address()
log.info({ port }, 'listening')

async function call(method, path, headers = {}, body = undefined) {
  await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), redirect: 'manual' })
}
const signedIn = { authorization, cookie }

await call('GET', '/health')
await call('GET', '/products?page=2&sort=price')
await call('POST', '/login', { 'content-type': 'application/json', 'x-forwarded-for': bruno.address }, { email: bruno.email, password: bruno.password })
await call('POST', '/login', { 'content-type': 'application/json' }, { email: amelia.email, password: amelia.password })
await call('GET', '/orders?limit=20', signedIn)
await call('POST', '/payments', { ...signedIn, 'content-type': 'application/json' }, { card: amelia.card, amount: 48.5 })
await call('POST', '/verify', signedIn)
await call('GET', `/reset?token=${resetToken}&lang=en`, { referer: `https://shop.example/mail?access_token=${resetToken}` })
await call('POST', `/webhook?event=paid&sig=${webhookSignature}`)
await call('GET', '/admin', signedIn)
await call('POST', '/export', signedIn)
await call('GET', '/broken')
await call('GET', '/nothing-here')

log.info({ carts: { [amelia.email]: 3, [bruno.email]: 1 } }, 'open carts')
log.warn({ job: 'deploy', step: 'clone' }, `git clone of shop/web failed, used ${github}`)
log.error({ key: privateKey, file: 'signing.pem' }, 'could not read the signing key')
log.info({ card: Number(bruno.card), lastFour: '4444' }, 'card on file updated')
log.debug({ commit: '9fceb02d0ae598e95dc970b74767f19372d61af8', build: '2026.11.22-4', uptime: 3.25, requests: 13, epoch: 1795305600000 }, 'nothing to hide here')
// Not every line of a process is JSON.
console.log(`[shutdown] smtp password: ${bruno.password} was used 2 times, bye ${amelia.email}`)
server.close()
log.info('stopped')
