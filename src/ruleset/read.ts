// Reads nodes by the tables of schema.ts and collects every issue. One Reader per file.

import type { IssueCode } from '../errors.ts'
import { NumberText } from '../engine/types.ts'
import type { CheckHost, CheckReport, DetectorInfo, MaskDefinition, MaskNode, SeedTable, Segment, SkipEntry } from '../engine/types.ts'
import { parseXPath } from '../engine/xpath.ts'
import { isDetectorGroup, DETECTOR_GROUPS } from './detectors.ts'
import { RESERVED_DETECTORS } from './future-detectors.ts'
import { readHashColumns, readHashSources } from './hash-source.ts'
import type { HashLevel } from './hash-source.ts'
import { checkKeyGlob } from './key-glob.ts'
import { nearest, shown, suggestion } from './nearest.ts'
import { childPath, FileIssues, isYaml11Boolean } from './node.ts'
import type { Entry, MapNode, Node } from './node.ts'
import { listSegment, parsePath } from './path.ts'
import { inspectRegex } from './regex.ts'
import { isWeighted, LABEL, maskFields, SKIP_MATCH } from './schema.ts'
import type { Field, ObjectShape, Shape } from './schema.ts'

/** What a seed lookup says when there is no usable file. */
export interface SeedProblem {
  readonly error: 'seed_file_not_found' | 'seed_file_invalid'
  /** What is wrong with the file, without any of its cells. */
  readonly message?: string
}

/** Names that rulesets refer to; the same for every file of one load. */
export class Registry {
  readonly masks: ReadonlyMap<string, MaskDefinition>
  readonly detectors: readonly DetectorInfo[]
  readonly host: CheckHost
  readonly #byName = new Map<string, { definition: MaskDefinition; deprecated: boolean }>()
  readonly #detectorNames: ReadonlySet<string>
  /** Seed files in use, by name. */
  readonly seeds = new Map<string, SeedTable>()

  constructor(masks: ReadonlyMap<string, MaskDefinition>, detectors: readonly DetectorInfo[], host: CheckHost) {
    this.masks = masks
    this.detectors = detectors
    this.host = host
    this.#detectorNames = new Set(detectors.map((detector) => detector.name))
    for (const definition of masks.values()) {
      for (const name of definition.deprecatedAliases ?? []) this.#byName.set(name, { definition, deprecated: true })
      for (const name of definition.aliases ?? []) this.#byName.set(name, { definition, deprecated: false })
    }
    for (const definition of masks.values()) this.#byName.set(definition.type, { definition, deprecated: false })
  }

  mask(name: string): { definition: MaskDefinition; deprecated: boolean } | undefined {
    return this.#byName.get(name)
  }

  maskNames(): Iterable<string> {
    return this.#byName.keys()
  }

  hasDetector(name: string): boolean {
    return this.#detectorNames.has(name)
  }

  detectorNames(): string[] {
    return ['all', ...DETECTOR_GROUPS, ...this.#detectorNames]
  }
}

/** Masks of DataMasque's grammar that cannot work on one record. */
export const NOT_IN_FLIGHT: ReadonlySet<string> = new Set(['from_column', 'from_unique', 'secure_shuffle', 'from_blob'])

export const NOT_IN_FLIGHT_PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  from_file: ['seed_filter_column', 'table_filter_column'],
  unstructured_text: ['context_sources'],
}

/** Masks whose inner masks get parts of a text or of another document. */
const WITH_PARTS: ReadonlySet<string> = new Set(['scan', 'unstructured_text', 'xml'])

/** No value: an issue has been reported. */
export const INVALID: unique symbol = Symbol('invalid')

export class Reader {
  issues: FileIssues
  readonly registry: Registry
  readonly #seed: (name: string) => SeedTable | SeedProblem | undefined

  constructor(issues: FileIssues, registry: Registry, seed: (name: string) => SeedTable | SeedProblem | undefined) {
    this.issues = issues
    this.registry = registry
    this.#seed = seed
  }

  wrongType(node: Node, path: string, wanted: string): typeof INVALID {
    this.issues.error('wrong_type', node, path, `expected ${wanted}, found ${describe(node)}`)
    return INVALID
  }

  #invalid(node: Node, path: string, message: string, known?: string): typeof INVALID {
    this.issues.error('invalid_value', node, path, message + suggestion(known), known)
    return INVALID
  }

  // ---------------------------------------------------------------------------------------------- mappings

  /** Reads the fields of a mapping; fields with an issue are absent. Undefined if it is no mapping. */
  object(node: Node, shape: ObjectShape, path: string, unknown: 'unknown_key' | 'unknown_parameter', level: HashLevel): ReadonlyMap<string, unknown> | undefined {
    if (node.kind !== 'map') {
      this.wrongType(node, path, 'a mapping')
      return undefined
    }
    this.keys(node, shape, path, unknown)
    return this.fields(node, shape.fields, path, level)
  }

  /** Checks which keys stand in a mapping. `skip` are keys somebody else has judged. */
  keys(node: MapNode, shape: ObjectShape, path: string, unknown: 'unknown_key' | 'unknown_parameter', skip?: ReadonlySet<string>): void {
    const word = unknown === 'unknown_key' ? 'key' : 'parameter'
    for (const [key, entry] of node.entries) {
      if (Object.hasOwn(shape.fields, key) || skip?.has(key) === true || key === '$ref') continue
      const known = nearest(
        key,
        Object.keys(shape.fields).filter((name) => !node.entries.has(name)),
      )
      this.issues.error(unknown, entry.key, childPath(path, key), `unknown ${word} '${shown(key)}'${suggestion(known)}`, known)
    }
    const has = (key: string): boolean => node.entries.has(key)
    for (const [key, field] of Object.entries(shape.fields))
      if (field.required === true && !has(key)) this.issues.error('missing_key', node.at, childPath(path, key), `'${key}' is missing`)
    for (const group of shape.atMostOne ?? []) {
      const found = [...node.entries.keys()].filter((key) => group.includes(key))
      const second = found[1]
      const entry = second === undefined ? undefined : node.entries.get(second)
      if (second === undefined || entry === undefined) continue
      const selectors = group.includes('paths')
      const code: IssueCode = selectors ? 'conflicting_selectors' : 'invalid_value'
      const message = selectors ? `a rule has one of ${list(group, 'and')}, not several` : `'${found[0] ?? ''}' and '${second}' do not go together`
      this.issues.error(code, entry.key, childPath(path, second), message)
    }
    for (const group of shape.atLeastOne ?? [])
      if (!group.some(has)) {
        const first = group[0] ?? ''
        // A misspelt key is one fault, not two.
        if (group.some((name) => [...node.entries.keys()].some((key) => !Object.hasOwn(shape.fields, key) && nearest(key, [name]) !== undefined))) continue
        this.issues.error('missing_key', node.at, childPath(path, first), group.length === 1 ? `'${first}' is missing` : `one of ${list(group, 'or')} is needed`)
      }
    for (const [key, others] of Object.entries(shape.needs ?? {})) {
      const entry = node.entries.get(key)
      if (entry !== undefined && !others.some(has)) this.issues.error('invalid_value', entry.key, childPath(path, key), `'${key}' needs ${list(others, 'or')}`)
    }
  }

  fields(node: MapNode, fields: Readonly<Record<string, Field>>, path: string, level: HashLevel): ReadonlyMap<string, unknown> {
    const values = new Map<string, unknown>()
    const around = this.#steps
    if (fields['path']?.kind === 'path_list' && fields['masks']?.kind === 'masks') {
      const steps = node.entries.get('path')?.value
      this.#steps = steps?.kind === 'list' ? steps.items.length : Number.POSITIVE_INFINITY
    }
    for (const [key, entry] of node.entries) {
      const field = Object.hasOwn(fields, key) ? fields[key] : undefined
      if (field === undefined) continue
      if (field.ignored !== undefined) {
        this.issues.warning('ignored_key', entry.key, childPath(path, key), field.ignored)
        continue
      }
      const value = this.value(entry.value, field, childPath(path, key), level)
      if (value !== INVALID) values.set(key, value)
    }
    this.#steps = around
    this.#seedColumn(node, fields, values, path)
    return values
  }

  /** A seed file beside a column: the column must be there. */
  #seedColumn(node: MapNode, fields: Readonly<Record<string, Field>>, values: ReadonlyMap<string, unknown>, path: string): void {
    const column = values.get('seed_column')
    const file = values.get('seed_file')
    const entry = node.entries.get('seed_column')
    if (fields['seed_file']?.kind !== 'seed_file' || typeof column !== 'string' || typeof file !== 'string' || entry === undefined) return
    const table = this.registry.seeds.get(file)
    if (table === undefined || table.column(column) !== undefined) return
    const headers = (table as { headers?: readonly string[] }).headers
    const known = headers === undefined ? undefined : nearest(column, headers)
    this.issues.error('seed_column_not_found', entry.value, childPath(path, 'seed_column'), `'${shown(file)}' has no column '${shown(column)}'${suggestion(known)}`, known)
  }

  // ---------------------------------------------------------------------------------------------- values

  /** Reads one value by its shape. */
  value(node: Node, shape: Shape, path: string, level: HashLevel): unknown {
    switch (shape.kind) {
      case 'any':
        return node
      case 'version':
      case 'rules':
      case 'rule_definitions':
      case 'conditions':
        return node // read by load.ts and rules.ts
      case 'string':
        return this.#string(node, shape, path)
      case 'character': {
        if (node.kind !== 'scalar' || typeof node.value !== 'string') return this.wrongType(node, path, 'one character')
        return [...node.value].length === 1 ? node.value : this.#invalid(node, path, 'exactly one character is needed')
      }
      case 'integer':
      case 'number':
        return this.#number(node, shape, path)
      case 'boolean':
        if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value
        if (isYaml11Boolean(node)) {
          this.issues.error('wrong_type', node, path, 'write true or false')
          return INVALID
        }
        return this.wrongType(node, path, 'true or false')
      case 'scalar':
        return node.kind === 'scalar' ? node.value : this.wrongType(node, path, 'text, a number, true, false or null')
      case 'masks':
        return this.masks(node, path) ?? INVALID
      case 'mask_definitions':
        return this.#list(node, path, 0, 'a list of masks', (item, at) => this.#withSteps(Number.POSITIVE_INFINITY, () => this.mask(item, at)) ?? INVALID)
      case 'regex':
        return this.regex(node, path)
      case 'key_globs':
        return this.#list(node, path, 1, 'a list of key globs', (item, at) => this.#keyGlob(item, at))
      case 'detectors':
        return this.#list(node, path, 1, 'a list of detectors and groups', (item, at) => this.#detector(item, at, true))
      case 'detector':
        return this.#detector(node, path, false)
      case 'label':
        return this.#label(node, path)
      case 'hash_sources':
        return orInvalid(readHashSources(this, node, path, level))
      case 'hash_columns':
        return orInvalid(readHashColumns(this, node, path))
      case 'seed_file':
        return this.#seedFile(node, path)
      case 'path_list':
        return this.pathList(node, path) ?? INVALID
      case 'xpath':
        return this.xpath(node, path, false) ?? INVALID
      case 'path':
        return this.path(node, path) ?? INVALID
      case 'paths':
        return this.#list(node, path, 0, 'a list of paths', (item, at) => this.path(item, at) ?? INVALID)
      case 'skip':
        return this.#list(node, path, 0, 'a list of values', (item, at) => this.#skipEntry(item, at))
      case 'list':
        return this.#list(node, path, shape.minItems ?? 0, 'a list', (item, at) => this.value(item, shape.of, at, level))
      case 'object':
        return this.object(node, shape, path, this.#inMask ? 'unknown_parameter' : 'unknown_key', level) ?? INVALID
      case 'any_of':
        return this.#anyOf(node, shape.of, path, level)
    }
  }

  #list<T>(node: Node, path: string, min: number, wanted: string, read: (item: Node, path: string) => T | typeof INVALID): T[] | typeof INVALID {
    if (node.kind !== 'list') return this.wrongType(node, path, wanted)
    if (node.items.length < min) return this.#invalid(node, path, min === 1 ? 'at least one item is needed' : `at least ${min} items are needed`)
    const values: T[] = []
    for (const [i, item] of node.items.entries()) {
      const value = read(item, childPath(path, i))
      if (value !== INVALID) values.push(value)
    }
    return values.length === node.items.length ? values : INVALID
  }

  #string(node: Node, shape: Shape & { kind: 'string' }, path: string): string | typeof INVALID {
    if (node.kind !== 'scalar') return this.wrongType(node, path, 'text')
    if (typeof node.value !== 'string') {
      if (shape.enum !== undefined) return this.#invalid(node, path, `expected one of ${list(shape.enum, 'or')}`)
      this.issues.error('wrong_type', node, path, `expected text, found ${describe(node)}${node.value === null ? '' : ': put it in quotes'}`)
      return INVALID
    }
    const value = node.value
    if (shape.enum !== undefined && !shape.enum.includes(value)) {
      return this.#invalid(node, path, `'${shown(value)}' is not one of ${list(shape.enum, 'and')}`, nearest(value, shape.enum))
    }
    const length = [...value].length
    if (shape.minLength !== undefined && length < shape.minLength)
      return this.#invalid(node, path, shape.minLength === 1 ? 'the text is empty' : `at least ${shape.minLength} characters are needed`)
    if (shape.maxLength !== undefined && length > shape.maxLength) return this.#invalid(node, path, `at most ${shape.maxLength} characters are allowed`)
    return value
  }

  #number(node: Node, shape: Shape & { kind: 'integer' | 'number' }, path: string): number | typeof INVALID {
    const wanted = shape.kind === 'integer' ? 'a whole number' : 'a number'
    if (node.kind !== 'scalar' || !(node.value instanceof NumberText)) return this.wrongType(node, path, wanted)
    const value = Number(node.value.text)
    if (!Number.isFinite(value)) return this.#invalid(node, path, 'the number is too large')
    if (shape.kind === 'integer' && !Number.isSafeInteger(value)) return this.#invalid(node, path, 'a whole number is needed')
    const { min, max } = shape
    if ((min !== undefined && value < min) || (max !== undefined && value > max)) {
      const range = min === undefined ? `at most ${max}` : max === undefined ? `at least ${min}` : `between ${min} and ${max}`
      return this.#invalid(node, path, `the number must be ${range}`)
    }
    return value
  }

  /** Checks a regular expression of section 10. */
  regex(node: Node, path: string): string | typeof INVALID {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return this.wrongType(node, path, 'a regular expression')
    if (node.value === '') return this.#invalid(node, path, 'the regular expression is empty')
    const result = inspectRegex(node.value)
    if ('message' in result) {
      this.issues.error('bad_regex', { node, into: result.offset }, path, result.message)
      return INVALID
    }
    // Masks search with their patterns; conditions and `skip` match whole values.
    const { engine, literal } = this.#inMask ? result.search : result.match
    if (engine === 're2js' && literal === undefined)
      this.issues.warning('slow_regex', node, path, 'this pattern runs on the slow engine for every text: no fixed text is part of every match')
    return node.value
  }

  #keyGlob(node: Node, path: string): string | typeof INVALID {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return this.wrongType(node, path, 'a key glob')
    const problem = checkKeyGlob(node.value)
    if (problem === undefined) return node.value
    this.issues.error('bad_glob', { node, into: problem.at }, path, problem.message)
    return INVALID
  }

  #detector(node: Node, path: string, groups: boolean): string | typeof INVALID {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return this.wrongType(node, path, groups ? 'the name of a detector or group' : 'the name of a detector')
    const name = node.value
    if (this.registry.hasDetector(name) || (groups && isDetectorGroup(name))) return name
    if (RESERVED_DETECTORS.has(name)) this.issues.error('unknown_detector', node, path, `detector '${name}' is not available yet`)
    else if (isDetectorGroup(name)) this.issues.error('unknown_detector', node, path, `'${name}' is a group: name one detector`)
    else {
      const known = nearest(name, groups ? this.registry.detectorNames() : this.registry.detectors.map((detector) => detector.name))
      this.issues.error('unknown_detector', node, path, `unknown detector '${shown(name)}'${suggestion(known)}`, known)
    }
    return INVALID
  }

  #label(node: Node, path: string): string | typeof INVALID {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return this.wrongType(node, path, 'a label')
    return LABEL.test(node.value) ? node.value : this.#invalid(node, path, "a label is made of capital letters, digits and '_', beginning with a letter")
  }

  /** A path: a string of the path syntax or a list of segments. */
  path(node: Node, path: string): readonly Segment[] | undefined {
    if (node.kind === 'list') {
      const items = this.pathList(node, path)
      if (items !== undefined && items.length === 0) {
        this.issues.error('bad_path', node, path, 'a path cannot be empty')
        return undefined
      }
      return items?.map(listSegment)
    }
    if (node.kind !== 'scalar' || typeof node.value !== 'string') {
      this.wrongType(node, path, 'a path')
      return undefined
    }
    const result = parsePath(node.value)
    if (!('error' in result)) return result
    this.issues.error('bad_path', { node, into: result.at }, path, result.error)
    return undefined
  }

  /** An expression of the XPath subset, as written. With `attributes` it may lead to one. */
  xpath(node: Node, path: string, attributes: boolean): string | undefined {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') {
      this.wrongType(node, path, 'an XPath such as /order/card')
      return undefined
    }
    const result = parseXPath(node.value, attributes)
    if (!('error' in result)) return node.value
    this.issues.error('bad_xpath', { node, into: result.at }, path, result.error)
    return undefined
  }

  /** A list of keys and indexes. */
  pathList(node: Node, path: string): readonly (string | number)[] | undefined {
    if (node.kind !== 'list') {
      const hint = node.kind === 'scalar' && typeof node.value === 'string' && node.value !== '' && node.value.length <= 60 ? `: write [${node.value.split('.').join(', ')}]` : ''
      this.issues.error('wrong_type', node, path, `expected a list of keys and indexes, found ${describe(node)}${hint}`)
      return undefined
    }
    const items: (string | number)[] = []
    for (const [i, item] of node.items.entries()) {
      if (item.kind === 'scalar' && typeof item.value === 'string') items.push(item.value)
      else if (item.kind === 'scalar' && item.value instanceof NumberText && /^[0-9]{1,15}$/.test(item.value.text)) items.push(Number(item.value.text))
      else this.wrongType(item, childPath(path, i), 'a key or an index')
    }
    return items.length === node.items.length ? items : undefined
  }

  #skipEntry(node: Node, path: string): SkipEntry | typeof INVALID {
    if (node.kind === 'scalar') return { kind: 'value', value: node.value }
    if (node.kind === 'list') return this.wrongType(node, path, 'a value or {matches: regex}')
    this.keys(node, SKIP_MATCH, path, 'unknown_key')
    const matches = node.entries.get('matches')
    if (matches === undefined) return INVALID
    const pattern = this.regex(matches.value, childPath(path, 'matches'))
    return pattern === INVALID ? INVALID : { kind: 'matches', pattern }
  }

  #seedFile(node: Node, path: string): string | typeof INVALID {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return this.wrongType(node, path, 'the name of a seed file')
    const name = node.value
    if (name === '' || name.length > 200 || /[/\\\u0000-\u001f]/.test(name) || name.startsWith('.')) {
      return this.#invalid(node, path, 'a seed file is named without a folder')
    }
    if (this.registry.seeds.has(name)) return name
    const found = this.#seed(name)
    if (found === undefined || 'error' in found) {
      const code = found?.error ?? 'seed_file_not_found'
      this.issues.error(code, node, path, found?.message ?? (code === 'seed_file_invalid' ? `seed file '${shown(name)}' cannot be used` : `there is no seed file '${shown(name)}'`))
      return INVALID
    }
    this.registry.seeds.set(name, found)
    return name
  }

  /** The first shape that the node fits; if none does, the issues of the one it looks like. */
  #anyOf(given: Node, shapes: readonly Shape[], path: string, level: HashLevel): unknown {
    const node = isWeighted(shapes) ? longForm(given) : given
    const likely = shapes.filter((shape) => looksLike(node, shape))
    const first = likely[0]
    if (first === undefined) return this.wrongType(node, path, list(shapes.map(wantedBy), 'or'))
    for (const shape of likely) {
      const real = this.issues
      const trial = new FileIssues(real.source, undefined)
      this.issues = trial
      try {
        if (this.value(node, shape, path, level) === INVALID || trial.errors > 0) continue
      } finally {
        this.issues = real
      }
      return this.value(node, shape, path, level)
    }
    return this.value(node, first, path, level)
  }

  // ---------------------------------------------------------------------------------------------- masks

  #inMask = false
  /** Steps of the path of the `json` transform whose masks are read; undefined: there is none. */
  #steps: number | undefined

  #withSteps<T>(steps: number | undefined, read: () => T): T {
    const around = this.#steps
    this.#steps = steps
    const done = read()
    this.#steps = around
    return done
  }

  /** A list of masks, or a mapping of any names to masks. */
  masks(node: Node, path: string): readonly MaskNode[] | undefined {
    const items: [Node, string][] = []
    if (node.kind === 'list') for (const [i, item] of node.items.entries()) items.push([item, childPath(path, i)])
    else if (node.kind === 'map') {
      const type = node.entries.get('type')
      if (type !== undefined && type.value.kind === 'scalar') {
        this.issues.error('wrong_type', node, path, "expected a list of masks: put '- ' before 'type', or brackets around the mask")
        return undefined
      }
      for (const [name, entry] of node.entries) items.push([entry.value, childPath(path, name)])
    } else {
      this.wrongType(node, path, 'a list of masks')
      return undefined
    }
    if (items.length === 0) {
      this.#invalid(node, path, 'at least one mask is needed')
      return undefined
    }
    const masks: MaskNode[] = []
    for (const [item, at] of items) {
      const mask = this.mask(item, at)
      if (mask !== undefined) masks.push(mask)
    }
    return masks.length === items.length ? masks : undefined
  }

  /** One mask: its type and its options. */
  mask(node: Node, path: string): MaskNode | undefined {
    if (node.kind !== 'map') {
      const name = node.kind === 'scalar' && typeof node.value === 'string' && this.registry.mask(node.value) !== undefined ? `: write {type: ${node.value}}` : ''
      this.issues.error('wrong_type', node, path, `expected a mask, found ${describe(node)}${name}`)
      return undefined
    }
    const type = node.entries.get('type')
    const typePath = childPath(path, 'type')
    if (type === undefined) {
      this.issues.error('missing_key', node.at, typePath, "'type' is missing")
      return undefined
    }
    if (type.value.kind !== 'scalar' || typeof type.value.value !== 'string') {
      this.wrongType(type.value, typePath, 'the name of a mask')
      return undefined
    }
    const name = type.value.value
    if (NOT_IN_FLIGHT.has(name) && this.registry.mask(name) === undefined) {
      this.issues.error('unsupported_mask', type.value, typePath, `mask '${name}' is not available in-flight.`)
      return undefined
    }
    const found = this.registry.mask(name)
    if (found === undefined) {
      const known = nearest(name, this.registry.maskNames())
      this.issues.error('unknown_mask', type.value, typePath, `unknown mask type '${shown(name)}'${known === undefined ? '.' : suggestion(known)}`, known)
      return undefined
    }
    const { definition, deprecated } = found
    if (deprecated) this.issues.warning('deprecated', type.value, typePath, `'${name}' is deprecated: write '${definition.type}'`)
    const before = this.issues.errors
    const options = WITH_PARTS.has(definition.type) ? this.#withSteps(undefined, () => this.#maskOptions(node, definition, path)) : this.#maskOptions(node, definition, path)
    if (definition.type === 'from_json_path') this.#documentPath(type.value, node, path)
    if (this.issues.errors === before) this.#maskChecks(node, definition, options, path)
    const { line, column } = this.issues.position(node.at)
    return { type: definition.type, options, path, line, column }
  }

  #maskOptions(node: MapNode, definition: MaskDefinition, path: string): ReadonlyMap<string, unknown> {
    const fields = maskFields(definition)
    const unsupported = new Set(['type'])
    for (const name of NOT_IN_FLIGHT_PARAMETERS[definition.type] ?? []) {
      const entry = node.entries.get(name)
      if (entry === undefined || Object.hasOwn(fields, name)) continue
      unsupported.add(name)
      this.issues.error('unsupported_parameter', entry.key, childPath(path, name), `parameter '${name}' of '${definition.type}' is not available in-flight.`)
    }
    this.keys(node, { fields }, path, 'unknown_parameter', unsupported)
    const level: HashLevel = definition.type === 'json' || definition.type === 'xml' ? definition.type : definition.type === 'unstructured_text' ? 'text' : 'rule'
    const outer = this.#inMask
    this.#inMask = true
    const options = this.fields(node, fields, path, level)
    this.#inMask = outer
    return options
  }

  /** `from_json_path` needs a document, and for each wildcard a key that the path of the transform has matched. */
  #documentPath(type: Node, node: MapNode, path: string): void {
    const steps = this.#steps
    if (steps === undefined) {
      this.issues.error('invalid_value', type, childPath(path, 'type'), "'from_json_path' is for the masks of a transform of 'json': here there is no document to read")
      return
    }
    const from = node.entries.get('path')?.value
    if (from?.kind !== 'list') return
    for (const [i, item] of from.items.entries()) {
      if (i < steps || item.kind !== 'scalar' || item.value !== '*') continue
      const message = `this '*' is the key that step ${i + 1} of the transform's path matches, and that path has ${steps === 1 ? 'one step' : `${steps} steps`}`
      this.issues.error('bad_path', item, childPath(childPath(path, 'path'), i), message)
    }
  }

  #maskChecks(node: MapNode, definition: MaskDefinition, options: ReadonlyMap<string, unknown>, path: string): void {
    try {
      const report: CheckReport = (option, code, message, among) => {
        let found: Node = node
        let at = path
        for (const step of typeof option === 'string' ? [option] : option) {
          at = childPath(at, step)
          found = (found.kind === 'map' ? found.entries.get(String(step))?.value : found.kind === 'list' ? found.items[Number(step)] : undefined) ?? found
        }
        const known = among !== undefined && found.kind === 'scalar' && typeof found.value === 'string' ? nearest(found.value, among) : undefined
        if (code === 'unused_label') this.issues.warning(code, found, at, message + suggestion(known))
        else this.issues.error(code, found, at, message + suggestion(known), known)
      }
      definition.check?.(options, report, this.registry.host)
      if (definition.timeDependent?.(options) === true) this.issues.warning('time_dependent', node.at, path, `the result of '${definition.type}' depends on the time of masking`)
    } catch {
      // A plugin's check that throws refuses; what it says could quote anything.
      this.issues.error('invalid_value', node, path, `these options of '${definition.type}' cannot be used together`)
    }
  }
}

/** `a, b and c` in quotes. */
export function list(names: readonly string[], word: 'and' | 'or'): string {
  const quoted = names.map((name) => (/^[\w.-]+$/.test(name) ? `'${name}'` : name))
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} ${word} ${quoted[quoted.length - 1] ?? ''}`
}

/** What a node is, in words. */
export function describe(node: Node): string {
  if (node.kind === 'list') return 'a list'
  if (node.kind === 'map') return 'a mapping'
  if (node.value === null) return 'nothing'
  if (typeof node.value === 'string') return 'text'
  return typeof node.value === 'boolean' ? String(node.value) : 'a number'
}

/** The one-pair mapping `value: weight` in its long form. */
function longForm(node: Node): Node {
  if (node.kind !== 'map' || node.entries.size !== 1 || node.entries.has('value')) return node
  const [entry] = node.entries.values()
  if (entry === undefined) return node
  const key = (name: string): Entry['key'] => ({ ...entry.key, value: name, plain: false })
  return {
    ...node,
    entries: new Map([
      ['value', { key: key('value'), value: entry.key }],
      ['weight', { key: key('weight'), value: entry.value }],
    ]),
  }
}

function looksLike(node: Node, shape: Shape): boolean {
  switch (shape.kind) {
    case 'any':
      return true
    case 'scalar':
      return node.kind === 'scalar'
    case 'string':
    case 'character':
    case 'regex':
    case 'xpath':
    case 'seed_file':
    case 'detector':
    case 'label':
      return node.kind === 'scalar' && typeof node.value === 'string'
    case 'integer':
    case 'number':
      return node.kind === 'scalar' && node.value instanceof NumberText
    case 'boolean':
      return node.kind === 'scalar' && (typeof node.value === 'boolean' || isYaml11Boolean(node))
    case 'masks':
      return node.kind !== 'scalar'
    case 'object':
      return node.kind === 'map'
    case 'path':
      return node.kind !== 'map'
    case 'hash_sources':
    case 'hash_columns':
      return node.kind === 'list' || (node.kind === 'scalar' && node.value === null)
    case 'any_of':
      return shape.of.some((one) => looksLike(node, one))
    default:
      return node.kind === 'list'
  }
}

function wantedBy(shape: Shape): string {
  switch (shape.kind) {
    case 'string':
      return shape.enum === undefined ? 'text' : list(shape.enum, 'or')
    case 'integer':
      return 'a whole number'
    case 'number':
      return 'a number'
    case 'boolean':
      return 'true or false'
    case 'character':
      return 'one character'
    case 'object':
      return 'a mapping'
    case 'masks':
      return 'masks'
    case 'scalar':
      return 'a single value'
    case 'regex':
      return 'a regular expression'
    case 'detector':
      return 'the name of a detector'
    case 'label':
      return 'a label'
    case 'xpath':
      return 'an XPath'
    default:
      return 'a list'
  }
}

function orInvalid<T>(value: T | undefined): T | typeof INVALID {
  return value === undefined ? INVALID : value
}
