// Where the masked bytes go. Small pieces are gathered, large ones are written from where they are; nothing is written before
// the write ahead of it is done, so a slow reader holds back the reading and no piece changes under a write.

import { closeSync, fchmodSync, fstatSync, openSync, realpathSync, renameSync, statSync, unlinkSync, write as writeFd, writev as writevFd } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Writable } from 'node:stream'

/** The pieces are gathered here; longer ones than SMALL are not worth the copy. */
const STAGE = 64 * 1024
const SMALL = 4096

export interface Sink {
  /** Writes the pieces. They may change as soon as the result (if there is one) is settled. */
  write(pieces: readonly Buffer[]): Promise<void> | undefined
  /** Hands on what is gathered. */
  flush(): Promise<void> | undefined
  /** True when the reader has gone away: further writes do nothing. */
  readonly gone: boolean
  readonly bytes: number
}

/** Writing failed for another reason than a closed pipe. */
export class OutputError extends Error {
  override readonly name = 'OutputError'
  readonly code: string
  constructor(code: string) {
    super(`cannot write the output (${code})`)
    this.code = code
  }
}

type Send = (parts: readonly Buffer[]) => Promise<void>

function gather(send: Send, isGone: () => boolean): Sink {
  const stage = Buffer.allocUnsafeSlow(STAGE)
  /** Staged bytes are [from, to); those before `from` are already in `parts`. */
  let from = 0
  let to = 0
  let parts: Buffer[] = []
  let bytes = 0
  const sendAll = async (): Promise<void> => {
    if (to > from) parts.push(stage.subarray(from, to))
    const list = parts
    parts = []
    try {
      if (list.length > 0 && !isGone()) await send(list)
    } finally {
      from = to = 0
    }
  }
  const writeRest = async (pieces: readonly Buffer[], start: number): Promise<void> => {
    await sendAll()
    for (let i = start; i < pieces.length; i++) {
      if (!add(pieces[i] as Buffer)) {
        await sendAll()
        add(pieces[i] as Buffer)
      }
    }
    // A large piece is the engine's or the reader's memory and has to be out before either goes on.
    if (parts.length > 0) await sendAll()
  }
  const add = (piece: Buffer): boolean => {
    if (piece.length < SMALL) {
      if (to + piece.length > STAGE) return false
      stage.set(piece, to)
      to += piece.length
    } else {
      if (to > from) parts.push(stage.subarray(from, to))
      from = to
      parts.push(piece)
    }
    return true
  }
  return {
    write(pieces) {
      for (const piece of pieces) bytes += piece.length
      for (let i = 0; i < pieces.length; i++) if (!add(pieces[i] as Buffer)) return writeRest(pieces, i)
      return parts.length > 0 ? sendAll() : undefined
    },
    flush() {
      return parts.length > 0 || to > from ? sendAll() : undefined
    },
    get gone() {
      return isGone()
    },
    get bytes() {
      return bytes
    },
  }
}

const closedPipe = (code: unknown): boolean => code === 'EPIPE' || code === 'ECONNRESET' || code === 'ERR_STREAM_DESTROYED' || code === 'ERR_STREAM_WRITE_AFTER_END'
const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : 'unknown'
}

/** A sink on a stream. It never ends the stream. */
export function streamSink(stream: Writable): Sink {
  let gone = false
  let failure: unknown
  let settle: (() => void) | undefined
  const fail = (error?: unknown): void => {
    if (error !== undefined && error !== null && !closedPipe(codeOf(error))) failure ??= error
    else gone = true
    settle?.()
  }
  // For as long as the process lives: the pipe may close after the last write too.
  stream.on('error', fail)
  stream.on('close', () => fail())
  const send: Send = (parts) =>
    new Promise((done, refuse) => {
      settle = () => {
        settle = undefined
        if (failure !== undefined) refuse(new OutputError(codeOf(failure)))
        else done()
      }
      if (failure !== undefined || gone) return settle()
      const last = parts.length - 1
      if (last > 0) stream.cork()
      parts.forEach((part, i) => stream.write(part, i < last ? undefined : (error) => (error ? fail(error) : settle?.())))
      if (last > 0) stream.uncork()
    })
  return gather(send, () => gone)
}

/** A sink on the descriptor of a regular file: blocks go there directly, through the thread pool. */
export function fileSink(fd: number): Sink {
  let gone = false
  const send: Send = (parts) =>
    new Promise((done, refuse) => {
      const next = (rest: readonly Buffer[]): void => {
        const then = (error: Error | null, n: number): void => {
          if (error !== null) {
            gone = closedPipe(codeOf(error))
            if (gone) done()
            else refuse(new OutputError(codeOf(error)))
            return
          }
          const left = after(rest, n)
          if (left.length === 0) done()
          else next(left)
        }
        if (rest.length === 1) writeFd(fd, rest[0] as Buffer, 0, (rest[0] as Buffer).length, null, then)
        else writevFd(fd, rest, null, then)
      }
      next(parts)
    })
  return gather(send, () => gone)
}

/** What is left of the parts after the first n bytes. */
function after(parts: readonly Buffer[], n: number): readonly Buffer[] {
  let i = 0
  for (; i < parts.length && n >= (parts[i] as Buffer).length; i++) n -= (parts[i] as Buffer).length
  if (n === 0) return parts.slice(i)
  return [(parts[i] as Buffer).subarray(n), ...parts.slice(i + 1)]
}

/** Standard output: by its descriptor when that is a regular file, else through the stream. */
export function stdoutSink(fd: number | undefined, stream: () => Writable): Sink {
  if (fd !== undefined) {
    try {
      if (fstatSync(fd).isFile()) return fileSink(fd)
    } catch {
      // Closed: the stream knows how to take that.
    }
  }
  return streamSink(stream())
}

export interface FileOutput {
  readonly sink: Sink
  /** Gives the file its name. */
  commit(): void
  /** Removes what was written. */
  abandon(): void
}

/**
 * A file that has its name only when it is complete. What is not a regular file (a pipe, /dev/null) is written directly. A file
 * that exists keeps its mode; a symbolic link keeps pointing to it. Throws the system's error.
 */
export function createOutputFile(path: string): FileOutput {
  let target = path
  let mode: number | undefined
  try {
    target = realpathSync(path)
    const stats = statSync(target)
    if (!stats.isFile()) {
      const fd = openSync(target, 'w')
      return { sink: fileSink(fd), commit: () => closeSync(fd), abandon: () => closeSync(fd) }
    }
    mode = stats.mode & 0o7777
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  const beside = join(dirname(target), `.${basename(target)}.${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}.tmp`)
  const fd = openSync(beside, 'wx', mode ?? 0o666)
  if (mode !== undefined) fchmodSync(fd, mode)
  let open = true
  const shut = (): void => {
    if (open) closeSync(fd)
    open = false
  }
  return {
    sink: fileSink(fd),
    commit() {
      shut()
      renameSync(beside, target)
    },
    abandon() {
      shut()
      try {
        unlinkSync(beside)
      } catch {
        // Already renamed or removed.
      }
    },
  }
}
