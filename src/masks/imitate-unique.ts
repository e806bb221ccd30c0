import { MaskError } from '../errors.ts'
import { permutation } from '../engine/permutation.ts'
import type { Permutation } from '../engine/permutation.ts'
import type { MaskContext, MaskDefinition } from '../engine/types.ts'
import { parseCharset } from './charset.ts'
import { digitsMasker, option, seedOption, textOf } from './input.ts'
import { KeyCache } from './key-cache.ts'

const DEFAULT_CHARSETS = ['A-Z', 'a-z', '0-9']
// Work on the whole value as one number grows faster than its length: longer values fail closed.
const MOST_POSITIONS = 4096

export const imitateUnique: MaskDefinition = {
  type: 'imitate_unique',
  deprecatedAliases: ['from_unique_imitate'],
  summary: 'Like `imitate`, but one-to-one: different values always give different results. Reads the value, not the hash sources.',
  input: 'I',
  random: 'p',
  settles: 'value',
  options: {
    charsets: {
      kind: 'list',
      of: { kind: 'string', minLength: 1 },
      minItems: 1,
      default: DEFAULT_CHARSETS,
      summary: 'Groups of characters that replace each other; at most 65,536 each, no character twice.',
    },
    retain_prefix_length: { kind: 'integer', min: 0, default: 0, summary: 'Leading characters left alone.' },
    seed: seedOption,
  },
  check(options, report) {
    const seen = new Set<number>()
    for (const name of option<readonly string[]>(options, 'charsets', [])) {
      const set = parseCharset(name)
      if (set === undefined || set.length > 65_536) return report('charsets', 'invalid_value', 'a charset is a list of characters and ascending ranges, at most 65,536 characters')
      for (const point of set) {
        if (point >= 0xd800 && point <= 0xdfff) return report('charsets', 'invalid_value', 'a charset has no surrogates')
        if (seen.has(point)) return report('charsets', 'invalid_value', 'a character belongs to one charset only, once')
        seen.add(point)
      }
    }
  },
  compile(options) {
    const groups = groupsOf(option(options, 'charsets', DEFAULT_CHARSETS))
    const retained = option(options, 'retain_prefix_length', 0)
    const namespace = option(options, 'seed', '')
    const shapes = new KeyCache(() => new Shapes(groups.all))
    const cut = new Cut(groups, retained)
    return digitsMasker('imitate_unique', (text, context) => {
      cut.read(text)
      const { length, positions } = cut
      if (length === 0) return text
      if (length > MOST_POSITIONS) throw new MaskError('out_of_range', 'imitate_unique', 'received more than 4,096 characters to permute')
      shapes.of(context).permutation(cut, context, namespace).permute(positions)
      return cut.write(text)
    })
  },
  examples: [
    { in: '12345', out: '10109' },
    { in: '"12345"', out: '"10109"' },
    { in: '"0012"', out: '"0045"' },
    { in: '7', out: '7' },
    { in: '42', out: '29' },
    { in: '"4711"', out: '"8428"' },
    { in: '"AB-1234"', out: '"XS-0942"' },
    { in: '"Cust_0042x"', out: '"Kguq_6137l"' },
    { in: '"2026-00017"', out: '"6984-87541"' },
    { in: '"4111111111111111"', out: '"8931638931738821"' },
    { options: { seed: 'customer' }, in: '42', out: '30' },
    { options: { seed: 'product' }, in: '42', out: '25' },
    { in: 'null', out: 'null' },
    { in: '"--"', out: '"--"' },
    { in: '1.5', error: 'non_string_value' },
  ],
}

interface Group {
  readonly name: string
  /** Code points. */
  readonly points: readonly number[]
  readonly index: ReadonlyMap<number, number>
}

interface Groups {
  /** The groups as listed, and behind them `1-9` for the first digit of a number. */
  readonly all: readonly Group[]
  /** Number in `all` of the group of each ASCII character; -1: none. The first group that has a character wins. */
  readonly ascii: Int32Array
  /** Its index there. */
  readonly asciiIndex: Int32Array
  /** Number of the group `0-9`, when it is one of its own; else -1. */
  readonly digits: number
}

function groupsOf(names: readonly string[]): Groups {
  const group = (name: string, points: readonly number[]): Group => ({
    name,
    points,
    index: new Map(points.map((point, i) => [point, i])),
  })
  const listed = names.map((name) => group(name, parseCharset(name) ?? []))
  const ascii = Int32Array.from({ length: 128 }, (_, point) => listed.findIndex((one) => one.index.has(point)))
  return {
    all: [...listed, group('1-9', parseCharset('1-9')!)],
    ascii,
    asciiIndex: ascii.map((kind, point) => listed[kind]?.index.get(point) ?? -1),
    digits: names.findIndex((name) => String.fromCodePoint(...(parseCharset(name)?.slice(0, 11) ?? [])) === '0123456789'),
  }
}

/** A value cut into positions and literals. One object serves for all values, one after the other. */
class Cut {
  readonly #groups: Groups
  readonly #retained: number
  /** Index in its group of each position. */
  readonly positions: number[] = []
  /** Number of its group. */
  readonly kinds: number[] = []
  /** Where it stands in the text. */
  readonly #starts: number[] = []
  readonly #units: number[] = []
  length = 0
  /** Of the kinds. */
  hash = 0

  constructor(groups: Groups, retained: number) {
    this.#groups = groups
    this.#retained = retained
  }

  read(text: string): void {
    this.length = 0
    this.hash = 0
    const { digits } = this.#groups
    if (this.#retained > 0 || digits < 0 || !this.#readInteger(text, digits)) this.#readText(text)
    // Most values are as long as the one before, and a length is slow to set.
    if (this.positions.length !== this.length) this.positions.length = this.length
  }

  #readText(text: string): void {
    const { all, ascii, asciiIndex } = this.#groups
    let i = 0
    for (let seen = 0; seen < this.#retained && i < text.length; seen++, i++) if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && text.codePointAt(i)! > 0xffff) i++
    // What is too long is refused: nothing is gained by reading on.
    for (; i < text.length && this.length <= MOST_POSITIONS; i++) {
      const code = text.charCodeAt(i)
      if (code < 128) {
        const kind = ascii[code]!
        if (kind >= 0) this.#put(i, kind, asciiIndex[code]!)
      } else {
        const point = text.codePointAt(i)!
        // The group 1-9 is not among those that may be asked.
        for (let kind = 0; kind < all.length - 1; kind++) {
          const index = all[kind]!.index.get(point)
          if (index === undefined) continue
          this.#put(i, kind, index)
          break
        }
        if (point > 0xffff) i++
      }
    }
  }

  /** A value of digits only is the integer it spells: its length and its leading zeros stay. */
  #readInteger(text: string, digits: number): boolean {
    const start = text.charCodeAt(0) === 0x2d ? 1 : 0
    if (text.length === start) return false
    for (let i = start; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code < 0x30 || code > 0x39) return false
    }
    let first = start
    while (first < text.length - 1 && text.charCodeAt(first) === 0x30) first++
    const index = text.charCodeAt(first) - 0x30
    if (first === text.length - 1) {
      if (start === 0) this.#put(first, digits, index)
      // After a minus sign a lone 0 stays 0, so that nothing else can become it.
      else if (index > 0) this.#put(first, this.#groups.all.length - 1, index - 1)
      return true
    }
    this.#put(first, this.#groups.all.length - 1, index - 1)
    for (let i = first + 1; i < text.length && this.length <= MOST_POSITIONS; i++) this.#put(i, digits, text.charCodeAt(i) - 0x30)
    return true
  }

  #put(start: number, kind: number, index: number): void {
    const n = this.length++
    this.#starts[n] = start
    this.kinds[n] = kind
    this.hash = (Math.imul(this.hash, 31) + kind) & 0x3fffffff
    this.positions[n] = index
  }

  /** The text with other characters in the positions. */
  write(text: string): string {
    const { all } = this.#groups
    const units = this.#units
    const starts = this.#starts
    const { kinds, positions, length } = this
    let out = ''
    let copied = 0
    units.length = 0
    // nothing but positions, each of one unit, and what takes their places is of one unit too
    if (length === text.length && length <= 4096) {
      for (copied = 0; copied < length; copied++) {
        const point = all[kinds[copied]!]!.points[positions[copied]!]!
        if (point > 0xffff) break
        units.push(point)
      }
      if (copied === length) return textOf(units)
      copied = 0
      units.length = 0
    }
    for (let n = 0; n < length; n++) {
      const start = starts[n]!
      // Long stretches are copied whole.
      if (start - copied > 64) {
        out += textOf(units) + text.slice(copied, start)
        units.length = 0
        copied = start
      }
      for (; copied < start; copied++) units.push(text.charCodeAt(copied))
      copied += (text.charCodeAt(start) & 0xfc00) === 0xd800 ? 2 : 1
      const point = all[kinds[n]!]!.points[positions[n]!]!
      if (point <= 0xffff) units.push(point)
      else units.push(0xd7c0 + (point >> 10), 0xdc00 + (point & 0x3ff))
    }
    out += textOf(units)
    return copied < text.length ? out + text.slice(copied) : out
  }
}

/** The permutation of a shape: the group of every position. */
interface Shape {
  readonly kinds: readonly number[]
  readonly permutation: Permutation
  /** Another shape of the same hash. */
  readonly next: Shape | undefined
}

// Of a mask and a key.
const MOST_BYTES = 16 * 2 ** 20

/** The permutations of a key by shape. All are forgotten when they are too many. */
class Shapes {
  readonly #groups: readonly Group[]
  readonly #shapes = new Map<number, Shape>()
  #bytes = 0

  constructor(groups: readonly Group[]) {
    this.#groups = groups
  }

  permutation({ kinds, length, hash }: Cut, context: MaskContext, namespace: string): Permutation {
    const first = this.#shapes.get(hash)
    for (let shape = first; shape !== undefined; shape = shape.next) if (isSame(shape.kinds, kinds, length)) return shape.permutation
    const own = kinds.slice(0, length)
    const groups = own.map((kind) => this.#groups[kind]!)
    const seed = context.seedOf('imitate_unique', '', namespace, [groups.map(({ name }) => name).join(',')])
    const made = permutation(
      seed,
      groups.map(({ points }) => points.length),
    )
    this.#bytes += made.bytes + 8 * length
    if (this.#bytes > MOST_BYTES) {
      this.#shapes.clear()
      this.#bytes = 0
    } else this.#shapes.set(hash, { kinds: own, permutation: made, next: first })
    return made
  }
}

function isSame(known: readonly number[], kinds: readonly number[], length: number): boolean {
  if (known.length !== length) return false
  for (let n = 0; n < length; n++) if (known[n] !== kinds[n]) return false
  return true
}
