// SHA-256 and HMAC of the WebAssembly module, and of plain JavaScript where there is none, against node:crypto.

import { createHash, createHmac, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createRandom } from '../bench/random.ts'

type Sha256 = typeof import('../src/engine/sha256.ts')

const hash = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex')
const hmac = (key: Uint8Array, data: Uint8Array): string => createHmac('sha256', key).update(data).digest('hex')
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** Every length at which padding or the module's room may come out differently. */
function lengths(): number[] {
  const random = createRandom('sha256')
  const around = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, k) => from + k)
  return [...around(0, 300), ...around(4000, 4200), ...Array.from({ length: 100 }, () => random.below(20_000)), 1 << 20]
}

describe.each([
  { how: 'in WebAssembly', without: false },
  { how: 'in plain JavaScript', without: true },
])('SHA-256 $how', ({ without }) => {
  let module: Sha256
  beforeAll(async () => {
    vi.resetModules()
    if (without) vi.stubGlobal('WebAssembly', undefined)
    module = await import('../src/engine/sha256.ts')
  })
  afterAll(() => {
    vi.unstubAllGlobals()
    vi.resetModules()
  })

  it('hashes', () => {
    for (const n of lengths()) {
      const data = randomBytes(n)
      expect(hex(module.sha256(data)), `${n} bytes`).toBe(hash(data))
    }
  })

  it('authenticates, keys of every length, out of any buffer and into the same one', () => {
    const out = new Uint8Array(32)
    const keys = [0, 1, 31, 32, 55, 56, 63, 64, 65, 128, 4095, 4096, 4097, 9000].map((n) => randomBytes(n))
    const macs = keys.map((key) => ({ key, mac: new module.HmacKey(key) }))
    for (const n of lengths()) {
      const { key, mac } = macs[n % macs.length]!
      const data = randomBytes(n)
      mac.mac(data, n, out)
      expect(hex(out), `${n} bytes, a key of ${key.length}`).toBe(hmac(key, data))
      // a part of a longer array, and a view with an offset
      const long = Buffer.concat([data, randomBytes(70)])
      mac.mac(long, n, out)
      expect(hex(out)).toBe(hmac(key, data))
      mac.mac(Buffer.concat([randomBytes(3), data]).subarray(3), n, out)
      expect(hex(out)).toBe(hmac(key, data))
      if (n > module.messageBuffer.length) continue
      module.messageBuffer.set(data)
      mac.mac(module.messageBuffer, n, out)
      expect(hex(out)).toBe(hmac(key, data))
    }
    const { key, mac } = macs[3]!
    const same = randomBytes(64)
    const want = hmac(key, same.subarray(0, 40))
    mac.mac(same, 40, same)
    expect(hex(same.subarray(0, 32))).toBe(want)
  })

  it('gives words, of messages of any length and of short ones that are words', () => {
    const keys = [randomBytes(32), randomBytes(32)].map((key) => ({ key, mac: new module.HmacKey(key) }))
    for (const n of lengths()) {
      const { key, mac } = keys[n % 2]!
      const data = randomBytes(n)
      expect(hex(module.bytesOfWords(mac.macWords(data, n)))).toBe(hmac(key, data))
    }
    const third = new module.HmacKey(randomBytes(64))
    for (let round = 0; round < 200; round++) {
      // Keys take turns, others are made and wiped in between: which one was used last must not matter.
      const { key, mac } = keys[round % 3 === 0 ? 0 : 1]!
      const data = randomBytes(round % 20)
      const words = Buffer.concat([data, Buffer.alloc(20 - data.length)])
      if (round % 7 === 0) module.firstBlock(module.wordsOfBytes(randomBytes(32)))
      if (round % 11 === 0) third.wipe()
      const [a, b, c, d, e] = [0, 4, 8, 12, 16].map((at) => words.readInt32BE(at)) as [number, number, number, number, number]
      mac.short(a, b, c, d, e, data.length)
      expect(hex(module.bytesOfWords(Array.from({ length: 8 }, (_, k) => module.shortWord(k))))).toBe(hmac(key, data))
    }
  })

  it('makes a seed and the first block of its stream at once', () => {
    const keys = [randomBytes(32), randomBytes(32)].map((key) => ({ key, mac: new module.HmacKey(key) }))
    for (const n of lengths()) {
      const { key, mac } = keys[n % 2]!
      const data = randomBytes(n)
      const { seed, block } = mac.stream(data, n)
      const want = createHmac('sha256', key).update(data).digest()
      expect(hex(module.bytesOfWords(seed))).toBe(hex(want))
      expect(hex(module.bytesOfWords(block))).toBe(hmac(want, Buffer.alloc(4)))
    }
  })

  it('makes the blocks of streams', () => {
    for (const counter of [0, 1, 2, 255, 256, 65_536, 0x7fffffff]) {
      const key = randomBytes(32)
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(counter)
      expect(hex(module.bytesOfWords(new module.HmacKey(key).macCounter(counter)))).toBe(hmac(key, bytes))
      const words = module.wordsOfBytes(key)
      expect(hex(module.bytesOfWords(words))).toBe(hex(key))
      expect(hex(module.bytesOfWords(module.firstBlock(words)))).toBe(hmac(key, Buffer.alloc(4)))
    }
  })

  it('forgets what it worked on', () => {
    const key = randomBytes(32)
    const data = randomBytes(4096)
    const mac = new module.HmacKey(key)
    mac.mac(data, 4096, new Uint8Array(32))
    module.sha256(data)
    mac.wipe()
    const memory = Buffer.from(module.messageBuffer.buffer)
    for (const bytes of [key, data.subarray(0, 16), data.subarray(4064, 4080), data.subarray(4080)]) expect(memory.includes(bytes)).toBe(false)
    if (!without) expect(memory.every((byte) => byte === 0)).toBe(true)
  })
})
