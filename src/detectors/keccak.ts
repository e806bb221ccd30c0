// Keccak-256 as Ethereum and Monero use it (the padding before it became SHA-3), for messages of less than one block: Node has none.
// Lanes of 64 bits are pairs of words, the low one first.

/** Bytes of a block; messages are shorter. */
const RATE = 136
const ROUNDS = 24

interface Tables {
  /** Where each lane goes to in the step that turns and moves them, and by how much it is turned. */
  readonly to: Uint8Array
  readonly by: Uint8Array
  /** Round constants: low and high words. */
  readonly rounds: Int32Array
}

let tables: Tables | undefined

/** All constants follow from their rules: a walk over the 5 x 5 lanes, and a shift register of eight bits. */
function makeTables(): Tables {
  const to = new Uint8Array(25)
  const by = new Uint8Array(25)
  let x = 1
  let y = 0
  for (let t = 0; t < 24; t++) {
    const nextY = (2 * x + 3 * y) % 5
    by[x + 5 * y] = (((t + 1) * (t + 2)) / 2) % 64
    to[x + 5 * y] = y + 5 * nextY
    x = y
    y = nextY
  }
  const rounds = new Int32Array(2 * ROUNDS)
  let register = 1
  for (let round = 0; round < ROUNDS; round++) {
    for (let j = 0; j < 7; j++) {
      const bit = (1 << j) - 1
      if ((register & 1) === 1) rounds[2 * round + (bit >> 5)]! |= 1 << (bit & 31)
      register = (register << 1) ^ ((register >> 7) * 0x171)
    }
  }
  return { to, by, rounds }
}

/** The hash of a message of less than 136 bytes. */
export function keccak256(message: Uint8Array): Uint8Array {
  if (message.length >= RATE) throw new RangeError('a message of one block')
  tables ??= makeTables()
  const block = new Uint8Array(200)
  block.set(message)
  block[message.length] = 1
  block[RATE - 1]! |= 0x80
  const view = new DataView(block.buffer)
  const a = new Int32Array(50)
  for (let i = 0; i < 50; i++) a[i] = view.getInt32(4 * i, true)
  permute(a, tables)
  for (let i = 0; i < 8; i++) view.setInt32(4 * i, a[i]!, true)
  return block.slice(0, 32)
}

function permute(a: Int32Array, { to, by, rounds }: Tables): void {
  const b = new Int32Array(50)
  const c = new Int32Array(10)
  for (let round = 0; round < ROUNDS; round++) {
    for (let k = 0; k < 10; k++) c[k] = a[k]! ^ a[k + 10]! ^ a[k + 20]! ^ a[k + 30]! ^ a[k + 40]!
    for (let x = 0; x < 5; x++) {
      const left = 2 * ((x + 4) % 5)
      const right = 2 * ((x + 1) % 5)
      const low = c[left]! ^ ((c[right]! << 1) | (c[right + 1]! >>> 31))
      const high = c[left + 1]! ^ ((c[right + 1]! << 1) | (c[right]! >>> 31))
      for (let y = 0; y < 50; y += 10) {
        a[y + 2 * x]! ^= low
        a[y + 2 * x + 1]! ^= high
      }
    }
    for (let lane = 0; lane < 25; lane++) {
      const n = by[lane]! & 31
      const swap = by[lane]! >= 32 ? 1 : 0
      const low = a[2 * lane + swap]!
      const high = a[2 * lane + 1 - swap]!
      b[2 * to[lane]!] = n === 0 ? low : (low << n) | (high >>> (32 - n))
      b[2 * to[lane]! + 1] = n === 0 ? high : (high << n) | (low >>> (32 - n))
    }
    for (let y = 0; y < 50; y += 10) for (let x = 0; x < 10; x++) a[y + x] = b[y + x]! ^ (~b[y + ((x + 2) % 10)]! & b[y + ((x + 4) % 10)]!)
    a[0]! ^= rounds[2 * round]!
    a[1]! ^= rounds[2 * round + 1]!
  }
}
