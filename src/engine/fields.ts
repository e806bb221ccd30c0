// What walkers of formats that are no JSON drive, such as that of OTLP: scopes of the plan, and what becomes of single texts,
// numbers and containers at them. The walker knows the shape of its records and splices; what a value becomes is said here, by
// the functions that a parsed value goes through.

import { MaskError } from '../errors.ts'
import type { MaskErrorCode } from '../errors.ts'
import type { Compiled } from './compile.ts'
import { writeValue } from './json-bytes.ts'
import { Memo } from './memo.ts'
import { findChild, hashBytes, PASS, SCAN } from './plan.ts'
import type { Chain, DetectAction, Plan, Scope } from './plan.ts'
import { isUtf8 } from './readings.ts'
import { BadSpan, decode, Scanner } from './scanner.ts'
import type { TextMasker } from './text.ts'
import { REMOVED } from './types.ts'
import type { Policy, Segment, Value } from './types.ts'
import { collect, lookup, TooDeep } from './walk-value.ts'
import type { ValueWalker } from './walk-value.ts'
import { counted, FAILED, spanText } from './walker.ts'
import type { Access, Applier, FieldEngine, RecordState } from './walker.ts'

/** What the masker around it does for it. */
export interface FieldHost {
  readonly compiled: Compiled
  readonly state: RecordState
  readonly texts: TextMasker
  readonly values: ValueWalker
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

/** Texts that are remembered are no longer than this. */
const SHORT = 256

export class FieldMasker implements FieldEngine {
  private readonly host: FieldHost
  private readonly plan: Plan
  private readonly applier: Applier
  private readonly scanner: Scanner
  private readonly memo: Memo
  private readonly entersJson: boolean
  private readonly constants = new WeakMap<Chain, Buffer>()
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
    state.commit()
    return true
  }

  failed(error: unknown): boolean {
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
        let k = n - 1
        while (k >= 0 && key[k] === bytes[start + k]) k--
        if (k < 0) return guess
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

  detect(bytes: Buffer, start: number, end: number, access: Access): number {
    return this.scan(bytes, start, end, this.plan.root, access, false)
  }

  /** A text that a rule, `unknown_fields` or its key claims. */
  private target(bytes: Buffer, start: number, end: number, scope: Scope, access: Access): number {
    const { state } = this
    if (scope.constantToken !== undefined && end > start) {
      const { chain, rule } = scope.targets[0]!
      let known = this.constants.get(chain)
      if (known === undefined) this.constants.set(chain, (known = Buffer.from(chain.constant!)))
      state.tallies.push(rule)
      state.places++
      this.whole = chain.constant
      this.wholeBytes = known
      return -1
    }
    const target = scope.targets[0]
    const { memo } = this
    const slot = target?.memo === true && scope.targets.length === 1 && target.chain.settles === 'value' && end - start <= SHORT ? memo.slot(scope.memo, bytes, start, end) : -1
    const known = memo.get(slot, scope.memo, bytes, start, end)
    if (known !== undefined) {
      if (known.keep) return 0
      state.tallies.push(target!.rule)
      state.places++
      this.whole = known.text
      this.wholeBytes = known.json as Buffer
      return -1
    }
    const value = decode(bytes, start, end)
    const errors = state.errors.length
    const done = this.value(value, scope, access, 0)
    const clean = errors === state.errors.length
    if (done === value) {
      if (clean) memo.put(slot, scope.memo, bytes, start, end, { text: value, json: undefined, keep: true })
      return 0
    }
    this.whole = done
    this.wholeBytes = typeof done === 'string' ? Buffer.from(done) : undefined
    if (clean && typeof done === 'string') memo.put(slot, scope.memo, bytes, start, end, { text: done, json: this.wholeBytes, keep: false })
    return -1
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
    scanner.collect(set, bytes, start, end)
    if (scanner.candidates === 0 && !scope.named && !scanner.always && !scope.inData) return 0
    // finders look at what stands around a match: nothing of the bytes around the text
    const length = end - start
    if (this.scratch.length < length + 16) this.scratch = Buffer.alloc(2 * length + 16)
    const { scratch } = this
    if (length < 48) for (let k = 0; k < length; k++) scratch[k + 1] = bytes[start + k]!
    else bytes.copy(scratch, 1, start, end)
    scratch[0] = 0
    scratch[length + 1] = 0
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
    if (n === 0) return 0
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
    return found
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
      if (chain.constant !== undefined && action.rule.conditions.length === 0) {
        let known = this.constants.get(chain)
        if (known === undefined) this.constants.set(chain, (known = Buffer.from(chain.constant)))
        return known
      }
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
    } else {
      text = ''
      let from = start
      for (let k = 0; k < n; k++) {
        text += decode(bytes, from, this.starts[k]!) + this.outs[k]!.toString()
        from = this.ends[k]!
      }
      text += decode(bytes, from, end)
    }
    if (text === '' || text === FAILED) return n
    const record = Buffer.from(`${writeValue(new Map([[scope.key, text]]))}\0`)
    if (this.host.compiled.verify(record, record.length - 1).count === 0) return n
    this.host.verifyHit()
    this.whole = FAILED
    this.wholeBytes = FAILED_BYTES
    return -1
  }
}

const REDACTED_BYTES = Buffer.from('[REDACTED]')
const FAILED_BYTES = Buffer.from(FAILED)
const NO_BYTES = Buffer.alloc(0)
