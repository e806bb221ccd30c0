import { InputError, MaskError } from '../errors.ts'
import { canonical } from './canonical.ts'
import { Stream } from './draws.ts'
import { HmacKey, messageBuffer, wipeScratch } from './sha256.ts'
import type { Words } from './sha256.ts'
import type { Draws } from './types.ts'

// Keyed determinism: run secret -> key -> seed -> stream -> draws. The only file that loads node:crypto, and late: with a run
// secret and no seed file nothing needs it, and it takes 4 ms of a start.
//
//   deriveKey ── HKDF ──> RunKey ── seed(inputs) ──> 32 bytes ── drawsFrom ──> uniform(n), uniform(n), ...
//
// Key bytes leave this file nowhere: a RunKey has private fields only, so neither errors nor inspection can show them.

export { canonical }

const INFO = 'mask-logs/v1'
const encoder = new TextEncoder()
const nodeCrypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto')

/** A secret as the user gives it. */
export type Secret = string | Uint8Array

/** What, beside the inputs, selects a seed. */
export interface SeedParts {
  readonly family: string
  readonly qualifier: string
  readonly namespace: string
  readonly advance: number
}

/** The key of one run. Opaque: it computes, it cannot be read. */
export class RunKey {
  #mac: HmacKey
  #id: string | undefined
  #closed = false
  #identity: object = Object.freeze({})
  /** The key that this one computes with, when it is not its own. */
  #lender: RunKey | undefined

  constructor(bytes: Uint8Array) {
    this.#mac = new HmacKey(bytes)
  }

  /** HMAC-SHA256 under the key of `data[0..length)` into `out`. */
  mac(data: Uint8Array, length: number, out: Uint8Array): void {
    // A wiped key would still give results, the same for everyone.
    if (this.closed) throw new MaskError('internal', 'key', 'used after close')
    this.#mac.mac(data, length, out)
  }

  /** It was wiped, or the key that it computes with was. */
  get closed(): boolean {
    return this.#closed || (this.#lender !== undefined && this.#lender.#closed)
  }

  /** Computes with another key from here on, for as long as that one is not wiped. */
  adopt(other: RunKey): void {
    if (this.#lender === undefined) this.#mac.wipe()
    this.#mac = other.#mac
    this.#identity = other.#identity
    this.#id = undefined
    this.#recent.length = 0
    this.#lender = other
  }

  /** The seed over inputs whose message begins with `prefix`, and the first block of its stream. */
  stream(prefix: Uint8Array, inputs: readonly (string | null)[]): Drawn {
    if (this.closed) throw new MaskError('internal', 'key', 'used after close')
    // the masks of one record ask for some of them twice: an address is made of the names that other masks draw
    for (const one of this.#recent) if (one.prefix === prefix && sameInputs(one.inputs, inputs)) return one
    const to = room(prefix, inputs)
    const { seed, block } = this.#mac.stream(to, putSeed(to, prefix, inputs))
    const drawn = { prefix, inputs, seed, block }
    this.#recent[this.#next++ % MOST_RECENT] = drawn
    return drawn
  }
  /** Of the last few: no more than one record brings. */
  readonly #recent: Drawn[] = []
  #next = 0

  /** Tells this key from others and gives nothing of it away. */
  get identity(): object {
    return this.#identity
  }

  /** Four base32 characters that tell keys apart without saying anything about them (`key_id: auto`). */
  get id(): string {
    if (this.#id === undefined) {
      const data = encoder.encode('mask-logs/key-id')
      const out = new Uint8Array(32)
      this.mac(data, data.length, out)
      const bits = (out[0]! << 16) | (out[1]! << 8) | out[2]!
      this.#id = [19, 14, 9, 4].map((shift) => BASE32[(bits >>> shift) & 31]).join('')
    }
    return this.#id
  }

  /** Wipes the key; later use is an error. */
  zero(): void {
    this.#closed = true
    this.#recent.length = 0
    // a borrowed key is its owner's to wipe
    if (this.#lender === undefined) this.#mac.wipe()
    scratch.fill(0)
    pool.fill(0)
    pooled = pool.length
  }
}

/** A seed with the first block of its stream, and what it was made of. */
interface Drawn {
  readonly prefix: Uint8Array
  readonly inputs: readonly (string | null)[]
  readonly seed: Words
  readonly block: Words
}

const MOST_RECENT = 4

function sameInputs(a: readonly (string | null)[], b: readonly (string | null)[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/**
 * Derives the key of a run.
 *
 *     const key = deriveKey('s3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e')
 *
 * Throws `run_secret_length` unless the run secret has 20 to 256 Unicode characters.
 */
export function deriveKey(runSecret: Secret, instanceSecret?: Secret): RunKey {
  const length = codePoints(runSecret)
  if (length < 20) throw new InputError('run_secret_length', 'Run secret length must be at least 20 characters.')
  if (length > 256) throw new InputError('run_secret_length', 'Run secret length must be at most 256 characters.')
  return derive(bytesOf(runSecret), instanceSecret)
}

/** The key of a run without a run secret: consistent for the life of the object only. */
export function randomKey(instanceSecret?: Secret): RunKey {
  const secret = nodeCrypto().randomFillSync(new Uint8Array(32))
  const key = derive(secret, instanceSecret)
  secret.fill(0)
  return key
}

/**
 * Run keys for hosts whose run secrets come with each request: those used last are kept, because masks keep what they made of a key
 * with it. A key that is not kept any more is wiped. Secrets themselves are not kept: a key is found again by an HMAC of its secret.
 */
export class Keyring {
  readonly #instance: Secret | undefined
  readonly #most: number
  readonly #names: HmacKey
  readonly #keys = new Map<string, RunKey>()
  #random: RunKey | undefined
  /** The name of the key that was asked for last. */
  #last: string | undefined

  constructor(instanceSecret?: Secret, most = 16) {
    this.#instance = instanceSecret
    this.#most = most
    const name = nodeCrypto().randomFillSync(new Uint8Array(32))
    this.#names = new HmacKey(name)
    name.fill(0)
  }

  /**
   * The key of a run secret, or a fresh one that is good until the next call. `instance: false` leaves the instance secret out. Throws
   * `run_secret_length`.
   */
  key(runSecret: string | undefined, instance = true): RunKey {
    const salt = instance ? this.#instance : undefined
    this.#random?.zero()
    this.#random = undefined
    if (runSecret === undefined) return (this.#random = randomKey(salt))
    const to = 5 + 3 * runSecret.length <= scratch.length ? scratch : new Uint8Array(5 + 3 * runSecret.length)
    to[0] = salt === undefined ? 0x30 : 0x31
    const name = textOfWords(this.#names.macWords(to, putText(to, 1, runSecret)))
    if (name === this.#last) return this.#keys.get(name)!
    let key = this.#keys.get(name)
    if (key === undefined) key = deriveKey(runSecret, salt)
    else this.#keys.delete(name)
    this.#keys.set(name, key)
    this.#last = name
    if (this.#keys.size > this.#most) {
      const [[oldest, evicted]] = this.#keys as unknown as [[string, RunKey]]
      this.#keys.delete(oldest)
      evicted.zero()
    }
    return key
  }

  /** Wipes all keys. */
  close(): void {
    this.#random?.zero()
    for (const key of this.#keys.values()) key.zero()
    this.#keys.clear()
    this.#last = undefined
    this.#names.wipe()
    wipeScratch()
  }
}

/** Words as a text that tells them from all others. */
function textOfWords([a, b, c, d, e, f, g, h]: Words): string {
  // biome-ignore format: one text
  return String.fromCharCode(
    a! >>> 16, a! & 0xffff, b! >>> 16, b! & 0xffff, c! >>> 16, c! & 0xffff, d! >>> 16, d! & 0xffff,
    e! >>> 16, e! & 0xffff, f! >>> 16, f! & 0xffff, g! >>> 16, g! & 0xffff, h! >>> 16, h! & 0xffff,
  )
}

function derive(secret: Uint8Array, instanceSecret: Secret | undefined): RunKey {
  const bytes = hkdf(secret, instanceSecret === undefined ? new Uint8Array(0) : bytesOf(instanceSecret), INFO)
  const key = new RunKey(bytes)
  bytes.fill(0)
  return key
}

/** HKDF-SHA256 (RFC 5869), 32 bytes: the first block of its output. */
export function hkdf(secret: Uint8Array, salt: Uint8Array, info: string): Uint8Array {
  const extracted = hmac(salt, secret)
  const out = hmac(extracted, encoder.encode(`${info}\x01`))
  extracted.fill(0)
  return out
}

function bytesOf(secret: Secret): Uint8Array {
  return typeof secret === 'string' ? encoder.encode(secret) : secret
}

function codePoints(secret: Secret): number {
  let count = 0
  if (typeof secret === 'string') {
    for (const _ of secret) count++
  } else {
    // Every byte of UTF-8 but the continuation bytes starts a character.
    for (const byte of secret) if ((byte & 0xc0) !== 0x80) count++
  }
  return count
}

// The message of a seed is put together here; longer ones get an array of their own.
const scratch = messageBuffer

/** The seed over canonical inputs; null inputs hash as null. */
export function seed(key: RunKey, parts: SeedParts, inputs: readonly (string | null)[]): Uint8Array {
  const prefix = seedPrefix(parts)
  const to = room(prefix, inputs)
  const out = new Uint8Array(32)
  key.mac(to, putSeed(to, prefix, inputs), out)
  return out
}

/** What the message of a seed begins with, to be made once for many seeds. */
export function seedPrefix({ family, qualifier, namespace, advance }: SeedParts): Uint8Array {
  const to = new Uint8Array(16 + 3 * (family.length + qualifier.length + namespace.length))
  let at = putText(to, 0, family)
  at = putText(to, at, qualifier)
  at = putText(to, at, namespace)
  return to.slice(0, putLength(to, at, advance))
}

/** Draws under the seed over canonical inputs whose message begins with `prefix`: what is asked for again has the same one. */
export function drawsOf(key: RunKey, prefix: Uint8Array, inputs: readonly (string | null)[]): Draws {
  const { seed, block } = key.stream(prefix, inputs)
  return new Stream(seed, block)
}

/** An array that the message of a seed fits into. */
function room(prefix: Uint8Array, inputs: readonly (string | null)[]): Uint8Array {
  let most = prefix.length
  for (const input of inputs) most += 5 + (input === null ? 0 : 3 * input.length)
  return most <= scratch.length ? scratch : new Uint8Array(most)
}

/** Writes the message of a seed; returns its length. */
function putSeed(to: Uint8Array, prefix: Uint8Array, inputs: readonly (string | null)[]): number {
  to.set(prefix)
  let at = prefix.length
  for (const input of inputs) {
    if (input === null) {
      to[at++] = 0
    } else {
      to[at++] = 1
      at = putText(to, at, input)
    }
  }
  return at
}

function putLength(to: Uint8Array, at: number, length: number): number {
  to[at] = length >>> 24
  to[at + 1] = length >>> 16
  to[at + 2] = length >>> 8
  to[at + 3] = length
  return at + 4
}

/** Writes lp(text): most texts are short ASCII, for which the encoder's call costs more than the loop. */
function putText(to: Uint8Array, at: number, text: string): number {
  const length = text.length
  const start = at + 4
  if (length <= 64) {
    let i = 0
    for (; i < length; i++) {
      const c = text.charCodeAt(i)
      if (c > 0x7f) break
      to[start + i] = c
    }
    if (i === length) {
      putLength(to, at, length)
      return start + length
    }
  }
  const written = encoder.encodeInto(text, to.subarray(start)).written
  putLength(to, at, written)
  return start + written
}

/** Draws from a seed: the stream, from its beginning. */
export function drawsFrom(from: Uint8Array): Draws {
  return new Stream(from)
}

// Random bytes are fetched for 64 seeds at a time; what was handed out is wiped from the pool.
const pool = new Uint8Array(2048)
let pooled = pool.length

/** A fresh random seed of 32 bytes. */
export function randomSeed(): Uint8Array {
  if (pooled === pool.length) {
    nodeCrypto().randomFillSync(pool)
    pooled = 0
  }
  const out = pool.slice(pooled, pooled + 32)
  pool.fill(0, pooled, pooled + 32)
  pooled += 32
  return out
}

/** The key id of `pseudonym` with `key_id: auto`. */
export function keyId(key: RunKey): string {
  return key.id
}

/** HMAC-SHA256 for a key that is used once. */
export function hmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(32)
  const mac = new HmacKey(key)
  mac.mac(data, data.length, out)
  mac.wipe()
  return out
}

/** SHA-256 in hex, for files. */
export function sha256Hex(data: Uint8Array | string): string {
  return nodeCrypto().createHash('sha256').update(data).digest('hex')
}

/** Wipes a key and what the work arrays may still hold. */
export function zero(key: RunKey): void {
  key.zero()
  wipeScratch()
}
