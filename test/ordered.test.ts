// Masks applied in order against the slow, obvious version: a model of the document, changed step by step. And what case files
// cannot say of `from_json_path`: sizes, depth, randomness, failures that throw, parsed values of every sort.

import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMasker, MaskError, RulesetError } from '../src/index.ts'
import type { MaskDefinition, Masker, MaskerOptions } from '../src/index.ts'

const runSecret = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'
const minute = 60_000

type Path = readonly (string | number)[]

interface Transform {
  readonly path: Path
  readonly on_missing: 'skip'
  readonly on_null: 'mask' | 'skip'
  readonly masks: readonly Readonly<Record<string, unknown>>[]
}

function json(transforms: readonly object[], more: object = {}): object {
  return { type: 'json', transforms, ...more }
}

function from(...path: (string | number)[]): object[] {
  return [{ type: 'from_json_path', path }]
}

function make(rules: readonly object[], more: object = {}, options: MaskerOptions = {}): Masker {
  return createMasker({ version: '1.0', rules, ...more }, { runSecret, ...options })
}

/** One result of every walker. */
function everyWay(masker: Masker, record: string): string[] {
  const lines = masker.lines()
  return [
    masker.json(record),
    Buffer.from(masker.json(Buffer.from(record))).toString(),
    Buffer.concat([...lines.block(Buffer.from(`${record}\n`)), ...lines.end()])
      .toString()
      .trimEnd(),
    JSON.stringify(masker.value(JSON.parse(record)), (_, v: unknown) => (typeof v === 'bigint' ? Number(v) : v)),
  ]
}

// ------------------------------------------------------------------------------------------------ the model

interface Members {
  readonly list: boolean
  readonly entries: readonly (readonly [key: string | number, place: Place])[]
}

/** Of a scalar its JSON text; undefined: removed. */
type Content = string | Members | undefined

interface Place {
  now: Content
  /** As it was read; undefined where a mask has put it in. */
  readonly was: Content
  /** Of a scalar its spelling; of a container what stands before each entry and behind the last. */
  readonly text: readonly string[]
  failed: boolean
}

const FAILED = '"[MASKING FAILED]"'

/** Reads a JSON text with all that stands between its values; `put`: for a place that did not have it. */
function read(text: string, put = false): Place {
  let at = 0
  const lexeme = (pattern: RegExp): string => {
    pattern.lastIndex = at
    const found = pattern.exec(text)![0]
    at += found.length
    return found
  }
  const value = (): Place => {
    if (text[at] !== '{' && text[at] !== '[') {
      const found = lexeme(/"(?:[^"\\]|\\.)*"|[-+.\w]+/y)
      const scalar = found.startsWith('"') ? JSON.stringify(JSON.parse(found)) : found
      return { now: scalar, was: put ? undefined : scalar, text: [found], failed: false }
    }
    const list = text[at] === '['
    const entries: [string | number, Place][] = []
    const between = [lexeme(/[{[]\s*/y)]
    while (text[at] !== '}' && text[at] !== ']') {
      let key: string | number = entries.length
      if (!list) {
        const found = lexeme(/"(?:[^"\\]|\\.)*"/y)
        key = JSON.parse(found) as string
        between[between.length - 1] += found + lexeme(/\s*:\s*/y)
      }
      entries.push([key, value()])
      between.push(lexeme(/\s*,?\s*/y))
    }
    between[between.length - 1] += lexeme(/[}\]]/y)
    const members: Members = { list, entries }
    return { now: members, was: put ? undefined : members, text: between, failed: false }
  }
  lexeme(/\s*/y)
  return value()
}

function write(place: Place): string {
  const { now, was, text } = place
  if (was === undefined || now !== was) return plain(now)!
  if (typeof now === 'string') return text[0]!
  return text[0]! + now!.entries.map(([, entry], i) => write(entry) + text[i + 1]!).join('')
}

/** The shortest text of a value; undefined: there is none. */
function plain(content: Content): string | undefined {
  if (content === undefined || typeof content === 'string') return content
  const live = content.entries.filter(([, place]) => place.now !== undefined).map(([key, place]) => [key, plain(place.now)!] as const)
  if (content.list) return `[${live.map(([, text]) => text).join(',')}]`
  // of several entries with one key the last counts
  return `{${[...new Map(live)].map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`
}

function entriesAt(place: Place, part: string | number): readonly (readonly [string | number, Place])[] {
  if (place.now === undefined || typeof place.now === 'string') return []
  const { list, entries } = place.now
  return part === '*' ? entries : entries.filter(([key]) => key === part || (list && String(key) === part))
}

/** Does to a document what its transforms say, one after the other. */
function inOrder(document: Place, transforms: readonly Transform[]): void {
  for (const { path, on_null, masks } of transforms) {
    let found: { readonly keys: Path; readonly place: Place }[] = document.now === undefined ? [] : [{ keys: [], place: document }]
    for (const part of path)
      found = found.flatMap(({ keys, place }) => entriesAt(place, part).flatMap(([key, entry]) => (entry.now === undefined ? [] : [{ keys: [...keys, key], place: entry }])))
    for (const { keys, place } of found) {
      if (place.failed || (place.now === 'null' && on_null === 'skip')) continue
      let value = plain(place.now)
      for (const mask of masks) {
        if (mask['type'] === 'from_fixed') value = JSON.stringify(mask['value'])
        else if (mask['type'] === 'remove') value = undefined
        else {
          let source: Place | undefined = document
          for (const [i, part] of (mask['path'] as Path).entries()) source = source === undefined ? undefined : entriesAt(source, part === '*' ? keys[i]! : part).at(-1)?.[1]
          value = plain(source?.now)
          place.failed = value === undefined
          value ??= FAILED
        }
      }
      place.now = value === undefined ? undefined : read(value, true).now
    }
  }
}

// ------------------------------------------------------------------------------------------------ generated documents

const keys = ['a', 'b', 'c', '0', '1']
const space = fc.constantFrom('', '', '', ' ', '\t ', '  ')
const scalarText = fc.oneof(
  fc.constantFrom('null', 'true', 'false', '0', '-1', '2.50', '1e3', '""', '"x"', '"\\u0041\\/"', '"\\ud83d\\ude00 \\n"', '"é"', '12345678901234567890'),
  fc.string({ unit: 'grapheme', maxLength: 6 }).map((s) => JSON.stringify(s)),
)

/** JSON texts in any spelling. A parsed value has its keys in an order of its own where they are numbers. */
function texts(keys: readonly string[], duplicates: boolean): fc.Arbitrary<string> {
  const spelled = (key: string): fc.Arbitrary<string> => fc.constantFrom(JSON.stringify(key), `"\\u${key.charCodeAt(0).toString(16).padStart(4, '0')}"`)
  const entry = fc.tuple(fc.constantFrom(...keys), space, space, space)
  return fc.letrec<{ value: string; container: string }>((tie) => ({
    container: fc.oneof(
      fc.array(fc.tuple(tie('value'), space, space), { maxLength: 3 }).map((items) => `[${items.map(([v, a, b]) => a + v + b).join(',')}]`),
      fc
        .uniqueArray(fc.tuple(entry, tie('value')), { maxLength: 4, selector: ([[key]]) => (duplicates ? {} : key) })
        .chain((items) => fc.tuple(fc.constant(items), fc.tuple(...items.map(([[key]]) => spelled(key)))))
        .map(([items, names]) => `{${items.map(([[, a, b, c], v], i) => `${a}${names[i]}${b}:${c}${v}`).join(',')}}`),
    ),
    value: fc.oneof({ maxDepth: 3, withCrossShrink: true }, scalarText, tie('container')),
  })).container
}

const part = fc.oneof(fc.constantFrom<string | number>(...keys), fc.constantFrom<string | number>(0, 1, '*', '*'))
const path = fc.array(part, { maxLength: 3 })

function transforms(removes: boolean): fc.Arbitrary<readonly Transform[]> {
  const one = path.chain((at) => {
    const source = fc.array(part, { maxLength: 3 }).map((p) => p.filter((step, i) => step !== '*' || i < at.length))
    const read = source.map((p) => ({ type: 'from_json_path', path: p }))
    const fixed = fc.constantFrom('X', null, 7).map((value) => ({ type: 'from_fixed', value }))
    const remove = fc.constant({ type: 'remove' })
    return fc.record({
      path: fc.constant(at),
      on_missing: fc.constant('skip' as const),
      on_null: fc.constantFrom('mask' as const, 'skip' as const),
      masks: fc.oneof(
        { weight: 6, arbitrary: fc.tuple(read) },
        { weight: 2, arbitrary: fc.tuple(fixed) },
        { weight: 1, arbitrary: fc.tuple(fixed, read) },
        { weight: 1, arbitrary: fc.tuple(removes ? remove : fixed) },
      ),
    })
  })
  // at least one reads, or nothing is in order
  const reader: Transform = { path: ['none'], on_missing: 'skip', on_null: 'skip', masks: [{ type: 'from_json_path', path: [] }] }
  return fc.array(one, { minLength: 1, maxLength: 5 }).map((list) => [...list, reader])
}

describe('generated documents and transforms', () => {
  it('give what the model gives, byte for byte', { timeout: 5 * minute }, () => {
    fc.assert(
      fc.property(texts(keys, true), transforms(false), (text, list) => {
        const document = read(text)
        inOrder(document, list)
        expect(make([{ masks: [json(list)] }]).json(text)).toBe(write(document))
      }),
      { numRuns: 600 },
    )
  })

  it('give the same values as bytes, as a line, as a parsed value and in a string', { timeout: 5 * minute }, () => {
    fc.assert(
      fc.property(texts(['a', 'b', 'c'], false), transforms(true), (text, list) => {
        const document = read(text)
        inOrder(document, list)
        const want = plain(document.now)
        const masker = make([{ masks: [json(list)] }])
        if (want === undefined) {
          expect(everyWay(masker, text)).toEqual(['', '', '', undefined])
          return
        }
        const same = JSON.parse(want) as unknown
        for (const out of everyWay(masker, text)) expect(JSON.parse(out)).toEqual(same)
        const inString = make([{ paths: ['d'], masks: [json(list)] }])
        for (const out of everyWay(inString, JSON.stringify({ d: text }))) expect(JSON.parse((JSON.parse(out) as { d: string }).d)).toEqual(same)
        // a mask among others hands over the value, or the text
        const among = make([{ paths: ['d'], whole: true, masks: [json(list), { type: 'do_nothing' }] }])
        for (const out of everyWay(among, `{"d":${text}}`)) expect((JSON.parse(out) as { d: unknown }).d).toEqual(same)
      }),
      { numRuns: 300 },
    )
  })
})

// ------------------------------------------------------------------------------------------------ what a case file cannot say

const redact = [{ type: 'redact' }]
const copies = [{ masks: [json([{ path: ['a'], masks: from('b') }])] }]

describe('from_json_path', () => {
  it('copies what a random mask has written, to the letter', () => {
    const transforms = [
      { path: ['s'], hash_sources: [], masks: [{ type: 'imitate' }] },
      { path: ['l', '*'], hash_sources: null, masks: [{ type: 'from_random_text', max: 12 }] },
      { path: ['a'], masks: from('s') },
      { path: ['m', '*'], masks: from('l', '*') },
      { path: ['whole'], masks: from('l') },
    ]
    const masker = make([{ masks: [json(transforms)] }])
    const seen = new Set<string>()
    for (let i = 0; i < 8; i++) {
      for (const out of everyWay(masker, '{"s":"BZF12345","a":1,"l":["x","y"],"m":[1,2],"whole":0}')) {
        const { s, a, l, m, whole } = JSON.parse(out) as { s: string; a: string; l: string[]; m: string[]; whole: string[] }
        expect(s).toMatch(/^[A-Z]{3}\d{5}$/)
        expect([a, m, whole]).toEqual([s, l, l])
        expect(l[0]).not.toBe(l[1])
        seen.add(s)
      }
    }
    expect(seen.size).toBeGreaterThan(16)
  })

  it('keeps to the strongest layer of rules', () => {
    const layer = (...rules: object[]): object => ({ version: '1.0', rules })
    const masker = createMasker([layer({ keys: ['s'], masks: redact }), layer({ keys: ['s'], masks: [{ type: 'do_nothing' }] }, copies[0]!)], { runSecret })
    for (const out of everyWay(masker, '{"a":1,"b":{"s":"x"}}')) expect(out).toBe('{"a":{"s":"x"},"b":{"s":"x"}}')
  })

  it('in a record of many lines, and between records nothing is kept', () => {
    const masker = make(copies)
    for (let i = 0; i < 3; i++) {
      expect(masker.json('{"a":\r\n 1,\n"b" : [2,\n3] }')).toBe('{"a":\r\n [2,3],\n"b" : [2,\n3] }')
      expect(masker.json('{"a":1}')).toBe('{"a":"[MASKING FAILED]"}')
    }
    expect(masker.stats().errors).toEqual({ missing_path: 3 })
  })

  it('of a record that nothing changes in gives the same object', () => {
    const masker = make([{ masks: [json([{ path: ['a'], on_missing: 'skip', masks: from('b') }])] }])
    const bytes = Buffer.from('{ "b" : "\\u0041" }')
    expect(masker.json(bytes)).toBe(bytes)
    const value = { b: { c: [1] } }
    expect(masker.value(value)).toBe(value)
  })

  it('leaves what it does not touch of a value as it is: copy on write', () => {
    const masker = make(copies)
    const value = { a: 1, b: { c: [1, { d: 2 }] }, e: new Date(0), f: { g: undefined, h: () => 1 }, __proto__: null }
    const out = masker.value(value) as unknown as { a: unknown; b: unknown; e: unknown; f: unknown }
    expect(value.a).toBe(1)
    expect(out.a).toEqual({ c: [1, { d: 2 }] })
    expect(out.a).not.toBe(value.b)
    for (const key of ['b', 'e', 'f'] as const) expect(out[key], key).toBe(value[key])
    expect(Object.getPrototypeOf(out)).toBe(null)
  })

  it('does to values of every sort what is done to them without it', () => {
    const idle = { path: ['none'], on_missing: 'skip', masks: from('none') }
    const rules = (transforms: object[]): object[] => [
      { keys: ['name'], masks: [{ type: 'redact', label: 'name' }] },
      { masks: [json([{ path: ['*', 'x'], on_missing: 'skip', masks: redact }, ...transforms])] },
      { detect: ['all'], masks: redact },
    ]
    const sorts = (): Record<string, unknown> => {
      const secret = 'password=hunter2'
      const error = new TypeError(`failed for bob@shop.example ${secret}`, { cause: { x: secret, name: 'Bo' } })
      const cycle: Record<string, unknown> = { m: secret }
      cycle['self'] = cycle
      const shared = { m: secret }
      return {
        error,
        cycle,
        shared: [shared, shared],
        date: new Date(0),
        never: new Date(Number.NaN),
        map: new Map<unknown, unknown>([
          ['m', secret],
          ['bob@shop.example', 1],
          [7, { x: secret }],
          [{ k: secret }, secret],
        ]),
        set: new Set([secret, 1, { x: secret }]),
        same: new Set([1, 2]),
        big: 4111111111111111n,
        numbers: [1.5, -0, Number.NaN, Number.POSITIVE_INFINITY, 4111111111111111],
        boxed: [new String(secret), new Number(4111111111111111), new Boolean(true)],
        shown: { toJSON: () => ({ m: secret, x: 1 }) },
        shownNothing: { toJSON: () => undefined },
        called: Object.assign(() => secret, { toJSON: () => secret }),
        nothing: [undefined, null, Symbol('s'), () => 1],
        without: Object.assign(Object.create(null) as object, { m: secret }),
        bytes: Buffer.from(secret),
        view: { x: new Uint8Array(3), name: new Uint8Array(3) },
        text: `{"m":"${secret}","x":"{\\"name\\":1}"}`,
        holes: Object.assign(new Array<unknown>(3), { 1: secret }),
        __proto__: { inherited: secret },
      }
    }
    const [walked, tree] = [make(rules([])), make(rules([idle]))]
    for (const [sort, value] of Object.entries(sorts())) {
      const want = walked.value({ v: value })
      const got = tree.value({ v: value })
      expect(inspect(got, { depth: 9, showHidden: true }), sort).toBe(inspect(want, { depth: 9, showHidden: true }))
      expect(inspect(got, { depth: 9, showHidden: true }), sort).not.toContain('hunter2')
    }
    const all = sorts()
    expect(inspect(tree.value(all), { depth: 9, showHidden: true })).toBe(inspect(walked.value(all), { depth: 9, showHidden: true }))
    expect(tree.stats().errors).toEqual(walked.stats().errors)
  })

  it('hides a getter that throws', () => {
    const masker = make([{ masks: [json([{ path: ['a'], masks: from('b') }])] }, { detect: ['all'], masks: redact }])
    const value = {
      a: 1,
      get b(): string {
        throw new Error('hunter2')
      },
      c: { password: 'hunter2' },
    }
    expect(masker.value(value)).toEqual({ a: '[MASKING FAILED]', b: '[MASKING FAILED]', c: { password: '[REDACTED]' } })
    expect(masker.stats().errors).toEqual({ internal: 1 })
  })

  it('reads bytes of a parsed value as nothing and hides them where it hits them', () => {
    const masker = make([
      {
        masks: [
          json([
            { path: ['a'], masks: from('b') },
            { path: ['c'], masks: from('d') },
          ]),
        ],
      },
    ])
    expect(masker.value({ a: 1, b: Buffer.from('secret'), c: Buffer.from('secret'), d: 1 })).toMatchObject({ a: null, c: '[REDACTED]', d: 1 })
  })
})

describe('failures of from_json_path', () => {
  const runs = (masker: Masker, record: string): (() => unknown)[] => [
    () => masker.json(record),
    () => masker.value(JSON.parse(record)),
    () => masker.lines().block(Buffer.from(`${record}\n`)),
  ]

  it('throw under on_mask_error: fail, with rule and path, without data', () => {
    const masker = make([{ name: 'copy', masks: [json([{ path: ['o', '*', 'a'], masks: from('b', '*') }])] }], { policy: { on_mask_error: 'fail' } })
    for (const run of runs(masker, '{"o":{"canary-key":{"a":"canary-value"}},"b":{"canary-other":"canary-third"}}')) {
      let caught: unknown
      try {
        run()
      } catch (error) {
        caught = error
      }
      expect(caught).toBeInstanceOf(MaskError)
      const error = caught as MaskError
      expect([error.code, error.mask, error.rule, error.path]).toEqual(['missing_path', 'from_json_path', 'copy', 'o.*.a'])
      expect(String(error.stack) + JSON.stringify(error)).not.toContain('canary')
      expect(error.cause).toBeUndefined()
    }
  })

  it('drop the record under drop, each record for itself', () => {
    const masker = make(copies, { policy: { on_mask_error: 'drop' } })
    const lines = masker.lines()
    expect(Buffer.concat([...lines.block(Buffer.from('{"a":1}\n{"a":1,"b":2}\n')), ...lines.end()]).toString()).toBe('{"a":2,"b":2}\n')
    expect(masker.value({ a: 1 })).toBeUndefined()
    expect(masker.json('{"a":1,"b":2}')).toBe('{"a":2,"b":2}')
  })

  const odd: MaskDefinition = {
    type: 'odd',
    summary: 'Throws what it is given.',
    input: 'A',
    settles: 'value',
    options: {},
    compile: () => (value) => {
      throw new Error(`quoted ${JSON.stringify(value)}`)
    },
    examples: [],
  }

  it('of a mask in the middle hide that value alone', () => {
    const transforms = [
      { path: ['c'], masks: [{ type: 'odd' }] },
      { path: ['a'], masks: from('b') },
      { path: ['d'], masks: from('c') },
      { path: ['e'], masks: [...from('b'), { type: 'odd' }] },
    ]
    const masker = make([{ masks: [json(transforms)] }], {}, { masks: { odd } })
    for (const out of everyWay(masker, '{"a":1,"b":"canary","c":"canary","d":2,"e":3}'))
      expect(out).toBe('{"a":"canary","b":"canary","c":"[MASKING FAILED]","d":"[MASKING FAILED]","e":"[MASKING FAILED]"}')
    expect(masker.stats().errors).toEqual({ internal: 8 })
    const strict = make([{ masks: [json(transforms)] }], { policy: { on_mask_error: 'fail' } }, { masks: { odd } })
    for (const run of runs(strict, '{"a":1,"b":"canary","c":"canary","d":2,"e":3}')) expect(run).toThrow(expect.not.stringContaining('canary') as never)
  })

  it('of a mask that gives a container of its own leave nothing of it unscanned', () => {
    const wraps: MaskDefinition = {
      ...odd,
      type: 'wraps',
      settles: 'nothing',
      compile: () => (value) =>
        new Map([
          ['mail', 'bob@shop.example'],
          ['was', value],
        ]),
    }
    const masker = make([{ masks: [json([{ path: ['a'], masks: [...from('b'), { type: 'wraps' }] }])] }, { detect: ['email'], masks: redact }], {}, { masks: { wraps } })
    for (const out of everyWay(masker, '{"a":1,"b":{"c":"al@shop.example"}}'))
      expect(JSON.parse(out)).toEqual({ a: { mail: '[REDACTED]', was: { c: '[REDACTED]' } }, b: { c: '[REDACTED]' } })
  })

  it('of a masker that a mask calls are failures of that value', () => {
    const holder: { masker?: Masker } = {}
    const calls: MaskDefinition = { ...odd, type: 'calls', compile: () => () => holder.masker!.json('{"a":1,"b":2}') }
    holder.masker = make(
      [
        {
          masks: [
            json([
              { path: ['c'], masks: [{ type: 'calls' }] },
              { path: ['a'], masks: from('b') },
            ]),
          ],
        },
      ],
      {},
      { masks: { calls } },
    )
    for (const out of everyWay(holder.masker, '{"a":1,"b":2,"c":3}')) expect(out).toBe('{"a":2,"b":2,"c":"[MASKING FAILED]"}')
  })

  it('keep no canary under any policy', () => {
    const canary = 'kq7-canary-2f'
    const transforms = [
      { path: ['*', 'n'], on_missing: 'skip', masks: from('*', 'gone') },
      { path: ['t'], masks: [...from('s'), { type: 'take_substring', end_index: 2 }] },
      { path: ['u'], masks: [{ type: 'json', transforms: [{ path: ['x'], masks: from('y') }] }] },
      { path: ['gone', 'too'], masks: from('s') },
    ]
    const text = `{"o":{"n":"${canary}"},"s":{"${canary}":1},"t":"${canary}","u":"no json ${canary}"}`
    for (const on_mask_error of ['redact', 'drop', 'fail']) {
      const masker = make([{ masks: [json(transforms)] }, { keys: ['s'], masks: [{ type: 'remove' }] }], { policy: { on_mask_error } })
      for (const run of [...runs(masker, text), () => masker.text(`t=${canary}`), () => masker.explain(text)]) {
        let said: string
        try {
          const done = run()
          said = Array.isArray(done) ? done.map(String).join('') : JSON.stringify(done)
        } catch (error) {
          said = inspect(error, { depth: 9, showHidden: true })
        }
        expect(said ?? '').not.toContain(canary)
      }
      expect(JSON.stringify(masker.stats())).not.toContain(canary)
    }
  })
})

describe('counts and findings', () => {
  const rules = [
    { name: 'copy', masks: [json([{ path: ['a'], masks: from('b') }])] },
    { name: 'found', detect: ['email'], masks: redact },
  ]
  const record = '{"a":1,"b":"to bob@shop.example, al@shop.example","c":{"al@shop.example":2},"d":"{\\"e\\":\\"al@shop.example\\"}"}'

  it('are the same on every way', () => {
    for (const run of [(m: Masker) => m.json(record), (m: Masker) => m.lines().block(Buffer.from(`${record}\n`)), (m: Masker) => m.value(JSON.parse(record) as unknown)]) {
      const masker = make(rules)
      run(masker)
      expect(masker.stats()).toMatchObject({ masked: 5, byRule: { copy: 1, found: 6 }, byDetector: { email: 6 }, errors: {} })
    }
  })

  it('explain tells places, rules and detectors', () => {
    const findings = make(rules).explain(record)
    const told = findings.map((f) => [f.path, f.where, f.rule, f.detector, record.slice(f.start, f.end)])
    expect(told).toEqual([
      ['a', 'value', 'copy', 'email', '1'],
      ['b', 'value', 'found', 'email', 'bob@shop.example'],
      ['b', 'value', 'found', 'email', 'al@shop.example'],
      ['c.*', 'key', undefined, undefined, 'al@shop.example'],
      ['d.e', 'value', 'found', 'email', 'al@shop.example'],
    ])
  })

  it('verify looks at the finished record', () => {
    const masker = make(copies, { policy: { verify: true } })
    expect(masker.json('{"a":1,"b":"x AKIAIOSFODNN7EXAMPLE y"}')).toBe('{"a":"x [MASKING FAILED] y","b":"x [MASKING FAILED] y"}')
  })
})

describe('extremes', () => {
  it('documents of 50,000 levels have a defined result, those within max_depth are copied', () => {
    const masker = make(copies)
    const deep = (levels: number): string => `{"a":1,"b":${'[{"a":'.repeat(levels / 2)}"canary"${'}]'.repeat(levels / 2)}}`
    expect(masker.json(deep(50_000))).toBe('{"msg":"[MASKING FAILED]"}')
    let value: unknown = 'canary'
    for (let i = 0; i < 50_000; i++) value = [value]
    expect(JSON.stringify(masker.value({ a: 1, b: value }))).not.toContain('canary')
    expect(masker.stats().errors).toEqual({ too_deep: 2 })
    const most = make(copies, { policy: { max_depth: 1000 } })
    const inside = deep(998)
    for (const out of everyWay(most, inside)) expect(out).toBe(inside.replace('1', inside.slice('{"a":1,"b":'.length, -1)))
    // and in a string in a string
    const nested = make(
      [
        { paths: ['d'], masks: [json([{ path: ['a'], masks: from('b') }])] },
        { detect: ['email'], masks: redact },
      ],
      { policy: { max_depth: 1000 } },
    )
    for (const out of everyWay(nested, JSON.stringify({ d: inside })))
      expect(JSON.parse((JSON.parse(out) as { d: string }).d)).toEqual(JSON.parse(inside.replace('1', inside.slice('{"a":1,"b":'.length, -1))))
  })

  it('a copy may not nest deeper than max_depth', () => {
    const masker = make(
      [
        {
          masks: [
            json([
              { path: ['a', 'a'], masks: from() },
              { path: ['a', 'a', 'a'], masks: from() },
              { path: ['c'], masks: from('b') },
            ]),
          ],
        },
      ],
      { policy: { max_depth: 4 } },
    )
    for (const out of everyWay(masker, '{"a":{"a":1},"b":2,"c":3}')) expect(JSON.parse(out)).toEqual({ a: { a: { a: '[MASKING FAILED]', b: 2, c: 3 } }, b: 2, c: 2 })
    expect(masker.stats().errors).toEqual({ too_deep: 4 })
  })

  it('copies of copies do not grow without bound', () => {
    const twice = Array.from({ length: 60 }, (_, i) => ({ path: ['a', i % 2 === 0 ? 'x' : 'y'], masks: from('a') }))
    const masker = make([{ masks: [json(twice)] }], { policy: { max_depth: 1000 } })
    for (const out of everyWay(masker, '{"a":{"x":"some text","y":"some text"}}')) {
      expect(out.length).toBeLessThan(4_000_000)
      expect(out).toContain('[MASKING FAILED]')
    }
    expect(masker.stats().errors['out_of_range']).toBeGreaterThan(0)
    const wide = make([{ masks: [json([{ path: ['l', '*'], masks: from('big') }])] }], { policy: { max_record_bytes: 1 << 22 } })
    const record = JSON.stringify({ l: new Array(2000).fill(0), big: 'x'.repeat(1_000_000) })
    for (const out of everyWay(wide, record)) {
      expect(out.length).toBeLessThan(40_000_000)
      expect(out).toContain('[MASKING FAILED]')
    }
  })

  it('take linear time: wide lists and objects, long texts, documents in strings', { timeout: minute }, () => {
    const transforms = [
      { path: ['l', '*', 'n'], on_missing: 'skip', masks: from('l', '*', 'm') },
      { path: ['o', '*'], on_missing: 'skip', masks: from('p', '*') },
      { path: ['t'], on_missing: 'skip', masks: [{ type: 'concat', masks: [...from('u'), ...from('u')] }] },
      { path: ['o', '*'], on_missing: 'skip', hash_sources: [{ json_path: ['k0'] }, { root_path: ['l'], on_missing: 'null' }], masks: [{ type: 'do_nothing' }] },
    ]
    const masker = make([{ keys: ['zz'], masks: redact }, { masks: [json(transforms)] }, { detect: ['all'], masks: redact }], { policy: { max_record_bytes: 1 << 26 } })
    const makers: Record<string, (n: number) => string> = {
      list: (n) => JSON.stringify({ l: Array.from({ length: n }, (_, i) => ({ n: i, m: `x${i}` })) }),
      object: (n) =>
        JSON.stringify({
          o: Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, i])),
          p: Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, `v${i}`])),
        }),
      text: (n) => JSON.stringify({ t: '', u: 'word '.repeat(n * 4) }),
      escapes: (n) => `{"t":"","u":"${'\\u0041\\n'.repeat(n * 2)}"}`,
      inside: (n) => JSON.stringify({ l: Array.from({ length: n / 4 }, (_, i) => JSON.stringify({ n: i, m: `x"${i}` })) }),
      nested: (n) => `{"o":${'[['.repeat(40)}${'1,'.repeat(n * 2)}1${']]'.repeat(40)}}`,
    }
    for (const [name, text] of Object.entries(makers)) {
      const time = (n: number): number => {
        const record = text(n)
        let best = Number.POSITIVE_INFINITY
        for (let i = 0; i < 3; i++) {
          // the processor's time: the machine may have other work
          const start = process.cpuUsage()
          masker.json(record)
          const { user, system } = process.cpuUsage(start)
          best = Math.min(best, (user + system) / 1e3)
        }
        return best
      }
      time(1000)
      const small = time(4000)
      const large = time(32_000)
      // eight times the input: quadratic work would take 64 times as long
      expect(large, `${name}: ${small.toFixed(1)} ms, then ${large.toFixed(1)} ms`).toBeLessThan(Math.max(small * 28, 60))
    }
  })
})

describe('rulesets with from_json_path', () => {
  const issues = (masks: unknown, more: object = {}): { code: string; path: string; message: string }[] => {
    try {
      createMasker({ version: '1.0', rules: [{ masks }], ...more })
      return []
    } catch (error) {
      return (error as RulesetError).issues.map(({ code, path, message }) => ({ code, path, message }))
    }
  }

  it('are refused where there is no document, with the place', () => {
    const text = `version: "1.0"
rules:
- paths: [a]
  masks:
  - {type: chain, masks: [{type: from_json_path, path: [b]}]}
`
    try {
      createMasker(text)
      expect.unreachable()
    } catch (error) {
      expect((error as RulesetError).issues).toMatchObject([{ code: 'invalid_value', line: 5, column: 34, path: 'rules[0].masks[0].masks[0].type' }])
      expect((error as RulesetError).issues[0]!.message).toContain("transform of 'json'")
    }
    const read = from('b')
    expect(issues(read)).toMatchObject([{ code: 'invalid_value', path: 'rules[0].masks[0].type' }])
    expect(issues([{ type: 'concat', masks: read }])).toMatchObject([{ path: 'rules[0].masks[0].masks[0].type' }])
    expect(issues([json([{ path: ['a'], masks: redact }], { fallback_masks: read })])).toMatchObject([{ path: 'rules[0].masks[0].fallback_masks[0].type' }])
    expect(issues([json([{ path: ['a'], masks: [{ type: 'scan', masks: read }] }])])).toMatchObject([{ path: 'rules[0].masks[0].transforms[0].masks[0].masks[0].type' }])
    expect(() => createMasker({ version: '1.0', rules: [{ detect: ['email'], masks: read }] })).toThrow(RulesetError)
  })

  it('are accepted wherever a document is', () => {
    const read = from('b')
    expect(issues([json([{ path: ['a'], masks: [{ type: 'concat', masks: [{ type: 'chain', masks: read }] }] }])])).toEqual([])
    expect(issues([json([{ path: ['a'], masks: [json([{ path: ['x'], masks: redact }], { fallback_masks: read })] }])])).toEqual([])
    expect(issues([json([{ masks: { one: read[0] }, path: ['a'] }])])).toEqual([])
    expect(issues(redact, { mask_definitions: read })).toEqual([])
    const anchored =
      'version: "1.0"\nmask_definitions:\n- &copy {type: from_json_path, path: ["*", b]}\nrules:\n- masks: [{type: json, transforms: [{path: ["*", a], masks: [*copy]}]}]\n'
    expect(createMasker(anchored, { runSecret }).json('{"x":{"a":1,"b":2}}')).toBe('{"x":{"a":2,"b":2}}')
  })

  it('need a key for each wildcard', () => {
    expect(issues([json([{ path: ['a'], masks: from('b', '*') }])])).toMatchObject([{ code: 'bad_path', path: 'rules[0].masks[0].transforms[0].masks[0].path[1]' }])
    expect(issues([json([{ masks: from('*'), path: [] }])])).toMatchObject([{ code: 'bad_path' }])
    expect(issues([json([{ path: ['a', 'b'], masks: from('*', '*') }])])).toEqual([])
    expect(issues([json([{ path: ['a'], masks: [{ type: 'from_json_path' }] }])])).toMatchObject([{ code: 'missing_key' }])
    expect(issues([json([{ path: ['a'], masks: [{ type: 'from_json_path', path: 'b' }] }])])).toMatchObject([{ code: 'wrong_type' }])
  })
})
