// Who is calling: logins, JSON Web Tokens (RFC 7519, signed under RFC 7515 with HS256 or EdDSA), static tokens.
//
//   password ── login ──> access + refresh token      Authorization: Bearer <access token>
//   mlt_...  ── SHA-256 ── users file                  Authorization: Bearer <static token>
//   password ── token login ──> api key                Authorization: Token <key>, for /api/ only

import { createHash, createPrivateKey, createPublicKey, createSecretKey, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose'
import { refuse, unauthorized } from './errors.ts'
import { FailureLimiter } from './limits.ts'
import { Busy, verifyPassword } from './passwords.ts'
import { ROLES, SCOPES } from './roles.ts'
import type { Role, Scope } from './roles.ts'
import { SettingsError } from './yaml-file.ts'
import type { Users } from './users.ts'

const ISSUER = 'mask-logs'
const ACCESS_LIFE = 12 * 3600
const REFRESH_LIFE = 24 * 3600
const LEEWAY = 30
type Kind = 'access' | 'refresh' | 'api'

/** A caller that is known. */
export interface Caller {
  readonly name: string
  readonly role: Role
  readonly scopes: readonly Scope[]
  /** Undefined: all plans. */
  readonly plans: readonly RegExp[] | undefined
}

/** A key that tokens are signed and checked with. */
export interface TokenKey {
  readonly algorithm: 'HS256' | 'EdDSA'
  readonly kid: string
  /** Undefined: it only checks. */
  readonly sign: KeyObject | undefined
  readonly verify: KeyObject
}

/** Reads a key: a PEM of Ed25519, private or public, or 32 bytes and more for HS256. Throws SettingsError. */
export function readTokenKey(source: string, bytes: Buffer): TokenKey {
  const kidOf = (material: Buffer): string => createHash('sha256').update('mask-logs jwt kid').update(material).digest('base64url').slice(0, 12)
  const head = bytes.toString('latin1', 0, 64)
  if (head.includes('-----BEGIN')) {
    try {
      const secret = head.includes('PRIVATE') ? createPrivateKey(bytes) : undefined
      const verify = createPublicKey(bytes)
      if (verify.asymmetricKeyType !== 'ed25519') throw new Error('another kind')
      return { algorithm: 'EdDSA', kid: kidOf(verify.export({ type: 'spki', format: 'der' })), sign: secret, verify }
    } catch {
      throw new SettingsError(`${source}: the key for tokens must be an Ed25519 key in PEM form, or 32 random bytes`)
    }
  }
  if (bytes.length < 32) throw new SettingsError(`${source}: the key for tokens must have 32 bytes or more`)
  const key = createSecretKey(bytes)
  // the name of a key says nothing of it: it is one-way, and the key has 256 bits
  return { algorithm: 'HS256', kid: kidOf(bytes), sign: key, verify: key }
}

/** The keys in force, from files, from the environment, or made and kept. Throws SettingsError. */
export function tokenKeys(files: readonly string[], given: boolean, fromEnvironment: string | undefined): TokenKey[] {
  let keys: TokenKey[]
  if (!given && fromEnvironment !== undefined && fromEnvironment !== '') keys = [readTokenKey('MASK_LOGS_JWT_KEY', Buffer.from(fromEnvironment))]
  else {
    keys = files.map((file) => {
      if (!given && !existsSync(file)) {
        try {
          writeFileSync(file, randomBytes(32), { mode: 0o600, flag: 'wx' })
        } catch (error) {
          if ((error as { code?: unknown }).code !== 'EEXIST')
            throw new SettingsError(`${file}: there is no key for tokens, and it cannot be written: set auth.jwt_key_file or MASK_LOGS_JWT_KEY`)
        }
      }
      let bytes: Buffer
      try {
        bytes = readFileSync(file)
      } catch {
        throw new SettingsError(`${file}: the key for tokens cannot be read`)
      }
      return readTokenKey(file, bytes)
    })
  }
  if (keys[0]!.sign === undefined) throw new SettingsError(`${files[0]}: the first key for tokens signs, and must be a private one`)
  return keys
}

interface Claims {
  readonly sub: string
  readonly role: Role
  readonly typ: Kind
  readonly exp: number
}

const WRONG_LOGIN = 'Invalid username or password.'
/** A hash that no password has, for where there are no users. */
const NOBODY = `$scrypt$ln=17,r=8,p=1$${randomBytes(16).toString('base64').replace(/=+$/, '')}$${randomBytes(32).toString('base64').replace(/=+$/, '')}`
const MOST_KNOWN = 1000
const MOST_NAME = 128
const MOST_PASSWORD = 4096

/** Checks callers, and issues tokens. */
export class Auth {
  readonly #keys: readonly TokenKey[]
  readonly #users: () => Users
  readonly #failures: FailureLimiter
  readonly #onFailure: () => void
  readonly #now: () => number
  /** Tokens that were checked, by their SHA-256, until they expire: a signature is checked once. */
  readonly #known = new Map<string, Claims>()

  constructor(keys: readonly TokenKey[], users: () => Users, onFailure: () => void = () => {}, now: () => number = Date.now) {
    this.#keys = keys
    this.#users = users
    this.#onFailure = onFailure
    this.#now = now
    this.#failures = new FailureLimiter(5, 60_000, now)
  }

  /** Tokens for a name and a password. Throws 401 and 429. */
  async login(username: string, password: string, address: string): Promise<{ refresh_token: string; access_token: string; token_type: 'Bearer' }> {
    const role = await this.#check(username, password, address)
    return { refresh_token: await this.#issue('refresh', username, role), access_token: await this.#issue('access', username, role), token_type: 'Bearer' }
  }

  /** A key for /api/. Throws 401 and 429. */
  async apiLogin(username: string, password: string, address: string): Promise<{ key: string }> {
    const role = await this.#check(username, password, address)
    return { key: await this.#issue('api', username, role) }
  }

  /** A fresh access token. The role is read again. Throws 401. */
  async refresh(token: string): Promise<{ access_token: string; token_type: 'Bearer' }> {
    const claims = await this.#verify(token, 'refresh')
    const user = claims === undefined ? undefined : this.#users().users.get(claims.sub)
    if (user === undefined || user.disabled) {
      this.#onFailure()
      throw unauthorized()
    }
    return { access_token: await this.#issue('access', user.username, user.role), token_type: 'Bearer' }
  }

  /** The caller that the header names. `api`: keys of /api/ count too. Throws 401. */
  async caller(header: string | undefined, api: boolean): Promise<Caller> {
    const [scheme = '', token = '', rest] = (header ?? '').split(' ')
    const bearer = /^bearer$/i.test(scheme)
    const key = api && /^token$/i.test(scheme)
    if (rest === undefined && token !== '' && (bearer || key)) {
      const found = bearer && token.startsWith('mlt_') ? this.#static(token) : await this.#jwt(token, key ? 'api' : 'access')
      if (found !== undefined) return found
    }
    if (header !== undefined) this.#onFailure()
    throw unauthorized()
  }

  async #jwt(token: string, kind: Kind): Promise<Caller | undefined> {
    const claims = await this.#verify(token, kind)
    if (claims === undefined) return undefined
    const user = this.#users().users.get(claims.sub)
    return user === undefined || user.disabled ? undefined : { name: claims.sub, role: claims.role, scopes: SCOPES[claims.role], plans: undefined }
  }

  #static(token: string): Caller | undefined {
    const hash = createHash('sha256').update(token).digest()
    let found: Caller | undefined
    for (const { name, role, sha256, plans, expires } of this.#users().tokens) {
      // all of them, so that nothing is learned from the time
      if (timingSafeEqual(hash, sha256) && !(expires !== undefined && this.#now() >= expires)) found = { name, role, scopes: SCOPES[role], plans }
    }
    return found
  }

  async #check(username: string, password: string, address: string): Promise<Role> {
    // whatever comes: what is kept of a name is short
    const keys = [`name ${username.slice(0, MOST_NAME)}`, `address ${address}`]
    const usable = username.length <= MOST_NAME && password.length <= MOST_PASSWORD
    const wait = this.#failures.wait(...keys)
    if (wait > 0) throw refuse(429, 'Rate limit exceeded.', { 'Retry-After': String(wait) })
    const { users } = this.#users()
    const user = usable ? users.get(username) : undefined
    // a name that nobody has costs what one costs that somebody has
    const [other] = users.values()
    let right: boolean
    try {
      right = await verifyPassword(user?.password ?? other?.password ?? NOBODY, usable ? password : '')
    } catch (error) {
      if (error instanceof Busy) throw refuse(503, 'Too many logins at once.', { 'Retry-After': '1' })
      throw error
    }
    // many at once must not get in before the first of them has failed
    const late = this.#failures.wait(...keys)
    if (late > 0) throw refuse(429, 'Rate limit exceeded.', { 'Retry-After': String(late) })
    if (user === undefined || user.disabled || !right) {
      this.#failures.fail(...keys)
      this.#onFailure()
      throw refuse(401, WRONG_LOGIN, { 'WWW-Authenticate': 'Bearer' })
    }
    return user.role
  }

  async #issue(typ: Kind, sub: string, role: Role): Promise<string> {
    const { algorithm, kid, sign } = this.#keys[0]!
    const now = Math.floor(this.#now() / 1000)
    return new SignJWT({ role, scopes: SCOPES[role], typ })
      .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid })
      .setIssuer(ISSUER)
      .setSubject(sub)
      .setIssuedAt(now)
      .setExpirationTime(now + (typ === 'refresh' ? REFRESH_LIFE : ACCESS_LIFE))
      .setJti(randomUUID())
      .sign(sign!)
  }

  async #verify(token: string, kind: Kind): Promise<Claims | undefined> {
    const name = createHash('sha256').update(token).digest('base64')
    let claims = this.#known.get(name)
    if (claims === undefined) {
      claims = await this.#read(token)
      if (claims === undefined) return undefined
      if (this.#known.size >= MOST_KNOWN) this.#known.delete(this.#known.keys().next().value!)
      this.#known.set(name, claims)
    }
    return claims.typ === kind && this.#now() < (claims.exp + LEEWAY) * 1000 ? claims : undefined
  }

  async #read(token: string): Promise<Claims | undefined> {
    try {
      if (token.length > 8192) return undefined
      const { kid, alg } = decodeProtectedHeader(token)
      const key = this.#keys.find((one) => one.kid === kid) ?? (kid === undefined ? this.#keys.find((one) => one.algorithm === alg) : undefined)
      if (key === undefined) return undefined
      const { payload } = await jwtVerify(token, key.verify, {
        algorithms: [key.algorithm],
        issuer: ISSUER,
        clockTolerance: LEEWAY,
        currentDate: new Date(this.#now()),
        requiredClaims: ['sub', 'exp', 'iat', 'jti', 'typ', 'role'],
      })
      const { sub, exp, role, typ } = payload
      if (typeof sub !== 'string' || typeof exp !== 'number' || !ROLES.includes(role as Role) || !['access', 'refresh', 'api'].includes(String(typ))) return undefined
      return { sub, exp, role: role as Role, typ: typ as Kind }
    } catch {
      return undefined
    }
  }
}

/** A new static token, and what of it stands in the users file. */
export function newToken(): { token: string; sha256: string } {
  const token = `mlt_${randomBytes(32).toString('base64url')}`
  return { token, sha256: createHash('sha256').update(token).digest('hex') }
}
