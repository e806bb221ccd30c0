// The plan: what a ruleset says about every path, as one automaton over keys.
//
// Paths compile to a trie over segments (Node), which is a nondeterministic automaton because of `*` and `**`. A Scope is a
// state of its determinisation, made when a path prefix is first seen and cached under its parent by the bytes of the key:
// following a key costs one hash lookup, whatever the number of rules, and the scope also carries what only depends on the
// path: the rules in force, the words of the keys above, the detectors, the strength of a secret key. The number of cached
// scopes is bounded; when it is reached the cache starts anew (see docs/decisions/0001).

import { MOST_NAME, PAIR, rolesOf } from './beside.ts'
import { BASE64_TRIGGERS, LOOKALIKE_TRIGGERS, PERCENT_TRIGGERS } from './readings.ts'
import type {
  Condition,
  DetectorInfo,
  Finder,
  HashSource,
  JsonTransform,
  KeyedDetector,
  KeyFacts,
  KnownValues,
  Level,
  Policy,
  Reason,
  Segment,
  Settles,
  SkipEntry,
  Value,
  ValueMasker,
} from './types.ts'

/** A compiled pipeline of masks. */
export interface Chain {
  readonly id: number
  readonly run: ValueMasker
  readonly settles: Settles
  /** Type of the first mask, for errors. */
  readonly label: string
  /** Set when every string gives this result and nothing can fail. */
  readonly constant: string | undefined
  /** The result depends on value and key alone: it may be memoised. */
  readonly pure: boolean
  /** A mask draws or permutes: hash sources matter. */
  readonly keyed: boolean
  /** The first mask is `json` or `remove`: containers are taken whole. */
  readonly takesContainers: boolean
  /** The chain is one `json` mask: containers are entered, its transforms join the automaton. */
  readonly document: readonly CompiledTransform[] | undefined
  /** The chain is one `json` mask whose transforms read what the ones before have written: they are applied in order, on a tree. */
  readonly ordered: readonly CompiledTransform[] | undefined
  /** A mask of it puts in what stands elsewhere in the document. */
  readonly reads: boolean
  /** The same, or a mask in a `json` mask of it. */
  readonly copies: boolean
  /** What it leaves of a container goes on to the rules after it: they cannot be run in one walk with it. */
  readonly apart: boolean
  /** Detection as a mask: always leaf by leaf. */
  readonly scans: boolean
  readonly removes: boolean
}

export interface CompiledTransform {
  readonly id: number
  /** The same for all transforms of one `json` mask. */
  readonly document: number
  readonly transform: JsonTransform
  readonly segments: readonly Segment[]
  readonly chain: Chain
}

export type SkipTest = (value: Value) => boolean

/** A rule in force, with everything resolved. */
export interface CompiledRule {
  readonly id: number
  readonly name: string
  readonly path: string
  readonly layer: number
  readonly order: number
  readonly form: 'record' | 'paths' | 'keys' | 'detect'
  readonly chain: Chain | undefined
  readonly skip: SkipTest | undefined
  readonly skipEntries: readonly SkipEntry[]
  readonly sources: readonly HashSource[] | null
  /** Inputs that come with the request are the rule's: it has no selector and no sources of its own. */
  readonly wider: boolean
  readonly whole: boolean
  /** Conditions above the rule and the branch it stands in; all must hold. */
  readonly conditions: readonly { readonly id: number; readonly conditions: readonly Condition[]; readonly branch: boolean }[]
  /** Values masked, for stats. */
  masked: number
}

/** A rule's (or transform's) claim on the value at a scope. */
export interface Target {
  readonly rule: CompiledRule
  readonly chain: Chain
  readonly transform: CompiledTransform | undefined
  /** Takes a container itself instead of its leaves. */
  readonly whole: boolean
  /** The result depends on the value and the key alone, whatever the record, and may be remembered as a token. */
  readonly memo: boolean
  /** What the rule makes of a value, if only to leave it or to remove it, depends on the value and the key alone. */
  readonly pure: boolean
  /** Every string becomes this JSON token: nothing to look at, nothing can fail. */
  readonly constantToken: Uint8Array | undefined
  readonly order: number
}

export type Accept = { readonly kind: 'target'; readonly target: Target } | { readonly kind: 'except'; readonly rule: CompiledRule } | { readonly kind: 'allow' }

/** State of the nondeterministic automaton. */
export class Node {
  static count = 0
  readonly id = Node.count++
  names: Map<string, Node> | undefined
  index: Map<number, Node> | undefined
  any: Node | undefined
  deep: Node | undefined
  /** This node stands for `**`: it stays active whatever follows. */
  loops = false
  readonly accepts: Accept[] = []

  /** The node behind a segment, made if need be. */
  add(segment: Segment): Node {
    switch (segment.kind) {
      case 'name': {
        this.names ??= new Map()
        let node = this.names.get(segment.name)
        if (node === undefined) this.names.set(segment.name, (node = new Node()))
        return node
      }
      case 'index': {
        this.index ??= new Map()
        let node = this.index.get(segment.index)
        if (node === undefined) this.index.set(segment.index, (node = new Node()))
        return node
      }
      case 'any':
        return (this.any ??= new Node())
      case 'deep':
        if (this.loops) return this
        if (this.deep === undefined) {
          this.deep = new Node()
          this.deep.loops = true
        }
        return this.deep
    }
  }

  addPath(path: readonly Segment[], accept: Accept): void {
    let node: Node = this
    for (const segment of path) node = node.add(segment)
    node.accepts.push(accept)
  }
}

function close(nodes: Node[]): Node[] {
  for (let i = 0; i < nodes.length; i++) {
    const deep = nodes[i]!.deep
    if (deep !== undefined && !nodes.includes(deep)) nodes.push(deep)
  }
  return nodes
}

function stepName(nodes: readonly Node[], name: string): Node[] {
  const out: Node[] = []
  for (const node of nodes) {
    const next = node.names?.get(name)
    if (next !== undefined && !out.includes(next)) out.push(next)
    if (node.any !== undefined && !out.includes(node.any)) out.push(node.any)
    if (node.loops && !out.includes(node)) out.push(node)
  }
  return close(out)
}

function stepIndex(nodes: readonly Node[], index: number): Node[] {
  const out: Node[] = []
  for (const node of nodes) {
    const a = node.index?.get(index)
    if (a !== undefined && !out.includes(a)) out.push(a)
    const b = node.names?.get(String(index))
    if (b !== undefined && !out.includes(b)) out.push(b)
    if (node.any !== undefined && !out.includes(node.any)) out.push(node.any)
    if (node.loops && !out.includes(node)) out.push(node)
  }
  return close(out)
}

function tellsIndexesApart(nodes: readonly Node[]): boolean {
  for (const node of nodes) {
    if (node.index !== undefined) return true
    if (node.names !== undefined) for (const name of node.names.keys()) if (/^\d+$/.test(name)) return true
  }
  return false
}

// ------------------------------------------------------------------------------------------------ detection

/** What becomes of the matches of one detector. */
export interface DetectAction {
  readonly id: number
  readonly detector: DetectorInfo
  readonly rule: CompiledRule
  readonly chain: Chain
  /** The result depends on the matched text and the key alone. */
  readonly memo: boolean
  /** Who takes the match where the rule's condition does not hold. */
  readonly fallback: Map<CompiledRule, DetectAction>
  /** The constant result as it stands inside a JSON string. */
  readonly constantBytes: Uint8Array | undefined
  /** What is done instead where values tell series apart: the chain is the default `redact`, which would make them one. */
  readonly series: (() => Chain) | undefined
  /** Values masked, for stats. */
  masked: number
}

/** The values of `known_secret` and its id. */
export interface BoundKnown {
  readonly id: number
  readonly values: KnownValues
}

/** A candidate that comes to nothing, or that another match has absorbed: for explain. */
export interface Kept {
  readonly action: DetectAction
  readonly start: number
  readonly end: number
  readonly score: number
  readonly reasons: readonly Reason[]
  readonly absorbedBy?: string | undefined
}

/** A finder with the ids of its detectors. */
export interface BoundFinder {
  readonly finder: Finder
  readonly ids: Int32Array
}

/** A detector of values that their key makes known, and what becomes of them. */
export interface BoundKeyed {
  readonly keyed: KeyedDetector
  readonly action: DetectAction
}

/** What a key says about its value. */
export interface Claim extends BoundKeyed {
  readonly level: Level
  /** Numbers may be meant too. */
  readonly numbers: boolean
  /** Of these keys one must stand beside it. */
  readonly beside: readonly string[] | undefined
}

/** Marks in the pair tables: the string may end here. */
export const END = 255

/** Which detectors run and what their matches become: the same for all values that no `except` tells apart. */
export class DetectSet {
  readonly actions: readonly (DetectAction | undefined)[]
  readonly active: Uint8Array
  /** By (previous byte << 8 | byte): 0 nothing, END quote, backslash or control character, else a mark for `follow`. */
  readonly pairsJson: Uint8Array
  /** The same without END. */
  readonly pairsText: Uint8Array
  /** By (mark << 8 | byte after): 0 nothing, else an index into `groups`. */
  readonly follow: Uint8Array
  /** Finders to call for a candidate. */
  readonly groups: readonly (readonly number[])[]
  readonly finders: readonly BoundFinder[]
  readonly numberFinders: readonly BoundFinder[]
  /** Detectors look at numbers at all. */
  readonly readsNumbers: boolean
  /** Words in a path that give short numbers a meaning. */
  readonly numberWords: ReadonlySet<string>
  /** Finders to which words of a path may say something. */
  readonly namers: readonly BoundFinder[]
  /** Index of the finder to which keys of pairs may say something, or -1. */
  readonly pairNamer: number
  /** Detectors of values that their key makes known; the first that a key speaks to is asked. */
  readonly keyed: readonly BoundKeyed[]
  /** Values that are looked for in every text, candidates or not. */
  readonly known: BoundKnown | undefined
  /** Words in text name what follows them. */
  readonly textWords: boolean
  /** Index of the pair recogniser among the finders, or -1. */
  readonly pairFinder: number
  /** Runs of base64 are read. */
  readonly base64: boolean
  /** Texts that are base64 as a whole are read. */
  readonly readsValues: boolean = false
  readonly empty: boolean

  constructor(
    actions: readonly (DetectAction | undefined)[],
    finders: readonly BoundFinder[],
    pairs: { readonly triggers: Finder['triggers'] } | undefined,
    keyed: readonly BoundKeyed[],
    scanNumbers: boolean,
    decode: readonly string[],
    known?: BoundKnown,
    textWords = true,
  ) {
    this.actions = actions
    this.active = Uint8Array.from(actions, (a) => (a === undefined ? 0 : 1))
    const used = finders.filter((f) => f.ids.some((id) => actions[id] !== undefined) && f.finder.triggers.length > 0)
    this.finders = used
    for (const { finder } of used) finder.prepare?.()
    this.numberFinders = scanNumbers ? finders.filter((f) => f.finder.number !== undefined && f.ids.some((id) => actions[id] !== undefined)) : []
    this.numberWords = new Set(this.numberFinders.flatMap((f) => f.finder.numberWords ?? []))
    this.keyed = keyed
    this.textWords = textWords
    this.pairNamer = used.findIndex((f) => f.finder.namesPair !== undefined)
    this.namers = used.filter((f) => f.finder.named !== undefined)
    this.base64 = decode.includes('base64')
    this.known = known !== undefined && actions[known.id] !== undefined ? known : undefined
    this.readsNumbers = this.numberFinders.length > 0 || (scanNumbers && this.known !== undefined)
    this.pairFinder = pairs === undefined ? -1 : used.length + 1
    // detectors without a finder, those of users among them, look at every text
    this.empty = used.length === 0 && pairs === undefined && !actions.some((a, id) => a !== undefined && !finders.some((f) => f.ids.includes(id)))
    const tables = new TriggerTables()
    used.forEach((f, i) => {
      if (textWords || f.finder.skimWords === undefined) tables.add(f.finder.triggers, i)
    })
    // the number behind those of the finders stands for what makes a text be read in another way
    if (used.length > 0) {
      if (decode.includes('url')) tables.add(PERCENT_TRIGGERS, used.length)
      tables.add(LOOKALIKE_TRIGGERS, used.length)
      if (this.base64) tables.add(BASE64_TRIGGERS, used.length)
    }
    if (pairs !== undefined) tables.add(pairs.triggers, this.pairFinder)
    this.pairsText = tables.pairs
    this.follow = tables.follow()
    this.groups = tables.groups
    this.pairsJson = this.pairsText.slice()
    // Without triggers all rows are the same.
    const same = this.groups.length === 1
    for (let p = 0; p < (same ? 1 : 256); p++) {
      this.pairsJson.fill(END, p << 8, (p << 8) | 0x20)
      this.pairsJson[(p << 8) | 0x22] = END
      this.pairsJson[(p << 8) | 0x5c] = END
    }
    if (same) for (let size = 256; size < this.pairsJson.length; size *= 2) this.pairsJson.copyWithin(size, 0, size)
  }

  /** The detector that a key speaks to. */
  keyedBy(facts: KeyFacts): BoundKeyed | undefined {
    for (const bound of this.keyed) if (bound.keyed.level(facts) !== 0) return bound
    return undefined
  }

  /** What a key, and what it means where it stands, say about the value. */
  claim(facts: KeyFacts, key: string): Claim | undefined {
    const bound = this.keyedBy(facts)
    if (bound === undefined) return undefined
    const { keyed, action } = bound
    const level = keyed.level(facts) as Level
    return { keyed, action, level, numbers: keyed.numbers(facts), beside: keyed.beside?.(level, key) }
  }

  /** A match is the value of a key. */
  isKeyed(ref: unknown): boolean {
    return this.keyed.some(({ action }) => action === ref)
  }
  /** True when the words of a path say to some finder what values below are. */
  named(keyWords: readonly string[]): boolean {
    if (keyWords.length === 0 || this.namers.length === 0) return false
    let known = this.knownWords.get(keyWords)
    if (known === undefined) {
      known = this.namers.some(({ finder, ids }) => finder.named!(keyWords, this.active, ids))
      this.knownWords.set(keyWords, known)
    }
    return known
  }
  private readonly knownWords = new WeakMap<readonly string[], boolean>()
}

/** The same detectors, where values may be base64; the tables are shared. */
export function readingValues(set: DetectSet): DetectSet {
  return Object.assign(Object.create(DetectSet.prototype) as DetectSet, set, { readsValues: true })
}

/** Folds the triggers of all finders into two tables: two bytes make a mark, mark and third byte make a set of finders. */
class TriggerTables {
  /** Of each pair of bytes, the set of its triggers. */
  private readonly setOf = new Uint16Array(65536)
  readonly groups: number[][] = [[]]
  /** Of each trigger, ascending. */
  private readonly finders: number[] = []
  /** The third bytes of each trigger; undefined: any. */
  private readonly nexts: (Uint8Array | undefined)[] = []
  private readonly alphabets = new Map<string, Uint8Array>()
  /** Interned sets of triggers; 0 is the empty set. */
  private readonly sets: (readonly number[])[] = [[]]
  private readonly bigger = new Map<number, number>()
  /** Groups by the bits of their finders. */
  private readonly known = new Map<number, number>()

  add(triggers: Finder['triggers'], finder: number): void {
    const pairs = this.setOf
    for (const t of triggers) {
      const id = this.finders.push(finder) - 1
      this.nexts.push(t.next === undefined ? undefined : this.bytesOf(t.next))
      const { prev } = t
      const count = prev === undefined ? 256 : prev.length
      // Neighbouring pairs mostly have the same set.
      let set = -1
      let bigger = 0
      const pairsOf = t.pairs ?? ''
      for (let b = 0; b < t.byte.length; b++) {
        const byte = t.byte.charCodeAt(b)
        for (let i = 0; i < count; i++) {
          const pair = ((prev === undefined ? i : prev.charCodeAt(i)) << 8) | byte
          if (pairs[pair] !== set) {
            set = pairs[pair]!
            bigger = this.grow(set, id)
          }
          pairs[pair] = bigger
        }
      }
      for (let i = 0; i < pairsOf.length; i += 2) {
        const pair = (pairsOf.charCodeAt(i) << 8) | pairsOf.charCodeAt(i + 1)
        if (pairs[pair] !== set) {
          set = pairs[pair]!
          bigger = this.grow(set, id)
        }
        pairs[pair] = bigger
      }
    }
  }

  /** Most triggers have one of a few alphabets behind them. */
  private bytesOf(text: string): Uint8Array {
    let bytes = this.alphabets.get(text)
    if (bytes === undefined) this.alphabets.set(text, (bytes = Buffer.from(text, 'latin1')))
    return bytes
  }

  /** The set with one trigger more. */
  private grow(set: number, trigger: number): number {
    if (this.sets[set]!.includes(trigger)) return set
    const key = set * 65536 + trigger
    let bigger = this.bigger.get(key)
    if (bigger === undefined) {
      bigger = this.sets.push([...this.sets[set]!, trigger]) - 1
      this.bigger.set(key, bigger)
    }
    return bigger
  }

  /**
   * The mark of each pair. Sets that were only steps on the way get none; of more different ones than there are marks, which the built-in
   * triggers are far from, the last mark stands for all of the rest.
   */
  readonly pairs = new Uint8Array(65536)

  /** Ends the adding of triggers. */
  follow(): Uint8Array {
    const markOf = new Uint8Array(this.sets.length)
    const marked: (readonly number[])[] = [[]]
    for (let pair = 0; pair < 65536; pair++) {
      const set = this.setOf[pair]!
      if (set === 0) continue
      if (markOf[set] === 0) {
        const mark = Math.min(marked.length, END - 1)
        marked[mark] = mark < END - 1 ? this.sets[set]! : [...new Set([...(marked[mark] ?? []), ...this.sets[set]!])]
        markOf[set] = mark
      }
      this.pairs[pair] = markOf[set]!
    }
    const follow = new Uint8Array(marked.length << 8)
    const masks = new Int32Array(256)
    for (let set = 1; set < marked.length; set++) {
      const triggers = marked[set]!
      let always = 0
      for (const t of triggers) if (this.nexts[t] === undefined) always |= 1 << this.finders[t]!
      masks.fill(always)
      for (const t of triggers) for (const byte of this.nexts[t] ?? NO_BYTES) masks[byte]! |= 1 << this.finders[t]!
      if (always !== 0) follow.fill(this.group(always), set << 8, (set + 1) << 8)
      // Neighbouring bytes mostly have the same mask.
      let mask = 0
      let group = 0
      for (const t of triggers) {
        for (const byte of this.nexts[t] ?? NO_BYTES) {
          if (masks[byte] !== mask) group = this.group((mask = masks[byte]!))
          follow[(set << 8) | byte] = group
        }
      }
    }
    return follow
  }

  /** Index of the finders that the bits of a mask name. From the 33rd finder on several share a bit: one too many is called, none is missed. */
  private group(mask: number): number {
    let group = this.known.get(mask)
    if (group === undefined) {
      const last = this.finders.at(-1) ?? -1
      const finders: number[] = []
      for (let f = 0; f <= last; f++) if ((mask & (1 << f)) !== 0) finders.push(f)
      group = Math.min(this.groups.length, 255)
      this.groups[group] = group < 255 ? finders : [...new Set([...(this.groups[255] ?? []), ...finders])]
      this.known.set(mask, group)
    }
    return group
  }
}

const NO_BYTES = new Uint8Array(0)

// ------------------------------------------------------------------------------------------------ scopes

/** What a walker does with a string. */
export const SCAN = 0
export const TARGET = 1
export const PASS = 2

/** Rules that a key/value pair in text invokes. */
export interface TextKey {
  /** `keys` rules, and in lines also last segments of paths; strongest layer only. */
  readonly inString: readonly Target[]
  readonly inLine: readonly Target[]
  readonly facts: KeyFacts
}

const NO_WORDS: readonly string[] = []
export const NO_FACTS: KeyFacts = { words: [], secret: 0, secretNumbers: false, personal: 0, mute: true, leads: false, holds: false }
/** A key in text that invokes nothing. */
export const NO_KEY: TextKey = { inString: [], inLine: [], facts: NO_FACTS }
/** Slots of the direct-mapped cache of keys in text. */
const TEXT_KEYS = 2048
const NO_TARGETS: readonly Target[] = []
const EMPTY_BYTES = new Uint8Array(0)

/** The five bytes are `value`, in any case. */
function isValueWord(text: Uint8Array, at: number): boolean {
  return (text[at]! | 32) === 0x76 && (text[at + 1]! | 32) === 0x61 && (text[at + 2]! | 32) === 0x6c && (text[at + 3]! | 32) === 0x75 && (text[at + 4]! | 32) === 0x65
}

/** A place in records: all that the plan says about the values there. Fields that walkers read in their hot loops come first. */
export class Scope {
  /** SCAN: detectors only. TARGET: ask `targets` first. PASS: nothing can apply. */
  strings = PASS
  /** 0 nothing, 1 detectors with flag N where long enough, 2 also short ones: the path speaks of numbers, 3 targets or secret number. */
  numbers = 0
  /** true, false, null: 0 nothing, 2 targets. */
  literals = 0
  /** The path says what values are, to some finder. */
  named = false
  /** A target takes objects and arrays whole. */
  containers = false
  /** All targets are single `json` masks: a string that is a document is entered. */
  document = false
  /** The one target gives every string this token. */
  constantToken: Uint8Array | undefined
  /** A container here is a document of a `json` mask. */
  documents = false
  /** A target must have a container here to itself. */
  apart = false
  /** Names results of the first target in the memo: the chain's id where what it gives is final, else one of this scope. */
  memo = 0
  /** Detectors find something in the key itself; such scopes are never cached. */
  keyHit = false
  /** What it is to its neighbours: bits of beside.ts. */
  roles = 0
  /** Scopes of the same place under the names that stand beside it. */
  naming: Scope | undefined
  /** The last text here had been here before. */
  repeats = false
  /** Where the skim keeps what it knows of this scope; 0: nowhere. */
  record = 0
  readonly keyBytes: Uint8Array
  /** The first eight bytes of key and closing quote as two words with their masks: most keys are compared in one step. */
  word0 = 0
  word1 = 0
  mask0 = 0
  mask1 = 0
  hash = 0
  /** The sibling that followed last time, and (in a container) the first key last time: tried before the hash. */
  next: Scope | undefined
  first: Scope | undefined
  item: Scope | undefined
  detect: DetectSet
  // open addressing by key bytes
  slots: (Scope | undefined)[] = EMPTY_SLOTS
  used = 0

  readonly parent: Scope | undefined
  readonly key: string
  isItem = false
  /** A value right under `data`. */
  inData = false
  nodes: readonly Node[] = []
  /** Everything that claims the value here: own hits and inherited ones, in file order. */
  targets: readonly Target[] = NO_TARGETS
  /** Only an inherited or own b/c rule decides; conditions are involved. */
  conditional = false
  excepted: readonly CompiledRule[] = []
  allowed = false
  /** Leaves here fall under `unknown_fields`. */
  unknown = false
  keyWords: readonly string[] = NO_WORDS
  facts: KeyFacts
  /** The key as what stands below it is read with: of an item that of its list, of a named value its name. */
  head: string
  /** What the key says about the value itself. */
  claim: Claim | undefined
  items: Map<number, Scope> | undefined
  indexed = false
  /** Children are this scope itself: structure is all that matters. */
  inert = false
  itemCount = 0

  constructor(parent: Scope | undefined, key: string, keyBytes: Uint8Array, facts: KeyFacts, detect: DetectSet) {
    this.parent = parent
    this.key = key
    this.keyBytes = keyBytes
    const n = keyBytes.length
    for (let i = 0; i < 8 && i <= n; i++) {
      const byte = i === n ? 0x22 : keyBytes[i]!
      if (i < 4) {
        this.word0 |= byte << (8 * i)
        this.mask0 |= 0xff << (8 * i)
      } else {
        this.word1 |= byte << (8 * (i - 4))
        this.mask1 |= 0xff << (8 * (i - 4))
      }
    }
    this.facts = facts
    this.head = key
    this.detect = detect
  }

  /** The path as people write it: array indices as `[*]`, keys that are sensitive themselves as `*`. */
  path(): string {
    if (this.parent === undefined) return ''
    const above = this.parent.path()
    if (this.isItem) return `${above}[*]`
    const name = this.keyHit ? '*' : this.key
    return above === '' ? name : `${above}.${name}`
  }
}

const EMPTY_SLOTS: (Scope | undefined)[] = [undefined]

/** FNV-1a over key bytes, as the walkers compute it while they look for the closing quote. */
export const HASH_START = 0x811c9dc5 | 0
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let h = HASH_START
  for (let i = start; i < end; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193)
  return h
}

/** Most scopes that are kept before the cache starts anew, and most children of one scope. */
const MAX_SCOPES = 16384
const MAX_CHILDREN = 1024
/** Most columns of tables that are kept beside other keys. */
const MAX_COLUMNS = 8000

export interface PlanParts {
  readonly policy: Policy
  /** All finders of the registry. */
  readonly finders: readonly Finder[]
  readonly root: Node
  readonly rules: readonly CompiledRule[]
  readonly transforms: readonly CompiledTransform[]
  /** Roots of the tries of `json` transforms, by chain id. */
  readonly documents: ReadonlyMap<number, Node>
  /** The transforms of `json` masks that are applied in order, by chain id. */
  readonly ordered: ReadonlyMap<number, readonly Target[]>
  /** The orders of all targets that a container is taken to a tree for. */
  readonly apart: readonly number[]
  /** Targets of `keys` rules with their matcher. */
  readonly keyTargets: readonly { readonly target: Target; readonly matches: (key: string) => boolean }[]
  /** Rules that touch nothing under keys that match. */
  readonly keyExcepts: readonly { readonly rule: CompiledRule; readonly matches: (key: string) => boolean }[]
  /** Lower-case-sensitive last segments of paths and json transforms, for pairs in text lines. */
  readonly lineTargets: ReadonlyMap<string, readonly Target[]>
  readonly detectRules: readonly CompiledRule[]
  /** There are known values. */
  readonly known: boolean
  /** Keys that the ruleset writes out. */
  readonly names: ReadonlySet<string>
  /** Builds the set for the rules left after `except`. */
  readonly detectSet: (excepted: readonly CompiledRule[], inData: boolean) => DetectSet
  /** Made when a first text line needs it. */
  readonly lineDetect: () => DetectSet
  /** The set without detectors. */
  readonly noDetect: DetectSet
  readonly keyFacts: (key: string) => KeyFacts
  /** True when a key itself holds something that detectors find. */
  readonly scanKey: (scope: Scope, bytes: Uint8Array) => boolean
}

/** A compiled ruleset. Its scopes are made as records show which paths exist. */
export class Plan {
  readonly policy: Policy
  readonly parts: PlanParts
  root: Scope
  private scopes = 0
  /** Names for the memo, apart from the ids of chains. */
  private memos = -1
  private readonly factsCache = new Map<string, KeyFacts>()
  private readonly textKeys: ({ readonly bytes: Uint8Array; readonly entry: TextKey } | undefined)[] = new Array<undefined>(TEXT_KEYS).fill(undefined)
  private readonly hasStringPairs: boolean
  readonly decodesJson: boolean
  /** A scope where nothing applies, for checks of structure alone. */
  readonly inert: Scope
  /** Values masked by `unknown_fields`. */
  readonly unknownCounter = { masked: 0 }
  /** Scanners note why. */
  explaining = false

  constructor(parts: PlanParts) {
    this.parts = parts
    this.policy = parts.policy
    this.namers = parts.finders.filter((finder) => finder.namesKey !== undefined)
    this.hasStringPairs = parts.policy.text_pairs && parts.keyTargets.length > 0
    this.decodesJson = parts.policy.decode.includes('json')
    this.inert = new Scope(undefined, '', EMPTY_BYTES, NO_FACTS, parts.noDetect)
    this.inert.item = this.inert
    this.inert.inert = true
    this.root = this.makeRoot()
  }

  private makeRoot(): Scope {
    this.scopes = 0
    const facts = NO_FACTS
    const scope = new Scope(undefined, '', EMPTY_BYTES, facts, this.parts.detectSet([], false))
    scope.nodes = close([this.parts.root])
    this.settle(scope, [])
    return scope
  }

  /** The path for an error: only what the ruleset spells out, all else as `*`. */
  errorPath(scope: Scope): string {
    if (scope.parent === undefined) return ''
    const above = this.errorPath(scope.parent)
    if (scope.isItem) return `${above}[*]`
    const name = this.parts.names.has(scope.key) ? scope.key : '*'
    return above === '' ? name : `${above}.${name}`
  }

  /** The ruleset spells out a key. */
  spells(key: string): boolean {
    return this.parts.names.has(key)
  }

  /** Starts the cache anew when it is full; to be called between records. */
  trim(): void {
    if (this.scopes > MAX_SCOPES) this.root = this.makeRoot()
  }

  facts(key: string): KeyFacts {
    let facts = this.factsCache.get(key)
    if (facts === undefined) {
      if (this.factsCache.size >= 4096) this.factsCache.clear()
      facts = this.parts.keyFacts(key)
      if (key.length <= 256) this.factsCache.set(key, facts)
    }
    return facts
  }

  /** The scope of a key that is not among the cached children; caches it when there is room. */
  makeChild(parent: Scope, key: string, keyBytes: Uint8Array, most = MAX_CHILDREN): Scope {
    if (parent.inert) return parent
    const facts = this.factsBelow(parent, key)
    const scope = new Scope(parent, key, keyBytes, facts, parent.detect)
    scope.hash = hashBytes(keyBytes, 0, keyBytes.length)
    scope.nodes = stepName(this.entered(parent), key)
    scope.keyWords = facts.words.length === 0 ? parent.keyWords : facts.words.concat(parent.keyWords).slice(0, 64)
    this.settle(scope, this.keyTargets(key), parent, [key])
    scope.roles = this.names(scope) ? rolesOf(key) : 0
    if (this.policy.scan_keys && !scope.detect.empty) scope.keyHit = this.parts.scanKey(scope, keyBytes)
    // one record of many paths may not fill the memory: past the bound its scopes live as long as they are walked
    if (!scope.keyHit && parent.used < most && this.scopes <= MAX_SCOPES && keyBytes.length <= 256) {
      this.scopes++
      insertChild(parent, scope)
    }
    return scope
  }

  /** Targets of the rules whose keys match. */
  private keyTargets(key: string): Target[] {
    const own: Target[] = []
    for (const { target, matches } of this.parts.keyTargets) if (matches(key)) own.push(target)
    return own
  }

  /** Could a name beside a value at this scope matter? */
  private names(scope: Scope): boolean {
    return this.parts.keyTargets.length > 0 || !scope.detect.empty
  }

  /** The scope of a value at `scope` that the text in [start, end) of `bytes` names. */
  named(scope: Scope, bytes: Uint8Array, start: number, end: number): Scope {
    if (end === start || end - start > MOST_NAME || scope.inert) return scope
    const hash = hashBytes(bytes, start, end)
    return findChild(this.naming(scope), bytes, start, end, hash) ?? this.makeNamed(scope, Uint8Array.prototype.slice.call(bytes, start, end), hash)
  }

  /** Where the scopes of the names beside a value are kept. */
  naming(scope: Scope): Scope {
    return (scope.naming ??= new Scope(scope.parent, scope.key, EMPTY_BYTES, NO_FACTS, scope.detect))
  }

  private makeNamed(scope: Scope, bytes: Uint8Array, hash: number): Scope {
    const name = Buffer.from(bytes).toString()
    const facts = this.facts(name)
    const named = new Scope(scope.parent, scope.key, bytes, facts.secret > 0 || facts.personal !== 0 ? facts : scope.facts, scope.detect)
    named.hash = hash
    named.head = name
    named.isItem = scope.isItem
    named.nodes = scope.nodes
    named.keyWords = facts.words.length === 0 ? scope.keyWords : facts.words.concat(scope.keyWords).slice(0, 64)
    const own = scope.isItem ? [] : this.keyTargets(scope.key)
    this.settle(named, [...own, ...this.keyTargets(name).filter((t) => !own.includes(t))], scope.parent, scope.isItem ? [name] : [scope.key, name])
    const holder = this.naming(scope)
    if (holder.used < MAX_CHILDREN && this.scopes <= MAX_SCOPES) {
      this.scopes++
      insertChild(holder, named)
    }
    return named
  }

  /** What a key says where it stands. */
  private factsBelow(parent: Scope, key: string): KeyFacts {
    const own = this.facts(key)
    if (own.secret > 0 || own.personal !== 0 || !parent.facts.leads || parent.head === '') return own
    // `credentials.value`, `name.first`: a key of generic words takes its parent's head
    const joined = this.facts(`${parent.head}.${key}`)
    if (joined.secret > 0 || joined.personal !== 0) return joined
    // of a password all parts are secret but those that say what else they are
    return own.mute && parent.facts.holds ? { ...own, secret: 4, leads: true, holds: true } : own
  }

  /** The scope of a key given as text. */
  child(parent: Scope, key: string): Scope {
    const bytes = Buffer.from(key)
    return findChild(parent, bytes, 0, bytes.length, hashBytes(bytes, 0, bytes.length)) ?? this.makeChild(parent, key, bytes)
  }

  /** The scope of a column of a table: it comes in every record, and is kept where other keys are too many. */
  column(name: string): Scope {
    const bytes = Buffer.from(name)
    return findChild(this.root, bytes, 0, bytes.length, hashBytes(bytes, 0, bytes.length)) ?? this.makeChild(this.root, name, bytes, MAX_COLUMNS)
  }

  /** The scope of an array element. */
  itemScope(parent: Scope, index: number): Scope {
    if (!parent.indexed) {
      if (parent.item !== undefined) return parent.item
      const entered = this.entered(parent)
      if (tellsIndexesApart(entered)) {
        parent.indexed = true
        parent.items = new Map()
      } else return (parent.item = this.makeItem(parent, -1, stepIndex(entered, -1)))
    }
    const known = parent.items!.get(index)
    if (known !== undefined) return known
    const entered = this.entered(parent)
    // Only the indexes that the ruleset names differ; all others share one scope.
    const named = entered.some((n) => n.index?.has(index) === true || n.names?.has(String(index)) === true)
    if (!named) return (parent.item ??= this.makeItem(parent, -1, stepIndex(entered, -1)))
    const scope = this.makeItem(parent, index, stepIndex(entered, index))
    parent.items!.set(index, scope)
    return scope
  }

  private makeItem(parent: Scope, index: number, nodes: Node[]): Scope {
    this.scopes++
    const scope = new Scope(parent, index < 0 ? '*' : String(index), EMPTY_BYTES, parent.facts, parent.detect)
    scope.isItem = true
    scope.head = parent.head
    scope.nodes = nodes
    scope.keyWords = parent.keyWords
    this.settle(scope, [], parent)
    scope.roles = this.names(scope) ? PAIR : 0
    return scope
  }

  /** Nodes from which the children of a container at this scope are reached: `json` rules add their transforms. */
  private entered(scope: Scope): readonly Node[] {
    let nodes: Node[] | undefined
    for (const target of scope.targets) {
      if (target.chain.document === undefined) continue
      const root = this.parts.documents.get(target.chain.id)
      if (root !== undefined) (nodes ??= [...scope.nodes]).push(root)
    }
    return nodes === undefined ? scope.nodes : close(nodes)
  }

  /** Fills in what follows from the nodes reached: targets, exceptions, detectors, and the codes for the hot loops. */
  private settle(scope: Scope, keyTargets: readonly Target[], parent?: Scope, keys: readonly string[] = []): void {
    const own: Target[] = [...keyTargets]
    let excepted = parent?.excepted ?? []
    for (const { rule, matches } of this.parts.keyExcepts) if (!excepted.includes(rule) && keys.some(matches)) excepted = [...excepted, rule]
    scope.allowed = parent?.allowed ?? false
    for (const node of scope.nodes) {
      for (const accept of node.accepts) {
        if (accept.kind === 'target') {
          if (!own.includes(accept.target)) own.push(accept.target)
        } else if (accept.kind === 'allow') scope.allowed = true
        else if (!excepted.includes(accept.rule)) excepted = [...excepted, accept.rule]
      }
    }
    // The document of a `json` chain is the value itself where a transform has an empty path.
    for (let i = 0; i < own.length; i++) {
      const root = own[i]!.chain.document === undefined ? undefined : this.parts.documents.get(own[i]!.chain.id)
      for (const accept of root?.accepts ?? []) if (accept.kind === 'target' && !own.includes(accept.target)) own.push(accept.target)
    }
    scope.excepted = excepted
    const inherited = parent === undefined ? NO_TARGETS : parent.targets.filter((t) => leafwise(t))
    let targets = [...own, ...inherited.filter((t) => !own.includes(t))]
    if (excepted.length > 0) targets = targets.filter((t) => !excepted.includes(t.rule))
    scope.conditional = targets.some((t) => t.rule.conditions.length > 0)
    if (!scope.conditional) targets = strongest(targets)
    targets.sort((a, b) => a.order - b.order)
    scope.targets = targets
    scope.unknown = this.policy.unknown_fields !== 'keep' && !scope.allowed && !targets.some((t) => t.rule.conditions.length === 0)
    // what a Kubernetes Secret holds is base64
    scope.inData = parent !== undefined && !scope.isItem && !parent.isItem && parent.key === 'data'
    if (parent === undefined || excepted.length !== parent.excepted.length || scope.inData !== parent.inData)
      scope.detect = this.parts.detectSet(
        excepted.filter((r) => r.form === 'detect'),
        scope.inData,
      )
    const detect = scope.detect
    const claim = (scope.claim = detect.claim(scope.facts, scope.isItem ? '' : scope.head))
    const values = targets.length > 0 || scope.unknown
    scope.named = detect.named(scope.keyWords)
    scope.strings = values || claim !== undefined ? TARGET : detect.empty ? (this.policy.decode.includes('json') && this.below(scope) ? SCAN : PASS) : SCAN
    scope.numbers =
      values || claim?.numbers === true ? 3 : !detect.readsNumbers ? 0 : detect.known !== undefined || scope.named || scope.keyWords.some((w) => detect.numberWords.has(w)) ? 2 : 1
    scope.literals = values ? 2 : 0
    scope.constantToken = targets.length === 1 ? targets[0]!.constantToken : undefined
    scope.document = targets.length > 0 && targets.every((t) => t.chain.document !== undefined || t.chain.ordered !== undefined)
    scope.documents = targets.some((t) => t.chain.document !== undefined)
    scope.apart = targets.some((t) => t.whole && t.chain.apart)
    // the root's documents are those of the record: whoever drives the walker opens them
    scope.containers = targets.some((t) => t.whole && t.chain.document === undefined && !t.chain.scans) || (scope.documents && parent !== undefined)
    if (targets.length > 0) scope.memo = targets[0]!.chain.settles === 'value' ? targets[0]!.chain.id : --this.memos
  }

  /** Could a rule hit something inside a JSON text at this scope? */
  private below(scope: Scope): boolean {
    return scope.nodes.some((n) => n.names !== undefined || n.index !== undefined || n.any !== undefined || n.deep !== undefined || n.loops) || this.parts.keyTargets.length > 0
  }

  private readonly plainKeys: (Uint8Array | undefined)[] = new Array<undefined>(TEXT_KEYS).fill(undefined)

  /** True for a run of bytes before a separator that is known to invoke nothing. `hash`: FNV-1a from its last byte. */
  plainKey(text: Uint8Array, start: number, end: number, hash: number): boolean {
    const known = this.plainKeys[mix(hash) & (TEXT_KEYS - 1)]
    if (known === undefined || known.length !== end - start) return false
    for (let k = 0; k < known.length; k++) if (known[k] !== text[start + k]) return false
    // `first name:` is another key than `name:`
    if (known.length === 4 && text[start - 1] === 0x20 && (text[start]! | 0x20) === 0x6e && (text[end - 2]! | 0x20) === 0x6d) return false
    // it may have been forgotten there: said again, but not each time
    if (this.teaching && (++this.told & 31) === 0) this.plainKeyLearnt?.(text, start, end)
    return true
  }

  /** Remembers such a run. `value` is never one: the name beside it may speak for it. */
  learnPlainKey(text: Uint8Array, start: number, end: number, hash: number): void {
    if (end - start >= 5 && isValueWord(text, end - 5)) return
    // what it names is another's to find
    if (this.namesKey(text, start, end)) return
    this.plainKeys[mix(hash) & (TEXT_KEYS - 1)] = Uint8Array.prototype.slice.call(text, start, end)
    this.plainKeyLearnt?.(text, start, end)
  }
  /** Some finder takes the key for the name of what it finds. */
  namesKey(text: Uint8Array, start: number, end: number): boolean {
    for (const finder of this.namers) if (finder.namesKey!(text, start, end)) return true
    return false
  }
  private readonly namers: readonly Finder[]

  /** Told of every such run; while `teaching`, of those that were known too. */
  plainKeyLearnt: ((text: Uint8Array, start: number, end: number) => void) | undefined
  teaching = false
  private told = 0

  forgetPlainKeys(): void {
    this.plainKeys.fill(undefined)
  }

  /** What the key of a pair at [start, end) of a text invokes; NO_KEY for the common case of nothing. */
  textKey(text: Uint8Array, start: number, end: number): TextKey {
    if (end - start > 256) return NO_KEY
    const h = hashBytes(text, start, end)
    const slot = mix(h) & (TEXT_KEYS - 1)
    const cached = this.textKeys[slot]
    if (cached !== undefined && cached.bytes.length === end - start) {
      let k = 0
      while (k < cached.bytes.length && cached.bytes[k] === text[start + k]) k++
      if (k === cached.bytes.length) return cached.entry
    }
    const bytes = Uint8Array.prototype.slice.call(text, start, end)
    const key = Buffer.from(bytes).toString()
    const own = this.keyTargets(key).filter((t) => !this.parts.keyExcepts.some((k) => k.rule === t.rule && k.matches(key)))
    const inString = this.hasStringPairs ? strongest(own) : []
    const inLine = strongest([...own, ...(this.parts.lineTargets.get(key) ?? [])])
    const facts = this.facts(key)
    const entry = inLine.length === 0 && facts.secret === 0 && facts.personal === 0 ? NO_KEY : { inString, inLine, facts }
    this.textKeys[slot] = { bytes, entry }
    return entry
  }
}

/** A rule that hits a container and runs on its leaves. */
function leafwise(t: Target): boolean {
  if (t.chain.scans) return true
  return !t.whole && t.chain.document === undefined && !t.chain.takesContainers
}

/** Of the `paths` and `keys` rules only the strongest layer's apply. */
export function strongest(targets: readonly Target[]): Target[] {
  let layer = -1
  for (const t of targets) if (t.transform === undefined && t.rule.form !== 'record' && t.rule.layer > layer) layer = t.rule.layer
  return targets.filter((t) => t.transform !== undefined || t.rule.form === 'record' || t.rule.layer === layer)
}

function insertChild(parent: Scope, child: Scope): void {
  if ((parent.used + 1) * 2 > parent.slots.length) {
    const old = parent.slots
    parent.slots = new Array(Math.max(8, old.length * 2)).fill(undefined)
    for (const s of old) if (s !== undefined) place(parent.slots, s)
  }
  place(parent.slots, child)
  parent.used++
}

function place(slots: (Scope | undefined)[], scope: Scope): void {
  const mask = slots.length - 1
  let i = mix(scope.hash) & mask
  while (slots[i] !== undefined) i = (i + 1) & mask
  slots[i] = scope
}

/** Spreads the FNV hash: its low bits alone are weak for short keys. */
export function mix(h: number): number {
  return h ^ (h >>> 15)
}

/** The cached child whose key has these bytes, or undefined. */
export function findChild(parent: Scope, bytes: Uint8Array, start: number, end: number, hash: number): Scope | undefined {
  const slots = parent.slots
  const mask = slots.length - 1
  let i = mix(hash) & mask
  for (;;) {
    const s = slots[i]
    if (s === undefined) return undefined
    if (s.hash === hash) {
      const key = s.keyBytes
      const n = end - start
      if (key.length === n) {
        let k = 0
        while (k < n && key[k] === bytes[start + k]) k++
        if (k === n) return s
      }
    }
    i = (i + 1) & mask
  }
}
