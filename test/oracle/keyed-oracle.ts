// Section 5 of the specification once more, slow and literal: node:crypto, BigInt, arrays of bytes. Shares no code with src.

import { createHmac, hkdfSync } from 'node:crypto'

export type Input = string | null

function u32(n: number): Buffer {
  const out = Buffer.alloc(4)
  out.writeUInt32BE(n)
  return out
}

function lp(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  return Buffer.concat([u32(bytes.length), bytes])
}

export function oracleHmac(key: Uint8Array, ...parts: Uint8Array[]): Buffer {
  return createHmac('sha256', key).update(Buffer.concat(parts)).digest()
}

export function oracleKey(runSecret: string, instanceSecret = ''): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(runSecret), Buffer.from(instanceSecret), 'mask-logs/v1', 32))
}

export function oracleSeed(key: Uint8Array, family: string, qualifier: string, namespace: string, advance: number, inputs: readonly Input[]): Buffer {
  const tail = inputs.map((input) => (input === null ? Buffer.from([0]) : Buffer.concat([Buffer.from([1]), lp(input.normalize('NFC'))])))
  return oracleHmac(key, lp(family), lp(qualifier), lp(namespace), u32(advance), ...tail)
}

/** A stream: `take(n)` gives the next n bytes, `uniform(n)` a draw. */
export interface OracleStream {
  readonly take: (n: number) => Buffer
  readonly uniform: (n: number | bigint) => number
}

export function oracleStream(seed: Uint8Array): OracleStream {
  let bytes = Buffer.alloc(0)
  let counter = 0
  const take = (n: number): Buffer => {
    while (bytes.length < n) bytes = Buffer.concat([bytes, oracleHmac(seed, u32(counter++))])
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

/** The permutation of section 5.5 under `K`; positions and radices most significant first. */
export function oraclePermute(seed: Uint8Array, radices: readonly number[], positions: readonly number[]): number[] {
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
  // 0 takes no bytes.
  const width = (n: bigint): number => (n === 1n ? 0 : Math.ceil((n - 1n).toString(16).length / 2))
  const F = (i: number, x: bigint, own: bigint, target: bigint): bigint => {
    const X = Buffer.from(own === 1n ? '' : x.toString(16).padStart(2 * width(own), '0'), 'hex')
    const m = width(target) + 8
    let out = Buffer.alloc(0)
    for (let counter = 0; out.length < m; counter++) out = Buffer.concat([out, oracleHmac(seed, Buffer.from([i]), u32(counter), X)])
    return BigInt(`0x${out.subarray(0, m).toString('hex')}`)
  }
  for (let i = 0; i < rounds; i++) {
    if (i % 2 === 0) a = (a + F(i, b, sizeRight, sizeLeft)) % sizeLeft
    else b = (b + F(i, a, sizeLeft, sizeRight)) % sizeRight
  }
  return [a, b]
}
