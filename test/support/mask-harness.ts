// Compiles and runs single masks without the engine: options as in a ruleset, tools as simple as they can be.

import { fileURLToPath } from 'node:url'
import { RE2JS } from 're2js'
import { canonical } from '../../src/engine/canonical.ts'
import { createMaskContext } from '../../src/engine/context.ts'
import type { KeyedContext } from '../../src/engine/context.ts'
import { deriveKey, hmac } from '../../src/engine/keyed.ts'
import type { RunKey } from '../../src/engine/keyed.ts'
import { NumberText, REMOVED, isContainer } from '../../src/engine/types.ts'
import type {
  HashSource,
  JsonTransform,
  MaskContext,
  MaskDefinition,
  MaskNode,
  MaskTools,
  OptionShape,
  OptionSpec,
  Removed,
  SeedTable,
  Value,
  ValueMasker,
} from '../../src/engine/types.ts'
import { MaskError } from '../../src/errors.ts'
import { masks } from '../../src/masks/index.ts'
import { findSeedFile } from '../../src/seeds/load.ts'
import { readValue, writeValue } from './values.ts'

export const VECTOR_SECRET = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'
export const vectorKey = deriveKey(VECTOR_SECRET)
export const fixtureSeeds = fileURLToPath(new URL('../fixtures/seeds/', import.meta.url))

const byType = new Map<string, MaskDefinition>()
for (const mask of masks) {
  for (const name of [mask.type, ...(mask.aliases ?? []), ...(mask.deprecatedAliases ?? [])]) byType.set(name, mask)
}

export function definitionOf(type: string): MaskDefinition {
  const found = byType.get(type)
  if (found === undefined) throw new Error(`no mask ${type}`)
  return found
}

/** A mask as written in a ruleset, to a checked node. Throws a plain Error on what the loader would report. */
export function nodeOf(raw: Readonly<Record<string, unknown>>): MaskNode {
  const { type, ...written } = raw
  const definition = definitionOf(type as string)
  const options = new Map<string, unknown>()
  for (const [name, value] of Object.entries(written)) {
    const spec = definition.options[name]
    if (spec === undefined) throw new Error(`${definition.type} has no option ${name}`)
    options.set(name, checked(spec, value))
  }
  for (const [name, spec] of Object.entries(definition.options)) {
    if (spec.required === true && !options.has(name)) throw new Error(`${definition.type} needs ${name}`)
  }
  const host = { aiEngine: tools.aiEngine !== undefined }
  definition.check?.(
    options,
    (option, code) => {
      if (code !== 'unused_label') throw new Error(`${definition.type}.${String(option)}: ${code}`)
    },
    host,
  )
  return { type: definition.type, options, path: 'masks[0]', line: 1, column: 1 }
}

function checked(spec: OptionSpec | OptionShape, value: unknown): unknown {
  switch (spec.kind) {
    case 'masks':
      return (Array.isArray(value) ? value : Object.values(value as object)).map((one) => nodeOf(one as Record<string, unknown>))
    case 'list':
      return (value as unknown[]).map((item) => checked(spec.of, item))
    case 'object':
      return new Map(
        Object.entries(value as object).map(([name, item]) => {
          if (!Object.hasOwn(spec.fields, name)) throw new Error(`unknown field ${name}`)
          return [name, checked(spec.fields[name]!, item)]
        }),
      )
    case 'hash_sources':
      return Array.isArray(value) ? value.map(hashSource) : value
    case 'any_of':
      for (const shape of spec.of) if (fits(shape, value)) return checked(shape, value)
      throw new Error('fits no shape')
    default:
      if (!fits(spec, value)) throw new Error(`not a ${spec.kind}`)
      return spec.kind === 'scalar' && typeof value === 'number' ? new NumberText(String(value)) : value
  }
}

/** A hash source as a transform has it. */
function hashSource(raw: Readonly<Record<string, unknown>>): HashSource {
  const rest = { trim: false, case: undefined, onMissing: 'error' } as const
  if (raw['xpath'] !== undefined) return { from: 'xpath', path: [raw['xpath'] as string], ...rest }
  return raw['json_path'] === undefined ? { from: 'self', path: [], ...rest } : { from: 'parent', path: raw['json_path'] as string[], ...rest }
}

function fits(shape: OptionShape, value: unknown): boolean {
  switch (shape.kind) {
    case 'string':
      return (
        typeof value === 'string' &&
        (shape.enum === undefined || shape.enum.includes(value)) &&
        value.length >= (shape.minLength ?? 0) &&
        value.length <= (shape.maxLength ?? Infinity)
      )
    case 'character':
      return typeof value === 'string' && [...value].length === 1
    case 'integer':
    case 'number':
      return typeof value === 'number' && (shape.kind === 'number' || Number.isInteger(value)) && value >= (shape.min ?? -Infinity) && value <= (shape.max ?? Infinity)
    case 'boolean':
      return typeof value === 'boolean'
    case 'scalar':
      return value === null || typeof value !== 'object'
    case 'object':
      return (
        typeof value === 'object' &&
        value !== null &&
        !Array.isArray(value) &&
        Object.keys(value).every((name) => Object.hasOwn(shape.fields, name)) &&
        Object.entries(shape.fields).every(([name, spec]) => spec.required !== true || Object.hasOwn(value, name))
      )
    case 'list':
    case 'masks':
    case 'key_globs':
    case 'detectors':
    case 'path_list':
      return Array.isArray(value)
    default:
      return typeof value === 'string' || value === null || Array.isArray(value)
  }
}

/** Compiles a chain of masks as written in a ruleset. */
export function compileMasks(raw: readonly Readonly<Record<string, unknown>>[]): ValueMasker {
  return tools.masks(raw.map(nodeOf))
}

const seedTables = new Map<string, SeedTable>()

/** A fixture seed file. */
export function fixtureTable(name: string): SeedTable {
  let table = seedTables.get(name)
  if (table === undefined) {
    const found = findSeedFile(name, [fixtureSeeds])
    if (!('table' in found)) throw new Error(found.problem.message)
    table = found.table
    seedTables.set(name, table)
  }
  return table
}

const MAIL = /[a-z0-9._]+@[a-z0-9-]+\.example/g

const tools: MaskTools = {
  masks(nodes) {
    const chain = nodes.map((node) => definitionOf(node.type).compile(node.options, tools))
    return (value, context) => {
      let result: Value | Removed = value
      for (const one of chain) {
        result = one(result, context)
        if (result === REMOVED) return REMOVED
      }
      return result
    }
  },
  seedFile: fixtureTable,
  regex(pattern) {
    const compiled = RE2JS.compile(pattern)
    return {
      matches: (text) => compiled.matcher(text).matches(),
      findAll(text) {
        const spans: number[] = []
        const matcher = compiled.matcher(text)
        while (matcher.find()) if (matcher.end() > matcher.start()) spans.push(matcher.start(), matcher.end())
        return spans
      },
    }
  },
  // The only detector here: e-mail addresses at a `.example` domain.
  find: () => (text) => [...text.matchAll(MAIL)].map((match) => ({ start: match.index, end: match.index + match[0].length })),
  aiEngine: undefined,
  scan(_detect, _exclude, nodes) {
    const masker = nodes === undefined ? () => '[REDACTED:email]' : tools.masks(nodes)
    return (text, context) =>
      text.replace(MAIL, (found) => {
        const result = masker(found, context)
        return typeof result === 'string' ? result : ''
      })
  },
  document(transforms) {
    const compiled = transforms.map((transform) => ({ transform, masker: tools.masks(transform.masks) }))
    const value = (container: Value, context: MaskContext): Value => {
      let result = container
      for (const { transform, masker } of compiled) result = transformed(result, transform, transform.path, masker, context)
      return result
    }
    return {
      value,
      text(json, context) {
        const read = readValue(json)
        return read === undefined || !isContainer(read) ? undefined : writeValue(value(read, context))
      },
    }
  },
  parts(nodes, sources, knows) {
    const masker = tools.masks(nodes)
    return (part, context) => {
      const { self, value = self, advance = 0 } = part
      const found = sources?.map((source) => {
        if (source.from === 'self') return { self: true as const }
        const at = knows.includes(source.from) ? part.find(source) : undefined
        if (at === undefined || isContainer(at)) throw new MaskError('hash_source_missing', 'hash source', 'is missing')
        return { value: canonical(at) }
      })
      const own = found ?? (sources === null ? [] : (context as KeyedContext).sources)
      return masker(value, createMaskContext({ key: vectorKey, sources: own, self, advance }))
    }
  },
  // An error without anything to hide; the engine counts it.
  report(error) {
    throw error
  },
  keyGlobs(globs) {
    const patterns = globs.map((glob) => new RegExp(`^${glob.replace(/[^\w*]/g, '\\$&').replaceAll('*', '.*')}$`, 'i'))
    return (key) => patterns.some((pattern) => pattern.test(key))
  },
  secretKey: (key) => /token|secret|password|api[-_]?key/i.test(key),
  hmac,
}

function transformed(value: Value, transform: JsonTransform, path: readonly (string | number)[], masker: ValueMasker, context: MaskContext): Value {
  if (path.length === 0) {
    if (value === null && transform.onNull === 'skip') return value
    const result = masker(value, context)
    return result === REMOVED ? null : result
  }
  const [first, ...rest] = path
  if (value instanceof Map) {
    return new Map(
      [...(value as ReadonlyMap<string, Value>)].map(([key, item]) => [key, first === '*' || first === key ? transformed(item, transform, rest, masker, context) : item]),
    )
  }
  if (Array.isArray(value)) return (value as readonly Value[]).map((item, i) => (first === '*' || first === i ? transformed(item, transform, rest, masker, context) : item))
  return value
}

export interface RunOptions {
  /** Hash inputs instead of `self`; empty: random. */
  readonly inputs?: readonly (string | null)[] | undefined
  readonly self?: Value
  readonly advance?: number
  readonly now?: number
  readonly key?: RunKey
  /** JSON text of the document around the value. */
  readonly document?: string | undefined
}

/** Context as for a value that a rule selected: `self` is the source unless inputs are given. */
export function contextFor(value: Value, options: RunOptions = {}): MaskContext {
  const context = createMaskContext({
    key: options.key ?? vectorKey,
    sources: options.inputs?.map((input) => ({ value: input })) ?? [{ self: true }],
    self: options.self ?? value,
    ...(options.advance === undefined ? {} : { advance: options.advance }),
    now: options.now ?? Date.UTC(2026, 10, 24, 12),
  })
  const document = readValue(options.document ?? '{"a":"of the document"}')
  const documentValue = (path: readonly (string | number)[]): Value | undefined => {
    let at = document
    for (const part of path)
      at = at instanceof Map ? (at as ReadonlyMap<string, Value>).get(part as string) : Array.isArray(at) ? (at as readonly Value[])[part as number] : undefined
    return at
  }
  return Object.assign(context, { documentValue })
}

/** Runs one mask on JSON text; a removed value is the empty text. */
export function runMask(raw: Readonly<Record<string, unknown>>, json: string, options: RunOptions = {}): string {
  const value = readValue(json)!
  const result = compileMasks([raw])(value, contextFor(value, options))
  return result === REMOVED ? '' : writeValue(result)
}
