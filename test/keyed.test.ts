import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError, MaskError } from '../src/errors.ts'
import { canonical, deriveKey, drawsFrom, hkdf, hmac, keyId, randomKey, randomSeed, seed, sha256Hex, zero } from '../src/engine/keyed.ts'
import { permutation } from '../src/engine/permutation.ts'
import { sha256 } from '../src/engine/sha256.ts'
import { issuerOf } from '../src/engine/issuers.ts'
import { NumberText } from '../src/engine/types.ts'
import * as oracle from './oracle/keyed-oracle.ts'
import { VECTOR_SECRET, runMask, vectorKey } from './support/mask-harness.ts'
import { readValue } from './support/values.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const oracleKey = oracle.oracleKey(VECTOR_SECRET)
const inputs = fc.array(fc.option(fc.string({ unit: 'grapheme', maxLength: 90 }), { nil: null, freq: 5 }), { minLength: 1, maxLength: 3 })

describe('hashes', () => {
  it('agree with node:crypto at every length around the block borders', () => {
    for (let length = 0; length < 200; length++) {
      const data = randomBytes(length)
      const key = randomBytes((length * 7) % 130)
      expect(hex(hmac(key, data))).toBe(createHmac('sha256', key).update(data).digest('hex'))
      expect(hex(sha256(data))).toBe(createHash('sha256').update(data).digest('hex'))
    }
    expect(sha256Hex('abc')).toBe(hex(sha256(Buffer.from('abc'))))
  })

  it('make the keys that node:crypto derives', () => {
    for (let length = 0; length < 200; length++) {
      const secret = randomBytes(length)
      const salt = randomBytes((length * 7) % 130)
      expect(hex(hkdf(secret, salt, 'mask-logs/v1'))).toBe(Buffer.from(hkdfSync('sha256', secret, salt, 'mask-logs/v1', 32)).toString('hex'))
    }
  })
})

describe('run secrets', () => {
  it('are 20 to 256 Unicode characters', () => {
    for (const [secret, words] of [
      ['x'.repeat(19), 'at least 20'],
      ['🙂'.repeat(19), 'at least 20'],
      ['x'.repeat(257), 'at most 256'],
    ] as const) {
      expect(() => deriveKey(secret)).toThrow(`Run secret length must be ${words} characters.`)
      expect(() => deriveKey(Buffer.from(secret))).toThrow(InputError)
    }
    expect(keyId(deriveKey('🙂'.repeat(256)))).toBe(keyId(deriveKey(Buffer.from('🙂'.repeat(256)))))
  })

  it('mix in the instance secret whenever it is set', () => {
    expect(keyId(deriveKey(VECTOR_SECRET, ''))).toBe(keyId(vectorKey))
    expect(keyId(deriveKey(VECTOR_SECRET, 'site-a'))).not.toBe(keyId(vectorKey))
    expect(hex(hkdf(Buffer.from(VECTOR_SECRET), Buffer.from('site-a'), 'mask-logs/v1'))).toBe(hex(oracle.oracleKey(VECTOR_SECRET, 'site-a')))
  })

  it('never show: keys have nothing to inspect, and closed keys fail instead of hashing under zeros', () => {
    const key = deriveKey(VECTOR_SECRET)
    expect(inspect(key, { depth: 9, showHidden: true })).not.toMatch(/82135f|Int32Array|130/)
    expect(JSON.stringify(key)).toBe('{}')
    zero(key)
    expect(() => seed(key, { family: 'imitate', qualifier: '', namespace: '', advance: 0 }, ['a'])).toThrow(MaskError)
  })

  it('absent give keys and seeds of their own', () => {
    expect(keyId(randomKey())).not.toBe(keyId(randomKey()))
    const seeds = new Set(Array.from({ length: 300 }, () => hex(randomSeed())))
    expect(seeds.size).toBe(300)
  })
})

describe('canonical form', () => {
  it.each([
    ['1', '1'],
    ['"1"', '1'],
    ['"01"', '01'],
    ['4823.50', '4823.5'],
    ['1e3', '1000'],
    ['-0', '0'],
    ['-0.0', '0'],
    ['1.0', '1'],
    ['9007199254740993', '9007199254740993'],
    ['1e21', '1000000000000000000000'],
    ['1.5e-7', '0.00000015'],
    ['-2.5E-10', '-0.00000000025'],
    ['1e400', '1e400'],
    ['true', 'true'],
    ['false', 'false'],
    ['null', null],
    ['"e\u0301"', 'é'],
    ['""', ''],
    ['{"b":[1.0,"x"],"a":{"d":null,"c":true}}', '{"a":{"c":true,"d":null},"b":[1,"x"]}'],
    ['[]', '[]'],
  ])('of %s is %s', (json, text) => {
    expect(canonical(readValue(json)!)).toBe(text)
  })

  it('of a number is a plain decimal of the same double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const text = canonical(new NumberText(JSON.stringify(number)))!
        expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/)
        expect(Number(text)).toBe(number === 0 ? 0 : number)
      }),
    )
  })
})

describe('the second implementation agrees on', () => {
  it('seeds', () => {
    fc.assert(
      fc.property(inputs, fc.string({ unit: 'grapheme' }), fc.nat(), (list, namespace, advance) => {
        const own = seed(
          vectorKey,
          { family: 'imitate', qualifier: 'f.csv', namespace, advance },
          list.map((one) => canonical(one)),
        )
        expect(hex(own)).toBe(hex(oracle.oracleSeed(oracleKey, 'imitate', 'f.csv', namespace, advance, list)))
      }),
    )
    // Longer than the scratch array.
    const long = 'é'.repeat(5000)
    expect(hex(seed(vectorKey, { family: 'x', qualifier: '', namespace: '', advance: 0 }, [long]))).toBe(hex(oracle.oracleSeed(oracleKey, 'x', '', '', 0, [long])))
  })

  it('draws', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.array(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 53 - 1 }), fc.constantFrom(2 ** 53, 256, 257, 65_536, 2 ** 32, 2 ** 32 + 1)), {
          maxLength: 60,
        }),
        (bytes, sizes) => {
          const own = drawsFrom(bytes)
          const other = oracle.oracleStream(bytes)
          for (const size of sizes) expect(own.uniform(size)).toBe(other.uniform(size))
        },
      ),
    )
  })

  const words = fc.oneof(fc.string({ unit: fc.constantFrom(...'AZaz0019- é🙂'), maxLength: 40 }), fc.stringMatching(/^-?[0-9]{1,12}$/))

  it('imitate', () => {
    fc.assert(
      fc.property(words, inputs, fc.boolean(), (text, list, force) => {
        expect(runMask({ type: 'imitate', force_change: force }, JSON.stringify(text), { inputs: list.map((one) => canonical(one)) })).toBe(
          JSON.stringify(oracle.oracleImitate(oracleKey, text, list, force)),
        )
      }),
    )
  })

  it('imitate_unique', () => {
    fc.assert(
      fc.property(words, fc.constantFrom('', 'customer'), (text, namespace) => {
        expect(runMask({ type: 'imitate_unique', seed: namespace }, JSON.stringify(text))).toBe(JSON.stringify(oracle.oracleImitateUnique(oracleKey, text, namespace)))
      }),
      { numRuns: 60 },
    )
    // Halves at and beyond what the number path takes.
    for (const length of [5, 6, 7, 13, 24, 26, 27, 28, 29, 60, 400]) {
      const text = '8'.repeat(length) + 'aZ'
      expect(runMask({ type: 'imitate_unique' }, JSON.stringify(text))).toBe(JSON.stringify(oracle.oracleImitateUnique(oracleKey, text)))
    }
  })

  it('pseudonym', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.array(fc.string(), { minLength: 1, maxLength: 2 }), fc.integer({ min: 8, max: 52 }), (text, sources, length) => {
        expect(runMask({ type: 'pseudonym', length }, JSON.stringify(text), { inputs: sources.map((one) => canonical(one)) })).toBe(
          `"${oracle.oraclePseudonym(oracleKey, [...sources, text], length)}"`,
        )
      }),
    )
  })

  it('ip prefix', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 })), (bytes) => {
        const write = (of: Uint8Array): string => (of.length === 4 ? of.join('.') : hex(of).match(/..../g)!.join(':'))
        const own = runMask({ type: 'ip', mode: 'prefix', keep_special: false }, `"${write(bytes)}"`)
        const other = oracle.oracleIpPrefix(oracleKey, bytes, [])
        // The oracle's address goes through `truncate` at full width to be spelled the same way.
        expect(own).toBe(runMask({ type: 'ip', v4_bits: 32, v6_bits: 128 }, `"${write(other)}"`))
      }),
      { numRuns: 40 },
    )
  })

  it('from_file rows', () => {
    const file = 'DataMasque_firstNames_mixed.csv'
    const names = ['Aroha', 'Bruno', 'Chloé', 'Dmitri', 'Emilia', 'Farid', 'Greta', 'Hemi', 'Ines', 'Jonas']
    fc.assert(
      fc.property(inputs, (list) => {
        expect(runMask({ type: 'from_file', seed_file: file }, 'null', { inputs: list.map((one) => canonical(one)) })).toBe(
          JSON.stringify(names[oracle.oracleRow(oracleKey, file, list, 10)]),
        )
      }),
    )
    expect(oracle.oracleRow(oracleKey, file, ['12345'], 2000)).toBe(214)
  })

  it('credit_card', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[1-6][0-9]{11,18}$/), (digits) => {
        const kept = digits.slice(0, issuerOf(digits)?.prefixLength ?? 1)
        expect(runMask({ type: 'credit_card', retain_prefix_length: 'automatic' }, `"${digits}"`)).toBe(`"${oracle.oracleCreditCard(oracleKey, digits, kept, [digits])}"`)
      }),
    )
  })

  it('iban', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/), (text) => {
        expect(runMask({ type: 'iban' }, `"${text}"`)).toBe(`"${oracle.oracleIban(oracleKey, text, [text])}"`)
      }),
    )
  })
})

describe('permutations', () => {
  it('are one-to-one on small tables and small Feistel networks', () => {
    for (const radices of [[1], [2], [7, 3], [26, 10], [9, 10, 10], [300, 300]]) {
      const size = radices.reduce((all, radix) => all * radix, 1)
      const own = permutation(randomSeed(), radices)
      const seen = new Uint8Array(size)
      for (let number = 0; number < size; number++) {
        const positions: number[] = []
        for (let i = radices.length - 1, rest = number; i >= 0; i--) {
          positions.unshift(rest % radices[i]!)
          rest = Math.floor(rest / radices[i]!)
        }
        own.permute(positions)
        const result = positions.reduce((all, position, i) => all * radices[i]! + position, 0)
        expect(positions.every((position, i) => position >= 0 && position < radices[i]!)).toBe(true)
        seen[result]!++
      }
      expect(seen.every((count) => count === 1)).toBe(true)
    }
  }, 20_000)
})
