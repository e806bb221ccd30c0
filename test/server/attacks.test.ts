// Callers who should not get in, and requests that should not get through.
import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { Auth, newToken, readTokenKey } from '../../transports/server/auth.ts'
import { FailureLimiter, RateLimiter } from '../../transports/server/limits.ts'
import { hashPassword, hashProblem, verifyPassword } from '../../transports/server/passwords.ts'
import { parseUsers } from '../../transports/server/users.ts'
import { testFolder } from '../support/folder.ts'
import { CUSTOMER, PASSWORDS, REDACT, REPLACE, startServer, tokens, usersYaml } from './support.ts'
import type { Tested } from './support.ts'

const folder = testFolder()
let t: Tested
beforeAll(async () => {
  t = await startServer(folder.next())
})

const base64 = (value: object | string): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const claims = (token: string): Record<string, unknown> => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>
const forged = (header: object, body: object, key: Buffer): string => {
  const head = `${base64(header)}.${base64(body)}`
  return `${head}.${createHmac('sha256', key).update(head).digest('base64url')}`
}
const status = async (token: string): Promise<number> => (await t.as(`Bearer ${token}`)('GET', '/ifm/verify-token/')).status
const refused = { error: 'Invalid or expired token.' }

describe('logins', () => {
  it('answers with tokens that say who, what and until when', async () => {
    const { status, json } = await t.login('alice')
    expect(status).toBe(200)
    expect(Object.keys(json)).toEqual(['refresh_token', 'access_token', 'token_type'])
    expect(json.token_type).toBe('Bearer')
    const { iat, exp, jti, scopes, ...rest } = claims(json.access_token)
    expect(rest).toEqual({ iss: 'mask-logs', sub: 'alice', role: 'admin', typ: 'access' })
    expect(scopes).toContain('ifm/rules:create')
    expect((exp as number) - (iat as number)).toBe(12 * 3600)
    const refresh = claims(json.refresh_token)
    expect((refresh['exp'] as number) - (refresh['iat'] as number)).toBe(24 * 3600)
    expect(JSON.parse(Buffer.from(json.access_token.split('.')[0], 'base64url').toString())).toMatchObject({ alg: 'HS256', kid: expect.any(String) })
    expect(jti).not.toBe(refresh['jti'])
  })

  it('refuses wrong passwords, unknown names and disabled users alike', async () => {
    const of = async (username: string, password: string) => {
      const { status, json, headers } = await t.as(undefined)('POST', '/api/auth/jwt/login/', { username, password })
      return { status, json, challenge: headers.get('www-authenticate') }
    }
    const wrong = { status: 401, json: { error: 'Invalid username or password.' }, challenge: 'Bearer' }
    expect(await of('build', 'wrong')).toEqual(wrong)
    expect(await of('nobody', 'wrong')).toEqual(wrong)
    expect(await of('gone', PASSWORDS.gone)).toEqual(wrong)
    // the password of somebody else under a name that nobody has
    expect(await of('someone', PASSWORDS.alice)).toEqual(wrong)
    expect((await t.as(undefined)('POST', '/api/auth/jwt/login/', { username: 'x' })).status).toBe(422)
    expect(await of('a'.repeat(1_000_000), 'b'.repeat(1_000_000))).toEqual(wrong)
  })

  it('takes as long for unknown names as for known ones', async () => {
    const users = parseUsers('users', await usersYaml())
    const auth = new Auth(
      [readTokenKey('key', randomBytes(32))],
      () => users,
      () => {},
      () => clock,
    )
    let clock = 0
    const time = async (name: string): Promise<number> => {
      // past every limit
      clock += 120_000
      const begun = performance.now()
      await auth.login(name, 'wrong', 'here').catch(() => {})
      return performance.now() - begun
    }
    await time('alice')
    const [known, unknown, off]: [number[], number[], number[]] = [[], [], []]
    for (let i = 0; i < 7; i++) {
      known.push(await time('alice'))
      unknown.push(await time('nobody'))
      off.push(await time('gone'))
    }
    const middle = (list: number[]): number => list.sort((a, b) => a - b)[3]!
    for (const other of [unknown, off]) {
      expect(middle(other)).toBeGreaterThan(middle(known) / 3)
      expect(middle(other)).toBeLessThan(middle(known) * 3)
    }
  })

  it('slows brute force down, by name and by address', async () => {
    const other = await startServer(folder.next())
    const tries = await Promise.all(Array.from({ length: 12 }, () => other.as(undefined)('POST', '/api/auth/jwt/login/', { username: 'build', password: 'guess' })))
    const count = (status: number): number => tries.filter((one) => one.status === status).length
    expect([count(401), count(429)]).toEqual([5, 7])
    const late = await other.login('build')
    expect([late.status, late.json, Number(late.headers.get('retry-after')) > 0]).toEqual([429, { error: 'Rate limit exceeded.' }, true])
    expect((await other.as(undefined)('POST', '/api/auth/token/login/', { username: 'build', password: PASSWORDS.build })).status).toBe(429)
    // they all came from one address
    expect((await other.login('alice')).status).toBe(429)
    expect((await other.call('GET', '/metrics')).text).toMatch(/^mask_logs_auth_failures_total [5-9]/m)
    await other.server.close()
  })

  it('forgets failures after a minute', () => {
    let now = 0
    const limiter = new FailureLimiter(5, 60_000, () => now)
    for (let i = 0; i < 5; i++) {
      expect(limiter.wait('a')).toBe(0)
      limiter.fail('a')
      now += 1000
    }
    expect(limiter.wait('a')).toBe(55)
    expect(limiter.wait('b')).toBe(0)
    now = 60_000
    expect(limiter.wait('a')).toBe(0)
  })
})

describe('access tokens', () => {
  it('refuses those that are forged, expired, of another kind, algorithm, issuer or key', async () => {
    const { access_token, refresh_token } = (await t.login('alice')).json
    const { key } = (await t.as(undefined)('POST', '/api/auth/token/login/', { username: 'alice', password: PASSWORDS.alice })).json
    const [head, body, mark] = access_token.split('.') as [string, string, string]
    const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as object
    const good = claims(access_token)
    const own = readFileSync(join(t.folder, 'data/jwt.key'))
    expect(await status(access_token)).toBe(200)
    // what is signed with the key passes, so that what follows fails for the reason that is named
    expect(await status(forged(header, good, own))).toBe(200)
    const now = Math.floor(Date.now() / 1000)
    const bad: Record<string, string> = {
      'refresh as access': refresh_token,
      'api key as access': key,
      'alg none': `${base64({ ...header, alg: 'none' })}.${body}.`,
      'alg None': `${base64({ ...header, alg: 'None' })}.${body}.${mark}`,
      'without a signature': `${head}.${body}.`,
      'another body': `${head}.${base64({ ...good, sub: 'build' })}.${mark}`,
      'another key': forged(header, good, randomBytes(32)),
      'an empty key': forged(header, good, Buffer.alloc(0)),
      expired: forged(header, { ...good, exp: now - 60 }, own),
      'issued by others': forged(header, { ...good, iss: 'someone' }, own),
      'without an end': forged(header, { ...good, exp: undefined }, own),
      'without a kind': forged(header, { ...good, typ: undefined }, own),
      'a role that is none': forged(header, { ...good, role: 'root' }, own),
      'a user who is none': forged(header, { ...good, sub: 'nobody' }, own),
      'a disabled user': forged(header, { ...good, sub: 'gone' }, own),
      'another kid': forged({ ...header, kid: '../../etc/passwd' }, good, own),
      'alg HS512': forged({ ...header, alg: 'HS512' }, good, own),
      'alg EdDSA': forged({ ...header, alg: 'EdDSA' }, good, own),
      'a key of its own': forged({ ...header, jwk: { kty: 'oct', k: base64('x'.repeat(32)) } }, good, Buffer.from('x'.repeat(32))),
      nothing: '',
      words: 'not.a.token',
      long: 'x'.repeat(10_000),
    }
    for (const [what, token] of Object.entries(bad)) expect(await status(token), what).toBe(401)
    for (const header of ['Basic YWxpY2U6eA==', `bearer ${access_token} x`, `Token ${key}`, access_token, 'Bearer'])
      expect((await t.as(header)('GET', '/ifm/verify-token/')).json, header.slice(0, 20)).toEqual(refused)
    expect((await t.as(`bearer ${access_token}`)('GET', '/ifm/verify-token/')).status).toBe(200)
    expect((await t.as('Bearer x')('GET', '/ifm/verify-token/')).headers.get('www-authenticate')).toBe('Bearer')
    // everywhere below /ifm/, whatever the path
    for (const path of ['/ifm/ruleset-plans/', '/ifm/ruleset-plans/none/', '/ifm/none/', '/ifm/ruleset-plans/none/mask/', '/api/seeds/', '/metrics', '/ifm/stats/'])
      expect((await t.as('Bearer x')('GET', path)).status, path).toBe(401)
    expect((await t.as('Bearer x')('POST', '/ifm/ruleset-plans/none/mask/', '{}')).status).toBe(401)
  })

  it('lets keys of /api/ in there, and only there', async () => {
    const { key } = (await t.as(undefined)('POST', '/api/auth/token/login/', { username: 'alice', password: PASSWORDS.alice })).json
    expect((await t.as(`Token ${key}`)('GET', '/api/seeds/')).status).toBe(200)
    expect((await t.as(`Token ${key}`)('GET', '/ifm/ruleset-plans/')).status).toBe(401)
    const { access_token } = (await t.login('alice')).json
    expect((await t.as(`Token ${access_token}`)('GET', '/api/seeds/')).status).toBe(401)
    expect((await t.as(`Bearer ${access_token}`)('GET', '/api/seeds/')).status).toBe(200)
  })

  it('expires, is refreshed, and a refresh reads the role again (11)', async () => {
    let now = Date.now()
    const at = folder.next()
    const other = await startServer(at, {}, {}, () => now)
    const { access_token, refresh_token } = (await other.login('build')).json
    const verify = async (token: string): Promise<number> => (await other.as(`Bearer ${token}`)('GET', '/ifm/verify-token/')).status
    const refresh = (token: string) => other.as(undefined)('POST', '/api/auth/jwt/refresh/', { refresh: token })
    expect(await verify(access_token)).toBe(200)
    now += 12 * 3_600_000 + 20_000
    expect(await verify(access_token)).toBe(200)
    now += 20_000
    expect(await verify(access_token)).toBe(401)
    expect((await refresh(access_token)).status).toBe(401)
    const fresh = await refresh(refresh_token)
    expect([fresh.status, Object.keys(fresh.json), fresh.json.token_type]).toEqual([200, ['access_token', 'token_type'], 'Bearer'])
    expect(await verify(fresh.json.access_token)).toBe(200)
    // a role is fixed when the token is issued
    writeFileSync(join(at, 'users-given.yaml'), (await usersYaml()).replace('username: build, role: mask_builder', 'username: build, role: mask_runner'))
    await other.server.rescan()
    expect(claims(fresh.json.access_token)['role']).toBe('mask_builder')
    expect((await other.as(`Bearer ${fresh.json.access_token}`)('GET', '/ifm/ruleset-plans/none/')).status).toBe(404)
    const demoted = (await refresh(refresh_token)).json.access_token
    expect((await other.as(`Bearer ${demoted}`)('GET', '/ifm/ruleset-plans/none/')).status).toBe(403)
    // a disabled user is out at once, with every token
    writeFileSync(join(at, 'users-given.yaml'), await usersYaml(['gone', 'build']))
    await other.server.rescan()
    expect(await verify(demoted)).toBe(401)
    expect((await refresh(refresh_token)).status).toBe(401)
    // a file that cannot be used changes nothing
    writeFileSync(join(at, 'users-given.yaml'), 'users: nobody\n')
    await other.server.rescan()
    expect((await other.login('run')).status).toBe(200)
    expect(other.err.text).toContain('users file not reloaded')
    writeFileSync(join(at, 'users-given.yaml'), await usersYaml())
    await other.server.rescan()
    now += 13 * 3_600_000
    expect((await refresh(refresh_token)).status).toBe(401)
    await other.server.close()
  })

  it('takes Ed25519 keys, and a second key that only checks', async () => {
    const at = folder.next()
    const [first, second] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')]
    writeFileSync(join(at, 'first.pem'), first.privateKey.export({ type: 'pkcs8', format: 'pem' }))
    writeFileSync(join(at, 'second.pem'), second.publicKey.export({ type: 'spki', format: 'pem' }))
    mkdirSync(join(at, 'data'))
    const other = await startServer(at, { auth: { users_file: join(at, 'users-given.yaml'), jwt_key_file: ['first.pem', 'second.pem'] } })
    const { access_token } = (await other.login('alice')).json
    const header = JSON.parse(Buffer.from(access_token.split('.')[0], 'base64url').toString()) as Record<string, string>
    expect(header['alg']).toBe('EdDSA')
    const signed = (kid: string, key: Parameters<typeof sign>[2], alg = 'EdDSA'): string => {
      const head = `${base64({ ...header, kid, alg })}.${access_token.split('.')[1]}`
      return `${head}.${sign(null, Buffer.from(head), key).toString('base64url')}`
    }
    const kid = readTokenKey('second', readFileSync(join(at, 'second.pem'))).kid
    const verify = async (token: string): Promise<number> => (await other.as(`Bearer ${token}`)('GET', '/ifm/verify-token/')).status
    expect(await verify(access_token)).toBe(200)
    expect(await verify(signed(kid, second.privateKey))).toBe(200)
    expect(await verify(signed(header['kid']!, second.privateKey))).toBe(401)
    // the public key as a secret
    const pem = readFileSync(join(at, 'second.pem'))
    expect(await verify(forged({ ...header, alg: 'HS256', kid }, claims(access_token), pem))).toBe(401)
    await other.server.close()
  })

  it('refuses keys that are too short or of another kind', () => {
    expect(() => readTokenKey('key', randomBytes(31))).toThrow('32 bytes or more')
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(() => readTokenKey('key', Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })))).toThrow('Ed25519')
  })
})

describe('roles and static tokens (10)', () => {
  it('lets a runner list and mask, and nothing else', async () => {
    const plan = await t.plan('guarded', REDACT)
    const runner = t.as(`Bearer ${(await t.login('run')).json.access_token}`)
    const path = `/ifm/ruleset-plans/${plan}/`
    expect((await runner('GET', '/ifm/ruleset-plans/')).status).toBe(200)
    expect((await runner('POST', `${path}mask/`, { data: [] })).status).toBe(200)
    const denied = { error: 'You do not have permission to perform this action.' }
    for (const [method, at, body] of [
      ['GET', path],
      ['GET', '/ifm/ruleset-plans/none/'],
      ['POST', '/ifm/ruleset-plans/', { name: 'x', ruleset_yaml: REDACT }],
      ['PUT', path, { ruleset_yaml: REDACT }],
      ['PATCH', path, {}],
      ['DELETE', path],
      ['POST', '/ifm/validate/', { ruleset_yaml: REDACT }],
      ['GET', '/api/seeds/'],
    ] as const) {
      const answer = await runner(method, at, body)
      expect([answer.status, answer.json], `${method} ${at}`).toEqual([403, denied])
    }
  })

  it('takes static tokens, until they expire, for the plans that they name', async () => {
    const as = (token: { token: string }) => t.as(`Bearer ${token.token}`)
    expect((await as(tokens.expired)('GET', '/ifm/verify-token/')).status).toBe(401)
    expect((await as(newToken())('GET', '/ifm/verify-token/')).status).toBe(401)
    const [mine, other] = [await t.plan('team-a', REDACT), await t.plan('others', REDACT)]
    const limited = as(tokens.limited)
    expect((await limited('POST', `/ifm/ruleset-plans/${mine}/mask/`, { data: [] })).status).toBe(200)
    for (const [method, path, body] of [
      ['POST', `${other}/mask/`, { data: [] }],
      ['GET', `${other}/`],
      ['GET', 'none/'],
      ['DELETE', `${other}/`],
      ['PUT', `${other}/`, { ruleset_yaml: REDACT }],
    ] as const)
      expect((await limited(method, `/ifm/ruleset-plans/${path}`, body)).status, path).toBe(403)
    expect((await limited('POST', '/ifm/ruleset-plans/', { name: 'outside', ruleset_yaml: REDACT })).status).toBe(403)
    expect((await limited('POST', '/ifm/ruleset-plans/', { name: 'team-b', ruleset_yaml: REDACT })).status).toBe(201)
    const { items, total } = (await limited('GET', '/ifm/ruleset-plans/')).json
    expect(items.every(({ name }: { name: string }) => name.startsWith('team-'))).toBe(true)
    expect(total).toBe(items.length)
    // only the hash is stored
    expect(await t.traces()).not.toContain(tokens.limited.token)
  })

  it('gives nothing to nobody without auth, except on loopback', async () => {
    const other = await startServer(folder.next(), { auth: 'none' })
    expect((await other.call('GET', '/ifm/verify-token/')).json.scopes).toContain('ifm/rules:create')
    expect((await other.login('alice')).status).toBe(400)
    await other.server.close()
    await expect(startServer(folder.next(), { auth: 'none', listen: '0.0.0.0:0' })).rejects.toThrow("'none' works on a loopback address only")
  })
})

describe('passwords', () => {
  it('hashes and checks, and refuses hashes that are weak or heavy', async () => {
    const hash = await hashPassword('correct horse', 15)
    expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(await verifyPassword(hash, 'correct horse')).toBe(true)
    expect(await verifyPassword(hash, 'correct horsf')).toBe(false)
    for (const bad of [
      '',
      'plain',
      '$2b$10$abc',
      hash.replace('ln=15', 'ln=14'),
      hash.replace('ln=15', 'ln=25'),
      hash.replace('r=8', 'r=0'),
      '$scrypt$ln=15,r=8,p=1$c2FsdA$aGFzaA',
    ]) {
      expect(hashProblem(bad), bad).toBeTypeOf('string')
      expect(await verifyPassword(bad, 'x')).toBe(false)
    }
  })

  it('agrees with a published vector of scrypt (RFC 7914 has none of ln 15: one of Node itself)', async () => {
    const { scryptSync } = await import('node:crypto')
    const salt = Buffer.from('SodiumChloride')
    const hash = scryptSync('pleaseletmein', salt, 64, { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 28 })
    const phc = `$scrypt$ln=15,r=8,p=1$${salt.toString('base64').replace(/=+$/, '')}$${hash.toString('base64').replace(/=+$/, '')}`
    expect(await verifyPassword(phc, 'pleaseletmein')).toBe(true)
  })

  it('names the user whose hash cannot be used, and says nothing of the hash', () => {
    const yaml = 'users:\n- {username: ann, role: admin, password: "SECRET-PLAIN"}\n- {username: bob, rol: admin, password: x}\n'
    expect(() => parseUsers('users.yaml', yaml)).toThrow(/users\.yaml:3:19 unknown key 'rol' in 'users\[1\]' \(did you mean 'role'\?\)/)
    try {
      parseUsers('users.yaml', yaml.replace('rol:', 'role:'))
      expect.unreachable()
    } catch (error) {
      expect((error as Error).message).toContain("user 'ann': the password is no PHC string")
      expect((error as Error).message).not.toContain('SECRET-PLAIN')
    }
  })
})

describe('limits', () => {
  it('gives each caller its share', async () => {
    const bucket = new RateLimiter(2, 3)
    expect([0, 0, 0, 0].map(() => bucket.take('a', 0))).toEqual([0, 0, 0, 1])
    expect(bucket.take('b', 0)).toBe(0)
    expect([bucket.take('a', 500), bucket.take('a', 500)]).toEqual([0, 1])
    const other = await startServer(folder.next(), { rate_limit: { per_second: 0.01, burst: 2 } })
    // the login itself needs none
    expect([(await other.call('GET', '/ifm/verify-token/')).status, (await other.call('GET', '/ifm/verify-token/')).status]).toEqual([200, 200])
    const late = await other.call('GET', '/ifm/verify-token/')
    expect([late.status, late.json]).toEqual([429, { error: 'Rate limit exceeded.' }])
    expect((await other.as(undefined)('GET', '/api/healthcheck/')).status).toBe(200)
    expect((await other.as(`Bearer ${tokens.runner.token}`)('GET', '/ifm/verify-token/')).status).toBe(200)
    await other.server.close()
  })

  it('answers 503 to more requests at once than it is to take', async () => {
    const other = await startServer(folder.next(), { max_concurrent: 2 })
    const slow = Array.from({ length: 2 }, () =>
      open(
        other.server.port,
        `POST /ifm/validate/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokens.builder.token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
      ),
    )
    await new Promise((done) => setTimeout(done, 100))
    const refused = await other.call('GET', '/ifm/verify-token/')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    expect((await other.as(undefined)('GET', '/api/healthcheck/')).status).toBe(200)
    for (const { end } of slow) end()
    await new Promise((done) => setTimeout(done, 200))
    expect((await other.call('GET', '/ifm/verify-token/')).status).toBe(200)
    await other.server.close()
  })

  it('gives up on slow bodies and slow heads', async () => {
    const other = await startServer(folder.next(), { timeouts: { body: 0.3, headers: 0.5 } })
    const body = open(
      other.server.port,
      `POST /ifm/validate/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokens.builder.token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    )
    expect(await body.answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*\{"error":"The request body took too long\."\}$/)
    const head = open(other.server.port, 'GET /api/healthcheck/ HTTP/1.1\r\nHost: x\r\nX-')
    expect(await head.answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*\{"error":"The request took too long\."\}$/)
    await other.server.close()
  })

  it('stops reading a body that is too large', async () => {
    const other = await startServer(folder.next(), { max_body_bytes: 1024 })
    const { answer, socket } = open(
      other.server.port,
      `POST /ifm/validate/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokens.builder.token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
    )
    const chunk = `400\r\n${'x'.repeat(1024)}\r\n`
    const more = setInterval(() => socket.write(chunk), 5)
    const text = await answer
    clearInterval(more)
    expect(text).toMatch(/^HTTP\/1\.1 413 /)
    expect(text).toContain('{"error":"Request body is larger than 1024 bytes."}')
    await other.server.close()
  })

  it('answers what is no HTTP with fixed words', async () => {
    const { answer } = open(t.server.port, 'CANARY-LINE nonsense\r\n\r\n')
    const text = await answer
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request[\s\S]*\{"error":"This is no HTTP request\."\}$/)
  })
})

/** A connection of bytes. */
function open(port: number, head: string) {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  const answer = new Promise<string>((done) => {
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.on('close', () => done(text))
    socket.on('error', () => {})
    setTimeout(() => {
      socket.destroy()
    }, 8000).unref()
  })
  socket.write(head)
  return { answer, socket, end: () => socket.destroy() }
}

describe('rulesets that attack', () => {
  const create = (yaml: string) => t.call('POST', '/ifm/ruleset-plans/', { name: 'bomb', ruleset_yaml: yaml })

  it('refuses bombs in time', async () => {
    const laughs = [
      'version: "1.0"',
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      ...Array.from('bcdefgh', (c, i) => `${c}: &${c} [${Array(10).fill(`*${'abcdefgh'[i]}`).join(',')}]`),
      'rules: *h',
      '',
    ].join('\n')
    const bombs: Record<string, string> = {
      aliases: laughs,
      depth: `version: "1.0"\nrules: ${'['.repeat(5000)}${']'.repeat(5000)}\n`,
      size: `version: "1.0"\n# ${'x'.repeat(2 << 20)}\nrules: []\n`,
      keys: `version: "1.0"\nrules:\n${'- {keys: [a], masks: [{type: redact}]}\n'.repeat(1000)}- {masks: [{type: nope}]}\n`,
      tag: 'version: "1.0"\nrules: !!js/function "x"\n',
      proto: 'version: "1.0"\n__proto__: {rules: []}\nrules: [{keys: [a], masks: [{type: redact}]}]\n',
      regex: 'version: "1.0"\nrules:\n- {paths: [a], masks: [{type: replace_regex, regex: "(?=x)(a+)+$", masks: [{type: redact}]}]}\n',
    }
    for (const [what, yaml] of Object.entries(bombs)) {
      const begun = performance.now()
      expect((await create(yaml)).status, what).toBe(400)
      expect(performance.now() - begun, what).toBeLessThan(5000)
    }
  })

  it('reads no file that a ruleset or a name points to', async () => {
    writeFileSync(join(t.folder, 'outside.yaml'), REDACT)
    for (const name of ['../outside.yaml', './outside.yaml', '/etc/passwd', 'file:///etc/passwd', 'http://127.0.0.1:1/x', 'mask-logs:../../package'])
      expect((await create(`version: "1.0"\nextends: ["${name}"]\n`)).status, name).toBe(400)
    expect((await create('version: "1.0"\nrules:\n- {keys: [a], masks: [{type: from_file, seed_file: "../../users-given.yaml"}]}\n')).status).toBe(400)
    for (const path of ['..%2f..%2fusers-given', '%2e%2e%2fjwt.key', '....//x', 'a%00b', 'con%2f..%2f..']) {
      const { status } = await t.call('GET', `/ifm/ruleset-plans/${path}/`)
      expect([400, 404], path).toContain(status)
    }
  })

  it('takes only AI engines that are on the list (SSRF)', async () => {
    const other = await startServer(folder.next(), { ai_engine: { allowed_urls: ['http://127.0.0.1:9/detect', 'https://engine.example'] } })
    const plan = await other.plan('ai', REDACT)
    const of = async (url: string): Promise<number> => (await other.mask(plan, { data: [{}], ai_engine_url: url })).status
    for (const url of ['http://127.0.0.1:9', 'http://127.0.0.1:9/other/path', 'https://engine.example:443/x', 'HTTPS://ENGINE.example']) expect(await of(url), url).toBe(200)
    for (const url of [
      'http://127.0.0.1:10',
      'https://127.0.0.1:9',
      'http://engine.example',
      'https://engine.example.evil.example',
      'https://engine.example@evil.example',
      'https://evil.example/https://engine.example',
      'http://127.0.0.1:9@evil.example',
      'http://[::1]:9',
      'http://localhost:9',
      'http://169.254.169.254/latest/meta-data',
      'file:///etc/passwd',
      'gopher://127.0.0.1:9',
      '//engine.example',
      'engine.example',
      '',
      'https://user:pass@engine.example',
    ])
      expect(await of(url), url).toBe(400)
    expect((await t.mask(await t.plan('no-list', REDACT), { data: [], ai_engine_url: 'http://127.0.0.1:9' })).json.error).toBe(
      'Invalid masking parameters: AI engine URL is not on the allow-list.',
    )
    await other.server.close()
  })

  it('fails softly without an engine', async () => {
    const yaml =
      'version: "1.0"\nrules:\n- {paths: [note], masks: [{type: unstructured_text, matchers: {ai_detect: [{label: WHO, annotation_config: {use_preset: FULL_NAME}}]}, masks: [{label: WHO, masks: [{type: redact}]}]}]}\n'
    const answer = await t.mask(await t.plan('engine', yaml), { data: [{ note: 'Ann was here' }] })
    expect([answer.status, answer.json.logs[0].code, answer.json.logs[0].path]).toEqual([400, 'ai_engine_unavailable', 'data[0].note'])
  })
})

describe('20: canaries', () => {
  it('leave no trace, however a request fails', async () => {
    const other = await startServer(folder.next(), { ai_engine: { allowed_urls: ['https://engine.example'] }, access_log: 'json', log_level: 'debug' })
    const canary = `CANARY${randomBytes(6).toString('hex')}`
    const secret = `${canary}-a-run-secret-of-its-own`
    const plans = {
      replace: await other.plan('replace', REPLACE),
      customer: await other.plan('customer', CUSTOMER),
      schema: await other.plan('schema', REDACT, { schema: { type: 'object', properties: { a: { type: 'integer', enum: [1] } }, additionalProperties: false } }),
      off: await other.plan('off', REDACT, { options: { enabled: false } }),
    }
    const record = { [canary]: canary, customer_id: { x: canary }, a: canary, email: canary }
    const good = JSON.stringify({ data: [record], run_secret: secret, request_id: canary })
    const answers: string[] = []
    const send = async (plan: string, body: unknown, headers: Record<string, string> = {}): Promise<void> => {
      const { text, status, headers: got } = await other.mask(plan, body, headers)
      expect(status, text.slice(0, 100)).toBeGreaterThanOrEqual(400)
      // the request id is said back, and nothing else
      answers.push(text.replaceAll(`"request_id":"${canary}"`, ''), ...[...got].filter(([name]) => name !== 'x-request-id').map(([, value]) => value))
    }
    for (const plan of Object.values(plans)) {
      await send(plan, { data: [[42, canary]], hash_values: { [canary]: 1 } })
      await send(plan, { data: canary })
      await send(plan, { [canary]: canary })
      await send(plan, canary)
      await send(plan, good.slice(0, -3))
      await send(plan, good.replace(canary, `${canary}\n`))
      await send(plan, Buffer.concat([Buffer.from(good), Buffer.from([0xff])]))
      await send(plan, good, { 'content-type': 'text/plain' })
      await send(plan, good, { 'content-encoding': 'gzip' })
      await send(plan, { data: [record], run_secret: canary.slice(0, 15) })
      await send(plan, { data: [record], run_secret: canary.repeat(30) })
      await send(plan, { data: [record], log_level: canary })
      await send(plan, { data: [record], request_id: `${canary}\u00e9` })
      await send(plan, { data: [record], ai_engine_url: `https://${canary}.example` })
      await send(plan, { data: [record], hash_values: [canary, canary] })
    }
    await send(plans.replace, { data: [record], log_level: 'debug' })
    await send(plans.customer, { data: [record], log_level: 'debug' })
    await send(plans.schema, { data: [record] })
    await send(plans.off, { data: [record] })
    await send(plans.replace, `{"data": [${'['.repeat(300)}"${canary}"${']'.repeat(300)}]}`)
    await send('none', good)
    for (const [method, path, body] of [
      ['POST', '/api/auth/jwt/login/', { username: `user-${canary}`, password: canary }],
      ['POST', '/api/auth/jwt/login/', { username: 'alice', password: canary }],
      ['POST', '/api/auth/jwt/refresh/', { refresh: canary }],
      ['POST', '/ifm/ruleset-plans/', { name: `${canary} ${canary}`, ruleset_yaml: REDACT }],
      ['POST', '/ifm/explain/', { data: [record], plan: 'none' }],
      ['GET', `/ifm/ruleset-plans/?limit=${canary}`, undefined],
      ['PATCH', `/ifm/ruleset-plans/${plans.off}/`, { options: { [canary]: 1 } }],
      ['POST', '/ifm/ruleset-plans/', { name: 'x', ruleset_yaml: REDACT, schema: { pattern: `(${canary}` } }],
    ] as const) {
      const { text, status } = await other.call(method, path, body)
      expect(status, path).toBeGreaterThanOrEqual(400)
      answers.push(text)
    }
    // a token that is none
    answers.push((await other.as(`Bearer ${canary}`)('GET', '/ifm/verify-token/')).text)
    // a card number in a path is masked in the log
    await other.call('GET', '/ifm/none/4111111111111111/')
    const traces = await other.traces()
    expect(answers.join('\n')).not.toContain(canary)
    // in the access log stand request ids and paths, which are no data of a record
    expect(traces.replaceAll(`"request_id":"${canary}"`, '')).not.toContain(canary)
    expect(traces).not.toContain('4111111111111111')
    expect(traces).toContain('/ifm/ruleset-plans/')
    await other.server.close()
  })
})
