// A reader for the plain part of YAML that nearly every ruleset keeps to: block mappings and lists, flow collections, one-line
// scalars, comments. It gives exactly the tree that yaml.ts gives, or undefined for anything it does not know for certain
// (anchors, tags, block scalars, several lines in one scalar, every error): then the real parser decides and words the
// errors. It is there because loading the `yaml` package takes most of the start-up time of the command line.

import { LIMITS } from './node.ts'
import type { Entry, Node, ScalarNode } from './node.ts'
import { keyText } from './yaml.ts'
import { NOT_FINITE, plainScalar } from './yaml-scalar.ts'

/** Thrown inside: not for this reader. */
const BAIL: unique symbol = Symbol('bail')

/** Characters that cannot occur here: controls, DEL, NEL, the byte order mark, lone line separators. */
const ODD = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/

/** The tree of plain YAML text, or undefined if the text needs the full parser. */
export function parsePlainYaml(text: string): Node | undefined {
  if (ODD.test(text)) return undefined
  const reader = new Reader(text)
  try {
    return reader.document()
  } catch (error) {
    if (error === BAIL) return undefined
    throw error
  }
}

class Reader {
  readonly #text: string
  #at = 0
  /** Offset of the start of the line of `#at`. */
  #line = 0
  #count = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): Node {
    this.#nextLine(true)
    if (this.#at >= this.#text.length) throw BAIL
    const root = this.#block(this.#at - this.#line, 1)
    if (root.kind === 'scalar' || this.#at < this.#text.length) throw BAIL
    return root
  }

  #char(offset = 0): string {
    return this.#text[this.#at + offset] ?? ''
  }

  /** True at the end of a word: a space, a line end or the end of the text. */
  #blank(offset: number): boolean {
    const char = this.#char(offset)
    return char === '' || char === ' ' || char === '\n'
  }

  /** Moves over the rest of this line (blank or comment only) and over empty lines, to the next content. */
  #nextLine(fresh = false): void {
    const text = this.#text
    for (;;) {
      const before = this.#at
      while (text[this.#at] === ' ') this.#at++
      const char = text[this.#at]
      if (char === '#') {
        if (!fresh && before === this.#at && this.#at > this.#line) throw BAIL
        const end = text.indexOf('\n', this.#at)
        this.#at = end === -1 ? text.length : end
      }
      if (this.#at >= text.length) return
      if (text[this.#at] !== '\n') {
        if (!fresh) throw BAIL
        break
      }
      this.#at++
      this.#line = this.#at
      fresh = true
    }
    if (this.#at === this.#line) {
      const word = text.slice(this.#at, this.#at + 3)
      if (word === '---' || word === '...' || word[0] === '%') throw BAIL
    }
  }

  #node(depth: number): void {
    if (++this.#count > LIMITS.nodes || depth > LIMITS.depth) throw BAIL
  }

  /** A block collection whose entries begin at column `indent` (from 0); the reader stands on the first entry. */
  #block(indent: number, depth: number): Node {
    return this.#char() === '-' && this.#blank(1) ? this.#blockList(indent, depth) : this.#blockMap(indent, depth)
  }

  #blockList(indent: number, depth: number): Node {
    this.#node(depth)
    const at = this.#at
    const items: Node[] = []
    while (this.#at < this.#text.length && this.#at - this.#line === indent && this.#char() === '-' && this.#blank(1)) {
      const dash = this.#at
      const dashLine = this.#line
      this.#at++
      while (this.#char() === ' ') this.#at++
      if (this.#char() === '\n' || this.#char() === '#' || this.#char() === '') {
        if (this.#char() === '#' && this.#text[this.#at - 1] !== ' ') throw BAIL
        this.#nextLine()
        if (this.#at >= this.#text.length || this.#at - this.#line <= indent) throw BAIL // an empty item
        items.push(this.#block(this.#at - this.#line, depth + 1))
      } else if (this.#line === dashLine && this.#isBlockStart()) items.push(this.#block(this.#at - this.#line, depth + 1))
      else {
        items.push(this.#inlineValue(indent, depth + 1, dash))
        this.#nextLine()
      }
    }
    if (this.#at < this.#text.length && this.#at - this.#line > indent) throw BAIL
    return { kind: 'list', items, at }
  }

  /** Whether a compact collection begins here (`- a: 1`, `- - a`). */
  #isBlockStart(): boolean {
    if (this.#char() === '-' && this.#blank(1)) return true
    if (this.#char() === '{' || this.#char() === '[') return false
    const from = this.#at
    const count = this.#count
    this.#scalar(false, from)
    const isKey = this.#char() === ':' && this.#blank(1)
    this.#at = from
    this.#count = count
    return isKey
  }

  #blockMap(indent: number, depth: number): Node {
    this.#node(depth)
    const at = this.#at
    const entries = new Map<string, Entry>()
    while (this.#at < this.#text.length && this.#at - this.#line === indent) {
      if (this.#char() === '-' && this.#blank(1)) throw BAIL
      if (this.#char() === '{' || this.#char() === '[') throw BAIL
      const key = this.#scalar(false, this.#at)
      if (this.#char() !== ':' || !this.#blank(1)) throw BAIL
      this.#at++
      while (this.#char() === ' ') this.#at++
      let value: Node
      if (this.#char() === '\n' || this.#char() === '#' || this.#char() === '') {
        if (this.#char() === '#' && this.#text[this.#at - 1] !== ' ') throw BAIL
        this.#nextLine()
        const column = this.#at - this.#line
        const more = this.#at < this.#text.length
        if (more && (column > indent || (column === indent && this.#char() === '-' && this.#blank(1)))) {
          value = column > indent && !this.#isBlockStart() ? this.#ownLine(indent, depth, key.at) : this.#block(column, depth + 1)
        } else {
          this.#node(depth)
          value = { kind: 'scalar', value: null, plain: true, at: key.at, body: -1 }
        }
      } else {
        value = this.#inlineValue(indent, depth + 1, key.at)
        this.#nextLine()
      }
      this.#put(entries, key, value)
    }
    if (this.#at < this.#text.length && this.#at - this.#line > indent) throw BAIL
    return { kind: 'map', entries, at }
  }

  /** A flow collection on the line after its key; scalars there are left to the full parser. */
  #ownLine(indent: number, depth: number, emptyAt: number): Node {
    if (this.#char() !== '{' && this.#char() !== '[') throw BAIL
    const value = this.#inlineValue(indent, depth + 1, emptyAt)
    this.#nextLine()
    return value
  }

  #put(entries: Map<string, Entry>, key: ScalarNode, value: Node): void {
    const name = keyText(key)
    if (entries.has(name) || (key.plain && name === '<<') || key.value === null) throw BAIL
    entries.set(name, { key, value })
  }

  /** A scalar or flow collection that ends on this line, or a flow collection over several. */
  #inlineValue(indent: number, depth: number, emptyAt: number): Node {
    if (this.#char() === '{' || this.#char() === '[') {
      const value = this.#flow(indent, depth)
      if (this.#char() === ':') throw BAIL // a collection as a key; with blanks before it #nextLine refuses
      return value
    }
    const value = this.#scalar(false, emptyAt)
    if (this.#char() === ':') throw BAIL
    // A deeper line that follows would continue a plain scalar.
    const end = this.#at
    const line = this.#line
    this.#nextLine()
    if (this.#at < this.#text.length && this.#at - this.#line > indent) throw BAIL
    this.#at = end
    this.#line = line
    return value
  }

  /** Blanks, line ends and comments inside a flow collection; continued lines must stand deeper than the block around. */
  #flowSpace(indent: number): void {
    const text = this.#text
    for (;;) {
      const from = this.#at
      while (text[this.#at] === ' ') this.#at++
      if (text[this.#at] === '#') {
        if (from === this.#at && this.#at !== this.#line) throw BAIL
        const end = text.indexOf('\n', this.#at)
        if (end === -1) throw BAIL
        this.#at = end
      }
      if (text[this.#at] !== '\n') break
      this.#at++
      this.#line = this.#at
      while (text[this.#at] === ' ') this.#at++
      if (text[this.#at] !== '\n' && text[this.#at] !== '#' && this.#at - this.#line <= indent) throw BAIL
    }
    if (this.#at >= text.length) throw BAIL
  }

  #flow(indent: number, depth: number): Node {
    this.#node(depth)
    const at = this.#at
    const isMap = this.#char() === '{'
    const close = isMap ? '}' : ']'
    this.#at++
    const items: Node[] = []
    const entries = new Map<string, Entry>()
    this.#flowSpace(indent)
    while (this.#char() !== close) {
      if (isMap) this.#flowPair(entries, indent, depth)
      else {
        items.push(this.#flowItem(indent, depth + 1, this.#at))
        this.#flowSpace(indent)
      }
      if (this.#char() === ',') {
        this.#at++
        this.#flowSpace(indent)
      } else if (this.#char() !== close) throw BAIL // a pair in a list, a missing comma
    }
    this.#at++
    return isMap ? { kind: 'map', entries, at } : { kind: 'list', items, at }
  }

  #flowPair(entries: Map<string, Entry>, indent: number, depth: number): void {
    if (this.#char() === '{' || this.#char() === '[') throw BAIL
    const line = this.#line
    const key = this.#scalar(true, this.#at)
    if (this.#char() !== ':' || !this.#blank(1)) throw BAIL
    if (this.#line !== line) throw BAIL
    this.#at++
    this.#flowSpace(indent)
    let value: Node
    if (this.#char() === ',' || this.#char() === '}') {
      this.#node(depth)
      value = { kind: 'scalar', value: null, plain: true, at: key.at, body: -1 }
    } else value = this.#flowItem(indent, depth + 1, key.at)
    this.#put(entries, key, value)
    this.#flowSpace(indent)
  }

  #flowItem(indent: number, depth: number, emptyAt: number): Node {
    if (this.#char() === '{' || this.#char() === '[') return this.#flow(indent, depth)
    return this.#scalar(true, emptyAt)
  }

  /** One scalar on one line; afterwards the reader stands behind it and behind blanks that belong to no comment. */
  #scalar(flow: boolean, emptyAt: number): ScalarNode {
    this.#node(0)
    const char = this.#char()
    const value = char === '"' ? this.#double() : char === "'" ? this.#single() : this.#plain(flow, emptyAt)
    if (!value.plain) {
      // A quoted scalar ends at white space, at a separator or at `:` before white space.
      const next = this.#char()
      const after = this.#text.slice(this.#at, this.#at + 1024).match(/^ *(?=:)/)
      if (after !== null && after[0] !== '') throw BAIL
      if (next !== '' && next !== ' ' && next !== '\n' && !(next === ':' && this.#blank(1)) && !(flow && (next === ',' || next === ']' || next === '}'))) throw BAIL
    }
    return value
  }

  #double(): ScalarNode {
    const at = this.#at
    const text = this.#text
    let value = ''
    let exact = true
    let i = at + 1
    for (;;) {
      const char = text[i]
      if (char === undefined || char === '\n') throw BAIL
      if (char === '"') break
      if (char !== '\\') {
        value += char
        i++
        continue
      }
      exact = false
      const next = text[i + 1] ?? ''
      const simple = { '"': '"', '\\': '\\', '/': '/', n: '\n', t: '\t', r: '\r', 0: '\0' }[next]
      if (simple !== undefined) {
        value += simple
        i += 2
      } else {
        const digits = next === 'x' ? 2 : next === 'u' ? 4 : 0
        const hex = text.slice(i + 2, i + 2 + digits)
        if (digits === 0 || hex.length !== digits || !/^[0-9a-fA-F]+$/.test(hex)) throw BAIL
        value += String.fromCharCode(parseInt(hex, 16))
        i += 2 + digits
      }
    }
    if (i - at > 1000) throw BAIL
    this.#at = i + 1
    return { kind: 'scalar', value, plain: false, at, body: exact || text.startsWith(value, at + 1) ? at + 1 : -1 }
  }

  #single(): ScalarNode {
    const at = this.#at
    const text = this.#text
    let i = at + 1
    let value = ''
    for (;;) {
      const end = text.indexOf("'", i)
      if (end === -1) throw BAIL
      value += text.slice(i, end)
      i = end + 1
      if (text[i] !== "'") break
      value += "'"
      i++
    }
    if (value.includes('\n') || i - at > 1000) throw BAIL
    this.#at = i
    return { kind: 'scalar', value, plain: false, at, body: text.startsWith(value, at + 1) ? at + 1 : -1 }
  }

  #plain(flow: boolean, emptyAt: number): ScalarNode {
    const text = this.#text
    const at = this.#at
    const first = text[at] ?? ''
    // Indicators begin something else; `-` only when a word follows.
    if (first === '' || '&*!|>%@`?:,[]{}#"\'\n '.includes(first)) throw BAIL
    if (first === '-' && !/[A-Za-z0-9.]/.test(text[at + 1] ?? '')) throw BAIL
    let i = at
    for (; ; i++) {
      const char = text[i]
      if (char === undefined || char === '\n') break
      if (char === ':') {
        const next = text[i + 1]
        if (next === undefined || next === ' ' || next === '\n') break
        if (flow && ',[]{}'.includes(next)) throw BAIL
      } else if (char === '#' && text[i - 1] === ' ') break
      else if (flow && ',[]{}'.includes(char)) {
        if (char === '[' || char === '{') throw BAIL
        break
      }
    }
    let end = i
    while (text[end - 1] === ' ') end--
    if (text[i] === ':' && end !== i) throw BAIL // `a : 1`
    if (flow && (text[i] === '\n' || text[i] === undefined)) this.#flowLineEnd(i)
    if (end - at > 1000) throw BAIL
    // Stand behind the text, before blanks, so that a comment can see its space.
    this.#at = end
    const raw = text.slice(at, end)
    const value = plainScalar(raw)
    if (value === NOT_FINITE) throw BAIL
    return { kind: 'scalar', value, plain: true, at: raw === '' ? emptyAt : at, body: at }
  }

  /** A plain scalar in a flow collection goes on in the next line unless a separator or a comment comes first. */
  #flowLineEnd(at: number): void {
    let i = at
    while (this.#text[i] === '\n' || this.#text[i] === ' ') i++
    const next = this.#text[i]
    if (next !== ']' && next !== '}' && next !== ',') throw BAIL
  }
}
