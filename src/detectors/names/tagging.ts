// Masking with a model of the user's own: an adapter around anything that finds spans in texts and takes its time. It stands
// beside the maskers, never in their way: texts that no name can be in are not sent, the others wait in a bounded queue for a
// bounded time, and what becomes of those that were not tagged is said beforehand.

import { InputError } from '../../errors.ts'

/** A stretch that a tagger has found: UTF-16 offsets, end exclusive. */
export interface TaggedSpan {
  readonly start: number
  readonly end: number
  /** Shown in the placeholder; letters, digits and `_`. */
  readonly label: string
}

/** A model of the user's own. One answer for each text, in order; a call whose `signal` is aborted is no longer waited for. */
export interface TextTagger {
  tag(texts: readonly string[], signal: AbortSignal): Promise<readonly (readonly TaggedSpan[])[]>
}

export interface TaggingOptions {
  readonly tagger: TextTagger
  /** What becomes of a text that was not tagged: `redact` (default) replaces it whole, `skip` hands it on. */
  readonly onFailure?: 'redact' | 'skip'
  /** Which texts are sent (default: those that the gate of the group `names` lets through). */
  readonly gate?: (text: string) => boolean
  /** Texts in one call (default 16). */
  readonly batch?: number
  /** Texts that may wait (default 256). */
  readonly queue?: number
  /** How long a text may take, from its arrival, in milliseconds (default 1000). */
  readonly timeLimit?: number
  /** Longest text that is sent, in UTF-16 units (default 16,384). */
  readonly maxLength?: number
}

/** Why a text was not tagged. */
export type TaggingFailure = 'full' | 'slow' | 'failed' | 'bad_spans' | 'too_long' | 'closed'

export interface TaggingStats {
  texts: number
  /** Texts that the gate kept back. */
  passed: number
  masked: number
  failures: Record<TaggingFailure, number>
}

export interface TextTagging {
  /** The text with every span replaced by `[REDACTED:<label>]`. Never rejects. */
  text(text: string): Promise<string>
  stats(): TaggingStats
  /** Gives up on all that is waited for; later texts fail as `closed`. */
  close(): void
}

interface Waiting {
  readonly text: string
  readonly done: (text: string) => void
  readonly timer: NodeJS.Timeout
  call: Call | undefined
  settled: boolean
}

interface Call {
  readonly abort: AbortController
  /** Texts of the call that are still waited for. */
  open: number
}

/** Calls at a time; one that was given up counts until it ends. */
const MOST_CALLS = 2

const REDACTED = '[REDACTED]'

function count(name: string, value: number | undefined, otherwise: number, most: number): number {
  const n = value ?? otherwise
  if (!Number.isInteger(n) || n < 1 || n > most) throw new InputError('bad_option', `'${name}' is an integer from 1 to ${most}`)
  return n
}

/** See index.ts for the public function; `gateOf` makes the default gate. */
export function makeTextTagging(options: TaggingOptions, gateOf: () => (text: string) => boolean): TextTagging {
  const batch = count('batch', options.batch, 16, 1024)
  const limit = count('queue', options.queue, 256, 1_000_000)
  const timeLimit = count('timeLimit', options.timeLimit, 1000, 3_600_000)
  const maxLength = count('maxLength', options.maxLength, 16_384, 1 << 24)
  if (typeof options.tagger?.tag !== 'function') throw new InputError('bad_option', "'tagger' has a function 'tag'")
  if (options.onFailure !== undefined && options.onFailure !== 'redact' && options.onFailure !== 'skip') throw new InputError('bad_option', "'onFailure' is redact or skip")
  const skip = options.onFailure === 'skip'
  const gate = options.gate ?? gateOf()
  const { tagger } = options
  const stats: TaggingStats = { texts: 0, passed: 0, masked: 0, failures: { full: 0, slow: 0, failed: 0, bad_spans: 0, too_long: 0, closed: 0 } }
  // in order of arrival; those that were given up are taken out by `settle`
  const waiting = new Set<Waiting>()
  // these and those that a call is busy with
  const open = new Set<Waiting>()
  let calls = 0
  let closed = false

  const failed = (text: string, why: TaggingFailure): string => {
    stats.failures[why]++
    return skip ? text : REDACTED
  }
  const settle = (entry: Waiting, text: string): void => {
    if (entry.settled) return
    entry.settled = true
    clearTimeout(entry.timer)
    waiting.delete(entry)
    open.delete(entry)
    if (entry.call !== undefined && --entry.call.open === 0) entry.call.abort.abort()
    entry.done(text)
  }
  const start = (): void => {
    if (calls >= MOST_CALLS || waiting.size === 0) return
    const own: Waiting[] = []
    for (const entry of waiting) {
      waiting.delete(entry)
      own.push(entry)
      if (own.length === batch) break
    }
    const call: Call = { abort: new AbortController(), open: own.length }
    for (const entry of own) entry.call = call
    calls++
    void ask(own, call).finally(() => {
      calls--
      start()
    })
  }
  const ask = async (own: readonly Waiting[], call: Call): Promise<void> => {
    let answers: readonly (readonly TaggedSpan[])[]
    try {
      // a tagger that throws what quotes the text, or answers anything but a list, is only counted
      answers = await tagger.tag(
        own.map((entry) => entry.text),
        call.abort.signal,
      )
      if (!Array.isArray(answers) || answers.length !== own.length) throw new TypeError('bad answer')
    } catch {
      for (const entry of own) if (!entry.settled) settle(entry, failed(entry.text, 'failed'))
      return
    }
    own.forEach((entry, i) => {
      if (entry.settled) return
      let out: string | undefined
      try {
        out = replaced(entry.text, answers[i])
      } catch {
        // an answer with getters that throw
      }
      if (out === undefined) settle(entry, failed(entry.text, 'bad_spans'))
      else {
        if (out !== entry.text) stats.masked++
        settle(entry, out)
      }
    })
  }
  return {
    text(text) {
      stats.texts++
      let send: boolean
      try {
        send = gate(text)
      } catch {
        return Promise.resolve(failed(text, 'failed'))
      }
      if (!send) {
        stats.passed++
        return Promise.resolve(text)
      }
      if (closed) return Promise.resolve(failed(text, 'closed'))
      if (text.length > maxLength) return Promise.resolve(failed(text, 'too_long'))
      if (waiting.size >= limit) return Promise.resolve(failed(text, 'full'))
      return new Promise((done) => {
        const timer = setTimeout(() => settle(entry, failed(text, 'slow')), timeLimit)
        const entry: Waiting = { text, done, timer, call: undefined, settled: false }
        waiting.add(entry)
        open.add(entry)
        // what arrives in the same turn goes together
        queueMicrotask(start)
      })
    },
    stats: () => ({ ...stats, failures: { ...stats.failures } }),
    close() {
      closed = true
      for (const entry of [...open]) settle(entry, failed(entry.text, 'closed'))
    },
  }
}

/** The text with the spans replaced, overlapping ones together under the first one's label; undefined for spans that are none. */
function replaced(text: string, spans: readonly TaggedSpan[] | undefined): string | undefined {
  if (!Array.isArray(spans)) return undefined
  const own: { start: number; end: number; label: string }[] = []
  for (const span of spans as readonly TaggedSpan[]) {
    const { start, end, label } = span
    if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || start >= end || end > text.length) return undefined
    if (typeof label !== 'string' || !/^[A-Za-z]\w{0,63}$/.test(label)) return undefined
    own.push({ start, end, label })
  }
  own.sort((a, b) => a.start - b.start || b.end - a.end)
  let out = ''
  let at = 0
  let last = -1
  for (const { start, end, label } of own) {
    if (start < last) {
      if (end > last) at = last = end
      continue
    }
    out += `${text.slice(at, start)}[REDACTED:${label}]`
    at = last = end
  }
  return out + text.slice(at)
}
