// createLiveMasker: a masker whose ruleset can be replaced while it works.
//
//   reload ── load, check, compile ── ok ──> the new version stands in as a whole, serial + 1
//                                  └─ not ─> the version in force stays, the event says why
//
// A version is one masker. Whoever is at work in one holds it, and it is closed when nobody does: single records are done before
// anything else can happen, feeds hold one version from one line border to a later one, others hold one by `hold`.

import { InputError, RulesetError } from './errors.ts'
import type { InputErrorCode, Issue } from './errors.ts'
import { LineFeed } from './lines.ts'
import type { Feed, LineEngine, Pieces, Remark } from './lines.ts'
import { addCount, makeKey, makeVersion } from './masker.ts'
import type { Builtins, FeedOptions, Finding, LineOptions, Masker, MaskerOptions, RulesetInput, Stats, Version } from './masker.ts'
import { createFeedStream } from './stream.ts'
import { atRest, FileWatch, signature } from './watch.ts'
import type { Transform } from 'node:stream'

/** Options of createLiveMasker. */
export interface LiveOptions extends MaskerOptions {
  /**
   * Reload when a file of the ruleset, of what it extends, or a seed file changes, comes or goes (default false). Code of plugins is
   * loaded once. Watching keeps no process alive.
   */
  readonly watch?: boolean | undefined
  /** Told of every reload, by `reload` or by watching. What it throws is ignored. */
  readonly onReload?: ((event: ReloadEvent) => void) | undefined
}

/** What became of a reload. Names, codes and places in rulesets; never data. */
export interface ReloadEvent {
  /** False: the version that was in force stays in force. */
  readonly ok: boolean
  /** Of the version in force afterwards. */
  readonly name: string
  readonly serial: number
  readonly trigger: 'call' | 'watch'
  /** Warnings of the new ruleset, or what is wrong with it. */
  readonly issues: readonly Issue[]
  /** Why there is no new version: of a ruleset that is wrong, `ruleset`; else the code of an InputError. */
  readonly code?: 'ruleset' | 'internal' | InputErrorCode
  /** The same in words. */
  readonly message?: string
}

/** Counts over all versions. */
export interface LiveStats extends Stats {
  readonly reloads: { readonly ok: number; readonly error: number }
}

/** A version that is held. */
export interface Hold {
  readonly masker: Masker
  readonly name: string
  readonly serial: number
  /** Gives it back; further calls do nothing. */
  release(): void
}

/** What createLiveMasker returns: a masker that works by the version in force. */
export interface LiveMasker extends Masker {
  /**
   * The masker of the version in force, for use before the caller returns to the event loop. Whoever waits in between takes `hold`, or
   * asks again: what was taken here is not wiped when it is replaced, but its later counts may be missing from `stats`.
   */
  readonly current: Masker
  /** 0, and one more for each reload that succeeded. */
  readonly serial: number
  /** The version in force, to be worked with for as long as it is held. */
  hold(): Hold
  /** Reads the ruleset again, now. Never throws for what is wrong with a ruleset or file. */
  reload(): ReloadEvent
  /** The same, once the files have stayed alike for a tenth of a second: one that is being written is not read half. For signals. */
  reloadSettled(): Promise<ReloadEvent>
  stats(): LiveStats
  /** Stops watching, closes every version, held or not, and wipes the key. */
  close(): void
}

/** createLiveMasker over given registries; see index.ts for the public function. */
export function makeLiveMasker(builtins: Builtins, input: RulesetInput | readonly RulesetInput[] | undefined, options: LiveOptions): LiveMasker {
  return new Live(builtins, input, options)
}

/** Files that change while they are read are read again, so often. */
const ATTEMPTS = 3

interface Held {
  readonly masker: Version
  readonly serial: number
  holds: number
  /** It was handed out as `current`: who uses it is not known. */
  lent: boolean
}

class Live implements LiveMasker {
  readonly #builtins: Builtins
  readonly #input: RulesetInput | readonly RulesetInput[] | undefined
  readonly #options: LiveOptions
  readonly #key: ReturnType<typeof makeKey>
  readonly #watch: FileWatch | undefined
  #inForce: Held
  /** Replaced, and held by somebody. */
  readonly #replaced = new Set<Held>()
  /** Replaced and lent: their counts as last seen. */
  readonly #lent = new Map<number, { readonly masker: WeakRef<Version>; stats: Stats }>()
  #done: Stats = noStats()
  #reloads = { ok: 0, error: 0 }
  #quarantined = 0
  #closed = false
  /** Files of the version in force, as they were when they were read. */
  #files: ReadonlyMap<string, string> = new Map()
  /** Feeds that were dropped before their end give back what they hold. */
  readonly #dropped = new FinalizationRegistry<Held>((held) => this.#release(held))

  constructor(builtins: Builtins, input: RulesetInput | readonly RulesetInput[] | undefined, options: LiveOptions) {
    const { watch = false, onReload, quarantine } = options
    if (typeof watch !== 'boolean') throw new InputError('bad_option', "'watch' is true or false")
    if (onReload !== undefined && typeof onReload !== 'function') throw new InputError('bad_option', "'onReload' is a function of the event")
    this.#builtins = builtins
    this.#input = Array.isArray(input) ? [...(input as readonly RulesetInput[])] : input
    this.#options = quarantine === undefined ? options : { ...options, quarantine: (note, raw) => quarantine({ ...note, serial: ++this.#quarantined }, raw) }
    this.#key = makeKey(options)
    const { masker, files } = this.#load(0)
    this.#inForce = { masker, serial: 0, holds: 0, lent: false }
    this.#files = files
    if (watch) {
      this.#watch = new FileWatch(() => void this.#reload('watch'))
      this.#watch.files(files)
    }
  }

  // ---------------------------------------------------------------------------------------------- versions

  /** A new version, and the files that it comes from. When it throws, `tried` has the files that were looked for. */
  #load(serial: number, tried?: Map<string, string>): { masker: Version; files: Map<string, string> } {
    for (let attempt = 1; ; attempt++) {
      const files = new Map<string, string>()
      const opening = (path: string): void => {
        if (!files.has(path)) files.set(path, signature(path))
      }
      try {
        const masker = makeVersion(this.#builtins, this.#input, this.#options, { key: this.#key, opening, serial })
        // what changed meanwhile may have been read half written
        if ([...files].every(([path, seen]) => signature(path) === seen)) return { masker, files }
        masker.close()
        if (attempt === ATTEMPTS) throw new InputError('file_unreadable', 'the files of the ruleset change while they are read')
      } catch (error) {
        const torn = [...files].some(([path, seen]) => signature(path) !== seen)
        if (torn && attempt < ATTEMPTS) continue
        for (const [path, seen] of files) tried?.set(path, seen)
        throw error
      }
    }
  }

  reload(): ReloadEvent {
    this.#open()
    return this.#reload('call')
  }

  async reloadSettled(): Promise<ReloadEvent> {
    this.#open()
    await atRest(this.#files.keys())
    this.#open()
    return this.#reload('call')
  }

  #reload(trigger: ReloadEvent['trigger']): ReloadEvent {
    const before = this.#inForce
    // a mask would find the tables of the record around it changed
    if (this.#busy()) throw new InputError('bad_option', 'the masker is at work: nothing that it calls may reload it')
    let event: ReloadEvent
    // a file that only the failed attempt knew may be the one that is mended
    const tried = new Map(this.#files)
    try {
      const { masker, files } = this.#load(before.serial + 1, tried)
      this.#inForce = { masker, serial: before.serial + 1, holds: 0, lent: false }
      this.#files = files
      this.#watch?.files(files)
      this.#retire(before)
      this.#reloads.ok++
      event = { ok: true, name: masker.name, serial: before.serial + 1, trigger, issues: masker.warnings }
    } catch (error) {
      this.#watch?.files(tried)
      this.#reloads.error++
      event = { ok: false, name: before.masker.name, serial: before.serial, trigger, ...reasonOf(error) }
    }
    try {
      this.#options.onReload?.(event)
    } catch {
      // the caller's own, and no reason to stop
    }
    return event
  }

  #busy(): boolean {
    if (this.#inForce.masker.atWork) return true
    for (const { masker } of this.#replaced) if (masker.atWork) return true
    return false
  }

  #retire(held: Held): void {
    if (held.lent) {
      this.#lent.set(held.serial, { masker: new WeakRef(held.masker), stats: held.masker.stats() })
    } else {
      this.#replaced.add(held)
      if (held.holds === 0) this.#end(held)
    }
  }

  /** Nobody holds it any more. */
  #release(held: Held): void {
    held.holds--
    if (held !== this.#inForce && held.holds === 0) this.#end(held)
  }

  #end(held: Held): void {
    // later, where nothing is under way: the caller may be a mask
    setImmediate(() => {
      if (held.masker.atWork || !this.#replaced.delete(held)) return
      held.masker.close()
      this.#done = sum(this.#done, held.masker.stats())
    })
  }

  #open(): void {
    if (this.#closed) throw new InputError('bad_option', 'the masker is closed')
  }

  #hold(): Held {
    this.#open()
    this.#inForce.holds++
    return this.#inForce
  }

  hold(): Hold {
    const held = this.#hold()
    let open = true
    const hold: Hold = {
      masker: held.masker,
      name: held.masker.name,
      serial: held.serial,
      release: () => {
        if (!open) return
        open = false
        this.#dropped.unregister(hold)
        this.#release(held)
      },
    }
    this.#dropped.register(hold, held, hold)
    return hold
  }

  get current(): Masker {
    this.#inForce.lent = true
    return this.#inForce.masker
  }

  get serial(): number {
    return this.#inForce.serial
  }

  get name(): string {
    return this.#inForce.masker.name
  }

  // ---------------------------------------------------------------------------------------------- a masker

  get warnings(): readonly Issue[] {
    return this.#inForce.masker.warnings
  }

  get policy(): Masker['policy'] {
    return this.#inForce.masker.policy
  }

  /** Of the version in force: counts from when that came into force. */
  get now(): Masker['now'] {
    return this.#inForce.masker.now
  }

  get outline(): Masker['outline'] {
    return this.#inForce.masker.outline
  }

  json(record: string): string
  json(record: Uint8Array): Uint8Array
  json(record: string | Uint8Array): string | Uint8Array {
    return this.#inForce.masker.json(record as string)
  }

  value<T>(value: T): T {
    return this.#inForce.masker.value(value)
  }

  text(text: string): string {
    return this.#inForce.masker.text(text)
  }

  explain(record: unknown): Finding[] {
    return this.#inForce.masker.explain(record)
  }

  stream(options?: FeedOptions): Transform {
    return createFeedStream(this.feed(options))
  }

  feed(options: FeedOptions = {}): Feed {
    this.#open()
    const { format = 'auto' } = options
    const counted = { ...options, counter: options.counter ?? { line: 0 } }
    if (format === 'auto' || format === 'json' || format === 'text') {
      // what is wrong with the options is said by the masker
      if (options.delimiter !== undefined || options.header !== undefined) return this.#inForce.masker.feed(options)
      return new LineFeed(this.lines({ ...counted, format }))
    }
    return new LiveFeed(() => this.hold(), counted)
  }

  lines(options: LineOptions = {}): LineEngine {
    const counted = { ...options, counter: options.counter ?? { line: 0 } }
    let hold = this.hold()
    let engine = hold.masker.lines(counted)
    const turn = (): void => {
      // what began in a line ends under the version that saw it begin
      if (hold.serial === this.#inForce.serial || engine.open === true || this.#closed) return
      const next = this.hold()
      engine = next.masker.lines(counted)
      hold.release()
      hold = next
    }
    return {
      get maxRecordBytes() {
        return engine.maxRecordBytes
      },
      get oversizeKeep() {
        return engine.oversizeKeep
      },
      get partial() {
        return engine.partial
      },
      get failedAt() {
        return engine.failedAt ?? 0
      },
      get gone() {
        return engine.gone ?? []
      },
      get open() {
        return engine.open === true
      },
      block: (bytes) => engine.block(bytes),
      oversize: (head, bytes, terminator) => engine.oversize(head, bytes, terminator),
      border: () => engine.border?.(),
      turn,
      end() {
        return engine.end()
      },
      // memory of the first version, which stays a reader's when that is closed
      buffers: (size) => engine.buffers?.(size),
    }
  }

  stats(): LiveStats {
    let stats = sum(this.#done, this.#inForce.masker.stats())
    for (const { masker } of this.#replaced) stats = sum(stats, masker.stats())
    for (const lent of this.#lent.values()) {
      const masker = lent.masker.deref()
      if (masker !== undefined) lent.stats = masker.stats()
      stats = sum(stats, lent.stats)
    }
    for (const [serial, lent] of this.#lent) {
      if (lent.masker.deref() !== undefined) continue
      this.#lent.delete(serial)
      this.#done = sum(this.#done, lent.stats)
    }
    return { ...stats, ruleset: this.name, serial: this.serial, reloads: { ...this.#reloads } }
  }

  close(): void {
    if (this.#closed) return
    if (this.#busy()) throw new InputError('bad_option', 'the masker is at work: nothing that it calls may close it')
    this.#closed = true
    this.#watch?.close()
    for (const { masker } of this.#replaced) masker.close()
    for (const { masker } of this.#lent.values()) masker.deref()?.close()
    this.#inForce.masker.close()
    this.#key.zero()
  }
}

/** Rows of a table and records of documents: another version begins with the next input, as names and brackets go on in one. */
class LiveFeed implements Feed {
  readonly #take: () => Hold
  readonly #options: FeedOptions
  #hold: Hold
  #feed: Feed
  #border = false
  /** Inputs that feeds before this one have seen, and what they had to say. */
  #inputs = 0
  #seen = 0
  #remarks: Remark[] = []

  constructor(take: () => Hold, options: FeedOptions) {
    this.#take = take
    this.#options = options
    this.#hold = take()
    this.#feed = this.#hold.masker.feed(options)
  }

  get cut(): boolean {
    return this.#feed.cut
  }

  get remarks(): readonly Remark[] {
    return [...this.#remarks, ...this.#feed.remarks.map((remark) => ({ ...remark, input: remark.input + this.#inputs }))]
  }

  *push(chunk: Buffer): Pieces {
    if (this.#border && chunk.length > 0) {
      this.#border = false
      yield* this.#turn()
    }
    yield* this.#feed.push(chunk)
  }

  /** Another version, if there is one. */
  *#turn(): Pieces {
    const next = this.#take()
    if (next.serial === this.#hold.serial) {
      next.release()
      return
    }
    yield* this.#feed.end(true)
    this.#remarks = [...this.remarks]
    this.#inputs = this.#seen
    this.#feed = next.masker.feed(this.#options)
    this.#hold.release()
    this.#hold = next
  }

  border(): void {
    this.#border = true
    this.#seen++
    this.#feed.border()
  }

  *end(newline = false): Pieces {
    yield* this.#feed.end(newline)
  }

  dropCut(): void {
    this.#feed.dropCut()
  }
}

function reasonOf(error: unknown): Pick<ReloadEvent, 'issues'> & { readonly code: NonNullable<ReloadEvent['code']>; readonly message: string } {
  if (error instanceof RulesetError) return { issues: error.issues, code: 'ruleset', message: error.message }
  if (error instanceof InputError) return { issues: [], code: error.code, message: error.message }
  return { issues: [], code: 'internal', message: 'the ruleset could not be compiled' }
}

function noStats(): Stats {
  return { ruleset: '', serial: 0, lines: 0, records: 0, textLines: 0, bytesIn: 0, bytesOut: 0, masked: 0, byRule: {}, byDetector: {}, maskedBy: [], errors: {} }
}

function sum(a: Stats, b: Stats): Stats {
  const maskedBy = [...a.maskedBy]
  for (const count of b.maskedBy) addCount(maskedBy, count)
  return {
    ruleset: b.ruleset,
    serial: b.serial,
    lines: a.lines + b.lines,
    records: a.records + b.records,
    textLines: a.textLines + b.textLines,
    bytesIn: a.bytesIn + b.bytesIn,
    bytesOut: a.bytesOut + b.bytesOut,
    masked: a.masked + b.masked,
    byRule: added(a.byRule, b.byRule),
    byDetector: added(a.byDetector, b.byDetector),
    maskedBy,
    errors: added(a.errors, b.errors),
  }
}

function added(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  // names are the ruleset's
  const out = Object.assign(Object.create(null) as Record<string, number>, a)
  for (const [name, n] of Object.entries(b)) out[name] = (out[name] ?? 0) + n
  return out
}
