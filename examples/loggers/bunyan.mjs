// bunyan through maskWritable.
import bunyan from 'bunyan'
import { maskWritable } from 'mask-logs'

const log = bunyan.createLogger({ name: 'shop', streams: [{ level: 'info', stream: maskWritable(process.stdout) }], serializers: bunyan.stdSerializers })

log.info({ user: { email: 'amelia@shop.example', password: 'hunter2' } }, 'login')
log.error({ err: new Error('card 4111 1111 1111 1111 declined') }, 'payment failed')
