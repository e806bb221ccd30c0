// Every built-in detector, one line per family. The engine takes `finders` for the one pass over a text, and asks `keyed`
// about values under keys that `keyFacts` says something of.

import type { DetectorInfo, Finder, KeyedDetector } from '../engine/types.ts'
import { authorizationFinder } from './authorization.ts'
import { cardTrackFinder } from './card-track.ts'
import { cloudKeysFinder } from './cloud-keys.ts'
import { commandLineFinder } from './command-line.ts'
import { connectionStringFinder } from './connection-string.ts'
import { cookieFinder } from './cookie.ts'
import { digits } from './digits.ts'
import { emailFinder } from './email.ts'
import { highEntropyFinder } from './high-entropy.ts'
import { geoFinder, geoPoint } from './geo-point.ts'
import { homeDirectoryFinder } from './home-directory.ts'
import { idFinder } from './id-finder.ts'
import { ibanFinder } from './iban.ts'
import { ipv4Finder } from './ipv4.ts'
import { ipv6Finder } from './ipv6.ts'
import { jwtFinder } from './jwt.ts'
import { judgeSecret } from './key-words.ts'
import { kubernetesFinder } from './kubernetes.ts'
import { knownSecret } from './known-secret.ts'
import { macFinder } from './mac.ts'
import { judgePair } from './pairs.ts'
import { mrzFinder } from './mrz.ts'
import { namedOnlyFinder } from './named-only.ts'
import { otpSeedFinder } from './otp-seed.ts'
import { passwordHashFinder } from './password-hash.ts'
import { personName } from './person-name.ts'
import { privateKeyFinder } from './private-key.ts'
import { explainSecret } from './secret-reasons.ts'
import { seedPhraseFinder } from './seed-phrase.ts'
import { streetAddress } from './street-address.ts'
import { urlFinder } from './url.ts'
import { vendorTokensFinder } from './vendor-tokens.ts'
import { walletsFinder } from './wallets.ts'

export { isCommon } from './common-words.ts'
export { idRows } from './ids/index.ts'
export { isMasked, judgeSecret, keyFacts, keyFactsAt, looksRandom } from './key-words.ts'
export { compileKnownSecrets } from './known-secret.ts'
export { createPair, finishPair, pairTriggers, recogniseKey, recognisePair } from './pairs.ts'

/** In no particular order: overlaps are settled by length, score and `priority`. */
export const finders: readonly Finder[] = [
  digits,
  cardTrackFinder,
  ibanFinder,
  idFinder,
  emailFinder,
  urlFinder,
  connectionStringFinder,
  commandLineFinder,
  jwtFinder,
  privateKeyFinder,
  kubernetesFinder,
  authorizationFinder,
  cookieFinder,
  cloudKeysFinder,
  vendorTokensFinder,
  passwordHashFinder,
  ipv4Finder,
  ipv6Finder,
  macFinder,
  otpSeedFinder,
  walletsFinder,
  seedPhraseFinder,
  mrzFinder,
  highEntropyFinder,
  namedOnlyFinder,
  homeDirectoryFinder,
  geoFinder,
]

/** The value under a key that names a secret. */
export const namedSecret: DetectorInfo = {
  name: 'named_secret',
  group: 'secrets',
  tier: 1,
  priority: 49,
  numbers: true,
  summary: 'Value under a key that names a secret (password, token, api key ...), in a record or in a pair of text; under weaker keys only values that look like a secret.',
  examples: [
    'login password=«hunter2»',
    'DB_PASSWORD: "«correct horse»"',
    '--api-key «k3y-77x1» --verbose',
    'export STRIPE_TOKEN=«ab12cd34ef56gh78»',
    'System.setProperty("AGE_TOKEN", "«q1w2e3r4t5y6»")',
    'conn.setPassword("«hunter2»")',
    'if ("«hunter22»" == password)',
    '<ns:password kind="x">«hunter 22»</ns:password>',
    'the api key: «abcd1234efgh»',
  ],
  counterExamples: [
    'password for user',
    'token: expired',
    'monkey=banana',
    'password=${DB_PASSWORD}',
    'auth=failed',
    'public_key=ab12cd34ef56gh78',
    'token_count=512',
    'secret_name=prod/db',
    'password: [REDACTED]',
    'key=value',
    'author=q1w2e3r4t5y6',
    'cache key: user:123:0a1b2c3d4e5f60718293a4b5c6d7e8f9',
    'SECRET_ARN=arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf',
    '${DB_PASSWORD:?missing variable}',
    'Tests: PASS=1234 FAIL=0',
    'password=function(a){return a}',
    'getPassword("db_main")',
    'password("Enter your password")',
    '<password></password>',
    'SUMO_ACCESS_KEY=`etcdctl get /sumologic_secret`',
  ],
}

/** How strongly a key says that its value is a secret. */
const STRENGTHS = ['', 'key:weak', 'key:medium', 'key:record-strong', 'key:strong']

const secretByKey: KeyedDetector = {
  detector: namedSecret,
  level: (facts) => facts.secret,
  numbers: (facts) => facts.secretNumbers,
  judge: (text, start, end, level, number) => (number ? 0.95 : judgeSecret(text, start, end, level, 'record')),
  surely: (level) => level >= 3,
  explain: (text, start, end, level) => [STRENGTHS[level]!, ...explainSecret(text, start, end)],
  pair: judgePair,
}

/** Detectors of values that are known by their key; the first that a key speaks to is asked. */
export const keyed: readonly KeyedDetector[] = [secretByKey, personName, streetAddress, geoPoint]

/** Every detector, in the order of priority. */
export const detectors: readonly DetectorInfo[] = [...new Set([...finders.flatMap((finder) => finder.detectors), ...keyed.map(({ detector }) => detector), knownSecret])].sort(
  (a, b) => a.priority - b.priority,
)

/** The five groups; `all` is their union. */
export const GROUPS = ['secrets', 'pci', 'pii', 'phi', 'network'] as const

/** Names of the detectors of a group, or of all five for `all`; undefined for a name that is no group. */
export function detectorsOfGroup(group: string): readonly string[] | undefined {
  if (group !== 'all' && !(GROUPS as readonly string[]).includes(group)) return undefined
  return detectors.filter((d) => d.group !== undefined && (group === 'all' || d.group === group)).map((d) => d.name)
}
