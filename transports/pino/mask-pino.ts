import type { LoggerOptions } from 'pino'
import type { ReloadEvent } from '../../src/index.ts'
import { LineGuard, type PinoMaskOptions, type PinoStats } from './guard.ts'

/** On hooks that mask already. */
const MASKS = Symbol.for('mask-logs.pino.masks')
const STATS = Symbol.for('mask-logs.pino.stats')
const RELOAD = Symbol.for('mask-logs.pino.reload')

type StreamWrite = (line: string) => string

/** Options that `maskPino` gave back. */
export interface MaskedOptions {
  readonly [STATS]: () => PinoStats
  readonly [RELOAD]: () => ReloadEvent
}

/** The options as they were given, with the hook. */
export type MaskedPinoOptions<Options> = Options & Pick<LoggerOptions, 'hooks'> & MaskedOptions

/**
 * New options for pino under which every line is masked before it reaches the logger's stream: from child loggers, serializers, errors,
 * `toJSON`, printf and instrumentation, on the thread that logs. Everything else of the options stays; a `hooks.streamWrite` of yours runs
 * first. Options that mask already come back as they are. Needs pino 9.6 or later (see `checkPino`). Call it once for each logger.
 *
 * Throws RulesetError or InputError when the ruleset or an option cannot be used; afterwards nothing throws, and a line that cannot be
 * masked is replaced by a minimal record.
 *
 * @example const log = pino(maskPino({ level: 'info' }, { ruleset: 'rules/pii.yaml' }))
 */
export function maskPino<Options extends LoggerOptions>(pinoOptions: Options = {} as Options, maskOptions: PinoMaskOptions = {}): MaskedPinoOptions<Options> {
  const before = pinoOptions.hooks?.streamWrite as StreamWrite | undefined
  if (before !== undefined && isMasking(before)) return pinoOptions as MaskedPinoOptions<Options>
  const guard = new LineGuard(maskOptions, { messageKey: pinoOptions.messageKey, levels: Object.keys(pinoOptions.customLevels ?? {}) })
  const streamWrite = Object.assign(
    before === undefined
      ? (line: string): string => guard.mask(line)
      : function (this: unknown, line: string): string {
          let own: unknown
          try {
            own = before.call(this, line)
          } catch {
            // What it would have written is not known, and its error may quote the line.
          }
          return guard.mask(own)
        },
    { [MASKS]: true },
  )
  return { ...pinoOptions, hooks: { ...pinoOptions.hooks, streamWrite }, [STATS]: () => guard.stats(), [RELOAD]: () => guard.reload() } as MaskedPinoOptions<Options>
}

/** True for a `hooks.streamWrite` that `maskPino` made. */
export function isMasking(hook: unknown): boolean {
  return typeof hook === 'function' && (hook as { [MASKS]?: unknown })[MASKS] === true
}

/**
 * The counters of options that `maskPino` gave back, or of a destination of `maskDestination`: lines, values by rule and detector, minimal
 * records by code, characters, nanoseconds. No values, no keys of records. Undefined for anything else.
 *
 * @example stats(options)?.masked
 */
export function stats(of: object): PinoStats | undefined {
  const read = (of as Partial<MaskedOptions>)[STATS]
  return typeof read === 'function' ? read() : undefined
}

/**
 * Reads the ruleset again, of options that `maskPino` gave back or of a destination of `maskDestination`, and says what became of it. When
 * it cannot be used, the one in force stays. Children and loggers made of the same options follow. Undefined for anything else.
 *
 * @example process.on('SIGHUP', () => reload(options))
 */
export function reload(of: object): ReloadEvent | undefined {
  const again = (of as Partial<MaskedOptions>)[RELOAD]
  return typeof again === 'function' ? again() : undefined
}

export { RELOAD, STATS }
