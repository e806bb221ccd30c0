import { describe, expect, it } from 'vitest'
import { findingLine } from '../src/cli/messages.ts'
import { createMasker } from '../src/index.ts'
import type { Finding, MaskerOptions } from '../src/index.ts'
import { detectors } from '../src/detectors/index.ts'
import { readExample } from './helpers/scan-driver.ts'

const RULES = { version: '1.0', rules: [{ name: 'all', detect: ['all'] }] }
const make = (options: MaskerOptions = {}): ReturnType<typeof createMasker> => createMasker(RULES, options)
/** `detector decision codes [by]` of each finding, in the order of the text. */
const told = (findings: readonly Finding[]): string[] =>
  [...findings]
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .map((f) => `${f.detector} ${f.decision} ${(f.reasons ?? []).map((r) => r.code).join(' ')}${f.absorbed_by === undefined ? '' : ` by ${f.absorbed_by}`}`)

describe('reasons', () => {
  const cases: Record<string, string[]> = {
    'card 4111 1111 1111 1111': ['credit_card mask checked check:luhn iin:visa word-before:card'],
    'n 4111111111111111': ['credit_card mask checked check:luhn iin:visa'],
    'n 4111111111111112': ['credit_card keep failed:luhn'],
    'offset=4111111111111111': ['credit_card keep iin:visa negative:offset no-context'],
    'x 5610591081018250': ['credit_card keep iin:other no-context'],
    'to DE89370400440532013000': ['iban mask proved check:mod97'],
    'to DE89370400440532013001': ['iban keep failed:mod97'],
    [`t ghp_${'x'.repeat(36)}`]: ['github_token keep placeholder'],
    'call mobile 4155552671': ['phone mask formed word-before:mobile'],
    'login password=failed': ['named_secret keep key:strong word bigram:3.7 no-evidence'],
    'login password=${PW}': ['named_secret keep key:strong placeholder no-evidence'],
    'login password=hunter2': ['named_secret mask checked key:strong bigram:4.5'],
    'to 16L5yRNPTuciSgXGHqYwn9N6NeoKqopAv': ['btc_address keep failed:sum'],
    'at 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed': ['eth_address mask proved check:eip55'],
    'tx 0x52908400098527886e0f7030069857d2e4169ee7': ['eth_address keep no-context'],
    '"legal winner thank year wave sausage worth useful legal winner thank zoo"': ['seed_phrase keep failed:bip39'],
  }
  for (const [text, expected] of Object.entries(cases))
    it(text, () => {
      const line = make().explain(text)
      expect(told(line)).toEqual(expected)
      // the same in a record, plain and escaped
      const plain = make().explain(JSON.stringify({ m: text }))
      const escaped = make().explain(JSON.stringify({ m: `é\n${text}` }).replace('é', '\\u00e9'))
      for (const findings of [plain, escaped]) expect(told(findings)).toEqual(expected)
    })

  it('adds up to the score', () => {
    for (const text of Object.keys(cases))
      for (const { decision, score, reasons } of make().explain(text)) if (decision === 'mask') expect(reasons!.reduce((sum, { add }) => sum + add, 0)).toBeCloseTo(score!, 5)
  })

  it('says what another match has taken', () => {
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'
    const findings = make().explain(`https://x.example/?token=${token}`)
    expect(findings.filter((f) => f.decision === 'mask').map((f) => f.detector)).toEqual(['url_secret_parameter'])
    expect(told(findings)).toContain('jwt keep proved check:header overlap:url_secret_parameter by url_secret_parameter')
  })

  it('names group, tier, and keys of records', () => {
    const findings = make().explain('{"card":{"number":"5610591081018250"},"password":"hunter2","token":"opened","api_key":"${KEY}","n":4111111111111111}')
    expect(findings).toMatchObject([
      {
        path: 'card.number',
        detector: 'credit_card',
        group: 'pci',
        tier: 0,
        decision: 'mask',
        reasons: [{ code: 'checked', add: 0.75 }, {}, { code: 'iin:other', add: 0 }, { code: 'key:card', add: 0.05 }],
      },
      {
        path: 'password',
        detector: 'named_secret',
        group: 'secrets',
        tier: 1,
        decision: 'mask',
        reasons: [
          { code: 'key:strong', add: 0.95 },
          { code: 'bigram:4.5', add: 0 },
        ],
      },
      { path: 'token', decision: 'keep', reasons: [{ code: 'key:record-strong' }, { code: 'word' }, { code: 'bigram:3.4' }] },
      { path: 'api_key', decision: 'keep', reasons: [{ code: 'key:strong' }, { code: 'placeholder' }] },
      { path: 'n', where: 'number', detector: 'credit_card', decision: 'mask', reasons: [{ code: 'checked' }, { code: 'check:luhn' }] },
    ])
  })

  it('tells values that a skip entry spares', () => {
    const masker = createMasker({ version: '1.0', rules: [{ detect: ['credit_card'], skip: ['4111111111111111'] }] })
    expect(told(masker.explain('card 4111111111111111'))).toEqual(['credit_card keep iin:visa word-before:card skipped'])
  })
})

it('says nothing twice, and nothing of the record before', () => {
  const masker = make()
  const first = masker.explain('{"a":"n 4111111111111112","b":"nothing","c":"n 4111111111111112"}')
  expect(first.map((f) => f.path)).toEqual(['a', 'c'])
  expect(masker.explain('{"b":"nothing at all","c":"4"}')).toEqual([])
  expect(masker.explain('plain text')).toEqual([])
})

it('masks the same when it explains', () => {
  const out: string[] = []
  const texts = detectors.flatMap((d) => [...d.examples.map((e) => readExample(e).text), ...d.counterExamples])
  const records = Buffer.from(texts.map((text) => `${JSON.stringify({ m: text })}\n${text.replace(/[\r\n]/g, ' ')}\n`).join(''))
  for (const explain of [undefined, () => {}]) {
    const engine = make({ runSecret: 'a run secret that is long enough' }).lines(explain === undefined ? {} : { explain })
    out.push(Buffer.concat([...engine.block(records)].map((piece) => Buffer.from(piece))).toString())
  }
  expect(out[1]).toBe(out[0])
})

it('never shows what it found, masked or kept', () => {
  const masker = make({ knownSecrets: ['Corr3ct-Horse/9'] })
  for (const detector of detectors) {
    for (const example of detector.examples) {
      const { text, marked } = readExample(example)
      for (const input of [text, JSON.stringify({ m: text })]) {
        const findings = masker.explain(input)
        const shown = `${JSON.stringify(findings)}\n${findings.map((f) => findingLine(f)).join('\n')}`
        for (const value of marked) if (value.length >= 6) expect(shown.includes(value), `${detector.name}: ${value}`).toBe(false)
      }
    }
    for (const text of detector.counterExamples) if (/^\S{12,}$/.test(text)) expect(JSON.stringify(masker.explain(text)).includes(text), text).toBe(false)
  }
})

it('is a line for people', () => {
  const [finding] = make().explain('{"msg":"card 4111111111111111"}')
  expect(findingLine({ ...finding!, line: 3 })).toBe('3:13-29 msg credit_card by all 0.75 length 16 [checked check:luhn iin:visa word-before:card] -> mask')
})
