// The commands of the server, for the command line: they write to the streams that they are given, and return an exit code.

import type { Readable, Writable } from 'node:stream'
import { newToken } from './auth.ts'
import type { Environment } from './config.ts'
import type { LiveLines } from './live.ts'
import { createServer } from './server.ts'
import { hashPassword } from './passwords.ts'
import { ROLES } from './roles.ts'
import { SettingsError } from './yaml-file.ts'

/** What the commands may touch of the outside world. */
export interface ServerIo {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
  readonly env: Environment
  readonly cwd: string
  onSignal(signals: readonly NodeJS.Signals[], handler: (signal: NodeJS.Signals) => void): () => void
}

/** What is piped through the process while the server runs, for `serve --tail`. */
export interface Tail {
  /** Where the masked lines are shown. */
  readonly live: LiveLines
  /** Pipes until the input ends (`ended`), nobody reads the output any more (`gone`), or something fails, which it has told by then. */
  run(): Promise<'ended' | 'gone' | 'failed'>
  /** Makes `run` come to its end soon. */
  stop(): void
  /** On SIGHUP. */
  reload(): void
}

const MOST_PASSWORD = 4096

/** Runs `serve`, `hash-password` or `new-token`; returns the exit code. `config`: the settings file. */
export async function runServer(command: 'serve' | 'hash-password' | 'new-token', io: ServerIo, config?: string, tail?: Tail): Promise<number> {
  if (command === 'serve') return serve(io, config, tail)
  if (command === 'hash-password') {
    let text = ''
    for await (const chunk of io.stdin) {
      text += String(chunk)
      if (text.length > MOST_PASSWORD) break
    }
    const password = text.replace(/\r?\n$/, '')
    if (password.length < 8 || text.length > MOST_PASSWORD) {
      io.stderr.write('mask-logs: a password has 8 to 4096 characters and comes on standard input\n')
      return 2
    }
    io.stdout.write(`${await hashPassword(password)}\n`)
    return 0
  }
  const { token, sha256 } = newToken()
  io.stdout.write(
    `${token}\n\n# for the users file, which does not hold the token itself; role: ${ROLES.join(', ')}\ntokens:\n- {name: my-service, role: mask_runner, sha256: "${sha256}", plans: ["*"]}\n`,
  )
  return 0
}

async function serve(io: ServerIo, config: string | undefined, tail: Tail | undefined): Promise<number> {
  let server: Awaited<ReturnType<typeof createServer>> | undefined
  let piped: ReturnType<Tail['run']> | undefined
  /** What to exit with; undefined: it goes on. */
  let ending: number | undefined
  let exit: (code: number) => void = () => {}
  const exited = new Promise<number>((done) => {
    exit = done
  })
  const end = (code: number): void => {
    ending = code
    if (server === undefined) return
    const running = server
    // what has been piped in goes out before the server does
    tail?.stop()
    void Promise.resolve(piped)
      .then(() => running.drain())
      .then(
        (all) => exit(all ? code : 1),
        () => exit(1),
      )
  }
  // from here on: a signal may come as soon as the server listens, and before
  const off = io.onSignal(['SIGTERM', 'SIGINT', 'SIGHUP'], (signal) => {
    if (signal === 'SIGHUP') {
      tail?.reload()
      void server?.rescan()
    } else if (ending !== undefined) exit(1)
    else end(0)
  })
  try {
    // standard output is for the lines
    server = await createServer({ config, env: io.env, cwd: io.cwd, stdout: tail === undefined ? io.stdout : io.stderr, stderr: io.stderr, live: tail?.live })
  } catch (error) {
    off()
    if (!(error instanceof SettingsError)) throw error
    io.stderr.write(`mask-logs: ${error.message.replaceAll('\n', '\nmask-logs: ')}\n`)
    return 2
  }
  if (ending !== undefined) end(ending)
  else {
    piped = tail?.run()
    void piped?.then((how) => {
      tail?.live.end()
      // as in any pipe: who reads no longer ends it, and a line that cannot be masked does
      if (how !== 'ended' && ending === undefined) end(how === 'gone' ? 0 : 1)
    })
  }
  const code = await exited
  off()
  return code
}
