// YAML files of settings, read with places: every problem with line, column and the nearest known name, all of them at once.

import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Node, Pair } from 'yaml'
import { nearest } from '../../src/index.ts'

/** Something that a setting may be. */
export type Shape =
  | { readonly kind: 'string' | 'integer' | 'number' | 'boolean' | 'duration'; readonly min?: number; readonly max?: number; readonly enum?: readonly string[] }
  | { readonly kind: 'strings' }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, Shape>>; readonly required?: readonly string[] }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'either'; readonly of: readonly Shape[]; readonly what: string }

/** A file of settings cannot be used. The message has every problem; nothing in it is a value of the file. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

export class Problems {
  readonly lines: string[] = []
  add(source: string, line: number, column: number, text: string): void {
    this.lines.push(line === 0 ? `${source}: ${text}` : `${source}:${line}:${column} ${text}`)
  }
  /** Throws SettingsError if there are any. */
  check(): void {
    if (this.lines.length > 0) throw new SettingsError(this.lines.join('\n'))
  }
}

type Report = (node: Node | null | undefined, text: string) => void

/** Text of a file as a plain value of the given shape; problems are added. Undefined for an empty file. */
export function readYaml(
  source: string,
  text: string,
  shape: Shape,
  problems: Problems,
): { value: unknown; at(path: readonly (string | number)[]): { line: number; column: number } } {
  const counter = new LineCounter()
  const document = parseDocument(text, { version: '1.2', uniqueKeys: true, lineCounter: counter, logLevel: 'silent' })
  for (const error of document.errors) {
    const { line, col } = counter.linePos(error.pos[0])
    problems.add(source, line, col, `this is no YAML (${error.code})`)
  }
  const report: Report = (node, words) => {
    const { line, col } = counter.linePos(node?.range?.[0] ?? 0)
    problems.add(source, line, col, words)
  }
  const at = (path: readonly (string | number)[]): { line: number; column: number } => {
    const node = document.getIn(path, true) as Node | undefined
    const { line, col } = counter.linePos(node?.range?.[0] ?? 0)
    return { line, column: col }
  }
  if (document.errors.length > 0 || document.contents === null) return { value: undefined, at }
  return { value: readNode(document.contents, shape, '', report), at }
}

/** Milliseconds of `10s`, `500ms`, `2m`, or a number of seconds. */
export function duration(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value * 1000 : undefined
  const match = typeof value === 'string' ? /^(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|m|h)?$/.exec(value) : null
  if (match === null) return undefined
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match[2] as 'ms' | 's' | 'm' | 'h'] ?? 1000
  return Number(match[1]) * unit
}

/** What a shape wants, in words. */
export function wanted(shape: Shape): string {
  switch (shape.kind) {
    case 'string':
      return shape.enum === undefined ? 'a text' : `one of ${shape.enum.join(', ')}`
    case 'integer':
    case 'number': {
      const what = shape.kind === 'integer' ? 'a whole number' : 'a number'
      return shape.min === undefined ? what : shape.max === undefined ? `${what} from ${shape.min}` : `${what} from ${shape.min} to ${shape.max}`
    }
    case 'boolean':
      return 'true or false'
    case 'duration':
      return 'a time such as 10s, 500ms or 2m'
    case 'strings':
      return 'a list of texts'
    case 'object':
      return 'a mapping'
    case 'list':
      return 'a list'
    case 'either':
      return shape.what
  }
}

/** A scalar under its shape; undefined: it does not fit. */
export function scalarOf(value: unknown, shape: Shape): unknown {
  switch (shape.kind) {
    case 'string':
      if (typeof value !== 'string') return undefined
      return shape.enum === undefined || shape.enum.includes(value) ? value : undefined
    case 'integer':
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value) || (shape.kind === 'integer' && !Number.isSafeInteger(value))) return undefined
      return value >= (shape.min ?? 0) && value <= (shape.max ?? Number.MAX_SAFE_INTEGER) ? value : undefined
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined
    case 'duration':
      return duration(value)
    default:
      return undefined
  }
}

function readNode(node: Node | null, shape: Shape, path: string, report: Report): unknown {
  const named = path === '' ? 'the file' : `'${path}'`
  if (shape.kind === 'either') {
    const fits = shape.of.find((one) =>
      one.kind === 'object' ? isMap(node) : one.kind === 'list' || one.kind === 'strings' ? isSeq(node) : isScalar(node) && scalarOf(node.value, one) !== undefined,
    )
    if (fits === undefined) report(node, `${named} must be ${shape.what}`)
    return fits === undefined ? undefined : readNode(node, fits, path, report)
  }
  if (shape.kind === 'object') {
    if (!isMap(node)) {
      report(node, `${named} must be ${wanted(shape)}`)
      return undefined
    }
    const out: Record<string, unknown> = {}
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      const name = isScalar(pair.key) && typeof pair.key.value === 'string' ? pair.key.value : ''
      const field = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined
      if (field === undefined) {
        const known = nearest(name, Object.keys(shape.fields))
        report(
          pair.key,
          `unknown key '${name.replace(/[^\x20-\x7e]/g, '?').slice(0, 60)}'${path === '' ? '' : ` in '${path}'`}${known === undefined ? '' : ` (did you mean '${known}'?)`}`,
        )
        continue
      }
      if (pair.value === null || (isScalar(pair.value) && pair.value.value === null)) continue
      out[name] = readNode(pair.value, field, path === '' ? name : `${path}.${name}`, report)
    }
    for (const name of shape.required ?? []) if (!(name in out)) report(node, `'${path === '' ? name : `${path}.${name}`}' is missing`)
    return out
  }
  if (shape.kind === 'list' || shape.kind === 'strings') {
    if (!isSeq(node)) {
      report(node, `${named} must be ${wanted(shape)}`)
      return undefined
    }
    const of: Shape = shape.kind === 'list' ? shape.of : { kind: 'string' }
    return (node.items as Node[]).map((item, i) => readNode(item, of, `${path}[${i}]`, report))
  }
  const value = isScalar(node) ? scalarOf(node.value, shape) : undefined
  if (value === undefined) report(node, `${named} must be ${wanted(shape)}`)
  return value
}
