// Sensitive values for corpora and tests: made, never collected. Formats and check digits are right, so that a validator
// accepts them; the people are obviously false (reserved domains, fictional telephone ranges, documentation addresses).
import type { Random } from './random.ts'

const digits = '0123456789'
const lower = 'abcdefghijklmnopqrstuvwxyz'
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const alphanumeric = upper + lower + digits
const base64url = `${alphanumeric}-_`

const firstNames = ['testa', 'exampla', 'dummy', 'mocka', 'sampley', 'fakeline', 'stubbert', 'placida']
const lastNames = ['sample', 'nobody', 'placeholder', 'invented', 'fictional', 'testperson', 'madeup']

/** A kind of sensitive value that the `default` ruleset masks wherever it stands. */
export type ValueKind = 'email' | 'card' | 'iban' | 'jwt' | 'bearer' | 'github' | 'aws' | 'stripe' | 'slack' | 'google' | 'npm' | 'phone' | 'ssn' | 'url' | 'password'

/** A value in text: `text` is what stands there, `secret` the part that must not survive. */
export interface SensitiveValue {
  readonly kind: ValueKind
  readonly text: string
  readonly secret: string
}

/** The Luhn digit that completes `body`. */
export function luhnDigit(body: string): string {
  let sum = 0
  for (let i = 0; i < body.length; i++) {
    let digit = body.charCodeAt(body.length - 1 - i) - 48
    if (i % 2 === 0) {
      digit *= 2
      if (digit > 9) digit -= 9
    }
    sum += digit
  }
  return String((10 - (sum % 10)) % 10)
}

/** Remainder of a decimal text by 97, piece by piece so that no number grows beyond a double. */
function mod97(text: string): number {
  let rest = 0
  for (let i = 0; i < text.length; i++) rest = (rest * 10 + text.charCodeAt(i) - 48) % 97
  return rest
}

/** A card number that passes the Luhn check, under a prefix of published test cards. */
export function cardNumber(random: Random): string {
  const prefix = random.pick(['411111', '424242', '555555', '510510', '601111'])
  const body = prefix + random.text(digits, 9)
  return body + luhnDigit(body)
}

/** A card of American Express length. */
export function amexNumber(random: Random): string {
  const body = `3782${random.text(digits, 10)}`
  return body + luhnDigit(body)
}

/** A German or British IBAN with a bank that does not exist and the right check digits. */
export function iban(random: Random): string {
  const german = random.chance(0.6)
  const country = german ? 'DE' : 'GB'
  const body = german ? `00000000${random.text(digits, 10)}` : `TEST000000${random.text(digits, 8)}`
  const numeric = `${body}${country}00`.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))
  return `${country}${String(98 - mod97(numeric)).padStart(2, '0')}${body}`
}

/** A JWT with a header and claims that decode, and a signature of noise. */
export function jwt(random: Random): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: `u-${random.text(digits, 6)}`, iat: random.between(1_700_000_000, 1_799_999_999) })}.${random.text(base64url, 43)}`
}

/** A mailbox of a person who does not exist, unique enough to be searched for in output. */
export function mailbox(random: Random): string {
  return `${random.pick(firstNames)}.${random.pick(lastNames)}${random.text(digits, 4)}`
}

/** A password-like text: never a common word, always with a digit. */
export function password(random: Random): string {
  return `${random.text(lower, 3)}${random.text(upper, 2)}${random.text(digits, 2)}-${random.text(alphanumeric, 6)}`
}

const makers: Readonly<Record<ValueKind, (random: Random) => SensitiveValue>> = {
  email: (random) => {
    const local = mailbox(random)
    return { kind: 'email', text: `${local}@${random.pick(['example.com', 'example.org', 'shop.example', 'mail.example.net'])}`, secret: local }
  },
  card: (random) => {
    const number = random.chance(0.15) ? amexNumber(random) : cardNumber(random)
    const text = number.length === 16 && random.chance(0.3) ? number.replace(/(\d{4})(?=\d)/g, random.pick(['$1 ', '$1-'])) : number
    return { kind: 'card', text, secret: text }
  },
  iban: (random) => plain('iban', iban(random)),
  jwt: (random) => plain('jwt', jwt(random)),
  bearer: (random) => {
    const token = random.text(alphanumeric, 32) + random.text(digits, 2)
    return { kind: 'bearer', text: `Bearer ${token}`, secret: token }
  },
  github: (random) => plain('github', `ghp_${random.text(alphanumeric, 36)}`),
  aws: (random) => plain('aws', `AKIA${random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`),
  stripe: (random) => plain('stripe', `sk_test_${random.text(alphanumeric, 24)}`),
  slack: (random) => plain('slack', `xoxb-${random.text(digits, 12)}-${random.text(digits, 12)}-${random.text(alphanumeric, 24)}`),
  google: (random) => plain('google', `AIza${random.text(base64url.replace('-', ''), 35)}`),
  npm: (random) => plain('npm', `npm_${random.text(alphanumeric, 36)}`),
  // Ranges that the regulators keep for drama: +1 ... 555 01xx and +44 7700 900xxx.
  phone: (random) => plain('phone', random.chance(0.5) ? `+1${random.pick(['202', '303', '415', '617'])}55501${random.text(digits, 2)}` : `+447700900${random.text(digits, 3)}`),
  ssn: (random) => plain('ssn', `${random.between(101, 120)}-${random.between(11, 99)}-${random.between(1000, 9999)}`),
  url: (random) => {
    const secret = password(random)
    return {
      kind: 'url',
      text: `${random.pick(['postgres', 'https', 'amqp', 'redis'])}://svc_${random.text(lower, 4)}:${secret}@db${random.below(9)}.internal.example:5432/orders`,
      secret,
    }
  },
  password: (random) => {
    const secret = password(random)
    return { kind: 'password', text: `${random.pick(['password=', 'password: ', 'passwd=', 'client_secret=', 'api_key='])}${secret}`, secret }
  },
}

function plain(kind: ValueKind, text: string): SensitiveValue {
  return { kind, text, secret: text }
}

/** Every kind, in a fixed order. */
export const valueKinds = Object.keys(makers) as readonly ValueKind[]

/** A value of the kind. */
export function sensitiveValue(random: Random, kind: ValueKind): SensitiveValue {
  return makers[kind](random)
}

/** A value of a random kind. */
export function anyValue(random: Random): SensitiveValue {
  return makers[random.pick(valueKinds)](random)
}
