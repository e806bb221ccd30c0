// Regular expressions of rulesets: RE2 semantics, linear time. A pattern is parsed here once. That parse names what RE2 lacks,
// bounds the program, gives a literal that every match contains, and proves some patterns harmless for RegExp: those run
// there, as an equivalent pattern without flags or classes whose meaning differs. All others run on re2js, which is loaded on first use.

import { createRequire } from 'node:module'
import type { RE2JS as Re2 } from 're2js'
import type { LinearRegex } from '../engine/types.ts'

export interface RegexProblem {
  readonly message: string
  /** Offset into the pattern. */
  readonly offset: number
}

export interface RegexFacts {
  readonly engine: 'regexp' | 're2js'
  /** Text that every match contains; texts without it are not searched. */
  readonly literal: string | undefined
}

export interface CompiledRegex extends LinearRegex {
  readonly facts: RegexFacts
}

const MAX_LENGTH = 4096
const MAX_REPEAT = 1000
const MAX_PROGRAM = 100_000
/** Steps that a failing attempt may take at one position of the text on RegExp, and the bound of what V8 unrolls. */
const MAX_STEPS = 256

const NOT_LINEAR = 'back-references and look-around are not supported: patterns must run in linear time'

class Refused extends Error {
  readonly problem: RegexProblem
  constructor(message: string, offset: number) {
    super(message)
    this.problem = { message, offset }
  }
}

// ------------------------------------------------------------------------------------------------ syntax tree

/** Sorted, disjoint code point ranges, flat: [from, to, from, to, ...]. */
type Ranges = readonly number[]

type Tree =
  | { readonly kind: 'set'; readonly ranges: Ranges }
  | { readonly kind: 'assert'; readonly what: 'start' | 'end' | 'line_start' | 'line_end' | 'word' | 'not_word' }
  | { readonly kind: 'cat'; readonly of: readonly Tree[] }
  | { readonly kind: 'alt'; readonly of: readonly Tree[] }
  | { readonly kind: 'repeat'; readonly of: Tree; readonly min: number; readonly max: number; readonly greedy: boolean }

const LAST = 0x10ffff
const DIGIT: Ranges = [0x30, 0x39]
const WORD: Ranges = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a]
const SPACE: Ranges = [0x09, 0x0a, 0x0c, 0x0d, 0x20, 0x20]
const POSIX: Readonly<Record<string, Ranges>> = {
  alnum: [0x30, 0x39, 0x41, 0x5a, 0x61, 0x7a],
  alpha: [0x41, 0x5a, 0x61, 0x7a],
  ascii: [0, 0x7f],
  blank: [9, 9, 32, 32],
  cntrl: [0, 31, 127, 127],
  digit: DIGIT,
  graph: [33, 126],
  lower: [0x61, 0x7a],
  print: [32, 126],
  punct: [33, 47, 58, 64, 91, 96, 123, 126],
  space: [9, 13, 32, 32],
  upper: [0x41, 0x5a],
  word: WORD,
  xdigit: [0x30, 0x39, 0x41, 0x46, 0x61, 0x66],
}

function normal(ranges: readonly number[]): number[] {
  const pairs: [number, number][] = []
  for (let i = 0; i < ranges.length; i += 2) pairs.push([ranges[i] ?? 0, ranges[i + 1] ?? 0])
  pairs.sort((a, b) => a[0] - b[0])
  const result: number[] = []
  for (const [from, to] of pairs) {
    const last = result.length - 1
    const end = result[last]
    if (end !== undefined && from <= end + 1) result[last] = Math.max(end, to)
    else result.push(from, to)
  }
  return result
}

function negated(ranges: Ranges): number[] {
  const result: number[] = []
  let next = 0
  for (let i = 0; i < ranges.length; i += 2) {
    const from = ranges[i] ?? 0
    if (from > next) result.push(next, from - 1)
    next = (ranges[i + 1] ?? 0) + 1
  }
  if (next <= LAST) result.push(next, LAST)
  return result
}

function disjoint(a: Ranges, b: Ranges): boolean {
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if ((a[i + 1] ?? 0) < (b[j] ?? 0)) i += 2
    else if ((b[j + 1] ?? 0) < (a[i] ?? 0)) j += 2
    else return false
  }
  return true
}

/** Both cases of ASCII letters, and the two characters beyond ASCII that fold to them (long s, Kelvin sign). */
function folded(ranges: Ranges): number[] {
  const result = [...ranges]
  for (let i = 0; i < ranges.length; i += 2) {
    const from = ranges[i] ?? 0
    const to = ranges[i + 1] ?? 0
    for (let code = Math.max(from, 0x41); code <= Math.min(to, 0x7a); code++) {
      const lower = code | 0x20
      if (lower < 0x61 || lower > 0x7a || (code > 0x5a && code < 0x61)) continue
      result.push(lower, lower, lower - 0x20, lower - 0x20)
      if (lower === 0x73) result.push(0x17f, 0x17f)
      if (lower === 0x6b) result.push(0x212a, 0x212a)
    }
    if (from <= 0x17f && to >= 0x17f) result.push(0x53, 0x53, 0x73, 0x73)
    if (from <= 0x212a && to >= 0x212a) result.push(0x4b, 0x4b, 0x6b, 0x6b)
  }
  return normal(result)
}

// ------------------------------------------------------------------------------------------------ parser

interface Flags {
  i: boolean
  m: boolean
  s: boolean
  U: boolean
}

/** Where a piece of the pattern must be spelled otherwise for re2js. */
interface Respelled {
  readonly at: number
  readonly end: number
  readonly text: string
}

class PatternParser {
  readonly #pattern: string
  #at = 0
  #flags: Flags = { i: false, m: false, s: false, U: false }
  readonly respelled: Respelled[] = []
  /** Something only re2js may judge stands in the pattern. */
  uncertain = false
  #depth = 0
  readonly #names = new Set<string>()

  constructor(pattern: string) {
    this.#pattern = pattern
  }

  parse(): Tree {
    const tree = this.#alternatives()
    if (this.#at < this.#pattern.length) throw new Refused("')' without '('", this.#at)
    return tree
  }

  #alternatives(): Tree {
    if (++this.#depth > 200) throw new Refused('groups are nested too deeply', this.#at)
    const options: Tree[] = []
    for (;;) {
      options.push(this.#sequence())
      if (this.#pattern[this.#at] !== '|') break
      this.#at++
    }
    this.#depth--
    return options.length === 1 ? (options[0] as Tree) : { kind: 'alt', of: options }
  }

  #sequence(): Tree {
    const items: Tree[] = []
    const pattern = this.#pattern
    let quantified = -1
    while (this.#at < pattern.length) {
      const at = this.#at
      const char = pattern[at] ?? ''
      if (char === '|' || char === ')') break
      const repeat = this.#quantifier()
      if (repeat !== undefined) {
        const last = items.pop()
        if (last === undefined) throw new Refused('nothing to repeat', at)
        if (quantified === at) throw new Refused(char === '+' ? `possessive quantifiers: ${NOT_LINEAR}` : 'a quantifier cannot follow a quantifier', at)
        if (last.kind === 'assert' || (last.kind === 'cat' && last.of.length === 0)) this.uncertain = true
        items.push({ kind: 'repeat', of: last, ...repeat, greedy: repeat.greedy !== this.#flags.U })
        quantified = this.#at
        continue
      }
      const item = this.#item()
      if (item !== undefined) items.push(item)
    }
    return items.length === 1 ? (items[0] as Tree) : { kind: 'cat', of: items }
  }

  #quantifier(): { min: number; max: number; greedy: boolean } | undefined {
    const rest = this.#pattern.slice(this.#at, this.#at + 24)
    const found = /^(?:[*+?]|\{(\d+)?(,)?(\d+)?\})/.exec(rest)
    if (found === null) return undefined
    let min = found[0] === '+' ? 1 : 0
    let max = found[0] === '?' ? 1 : Infinity
    if (found[0].startsWith('{')) {
      const [, low, comma, high] = found
      if (low === undefined && high === undefined) return undefined // `{}` and `{,}` are text
      if (low === undefined) this.uncertain = true // `{,5}`: what it means differs between versions of RE2
      min = low === undefined ? 0 : Number(low)
      max = comma === undefined ? min : high === undefined ? Infinity : Number(high)
      if (min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT)) throw new Refused(`a repeat count is at most ${MAX_REPEAT}`, this.#at)
      if (max < min) throw new Refused('the repeat counts are in the wrong order', this.#at)
    }
    this.#at += found[0].length
    const lazy = this.#pattern[this.#at] === '?'
    if (lazy) this.#at++
    return { min, max, greedy: !lazy }
  }

  #set(ranges: Ranges): Tree {
    if (!this.#flags.i) return { kind: 'set', ranges: normal(ranges) }
    // Folding beyond ASCII is left to re2js, except for complements of ASCII, which hold both cases of everything else.
    const set = normal(ranges)
    for (let i = 0; i < set.length; i += 2) {
      const from = set[i] ?? 0
      const to = set[i + 1] ?? 0
      if (to > 0x7f && !(to === LAST && from <= 0x80)) {
        this.uncertain = true
        return { kind: 'set', ranges: [0, LAST] } // whatever it folds to
      }
    }
    return { kind: 'set', ranges: folded(set) }
  }

  #item(): Tree | undefined {
    const pattern = this.#pattern
    const at = this.#at
    const char = pattern[at] ?? ''
    switch (char) {
      case '(':
        return this.#group()
      case '[':
        return this.#class()
      case '.':
        this.#at++
        return { kind: 'set', ranges: this.#flags.s ? [0, LAST] : [0, 9, 11, LAST] }
      case '^':
        this.#at++
        return { kind: 'assert', what: this.#flags.m ? 'line_start' : 'start' }
      case '$':
        this.#at++
        return { kind: 'assert', what: this.#flags.m ? 'line_end' : 'end' }
      case '\\':
        return this.#escape()
    }
    const code = pattern.codePointAt(at) ?? 0
    if (code >= 0xd800 && code <= 0xdfff) this.uncertain = true
    this.#at += code > 0xffff ? 2 : 1
    return this.#set([code, code])
  }

  #group(): Tree | undefined {
    const pattern = this.#pattern
    const at = this.#at
    const outer = { ...this.#flags }
    const refuse = (what: string): never => {
      throw new Refused(`${what}: ${NOT_LINEAR}`, at)
    }
    if (pattern[at + 1] !== '?') this.#at++
    else {
      const head = pattern.slice(at, at + 100)
      if (/^\(\?<?[=!]/.test(head)) refuse(head[2] === '<' ? 'look-behind' : 'look-ahead')
      if (head.startsWith('(?>')) refuse('atomic groups')
      if (head.startsWith('(?(')) refuse('conditionals')
      if (/^\(\?P[=>]/.test(head)) refuse('back-references')
      if (/^\(\?[R&\d]/.test(head)) refuse('recursion')
      if (head.startsWith('(?#')) throw new Refused('comments (?#..) are not supported', at)
      if (head.startsWith('(?|')) throw new Refused('branch reset groups (?|..) are not supported', at)
      const name = /^\(\?P?<([A-Za-z_]\w*)>/.exec(head)
      if (name !== null) {
        if (this.#names.has(name[1] ?? '')) throw new Refused('this group name is used twice', at)
        this.#names.add(name[1] ?? '')
        this.#at += name[0].length
      } else {
        const flags = /^\(\?([A-Za-z]*)(-[A-Za-z]*)?([:)])/.exec(head)
        if (flags === null) throw new Refused('this kind of group is not supported', at)
        const [whole, on = '', off = '', end] = flags
        const unknown = [...on, ...off.slice(1)].find((flag) => !'imsU'.includes(flag))
        if (unknown !== undefined) throw new Refused(`the flag (?${unknown}) is not supported`, at)
        if (whole === '(?)' || off === '-') throw new Refused('a flag is missing', at)
        for (const flag of on) this.#flags[flag as keyof Flags] = true
        for (const flag of off.slice(1)) this.#flags[flag as keyof Flags] = false
        this.#at += whole.length
        if (end === ')') {
          // For the rest of the group around. What follows may be a quantifier without an operand.
          if (/^[*+?{]/.test(pattern.slice(this.#at))) this.uncertain = true
          return undefined
        }
      }
    }
    const inner = this.#alternatives()
    if (pattern[this.#at] !== ')') throw new Refused("')' is missing", at)
    this.#at++
    this.#flags = outer
    // A group without a set of its own must not take part in a neighbour's "nothing to repeat".
    return inner
  }

  /** `\x41`, `\x{1f600}`, `\u0041` at the backslash; undefined if it is none. */
  #codePoint(): number | undefined {
    const at = this.#at
    const found = /^\\(?:x([0-9a-fA-F]{2})|x\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4}))/.exec(this.#pattern.slice(at, at + 12))
    if (found === null) return undefined
    const code = parseInt(found[1] ?? found[2] ?? found[3] ?? '', 16)
    if (code > LAST) throw new Refused('there is no such character', at)
    this.#at += found[0].length
    if (found[3] !== undefined) this.respelled.push({ at, end: this.#at, text: `\\x{${found[3]}}` })
    if (code >= 0xd800 && code <= 0xdfff) this.uncertain = true
    return code
  }

  /** A class escape (`\d`, `\W`, `\p{L}`) at the backslash: its ranges, null if only re2js knows them, undefined if it is none. */
  #classEscape(): Ranges | null | undefined {
    const at = this.#at
    const char = this.#pattern[at + 1] ?? ''
    const known: Ranges | undefined = { d: DIGIT, w: WORD, s: SPACE }[char.toLowerCase()]
    if (known !== undefined) {
      this.#at += 2
      return char === char.toLowerCase() ? known : negated(known)
    }
    if (char !== 'p' && char !== 'P') return undefined
    const found = /^\\[pP](?:\{\^?[A-Za-z_]+\}|[A-Z])/.exec(this.#pattern.slice(at, at + 60))
    if (found === null) throw new Refused('an unfinished \\p class', at)
    this.#at += found[0].length
    this.uncertain = true
    return null
  }

  /** One escaped character: letters stand for controls, punctuation for itself. */
  #escapedCharacter(): number {
    const at = this.#at
    const char = this.#pattern[at + 1]
    if (char === undefined) throw new Refused('a backslash at the end', at)
    const control = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 }[char]
    if (control !== undefined) {
      this.#at += 2
      return control
    }
    if (char === 'N') throw new Refused('named characters \\N{..} are not supported', at)
    if (/[1-9]/.test(char) || char === 'k' || char === 'g') throw new Refused(`back-references: ${NOT_LINEAR}`, at)
    if (char === '0') {
      const octal = /^\\0[0-7]{0,2}/.exec(this.#pattern.slice(at, at + 4))?.[0] ?? '\\0'
      this.#at += octal.length
      return parseInt(octal.slice(1), 8)
    }
    const code = char.charCodeAt(0)
    if (code >= 0x80 || /[A-Za-z]/.test(char)) throw new Refused(code >= 0x80 ? 'this character needs no backslash' : `the escape \\${char} is not supported`, at)
    this.#at += 2
    return code
  }

  #escape(): Tree {
    const at = this.#at
    const char = this.#pattern[at + 1]
    switch (char) {
      case 'A':
        this.#at += 2
        return { kind: 'assert', what: 'start' }
      case 'Z':
        this.#at += 2
        this.respelled.push({ at, end: this.#at, text: '\\z' })
        return { kind: 'assert', what: 'end' }
      case 'z':
        this.#at += 2
        return { kind: 'assert', what: 'end' }
      case 'b':
        this.#at += 2
        return { kind: 'assert', what: 'word' }
      case 'B':
        this.#at += 2
        return { kind: 'assert', what: 'not_word' }
      case 'Q': {
        const end = this.#pattern.indexOf('\\E', at + 2)
        const text = this.#pattern.slice(at + 2, end === -1 ? undefined : end)
        this.#at = end === -1 ? this.#pattern.length : end + 2
        this.uncertain = true
        return { kind: 'cat', of: Array.from(text, (one) => this.#set([one.codePointAt(0) ?? 0, one.codePointAt(0) ?? 0])) }
      }
    }
    const set = this.#classEscape()
    if (set === null) return { kind: 'set', ranges: [0, LAST] }
    if (set !== undefined) {
      if (this.#flags.i && set.includes(LAST)) this.uncertain = true
      return this.#set(set)
    }
    const code = this.#codePoint() ?? this.#escapedCharacter()
    return this.#set([code, code])
  }

  #class(): Tree {
    const pattern = this.#pattern
    const start = this.#at
    this.#at++
    const negate = pattern[this.#at] === '^'
    if (negate) this.#at++
    const ranges: number[] = []
    let first = true
    for (;;) {
      const at = this.#at
      const char = pattern[at]
      if (char === undefined) throw new Refused("']' is missing", start)
      if (char === ']' && !first) break
      first = false
      if (char === '[' && pattern[at + 1] === ':') {
        const found = /^\[:(\^?)([a-z]+):\]/.exec(pattern.slice(at, at + 16))
        const set = found === null ? undefined : POSIX[found[2] ?? '']
        if (found === null || set === undefined) throw new Refused('there is no such character class', at)
        this.#at += found[0].length
        if (this.#flags.i && found[1] === '^') this.uncertain = true
        ranges.push(...(found[1] === '^' ? negated(set) : set))
        continue
      }
      if (char === '\\') {
        const set = this.#classEscape()
        if (set === null) continue
        if (set !== undefined) {
          // Whether such a class folds inside brackets is for re2js to say.
          if (this.#flags.i && set.includes(LAST)) this.uncertain = true
          ranges.push(...set)
          continue
        }
      }
      const low = this.#classCharacter()
      if (pattern[this.#at] === '-' && pattern[this.#at + 1] !== undefined && pattern[this.#at + 1] !== ']') {
        this.#at++
        const high = this.#classCharacter()
        if (high < low) throw new Refused('the range is in the wrong order', at)
        ranges.push(low, high)
      } else {
        // `[a-d-z]`: versions of RE2 disagree about the second hyphen.
        if (low === 0x2d && at !== start + 1 + (negate ? 1 : 0) && pattern[this.#at] !== ']') this.uncertain = true
        ranges.push(low, low)
      }
    }
    this.#at++
    const set = normal(ranges)
    // Folding comes before negation.
    const folds = this.#flags.i ? (this.#set(set) as Tree & { kind: 'set' }).ranges : set
    return { kind: 'set', ranges: negate ? negated(folds) : folds }
  }

  #classCharacter(): number {
    if (this.#pattern[this.#at] === '\\') {
      const at = this.#at
      if (/^[dDwWsSpP]/.test(this.#pattern[at + 1] ?? '')) throw new Refused('a class cannot end a range', at)
      return this.#codePoint() ?? this.#escapedCharacter()
    }
    const code = this.#pattern.codePointAt(this.#at) ?? 0
    if (code >= 0xd800 && code <= 0xdfff) this.uncertain = true
    this.#at += code > 0xffff ? 2 : 1
    return code
  }
}

// ------------------------------------------------------------------------------------------------ analysis

/** Instructions of the compiled program, bounded repeats unrolled. */
function programSize(tree: Tree): number {
  switch (tree.kind) {
    case 'set':
    case 'assert':
      return 1
    case 'cat':
    case 'alt':
      return tree.of.reduce((sum, one) => sum + programSize(one) + 1, 1)
    case 'repeat':
      return Math.max(1, tree.max === Infinity ? tree.min + 1 : tree.max) * (programSize(tree.of) + 1)
  }
}

function nullable(tree: Tree): boolean {
  switch (tree.kind) {
    case 'set':
      return false
    case 'assert':
      return true
    case 'cat':
      return tree.of.every(nullable)
    case 'alt':
      return tree.of.some(nullable)
    case 'repeat':
      return tree.min === 0 || nullable(tree.of)
  }
}

/** Always succeeds with the empty text: nullable without depending on an assertion. */
function alwaysMatches(tree: Tree): boolean {
  switch (tree.kind) {
    case 'set':
    case 'assert':
      return false
    case 'cat':
      return tree.of.every(alwaysMatches)
    case 'alt':
      return tree.of.some(alwaysMatches)
    case 'repeat':
      return tree.min === 0 || alwaysMatches(tree.of)
  }
}

function hasLoop(tree: Tree): boolean {
  switch (tree.kind) {
    case 'set':
    case 'assert':
      return false
    case 'cat':
    case 'alt':
      return tree.of.some(hasLoop)
    case 'repeat':
      return tree.max === Infinity || hasLoop(tree.of)
  }
}

/** First characters of what `trees`, one after the other, can match. */
function firstSet(trees: readonly Tree[]): number[] {
  const result: number[] = []
  for (const tree of trees) {
    switch (tree.kind) {
      case 'set':
        result.push(...tree.ranges)
        break
      case 'assert':
        break
      case 'cat':
        result.push(...firstSet(tree.of))
        break
      case 'alt':
        for (const one of tree.of) result.push(...firstSet([one]))
        break
      case 'repeat':
        result.push(...firstSet([tree.of]))
        break
    }
    if (!nullable(tree)) break
  }
  return normal(result)
}

/** Ways to match times length, for trees without unbounded repeats: a bound of the steps of one failing attempt. */
function ways(tree: Tree): { ways: number; steps: number } {
  switch (tree.kind) {
    case 'set':
    case 'assert':
      return { ways: 1, steps: 1 }
    case 'cat':
      return sequenceWays(tree.of)
    case 'alt':
      return tree.of.map(ways).reduce((sum, one) => ({ ways: sum.ways + one.ways, steps: sum.steps + one.steps }), { ways: 0, steps: 0 })
    case 'repeat': {
      const one = ways(tree.of)
      const max = tree.max === Infinity ? tree.min : tree.max
      if (one.ways === 1) return { ways: Math.max(1, max - tree.min + 1), steps: Math.max(1, max * one.steps) }
      let total = 0
      let steps = 1
      for (let i = 1, power = 1; i <= max && total <= MAX_STEPS; i++) {
        power *= one.ways
        if (i >= tree.min) total += power
        steps += power * one.steps
      }
      return { ways: Math.max(1, total + (tree.min === 0 ? 1 : 0)), steps }
    }
  }
}

function sequenceWays(trees: readonly Tree[]): { ways: number; steps: number } {
  let total = 1
  let steps = 0
  for (const [i, tree] of trees.entries()) {
    const one = ways(tree)
    steps += total * one.steps
    // Giving back a character of a set that cannot begin what follows fails at once: no new way.
    const rest = trees.slice(i + 1)
    const settled = tree.kind === 'repeat' && tree.greedy && tree.of.kind === 'set' && rest.length > 0 && !rest.every(nullable) && disjoint(tree.of.ranges, firstSet(rest))
    if (!settled) total *= one.ways
    if (steps > MAX_STEPS) break
  }
  return { ways: total, steps }
}

function flatten(tree: Tree): readonly Tree[] {
  return tree.kind === 'cat' ? tree.of.flatMap(flatten) : [tree]
}

/** Unbounded repeats stand only where a match is certain once they are reached, and the rest is bounded. */
function loopsAtEnd(tree: Tree): boolean {
  if (!hasLoop(tree)) return true
  if (tree.kind === 'alt') return tree.of.every(loopsAtEnd)
  if (tree.kind === 'repeat') {
    if (tree.max !== Infinity) return false
    return tree.greedy && tree.of.kind === 'set'
  }
  if (tree.kind !== 'cat') return true
  const items = flatten(tree)
  const from = items.findIndex(hasLoop)
  const first = items[from]
  if (first === undefined) return true
  // After the first loop nothing may fail.
  return loopsAtEnd(first) && items.slice(from + 1).every((one) => alwaysMatches(one) && loopsAtEnd(one))
}

/** The steps of one attempt, loops counted as their least number of rounds. */
function boundedSteps(tree: Tree): number {
  return ways(tree).steps
}

/** Searching on RegExp takes at most a constant number of steps for each character. */
function searchIsLinear(tree: Tree): boolean {
  return loopsAtEnd(tree) && boundedSteps(tree) <= MAX_STEPS
}

/** Matching the whole text on RegExp is linear: each loop is over one set that what follows cannot begin with. */
function matchIsLinear(tree: Tree): boolean {
  if (tree.kind === 'alt') return tree.of.length <= 64 && tree.of.every(matchIsLinear)
  const items = flatten(tree)
  for (const [i, item] of items.entries()) {
    if (!hasLoop(item)) continue
    if (item.kind !== 'repeat' || item.max !== Infinity || item.of.kind !== 'set' || !item.greedy) return false
    const rest = items.slice(i + 1)
    // An assertion between would be tried at every length; the end of the text fails at once except after the last character.
    if (rest.some((one) => one.kind === 'assert')) return false
    if (!disjoint(item.of.ranges, firstSet(rest))) return false
  }
  return boundedSteps(tree) <= MAX_STEPS
}

/** The longest run of characters that every match contains, in upper and lower case as written. */
function requiredLiteral(tree: Tree): string | undefined {
  let best = ''
  let run = ''
  const end = (): void => {
    if (run.length > best.length) best = run
    run = ''
  }
  const visit = (one: Tree): void => {
    if (one.kind === 'set') {
      const [from, to] = one.ranges
      if (one.ranges.length === 2 && from === to && from !== undefined && !(from >= 0xd800 && from <= 0xdfff)) run += String.fromCodePoint(from)
      else end()
    } else if (one.kind === 'cat') for (const item of one.of) visit(item)
    else if (one.kind === 'repeat' && one.min > 0) {
      end()
      visit(one.of)
      end()
    } else if (one.kind !== 'assert') end()
  }
  visit(tree)
  end()
  return best === '' ? undefined : best
}

// ------------------------------------------------------------------------------------------------ RegExp

function emit(tree: Tree): string {
  switch (tree.kind) {
    case 'set':
      return emitSet(tree.ranges)
    case 'assert':
      switch (tree.what) {
        case 'start':
          return '^'
        case 'end':
          return '$'
        case 'line_start':
          return '(?<![^\\n])'
        case 'line_end':
          return '(?![^\\n])'
        case 'word':
          return '\\b'
        default:
          return '\\B'
      }
    case 'cat':
      return tree.of.map((one) => (one.kind === 'alt' ? `(?:${emit(one)})` : emit(one))).join('')
    case 'alt':
      return tree.of.map(emit).join('|')
    case 'repeat': {
      const inner = tree.of.kind === 'set' ? emit(tree.of) : `(?:${emit(tree.of)})`
      const count =
        tree.max === Infinity
          ? tree.min === 0
            ? '*'
            : tree.min === 1
              ? '+'
              : `{${tree.min},}`
          : tree.min === 0 && tree.max === 1
            ? '?'
            : tree.min === tree.max
              ? `{${tree.min}}`
              : `{${tree.min},${tree.max}}`
      return `${inner}${count}${tree.greedy ? '' : '?'}`
    }
  }
}

function emitCode(code: number): string {
  if ((code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)) return String.fromCharCode(code)
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
}

function emitSet(ranges: Ranges): string {
  const [first, last] = ranges
  if (ranges.length === 2 && first === last && first !== undefined) return emitCode(first)
  if (ranges.length === 0) return '[]'
  let text = ''
  for (let i = 0; i < ranges.length; i += 2) {
    const from = ranges[i] ?? 0
    const to = ranges[i + 1] ?? 0
    text += from === to ? emitCode(from) : `${emitCode(from)}-${emitCode(to)}`
  }
  return `[${text}]`
}

/** Sets that hold no half of a surrogate pair need no Unicode mode, which is slower. */
function needsUnicode(tree: Tree): boolean {
  switch (tree.kind) {
    case 'set':
      return !disjoint(tree.ranges, [0xd800, 0xdfff, 0x10000, LAST])
    case 'assert':
      return false
    case 'cat':
    case 'alt':
      return tree.of.some(needsUnicode)
    case 'repeat':
      return needsUnicode(tree.of)
  }
}

/** Repeats of something that may be empty: engines differ in what they do after an empty round. */
function hasEmptyRounds(tree: Tree): boolean {
  switch (tree.kind) {
    case 'set':
    case 'assert':
      return false
    case 'cat':
    case 'alt':
      return tree.of.some(hasEmptyRounds)
    case 'repeat':
      return nullable(tree.of) || hasEmptyRounds(tree.of)
  }
}

// ------------------------------------------------------------------------------------------------ compiling

interface Prepared {
  readonly tree: Tree
  readonly uncertain: boolean
  /** Spelled for re2js. */
  readonly spelled: string
}

function prepare(pattern: string): Prepared {
  if (pattern.length > MAX_LENGTH) throw new Refused(`a pattern has at most ${MAX_LENGTH.toLocaleString('en')} characters`, MAX_LENGTH)
  const parser = new PatternParser(pattern)
  const tree = parser.parse()
  if (programSize(tree) > MAX_PROGRAM) throw new Refused(`the pattern is too large: its repeats unroll to over ${MAX_PROGRAM.toLocaleString('en')} instructions`, 0)
  let spelled = ''
  let at = 0
  for (const piece of parser.respelled) {
    spelled += pattern.slice(at, piece.at) + piece.text
    at = piece.end
  }
  return { tree, uncertain: parser.uncertain || hasEmptyRounds(tree), spelled: spelled + pattern.slice(at) }
}

let re2: typeof Re2 | undefined

function re2Compile(spelled: string): Re2 {
  re2 ??= (createRequire(import.meta.url)('re2js') as { RE2JS: typeof Re2 }).RE2JS
  try {
    return re2.compile(spelled)
  } catch {
    throw new Refused('this is not a regular expression of RE2', 0)
  }
}

const enginesOf = ({ tree, uncertain }: Prepared): { search: boolean; match: boolean } =>
  uncertain ? { search: false, match: false } : { search: searchIsLinear(tree), match: matchIsLinear(tree) }

/** What is wrong with a pattern of section 10, or undefined. */
export function checkRegex(pattern: string): RegexProblem | undefined {
  const result = inspectRegex(pattern)
  return 'message' in result ? result : undefined
}

export interface RegexInspection {
  /** Facts of searching and of matching a whole text. */
  readonly search: RegexFacts
  readonly match: RegexFacts
}

/** Checks a pattern and says how it will run. */
export function inspectRegex(pattern: string): RegexProblem | RegexInspection {
  try {
    const prepared = prepare(pattern)
    const { search, match } = enginesOf(prepared)
    // What RegExp does not take over must be known to re2js.
    if (!search || !match) re2Compile(prepared.spelled)
    const literal = requiredLiteral(prepared.tree)
    return { search: { engine: search ? 'regexp' : 're2js', literal }, match: { engine: match ? 'regexp' : 're2js', literal } }
  } catch (error) {
    if (error instanceof Refused) return error.problem
    throw error
  }
}

/** Which engine searches with a pattern, and the literal that gates it. The pattern must have passed checkRegex. */
export function regexFacts(pattern: string): RegexFacts {
  const prepared = prepare(pattern)
  return { engine: enginesOf(prepared).search ? 'regexp' : 're2js', literal: requiredLiteral(prepared.tree) }
}

/**
 * Compiles a pattern. Throws an Error for one that checkRegex refuses.
 * @example compileRegex('[0-9]+').findAll('a1b22') // [1, 2, 3, 5]
 */
export function compileRegex(pattern: string): CompiledRegex {
  const prepared = prepare(pattern)
  const engines = enginesOf(prepared)
  const literal = requiredLiteral(prepared.tree)
  let slow: Re2 | undefined
  const reference = (): Re2 => (slow ??= re2Compile(prepared.spelled))
  if (!engines.search || !engines.match) reference()
  const source = engines.search || engines.match ? emit(prepared.tree) : ''
  const unicode = needsUnicode(prepared.tree) ? 'u' : ''
  const searcher = engines.search ? new RegExp(source, `g${unicode}`) : undefined
  const matcher = engines.match ? new RegExp(`^(?:${source})$`, unicode) : undefined
  return {
    facts: { engine: searcher === undefined ? 're2js' : 'regexp', literal },
    matches(text) {
      if (literal !== undefined && !text.includes(literal)) return false
      return matcher === undefined ? reference().testExact(text) : matcher.test(text)
    },
    findAll(text) {
      if (literal !== undefined && !text.includes(literal)) return []
      return searcher === undefined ? findWithReference(reference(), text) : findWithRegExp(searcher, text)
    },
  }
}

function findWithRegExp(regex: RegExp, text: string): number[] {
  const found: number[] = []
  regex.lastIndex = 0
  for (;;) {
    const match = regex.exec(text)
    if (match === null) return found
    const length = match[0].length
    if (length > 0) found.push(match.index, match.index + length)
    // In Unicode mode an index inside a pair counts as its beginning: step over the whole.
    else regex.lastIndex += regex.unicode && (text.codePointAt(match.index) ?? 0) > 0xffff ? 2 : 1
  }
}

function findWithReference(regex: Re2, text: string): number[] {
  const found: number[] = []
  const matcher = regex.matcher(text)
  while (matcher.find()) {
    const start = matcher.start()
    const end = matcher.end()
    if (end > start) found.push(start, end)
  }
  return found
}

/** The reference: the same pattern on re2js whatever the analysis says. For tests. */
export function compileReference(pattern: string): LinearRegex {
  const regex = re2Compile(prepare(pattern).spelled)
  return { matches: (text) => regex.testExact(text), findAll: (text) => findWithReference(regex, text) }
}
