// CSV and TSV: what is masked, what stays, and what becomes of rows that are none.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMasker } from '../src/index.ts'
import type { Finding, Masker, MaskerOptions, QuarantineNote } from '../src/index.ts'
import { parseCsv } from './helpers/csv.ts'
import { cutAt, feedChunks, feedText, passThrough } from './helpers/feeds.ts'

const runSecret = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'
const csv = { format: 'csv' } as const
const rules = (text: string): string => `version: "1.0"\nrules:\n${text}`
const make = (ruleset: string | string[], options: MaskerOptions = {}): Masker => createMasker(ruleset, { runSecret, ...options })

/** The converted ruleset of the worked example. */
const converted = rules(`- {paths: [["phone"]], hash_sources: [{json_path: [customer_id]}], masks: [{type: imitate}]}
- {paths: [["full_name"]], hash_sources: [], masks: [{type: redact}]}
- {paths: [["customer_id"]], hash_sources: [], masks: [{type: imitate_unique}]}
`)
const fixed = (keys: string, value = 'X'): string => rules(`- {keys: [${keys}], masks: [{type: from_fixed, value: ${value}}]}\n`)

describe('one identity', () => {
  it('is the same in a CSV batch and in flight', () => {
    const masker = make(converted)
    expect(feedText(masker, csv, 'customer_id,full_name,phone\n12345,Sarah Mitchell,+1 (555) 867-5309\n')).toBe('customer_id,full_name,phone\n10109,[REDACTED],+7 (031) 209-5169\n')
    expect(masker.json('{"customer_id":12345,"phone":"+1 (555) 867-5309","ts":1}')).toBe('{"customer_id":10109,"phone":"+7 (031) 209-5169","ts":1}')
    expect(feedText(masker, { format: 'json-document' }, '[{"customer_id":12345,"phone":"+1 (555) 867-5309","ts":1}]')).toBe(
      '[{"customer_id":10109,"phone":"+7 (031) 209-5169","ts":1}]',
    )
  })
})

describe('cells', () => {
  it.each([
    ['keeps the quotes of a masked cell', 'a,b\n"1","2"\n', 'a,b\n"X","2"\n'],
    ['adds none where none are needed', 'a,b\n1,2\n', 'a,b\nX,2\n'],
    ['keeps line ends of every kind and a missing last one', 'a\r\n1\r2\n\n\r\n3', 'a\r\nX\rX\n\n\r\nX'],
    ['keeps newlines and doubled quotes in other cells', 'a,b\n1,"x\r\n""y"""\n', 'a,b\nX,"x\r\n""y"""\n'],
    ['keeps a byte order mark', '\ufeffa,b\n1,2\n', '\ufeffa,b\nX,2\n'],
    ['keeps one before a quote', '\ufeff"a","b\nc"\n1,2\n', '\ufeff"a","b\nc"\nX,2\n'],
    ['knows names with quotes, commas and newlines', '"a","b,""\n"\n1,2\n', '"a","b,""\n"\nX,2\n'],
    ['masks every column of a name', 'a,b,a\n1,2,3\n', 'a,b,a\nX,2,X\n'],
    ['takes a quote inside a cell as a character', 'a,b\nx"y,z"\n', 'a,b\nX,z"\n'],
    ['takes blanks behind a closing quote', 'a,b\n"1" ,"2"\t\n', 'a,b\n"X","2"\t\n'],
    ['takes a blank before a quote as the beginning of a cell', 'a,b\n "1",2\n', 'a,b\nX,2\n'],
    ['passes empty lines before the header', '\n\r\na\n1\n', '\n\r\na\nX\n'],
    ['takes rows with too few cells', 'b,a\n1\n\n1,2\n', 'b,a\n1\n\n1,X\n'],
    ['masks empty cells as what they are', 'a,b\n,\n"",\n', 'a,b\nX,\n"X",\n'],
    ['has nothing to do without rows', 'a,b', 'a,b'],
    ['has nothing to do at all', '', ''],
  ])('%s', (_, text, out) => {
    const masker = make(fixed('a'))
    expect(feedText(masker, csv, text)).toBe(out)
    const bytes = Buffer.from(text)
    for (let at = 0; at <= bytes.length; at++) expect(feedChunks(masker, csv, [bytes.subarray(0, at), bytes.subarray(at)]).toString()).toBe(out)
    expect(
      feedChunks(
        masker,
        csv,
        [...bytes].map((b) => Uint8Array.of(b)),
      ).toString(),
    ).toBe(out)
  })

  it.each([
    [',', '"a,b"'],
    ['"', '"\\""', '""""'],
    ['newline', '"x\\ny"', '"x\ny"'],
    ['blank in front', '" x"'],
    ['blank behind', '"x "'],
    ['plain', '"x y"', 'x y'],
    ['number', '5', '5'],
    ['decimal', '5.50', '5.50'],
    ['boolean', 'true', 'true'],
    ['null', 'null', ''],
    ['empty', '""', ''],
  ])('are quoted where they must be: %s', (_, value, out = value) => {
    const masker = make(fixed('a', value.replaceAll('\n', '\\n')))
    expect(feedText(masker, csv, 'a,b\n1,2\n')).toBe(`a,b\n${out},2\n`)
  })

  it('are empty where the mask gives null or removes the entry', () => {
    for (const mask of ['{type: from_fixed, value: null}', '{type: remove}']) {
      const masker = make(rules(`- {keys: [a], masks: [${mask}]}\n`))
      expect(feedText(masker, csv, 'a,b\n1,2\n"1",2\n')).toBe('a,b\n,2\n,2\n')
      // alone in its row it must not make the row an empty line
      expect(feedText(masker, csv, 'a\n1\n')).toBe('a\n""\n')
    }
  })

  it('keep invalid UTF-8 and control characters around what is masked', () => {
    const masker = make(rules('- {detect: [email], masks: [{type: redact}]}\n'))
    const line = Buffer.concat([Buffer.from('\u0001\t\u001f\\ '), Buffer.from([0xff, 0xc3]), Buffer.from(' ann@shop.example "\u0000 \u007f\\n')])
    const input = Buffer.concat([Buffer.from('n\u00e4me,b\n'), line, Buffer.from(',"'), line.subarray(0, 8), Buffer.from('"\n')])
    const out = feedChunks(masker, csv, [input])
    const masked = Buffer.from(line.toString('latin1').replace('ann@shop.example', '[REDACTED]').replace(/"/, '""'), 'latin1')
    expect(out).toEqual(Buffer.concat([Buffer.from('n\u00e4me,b\n"'), masked, Buffer.from('","'), line.subarray(0, 8), Buffer.from('"\n')]))
  })

  it('that hold JSON are entered', () => {
    const masker = make(fixed('pin'))
    expect(feedText(masker, csv, 'id,doc\n1,"{""pin"": 4711, ""t"": ""a,b""}"\n2,{"pin":1}\n')).toBe('id,doc\n1,"{""pin"": ""X"", ""t"": ""a,b""}"\n2,"{""pin"":""X""}"\n')
    const removing = make(rules('- {keys: [pin], masks: [{type: remove}]}\n'))
    expect(feedText(removing, csv, 'id,doc\n1,"{""pin"": 4711, ""t"": ""a,b""}"\n')).toBe('id,doc\n1,"{""t"": ""a,b""}"\n')
  })

  it('take the place of what a mask makes an object', () => {
    const masker = make(rules('- {paths: [doc], masks: [{type: mine}]}\n'), {
      masks: { mine: { type: 'mine', summary: '', input: 'A', settles: 'value', options: {}, examples: [], compile: () => () => new Map([['a', 'b,"']]) } as never },
    })
    expect(feedText(masker, csv, 'doc,b\n1,2\n')).toBe('doc,b\n"{""a"":""b,\\""""}",2\n')
  })
})

describe('columns', () => {
  it('without a name are known by their number', () => {
    expect(feedText(make(fixed('"2"')), csv, 'a,,c\n1,2,3\n')).toBe('a,,c\n1,X,3\n')
    expect(feedText(make(fixed('"2"')), { ...csv, header: false }, 'a,b\n1,2\n')).toBe('a,X\n1,X\n')
    // more cells than names
    expect(feedText(make(fixed('"3"')), csv, 'a,b\n1,2,3,4\n')).toBe('a,b\n1,2,X,4\n')
    expect(feedText(make(fixed('"1001+"')), csv, `a\n${'1,'.repeat(1002)}1\n`)).toBe(`a\n${'1,'.repeat(1000)}X,X,X\n`)
  })

  it('may be thousands', () => {
    const names = Array.from({ length: 3000 }, (_, i) => `c${i}`)
    const row = `${names.map((_, i) => i).join()}\n`
    const text = `${names.join()}\n${row.repeat(20)}`
    const masker = make(fixed('c0, c1500, c2999'))
    expect(feedText(masker, csv, text)).toBe(text.replaceAll('\n0,', '\nX,').replaceAll(',1500,', ',X,').replaceAll(',2999\n', ',X\n'))
    // and each of them a new one
    const empty = `a\n${','.repeat(300_000)}\n`
    expect(feedText(masker, csv, empty)).toBe(empty)
  })

  it('of one name are masked alike; a hash source reads the last of them', () => {
    const masker = make(rules('- {paths: [v], hash_sources: [{json_path: [id]}], masks: [{type: imitate}]}\n'))
    const value = (text: string): string => feedText(masker, csv, text).split('\n')[1]!.split(',')[0]!
    expect(value('v,id,id\nabc,1,2\n')).toBe(value('v,id\nabc,2\n'))
    expect(value('v,id,id\nabc,1,2\n')).not.toBe(value('v,id\nabc,1\n'))
  })

  it('beyond the header are scanned and fall under unknown_fields', () => {
    expect(feedText(make('mask-logs:default'), csv, 'a\n1,card 4111 1111 1111 1111\n')).not.toContain('4111 1111')
    expect(feedText(make('version: "1.0"\npolicy: {unknown_fields: redact, allow: [a]}\n'), csv, 'a\n1,2,3\n')).toBe('a\n1,[REDACTED],[REDACTED]\n')
  })

  it('with a sensitive name lose it in the header, once, and rules still know them by it', () => {
    const masker = make([rules('- {detect: [email], masks: [{type: redact}]}\n'), rules('- {paths: [["ann@shop.example"]], masks: [{type: from_fixed, value: X}]}\n')])
    expect(feedText(masker, csv, 'id,ann@shop.example,ann@shop.example\n1,2,3\n4,5,6\n')).toBe('id,[REDACTED],[REDACTED]~2\n1,X,X\n4,X,X\n')
    expect(masker.stats().byDetector).toEqual({ email: 2 })
    const keep = make(['mask-logs:default', 'version: "1.0"\npolicy: {scan_keys: false}\nrules:\n- {keys: [zz], masks: [{type: redact}]}\n'])
    expect(feedText(keep, csv, 'ann@shop.example\n1\n')).toBe('ann@shop.example\n1\n')
  })

  it('count their masked values', () => {
    const masker = make(fixed('a'))
    feedText(masker, csv, 'a,b\n1,2\n3,4\n')
    expect(masker.stats()).toMatchObject({ lines: 3, records: 2, masked: 2, byRule: { 'rules[0]': 2 }, bytesIn: 12, bytesOut: 12 })
  })
})

describe('dialects', () => {
  it('have other delimiters', () => {
    const masker = make(fixed('a', '"x;\\t|,y"'))
    expect(feedText(masker, { ...csv, delimiter: ';' }, 'a;b\n1;2,3\n')).toBe('a;b\n"x;\t|,y";2,3\n')
    expect(feedText(masker, { format: 'tsv' }, 'a\tb\n1\t2,3\n')).toBe('a\tb\n"x;\t|,y"\t2,3\n')
    expect(feedText(masker, { ...csv, delimiter: '|' }, 'b|a\n"1"|" 2"\n')).toBe('b|a\n"1"|"x;\t|,y"\n')
    expect(feedText(make(fixed('b')), { format: 'tsv' }, 'a\tb\n"1"\t"2"\n"1" \t2\n')).toBe('a\tb\n"1"\t"X"\n"1" \tX\n')
    // what looks like an escape in JSON
    expect(feedText(make(fixed('b')), { ...csv, delimiter: '\\' }, 'a\\b\n1\\2\n"\\"\\2\n')).toBe('a\\b\n1\\X\n"\\"\\X\n')
  })

  it.each(['', '"', '\n', '\r', '\0', ',,', '\u00e9', 7 as unknown as string])('do not have %j', (delimiter) => {
    expect(() => make('mask-logs:pii').feed({ ...csv, delimiter })).toThrow(expect.objectContaining({ name: 'InputError', code: 'bad_option' }))
  })

  it('that look like another one are remarked', () => {
    const remarks = (text: string, delimiter?: string): unknown => {
      const feed = make('mask-logs:pii').feed({ ...csv, delimiter })
      passThrough(feed, [Buffer.from(text)])
      return feed.remarks
    }
    expect(remarks('id;name\n1;2\n')).toEqual([{ input: 0, code: 'one_column' }])
    expect(remarks('id,name\n1,2\n', ';')).toEqual([{ input: 0, code: 'one_column' }])
    for (const text of ['id,a;b\n', 'id\n1;2\n', '"a;b"\n', 'id\n']) expect(remarks(text)).toEqual([])
  })

  it('are of CSV alone', () => {
    const masker = make('mask-logs:pii')
    expect(() => masker.feed({ delimiter: ';' })).toThrow(expect.objectContaining({ code: 'bad_option' }))
    expect(() => masker.feed({ format: 'json-document', header: false })).toThrow(expect.objectContaining({ code: 'bad_option' }))
    expect(() => masker.feed({ format: 'xml' as 'csv' })).toThrow(expect.objectContaining({ code: 'bad_option' }))
  })

  it('are not UTF-16', () => {
    const masker = make('mask-logs:pii')
    for (const head of [
      [0xff, 0xfe],
      [0xfe, 0xff],
    ])
      for (const format of ['csv', 'json-document'] as const)
        expect(() => feedChunks(masker, { format }, [Uint8Array.of(head[0]!), Uint8Array.of(head[1]!, 0x41, 0, 0x2c, 0)])).toThrow(
          expect.objectContaining({ name: 'InputError', code: 'encoding' }),
        )
  })
})

describe('rules for the whole record', () => {
  it('give their text to every cell', () => {
    expect(feedText(make(rules('- masks: [{type: from_fixed, value: "X,Y"}]\n')), csv, 'a,b\n1,"2"\n3\n')).toBe('a,b\n"X,Y","X,Y"\n"X,Y"\n')
    expect(feedText(make(rules('- masks: [{type: from_fixed, value: null}]\n')), csv, 'a,b\n1,2\n')).toBe('a,b\n,\n')
  })

  it('give the entries of an object to their columns', () => {
    const masker = make(rules('- masks: [{type: mine}]\n'), {
      masks: {
        mine: {
          type: 'mine',
          summary: '',
          input: 'A',
          settles: 'value',
          options: {},
          examples: [],
          compile: () => (value: unknown) =>
            new Map<string, unknown>([
              ['c', (value as Map<string, unknown>).get('c')],
              ['a', 'n"w'],
              ['new', 'z'],
            ]),
        } as never,
      },
    })
    expect(feedText(masker, csv, 'a,b,c\n1,2,"3"" "\n')).toBe('a,b,c\n"n""w",,"3"" "\n')
  })

  it('transform fields', () => {
    const masker = make(rules('- masks: [{type: json, transforms: [{path: [a], masks: [{type: from_fixed, value: X}]}]}]\n'))
    expect(feedText(masker, csv, 'a,b\n1,2\n')).toBe('a,b\nX,2\n')
  })

  it('remove rows', () => {
    const masker = make(rules('- if: [{json_path: [a], equals: "1", on_missing: skip}]\n  rules: [{masks: [{type: remove}]}]\n'))
    expect(feedText(masker, csv, 'a,b\n1,2\r\n3,4\r\n1,6\n1,7')).toBe('a,b\n3,4\r\n')
    expect(masker.stats().errors).toEqual({ dropped: 3 })
  })
})

describe('rows that fail', () => {
  const failing = (policy: string): Masker =>
    createMasker(`version: "1.0"\npolicy: {${policy}}\nrules:\n- {masks: [{type: mine}]}\n`, {
      runSecret,
      masks: {
        mine: {
          type: 'mine',
          summary: '',
          input: 'A',
          settles: 'value',
          options: {},
          examples: [],
          compile: () => (value: unknown) => {
            if ((value as Map<string, unknown>).get('a') === 'bad') throw new Error('canary')
            return value
          },
        } as never,
      },
    })

  it('become [MASKING FAILED] in every cell', () => {
    const masker = failing('on_mask_error: redact')
    expect(feedText(masker, csv, 'a,b\n1,2\nbad,"4",5\n6,7\n')).toBe('a,b\n1,2\n[MASKING FAILED],"[MASKING FAILED]",[MASKING FAILED]\n6,7\n')
    expect(masker.stats().errors).toEqual({ internal: 1 })
  })

  it('go under drop', () => {
    expect(feedText(failing('on_mask_error: drop'), csv, 'a,b\n1,2\nbad,4\n6,7\n')).toBe('a,b\n1,2\n6,7\n')
  })

  it('end the feed under fail, with everything before them', () => {
    for (const cut of [1, 3, 1000]) {
      const feed = failing('on_mask_error: fail').feed(csv)
      const out: string[] = []
      const input = Buffer.from('a,b\n1,2\nbad,canary4\n6,7\n')
      expect(() => {
        for (let i = 0; i < input.length; i += cut) for (const list of feed.push(input.subarray(i, i + cut))) out.push(Buffer.concat(list).toString())
      }).toThrow(expect.objectContaining({ name: 'MaskError', message: expect.not.stringContaining('canary') as string }))
      expect(out.join('')).toBe('a,b\n1,2\n')
    }
  })

  it('are those of a value where a mask of one fails', () => {
    const masker = make(rules('- {paths: [a], masks: [{type: from_random_number, min: 1, max: 2}], hash_sources: [{json_path: [id]}]}\n'))
    expect(feedText(masker, csv, 'a,b\n1,2\n')).toBe('a,b\n[MASKING FAILED],2\n')
  })
})

describe('rows that are none', () => {
  const broken = [
    ['a quote that stays open', 'a,b\n1,2\n3,"canary\n5,6\n', 'a,b\nX,2\n[MASKING FAILED],[MASKING FAILED]\n', true],
    ['one at the very end', 'a,b\n1,"', 'a,b\n[MASKING FAILED],[MASKING FAILED]', true],
    ['text behind a closing quote', 'a,b\n1,"x"canary\n3,4\n', 'a,b\n[MASKING FAILED],[MASKING FAILED]\nX,4\n', false],
    ['text behind a quote and a blank', 'a,b\n1,"x" canary"\r\n3,4\n', 'a,b\n[MASKING FAILED],[MASKING FAILED]\r\nX,4\n', false],
    ['a quote that a later row closes', 'a,b\n1,"canary\n2,"canary",3\n4,5\n', 'a,b\n[MASKING FAILED],[MASKING FAILED]\nX,5\n', false],
  ] as const

  it.each(broken)('fail closed: %s', (_, text, out, open) => {
    const bytes = Buffer.from(text)
    for (let at = 0; at <= bytes.length; at++) {
      const masker = make(fixed('a'))
      expect(feedChunks(masker, csv, [bytes.subarray(0, at), bytes.subarray(at)]).toString()).toBe(out)
      expect(masker.stats().errors).toEqual({ not_csv: 1 })
    }
    const feed = make(fixed('a')).feed(csv)
    passThrough(feed, [bytes])
    expect(feed.remarks).toEqual(open ? [{ input: 0, code: 'not_csv' }] : [])
  })

  it.each(broken)('go, or go to quarantine: %s', (_, text) => {
    const drop = createMasker(`version: "1.0"\npolicy: {on_unparsable: drop}\n${fixed('a').slice(15)}`, { runSecret })
    expect(feedText(drop, csv, text)).not.toMatch(/canary|FAILED/)
    const notes: QuarantineNote[] = []
    const quarantine = createMasker(`version: "1.0"\npolicy: {on_unparsable: quarantine}\n${fixed('a').slice(15)}`, { runSecret, quarantine: (note) => notes.push(note) })
    expect(feedText(quarantine, csv, text)).not.toMatch(/canary|FAILED/)
    const line = text.includes('1,2\n') ? 3 : 2
    expect(notes).toEqual([{ serial: 1, line, bytes: expect.any(Number) as number, code: 'not_csv' }])
  })

  it('are those of a file whose header cannot be read', () => {
    for (const text of ['a,"b\ncanary,2\n', 'a,"b"c\ncanary,2\n', `${'a'.repeat(500_000)},b\ncanary,2\n`, `${'a,'.repeat(100_000)}\ncanary\n`]) {
      const masker = make(fixed('a'), { policy: { max_record_bytes: 400_000 } })
      const feed = masker.feed(csv)
      expect(passThrough(feed, [Buffer.from(text)]).toString()).toBe('[MASKING FAILED]\n')
      expect(feed.remarks).toEqual([{ input: 0, code: 'not_csv' }])
    }
  })

  it('are too long', () => {
    const limit = { policy: { max_record_bytes: 1024 } }
    const long = `1,${'canary '.repeat(200)}`
    const text = `a,b\n1,2\n${long}\r\n3,"${'canary\n'.repeat(200)}"\n4,5\n6,"${'canary'.repeat(400)}`
    const failed = '[MASKING FAILED],[MASKING FAILED]'
    const expected: Record<string, string> = {
      truncate: `a,b\nX,2\n${failed}\r\n${failed}\nX,5\n${failed}`,
      drop: 'a,b\nX,2\nX,5\n',
      text: `a,b\nX,2\nX${long.slice(1)}\r\nX,"${'canary\n'.repeat(200)}"\nX,5\n${failed}`,
    }
    for (const [policy, out] of Object.entries(expected)) {
      for (const cut of [1, 700, 1023, 5000]) {
        const masker = createMasker(`version: "1.0"\npolicy: {on_oversize: ${policy}}\n${fixed('a').slice(15)}`, { runSecret, ...limit })
        const bytes = Buffer.from(text)
        const places = Array.from({ length: Math.floor(bytes.length / cut) }, (_, i) => i * cut)
        expect(feedChunks(masker, csv, cutAt(bytes, places)).toString()).toBe(out)
        expect(masker.stats().errors).toEqual(policy === 'text' ? { oversize: 2, not_csv: 1 } : { oversize: 3 })
      }
    }
  })

  it('are measured without their line end', () => {
    const masker = make(fixed('a'), { policy: { max_record_bytes: 1024 } })
    const fits = `1,${'b'.repeat(1022)}`
    for (const end of ['\n', '\r\n', '\r', ''])
      for (const at of [0, 1023, 1024, 1025, 1026]) {
        const bytes = Buffer.from(`a,b\n${fits}${end}`)
        expect(feedChunks(masker, csv, cutAt(bytes, [4 + at])).toString()).toBe(`a,b\nX${fits.slice(1)}${end}`)
      }
    expect(feedText(masker, csv, `a,b\n${fits}b\n`)).toBe('a,b\n[MASKING FAILED],[MASKING FAILED]\n')
  })

  it('are not those that only their JSON makes long', () => {
    const names = Array.from({ length: 60 }, (_, i) => `column-${'n'.repeat(20)}${i}`)
    const masker = make(fixed('a'), { policy: { max_record_bytes: 4096 } })
    const text = `a,${names.join()}\n1${',2'.repeat(60)}\n`
    expect(feedText(masker, csv, text)).toBe(text.replace('\n1,', '\nX,'))
  })
})

describe('verify', () => {
  it('looks at finished rows and at the header', () => {
    const key = 'AKIA' + 'QWERTYUIOPASDFGH'
    const masker = createMasker(`version: "1.0"\npolicy: {verify: true}\n${fixed('a', `"key ${key},"`).slice(15)}`, { runSecret })
    expect(feedText(masker, csv, 'a,b,c\n1,"2",3\n')).toBe('a,b,c\n"key [MASKING FAILED],","2",3\n')
    expect(masker.stats().errors).toEqual({ verify_hit: 1 })
    const clean = createMasker(`version: "1.0"\npolicy: {verify: true}\n${fixed('a').slice(15)}`, { runSecret })
    expect(feedText(clean, csv, 'a,b\n1,"2"\n1,""" "\n')).toBe('a,b\nX,"2"\nX,""" "\n')
    expect(feedText(clean, csv, `b,${key}\n1,2\n`)).toBe('b,[MASKING FAILED]\n1,2\n')
  })
})

describe('explain', () => {
  it('tells the line, the column and the place in the row', () => {
    const findings: Finding[] = []
    const masker = make('mask-logs:default')
    const text = 'id,password,\n1,hunter22,\n\n"a\nb","x ""q""",z\r3,,"tell ""ann"" <ann@shop.example>"\n'
    expect(feedText(masker, { ...csv, explain: (f) => findings.push(f) }, text)).toContain('3,,"tell ""ann"" <')
    expect(findings.map(({ line, path, detector, start, end }) => ({ line, path, detector, start, end }))).toEqual([
      { line: 2, path: 'password', detector: 'named_secret', start: 2, end: 10 },
      { line: 4, path: 'password', detector: 'named_secret', start: 6, end: 15 },
      { line: 6, path: '3', detector: 'email', start: 18, end: 34 },
    ])
    expect(text.split(/\r|\n/)[5]!.slice(18, 34)).toBe('ann@shop.example')
  })

  it('does not name a sensitive column', () => {
    const findings: Finding[] = []
    feedText(make('mask-logs:default'), { ...csv, explain: (f) => findings.push(f) }, '\ufeff\n"ann@shop.example",b\nbob@shop.example,2\n')
    expect(findings.map(({ line, path, where, start, end }) => ({ line, path, where, start, end }))).toEqual([
      { line: 2, path: '*', where: 'key', start: 0, end: 18 },
      { line: 3, path: '*', where: 'value', start: 0, end: 16 },
    ])
  })

  it('counts lines alike however the input is cut', () => {
    const text = '\n\r\na\r\n1\r\n\r\n"2\r\n\r"\r3\n\n4'
    const bytes = Buffer.from(text)
    for (let at = 0; at <= bytes.length; at++)
      for (let to = at; to <= bytes.length; to++) {
        const lines: (number | undefined)[] = []
        feedChunks(make(fixed('a')), { ...csv, explain: (f) => lines.push(f.line) }, cutAt(bytes, [at, to]))
        expect(lines).toEqual([4, 6, 9, 11])
      }
  })
})

describe('stream', () => {
  it('masks rows, and ends with the error of one that fails after everything before it', async () => {
    const out: string[] = []
    const stream = make(fixed('a')).stream({ ...csv, delimiter: ';' })
    stream.end('a;b\n1;2\n')
    for await (const chunk of stream) out.push(String(chunk))
    expect(out.join('')).toBe('a;b\nX;2\n')
    const failing = createMasker('version: "1.0"\npolicy: {on_mask_error: fail}\nrules:\n- {paths: [a], hash_sources: [{json_path: [id]}], masks: [{type: imitate}]}\n', {
      runSecret,
    }).stream(csv)
    failing.end('b,a\n1\n2\n3,canary\n')
    out.length = 0
    await expect(async () => {
      for await (const chunk of failing) out.push(String(chunk))
    }).rejects.toThrow(expect.objectContaining({ name: 'MaskError', code: 'hash_source_missing', message: expect.not.stringContaining('canary') as string }))
    expect(out.join('')).toBe('b,a\n1\n2\n')
  })
})

describe('several inputs', () => {
  it('each have their header; what has no line end gets one', () => {
    const feed = make(fixed('a')).feed(csv)
    const out: string[] = []
    const take = (pieces: Iterable<readonly Buffer[]>): void => {
      for (const list of pieces) out.push(Buffer.concat(list).toString())
    }
    for (const text of ['a,b\r\n1,2', '', '\ufeffb,a\n1,2\n', 'a', 'b,a\n1,"']) {
      feed.border()
      if (text !== '') take(feed.push(Buffer.from(text)))
    }
    take(feed.end())
    expect(out.join('')).toBe('a,b\r\nX,2\r\n\ufeffb,a\n1,X\na\nb,a\n[MASKING FAILED],[MASKING FAILED]')
    expect(feed.remarks).toEqual([{ input: 5, code: 'not_csv' }])
  })

  it('drop what was cut', () => {
    const feed = make(fixed('a')).feed(csv)
    expect(passThrough(feed, [Buffer.from('a,b\n1,"x')], false).toString()).toBe('a,b\n')
    expect(feed.cut).toBe(true)
    feed.dropCut()
    expect(feed.cut).toBe(false)
    expect([...feed.end()].flat()).toEqual([])
  })
})

// ------------------------------------------------------------------------------------------------ any CSV

const pieces = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('x', 'y ', ' z', ',', '"', '""', '\n', '\r', '\r\n', ';', '\t', '\\', '\\n', '\u0001', '\u00e9', '\u{1f600}', '{', '}', ':', '1') },
  { weight: 2, arbitrary: fc.constantFrom('ann@shop.example', '4111111111111111', 'password=hunter22-x', '{"password":"x,y"}', 'Bearer abcdef.ghijkl', '[1,"ann@shop.example"]') },
)
const cellText = fc.array(pieces, { maxLength: 5 }).map((parts) => parts.join(''))

/** A table as text, with the quotes that are needed and some that are not. */
const tables = fc
  .record({
    names: fc.uniqueArray(fc.oneof(fc.constantFrom('a', 'b', 'id', 'password', 'email', 'na"me', 'x,y', ' z', '\u00fc'), cellText), { minLength: 1, maxLength: 5 }),
    rows: fc.array(fc.array(cellText, { minLength: 1, maxLength: 6 }), { maxLength: 6 }),
    quotes: fc.infiniteStream(fc.boolean()),
    ends: fc.infiniteStream(fc.constantFrom('\n', '\n', '\r\n', '\r')),
    last: fc.boolean(),
    delimiter: fc.constantFrom(',', ';', '\t'),
  })
  .map(({ names, rows, quotes, ends, last, delimiter }) => {
    const cell = (text: string, alone: boolean): string => {
      const must = text.includes(delimiter) || /[\r\n]/.test(text) || text.startsWith('"') || (alone && text === '')
      return must || quotes.next().value ? `"${text.replaceAll('"', '""')}"` : text
    }
    const lines = [names, ...rows].map((cells) => cells.map((text) => cell(text, cells.length === 1)).join(delimiter))
    const text = lines.map((line, i) => (i === lines.length - 1 && !last ? line : line + ends.next().value)).join('')
    return { text, names, rows, delimiter }
  })

const deterministic = [
  'mask-logs:default',
  rules(`- {paths: [a], masks: [{type: from_fixed, value: 'n,"w'}]}
- {keys: [id], masks: [{type: imitate_unique}]}
- {keys: [b], masks: [{type: remove}]}
`),
]

describe('any CSV', () => {
  const masker = make(deterministic)
  const oracle = make(deterministic)

  it('reads again as the masked rows, and what is not masked keeps its bytes', () => {
    fc.assert(
      fc.property(tables, ({ text, names, rows, delimiter }) => {
        const before = parseCsv(text, delimiter).filter((row) => row.cells.length > 0)
        expect(before.map((row) => row.cells.map((c) => c.text))).toEqual([names, ...rows])
        const after = parseCsv(feedText(masker, { ...csv, delimiter }, text), delimiter).filter((row) => row.cells.length > 0)
        expect(after.map((row) => row.end)).toEqual(before.map((row) => row.end))
        rows.forEach((cells, r) => {
          const record = new Map(cells.map((cell, c) => [(names[c] ?? '') === '' ? String(c + 1) : names[c]!, cell]))
          if (record.size < cells.length) return
          const masked = oracle.value(record)
          const got = after[r + 1]!.cells
          expect(got.length).toBe(cells.length)
          ;[...record.keys()].forEach((name, c) => {
            // a sensitive name is masked in the record, not in the row
            const wanted = [...masked.keys()].includes(name) || oracle.text(name) === name ? (masked.get(name) ?? '') : undefined
            if (wanted === undefined) return
            expect(got[c]!.text).toBe(wanted)
            if (masked.get(name) === cells[c]) expect(got[c]!.raw).toBe(before[r + 1]!.cells[c]!.raw)
          })
        })
      }),
      { numRuns: 1500 },
    )
  })

  it('gives the same however it is cut, and whatever runs before', () => {
    fc.assert(
      fc.property(tables, fc.array(fc.nat(500), { maxLength: 6 }), ({ text, delimiter }, at) => {
        const bytes = Buffer.from(text)
        expect(feedChunks(masker, { ...csv, delimiter }, cutAt(bytes, at)).toString()).toBe(feedText(oracle, { ...csv, delimiter }, text))
      }),
      { numRuns: 1500 },
    )
  })

  it('gives the same with explain, which goes without the skim', () => {
    fc.assert(
      fc.property(tables, ({ text, delimiter }) => {
        expect(feedText(masker, { ...csv, delimiter, explain: () => {} }, text)).toBe(feedText(oracle, { ...csv, delimiter }, text))
      }),
      { numRuns: 500 },
    )
  })

  it('that is none ends without a word of what is in it', () => {
    const junk = fc.array(fc.oneof(pieces, fc.constantFrom('"', '"canary"', 'canary', ',')), { maxLength: 40 }).map((parts) => parts.join(''))
    const hides = make(rules('- {paths: ["*"], masks: [{type: from_fixed, value: X}]}\n'))
    fc.assert(
      fc.property(junk, fc.array(fc.nat(200), { maxLength: 4 }), (text, at) => {
        const bytes = Buffer.from(`a,b\n${text}`)
        const out = feedChunks(hides, csv, cutAt(bytes, at)).toString()
        expect(out).not.toContain('canary')
        expect(out).toBe(feedChunks(hides, csv, [bytes]).toString())
      }),
      { numRuns: 2000 },
    )
  })
})
