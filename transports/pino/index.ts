/**
 * mask-logs/pino: masks what pino logs. In the thread that logs (`maskPino`, the guarantee), in pino's worker (the default export), and
 * around destinations.
 *
 * ```js
 * import pino from 'pino'
 * import { maskPino } from 'mask-logs/pino'
 * const log = pino(maskPino({ level: 'info' }, { ruleset: 'rules/pii.yaml' }))
 * ```
 * @module
 */
export { checkPino } from './check.ts'
export { maskDestination } from './destination.ts'
export type { Destination, DestinationOptions } from './destination.ts'
export type { PinoMaskOptions, PinoStats } from './guard.ts'
export { maskPino, reload, stats } from './mask-pino.ts'
export type { MaskedOptions, MaskedPinoOptions } from './mask-pino.ts'
export { exitOnSignals } from './signals.ts'
export type { ExitSignal } from './signals.ts'
export { maskTargets } from './targets.ts'
export type { Target, WorkerMaskOptions } from './targets.ts'
export { default } from './transport.ts'
export type { TransportOptions } from './transport.ts'
