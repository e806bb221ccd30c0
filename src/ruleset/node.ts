// The tree that every front end (YAML text, plain YAML, JavaScript objects) builds and every check reads. Mappings keep their
// written order in Maps, so `__proto__` is an ordinary key; numbers keep their spelling.

import type { Issue, IssueCode } from '../errors.ts'
import type { Scalar } from '../engine/types.ts'

interface Anchored {
  /** Name of the anchor it was given in the text, also where an alias stands for it. */
  readonly anchor?: string
}

export interface ScalarNode extends Anchored {
  readonly kind: 'scalar'
  readonly value: Scalar
  /** Written without quotes: only such words can be YAML 1.1 booleans or merge keys. */
  readonly plain: boolean
  readonly at: number
  /** Offset of the first character of the content where the content is spelled out exactly in the source, else -1. */
  readonly body: number
}

export interface ListNode extends Anchored {
  readonly kind: 'list'
  readonly items: readonly Node[]
  readonly at: number
}

export interface Entry {
  readonly key: ScalarNode
  readonly value: Node
}

export interface MapNode extends Anchored {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, Entry>
  readonly at: number
}

export type Node = ScalarNode | ListNode | MapNode

/** Limits of one ruleset file. */
export const LIMITS = { bytes: 1024 * 1024, nodes: 100_000, depth: 64, extends: 8, conditions: 8, issues: 1000 } as const

/** A front end found the text unusable; `at` is an offset into it. */
export interface Problem {
  readonly code: IssueCode
  readonly at: number
  readonly message: string
}

export interface Parsed {
  readonly root: Node | undefined
  readonly problems: readonly Problem[]
}

/** The words that YAML 1.1 read as booleans. */
export function isYaml11Boolean(node: Node): boolean {
  return node.kind === 'scalar' && node.plain && typeof node.value === 'string' && /^(?:yes|no|on|off)$/i.test(node.value)
}

/** Where an issue points: a node (with an offset into its string) or an offset in the text. */
export type Place = Node | { readonly node: Node; readonly into: number } | number

/** Collects the issues of one file. Objects have no text: every position is then 1:1. */
export class FileIssues {
  readonly source: string
  readonly issues: Issue[] = []
  readonly #text: string | undefined
  readonly #lines: number[] = []
  readonly #seen = new Set<string>()
  /** Errors so far, counting those told before. */
  errors = 0
  /** Nodes that have an error of their own: no second remark about them. */
  readonly faulty = new Set<Node>()

  constructor(source: string, text: string | undefined) {
    this.source = source
    this.#text = text
    if (text === undefined) return
    this.#lines.push(0)
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#lines.push(at + 1)
  }

  #report(severity: Issue['severity'], code: IssueCode, place: Place, path: string, message: string, known: string | undefined): void {
    if (severity === 'error') this.errors++
    let at: number
    if (typeof place === 'number') at = place
    else if ('node' in place) {
      const { node, into } = place
      at = node.kind === 'scalar' && node.body >= 0 ? node.body + into : node.at
      this.faulty.add(node)
    } else {
      at = place.at
      this.faulty.add(place)
    }
    const { line, column } = this.position(at)
    // An anchored value is checked wherever it is used; its faults are told once.
    const identity = this.#text === undefined ? `${code} ${path} ${message}` : `${code} ${at} ${message}`
    if (this.#seen.has(identity)) return
    this.#seen.add(identity)
    if (this.issues.length >= LIMITS.issues) return
    const text = this.#text === undefined ? undefined : this.#lineText(line)
    this.issues.push({
      code,
      severity,
      message,
      source: this.source,
      line,
      column,
      path,
      ...(known === undefined ? {} : { known }),
      ...(text === undefined ? {} : { text }),
    })
  }

  error(code: IssueCode, place: Place, path: string, message: string, known?: string): void {
    this.#report('error', code, place, path, message, known)
  }

  warning(code: IssueCode, place: Place, path: string, message: string): void {
    this.#report('warning', code, place, path, message, undefined)
  }

  /** Line and column of an offset, both from 1. */
  position(at: number): { line: number; column: number } {
    if (this.#text === undefined) return { line: 1, column: 1 }
    let low = 0
    let high = this.#lines.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#lines[middle] ?? 0) <= at) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: at - (this.#lines[low] ?? 0) + 1 }
  }

  #lineText(line: number): string {
    const from = this.#lines[line - 1] ?? 0
    const to = this.#lines[line]
    return (this.#text ?? '').slice(from, to === undefined ? undefined : to - 1).replace(/\r$/, '')
  }

  /** In the order of the file; what has no place of its own keeps the order it was found in. */
  sorted(): readonly Issue[] {
    return [...this.issues].sort((a, b) => a.line - b.line || a.column - b.column)
  }
}

/** `rules[2]`, `policy.allow`, `masks["a b"]`. */
export function childPath(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}[${JSON.stringify(key.length > 60 ? `${key.slice(0, 60)}...` : key)}]`
  return path === '' ? key : `${path}.${key}`
}
