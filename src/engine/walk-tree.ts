// The tree walker: documents of `json` masks that are applied in order, because one of their transforms reads what stands
// elsewhere in the document at that moment (`from_json_path`).
//
// The other walkers hand over the container that such a mask hits, and take back the places that changed. In between, the
// rules are run on the tree in the order of the file: those before the mask, its transforms one after the other, those after
// it; detection comes last, on what is not settled. So a copy holds what earlier rules wrote, and later ones see the copy.

import { MaskError } from '../errors.ts'
import { MOST_BESIDE, NAME, nameBehind, PAIR, TURNS, VALUE } from './beside.ts'
import type { Shape } from './beside.ts'
import type { Leaves } from './leaves.ts'
import type { Plan, Scope, Target } from './plan.ts'
import { strongest } from './plan.ts'
import type { ResolvedSource } from './context.ts'
import type { TextMasker } from './text.ts'
import { edits, composed, Members, Place, documentInside, readTree, receivedValue, sameScalar, scalarOf, textInside, valueAt } from './tree.ts'
import type { Content, Edit } from './tree.ts'
import { isContainer, NumberText, REMOVED } from './types.ts'
import type { Scalar, Segment, Value } from './types.ts'
import { FAILED, freeName, namesOf } from './walker.ts'
import { encodeText } from './wtf8.ts'
import type { Access, Applier, OpenDocument, Outcome, Reading, RecordState } from './walker.ts'

/** Values of one document together; what has more is refused. */
export const MAX_PLACES = 2_000_000

/** What the transforms of a document may copy: so much, and so many times its size. */
const COPY_LEAST = 1 << 20
const COPY_FACTOR = 16

const NOWHERE = new Place(undefined, '')
const NO_TARGETS: readonly Target[] = []
const NO_RANGES: readonly number[] = []

export interface TreeServices {
  readonly plan: Plan
  readonly applier: Applier
  readonly state: RecordState
  readonly texts: TextMasker
  readonly leaves: Leaves
}

/** Where a tree stands. */
export interface Site {
  /** Looks up values outside the tree, as the walker that met it. */
  readonly base: Access
  /** Containers around it. */
  readonly depth: number
  /** JSON in strings may be entered so many levels deep. */
  readonly nesting: number
  /** About its length as text. */
  readonly size: number
}

/** Whether a visit goes on below a place. */
type Enter = (place: Place, scope: Scope) => boolean

interface Frame {
  readonly place: Place
  readonly scope: Scope
  readonly members: Members
  next: number
  /** The last name among the members so far. */
  named: number
  /** Names of the keys, once one of them was masked. */
  names: Map<string, number> | undefined
}

export class TreeWalker implements Access {
  private readonly s: TreeServices
  private readonly maxDepth: number
  private readonly decodes: boolean
  private top = NOWHERE
  private topScope!: Scope
  private site!: Site
  /** The value that is masked, and the document whose transforms do it. */
  private at = NOWHERE
  private document: Place | undefined
  /** What may still be copied, and read from strings. */
  private left = 0
  private readonly values = { left: 0 }
  /** Which place a container that was read stands at. */
  private origins: WeakMap<object, Place> | undefined

  constructor(services: TreeServices) {
    this.s = services
    this.maxDepth = services.plan.policy.max_depth
    this.decodes = services.plan.decodesJson
  }

  // ---------------------------------------------------------------------------------------------- Access

  get state(): RecordState {
    return this.s.state
  }

  fromRecord(path: readonly (string | number)[]): Value | undefined {
    return this.site.base.fromRecord(path)
  }

  all(path: readonly Segment[]): readonly Value[] {
    return this.site.base.all(path)
  }

  fromParent(path: readonly (string | number)[], up: number): Value | undefined {
    let place = this.at
    for (let k = up; k > 0; k--) {
      if (place.parent === undefined) return this.site.base.fromParent(path, k)
      place = place.parent
    }
    let content = received(place)
    for (const part of path) content = content instanceof Members ? content.find(content.list ? part : String(part))?.was : undefined
    // of a container nobody asks what is in it: it is no hash source
    return content instanceof Members ? (content.list ? [] : new Map<string, Value>()) : content
  }

  read(path: readonly (string | number)[]): Reading | undefined {
    const { document } = this
    if (document === undefined) return undefined
    const matched: (string | number)[] = []
    if (path.includes('*')) {
      for (let place = this.at; place !== document; place = place.parent!) matched.push(place.key)
      matched.reverse()
    }
    let from = document
    for (const [i, part] of path.entries()) {
      const key = part === '*' ? matched[i] : part
      const next = key === undefined ? undefined : this.members(from)?.find(key)
      if (next === undefined) return undefined
      from = next
    }
    const value = valueAt(from)
    if (value === undefined) return undefined
    this.charge(value)
    if (isContainer(value)) (this.origins ??= new WeakMap()).set(value, from)
    return { value, settled: settledText(from, value) }
  }

  /** Copies may neither grow without bound nor nest too deep. */
  private charge(value: Value): void {
    if (typeof value === 'string' && this.left >= value.length + 8) {
      this.left -= value.length + 8
      return
    }
    let depth = 0
    for (let place = this.at; ; place = place.parent!) {
      if (place.root || place.parent === undefined) {
        if (place === this.top) depth += this.site.depth
        break
      }
      depth++
    }
    const work: { readonly value: Value; readonly depth: number }[] = [{ value, depth }]
    for (let item = work.pop(); item !== undefined; item = work.pop()) {
      const { value, depth } = item
      this.left -= 8
      if (typeof value === 'string') this.left -= value.length
      else if (value instanceof NumberText) this.left -= value.text.length
      else if (value !== null && isContainer(value)) {
        if (depth >= this.maxDepth) throw new MaskError('too_deep', 'from_json_path', 'would nest too deep')
        if (Array.isArray(value)) for (const v of value as readonly Value[]) work.push({ value: v, depth: depth + 1 })
        else
          for (const [key, v] of value as ReadonlyMap<string, Value>) {
            this.left -= key.length
            work.push({ value: v, depth: depth + 1 })
          }
      }
      if (this.left < 0) throw new MaskError('out_of_range', 'from_json_path', 'would copy too much')
    }
  }

  // ---------------------------------------------------------------------------------------------- the rules of the plan

  /** Does to a container all that the plan says about it; returns what changed. */
  run(root: Place, scope: Scope, site: Site): readonly Edit[] {
    this.begin(root, scope, site)
    try {
      let done = -1
      const only = this.s.plan.parts.apart
      if (only.length === 1) {
        // nothing to look for first: it is this one, and what stands before it in the file
        done = only[0]!
        if (done > 0) this.pass(-1, done, false)
        this.inOrder(done)
      } else {
        let known = this.orders()
        for (;;) {
          let next = Number.POSITIVE_INFINITY
          for (const order of known.apart) if (order > done && order < next) next = order
          if (next === Number.POSITIVE_INFINITY) break
          if (known.others.some((order) => order > done && order < next)) this.pass(done, next, false)
          this.inOrder(next)
          done = next
          if (this.grown) known = this.orders()
        }
      }
      this.pass(done, Number.POSITIVE_INFINITY, true)
      return edits(root)
    } finally {
      this.forget()
    }
  }

  private begin(root: Place, scope: Scope, site: Site): void {
    this.top = this.at = root
    this.topScope = scope
    this.site = site
    this.document = undefined
    this.left = COPY_LEAST + COPY_FACTOR * site.size
    this.values.left = MAX_PLACES
  }

  /** Nothing of a document is kept. */
  private forget(): void {
    this.top = this.at = NOWHERE
    this.document = undefined
    this.origins = undefined
  }

  /** The orders of the rules that hit something in the tree: those that passes are broken off for, and the others. */
  private orders(): { readonly apart: readonly number[]; readonly others: readonly number[] } {
    const orders = { apart: [] as number[], others: [] as number[] }
    const enter: Enter = (place, scope) => {
      for (const t of scope.targets) {
        const list = orders[apart(t) ? 'apart' : 'others']
        if (!list.includes(t.order)) list.push(t.order)
      }
      return this.goesOn(place, scope, enter)
    }
    this.grown = false
    this.each(this.top, this.topScope, enter)
    return orders
  }
  /** A mask has put a container in since. */
  private grown = false

  /** Goes into a container, or into the document that a string is. */
  private goesOn(place: Place, scope: Scope, enter: Enter): boolean {
    if (place.now instanceof Members) return true
    if (typeof place.now === 'string' && place.untouched && place.settled !== true && place.settled.length === 0) {
      const inner = this.inside(place, scope.document)
      if (inner !== undefined) this.each(inner, scope, enter)
    }
    return false
  }

  /** The masks of one rule that are applied in order. */
  private inOrder(order: number): void {
    const enter: Enter = (place, scope) => {
      if (place.now === REMOVED || place.failed) return false
      const target = scope.apart ? this.inForce(scope).find((t) => t.order === order && apart(t)) : undefined
      if (target === undefined) return this.goesOn(place, scope, enter)
      this.at = place
      if (place.now instanceof Members) {
        if (target.chain.ordered === undefined) this.mask(place, [target], scope)
        else {
          if (target.transform !== undefined) this.state.found(target.transform)
          this.transformed(place, target)
        }
        // a rule without a selector has one document
        return place.now instanceof Members && (target.rule.form !== 'record' || target.transform !== undefined)
      }
      const inner = typeof place.now === 'string' && scope.document ? this.inside(place, true) : undefined
      if (inner === undefined) this.mask(place, [target], scope)
      else this.each(inner, scope, enter)
      return false
    }
    this.each(this.top, this.topScope, enter)
  }

  /** The other rules whose order lies between two; `last`: then detection. */
  private pass(from: number, to: number, last: boolean): void {
    const open: (readonly OpenDocument[])[] = []
    const enter: Enter = (place, scope) => {
      const { now } = place
      if (now === REMOVED || place.failed) return false
      this.at = place
      const list = this.inForce(scope).filter((t) => t.order > from && t.order < to && !apart(t))
      if (!(now instanceof Members)) {
        this.leaf(place, scope, list, last, enter, leave)
        return false
      }
      if (scope.containers && list.length > 0) this.mask(place, list, scope)
      // nothing below what a mask took whole is looked at
      if (place.now !== now || place.settled === true) return false
      open.push(this.s.applier.openDocuments(scope, this, list))
      return true
    }
    const leave = (place: Place, scope: Scope): void => {
      this.at = place
      this.s.applier.closeDocuments(
        open.pop()!,
        this,
        () => this.s.plan.errorPath(scope),
        (t) => this.emptyWildcard(place, t.segments),
      )
    }
    this.each(this.top, this.topScope, enter, leave, last)
  }

  private leaf(place: Place, scope: Scope, list: readonly Target[], last: boolean, enter: Enter, leave: (place: Place, scope: Scope) => void): void {
    if (place.binary) {
      if (last && !place.claimed && (scope.targets.length > 0 || scope.unknown)) this.put(place, '[REDACTED]', scope.targets[0]?.rule.name)
      return
    }
    const begun = place.now
    // a text that is the document of `json` masks is theirs
    let inner = typeof place.now === 'string' && scope.document && unsettled(place) ? this.inside(place, true) : undefined
    if (inner === undefined && list.length > 0 && !place.failed) this.mask(place, list, scope)
    const { now } = place
    if (place.failed || now === REMOVED || now instanceof Members) return
    // a rule that hits a text takes it as plain text
    if (typeof now === 'string' && now === begun && unsettled(place) && (place.untouched || (last && place.copied))) {
      if (inner === undefined && last && this.keyed(place, scope)) return
      inner ??= this.inside(place, scope.document)
      if (inner !== undefined) this.each(inner, scope, enter, leave, last)
      if (inner !== undefined || place.failed) return
    }
    if (last && place.settled !== true) this.detect(place, this.current(place) as Scalar, scope)
  }

  private detect(place: Place, now: Scalar, scope: Scope): void {
    const { plan, texts, leaves } = this.s
    const { tallies } = this.state
    const tallied = tallies.length
    let done: Value | typeof REMOVED = now
    if (scope.unknown && !place.claimed) {
      if (plan.policy.unknown_fields === 'drop') done = REMOVED
      else {
        done = '[REDACTED]'
        tallies.push(plan.unknownCounter)
      }
      this.put(place, done, 'unknown_fields')
      return
    }
    if (typeof now === 'string') {
      const { settled } = place
      if (this.keyed(place, scope)) return
      if (settled !== true && settled.length > 0) done = texts.unsettled(scope, now, settled, this)
      else if (place.text !== undefined && place.untouched) {
        if (!texts.reads(scope)) return
        // only what is found is written anew: the spelling of the rest stays
        const text = textInside(place)
        const replaced = texts.replaced(scope, text.bytes, text.start, text.end, this)
        if (replaced.length > 0) {
          place.matches = { text, replaced }
          this.note(place, tallied)
        }
      } else {
        done = texts.scan(scope, now, this, false)
        if (place.untouched) place.found = texts.found
      }
    } else if (now instanceof NumberText) done = leaves.number(now, scope, this)
    if (done === now) return
    this.put(place, done, undefined)
    this.note(place, tallied)
  }

  /** A string whose key says what it is, of which masks have written nothing. */
  private keyed(place: Place, scope: Scope): boolean {
    // a text that is the document of a `json` mask is that mask's
    if (scope.claim === undefined || !unsettled(place) || (place.claimed ? place.inner : scope.unknown)) return false
    const text = scalarOf(place) as string
    const { tallies } = this.state
    const tallied = tallies.length
    const done = this.s.leaves.keyed(text, scope, this)
    if (done === undefined) return false
    if (done !== text) this.put(place, done, undefined)
    place.settled = true
    this.note(place, tallied)
    return true
  }

  /** Says who has changed a place, by what was counted since. */
  private note(place: Place, since: number): void {
    const counter = this.state.tallies[since] as { readonly name?: string; readonly rule?: { readonly name: string }; readonly detector?: { readonly name: string } } | undefined
    place.rule ??= counter?.rule?.name ?? counter?.name
    place.detector = counter?.detector?.name
  }

  /** Writes what is final. */
  private put(place: Place, value: Value | typeof REMOVED, rule: string | undefined): void {
    place.inner = undefined
    place.now = value === REMOVED || !isContainer(value) ? value : this.content(value, place)
    place.settled = true
    place.rule ??= rule
  }

  /** Masks what detectors find in a key. */
  private key(place: Place, scope: Scope, frame: Frame): void {
    const key = place.key as string
    const masked = this.s.texts.scan(scope, key, this, true)
    if (masked === key) return
    frame.names ??= namesOf(frame.members.places.map((p) => p.key as string))
    place.name = freeName(frame.names, masked)
  }

  /** The targets at a scope whose conditions hold, or cannot be judged: those hide what they would have masked. */
  private inForce(scope: Scope): readonly Target[] {
    if (scope.targets.length === 0) return NO_TARGETS
    if (!scope.conditional) return scope.targets
    const verdicts = new Map(scope.targets.map((t) => [t, this.s.applier.holds(t.rule, this)]))
    const chosen = strongest(scope.targets.filter((t) => verdicts.get(t) === true))
    return scope.targets.filter((t) => verdicts.get(t) === 'error' || chosen.includes(t))
  }

  /** Visits a tree from `root` on, containers before what is in them. */
  private each(root: Place, scope: Scope, enter: Enter, leave?: (place: Place, scope: Scope) => void, keys = false): void {
    root.scope = scope
    if (!enter(root, scope)) return
    const open: Frame[] = [{ place: root, scope, members: root.now as Members, next: 0, named: -1, names: undefined }]
    for (let frame = open.at(-1); frame !== undefined; frame = open.at(-1)) {
      const { members } = frame
      if (frame.next === members.places.length) {
        open.pop()
        leave?.(frame.place, frame.scope)
        continue
      }
      const place = members.places[frame.next++]!
      if (place.now === REMOVED) continue
      const below = (place.scope ??= this.scopeOf(frame, frame.next - 1))
      if (below.roles === NAME && textAt(place) !== undefined) frame.named = frame.next - 1
      if (keys && !members.list && below.keyHit) this.key(place, below, frame)
      if (enter(place, below)) open.push({ place, scope: below, members: place.now as unknown as Members, next: 0, named: -1, names: undefined })
    }
  }

  /** The scope of member i. */
  private scopeOf({ scope, members, named }: Frame, i: number): Scope {
    const { plan } = this.s
    const { places, list } = members
    const place = places[i]!
    let name: string | undefined
    let below: Scope
    if (list) {
      below = plan.itemScope(scope, place.key as number)
      const pair = scope.roles === PAIR && places.length === 2 && !(places[1]!.now instanceof Members)
      if (i % 2 === 1 && (pair || scope.roles === TURNS)) name = textAt(places[i - 1]!)
    } else {
      below = plan.child(scope, place.key as string)
      if (below.roles !== VALUE) return below
      const k =
        named >= 0
          ? named
          : nameBehind(
              i,
              places.length,
              (k) => places[k]!.key as string,
              (k) => shapeOf(places[k]!),
            )
      if (k >= 0) name = textAt(places[k]!)
    }
    if (name === undefined) return below
    const bytes = encodeText(name)
    return plan.named(below, bytes, 0, bytes.length)
  }

  // ---------------------------------------------------------------------------------------------- transforms

  /** Applies transforms to a document by themselves, without any rule; returns what changed. */
  apply(root: Place, transforms: readonly Target[], scope: Scope, site: Site): readonly Edit[] {
    this.begin(root, scope, site)
    try {
      this.documents(root, transforms, undefined)
      return edits(root)
    } finally {
      this.forget()
    }
  }

  private transformed(place: Place, target: Target): void {
    this.documents(place, this.s.plan.parts.ordered.get(target.chain.id)!, this.s.applier.widerInputs(target, this))
  }

  private documents(document: Place, transforms: readonly Target[], sources: readonly ResolvedSource[] | MaskError | undefined): void {
    const around = this.document
    const opened = this.state.begin(
      transforms.map((t) => t.transform!),
      sources,
    )
    this.document = document
    for (const t of transforms) {
      const { segments, transform } = t.transform!
      const matches = this.matches(document, segments)
      for (const place of matches) this.step(place, t)
      if (matches.length > 0 || transform.onMissing === 'skip' || this.emptyWildcard(document, segments)) continue
      this.s.applier.fail(new MaskError('missing_path', 'json', 'found nothing at a path'), this, t.rule, this.path(document))
    }
    this.document = around
    this.state.end(opened)
  }

  private step(place: Place, target: Target): void {
    const transform = target.transform!
    this.at = place
    this.state.found(transform)
    if (place.failed) return
    place.claimed = true
    if (place.binary) {
      this.put(place, '[REDACTED]', target.rule.name)
      return
    }
    // a document inside the document is worked on where it stands
    const nested = (target.chain.document ?? target.chain.ordered) !== undefined && !transform.transform.forceConsistency
    const inner = !nested ? undefined : place.now instanceof Members ? place : typeof place.now === 'string' ? this.inside(place, true) : undefined
    if (place.failed || (typeof place.now === 'string' && target.rule.skip?.(place.now) === true)) return
    if (inner === undefined) this.mask(place, [target], undefined)
    else this.transformed(inner, target)
  }

  /** Runs targets on a place. */
  private mask(place: Place, list: readonly Target[], scope: Scope | undefined): void {
    const { applier, plan } = this.s
    const value = this.current(place)
    const was = received(place)
    const conditional = scope?.conditional ?? list.some((t) => t.rule.conditions.length > 0)
    const path = (): string => (scope === undefined ? this.path(place) : plan.errorPath(scope))
    const { tallies } = this.state
    const tallied = tallies.length
    const outcome = applier.run(list, conditional, was === undefined ? value : receivedValue(was), this, path, { value, settled: place.settled })
    if (outcome === undefined) return
    // a value counts once for each rule
    if (tallies.length > tallied) {
      const counters = tallies.splice(tallied).filter((t) => !place.counters.includes(t))
      for (const counter of counters) tallies.push(counter)
      if (counters.length > 0) place.counters = place.counters.length === 0 ? counters : [...place.counters, ...counters]
    }
    const first = list[0]!
    if (outcome.changed) place.copied = list.some((t) => t.chain.reads)
    // a `json` mask among others: what it left as it was is as open as before
    if (outcome.changed && apart(first) && place.now instanceof Members && outcome.value !== REMOVED && isContainer(outcome.value)) this.merge(place, outcome.value, first)
    else this.write(place, outcome, first.rule.name)
  }

  /** Takes over a container with what a mask has changed in it. */
  private merge(root: Place, value: Value, by: Target): void {
    root.claimed = true
    const settled = by.chain.copies ? NO_RANGES : true
    const work: { readonly place: Place; readonly value: Value }[] = [{ place: root, value }]
    for (let item = work.pop(); item !== undefined; item = work.pop()) {
      const { place, value } = item
      const { now } = place
      if (now instanceof Members && isContainer(value) && alike(now, value)) {
        for (const entry of now.places) {
          if (entry.now === REMOVED) continue
          const next = Array.isArray(value) ? (value as readonly Value[])[entry.key as number] : (value as ReadonlyMap<string, Value>).get(entry.key as string)
          if (next !== undefined) work.push({ place: entry, value: next })
          else {
            entry.now = REMOVED
            entry.rule = by.rule.name
          }
        }
      } else if (now instanceof Members || isContainer(value) || !sameScalar(scalarOf(place), value)) {
        place.inner = undefined
        place.now = isContainer(value) ? this.content(value, place) : value
        place.settled = isContainer(value) ? NO_RANGES : settled
        place.rule = by.rule.name
      }
    }
  }

  private write(place: Place, outcome: Outcome, rule: string): void {
    const { value, settled, changed } = outcome
    place.claimed = true
    place.settled = settled
    if (outcome.failed === true) place.failed = true
    if (!changed) return
    place.inner = undefined
    place.rule = rule
    if (value === REMOVED || !isContainer(value)) place.now = value
    else {
      const known = this.origins?.has(value)
      place.now = this.content(value, place)
      // the next place that gets the same container gets what this one has got
      if (known) this.origins!.set(value, place)
    }
  }

  /** A container as the entries of a place. What is copied is as settled as it is where it stands. */
  private content(value: Exclude<Value, Scalar>, place: Place): Members {
    this.grown = true
    const origin = this.origins?.get(value)
    const root: Content = origin === undefined ? new Members(Array.isArray(value)) : new Members((origin.now as Members).list)
    const work: { readonly members: Members; readonly of: Place; readonly value: Value | undefined; readonly from: Place | undefined }[] = [
      { members: root, of: place, value: origin === undefined ? value : undefined, from: origin },
    ]
    for (let item = work.pop(); item !== undefined; item = work.pop()) {
      const { members, of, value, from } = item
      const entries: Iterable<readonly [string | number, Value | Place]> =
        from !== undefined ? entriesOf(from.now as Members) : Array.isArray(value) ? (value as readonly Value[]).entries() : (value as ReadonlyMap<string, Value>)
      for (const [key, entry] of entries) {
        const next = new Place(of, members.list ? members.places.length : key)
        next.fresh = true
        members.places.push(next)
        const now = entry instanceof Place ? (entry.now instanceof Members ? entry.now : (valueAt(entry) as Scalar)) : entry
        if (entry instanceof Place) {
          next.claimed = entry.claimed
          next.copied = true
          next.settled = entry.settled === true || now instanceof Members ? entry.settled : settledText(entry, now as Scalar)
        }
        if (now instanceof Members || isContainer(now as Value)) {
          const inner = new Members(now instanceof Members ? now.list : Array.isArray(now))
          next.now = inner
          work.push({ members: inner, of: next, value: now instanceof Members ? undefined : (now as Value), from: entry instanceof Place ? entry : undefined })
        } else next.now = now as Scalar
      }
    }
    return root
  }

  /** The value at a place, for a mask: what became of the document that a string is becomes the string. */
  private current(place: Place): Value {
    if (typeof place.now === 'string' && place.inner) {
      const changes = edits(place.inner)
      if (changes.length > 0) {
        const { text, settled } = composed(place.inner, changes)
        place.now = text
        place.settled = settled
        place.rule ??= changes[0]!.place.rule
        place.inner = undefined
      }
    }
    return valueAt(place)!
  }

  private matches(document: Place, segments: readonly Segment[]): readonly Place[] {
    let places: readonly Place[] = document.now === REMOVED ? [] : [document]
    for (const segment of segments) {
      const next: Place[] = []
      for (const place of places) {
        const members = this.members(place)
        if (members === undefined) continue
        if (segment.kind === 'any') {
          for (const p of members.places) if (p.now !== REMOVED) next.push(p)
        } else if (members.list) {
          const entry = segment.kind === 'name' ? members.find(segment.name) : segment.kind === 'index' ? members.find(segment.index) : undefined
          if (entry !== undefined && entry.now !== REMOVED) next.push(entry)
        } else if (segment.kind === 'name' && members.find(segment.name) !== undefined) {
          for (const p of members.places) if (p.key === segment.name && p.now !== REMOVED) next.push(p)
        }
      }
      places = next
    }
    return places
  }

  /** A path whose wildcard stands over an empty container misses nothing. */
  private emptyWildcard(document: Place, segments: readonly Segment[]): boolean {
    const wild = segments.findIndex((s) => s.kind === 'any')
    if (wild < 0) return false
    return this.matches(document, segments.slice(0, wild)).some((p) => this.members(p)?.places.every((entry) => entry.now === REMOVED) === true)
  }

  /** The entries at a place, of the document that a string is too. */
  private members(place: Place): Members | undefined {
    if (typeof place.now === 'string' && this.decodes) {
      const inner = this.inside(place, false)
      return inner?.now instanceof Members ? inner.now : undefined
    }
    return place.now instanceof Members ? place.now : undefined
  }

  /** The value of the text that a string is; undefined when it is none. `wanted`: JSON in strings is entered by policy or not. */
  private inside(place: Place, wanted: boolean): Place | undefined {
    if (place.inner !== undefined && (place.inner !== null || !wanted)) return place.inner ?? undefined
    if (!wanted && !this.decodes) return undefined
    place.inner = null
    const text = documentInside(place)
    if (text === undefined || text.level > this.site.nesting) return undefined
    const inner = readTree(text, place.parent, place.key, this.maxDepth, this.values, place.fresh || !place.untouched)
    if (inner === undefined) {
      this.s.applier.fail(new MaskError('too_deep', 'json', 'is nested too deep'), this, undefined, this.path(place))
      place.failed = place.claimed = true
      this.put(place, FAILED, undefined)
      return undefined
    }
    if (place.settled === true) {
      settleAll(inner)
      place.settled = NO_RANGES
    }
    return (place.inner = inner)
  }

  /** The path of a place for errors. */
  private path(place: Place): string {
    const { names } = this.s.plan.parts
    let out = ''
    for (let p = place; p.parent !== undefined; p = p.parent) {
      const part = typeof p.key === 'number' ? '[*]' : `.${names.has(p.key) ? p.key : '*'}`
      out = part + out
    }
    const above = this.s.plan.errorPath(this.topScope)
    return above === '' && out.startsWith('.') ? out.slice(1) : above + out
  }
}

/** What is left of a container; of several entries with one key the last. */
function entriesOf(members: Members): Iterable<readonly [string | number, Place]> {
  const live = members.places.filter((p) => p.now !== REMOVED).map((p) => [p.name ?? p.key, p] as const)
  return members.list ? live : new Map(live)
}

/** The text that was received at a place, or has been put in. */
function textAt(place: Place): string | undefined {
  const text = place.was ?? place.now
  return typeof text === 'string' ? text : undefined
}

/** What a place is to a search for names. */
function shapeOf(place: Place): Shape {
  const content = place.was ?? place.now
  if (content instanceof Members) return content.places.length <= MOST_BESIDE && content.places.every((p) => !((p.was ?? p.now) instanceof Members)) ? 'flat' : 'deep'
  return typeof content === 'string' ? 'text' : 'flat'
}

/** A target that a pass over a container is broken off for. */
function apart(t: Target): boolean {
  return t.whole && t.chain.apart
}

/** A value has the entries of a container, or some of them, where it can be told which. */
function alike(members: Members, value: Exclude<Value, Scalar>): boolean {
  const { list, places } = members
  if (list !== Array.isArray(value)) return false
  const there = places.filter((p) => p.now !== REMOVED)
  if (Array.isArray(value)) return there.length === value.length && places.length === value.length
  const names = new Set(there.map((p) => p.key as string))
  return names.size === there.length && [...(value as ReadonlyMap<string, Value>).keys()].every((key) => names.has(key))
}

/** What was received at a place; where a mask has put it in, what stood at the same path. */
function received(place: Place): Content | undefined {
  if (!place.fresh) return place.was
  const path: (string | number)[] = []
  let put = 0
  for (let at: Place | undefined = place; at !== undefined; at = at.parent) {
    path.push(at.key)
    if (at.fresh) put = path.length
  }
  let above: Place | undefined = place
  for (let k = 0; k < put; k++) above = above!.parent
  let content: Content | undefined = above?.was
  for (let k = put - 1; k >= 0; k--) content = content instanceof Members ? content.find(path[k]!)?.was : undefined
  return content
}

/** All values of a text that masks have written are settled. */
function settleAll(root: Place): void {
  const work = [root]
  for (let place = work.pop(); place !== undefined; place = work.pop()) {
    place.claimed = true
    if (place.now instanceof Members) for (const p of place.now.places) work.push(p)
    else place.settled = true
  }
}

function unsettled(place: Place): boolean {
  return place.settled !== true && place.settled.length === 0
}

/** Which ranges of the text or number at a place masks have written. */
function settledText(place: Place, value: Value): readonly number[] {
  const { settled } = place
  if (settled === true) return [0, typeof value === 'string' ? value.length : value instanceof NumberText ? value.text.length : 0]
  if (settled.length > 0 || typeof value !== 'string' || !place.inner) return settled
  return composed(place.inner, edits(place.inner)).settled
}
