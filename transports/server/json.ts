// JSON on bytes, for request bodies: where fields and records stand, and at which byte a malformed text goes wrong. Nothing is decoded
// that is not asked for, so that what is passed on is passed on as it came. Iterative: depth costs one byte a level.

/** A text is no JSON; `at` is the offset of the first byte that cannot stand where it does. */
export class JsonFault extends Error {
  override readonly name = 'JsonFault'
  readonly at: number
  constructor(at: number) {
    super('malformed JSON')
    this.at = at
  }
}

const SPACE = new Uint8Array(256)
for (const c of [0x20, 0x09, 0x0a, 0x0d]) SPACE[c] = 1
/** Ends a number or a word. */
const DELIMITER = new Uint8Array(256)
for (const c of [0x20, 0x09, 0x0a, 0x0d, 0x2c, 0x3a, 0x5b, 0x5d, 0x7b, 0x7d, 0x22]) DELIMITER[c] = 1
/** Interesting to `skipValue` outside of strings: quotes and brackets. */
const STRUCTURE = new Uint8Array(256)
for (const c of [0x22, 0x5b, 0x5d, 0x7b, 0x7d]) STRUCTURE[c] = 1
/** Interesting to `skipValue` inside of strings. */
const QUOTED = new Uint8Array(256)
QUOTED[0x22] = QUOTED[0x5c] = 1
const ESCAPED = new Uint8Array(256)
for (const c of '"\\/bfnrtu') ESCAPED[c.charCodeAt(0)] = 1

/** Offset of the first byte at or after `i` that is no white space. */
export function skipSpace(b: Uint8Array, i: number, end: number): number {
  while (i < end && SPACE[b[i]!] === 1) i++
  return i
}

/**
 * Offset behind the value at `i`, found fast: brackets are counted, what stands between them is not looked at. `end` where it does not
 * end. What is found so has to be read by someone strict.
 */
export function skipValue(b: Uint8Array, i: number, end: number): number {
  const c = b[i]!
  if (c === 0x22) return skipString(b, i, end)
  if (c !== 0x7b && c !== 0x5b) {
    while (i < end && DELIMITER[b[i]!] === 0) i++
    return i
  }
  let depth = 0
  while (i < end) {
    const d = b[i]!
    if (STRUCTURE[d] === 0) {
      i++
      continue
    }
    if (d === 0x22) {
      i = skipString(b, i, end)
      continue
    }
    i++
    if (d === 0x7b || d === 0x5b) depth++
    else if (--depth === 0) return i
  }
  return end
}

function skipString(b: Uint8Array, i: number, end: number): number {
  i++
  // four bytes a round: the loop itself costs as much as the table
  const safe = end - 3
  while (i < safe && (QUOTED[b[i]!]! | QUOTED[b[i + 1]!]! | QUOTED[b[i + 2]!]! | QUOTED[b[i + 3]!]!) === 0) i += 4
  for (; i < end; i++) {
    const c = b[i]!
    if (c === 0x22) return i + 1
    if (c === 0x5c) i++
  }
  return end
}

/** Checks the string at `i` to RFC 8259; returns the offset behind it. */
export function readString(b: Uint8Array, i: number, end: number): number {
  if (b[i] !== 0x22) throw new JsonFault(i)
  for (i++; i < end; i++) {
    const c = b[i]!
    if (c === 0x22) return i + 1
    if (c < 0x20) throw new JsonFault(i)
    if (c !== 0x5c) continue
    i++
    if (i >= end || ESCAPED[b[i]!] === 0) throw new JsonFault(Math.min(i, end))
    if (b[i] !== 0x75) continue
    for (let k = 1; k <= 4; k++) if (i + k >= end || !isHex(b[i + k]!)) throw new JsonFault(Math.min(i + k, end))
    i += 4
  }
  throw new JsonFault(end)
}

const isHex = (c: number): boolean => (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x46) || (c >= 0x61 && c <= 0x66)
const isDigit = (c: number | undefined): boolean => c !== undefined && c >= 0x30 && c <= 0x39

function readNumber(b: Uint8Array, i: number, end: number): number {
  const digits = (from: number): number => {
    let at = from
    while (at < end && isDigit(b[at])) at++
    if (at === from) throw new JsonFault(at)
    return at
  }
  if (b[i] === 0x2d) i++
  if (i < end && b[i] === 0x30) i++
  else i = digits(i)
  if (i < end && b[i] === 0x2e) i = digits(i + 1)
  if (i < end && (b[i] === 0x65 || b[i] === 0x45)) {
    i++
    if (i < end && (b[i] === 0x2b || b[i] === 0x2d)) i++
    i = digits(i)
  }
  return i
}

const WORDS: readonly Uint8Array[] = ['true', 'false', 'null'].map((word) => Buffer.from(word))

function readScalar(b: Uint8Array, i: number, end: number): number {
  const c = b[i]!
  if (c === 0x22) return readString(b, i, end)
  if (c === 0x2d || isDigit(c)) return readNumber(b, i, end)
  const word = WORDS.find((w) => w[0] === c)
  if (word === undefined) throw new JsonFault(i)
  for (let k = 1; k < word.length; k++) if (i + k >= end || b[i + k] !== word[k]) throw new JsonFault(Math.min(i + k, end))
  return i + word.length
}

/**
 * Checks the value at `i` to RFC 8259; returns the offset behind it. Throws JsonFault at the first byte that is wrong.
 *
 * @example readValue(Buffer.from('[1, 2]'), 0, 6) // 6
 */
export function readValue(b: Uint8Array, i: number, end: number): number {
  /** 1: object, 0: array; one entry a level. */
  const open: number[] = []
  for (;;) {
    i = skipSpace(b, i, end)
    if (i >= end) throw new JsonFault(end)
    const c = b[i]!
    if (c === 0x7b || c === 0x5b) {
      const object = c === 0x7b
      i = skipSpace(b, i + 1, end)
      if (i < end && b[i] === (object ? 0x7d : 0x5d)) i++
      else {
        open.push(object ? 1 : 0)
        if (object) i = readKey(b, i, end).next
        continue
      }
    } else i = readScalar(b, i, end)
    // a value is complete: what it stands in goes on, or ends too
    for (;;) {
      if (open.length === 0) return i
      const object = open[open.length - 1] === 1
      i = skipSpace(b, i, end)
      if (i >= end) throw new JsonFault(end)
      if (b[i] === 0x2c) {
        i = skipSpace(b, i + 1, end)
        if (object) i = readKey(b, i, end).next
        break
      }
      if (b[i] !== (object ? 0x7d : 0x5d)) throw new JsonFault(i)
      open.pop()
      i++
    }
  }
}

/** The key at `i` with its colon: where it ends, and where the value may begin. */
function readKey(b: Uint8Array, i: number, end: number): { readonly end: number; readonly next: number } {
  const stop = readString(b, i, end)
  const colon = skipSpace(b, stop, end)
  if (b[colon] !== 0x3a || colon >= end) throw new JsonFault(Math.min(colon, end))
  return { end: stop, next: colon + 1 }
}

/** Checks that a whole text is one JSON value with nothing but white space around it. */
export function checkText(b: Uint8Array, start: number, end: number): void {
  const stop = skipSpace(b, readValue(b, start, end), end)
  if (stop < end) throw new JsonFault(stop)
}

/** A stretch of the body. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

/** A member of an object: its name, decoded, and where its value stands. */
export interface Member extends Stretch {
  readonly name: string
  /** Of a list that is not checked: starts and ends of its elements, flat. */
  readonly elements?: readonly number[] | undefined
}

/**
 * Members of the object that the text is, in order, duplicates included. Undefined: the text begins as another value. Values under the
 * names of `lax` are found fast and not checked, all others are. Throws JsonFault.
 */
export function readMembers(b: Buffer, start: number, end: number, lax: ReadonlySet<string>): Member[] | undefined {
  let i = skipSpace(b, start, end)
  if (i >= end) throw new JsonFault(end)
  if (b[i] !== 0x7b) {
    checkText(b, start, end)
    return undefined
  }
  const members: Member[] = []
  i = skipSpace(b, i + 1, end)
  if (b[i] === 0x7d && i < end) i++
  else
    for (;;) {
      const from = i
      const key = readKey(b, from, end)
      const name = text(b, from, key.end)
      i = skipSpace(b, key.next, end)
      if (i >= end) throw new JsonFault(end)
      const loose = lax.has(name)
      const elements: number[] | undefined = loose && b[i] === 0x5b ? [] : undefined
      const stop = elements !== undefined ? skipList(b, i, end, elements) : loose ? skipValue(b, i, end) : readValue(b, i, end)
      if (stop === i) throw new JsonFault(i)
      members.push(elements === undefined ? { name, start: i, end: stop } : { name, start: i, end: stop, elements })
      i = skipSpace(b, stop, end)
      if (i >= end) throw new JsonFault(end)
      if (b[i] === 0x7d) {
        i++
        break
      }
      if (b[i] !== 0x2c) throw new JsonFault(i)
      i = skipSpace(b, i + 1, end)
    }
  i = skipSpace(b, i, end)
  if (i < end) throw new JsonFault(i)
  return members
}

/** The elements of the array at [start, end), flat: start, end, start, end. They are found fast and not checked. Throws JsonFault. */
export function readElements(b: Uint8Array, start: number, end: number): number[] {
  const out: number[] = []
  const stop = skipList(b, start, end, out)
  if (stop < end) throw new JsonFault(stop)
  return out
}

/** The same for an array that begins at `i` and ends before `end`; returns the offset behind it. */
function skipList(b: Uint8Array, i: number, end: number, out: number[]): number {
  i = skipSpace(b, i + 1, end)
  if (i < end && b[i] === 0x5d) return i + 1
  for (;;) {
    if (i >= end) throw new JsonFault(end)
    const stop = skipValue(b, i, end)
    if (stop === i) throw new JsonFault(i)
    out.push(i, stop)
    i = skipSpace(b, stop, end)
    if (i < end && b[i] === 0x5d) return i + 1
    if (b[i] !== 0x2c || i >= end) throw new JsonFault(Math.min(i, end))
    i = skipSpace(b, i + 1, end)
  }
}

/** A checked string token, quotes included, as text. */
export function text(b: Buffer, start: number, end: number): string {
  for (let i = start + 1; i < end - 1; i++) if (b[i] === 0x5c) return JSON.parse(b.toString('utf8', start, end)) as string
  return b.toString('utf8', start + 1, end - 1)
}

/** A checked value, parsed: for small fields; numbers become doubles. */
export function parsed(b: Uint8Array, { start, end }: Stretch): unknown {
  return JSON.parse(Buffer.from(b.buffer, b.byteOffset + start, end - start).toString()) as unknown
}
