// Random JSON documents: a value, one of its many spellings, and the sensitive texts planted in it. Fast enough for hundreds
// of thousands of documents a minute, seeded, so that a failure can be repeated from its number.
import { createRandom, type Random } from '../../bench/random.ts'
import { anyValue, cardNumber, mailbox, password, sensitiveValue } from '../../bench/values.ts'

/** One document. */
export interface GeneratedDocument {
  /** The JSON text, in any spelling. */
  readonly text: string
  /** What the text means: equal to `JSON.parse(text)`. */
  readonly value: unknown
  /** Texts that must not survive masking with the `default` ruleset. */
  readonly planted: readonly string[]
  /** False when a number is an integer that a double does not hold: its text and its value are then different data. */
  readonly exact: boolean
}

export interface DocumentOptions {
  /** No line break anywhere in the text. Default false. */
  readonly singleLine?: boolean
  /** About so many values in a document. Default 24. */
  readonly size?: number
  /** Some keys occur twice. `value` then holds the last one, as JSON.parse does. Default false. */
  readonly duplicateKeys?: boolean
}

const words = 'amber birch cedar delta ember fjord grove harbor island jetty knoll lagoon meadow north ocean prairie quarry ridge summit tundra upland valley willow yonder'.split(
  ' ',
)
// No key here speaks for or against a secret: what is planted under them must be found by its own form.
const plainKeys = [
  'a',
  'b',
  'c',
  'note',
  'msg',
  'details',
  'remark',
  'amber',
  'birch',
  'cedar',
  'über',
  'ключ',
  '备注',
  'k\u{1f511}',
  '',
  ' ',
  'a.b',
  'a[0]',
  '*',
  '**',
  '0',
  '1',
  '07',
  '-',
  '__proto__',
  'constructor',
  'toString',
  'quo"te',
  'back\\slash',
  'sl/ash',
  'tab\tbed',
  'two\nparts',
  'nul\u0000',
  'camelCase',
  'snake_case',
  'kebab-case',
  'UPPER',
  'e\u0301',
]
/** Keys whose value is a secret wherever they stand, whatever the value looks like. */
const secretKeys = [
  'password',
  'Password',
  'user_password',
  'passwd',
  'pwd',
  'passphrase',
  'secret',
  'clientSecret',
  'client_secret',
  'api_key',
  'apiKey',
  'X-Api-Key',
  'access_token',
  'refreshToken',
  'private_key',
  'authorization',
  'Authorization',
  'proxy-authorization',
  'cookie',
  'Set-Cookie',
]
/** Keys that give context; nothing below them is asserted, but every walker must treat it alike. */
const tellingKeys = ['credentials', 'headers', 'token', 'session', 'phone', 'card', 'iban', 'email', 'cvv', 'pin', 'otp', 'name', 'value', 'url', 'ssn', 'env'].concat(
  'key content field v attributes rawHeaders first_name fullName display_name address street billing_address first lat lon latitude longitude socialSecurityNumber'.split(' '),
)
/** Keys of headers with a mask of their own, which expects what such a header holds. */
const headerKeys = ['referer', 'Origin', 'x-forwarded-for', 'X-Real-IP']
/** Pieces that start a candidate and mostly come to nothing. */
const sparks = [
  '@',
  'user@host',
  'a@b.c',
  'pkg@1.2.3',
  '@2x.png',
  '://',
  'https://',
  'http://x/y?token=',
  '?sig=',
  'eyJ',
  'eyJhbGciOiJIUzI1NiJ9',
  '.',
  '-----BEGIN ',
  '-----BEGIN PRIVATE KEY-----',
  'AKIA',
  'ghp_',
  'sk_live_',
  'xoxb-',
  'Bearer ',
  'Basic ',
  'Basic dXNlcjpwYXNz',
  '4111111111111112',
  '4111 1111',
  '1795305600000',
  '2026-11-22T10:00:00Z',
  '20261122100000',
  '12/34/5678',
  '+',
  '+1',
  '+49 ',
  '123-45-',
  '123-45-678',
  '::',
  '::1',
  '10.0.0.1',
  '1.2.3.4.5',
  'aa:bb:cc',
  'DE00',
  'GB82 WEST',
  '$2b$',
  '{SSHA}',
  '0x',
  '%40',
  '%',
  '%7B',
  'password',
  'password=',
  'token: ',
  'key=',
  ' = ',
  ': ',
  '=>',
  '"',
  "'",
  '\\',
  '\\"',
  '{',
  '}',
  '[',
  ']',
  '{"a":1}',
  '[1,2]',
  '{"password":',
  '\n',
  '\r\n',
  '\t',
  '\u0000',
  '\u001b[31m',
  '\u00a0',
  '\u200b',
  '\u2028',
  '\ufeff',
  '\ufffd',
  '\u{1f600}',
  'é',
  'ß',
  '名',
  '\ud83d',
  '\ude00',
  '[REDACTED]',
  '****',
  'f47ac10b-58cc-4372-a567-0e02b2c3d479',
  'd41d8cd98f00b204e9800998ecf8427e',
  'null',
  '${X}',
  '<token>',
  '/usr/lib/node',
  'std::abc',
  'x=y;z=w',
  '--flag value',
  '-p secret',
  ',',
  ';',
  '(',
  ')',
  '<',
  '>',
  '|',
  '&',
  '#',
  '*',
  '~',
  '^',
]
const oddNumbers = [
  '-0',
  '0.0',
  '-0.0',
  '1e3',
  '1E3',
  '1e+3',
  '1.5e-7',
  '4823.50',
  '0.10',
  '100.000',
  '-1.0',
  '2E-2',
  '1e21',
  '123456789012345678901',
  '98765432109876543210',
  '9007199254740993',
  '0.1234567890123456789',
  '1e-320',
  '5e-324',
  '1.7976931348623157e308',
]

/** Makes document after document of one seed. */
export function documents(seed: number | string, options: DocumentOptions = {}): () => GeneratedDocument {
  const random = createRandom(`documents ${seed}`)
  const size = options.size ?? 24
  return () => {
    const builder = new Builder(random, options, random.between(1, size * 2))
    const { text, value } = builder.root()
    return { text, value, planted: builder.planted, exact: builder.exact }
  }
}

interface Piece {
  readonly text: string
  readonly value: unknown
}

class Builder {
  readonly planted: string[] = []
  exact = true
  readonly #random: Random
  readonly #options: DocumentOptions
  /** Values left to spend. */
  #budget: number
  /** 0 compact, 1 one space as pretty printers write it, 2 any white space. */
  readonly #spacing: 0 | 1 | 2
  /** Strings of this document are spelled in odd ways with this probability. */
  readonly #odd: number
  /** How many strings we are inside of. */
  #nesting = 0

  constructor(random: Random, options: DocumentOptions, budget: number) {
    this.#random = random
    this.#options = options
    this.#budget = budget
    const dice = random.below(10)
    this.#spacing = dice < 6 ? 0 : dice < 8 ? 1 : 2
    this.#odd = random.pick([0, 0.05, 0.3])
  }

  root(): Piece {
    const dice = this.#random.below(20)
    const gap = this.#gap()
    const piece = dice < 16 ? this.#object(0, false) : dice < 18 ? this.#array(0, false) : this.#leaf(false)
    return { text: gap + piece.text + this.#gap(), value: piece.value }
  }

  #gap(): string {
    if (this.#spacing === 0) return ''
    if (this.#spacing === 1) return this.#random.chance(0.5) ? ' ' : ''
    return this.#random.pick(this.#options.singleLine === true ? ['', ' ', '\t', '  '] : ['', '', ' ', '\t', '\n', '\r\n  ', '   '])
  }

  /** `telling`: a key above speaks of secrets or persons; odd numbers stay away from there, because their spelling is data. */
  #value(depth: number, telling: boolean): Piece {
    this.#budget--
    const random = this.#random
    if (this.#budget > 0 && depth < 9) {
      const dice = random.below(10)
      if (dice < 2) return this.#object(depth + 1, telling)
      if (dice < 3) return random.chance(0.4) ? this.#named(depth + 1) : this.#array(depth + 1, telling)
    }
    return this.#leaf(telling)
  }

  #leaf(telling: boolean): Piece {
    const random = this.#random
    const dice = random.below(20)
    if (dice < 1) return { text: 'null', value: null }
    if (dice < 2) return random.chance(0.5) ? { text: 'true', value: true } : { text: 'false', value: false }
    if (dice < 5) return this.#number(telling)
    if (dice < 6 && this.#nesting < 3 && this.#budget > 2) return this.#nested()
    if (dice < 9) {
      const found = anyValue(random)
      this.planted.push(found.secret)
      const bare = random.chance(0.3)
      return this.#string(bare ? found.text : `${random.pick(words)} ${found.text} ${random.pick(words)}`)
    }
    return this.#string(this.#anyText())
  }

  #number(telling: boolean): Piece {
    const random = this.#random
    const dice = random.below(10)
    if (dice < 1) {
      const card = cardNumber(random)
      this.planted.push(card)
      return { text: card, value: Number(card) }
    }
    let text: string
    if (telling || dice < 6) text = String(random.pick([random.below(10), random.below(2000), random.below(1_000_000_000), 1_795_305_600_000 + random.below(1_000_000)]))
    else if (dice < 7) text = `${random.chance(0.5) ? '-' : ''}${random.below(100_000)}.${random.text('0123456789', random.between(1, 6))}`
    else text = random.pick(oddNumbers)
    if (/^-?\d{16,}$/.test(text)) this.exact = false
    return { text, value: Number(text) }
  }

  /** A string that is itself a JSON document. */
  #nested(): Piece {
    const random = this.#random
    this.#nesting++
    const inner = random.chance(0.8) ? this.#object(5, false) : this.#array(5, false)
    this.#nesting--
    return this.#string(inner.text)
  }

  #anyText(): string {
    const random = this.#random
    const dice = random.below(10)
    if (dice < 1) return ''
    if (dice < 5) {
      let text = random.pick(words)
      for (let i = random.below(6); i > 0; i--) text += ` ${random.pick(words)}`
      return text
    }
    let text = ''
    for (let i = random.between(1, 5); i > 0; i--)
      text += random.chance(0.7) ? random.pick(sparks) : random.chance(0.5) ? random.pick(words) : random.chance(0.7) ? ' ' : anyValue(random).text.slice(0, random.between(4, 30))
    return text
  }

  #string(value: string): Piece {
    return { text: this.#spell(value), value }
  }

  /** One of the many ways to write a string. */
  #spell(value: string): string {
    const random = this.#random
    const plain = JSON.stringify(value)
    if (this.#odd === 0 || !random.chance(this.#odd)) return plain
    const heat = random.pick([0.05, 0.3, 1])
    let out = '"'
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i)
      if (random.chance(heat)) {
        const hex = code.toString(16).padStart(4, '0')
        out += `\\u${random.chance(0.5) ? hex : hex.toUpperCase()}`
      } else if (code === 0x2f) out += random.chance(0.5) ? '\\/' : '/'
      else if (code >= 0xd800 && code <= 0xdfff) out += `\\u${code.toString(16)}`
      else out += JSON.stringify(value.charAt(i)).slice(1, -1)
    }
    return `${out}"`
  }

  #array(depth: number, telling: boolean): Piece {
    const values: unknown[] = []
    let text = '['
    const count = this.#random.below(6)
    for (let i = 0; i < count; i++) {
      const piece = this.#value(depth, telling)
      values.push(piece.value)
      text += `${i === 0 ? '' : ','}${this.#gap()}${piece.text}${this.#gap()}`
    }
    return { text: `${text}${count === 0 ? this.#gap() : ''}]`, value: values }
  }

  /** A secret that goes by a name beside it. */
  #named(depth: number): Piece {
    const random = this.#random
    const secret = random.chance(0.7)
    const name = this.#string(secret ? random.pick(secretKeys) : random.pick([...tellingKeys, ...words]))
    const value = secret ? this.#secret(name.value as string) : this.#value(depth + 1, true)
    if (random.chance(0.3)) return this.#list([this.#list([name, value]), this.#list([this.#string(random.pick(words)), this.#value(9, true)])])
    const wrapped = random.chance(0.2) ? this.#entries([['stringValue', value]]) : value
    const entries: [string, Piece][] = [
      [random.pick(['name', 'key', 'Name', 'k', 'field', 'header']), name],
      [random.pick(['value', 'Value', 'v', 'val', 'content']), wrapped],
    ]
    for (let i = random.below(5); i > 0; i--) {
      const key = `${random.pick(words)}${i}`
      entries.splice(random.below(entries.length + 1), 0, [key, random.chance(0.2) ? this.#list([this.#leaf(true)]) : this.#leaf(true)])
    }
    return this.#entries(random.chance(0.5) ? entries : entries.reverse())
  }

  #list(pieces: readonly Piece[]): Piece {
    const text = pieces.map((piece) => `${this.#gap()}${piece.text}${this.#gap()}`).join(',')
    return { text: `[${text}]`, value: pieces.map(({ value }) => value) }
  }

  #entries(entries: readonly (readonly [string, Piece])[]): Piece {
    const text = entries.map(([key, piece]) => `${this.#gap()}${this.#spell(key)}${this.#gap()}:${this.#gap()}${piece.text}${this.#gap()}`).join(',')
    return { text: `{${text}}`, value: Object.fromEntries(entries.map(([key, { value }]) => [key, value])) }
  }

  #object(depth: number, telling: boolean): Piece {
    const random = this.#random
    const value: Record<string, unknown> = {}
    const used = new Set<string>()
    let text = '{'
    const count = random.below(depth === 0 ? 9 : 6)
    for (let i = 0; i < count; i++) {
      const dice = random.below(20)
      let key: string
      let kind: 'plain' | 'secret' | 'telling' | 'header' = 'plain'
      if (dice < 2) {
        key = random.pick(secretKeys)
        kind = 'secret'
      } else if (dice < 4) {
        kind = random.chance(0.2) ? 'header' : 'telling'
        key = random.pick(kind === 'header' ? headerKeys : tellingKeys)
      } else if (dice < 5) key = `${mailbox(random)}@example.com`
      else if (dice < 12) key = random.pick(plainKeys)
      else key = `${random.pick(words)}${random.below(50)}`
      const again = this.#options.duplicateKeys === true && used.size > 0 && random.chance(0.1)
      if (used.has(key) && !again) continue
      if (dice === 4) this.planted.push(key.slice(0, key.indexOf('@')))
      const piece = kind === 'secret' ? this.#secret(key) : kind === 'header' ? this.#header(key) : this.#value(depth, telling || kind === 'telling')
      text += `${used.size === 0 ? '' : ','}${this.#gap()}${this.#spell(key)}${this.#gap()}:${this.#gap()}${piece.text}${this.#gap()}`
      used.add(key)
      // A plain assignment to `__proto__` would set the prototype.
      Object.defineProperty(value, key, { value: piece.value, enumerable: true, configurable: true, writable: true })
    }
    return { text: `${text}${used.size === 0 ? this.#gap() : ''}}`, value }
  }

  #header(key: string): Piece {
    const random = this.#random
    const address = `203.0.113.${random.between(1, 254)}`
    if (/^x-/i.test(key)) {
      this.planted.push(address)
      return this.#string(random.chance(0.5) ? address : `${address}, 198.51.100.${random.below(255)}`)
    }
    const token = password(random)
    this.planted.push(token)
    return this.#string(`https://shop.example/${random.pick(words)}?page=${random.below(9)}&access_token=${token}`)
  }

  #secret(key: string): Piece {
    const random = this.#random
    this.#budget--
    const dice = random.below(8)
    if (dice === 0) return random.chance(0.5) ? { text: 'null', value: null } : { text: 'true', value: true }
    if (dice === 1) return this.#string('')
    const secret = /cookie/i.test(key) ? `sid=${random.text('0123456789abcdef', 24)}` : dice < 4 ? sensitiveValue(random, 'jwt').text : password(random)
    this.planted.push(secret)
    return this.#string(secret)
  }
}

// -------------------------------------------------------------------------------------------------- searching output

/** Undoes JSON escapes wherever they stand, once: good enough to look for a text, not to parse. */
function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code: string | undefined, letter: string) =>
    code === undefined ? ({ n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
  )
}

/** Those of `planted` that can still be read in `output`: as it stands, or after undoing escapes up to five times. */
export function survivors(output: string, planted: readonly string[]): string[] {
  let form = output
  const left = new Set(planted)
  const found: string[] = []
  for (let level = 0; level < 6; level++) {
    for (const text of left) {
      if (!form.includes(text)) continue
      left.delete(text)
      found.push(text)
    }
    if (left.size === 0 || !form.includes('\\')) break
    form = unescaped(form)
  }
  return found
}
