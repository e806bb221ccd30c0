// What every walker drives: rules applied to one value, matches turned into replacements, hits collected and spliced.
// A walker knows a shape and where it stands in it (Access); it asks Applier what a value becomes.

import { MaskError } from '../errors.ts'
import type { MaskErrorCode } from '../errors.ts'
import { canonical } from './canonical.ts'
import { KeyedContext, modify } from './context.ts'
import type { ResolvedSource } from './context.ts'
import type { RunKey } from './keyed.ts'
import type { Chain, Claim, CompiledRule, CompiledTransform, DetectAction, Plan, Scope, Target } from './plan.ts'
import { strongest } from './plan.ts'
import { asRead, asWritten, BASE64 } from './readings.ts'
import { isPairHit } from './scanner.ts'
import type { Scanner } from './scanner.ts'
import { isContainer, NumberText, REMOVED } from './types.ts'
import type { Condition, HashSource, LinearRegex, MaskContext, Part, Policy, Removed, Scalar, Segment, Settled, Value, ValueMasker } from './types.ts'

/** What becomes of a value that a mask failed on. */
export const FAILED = '[MASKING FAILED]'

/** Where a walker stands: looks up values of the record as received. */
export interface Access {
  /** The value at a path from the record root; undefined: absent. */
  fromRecord(path: readonly (string | number)[]): Value | undefined
  /** From the container `up` levels above the current value (1: its parent). */
  fromParent(path: readonly (string | number)[], up: number): Value | undefined
  /** All values that a path reaches from the record root. */
  all(path: readonly Segment[]): readonly Value[]
  /** In a document whose transforms are applied in order: what is at a path of it now, and which ranges of a text are settled. */
  read?(path: readonly (string | number)[]): Reading | undefined
  readonly state: RecordState
}

/** A value of a document, and which of its ranges (UTF-16) masks have written if it is a text. */
export interface Reading {
  readonly value: Value
  readonly settled: readonly number[]
}

/** What a record has shown so far; one object per masker, reset for each record. */
export class RecordState {
  serial = 0
  /** By transform id, in the document open now: serial of that document, when it matched; how often; its first result. */
  seen: number[] = []
  private advances: number[] = []
  private forced: number[] = []
  private firsts: (First | undefined)[] = []
  /** By document id: the serial of the one that is open, and its hash inputs for transforms that have none of their own. */
  private readonly open: number[] = []
  private readonly inherited: (readonly ResolvedSource[] | MaskError | undefined)[] = []
  private documents = 0
  private opened = 0
  /** What counts the values masked so far, once for each; added up when the record is put out. */
  tallies: { masked: number }[] = []
  /** Places masked in a parsed value. */
  places = 0
  readonly conditions = new Map<number, 'if' | 'else' | 'skip' | 'error'>()
  readonly sources = new Map<HashSource, Value | undefined>()
  /** Set under `on_mask_error: drop` or `fail`. */
  drop = false
  failure: MaskError | undefined
  /** Errors of this record by code, counted when the record is done. */
  errors: MaskErrorCode[] = []
  /** Where the host wants to know: the errors of this record with their places, as many as it takes. */
  failures: MaskError[] | undefined
  /** Hash inputs that came with the record, for rules without a selector that have none of their own. */
  given: readonly ResolvedSource[] | undefined

  /** Notes an error for the host. */
  tell(error: MaskError): void {
    if (this.failures !== undefined && this.failures.length < MOST_FAILURES) this.failures.push(error)
  }

  /** A document of a `json` mask begins. */
  begin(transforms: readonly CompiledTransform[], sources: readonly ResolvedSource[] | MaskError | undefined): OpenDocument {
    const id = transforms[0]!.document
    const serial = this.open[id] ?? 0
    // a document inside one of the same rule: the outer one goes on afterwards
    const around =
      serial === 0
        ? undefined
        : {
            serial,
            sources: this.inherited[id],
            transforms: transforms.map((t) => ({
              seen: this.seen[t.id] ?? 0,
              n: this.advances[t.id] ?? 0,
              forced: this.forced[t.id] ?? 0,
              first: this.firsts[t.id],
            })),
          }
    this.opened++
    this.open[id] = ++this.documents
    this.inherited[id] = sources
    for (const t of transforms) this.advances[t.id] = 0
    return { transforms, around }
  }

  /** It ends; gives the transforms with `on_missing: error` that matched nothing in it. */
  end(document: OpenDocument): readonly CompiledTransform[] {
    const { transforms, around } = document
    const id = transforms[0]!.document
    const serial = this.open[id]
    let missing: CompiledTransform[] | undefined
    for (const t of transforms) if (this.seen[t.id] !== serial && t.transform.onMissing === 'error') (missing ??= []).push(t)
    this.opened--
    this.open[id] = around?.serial ?? 0
    this.inherited[id] = around?.sources
    if (around !== undefined) {
      transforms.forEach((t, i) => {
        const { seen, n, forced, first } = around.transforms[i]!
        this.seen[t.id] = seen
        this.advances[t.id] = n
        this.forced[t.id] = forced
        this.firsts[t.id] = first
      })
    }
    return missing ?? NONE_MISSING
  }

  /** A transform has found a value. */
  found(t: CompiledTransform): void {
    this.seen[t.id] = this.open[t.document] ?? 0
  }

  /** Hash inputs of the open document. */
  sourcesOf(t: CompiledTransform): readonly ResolvedSource[] | MaskError | undefined {
    return this.inherited[t.document]
  }

  /** How many matches of an `advance_hash` transform came before this one in its document. */
  advance(t: CompiledTransform): number {
    const n = this.advances[t.id] ?? 0
    this.advances[t.id] = n + 1
    return n
  }

  /** The first result of a `force_consistency` transform in its document; undefined: this is the first. */
  first(t: CompiledTransform): First | undefined {
    return this.forced[t.id] === (this.open[t.document] ?? 0) ? this.firsts[t.id] : undefined
  }

  setFirst(t: CompiledTransform, result: First): void {
    this.forced[t.id] = this.open[t.document] ?? 0
    this.firsts[t.id] = result
  }

  /** Adds up what the record that is put out has counted. */
  commit(): void {
    // setting a length costs more than all the rest of most records
    if (this.tallies.length === 0) return
    for (const t of this.tallies) t.masked++
    this.tallies.length = 0
  }

  next(): void {
    this.serial++
    this.drop = false
    this.failure = undefined
    this.places = 0
    if (this.tallies.length > 0) this.tallies.length = 0
    if (this.opened > 0) {
      // a record that failed in the middle
      this.opened = 0
      this.open.fill(0)
      this.inherited.fill(undefined)
    }
    if (this.firsts.length > 0) this.firsts.length = 0
    if (this.errors.length > 0) this.errors = []
    if (this.conditions.size > 0) this.conditions.clear()
    if (this.sources.size > 0) this.sources.clear()
  }
}

/** The first result of a `force_consistency` transform, and which ranges of a text are settled in it. */
export interface First {
  readonly value: Value | Removed
  readonly settled: readonly number[]
}

/** A document of a `json` mask under way. */
export interface OpenDocument {
  readonly transforms: readonly CompiledTransform[]
  /** What was known of the document of the same rule around it. */
  readonly around:
    | {
        readonly serial: number
        readonly sources: readonly ResolvedSource[] | MaskError | undefined
        readonly transforms: readonly { readonly seen: number; readonly n: number; readonly forced: number; readonly first: First | undefined }[]
      }
    | undefined
}

/** Errors of one record that a host is told of. */
const MOST_FAILURES = 20

const NONE_MISSING: readonly CompiledTransform[] = []
export const NO_DOCUMENTS: readonly OpenDocument[] = []

/** The context of one value, which also takes what masks say about the text they wrote. */
export class Context extends KeyedContext {
  /** Ranges (UTF-16) of the text that masks have written so far. */
  settledRanges: readonly number[] = NO_RANGES
  /** Where the walker stands, for parts of the value that have hash sources of their own. */
  access: Access | undefined
  private written: readonly number[] | undefined
  private sourceRanges: readonly number[] | undefined

  settle(ranges: readonly number[], sources?: readonly number[]): void {
    this.written = ranges
    this.sourceRanges = sources
  }

  documentValue(path: readonly (string | number)[]): Value | undefined {
    const found = this.access?.read?.(path)
    if (found !== undefined) this.settle(found.settled)
    return found?.value
  }

  /**
   * A mask of a pipeline is done: follows what is settled from its input to its result. `tells`: what it said counts; `reads`: its
   * result may come from elsewhere.
   */
  follow(before: Value | Removed, after: Value | Removed, tells: boolean, reads: boolean): void {
    const { written, sourceRanges } = this
    this.written = this.sourceRanges = undefined
    if (tells && written !== undefined) this.settledRanges = sourceRanges === undefined ? written : carry(this.settledRanges, written, sourceRanges)
    // letters change case, a type changes: what is settled stands where it stood
    else if (this.settledRanges.length > 0 && (reads || textLength(before) !== textLength(after))) this.settledRanges = NO_RANGES
  }

  /** The same sources on another value: a match inside the text, a value inside the document. */
  within(self: Value, advance = this.advance): Context {
    return this.under(this.sources, self, advance)
  }

  /** Other sources on another value at the same place of the record. */
  under(sources: readonly ResolvedSource[], self: Value, advance: number): Context {
    const inner = new Context({ key: this.key, sources, self, advance })
    inner.access = this.access
    return inner
  }
}

/** What rules made of a value. */
export interface Outcome {
  readonly value: Value | Removed
  /** True: nothing is left to detection; ranges (UTF-16): these are settled, the rest is scanned. */
  readonly settled: true | readonly number[]
  readonly changed: boolean
  /** It stands for a value that a mask failed on. */
  readonly failed?: true
}

/** What has become of a value before the rules that are run on it. */
export interface Before {
  readonly value: Value
  readonly settled: true | readonly number[]
}

/** Scans what is left of the value of a pair, or a text that stands `inside` another one in base64: see TextMasker. */
export type RestScanner = (scanner: Scanner, text: string, settled: readonly number[], access: Access, path: () => string, inside?: boolean) => string

const NO_RANGES: readonly number[] = []

/** The length of a text or of a number as it is spelled; else -1. */
function textLength(value: Value | Removed): number {
  return typeof value === 'string' ? value.length : value instanceof NumberText ? value.text.length : -1
}

/** True when settled ranges leave nothing of a text or number. */
function coversAll(value: Value | Removed, settled: readonly number[]): boolean {
  return settled.length === 2 && settled[0] === 0 && settled[1] === textLength(value)
}

/** Settled ranges of a text after an edit that wrote `written` in the place of `sources` (flat, in order, as many each). */
export function carry(settled: readonly number[], written: readonly number[], sources: readonly number[]): readonly number[] {
  if (settled.length === 0) return written
  const out: number[] = []
  const push = (start: number, end: number): void => {
    if (start > end) return
    const n = out.length
    if (n > 0 && start <= out[n - 1]!) out[n - 1] = Math.max(out[n - 1]!, end)
    else out.push(start, end)
  }
  let from = 0
  let shift = 0
  let at = 0
  for (let k = 0; k <= sources.length; k += 2) {
    const to = k < sources.length ? sources[k]! : Number.POSITIVE_INFINITY
    // the stretch [from, to) of the text was kept
    while (at < settled.length && settled[at]! < to) {
      const start = Math.max(settled[at]!, from)
      const end = Math.min(settled[at + 1]!, to)
      if (start < end) push(start + shift, end + shift)
      if (settled[at + 1]! > to) break
      at += 2
    }
    if (k < sources.length) {
      push(written[k]!, written[k + 1]!)
      from = sources[k + 1]!
      shift = written[k + 1]! - from
      while (at < settled.length && settled[at + 1]! <= from) at += 2
    }
  }
  return out
}

/** Applies rules and detect actions to single values; counts and reports. */
export class Applier {
  readonly plan: Plan
  readonly key: RunKey
  private readonly regexes: ReadonlyMap<string, LinearRegex>
  /** Inside a document in a string: the context of the mask around it, whose sources are the wider level. */
  outer: MaskContext | undefined
  /** The values at hand tell series of measurements apart: matches get `DetectAction.series`. */
  series = false
  /** Set by the TextMasker of this plan. */
  rest: RestScanner = (_, text) => text

  constructor(plan: Plan, key: RunKey, regexes: ReadonlyMap<string, LinearRegex>) {
    this.plan = plan
    this.key = key
    this.regexes = regexes
  }

  /** Records a failure; the caller puts `[MASKING FAILED]` in the place. */
  fail(error: unknown, access: Access, rule: CompiledRule | undefined, path: string): void {
    const known = error instanceof MaskError ? error : new MaskError('internal', 'mask', 'failed')
    known.rule ??= rule?.name
    known.path ??= path
    access.state.errors.push(known.code)
    access.state.tell(known)
    const policy = this.plan.policy.on_mask_error
    if (policy === 'drop') access.state.drop = true
    else if (policy === 'fail') access.state.failure ??= known
  }

  /** Runs the rules that claim a value. Undefined: none applied, detection is next. */
  targets(scope: Scope, value: Value, access: Access): Outcome | undefined {
    return this.run(scope.targets, scope.conditional, value, access, () => this.plan.errorPath(scope))
  }

  /** The same for any list of targets. `before`: what other rules have made of the value that was received. */
  run(list: readonly Target[], conditional: boolean, value: Value, access: Access, path: () => string, before?: Before): Outcome | undefined {
    const begun = before === undefined ? value : before.value
    const container = isContainer(begun)
    let targets = list
    if (conditional) {
      const chosen: Target[] = []
      for (const t of list) {
        const verdict = this.holds(t.rule, access)
        if (verdict === 'error') {
          // a container that a rule only goes through is hidden leaf by leaf
          if (container && (t.chain.document !== undefined || t.chain.ordered !== undefined)) continue
          const error = new MaskError('condition_error', 'condition', 'could not be evaluated')
          if (wholeRecord(t)) throw refused(error, t.rule)
          this.fail(error, access, t.rule, path())
          return FAILURE
        }
        if (verdict) chosen.push(t)
      }
      targets = strongest(chosen)
    }
    let current: Value | Removed = begun
    let settled: true | readonly number[] = before === undefined ? NO_RANGES : before.settled
    let hit = false
    const { tallies } = access.state
    const counted = tallies.length
    for (const t of targets) {
      if (container && !(t.whole && t.chain.document === undefined && t.chain.ordered === undefined && !t.chain.scans)) continue
      if (current === REMOVED) break
      if (t.transform !== undefined) {
        access.state.found(t.transform)
        if (begun === null && t.transform.transform.onNull === 'skip') {
          hit = true
          continue
        }
        if (begun === null && t.transform.transform.onNull === 'error') {
          this.fail(new MaskError('null_value', 'json', 'found null'), access, t.rule, path())
          return FAILURE
        }
      }
      hit = true
      if (t.rule.skip !== undefined && t.rule.skip(value)) continue
      try {
        const before = current
        const context = this.context(t, value, access)
        context.access = this.outer instanceof Context && this.outer.access !== undefined ? documentAccess(access, this.outer.access) : access
        if (settled !== true) context.settledRanges = settled
        else if (t.chain.reads) context.settledRanges = [0, textLength(current)]
        const done: Value | Removed = t.transform === undefined ? t.chain.run(current, context) : this.transformed(t.transform, t.chain, current, context, access)
        current = done
        if (!same(before, done) && tallies.indexOf(t.rule, counted) < 0) tallies.push(t.rule)
        if (t.chain.settles === 'value') settled = true
        // what comes from elsewhere is as settled as it is there; of containers the tree knows
        else if (t.chain.reads) settled = coversAll(done, context.settledRanges) || (typeof done === 'string' ? context.settledRanges : NO_RANGES)
        else if (typeof done !== 'string' && !same(before, done)) settled = true
        else if (settled !== true) settled = context.settledRanges
      } catch (error) {
        if (wholeRecord(t)) throw refused(error, t.rule)
        this.fail(error, access, t.rule, path())
        tallies.length = counted
        return FAILURE
      }
    }
    if (!hit) return undefined
    if (settled !== true && settled.every((at, k, all) => at === all[k ^ 1])) settled = NO_RANGES
    return { value: current, settled: current === REMOVED ? true : settled, changed: !same(begun, current) }
  }

  private transformed(transform: CompiledTransform, chain: Chain, value: Value, context: Context, access: Access): Value | Removed {
    const { state } = access
    if (!transform.transform.forceConsistency) return chain.run(value, context)
    const first = state.first(transform)
    if (first !== undefined) {
      context.settledRanges = first.settled
      return first.value
    }
    const result = chain.run(value, context)
    state.setFirst(transform, { value: result, settled: context.settledRanges })
    return result
  }

  private context(t: Target, self: Value, access: Access): Context {
    let sources = t.rule.sources
    let advance = 0
    let up = 0
    if (t.transform !== undefined) {
      const own = t.transform.transform.hashSources
      advance = this.advanceOf(t, access)
      if (own !== undefined) sources = own
      else {
        const wider = access.state.sourcesOf(t.transform)
        if (wider instanceof MaskError) {
          if (t.chain.keyed) throw new MaskError(wider.code, 'hash source', wider.code === 'hash_source_missing' ? 'is missing' : 'is not a scalar')
          return new Context({ key: this.key, sources: SELF_ONLY, self, advance })
        }
        if (wider !== undefined) return new Context({ key: this.key, sources: wider, self, advance })
        if (this.outer instanceof Context) return this.outer.within(self, advance)
      }
      up = t.transform.segments.length
    } else if (t.rule.wider && access.state.given !== undefined) return new Context({ key: this.key, sources: access.state.given, self, advance })
    return new Context({ key: this.key, sources: sources === null ? RANDOM : t.chain.keyed ? this.inputs(sources, access, up, self) : SELF_ONLY, self, advance })
  }

  /** The `json` masks that a container (or a JSON text) at this scope is a document of; `among`: of these targets only. */
  openDocuments(scope: Scope, access: Access, among = scope.targets): readonly OpenDocument[] {
    let targets = among
    if (scope.conditional) targets = strongest(targets.filter((t) => this.holds(t.rule, access) === true))
    const out: OpenDocument[] = []
    for (const t of targets) {
      if (t.chain.document === undefined) continue
      // a transform whose mask is a document of its own has found it
      if (t.transform !== undefined) access.state.found(t.transform)
      out.push(access.state.begin(t.chain.document, this.widerInputs(t, access)))
    }
    return out
  }

  /** What transforms without hash sources of their own hash: those of the level around the document, as they stand there. */
  widerInputs(t: Target, access: Access): readonly ResolvedSource[] | MaskError | undefined {
    let sources = t.rule.sources
    let up = 0
    if (t.transform !== undefined) {
      const own = t.transform.transform.hashSources
      if (own === undefined) return access.state.sourcesOf(t.transform)
      sources = own
      up = t.transform.segments.length
    } else if (this.outer !== undefined) return undefined
    else if (t.rule.wider && access.state.given !== undefined) return access.state.given
    if (sources === null) return RANDOM
    try {
      return this.inputs(sources, access, up)
    } catch (error) {
      return error as MaskError
    }
  }

  /** Ends documents; what `on_missing: error` paths did not find is an error of the record, nothing is hidden for it. */
  closeDocuments(documents: readonly OpenDocument[], access: Access, path: () => string, empty: (t: CompiledTransform) => boolean): void {
    for (let k = documents.length - 1; k >= 0; k--) {
      for (const t of access.state.end(documents[k]!)) if (!empty(t)) this.fail(new MaskError('missing_path', 'json', 'found nothing at a path'), access, undefined, path())
    }
  }

  private advanceOf(t: Target, access: Access): number {
    return t.transform?.transform.advanceHash === true ? access.state.advance(t.transform) : 0
  }

  /** Masks a part of the value of `context`, and brings up to date what is settled of it; throws MaskError. */
  part(
    run: ValueMasker,
    part: Part,
    sources: readonly HashSource[] | null | undefined,
    knows: readonly HashSource['from'][],
    context: MaskContext,
    settled?: Settled,
  ): Value | Removed {
    const { self, value = self, advance = 0 } = part
    // a mask called by itself, outside a walk
    if (!(context instanceof KeyedContext)) return run(value, context)
    let resolved = context.sources
    const access = context instanceof Context ? context.access : undefined
    if (sources !== undefined)
      resolved = sources === null ? RANDOM : this.inputs(sources, access, 0, self, (s) => (knows.includes(s.from) ? part.find(s) : this.lookUp(s, access, 0, self)))
    const inner = context instanceof Context ? context.under(resolved, self, advance) : new Context({ key: context.key, sources: resolved, self, advance })
    if (settled === undefined) return run(value, inner)
    inner.settledRanges = settled.ranges
    const result = run(value, inner)
    settled.ranges = inner.settledRanges
    return result
  }

  private lookUp(s: HashSource, access: Access | undefined, documentUp: number, self: Value | undefined): Value | undefined {
    if (access === undefined) return undefined
    if (s.from === 'record') {
      const { sources } = access.state
      if (sources.has(s)) return sources.get(s)
      const value = access.fromRecord(s.path)
      sources.set(s, value)
      return value
    }
    let up = s.from === 'document' ? documentUp : 1
    let skip = 0
    while (s.path[skip] === '..') {
      up++
      skip++
    }
    // the matched value is the document itself
    return up === 0 ? inside(self, s.path) : access.fromParent(skip === 0 ? s.path : s.path.slice(skip), up)
  }

  private inputs(
    sources: readonly HashSource[],
    access: Access | undefined,
    documentUp: number,
    self?: Value,
    find: (source: HashSource) => Value | undefined = (s) => this.lookUp(s, access, documentUp, self),
  ): readonly ResolvedSource[] {
    if (sources.length === 1 && sources[0]!.from === 'self' && !sources[0]!.trim && sources[0]!.case === undefined) return SELF_ONLY
    return sources.map((s): ResolvedSource => {
      if (s.from === 'self') return { self: true, trim: s.trim, case: s.case }
      const value = find(s)
      if (value === undefined) {
        if (s.onMissing === 'self') return { self: true, trim: s.trim, case: s.case }
        if (s.onMissing === 'null') return { value: null }
        throw new MaskError('hash_source_missing', 'hash source', 'is missing')
      }
      if (isContainer(value)) throw new MaskError('hash_source_not_scalar', 'hash source', 'is not a scalar')
      return { value: modify(canonical(value), s.trim, s.case) }
    })
  }

  /** Masks one match of detection. Never throws: a failure gives `[MASKING FAILED]`. */
  match(action: DetectAction, matched: Value, access: Access, path: () => string): Value | Removed {
    const rule = action.rule
    if (rule.conditions.length > 0) {
      const verdict = this.holds(rule, access)
      if (verdict === 'error') {
        this.fail(new MaskError('condition_error', 'condition', 'could not be evaluated'), access, rule, path())
        return FAILED
      }
      if (!verdict) {
        const other = action.fallback.get(rule)
        return other === undefined ? matched : this.match(other, matched, access, path)
      }
    }
    const chain = this.series && action.series !== undefined ? action.series() : action.chain
    if (chain.constant !== undefined && typeof matched === 'string') return chain.constant
    try {
      const sources = rule.sources === null ? RANDOM : chain.keyed ? this.inputs(rule.sources, access, 0) : SELF_ONLY
      const context = new Context({ key: this.key, sources, self: matched })
      context.access = access
      return chain.run(matched, context)
    } catch (error) {
      this.fail(error, access, rule, path())
      return FAILED
    }
  }

  /** Masks a match inside a mask (`scan`, `url`): the sources in force apply to the matched text. */
  matchWithin(action: DetectAction, matched: string, context: MaskContext): Value | Removed {
    if (action.chain.constant !== undefined) return action.chain.constant
    return action.chain.run(matched, context instanceof Context ? context.within(matched) : context)
  }

  /** Context for a document in a string: the outer sources stay in force. */
  holds(rule: CompiledRule, access: Access): boolean | 'error' {
    for (const { id, conditions, branch } of rule.conditions) {
      let verdict = access.state.conditions.get(id)
      if (verdict === undefined) access.state.conditions.set(id, (verdict = this.judge(conditions, access)))
      if (verdict === 'error') return 'error'
      if (verdict === 'skip' || (verdict === 'if') !== branch) return false
    }
    return true
  }

  private judge(conditions: readonly Condition[], access: Access): 'if' | 'else' | 'skip' | 'error' {
    try {
      return this.every(conditions, access) ? 'if' : 'else'
    } catch (signal) {
      if (signal === 'skip' || signal === 'if' || signal === 'else') return signal
      return 'error'
    }
  }

  private every(conditions: readonly Condition[], access: Access): boolean {
    for (const c of conditions) if (!this.test(c, access)) return false
    return true
  }

  private test(c: Condition, access: Access): boolean {
    if (c.kind === 'or') return c.of.some((x) => this.test(x, access))
    if (c.kind !== 'test') return this.every(c.of, access) === (c.kind === 'and')
    const values = access.all(c.path)
    if (values.length === 0) {
      if (c.onMissing === 'skip') throw 'skip'
      if (c.onMissing === 'apply_if') throw 'if'
      if (c.onMissing === 'apply_else') throw 'else'
      throw 'error'
    }
    return values.some((v) => this.compare(c, v))
  }

  private compare(c: Extract<Condition, { kind: 'test' }>, value: Value): boolean {
    if (c.test === 'equals') return !isContainer(value) && scalarEquals(value, c.value)
    if (c.test === 'matches') {
      if (isContainer(value)) throw 'error'
      return this.regexes.get(c.value as string)!.matches(scalarText(value))
    }
    if (isContainer(value)) throw 'error'
    const order = compareScalars(value, c.value)
    switch (c.test) {
      case 'less_than':
        return order < 0
      case 'less_than_or_equal':
        return order <= 0
      case 'greater_than':
        return order > 0
      default:
        return order >= 0
    }
  }
}

/** In a document that a mask took apart: its own containers, the record around it. */
function documentAccess(inner: Access, outer: Access): Access {
  return {
    state: inner.state,
    fromRecord: (path) => outer.fromRecord(path),
    fromParent: (path, up) => inner.fromParent(path, up),
    all: (path) => outer.all(path),
    ...(inner.read === undefined ? {} : { read: (path) => inner.read?.(path) }),
  }
}

/** A rule without a selector that masks the record itself. */
function wholeRecord(t: Target): boolean {
  return t.rule.form === 'record' && t.transform === undefined
}

/** The error that turns the record into the minimal record. */
function refused(error: unknown, rule: CompiledRule): MaskError {
  const known = error instanceof MaskError ? error : new MaskError('internal', 'mask', 'failed')
  known.rule ??= rule.name
  return known
}

/** The value at a path inside a value. */
function inside(from: Value | undefined, path: readonly (string | number)[]): Value | undefined {
  let at = from
  for (const part of path) {
    if (at === undefined || !isContainer(at)) return undefined
    at = at instanceof Map ? (at as ReadonlyMap<string, Value>).get(String(part)) : (at as readonly Value[])[Number(part)]
  }
  return at
}

const FAILURE: Outcome = { value: FAILED, settled: true, changed: true, failed: true }
const SELF_ONLY: readonly ResolvedSource[] = [{ self: true }]
const RANDOM: readonly ResolvedSource[] = []

function same(a: Value | Removed, b: Value | Removed): boolean {
  if (a === b) return true
  return a instanceof NumberText && b instanceof NumberText && a.text === b.text
}

export function scalarText(value: Scalar): string {
  if (typeof value === 'string') return value
  if (value === null) return 'null'
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  return value.text
}

export function scalarEquals(a: Scalar, b: Scalar): boolean {
  if (a instanceof NumberText || b instanceof NumberText) return a instanceof NumberText && b instanceof NumberText && (a.text === b.text || sameNumber(a.text, b.text))
  return a === b
}

function sameNumber(a: string, b: string): boolean {
  if (/^-?\d+$/.test(a) && /^-?\d+$/.test(b) && a.length < 4000 && b.length < 4000) return BigInt(a) === BigInt(b)
  return Number(a) === Number(b)
}

const NUMERIC = /^\s{0,8}[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][+-]?\d{1,4})?\s{0,8}$/
const ISO_DATE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/

function compareScalars(a: Scalar, b: Scalar): number {
  const x = a instanceof NumberText ? a.text : a
  const y = b instanceof NumberText ? b.text : b
  if (typeof x === 'string' && typeof y === 'string') {
    if (NUMERIC.test(x) && NUMERIC.test(y)) return Number(x) - Number(y)
    if (ISO_DATE.test(x) && ISO_DATE.test(y)) {
      const d = Date.parse(normalDate(x)) - Date.parse(normalDate(y))
      if (!Number.isNaN(d)) return d
    }
  }
  throw 'error'
}

/** A date-time without an offset is compared as UTC: no time zone of the machine may decide. */
function normalDate(text: string): string {
  const t = text.replace(' ', 'T')
  return t.length > 10 && !/(Z|[+-]\d{2}:?\d{2})$/.test(t) ? t + 'Z' : t
}

/** Text that a scalar result is in plain text. */
export function resultText(value: Value): string {
  if (typeof value === 'string') return value
  if (value === null) return ''
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (value instanceof NumberText) return value.text
  return FAILED
}

/** What a scanner says of its spans beside where they are. */
export interface Spans {
  readonly refs: readonly Scanner['refs'][number][]
  readonly merged: ArrayLike<number>
  readonly encoded: ArrayLike<number>
  /** The scanner that found them. */
  readonly origin: Scanner
}

/** The replacement of span k of a scanner, as text (REMOVED: nothing). */
export function spanText(applier: Applier, scanner: Spans, k: number, matched: string, access: Access, path: () => string): string | Removed {
  const ref = scanner.refs[k]!
  if (scanner.merged[k] === 1) return isPairHit(ref) ? '[REDACTED]' : `[REDACTED:${ref.detector.name}]`
  // masks see what was found, not how it is written
  const how = scanner.encoded[k]!
  const value = asRead(matched, how)
  if (how === BASE64) {
    const done = applier.rest(scanner.origin, value, NO_RANGES, access, path, true)
    return done === value ? matched : asWritten(done, how, matched)
  }
  let result: Value | Removed
  if (isPairHit(ref)) {
    const done = applier.run(
      ref.targets,
      ref.targets.some((t) => t.rule.conditions.length > 0),
      value,
      access,
      path,
    )
    result = done === undefined ? value : done.value
    // what the rules left of the value is still scanned
    if (done === undefined || (done.settled !== true && typeof done.value === 'string'))
      result = applier.rest(scanner.origin, result as string, done === undefined ? NO_RANGES : (done.settled as readonly number[]), access, path)
  } else result = applier.match(ref, value, access, path)
  if (result === REMOVED) return REMOVED
  if (result === value) return matched
  let text = resultText(result)
  if (isPairHit(ref) && ref.quote !== 0 && text !== matched) {
    text = escapeFor(ref.quote, text)
    // between quotes that are escaped themselves
    if (ref.escaped) text = escapeFor(ref.quote, text)
  }
  return asWritten(text, how, matched)
}

function escapeFor(quote: number, text: string): string {
  const q = String.fromCharCode(quote)
  return text.replaceAll('\\', '\\\\').replaceAll(q, '\\' + q)
}

/** The keys of an object, each with the number that a masked key of that name gets next. */
export function namesOf(keys: Iterable<string>): Map<string, number> {
  const names = new Map<string, number>()
  for (const key of keys) names.set(key, 2)
  return names
}

/** A masked key that repeats no sibling: the name itself, else ~2, ~3, ... Counting goes on where it stopped, so that many alike stay linear. */
export function freeName(names: Map<string, number>, masked: string): string {
  let n = names.get(masked)
  let name = masked
  if (n !== undefined) {
    do name = `${masked}~${n++}`
    while (names.has(name))
    names.set(masked, n)
  }
  names.set(name, 2)
  return name
}

/** Beside the value stands a key that has to, if one has to. */
export function standsBeside({ beside }: Claim, access: Access): boolean {
  return beside === undefined || beside.some((key) => access.fromParent([key], 1) !== undefined)
}

/** What counts a masked match; the rules of a pair have counted already, and so has what was found in base64. */
export function counted(scanner: Spans, k: number): { masked: number } | undefined {
  const ref = scanner.refs[k]!
  return isPairHit(ref) || (scanner.encoded[k] === BASE64 && scanner.merged[k] === 0) ? undefined : ref
}

// ------------------------------------------------------------------------------------------------ other formats

/** Where in a ruleset's paths a value stands. */
export type { Scope } from './plan.ts'

/**
 * What a walker of another format than JSON drives, see fields.ts. It brings its records before a masker one by one, between
 * `begin` and `end`; of each it says where its values stand, and gets what they become. One for each masker: `fieldsOf`.
 *
 * Values are what JSON.parse gives, with bigint for 64-bit integers, Map for objects, and Uint8Array for bytes that are no text.
 */
export interface FieldEngine {
  readonly policy: Policy
  readonly state: RecordState
  /** The scope of a record; it changes between `end` and `begin`. */
  readonly root: Scope
  /** A scope where nothing applies, and all below it. */
  readonly inert: Scope
  /** The values at hand tell series of measurements apart: what would be redacted by default is pseudonymised. */
  series: boolean

  /** Reserves the masker. Throws InputError where it is at work or closed. */
  begin(): void
  end(bytesIn: number, bytesOut: number): void
  /** A record begins; only those that are `counted` are in `stats().records`. */
  next(counted: boolean): void
  /** It ends. False: the policy drops it. Throws MaskError under `fail`. */
  finish(): boolean
  /**
   * It could not be masked. True: the minimal record stands for it; false: it is dropped. Throws MaskError under `fail`. `scope` and `length`: its
   * place, for findings.
   */
  failed(error: unknown, scope?: Scope, length?: number): boolean
  /** The error of a record that is deeper than `policy.max_depth`. */
  tooDeep(): Error
  /** The error of a record that rules have made something else of. */
  notRecord(): Error

  child(parent: Scope, key: string): Scope
  /** The same for the key in [start, end) of bytes. `previous`: the key before it in the same container. */
  childAt(parent: Scope, previous: Scope | undefined, bytes: Buffer, start: number, end: number): Scope
  item(parent: Scope, index: number): Scope
  /** The scope of a value that the text in [start, end), beside it, names. */
  named(scope: Scope, bytes: Buffer, start: number, end: number): Scope

  /**
   * What becomes of a text. 0: nothing changes. n > 0: the ranges `starts[k]`, `ends[k]` become `outs[k]`. -1: all of it becomes
   * `whole`, which is REMOVED, or a value whose UTF-8 is `wholeBytes` where it is a string.
   */
  text(bytes: Buffer, start: number, end: number, scope: Scope, access: Access): number
  /** The same for bytes: detectors look at them where they are UTF-8, rules replace them in any case. */
  bytes(bytes: Buffer, start: number, end: number, scope: Scope, access: Access): number
  /** The same for text that only detectors look at. `at`: its place, for findings. */
  detect(bytes: Buffer, start: number, end: number, access: Access, at: Scope | string): number
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly outs: readonly Buffer[]
  readonly whole: unknown
  readonly wholeBytes: Buffer | undefined
  /** What becomes of any value, containers included; the same reference when nothing changes. `depth`: containers around it. */
  value(value: unknown, scope: Scope, access: Access, depth: number): unknown
  /** What becomes of a whole record; `partial`: some of it is not there, and is not missed. */
  record(value: unknown, partial: boolean): unknown
  /** A key with every match masked. */
  key(scope: Scope, key: string, access: Access): string
  /** The walker itself has put something else in the place of a value. */
  redacted(scope: Scope, length: number): void

  /** For findings: how many have been told. */
  since(): number
  /** What was told since then is void: the part of the request around it has gone. */
  revoke(since: number): void
  /** What of a record taken whole was put in the place of what; `of`: with these keys only. */
  told(was: unknown, now: unknown, scope: Scope, of?: (key: string) => boolean): void

  /** For an Access: the value at a path of a value, and all that a path with wildcards reaches. */
  lookup(value: unknown, path: readonly (string | number)[]): Value | undefined
  all(value: unknown, path: readonly Segment[]): readonly Value[]
}

// ------------------------------------------------------------------------------------------------ hits

/** Byte ranges of a record and what replaces them, in order and apart from each other. */
export class Hits {
  count = 0
  starts = new Int32Array(256)
  ends = new Int32Array(256)
  /** Replacement bytes; undefined: the entry that starts at `entries` is removed with its comma. */
  outs: (Uint8Array | undefined)[] = []
  entries = new Int32Array(256)
  counters: ({ masked: number } | undefined)[] = []
  /** Places masked beyond one for each hit. */
  more = 0

  add(start: number, end: number, out: Uint8Array | undefined, entry: number, counter: { masked: number } | undefined): void {
    const n = this.count
    if (n === this.starts.length) this.grow()
    this.starts[n] = start
    this.ends[n] = end
    this.outs[n] = out
    this.entries[n] = entry
    this.counters[n] = counter
    this.count = n + 1
  }

  /** Adds a place to those that are there already, in order. What lies in an entry that is removed is void. */
  merge(start: number, end: number, out: Uint8Array, counter: { masked: number } | undefined): void {
    let k = this.count
    while (k > 0 && this.starts[k - 1]! > start) k--
    if (k > 0 && this.ends[k - 1]! > start) return
    this.add(start, end, out, 0, counter)
    for (let i = this.count - 1; i > k; i--) {
      this.starts[i] = this.starts[i - 1]!
      this.ends[i] = this.ends[i - 1]!
      this.outs[i] = this.outs[i - 1]
      this.entries[i] = this.entries[i - 1]!
      this.counters[i] = this.counters[i - 1]
    }
    if (k === this.count - 1) return
    this.starts[k] = start
    this.ends[k] = end
    this.outs[k] = out
    this.entries[k] = 0
    this.counters[k] = counter
  }

  /** Removes an entry with its comma; what was found in its key is void. */
  remove(entry: number, end: number, counter: { masked: number } | undefined): void {
    while (this.count > 0 && this.starts[this.count - 1]! >= entry) this.count--
    this.add(entry, end, undefined, entry, counter)
  }

  private grow(): void {
    const size = this.starts.length * 2
    const starts = new Int32Array(size)
    starts.set(this.starts)
    const ends = new Int32Array(size)
    ends.set(this.ends)
    const entries = new Int32Array(size)
    entries.set(this.entries)
    this.starts = starts
    this.ends = ends
    this.entries = entries
  }

  /** Forgets replacements of an unusually large record. */
  clear(): void {
    this.count = this.more = 0
    if (this.outs.length > 4096) {
      this.outs = []
      this.counters = []
      this.starts = new Int32Array(256)
      this.ends = new Int32Array(256)
      this.entries = new Int32Array(256)
    }
  }
}

const LARGE = 65536
const NOTHING: Buffer = Buffer.alloc(0)

/** Where a writer may put its output, and who copies ranges of the input there. */
export interface Area {
  readonly output: Buffer
  /** Copies [start, end) of the input to an offset of `output`; false where it cannot. */
  move(to: number, start: number, end: number): boolean
}

/** Output of one block: small pieces are gathered, large unchanged ranges are passed on as views of the input. */
export class Writer {
  private buffer: Buffer = NOTHING
  /** Memory into which ranges of the input are copied by other means than `Buffer.copy`, which costs more than short ranges do. */
  private area: Area | undefined
  private inArea = false
  private used = 0
  private from = 0
  private pieces: Buffer[] = []
  /** Expected size of the next buffers. */
  size = LARGE

  /** Begins anew in the same memory: pieces taken before must no longer be in use. */
  recycle(size: number, area?: Area): void {
    this.size = size
    this.used = 0
    this.from = 0
    if (area !== undefined && this.area !== area) {
      this.area = area
      this.areaBuffer = area.output
    }
    if (this.area !== undefined) {
      this.buffer = this.areaBuffer
      this.inArea = true
    } else if (this.buffer.length > 4 * size) this.buffer = NOTHING
  }
  private areaBuffer: Buffer = NOTHING

  private room(bytes: number): void {
    if (this.used + bytes <= this.buffer.length) return
    this.flushBuffer()
    this.buffer = Buffer.allocUnsafeSlow(Math.max(this.size, bytes))
    this.inArea = false
    this.used = 0
    this.from = 0
  }

  private flushBuffer(): void {
    if (this.used > this.from) this.pieces.push(this.buffer.subarray(this.from, this.used))
    this.from = this.used
  }

  /** How much of the area is used; -1 while something else is written to. */
  get place(): number {
    return this.inArea ? this.used : -1
  }
  set place(used: number) {
    this.used = used
  }

  /** Copies a range of the input. */
  copy(input: Buffer, start: number, end: number): void {
    const n = end - start
    if (n <= 0) return
    if (n >= LARGE) {
      this.flushBuffer()
      this.pieces.push(input.subarray(start, end))
      return
    }
    this.room(n)
    if (this.inArea && this.area!.move(this.used, start, end)) {
      this.used += n
      return
    }
    if (n < 24) {
      const out = this.buffer
      let to = this.used
      for (let i = start; i < end; i++) out[to++] = input[i]!
    } else input.copy(this.buffer, this.used, start, end)
    this.used += n
  }

  put(bytes: Uint8Array): void {
    const n = bytes.length
    this.room(n)
    if (n < 64) {
      const out = this.buffer
      let to = this.used
      for (let i = 0; i < n; i++) out[to++] = bytes[i]!
    } else this.buffer.set(bytes, this.used)
    this.used += n
  }

  /** All pieces written since the last call. */
  take(): Buffer[] {
    this.flushBuffer()
    const out = this.pieces
    this.pieces = []
    return out
  }
}

/** Writes [copied, end of last hit) of a record with its hits; returns how far the input has been copied. */
export function splice(input: Buffer, limit: number, hits: Hits, copied: number, writer: Writer): number {
  const n = hits.count
  for (let k = 0; k < n; k++) {
    const out = hits.outs[k]
    if (out !== undefined) {
      writer.copy(input, copied, hits.starts[k]!)
      writer.put(out)
      copied = hits.ends[k]!
      continue
    }
    // a run of removed neighbours goes with the commas between them and one beside them
    const start = hits.entries[k]!
    let end = hits.ends[k]!
    let after = blank(input, end, limit)
    while (k + 1 < n && hits.outs[k + 1] === undefined && input[after] === 0x2c && blank(input, after + 1, limit) === hits.entries[k + 1]) {
      k++
      end = hits.ends[k]!
      after = blank(input, end, limit)
    }
    if (input[after] === 0x2c) {
      writer.copy(input, copied, start)
      copied = blank(input, after + 1, limit)
    } else {
      const back = blankBefore(input, start, copied) - 1
      if (back >= copied && input[back] === 0x2c) {
        writer.copy(input, copied, back)
        copied = end
      } else {
        writer.copy(input, copied, start)
        copied = end
      }
    }
  }
  return copied
}

/** Where the white space that ends before `i` begins; `least` at the lowest. */
function blankBefore(input: Uint8Array, i: number, least: number): number {
  for (;;) {
    if (i <= least) return i
    const c = input[i - 1]!
    if (isBlank(c)) i--
    else if ((c === 0x6e || c === 0x72 || c === 0x74) && i - 2 >= least && input[i - 2] === 0x5c) {
      i -= 2
      while (i > least && input[i - 1] === 0x5c) i--
    } else return i
  }
}

function isBlank(c: number): boolean {
  return c === 0x20 || c === 0x09 || c === 0x0a || c === 0x0d
}

/** End of the white space at `i`. Between two tokens of JSON in a string it may be written as escapes (`\n`, deeper `\\n`). */
function blank(input: Uint8Array, i: number, limit: number): number {
  for (;;) {
    if (i < limit && isBlank(input[i]!)) {
      i++
      continue
    }
    let k = i
    while (k < limit && input[k] === 0x5c) k++
    const c = k < limit ? input[k] : 0
    if (k === i || !(c === 0x6e || c === 0x72 || c === 0x74)) return i
    i = k + 1
  }
}
