// Identifiers, most of which are nothing without a word that names them. One pass over a text finds both: words that name an
// identifier, as they are read, and runs of letters and digits. A run costs one look-up by its shape, and only the rows that a word,
// the path or the shape itself speaks for are asked whether its check digits are right.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { ALNUM, CLASS, DIGIT, HIGH, KEY, LETTER, LOWER, UPPER, digitJointAfter, digitJointBefore, insideMasked, isDigit, wordAfter, wordBefore } from './bytes.ts'
import { dateEnd, expiryEnd, monthEnd } from './date-forms.ts'
import { MOST_WORDS, WORD_LETTER, endsPhrase, hashLetters, hashOf, isHump, mayEndPhrase, rowsNamed, wordMaps } from './id-words.ts'
import { compact, createGroups, extentOf, hasShape, readGroups, shapeTable, variants, type Extent, type Shape } from './id-shapes.ts'
import { dated } from './ids/dated.ts'
import { GENERIC_ID_WORDS, idRows, type IdRow } from './ids/index.ts'

/** Words between a name and its value, and words that say that the number is something else. */
const FILLERS =
  'is was of for no nr num number numbers code codes value the a an id ids are as my your his her their our its new current following entered received issued given sent using with to equals ist lautet der die das von para es el la le de del est du da do em er är je jest no'
const NEGATIVES =
  'time date epoch timestamp ts offset size bytes byte count length len port pid tid line lines version build release commit sha digest etag trace span sequence seq duration latency timeout ttl ms sec secs seconds minutes hours days status row rows page step attempt retry order invoice ticket request error exit http total limit max min amount price qty index revision rev chunk block batch job shard epochs'
/** Words of a key that speak of a name's circumstances: `passport_issue_date`, `identity.version`. */
const CIRCUMSTANCES =
  'time date at epoch timestamp ts offset size bytes count length len port pid tid line version build release commit sha digest etag sequence seq duration latency timeout ttl ms status state type kind country region city name title label url uri path host expiry expires expired expiration issued issuer valid verified enabled required total limit max min index hash format message level zone created updated amount balance currency attempts retries interval percent ratio score result provider service'

const words = (list: string): ReadonlySet<string> => new Set(list.split(/\s+/))
const hashSet = (list: string): ReadonlySet<number> => new Set([...words(list)].map((word) => hashOf(word)))

/** Made when it is asked for. */
function lazy(list: string): () => ReadonlySet<number> {
  let set: ReadonlySet<number> | undefined
  return () => (set ??= hashSet(list))
}

/**
 * Three letters of each name whose values may have fewer than five digits wherever it stands (`tellsShort` says which of the words with
 * them are such names); other names need a separator behind them. Numbers so short are everywhere in logs, these letters are not.
 */
const SHORT_WORDS = ['bic', 'bir', 'bor', 'cvc', 'cvn', 'cvv', 'dob', 'nze', 'otp', 'swi']
const SHORT = new Set(SHORT_WORDS)

/** Bytes of a text within which a word speaks for what follows it. */
const REACH = 48

/** Scores, see `emit`. */
const ALONE = 0.75
const CHECKED = 0.95
const SHAPED = 0.72
const NAMED = 0.66
const GENERIC_SHAPED = 0.62
const GENERIC_NAMED = 0.61

/** Bytes of a phrase at most, and of a first group that stands alone. */
const MOST_LETTERS = 80
const MOST_ALONE = 18

/** Words of a path of which the first ones count, and how many of those a phrase may be taken from. */
const PATH_WORDS = 16

interface PathContext {
  /** Rows that the path names. */
  readonly rows: Int32Array
  /** The same by a word for identifiers of any kind. */
  readonly generic: boolean
  /** The key speaks of the name's circumstances: only what is proved by its digits counts. */
  readonly aside: boolean
  readonly any: boolean
}

const rows: readonly IdRow[] = [...idRows, ...dated]
const BIRTH = rows.length - 2
const EXPIRY = rows.length - 1
const AGE = rows.findIndex((row) => row.name === 'age')
/** Bit of words for the identifiers of any country, among those of the rows. */
const GENERIC = rows.length
/** Numbers that a set of rows has. */
const SIZE = (GENERIC + 32) >> 5

let map: Uint8Array | undefined

/** Bitmaps of the words of all rows. */
function allWords(): Uint8Array {
  return (map ??= wordMaps())
}

/** What is made from the rows when a first text needs it. */
interface Tables {
  /** Rows that a word for identifiers of any country names. */
  readonly national: Int32Array
  readonly alone: ReadonlyMap<number, readonly Shape[]>
  /** First groups of shapes that stand alone. */
  readonly aloneFirst: Uint8Array
  readonly fillers: ReadonlySet<number>
  readonly negatives: ReadonlySet<number>
}

let made: Tables | undefined

function makeTables(): Tables {
  const national = new Int32Array(SIZE)
  const general: readonly string[] = GENERIC_ID_WORDS
  const alone: Shape[] = []
  const aloneFirst = new Uint8Array(32)
  rows.forEach((row, i) => {
    if (row.kind !== 'named' ? row.priority >= 51 && row.priority <= 59 : row.words.some((word) => general.includes(word))) national[i >> 5]! |= 1 << (i & 31)
    for (const shape of row.alone ?? []) {
      // what the first pass over records does not look for needs a word
      if (shape.includes('+') || /N\./.test(shape)) continue
      alone.push({ row: i, text: shape })
      const first = shape.slice(0, shape.search(/[^0-9A-Z]|$/))
      // 1: digits alone may begin it, 2: capitals are among them
      aloneFirst[first.length]! |= (/[A-MO-Z]/.test(first) ? 0 : 1) | (/[A-Z]/.test(first) ? 2 : 0)
    }
  })
  return { national, alone: shapeTable(alone), aloneFirst, fillers: hashSet(FILLERS), negatives: hashSet(NEGATIVES) }
}

function tables(): Tables {
  return (made ??= makeTables())
}

/** The same for what words, or a path, speak for. */
interface NamedTables {
  readonly shapes: ReadonlyMap<number, readonly Shape[]>
  /** Rows without a shape, in order. */
  readonly named: readonly { readonly row: number; readonly extent: Extent; readonly check: (id: string) => boolean; readonly plate: boolean }[]
}

let madeNamed: NamedTables | undefined

function makeNamed(): NamedTables {
  const shapes: Shape[] = []
  const named: NamedTables['named'][number][] = []
  rows.forEach((row, i) => {
    if (row.shapes.length === 0) return
    if (row.kind === 'named') named.push({ row: i, extent: extentOf(row), check: row.check, plate: row.name === 'vehicle_plate' })
    else for (const shape of row.shapes) for (const text of variants(shape)) shapes.push({ row: i, text })
  })
  return { shapes: shapeTable(shapes), named }
}

function namedTables(): NamedTables {
  return (madeNamed ??= makeNamed())
}

// ------------------------------------------------------------------------------------------------ paths

let circumstances: ReadonlySet<string> | undefined
const NO_CONTEXT: PathContext = { rows: new Int32Array(0), generic: false, aside: false, any: false }
const paths = new WeakMap<readonly string[], PathContext>()

/** What the words of a path say; the same list is looked at once. */
function pathContext(keyWords: readonly string[]): PathContext {
  if (keyWords.length === 0) return NO_CONTEXT
  let known = paths.get(keyWords)
  if (known === undefined) paths.set(keyWords, (known = readPath(keyWords)))
  return known
}

function readPath(keyWords: readonly string[]): PathContext {
  const list = keyWords.length > PATH_WORDS ? keyWords.slice(0, PATH_WORDS) : keyWords
  let found: Int32Array | undefined
  let aside = true
  const look = (h: number, from: number, to: number): void => {
    const hit = rowsNamed(h)
    if (hit === undefined) return
    found ??= new Int32Array(SIZE)
    for (let k = 0; k < SIZE; k++) found[k]! |= hit[k]!
    circumstances ??= words(CIRCUMSTANCES)
    // a word before it in the list is of a deeper key or of this one, the one behind it mostly of this one
    let circumstance = false
    for (let k = 0; k < from; k++) if (circumstances.has(list[k]!)) circumstance = true
    for (let k = to; k < to + 2 && k < list.length; k++) if (from === 0 && circumstances.has(list[k]!)) circumstance = true
    if (!circumstance || isIn(hit, BIRTH) || isIn(hit, EXPIRY)) aside = false
  }
  const ends = allWords()
  for (let last = 0; last < list.length; last++) {
    let h = hashOf(list[last]!)
    if (!endsPhrase(ends, h)) continue
    // `patient: {id: ...}`: the words of the deeper key come first in the list
    if (last < 3) for (let k = last + 1; k < 5 && k < list.length; k++) look(hashOf(list[k]!, h), 0, 0)
    for (let first = last; ; ) {
      look(h, first, last + 1)
      if (--first < 0 || last - first >= MOST_WORDS) break
      h = hashOf(list[first]!, h)
    }
  }
  if (found === undefined) return NO_CONTEXT
  return { rows: found, generic: isIn(found, GENERIC), aside, any: true }
}

// ------------------------------------------------------------------------------------------------ the pass

const groups = createGroups()

/** Names seen last, oldest first from `first`; a ring. */
const EVENTS = 8
const eventStart = new Int32Array(EVENTS)
const eventEnd = new Int32Array(EVENTS)
const eventRows: (Int32Array | undefined)[] = new Array<undefined>(EVENTS).fill(undefined)
/** Short values count behind it. */
const eventShort = new Uint8Array(EVENTS)
let events = 0
/** Words since the last name: how many, how many that are not fillers, whether one says that it is something else. */
let since = 0
let strangers = 0
let negative = false

/** Bounds of the text under look. */
let textStart = 0
let textEnd = 0
/** Pairs are looked for. */
let keyed = false

let lastEquals = -1
let equalsBefore = -1
let lastBoundary = -1
let lastBar = -1
let barBefore = -1
let lastBreak = -1
let breakBefore = -1

/** Rows that words before a candidate name, all and those of the name nearest to it. */
const near = new Int32Array(SIZE)
const nearest = new Int32Array(SIZE)
/** Short values count behind one of them. */
let nearShort = false

function isIn(set: Int32Array, row: number): boolean {
  return (set[row >> 5]! & (1 << (row & 31))) !== 0
}

function find(scan: Scan, _at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  // a UUID by its hyphens
  if (end - start === 36 && text[start + 8] === 45 && text[start + 13] === 45 && text[start + 18] === 45 && text[start + 23] === 45) return end
  const { aloneFirst } = tables()
  const table = allWords()
  const path = scan.isKey ? NO_CONTEXT : pathContext(scan.keyWords)
  doneTo.fill(0)
  textStart = start
  textEnd = end
  keyed = scan.hasPairs && !scan.isKey
  events = since = strangers = 0
  negative = false
  lastBar = barBefore = lastEquals = equalsBefore = lastBoundary = lastBreak = breakBefore = start - 1
  // starts of the words before, as far as they may belong to one phrase
  let w1 = 0
  let w2 = 0
  let w3 = 0
  let chain = 0
  let wordEnd = -2
  let p = start
  while (p < end) {
    const bits = CLASS[text[p]!]!
    if ((bits & (ALNUM | HIGH)) === 0) {
      const b = text[p]!
      if (b === 61) {
        equalsBefore = lastEquals
        lastEquals = p
      } else if (b === 44 || b === 59 || b === 123 || b === 38 || b === 91) lastBoundary = p
      else if (b === 124) {
        barBefore = lastBar
        lastBar = lastBoundary = p
      } else if (b === 10) {
        breakBefore = lastBreak
        lastBoundary = lastBreak = p
      }
      p++
      continue
    }
    // a run of letters, digits and other scripts
    let q = p + 1
    let all = bits
    while (q < end && (CLASS[text[q]!]! & (ALNUM | HIGH)) !== 0) all |= CLASS[text[q++]!]!
    const open = p
    // candidates: runs of ASCII letters and digits in it
    if ((all & DIGIT) !== 0 || ((all & UPPER) !== 0 && q - p <= 11)) {
      if ((all & HIGH) === 0) candidate(scan, ids, path, p, q, all, aloneFirst)
      else asciiRuns(scan, ids, path, p, q, aloneFirst)
    } else if (q - p >= 3 && q - p <= 9 && (events > 0 || path.any) && (all & HIGH) === 0 && monthEnd(text, p, end) === q) candidate(scan, ids, path, p, q, all, aloneFirst)
    // words
    while (p < q) {
      if ((CLASS[text[p]!]! & WORD_LETTER) === 0) {
        p++
        continue
      }
      const from = p++
      while (p < q && (CLASS[text[p]!]! & WORD_LETTER) !== 0 && !isHump(text, q, p)) p++
      const joins = from === wordEnd || (from === wordEnd + 1 && joinsWords(text[wordEnd]!))
      chain = joins ? (chain < 3 ? chain + 1 : 3) : 0
      // hexadecimal digits are no words; `2fa` and `imei1` are
      const glued = p + 1 < q && isDigit(text[p]!)
      if (!glued && mayEndPhrase(table, text[from]!, from + 1 < end ? text[from + 1]! : 32, from + 2 < end ? text[from + 2]! : 32, from + 3 < end ? text[from + 3]! : 32)) {
        const h = hashLetters(text, from, p)
        // the plural of a name is one too
        const plural = p - from > 3 && (text[p - 1]! | 32) === 115
        if (from > open && isDigit(text[from - 1]!)) note(text, hashLetters(text, from - 1, from, h), from - 1, p)
        else if (endsPhrase(table, h)) noteAll(text, h, from, p, p, chain, w1, w2, w3)
        else if (plural) {
          const single = hashLetters(text, from, p - 1)
          if (endsPhrase(table, single)) noteAll(text, single, from, p - 1, p, chain, w1, w2, w3)
        }
      }
      if (text[from]! >= 0xe3) unspaced(text, from, p)
      if (events > 0 && from >= eventEnd[(events - 1) % EVENTS]! && from - eventEnd[(events - 1) % EVENTS]! <= REACH) passWord(hashLetters(text, from, p))
      w3 = w2
      w2 = w1
      w1 = from
      wordEnd = p
    }
  }
  return end
}

/** Notes the name that ends with the word in [from, to), by itself or with words before it; `end`: where its plural ends. */
function noteAll(text: Uint8Array, h: number, from: number, to: number, end: number, chain: number, w1: number, w2: number, w3: number): void {
  note(text, h, from, end)
  if (chain === 0 || to - w1 > MOST_LETTERS) return
  h = hashWord(text, w1, from, h)
  note(text, h, w1, end)
  if (chain === 1 || to - w2 > MOST_LETTERS) return
  h = hashWord(text, w2, w1, h)
  note(text, h, w2, end)
  if (chain > 2 && to - w3 <= MOST_LETTERS) note(text, hashWord(text, w3, w2, h), w3, end)
}

/** ` `, `_`, `-`, `.`, `'`, `/` between the words of a phrase. */
function joinsWords(b: number): boolean {
  return b === 32 || b === 95 || b === 45 || b === 46 || b === 39 || b === 47
}

/** Hash of the word that begins at `from`, before one that begins at `next` and has the hash `h`. */
function hashWord(text: Uint8Array, from: number, next: number, h: number): number {
  return hashLetters(text, from, (CLASS[text[next - 1]!]! & WORD_LETTER) === 0 ? next - 1 : next, h)
}

/** Notes a name in [from, to), if it is one. */
function note(text: Uint8Array, h: number, from: number, to: number): void {
  const named = rowsNamed(h)
  if (named === undefined) return
  const slot = events % EVENTS
  eventStart[slot] = from
  eventEnd[slot] = to
  eventRows[slot] = named
  eventShort[slot] = isShort(text, from, to) ? 1 : 0
  events++
  since = strangers = 0
  negative = false
}

/** Short values count behind the name in [from, to): for one of its words, or since it is the key of a pair. */
function isShort(text: Uint8Array, from: number, to: number): boolean {
  for (let p = from + 1; p + 1 < to; p++) if (tellsShort(text, textStart, textEnd, p)) return true
  return keyed && isPairKey(text, from, to)
}

/** The letters around p, the second of three, are of a word behind which short values count. `tellsShort` in engine/wasm/skim.ts says the same. */
function tellsShort(text: Uint8Array, start: number, end: number, p: number): boolean {
  const three = letters(text, p - 1, p + 2)
  if (!SHORT.has(three)) return false
  const before = p - 2 >= start ? letters(text, p - 2, p - 1) : ' '
  const behind = p + 2 < end ? letters(text, p + 2, p + 3) : ' '
  switch (three) {
    case 'bir':
      return behind === 't'
    case 'bor':
      return behind === 'n'
    case 'nze':
      return before === 'n' && behind === 'i'
    case 'swi':
      return behind === 'f'
    case 'otp':
      return before === 't' || !/[a-z]/.test(before)
    default:
      return !/[a-z]/.test(before)
  }
}

/** The name in [from, to) is all of a key, or its end, with `=` or `:` behind it. */
function isPairKey(text: Uint8Array, from: number, to: number): boolean {
  for (let p = from; p < to; p++) if ((CLASS[text[p]!]! & KEY) === 0) return false
  let p = to
  while (p < textEnd && isDigit(text[p]!)) p++
  if (p < textEnd && text[p] === 92) p++
  if (p < textEnd && isQuote(text[p]!)) p++
  for (let blanks = 0; p < textEnd && text[p] === 32 && blanks < 8; blanks++) p++
  if (p >= textEnd || (text[p] !== 58 && text[p] !== 61)) return false
  const before = text[p - 1]!
  const next = p + 1 < textEnd ? text[p + 1]! : 0
  return next !== 58 && next !== 61 && next !== 126 && next !== 47 && before !== 60 && before !== 62
}

function isQuote(b: number): boolean {
  return b === 34 || b === 39 || b === 96
}

/** The separator at `at` stands behind a key that ends with a name. */
function namesPair(text: Uint8Array, start: number, at: number): boolean {
  let to = at
  while (to > start && at - to < 8 && text[to - 1] === 32) to--
  if (to > start && isQuote(text[to - 1]!)) to--
  if (to > start && text[to - 1] === 92) to--
  return namesKey(text, start, to)
}

/** A key that ends at `to` ends with a name, digits aside. */
function namesKey(text: Uint8Array, start: number, to: number): boolean {
  while (to > start && isDigit(text[to - 1]!)) to--
  // one word after the other from the end; the plural of a name is one too
  for (let plural = 0; plural < 2; plural++) {
    let end = to - plural
    if (plural === 1 && (to - start < 4 || (text[end]! | 32) !== 115)) return false
    let h: number | undefined
    for (let n = 0; n <= MOST_WORDS && end > start && to - end <= MOST_LETTERS; n++) {
      let p = end
      while (p > start && (CLASS[text[p - 1]!]! & WORD_LETTER) !== 0 && !(p < end && isHump(text, to, p))) p--
      if (p === end) break
      h = hashLetters(text, p, end, h)
      if (rowsNamed(h) !== undefined || (p > start && isDigit(text[p - 1]!) && rowsNamed(hashLetters(text, p - 1, p, h)) !== undefined)) return true
      end = p
      if (end > start && joinsWords(text[end - 1]!)) end--
    }
  }
  return false
}

/** Letters in [from, to), small ones; other bytes as they are. */
function letters(text: Uint8Array, from: number, to: number): string {
  let out = ''
  for (let p = from; p < to; p++) out += String.fromCharCode((CLASS[text[p]!]! & UPPER) !== 0 ? text[p]! | 32 : text[p]!)
  return out
}

/** Names in a script without word spaces: every stretch of two to eight characters. */
function unspaced(text: Uint8Array, from: number, to: number): void {
  for (let q = from + 6; q <= to; q += 3) {
    if (text[q - 3]! < 0xe3 || text[q - 3]! > 0xef) return
    let h = hashLetters(text, q - 3, q)
    for (let p = q - 6; p >= from && q - p <= 24 && text[p]! >= 0xe3; p -= 3) {
      h = hashLetters(text, p, p + 3, h)
      note(text, h, p, q)
    }
  }
}

function passWord(h: number): void {
  const { fillers, negatives } = tables()
  since++
  if (!fillers.has(h)) strangers++
  if (negatives.has(h)) negative = true
}

function asciiRuns(scan: Scan, ids: Int32Array, path: PathContext, from: number, to: number, aloneFirst: Uint8Array): void {
  const { text } = scan
  let p = from
  while (p < to) {
    if ((CLASS[text[p]!]! & ALNUM) === 0) {
      p++
      continue
    }
    const start = p
    let all = 0
    while (p < to && (CLASS[text[p]!]! & ALNUM) !== 0) all |= CLASS[text[p++]!]!
    if ((all & DIGIT) !== 0) candidate(scan, ids, path, start, p, all, aloneFirst)
  }
}

// ------------------------------------------------------------------------------------------------ candidates

/** Fills `near` and `nearest` with what the words before `at` name. Returns where the nearest name ends, -1 without one. */
function wordsBefore(scan: Scan, at: number): number {
  const { text, start } = scan
  for (let k = 0; k < near.length; k++) near[k] = nearest[k] = 0
  nearShort = false
  let p = at
  const stop = at - 8 > start ? at - 8 : start
  while (p > stop && opens(text[p - 1]!)) p--
  const b = p > start ? text[p - 1]! : 0
  // right behind a separator only its key counts, and nothing counts across the value of another pair
  let low = lastEquals
  let closest = 0
  if (b === 61) {
    low = equalsBefore
    if (p - 2 >= start && (CLASS[text[p - 2]!]! & (KEY | HIGH)) !== 0) {
      let key = p - 1
      const limit = key - 64 > start ? key - 64 : start
      while (key > limit && (CLASS[text[key - 1]!]! & (KEY | HIGH)) !== 0) key--
      if (key > low) low = key - 1
    } else {
      if (lastBoundary > low) low = lastBoundary
      // `aid = 154333`: the name ends right before the sign
      closest = p - 4
    }
  } else if (b === 58 && lastBoundary > low) low = lastBoundary
  // cells of a table: the one before counts
  const bar = b === 124 ? barBefore : lastBar
  if (bar > low) low = bar
  if (breakBefore > low) low = breakBefore
  let end = -1
  let reach = 0
  for (let k = events - 1; k >= 0 && k >= events - EVENTS; k--) {
    const slot = k % EVENTS
    if (eventStart[slot]! <= low || at - eventEnd[slot]! > REACH || (end < 0 && eventEnd[slot]! < closest)) continue
    const named = eventRows[slot]!
    for (let i = 0; i < named.length; i++) near[i]! |= named[i]!
    if (eventShort[slot] !== 0) nearShort = true
    if (end < 0) {
      end = eventEnd[slot]!
      reach = eventStart[slot]!
    }
    // names that overlap are one: `patient id number`
    if (eventEnd[slot]! >= reach) {
      for (let i = 0; i < named.length; i++) nearest[i]! |= named[i]!
      if (eventStart[slot]! < reach) reach = eventStart[slot]!
    }
  }
  return end
}

/** What may stand between a separator and its value: blanks, quotes, brackets, `#`. */
function opens(b: number): boolean {
  return b === 32 || b === 34 || b === 39 || b === 40 || b === 91 || b === 35 || b === 92 || b === 9
}

/** What the candidate under look may be: a row, its end and score. The longest find of a row counts. */
const foundRow: number[] = []
const foundEnd: number[] = []
const foundScore: number[] = []
/** By row: where its last find of this text ends. A shorter one in it is none. */
const doneTo = new Int32Array(rows.length)

function put(row: number, stop: number, score: number): void {
  const k = foundRow.indexOf(row)
  if (k < 0) {
    foundRow.push(row)
    foundEnd.push(stop)
    foundScore.push(score)
  } else if (stop > foundEnd[k]! || (stop === foundEnd[k] && score > foundScore[k]!)) {
    foundEnd[k] = stop
    foundScore[k] = score
  }
}

/** Reports what begins with the run [at, to), whose classes are `all`. */
function candidate(scan: Scan, ids: Int32Array, path: PathContext, at: number, to: number, all: number, aloneFirst: Uint8Array): void {
  judge(scan, ids, path, at, to, all, aloneFirst)
  if (foundRow.length === 0) return
  for (let k = 0; k < foundRow.length; k++) {
    const row = foundRow[k]!
    if (foundEnd[k]! <= doneTo[row]!) continue
    doneTo[row] = foundEnd[k]!
    scan.emit(ids[row]!, at, foundEnd[k]!, foundScore[k]!)
  }
  foundRow.length = foundEnd.length = foundScore.length = 0
}

function judge(scan: Scan, ids: Int32Array, path: PathContext, at: number, to: number, all: number, aloneFirst: Uint8Array): void {
  const { text, start, end } = scan
  const named = events > 0 && at - eventEnd[(events - 1) % EVENTS]! <= REACH
  const open = named || path.any
  const standsAlone = to - at <= MOST_ALONE && (aloneFirst[to - at]! & ((all & UPPER) !== 0 ? 2 : 1)) !== 0 && (all & LOWER) === 0
  if (!open && !standsAlone) return
  if (wordBefore(text, start, at) || digitJointBefore(text, start, at)) return
  const before = at > start ? text[at - 1]! : 32
  const second = at - 2 >= start ? CLASS[text[at - 2]!]! : 0
  const joined = (before === 45 || before === 46) && (second & (ALNUM | HIGH)) !== 0
  if (before === 36 || before === 64 || (before === 43 && isDigit(text[at]!)) || (joined && (before === 46 || !open))) return
  const nameEnd = named ? wordsBefore(scan, at) : -1
  const context = nameEnd >= 0 || path.any
  if (!context && (!standsAlone || joined)) return
  if (context && (all & DIGIT) === 0) {
    if ((nameEnd >= 0 && isIn(near, BIRTH)) || (path.any && isIn(path.rows, BIRTH))) dates(scan, ids, path, at, nameEnd)
    if ((all & LOWER) !== 0) return
  } else if (context && (all & (LOWER | UPPER)) === 0) dates(scan, ids, path, at, nameEnd)
  readGroups(text, at, end, groups)
  const { count } = groups
  if (count === 0 || insideMasked(text, start, end, at)) return
  const { alone } = tables()
  const told = nameEnd < 0 ? end + 1 : nearShort ? 0 : toldAt(text, start, end, at, groups.ends[count - 1]!)
  const spacedBefore = before === 32 && (second & DIGIT) !== 0
  for (let g = 0; g < count; g++) {
    const stop = groups.ends[g]!
    const skeleton = groups.skeletons[g]!
    const byWord = context ? namedTables().shapes.get(skeleton) : undefined
    const byShape = (all & LOWER) === 0 ? alone.get(skeleton) : undefined
    if ((byWord === undefined && byShape === undefined) || !endsWell(text, end, stop)) continue
    let id: string | undefined
    if (byWord !== undefined) {
      for (const shape of byWord) {
        const score = contextScore(path, shape.row, stop >= told)
        if (score === 0 || scan.active[ids[shape.row]!] === 0 || !hasShape(shape.text, text, at, false)) continue
        id ??= compact(text, at, stop)
        const row = rows[shape.row]!
        if (row.check(id)) put(shape.row, stop, row.kind === 'checked' ? CHECKED : score)
        else if (row.withContext?.(id) === true) put(shape.row, stop, score)
      }
    }
    if (byShape !== undefined && !(g > 0 && (spacedBefore || (stop + 1 < end && text[stop] === 32 && isDigit(text[stop + 1]!))))) {
      for (const shape of byShape) {
        if (scan.active[ids[shape.row]!] === 0 || !hasShape(shape.text, text, at, true)) continue
        // a stamp of 17 digits is no vehicle
        if (!shape.text.includes('9') && (all & UPPER) === 0) continue
        // `160904-2666` is a date with a number more often than anything else
        if (g === 1 && stop - at === 11 && digitsOnly(text, at, stop)) continue
        id ??= compact(text, at, stop)
        if (rows[shape.row]!.check(id)) put(shape.row, stop, ALONE)
      }
    }
  }
  if (context && !joined) namedRows(scan, ids, path, at, told, all)
}

/** Six digits, a hyphen and four digits. */
function digitsOnly(text: Uint8Array, at: number, stop: number): boolean {
  for (let p = at; p < stop; p++) if (!isDigit(text[p]!) && (text[p] !== 45 || p !== at + 6)) return false
  return true
}

/** No letter, digit or `_` follows, nor a joint with a digit behind it, nor what makes it an address. */
function endsWell(text: Uint8Array, end: number, at: number): boolean {
  return !wordAfter(text, end, at) && !digitJointAfter(text, end, at) && !(at < end && (text[at] === 64 || text[at] === 37))
}

/**
 * Where what begins at `at` has said enough for a word before it to count: five digits in a row, two behind a capital, or eight digits and
 * joints. Behind `to` when it never does. The first pass looks for nothing less (`named` in engine/wasm/skim.ts).
 */
function toldAt(text: Uint8Array, start: number, end: number, at: number, to: number): number {
  let digits = 0
  for (let p = at; p < to; p++) {
    const b = text[p]!
    if (isDigit(b)) {
      if (++digits === 5) return p + 1
      if (digits > 1) continue
      if (p > start && (CLASS[text[p - 1]!]! & UPPER) !== 0) {
        // `X11` is no identifier
        const four = (p + 2 < to && (CLASS[text[p + 2]!]! & ALNUM) !== 0) || (p - 2 >= at && (CLASS[text[p - 2]!]! & ALNUM) !== 0)
        if (p > at && p + 1 < to && isDigit(text[p + 1]!) && four) return p + 2
      } else if (!(p - 2 >= start && isDigit(text[p - 2]!) && isTight(text[p - 1]!)) && isEight(text, p, end) && !isVersion(text, p, end)) return p + 1
    } else digits = 0
  }
  return end + 1
}

/** `.-/:` */
function isTight(b: number): boolean {
  return (b >= 45 && b <= 47) || b === 58
}

/** Eight bytes of digits, spaces and `()-./:`. */
function isEight(text: Uint8Array, at: number, end: number): boolean {
  if (end - at < 8) return false
  for (let p = at; p < at + 8; p++) {
    const b = text[p]!
    if (!(isDigit(b) || b === 32 || b === 40 || b === 41 || (b >= 45 && b <= 47) || b === 58)) return false
  }
  return true
}

/** `1.84`, `1.84.1`, `10.1.2.3`, with nothing behind that they may belong to. `isVersion` in engine/wasm/skim.ts says the same. */
function isVersion(text: Uint8Array, at: number, end: number): boolean {
  let parts = 0
  let total = 0
  let p = at
  for (;;) {
    const from = p
    while (p < end && isDigit(text[p]!)) p++
    if (p - from > 3 || ++parts > 4) return false
    total += p - from
    if (p + 1 >= end || text[p] !== 46 || !isDigit(text[p + 1]!)) break
    p++
  }
  if (parts < 2 || (parts === 3 && total > 6)) return false
  if (p + 1 >= end) return true
  const b = text[p]!
  if (b === 41) return false
  const behind = CLASS[text[p + 1]!]!
  const joint = b === 32 || b === 40 || b === 43 || b === 45 || b === 47 || b === 58
  return !(joint && ((behind & DIGIT) !== 0 || (b === 45 && (behind & LETTER) !== 0)))
}

/** The score that words give a row with a shape; 0 when none speaks for it. */
function contextScore(path: PathContext, row: number, byWord: boolean): number {
  if (path.any && !path.aside) {
    if (isIn(path.rows, row)) return SHAPED
    if (path.generic && isIn(tables().national, row)) return GENERIC_SHAPED
  }
  if (!byWord || negative) return 0
  if (isIn(near, row)) return SHAPED
  return isIn(near, GENERIC) && isIn(tables().national, row) ? GENERIC_SHAPED : 0
}

function dates(scan: Scan, ids: Int32Array, path: PathContext, at: number, nameEnd: number): void {
  const { text, start, end } = scan
  const byWord = (stop: number): boolean => nameEnd >= 0 && (nearShort || toldAt(text, start, end, at, stop) <= stop)
  if (scan.active[ids[BIRTH]!] !== 0 && ((nameEnd >= 0 && isIn(near, BIRTH)) || (path.any && isIn(path.rows, BIRTH)))) {
    const stop = dateEnd(text, at, end, false)
    // files are born at a time in nanoseconds
    if (stop > 0 && !isFileTime(text, at, stop) && ((path.any && isIn(path.rows, BIRTH)) || byWord(stop))) put(BIRTH, stop, NAMED)
  }
  if (scan.active[ids[EXPIRY]!] !== 0 && ((nameEnd >= 0 && isIn(nearest, EXPIRY)) || (path.any && isIn(path.rows, EXPIRY)))) {
    const stop = expiryEnd(text, at, end)
    if (stop > 0 && ((path.any && isIn(path.rows, EXPIRY)) || byWord(stop))) put(EXPIRY, stop, NAMED)
  }
}

/** `1970-01-01 00:00:00.000000000`. */
function isFileTime(text: Uint8Array, at: number, stop: number): boolean {
  return stop - at >= 26 && text[at + 10] === 32 && text[at + 19] === 46
}

/** Rows without a shape: whatever letters and digits stand right behind their name, or are the whole value under it. */
function namedRows(scan: Scan, ids: Int32Array, path: PathContext, at: number, told: number, all: number): void {
  const { text, start, end } = scan
  const { named } = namedTables()
  const { national } = tables()
  const byPath = path.any && !path.aside && startsValue(text, start, at)
  const byWord = told <= end && !negative
  if (!byPath && !byWord) return
  for (const { row, extent, check, plate } of named) {
    if (scan.active[ids[row]!] === 0) continue
    let score = 0
    let whole = false
    if (
      byWord &&
      (!byPath || told === 0 || namedEnd(text, at, end, extent, plate, false, all) >= told) &&
      spokenFor(text, start, at, extent) &&
      !(row === AGE && ofThing(text, start, end, at))
    )
      score = isIn(nearest, row) ? NAMED : isIn(nearest, GENERIC) && isIn(national, row) ? GENERIC_NAMED : 0
    if (score === 0 && byPath) {
      score = isIn(path.rows, row) ? NAMED : path.generic && isIn(national, row) ? GENERIC_NAMED : 0
      whole = true
    }
    if (score === 0) continue
    const stop = namedEnd(text, at, end, extent, plate, whole, all)
    if (stop > 0 && (whole ? endsValue(text, end, stop) : stop >= told) && check(compact(text, at, stop))) put(row, stop, score)
  }
}

/** Units behind an age of something else, and words before it or behind it that say what that is. */
const THINGS = lazy('max min cache image file log key token cookie session page connection lock container pod stale')
const UNITS = lazy('idle s sec secs second seconds ms m min mins minutes h hours d days')

/** The age at `at` is of a connection, a file or the like: `age=12 idle=3`, `max-age 60`, `age 30 s`. */
function ofThing(text: Uint8Array, start: number, end: number, at: number): boolean {
  // over the name and what stands before the number, to the word before it
  let p = eventStart[(events - 1) % EVENTS]!
  while (p > start && at - p < 24 && (CLASS[text[p - 1]!]! & WORD_LETTER) === 0) p--
  let from = p
  while (from > start && p - from < 12 && (CLASS[text[from - 1]!]! & WORD_LETTER) !== 0) from--
  if (from < p && THINGS().has(hashLetters(text, from, p))) return true
  let q = at
  while (q < end && isDigit(text[q]!)) q++
  while (q < end && q - at < 8 && (CLASS[text[q]!]! & WORD_LETTER) === 0) q++
  let to = q
  while (to < end && to - q < 12 && (CLASS[text[to]!]! & WORD_LETTER) !== 0) to++
  return to > q && UNITS().has(hashLetters(text, q, to))
}

/** The words between a name and the value at `at` do not belong to something else. */
function spokenFor(text: Uint8Array, start: number, at: number, extent: Extent): boolean {
  if (extent.most <= 8 && extent.digits) return strangers === 0 && since <= 4
  let p = at
  while (p > start && at - p < 4 && opens(text[p - 1]!)) p--
  return text[p - 1] === 58 ? since <= 5 : strangers === 0 && since <= 5
}

function startsValue(text: Uint8Array, start: number, at: number): boolean {
  if (at - start > 8) return false
  for (let p = start; p < at; p++) if (!opens(text[p]!)) return false
  return true
}

function endsValue(text: Uint8Array, end: number, at: number): boolean {
  if (end - at > 8) return false
  for (let p = at; p < end; p++) if (!opens(text[p]!) && text[p] !== 41 && text[p] !== 93) return false
  return true
}

/** Where the longest value that the extent allows ends; 0 when there is none. */
function namedEnd(text: Uint8Array, at: number, end: number, extent: Extent, plate: boolean, whole: boolean, all: number): number {
  let total = 0
  let digits = 0
  let best = 0
  const short = extent.digits && extent.most <= 8
  for (let g = 0; g < groups.count; g++) {
    const from = groups.starts[g]!
    let stop = groups.ends[g]!
    const joint = groups.joints[g]!
    if (g > 0 && (short || (joint !== 32 && joint !== 45 && joint !== 46 && joint !== 47))) break
    let bits = 0
    let own = 0
    for (let p = from; p < stop; p++) {
      if ((CLASS[text[p]!]! & ALNUM) === 0) {
        stop = p
        break
      }
      bits |= CLASS[text[p]!]!
      if (isDigit(text[p]!)) own++
    }
    if (extent.digits && own !== stop - from) break
    // `NO X123`: the first group belongs to the name
    if (g === 0 && !whole && own === 0 && groups.joints[1] === 32 && (stop - from > 4 || tables().fillers.has(hashLetters(text, from, stop)))) break
    if (!whole && joint === 32 && own === 0 && !(plate && stop - from <= 3 && (bits & LOWER) === 0)) break
    total += stop - from
    digits += own
    if (total > extent.most) break
    if (total < extent.least || !endsWell(text, end, stop)) continue
    if (digits < (plate || extent.digits ? 1 : 2)) continue
    // in a sentence lower case letters make a word: `order12`
    if (!whole && (bits & LOWER) !== 0 && digits < 4) continue
    best = stop
  }
  if (best > 0 && (all & (LOWER | UPPER)) === 0) {
    const date = dateEnd(text, at, end, false)
    if (date > 0 && date >= best && groups.count > 2) return 0
  }
  return best
}

// ------------------------------------------------------------------------------------------------ bare numbers

function findNumber(scan: Scan, ids: Int32Array): void {
  const path = pathContext(scan.keyWords)
  if (!path.any || path.aside) return
  const { text, start, end } = scan
  readGroups(text, start, end, groups)
  if (groups.count !== 1 || groups.ends[0] !== end) return
  const { shapes, named } = namedTables()
  const { national } = tables()
  let id: string | undefined
  for (const shape of shapes.get(groups.skeletons[0]!) ?? []) {
    const row = rows[shape.row]!
    const own = isIn(path.rows, shape.row)
    if (!row.numbers || scan.active[ids[shape.row]!] === 0 || (!own && !(path.generic && isIn(national, shape.row))) || !hasShape(shape.text, text, start, false)) continue
    id ??= compact(text, start, end)
    if (row.check(id) || row.withContext?.(id) === true) scan.emit(ids[shape.row]!, start, end, row.kind === 'checked' ? CHECKED : own ? SHAPED : GENERIC_SHAPED)
  }
  for (const { row, extent, check } of named) {
    const own = isIn(path.rows, row)
    if (!(rows[row]!.numbers || extent.most > 8) || scan.active[ids[row]!] === 0 || (!own && !(path.generic && isIn(national, row)))) continue
    if (end - start < extent.least || end - start > extent.most) continue
    id ??= compact(text, start, end)
    if (check(id)) scan.emit(ids[row]!, start, end, own ? NAMED : GENERIC_NAMED)
  }
}

/** True when the path names a row that is in force. */
function named(keyWords: readonly string[], active: Uint8Array, ids: Int32Array): boolean {
  const path = pathContext(keyWords)
  if (!path.any) return false
  const { national } = tables()
  for (let row = 0; row < rows.length; row++) if (active[ids[row]!] !== 0 && (isIn(path.rows, row) || (path.generic && isIn(national, row)))) return true
  return false
}

/** Bitmaps of the words of the rows in force. */
function skimWords(active: Uint8Array, ids: Int32Array): Uint8Array {
  const set = new Int32Array(SIZE)
  const { national } = tables()
  let missing = 0
  for (let row = 0; row < rows.length; row++) if (active[ids[row]!] === 0) missing++
  // the others say little more, and are made anyway
  if (missing < 20) return allWords()
  for (let row = 0; row < rows.length; row++) {
    if (active[ids[row]!] === 0) continue
    set[row >> 5]! |= 1 << (row & 31)
    if (isIn(national, row)) set[GENERIC >> 5]! |= 1 << (GENERIC & 31)
  }
  return wordMaps(set)
}

/** A letter of a word, small and capital. */
function either(word: string, at: number): string {
  return word[at]! + word[at]!.toUpperCase()
}

/** Anything but a digit. */
function beforeRuns(): string {
  let out = ''
  for (let b = 0; b < 256; b++) if (b < 48 || b > 57) out += String.fromCharCode(b)
  return out
}

export const idFinder: Finder = {
  detectors: rows.map(
    (row): DetectorInfo => ({
      name: row.name,
      group: row.group,
      tier: 2,
      priority: row.priority,
      summary: row.summary,
      ...(row.mask === undefined ? {} : { mask: row.mask }),
      ...(row.numbers ? { numbers: true } : {}),
      examples: row.examples,
      counterExamples: row.counterExamples,
    }),
  ),
  // all is found in one pass, which begins with the first digit; bank identifier codes may have none: `bic`, `swift`
  triggers: [{ prev: beforeRuns(), byte: '0123456789' }, ...SHORT_WORDS.map((word) => ({ prev: either(word, 0), byte: either(word, 1), next: either(word, 2) }))],
  find,
  number: findNumber,
  skim: 'ids',
  skimWords,
  named,
  passesTimes: (keyWords) => !pathContext(keyWords).any,
  namesPair,
  namesKey,
}
