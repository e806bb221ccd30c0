// The commands of the server, for the command line: they write to the streams that they are given, and return an exit code.

import type { Readable, Writable } from 'node:stream'
import { newToken } from './auth.ts'
import type { Environment } from './config.ts'
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

const MOST_PASSWORD = 4096

/** Runs `serve`, `hash-password` or `new-token`; returns the exit code. `config`: the settings file. */
export async function runServer(command: 'serve' | 'hash-password' | 'new-token', io: ServerIo, config?: string): Promise<number> {
  if (command === 'serve') return serve(io, config)
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

async function serve(io: ServerIo, config: string | undefined): Promise<number> {
  let server: Awaited<ReturnType<typeof createServer>> | undefined
  let ending = false
  let exit: (code: number) => void = () => {}
  const exited = new Promise<number>((done) => {
    exit = done
  })
  const end = (running: NonNullable<typeof server>): void =>
    void running.drain().then(
      (all) => exit(all ? 0 : 1),
      () => exit(1),
    )
  // from here on: a signal may come as soon as the server listens, and before
  const off = io.onSignal(['SIGTERM', 'SIGINT', 'SIGHUP'], (signal) => {
    if (signal === 'SIGHUP') return void server?.rescan()
    if (ending) return exit(1)
    ending = true
    if (server !== undefined) end(server)
  })
  try {
    server = await createServer({ config, env: io.env, cwd: io.cwd, stdout: io.stdout, stderr: io.stderr })
  } catch (error) {
    off()
    if (!(error instanceof SettingsError)) throw error
    io.stderr.write(`mask-logs: ${error.message.replaceAll('\n', '\nmask-logs: ')}\n`)
    return 2
  }
  if (ending) end(server)
  const code = await exited
  off()
  return code
}
