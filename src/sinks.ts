// Where events about masking go: findings for those who watch over many systems, notes of records held back. One JSON object a line,
// appended; files are made for their owner alone.
//
// Masking never waits for a reader of findings unless that is asked for: what does not fit is dropped, counted and told.

import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { InputError } from './errors.ts'
import type { FindingEvent, QuarantineNote } from './masker.ts'

/** Options of openFindings. */
export interface FindingsOptions {
  /** Name of what is masked, in every event. */
  readonly source?: string | undefined
  /** What happens when a pipe is full: `drop` (default) drops events and says how many later, `wait` holds up masking until there is room. */
  readonly onFull?: 'drop' | 'wait' | undefined
  /** Bytes that may wait for the reader of a pipe (default 1 MiB). */
  readonly maxPendingBytes?: number | undefined
}

/** What openFindings returns. */
export interface FindingsSink {
  /** Takes one event; made to be handed to `createMasker` as `onFinding`. Never throws. */
  readonly write: (event: FindingEvent, source?: string) => void
  /** Events written, and events lost. */
  readonly written: number
  readonly dropped: number
  /** System code of what went wrong, if anything did: from then on events are dropped. */
  readonly failure: string | undefined
  /** Settles when what was taken has left, or after so many milliseconds. */
  flush(ms?: number): Promise<void>
  /** Writes what can be written at once and closes a file that was opened by name. */
  close(): void
}

/** What openQuarantine returns. */
export interface QuarantineSink {
  /** Appends one note; made to be handed to `createMasker` as `quarantine`. Throws InputError when it cannot be written. */
  readonly write: (note: QuarantineNote, raw?: Uint8Array) => void
  close(): void
}

/** Text is gathered up to this size, and for no longer than this. */
const BATCH = 64 * 1024
const BATCH_MS = 200
const PENDING = 1 << 20

/** openFindings; see index.ts for the public function. */
export function makeFindings(to: string | number, options: FindingsOptions): FindingsSink {
  return new Findings(to, options)
}

/** All that are open: one listener for all of them, however many loggers there are. */
const open = new Set<Findings>()
const atExit = (): void => {
  for (const sink of open) sink.atExit()
}

class Findings implements FindingsSink {
  readonly #fd: number
  readonly #owned: boolean
  readonly #source: string | undefined
  readonly #most: number
  /** A pipe that is written to behind our back; undefined: written at once. */
  readonly #pipe: Socket | undefined
  #text: string[] = []
  #size = 0
  #events = 0
  #timer: NodeJS.Timeout | undefined
  #closed = false
  /** Dropped, and not told yet. */
  #untold = 0
  written = 0
  dropped = 0
  failure: string | undefined

  constructor(to: string | number, { source, onFull = 'drop', maxPendingBytes = PENDING }: FindingsOptions) {
    if (onFull !== 'drop' && onFull !== 'wait') throw new InputError('bad_option', "'onFull' is 'drop' or 'wait'")
    if (!(maxPendingBytes >= 0)) throw new InputError('bad_option', "'maxPendingBytes' is a number of bytes")
    this.#source = source
    this.#most = maxPendingBytes
    this.#owned = typeof to === 'string'
    this.#fd = openSink('findings', to)
    const stats = fstatSync(this.#fd)
    if (onFull === 'drop' && (stats.isFIFO() || stats.isSocket())) {
      const { Socket } = process.getBuiltinModule('node:net')
      this.#pipe = new Socket({ fd: this.#fd, readable: false, writable: true })
      this.#pipe.on('error', (error) => this.#fail(error))
      this.#pipe.on('close', () => this.#fail({ code: 'EPIPE' }))
      this.#pipe.unref()
    }
    if (open.size === 0) process.once('exit', atExit)
    open.add(this)
  }

  /** The process ends: what can be written at once is. */
  atExit(): void {
    this.#send()
  }

  readonly write = (event: FindingEvent, source = this.#source): void => {
    if (this.#closed || this.failure !== undefined) {
      this.dropped++
      return
    }
    if (this.#pipe !== undefined && this.#pipe.writableLength + this.#size > this.#most) {
      this.dropped++
      this.#untold++
      return
    }
    const { time, ...rest } = event
    this.#put(JSON.stringify({ time, ...(source === undefined ? {} : { source }), ...rest }))
    this.#events++
    if (this.#size >= BATCH) this.#send()
    else
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined
        this.#send()
      }, BATCH_MS).unref()
  }

  #put(line: string): void {
    if (this.#untold > 0) {
      const { time, source, dropped } = { time: new Date().toISOString(), source: this.#source, dropped: this.#untold }
      this.#untold = 0
      this.#put(JSON.stringify({ time, ...(source === undefined ? {} : { source }), dropped }))
    }
    this.#text.push(line)
    this.#size += line.length + 1
  }

  #send(): void {
    if (this.#text.length === 0) return
    const bytes = Buffer.from(`${this.#text.join('\n')}\n`)
    const events = this.#events
    this.#text = []
    this.#size = this.#events = 0
    if (this.failure !== undefined) {
      this.dropped += events
      return
    }
    if (this.#pipe !== undefined) {
      this.written += events
      this.#pipe.write(bytes)
      return
    }
    try {
      writeAll(this.#fd, bytes)
      this.written += events
    } catch (error) {
      this.dropped += events
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    if (!this.#closed) this.failure ??= systemCode(error)
  }

  async flush(ms = 1000): Promise<void> {
    // what was dropped last is told too
    if (this.#untold > 0 && this.failure === undefined && (this.#pipe === undefined || this.#pipe.writableLength <= this.#most)) {
      const n = this.#untold
      this.#untold = 0
      this.#put(JSON.stringify({ time: new Date().toISOString(), ...(this.#source === undefined ? {} : { source: this.#source }), dropped: n }))
    }
    this.#send()
    const pipe = this.#pipe
    if (pipe === undefined || pipe.writableLength === 0 || this.failure !== undefined) return
    const end = performance.now() + ms
    while (pipe.writableLength > 0 && this.failure === undefined && performance.now() < end) await new Promise<void>((resolve) => setTimeout(resolve, 5))
  }

  close(): void {
    if (this.#closed) return
    this.#send()
    this.#closed = true
    clearTimeout(this.#timer)
    open.delete(this)
    if (open.size === 0) process.off('exit', atExit)
    if (this.#pipe !== undefined) this.#pipe.destroy()
    else if (this.#owned) closeSync(this.#fd)
  }
}

/** One note as a line. */
function quarantineLine(note: QuarantineNote, raw: Uint8Array | undefined): string {
  return `${JSON.stringify({ time: new Date().toISOString(), ...note, ...(raw === undefined ? {} : { raw: Buffer.from(raw).toString('base64') }) })}\n`
}

/** openQuarantine; see index.ts for the public function. */
export function makeQuarantine(to: string, raw: boolean): QuarantineSink {
  const fd = openSink('quarantine', to)
  const stats = fstatSync(fd)
  if (raw && stats.isFile() && (stats.mode & 0o077) !== 0) {
    closeSync(fd)
    throw new InputError('bad_option', 'the quarantine file would hold records as they are, and others may read it: chmod 600')
  }
  return {
    write(note, bytes) {
      try {
        writeAll(fd, Buffer.from(quarantineLine(note, bytes)))
      } catch (error) {
        throw new InputError('quarantine_without_sink', `the quarantine file cannot be written (${systemCode(error)})`)
      }
    },
    close: () => closeSync(fd),
  }
}

/** Opens for appending. A pipe that nobody reads is an error, and nothing to wait for. */
function openSink(what: string, to: string | number): number {
  if (typeof to === 'number') {
    try {
      fstatSync(to)
      return to
    } catch (error) {
      throw new InputError('bad_option', `the descriptor of the ${what} is not open (${systemCode(error)})`)
    }
  }
  if (typeof to !== 'string' || to === '') throw new InputError('bad_option', `the ${what} go to a path or a descriptor`)
  try {
    return openSync(to, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK, 0o600)
  } catch (error) {
    throw new InputError('bad_option', `the file of the ${what} cannot be opened for writing (${systemCode(error)})`)
  }
}

/** Writes all of it, however long a pipe takes. */
function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at)
    } catch (error) {
      if (systemCode(error) !== 'EAGAIN') throw error
      Atomics.wait(PAUSE, 0, 0, 5)
    }
  }
}
const PAUSE = new Int32Array(new SharedArrayBuffer(4))

function systemCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^E[A-Z0-9]{1,20}$/.test(code) ? code : 'unknown'
}
