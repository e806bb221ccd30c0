// Ways to get a value past the masker, or to make it stop, that once worked. Each stays closed.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { createMasker } from '../src/index.ts'
import type { MaskDefinition, Masker } from '../src/index.ts'

const runSecret = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'
const secret = 'correct-Horse7-battery!x9'
const card = '4111111111111111'

const rules = (text: string): string => `version: "1.0"\nrules:\n${text}`
const removing = (key: string): string => rules(`  - keys: [${key}]\n    masks: [{type: remove}]\n`)

/** A masker whose keys `k` go to a mask of the test's own. */
function own(mask: (value: unknown) => unknown, policy?: Record<string, unknown>): Masker {
  const definition = { type: 'mine', summary: 'test', input: 'A', settles: 'value', options: {}, examples: [], compile: () => mask } as unknown as MaskDefinition
  return createMasker(rules('  - keys: [k]\n    masks: [{type: mine}]\n'), { masks: { mine: definition }, policy })
}

describe('values', () => {
  const masker = createMasker('mask-logs:default', { runSecret })

  it('in wrapper objects are masked as what JSON writes of them', () => {
    expect(masker.value({ password: new String(secret) })).toEqual({ password: '[REDACTED:named_secret]' })
    const text = JSON.stringify(masker.value({ note: new String(`card ${card}`), number: new Number(Number(card)), fine: new Boolean(true) }))
    expect(text).not.toContain(card)
    expect(JSON.parse(text)).toMatchObject({ fine: true })
  })

  it('shown by the toJSON of a function or of a date are masked', () => {
    const call = Object.assign(() => 0, { toJSON: () => ({ password: secret }) })
    const date = Object.assign(new Date(0), { toJSON: () => `password=${secret}` })
    expect(JSON.stringify(masker.value({ call, date }))).not.toContain(secret)
  })

  it('in errors are masked wherever serialisers look', () => {
    const many = new AggregateError([new Error(`password=${secret}`)], `password=${secret}`, { cause: new Error(`password=${secret}`) })
    const shown = masker.value({ many }).many
    expect(shown).toBeInstanceOf(AggregateError)
    expect([shown.message, shown.stack, (shown.cause as Error).message, (shown.errors[0] as Error).message].join(' ')).not.toContain(secret)
    // message and stack stand in the class of this one
    const foreign = masker.value({ e: new DOMException(`password=${secret}`) }).e
    expect(`${foreign.message} ${String(foreign.stack)}`).not.toContain(secret)
  })

  it('in the keys of maps are masked', () => {
    const out = masker.value(
      new Map<unknown, unknown>([
        [{ password: secret }, 1],
        [Number(card), 2],
        [Object.create(null), `password=${secret}`],
      ]),
    )
    expect(out).toBeInstanceOf(Map)
    expect(JSON.stringify([...out])).not.toMatch(new RegExp(`${secret}|${card}`))
  })

  it('of getters are those that were looked at', () => {
    let asked = 0
    const out = masker.value({
      password: secret,
      get token() {
        return undefined
      },
      get note() {
        return asked++ === 0 ? 'fine' : `password=${secret}`
      },
    })
    expect(out.note).toBe('fine')
    expect(asked).toBe(1)
  })

  it('beside one that throws keep their places', () => {
    const half = {
      list: [
        1,
        {
          toJSON() {
            throw new Error(secret)
          },
        },
      ],
    }
    // the list is open when its element throws; what stays open would look like a cycle when it comes again
    expect(masker.value({ a: half, b: half, password: secret })).toEqual({ a: { list: '[MASKING FAILED]' }, b: { list: '[MASKING FAILED]' }, password: '[REDACTED:named_secret]' })
  })

  it('that refer to themselves do not multiply', { timeout: 30_000 }, () => {
    const whole = createMasker(removing('blob'), { runSecret })
    const loop: Record<string, unknown> = {}
    loop['x'] = loop
    loop['y'] = loop
    expect(whole.value({ blob: loop, a: 1 })).toEqual({ a: 1 })
    let shared: unknown = { password: secret }
    for (let i = 0; i < 60; i++) shared = { a: shared, b: shared }
    expect(JSON.stringify(whole.value({ blob: shared }))).not.toContain(secret)
    const sparse: unknown[] = []
    sparse[4e8] = secret
    expect(JSON.stringify(whole.value({ blob: sparse }))).not.toContain(secret)
  })

  it('that no JSON can hold do not stand in the errors of explain', () => {
    expect(masker.explain({ a: 1n })).toEqual([])
    const cycle: Record<string, unknown> = {}
    cycle[`${card} card`] = cycle
    expect(masker.explain(cycle).map((finding) => finding.path)).toEqual(['*'])
  })
})

describe('records', () => {
  it('are masked alike whatever stood in the memory for decoded text', () => {
    // `name[0],` would be a reference to a value; the comma is one of the record before
    const before = `{"note":"\\t${'-'.repeat(17)},,,"}`
    for (const [line, clean] of [
      ['{"note":"\\tpassword=hunter22x["}', 'json'],
      ['at \\tpassword=hunter22x[', 'text'],
    ] as const) {
      for (const explain of [undefined, () => {}]) {
        const engine = createMasker('mask-logs:default', { runSecret }).lines({ explain })
        const out = engine.block(Buffer.from(`${before}\n${clean === 'text' ? 'at \\t' + '-'.repeat(17) + ',,,,\n' : ''}${line}\n`))
        expect(Buffer.concat(out).toString()).not.toContain('hunter22x')
      }
    }
  })

  it('are masked alike whatever was masked before', () => {
    const ruleset = ['mask-logs:pii', rules("  - keys: [ssn, zzz]\n    masks: [{type: replace_regex, regex: 'aa', masks: [{type: from_fixed, value: bb}]}]\n")]
    const line = '{"ssn":"aa 078051121"}'
    const fresh = createMasker(ruleset, { runSecret }).json(line)
    expect(fresh).not.toContain('078051121')
    const used = createMasker(ruleset, { runSecret })
    // nothing says here that the digits are a number of a person; the memory of it may not decide elsewhere
    used.json('{"zzz":"aa 078051121"}')
    expect(used.json(line)).toBe(fresh)
  })

  it('that fail give no number under level and time that is neither', () => {
    const masker = createMasker('mask-logs:default', { runSecret })
    const deep = `${'['.repeat(200)}${']'.repeat(200)}`
    expect(masker.json(`{"time":${card},"level":${card},"a":${deep}}`)).toBe('{"msg":"[MASKING FAILED]"}')
    expect(masker.json(`{"time":1790000000000,"level":30,"a":${deep}}`)).toBe('{"level":30,"time":1790000000000,"msg":"[MASKING FAILED]"}')
    let value: unknown = 1
    for (let i = 0; i < 200; i++) value = [value]
    expect(masker.value({ time: Number(card), level: 30, value })).toEqual({ level: 30, msg: '[MASKING FAILED]' })
  })

  it('give masks what was found in percent-encoded text, decoded', () => {
    const masker = createMasker('mask-logs:default', { runSecret })
    const digits = [...card].map((digit) => `%3${digit}`).join('')
    const out = JSON.parse(masker.json(`{"note":"q=${digits}&b=1","plain":"${card}"}`)) as { note: string; plain: string }
    expect(out.note).toBe(`q=${out.plain}&b=1`)
    expect(masker.stats().errors).toEqual({})
  })

  it('removed from pretty-printed JSON in strings leave JSON', () => {
    const masker = createMasker(removing('password'), { runSecret })
    const record = { a: 1, password: secret, b: { password: secret }, c: { x: 1, password: secret }, d: { password: secret, y: [1] } }
    const want = { a: 1, b: {}, c: { x: 1 }, d: { y: [1] } }
    for (const space of [undefined, 2, '\t']) {
      let text = JSON.stringify(record, undefined, space)
      for (let level = 0; level < 4; level++) {
        let out: unknown = masker.json(text)
        for (let k = 0; k <= level; k++) out = (JSON.parse(out as string) as { w?: unknown }).w ?? JSON.parse(out as string)
        expect(out, `${String(space)} ${level}`).toEqual(want)
        text = JSON.stringify({ w: text }, undefined, space)
      }
    }
  })

  it('keep their carriage return at the very limit', () => {
    const masker = createMasker('mask-logs:default', { runSecret, policy: { max_record_bytes: 1024 } })
    const line = `{"a":"${'x'.repeat(1024 - 8)}"}`
    expect(line.length).toBe(1024)
    const stream = Buffer.concat([...masker.lines().block(Buffer.from(`${line}\r\n`))]).toString()
    expect(stream).toBe(`${line}\r\n`)
  })

  it('of many keys that become alike take linear time', { timeout: 30_000 }, () => {
    const masker = createMasker(rules('  - detect: [email]\n    masks: [{type: redact}]\n'), { runSecret })
    const text = `{${Array.from({ length: 15_000 }, (_, i) => `"user${i}@example.org":1`).join()}}`
    for (const run of [() => masker.json(text), () => masker.value(JSON.parse(text) as object)]) {
      const start = performance.now()
      run()
      // a tenth of a second; with 15,000 times 15,000 steps many
      expect(performance.now() - start).toBeLessThan(3000)
    }
  })

  it('that hash with a neighbour take linear time', { timeout: 60_000 }, () => {
    const masker = createMasker(
      rules(`  - keys: [doc]
    masks:
      - type: json
        transforms:
          - {path: ["*"], hash_sources: [{json_path: [z]}], masks: [{type: imitate}]}
`),
      { runSecret },
    )
    const doc = `{${Array.from({ length: 8000 }, (_, i) => `"k${i}":"abc${i}"`).join()},"z":"q"}`
    for (const text of [`{"doc":${doc}}`, JSON.stringify({ doc })]) {
      const start = performance.now()
      const out = JSON.parse(masker.json(text)) as { doc: unknown }
      // a tenth of a second; 8000 times 8000 entries take eight
      expect(performance.now() - start).toBeLessThan(2500)
      expect(typeof out.doc === 'string' ? JSON.parse(out.doc) : out.doc).toEqual((masker.value(JSON.parse(`{"doc":${doc}}`)) as { doc: unknown }).doc)
    }
  })

  it('of many paths do not fill the memory', { timeout: 60_000 }, () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const masker = createMasker('mask-logs:default', { runSecret })
    let shared: unknown = { password: secret }
    for (let i = 0; i < 17; i++) shared = { a: shared, b: shared }
    collect()
    const before = process.memoryUsage().heapUsed
    expect(JSON.stringify(masker.value(shared)).includes(secret)).toBe(false)
    collect()
    // a quarter of a million paths; kept, they are some 200 MB until the next record
    expect((process.memoryUsage().heapUsed - before) / (1 << 20)).toBeLessThan(60)
    expect(masker.json('{"a":1}')).toBe('{"a":1}')
  })
})

describe('lines that are no JSON', () => {
  const ruled = createMasker(rules('  - keys: [ssn]\n    masks: [{type: redact}]\n'), { runSecret })
  const detecting = createMasker('mask-logs:default', { runSecret })

  it('keep nothing of a quoted value behind an escaped quote', () => {
    expect(ruled.json('{"ssn":"zz\\"yy zz","keep":1} x')).toBe('{"ssn":"[REDACTED]","keep":1} x')
    expect(ruled.json('{"ssn":"\\"yy","keep":"\\"k\\""} x')).toBe('{"ssn":"[REDACTED]","keep":"\\"k\\""} x')
    expect(ruled.json('{"ssn":"zz\\"yy')).toBe('{"ssn":"[REDACTED]')
    for (const head of ['', 'a', 'correct-']) {
      expect(detecting.json(`INFO {"password":"${head}\\"${secret}","keep":1}`)).toBe('INFO {"password":"[REDACTED:named_secret]","keep":1}')
    }
    // escaped throughout they end a value as before
    expect(ruled.json('INFO "{\\"ssn\\":\\"zzz yyy\\",\\"keep\\":1}"')).toBe('INFO "{\\"ssn\\":\\"[REDACTED]\\",\\"keep\\":1}"')
  })

  it('keep nothing of a list or an object under a key of a rule', () => {
    expect(ruled.json('{"ssn":["aa","b]b"],"keep":1')).toBe('{"ssn":[REDACTED],"keep":1')
    expect(ruled.json('{"ssn":{"a":"zzz","b":["}"]},"keep":1} x')).toBe('{"ssn":[REDACTED],"keep":1} x')
    expect(ruled.json('{"ssn":{"a":"zzz","b":["x')).toBe('{"ssn":[REDACTED]')
  })

  it('of nothing but such values take linear time', () => {
    for (const piece of ['ssn=[', '{"ssn":"\\"', 'ssn=["', '"ssn":{']) {
      const start = performance.now()
      ruled.text(piece.repeat(200_000 / piece.length))
      expect(performance.now() - start, piece).toBeLessThan(3000)
    }
  })
})

describe('a masker', () => {
  it('that is called by what it calls refuses, and masks the record around it', () => {
    const line = `{"a":"abc","k":"${secret}","b":"def"}`
    for (const inner of [
      (m: Masker) => m.json('{"zzzzzzzzz":"zzz"}'),
      (m: Masker) => m.text('k=1'),
      (m: Masker) => m.value({ k: 1 }),
      (m: Masker) => m.explain('{"k":1}'),
      (m: Masker) => m.lines().block(Buffer.from('{"k":1}\n')),
      (m: Masker) => m.close(),
    ]) {
      const masker: Masker = own(() => {
        inner(masker)
        return 'masked'
      })
      expect(masker.json(line)).toBe('{"a":"abc","k":"[MASKING FAILED]","b":"def"}')
      // and goes on
      expect(masker.json('{"a":1}')).toBe('{"a":1}')
    }
  })

  it('gives nothing back that it cannot take', () => {
    const masker = createMasker('mask-logs:default', { runSecret })
    for (const wrong of [{ password: secret }, [{ password: secret }], new Uint16Array(4), new ArrayBuffer(4), 5, null, undefined]) {
      expect(() => masker.json(wrong as unknown as string)).toThrow("go to 'value'")
      expect(() => masker.text(wrong as unknown as string)).toThrow("go to 'value'")
    }
  })

  it('that is closed masks nothing more under a wiped key', () => {
    const masker = createMasker('mask-logs:default', { runSecret })
    const engine = masker.lines()
    masker.close()
    expect(() => engine.block(Buffer.from(`{"a":"${card}"}\n`))).toThrow('closed')
    expect(() => engine.oversize(Buffer.from(card), 1 << 24, Buffer.from('\n'))).toThrow('closed')
  })

  it('takes no rubbish from masks for a result', () => {
    for (const rubbish of [undefined, Number.NaN, 5, { a: secret }, Symbol('x'), Promise.resolve(secret)]) {
      const masker = own(() => rubbish)
      for (const out of [masker.json(`{"k":"${secret}"}`), JSON.stringify(masker.value({ k: secret })), masker.text(`k=${secret}`)]) expect(out).not.toContain(secret)
    }
  })

  it('quotes nothing of what a mask throws', () => {
    for (const thrown of [new Error(secret), secret, { message: secret }]) {
      const masker = own(
        () => {
          throw thrown
        },
        { on_mask_error: 'fail' },
      )
      let caught: unknown
      try {
        masker.json(`{"k":"${secret}"}`)
      } catch (error) {
        caught = error
      }
      expect(caught).toMatchObject({ name: 'MaskError', code: 'internal' })
      expect(`${(caught as Error).stack} ${JSON.stringify(caught)} ${JSON.stringify(masker.stats())}`).not.toContain(secret)
    }
  })
})

describe('matches of own detectors', () => {
  const badge = { name: 'badge', find: (text: string) => [...text.matchAll(/B-\d+/g)].map((m) => ({ start: m.index, end: m.index + m[0].length })) }
  const masker = createMasker(rules('  - detect: [badge]\n    masks: [{type: redact}]\n'), { detectors: [badge] })
  const odd: readonly (readonly number[])[] = [
    [0xff, 0xff],
    [0xc3],
    [0xe2, 0x82],
    [0xe0, 0x80, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf0, 0x9f, 0x98],
    [0xf0, 0x80, 0x80, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xf5, 0x80],
    [0x80],
    [0xef, 0xbf, 0xbd],
    [0xf0, 0x9f, 0x98, 0x80],
  ]

  it('are masked behind bytes that are no UTF-8, in records and in lines', () => {
    for (const bytes of odd) {
      const before = Buffer.from([...bytes, 0x20, ...bytes])
      const text = Buffer.concat([before, Buffer.from(' B-17 and B-4'), Buffer.from(bytes)])
      const masked = Buffer.concat([before, Buffer.from(' [REDACTED] and [REDACTED]'), Buffer.from(bytes)])
      const quoted = (b: Buffer): Buffer => Buffer.concat([Buffer.from('{"a":"'), b, Buffer.from('"}')])
      expect(Buffer.from(masker.json(quoted(text))).toString('latin1')).toBe(quoted(masked).toString('latin1'))
      expect(Buffer.from(masker.json(text)).toString('latin1')).toBe(masked.toString('latin1'))
    }
  })

  it('are masked behind lone surrogates', () => {
    expect(masker.value({ a: '\ud800 B-17 \udc00B-4' })).toEqual({ a: '\ud800 [REDACTED] \udc00[REDACTED]' })
    expect(masker.json('{"a":"\\ud800 B-17"}')).toBe('{"a":"\\ud800 [REDACTED]"}')
  })
})

describe('what was looked at before', () => {
  it('does not decide what is a date now', () => {
    // groups of another text stood in the place of a third one: a number of two groups after one of three was taken for a date
    const ruleset = rules('  - detect: [phone]\n    masks: [{type: redact}]\n')
    const masker = createMasker(ruleset)
    for (const before of ['415-555-2671', '536-90-4399', '12-34-5678', '4111 1111 1111 1111', '1', '12 34 56 78 90 12'])
      for (const number of ['(0)30(0)30 (1.2.3.4', '12-34567890', '12/3456789', '30.1234567']) {
        const fresh = createMasker(ruleset)
        const alone = fresh.explain({ phone: number })
        fresh.explain({ phone: before })
        expect(fresh.explain({ phone: number })).toEqual(alone)
        masker.json(JSON.stringify({ phone: before }))
        expect(masker.json(JSON.stringify({ phone: number }))).toBe(createMasker(ruleset).json(JSON.stringify({ phone: number })))
      }
  })
})

describe('text around matches', () => {
  it('keeps its lone surrogates under the mask scan', () => {
    const masker = createMasker(rules('  - paths: [a]\n    masks: [{type: scan, detect: [email], masks: [{type: redact}]}]\n'))
    expect(masker.value({ a: '\ud800 ann@shop.example \udc00' })).toEqual({ a: '\ud800 [REDACTED] \udc00' })
  })

  it('of nothing but combining marks is hashed in linear time', () => {
    const masker = createMasker(rules('  - paths: [a]\n    masks: [{type: pseudonym}]\n'), { runSecret })
    const a = 'a' + '\u0301\u0327'.repeat(150_000)
    const started = performance.now()
    expect(masker.value({ a }).a).toMatch(/^[a-z2-7]{16}$/)
    expect(performance.now() - started).toBeLessThan(2000)
  })
})
