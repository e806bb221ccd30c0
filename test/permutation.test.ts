// Permutations of values of every shape, in WebAssembly, in JavaScript for the widest, and in JavaScript alone where there is no
// WebAssembly, against the second implementation.

import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createRandom } from '../bench/random.ts'
import { oracleFeistel, oraclePermute } from './oracle/keyed-oracle.ts'

type Permutations = typeof import('../src/engine/permutation.ts')
type Sha256 = typeof import('../src/engine/sha256.ts')

describe.each([
  { how: 'in WebAssembly', without: false },
  { how: 'in plain JavaScript', without: true },
])('permutations $how', ({ without }) => {
  let module: Permutations
  let sha256: Sha256
  beforeAll(async () => {
    vi.resetModules()
    if (without) vi.stubGlobal('WebAssembly', undefined)
    module = await import('../src/engine/permutation.ts')
    sha256 = await import('../src/engine/sha256.ts')
  })
  afterAll(() => {
    vi.unstubAllGlobals()
    vi.resetModules()
  })

  it('are those of the second implementation, for values of one to 400 positions', () => {
    const random = createRandom('permutations')
    const kinds = [2, 5, 9, 10, 10, 10, 26, 26, 36, 62, 1000, 65_536]
    const made: { own: ReturnType<Permutations['permutation']>; seed: Uint8Array; radices: number[] }[] = []
    for (let round = 0; round < 250; round++) {
      const length = round < 200 ? 1 + (round % 50) : 1 + random.below(400)
      const one = kinds[random.below(kinds.length)]!
      const mixed = random.below(2) === 0
      const radices = Array.from({ length }, () => (mixed ? kinds[random.below(kinds.length)]! : one))
      const seed = randomBytes(32)
      made.push({ own: module.permutation(seed, radices), seed, radices })
    }
    // In turns, so that what one network left in the module must not matter to the next.
    for (let turn = 0; turn < 3; turn++) {
      for (const { own, seed, radices } of made) {
        const positions = radices.map((radix) => (turn === 0 ? radix - 1 : turn === 1 ? 0 : random.below(radix)))
        const want = oraclePermute(seed, radices, positions)
        own.permute(positions)
        expect(positions, `${radices.length} positions`).toEqual(want)
      }
    }
  }, 60_000)

  it('over few numbers are those of the second implementation, when what they have needed is kept too', () => {
    const random = createRandom('small halves')
    const shapes = [
      // the least and the greatest of their kind, with ten rounds and with twenty, and beside them what is kept no longer
      [256, 257],
      [41, 40, 40],
      new Array<number>(6).fill(10),
      [9, 10, 10, 10, 10, 10],
      new Array<number>(7).fill(10),
      [1000, 999],
      [1000, 1000],
      [5, 13_101],
      [5, 3271],
      [2, 3276, 2],
      [62, 62, 62, 62],
      [3, 65_535],
      new Array<number>(20).fill(2),
    ]
    for (const radices of shapes) {
      const seed = randomBytes(32)
      const own = module.permutation(seed, radices)
      for (let turn = 0; turn < 40; turn++) {
        const positions = radices.map((radix) => (turn === 0 ? radix - 1 : turn === 1 ? 0 : random.below(radix)))
        const want = oraclePermute(seed, radices, positions)
        for (let again = 0; again < 2; again++) {
          const out = [...positions]
          own.permute(out)
          expect(out, radices.join(' ')).toEqual(want)
        }
      }
    }
  }, 60_000)

  it('of 122 and 128 bits are those of the second implementation', () => {
    for (const bits of [61, 64] as const) {
      const seed = randomBytes(32)
      const own = new module.BitFeistel(seed, bits)
      const size = 1n << BigInt(bits)
      for (let round = 0; round < 200; round++) {
        const of = (): bigint => (round === 0 ? size - 1n : round === 1 ? 0n : randomBytes(8).readBigUInt64BE() % size)
        const [a, b] = [of(), of()]
        const words = Uint32Array.of(Number(a >> 32n), Number(a & 0xffffffffn), Number(b >> 32n), Number(b & 0xffffffffn))
        own.run(words)
        expect([(BigInt(words[0]!) << 32n) | BigInt(words[1]!), (BigInt(words[2]!) << 32n) | BigInt(words[3]!)]).toEqual(oracleFeistel(seed, a, b, size, size, 10))
      }
    }
  })

  it('leave nothing of a value behind a wipe', () => {
    if (without) return
    const key = new sha256.HmacKey(randomBytes(32))
    module.permutation(randomBytes(32), new Array<number>(20).fill(10)).permute(new Array<number>(20).fill(7))
    new module.BitFeistel(randomBytes(32), 64).run(Uint32Array.of(1, 2, 3, 4))
    key.stream(randomBytes(40), 40)
    key.wipe()
    expect(Buffer.from(sha256.messageBuffer.buffer).every((byte) => byte === 0)).toBe(true)
  })
})
