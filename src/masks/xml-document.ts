// A strict reader of XML: either the text is well-formed, without a DTD and without entities beyond the five predefined ones,
// or it is nothing. It remembers where things stand, so that what is replaced can be cut out exactly.

import { isXmlSpace, nameEnd } from '../engine/xml-names.ts'

/** No deeper nesting of elements. */
const MAX_DEPTH = 1000

/** Nothing: no attribute, no piece. */
const NONE = -1

/**
 * Elements by number, in document order; 0 is the document itself, 1 the root element. A document of many small elements
 * shall cost little more than its text: facts stand in tables of numbers, a row each.
 */
export interface XmlDocument {
  readonly text: string
  /** How many rows `elements` has, that of the document included. */
  readonly count: number
  /** Rows of `ROW` numbers, named below; one more row ends the attributes of the last element. */
  readonly elements: Int32Array
  /** Attributes: where name and value (without quotes) start and end, four numbers each. */
  readonly places: Int32Array
  /** Pieces of character data: start, end, number of the next piece of the same element. */
  readonly pieces: Int32Array
}

export const ROW = 8
/** Where the name stands. */
export const NAME = 0
export const NAME_END = 1
export const PARENT = 2
/** First child and next sibling, 0 for none. */
export const CHILD = 3
export const SIBLING = 4
/** The number behind the last element below. */
export const END = 5
/** First attribute; those of an element go up to the first of the next one. */
export const ATTRIBUTES = 6
/** First piece of character data. */
const PIECE = 7

// Everything that XML does not allow: most control characters, lone surrogates, U+FFFE and U+FFFF.
const ILLEGAL = /[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]/u
const DECLARATION =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/

/** Reads a document; undefined when it is not well-formed. */
export function readXml(text: string): XmlDocument | undefined {
  return ILLEGAL.test(text) ? undefined : new XmlReader(text).read()
}

class XmlReader {
  private readonly text: string
  private at = 0
  private elements: Int32Array
  private places: Int32Array
  private pieces: Int32Array
  private elementCount = 1
  private attributeCount = 0
  private pieceCount = 0
  /** The open element. */
  private open = 0
  private depth = 0
  /** Last child and last piece of the open elements, by depth. */
  private readonly lastChild = [0]
  private readonly lastPiece = [NONE]

  constructor(text: string) {
    this.text = text
    const rows = 8 + (text.length >> 5)
    this.elements = new Int32Array(rows * ROW)
    this.places = new Int32Array(rows * 4)
    this.pieces = new Int32Array(rows * 3)
    this.elements[PARENT] = NONE
    this.elements[PIECE] = NONE
  }

  read(): XmlDocument | undefined {
    const { text } = this
    if (text.charCodeAt(0) === 0xfeff) this.at = 1
    const declaration = DECLARATION.exec(text.slice(this.at, this.at + 1000))
    if (declaration !== null) this.at += declaration[0].length
    while (this.at < text.length) if (!(text.charCodeAt(this.at) === 0x3c ? this.markup() : this.characters())) return undefined
    const { elementCount: count } = this
    if (this.depth > 0 || count === 1) return undefined
    this.elements = roomFor(this.elements, (count + 1) * ROW)
    this.elements[END] = count
    this.elements[count * ROW + ATTRIBUTES] = this.attributeCount
    return { text, count, elements: this.elements, places: this.places, pieces: this.pieces }
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
    const piece = this.pieceCount++
    this.pieces = roomFor(this.pieces, this.pieceCount * 3)
    const { pieces } = this
    pieces[piece * 3] = start
    pieces[piece * 3 + 1] = end
    pieces[piece * 3 + 2] = NONE
    const last = this.lastPiece[this.depth]!
    if (last === NONE) this.elements[this.open * ROW + PIECE] = piece
    else pieces[last * 3 + 2] = piece
    this.lastPiece[this.depth] = piece
  }

  private startTag(): boolean {
    const { text } = this
    const start = this.at + 1
    const end = nameEnd(text, start)
    if (end === start || this.depth === MAX_DEPTH) return false
    const element = this.elementCount++
    if (this.depth === 0 && element > 1) return false
    this.elements = roomFor(this.elements, this.elementCount * ROW)
    const { elements } = this
    const row = element * ROW
    elements[row + NAME] = start
    elements[row + NAME_END] = end
    elements[row + PARENT] = this.open
    elements[row + END] = element + 1
    elements[row + ATTRIBUTES] = this.attributeCount
    elements[row + PIECE] = NONE
    const before = this.lastChild[this.depth]!
    if (before === 0) elements[this.open * ROW + CHILD] = element
    else elements[before * ROW + SIBLING] = element
    this.lastChild[this.depth] = element
    this.at = end
    if (!this.attributes()) return false
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
  private attributes(): boolean {
    const { text } = this
    const from = this.attributeCount
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
      const attribute = this.attributeCount++
      if (attribute > from) {
        seen ??= new Set([text.slice(this.places[from * 4], this.places[from * 4 + 1])])
        const name = text.slice(start, end)
        if (seen.has(name)) return false
        seen.add(name)
      }
      this.places = roomFor(this.places, this.attributeCount * 4)
      const { places } = this
      places[attribute * 4] = start
      places[attribute * 4 + 1] = end
      places[attribute * 4 + 2] = value
      places[attribute * 4 + 3] = this.at - 1
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
    const { text, elements } = this
    if (this.depth === 0) return false
    const start = this.at + 2
    const row = this.open * ROW
    const name = text.slice(elements[row + NAME], elements[row + NAME_END])
    if (!text.startsWith(name, start) || nameEnd(text, start) !== start + name.length) return false
    this.at = start + name.length
    this.space()
    if (text.charCodeAt(this.at) !== 0x3e) return false
    this.at++
    this.depth--
    elements[row + END] = this.elementCount
    this.open = elements[row + PARENT]!
    return true
  }

  private space(): void {
    while (isXmlSpace(this.text.charCodeAt(this.at))) this.at++
  }
}

/** The table, or a larger one with the same rows. */
function roomFor(table: Int32Array, size: number): Int32Array {
  if (size <= table.length) return table
  const larger = new Int32Array(Math.max(size, table.length * 2))
  larger.set(table)
  return larger
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
  for (let piece = document.elements[element * ROW + PIECE]!; piece !== NONE; piece = pieces[piece * 3 + 2]!) {
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
  for (let piece = document.elements[element * ROW + PIECE]!; piece !== NONE; piece = pieces[piece * 3 + 2]!) out.push(pieces[piece * 3]!, pieces[piece * 3 + 1]!)
  return out
}

/** The attribute of an element by name; -1 for none. */
export function attributeOf(document: XmlDocument, element: number, name: string): number {
  const { elements, places } = document
  const behind = elements[(element + 1) * ROW + ATTRIBUTES]!
  for (let attribute = elements[element * ROW + ATTRIBUTES]!; attribute < behind; attribute++) {
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
  const start = document.elements[element * ROW + NAME]!
  return document.elements[element * ROW + NAME_END]! - start === name.length && document.text.startsWith(name, start)
}
