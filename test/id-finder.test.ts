// Identifiers in context: what counts as a word that names one, how far it reaches, and that the first pass in WebAssembly
// rules out nothing that the finder finds.

import { describe, expect, it } from 'vitest'
import { idRows } from '../src/detectors/index.ts'
import { createMasker } from '../src/index.ts'
import { blockOf, difference, maskerWith } from './helpers/skim-pairs.ts'

const redact = [{ type: 'redact' }]
const all = { version: '1.0', rules: [{ detect: ['all'], masks: redact }] }

const masker = createMasker(all, { runSecret: 'a secret for tests of identifiers' })
const masked = (record: unknown): unknown => JSON.parse(masker.json(JSON.stringify(record)))

describe('words that name an identifier', () => {
  const id = '7523169263'
  const found: readonly string[] = [
    `egn ${id}`,
    `EGN: ${id}`,
    `egn=${id}`,
    `the egn is ${id}`,
    `national id ${id}`,
    `national_id=${id}`,
    `nationalId: ${id}`,
    `nationalid ${id}`,
    `national-id ${id}`,
    `egns ${id}`,
    `{"egn": "${id}"`,
    `egn\n${id}`,
    `passport no X1234567`,
    `PASSPORT NO X1234567`,
    `护照号码 X1234567`,
  ]
  for (const text of found) it(`are found: ${JSON.stringify(text)}`, () => expect(masked({ msg: text })).not.toEqual({ msg: text }))

  const kept: readonly string[] = [
    id,
    `x${'egn'} ${id}`,
    `egn ${'word '.repeat(12)}${id}`,
    `egn\n\n${id}`,
    `egn=1 order=${id}`,
    `egn order ${id}`,
    `egn, offset: ${id}`,
    `legend ${id}`,
    'passport service answered after 12345678',
    'passport X1',
    'dob 1970-01-01 00:00:00.000000000',
    'age=12 idle=3',
    'max age 60',
    'at 160904-2666',
    '20240915151013061',
  ]
  for (const text of kept) it(`are not: ${JSON.stringify(text)}`, () => expect(masked({ msg: text })).toEqual({ msg: text }))
})

describe('paths that name an identifier', () => {
  it('give strings and numbers of any length a meaning', () => {
    for (const record of [
      { cvv: '123' },
      { cvv: 123 },
      { card: { cvv: 1234 } },
      { patient: { id: 'P0012345' } },
      { patientId: 12345678 },
      { person: { age: 7 } },
      { bicCode: 'DEUTDEFF' },
      { passport: { number: 'C01X00T47' } },
      { passportNumber: 'A12 34567' },
      { dateOfBirth: '1984-07-22' },
      { phoneNumber: '62889' },
      { phone: 6288912 },
      { social_security: 536904399 },
    ])
      expect(JSON.stringify(masked(record)), JSON.stringify(record)).toMatch(/\[REDACTED\]/)
  })

  it('do not where the key speaks of its circumstances, or the value is another one', () => {
    for (const record of [
      { passport: { issuedAt: '2024-05-01' } },
      { passport_issue_date: '20240501' },
      { passport: { country: 'GBR', version: 12345678 } },
      { passport: 'valid' },
      { passport: 'see page 12 of the form' },
      { phone: 'at 2024-05-01' },
      { cvvLength: 123 },
      { page: 12345678 },
    ])
      expect(masked(record)).toEqual(record)
  })
})

describe('the first pass', () => {
  it('rules out no example, under any key', () => {
    const keys = ['msg', 'a', 'id', 'passport', 'count', 'time', 'phone', 'national_id', 'taxId', 'card']
    const lines: string[] = []
    for (const row of idRows) {
      for (const example of [...row.examples, ...row.counterExamples]) {
        const text = example.replace(/[«»]/g, '')
        const marked = [...example.matchAll(/«([^»]*)»/g)].map((m) => m[1]!)
        for (const value of [text, ...marked, `x ${text} y`, `${text}`.toUpperCase(), `${'word '.repeat(7)}${text}`])
          for (const key of keys) lines.push(JSON.stringify({ [key]: value }), JSON.stringify({ [key]: value }).replace(/e/g, '\\u0065'))
      }
    }
    const bytes = Buffer.from(`${lines.filter((line) => !line.includes('\\u0065"')).join('\n')}\n`)
    for (const ruleset of ['mask-logs:default', all]) {
      const skimmed = maskerWith(true, ruleset)
      const walked = maskerWith(false, ruleset)
      expect(difference(blockOf(skimmed.lines(), bytes), blockOf(walked.lines(), bytes), bytes)).toBeUndefined()
      skimmed.close()
      walked.close()
    }
  }, 60_000)
})
