// The structure of a ruleset, described once. The checks (read.ts, rules.ts) and the JSON Schema for editors both come from
// these tables; masks add theirs through MaskDefinition.options.

import type { DetectorInfo, MaskDefinition, OptionShape } from '../engine/types.ts'
import { DETECTOR_GROUPS } from './detectors.ts'

/** Shapes that only rulesets have, beside those of mask options. */
export type Shape =
  | Exclude<OptionShape, { kind: 'list' | 'object' | 'any_of' }>
  | { readonly kind: 'version' | 'rules' | 'mask_definitions' | 'rule_definitions' | 'paths' | 'path' | 'skip' | 'hash_columns' | 'conditions' | 'any' }
  | { readonly kind: 'list'; readonly of: Shape; readonly minItems?: number }
  | ({ readonly kind: 'object' } & ObjectShape)
  | { readonly kind: 'any_of'; readonly of: readonly Shape[] }

/** Labels of `unstructured_text`. */
export const LABEL = /^[A-Z][A-Z0-9_]*$/

export type Field = Shape & {
  readonly summary: string
  readonly required?: boolean
  readonly default?: unknown
  /** Accepted without effect. */
  readonly ignored?: string
}

export interface ObjectShape {
  readonly fields: Readonly<Record<string, Field>>
  /** Of each group at most one key may stand. */
  readonly atMostOne?: readonly (readonly string[])[]
  /** Of each group at least one key must stand. */
  readonly atLeastOne?: readonly (readonly string[])[]
  /** A key that makes sense only beside one of these. */
  readonly needs?: Readonly<Record<string, readonly string[]>>
}

const name: Field = { kind: 'string', minLength: 1, maxLength: 100, summary: 'Name shown in errors, counters and logs.' }
const doc: Field = { kind: 'string', summary: 'Free text for people, ignored.' }

/** Section 3: what happens when something goes wrong or is not named. */
export const POLICY: ObjectShape = {
  fields: {
    on_mask_error: {
      kind: 'string',
      enum: ['redact', 'drop', 'fail'],
      default: 'redact',
      summary: 'A mask, condition or hash source failed: hide the value, drop the record, or stop. Over REST the default is fail.',
    },
    on_unparsable: {
      kind: 'string',
      enum: ['text', 'drop', 'quarantine'],
      default: 'text',
      summary: 'A line that is not JSON: mask it as text, drop it, or note it in the quarantine.',
    },
    unknown_fields: {
      kind: 'string',
      enum: ['keep', 'redact', 'drop'],
      default: 'keep',
      summary: 'Values that no rule with paths or keys, or without a selector, hits and `allow` does not name.',
    },
    allow: { kind: 'paths', default: [], summary: 'With unknown_fields: paths that are kept, with everything below them. Detection still runs on them.' },
    max_record_bytes: { kind: 'integer', min: 1024, max: 256 * 1024 * 1024, default: 1024 * 1024, summary: 'Longest line.' },
    on_oversize: { kind: 'string', enum: ['text', 'truncate', 'drop'], default: 'truncate', summary: 'A longer line: mask it as text, keep a masked beginning, or drop it.' },
    max_depth: { kind: 'integer', min: 1, max: 1000, default: 100, summary: 'Deepest nesting of a record.' },
    scan_keys: { kind: 'boolean', default: true, summary: 'Detectors also read object keys.' },
    scan_numbers: { kind: 'boolean', default: true, summary: 'Detectors also read numbers.' },
    text_pairs: { kind: 'boolean', default: true, summary: 'key=value pairs are also recognised inside string values.' },
    text_words: { kind: 'boolean', default: true, summary: 'Words before a value in text count as its name (`passport number 533380006`), not only keys.' },
    decode: { kind: 'list', of: { kind: 'string', enum: ['json', 'url', 'base64'] }, default: ['json', 'url'], summary: 'Encodings looked into inside strings.' },
    verify: { kind: 'boolean', default: false, summary: 'Scan the finished output for secrets; a hit counts as a mask error.' },
  },
}

/** Top-level keys of a ruleset. */
export const RULESET: ObjectShape = {
  fields: {
    version: { kind: 'version', required: true, summary: 'Exactly the quoted text "1.0".' },
    name,
    doc,
    extends: { kind: 'list', of: { kind: 'string', minLength: 1 }, summary: 'Rulesets this one builds on: mask-logs:<name>, or a path that begins with ./ relative to this file.' },
    mask_definitions: { kind: 'mask_definitions', summary: 'A place for masks with anchors; otherwise unused.' },
    rule_definitions: { kind: 'rule_definitions', summary: 'A place for rules with anchors; otherwise unused.' },
    skip_defaults: { kind: 'skip', default: [], summary: '`skip` of every rule that has none of its own.' },
    policy: { kind: 'object', ...POLICY, summary: 'What happens when something goes wrong or is not named.' },
    rules: { kind: 'rules', summary: 'The rules, in order. May be empty or absent with `extends` or `policy.unknown_fields`.' },
    tests: {
      kind: 'list',
      of: {
        kind: 'object',
        fields: {
          name,
          in: { kind: 'any', required: true, summary: 'The record given to the ruleset, or a line as text.' },
          out: { kind: 'any', summary: 'What must come out: a record, or the line as text. Consistent results hold for the run secret of tests only.' },
          masked: { kind: 'paths', summary: 'Paths whose values must all change; each must reach something.' },
          unmasked: { kind: 'paths', summary: 'Paths whose values must stay, byte for byte; each must reach something.' },
        },
        atLeastOne: [['out', 'masked', 'unmasked']],
      },
      summary: 'Cases that `mask-logs check --test` runs; not part of the plan.',
    },
    random_seed: { kind: 'any', ignored: 'random_seed is ignored: use a run secret', summary: 'Ignored: use a run secret.' },
  },
}

const ruleHashSources: Field = { kind: 'hash_sources', summary: 'What consistent results depend on. [] or null makes results random.' }

/** Rules of forms a to d. */
export const SELECTOR_RULE: ObjectShape = {
  fields: {
    name,
    doc,
    paths: { kind: 'paths', summary: 'Values to mask by path: a.b, a[*].b, **.b, attributes["http.url"], or a list of segments.' },
    keys: { kind: 'key_globs', summary: 'Values to mask by key, at any depth. Case, "-", "_" and spaces do not count; * is any run of characters.' },
    detect: { kind: 'detectors', summary: 'Detectors and groups whose matches are masked.' },
    exclude: { kind: 'detectors', default: [], summary: 'Detectors and groups taken out of `detect`.' },
    except: { kind: 'paths', default: [], summary: 'Paths at or below which this rule touches nothing.' },
    except_keys: { kind: 'key_globs', default: [], summary: 'Key globs: values under such keys are not touched by this rule.' },
    masks: { kind: 'masks', summary: 'Masks applied one after the other. Optional with `detect`: each detector has a default.' },
    hash_sources: ruleHashSources,
    hash_columns: { kind: 'hash_columns', summary: 'Short form of hash_sources with paths from the record root.' },
    skip: { kind: 'skip', summary: 'Values left alone by this rule: scalars, or {matches: regex}.' },
    whole: { kind: 'boolean', default: false, summary: 'A container that is hit goes to the masks itself instead of leaf by leaf.' },
  },
  atMostOne: [
    ['paths', 'keys', 'detect'],
    ['hash_sources', 'hash_columns'],
  ],
  atLeastOne: [['masks', 'detect']],
  needs: { exclude: ['detect'], except: ['paths', 'keys', 'detect'], except_keys: ['paths', 'keys', 'detect'], whole: ['paths', 'keys'] },
}

/** Conditional rules. */
export const CONDITIONAL_RULE: ObjectShape = {
  fields: {
    name,
    doc,
    if: { kind: 'conditions', required: true, summary: 'Conditions joined by AND.' },
    rules: { kind: 'rules', summary: 'Rules that run when the conditions hold.' },
    else_rules: { kind: 'rules', summary: 'Rules that run otherwise.' },
  },
  atLeastOne: [['rules', 'else_rules']],
}

export const CONDITION_TESTS = ['equals', 'matches', 'less_than', 'less_than_or_equal', 'greater_than', 'greater_than_or_equal'] as const

/** A condition that tests one value of the record. */
export const CONDITION: ObjectShape = {
  fields: {
    json_path: { kind: 'path_list', summary: 'The value tested, from the record root; without a path, the record itself.' },
    path: { kind: 'path', summary: 'The same as a path: "a.b".' },
    equals: { kind: 'scalar', summary: 'The same value; numbers by value.' },
    matches: { kind: 'regex', summary: 'Regular expression over the whole value as text.' },
    less_than: { kind: 'scalar', summary: 'Number or ISO date.' },
    less_than_or_equal: { kind: 'scalar', summary: 'Number or ISO date.' },
    greater_than: { kind: 'scalar', summary: 'Number or ISO date.' },
    greater_than_or_equal: { kind: 'scalar', summary: 'Number or ISO date.' },
    on_missing: {
      kind: 'string',
      enum: ['error', 'skip', 'apply_if', 'apply_else'],
      default: 'error',
      summary: 'The path is absent: fail, do nothing, take the rules, or take the else_rules.',
    },
  },
  atMostOne: [['json_path', 'path'], CONDITION_TESTS],
  atLeastOne: [CONDITION_TESTS],
}

/** A condition that joins others. */
export const CONDITION_GROUP: ObjectShape = {
  fields: {
    and: { kind: 'conditions', summary: 'All hold.' },
    or: { kind: 'conditions', summary: 'At least one holds.' },
    not: { kind: 'conditions', summary: 'Not all hold.' },
  },
  atMostOne: [['and', 'or', 'not']],
  atLeastOne: [['and', 'or', 'not']],
}

/** A skip entry that is not a scalar. */
export const SKIP_MATCH: ObjectShape = {
  fields: { matches: { kind: 'regex', required: true, summary: 'Regular expression over the whole value as text.' } },
}

/** Where a hash source looks; exactly one. */
export const HASH_SUBJECTS = ['source', 'json_path', 'relative_path', 'root_path', 'column_name', 'self', 'label', 'xpath'] as const

/** A hash source as a mapping. */
export const HASH_SOURCE: ObjectShape = {
  fields: {
    source: { kind: 'string', enum: ['self'], summary: 'The value itself.' },
    json_path: { kind: 'path_list', summary: 'From the record root; in a json or xml transform from the parent of the value, where ".." goes up.' },
    relative_path: { kind: 'path_list', summary: 'From the parent container of the value; ".." goes up.' },
    root_path: { kind: 'path_list', summary: 'From the record root; in a json or xml transform from the root of that document.' },
    column_name: { kind: 'string', minLength: 1, summary: 'One key, as json_path: [key].' },
    self: { kind: 'string', enum: ['entity'], summary: 'The matched text, in unstructured_text.' },
    label: { kind: 'string', minLength: 1, summary: 'The first text with that label, in unstructured_text.' },
    xpath: { kind: 'string', minLength: 1, summary: 'From the matched element, in xml: "../id", "../@id", "/order/customer".' },
    trim: { kind: 'boolean', default: false, summary: 'Without white space at both ends.' },
    case_transform: { kind: 'string', enum: ['lower', 'upper', 'lowercase', 'uppercase'], summary: 'In lower or upper case.' },
    on_missing: {
      kind: 'any_of',
      of: [{ kind: 'string', enum: ['error', 'null', 'self'] }, { kind: 'scalar' }],
      default: 'error',
      summary: 'The path is absent: fail, hash null, or hash the value itself.',
    },
  },
  atMostOne: [HASH_SUBJECTS],
  atLeastOne: [HASH_SUBJECTS],
}

/** An entry of hash_columns as a mapping. */
export const HASH_COLUMN: ObjectShape = {
  fields: {
    column_name: { kind: 'string', minLength: 1, required: true, summary: 'Key at the top of the record.' },
    json_path: { kind: 'path_list', summary: 'Path inside that value.' },
    trim: HASH_SOURCE.fields['trim'] as Field,
    case_transform: HASH_SOURCE.fields['case_transform'] as Field,
    on_missing: HASH_SOURCE.fields['on_missing'] as Field,
  },
}

/** `seed`: what every mask with a random result takes. */
export const SEED_OPTION: Field = { kind: 'string', minLength: 1, maxLength: 64, summary: 'Namespace: masks of one type with different seeds give unrelated results.' }

/** Options of a mask with those that all masks of its kind share. */
export function maskFields(definition: MaskDefinition): Readonly<Record<string, Field>> {
  const options = definition.options as Readonly<Record<string, Field>>
  return definition.random === undefined || Object.hasOwn(options, 'seed') ? options : { ...options, seed: SEED_OPTION }
}

/** True for a choice between a scalar and {value, weight}: it has a short form, the mapping `value: weight`. */
export function isWeighted(shapes: readonly Shape[]): boolean {
  return shapes.some((shape) => shape.kind === 'object' && Object.keys(shape.fields).sort().join() === 'value,weight')
}

type Json = { [key: string]: unknown }

/**
 * The JSON Schema (draft 2020-12) of a ruleset with these masks and detectors, for editors.
 * It accepts every ruleset that loads; the loader refuses more (paths, patterns, files, masks that do not fit together).
 */
export function rulesetJsonSchema(masks: Iterable<MaskDefinition>, detectors: readonly DetectorInfo[]): Json {
  const definitions = [...new Map([...masks].map((mask) => [mask.type, mask])).values()].sort((a, b) => (a.type < b.type ? -1 : 1))
  const names = definitions.flatMap((mask) => [mask.type, ...(mask.aliases ?? []), ...(mask.deprecatedAliases ?? [])])
  const defs: Json = {
    rule: {
      type: 'object',
      description: 'One rule: which values (paths, keys, detect, or the whole record), and the masks for them.',
      if: { required: ['if'] },
      then: { $ref: '#/$defs/conditional_rule' },
      else: { $ref: '#/$defs/selector_rule' },
    },
    rules: { type: 'array', items: { $ref: '#/$defs/rule' } },
    selector_rule: objectSchema(SELECTOR_RULE),
    conditional_rule: objectSchema(CONDITIONAL_RULE),
    conditions: { type: 'array', minItems: 1, items: { $ref: '#/$defs/condition' } },
    condition: {
      type: 'object',
      if: { anyOf: Object.keys(CONDITION_GROUP.fields).map((key) => ({ required: [key] })) },
      then: objectSchema(CONDITION_GROUP),
      else: objectSchema(CONDITION),
    },
    masks: {
      anyOf: [
        { type: 'array', minItems: 1, items: { $ref: '#/$defs/mask' } },
        { type: 'object', minProperties: 1, additionalProperties: { $ref: '#/$defs/mask' } },
      ],
    },
    mask: {
      type: 'object',
      required: ['type'],
      properties: {
        type: {
          type: 'string',
          enum: names,
          description: 'What is done with the value.',
          // Shown by editors that know it; ignored by validators.
          enumDescriptions: definitions.flatMap((mask) => [mask.summary, ...[...(mask.aliases ?? []), ...(mask.deprecatedAliases ?? [])].map(() => `Same as ${mask.type}.`)]),
        },
      },
      allOf: definitions.map((mask) => ({
        if: { properties: { type: { enum: [mask.type, ...(mask.aliases ?? []), ...(mask.deprecatedAliases ?? [])] } }, required: ['type'] },
        then: { $ref: `#/$defs/mask_${mask.type}` },
      })),
    },
    paths: { type: 'array', items: { $ref: '#/$defs/path' } },
    path: { anyOf: [{ type: 'string', minLength: 1 }, { $ref: '#/$defs/path_list' }] },
    path_list: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer', minimum: 0 }] } },
    skip: { type: 'array', items: { anyOf: [{ type: ['string', 'number', 'boolean', 'null'] }, objectSchema(SKIP_MATCH)] } },
    hash_sources: { anyOf: [{ type: 'null' }, { type: 'array', items: { anyOf: [{ type: 'string', minLength: 1 }, { $ref: '#/$defs/path_list' }, objectSchema(HASH_SOURCE)] } }] },
    hash_columns: { anyOf: [{ type: 'null' }, { type: 'array', items: { anyOf: [{ type: 'string', minLength: 1 }, objectSchema(HASH_COLUMN)] } }] },
    detector: {
      type: 'string',
      enum: [...new Set(detectors.map((detector) => detector.name))],
      enumDescriptions: detectors.map((detector) => detector.summary),
    },
    detectors: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'string',
        enum: [...new Set(['all', ...DETECTOR_GROUPS, ...detectors.map((detector) => detector.name)])],
        enumDescriptions: ['Every group but names.', ...DETECTOR_GROUPS.map((group) => `Every detector of the group ${group}.`), ...detectors.map((detector) => detector.summary)],
      },
    },
  }
  for (const mask of definitions) {
    const schema = objectSchema({ fields: maskFields(mask) }, { type: true })
    defs[`mask_${mask.type}`] = { description: mask.summary, ...schema }
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'mask-logs ruleset',
    ...objectSchema({ ...RULESET, atLeastOne: [['rules', 'extends', 'policy']] }),
    $defs: defs,
  }
}

function objectSchema(shape: ObjectShape, more: Json = {}): Json {
  const properties: Json = { ...more }
  const required: string[] = []
  for (const [key, field] of Object.entries(shape.fields)) {
    properties[key] = {
      ...shapeSchema(field),
      description: field.summary,
      ...(field.default === undefined ? {} : { default: field.default }),
      ...(field.ignored === undefined ? {} : { deprecated: true }),
    }
    if (field.required === true) required.push(key)
  }
  const rules: Json[] = []
  for (const group of shape.atMostOne ?? []) for (const [i, one] of group.entries()) for (const other of group.slice(i + 1)) rules.push({ not: { required: [one, other] } })
  for (const group of shape.atLeastOne ?? []) rules.push({ anyOf: group.map((key) => ({ required: [key] })) })
  for (const [key, others] of Object.entries(shape.needs ?? {})) rules.push({ if: { required: [key] }, then: { anyOf: others.map((other) => ({ required: [other] })) } })
  return {
    type: 'object',
    properties,
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
    ...(rules.length > 0 ? { allOf: rules } : {}),
  }
}

function shapeSchema(shape: Shape): Json {
  switch (shape.kind) {
    case 'version':
      return { const: '1.0' }
    case 'string':
      return {
        type: 'string',
        ...(shape.enum === undefined ? {} : { enum: [...shape.enum] }),
        ...(shape.minLength === undefined ? {} : { minLength: shape.minLength }),
        ...(shape.maxLength === undefined ? {} : { maxLength: shape.maxLength }),
      }
    case 'character':
      return { type: 'string', minLength: 1, maxLength: 1 }
    case 'integer':
    case 'number':
      return {
        type: shape.kind,
        ...(shape.min === undefined ? {} : { minimum: shape.min }),
        ...(shape.max === undefined ? {} : { maximum: shape.max }),
      }
    case 'boolean':
      return { type: 'boolean' }
    case 'scalar':
      return { type: ['string', 'number', 'boolean', 'null'] }
    case 'regex':
    case 'xpath':
    case 'seed_file':
      return { type: 'string', minLength: 1 }
    case 'label':
      return { type: 'string', pattern: LABEL.source }
    case 'key_globs':
      return { type: 'array', minItems: 1, items: { type: 'string', minLength: 1 } }
    case 'any':
      return {}
    case 'mask_definitions':
      return { type: 'array', items: { $ref: '#/$defs/mask' } }
    case 'rule_definitions':
      return { $ref: '#/$defs/rules' }
    case 'list':
      return { type: 'array', items: shapeSchema(shape.of), ...(shape.minItems === undefined ? {} : { minItems: shape.minItems }) }
    case 'object':
      return objectSchema(shape)
    case 'any_of':
      return {
        anyOf: [
          ...shape.of.map(shapeSchema),
          ...(isWeighted(shape.of) ? [{ type: 'object', minProperties: 1, maxProperties: 1, properties: { value: false }, additionalProperties: { type: 'number' } }] : []),
        ],
      }
    default:
      return { $ref: `#/$defs/${shape.kind}` }
  }
}
