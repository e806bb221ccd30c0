// What must hold for any input: strict about JSON, equal to the value walker, every untouched byte kept, the same output
// however the input is cut, no value in any output or error, bounded memory.
//
// MASK_LOGS_FUZZ_DOCS sets the number of generated documents (default 20000), MASK_LOGS_FUZZ_SEED their seed.
import { once } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import { createRandom } from '../bench/random.ts'
import { mailbox, password, sensitiveValue, valueKinds } from '../bench/values.ts'
import { createMasker } from '../src/index.ts'
import { documents, survivors, type GeneratedDocument } from './helpers/documents.ts'
import { jsonSuite, type JsonCase } from './helpers/json-suite.ts'
import { strayChange } from './helpers/json-tokens.ts'

const runSecret = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'
const count = Number(process.env['MASK_LOGS_FUZZ_DOCS'] ?? 20_000)
const seed = process.env['MASK_LOGS_FUZZ_SEED'] ?? 'robustness'
const minute = 60_000

const redact = [{ type: 'redact' }]
const hitsNothing = { version: '1.0', rules: [{ paths: ['no.such.place'], masks: redact }] }
const hitsEverything = { version: '1.0', rules: [{ paths: ['**'], masks: redact }] }
const placeholders = {
  version: '1.0',
  rules: [
    { keys: ['password', '*secret', '*token', 'api_key', 'authorization', 'cookie'], masks: redact },
    { detect: ['all'], masks: redact },
  ],
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text)
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
const join = (...parts: (string | Uint8Array)[]): Uint8Array => Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))

type Masker = ReturnType<typeof createMasker>

/** Everything that comes out of a stream when it is fed these chunks. */
async function through(masker: Masker, chunks: readonly Uint8Array[]): Promise<Buffer> {
  const stream = masker.stream()
  const out: Buffer[] = []
  stream.on('data', (chunk: Buffer) => out.push(chunk))
  const ended = once(stream, 'end')
  for (const chunk of chunks) stream.write(chunk)
  stream.end()
  await ended
  return Buffer.concat(out)
}

// -------------------------------------------------------------------------------------------------- JSON texts

const suite = jsonSuite()
/** Deeper than `max_depth`: refused whatever else it is. */
const tooDeep = (entry: JsonCase): boolean => Number(/^(\d+) (?:arrays|objects)/.exec(entry.name)?.[1] ?? 0) > 100

describe('JSON texts', () => {
  it('has at least 200 cases of every sort', () => {
    expect(suite.length).toBeGreaterThanOrEqual(200)
    for (const kind of ['y', 'n', 'i']) expect(suite.filter((entry) => entry.class === kind).length).toBeGreaterThan(50)
  })

  it('returns what no rule hits as the same object, bytes and strings', () => {
    const masker = createMasker(hitsNothing, { runSecret })
    for (const entry of suite.filter((entry) => entry.class === 'y')) {
      expect(masker.json(entry.bytes), entry.name).toBe(entry.bytes)
      const text = textOf(entry.bytes)
      expect(masker.json(text), entry.name).toBe(text)
    }
  })

  it('leaves what it may refuse untouched too, or fails it as a whole', () => {
    const masker = createMasker(hitsNothing, { runSecret })
    for (const entry of suite.filter((entry) => entry.class !== 'y')) {
      const out = latin1(masker.json(entry.bytes))
      if (tooDeep(entry) && entry.class === 'i') expect(out, entry.name).toContain('[MASKING FAILED]')
      else if (tooDeep(entry))
        expect(
          [latin1(entry.bytes), '[MASKING FAILED]'].some((part) => out.includes(part)),
          entry.name,
        ).toBe(true)
      else expect(out, entry.name).toBe(latin1(entry.bytes))
    }
  })

  it('takes every valid text as JSON and no invalid one', () => {
    const masker = createMasker(hitsEverything, { runSecret })
    const leaves = (value: unknown): unknown => {
      if (value === null) return null
      if (Array.isArray(value)) return value.map(leaves)
      if (typeof value === 'object') return Object.entries(value as object).map(([key, inner]) => [key, leaves(inner)])
      return value === '' ? '' : '[REDACTED]'
    }
    // Documents in strings are entered, and the empty string has nothing to mask.
    const shape = (value: unknown): unknown => {
      if (value === '' || value === null) return value
      if (Array.isArray(value)) return value.map(shape)
      if (typeof value === 'object') return Object.entries(value as object).map(([key, inner]) => [key, shape(inner)])
      return typeof value === 'string' && value !== '[REDACTED]' && /^[{[]/.test(value) ? '[REDACTED]' : value
    }
    for (const entry of suite) {
      const out = masker.json(entry.bytes)
      if (entry.class === 'y') {
        const before: unknown = JSON.parse(textOf(entry.bytes))
        expect(shape(JSON.parse(textOf(out))), entry.name).toEqual(leaves(before))
      } else if (entry.class === 'n' && !tooDeep(entry)) expect(latin1(out), entry.name).toBe(latin1(entry.bytes))
    }
  })

  it('hides a secret beside any text, valid or not', () => {
    const masker = createMasker('mask-logs:default', { runSecret })
    const random = createRandom('beside')
    for (const entry of suite) {
      const canary = password(random)
      const shapes = {
        before: join(`{"password":"${canary}","doc":`, entry.bytes, '}'),
        after: join('{"doc":', entry.bytes, `,"password":"${canary}"}`),
        behind: join(entry.bytes, ` password=${canary}`),
        front: join(`password=${canary} `, entry.bytes),
      }
      for (const [name, bytes] of Object.entries(shapes)) expect(latin1(masker.json(bytes)).includes(canary), `${entry.name}, ${name}`).toBe(false)
    }
  })
})

// -------------------------------------------------------------------------------------------------- generated documents

/** Runs a check over generated documents; a failure names the document, which can be made again from seed and number. */
function overDocuments(name: string, total: number, check: (document: GeneratedDocument) => string | undefined, options = {}): void {
  const next = documents(`${seed} ${name}`, options)
  for (let number = 0; number < total; number++) {
    const document = next()
    const problem = check(document)
    if (problem !== undefined) throw new Error(`document ${number} of seed "${seed} ${name}": ${problem}\n${document.text.slice(0, 2000)}`)
  }
}

describe('generated documents', () => {
  const rulesets = {
    default: 'mask-logs:default',
    'paths, keys and detectors': {
      version: '1.0',
      rules: [
        { paths: ['**.amber', 'birch.*', 'a[*].b', '["a.b"].**'], masks: redact },
        { keys: ['*card*', 'note', 'k*'], masks: [{ type: 'redact', label: 'key' }] },
        { paths: ['**.c'], masks: [{ type: 'pseudonym', prefix: 'c_' }] },
        { detect: ['all'], masks: redact },
      ],
    },
  }
  for (const [name, ruleset] of Object.entries(rulesets)) {
    it(`are masked alike as bytes and as values, and nothing else changes: ${name}`, { timeout: 10 * minute }, () => {
      const masker = createMasker(ruleset, { runSecret })
      overDocuments(name, Math.ceil(count / 2), ({ text, exact }) => {
        // A pseudonym hashes an integer by its digits, and a double has lost some of them.
        if (!exact && name !== 'default') return undefined
        const out = masker.json(text)
        const parsed = JSON.parse(text) as unknown
        const before = JSON.stringify(parsed)
        const oracle = JSON.stringify(masker.value(parsed))
        let after: string
        try {
          after = JSON.stringify(JSON.parse(out))
        } catch {
          return `the output is not JSON: ${out.slice(0, 500)}`
        }
        if (after !== oracle) return `the walkers disagree:\n${after.slice(0, 1500)}\n${oracle.slice(0, 1500)}`
        if (JSON.stringify(parsed) !== before) return 'the value walker changed its input'
        return strayChange(text, out)
      })
    })
  }

  it('are masked alike as string and as bytes', { timeout: minute }, () => {
    const masker = createMasker('mask-logs:default', { runSecret })
    overDocuments('bytes', Math.ceil(count / 4), ({ text }) => {
      const fromText = masker.json(text)
      const fromBytes = textOf(masker.json(bytesOf(text)))
      return fromText === fromBytes ? undefined : `string and bytes disagree:\n${fromText.slice(0, 1500)}\n${fromBytes.slice(0, 1500)}`
    })
  })

  it('keep no planted value, duplicate keys included', { timeout: minute }, () => {
    const masker = createMasker('mask-logs:default', { runSecret })
    overDocuments(
      'leaks',
      Math.ceil(count / 2),
      ({ text, planted }) => {
        const left = survivors(masker.json(text), planted)
        return left.length === 0 ? undefined : `still there: ${left.join(' | ')}`
      },
      { duplicateKeys: true },
    )
  })

  it('cut anywhere, keep no secret that stood before the cut', { timeout: minute }, () => {
    const masker = createMasker('mask-logs:default', { runSecret })
    const random = createRandom('cuts')
    const head = (canary: string): string => `{"level":30,"password":"${canary}","user":{"email":"${canary}@example.com"},"rest":`
    overDocuments('cuts', Math.ceil(count / 10), ({ text }) => {
      const canary = password(random)
      const whole = `${head(canary)}${text}}`
      const cut = whole.slice(0, head(canary).length + random.below(text.length + 1))
      return masker.json(cut).includes(canary) ? 'the secret is still there' : undefined
    })
  })

  it('masked twice are the same as masked once, where masks write placeholders', { timeout: minute }, () => {
    const masker = createMasker(placeholders, { runSecret })
    overDocuments('twice', Math.ceil(count / 10), ({ text }) => {
      const once = masker.json(text)
      const twice = masker.json(once)
      return once === twice ? undefined : `masked again it changes:\n${once.slice(0, 1000)}\n${twice.slice(0, 1000)}`
    })
  })

  it('masked twice keep shape and types, where masks write substitutes', { timeout: minute }, () => {
    const masker = createMasker('mask-logs:default', { runSecret })
    // Types and the number of entries, not keys: keys that are addresses become other addresses.
    const shape = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shape)
      if (typeof value === 'object' && value !== null) return Object.values(value).map(shape)
      // Digits that get a leading zero are no number any more.
      return value === null ? 'null' : typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value)) ? 'digits' : typeof value
    }
    overDocuments('substitutes', Math.ceil(count / 10), ({ text }) => {
      const once = masker.json(text)
      const twice = masker.json(once)
      // What one run has accepted, the next must accept too.
      const failures = (output: string): number => output.split('[MASKING FAILED]').length
      if (failures(twice) > failures(once)) return 'the second run failed'
      return JSON.stringify(shape(JSON.parse(once))) === JSON.stringify(shape(JSON.parse(twice))) ? undefined : 'the second run changed the shape'
    })
  })
})

// -------------------------------------------------------------------------------------------------- streams

/** 100 lines of every sort: records, text, CRLF, empty lines, a byte order mark, NUL, bytes that are no UTF-8, no last newline. */
function sampleLines(): Uint8Array[] {
  const next = documents('stream sample', { singleLine: true, size: 3 })
  const random = createRandom('stream sample')
  const lines: Uint8Array[] = []
  for (let i = 0; lines.length < 100; i++) {
    const document = next()
    if (document.text.length > 300) continue
    const value = sensitiveValue(random, valueKinds[i % valueKinds.length] as (typeof valueKinds)[number]).text
    const special: Record<number, Uint8Array> = {
      3: bytesOf(`plain text ${value} here\n`),
      7: bytesOf('\n'),
      11: bytesOf(`{"note":"${value}"}\r\n`),
      15: join(Uint8Array.of(0xef, 0xbb, 0xbf), `{"note":"${value}"}\n`),
      19: join('{"note":"', Uint8Array.of(0xff, 0xc3), `","password":"${password(random)}"}\n`),
      23: bytesOf(`text with \u0000 and ${value}\n`),
      27: bytesOf(`{"note":"${value}\n`),
      31: bytesOf(`{"note":"é \u{1f600} ${value}"}\n`),
      35: bytesOf(' \t \r\n'),
    }
    lines.push(special[i % 40] ?? bytesOf(`${document.text}\n`))
  }
  const last = lines.pop() as Uint8Array
  lines.push(last.subarray(0, last.length - 1))
  return lines
}

describe('streams', () => {
  const masker = createMasker('mask-logs:default', { runSecret })
  const lines = sampleLines()
  const input = Buffer.concat(lines)

  it('give line by line what json gives', async () => {
    const expected = Buffer.concat(
      lines.map((line) => {
        const text = latin1(line)
        const end = /\r?\n$/.exec(text)?.[0] ?? ''
        const body = line.subarray(0, line.length - end.length)
        return Buffer.concat([masker.json(body), Buffer.from(end)])
      }),
    )
    expect((await through(masker, [input])).toString('latin1')).toBe(expected.toString('latin1'))
  })

  it('give the same output for input cut at every offset', { timeout: 5 * minute }, async () => {
    const whole = (await through(masker, [input])).toString('latin1')
    for (let at = 0; at <= input.length; at++) {
      const out = await through(masker, [input.subarray(0, at), input.subarray(at)])
      if (out.toString('latin1') !== whole) throw new Error(`cut at ${at}, the output differs`)
    }
  })

  it('give the same output for one byte at a time, and for any three cuts', { timeout: minute }, async () => {
    const whole = (await through(masker, [input])).toString('latin1')
    const bytes = Array.from(input, (byte) => Uint8Array.of(byte))
    expect((await through(masker, bytes)).toString('latin1')).toBe(whole)
    const random = createRandom('three cuts')
    for (let i = 0; i < 300; i++) {
      const cuts = [random.below(input.length), random.below(input.length), random.below(input.length)].sort((a, b) => a - b)
      const chunks = [0, ...cuts].map((from, k) => input.subarray(from, cuts[k] ?? input.length))
      expect((await through(masker, chunks)).toString('latin1')).toBe(whole)
    }
  })

  it('keep no planted value and as many lines as there were', async () => {
    const next = documents('stream leaks', { singleLine: true })
    const records = Array.from({ length: 500 }, () => next())
    const out = (await through(masker, [bytesOf(records.map((record) => `${record.text}\n`).join(''))])).toString()
    const masked = out.split('\n')
    expect(masked.length).toBe(records.length + 1)
    records.forEach((record, i) => expect(survivors(masked[i] as string, record.planted)).toEqual([]))
  })

  it('hold a bounded part of a line of 100 MB', { timeout: minute }, async () => {
    const canary = password(createRandom('huge'))
    const stream = masker.stream()
    let out = ''
    stream.on('data', (chunk: Buffer) => (out += chunk.toString('latin1')))
    const ended = once(stream, 'end')
    const filler = Buffer.from(`"note":"${'lorem ipsum dolor '.repeat(3600)}",`)
    const before = process.memoryUsage()
    let most = 0
    stream.write(`{"level":30,"time":1795305600000,"password":"${canary}",`)
    for (let sent = 0; sent < 100_000_000; sent += filler.length) {
      if (sent > 50_000_000 && sent < 50_000_000 + filler.length) stream.write(`"password":"${canary}",`)
      if (!stream.write(filler)) await once(stream, 'drain')
      const now = process.memoryUsage()
      most = Math.max(most, now.arrayBuffers - before.arrayBuffers + now.heapUsed - before.heapUsed)
    }
    stream.end(`"token":"${canary}"}\n{"level":30,"password":"${canary}","msg":"next"}\n`)
    await ended
    expect(out.includes(canary)).toBe(false)
    // The line becomes a minimal record with its size; the line behind it is masked as ever.
    const [cut, next] = out.split('\n')
    const record = JSON.parse(cut as string) as { oversize: number; msg: string }
    expect(record.oversize).toBeGreaterThan(100_000_000)
    expect(record.msg.length).toBeLessThanOrEqual(17_000)
    expect(JSON.parse(next as string)).toMatchObject({ level: 30, msg: 'next' })
    // The limit of a line is 1 MiB; garbage that is not yet collected counts here as well.
    expect(most).toBeLessThan(80_000_000)
  })
})

// -------------------------------------------------------------------------------------------------- canaries

describe('canaries', () => {
  const random = createRandom('canaries')
  const canary = password(random)
  const person = mailbox(random)
  const mail = `${person}@example.com`
  const escaped = mail.replace('@', '\\u0040')
  const everyLetter = (text: string): string => [...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
  const inString = (text: string): string => JSON.stringify(text)
  const card = sensitiveValue(createRandom('card'), 'card').text.replace(/\D/g, '')
  const all = [canary, person, card]
  const lines: Record<string, string | Uint8Array> = {
    'a value under its key': `{"password":"${canary}"}`,
    'a key': `{"${mail}":1}`,
    'an escaped @': `{"note":"mail ${escaped} now"}`,
    'every letter escaped': `{"note":"${everyLetter(mail)}"}`,
    'an escaped key': `{"pass\\u0077ord":"${canary}"}`,
    'a key with every letter escaped': `{"${everyLetter('password')}":"${everyLetter(canary)}"}`,
    'an address as a key, escaped': `{"${everyLetter(mail)}":true}`,
    'duplicate keys': `{"password":"x","password":"${canary}","password":"y"}`,
    'duplicate keys, first': `{"password":"${canary}","password":null}`,
    'a document in a string': `{"body":${inString(`{"password":"${canary}"}`)}}`,
    'two documents deep': `{"body":${inString(`{"body":${inString(`{"password":"${canary}","m":"${mail}"}`)}}`)}}`,
    'three documents deep': `{"body":${inString(`[${inString(`{"b":${inString(`{"password":"${canary}"}`)}}`)}]`)}}`,
    'a broken document in a string': `{"body":${inString(`{"password":"${canary}","x":`)}}`,
    'a number': `{"n":${card}}`,
    'a number in an array': `[1,[${card}]]`,
    'a number at the root': card,
    'a string at the root': inString(`mail ${mail}`),
    'a truncated line in the value': `{"level":30,"password":"${canary}`,
    'a truncated line behind the value': `{"level":30,"password":"${canary}"`,
    'a truncated line in an escape': `{"level":30,"password":"${canary}","x":"\\u00`,
    'a truncated line behind a backslash': `{"level":30,"password":"${canary}","x":"\\`,
    'text in front of a record': `INFO {"password":"${canary}"}`,
    'text behind a record': `{"password":"${canary}"} done`,
    'two records': `{"password":"${canary}"}{"password":"${canary}"}`,
    'two records with a space': `{"a":1} {"password":"${canary}"}`,
    'a byte order mark': `\ufeff{"password":"${canary}"}`,
    'plain text': `login failed password=${canary} for ${mail} card ${card}`,
    'plain text in quotes': `login password="${canary}" ok`,
    logfmt: `level=info client_secret=${canary} user=${mail}`,
    'a header': `Authorization: Bearer ${canary.replace('-', '')}${canary.replace('-', '')}`,
    'a URL in text': `GET https://shop.example/?token=${canary}&x=1`,
    'credentials in a URL': `connect https://svc:${canary}@db.internal.example/x`,
    'single quotes': `{'password': '${canary}'}`,
    'a raw line break in a string': `{"a":"x\ny","password":"${canary}"}`,
    'a NUL in front': `\u0000{"password":"${canary}"}`,
    'a NUL in a string': `{"a":"\u0000","password":"${canary}"}`,
    'a NUL beside the value': `{"note":"\\u0000 ${mail} \\u0000"}`,
    'bytes that are no UTF-8': join('{"a":"', Uint8Array.of(0xff, 0xfe, 0xc3), `","password":"${canary}","b":"${mail}"}`),
    'bytes that are no UTF-8, in the value': join(`{"password":"`, Uint8Array.of(0xc3), canary, Uint8Array.of(0xff), '"}'),
    'bytes that are no UTF-8, in text': join(Uint8Array.of(0xff), ` password=${canary} `, Uint8Array.of(0xc3, 0x28), ` ${mail} `, Uint8Array.of(0xe2, 0x82)),
    'a lone surrogate beside': `{"note":"\\ud800 ${mail} \\udc00","password":"\\ud83d${canary}"}`,
    'a comma too many': `{"password":"${canary}",}`,
    'a number that is none': `{"password":"${canary}","n":01}`,
    'too deep': `${'{"a":'.repeat(300)}{"password":"${canary}"}${'}'.repeat(300)}`,
    'too long': `{"note":"${'lorem ipsum '.repeat(100_000)}","password":"${canary}"}`,
    'too long, secret first': `{"password":"${canary}","m":"${mail}","note":"${'lorem ipsum '.repeat(100_000)}"}`,
    'too long, no JSON': `password=${canary} ${mail} ${'lorem ipsum '.repeat(100_000)} ${mail}`,
    'a secret across the place where long records are cut': `{"note":"${'x'.repeat(16_340)} ${mail} ${'lorem ipsum '.repeat(100_000)}"}`,
  }

  it('never come out, on any way through', { timeout: minute }, async () => {
    const written: string[] = []
    const streams = [process.stdout, process.stderr].map((stream) =>
      vi.spyOn(stream, 'write').mockImplementation((chunk: string | Uint8Array) => {
        written.push(typeof chunk === 'string' ? chunk : textOf(chunk))
        return true
      }),
    )
    const shown: [string, string][] = []
    try {
      const masker = createMasker('mask-logs:default', { runSecret })
      for (const [name, line] of Object.entries(lines)) {
        const bytes = typeof line === 'string' ? bytesOf(line) : line
        shown.push([`${name}, bytes`, latin1(masker.json(bytes))])
        if (typeof line === 'string')
          shown.push([`${name}, string`, masker.json(line)], [`${name}, text`, masker.text(line)], [`${name}, explain`, JSON.stringify(masker.explain(line))])
        shown.push([`${name}, stream`, latin1(await through(masker, [bytes, bytesOf('\n')]))])
        shown.push([`${name}, stream in two`, latin1(await through(masker, [bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)]))])
      }
      shown.push(['stats', JSON.stringify(masker.stats())])
      masker.close()
    } finally {
      for (const spy of streams) spy.mockRestore()
    }
    shown.push(['stdout and stderr', written.join('')])
    for (const [name, output] of shown) expect(survivors(output, all), name).toEqual([])
  })

  it('never stand in an error, whatever fails', () => {
    const failing = {
      version: '1.0',
      policy: { on_mask_error: 'fail' },
      rules: [
        { keys: ['password'], masks: [{ type: 'typecast', typecast_as: 'integer' }] },
        { paths: ['note'], masks: [{ type: 'date_shift' }] },
      ],
    }
    const masker = createMasker(failing, { runSecret })
    const errors: unknown[] = []
    const attempt = (act: () => unknown): void => {
      try {
        const out = act()
        errors.push(typeof out === 'string' ? out : JSON.stringify(out))
      } catch (error) {
        errors.push(error)
      }
    }
    for (const line of [`{"password":"${canary}"}`, `{"note":"${mail}"}`, `{"${mail}":{"password":"${canary}"}}`, `password=${canary}`]) {
      attempt(() => masker.json(line))
      attempt(() => masker.json(bytesOf(line)))
      attempt(() => masker.text(line))
      if (line.startsWith('{')) attempt(() => masker.value(JSON.parse(line)))
    }
    expect(errors.some((error) => error instanceof Error)).toBe(true)
    for (const error of errors) {
      const parts =
        error instanceof Error
          ? [
              error.message,
              error.stack ?? '',
              JSON.stringify(error),
              String(error.cause),
              JSON.stringify(Object.getOwnPropertyNames(error).map((name) => (error as unknown as Record<string, unknown>)[name])),
            ]
          : [String(error)]
      for (const part of parts) expect(survivors(part, [canary, person])).toEqual([])
    }
  })

  it('never stand in what a failing stream emits', async () => {
    const masker = createMasker(
      { version: '1.0', policy: { on_mask_error: 'fail' }, rules: [{ keys: ['password'], masks: [{ type: 'typecast', typecast_as: 'integer' }] }] },
      { runSecret },
    )
    const stream = masker.stream()
    const out: Buffer[] = []
    stream.on('data', (chunk: Buffer) => out.push(chunk))
    const failed = once(stream, 'error')
    stream.write(`{"password":"${canary}"}\n{"password":"${canary}"}\n`)
    const [error] = (await failed) as [Error]
    expect(survivors(`${error.message}${error.stack}${JSON.stringify(error)}${String(error.cause)}`, [canary])).toEqual([])
    expect(survivors(Buffer.concat(out).toString(), [canary])).toEqual([])
  })
})

// -------------------------------------------------------------------------------------------------- extremes

describe('extremes', () => {
  const canary = password(createRandom('extremes'))

  it('nesting of 50,000 levels has a defined result', async () => {
    const masker = createMasker('mask-logs:default', { runSecret })
    const deep = {
      arrays: `${'['.repeat(50_000)}"password=${canary}"${']'.repeat(50_000)}`,
      objects: `${'{"a":'.repeat(50_000)}{"password":"${canary}"}${'}'.repeat(50_000)}`,
      mixed: `${'[{"a":'.repeat(25_000)}"x password=${canary}"${'}]'.repeat(25_000)}`,
    }
    for (const [name, text] of Object.entries(deep)) {
      const out = masker.json(text)
      expect((JSON.parse(out) as { msg: string }).msg, name).toBe('[MASKING FAILED]')
      expect((await through(masker, [bytesOf(`${text}\n`)])).toString(), name).toBe(`${out}\n`)
      // As free text it is scanned whole; what comes out is not fixed, but the value is gone.
      expect(masker.text(text).includes(canary), name).toBe(false)
      expect(masker.json(text.slice(0, -1)).includes(canary), `${name}, truncated`).toBe(false)
    }
    let value: unknown = { password: canary }
    for (let i = 0; i < 50_000; i++) value = i % 2 === 0 ? { a: value } : [value]
    // JSON.stringify itself gives up on such a depth: the masked value must be shallow by now.
    expect(JSON.stringify(masker.value(value)).includes(canary)).toBe(false)
  })

  it('values with cycles, getters that throw and odd types come back without the secret or as a failure', () => {
    const masker = createMasker('mask-logs:default', { runSecret })
    const cycle: Record<string, unknown> = { password: canary }
    cycle['self'] = cycle
    const odd = {
      password: canary,
      when: new Date(0),
      big: 10n,
      none: undefined,
      call: () => canary,
      sign: Symbol('x'),
      bytes: Buffer.from('abc'),
      map: new Map([['password', canary]]),
    }
    for (const value of [cycle, odd]) {
      let out: unknown
      try {
        out = masker.value(value)
      } catch (error) {
        expect(String((error as Error).stack).includes(canary)).toBe(false)
        continue
      }
      const seen = new Set<unknown>()
      const text = JSON.stringify(out, (_, inner: unknown) => {
        if (typeof inner === 'bigint') return String(inner)
        if (typeof inner !== 'object' || inner === null) return inner
        if (seen.has(inner)) return 'seen'
        seen.add(inner)
        return inner
      })
      expect(text.includes(canary)).toBe(false)
    }
  })

  it('NUL bytes anywhere keep their place', () => {
    const masker = createMasker(hitsNothing, { runSecret })
    for (const text of ['\u0000', 'a\u0000b', '{"a":"\u0000"}', '\u0000{}', '{}\u0000', `${'\u0000'.repeat(5000)}`, '{"a\\u0000":"\\u0000"}']) {
      expect(masker.json(text)).toBe(text)
      expect(masker.text(text)).toBe(text)
      expect(latin1(masker.json(bytesOf(text)))).toBe(latin1(bytesOf(text)))
    }
  })

  it('texts that invite quadratic work stay quick', { timeout: minute }, () => {
    const masker = createMasker('mask-logs:default', { runSecret })
    const pieces = [
      '"',
      '\\',
      '\\"',
      '\\\\"',
      '{"',
      '[',
      '{"a":"',
      '\\u00',
      '":"',
      'password=',
      '{"password":"',
      '"{\\"',
      '@',
      'a@',
      '-----BEGIN ',
      'eyJ.',
      '%25',
      'x=',
      '://',
      '1-',
      '\u0000',
      'é',
    ]
    for (const piece of pieces) {
      const text = piece.repeat(Math.ceil(1_000_000 / piece.length))
      const start = performance.now()
      masker.json(text)
      masker.json(JSON.stringify({ note: text.slice(0, 500_000) }))
      // Linear work takes some 50 ms here, quadratic work minutes: the limit only tells these two apart.
      expect(performance.now() - start, JSON.stringify(piece)).toBeLessThan(5000)
    }
  })
})
