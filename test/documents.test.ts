// JSON documents: which parts are records, what stays between them, and what becomes of bytes that are no JSON.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMasker } from '../src/index.ts'
import type { Finding, Masker, MaskerOptions, QuarantineNote } from '../src/index.ts'
import { cutAt, feedChunks, feedText, passThrough } from './helpers/feeds.ts'

const runSecret = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'
const doc = { format: 'json-document' } as const
const rules = (text: string, policy = ''): string => `version: "1.0"\n${policy === '' ? '' : `policy: {${policy}}\n`}rules:\n${text}`
const make = (ruleset: string | string[], options: MaskerOptions = {}): Masker => createMasker(ruleset, { runSecret, ...options })
/** Hits the values of the key `a` of a record itself, and nothing deeper. */
const top = rules('- {paths: [a], masks: [{type: from_fixed, value: X}]}\n')
/** Records with `{"go":1}` go. */
const dropping = rules('- if: [{json_path: [go], equals: 1, on_missing: skip}]\n  rules: [{masks: [{type: remove}]}]\n- {paths: [a], masks: [{type: from_fixed, value: X}]}\n')

/** The same for the input in one piece, cut at every place, and byte by byte. */
function everyCut(ruleset: string, text: string, out: string, options: MaskerOptions = {}): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at <= bytes.length; at++) expect(feedChunks(make(ruleset, options), doc, [bytes.subarray(0, at), bytes.subarray(at)]).toString()).toBe(out)
  expect(
    feedChunks(
      make(ruleset, options),
      doc,
      [...bytes].map((b) => Uint8Array.of(b)),
    ).toString(),
  ).toBe(out)
}

describe('records', () => {
  it.each([
    ['are the elements of an array', '[{"a":1},{"a":2,"b":[3]}]', '[{"a":"X"},{"a":"X","b":[3]}]'],
    [
      'whatever its layout',
      '\t[ {\r\n  "a" : 1\n}\n\n,\n{"a":"]}"},\n [{"a":1}], "a", -1.5e3, null,true ]\n\n',
      '\t[ {\r\n  "a" : "X"\n}\n\n,\n{"a":"X"},\n [{"a":1}], "a", -1.5e3, null,true ]\n\n',
    ],
    ['are other values at top level', '{"a":1}', '{"a":"X"}'],
    ['with what is in them', '{"data":[{"a":1}],\n"a":2}\n', '{"data":[{"a":1}],\n"a":"X"}\n'],
    ['one after the other', '{"a":1}{"a":2}\n\n[{"a":3}]"a"[] 1 {"a":4}', '{"a":"X"}{"a":"X"}\n\n[{"a":"X"}]"a"[] 1 {"a":"X"}'],
    ['behind a byte order mark', '\ufeff[{"a":1}]', '\ufeff[{"a":"X"}]'],
    ['of which there may be none', ' [ \n ] ', ' [ \n ] '],
    ['not even an array', ' \n', ' \n'],
    ['with brackets, quotes and escapes in strings', '[{"b":"]},{[\\"\\\\","a":"\\u0022]"},{"a":"\\\\"}]', '[{"b":"]},{[\\"\\\\","a":"X"},{"a":"X"}]'],
  ])('%s', (_, text, out) => {
    everyCut(top, text, out)
  })

  it('are masked by detectors too', () => {
    const masker = make(rules('- {detect: [email], masks: [{type: redact}]}\n'))
    expect(feedText(masker, doc, '["ann@shop.example",\n"x",["bob@shop.example"]]')).toBe('["[REDACTED]",\n"x",["[REDACTED]"]]')
    expect(masker.stats()).toMatchObject({ lines: 3, records: 3, masked: 2, bytesIn: 46, bytesOut: 34, errors: {} })
  })

  it('take with them their comma when they go', () => {
    const go = '{"go":1}'
    everyCut(dropping, `[${go}, {"a":1},\n${go} ,{"a":2}, ${go}]\n`, '[{"a":"X"} ,{"a":"X"}]\n')
    everyCut(dropping, `[ ${go} ]`, '[  ]')
    everyCut(dropping, `[${go},${go},1,${go},2]`, '[1,2]')
    everyCut(dropping, `[1,${go},${go}] [${go},2,${go}] [${go}] [${go},${go},3]`, '[1] [2] [] [3]')
    everyCut(dropping, `[${go},${go}]`, '[]')
  })

  it('take with them their line at top level', () => {
    const go = '{"go":1}'
    everyCut(dropping, `${go}\n{"a":1}\n${go} \r\n${go}\n{"a":2}\n${go}`, '{"a":"X"}\n{"a":"X"}\n')
    // what stays does not run together
    everyCut(dropping, `1${go}2 ${go}${go}3 ${go} {"a":4}`, '1 2   3 {"a":"X"}')
  })

  it('are the minimal record where they fail', () => {
    const mine = { type: 'mine', summary: '', input: 'A', settles: 'value', options: {}, examples: [] }
    const compile = () => () => {
      throw new Error('canary')
    }
    const ruleset = '- if: [{json_path: [bad], equals: 1, on_missing: skip}]\n  rules: [{masks: [{type: mine}]}]\n'
    const options = { masks: { mine: { ...mine, compile } as never } }
    const text = '[{"a":1},\n{"time":5,"bad":1,"b":"canary"}, {"a":2}]'
    everyCut(rules(ruleset), text, '[{"a":1},\n{"time":5,"msg":"[MASKING FAILED]"}, {"a":2}]', options)
    everyCut(rules(ruleset, 'on_mask_error: drop'), text, '[{"a":1}, {"a":2}]', options)
    const feed = make(rules(ruleset, 'on_mask_error: fail'), options).feed(doc)
    const out: string[] = []
    expect(() => {
      for (const list of feed.push(Buffer.from(text))) out.push(Buffer.concat(list).toString())
    }).toThrow(expect.objectContaining({ name: 'MaskError', message: expect.not.stringContaining('canary') as string }))
    expect(out.join('')).toBe('[{"a":1},\n')
  })

  it('are verified', () => {
    const key = `AKIA${'QWERTYUIOPASDFGH'}`
    const masker = make(rules(`- {paths: [a], masks: [{type: from_fixed, value: ${key}}]}\n`, 'verify: true'))
    expect(feedText(masker, doc, '[{"a":1},\n{"b":2}]')).toBe('[{"a":"[MASKING FAILED]"},\n{"b":2}]')
  })
})

describe('long records', () => {
  const limit = { policy: { max_record_bytes: 1024 } }
  const long = `{"time":7,"b":"${'word '.repeat(300)}","c":"ann@shop.example"}`
  const size = long.length

  it.each(['truncate', 'drop', 'text'])('are treated by on_oversize: %s', (policy) => {
    const text = `[{"a":1}, ${long},\n{"a":2},${long}]\n`
    for (const cut of [1, 7, 700, 1034, 5000]) {
      const masker = make(rules('- {paths: [a], masks: [{type: from_fixed, value: X}]}\n- {detect: [email], masks: [{type: redact}]}\n', `on_oversize: ${policy}`), limit)
      const bytes = Buffer.from(text)
      const places = Array.from({ length: Math.floor(bytes.length / cut) }, (_, i) => i * cut)
      const out = feedChunks(masker, doc, cutAt(bytes, places)).toString()
      expect(masker.stats()).toMatchObject({ errors: { oversize: 2 }, bytesIn: bytes.length, bytesOut: Buffer.byteLength(out) })
      if (policy === 'drop') expect(out).toBe('[{"a":"X"},\n{"a":"X"}]\n')
      else if (policy === 'text') expect(out).toBe(text.replaceAll('"a":1', '"a":"X"').replaceAll('"a":2', '"a":"X"').replaceAll('ann@shop.example', '[REDACTED]'))
      else {
        const records = JSON.parse(out) as { msg?: string; oversize?: number; time?: number }[]
        expect(records.map(({ oversize, time }) => ({ oversize, time }))).toEqual([{}, { oversize: size, time: 7 }, {}, { oversize: size, time: 7 }])
        expect(out).not.toContain('ann@')
        expect(records[1]!.msg).toContain('word word')
      }
    }
  })

  it('may have newlines, and be longer than the buffer for lines', () => {
    const wide = `{\n"a":1,\n"b":"${'x'.repeat(600_000)}"}`
    expect(feedText(make(top), doc, `[${wide},${wide},1]`)).toBe(`[${wide},${wide},1]`.replaceAll('"a":1', '"a":"X"'))
  })
})

describe('white space', () => {
  const space = ' \n'.repeat(40_000)

  it('of any length is kept', () => {
    const text = `[${space}{"a":1}${space},${space}{"a":2}${space}]${space}`
    for (const at of [[], [70_000], [100_000, 200_000, 200_001], Array.from({ length: 40 }, (_, i) => i * 10_000)]) {
      expect(feedChunks(make(top), doc, cutAt(Buffer.from(text), at)).toString()).toBe(text.replaceAll(/"a":\d/g, '"a":"X"'))
    }
  })

  it('that does not wait leaves valid JSON when the record behind it goes', () => {
    const text = `[{"a":1},${space}{"go":1},${space}{"a":2},${space}{"go":1},${space}{"go":1}]`
    for (const step of [1_000_000, 30_000, 999]) {
      const places = Array.from({ length: Math.floor(text.length / step) }, (_, i) => i * step)
      const out = JSON.parse(feedChunks(make(dropping), doc, cutAt(Buffer.from(text), places)).toString()) as unknown[]
      expect(out.filter((record) => record !== null)).toEqual([{ a: 'X' }, { a: 'X' }])
    }
    const first = `[{"go":1},${space}{"go":1},${space}{"a":2}]`
    for (const step of [1_000_000, 999]) {
      const places = Array.from({ length: Math.floor(first.length / step) }, (_, i) => i * step)
      expect(JSON.parse(feedChunks(make(dropping), doc, cutAt(Buffer.from(first), places)).toString())).toEqual([{ a: 'X' }])
    }
  })
})

describe('white space of millions of bytes', () => {
  const blanks = ' '.repeat(3_000_000)
  it.each([
    ['is kept', `[1,${blanks}{"a":2}${blanks},${blanks}3]`, `[1,${blanks}{"a":"X"}${blanks},${blanks}3]`],
    ['is kept where a comma goes', `[{"go":1},${blanks}{"a":2}]`, undefined],
    ['is kept where a record goes', `[1,${blanks}{"go":1},${blanks}{"go":1}]`, undefined],
  ])('%s', (_, text, out) => {
    for (const at of [[], [11], [1_000_000, 2_500_000], [2_999_999, 3_000_003, 3_000_005, 3_000_012], [text.length - 2]]) {
      const got = feedChunks(make(dropping), doc, cutAt(Buffer.from(text), at)).toString()
      if (out !== undefined) expect(got === out).toBe(true)
      else expect((JSON.parse(got) as unknown[]).filter((record) => record !== null)).toEqual(text.startsWith('[1') ? [1] : [{ a: 'X' }])
    }
  })
})

describe('what is no JSON', () => {
  const hiding = rules('- {detect: [secrets, pii]}\n')
  const canary = 'canary.person@shop.example'
  const cases: [string, string][] = [
    ['a document cut in a record', `[{"a":1},\n{"a":2,"note":"${canary}`],
    ['one cut in a key', `[{"a":1},{"token":"x","${canary}`],
    ['one cut between records', `[{"b":"${canary}"}`],
    ['one cut behind a comma', `[{"b":"${canary}"} , `],
    ['one cut behind its bracket', '[ '],
    ['no comma', `[{"a":1} {"b":"${canary}"}]`],
    ['two commas', `[{"a":1},,{"b":"${canary}"}]`],
    ['a comma too many', `[{"b":"${canary}"},]`],
    ['a comma in front', `[,{"b":"${canary}"}]`],
    ['a bracket too many', `[{"a":1}]]\n{"b":"${canary}"}`],
    ['the wrong bracket', `[{"a":1}}, {"b":"${canary}"}]`],
    ['a word that is none', `[{"a":1}, ture, {"b":"${canary}"}]`],
    ['a number that is none', `[01, "${canary}"]`],
    ['text', `login of ${canary}\n{"b":"${canary}"}\n`],
    ['text behind a record', `{"a":1}\nlogin of ${canary}\n`],
    ['brackets of another kind', `[{"b":["${canary}"}]`],
    ['a colon', `[{"a":1}: "${canary}"]`],
  ]

  it.each(cases)('is masked as text: %s', (_, text) => {
    const bytes = Buffer.from(text)
    for (let at = 0; at <= bytes.length; at++) {
      const masker = make(hiding)
      const feed = masker.feed(doc)
      const out = passThrough(feed, [bytes.subarray(0, at), bytes.subarray(at)]).toString()
      expect(out).not.toContain(canary)
      expect(feed.remarks).toEqual([{ input: 0, code: 'not_json' }])
      expect(masker.stats().errors['not_json']).toBeGreaterThan(0)
      // nothing else is lost
      expect(out.replaceAll(/[\w.]+@example\.(com|net|org)/g, canary)).toBe(text)
    }
  })

  it('hides what stands under keys that a rule names', () => {
    expect(feedText(make(top), doc, '[{"b":1},{"a":"canary","b":"x').replace('"X"', 'X')).toBe('[{"b":1},{"a":X,"b":"x')
    expect(feedText(make(top), doc, '[{"b":1}\n"a": "canary"')).toBe('[{"b":1}\n"a": "X"')
  })

  it('may be one record among others', () => {
    const masker = make(top)
    expect(feedText(masker, doc, `[{"a":1},{"a":tru},{"a":2}]`)).toBe('[{"a":"X"},{"a":X},{"a":"X"}]')
    expect(masker.stats().errors).toEqual({ not_json: 1 })
    const feed = masker.feed(doc)
    passThrough(feed, [Buffer.from('[{"a":tru}]')])
    expect(feed.remarks).toEqual([])
  })

  it('goes, or goes to quarantine', () => {
    const text = `[{"a":1},\n{"a":tru,"n":"canary"},\n{"a":2}\ncanary\n{"a":3}\n`
    expect(feedText(make(rules('- {paths: [a], masks: [{type: from_fixed, value: X}]}\n', 'on_unparsable: drop')), doc, text)).toBe('[{"a":"X"},\n{"a":"X"}\n{"a":"X"}\n')
    const notes: QuarantineNote[] = []
    const quarantine = make(rules('- {paths: [a], masks: [{type: from_fixed, value: X}]}\n', 'on_unparsable: quarantine'), { quarantine: (note) => notes.push(note) })
    expect(feedText(quarantine, doc, text)).toBe('[{"a":"X"},\n{"a":"X"}\n{"a":"X"}\n')
    expect(notes).toEqual([
      { serial: 1, line: 2, bytes: 22, code: 'not_json' },
      { serial: 2, line: 4, bytes: 6, code: 'not_json' },
    ])
  })

  it('is bounded: a long line of it is an oversize line', () => {
    const masker = make(hiding, { policy: { max_record_bytes: 2048 } })
    const out = feedText(masker, doc, `[{"a":1}\n"${'x '.repeat(5000)}${canary}`)
    expect(out).toMatch(/^\[\{"a":1\}\n\{"oversize":10027,"msg":"\\"x x/)
    expect(masker.stats().errors).toEqual({ not_json: 1, oversize: 1 })
  })
})

describe('explain', () => {
  it('tells the line and the place in the record, however the input is cut', () => {
    const text = '[\n{"b":"x"}, {\n\n"a":1},\n\n{"a":2}]\n{"a":3}{"a":4}\n]\n"a":5'
    const bytes = Buffer.from(text)
    for (let at = 0; at <= bytes.length; at++) {
      const findings: Finding[] = []
      feedChunks(make(top), { ...doc, explain: (f) => findings.push(f) }, [bytes.subarray(0, at), bytes.subarray(at)])
      expect(findings.map(({ line, path, start, end }) => [line, path, start, end])).toEqual([
        [2, 'a', 7, 8],
        [6, 'a', 5, 6],
        [7, 'a', 5, 6],
        [7, 'a', 5, 6],
        [9, '', 4, 5],
      ])
    }
  })
})

describe('several inputs', () => {
  it('are documents of their own', () => {
    const feed = make(top).feed(doc)
    const out: string[] = []
    const take = (pieces: Iterable<readonly Buffer[]>): void => {
      for (const list of pieces) out.push(Buffer.concat(list).toString())
    }
    for (const text of ['[{"a":1}]', '', '\ufeff{"a":1}\n', '[{"a":1', 'x', '[1']) {
      feed.border()
      if (text !== '') take(feed.push(Buffer.from(text)))
    }
    take(feed.end())
    expect(out.join('')).toBe('[{"a":"X"}]\n\ufeff{"a":"X"}\n[{"a":X\nx\n[1')
    expect(feed.remarks).toEqual([4, 5, 6].map((input) => ({ input, code: 'not_json' })))
  })

  it('drop what was cut', () => {
    const feed = make(top).feed(doc)
    expect(passThrough(feed, [Buffer.from('[{"a":1}, {"a":')], false).toString()).toBe('[{"a":"X"}')
    expect(feed.cut).toBe(true)
    feed.dropCut()
    expect(feed.cut).toBe(false)
    expect([...feed.end()]).toEqual([])
    expect(feed.remarks).toEqual([])
  })
})

// ------------------------------------------------------------------------------------------------ any document

const space = fc.constantFrom('', '', ' ', '\n', '\r\n', '\t', ' \n  ')
const scalar = fc.oneof(
  fc.constantFrom('ann@shop.example', 'x', '', ']', '}', '"', '\\', '{"a":1}', '\n', '\u{1f600}', '4111111111111111', 'password=hunter22-x'),
  fc.integer(),
  fc.constant(null),
  fc.boolean(),
)
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'password', 'go', 'ann@shop.example', 'x]'), tie('any'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).any
/** A record as text, on one line or on many. */
const record = fc.tuple(value, fc.constantFrom(undefined, 1, '\t')).map(([v, indent]) => JSON.stringify(v, undefined, indent))
const layout = fc
  .record({
    records: fc.array(fc.tuple(record, space, space), { maxLength: 8 }),
    lead: space,
    trail: space,
    around: fc.boolean(),
  })
  // an array at top level is not a record
  .filter(({ around, records }) => around || records.every(([text]) => !text.startsWith('[')))

describe('any document', () => {
  const ruleset = ['mask-logs:default', dropping]
  const masker = make(ruleset)
  const oracle = make(ruleset)

  it('is its records, masked one by one, and what stands between them', () => {
    fc.assert(
      fc.property(layout, fc.array(fc.nat(600), { maxLength: 6 }), ({ records, lead, trail, around }, at) => {
        const text = around
          ? `${lead}[${trail}${records.map(([t, before, after], i) => `${i === 0 ? '' : ','}${before}${t}${after}`).join('')}]${lead}`
          : `${lead}${records.map(([t, before]) => `${t}${before}\n`).join('')}${trail}`
        const kept = records.map(([t, before, after]) => ({ masked: oracle.json(t), before, after }))
        const stays = ({ masked }: { masked: string }): boolean => masked !== ''
        const first = kept.findIndex(stays)
        const expected = around ? undefined : `${lead}${kept.map((r) => (stays(r) ? `${r.masked}${r.before}\n` : '')).join('')}${trail}`
        const out = feedChunks(masker, doc, cutAt(Buffer.from(text), at)).toString()
        expect(out).toBe(feedText(oracle, doc, text))
        if (around) {
          expect(JSON.parse(out)).toEqual(kept.filter(stays).map(({ masked }) => JSON.parse(masked) as unknown))
          if (kept.every(stays)) expect(out).toBe(`${lead}[${trail}${kept.map((r, i) => `${i === first ? '' : ','}${r.before}${r.masked}${r.after}`).join('')}]${lead}`)
        } else if (records.every(([, before]) => !before.includes('\n'))) expect(out).toBe(expected)
      }),
      { numRuns: 2000 },
    )
  })

  it('that is none shows nothing of what is in it, cut anywhere', () => {
    const junk = fc
      .array(fc.oneof(record, fc.constantFrom('[', ']', ',', '{', '}', '"', ':', '\n', ' canary@shop.example ', '"canary@shop.example"', '1', '-', '\\')), { maxLength: 20 })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(junk, fc.array(fc.nat(300), { maxLength: 4 }), (text, at) => {
        const bytes = Buffer.from(text)
        const out = feedChunks(masker, doc, cutAt(bytes, at)).toString()
        expect(out).not.toContain('canary@')
        expect(out).toBe(feedText(oracle, doc, text))
      }),
      { numRuns: 2000 },
    )
  })
})
