import { Stream } from './draws.ts'
import { HmacKey, messageBuffer, networkOf, shortWord } from './sha256.ts'

// Keyed permutations of mixed-radix numbers: a shuffled table while the domain is small, else a Feistel network over two halves.
//
// A half is a number in a few digits of its own: as many positions together as stay below 2^27 (8 decimal digits, 5 letters), so
// that sums of products with three bytes are exact. F(i, X) modulo the size of a half comes out as such digits, one division after the
// other, whatever the size is: no number grows beyond a double and nothing is slower than the length of the value asks for.
// Halves of up to 24 bytes, as nearly all values have them, run in the module of sha256.ts; `Feistel` is for the rest. Where halves are
// so small that there are few F(i, X), those that were needed are kept: after some thousand values a permutation is a look into a table
// for each round (`SmallFeistel`).

/** A one-to-one map of the positions of a value. Changes `positions` in place. */
export interface Permutation {
  /** What it takes of memory, about. */
  readonly bytes: number
  permute(positions: number[]): void
}

const TABLE_LIMIT = 65_536
/** So many F(i, X) are kept at most, of two bytes each. */
const MOST_KEPT = 65_536
/** Of a digit of a half. */
const DIGIT_LIMIT = 2 ** 27
/** What three bytes hold. */
const LIMB = 2 ** 24

/** The permutation that key `seed` (32 bytes, `K` of the spec) gives over these radices, most significant first. */
export function permutation(seed: Uint8Array, radices: readonly number[]): Permutation {
  let size = 1
  for (const radix of radices) size *= radix
  // A product of doubles is exact wherever the comparison with the limits matters.
  if (size <= TABLE_LIMIT) return tablePermutation(seed, radices, size)
  return feistelPermutation(seed, radices, size >= 1_000_000 ? 10 : 20)
}

function tablePermutation(seed: Uint8Array, radices: readonly number[], size: number): Permutation {
  const table = new Uint16Array(size)
  for (let i = 0; i < size; i++) table[i] = i
  const stream = new Stream(seed)
  for (let i = size - 1; i > 0; i--) {
    const j = stream.uniform(i + 1)
    const kept = table[i]!
    table[i] = table[j]!
    table[j] = kept
  }
  return {
    bytes: table.byteLength,
    permute(positions) {
      let number = 0
      for (let i = 0; i < radices.length; i++) number = number * radices[i]! + positions[i]!
      number = table[number]!
      for (let i = radices.length - 1; i >= 0; i--) {
        const radix = radices[i]!
        positions[i] = number % radix
        number = Math.floor(number / radix)
      }
    },
  }
}

function feistelPermutation(seed: Uint8Array, radices: readonly number[], rounds: number): Permutation {
  const middle = Math.floor(radices.length / 2)
  const left = new Half(radices, 0, middle)
  const right = new Half(radices, middle, radices.length)
  if ((rounds / 2) * (left.size + right.size) <= MOST_KEPT) return new SmallFeistel(new HmacKey(seed), radices, left, right, rounds)
  const network = networkOf(left, right)
  const key = new HmacKey(seed)
  const wide = network === undefined ? new Feistel(key, left, right, rounds) : undefined
  return {
    bytes: 2048 + 64 * radices.length,
    permute(positions) {
      left.gather(positions)
      right.gather(positions)
      if (network === undefined) wide!.run()
      else key.feistel(network, left.digits, right.digits, rounds)
      left.scatter(positions)
      right.scatter(positions)
    },
  }
}

/** Positions [from, to) as one number. */
class Half {
  /** Bases of the digits, most significant first; their product is the size of the half. */
  readonly bases: number[] = []
  readonly digits: number[] = []
  /** Bytes of the greatest number. */
  readonly width: number
  /** How many numbers there are, about where they are very many. */
  readonly size: number
  /** The first of its positions. */
  readonly from: number
  readonly #radices: readonly number[]
  /** Where the positions of each digit end. */
  readonly #ends: number[] = []
  /** Three bytes each, least significant first. */
  readonly #limbs: number[] = []

  constructor(radices: readonly number[], from: number, to: number) {
    this.#radices = radices
    this.from = from
    for (let at = from; at < to; ) {
      let base = 1
      while (at < to && base * radices[at]! <= DIGIT_LIMIT) base *= radices[at++]!
      this.bases.push(base)
      this.#ends.push(at)
    }
    let size = 1
    for (const base of this.bases) size *= base
    this.size = size
    for (const base of this.bases) this.digits.push(base - 1)
    this.width = this.#split()
  }

  gather(positions: readonly number[]): void {
    const { digits } = this
    const radices = this.#radices
    let at = this.from
    for (let k = 0; k < digits.length; k++) {
      let digit = 0
      for (const end = this.#ends[k]!; at < end; at++) digit = Math.imul(digit, radices[at]!) + positions[at]!
      digits[k] = digit
    }
  }

  scatter(positions: number[]): void {
    const { digits } = this
    const radices = this.#radices
    for (let k = digits.length - 1; k >= 0; k--) {
      let rest = digits[k]!
      const from = k === 0 ? this.from : this.#ends[k - 1]!
      for (let at = this.#ends[k]! - 1; at >= from; at--) {
        const radix = radices[at]!
        const above = (rest / radix) | 0
        positions[at] = rest - above * radix
        rest = above
      }
    }
  }

  /** Writes the number, big-endian, in the bytes of the greatest one. */
  write(to: Uint8Array, start: number): void {
    this.#split()
    const limbs = this.#limbs
    let k = 0
    for (let at = start + this.width - 1; at >= start; k++) {
      let limb = k < limbs.length ? limbs[k]! : 0
      for (let byte = 0; byte < 3 && at >= start; byte++, at--, limb >>>= 8) to[at] = limb
    }
  }

  /** The number in limbs; returns how many bytes it has. */
  #split(): number {
    const { digits, bases } = this
    const limbs = this.#limbs
    limbs.length = 0
    for (let k = 0; k < digits.length; k++) {
      let carry = digits[k]!
      for (let l = 0; l < limbs.length; l++) {
        const next = limbs[l]! * bases[k]! + carry
        carry = Math.floor(next / LIMB)
        limbs[l] = next - carry * LIMB
      }
      for (; carry > 0; carry = Math.floor(carry / LIMB)) limbs.push(carry % LIMB)
    }
    const top = limbs.length === 0 ? 0 : limbs[limbs.length - 1]!
    return limbs.length === 0 ? 0 : 3 * (limbs.length - 1) + (top > 0xffff ? 3 : top > 0xff ? 2 : 1)
  }
}

/** In a table of F(i, X): it is not known yet. No half that is kept has so many numbers. */
const UNKNOWN = 0xffff

/** The network on halves of few numbers. */
class SmallFeistel implements Permutation {
  readonly bytes: number
  readonly #key: HmacKey
  readonly #radices: readonly number[]
  readonly #left: Half
  readonly #right: Half
  readonly #rounds: number
  /** F(i, X) at i times the numbers of the half that X is, of even rounds and of odd ones. */
  readonly #even: Uint16Array
  readonly #odd: Uint16Array
  readonly #block = new Uint8Array(32)

  constructor(key: HmacKey, radices: readonly number[], left: Half, right: Half, rounds: number) {
    this.#key = key
    this.#radices = radices
    this.#left = left
    this.#right = right
    this.#rounds = rounds
    this.#even = new Uint16Array((rounds / 2) * right.size).fill(UNKNOWN)
    this.#odd = new Uint16Array((rounds / 2) * left.size).fill(UNKNOWN)
    this.bytes = 2048 + 2 * (this.#even.length + this.#odd.length)
  }

  permute(positions: number[]): void {
    const radices = this.#radices
    const left = this.#left
    const right = this.#right
    const even = this.#even
    const odd = this.#odd
    const middle = right.from
    let a = 0
    for (let k = 0; k < middle; k++) a = a * radices[k]! + positions[k]!
    let b = 0
    for (let k = middle; k < radices.length; k++) b = b * radices[k]! + positions[k]!
    for (let i = 0, at = 0, to = 0; i < this.#rounds; i += 2, at += right.size, to += left.size) {
      let added = even[at + b]!
      if (added === UNKNOWN) even[at + b] = added = this.#added(i, b, right, left)
      a += added
      if (a >= left.size) a -= left.size
      added = odd[to + a]!
      if (added === UNKNOWN) odd[to + a] = added = this.#added(i + 1, a, left, right)
      b += added
      if (b >= right.size) b -= right.size
    }
    for (let k = radices.length - 1; k >= 0; k--) {
      const radix = radices[k]!
      const rest = k < middle ? a : b
      const above = Math.floor(rest / radix)
      positions[k] = rest - above * radix
      if (k < middle) a = above
      else b = above
    }
  }

  /** F(i, X), where X is a number of the half `from`, modulo the size of the half `to`. */
  #added(i: number, x: number, from: Half, to: Half): number {
    const message = messageBuffer
    message[0] = i
    message[1] = message[2] = message[3] = message[4] = 0
    for (let k = 4 + from.width, rest = x; k > 4; k--, rest >>>= 8) message[k] = rest
    this.#key.mac(message, 5 + from.width, this.#block)
    let out = 0
    for (let k = 0; k < to.width + 8; k++) out = ((out << 8) | this.#block[k]!) % to.size
    return out
  }
}

/** The network in JavaScript, on halves of any size. */
class Feistel {
  readonly #left: Half
  readonly #right: Half
  readonly #key: HmacKey
  readonly #rounds: number
  readonly #message: Uint8Array
  readonly #blocks: Uint8Array
  readonly #block = new Uint8Array(32)
  /** F(i, X) in limbs, most significant first. */
  readonly #limbs: number[] = []

  constructor(key: HmacKey, left: Half, right: Half, rounds: number) {
    this.#key = key
    const widest = Math.max(left.width, right.width)
    this.#message = 5 + widest <= messageBuffer.length ? messageBuffer : new Uint8Array(5 + widest)
    this.#blocks = new Uint8Array(widest + 8 + 32)
    this.#left = left
    this.#right = right
    this.#rounds = rounds
  }

  run(): void {
    for (let i = 0; i < this.#rounds; i += 2) {
      this.#round(i, this.#right, this.#left)
      this.#round(i + 1, this.#left, this.#right)
    }
  }

  /** Adds F(i, X) to the half `to`, where X is the half `from`. */
  #round(i: number, from: Half, to: Half): void {
    const message = this.#message
    message[0] = i
    message[1] = message[2] = 0
    from.write(message, 5)
    // m bytes are wanted: one block nearly always.
    const m = to.width + 8
    const blocks = this.#blocks
    message[3] = message[4] = 0
    this.#key.mac(message, 5 + from.width, blocks)
    for (let counter = 1; counter * 32 < m; counter++) {
      message[3] = counter >>> 8
      message[4] = counter
      this.#key.mac(message, 5 + from.width, this.#block)
      blocks.set(this.#block, counter * 32)
    }
    this.#add(blocks, m, to)
  }

  /** Adds the number in the first `m` bytes to a half, modulo its size. */
  #add(bytes: Uint8Array, m: number, to: Half): void {
    const { digits, bases } = to
    const limbs = this.#limbs
    limbs.length = 0
    for (let at = (m % 3) - 3; at < m; at += 3) {
      if (at + 3 > 0) limbs.push(((at < 0 ? 0 : bytes[at]!) << 16) | ((at < -1 ? 0 : bytes[at + 1]!) << 8) | bytes[at + 2]!)
    }
    let carry = 0
    let top = 0
    for (let k = digits.length - 1; k >= 0; k--) {
      const base = bases[k]!
      let rest = 0
      while (top < limbs.length && limbs[top] === 0) top++
      for (let l = top; l < limbs.length; l++) {
        // Exact: the quotient is further from the next integer than a double can err.
        const next = rest * LIMB + limbs[l]!
        const quotient = Math.floor(next / base)
        rest = next - quotient * base
        limbs[l] = quotient
      }
      const sum = digits[k]! + rest + carry
      carry = sum >= base ? 1 : 0
      digits[k] = carry === 1 ? sum - base : sum
    }
  }
}

// ------------------------------------------------------------------------------------------------ bits

/** The Feistel network, 10 rounds, on two halves of 61 or 64 bits: words of 32 bits, the more significant one first. */
export class BitFeistel {
  readonly #key: HmacKey
  readonly #mask: number

  constructor(seed: Uint8Array, bits: 61 | 64) {
    this.#key = new HmacKey(seed)
    this.#mask = bits === 64 ? 0xffffffff : 0x1fffffff
  }

  /** Left half in words 0 and 1, right half in 2 and 3. */
  run(words: Uint32Array): void {
    if (this.#key.feistelBits(words, this.#mask)) return
    for (let i = 0; i < 10; i += 2) {
      this.#round(i, words, 2, 0)
      this.#round(i + 1, words, 0, 2)
    }
  }

  #round(i: number, words: Uint32Array, from: number, to: number): void {
    const x = words[from]!
    const y = words[from + 1]!
    this.#key.short(i << 24, x >>> 8, (x << 24) | (y >>> 8), y << 24, 0, 13)
    // Of the 16 bytes of F(i, X) the last 8 count, modulo a power of two.
    const low = words[to + 1]! + (shortWord(3) >>> 0)
    words[to] = (words[to]! + (shortWord(2) >>> 0) + (low > 0xffffffff ? 1 : 0)) & this.#mask
    words[to + 1] = low
  }
}
