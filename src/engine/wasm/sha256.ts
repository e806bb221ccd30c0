// SHA-256 (FIPS 180-4) and HMAC (RFC 2104) for ../sha256.ts, which puts keys and messages into this module's memory. All 64 rounds are written out, each with the word of the schedule that takes the place of the one
// it used: that is what lets a processor work on several at a time. 134 ns, against 250 ns for loops here or in JavaScript
// (Node 20), and without a time in which it runs slowly.
//
// This is AssemblyScript: `npm run wasm` compiles it into ../sha256-code.ts.

/** Message words and state. */
const W: i32 = 0
const S: i32 = 64
/** The state again, for those who read its words. */
export const STATE: i32 = 64
/** Results, as bytes. */
export const RESULT: i32 = 128
/** States behind the inner and the outer key block of an HMAC key. */
export const PADS: i32 = 192
/** The seed that `stream` made, as words. */
export const SEED: i32 = 256
/** States behind the key blocks of that seed. */
const OWN: i32 = 320
/** Messages and keys; behind a message must be room for its padding. */
export const MESSAGE: i32 = 1024
export const MESSAGE_SIZE: i32 = 4096

@inline function w(i: i32): u32 {
  return load<u32>(W + ((i & 15) << 2))
}

/** Word i + 16 of the schedule in the place of word i. */
@inline function extend(i: i32): void {
  const x = w(i + 1)
  const y = w(i + 14)
  store<u32>(W + (i << 2), w(i) + (rotr(x, 7) ^ rotr(x, 18) ^ (x >>> 3)) + w(i + 9) + (rotr(y, 17) ^ rotr(y, 19) ^ (y >>> 10)))
}

@inline function first(e: u32, f: u32, g: u32, h: u32, k: u32, i: i32): u32 {
  return h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + (g ^ (e & (f ^ g))) + k + w(i)
}

@inline function second(a: u32, b: u32, c: u32): u32 {
  return (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) | (c & (a | b)))
}

/** Works the message words into the state. */
function compress(): void {
  let a = load<u32>(S + 0)
  let b = load<u32>(S + 4)
  let c = load<u32>(S + 8)
  let d = load<u32>(S + 12)
  let e = load<u32>(S + 16)
  let f = load<u32>(S + 20)
  let g = load<u32>(S + 24)
  let h = load<u32>(S + 28)
  h = first(e, f, g, h, 0x428a2f98, 0)
  d += h
  h += second(a, b, c)
  extend(0)
  g = first(d, e, f, g, 0x71374491, 1)
  c += g
  g += second(h, a, b)
  extend(1)
  f = first(c, d, e, f, 0xb5c0fbcf, 2)
  b += f
  f += second(g, h, a)
  extend(2)
  e = first(b, c, d, e, 0xe9b5dba5, 3)
  a += e
  e += second(f, g, h)
  extend(3)
  d = first(a, b, c, d, 0x3956c25b, 4)
  h += d
  d += second(e, f, g)
  extend(4)
  c = first(h, a, b, c, 0x59f111f1, 5)
  g += c
  c += second(d, e, f)
  extend(5)
  b = first(g, h, a, b, 0x923f82a4, 6)
  f += b
  b += second(c, d, e)
  extend(6)
  a = first(f, g, h, a, 0xab1c5ed5, 7)
  e += a
  a += second(b, c, d)
  extend(7)
  h = first(e, f, g, h, 0xd807aa98, 8)
  d += h
  h += second(a, b, c)
  extend(8)
  g = first(d, e, f, g, 0x12835b01, 9)
  c += g
  g += second(h, a, b)
  extend(9)
  f = first(c, d, e, f, 0x243185be, 10)
  b += f
  f += second(g, h, a)
  extend(10)
  e = first(b, c, d, e, 0x550c7dc3, 11)
  a += e
  e += second(f, g, h)
  extend(11)
  d = first(a, b, c, d, 0x72be5d74, 12)
  h += d
  d += second(e, f, g)
  extend(12)
  c = first(h, a, b, c, 0x80deb1fe, 13)
  g += c
  c += second(d, e, f)
  extend(13)
  b = first(g, h, a, b, 0x9bdc06a7, 14)
  f += b
  b += second(c, d, e)
  extend(14)
  a = first(f, g, h, a, 0xc19bf174, 15)
  e += a
  a += second(b, c, d)
  extend(15)
  h = first(e, f, g, h, 0xe49b69c1, 0)
  d += h
  h += second(a, b, c)
  extend(0)
  g = first(d, e, f, g, 0xefbe4786, 1)
  c += g
  g += second(h, a, b)
  extend(1)
  f = first(c, d, e, f, 0x0fc19dc6, 2)
  b += f
  f += second(g, h, a)
  extend(2)
  e = first(b, c, d, e, 0x240ca1cc, 3)
  a += e
  e += second(f, g, h)
  extend(3)
  d = first(a, b, c, d, 0x2de92c6f, 4)
  h += d
  d += second(e, f, g)
  extend(4)
  c = first(h, a, b, c, 0x4a7484aa, 5)
  g += c
  c += second(d, e, f)
  extend(5)
  b = first(g, h, a, b, 0x5cb0a9dc, 6)
  f += b
  b += second(c, d, e)
  extend(6)
  a = first(f, g, h, a, 0x76f988da, 7)
  e += a
  a += second(b, c, d)
  extend(7)
  h = first(e, f, g, h, 0x983e5152, 8)
  d += h
  h += second(a, b, c)
  extend(8)
  g = first(d, e, f, g, 0xa831c66d, 9)
  c += g
  g += second(h, a, b)
  extend(9)
  f = first(c, d, e, f, 0xb00327c8, 10)
  b += f
  f += second(g, h, a)
  extend(10)
  e = first(b, c, d, e, 0xbf597fc7, 11)
  a += e
  e += second(f, g, h)
  extend(11)
  d = first(a, b, c, d, 0xc6e00bf3, 12)
  h += d
  d += second(e, f, g)
  extend(12)
  c = first(h, a, b, c, 0xd5a79147, 13)
  g += c
  c += second(d, e, f)
  extend(13)
  b = first(g, h, a, b, 0x06ca6351, 14)
  f += b
  b += second(c, d, e)
  extend(14)
  a = first(f, g, h, a, 0x14292967, 15)
  e += a
  a += second(b, c, d)
  extend(15)
  h = first(e, f, g, h, 0x27b70a85, 0)
  d += h
  h += second(a, b, c)
  extend(0)
  g = first(d, e, f, g, 0x2e1b2138, 1)
  c += g
  g += second(h, a, b)
  extend(1)
  f = first(c, d, e, f, 0x4d2c6dfc, 2)
  b += f
  f += second(g, h, a)
  extend(2)
  e = first(b, c, d, e, 0x53380d13, 3)
  a += e
  e += second(f, g, h)
  extend(3)
  d = first(a, b, c, d, 0x650a7354, 4)
  h += d
  d += second(e, f, g)
  extend(4)
  c = first(h, a, b, c, 0x766a0abb, 5)
  g += c
  c += second(d, e, f)
  extend(5)
  b = first(g, h, a, b, 0x81c2c92e, 6)
  f += b
  b += second(c, d, e)
  extend(6)
  a = first(f, g, h, a, 0x92722c85, 7)
  e += a
  a += second(b, c, d)
  extend(7)
  h = first(e, f, g, h, 0xa2bfe8a1, 8)
  d += h
  h += second(a, b, c)
  extend(8)
  g = first(d, e, f, g, 0xa81a664b, 9)
  c += g
  g += second(h, a, b)
  extend(9)
  f = first(c, d, e, f, 0xc24b8b70, 10)
  b += f
  f += second(g, h, a)
  extend(10)
  e = first(b, c, d, e, 0xc76c51a3, 11)
  a += e
  e += second(f, g, h)
  extend(11)
  d = first(a, b, c, d, 0xd192e819, 12)
  h += d
  d += second(e, f, g)
  extend(12)
  c = first(h, a, b, c, 0xd6990624, 13)
  g += c
  c += second(d, e, f)
  extend(13)
  b = first(g, h, a, b, 0xf40e3585, 14)
  f += b
  b += second(c, d, e)
  extend(14)
  a = first(f, g, h, a, 0x106aa070, 15)
  e += a
  a += second(b, c, d)
  extend(15)
  h = first(e, f, g, h, 0x19a4c116, 0)
  d += h
  h += second(a, b, c)
  g = first(d, e, f, g, 0x1e376c08, 1)
  c += g
  g += second(h, a, b)
  f = first(c, d, e, f, 0x2748774c, 2)
  b += f
  f += second(g, h, a)
  e = first(b, c, d, e, 0x34b0bcb5, 3)
  a += e
  e += second(f, g, h)
  d = first(a, b, c, d, 0x391c0cb3, 4)
  h += d
  d += second(e, f, g)
  c = first(h, a, b, c, 0x4ed8aa4a, 5)
  g += c
  c += second(d, e, f)
  b = first(g, h, a, b, 0x5b9cca4f, 6)
  f += b
  b += second(c, d, e)
  a = first(f, g, h, a, 0x682e6ff3, 7)
  e += a
  a += second(b, c, d)
  h = first(e, f, g, h, 0x748f82ee, 8)
  d += h
  h += second(a, b, c)
  g = first(d, e, f, g, 0x78a5636f, 9)
  c += g
  g += second(h, a, b)
  f = first(c, d, e, f, 0x84c87814, 10)
  b += f
  f += second(g, h, a)
  e = first(b, c, d, e, 0x8cc70208, 11)
  a += e
  e += second(f, g, h)
  d = first(a, b, c, d, 0x90befffa, 12)
  h += d
  d += second(e, f, g)
  c = first(h, a, b, c, 0xa4506ceb, 13)
  g += c
  c += second(d, e, f)
  b = first(g, h, a, b, 0xbef9a3f7, 14)
  f += b
  b += second(c, d, e)
  a = first(f, g, h, a, 0xc67178f2, 15)
  e += a
  a += second(b, c, d)
  store<u32>(S + 0, load<u32>(S + 0) + a)
  store<u32>(S + 4, load<u32>(S + 4) + b)
  store<u32>(S + 8, load<u32>(S + 8) + c)
  store<u32>(S + 12, load<u32>(S + 12) + d)
  store<u32>(S + 16, load<u32>(S + 16) + e)
  store<u32>(S + 20, load<u32>(S + 20) + f)
  store<u32>(S + 24, load<u32>(S + 24) + g)
  store<u32>(S + 28, load<u32>(S + 28) + h)
}

function swap(x: u32): u32 {
  return (rotl(x, 8) & 0x00ff00ff) | (rotr(x, 8) & 0xff00ff00)
}

/** The state before the first block. */
function begin(): void {
  store<u32>(S, 0x6a09e667)
  store<u32>(S + 4, 0xbb67ae85)
  store<u32>(S + 8, 0x3c6ef372)
  store<u32>(S + 12, 0xa54ff53a)
  store<u32>(S + 16, 0x510e527f)
  store<u32>(S + 20, 0x9b05688c)
  store<u32>(S + 24, 0x1f83d9ab)
  store<u32>(S + 28, 0x5be0cd19)
}

function copyState(to: i32, from: i32): void {
  v128.store(to, v128.load(from))
  v128.store(to + 16, v128.load(from + 16))
}

function result(): void {
  for (let i = 0; i < 32; i += 4) store<u32>(RESULT + i, swap(load<u32>(S + i)))
}

/** Works the message of `length` bytes into a state that has taken `before` bytes, and ends it. */
function finish(length: i32, before: i32): void {
  let at = MESSAGE
  const end = MESSAGE + length
  const total = MESSAGE + (((length + 72) >>> 6) << 6)
  for (let p = end; p < total; p += 16) v128.store(p, i8x16.splat(0))
  store<u8>(end, 0x80)
  store<u32>(total - 4, swap(<u32>(before + length) << 3))
  while (at < total) {
    for (let i = 0; i < 64; i += 4) store<u32>(W + i, swap(load<u32>(at + i)))
    compress()
    at += 64
  }
}

/** The outer hash over the state of the inner one. */
function outer(): void {
  copyState(W, S)
  store<u32>(W + 32, 0x80000000)
  for (let i = 36; i < 60; i += 4) store<u32>(W + i, 0)
  store<u32>(W + 60, (64 + 32) * 8)
}

/** SHA-256 of the first `length` bytes of MESSAGE into RESULT. */
export function sha256(length: i32): void {
  begin()
  finish(length, 0)
  result()
}

/** PADS of the key of at most 64 bytes in MESSAGE. */
export function prepare(length: i32): void {
  memory.fill(MESSAGE + length, 0, 64 - length)
  pad(0x36363636)
  copyState(PADS, S)
  pad(0x5c5c5c5c)
  copyState(PADS + 32, S)
}

function pad(fill: u32): void {
  for (let i = 0; i < 64; i += 4) store<u32>(W + i, swap(load<u32>(MESSAGE + i)) ^ fill)
  begin()
  compress()
}

/** HMAC under PADS of the first `length` bytes of MESSAGE into RESULT. */
export function mac(length: i32): void {
  copyState(S, PADS)
  finish(length, 64)
  outer()
  copyState(S, PADS + 32)
  compress()
  result()
}

/**
 * HMAC under PADS of a message of at most 19 bytes, as words with zeros behind it: nothing of it goes through memory. The result is
 * left in STATE, as words.
 */
export function short(a: i32, b: i32, c: i32, d: i32, e: i32, length: i32): void {
  copyState(S, PADS)
  store<u32>(W, a)
  store<u32>(W + 4, b)
  store<u32>(W + 8, c)
  store<u32>(W + 12, d)
  store<u32>(W + 16, e)
  for (let i = 20; i < 60; i += 4) store<u32>(W + i, 0)
  const last = W + (length & 28)
  store<u32>(last, load<u32>(last) | (<u32>0x80000000 >> ((length & 3) << 3)))
  store<u32>(W + 60, (64 + length) << 3)
  compress()
  outer()
  copyState(S, PADS + 32)
  compress()
}

/** HMAC under PADS of the four bytes of a counter into RESULT: a block of a stream. */
export function block(counter: i32): void {
  copyState(S, PADS)
  store<u32>(W, counter)
  store<u32>(W + 4, 0x80000000)
  for (let i = 8; i < 60; i += 4) store<u32>(W + i, 0)
  store<u32>(W + 60, (64 + 4) * 8)
  compress()
  outer()
  copyState(S, PADS + 32)
  compress()
  result()
}

/**
 * The seed that is the HMAC under PADS of the first `length` bytes of MESSAGE, into SEED, and the first block of its stream (the HMAC
 * under it of four zero bytes), into STATE, as words. PADS stay.
 */
export function stream(length: i32): void {
  copyState(S, PADS)
  finish(length, 64)
  outer()
  copyState(S, PADS + 32)
  compress()
  copyState(SEED, S)
  padSeed(0x36363636)
  copyState(OWN, S)
  padSeed(0x5c5c5c5c)
  copyState(OWN + 32, S)
  copyState(S, OWN)
  store<u32>(W, 0)
  store<u32>(W + 4, 0x80000000)
  for (let i = 8; i < 60; i += 4) store<u32>(W + i, 0)
  store<u32>(W + 60, (64 + 4) * 8)
  compress()
  outer()
  copyState(S, OWN + 32)
  compress()
}

function padSeed(fill: u32): void {
  for (let i = 0; i < 32; i += 4) store<u32>(W + i, load<u32>(SEED + i) ^ fill)
  for (let i = 32; i < 64; i += 4) store<u32>(W + i, fill)
  begin()
  compress()
}

// ------------------------------------------------------------------------------------------------ Feistel networks
//
// A half is a number in a few digits of bases of its own, most significant first, that the host lays down at HALF and
// HALF + HALF_SIZE: how many digits, the bytes of the greatest number, and at 16 the digits; at 128 the bases, at 224 what one
// divided by each is, at 320 the table of what each word of F(i, X) adds: word j times 2 to the power of the bits behind it, modulo the size of the half, in its digits.
// A word (32 bits) times a digit (27) is below 2^59: eight of them and a carry fit into 64 bits.

export const HALF: i32 = 8192
export const HALF_SIZE: i32 = 1536
/** What a half may have at most: its digits, and the bytes of its greatest number (eight more are one HMAC). */
export const MOST_DIGITS: i32 = 12
export const MOST_WIDTH: i32 = 24
const LIMBS: i32 = 7168

/** The network under PADS over the two halves; of one half one digit or none each: both parts of a round. */
export function feistel(rounds: i32): void {
  for (let i = 0; i < rounds; i += 2) {
    round(i, HALF + HALF_SIZE, HALF)
    round(i + 1, HALF, HALF + HALF_SIZE)
  }
}

/** Adds F(i, X) to the half `to`, where X is the half `from`. */
function round(i: i32, from: i32, to: i32): void {
  // The message: the round, a counter of 0 in four bytes, and X in the bytes of its greatest number.
  const width = load<i32>(from + 4)
  v128.store(W, i8x16.splat(0))
  v128.store(W + 16, i8x16.splat(0))
  v128.store(W + 32, i8x16.splat(0))
  v128.store(W + 48, i8x16.splat(0))
  const digits = load<i32>(from)
  let limbs = (width + 3) >> 2
  if (limbs <= 4) {
    // in two registers
    let low: u64 = 0
    let high: u64 = 0
    for (let k = 0; k < digits; k++) {
      const base = load<u64>(from + 128 + (k << 3))
      const a = (low & 0xffffffff) * base + <u64>load<u32>(from + 16 + (k << 2))
      const b = (low >>> 32) * base + (a >>> 32)
      const c = (high & 0xffffffff) * base + (b >>> 32)
      high = ((high >>> 32) * base + (c >>> 32)) << 32 | (c & 0xffffffff)
      low = b << 32 | (a & 0xffffffff)
    }
    store<u64>(LIMBS, low)
    store<u64>(LIMBS + 8, high)
  } else {
    limbs = 0
    for (let k = 0; k < digits; k++) {
      let carry = <u64>load<u32>(from + 16 + (k << 2))
      const base = load<u64>(from + 128 + (k << 3))
      for (let l = 0; l < limbs; l++) {
        carry += <u64>load<u32>(LIMBS + (l << 2)) * base
        store<u32>(LIMBS + (l << 2), <u32>carry)
        carry >>= 32
      }
      if (carry != 0 || k == 0) store<u32>(LIMBS + (limbs++ << 2), <u32>carry)
    }
  }
  // X and the bit that ends the message, moved up to where its last word ends. The greatest X has its highest byte in `width`, so
  // what is carried out of the last limb fits into the word before.
  const free = (2 - width) & 3
  const shift = <u64>(8 + (free << 3))
  let moved = <u64>0x80 << <u64>(free << 3)
  let place = W + (((5 + width) >> 2) << 2)
  for (let l = 0; l < limbs; l++, place -= 4) {
    moved |= <u64>load<u32>(LIMBS + (l << 2)) << shift
    store<u32>(place, <u32>moved)
    moved >>= 32
  }
  store<u32>(place, <u32>moved)
  store<u32>(W, i << 24)
  store<u32>(W + 60, (64 + 5 + width) << 3)
  copyState(S, PADS)
  compress()
  outer()
  copyState(S, PADS + 32)
  compress()
  // Of the result the first `m` bytes count.
  const m = load<i32>(to + 4) + 8
  const size = load<i32>(to)
  const words = (m + 3) >> 2
  const unused = (words << 2) - m
  store<u32>(S + ((words - 1) << 2), load<u32>(S + ((words - 1) << 2)) >>> (unused << 3))
  const step = size << 3
  let carry: u64 = 0
  for (let k = size - 1; k >= 0; k--) {
    const place = to + 16 + (k << 2)
    let sum = carry + <u64>load<u32>(place)
    let row = to + 320 + (k << 3)
    for (let j = 0; j < words; j++, row += step) sum += <u64>load<u32>(S + (j << 2)) * load<u64>(row)
    // A division of integers takes longer than all the rest. The sum is below 2^62 and the quotient below 2^37, whatever the base: in
    // doubles it is wrong by one at most.
    const base = load<i64>(to + 128 + (k << 3))
    carry = <u64>(<i64>(<f64>(<i64>sum) * load<f64>(to + 224 + (k << 3))))
    let rest = <i64>sum - <i64>carry * base
    if (rest < 0) {
      rest += base
      carry--
    } else if (rest >= base) {
      rest -= base
      carry++
    }
    store<u32>(place, <u32>rest)
  }
}

/**
 * The network, ten rounds, under PADS over two halves of 64 bits (or fewer: `mask` is of their upper words), which stand at HALF and
 * HALF + 8, each as its lower and its upper word.
 */
export function feistelBits(mask: u32): void {
  for (let i = 0; i < 10; i++) {
    const from = HALF + ((i & 1) == 0 ? 8 : 0)
    const to = HALF + ((i & 1) == 0 ? 0 : 8)
    const y = load<u32>(from)
    const x = load<u32>(from + 4)
    short(i << 24, x >>> 8, (x << 24) | (y >>> 8), y << 24, 0, 13)
    // Of the first 16 bytes of F(i, X) the last 8 count, modulo a power of two.
    const sum = load<u64>(to) + ((<u64>load<u32>(S + 8) << 32) | <u64>load<u32>(S + 12))
    store<u64>(to, sum & ((<u64>mask << 32) | 0xffffffff))
  }
}

/** Forgets everything. */
export function wipe(): void {
  memory.fill(0, 0, HALF + 2 * HALF_SIZE)
}
