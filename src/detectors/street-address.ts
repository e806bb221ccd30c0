// Street addresses under keys that say so. What stands in prose is for the tagger (names/).

import type { KeyedDetector } from '../engine/types.ts'
import { ALNUM, CLASS, DIGIT, KEY, LETTER, lower } from './bytes.ts'
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
    counterExamples: [
      'address=127.0.0.1',
      'address: 10.0.0.1 port 80',
      'address: localhost',
      'wallet address: 1BoatSLRHtKNngkdXEeobR76b53LETtpyT sent 1 coin',
      'MAC address: 02 of dev',
      'remote_address=a 1 b',
      'addr=0x7ffd 12',
      'street: closed',
      'email_address="1 x"',
    ],
  },
  level: ({ personal }) => (personal === 'street' ? STREET : personal === 'address' ? ADDRESS : 0),
  numbers: () => false,
  judge(text, start, end, level) {
    if (isMasked(text, start, end) || isPlaceholder(text, start, end)) return 0
    if (level === STREET) return has(text, start, end, LETTER) ? 0.9 : 0
    return isAddress(text, start, end) ? 0.8 : 0
  },
  pair(text, start, end, pair, level) {
    const from = pair.valueStart
    if (level === ADDRESS && isOther(text, start, pair.keyStart)) return 0
    const limit = end - from > MOST ? from + MOST : end
    if (pair.quote !== 0) finishPair(text, limit, pair)
    else pair.valueEnd = addressEnd(text, from, limit)
    const to = pair.valueEnd
    if (to <= from || isMasked(text, from, to) || isPlaceholder(text, from, to)) return 0
    if (!(level === STREET && pair.quote !== 0 ? has(text, from, to, LETTER) : isAddress(text, from, to))) return 0
    if (pair.quote !== 0 && to === limit && limit < end) finishPair(text, end, pair)
    return 0.75
  },
}

function has(text: Uint8Array, start: number, end: number, bits: number): boolean {
  for (let p = start; p < end; p++) if ((CLASS[text[p]!]! & bits) !== 0 || (bits === LETTER && text[p]! >= 0x80)) return true
  return false
}

/** Beside a number these make it something else than a house. */
const MACHINE_WORDS = new Set('port pid byte bytes offset page line slot mask table already bind errno code status localhost'.split(' '))

/** A house number (digits, perhaps a letter) and a word, apart from each other: no machine has such an address. */
function isAddress(text: Uint8Array, start: number, end: number): boolean {
  let house = false
  let word = false
  for (let p = start; p < end; ) {
    const from = p
    let digits = 0
    let letters = 0
    let high = 0
    for (; p < end && text[p] !== 32 && text[p] !== 44 && text[p] !== 10; p++) {
      const b = text[p]!
      const bits = CLASS[b]!
      if (b === 61 || b === 64 || b === 123 || b === 60 || b === 92) return false
      // addresses of machines: `10.0.0.1`, `[::1]`, `host:80`
      if ((b === 46 || b === 58) && p > from && p + 1 < end && (CLASS[text[p + 1]!]! & ALNUM) !== 0) return false
      if ((bits & DIGIT) !== 0) digits++
      else if ((bits & LETTER) !== 0) letters++
      else if (b >= 0x80) high++
    }
    if (digits > 0 && digits <= 6 && letters <= 1 && high <= 2) house = true
    if (digits === 0 && letters + high >= 2) {
      if (letters <= 9 && MACHINE_WORDS.has(lowered(text, from, from + letters))) return false
      word = true
    }
    p++
  }
  return house && word
}

function lowered(text: Uint8Array, from: number, to: number): string {
  let out = ''
  for (let p = from; p < to; p++) out += String.fromCharCode(lower(text[p]!))
  return out
}

/** Words that may stand before `address:` in text without making it another kind of address. */
const BEFORE = new Set(
  'street home postal mailing billing shipping residential delivery my your his her their our the a new old full to at and with work office current permanent customer patient'.split(
    ' ',
  ),
)

/** True where the word before the key at `at` says that it is some other address: `wallet address:`, `MAC address:`. */
function isOther(text: Uint8Array, start: number, at: number): boolean {
  if (at < start + 2 || text[at - 1] !== 32) return false
  let p = at - 1
  while (p > start && at - p < 16 && (CLASS[text[p - 1]!]! & (LETTER | DIGIT)) !== 0) p--
  return p < at - 1 && !BEFORE.has(lowered(text, p, at - 1))
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
