// The body of a mask request: its fields checked, its records located on the bytes. Docs: in docs/server.md, "Masking".

import { isUtf8 } from 'node:buffer'
import { nearest, NumberText } from '../../src/index.ts'
import type { Scalar } from '../../src/index.ts'
import { badParameters, invalid, missing, refuse, wrongType } from './errors.ts'
import { checkText, JsonFault, parsed, readElements, readMembers, readValue, text } from './json.ts'
import type { Member, Stretch } from './json.ts'

/** Least severe first. */
export const LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const
export type Level = (typeof LEVELS)[number]

/** A mask request, checked. */
export interface MaskRequest {
  readonly body: Buffer
  /** The array of records. */
  readonly data: Stretch
  /** Starts and ends of the records, flat. */
  readonly records: readonly number[]
  readonly runSecret: string | undefined
  readonly disableInstanceSecret: boolean
  /** Hash inputs by record (undefined: none for that one), the same for all, or none at all. */
  readonly inputs: { readonly each: readonly (readonly Scalar[] | undefined)[] } | { readonly all: readonly Scalar[] } | undefined
  readonly logLevel: Level | undefined
  readonly requestId: string | undefined
  readonly aiEngineUrl: string | undefined
  /** Fields that are not known, with the nearest one that is. */
  readonly ignored: readonly string[]
}

const FIELDS = ['data', 'run_secret', 'disable_instance_secret', 'hash_values', 'log_level', 'request_id', 'ai_engine_url'] as const
const KNOWN: ReadonlySet<string> = new Set(FIELDS)
const LAX: ReadonlySet<string> = new Set(['data'])
const NO_NAMES: ReadonlySet<string> = new Set()

/** 400 for malformed JSON. */
export function malformed(at: number): Error {
  return refuse(400, `Invalid JSON at byte ${at}.`)
}

/** The bytes of a body that is JSON: UTF-8, without a byte order mark. Throws 400. */
export function jsonBody(body: unknown): Buffer {
  const bytes = body instanceof Buffer ? body : Buffer.alloc(0)
  const from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  if (!isUtf8(bytes)) throw refuse(400, 'The request body is not valid UTF-8.')
  return from === 0 ? bytes : bytes.subarray(from)
}

/** Members of a body that has to be an object, each name once. Throws 400 and 422. */
export function bodyMembers(body: Buffer, lax: ReadonlySet<string> = NO_NAMES): Map<string, Member> {
  let members: Member[] | undefined
  try {
    members = readMembers(body, 0, body.length, lax)
  } catch (error) {
    throw error instanceof JsonFault ? fault(body, error) : error
  }
  if (members === undefined) throw wrongType(['body'], 'an object')
  const byName = new Map<string, Member>()
  for (const member of members) {
    if (byName.has(member.name)) throw invalid({ loc: ['body', shown(member.name)], msg: 'is given twice', type: 'duplicate' })
    byName.set(member.name, member)
  }
  return byName
}

/** Where a body that has turned out to be malformed first is so. */
export function fault(body: Buffer, found: JsonFault | undefined): Error {
  try {
    checkText(body, 0, body.length)
  } catch (error) {
    if (error instanceof JsonFault) return malformed(error.at)
  }
  return found === undefined ? refuse(400, 'Invalid JSON.') : malformed(found.at)
}

/** A name of the request as it may stand in an answer: only one that looks like a name. */
function shown(name: string): string {
  return KNOWN.has(name) ? name : '*'
}

/** The small fields of a body as values; those that are null or absent are undefined. */
export function fieldsOf(body: Buffer, members: ReadonlyMap<string, Member>): (name: string) => unknown {
  return (name) => {
    const member = members.get(name)
    if (member === undefined) return undefined
    const value = body[member.start] === 0x22 ? text(body, member.start, member.end) : parsed(body, member)
    return value === null ? undefined : value
  }
}

/** Reads a mask request. Throws 400, 413 and 422. */
export function readMaskRequest(raw: unknown, maxRecords: number): MaskRequest {
  const body = jsonBody(raw)
  const members = bodyMembers(body, LAX)
  const field = fieldsOf(body, members)
  const data = members.get('data')
  if (data === undefined) throw missing('body', 'data')
  if (body[data.start] !== 0x5b) {
    // what is not looked at yet may be anything
    try {
      readValue(body, data.start, data.end)
    } catch {
      throw fault(body, undefined)
    }
    throw wrongType(['body', 'data'], 'an array')
  }
  const records = data.elements!
  if (records.length / 2 > maxRecords) throw refuse(413, `The request has more than ${maxRecords} records.`)

  const runSecret = field('run_secret')
  if (runSecret !== undefined && typeof runSecret !== 'string') throw wrongType(['body', 'run_secret'], 'a string')
  if (runSecret !== undefined) checkRunSecret(runSecret)
  const disableInstanceSecret = field('disable_instance_secret') ?? false
  if (typeof disableInstanceSecret !== 'boolean') throw wrongType(['body', 'disable_instance_secret'], 'true or false')
  const logLevel = levelOf(field('log_level'), ['body', 'log_level'])
  const requestId = field('request_id')
  if (requestId !== undefined && (typeof requestId !== 'string' || !/^[\x20-\x7e]{1,128}$/.test(requestId)))
    throw wrongType(['body', 'request_id'], 'a string of 1 to 128 printable ASCII characters')
  const aiEngineUrl = field('ai_engine_url')
  if (aiEngineUrl !== undefined && typeof aiEngineUrl !== 'string') throw wrongType(['body', 'ai_engine_url'], 'a string')
  const hashValues = members.get('hash_values')
  return {
    body,
    data,
    records,
    runSecret,
    disableInstanceSecret,
    inputs: hashValues === undefined ? undefined : hashInputs(body, hashValues, records.length / 2),
    logLevel,
    requestId,
    aiEngineUrl,
    ignored: ignoredFields(members),
  }
}

const NONE: readonly string[] = []

function ignoredFields(members: ReadonlyMap<string, Member>): readonly string[] {
  let out: string[] | undefined
  for (const name of members.keys()) if (!KNOWN.has(name)) (out ??= []).push(ignoredField(name))
  return out ?? NONE
}

/** A field that nobody knows is not named: its name comes from the request. */
function ignoredField(name: string): string {
  const known = nearest(name, FIELDS)
  return known === undefined ? 'an unknown field was ignored' : `an unknown field was ignored: did you mean '${known}'?`
}

/** Throws 400 for a run secret of the wrong length. */
function checkRunSecret(secret: string): void {
  let { length } = secret
  // a pair of surrogates is one character
  for (let i = 1; i < secret.length; i++) if ((secret.charCodeAt(i) & 0xfc00) === 0xdc00 && (secret.charCodeAt(i - 1) & 0xfc00) === 0xd800) length--
  if (length < 20) throw badParameters('Run secret length must be at least 20 characters.')
  if (length > 256) throw badParameters('Run secret length must be at most 256 characters.')
}

/** A level, in any case. Throws 422. */
export function levelOf(value: unknown, loc: readonly string[]): Level | undefined {
  if (value === undefined) return undefined
  const level = typeof value === 'string' ? (value.toUpperCase() as Level) : undefined
  if (level === undefined || !LEVELS.includes(level)) throw wrongType(loc, `one of ${LEVELS.join(', ')}`)
  return level
}

/** `hash_values`: numbers keep their spelling, nulls are data. */
function hashInputs(body: Buffer, { start, end }: Stretch, records: number): MaskRequest['inputs'] {
  const first = body[start]
  if (first === 0x7b) throw wrongType(['body', 'hash_values'], 'a list or a scalar')
  // given as null it is absent
  if (first === 0x6e) return undefined
  if (first !== 0x5b) return { all: [scalar(body, start, end)] }
  const items = readElements(body, start, end)
  if (items.length / 2 !== records) throw badParameters('hash_values must have one entry per record.')
  const each: (readonly Scalar[] | undefined)[] = []
  for (let k = 0; k < items.length; k += 2) {
    const from = items[k]!
    const to = items[k + 1]!
    const c = body[from]
    if (c === 0x7b) throw wrongType(['body', 'hash_values', k / 2], 'a scalar or a list of scalars')
    if (c === 0x6e) each.push(undefined)
    else if (c !== 0x5b) each.push([scalar(body, from, to)])
    else {
      const inner = readElements(body, from, to)
      const list: Scalar[] = []
      for (let m = 0; m < inner.length; m += 2) {
        const d = body[inner[m]!]
        if (d === 0x7b || d === 0x5b) throw wrongType(['body', 'hash_values', k / 2], 'a scalar or a list of scalars')
        list.push(scalar(body, inner[m]!, inner[m + 1]!))
      }
      each.push(list.length === 0 ? undefined : list)
    }
  }
  return { each }
}

function scalar(body: Buffer, start: number, end: number): Scalar {
  const c = body[start]
  if (c === 0x22) return text(body, start, end)
  if (c === 0x74) return true
  if (c === 0x66) return false
  if (c === 0x6e) return null
  return new NumberText(body.toString('latin1', start, end))
}
