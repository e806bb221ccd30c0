// Host of the skim: the WebAssembly pass over lines of JSON that settles what needs no thought (wasm/skim.ts says how).
//
// It copies the input into the module's memory window by window, keeps the module's tables of scopes in step with the plan's,
// and has the byte walker do whatever the module asks for: values that rules claim, strings with candidates, new keys. The walker works
// on the input itself, so what it finds are offsets of the input, as without the skim. A line that the module gives up is
// left to the walker as a whole: there is nothing that only the skim can do, and where there is no WebAssembly nothing changes
// but the speed.

import type { OffsetMap } from './offset-map.ts'
import { findChild, hashBytes, SCAN, TARGET } from './plan.ts'
import type { DetectAction, DetectSet, Plan, Scope } from './plan.ts'
import { SKIM_CODE } from './skim-code.ts'
import { decode } from './scanner.ts'
import type { JsonWalker } from './walk-json.ts'
import type { Hits, Writer } from './walker.ts'

/** What the module exports: functions, and the layout of its memory as constants. */
interface SkimExports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly init: () => void
  readonly index: (set: number) => void
  readonly forget: () => void
  readonly forgetStrings: () => void
  readonly run: (pos: number, end: number, root: number, maxDepth: number, maxBytes: number) => number
  readonly one: (pos: number, end: number, root: number, maxDepth: number) => number
  readonly settled: () => number
  readonly copy: (to: number, from: number, length: number) => void
  readonly learnPlain: (length: number, kinds: number) => void
  readonly [constant: string]: unknown
}

/** The part of the WebAssembly API that is used; the types of Node leave it to those of browsers. */
declare const WebAssembly:
  | {
      readonly Module: new (code: Uint8Array) => object
      readonly Instance: new (module: object, imports: object) => { readonly exports: SkimExports }
    }
  | undefined

/** Where the output of a block goes, and how far its input has been copied there. */
export interface Flow {
  readonly writer: Writer
  copied: number
}

/** Told of what the skim comes upon. */
export interface SkimHost {
  /** A record begins in which something is to be done. */
  begin(): void
  /** The walker stands before it, where the record is a document of `json` masks: they are to be opened. `line`, or whoever called `one`, closes them. */
  open(): void
  /** A line in which something was asked for is complete: [start, stop), its newline at `stop`. */
  line(start: number, stop: number): void
}

/** Addresses and sizes that the module names. */
const CONSTANTS = [
  'LINE',
  'TOUCHED',
  'LEARN',
  'LEARNING',
  'HIT_COUNT',
  'HITS',
  'WRITTEN',
  'WRITABLE',
  'COPIED',
  'ALL_ASCII',
  'TALLIES',
  'MAX_TALLIES',
  'TRACES',
  'TRACE',
  'MAX_TRACES',
  'PASSING',
  'RECIPES',
  'RECIPES_END',
  'OPENED',
  'FRAME_SIZE',
  'CANDIDATES',
  'KEY_BYTES',
  'RECORDS',
  'RECORD_SIZE',
  'COLD',
  'MAX_RECORDS',
  'ARENA',
  'ARENA_END',
  'WINDOW',
  'SCRATCH',
  'INPUT',
  'POOL',
  'OUTPUT',
  'OUTPUT_SIZE',
  'ANY',
  'SPANS',
  'SPANS_END',
  'TOKENS',
  'LABELS',
  'STEMS',
] as const

/** Depths that the module can follow. */
const MAX_DEPTH = 1000
/** Every instance reserves a good deal of address space: further maskers do without. */
const MAX_INSTANCES = 64
/** So often the tables may be filled and begun anew; then they stay as they are. */
const MAX_ROUNDS = 16

/** Where in a detector set the bit of a finder stands whose candidates the module rules out, or whose matches it finds. */
const SKIM_FIELDS: Readonly<Partial<Record<string, number>>> = {
  digits: 12,
  url: 20,
  iban: 24,
  connection: 28,
  ids: 52,
  geo: 100,
  token: 104,
  email: 108,
  jwt: 124,
  wallet: 128,
  phrase: 132,
  cloud: 136,
  crypt: 140,
}
/** Bytes of a detector set in the module. */
const SET_SIZE = 152
/** The module has a bit for each finder, for the two that are none, and one that is no finder's. */
const MAX_FINDERS = 28

/** ASCII is read sooner this way. */
const latin1Slice = (Buffer.prototype as unknown as { latin1Slice(this: Uint8Array, start: number, end: number): string }).latin1Slice

let compiled: object | undefined
let instances = 0
/** Maskers that are dropped without being closed give their place back too. */
const dropped = new FinalizationRegistry<undefined>(() => instances--)

/** The pass over lines; made for one plan and one walker. */
export class Skim {
  private readonly plan: Plan
  private readonly walker: JsonWalker
  private readonly host: SkimHost
  private readonly calls: SkimExports
  private readonly bytes: Buffer
  private readonly ints: Int32Array
  private readonly view: DataView
  private readonly at: Readonly<Record<(typeof CONSTANTS)[number], number>>
  private readonly maxDepth: number
  private readonly maxBytes: number

  /** The root whose scopes are in the tables. */
  private root: Scope | undefined
  private rootRecord = 0
  private readonly scopes: Scope[] = []
  /** Children of each scope in the tables. */
  private readonly used: number[] = []
  private readonly sets = new Map<DetectSet, number>()
  /** Places of the tables of finders that are filled in. */
  private readonly tables = new Set<number>()
  private arena = 0
  /** Where the next recipe goes. */
  private recipes = 0
  /** What is masked may be kept for the next time. */
  private readonly keeps: boolean
  private full = false
  private rounds = 0

  // the window: [from, to) of `input` stands at INPUT
  private input: Buffer = Buffer.alloc(0)
  private from = 0
  private to = 0
  /** Address minus offset of the input. */
  private delta = 0
  private multi = false

  /** Undefined where WebAssembly is missing, there are too many already, or the plan is none for it. */
  static create(plan: Plan, walker: JsonWalker, host: SkimHost, keeps: boolean): Skim | undefined {
    if (typeof WebAssembly === 'undefined' || instances >= MAX_INSTANCES || plan.policy.max_depth > MAX_DEPTH || walker.scanner.always || plan.policy.verify) return undefined
    if (plan.parts.finders.length > MAX_FINDERS) return undefined
    try {
      return new Skim(plan, walker, host, keeps)
    } catch {
      // no memory to be had, or SIMD is unknown: nothing is lost but speed
      return undefined
    }
  }

  private constructor(plan: Plan, walker: JsonWalker, host: SkimHost, keeps: boolean) {
    this.keeps = keeps
    this.plan = plan
    this.walker = walker
    this.host = host
    this.maxDepth = plan.policy.max_depth
    this.maxBytes = plan.policy.max_record_bytes
    compiled ??= new WebAssembly!.Module(Buffer.from(SKIM_CODE, 'base64'))
    const { exports } = new WebAssembly!.Instance(compiled, {
      host: {
        key: (scope: number, start: number, end: number) => this.key(scope, start, end),
        named: (scope: number, start: number, end: number) => this.named(scope, start, end),
        item: (scope: number, index: number) => this.item(scope, index),
        string: (scope: number, open: number, depth: number, entry: number) => this.string(scope, open, depth, entry),
        scan: (scope: number, open: number, close: number, n: number, live: number, decoded: number, depth: number, entry: number) =>
          this.scan(scope, open, close, n, live, decoded, depth, entry),
        number: (scope: number, start: number, end: number, whole: number, depth: number, entry: number) => this.number(scope, start, end, whole, depth, entry),
        literal: (scope: number, start: number, end: number, depth: number, entry: number) => this.literal(scope, start, end, depth, entry),
        container: (scope: number, start: number, depth: number, entry: number) => this.container(scope, start, depth, entry),
        line: (start: number, stop: number) => this.line(start - this.delta, stop - this.delta),
      },
    })
    instances++
    dropped.register(this, undefined, this)
    this.calls = exports
    const { buffer } = exports.memory
    this.bytes = Buffer.from(buffer)
    this.ints = new Int32Array(buffer)
    this.view = new DataView(buffer)
    this.at = Object.fromEntries(CONSTANTS.map((name) => [name, (exports[name] as { readonly value: number }).value])) as Skim['at']
    exports.init()
    plan.plainKeyLearnt = (text, start, end) => this.plainKey(text, start, end)
  }

  /** Wipes tables and copies of the input. Buffers that were lent and output that was handed out are others' until they are done with them. */
  close(): void {
    this.bytes.fill(0, 0, this.at.POOL)
    this.bytes.fill(0, this.at.SPANS, this.at.SPANS_END)
    this.input = Buffer.alloc(0)
    dropped.unregister(this)
    instances--
  }

  /** A block begins. */
  load(input: Buffer): void {
    this.input = input
    this.from = this.to = 0
    if (input.buffer !== this.bytes.buffer) return
    // it stands in the module's memory already
    this.to = input.length
    this.delta = input.byteOffset
  }

  /** Memory for input that need not be copied: two buffers of `size` bytes. Undefined when there is not so much. */
  buffers(size: number): [Buffer, Buffer] | undefined {
    const { POOL, OUTPUT } = this.at
    if (this.lent || 2 * size > OUTPUT - POOL) return undefined
    this.lent = true
    return [this.bytes.subarray(POOL, POOL + size), this.bytes.subarray(POOL + size, POOL + 2 * size)]
  }
  private lent = false

  /** Itself as the place of output, for the first that asks: what it wrote may still be read when another writes. */
  lend(writer: object): this | undefined {
    this.borrower ??= writer
    return this.borrower === writer ? this : undefined
  }
  private borrower: object | undefined

  /** Memory for output into which `move` copies. */
  get output(): Buffer {
    return this.bytes.subarray(this.at.OUTPUT, this.at.OUTPUT + this.at.OUTPUT_SIZE - 64)
  }

  /** Copies bytes of the input to an offset of `output`; false where they are not at hand. */
  move(to: number, start: number, end: number): boolean {
    if (start < this.from || end > this.to) return false
    this.calls.copy(this.at.OUTPUT + to, start + this.delta, end - start)
    return true
  }

  /**
   * Settles lines of the loaded input from `pos` on, whose last byte is a newline. Returns the offset of the first line
   * that the walker has to do as a whole, or the end.
   */
  run(pos: number, flow: Flow): number {
    const end = this.input.length
    this.reach(pos)
    if (!this.ready()) return pos
    this.flow = flow
    for (;;) {
      if (pos >= this.to || pos < this.from) {
        if (pos >= end) return pos
        let to = end
        if (end - pos > this.at.WINDOW) {
          to = this.input.lastIndexOf(0x0a, pos + this.at.WINDOW - 1) + 1
          if (to <= pos) return pos
        }
        this.bytes.set(pos === 0 && to === end ? this.input : this.input.subarray(pos, to), this.at.INPUT)
        this.from = pos
        this.to = to
        this.delta = this.at.INPUT - pos
      }
      this.multi = false
      this.reach(pos)
      this.give()
      try {
        pos = this.calls.run(pos + this.delta, this.to + this.delta, this.rootRecord, this.maxDepth, this.maxBytes) - this.delta
      } finally {
        this.take()
      }
      if (pos < this.to) return pos
    }
  }
  private flow: Flow | undefined
  private given = false

  /** The module may go on with the output. */
  private give(): void {
    const { ints, delta } = this
    const { writer, copied } = this.flow!
    const used = writer.place
    this.given = used >= 0 && copied >= this.from
    ints[this.at.WRITABLE >> 2] = this.given ? this.at.OUTPUT_SIZE - 64 : 0
    ints[this.at.WRITTEN >> 2] = used
    ints[this.at.COPIED >> 2] = copied + delta
  }

  /** The output is ours again. */
  private take(): void {
    if (!this.given) return
    this.given = false
    this.flow!.writer.place = this.ints[this.at.WRITTEN >> 2]!
    this.flow!.copied = this.ints[this.at.COPIED >> 2]! - this.delta
  }

  /** A line that is not the module's alone. */
  private line(start: number, stop: number): void {
    if (this.ints[this.at.TOUCHED >> 2] === 0) this.host.begin()
    this.collect(this.walker.hits)
    this.take()
    this.host.line(start, stop)
    this.give()
  }

  /** Nothing before `pos` is left to be done: said first, since even the call of the module may throw (no stack is left). */
  private reach(pos: number): void {
    this.ints[this.at.LINE >> 2] = pos + this.delta
  }

  /** Offset of the line that `run` was at when something was thrown. */
  lineStart(): number {
    return this.ints[this.at.LINE >> 2]! - this.delta
  }

  /** Lines settled since the last call. */
  settled(): number {
    return this.calls.settled()
  }

  /** Where a record of at most `most` bytes is to be written for `one`. */
  get place(): Buffer {
    return (this.record ??= this.bytes.subarray(this.at.INPUT))
  }
  private record: Buffer | undefined
  get most(): number {
    return this.at.WINDOW
  }

  /**
   * Settles the record in the first `length` bytes of `place`. False: the walker has to do it as a whole. With a writer that the output
   * is lent to, the record is put out where nobody but the module has a part in it: `written` bytes, 0 where it is not.
   */
  one(length: number, writer?: object): boolean {
    const { ints } = this
    ints[this.at.WRITABLE >> 2] = writer !== undefined && this.lend(writer) !== undefined ? this.at.OUTPUT_SIZE - 64 : 0
    ints[this.at.WRITTEN >> 2] = 0
    ints[this.at.COPIED >> 2] = this.at.INPUT
    if (!this.ready()) return false
    this.input = this.place
    this.from = this.to = 0
    this.delta = this.at.INPUT
    this.multi = true
    this.end = length
    return this.calls.one(this.at.INPUT, this.at.INPUT + length, this.rootRecord, this.maxDepth) >= 0
  }
  private end = 0

  get written(): number {
    return this.ints[this.at.WRITTEN >> 2]!
  }

  /** What `one` put out. */
  text(): string {
    const end = this.at.OUTPUT + this.written
    return this.ints[this.at.ALL_ASCII >> 2] === 1 ? latin1Slice.call(this.bytes, this.at.OUTPUT, end) : decode(this.bytes, this.at.OUTPUT, end)
  }

  // ---------------------------------------------------------------------------------------------- what the module asks for

  private scope(record: number): Scope {
    return this.scopes[((record - this.at.RECORDS) / this.at.RECORD_SIZE) | 0]!
  }

  /** The walker stands where the module stands. */
  private stand(depth: number, entry: number): void {
    const { walker, delta } = this
    if (this.ints[this.at.TOUCHED >> 2] === 0) {
      this.ints[this.at.TOUCHED >> 2] = 1
      this.passing = this.at.PASSING
      this.host.begin()
      walker.stand(this.input, this.ints[this.at.LINE >> 2]! - delta, this.multi ? this.end : this.to, this.multi)
      if (this.root!.documents) {
        walker.depth = 0
        this.host.open()
      }
    }
    const { OPENED, FRAME_SIZE } = this.at
    for (let d = 1; d <= depth; d++) walker.opened[d] = this.ints[(OPENED + d * FRAME_SIZE) >> 2]! - delta
    walker.depth = depth
    walker.entry = entry < 0 ? -1 : entry - delta
  }

  private string(record: number, open: number, depth: number, entry: number): number {
    this.stand(depth, entry)
    const { walker } = this
    const before = walker.mark()
    const stop = walker.stringAt(open - this.delta, this.scope(record))
    if (stop < 0) return stop
    this.learn(before, open + 1 - this.delta)
    return stop + this.delta
  }

  private scan(record: number, open: number, close: number, n: number, live: number, decoded: number, depth: number, entry: number): void {
    this.stand(depth, entry)
    const { walker, ints } = this
    const { scanner } = walker
    while (scanner.at.length < n) scanner.growCandidates()
    // a decoded text is looked at where it stands, another one in the input
    const shift = decoded < 0 ? this.delta : 0
    for (let k = 0, c = this.at.CANDIDATES >> 2; k < n; k++, c += 2) {
      scanner.at[k] = ints[c]! - shift
      scanner.codes[k] = ints[c + 1]!
    }
    scanner.candidates = n
    scanner.live = live
    this.plan.teaching = true
    const scope = this.scope(record)
    const from = open + 1 - this.delta
    const before = walker.mark()
    try {
      if (decoded < 0) walker.judged(from, close - this.delta, scope)
      else {
        // finders look at what stands behind a match: nothing of the text before
        this.bytes[this.at.SCRATCH + decoded] = 0
        walker.judgedText(from, this.bytes, this.at.SCRATCH, this.at.SCRATCH + decoded, scope, this)
      }
    } finally {
      this.plan.teaching = false
    }
    this.learn(before, from)
  }

  /** Where the bytes of the text decoded last come from; false when that was not kept. */
  traces(map: OffsetMap): boolean {
    const { ints, delta } = this
    const n = ints[this.at.TRACES >> 2]!
    if (n >= this.at.MAX_TRACES) return false
    map.reset()
    for (let k = 0, at = this.at.TRACE >> 2; k < n; k++, at += 2) {
      const from = ints[at + 1]!
      map.add(ints[at]!, from < 0 ? ~(~from - delta) : from - delta)
    }
    map.end = ints[(this.at.TRACE >> 2) + 2 * n - 1]! - delta
    return true
  }

  /** Tells the module what became of the string at `from`: it puts that out itself where it is always the same, and may remember it. */
  private learn(before: number, from: number): void {
    const { walker, ints } = this
    const { hits } = walker
    const n = hits.count - before
    if (walker.pure && n === 0 && walker.counted(before)) {
      ints[this.at.LEARN >> 2] = 1
      return
    }
    const recipe = walker.pure && n > 0 && n <= 8 && walker.counted(before) ? this.recipe(before, from) : 0
    if (recipe === 0) {
      ints[this.at.TOUCHED >> 2] = 2
      return
    }
    hits.count = before
    ints[this.at.LEARN >> 2] = recipe
  }

  /** Writes down the hits from `before` on; 0 where there is no room. What is not remembered lasts as long as its record. */
  private recipe(before: number, from: number): number {
    const { ints } = this
    const { hits } = this.walker
    let size = 0
    for (let k = before; k < hits.count; k++) size += 32 + hits.outs[k]!.length
    const lasting = this.keeps && ints[this.at.LEARNING >> 2] === 1 && this.recipes + size < this.at.RECIPES_END
    if (!lasting) ints[this.at.LEARNING >> 2] = 0
    const recipe = lasting ? this.recipes : this.passing
    if (!lasting && recipe + size > this.at.RECIPES) return 0
    ints[recipe >> 2] = hits.count - before
    let at = recipe + 4
    let place = recipe + 4 + 12 * (hits.count - before)
    for (let k = before; k < hits.count; k++, at += 12) {
      const next = this.replacement(place, hits.outs[k]!, hits.counters[k])
      if (next === 0) return 0
      ints[at >> 2] = hits.starts[k]! - from
      ints[(at + 4) >> 2] = hits.ends[k]! - from
      ints[(at + 8) >> 2] = place
      place = next
    }
    if (lasting) this.recipes = place
    else this.passing = place
    return recipe
  }
  /** Where the next recipe goes that is not remembered. */
  private passing = 0

  /** Writes a replacement; returns where free memory goes on, 0 when there are too many counters. */
  private replacement(at: number, out: Uint8Array, counter: { masked: number } | undefined): number {
    const { ints } = this
    const tally = this.tally(counter)
    if (tally < 0) return 0
    ints[at >> 2] = at + 12
    ints[(at + 4) >> 2] = out.length
    ints[(at + 8) >> 2] = tally
    for (let k = 0; k < out.length; k++) this.bytes[at + 12 + k] = out[k]!
    return (at + 12 + out.length + 3) & ~3
  }

  /** The number under which the module counts for a counter; -1 when there are too many. */
  private tally(counter: { masked: number } | undefined): number {
    let tally = this.counters.indexOf(counter)
    if (tally < 0 && this.counters.length < this.at.MAX_TALLIES) tally = this.counters.push(counter) - 1
    return tally
  }
  private readonly counters: ({ masked: number } | undefined)[] = []

  /** Adds up what the module has counted; returns the places masked in lines that it put out itself. */
  tallied(): number {
    const { ints, counters } = this
    let sum = 0
    for (let t = 0, at = this.at.TALLIES >> 2; t < counters.length; t++, at++) {
      const n = ints[at]!
      if (n === 0) continue
      ints[at] = 0
      sum += n
      const counter = counters[t]
      if (counter !== undefined) counter.masked += n
    }
    return sum
  }

  /** Adds the places that the module has masked in the record at hand to those of the walker. */
  collect(hits: Hits): void {
    const { ints, delta } = this
    const n = ints[this.at.HIT_COUNT >> 2]!
    for (let k = 0, at = this.at.HITS >> 2; k < n; k++, at += 4) {
      const place = ints[at + 2]!
      const bytes = ints[place >> 2]!
      hits.merge(ints[at]! - delta, ints[at + 1]! - delta, this.bytes.subarray(bytes, bytes + ints[(place + 4) >> 2]!), this.counters[ints[(place + 8) >> 2]!])
    }
  }

  private number(record: number, start: number, end: number, whole: number, depth: number, entry: number): void {
    this.stand(depth, entry)
    this.ints[this.at.TOUCHED >> 2] = 2
    this.walker.judgeNumber(start - this.delta, end - this.delta, whole === 1, this.scope(record))
  }

  private literal(record: number, start: number, end: number, depth: number, entry: number): void {
    this.stand(depth, entry)
    this.ints[this.at.TOUCHED >> 2] = 2
    this.walker.claimed(start - this.delta, end - this.delta, this.scope(record))
  }

  private container(record: number, start: number, depth: number, entry: number): number {
    this.stand(depth, entry)
    this.ints[this.at.TOUCHED >> 2] = 2
    // only that somebody stands there when it ends
    if (record === this.rootRecord && this.root!.documents) return -3
    const end = this.walker.container(start - this.delta, this.scope(record))
    return end < 0 ? end : end + this.delta
  }

  private key(record: number, start: number, end: number): number {
    const parent = this.scope(record)
    const { bytes } = this
    const hash = hashBytes(bytes, start, end)
    let child = findChild(parent, bytes, start, end, hash)
    if (child === undefined) {
      child = this.plan.makeChild(parent, this.bytes.toString('utf8', start, end), Uint8Array.prototype.slice.call(bytes, start, end))
      // one that is not kept (its key is masked itself, or there are too many) is the walker's
      if (findChild(parent, bytes, start, end, hash) !== child) return 0
    }
    return this.register(child, parent, record)
  }

  private named(record: number, start: number, end: number): number {
    const scope = this.scope(record)
    const { bytes, plan } = this
    const named = plan.named(scope, bytes, start, end)
    const naming = plan.naming(scope)
    // one that is not kept is the walker's
    if (findChild(naming, bytes, start, end, named.hash) !== named) return 0
    const holder = this.register(naming, undefined, 0)
    if (holder === 0) return 0
    this.view.setInt32(this.cold(record) + 12, holder, true)
    return this.register(named, naming, holder)
  }

  private item(record: number, index: number): number {
    const parent = this.scope(record)
    const child = this.plan.itemScope(parent, index)
    const known = this.register(child, undefined, record)
    if (known === 0) return 0
    const { view } = this
    if (parent.indexed) view.setUint8(record + 2, view.getUint8(record + 2) | 4)
    else view.setInt32(record + 12, known, true)
    return known
  }

  // ---------------------------------------------------------------------------------------------- tables

  /** Brings the tables in step with the plan; false where they cannot be. */
  private ready(): boolean {
    const { root } = this.plan
    if (this.root === root && this.rootRecord !== 0 && !(this.full && this.rounds < MAX_ROUNDS)) {
      const { RECIPES, RECIPES_END } = this.at
      if (this.recipes - RECIPES > (RECIPES_END - RECIPES) * 0.75) {
        this.calls.forgetStrings()
        this.recipes = RECIPES
      }
      return true
    }
    if (root.apart || (root.documents && root.containers)) return false
    if (this.full) this.rounds++
    for (const scope of this.scopes) scope.record = 0
    this.scopes.length = this.used.length = 0
    this.sets.clear()
    this.arena = this.at.ARENA
    this.recipes = this.at.RECIPES
    this.full = false
    this.calls.forget()
    this.plan.forgetPlainKeys()
    this.root = root
    this.rootRecord = this.register(root, undefined, 0)
    return this.rootRecord !== 0
  }

  /** Memory for a table; 0 when there is no more. */
  private room(size: number): number {
    const at = this.arena
    if (at + size + 16 > this.at.ARENA_END) {
      this.full = true
      return 0
    }
    this.arena = (at + size + 15) & ~7
    return at
  }

  /** The record of a scope, made if need be; 0 when there is no room. With `parent` it is found by its key from then on. */
  private register(scope: Scope, parent: Scope | undefined, parentRecord: number): number {
    if (scope.record !== 0) return scope.record
    const n = this.scopes.length
    if (n >= this.at.MAX_RECORDS) {
      this.full = true
      return 0
    }
    const set = this.set(scope.detect)
    const { keyBytes } = scope
    const key = this.room(keyBytes.length + 9)
    if (set === 0 || key === 0) return 0
    const constant = scope.constantToken === undefined ? 0 : this.fixed(scope.constantToken, scope.targets[0]!.rule)
    const secret = this.secret(scope)
    const record = this.at.RECORDS + n * this.at.RECORD_SIZE
    const { view, bytes } = this
    const cold = this.cold(record)
    bytes.fill(0, record, record + this.at.RECORD_SIZE)
    bytes.fill(0, cold, cold + 16)
    bytes.set(keyBytes, key)
    bytes[key + keyBytes.length] = 0x22
    view.setUint8(record, scope.strings)
    view.setUint8(record + 1, scope.numbers)
    view.setUint8(
      record + 2,
      (scope.literals !== 0 ? 1 : 0) |
        (scope.containers || (scope === this.root && misses(scope)) ? 2 : 0) |
        (scope.indexed ? 4 : 0) |
        (passesTimes(scope) ? 8 : 0) |
        (constant !== 0 ? 16 : 0) |
        (scope.strings === TARGET && !scope.document ? 32 : 0) |
        (scope.named ? 64 : 0) |
        (secret !== 0 ? 128 : 0),
    )
    view.setUint8(record + 3, scope.roles)
    view.setInt32(record + 48, constant !== 0 ? constant : secret, true)
    // nothing of strings is kept where nothing is to be kept
    view.setInt32(record + 56, this.keeps && scope.strings === SCAN ? 24 : 0, true)
    view.setInt32(record + 60, this.keeps ? 64 : 0, true)
    view.setInt32(record + 4, set, true)
    view.setInt32(record + 24, keyBytes.length, true)
    view.setInt32(cold + 4, scope.hash, true)
    view.setInt32(cold + 8, parent === undefined ? 0 : parentRecord, true)
    view.setInt32(record + 28, key, true)
    view.setInt32(record + 32, scope.word0, true)
    view.setInt32(record + 36, scope.word1, true)
    view.setInt32(record + 40, scope.mask0, true)
    view.setInt32(record + 44, scope.mask1, true)
    this.scopes.push(scope)
    this.used.push(0)
    scope.record = record
    if (parent !== undefined && scope !== parent && !this.insert(parentRecord, record, scope.hash)) this.full = true
    return record
  }

  /** Where the rest of a record is. */
  private cold(record: number): number {
    return this.at.COLD + ((record - this.at.RECORDS) >> 2)
  }

  /** A replacement that stays; 0 where there is no room. */
  private fixed(out: Uint8Array, counter: { masked: number }): number {
    const at = this.room(out.length + 16)
    return at === 0 || this.replacement(at, out, counter) === 0 ? 0 : at
  }

  /** What strings become that are secret by the key of a scope: the same for all, or 0. */
  private secret({ claim, targets, unknown }: Scope): number {
    if (claim === undefined || targets.length > 0 || unknown || claim.beside !== undefined || claim.keyed.surely?.(claim.level) !== true) return 0
    const { action } = claim
    const { constant } = action.chain
    // a secret that is what it becomes is none to the walker: only what `sureSecret` takes for no secret may stand for all
    if (typeof constant !== 'string' || /^[0-9A-Za-z]/.test(constant) || !unconditional(action)) return 0
    return this.fixed(Buffer.from(JSON.stringify(constant)), action)
  }

  /** What matches of a detector become: a replacement, 0 where it depends on the match alone, 1 where the host is to say. */
  private outcome(action: DetectAction): number {
    if (!unconditional(action)) return 1
    return action.constantBytes !== undefined ? this.fixed(action.constantBytes, action) || 1 : action.memo ? 0 : 1
  }

  /** Enters a child into its parent's table. */
  private insert(parent: number, child: number, hash: number): boolean {
    const { view } = this
    const index = ((parent - this.at.RECORDS) / this.at.RECORD_SIZE) | 0
    let slots = view.getInt32(parent + 8, true)
    const cold = this.cold(parent)
    let mask = view.getInt32(cold, true)
    const used = ++this.used[index]!
    if (slots === 0 || used * 2 > mask + 1) {
      const size = slots === 0 ? 8 : (mask + 1) * 2
      const bigger = this.room(size * 4)
      if (bigger === 0) return false
      this.bytes.fill(0, bigger, bigger + size * 4)
      for (let k = 0; slots !== 0 && k <= mask; k++) {
        const known = view.getInt32(slots + 4 * k, true)
        if (known !== 0) this.enter(bigger, size - 1, known, view.getInt32(this.cold(known) + 4, true))
      }
      slots = bigger
      mask = size - 1
      view.setInt32(parent + 8, slots, true)
      view.setInt32(cold, mask, true)
    }
    this.enter(slots, mask, child, hash)
    return true
  }

  private enter(slots: number, mask: number, record: number, hash: number): void {
    let k = (hash ^ (hash >>> 15)) & mask
    while (this.view.getInt32(slots + 4 * k, true) !== 0) k = (k + 1) & mask
    this.view.setInt32(slots + 4 * k, record, true)
  }

  /** The tables of a set of detectors; 0 when there is no room. */
  private set(set: DetectSet): number {
    const known = this.sets.get(set)
    if (known !== undefined) return known
    const { view, bytes } = this
    const at = this.room(SET_SIZE)
    for (const [other, from] of this.sets) {
      if (other.pairsText !== set.pairsText || at === 0) continue
      bytes.copyWithin(at, from, from + SET_SIZE)
      view.setInt32(at + 64, set.readsValues ? 1 : 0, true)
      this.sets.set(set, at)
      return at
    }
    const pairs = this.room(65536)
    const table = this.sets.size === 0 ? this.at.ANY : this.room(65536)
    const follow = this.room(set.follow.length)
    const groups = this.room(256 * 4)
    const countries = this.room(676)
    const named = set.textWords ? set.finders.findIndex(({ finder }) => finder.skimWords !== undefined) : -1
    const words = named < 0 ? undefined : set.finders[named]!.finder.skimWords!(set.active, set.finders[named]!.ids)
    const wordsAt = this.room(words?.length ?? 0)
    if (wordsAt === 0 || at === 0 || pairs === 0 || follow === 0 || groups === 0 || countries === 0 || table === 0) return 0
    bytes.fill(0, at, at + SET_SIZE)
    bytes.set(set.follow, follow)
    for (let g = 0; g < 256; g++) {
      let mask = 0
      for (const f of set.groups[g] ?? []) mask |= 1 << f
      view.setInt32(groups + 4 * g, mask, true)
    }
    view.setInt32(at, pairs, true)
    view.setInt32(at + 4, follow, true)
    view.setInt32(at + 8, groups, true)
    let full = false
    set.finders.forEach(({ finder, ids }, f) => {
      const field = finder.skim === undefined ? undefined : SKIM_FIELDS[finder.skim]
      if (field !== undefined) view.setInt32(at + field, 1 << f, true)
      if (finder.skimTable !== undefined) {
        const { TOKENS, LABELS, STEMS } = this.at
        const place = finder.skim === 'token' ? TOKENS : finder.skim === 'email' ? LABELS : finder.skim === 'phrase' ? STEMS : countries
        // these are the same for all sets
        if (place === countries || !this.tables.has(place)) {
          const table = finder.skimTable()
          // what is there has no place for more
          if (place === TOKENS && table.length > LABELS - TOKENS) full = true
          else {
            bytes.set(table, place)
            this.tables.add(place)
          }
        }
      }
      bytes[at + 68 + f] = Math.min(finder.least ?? 0, 255)
      if (finder.skim === 'email') view.setInt32(at + 116, this.outcome(set.actions[ids[0]!]!), true)
      if (finder.skim !== 'token') return
      const outs = this.room(ids.length * 4)
      view.setInt32(at + 112, outs, true)
      if (outs === 0) full = true
      else
        ids.forEach((id, i) => {
          const action = set.actions[id]
          // none of them depends on what is matched
          view.setInt32(outs + 4 * i, action === undefined ? 0 : this.outcome(action) || 1, true)
        })
    })
    if (full) return 0
    view.setInt32(at + 120, this.keeps ? 1 : 0, true)
    if (set.pairFinder >= 0) view.setInt32(at + 16, 1 << set.pairFinder, true)
    view.setInt32(at + 32, this.plan.decodesJson ? 1 : 0, true)
    view.setInt32(at + 36, set.empty ? 1 : 0, true)
    view.setInt32(at + 40, countries, true)
    view.setInt32(at + 44, table, true)
    view.setInt32(at + 48, set.follow.length >> 8, true)
    view.setInt32(at + 56, words === undefined ? 0 : wordsAt, true)
    if (words !== undefined) bytes.set(words, wordsAt)
    // a group of that finder alone, else any with it: the bits of live finders say who is asked
    const alone = set.groups.findIndex((group) => group.length === 1 && group[0] === named)
    view.setInt32(at + 60, alone >= 0 ? alone : set.groups.findIndex((group) => group.includes(named)), true)
    view.setInt32(at + 64, set.readsValues ? 1 : 0, true)
    // the module tells by other means where numbers and IBANs may begin, and that there are wallets and phrases
    const bitOf = (f: number): number => {
      const kind = set.finders[f]?.finder.skim
      return kind === 'phrase' ? 0 : kind === 'wallet' ? 4 : kind === 'digits' || kind === 'iban' || kind === 'ids' ? 2 : 1
    }
    const { SCRATCH } = this.at
    bytes.set(set.pairsText, SCRATCH)
    for (let g = 0; g < 256; g++) bytes[SCRATCH + 0x10000 + g] = (set.groups[g] ?? []).reduce((bits, f) => bits | bitOf(f), 0)
    this.calls.index(at)
    this.sets.set(set, at)
    return at
  }

  /** A key of text pairs that invokes nothing; in queries too, unless the finder of URLs has more to say of it. */
  private plainKey(text: Uint8Array, start: number, end: number): void {
    const n = end - start
    // the host is to be asked where a key speaks for what follows it
    if (n > 32 || this.plan.namesKey(text, start, end)) return
    for (let k = 0; k < n; k++) this.bytes[this.at.KEY_BYTES + k] = text[start + k]!
    const parameter = this.plan.parts.finders.every((finder) => finder.plainKey === undefined || finder.plainKey(text, start, end))
    this.calls.learnPlain(n, parameter ? 3 : 1)
  }
}

/** Nothing but the detector decides what becomes of its matches. */
function unconditional({ rule }: DetectAction): boolean {
  return rule.skip === undefined && rule.conditions.length === 0
}

/** Numbers of twelve digits and more that begin with 1 are times to all finders of numbers there. */
function passesTimes(scope: Scope): boolean {
  return scope.numbers === 1 && scope.detect.numberFinders.every(({ finder }) => finder.passesTimes?.(scope.keyWords) === true)
}

/** What `json` masks did not find in a record that is their document may be an error: no such record is the module's alone. */
function misses(root: Scope): boolean {
  return root.targets.some(({ chain }) => chain.document?.some(({ transform }) => transform.onMissing === 'error') === true)
}
