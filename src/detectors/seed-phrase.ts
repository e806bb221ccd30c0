// Phrases from which the keys of a wallet are made (BIP-39): words of the English list with a checksum in the last one.

import { sha256 } from '../engine/sha256.ts'
import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { CLASS, LOWER, wordAfter, wordBefore } from './bytes.ts'
import { SEED_STEMS, SEED_WORDS } from './seed-words-data.ts'

const seedPhrase: DetectorInfo = {
  name: 'seed_phrase',
  group: 'secrets',
  tier: 0,
  priority: 43,
  checks: ['check:bip39'],
  summary: 'Seed phrase of a wallet (BIP-39): 12, 15, 18, 21 or 24 words of the English list, single spaces or commas between them, with the right checksum.',
  examples: [
    'mnemonic: «legal winner thank year wave sausage worth useful legal winner thank yellow»',
    'restore «letter,advice,cage,absurd,amount,doctor,acoustic,avoid,letter,advice,cage,absurd,amount,doctor,acoustic,avoid,letter,always» done',
    '"«jelly, better, achieve, collect, unaware, mountain, thought, cargo, oxygen, act, hood, bridge»"',
    'my seed phrase «hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis maple dilemma loan word shrug inflict delay length» is gone',
  ],
  counterExamples: [
    'legal winner thank year wave sausage worth useful legal winner thank zoo',
    'legal winner thank year wave sausage worth useful legal winner thank',
    'legal winner thank year wave  sausage worth useful legal winner thank yellow',
    'legal winner thank year. wave sausage worth useful legal winner thank yellow',
    'the quick brown fox jumps over the lazy dog and runs away from it all',
  ],
}

/**
 * Pairs of letters that are rare in logs. One word in three of the list holds one, so that one phrase of twelve words in 100 has none;
 * two more are in the words that stand before a phrase.
 */
export const RARE_PAIRS =
  'aw az bo br bv cq dg dv ek ew ez fl fy ga gr gy hi hy ia ig iq iu jo ju kl kn lb lm mb mi mn mu nh nk nq nr nx ny ol ow oy ra ph rp ru sl sp su sw tw ua ud uy uz wa xc yo zo zz'.replaceAll(
    ' ',
    '',
  )

const SPACE = 32
const COMMA = 44
/** Most words in a row that are looked at: a longer run is a list of words. */
const MOST_WORDS = 40

let indexes: Map<string, number> | undefined

/** The list by word; read when text first looks like a phrase. */
function readWords(): Map<string, number> {
  const words = new Map<string, number>()
  let last = ''
  for (const [, shared, rest] of SEED_WORDS.matchAll(/(\d)([a-z]+)/g)) words.set((last = last.slice(0, Number(shared)) + rest!), words.size)
  return words
}

// the run of words under look: where each begins and ends, and its number
const starts = new Int32Array(MOST_WORDS)
const ends = new Int32Array(MOST_WORDS)
const numbers = new Int32Array(MOST_WORDS)

/** What is written before a phrase. */
const ANNOUNCED = /^(?:mnemonics?|phrase)$/

function find(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  let from = at
  while (from > start && at - from < 9 && (CLASS[text[from - 1]!]! & LOWER) !== 0) from--
  const to = wordEnd(text, from, end)
  if (to <= at || to - from < 3 || to - from > 9) return at + 1
  if (to - from >= 6 && (text[from] === 109 || text[from] === 112) && ANNOUNCED.test(decoded(text, from, to))) {
    // `phrase: `, `mnemonic="`
    let p = to
    while (p < end && p - to < 4 && ':="\' ['.includes(String.fromCharCode(text[p]!))) p++
    if (p > to + 1 || (p === to + 1 && text[to] !== SPACE)) {
      indexes ??= readWords()
      return Math.max(to, judge(scan, p, ids[0]!))
    }
  }
  // words are looked up, and the list read, where twelve of that shape stand in a row
  if (!isLong(text, start, end, from, to)) return to
  indexes ??= readWords()
  if (wordAt(text, from, to) < 0) return to
  for (let back = 0; back < MOST_WORDS; back++) {
    const before = previousWord(text, start, from)
    if (before < 0 || wordAt(text, before, wordEnd(text, before, end)) < 0) break
    from = before
  }
  return Math.max(to, judge(scan, from, ids[0]!))
}

/** Twelve words of three to eight letters in a row, with the one in [from, to) among them. */
function isLong(text: Uint8Array, start: number, end: number, from: number, to: number): boolean {
  let words = 1
  for (let p = previousWord(text, start, from); p >= 0 && words < 12; p = previousWord(text, start, p)) words++
  for (let last = to; words < 12; words++) {
    const next = separatorEnd(text, last, end)
    const stop = wordEnd(text, next, end)
    if (next === last || stop - next < 3 || stop - next > 8) return false
    last = stop
  }
  return true
}

/** Words of the list from `from` on; returns where they end. */
function judge(scan: Scan, from: number, id: number): number {
  const { text, start, end } = scan
  let n = 0
  let p = from
  let done = from
  for (;;) {
    const stop = wordEnd(text, p, end)
    const number = wordAt(text, p, stop)
    if (number < 0) break
    if (n < MOST_WORDS) {
      starts[n] = p
      ends[n] = stop
      numbers[n] = number
    }
    n++
    done = stop
    const next = separatorEnd(text, stop, end)
    if (next === stop) break
    p = next
  }
  if (n < 12 || n > MOST_WORDS || wordBefore(text, start, starts[0]!) || wordAfter(text, end, done)) return done
  // a sentence may go on into the phrase, or out of it
  for (let size = 24; size >= 12; size -= 3) {
    if (size > n) continue
    for (const first of size === n ? [0] : [n - size, 0]) {
      if (!hasChecksum(first, size)) continue
      scan.emit(id, starts[first]!, ends[first + size - 1]!, 0.95)
      return done
    }
  }
  scan.reject?.(id, starts[0]!, done, 'failed:bip39')
  return done
}

/** Behind one space, one comma, or a comma and a space; `at` where there is none of these. */
function separatorEnd(text: Uint8Array, at: number, end: number): number {
  if (at >= end) return at
  if (text[at] === SPACE) return at + 1
  if (text[at] !== COMMA) return at
  return at + 1 < end && text[at + 1] === SPACE ? at + 2 : at + 1
}

function wordEnd(text: Uint8Array, from: number, end: number): number {
  let p = from
  while (p < end && p - from < 10 && (CLASS[text[p]!]! & LOWER) !== 0) p++
  return p
}

/** Where the word before the one at `from` begins, of three to eight letters and one separator away; -1 for none. */
function previousWord(text: Uint8Array, start: number, from: number): number {
  let to = from
  if (to > start && text[to - 1] === SPACE) {
    to--
    if (to > start && text[to - 1] === COMMA) to--
  } else if (to > start && text[to - 1] === COMMA) to--
  else return -1
  let p = to
  while (p > start && to - p < 9 && (CLASS[text[p - 1]!]! & LOWER) !== 0) p--
  return to - p < 3 || to - p > 8 ? -1 : p
}

/** The number of the word in [from, to) in the list, -1 for another one. */
function wordAt(text: Uint8Array, from: number, to: number): number {
  return to - from < 3 || to - from > 8 ? -1 : (indexes!.get(decoded(text, from, to)) ?? -1)
}

function decoded(text: Uint8Array, from: number, to: number): string {
  let word = ''
  for (let p = from; p < to; p++) word += String.fromCharCode(text[p]!)
  return word
}

/** Eleven bits a word: 32 bits of each 33 are the seed, the rest begins its SHA-256. */
function hasChecksum(first: number, size: number): boolean {
  const seed = new Uint8Array((size / 3) * 4)
  let held = 0
  let bits = 0
  let n = 0
  for (let k = first; k < first + size; k++) {
    held = ((held << 11) | numbers[k]!) & 0x7ffff
    bits += 11
    while (bits >= 8) {
      bits -= 8
      if (n === seed.length) break
      seed[n++] = (held >> bits) & 255
    }
  }
  const check = size / 3
  return (numbers[first + size - 1]! & ((1 << check) - 1)) === sha256(seed)[0]! >> (8 - check)
}

export const seedPhraseFinder: Finder = {
  detectors: [seedPhrase],
  triggers: [{ byte: '', pairs: RARE_PAIRS, next: 'abcdefghijklmnopqrstuvwxyz ,' }],
  find,
  skim: 'phrase',
  skimTable: () => Buffer.from(SEED_STEMS, 'base64'),
  // twelve words of three letters
  least: 47,
}
