// What walkers of formats that are no JSON drive, such as that of OTLP: scopes of the plan, and what becomes of single texts,
// numbers and containers at them. The walker knows the shape of its records and splices; what a value becomes is said here, by
// the functions that a parsed value goes through.

import { MaskError } from '../errors.ts'
import type { MaskErrorCode } from '../errors.ts'
import type { Compiled } from './compile.ts'
import { writeValue } from './json-bytes.ts'
import type { Leaves } from './leaves.ts'
import { Memo } from './memo.ts'
import { findChild, hashBytes, PASS, SCAN } from './plan.ts'
import type { Chain, Claim, DetectAction, DetectSet, Plan, Scope, Target } from './plan.ts'
import { isUtf8 } from './readings.ts'
import { BadSpan, decode, Scanner } from './scanner.ts'
import type { TextMasker } from './text.ts'
import { REMOVED } from './types.ts'
import type { Policy, Segment, Value } from './types.ts'
import { collect, fromValue, lookup, TooDeep } from './walk-value.ts'
import type { ValueWalker } from './walk-value.ts'
import { counted, FAILED, spanText, standsBeside } from './walker.ts'
import type { Access, Applier, FieldEngine, RecordState } from './walker.ts'

/** What the masker around it does for it. */
export interface FieldHost {
  readonly compiled: Compiled
  readonly state: RecordState
  readonly texts: TextMasker
  readonly values: ValueWalker
  readonly leaves: Leaves
  readonly memoSize: number
  /** Nobody else may work with this masker until `end`. */
  begin(): void
  end(bytesIn: number, bytesOut: number): void
  /** A record begins. */
  next(): void
  count(code: string): void
  /** Counts the errors of the record. */
  settleErrors(): void
  masked(places: number): void
  verifyHit(): void
}

/** First bytes of texts that may be JSON documents. */
const OPENER = new Uint8Array(256)
for (let c = 0; c <= 0x20; c++) OPENER[c] = 1
OPENER[0x7b] = OPENER[0x5b] = 1

const FEW = 3

/** Texts that are remembered as a whole are no longer than this. */
const LONGEST = 1024

/** What has become of a text at a scope, where nothing else has a say in it. */
interface Leaf {
  readonly hash: number
  readonly scope: Scope
  readonly series: boolean
  readonly text: Uint8Array
  /** What it is now; undefined: it has not changed. */
  readonly whole: string | undefined
  readonly bytes: Buffer | undefined
  readonly places: number
  readonly tallies: readonly { masked: number }[]
}

export class FieldMasker implements FieldEngine {
  private readonly host: FieldHost
  private readonly plan: Plan
  private readonly applier: Applier
  private readonly scanner: Scanner
  private readonly memo: Memo
  private readonly entersJson: boolean
  private readonly constants = new WeakMap<Chain, Buffer>()
  /** Recent texts by scope and bytes: detection looks at the same texts again and again. */
  private readonly recent: (Leaf | undefined)[]
  /** By the same slots, the hash of the text that was seen last. */
  private readonly seen: Int32Array
  private readonly pureSets = new WeakMap<DetectSet, boolean>()
  private readonly pureKeys: boolean
  private scratch = Buffer.alloc(4096)

  // results of `text`
  starts = new Int32Array(64)
  ends = new Int32Array(64)
  outs: Buffer[] = []
  whole: unknown
  wholeBytes: Buffer | undefined

  constructor(host: FieldHost) {
    this.host = host
    const { plan, applier, pairs, customs } = host.compiled
    this.plan = plan
    this.applier = applier
    this.scanner = new Scanner(plan, pairs, customs)
    this.memo = new Memo(host.memoSize)
    this.entersJson = plan.decodesJson
    this.recent = new Array<Leaf | undefined>(host.memoSize <= 0 ? 0 : 1 << Math.ceil(Math.log2(host.memoSize))).fill(undefined)
    this.seen = new Int32Array(this.recent.length)
    // they apply to pairs in any text
    this.pureKeys = plan.parts.keyTargets.every(({ target }) => isPure(target))
  }

  get policy(): Policy {
    return this.plan.policy
  }

  get state(): RecordState {
    return this.host.state
  }

  get root(): Scope {
    return this.plan.root
  }

  get inert(): Scope {
    return this.plan.inert
  }

  get series(): boolean {
    return this.applier.series
  }
  set series(on: boolean) {
    this.applier.series = on
  }

  // ---------------------------------------------------------------------------------------------- records

  begin(): void {
    this.host.begin()
    this.plan.trim()
    this.applier.series = false
  }

  end(bytesIn: number, bytesOut: number): void {
    this.applier.series = false
    this.host.end(bytesIn, bytesOut)
  }

  next(counted: boolean): void {
    if (counted) this.host.next()
    this.state.next()
    const { nestedErrors } = this.host.compiled
    if (nestedErrors.length > 0) nestedErrors.length = 0
  }

  finish(): boolean {
    const { state, host } = this
    if (state.errors.length > 0 || host.compiled.nestedErrors.length > 0) host.settleErrors()
    if (state.failure !== undefined) throw state.failure
    if (state.drop) {
      host.count('dropped')
      return false
    }
    if (state.places > 0) host.masked(state.places)
    if (state.tallies.length > 0) state.commit()
    return true
  }

  failed(error: unknown, _scope?: Scope, _length?: number): boolean {
    const code: MaskErrorCode = error instanceof TooDeep || error instanceof RangeError ? 'too_deep' : error instanceof MaskError ? error.code : 'internal'
    this.host.count(code)
    const policy = this.policy.on_mask_error
    if (policy === 'fail') throw error instanceof MaskError ? error : new MaskError(code, 'record', code === 'too_deep' ? 'is nested too deep' : 'could not be masked')
    if (policy === 'drop') this.host.count('dropped')
    return policy !== 'drop'
  }

  tooDeep(): Error {
    return new TooDeep()
  }

  notRecord(): Error {
    return new MaskError('wrong_input_type', 'rule', 'has left no record')
  }

  wipe(): void {
    this.memo.clear()
    for (const leaf of this.recent) {
      leaf?.text.fill(0)
      leaf?.bytes?.fill(0)
    }
    this.recent.fill(undefined)
    this.seen.fill(0)
    this.scratch.fill(0)
    this.outs = []
    this.whole = this.wholeBytes = undefined
  }

  // ---------------------------------------------------------------------------------------------- scopes

  child(parent: Scope, key: string): Scope {
    return this.plan.child(parent, key)
  }

  childAt(parent: Scope, previous: Scope | undefined, bytes: Buffer, start: number, end: number): Scope {
    // records of a kind have their keys in one order
    const guess = previous === undefined ? parent.first : previous.next
    const n = end - start
    if (guess !== undefined) {
      const key = guess.keyBytes
      if (key.length === n) {
        let k = n
        while (
          k >= 4 &&
          (key[k - 1]! ^ bytes[start + k - 1]!) + (key[k - 2]! ^ bytes[start + k - 2]!) + (key[k - 3]! ^ bytes[start + k - 3]!) + (key[k - 4]! ^ bytes[start + k - 4]!) === 0
        )
          k -= 4
        if (k < 4) {
          while (k > 0 && key[k - 1] === bytes[start + k - 1]) k--
          if (k === 0) return guess
        }
      }
    }
    const scope =
      findChild(parent, bytes, start, end, hashBytes(bytes, start, end)) ??
      this.plan.makeChild(parent, decode(bytes, start, end), Uint8Array.prototype.slice.call(bytes, start, end))
    if (!scope.keyHit && scope.parent === parent) {
      if (previous === undefined) parent.first = scope
      else if (previous.parent === parent) previous.next = scope
    }
    return scope
  }

  item(parent: Scope, index: number): Scope {
    return parent.item !== undefined && !parent.indexed ? parent.item : this.plan.itemScope(parent, index)
  }

  named(scope: Scope, bytes: Buffer, start: number, end: number): Scope {
    return this.plan.named(scope, bytes, start, end)
  }

  lookup(value: unknown, path: readonly (string | number)[]): Value | undefined {
    return lookup(value, path)
  }

  all(value: unknown, path: readonly Segment[]): readonly Value[] {
    const out: Value[] = []
    collect(value, path, 0, out, { left: 100_000 })
    return out
  }

  // ---------------------------------------------------------------------------------------------- values

  value(value: unknown, scope: Scope, access: Access, depth: number): unknown {
    return this.host.values.part(value, scope, access, depth)
  }

  record(value: unknown, partial: boolean): unknown {
    const { state } = this
    const done = this.host.values.walk(value)
    if (partial && state.errors.length > 0) {
      const { errors } = state
      state.errors = errors.filter((code) => code !== 'missing_path')
      if (state.errors.length === 0) {
        state.drop = false
        state.failure = undefined
      }
    }
    return done
  }

  redacted(): void {
    this.state.places++
  }

  // findings are told by another engine, around this one
  since(): number {
    return 0
  }
  revoke(): void {}
  told(): void {}

  /** A key with every match masked. */
  key(scope: Scope, key: string, access: Access): string {
    const masked = this.host.texts.scan(scope, key, access, true)
    if (masked !== key) this.state.places++
    return masked
  }

  bytes(bytes: Buffer, start: number, end: number, scope: Scope, access: Access): number {
    if (scope.strings === PASS) return 0
    if (isUtf8(bytes.subarray(start, end), end - start)) return this.text(bytes, start, end, scope, access)
    if (scope.targets.length === 0 && !scope.unknown) return 0
    // what is no text goes to no mask
    this.state.places++
    this.whole = '[REDACTED]'
    this.wholeBytes = REDACTED_BYTES
    const rule = scope.targets[0]?.rule
    if (rule !== undefined) this.state.tallies.push(rule)
    return -1
  }

  text(bytes: Buffer, start: number, end: number, scope: Scope, access: Access): number {
    const n = scope.strings === SCAN ? this.scan(bytes, start, end, scope, access) : scope.strings === PASS ? 0 : this.target(bytes, start, end, scope, access)
    return this.policy.verify ? this.verified(n, bytes, start, end, scope) : n
  }

  detect(bytes: Buffer, start: number, end: number, access: Access, _at?: Scope | string): number {
    return this.scan(bytes, start, end, this.plan.root, access, false)
  }

  /** A text that a rule, `unknown_fields` or its key claims. */
  private target(bytes: Buffer, start: number, end: number, scope: Scope, access: Access): number {
    const { state } = this
    if (scope.constantToken !== undefined && end > start) {
      const { chain, rule } = scope.targets[0]!
      state.tallies.push(rule)
      state.places++
      this.whole = chain.constant
      this.wholeBytes = this.constant(chain)
      return -1
    }
    if (scope.targets.length === 0 && !scope.unknown) return this.claimed(scope.claim!, bytes, start, end, scope, access)
    const slot = this.slot(bytes, start, end)
    const known = this.known(slot, scope, bytes, start, end)
    if (known !== undefined) return this.again(known)
    this.mark()
    const value = decode(bytes, start, end)
    const done = scope.document || scope.unknown ? this.value(value, scope, access, 0) : this.ruled(value, scope, access)
    if (done === undefined) return this.scan(bytes, start, end, scope, access)
    if (done === value) return this.remember(0, slot, scope, bytes, start, end)
    this.whole = done
    this.wholeBytes = typeof done === 'string' ? Buffer.from(done) : undefined
    return this.remember(-1, slot, scope, bytes, start, end)
  }

  /** A text whose key says what it is, if it looks like that. */
  private claimed(claim: Claim, bytes: Buffer, start: number, end: number, scope: Scope, access: Access): number {
    const { state, applier } = this
    const { action, keyed, level } = claim
    const length = this.copied(bytes, start, end)
    if (length > 0 && keyed.judge(this.scratch, 1, length + 1, level, false) >= 0.6 && standsBeside(claim, access)) {
      const { rule } = action
      const chain = applier.series && action.series !== undefined ? action.series() : action.chain
      if (chain.constant !== undefined && rule.conditions.length === 0 && rule.skip === undefined) {
        state.tallies.push(action)
        state.places++
        this.whole = chain.constant
        this.wholeBytes = this.constant(chain)
        return -1
      }
      const value = decode(bytes, start, end)
      if (rule.skip?.(value) !== true) {
        const done = applier.match(action, value, access, () => this.plan.errorPath(scope))
        if (done === value) return 0
        state.tallies.push(action)
        state.places++
        this.whole = done === REMOVED ? REMOVED : fromValue(done)
        this.wholeBytes = typeof done === 'string' ? Buffer.from(done) : undefined
        return -1
      }
    }
    return this.scan(bytes, start, end, scope, access)
  }

  private constant(chain: Chain): Buffer {
    let known = this.constants.get(chain)
    if (known === undefined) this.constants.set(chain, (known = Buffer.from(chain.constant!)))
    return known
  }

  /** Copies a text to the scratch, from 1 on: judges look at what stands around, and that is to be nothing. Returns its length. */
  private copied(bytes: Buffer, start: number, end: number): number {
    const length = end - start
    if (this.scratch.length < length + 16) this.scratch = Buffer.alloc(2 * length + 16)
    const { scratch } = this
    if (length < 64) for (let k = 0; k < length; k++) scratch[k + 1] = bytes[start + k]!
    else bytes.copy(scratch, 1, start, end)
    scratch[0] = 0
    scratch[length + 1] = 0
    return length
  }

  /** What rules make of a text; undefined: nothing, detection is next. */
  private ruled(value: string, scope: Scope, access: Access): unknown {
    const { state, applier } = this
    const { texts, leaves } = this.host
    const outcome = applier.targets(scope, value, access)
    if (outcome === undefined) {
      const done = leaves.keyed(value, scope, access)
      if (done !== undefined && done !== value) state.places++
      return done === undefined || done === REMOVED ? done : fromValue(done)
    }
    let done = outcome.value
    if (outcome.settled !== true && typeof done === 'string') {
      const secret = outcome.settled.length === 0 ? leaves.keyed(done, scope, access) : undefined
      if (secret === undefined && outcome.settled.length === 0 && !outcome.changed) return undefined
      done = secret === undefined ? texts.unsettled(scope, done, outcome.settled, access) : secret
    }
    if (done !== value) state.places++
    return done === REMOVED ? REMOVED : fromValue(done)
  }

  // ---------------------------------------------------------------------------------------------- recent texts

  private slot(bytes: Buffer, start: number, end: number): number {
    const { length } = this.recent
    if (length === 0 || end - start > LONGEST) return -1
    let h = end - start
    let i = start
    for (; i + 4 <= end; i += 4) h = Math.imul(h ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)), 0x5bd1e995) ^ (h >>> 15)
    for (; i < end; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193)
    this.hash = h
    return (h ^ (h >>> 13)) & (length - 1)
  }
  private hash = 0

  private known(slot: number, scope: Scope, bytes: Buffer, start: number, end: number): Leaf | undefined {
    if (slot < 0) return undefined
    const leaf = this.recent[slot]
    if (leaf === undefined || leaf.hash !== this.hash || leaf.scope !== scope || leaf.series !== this.applier.series) return undefined
    const { text } = leaf
    const n = end - start
    if (text.length !== n) return undefined
    if (n >= 128) return bytes.compare(text, 0, n, start, end) === 0 ? leaf : undefined
    for (let k = 0; k < n; k++) if (text[k] !== bytes[start + k]) return undefined
    return leaf
  }

  private again(leaf: Leaf): number {
    if (leaf.whole === undefined) return 0
    const { state } = this
    state.places += leaf.places
    for (const tally of leaf.tallies) state.tallies.push(tally)
    this.whole = leaf.whole
    this.wholeBytes = leaf.bytes
    return -1
  }

  /** What happens from here on is what happens to one text. */
  private mark(): void {
    const { state } = this
    this.errorsBefore = state.errors.length + this.host.compiled.nestedErrors.length
    this.placesBefore = state.places
    this.talliesBefore = state.tallies.length
  }
  private errorsBefore = 0
  private placesBefore = 0
  private talliesBefore = 0

  /** Remembers what `text` is about to give for a text, if nothing else has had a say in it. */
  private remember(n: number, slot: number, scope: Scope, bytes: Buffer, start: number, end: number): number {
    const { state } = this
    if (slot < 0) return n
    // most texts come once: what is seen for the first time leaves its mark only
    if (this.seen[slot] !== this.hash) {
      this.seen[slot] = this.hash
      return n
    }
    if (scope.keyHit || state.errors.length + this.host.compiled.nestedErrors.length !== this.errorsBefore || !this.pure(scope)) return n
    let whole: string | undefined
    if (n > 0) whole = this.joined(n, bytes, start, end)
    else if (n < 0) {
      if (typeof this.whole !== 'string') return n
      whole = this.whole
    }
    // bytes that are no UTF-8 stay what they are
    if (whole?.includes('\ufffd') === true) return n
    this.recent[slot] = {
      hash: this.hash,
      scope,
      series: this.applier.series,
      text: Uint8Array.prototype.slice.call(bytes, start, end),
      whole,
      bytes: whole === undefined ? undefined : n < 0 && this.wholeBytes !== undefined ? this.wholeBytes : Buffer.from(whole),
      places: state.places - this.placesBefore,
      tallies: state.tallies.slice(this.talliesBefore),
    }
    return n
  }

  /** What becomes of a text at a scope depends on the text and the key alone. */
  private pure(scope: Scope): boolean {
    if (!this.pureKeys || this.scanner.always || scope.conditional || scope.claim?.beside !== undefined || !scope.targets.every(isPure)) return false
    let pure = this.pureSets.get(scope.detect)
    if (pure === undefined)
      this.pureSets.set(scope.detect, (pure = scope.detect.actions.every((a) => a === undefined || a.memo || (a.chain.constant !== undefined && a.rule.conditions.length === 0))))
    return pure
  }

  private joined(n: number, bytes: Buffer, start: number, end: number): string {
    let text = ''
    let from = start
    for (let k = 0; k < n; k++) {
      text += decode(bytes, from, this.starts[k]!) + this.outs[k]!.toString()
      from = this.ends[k]!
    }
    return text + decode(bytes, from, end)
  }

  /** Detection. */
  private scan(bytes: Buffer, start: number, end: number, scope: Scope, access: Access, enters = true): number {
    if (enters && this.entersJson && start < end && OPENER[bytes[start]!] === 1 && this.looksLikeJson(bytes, start, end)) {
      const value = decode(bytes, start, end)
      // what is inside stays as it is written: the value walker works on the bytes too
      const done = this.value(value, scope, access, 0)
      if (done === value) return 0
      this.whole = done
      this.wholeBytes = typeof done === 'string' ? Buffer.from(done) : undefined
      return -1
    }
    const { scanner, state } = this
    const set = scope.detect
    if (set.empty && !scanner.always) return 0
    let slot = -1
    if (scope.repeats && enters) {
      // it may be known without a look at it
      slot = this.slot(bytes, start, end)
      const known = this.known(slot, scope, bytes, start, end)
      if (known !== undefined) return this.again(known)
      scope.repeats = false
    }
    scanner.collect(set, bytes, start, end)
    if (scanner.candidates === 0 && !scope.named && !scanner.always && !scope.inData) return 0
    // a few detectors are asked faster than a text is looked up
    if (slot < 0 && enters && set.finders.length > FEW) {
      slot = this.slot(bytes, start, end)
      const known = this.known(slot, scope, bytes, start, end)
      if (known !== undefined) {
        scanner.candidates = 0
        scope.repeats = true
        return this.again(known)
      }
    }
    this.mark()
    // finders look at what stands around a match: nothing of the bytes around the text
    const length = this.copied(bytes, start, end)
    const { scratch } = this
    for (let k = scanner.candidates - 1; k >= 0; k--) scanner.at[k]! -= start - 1
    let n: number
    try {
      n = scanner.judge(set, scratch, 1, length + 1, false, false, scope.keyWords)
    } catch (error) {
      scanner.candidates = 0
      this.applier.fail(error instanceof BadSpan ? undefined : error, access, undefined, this.plan.errorPath(scope))
      state.places++
      this.whole = FAILED
      this.wholeBytes = FAILED_BYTES
      return -1
    }
    if (n === 0) return this.remember(0, slot, scope, bytes, start, end)
    if (n > this.starts.length) {
      this.starts = new Int32Array(2 * n)
      this.ends = new Int32Array(2 * n)
    }
    let found = 0
    for (let k = 0; k < n; k++) {
      const out = this.spanBytes(k, scope, access)
      if (out === undefined) continue
      this.starts[found] = scanner.starts[k]! + start - 1
      this.ends[found] = scanner.ends[k]! + start - 1
      this.outs[found++] = out
      const counter = counted(scanner, k)
      if (counter !== undefined) state.tallies.push(counter)
    }
    state.places += found
    return this.remember(found, slot, scope, bytes, start, end)
  }

  /** What takes the place of a match; undefined: nothing does. */
  private spanBytes(k: number, scope: Scope, access: Access): Buffer | undefined {
    const { scanner, scratch, memo, applier } = this
    const s = scanner.starts[k]!
    const e = scanner.ends[k]!
    const ref = scanner.refs[k]!
    let chain: Chain | undefined
    if ('detector' in ref && scanner.merged[k] === 0 && scanner.encoded[k] === 0) {
      const action: DetectAction = ref
      chain = applier.series && action.series !== undefined ? action.series() : action.chain
      if (chain.constant !== undefined && action.rule.conditions.length === 0) return this.constant(chain)
      if (!action.memo) chain = undefined
    }
    const slot = chain === undefined ? -1 : memo.slot(chain.id, scratch, s, e)
    if (chain !== undefined) {
      const known = memo.get(slot, chain.id, scratch, s, e)
      if (known !== undefined) return known.keep ? undefined : (known.json as Buffer)
    }
    const { errors } = this.state
    const before = errors.length
    const matched = decode(scratch, s, e)
    const text = spanText(applier, scanner, k, matched, access, () => this.plan.errorPath(scope))
    const out = text === matched ? undefined : text === REMOVED ? NO_BYTES : Buffer.from(text)
    if (chain !== undefined && errors.length === before) memo.put(slot, chain.id, scratch, s, e, { text, json: out, keep: out === undefined })
    return out
  }

  private looksLikeJson(bytes: Buffer, start: number, end: number): boolean {
    let i = start
    while (i < end && bytes[i]! <= 0x20) i++
    const c = bytes[i]
    if (i >= end || (c !== 0x7b && c !== 0x5b)) return false
    let last = end - 1
    while (last > i && bytes[last]! <= 0x20) last--
    return bytes[last] === (c === 0x7b ? 0x7d : 0x5d)
  }

  /** `policy.verify`: what is left of a text is looked at once more, under its key. */
  private verified(n: number, bytes: Buffer, start: number, end: number, scope: Scope): number {
    let text: string
    if (n < 0) {
      if (typeof this.whole !== 'string') return n
      text = this.whole
    } else text = this.joined(n, bytes, start, end)
    if (text === '' || text === FAILED) return n
    const record = Buffer.from(`${writeValue(new Map([[scope.key, text]]))}\0`)
    if (this.host.compiled.verify(record, record.length - 1).count === 0) return n
    this.host.verifyHit()
    this.whole = FAILED
    this.wholeBytes = FAILED_BYTES
    return -1
  }
}

function isPure({ pure, chain }: Target): boolean {
  return pure && chain.document === undefined && chain.ordered === undefined
}

const REDACTED_BYTES = Buffer.from('[REDACTED]')
const FAILED_BYTES = Buffer.from(FAILED)
const NO_BYTES = Buffer.alloc(0)
