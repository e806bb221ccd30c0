// The `tests` of rulesets: what passes, what is told of a failure (places, never values), and `mask-logs check --test`.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { STARTER_RULESET } from '../src/cli/starter.ts'
import { NumberText, RulesetError, TEST_RUN_SECRET, testRuleset } from '../src/index.ts'
import type { MaskerOptions, TestProblem } from '../src/index.ts'
import { command } from './support/command.ts'
import { testFolder } from './support/folder.ts'

const RULES = `version: "1.0"
rules:
- {paths: [user.id], masks: [{type: imitate_unique}]}
- {keys: [email, password], masks: [{type: redact}]}
- {paths: [gone], masks: [{type: remove}]}
- {paths: [fixed], masks: [{type: from_fixed, value: A}]}
- {paths: [age], masks: [{type: numeric_bucket, buckets: [10, 20], override_max: 30}]}
- {detect: [credit_card], masks: [{type: redact}]}
`

function results(tests: string, options: MaskerOptions = {}, rules = RULES): ReturnType<typeof testRuleset> {
  return testRuleset(`${rules}tests:\n${tests}\n`, options)
}

/** `part path: message` of the only test. */
function problems(test: string, options: MaskerOptions = {}, rules = RULES): string[] {
  const [result, ...more] = results(`- ${test}`, options, rules)
  expect(more).toEqual([])
  expect(result!.ok).toBe(result!.problems.length === 0)
  return result!.problems.map(({ part, path, message }) => `${part} ${path}: ${message}`)
}

describe('a test passes', () => {
  it.each([
    ['a record as a structure', '{in: {user: {id: 12345}, n: 4823.50, list: [1, {email: a}]}, out: {n: 4823.50, user: {id: 10109}, list: [1, {email: "[REDACTED]"}]}}'],
    ['keys in another order', '{in: {a: 1, b: {c: 2, d: 3}}, out: {b: {d: 3, c: 2}, a: 1}}'],
    ['a line of JSON, compared as text', `{in: '{ "user": {"id":12345}, "x": "\\u0041" }', out: '{ "user": {"id":10109}, "x": "\\u0041" }'}`],
    ['a line of JSON, compared as a record', `{in: '{ "user": {"id":12345}, "x": 1.0 }', out: {user: {id: 10109}, x: 1.0}}`],
    ['a line of text', '{in: "pay 4111 1111 1111 1111 now", out: "pay [REDACTED] now"}'],
    ['several lines', '{in: "email=a\\nplain\\n", out: "email=[REDACTED]\\nplain\\n"}'],
    ['a last line end on one side only', '{in: "email=a\\n", out: "email=[REDACTED]"}'],
    ['CRLF', '{in: "email=a\\r\\nx\\r\\n", out: "email=[REDACTED]\\r\\nx"}'],
    ['the empty line', '{in: "", out: ""}'],
    ['null, true and numbers are records', '{in: null, out: null}'],
    ['a number that is a record', '{in: 4111111111111111, out: "[REDACTED]"}'],
    ['null as expected value', '{in: {gone: 1, a: null}, out: {a: null}}'],
    [
      'paths',
      '{in: {user: {id: 12345, x: 1}, list: [{email: a, y: 2}, {email: b, y: 3}]}, masked: [user.id, "list[*].email", [list, 0, email]], unmasked: [user.x, "list.*.y", "list[1].y"]}',
    ],
    ['a path to everything below', '{in: {password: {a: x, b: [y, null, ""]}}, masked: [password, "password.**"]}'],
    ['any depth', '{in: {a: {b: [{email: x}]}, email: y}, masked: ["**.email"], unmasked: []}'],
    ['a removed value is masked', '{in: {gone: 1, b: 2}, masked: [gone], unmasked: [b]}'],
    ['paths into JSON inside a string', `{in: {payload: '{"email":"x","n":[1.50]}'}, masked: [payload.email], unmasked: ["payload.n[0]"]}`],
    ['everything together', '{in: {email: a, b: 1}, out: {email: "[REDACTED]", b: 1}, masked: [email], unmasked: [b]}'],
    ['a failed mask that is expected', '{in: {age: 5}, out: {age: "[MASKING FAILED]"}}'],
    ['the parts of a removed record', '{in: {a: 1}, out: ""}', `version: "1.0"\nrules: [{masks: [{type: remove}]}]\n`],
    ['a line too long', `{in: '{"email":"${'x'.repeat(2000)}","level":30}', unmasked: [level]}`, `${RULES}policy: {max_record_bytes: 1024}\n`],
    ['a line that is quarantined', '{in: "no json", out: ""}', `${RULES}policy: {on_unparsable: quarantine}\n`],
  ])('%s', (_, test, rules = RULES) => {
    expect(problems(test, {}, rules)).toEqual([])
  })

  it('with masks of the caller', () => {
    const shout = { type: 'shout', summary: '', input: 'T', settles: 'value', options: {}, compile: () => () => 'LOUD', examples: [] } as const
    const rules = 'version: "1.0"\nrules: [{paths: [a], masks: [{type: shout}]}]\n'
    expect(problems('{in: {a: x}, out: {a: LOUD}}', { masks: { shout } }, rules)).toEqual([])
  })

  it('under the published secret, or one of the caller', () => {
    const test = '{in: {user: {id: 12345}}, out: {user: {id: 10109}}}'
    expect(problems(test)).toEqual([])
    expect(problems(test, { runSecret: undefined })).toEqual([])
    expect(problems(test, { runSecret: TEST_RUN_SECRET })).toEqual([])
    expect(problems(test, { runSecret: 'another secret of 20 letters' })).toEqual(['out user.id: another number: 5 characters expected, 5 received'])
  })

  it('also as an object', () => {
    const ruleset = {
      version: '1.0',
      rules: [{ keys: ['email'], masks: [{ type: 'redact' }] }],
      tests: [{ in: { email: 'x', n: new NumberText('1.50') }, out: { email: '[REDACTED]', n: new NumberText('1.50') } }],
    }
    expect(testRuleset(ruleset)).toEqual([{ name: 'tests[0]', source: '<ruleset>', line: 1, ok: true, problems: [] }])
  })
})

describe('a test fails', () => {
  it.each<[string, string, string[], string?]>([
    ['other text', '{in: {email: a}, out: {email: "[REDUCTED]"}}', ['out email: text of 10 characters expected, text of 10 characters received, different from character 5 on']],
    [
      'other kinds',
      '{in: {a: 1, b: [1], c: {d: 1}, e: null, f: true}, out: {a: "1", b: {x: 1}, c: 1, e: false, f: false}}',
      [
        'out a: text expected, a number received',
        'out b: an object expected, a list received',
        'out c: a number expected, an object received',
        'out e: a boolean expected, null received',
        'out f: another value',
      ],
    ],
    ['another spelling of a number', '{in: {a: 1.50}, out: {a: 1.5}}', ['out a: the same number in another spelling']],
    ['too much and too little', '{in: {a: 1, b: [1, 2]}, out: {c: 1, b: [1, 2, 3]}}', ['out c: is missing', 'out b[2]: is missing', 'out a: is not expected']],
    ['a longer list', '{in: {b: [1, 2]}, out: {b: [1]}}', ['out b[1]: is not expected']],
    ['another line', '{in: "mail", out: "male"}', ['out : text of 4 characters expected, text of 4 characters received, different from character 3 on']],
    ['a line instead of a record', '{in: "mail", out: {a: 1}}', ['out : an object expected, a line of text received']],
    ['nothing instead of a record', '{in: {a: 1}, out: {a: 1}}', ['out : an object expected, nothing received'], 'version: "1.0"\nrules: [{masks: [{type: remove}]}]\n'],
    ['an unmasked value', '{in: {a: 1, email: x, password: {b: y}}, masked: [a, email, password]}', ['masked a: is unchanged']],
    ['one leaf of many', '{in: {user: {id: 1, x: 2, y: [3, null]}}, masked: [user]}', ['masked user.x: is unchanged', 'masked user.y[0]: is unchanged']],
    ['nothing reached', '{in: {a: 1}, masked: [b], unmasked: ["c[*]"]}', ['masked b: reaches nothing', 'unmasked c.*: reaches nothing']],
    [
      'nothing to mask',
      '{in: {email: null, password: ["", {}]}, masked: [email, password]}',
      [
        'masked email: reaches nothing that can be masked: null, empty text or empty containers',
        'masked password: reaches nothing that can be masked: null, empty text or empty containers',
      ],
    ],
    ['paths into text', '{in: "email=a", masked: [email]}', ["masked email: reaches nothing: 'in' is not JSON"]],
    [
      'a changed value',
      '{in: {email: x, gone: 1, password: {a: x}, b: 1}, unmasked: [email, gone, password, b]}',
      [
        'unmasked email: text of 1 character expected, text of 10 characters received',
        'unmasked gone: is gone',
        'unmasked password.a: text of 1 character expected, text of 10 characters received',
      ],
    ],
    ['the same value with other bytes', `{in: '{"fixed":"\\u0041"}', unmasked: [fixed]}`, ['unmasked fixed: is the same value in another spelling']],
    ['a failed mask that nobody expects', '{in: {age: 5}, masked: [age]}', ['in : masking failed: out_of_range']],
    [
      'a failure that stops',
      '{in: {age: 5}, masked: [age]}',
      ['in age: masking stopped: out_of_range (numeric_bucket received a number outside its buckets)'],
      `${RULES}policy: {on_mask_error: fail}\n`,
    ],
    ['the same difference once', '{in: {a: {b: {email: x}}}, unmasked: ["**"]}', ['unmasked a.b.email: text of 1 character expected, text of 10 characters received']],
    ['nothing is checked', '{in: {age: 5}, masked: []}', ["in : the test checks nothing: it has neither 'out' nor a path"]],
  ])('%s', (_, test, wanted, rules = RULES) => {
    expect(problems(test, {}, rules)).toEqual(wanted)
  })

  it('and the others still run, each with its place', () => {
    const list = results('- {name: one, in: {a: 1}, out: {a: 2}}\n- in: {age: 5}\n  masked: [age]\n\n- {in: {a: 1}, out: {a: 1}}', {}, `${RULES}policy: {on_mask_error: fail}\n`)
    expect(list.map(({ name, line, ok }) => [name, line, ok])).toEqual([
      ['one', 11, false],
      ['tests[1]', 12, false],
      ['tests[2]', 15, true],
    ])
  })

  it('with the values apart', () => {
    const [result] = results('- {in: {a: 1, b: x}, out: {a: {c: 2.50}}, masked: [b]}')
    expect(result!.problems).toEqual<TestProblem[]>([
      { part: 'out', path: 'a', message: 'an object expected, a number received', expected: '{"c":2.50}', received: '1' },
      { part: 'out', path: 'b', message: 'is not expected', received: '"x"' },
      { part: 'masked', path: 'b', message: 'is unchanged', received: '"x"' },
    ])
  })

  it('with at most twenty differences', () => {
    const all = problems(`{in: {${Array.from({ length: 50 }, (_, i) => `k${i}: 1`).join(', ')}}, out: {}}`)
    expect(all).toHaveLength(21)
    expect(all[20]).toBe('out : and 30 more')
  })
})

describe('any record', () => {
  const value = fc.jsonValue({ maxDepth: 3 })
  const record = fc.dictionary(fc.string({ maxLength: 4 }), value, { maxKeys: 5 })
  const nothing = 'version: "1.0"\nrules: [{paths: [no.such.path], masks: [{type: redact}]}]\n'

  it('equals itself, as a structure and as a line', () => {
    fc.assert(
      fc.property(record, (one) => {
        const text = JSON.stringify(one)
        expect(problems(`{in: ${yaml(one)}, out: ${yaml(one)}}`, {}, nothing)).toEqual([])
        expect(problems(`{in: ${yaml(text)}, out: ${yaml(text)}}`, {}, nothing)).toEqual([])
        expect(problems(`{in: ${yaml(text)}, out: ${yaml(one)}}`, {}, nothing)).toEqual([])
        if (Object.keys(one).length > 0) expect(problems(`{in: ${yaml(one)}, unmasked: ["**"]}`, {}, nothing)).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it('is told from any other', () => {
    fc.assert(
      fc.property(record, record, (one, other) => {
        fc.pre(canonical(one) !== canonical(other))
        expect(problems(`{in: ${yaml(one)}, out: ${yaml(other)}}`, {}, nothing)).not.toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it('is never shown: what is told has keys and lengths only', () => {
    const secret = fc.oneof(
      fc.string().map((text) => `canary-${text}`),
      fc.constant('card 4111 1111 1111 1111 canary-'),
      fc.bigInt({ min: 10n ** 15n, max: 10n ** 16n }).map((n) => `98765${n}`),
    )
    const canaries = fc.dictionary(
      fc.constantFrom('email', 'a', 'gone', 'fixed', 'age'),
      fc.oneof(secret, fc.dictionary(fc.constantFrom('x', 'email'), secret), fc.array(secret, { maxLength: 3 })),
      { minKeys: 1 },
    )
    fc.assert(
      fc.property(canaries, canaries, fc.boolean(), (one, other, asLine) => {
        const given = asLine ? JSON.stringify(one) : one
        const told = problems(`{in: ${yaml(given)}, out: ${yaml(other)}, masked: ["**", a], unmasked: ["*", "email"]}`).join('\n')
        expect(told).not.toMatch(/canary|98765|4111/)
      }),
      { numRuns: 60 },
    )
  })

  /** JSON is YAML, but for -0, which JSON.stringify drops on both sides, and keys that are taken for merges. */
  const yaml = (one: unknown): string => JSON.stringify(one).replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const canonical = (one: unknown): string =>
    JSON.stringify(one, (_, v: unknown) =>
      typeof v === 'object' && v !== null && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v,
    )
})

describe('hostile tests', () => {
  it('deep, wide and many-pathed ones end in time', () => {
    const deep = `${'['.repeat(90)}1${']'.repeat(90)}`
    const nested = (n: number): string => (n === 0 ? '{"email":"x"}' : JSON.stringify({ p: nested(n - 1) }))
    const begun = performance.now()
    expect(problems(`{in: '${deep}', masked: ["**.**.**.**"], unmasked: ["**"]}`)[0]).toMatch(/^masked (\[0\])+: is unchanged$/)
    expect(problems(`{in: '[${'['.repeat(2000)}${']'.repeat(2000)}]', masked: ["**"]}`)).not.toEqual([])
    expect(problems(`{in: ${JSON.stringify(nested(6))}, masked: ["**.email"]}`)).not.toEqual([])
    expect(problems(`{in: ${JSON.stringify(nested(3))}, masked: ["**.email"]}`)).toEqual([])
    expect(problems(`{in: '[${'1,'.repeat(50_000)}1]', unmasked: ["**", "*"]}`)).toEqual([])
    expect(performance.now() - begun).toBeLessThan(30_000)
  })

  it('`__proto__` is a key like any other', () => {
    expect(problems('{in: {__proto__: {email: x}, constructor: 1}, masked: [__proto__.email], unmasked: [constructor]}')).toEqual([])
  })
})

// ------------------------------------------------------------------------------------------------ the command

describe('mask-logs check --test', () => {
  const folder = testFolder()
  let dir: string
  beforeEach(() => {
    dir = folder.next()
  })
  const file = (name: string, tests: string, rules = RULES): string => {
    writeFileSync(join(dir, name), tests === '' ? rules : `${rules}tests:\n${tests}\n`)
    return name
  }
  const check = (...args: string[]): ReturnType<typeof command> => command(['check', '--test', ...args], dir, { MASK_LOGS_RUN_SECRET: 'short' })
  const GOOD = '- {name: id, in: {user: {id: 12345}}, out: {user: {id: 10109}}}'
  const BAD = '- {name: "a\\e[2Jb", in: {a: canary-of-in, email: canary-of-mail}, out: {a: canary-of-out, email: "[REDACTED]"}, masked: [a], unmasked: [email]}'

  it('prints a line for each test and ends with 0', async () => {
    file('good.yaml', `${GOOD}\n- {in: x, out: x}`)
    expect(await check('good.yaml')).toEqual({ code: 0, out: 'good.yaml: ok\nok good.yaml:10 id\nok good.yaml:11 tests[1]\ngood.yaml: 2 of 2 tests passed\n', err: '' })
    expect(await check('-q', 'good.yaml')).toEqual({ code: 0, out: '', err: '' })
    expect(await command(['check', 'good.yaml'], dir)).toEqual({ code: 0, out: 'good.yaml: ok\n', err: '' })
    file('none.yaml', '')
    expect(await check('none.yaml')).toEqual({ code: 0, out: 'none.yaml: ok\nnone.yaml: no tests\n', err: '' })
    expect(await check()).toMatchObject({ code: 0, out: 'mask-logs:default: ok\nmask-logs:default: no tests\n' })
  })

  it('says where a test failed and what differed, without values, and ends with 1', async () => {
    file('bad.yaml', `${GOOD}\n${BAD}`)
    const out = `not ok bad.yaml:11 a\\u001b[2Jb
  out a: text of 13 characters expected, text of 12 characters received, different from character 11 on
  masked a: is unchanged
  unmasked email: text of 14 characters expected, text of 10 characters received
bad.yaml: 1 of 2 tests passed
`
    expect(await check('bad.yaml')).toEqual({ code: 1, out: `bad.yaml: ok\nok bad.yaml:10 id\n${out}`, err: '' })
    expect(await check('-q', 'bad.yaml')).toEqual({ code: 1, out, err: '' })
    const shown = await check('bad.yaml', '--show-values')
    expect(shown.out).toContain('    expected "canary-of-out"\n    received "canary-of-in"\n')
  })

  it('checks each ruleset by itself, those of -r together, and tells the worst', async () => {
    file('good.yaml', GOOD)
    file('bad.yaml', BAD)
    file('broken.yaml', GOOD, 'version: "1.0"\nrules: [{masks: [{type: redct}]}]\n')
    expect((await check('good.yaml', 'bad.yaml')).code).toBe(1)
    expect((await check('bad.yaml', 'broken.yaml', 'good.yaml')).code).toBe(3)
    file('stronger.yaml', '- {in: {user: {id: 12345}}, out: {user: {id: X}}}', 'version: "1.0"\nrules: [{paths: [user.id], masks: [{type: from_fixed, value: X}]}]\n')
    // The tests of both files, on both together.
    expect(await check('-r', 'good.yaml', '-r', 'stronger.yaml')).toEqual({
      code: 1,
      out: 'good.yaml + stronger.yaml: ok\nnot ok good.yaml:10 id\n  out user.id: a number expected, text received\nok stronger.yaml:4 tests[0]\ngood.yaml + stronger.yaml: 1 of 2 tests passed\n',
      err: '',
    })
  })

  it('runs the tests of a file, not of what it extends', async () => {
    file('base.yaml', BAD)
    file('top.yaml', GOOD, 'version: "1.0"\nextends: [./base.yaml]\n')
    expect(await check('top.yaml')).toMatchObject({ code: 0, out: 'top.yaml: ok\nok top.yaml:4 id\ntop.yaml: 1 of 1 tests passed\n' })
  })

  it('takes a run secret from a file only', async () => {
    file('good.yaml', GOOD)
    writeFileSync(join(dir, 'secret'), 'another secret of 20 letters\n')
    writeFileSync(join(dir, 'short'), 'short')
    expect(await check('good.yaml', '--run-secret-file', 'secret')).toMatchObject({ code: 1 })
    expect(await check('good.yaml', '--run-secret-file', 'short')).toMatchObject({ code: 2, err: 'mask-logs: Run secret length must be at least 20 characters.\n' })
    expect(await check('good.yaml', '--run-secret-file', 'none')).toMatchObject({ code: 2 })
    expect(await command(['check', 'good.yaml', '--run-secret-file', 'secret'], dir)).toMatchObject({
      code: 2,
      err: expect.stringContaining("--run-secret-file needs --test with 'check'") as string,
    })
    expect(await command(['check', 'good.yaml', '--show-values'], dir)).toMatchObject({ code: 2, err: expect.stringContaining('--show-values needs --test') as string })
  })

  it('works with plugins', async () => {
    writeFileSync(
      join(dir, 'mine.mjs'),
      "export const masks = { shout: { type: 'shout', summary: '', input: 'T', settles: 'value', options: {}, compile: () => () => 'LOUD', examples: [] } }\n",
    )
    file('mine.yaml', '- {in: {a: x}, out: {a: LOUD}}', 'version: "1.0"\nrules: [{paths: [a], masks: [{type: shout}]}]\n')
    expect(await check('--plugin', './mine.mjs', 'mine.yaml')).toMatchObject({ code: 0 })
    expect(await check('mine.yaml')).toMatchObject({ code: 3 })
  })

  it('passes for the starter ruleset', () => {
    const list = testRuleset(STARTER_RULESET)
    expect(list.length).toBeGreaterThan(1)
    expect(list.filter((one) => !one.ok)).toEqual([])
  })
})

it('a ruleset that cannot be used is refused as ever', () => {
  expect(() => results('- {in: x}')).toThrow(RulesetError)
  expect(() => results('- {in: x, masked: ["a..b"]}')).toThrow('bad_path')
})
