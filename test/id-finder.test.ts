// Identifiers in context: what counts as a word that names one, how far it reaches, and that the first pass in WebAssembly
// rules out nothing that the finder finds.

import { describe, expect, it } from 'vitest'
import { dated } from '../src/detectors/ids/dated.ts'
import { idRows } from '../src/detectors/index.ts'
import { createMasker } from '../src/index.ts'
import { blockOf, difference, maskerWith } from './helpers/skim-pairs.ts'
import { fill, seeded } from './support/id-shapes.ts'

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
  it('rules out nothing that stands beside a name, or nearly', () => {
    const random = seeded(11)
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
    const names = [...idRows, ...dated].flatMap((row) => row.words)
    const between = [' ', ': ', '=', ':', ' is ', ' no ', ' no. ', ' (', '="', '": "', ' - ', '_', ' #', '\n', ' = ', '\\": \\"', ', ', ' | ', '/', '2 ', 's: ']
    const joints = ['', '', ' ', '-', '.', '/', ', ', ') ', ' x ', ':', '_', ' (', '+', ' +', ' - ']
    const short = [
      '9',
      '99',
      '999',
      '9999',
      '99999',
      '999999',
      'A9',
      'A99',
      'A999',
      'AA99 AAA',
      'AAA 999',
      '99/99',
      '9/99',
      '99/9999',
      '9999-99',
      '9.9.99',
      '99.999.999',
      '999.99',
      '12.345.678',
      '2024-05-01',
      '1 jan 1984',
      '7M.E0K.P3F/KOQB-55',
    ]
    const lines: string[] = []
    for (let i = 0; i < 30_000; i++) {
      const value = (): string => (random() < 0.4 ? fill(pick(short), random) : fill(pick(idRows).shapes[0]!.replace(/\?/g, random() < 0.5 ? '' : '?'), random))
      const example = (): string => pick(pick(idRows).examples).replace(/[«»]/g, '')
      let name = pick(names)
      if (random() < 0.3) name = name.replaceAll(' ', pick(['_', '-', '', '.']))
      if (random() < 0.3) name = random() < 0.5 ? name.toUpperCase() : name.replace(/\b\w/g, (c) => c.toUpperCase()).replaceAll(' ', pick(['', ' ']))
      let text = random() < 0.2 ? example() : `${name}${pick(between)}${value()}`
      if (random() < 0.5)
        text = `${pick(['x', 'user', 'at 10.1.2.3', 'took 12 ms', value(), 'a'.repeat(Math.floor(random() * 140))])}${pick([' ', ', ', '?', '&', ' "', '{"'])}${text}`
      if (random() < 0.5) text = `${text}${pick(joints)}${random() < 0.5 ? value() : pick(['end', 'K', 'of 3', '7'])}`
      const line = JSON.stringify({ [pick(['msg', 'a', 'url'])]: text })
      lines.push(random() < 0.15 ? line.replace(/[ei](?=[^"]*"})/, (c) => `\\u00${c.charCodeAt(0).toString(16)}`) : line)
    }
    const bytes = Buffer.from(`${lines.join('\n')}\n`)
    for (const ruleset of ['mask-logs:default', all, { version: '1.0', rules: [{ detect: ['pii'], masks: redact }] }]) {
      const skimmed = maskerWith(true, ruleset)
      const walked = maskerWith(false, ruleset)
      expect(difference(blockOf(skimmed.lines(), bytes), blockOf(walked.lines(), bytes), bytes)).toBeUndefined()
      skimmed.close()
      walked.close()
    }
  }, 60_000)

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
