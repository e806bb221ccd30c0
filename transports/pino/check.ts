import { Writable } from 'node:stream'
import type { LoggerOptions, pino } from 'pino'
import { withCanary } from './guard.ts'

const CANARY = 'mask-logs-canary-Jo8vQ2xZ5rT1'

/**
 * Logs one line under the same options through the pino that is given, and throws when it does not pass the masking or does not arrive:
 * pino before 9.6 ignores `hooks.streamWrite` without an error, and a hook may have been lost on the way. Beside what the ruleset says, the
 * masking takes out a canary for this one line, so that the check holds for every ruleset. `mixin` and hooks of yours run once. Throws an
 * Error; what it says holds nothing of the line.
 *
 * @example checkPino(pino, options)
 */
export function checkPino(make: typeof pino, pinoOptions: LoggerOptions): void {
  let written = ''
  const capture = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      written += chunk.toString()
      done()
    },
  })
  const { transport: _, ...options } = pinoOptions
  withCanary(CANARY, () => {
    const log = make({ ...options, enabled: true }, capture)
    const child = log.child({ binding: CANARY })
    // The highest level there is, so that the level of the options does not hold the line back.
    const own = Object.entries<number>(options.customLevels ?? {}).sort(([, a], [, b]) => b - a)
    const name = options.useOnlyCustomLevels === true && own.length > 0 ? own[0]![0] : 'fatal'
    const method = (child as unknown as Record<string, (object: object, text: string) => void>)[name]!
    method.call(child, { field: CANARY, nested: { field: CANARY }, err: Object.assign(new Error(CANARY), { field: CANARY }) }, CANARY)
  })
  if (written.trim() === '') throw new Error('mask-logs/pino: the check logged a line and none arrived: a hook or a level holds it back')
  if (written.includes(CANARY)) {
    throw new Error('mask-logs/pino: the check logged a line and it came out unmasked: pino must be 9.6 or later, and its options must be those that maskPino gave back')
  }
}
