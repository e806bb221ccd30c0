// A database or file ruleset to in-flight rulesets, one for each task that masks.
//
//   text -> tasks, flattened -> a draft for each (rules as nodes, remarks) -> YAML, loaded again before it is given out
//
// What has no counterpart is replaced by something that masks at least as much, and there is a remark for it. The judge is the
// loader's own Reader: a mask that it would refuse becomes `redact`, conditions that it would refuse make both branches apply.

import { RulesetError } from '../errors.ts'
import type { IssueCode } from '../errors.ts'
import { NumberText } from '../engine/types.ts'
import type { DetectorInfo, MaskDefinition, SeedTable } from '../engine/types.ts'
import { readConditions } from './condition.ts'
import { readHashSources } from './hash-source.ts'
import { checkVersion, loadRuleset } from './load.ts'
import { shown } from './nearest.ts'
import { FileIssues, LIMITS } from './node.ts'
import type { Entry, ListNode, MapNode, Node, ScalarNode } from './node.ts'
import { NOT_IN_FLIGHT, NOT_IN_FLIGHT_PARAMETERS, Reader, Registry } from './read.ts'
import type { SeedProblem } from './read.ts'
import { readRules } from './rules.ts'
import { CONDITION, CONDITION_GROUP, CONDITION_TESTS, maskFields } from './schema.ts'
import type { Shape } from './schema.ts'
import { parseRulesetText } from './text.ts'
import { columnOf, fileNames, sameTable } from './table-names.ts'
import { TooLong, YamlWriter } from './write-yaml.ts'

export interface ConvertEnvironment {
  readonly masks: ReadonlyMap<string, MaskDefinition>
  readonly detectors: readonly DetectorInfo[]
  /** A seed file by bare name, as the converted rulesets will find it. */
  seed(name: string): SeedTable | SeedProblem | undefined
}

/** One in-flight ruleset. */
export interface ConvertedRuleset {
  /** File name, made from the name of the table or file; safe in every file system and unique within a conversion. */
  readonly name: string
  /** Number of the task that it comes from, from 1; the tasks inside `parallel` and `serial` count, those two do not. */
  readonly task: number
  readonly text: string
  /** The lines of the report that concern it; they stand in the text as comments. */
  readonly report: readonly string[]
}

export interface Converted {
  readonly rulesets: readonly ConvertedRuleset[]
  /** What was left out and what became of it: `rules.yaml:14: from_column left out (task 1, column full_name): replaced by redact`. */
  readonly report: readonly string[]
}

/** All rulesets of one conversion together. */
const MOST_BYTES = 16 * LIMITS.bytes

/** A line of the report. */
interface Remark {
  readonly line: number
  readonly text: string
}

/** A task that is neither `parallel` nor `serial`. */
interface Task {
  readonly number: number
  readonly type: string
  readonly node: MapNode
  readonly table: string | undefined
}

/** Where a rule or a mask stands. */
interface Place {
  readonly task: Task | undefined
  readonly column: string | undefined
  readonly remarks: Remark[]
  /** `hash_columns` or `hash_sources` of the task, converted. */
  readonly hash: ListNode | undefined
  /** Masks inside masks are judged one by one: one of them is faulty. */
  readonly oneByOne?: true
}

/** A ruleset in the making. */
interface Draft {
  readonly task: Task
  readonly head: Remark[]
  readonly rules: { readonly node: Node; readonly remarks: readonly Remark[] }[]
}

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g
const MASKING = new Set(['mask_table', 'mask_tabular_file', 'mask_file'])
const REF = 'ruleset libraries are not supported in flight'

/**
 * Converts the text of a ruleset with `tasks`. `source` is its name in the report. Throws RulesetError when the text is no such
 * ruleset, or when it does not say which values are masked.
 * @example convertRuleset(text, 'rules.yaml', environment).rulesets[0].text
 */
export function convertRuleset(given: string, source: string, environment: ConvertEnvironment): Converted {
  const { text, parsed } = parseRulesetText(given)
  const issues = new FileIssues(source, text)
  for (const problem of parsed.problems) issues.error(problem.code, problem.at, '', problem.message)
  if (parsed.root?.kind === 'map') return new Conversion(source, issues, environment).run(parsed.root)
  if (issues.errors === 0) issues.error('missing_key', 0, 'tasks', 'there is no ruleset: a mapping with version and tasks is needed')
  throw new RulesetError(issues.sorted())
}

const text = (value: string, at: number): ScalarNode => ({ kind: 'scalar', value, plain: true, at, body: -1 })
const quoted = (value: string, at: number): ScalarNode => ({ kind: 'scalar', value, plain: false, at, body: -1 })
const listOf = (items: readonly Node[], at: number): ListNode => ({ kind: 'list', items, at })
const mapOf = (pairs: readonly (readonly [string, Node])[], at: number): MapNode => ({
  kind: 'map',
  entries: new Map(pairs.map(([key, value]) => [key, { key: text(key, at), value }])),
  at,
})

/** The members of a list, or the values of a mapping whose keys are names for people. */
function members(node: Node | undefined): readonly Node[] | undefined {
  return node?.kind === 'list' ? node.items : node?.kind === 'map' ? [...node.entries.values()].map((entry) => entry.value) : undefined
}

/** A list, also where one thing stands alone. */
function asList(node: Node): readonly Node[] {
  return node.kind === 'list' ? node.items : [node]
}

const childOf = (node: MapNode, key: string): Node | undefined => node.entries.get(key)?.value

/** Text, also of a number: names of tables and columns. */
function nameOf(node: Node | undefined): string | undefined {
  if (node?.kind !== 'scalar') return undefined
  return typeof node.value === 'string' ? node.value : node.value instanceof NumberText ? node.value.text : undefined
}

class Conversion {
  readonly #source: string
  #issues: FileIssues
  readonly #environment: ConvertEnvironment
  readonly #registry: Registry
  readonly #reader: Reader
  /** Mask definitions with an anchor: by their text, the name. */
  readonly #definitions = new Map<string, string>()
  readonly #anchors = new Map<Node, string>()
  readonly #aliases = new Map<Node, string>()
  readonly #flat = new YamlWriter(0, new Map(), new Map())

  constructor(source: string, issues: FileIssues, environment: ConvertEnvironment) {
    this.#source = source
    this.#issues = issues
    this.#environment = environment
    this.#registry = new Registry(environment.masks, environment.detectors, { aiEngine: true })
    this.#reader = new Reader(issues, this.#registry, (name) => environment.seed(name))
  }

  run(root: MapNode): Converted {
    checkVersion(this.#reader, root)
    if (!root.entries.has('version')) this.#issues.error('missing_key', root.at, 'version', "'version' is missing")
    const tasks: Task[] = []
    const entry = root.entries.get('tasks')
    if (entry === undefined) {
      const already = root.entries.has('rules') ? ': a ruleset with rules is an in-flight ruleset already' : ''
      this.#issues.error('missing_key', root.at, 'tasks', `'tasks' is missing${already}`)
    } else this.#flatten(entry.value, tasks)

    const head: Remark[] = []
    const common: [string, Node][] = []
    const place: Place = { task: undefined, column: undefined, remarks: head, hash: undefined }
    for (const key of ['name', 'doc']) {
      const value = this.#label(root, key)
      if (value !== undefined) common.push([key, value])
    }
    const skip = root.entries.get('skip_defaults')
    if (skip !== undefined) common.push(['skip_defaults', this.#skip(skip.value, 'skip_defaults', place)])
    const definitions = this.#definitionsOf(root)

    const drafts = this.#drafts(tasks)
    if (this.#issues.errors > 0) throw new RulesetError(this.#issues.sorted())
    return this.#write(drafts.drafts, [...head, ...drafts.rest], [...common, ...definitions], head)
  }

  // ---------------------------------------------------------------------------------------------- remarks

  #remark(place: Place, at: number, what: string, consequence: string): void {
    const { task, column } = place
    const where = [
      task === undefined ? undefined : `task ${task.number}`,
      column !== undefined ? `column ${shown(column)}` : task?.table === undefined ? undefined : `table ${shown(task.table)}`,
    ].filter((part) => part !== undefined)
    const { line } = this.#issues.position(at)
    const words = `${this.#source}:${line}: ${shown(what)} left out${where.length === 0 ? '' : ` (${where.join(', ')})`}: ${consequence}`
    // It becomes a comment: nothing may end its line.
    place.remarks.push({ line, text: words.replace(CONTROL, '?') })
  }

  /** A mask in whose place `redact` stands. */
  #redact(place: Place, at: number, what: string, reason?: string): MapNode {
    this.#remark(place, at, what, `replaced by redact${reason === undefined ? '' : ` (${reason})`}`)
    return mapOf([['type', text('redact', at)]], at)
  }

  /** What the loader says against a node, or undefined. */
  #fault(node: Node, read: () => unknown): string | undefined {
    if (hasRef(node)) return REF
    const issues = new FileIssues('', undefined)
    this.#reader.issues = issues
    try {
      read()
    } finally {
      this.#reader.issues = this.#issues
    }
    return issues.errors === 0 ? undefined : (issues.issues.find((issue) => issue.severity === 'error')?.message ?? 'it is faulty')
  }

  // ---------------------------------------------------------------------------------------------- tasks

  #flatten(node: Node, into: Task[]): void {
    const items = members(node)
    if (items === undefined || items.length === 0) {
      this.#issues.error(items === undefined ? 'wrong_type' : 'invalid_value', node, 'tasks', 'a list of tasks is needed')
      return
    }
    for (const item of items) {
      if (item.kind !== 'map') {
        this.#issues.error('wrong_type', item, 'tasks', 'expected a task')
        continue
      }
      const ref = item.entries.get('$ref')
      const type = childOf(item, 'type')
      if (ref !== undefined) this.#issues.error('unsupported_feature', ref.key, 'tasks', `${REF}: put the task itself here`)
      else if (type === undefined) this.#issues.error('missing_key', item.at, 'tasks', "a task needs a 'type'")
      else if (type.kind !== 'scalar' || typeof type.value !== 'string') this.#issues.error('wrong_type', type, 'tasks', 'expected the type of a task')
      else if (type.value === 'parallel' || type.value === 'serial') {
        const inner = childOf(item, 'tasks')
        if (inner === undefined) this.#issues.error('missing_key', item.at, 'tasks', `'${type.value}' needs 'tasks'`)
        else this.#flatten(inner, into)
      } else into.push({ number: into.length + 1, type: type.value, node: item, table: nameOf(childOf(item, 'table')) })
    }
  }

  #drafts(tasks: readonly Task[]): { drafts: Draft[]; rest: Remark[] } {
    const drafts: Draft[] = []
    for (const task of tasks) if (MASKING.has(task.type)) drafts.push(this.#maskingTask(task))
    for (const task of tasks) if (task.type === 'mask_unique_key') this.#uniqueKey(task, drafts)
    drafts.sort((a, b) => a.task.number - b.task.number)
    // What concerns no ruleset stands in the one that follows, so that it is not overlooked.
    const rest: Remark[] = []
    const full = drafts.filter((draft) => draft.rules.length > 0)
    for (const task of tasks) {
      const other = !MASKING.has(task.type) && task.type !== 'mask_unique_key'
      const empty = drafts.find((draft) => draft.task === task && draft.rules.length === 0)
      if (!other && empty === undefined) continue
      const remarks = (full.find((draft) => draft.task.number > task.number) ?? full.at(-1))?.head ?? rest
      if (empty !== undefined) remarks.push(...empty.head)
      this.#remark({ task, column: undefined, remarks, hash: undefined }, task.node.at, task.type, other ? 'dropped' : 'dropped, it has no rules')
    }
    return { drafts: full, rest }
  }

  #maskingTask(task: Task): Draft {
    const draft: Draft = { task, head: [], rules: [] }
    const place: Place = { task, column: undefined, remarks: draft.head, hash: undefined }
    const where = task.node.entries.get('where')
    if (where !== undefined) this.#remark(place, where.key.at, 'where', 'the rules apply to every record')
    const rules = task.node.entries.get('rules')
    const items = members(rules?.value)
    const ref = task.node.entries.get('$ref')
    if (ref !== undefined) this.#issues.error('unsupported_feature', ref.key, 'tasks', `${REF}: put the rules themselves here`)
    else if (rules === undefined || items === undefined) this.#issues.error('missing_key', task.node.at, 'tasks', `'${shown(task.type)}' needs a list of rules`)
    const hash = this.#hash(task.node, place)
    for (const item of items ?? []) {
      const remarks: Remark[] = []
      for (const node of this.#rule(item, { task, column: undefined, remarks, hash }, 0)) draft.rules.push({ node, remarks: remarks.splice(0) })
      if (remarks.length > 0) draft.head.push(...remarks)
    }
    return draft
  }

  /** The key columns of a table, masked one-to-one wherever its rules stand, else in a ruleset of their own. */
  #uniqueKey(task: Task, drafts: Draft[]): void {
    const { node } = task
    const at = node.at
    const columns = [...new Set(keyColumns(node.entries.get('target_key') ?? node.entries.get('target_keys') ?? node.entries.get('key')))]
    if (columns.length === 0) {
      this.#issues.error('missing_key', at, 'tasks', "'mask_unique_key' does not name its columns in 'target_key' or 'key'")
      return
    }
    const remarks: Remark[] = []
    const place: Place = { task, column: undefined, remarks, hash: undefined }
    this.#remark(place, at, 'mask_unique_key', 'imitate_unique on its columns')
    const cascades = node.entries.get('additional_cascades')
    if (cascades !== undefined) this.#remark(place, cascades.key.at, 'additional_cascades', 'add rules for these columns to the rulesets of their tables')
    const rules = columns.map((column, i) => {
      const masks = listOf([mapOf([['type', text('imitate_unique', at)]], at)], at)
      const paths = columnOf(column, task.table).names.map((name) => listOf([quoted(name, at)], at))
      return {
        node: mapOf(
          [
            ['paths', listOf(paths, at)],
            ['hash_sources', listOf([], at)],
            ['masks', masks],
          ],
          at,
        ),
        remarks: i === 0 ? remarks : [],
      }
    })
    const same = drafts.filter((draft) => draft.task.type !== 'mask_unique_key' && draft.rules.length > 0 && sameTable(draft.task.table, task.table))
    if (same.length === 0) drafts.push({ task, head: [], rules })
    else for (const draft of same) draft.rules.unshift(...rules)
  }

  // ---------------------------------------------------------------------------------------------- rules

  /** A rule; none when it does nothing, several when its conditions cannot be kept. */
  #rule(node: Node, place: Place, depth: number): Node[] {
    if (node.kind !== 'map') {
      this.#issues.error('wrong_type', node, 'rules', 'expected a rule')
      return []
    }
    const condition = node.entries.get('if')
    const branches = condition !== undefined && (node.entries.has('rules') || node.entries.has('else_rules'))
    const rules = branches ? this.#conditional(node, condition, place, depth) : []
    // Masks beside the branches are under no condition.
    if (branches && !node.entries.has('masks')) return rules
    const rule = this.#selector(node, place, condition)
    return rule === undefined ? rules : [...rules, rule]
  }

  #conditional(node: MapNode, condition: Entry, place: Place, depth: number): Node[] {
    const known = node.entries.has('masks') ? RULE_KEYS : CONDITIONAL_KEYS
    for (const [key, entry] of node.entries) if (!known.has(key) && !CONDITIONAL_KEYS.has(key)) this.#remark(place, entry.key.at, key, 'dropped')
    // The branches of a conditional rule stand one level deeper.
    const branch = (key: string, at: number): Node[] => {
      const entry = node.entries.get(key)
      if (entry === undefined) return []
      const items = members(entry.value)
      if (items === undefined) this.#issues.error('wrong_type', entry.value, 'rules', 'a list of rules is needed')
      return (items ?? []).flatMap((item) => this.#rule(item, place, at))
    }
    const conditions = depth < LIMITS.conditions ? this.#conditions(condition.value, place) : undefined
    if (conditions === undefined) {
      this.#remark(place, condition.key.at, 'if', 'rules and else_rules apply to every record')
      return [...branch('rules', depth), ...branch('else_rules', depth)]
    }
    const rules = branch('rules', depth + 1)
    const elseRules = branch('else_rules', depth + 1)
    if (rules.length === 0 && elseRules.length === 0) return []
    const pairs: [string, Node][] = [...this.#labels(node), ['if', conditions]]
    if (rules.length > 0) pairs.push(['rules', listOf(rules, node.at)])
    if (elseRules.length > 0) pairs.push(['else_rules', listOf(elseRules, node.at)])
    return [mapOf(pairs, node.at)]
  }

  /** Conditions in flight, or undefined when one of them has no counterpart. */
  #conditions(node: Node, place: Place): Node | undefined {
    const items = asList(node).map((item) => this.#condition(item, place))
    if (items.some((item) => item === undefined)) return undefined
    const list = listOf(items as Node[], node.at)
    return this.#fault(list, () => readConditions(this.#reader, list, '', 1)) === undefined ? list : undefined
  }

  #condition(node: Node, place: Place): Node | undefined {
    if (node.kind !== 'map') return undefined
    const group = Object.keys(CONDITION_GROUP.fields).find((key) => node.entries.has(key))
    if (group !== undefined) {
      const of = asList(childOf(node, group) as Node).map((item) => this.#condition(item, place))
      if (node.entries.size > 1 || of.some((item) => item === undefined)) return undefined
      return mapOf([[group, listOf(of as Node[], node.at)]], node.at)
    }
    const subject: [string, Node][] = []
    const tests: [string, Node][] = []
    const rest: [string, Node][] = []
    for (const [key, { value }] of node.entries) {
      if (key === 'column') {
        const name = nameOf(value)
        const column = name === undefined ? undefined : this.#columnOf(name, place)
        const below = childOf(node, 'json_path')
        // Of another table there is no value in the record.
        if (column === undefined || column.foreign || node.entries.has('path') || (below !== undefined && below.kind !== 'list')) return undefined
        subject.push(['json_path', listOf([text(column.names[0] as string, value.at), ...(below?.kind === 'list' ? below.items : [])], value.at)])
      } else if (!Object.hasOwn(CONDITION.fields, key)) return undefined
      else if ((CONDITION_TESTS as readonly string[]).includes(key)) tests.push([key, value])
      else if (key !== 'json_path' || !node.entries.has('column')) (key === 'json_path' || key === 'path' ? subject : rest).push([key, value])
    }
    const [first, ...more] = tests.map((test) => mapOf([...subject, test, ...rest], node.at))
    return first === undefined || more.length === 0 ? first : mapOf([['and', listOf([first, ...more], node.at)]], node.at)
  }

  /** A rule for a column, or for the whole record. */
  #selector(node: MapNode, place: Place, condition: Entry | undefined): Node | undefined {
    const { at } = node
    const table = place.task?.type !== 'mask_file'
    const named = node.entries.get('column')
    const column = nameOf(named?.value)
    const ref = node.entries.get('$ref')
    if (named !== undefined && column === undefined) {
      this.#issues.error('wrong_type', named.value, 'rules', 'expected the name of a column')
      return undefined
    }
    if (column === undefined && ref !== undefined) {
      this.#issues.error('unsupported_feature', ref.key, 'rules', `${REF}: put the rule itself here`)
      return undefined
    }
    if (column === undefined && table && place.task !== undefined) {
      this.#issues.error('missing_key', at, 'rules', "a rule needs a 'column'")
      return undefined
    }
    const here = { ...place, column: column ?? place.column }
    if (condition !== undefined) this.#remark(here, condition.key.at, 'if', 'the rule applies to every record')
    for (const [key, entry] of node.entries) if (!RULE_KEYS.has(key) && !(condition !== undefined && CONDITIONAL_KEYS.has(key))) this.#remark(here, entry.key.at, key, 'dropped')

    const pairs: [string, Node][] = this.#labels(node)
    if (column !== undefined)
      pairs.push([
        'paths',
        listOf(
          this.#columnOf(column, place).names.map((name) => listOf([quoted(name, at)], at)),
          at,
        ),
      ])
    const hash = this.#hash(node, here) ?? place.hash ?? (column === undefined ? undefined : listOf([], at))
    if (hash !== undefined) pairs.push(['hash_sources', hash])
    const skip = node.entries.get('skip')
    if (skip !== undefined) pairs.push(['skip', this.#skip(skip.value, 'skip', here)])
    const masks = node.entries.get('masks')
    // A library's masks may stand beside those of the rule: what they would do is not known.
    if (ref !== undefined) pairs.push(['masks', listOf([this.#redact(here, ref.key.at, '$ref', REF)], at)])
    else
      pairs.push([
        'masks',
        masks === undefined ? listOf([this.#redact(here, at, 'masks', 'there are none')], at) : this.#masks(masks.value, here, (mask) => this.#mask(mask, here)),
      ])

    const rule = mapOf(pairs, at)
    const fault = this.#fault(rule, () => readRules(this.#reader, listOf([rule], at), 'rules', []))
    if (fault === undefined) return rule
    const kept = pairs.filter(([key]) => key === 'paths')
    if (column !== undefined) kept.push(['hash_sources', listOf([], at)])
    return mapOf([...kept, ['masks', listOf([this.#redact(here, at, 'masks', fault)], at)]], at)
  }

  #labels(node: MapNode): [string, Node][] {
    return ['name', 'doc'].flatMap((key) => {
      const value = this.#label(node, key)
      return value === undefined ? [] : [[key, value] as [string, Node]]
    })
  }

  /** `name` or `doc`, where the loader takes it. */
  #label(node: MapNode, key: string): Node | undefined {
    const value = childOf(node, key)
    if (value?.kind !== 'scalar' || typeof value.value !== 'string') return undefined
    return key === 'name' && (value.value === '' || [...value.value.slice(0, 201)].length > 100) ? undefined : value
  }

  #columnOf(name: string, place: Place): { names: readonly string[]; foreign: boolean } {
    // Columns of files are named as they are; those of tables as in SQL.
    return place.task?.type === 'mask_table' || place.task === undefined ? columnOf(name, place.task?.table) : { names: [name], foreign: false }
  }

  // ---------------------------------------------------------------------------------------------- hash sources and skip

  /** Hash sources of a rule or task, or undefined when it says nothing about them. */
  #hash(node: MapNode, place: Place): ListNode | undefined {
    const columns = node.entries.get('hash_columns')
    const entry = columns ?? node.entries.get('hash_sources')
    if (entry === undefined) return undefined
    const { value } = entry
    if (value.kind === 'scalar' && value.value === null) return listOf([], value.at)
    const level = place.column === undefined && place.task?.type === 'mask_file' ? 'record' : 'rule'
    const sources: Node[] = []
    for (const item of asList(value)) {
      const source = columns === undefined ? item : this.#hashColumn(item, place)
      const list = listOf(source === undefined ? [] : [source], item.at)
      const fault = source === undefined ? 'this column is not in the record' : this.#fault(list, () => readHashSources(this.#reader, list, '', level))
      if (fault === undefined) sources.push(...list.items)
      else this.#remark(place, item.at, columns === undefined ? 'a hash source' : 'a hash column', `dropped (${fault})`)
    }
    return listOf(sources, value.at)
  }

  /** An entry of `hash_columns` as a hash source; undefined for a column of another table. */
  #hashColumn(node: Node, place: Place): Node | undefined {
    const name = nameOf(node.kind === 'map' ? childOf(node, 'column_name') : node)
    if (name === undefined) return node
    const column = this.#columnOf(name, place)
    if (column.foreign) return undefined
    const below = node.kind === 'map' ? childOf(node, 'json_path') : undefined
    const path: [string, Node] = ['json_path', listOf([text(column.names[0] as string, node.at), ...(below === undefined ? [] : asList(below))], node.at)]
    if (node.kind !== 'map') return mapOf([path], node.at)
    return mapOf([path, ...[...node.entries].filter(([key]) => key !== 'column_name' && key !== 'json_path').map(([key, entry]): [string, Node] => [key, entry.value])], node.at)
  }

  /** Values to leave alone; one that cannot be kept is masked. */
  #skip(node: Node, key: string, place: Place): Node {
    const kept = asList(node).filter((item) => {
      const fault = this.#fault(item, () => this.#reader.value(listOf([item], item.at), { kind: 'skip' }, '', 'rule'))
      if (fault !== undefined) this.#remark(place, item.at, `an entry of ${key}`, `such values are masked (${fault})`)
      return fault === undefined
    })
    return listOf(kept, node.at)
  }

  // ---------------------------------------------------------------------------------------------- masks

  /** A list of masks, or a mapping of names to masks. */
  #masks(node: Node, place: Place, mask: (node: Node) => Node): Node {
    if (node.kind === 'list' && node.items.length > 0) return listOf(node.items.map(mask), node.at)
    if (node.kind === 'map' && node.entries.size > 0) {
      if (childOf(node, 'type')?.kind === 'scalar' || node.entries.has('$ref')) return listOf([mask(node)], node.at)
      return { ...node, entries: new Map([...node.entries].map(([key, entry]) => [key, { key: entry.key, value: mask(entry.value) }])) }
    }
    return listOf([this.#redact(place, node.at, 'masks', 'there are none')], node.at)
  }

  /** One mask with those inside it, judged as a whole: what may stand where is known there. */
  #mask(node: Node, place: Place): Node {
    const before = place.remarks.length
    const whole = this.#inner(node, place)
    if (this.#fault(whole, () => this.#reader.mask(whole, '')) === undefined) return whole
    place.remarks.splice(before)
    return this.#inner(node, { ...place, oneByOne: true })
  }

  #inner(node: Node, place: Place): Node {
    if (node.kind !== 'map') return this.#redact(place, node.at, 'a mask', 'it is no mapping')
    const ref = node.entries.get('$ref')
    if (ref !== undefined) return this.#redact(place, node.at, '$ref', REF)
    const type = nameOf(childOf(node, 'type'))
    if (type === undefined) return this.#redact(place, node.at, 'a mask', 'it has no type')
    const definition = this.#registry.mask(type)?.definition
    if (definition === undefined) return this.#redact(place, node.at, type, NOT_IN_FLIGHT.has(type) ? undefined : 'there is no such mask')
    const converted = this.#parameters(node, definition, place)
    const fault = place.oneByOne === undefined ? undefined : this.#fault(converted, () => this.#reader.mask(converted, ''))
    if (fault !== undefined) return this.#redact(place, node.at, type, fault)
    const alias = this.#definitions.size === 0 ? undefined : this.#definitions.get(this.#flat.flow(converted, 4000) ?? '')
    if (alias !== undefined) this.#aliases.set(converted, alias)
    return converted
  }

  #parameters(node: MapNode, definition: MaskDefinition, place: Place): Node {
    const fields = maskFields(definition)
    const away = NOT_IN_FLIGHT_PARAMETERS[definition.type] ?? []
    const entries = new Map<string, Entry>()
    let dropped = false
    const drop = (key: string, entry: Entry): void => {
      dropped = true
      this.#remark(place, entry.key.at, key, 'dropped, the mask stays')
    }
    for (const [key, entry] of node.entries) {
      if (away.includes(key) && !Object.hasOwn(fields, key)) drop(key, entry)
      else if (key === 'matchers' && entry.value.kind === 'map') {
        const kept = new Map(entry.value.entries)
        for (const [name, matcher] of entry.value.entries) {
          if (!away.includes(name)) continue
          kept.delete(name)
          drop(name, matcher)
        }
        entries.set(key, { key: entry.key, value: { ...entry.value, entries: kept } })
      } else {
        const field = Object.hasOwn(fields, key) ? fields[key] : undefined
        entries.set(key, field === undefined ? entry : { key: entry.key, value: this.#option(entry.value, field, place) })
      }
    }
    const left = members(entries.get('matchers')?.value) ?? []
    if (dropped && definition.type === 'unstructured_text' && left.every((list) => list.kind === 'list' && list.items.length === 0))
      return this.#redact(place, node.at, definition.type, 'no matcher is left')
    return { kind: 'map', entries, at: node.at }
  }

  /** An option, with the masks that stand somewhere in it converted. */
  #option(node: Node, shape: Shape, place: Place): Node {
    switch (shape.kind) {
      case 'masks':
        return this.#masks(node, place, (mask) => this.#inner(mask, place))
      case 'list':
        return node.kind !== 'list'
          ? node
          : listOf(
              node.items.map((item) => this.#option(item, shape.of, place)),
              node.at,
            )
      case 'object': {
        if (node.kind !== 'map') return node
        const { fields } = shape
        const entries = [...node.entries].map(([key, entry]): [string, Entry] => {
          const field = Object.hasOwn(fields, key) ? fields[key] : undefined
          return [key, field === undefined ? entry : { key: entry.key, value: this.#option(entry.value, field, place) }]
        })
        return { kind: 'map', entries: new Map(entries), at: node.at }
      }
      case 'any_of':
        return shape.of.reduce((value, one) => this.#option(value, one, place), node)
      default:
        return node
    }
  }

  // ---------------------------------------------------------------------------------------------- definitions

  /** `mask_definitions` and `rule_definitions`. Nothing is masked by them: what cannot be kept goes without a remark. */
  #definitionsOf(root: MapNode): [string, Node][] {
    const result: [string, Node][] = []
    const quiet = (): Place => ({ task: undefined, column: undefined, remarks: [], hash: undefined })
    const masks = root.entries.get('mask_definitions')?.value
    const kept: Node[] = []
    const names = new Set<string>()
    for (const item of members(masks) ?? []) {
      const place = quiet()
      const node = this.#mask(item, place)
      if (place.remarks.length > 0) continue
      kept.push(node)
      const { anchor } = item
      const flat = anchor === undefined || !/^[\w-]{1,100}$/.test(anchor) ? undefined : this.#flat.flow(node, 4000)
      if (anchor === undefined || flat === undefined || this.#definitions.has(flat) || names.has(anchor)) continue
      names.add(anchor)
      this.#definitions.set(flat, anchor)
      this.#anchors.set(node, anchor)
    }
    if (masks !== undefined && kept.length > 0) result.push(['mask_definitions', listOf(kept, masks.at)])
    const rules = root.entries.get('rule_definitions')?.value
    const sound: Node[] = []
    for (const item of members(rules) ?? []) {
      const place = quiet()
      const real = this.#issues
      this.#issues = new FileIssues('', undefined)
      const nodes = this.#rule(item, place, 0)
      if (place.remarks.length === 0 && this.#issues.errors === 0) sound.push(...nodes)
      this.#issues = real
    }
    if (rules !== undefined && sound.length > 0) result.push(['rule_definitions', listOf(sound, rules.at)])
    return result
  }

  // ---------------------------------------------------------------------------------------------- writing

  #write(drafts: readonly Draft[], rest: readonly Remark[], common: readonly (readonly [string, Node])[], head: readonly Remark[]): Converted {
    const all = [...rest]
    const rulesets: ConvertedRuleset[] = []
    const names = fileNames(
      drafts.map(({ task }) => ({ table: task.table, file: fileOf(task), kind: task.type === 'mask_file' || task.type === 'mask_tabular_file' ? 'file' : 'table' })),
    )
    let left = MOST_BYTES
    for (const [i, draft] of drafts.entries()) {
      const name = names[i] as string
      const remarks = [...head, ...draft.head, ...draft.rules.flatMap((rule) => rule.remarks)]
      const writer = new YamlWriter(Math.min(left, LIMITS.bytes), this.#anchors, this.#aliases)
      try {
        for (const remark of byLine([...head, ...draft.head])) writer.line(`# ${remark.text}`)
        writer.line('version: "1.0"')
        for (const [key, value] of common) writer.entry(key, value)
        writer.line('rules:')
        for (const rule of draft.rules) {
          for (const remark of byLine(rule.remarks)) writer.line(`# ${remark.text}`)
          writer.item(rule.node)
        }
      } catch (error) {
        if (!(error instanceof TooLong)) throw error
        this.#refuse('limit_exceeded', draft.task, 'the converted rulesets would be larger than rulesets may be')
      }
      const text = writer.text()
      left -= Buffer.byteLength(text)
      this.#load(text, draft.task)
      all.push(...remarks)
      rulesets.push({ name, task: draft.task.number, text, report: unique(remarks) })
    }
    return { rulesets, report: unique(all) }
  }

  /** Nothing is given out that does not load. */
  #load(text: string, task: Task): void {
    const { masks, detectors, seed } = this.#environment
    const nothing = (): never => {
      throw new Error('no other files')
    }
    try {
      loadRuleset(text, { masks, detectors, builtin: () => undefined, readFile: nothing, seed: (file) => seed(file) })
    } catch (error) {
      if (!(error instanceof RulesetError)) throw error
      const [issue] = error.issues.filter((one) => one.severity === 'error')
      this.#refuse(issue?.code ?? 'limit_exceeded', task, `the ruleset made of this task does not load: ${issue?.message ?? 'it is faulty'}`)
    }
  }

  #refuse(code: IssueCode, task: Task, message: string): never {
    this.#issues.error(code, task.node.at, 'tasks', message)
    throw new RulesetError(this.#issues.sorted())
  }
}

const RULE_KEYS = new Set(['column', 'masks', 'hash_columns', 'hash_sources', 'skip', 'if', 'name', 'doc', '$ref'])
const CONDITIONAL_KEYS = new Set(['if', 'rules', 'else_rules', 'name', 'doc'])

/** The lines in the order of the file, each once. */
function unique(remarks: readonly Remark[]): string[] {
  return [...new Set(byLine(remarks).map((remark) => remark.text))]
}

const byLine = (remarks: readonly Remark[]): Remark[] => [...remarks].sort((a, b) => a.line - b.line)

/** The columns of a key, however they are listed: names, lists of them, mappings with `column`, or of names to formats. */
function keyColumns(entry: Entry | undefined): string[] {
  const columns: string[] = []
  const walk = (node: Node): void => {
    const name = nameOf(node)
    if (name !== undefined) columns.push(name)
    else if (node.kind === 'list') for (const item of node.items) walk(item)
    else if (node.kind === 'map') {
      const inner = ['column', 'column_name', 'columns', 'name'].map((key) => node.entries.get(key)).find((one) => one !== undefined)
      if (inner !== undefined) walk(inner.value)
      else columns.push(...node.entries.keys())
    }
  }
  if (entry !== undefined) walk(entry.value)
  return columns
}

/** True when a mapping somewhere in a node takes something from a library. */
function hasRef(node: Node): boolean {
  if (node.kind === 'list') return node.items.some(hasRef)
  return node.kind === 'map' && (node.entries.has('$ref') || [...node.entries.values()].some((entry) => hasRef(entry.value)))
}

/** The one file that a task reads, where it says so. */
function fileOf(task: Task): string | undefined {
  const include = members(task.node.entries.get('include')?.value)
  const only = include?.length === 1 ? include[0] : undefined
  return nameOf(only?.kind === 'map' ? childOf(only, 'glob') : only)
}
