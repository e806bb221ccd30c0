// As in a Next.js app: one logger for the process, kept over hot reloads, in a module that every route imports. Next bundles server code;
// add serverExternalPackages: ['pino', 'mask-logs'] to next.config so that workers find their files.
import pino from 'pino'
import { maskPino } from 'mask-logs/pino'

// lib/logger.js
const logger = (globalThis.logger ??= pino(maskPino({ base: { service: 'web' } })))

// app/api/session/route.js
async function POST(request) {
  const { email, password } = await request.json()
  const log = logger.child({ path: new URL(request.url).pathname, user: email })
  log.info({ headers: Object.fromEntries(request.headers) }, 'signing in')
  try {
    throw new Error(`no account for ${email} with password=${password}`)
  } catch (err) {
    log.error({ err }, 'failed')
    return Response.json({ ok: false }, { status: 401 })
  }
}

await POST(
  new Request('https://shop.example/api/session', {
    method: 'POST',
    headers: { cookie: 'session=1a2b3c4d5e6f7a8b' },
    body: JSON.stringify({ email: 'amelia@shop.example', password: 'hunter2' }),
  }),
)
