// Trying again: exponential backoff with jitter, or what the upstream asks for, within the time that the request may wait.

import { Gone } from './refusal.ts'

/** What came of an attempt. `again`: it may be tried again; `value` is what the client gets when there is no time for that. */
export type Outcome<T> = { readonly again: false; readonly value: T } | { readonly again: true; readonly value: T; readonly afterMs?: number | undefined }

const FIRST_MS = 100
const MOST_MS = 1000
const END_MS = 10
/** The last attempt must have time to be answered: else what the upstream has taken would be told as lost. */
export const ANSWER_MS = 250

/** Attempts until one is final, or until the next could not begin before `until` (in the terms of performance.now). */
export async function withRetries<T>(attempt: (n: number) => Promise<Outcome<T>>, until: number, gone: AbortSignal): Promise<T> {
  for (let n = 0, last = false; ; n++) {
    const outcome = await attempt(n)
    if (!outcome.again || last) return outcome.value
    const left = until - performance.now()
    let delay = outcome.afterMs
    if (delay === undefined) {
      // Between half of it and all of it: clients that failed together come back apart.
      delay = Math.min(MOST_MS, FIRST_MS * 2 ** n) * (0.5 + Math.random() / 2)
      if (delay >= left) {
        // The time that is left is used up, with an attempt at its end.
        delay = left - END_MS
        last = true
      }
    }
    if (delay < 0 || delay >= left) return outcome.value
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
