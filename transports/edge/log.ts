// The application log of the servers: one JSON object a line. What is told comes from configuration and counters, never from data.

export type LogLevel = 'info' | 'warn' | 'error'
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** Writes one entry: `{"time":"2026-11-22T10:00:00.000Z","level":"info","msg":"listening","port":4318}`. */
export type Log = (level: LogLevel, msg: string, fields?: LogFields) => void

/** A log of JSON lines; `write` takes a line with its newline. */
export function createLog(write: (line: string) => void): Log {
  return (level, msg, fields) => write(`${JSON.stringify({ time: new Date().toISOString(), level, msg, ...fields })}\n`)
}

/** What happens to many requests at once is told at first, and then again after so long, with how often it has happened. */
const AGAIN_MS = 10_000

/** A log for what may happen to every request: one entry for each `kind` in ten seconds, with the number of `times` since the last one. */
export function createSparseLog(log: Log, now: () => number = () => performance.now()): (kind: string, level: LogLevel, msg: string, fields?: LogFields) => void {
  const seen = new Map<string, { at: number; times: number }>()
  return (kind, level, msg, fields) => {
    const last = seen.get(kind) ?? { at: Number.NEGATIVE_INFINITY, times: 0 }
    seen.set(kind, last)
    last.times++
    if (now() - last.at < AGAIN_MS) return
    log(level, msg, { ...fields, times: last.times })
    last.at = now()
    last.times = 0
  }
}

/** Class and code of an error, nothing of its message: messages of parsers and sockets may quote what they read. */
export function errorKind(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error
  const { name } = (error as { constructor?: { name?: unknown } }).constructor ?? {}
  const { code } = error as { code?: unknown }
  const parts = [typeof name === 'string' && /^[A-Z][A-Za-z0-9]{0,39}$/.test(name) ? name : '', typeof code === 'string' && /^E[A-Z0-9_]{2,39}$/.test(code) ? code : '']
  return parts.filter((part) => part !== '').join(' ') || 'Error'
}
