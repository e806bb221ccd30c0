import type { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { LineGuard, type PinoMaskOptions, type PinoStats, warn } from './guard.ts'
import { RELOAD, STATS } from './mask-pino.ts'

/** What pino logs to: a transport, `pino.destination`, a multistream, any stream. */
export interface Destination {
  write(line: string): unknown
}

/** Options of `maskDestination`. */
export interface DestinationOptions extends PinoMaskOptions {
  /** False: the lines are masked already (`maskPino` is in force), and are bounded and hidden only. Default true. */
  readonly mask?: boolean | undefined
  /** Bytes that may wait in this thread for a transport's worker (default 1 MiB; 0: no bound). */
  readonly maxPendingBytes?: number | undefined
  /** What happens beyond it: `wait` writes synchronously until there is room, `drop` drops lines and says how many when there is. */
  readonly onFull?: 'wait' | 'drop' | undefined
}

const METADATA = Symbol.for('pino.metadata')
const DEFAULT_BOUND = 1 << 20
/** Raw, and set before the line is masked: they reach nothing behind. `lastLevel` and `lastTime` route the line, and do. */
const RAW: ReadonlySet<PropertyKey> = new Set(['lastObj', 'lastMsg', 'lastLogger'])

/**
 * Stands before a destination of pino: masks lines (the only way with pino before 9.6), keeps the raw record that pino hands to destinations
 * with metadata from them, bounds what waits for a transport's worker, and survives the end of that worker. Never throws on a line.
 * Throws RulesetError or InputError for a ruleset or an option that cannot be used.
 *
 * @example pino(maskPino({}), maskDestination(pino.transport({ target: 'pino/file' }), { mask: false }))
 */
export function maskDestination<Stream extends Destination>(stream: Stream, options: DestinationOptions = {}): Stream {
  const { mask = true, maxPendingBytes = DEFAULT_BOUND, onFull = 'wait', ...rest } = options
  const guard = mask ? new LineGuard(rest) : undefined
  if (mask && isInstrumented()) warn('maskDestination cannot mask what instrumentation of pino exports: use maskPino')
  const target = stream as Stream & Partial<EventEmitter> & { flushSync?: () => void; writableNeedDrain?: boolean; writableEnded?: boolean; [METADATA]?: unknown }
  let pending = 0
  let dropped = 0
  let lost = 0
  let dead = false
  /** A flush is to come when the calls at hand are over. */
  let later = false
  // Only a transport keeps lines in this thread: it is told by its `flushSync` and its events.
  const bounded = maxPendingBytes > 0 && typeof target.flushSync === 'function' && typeof target.on === 'function' && 'worker' in target
  if (bounded) {
    target.on!('drain', () => {
      pending = 0
      told()
    })
  }
  if (typeof target.on === 'function') {
    // Without a listener, the end of a worker ends the application.
    target.on('error', () => {
      if (!dead) warn('the destination has failed: further lines are counted as dropped')
      dead = true
    })
  }

  /** Says how many lines were dropped, now that there is room. */
  function told(): void {
    if (lost === 0) return
    const n = lost
    lost = 0
    put(`{"level":40,"time":${Date.now()},"msg":"mask-logs: ${n} lines were dropped, the destination was full"}\n`)
  }

  function put(line: string): unknown {
    try {
      return target.write(line)
    } catch {
      dead = true
      dropped++
      return false
    }
  }

  function flush(): void {
    try {
      target.flushSync!()
    } catch {
      // It gave up after its time: the line is tried all the same.
    }
  }

  /**
   * Every flush of a burst has the transport come back once more to what is left. With thread-stream 3 (pino 9) they would wait for one
   * another, for ever, and keep the process alive: nothing is left for them.
   */
  function flushLater(): void {
    if (later) return
    later = true
    setImmediate(() => {
      later = false
      if (dead || target.writableEnded === true) return
      flush()
      pending = 0
    })
  }

  function write(given: unknown): unknown {
    const line = guard === undefined ? given : guard.mask(given)
    // A line that was dropped is no write: a destination may parse what it gets.
    if (line === '') return true
    if (dead) {
      dropped++
      return false
    }
    if (bounded && typeof line === 'string') {
      pending += Buffer.byteLength(line)
      if (pending > maxPendingBytes) {
        if (onFull === 'drop') {
          pending -= Buffer.byteLength(line)
          dropped++
          lost++
          return false
        }
        flush()
        pending = Buffer.byteLength(line)
        flushLater()
      }
    }
    return put(line as string)
  }

  /** A last line given to `end` goes the way of all others. */
  function end(...given: unknown[]): unknown {
    const last = given.length > 0 && typeof given[0] !== 'function' ? given.shift() : undefined
    if (last !== undefined && last !== null) write(last)
    return (target as { end?: (...rest: unknown[]) => unknown }).end?.(...given.filter((one) => typeof one === 'function'))
  }

  const read = (): PinoStats => (guard ?? (none ??= new LineGuard({}))).stats(pending, dropped)
  let none: LineGuard | undefined
  return new Proxy(stream, {
    get(_, key) {
      if (key === 'write') return write
      if (key === STATS) return read
      if (key === RELOAD && guard !== undefined) return () => guard.reload()
      if (key === 'end' && typeof Reflect.get(target, key, target) === 'function') return end
      if (RAW.has(key)) return null
      const value: unknown = Reflect.get(target, key, target)
      // Methods of streams and workers have private parts: they are called on the destination itself.
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value
    },
    set(_, key, value) {
      if (RAW.has(key)) return true
      return Reflect.set(target, key, value, target)
    },
    has: (_, key) => key === STATS || (key === RELOAD && guard !== undefined) || Reflect.has(target, key),
  })
}

/** True when a package is loaded that replaces the destination of loggers behind them. */
function isInstrumented(): boolean {
  return Object.keys(createRequire(join(process.cwd(), 'here.js')).cache).some((file) => file.includes('instrumentation-pino'))
}
