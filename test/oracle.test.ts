// Every mask with a random result against its second implementation, on generated values, options and hash inputs.
//
// MASK_LOGS_FUZZ_MASKS sets the number of cases for each mask (default 300), MASK_LOGS_FUZZ_SEED their seed (a number).

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MaskError } from '../src/errors.ts'
import { masks } from '../src/masks/index.ts'
import { cases } from './oracle/cases.ts'
import { oracleKey, oracleSeed, oracleStream } from './oracle/keyed-oracle.ts'
import { oracleMask, oracles } from './oracle/masks-oracle.ts'
import { VECTOR_SECRET, runMask } from './support/mask-harness.ts'

const runs = Number(process.env['MASK_LOGS_FUZZ_MASKS'] ?? 300)
const fuzzSeed = process.env['MASK_LOGS_FUZZ_SEED']
const key = oracleKey(VECTOR_SECRET)
/** Moments of masking: also those at which people born on a leap day have no birthday. */
const moments = ['2026-11-24T12:00:00.250Z', '2023-02-28T23:59:59Z', '2023-03-01', '2024-02-28', '2024-02-29T00:00:00.001Z', '2000-01-01'].map((text) => Date.parse(text))
const now = moments[0]!
const random = masks.filter((mask) => mask.random !== undefined).map((mask) => mask.type)

const context = fc.record({
  seed: fc.constantFrom(undefined, undefined, '', 's', 'Kunde é'),
  inputs: fc.option(fc.array(fc.option(fc.string({ unit: 'grapheme', maxLength: 20 }), { freq: 5 }), { minLength: 1, maxLength: 3 }), { nil: undefined }),
  advance: fc.constantFrom(0, 0, 1, 300),
  now: fc.constantFrom(...moments),
})

/** One character put in, taken out or replaced: what is nearly a value of its kind. */
const slip = fc.record({ at: fc.nat(30), how: fc.constantFrom('none', 'none', 'none', 'none', 'in', 'out', 'for'), c: fc.constantFrom(...'0123456789-/. :,TZAaz+@x[]') })

function slipped(json: string, { at, how, c }: { at: number; how: string; c: string }): string {
  if (how === 'none' || !json.startsWith('"')) return json
  const text = JSON.parse(json) as string
  const from = at % (text.length + 1)
  return JSON.stringify(text.slice(0, from) + (how === 'out' ? '' : c) + text.slice(how === 'in' ? from : from + 1))
}

/** The result of the mask as JSON text, or `error <code>`. */
function own(mask: Readonly<Record<string, unknown>>, json: string, inputs: readonly (string | null)[] | undefined, advance: number, now: number): string {
  try {
    return runMask(mask, json, { inputs: inputs?.map((input) => input?.normalize() ?? null), advance, now })
  } catch (error) {
    if (error instanceof MaskError) return `error ${error.code}`
    throw error
  }
}

describe('the second implementation', () => {
  it('has every mask with a random result, and values for it', () => {
    expect(random.filter((type) => !Object.hasOwn(oracles, type) || !Object.hasOwn(cases, type))).toEqual([])
  })

  for (const type of random.filter((one) => Object.hasOwn(cases, one))) {
    it(`agrees on ${type}`, () => {
      let masked = 0
      fc.assert(
        fc.property(cases[type]!, context, slip, ({ mask: options, json: exact }, { seed, inputs, advance, now }, change) => {
          // Under a format of the user's, what is nearly a date may be read in more ways than one.
          const json = options['date_parse_format'] === undefined ? slipped(exact, change) : exact
          const mask = { type, ...options, ...(seed === undefined ? {} : { seed }) }
          const expected = oracleMask({ mask, json, inputs, advance, now, key })
          if (!expected.startsWith('error') && expected !== json) masked++
          expect(own(mask, json, inputs, advance, now)).toBe(expected)
        }),
        { numRuns: runs, ...(fuzzSeed === undefined ? {} : { seed: Number(fuzzSeed) }) },
      )
      // The property says something only where values are masked, not refused: a third of them at the least, give or take what chance does.
      expect(masked).toBeGreaterThan(runs * 0.2 - 10)
    })
  }

  it('agrees on imitate_unique where halves grow out of one digit, and out of one block', () => {
    for (const length of [5, 6, 7, 13, 15, 16, 17, 18, 24, 26, 27, 28, 29, 60, 112, 113, 114, 115, 116, 400, 4000]) {
      const of = { mask: { type: 'imitate_unique' }, json: JSON.stringify(`${'8'.repeat(length)}aZ`), now, key }
      expect(runMask(of.mask, of.json)).toBe(oracleMask(of))
    }
  })

  it('takes the published row of a file of 2,000', () => {
    expect(oracleStream(oracleSeed(key, 'from_file', 'DataMasque_firstNames_mixed.csv', '', 0, ['12345'])).uniform(2000)).toBe(214)
  })
})
