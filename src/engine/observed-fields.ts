// A field engine that tells what it masks: for findings. Walkers drive it in place of the plain one, so that without findings nothing is asked anywhere.
// It compares what goes in with what comes out; which rule or detector it was is read off the counts of the record.

import type { Plan, Scope } from './plan.ts'
import { REMOVED } from './types.ts'
import type { Policy, Segment, Value } from './types.ts'
import type { FieldMasker } from './fields.ts'
import type { Access, FieldEngine, RecordState } from './walker.ts'

/** One masked place. */
export interface FieldFinding {
  /** Keys that the ruleset does not name are `*`. */
  readonly path: string
  readonly where: 'value' | 'key'
  readonly rule?: string
  readonly detector?: string
  readonly length: number
}

/** Parts of a record below which keys are data; all above are names of the format. */
const OF_DATA: ReadonlySet<string> = new Set(['attributes', 'body', 'metadata'])
const PLAIN = /^[A-Za-z_][\w-]*$/

type Counter = { readonly name?: string; readonly rule?: { readonly name: string }; readonly detector?: { readonly name: string } } | undefined
type By = Pick<FieldFinding, 'rule' | 'detector'>

export class ObservedFields implements FieldEngine {
  private readonly inner: FieldMasker
  private readonly plan: Plan
  private findings: FieldFinding[] = []
  /** Where those of the record at hand begin. */
  private ofNow = 0
  // before the call at hand
  private tallied = 0
  private places = 0
  /** What counts what was masked in the record that was taken whole. */
  private ofRecord: By = {}

  constructor(inner: FieldMasker, plan: Plan) {
    this.inner = inner
    this.plan = plan
  }

  /** What was told since `begin`. */
  take(): readonly FieldFinding[] {
    const { findings } = this
    this.findings = []
    this.ofNow = 0
    return findings
  }

  // ---------------------------------------------------------------------------------------------- told

  since(): number {
    return this.findings.length
  }

  revoke(since: number): void {
    if (this.findings.length > since) this.findings.length = since
    if (this.ofNow > since) this.ofNow = since
  }

  told(was: unknown, now: unknown, scope: Scope, of?: (key: string) => boolean): void {
    const part = (value: unknown): unknown => (of !== undefined && value instanceof Map ? new Map([...(value as Map<string, unknown>)].filter(([key]) => of(key))) : value)
    this.differ(part(was), part(now), scope, this.path(scope), this.ofRecord)
  }

  redacted(scope: Scope, length: number): void {
    this.inner.redacted()
    this.add(this.path(scope), 'value', length, {})
  }

  private add(path: string, where: FieldFinding['where'], length: number, by: By): void {
    this.findings.push({ path, where, ...by, length })
  }

  private before(): void {
    const { state } = this.inner
    this.tallied = state.tallies.length
    this.places = state.places
  }

  /** What the k-th count since then is of. */
  private by(k: number): By {
    const counter = this.inner.state.tallies[this.tallied + k] as Counter
    if (counter === undefined) return {}
    if (counter.rule !== undefined && counter.detector !== undefined) return { rule: counter.rule.name, detector: counter.detector.name }
    if ((counter as unknown) === this.plan.unknownCounter) return { rule: 'unknown_fields' }
    return counter.name === undefined ? {} : { rule: counter.name }
  }

  /** What all counts since then are of, if they are of one. */
  private byOne(): By {
    const { tallies } = this.inner.state
    const first = tallies[this.tallied]
    for (let k = this.tallied + 1; k < tallies.length; k++) if (tallies[k] !== first) return {}
    return this.by(0)
  }

  /** Tells what `text` and its like have given. */
  private texts(n: number, length: number, path: string): void {
    const { inner } = this
    const counts = inner.state.tallies.length - this.tallied
    if (n > 0) {
      const one = counts === n ? undefined : this.byOne()
      for (let k = 0; k < n; k++) this.add(path, 'value', inner.ends[k]! - inner.starts[k]!, one ?? this.by(k))
      return
    }
    // an entry that is gone has no key either
    const last = this.findings.at(-1)
    if (inner.whole === REMOVED && last?.where === 'key' && this.findings.length > this.ofNow && last.path === path) this.findings.pop()
    // several places in one text: a document in it
    const places = Math.max(1, inner.state.places - this.places)
    const one = counts === places ? undefined : places === 1 ? this.by(0) : this.byOne()
    for (let k = 0; k < places; k++) this.add(path, 'value', length, one ?? this.by(k))
  }

  /** Tells where two values differ. */
  private differ(was: unknown, now: unknown, scope: Scope, path: string, by: By): void {
    if (Object.is(was, now)) return
    if (was instanceof Map && now instanceof Map) {
      const old = [...(was as ReadonlyMap<string, unknown>)]
      const made = [...(now as ReadonlyMap<string, unknown>)]
      const paired = old.length === made.length
      old.forEach(([key, value], k) => {
        const at = this.below(scope, path, key)
        if (!paired && !now.has(key)) return this.add(at, 'value', lengthOf(value), by)
        const [name, masked] = paired ? made[k]! : [key, (now as ReadonlyMap<string, unknown>).get(key)]
        if (name !== key) this.add(at, 'key', Buffer.byteLength(key), by)
        this.differ(value, masked, this.inner.child(scope, key), at, by)
      })
      return
    }
    if (Array.isArray(was) && Array.isArray(now)) {
      const made = now as readonly unknown[]
      let k = 0
      ;(was as readonly unknown[]).forEach((value, i) => {
        const stays = was.length - i <= made.length - k || Object.is(value, made[k])
        const item = this.inner.item(scope, i)
        if (stays) this.differ(value, made[k++], item, `${path}[*]`, by)
        else this.add(`${path}[*]`, 'value', lengthOf(value), by)
      })
      return
    }
    if (was instanceof String && now === String(was)) return
    this.add(path, 'value', lengthOf(was), by)
  }

  /** The path of a place: names of the format, and of data those that the ruleset spells out. */
  private path(scope: Scope): string {
    const above: Scope[] = []
    for (let s: Scope = scope; s.parent !== undefined; s = s.parent) above.push(s)
    let path = ''
    let data = false
    for (const s of above.reverse()) {
      path = s.isItem ? `${path}[*]` : this.step(path, s.key, data)
      data ||= !s.isItem && OF_DATA.has(s.key)
    }
    return path
  }

  private below(scope: Scope, path: string, key: string): string {
    let data = false
    for (let s: Scope | undefined = scope; s?.parent !== undefined; s = s.parent) data ||= !s.isItem && OF_DATA.has(s.key)
    return this.step(path, key, data)
  }

  private step(path: string, key: string, data: boolean): string {
    const name = !data || this.plan.spells(key) ? key : '*'
    if (name !== '*' && !PLAIN.test(name)) return `${path}[${JSON.stringify(name)}]`
    return path === '' ? name : `${path}.${name}`
  }

  // ---------------------------------------------------------------------------------------------- records

  begin(): void {
    this.inner.begin()
    this.take()
  }

  end(bytesIn: number, bytesOut: number): void {
    this.inner.end(bytesIn, bytesOut)
  }

  next(counted: boolean): void {
    this.inner.next(counted)
    this.ofNow = this.findings.length
  }

  finish(): boolean {
    const keep = this.inner.finish()
    if (!keep) this.revoke(this.ofNow)
    return keep
  }

  failed(error: unknown, scope = this.inner.root, length = 0): boolean {
    const stands = this.inner.failed(error)
    this.revoke(this.ofNow)
    if (stands) this.add(this.path(scope), 'value', length, {})
    return stands
  }

  // ---------------------------------------------------------------------------------------------- values

  text(bytes: Buffer, start: number, end: number, scope: Scope, access: Access): number {
    this.before()
    const n = this.inner.text(bytes, start, end, scope, access)
    if (n !== 0) this.texts(n, end - start, this.path(scope))
    return n
  }

  bytes(bytes: Buffer, start: number, end: number, scope: Scope, access: Access): number {
    this.before()
    const n = this.inner.bytes(bytes, start, end, scope, access)
    if (n !== 0) this.texts(n, end - start, this.path(scope))
    return n
  }

  detect(bytes: Buffer, start: number, end: number, access: Access, at: Scope | string): number {
    this.before()
    const n = this.inner.detect(bytes, start, end, access)
    if (n !== 0) this.texts(n, end - start, typeof at === 'string' ? at : this.path(at))
    return n
  }

  value(value: unknown, scope: Scope, access: Access, depth: number): unknown {
    this.before()
    const done = this.inner.value(value, scope, access, depth)
    if (done !== value && (done === REMOVED || !Number.isNaN(value))) {
      const by = this.byOne()
      if (done === REMOVED) {
        const path = this.path(scope)
        const last = this.findings.at(-1)
        if (last?.where === 'key' && this.findings.length > this.ofNow && last.path === path) this.findings.pop()
        this.add(path, 'value', lengthOf(value), by)
      } else this.differ(value, done, scope, this.path(scope), typeof value === 'object' && value !== null ? by : this.by(0))
    }
    return done
  }

  record(value: unknown, partial: boolean): unknown {
    this.before()
    const done = this.inner.record(value, partial)
    this.ofRecord = this.byOne()
    return done
  }

  key(scope: Scope, key: string, access: Access): string {
    this.before()
    const masked = this.inner.key(scope, key, access)
    if (masked !== key) this.add(this.path(scope), 'key', Buffer.byteLength(key), this.byOne())
    return masked
  }

  // ---------------------------------------------------------------------------------------------- as it is

  get policy(): Policy {
    return this.inner.policy
  }
  get state(): RecordState {
    return this.inner.state
  }
  get root(): Scope {
    return this.inner.root
  }
  get inert(): Scope {
    return this.inner.inert
  }
  get series(): boolean {
    return this.inner.series
  }
  set series(on: boolean) {
    this.inner.series = on
  }
  get starts(): Int32Array {
    return this.inner.starts
  }
  get ends(): Int32Array {
    return this.inner.ends
  }
  get outs(): readonly Buffer[] {
    return this.inner.outs
  }
  get whole(): unknown {
    return this.inner.whole
  }
  get wholeBytes(): Buffer | undefined {
    return this.inner.wholeBytes
  }
  tooDeep(): Error {
    return this.inner.tooDeep()
  }
  notRecord(): Error {
    return this.inner.notRecord()
  }
  child(parent: Scope, key: string): Scope {
    return this.inner.child(parent, key)
  }
  childAt(parent: Scope, previous: Scope | undefined, bytes: Buffer, start: number, end: number): Scope {
    return this.inner.childAt(parent, previous, bytes, start, end)
  }
  item(parent: Scope, index: number): Scope {
    return this.inner.item(parent, index)
  }
  named(scope: Scope, bytes: Buffer, start: number, end: number): Scope {
    return this.inner.named(scope, bytes, start, end)
  }
  lookup(value: unknown, path: readonly (string | number)[]): Value | undefined {
    return this.inner.lookup(value, path)
  }
  all(value: unknown, path: readonly Segment[]): readonly Value[] {
    return this.inner.all(value, path)
  }
}

/** Bytes of a value: of a text its UTF-8, of others what they are as text; of what holds others none are counted. */
function lengthOf(value: unknown): number {
  if (value instanceof Uint8Array) return value.length
  if (typeof value === 'object' && value !== null && !(value instanceof String)) return 0
  return Buffer.byteLength(String(value as string))
}
