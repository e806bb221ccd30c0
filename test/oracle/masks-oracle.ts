// Every mask with a random result once more, from sections 4 to 7 of the specification: slow and literal, with node:crypto, BigInt,
// regular expressions and Date. Shares no code with src, and reads its input from JSON text by itself.

import { readFileSync } from 'node:fs'
import { isIPv4, isIPv6 } from 'node:net'
import { oracleFeistel, oracleHmac, oraclePermute, oracleSeed, oracleStream } from './keyed-oracle.ts'
import type { Input, OracleStream } from './keyed-oracle.ts'

/** One value under one mask. */
export interface OracleCase {
  readonly mask: Readonly<Record<string, unknown>>
  readonly json: string
  /** Hash inputs instead of `self`. */
  readonly inputs?: readonly Input[] | undefined
  readonly advance?: number | undefined
  /** Milliseconds since 1970. */
  readonly now: number
  readonly key: Uint8Array
}

/** The result as JSON text, or `error <code>`. */
export function oracleMask(of: OracleCase): string {
  const type = of.mask['type'] as string
  const mask = oracles[type]
  if (mask === undefined) throw new Error(`no second implementation of ${type}`)
  try {
    return mask(new Given(of))
  } catch (error) {
    if (error instanceof Refusal) return `error ${error.message}`
    throw error
  }
}

class Refusal extends Error {}

function refuse(code: string): never {
  throw new Refusal(code)
}

// ------------------------------------------------------------------------------------------------ values

interface Num {
  readonly digits: string
}
type Json = string | boolean | null | Num | Json[] | Map<string, Json>

/** JSON text that is known to be valid; numbers keep their spelling. */
function readJson(text: string): Json {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[^\s"{}[\],:]+|[{}[\],:]/g) ?? []
  let at = 0
  const read = (): Json => {
    const token = tokens[at++]!
    if (token === '{') {
      const map = new Map<string, Json>()
      while (tokens[at] !== '}') {
        if (tokens[at] === ',') at++
        const key = JSON.parse(tokens[at]!) as string
        at += 2
        map.set(key, read())
      }
      at++
      return map
    }
    if (token === '[') {
      const list: Json[] = []
      while (tokens[at] !== ']') {
        if (tokens[at] === ',') at++
        list.push(read())
      }
      at++
      return list
    }
    return /^[-\d]/.test(token) ? { digits: token } : (JSON.parse(token) as string | boolean | null)
  }
  return read()
}

const isNum = (value: Json): value is Num => typeof value === 'object' && value !== null && 'digits' in value

/** Section 5.3. */
function canonicalOf(value: Json): Input {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (isNum(value)) return plainDecimal(value.digits)
  return sortedJson(value)
}

function plainDecimal(lexeme: string): string {
  if (/^-?\d+$/.test(lexeme)) return lexeme === '-0' ? '0' : lexeme
  const nearest = Number(lexeme)
  if (!Number.isFinite(nearest)) return lexeme.toLowerCase()
  const [, sign, one, more = '', exponent] = /^(-?)(\d)\.?(\d*)e([+-]\d+)$/.exec(nearest.toExponential()) as unknown as [string, string, string, string, string]
  const digits = one + more
  const point = 1 + Number(exponent)
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0')
  const cut = Math.max(point, 1)
  return (nearest === 0 ? '0' : sign + padded.slice(0, cut) + (padded.length > cut ? `.${padded.slice(cut)}` : '')).normalize()
}

function sortedJson(value: Json): string {
  if (value instanceof Map) {
    const keys = [...value.keys()].sort()
    return `{${keys.map((key) => `${JSON.stringify(key.normalize())}:${sortedJson(value.get(key)!)}`).join()}}`
  }
  if (Array.isArray(value)) return `[${value.map(sortedJson).join()}]`
  return typeof value === 'string' ? JSON.stringify(value.normalize()) : (canonicalOf(value) ?? 'null')
}

// ------------------------------------------------------------------------------------------------ what a mask is given

type Spelling = (text: string) => string

class Given {
  readonly of: OracleCase
  readonly value: Json

  constructor(of: OracleCase) {
    this.of = of
    this.value = readJson(of.json)
  }

  option<T>(name: string, fallback: T): T {
    const value = this.of.mask[name]
    return value === undefined ? fallback : (value as T)
  }

  get namespace(): string {
    return this.option('seed', '')
  }

  /** Hash inputs in force; `identity` is the form that `self` takes. */
  inputs(identity: Spelling = (text) => text): readonly Input[] {
    if (this.of.inputs !== undefined) return this.of.inputs
    const { value } = this
    const own = canonicalOf(value)
    return [own !== null && (typeof value === 'string' || isNum(value)) ? identity(own.normalize()) : own]
  }

  seed(identity?: Spelling, family = this.of.mask['type'] as string, qualifier = ''): Buffer {
    return oracleSeed(this.of.key, family, qualifier, this.namespace, this.of.advance ?? 0, this.inputs(identity))
  }

  stream(identity?: Spelling, family?: string, qualifier?: string): OracleStream {
    return oracleStream(this.seed(identity, family, qualifier))
  }

  /** `K` of a permutation. */
  key(family: string, shape: string): Buffer {
    return oracleSeed(this.of.key, family, '', this.namespace, 0, [shape])
  }

  /** A cell of a fixture seed file. */
  cell(file: string, column: string | undefined, identity?: Spelling): string {
    const [header, ...rows] = readFileSync(new URL(`../fixtures/seeds/${file}`, import.meta.url), 'utf8')
      .trimEnd()
      .split('\n')
    const at = column === undefined ? 0 : header!.split(',').indexOf(column)
    return rows[this.stream(identity, 'from_file', file).uniform(rows.length)]!.split(',')[at]!
  }
}

/** A mask that takes strings only (T), and how dates (D) are taken apart from integers. */
function text(mask: (given: Given, text: string) => string): (given: Given) => string {
  return (given) => {
    const { value } = given
    if (value === null || value === '') return given.of.json
    if (typeof value === 'string') return JSON.stringify(mask(given, value))
    return refuse(typeof value === 'boolean' || isNum(value) ? 'non_string_value' : 'wrong_input_type')
  }
}

/** A mask that takes strings and integers (I). */
function digits(mask: (given: Given, text: string) => string): (given: Given) => string {
  return (given) => {
    const { value } = given
    if (value === null || typeof value !== 'object' || !isNum(value) || !/^-?\d+$/.test(value.digits)) return text(mask)(given)
    const result = mask(given, value.digits)
    return /^-?(0|[1-9]\d*)$/.test(result) ? result : JSON.stringify(result)
  }
}

const onlyDigits: Spelling = (from) => from.replace(/[^0-9]/g, '')
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))
/** `digits` in the places of the digits of `shape`. */
const fill = (shape: string, from: string): string => {
  const left = [...from]
  return shape.replace(/[0-9]/g, () => left.shift()!)
}

// ------------------------------------------------------------------------------------------------ exact numbers

/** A decimal as a fraction. */
function fraction(lexeme: string): readonly [bigint, bigint] {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,4}))?$/.exec(lexeme.trim())
  if (match === null || match[2]! + match[3]! === '') return refuse('not_valid')
  // What would need more digits than anyone writes is not read.
  if (Math.abs(Number(match[4] ?? 0)) > 4096) return refuse('not_valid')
  const exponent = Number(match[4] ?? 0) - match[3]!.length
  const size = BigInt(match[2]! + match[3]!) * (match[1] === '-' ? -1n : 1n)
  return exponent >= 0 ? [size * 10n ** BigInt(exponent), 1n] : [size, 10n ** BigInt(-exponent)]
}

/** Least integer `k` with `k / 10^places >= n / d`. */
function above([n, d]: readonly [bigint, bigint], places: number): bigint {
  const scaled = n * 10n ** BigInt(places)
  return scaled / d + (scaled > 0n && scaled % d !== 0n ? 1n : 0n)
}

const below = ([n, d]: readonly [bigint, bigint], places: number): bigint => -above([-n, d], places)
const less = (a: readonly [bigint, bigint], b: readonly [bigint, bigint]): boolean => a[0] * b[1] < b[0] * a[1]

function written(number: bigint, places: number): string {
  const plain = String(number < 0n ? -number : number).padStart(places + 1, '0')
  return (number < 0n ? '-' : '') + (places === 0 ? plain : `${plain.slice(0, -places)}.${plain.slice(-places)}`)
}

// ------------------------------------------------------------------------------------------------ dates

const MONTHS = 'January February March April May June July August September October November December'.split(' ')
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')
const DAY = 86_400_000

/** A date in a text: the moment of its day, and the text with another day in its place. */
interface Dated {
  readonly day: number
  readonly with: (day: number) => string
}

const iso = (day: number): string => new Date(day).toISOString().slice(0, 10)
const dayOf = (year: number, month: number, day: number): number =>
  Date.parse(`${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}T00:00:00Z`)
const exists = (year: number, month: number, day: number): boolean => year >= 1 && year <= 9999 && iso1(dayOf(year, month, day)) === [year, month, day].join()
const iso1 = (day: number): string => (Number.isNaN(day) ? '' : iso(day).split('-').map(Number).join())

const HOUR = '(?:[01]?\\d|2[0-3])'
const SIXTY = '[0-5]\\d'
const SECONDS = '(?:[0-5]\\d|60)'
const FRACTION = '(?:[.,]\\d{1,9})?'
const ZONE = '(?:Z|z|[+-](?:[01]\\d|2[0-3])(?::?[0-5]\\d)?)'
const ANY_ZONE = `(?:UTC|GMT|${ZONE})?`
const CLOCK = `(?:[ T](?:${HOUR}:${SIXTY}(?::${SECONDS})?${FRACTION} {0,2}${ANY_ZONE}|(?:0?[1-9]|1[0-2]):${SIXTY}(?::${SECONDS})?${FRACTION} ?[AP]M ?${ANY_ZONE}))?`
const ISO_CLOCK = `(?:[ Tt](?:[01]\\d|2[0-3]):${SIXTY}(?::${SECONDS})?${FRACTION} ?${ZONE}?)?`
const BASIC_CLOCK = `(?:[Tt](?:[01]\\d|2[0-3])${SIXTY}${SECONDS}?${FRACTION}${ZONE}?)?`
const WEEKDAY = `(?<a>${DAYS.map((name) => name.slice(0, 3)).join('|')})`
const MONTH = `(?<b>${MONTHS.map((name) => `${name.slice(0, 3)}|${name}`).join('|')})`
const slashed = (first: string, second: string, third: string): string => `${first}(?<s>[/.-])${second}\\k<s>${third}`
const [Y, y, m, d] = ['(?<Y>\\d{4})', '(?<y>\\d\\d)', '(?<m>\\d{1,2})', '(?<d>\\d{1,2})']

/** Section 4, in its order. */
function readDate(given: Given, text: string): Dated {
  const format = given.option<string | undefined>('date_parse_format', undefined)
  if (format !== undefined) return tryFormat(`^${fromDirectives(format)}$`, text) ?? refuse('bad_date_value')
  const order = given.option('day_first', false) ? [`${d} ${m}`, `${m} ${d}`] : [`${m} ${d}`, `${d} ${m}`]
  const short = (pair: string, year: string): string => slashed(pair.split(' ')[0]!, pair.split(' ')[1]!, year)
  const formats = [
    `(?<Y>\\d{4})-(?<m>\\d\\d)-(?<d>\\d\\d)${ISO_CLOCK}`,
    slashed(Y!, m!, d!) + CLOCK,
    `(?<Y>\\d{4})(?<m>\\d\\d)(?<d>\\d\\d)${BASIC_CLOCK}`,
    ...(given.option('year_first', false) ? [slashed(y!, m!, d!) + CLOCK] : []),
    ...order.map((pair) => short(pair, Y!) + CLOCK),
    ...order.map((pair) => short(pair, y!) + CLOCK),
    `${d}(?<p>[ -])${MONTH}[ -]${Y}${CLOCK}`,
    `${MONTH} ${d},? ${Y}${CLOCK}`,
    `${WEEKDAY}, ${d} ${MONTH} ${Y} (?:[01]\\d|2[0-3]):${SIXTY}:${SECONDS} (?:GMT|UTC|[+-](?:[01]\\d|2[0-3])[0-5]\\d)`,
  ]
  for (const one of formats) {
    const read = tryFormat(`^${one}$`, text)
    if (read !== undefined) return read
  }
  return refuse('bad_date_value')
}

function fromDirectives(format: string): string {
  const parts: Readonly<Record<string, string>> = {
    Y: Y!,
    y: y!,
    m: m!,
    d: d!,
    j: '(?<j>\\d{1,3})',
    b: `(?<b>${MONTHS.map((name) => name.slice(0, 3)).join('|')})`,
    B: `(?<b>${MONTHS.join('|')})`,
    a: WEEKDAY,
    A: `(?<a>${DAYS.join('|')})`,
    H: '\\d{1,2}',
    I: '\\d{1,2}',
    M: '\\d{1,2}',
    S: '\\d{1,2}',
    f: '\\d{1,9}',
    p: '[AaPp][Mm]',
    z: ZONE,
    Z: '(?:UTC|GMT|Z)',
    '%': '%',
  }
  return format.replace(/%(.)|\s+|[^\w\s]/g, (all, directive?: string) => (directive === undefined ? (/\s/.test(all) ? '\\s+' : `\\${all}`) : parts[directive]!))
}

function tryFormat(pattern: string, text: string): Dated | undefined {
  const match = new RegExp(pattern, 'di').exec(text)
  if (match === null) return undefined
  const found = match.groups ?? {}
  const short = Number(found['y'])
  const year = found['Y'] !== undefined ? Number(found['Y']) : found['y'] === undefined ? 1900 : short >= 69 ? 1900 + short : 2000 + short
  let month =
    found['m'] !== undefined
      ? Number(found['m'])
      : 1 +
        Math.max(
          0,
          MONTHS.findIndex((name) => name.slice(0, 3).toLowerCase() === found['b']?.slice(0, 3).toLowerCase()),
        )
  let date = Number(found['d'] ?? 1)
  if (found['j'] !== undefined) {
    const [, inMonth, inDay] = iso(dayOf(year, 1, 1) + (Number(found['j']) - 1) * DAY)
      .split('-')
      .map(Number)
    month = inMonth!
    date = inDay!
    if (Number(found['j']) < 1 || (Number(found['j']) === 366 && !exists(year, 2, 29))) return undefined
  }
  if (!exists(year, month, date)) return undefined
  const bare = found['d']?.length === 1 || found['m']?.length === 1
  return {
    day: dayOf(year, month, date),
    with(day) {
      const at = new Date(day)
      const pad = (number: number, width: number): string => String(number).padStart(width, '0')
      const numbers: Readonly<Record<string, string>> = {
        Y: pad(at.getUTCFullYear(), 4),
        y: pad(at.getUTCFullYear() % 100, 2),
        m: pad(at.getUTCMonth() + 1, bare ? 1 : 2),
        d: pad(at.getUTCDate(), bare ? 1 : 2),
        j: pad((day - dayOf(at.getUTCFullYear(), 1, 1)) / DAY + 1, 3),
        b: MONTHS[at.getUTCMonth()]!,
        a: DAYS[at.getUTCDay()]!,
      }
      let out = text
      const places = Object.entries(match.indices?.groups ?? {}).filter(([name, range]) => range !== undefined && numbers[name] !== undefined)
      for (const [name, range] of places.sort((one, other) => other[1]![0] - one[1]![0])) {
        const [from, to] = range!
        const old = text.slice(from, to)
        let put = numbers[name]!
        if (name === 'a' || name === 'b') {
          if (old.length === 3 && (name === 'a' || !pattern.includes(MONTHS.join('|')))) put = put.slice(0, 3)
          put = old === old.toUpperCase() ? put.toUpperCase() : old === old.toLowerCase() ? put.toLowerCase() : put
        }
        out = out.slice(0, from) + put + out.slice(to)
      }
      return out
    },
  }
}

/** A mask that draws another day from days in ascending order. */
function redated(days: (given: Given, day: number, stream: OracleStream) => number): (given: Given) => string {
  return text((given, value) => {
    const read = readDate(given, value)
    return read.with(days(given, read.day, given.stream()))
  })
}

/** Bound of a random date, seconds; `zone` in seconds, undefined for none. */
function moment(given: Given, name: string, other: string): { local: bigint; partly: boolean; zone: bigint | undefined } {
  const zoneOf = (from: string): bigint | undefined => {
    const match = /[ Tt].*?(?:(Z|z)|([+-])(\d\d):?(\d\d)?)$/.exec(from)
    if (match === null) return undefined
    return match[1] === undefined ? BigInt((match[2] === '-' ? -60 : 60) * (Number(match[3]) * 60 + Number(match[4] ?? 0))) : 0n
  }
  const bound = given.option<string>(name, '')
  if (bound === 'now' || bound === 'current_date_time') {
    return { local: BigInt(Math.floor(given.of.now / 1000)), partly: given.of.now % 1000 !== 0, zone: zoneOf(given.option(other, '')) === undefined ? undefined : 0n }
  }
  const [, date, hours = '00', minutes = '00', seconds = '00', part = ''] = /^(.{10})(?:.(\d\d):(\d\d)(?::(\d\d))?(?:[.,](\d+))?)?/.exec(bound) ?? []
  return { local: BigInt(Date.parse(`${date}T${hours}:${minutes}:${seconds}Z`)) / 1000n, partly: /[1-9]/.test(part), zone: zoneOf(bound) }
}

// ------------------------------------------------------------------------------------------------ characters

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const LOWER = 'abcdefghijklmnopqrstuvwxyz'
const DIGITS = '0123456789'

/** Characters of `A-Z` or `a-f_`; `escaped` where `\` takes the sense from what follows. */
function charset(from: string, escaped: boolean): string[] {
  const tokens = [...from.matchAll(escaped ? /\\(.)|(.)/gsu : /()(.)/gsu)].map((match) => ({ c: match[1] || match[2]!, plain: !match[1] }))
  const out: string[] = []
  for (let i = 0; i < tokens.length; i++) {
    const first = tokens[i]!.c.codePointAt(0)!
    const range = tokens[i + 1]?.c === '-' && tokens[i + 1]!.plain && tokens[i + 2] !== undefined
    const last = range ? tokens[i + 2]!.c.codePointAt(0)! : first
    for (let point = first; point <= last; point++) out.push(String.fromCodePoint(point))
    if (range) i += 2
  }
  return out
}

function base32(bytes: Uint8Array, length: number): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return times(length, (i) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(bits.slice(5 * i, 5 * i + 5).padEnd(5, '0'), 2)]).join('')
}

// ------------------------------------------------------------------------------------------------ check digits

function luhn(body: string): string {
  const sum = [...body].toReversed().reduce((all, c, i) => all + (i % 2 === 0 ? [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][Number(c)]! : Number(c)), 0)
  return String((1000 - sum) % 10)
}

const weigh = (body: string, weights: readonly number[]): number => weights.reduce((all, weight, i) => all + weight * Number(body[i]), 0)

function cpf(nine: string): string {
  const one = (body: string): string => {
    const rest =
      weigh(
        body,
        times(body.length, (i) => body.length + 1 - i),
      ) % 11
    return rest < 2 ? '0' : String(11 - rest)
  }
  const first = one(nine)
  return first + one(nine + first)
}

function ird(body: string): string | undefined {
  const padded = body.padStart(8, '0')
  for (const weights of ['32765432', '74325276']) {
    const rest = weigh(padded, [...weights].map(Number)) % 11
    if (rest === 0) return '0'
    if (rest > 1) return String(11 - rest)
  }
  return undefined
}

function ibanCheck(country: string, account: string): string {
  const number = [...`${account}${country}00`].map((c) => Number.parseInt(c, 36)).join('')
  return String(98n - (BigInt(number) % 97n)).padStart(2, '0')
}

/** Section 8.5: prefix, lengths, network; within a network the first row stands first. */
const ISSUERS: readonly (readonly [RegExp, readonly [number, number], string])[] = [
  [/^4/, [13, 19], '4'],
  [/^(5[1-5])/, [16, 16], '51'],
  [/^(222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)/, [16, 16], '51'],
  [/^(34|37)/, [15, 15], '34'],
  [/^(6011|64[4-9]|65)/, [16, 19], '6011'],
  [/^(352[89]|35[3-8]\d)/, [16, 19], '3528'],
  [/^(30[0-5]|36|38|39)/, [14, 19], '300'],
  [/^62/, [16, 19], '62'],
  [/^(5018|5020|5038|5893|6304|6759|676[1-3])/, [12, 19], '5018'],
  [/^220[0-4]/, [16, 19], '2200'],
]

function issuer(number: string): { prefix: string; first: string } | undefined {
  for (const [pattern, [least, most], first] of ISSUERS) {
    const prefix = pattern.exec(number)?.[0]
    const fits = number.length >= least && number.length <= most && (first !== '4' || (number.length - 13) % 3 === 0)
    if (prefix !== undefined && fits) return { prefix, first }
  }
  return undefined
}

/** Country codes that the ITU has assigned. */
const COUNTRY_CODES =
  /^(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|21[12368]|2[2346]\d|25[0-8]|29[01789]|3[57]\d|38[0-35-79]|42[013]|5[09]\d|67[02-9]|68[0-35-9]|69[0-2]|80[08]|85[02356]|87[08]|88[0-368]|96[0-8]|97[0-79]|99[2-68])/

// ------------------------------------------------------------------------------------------------ addresses

/** Bytes of an address, what stands before and behind it, and its canonical text. */
function address(from: string): { bits: string; before: string; after: string } {
  const match =
    /^(?<before>)(?<core>[\d.]+)(?<after>(?::\d{1,5})?(?:\/\d{1,3})?)$/.exec(from) ??
    /^(?<before>\[)(?<core>[\da-f:.]+)(?<after>(?:%[\w.~-]+)?\](?::\d{1,5})?)$/i.exec(from) ??
    /^(?<before>)(?<core>[\da-f:.]+)(?<after>(?:%[\w.~-]+)?(?:\/\d{1,3})?)$/i.exec(from)
  const { before = '', core = '', after = '' } = match?.groups ?? {}
  const bitsOf = (numbers: readonly number[], width: number): string => numbers.map((number) => number.toString(2).padStart(width, '0')).join('')
  if (isIPv4(core)) return { bits: bitsOf(core.split('.').map(Number), 8), before, after }
  if (!isIPv6(core)) return refuse('not_valid')
  const [head, tail] = new URL(`http://[${core}]`).hostname.slice(1, -1).split('::')
  const groups = (half: string | undefined): number[] => (half ? half.split(':').map((group) => Number.parseInt(group, 16)) : [])
  const left = groups(head)
  const right = groups(tail)
  const bits = bitsOf([...left, ...times(8 - left.length - right.length, () => 0), ...right], 16)
  if (/^0{80}1{16}/.test(bits)) return { bits: bits.slice(96), before: before + (core.startsWith('::') ? '::ffff:' : '0:0:0:0:0:ffff:'), after }
  return { bits, before, after }
}

function spelled(bits: string): string {
  const numbers = bits.match(bits.length === 32 ? /.{8}/g : /.{16}/g)!.map((part) => Number.parseInt(part, 2))
  return bits.length === 32 ? numbers.join('.') : new URL(`http://[${numbers.map((number) => number.toString(16)).join(':')}]`).hostname.slice(1, -1)
}

const SPECIAL = /^(01111111.{24}|1010100111111110.{16}|0{32}|0{127}.|1111111010.{118})$/

/** Bytes of a string of bits. */
const packed = (bits: string): Buffer => Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)))

function prefixPreserved(given: Given, bits: string): string {
  const sources = given.of.inputs ?? []
  const S = oracleSeed(given.of.key, 'ip', '', given.namespace, 0, [...sources, bits.length === 32 ? 'v4' : 'v6'])
  return times(bits.length, (i) => {
    const mac = oracleHmac(S, Buffer.from([i]), packed(bits.slice(0, i).padEnd(bits.length, '0')))
    return Number(bits[i]) ^ (mac[0]! & 1)
  }).join('')
}

// ------------------------------------------------------------------------------------------------ names

const FIRST = ['DataMasque_firstNames_mixed.csv', 'firstname-mixed'] as const
const LAST = ['DataMasque_lastNames_v2.csv', 'lastname-titlecase'] as const
const plainLetters = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')

// ------------------------------------------------------------------------------------------------ masks

/** By type; every mask of the registry with a random result must be here. */
export const oracles: Readonly<Record<string, (given: Given) => string>> = {
  brazilian_cpf: digits((given, value) => {
    if (onlyDigits(value).length !== 11 || /[^\d ./-]/.test(value)) return refuse('not_valid')
    const stream = given.stream(onlyDigits)
    const nine = times(9, () => stream.uniform(10)).join('')
    return fill(value, nine + cpf(nine))
  }),

  credit_card: digits((given, value) => {
    const old = onlyDigits(value)
    if (!/^[\d -]*$/.test(value) || old.length < 12 || old.length > 19) return refuse('not_valid')
    if (given.option('validate_luhn', false) && luhn(old.slice(0, -1)) !== old.at(-1)) return refuse('not_valid')
    const hidden = given.option('pan_format', false)
    let number = old
    if (given.option('generate_card_number', true)) {
      const retain = given.option<number | string>('retain_prefix_length', 0)
      const known = issuer(old)
      number = retain === 'automatic' ? (known?.prefix ?? old[0]!) : old.slice(0, Number(retain))
      if (number === '' && given.option('generate_prefix', true)) number = known?.first ?? '4'
      const checked = given.option('generate_luhn', !hidden)
      const stream = given.stream(onlyDigits)
      while (number.length < old.length - (checked ? 1 : 0)) number += stream.uniform(10)
      if (checked) number += luhn(number)
    }
    const shown = hidden ? [...number].map((c, i) => (i < 6 || i >= number.length - 4 ? c : given.option('pan_character', '#'))) : [...number]
    return [...value].map((c) => (/\d/.test(c) ? shown.shift()! : c)).join('')
  }),

  date_shift(given) {
    const least = given.option('min_days', 1)
    const span = given.option('max_days', 180) - least + 1
    // -max .. -min, then min .. max
    const shift = (): number => [...times(span, (i) => i - span + 1 - least), ...times(span, (i) => least + i)][given.stream().uniform(2 * span)]!
    const { value } = given
    if (value === null || typeof value !== 'object' || !isNum(value)) {
      return text((_, date) => {
        const read = readDate(given, date)
        const day = read.day + shift() * DAY
        return Number.isNaN(new Date(day).getTime()) || !/^\d{4}-/.test(iso(day)) || iso(day) < '0001' ? refuse('out_of_range') : read.with(day)
      })(given)
    }
    if (!/^-?\d+$/.test(value.digits)) return refuse('non_string_value')
    const size = Math.abs(Number(value.digits))
    const epoch = given.option<string>('epoch', 'auto')
    const unit = epoch === 'auto' ? (size >= 1e11 ? 'ms' : size >= 1e8 ? 's' : 'none') : epoch
    if (unit === 'none' || value.digits.length > 17) return refuse('bad_date_value')
    return String(BigInt(value.digits) + BigInt(shift()) * (unit === 's' ? 86_400n : 86_400_000n))
  },

  email: text((given, value) => {
    const lower: Spelling = (from) => from.toLowerCase()
    const seed = given.seed(lower)
    const [, inBox = '', inDomain = ''] = /^([^\0-\x20<>,;\x7f]*)@([^\0-\x20<>,;\x7f@]*)$/.exec(value) ?? []
    let box =
      given.option<string>('style', 'name') === 'token'
        ? ''
        : [given.cell(...FIRST, lower), given.cell(...LAST, lower)]
            .map(plainLetters)
            .filter((name) => name !== '')
            .join('.')
    if (box === '') box = base32(seed, 12)
    if (given.option('unique', false)) box += `.${base32(seed, 6)}`
    if (given.option('keep_tag', false)) box += /^[^+]+(\+.*)$/s.exec(inBox)?.[1] ?? ''
    const keep = given.option<boolean | readonly string[]>('keep_domain', false)
    const stays = inBox !== '' && inDomain !== '' && (typeof keep === 'boolean' ? keep : keep.some((one) => one.toLowerCase() === inDomain.toLowerCase()))
    const domains = [given.option<string | readonly string[]>('domain', ['example.com', 'example.net', 'example.org'])].flat()
    return `${box}@${stays ? inDomain : domains[oracleStream(seed).uniform(domains.length)]}`
  }),

  from_choices(given) {
    const choices = given
      .option<readonly unknown[]>('choices', [])
      .map((one) => (one !== null && typeof one === 'object' ? (one as { value: unknown; weight?: number }) : { value: one }))
    const millionths = choices.map((choice) => BigInt(Math.round(('weight' in choice && choice.weight !== undefined ? choice.weight : 1) * 1e6)))
    const common = (a: bigint, b: bigint): bigint => (b === 0n ? a : common(b, a % b))
    const weights = millionths.map((weight) => Number(weight / millionths.reduce(common)))
    let drawn = given.stream().uniform(weights.reduce((all, weight) => all + weight))
    return JSON.stringify(choices[weights.findIndex((weight) => (drawn -= weight) < 0)]!.value)
  },

  from_file(given) {
    const cell = given.cell(given.option('seed_file', ''), given.option<string | undefined>('seed_column', undefined))
    return cell === given.option<string | undefined>('null_string', undefined) ? 'null' : JSON.stringify(cell)
  },

  from_format_string(given) {
    const stream = given.stream()
    const variable = /\{\{|\}\}|\{\[((?:\\.|[^\]\\])+)\],(\d+)(?::(\d+))?\}|\{\(((?:\\.|[^)\\])*)\)\}|\{!int,(-?\d+):(-?\d+)?(,pad)?\}|\{!hex,([\d-]+)\}|[^{}]/gsu
    const out = given.option('format', '').replace(variable, (all, ...found: (string | undefined)[]) => {
      const [set, least, most, either, low, high, pad, hex] = found
      if (set !== undefined) {
        const characters = [...new Set(charset(set, true))].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!)
        const length = Number(least) + stream.uniform(Number(most ?? least) - Number(least) + 1)
        return times(length, () => characters[stream.uniform(characters.length)]!).join('')
      }
      if (either !== undefined) {
        const words = either.match(/(?:\\.|[^|\\])*(?:\||$)/gs)!.slice(0, either.endsWith('|') && !either.endsWith('\\|') ? undefined : -1)
        const plain = words.map((word) => word.replace(/\|$/, (bar, at: number) => (word[at - 1] === '\\' ? bar : '')).replace(/\\(.)/gs, '$1'))
        return plain[stream.uniform(plain.length)]!
      }
      if (low !== undefined) {
        const top = high ?? '2147483647'
        const drawn = Number(low) + stream.uniform(Number(top) - Number(low) + 1)
        const width = pad === undefined ? 0 : Math.max(onlyDigits(low).length, onlyDigits(top).length)
        return (drawn < 0 ? '-' : '') + String(Math.abs(drawn)).padStart(width, '0')
      }
      if (hex !== undefined) return hex.replace(/\d+/g, (count) => times(Number(count), () => '0123456789abcdef'[stream.uniform(16)]).join(''))
      return all === '{{' ? '{' : all === '}}' ? '}' : all
    })
    return JSON.stringify(out)
  },

  from_random_boolean: (given) => String(given.stream().uniform(2)),

  from_random_date(given) {
    const first = (name: string, other: string): bigint => {
      const { local, partly } = moment(given, name, other)
      return above([local + (partly ? 1n : 0n), 86_400n], 0)
    }
    const from = first('min', 'max')
    const count = first('max', 'min') - from
    if (count < 1n) return refuse('out_of_range')
    return JSON.stringify(iso((Number(from) + given.stream().uniform(count)) * DAY))
  },

  from_random_datetime(given) {
    const low = moment(given, 'min', 'max')
    const high = moment(given, 'max', 'min')
    const zone = low.zone ?? 0n
    const from = low.local + (low.partly ? 1n : 0n)
    const count = high.local - (high.zone ?? 0n) + (high.partly ? 1n : 0n) - (from - zone)
    if (count < 1n) return refuse('out_of_range')
    const time = new Date((Number(from) + given.stream().uniform(count)) * 1000).toISOString().slice(0, 19)
    const minutes = Number(zone) / 60
    const offset = `${minutes < 0 ? '-' : '+'}${new Date(Math.abs(minutes) * 60_000).toISOString().slice(11, 16)}`
    return JSON.stringify(time + (low.zone === undefined ? '' : offset))
  },

  from_random_number(given) {
    const places = given.option('decimal_places', 0)
    const min = given.option('min', 0)
    const max = given.option('max', 0)
    const mode = given.option<number | undefined>('mode', undefined)
    const low = above(fraction(String(min)), places)
    const high = below(fraction(String(max)), places)
    const stream = given.stream()
    if (mode === undefined) return JSON.stringify(written(low + BigInt(stream.uniform(high - low + 1n)), places))
    const u = stream.uniform(2n ** 53n) / 2 ** 53
    const rising = max > min && u < (mode - min) / (max - min)
    const x = max === min ? min : rising ? min + Math.sqrt(u * (max - min) * (mode - min)) : max - Math.sqrt((1 - u) * (max - min) * (max - mode))
    const exact = x * Number(`1e${places}`)
    const down = BigInt(Math.floor(exact))
    const rest = exact - Math.floor(exact)
    const rounded = rest > 0.5 || (rest === 0.5 && down % 2n !== 0n) ? down + 1n : down
    return JSON.stringify(written(rounded < low ? low : rounded > high ? high : rounded, places))
  },

  from_random_text(given) {
    const max = given.option('max', 0)
    const min = given.option('min', max)
    const letters = { upper: UPPER, lower: LOWER, mixed: UPPER + LOWER }[given.option<'upper' | 'lower' | 'mixed'>('case', 'mixed')]
    const stream = given.stream()
    const length = min < max ? min + stream.uniform(max - min + 1) : max
    return JSON.stringify(times(length, () => letters[stream.uniform(letters.length)]).join(''))
  },

  iban: text((given, value) => {
    const compact: Spelling = (from) => from.replaceAll(' ', '').toUpperCase()
    const plain = compact(value)
    if (!/^[ -~]*$/.test(value) || !/^[A-Z]{2}\d\d[A-Z\d]{11,30}$/.test(plain)) return refuse('not_valid')
    const stream = given.stream(compact)
    const account = [...plain.slice(4)].map((c) => (/\d/.test(c) ? DIGITS[stream.uniform(10)]! : UPPER[stream.uniform(26)]!)).join('')
    const result = [...(plain.slice(0, 2) + ibanCheck(plain.slice(0, 2), account) + account)]
    return value.replace(/[^ ]/g, (c) => (/[a-z]/.test(c) ? result.shift()!.toLowerCase() : result.shift()!))
  }),

  imitate: digits((given, value) => {
    const stream = given.stream()
    const sets = [given.option('uppercase', true) ? UPPER : '', given.option('lowercase', true) ? LOWER : '', given.option('digits', true) ? DIGITS : '']
    const number = /^(-?)([1-9]\d*)$/.exec(value)
    const first = number !== null && value.length > 1 ? number[1]!.length : -1
    return value.replace(/[A-Za-z0-9]/g, (c, at: number) => {
      let set = sets.find((one) => one.includes(c))
      if (set === undefined) return c
      if (at === first) set = set.replace('0', '')
      if (given.option('force_change', false)) set = set.replace(c, '')
      return set[stream.uniform(set.length)]!
    })
  }),

  imitate_nz_ird: digits((given, value) => {
    const all = onlyDigits(value)
    const number = all.replace(/^0+/, '')
    const valid = (one: string): boolean => Number(one) >= 10_000_000 && Number(one) <= 150_000_000 && ird(one.slice(0, -1)) === one.at(-1)
    if (/[^\d ./-]/.test(value) || all.length > 9 || !valid(number)) return refuse('not_valid')
    const length = number.length - 1
    const key = given.key('imitate_nz_ird', times(length, (i) => (i === 0 ? '1-9' : '0-9')).join())
    let positions = [...number.slice(0, -1)].map((c, i) => Number(c) - (i === 0 ? 1 : 0))
    for (;;) {
      positions = oraclePermute(
        key,
        positions.map((_, i) => (i === 0 ? 9 : 10)),
        positions,
      )
      const body = positions.map((position, i) => position + (i === 0 ? 1 : 0)).join('')
      const check = ird(body)
      if (check !== undefined && valid(body + check)) return fill(value, '0'.repeat(all.length - number.length) + body + check)
    }
  }),

  imitate_unique: digits((given, value) => {
    const names = given.option<readonly string[]>('charsets', ['A-Z', 'a-z', '0-9'])
    const sets = new Map(names.map((name) => [name, charset(name, false)]))
    sets.set('1-9', [...'123456789'])
    const retained = given.option('retain_prefix_length', 0)
    const digitsAlone = names.find((name) => sets.get(name)!.join('') === DIGITS)
    const cells = [...value].map((c, i) => ({ c, name: i < retained ? undefined : names.find((name) => sets.get(name)!.includes(c)) }))
    const number = /^(-?)(0*)(\d+)$/.exec(value)
    if (number !== null && digitsAlone !== undefined && retained === 0) {
      const [, minus, zeros] = number as unknown as [string, string, string]
      const first = minus.length + zeros.length
      cells.forEach((cell, i) => {
        const last = first === value.length - 1
        if (i < first) cell.name = undefined
        else if (i > first) cell.name = digitsAlone
        else if (!last) cell.name = '1-9'
        else cell.name = minus === '' ? digitsAlone : cell.c === '0' ? undefined : '1-9'
      })
    }
    const used = cells.filter((cell) => cell.name !== undefined)
    if (used.length === 0) return value
    if (used.length > 4096) return refuse('out_of_range')
    const places = oraclePermute(
      given.key('imitate_unique', used.map((cell) => cell.name).join()),
      used.map((cell) => sets.get(cell.name!)!.length),
      used.map((cell) => sets.get(cell.name!)!.indexOf(cell.c)),
    )
    return cells.map((cell) => (cell.name === undefined ? cell.c : sets.get(cell.name)![places.shift()!]!)).join('')
  }),

  imitate_uuid: text((given, value) => {
    const hex = '[\\da-fA-F]'
    const shapes = [`(${hex}{8})-(${hex}{4})-(${hex}{4})-(${hex}{4})-(${hex}{12})`, `${hex}{32}`]
    if (!shapes.some((shape) => new RegExp(`^(${shape}|\\{${shape}\\})$`).test(value))) return refuse('not_valid')
    const old = value.replace(/[{}-]/g, '')
    const constant = (bits: string): boolean => /^(0*|1*)$/.test(bits)
    let bits = [...old].map((c) => Number.parseInt(c, 16).toString(2).padStart(4, '0')).join('')
    if (constant(bits)) return value
    const version = bits.slice(48, 52)
    const rfc = bits.slice(64, 66) === '10'
    const key = given.key('imitate_uuid', rfc ? `uuid:${Number.parseInt(version, 2)}` : 'uuid')
    do {
      const free = rfc ? bits.slice(0, 48) + bits.slice(52, 64) + bits.slice(66) : bits
      const half = free.length / 2
      const size = 1n << BigInt(half)
      const [a, b] = oracleFeistel(key, BigInt(`0b${free.slice(0, half)}`), BigInt(`0b${free.slice(half)}`), size, size, 10)
      const moved = [a, b].map((part) => part.toString(2).padStart(half, '0')).join('')
      bits = rfc ? `${moved.slice(0, 48)}${version}${moved.slice(48, 60)}10${moved.slice(60)}` : moved
    } while (constant(bits))
    const lower = bits.match(/.{4}/g)!.map((four) => Number.parseInt(four, 2).toString(16))
    const upper = old === old.toUpperCase() && old !== old.toLowerCase()
    return value.replace(/[\da-fA-F]/g, () => (upper ? lower.shift()!.toUpperCase() : lower.shift()!))
  }),

  ip: text((given, value) => {
    const canonical: Spelling = (from) => spelled(address(from).bits)
    const { bits, before, after } = address(value)
    if (given.option('keep_special', true) && SPECIAL.test(bits)) return value
    const small = bits.length === 32
    const mode = given.option<string>('mode', 'truncate')
    let result: string
    if (mode === 'truncate') result = bits.slice(0, small ? given.option('v4_bits', 24) : given.option('v6_bits', 48)).padEnd(bits.length, '0')
    else if (mode === 'prefix') result = prefixPreserved(given, bits)
    else {
      const stream = given.stream(canonical)
      if (!small)
        return `${before}${spelled(`${(0x20010db8).toString(2).padStart(32, '0')}${times(6, () => stream.uniform(65_536).toString(2).padStart(16, '0')).join('')}`)}${after}`
      const drawn = stream.uniform(762)
      return `${before}${['192.0.2', '198.51.100', '203.0.113'][Math.floor(drawn / 254)]}.${(drawn % 254) + 1}${after}`
    }
    return before + spelled(result) + after
  }),

  mac: text((given, value) => {
    const hex: Spelling = (from) => from.replace(/[^\da-f]/gi, '').toLowerCase()
    if (!/^[\da-f]+([:.-][\da-f]+)*$/i.test(value) || ![12, 16].includes(hex(value).length)) return refuse('not_valid')
    const stream = given.stream(hex)
    const octets = hex(value)
      .match(/../g)!
      .map((octet, i) => {
        if (given.option('keep_oui', false) && i < 3) return value.replace(/[:.-]/g, '').slice(2 * i, 2 * i + 2)
        const drawn = stream.uniform(256)
        return (i === 0 ? (drawn & ~1) | 2 : drawn).toString(16).padStart(2, '0')
      })
    const upper = /[A-F]/.test(value) && !/[a-f]/.test(value)
    const left = [...octets.join('')]
    return value.replace(/[\da-f]/gi, () => (upper ? left.shift()!.toUpperCase() : left.shift()!))
  }),

  name: text((given, value) => {
    const part = given.option<string>('part', 'auto')
    const words = part === 'auto' ? (value.trim().split(/\s+/).length > 1 ? 'full' : 'first') : part
    const from = words === 'first' ? [FIRST] : words === 'last' ? [LAST] : [FIRST, LAST]
    const drawn = from.map(([file, column]) => given.cell(file, column)).join(' ')
    if (value.toUpperCase() === value.toLowerCase()) return drawn
    return value === value.toUpperCase() ? drawn.toUpperCase() : value === value.toLowerCase() ? drawn.toLowerCase() : drawn
  }),

  numeric_bucket(given) {
    const { value } = given
    if (value === null || value === '') return given.of.json
    if (typeof value !== 'string' && !(typeof value === 'object' && isNum(value))) return refuse('wrong_input_type')
    const own = fraction(typeof value === 'string' ? value : value.digits)
    const places = given.option('decimal_places', 0)
    const min = given.option<number | undefined>('override_min', undefined)
    const max = given.option<number | undefined>('override_max', undefined)
    const bounds = [...(min === undefined ? [] : [min]), ...given.option<readonly number[]>('buckets', [])].map((bound) => fraction(String(bound)))
    const at = bounds.findLastIndex((bound) => !less(own, bound))
    const next = bounds[at + 1]
    if (at < 0 || (next === undefined && (max === undefined || less(fraction(String(max)), own)))) return refuse('out_of_range')
    const low = above(bounds[at]!, places)
    const high = next === undefined ? below(fraction(String(max)), places) : above(next, places) - 1n
    // Too many to list: the number taken out, if any, is stepped over.
    const self = below(own, places)
    const taken = given.option('force_change', false) && self === above(own, places) && self >= low && self <= high
    const count = high - low + 1n - (taken ? 1n : 0n)
    if (count < 1n || count > 2n ** 53n - 1n) return refuse('out_of_range')
    const drawn = low + BigInt(given.stream().uniform(count))
    const result = written(taken && drawn >= self ? drawn + 1n : drawn, places)
    return typeof value === 'string' ? JSON.stringify(result) : result
  },

  phone: digits((given, value) => {
    const all = onlyDigits(value)
    const words = value.match(/[A-Za-z]+/g) ?? []
    if (all === '' || /[^-\dA-Za-z +./()#*,;:\u00a0\u2010-\u2013\t]/.test(value) || words.some((word) => !/^(x|ext|extension|tel)$/i.test(word))) return refuse('not_valid')
    const lead = /^\D*\+/.test(value) ? '' : all.startsWith('00') ? '00' : undefined
    const country = lead === undefined ? '' : (COUNTRY_CODES.exec(all.slice(lead.length))?.[0] ?? '')
    const national = (lead ?? '').length + country.length
    const trunk = all[national] === '0' && national < all.length - 1 ? national : -1
    let kept = lead === undefined ? 0 : given.option('keep_country', true) ? national : lead.length
    if (kept === trunk) kept++
    kept += given.option('keep_prefix', 0)
    const stream = given.stream((from) => (/^\s*\+/.test(from) ? '+' : '') + onlyDigits(from))
    let at = 0
    return value.replace(/\d/g, (c) => {
      const i = at++
      return i < kept || i === trunk ? c : i === kept ? String(2 + stream.uniform(8)) : String(stream.uniform(10))
    })
  }),

  pseudonym(given) {
    const { value } = given
    if (value === null || value === '') return given.of.json
    const seed = oracleSeed(given.of.key, 'pseudonym', '', given.namespace, given.of.advance ?? 0, [...(given.of.inputs ?? []), canonicalOf(value)])
    const length = given.option('length', 16)
    const encoding = given.option<'base32' | 'hex' | 'base64url'>('encoding', 'base32')
    const token = encoding === 'base32' ? base32(seed, length) : seed.toString(encoding).slice(0, length)
    const id = given.option('key_id', 'none')
    const shown = id === 'none' ? '' : `${id === 'auto' ? base32(oracleHmac(given.of.key, Buffer.from('mask-logs/key-id')), 4) : id}.`
    return JSON.stringify(given.option('prefix', '') + shown + token)
  },

  retain_age: redated((given, day, stream) => {
    const today = new Date(given.of.now)
    const age = (born: Date): number => {
      const had =
        [today.getUTCMonth(), today.getUTCDate()].map((part) => String(part).padStart(2, '0')).join() >=
        [born.getUTCMonth(), born.getUTCDate()].map((part) => String(part).padStart(2, '0')).join()
      return today.getUTCFullYear() - born.getUTCFullYear() - (had ? 0 : 1)
    }
    const days = times(801, (i) => day + (i - 400) * DAY).filter((one) => age(new Date(one)) === age(new Date(day)))
    if (iso(days[0]!) < '0001' || !/^\d{4}-/.test(iso(days[0]!)) || !/^\d{4}-/.test(iso(days.at(-1)!))) return refuse('out_of_range')
    return days[stream.uniform(days.length)]!
  }),

  retain_date_component: redated((given, from, stream) => {
    const [year, month, day] = iso(from).split('-').map(Number) as [number, number, number]
    const years = given.option('year', false) ? [year] : times(21, (i) => year - 10 + i)
    const months = given.option('month', false) ? [month] : times(12, (i) => i + 1)
    const days = given.option('day', false) ? [day] : times(31, (i) => i + 1)
    const one = (list: readonly number[]): number => list[stream.uniform(list.length)]!
    const Y = one(years.filter((y) => months.some((m) => days.some((d) => exists(y, m, d)))))
    const M = one(months.filter((m) => days.some((d) => exists(Y, m, d))))
    return dayOf(Y, M, one(days.filter((d) => exists(Y, M, d))))
  }),

  retain_year: redated((_, from, stream) => {
    const year = Number(iso(from).slice(0, 4))
    const days = times(366, (i) => dayOf(year, 1, 1) + i * DAY).filter((day) => Number(iso(day).slice(0, 4)) === year)
    return days[stream.uniform(days.length)]!
  }),

  social_security_number: digits((given, value) => {
    const stream = given.stream(onlyDigits)
    const areas = times(899, (i) => i + 1).filter((area) => area !== 666)
    const area = String(areas[stream.uniform(898)]).padStart(3, '0')
    const group = String(1 + stream.uniform(99)).padStart(2, '0')
    const serial = String(1 + stream.uniform(9999)).padStart(4, '0')
    return /^[\d ./-]*$/.test(value) && onlyDigits(value).length === 9 ? fill(value, area + group + serial) : `${area}-${group}-${serial}`
  }),
}
