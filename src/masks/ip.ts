import { MaskError } from '../errors.ts'
import { HmacKey, shortWord } from '../engine/sha256.ts'
import type { Draws, MaskContext, MaskDefinition, MaskNode } from '../engine/types.ts'
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
    fallback_masks: { kind: 'masks', summary: 'For text that is no IP address: a host name, the path of a socket; without them that is `not_valid`.' },
    keep_special: { kind: 'boolean', default: true, summary: 'Loopback, unspecified and link-local addresses stay.' },
    seed: seedOption,
  },
  compile(options, tools) {
    const fallbackNodes = options.get('fallback_masks') as readonly MaskNode[] | undefined
    const fallback = fallbackNodes === undefined ? undefined : tools.masks(fallbackNodes)
    const mode = option<string>(options, 'mode', 'truncate')
    const v4Bits = option(options, 'v4_bits', 24)
    const v6Bits = option(options, 'v6_bits', 48)
    const keepSpecial = option(options, 'keep_special', true)
    const namespace = option(options, 'seed', '')
    const spec = { family: 'ip', namespace, identity: canonicalAddress }
    const prefixes = new KeyCache(() => new Prefixes(namespace))
    return textMasker('ip', (text, context) => {
      const read = readAddress(text)
      if (read === undefined && fallback !== undefined) return fallback(text, context)
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
    { options: { fallback_masks: [{ type: 'redact', label: 'host' }] }, in: '"host-1"', out: '"[REDACTED:host]"' },
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
  readonly #networks = new Map<number | string, Int32Array>()
  /** The address, and which of its bits are flipped. */
  readonly #words = new Int32Array(4)
  readonly #flips = new Int32Array(4)

  constructor(seed: Uint8Array) {
    this.#key = new HmacKey(seed)
  }

  apply(address: Uint8Array): Uint8Array {
    const words = this.#words
    const flips = this.#flips
    const bits = 8 * address.length
    for (let at = 0; at < address.length; at += 4) words[at >> 2] = (address[at]! << 24) | (address[at + 1]! << 16) | (address[at + 2]! << 8) | address[at + 3]!
    const network = bits === 32 ? 24 : 64
    const id = bits === 32 ? words[0]! >>> 8 : `${words[0]},${words[1]}`
    let known = this.#networks.get(id)
    if (known === undefined) {
      flips.fill(0)
      this.#flip(0, network, 1 + address.length)
      known = flips.slice(0, 2)
      if (this.#networks.size >= 4096) this.#networks.delete(this.#networks.keys().next().value!)
      this.#networks.set(id, known)
    }
    flips[0] = known[0]!
    flips[1] = known[1]!
    flips[2] = flips[3] = 0
    this.#flip(network, bits, 1 + address.length)
    const result = new Uint8Array(address.length)
    for (let at = 0; at < address.length; at++) result[at] = (words[at >> 2]! ^ flips[at >> 2]!) >>> (24 - 8 * (at & 3))
    return result
  }

  /** Decides over the bits [from, to). The message: the number of the bit, and the address up to it. */
  #flip(from: number, to: number, length: number): void {
    const words = this.#words
    for (let i = from; i < to; i++) {
      const at = i >> 5
      const bit = i & 31
      const before = bit === 0 ? 0 : words[at]! & (-1 << (32 - bit))
      const a = at === 0 ? before : words[0]!
      const b = at === 1 ? before : at > 1 ? words[1]! : 0
      const c = at === 2 ? before : at > 2 ? words[2]! : 0
      const d = at === 3 ? before : 0
      this.#key.short((i << 24) | (a >>> 8), (a << 24) | (b >>> 8), (b << 24) | (c >>> 8), (c << 24) | (d >>> 8), d << 24, length)
      this.#flips[at]! |= ((shortWord(0) >>> 24) & 1) << (31 - bit)
    }
  }
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
