// Free text: lines that are no JSON, strings that masks left in part, object keys.

import { OffsetMap } from './offset-map.ts'
import type { BoundKnown, DetectAction, DetectSet, Plan, Scope } from './plan.ts'
import { BadSpan, decode, isPairHit, NO_WAYS, Scanner } from './scanner.ts'
import type { BoundCustom, PairRecogniser, Unfinished } from './scanner.ts'
import { REMOVED } from './types.ts'
import type { Segment, Value } from './types.ts'
import type { Because } from './walk-json.ts'
import { decodeText, encodeText } from './wtf8.ts'
import { counted, FAILED, resultText, spanText } from './walker.ts'
import type { Access, Applier, Hits, RecordState, Spans } from './walker.ts'

/** Text has no paths: nothing can be looked up in it. */
export class TextAccess implements Access {
  readonly state: RecordState
  constructor(state: RecordState) {
    this.state = state
  }
  fromRecord(): Value | undefined {
    return undefined
  }
  fromParent(): Value | undefined {
    return undefined
  }
  all(_path: readonly Segment[]): readonly Value[] {
    return []
  }
}

const FAILED_BYTES = Buffer.from(FAILED)
const NO_WORDS: readonly string[] = []
const NO_RANGES: readonly number[] = []
const LINE = (): string => ''

/** One match in a text line, for explain. */
export type LineObserver = (rule: string, detector: string | undefined, score: number | undefined, start: number, end: number, because: Because | undefined) => void

/** A match at [start, end) of bytes, and the text in its place. */
export interface Replaced {
  readonly start: number
  readonly end: number
  readonly text: string
}
const NO_MATCHES: readonly Replaced[] = []

/** A value that holds escaped quotes, as the one span of a scanner. */
interface Quoted extends Spans {
  start: number
  end: number
  readonly score: number
}
const NONE: readonly Quoted[] = []

/** Masks text by detection. */
export class TextMasker {
  private readonly plan: Plan
  private readonly applier: Applier
  private readonly scanner: Scanner
  private readonly newScanner: (inside: boolean) => Scanner
  private spare: Scanner | undefined
  private spareInside: Scanner | undefined
  /** How many matches the last scan replaced. */
  found = 0
  private readonly map = new OffsetMap()
  private scratch = Buffer.allocUnsafe(4096)

  constructor(plan: Plan, applier: Applier, pairs: PairRecogniser | undefined, customs: readonly BoundCustom[]) {
    this.plan = plan
    this.applier = applier
    this.scanner = new Scanner(plan, pairs, customs)
    this.newScanner = (inside) => (inside ? new Scanner(plan, pairs, [], NO_WAYS) : new Scanner(plan, pairs, customs))
    applier.rest = (scanner, rest, settled, access, path, inside) => this.rest(scanner, rest, settled, access, path, inside === true)
  }

  /** A text at a scope with every match masked; the same text when there is none. */
  scan(scope: Scope, text: string, access: Access, isKey: boolean): string {
    return this.masked(this.scanner, scope.detect, text, false, isKey, isKey ? NO_WORDS : scope.keyWords, access, () => this.plan.errorPath(scope))
  }

  /** Scans what the rules of a pair left of its value, or what stands in base64, with the detectors in force around it. */
  private rest(around: Scanner, text: string, settled: readonly number[], access: Access, path: () => string, inside: boolean): string {
    // one is mostly not in use: what is found in a rest may have a rest of its own
    const scanner = (inside ? this.spareInside : this.spare) ?? this.newScanner(inside)
    if (inside) this.spareInside = undefined
    else this.spare = undefined
    const out = between(text, settled, (part) => this.masked(scanner, around.set, part, around.line, false, around.keyWords, access, path))
    if (inside) this.spareInside = scanner
    else this.spare = scanner
    return out
  }

  /** Something may be found in texts at this scope. */
  reads(scope: Scope): boolean {
    return !scope.detect.empty || this.scanner.always
  }

  /** What becomes of the matches in a string at a scope, [start, end) of `bytes`. */
  replaced(scope: Scope, bytes: Buffer, start: number, end: number, access: Access): readonly Replaced[] {
    return this.matches(this.scanner, scope.detect, bytes, start, end, false, false, scope.keyWords, access, () => this.plan.errorPath(scope))
  }

  private masked(scanner: Scanner, set: DetectSet, text: string, line: boolean, isKey: boolean, words: readonly string[], access: Access, path: () => string): string {
    this.found = 0
    if (set.empty && !scanner.always) return text
    const whole = text.isWellFormed()
    const bytes = encodeText(text)
    const matches = this.matches(scanner, set, bytes, 0, bytes.length, line, isKey, words, access, path)
    if (matches.length === 0) return text
    let out = ''
    let copied = 0
    for (const { start, end, text } of matches) {
      out += decodeText(bytes, copied, start, whole) + text
      copied = end
    }
    this.found = matches.length
    return out + decodeText(bytes, copied, bytes.length, whole)
  }

  private matches(
    scanner: Scanner,
    set: DetectSet,
    bytes: Buffer,
    start: number,
    end: number,
    line: boolean,
    isKey: boolean,
    words: readonly string[],
    access: Access,
    path: () => string,
  ): readonly Replaced[] {
    if (set.empty && !scanner.always) return NO_MATCHES
    let n: number
    try {
      n = scanner.scan(set, bytes, start, end, line, isKey, words)
    } catch (error) {
      this.applier.fail(error instanceof BadSpan ? undefined : error, access, undefined, path())
      return [{ start, end, text: FAILED }]
    }
    if (n === 0) return NO_MATCHES
    const out: Replaced[] = []
    for (let k = 0; k < n; k++) {
      const s = scanner.starts[k]!
      const e = scanner.ends[k]!
      const matched = decode(bytes, s, e)
      const done = spanText(this.applier, scanner, k, matched, access, path)
      if (done === matched) continue
      const counter = counted(scanner, k)
      if (counter !== undefined) access.state.tallies.push(counter)
      out.push({ start: s, end: e, text: done === REMOVED ? '' : done })
    }
    return out
  }

  /** Scans what masks have not written: the parts between the settled ranges (UTF-16). */
  unsettled(scope: Scope, text: string, settled: readonly number[], access: Access): string {
    return between(text, settled, (part) => this.scan(scope, part, access, false))
  }

  /**
   * Notes the hits of a line (without its terminator) behind those noted already. JSON escapes in a line are read as what they mean, so that a record
   * cut in the middle hides nothing; anything else behind a backslash is plain text.
   */
  line(buf: Buffer, start: number, end: number, access: Access, hits: Hits, observe?: LineObserver): void {
    this.unfinished = undefined
    if (start === end) return
    const set = this.plan.parts.lineDetect()
    const { scanner } = this
    const first = buf.indexOf(0x5c, start)
    const mapped = first >= 0 && first < end
    let bytes = buf
    let from = start
    let to = end
    if (mapped) {
      to = this.decodeLine(buf, start, end)
      bytes = this.scratch
      from = 0
    }
    let n: number
    let quoted: readonly Quoted[] = NONE
    try {
      if (mapped && this.quotes.length > 0) quoted = this.quotedValues(to)
      scanner.takeUnfinished()
      if (mapped && set.known !== undefined) scanner.extra = this.knownAsWritten(set.known, buf, start, end)
      n = scanner.scan(set, bytes, from, to, true, false, NO_WORDS)
    } catch (error) {
      this.applier.fail(error instanceof BadSpan ? undefined : error, access, undefined, '')
      hits.add(start, end, FAILED_BYTES, 0, undefined)
      return
    } finally {
      scanner.extra = NO_RANGES
    }
    const unfinished = scanner.takeUnfinished()
    if (unfinished !== undefined) this.unfinished = { ...unfinished, start: mapped ? this.map.toRaw(unfinished.start, false) : unfinished.start }
    let last = from
    const note = (spans: Spans, k: number, start: number, e: number, score: number): void => {
      const s = Math.max(start, last)
      if (s >= e) return
      last = e
      const ref = spans.refs[k]!
      const matched = decode(bytes, s, e)
      const done = spanText(this.applier, spans, k, matched, access, LINE)
      if (done === matched) return
      const rs = mapped ? this.map.toRaw(s, false) : s
      const re = mapped ? this.map.toRaw(e, true) : e
      // a result may not make a second line of this one
      const out = done === REMOVED ? '' : /[\r\n]/.test(done) ? done.replace(/[\r\n]+/g, ' ') : done
      hits.add(rs, re, Buffer.from(out), 0, counted(spans, k))
      if (observe === undefined) return
      if ('detector' in ref) observe(ref.rule.name, ref.detector.name, score, rs, re, { info: ref.detector, reasons: spans === scanner ? (scanner.reasons[k] ?? []) : [] })
      else observe(ref.targets[0]!.rule.name, undefined, undefined, rs, re, undefined)
    }
    let q = 0
    for (let k = 0; k < n; k++) {
      const s = scanner.starts[k]!
      const e = scanner.ends[k]!
      for (; q < quoted.length && quoted[q]!.end <= s; q++) note(quoted[q]!, 0, quoted[q]!.start, quoted[q]!.end, quoted[q]!.score)
      const around = quoted[q]
      if (around === undefined || around.start >= e) note(scanner, k, s, e, scanner.scores[k]!)
      else {
        // what was found in a part of the value belongs to it
        around.start = Math.min(around.start, s)
        around.end = Math.max(around.end, e)
      }
    }
    for (; q < quoted.length; q++) note(quoted[q]!, 0, quoted[q]!.start, quoted[q]!.end, quoted[q]!.score)
    if (observe === undefined) return
    for (const { action, start: s, end: e, score, reasons, absorbedBy } of scanner.kept) {
      const because = { info: action.detector, reasons, kept: true, absorbedBy }
      observe(action.rule.name, action.detector.name, score, mapped ? this.map.toRaw(s, false) : s, mapped ? this.map.toRaw(e, true) : e, because)
    }
  }

  /** The match at the end of the last line that may go on in the next ones. */
  unfinished: Unfinished | undefined

  /** Notes a part of a line that belongs to a match which began in a line before. */
  goOn(action: DetectAction, buf: Buffer, start: number, end: number, access: Access, hits: Hits, observe?: LineObserver): void {
    const matched = decode(buf, start, end)
    if (action.rule.skip?.(matched) === true) return
    const done = this.applier.match(action, matched, access, LINE)
    if (done === matched) return
    const out = done === REMOVED ? '' : resultText(done).replace(/[\r\n]+/g, ' ')
    hits.add(start, end, Buffer.from(out), 0, action)
    observe?.(action.rule.name, action.detector.name, 0.95, start, end, { info: action.detector, reasons: [] })
  }

  /**
   * Values of pairs that stand in plain quotes and hold escaped ones: once decoded, the two look alike, and the value would
   * end too early. So the line is read a second time with something else in the place of the escaped ones.
   */
  private quotedValues(to: number): readonly Quoted[] {
    const { scanner, scratch, quotes } = this
    const set = this.plan.parts.lineDetect()
    const out: Quoted[] = []
    for (const at of quotes) scratch[at] = 0x21
    try {
      const n = scanner.scan(set, scratch, 0, to, true, false, NO_WORDS)
      let q = 0
      for (let k = 0; k < n; k++) {
        const start = scanner.starts[k]!
        const end = scanner.ends[k]!
        const ref = scanner.refs[k]!
        if (start === 0 || scratch[start - 1] !== 0x22 || (!isPairHit(ref) && !set.isKeyed(ref))) continue
        while (q < quotes.length && quotes[q]! < start) q++
        if (q < quotes.length && quotes[q]! < end)
          out.push({ start, end, score: scanner.scores[k]!, refs: [ref], merged: [scanner.merged[k]!], encoded: [scanner.encoded[k]!], origin: scanner })
      }
    } finally {
      for (const at of quotes) scratch[at] = 0x22
    }
    return out
  }
  /** Known values in the line as it is written, in offsets of the decoded one: a backslash may be a part of them, or stand before them. */
  private knownAsWritten(known: BoundKnown, buf: Buffer, start: number, end: number): readonly number[] {
    const out: number[] = []
    known.values.find(buf, start, end, (s, e) => out.push(this.map.toDecoded(s, false), this.map.toDecoded(e, true)))
    return out
  }

  /** Where in the decoded line an escaped quote stands. */
  private quotes: number[] = []

  private decodeLine(buf: Buffer, start: number, end: number): number {
    const { map } = this
    if (this.scratch.length < end - start + 16) this.scratch = Buffer.allocUnsafe((end - start) * 2 + 16)
    const out = this.scratch
    map.reset()
    this.quotes = []
    let n = 0
    let run = true
    for (let i = start; i < end; ) {
      const c = buf[i]!
      if (c !== 0x5c) {
        if (run) {
          map.add(n, i)
          run = false
        }
        out[n++] = c
        i++
        continue
      }
      const e = i + 1 < end ? buf[i + 1]! : 0
      let byte = -1
      const size = 2
      // A run of backslashes before a quote is nesting: one of them is left for the recogniser of pairs, which knows where
      // a value in quotes ends; two are a backslash and the end of a value.
      let quote = i + 1
      while (quote < end && quote - i < 64 && buf[quote] === 0x5c) quote++
      if (quote < end && (buf[quote] === 0x22 || buf[quote] === 0x27)) {
        const backslashes = quote - i
        if (backslashes > 2 && backslashes % 2 === 1) {
          map.add(n, ~i)
          out[n++] = 0x5c
          map.add(n, quote)
          out[n++] = buf[quote]!
        } else {
          map.add(n, i)
          for (let k = i; k <= quote; k++) out[n++] = buf[k]!
        }
        i = quote + 1
        run = true
        continue
      }
      if (e === 0x6e) byte = 0x0a
      else if (e === 0x74) byte = 0x09
      else if (e === 0x72) byte = 0x0d
      else if (e === 0x5c || e === 0x2f) byte = e
      else if (e === 0x75 && i + 6 <= end) {
        const unit = Number.parseInt(decode(buf, i + 2, i + 6), 16)
        if (/^[0-9a-fA-F]{4}$/.test(decode(buf, i + 2, i + 6))) {
          map.add(n, ~i)
          n += writeUnit(out, n, unit)
          i += 6
          run = true
          continue
        }
      }
      if (byte < 0) {
        // no escape: the backslash is itself
        if (run) {
          map.add(n, i)
          run = false
        }
        out[n++] = c
        i++
        continue
      }
      map.add(n, ~i)
      if (byte === 0x22) this.quotes.push(n)
      out[n++] = byte
      i += size
      run = true
    }
    map.add(n, end)
    map.end = end
    // finders look at what stands behind a match: nothing of the line before
    out[n] = 0
    return n
  }
}

/** A text with the parts between the settled ranges replaced. */
function between(text: string, settled: readonly number[], replace: (part: string) => string): string {
  if (settled.length === 0) return replace(text)
  let out = ''
  let from = 0
  for (let k = 0; k < settled.length; k += 2) {
    if (settled[k]! > from) out += replace(text.slice(from, settled[k]!))
    out += text.slice(settled[k]!, settled[k + 1]!)
    from = settled[k + 1]!
  }
  return from < text.length ? out + replace(text.slice(from)) : out
}

function writeUnit(out: Buffer, n: number, unit: number): number {
  if (unit < 0x80) {
    out[n] = unit
    return 1
  }
  if (unit < 0x800) {
    out[n] = 0xc0 | (unit >> 6)
    out[n + 1] = 0x80 | (unit & 63)
    return 2
  }
  out[n] = 0xe0 | (unit >> 12)
  out[n + 1] = 0x80 | ((unit >> 6) & 63)
  out[n + 2] = 0x80 | (unit & 63)
  return 3
}
