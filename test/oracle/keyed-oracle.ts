// Section 5 of the specification once more, slow and literal: node:crypto, BigInt, arrays of bytes. Shares no code with src.

import { createHmac, hkdfSync } from 'node:crypto'

type Input = string | null

function u32(n: number): Buffer {
  const out = Buffer.alloc(4)
  out.writeUInt32BE(n)
  return out
}

function lp(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  return Buffer.concat([u32(bytes.length), bytes])
}

function hmac(key: Uint8Array, ...parts: Uint8Array[]): Buffer {
  return createHmac('sha256', key).update(Buffer.concat(parts)).digest()
}

export function oracleKey(runSecret: string, instanceSecret = ''): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(runSecret), Buffer.from(instanceSecret), 'mask-logs/v1', 32))
}

export function oracleSeed(key: Uint8Array, family: string, qualifier: string, namespace: string, advance: number, inputs: readonly Input[]): Buffer {
  const tail = inputs.map((input) => (input === null ? Buffer.from([0]) : Buffer.concat([Buffer.from([1]), lp(input.normalize('NFC'))])))
  return hmac(key, lp(family), lp(qualifier), lp(namespace), u32(advance), ...tail)
}

/** A stream: `take(n)` gives the next n bytes, `uniform(n)` a draw. */
export function oracleStream(seed: Uint8Array): { take: (n: number) => Buffer; uniform: (n: number | bigint) => number } {
  let bytes = Buffer.alloc(0)
  let counter = 0
  const take = (n: number): Buffer => {
    while (bytes.length < n) bytes = Buffer.concat([bytes, hmac(seed, u32(counter++))])
    const out = bytes.subarray(0, n)
    bytes = bytes.subarray(n)
    return out
  }
  const uniform = (of: number | bigint): number => {
    const n = BigInt(of)
    if (n === 1n) return 0
    const bits = (n - 1n).toString(2).length
    for (;;) {
      const drawn = BigInt(`0x${take(Math.ceil(bits / 8)).toString('hex')}`) & ((1n << BigInt(bits)) - 1n)
      if (drawn < n) return Number(drawn)
    }
  }
  return { take, uniform }
}

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const LOWER = UPPER.toLowerCase()
const DIGITS = '0123456789'

export function oracleImitate(key: Uint8Array, text: string, inputs: readonly Input[], forceChange = false, namespace = ''): string {
  const stream = oracleStream(oracleSeed(key, 'imitate', '', namespace, 0, inputs))
  const number = /^(-?)(\d+)$/.exec(text)
  return [...text]
    .map((c, i) => {
      let set = [UPPER, LOWER, DIGITS].find((one) => one.includes(c))
      if (set === undefined) return c
      const isFirst = number !== null && i === number[1]!.length
      if (isFirst && c !== '0' && (number[2]!.length > 1 || number[1] === '-')) set = '123456789'
      if (forceChange) set = set.replace(c, '')
      return set[stream.uniform(set.length)]!
    })
    .join('')
}

function permute(seed: Uint8Array, radices: readonly number[], positions: readonly number[]): number[] {
  const size = (of: readonly number[]): bigint => of.reduce((all, radix) => all * BigInt(radix), 1n)
  const number = (of: readonly number[], from: readonly number[]): bigint => of.reduce((all, radix, i) => all * BigInt(radix) + BigInt(from[i]!), 0n)
  const spread = (of: readonly number[], from: bigint): number[] => {
    const out: number[] = []
    for (const radix of of.toReversed()) {
      out.unshift(Number(from % BigInt(radix)))
      from /= BigInt(radix)
    }
    return out
  }
  const N = size(radices)
  if (N <= 65_536n) {
    const table = Array.from({ length: Number(N) }, (_, i) => i)
    const stream = oracleStream(seed)
    for (let i = Number(N) - 1; i >= 1; i--) {
      const j = stream.uniform(i + 1)
      ;[table[i], table[j]] = [table[j]!, table[i]!]
    }
    return spread(radices, BigInt(table[Number(number(radices, positions))]!))
  }
  const middle = Math.floor(radices.length / 2)
  const left = radices.slice(0, middle)
  const right = radices.slice(middle)
  const [a, b] = oracleFeistel(seed, number(left, positions.slice(0, middle)), number(right, positions.slice(middle)), size(left), size(right), N >= 1_000_000n ? 10 : 20)
  return [...spread(left, a), ...spread(right, b)]
}

export function oracleFeistel(seed: Uint8Array, a: bigint, b: bigint, sizeLeft: bigint, sizeRight: bigint, rounds: number): [bigint, bigint] {
  const width = (n: bigint): number => Math.ceil((n - 1n).toString(16).length / 2)
  const F = (i: number, x: bigint, own: bigint, target: bigint): bigint => {
    const X = Buffer.from(x.toString(16).padStart(2 * width(own), '0'), 'hex')
    const m = width(target) + 8
    let out = Buffer.alloc(0)
    for (let counter = 0; out.length < m; counter++) out = Buffer.concat([out, hmac(seed, Buffer.from([i]), u32(counter), X)])
    return BigInt(`0x${out.subarray(0, m).toString('hex')}`)
  }
  for (let i = 0; i < rounds; i++) {
    if (i % 2 === 0) a = (a + F(i, b, sizeRight, sizeLeft)) % sizeLeft
    else b = (b + F(i, a, sizeLeft, sizeRight)) % sizeRight
  }
  return [a, b]
}

/** `imitate_unique` with the default charsets. */
export function oracleImitateUnique(key: Uint8Array, text: string, namespace = ''): string {
  const groups: Record<string, string> = { 'A-Z': UPPER, 'a-z': LOWER, '0-9': DIGITS, '1-9': '123456789' }
  const cells = [...text].map((c) => ({ c, name: ['A-Z', 'a-z', '0-9'].find((name) => groups[name]!.includes(c)) }))
  if (/^-?\d+$/.test(text)) {
    const minus = text.startsWith('-') ? 1 : 0
    let first = minus
    while (first < text.length - 1 && text[first] === '0') cells[first++]!.name = undefined
    if (first < text.length - 1) cells[first]!.name = '1-9'
    else if (minus === 1) cells[first]!.name = text[first] === '0' ? undefined : '1-9'
  }
  const used = cells.filter((cell) => cell.name !== undefined)
  if (used.length === 0) return text
  const seed = oracleSeed(key, 'imitate_unique', '', namespace, 0, [used.map((cell) => cell.name).join(',')])
  const result = permute(
    seed,
    used.map((cell) => groups[cell.name!]!.length),
    used.map((cell) => groups[cell.name!]!.indexOf(cell.c)),
  )
  let next = 0
  return cells.map((cell) => (cell.name === undefined ? cell.c : groups[cell.name]![result[next++]!]!)).join('')
}

/** base32 by bits. */
export function oraclePseudonym(key: Uint8Array, inputs: readonly Input[], length: number, namespace = ''): string {
  const bits = [...oracleSeed(key, 'pseudonym', '', namespace, 0, inputs)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return Array.from({ length }, (_, i) => 'abcdefghijklmnopqrstuvwxyz234567'[parseInt(bits.slice(5 * i, 5 * i + 5).padEnd(5, '0'), 2)]).join('')
}

/** Prefix-preserving encryption of 4 or 16 bytes. */
export function oracleIpPrefix(key: Uint8Array, address: Uint8Array, sources: readonly Input[], namespace = ''): Uint8Array {
  const S = oracleSeed(key, 'ip', '', namespace, 0, [...sources, address.length === 4 ? 'v4' : 'v6'])
  const width = address.length * 8
  const number = BigInt(`0x${Buffer.from(address).toString('hex')}`)
  let result = number
  for (let i = 0; i < width; i++) {
    const below = BigInt(width - i)
    const prefix = (number >> below) << below
    const mac = hmac(S, Buffer.from([i]), Buffer.from(prefix.toString(16).padStart(width / 4, '0'), 'hex'))
    if ((mac[0]! & 1) === 1) result ^= 1n << (below - 1n)
  }
  return Buffer.from(result.toString(16).padStart(width / 4, '0'), 'hex')
}

/** Row that `from_file` takes. */
export function oracleRow(key: Uint8Array, file: string, inputs: readonly Input[], rows: number, namespace = ''): number {
  return oracleStream(oracleSeed(key, 'from_file', file, namespace, 0, inputs)).uniform(rows)
}

/** `credit_card` over a number whose first `kept` digits stay, with a Luhn digit. */
export function oracleCreditCard(key: Uint8Array, digits: string, prefix: string, inputs: readonly Input[]): string {
  const stream = oracleStream(oracleSeed(key, 'credit_card', '', '', 0, inputs))
  let out = prefix
  while (out.length < digits.length - 1) out += stream.uniform(10)
  for (let check = 0; ; check++) {
    const sum = [...`${out}${check}`].toReversed().reduce((all, d, i) => all + (i % 2 === 0 ? Number(d) : [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][Number(d)]!), 0)
    if (sum % 10 === 0) return out + check
  }
}

/** `iban` without spaces. */
export function oracleIban(key: Uint8Array, iban: string, inputs: readonly Input[]): string {
  const stream = oracleStream(oracleSeed(key, 'iban', '', '', 0, inputs))
  const account = [...iban.slice(4)].map((c) => (/\d/.test(c) ? DIGITS[stream.uniform(10)] : UPPER[stream.uniform(26)])).join('')
  const rest = (text: string): bigint => BigInt([...text].map((c) => parseInt(c, 36)).join('')) % 97n
  const check = 98n - rest(`${account}${iban.slice(0, 2)}00`)
  return iban.slice(0, 2) + String(check).padStart(2, '0') + account
}
