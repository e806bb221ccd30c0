// Where the bytes come from: files, pipes, other streams, each of them perhaps gzip. Regular files are read into two own
// buffers in turn (the next block is read while this one is masked), pipes into one; a 'data' event would allocate every chunk.
//
// Pipes are read through a socket, never with fs.read: a read that waits in the thread pool cannot be cancelled and keeps the
// process from exiting.

import { close, fstat, open, read, type Stats } from 'node:fs'
import type { Readable } from 'node:stream'

/** Measured with an engine that changes nothing, 200 MB file to file: 64 KiB 0.31 s, 256 KiB 0.20 s, 512 KiB 0.11 s, 1 MiB 0.09 s. */
const FILE_BLOCK = 1024 * 1024
/** A pipe holds 64 KiB unless enlarged, a socket somewhat more. */
const PIPE_BLOCK = 256 * 1024
/** After a signal a pipe is read until it is silent for this long, so that lines already written into it are not lost, */
const IDLE_MS = 100
/** but not for longer than this. */
const DRAIN_MS = 1000

export interface Source {
  /** The next bytes, undefined at the end. They stay as they are until the following call. */
  next(): Promise<Buffer | undefined>
  /** Makes `next` come to its end soon. */
  stop(): void
  close(): void
  /** Bytes consumed of the file itself (compressed size for gzip). */
  readonly consumed: number
  /** Size of the file, where it has one. */
  readonly size: number | undefined
  /** True when what is not read now can be read again later. */
  readonly rereadable: boolean
}

/** Two buffers to read into, each of the size asked for, or undefined: from whoever takes the bytes and can use them there. */
export type Buffers = ((size: number) => readonly [Buffer, Buffer] | undefined) | undefined

/** Opens a file by name. Rejects with the system's error. */
export async function openFile(path: string, buffers?: Buffers): Promise<Source> {
  const fd = await new Promise<number>((done, fail) => open(path, 'r', (error, n) => (error ? fail(error) : done(n))))
  return openDescriptor(fd, true, buffers)
}

/** Standard input: by its descriptor if that is a file or a pipe, else through the stream. */
export async function openStdin(fd: number | undefined, stream: () => Readable, isTTY: boolean, buffers?: Buffers): Promise<Source> {
  if (fd === undefined || isTTY) return gunzipped(streamSource(stream()))
  let stats: Stats
  try {
    stats = await statOf(fd)
  } catch {
    // Standard input is closed.
    return emptySource()
  }
  if (stats.isFile() || stats.isFIFO() || stats.isSocket()) return openDescriptor(fd, false, buffers, stats)
  return gunzipped(streamSource(stream()))
}

async function openDescriptor(fd: number, owned: boolean, buffers: Buffers, known?: Stats): Promise<Source> {
  const stats = known ?? (await statOf(fd))
  if (stats.isFIFO() || stats.isSocket()) return gunzipped(await socketSource(fd, buffers))
  return gunzipped(fileSource(fd, owned, stats.isFile() ? stats.size : undefined, buffers))
}

function statOf(fd: number): Promise<Stats> {
  return new Promise((done, fail) => fstat(fd, (error, stats) => (error ? fail(error) : done(stats))))
}

function emptySource(): Source {
  return { next: () => Promise.resolve(undefined), stop() {}, close() {}, consumed: 0, size: 0, rereadable: true }
}

function fileSource(fd: number, owned: boolean, size: number | undefined, lent: Buffers): Source {
  const buffers = lent?.(FILE_BLOCK) ?? [Buffer.allocUnsafeSlow(FILE_BLOCK), Buffer.allocUnsafeSlow(FILE_BLOCK)]
  let turn: 0 | 1 = 0
  let stopped = false
  let pending: Promise<number> | undefined
  let consumed = 0
  const start = (): void => {
    const buffer = buffers[turn]
    pending = new Promise((done, fail) => read(fd, buffer, 0, FILE_BLOCK, null, (error, n) => (error ? fail(error) : done(n))))
    // The failure is reported by the `next` that waits for it.
    pending.catch(() => {})
  }
  return {
    async next() {
      if (stopped) return undefined
      if (pending === undefined) start()
      const n = await (pending as Promise<number>)
      if (n === 0 || stopped) return undefined
      const bytes = buffers[turn].subarray(0, n)
      consumed += n
      turn = turn === 0 ? 1 : 0
      start()
      return bytes
    },
    stop() {
      stopped = true
    },
    close() {
      stopped = true
      if (!owned) return
      // A read may still be under way in the thread pool.
      const shut = (): void => close(fd, () => {})
      if (pending === undefined) shut()
      else pending.then(shut, shut)
    },
    get consumed() {
      return consumed
    },
    size,
    rereadable: true,
  }
}

async function socketSource(fd: number, lent: Buffers): Promise<Source> {
  const { Socket } = await import('node:net')
  const buffer = lent?.(PIPE_BLOCK)?.[0] ?? Buffer.allocUnsafeSlow(PIPE_BLOCK)
  let waiting: { done(bytes: Buffer | undefined): void; fail(error: Error): void } | undefined
  let ready: Buffer | undefined
  let ended = false
  let failure: Error | undefined
  let consumed = 0
  let idle: NodeJS.Timeout | undefined
  let stopAt = 0
  const settle = (): void => {
    if (waiting === undefined) return
    const { done, fail } = waiting
    if (ready !== undefined) {
      const bytes = ready
      ready = undefined
      waiting = undefined
      consumed += bytes.length
      done(bytes)
    } else if (failure !== undefined) {
      waiting = undefined
      fail(failure)
    } else if (ended) {
      waiting = undefined
      done(undefined)
    }
  }
  const finish = (): void => {
    clearTimeout(idle)
    ended = true
    settle()
  }
  const socket = new Socket({
    fd,
    readable: true,
    writable: false,
    // Documented for Socket; the type of the constructor's options in older type packages lacks it.
    ...{
      onread: {
        buffer,
        callback(n: number, bytes: Uint8Array): boolean {
          ready = Buffer.from(bytes.buffer, bytes.byteOffset, n)
          settle()
          // One buffer: no reading on before it has been used.
          return false
        },
      },
    },
  })
  socket.once('end', finish)
  socket.once('close', finish)
  socket.once('error', (error: Error) => {
    failure = error
    finish()
  })
  return {
    next: () =>
      new Promise((done, fail) => {
        waiting = { done, fail }
        if (ready !== undefined || ended) return settle()
        if (stopAt > 0) {
          const left = Math.min(IDLE_MS, stopAt - performance.now())
          if (left <= 0) return finish()
          clearTimeout(idle)
          idle = setTimeout(finish, left)
        }
        socket.resume()
      }),
    stop() {
      if (stopAt > 0) return
      stopAt = performance.now() + DRAIN_MS
      idle = setTimeout(finish, IDLE_MS)
    },
    close() {
      clearTimeout(idle)
      socket.destroy()
    },
    get consumed() {
      return consumed
    },
    size: undefined,
    rereadable: false,
  }
}

/** Any stream of bytes: what a test hands in, a terminal, the output of a command. One chunk is in hand at a time. */
export function streamSource(stream: Readable): Source {
  const queue: Buffer[] = []
  let held = 0
  let consumed = 0
  /** After `stop`: what the stream had in hand is still delivered, and no more. */
  let left = Infinity
  let ended = stream.readableEnded || stream.destroyed
  let failure: Error | undefined
  let wake: (() => void) | undefined
  const signal = (): void => {
    const resume = wake
    wake = undefined
    resume?.()
  }
  const take = (chunk: Buffer | string): void => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    queue.push(bytes)
    held += bytes.length
    stream.pause()
    signal()
  }
  const end = (): void => {
    ended = true
    signal()
  }
  // Listening starts the flow; it is let go when the first bytes are asked for.
  stream.pause()
  stream.on('data', take)
  stream.once('end', end)
  stream.once('close', end)
  stream.on('error', (error: Error) => {
    failure ??= error
    end()
  })
  return {
    async next() {
      for (;;) {
        const bytes = queue.shift()
        if (bytes !== undefined) {
          held -= bytes.length
          consumed += bytes.length
          left -= bytes.length
          return bytes
        }
        if (failure !== undefined) throw failure
        if (ended || left <= 0) return undefined
        await new Promise<void>((done) => {
          wake = done
          stream.resume()
        })
      }
    },
    stop() {
      left = Math.min(left, held + stream.readableLength)
      signal()
    },
    close() {
      left = 0
      stream.off('data', take)
      stream.destroy()
    },
    get consumed() {
      return consumed
    },
    size: undefined,
    rereadable: false,
  }
}

/** A line that is longer than this is not looked at. */
const HEAD = 64 * 1024

/**
 * Reads no more of a file than tells whether its lines are its records: it begins with a line that is one JSON value, and
 * there is another line behind it. The source that comes with the answer still has what was read.
 */
export async function sniffed(source: Source): Promise<{ readonly lines: boolean; readonly source: Source }> {
  let head: Buffer | undefined
  let lines: boolean | undefined
  while (lines === undefined && (head === undefined || head.length < HEAD)) {
    // what was read has to be kept over the next call
    const kept: Buffer | undefined = head === undefined ? undefined : Buffer.from(head)
    const more = await source.next()
    head = kept === undefined || more === undefined ? (kept ?? more) : Buffer.concat([kept, more])
    if (more === undefined) break
    lines = areLines(head!.subarray(0, HEAD))
  }
  return {
    lines: lines === true,
    source: {
      next() {
        if (head === undefined) return source.next()
        const bytes = head
        head = undefined
        return Promise.resolve(bytes)
      },
      stop: () => source.stop(),
      close: () => source.close(),
      get consumed() {
        return source.consumed
      },
      get size() {
        return source.size
      },
      get rereadable() {
        return source.rereadable
      },
    },
  }
}

/** Undefined: more has to be read. */
export function areLines(head: Buffer): boolean | undefined {
  const text = head.toString().replace(/^\ufeff?\s*/, '')
  const end = text.indexOf('\n')
  if (end < 0) return undefined
  try {
    JSON.parse(text.slice(0, end))
  } catch {
    return false
  }
  return /\S/.test(text.slice(end)) ? true : undefined
}

/** Looks at the first bytes: gzip is unpacked on the way, everything else passes as it is. */
function gunzipped(source: Source): Source {
  let inner: Source | undefined
  let first: Buffer | undefined
  let stopped = false
  const decide = async (): Promise<Source> => {
    const head = await source.next()
    if (head === undefined) return source
    if (head.length >= 3) {
      first = head
    } else {
      // Three bytes decide; a first chunk this short is rare.
      const held = [Buffer.from(head)]
      for (let size = head.length; size < 3; ) {
        const more = await source.next()
        if (more === undefined) break
        held.push(Buffer.from(more))
        size += more.length
      }
      first = Buffer.concat(held)
    }
    if (first[0] !== 0x1f || first[1] !== 0x8b || first[2] !== 0x08) return source
    const { createGunzip } = await import('node:zlib')
    const gunzip = createGunzip({ chunkSize: 64 * 1024 })
    const start = first
    first = undefined
    let used: (() => void) | undefined
    gunzip.once('close', () => used?.())
    const write = (bytes: Buffer): Promise<void> =>
      new Promise((done) => {
        used = done
        // Called when the bytes are used up: the buffer behind them is needed again.
        gunzip.write(bytes, () => done())
      })
    const feed = async (): Promise<void> => {
      for (let bytes: Buffer | undefined = start; bytes !== undefined && !gunzip.destroyed; bytes = await source.next()) await write(bytes)
      gunzip.end()
    }
    feed().catch((error: Error) => gunzip.destroy(error))
    return streamSource(gunzip)
  }
  return {
    async next() {
      inner ??= await decide()
      if (stopped && inner !== source) return undefined
      if (first !== undefined) {
        const bytes = first
        first = undefined
        return bytes
      }
      return inner.next()
    },
    stop() {
      stopped = true
      source.stop()
      inner?.stop()
    },
    close() {
      if (inner !== undefined && inner !== source) inner.close()
      source.close()
    },
    get consumed() {
      return source.consumed
    },
    get size() {
      return source.size
    },
    get rereadable() {
      return source.rereadable
    },
  }
}
