// Ruleset text to the checked Ruleset: finds the files of the `extends` tree, parses each, merges policy and skip_defaults,
// then reads the rules of every layer. All issues of all files are collected and thrown together.

import { dirname, isAbsolute, join, resolve, sep } from 'node:path'
import { InputError, RulesetError } from '../errors.ts'
import type { Issue } from '../errors.ts'
import { NumberText } from '../engine/types.ts'
import type { DetectorInfo, Layer, MaskDefinition, Policy, Ruleset, RulesetTest, SeedTable, SkipEntry, Value } from '../engine/types.ts'
import { fromObject } from './from-object.ts'
import { nearest, shown, suggestion } from './nearest.ts'
import { childPath, FileIssues, isYaml11Boolean, LIMITS } from './node.ts'
import type { Entry, MapNode, Node, Parsed } from './node.ts'
import { Reader, Registry } from './read.ts'
import type { SeedProblem } from './read.ts'
import { readRules } from './rules.ts'
import { POLICY, RULESET } from './schema.ts'
import { parseRulesetText } from './text.ts'

export interface LoadEnvironment {
  /** By type; aliases come from the definitions. */
  readonly masks: ReadonlyMap<string, MaskDefinition>
  readonly detectors: readonly DetectorInfo[]
  /** Text of a built-in ruleset. */
  builtin(name: string): string | undefined
  /** Names of the built-in rulesets, for suggestions. */
  readonly builtinNames?: readonly string[]
  /** Text of a file; with `root` the file must really lie below that directory. Throws if it cannot. */
  readFile(path: string, root?: string): string
  /** A seed file by bare name; `baseDir` is the directory of the ruleset file, if it is a file. */
  seed(name: string, baseDir: string | undefined): SeedTable | SeedProblem | undefined
  /** True when the host supplies an AI engine. */
  readonly aiEngine?: boolean
  /** Policy under everything: what a transport takes where the ruleset is silent. */
  readonly policyDefaults?: Partial<Policy>
  /** Policy above everything: keys as in a ruleset. */
  readonly policyOverride?: unknown
}

export interface Loaded {
  readonly ruleset: Ruleset
  readonly warnings: readonly Issue[]
}

const DEFAULT_POLICY: Policy = {
  on_mask_error: 'redact',
  on_unparsable: 'text',
  unknown_fields: 'keep',
  allow: [],
  max_record_bytes: 1024 * 1024,
  on_oversize: 'truncate',
  max_depth: 100,
  scan_keys: true,
  scan_numbers: true,
  text_pairs: true,
  text_words: true,
  decode: ['json', 'url'],
  verify: false,
}

/** One file (or text, or object) of the load. */
interface File {
  readonly id: string
  readonly source: string
  readonly issues: FileIssues
  readonly reader: Reader
  readonly root: MapNode | undefined
  /** Directory of the file; undefined for text, objects and built-ins. */
  readonly directory: string | undefined
  /** Directory that `extends` never leaves. */
  readonly top: string | undefined
}

/**
 * Loads a ruleset: `mask-logs:<name>`, a file path, YAML text (it contains a newline), a parsed object, or a list of these,
 * later ones stronger. Throws RulesetError with every issue, or InputError when a named file cannot be read.
 * @example loadRuleset('version: "1.0"\nrules: [{keys: [password], masks: [{type: redact}]}]\n', environment).ruleset
 */
export function loadRuleset(input: unknown, environment: LoadEnvironment): Loaded {
  const load = new Load(environment)
  const inputs = Array.isArray(input) ? (input as unknown[]) : [input]
  if (inputs.length === 0) throw new InputError('bad_option', 'the list of rulesets is empty')
  for (const one of inputs) load.input(one)
  return load.finish()
}

class Load {
  readonly #environment: LoadEnvironment
  readonly #registry: Registry
  /** In the order in which they were opened. */
  readonly #files: File[] = []
  /** Weakest first. */
  readonly #layers: File[] = []
  readonly #byId = new Map<string, File>()
  /** Ids of files whose bases are being loaded. */
  readonly #open: string[] = []
  /** The files given, not their bases. */
  readonly #given: File[] = []
  #texts = 0

  constructor(environment: LoadEnvironment) {
    this.#environment = environment
    this.#registry = new Registry(environment.masks, environment.detectors, { aiEngine: environment.aiEngine === true })
  }

  // ---------------------------------------------------------------------------------------------- finding files

  input(input: unknown): void {
    if (typeof input !== 'string') {
      if (input === null || typeof input !== 'object') throw new InputError('bad_option', 'a ruleset is a name, a path, text or an object')
      this.#given.push(this.#add(`object ${this.#texts++}`, '<ruleset>', undefined, fromObject(input), undefined, undefined))
    } else if (input.includes('\n')) {
      this.#given.push(this.#text(`text ${this.#texts++}`, '<ruleset>', input, undefined, undefined))
    } else if (input.startsWith('mask-logs:')) {
      const file = this.#builtin(input)
      if (file !== undefined) this.#given.push(file)
      else {
        const issues = new FileIssues(input, undefined)
        this.#unknownBuiltin(issues, 0, '', input)
        throw new RulesetError(issues.issues)
      }
    } else {
      const path = resolve(input)
      let text: string
      try {
        text = this.#environment.readFile(path)
      } catch {
        const hint = /^\s*[{[]|:\s/.test(input) ? ' (text of a ruleset contains a line end)' : ''
        throw new InputError('file_unreadable', `the ruleset file '${shown(input)}' cannot be read${hint}`)
      }
      this.#given.push(this.#text(path, input, text, dirname(path), dirname(path)))
    }
  }

  #unknownBuiltin(issues: FileIssues, place: Node | number, path: string, entry: string): void {
    const name = entry.slice('mask-logs:'.length)
    const known = nearest(name, this.#environment.builtinNames ?? [])
    issues.error(
      'unknown_builtin',
      place,
      path,
      `there is no built-in ruleset '${shown(entry)}'${suggestion(known === undefined ? undefined : `mask-logs:${known}`)}`,
      known === undefined ? undefined : `mask-logs:${known}`,
    )
  }

  #builtin(entry: string): File | undefined {
    const known = this.#byId.get(entry)
    if (known !== undefined) return known
    const text = this.#environment.builtin(entry.slice('mask-logs:'.length))
    return text === undefined ? undefined : this.#text(entry, entry, text, undefined, undefined)
  }

  #text(id: string, source: string, given: string, directory: string | undefined, top: string | undefined): File {
    const known = this.#byId.get(id)
    if (known !== undefined) return known
    const { text, parsed } = parseRulesetText(given)
    return this.#add(id, source, text, parsed, directory, top)
  }

  #add(id: string, source: string, text: string | undefined, parsed: Parsed, directory: string | undefined, top: string | undefined): File {
    const issues = new FileIssues(source, text)
    const reader = new Reader(issues, this.#registry, (name) => this.#environment.seed(name, directory))
    for (const problem of parsed.problems) issues.error(problem.code, problem.at, '', problem.message)
    let root: MapNode | undefined
    if (parsed.root?.kind === 'map') root = parsed.root
    else if (parsed.problems.length === 0) {
      if (parsed.root === undefined) issues.error('missing_key', 0, 'version', 'the ruleset is empty')
      else reader.wrongType(parsed.root, '', 'a mapping with version and rules')
    }
    const file: File = { id, source, issues, reader, root, directory, top }
    this.#files.push(file)
    this.#byId.set(id, file)
    if (root !== undefined) this.#bases(file, root)
    this.#layers.push(file)
    return file
  }

  #bases(file: File, root: MapNode): void {
    const entry = root.entries.get('extends')
    if (entry === undefined || entry.value.kind !== 'list') return // the shape is judged with the other keys
    if (this.#open.length >= LIMITS.extends) {
      file.issues.error('limit_exceeded', entry.key, 'extends', `extends goes deeper than ${LIMITS.extends} files`)
      return
    }
    this.#open.push(file.id)
    for (const [i, item] of entry.value.items.entries())
      if (item.kind === 'scalar' && typeof item.value === 'string' && item.value !== '') this.#base(file, item, item.value, childPath('extends', i))
    this.#open.pop()
  }

  #base(file: File, node: Node, entry: string, path: string): void {
    const cycle = (id: string): boolean => {
      if (!this.#open.includes(id)) return false
      file.issues.error('extends_cycle', node, path, 'this ruleset is being extended already: a cycle')
      return true
    }
    if (entry.startsWith('mask-logs:')) {
      if (!cycle(entry) && this.#builtin(entry) === undefined) this.#unknownBuiltin(file.issues, node, path, entry)
      return
    }
    if (!entry.startsWith('./')) {
      const message = /^[a-z][a-z0-9+.-]*:\/\//i.test(entry)
        ? 'a ruleset is not loaded from a URL'
        : isAbsolute(entry)
          ? 'an absolute path is not allowed: begin with ./'
          : "an entry is mask-logs:<name>, or a path that begins with './'"
      file.issues.error('invalid_value', node, path, message)
      return
    }
    if (file.directory === undefined || file.top === undefined) {
      file.issues.error('extends_not_found', node, path, 'only a ruleset that is a file can extend files')
      return
    }
    const target = join(file.directory, entry)
    const outside = target !== file.top && !target.startsWith(file.top.endsWith(sep) ? file.top : file.top + sep)
    if (outside || entry.includes('\0')) {
      file.issues.error('extends_not_found', node, path, 'the path leaves the directory of the first ruleset')
      return
    }
    if (cycle(target) || this.#byId.has(target)) return
    let text: string
    try {
      text = this.#environment.readFile(target, file.top)
    } catch {
      file.issues.error('extends_not_found', node, path, `'${shown(entry)}' cannot be read, or lies outside the directory of the first ruleset`)
      return
    }
    this.#text(target, join(dirname(file.source), entry), text, dirname(target), file.top)
  }

  // ---------------------------------------------------------------------------------------------- reading files

  finish(): Loaded {
    const policy: Record<string, unknown> = { ...DEFAULT_POLICY, ...this.#environment.policyDefaults }
    let skip: readonly SkipEntry[] = []
    const heads = new Map<File, ReadonlyMap<string, unknown>>()
    for (const file of this.#layers) {
      if (file.root === undefined) continue
      const head = readHead(file, file.root)
      heads.set(file, head)
      for (const [key, value] of (head.get('policy') as ReadonlyMap<string, unknown> | undefined) ?? []) policy[key] = value
      skip = (head.get('skip_defaults') as readonly SkipEntry[] | undefined) ?? skip
    }
    this.#override(policy)
    const layers: Layer[] = []
    for (const file of this.#layers) {
      if (file.root === undefined) continue
      const entry = file.root.entries.get('rules')
      layers.push({ source: file.source, rules: entry === undefined ? [] : readRules(file.reader, entry.value, 'rules', skip) })
      const definitions = file.root.entries.get('rule_definitions')
      if (definitions !== undefined) readRules(file.reader, definitions.value, 'rule_definitions', skip)
      remarks(file, file.root)
    }
    const issues = this.#files.flatMap((file) => file.issues.sorted())
    if (issues.some((issue) => issue.severity === 'error')) throw new RulesetError(issues)
    const own = this.#given.map((file) => heads.get(file))
    return {
      ruleset: {
        name: own.map((head) => head?.get('name') as string | undefined).findLast((name) => name !== undefined),
        layers,
        policy: policy as unknown as Policy,
        seedFiles: this.#registry.seeds,
        tests: own.flatMap((head) => (head?.get('tests') as readonly RulesetTest[] | undefined) ?? []),
      },
      warnings: issues,
    }
  }

  #override(policy: Record<string, unknown>): void {
    const given = this.#environment.policyOverride
    if (given === undefined) return
    const parsed = fromObject(given)
    const issues = new FileIssues('<policy>', undefined)
    for (const problem of parsed.problems) issues.error(problem.code, problem.at, 'policy', problem.message)
    const reader = new Reader(issues, this.#registry, () => undefined)
    const values = parsed.root === undefined ? undefined : reader.object(parsed.root, POLICY, 'policy', 'unknown_key', 'rule')
    if (issues.errors > 0) throw new RulesetError(issues.issues)
    for (const [key, value] of values ?? []) policy[key] = value
  }
}

const DATABASE_TOP: ReadonlySet<string> = new Set(['tasks', 'task_definitions'])

/** Everything of a file but its rules. */
function readHead(file: File, root: MapNode): ReadonlyMap<string, unknown> {
  const { issues, reader } = file
  const judged = new Set<string>()
  let database = false
  for (const [key, entry] of root.entries) {
    if (DATABASE_TOP.has(key)) {
      database = true
      judged.add(key)
      issues.error('database_ruleset', entry.key, key, `'${key}' belongs to a database or file ruleset; convert it with 'mask-logs convert'`)
    } else if (key === 'imports') {
      judged.add(key)
      issues.error('unsupported_feature', entry.key, key, "ruleset libraries are not supported in flight; use 'extends'")
    }
  }
  reader.keys(root, RULESET, '', 'unknown_key', judged)
  checkVersion(reader, root)
  const head = reader.fields(root, RULESET.fields, '', 'rule')
  const rules = root.entries.get('rules')
  const policy = root.entries.get('policy')
  const mayBeEmpty = root.entries.has('extends') || (policy?.value.kind === 'map' && policy.value.entries.has('unknown_fields'))
  if (rules === undefined && !mayBeEmpty && !database) issues.error('missing_key', root.at, 'rules', "'rules' is missing")
  else if (rules !== undefined && rules.value.kind === 'list' && rules.value.items.length === 0 && !mayBeEmpty)
    issues.error('invalid_value', rules.value, 'rules', 'at least one rule is needed')
  const tests = head.get('tests') as readonly ReadonlyMap<string, unknown>[] | undefined
  return tests === undefined ? head : new Map(head).set('tests', readTests(file, root, tests))
}

function readTests(file: File, root: MapNode, tests: readonly ReadonlyMap<string, unknown>[]): RulesetTest[] {
  const nodes = root.entries.get('tests')?.value
  return tests.map((test, i) => ({
    name: (test.get('name') as string | undefined) ?? childPath('tests', i),
    source: file.source,
    // Where there is no node of its own, the load fails.
    line: file.issues.position((nodes?.kind === 'list' ? nodes.items[i] : undefined)?.at ?? 0).line,
    in: asWritten(test.get('in') as Node | undefined),
    out: test.has('out') ? asWritten(test.get('out') as Node) : undefined,
    masked: (test.get('masked') as RulesetTest['masked'] | undefined) ?? [],
    unmasked: (test.get('unmasked') as RulesetTest['unmasked'] | undefined) ?? [],
  }))
}

/** A node as data: Maps, arrays, scalars with numbers as written. */
function asWritten(node: Node | undefined): Value {
  if (node === undefined) return null
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(asWritten)
  return new Map([...node.entries].map(([key, entry]) => [key, asWritten(entry.value)]))
}

/** Checks `version`, if it is there. */
export function checkVersion(reader: Reader, root: MapNode): void {
  const entry = root.entries.get('version')
  if (entry === undefined) return
  const { value } = entry
  if (value.kind !== 'scalar' || (value.value !== null && typeof value.value === 'boolean') || value.value === null) {
    reader.wrongType(value, 'version', 'the text "1.0"')
  } else if (value.value instanceof NumberText) {
    reader.issues.error('version_not_string', value, 'version', 'the version is text: write "1.0" in quotes')
  } else if (value.value !== '1.0') {
    reader.issues.error('unsupported_version', value, 'version', `version '${shown(value.value)}' is not supported: write "1.0"`)
  }
}

/** What no single check sees: `$ref` anywhere, and words that YAML 1.1 read as booleans. */
function remarks(file: File, root: MapNode): void {
  const { issues } = file
  const boolean = (node: Node, path: string): void => {
    if (isYaml11Boolean(node) && !issues.faulty.has(node)) issues.warning('yaml11_boolean', node, path, 'this is text, not a boolean: put it in quotes, or write true or false')
  }
  const walk = (node: Node, path: string, data: boolean): void => {
    if (node.kind === 'scalar') boolean(node, path)
    else if (node.kind === 'list') for (const [i, item] of node.items.entries()) walk(item, childPath(path, i), data)
    else
      for (const [key, entry] of node.entries as ReadonlyMap<string, Entry>) {
        const at = childPath(path, key)
        if (key === '$ref' && !data) issues.error('unsupported_feature', entry.key, at, "ruleset libraries are not supported in flight; use 'extends'")
        boolean(entry.key, at)
        walk(entry.value, at, data || (path === '' && key === 'tests'))
      }
  }
  walk(root, '', false)
}
