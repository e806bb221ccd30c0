// Detection on one decoded text: one pass collects candidates by byte pairs, finders judge candidates, overlaps are settled
// on the original text. Both walkers and the text path use this, so a match is the same everywhere.

import { HASH_START, NO_KEY } from './plan.ts'
import type { DetectAction, DetectSet, Kept, Plan, Target } from './plan.ts'
import {
  AS_IS,
  BASE64,
  base64End,
  isBase64Value,
  LEAST_BASE64,
  LEAST_BASE64_VALUE,
  LOOKALIKE,
  lookalikeAt,
  MOST_BASE64,
  PERCENT,
  PERCENT_TWICE,
  readBase64,
  Reading,
  readLookalikes,
  readPercent,
} from './readings.ts'
import { NumberText } from './types.ts'
import type { CustomDetector, KeyFacts, Level, LineBlocks, PairMatch, Reason, Scan } from './types.ts'

/** Judges key/value pairs in text; injected, the engine knows no detector. */
export interface PairRecogniser {
  readonly triggers: readonly { readonly prev?: string; readonly byte: string }[]
  /** Reads the key around a separator, and where the value starts. */
  key(text: Uint8Array, start: number, end: number, at: number, out: PairMatch): boolean
  /** Finds the end of the value; only asked for keys that matter. */
  finish(text: Uint8Array, end: number, out: PairMatch): void
}

/** A pair whose key a rule names. */
export interface PairHit {
  readonly targets: readonly Target[]
  readonly quote: number
  readonly escaped: boolean
}

/** A user's detector bound to an id. */
export interface BoundCustom {
  readonly id: number
  readonly detector: CustomDetector
}

const NO_WORDS: readonly string[] = []
const NO_RANGES: readonly number[] = []
const NO_REASONS: readonly Reason[] = []
const NO_KEPT: readonly Kept[] = []
const KEY_ONLY: readonly string[] = ['key']

/** NAMED_LIVE of wasm/skim.ts. */
const NAMED = 1 << 30

/** A match that may go on in further lines. */
export interface Unfinished {
  readonly action: DetectAction
  readonly start: number
  readonly lines: LineBlocks
}

interface Span {
  s: number
  e: number
  r: DetectAction | PairHit
  sc: number
  m: number
  x: number
  w: readonly Reason[]
}

/** In which other ways a text is read. */
export interface Ways {
  readonly percent: boolean
  readonly lookalikes: boolean
  readonly base64: boolean
}
export const NO_WAYS: Ways = { percent: false, lookalikes: false, base64: false }

const SEEN_PERCENT = 1
const SEEN_LOOKALIKE = 2
const SEEN_BASE64 = 4
const SEEN_VALUE = 8

/** Long texts are read in another way piece by piece, so that it takes little memory; pieces overlap. */
const PIECE = 65536
const OVERLAP = 1024
/** So near before a match, something that reads otherwise may be what made it one: a quote, an equals sign, a letter of its key. */
const NEAR = 64
/** In a run of base64 there may be others, behind a slash or a hyphen. */
const MOST_INNER_RUNS = 8

/** What is glued to a match that was glued to a match is looked at, and no further: time stays linear. */
const MAX_GLUED = 2

/** What a list of strings begins with, behind its bracket. */
const LIST_START = new Uint8Array(256)
for (const c of '"\'') LIST_START[c.charCodeAt(0)] = 1

/** Bytes of a plain key. */
const KEY_BYTE = new Uint8Array(256)
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.') KEY_BYTE[c.charCodeAt(0)] = 1

/** Scratch and results of scans; one object per nesting level of a masker, reused. */
export class Scanner implements Scan {
  // results: `count` spans, sorted, apart from each other
  count = 0
  starts = new Int32Array(64)
  ends = new Int32Array(64)
  /** DetectAction or PairHit. */
  refs: (DetectAction | PairHit)[] = []
  scores = new Float64Array(64)
  /** 1: spans of several detectors were joined. */
  merged = new Uint8Array(64)
  /** How the text of the span is written: see readings.ts. */
  encoded = new Uint8Array(64)

  readonly origin: Scanner = this

  // while explaining
  /** Why each span counts. */
  reasons: (readonly Reason[])[] = []
  /** Candidates of the last scan that came to nothing. */
  kept: readonly Kept[] = NO_KEPT
  why: ((code: string) => void) | undefined
  reject: ((id: number, start: number, end: number, code: string) => void) | undefined
  private pending: string[] = []

  // candidates of the string under the walker's loop
  candidates = 0
  at = new Int32Array(256)
  codes = new Uint8Array(256)
  /** Bits of the finders that the next `judge` asks: of the others it is known that their candidates come to nothing. */
  live = -1

  // Scan
  text: Uint8Array = new Uint8Array(0)
  start = 0
  end = 0
  active: Uint8Array = new Uint8Array(0)
  line = false
  isKey = false
  hasPairs = false
  keyWords: readonly string[] = NO_WORDS

  /** The set of the last scan. */
  set!: DetectSet
  private unfinished: Unfinished | undefined
  /** The text is a number of a record: rules skip it by value. */
  private numeric = false
  private resume = new Int32Array(32)
  private readonly plan: Plan
  private readonly pairs: PairRecogniser | undefined
  private readonly customs: readonly BoundCustom[]
  /** A user's detector, or known values, want every string, candidates or not. */
  readonly always: boolean
  private readonly pair: PairMatch = { keyStart: 0, keyEnd: 0, valueStart: 0, valueEnd: 0, quote: 0, escaped: false, header: false, closer: 0 }
  private readonly ways: Ways
  private inner: Scanner | undefined

  constructor(plan: Plan, pairs: PairRecogniser | undefined, customs: readonly BoundCustom[], ways = waysOf(plan.policy.decode)) {
    this.plan = plan
    this.pairs = pairs
    this.customs = customs
    this.always = customs.length > 0 || plan.parts.known
    this.ways = ways
  }

  /** Makes room for more candidates; the walker's loop calls it when `candidates` reaches the capacity. */
  growCandidates(): void {
    const at = new Int32Array(this.at.length * 2)
    at.set(this.at)
    this.at = at
    const codes = new Uint8Array(this.codes.length * 2)
    codes.set(this.codes)
    this.codes = codes
  }

  /** Scans a whole decoded text. Results in `count`, `starts`, ... */
  scan(set: DetectSet, text: Uint8Array, start: number, end: number, line: boolean, isKey: boolean, words: readonly string[]): number {
    this.collect(set, text, start, end)
    return this.judge(set, text, start, end, line, isKey, words)
  }

  /** The one pass. */
  collect(set: DetectSet, text: Uint8Array, start: number, end: number): void {
    const pairs = set.pairsText
    const follow = set.follow
    const safe = end - 3
    let n = 0
    let p = 0x2000
    for (let i = start; i < end; i++) {
      while (i < safe) {
        const a = text[i]!
        const b = text[i + 1]!
        const c = text[i + 2]!
        const d = text[i + 3]!
        if ((pairs[p | a]! | pairs[(a << 8) | b]! | pairs[(b << 8) | c]! | pairs[(c << 8) | d]!) !== 0) break
        p = d << 8
        i += 4
      }
      if (i >= end) break
      const c = text[i]!
      const t = pairs[p | c]!
      if (t !== 0) {
        const group = follow[(t << 8) | (i + 1 < end ? text[i + 1]! : 0)]!
        if (group !== 0) {
          if (n === this.at.length) this.growCandidates()
          this.at[n] = i
          this.codes[n++] = group
        }
      }
      p = c << 8
    }
    this.candidates = n
  }

  /** Runs the finders on the candidates collected, then settles overlaps. */
  judge(set: DetectSet, text: Uint8Array, start: number, end: number, line: boolean, isKey: boolean, words: readonly string[]): number {
    this.count = 0
    if (this.kept.length > 0) this.kept = NO_KEPT
    const n = this.candidates
    this.candidates = 0
    const { live } = this
    this.live = -1
    // the first pass says by a bit that is no finder's whether the path names what it holds
    const named = !isKey && (live === -1 ? set.named(words) : (live & NAMED) !== 0)
    const value = set.readsValues && isBase64Value(text, start, end)
    if (n === 0 && !this.always && !named && !value) return 0
    this.bind(set, text, start, end, line, isKey, words)
    let seen = value ? SEEN_VALUE : 0
    const finders = set.finders
    if (this.resume.length <= finders.length + 1) this.resume = new Int32Array(finders.length + 8)
    const resume = this.resume
    if (n > 1) for (let f = finders.length + 1; f >= 0; f--) resume[f] = 0
    const { groups, pairFinder, pairNamer } = set
    let asked = 0
    // what the first pass has ruled out by candidates may be told by the key of a pair
    let unasked = live !== -1 && set.textWords && pairNamer >= 0 && ((live >> pairNamer) & 1) === 0 && !isKey
    // where words in text do not count, keys of pairs do
    this.asksByKey = !set.textWords && pairNamer >= 0 && !isKey
    for (let k = 0; k < n; k++) {
      const at = this.at[k]!
      const group = groups[this.codes[k]!]!
      for (let g = 0; g < group.length; g++) {
        const f = group[g]!
        if (unasked && f === pairFinder && finders[pairNamer]!.finder.namesPair!(text, start, at)) {
          unasked = false
          asked |= 1 << pairNamer
          finders[pairNamer]!.finder.find(this, start, finders[pairNamer]!.ids)
        }
        if (((live >> f) & 1) === 0 || (k > 0 && at < resume[f]!)) continue
        if (f < finders.length) {
          const bound = finders[f]!
          if (this.why !== undefined) this.pending = []
          const to = bound.finder.find(this, at, bound.ids)
          resume[f] = to
          asked |= 1 << f
        } else if (f === pairFinder) {
          if (!isKey) resume[f] = this.pairAt(at, k > 0 ? resume[f]! : 0)
        } else if (text[at] === 0x25) seen |= SEEN_PERCENT
        else {
          if ((seen & SEEN_LOOKALIKE) === 0 && at > start && lookalikeAt(text, at, end)) seen |= SEEN_LOOKALIKE
          if (set.base64) {
            const to = base64End(text, at, end)
            if (to > resume[f]!) resume[f] = to
            if (to - at >= LEAST_BASE64) seen |= SEEN_BASE64
          }
        }
      }
    }
    if (this.namerAsked) {
      this.namerAsked = false
      asked |= 1 << pairNamer
    }
    // under a path that says what values are they are looked at without any candidate too
    if (named)
      for (const bound of set.namers) {
        if (bound.finder.whole !== undefined) bound.finder.whole(this, bound.ids)
        else if (((asked >> finders.indexOf(bound)) & 1) === 0) bound.finder.find(this, start, bound.ids)
      }
    if (this.always) {
      this.runKnown()
      this.runCustoms(isKey)
    }
    if (seen !== 0) this.readAgain(seen, set, text, start, end, line, isKey, words)
    if (this.count > 1) this.settle()
    if (this.count > 0 && !isKey && this.depth < MAX_GLUED) this.lookBetween(set, text, start, end, line, words)
    return this.count
  }

  /**
   * What is glued to a match may be one too that is only seen once its neighbour is gone (`536-90-4399+14155552671`): such a
   * stretch is looked at by itself, as a second run over the output would.
   */
  private lookBetween(set: DetectSet, text: Uint8Array, start: number, end: number, line: boolean, words: readonly string[]): void {
    const n = this.count
    let from = start
    for (let k = 0; k <= n; k++) {
      const to = k < n ? this.starts[k]! : end
      if (to - from >= 6 && ((k > 0 && (text[from] === 0x2b || isWord(text[from]!))) || (k < n && isWord(text[to - 1]!)))) {
        const between = (this.between ??= new Scanner(this.plan, this.pairs, [], this.ways))
        between.depth = this.depth + 1
        between.scan(set, text, from, to, line, false, words)
        for (let i = 0; i < between.count; i++) {
          this.push(between.starts[i]!, between.ends[i]!, between.refs[i]!, between.scores[i]!, between.encoded[i]!)
          if (this.why !== undefined) this.reasons[this.count - 1] = between.reasons[i]!
          this.merged[this.count - 1] = between.merged[i]!
        }
      }
      if (k < n) from = this.ends[k]!
    }
    if (this.count > n) this.order()
  }
  private between: Scanner | undefined
  private depth = 0

  /** Puts spans that are apart in order. */
  private order(): void {
    const spans = Array.from({ length: this.count }, (_, i) => ({
      s: this.starts[i]!,
      e: this.ends[i]!,
      r: this.refs[i]!,
      sc: this.scores[i]!,
      m: this.merged[i]!,
      x: this.encoded[i]!,
      w: this.reasons[i] ?? NO_REASONS,
    }))
    spans.sort((a, b) => a.s - b.s)
    this.hold(spans)
  }

  /** Looks for known values in a number, and asks the finders with flag N where it is an integer (`whole`) of 3 to 19 digits. */
  number(set: DetectSet, text: Uint8Array, start: number, end: number, words: readonly string[], whole: boolean): number {
    this.count = 0
    const length = end - start
    const asks = whole && length <= 19 && (set.known === undefined || length >= 12 || set.named(words) || words.some((w) => set.numberWords.has(w)))
    if (!asks && set.known === undefined) return 0
    this.bind(set, text, start, end, false, false, words)
    this.numeric = true
    this.runKnown()
    if (asks) for (const { finder, ids } of set.numberFinders) finder.number!(this, ids)
    this.numeric = false
    if (this.count > 1) this.settle()
    return this.count
  }

  private bind(set: DetectSet, text: Uint8Array, start: number, end: number, line: boolean, isKey: boolean, words: readonly string[]): void {
    this.set = set
    this.text = text
    this.start = start
    this.end = end
    this.active = set.active
    this.line = line
    this.isKey = isKey
    this.hasPairs = set.pairFinder >= 0
    this.keyWords = words
    if (this.plan.explaining || this.why !== undefined) this.explain(this.plan.explaining)
  }

  private explain(on: boolean): void {
    this.pending = []
    this.kept = NO_KEPT
    if (on === (this.why !== undefined)) return
    this.why = on ? (code) => this.pending.push(code) : undefined
    this.reject = on ? (id, start, end, code) => this.keep(id, start, end, 0, code) : undefined
  }

  /** Notes a candidate that comes to nothing. */
  private keep(id: number, start: number, end: number, score: number, code: string, absorbedBy?: string): void {
    const action = this.set.actions[id]
    if (action === undefined || start >= end) return
    const reasons = [...this.pending, code].map((c): Reason => ({ code: c, add: 0 }))
    this.pending = []
    this.keptOfThis().push({ action, start, end, score, reasons, absorbedBy })
  }

  private keptOfThis(): Kept[] {
    if (this.kept === NO_KEPT) this.kept = []
    return this.kept as Kept[]
  }

  /** The reasons of the span that is emitted: its class, what its detector checks, and what was told of it. */
  private told(action: DetectAction, score: number): readonly Reason[] {
    const base = score >= 0.95 ? 0.95 : score >= 0.75 ? 0.75 : score >= 0.65 ? 0.65 : 0.35
    const word = base === 0.95 ? 'proved' : base === 0.75 ? 'checked' : base === 0.65 ? 'formed' : 'shaped'
    let rest = Math.round((score - base) * 100) / 100
    const out: Reason[] = [{ code: word, add: base }]
    for (const code of action.detector.checks ?? NO_WORDS) out.push({ code, add: 0 })
    for (const code of this.pending) {
      const context = code.startsWith('key:') || code.startsWith('word-before:')
      out.push({ code, add: context ? rest : 0 })
      if (context) rest = 0
    }
    this.pending = []
    return out
  }

  goesOn(id: number, start: number, lines: LineBlocks): void {
    const action = this.set.actions[id]
    if (action !== undefined) this.unfinished = { action, start, lines }
  }

  /** The last match of the last scan of a line that may go on in further ones. */
  takeUnfinished(): Unfinished | undefined {
    const { unfinished } = this
    this.unfinished = undefined
    return unfinished
  }

  emit(id: number, start: number, end: number, score: number): void {
    const action = this.set.actions[id]
    if (action === undefined || score < 0.6 || start >= end || start < this.start || end > this.end) return
    if (action.rule.skip !== undefined) {
      const matched = decode(this.text, start, end)
      if (action.rule.skip(matched) || (this.numeric && action.rule.skip(new NumberText(matched)))) {
        this.reject?.(id, start, end, 'skipped')
        return
      }
    }
    this.push(start, end, action, score, AS_IS)
    if (this.why !== undefined) this.reasons[this.count - 1] = this.told(action, score)
  }

  private push(start: number, end: number, ref: DetectAction | PairHit, score: number, encoded: number): void {
    const n = this.count
    if (n === this.starts.length) this.growSpans()
    this.starts[n] = start
    this.ends[n] = end
    this.refs[n] = ref
    this.scores[n] = score
    this.merged[n] = 0
    this.encoded[n] = encoded
    this.count = n + 1
  }

  private growSpans(): void {
    const size = this.starts.length * 2
    const grow = <T extends Int32Array | Float64Array | Uint8Array>(to: T, from: T): T => (to.set(from as never), to)
    this.starts = grow(new Int32Array(size), this.starts)
    this.ends = grow(new Int32Array(size), this.ends)
    this.scores = grow(new Float64Array(size), this.scores)
    this.merged = grow(new Uint8Array(size), this.merged)
    this.encoded = grow(new Uint8Array(size), this.encoded)
  }

  /** The finder that keys of pairs may speak to is to be asked once one of them does. */
  private asksByKey = false
  private namerAsked = false

  /** Asks it if the key does: once, about the whole text. */
  private askNamer({ keyStart, keyEnd }: PairMatch): void {
    const { finder, ids } = this.set.finders[this.set.pairNamer]!
    if (!finder.namesKey!(this.text, keyStart, keyEnd)) return
    this.asksByKey = false
    this.namerAsked = true
    finder.find(this, this.start, ids)
  }

  /** A separator candidate: rules by key first, then the keyed-secret rule. Returns where to look on. */
  private pairAt(at: number, from: number): number {
    const pair = this.pair
    const { text } = this
    const separator = text[at]!
    // A plain key right before its separator is looked up before anything else: nearly all of them invoke nothing.
    let p = at
    let h = HASH_START
    if (separator === 0x3d || separator === 0x3a) {
      const stop = at - 64 > this.start ? at - 64 : this.start
      let seen = 0
      while (p > stop && KEY_BYTE[text[p - 1]!] === 1) {
        const c = text[--p]!
        seen |= c
        h = Math.imul(h ^ c, 0x01000193)
      }
      // letters and `_` have this bit, digits, dots and dashes have not: without one it is no key
      if (p < at && (seen & 0x40) === 0 && p > stop) return from
      // a written `\n` may stand before the key, and a longer run was not read to its start
      if (p === at || p === stop ? p !== this.start : text[p - 1] === 0x5c) p = at
      if (p < at && this.plan.plainKey(text, p, at, h)) return from
    }
    if (!this.pairs!.key(this.text, this.start, this.end, at, pair)) return from
    if (this.asksByKey) this.askNamer(pair)
    const known = this.plan.textKey(this.text, pair.keyStart, pair.keyEnd)
    if (known === NO_KEY) {
      // only where the key found is this run of bytes, and a name beside it cannot speak for it
      if (p < at && pair.keyEnd === at && pair.keyStart >= p) this.plan.learnPlainKey(text, p, at, h)
      return from
    }
    const targets = this.line ? known.inLine : known.inString
    if (targets.length > 0) {
      if (isFinished(text, pair.valueStart, this.end)) return from
      this.pairs!.finish(this.text, this.end, pair)
      if (pair.valueEnd <= pair.valueStart) return from
      // a list or an object goes as a whole: its first bracket alone says nothing
      if (pair.quote === 0 && (this.text[pair.valueStart] === 0x5b || this.text[pair.valueStart] === 0x7b))
        pair.valueEnd = Math.max(pair.valueEnd, runEnd(this.text, bracketsEnd(this.text, pair.valueStart, this.end), this.end))
      this.push(pair.valueStart, pair.valueEnd, { targets, quote: pair.quote, escaped: pair.escaped }, 2, AS_IS)
      return pair.valueEnd
    }
    const facts: KeyFacts = known.facts
    const bound = this.set.keyedBy(facts)
    if (bound === undefined) return from
    const { keyed, action } = bound
    if (this.line && facts.secret >= 3 && pair.quote === 0 && text[pair.valueStart] === 0x5b && LIST_START[text[pair.valueStart + 1] ?? 0] === 1) {
      // a record that was cut: the list under the key goes as a whole, as its strings would in a record
      const stop = bracketsEnd(text, pair.valueStart, this.end)
      this.emit(action.id, pair.valueStart, stop, 0.8)
      return stop
    }
    const level = keyed.level(facts) as Level
    const score = keyed.pair(this.text, this.start, this.end, pair, level)
    if (this.why !== undefined) {
      this.pending = [...(keyed.explain?.(text, pair.valueStart, pair.valueEnd, level) ?? KEY_ONLY)]
      if (score <= 0 && pair.valueEnd > pair.valueStart && pair.valueEnd <= this.end) this.keep(action.id, pair.valueStart, pair.valueEnd, 0, 'no-evidence')
    }
    if (score <= 0) return from
    this.emit(action.id, pair.valueStart, pair.valueEnd, score)
    return pair.valueEnd
  }

  /** Known values, and those of another reading of the text. */
  private runKnown(): void {
    const { known } = this.set
    if (known === undefined) return
    known.values.find(this.text, this.start, this.end, this.emitKnown)
    for (let k = 0; k < this.extra.length; k += 2) this.emitKnown(this.extra[k]!, this.extra[k + 1]!)
  }
  private readonly emitKnown = (start: number, end: number): void => this.emit(this.set.known!.id, start, end, 1)
  /** Where known values stand in the text as it was before it was decoded: offsets of the decoded one, flat. */
  extra: readonly number[] = NO_RANGES

  private runCustoms(isKey: boolean): void {
    let string: string | undefined
    let offsets: Int32Array | undefined
    for (const { id, detector } of this.customs) {
      if (this.set.actions[id] === undefined || isKey) continue
      string ??= decode(this.text, this.start, this.end)
      const text = string
      if (detector.literals !== undefined && !detector.literals.some((l) => text.includes(l))) continue
      for (const span of detector.find(text)) {
        if (!Number.isInteger(span.start) || !Number.isInteger(span.end) || span.start < 0 || span.end > text.length || span.start > span.end) throw new BadSpan()
        offsets ??= byteOffsets(text, this.text, this.start, this.end)
        this.emit(id, this.start + offsets[span.start]!, this.start + offsets[span.end]!, span.score ?? 0.95)
      }
    }
  }

  /** Reads the text in the other ways that it asks for. Only what touches something that reads otherwise is new. */
  private readAgain(seen: number, set: DetectSet, text: Uint8Array, start: number, end: number, line: boolean, isKey: boolean, words: readonly string[]): void {
    const { ways } = this
    const percent = ways.percent && (seen & SEEN_PERCENT) !== 0 && !isKey
    const lookalikes = ways.lookalikes && (seen & SEEN_LOOKALIKE) !== 0
    const base64 = ways.base64 && (seen & (SEEN_BASE64 | SEEN_VALUE)) !== 0 && !isKey
    if (!percent && !lookalikes && !base64) return
    if (this.count > 1) this.settle()
    const found = this.count
    const inner = (this.inner ??= new Scanner(this.plan, this.pairs, [], NO_WAYS))
    for (let from = start; (percent || lookalikes) && from < end; ) {
      const to = end - from > PIECE ? apart(text, from + PIECE - 512, from + PIECE) : end
      if (percent) {
        if (readPercent(text, from, to, first)) {
          readPercent(first.bytes, 0, first.length, second)
          inner.scan(set, second.bytes, 0, second.length, line, isKey, words)
          this.bringBack(inner, found, PERCENT_TWICE, second, first)
        }
        inner.scan(set, first.bytes, 0, first.length, line, isKey, words)
        this.bringBack(inner, found, PERCENT, first)
      }
      if (lookalikes) {
        readLookalikes(text, from, to, first)
        inner.scan(set, first.bytes, 0, first.length, line, isKey, words)
        this.bringBack(inner, found, LOOKALIKE, first)
      }
      if (to === end) break
      from = apart(text, to - OVERLAP, to - 512)
    }
    if (base64) this.scanBase64(inner, found, set, text, start, end, line, words, (seen & SEEN_VALUE) !== 0 ? LEAST_BASE64_VALUE : LEAST_BASE64)
  }

  /** Takes over what was found in a reading (of a reading, `outer`). The first `found` spans are those of the text itself. */
  private bringBack(inner: Scanner, found: number, how: number, reading: Reading, outer?: Reading): void {
    for (let k = 0; k < inner.count; k++) {
      const s = inner.starts[k]!
      const e = inner.ends[k]!
      const near = s > NEAR ? s - NEAR : 0
      const raw = (offset: number, isEnd: boolean): number => {
        const at = reading.map.toRaw(offset, isEnd)
        return outer === undefined ? at : outer.map.toRaw(at, isEnd)
      }
      const from = raw(s, false)
      const to = raw(e, true)
      if (reading.map.toRaw(e, true) - reading.map.toRaw(near, false) === e - near) continue
      const around = this.around(found, from, to)
      if (around < 0) {
        this.push(from, to, inner.refs[k]!, inner.scores[k]!, how)
        this.merged[this.count - 1] = inner.merged[k]!
        if (this.why !== undefined) this.reasons[this.count - 1] = [...(inner.reasons[k] ?? NO_REASONS), { code: how === LOOKALIKE ? 'decoded:lookalike' : 'decoded:url', add: 0 }]
      } else if (how === LOOKALIKE && to - from !== e - s && this.starts[around] === from && this.ends[around] === to && this.refs[around] === inner.refs[k]) {
        // the same match: its mask gets what it looks like, as everywhere else
        this.encoded[around] = LOOKALIKE
      } else if (how === LOOKALIKE && s > 0 && this.starts[around]! < from && this.ends[around] === to && this.refs[around] === inner.refs[k]) {
        // the end of an escape, the `n` of a line break, is no part of what stands behind it
        if (raw(s - 1, false) < this.starts[around]!) this.starts[around] = from
      }
    }
  }

  /** Which of the first n spans, in order and apart, holds [from, to); -1: none. */
  private around(n: number, from: number, to: number): number {
    let low = 0
    let high = n - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.starts[middle]! <= from) low = middle
      else high = middle - 1
    }
    return n > 0 && this.starts[low]! <= from && this.ends[low]! >= to ? low : -1
  }

  /** True where one of the first n spans, in order and apart, has something of [from, to). */
  private touches(n: number, from: number, to: number): boolean {
    let low = 0
    let high = n
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.ends[middle]! > from) high = middle
      else low = middle + 1
    }
    return low < n && this.starts[low]! < to
  }

  /** Runs of base64 in whose text something is found are spans as a whole. */
  private scanBase64(inner: Scanner, found: number, set: DetectSet, text: Uint8Array, start: number, end: number, line: boolean, words: readonly string[], least: number): void {
    for (let i = start; i < end; ) {
      const to = base64End(text, i, end)
      if (to - i < least || to - i > MOST_BASE64) {
        i = to > i ? to : i + 1
        continue
      }
      let from = i
      for (let tries = 0; tries < MOST_INNER_RUNS && to - from >= least; tries++) {
        let stop = from
        while (stop < to && isWord(text[stop]!) && text[stop] !== 0x5f) stop++
        const whole = readBase64(text, from, to, first)
        if (whole || (stop < to && stop - from >= least && readBase64(text, from, stop, first))) {
          const last = whole ? to : stop
          if (inner.scan(set, first.bytes, 0, first.length, line, false, words) > 0 && this.around(found, from, last) < 0) {
            let ref = inner.refs[0]!
            for (let k = 1; k < inner.count && isPairHit(ref); k++) ref = inner.refs[k]!
            this.push(from, last, ref, inner.scores[0]!, BASE64)
            if (this.why !== undefined) this.reasons[this.count - 1] = [...(inner.reasons[0] ?? NO_REASONS), { code: 'decoded:base64', add: 0 }]
            // something was found in the run itself: of that nothing may be left
            if (this.touches(found, from, last)) this.merged[this.count - 1] = 1
          }
          if (whole) break
        }
        from = stop + 1
      }
      i = to
    }
  }

  /** Longest first; equal spans: higher score, then earlier detector; partial overlaps are joined. */
  private settle(): void {
    const n = this.count
    const order = Array.from({ length: n }, (_, i) => i)
    order.sort(
      (a, b) => this.starts[a]! - this.starts[b]! || this.ends[b]! - this.ends[a]! || this.scores[b]! - this.scores[a]! || priority(this.refs[a]!) - priority(this.refs[b]!),
    )
    const out: Span[] = []
    for (const i of order) {
      const s = this.starts[i]!
      const e = this.ends[i]!
      const last = out[out.length - 1]
      const why = this.why !== undefined
      if (last === undefined || s >= last.e)
        out.push({ s, e, r: this.refs[i]!, sc: this.scores[i]!, m: this.merged[i]!, x: this.encoded[i]!, w: why ? (this.reasons[i] ?? NO_REASONS) : NO_REASONS })
      else if (why) this.absorb(i, last)
      if (last !== undefined && s < last.e && e > last.e) {
        last.e = e
        last.m = 1
        if (isPairHit(last.r) && !isPairHit(this.refs[i]!)) last.r = this.refs[i]!
      }
    }
    this.hold(out)
  }

  /** A span inside another one, or joined to it: for explain. */
  private absorb(i: number, by: Span): void {
    const ref = this.refs[i]!
    const e = this.ends[i]!
    if (isPairHit(ref) || (ref === by.r && e <= by.e)) return
    const name = isPairHit(by.r) ? by.r.targets[0]!.rule.name : by.r.detector.name
    const reasons = [...(this.reasons[i] ?? NO_REASONS), { code: `overlap:${name}`, add: 0 }]
    this.keptOfThis().push({ action: ref, start: this.starts[i]!, end: e, score: this.scores[i]!, reasons, absorbedBy: name })
  }

  private hold(out: readonly Span[]): void {
    this.count = out.length
    out.forEach((o, i) => {
      this.starts[i] = o.s
      this.ends[i] = o.e
      this.refs[i] = o.r
      this.scores[i] = o.sc
      this.merged[i] = o.m
      this.encoded[i] = o.x
      if (this.why !== undefined) this.reasons[i] = o.w
    })
  }
}

/** Where the bracket that opens at i is closed again, brackets in quotes not counted; the end where it is not. */
function bracketsEnd(text: Uint8Array, i: number, end: number): number {
  let depth = 0
  let quote = 0
  for (; i < end; i++) {
    const c = text[i]!
    if (quote !== 0) {
      if (c === 0x5c) i++
      else if (c === quote) quote = 0
    } else if (c === 0x22 || c === 0x27) quote = c
    else if (c === 0x5b || c === 0x7b) depth++
    else if ((c === 0x5d || c === 0x7d) && --depth === 0) return i + 1
  }
  return end
}

/** Where an unquoted value ends that goes on behind its brackets: at white space or punctuation. */
function runEnd(text: Uint8Array, i: number, end: number): number {
  while (i < end && VALUE_END[text[i]!] === 0) i++
  return i
}
const VALUE_END = new Uint8Array(256)
for (let c = 0; c <= 0x20; c++) VALUE_END[c] = 1
for (const c of ',;&|)]}"') VALUE_END[c.charCodeAt(0)] = 1

const FINISHED = /^(?:(?:\[REDACTED(?::\w{1,64})?\]|%5BREDACTED(?:%3A\w{1,64})?%5D)[^\w%[]{0,8})+(?:$|(?<!\]|%5D)\w)/

/**
 * True where placeholders stand that an earlier run wrote, with punctuation behind: they stay as they are, and what comes behind
 * the punctuation was no part of the value then. A letter or digit glued to one is another matter.
 */
function isFinished(text: Uint8Array, start: number, end: number): boolean {
  const first = text[start]!
  return (first === 0x5b || first === 0x25) && FINISHED.test(decode(text, start, end - start > 96 ? start + 96 : end))
}

/** A custom detector returned offsets that are not in the text. */
export class BadSpan extends Error {}

export function isPairHit(ref: DetectAction | PairHit): ref is PairHit {
  return (ref as PairHit).targets !== undefined
}

/** Letters, digits, `_`, and bytes of other scripts. */
function isWord(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || c === 0x5f || (c >= 0x61 && c <= 0x7a) || c >= 0x80
}

function priority(ref: DetectAction | PairHit): number {
  return isPairHit(ref) ? -1 : ref.detector.priority
}

/** Readings of the text at hand. */
const first = new Reading()
const second = new Reading()

/** Wipes what is left of the texts that were read in other ways last. */
export function wipeReadings(): void {
  first.bytes.fill(0)
  second.bytes.fill(0)
}

/** Where base64 is read, the detectors in force say. */
function waysOf(decode: readonly string[]): Ways {
  return { percent: decode.includes('url'), lookalikes: true, base64: true }
}

/** Where in [from, to) a text may be cut, if it can: behind a space, a quote or the like. */
function apart(text: Uint8Array, from: number, to: number): number {
  for (let i = to; i > from; i--) if (VALUE_END[text[i - 1]!] === 1) return i
  // not inside a character or an escape
  while (to > from && (text[to]! & 0xc0) === 0x80) to--
  return to
}

const utf8Slice = (Buffer.prototype as unknown as { utf8Slice(this: Uint8Array, start: number, end: number): string }).utf8Slice

/** Text of a byte range; bytes that are no UTF-8 become U+FFFD. */
export function decode(bytes: Uint8Array, start: number, end: number): string {
  return utf8Slice.call(bytes, start, end)
}

/** Byte offset of every UTF-16 offset of `text`, which is what `decode` makes of the bytes at [start, end); relative to `start`. */
export function byteOffsets(text: string, bytes: Uint8Array, start: number, end: number): Int32Array {
  const out = new Int32Array(text.length + 1)
  let b = start
  for (let i = 0; i < text.length; i++) {
    out[i] = b - start
    const c = text.charCodeAt(i)
    if (c < 0x80) b += 1
    else if (c < 0x800) b += 2
    else if (c === 0xfffd) b += replacedBytes(bytes, b, end)
    else if (c >= 0xd800 && c < 0xdc00) {
      out[++i] = b - start
      b += 4
    } else b += 3
  }
  out[text.length] = b - start
  return out
}

/** How many bytes at `p` one U+FFFD stands for: the character itself, or as much of one as there is (the maximal subpart, as decoders count). */
function replacedBytes(bytes: Uint8Array, p: number, end: number): number {
  const lead = bytes[p]!
  const at = (i: number): number => (p + i < end ? bytes[p + i]! : 0)
  const tail = (i: number): boolean => at(i) >= 0x80 && at(i) <= 0xbf
  if (lead === 0xef && at(1) === 0xbf && at(2) === 0xbd) return 3
  if (lead >= 0xe0 && lead <= 0xef) return at(1) >= (lead === 0xe0 ? 0xa0 : 0x80) && at(1) <= (lead === 0xed ? 0x9f : 0xbf) ? 2 : 1
  if (lead < 0xf0 || lead > 0xf4) return 1
  if (!(at(1) >= (lead === 0xf0 ? 0x90 : 0x80) && at(1) <= (lead === 0xf4 ? 0x8f : 0xbf))) return 1
  return tail(2) ? 3 : 2
}

/** The UTF-16 offsets of the first `n` byte offsets, which ascend: inside a character, its start, or its end where `up`. */
export function unitOffsets(text: string, bytes: number, offsets: ArrayLike<number>, n: number, up: boolean): number[] {
  const out: number[] = []
  let last = 0
  let i = 0
  let b = 0
  for (let k = 0; k < n; k++) {
    const target = offsets[k]!
    if (bytes === text.length) {
      out.push(target)
      continue
    }
    while (b < target) {
      last = i
      const c = text.codePointAt(i)!
      b += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4
      i += c > 0xffff ? 2 : 1
    }
    out.push(b === target || up ? i : last)
  }
  return out
}
