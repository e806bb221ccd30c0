import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { run } from '../src/cli.ts'
import { compileKnownSecrets } from '../src/detectors/known-secret.ts'
import { createMasker } from '../src/index.ts'
import type { MaskerOptions } from '../src/index.ts'
import { LineFeed } from '../src/lines.ts'
import { testFolder } from './support/folder.ts'

const SECRET = 'Pa"ss\\wörd/~? +1'
const MASKED = '[REDACTED:known_secret]'
const EMPTY = { version: '1.0', rules: [{ detect: ['known_secret'] }] }
const masker = (values: MaskerOptions['knownSecrets'], ruleset: object | string = EMPTY, options: MaskerOptions = {}) => createMasker(ruleset, { ...options, knownSecrets: values })

function through(input: string, values: MaskerOptions['knownSecrets'], options: Parameters<ReturnType<typeof createMasker>['feed']>[0] = {}, more: MaskerOptions = {}): string {
  const feed = masker(values, EMPTY, more).feed(options)
  const out: Buffer[] = []
  for (const pieces of feed.push(Buffer.from(input))) out.push(Buffer.concat(pieces))
  for (const pieces of feed.end()) out.push(Buffer.concat(pieces))
  return Buffer.concat(out).toString()
}

describe('forms', () => {
  const once = JSON.stringify(SECRET).slice(1, -1)
  const percent = encodeURIComponent(SECRET)
  const forms: Record<string, string> = {
    'as it is': SECRET,
    'in JSON': once,
    'in JSON twice': JSON.stringify(once).slice(1, -1),
    'in JSON, slashes escaped': once.replaceAll('/', '\\/'),
    'in JSON of ASCII': once.replaceAll('ö', '\\u00f6'),
    'percent-encoded': percent,
    'percent-encoded in lower case': percent.replace(/%../g, (c) => c.toLowerCase()),
    'of a form': percent.replaceAll('%20', '+'),
    'in hexadecimal': Buffer.from(SECRET).toString('hex'),
    'in upper-case hexadecimal': Buffer.from(SECRET).toString('hex').toUpperCase(),
  }
  for (const [name, form] of Object.entries(forms)) {
    it(`${name}: text, string, key, inside words`, () => {
      const m = masker([SECRET])
      expect(m.text(`a${form}b`)).toBe(`a${MASKED}b`)
      expect(m.value({ a: { [`k${form}`]: [`x${form}y`] } })).toEqual({ a: { [`k${MASKED}`]: [`x${MASKED}y`] } })
      expect(m.json(JSON.stringify({ [`k${form}`]: `x${form}y` }))).toBe(JSON.stringify({ [`k${MASKED}`]: `x${MASKED}y` }))
      expect(m.json(JSON.stringify({ deep: JSON.stringify({ v: form }) }))).toBe(JSON.stringify({ deep: JSON.stringify({ v: MASKED }) }))
    })
  }
  for (const encoding of ['base64', 'base64url'] as const)
    it(`${encoding}, wherever it begins`, () => {
      for (const before of ['', 'u', 'us', 'usr', 'user:']) {
        for (const after of ['', 'x', 'xy', 'xyz']) {
          const encoded = Buffer.from(before + SECRET + after).toString(encoding)
          const out = masker([SECRET]).text(`b ${encoded} e`)
          expect(out, encoded).toContain(MASKED)
          // what is left decodes to what stood around it, and at most a bit more
          const [left = '', right = ''] = out.slice(2, -2).split(MASKED)
          expect(Buffer.from(left, encoding).toString()).toBe(before.slice(0, Math.floor((left.length * 3) / 4)))
          expect(right.replace(/=+$/, '').length).toBeLessThanOrEqual(Math.ceil((after.length * 4) / 3))
        }
      }
    })

  it('takes a value of several lines line by line too', () => {
    const value = 'first line of it\nshort\r\n  second line of it'
    const m = masker([value])
    expect(m.text(value)).toBe(MASKED)
    expect(m.text('>first line of it<')).toBe(`>${MASKED}<`)
    expect(m.text('second line of it')).toBe(MASKED)
    expect(m.text('short')).toBe('short')
    expect(through('first line of it\nshort\n  second line of it\n', [value])).toBe(`${MASKED}\nshort\n  ${MASKED}\n`)
  })

  it('finds a value with backslashes in a line, whatever they mean there', () => {
    expect(masker(['C:\\new\\table']).text('at C:\\new\\table now')).toBe(`at ${MASKED} now`)
    expect(masker(['newSecret1']).text('DOMAIN\\newSecret1 \\"q\\"')).toBe(`DOMAIN${MASKED} \\"q\\"`)
    expect(masker(['a\nb\tc']).text('x a\\nb\\tc y')).toBe(`x ${MASKED} y`)
  })
})

describe('places', () => {
  it('numbers, as a whole', () => {
    const m = masker(['48213377', '1234.5678'])
    for (const number of ['48213377', '-48213377', '0.48213377', '99482133770', '1234.5678'])
      expect(
        [m.json(`{"n":${number}}`), m.value({ n: Number(number) })].map((x) => (typeof x === 'string' ? JSON.parse(x) : x)),
        number,
      ).toEqual([{ n: MASKED }, { n: MASKED }])
    expect(m.json('[482133770000000000000000000000,1e48213377]')).toBe(`["${MASKED}","${MASKED}"]`)
    expect(m.json('[4821337,48213378,true]')).toBe('[4821337,48213378,true]')
    expect(m.value([48213377n])).toEqual([MASKED])
  })

  it('cells and names of columns of CSV', () => {
    expect(through('a,xTopS3cret\n"1 TopS3cret",2\n', ['TopS3cret'], { format: 'csv' })).toBe(`a,x${MASKED}\n"1 ${MASKED}",2\n`)
  })

  it('records that are too large', () => {
    const line = `{"m":"${'x'.repeat(3000)} TopS3cret"}\n`
    expect(through(line, ['TopS3cret'], {}, { policy: { max_record_bytes: 2048, on_oversize: 'text' } })).toBe(line.replace('TopS3cret', MASKED))
    expect(through(`{"m":"TopS3cret ${'x'.repeat(30000)}"}\n`, ['TopS3cret'], {}, { policy: { max_record_bytes: 2048 } })).not.toContain('TopS3cret')
  })

  it('under rules that take something else of the value, and in lines and records of a stream', () => {
    const rules = { version: '1.0', rules: [{ paths: ['m'], masks: [{ type: 'replace_regex', regex: 'bob', masks: [{ type: 'from_fixed', value: 'X' }] }] }] }
    expect(masker(['TopS3cret'], rules).json('{"m":"bob TopS3cret"}')).not.toContain('TopS3cret')
    expect(through('{"m":"TopS3cret"}\nTopS3cret {\n[1,"TopS3cret"]\n', ['TopS3cret'])).toBe(`{"m":"${MASKED}"}\n${MASKED} {\n[1,"${MASKED}"]\n`)
  })

  it('in strings without any candidate, short ones too', () => {
    expect(masker(['abcd']).json('{"a":"abcd","b":["zabcdz"]}')).toBe(`{"a":"${MASKED}","b":["z${MASKED}z"]}`)
  })
})

describe('rules', () => {
  it('has no detector without values, and a ruleset may name it', () => {
    const rules = { version: '1.0', rules: [{ detect: ['known_secret'], masks: [{ type: 'from_fixed', value: 'K' }] }] }
    expect(masker([], rules).json('{"a":"TopS3cret"}')).toBe('{"a":"TopS3cret"}')
    expect(masker(['TopS3cret'], rules).json('{"a":"xTopS3crety"}')).toBe('{"a":"xKy"}')
  })

  it('masks what a ruleset without detectors would pass, and lines as before', () => {
    const rules = { version: '1.0', rules: [{ paths: ['secret'], masks: [{ type: 'redact' }] }] }
    expect(masker(['TopS3cret'], rules).json('{"a":"TopS3cret","b":"bob@shop.example"}')).toBe(`{"a":"${MASKED}","b":"bob@shop.example"}`)
    expect(masker(['TopS3cret'], rules).text('TopS3cret 4111111111111111')).toMatch(/^\[REDACTED:known_secret\] (?!4111111111111111)/)
  })

  it('wins equal spans, is absorbed by longer ones', () => {
    const token = 'ghp_' + 'aB3dE5fG7'.repeat(4)
    expect(masker([token], 'mask-logs:secrets').text(`t ${token}`)).toBe(`t ${MASKED}`)
    expect(masker(['aB3dE5fG7'], 'mask-logs:secrets').text(`t ${token}`)).toBe('t [REDACTED:github_token]')
  })

  it('takes overlapping values as one', () => {
    expect(masker(['abcdef', 'defghi', 'ghij']).text('xabcdefghijx abcdef')).toBe(`x${MASKED}x ${MASKED}`)
    expect(masker(['aaaa']).text(`b${'a'.repeat(1000)}b`)).toBe(`b${MASKED}b`)
  })

  it('settles what was masked by a first pass', () => {
    const m = masker(['REDACTED'])
    expect(m.text(m.text('x REDACTED'))).not.toContain('[REDACTED:known_secret]x')
  })
})

describe('refusals', () => {
  it('warns of values that are too short, by name and never by value', () => {
    const m = masker(['q7!', { name: 'DB_PIN', value: 'zz9' }, '   x   ', 'long enough'])
    const warnings = m.warnings.filter((w) => w.code === 'short_known_secret')
    expect(warnings.map((w) => w.message)).toEqual(['entry 1', 'DB_PIN', 'entry 3'].map((n) => `the known secret '${n}' has fewer than 4 characters and is not looked for`))
    expect(JSON.stringify(warnings)).not.toMatch(/q7!|zz9/)
    expect(m.text('q7! zz9 long enough')).toBe(`q7! zz9 ${MASKED}`)
  })

  it('refuses what is no list of strings without repeating it', () => {
    for (const bad of [['ok value', 7], 'TopS3cret', [{ value: 5 }], [null], [{ name: 1, value: 'TopS3cret' }]]) {
      try {
        masker(bad as never)
        expect.unreachable()
      } catch (error) {
        expect((error as { code: string }).code).toBe('bad_option')
        expect(String(error)).not.toContain('TopS3cret')
      }
    }
    expect(() => masker(['x'.repeat(1 << 20)])).toThrow('too many, or too long')
  })

  it('shows no value in explain, stats or warnings', () => {
    const m = masker([{ name: 'DB', value: 'TopS3cret' }])
    const record = '{"a":"xTopS3crety","n":1}'
    m.json(record)
    expect(m.explain(record)).toMatchObject([{ detector: 'known_secret', start: 7, end: 16, length: 9 }])
    expect(JSON.stringify([m.explain(record), m.stats(), m.warnings])).not.toContain('TopS3cret')
    expect(m.stats().byDetector).toEqual({ known_secret: 3 })
  })
})

describe('search', () => {
  // of the shortest value depends how often the text is looked at
  it.each([4, 5, 6, 7])('finds what a plain search finds, values of %i characters and more', (least) => {
    const letters = fc.string({ unit: fc.constantFrom(...'abAB1/+='), minLength: least, maxLength: 10 })
    fc.assert(
      fc.property(fc.array(letters, { minLength: 1, maxLength: 8 }), fc.string({ unit: fc.constantFrom(...'abAB1/+= '), maxLength: 60 }), (secrets, text) => {
        const { values } = compileKnownSecrets(secrets)
        const bytes = Buffer.from(text)
        const covered = new Set<number>()
        values!.find(bytes, 0, bytes.length, (s, e) => {
          for (let i = s; i < e; i++) covered.add(i)
        })
        for (const secret of secrets)
          for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) for (let i = at; i < at + secret.length; i++) expect(covered.has(i), `${i}`).toBe(true)
        if (covered.size === 0) for (const secret of secrets) expect(text.includes(Buffer.from(secret).toString('hex'))).toBe(false)
      }),
      { numRuns: 1500, seed: least },
    )
  })

  it('reads nothing outside the range', () => {
    const { values } = compileKnownSecrets(['abcdef'])
    const bytes = Buffer.from('abcdefabcdef')
    const found: number[] = []
    values!.find(bytes, 1, 11, (s, e) => found.push(s, e))
    expect(found).toEqual([])
    values!.find(bytes, 1, 12, (s, e) => found.push(s, e))
    expect(found).toEqual([6, 12])
  })

  it('is linear on text that nearly matches', { timeout: 60_000 }, () => {
    const nearly = `${'a'.repeat(4000)}b`
    const { values } = compileKnownSecrets([nearly, 'abababababababac', 'x1x1x1x1x1x1'])
    for (const unit of ['a', 'ab', 'x1x1x1', 'aaab']) {
      const time = (bytes: Buffer): number => {
        const from = process.cpuUsage()
        values!.find(bytes, 0, bytes.length, () => {})
        const { user, system } = process.cpuUsage(from)
        return ((user + system) * 1000) / bytes.length
      }
      const texts = [1 << 19, 1 << 21].map((size) => Buffer.from(unit.repeat(size / unit.length)))
      let [small, large] = texts.map(time) as [number, number]
      // a busy machine can double any one figure
      for (let again = 0; again < 30 && (large > 150 || large > small * 2 + 10); again++) {
        small = Math.max(small, time(texts[0]!))
        large = Math.min(large, time(texts[1]!))
      }
      expect(large, unit).toBeLessThan(300)
      expect(large, unit).toBeLessThan(small * 2 + 10)
    }
  })
})

it('feeds of lines cut anywhere find a value', () => {
  const feed = new LineFeed(masker(['TopS3cret']).lines())
  const out: Buffer[] = []
  for (const byte of Buffer.from('{"a":"TopS3cret"}\nx TopS3cret\n')) for (const pieces of feed.push(Buffer.from([byte]))) out.push(Buffer.concat(pieces))
  for (const pieces of feed.end()) out.push(Buffer.concat(pieces))
  expect(Buffer.concat(out).toString()).toBe(`{"a":"${MASKED}"}\nx ${MASKED}\n`)
})

describe('command line', () => {
  const folder = testFolder()
  async function cli(args: string[], input: string, env: Record<string, string> = {}): Promise<{ code: number; out: string; err: string; dir: string }> {
    const dir = folder.next()
    writeFileSync(join(dir, 'known.txt'), '\ufeffTopS3cret\r\n\nabc\n  two words \n')
    writeFileSync(join(dir, 'rules.yaml'), 'version: "1.0"\nrules:\n- detect: [known_secret]\n')
    const texts = { out: '', err: '' }
    const sink = (to: 'out' | 'err'): Writable =>
      new Writable({
        write(chunk: Buffer, _e, done) {
          texts[to] += chunk.toString()
          done()
        },
      })
    const code = await run([...args, '-r', 'rules.yaml'], {
      stdin: Readable.from([Buffer.from(input)], { objectMode: false }),
      stdout: sink('out'),
      stderr: sink('err'),
      env: { MASK_LOGS_RUN_SECRET: 'a run secret that is long enough', ...env },
      cwd: dir,
      onSignal: () => () => {},
      load: () => import('../src/index.ts'),
    })
    return { code, ...texts, dir }
  }

  it('takes values from files, one a line', async () => {
    const { code, out, err } = await cli(['--known-secrets-file', 'known.txt'], 'x TopS3cret y abc\n{"a":"c3sVG9wUzNjcmV0x two words "}\n')
    expect(code).toBe(0)
    expect(out).toBe(`x ${MASKED} y abc\n{"a":"c3s${MASKED}x ${MASKED} "}\n`)
    expect(err).toBe("known secrets:1:1 warning short_known_secret: the known secret 'known.txt:3' has fewer than 4 characters and is not looked for\n")
  })

  it('takes values of environment variables by their names', async () => {
    const env = { DB_TOKEN: 'TopS3cret', DB_PIN: 'q7!', X_TOKEN: '', MY_TOKEN_ID: 'not taken', 'A.B': 'dotted value' }
    const { out, err } = await cli(
      ['--known-secrets-env', '*_TOKEN', '--known-secrets-env', 'DB_???', '--known-secrets-env', 'A.B', '--known-secrets-env', 'NO*'],
      'TopS3cret q7! not taken dotted value\n',
      env,
    )
    expect(out).toBe(`${MASKED} q7! not taken ${MASKED}\n`)
    expect(err).toBe(
      "mask-logs: no environment variable matches NO*: no known secret comes from it\nknown secrets:1:1 warning short_known_secret: the known secret 'DB_PIN' has fewer than 4 characters and is not looked for\n",
    )
  })

  it('reads nothing when a file cannot be read', async () => {
    const { code, out, err } = await cli(['--known-secrets-file', 'missing.txt'], 'TopS3cret\n')
    expect([code, out, err]).toEqual([2, '', 'mask-logs: cannot read the known secrets from missing.txt: no such file or directory (ENOENT)\n'])
  })

  it('explains without the value', async () => {
    const { out } = await cli(['explain', '--known-secrets-file', 'known.txt'], '{"a":"TopS3cret"}\n')
    expect(out).toContain('known_secret')
    expect(out).not.toContain('TopS3cret')
  })
})
