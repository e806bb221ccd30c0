// Conditions of `if`.

import { NumberText } from '../engine/types.ts'
import type { Condition, Scalar, Segment } from '../engine/types.ts'
import { childPath, LIMITS } from './node.ts'
import type { MapNode, Node } from './node.ts'
import { listSegment } from './path.ts'
import type { Reader } from './read.ts'
import { CONDITION, CONDITION_GROUP, CONDITION_TESTS } from './schema.ts'

/** Reads a list of conditions. */
export function readConditions(reader: Reader, node: Node, path: string, depth: number): readonly Condition[] {
  if (node.kind !== 'list') {
    reader.wrongType(node, path, 'a list of conditions')
    return []
  }
  if (node.items.length === 0) reader.issues.error('invalid_value', node, path, 'at least one condition is needed')
  if (depth > LIMITS.conditions) {
    reader.issues.error('limit_exceeded', node, path, `conditions are nested deeper than ${LIMITS.conditions} levels`)
    return []
  }
  const conditions: Condition[] = []
  for (const [i, item] of node.items.entries()) {
    const at = childPath(path, i)
    if (item.kind !== 'map') {
      reader.wrongType(item, at, 'a condition')
      continue
    }
    const isGroup = Object.keys(CONDITION_GROUP.fields).some((key) => item.entries.has(key))
    const condition = isGroup ? readGroup(reader, item, at, depth) : readTest(reader, item, at)
    if (condition !== undefined) conditions.push(condition)
  }
  return conditions
}

function readGroup(reader: Reader, node: MapNode, path: string, depth: number): Condition | undefined {
  reader.keys(node, CONDITION_GROUP, path, 'unknown_key')
  for (const kind of ['and', 'or', 'not'] as const) {
    const entry = node.entries.get(kind)
    if (entry !== undefined) return { kind, of: readConditions(reader, entry.value, childPath(path, kind), depth + 1) }
  }
  return undefined
}

function readTest(reader: Reader, node: MapNode, path: string): Condition | undefined {
  const values = reader.object(node, CONDITION, path, 'unknown_key', 'rule')
  const test = CONDITION_TESTS.find((name) => node.entries.has(name))
  if (values === undefined || test === undefined || !values.has(test)) return undefined
  const value = values.get(test) as Scalar
  const entry = node.entries.get(test)
  if (test !== 'equals' && test !== 'matches' && !isOrdered(value)) {
    if (entry !== undefined) reader.issues.error('invalid_value', entry.value, childPath(path, test), `'${test}' compares with a number or an ISO date`)
    return undefined
  }
  const listed = values.get('json_path') as readonly (string | number)[] | undefined
  const written = values.get('path') as readonly Segment[] | undefined
  return {
    kind: 'test',
    test,
    value,
    path: written ?? listed?.map(listSegment) ?? [],
    onMissing: (values.get('on_missing') as 'error' | 'skip' | 'apply_if' | 'apply_else' | undefined) ?? 'error',
  }
}

/** Numbers, numeric strings and ISO dates have an order. */
function isOrdered(value: Scalar): boolean {
  if (value instanceof NumberText) return true
  return (
    typeof value === 'string' &&
    (/^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(value) || /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[-+]\d{2}:?\d{2})?)?$/.test(value))
  )
}
