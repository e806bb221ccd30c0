// SHA-256 and HMAC-SHA256 for short messages, in WebAssembly (wasm/sha256.ts), and in plain JavaScript for long ones and where there
// is no WebAssembly. Crossing into node:crypto costs more than the compressions that a keyed result needs (docs/decisions/0006),
// and the padded key blocks are hashed once per key instead of once per message. Tested against node:crypto on random input.

import { SHA256_CODE } from './sha256-code.ts'

/** What the module exports: functions, and the layout of its memory as constants. */
interface Sha256Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly sha256: (length: number) => void
  readonly prepare: (length: number) => void
  readonly mac: (length: number) => void
  readonly block: (counter: number) => void
  readonly short: (a: number, b: number, c: number, d: number, e: number, length: number) => void
  readonly feistel: (rounds: number) => void
  readonly feistelBits: (mask: number) => void
  readonly stream: (length: number) => void
  readonly wipe: () => void
  readonly SEED: { readonly value: number }
  readonly HALF: { readonly value: number }
  readonly HALF_SIZE: { readonly value: number }
  readonly MOST_DIGITS: { readonly value: number }
  readonly MOST_WIDTH: { readonly value: number }
  readonly STATE: { readonly value: number }
  readonly RESULT: { readonly value: number }
  readonly PADS: { readonly value: number }
  readonly MESSAGE: { readonly value: number }
  readonly MESSAGE_SIZE: { readonly value: number }
}

/** The part of the WebAssembly API that is used; the types of Node leave it to those of browsers. */
declare const WebAssembly: { readonly Module: new (code: Uint8Array) => object; readonly Instance: new (module: object) => { readonly exports: Sha256Exports } } | undefined

/** 32 bytes as eight words, big-endian, with signs: an array of bytes costs more to make than to fill. */
export type Words = readonly number[]

function wordsIn(state: DataView): Words {
  // biome-ignore format: one state
  return [
    state.getInt32(0, true), state.getInt32(4, true), state.getInt32(8, true), state.getInt32(12, true),
    state.getInt32(16, true), state.getInt32(20, true), state.getInt32(24, true), state.getInt32(28, true),
  ]
}

/** The module with views of its memory. */
class Sha256Module {
  readonly calls: Sha256Exports
  readonly message: Uint8Array
  /** Of eight words, in the byte order of WebAssembly whatever the machine's. */
  readonly state: DataView
  private readonly messageWords: DataView
  private readonly seed: DataView
  private readonly result: Uint8Array
  private readonly pads: Int32Array
  /** The key whose pads stand in the module. */
  private held: Int32Array | undefined
  /** Bytes that a message may have here. */
  readonly most: number
  /** The two halves of a network. */
  private readonly halves: DataView
  private readonly halfBytes: Uint8Array
  private readonly half: number
  /** The network whose halves stand in the module. */
  private network: Network | undefined

  constructor() {
    this.calls = new WebAssembly!.Instance(new WebAssembly!.Module(Buffer.from(SHA256_CODE, 'base64'))).exports
    const { memory, STATE, RESULT, PADS, MESSAGE, MESSAGE_SIZE, SEED, HALF, HALF_SIZE } = this.calls
    this.most = MESSAGE_SIZE.value
    this.message = new Uint8Array(memory.buffer, MESSAGE.value, this.most)
    this.messageWords = new DataView(memory.buffer, MESSAGE.value, 32)
    this.state = new DataView(memory.buffer, STATE.value, 32)
    this.seed = new DataView(memory.buffer, SEED.value, 32)
    this.result = new Uint8Array(memory.buffer, RESULT.value, 32)
    this.pads = new Int32Array(memory.buffer, PADS.value, 16)
    this.half = HALF_SIZE.value
    this.halves = new DataView(memory.buffer, HALF.value, 2 * this.half)
    this.halfBytes = new Uint8Array(memory.buffer, HALF.value, 2 * this.half)
  }

  put(data: Uint8Array, length: number): void {
    const { message } = this
    if (data === message) return
    if (length <= 64) for (let i = 0; i < length; i++) message[i] = data[i]!
    else message.set(length === data.length ? data : data.subarray(0, length))
  }

  putWords(words: Words): void {
    const to = this.messageWords
    for (let i = 0; i < 8; i++) to.setInt32(4 * i, words[i]!)
  }

  words(): Words {
    return wordsIn(this.state)
  }

  seedWords(): Words {
    return wordsIn(this.seed)
  }

  use(pads: Int32Array): void {
    if (this.held === pads) return
    const own = this.pads
    for (let i = 0; i < 16; i++) own[i] = pads[i]!
    this.held = pads
  }

  /** Makes the key in `message` ready; its pads go to `pads` if they are to be used again. */
  prepare(length: number, pads?: Int32Array): void {
    this.calls.prepare(length)
    pads?.set(this.pads)
    this.held = pads
  }

  /** Runs a network over the digits of its halves. */
  feistel(network: Network, left: number[], right: number[], rounds: number): void {
    const { halves, half } = this
    if (this.network !== network) {
      this.halfBytes.set(network.left)
      this.halfBytes.set(network.right, half)
      this.network = network
    }
    for (let k = 0; k < left.length; k++) halves.setUint32(DIGITS + 4 * k, left[k]!, true)
    for (let k = 0; k < right.length; k++) halves.setUint32(half + DIGITS + 4 * k, right[k]!, true)
    this.calls.feistel(rounds)
    for (let k = 0; k < left.length; k++) left[k] = halves.getUint32(DIGITS + 4 * k, true)
    for (let k = 0; k < right.length; k++) right[k] = halves.getUint32(half + DIGITS + 4 * k, true)
  }

  /** Runs a network of ten rounds over two halves of 64 bits or fewer, each of them two words. */
  feistelBits(words: Uint32Array, mask: number): void {
    const { halves } = this
    this.network = undefined
    for (let i = 0; i < 4; i++) halves.setUint32(4 * i, words[i ^ 1]!, true)
    this.calls.feistelBits(mask)
    for (let i = 0; i < 4; i++) words[i ^ 1] = halves.getUint32(4 * i, true)
  }

  wipe(): void {
    this.calls.wipe()
    this.held = undefined
    this.network = undefined
  }

  take(out: Uint8Array): void {
    const { result } = this
    for (let i = 0; i < 32; i++) out[i] = result[i]!
  }
}

/** Where in a half its digits, its bases, their inverses and its table begin. */
const DIGITS = 16
const BASES = 128
const INVERSES = 224
const TABLE = 320

const wasm = instantiate()

function instantiate(): Sha256Module | undefined {
  try {
    return typeof WebAssembly === 'undefined' ? undefined : new Sha256Module()
  } catch {
    return undefined
  }
}

/** Where messages for `mac` are best put together: there they need not be copied. */
export const messageBuffer: Uint8Array = wasm?.message ?? new Uint8Array(4096)

// biome-ignore format: a table
const ROUNDS = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
])

// biome-ignore format: a table
const START = new Int32Array([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
])

// Message schedule and working state, shared by every call: nothing here is re-entrant and nothing awaits.
const W = new Int32Array(64)
const S = new Int32Array(8)
const TAIL = new Uint8Array(128)

/** One compression of the words W[0..15] into S. */
function compress(): void {
  for (let i = 16; i < 64; i++) {
    const x = W[i - 15]!
    const y = W[i - 2]!
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    W[i] = (W[i - 16]! + s0 + W[i - 7]! + s1) | 0
  }
  // biome-ignore format: one state
  let a = S[0]!, b = S[1]!, c = S[2]!, d = S[3]!, e = S[4]!, f = S[5]!, g = S[6]!, h = S[7]!
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const t1 = (h + s1 + (g ^ (e & (f ^ g))) + ROUNDS[i]! + W[i]!) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const t2 = (s0 + ((a & b) | (c & (a | b)))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  S[0] = (S[0]! + a) | 0
  S[1] = (S[1]! + b) | 0
  S[2] = (S[2]! + c) | 0
  S[3] = (S[3]! + d) | 0
  S[4] = (S[4]! + e) | 0
  S[5] = (S[5]! + f) | 0
  S[6] = (S[6]! + g) | 0
  S[7] = (S[7]! + h) | 0
}

function load(bytes: Uint8Array, at: number): void {
  for (let i = 0; i < 16; i++, at += 4) {
    W[i] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
  }
}

/** Hashes `data[0..length)` into S, which already took `before` bytes (a multiple of 64). */
function absorb(data: Uint8Array, length: number, before: number): void {
  let at = 0
  for (; at + 64 <= length; at += 64) {
    load(data, at)
    compress()
  }
  const rest = length - at
  const tail = rest < 56 ? 64 : 128
  for (let i = 0; i < rest; i++) TAIL[i] = data[at + i]!
  TAIL[rest] = 0x80
  TAIL.fill(0, rest + 1, tail)
  const total = before + length
  const high = Math.floor(total / 0x20000000)
  const low = (total << 3) >>> 0
  TAIL[tail - 8] = high >>> 24
  TAIL[tail - 7] = high >>> 16
  TAIL[tail - 6] = high >>> 8
  TAIL[tail - 5] = high
  TAIL[tail - 4] = low >>> 24
  TAIL[tail - 3] = low >>> 16
  TAIL[tail - 2] = low >>> 8
  TAIL[tail - 1] = low
  load(TAIL, 0)
  compress()
  if (tail === 128) {
    load(TAIL, 64)
    compress()
  }
}

function store(out: Uint8Array): void {
  for (let i = 0, at = 0; i < 8; i++, at += 4) {
    const word = S[i]!
    out[at] = word >>> 24
    out[at + 1] = word >>> 16
    out[at + 2] = word >>> 8
    out[at + 3] = word
  }
}

/** SHA-256 of `data`. */
export function sha256(data: Uint8Array): Uint8Array {
  if (wasm !== undefined && data.length <= wasm.most) {
    const out = new Uint8Array(32)
    wasm.put(data, data.length)
    wasm.calls.sha256(data.length)
    wasm.take(out)
    return out
  }
  S.set(START)
  absorb(data, data.length, 0)
  const out = new Uint8Array(32)
  store(out)
  return out
}

/** An HMAC-SHA256 key with both padded key blocks already hashed. */
export class HmacKey {
  // States after the inner and the outer key block: 0..7 and 8..15.
  readonly #pads = new Int32Array(16)

  constructor(key: Uint8Array) {
    if (key.length > 64) key = sha256(key)
    if (wasm !== undefined) {
      wasm.put(key, key.length)
      wasm.prepare(key.length, this.#pads)
      return
    }
    for (let outer = 0; outer < 2; outer++) {
      const fill = outer === 0 ? 0x36363636 : 0x5c5c5c5c
      for (let i = 0, at = 0; i < 16; i++, at += 4) {
        W[i] = fill ^ (((key[at] ?? 0) << 24) | ((key[at + 1] ?? 0) << 16) | ((key[at + 2] ?? 0) << 8) | (key[at + 3] ?? 0))
      }
      S.set(START)
      compress()
      this.#pads.set(S, outer * 8)
    }
  }

  /** HMAC of `data[0..length)` into `out[0..32)`; the two may be the same array. */
  mac(data: Uint8Array, length: number, out: Uint8Array): void {
    if (wasm !== undefined && length <= wasm.most) {
      wasm.put(data, length)
      wasm.use(this.#pads)
      wasm.calls.mac(length)
      wasm.take(out)
      return
    }
    this.#begin(0)
    absorb(data, length, 64)
    this.#finish(out)
  }

  /**
   * HMAC of a message of at most 19 bytes that is given as words (big-endian, zeros behind it): the rounds of permutations and
   * prefixes. `shortWord` reads the result, until the next call for any key.
   */
  short(a: number, b: number, c: number, d: number, e: number, length: number): void {
    if (wasm !== undefined) {
      wasm.use(this.#pads)
      wasm.calls.short(a, b, c, d, e, length)
      return
    }
    this.#begin(0)
    W[0] = a
    W[1] = b
    W[2] = c
    W[3] = d
    W[4] = e
    W.fill(0, 5, 15)
    W[length >> 2]! |= 0x80000000 >>> ((length & 3) << 3)
    W[15] = (64 + length) * 8
    compress()
    this.#finishState()
  }

  /** Runs a network (of `networkOf`) under this key over the digits of its halves, in place. */
  feistel(network: Network, left: number[], right: number[], rounds: number): void {
    wasm!.use(this.#pads)
    wasm!.feistel(network, left, right, rounds)
  }

  /**
   * Runs a network of ten rounds over the words 0 and 1 (left, the more significant one first) and 2 and 3 (right), in place. False:
   * there is no WebAssembly and nothing was done.
   */
  feistelBits(words: Uint32Array, mask: number): boolean {
    if (wasm === undefined) return false
    wasm.use(this.#pads)
    wasm.feistelBits(words, mask)
    return true
  }

  /** `mac`, as words. */
  macWords(data: Uint8Array, length: number): Words {
    if (wasm !== undefined && length <= wasm.most) {
      wasm.put(data, length)
      wasm.use(this.#pads)
      wasm.calls.mac(length)
      return wasm.words()
    }
    this.#begin(0)
    absorb(data, length, 64)
    this.#finishState()
    return Array.from(S)
  }

  /** A seed, `macWords`, and the first block of its stream, as words. */
  stream(data: Uint8Array, length: number): { readonly seed: Words; readonly block: Words } {
    if (wasm !== undefined && length <= wasm.most) {
      wasm.put(data, length)
      wasm.use(this.#pads)
      wasm.calls.stream(length)
      return { seed: wasm.seedWords(), block: wasm.words() }
    }
    const seed = this.macWords(data, length)
    return { seed, block: firstBlock(seed) }
  }

  /** HMAC of the four bytes of `counter`, big-endian: a block of a stream. */
  macCounter(counter: number): Words {
    if (wasm !== undefined) {
      wasm.use(this.#pads)
      wasm.calls.block(counter)
      return wasm.words()
    }
    this.#begin(0)
    W.fill(0, 0, 16)
    W[0] = counter
    W[1] = 0x80000000 | 0
    W[15] = (64 + 4) * 8
    compress()
    this.#finishState()
    return Array.from(S)
  }

  /** Forgets the key. A wiped key must not be used again. */
  wipe(): void {
    this.#pads.fill(0)
    wipeScratch()
  }

  #begin(from: number): void {
    const pads = this.#pads
    for (let i = 0; i < 8; i++) S[i] = pads[from + i]!
  }

  #finish(out: Uint8Array): void {
    this.#finishState()
    store(out)
  }

  #finishState(): void {
    for (let i = 0; i < 8; i++) W[i] = S[i]!
    W.fill(0, 8, 16)
    W[8] = 0x80000000 | 0
    W[15] = (64 + 32) * 8
    this.#begin(8)
    compress()
  }
}

/** The k-th word of what `short` gave last, with a sign. */
export function shortWord(k: number): number {
  return wasm === undefined ? S[k]! : wasm.state.getInt32(4 * k, true)
}

/**
 * HMAC of four zero bytes under a key of 32 bytes: the first block of the stream of a seed. Most streams end with it, so no key is
 * made for it.
 */
export function firstBlock(key: Words): Words {
  if (wasm === undefined) return new HmacKey(bytesOfWords(key)).macCounter(0)
  wasm.putWords(key)
  wasm.prepare(32)
  wasm.calls.block(0)
  return wasm.words()
}

/** A half of a Feistel network: the bases of its digits (at most 2^27 each), most significant first, and the bytes of its greatest number. */
export interface NetworkHalf {
  readonly bases: readonly number[]
  readonly width: number
}

/** The halves of a network as the module wants them. */
export interface Network {
  readonly left: Uint8Array
  readonly right: Uint8Array
}

/** The network of two halves for `HmacKey.feistel`; undefined: it is too wide, or there is no WebAssembly. */
export function networkOf(left: NetworkHalf, right: NetworkHalf): Network | undefined {
  if (wasm === undefined) return undefined
  const { MOST_DIGITS, MOST_WIDTH } = wasm.calls
  for (const { bases, width } of [left, right]) if (bases.length > MOST_DIGITS.value || width > MOST_WIDTH.value) return undefined
  return { left: networkHalf(left), right: networkHalf(right) }
}

function networkHalf({ bases, width }: NetworkHalf): Uint8Array {
  const m = width + 8
  const words = (m + 3) >> 2
  const view = new DataView(new ArrayBuffer(TABLE + 8 * words * bases.length))
  view.setInt32(0, bases.length, true)
  view.setInt32(4, width, true)
  const big = bases.map(BigInt)
  big.forEach((base, k) => view.setBigUint64(BASES + 8 * k, base, true))
  bases.forEach((base, k) => view.setFloat64(INVERSES + 8 * k, 1 / base, true))
  for (let j = 0; j < words; j++) {
    let rest = 1n << BigInt(8 * Math.max(m - 4 * (j + 1), 0))
    for (let k = bases.length - 1; k >= 0; k--) {
      view.setBigUint64(TABLE + 8 * (j * bases.length + k), rest % big[k]!, true)
      rest /= big[k]!
    }
  }
  return new Uint8Array(view.buffer)
}

export function bytesOfWords(words: Words): Uint8Array {
  const bytes = new Uint8Array(32)
  for (let i = 0; i < 32; i++) bytes[i] = words[i >> 2]! >>> (24 - 8 * (i & 3))
  return bytes
}

export function wordsOfBytes(bytes: Uint8Array): Words {
  return Array.from({ length: 8 }, (_, i) => (bytes[4 * i]! << 24) | (bytes[4 * i + 1]! << 16) | (bytes[4 * i + 2]! << 8) | bytes[4 * i + 3]!)
}

/** Clears what the last calls left in the shared work arrays. */
export function wipeScratch(): void {
  W.fill(0)
  S.fill(0)
  TAIL.fill(0)
  wasm?.wipe()
}
