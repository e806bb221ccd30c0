// Splits the bytes of a text into tokens for the tagger: words, numbers, marks, and runs that are no language (paths, URLs,
// identifiers), which are one token each. Nothing is decoded and nothing allocated: everything is a number in an array.

/** Kinds of tokens. */
export const WORD = 1
export const NUMBER = 2
export const MARK = 3
/** A path, an address, an identifier: never part of a name. */
export const MACHINE = 4

/** Shapes of words. */
export const LOWER = 0
export const TITLED = 1
export const CAPS = 2
export const INITIAL = 3
export const MIXED = 4
export const NO_CASE = 5

/** Most tokens that are looked at together; a longer text is cut, at a line end where there is one. */
export const WINDOW = 2048
/** A longer run without a separator is no language; a window always has room for one that is. */
const MAX_CHUNK = 512
const MAX_TAIL = 16

/** Lower case of the characters below U+0800, and whether one is upper case. */
const LOWERED = new Uint16Array(0x800)

const LETTER = 1
const DIGIT = 2
/** Ends a chunk. */
const CUT = 4
/** Where a chunk holds one, it is no language. */
const ODD = 8
const CLASS = new Uint8Array(256)
for (let c = 0; c <= 0x20; c++) CLASS[c] = CUT
for (let c = 0x30; c < 0x3a; c++) CLASS[c] = DIGIT
for (let c = 0x41; c < 0x5b; c++) CLASS[c] = CLASS[c + 32] = LETTER
for (let c = 0x80; c < 0x100; c++) CLASS[c] = LETTER
CLASS[0xc2] = CLASS[0xe2] = 0
for (const c of '"()[]{}<>,;=|:`') CLASS[c.charCodeAt(0)] = CUT
for (const c of '/\\@_#$%&*+~^') CLASS[c.charCodeAt(0)] = ODD

/** Beginnings of names behind which a capital stands inside the word: McDonald, DeVito, O'Brien. */
const INNER_CAPITAL = /^(?:Mc|Mac|De|Di|Da|Du|La|Le|Van|Von|Fitz|St|Ben|El|Al|Ab|Ar|Jo|Ma|Mar|Ann?|Lee|Ro|Del|San|Des)$/

export interface Tokens {
  count: number
  readonly start: Int32Array
  readonly end: Int32Array
  /** Hash of the word in lower case, 28 bits. */
  readonly hash: Int32Array
  readonly kind: Uint8Array
  readonly shape: Uint8Array
  /** 0: glued to the token before; 1: behind white space; 2: first of a line. */
  readonly gap: Uint8Array
  /** Of numbers: how many digits; of marks: the byte. */
  readonly value: Uint8Array
  /** Hashes of the first three and last two to four letters. */
  readonly prefix: Int32Array
  readonly suffix2: Int32Array
  readonly suffix3: Int32Array
  readonly suffix4: Int32Array
  /** Bits of words.ts; the tagger fills it. */
  readonly bits: Uint16Array
}

export function createTokens(): Tokens {
  // filled here, for those who read names at all
  if (LOWERED[1] === 0) {
    for (let c = 0; c < 0x800; c++) {
      const low = String.fromCharCode(c).toLowerCase()
      LOWERED[c] = low.length === 1 && low.charCodeAt(0) < 0x800 ? low.charCodeAt(0) : c
    }
  }
  const ints = (): Int32Array => new Int32Array(WINDOW)
  const bytes = (): Uint8Array => new Uint8Array(WINDOW)
  return {
    count: 0,
    start: ints(),
    end: ints(),
    hash: ints(),
    kind: bytes(),
    shape: bytes(),
    gap: bytes(),
    value: bytes(),
    prefix: ints(),
    suffix2: ints(),
    suffix3: ints(),
    suffix4: ints(),
    bits: new Uint16Array(WINDOW),
  }
}

const SEED = 0x811c9dc5 | 0
const PRIME = 0x01000193

/** Mixes a hash and leaves 28 bits. */
function finish(h: number): number {
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39)
  return (h ^ (h >>> 15)) & 0xfffffff
}

/** The hash of a word as tokens have it. */
export function hashWord(word: string): number {
  let h = SEED
  for (const c of Buffer.from(word.toLowerCase())) h = Math.imul(h ^ c, PRIME)
  return finish(h)
}

/** The lower-case characters of the word at hand, by their bytes; longer words keep their first ones. */
const letters = new Int32Array(64)

/** Reads tokens from `pos` on; returns where it stopped: the end, or less when the window is full. */
export function readTokens(tokens: Tokens, text: Uint8Array, pos: number, end: number): number {
  let n = 0
  let gap = 2
  let lineAt = 0
  let lineCount = 0
  let i = pos
  while (i < end) {
    if (n >= WINDOW - MAX_CHUNK - MAX_TAIL) {
      // cut behind the last complete line, if that is not far back
      if (lineCount > WINDOW >> 1) {
        n = lineCount
        i = lineAt
      }
      break
    }
    const c = text[i]!
    if (c <= 0x20) {
      if (c === 0x0a) {
        gap = 2
        lineAt = i + 1
        lineCount = n
      } else if (gap === 0) gap = 1
      i++
      continue
    }
    const k = CLASS[c]!
    if ((k & CUT) !== 0) {
      n = put(tokens, n, i, i + 1, MARK, gap, c)
      gap = 0
      i++
      continue
    }
    // a chunk: up to white space or a mark that separates
    let stop = i
    let odd = 0
    let digits = 0
    let alpha = 0
    let dots = 0
    while (stop < end) {
      const b = text[stop]!
      const q = CLASS[b]!
      if ((q & CUT) !== 0) break
      odd |= q & ODD
      digits |= q & DIGIT
      alpha |= q & LETTER
      if (b === 0x2e) dots = 1
      stop++
    }
    let last = stop
    while (last > i && isTail(text[last - 1]!)) last--
    if (last > i && (odd !== 0 || last - i > MAX_CHUNK || (digits !== 0 && alpha !== 0 && !numbered(text, i, last)) || (dots !== 0 && inside(text, i, last)))) {
      n = put(tokens, n, i, last, MACHINE, gap, 0)
      gap = 0
      i = last
      continue
    }
    // a long row of dots is one token, and none of the word before
    const dotted = stop - last > MAX_TAIL
    const to = dotted ? last : stop
    if (to === i) n = put(tokens, n, i, stop, MACHINE, gap, 0)
    else n = readChunk(tokens, n, text, i, to, gap)
    gap = 0
    i = to === i ? stop : to
  }
  tokens.count = n
  return i
}

/** Sentence punctuation and quotes that may end a chunk. */
function isTail(c: number): boolean {
  return c === 0x2e || c === 0x21 || c === 0x3f || c === 0x27
}

/** A house number or an ordinal: up to five digits with at most two letters behind, or a range of such. */
function numbered(text: Uint8Array, from: number, to: number): boolean {
  let d = 0
  let l = 0
  for (let p = from; p < to; p++) {
    const q = CLASS[text[p]!]!
    if ((q & DIGIT) !== 0) {
      if (l > 0) return false
      d++
    } else if ((q & LETTER) !== 0) l++
    else if (text[p] === 0x2d && d > 0) l = 0
    else return false
  }
  return d > 0 && d <= 8 && l <= 2
}

/** A dot inside a chunk stands between more than initials: `java.lang`, `shop.example`, not `J.R.` or `A.Smith`. */
function inside(text: Uint8Array, from: number, to: number): boolean {
  let run = 0
  let dots = 0
  for (let p = from; p < to; p++) {
    const c = text[p]!
    if (c !== 0x2e) {
      run++
      continue
    }
    dots++
    const title = dots === 1 && run <= 3 && text[from]! >= 0x41 && text[from]! <= 0x5a && p + 1 < to && text[p + 1]! >= 0x41 && text[p + 1]! <= 0x5a
    if (run > 1 && !title) return (CLASS[text[p - 1]!]! & DIGIT) === 0 || (CLASS[text[p + 1]!]! & LETTER) !== 0
    run = 0
  }
  return false
}

/** Words, numbers and marks of a chunk of language. */
function readChunk(tokens: Tokens, n: number, text: Uint8Array, from: number, to: number, gap: number): number {
  let i = from
  while (i < to) {
    const c = text[i]!
    const k = CLASS[c]!
    if ((k & DIGIT) !== 0) {
      let p = i
      let digits = 0
      while (p < to && ((CLASS[text[p]!]! & (DIGIT | LETTER)) !== 0 || (isJoint(text[p]!) && p + 1 < to && (CLASS[text[p + 1]!]! & DIGIT) !== 0))) {
        if ((CLASS[text[p]!]! & DIGIT) !== 0) digits++
        p++
      }
      n = put(tokens, n, i, p, NUMBER, gap, digits > 20 ? 20 : digits)
      i = p
    } else if ((k & LETTER) !== 0) {
      const p = wordEnd(text, i, to)
      n = putWord(tokens, n, text, i, p, gap)
      i = p
    } else {
      const size = c === 0xc2 ? 2 : c === 0xe2 ? 3 : 1
      const p = i + size > to ? to : i + size
      n = put(tokens, n, i, p, MARK, gap, c)
      i = p
    }
    gap = 0
  }
  return n
}

function isJoint(c: number): boolean {
  return c === 0x2d || c === 0x2e || c === 0x2f
}

/** The end of a word: hyphens and apostrophes between letters belong to it, the `'s` of a genitive does not. */
function wordEnd(text: Uint8Array, from: number, to: number): number {
  let p = from
  while (p < to) {
    const c = text[p]!
    if ((CLASS[c]! & LETTER) !== 0) {
      p++
      continue
    }
    const size = c === 0xe2 && p + 2 < to && text[p + 1] === 0x80 && text[p + 2] === 0x99 ? 3 : c === 0x27 || c === 0x2d ? 1 : 0
    if (size === 0 || p + size >= to || (CLASS[text[p + size]!]! & LETTER) === 0) break
    if (c !== 0x2d && (text[p + size]! | 0x20) === 0x73 && (p + size + 1 >= to || (CLASS[text[p + size + 1]!]! & LETTER) === 0)) break
    // l'adresse, d'accord: the word is what comes behind
    if (c !== 0x2d && p - from <= 2 && text[p + size]! > 0x60 && text[from] !== 0x4f) break
    p += size
  }
  return p
}

function put(tokens: Tokens, n: number, start: number, end: number, kind: number, gap: number, value: number): number {
  tokens.start[n] = start
  tokens.end[n] = end
  tokens.kind[n] = kind
  tokens.shape[n] = NO_CASE
  tokens.gap[n] = gap
  tokens.value[n] = value
  tokens.hash[n] = kind === MARK ? value + 1 : kind === NUMBER ? 0x1000 + value : 0x2000
  tokens.prefix[n] = tokens.suffix2[n] = tokens.suffix3[n] = tokens.suffix4[n] = 0
  tokens.bits[n] = 0
  return n + 1
}

function putWord(tokens: Tokens, n: number, text: Uint8Array, start: number, end: number, gap: number): number {
  let count = 0
  let upper = 0
  let lower = 0
  let first = false
  let inner = 0
  let h = SEED
  for (let p = start; p < end; ) {
    const b = text[p]!
    let c = b
    let size = 1
    if (b >= 0xc3 && b < 0xe0 && p + 1 < end) {
      c = ((b & 0x1f) << 6) | (text[p + 1]! & 0x3f)
      size = 2
    }
    const low = b >= 0xe0 ? c : LOWERED[c]!
    if (low !== c) {
      if (count === 0) first = true
      else if (lower > 0 && text[p - 1] !== 0x2d && text[p - 1] !== 0x27 && text[p - 1] !== 0x99 && inner === 0) inner = p
      upper++
    } else if (b !== 0x2d && b !== 0x27) lower++
    if (size === 1) h = Math.imul(h ^ low, PRIME)
    else {
      h = Math.imul(h ^ (0xc0 | (low >> 6)), PRIME)
      if (low < 0x80) h = Math.imul(h ^ low, PRIME)
      else h = Math.imul(h ^ (0x80 | (low & 0x3f)), PRIME)
    }
    if (count < 64) letters[count] = low
    count++
    p += size
  }
  const shape =
    upper === 0
      ? LOWER
      : count === 1
        ? INITIAL
        : inner > 0
          ? inner - start <= 4 && INNER_CAPITAL.test(String.fromCharCode(...text.subarray(start, inner)))
            ? TITLED
            : MIXED
          : upper > 1 && lower === 0
            ? CAPS
            : first
              ? TITLED
              : MIXED
  put(tokens, n, start, end, shape === MIXED ? MACHINE : WORD, gap, count > 63 ? 63 : count)
  tokens.shape[n] = shape
  tokens.hash[n] = finish(h)
  const m = count > 64 ? 64 : count
  const at = (k: number): number => (k >= 0 && k < m ? letters[k]! : 0)
  tokens.prefix[n] = (at(0) << 16) ^ (at(1) << 8) ^ at(2)
  tokens.suffix2[n] = (at(m - 1) << 8) ^ at(m - 2)
  tokens.suffix3[n] = (tokens.suffix2[n]! << 8) ^ at(m - 3)
  tokens.suffix4[n] = Math.imul(tokens.suffix3[n]!, 257) ^ at(m - 4)
  return n + 1
}
