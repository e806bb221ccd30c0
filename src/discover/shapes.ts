// What values of one place have in common, told without telling any of them: lengths, what they are made of, how many differ.
// Everything works on bytes and keeps nothing of a value but a 32-bit hash that never leaves this file.

const DIGIT = 1
const UPPER = 2
const LOWER = 3
const BLANK = 4
const OTHER = 5
/** Any character beyond ASCII, all of its bytes. */
const WIDE = 6
/** Punctuation that is shown as it is is its own class: its code. */
const KEPT = '-._:/@+,()#'

const CLASS = new Uint8Array(256).fill(OTHER)
for (let c = 0x30; c <= 0x39; c++) CLASS[c] = DIGIT
for (let c = 0x41; c <= 0x5a; c++) {
  CLASS[c] = UPPER
  CLASS[c + 32] = LOWER
}
CLASS[0x20] = CLASS[0x09] = BLANK
CLASS.fill(WIDE, 0x80)
for (const c of KEPT) CLASS[c.charCodeAt(0)] = c.charCodeAt(0)

/** A longer value has no pattern. */
const LONGEST = 64
const MOST_RUNS = 16
/** Bits that the letters and digits of a pattern leave open, at least; with fewer it would nearly be the value. */
const LEAST_BITS = 20
const LEAST_VALUES = 8

const NO_RUNS = new Uint8Array(0)

/** Kinds of values, each value counted under one. */
export const FORMS = ['uuid', 'hex', 'digits', 'date', 'code', 'at', 'titled', 'word', 'words', 'text', 'other'] as const
export type Form = (typeof FORMS)[number]

/** Runs of classes, and the lengths that each has had. */
export class Shape {
  values = 0
  least = Infinity
  most = 0
  readonly forms = new Uint32Array(FORMS.length)
  private begun = false
  /** -1: the values have no pattern in common. */
  private runs = -1
  private classes = NO_RUNS
  private shortest = NO_RUNS
  private longest = NO_RUNS
  readonly distinct = new Distinct()

  /** Takes a value: the bytes at [start, end). */
  add(buf: Uint8Array, start: number, end: number): void {
    let hash = 0x811c9dc5 | 0
    let runs = 0
    let run = 0
    let length = 0
    let last = 0
    let digits = 0
    let letters = 0
    let blanks = 0
    let signs = 0
    let hex = 0
    let at = 0
    let others = 0
    let capitals = 0
    for (let i = start; i < end; i++) {
      const c = buf[i]!
      hash = Math.imul(hash ^ c, 0x01000193)
      // of a character beyond ASCII its first byte counts
      if ((c & 0xc0) === 0x80) continue
      length++
      const kind = CLASS[c]!
      if (kind === DIGIT) {
        digits++
        hex++
      } else if (kind === LOWER || kind === UPPER || kind === WIDE) {
        letters++
        if ((c | 0x20) <= 0x66 && kind !== WIDE) hex++
        if (kind === UPPER && (last === BLANK || i === start)) capitals++
      } else if (kind === BLANK) blanks++
      else if (c === 0x40) at++
      else if (c === 0x2d || c === 0x5f) signs++
      else others++
      if (kind === last) run++
      else {
        if (runs > 0 && runs <= MOST_RUNS) RUNS[runs - 1] = run
        if (runs < MOST_RUNS) KINDS[runs] = kind
        runs++
        run = 1
        last = kind
      }
    }
    if (runs > 0 && runs <= MOST_RUNS) RUNS[runs - 1] = run
    this.values++
    if (length < this.least) this.least = length
    if (length > this.most) this.most = length
    this.distinct.add(hash ^ Math.imul(length, 0x9e3779b1))
    this.merge(length > LONGEST || runs > MOST_RUNS ? -1 : runs, KINDS, RUNS, RUNS)
    this.forms[form(buf, start, end, digits, letters, blanks, signs, hex, at, others, capitals)]!++
  }

  private merge(runs: number, classes: Uint8Array, shortest: Uint8Array, longest: Uint8Array): void {
    if (!this.begun) {
      this.begun = true
      this.runs = runs
      if (runs < 0) return
      this.classes = classes.slice(0, runs)
      this.shortest = shortest.slice(0, runs)
      this.longest = longest.slice(0, runs)
      return
    }
    if (runs !== this.runs) this.runs = -1
    for (let i = 0; i < this.runs; i++)
      if (this.classes[i] !== classes[i]) {
        this.runs = -1
        return
      }
    for (let i = 0; i < this.runs; i++) {
      if (shortest[i]! < this.shortest[i]!) this.shortest[i] = shortest[i]!
      if (longest[i]! > this.longest[i]!) this.longest[i] = longest[i]!
    }
  }

  /** Takes all that another one has taken. */
  absorb(other: Shape): void {
    if (other.values === 0) return
    this.merge(other.runs, other.classes, other.shortest, other.longest)
    this.values += other.values
    this.least = Math.min(this.least, other.least)
    this.most = Math.max(this.most, other.most)
    for (let i = 0; i < this.forms.length; i++) this.forms[i]! += other.forms[i]!
    this.distinct.absorb(other.distinct)
  }

  /** Share of the values that are of one of these forms. */
  share(...forms: readonly Form[]): number {
    let sum = 0
    for (const name of forms) sum += this.forms[FORMS.indexOf(name)]!
    return this.values === 0 ? 0 : sum / this.values
  }

  /**
   * The pattern that all values have: `AA9999`, `a{3-9}@a{4-12}.a{2-3}`. A letter stands for any letter of its case, 9 for any
   * digit. None when values differ too much, are too few, or are so narrow that the pattern would nearly be the value.
   */
  pattern(): string | undefined {
    if (this.runs <= 0 || this.values < LEAST_VALUES || this.distinct.count() < LEAST_VALUES / 2) return undefined
    let bits = 0
    let out = ''
    for (let i = 0; i < this.runs; i++) {
      const kind = this.classes[i]!
      const least = this.shortest[i]!
      const most = this.longest[i]!
      if (kind === DIGIT) bits += least * 3.3
      else if (kind === UPPER || kind === LOWER) bits += least * 4.7
      const letter =
        kind === DIGIT ? '9' : kind === UPPER ? 'A' : kind === LOWER ? 'a' : kind === BLANK ? ' ' : kind === OTHER ? '?' : kind === WIDE ? '\u00e4' : String.fromCharCode(kind)
      out += least !== most ? `${letter}{${least}-${most}}` : most <= 4 ? letter.repeat(most) : `${letter}{${most}}`
    }
    return bits < LEAST_BITS ? undefined : out
  }
}

const KINDS = new Uint8Array(MOST_RUNS)
const RUNS = new Uint8Array(MOST_RUNS)

const form = (
  buf: Uint8Array,
  start: number,
  end: number,
  digits: number,
  letters: number,
  blanks: number,
  signs: number,
  hex: number,
  at: number,
  others: number,
  capitals: number,
): number => {
  const length = end - start
  if (others === 0 && blanks === 0 && at === 0) {
    if (length === 36 && hex === 32 && signs === 4 && buf[start + 8] === 0x2d && buf[start + 13] === 0x2d) return UUID
    if (signs === 0 && hex === length && length >= 16 && letters > 0 && digits > 0) return HEX
    if (letters > 0 && digits >= 2 && length >= 6) return CODE
  }
  // times count from 1970, in seconds or milliseconds
  if (digits === length && (length === 10 || length === 13) && buf[start] === 0x31) return DATE
  if (digits >= 6 && buf[start + 4] === 0x2d && buf[start + 7] === 0x2d && letters <= 2) return DATE
  if (letters === 0 && digits >= 6 && digits * 3 >= length * 2 && others <= 2) return DIGITS
  if (at > 0 && blanks === 0 && letters > 0) return AT
  if (digits === 0 && others === 0 && at === 0 && letters > 0) {
    if (blanks === 0) return WORD
    if (blanks <= 3 && capitals > blanks) return TITLED
  }
  if (blanks >= 4) return TEXT
  return blanks > 0 && letters > 0 ? WORDS : OTHER_FORM
}
const [UUID, HEX, DIGITS, DATE, CODE, AT, TITLED, WORD, WORDS, TEXT, OTHER_FORM] = FORMS.map((_, i) => i) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
]

const KEEP = 64

/** About how many different values there were, by the smallest of their hashes. */
export class Distinct {
  private readonly kept = new Uint32Array(KEEP)
  private size = 0

  add(hash: number): void {
    let h = hash
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    this.put((h ^ (h >>> 16)) >>> 0)
  }

  private put(h: number): void {
    const { kept } = this
    if (this.size === KEEP && h >= kept[KEEP - 1]!) return
    let low = 0
    let high = this.size
    while (low < high) {
      const middle = (low + high) >> 1
      if (kept[middle]! < h) low = middle + 1
      else high = middle
    }
    if (low < this.size && kept[low] === h) return
    kept.copyWithin(low + 1, low, Math.min(this.size, KEEP - 1))
    kept[low] = h
    if (this.size < KEEP) this.size++
  }

  absorb(other: Distinct): void {
    for (let i = 0; i < other.size; i++) this.put(other.kept[i]!)
  }

  count(): number {
    return this.size < KEEP ? this.size : Math.round(((KEEP - 1) / this.kept[KEEP - 1]!) * 2 ** 32)
  }
}
