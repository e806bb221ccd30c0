// Runs the `tests` of a ruleset. What is wrong is told by paths, kinds and lengths; values stand in fields of their own.

import { MaskError } from '../errors.ts'
import { readValue, writeValue } from '../engine/json-bytes.ts'
import { NumberText } from '../engine/types.ts'
import type { RulesetTest, Scalar, Segment, Value } from '../engine/types.ts'
import { formatPath } from './path.ts'

/** The run secret of tests that are given none: published, so that expected results can be written down. Never use it for data. */
export const TEST_RUN_SECRET = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'

/** What came of one test. */
export interface RulesetTestResult {
  /** `name` of the test, else its path like `tests[2]`. */
  readonly name: string
  /** File name or built-in name as given, `<ruleset>` for text and objects. */
  readonly source: string
  readonly line: number
  readonly ok: boolean
  readonly problems: readonly TestProblem[]
}

/** One difference. Only `expected` and `received` hold values. */
export interface TestProblem {
  readonly part: 'in' | 'out' | 'masked' | 'unmasked'
  /** Path in the record; empty for the record or line itself. */
  readonly path: string
  readonly message: string
  readonly expected?: string
  readonly received?: string
}

/** What a masker makes of a line, and the codes of what failed. */
export interface Masked {
  readonly out: Buffer
  readonly errors: readonly string[]
}

const MOST_PROBLEMS = 20
/** Records are at most so deep (`policy.max_depth`), and a string that holds JSON is entered so often. */
const DEPTH = 1001
const NESTING = 4
/** Codes that tell what a policy did, not that a mask failed. */
const NO_FAILURE = new Set(['oversize', 'dropped'])
const LF = Buffer.from('\n')

type Keys = readonly (string | number)[]

/** A value of a JSON text: where it stands, and what is in it. */
interface Tree {
  readonly document: string
  readonly start: number
  end: number
  /** Of scalars. */
  readonly scalar: Scalar | undefined
  /** Of containers: by key, or by index. */
  readonly entries: Map<string | number, Tree> | undefined
  readonly isList: boolean
  /** The JSON that a string holds, once somebody has asked for it; null: none. */
  inside?: Tree | null
}

interface Found {
  readonly keys: Keys
  readonly tree: Tree
}
type Report = (part: TestProblem['part'], keys: Keys | string, message: string, expected?: string, received?: string) => void

/** Runs one test. `mask` masks a line with its terminator; `decode` says that paths go on into JSON inside strings. */
export function runTest(test: RulesetTest, mask: (line: Buffer) => Masked, decode: boolean): RulesetTestResult {
  const problems: TestProblem[] = []
  const told = new Set<string>()
  const report: Report = (part, keys, message, expected, received) => {
    const path = typeof keys === 'string' ? keys : pathOf(keys)
    const mark = `${part} ${path} ${message}`
    if (told.has(mark)) return
    told.add(mark)
    if (told.size > MOST_PROBLEMS) return
    problems.push({ part, path, message, ...(expected === undefined ? {} : { expected }), ...(received === undefined ? {} : { received }) })
  }
  check(test, mask, decode, report)
  if (told.size > MOST_PROBLEMS) problems.push({ part: 'out', path: '', message: `and ${told.size - MOST_PROBLEMS} more` })
  return { name: test.name, source: test.source, line: test.line, ok: problems.length === 0, problems }
}

function check(test: RulesetTest, mask: (line: Buffer) => Masked, decode: boolean, report: Report): void {
  if (test.out === undefined && test.masked.length + test.unmasked.length === 0) {
    report('in', '', "the test checks nothing: it has neither 'out' nor a path")
    return
  }
  const line = Buffer.from(typeof test.in === 'string' ? test.in : writeValue(test.in))
  let masked: Masked
  try {
    masked = mask(line.at(-1) === 10 ? line : Buffer.concat([line, LF]))
  } catch (error) {
    if (!(error instanceof MaskError)) throw error
    report('in', error.path ?? '', `masking stopped: ${error.code} (${error.message})`)
    return
  }
  const output = withoutLineEnd(masked.out.toString())
  if (test.out !== undefined) compare(test, output, report)
  else {
    const failed = masked.errors.filter((code) => !NO_FAILURE.has(code))
    if (failed.length > 0) report('in', '', `masking failed: ${failed.join(', ')}`)
  }
  if (test.masked.length + test.unmasked.length === 0) return
  const before = treeOf(withoutLineEnd(line.toString()))
  const after = treeOf(output)
  for (const [part, paths] of [['masked', test.masked] as const, ['unmasked', test.unmasked] as const]) {
    for (const path of paths) {
      const found = before === undefined ? [] : reach(before, path, decode)
      if (found.length === 0) report(part, formatPath(path), before === undefined ? "reaches nothing: 'in' is not JSON" : 'reaches nothing')
      else if (part === 'masked') checkMasked(path, found, after, decode, report)
      else for (const one of found) checkUnmasked(one, after, decode, report)
    }
  }
}

/** Every scalar at or below what a path reaches must have changed. Null and empty text have nothing to hide. */
function checkMasked(path: readonly Segment[], found: readonly Found[], after: Tree | undefined, decode: boolean, report: Report): void {
  const seen = new Set<Tree>()
  for (const { keys, tree } of found.flatMap(leaves)) {
    const { scalar } = tree
    if (scalar === null || scalar === '' || seen.has(tree)) continue
    seen.add(tree)
    const now = treeAt(after, keys, decode)?.scalar
    if (now !== undefined && same(scalar as Scalar, now)) report('masked', keys, 'is unchanged', undefined, writeValue(now))
  }
  if (seen.size === 0) report('masked', formatPath(path), 'reaches nothing that can be masked: null, empty text or empty containers')
}

/** The value must be there, with the same bytes. */
function checkUnmasked({ keys, tree }: Found, after: Tree | undefined, decode: boolean, report: Report): void {
  const now = treeAt(after, keys, decode)
  if (now === undefined) {
    report('unmasked', keys, 'is gone')
    return
  }
  const [was, is] = [tree, now].map((one) => one.document.slice(one.start, one.end)) as [string, string]
  if (was === is) return
  let told = false
  differences('unmasked', json(was) as Value, json(is), keys, (...problem) => {
    told = true
    report(...problem)
  })
  if (!told) report('unmasked', keys, 'is the same value in another spelling', was, is)
}

function compare(test: RulesetTest, text: string, report: Report): void {
  const want = test.out as Value
  if (typeof test.in === 'string' && typeof want === 'string') {
    const wanted = withoutLineEnd(want)
    if (wanted !== text) report('out', '', `${counted(wanted)} expected, ${counted(text)} received${apart(wanted, text)}`, wanted, text)
    return
  }
  const value = json(text)
  if (value !== undefined) differences('out', want, value, [], report)
  else if (text !== '' || want !== '') report('out', '', `${kind(want)} expected, ${text === '' ? 'nothing' : 'a line of text'} received`, writeValue(want), text)
}

/** Tells where a value is not what it should be. Order of keys does not count; numbers are compared as they are spelled. */
function differences(part: TestProblem['part'], want: Value, got: Value | undefined, keys: Keys, report: Report): void {
  const tell = (message: string): void => report(part, keys, message, writeValue(want), got === undefined ? undefined : writeValue(got))
  if (got === undefined) tell('is missing')
  else if (want instanceof Map && got instanceof Map) {
    const [a, b] = [want as ReadonlyMap<string, Value>, got as ReadonlyMap<string, Value>]
    for (const [key, value] of a) differences(part, value, b.get(key), [...keys, key], report)
    for (const [key, value] of b) if (!a.has(key)) report(part, [...keys, key], 'is not expected', undefined, writeValue(value))
  } else if (Array.isArray(want) && Array.isArray(got)) {
    const [a, b] = [want as readonly Value[], got as readonly Value[]]
    for (const [i, value] of a.entries()) differences(part, value, b[i], [...keys, i], report)
    for (let i = a.length; i < b.length; i++) report(part, [...keys, i], 'is not expected', undefined, writeValue(b[i] as Value))
  } else if (kind(want) !== kind(got)) tell(`${kind(want)} expected, ${kind(got)} received`)
  else if (typeof want === 'string' && typeof got === 'string') {
    if (want !== got) tell(`${counted(want)} expected, ${counted(got)} received${apart(want, got)}`)
  } else if (want instanceof NumberText && got instanceof NumberText) {
    if (want.text === got.text) return
    tell(Number(want.text) === Number(got.text) ? 'the same number in another spelling' : `another number: ${want.text.length} characters expected, ${got.text.length} received`)
  } else if (want !== got) tell('another value')
}

// ------------------------------------------------------------------------------------------------ words

const pathOf = (keys: Keys): string => formatPath(keys.map((key) => (typeof key === 'number' ? { kind: 'index', index: key } : { kind: 'name', name: key })))
const counted = (text: string): string => (text === '' ? 'empty text' : `text of ${text.length} character${text.length === 1 ? '' : 's'}`)

function apart(a: string, b: string): string {
  let i = 0
  while (i < a.length && a[i] === b[i]) i++
  return i === 0 ? '' : `, different from character ${i + 1} on`
}

function kind(value: Value): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return 'text'
  if (typeof value === 'boolean') return 'a boolean'
  return value instanceof NumberText ? 'a number' : value instanceof Map ? 'an object' : 'a list'
}

// ------------------------------------------------------------------------------------------------ values

function withoutLineEnd(text: string): string {
  return text.endsWith('\n') ? text.slice(0, text.endsWith('\r\n') ? -2 : -1) : text
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The value of JSON text, or undefined when it is none. */
function json(text: string): Value | undefined {
  if (!isJson(text)) return undefined
  const bytes = Buffer.from(text)
  return readValue(bytes, 0, bytes.length, DEPTH)
}

/** White space and punctuation, then a string, a bracket or another scalar. */
const TOKEN = /[\s,:]*(?:("[^"\\]*(?:\\.[^"\\]*)*")|([[{])|([\]}])|([^\s,:[\]{}"]+))/y

/** The values of JSON text with their places, or undefined when it is none or too deep. */
function treeOf(document: string): Tree | undefined {
  if (!isJson(document)) return undefined
  const stack: { tree: Tree; key: string | undefined }[] = []
  TOKEN.lastIndex = 0
  for (let match = TOKEN.exec(document); match !== null; match = TOKEN.exec(document)) {
    const [, text, open, close, word] = match
    const end = TOKEN.lastIndex
    const top = stack[stack.length - 1]
    let tree: Tree | undefined
    if (close !== undefined) {
      stack.pop()
      if (top !== undefined) top.tree.end = end
      if (stack.length === 0) return top?.tree
      continue
    }
    if (text !== undefined && top !== undefined && !top.tree.isList && top.key === undefined) {
      top.key = JSON.parse(text) as string
      continue
    }
    if (open !== undefined) tree = { document, start: end - 1, end, scalar: undefined, entries: new Map(), isList: open === '[' }
    else {
      const scalar =
        text !== undefined ? (JSON.parse(text) as string) : word === 'null' ? null : word === 'true' || word === 'false' ? word === 'true' : new NumberText(word as string)
      tree = { document, start: end - (text ?? (word as string)).length, end, scalar, entries: undefined, isList: false }
    }
    if (top === undefined && open === undefined) return tree
    // The last of equal keys counts, as in parsers.
    if (top !== undefined) top.tree.entries?.set(top.tree.isList ? top.tree.entries.size : (top.key as string), tree)
    if (top !== undefined) top.key = undefined
    if (open !== undefined) stack.push({ tree, key: undefined })
    if (stack.length > DEPTH) return undefined
  }
  return undefined
}

/** A container, or one that a string holds. */
function container(tree: Tree, decode: boolean): Tree | undefined {
  if (tree.entries !== undefined) return tree
  if (!decode || typeof tree.scalar !== 'string' || !/^\s*[[{]/.test(tree.scalar)) return undefined
  tree.inside ??= treeOf(tree.scalar) ?? null
  return tree.inside ?? undefined
}

/** All that a path reaches, in the order of the record, level by level. */
function reach(root: Tree, path: readonly Segment[], decode: boolean): Found[] {
  const found: Found[] = []
  // A value is looked at once for each segment: `**` alone would come to it by many ways.
  const seen = Array.from({ length: path.length + 1 }, () => new Set<Tree>())
  const work: (Found & { segment: number; nesting: number })[] = [{ keys: [], tree: root, segment: 0, nesting: 0 }]
  for (const one of work) {
    if (seen[one.segment]?.has(one.tree) === true) continue
    seen[one.segment]?.add(one.tree)
    const segment = path[one.segment]
    if (segment === undefined) {
      found.push(one)
      continue
    }
    const { kind } = segment
    if (kind === 'deep') work.push({ ...one, segment: one.segment + 1 })
    const inside = container(one.tree, decode && one.nesting < NESTING)
    const nesting = one.nesting + (inside === one.tree ? 0 : 1)
    for (const [key, tree] of inside?.entries ?? []) {
      const hit = kind === 'any' || kind === 'deep' || (kind === 'index' ? key === segment.index : String(key) === segment.name)
      if (hit) work.push({ keys: [...one.keys, key], tree, segment: kind === 'deep' ? one.segment : one.segment + 1, nesting })
    }
  }
  return found
}

function treeAt(root: Tree | undefined, keys: Keys, decode: boolean): Tree | undefined {
  let tree = root
  for (const key of keys) tree = tree === undefined ? undefined : container(tree, decode)?.entries?.get(key)
  return tree
}

/** The scalars at or below a value. */
function leaves(root: Found): Found[] {
  const result: Found[] = []
  const work = [root]
  for (let one = work.pop(); one !== undefined; one = work.pop()) {
    const { keys, tree } = one
    if (tree.entries === undefined) result.push(one)
    else for (const [key, item] of [...tree.entries].reverse()) work.push({ keys: [...keys, key], tree: item })
  }
  return result
}

function same(a: Scalar, b: Scalar): boolean {
  return a instanceof NumberText ? b instanceof NumberText && a.text === b.text : a === b
}
