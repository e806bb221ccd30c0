// Private keys over several lines of text: what becomes of each line, and when the block is over.

import { describe, expect, test } from 'vitest'
import { createMasker, type FeedOptions, type Masker, type RulesetInput } from '../src/index.ts'

const BEGIN = '-----BEGIN RSA PRIVATE KEY-----'
const END = '-----END RSA PRIVATE KEY-----'
const KEY = '[REDACTED:private_key]'
const ROW = 'MIIEowIBAAKCAQEAfalseFALSEfalseFALSEfalseFALSEfalseFALSEfalse123'
const DETECT: RulesetInput = { version: '1.0', rules: [{ detect: ['private_key', 'email'], masks: [{ type: 'redact' }] }] }
const MASK: RulesetInput = { version: '1.0', rules: [{ detect: ['all'] }] }

/** What comes out of a feed that gets the text in pieces of `size` bytes. */
function fed(masker: Masker, text: string, size = Number.POSITIVE_INFINITY, options: FeedOptions = {}): string {
  const feed = masker.feed(options)
  const out: Buffer[] = []
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) for (const pieces of feed.push(Buffer.from(bytes.subarray(at, at + size)))) out.push(Buffer.concat(pieces))
  for (const pieces of feed.end()) out.push(Buffer.concat(pieces))
  return Buffer.concat(out).toString()
}

function masked(text: string, ruleset: RulesetInput = MASK): string {
  const masker = createMasker(ruleset)
  const out = fed(masker, text)
  for (const size of [1, 7, 64]) expect(fed(masker, text, size), `in pieces of ${size}`).toBe(out)
  expect(fed(masker, text, 50, { format: 'text' }), 'as text').toBe(out)
  masker.close()
  return out
}

const blocks: Readonly<Record<string, readonly [text: string, out: string]>> = {
  'the prefix of a log line stays': [
    `INFO key ${BEGIN}\nINFO key ${ROW}\nINFO key QUJD\nINFO key ${END} done\nINFO key ${ROW}\n`,
    `INFO key ${KEY}\nINFO key ${KEY}\nINFO key ${KEY}\nINFO key ${KEY} done\nINFO key ${ROW}\n`,
  ],
  'prefixes that differ in length': [
    `host app[99]: ${BEGIN}\nhost app[100]: ${ROW}\nhost app[7]: ${ROW}\nhost app[7]: ${END}\nhost app[7]: ok\n`,
    `host app[99]: ${KEY}\nhost app[100]: ${KEY}\nhost app[7]: ${KEY}\nhost app[7]: ${KEY}\nhost app[7]: ok\n`,
  ],
  'lines without the prefix of the first': [`2026-03-01 load ${BEGIN}\n${ROW}\n${ROW}\n${END}\nok\n`, `2026-03-01 load ${KEY}\n${KEY}\n${KEY}\n${KEY}\nok\n`],
  'headers, blank lines, carriage returns': [
    `${BEGIN}\r\nProc-Type: 4,ENCRYPTED\r\nDEK-Info: AES-128-CBC,00\r\n\r\n${ROW}\r\n12345678\r\n${END}\r\nok\r\n`,
    `${`${KEY}\r\n`.repeat(7)}ok\r\n`,
  ],
  'lines as parts of a string': [`k = "${BEGIN}\\n" +\n  "${ROW}\\n" +\n  "${END}\\n"\nok\n`, `k = "${KEY}\n${KEY}\n${KEY}\\n"\nok\n`],
  'no END': [`${BEGIN}\n${ROW}\nserver is up\n${ROW}\n`, `${KEY}\n${KEY}\nserver is up\n${ROW}\n`],
  'a word behind BEGIN': [`${BEGIN}\nFailed\n${ROW}\n`, `${KEY}\nFailed\n${ROW}\n`],
  'short lines': [`${BEGIN}\nMIIEfalse\nabc1\n${END}\n`, `${KEY}\n${KEY}\n${KEY}\n${KEY}\n`],
  'a rule of equals signs': [`${BEGIN}\n================\n`, `${KEY}\n================\n`],
  'a record': [`${BEGIN}\n{"a":"b"}\n${ROW}\n`, `${KEY}\n{"a":"b"}\n${ROW}\n`],
  'another block right behind it': [`${BEGIN}\n${ROW}\n${END}${BEGIN}\n${ROW}\n${END}\n${ROW}\n`, `${`${KEY}\n`.repeat(2)}${KEY}${KEY}\n${KEY}\n${KEY}\n${ROW}\n`],
  'a line cut in the key': [`x ${BEGIN} ${ROW}\nx ${ROW}\nx QUJD\nx ok\nx started\n`, `x ${KEY}\nx ${KEY}\nx ${KEY}\nx ${KEY}\nx started\n`],
  PGP: [`-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: none\n\n${ROW}\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----\nok\n`, `${`${KEY}\n`.repeat(6)}ok\n`],
  PuTTY: [
    `PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: false\nPublic-Lines: 1\n${ROW}\nPrivate-Lines: 1\n${ROW}\nPrivate-MAC: 0a1b2c3d\nok\n`,
    `${`${KEY}\n`.repeat(8)}ok\n`,
  ],
  'a certificate stays': [`-----BEGIN CERTIFICATE-----\n${ROW}\n-----END CERTIFICATE-----\n`, `-----BEGIN CERTIFICATE-----\n${ROW}\n-----END CERTIFICATE-----\n`],
  'a whole key in one line': [`x ${BEGIN}\\n${ROW}\\n${END}\n${ROW}\n`, `x ${KEY}\n${ROW}\n`],
}

describe('a key over lines of text', () => {
  for (const [name, [text, out]] of Object.entries(blocks))
    test(name, () => {
      expect(masked(text)).toBe(out)
      expect(out.split('\n').length).toBe(text.split('\n').length)
    })

  test('what stands around it is scanned as usual', () => {
    const text = `bob@shop.example ${BEGIN}\nann@shop.example ${ROW}\nbob@shop.example ${END} zoe@shop.example\n`
    expect(masked(text, DETECT)).toBe('[REDACTED] [REDACTED]\n[REDACTED] [REDACTED]\n[REDACTED] [REDACTED] [REDACTED]\n')
  })

  test('no more than 200 lines', () => {
    const out = masked(`${BEGIN}\n${`${ROW}\n`.repeat(250)}`).split('\n')
    expect(out.filter((line) => line === KEY).length).toBe(201)
    expect(out.slice(201)).toEqual([...new Array<string>(50).fill(ROW), ''])
  })

  test('no more than 64 KiB', () => {
    const row = ROW.repeat(32)
    const out = masked(`${BEGIN}\n${`${row}\n`.repeat(40)}`).split('\n')
    expect(out.filter((line) => line === KEY).length).toBe(1 + Math.floor(65536 / (row.length + 1)))
  })

  test('only where the detector is in force, and with its mask', () => {
    const text = `${BEGIN}\n${ROW}\n${END}\n`
    expect(masked(text, { version: '1.0', rules: [{ detect: ['email'] }] })).toBe(text)
    expect(masked(text, { version: '1.0', rules: [{ detect: ['private_key'], masks: [{ type: 'do_nothing' }] }] })).toBe(text)
    expect(masked(text, { version: '1.0', rules: [{ detect: ['private_key'], masks: [{ type: 'from_fixed', value: 'K' }] }] })).toBe('K\nK\nK\n')
    expect(masked(text, { version: '1.0', policy: { unknown_fields: 'redact' }, rules: [{ detect: ['private_key'] }] })).toBe('[REDACTED]\n[REDACTED]\n[REDACTED]\n')
  })

  test('a mask that fails lets nothing through', () => {
    const masker = createMasker({
      version: '1.0',
      rules: [
        {
          detect: ['private_key'],
          masks: [
            {
              type: 'chain',
              masks: [
                { type: 'take_substring', start_index: 0, end_index: 3 },
                { type: 'typecast', typecast_as: 'integer' },
              ],
            },
          ],
        },
      ],
    })
    const out = fed(masker, `x ${BEGIN}\nx ${ROW}\nx ${END}\n`)
    expect(out).toBe('x [MASKING FAILED]\n'.repeat(3))
    masker.close()
  })

  test('every stream and every input has its own', () => {
    const masker = createMasker(MASK)
    const one = masker.feed()
    const two = masker.feed()
    const out = (feed: typeof one, text: string): string => [...feed.push(Buffer.from(text))].map((pieces) => Buffer.concat(pieces).toString()).join('')
    expect(out(one, `${BEGIN}\n`)).toBe(`${KEY}\n`)
    expect(out(two, `${ROW}\n`)).toBe(`${ROW}\n`)
    expect(masker.text(ROW)).toBe(ROW)
    expect(out(one, `${ROW}\n`)).toBe(`${KEY}\n`)
    one.border()
    expect(out(one, `${ROW}\n`)).toBe(`${ROW}\n`)
    masker.close()
  })

  test('explain shows each line', () => {
    const masker = createMasker(MASK)
    const findings: unknown[] = []
    fed(masker, `a ${BEGIN}\na ${ROW}\n`, 1000, { explain: (finding) => findings.push(finding) })
    expect(findings).toMatchObject([
      { line: 1, detector: 'private_key', start: 2, end: 2 + BEGIN.length, where: 'line' },
      { line: 2, detector: 'private_key', start: 2, end: 2 + ROW.length, where: 'line' },
    ])
    masker.close()
  })

  test('records are judged one by one', () => {
    const masker = createMasker(MASK)
    const text = `{"msg":"${BEGIN}"}\n${ROW}\n"${BEGIN}"\n${ROW}\n`
    expect(fed(masker, text)).toBe(`{"msg":"${KEY}"}\n${ROW}\n"${KEY}"\n${ROW}\n`)
    masker.close()
  })
})
