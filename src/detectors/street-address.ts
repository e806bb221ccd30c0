// Street addresses under keys that say so. What stands in prose is for the tagger (names/).

import type { KeyedDetector } from '../engine/types.ts'
import { ALNUM, CLASS, DIGIT, KEY, LETTER } from './bytes.ts'
import { isMasked, isPlaceholder } from './key-words.ts'
import { finishPair } from './pairs.ts'

/** Under a key that means a street address; under one that may mean other addresses. */
const STREET = 1
const ADDRESS = 2

const MOST = 200

export const streetAddress: KeyedDetector = {
  detector: {
    name: 'street_address',
    group: 'pii',
    tier: 1,
    priority: 62,
    summary: 'Street address under a key that says so (street, home address, billing address, address line 1 ...); under address or addr only what has a digit and a space.',
    examples: [
      'street="«742 Maple Street»" city=x',
      'billing_address=«12 Station Road, Unit 5»; zip=1',
      'address: «9 Test Lane, Sampleville»',
      'addr="«7 Mock Way»", port=80',
      'homeAddress: «1 Sample Plaza»',
    ],
    counterExamples: ['address=127.0.0.1', 'address: 10.0.0.1 port 80', 'address: localhost', 'remote_address=a 1 b', 'addr=0x7ffd 12', 'street: closed', 'email_address="1 x"'],
  },
  level: ({ personal }) => (personal === 'street' ? STREET : personal === 'address' ? ADDRESS : 0),
  numbers: () => false,
  judge(text, start, end, level) {
    if (isMasked(text, start, end) || isPlaceholder(text, start, end)) return 0
    if (level === STREET) return has(text, start, end, LETTER) ? 0.9 : 0
    return isAddress(text, start, end) ? 0.8 : 0
  },
  pair(text, end, pair, level) {
    const from = pair.valueStart
    const limit = end - from > MOST ? from + MOST : end
    if (pair.quote !== 0) finishPair(text, limit, pair)
    else pair.valueEnd = addressEnd(text, from, limit)
    const to = pair.valueEnd
    if (to <= from || isMasked(text, from, to) || isPlaceholder(text, from, to)) return 0
    return (level === STREET && pair.quote !== 0 ? has(text, from, to, LETTER) : isAddress(text, from, to)) ? 0.75 : 0
  },
}

function has(text: Uint8Array, start: number, end: number, bits: number): boolean {
  for (let p = start; p < end; p++) if ((CLASS[text[p]!]! & bits) !== 0 || (bits === LETTER && text[p]! >= 0x80)) return true
  return false
}

/** A digit, a space, and a word of letters: no machine has such an address. */
function isAddress(text: Uint8Array, start: number, end: number): boolean {
  let digit = false
  let word = 0
  let words = false
  let spaces = 0
  for (let p = start; p < end; p++) {
    const b = text[p]!
    const bits = CLASS[b]!
    if (b === 61 || b === 64 || b === 123 || b === 60 || b === 92) return false
    // `10.0.0.1 port 80`, `[::1] 80`, `0x7ffd 12`: addresses of machines and memory
    if ((b === 46 || b === 58) && p + 1 < end && p > start && (CLASS[text[p + 1]!]! & DIGIT) !== 0) return false
    if (b === 120 && p > start && text[p - 1] === 48) return false
    if ((bits & DIGIT) !== 0) digit = true
    if ((bits & LETTER) !== 0 || b >= 0x80) word++
    else word = 0
    if (word >= 2) words = true
    if (b === 32 && p > start && p + 1 < end) spaces++
  }
  return digit && words && spaces > 0
}

/** Where an address without quotes ends: at the end of the line, at what no address holds, or before the next pair. */
function addressEnd(text: Uint8Array, from: number, limit: number): number {
  let p = from
  let word = from
  while (p < limit) {
    const b = text[p]!
    if (b < 32 || b === 59 || b === 124 || b === 34 || b === 38 || b === 40 || b === 41 || b === 60 || b === 62 || b === 91 || b === 93 || b === 123 || b === 125) break
    if (b === 61 || (b === 58 && (p + 1 >= limit || text[p + 1] === 32))) {
      // the key of another pair
      if (word > from) p = word
      break
    }
    if (b === 32 && p + 1 < limit && text[p + 1] === 32) break
    if ((CLASS[b]! & KEY) === 0 && b < 0x80) word = p + 1
    p++
  }
  while (p > from && (CLASS[text[p - 1]!]! & ALNUM) === 0 && text[p - 1]! < 0x80) p--
  return p
}
