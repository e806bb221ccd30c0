// Values that are not bound to a country or a vendor: cards, addresses, tokens, headers, keys, and what only a key names.
import { createHash } from 'node:crypto'
import type { Random } from '../random.ts'
import { altered, ALNUM, BASE32, BASE64, bytes, day, digits, DIGITS, HEX, LOWER, luhn, padded, run, sevenThreeOne, until, UPPER } from './arithmetic.ts'
import type { Entity, Made } from './entity.ts'
import { ibanCheck } from './national.ts'
import { jws } from './vendors.ts'

/** Branch code of a head office in a BIC. */
const HEAD_OFFICE = 'X'.repeat(3)

const first = 'mara tomas ines wouter jelena olu farid kaja bruno sunita ewa henrik noor pavel ayumi carla dirk leila'.split(' ')
const last = 'vantongeren obrecht lindqvist marchetti okonkwo haddad kowalczyk ferreira nakagawa svoboda petrescu achterberg mulvaney drakos'.split(' ')
// Reserved names that the masks do not write themselves: what is left of them in output would be left over.
const hosts = ['kontor.test', 'mailhub.test', 'lager.invalid', 'post.werft.test', 'sub.team.brouwer.test', 'fabrik-nord.invalid']
const capital = (word: string): string => word[0]!.toUpperCase() + word.slice(1)

/** A password that is no word: letters of both cases, digits, sometimes a sign. */
export const password = (random: Random): string =>
  random.text(LOWER, random.between(2, 4)) +
  random.text(UPPER, 2) +
  random.text(DIGITS, random.between(2, 3)) +
  random.pick(['', '!', '-', '_', '#']) +
  random.text(ALNUM, random.between(3, 8)) +
  random.text(DIGITS, 1)

// ---------------------------------------------------------------------------------------------------- cards

const ISSUERS: readonly (readonly [prefixes: readonly string[], length: number])[] = [
  [['4'], 16],
  [['4'], 16],
  [['4'], 13],
  [['51', '52', '53', '54', '55', '2221', '2500', '2720'], 16],
  [['51', '54', '2300'], 16],
  [['34', '37'], 15],
  [['6011', '644', '649', '65'], 16],
  [['3528', '3589'], 16],
  [['300', '305', '36', '38', '39'], 14],
  [['62'], 16],
  [['2200', '2204'], 16],
  [['6062820', '637095'], 16],
  [['9792'], 16],
  [['5018', '5020', '6304', '6759', '6763'], 16],
]
const GROUPS: Readonly<Record<number, readonly (readonly number[])[]>> = {
  16: [[4, 4, 4, 4]],
  15: [
    [4, 6, 5],
    [4, 4, 4, 3],
  ],
  14: [
    [4, 6, 4],
    [4, 4, 4, 2],
  ],
  13: [[4, 4, 4, 1]],
}

/** A card number of a known issuer. */
export function cardNumber(random: Random, written = false): string {
  const [prefixes, length] = random.pick(ISSUERS)
  const all = until(() => {
    const body = random.pick(prefixes)
    const number = body + digits(random, length - 1 - body.length)
    return /^(\d)\1+$/.test(number) ? undefined : number + luhn(number)
  })
  if (!written) return all
  let at = 0
  return random
    .pick(GROUPS[length]!)
    .map((size) => all.slice(at, (at += size)))
    .join(random.pick([' ', '-']))
}

const track = (random: Random): string => {
  const number = cardNumber(random)
  const expiry = `${random.between(27, 39)}${padded(random.between(1, 12), 2)}`
  return random.chance(0.5)
    ? `%B${number}^${random.pick(last).toUpperCase()}/${random.pick(first).toUpperCase()}^${expiry}101${digits(random, 13)}?`
    : `;${number}=${expiry}101${digits(random, 10)}?`
}

// ---------------------------------------------------------------------------------------------------- bank

// Country, pattern of the account part: n digits, a capitals, c both.
const IBANS: readonly (readonly [string, string])[] = [
  ['DE', 'n18'],
  ['GB', 'a4n14'],
  ['FR', 'n10c11n2'],
  ['NL', 'a4n10'],
  ['ES', 'n20'],
  ['IT', 'a1n10c12'],
  ['PL', 'n24'],
  ['BE', 'n12'],
  ['AT', 'n16'],
  ['CH', 'n5c12'],
  ['SE', 'n20'],
  ['NO', 'n11'],
  ['DK', 'n14'],
  ['FI', 'n14'],
  ['IE', 'a4n14'],
  ['PT', 'n21'],
  ['CZ', 'n20'],
  ['HU', 'n24'],
  ['GR', 'n7c16'],
  ['RO', 'a4c16'],
  ['TR', 'n6c16'],
  ['SA', 'n2c18'],
  ['AE', 'n19'],
  ['BR', 'n23a1c1'],
  ['MT', 'a4n5c18'],
]

function iban(random: Random, written: boolean): string {
  const [country, pattern] = random.pick(IBANS)
  const body = pattern.replace(/([nac])(\d+)/g, (_, kind: string, length: string) => random.text(kind === 'n' ? DIGITS : kind === 'a' ? UPPER : UPPER + DIGITS, Number(length)))
  const all = country + ibanCheck(country, body) + body
  return written ? all.replace(/(.{4})(?=.)/g, '$1 ') : random.chance(0.1) ? all.toLowerCase() : all
}

// ---------------------------------------------------------------------------------------------------- addresses

function email(random: Random): string {
  const a = random.pick(first)
  const b = random.pick(last)
  const local = random.pick([
    `${a}.${b}`,
    `${a[0]}${b}${random.between(1, 99)}`,
    `${capital(a)}.${capital(b)}`,
    `${a}_${b}`,
    `${b}+${random.pick(['news', 'shop', 'billing'])}`,
    `${a}-${b}.${random.between(1960, 2004)}`,
  ])
  return `${local}@${random.pick(hosts)}`
}

const ipv4 = (random: Random): string =>
  `${random.pick([random.between(11, 126), random.between(128, 168), random.between(173, 191), random.between(193, 223)])}.${random.between(0, 255)}.${random.between(0, 255)}.${random.between(1, 254)}`
const group16 = (random: Random): string => random.between(0x100, 0xffff).toString(16)
function ipv6(random: Random): string {
  const head = `2${random.pick(['001', '400', '600', 'a02'])}:${group16(random)}`
  if (random.chance(0.35)) return `${head}:${Array.from({ length: 6 }, () => group16(random)).join(':')}`
  if (random.chance(0.3)) return `${head}::${random.below(9999)}`
  return `${head}:${group16(random)}::${group16(random)}:${random.between(1, 99)}`
}
function mac(random: Random): string {
  const octets = Array.from({ length: 6 }, () => random.text(HEX, 2))
  const style = random.below(4)
  if (style === 3) return octets.join('').replace(/(.{4})(?=.)/g, '$1.')
  const text = octets.join(style === 2 ? '-' : ':')
  return style === 0 ? text : text.toUpperCase()
}

/** Numbers in the national and international forms of ten countries. */
export function phone(random: Random, written: boolean): string {
  const us = (): [string, string, string] => [
    random.pick(['202', '303', '415', '617', '512', '206', '718']),
    `${random.between(2, 9)}${random.between(2, 9)}${digits(random, 1)}`,
    digits(random, 4),
  ]
  if (!written) {
    // Whatever needs a word: bare digits, dots, pairs.
    const [a, b, c] = us()
    return random.pick([
      `${a}${b}${c}`,
      `${a}.${b}.${c}`,
      `0${random.between(1, 9)} ${digits(random, 2)} ${digits(random, 2)} ${digits(random, 2)} ${digits(random, 2)}`,
      `0${random.pick(['89', '30', '40'])} ${digits(random, 3)} ${digits(random, 4)}`,
      `0${random.between(2, 9)}${digits(random, 8)}`,
      `06-${digits(random, 8)}`,
    ])
  }
  const [a, b, c] = us()
  return random.pick([
    `+1 ${a} ${b} ${c}`,
    `+1-${a}-${b}-${c}`,
    `+1 (${a}) ${b}-${c}`,
    `(${a}) ${b}-${c}`,
    `${a}-${b}-${c}`,
    `1-${a}-${b}-${c}`,
    `${a}-${b}-${c} x${random.between(10, 9999)}`,
    `+44 7${digits(random, 3)} ${digits(random, 6)}`,
    `+44 20 7${digits(random, 3)} ${digits(random, 4)}`,
    `020 7${digits(random, 3)} ${digits(random, 4)}`,
    `07${digits(random, 3)} ${digits(random, 6)}`,
    `+49 151 ${digits(random, 8)}`,
    `+49 89 ${digits(random, 7)}`,
    `+33 6 ${digits(random, 2)} ${digits(random, 2)} ${digits(random, 2)} ${digits(random, 2)}`,
    `+34 6${digits(random, 2)} ${digits(random, 3)} ${digits(random, 3)}`,
    `+39 3${digits(random, 2)} ${digits(random, 7)}`,
    `+31 6 ${digits(random, 8)}`,
    `+31612${digits(random, 6)}`,
    `+91 98${digits(random, 3)} ${digits(random, 5)}`,
    `+55 11 9${digits(random, 4)}-${digits(random, 4)}`,
    `+81 90-${digits(random, 4)}-${digits(random, 4)}`,
    `+61 4${digits(random, 2)} ${digits(random, 3)} ${digits(random, 3)}`,
    `04${digits(random, 2)} ${digits(random, 3)} ${digits(random, 3)}`,
    `+46701${digits(random, 6)}`,
  ])
}

// ---------------------------------------------------------------------------------------------------- secrets with a frame

const user = (random: Random): string => `svc_${random.text(LOWER, 4)}`

function urlCredentials(random: Random): Made {
  const name = user(random)
  const secret = password(random).replace(/[#]/g, '-')
  return {
    text: `${random.pick(['postgres', 'https', 'amqp', 'redis', 'mongodb+srv', 'ftp'])}://${name}:${secret}@db${random.below(9)}.internal.example:5432/orders`,
    secret,
    mayGo: `${name}:${secret}`,
  }
}

function connectionString(random: Random): Made {
  const secret = random.chance(0.4) ? bytes(random, 64).toString('base64') : password(random)
  const text = secret.endsWith('==')
    ? `DefaultEndpointsProtocol=https;AccountName=shopdata;AccountKey=${secret};EndpointSuffix=core.example`
    : random.pick([
        `Server=db1.example;Database=orders;User Id=svc;Password=${secret};Encrypt=true`,
        `Data Source=db1;Initial Catalog=orders;Uid=svc;Pwd=${secret};`,
        `jdbc:postgresql://db1.example/orders?user=svc&password=${secret.replace(/#/g, '-')}`,
      ])
  const found = text.includes(secret) ? secret : secret.replace(/#/g, '-')
  return { text, secret: found }
}

const pemBody = (random: Random, lines: number): string => Array.from({ length: lines }, () => random.text(BASE64, 64)).join('\n')
function privateKey(random: Random): Made {
  const kind = random.pick(['RSA PRIVATE KEY', 'PRIVATE KEY', 'EC PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'])
  const body = `${pemBody(random, random.between(3, 12))}\n${random.text(BASE64, random.between(6, 60))}==`
  return { text: `-----BEGIN ${kind}-----\n${body}\n-----END ${kind}-----`, secret: body, mayGo: `-----BEGIN ${kind}-----\n${body}\n-----END ${kind}-----` }
}

const HASHES: readonly ((random: Random) => string)[] = [
  (random) => `$2b$12$${random.text(`./${ALNUM}`, 53)}`,
  (random) => `$2y$10$${random.text(`./${ALNUM}`, 53)}`,
  (random) => `$argon2id$v=19$m=65536,t=3,p=4$${random.text(BASE64, 22)}$${random.text(BASE64, 43)}`,
  (random) => `$6$${random.text(ALNUM, 16)}$${random.text(`./${ALNUM}`, 86)}`,
  (random) => `$5$${random.text(ALNUM, 16)}$${random.text(`./${ALNUM}`, 43)}`,
  (random) => `$1$${random.text(ALNUM, 8)}$${random.text(`./${ALNUM}`, 22)}`,
  (random) => `$apr1$${random.text(ALNUM, 8)}$${random.text(`./${ALNUM}`, 22)}`,
  (random) => `$y$j9T$${random.text(`./${ALNUM}`, 22)}$${random.text(`./${ALNUM}`, 43)}`,
  (random) => `pbkdf2_sha256$600000$${random.text(ALNUM, 22)}$${bytes(random, 32).toString('base64')}`,
  (random) => `{SSHA}${bytes(random, 28).toString('base64')}`,
]

/** Version byte, hash, four bytes of double SHA-256, in base 58. */
function base58check(payload: Buffer): string {
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
  const sha = (data: Buffer): Buffer => createHash('sha256').update(data).digest()
  const all = Buffer.concat([payload, sha(sha(payload)).subarray(0, 4)])
  let n = BigInt(`0x${all.toString('hex')}`)
  let out = ''
  for (; n > 0n; n /= 58n) out = alphabet[Number(n % 58n)]! + out
  for (const byte of all) {
    if (byte !== 0) break
    out = `1${out}`
  }
  return out
}

/** A segwit address: bech32 for version 0, bech32m above. */
function bech32(random: Random): string {
  const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
  const version = random.chance(0.6) ? 0 : 1
  const program = bytes(random, version === 0 ? 20 : 32)
  const data = [version]
  let held = 0
  let bits = 0
  for (const byte of program) {
    held = (held << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) data.push((held >>> (bits - 5)) & 31)
  }
  if (bits > 0) data.push((held << (5 - bits)) & 31)
  const polymod = (values: readonly number[]): number => {
    let check = 1
    for (const value of values) {
      const top = check >>> 25
      check = ((check & 0x1ffffff) << 5) ^ value
      ;[0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].forEach((generator, i) => {
        if ((top >>> i) & 1) check ^= generator
      })
    }
    return check
  }
  const prefix = [3, 3, 0, 2, 3] // `bc`, expanded
  const check = polymod([...prefix, ...data, 0, 0, 0, 0, 0, 0]) ^ (version === 0 ? 1 : 0x2bc830a3)
  return `bc1${[...data, ...run(5, 0).map((i) => (check >>> (5 * i)) & 31)].map((value) => alphabet[value]).join('')}`
}

/** Keccak-256, which Node does not have; only for the capitals of addresses. */
function keccak256(input: Buffer): Buffer {
  const mask = (1n << 64n) - 1n
  const rotate = (x: bigint, by: number): bigint => (by === 0 ? x : ((x << BigInt(by)) | (x >> BigInt(64 - by))) & mask)
  const state = new Array<bigint>(25).fill(0n)
  const block = Buffer.alloc(136)
  input.copy(block)
  block[input.length] = 1
  block[135]! |= 0x80
  for (let i = 0; i < 17; i++) state[i] = block.readBigUInt64LE(8 * i)
  let register = 1
  const bit = (): boolean => {
    const out = register & 1
    register = register & 0x80 ? ((register << 1) ^ 0x171) & 0xff : register << 1
    return out === 1
  }
  for (let round = 0; round < 24; round++) {
    const columns = run(0, 4).map((x) => state[x]! ^ state[x + 5]! ^ state[x + 10]! ^ state[x + 15]! ^ state[x + 20]!)
    for (let i = 0; i < 25; i++) state[i]! ^= columns[(i + 4) % 5]! ^ rotate(columns[(i + 1) % 5]!, 1)
    let x = 1
    let y = 0
    let current = state[1]!
    for (let t = 0; t < 24; t++) {
      ;[x, y] = [y, (2 * x + 3 * y) % 5]
      const next = state[x + 5 * y]!
      state[x + 5 * y] = rotate(current, (((t + 1) * (t + 2)) / 2) % 64)
      current = next
    }
    for (let row = 0; row < 25; row += 5) {
      const line = state.slice(row, row + 5)
      for (let i = 0; i < 5; i++) state[row + i] = line[i]! ^ (~line[(i + 1) % 5]! & mask & line[(i + 2) % 5]!)
    }
    for (let j = 0; j <= 6; j++) if (bit()) state[0]! ^= 1n << BigInt(2 ** j - 1)
  }
  const out = Buffer.alloc(32)
  for (let i = 0; i < 4; i++) out.writeBigUInt64LE(state[i]!, 8 * i)
  return out
}

function ethAddress(random: Random): string {
  const plain = random.text(HEX, 40)
  const hash = keccak256(Buffer.from(plain)).toString('hex')
  return `0x${[...plain].map((c, i) => (Number.parseInt(hash[i]!, 16) >= 8 ? c.toUpperCase() : c)).join('')}`
}

function mrz(random: Random): string {
  const born = day(random)
  const number = random.text(UPPER, 1) + digits(random, 8)
  const birth = born.yy + born.mm + born.dd
  const expiry = `${random.between(27, 36)}${padded(random.between(1, 12), 2)}${padded(random.between(1, 28), 2)}`
  const name = `${random.pick(last).toUpperCase()}<<${random.pick(first).toUpperCase()}`
  const sex = random.pick(['F', 'M'])
  const one = number + sevenThreeOne(number)
  const two = birth + sevenThreeOne(birth)
  const three = expiry + sevenThreeOne(expiry)
  const kind = random.below(3)
  if (kind === 0) {
    const personal = '<'.repeat(14)
    return `${`P<UTO${name}`.padEnd(44, '<')}\n${one}UTO${two}${sex}${three}${personal}<${sevenThreeOne(one + two + three + personal + '<')}`
  }
  if (kind === 1) return `${`I<UTO${name}`.padEnd(36, '<')}\n${one}UTO${two}${sex}${three}${'<'.repeat(7)}${sevenThreeOne(one + two + three + '<'.repeat(7))}`
  const optional = '<'.repeat(15)
  return `${`I<UTO${one}${optional}`}\n${two}${sex}${three}UTO${'<'.repeat(11)}${sevenThreeOne(one + optional + two + three + '<'.repeat(11))}\n${name.padEnd(30, '<')}`
}

const isoDate = (random: Random): string => {
  const born = day(random)
  return random.pick([`${born.yyyy}-${born.mm}-${born.dd}`, `${born.dd}.${born.mm}.${born.yyyy}`, `${born.mm}/${born.dd}/${born.yyyy}`])
}

function vin(random: Random): string {
  const alphabet = 'ABCDEFGHJKLMNPRSTUVWXYZ0123456789'
  const values = 'A1B2C3D4E5F6G7H8J1K2L3M4N5P7R9S2T3U4V5W6X7Y8Z9'
  const value = (c: string): number => (/\d/.test(c) ? Number(c) : Number(values[values.indexOf(c) + 1]))
  const body = `${random.pick(['1HG', '1FT', '2T1', '3VW', '5YJ', 'LSV'])}${random.text(alphabet, 5)}0${random.text('ABCDEFGHJKLMNPRSTVWXY123456789', 1)}${random.text(alphabet, 1)}${digits(random, 6)}`
  const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
  const rest = [...body].reduce((total, c, i) => total + value(c) * weights[i]!, 0) % 11
  return body.slice(0, 8) + (rest === 10 ? 'X' : rest) + body.slice(9)
}

// ---------------------------------------------------------------------------------------------------- the table

type Options = Partial<Omit<Entity, 'name' | 'group' | 'words' | 'keys' | 'make'>>
const entity = (group: Entity['group'], name: string, words: readonly string[], keys: readonly string[], make: Entity['make'], options: Options = {}): Entity => ({
  name,
  group,
  words,
  keys,
  make,
  alone: 'never',
  ...options,
})

/** A value in its own frame, which no key above it has to name. */
const framed = (name: string, make: Entity['make'], options: Options = {}): Entity =>
  entity('secrets', name, ['request with'], [], make, { alone: 'always', proved: true, ...options })

export const general: readonly Entity[] = [
  entity(
    'pci',
    'credit_card',
    ['card number', 'credit card', 'paid with card'],
    ['cardNumber', 'card_number', 'pan'],
    (random, written) => cardNumber(random, written && random.chance(0.5)),
    {
      alone: 'always',
      number: true,
      near: (random) => {
        const number = cardNumber(random)
        return altered(number, number.length - 1)
      },
      keeps: (value) => (/^[\d -]{7}/.test(value) ? 8 : 0),
    },
  ),
  framed('card_track', track, { group: 'pci', plain: true } as Options),
  entity('pii', 'iban', ['IBAN', 'account'], ['iban', 'ibanNumber', 'bank_iban'], iban, {
    alone: 'always',
    proved: true,
    near: (random) => {
      const text = iban(random, true)
      return altered(text, text.length - 1)
    },
    keeps: () => 2,
  }),
  entity('pii', 'email', ['email', 'mail to', 'contact'], ['email', 'emailAddress', 'contact_email'], email, {
    alone: 'always',
    proved: true,
    near: (random) =>
      random.pick([
        `@${random.pick(first)}/${random.pick(last)}`,
        `${random.pick(first)}@${random.between(1, 9)}.${random.between(0, 20)}.${random.between(0, 9)}`,
        `logo@${random.between(2, 3)}x.png`,
        `${random.pick(first)}@web-${random.between(1, 9)}`,
      ]),
  }),
  framed('url_credentials', urlCredentials),
  framed('url_secret_parameter', (random) => {
    const secret = random.text(ALNUM, 24) + digits(random, 2)
    const key = random.pick(['token', 'access_token', 'api_key', 'sig', 'X-Amz-Signature', 'client_secret'])
    return { text: `https://api.example/v1/files?page=2&${key}=${secret}&size=10`, secret }
  }),
  framed('connection_string', connectionString),
  entity('secrets', 'jwt', ['request with', 'jwt'], ['jwtValue', 'idTokenValue'], jws, { alone: 'always', proved: true, near: (random) => `eyJ${random.text(ALNUM, 30)}` }),
  framed('private_key', privateKey, { lines: true, plain: true, near: (random: Random) => `-----BEGIN CERTIFICATE-----\n${pemBody(random, 4)}\n-----END CERTIFICATE-----` }),
  framed(
    'bearer_token',
    (random) => {
      const secret = random.text(`${ALNUM}-_`, 38) + digits(random, 2)
      const credentials = `${random.pick(['Bearer', 'Token', 'ApiKey', 'bearer'])} ${secret}`
      return { text: `${random.pick(['Authorization: ', 'sent ', '-H Authorization: '])}${credentials}`, secret, mayGo: credentials }
    },
    { toEnd: true },
  ),
  framed(
    'basic_auth',
    (random) => {
      const secret = Buffer.from(`${user(random)}:${password(random)}`).toString('base64')
      return { text: `${random.pick(['Authorization: ', 'sent '])}Basic ${secret}`, secret, mayGo: `Basic ${secret}` }
    },
    { toEnd: true },
  ),
  entity(
    'secrets',
    'authorization_header',
    ['header Authorization:'],
    ['authorization', 'proxy-authorization'],
    (random) => {
      const secret = random.text(ALNUM, 32)
      return { text: `Custom ${secret}`, secret, mayGo: `Custom ${secret}` }
    },
    { toEnd: true },
  ),
  entity(
    'secrets',
    'cookie',
    ['Cookie:', 'Set-Cookie:'],
    ['cookie', 'set-cookie'],
    (random) => {
      const secret = random.text(HEX, 32)
      return { text: `${random.pick(['sid', 'session', 'JSESSIONID', '_shop'])}=${secret}; theme=dark`, secret, mayGo: `${secret}; theme=dark` }
    },
    { plain: true, toEnd: true },
  ),
  entity('secrets', 'aws_access_key', ['request with'], ['awsKey', 'accessKeyValue'], (random) => `${random.pick(['AKIA', 'ASIA'])}${random.text(BASE32, 16)}`, {
    alone: 'always',
    proved: true,
    near: (random) => `${random.text(UPPER, 4)}AKIA${random.text(UPPER, 16)}`,
  }),
  entity(
    'secrets',
    'aws_secret_key',
    ['aws secret', 'aws_secret_access_key'],
    ['awsSecretAccessKey', 'aws_secret_access_key', 'secretAccessKey'],
    (random) => random.text(BASE64, 39).replace(/^[+/]/, 'k') + digits(random, 1),
  ),
  entity(
    'secrets',
    'aws_session_token',
    ['aws session token', 'session token'],
    ['awsSessionToken', 'aws_session_token'],
    (random) => `${random.pick(['IQoJb3JpZ2lu', 'FwoGZXIvYXdz', 'FQoGZXIvYXdz'])}${random.text(BASE64, 200)}`,
    { alone: 'always', proved: true },
  ),
  entity('secrets', 'password_hash', ['stored as', 'hash'], ['passwordHash', 'pwHash'], (random) => random.pick(HASHES)(random), {
    alone: 'always',
    proved: true,
    near: (random) => `$1$${random.between(1, 9)} $2a ${random.text(LOWER, 5)}`,
  }),
  entity('secrets', 'otp_seed', ['otp seed', 'totp secret'], ['otpSeed', 'totp_secret', 'mfaSecret'], (random) => random.text(BASE32, random.pick([16, 26, 32]))),
  entity(
    'pii',
    'btc_address',
    ['wallet', 'bitcoin address'],
    ['btcAddress', 'bitcoin_address'],
    (random) => (random.chance(0.5) ? bech32(random) : base58check(Buffer.concat([Buffer.from([random.pick([0, 5])]), bytes(random, 20)]))),
    {
      alone: 'always',
      proved: true,
      near: (random) => `${random.pick(['1', '3'])}${random.text('123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz', 32)}`,
    },
  ),
  entity('pii', 'eth_address', ['wallet', 'ethereum address'], ['ethAddress', 'ethereum_wallet'], ethAddress, {
    alone: 'always',
    proved: true,
    near: (random) => `0x${random.text(HEX, 40)}`,
  }),
  entity(
    'pii',
    'monero_address',
    ['wallet', 'monero address'],
    ['xmrAddress', 'monero_address'],
    (random) => `4${random.text('0123456789AB', 1)}${random.text('123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz', 93)}`,
    { alone: 'always', proved: true },
  ),
  entity('pii', 'mrz', ['passport zone', 'scanned'], ['mrz', 'machineReadableZone'], mrz, {
    alone: 'always',
    proved: true,
    lines: true,
    plain: true,
    near: (random) => `P<UTO${random.text(UPPER, 39)}\n${random.text(UPPER + DIGITS, 44)}`,
  }),
  entity('network', 'ipv4', ['from', 'client'], ['clientIp', 'remote_addr', 'ip'], (random) => ipv4(random), {
    alone: 'always',
    near: (random) =>
      random.pick([
        `v${random.between(1, 9)}.${random.between(0, 20)}.${random.between(0, 99)}.${random.between(0, 9)}`,
        `Chrome/${random.between(80, 140)}.0.${random.between(1000, 6000)}.${random.between(10, 200)}`,
        `1.3.6.1.4.1.${random.between(1, 9999)}`,
        `${random.between(256, 999)}.1.2.3`,
      ]),
    keeps: (value) => value.lastIndexOf('.') + 1,
  }),
  entity('network', 'ipv6', ['from', 'client'], ['clientIp', 'remote_addr', 'ip'], (random) => ipv6(random), {
    alone: 'always',
    near: (random) =>
      random.pick([
        `${padded(random.below(24), 2)}:${padded(random.below(60), 2)}:${padded(random.below(60), 2)}`,
        `std::${random.pick(last)}`,
        `a::${random.pick(['b', 'add', 'face'])}`,
      ]),
    keeps: (value) => /^[0-9a-f]+:[0-9a-f]*(:[0-9a-f]*)?:?/.exec(value)?.[0].length ?? 0,
  }),
  entity('network', 'mac_address', ['mac', 'device'], ['macAddress', 'mac', 'hw_addr'], mac, {
    alone: 'always',
    near: (random) => Array.from({ length: 16 }, () => random.text(HEX, 2)).join(':'),
  }),
  entity('pii', 'phone', ['phone', 'call', 'tel', 'mobile'], ['phone', 'phoneNumber', 'mobile_number'], phone, {
    alone: 'written',
    near: (random) =>
      random.pick([
        `${random.between(1999, 2031)}-${padded(random.between(1, 12), 2)}-${padded(random.between(1, 28), 2)}`,
        `eu-2026${padded(random.between(1, 12), 2)}${padded(random.between(1, 28), 2)}-09`,
        `+0${random.below(10)}00`,
        `${digits(random, 4)}  ${digits(random, 4)}`,
        `10.${random.between(100, 999)}.${random.between(1000, 9999)}`,
      ]),
    keeps: (value) => (value.startsWith('+') ? 5 : value.startsWith('0') ? 1 : 0),
  }),
  entity(
    'pii',
    'us_ssn',
    ['SSN', 'social security number'],
    ['ssn', 'socialSecurityNumber', 'social_security'],
    (random, written) => {
      const area = padded(
        until(() => random.pick([random.between(1, 665), random.between(667, 899)])),
        3,
      )
      const separator = written ? '-' : random.pick(['', ' ', '-'])
      return [area, padded(random.between(1, 99), 2), padded(random.between(1, 9999), 4)].join(separator)
    },
    { alone: 'written', number: true, near: (random) => `${random.pick(['000', '666', '9' + digits(random, 2)])}-${random.pick(['00', '40', '10'])}-${digits(random, 4)}` },
  ),
  entity(
    'pii',
    'us_itin',
    ['ITIN', 'taxpayer id'],
    ['itin', 'itinNumber'],
    (random) => `9${digits(random, 2)}-${random.pick([...run(50, 65), ...run(70, 88), 90, 91, 92, ...run(94, 99)])}-${digits(random, 4)}`,
    {
      alone: 'always',
      near: (random) => `9${digits(random, 2)}-${random.pick([...run(10, 49), 66, 67, 68, 69, 89, 93])}-${digits(random, 4)}`,
    },
  ),
  entity('pii', 'geo_point', ['position', 'at'], [], (random) => `${random.between(-89, 89)}.${digits(random, 5)}1, ${random.between(-179, 179)}.${digits(random, 5)}7`, {
    alone: 'always',
    near: (random) => `${random.between(91, 400)}.${digits(random, 5)}, ${random.between(181, 999)}.${digits(random, 5)}`,
    keeps: (value) => value.length,
  }),
  entity(
    'network',
    'imei',
    ['IMEI'],
    ['imei', 'deviceImei'],
    (random) => {
      const body = random.pick(['35', '86', '01']) + digits(random, 12)
      return body + luhn(body)
    },
    { number: true, near: (random) => digits(random, 15) },
  ),
  entity(
    'network',
    'iccid',
    ['ICCID', 'SIM'],
    ['iccid', 'simIccid'],
    (random) => {
      const body = `89${digits(random, 16)}`
      return body + luhn(body)
    },
    { near: (random) => `89${digits(random, 17)}` },
  ),
  entity('pii', 'vin', ['VIN', 'chassis'], ['vin', 'vehicleVin'], vin, { alone: 'always', near: (random) => `${random.text('IOQ', 1)}${random.text(UPPER + DIGITS, 16)}` }),
  entity('pii', 'date_of_birth', ['date of birth', 'born', 'DOB'], ['dateOfBirth', 'dob', 'birth_date'], isoDate, {
    near: isoDate,
    // shifted by days, a date mostly keeps its year, wherever that stands
    keeps: (value) => value.length,
  }),
  entity('pii', 'age', ['age'], ['age', 'patientAge'], (random) => String(random.between(18, 97)), { number: true }),
  entity(
    'pii',
    'passport',
    ['passport number', 'passport no'],
    ['passportNumber', 'passport_no', 'passport'],
    (random) =>
      random.pick([
        `${random.text(UPPER, 1)}${digits(random, 8)}`,
        `${random.text(UPPER, 2)}${digits(random, 7)}`,
        digits(random, 9),
        `C${random.text('CFGHJKLMNPRTVWXYZ0123456789', 7)}${digits(random, 2)}`,
      ]),
    { near: (random) => `${random.text(UPPER, 2)}${digits(random, 6)}` },
  ),
  entity('pii', 'driver_licence', ['driver licence', 'driving licence', 'license number'], ['driverLicence', 'drivers_license', 'driverLicenseNumber'], (random) =>
    random.pick([
      `${random.text(UPPER, 1)}${digits(random, 7)}`,
      `${random.text(UPPER, 5)}${digits(random, 6)}${random.text(UPPER, 2)}9${random.text(UPPER, 2)}`,
      `${random.text(UPPER, 1)}${digits(random, 3)}-${digits(random, 4)}-${digits(random, 4)}`,
    ]),
  ),
  entity('pii', 'national_id', ['national id', 'identity card number'], ['nationalId', 'national_id', 'identityNumber'], (random) =>
    random.pick([
      digits(random, 10),
      `${random.text(UPPER, 2)}${digits(random, 8)}`,
      `${digits(random, 6)}/${digits(random, 2)}/${digits(random, 3)}`,
      `${digits(random, 4)}-${digits(random, 5)}-${digits(random, 2)}`,
    ]),
  ),
  entity('pii', 'tax_id', ['tax id', 'tax number', 'TIN'], ['taxId', 'tax_number', 'tin'], (random) =>
    random.pick([digits(random, 10), `${digits(random, 3)}/${digits(random, 4)}/${digits(random, 4)}`, `${random.text(UPPER, 3)}${digits(random, 7)}${random.text(UPPER, 1)}`]),
  ),
  entity('pii', 'vehicle_plate', ['licence plate', 'plate number', 'registration plate'], ['licensePlate', 'plate_number', 'vehiclePlate'], (random) =>
    random.pick([
      `${random.text(UPPER, 2)}-${random.text(UPPER, 2)} ${digits(random, 4)}`,
      `${random.text(UPPER, 2)}${digits(random, 2)} ${random.text(UPPER, 3)}`,
      `${random.text(UPPER, 3)}-${digits(random, 4)}`,
      `${digits(random, 1)}${random.text(UPPER, 3)}${digits(random, 3)}`,
    ]),
  ),
  entity('pii', 'eu_vat', ['VAT number', 'VAT ID', 'USt-IdNr'], ['vatNumber', 'vat_id', 'vatId'], (random) => {
    const body = digits(random, 8)
    return random.pick([
      `DE${until(() => (body[0] === '0' ? undefined : body) ?? '1234567')}${digits(random, 1)}`,
      `ATU${digits(random, 8)}`,
      `NL${digits(random, 9)}B${padded(random.between(1, 99), 2)}`,
      `FR${digits(random, 11)}`,
      `IT${digits(random, 11)}`,
    ])
  }),
  entity(
    'phi',
    'medical_record',
    ['MRN', 'medical record', 'patient id'],
    ['mrn', 'medicalRecordNumber', 'patient_id'],
    (random) => random.pick([digits(random, 8), `${random.text(UPPER, 2)}${digits(random, 6)}`, digits(random, 10)]),
    { number: true },
  ),
  entity('phi', 'health_plan_id', ['member id', 'health plan', 'insurance policy'], ['memberId', 'health_plan_id', 'insuranceMemberId'], (random) =>
    random.pick([`${random.text(UPPER, 3)}${digits(random, 9)}`, digits(random, 10), `W${digits(random, 8)}`]),
  ),
  entity(
    'pii',
    'bic',
    ['BIC', 'SWIFT'],
    ['bic', 'swiftCode', 'bic_code'],
    (random) =>
      `${random.text(UPPER, 4)}${random.pick(['DE', 'GB', 'NL', 'FR', 'CH', 'US'])}${random.text(UPPER + DIGITS, 2)}${random.pick(['', HEAD_OFFICE, random.text(UPPER, 3)])}`,
    { near: (random) => random.pick(['CONTENTS', 'METADATA', 'INTEGERS', 'MANAGERS', `TIMEOUTS${HEAD_OFFICE}`]) },
  ),
  entity('pii', 'bank_account', ['account number', 'bank account'], ['accountNumber', 'bank_account', 'acctNo'], (random) => digits(random, random.between(8, 14)), {
    number: true,
  }),
  entity('pci', 'cvv', ['CVV', 'security code', 'cvc'], ['cvv', 'cvc', 'securityCode'], (random) => digits(random, random.pick([3, 3, 4])), { number: true }),
  entity('pci', 'card_expiry', ['expires', 'valid thru', 'expiry'], ['cardExpiry', 'expiry', 'card_exp'], (random) =>
    random.pick([
      `${padded(random.between(1, 12), 2)}/${random.between(26, 39)}`,
      `${padded(random.between(1, 12), 2)}/20${random.between(26, 39)}`,
      `20${random.between(26, 39)}-${padded(random.between(1, 12), 2)}`,
    ]),
  ),
  entity('secrets', 'otp_code', ['verification code', 'one-time code', 'OTP'], ['otpCode', 'verificationCode', 'otp'], (random) => digits(random, random.pick([4, 6, 6, 8])), {
    number: true,
  }),
  entity(
    'pii',
    'person_name',
    ['first name:', 'surname:'],
    ['firstName', 'last_name', 'fullName'],
    (random) => random.pick([capital(random.pick(first)), capital(random.pick(last)), `${capital(random.pick(first))} ${capital(random.pick(last))}`]),
    { plain: true },
  ),
  entity(
    'pii',
    'street_address',
    [],
    ['streetAddress', 'billing_address', 'addressLine1'],
    (random) =>
      random.pick([
        `${random.between(1, 240)} ${capital(random.pick(last))} Road`,
        `${capital(random.pick(last))}straße ${random.between(1, 99)}`,
        `${random.between(1, 99)} rue ${capital(random.pick(last))}`,
      ]),
    { keyed: true, plain: true },
  ),
  entity('secrets', 'named_secret', ['password:', 'client secret:', 'api key:'], ['password', 'clientSecret', 'db_password', 'apiKey', 'access_token', 'passphrase'], (random) =>
    password(random),
  ),
]
