// console, and all that writes to stderr through it.
import { Console } from 'node:console'
import { maskWritable } from 'mask-logs'

const console = new Console(maskWritable(process.stdout), maskWritable(process.stderr))

console.log('login of %s with password=%s', 'amelia@shop.example', 'hunter2')
console.error(new Error('card 4111 1111 1111 1111 declined'))
