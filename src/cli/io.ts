// What the CLI may touch of the outside world, as one object: tests hand in their own, bin.ts hands in the process.

import { fstatSync, writeSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { loadCompiled } from './code-cache.ts'
import type * as library from '../index.ts'

/** The parts of the public API that the CLI uses. */
export type Library = Pick<
  typeof library,
  'createMasker' | 'createLiveMasker' | 'createDiscovery' | 'openFindings' | 'prometheusText' | 'convertRuleset' | 'convertPinoRedact' | 'testRuleset' | 'rulesetJsonSchema'
>

export interface CliIo {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
  /** Descriptors behind the streams, if there are any: reading and writing them in large blocks is twice as fast. */
  readonly stdinFd?: number
  readonly stdoutFd?: number
  readonly stdinIsTTY?: boolean
  readonly stdoutIsTTY?: boolean
  readonly stderrIsTTY?: boolean
  readonly columns?: number
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Calls the handler for each of the signals until the returned function is called. */
  onSignal(signals: readonly NodeJS.Signals[], handler: (signal: NodeJS.Signals) => void): () => void
  /** Loads the engine. Late, so that --help and usage errors do not wait for it. */
  load(): Promise<Library>
  /** Called each time that a source of data is open, before it is read. */
  onData?(bulk: boolean): void
}

/** The real process. `folder`: where the bundle of the library lies; bundlers move what is in this file to other places. */
export function processIo(onData?: (bulk: boolean) => void, folder?: string): CliIo {
  return {
    get stdin() {
      return process.stdin
    },
    get stdout() {
      return process.stdout
    },
    get stderr() {
      return process.stderr
    },
    stdinFd: 0,
    stdoutFd: 1,
    get stdinIsTTY() {
      // Asking the stream opens it; nothing but a terminal needs that.
      return maybeTerminal(0) && process.stdin.isTTY === true
    },
    get stdoutIsTTY() {
      return process.stdout.isTTY === true
    },
    get stderrIsTTY() {
      return process.stderr.isTTY === true
    },
    get columns() {
      return process.stderr.columns
    },
    env: process.env,
    cwd: process.cwd(),
    onSignal(signals, handler) {
      for (const signal of signals) process.on(signal, handler)
      return () => {
        for (const signal of signals) process.off(signal, handler)
      }
    },
    load: async () => (folder === undefined ? undefined : (loadCompiled(folder) as Library | undefined)) ?? import('../index.ts'),
    ...(onData === undefined ? {} : { onData }),
  }
}

/** False where it cannot be a terminal. */
function maybeTerminal(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice()
  } catch {
    return true
  }
}

/**
 * From here on a crash prints one fixed line with the error's class and code and exits with 70. Node's own report shows the
 * message and the source line, and either may quote data.
 */
export function hideCrashes(): void {
  process.on('uncaughtException', (error: unknown) => {
    try {
      writeSync(2, `mask-logs: internal error (${describeCrash(error)})\n`)
    } catch {
      // stderr is gone; the exit code says it.
    }
    process.exit(70)
  })
}

/** Milliseconds of a clock that only goes forward. For `performance.now` Node would load 2 ms worth of modules first. */
export function milliseconds(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}

/** Class and code of an error, and nothing else of it. */
export function describeCrash(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error
  const { name } = (error as { constructor?: { name?: unknown } }).constructor ?? {}
  const { code } = error as { code?: unknown }
  // Both can be set by a plugin: only what looks like the name of a class and like a code of Node is shown.
  const parts = [typeof name === 'string' && /^[A-Z][A-Za-z0-9]{0,39}$/.test(name) ? name : '', typeof code === 'string' && /^E[A-Z0-9_]{2,39}$/.test(code) ? code : '']
  return parts.filter((part) => part !== '').join(' ') || 'Error'
}
