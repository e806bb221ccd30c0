// The parts of the page that need no browser: what it knows of rulesets, how it lays two payloads beside each other, how it reads events.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { BUILTIN_NAMES, builtinRuleset, createMasker, RulesetError, rulesetJsonSchema } from '../../src/index.ts'
import { byteOffsets, compare, formatted, namesIn, payloadOf, readJson } from '../../transports/server/web/compare.ts'
import type { Payload, Span } from '../../transports/server/web/compare.ts'
import { eventReader } from '../../transports/server/web/events.ts'
import { RulesetSchema } from '../../transports/server/web/ruleset-schema.ts'
import type { Proposal, Schema } from '../../transports/server/web/ruleset-schema.ts'
import { SECRET } from './support.ts'

const schema = new RulesetSchema(rulesetJsonSchema() as Schema, (key) => (key === 'extends' ? [{ label: 'mask-logs:default', detail: '' }] : []))

/** What is proposed at the `|`. */
function at(marked: string): readonly Proposal[] {
  const place = marked.indexOf('|')
  return schema.proposals(marked.slice(0, place) + marked.slice(place + 1), place)?.options ?? []
}
const labels = (marked: string): string[] => at(marked).map(({ label }) => label)
const head = 'version: "1.0"\nrules:\n'

describe('completion', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['|', ['version', 'extends', 'policy', 'rules'], ['keys', 'type']],
    ['version: "1.0"\n|\nrules:\n- detect: [pci]\n', ['extends', 'policy'], ['version', 'rules']],
    ['version: |', ['1.0'], ['rules']],
    ['version: "1.0"\npolicy: {|}', ['verify', 'on_mask_error'], ['rules', 'type']],
    ['version: "1.0"\npolicy:\n  on_mask_error: |\n', ['redact', 'drop', 'fail'], ['verify']],
    ['version: "1.0"\npolicy: {verify: |', ['true', 'false'], ['redact']],
    ['version: "1.0"\nextends: ["mask-|"]', ['mask-logs:default'], []],
    ['version: "1.0"\nextends: [|', ['mask-logs:default'], []],
    [`${head}- |`, ['keys', 'paths', 'detect', 'masks', 'if'].slice(0, 4), ['type', 'version']],
    [`${head}- keys: [a]\n  |`, ['masks', 'paths'], ['keys', 'version']],
    [`${head}- {keys: [a], masks: [{type: |`, ['imitate', 'redact', 'json'], ['keys', 'email_address']],
    [`${head}- {keys: [a], masks: [{type: im|}]}\n- {detect: [pci]}\n`, ['imitate', 'imitate_unique'], ['digits']],
    [`${head}- keys: [a]\n  masks:\n  - type: imitate\n    |\n- detect: [pci]\n`, ['digits', 'force_change', 'seed'], ['seed_file', 'type']],
    [`${head}- {keys: [a], masks: [{type: from_file, |}]}`, ['seed_file', 'seed_column'], ['digits', 'type']],
    [`${head}- masks:\n  - type: json\n    transforms:\n    - path: [a]\n      masks:\n      - type: |`, ['imitate', 'xml'], ['path']],
    [`${head}- {detect: [em|]}`, ['email', 'pci', 'secrets'], ['imitate']],
    [`${head}- if:\n  - path: a\n    |`, ['equals', 'matches', 'on_missing'], ['path', 'masks']],
    [`${head}- if: [{path: a, equals: 1}]\n  |`, ['rules', 'else_rules'], ['masks', 'keys']],
    ['# a comment with ver|', [], ['version']],
    [`${head}- doc: "free text |"`, [], ['keys']],
  ])('in %j', (marked, there, missing) => {
    const found = labels(marked)
    expect(found).toEqual(expect.arrayContaining([...there]))
    for (const name of missing) expect(found).not.toContain(name)
  })

  it('says what masks and detectors do, and writes what YAML reads back', () => {
    const imitate = at(`${head}- {keys: [a], masks: [{type: |}]}`).find(({ label }) => label === 'imitate')!
    expect(imitate).toMatchObject({ kind: 'value', text: 'imitate', info: expect.stringContaining('replaced by one of its kind') })
    expect(at('version: |')[0]!.text).toBe('"1.0"')
    expect(at('version: "|"')[0]!.text).toBe('1.0')
    expect(at('extends: [|')[0]!.text).toBe('"mask-logs:default"')
    expect(at(`${head}- k|`).find(({ label }) => label === 'keys')).toMatchObject({ kind: 'key', text: 'keys: ', info: expect.stringContaining('by key') })
    expect(at(`${head}- k|: [a]`).find(({ label }) => label === 'keys')!.text).toBe('keys')
  })

  it('never throws, and stays within the text', () => {
    const piece = fc.constantFrom(
      'version',
      ': ',
      '"1.0"',
      '\n',
      '- ',
      '  ',
      '{',
      '}',
      '[',
      ']',
      ', ',
      'rules',
      'masks',
      'type',
      'imitate',
      '#',
      "'",
      '"',
      '*a',
      '&a ',
      '|',
      '\u{1f600}',
      '\t',
      '? ',
      '<<',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.nat(), (pieces, n) => {
        const text = pieces.join('')
        const place = n % (text.length + 1)
        const found = schema.proposals(text, place)
        if (found !== undefined) expect(found.from <= place && found.to >= place && found.from >= 0 && found.to <= text.length).toBe(true)
        schema.faults(text)
        schema.hint(text, place)
      }),
      { numRuns: 300 },
    )
  })
})

describe('faults by the schema', () => {
  it('are unknown keys and words, with the nearest name', () => {
    const text = `${head}- {keyz: [a], masks: [{type: imitat}]}\n- {detect: [emial]}\n- {keys: [a], masks: [{type: imitate, digts: true}]}\n`
    expect(schema.faults(text).map(({ from, to, message }) => [text.slice(from, to), message])).toEqual([
      ['keyz', "unknown key 'keyz' (did you mean 'keys'?)"],
      ['imitat', "type: 'imitat' is not one of its words (did you mean 'imitate'?)"],
      ['emial', "detect: 'emial' is not one of its words (did you mean 'email'?)"],
      ['digts', "unknown key 'digts' (did you mean 'digits'?)"],
    ])
  })

  it('are none in a ruleset that loads', () => {
    const cases = readdirSync('test/cases', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.yaml'))
      .flatMap((file) => (parse(readFileSync(join('test/cases', file), 'utf8')) as { ruleset?: unknown }[]).map(({ ruleset }) => ruleset))
      .filter((ruleset): ruleset is string => typeof ruleset === 'string' && ruleset.includes('\n'))
    const examples = readFileSync('test/ruleset-examples.yaml', 'utf8').split(/^---.*\n/m)
    const all = new Set([...examples, ...cases, ...BUILTIN_NAMES.map((name) => builtinRuleset(name)!)])
    let loaded = 0
    for (const ruleset of all) {
      if (schema.faults(ruleset).length === 0) {
        loaded++
        continue
      }
      // what the schema complains about is refused by the library too
      expect(() => createMasker(ruleset), ruleset).toThrow(RulesetError)
    }
    expect(loaded).toBeGreaterThan(200)
  })

  it('tells what is under the pointer', () => {
    const text = `${head}- {keys: [a], masks: [{type: imitate}]}\n`
    expect(schema.hint(text, text.indexOf('keys') + 1)).toMatchObject({ title: 'keys', text: expect.stringContaining('by key') })
    expect(schema.hint(text, text.indexOf('imitate') + 1)).toMatchObject({ title: 'type: imitate', text: expect.stringContaining('replaced') })
    expect(schema.hint(text, text.indexOf('[a]') + 1)).toBeUndefined()
  })
})

// ------------------------------------------------------------------------------------------------ payloads

const json = fc.jsonValue({ maxDepth: 4 }).chain((value) => fc.constantFrom(0, 1, 2).map((indent) => JSON.stringify(value, undefined, indent)))

describe('JSON with places', () => {
  it('reads what JSON.parse reads, and nothing else', () => {
    const text = fc.oneof(json, fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '1', '-', 'e', '.', '0', 'true', 'null', '\\', 'u', ' ', '\n') }))
    fc.assert(
      fc.property(text, (given) => {
        let valid = true
        try {
          JSON.parse(given)
        } catch {
          valid = false
        }
        const root = readJson(given)
        expect(root !== undefined).toBe(valid)
        if (root !== undefined) expect(JSON.parse(given.slice(root.start, root.end))).toEqual(JSON.parse(given))
      }),
    )
  })

  it('is formatted without a change to what is in it', () => {
    expect(formatted('{"a":4823.50,"b":[1e3,12345678901234567890],"c":{},"d":"\\u00e9","a":[{"x":[]}]}')).toBe(
      '{\n  "a": 4823.50,\n  "b": [1e3, 12345678901234567890],\n  "c": {},\n  "d": "\\u00e9",\n  "a": [\n    {\n      "x": []\n    }\n  ]\n}',
    )
    expect(formatted('{')).toBeUndefined()
    fc.assert(
      fc.property(json, (text) => {
        expect(JSON.parse(formatted(text)!)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('is a record, an array of records, or one a line', () => {
    const wrapped = payloadOf('{"a": 1}') as Payload
    expect([wrapped.data, wrapped.records, wrapped.back(3), wrapped.unwrap('[{"a": 2}]')]).toEqual(['[{"a": 1}]', 1, 2, '{"a": 2}'])
    const array = payloadOf(' [1, 2]') as Payload
    expect([array.data, array.records, array.back(3)]).toEqual([' [1, 2]', 2, 3])
    const text = '{"a":1}\n\n{"a":2}\n{"a":[3]}\n'
    const lines = payloadOf(text) as Payload
    expect(JSON.parse(lines.data)).toEqual([{ a: 1 }, { a: 2 }, { a: [3] }])
    expect(lines.records).toBe(3)
    expect(text[lines.back(lines.data.indexOf('2'))]).toBe('2')
    const masked = lines.data.replace('{"a":1}', '{"a":"[REDACTED]"}')
    expect(
      lines
        .unwrap(masked)
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => JSON.parse(line)),
    ).toEqual([{ a: '[REDACTED]' }, { a: 2 }, { a: [3] }])
    expect(lines.unwrap(masked)[lines.place(masked.indexOf('2'))]).toBe('2')
    expect(payloadOf('{"a": tru}')).toBe(6)
    expect(payloadOf('{"a":1}\nno')).toBe(8)
  })

  it('knows byte offsets', () => {
    const offset = byteOffsets('a\u00e9\u20ac\u{1f600}z')
    expect([0, 1, 3, 6, 10, 11].map(offset)).toEqual([0, 1, 2, 3, 5, 6])
    expect(byteOffsets('abc')(2)).toBe(2)
  })

  it('names keys and paths for completion', () => {
    expect(namesIn('{"user": {"e-mail": 1, "x y": [{"z": 1}]}}')).toEqual({
      keys: ['user', 'e-mail', 'x y', 'z'],
      paths: ['user', 'user.e-mail', 'user["x y"]', 'user["x y"][*].z'],
    })
    expect(namesIn('{')).toEqual({ keys: [], paths: [] })
  })
})

describe('what differs', () => {
  const changes = (before: string, after: string, found: readonly Span[] = []): [string, string | undefined][] =>
    compare(before, after, found).map((change) => [before.slice(...change.before), change.after === undefined ? undefined : after.slice(...change.after)])
  const spans = (text: string, ...words: string[]): Span[] => words.map((word) => [text.indexOf(word), text.indexOf(word) + word.length])

  it('is told value by value', () => {
    expect(changes('[{"a":"x","b":1.50,"c":[true,null]}]', '[{"a":"y","b":1.50,"c":[true,"[REDACTED]"]}]')).toEqual([
      ['x', 'y'],
      ['null', '"[REDACTED]"'],
    ])
    expect(changes('[{"a":1,"b":2,"c":3}]', '[{"a":1,"c":"x"}]')).toEqual([
      ['"b":2', undefined],
      ['3', '"x"'],
    ])
    expect(changes('[{"ann@x":1}]', '[{"[REDACTED]":1}]')).toEqual([['ann@x', '[REDACTED]']])
    expect(changes('[1]', '[1]')).toEqual([])
    expect(changes('[{"a":{"b":1}},2]', '[null,2]')).toEqual([['{"a":{"b":1}}', 'null']])
  })

  it('is narrowed down to what was found in a text', () => {
    const before = '[{"m":"call +1 415 or mail ann@x.example, now"}]'
    const after = '[{"m":"call +1 311 or mail [REDACTED:email], now"}]'
    expect(changes(before, after, spans(before, '+1 415', 'ann@x.example'))).toEqual([
      ['+1 415', '+1 311'],
      ['ann@x.example', '[REDACTED:email]'],
    ])
    // found side by side, or not where it differs: the value as a whole
    expect(
      changes('["ab"]', '["xy"]', [
        [2, 3],
        [3, 4],
      ]),
    ).toEqual([['ab', 'xy']])
    expect(changes('["ab c"]', '["xy c"]', [[5, 6]])).toEqual([['ab c', 'xy c']])
  })

  it('leaves nothing out, whatever was masked', () => {
    const masker = createMasker('version: "1.0"\nrules:\n- {keys: [k], masks: [{type: redact}]}\n- {keys: [gone], masks: [{type: remove}]}\n- {detect: [email]}\n', {
      runSecret: SECRET,
    })
    const word = fc.constantFrom('ann@shop.example', 'text ann@shop.example and bob@shop.example.', 'plain', '\u00e9\u{1f600}', '')
    const record = fc.dictionary(
      fc.constantFrom('k', 'gone', 'a', 'b', 'ann@shop.example'),
      fc.oneof(word, fc.integer(), fc.array(word, { maxLength: 3 }), fc.dictionary(fc.constantFrom('k', 'x'), word)),
    )
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 3 }), (records) => {
        const before = JSON.stringify(records)
        const after = masker.json(before) as string
        const offset = byteOffsets(before)
        const found = (masker.explain(before) as { start: number; end: number; decision: string }[])
          .filter(({ decision }) => decision === 'mask')
          .map(({ start, end }): Span => [offset(start), offset(end)])
          .sort((a, b) => a[0] - b[0])
        const all = compare(before, after, found)
        // put in place, the changes make the masked text out of the other one; a member that went took a comma along
        let made = ''
        let from = 0
        for (const change of all) {
          made += before.slice(from, change.before[0])
          if (change.after !== undefined) made += after.slice(...change.after)
          from = change.before[1]
        }
        made += before.slice(from)
        const plain = (text: string): string => text.replace(/,(?=[,}])|(?<=\{),/g, '')
        const twice = (text: string): string => plain(plain(plain(text)))
        expect(twice(made)).toBe(twice(after))
      }),
    )
    masker.close()
  })
})

describe('the reader of events', () => {
  const read = async (chunks: readonly Uint8Array[]): Promise<[string, string][]> => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk)
        controller.close()
      },
    })
    const out: [string, string][] = []
    for await (const { event, data } of eventReader(body)) out.push([event, data])
    return out
  }

  it('reads fields, comments and every line end', async () => {
    const text = ': hello\n\nevent: lines\ndata: {"a":\ndata:1}\nid: 7\n\ndata: x\r\n\r\ndata:  two\r\rdata: never finished\n'
    expect(await read([Buffer.from(text)])).toEqual([
      ['lines', '{"a":\n1}'],
      ['message', 'x'],
      ['message', ' two'],
    ])
  })

  it('reads the same, wherever it is cut', async () => {
    const bytes = Buffer.from('event: a\r\ndata: \u{1f600}\u00e9\r\n\r\n:\r\n\r\ndata: b\n\ndata: c\r\rdata: d\n\n')
    const whole = await read([bytes])
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: bytes.length }), { maxLength: 8 }), async (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length]
        expect(await read(places.slice(1).map((to, i) => bytes.subarray(places[i], to)))).toEqual(whole)
      }),
    )
  })
})
