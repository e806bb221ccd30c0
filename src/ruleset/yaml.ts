// YAML text to nodes through the `yaml` package, whose pieces are driven by hand because the text may come from a stranger:
// deep nesting is refused while parsing (the composer recurses and can end the process), duplicate keys are looked up in a
// Map (the package compares all pairs), and aliases are expanded under a budget. The package is loaded on first use: it costs
// 30 ms, and simple rulesets do not need it (plain-yaml.ts).

import { createRequire } from 'node:module'
import type * as Yaml from 'yaml'
import { LIMITS } from './node.ts'
import type { Entry, Node, Parsed, Problem, ScalarNode } from './node.ts'
import { shown } from './nearest.ts'
import { NOT_FINITE, plainScalar } from './yaml-scalar.ts'

let yamlPackage: typeof Yaml | undefined

function load(): typeof Yaml {
  yamlPackage ??= createRequire(import.meta.url)('yaml') as typeof Yaml
  return yamlPackage
}

const CORE_TAGS = new Set(['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`))

/** The load cannot go on; what was found so far is told. */
class Stop extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super()
    this.problem = problem
  }
}

const tooDeep = (at: number): Stop => new Stop({ code: 'limit_exceeded', at, message: `nested deeper than ${LIMITS.depth} levels` })
const tooMany = (at: number): Stop => new Stop({ code: 'limit_exceeded', at, message: `more than ${LIMITS.nodes.toLocaleString('en')} nodes after alias expansion` })

/** Parses YAML 1.2 text with merge keys. Never throws. */
export function parseYaml(text: string): Parsed {
  const problems: Problem[] = []
  try {
    const document = compose(text)
    for (const error of document.errors) problems.push(fromPackage(error, text))
    for (const warning of document.warnings) if (warning.code === 'TAG_RESOLVE_FAILED') problems.push(fromPackage(warning, text))
    if (document.directives?.yaml.explicit === true && document.directives.yaml.version !== '1.2') problems.push({ code: 'yaml_syntax', at: 0, message: 'rulesets are YAML 1.2' })
    // A broken text has no reliable structure: its syntax is told first.
    if (problems.length > 0) return { root: undefined, problems }
    const builder = new Builder(text, problems)
    const root = document.contents === null ? undefined : builder.node(document.contents as Yaml.Node, 0, 1)
    return { root, problems }
  } catch (error) {
    if (!(error instanceof Stop)) return { root: undefined, problems: [{ code: 'yaml_syntax', at: 0, message: 'this text cannot be read as YAML' }] }
    return { root: undefined, problems: [...problems, error.problem] }
  }
}

function fromPackage(error: Yaml.YAMLError, text: string): Problem {
  const at = Math.min(error.pos[0], text.length)
  if (error.code === 'TAG_RESOLVE_FAILED' || /tag/i.test(error.code)) return { code: 'yaml_syntax', at, message: 'only the core tags are allowed' }
  if (error.code === 'MULTIPLE_DOCS') return { code: 'yaml_syntax', at, message: 'a ruleset is one YAML document' }
  if (error.code === 'RESOURCE_EXHAUSTION') return tooDeep(at).problem
  return { code: 'yaml_syntax', at, message: shown(error.message.split('\n')[0] ?? '').slice(0, 160) }
}

function compose(text: string): Yaml.Document.Parsed {
  const { Lexer, Parser, Composer } = load()
  const parser = new Parser()
  const tokens: Yaml.CST.Token[] = []
  let scalars = 0
  let items = 0
  for (const lexeme of new Lexer().lex(text)) {
    // Each plain scalar and each list item is a node: too many of them are refused before they cost anything. The lexer
    // announces a plain scalar by this control character.
    if (lexeme === '\u001f' && ++scalars > LIMITS.nodes) throw tooMany(parser.offset)
    if (lexeme === '-' && ++items > LIMITS.nodes) throw tooMany(parser.offset)
    for (const token of parser.next(lexeme)) tokens.push(token)
    // The stack holds the open collections, the document and at most one scalar.
    if (parser.stack.length > LIMITS.depth + 4) throw tooDeep(parser.offset)
  }
  for (const token of parser.end()) tokens.push(token)
  const composer = new Composer({ version: '1.2', schema: 'core', merge: true, uniqueKeys: false, prettyErrors: false, resolveKnownTags: false, strict: true })
  let first: Yaml.Document.Parsed | undefined
  for (const document of composer.compose(tokens, true, text.length)) {
    if (first === undefined) first = document as Yaml.Document.Parsed
    else {
      const at = document.range?.[0] ?? 0
      throw new Stop({ code: 'yaml_syntax', at, message: 'a ruleset is one YAML document' })
    }
  }
  if (first === undefined) throw new Stop({ code: 'yaml_syntax', at: 0, message: 'this text cannot be read as YAML' })
  return first
}

class Builder {
  readonly #text: string
  readonly #problems: Problem[]
  readonly #anchors = new Map<string, { node: Node; size: number; depth: number } | 'open'>()
  #count = 0

  constructor(text: string, problems: Problem[]) {
    this.#text = text
    this.#problems = problems
  }

  #add(nodes: number, at: number): void {
    this.#count += nodes
    if (this.#count > LIMITS.nodes) throw tooMany(at)
  }

  node(source: Yaml.Node | null | undefined, emptyAt: number, depth: number): Node {
    if (source === null || source === undefined) {
      this.#add(1, emptyAt)
      return { kind: 'scalar', value: null, plain: true, at: emptyAt, body: -1 }
    }
    const yaml = load()
    const at = source.range?.[0] ?? emptyAt
    if (yaml.isAlias(source)) return this.#alias(source.source, at, depth)
    const anchor = (source as { anchor?: string }).anchor
    const before = this.#count
    if (anchor !== undefined) this.#anchors.set(anchor, 'open')
    const tag = (source as { tag?: string }).tag
    if (tag !== undefined && !CORE_TAGS.has(tag)) this.#problems.push({ code: 'yaml_syntax', at, message: 'only the core tags are allowed' })
    if (!yaml.isScalar(source) && depth > LIMITS.depth) throw tooDeep(at)
    const plain = yaml.isMap(source) ? this.#map(source, at, depth) : yaml.isSeq(source) ? this.#list(source, at, depth) : this.#scalar(source as Yaml.Scalar, at, emptyAt)
    if (anchor === undefined) return plain
    const node = { ...plain, anchor }
    this.#anchors.set(anchor, { node, size: this.#count - before, depth: height(node) })
    return node
  }

  #alias(name: string, at: number, depth: number): Node {
    const target = this.#anchors.get(name)
    if (target === undefined || target === 'open') {
      const message = target === 'open' ? 'an anchor cannot contain itself' : `unknown anchor '${shown(name)}'`
      this.#problems.push({ code: 'yaml_syntax', at, message })
      this.#add(1, at)
      return { kind: 'scalar', value: null, plain: true, at, body: -1 }
    }
    this.#add(target.size, at)
    if (depth + target.depth - 1 > LIMITS.depth) throw tooDeep(at)
    // What is missing is missing here; what is wrong inside is wrong there.
    return target.node.kind === 'scalar' ? { ...target.node, at, body: -1 } : { ...target.node, at }
  }

  #scalar(source: Yaml.Scalar, at: number, emptyAt: number): ScalarNode {
    this.#add(1, at)
    const plain = source.type === 'PLAIN'
    const raw = source.source ?? ''
    const wanted = source.tag?.slice('tag:yaml.org,2002:'.length)
    if (plain && raw === '' && wanted === undefined) return { kind: 'scalar', value: null, plain, at: emptyAt, body: -1 }
    if (wanted === 'str' || (!plain && wanted === undefined)) {
      const value = typeof source.value === 'string' ? source.value : raw
      const body = plain ? at : at + 1
      return { kind: 'scalar', value, plain: false, at, body: this.#text.startsWith(value, body) ? body : -1 }
    }
    const value = plainScalar(raw)
    const fits =
      wanted === undefined ||
      (wanted === 'null'
        ? value === null
        : wanted === 'bool'
          ? typeof value === 'boolean'
          : wanted === 'int' || wanted === 'float'
            ? value !== null && typeof value === 'object'
            : false)
    if (!fits) this.#problems.push({ code: 'yaml_syntax', at, message: `not a value of the tag !!${shown(wanted ?? '')}` })
    if (value === NOT_FINITE) {
      this.#problems.push({ code: 'invalid_value', at, message: 'infinity and not-a-number are not numbers of JSON' })
      return { kind: 'scalar', value: null, plain, at, body: -1 }
    }
    return { kind: 'scalar', value, plain, at, body: this.#text.startsWith(raw, at) ? at : -1 }
  }

  #list(source: Yaml.YAMLSeq, at: number, depth: number): Node {
    this.#add(1, at)
    return { kind: 'list', items: source.items.map((item) => this.node(item as Yaml.Node, at, depth + 1)), at }
  }

  #map(source: Yaml.YAMLMap, at: number, depth: number): Node {
    this.#add(1, at)
    const yaml = load()
    const own = new Map<string, Entry>()
    const merged: Entry[][] = []
    const order: (Entry | Entry[])[] = []
    for (const pair of source.items) {
      const keySource = pair.key as Yaml.Node | null
      const keyAt = keySource?.range?.[0] ?? at
      if (yaml.isScalar(keySource) && keySource.type === 'PLAIN' && keySource.source === '<<') {
        const entries = this.#merge(this.node(pair.value as Yaml.Node | null, keyAt, depth + 1), keyAt)
        merged.push(entries)
        order.push(entries)
        continue
      }
      const found = this.node(keySource, keyAt, depth + 1)
      const value = this.node(pair.value as Yaml.Node | null, keyAt, depth + 1)
      if (found.kind !== 'scalar') {
        this.#problems.push({ code: 'yaml_syntax', at: keyAt, message: 'a key must be text' })
        continue
      }
      const key = keyText(found)
      const entry = { key: found, value }
      if (own.has(key)) {
        this.#problems.push({ code: 'duplicate_key', at: keyAt, message: `duplicate key '${shown(key)}'` })
        continue
      }
      own.set(key, entry)
      order.push(entry)
    }
    if (merged.length === 0) return { kind: 'map', entries: own, at }
    // Keys of the mapping itself win wherever they stand; among merges the first wins.
    const entries = new Map<string, Entry>()
    for (const item of order) {
      if (!Array.isArray(item)) entries.set(keyText(item.key), item)
      else for (const entry of item) if (!own.has(keyText(entry.key)) && !entries.has(keyText(entry.key))) entries.set(keyText(entry.key), entry)
    }
    return { kind: 'map', entries, at }
  }

  #merge(value: Node, at: number): Entry[] {
    const maps = value.kind === 'list' ? value.items : [value]
    const entries: Entry[] = []
    for (const map of maps) {
      if (map.kind === 'map') {
        this.#add(map.entries.size, at)
        entries.push(...map.entries.values())
      } else this.#problems.push({ code: 'yaml_syntax', at, message: "'<<' takes a mapping or a list of mappings" })
    }
    return entries
  }
}

/** Levels of containers, scalars counting 0. */
function height(node: Node): number {
  if (node.kind === 'scalar') return 0
  let most = 0
  if (node.kind === 'list') for (const item of node.items) most = Math.max(most, height(item))
  else for (const entry of node.entries.values()) most = Math.max(most, height(entry.value))
  return most + 1
}

/** Keys that look like numbers, booleans or null are the text they are written as. */
export function keyText(key: ScalarNode): string {
  if (typeof key.value === 'string') return key.value
  return key.value !== null && typeof key.value === 'object' ? key.value.text : String(key.value)
}
