// What may stand at a place of a ruleset, from its JSON Schema: for completion, for hints, and for what can be underlined before the
// server has answered. It understands what our own schema is made of, and nothing is decided by it: the server's checks are.

import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Document, Pair, YAMLMap } from 'yaml'

export interface Schema {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema | true>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly enum?: readonly unknown[]
  readonly enumDescriptions?: readonly string[]
  readonly const?: unknown
  readonly description?: string
  readonly default?: unknown
  readonly deprecated?: boolean
  readonly allOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly if?: Schema
  readonly then?: Schema
  readonly else?: Schema
  readonly not?: Schema
}

/** Something that may be written. */
export interface Proposal {
  readonly label: string
  readonly kind: 'key' | 'value'
  /** What is written in its place. */
  readonly text: string
  /** Beside the label. */
  readonly detail: string
  /** In full. */
  readonly info: string
  /** More is to be proposed once it is written. */
  readonly goesOn: boolean
  readonly boost: number
}

export interface Proposals {
  readonly from: number
  readonly to: number
  readonly options: readonly Proposal[]
}

export interface Fault {
  readonly from: number
  readonly to: number
  readonly message: string
}

/** Names that the schema does not know: by the key whose values they are. */
export type Names = (key: string) => readonly { readonly label: string; readonly detail: string }[]

/** Longer texts are left to the server. */
const LONGEST = 200_000
const MARK = '\ue000'

interface Place {
  /** Schemas of what encloses the place. */
  readonly schemas: readonly Schema[]
  readonly part: 'key' | 'value' | 'item'
  /** The mapping that the place is in, for `key`. */
  readonly map: YAMLMap | undefined
  /** The key whose value, or the item of whose value, it is. */
  readonly under: string
}

export class RulesetSchema {
  readonly #root: Schema
  readonly #names: Names

  constructor(schema: Schema, names: Names = () => []) {
    this.#root = schema
    this.#names = names
  }

  /** What may be written at a place. */
  proposals(text: string, at: number): Proposals | undefined {
    if (text.length > LONGEST) return undefined
    let from = at
    while (from > 0 && /[\w.:*-]/.test(text[from - 1]!)) from--
    // the dash of an item is no part of a word
    while (from < at && text[from] === '-') from++
    let to = at
    while (/[\w.:*-]/.test(text[to] ?? '') && !(text[to] === ':' && /[\s]|^$/.test(text[to + 1] ?? ''))) to++
    const quote = text[from - 1] === '"' || text[from - 1] === "'" ? text[from - 1]! : ''
    const open = quote !== '' && text[to] !== quote
    const places = locate(text.slice(0, from), text.slice(to), open ? quote : '').flatMap((document) => this.#place(document))
    const options = new Map<string, Proposal>()
    const inFlow = depthOfFlow(text.slice(0, from)) > 0
    const colon = /^\s*:/.test(text.slice(to, to + 2))
    for (const place of places) for (const one of this.#at(place, { quote, inFlow, colon })) if (!options.has(one.label)) options.set(one.label, one)
    return options.size === 0 ? undefined : { from, to, options: [...options.values()] }
  }

  /** What is said of the key or value at a place. */
  hint(text: string, at: number): { from: number; to: number; title: string; text: string } | undefined {
    if (text.length > LONGEST) return undefined
    let found: { from: number; to: number; title: string; text: string } | undefined
    this.#walk(text, (value, schemas, key) => {
      if (isPair(value)) {
        const { key: node } = value as Pair
        if (!isScalar(node) || !node.range || at < node.range[0] || at > node.range[1]) return
        const info = schemas.map(({ description }) => description).find((one) => one !== undefined)
        if (info !== undefined) found = { from: node.range[0], to: node.range[1], title: String(node.value), text: info }
      } else if (isScalar(value) && value.range && at >= value.range[0] && at <= value.range[1]) {
        for (const { enum: all = [], enumDescriptions: said = [] } of schemas) {
          const i = all.indexOf(value.value)
          if (i >= 0 && said[i] !== undefined) found = { from: value.range[0], to: value.range[1], title: `${key}: ${String(value.value)}`, text: said[i] }
        }
      }
    })
    return found
  }

  /** Keys and words that the schema does not know. Empty when the text is no YAML: the server says where. */
  faults(text: string): Fault[] {
    const out: Fault[] = []
    if (text.length > LONGEST) return out
    this.#walk(text, (value, schemas, key, inside) => {
      if (isPair(value)) {
        const { key: node } = value as Pair
        if (!isScalar(node) || !node.range || node.value === '<<' || inside.length === 0) return
        const closed = inside.every(
          ({ type, properties, additionalProperties }) => properties !== undefined && additionalProperties === false && (type === undefined || type === 'object'),
        )
        if (!closed || inside.some(({ properties }) => Object.hasOwn(properties!, String(node.value)))) return
        out.push({
          from: node.range[0],
          to: node.range[1],
          message: `unknown key '${String(node.value)}'${near(
            String(node.value),
            inside.flatMap(({ properties }) => Object.keys(properties!)),
          )}`,
        })
      } else if (isScalar(value) && value.range && schemas.length > 0 && schemas.every(({ enum: all }) => all !== undefined)) {
        const all = schemas.flatMap(({ enum: words = [] }) => words)
        if (!all.includes(value.value))
          out.push({ from: value.range[0], to: value.range[1], message: `${key}: '${String(value.value)}' is not one of its words${near(String(value.value), all.map(String))}` })
      }
    })
    return out
  }

  /** Visits pairs (with the schemas of their value, and of their mapping) and scalars. */
  #walk(text: string, visit: (value: unknown, schemas: readonly Schema[], key: string, inside: readonly Schema[]) => void): void {
    const document = parseDocument(text, { logLevel: 'silent', merge: true })
    if (document.errors.length > 0) return
    const walk = (node: unknown, schemas: readonly Schema[], key: string): void => {
      const here = this.#expanded(schemas, node)
      if (isMap(node)) {
        const inside = here.filter(({ properties, additionalProperties }) => properties !== undefined || typeof additionalProperties === 'object')
        for (const pair of node.items) {
          const name = isScalar(pair.key) ? String(pair.key.value) : ''
          const below = under(inside, name)
          visit(pair, below.length > 0 ? below.flatMap((one) => [one, ...this.#expanded([one], pair.value)]) : [], name, inside)
          walk(pair.value, below, name)
        }
      } else if (isSeq(node)) for (const item of node.items) walk(item, items(here), key)
      else if (isScalar(node)) visit(node, here, key, [])
    }
    walk(document.contents, [this.#root], '')
  }

  /** What a place allows. */
  *#at({ schemas, part, map, under: key }: Place, how: { quote: string; inFlow: boolean; colon: boolean }): Generator<Proposal> {
    const objects = schemas.filter(({ properties }) => properties !== undefined)
    if (part === 'key' || part === 'item' || part === 'value') {
      if (how.quote === '' && (part !== 'value' || !how.inFlow)) {
        const there = new Set(map?.items.map((pair) => (isScalar(pair.key) ? String(pair.key.value) : '')))
        for (const { properties = {}, required = [] } of objects)
          for (const [name, property] of Object.entries(properties)) {
            if (there.has(name)) continue
            const { description = '', default: otherwise, deprecated } = property === true ? ({} as Schema) : property
            const needed = required.includes(name)
            const inner = property === true ? [] : this.#expanded([property], undefined)
            yield {
              label: name,
              kind: 'key',
              text: how.colon ? name : `${name}: `,
              detail: needed ? 'required' : otherwise === undefined ? '' : `default ${JSON.stringify(otherwise)}`,
              info: description,
              goesOn: property === true || inner.some((one) => one.enum !== undefined || one.const !== undefined || one.type === 'boolean'),
              boost: deprecated === true ? -50 : needed ? 20 : 0,
            }
          }
      }
    }
    if (part === 'key') return
    const value = (label: string, detail: string, info: string): Proposal => ({
      label,
      kind: 'value',
      text: how.quote !== '' ? label : /^[A-Za-z_][\w-]*$/.test(label) ? label : JSON.stringify(label),
      detail,
      info,
      goesOn: false,
      boost: 5,
    })
    for (const schema of schemas) {
      for (const [i, one] of (schema.enum ?? []).entries()) yield value(String(one), '', schema.enumDescriptions?.[i] ?? '')
      if (schema.const !== undefined) yield value(String(schema.const), '', schema.description ?? '')
      if (schema.type === 'boolean')
        for (const one of ['true', 'false']) yield { ...value(one, schema.default === (one === 'true') ? 'default' : '', schema.description ?? ''), text: one }
    }
    for (const { label, detail } of this.#names(key)) yield value(label, detail, '')
  }

  /** The place of the mark in a document. */
  #place(document: Document): Place[] {
    const out: Place[] = []
    const has = (node: unknown): boolean => isScalar(node) && typeof node.value === 'string' && node.value.includes(MARK)
    const walk = (node: unknown, schemas: readonly Schema[], key: string, part: 'value' | 'item'): void => {
      const here = this.#expanded(schemas, node)
      if (has(node)) out.push({ schemas: here, part, map: undefined, under: key })
      else if (isMap(node)) {
        for (const pair of node.items) {
          if (has(pair.key)) {
            // what is only a word yet may also become the value
            const alone = node.items.length === 1 && pair.value === null
            out.push({ schemas: here, part: alone ? part : 'key', map: node, under: key })
          } else {
            const name = isScalar(pair.key) ? String(pair.key.value) : ''
            walk(pair.value, under(here, name), name, 'value')
          }
        }
      } else if (isSeq(node)) for (const item of node.items) walk(item, items(here), key, 'item')
    }
    walk(document.contents, [this.#root], '', 'value')
    return out
  }

  /** Schemas without references and choices: those that a value, as far as it is there, may go by. */
  #expanded(schemas: readonly Schema[], node: unknown, depth = 0): Schema[] {
    if (depth > 20) return []
    return schemas.flatMap((schema) => {
      const { $ref, allOf = [], anyOf, oneOf, if: condition, then, else: otherwise } = schema
      const parts: Schema[] = []
      if ($ref !== undefined) parts.push(...this.#expanded([this.#root.$defs?.[$ref.replace('#/$defs/', '')] ?? {}], node, depth + 1))
      if (
        schema.properties !== undefined ||
        schema.items !== undefined ||
        schema.enum !== undefined ||
        schema.const !== undefined ||
        schema.type !== undefined ||
        typeof schema.additionalProperties === 'object'
      )
        parts.push(schema)
      for (const one of allOf) if (one.not === undefined) parts.push(...this.#expanded([one], node, depth + 1))
      for (const one of anyOf ?? oneOf ?? []) if (fits(one, node, this.#root)) parts.push(...this.#expanded([one], node, depth + 1))
      if (condition !== undefined) {
        const next = holds(condition, node) ? then : otherwise
        if (next !== undefined) parts.push(...this.#expanded([next], node, depth + 1))
      }
      return joined(parts)
    })
  }
}

/** A mapping whose type is an enum, and the mapping of that type, are one: `additionalProperties` of the second would forbid nothing of the first. */
function joined(parts: readonly Schema[]): Schema[] {
  const open = parts.filter(({ properties, additionalProperties }) => properties !== undefined && additionalProperties === undefined)
  if (open.length === 0) return [...parts]
  const closed = parts.filter(({ properties, additionalProperties }) => properties !== undefined && additionalProperties !== undefined)
  if (closed.length === 0) return [...parts]
  return [
    ...parts.filter(({ properties }) => properties === undefined),
    ...closed.map((one) => ({
      ...one,
      properties: { ...one.properties, ...Object.assign({}, ...open.map(({ properties }) => properties)) },
      required: [...(one.required ?? []), ...open.flatMap(({ required = [] }) => required)],
    })),
  ]
}

function under(schemas: readonly Schema[], key: string): Schema[] {
  return schemas.flatMap(({ properties = {}, additionalProperties }) => {
    const own = Object.hasOwn(properties, key) ? properties[key] : undefined
    if (own !== undefined) return own === true ? [] : [own]
    return typeof additionalProperties === 'object' ? [additionalProperties] : []
  })
}

const items = (schemas: readonly Schema[]): Schema[] => schemas.flatMap(({ items: one }) => (one === undefined ? [] : [one]))

/** Whether a value may be of the kind that a schema describes, as far as one sees. */
function fits(schema: Schema, node: unknown, root: Schema): boolean {
  const { type } = schema.$ref === undefined ? schema : (root.$defs?.[schema.$ref.replace('#/$defs/', '')] ?? {})
  if (type === undefined || node === undefined || node === null) return true
  const types: readonly string[] = typeof type === 'string' ? [type] : type
  if (isMap(node)) {
    // a word that may become a key, or a value
    const alone = node.items.length === 1 && isScalar(node.items[0]!.key) && String(node.items[0]!.key.value).includes(MARK) && node.items[0]!.value === null
    return types.includes('object') || alone
  }
  if (isSeq(node)) return types.includes('array')
  if (isScalar(node) && typeof node.value === 'string' && node.value.includes(MARK)) return true
  return !types.every((one) => one === 'object' || one === 'array')
}

/** Conditions of our schema: keys that are there, and words that they have. */
function holds(condition: Schema, node: unknown): boolean {
  const map = isMap(node) ? node : undefined
  const has = (key: string): boolean => map?.has(key) === true
  if (condition.required?.some((key) => !has(key)) === true) return false
  if (condition.anyOf !== undefined && !condition.anyOf.some((one) => holds(one, node))) return false
  for (const [key, property] of Object.entries(condition.properties ?? {})) {
    if (property === true) continue
    const value = map?.get(key)
    if (property.enum !== undefined && !property.enum.includes(value)) return false
    if (property.const !== undefined && property.const !== value) return false
  }
  return true
}

/** Documents in which the mark stands for what is being written: as a value, as a key, and with the rest of the text cut off. */
function locate(before: string, after: string, quote: string): Document[] {
  const parse = (text: string): Document => parseDocument(text, { logLevel: 'silent', merge: true, lineCounter: new LineCounter() })
  const tries = (rest: string): Document[] => [parse(`${before}${MARK}${quote}${rest}`), ...(quote === '' ? [parse(`${before}${MARK}: ${rest}`)] : [])]
  let all = tries(after)
  if (all.every(({ errors }) => errors.length > 0)) all = [...all, ...tries(closing(before, quote))]
  const least = Math.min(...all.map(({ errors }) => errors.length))
  return all.filter(({ errors }) => errors.length === least)
}

/** Brackets that are open at the end of a text. */
function openBrackets(text: string): string[] {
  const open: string[] = []
  let quote = ''
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (quote !== '') {
      if (c === '\\' && quote === '"') i++
      else if (c === quote) quote = ''
    } else if ((c === '"' || c === "'") && /[\s,[{:]|^$/.test(text[i - 1] ?? '')) quote = c
    else if (c === '#' && /\s|^$/.test(text[i - 1] ?? '')) i = text.indexOf('\n', i) < 0 ? text.length : text.indexOf('\n', i)
    else if (c === '{' || (c === '[' && (open.length > 0 || /[\s]|^$/.test(text[i - 1] ?? '')))) open.push(c)
    else if (c === '}' || c === ']') open.pop()
  }
  return open
}

const depthOfFlow = (text: string): number => openBrackets(text).length

function closing(before: string, quote: string): string {
  const text = quote === '' ? before : before.slice(0, -1)
  return openBrackets(text)
    .reverse()
    .map((c) => (c === '{' ? '}' : ']'))
    .join('')
}

/** ` (did you mean X?)`, when a name is near. */
function near(word: string, known: readonly string[]): string {
  let best: string | undefined
  let least = 3
  for (const name of known) {
    const d = distance(word, name)
    if (d < least) {
      least = d
      best = name
    }
  }
  return best === undefined ? '' : ` (did you mean '${best}'?)`
}

function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 3) return 4
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length]!
}
