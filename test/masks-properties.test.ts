// What must hold for masks whatever the value: different values stay different under the unique ones, draws follow their
// distribution, `force_change` changes, and nothing makes a mask throw anything but a MaskError.
//
// MASK_LOGS_FUZZ_VALUES sets the number of values thrown at the masks (default 100000), MASK_LOGS_FUZZ_SEED their seed.

import { describe, expect, it } from 'vitest'
import { maskRows, typesOf } from '../bench/mask-rows.ts'
import { createRandom } from '../bench/random.ts'
import { createMaskContext } from '../src/engine/context.ts'
import { deriveKey } from '../src/engine/keyed.ts'
import { NumberText, REMOVED } from '../src/engine/types.ts'
import type { MaskContext, Value } from '../src/engine/types.ts'
import { MaskError } from '../src/errors.ts'
import { createMasker } from '../src/index.ts'
import { masks } from '../src/masks/index.ts'
import { VECTOR_SECRET, compileMasks, contextFor, fixtureSeeds, vectorKey } from './support/mask-harness.ts'
import { variantsOf } from './support/mask-variants.ts'
import type { RawMask } from './support/mask-variants.ts'
import { anyValue, flaw } from './support/random-values.ts'
import { writeValue } from './support/values.ts'

const MANY = 100_000
const values = Number(process.env['MASK_LOGS_FUZZ_VALUES'] ?? MANY)
const seed = process.env['MASK_LOGS_FUZZ_SEED'] ?? 'masks'

type Scalar = string | NumberText

const textOf = (value: Scalar): string => (value instanceof NumberText ? value.text : value)
const list = <T>(length: number, make: (i: number) => T): T[] => Array.from({ length }, (_, i) => make(i))

/** Results of a mask on values, as text. */
function results(mask: RawMask, of: readonly Scalar[]): string[] {
  const masker = compileMasks([mask])
  return of.map((value) => textOf(masker(value, contextFor(value)) as Scalar))
}

// -------------------------------------------------------------------------------------------------- one-to-one

const nine = (i: number): string => String((i * 7919) % 1e9).padStart(9, '0')
const hex = (i: number, width: number): string => ((i * 40_503) % 16 ** width).toString(16).padStart(width, '0')

/** Valid IRD numbers of 8 digits, every ninth of 9. */
function irdNumbers(length: number): string[] {
  const found: string[] = []
  for (let short = 1_000_000, long = 10_000_000; found.length < length; ) {
    const body = String(found.length % 9 === 8 ? (long += 37) : (short += 11))
    const sum = [...body.padStart(8, '0')].reduce((all, digit, at) => all + Number(digit) * [3, 2, 7, 6, 5, 4, 3, 2][at]!, 0)
    // Where the first weights give no digit, the number is passed over.
    if (sum % 11 !== 1) found.push(body + ((11 - (sum % 11)) % 11))
  }
  return found
}

describe('different values stay different', () => {
  it.each<[string, RawMask, () => Scalar[]]>([
    ['imitate_unique: letters and digits', { type: 'imitate_unique' }, () => list(MANY, (i) => `cust-${nine(i)}`)],
    ['imitate_unique: integers of every length', { type: 'imitate_unique' }, () => list(MANY, (i) => new NumberText(String(i)))],
    ['imitate_unique: leading zeros and signs', { type: 'imitate_unique' }, () => list(MANY, (i) => `${i % 2 === 0 ? '-' : ''}${'0'.repeat(i % 7)}${10 + Math.floor(i / 14)}`)],
    ['imitate_unique: charsets', { type: 'imitate_unique', charsets: ['а-я', '0-9A-F'], seed: 's' }, () => list(MANY, (i) => `вода-${hex(i, 6).toUpperCase()}`)],
    ['imitate_unique: long values', { type: 'imitate_unique' }, () => list(MANY / 10, (i) => `${hex(i, 7)}-${'AbC1'.repeat(8)}-${'7'.repeat(i % 3)}`)],
    ['imitate_uuid: versions and variants', { type: 'imitate_uuid' }, () => list(MANY, (i) => `f47ac10b-58cc-${'14579'[i % 5]}372-${'a69c'[i % 4]}567-0e02${hex(i, 8)}`)],
    ['imitate_nz_ird', { type: 'imitate_nz_ird' }, () => irdNumbers(MANY)],
    ['ip prefix: IPv4', { type: 'ip', mode: 'prefix', keep_special: false }, () => list(MANY, (i) => `${i % 7}.${(i >> 14) & 255}.${(i >> 6) & 255}.${(i & 63) * 4}`)],
    ['ip prefix: IPv6', { type: 'ip', mode: 'prefix', keep_special: false }, () => list(MANY / 10, (i) => `2001:db8:${(i % 16).toString(16)}::${(i >> 4).toString(16)}`)],
  ])('%s', (_, mask, make) => {
    const all = make()
    expect(new Set(all.map(textOf)).size).toBe(all.length)
    expect(new Set(results(mask, all)).size).toBe(all.length)
  })

  const digit = '0123456789'
  const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
  const hexDigit = '0123456789ABCDEF'
  const cyrillic = 'абвгдежзийклмнопрстуфхцчшщъыьэюя'
  it.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
    ['0..9', {}, [digit]],
    ['00..99', {}, [digit, digit]],
    ['000..999', {}, [digit, digit, digit]],
    ['00000..99999', { seed: 's' }, [digit, digit, digit, digit, digit]],
    ['-0..-9', {}, ['-', digit]],
    ['-00..-99', {}, ['-', digit, digit]],
    ['AA..ZZ', {}, [upper, upper]],
    ['A0..Z9', {}, [upper, digit]],
    ['#a-0A..#z-9Z', {}, ['#', upper.toLowerCase(), '-', digit, upper]],
    ['00..FF', { charsets: ['0-9A-F'] }, [hexDigit, hexDigit]],
    ['Cyrillic letters around a literal', { charsets: ['а-я'] }, [cyrillic, '7', cyrillic]],
    ['digits behind a prefix', { retain_prefix_length: 2 }, ['A', '12', digit, digit]],
  ])('imitate_unique maps the whole of %s onto itself', (_, options, positions) => {
    let domain = ['']
    for (const set of positions) domain = domain.flatMap((start) => [...set].map((c) => start + c))
    expect(results({ type: 'imitate_unique', ...options }, domain).sort()).toEqual([...domain].sort())
  })

  it('ip prefix maps the hosts of a network onto those of another', () => {
    const image = results(
      { type: 'ip', mode: 'prefix', keep_special: false },
      list(65_536, (i) => `10.9.${i >> 8}.${i & 255}`),
    )
    const hosts = image.map((address) => Number(address.split('.')[2]) * 256 + Number(address.split('.')[3]))
    expect(hosts.sort((a, b) => a - b)).toEqual(list(65_536, (i) => i))
    expect(new Set(image.map((address) => address.split('.').slice(0, 2).join())).size).toBe(1)
  })
})

describe('one mask under several run keys', () => {
  const keys = [vectorKey, deriveKey('another run secret of 32 letters'), deriveKey(VECTOR_SECRET, 'site-a')]
  it.each<[RawMask, string]>([
    [{ type: 'imitate_unique' }, 'cust-000123'],
    [{ type: 'imitate_unique' }, '4711'],
    [{ type: 'imitate_uuid' }, 'f47ac10b-58cc-4372-a567-0e02b2c3d479'],
    [{ type: 'imitate_nz_ird' }, '49091850'],
    [{ type: 'ip', mode: 'prefix' }, '203.0.113.7'],
    [{ type: 'ip', mode: 'prefix' }, '2001:db8::1'],
  ])('keeps what it makes of them apart: %o', (mask, value) => {
    const of = (masker: ReturnType<typeof compileMasks>, key: (typeof keys)[number]): string => masker(value, contextFor(value, { key })) as string
    const expected = keys.map((key) => of(compileMasks([mask]), key))
    expect(new Set([value, ...expected]).size).toBe(keys.length + 1)
    const shared = compileMasks([mask])
    for (const i of [0, 1, 0, 2, 1, 1, 0, 2]) expect(of(shared, keys[i]!)).toBe(expected[i])
  })
})

// -------------------------------------------------------------------------------------------------- distributions

/** Value that chi-square with so many degrees of freedom passes (`z` 3.72) or stays below (`z` -3.72) once in 10,000 (Wilson and Hilferty). */
function quantile(freedom: number, z: number): number {
  const part = 2 / (9 * freedom)
  return freedom * (1 - part + z * Math.sqrt(part)) ** 3
}

/** Draws of a mask under fixed inputs against what is expected of each result. */
function judge(mask: RawMask, draws: number, expected: ReadonlyMap<string, number>, value = ''): void {
  const masker = compileMasks([mask])
  const seen = new Map<string, number>()
  for (let i = 0; i < draws; i++) {
    const result = writeValue(masker(value, contextFor(value, { inputs: [`id-${i}`] })) as Value)
    seen.set(result, (seen.get(result) ?? 0) + 1)
  }
  expect([...seen.keys()].filter((result) => !expected.has(result))).toEqual([])
  let chi = 0
  for (const [result, share] of expected) {
    // The approximation needs some of each.
    expect(share * draws).toBeGreaterThan(5)
    chi += ((seen.get(result) ?? 0) - share * draws) ** 2 / (share * draws)
  }
  expect(chi).toBeLessThan(quantile(expected.size - 1, 3.72))
  // Draws that come out too even are not random either.
  expect(chi).toBeGreaterThan(quantile(expected.size - 1, -3.72))
}

const even = (of: readonly string[]): Map<string, number> => new Map(of.map((one) => [one, 1 / of.length]))
const quoted = (of: readonly (string | number)[]): string[] => of.map((one) => JSON.stringify(String(one)))

describe('draws follow their distribution', () => {
  it('from_choices, by weight', () => {
    const weights = new Map([
      ['"gold"', 1],
      ['"silver"', 3],
      ['7', 0.5],
      ['null', 2.75],
      ['true', 0.000_5 * 1000],
    ])
    const total = [...weights.values()].reduce((all, weight) => all + weight)
    const choices = [...weights].map(([json, weight]) => ({ value: JSON.parse(json) as unknown, weight }))
    judge({ type: 'from_choices', choices }, 20_000, new Map([...weights].map(([json, weight]) => [json, weight / total])))
  })

  it('from_random_number', () => {
    judge({ type: 'from_random_number', min: -50, max: 49 }, 20_000, even(quoted(list(100, (i) => i - 50))))
    judge({ type: 'from_random_number', min: 0.05, max: 0.95, decimal_places: 1 }, 5000, even(quoted(['0.1', '0.2', '0.3', '0.4', '0.5', '0.6', '0.7', '0.8', '0.9'])))
  })

  it('from_random_number with a mode: a triangle', () => {
    const [min, max, mode] = [0, 40, 10]
    const below = (x: number): number =>
      x <= min ? 0 : x >= max ? 1 : x <= mode ? (x - min) ** 2 / ((max - min) * (mode - min)) : 1 - (max - x) ** 2 / ((max - min) * (max - mode))
    judge({ type: 'from_random_number', min, max, mode }, 40_000, new Map(list(41, (i) => [`"${i}"`, below(i + 0.5) - below(i - 0.5)])))
  })

  it('from_file', () => {
    const names = quoted(['Aroha', 'Bruno', 'Chloé', 'Dmitri', 'Emilia', 'Farid', 'Greta', 'Hemi', 'Ines', 'Jonas'])
    judge({ type: 'from_file', seed_file: 'DataMasque_firstNames_mixed.csv' }, 10_000, even(names))
  })

  it('from_random_date', () => {
    const days = list(366, (i) => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10))
    judge({ type: 'from_random_date', min: '2024-01-01', max: '2025-01-01' }, 20_000, even(quoted(days)))
  })

  it('date_shift: every distance but none', () => {
    const days = [...list(30, (i) => i - 31), ...list(30, (i) => i + 2)].map((by) => new Date(Date.UTC(2024, 5, 15 + by)).toISOString().slice(0, 10))
    judge({ type: 'date_shift', min_days: 2, max_days: 31 }, 10_000, even(quoted(days)), '2024-06-15')
  })

  it('imitate, with and without force_change', () => {
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
    judge({ type: 'imitate' }, 10_000, even(quoted(letters)), 'K')
    judge({ type: 'imitate', force_change: true }, 10_000, even(quoted(letters.filter((letter) => letter !== 'K'))), 'K')
  })

  it('ip random: every host of the three documentation networks', () => {
    const hosts = ['192.0.2', '198.51.100', '203.0.113'].flatMap((network) => list(254, (i) => `${network}.${i + 1}`))
    judge({ type: 'ip', mode: 'random' }, 20_000, even(quoted(hosts)), '10.1.2.3')
  })
})

// -------------------------------------------------------------------------------------------------- force_change

describe('force_change', () => {
  it('of imitate leaves no character that it replaces as it was', () => {
    const random = createRandom(seed)
    for (const options of [{}, { uppercase: false }, { lowercase: false, seed: 's' }, { digits: false }]) {
      const masker = compileMasks([{ type: 'imitate', force_change: true, ...options }])
      const kept = [/[^A-Za-z0-9]/, ...Object.keys(options).map((name) => ({ uppercase: /[A-Z]/, lowercase: /[a-z]/, digits: /[0-9]/ })[name])]
      for (let i = 0; i < 5000; i++) {
        const text = random.chance(0.3) ? `${random.pick(['', '-'])}${random.text('0123456789', 1 + random.below(8))}` : random.text('ABYZabyz0189-_é', 1 + random.below(20))
        const result = masker(text, contextFor(text)) as string
        const wrong = [...text].findIndex((c, at) => (result[at] === c) !== kept.some((one) => one?.test(c)))
        if (wrong >= 0 || result.length !== text.length) expect.fail(`${JSON.stringify(options)} on ${text}: ${result}`)
      }
    }
  })

  it('of numeric_bucket never gives the number back', () => {
    const random = createRandom(seed)
    for (const decimal_places of [0, 1, 2]) {
      const masker = compileMasks([{ type: 'numeric_bucket', buckets: [-3, 0, 2, 7], override_min: -5.5, override_max: 12, force_change: true, decimal_places }])
      for (let i = 0; i < 5000; i++) {
        const text = (random.below(17_500) / 1000 - 5.5).toFixed(random.below(4))
        const value = random.chance(0.5) ? text : new NumberText(text)
        expect(Number(textOf(masker(value, contextFor(value, { inputs: [String(i % 9)] })) as Scalar))).not.toBe(Number(text))
      }
    }
  })
})

// -------------------------------------------------------------------------------------------------- anything

/** Contexts of every kind: the value itself, other inputs, none, an advance. */
function contexts(value: Value, i: number): MaskContext {
  const sources = [[{ self: true as const }], [{ value: 'x' }, { self: true as const, trim: true, case: 'lower' as const }], [{ value: null }], []][i % 4]!
  return createMaskContext({ key: vectorKey, sources, self: value, advance: i % 3, now: Date.UTC(2026, 10, 24, 12, 0, 0, i % 1000) })
}

describe('any value', () => {
  const all = masks.map((mask) => ({ mask, variants: variantsOf(mask) }))

  it('has masks to go to, all of the registry', () => {
    expect(all.filter(({ variants }) => variants.length === 0).map(({ mask }) => mask.type)).toEqual([])
  })

  it('is measured: every mask has a row in the benchmark', () => {
    const rows = new Set(maskRows.flatMap(({ mask }) => typesOf(mask)))
    expect(masks.filter(({ type }) => !rows.has(type)).map(({ type }) => type)).toEqual([])
  })

  it('makes a mask give a value or throw a MaskError without data', () => {
    const random = createRandom(seed)
    const pool = list(2000, () => anyValue(random))
    const variants = all.flatMap((one) => one.variants)
    const each = Math.ceil(values / variants.length)
    let n = 0
    for (const variant of variants) {
      const masker = compileMasks([variant])
      for (let i = 0; i < each; i++, n++) {
        const value = pool[(n * 7) % pool.length]!
        const problem = attempt(() => masker(value, contexts(value, i)), value)
        if (problem !== undefined) throw new Error(`${JSON.stringify(variant)} on ${writeValue(value).slice(0, 300)}: ${problem}`)
      }
    }
    expect(n).toBeGreaterThanOrEqual(values)
  })

  it('in a record makes the engine give JSON or throw the same kind of error', () => {
    const random = createRandom(`${seed} in records`)
    const pool = list(400, () => anyValue(random)).map((value) => `{"id":7,"v":${writeValue(value)}}`)
    const variants = all.flatMap((one) => one.variants)
    const each = Math.ceil(values / 5 / variants.length)
    let n = 0
    for (const variant of variants) {
      const hash_sources = [undefined, [{ source: 'self' }, { json_path: ['id'] }], null][n % 3]
      // one that reads a document has to be in a transform of it
      const mask = variant.type === 'from_json_path' ? { type: 'json', transforms: [{ path: ['a'], on_missing: 'skip', masks: [variant] }] } : variant
      const rules = [{ paths: ['v'], masks: [mask], ...(hash_sources === undefined ? {} : { hash_sources }) }]
      const masker = createMasker({ version: '1.0', policy: { on_mask_error: 'fail', max_depth: 1000 }, rules }, { runSecret: VECTOR_SECRET, seedDirs: [fixtureSeeds] })
      for (let i = 0; i < each; i++, n++) {
        const record = pool[(n * 7) % pool.length]!
        try {
          JSON.parse(masker.json(record))
        } catch (error) {
          // An error that is none of the mask's own comes out as `internal`.
          if (!(error instanceof MaskError) || error.code === 'internal') throw new Error(`${JSON.stringify(variant)} on ${record.slice(0, 300)}: ${String(error)}`)
        }
      }
    }
    expect(n).toBeGreaterThanOrEqual(values / 5)
  })
})

/** What is wrong with what a mask does; undefined: nothing. */
function attempt(run: () => unknown, value: Value): string | undefined {
  let result: unknown
  try {
    result = run()
  } catch (error) {
    if (!(error instanceof MaskError)) return `threw ${error instanceof Error ? error.stack : typeof error}`
    if (error.cause !== undefined) return 'an error with a cause'
    const text = typeof value === 'string' ? value : value instanceof NumberText ? value.text : ''
    return text.length > 5 && `${error.message} ${error.mask} ${error.code}`.includes(text) ? 'an error with data' : undefined
  }
  return result === REMOVED ? undefined : flaw(result)
}
