// Nodes to YAML text that this package reads back as the same nodes. A collection goes on one line as long as it fits, else it is
// written out below; text is quoted as it was, or where another reader of YAML could take it for something else.

import { NumberText } from '../engine/types.ts'
import type { MapNode, Node, ScalarNode } from './node.ts'

const WIDTH = 120
/** A key that is longer than 1,024 characters is no key unless it is announced. */
const LONG_KEY = 1000

const PLAIN = /^[A-Za-z_][\w./-]*$/
const WORDS = /^(?:true|false|null|yes|no|on|off|y|n)$/i
const ESCAPED = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g

/** Text in double quotes. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(ESCAPED, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const plain = (text: string): string => (PLAIN.test(text) && !WORDS.test(text) ? text : quoted(text))

function scalar({ value, plain: bare }: ScalarNode): string {
  if (value instanceof NumberText) return value.text
  if (typeof value !== 'string') return String(value)
  return bare ? plain(value) : quoted(value)
}

/** A key that is a number, a boolean or null may be a value too (a choice with its weight): it stays what it is. */
const keyOf = (key: ScalarNode): string => (typeof key.value === 'string' ? plain(key.value) : scalar(key))

/** The text has become longer than allowed. */
export class TooLong extends Error {}

export class YamlWriter {
  readonly #lines: string[] = []
  /** Nodes that get an anchor, and nodes for which an alias stands. */
  readonly #anchors: ReadonlyMap<Node, string>
  readonly #aliases: ReadonlyMap<Node, string>
  #left: number

  constructor(bytes: number, anchors: ReadonlyMap<Node, string>, aliases: ReadonlyMap<Node, string>) {
    this.#left = bytes
    this.#anchors = anchors
    this.#aliases = aliases
  }

  /** Puts down whole lines as they are. */
  line(text: string): void {
    this.#left -= Buffer.byteLength(text) + 1
    if (this.#left < 0) throw new TooLong()
    this.#lines.push(text)
  }

  /** An entry of the document's mapping. */
  entry(key: string, value: Node): void {
    this.#value(`${key}:`, value, '')
  }

  /** An item of a list that stands in the document's mapping. */
  item(node: Node, pad = ''): void {
    const lead = `${pad}-`
    if (this.#oneLine(lead, node)) return
    if (node.kind === 'map') {
      const anchor = this.#anchors.get(node)
      if (anchor === undefined) this.#entries(node, `${pad}  `, `${lead} `)
      else {
        this.line(`${lead} &${anchor}`)
        this.#entries(node, `${pad}  `)
      }
    } else if (node.kind === 'list') {
      this.line(lead)
      for (const item of node.items) this.item(item, `${pad}  `)
    }
  }

  text(): string {
    return `${this.#lines.join('\n')}\n`
  }

  #value(lead: string, node: Node, pad: string): void {
    if (this.#oneLine(lead, node)) return
    this.line(lead)
    if (node.kind === 'map') this.#entries(node, `${pad}  `)
    else if (node.kind === 'list') for (const item of node.items) this.item(item, pad)
  }

  #entries(node: MapNode, pad: string, first = pad): void {
    let lead = first
    for (const entry of node.entries.values()) {
      const key = keyOf(entry.key)
      if (key.length > LONG_KEY) {
        this.line(`${lead}? ${key}`)
        this.#value(`${pad}:`, entry.value, pad)
      } else this.#value(`${lead}${key}:`, entry.value, pad)
      lead = pad
    }
  }

  #oneLine(lead: string, node: Node): boolean {
    const empty = node.kind === 'scalar' || (node.kind === 'list' ? node.items.length === 0 : node.entries.size === 0)
    const text = this.flow(node, empty ? Infinity : WIDTH - lead.length - 1)
    if (text !== undefined) this.line(`${lead} ${text}`)
    return text !== undefined
  }

  /** A node on one line, or undefined when that takes more than `most` characters. */
  flow(node: Node, most: number): string | undefined {
    const parts: string[] = []
    let left = most
    const put = (text: string): boolean => {
      parts.push(text)
      left -= text.length
      return left >= 0
    }
    const walk = (node: Node): boolean => {
      const alias = this.#aliases.get(node)
      if (alias !== undefined) return put(`*${alias}`)
      const anchor = this.#anchors.get(node)
      if (anchor !== undefined && !put(`&${anchor} `)) return false
      if (node.kind === 'scalar') return put(scalar(node))
      let separator = ''
      if (node.kind === 'list') {
        if (!put('[')) return false
        for (const item of node.items) {
          if (!put(separator) || !walk(item)) return false
          separator = ', '
        }
        return put(']')
      }
      if (!put('{')) return false
      for (const entry of node.entries.values()) {
        const key = keyOf(entry.key)
        if (!put(separator) || !put(key.length > LONG_KEY ? `? ${key} : ` : `${key}: `) || !walk(entry.value)) return false
        separator = ', '
      }
      return put('}')
    }
    return walk(node) ? parts.join('') : undefined
  }
}
