import * as fs from 'node:fs'
import { pipeline, type Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { InputError, type ReloadEvent } from '../../src/index.ts'
import { LineGuard, type PinoMaskOptions, type PinoStats } from './guard.ts'
import { MaskStage } from './mask-stage.ts'
import type { WorkerMaskOptions } from './targets.ts'

/** Options of the worker transport. They cross into the worker, so they hold no functions: own masks come as `plugins`. */
export interface TransportOptions extends WorkerMaskOptions {
  /** Where masked lines go: a path, a file descriptor, `stdout` or `stderr`. Without it, in a pipeline, to the next stage; else to stdout. */
  readonly destination?: string | number | undefined
  /** Milliseconds between two `mask-logs:stats` events on the transport (default 10,000; 0: at the end only). */
  readonly statsInterval?: number | undefined
}

const KNOWN: ReadonlySet<string> = new Set([
  'ruleset',
  'runSecret',
  'instanceSecret',
  'plugins',
  'seedDirs',
  'policy',
  'memoSize',
  'watch',
  'stamp',
  'findings',
  'findingsOnFull',
  'quarantine',
  'quarantineRaw',
  'destination',
  'statsInterval',
  // what pino adds
  '$context',
  'pinoWillSendConfig',
  'level',
  'levels',
])
const BY_PLUGIN: ReadonlySet<string> = new Set(['masks', 'detectors', 'aiEngine'])
/** Functions, and what does in their place. */
const INSTEAD: Readonly<Record<string, string>> = {
  onFinding: "name a file or a descriptor as 'findings'",
  onReload: "listen to the event 'mask-logs:reload' of the transport",
}

/**
 * The transport that pino loads in its worker: alone it writes masked lines to a destination, in a pipeline it hands them on. Every line
 * leaves masked or replaced, in order, with `\n` behind it. Throws for options or a ruleset that cannot be used, before the first line.
 *
 * @example pino.transport({ pipeline: [{ target: 'mask-logs/pino', options: { ruleset: 'rules/pii.yaml' } }, { target: 'pino/file' }] })
 */
export default async function transport(given: TransportOptions | undefined): Promise<NodeJS.WritableStream> {
  const options = checked(given ?? {})
  const { destination, statsInterval = 10_000 } = options
  const guard = new LineGuard(maskOptions(options))
  const sink = destination === undefined && isStage() ? undefined : await open(destination ?? 'stdout')
  const stopTelling = tell(guard, statsInterval)
  listenForShape(guard)
  const ended = async (): Promise<void> => {
    stopTelling()
    // What is told of the lines is not worth losing them.
    await guard.end().catch(() => {})
  }
  if (sink === undefined) return new MaskStage(guard, { ended })
  const written = finished(sink.stream)
  written.catch(() => {})
  const stage = new MaskStage(guard, { ended, written })
  pipeline(stage, sink.stream, (error) => void (error && stage.destroy(error)))
  return stage
}

function checked(options: TransportOptions): TransportOptions {
  for (const key of Object.keys(options)) {
    if (BY_PLUGIN.has(key)) throw new InputError('bad_option', `'${key}' cannot cross into a worker: export it from a module and name that as plugins: ['./my-masks.mjs']`)
    if (Object.hasOwn(INSTEAD, key)) throw new InputError('bad_option', `'${key}' cannot cross into a worker: ${INSTEAD[key]}`)
    if (!KNOWN.has(key)) throw new InputError('bad_option', `'${key}' is no option of mask-logs/pino: ${[...KNOWN].slice(0, -4).join(', ')}`)
  }
  const { destination, statsInterval, quarantine } = options
  if (quarantine !== undefined && typeof quarantine !== 'string') throw new InputError('bad_option', "'quarantine' is a path, in a worker")
  if (destination !== undefined && typeof destination !== 'string' && !(Number.isInteger(destination) && destination >= 0))
    throw new InputError('bad_option', "'destination' is a path, a file descriptor, 'stdout' or 'stderr'")
  if (statsInterval !== undefined && !(Number.isFinite(statsInterval) && statsInterval >= 0)) throw new InputError('bad_option', "'statsInterval' is a number of milliseconds")
  return options
}

function maskOptions(options: TransportOptions): PinoMaskOptions {
  const { ruleset, runSecret, instanceSecret, plugins, seedDirs, policy, memoSize, watch, stamp, findings, findingsOnFull, quarantine, quarantineRaw } = options
  const onReload = (event: ReloadEvent): void => parentPort?.postMessage({ code: 'EVENT', name: 'mask-logs:reload', args: [event] })
  return { ruleset, runSecret, instanceSecret, plugins, seedDirs, policy, memoSize, watch, stamp, findings, findingsOnFull, quarantine, quarantineRaw, onReload }
}

/** What pino's worker was started with. */
interface Loaded {
  readonly pipelines?: readonly (readonly { readonly target?: string }[])[]
}

/** True where a pipeline names this module: what it returns is read by the next stage. */
function isStage(): boolean {
  const loaded = (workerData as { workerData?: Loaded } | null)?.workerData
  return loaded?.pipelines?.some((stages) => stages.some(({ target }) => target !== undefined && isOurs(target))) === true
}

function isOurs(target: string): boolean {
  return target === 'mask-logs/pino' || /[\\/]transports[\\/]pino(?:[\\/]index)?\.(?:js|cjs)$/.test(target)
}

/** Milliseconds until what a full pipe did not take is tried again. */
const RETRY = 10

type Written = (error: NodeJS.ErrnoException | null, written: number, buffer: Buffer) => void

/** Whoever shares a pipe may have set it not to block: then a write fails while it is full, and Node gives up after a few. */
const patient = {
  open: fs.open,
  close: fs.close,
  write(fd: number, buffer: Buffer, offset: number, length: number, position: number | null, done: Written): void {
    fs.write(fd, buffer, offset, length, position, (error, written) => {
      if (error?.code === 'EAGAIN') setTimeout(() => patient.write(fd, buffer, offset, length, position, done), RETRY)
      else done(error, written, buffer)
    })
  },
} as Pick<typeof fs, 'open' | 'close' | 'write'>

async function open(destination: string | number): Promise<{ readonly stream: Writable }> {
  const fd = destination === 'stdout' ? 1 : destination === 'stderr' ? 2 : destination
  const stream = typeof fd === 'number' ? fs.createWriteStream('', { fd, fs: patient, autoClose: fd > 2 }) : fs.createWriteStream(fd, { flags: 'a', fs: patient })
  if (typeof fd === 'string')
    await new Promise<void>((resolve, reject) => {
      stream.once('open', () => resolve())
      stream.once('error', () => reject(new InputError('bad_option', "the file of 'destination' cannot be opened for writing")))
    })
  return { stream }
}

/** Sends the counters to the main thread, where they are an event of the transport. Returns what sends them a last time. */
function tell(guard: LineGuard, interval: number): () => void {
  const send = (): void => parentPort?.postMessage({ code: 'EVENT', name: 'mask-logs:stats', args: [guard.stats() satisfies PinoStats] })
  const timer = interval > 0 && parentPort !== null ? setInterval(send, interval).unref() : undefined
  return () => {
    clearInterval(timer)
    send()
  }
}

/**
 * pino may say what its keys and levels are; nothing waits for it. What it says is kept for the first that listens, which other stages and
 * pino's own worker wait for: to listen before them would take it from them, so this listens as soon as one of them does.
 */
function listenForShape(guard: LineGuard): void {
  if (parentPort === null) return
  const port = parentPort
  const listen = (message: unknown): void => {
    const { code, config } = (message ?? {}) as { code?: unknown; config?: { messageKey?: string; levels?: { values?: Record<string, number> } } }
    if (code !== 'PINO_CONFIG') return
    port.off('message', listen)
    guard.shape = { messageKey: config?.messageKey, levels: Object.keys(config?.levels?.values ?? {}) }
  }
  const { on } = port
  port.on = function (this: typeof port, ...given: Parameters<typeof on>) {
    if (given[0] === 'message') {
      port.on = on
      on.call(this, 'message', listen)
    }
    return on.apply(this, given)
  } as typeof on
}
