// The secrets and personal data that the shop handles. None of it is real: reserved domains, fictional telephone numbers,
// published test cards, an IBAN of a bank that does not exist, tokens made up for this example. Each text is exactly the
// stretch that has to be replaced in the log, so that the demo can check both halves of the promise: none of these is left,
// and nothing else has changed.

const base64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

export const amelia = {
  id: 'u-881',
  email: 'amelia.nobody@example.com',
  password: 'correct-Horse7-staple',
  phone: '+14155550142',
  card: '4111111111111111',
  cardSpaced: '4111 1111 1111 1111',
  iban: 'DE79000000001234567890',
  ssn: '118-45-6021',
}

export const bruno = {
  id: 'u-902',
  email: 'bruno.placeholder@shop.example',
  password: 'Tr0ub4dor-and-3',
  phone: '+447700900123',
  card: '5555555555554444',
  address: '203.0.113.77',
}

export const session = `${base64({ alg: 'HS256', typ: 'JWT' })}.${base64({ sub: amelia.id, iat: 1795305600 })}.kJ8vXq2mZr5tBn7wYc1dLp4sGh6fAe9uRo3iTx0zQyM`
export const authorization = `Bearer ${session}`
export const cookie = 'sid=9f8e7d6c5b4a39281706f5e4d3c2b1a0; theme=dark'
export const setCookie = 'sid=00112233445566778899aabbccddeeff; HttpOnly; Path=/'
export const database = 'shop_app:wP9-kitten-2931'
export const stripe = 'sk_test_4eC39HqLyjWDarjtT1zdp7dc'
export const aws = 'AKIAQ3EGWQZRTK234567'
export const github = 'ghp_x7Qm2Lk9Rt4Vb8Nc3Zp6Ws1Yd5Hf0Jg7Ka2e'
export const resetToken = 'rst-5f1e9c3ab7d24680'
export const webhookSignature = 'v1-8c2d4e6fa0b1c3d5e7f9'
export const clientSecret = 'cs-Zk41-mango-8831'
export const privateKey = ['-----BEGIN PRIVATE KEY-----', 'MC4CAQAwBQYDK2VwBCIEIExhbXBsZUtleUZvckRlbW9Pbmx5Tm90UmVhbCEhISE', '-----END PRIVATE KEY-----'].join('\n')

/** Everything that must be gone, longest first, so that a text inside another is not taken for itself. */
export const planted = [
  ...Object.entries(amelia).flatMap(([name, value]) => (name === 'id' ? [] : [value])),
  ...Object.entries(bruno).flatMap(([name, value]) => (name === 'id' ? [] : [value])),
  session,
  authorization,
  cookie,
  setCookie,
  database,
  stripe,
  aws,
  github,
  resetToken,
  webhookSignature,
  clientSecret,
  privateKey,
].sort((a, b) => b.length - a.length)
