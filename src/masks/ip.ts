import { MaskError } from '../errors.ts'
import { HmacKey, shortWord } from '../engine/sha256.ts'
import type { Draws, MaskContext, MaskDefinition } from '../engine/types.ts'
import { option, seedOption, textMasker } from './input.ts'
import { KeyCache } from './key-cache.ts'
import { canonicalAddress, isSpecial, readAddress, writeAddress } from './ip-address.ts'

export const ip: MaskDefinition = {
  type: 'ip',
  summary: 'An IP address: host bits zeroed, encrypted with prefixes preserved, or a random documentation address. Port, brackets, `/bits`, zone and `::ffff:` stay.',
  input: 'T',
  random: 'r',
  settles: 'value',
  options: {
    mode: {
      kind: 'string',
      enum: ['truncate', 'prefix', 'random'],
      default: 'truncate',
      summary: '`truncate` zeroes host bits; `prefix` is one-to-one and keeps common prefixes common; `random` draws from the documentation ranges.',
    },
    v4_bits: { kind: 'integer', min: 0, max: 32, default: 24, summary: 'Bits of IPv4 that `truncate` keeps.' },
    v6_bits: { kind: 'integer', min: 0, max: 128, default: 48, summary: 'Bits of IPv6 that `truncate` keeps.' },
    keep_special: { kind: 'boolean', default: true, summary: 'Loopback, unspecified and link-local addresses stay.' },
    seed: seedOption,
  },
  compile(options) {
    const mode = option<string>(options, 'mode', 'truncate')
    const v4Bits = option(options, 'v4_bits', 24)
    const v6Bits = option(options, 'v6_bits', 48)
    const keepSpecial = option(options, 'keep_special', true)
    const namespace = option(options, 'seed', '')
    const spec = { family: 'ip', namespace, identity: canonicalAddress }
    const prefixes = new KeyCache(() => new Prefixes(namespace))
    return textMasker('ip', (text, context) => {
      const read = readAddress(text)
      if (read === undefined) throw new MaskError('not_valid', 'ip', 'received a value that is not an IP address')
      const { bytes, before, after } = read
      if (keepSpecial && isSpecial(bytes)) return text
      let result: Uint8Array
      if (mode === 'truncate') result = truncate(bytes, bytes.length === 4 ? v4Bits : v6Bits)
      else if (mode === 'random') result = randomAddress(bytes.length, context.draws(spec))
      else result = prefixes.of(context).cipher(bytes.length, context).apply(bytes)
      return before + writeAddress(result) + after
    })
  },
  examples: [
    { options: { mode: 'random' }, in: '"10.1.2.3"', out: '"192.0.2.107"' },
    { options: { mode: 'random' }, in: '"[2001:db8:1:2::7]:443"', out: '"[2001:db8:4ec4:a04d:2b65:7493:d919:3e77]:443"' },
    { in: '"203.0.113.7"', out: '"203.0.113.0"' },
    { in: '"2001:db8:1:2::7"', out: '"2001:db8:1::"' },
    { in: '"203.0.113.7:8080"', out: '"203.0.113.0:8080"' },
    { in: '"[2001:db8:1:2::7]:443"', out: '"[2001:db8:1::]:443"' },
    { in: '"::ffff:203.0.113.7"', out: '"::ffff:203.0.113.0"' },
    { in: '"127.0.0.1"', out: '"127.0.0.1"' },
    { options: { mode: 'prefix' }, in: '"203.0.113.7"', out: '"141.177.8.227"' },
    { options: { mode: 'prefix' }, in: '"203.0.113.8"', out: '"141.177.8.232"' },
    { options: { mode: 'prefix' }, in: '"203.0.112.7"', out: '"141.177.9.159"' },
    { options: { mode: 'prefix' }, in: '"2001:db8::1"', out: '"bdaa:e3f3:9a9e:1342:159d:28db:4533:ff53"' },
    { in: '"host-1"', error: 'not_valid' },
    { in: '7', error: 'non_string_value' },
  ],
}

function truncate(bytes: Uint8Array, bits: number): Uint8Array {
  return bytes.map((byte, i) => {
    const kept = Math.min(8, Math.max(0, bits - 8 * i))
    return byte & (0xff00 >>> kept)
  })
}

/** A host of 192.0.2.0/24, 198.51.100.0/24 or 203.0.113.0/24 in one draw; 2001:db8::/32 in six draws, one a group. */
function randomAddress(length: number, draws: Draws): Uint8Array {
  if (length === 4) {
    const drawn = draws.uniform(762)
    const net = [
      [192, 0, 2],
      [198, 51, 100],
      [203, 0, 113],
    ][Math.floor(drawn / 254)]!
    return Uint8Array.from([...net, (drawn % 254) + 1])
  }
  const bytes = new Uint8Array(16)
  bytes.set([0x20, 0x01, 0x0d, 0xb8])
  for (let at = 4; at < 16; at += 2) {
    const group = draws.uniform(65_536)
    bytes[at] = group >>> 8
    bytes[at + 1] = group
  }
  return bytes
}

/**
 * Prefix-preserving encryption: bit i is flipped by an HMAC over the bits before it. An IPv4 address costs 32 HMACs, so
 * the flips of networks (never of whole addresses) are remembered: 24 bits of IPv4, 64 of IPv6.
 */
class PrefixCipher {
  readonly #key: HmacKey
  readonly #networks = new Map<number | string, Uint8Array>()
  readonly #words = new Int32Array(5)

  constructor(seed: Uint8Array) {
    this.#key = new HmacKey(seed)
  }

  apply(address: Uint8Array): Uint8Array {
    const network = address.length === 4 ? 3 : 8
    const result = new Uint8Array(address.length)
    const id = address.length === 4 ? pair(address, 0) * 256 + address[2]! : String.fromCharCode(pair(address, 0), pair(address, 2), pair(address, 4), pair(address, 6))
    let known = this.#networks.get(id)
    if (known === undefined) {
      known = new Uint8Array(network)
      this.#encrypt(address, 0, network, known)
      if (this.#networks.size >= 4096) this.#networks.delete(this.#networks.keys().next().value!)
      this.#networks.set(id, known)
    }
    for (let at = 0; at < network; at++) result[at] = known[at]!
    this.#encrypt(address, network, address.length, result)
    return result
  }

  /** Encrypts the bytes [from, to). */
  #encrypt(address: Uint8Array, from: number, to: number, result: Uint8Array): void {
    const words = this.#words
    words.fill(0)
    for (let at = 0; at < from; at++) put(words, at, address[at]!)
    for (let at = from; at < to; at++) {
      const byte = address[at]!
      let flips = 0
      for (let bit = 0; bit < 8; bit++) {
        // The number of the bit, and the bits before it.
        put(words, at, byte & (0xff00 >>> bit))
        this.#key.short(((8 * at + bit) << 24) | words[0]!, words[1]!, words[2]!, words[3]!, words[4]!, 1 + address.length)
        flips = (flips << 1) | ((shortWord(0) >>> 24) & 1)
      }
      put(words, at, byte)
      result[at] = byte ^ flips
    }
  }
}

/** Puts a byte of an address into a message whose first byte is another one. */
function put(words: Int32Array, at: number, byte: number): void {
  const shift = 8 * (3 - ((at + 1) & 3))
  const word = (at + 1) >> 2
  words[word] = (words[word]! & ~(0xff << shift)) | (byte << shift)
}

function pair(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}

const MOST_CIPHERS = 64

/** Ciphers of one key: without further inputs one for each width, else by their seeds (tenants). */
class Prefixes {
  readonly #namespace: string
  readonly #plain: (PrefixCipher | undefined)[] = []
  readonly #others = new Map<string, PrefixCipher>()

  constructor(namespace: string) {
    this.#namespace = namespace
  }

  cipher(length: number, context: MaskContext): PrefixCipher {
    const width = length === 4 ? 'v4' : 'v6'
    const inputs = context.otherInputs()
    if (inputs.length === 0) return (this.#plain[length] ??= new PrefixCipher(context.seedOf('ip', '', this.#namespace, [width])))
    const seed = context.seedOf('ip', '', this.#namespace, [...inputs, width])
    const id = String.fromCharCode(...seed)
    let kept = this.#others.get(id)
    if (kept === undefined) {
      kept = new PrefixCipher(seed)
      if (this.#others.size >= MOST_CIPHERS) this.#others.delete(this.#others.keys().next().value!)
      this.#others.set(id, kept)
    }
    return kept
  }
}
