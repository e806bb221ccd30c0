import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError, MaskError } from '../src/errors.ts'
import { canonical, deriveKey, drawsFrom, hkdf, hmac, keyId, randomKey, randomSeed, seed, sha256Hex, zero } from '../src/engine/keyed.ts'
import { permutation } from '../src/engine/permutation.ts'
import { sha256 } from '../src/engine/sha256.ts'
import { NumberText } from '../src/engine/types.ts'
import * as oracle from './oracle/keyed-oracle.ts'
import { VECTOR_SECRET, vectorKey } from './support/mask-harness.ts'
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
})

it('draws are from at least one number and at most 2^53', () => {
  for (const n of [0, -1, Number.NaN, 2 ** 53 + 2, Number.POSITIVE_INFINITY]) expect(() => drawsFrom(randomSeed()).uniform(n)).toThrow(RangeError)
  expect(drawsFrom(randomSeed()).uniform(1)).toBe(0)
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
