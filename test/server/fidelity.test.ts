// What must hold for all bodies: untouched bytes come back, records are where they are, and what is no JSON is told at its byte.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMasker, createRequestMasker, Keyring } from '../../src/index.ts'
import { checkText, JsonFault, readElements, readMembers } from '../../transports/server/json.ts'
import { answerMask } from '../../transports/server/masking.ts'
import type { MaskPlan } from '../../transports/server/masking.ts'
import { REDACT, SECRET } from './support.ts'

const plan: MaskPlan = { name: 'p', serial: 3, options: { enabled: true, default_log_level: 'WARNING' }, check: undefined, schema_mode: 'enforce' }
const settings = { maxRecords: 100_000, runSecret: undefined, allowedUrls: [] }
const keyring = new Keyring()

/** JSON text with odd spelling and white space; keys may repeat. */
const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/)
const number = fc.oneof(fc.constantFrom('4823.50', '12345678901234567890', '1e3', '-0.0', '1E+2', '0.10', '-12', '9007199254740993', '1e400'), fc.integer().map(String))
const string = fc.oneof(
  fc.constantFrom('"\\u00e9"', '"\\/"', '"a\\\\\\"b"', '"\\ud800"', '"é😀"', '"\\u0022"', '"[]{},:"', '""'),
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => JSON.stringify(text)),
)
const key = fc.constantFrom('"secret"', '"a"', '"b"', '"a b"', '"s\\u0065cret"', '"__proto__"', '"data"')
const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'json' },
    number,
    string,
    fc.constantFrom('true', 'false', 'null'),
    fc
      .tuple(space, fc.array(fc.tuple(space, tie('value'), space), { maxLength: 4, depthIdentifier: 'json' }))
      .map(([empty, items]) => `[${items.length === 0 ? empty : items.map((i) => i.join('')).join(',')}]`),
    fc
      .tuple(space, fc.array(fc.tuple(space, key, space, space, tie('value'), space), { maxLength: 4, depthIdentifier: 'json' }))
      .map(([empty, items]) => `{${items.length === 0 ? empty : items.map(([a, k, b, c, v, d]) => `${a}${k}${b}:${c}${v}${d}`).join(',')}}`),
  ),
}))
const array = fc.tuple(space, fc.array(fc.tuple(space, value, space), { maxLength: 5 })).map(([empty, items]) => ({
  text: `[${items.length === 0 ? empty : items.map((i) => i.join('')).join(',')}]`,
  records: items.map(([, v]) => v),
}))

const dataOf = (answer: { body: Buffer }): string => /"data":([\s\S]*)\}$/.exec(answer.body.toString())![1]!

describe('bodies', () => {
  it('come back byte for byte where no rule applies', () => {
    const masker = createRequestMasker('version: "1.0"\nrules:\n- {paths: [nowhere.at.all], masks: [{type: redact}]}\n')
    fc.assert(
      fc.property(array, space, space, ({ text }, a, b) => {
        const body = Buffer.from(`${a}{${b}"request_id"${a}:"r","data":${b}${text}${a}}${b}`)
        expect(dataOf(answerMask(plan, { masker, keyring, setAiEngine: () => {} }, body, settings))).toBe(text)
      }),
      { numRuns: 300 },
    )
    masker.close()
  })

  it('are masked record by record as the engine masks them', () => {
    const masker = createRequestMasker(REDACT)
    const alone = createMasker(REDACT, { runSecret: SECRET })
    fc.assert(
      fc.property(array, ({ text, records }) => {
        const answer = answerMask(plan, { masker, keyring, setAiEngine: () => {} }, Buffer.from(`{"data":${text},"run_secret":"${SECRET}"}`), settings)
        let at = 0
        let expected = ''
        for (const record of records) {
          const start = text.indexOf(record, at)
          expected += text.slice(at, start) + alone.json(record)
          at = start + record.length
        }
        expect(dataOf(answer)).toBe(expected + text.slice(at))
      }),
      { numRuns: 200 },
    )
    masker.close()
    alone.close()
  })

  it('are refused when they are no JSON, whatever the rules, and only then', () => {
    const transforms = (more: string): string => `version: "1.0"\nrules:\n- masks: [{type: json, transforms: [{path: [a], on_missing: skip, masks: [${more}]}]}]\n`
    const maskers = [REDACT, 'mask-logs:default', transforms('{type: redact}'), transforms('{type: from_json_path, path: [b]}')].map((rules) =>
      createRequestMasker(rules, { policyDefaults: { on_mask_error: 'redact' } }),
    )
    const noise = fc.tuple(value, fc.nat(), fc.constantFrom(',', '"', '{', '}', '[', ']', ':', '0', '.', 'e', '-', '\\', '\u0001', 'tru', ' 1')).map(([text, at, put]) => {
      const i = at % (text.length + 1)
      return text.slice(0, i) + put + text.slice(i + 1)
    })
    const json = (text: string): boolean => {
      try {
        JSON.parse(text)
        return true
      } catch {
        return false
      }
    }
    fc.assert(
      fc.property(fc.array(noise, { minLength: 1, maxLength: 3 }), (records) => {
        const body = `{"data":[${records.join(',')}]}`
        for (const masker of maskers) {
          let status = 200
          try {
            answerMask(plan, { masker, keyring, setAiEngine: () => {} }, Buffer.from(body), settings)
          } catch (error) {
            status = (error as { status: number }).status
          }
          // what runs out of the array may still be an object of another shape
          expect([200, 422].includes(status), body).toBe(json(body))
        }
      }),
      { numRuns: 1000 },
    )
    for (const masker of maskers) masker.close()
  })

  it('have the same results in any order of keys: a key that changes leaves nothing behind', () => {
    const yaml = 'version: "1.0"\nrules:\n- {keys: [a], masks: [{type: imitate}]}\n- {keys: [b], masks: [{type: imitate_unique}]}\n- {detect: [email]}\n'
    const masker = createRequestMasker(yaml)
    const secrets = ['one secret of 20 characters', 'two secret of 20 characters', 'tre secret of 20 characters']
    const record = '{"a":"abc123","b":12345,"c":"mail ann@shop.example now","d":"abc123"}'
    const expected = secrets.map((runSecret) => {
      const alone = createMasker(yaml, { runSecret })
      const out = alone.json(record)
      alone.close()
      return out
    })
    fc.assert(
      fc.property(fc.array(fc.nat(2), { minLength: 1, maxLength: 30 }), (order) => {
        for (const k of order) expect(Buffer.from((masker.use(keyring.key(secrets[k])), masker.record(Buffer.from(record)))!).toString()).toBe(expected[k])
      }),
      { numRuns: 50 },
    )
    masker.close()
  })
})

describe('run secrets', () => {
  it('are counted in characters', () => {
    const masker = createRequestMasker(REDACT)
    const status = (run_secret: string): number => {
      try {
        return answerMask(plan, { masker, keyring, setAiEngine: () => {} }, Buffer.from(JSON.stringify({ run_secret, data: [] })), settings).status
      } catch (error) {
        return (error as { status: number }).status
      }
    }
    for (const one of ['a', 'é', '😀', '\ud800', '\udc00']) {
      expect([19, 20, 256, 257].map((n) => status(one.repeat(n)))).toEqual([400, 200, 200, 400])
    }
    masker.close()
  })

  it('have a key each, found again, and none when they are refused', () => {
    const ring = new Keyring(SECRET, 2)
    expect(() => ring.key('too short')).toThrow()
    expect(() => ring.key('too short')).toThrow()
    const [a, b, c] = ['a', 'b', 'c'].map((one) => one.repeat(20)) as [string, string, string]
    const first = ring.key(a)
    expect(ring.key(a)).toBe(first)
    expect(ring.key(a, false)).not.toBe(first)
    expect(ring.key(a)).toBe(first)
    ring.key(b)
    expect(ring.key(a)).toBe(first)
    ring.key(c)
    expect(ring.key(a)).toBe(first)
    ring.key(b)
    ring.key(c)
    expect(first.closed).toBe(true)
    expect(ring.key(a)).not.toBe(first)
    const last = ring.key(a)
    ring.close()
    expect(last.closed).toBe(true)
  })
})

describe('the scanner', () => {
  const accepts = (text: string): number | true => {
    const bytes = Buffer.from(text)
    try {
      checkText(bytes, 0, bytes.length)
      return true
    } catch (error) {
      if (!(error instanceof JsonFault)) throw error
      return error.at
    }
  }
  const parses = (text: string): boolean => {
    try {
      JSON.parse(text)
      return true
    } catch {
      return false
    }
  }

  it('accepts what JSON.parse accepts, and nothing else', () => {
    fc.assert(
      fc.property(value, (text) => void expect(accepts(text)).toBe(true)),
      { numRuns: 300 },
    )
    const noise = fc
      .tuple(value, fc.nat(), fc.constantFrom('', ',', '"', '{', '}', '[', ']', ':', '0', '.', 'e', '-', '\\', ' ', '\u0001', 'tru', 'nul'))
      .map(([text, at, put]) => {
        const i = at % (text.length + 1)
        return text.slice(0, i) + put + text.slice(i + 1)
      })
    fc.assert(
      fc.property(noise, (text) => void expect(accepts(text) === true, text).toBe(parses(text))),
      { numRuns: 2000 },
    )
  })

  it('names a byte up to which everything is the beginning of some JSON', () => {
    fc.assert(
      fc.property(value, fc.nat(), (text, at) => {
        const bytes = Buffer.from(text)
        const cut = bytes.subarray(0, at % (bytes.length + 1))
        try {
          checkText(cut, 0, cut.length)
        } catch (error) {
          expect((error as JsonFault).at).toBe(cut.length)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('finds members and elements where JSON.parse finds them', () => {
    fc.assert(
      fc.property(array, key, space, ({ text, records }, name, a) => {
        const bytes = Buffer.from(`${a}{${name}:${a}${text}${a}, "x":1}`)
        const [first, second] = readMembers(bytes, 0, bytes.length, new Set([JSON.parse(name) as string]))!
        expect([first!.name, bytes.toString('utf8', first!.start, first!.end), second!.name]).toEqual([JSON.parse(name), text, 'x'])
        const found = readElements(bytes, first!.start, first!.end)
        expect(Array.from({ length: found.length / 2 }, (_, k) => bytes.toString('utf8', found[2 * k], found[2 * k + 1]))).toEqual(records)
      }),
      { numRuns: 300 },
    )
  })

  it('takes depth and length in linear time', () => {
    for (const text of ['['.repeat(1_000_000), `${'['.repeat(500_000)}${']'.repeat(500_000)}`, `"${'\\'.repeat(1_000_000)}`, '{"a":'.repeat(300_000), `[${'1,'.repeat(500_000)}`]) {
      const begun = performance.now()
      accepts(text)
      expect(performance.now() - begun).toBeLessThan(2000)
    }
  })
})
