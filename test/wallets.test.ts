import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { keccak256 } from '../src/detectors/keccak.ts'
import { RARE_PAIRS as LETTER_PAIRS } from '../src/detectors/seed-phrase.ts'
import { SEED_WORDS } from '../src/detectors/seed-words-data.ts'
import { RARE_PAIRS as BASE58_PAIRS } from '../src/detectors/wallets.ts'
import { createMasker } from '../src/index.ts'
import { maskerWith } from './helpers/skim-pairs.ts'

const masker = createMasker({ version: '1.0', rules: [{ detect: ['btc_address', 'eth_address', 'monero_address', 'seed_phrase', 'mrz'] }] })
const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** Bytes that look random and are the same in every run. */
const bytes = (seed: string, length: number): Buffer => createHash('sha512').update(seed).digest().subarray(0, length)

const words: string[] = []
for (const [, shared, rest] of SEED_WORDS.matchAll(/(\d)([a-z]+)/g)) words.push((words.at(-1) ?? '').slice(0, Number(shared)) + rest!)

function phrase(count: number, seed: string): string[] {
  const entropy = bytes(seed, (count / 3) * 4)
  const check = createHash('sha256')
    .update(entropy)
    .digest()[0]!
    .toString(2)
    .padStart(8, '0')
    .slice(0, count / 3)
  const bits = [...entropy].map((b) => b.toString(2).padStart(8, '0')).join('') + check
  return bits.match(/.{11}/g)!.map((b) => words[Number.parseInt(b, 2)]!)
}

function address(version: number, payload: Buffer): string {
  const sha = (b: Buffer): Buffer => createHash('sha256').update(b).digest()
  const body = Buffer.concat([Buffer.from([version]), payload])
  const whole = Buffer.concat([body, sha(sha(body)).subarray(0, 4)])
  let n = BigInt(`0x${whole.toString('hex')}`)
  let out = ''
  for (; n > 0n; n /= 58n) out = BASE58[Number(n % 58n)] + out
  for (const b of whole) {
    if (b !== 0) break
    out = `1${out}`
  }
  return out
}

describe('Keccak-256', () => {
  it('gives the published hashes', () => {
    const hex = (text: string): string => Buffer.from(keccak256(Buffer.from(text))).toString('hex')
    expect(hex('')).toBe('c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470')
    expect(hex('abc')).toBe('4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45')
    expect(hex('testing')).toBe('5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02')
    expect(() => keccak256(new Uint8Array(136))).toThrow(RangeError)
  })
})

describe('addresses', () => {
  it('finds nearly all of Bitcoin, and none with another checksum', () => {
    let found = 0
    for (let i = 0; i < 400; i++) {
      const text = address(i % 2 === 0 ? 0 : 5, bytes(`a${i}`, 20))
      if (masker.text(`to ${text}.`) === 'to [REDACTED:btc_address].') found++
      const other = BASE58[(BASE58.indexOf(text.at(-1)!) + 1) % 58]!
      expect(masker.text(text.slice(0, -1) + other)).toContain(text.slice(0, -1))
      expect(masker.text(`x${text}`)).toContain(text)
    }
    expect(found).toBeGreaterThan(380)
    expect(masker.text(address(111, bytes('t', 20)))).not.toContain('REDACTED')
  })

  it('takes leading zeros as they are written, once', () => {
    const text = address(0, Buffer.concat([Buffer.alloc(3), bytes('z', 17)]))
    expect(text).toMatch(/^1111[^1]/)
    const long = `1${text}`
    expect(masker.text(`${long} `)).toBe(`${long} `)
  })

  it('lets the first pass give up none, however many zeros they begin with', () => {
    const rules = { version: '1.0', rules: [{ detect: ['btc_address', 'monero_address'] }] } as const
    const skimmed = maskerWith(true, rules)
    const walked = maskerWith(false, rules)
    let found = 0
    let all = 0
    for (let zeros = 0; zeros <= 20; zeros++)
      for (let i = 0; i < 60; i++) {
        const text = address(i % 3 === 0 ? 5 : 0, Buffer.concat([Buffer.alloc(zeros), bytes(`${zeros} ${i}`, 20 - zeros)]))
        const line = JSON.stringify({ a: text, b: `to ${text}.`, c: `${'-'.repeat(i % 16)}${text}` })
        const out = skimmed.json(line)
        expect(out).toBe(walked.json(line))
        if (text.length < 26) continue
        all += 3
        found += out.split('[REDACTED:btc_address]').length - 1
      }
    // as above, one in 50 has no pair of characters that is rare elsewhere
    expect(found / all).toBeGreaterThan(0.9)
    skimmed.close()
    walked.close()
  })

  it('finds every published vector of bech32 and none that is damaged', () => {
    for (const good of [
      'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4',
      'tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7',
      'bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y',
      'tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c',
      'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0',
    ])
      expect(masker.text(`x ${good},`), good).toBe('x [REDACTED:btc_address],')
    for (const bad of [
      'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd',
      'BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL',
      'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh',
      'tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq',
    ])
      expect(masker.text(bad), bad).toBe(bad)
  })

  it('knows the capitals of Ethereum addresses', () => {
    for (const good of [
      '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
      '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
      '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
      '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
    ]) {
      expect(masker.text(`at ${good}`)).toBe('at [REDACTED:eth_address]')
      const changed = good.slice(0, -1) + (good.endsWith('b') ? 'B' : good.endsWith('B') ? 'b' : good.at(-1)!.toUpperCase())
      if (changed !== good) expect(masker.text(`at ${changed}`)).toBe(`at ${changed}`)
      expect(masker.json(JSON.stringify({ wallet: { address: good.toLowerCase() } }))).toContain('REDACTED')
      expect(masker.json(JSON.stringify({ hash: good.toLowerCase() }))).not.toContain('REDACTED')
    }
  })
})

describe('seed phrases', () => {
  it('has the list of BIP-39', () => {
    expect(words).toHaveLength(2048)
    expect(
      createHash('sha256')
        .update(`${words.join('\n')}\n`)
        .digest('hex'),
    ).toBe('2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda')
  })

  it('looks where one word in three leads to', () => {
    const pairs = new Set(LETTER_PAIRS.match(/../g))
    const share = words.filter((word) => [...pairs].some((pair) => word.includes(pair))).length / words.length
    expect((1 - share) ** 12).toBeLessThan(0.01)
    expect(BASE58_PAIRS.length / 2 / 58 / 58).toBeGreaterThan(0.11)
  })

  it.each([12, 15, 18, 21, 24])('finds phrases of %i words, and none with one word exchanged', (count) => {
    let found = 0
    for (let i = 0; i < 200; i++) {
      const list = phrase(count, `${count}.${i}`)
      const separator = [' ', ',', ', '][i % 3]!
      if (masker.text(`[${list.join(separator)}]`) === '[[REDACTED:seed_phrase]]') found++
      expect(masker.text(`mnemonic: ${list.join(' ')}`)).toBe('mnemonic: [REDACTED:seed_phrase]')
      expect(masker.text(`we keep it ${list.join(' ')} ok`)).toMatch(/^we keep it (\[REDACTED:seed_phrase\] ok|[a-z ]+ ok)$/)
    }
    expect(found).toBeGreaterThanOrEqual(196)
  })

  it('leaves lists of words, and prose of twelve such words mostly', () => {
    const list = words.slice(100, 400).join(' ')
    expect(masker.text(list)).toBe(list)
  })
})

describe('machine-readable zones', () => {
  const TD3 = ['P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<', 'L898902C36UTO7408122F1204159ZE184226B<<<<<10']
  it('takes the lines together, however they are parted', () => {
    for (const gap of ['\n', '\r\n', ' ', '']) expect(masker.value({ a: `x ${TD3.join(gap)} y` }), JSON.stringify(gap)).toEqual({ a: 'x [REDACTED:mrz] y' })
    expect(masker.json(`{"a":"${TD3.join('\\n')}"}`)).toBe('{"a":"[REDACTED:mrz]"}')
  })
  it('takes each line of a stream by itself', () => {
    for (const line of TD3) expect(masker.text(`mrz: ${line}`)).toBe('mrz: [REDACTED:mrz]')
  })
  it('leaves what has other check digits', () => {
    for (const at of [9, 19, 27]) {
      const line = TD3[1]!.slice(0, at) + ((Number(TD3[1]![at]) + 1) % 10) + TD3[1]!.slice(at + 1)
      expect(masker.text(line)).toBe(line)
    }
  })
})

it('finds what looks random only where a rule names it', () => {
  const text = 'x q8Zk2Vx9LwPt4Rb7YcHn3Jd6 9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d com.example.service.UserRepositoryFactory'
  expect(createMasker({ version: '1.0', rules: [{ detect: ['all'] }] }).json(JSON.stringify({ a: text }))).toBe(JSON.stringify({ a: text }))
  expect(createMasker({ version: '1.0', rules: [{ detect: ['high_entropy'] }] }).json(JSON.stringify({ a: text }))).toBe(
    '{"a":"x [REDACTED:high_entropy] [REDACTED:high_entropy] com.example.service.UserRepositoryFactory"}',
  )
})
