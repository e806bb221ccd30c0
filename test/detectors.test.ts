import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPair, detectors, detectorsOfGroup, finders, judgeSecret, keyFacts, keyFactsAt, recognisePair } from '../src/detectors/index.ts'
import type { Scan } from '../src/engine/types.ts'
import { renderDetectors } from '../scripts/render-detectors.ts'
import { ADVERSARIAL, adversarial } from './helpers/adversarial.ts'
import { createDraw, NEGATIVES } from './helpers/negatives.ts'
import { createDriver, readExample, scanText } from './helpers/scan-driver.ts'

const driver = createDriver({ pairs: true })
/** Of those that a ruleset must name. */
const named = createDriver({ names: detectors.filter((d) => d.group === undefined).map((d) => d.name) })

function found(text: string, name: string, keyWords: readonly string[] = []): string[] {
  return [...scanText(driver, text, keyWords), ...scanText(named, text, keyWords)].filter((hit) => hit.name === name).map((hit) => hit.text)
}

describe('examples', () => {
  for (const detector of detectors) {
    it(detector.name, () => {
      expect(detector.examples.length).toBeGreaterThan(0)
      expect(detector.counterExamples.length).toBeGreaterThan(0)
      for (const example of detector.examples) {
        const { text, marked } = readExample(example)
        expect(marked.length, example).toBeGreaterThan(0)
        expect(found(text, detector.name), text).toEqual(marked)
      }
      for (const text of detector.counterExamples) expect(found(text, detector.name), text).toEqual([])
    })
  }
})

describe('registry', () => {
  it('has unique names, a summary and a known mask for each', () => {
    const names = detectors.map((d) => d.name)
    expect(new Set(names).size).toBe(names.length)
    for (const d of detectors) {
      expect(d.name).toMatch(/^[a-z][a-z0-9_]*$/)
      expect(d.summary, d.name).toMatch(/^\S.*\.$/s)
    }
    const masks = new Map(detectors.map((d) => [d.name, d.mask]))
    expect(masks.get('credit_card')).toEqual({ type: 'credit_card', retain_prefix_length: 'automatic' })
    expect(masks.get('us_ssn')).toEqual({ type: 'social_security_number' })
    expect(masks.get('url_credentials')).toEqual({ type: 'redact', text: 'REDACTED' })
    expect(masks.get('named_secret')).toBeUndefined()
  })

  it('expands groups', () => {
    expect(detectorsOfGroup('pci')).toEqual(['credit_card', 'card_track', 'cvv', 'card_expiry'])
    expect(detectorsOfGroup('network')).toEqual(['ipv4', 'ipv6', 'mac_address', 'imei'])
    expect(detectorsOfGroup('all')).toEqual(detectors.filter((d) => d.group !== undefined).map((d) => d.name))
    expect(detectorsOfGroup('jwt')).toBeUndefined()
  })

  it('is documented', () => {
    expect(readFileSync(new URL('../docs/detectors.md', import.meta.url), 'utf8')).toBe(renderDetectors())
  })
})

describe('hard negatives', () => {
  for (const [name, generate] of Object.entries(NEGATIVES)) {
    it(name, () => {
      const draw = createDraw(name.length * 7919 + name.charCodeAt(0))
      for (let i = 0; i < 60; i++) {
        const text = generate(draw)
        expect(
          scanText(driver, text).map((hit) => `${hit.name}: ${hit.text}`),
          text,
        ).toEqual([])
      }
    })
  }
})

describe('boundaries', () => {
  it('does not take digits out of a longer number or word', () => {
    for (const text of [
      'a4111111111111111',
      '4111111111111111a',
      '_4111111111111111',
      '14111111111111111111',
      '1.4111111111111111',
      '4111111111111111.5',
      '7-4111111111111111',
      '4111111111111111:7',
      'é4111111111111111',
    ]) {
      expect(found(text, 'credit_card'), text).toEqual([])
    }
  })

  it('takes them beside punctuation of sentences, lists and other scripts', () => {
    for (const text of [
      '(4111111111111111)',
      '4111111111111111.',
      '#4111111111111111|',
      '“4111111111111111”',
      '卡号4111111111111111。',
      '1,4111111111111111,x',
      'a/4111111111111111/b',
      '5 4111 1111 1111 1111 12/30',
    ]) {
      expect(found(text, 'credit_card').length, text).toBe(1)
    }
  })

  it('finds a card of every issuer of the table, grouped as on cards', () => {
    const cards = [
      '4111 1111 1111 1111',
      '5555-5555-5555-4444',
      '2223003122003222',
      '3782 822463 10005',
      '6011111111111117',
      '3530 1113 3330 0000',
      '30569309025904',
      '6250941006528599',
      '2200 0000 0000 0004',
      '6759649826438453',
    ]
    for (const card of cards) expect(found(`n ${card} ok`, 'credit_card'), card).toEqual([card])
  })

  it('needs a word for bare 17 and 18 digits and for old Maestro', () => {
    expect(found('id 621234567890123457', 'credit_card')).toEqual([])
    expect(found('card 621234567890123457', 'credit_card')).toEqual(['621234567890123457'])
    expect(found('x 5610591081018250', 'credit_card')).toEqual([])
    expect(found('card 5610591081018250', 'credit_card')).toEqual(['5610591081018250'])
  })

  it('counts the path of the value as context', () => {
    expect(found('4155552671', 'phone')).toEqual([])
    expect(found('4155552671', 'phone', ['phone', 'user'])).toEqual(['4155552671'])
    expect(found('536904399', 'us_ssn', ['ssn'])).toEqual(['536904399'])
  })

  it('does not take a word beyond the key of another pair as context', () => {
    expect(found('phone=none id=4155552671', 'phone')).toEqual([])
    expect(found('id=7 phone="4155552671"', 'phone')).toEqual(['4155552671'])
  })
})

describe('bare numbers', () => {
  const judge = (lexeme: string, keyWords: readonly string[] = []): string[] => {
    const names: string[] = []
    for (const finder of finders) {
      if (finder.number === undefined) continue
      const scan: Scan = {
        text: Buffer.from(lexeme),
        start: 0,
        end: lexeme.length,
        active: new Uint8Array(16).fill(1),
        line: false,
        isKey: false,
        hasPairs: true,
        keyWords,
        emit: (id) => names.push(finder.detectors[id]!.name),
      }
      finder.number(
        scan,
        Int32Array.from(finder.detectors, (_, i) => i),
      )
    }
    return names
  }
  it('takes cards of 13 to 16 digits alone, the rest by key', () => {
    expect(judge('4111111111111111')).toEqual(['credit_card'])
    expect(judge('4111111111111112')).toEqual([])
    expect(judge('1700000000000')).toEqual([])
    expect(judge('4111111111111111', ['timestamp'])).toEqual([])
    expect(judge('4155552671')).toEqual([])
    expect(judge('4155552671', ['phone'])).toEqual(['phone'])
    expect(judge('536904399', ['ssn'])).toEqual(['us_ssn'])
    expect(judge('4111.5')).toEqual([])
    expect(judge('-4111111111111111')).toEqual([])
  })
})

describe('key words', () => {
  it('splits keys into words', () => {
    const cases: Record<string, string[]> = {
      HTTPServerURL: ['http', 'server', 'url'],
      DB_PASSWORD: ['db', 'password'],
      'x-api-key': ['x', 'api', 'key'],
      apikey: ['api', 'key'],
      accessToken2: ['access', 'token'],
      'user.home[0]': ['user', 'home'],
      oauth2: ['oauth2'],
      dbpassword: ['db', 'password'],
      phonenumber: ['phone', 'number'],
      userIDs: ['user', 'ids'],
      secretAccessKey: ['secret', 'access', 'key'],
    }
    for (const [key, list] of Object.entries(cases)) expect(keyFacts(key).words, key).toEqual(list)
  })

  const strengths: Record<number, string[]> = {
    4: [
      'password',
      'db_passwd',
      'userPassword',
      'client_secret',
      'API-KEY',
      'apikey',
      'secretAccessKey',
      'refresh_token',
      'id_token',
      'credentials',
      'Authorization',
      'connectionString',
      'webhook_url',
      'password.value',
      'dev_password',
      'passphrase',
      'signing_key',
    ],
    3: ['token', 'csrf_token', 'session', 'session_id', 'sid', 'JSESSIONID', 'PHPSESSID', 'signature', 'otp', 'pin', 'jwt', 'dsn', 'cookie', 'secret_id', 'bot_token'],
    2: ['stripe_key', 'pat', 'datadogKey'],
    1: ['key', 'hash', 'salt', 'nonce', 'code'],
    0: [
      'monkey',
      'turkey',
      'keyword',
      'keyboard',
      'keyspace',
      'tokenizer',
      'author',
      'authority',
      'authentication',
      'accept',
      'secretary',
      'passage',
      'passenger',
      'bypass',
      'compass',
      'passive',
      'token_type',
      'token_count',
      'max_tokens',
      'total_tokens',
      'secret_name',
      'password_hint',
      'public_key',
      'key_version',
      'api_key_id',
      'primary_key',
      'page_token',
      'cache_key',
      'user',
      'password_policy',
      'passwordless',
      'message',
      '[REDACTED:named_secret]',
      '',
    ],
  }
  for (const [strength, keys] of Object.entries(strengths))
    it(`strength ${strength}`, () => {
      for (const key of keys) expect([key, keyFacts(key).secret]).toEqual([key, Number(strength)])
    })

  it('takes numbers as secrets only under words for numbers', () => {
    for (const key of ['password', 'pin', 'otp', 'passcode', 'client_secret', 'pwd']) expect(keyFacts(key).secretNumbers, key).toBe(true)
    for (const key of ['token', 'session_id', 'api_key', 'key', 'user']) expect(keyFacts(key).secretNumbers, key).toBe(false)
  })

  it('gives the same facts for bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'abcKEYtoken_-.12'), maxLength: 30 }), (key) => {
        const bytes = Buffer.from(key)
        if (bytes.length > 0) expect(keyFactsAt(bytes, 0, bytes.length)).toEqual(keyFacts(key))
      }),
      { numRuns: 500, seed: 5 },
    )
  })
})

describe('judgeSecret', () => {
  const judge = (value: string, strength: 0 | 1 | 2 | 3 | 4, where: 'record' | 'text'): number => {
    const bytes = Buffer.from(value)
    return judgeSecret(bytes, 0, bytes.length, strength, where)
  }
  it('masks anything under a strong key of a record but placeholders and masked text', () => {
    for (const value of ['hunter2', 'correct horse battery', 'x', 'failed', '/etc/x', 'a.b.c', '$ecret123', '0000-1']) expect(judge(value, 4, 'record'), value).toBe(0.95)
    for (const value of [
      '',
      ' ',
      '${DB_PASSWORD}',
      '$PASSWORD',
      '{{ pw }}',
      '<token>',
      '%s',
      'null',
      'true',
      '[REDACTED]',
      '[REDACTED:named_secret]',
      'REDACTED',
      '[MASKING FAILED]',
      '****',
      'xxxx',
      'aaaaaa',
      '[Filtered]',
      '•••',
    ])
      expect(judge(value, 4, 'record'), value).toBe(0)
  })
  it('spares one common word under a record-strong key', () => {
    expect(judge('opened', 3, 'record')).toBe(0)
    expect(judge('ok', 3, 'record')).toBe(0)
    expect(judge('q7', 3, 'record')).toBe(0.85)
  })
  it('wants more in text', () => {
    for (const value of [
      'failed',
      'ok',
      'expired',
      'abc',
      'changeme',
      'your-api-key-here',
      'os.environ[PASSWORD]',
      'config.password',
      'getPassword()',
      'DB_PASSWORD',
      'https://x.example/a',
      '/etc/passwd.d',
    ])
      expect(judge(value, 4, 'text'), value).toBe(0)
    for (const value of ['hunter2', 'Tr0ub4dor&3', 'correct-horse', 'AbCeFG123', '12345678']) expect(judge(value, 4, 'text'), value).toBe(0.8)
  })
  it('wants evidence under medium and weak keys', () => {
    for (const value of ['my-service-name', 'application/json', '1.2.3', 'UserService', 'jackson-core-2.11.4', 'sha256:0a1b2c3d4e5f']) {
      expect(judge(value, 2, 'text'), value).toBe(0)
      expect(judge(value, 1, 'record'), value).toBe(0)
    }
    expect(judge('q8Zk2Vx9Lw', 2, 'text')).toBe(0.7)
    expect(judge('q8Zk2Vx9LwPt4Rb7Yc', 1, 'text')).toBe(0.62)
    expect(judge('order-index-key-name', 1, 'text')).toBe(0)
  })
})

describe('pairs', () => {
  const read = (text: string): string | undefined => {
    const bytes = Buffer.from(text.replace('¦', ''))
    const at = Buffer.from(text.slice(0, text.indexOf('¦'))).length
    const pair = createPair()
    if (!recognisePair(bytes, 0, bytes.length, at, pair)) return undefined
    return `${bytes.subarray(pair.keyStart, pair.keyEnd)} -> ${bytes.subarray(pair.valueStart, pair.valueEnd)}${pair.header ? ' (line)' : ''}`
  }
  // ¦ stands before the separator byte that the scanner stops at.
  const cases: Record<string, string | undefined> = {
    'a key¦=value b': 'key -> value',
    'key¦: value, b': 'key -> value',
    'key ¦=> value;': 'key -> value',
    '{"key"¦: "va lue"}': 'key -> va lue',
    "'key'¦:'v\\'x'": "key -> v\\'x",
    '\\"key\\"¦: \\"value\\"}': 'key -> value',
    '-¦-key value': 'key -> value',
    '--key¦=value': 'key -> value',
    'key%¦3Dvalue&x': 'key -> value',
    'a ¦:= "v"': undefined,
    'a :¦= "v"': 'a -> v',
    'KEY¦=f(x)[1] b': 'KEY -> f(x)[1]',
    '(key¦=value)': 'key -> value',
    'x ¦== y': undefined,
    'if (x =¦= "y")': 'x -> y',
    'a:¦:b': undefined,
    'https¦://x': undefined,
    '10¦:00': undefined,
    'key¦=': undefined,
    'Authorization¦: Bearer a b\nnext': 'Authorization -> Bearer a b (line)',
    "-H 'Cookie¦: a=b; c=d' -k": 'Cookie -> a=b; c=d (line)',
    'line\\nkey¦=v': 'key -> v',
    'key¦=v\\nnext=1': 'key -> v',
    'f("KEY"¦, "value")': 'KEY -> value',
    '["a"¦, "b"]': undefined,
    'var token string ¦= "v"': 'token -> v',
    'env[\'API_KEY\'] ¦= "v"': 'API_KEY -> v',
    '<add key="Password" value¦="x"/>': 'Password -> x',
    '{"name":"DB_PASSWORD","value"¦:"x"}': 'DB_PASSWORD -> x',
    'key¦=${{ a.b }} c': 'key -> ${{ a.b }}',
    '-¦-flag --other': undefined,
    'key¦="open': 'key -> open',
  }
  for (const [text, expected] of Object.entries(cases)) it(text, () => expect(read(text)).toBe(expected))
})

describe('random text', () => {
  it('never throws and keeps matches inside', () => {
    const pieces = [
      '4111',
      ' 1111',
      '-',
      '@',
      '.com',
      '://',
      'eyJ',
      'Bearer ',
      'password',
      '=',
      ':',
      '"',
      "'",
      '\\',
      '\n',
      '-----BEGIN PRIVATE KEY-----',
      '-----END',
      '$2b$12$',
      'AKIA',
      'ghp_',
      'é',
      '“',
      '[REDACTED]',
      '+1',
      '::',
      'fe80',
      'cookie: ',
      'a',
      'Z9',
      '%3D',
      '?token=',
      '==',
      '{',
      '}',
    ]
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 5 })), { maxLength: 40 }), (parts) => {
        const bytes = Buffer.from(parts.join(''))
        for (const hit of driver.scan(bytes)) {
          expect(hit.start).toBeGreaterThanOrEqual(0)
          expect(hit.end).toBeGreaterThan(hit.start)
          expect(hit.end).toBeLessThanOrEqual(bytes.length)
          expect(hit.score).toBeGreaterThanOrEqual(0.6)
        }
      }),
      { numRuns: 3000, seed: 11 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        for (const hit of driver.scan(bytes)) expect(hit.start >= 0 && hit.end > hit.start && hit.end <= bytes.length).toBe(true)
      }),
      { numRuns: 1500, seed: 13 },
    )
  })

  it('reads nothing past the end of the text', () => {
    // What lies behind `end` in the buffer must not matter.
    fc.assert(
      fc.property(fc.nat(detectors.length - 1), fc.nat(5), fc.nat(300), (i, j, cut) => {
        const detector = detectors[i]!
        const { text } = readExample(detector.examples[j % detector.examples.length]!)
        const whole = Buffer.from(text)
        const length = Math.min(cut, whole.length)
        expect(driver.scan(whole, [], length)).toEqual(driver.scan(Buffer.from(whole.subarray(0, length)), [], length))
      }),
      { numRuns: 3000, seed: 17 },
    )
  })
})

describe('linear time', () => {
  // 64 KB against 256 KB of every pattern: time per byte must stay (quadratic would be four times), and stay under 300 ns. Processor time is measured, and a slow first look is repeated,
  // since a busy machine can double any one figure.
  const SMALL = 64 * 1024
  const LARGE = 256 * 1024
  const inputs = Object.keys(ADVERSARIAL).map((name) => ({ name, small: adversarial(name, SMALL), large: adversarial(name, LARGE) }))
  const families = finders.map((finder) => ({ label: finder.detectors[0]!.name, options: { names: finder.detectors.map((d) => d.name), pairs: false } }))
  families.push({ label: 'text pairs', options: { names: [], pairs: true } })
  for (const { label, options } of families) {
    it(label, { timeout: 120_000 }, () => {
      const one = createDriver(options)
      const time = (bytes: Uint8Array): number => {
        const from = process.cpuUsage()
        one.scan(bytes)
        const { user, system } = process.cpuUsage(from)
        return ((user + system) * 1000) / bytes.length
      }
      for (const input of inputs) {
        let small = time(input.small)
        let large = time(input.large)
        for (let again = 0; again < 30 && (large > 150 || large > small * 2.3 + 5); again++) {
          small = Math.max(small, time(input.small))
          large = Math.min(large, time(input.large))
        }
        expect(large, `${input.name}: ns per byte`).toBeLessThan(300)
        expect(large, `${input.name}: growth from ${small.toFixed(1)} ns per byte`).toBeLessThan(small * 2.3 + 10)
      }
    })
  }
})
