// Names of persons under keys that say so. What stands in prose is for the tagger (names/).

import type { KeyedDetector, PairMatch } from '../engine/types.ts'
import { ALNUM, CLASS, DIGIT, LETTER, LOWER, SPACE, UNDERSCORE, UPPER, lower } from './bytes.ts'
import { isCommon } from './common-words.ts'
import { isMasked, isPlaceholder } from './key-words.ts'
import { finishPair } from './pairs.ts'

/** Under a key of a part of a name; of a whole one, which also call things other than persons. */
const PART = 1
const WHOLE = 2

const MOST = 128
/** Words of a name in text at most. */
const MOST_WORDS = 3

/** Behind such keys in text, without being a name. */
const NO_NAMES = new Set(
  `any array bool boolean cannot char empty error expected failed field found has int integer invalid is joi length longer missing must no none not null number object of optional
  required requires schema should shorter string text the too type undefined unknown validation value varchar was yup zod`
    .trim()
    .split(/\s+/),
)

export const personName: KeyedDetector = {
  detector: {
    name: 'person_name',
    group: 'pii',
    tier: 1,
    priority: 61,
    summary:
      'Name of a person under a key that says so (first name, surname, full name, display name, customer name ...), in a record; in a pair of text one to three capitalised words.',
    mask: { type: 'name' },
    examples: [
      'first_name=«Zebulon» action=login',
      'surname: «Testerson-Smith», age 7',
      'lastName="«van der Beispiel»" role=admin',
      'fullName: «Mary Ann Sample» logged in',
      'First name: «Zebulon», age 7',
    ],
    counterExamples: [
      'first_name=',
      'lastName: String',
      'firstName: User.first',
      'surname is missing',
      'file_name=Report',
      'hostname: Alpha',
      'first_name: not given',
      'name=Jenkins',
    ],
  },
  level: ({ personal }) => (personal === 'part of a name' ? PART : personal === 'name' ? WHOLE : 0),
  numbers: () => false,
  judge,
  pair(text, _start, end, pair, level) {
    if (pair.quote !== 0) {
      const stop = end - pair.valueStart > MOST ? pair.valueStart + MOST : end
      finishPair(text, stop, pair)
      if (pair.valueEnd === stop && stop < end) return 0
      return readsAsName(text, pair.valueStart, pair.valueEnd) ? judge(text, pair.valueStart, pair.valueEnd, level) : 0
    }
    return capitalised(text, end, pair) ? 0.8 : 0
  },
}

function judge(text: Uint8Array, start: number, end: number, level: number): number {
  if (isMasked(text, start, end) || isPlaceholder(text, start, end)) return 0
  if (level === PART) return hasLetter(text, start, end) && !isMessage(text, start, end) ? 0.9 : 0
  return end - start <= MOST && readsAsName(text, start, end) && !isMessage(text, start, end) && !(isLowerCase(text, start, end) && isCommon(lowered(text, start, end))) ? 0.85 : 0
}

/** `is required`, `must not be empty`: what a check has to say about a name. */
function isMessage(text: Uint8Array, start: number, end: number): boolean {
  let p = start
  while (p < end && (CLASS[text[p]!]! & LOWER) !== 0) p++
  return p > start && p - start < 12 && p < end && text[p] === 32 && NO_NAMES.has(lowered(text, start, p))
}

/** Takes up to three capitalised words as the value. */
function capitalised(text: Uint8Array, end: number, pair: PairMatch): boolean {
  const from = pair.valueStart
  const limit = end - from > MOST ? from + MOST : end
  let p = from
  let stop = from
  for (let n = 0; n < MOST_WORDS; n++) {
    const to = wordEnd(text, p, limit)
    if (to === p || (n === 0 && NO_NAMES.has(lowered(text, p, to)))) break
    // `Name=...`, `Given:`: the next pair
    if (n > 0 && to < end && (text[to] === 61 || text[to] === 58)) break
    stop = to
    if (to + 1 >= limit || text[to] !== 32) break
    p = to + 1
  }
  if (stop === from) return false
  const next = stop < end ? text[stop]! : 32
  // an identifier, a path or a call goes on
  if (((CLASS[next]! & (ALNUM | UNDERSCORE)) !== 0 && next < 0x80) || next === 40 || next === 47 || next === 92 || next === 64 || next === 91) return false
  if (next === 46 && stop + 1 < end && (CLASS[text[stop + 1]!]! & ALNUM) !== 0) return false
  pair.valueEnd = stop
  return true
}

/** Where the capitalised word at p ends (with its hyphens and apostrophes); p where there is none. */
function wordEnd(text: Uint8Array, p: number, limit: number): number {
  const first = text[p]!
  if (p >= limit || ((CLASS[first]! & UPPER) === 0 && first < 0xc3)) return p
  let q = p + 1
  while (q < limit && (isLetter(text[q]!) || ((text[q] === 45 || text[q] === 39) && q + 1 < limit && isLetter(text[q + 1]!)))) q++
  return q
}

function isLetter(b: number): boolean {
  return b >= 0x80 || (CLASS[b]! & LETTER) !== 0
}

function hasLetter(text: Uint8Array, start: number, end: number): boolean {
  for (let p = start; p < end; p++) if (isLetter(text[p]!)) return true
  return false
}

/** Letters, with blanks and the marks of names between: no identifier, path, address or number. */
function readsAsName(text: Uint8Array, start: number, end: number): boolean {
  for (let p = start; p < end; p++) {
    const b = text[p]!
    if (!isLetter(b) && (CLASS[b]! & SPACE) === 0 && b !== 45 && b !== 39 && b !== 46 && b !== 44 && b !== 40 && b !== 41) return false
    // `example.com`, `com.example`
    if (b === 46 && p + 1 < end && (CLASS[text[p + 1]!]! & (LOWER | DIGIT)) !== 0) return false
  }
  return hasLetter(text, start, end)
}

function isLowerCase(text: Uint8Array, start: number, end: number): boolean {
  for (let p = start; p < end; p++) if ((CLASS[text[p]!]! & LOWER) === 0) return false
  return true
}

function lowered(text: Uint8Array, start: number, end: number): string {
  let out = ''
  for (let p = start; p < end; p++) out += String.fromCharCode(lower(text[p]!))
  return out
}
