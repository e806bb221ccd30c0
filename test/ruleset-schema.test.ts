import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { BUILTIN_NAMES, builtinRuleset } from '../src/ruleset/files.ts'
import { rulesetJsonSchema } from '../src/ruleset/schema.ts'
import { STARTER_RULESET } from '../src/cli/starter.ts'
import { issuesOf, load, stubDetectors, stubMasks } from './ruleset-stubs.ts'

type Schema = { readonly [key: string]: unknown } | boolean

/** The keywords that the schema uses, and no others: an unknown one fails the test. */
const KNOWN = new Set([
  '$schema',
  '$ref',
  '$defs',
  'title',
  'description',
  'default',
  'deprecated',
  'enumDescriptions',
  'type',
  'enum',
  'const',
  'properties',
  'required',
  'additionalProperties',
  'minProperties',
  'maxProperties',
  'items',
  'minItems',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'anyOf',
  'allOf',
  'not',
  'if',
  'then',
  'else',
])

function valid(schema: Schema, value: unknown, root: { readonly [key: string]: unknown }): boolean {
  if (typeof schema === 'boolean') return schema
  const one = (sub: unknown, data: unknown = value): boolean => valid(sub as Schema, data, root)
  const many = (key: string): unknown[] => (schema[key] as unknown[] | undefined) ?? []
  for (const key of Object.keys(schema)) if (!KNOWN.has(key)) throw new Error(`unknown keyword ${key}`)
  if (typeof schema['$ref'] === 'string') {
    const name = schema['$ref'].slice('#/$defs/'.length)
    const target = (root['$defs'] as Record<string, Schema>)[name]
    if (target === undefined) throw new Error(`no definition ${name}`)
    if (!one(target)) return false
  }
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  const types = [schema['type']].flat()
  if (schema['type'] !== undefined && !types.includes(type) && !(type === 'number' && types.includes('integer') && Number.isInteger(value))) return false
  if (schema['enum'] !== undefined && !many('enum').includes(value)) return false
  if ('const' in schema && schema['const'] !== value) return false
  if (typeof value === 'string' && ([...value].length < Number(schema['minLength'] ?? 0) || [...value].length > Number(schema['maxLength'] ?? Infinity))) return false
  if (typeof value === 'number' && (value < Number(schema['minimum'] ?? -Infinity) || value > Number(schema['maximum'] ?? Infinity))) return false
  if (Array.isArray(value)) {
    if (value.length < Number(schema['minItems'] ?? 0)) return false
    if (schema['items'] !== undefined && !value.every((item) => one(schema['items'], item))) return false
  }
  if (type === 'object') {
    const object = value as Record<string, unknown>
    const properties = (schema['properties'] ?? {}) as Record<string, unknown>
    if (many('required').some((key) => !Object.hasOwn(object, key as string))) return false
    if (Object.keys(object).length < Number(schema['minProperties'] ?? 0) || Object.keys(object).length > Number(schema['maxProperties'] ?? Infinity)) return false
    for (const [key, item] of Object.entries(object)) {
      if (Object.hasOwn(properties, key) ? !one(properties[key], item) : schema['additionalProperties'] !== undefined && !one(schema['additionalProperties'], item)) return false
    }
  }
  if (schema['anyOf'] !== undefined && !many('anyOf').some((sub) => one(sub))) return false
  if (!many('allOf').every((sub) => one(sub))) return false
  if (schema['not'] !== undefined && one(schema['not'])) return false
  if (schema['if'] !== undefined && !one((one(schema['if']) ? schema['then'] : schema['else']) ?? true)) return false
  return true
}

const schema = JSON.parse(JSON.stringify(rulesetJsonSchema(stubMasks, stubDetectors))) as { readonly [key: string]: unknown }
const accepts = (text: string): boolean => valid(schema, parse(text, { merge: true }), schema)
const around = (rule: string): string => `version: "1.0"\nrules:\n- ${rule}\n`
const examples = readFileSync(new URL('ruleset-examples.yaml', import.meta.url), 'utf8').split(/^---.*\n/m)

describe('JSON Schema', () => {
  it('accepts the shipped rulesets, the starter and the worked examples, and so does the loader', () => {
    for (const text of [...BUILTIN_NAMES.map((name) => builtinRuleset(name) ?? ''), STARTER_RULESET, ...examples]) {
      expect(accepts(text), text).toBe(true)
      expect(load(text).warnings.filter((warning) => warning.code !== 'released_value')).toEqual([])
    }
    expect(examples.length).toBeGreaterThan(6)
  })

  it.each([
    'masks: {one: {type: redact}, two: {type: e_mail}}',
    'masks: [{type: substitute, seed: x}]',
    'keys: [a]\n  hash_sources: null\n  masks: [{type: imitate}]',
    'keys: [a]\n  hash_sources: [x, [a, 0], {json_path: [a], trim: true, on_missing: null}]\n  masks: [{type: imitate}]',
    'keys: [a]\n  skip: [null, 1, {matches: x}]\n  masks: [{type: imitate}]',
    'if: [{path: a, equals: null}, {or: [{json_path: [a], less_than: 1}]}]\n  rules: [{detect: [all]}]',
    'masks: [{type: from_fixed, value: 1.50}]',
    'masks: [{type: choices, choices: [a, {b: 2}, {value: c, weight: 1}]}]',
    'masks: [{type: email, domain: [a, b]}]',
    'paths: [[a, 0], b]\n  whole: true\n  masks: [{type: remove}]',
  ])('accepts what loads: %s', (rule) => {
    expect(load(around(rule)).ruleset.layers.length).toBe(1)
    expect(accepts(around(rule))).toBe(true)
  })

  it.each([
    'keys: [a]',
    'keys: []\n  masks: [{type: remove}]',
    'masks: []',
    'masks: [{type: nope}]',
    'masks: [{type: redact, nope: 1}]',
    'masks: [{label: x}]',
    'masks: [{type: from_fixed}]',
    'masks: [{type: partial, keep_last: -1}]',
    'masks: [{type: partial, keep_last: "1"}]',
    'masks: [{type: redact, seed: x}]',
    'masks: [{type: redact, keep_type: "x"}]',
    'masks: [{type: typecast, typecast_as: integr}]',
    'masks: [{type: json, transforms: []}]',
    'masks: [{type: json, transforms: [{path: a, masks: [{type: remove}]}]}]',
    'masks: [{type: json, transforms: [{path: [a], nope: 1, masks: [{type: remove}]}]}]',
    'masks: [{type: chain, masks: [{type: nope}]}]',
    'masks: [{type: choices, choices: [{b: x}]}]',
    'detect: [nope]',
    'keys: [a]\n  detect: [email]\n  masks: [{type: remove}]',
    'keys: [a]\n  exclude: [email]\n  masks: [{type: remove}]',
    'column: a\n  masks: [{type: remove}]',
    'if: [{path: a, equals: 1}]\n  masks: [{type: remove}]\n  rules: []',
    'if: [{path: a}]\n  rules: []',
    'if: []\n  rules: []',
    'if: [{path: a, equals: 1}]',
    'keys: [a]\n  hash_sources: [{}]\n  masks: [{type: imitate}]',
    'keys: [a]\n  hash_sources: [{source: me}]\n  masks: [{type: imitate}]',
    'keys: [a]\n  skip: [{match: x}]\n  masks: [{type: imitate}]',
    'paths: a\n  masks: [{type: remove}]',
    'hash_columns: [a]\n  hash_sources: [a]\n  masks: [{type: imitate}]',
    'masks: [{type: credit_card, retain_prefix_length: 9}]',
  ])('refuses what does not load: %s', (rule) => {
    expect(issuesOf(around(rule)).length).toBeGreaterThan(0)
    expect(accepts(around(rule))).toBe(false)
  })

  it.each([
    'version: 1.0\nrules: []\n',
    'version: "1.0"\n',
    'version: "1.0"\nrules: []\nrulez: []\n',
    'version: "1.0"\nrules: []\npolicy: {max_depth: 0}\n',
    'version: "1.0"\nrules: []\npolicy: {nope: 0}\n',
    'version: "1.0"\ntasks: []\n',
    '[]\n',
  ])('refuses at the top: %j', (text) => {
    expect(accepts(text)).toBe(false)
  })

  it('names every mask and detector with a description', () => {
    const text = JSON.stringify(schema)
    for (const mask of stubMasks) expect(text).toContain(`"mask_${mask.type}":{"description":"Stub of ${mask.type}."`)
    for (const detector of stubDetectors) expect(text).toContain(`"${detector.name}"`)
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema')
  })
})
