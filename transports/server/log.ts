// What the server writes down: its own log as JSON lines, and a line for each request. Both are put through the engine before they go
// out: a path, a user name or an address may hold what nobody wants in a log.

import type { Writable } from 'node:stream'
import { createMasker } from '../../src/index.ts'
import type { Masker } from '../../src/index.ts'

const ORDER = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof ORDER)[number]

/** The server's log. `fields` are names, counts and codes; never data. */
export type Log = (level: LogLevel, message: string, fields?: Readonly<Record<string, string | number | boolean | undefined>>) => void

/** One request, for the access log. */
export interface Access {
  readonly address: string
  readonly user: string | undefined
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly status: number
  readonly bytes: number
  readonly milliseconds: number
  readonly id: string
}

export interface Logs {
  readonly log: Log
  access(entry: Access): void
  /** Writes what waits. */
  flush(): void
  close(): void
}

const iso = (time: number): string => new Date(time).toISOString()

/** Opens both logs. */
export function openLogs(level: LogLevel, form: 'text' | 'json' | 'off', stdout: Writable, stderr: Writable): Logs {
  const least = ORDER.indexOf(level)
  let masker: Masker | undefined
  // with a random secret: nothing here has to be consistent
  const mask = (line: string): string => (masker ??= createMasker('mask-logs:default', { memoSize: 0 })).text(line)
  const waiting: string[] = []
  let scheduled = false
  let second = 0
  let time = ''
  const flush = (): void => {
    scheduled = false
    if (waiting.length === 0) return
    stdout.write(`${waiting.splice(0).join('\n')}\n`)
  }
  const log: Log = (at, message, fields = {}) => {
    if (ORDER.indexOf(at) < least) return
    const record: Record<string, unknown> = { level: at, time: iso(Date.now()), message: mask(message) }
    for (const [name, value] of Object.entries(fields)) if (value !== undefined) record[name] = typeof value === 'string' ? mask(value) : value
    stderr.write(`${JSON.stringify(record)}\n`)
  }
  return {
    log,
    access(entry) {
      if (form === 'off') return
      // what cannot stand in a line of text is not in a path that Node's parser took, but user names are free
      const user = entry.user?.replace(/[^\x20-\x7e]/g, '?')
      const now = Date.now()
      if (form === 'json') {
        waiting.push(
          JSON.stringify({
            time: iso(now),
            address: entry.address,
            user: user === undefined ? null : mask(user),
            method: entry.method,
            path: mask(entry.path),
            status: entry.status,
            bytes: entry.bytes,
            duration_ms: Math.round(entry.milliseconds * 1000) / 1000,
            request_id: mask(entry.id),
          }),
        )
      } else {
        const seconds = Math.floor(now / 1000)
        if (seconds !== second) {
          second = seconds
          time = iso(now).replace('T', ' ').slice(0, 19)
        }
        waiting.push(`${time} UTC - ${entry.address} (${user === undefined ? 'Unknown User' : mask(user)}) - "${entry.method} ${mask(entry.path)}" ${entry.status}`)
      }
      if (scheduled) return
      scheduled = true
      setImmediate(flush)
    },
    flush,
    close() {
      flush()
      masker?.close()
      masker = undefined
    },
  }
}
