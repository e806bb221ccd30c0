// Password hashes as PHC strings: scrypt, and argon2id where Node has it. See RFC 7914, RFC 9106 and the PHC string format.

import * as crypto from 'node:crypto'

/** Least cost of a scrypt hash, as log2 N. */
const LEAST_LN = 15
/** No hash may take more memory than this. */
const MOST_MEMORY = 1 << 30

interface Parsed {
  readonly kind: 'scrypt' | 'argon2id'
  readonly salt: Buffer
  readonly hash: Buffer
  /** scrypt: ln, r, p; argon2id: m (KiB), t, p. */
  readonly cost: readonly [number, number, number]
}

type Argon2 = (
  algorithm: string,
  parameters: { message: Buffer; nonce: Buffer; parallelism: number; tagLength: number; memory: number; passes: number },
  done: (error: Error | null, hash: Buffer) => void,
) => void

/** Node 24.7 and later. */
const argon2 = (crypto as unknown as { argon2?: Argon2 }).argon2

const number = (text: string | undefined): number => (text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN)

function parse(phc: string): Parsed | string {
  const parts = phc.split('$')
  const kind = parts[1]
  if (parts[0] !== '' || (kind !== 'scrypt' && kind !== 'argon2id')) return 'the password is no PHC string of scrypt or argon2id'
  const rest = parts.slice(2)
  if (kind === 'argon2id' && rest[0] === 'v=19') rest.shift()
  else if (kind === 'argon2id') return 'the password hash needs v=19'
  const [settings = '', salt64 = '', hash64 = ''] = rest
  const named = new Map(settings.split(',').map((pair) => pair.split('=') as [string, string]))
  const salt = Buffer.from(salt64, 'base64')
  const hash = Buffer.from(hash64, 'base64')
  if (rest.length !== 3 || salt.length < 8 || hash.length < 16 || hash.length > 128) return 'the password hash has no salt of 8 bytes or no hash of 16 bytes'
  const names = kind === 'scrypt' ? ['ln', 'r', 'p'] : ['m', 't', 'p']
  const cost = names.map((name) => number(named.get(name))) as [number, number, number]
  if (cost.some((n) => !(n >= 1))) return `the password hash needs ${names.join(', ')}`
  if (kind === 'scrypt') {
    const [ln, r, p] = cost
    if (ln < LEAST_LN) return `the password hash needs ln of at least ${LEAST_LN}`
    if (ln > 30 || p > 16 || 128 * r * 2 ** ln > MOST_MEMORY) return 'the password hash costs too much memory'
  } else {
    if (argon2 === undefined) return "argon2id needs a later Node: hash the password with 'mask-logs hash-password'"
    if (cost[0] < 8 * cost[2] || cost[0] * 1024 > MOST_MEMORY || cost[1] > 64 || cost[2] > 16) return 'the password hash costs too much memory or time'
  }
  return { kind, salt, hash, cost }
}

/** What is wrong with a PHC string, or undefined. */
export function hashProblem(phc: string): string | undefined {
  const parsed = parse(phc)
  return typeof parsed === 'string' ? parsed : undefined
}

function compute({ kind, salt, hash, cost }: Parsed, password: string): Promise<Buffer> {
  const [a, b, c] = cost
  return new Promise((done, failed) => {
    const end = (error: Error | null, made: Buffer): void => (error === null ? done(made) : failed(error))
    if (kind === 'scrypt') crypto.scrypt(password.normalize('NFC'), salt, hash.length, { N: 2 ** a, r: b, p: c, maxmem: 2 * MOST_MEMORY }, end)
    else argon2!('argon2id', { message: Buffer.from(password.normalize('NFC')), nonce: salt, parallelism: c, tagLength: hash.length, memory: a, passes: b }, end)
  })
}

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')

/**
 * Hashes a password with scrypt; `ln` is log2 of its cost (default 17: 128 MB, about half a second).
 *
 * @example await hashPassword('correct horse') // $scrypt$ln=17,r=8,p=1$...$...
 */
export async function hashPassword(password: string, ln = 17): Promise<string> {
  const blank: Parsed = { kind: 'scrypt', salt: crypto.randomBytes(16), hash: Buffer.alloc(32), cost: [ln, 8, 1] }
  return `$scrypt$ln=${ln},r=8,p=1$${base64(blank.salt)}$${base64(await compute(blank, password))}`
}

// Each check takes as much memory as its hash says: few at once, and a queue that does not grow.
let running = 0
const waiting: (() => void)[] = []
const MOST_RUNNING = 2
const MOST_WAITING = 64

/** Too many passwords are being checked. */
export class Busy extends Error {}

/** True when the password is the one of the hash. Comparison takes the same time whatever differs. Throws Busy. */
export async function verifyPassword(phc: string, password: string): Promise<boolean> {
  const parsed = parse(phc)
  if (typeof parsed === 'string') return false
  if (running >= MOST_RUNNING) {
    if (waiting.length >= MOST_WAITING) throw new Busy()
    await new Promise<void>((go) => waiting.push(go))
  }
  running++
  try {
    const made = await compute(parsed, password)
    return crypto.timingSafeEqual(made, parsed.hash)
  } finally {
    running--
    waiting.shift()?.()
  }
}
