// winston through maskWritable: whatever its formats make is masked line by line.
import { maskWritable } from 'mask-logs'
import winston from 'winston'

const logger = winston.createLogger({
  format: winston.format.combine(winston.format.timestamp(), winston.format.json()),
  transports: [new winston.transports.Stream({ stream: maskWritable(process.stdout) })],
})

logger.info('login', { user: { email: 'amelia@shop.example', password: 'hunter2' } })
logger.warn('card 4111 1111 1111 1111 declined')
