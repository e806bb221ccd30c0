// The subset of XPath that selects nodes of a document: `/a/b`, `a/b`, `//b`, `*`, `..`, `[3]`, `[@k='v']`.

import { isXmlSpace, nameEnd } from './xml-names.ts'

/** What a step goes to: child elements, the parent, the node with everything below it (`//`), an attribute. */
export interface Step {
  readonly axis: 'child' | 'parent' | 'below' | 'attribute'
  /** Undefined: any element. */
  readonly name: string | undefined
  /** Hold one after the other: a position counts the nodes that are left. */
  readonly predicates: readonly Predicate[]
}

export type Predicate = { readonly position: number } | { readonly attribute: string; readonly value: string }

export interface XPath {
  /** From the document; else from the element where the path starts. */
  readonly absolute: boolean
  readonly steps: readonly Step[]
}

export interface XPathError {
  readonly error: string
  /** Offset into the expression. */
  readonly at: number
}

const MAX_STEPS = 64
const MAX_PREDICATES = 16

const PARENT: Step = { axis: 'parent', name: undefined, predicates: [] }
const BELOW: Step = { axis: 'below', name: undefined, predicates: [] }

/**
 * Reads an expression. With `attributes` its last step may be `@name`.
 * @example parseXPath("//card[@type='visa']", false) // below, child card with a predicate
 */
export function parseXPath(text: string, attributes: boolean): XPath | XPathError {
  const reader = new XPathReader(text, attributes)
  try {
    return reader.read()
  } catch (error) {
    if (error instanceof Fault) return { error: error.words, at: error.at }
    throw error
  }
}

class Fault {
  readonly words: string
  readonly at: number
  constructor(words: string, at: number) {
    this.words = words
    this.at = at
  }
}

class XPathReader {
  private readonly text: string
  private readonly attributes: boolean
  private readonly steps: Step[] = []
  private at = 0

  constructor(text: string, attributes: boolean) {
    this.text = text
    this.attributes = attributes
  }

  read(): XPath {
    this.space()
    if (this.at === this.text.length) throw new Fault('an XPath cannot be empty', 0)
    const absolute = this.text[this.at] === '/'
    if (absolute) this.slash()
    for (;;) {
      this.step()
      if (this.steps.length > MAX_STEPS) throw new Fault(`an XPath has at most ${MAX_STEPS} steps`, this.at)
      if (this.at === this.text.length) return { absolute, steps: this.steps }
      if (this.text[this.at] !== '/') throw this.unexpected()
      if (this.steps[this.steps.length - 1]!.axis === 'attribute') throw new Fault('nothing follows an attribute', this.at)
      this.slash()
    }
  }

  private slash(): void {
    this.at++
    if (this.text[this.at] === '/') {
      this.at++
      this.steps.push(BELOW)
    }
    this.space()
    if (this.at === this.text.length) throw new Fault("a step is missing after '/'", this.at)
  }

  private step(): void {
    const { text, at } = this
    if (text.startsWith('..', at)) {
      this.at += 2
      this.space()
      if (text[this.at] === '[') throw new Fault("'..' takes no brackets", this.at)
      this.steps.push(PARENT)
      return
    }
    if (text[at] === '@') {
      if (!this.attributes) throw new Fault("this path selects elements; their attributes are named by a node_transform of type 'attribute'", at)
      this.at++
      const name = this.name('the name of an attribute')
      this.space()
      this.steps.push({ axis: 'attribute', name, predicates: [] })
      return
    }
    let name: string | undefined
    if (text[at] === '*') this.at++
    else name = this.name('the name of an element')
    this.space()
    const predicates: Predicate[] = []
    while (text[this.at] === '[') {
      predicates.push(this.predicate())
      if (predicates.length > MAX_PREDICATES) throw new Fault(`a step has at most ${MAX_PREDICATES} predicates`, this.at)
    }
    this.steps.push({ axis: 'child', name, predicates })
  }

  /** `[3]` or `[@k='v']`. */
  private predicate(): Predicate {
    const { text } = this
    this.at++
    this.space()
    if (text[this.at] === '@') {
      this.at++
      const attribute = this.name('the name of an attribute')
      this.space()
      this.need('=')
      this.space()
      const quote = text[this.at]
      if (quote !== '"' && quote !== "'") throw new Fault('the value of the attribute stands in quotes', this.at)
      const end = text.indexOf(quote, this.at + 1)
      if (end === -1) throw new Fault('the quote is not closed', this.at)
      const value = text.slice(this.at + 1, end)
      this.at = end + 1
      this.close()
      return { attribute, value }
    }
    const digits = /^[0-9]{1,9}/.exec(text.slice(this.at, this.at + 9))?.[0]
    if (digits === undefined) throw new Fault("brackets hold a position, as in [3], or [@name='value']", this.at)
    if (Number(digits) === 0) throw new Fault('positions count from 1', this.at)
    this.at += digits.length
    this.close()
    return { position: Number(digits) }
  }

  private close(): void {
    this.space()
    this.need(']')
    this.space()
  }

  private need(char: string): void {
    if (this.text[this.at] !== char) throw new Fault(`'${char}' is missing`, this.at)
    this.at++
  }

  private name(what: string): string {
    const end = nameEnd(this.text, this.at)
    // one colon belongs to a name
    const axis = this.text.slice(this.at, end).indexOf('::')
    if (axis >= 0) throw new Fault("axes are written as '/', '//', '..' and '@' only", this.at + axis)
    if (end === this.at) throw this.at === this.text.length ? new Fault(`${what} is missing`, this.at) : this.unexpected()
    if (this.text[end] === '(') throw new Fault('functions and node tests are not part of the subset', end)
    const name = this.text.slice(this.at, end)
    this.at = end
    return name
  }

  private space(): void {
    while (isXmlSpace(this.text.charCodeAt(this.at))) this.at++
  }

  private unexpected(): Fault {
    const char = String.fromCodePoint(this.text.codePointAt(this.at)!)
    if (char === '.') return new Fault("'.' is not part of the subset: a path starts with a name, '/', '//' or '..'", this.at)
    if (char === '|') return new Fault('one path only: write a transform for each', this.at)
    return new Fault(`unexpected ${/\s|\p{C}/u.test(char) ? 'character' : `'${char}'`}`, this.at)
  }
}
