// What of the engine a case file cannot say: several files, sizes, randomness, failures that throw, counts and findings.

import { describe, expect, it } from 'vitest'
import { createMasker, MaskError } from '../src/index.ts'
import type { MaskerOptions } from '../src/index.ts'

const runSecret = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'
const X = [{ type: 'from_fixed', value: 'X' }]
const redact = [{ type: 'redact' }]

function make(rules: unknown, more: object = {}, options: MaskerOptions = {}): ReturnType<typeof createMasker> {
  return createMasker({ version: '1.0', rules, ...more }, { runSecret, ...options })
}

/** One result of every walker. */
function everyWay(masker: ReturnType<typeof createMasker>, record: string): string[] {
  const lines = masker.lines()
  return [
    masker.json(record),
    Buffer.from(masker.json(Buffer.from(record))).toString(),
    Buffer.concat([...lines.block(Buffer.from(`${record}\n`)), ...lines.end()])
      .toString()
      .trimEnd(),
    JSON.stringify(masker.value(JSON.parse(record))),
  ]
}

describe('layers', () => {
  const fixed = (value: string): unknown[] => [{ type: 'from_fixed', value }]
  const layer = (...rules: unknown[]): object => ({ version: '1.0', rules })

  it('of several files only the strongest applies to a value', () => {
    const masker = createMasker([layer({ keys: ['a', 'b', 'c'], masks: fixed('1') }), layer({ keys: ['b', 'c'], masks: fixed('2') }), layer({ paths: ['c'], masks: fixed('3') })], {
      runSecret,
    })
    for (const out of everyWay(masker, '{"a":0,"b":0,"c":0}')) expect(out).toBe('{"a":"1","b":"2","c":"3"}')
  })

  it('rules of one layer chain, those of a weaker one do not', () => {
    const add = (text: string): unknown[] => [{ type: 'concat', masks: [{ type: 'do_nothing' }, { type: 'from_fixed', value: text }] }]
    const masker = createMasker([layer({ keys: ['a'], masks: add('1') }), layer({ keys: ['a'], masks: add('2') }, { paths: ['a'], masks: add('3') })], { runSecret })
    for (const out of everyWay(masker, '{"a":"x"}')) expect(out).toBe('{"a":"x23"}')
  })

  it('policies are merged key by key, lists replaced', () => {
    const masker = createMasker(
      [
        { version: '1.0', policy: { unknown_fields: 'redact', allow: ['a'] }, rules: [] },
        { version: '1.0', policy: { allow: ['b'] }, rules: [{ keys: ['zz'], masks: X }] },
      ],
      { runSecret },
    )
    for (const out of everyWay(masker, '{"a":1,"b":2}')) expect(out).toBe('{"a":"[REDACTED]","b":2}')
  })
})

describe('hash sources', () => {
  it('none: random, of the same shape', () => {
    for (const hash_sources of [[], null]) {
      const masker = make([{ paths: ['v'], hash_sources, masks: [{ type: 'imitate' }] }])
      const seen = new Set(Array.from({ length: 8 }, () => masker.json('{"v":"BZF12345"}')))
      expect(seen.size).toBeGreaterThan(4)
      for (const out of seen) expect(out).toMatch(/^\{"v":"[A-Z]{3}\d{5}"\}$/)
    }
  })

  it('none on a transform: random inside a consistent rule', () => {
    const masker = make([
      {
        hash_sources: [{ json_path: ['id'] }],
        masks: [
          {
            type: 'json',
            transforms: [
              { path: ['v'], hash_sources: [], masks: [{ type: 'imitate' }] },
              { path: ['w'], masks: [{ type: 'imitate' }] },
            ],
          },
        ],
      },
    ])
    const outs = Array.from({ length: 8 }, () => JSON.parse(masker.json('{"id":"12345","v":"BZF12345","w":"AAA"}')) as { v: string; w: string })
    expect(new Set(outs.map((o) => o.v)).size).toBeGreaterThan(4)
    expect(new Set(outs.map((o) => o.w))).toEqual(new Set(['XAD']))
  })

  it('modifiers decide what is the same', () => {
    const masker = make([{ paths: ['v'], hash_sources: [{ json_path: ['id'], trim: true, case_transform: 'lower', on_missing: 'null' }], masks: [{ type: 'imitate' }] }])
    const of = (id: string): string => (JSON.parse(masker.json(`{"v":"BZF12345"${id}}`)) as { v: string }).v
    expect(of(',"id":" Ab "')).toBe(of(',"id":"aB"'))
    expect(of('')).toBe(of(',"id":null'))
    expect(of('')).not.toBe(of(',"id":""'))
  })
})

describe('failures', () => {
  it('on_mask_error: fail throws without the value', () => {
    const masker = make([{ name: 'first', paths: ['a.b'], masks: [{ type: 'take_substring' }] }], { policy: { on_mask_error: 'fail' } })
    for (const run of [() => masker.json('{"a":{"b":424242}}'), () => masker.value({ a: { b: 424242 } }), () => masker.lines().block(Buffer.from('{"a":{"b":424242}}\n'))]) {
      let caught: unknown
      try {
        run()
      } catch (error) {
        caught = error
      }
      expect(caught).toBeInstanceOf(MaskError)
      const error = caught as MaskError
      expect([error.code, error.rule, error.path]).toEqual(['non_string_value', 'first', 'a.b'])
      expect(String(error.stack) + JSON.stringify(error)).not.toContain('424242')
    }
  })

  it('under fail a record that passes does not throw', () => {
    const masker = make([{ paths: ['a'], masks: [{ type: 'take_substring', end_index: 1 }] }], { policy: { on_mask_error: 'fail' } })
    expect(masker.json('{"a":"xyz"}')).toBe('{"a":"x"}')
  })

  it('the whole record of form (a) fails once, and is counted once', () => {
    const masker = make([{ masks: [{ type: 'transform_case', transform: 'upper' }] }])
    masker.json('{"a":1}')
    expect(masker.stats().errors).toEqual({ wrong_input_type: 1 })
  })

  it('on_mask_error: drop takes the line with its terminator', () => {
    const masker = make([{ paths: ['a'], masks: [{ type: 'take_substring' }] }], { policy: { on_mask_error: 'drop' } })
    const lines = masker.lines()
    expect(Buffer.concat([...lines.block(Buffer.from('{"a":1}\r\n{"b":1}\n{"a":2}\n')), ...lines.end()]).toString()).toBe('{"b":1}\n')
    expect(masker.stats().errors).toMatchObject({ non_string_value: 2, dropped: 2 })
    expect(masker.value({ a: 1 })).toBeUndefined()
  })

  it('a detector of the user that fails hides the text', () => {
    const detectors = [
      {
        name: 'broken',
        find: () => {
          throw new Error('secret text')
        },
      },
    ]
    const masker = make([{ detect: ['broken'] }], {}, { detectors })
    for (const out of everyWay(masker, '{"a":"some text","b":1}')) expect(out).toBe('{"a":"[MASKING FAILED]","b":1}')
  })
})

describe('sizes', () => {
  const long = `{"level":30,"time":5,"password":"hunter2","msg":"${'word bob@shop.example '.repeat(200)}"}`
  const rules = [{ detect: ['email', 'named_secret'], masks: [{ type: 'redact' }] }]
  const run = (on_oversize: string): { single: string; lines: string; errors: object } => {
    const masker = make(rules, { policy: { max_record_bytes: 1024, on_oversize } })
    const lines = masker.lines()
    const head = Buffer.from(long)
    const single = masker.json(long)
    const out = Buffer.concat([...lines.block(Buffer.from(`${long}\n{"a":"bob@shop.example"}\n`)), ...lines.end()]).toString()
    expect(Buffer.concat(lines.oversize(head.subarray(0, Math.min(head.length, lines.oversizeKeep)), head.length, Buffer.from('\n'))).toString()).toBe(
      on_oversize === 'drop' ? '' : `${single}\n`,
    )
    return { single, lines: out, errors: masker.stats().errors }
  }

  it('text: the whole line as text', () => {
    const { single, lines, errors } = run('text')
    const want = long.replaceAll('bob@shop.example', '[REDACTED]').replace('hunter2', '[REDACTED]')
    expect(single).toBe(want)
    expect(lines).toBe(`${want}\n{"a":"[REDACTED]"}\n`)
    expect(errors).toEqual({ oversize: 3 })
  })

  it('truncate: the minimal record with the size and the head as text', () => {
    const { single, lines } = run('truncate')
    const record = JSON.parse(single) as Record<string, unknown>
    expect(Object.keys(record)).toEqual(['level', 'time', 'oversize', 'msg'])
    expect([record['level'], record['time'], record['oversize']]).toEqual([30, 5, Buffer.byteLength(long)])
    expect(record['msg']).toContain('"password":"[REDACTED]"')
    expect(single).not.toMatch(/bob@|hunter2/)
    expect(lines).toBe(`${single}\n{"a":"[REDACTED]"}\n`)
  })

  it('drop: nothing', () => {
    const { single, lines, errors } = run('drop')
    expect(single).toBe('')
    expect(lines).toBe('{"a":"[REDACTED]"}\n')
    expect(errors).toMatchObject({ oversize: 3 })
  })

  it('on_unparsable: quarantine tells the place, never the content', () => {
    const notes: unknown[] = []
    const masker = make(rules, { policy: { on_unparsable: 'quarantine' } }, { quarantine: (note) => notes.push(note) })
    const lines = masker.lines()
    expect(Buffer.concat([...lines.block(Buffer.from('{"a":1}\nno json bob@shop.example\n{"b":2}\n')), ...lines.end()]).toString()).toBe('{"a":1}\n{"b":2}\n')
    expect(notes).toEqual([{ serial: 1, line: 2, bytes: 24, code: 'not_json' }])
  })
})

describe('overlaps', () => {
  const find =
    (word: string) =>
    (text: string): { start: number; end: number; score?: number }[] => {
      const start = text.indexOf(word)
      return start < 0 ? [] : [{ start, end: start + word.length }]
    }

  it('matches that overlap in part become [REDACTED:<first>]', () => {
    const detectors = [
      { name: 'right', find: find('cdef') },
      { name: 'left', find: find('abcd') },
    ]
    const masker = make([{ detect: ['left', 'right'], masks: X }], {}, { detectors })
    for (const out of everyWay(masker, '{"m":"1 abcdef 2"}')) expect(out).toBe('{"m":"1 [REDACTED:left] 2"}')
    expect(masker.text('1 abcdef 2')).toBe('1 [REDACTED:left] 2')
    expect(masker.json('{"m":"abcd cdef"}')).toBe('{"m":"X X"}')
  })

  it('equal spans go to the higher score', () => {
    const scored = (name: string, score: number, value: string): [object, object] => [
      { name, find: (text: string) => find('abcd')(text).map((s) => ({ ...s, score })) },
      { detect: [name], masks: [{ type: 'from_fixed', value }] },
    ]
    const [low, lowRule] = scored('low', 0.7, 'L')
    const [high, highRule] = scored('high', 0.9, 'H')
    for (const detectors of [
      [low, high],
      [high, low],
    ]) {
      const masker = make([lowRule, highRule], {}, { detectors: detectors as never })
      for (const out of everyWay(masker, '{"m":"1 abcd 2"}')) expect(out).toBe('{"m":"1 H 2"}')
    }
  })

  it('a match inside a longer one is absorbed, whichever comes first', () => {
    const detectors = [
      { name: 'short', find: find('bc') },
      { name: 'long', find: find('abcd') },
    ]
    const masker = make(
      [
        { detect: ['short'], masks: [{ type: 'from_fixed', value: 'S' }] },
        { detect: ['long'], masks: [{ type: 'from_fixed', value: 'L' }] },
      ],
      {},
      { detectors },
    )
    for (const out of everyWay(masker, '{"m":"abcd"}')) expect(out).toBe('{"m":"L"}')
  })
})

describe('counts', () => {
  const rules = [
    { name: 'keys', keys: ['a'], masks: X },
    { name: 'found', detect: ['email'], masks: redact },
  ]

  it('each value once, whatever the walker', () => {
    const record = '{"a":"x","b":"to bob@shop.example, al@shop.example","c":{"a":1},"s":"{\\"a\\":1}","al@shop.example":2}'
    const want = { masked: 6, byRule: { keys: 3, found: 3 }, byDetector: { email: 3 } }
    for (const run of [
      (m: ReturnType<typeof make>) => m.json(record),
      (m: ReturnType<typeof make>) => m.lines().block(Buffer.from(`${record}\n`)),
      (m: ReturnType<typeof make>) => m.value(JSON.parse(record) as unknown),
    ]) {
      const masker = make(rules)
      run(masker)
      expect(masker.stats()).toMatchObject(want)
    }
  })

  it('a repeated value counts each time', () => {
    const masker = make(rules)
    for (let i = 0; i < 3; i++) masker.json('{"a":"x","b":"bob@shop.example"}')
    expect(masker.stats()).toMatchObject({ masked: 6, byRule: { keys: 3, found: 3 } })
  })

  it('only what is put out: a line that turns out to be no JSON', () => {
    const masker = make(rules)
    masker.json('{"a":"x","b":"bob@shop.example"')
    expect(masker.stats()).toMatchObject({ masked: 2, byRule: { keys: 1, found: 1 } })
    const lines = make(rules)
    lines.lines().block(Buffer.from('{"a":"x","b":{"a":1},}\n'))
    expect(lines.stats()).toMatchObject({ masked: 2, byRule: { keys: 2 } })
  })

  it('nothing for a record that is dropped', () => {
    const masker = make([...rules, { paths: ['z'], masks: [{ type: 'take_substring' }] }], { policy: { on_mask_error: 'drop' } })
    masker.json('{"a":"x","z":1}')
    expect(masker.stats()).toMatchObject({ masked: 0, byRule: {} })
  })

  it('a value that two rules change once for each rule, and once in all', () => {
    const masker = make([
      { name: 'one', keys: ['a'], masks: X },
      { name: 'two', paths: ['a'], masks: [{ type: 'concat', masks: [{ type: 'do_nothing' }, { type: 'from_fixed', value: 'Y' }] }] },
    ])
    expect(masker.json('{"a":"x"}')).toBe('{"a":"XY"}')
    expect(masker.stats()).toMatchObject({ masked: 1, byRule: { one: 1, two: 1 } })
  })

  it('a scan mask counts as its rule', () => {
    const masker = make([{ name: 'scans', keys: ['a'], masks: [{ type: 'scan', detect: ['email'] }] }])
    masker.json('{"a":"bob@shop.example and al@shop.example"}')
    expect(masker.stats()).toMatchObject({ masked: 1, byRule: { scans: 1 } })
  })

  it('errors inside a text that is no JSON in the end are not counted', () => {
    const masker = make([{ paths: ['a'], masks: [{ type: 'take_substring' }] }])
    masker.json('{"a":1,')
    expect(masker.stats().errors).toEqual({})
  })
})

describe('explain', () => {
  it('gives no score to what a rule names', () => {
    const masker = make([
      { name: 'keys', keys: ['pin'], masks: X },
      { name: 'found', detect: ['email'], masks: redact },
    ])
    for (const record of ['{"m":"pin=12 bob@shop.example"}', 'x pin=12 bob@shop.example']) {
      const findings = masker.explain(record)
      expect(findings.map((f) => [f.rule, f.score === undefined])).toEqual([
        ['keys', true],
        ['found', false],
      ])
    }
  })
})

describe('json mask', () => {
  it('keeps the walkers alike on documents in documents', () => {
    const inner = { type: 'json', transforms: [{ path: ['*', 'n'], on_missing: 'skip', masks: [{ type: 'imitate' }] }] }
    const masker = make([
      {
        keys: ['d'],
        hash_sources: [{ relative_path: ['id'], on_missing: 'self' }],
        masks: [
          {
            type: 'json',
            transforms: [
              { path: ['e'], on_missing: 'skip', masks: [inner] },
              { path: ['*', 'n'], on_missing: 'skip', masks: [{ type: 'imitate' }] },
            ],
          },
        ],
      },
    ])
    const record = '{"id":"7","d":{"e":{"x":{"n":"AAA"}},"f":{"n":"BBB"},"d":{"g":{"n":"CCC"}}},"l":[{"id":"7","d":"{\\"f\\":{\\"n\\":\\"BBB\\"}}"}]}'
    const [first, ...others] = everyWay(masker, record)
    expect(first).not.toMatch(/AAA|BBB|CCC/)
    for (const other of others) expect(other).toBe(first)
    const out = JSON.parse(first!) as { d: { f: { n: string } }; l: { d: string }[] }
    expect((JSON.parse(out.l[0]!.d) as { f: { n: string } }).f.n).toBe(out.d.f.n)
  })
})

describe('the customer record', () => {
  const ruleset = `version: "1.0"
rules:
- hash_sources: [{json_path: [customer_id]}]
  masks:
  - type: json
    transforms:
    - {path: [first_name], masks: [{type: from_file, seed_file: DataMasque_firstNames_mixed.csv, seed_column: firstname-mixed}]}
    - {path: [last_name], masks: [{type: from_file, seed_file: DataMasque_lastNames_v2.csv}]}
    - {path: [email], masks: [{type: email}]}
    - {path: [date_of_birth], masks: [{type: from_random_date, min: "1950-01-01", max: "2005-12-31"}]}
    - {path: [account_balance], masks: [{type: from_random_number, min: 100, max: 9000, decimal_places: 2}, {type: typecast, typecast_as: decimal}]}
    - {path: [customer_id], masks: [{type: imitate_unique}]}
`
  const record =
    '{"customer_id":"12345","first_name":"Sarah","last_name":"Mitchell","email":"sarah.mitchell@example.com","date_of_birth":"1984-07-22","account_balance":4823.50,"account_status":"active"}'

  it('is one person, the same in every run, and another one', () => {
    const outs = [createMasker(ruleset, { runSecret }), createMasker(ruleset, { runSecret })].map((m) => m.json(record))
    expect(outs[0]).toBe(outs[1])
    const out = JSON.parse(outs[0]!) as Record<string, string>
    expect(outs[0]).toContain('"account_balance":3067.13,"account_status":"active"}')
    expect([out['customer_id'], out['date_of_birth']]).toEqual(['10109', '1963-09-08'])
    expect(outs[0]).not.toMatch(/Sarah|Mitchell|sarah|1984|4823/)
    const plain = (name: string): string =>
      name
        .normalize('NFD')
        .replace(/[^A-Za-z0-9]/g, '')
        .toLowerCase()
    expect(out['email']).toMatch(/^[a-z0-9]+\.[a-z0-9]+@example\.(com|net|org)$/)
    expect(out['email']!.split('@')[0]).toBe(`${plain(out['first_name']!)}.${plain(out['last_name']!)}`)
  })

  it('the order of the transforms does not matter', () => {
    const [head, ...rest] = ruleset.trimEnd().split('    - {')
    const turned = `${head}${rest
      .reverse()
      .map((t) => `    - {${t.trimEnd()}\n`)
      .join('')}`
    expect(createMasker(turned, { runSecret }).json(record)).toBe(createMasker(ruleset, { runSecret }).json(record))
  })
})
