const CODES = { SIGTERM: 143, SIGINT: 130 } as const

/** A signal that `exitOnSignals` can take. */
export type ExitSignal = keyof typeof CODES

/**
 * Ends the process by `process.exit` on SIGTERM (code 143) and SIGINT (130), so that pino writes what its worker still holds: Node itself
 * ends at once then, and loses it. Signals that somebody listens to already are left alone. Returns a function that undoes it.
 *
 * @example exitOnSignals()
 */
export function exitOnSignals(signals: readonly ExitSignal[] = ['SIGTERM', 'SIGINT']): () => void {
  const undo: (() => void)[] = []
  for (const signal of signals) {
    if (CODES[signal] === undefined) throw new TypeError(`exitOnSignals takes ${Object.keys(CODES).join(' and ')}`)
    if (process.listenerCount(signal) > 0) continue
    const exit = (): void => process.exit(CODES[signal])
    process.once(signal, exit)
    undo.push(() => process.off(signal, exit))
  }
  return () => {
    for (const off of undo) off()
  }
}
