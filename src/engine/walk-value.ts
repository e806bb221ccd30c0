// The value walker: the slow, obvious version of walk-json, on parsed JavaScript values, copy on write. What a record
// becomes here is what the byte walker must make of its text.

import { MaskError } from '../errors.ts'
import { NumberText, REMOVED } from './types.ts'
import type { Removed, Segment, Value } from './types.ts'
import { PASS, SCAN } from './plan.ts'
import type { Plan, Scope } from './plan.ts'
import type { JsonWalker } from './walk-json.ts'
import { TOO_DEEP } from './walk-json.ts'
import { skipSpace } from './json-bytes.ts'
import { FAILED, freeName, type Hits, namesOf, splice, Writer } from './walker.ts'
import type { Access, Applier, RecordState } from './walker.ts'
import type { TextMasker } from './text.ts'
import type { Scanner } from './scanner.ts'
import { decodeText, encodeText } from './wtf8.ts'

/** Values of a record together: what is larger (or shares references without end) is refused. */
const MAX_NODES = 2_000_000

/** Values of a container that is handed on as a whole; beyond it references are shared without end. */
const MAX_WHOLE = 500_000

/** The record is deeper or larger than allowed. */
export class TooDeep extends Error {}

export interface ValueServices {
  readonly plan: Plan
  readonly applier: Applier
  readonly state: RecordState
  readonly texts: TextMasker
  readonly scanner: Scanner
  /** Walker and hits for JSON in strings. */
  readonly nested: JsonWalker
  readonly nestedHits: Hits
}

type Container = Record<string, unknown> | readonly unknown[]

/** Masks one parsed value. */
export class ValueWalker implements Access {
  private readonly s: ValueServices
  private readonly maxDepth: number
  private root: unknown
  private readonly stack: Container[] = []
  private nodes = 0
  private readonly encoder = Buffer.allocUnsafe(64)

  constructor(services: ValueServices) {
    this.s = services
    this.maxDepth = services.plan.policy.max_depth
  }

  get state(): RecordState {
    return this.s.state
  }

  fromRecord(path: readonly (string | number)[]): Value | undefined {
    return lookup(this.root, path)
  }

  fromParent(path: readonly (string | number)[], up: number): Value | undefined {
    const from = this.stack[this.stack.length - up]
    return from === undefined ? undefined : lookup(from, path)
  }

  all(path: readonly Segment[]): readonly Value[] {
    const out: Value[] = []
    collect(this.root, path, 0, out, { left: 100000 })
    return out
  }

  /** The masked value; the same reference when nothing changes. */
  walk(value: unknown): unknown {
    this.root = value
    this.stack.length = 0
    this.nodes = 0
    try {
      return this.visit(value, this.s.plan.root)
    } finally {
      this.root = undefined
      this.stack.length = 0
    }
  }

  private visit(value: unknown, scope: Scope): unknown {
    if (++this.nodes > MAX_NODES) throw new TooDeep()
    switch (typeof value) {
      case 'string':
        return this.string(value, scope)
      case 'number':
      case 'bigint':
        return this.number(value, scope)
      case 'boolean':
        return this.claimed(value, value, scope)
      case 'object':
        return value === null ? this.claimed(null, null, scope) : this.object(value, scope)
      case 'function':
        // JSON has no functions, but it does ask them for toJSON
        return hasToJson(value) ? this.shown(value, value.toJSON(), scope) : value
      default:
        return value
    }
  }

  /** What stands for a value in JSON instead of itself. */
  private shown(value: unknown, shown: unknown, scope: Scope): unknown {
    const done = this.visit(shown, scope)
    return done === shown ? value : done
  }

  private object(value: object, scope: Scope): unknown {
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return scope.targets.length > 0 || scope.unknown ? '[REDACTED]' : value
    if (value instanceof Date && value.toJSON === Date.prototype.toJSON) {
      if (scope.strings === PASS || Number.isNaN(value.getTime())) return value
      const text = value.toISOString()
      const done = this.string(text, scope)
      return done === text ? value : done
    }
    if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      // JSON writes what they hold
      return this.shown(value, value.valueOf(), scope)
    }
    if (this.stack.includes(value as Container)) return '[Circular]'
    if (this.stack.length >= this.maxDepth) throw new TooDeep()
    if (hasToJson(value)) {
      const shown = value.toJSON()
      if (shown !== value) return this.shown(value, shown, scope)
    }
    if (scope.containers || scope.documents) {
      const parsed = toValue(value, this.maxDepth)
      if (parsed !== undefined) {
        const outcome = this.s.applier.targets(scope, parsed, this)
        if (outcome !== undefined && (outcome.changed || outcome.settled === true)) {
          if (outcome.changed) this.state.places++
          if (outcome.value === REMOVED) return REMOVED
          return outcome.changed ? fromValue(outcome.value) : value
        }
      }
    }
    if (!scope.documents) return this.entries(value, scope)
    const { applier, plan } = this.s
    const documents = applier.openDocuments(scope, this)
    const done = this.entries(value, scope)
    applier.closeDocuments(
      documents,
      this,
      () => plan.errorPath(scope),
      (t) => emptyWildcard(value, t.segments),
    )
    return done
  }

  private entries(value: object, scope: Scope): unknown {
    if (Array.isArray(value)) return this.array(value, scope)
    if (value instanceof Map) return this.map(value, scope)
    if (value instanceof Set) {
      const items = [...value]
      const done = this.array(items, scope)
      return done === items ? value : new Set(done as unknown[])
    }
    return this.plainObject(value as Record<string, unknown>, scope)
  }

  private array(value: readonly unknown[], scope: Scope): unknown {
    this.stack.push(value)
    let out: unknown[] | undefined
    for (let i = 0; i < value.length; i++) {
      const before = value[i]
      const after = this.visit(before, this.s.plan.itemScope(scope, i))
      if (after === REMOVED) out ??= value.slice(0, i)
      else if (out !== undefined) out.push(after)
      else if (after !== before) (out = value.slice(0, i)).push(after)
    }
    this.stack.pop()
    return out ?? value
  }

  private child(scope: Scope, key: string): Scope {
    return this.s.plan.child(scope, key)
  }

  private plainObject(value: Record<string, unknown>, scope: Scope): unknown {
    const level = this.stack.push(value)
    const keys = Object.keys(value)
    // these do not enumerate in an Error, some stand in its class only, yet every serialiser prints them
    const error = value instanceof Error
    if (error) for (const k of ERROR_KEYS) if (k in value && !keys.includes(k)) keys.push(k)
    let changes: Map<string, { readonly after: unknown; readonly name: string }> | undefined
    const seen: unknown[] = []
    let names: Map<string, number> | undefined
    for (const key of keys) {
      const child = this.child(scope, key)
      let before: unknown
      let after: unknown
      try {
        before = value[key]
        after = this.visit(before, child)
      } catch (error) {
        if (error instanceof TooDeep || error instanceof MaskError) throw error
        // what was open below is closed
        this.stack.length = level
        this.s.applier.fail(undefined, this, undefined, this.s.plan.errorPath(child))
        this.state.places++
        after = FAILED
      }
      let name = key
      if (child.keyHit) name = this.key(child, key, (names ??= namesOf(keys)))
      seen.push(before)
      if (after !== before || name !== key) (changes ??= new Map()).set(key, { after, name })
    }
    this.stack.pop()
    if (changes === undefined) return value
    const out: object = error ? (Object.create(Object.getPrototypeOf(value) as object) as object) : Object.getPrototypeOf(value) === null ? (Object.create(null) as object) : {}
    // a getter is not asked again: it may have another answer
    for (const [i, key] of keys.entries()) {
      const change = changes.get(key)
      if (change?.after === REMOVED) continue
      const enumerable = Object.prototype.propertyIsEnumerable.call(value, key)
      Object.defineProperty(out, change?.name ?? key, { value: change === undefined ? seen[i] : change.after, enumerable, writable: true, configurable: true })
    }
    return out
  }

  private map(value: ReadonlyMap<unknown, unknown>, scope: Scope): unknown {
    this.stack.push(value as unknown as Container)
    let changed = false
    const out = new Map<unknown, unknown>()
    let names: Map<string, number> | undefined
    for (const [k, before] of value) {
      const container = k !== null && (typeof k === 'object' || typeof k === 'function')
      const key = typeof k === 'string' ? k : container ? '' : String(k)
      const child = this.child(scope, key)
      const after = this.visit(before, child)
      const name = child.keyHit ? this.key(child, key, (names ??= namesOf([...value.keys()].filter((n) => typeof n === 'string')))) : key
      // JSON has no such keys, but inspection prints them
      const held = container ? this.visit(k, child) : k
      if (after === REMOVED || held === REMOVED) {
        changed = true
        continue
      }
      if (after !== before || name !== key || held !== k) changed = true
      out.set(name === key ? held : name, after)
    }
    this.stack.pop()
    return changed ? out : value
  }

  private key(child: Scope, key: string, names: Map<string, number>): string {
    const masked = this.s.texts.scan(child, key, this, true)
    if (masked === key) return key
    this.state.places++
    return freeName(names, masked)
  }

  private string(value: string, scope: Scope): unknown {
    if (scope.strings === PASS) return value
    const { applier, texts, plan } = this.s
    if (scope.strings !== SCAN) {
      if (scope.document) {
        const documents = applier.openDocuments(scope, this)
        const entered = this.enter(value, scope)
        applier.closeDocuments(
          documents,
          this,
          () => plan.errorPath(scope),
          (t) => entered === undefined || emptyWildcard(JSON.parse(value), t.segments),
        )
        if (entered !== undefined) return entered
      }
      if (scope.targets.length > 0) {
        const outcome = applier.targets(scope, value, this)
        if (outcome !== undefined) {
          if (outcome.settled !== true && outcome.settled.length === 0 && !outcome.changed) return this.scan(value, scope)
          const done = outcome.settled !== true && typeof outcome.value === 'string' ? texts.unsettled(scope, outcome.value, outcome.settled, this) : outcome.value
          if (done !== value) this.state.places++
          return done === REMOVED ? REMOVED : fromValue(done)
        }
      }
      if (scope.unknown) {
        const entered = this.enter(value, scope)
        if (entered !== undefined) return entered
        return this.unknown()
      }
      const action = scope.detect.namedSecret
      if (action !== undefined && scope.facts.secret > 0 && value !== '') {
        const bytes = Buffer.from(value)
        const score = plan.parts.judgeSecret(bytes, 0, bytes.length, scope.facts.secret as 1 | 2 | 3 | 4, 'record')
        if (score >= 0.6 && !(action.rule.skip !== undefined && action.rule.skip(value))) {
          const done = applier.match(action, value, this, () => this.s.plan.errorPath(scope))
          if (done !== value) this.masked(action)
          return done === REMOVED ? REMOVED : fromValue(done)
        }
      }
    }
    return this.scan(value, scope)
  }

  private scan(value: string, scope: Scope): string {
    const entered = this.enter(value, scope)
    if (entered !== undefined) return entered
    const done = this.s.texts.scan(scope, value, this, false)
    this.state.places += this.s.texts.found
    return done
  }

  /** One place was masked. */
  private masked(counter: { masked: number }): void {
    this.state.places++
    this.state.tallies.push(counter)
  }

  /** JSON in a string; undefined when it is none. */
  private enter(value: string, scope: Scope): string | undefined {
    if (!this.s.plan.decodesJson && !scope.document) return undefined
    let i = 0
    while (i < value.length && value.charCodeAt(i) <= 0x20) i++
    if (value[i] !== '{' && value[i] !== '[') return undefined
    const whole = value.isWellFormed()
    const bytes = Buffer.concat([encodeText(value), Buffer.from([0])])
    const end = bytes.length - 1
    const { nested, nestedHits, state, applier } = this.s
    nestedHits.clear()
    const errors = state.errors.length
    const tallies = state.tallies.length
    nested.base = this
    const stop = nested.walk(bytes, 0, end, scope, true)
    if (stop === TOO_DEEP) {
      state.errors.length = errors
      state.tallies.length = tallies
      state.places++
      applier.fail(undefined, this, undefined, this.s.plan.errorPath(scope))
      state.errors[state.errors.length - 1] = 'too_deep'
      return FAILED
    }
    if (stop < 0 || skipSpace(bytes, stop, end) !== end) {
      state.errors.length = errors
      state.tallies.length = tallies
      return undefined
    }
    if (nestedHits.count === 0) return value
    const writer = new Writer()
    const copied = splice(bytes, end, nestedHits, 0, writer)
    writer.copy(bytes, copied, end)
    for (let k = 0; k < nestedHits.count; k++) {
      const counter = nestedHits.counters[k]
      if (counter !== undefined) state.tallies.push(counter)
    }
    state.places += nestedHits.count
    const out = Buffer.concat(writer.take())
    return decodeText(out, 0, out.length, whole)
  }

  private unknown(): unknown {
    if (this.s.plan.policy.unknown_fields === 'drop') {
      this.state.places++
      return REMOVED
    }
    this.masked(this.s.plan.unknownCounter)
    return '[REDACTED]'
  }

  private number(value: number | bigint, scope: Scope): unknown {
    if (scope.numbers === 0 || (typeof value === 'number' && !Number.isFinite(value))) return value
    const text = Object.is(value, -0) ? '0' : String(value)
    const parsed = new NumberText(text)
    if (scope.numbers === 3) {
      const done = this.claim(parsed, scope)
      if (done !== undefined) return done.value === REMOVED ? REMOVED : done.changed ? fromValue(done.value, typeof value) : value
    }
    const { applier, scanner } = this.s
    const set = scope.detect
    if (set.namedSecret !== undefined && scope.facts.secretNumbers) {
      const action = set.namedSecret
      if (!(action.rule.skip !== undefined && action.rule.skip(parsed)))
        return this.replaced(
          parsed,
          value,
          applier.match(action, parsed, this, () => this.s.plan.errorPath(scope)),
          action,
        )
    }
    if (!/^\d{1,19}$/.test(text) || set.numberFinders.length === 0) return value
    if (text.length < 12 && scope.numbers === 1) return value
    const n = this.encoder.write(text, 'latin1')
    if (scanner.number(set, this.encoder, 0, n, scope.keyWords) === 0) return value
    const action = scanner.refs[0]!
    if (!('detector' in action)) return value
    return this.replaced(
      parsed,
      value,
      applier.match(action, parsed, this, () => this.s.plan.errorPath(scope)),
      action,
    )
  }

  private replaced(parsed: NumberText, value: number | bigint, done: Value | Removed, action: { masked: number }): unknown {
    if (done instanceof NumberText && done.text === parsed.text) return value
    this.masked(action)
    return done === REMOVED ? REMOVED : fromValue(done, typeof value)
  }

  private claimed(value: boolean | null, original: unknown, scope: Scope): unknown {
    if (scope.literals === 0) return original
    const done = this.claim(value, scope)
    if (done === undefined || (!done.changed && done.value !== REMOVED)) return original
    return done.value === REMOVED ? REMOVED : fromValue(done.value)
  }

  private claim(value: Value, scope: Scope): { value: Value | Removed; changed: boolean } | undefined {
    if (scope.targets.length > 0) {
      const outcome = this.s.applier.targets(scope, value, this)
      if (outcome?.changed === true) this.state.places++
      if (outcome !== undefined) return outcome.settled === true || outcome.changed ? outcome : undefined
    }
    if (!scope.unknown) return undefined
    const done = this.unknown()
    return { value: done === REMOVED ? REMOVED : '[REDACTED]', changed: true }
  }
}

/** A mask's value as JavaScript: numbers that a double cannot hold become BigInt. */
export function fromValue(value: Value | Removed, was: string = 'number'): unknown {
  if (value === REMOVED) return undefined
  if (value instanceof NumberText) {
    const integer = /^-?\d+$/.test(value.text)
    if (integer && was === 'bigint') return BigInt(value.text)
    const n = Number(value.text)
    return integer && !Number.isSafeInteger(n) ? BigInt(value.text) : n
  }
  if (Array.isArray(value)) return (value as readonly Value[]).map((v) => fromValue(v))
  if (value !== null && typeof value === 'object') {
    const out: Record<string, unknown> = {}
    for (const [k, v] of value as ReadonlyMap<string, Value>) Object.defineProperty(out, k, { value: fromValue(v), enumerable: true, writable: true, configurable: true })
    return out
  }
  return value
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return typeof (value as { toJSON?: unknown }).toJSON === 'function'
}

/** Names of an Error that do not enumerate. */
const ERROR_KEYS = ['name', 'message', 'stack', 'cause', 'errors']

/** A JavaScript value as JSON sees it; undefined for what JSON leaves out or what is too deep. Throws TooDeep without end. */
export function toValue(value: unknown, depth: number, budget: { left: number } = { left: MAX_WHOLE }, above: unknown[] = []): Value | undefined {
  if (budget.left-- <= 0) throw new TooDeep()
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) ? new NumberText(Object.is(value, -0) ? '0' : String(value)) : null
    case 'bigint':
      return new NumberText(String(value))
    case 'object': {
      if (value === null) return null
      if (depth <= 0) return undefined
      if (above.includes(value)) return '[Circular]'
      if (hasToJson(value)) {
        const shown = value.toJSON()
        return shown === value ? undefined : toValue(shown, depth - 1, budget, above)
      }
      if (value instanceof String || value instanceof Number || value instanceof Boolean) return toValue(value.valueOf(), depth, budget, above)
      above.push(value)
      let out: Value
      if (Array.isArray(value)) {
        // holes count: nothing is as cheap as a long array without elements
        if (value.length > budget.left) throw new TooDeep()
        out = Array.from(value, (v) => toValue(v, depth - 1, budget, above) ?? null)
      } else {
        const entries = value instanceof Map ? [...value].map(([k, v]) => [typeof k === 'object' ? '' : String(k), v as unknown] as const) : Object.entries(value)
        const map = new Map<string, Value>()
        for (const [k, v] of entries) {
          const item = toValue(v, depth - 1, budget, above)
          if (item !== undefined) map.set(k, item)
        }
        out = map
      }
      above.pop()
      return out
    }
    default:
      return undefined
  }
}

function get(from: unknown, part: string | number): unknown {
  if (from === null || typeof from !== 'object') return undefined
  if (Array.isArray(from)) return typeof part === 'number' || /^\d+$/.test(part) ? (from as readonly unknown[])[Number(part)] : undefined
  if (from instanceof Map) return from.get(String(part)) as unknown
  return Object.hasOwn(from, String(part)) ? (from as Record<string, unknown>)[String(part)] : undefined
}

function lookup(from: unknown, path: readonly (string | number)[]): Value | undefined {
  let at = from
  for (const part of path) at = get(at, part)
  return toValue(at, 1000)
}

/** A path whose wildcard stands over an empty container misses nothing. */
function emptyWildcard(value: unknown, path: readonly Segment[]): boolean {
  const wild = path.findIndex((s) => s.kind === 'any')
  if (wild < 0) return false
  const out: Value[] = []
  collect(value, path.slice(0, wild), 0, out, { left: 100000 })
  return out.some((v) => (Array.isArray(v) && v.length === 0) || (v instanceof Map && v.size === 0))
}

function collect(from: unknown, path: readonly Segment[], at: number, out: Value[], budget: { left: number }): void {
  if (budget.left-- <= 0) return
  if (at === path.length) {
    const value = toValue(from, 1000)
    if (value !== undefined) out.push(value)
    return
  }
  const segment = path[at]!
  if (segment.kind === 'deep') collect(from, path, at + 1, out, budget)
  if (from === null || typeof from !== 'object') return
  if (segment.kind === 'name' || segment.kind === 'index') {
    const next = get(from, segment.kind === 'name' ? segment.name : segment.index)
    if (next !== undefined && (segment.kind === 'name' || Array.isArray(from))) collect(next, path, at + 1, out, budget)
    return
  }
  const values: readonly unknown[] = Array.isArray(from) ? from : from instanceof Map ? [...from.values()] : Object.values(from)
  for (const v of values) collect(v, path, segment.kind === 'deep' ? at : at + 1, out, budget)
}
