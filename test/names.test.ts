import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fill, createRandom, isHeldOut, pick, templates } from '../scripts/names-data.ts'
import { readModel, writeModel, lookUp } from '../src/detectors/names/model.ts'
import { createNamesFinder, keyClass, nameDetectors } from '../src/detectors/names/index.ts'
import { markStreets, wholeAddresses } from '../src/detectors/names/streets.ts'
import { createSight, findNames, gate } from '../src/detectors/names/tagger.ts'
import { createTokens, hashWord, MACHINE, MARK, NUMBER, readTokens, WORD } from '../src/detectors/names/tokens.ts'
import { createMasker, InputError } from '../src/index.ts'
import { createDraw, NEGATIVES } from './helpers/negatives.ts'
import { readExample } from './helpers/scan-driver.ts'

const rules = (detect: string[]): object => ({ version: '1.0', rules: [{ detect, masks: [{ type: 'from_fixed', value: '*' }] }] })
const file = readFileSync(new URL('../rulesets/names.bin', import.meta.url))
const model = readModel(new Uint8Array(file))
const sight = createSight()

function found(text: string): string[] {
  const bytes = Buffer.from(text)
  const out: string[] = []
  findNames(sight, model, bytes, 0, bytes.length, 0, (_kind, start, end) => out.push(bytes.toString('utf8', start, end)))
  return out
}

describe('examples', () => {
  for (const detector of nameDetectors) {
    const masker = createMasker(rules([detector.name]))
    it(detector.name, () => {
      for (const example of detector.examples) {
        const { text } = readExample(example)
        expect(masker.text(text), text).toBe(example.replace(/«[^»]*»/g, '*'))
      }
      for (const text of detector.counterExamples) expect(masker.text(text), text).toBe(text)
    })
  }
})

describe('the group', () => {
  it('is no part of all, and nothing is read before a ruleset names it', () => {
    let reads = 0
    const finder = createNamesFinder(() => {
      reads++
      return new Uint8Array(file)
    })
    expect(reads).toBe(0)
    finder.prepare?.()
    finder.prepare?.()
    expect(reads).toBe(1)
    const text = 'Please call Maria Schneider back.'
    expect(createMasker(rules(['all'])).text(text)).toBe(text)
    expect(createMasker(rules(['names'])).text(text)).toBe('Please call * back.')
    expect(createMasker(rules(['all', 'names'])).text(`${text} maria@shop.example`)).toBe('Please call * back. *')
  })

  it('can be taken apart', () => {
    const masker = createMasker({ version: '1.0', rules: [{ detect: ['names'], exclude: ['place'], masks: [{ type: 'from_fixed', value: '*' }] }] })
    expect(masker.text('Maria Schneider moved to Berlin.')).toBe('* moved to Berlin.')
  })

  it('uses the mask for names by default, and redact for the rest', () => {
    const masker = createMasker('mask-logs:names', { runSecret: 'a run secret for tests 0001' })
    const out = masker.text('Maria Schneider moved to Berlin.')
    expect(out).toMatch(/^\S+ \S+ moved to \[REDACTED:place\]\.$/)
    expect(out).not.toContain('Maria')
    expect(masker.stats().byDetector).toEqual({ person_name: 1, place: 1 })
  })

  it('says in explain where, not what', () => {
    const [finding] = createMasker('mask-logs:names').explain({ msg: 'call Maria Schneider now' })
    expect(finding).toMatchObject({ path: 'msg', detector: 'person_name', length: 'Maria Schneider'.length })
    expect(JSON.stringify(finding)).not.toContain('Maria')
  })
})

describe('walkers', () => {
  const masker = createMasker(rules(['names']))
  const texts = [
    'Please call Maria Schneider back.',
    'Grüße von Jürgen Müller aus Köln',
    'ask "Anna Novak"\nor Peter\tKovács',
    'Send it to 742 Maple Street, Apt 5 please.',
    'Уважаемый Иван Петров, спасибо',
    'my name is john miller and i live in berlin',
    'nobody here',
  ]

  it('agree on bytes, values and text', () => {
    for (const msg of texts) {
      const byValue = masker.value({ msg }) as { msg: string }
      expect(JSON.parse(masker.json(JSON.stringify({ msg })))).toEqual(byValue)
      const escaped = `{"msg":"${[...msg].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"}`
      expect(JSON.parse(masker.json(escaped))).toEqual(byValue)
      if (!msg.includes('\n')) expect(masker.text(msg)).toBe(byValue.msg)
      const lines = masker.lines()
      const out = Buffer.concat(lines.block(Buffer.from(`${JSON.stringify({ msg })}\n`))).toString()
      expect(JSON.parse(out)).toEqual(byValue)
    }
    expect(masker.text(texts[0]!)).toBe('Please call * back.')
    expect(masker.text(texts[5]!)).not.toContain('john')
  })

  it('agree on generated records', () => {
    const words = fc.constantFrom(
      'Maria',
      'Schneider',
      'the',
      'Berlin',
      '12',
      'Main',
      'Street',
      'Mr.',
      ',',
      'x=1',
      '/a/b',
      'é',
      '"',
      '\\',
      'called',
      'from',
      '\u{1f600}',
      'O’Neil',
      "d'Arc",
      '\n',
    )
    fc.assert(
      fc.property(fc.array(words, { maxLength: 14 }), (parts) => {
        const msg = parts.join(' ')
        expect(JSON.parse(masker.json(JSON.stringify({ msg })))).toEqual(masker.value({ msg }))
      }),
      { numRuns: 400, seed: 5 },
    )
  })

  it('leave keys and placeholders alone', () => {
    expect(masker.json('{"Maria Schneider":1}')).toBe('{"Maria Schneider":1}')
    for (const text of ['user [REDACTED:person_name] called', 'name [REDACTED] City', '[MASKING FAILED] Berlin'.slice(0, 16)]) expect(masker.text(text)).toBe(text)
  })
})

describe('tokens', () => {
  const tokens = createTokens()
  const read = (text: string): string[] => {
    const bytes = Buffer.from(text)
    expect(readTokens(tokens, bytes, 0, bytes.length)).toBe(bytes.length)
    return Array.from({ length: tokens.count }, (_, i) => `${['', 'w', 'n', 'm', 'x'][tokens.kind[i]!]}:${bytes.toString('utf8', tokens.start[i], tokens.end[i])}`)
  }
  it('keep names together and machine text apart', () => {
    expect([WORD, NUMBER, MARK, MACHINE]).toEqual([1, 2, 3, 4])
    expect(read("Jean-Luc O'Brien's 12b")).toEqual(['w:Jean-Luc', "w:O'Brien", "m:'", 'w:s', 'n:12b'])
    expect(read('see https://a.example/x?y=1, /var/log and a_b')).toEqual(['w:see', 'w:https', 'm::', 'x://a.example/x?y', 'm:=', 'n:1', 'm:,', 'x:/var/log', 'w:and', 'x:a_b'])
    expect(read('J.R. Smith, java.lang.String GitHub McDonald')).toEqual(['w:J', 'm:.', 'w:R', 'm:.', 'w:Smith', 'm:,', 'x:java.lang.String', 'x:GitHub', 'w:McDonald'])
    expect(read("l'adresse Ünal")).toEqual(['w:l', "m:'", 'w:adresse', 'w:Ünal'])
    expect(tokens.hash[3]).toBe(hashWord('ÜNAL'))
  })

  it('cut long texts at lines and lose nothing', () => {
    const text = 'Please call Maria Schneider back.\n'.repeat(500)
    expect(found(text)).toEqual(Array(500).fill('Maria Schneider'))
    expect(found(`${'word '.repeat(5000)}Maria Schneider`)).toEqual(['Maria Schneider'])
    expect(found(`Please call Maria Schneider${'.'.repeat(5000)}`)).toEqual(['Maria Schneider'])
    expect(readTokens(tokens, Buffer.from('.!?'.repeat(3000)), 0, 9000)).toBe(9000)
    expect(tokens.count).toBe(1)
    // many tokens without a space
    const bytes = Buffer.from(`${'ab!'.repeat(170)} `.repeat(20))
    let read = 0
    for (let pos = 0; pos < bytes.length; ) {
      pos = readTokens(tokens, bytes, pos, bytes.length)
      read += tokens.count
    }
    expect(read).toBe(6800)
  })
})

describe('addresses', () => {
  const whole = (text: string): string[] => {
    const bytes = Buffer.from(text)
    const { tokens, gram } = sight
    readTokens(tokens, bytes, 0, bytes.length)
    gate(sight, model)
    markStreets(tokens, gram)
    const spans = wholeAddresses(tokens, gram)
    return Array.from({ length: spans.length / 2 }, (_, k) => bytes.toString('utf8', tokens.start[spans[2 * k]!], tokens.end[spans[2 * k + 1]!]))
  }
  const cases: Record<string, string> = {
    'Send it to 742 Maple Street, Apt 5 please': '742 Maple Street, Apt 5',
    'at 12 Station Road, Springfield, IL 62704, tomorrow': '12 Station Road, Springfield, IL 62704',
    'Hauptstraße 12, 50667 Köln': 'Hauptstraße 12, 50667',
    'P.O. Box 123, Boston, MA 02108': 'P.O. Box 123, Boston, MA 02108',
    '12 rue Victor Hugo, 75001 Paris': '12 rue Victor Hugo, 75001',
    'Keizersgracht 12, 1015 CX Amsterdam': 'Keizersgracht 12, 1015 CX',
    '10 Kings Road, London SW3 4UD': '10 Kings Road, London SW3 4UD',
  }
  for (const [text, address] of Object.entries(cases)) it(text, () => expect(whole(text)).toEqual([address]))
  it('need two parts', () => {
    for (const text of ['retry 12 of 20', 'Unit 5 failed', 'see Box 12', 'in CA 90210', '12 Main Street', 'took 12345 ms']) expect(whole(text), text).toEqual([])
  })
})

describe('keys', () => {
  it('speak of a class', () => {
    expect(keyClass(['name', 'first'])).toBe(1)
    expect(keyClass(['patient'])).toBe(1)
    expect(keyClass(['city', 'user'])).toBe(2)
    expect(keyClass(['street'])).toBe(3)
    expect(keyClass(['company'])).toBe(4)
    expect(keyClass(['name', 'host'])).toBe(0)
    expect(keyClass([])).toBe(0)
  })
})

describe('the model', () => {
  it('is the one that the report was written for', () => {
    const sha = createHash('sha256').update(file).digest('hex').slice(0, 16)
    expect(readFileSync(new URL('../docs/quality-names.md', import.meta.url), 'utf8')).toContain(sha)
  })

  it('is read back as it was written, and refused where it is damaged', () => {
    const words = new Map([
      [hashWord('maria'), 1],
      [hashWord('x'), 16],
      [5, 2],
    ])
    const bytes = writeModel(
      words,
      Int8Array.from({ length: 64 }, (_, i) => i - 32),
    )
    const read = readModel(bytes)
    expect(lookUp(read, hashWord('Maria')) & 1).toBe(1)
    expect(lookUp(read, 5)).toBe(2)
    expect(read.weights[3]).toBe(-29)
    expect(read.mask).toBe(15)
    for (const broken of [
      new Uint8Array(0),
      bytes.subarray(0, 20),
      Buffer.concat([bytes, Buffer.from('x')]),
      Buffer.from(bytes).fill(0, 0, 4),
      Buffer.from(bytes).fill(255, 4, 16),
    ])
      expect(() => readModel(broken)).toThrow(InputError)
  })

  it('masks what it has not seen, and little else', () => {
    const random = createRandom(11)
    const own = templates.filter((t) => isHeldOut(t) && t.locale !== 'none')
    let persons = 0
    let masked = 0
    let words = 0
    let lost = 0
    for (let k = 0; k < 2000; k++) {
      const { text, spans } = fill(pick(random, own), random)
      const bytes = Buffer.from(text)
      let left = text
      for (const hit of found(text)) left = left.replace(hit, (s) => ' '.repeat(s.length))
      for (const [kind, start, end] of spans) {
        if (kind !== 1) continue
        persons++
        if (!/[\p{L}]/u.test(left.slice(start, end))) masked++
      }
      for (const match of text.matchAll(/\S+/g)) {
        if (spans.some(([, a, b]) => a < match.index + match[0].length && b > match.index)) continue
        words++
        if (left.slice(match.index, match.index + match[0].length) !== match[0]) lost++
      }
      expect(bytes.length).toBeGreaterThan(0)
    }
    expect(masked / persons).toBeGreaterThan(0.88)
    expect(lost / words).toBeLessThan(0.03)
  })

  it('leaves the hard negatives alone', () => {
    let texts = 0
    let flagged = 0
    for (const [name, generate] of Object.entries(NEGATIVES)) {
      const draw = createDraw(name.length * 7919)
      for (let i = 0; i < 60; i++) {
        texts++
        if (found(generate(draw)).length > 0) flagged++
      }
    }
    expect(flagged / texts).toBeLessThan(0.005)
  })
})

describe('time', () => {
  const hostile: Record<string, string> = {
    names: 'Maria Schneider ',
    capitals: 'A ',
    particles: 'de la ',
    streets: '12 Main Street ',
    numbers: '12 ',
    marks: 'A.',
    dots: '.',
    'dots behind names': `Maria Schneider${'.'.repeat(100)} `,
    apostrophes: "O'",
    long: 'Aa',
    units: 'Apt 5 Apt ',
    'broken UTF-8': '\u00c3A',
  }
  for (const [name, piece] of Object.entries(hostile)) {
    it(`is linear on ${name}`, () => {
      const run = (size: number): number => {
        const bytes = Buffer.from(piece.repeat(Math.ceil(size / piece.length)), name === 'broken UTF-8' ? 'latin1' : 'utf8')
        let best = Number.POSITIVE_INFINITY
        for (let k = 0; k < 3; k++) {
          const from = process.cpuUsage()
          findNames(sight, model, bytes, 0, bytes.length, 0, () => undefined)
          const used = process.cpuUsage(from)
          best = Math.min(best, used.user + used.system)
        }
        return best
      }
      run(100_000)
      const small = run(200_000)
      const large = run(800_000)
      expect(large).toBeLessThan(Math.max(small, 2000) * 8)
      expect((large * 1000) / 800_000).toBeLessThan(600)
    })
  }
})

it('hides nothing from other detectors that are in force beside it', () => {
  const masker = createMasker({ version: '1.0', rules: [{ detect: ['all', 'names'] }] }, { runSecret: 'a run secret for tests, long enough' })
  for (const text of ['"card":4111111111111111,', 'x "card":4111111111111111, y', 'card=4111111111111111;', 'at 52.5200,13.4050 4111111111111111'])
    expect(masker.text(text), text).not.toContain('4111111111111111')
  masker.close()
})
