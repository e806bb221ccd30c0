// Hash sources: every spelling becomes `from` (which container) and a list of keys and indexes.

import type { HashSource } from '../engine/types.ts'
import type { Node } from './node.ts'
import { childPath } from './node.ts'
import type { Reader } from './read.ts'
import { HASH_COLUMN, HASH_SOURCE, HASH_SUBJECTS } from './schema.ts'

/** Where hash sources are written: what a path starts from depends on it. */
export type HashLevel =
  | 'record' // a rule without a selector: there is no parent container
  | 'rule' // rules with paths, keys or detect
  | 'json' // a transform of the json mask
  | 'xml'
  | 'text' // unstructured_text

type Case = HashSource['case']

interface Modifiers {
  readonly trim: boolean
  readonly case: Case
  readonly onMissing: HashSource['onMissing']
}

const PLAIN: Modifiers = { trim: false, case: undefined, onMissing: 'error' }

function modifiers(values: ReadonlyMap<string, unknown>): Modifiers {
  const wanted = values.get('case_transform')
  const missing = values.get('on_missing')
  return {
    trim: values.get('trim') === true,
    case: wanted === 'lower' || wanted === 'lowercase' ? 'lower' : wanted === 'upper' || wanted === 'uppercase' ? 'upper' : undefined,
    // An unquoted `null` is YAML's null.
    onMissing: missing === null || missing === 'null' ? 'null' : missing === 'self' ? 'self' : 'error',
  }
}

/** Reads `hash_sources`; null or an empty list means random. Undefined after an error. */
export function readHashSources(reader: Reader, node: Node, path: string, level: HashLevel): readonly HashSource[] | null | undefined {
  if (node.kind === 'scalar' && node.value === null) return null
  if (node.kind !== 'list') {
    reader.wrongType(node, path, 'a list of hash sources')
    return undefined
  }
  const sources: HashSource[] = []
  for (const [i, item] of node.items.entries()) {
    const source = readHashSource(reader, item, childPath(path, i), level)
    if (source !== undefined) sources.push(source)
  }
  return sources.length === 0 && node.items.length === 0 ? null : sources
}

function readHashSource(reader: Reader, node: Node, path: string, level: HashLevel): HashSource | undefined {
  const base = level === 'json' || level === 'xml' ? 'parent' : 'record'
  if (node.kind === 'scalar') {
    if (typeof node.value === 'string' && node.value !== '') return { from: base, path: [node.value], ...PLAIN }
    reader.wrongType(node, path, 'a key, a list of keys, or a mapping such as {json_path: [id]}')
    return undefined
  }
  if (node.kind === 'list') {
    const keys = readKeys(reader, node, path, base)
    return keys === undefined ? undefined : { from: base, path: keys, ...PLAIN }
  }
  const values = reader.object(node, HASH_SOURCE, path, 'unknown_key', level)
  if (values === undefined) return undefined
  const subject = HASH_SUBJECTS.find((key) => node.entries.has(key))
  if (subject === undefined || !values.has(subject)) return undefined
  const entry = node.entries.get(subject)
  if (entry === undefined) return undefined
  const at = childPath(path, subject)
  const rest = modifiers(values)
  switch (subject) {
    case 'source':
      return { from: 'self', path: [], ...rest }
    case 'column_name':
      return { from: base, path: [values.get(subject) as string], ...rest }
    case 'json_path': {
      const keys = readKeys(reader, entry.value, at, base)
      return keys === undefined ? undefined : { from: base, path: keys, ...rest }
    }
    case 'relative_path': {
      if (level === 'record') {
        reader.issues.error('invalid_value', entry.key, at, "'relative_path' needs a value with a parent: this rule masks the whole record")
        return undefined
      }
      const keys = readKeys(reader, entry.value, at, 'parent')
      return keys === undefined ? undefined : { from: 'parent', path: keys, ...rest }
    }
    case 'root_path': {
      const from = level === 'json' || level === 'xml' ? 'document' : 'record'
      const keys = readKeys(reader, entry.value, at, from)
      return keys === undefined ? undefined : { from, path: keys, ...rest }
    }
    case 'self':
      // The matched text is the value that unstructured_text hands to its masks.
      if (level === 'text') return { from: 'self', path: [], ...rest }
      reader.issues.error('invalid_value', entry.key, at, "'self: entity' is for unstructured_text; write 'source: self'")
      return undefined
    case 'label':
      // Whether a matcher has that label is checked with the mask.
      if (level === 'text') return { from: 'label', path: [values.get('label') as string], ...rest }
      reader.issues.error('invalid_value', entry.key, at, "'label' is for unstructured_text")
      return undefined
    case 'xpath': {
      if (level !== 'xml') {
        reader.issues.error('invalid_value', entry.key, at, "'xpath' is for transforms of xml")
        return undefined
      }
      const expression = reader.xpath(entry.value, at, true)
      return expression === undefined ? undefined : { from: 'xpath', path: [expression], ...rest }
    }
  }
}

/** Keys and indexes of a hash source: it names one value, so there are no wildcards. */
function readKeys(reader: Reader, node: Node, path: string, from: HashSource['from']): readonly (string | number)[] | undefined {
  const keys = reader.pathList(node, path)
  if (keys === undefined || node.kind !== 'list') return undefined
  if (keys.length === 0) {
    reader.issues.error('invalid_value', node, path, 'a hash source needs at least one key')
    return undefined
  }
  let named = false
  for (const [i, key] of keys.entries()) {
    const item = node.items[i] ?? node
    if (key === '*' || key === '**') {
      reader.issues.error('bad_path', item, childPath(path, i), 'a hash source names one value: no wildcards')
      return undefined
    }
    if (key === '..') {
      if (from !== 'parent' || named) {
        reader.issues.error('bad_path', item, childPath(path, i), named ? "'..' stands only at the beginning" : "'..' goes up from a parent container: use relative_path")
        return undefined
      }
    } else named = true
  }
  return keys
}

/** Reads the alias `hash_columns`: keys at the top of the record. */
export function readHashColumns(reader: Reader, node: Node, path: string): readonly HashSource[] | null | undefined {
  if (node.kind === 'scalar' && node.value === null) return null
  if (node.kind !== 'list') {
    reader.wrongType(node, path, 'a list of keys')
    return undefined
  }
  const sources: HashSource[] = []
  for (const [i, item] of node.items.entries()) {
    const at = childPath(path, i)
    if (item.kind === 'scalar' && typeof item.value === 'string' && item.value !== '') {
      sources.push({ from: 'record', path: [item.value], ...PLAIN })
    } else if (item.kind === 'map') {
      const values = reader.object(item, HASH_COLUMN, at, 'unknown_key', 'rule')
      const column = values?.get('column_name')
      if (values === undefined || typeof column !== 'string') continue
      const below = item.entries.get('json_path')
      const keys = below === undefined ? [] : readKeys(reader, below.value, childPath(at, 'json_path'), 'record')
      if (keys !== undefined) sources.push({ from: 'record', path: [column, ...keys], ...modifiers(values) })
    } else reader.wrongType(item, at, 'a key, or a mapping such as {column_name: id}')
  }
  return sources.length === 0 && node.items.length === 0 ? null : sources
}
