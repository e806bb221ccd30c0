import { Stream } from './draws.ts'
import { HmacKey } from './sha256.ts'

// Keyed permutations of mixed-radix numbers: a shuffled table while the domain is small, else a Feistel network
// over two halves. Numbers stay JavaScript numbers while a half is below 2^45, so that a value of 26 digits needs no BigInt.

/** A one-to-one map of the positions of a value. Changes `positions` in place. */
export interface Permutation {
  permute(positions: number[]): void
}

const TABLE_LIMIT = 65_536
const NUMBER_LIMIT = 2 ** 45

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
  const left = radices.slice(0, middle)
  const right = radices.slice(middle)
  const sizeLeft = product(left)
  const sizeRight = product(right)
  if (sizeLeft < NUMBER_LIMIT && sizeRight < NUMBER_LIMIT) {
    const network = new SmallFeistel(seed, Number(sizeLeft), Number(sizeRight), rounds)
    return {
      permute(positions) {
        const a = gather(positions, 0, left)
        const b = gather(positions, middle, right)
        network.run(a, b)
        scatter(network.a, positions, 0, left)
        scatter(network.b, positions, middle, right)
      },
    }
  }
  const cutLeft = chunks(left)
  const cutRight = chunks(right)
  return {
    permute(positions) {
      const [a, b] = feistel(seed, gatherBig(positions, 0, left, cutLeft), gatherBig(positions, middle, right, cutRight), sizeLeft, sizeRight, rounds)
      scatterBig(a, positions, 0, left, cutLeft)
      scatterBig(b, positions, middle, right, cutRight)
    },
  }
}

function product(radices: readonly number[]): bigint {
  return chunks(radices).reduce((all, chunk) => all * chunk.size, 1n)
}

function gather(positions: readonly number[], from: number, radices: readonly number[]): number {
  let number = 0
  for (let i = 0; i < radices.length; i++) number = number * radices[i]! + positions[from + i]!
  return number
}

function scatter(number: number, positions: number[], from: number, radices: readonly number[]): void {
  for (let i = radices.length - 1; i >= 0; i--) {
    const radix = radices[i]!
    const rest = Math.floor(number / radix)
    positions[from + i] = number - rest * radix
    number = rest
  }
}

/** Runs of radices whose product stays a safe integer, so that BigInt works once per run. */
interface Chunk {
  readonly start: number
  readonly end: number
  readonly size: bigint
}

function chunks(radices: readonly number[]): Chunk[] {
  const result: Chunk[] = []
  for (let start = 0; start < radices.length; ) {
    let size = 1
    let end = start
    while (end < radices.length && size * radices[end]! <= Number.MAX_SAFE_INTEGER) size *= radices[end++]!
    result.push({ start, end, size: BigInt(size) })
    start = end
  }
  return result
}

function gatherBig(positions: readonly number[], from: number, radices: readonly number[], cut: readonly Chunk[]): bigint {
  let number = 0n
  for (const { start, end, size } of cut) {
    let part = 0
    for (let i = start; i < end; i++) part = part * radices[i]! + positions[from + i]!
    number = number * size + BigInt(part)
  }
  return number
}

function scatterBig(number: bigint, positions: number[], from: number, radices: readonly number[], cut: readonly Chunk[]): void {
  for (let c = cut.length - 1; c >= 0; c--) {
    const { start, end, size } = cut[c]!
    let part = Number(number % size)
    number /= size
    for (let i = end - 1; i >= start; i--) {
      const radix = radices[i]!
      const rest = Math.floor(part / radix)
      positions[from + i] = part - rest * radix
      part = rest
    }
  }
}

function bytesOf(number: bigint): number {
  return number === 0n ? 0 : Math.ceil(number.toString(16).length / 2)
}

/** Both halves below 2^45. Results in `a` and `b`. */
class SmallFeistel {
  a = 0
  b = 0
  readonly #key: HmacKey
  readonly #sizes: readonly [number, number]
  readonly #bytes: readonly [number, number]
  readonly #rounds: number
  readonly #message = new Uint8Array(16)
  readonly #block = new Uint8Array(32)

  constructor(seed: Uint8Array, sizeLeft: number, sizeRight: number, rounds: number) {
    this.#key = new HmacKey(seed)
    this.#sizes = [sizeLeft, sizeRight]
    this.#bytes = [bytesOf(BigInt(sizeLeft - 1)), bytesOf(BigInt(sizeRight - 1))]
    this.#rounds = rounds
  }

  run(a: number, b: number): void {
    for (let i = 0; i < this.#rounds; i += 2) {
      a += this.#round(i, b, 1, 0)
      if (a >= this.#sizes[0]) a -= this.#sizes[0]
      b += this.#round(i + 1, a, 0, 1)
      if (b >= this.#sizes[1]) b -= this.#sizes[1]
    }
    this.a = a
    this.b = b
  }

  /** F(i, X) modulo the target's size, where X is the half `from` and the target the half `to`. */
  #round(i: number, x: number, from: 0 | 1, to: 0 | 1): number {
    const message = this.#message
    const width = this.#bytes[from]
    message[0] = i
    for (let at = 4 + width; at > 4; at--) {
      const rest = Math.floor(x / 256)
      message[at] = x - rest * 256
      x = rest
    }
    const block = this.#block
    this.#key.mac(message, 5 + width, block)
    // m is at most 14 bytes here: one block is always enough. The remainder is taken three bytes at a time where the
    // intermediate stays below 2^53, else one at a time.
    const m = this.#bytes[to] + 8
    const size = this.#sizes[to]
    let rest = 0
    let at = 0
    if (size < 2 ** 29) {
      for (; at + 3 <= m; at += 3) {
        const next = rest * 0x1000000 + ((block[at]! << 16) | (block[at + 1]! << 8) | block[at + 2]!)
        rest = next - Math.floor(next / size) * size
        // The quotient may round up to the next integer when it is within half an ulp of it.
        if (rest < 0) rest += size
      }
    }
    for (; at < m; at++) {
      const next = rest * 256 + block[at]!
      rest = next - Math.floor(next / size) * size
    }
    return rest
  }
}

/** The Feistel network on numbers of any size. */
export function feistel(seed: Uint8Array, a: bigint, b: bigint, sizeLeft: bigint, sizeRight: bigint, rounds: number): [bigint, bigint] {
  const key = new HmacKey(seed)
  const bytesLeft = bytesOf(sizeLeft - 1n)
  const bytesRight = bytesOf(sizeRight - 1n)
  for (let i = 0; i < rounds; i++) {
    if (i % 2 === 0) a = (a + round(key, i, b, bytesRight, bytesLeft + 8)) % sizeLeft
    else b = (b + round(key, i, a, bytesLeft, bytesRight + 8)) % sizeRight
  }
  return [a, b]
}

function round(key: HmacKey, i: number, x: bigint, width: number, m: number): bigint {
  const message = new Uint8Array(5 + width)
  message[0] = i
  const hex = x.toString(16).padStart(2 * width, '0')
  for (let at = 0; at < width; at++) message[5 + at] = parseInt(hex.slice(2 * at, 2 * at + 2), 16)
  const block = new Uint8Array(32)
  let out = ''
  for (let counter = 0, taken = 0; taken < m; counter++, taken += 32) {
    message[1] = counter >>> 24
    message[2] = counter >>> 16
    message[3] = counter >>> 8
    message[4] = counter
    key.mac(message, message.length, block)
    for (let at = 0; at < 32 && taken + at < m; at++) out += (block[at]! + 256).toString(16).slice(1)
  }
  return BigInt(`0x${out}`)
}
