// What the walkers of protobuf and of JSON have in common: the scopes of the fields of a record, trace states, and values of any shape as AnyValue.
import { REMOVED } from '../../src/index.ts'
import type { Value } from '../../src/index.ts'
import type { Access, FieldEngine, Scope } from '../../src/engine/walker.ts'
import { ATTRIBUTES, library, MESSAGE, resource, TEXT, TRACE_STATE, VALUE } from './otlp-fields.ts'
import type { Field, Message } from './otlp-fields.ts'
import { OtlpError } from './types.ts'

export function invalid(what: string): OtlpError {
  return new OtlpError('invalid', `the request is not valid OTLP: ${what}`)
}

/** Where a message of the record view stands: the scopes of its fields. */
export class Place {
  readonly scope: Scope
  /** By field number. */
  readonly scopes: (Scope | undefined)[] = []
  private readonly engine: FieldEngine
  private readonly inner: (Place | undefined)[] = []
  private items: Map<Scope, Place> | undefined

  constructor(engine: FieldEngine, scope: Scope, message: Message) {
    this.engine = engine
    this.scope = scope
    for (const f of message.fields)
      if (f.role === TEXT || f.role === TRACE_STATE || f.role === ATTRIBUTES || f.role === VALUE || f.role === MESSAGE) this.scopes[f.number] = engine.child(scope, f.view)
  }

  /** The place of a message in a field; of those in a list, that of the item at `index`. */
  at(f: Field, index: number): Place {
    const own = this.scopes[f.number]!
    if (!f.repeated || !own.indexed) {
      const known = this.inner[f.number]
      if (known !== undefined) return known
    }
    const scope = f.repeated ? this.engine.item(own, index) : own
    if (f.repeated && own.indexed) {
      const known = this.items?.get(scope)
      if (known !== undefined) return known
      const place = new Place(this.engine, scope, f.message!)
      ;(this.items ??= new Map()).set(scope, place)
      return place
    }
    return (this.inner[f.number] = new Place(this.engine, scope, f.message!))
  }

  /** A rule takes this message, or a list or message in it, as a whole. */
  takenWhole(message: Message): boolean {
    const whole = (scope: Scope): boolean => scope.containers || scope.documents || scope.apart
    return (
      whole(this.scope) ||
      message.fields.some((f) => {
        const scope = this.scopes[f.number]
        if (scope === undefined) return false
        if (f.role === ATTRIBUTES) return whole(scope)
        if (f.role !== MESSAGE) return false
        // of lists the items that rules tell apart are not known yet
        return whole(scope) || (f.repeated && scope.indexed) || this.at(f, 0).takenWhole(f.message!)
      })
    )
  }
}

/** Where the messages of requests stand under the rules in force. */
export class Places {
  resource!: Place
  library!: Place
  metadata!: Scope
  private readonly engine: FieldEngine
  private root: Scope | undefined
  private readonly items = new Map<Message, Place>()
  private readonly inerts = new Map<Message, Place>()
  private readonly whole = new Map<Message, boolean>()

  constructor(engine: FieldEngine) {
    this.engine = engine
  }

  /** A request begins: the scopes may be others than those of the last one. */
  renew(): void {
    const { engine } = this
    if (this.root === engine.root) return
    this.root = engine.root
    this.resource = new Place(engine, engine.child(engine.root, 'resource'), resource)
    this.library = new Place(engine, engine.child(engine.root, 'scope'), library)
    this.metadata = engine.child(engine.root, 'metadata')
    this.items.clear()
    this.whole.clear()
  }

  of(message: Message): Place {
    let place = this.items.get(message)
    if (place === undefined) this.items.set(message, (place = new Place(this.engine, this.engine.root, message)))
    return place
  }

  /** Where no rule says anything about it. */
  inert(message: Message): Place {
    let place = this.inerts.get(message)
    if (place === undefined) this.inerts.set(message, (place = new Place(this.engine, this.engine.inert, message)))
    return place
  }

  /** A rule takes records of this kind, or parts of them, as a whole. */
  takesWhole(message: Message): boolean {
    let known = this.whole.get(message)
    if (known === undefined) {
      const place = message === resource ? this.resource : message === library ? this.library : this.of(message)
      const { root } = this.engine
      known = root.containers || root.documents || root.apart || place.takenWhole(message)
      this.whole.set(message, known)
    }
    return known
  }
}

/** The resource attribute that a request is told by when it comes round in a loop. */
export const HOP = 'mask_logs.hop'

// ------------------------------------------------------------------------------------------------ trace state

const MEMBER_KEY = /^[a-z0-9][a-z0-9_*/@-]{0,255}$/
const MEMBER_VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/
const MOST_STATE = 512
const PLAIN_SCAN = 0

/** A text with what `engine.text` (or `detect`) has found in it. */
export function applied(engine: FieldEngine, n: number, bytes: Buffer, start: number, end: number): string {
  let out = ''
  let from = start
  for (let k = 0; k < n; k++) {
    out += bytes.toString('utf8', from, engine.starts[k]) + engine.outs[k]!.toString()
    from = engine.ends[k]!
  }
  return out + bytes.toString('utf8', from, end)
}

/**
 * A trace state, masked member by member (https://www.w3.org/TR/trace-context/#tracestate-header): what is no valid member afterwards goes. Undefined:
 * nothing changes. Empty: nothing is left.
 */
export function maskedTraceState(engine: FieldEngine, bytes: Buffer, start: number, end: number, scope: Scope, access: Access): string | undefined {
  let changed = false
  const members: { readonly text: string; readonly changed: boolean }[] = []
  for (const member of bytes.toString('utf8', start, end).split(',')) {
    const done = maskedMember(engine, member, scope, access)
    if (done !== member) changed = true
    if (done !== undefined) members.push({ text: done, changed: done !== member })
  }
  if (!changed) return undefined
  let length = members.reduce((n, { text }) => n + text.length + 1, -1)
  const kept = members.filter((member) => {
    if (!member.changed || length <= MOST_STATE) return true
    length -= member.text.length + 1
    return false
  })
  return kept.map(({ text }) => text).join(',')
}

function maskedMember(engine: FieldEngine, member: string, scope: Scope, access: Access): string | undefined {
  const bytes = Buffer.from(member)
  const equals = bytes.indexOf(0x3d)
  let done: string
  if (scope.strings === PLAIN_SCAN || equals < 0) {
    const n = engine.text(bytes, 0, bytes.length, scope, access)
    if (n === 0) return member
    done = n > 0 ? applied(engine, n, bytes, 0, bytes.length) : typeof engine.whole === 'string' ? engine.whole : ''
  } else {
    // a rule means the value; of the key detectors only
    if (engine.detect(bytes, 0, equals, access, scope) !== 0) return undefined
    const n = engine.text(bytes, equals + 1, bytes.length, scope, access)
    if (n === 0) return member
    if (n < 0 && engine.whole === REMOVED) return undefined
    done = bytes.toString('utf8', 0, equals + 1) + (n > 0 ? applied(engine, n, bytes, equals + 1, bytes.length) : asText(engine.whole))
  }
  const at = done.indexOf('=')
  return at > 0 && MEMBER_KEY.test(done.slice(0, at).trim()) && MEMBER_VALUE.test(done.slice(at + 1)) ? done : undefined
}

/**
 * Bytes that are text, as a value of the record view: an object, which is masked like the text, and shows what it was, and which names nothing that stands
 * beside it.
 */
export function bytesText(bytes: Buffer): unknown {
  return Object(bytes.toString())
}

/** A text that `bytesText` has made, or what has come of bytes. */
export function isBytesText(value: unknown, before: unknown): boolean {
  return value instanceof String || (typeof value === 'string' && (before instanceof String || before instanceof Uint8Array))
}

const MOST_LOOKUPS = 1000
const lookups = new WeakMap<object, Map<string, Value | undefined>>()

/** The value at a path of a record view. Entries of one container ask for the same: it is looked up once. */
export function lookedUp(engine: FieldEngine, record: object, path: readonly (string | number)[]): Value | undefined {
  let known = lookups.get(record)
  if (known === undefined) lookups.set(record, (known = new Map()))
  const name = JSON.stringify(path)
  if (known.has(name)) return known.get(name)
  const value = engine.lookup(record, path)
  if (known.size < MOST_LOOKUPS) known.set(name, value)
  return value
}

/** The object at a key of a view, made if need be. */
export function mapIn(view: Map<string, unknown>, key: string): Map<string, unknown> {
  let map = view.get(key) as Map<string, unknown> | undefined
  if (map === undefined) view.set(key, (map = new Map()))
  return map
}

/** A masked value as text. */
export function asText(value: unknown): string {
  return typeof value === 'string'
    ? value
    : value === null || value === undefined
      ? ''
      : typeof value === 'object' || typeof value === 'symbol'
        ? '[MASKING FAILED]'
        : String(value)
}

/** The entries of a masked object. */
export function entriesOf(value: object): (readonly [string, unknown])[] {
  return value instanceof Map ? [...(value as ReadonlyMap<string, unknown>)] : Object.entries(value)
}

/** The kind of number a masked number is written as: what was a double stays one. */
export function isDouble(value: number, before: unknown): boolean {
  return typeof before === 'number' || !Number.isSafeInteger(value)
}

const LEAST_INT64 = -(2n ** 63n)
const MOST_INT64 = 2n ** 63n - 1n
export function fitsInt64(value: bigint): boolean {
  return value >= LEAST_INT64 && value <= MOST_INT64
}

/** What stood at the same key of a value before it was masked. */
export function member(before: unknown, key: string | number): unknown {
  if (before instanceof Map) return (before as ReadonlyMap<unknown, unknown>).get(key)
  return Array.isArray(before) ? (before as readonly unknown[])[key as number] : undefined
}

/** The items of a list and what became of them, where some are gone. */
export class Pairing {
  private i = 0
  private j = 0
  private readonly was: readonly unknown[]
  private readonly now: readonly unknown[]

  constructor(was: readonly unknown[], now: unknown) {
    this.was = was
    this.now = Array.isArray(now) ? (now as readonly unknown[]) : []
  }

  next(): { readonly was: unknown; readonly now: unknown } {
    const was = this.was[this.i++]
    // as many are left as are to come: none of them is gone
    const all = this.now.length - this.j === this.was.length - this.i + 1
    return { was, now: all || this.now[this.j] === was ? this.now[this.j++] : undefined }
  }
}
