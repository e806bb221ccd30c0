// Masking in pino's worker, before the lines go to a file and, prettily, to the screen. What matters is still that the logger itself masks:
// use maskPino where you can.
import pino from 'pino'
import { exitOnSignals, maskDestination, maskTargets } from 'mask-logs/pino'

exitOnSignals()
const file = process.argv[2] ?? 'app.log'
const transport = pino.transport({
  targets: maskTargets([
    { target: 'pino/file', level: 'info', options: { destination: file } },
    { target: 'pino-pretty', level: 'warn', options: { colorize: false } },
  ]),
})
const log = pino({ level: 'info' }, maskDestination(transport, { mask: false }))
log.info({ user: { email: 'amelia@shop.example' } }, 'signed in')
log.warn({ password: 'hunter2' }, 'password in a log')
