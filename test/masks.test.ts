import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MaskError } from '../src/errors.ts'
import { masks } from '../src/masks/index.ts'
import { REMOVED } from '../src/engine/types.ts'
import { compileMasks, contextFor, nodeOf, runMask } from './support/mask-harness.ts'
import { readValue, writeValue } from './support/values.ts'

describe('examples of the masks', () => {
  for (const mask of masks) {
    mask.examples.forEach((example, i) => {
      it(`${mask.type} ${i}: ${JSON.stringify(example.options ?? {})} on ${example.in}`, () => {
        const run = (): string => runMask({ type: mask.type, ...example.options }, example.in, { inputs: example.inputs, document: example.document })
        if (example.error === undefined) expect(run()).toBe(example.out)
        else expect(run).toThrow(expect.objectContaining({ name: 'MaskError', code: example.error, mask: mask.type }))
      })
    })
  }
})

/** Options that let every mask of the registry compile. */
const needed: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  chain: { masks: [{ type: 'redact' }] },
  concat: { masks: [{ type: 'do_nothing' }, { type: 'imitate' }] },
  from_choices: { choices: [1, { value: 'x', weight: 0.5 }] },
  from_file: { seed_file: 'DataMasque_firstNames_mixed.csv' },
  from_fixed: { value: 'x' },
  from_format_string: { format: '{[a-z],1:3}' },
  from_json_path: { path: ['a'] },
  from_random_date: { min: '2020-01-01', max: 'now' },
  from_random_datetime: { min: '2020-01-01', max: 'now' },
  from_random_number: { max: 10, mode: 3 },
  from_random_text: { max: 3 },
  json: { transforms: [{ path: ['*'], masks: [{ type: 'redact' }] }], fallback_masks: [{ type: 'redact' }] },
  numeric_bucket: { buckets: [0, 10] },
  replace_regex: { regex: '[a-z]+', masks: [{ type: 'imitate' }] },
  replace_substring: { start_index: 1, masks: [{ type: 'imitate' }] },
  retain_date_component: { day: true },
  set_checksum: { checksum_type: 'luhn' },
  transform_case: { transform: 'title' },
  typecast: { typecast_as: 'integer' },
  unstructured_text: {
    matchers: {
      regex: [{ label: 'DIGITS', pattern: '[0-9]+', context_filters: [{ pattern: 'id', action: 'exclude' }] }],
      checksum: [{ label: 'NUMBER', type: 'luhn' }],
      seed_files: [{ label: 'NAME', seed_file: 'DataMasque_firstNames_mixed.csv' }],
      detectors: [{ label: 'MAIL', detector: 'email' }],
    },
    masks: [{ label: 'NAME', masks: [{ type: 'redact' }] }],
    fallback_masks: [{ type: 'imitate' }],
  },
  xml: { transforms: [{ path: '//*', on_missing: 'skip', node_transforms: [{ type: 'text', masks: [{ type: 'redact' }] }] }], fallback_masks: [{ type: 'redact' }] },
}

function raw(type: string): Record<string, unknown> {
  return { type, ...needed[type] }
}

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'0123456789-./: +TZ()@%[]{}?&=#aF'), maxLength: 30 }),
  fc.constantFrom('2024-02-29', '1984-07-22T10:11:12Z', '4111 1111 1111 1111', '203.0.113.7', 'https://a:b@c/d?e=f', '{"a":[1]}', '-', '-0', '\ud800', '49-091-850'),
)
const anything = fc.oneof(
  texts.map((text) => JSON.stringify(text)),
  fc.json({ maxDepth: 3 }),
  fc.constantFrom('1e400', '-0', '0.10', '12345678901234567890', '1772323200000', '[[]]'),
)

describe('every mask', () => {
  it('has a summary, options with summaries, and examples', () => {
    for (const mask of masks) {
      expect(mask.summary, mask.type).toMatch(/\.$/)
      for (const [name, option] of Object.entries(mask.options)) expect(option.summary, `${mask.type}.${name}`).toMatch(/\.$/)
      if (mask.type !== 'from_file') expect(mask.examples.length, mask.type).toBeGreaterThan(0)
    }
    expect(new Set(masks.map((mask) => mask.type)).size).toBe(masks.length)
  })

  for (const mask of masks) {
    it(`${mask.type} throws nothing but MaskError, never with data, and is repeatable`, () => {
      const masker = compileMasks([raw(mask.type)])
      fc.assert(
        fc.property(anything, (json) => {
          const value = readValue(json)!
          const run = (): string => {
            try {
              const result = masker(value, contextFor(value))
              return result === REMOVED ? '' : writeValue(result)
            } catch (error) {
              if (!(error instanceof MaskError)) throw error
              // A short word may well be one of the message's own.
              if (typeof value === 'string' && value.length > 3 && !/^[a-z ]{1,8}$/.test(value)) expect(error.message).not.toContain(value)
              expect(error.cause).toBeUndefined()
              return error.code
            }
          }
          expect(run()).toBe(run())
        }),
        { numRuns: 80 },
      )
    })

    it(`${mask.type} ${mask.input === 'G' ? 'replaces' : 'passes'} null, and takes random draws without hash sources`, () => {
      const masker = compileMasks([raw(mask.type)])
      const result = masker(null, contextFor(null, { inputs: [] }))
      if (mask.input === 'G') expect(result).not.toBeNull()
      // The inner mask of these, and `remove`, do not read their input.
      else if (mask.type !== 'remove') expect(result).toBeNull()
    })
  }

  it('of type T refuses other scalars and containers by the codes of the specification', () => {
    for (const mask of masks.filter((one) => one.input === 'T')) {
      const masker = compileMasks([raw(mask.type)])
      for (const [json, code] of [
        ['7', 'non_string_value'],
        ['true', 'non_string_value'],
        ['[]', 'wrong_input_type'],
        ['{}', 'wrong_input_type'],
      ] as const) {
        const value = readValue(json)!
        // its container error is fixed by the REST interface
        const expected = mask.type === 'replace_regex' ? 'non_string_value' : code
        expect(() => masker(value, contextFor(value)), mask.type).toThrow(expect.objectContaining({ code: expected }))
      }
      expect(() => masker(true, contextFor(true))).toThrow(`${mask.type} received a non-string value`)
      expect(masker('', contextFor('')), mask.type).toBe('')
    }
  })
})

describe('imitate_unique', () => {
  const run = (json: string, options: object = {}): string => runMask({ type: 'imitate_unique', ...options }, json)

  it('gives 10,000 different results for 10,000 different values', () => {
    const masker = compileMasks([{ type: 'imitate_unique' }])
    const seen = new Set<unknown>()
    for (let i = 0; i < 10_000; i++) {
      const text = `cust-${String(i * 7919).padStart(9, '0')}`
      seen.add(masker(text, contextFor(text)))
    }
    expect(seen.size).toBe(10_000)
  })

  it('is a permutation of small domains', () => {
    for (const options of [{}, { seed: 'product' }]) {
      for (const [from, to] of [
        [0, 10],
        [10, 100],
        [100, 1000],
        [1000, 10_000],
      ] as const) {
        const masker = compileMasks([{ type: 'imitate_unique', ...options }])
        const results = new Set<number>()
        for (let i = from; i < to; i++) results.add(Number(writeValue(masker(readValue(String(i))!, contextFor(null)) as string)))
        expect(results.size).toBe(to - from)
        expect(Math.min(...results)).toBe(from)
        expect(Math.max(...results)).toBe(to - 1)
      }
    }
  })

  it('keeps the permutations of different shapes apart', () => {
    // `-5` and `5`, `007` and `7`: results of one shape are never those of another.
    const values = ['5', '-5', '05', '005', 'A5', '5A', 'a5', '0', '00', '-0', '-00', '50', '05A']
    expect(new Set(values.map((text) => run(JSON.stringify(text)))).size).toBe(values.length)
  })

  it('keeps length, type and kind of every character', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const result = readValue(run(JSON.stringify(text))) as string
        expect([...result].map((c) => c.replace(/[A-Z]/, 'A').replace(/[a-z]/, 'a').replace(/[0-9]/, '0')).join('')).toBe(
          [...text].map((c) => c.replace(/[A-Z]/, 'A').replace(/[a-z]/, 'a').replace(/[0-9]/, '0')).join(''),
        )
      }),
    )
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (number) => {
        const result = run(String(number))
        expect(result).toMatch(/^-?(0|[1-9]\d*)$/)
        expect(result.length).toBe(String(number).length)
      }),
    )
  })

  it('refuses charsets that share a character', () => {
    expect(() => nodeOf({ type: 'imitate_unique', charsets: ['A-F', 'E-Z'] })).toThrow('invalid_value')
    expect(() => nodeOf({ type: 'imitate_unique', charsets: ['z-a'] })).toThrow('invalid_value')
  })

  it('leaves long stretches of other characters as they are', () => {
    const long = '-é'.repeat(200_000)
    const result = readValue(run(JSON.stringify(`a${long}7🙂${long}`))) as string
    expect(result.length).toBe(4 + 2 * long.length)
    expect(
      /^[a-z](.*)[0-9]🙂(.*)$/s
        .exec(result)
        ?.slice(1)
        .every((part) => part === long),
    ).toBe(true)
    expect(run(JSON.stringify(`${'a'.repeat(4000)}${long}`))).toHaveLength(4002 + long.length)
  })

  it('fails closed on values that are too long to permute', () => {
    expect(() => run(JSON.stringify('a'.repeat(5000)))).toThrow(expect.objectContaining({ code: 'out_of_range' }))
  })
})

describe('properties of results', () => {
  it('imitate keeps the shape; integers stay integers of their length', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.boolean(), (number, force) => {
        const result = runMask({ type: 'imitate', force_change: force }, String(number))
        expect(result).toMatch(/^-?(0|[1-9]\d*)$/)
        if (number !== 0n || !force) expect(result.length).toBe(String(number).length)
      }),
    )
  })

  it('imitate_uuid and imitate_nz_ird are one-to-one', () => {
    const uuids = new Set<string>()
    for (let i = 0; i < 300; i++) uuids.add(runMask({ type: 'imitate_uuid' }, `"f47ac10b-58cc-4372-a567-0e02b2c3${String(i).padStart(4, '0')}"`))
    expect(uuids.size).toBe(300)
    for (const uuid of uuids) expect(uuid).toMatch(/^"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"$/)
    const valid: string[] = []
    for (let n = 49_091_850; valid.length < 60; n++) {
      const set = runMask({ type: 'set_checksum', checksum_type: 'nz_ird' }, String(n))
      if (!valid.includes(set)) valid.push(set)
    }
    const results = valid.map((number) => runMask({ type: 'imitate_nz_ird' }, number))
    expect(new Set(results).size).toBe(valid.length)
    // Every result is valid itself.
    for (const number of results) expect(runMask({ type: 'set_checksum', checksum_type: 'nz_ird' }, number)).toBe(number)
  })

  it('credit_card, iban and brazilian_cpf keep their checksums valid', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[2-6][0-9]{11,18}$/), (digits) => {
        const card = runMask({ type: 'credit_card' }, `"${digits}"`)
        expect(card).toHaveLength(digits.length + 2)
        expect(runMask({ type: 'set_checksum', checksum_type: 'luhn' }, card)).toBe(card)
      }),
      { numRuns: 40 },
    )
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{11}$/), (digits) => {
        const cpf = runMask({ type: 'brazilian_cpf' }, `"${digits}"`)
        expect(runMask({ type: 'set_checksum', checksum_type: 'cpf' }, cpf)).toBe(cpf)
      }),
      { numRuns: 40 },
    )
  })

  it('iban keeps any number of spaces where they are', () => {
    const spaces = ' '.repeat(200_000)
    const plain = JSON.parse(runMask({ type: 'iban' }, '"DE89370400440532013000"')) as string
    expect(runMask({ type: 'iban' }, `"DE89${spaces}370400440532013000"`)).toBe(`"${plain.slice(0, 4)}${spaces}${plain.slice(4)}"`)
  })

  it('ip prefix keeps exactly the common prefix', () => {
    const bits = (address: string): string =>
      address
        .split('.')
        .map((byte) => Number(byte).toString(2).padStart(8, '0'))
        .join('')
    const common = (a: string, b: string): number => [...a].findIndex((bit, i) => bit !== b[i])
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), (a, b) => {
        const [x, y] = [a, b].map((address) => JSON.parse(runMask({ type: 'ip', mode: 'prefix', keep_special: false }, `"${address}"`)) as string)
        expect(common(bits(x!), bits(y!))).toBe(common(bits(a), bits(b)))
      }),
      { numRuns: 50 },
    )
  })

  it('date_shift moves by min_days to max_days, never 0, and keeps the format', () => {
    const days = new Set<number>()
    for (let i = 0; i < 300; i++) {
      const out = JSON.parse(runMask({ type: 'date_shift', min_days: 2, max_days: 5 }, '"2024-06-15"', { inputs: [String(i)] })) as string
      days.add((Date.parse(out) - Date.parse('2024-06-15')) / 86_400_000)
    }
    expect([...days].sort((a, b) => a - b)).toEqual([-5, -4, -3, -2, 2, 3, 4, 5])
  })

  it.each([
    ['2024-06-15', '2024-06-16'],
    ['2024-06-15 10:11', '2024-06-16 10:11'],
    ['2024-06-15T10:11:12,5Z', '2024-06-16T10:11:12,5Z'],
    ['2024/06/15', '2024/06/16'],
    ['20240615', '20240616'],
    ['20240615T101112Z', '20240616T101112Z'],
    ['6/15/2024', '6/16/2024'],
    ['06/15/24', '06/16/24'],
    ['15.06.2024', '16.06.2024'],
    ['15 Jun 2024', '16 Jun 2024'],
    ['15 June 2024 10:11 PM', '16 June 2024 10:11 PM'],
    ['JUN 15, 2024', 'JUN 16, 2024'],
    ['June 15, 2024', 'June 16, 2024'],
    ['Sat, 15 Jun 2024 08:49:37 GMT', 'Sun, 16 Jun 2024 08:49:37 GMT'],
    ['15-jun-2024', '16-jun-2024'],
    ['2024-12-31', '2025-01-01'],
  ])('date_shift writes %s as %s', (text, next) => {
    // Of the two directions, the inputs that go forward.
    const inputs = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].find((one) => runMask({ type: 'date_shift', max_days: 1 }, '"2024-06-15"', { inputs: [one] }) === '"2024-06-16"')!
    expect(runMask({ type: 'date_shift', max_days: 1 }, JSON.stringify(text), { inputs: [inputs] })).toBe(JSON.stringify(next))
  })

  it.each(['2024-02-30', '2024-13-01', '13/13/2024', '24-06-15T', 'June', '31 Feb 2024', '2024-06-15T25:00', '1/2/3/4', '99999999'])('date_shift refuses %s', (text) => {
    expect(() => runMask({ type: 'date_shift' }, JSON.stringify(text))).toThrow(expect.objectContaining({ code: 'bad_date_value' }))
  })

  it('retain_age keeps the age, on leap days too', () => {
    const age = (born: string, today: string): number => {
      const [y, m, d] = born.split('-').map(Number) as [number, number, number]
      const [Y, M, D] = today.split('-').map(Number) as [number, number, number]
      const leap = Y % 4 === 0 && (Y % 100 !== 0 || Y % 400 === 0)
      const [bm, bd] = m === 2 && d === 29 && !leap ? [3, 1] : [m, d]
      return Y - y - (M < bm || (M === bm && D < bd) ? 1 : 0)
    }
    for (const today of ['2024-02-28', '2024-02-29', '2024-03-01', '2025-02-28', '2025-03-01', '2026-11-24']) {
      for (let i = 0; i < 60; i++) {
        const born = new Date(Date.UTC(1960, 0, 1 + i * 397)).toISOString().slice(0, 10)
        const out = JSON.parse(runMask({ type: 'retain_age' }, `"${born}"`, { now: Date.parse(today) })) as string
        expect([born, out, age(out, today)]).toEqual([born, out, age(born, today)])
      }
      const leapling = JSON.parse(runMask({ type: 'retain_age' }, '"2000-02-29"', { now: Date.parse(today) })) as string
      expect(age(leapling, today)).toBe(age('2000-02-29', today))
    }
  })

  it('from_file, name and email agree on a person', () => {
    for (const id of ['1', '2', '3', 'x']) {
      const first = JSON.parse(runMask({ type: 'from_file', seed_file: 'DataMasque_firstNames_mixed.csv' }, 'null', { inputs: [id] })) as string
      const last = JSON.parse(runMask({ type: 'from_file', seed_file: 'DataMasque_lastNames_v2.csv' }, 'null', { inputs: [id] })) as string
      expect(runMask({ type: 'name' }, '"Ann Bo"', { inputs: [id] })).toBe(JSON.stringify(`${first} ${last}`))
      const local = (word: string): string =>
        word
          .toLowerCase()
          .normalize('NFD')
          .replace(/[^a-z]/g, '')
      expect(runMask({ type: 'email', domain: 'd.example' }, '"a@b.example"', { inputs: [id] })).toBe(`"${local(first)}.${local(last)}@d.example"`)
    }
  })

  it('identity forms: one card, IBAN, phone, address or e-mail however it is spelled', () => {
    const same: readonly (readonly [Record<string, unknown>, string, string])[] = [
      [{ type: 'credit_card' }, '4111 1111 1111 1111', '4111-1111-1111-1111'],
      [{ type: 'iban' }, 'DE89 3704 0044 0532 0130 00', 'de89370400440532013000'],
      [{ type: 'phone' }, '+64 21 555 0123', '+64-21-5550123'],
      [{ type: 'ip', mode: 'random' }, '2001:db8:0:0::1', '2001:DB8::1'],
      [{ type: 'email', style: 'token' }, 'Ann@Shop.Example', 'ann@shop.example'],
      [{ type: 'mac' }, '00:1a:2b:3c:4d:5e', '001A.2B3C.4D5E'],
      [{ type: 'social_security_number' }, '123-45-6789', '123456789'],
    ]
    for (const [mask, a, b] of same) {
      const plain = (text: string): string =>
        runMask(mask, JSON.stringify(text))
          .toLowerCase()
          .replace(/[^a-z0-9@]/g, '')
      expect(plain(a)).toBe(plain(b))
    }
  })
})

describe('adversarial input', () => {
  it('is masked in linear time', { retry: 2 }, () => {
    const inputs: readonly (readonly [string, (n: number) => string])[] = [
      ['url', (n) => '&'.repeat(n)],
      ['url', (n) => '?' + 'a&'.repeat(n / 2)],
      ['url', (n) => 'a://'.repeat(n / 4)],
      ['url', (n) => 'x://a:b/'.repeat(n / 8)],
      ['url', (n) => ' a://'.repeat(n / 5)],
      ['imitate', (n) => 'a1-'.repeat(n / 3)],
      ['partial', (n) => '- '.repeat(n / 2)],
      ['date_shift', (n) => '1'.repeat(n)],
      ['typecast', (n) => '1'.repeat(n)],
      ['ip', (n) => ':'.repeat(n)],
      ['phone', (n) => '1-'.repeat(n / 2)],
      ['email', (n) => '@'.repeat(n)],
      ['name', (n) => ' '.repeat(n)],
      ['transform_case', (n) => 'a '.repeat(n / 2)],
      ['round', (n) => '9'.repeat(n)],
      ['set_checksum', (n) => '9'.repeat(n)],
      ['iban', (n) => 'DE'.repeat(n / 2)],
    ]
    for (const [type, make] of inputs) {
      const masker = compileMasks([raw(type)])
      const time = (n: number): number => {
        const text = make(n)
        let best = Infinity
        for (let i = 0; i < 3; i++) {
          const start = performance.now()
          try {
            masker(text, contextFor(text))
          } catch (error) {
            expect(error).toBeInstanceOf(MaskError)
          }
          best = Math.min(best, performance.now() - start)
        }
        return best
      }
      const small = time(50_000)
      const large = time(200_000)
      // Four times the input: quadratic work would take sixteen times as long.
      expect(large, `${type}: ${small.toFixed(2)} ms, then ${large.toFixed(2)} ms`).toBeLessThan(Math.max(10 * small, 40))
    }
  })
})
