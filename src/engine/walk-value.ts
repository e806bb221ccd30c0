// The value walker: the slow, obvious version of walk-json, on parsed JavaScript values, copy on write. What a record
// becomes here is what the byte walker must make of its text.

import { MaskError } from '../errors.ts'
import { NumberText, REMOVED } from './types.ts'
import type { Removed, Scalar, Segment, Value } from './types.ts'
import { MOST_BESIDE, NAME, nameBehind, PAIR, TURNS, VALUE } from './beside.ts'
import type { Shape as NameShape } from './beside.ts'
import { PASS, SCAN } from './plan.ts'
import type { Plan, Scope } from './plan.ts'
import type { JsonWalker } from './walk-json.ts'
import { MAX_NESTING, TOO_DEEP } from './walk-json.ts'
import { TreeWalker } from './walk-tree.ts'
import { Members, Place, scalarOf, valueAt } from './tree.ts'
import { skipSpace } from './json-bytes.ts'
import type { Leaves } from './leaves.ts'
import { FAILED, freeName, type Hits, namesOf, NO_DOCUMENTS, splice, Writer } from './walker.ts'
import type { Access, Applier, RecordState } from './walker.ts'
import type { TextMasker } from './text.ts'
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
  readonly leaves: Leaves
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
  /** Set while a part of a record is walked: what is around it, and how many containers. */
  private base: Access | undefined
  private above = 0

  constructor(services: ValueServices) {
    this.s = services
    this.maxDepth = services.plan.policy.max_depth
  }

  get state(): RecordState {
    return this.s.state
  }

  fromRecord(path: readonly (string | number)[]): Value | undefined {
    return this.base === undefined ? lookup(this.root, path) : this.base.fromRecord(path)
  }

  fromParent(path: readonly (string | number)[], up: number): Value | undefined {
    const from = this.stack[this.stack.length - up]
    return from === undefined ? this.base?.fromParent(path, up - this.stack.length) : lookup(from, path)
  }

  all(path: readonly Segment[]): readonly Value[] {
    if (this.base !== undefined) return this.base.all(path)
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

  /**
   * The masked value of a part of a record that another walker has come to; the same reference when nothing changes. `base` looks up
   * what is around it, `depth` is how many containers are.
   */
  part(value: unknown, scope: Scope, base: Access, depth: number): unknown {
    this.stack.length = 0
    this.nodes = 0
    this.base = base
    this.above = depth
    try {
      return this.visit(value, scope)
    } finally {
      this.base = undefined
      this.above = 0
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
    if (this.stack.length + this.above >= this.maxDepth) throw new TooDeep()
    if (hasToJson(value)) {
      const shown = value.toJSON()
      if (shown !== value) return this.shown(value, shown, scope)
    }
    if (scope.apart) return this.inOrder(value, scope)
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
    const { plan } = this.s
    const pair = scope.roles === PAIR && value.length === 2 && typeof value[0] === 'string' && !isObject(value[1])
    const out = changedArray(value, (before, i) => {
      const item = plan.itemScope(scope, i)
      const name = i % 2 === 1 && (pair || scope.roles === TURNS) ? value[i - 1] : undefined
      return this.visit(before, typeof name === 'string' ? this.named(item, name) : item)
    })
    this.stack.pop()
    return out
  }

  private child(scope: Scope, key: string): Scope {
    return this.s.plan.child(scope, key)
  }

  /** The scope of a value that a text beside it names. */
  private named(scope: Scope, name: string): Scope {
    const bytes = encodeText(name)
    return this.s.plan.named(scope, bytes, 0, bytes.length)
  }

  /** The scope of entry i of an object or map. `names`: the index of the last name before it. */
  private entry(scope: Scope, i: number, names: number, keys: readonly string[], at: (k: number) => unknown): Scope {
    const child = this.child(scope, keys[i]!)
    if (child.roles !== VALUE) return child
    const k =
      names >= 0
        ? names
        : nameBehind(
            i,
            keys.length,
            (k) => keys[k]!,
            (k) => shapeOf(at(k)),
          )
    return k < 0 ? child : this.named(child, at(k) as string)
  }

  private plainObject(value: Record<string, unknown>, scope: Scope): unknown {
    const level = this.stack.push(value)
    const keys = keysOf(value)
    let changes: Changes | undefined
    const seen: unknown[] = []
    let names: Map<string, number> | undefined
    let named = -1
    // a getter is asked once
    const read: unknown[] = []
    const at = (k: number): unknown => (k in read ? read[k] : (read[k] = value[keys[k]!]))
    for (const [i, key] of keys.entries()) {
      let child = this.child(scope, key)
      let before: unknown
      let after: unknown
      try {
        before = at(i)
        if (child.roles === VALUE) child = this.entry(scope, i, named, keys, at)
        else if (child.roles === NAME && typeof before === 'string') named = i
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
    return changes === undefined ? value : changedObject(value, keys, seen, changes)
  }

  private map(value: ReadonlyMap<unknown, unknown>, scope: Scope): unknown {
    this.stack.push(value as unknown as Container)
    let names: Map<string, number> | undefined
    const keys = [...value.keys()].map(keyText)
    const values = [...value.values()]
    let named = -1
    let i = -1
    const out = changedMap(value, (k, before) => {
      const key = keyText(k)
      const child = this.entry(scope, ++i, named, keys, (k) => values[k])
      if (child.roles === NAME && typeof before === 'string') named = i
      const after = this.visit(before, child)
      const name = child.keyHit ? this.key(child, key, (names ??= namesOf([...value.keys()].filter((n) => typeof n === 'string')))) : key
      // JSON has no such keys, but inspection prints them
      return { after, name: name !== key ? name : isObject(k) ? this.visit(k, child) : k }
    })
    this.stack.pop()
    return out
  }

  // ---------------------------------------------------------------------------------------------- trees

  /** A container that a mask must have to itself: all that the plan says about it is done on a tree. */
  private inOrder(value: object, scope: Scope): unknown {
    this.size = 0
    const root = this.plantedObject(value, new Place(undefined, ''))
    if (root === undefined) return value
    root.root = true
    root.source = value
    const places = this.state.places
    this.tree ??= new TreeWalker(this.s)
    const edits = this.tree.run(root, scope, { base: this, depth: this.stack.length + this.above, nesting: MAX_NESTING, size: this.size })
    this.state.places = edits.reduce((n, edit) => n + Math.max(1, edit.place.found), places)
    return this.grown(root)
  }
  private tree: TreeWalker | undefined
  /** Of the tree that is made, as text. */
  private size = 0

  /** A value as a place of a tree, as JSON sees it; undefined: JSON leaves it out. */
  private planted(value: unknown, place: Place): Place | undefined {
    if (++this.nodes > MAX_NODES) throw new TooDeep()
    place.source = value
    switch (typeof value) {
      case 'string':
        this.size += value.length
        return scalar(place, value)
      case 'number':
        this.size += 8
        return scalar(place, Number.isFinite(value) ? new NumberText(Object.is(value, -0) ? '0' : String(value)) : null)
      case 'bigint':
        this.size += 16
        return scalar(place, new NumberText(String(value)))
      case 'boolean':
        return scalar(place, value)
      case 'function':
        return hasToJson(value) ? this.plantedFor(value, value.toJSON(), place) : undefined
      case 'object':
        return value === null ? scalar(place, null) : this.plantedObject(value, place)
      default:
        return undefined
    }
  }

  /** What stands for a value in JSON instead of itself. */
  private plantedFor(value: unknown, shown: unknown, place: Place): Place | undefined {
    const done = this.planted(shown, place)
    if (done !== undefined) done.source = value
    return done
  }

  private plantedObject(value: object, place: Place): Place | undefined {
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
      place.binary = true
      return scalar(place, null)
    }
    if (value instanceof Date && value.toJSON === Date.prototype.toJSON) return scalar(place, Number.isNaN(value.getTime()) ? null : value.toISOString())
    if (value instanceof String || value instanceof Number || value instanceof Boolean) return this.plantedFor(value, value.valueOf(), place)
    if (this.stack.includes(value as Container)) {
      place.source = '[Circular]'
      return scalar(place, '[Circular]')
    }
    if (this.stack.length + this.above >= this.maxDepth) throw new TooDeep()
    if (hasToJson(value)) {
      const shown = value.toJSON()
      if (shown !== value) return this.plantedFor(value, shown, place)
    }
    const list = Array.isArray(value) || value instanceof Set
    const members = new Members(list)
    const level = this.stack.push(value as Container)
    const shape: Shape = { value, keys: [], seen: [], places: [] }
    const add = (key: string | number, seen: unknown, child: Place | undefined): void => {
      shape.seen.push(seen)
      shape.places.push(child)
      if (child !== undefined) members.places.push(child)
      if (typeof key === 'string') this.size += key.length
    }
    const child = (key: string | number): Place => new Place(place, key)
    const item = (i: number, item: unknown): void => add(i, item, this.planted(item, child(i)) ?? absent(child(i), item))
    // by index: holes count too
    if (Array.isArray(value)) for (let i = 0; i < value.length; i++) item(i, value[i])
    else if (value instanceof Set) for (const one of value) item(members.places.length, one)
    else if (value instanceof Map) {
      for (const [k, item] of value as ReadonlyMap<unknown, unknown>) add(keyText(k), item, this.planted(item, child(keyText(k))))
    } else {
      shape.keys = keysOf(value)
      for (const key of shape.keys) {
        let seen: unknown
        let made: Place | undefined
        try {
          seen = (value as Record<string, unknown>)[key]
          made = this.planted(seen, child(key))
        } catch (error) {
          if (error instanceof TooDeep || error instanceof MaskError) throw error
          // what was open below is closed
          this.stack.length = level
          made = child(key)
          made.source = made.now = FAILED
          made.was = FAILED
          made.failed = made.claimed = true
          made.settled = true
          this.s.applier.fail(undefined, this, undefined, '*')
        }
        add(key, seen, made)
      }
    }
    this.stack.pop()
    place.was = place.now = members
    place.shape = shape
    return place
  }

  /** A value that a tree was made of, with what has changed in it. */
  private grown(place: Place): unknown {
    const { now, source } = place
    if (now === REMOVED) return REMOVED
    if (!place.untouched) return fromValue(valueAt(place)!, typeof source)
    if (!(now instanceof Members)) {
      const text = typeof now === 'string' ? scalarOf(place) : now
      return text === now ? source : text
    }
    const { value, keys, seen, places } = place.shape as Shape
    const after = (i: number): unknown => (places[i] === undefined ? seen[i] : this.grown(places[i]))
    let done: unknown
    let at = 0
    if (Array.isArray(value)) done = changedArray(value, (_, i) => after(i))
    else if (value instanceof Set) {
      const items = changedArray([...value] as unknown[], (_, i) => after(i))
      done = items.some((item, i) => item !== seen[i]) || items.length < seen.length ? new Set(items) : value
    } else if (value instanceof Map) {
      done = changedMap(value as ReadonlyMap<unknown, unknown>, (k) => {
        const child = places[at]
        const held = child?.name ?? (isObject(k) && child?.scope !== undefined ? this.visit(k, child.scope) : k)
        return { after: after(at++), name: held }
      })
    } else {
      const changes: Changes = new Map()
      keys.forEach((key, i) => {
        const done = after(i)
        const name = places[i]?.name ?? key
        if (done !== seen[i] || name !== key) changes.set(key, { after: done, name })
      })
      done = changes.size === 0 ? value : changedObject(value, keys, seen, changes)
    }
    return done === value ? source : done
  }

  private key(child: Scope, key: string, names: Map<string, number>): string {
    const masked = this.s.texts.scan(child, key, this, true)
    if (masked === key) return key
    this.state.places++
    return freeName(names, masked)
  }

  private string(value: string, scope: Scope): unknown {
    if (scope.strings === PASS) return value
    const { applier, texts, plan, leaves } = this.s
    if (scope.strings !== SCAN) {
      if (scope.document) {
        // in a tree they are opened where their turn comes
        const documents = scope.apart ? NO_DOCUMENTS : applier.openDocuments(scope, this)
        const entered = this.enter(value, scope, true)
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
          let done = outcome.value
          if (outcome.settled !== true && typeof done === 'string') {
            const secret = this.passed(scope, done, outcome.settled)
            if (secret === undefined && outcome.settled.length === 0 && !outcome.changed) return this.scan(value, scope)
            done = secret === undefined ? texts.unsettled(scope, done, outcome.settled, this) : secret
          }
          if (done !== value) this.state.places++
          return done === REMOVED ? REMOVED : fromValue(done)
        }
      }
      if (scope.unknown) {
        const entered = this.enter(value, scope)
        if (entered !== undefined) return entered
        return this.unknown()
      }
      const done = leaves.keyed(value, scope, this)
      if (done !== undefined) {
        if (done !== value) this.state.places++
        return done === REMOVED ? REMOVED : fromValue(done)
      }
    }
    return this.scan(value, scope)
  }

  /** Text that rules have passed on: it is still what its key says. Undefined: it is not. */
  private passed(scope: Scope, text: string, settled: readonly number[]): Value | Removed | undefined {
    return settled.length === 0 ? this.s.leaves.keyed(text, scope, this) : undefined
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

  /** JSON in a string; undefined when it is none. `opened`: as the document of `json` masks that has begun. */
  private enter(value: string, scope: Scope, opened = false): string | undefined {
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
    nested.openedAt = opened ? i : -1
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
    const done = this.s.leaves.number(parsed, scope, this)
    if (done === parsed) return value
    this.state.places++
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
      if (outcome !== undefined && outcome.settled !== true && typeof outcome.value === 'string') {
        const secret = this.passed(scope, outcome.value, outcome.settled)
        return { value: secret === undefined ? this.s.texts.unsettled(scope, outcome.value, outcome.settled, this) : secret, changed: true }
      }
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

/** What an object is made of: some keys do not enumerate in an Error, some stand in its class only, yet every serialiser prints them. */
function keysOf(value: object): string[] {
  const keys = Object.keys(value)
  if (value instanceof Error) for (const k of ERROR_KEYS) if (k in value && !keys.includes(k)) keys.push(k)
  return keys
}

/** What becomes of the entries of an object, by key: their values and names. */
type Changes = Map<string, { readonly after: unknown; readonly name: string }>

/** A copy of an object with its changes. A getter is not asked again: it may have another answer. */
function changedObject(value: object, keys: readonly string[], seen: readonly unknown[], changes: Changes): object {
  const prototype = Object.getPrototypeOf(value) as object | null
  const out: object = value instanceof Error ? (Object.create(prototype) as object) : prototype === null ? (Object.create(null) as object) : {}
  for (const [i, key] of keys.entries()) {
    const change = changes.get(key)
    if (change?.after === REMOVED) continue
    const enumerable = Object.prototype.propertyIsEnumerable.call(value, key)
    Object.defineProperty(out, change?.name ?? key, { value: change === undefined ? seen[i] : change.after, enumerable, writable: true, configurable: true })
  }
  return out
}

/** An array with what becomes of its items; the same one when nothing changes. */
function changedArray(value: readonly unknown[], of: (before: unknown, i: number) => unknown): readonly unknown[] {
  let out: unknown[] | undefined
  for (let i = 0; i < value.length; i++) {
    const before = value[i]
    const after = of(before, i)
    if (after === REMOVED) out ??= value.slice(0, i)
    else if (out !== undefined) out.push(after)
    else if (after !== before) (out = value.slice(0, i)).push(after)
  }
  return out ?? value
}

/** A map with what becomes of its entries and keys; the same one when nothing changes. */
function changedMap(
  value: ReadonlyMap<unknown, unknown>,
  of: (key: unknown, before: unknown) => { readonly after: unknown; readonly name: unknown },
): ReadonlyMap<unknown, unknown> {
  let changed = false
  const out = new Map<unknown, unknown>()
  for (const [key, before] of value) {
    const { after, name } = of(key, before)
    if (after !== before || name !== key) changed = true
    if (after !== REMOVED && name !== REMOVED) out.set(name, after)
  }
  return changed ? out : value
}

function isObject(key: unknown): boolean {
  return key !== null && (typeof key === 'object' || typeof key === 'function')
}

/** What a value is as JSON, to a search for names. */
function shapeOf(value: unknown): NameShape {
  if (typeof value === 'string') return 'text'
  if (!isObject(value) || isScalar(value as object)) return 'flat'
  const size = value instanceof Map || value instanceof Set ? value.size : Array.isArray(value) ? value.length : 0
  if (size > MOST_BESIDE) return 'deep'
  const items = value instanceof Map || value instanceof Set ? [...value.values()] : Object.values(value as object)
  return items.length <= MOST_BESIDE && items.every((item) => !isObject(item) || isScalar(item as object)) ? 'flat' : 'deep'
}

/** An object that JSON writes as a scalar. */
function isScalar(value: object): boolean {
  return hasToJson(value) || value instanceof String || value instanceof Number || value instanceof Boolean || ArrayBuffer.isView(value)
}

/** The key of a Map as JSON would write it. */
function keyText(key: unknown): string {
  return typeof key === 'string' ? key : isObject(key) ? '' : String(key)
}

/** What the members of a place were read from: `places` by entry, where JSON has one. */
interface Shape {
  readonly value: object
  keys: readonly string[]
  readonly seen: unknown[]
  readonly places: (Place | undefined)[]
}

function scalar(place: Place, value: Scalar): Place {
  place.was = place.now = value
  return place
}

/** An item that JSON has no value for. */
function absent(place: Place, item: unknown): Place {
  place.source = item
  return scalar(place, null)
}

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

/** The value at a path of a JavaScript value, as JSON sees it. */
export function lookup(from: unknown, path: readonly (string | number)[]): Value | undefined {
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

/** All values that a path with wildcards reaches. */
export function collect(from: unknown, path: readonly Segment[], at: number, out: Value[], budget: { left: number }): void {
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
