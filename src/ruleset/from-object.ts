// A parsed object (plain JavaScript data or Maps) to nodes. Only own enumerable data is read; positions do not exist.

import { NumberText } from '../engine/types.ts'
import { LIMITS } from './node.ts'
import type { Entry, Node, Parsed, Problem, ScalarNode } from './node.ts'

class Stop extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super()
    this.problem = problem
  }
}

/** Nodes of a JavaScript value. Never throws: what is not data is a problem. */
export function fromObject(value: unknown): Parsed {
  let count = 0
  const scalar = (value: ScalarNode['value']): ScalarNode => ({ kind: 'scalar', value, plain: false, at: 0, body: -1 })
  const refuse = (): Stop => new Stop({ code: 'wrong_type', at: 0, message: 'a ruleset object holds only strings, numbers, booleans, null, lists and mappings' })

  const walk = (value: unknown, depth: number): Node => {
    if (++count > LIMITS.nodes) throw new Stop({ code: 'limit_exceeded', at: 0, message: `more than ${LIMITS.nodes.toLocaleString('en')} nodes` })
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return scalar(value)
    if (typeof value === 'bigint') return scalar(new NumberText(value.toString()))
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) throw new Stop({ code: 'invalid_value', at: 0, message: 'infinity and not-a-number are not numbers of JSON' })
      return scalar(new NumberText(Object.is(value, -0) ? '-0' : String(value)))
    }
    if (value instanceof NumberText) return scalar(value)
    if (typeof value !== 'object') throw refuse()
    // A cycle ends here too.
    if (depth > LIMITS.depth) throw new Stop({ code: 'limit_exceeded', at: 0, message: `nested deeper than ${LIMITS.depth} levels` })
    if (Array.isArray(value)) return { kind: 'list', items: Array.from(value, (item: unknown) => walk(item ?? null, depth + 1)), at: 0 }
    const entries = new Map<string, Entry>()
    if (value instanceof Map) {
      for (const [key, item] of value as Map<unknown, unknown>) {
        if (typeof key !== 'string') throw refuse()
        entries.set(key, { key: scalar(key), value: walk(item, depth + 1) })
      }
    } else {
      const prototype: unknown = Object.getPrototypeOf(value)
      // Data from another realm has a prototype whose own prototype is null.
      if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw refuse()
      for (const [key, item] of Object.entries(value)) if (item !== undefined) entries.set(key, { key: scalar(key), value: walk(item, depth + 1) })
    }
    return { kind: 'map', entries, at: 0 }
  }

  try {
    return { root: walk(value, 1), problems: [] }
  } catch (error) {
    // A throwing getter is not data either.
    return { root: undefined, problems: [error instanceof Stop ? error.problem : refuse().problem] }
  }
}
