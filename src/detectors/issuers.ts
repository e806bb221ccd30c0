// Issuer prefixes of payment cards and the lengths they are issued in: the networks, and what only detection knows.
import { issuers } from '../engine/issuers.ts'

type Range = readonly [from: number, to: number, shortest: number, longest: number]

/** Ranges of prefixes (2 to 6 digits) that are recognised beside those of the networks. */
const FURTHER: readonly Range[] = [
  [3095, 3095, 14, 19], // Diners
  [5019, 5019, 16, 16], // Dankort
  [508, 509, 16, 16], // RuPay, Elo
  [504175, 504175, 16, 16], // Elo
  [506699, 506778, 16, 16], // Elo
  [60, 60, 16, 16], // RuPay, Hipercard
  [62, 62, 14, 15], // UnionPay, older cards
  [636297, 636297, 16, 16], // Elo
  [636368, 636368, 16, 16], // Elo
  [637095, 637095, 16, 16], // Hipercard
  [637568, 637568, 16, 16],
  [637599, 637599, 16, 16],
  [637609, 637609, 16, 16],
  [637612, 637612, 16, 16],
  [81, 81, 14, 19], // UnionPay, RuPay
  [82, 82, 16, 16], // RuPay
  [9792, 9792, 16, 16], // Troy
]

/** Bit n: n digits. */
const span = (shortest: number, longest: number): number => (1 << (longest + 1)) - (1 << shortest)

/** By the first four digits; bit 0 says that some of `LONG` begin with them. Made with the first question. */
let byFour: Uint32Array | undefined
const LONG = FURTHER.filter(([from]) => from > 9999)

function readRanges(): Uint32Array {
  const table = new Uint32Array(10_000)
  const add = (from: number, to: number, lengths: number): void => {
    const width = 10 ** (4 - String(from).length)
    for (let four = Math.floor(from * width); four < (to + 1) * width; four++) table[four]! |= width < 1 ? 1 : lengths
  }
  for (const { ranges, lengths } of issuers) {
    let bits = 0
    for (const n of lengths) bits |= 1 << n
    for (const [from, to] of ranges) add(from, to, bits)
  }
  for (const [from, to, shortest, longest] of FURTHER) add(from, to, span(shortest, longest))
  return table
}

/** Bit n: a card whose first six digits are `six` may have n digits. */
export function cardLengths(six: number): number {
  byFour ??= readRanges()
  const known = byFour[(six / 100) | 0] ?? 0
  if ((known & 1) === 0) return known
  let found = known & ~1
  for (const [from, to, shortest, longest] of LONG) if (six >= from && six <= to) found |= span(shortest, longest)
  return found
}

/** The network that issues cards with these first six digits, for explain. */
export function cardNetwork(six: number): string {
  for (const { network, ranges } of issuers) {
    for (const [from, to] of ranges) {
      const prefix = Math.floor(six / 10 ** (6 - String(from).length))
      if (prefix >= from && prefix <= to) return network
    }
  }
  return 'other'
}

/** As `cardLengths`, for what only counts beside a word that says card: older Maestro and JCB numbers, UATP. */
export function cardLengthsInContext(six: number): number {
  const two = (six / 10_000) | 0
  if (two === 50 || (two >= 56 && two <= 69)) return span(12, 19)
  const four = (six / 100) | 0
  if (four === 2131) return span(15, 15)
  return two >= 10 && two <= 19 ? span(15, 15) : 0
}
