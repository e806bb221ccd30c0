// The lines that pass through the server (`mask-logs serve --tail`), for those who look on. Only what masking gave out is kept, in a
// ring of bounded size; a viewer has a place in the ring and no queue of its own. Who is too slow for what comes misses the oldest
// lines and is told how many: the pipe never waits for a page.

import type { ServerResponse } from 'node:http'
import type { MaskedCount, Stats } from '../../src/index.ts'

/** One masked value of a line: where, and by what. */
export interface LiveFinding {
  readonly path: string
  readonly where: string
  readonly rule?: string | undefined
  readonly detector?: string | undefined
  readonly length: number
}

/** Bounds of what is kept. */
export interface LiveOptions {
  /** Lines (default 2000). */
  readonly maxLines?: number | undefined
  /** Bytes of all of them (default 4 MiB). */
  readonly maxBytes?: number | undefined
  /** Bytes of one of them that are kept (default 16 KiB). */
  readonly maxLineBytes?: number | undefined
  /** Viewers at once (default 32). */
  readonly maxViewers?: number | undefined
  /** Milliseconds between two looks at whether a viewer may still look (default 15,000). */
  readonly checkMs?: number | undefined
  /** Counters of the masker that the lines come from: the server counts them with its own, under the plan `(stdin)`. */
  readonly stats?: (() => Pick<Stats, 'records' | 'textLines' | 'maskedBy' | 'errors'>) | undefined
}

/** What was counted since the last time. */
export interface LiveNews {
  readonly records: number
  readonly masked: readonly MaskedCount[]
  readonly errors: Readonly<Record<string, number>>
}

interface Kept {
  readonly id: number
  readonly time: number
  readonly bytes: Buffer | undefined
  readonly cut: number
  readonly findings: readonly LiveFinding[]
}

interface Viewer {
  readonly response: ServerResponse
  /** The line that it gets next. */
  next: number
  blocked: boolean
  told: boolean
  /** Still allowed to look? */
  readonly allowed: () => Promise<boolean>
}

/** Lines are gathered for so long before they are sent. */
const GATHER_MS = 60
/** At most so many batches at once: a viewer who takes everything must not take the time of the pipe either. */
const BATCHES = 2
const BATCH_LINES = 200
const BATCH_BYTES = 256 * 1024
const MOST_FINDINGS = 50
/** Of a path: parts that are looked at, and dots that one key may have. */
const MOST_PARTS = 64
const MOST_DOTS = 6
/** Keys are looked for in so much of a line. */
const LOOKED_AT = 64 << 10

/**
 * A ring of masked lines with those who look on. `add` takes lines as they pass; `createServer({ live })` serves them at `/ifm/live/`
 * as server-sent events.
 *
 * @example const live = new LiveLines(); const server = await createServer({ live }); live.add(Buffer.from('a masked line'), [])
 */
export class LiveLines {
  readonly #maxLines: number
  readonly #maxBytes: number
  readonly #maxLineBytes: number
  readonly #maxViewers: number
  readonly #checkMs: number
  readonly #stats: LiveOptions['stats']
  readonly #told = new Map<string, number>()
  /** By id modulo its length. */
  readonly #ring: (Kept | undefined)[]
  #first = 0
  #next = 0
  #bytes = 0
  #ended = false
  readonly #viewers = new Set<Viewer>()
  #gathering: NodeJS.Timeout | undefined
  #alive: NodeJS.Timeout | undefined

  constructor({ maxLines = 2000, maxBytes = 4 << 20, maxLineBytes = 16 << 10, maxViewers = 32, checkMs = 15_000, stats }: LiveOptions = {}) {
    this.#maxLines = maxLines
    this.#maxBytes = maxBytes
    this.#maxLineBytes = maxLineBytes
    this.#maxViewers = maxViewers
    this.#checkMs = checkMs
    this.#stats = stats
    this.#ring = new Array<Kept | undefined>(maxLines)
  }

  /** Lines seen so far. */
  get seen(): number {
    return this.#next
  }

  /** Those who look on. */
  get viewers(): number {
    return this.#viewers.size
  }

  /**
   * A line has passed: masked, without its terminator; undefined: nothing of it was given out. The bytes are copied. Of the paths of the
   * findings only keys are kept that stand in the masked line too; others become `*`.
   */
  add(masked: Uint8Array | undefined, findings: readonly LiveFinding[]): void {
    let end = masked === undefined ? 0 : Math.min(masked.length, this.#maxLineBytes)
    // no character is cut in half
    if (masked !== undefined && end < masked.length) while (end > 0 && (masked[end]! & 0xc0) === 0x80) end--
    const bytes = masked === undefined ? undefined : Buffer.from(masked.subarray(0, end))
    const text = findings.length === 0 || masked === undefined ? '' : Buffer.from(masked.buffer, masked.byteOffset, Math.min(masked.length, LOOKED_AT)).toString()
    const kept = findings.slice(0, MOST_FINDINGS).map(({ path, where, rule, detector, length }): LiveFinding => ({ path: pathWithin(path, text), where, rule, detector, length }))
    const id = this.#next++
    if (id - this.#first >= this.#maxLines) this.#drop(this.#first)
    this.#ring[id % this.#maxLines] = { id, time: Date.now(), bytes, cut: (masked?.length ?? 0) - end, findings: kept }
    this.#bytes += end
    while (this.#bytes > this.#maxBytes && this.#first < id) this.#drop(this.#first)
    this.#soon()
  }

  #drop(id: number): void {
    const slot = id % this.#maxLines
    this.#bytes -= this.#ring[slot]?.bytes?.length ?? 0
    this.#ring[slot] = undefined
    this.#first = id + 1
  }

  /** What the masker has counted since this was asked last. */
  news(): LiveNews | undefined {
    const stats = this.#stats?.()
    if (stats === undefined) return undefined
    const more = (key: string, count: number): number => {
      const n = count - (this.#told.get(key) ?? 0)
      this.#told.set(key, count)
      return n
    }
    const masked = stats.maskedBy.map(({ count, ...by }): MaskedCount => ({ ...by, count: more(JSON.stringify(by), count) }))
    const errors = Object.entries(stats.errors).map(([code, count]) => [code, more(`error ${code}`, count)] as const)
    return {
      records: more('records', stats.records + stats.textLines),
      masked: masked.filter(({ count }) => count > 0),
      errors: Object.fromEntries(errors.filter(([, count]) => count > 0)),
    }
  }

  /** The input is over. */
  end(): void {
    this.#ended = true
    for (const viewer of this.#viewers) viewer.told = false
    this.#soon()
  }

  /** Sends the lines from one on to a response, for as long as it is open. False: there are too many viewers. */
  serve(response: ServerResponse, after: number, headers: Readonly<Record<string, string>>, allowed: () => Promise<boolean>): boolean {
    if (this.#viewers.size >= this.#maxViewers) return false
    response.writeHead(200, {
      ...headers,
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
      'X-Content-Type-Options': 'nosniff',
    })
    response.flushHeaders()
    // a number that was never given out is of a server before this one
    const viewer: Viewer = { response, next: after >= 0 && after < this.#next ? Math.max(after + 1, 0) : this.#first, blocked: false, told: false, allowed }
    this.#viewers.add(viewer)
    const gone = (): void => {
      this.#viewers.delete(viewer)
      if (this.#viewers.size > 0) return
      clearInterval(this.#alive)
      this.#alive = undefined
    }
    response.on('close', gone)
    response.on('error', gone)
    response.on('drain', () => {
      viewer.blocked = false
      this.#soon()
    })
    this.#alive ??= setInterval(() => void this.#check(), this.#checkMs).unref()
    this.#send(viewer)
    return true
  }

  /** Ends all connections: the server closes. */
  close(): void {
    clearTimeout(this.#gathering)
    clearInterval(this.#alive)
    for (const { response } of this.#viewers) response.end()
    this.#viewers.clear()
  }

  /** Looks whether those who look on still may. */
  async #check(): Promise<void> {
    for (const viewer of [...this.#viewers]) {
      if (!(await viewer.allowed().catch(() => false))) viewer.response.end()
      else if (!viewer.blocked) viewer.response.write(': \n\n')
    }
  }

  #soon(): void {
    if (this.#viewers.size === 0) return
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined
      for (const viewer of this.#viewers) this.#send(viewer)
    }, GATHER_MS).unref()
  }

  /** Sends what there is, some of it now and the rest soon, until the connection is full. */
  #send(viewer: Viewer): void {
    const { response } = viewer
    for (let n = 0; !viewer.blocked && !response.writableEnded && !response.destroyed && (viewer.next < this.#next || !viewer.told); n++) {
      if (n === BATCHES) {
        this.#soon()
        return
      }
      const dropped = Math.max(0, this.#first - viewer.next)
      viewer.next += dropped
      const lines: object[] = []
      for (let size = 0; viewer.next < this.#next && lines.length < BATCH_LINES && size < BATCH_BYTES; viewer.next++) {
        const { id, time, bytes, cut, findings } = this.#ring[viewer.next % this.#maxLines]!
        size += bytes?.length ?? 0
        lines.push({ id, time: new Date(time).toISOString(), ...(bytes === undefined ? {} : { text: bytes.toString() }), ...(cut > 0 ? { cut } : {}), findings })
      }
      viewer.told = true
      const over = this.#ended && viewer.next === this.#next
      viewer.blocked = !response.write(`event: lines\ndata: ${JSON.stringify({ lines, dropped, seen: this.#next, ended: over })}\n\n`)
    }
  }
}

/** A path with `*` for each key that is not a key of the text: what masking has taken out of a line must not come back with a path. */
export function pathWithin(path: string, text: string): string {
  if (path === '') return ''
  const known = new Map<string, boolean>()
  const here = (name: string): boolean => {
    let is = known.get(name)
    if (is === undefined) {
      is = false
      const key = JSON.stringify(name)
      for (let at = text.indexOf(key); at >= 0 && !is; at = text.indexOf(key, at + 1)) is = /^\s*:/.test(text.slice(at + key.length, at + key.length + 20))
      known.set(name, is)
    }
    return is
  }
  // keys may have dots of their own
  const parts = path.split('.').slice(0, MOST_PARTS)
  const out: string[] = []
  for (let i = 0; i < parts.length; ) {
    let n = Math.min(parts.length - i, MOST_DOTS)
    for (; n > 0; n--) {
      const [, name = '', items = ''] = /^(.*?)((?:\[\*\])*)$/s.exec(parts.slice(i, i + n).join('.'))!
      if (name !== '' && !here(name) && n > 1) continue
      out.push(`${name === '' || here(name) ? name : '*'}${items}`)
      break
    }
    i += Math.max(1, n)
  }
  return out.join('.')
}
