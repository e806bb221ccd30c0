// Trying again: exponential backoff with jitter, or what the upstream asks for, within the time that the request may wait.

import { Gone } from './refusal.ts'

/** What came of an attempt. `again`: it may be tried again; `value` is what the client gets when there is no time for that. */
export type Outcome<T> = { readonly again: false; readonly value: T } | { readonly again: true; readonly value: T; readonly afterMs?: number | undefined }

const FIRST_MS = 100
const MOST_MS = 1000

/** Attempts until one is final, or until the next could not begin before `until` (in the terms of performance.now). */
export async function withRetries<T>(attempt: (n: number) => Promise<Outcome<T>>, until: number, gone: AbortSignal): Promise<T> {
  for (let n = 0; ; n++) {
    const outcome = await attempt(n)
    if (!outcome.again) return outcome.value
    // Between half of it and all of it: clients that failed together come back apart.
    const delay = outcome.afterMs ?? Math.min(MOST_MS, FIRST_MS * 2 ** n) * (0.5 + Math.random() / 2)
    if (performance.now() + delay >= until) return outcome.value
    await pause(delay, gone)
  }
}

function pause(ms: number, gone: AbortSignal): Promise<void> {
  return new Promise((done, failed) => {
    const leave = (): void => {
      clearTimeout(timer)
      failed(new Gone())
    }
    if (gone.aborted) return failed(new Gone())
    const timer = setTimeout(() => {
      gone.removeEventListener('abort', leave)
      done()
    }, ms)
    gone.addEventListener('abort', leave, { once: true })
  })
}
