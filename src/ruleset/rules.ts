// Rules of one file.

import type { HashSource, MaskNode, Rule, Segment, SelectorRule, SkipEntry } from '../engine/types.ts'
import { readConditions } from './condition.ts'
import { expandDetectors } from './detectors.ts'
import type { HashLevel } from './hash-source.ts'
import { childPath, LIMITS } from './node.ts'
import type { MapNode, Node } from './node.ts'
import type { Reader } from './read.ts'
import { CONDITIONAL_RULE, SELECTOR_RULE } from './schema.ts'

/** Keys of rules of database and file rulesets. */
const DATABASE_KEYS: ReadonlySet<string> = new Set(['column', 'table', 'key'])

const SELF: readonly HashSource[] = [{ from: 'self', path: [], trim: false, case: undefined, onMissing: 'error' }]

/** Reads a list of rules. `skip` is the merged `skip_defaults`. */
export function readRules(reader: Reader, node: Node, path: string, skip: readonly SkipEntry[], depth = 0): readonly Rule[] {
  if (node.kind !== 'list') {
    reader.wrongType(node, path, 'a list of rules')
    return []
  }
  if (depth > LIMITS.conditions) {
    reader.issues.error('limit_exceeded', node, path, `conditional rules are nested deeper than ${LIMITS.conditions} levels`)
    return []
  }
  const rules: Rule[] = []
  for (const [i, item] of node.items.entries()) {
    const at = childPath(path, i)
    if (item.kind !== 'map') {
      reader.wrongType(item, at, 'a rule')
      continue
    }
    const rule = item.entries.has('if') ? readConditional(reader, item, at, skip, depth) : readSelector(reader, item, at, skip)
    if (rule !== undefined) rules.push(rule)
  }
  return rules
}

/** Reports keys of a database ruleset; gives the keys that need no further remark. */
function databaseKeys(reader: Reader, node: MapNode, path: string): ReadonlySet<string> {
  const found = new Set<string>()
  for (const [key, entry] of node.entries) {
    if (!DATABASE_KEYS.has(key)) continue
    found.add(key)
    reader.issues.error('database_ruleset', entry.key, childPath(path, key), `'${key}' belongs to a database or file ruleset; in flight there are only 'rules'`)
  }
  return found
}

function readConditional(reader: Reader, node: MapNode, path: string, skip: readonly SkipEntry[], depth: number): Rule {
  const judged = new Set(databaseKeys(reader, node, path))
  for (const [key, entry] of node.entries) {
    if (judged.has(key) || Object.hasOwn(CONDITIONAL_RULE.fields, key) || !Object.hasOwn(SELECTOR_RULE.fields, key)) continue
    judged.add(key)
    reader.issues.error('unknown_key', entry.key, childPath(path, key), `'${key}' does not stand beside 'if': write it in a rule under 'rules'`)
  }
  reader.keys(node, CONDITIONAL_RULE, path, 'unknown_key', judged)
  const values = reader.fields(node, CONDITIONAL_RULE.fields, path, 'rule')
  const branch = (key: string): readonly Rule[] => {
    const entry = node.entries.get(key)
    return entry === undefined ? [] : readRules(reader, entry.value, childPath(path, key), skip, depth + 1)
  }
  const condition = node.entries.get('if')
  const { line, column } = reader.issues.position(node.at)
  return {
    form: 'if',
    name: (values.get('name') as string | undefined) ?? path,
    path,
    line,
    column,
    conditions: condition === undefined ? [] : readConditions(reader, condition.value, childPath(path, 'if'), 1),
    rules: branch('rules'),
    elseRules: branch('else_rules'),
  }
}

function readSelector(reader: Reader, node: MapNode, path: string, skipDefaults: readonly SkipEntry[]): SelectorRule | undefined {
  const database = databaseKeys(reader, node, path)
  const form = node.entries.has('paths') ? 'paths' : node.entries.has('keys') ? 'keys' : node.entries.has('detect') ? 'detect' : 'record'
  const judged = new Set(database)
  for (const [key, entry] of node.entries) {
    if (judged.has(key) || Object.hasOwn(SELECTOR_RULE.fields, key) || !Object.hasOwn(CONDITIONAL_RULE.fields, key)) continue
    judged.add(key)
    reader.issues.error('unknown_key', entry.key, childPath(path, key), `'${key}' needs 'if'`)
  }
  // A misplaced `column` is the reason why there is no selector: one remark is enough.
  const shape = database.size === 0 ? SELECTOR_RULE : { ...SELECTOR_RULE, atLeastOne: [] }
  reader.keys(node, shape, path, 'unknown_key', judged)
  const level: HashLevel = form === 'record' ? 'record' : 'rule'
  const values = reader.fields(node, SELECTOR_RULE.fields, path, level)
  const masks = values.get('masks') as readonly MaskNode[] | undefined
  const paths = (values.get('paths') as readonly (readonly Segment[])[] | undefined) ?? []
  const pathsEntry = node.entries.get('paths')
  if (pathsEntry !== undefined && pathsEntry.value.kind === 'list' && pathsEntry.value.items.length === 0)
    reader.issues.error('invalid_value', pathsEntry.value, childPath(path, 'paths'), 'at least one item is needed')
  if ((form === 'paths' || form === 'keys') && masks?.length === 1 && masks[0]?.type === 'do_nothing') releasedValue(reader, node, path)
  const hash = values.has('hash_sources') ? values.get('hash_sources') : values.get('hash_columns')
  const detect = (values.get('detect') as readonly string[] | undefined) ?? []
  const exclude = (values.get('exclude') as readonly string[] | undefined) ?? []
  const first = masks?.[0]?.type
  const { line, column } = reader.issues.position(node.at)
  return {
    form,
    name: (values.get('name') as string | undefined) ?? path,
    path,
    line,
    column,
    masks,
    paths,
    keys: (values.get('keys') as readonly string[] | undefined) ?? [],
    detect: expandDetectors(detect, exclude, reader.registry.detectors),
    except: (values.get('except') as readonly (readonly Segment[])[] | undefined) ?? [],
    exceptKeys: (values.get('except_keys') as readonly string[] | undefined) ?? [],
    ownSources: hash !== undefined,
    hashSources: hash === undefined ? (form === 'record' ? null : SELF) : (hash as readonly HashSource[] | null),
    skip: (values.get('skip') as readonly SkipEntry[] | undefined) ?? skipDefaults,
    // `json`, `remove` and a `scan` that joins work on containers by nature.
    whole: values.get('whole') === true || ((form === 'paths' || form === 'keys') && (first === 'json' || first === 'remove' || masks?.[0]?.options.get('join') === true)),
  }
}

function releasedValue(reader: Reader, node: MapNode, path: string): void {
  const masks = node.entries.get('masks')
  if (masks === undefined) return
  const [item, at] =
    masks.value.kind === 'list'
      ? [masks.value.items[0], childPath(childPath(path, 'masks'), 0)]
      : masks.value.kind === 'map'
        ? [[...masks.value.entries.values()][0]?.value, childPath(path, 'masks')]
        : [undefined, path]
  if (item !== undefined) reader.issues.warning('released_value', item.at, at, "these values pass unmasked: 'do_nothing' is their only mask")
}
