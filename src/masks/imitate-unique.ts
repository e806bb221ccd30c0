import { MaskError } from '../errors.ts'
import { permutation } from '../engine/permutation.ts'
import type { Permutation } from '../engine/permutation.ts'
import type { MaskContext, MaskDefinition } from '../engine/types.ts'
import { parseCharset } from './charset.ts'
import { digitsMasker, option, seedOption } from './input.ts'

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
    const permutations = new PermutationCache()
    return digitsMasker('imitate_unique', (text, context) => {
      const cut = cutText(text, groups, retained)
      if (cut.positions.length === 0) return text
      if (cut.positions.length > MOST_POSITIONS) throw new MaskError('out_of_range', 'imitate_unique', 'received more than 4,096 characters to permute')
      permutations.of(context, 'imitate_unique', namespace, cut.groups).permute(cut.positions)
      let next = 0
      let out = ''
      for (const literal of cut.literals) {
        if (literal !== undefined) out += literal
        else {
          const group = cut.groups[next]!
          out += group.characters[cut.positions[next++]!]!
        }
      }
      return out
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
  readonly characters: readonly string[]
  readonly index: ReadonlyMap<number, number>
}

interface Groups {
  /** By code point; the first group that has a character wins. */
  readonly of: (point: number) => Group | undefined
  /** The group `0-9`, when it is one of its own. */
  readonly digits: Group | undefined
}

function group(name: string, points: readonly number[]): Group {
  return { name, characters: points.map((point) => String.fromCodePoint(point)), index: new Map(points.map((point, i) => [point, i])) }
}

const FIRST_DIGIT = group('1-9', [0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39])

function groupsOf(names: readonly string[]): Groups {
  const all = names.map((name) => group(name, parseCharset(name) ?? []))
  const ascii: (Group | undefined)[] = []
  for (let point = 0; point < 128; point++) ascii.push(all.find((one) => one.index.has(point)))
  return {
    of: (point) => (point < 128 ? ascii[point] : all.find((one) => one.index.has(point))),
    digits: all.find((one) => one.characters.join('') === '0123456789'),
  }
}

interface Cut {
  /** Index in its group of each position. */
  readonly positions: number[]
  readonly groups: Group[]
  /** Literal text, or undefined for the next position. */
  readonly literals: (string | undefined)[]
}

/** Cuts a value into positions and literals. */
function cutText(text: string, groups: Groups, retained: number): Cut {
  const cut: Cut = { positions: [], groups: [], literals: [] }
  if (retained === 0 && groups.digits !== undefined && cutInteger(text, groups.digits, cut)) return cut
  let seen = 0
  for (const character of text) {
    const point = character.codePointAt(0)!
    const of = seen++ < retained ? undefined : groups.of(point)
    put(cut, of, point, character)
  }
  return cut
}

function put(cut: Cut, of: Group | undefined, point: number, character: string): void {
  if (of === undefined) cut.literals.push(character)
  else {
    cut.positions.push(of.index.get(point)!)
    cut.groups.push(of)
    cut.literals.push(undefined)
  }
}

/** A value of digits only is the integer it spells: its length and its leading zeros stay. */
function cutInteger(text: string, digits: Group, cut: Cut): boolean {
  const start = text.charCodeAt(0) === 0x2d ? 1 : 0
  if (text.length === start) return false
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x30 || code > 0x39) return false
  }
  let first = start
  while (first < text.length - 1 && text.charCodeAt(first) === 0x30) first++
  if (first > 0) cut.literals.push(text.slice(0, first))
  for (let i = first; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const character = text[i]!
    if (i > first) put(cut, digits, code, character)
    else if (i < text.length - 1) put(cut, FIRST_DIGIT, code, character)
    else if (start === 0) put(cut, digits, code, character)
    // After a minus sign a lone 0 stays 0, so that nothing else can become it.
    else put(cut, code === 0x30 ? undefined : FIRST_DIGIT, code, character)
  }
  return true
}

/** Permutations by key, the oldest forgotten first. Tables cost up to 128 KB each, so few are kept. */
class PermutationCache {
  readonly #kept = new Map<string, Permutation>()

  of(context: MaskContext, family: string, namespace: string, groups: readonly Group[]): Permutation {
    const shape = groups.map((one) => one.name).join(',')
    const seed = context.seedOf(family, '', namespace, [shape])
    // The seed is in the key: one plan serves several run keys.
    const id = String.fromCharCode(...seed) + shape
    let kept = this.#kept.get(id)
    if (kept === undefined) {
      kept = permutation(
        seed,
        groups.map((one) => one.characters.length),
      )
      if (this.#kept.size >= 128) this.#kept.delete(this.#kept.keys().next().value!)
      this.#kept.set(id, kept)
    }
    return kept
  }
}
