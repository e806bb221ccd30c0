// A strict reader of XML: either the text is well-formed, without a DTD and without entities beyond the five predefined ones,
// or it is nothing. It remembers where things stand, so that what is replaced can be cut out exactly.

import { isXmlSpace, nameEnd } from '../engine/xml-names.ts'

/** No deeper nesting of elements. */
const MAX_DEPTH = 1000

/** Nothing: no parent, no sibling, no piece. */
const NONE = -1

/**
 * Elements by number, in document order; 0 is the document itself, 1 the root element. One list per fact: a document
 * of many small elements costs little more than its text.
 */
export interface XmlDocument {
  readonly text: string
  readonly names: number[]
  readonly nameEnds: number[]
  readonly parents: number[]
  /** First child and next sibling, 0 for none. */
  readonly children: number[]
  readonly siblings: number[]
  /** The number behind the last element below. */
  readonly ends: number[]
  /** First attribute; those of an element go up to the first of the next one. */
  readonly attributes: number[]
  /** First piece of character data. */
  readonly firsts: number[]
  /** Attributes: where name and value (without quotes) stand, four numbers each. */
  readonly places: number[]
  /** Pieces of character data: start, end, number of the next piece of the same element. */
  readonly pieces: number[]
}

// Everything that XML does not allow: most control characters, lone surrogates, U+FFFE and U+FFFF.
const ILLEGAL = /[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]/u
const DECLARATION =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/

/** Reads a document; undefined when it is not well-formed. */
export function readXml(text: string): XmlDocument | undefined {
  if (ILLEGAL.test(text)) return undefined
  const reader = new XmlReader(text)
  return reader.read() ? reader.document : undefined
}

class XmlReader {
  readonly document: XmlDocument
  private readonly text: string
  private at = 0
  /** The open element. */
  private open = 0
  private depth = 0
  /** Last child and last piece of the open elements, by depth. */
  private readonly lastChild = [0]
  private readonly lastPiece = [NONE]

  constructor(text: string) {
    this.text = text
    this.document = { text, names: [0], nameEnds: [0], parents: [NONE], children: [0], siblings: [0], ends: [0], attributes: [0], firsts: [NONE], places: [], pieces: [] }
  }

  read(): boolean {
    const { text, document } = this
    if (text.charCodeAt(0) === 0xfeff) this.at = 1
    const declaration = DECLARATION.exec(text.slice(this.at, this.at + 1000))
    if (declaration !== null) this.at += declaration[0].length
    while (this.at < text.length) if (!(text.charCodeAt(this.at) === 0x3c ? this.markup() : this.characters())) return false
    document.ends[0] = document.names.length
    document.attributes.push(document.places.length / 4)
    return this.depth === 0 && document.names.length > 1
  }

  private markup(): boolean {
    const { text, at } = this
    switch (text.charCodeAt(at + 1)) {
      case 0x2f:
        return this.endTag()
      case 0x3f:
        return this.instruction()
      case 0x21:
        if (text.startsWith('--', at + 2)) return this.comment()
        // anything else is a DTD
        return text.startsWith('[CDATA[', at + 2) && this.section()
      default:
        return this.startTag()
    }
  }

  private comment(): boolean {
    const end = this.text.indexOf('--', this.at + 4)
    this.at = end + 3
    return end >= 0 && this.text.charCodeAt(end + 2) === 0x3e
  }

  private instruction(): boolean {
    const { text, at } = this
    const target = nameEnd(text, at + 2)
    if (target === at + 2 || text.slice(at + 2, target).toLowerCase() === 'xml') return false
    const end = text.indexOf('?>', target)
    this.at = end + 2
    return end === target || (end > 0 && isXmlSpace(text.charCodeAt(target)))
  }

  private section(): boolean {
    const end = this.text.indexOf(']]>', this.at + 9)
    if (end < 0 || this.depth === 0) return false
    this.piece(this.at, end + 3)
    this.at = end + 3
    return true
  }

  /** Character data up to the next markup. */
  private characters(): boolean {
    const { text, at: start } = this
    let at = start
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at)
      if (unit === 0x3c) break
      if (unit === 0x26) {
        const end = referenceEnd(text, at)
        if (end < 0) return false
        at = end - 1
      } else if (unit === 0x3e && at - start >= 2 && text.charCodeAt(at - 1) === 0x5d && text.charCodeAt(at - 2) === 0x5d) return false
    }
    this.at = at
    if (this.depth > 0) this.piece(start, at)
    // around the root element there is nothing but white space
    else for (let i = start; i < at; i++) if (!isXmlSpace(text.charCodeAt(i))) return false
    return true
  }

  private piece(start: number, end: number): void {
    const { pieces, firsts } = this.document
    const piece = pieces.length / 3
    const last = this.lastPiece[this.depth]!
    if (last === NONE) firsts[this.open] = piece
    else pieces[last * 3 + 2] = piece
    this.lastPiece[this.depth] = piece
    pieces.push(start, end, NONE)
  }

  private startTag(): boolean {
    const { text, document } = this
    const start = this.at + 1
    const end = nameEnd(text, start)
    if (end === start || this.depth === MAX_DEPTH) return false
    const element = document.names.length
    if (this.depth === 0 && element > 1) return false
    document.names.push(start)
    document.nameEnds.push(end)
    document.parents.push(this.open)
    document.children.push(0)
    document.siblings.push(0)
    document.ends.push(element + 1)
    document.attributes.push(document.places.length / 4)
    document.firsts.push(NONE)
    const before = this.lastChild[this.depth]!
    if (before === 0) document.children[this.open] = element
    else document.siblings[before] = element
    this.lastChild[this.depth] = element
    this.at = end
    if (!this.attributes(element)) return false
    if (text.charCodeAt(this.at) === 0x2f) {
      this.at += 2
      return text.charCodeAt(this.at - 1) === 0x3e
    }
    this.at++
    this.depth++
    this.open = element
    this.lastChild[this.depth] = 0
    this.lastPiece[this.depth] = NONE
    return true
  }

  /** Attributes up to the `>` or `/` that ends the tag. */
  private attributes(element: number): boolean {
    const { text, document } = this
    const { places } = document
    const from = document.attributes[element]!
    let seen: Set<string> | undefined
    for (;;) {
      const blank = this.at
      this.space()
      const unit = text.charCodeAt(this.at)
      if (unit === 0x3e || unit === 0x2f) return true
      const start = this.at
      const end = nameEnd(text, start)
      if (end === start || start === blank) return false
      this.at = end
      this.space()
      if (text.charCodeAt(this.at) !== 0x3d) return false
      this.at++
      this.space()
      const value = this.at + 1
      if (!this.quoted()) return false
      if (places.length / 4 > from) {
        seen ??= new Set([text.slice(places[from * 4], places[from * 4 + 1])])
        const name = text.slice(start, end)
        if (seen.has(name)) return false
        seen.add(name)
      }
      places.push(start, end, value, this.at - 1)
    }
  }

  /** An attribute value with its quotes. */
  private quoted(): boolean {
    const { text } = this
    const quote = text.charCodeAt(this.at)
    if (quote !== 0x22 && quote !== 0x27) return false
    for (let at = this.at + 1; at < text.length; at++) {
      const unit = text.charCodeAt(at)
      if (unit === quote) {
        this.at = at + 1
        return true
      }
      if (unit === 0x3c) return false
      if (unit === 0x26) {
        const end = referenceEnd(text, at)
        if (end < 0) return false
        at = end - 1
      }
    }
    return false
  }

  private endTag(): boolean {
    const { text, document, open } = this
    if (this.depth === 0) return false
    const start = this.at + 2
    const name = text.slice(document.names[open], document.nameEnds[open])
    if (!text.startsWith(name, start) || nameEnd(text, start) !== start + name.length) return false
    this.at = start + name.length
    this.space()
    if (text.charCodeAt(this.at) !== 0x3e) return false
    this.at++
    this.depth--
    document.ends[open] = document.names.length
    this.open = document.parents[open]!
    return true
  }

  private space(): void {
    while (isXmlSpace(this.text.charCodeAt(this.at))) this.at++
  }
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
])

// `&amp;` and `&#x10ffff;` are short; leading zeros may make the latter longer.
const REFERENCE = /&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(lt|gt|amp|quot|apos));/y

/** Where the reference at `at` ends; -1 if there is none that XML without a DTD knows. */
function referenceEnd(text: string, at: number): number {
  REFERENCE.lastIndex = at
  const found = REFERENCE.exec(text)
  if (found === null) return -1
  return found[3] !== undefined || character(found[1], found[2]) !== undefined ? REFERENCE.lastIndex : -1
}

/** The character that a numeric reference stands for. */
function character(hex: string | undefined, decimal: string | undefined): string | undefined {
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
  if (!(code <= 0x10ffff)) return undefined
  const char = String.fromCodePoint(code)
  return ILLEGAL.test(char) ? undefined : char
}

function decoded(text: string): string {
  return text.replace(/&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(\w+));/g, (_, hex?: string, decimal?: string, name?: string) =>
    name === undefined ? character(hex, decimal)! : NAMED.get(name)!,
  )
}

/** The character data of an element itself, all its pieces joined. */
export function elementText(document: XmlDocument, element: number): string {
  const { text, pieces } = document
  let out = ''
  for (let piece = document.firsts[element]!; piece !== NONE; piece = pieces[piece * 3 + 2]!) {
    const start = pieces[piece * 3]!
    const end = pieces[piece * 3 + 1]!
    const section = text.charCodeAt(start) === 0x3c
    const raw = (section ? text.slice(start + 9, end - 3) : text.slice(start, end)).replace(/\r\n?/g, '\n')
    out += section ? raw : decoded(raw)
  }
  return out
}

/** Where the pieces of an element's character data stand: flat, in order. */
export function piecesOf(document: XmlDocument, element: number): number[] {
  const { pieces } = document
  const out: number[] = []
  for (let piece = document.firsts[element]!; piece !== NONE; piece = pieces[piece * 3 + 2]!) out.push(pieces[piece * 3]!, pieces[piece * 3 + 1]!)
  return out
}

/** The attribute of an element by name; -1 for none. */
export function attributeOf(document: XmlDocument, element: number, name: string): number {
  const { places } = document
  for (let attribute = document.attributes[element]!; attribute < document.attributes[element + 1]!; attribute++) {
    if (places[attribute * 4 + 1]! - places[attribute * 4]! === name.length && document.text.startsWith(name, places[attribute * 4])) return attribute
  }
  return NONE
}

/** The value of an attribute; white space in it is a space unless it is written as a reference. */
export function attributeValue(document: XmlDocument, attribute: number): string {
  const raw = document.text.slice(document.places[attribute * 4 + 2], document.places[attribute * 4 + 3])
  return decoded(raw.replace(/\r\n|[\t\r\n]/g, ' '))
}

/** Character data that reads as `text`. What XML cannot hold becomes U+FFFD. */
export function asText(text: string): string {
  return legal(text).replace(/[&<>\r]/g, (char) => ESCAPES.get(char)!)
}

/** The same for an attribute value in quotes of that kind. */
export function asValue(text: string, quote: string): string {
  return legal(text).replace(/[&<"'\t\n\r]/g, (char) => (char !== quote && (char === '"' || char === "'") ? char : ESCAPES.get(char)!))
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
  ['\t', '&#9;'],
  ['\n', '&#10;'],
  ['\r', '&#13;'],
])

function legal(text: string): string {
  return ILLEGAL.test(text) ? text.replace(new RegExp(ILLEGAL, 'gu'), '\ufffd') : text
}

/** True when the element has that name, as written. */
export function isNamed(document: XmlDocument, element: number, name: string): boolean {
  const start = document.names[element]!
  return document.nameEnds[element]! - start === name.length && document.text.startsWith(name, start)
}
