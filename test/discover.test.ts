// discover: what a sample holds is told, its values are not, and the ruleset that is written leaves nothing to discover.
import fc from 'fast-check'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { gunzipSync, gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { run } from '../src/cli.ts'
import { keyFacts } from '../src/detectors/key-words.ts'
import { toldByKey } from '../src/discover/kinds.ts'
import { Distinct, Shape } from '../src/discover/shapes.ts'
import { createDiscovery, createMasker } from '../src/index.ts'
import type { Discovery, DiscoveryOptions, DiscoveryReport, FeedOptions } from '../src/index.ts'
import * as library from '../src/index.ts'
import { testFolder } from './support/folder.ts'

const runSecret = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'

function through(masker: { feed: Discovery['masker']['feed'] }, input: string, format?: FeedOptions['format']): string {
  const feed = masker.feed(format === undefined ? {} : { format })
  const out: Buffer[] = []
  for (const pieces of feed.push(Buffer.from(input))) out.push(Buffer.concat(pieces))
  for (const pieces of feed.end()) out.push(Buffer.concat(pieces))
  return Buffer.concat(out).toString()
}

function discovered(input: string, options: DiscoveryOptions & { format?: FeedOptions['format'] } = {}): { report: DiscoveryReport; ruleset: string } {
  const { format, ...rest } = options
  const discovery = createDiscovery(rest)
  through(discovery.masker, input, format)
  return { report: discovery.report(), ruleset: discovery.ruleset() }
}

const lines = (...records: unknown[]): string => records.map((record) => `${typeof record === 'string' ? record : JSON.stringify(record)}\n`).join('')
const found = (report: DiscoveryReport): string[] => report.findings.map(({ path, where, detector, count }) => `${path} ${where} ${detector} ${count}`)
const suggested = (report: DiscoveryReport): string[] => report.suggestions.map(({ path, where, kind, confidence }) => `${path} ${where} ${kind} ${confidence}`)

/** A sample of everything: records, text, nested JSON, headers, arrays. */
const sample = lines(
  ...Array.from({ length: 40 }, (_, i) => ({
    level: 30,
    time: 1795305600000 + i,
    user: { id: 1000 + i * 7, firstName: ['Ann', 'Bob', 'Carla'][i % 3], email: `user${i}@shop.example`, dob: '1984-07-22', address: { street: `${i} Main Street` } },
    req: {
      url: `/u/${i}?token=abc${i}def`,
      remoteAddress: `203.0.113.${i}`,
      headers: {
        'x-forwarded-for': `198.51.100.${i}, 10.0.0.1`,
        authorization: `Bearer a${i}bcdefgh12345`,
        cookie: `sid=s${i}x9y8`,
        referer: `https://shop.example/of/user${i}@shop.example`,
      },
    },
    items: [{ sku: `AB${1000 + i}` }, { sku: `CD${1000 + i}` }],
    payload: JSON.stringify({ card: '4111111111111111', salary: 50_000 + i }),
    password: `hunter${i}`,
    msg: `mail for user${i}@shop.example`,
  })),
  'ERROR login user=carla email=carla@shop.example ip=203.0.113.99 card 4111 1111 1111 1111',
  '{"broken":"record","firstName":"Zoe","phone":"+1 415 555 2671"',
)

describe('findings', () => {
  const { report } = discovered(sample)

  it('say which detector found how much at which path', () => {
    expect({ records: report.records, lines: report.lines, capped: report.capped, cut: report.cut }).toEqual({ records: 40, lines: 2, capped: false, cut: false })
    // a detector may know more of the places one day
    const known = new Set(['user.firstName', 'user.dob', 'user.address.street', 'firstName'])
    expect(found({ ...report, findings: report.findings.filter(({ path }) => !known.has(path)) })).toEqual([
      'user.email value email 40',
      'req.url value url_secret_parameter 40',
      'req.remoteAddress value ipv4 40',
      'req.headers.x-forwarded-for value ipv4 80',
      'req.headers.authorization value named_secret 40',
      'req.headers.cookie value named_secret 40',
      'req.headers.referer value email 40',
      'payload.card value credit_card 40',
      'password value named_secret 40',
      'msg value email 40',
      '(text) text credit_card 1',
      'email pair email 1',
      'ip pair ipv4 1',
      'phone pair phone 1',
    ])
    const email = report.findings.find(({ path }) => path === 'user.email')!
    expect(email).toMatchObject({ values: 40, records: 40, group: 'pii', ruleset: 'mask-logs:pii', byDefault: true, length: [18, 19], pattern: 'aaaa9{1-2}@aaaa.a{7}' })
    expect(email.share).toBeCloseTo(40 / 42, 5)
    expect(report.findings.find(({ detector }) => detector === 'ipv4')).toMatchObject({ ruleset: 'mask-logs:network', byDefault: false })
  })

  it('tell nothing of the form of secrets', () => {
    for (const { path, pattern } of report.findings.filter(({ group }) => group === 'secrets')) expect([path, pattern]).toEqual([path, undefined])
  })

  it('stand at the elements of arrays, in numbers and in keys', () => {
    expect(
      found(discovered(lines({ a: [{ mail: 'a@shop.example' }, { mail: 'b@shop.example' }], n: 4111111111111111, 'c@shop.example': { x: 'd@shop.example' } })).report),
    ).toEqual(['a[*].mail value email 2', 'n value credit_card 1', '* key email 1', '*.x value email 1'])
    expect(found(discovered('["a@shop.example"]\n"b@shop.example"\n').report)).toEqual(['(record) value email 1', '[*] value email 1'])
  })

  it('come from JSON in strings as deep as masks reach', () => {
    let text = JSON.stringify({ income: 51_234 })
    for (let level = 0; level < 4; level++) text = JSON.stringify({ [`k${'abcd'[level]}`]: text, email: 'a@shop.example' })
    const { report, ruleset } = discovered(`${text}\n`)
    expect(found(report)).toEqual(
      ['kd.kc.kb.email value email 1', 'kd.kc.email value email 1', 'kd.email value email 1', 'email value email 1'].sort(
        (a, b) => found(report).indexOf(a) - found(report).indexOf(b),
      ),
    )
    expect(suggested(report)).toEqual(['kd.kc.kb.ka.income value income likely'])
    expect(createMasker(ruleset, { runSecret }).json(text)).not.toContain('51234')
  })

  it('count a value once, however much is in it', () => {
    const { report } = discovered(lines({ msg: 'a@shop.example and b@shop.example' }, { msg: 'none' }))
    expect(report.findings[0]).toMatchObject({ count: 2, found: 0.5, share: 1, values: 2 })
  })

  it('of plugins and of detectors without a group are told', () => {
    const detector = { name: 'ticket', find: (text: string) => [...text.matchAll(/T-\d{4}/g)].map((m) => ({ start: m.index, end: m.index + m[0].length })) }
    const { report, ruleset } = discovered(lines({ msg: 'see T-1234' }), { detectors: [detector] })
    expect(report.findings).toMatchObject([{ path: 'msg', detector: 'ticket', ruleset: undefined }])
    expect(createMasker(ruleset, { runSecret, detectors: [detector] }).json('{"msg":"see T-9999"}')).toBe('{"msg":"see [REDACTED:ticket]"}')
  })

  it('are those of lines read as text where the format says so', () => {
    expect(found(discovered(lines({ msg: 'a@shop.example' }), { format: 'text' }).report)).toEqual(['(text) text email 1'])
  })

  it('are those of rows and of documents', () => {
    const csv = 'Net Worth,E-Mail,b@shop.example\n51234,a@shop.example,1\n61234,e@shop.example,2\n'
    const { report, ruleset } = discovered(csv, { format: 'csv' })
    expect(found(report)).toEqual(['E-Mail value email 2', '* key email 1'])
    expect(suggested(report)).toEqual(['["Net Worth"] value income likely'])
    const masked = through(createMasker(ruleset, { runSecret }), csv, 'csv')
    expect(masked).toBe('Net Worth,E-Mail,[REDACTED:email]\n[REDACTED:income],[REDACTED:email],1\n[REDACTED:income],[REDACTED:email],2\n')
    expect(found(discovered(masked, { format: 'csv' }).report)).toEqual([])
    expect(found(discovered('[\n {"mail": "a@shop.example"},\n {"mail": "b@shop.example"}\n]\n', { format: 'json-document' }).report)).toEqual(['mail value email 2'])
  })

  it('stop at the line that is the last one', () => {
    const { report } = discovered(sample, { maxLines: 3 })
    expect(report).toMatchObject({ records: 3, lines: 0, cut: true })
    expect(report.findings.find(({ path }) => path === 'user.email')).toMatchObject({ count: 3 })
  })

  it('of single records and texts count too', () => {
    const discovery = createDiscovery()
    discovery.masker.json('{"mail":"a@shop.example"}')
    discovery.masker.text('b@shop.example')
    expect(found(discovery.report())).toEqual(['mail value email 1', '(text) text email 1'])
  })

  it('of lines that are too long or too deep are those of what was read', () => {
    const deep = `${'{"a":'.repeat(120)}1${'}'.repeat(120)}\n`
    const long = lines({ mail: 'a@shop.example', pad: 'x'.repeat(2000) })
    const { report } = discovered(deep + long, { policy: { max_record_bytes: 1024 } })
    expect(report.errors).toEqual({ too_deep: 1, oversize: 1 })
    expect(found(discovered(`{"mail":"b@shop.example","b":${deep.trimEnd()}}\n{"a":1}\n`).report)).toEqual([])
    expect(found(report)).toEqual(['mail pair email 1'])
  })
})

describe('suggestions', () => {
  it('come from keys, and from values that look like something', () => {
    const { report } = discovered(sample)
    // a detector may know some of them one day
    const known = new Set(report.findings.map(({ path, where }) => `${path} ${where}`))
    expect(
      [
        'user.firstName value person_name likely',
        'user.dob value date_of_birth likely',
        'user.address.street value street_address likely',
        'payload.salary value income likely',
        'firstName pair person_name likely',
        'user.id value person_id possible',
        'items[*].sku value id possible',
        'user pair person_id possible',
      ].filter((line) => !known.has(line.split(' ').slice(0, 2).join(' '))),
    ).toEqual(suggested(report))
  })

  it.each([
    ['firstName', 'person_name', true],
    ['last_name', 'person_name', true],
    ['customer.name', 'person_name', true],
    ['plugin.name', undefined, false],
    ['name', undefined, false],
    ['userEmail', 'email', true],
    ['email_template_id', undefined, false],
    ['emailSent', undefined, false],
    ['home_phone', 'phone', true],
    ['phoneNumber', 'phone', true],
    ['billing-address', 'street_address', true],
    ['server.address', 'street_address', false],
    ['patient.age', 'date_of_birth', true],
    ['cache.age', undefined, false],
    ['dateOfBirth', 'date_of_birth', true],
    ['passport_no', 'government_id', true],
    ['user_id', 'person_id', false],
    ['userId', 'person_id', false],
    ['accountNumber', 'bank_account', true],
    ['gender', 'personal_trait', true],
    ['description', 'free_text', false],
    ['username', 'username', true],
    ['filename', undefined, false],
    ['hostname', undefined, false],
    ['street', 'street_address', true],
    ['mainstreet', undefined, false],
    ['ip', 'network_address', true],
  ])('read %s as words', (path, kind, sure) => {
    const keys = path.split('.')
    const told = toldByKey(keyFacts(keys.at(-1)!).words, keyFacts(keys.at(-2) ?? '').words)
    expect([told?.kind.name, told?.sure ?? false]).toEqual([kind, sure])
  })

  it('are silent where the values deny the key, where detectors know them, and where all is masked', () => {
    const records = Array.from({ length: 30 }, (_, i) => ({
      emailVerified: true,
      phone: `+1415555${1000 + i}`,
      firstName: '[REDACTED]',
      comment: 'ok',
      address: `0x${(0x7fff0000 + i).toString(16)}`,
      cvv: 1,
      trace_id: `${i}af7651916cd43dd8448eb211c80319c`.slice(-32),
      createdAt: 1795305600000 + i,
      zip: null,
    }))
    expect(suggested(discovered(lines(...records)).report)).toEqual([])
  })

  it('leave out what detectors know, wherever it stands in the records, and count a value once', () => {
    expect(suggested(discovered(lines(...Array.from({ length: 30 }, () => ({ mail: 'a1@shop.example' })))).report)).toEqual([])
    const { report } = discovered(lines(...Array.from({ length: 30 }, (_, i) => ({ mail: i % 2 === 0 ? 'a1@shop.example, b1@shop.example' : 'u1@host2' }))))
    expect(report.suggestions.map(({ evidence }) => evidence)).toEqual([['key: mail', 'detectors know 50 % of the values']])
  })

  it('give what detectors miss: most values are none that they know', () => {
    const { report } = discovered(lines(...Array.from({ length: 20 }, (_, i) => ({ fax_mail: i % 4 === 0 ? `u${i}@shop.example` : `u${i}@host${i}` }))))
    expect(suggested(report)).toEqual(['fax_mail value email likely'])
    expect(report.suggestions[0]?.evidence).toEqual(['key: mail', 'detectors know 25 % of the values'])
  })
})

describe('the ruleset', () => {
  const { ruleset } = discovered(sample)
  const masker = createMasker(ruleset, { runSecret })
  const masked = through(masker, sample)

  it('loads without warnings and is YAML for people', () => {
    expect(masker.warnings).toEqual([])
    expect(ruleset).toContain('extends: ["mask-logs:default", "mask-logs:network"]')
    expect(ruleset).toContain('# email: 121 times, at user.email (95.2 %), req.headers.referer (95.2 %), msg (95.2 %), email= in text (2.4 %)')
    expect(Math.max(...ruleset.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120)
  })

  it('leaves nothing to discover, and nothing of what was found', () => {
    const { report } = discovered(masked)
    expect(found(report)).toEqual([])
    expect(report.suggestions.filter(({ confidence }) => confidence === 'likely')).toEqual([])
    expect(masked).not.toMatch(/user\d+@|203\.0\.113|198\.51\.100|4111|hunter|Main Street|Ann|Bob|Carla|Zoe|5552671|555 2671|1984|50000/)
  })

  it('has what is only possible as comments that load too', () => {
    expect(masked).toContain('"sku":"AB1000"')
    const all = ruleset.replace(/^# ( *(?:- |paths:|keys:|masks:).*)$/gm, '$1')
    expect(all).not.toBe(ruleset)
    const out = through(createMasker(all, { runSecret }), sample)
    expect(out).not.toContain('AB1000')
  })

  it('offers masks that exist', () => {
    const offers = [...ruleset.matchAll(/# or, for a substitute: (masks: .*)$/gm)].map((match) => match[1]!)
    expect(offers.length).toBeGreaterThan(3)
    for (const masks of offers) createMasker(`version: "1.0"\nrules:\n- keys: [a]\n  ${masks}\n`, { runSecret }).close()
  })

  it('is one that loads where nothing was found', () => {
    const { ruleset } = discovered('{"a":1}\n')
    expect(createMasker(ruleset, { runSecret }).warnings).toEqual([])
    expect(ruleset).toContain('rules: []')
  })

  it('goes by key where there are very many paths', () => {
    const inner = Object.fromEntries(Array.from({ length: 40 }, (_, k) => [`in_${word(k)}`, { income: 51_234 }]))
    const record = Object.fromEntries(Array.from({ length: 30 }, (_, k) => [`out_${word(k)}`, inner]))
    const nested = Array.from({ length: 9 }, () => record)
    const { ruleset } = discovered(lines(...nested))
    expect(ruleset).toMatch(/keys:\n {2}- "income"/)
    expect(through(createMasker(ruleset, { runSecret }), lines(...nested))).not.toContain('51234')
  })

  it('goes by key where paths are very long', () => {
    let record: unknown = Object.fromEntries(Array.from({ length: 100 }, (_, k) => [`in_${word(k)}`, { income: 51_234, balance: 7 }]))
    for (let level = 0; level < 36; level++) record = { [`a_name_that_is_rather_long_for_what_it_is_but_still_allowed_${word(level)}`]: record }
    const { ruleset, report } = discovered(lines(...Array.from({ length: 9 }, () => record)))
    // one of the words names identifiers, and what stands below it is found
    expect(report.suggestions.length).toBeGreaterThanOrEqual(199)
    expect(ruleset.length).toBeLessThan(700_000)
    expect(through(createMasker(ruleset, { runSecret }), lines(record))).not.toContain('51234')
  })

  it('leaves nothing in real log lines', () => {
    for (const name of ['node-pino', 'sshd', 'postfix', 'system', 'haproxy']) {
      const text = gunzipSync(readFileSync(join(import.meta.dirname, `../bench/quality/lines/${name}.gz`))).toString()
      const { report, ruleset } = discovered(text)
      expect(report.findings.length, name).toBeGreaterThan(0)
      const again = discovered(through(createMasker(ruleset, { runSecret }), text)).report
      expect([name, found(again), again.suggestions.filter(({ confidence }) => confidence === 'likely')]).toEqual([name, [], []])
    }
  })

  it('loads and masks whatever the keys are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom('firstName', 'dob', 'E Mail', 'mail')), { minLength: 1, maxLength: 6 }),
        (keys) => {
          const record = Object.fromEntries(keys.map(([key, inner]) => [key, [{ [inner]: `${inner === 'dob' ? '1984-07-22' : 'zoe.canary@shop.example'}` }]]))
          const text = lines(record)
          const { ruleset, report } = discovered(text)
          const masker = createMasker(ruleset, { runSecret })
          expect(masker.warnings).toEqual([])
          const out = through(masker, text)
          expect(out).not.toContain('zoe.canary')
          if (report.suggestions.every(({ confidence }) => confidence === 'likely')) expect(out).not.toContain('1984-07-22')
          expect(found(discovered(out).report)).toEqual([])
        },
      ),
      { numRuns: 60 },
    )
  })
})

/** A word without digits for each number. */
function word(n: number): string {
  return [...n.toString(26)].map((c) => 'lmnoprstubcdfghvwzaeiyjkqx'[Number.parseInt(c, 26)]).join('') + 'el'
}

describe('places', () => {
  it('of keys that are data, or very many, are one', () => {
    const records = Array.from({ length: 300 }, (_, i) => ({
      byMail: { [`user${i}@shop.example`]: { n: i } },
      byId: { [`u-${100_000 + i}`]: { n: i } },
      byUuid: { [`0af76519-16cd-43dd-8448-eb211c8${10_000 + i}`]: 1 },
      byToken: { [`qXz${word(i)}VbKwPqRtJhGfDsZ`]: 1 },
      byName: { [word(i)]: { mail: 'a@shop.example' } },
    }))
    const { report } = discovered(lines(...records))
    expect(found(report)).toEqual(['byMail.* key email 300', 'byName.*.mail value email 300'])
    expect(report.places).toBeLessThan(20)
  })

  it.each([
    ['a detector finds something in', ['bob@shop.example', 'aa:bb:cc:dd:ee:ff', 'fe80::1', 'card 4111111111111111', '+14155552671', 'AKIAQ7ZXW3RT5PLMK2JH']],
    ['are random', ['kq7zXwVbKwPqRtJhGf', 'Zq3xVw9rTy', 'qXzvbkwpqrtjhgfdsz']],
    ['are long', ['this is what the user said in the chat', 'a_name_of_a_field_that_goes_on_and_on_and_on_until_the_end_of_the_line']],
    ['hold many digits', ['u-100317', '2026-11-22', 'order 12345', '10023', '0af76519-16cd-43dd-8448-eb211c80319c', '203.0.113.7']],
    ['are parts of URLs', ['/users/bob', 'http://bob.example', 'name=bob', 'bob?x']],
    ['cannot be printed', ['a\nb', 'a\u001b[31m', 'a\u202eb', '\ud800a']],
    ['say that they are masked', ['[REDACTED:email]', '****']],
  ])('of keys that %s are not shown', (_, keys) => {
    for (const key of keys) {
      const { report, ruleset } = discovered(lines({ in: { [key]: { income: 51_234, mail: 'a@shop.example' } } }))
      expect([key, found(report)[0], suggested(report)]).toEqual([key, expect.stringMatching(/^in\.\* key|^in\.\*\.mail value email 1$/), ['in.*.income value income likely']])
      expect(ruleset).not.toContain(key)
    }
  })

  it('of the usual keys are shown', () => {
    const keys = `@timestamp _id user_agent.original http.response.status_code k8s.namespace.name app.kubernetes.io/managed-by x-b3-traceid sha256 x86_64 rfc3339 p99_latency_ms
      remoteAddress eventLoopUtilization heapUsed mysqlConnectionPoolSize XDG_RUNTIME_DIR isMfaEnabled utm_campaign numeroCliente krankenversicherungsnummer 名前 12`
    for (const key of [...keys.trim().split(/\s+/), 'Last Login (UTC)', 'Total Amount EUR', 'E-Mail Address 2']) {
      const path = /[. ]/.test(key) ? `["${key}"]` : key
      expect([key, found(discovered(lines({ in: { [key]: 'a@shop.example' } })).report).at(-1)]).toEqual([key, `in${path.startsWith('[') ? '' : '.'}${path} value email 1`])
    }
  })

  it('of pairs in text are shown where their keys say nothing else', () => {
    const { report } = discovered('client_email=a@shop.example miller_email=b@shop.example smith: c@shop.example email: d@shop.example\n')
    expect(found(report)).toEqual(['(text) text email 2', 'client_email pair email 1', 'email pair email 1'])
  })

  it('of records with many fields stay apart', () => {
    const record = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`field_${word(i)}`, `user${i}@shop.example`]))
    const { report } = discovered(lines(...Array.from({ length: 12 }, () => record)))
    expect(report.findings.length).toBe(150)
    expect(report.findings[7]?.path).toBe(`field_${word(7)}`)
  })

  it('are bounded, and it is told', () => {
    const records = Array.from({ length: 700 }, (_, i) => ({
      [`a${word(i % 60)}`]: { [`b${word(i % 50)}`]: Object.fromEntries(Array.from({ length: 40 }, (_, k) => [`c${word(k)}`, 'a@shop.example'])) },
    }))
    const { report, ruleset } = discovered(lines(...records))
    expect(report.places).toBeLessThanOrEqual(10_100)
    expect(report.capped).toBe(true)
    expect(report.findings.reduce((sum, { count }) => sum + count, 0)).toBe(28_000)
    expect(createMasker(ruleset, { runSecret }).warnings).toEqual([])
  })

  it('take time in proportion to the input, whatever it is', () => {
    const hostile: readonly (readonly [string, (n: number) => string])[] = [
      ['pairs', (n) => `${'email=a '.repeat(n / 8)}\n`],
      ['pairs with findings', (n) => `${'ip=10.0.0.1 '.repeat(n / 12)}\n`],
      ['quotes', (n) => `${'email="'.repeat(n / 7)}\n`],
      ['braces in a string', (n) => lines({ s: '{"x":'.repeat(n / 10) })],
      ['escapes', (n) => lines({ s: '\\"'.repeat(n / 4) })],
      ['keys', (n) => lines(Object.fromEntries(Array.from({ length: Math.floor(n / 16) }, (_, i) => [word(i * 7), 1])))],
    ]
    for (const [name, make] of hostile) {
      const cost = (n: number): number => {
        const text = make(n)
        const begun = process.cpuUsage()
        discovered(text)
        const { user, system } = process.cpuUsage(begun)
        return (user + system) / 1000
      }
      cost(20_000)
      const small = cost(100_000)
      expect(cost(800_000), name).toBeLessThan(8 * 4 * small + 400)
    }
  }, 120_000)
})

describe('shapes', () => {
  const shape = (...values: string[]): Shape => {
    const made = new Shape()
    for (const value of values) {
      const bytes = Buffer.from(value)
      made.add(bytes, 0, bytes.length)
    }
    return made
  }
  const many = (make: (i: number) => string, n = 20): string[] => Array.from({ length: n }, (_, i) => make(i))

  it('have a pattern when all values have it', () => {
    expect(shape(...many((i) => `AB${1000 + i}CD`)).pattern()).toBe('AA9999AA')
    expect(shape(...many((i) => `x${'y'.repeat(5 + (i % 3))}-${1000 + i}`)).pattern()).toBe('a{6-8}-9999')
    expect(shape(...many((i) => `AB${1000 + i}CD`), 'other').pattern()).toBeUndefined()
    expect(shape(...many((i) => `Z\u00fcrich ${1000 + i}*`)).pattern()).toBe('A\u00e4aaaa 9999?')
  })

  it('have none where it would tell too much', () => {
    expect(shape(...many((i) => `AB${1000 + i}CD`, 7)).pattern(), 'few values').toBeUndefined()
    expect(shape(...many(() => 'AB1000CD')).pattern(), 'one value').toBeUndefined()
    expect(shape(...many((i) => `${100 + i}`)).pattern(), 'three digits').toBeUndefined()
    expect(shape(...many((i) => '-'.repeat(i + 1))).pattern(), 'no letters').toBeUndefined()
    expect(shape(...many((i) => `${'ab-'.repeat(20)}${i}`)).pattern(), 'many parts').toBeUndefined()
  })

  it('joined are those of all values', () => {
    const a = shape(...many((i) => `AB${1000 + i}CD`))
    a.absorb(shape(...many((i) => `AB${10_000 + i}CD`)))
    expect([a.pattern(), a.values, a.least, a.most, a.distinct.count()]).toEqual(['AA9{4-5}AA', 40, 8, 9, 40])
    const empty = new Shape()
    empty.absorb(a)
    expect(empty.pattern()).toBe('AA9{4-5}AA')
    a.absorb(shape('mixed up'))
    expect([a.pattern(), a.values]).toEqual([undefined, 41])
  })

  it('count what differs, nearly', () => {
    const distinct = new Distinct()
    for (let round = 0; round < 3; round++) for (let i = 0; i < 50; i++) distinct.add(Math.imul(i, 0x9e3779b1))
    expect(distinct.count()).toBe(50)
    for (let i = 0; i < 100_000; i++) distinct.add(Math.imul(i, 0x9e3779b1))
    expect(distinct.count()).toBeGreaterThan(60_000)
    expect(distinct.count()).toBeLessThan(150_000)
  })
})

// ------------------------------------------------------------------------------------------------ the command

const folder = testFolder()
let dir: string
beforeEach(() => {
  dir = folder.next()
})

async function cli(args: string[], input = ''): Promise<{ code: number; out: string; err: string }> {
  const texts = { out: '', err: '' }
  const sink = (name: 'out' | 'err'): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        texts[name] += chunk.toString()
        done()
      },
    })
  const code = await run(['discover', ...args], {
    stdin: Readable.from([Buffer.from(input)], { objectMode: false }),
    stdout: sink('out'),
    stderr: sink('err'),
    env: {},
    cwd: dir,
    onSignal: () => () => {},
    load: () => Promise.resolve(library),
  })
  return { code, ...texts }
}
const write = (name: string, content: string | Buffer): string => {
  writeFileSync(join(dir, name), content)
  return name
}
const read = (name: string): string => readFileSync(join(dir, name), 'utf8')

describe('mask-logs discover', () => {
  it('shows what docs/cli.md shows', async () => {
    const page = readFileSync(join(import.meta.dirname, '../docs/cli.md'), 'utf8')
    const records = Array.from({ length: 200 }, (_, i) => ({
      user: { gender: ['female', 'male', 'none'][i % 3], email: `ann${i}@shop.example` },
      ip: `203.0.113.${i}`,
      order: `AB${1000 + i}`,
    }))
    const { code, out, err } = await cli([], lines(...records))
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(page).toContain(`<!-- test: discover -->\n\`\`\`text\n${out}\`\`\`\n`)
  })

  it('writes a ruleset, once', async () => {
    write('app.log.gz', gzipSync(sample))
    const first = await cli(['app.log.gz', '-o', 'rules.yaml'])
    expect(first).toMatchObject({ code: 0, err: 'mask-logs: wrote rules.yaml; check it with: mask-logs check rules.yaml\n' })
    expect(first.out).toContain('user.email')
    expect(read('rules.yaml')).toBe(discovered(sample).ruleset)
    const second = await cli(['app.log.gz', '-o', 'rules.yaml'])
    expect(second).toEqual({ code: 2, out: '', err: 'mask-logs: cannot write rules.yaml: it exists already; --force replaces it\n' })
    expect(await cli(['app.log.gz', '-qo', 'rules.yaml', '--force'])).toMatchObject({ code: 0, err: '' })
    expect(await cli(['app.log.gz', '-o', '-'])).toEqual({ code: 0, out: read('rules.yaml'), err: '' })
    expect(await cli(['app.log.gz', '-o', 'no/such'])).toEqual({ code: 2, out: '', err: 'mask-logs: cannot write no/such: no such file or directory (ENOENT)\n' })
    expect(readdirSync(dir).sort()).toEqual(['app.log.gz', 'rules.yaml'])
  })

  it('gives the report as JSON, of files in their own formats, and of a part', async () => {
    write('a.csv', 'Surname,Mail\nMiller,a@shop.example\n')
    write('b.json', '[{"mail":\n"b@shop.example"}]')
    const { code, out } = await cli(['--json', 'a.csv', 'b.json'])
    expect(code).toBe(0)
    expect(found(JSON.parse(out) as DiscoveryReport)).toEqual(['Surname value person_name 1', 'Mail value email 1', 'mail value email 1'])
    const part = JSON.parse((await cli(['--json', '--max-lines', '5'], sample)).out) as DiscoveryReport
    expect(part).toMatchObject({ records: 5, cut: true })
    for (const { mask } of part.suggestions) createMasker(`version: "1.0"\nrules:\n- keys: [a]\n  masks: [${mask}]\n`, { runSecret }).close()
    expect((await cli(['--max-lines', '5'], sample)).out).toContain('no more than these were looked at: --max-lines')
    expect(found(JSON.parse((await cli(['--json', '--text'], '{"a":"a@shop.example"}\n')).out) as DiscoveryReport)).toEqual(['(text) text email 1'])
  })

  it('says what it could not read, and writes no ruleset from nothing', async () => {
    const { code, out, err } = await cli(['none.log', '-o', 'rules.yaml'])
    expect({ code, err }).toEqual({ code: 1, err: 'mask-logs: cannot read none.log: no such file or directory (ENOENT)\n' })
    expect(out).toContain('Detectors found nothing.')
    expect(readdirSync(dir)).toEqual([])
  })

  it.each([
    [['--max-lines', '0'], '--max-lines needs a number from 1'],
    [['--max-lines', 'many'], '--max-lines needs a number from 1'],
    [['--stats'], "--stats does not go with 'discover'"],
    [['--format', 'json'], "--format json may mean two things: write 'ndjson' for a value on each line, 'json-document' for documents over many lines"],
  ])('refuses %j', async (args, message) => {
    expect(await cli(args, 'x')).toMatchObject({ code: 2, out: '', err: `mask-logs: ${message}\nTry 'mask-logs --help'.\n` })
  })

  it('shows no value, no key that is data and nothing of broken lines', async () => {
    const canary = (i: number): string => `kq7zXw${word(i)}9vR2pLmT${i}`
    let n = 0
    const next = (): string => canary(n++)
    const numbers = ['4111111111111111', '5555555555554444', '7788990011223']
    const record = (): unknown => ({
      email: `${next()}@shop.example`,
      firstName: next(),
      password: next(),
      token: `ghp_${next()}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`.slice(0, 40),
      msg: `${next()} for ${next()}@shop.example from 203.0.113.251`,
      [next()]: next(),
      [`${next()}@shop.example`]: { [next()]: { firstName: next() } },
      nested: JSON.stringify({ [next()]: next(), email: `${next()}@shop.example`, inner: JSON.stringify({ dob: next() }) }),
      card: Number(numbers[0]),
      other: numbers[2],
      list: [next(), [next()]],
    })
    const text = lines(
      ...Array.from({ length: 30 }, record),
      JSON.stringify(record()).slice(0, -30),
      `{"${next()}":"${next()}`,
      `\u0000\u0007${next()}\u001b[31m${next()}`,
      `${next()}: ${next()} email=${next()}@shop.example password=${next()} "${next()}"='${next()}'`,
      `Authorization: Bearer ${next()} ${numbers[1]}`,
      '{"a":1}}',
      `{"deep":${'['.repeat(300)}"${next()}"${']'.repeat(300)}}`,
      { pad: 'x'.repeat(2000), email: `${next()}@shop.example` },
    )
    write('app.log', text)
    const table = await cli(['app.log', '-o', 'rules.yaml', '--max-record-bytes', '2KiB'])
    const json = await cli(['--json', 'app.log', '--max-record-bytes', '2KiB'])
    expect([table.code, json.code]).toEqual([0, 0])
    const said = [table.out, table.err, json.out, json.err, read('rules.yaml')].join('\n').toLowerCase()
    expect(said).toContain('firstname')
    // no part of a canary, whatever its case
    for (let i = 0; i < n; i++) for (const part of ['kq7zxw', '9vr2plmt', canary(i).toLowerCase().slice(6, 14)]) expect(said.includes(part), part).toBe(false)
    for (const number of [...numbers, '203.0.113.251', 'ghp_']) expect(said).not.toContain(number)
    const masker = createMasker(read('rules.yaml'), { runSecret })
    const masked = through(masker, text)
    expect(found(discovered(masked).report)).toEqual([])
  })
})

describe('speed', () => {
  it('is that of a sample of any size', () => {
    const text = sample.repeat(100)
    discovered(text)
    const begun = process.cpuUsage()
    discovered(text)
    const { user, system } = process.cpuUsage(begun)
    // measured: 40 MB/s on logs; here nearly every value is a finding
    expect(text.length / (user + system)).toBeGreaterThan(3)
  })
})
