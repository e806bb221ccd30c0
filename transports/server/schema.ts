// JSON Schema of records (draft 2020-12): which schemas a plan may have, and what is wrong with a record, without its values.

import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ErrorObject, ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { compileRegex } from '../../src/index.ts'
import type { Detail } from './errors.ts'

/** How a schema is made up below a keyword. */
const KEYWORDS: Readonly<Record<string, 'value' | 'schema' | 'schemas' | 'named' | 'patterned'>> = {
  type: 'value',
  enum: 'value',
  const: 'value',
  properties: 'named',
  required: 'value',
  additionalProperties: 'schema',
  patternProperties: 'patterned',
  propertyNames: 'schema',
  items: 'schema',
  prefixItems: 'schemas',
  minItems: 'value',
  maxItems: 'value',
  uniqueItems: 'value',
  minLength: 'value',
  maxLength: 'value',
  pattern: 'value',
  minimum: 'value',
  maximum: 'value',
  exclusiveMinimum: 'value',
  exclusiveMaximum: 'value',
  multipleOf: 'value',
  minProperties: 'value',
  maxProperties: 'value',
  allOf: 'schemas',
  anyOf: 'schemas',
  oneOf: 'schemas',
  not: 'schema',
  if: 'schema',
  then: 'schema',
  else: 'schema',
  $defs: 'named',
  $ref: 'value',
  format: 'value',
}
const FORMATS = ['date', 'date-time', 'email', 'uuid', 'ipv4', 'ipv6', 'uri'] as const
const MOST_BYTES = 256 * 1024
const MOST_DEPTH = 64

/** A schema cannot be used; the message says where. */
export class SchemaFault extends Error {
  override readonly name = 'SchemaFault'
}

/** What a keyword says of a value that breaks it. */
const WORDS: Readonly<Record<string, string>> = {
  type: 'has another type',
  enum: 'is none of the allowed values',
  const: 'is not the required value',
  required: 'field required',
  additionalProperties: 'is not allowed here',
  propertyNames: 'has a name that is not allowed',
  items: 'has too many items',
  minItems: 'has too few items',
  maxItems: 'has too many items',
  uniqueItems: 'has an item twice',
  minLength: 'is too short',
  maxLength: 'is too long',
  pattern: 'does not match the required pattern',
  minimum: 'is too small',
  maximum: 'is too large',
  exclusiveMinimum: 'is too small',
  exclusiveMaximum: 'is too large',
  multipleOf: 'is no multiple of the required number',
  minProperties: 'has too few fields',
  maxProperties: 'has too many fields',
  format: 'does not have the required format',
  not: 'is excluded',
  anyOf: 'fits none of the alternatives',
  oneOf: 'fits none of the alternatives, or more than one',
  if: 'does not fit under the condition',
  'false schema': 'is not allowed here',
}

/** A compiled schema. */
export interface RecordSchema {
  /** What is wrong with record `index`, at most `most` remarks. */
  check(record: unknown, index: number, most: number): Detail[]
}

/**
 * Compiles a schema. Throws SchemaFault.
 *
 * @example compileSchema({ type: 'object', required: ['id'] }).check({}, 0, 100)
 */
export function compileSchema(schema: unknown): RecordSchema {
  let bytes: number
  try {
    bytes = Buffer.byteLength(JSON.stringify(schema))
  } catch {
    throw new SchemaFault('the schema is nested too deep')
  }
  if (bytes > MOST_BYTES) throw new SchemaFault('the schema is larger than 262144 bytes')
  const names = new Set<string>()
  checkSchema(schema, '#', names, 0)
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false, validateFormats: true, code: { regExp: Object.assign(linear, { code: 'linear' }) } })
  ;(addFormats as unknown as (to: Ajv2020, names: string[]) => void)(ajv, [...FORMATS])
  let validate: ValidateFunction
  try {
    validate = ajv.compile(schema as object)
  } catch {
    // the message of the library could quote it at length
    throw new SchemaFault('the schema is not valid under JSON Schema draft 2020-12')
  }
  return {
    check(record, index, most) {
      if (validate(record) === true) return []
      return (validate.errors ?? []).slice(0, most).map((error) => detail(error, index, names))
    },
  }
}

/** Searches in linear time, in place of RegExp. */
function linear(pattern: string): { test(text: string): boolean; exec(): null; toString(): string } {
  const regex = compileRegex(`(?s:.*?)(?:${pattern})(?s:.*)`)
  // under its text the library finds it again
  return { test: (text) => regex.matches(text), exec: () => null, toString: () => `/${pattern}/` }
}

function checkSchema(schema: unknown, at: string, names: Set<string>, depth: number): void {
  if (depth > MOST_DEPTH) throw new SchemaFault(`the schema is nested deeper than ${MOST_DEPTH} levels`)
  if (typeof schema === 'boolean') return
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) throw new SchemaFault(`${at} must be an object, or true or false`)
  for (const [keyword, value] of Object.entries(schema)) {
    const kind = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined
    const here = `${at}/${keyword.replace(/[^\x20-\x7e]/g, '?').slice(0, 60)}`
    if (kind === undefined) throw new SchemaFault(`${here} is a keyword that is not supported`)
    if (kind === 'schema') checkSchema(value, here, names, depth + 1)
    else if (kind === 'schemas') {
      if (!Array.isArray(value) || value.length === 0) throw new SchemaFault(`${here} must be a list of schemas`)
      value.forEach((one, i) => checkSchema(one, `${here}/${i}`, names, depth + 1))
    } else if (kind === 'named' || kind === 'patterned') {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SchemaFault(`${here} must be an object`)
      for (const [name, one] of Object.entries(value)) {
        if (kind === 'patterned') checkPattern(name, here)
        else if (keyword === 'properties') names.add(name)
        checkSchema(one, `${here}/*`, names, depth + 1)
      }
    } else if (keyword === 'pattern') checkPattern(value, here)
    else if (keyword === '$ref' && !(typeof value === 'string' && /^#(\/|$)/.test(value))) throw new SchemaFault(`${here} must lead to a place in this schema: #/$defs/...`)
    else if (keyword === 'format' && !(FORMATS as readonly unknown[]).includes(value)) throw new SchemaFault(`${here} must be one of ${FORMATS.join(', ')}`)
    else if (keyword === 'required' && Array.isArray(value)) for (const name of value) names.add(String(name))
  }
}

function checkPattern(pattern: unknown, at: string): void {
  try {
    if (typeof pattern !== 'string' || pattern.length > 10_000) throw new Error('no pattern')
    linear(pattern)
  } catch {
    throw new SchemaFault(`${at} must be a regular expression of the kind that rulesets take`)
  }
}

function detail(error: ErrorObject, index: number, names: ReadonlySet<string>): Detail {
  const loc: (string | number)[] = ['body', 'data', index]
  for (const part of error.instancePath.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    // an index is no data; a name is, unless the schema has it
    loc.push(names.has(name) ? name : /^\d{1,9}$/.test(name) ? Number(name) : '*')
  }
  const { keyword } = error
  if (keyword === 'required') loc.push(String((error.params as { missingProperty?: unknown }).missingProperty))
  else if (keyword === 'additionalProperties') loc.push('*')
  return { loc, msg: WORDS[keyword] ?? 'does not fit the schema', type: `schema.${keyword === 'false schema' ? 'false' : keyword}` }
}
