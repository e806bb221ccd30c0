// A small seeded generator of random numbers (sfc32 over a hashed seed): the same seed gives the same corpus on every
// machine and Node version. Not for secrets.

/** A seeded source of random choices. */
export interface Random {
  /** 32 random bits, unsigned. */
  bits(): number
  /** An integer in [0, n). */
  below(n: number): number
  /** An integer in [low, high], both ends included. */
  between(low: number, high: number): number
  /** True with probability `p`. */
  chance(p: number): boolean
  /** One element of a list that is not empty. */
  pick<T>(list: readonly T[]): T
  /** `length` characters of `alphabet`. */
  text(alphabet: string, length: number): string
}

/** Makes a generator. Equal seeds give equal sequences. */
export function createRandom(seed: number | string): Random {
  // Four words of state from the seed's text (FNV-1a with different offsets), then warmed up.
  const text = String(seed)
  const state = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35].map((offset) => {
    let hash = offset | 0
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
    return hash
  })
  let a = state[0] as number
  let b = state[1] as number
  let c = state[2] as number
  let d = state[3] as number
  function bits(): number {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return t >>> 0
  }
  for (let i = 0; i < 16; i++) bits()
  // Scaling 32 bits is off by at most n / 2^32, which does not matter here; what matters is that it is cheap.
  const below = (n: number): number => Math.floor((bits() / 4294967296) * n)
  return {
    bits,
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (p) => bits() < p * 4294967296,
    pick: <T>(list: readonly T[]): T => list[below(list.length)] as T,
    text(alphabet, length) {
      let out = ''
      for (let i = 0; i < length; i++) out += alphabet.charAt(below(alphabet.length))
      return out
    },
  }
}
