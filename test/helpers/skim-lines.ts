// Lines made to be hard for the skim: everything that detectors take and what only looks like it, glued together, spelled in
// every way that JSON allows, under keys that rules know, repeated so that strings are remembered and forgotten, between
// lines that are no JSON. Seeded, so that a failure can be made again from seed and number.

import { createRandom, type Random } from '../../bench/random.ts'
import { anyValue, cardNumber, iban } from '../../bench/values.ts'
import { detectors } from '../../src/detectors/index.ts'

const plainExample = (text: string): string => text.replaceAll('«', '').replaceAll('»', '')

/** What detectors find, and what they do not. */
export const samples: readonly string[] = detectors.flatMap((d) => [...d.examples.map(plainExample), ...d.counterExamples])

export const keys: readonly string[] = [
  'password',
  'passwd',
  'pwd',
  'secret',
  'client_secret',
  'clientSecret',
  'api_key',
  'apikey',
  'token',
  'access_token',
  'authorization',
  'Cookie',
  'session',
  'pin',
  'otp',
  'credentials',
  'value',
  'name',
  'key',
  'id',
  'user',
  'msg',
  'note',
  'a',
  'b',
  'c',
  'v',
  'd',
  'items',
  'card',
  'phone',
  'mobile',
  'ssn',
  'email',
  'url',
  'data',
  'referer',
  'time',
  'ts',
  'port',
  'count',
  'level',
  'string',
  'sig',
  'code',
  'x-amz-signature',
  'AccountKey',
  'SharedAccessKey',
  'page',
  'page_token',
  'q',
  'über',
  'A',
  'long_key_of_more_than_eight_bytes',
  'long_key_of_more_than_eight_bytez',
  'long_key',
  'a.b',
  'x_y-z.w',
  'kind',
  'hash',
  'customer',
  'drop_me',
  'fail_me',
  'skip',
  'ip',
  'host',
  'trace_id',
  'doc',
  'body',
  'k',
  'content',
  'Name',
  'field',
  'stringValue',
  'attribute',
  'rawHeaders',
  'first_name',
  'fullName',
  'address',
  'street',
  'line1',
  'lat',
  'lon',
  'latitude',
] // prettier-ignore

const separators = [
  '',
  '',
  '',
  ' ',
  ' ',
  '  ',
  ',',
  ', ',
  ';',
  '; ',
  '=',
  ':',
  ': ',
  '-',
  '.',
  '/',
  '(',
  ')',
  ') ',
  ' (',
  '"',
  "'",
  '`',
  '\\',
  '\\"',
  '\\n',
  '\n',
  '\r\n',
  '\t',
  '&',
  '&amp;',
  '?',
  '#',
  '_',
  'x',
  '1',
  '0',
  'é',
  'ß',
  '名',
  '\u{1f600}',
  '\u00a0',
  '\u200b',
  '４１１１',
  '＠',
  '\\x3d',
  '%2540',
  'eyJtYWlsIjoiYm9iQHNob3AuZXhhbXBsZSJ9',
  '\u0000',
  '\u001b',
  '\u007f',
  '\ud800',
  '\udc00',
  '@',
  '+',
  '++',
  '%',
  '%40',
  '[',
  ']',
  '{',
  '}',
  '|',
  '<',
  '>',
  '~',
  '^',
  '*',
  '$',
  '://',
  '=>',
  ':=',
  '?=',
  '!=',
  '==',
  '--',
  '-u ',
  ' -u',
  '%3D',
  '="',
  "='",
  ': "',
  '":"',
  '","',
  "', '",
  '.5',
  ' x12',
  ' ext. 9',
] // prettier-ignore

const words = [
  'request',
  'completed',
  'GET',
  'curl',
  'took',
  'ms',
  'card',
  'phone',
  'call',
  'ssn',
  'time',
  'offset',
  'order',
  'a',
  'ok',
  'visa',
  'tel',
  'fax',
  'office',
  'build',
  'null',
  'jdbc:oracle:thin',
  '@tcp(',
  '@unix(',
]
const sparks = [
  'de12',
  'DE89 3704',
  'GB82 WEST 1234 5698 7654 32',
  'gb82west12345698765432',
  '4111111111111111',
  '4111 1111 1111 1111',
  '4111-1111-1111-111',
  '1795305600000',
  '1700000000',
  '20240501103000',
  '2024-05-01T10:00:00.000Z',
  '10:00:00',
  '127.0.0.1',
  '1.2.3.4',
  '10.0.0.255:8080',
  '1.22.333.4444',
  '415-555-2671',
  '(415) 555-2671',
  '1 (415) 555-2671',
  '1-415-555-2671',
  '+1 415 555 2671',
  '+49 (0)30 901820',
  '+',
  '+4',
  '020 7946 0958',
  '0412 345 678',
  '089 72 63 41',
  '536-90-4399',
  '536 90 4399',
  '536904399',
  '912-70-1234',
  '1234567',
  '12345678',
  '123456789012',
  '1234567890123456789',
  '1 .5',
  '1-1-1-1-1-1',
  '2.2.2.2.2',
  'f47ac10b-58cc-4372-a567-0e02b2c3d479',
  'd41d8cd98f00b204e9800998ecf8427e',
  'https://',
  'https://a:b@c',
  'http://x:80/y@z',
  'http://x:pw/y@z',
  'x://u:p/',
  'ftp://x#a=b',
  '?token=abcdef12',
  '?a=1&b=2',
  '#access_token=ya1x',
  '?a[0]=1&secret=zz9',
  '?%61=1&sig=abc123',
  '?q=a;token=zz9x1',
  '/a?b&c&password=zz9x1y',
  '?code=4/0AX4XfWh',
  'eyJhbGciOiJIUzI1NiJ9.',
  '-----BEGIN PRIVATE KEY-----',
  'AKIA',
  'ghp_',
  'sk_live_',
  'xoxb-',
  'Bearer ',
  'Basic QUJD',
  '::1',
  'fe80::1',
  'aa:bb:cc:dd:ee:ff',
  '{"a":1}',
  '[1]',
  '{"password":"x1y2z3"}',
  '{broken',
  '[REDACTED]',
  '****',
  '--token abc123',
  '--password',
  '("password", "zz9x1")',
  'a@b.example',
  '@',
  'key="Password" value="zz9x1y2"',
  'apiToken string = "zz9x1y2"',
  "env['API_KEY'] = zz9x1",
  'Server=db;Password=p4ss w0rd;',
  'Uid=bob;Pwd={p;w};',
  'root:s3cret@tcp(h)/d',
  'jdbc:oracle:thin:scott/tiger7@db',
  'curl -u a:b1c2 x',
  'curl --user a:b1c2',
  'access=1',
  'xaccesskey=1;',
  'a<=1',
  'a=~b',
  'a::b',
  'std::string=x',
] // prettier-ignore
const alphabet = '0123456789 -.:/()+=&?#;abDEx_@%"\'\\,é'

/** A text of a few pieces. */
export function hardText(random: Random): string {
  let out = ''
  for (let n = random.between(1, random.chance(0.1) ? 30 : 5); n > 0; n--) {
    const dice = random.below(20)
    let piece: string
    if (dice < 6) piece = random.pick(samples)
    else if (dice < 8) piece = anyValue(random).text
    else if (dice < 9) piece = random.chance(0.5) ? cardNumber(random) : iban(random)
    else if (dice < 12) piece = random.pick(sparks)
    else if (dice < 14) piece = pair(random)
    else if (dice < 15) piece = random.text(alphabet, random.between(1, 24))
    else if (dice < 16) piece = random.text('0123456789', random.between(1, 20))
    else if (dice < 17) piece = grouped(random)
    else piece = random.pick(words)
    if (random.chance(0.15)) piece = mutated(random, piece)
    if (random.chance(0.03)) piece = piece.toUpperCase()
    if (random.chance(0.03)) piece = piece.toLowerCase()
    out += piece + random.pick(separators)
  }
  if (random.chance(0.5)) out = out.slice(random.below(Math.min(4, out.length)), out.length - random.below(3))
  return out
}

function pair(random: Random): string {
  const key = random.pick(keys)
  const quote = random.pick(['', '', '', '"', "'", '`', '\\"'])
  const blank = random.pick(['', '', '', ' ', '  ', '\t'])
  const value = random.pick(['zz9x1y2w3', 'hunter22x', 'abc', '1', '', 'true', '${X}', '[REDACTED]', 'a b c', '{"x":1}', '["q1w2e3r4"]', '4111111111111111', 'Bearer zz9x1y2w3v4'])
  const around = random.pick(['', '', quote])
  return `${around}${key}${around}${blank}${random.pick(['=', '=', ':', ':', ':=', '?=', '!=', '==', '::', '=>', '=~', '<=', '%3D', '%3d', ',', ': :'])}${blank}${quote}${value}${quote}`
}

function grouped(random: Random): string {
  let out = random.pick(['', '', '+', '(', '1 ', '0'])
  for (let n = random.between(1, 9); n > 0; n--)
    out += random.text('0123456789', random.pick([1, 2, 3, 3, 4, 4, 4, 6, 7, 8])) + random.pick([' ', ' ', '-', '-', '.', '/', ':', ') ', ')-', ' (', '-(', ',', ''])
  return out
}

function mutated(random: Random, text: string): string {
  if (text.length === 0) return text
  const at = random.below(text.length)
  const dice = random.below(4)
  if (dice === 0) return text.slice(0, at)
  if (dice === 1) return text.slice(0, at) + text.slice(at + 1)
  if (dice === 2) return text.slice(0, at) + random.pick([...alphabet]) + text.slice(at + 1)
  return text.slice(0, at) + random.pick(separators) + text.slice(at)
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\b': '\\b', '\f': '\\f', '"': '\\"', '\\': '\\\\', '/': '\\/' }

/** A JSON string of the text; more of its characters are written as escapes the higher `odd` is. */
export function spelled(random: Random, text: string, odd: number): Buffer {
  const parts: Buffer[] = []
  let out = '"'
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    const code = text.charCodeAt(i)
    const must = code < 0x20 || c === '"' || c === '\\' || (code >= 0xd800 && code < 0xe000)
    if (code >= 0xd800 && code < 0xdc00 && text.charCodeAt(i + 1) >= 0xdc00 && text.charCodeAt(i + 1) < 0xe000 && !random.chance(odd)) {
      out += c + text[++i]!
      continue
    }
    if (!must && !(odd > 0 && random.chance(odd))) out += c
    else if (SHORT[c] !== undefined && random.chance(0.8)) out += SHORT[c]
    else {
      const hex = code.toString(16).padStart(4, '0')
      out += `\\u${random.chance(0.5) ? hex : hex.toUpperCase()}`
    }
    if (odd > 0 && random.chance(0.002)) {
      parts.push(Buffer.from(out), Buffer.from(random.pick([[0xff], [0xc3], [0xe2, 0x82], [0x80], [0xed, 0xa0, 0x80], [0xf0, 0x9f]])))
      out = ''
    }
  }
  parts.push(Buffer.from(`${out}"`))
  return Buffer.concat(parts)
}

/** Makes lines: with their terminators, the last bytes of each. */
export class HardLines {
  readonly #random: Random
  /** Texts that come again and again. */
  readonly #texts: string[] = []
  readonly #lines: Buffer[] = []
  /** How often something comes again, and how oddly things are spelled. */
  readonly #repeats: number
  readonly #oddKeys: number

  constructor(seed: string, repeats = 0.4, oddKeys = 0.01) {
    this.#random = createRandom(`hard lines ${seed}`)
    this.#repeats = repeats
    this.#oddKeys = oddKeys
  }

  get random(): Random {
    return this.#random
  }

  line(): Buffer {
    const random = this.#random
    if (this.#lines.length > 0 && random.chance(this.#repeats)) return random.pick(this.#lines)
    const dice = random.below(40)
    let body: Buffer
    if (dice < 33) body = this.#container(0)
    else if (dice < 34) body = this.#value(9)
    else if (dice < 35) body = Buffer.from(hardText(random).replaceAll('\n', ' '))
    else if (dice < 36)
      body = Buffer.from(
        random.pick(['', ' ', '\t', '{', '[', '{}', '[]', '{ }', '[ ]', '""', 'null', 'nul', '-', '01', '{}{}', '[1,]', '{"a":1,}', '{"a"}', '{"a":}', '[}', '{]', '{"a":1]']),
      )
    else if (dice < 38) {
      // cut, or with a byte changed
      const whole = this.#container(0)
      const at = random.below(whole.length)
      body = random.chance(0.5)
        ? whole.subarray(0, at)
        : Buffer.concat([whole.subarray(0, at), Buffer.from([random.pick([0, 1, 9, 13, 32, 34, 44, 58, 92, 91, 93, 123, 125, 48, 255])]), whole.subarray(at + 1)])
    } else if (dice < 39) body = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), this.#container(0)])
    else body = Buffer.concat([this.#container(0), Buffer.from(random.pick([' ', '\t', ' x', '{}', '\u0000', ',', '  \r']))])
    const line = Buffer.concat([body, Buffer.from(random.chance(0.1) ? '\r\n' : '\n')])
    if (this.#lines.length < 60) this.#lines.push(line)
    else this.#lines[random.below(60)] = line
    return line
  }

  /** The JSON of a string, often one that was there before. */
  string(): Buffer {
    const random = this.#random
    let text: string
    if (this.#texts.length > 0 && random.chance(this.#repeats)) text = random.pick(this.#texts)
    else {
      text = random.chance(0.2) ? random.pick(words) : hardText(random)
      if (this.#texts.length < 40) this.#texts.push(text)
      else this.#texts[random.below(40)] = text
    }
    return spelled(random, text, random.pick([0, 0, 0, 0, 0.02, 0.3, 1]))
  }

  #gap(): string {
    return this.#random.chance(0.05) ? this.#random.pick([' ', '  ', '\t', '\r', ' \t ']) : ''
  }

  #container(depth: number): Buffer {
    const random = this.#random
    const array = random.chance(depth === 0 ? 0.1 : 0.35)
    const parts: Buffer[] = [Buffer.from(array ? '[' : '{')]
    const n = random.chance(0.02) ? 60 : random.below(array ? 6 : 8)
    for (let k = 0; k < n; k++) {
      if (k > 0) parts.push(Buffer.from(`${this.#gap()},${this.#gap()}`))
      if (!array) {
        const dice = random.below(40)
        const key = dice < 36 ? random.pick(keys) : dice < 38 ? hardText(random).slice(0, 40) : dice < 39 ? '' : `k${random.below(5000)}`
        parts.push(spelled(random, key, random.chance(this.#oddKeys) ? 0.3 : 0), Buffer.from(`${this.#gap()}:${this.#gap()}`))
      }
      parts.push(this.#value(depth + 1))
    }
    parts.push(Buffer.from(`${this.#gap()}${array ? ']' : '}'}${depth === 0 ? this.#gap() : ''}`))
    return Buffer.concat(parts)
  }

  /** Names beside values, in every order, with a few things between. */
  #named(depth: number): Buffer {
    const random = this.#random
    const name = (): Buffer =>
      spelled(random, random.chance(0.8) ? random.pick(keys) : hardText(random).slice(0, random.pick([20, 140, 300])), random.chance(this.#oddKeys * 3) ? 0.3 : 0)
    const list = (parts: readonly Buffer[], open: string, close: string): Buffer =>
      Buffer.concat([Buffer.from(open), ...parts.flatMap((part, i) => [Buffer.from(`${i > 0 ? ',' : ''}${this.#gap()}`), part, Buffer.from(this.#gap())]), Buffer.from(close)])
    const entry = (key: string, value: Buffer): Buffer =>
      Buffer.concat([spelled(random, key, random.chance(this.#oddKeys) ? 0.3 : 0), Buffer.from(`${this.#gap()}:${this.#gap()}`), value])
    const dice = random.below(5)
    if (dice === 0) return list([list([name(), this.#value(9)], '[', ']'), list([name(), this.#value(depth + 1)], '[', ']')], '[', ']')
    if (dice === 1) return list([entry('rawHeaders', list([name(), this.#value(9), name(), this.#value(9), this.#value(9)], '[', ']'))], '{', '}')
    const entries = [entry(random.pick(['name', 'key', 'Key', 'k', 'field', 'variable', 'attribute', 'header']), name())]
    const value = random.chance(0.3) ? list([entry('stringValue', this.#value(9))], '{', '}') : this.#value(random.chance(0.8) ? 9 : depth + 1)
    entries.push(entry(random.pick(['value', 'v', 'val', 'Value', 'content', 'stringValue']), value))
    if (random.chance(0.5)) entries.reverse()
    for (let n = random.below(random.chance(0.1) ? 12 : 4); n > 0; n--)
      entries.splice(random.below(entries.length + 1), 0, entry(random.pick(keys), this.#value(random.chance(0.8) ? 9 : depth + 1)))
    return list(entries, '{', '}')
  }

  #value(depth: number): Buffer {
    const random = this.#random
    if (depth < 5 && random.chance(0.04)) return this.#named(depth)
    const dice = random.below(20)
    if (dice < 3 && depth < 8) return this.#container(depth)
    if (dice < 5)
      return Buffer.from(
        random.pick([
          () => String(random.below(2000)),
          () => cardNumber(random),
          () => `1${random.text('0123456789', random.between(9, 18))}`,
          () => `${random.chance(0.3) ? '-' : ''}${random.between(1, 9)}${random.text('0123456789', random.between(0, 20))}`,
          () =>
            random.pick([
              '0',
              '-0',
              '0.5',
              '1e3',
              '1E-7',
              '12345678901234.5',
              '1234567890123e0',
              '536904399',
              '4155552671',
              '3782822463100050',
              '100000000000003',
              '01',
              '1.',
              '.5',
              '1e',
              '-',
              '+1',
            ]),
        ])(),
      )
    if (dice < 6) return Buffer.from(random.pick(['true', 'false', 'null', 'null', 'true', 'false', 'nul', 'True']))
    if (dice < 7) {
      // a document in a string
      const inner = this.#container(Math.max(depth, 5))
      return spelled(random, `${random.pick(['', '', ' ', '\n'])}${inner.toString()}${random.pick(['', '', ' ', 'x'])}`, 0)
    }
    if (dice < 8) return Buffer.from('""')
    return this.string()
  }
}

/** What the skim rules out by itself: texts full of beginnings of it, by the function of wasm/skim.ts that does. */
export const nearMisses: Readonly<Record<string, (random: Random) => string>> = {
  noNumber: (random) => {
    if (random.chance(0.3))
      return `${random.pick(['', 'phone ', 'card ', 'ssn: ', 'x', '_', 'é', '1', '(', '+'])}${grouped(random)}${random.pick(['', ' office', 'x', ' x12', ')', '_', 'é', '\u00a0'])}`
    return tokens(
      random,
      [
        '1',
        '12',
        '123',
        '1234',
        '4111',
        '536-90-4399',
        '020',
        '0412',
        '415',
        '555',
        '2671',
        '+1',
        '+49',
        '(0)30',
        '1700000000000',
        '12345678',
        '123456789',
        '3782822463100005',
        '1.2.3.4',
        ' ',
        ' ',
        '-',
        '-',
        '.',
        '/',
        ':',
        '(',
        ')',
        ') ',
        ' (',
        ',',
        '+',
        'x',
        'phone',
        'tel',
        'card',
        'ssn',
        'é',
        '_',
        'T',
        'Z',
      ],
      12,
    )
  },
  noIban: (random) => {
    let text = random.chance(0.5)
      ? iban(random)
      : random.pick(['DE89370400440532013000', 'GB82WEST12345698765432', 'NL91ABNA0417164300', 'NO9386011117947', 'FR1420041010050500013M02606', 'MT84MALT011000012345MTLCAST001S'])
    if (random.chance(0.4)) text = text.replace(/(.{4})(?=.)/g, random.pick(['$1 ', '$1-']))
    if (random.chance(0.2)) text = text.toLowerCase()
    if (random.chance(0.5)) text = mutated(random, text)
    if (random.chance(0.2)) text = mutated(random, text)
    return `${random.pick(['', '', ' ', 'iban ', 'x', '1', '_', 'é', '-', ':', '=', 'de12', 'DE1'])}${text}${random.pick(['', '', ' ', '.', 'x', '1', '_', 'é', '-', ' 12', text])}`
  },
  noUrl: (random) =>
    tokens(
      random,
      [
        'http',
        'x',
        '://',
        '://',
        '//',
        ':',
        '@',
        '/',
        '?',
        '?',
        '#',
        '&',
        '&',
        '&amp;',
        ';',
        '=',
        '=',
        '=',
        'a',
        'page',
        'q',
        'token',
        'sig',
        'code',
        'secret',
        'api_key',
        'x-amz-signature',
        '1',
        'zz9x1y2w',
        '4/0AX4XfWh',
        '80',
        '8080',
        '123456',
        '%',
        '%61',
        '[',
        ']',
        ' ',
        '"',
        "'",
        '<',
        '\\',
        ')',
        ',',
        '.',
        '-u ',
        ' -u',
        '--user',
        'curl',
        'a:b1c2',
        'é',
        '\n',
        '|',
        '{',
        '}',
        'x'.repeat(64),
      ],
      24,
    ),
  noPair: (random) =>
    tokens(
      random,
      [
        ...keys.slice(0, 24),
        'password',
        'value',
        'name',
        'page',
        'a',
        'npassword',
        'x'.repeat(60),
        '1',
        '.',
        '-',
        '_',
        '=',
        '=',
        '=',
        ':',
        ':',
        ' ',
        ' ',
        '\t',
        '"',
        "'",
        '`',
        '\\',
        '\\n',
        '!',
        '?',
        '<',
        '>',
        '~',
        '//',
        '[',
        ']',
        '(',
        ',',
        '--',
        '%3D',
        '%3d',
        'string',
        'str',
        ';',
        '&',
        'é',
        'zz9x1y2w3',
        'hunter22x',
      ],
      14,
    ),
  noGeo: (random) =>
    tokens(
      random,
      ['51', '51.5', '51.5073', '-0.1277', '0.12345678901234567890123456', '51.50735', '91.12345', '.1234', '1234', '-', '+', ',', ',', ',', ', ', ' ', '.', '(', 'x', 'é'],
      10,
    ),
  noConnection: (random) =>
    tokens(
      random,
      [
        'Server=db',
        'Password',
        'pwd',
        'Pwd',
        'AccountKey',
        'SharedAccessKey',
        'sharedsecretvalue',
        'accesskey',
        'secretkey',
        'ClientSecret',
        'passphrase',
        'xpassword',
        'id',
        'key',
        '=',
        '=',
        ';',
        ';',
        '; ',
        ' ',
        'p4ss w0rd',
        'zz9x1',
        '{p;w}',
        '"',
        "'",
        'root:',
        's3cret',
        '@tcp(',
        '@unix(',
        '@t',
        'jdbc:oracle:thin',
        'jdbc:oracle:thin:',
        ':',
        'scott/tiger7@db',
        '/',
        '@',
        'n:',
        '\n',
        '${P}',
        '[REDACTED]',
      ],
      10,
    ),
  sureTokens: (random) => {
    let text = ''
    for (let n = random.pick([1, 1, 1, 2, 3]); n > 0; n--) text += `${token(random)}${random.pick(['', ' ', ' ', ' and ', ',', '\n', '\t', '"', '-', 'é'])}`
    return text
  },
  sureAddresses: (random) => {
    let text = ''
    for (let n = random.pick([1, 1, 1, 2, 3]); n > 0; n--) text += `${address(random)}${random.pick(['', ' ', ' ', ', ', ';', '\n', '>', '/', 'é', '+1', '1'])}`
    return text
  },
  sureSecrets: (random) => {
    if (random.chance(0.2)) return random.pick(values)
    const body = random.text(random.pick(['ab', 'abcdefgh', 'xX-', 'aB3dE5', '0123456789', 'aB3.-_/+=']), random.between(1, 40))
    return `${random.pick(['', '', '', 'x', '$', '<', '[', '{', '%', '*', ' ', 'é', 'your_', '\n', '"'])}${random.pick([body, random.pick(values), body + random.pick(values)])}${random.pick(['', '', '', '>', ']', '}', '#'.repeat(20), '*'.repeat(17), ' ', 'é', '%', '..[redacted]', '\n'])}`
  },
  noEncoded: (random) =>
    tokens(
      random,
      [
        'eyJ',
        'ewog',
        'ey',
        'ghs_12_eyJ',
        '.eyJ9.c2ln',
        '1',
        '3',
        '4A',
        'bc1q',
        'tb1p',
        '0x',
        ...samples.filter((text) => /^(?:bc1|0x|eyJ|A[KSB]IA|pbkdf2)/.test(text)),
        'abandon ability able about above absent absorb abstract absurd abuse access accident',
        'abandon, ',
        'legal winner thank year wave sausage worth useful legal winner thank yellow',
        'letter,advice,cage,absurd,amount,doctor,acoustic,avoid,letter,advice,cage,absurd,amount,doctor,acoustic,avoid,letter,always',
        'jelly, better, achieve, collect, unaware, mountain, thought, cargo, oxygen, act, hood, bridge',
        'zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong',
        'the quick brown fox jumps over the lazy dog and runs away from it all',
        'about ',
        'zoo ',
        'wolf,',
        'phrase: ',
        'mnemonic="',
        'AKIA',
        'ASIA',
        'ACCA',
        'aws',
        ' aws',
        'AWS',
        '_aws_',
        'secret',
        'IQoJb3JpZ2lu',
        'FwoGZXIvYXdz',
        '==',
        'pbkdf2',
        '$2b$',
        'k',
        'd',
        ' ',
        ' ',
        '_',
        '/',
        '+',
        '.',
        'é',
        'okta ',
        'lob ',
        'vault ',
        'twilio ',
        'MTIz',
        random.text('ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789', 34),
        random.text('0123456789abcdef', 40),
        random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 40),
        random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16),
      ],
      16,
    ),
} // prettier-ignore

const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
/** Examples of tokens with a prefix, and what nearly is one. */
const vendors = detectors.filter(({ checks }) => checks?.includes('prefix') === true).flatMap((d) => [...d.examples.map((text) => /«(.*?)»/.exec(text)![1]!), ...d.counterExamples])

/** A token, as it is or changed, with something glued to it. */
function token(random: Random): string {
  let text = random.pick(vendors)
  // other bodies of the same kinds of characters
  if (random.chance(0.6)) {
    const from = random.between(2, Math.min(8, text.length))
    text =
      text.slice(0, from) +
      text
        .slice(from)
        .replace(/[A-Za-z0-9]/g, (c) =>
          random.pick([...(/[0-9]/.test(c) ? '0123456789' : /[A-F]/.test(c) ? 'ABCDEF' : /[a-f]/.test(c) ? 'abcdef' : /[A-Z]/.test(c) ? 'GHIJKXYZ' : 'ghijkxyz')]),
        )
  }
  if (random.chance(0.2)) text = mutated(random, text)
  if (random.chance(0.1)) text = text.slice(0, random.between(1, text.length))
  if (random.chance(0.1)) {
    const at = random.between(0, text.length)
    text =
      text.slice(0, at) +
      random.pick(['your_', 'YOUR-', 'here', 'KeyHere', 'ey', 'otp', 'kiea', 'aws', 'secret', '_aws', 'Bearer ', '/', '+', '.', '-', '_', '@', '=', ':', 'é', 'xxxx']) +
      text.slice(at)
  }
  if (random.chance(0.05)) text = text.slice(0, 6) + random.pick(['a', 'X', 'ab', '0', '-']).repeat(40).slice(0, 40)
  const before = random.pick([
    '',
    '',
    '',
    ' ',
    'token ',
    'refused ',
    '_',
    'MY_',
    'x',
    '1',
    '-',
    '.',
    '/',
    '+',
    'a+',
    '/aB3dE5fG7aB3dE5fG7/',
    '=',
    ':',
    '"',
    '(',
    'é',
    '\n',
    'okta ',
    'password=',
  ])
  const behind = random.pick([
    '',
    '',
    '',
    ' ',
    '.',
    '-',
    '_',
    '#',
    '####',
    '-****',
    '/',
    '+',
    'é',
    ')',
    '"',
    '@',
    '\n',
    ` ${random.text(ALNUM, 40)}`,
    ` aws_secret ${random.text(`${ALNUM}+/`, 40)}`,
  ])
  return before + text + behind
}

/** An address, or nearly one. */
function address(random: Random): string {
  const label = (): string => random.text(random.pick(['abcdefgh', 'abc123', '0123456789', 'aBcXyZ', 'ab-', 'a-1é']), random.pick([1, 2, 3, 5, 9, 12, 64]))
  const top = random.pick([
    'com',
    'com',
    'example',
    'org',
    'io',
    'png',
    'js',
    'co.uk',
    'COM',
    'c',
    'x1',
    'xn--p1ai',
    'xn--',
    'service',
    'Java',
    'tgz',
    'css',
    'c-m',
    'com-',
    '-com',
    'automount',
    'technology',
    'é',
    'рф',
  ])
  const local = random.pick([
    'bob',
    'a.b+tag',
    "o'neil",
    'x',
    '_x',
    '.bob',
    '%25',
    'josé',
    'git',
    '-a',
    '1.2',
    'user123',
    '"john doe"',
    'a'.repeat(64),
    'a'.repeat(65),
    '…bob',
    '#$!',
    random.text('abcXYZ019._+-', random.between(1, 20)),
  ])
  const domain = Array.from({ length: random.pick([0, 1, 1, 1, 2, 3]) }, label).join(random.pick(['.', '.', '.', '..']))
  const before = random.pick(['', '', '', ' ', 'to ', '<', '"', "'", '(', 'mailto:', 'https://', 'smtp://u:', 'x:', ':', '/', 'é', '“', '=', 'a', '@', 'b@c.de', 'email='])
  return `${before}${local}@${domain}${domain === '' ? '' : '.'}${top}${random.pick(['', '', '', '.', ':', ':22', '/x', '_', '1', ' ', '-', '?x=1', '>', '…'])}`
}

/** Values that are no secret, and what they are made of. */
const values = [
  'null',
  'NULL',
  'none',
  'undefined',
  'true',
  'yes',
  'void',
  'empty',
  'n/a',
  'redacted',
  'REDACTED',
  'xxxx-1234',
  'XXXX',
  'xxxxxxxxxxxx',
  '****1234',
  '[REDACTED]',
  '[hidden]',
  '${DB_PASSWORD}',
  '$X',
  '{{x}}',
  '<token>',
  '%VAR%',
  ':param',
  '#{x}',
  '@{x}',
  'password',
  'example',
  'token',
  'welcome',
  'changeme',
  'aa',
  'aaa',
  'aaaaaaaaaaaaaaaaaaaaaaa',
  'hunter2',
  'Passw0rd!',
  'k3y-aB3dE5fG7',
  '[1,2]',
  '{"a":1}',
  '•••',
] // prettier-ignore

function tokens(random: Random, list: readonly string[], most: number): string {
  let out = ''
  for (let n = random.between(1, most); n > 0; n--) out += random.pick(list)
  return out
}
