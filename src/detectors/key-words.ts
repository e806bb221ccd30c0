// What a key says about its value, and whether a value under such a key is a secret. Keys are taken as words, never as
// substrings: `monkey`, `author` and `passenger` say nothing.

import type { KeyFacts } from '../engine/types.ts'
import { BIGRAM_LEVELS, BIGRAM_THRESHOLDS } from './bigram-data.ts'
import { ALNUM, CLASS, DIGIT, KEY, LETTER, LOWER, SPACE, UNDERSCORE, UPPER, classesOf, lower, matchesAt, matchesLower, oneByteRepeated } from './bytes.ts'
import { isCommon } from './common-words.ts'
import { leadsOn, personalOf } from './personal-keys.ts'

type Strength = KeyFacts['secret']

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Tails that say nothing: the word before them is the head. */
const GENERIC = words(
  'value val string str text data raw plain plaintext env new old current prod dev test live default b64 base64 var variable production staging backup confirm confirmation again secure sec safe super',
)

/** After the head these make a secret word harmless: `token_type`, `password_hint`, `secret_name`. */
const NEGATIVE = words(`public name id version type kind path file filename dir directory folder url uri endpoint count size length len min max total usage
  used budget limit limits expires expire expiry expiration expired ttl at time hint policy label status state field column alias format alg algorithm index prefix
  suffix arn fingerprint thumbprint enabled disabled required valid invalid changed updated rotation rotated provider manager store ref reference date age strength
  reset attempts attempt retries retry error errors message title description placeholder mode timeout interval lifetime duration host port user username
  rule rules regex pattern validator parser generator service factory handler helper util utils config settings set list map table schema class object
  method function callback event listener view page form input box button complexity quality score exists present missing is has flag level scope scopes
  source target origin owner issuer audience subject grant created modified timestamp`)

/** Before `key` these make it an index or a name, not a secret. */
const KEY_OF_DATA = words(`primary foreign sort partition cache object idempotency row map lookup group unique natural composite translation i18n
  property header shortcut hot routing message record event hash range index public publishable storage s3 redis registry context query
  filter column field menu arrow any each per dict param parameter metadata label tag config option locale lang dedup deduplication`)

/** Before \`token\` these make it a position or a unit of text. */
const TOKEN_OF_TEXT = words(
  'page next prev previous continuation continue sync cursor max min total input output prompt completion reasoning first last end start stop num special pad eos bos unknown mask template',
)

const STRONG_HEADS = words(
  'password passwords passwd passwds pwd pass passphrase passcode passwort motdepasse contrasena senha segredo secreto secrete secret secrets credential credentials cred creds userpass',
)
const STRONG_BEFORE_KEY = words(
  'api access secret account private signing encryption master shared client auth authentication authorization app application admin service encrypt decrypt decryption signature webhook deploy deployment crypt cipher aes rsa hmac jwt ssh pgp gpg ssl tls storage license subscription integration ingest session',
)
const STRONG_BEFORE_TOKEN = words('access refresh auth id bearer')
const RECORD_HEADS = words('token auth session sid csrf xsrf sig signature otp totp pin jwt dsn cookie cookies phpsessid jsessionid sessid authtoken webhook oauth apikey')
const TOP_DOMAINS = words('com org net io dev')
const MEDIUM_HEADS = words('pat bearer psk pw passkey otpauth mnemonic license licence serviceaccount okta lob')
const WEAK_HEADS = words('key keys hash code nonce salt seed')

const VENDORS = words(`aws amazon azure gcp google github gitlab bitbucket slack stripe twilio sendgrid mailgun mailchimp openai anthropic datadog
  newrelic sentry heroku digitalocean cloudflare fastly npm pypi docker jenkins travis circleci codecov sonar sonarqube snyk okta auth0 firebase supabase
  mongodb mongo postgres mysql redis rabbitmq kafka confluent elastic elasticsearch algolia mapbox facebook twitter linkedin discord telegram dropbox
  box zendesk hubspot salesforce shopify square squareup paypal braintree adyen plaid coinbase kraken binance etsy yandex alibaba tencent adobe asana jira
  atlassian confluence trello linear notion figma airtable typeform intercom segment mixpanel amplitude launchdarkly bugsnag rollbar pagerduty opsgenie
  grafana vault hashicorp terraform pulumi doppler vercel netlify fly flyio render databricks snowflake huggingface cohere mistral groq perplexity
  replicate pinecone contentful sanity messagebird nexmo vonage plivo sumologic sumo splunk loggly artifactory jfrog nexus sourcegraph postman rapidapi
  flickr finnhub freshbooks gitter gocardless droneci drone beamer bittrex bitfinex kucoin lob sentinel scalingo shippo easypost duffel frameio zoom webex
  teams sendbird sendinblue brevo postmark sparkpost rapid7 ibm softlayer oracle oci vmware cloudant ldap smtp ftp sftp imap db database mail`)

/** Joined forms, cut into words. The longest entry at a word's end counts. */
const JOINED = new Map<string, readonly string[]>(
  `api-key api-keys auth-token access-token access-key access-key-id secret-key secret-access-key private-key public-key client-secret client-id refresh-token
  id-token session-id session-token session-key user-password db-password db-pass root-password user-pass user-pwd signing-key encryption-key encrypt-key
  master-key shared-key account-key shared-access-key connection-string webhook-url bearer-token auth-key api-secret api-token app-secret app-key
  app-token phone-number first-name last-name full-name credit-card card-number csrf-token xsrf-token user-token auth-code oauth-token oauth-secret consumer-key
  consumer-secret key-pass store-pass keystore-password license-key subscription-key service-key deploy-key ssh-key ssh-pass wifi-password storage-key
  host-key primary-key foreign-key cache-key sort-key php-sess-id j-session-id asp-session-id x-csrf-token x-api-key pass-word pass-phrase
  aws-access-key-id aws-secret-access-key aws-session-token auth-header admin-password bot-token db-pwd mysql-pwd pg-password my-password
  new-password old-password current-password confirm-password security-token device-token push-token verification-token reset-token
  social-security account-number date-of-birth tax-id user-name host-name
  credential-s client-key secret-id role-id token-secret access-secret master-password
  social-security-number social-security-no given-name family-name middle-name maiden-name display-name birth-name customer-name patient-name contact-name
  employee-name recipient-name passenger-name sender-name street-address home-address postal-address mailing-address billing-address shipping-address
  address-line street-name street-line name-on-card card-holder account-holder`
    .trim()
    .split(/\s+/)
    .map((entry) => [entry.replaceAll('-', ''), entry.split('-')]),
)
JOINED.set('jsonwebtoken', ['jsonwebtoken'])
JOINED.set('password', ['password'])
JOINED.set('passphrase', ['passphrase'])
JOINED.set('credentials', ['credentials'])
JOINED.set('phpsessid', ['session', 'id'])
JOINED.set('jsessionid', ['session', 'id'])
JOINED.set('aspsessionid', ['session', 'id'])

/** Words that end with digits of their own. */
const WITH_DIGITS = words('oauth2 cvv2 cvc2 sha1 sha256 sha512 md5 ipv4 ipv6 s3 addr1 addr2 auth0 base64 b64 k8s ec2 h2 p12 i18n oauth1 bip39')

/** Suffixes that are cut off a longer word whatever stands before: no English word ends so. */
const CUT_SUFFIXES = ['passwords', 'password', 'passwd', 'passphrase', 'apikey', 'secretkey', 'accesskey', 'privatekey', 'credentials', 'secret', 'token', 'tokens']

const UNKNOWN: KeyFacts = { words: [], secret: 0, secretNumbers: false, personal: 0, mute: true, leads: false, holds: false }

const CACHE_LIMIT = 4096
const cache = new Map<string, KeyFacts>()

/**
 * What a key says: its words, how strongly it names a secret, and whether numbers under it are secrets too.
 * `keyFacts('DB_PASSWORD')` -> `{words: ['db', 'password'], secret: 4, secretNumbers: true}`.
 */
export function keyFacts(key: string): KeyFacts {
  const known = cache.get(key)
  if (known !== undefined) return known
  // the name of a detector in a placeholder says nothing: it stands where a key was masked
  const facts = key.length > 128 || key.startsWith('[REDACTED') ? UNKNOWN : analyse(key)
  if (cache.size >= CACHE_LIMIT) cache.clear()
  cache.set(key, facts)
  return facts
}

// A direct-mapped table over the bytes of keys, so that pairs and query parameters cost no string.
const SLOTS = 1024
const SLOT_BYTES = 40
const slotKey = new Uint8Array(SLOTS * SLOT_BYTES)
const slotLength = new Uint8Array(SLOTS)
const slotFacts: KeyFacts[] = new Array<KeyFacts>(SLOTS).fill(UNKNOWN)

/** As `keyFacts` for the key at [from, to). */
export function keyFactsAt(text: Uint8Array, from: number, to: number): KeyFacts {
  const length = to - from
  if (length === 0 || length > 128) return UNKNOWN
  if (length > SLOT_BYTES) return keyFacts(ascii(text, from, to))
  let h = length
  for (let p = from; p < to; p++) h = Math.imul(h ^ text[p]!, 0x01000193)
  const slot = (h ^ (h >>> 10) ^ (h >>> 20)) & (SLOTS - 1)
  const base = slot * SLOT_BYTES
  let same = slotLength[slot] === length
  for (let i = 0; same && i < length; i++) same = slotKey[base + i] === text[from + i]
  if (same) return slotFacts[slot]!
  const facts = keyFacts(ascii(text, from, to))
  slotLength[slot] = length
  for (let i = 0; i < length; i++) slotKey[base + i] = text[from + i]!
  slotFacts[slot] = facts
  return facts
}

function ascii(text: Uint8Array, from: number, to: number): string {
  let out = ''
  for (let p = from; p < to; p++) out += String.fromCharCode(text[p]!)
  return out
}

/** Lower-case words of a key: cut at `_ - . : / [ ]`, spaces, camel humps and by the dictionary of joined forms. */
export function splitKey(key: string): string[] {
  const out: string[] = []
  let from = -1
  for (let i = 0; i <= key.length; i++) {
    const code = i < key.length ? key.charCodeAt(i) : 32
    const kind = code < 128 ? CLASS[code]! & ALNUM : code > 159 ? LOWER : 0
    if (kind === 0) {
      if (from >= 0) pushWord(out, key.slice(from, i))
      from = -1
      continue
    }
    if (from < 0) {
      from = i
      continue
    }
    if ((kind & UPPER) !== 0) {
      const before = key.charCodeAt(i - 1)
      const after = i + 1 < key.length ? key.charCodeAt(i + 1) : 0
      const hump = before >= 128 || (CLASS[before]! & UPPER) === 0
      const lastOfCapitals = !hump && after > 0 && after < 128 && (CLASS[after]! & LOWER) !== 0 && !(after === 115 && isEnd(key, i + 2))
      if (hump || lastOfCapitals) {
        pushWord(out, key.slice(from, i))
        from = i
      }
    }
  }
  return out
}

function isEnd(key: string, i: number): boolean {
  return i >= key.length || (CLASS[key.charCodeAt(i) & 255]! & LETTER) === 0
}

function pushWord(out: string[], part: string): void {
  let word = part.toLowerCase()
  if (!WITH_DIGITS.has(word)) word = word.replace(/[0-9]+$/, '')
  if (word === '') return
  const joined = JOINED.get(word)
  if (joined !== undefined) {
    out.push(...joined)
    return
  }
  if (word.length > 6 && !isCommon(word)) {
    // A known tail of two words, then a known single tail.
    for (let cut = 2; cut < word.length - 4; cut++) {
      const tail = JOINED.get(word.slice(cut))
      if (tail !== undefined && tail.length > 1 && word.length - cut >= 6) {
        out.push(word.slice(0, cut), ...tail)
        return
      }
    }
    for (const suffix of CUT_SUFFIXES) {
      if (word.length > suffix.length + 1 && word.endsWith(suffix)) {
        pushWord(out, word.slice(0, -suffix.length))
        out.push(...(JOINED.get(suffix) ?? [suffix]))
        return
      }
    }
  }
  out.push(word)
}

function analyse(key: string): KeyFacts {
  const list = splitKey(key)
  const secret = strength(list)
  const personal = secret > 0 ? 0 : personalOf(list, headIndex(list))
  return {
    words: list,
    secret,
    secretNumbers: secret >= 3 && NUMERIC.has(headOf(list)),
    personal,
    mute: secret === 0 && personal === 0 && !list.some((word) => speaks(word)),
    leads: secret > 0 || leadsOn(list),
    // of what was asked for and granted (`authorization`) much is told
    holds: secret === 4 && headOf(list) !== 'authorization',
  }
}

/** Beside secrets these are what they are for. */
const SETTINGS = words(`account address algorithms amount city client country currency database db dbname domain driver email engine language locale passwordless
  platform price project protocol realm region role roles scheme ssl tenant tls tokens zone`)

/** A word that says what a value is, or that it is no secret. */
function speaks(word: string): boolean {
  return NEGATIVE.has(word) || SETTINGS.has(word) || STRONG_HEADS.has(word) || RECORD_HEADS.has(word) || WEAK_HEADS.has(word)
}

const NUMERIC = words('password passwords passwd pwd pass passphrase passcode pin otp totp secret secrets')

function headIndex(list: readonly string[]): number {
  let i = list.length - 1
  while (i > 0 && GENERIC.has(list[i]!)) i--
  return i >= 0 && GENERIC.has(list[i]!) ? -1 : i
}

function headOf(list: readonly string[]): string {
  const i = headIndex(list)
  return i < 0 ? '' : list[i]!
}

function strength(list: readonly string[]): Strength {
  const n = list.length
  if (n === 0) return 0
  const lastWord = list[n - 1]!
  const beforeLast = n > 1 ? list[n - 2]! : ''
  if ((lastWord === 'string' || lastWord === 'str') && beforeLast === 'connection') return 4
  if (lastWord === 'url' && beforeLast === 'webhook') return 4
  if (lastWord === 'webhook' && n > 1) return 3
  const i = headIndex(list)
  if (i < 0) return 0
  const head = list[i]!
  const before = i > 0 ? list[i - 1]! : ''
  if (list.includes('public') || list.includes('publishable')) return 0
  if (head === 'id') {
    if (before === 'session' || before === 'secret' || before === 'sess') return 3
    if (before === 'access' && i > 1 && list.slice(0, i - 1).some((w) => VENDORS.has(w))) return 2
    // Half of a pair of credentials: `aws_access_key_id`.
    return before === 'key' && i > 1 && list[i - 2] === 'access' && (i === 2 || list[0] === 'aws') ? 2 : 0
  }
  if (NEGATIVE.has(head)) return 0
  if (head === 'passwordless') return 0
  if (STRONG_HEADS.has(head)) return head === 'pass' && n > 2 ? 3 : 4
  if (head === 'authorization') return 4
  if (head === 'key' || head === 'keys') {
    if (KEY_OF_DATA.has(before)) return before === 'storage' ? 2 : 0
    if (STRONG_BEFORE_KEY.has(before)) return 4
    if (i > 0 && (VENDORS.has(before) || list.slice(0, i).some((w) => VENDORS.has(w)))) return 2
    return head === 'keys' ? 0 : 1
  }
  if (head === 'token') {
    if (TOKEN_OF_TEXT.has(before)) return 0
    return STRONG_BEFORE_TOKEN.has(before) || before === 'api' || before === 'security' ? 4 : 3
  }
  if (head === 'tokens') return 0
  if (head === 'auth' || head === 'session') return n <= 2 || head === 'auth' ? 3 : 2
  if (RECORD_HEADS.has(head)) return 3
  if (MEDIUM_HEADS.has(head)) return 2
  if (WEAK_HEADS.has(head)) return 1
  if ((head === 'header' || head === 'headers') && before === 'auth') return 3
  // `SONAR_LOGIN` holds a token, `BUNDLE_GEMS__EXAMPLE__COM` the user and password of a host.
  if (head === 'login' && (before === 'sonar' || before === 'sonarqube')) return 2
  if (list[0] === 'bundle' && n > 2 && TOP_DOMAINS.has(head)) return 4
  return 0
}

// ------------------------------------------------------------------------------------------------ values

/** Made with the first text to judge. */
let levels: Uint8Array | undefined

function unpackLevels(): Uint8Array {
  const table = new Uint8Array(96 * 96)
  for (let i = 0; i < table.length; i++) {
    let code = BIGRAM_LEVELS.charCodeAt(i)
    if (code > 92) code--
    if (code > 39) code--
    table[i] = code - 35
  }
  return table
}

function segmentEnds(b: number): boolean {
  return b === 45 || b === 95 || b === 46 || b === 47 || b === 58 || b === 61 || b === 43
}

/**
 * True when some segment of [from, to) is more surprising than 99 of 100 identifiers. Segments end at `-_./:=+`; pieces
 * under six characters join the next one.
 */
export function looksRandom(text: Uint8Array, from: number, to: number): boolean {
  levels ??= unpackLevels()
  let sum = 0
  let pairs = 0
  let length = 0
  let previous = -1
  for (let p = from; p <= to; p++) {
    const b = p < to ? text[p]! : 45
    if (p === to || segmentEnds(b)) {
      if (p < to && length < 6) {
        previous = -1
        continue
      }
      if (pairs > 4 && sum > thresholdFor(length) * pairs) return true
      sum = 0
      pairs = 0
      length = 0
      previous = -1
      continue
    }
    const code = b < 32 || b > 126 ? 0 : b - 32
    if (previous >= 0) {
      sum += levels[previous * 96 + code]!
      pairs++
    }
    previous = code
    length++
  }
  return false
}

/** In sixths of a bit, as the table. */
const THRESHOLDS: readonly number[] = BIGRAM_THRESHOLDS.map((bits) => bits * 6)

function thresholdFor(length: number): number {
  if (length < 10) return THRESHOLDS[0]!
  if (length < 14) return THRESHOLDS[1]!
  if (length < 18) return THRESHOLDS[2]!
  return length < 25 ? THRESHOLDS[3]! : THRESHOLDS[4]!
}

/** True for text that an earlier pass has masked, or one repeated character. */
export function isMasked(text: Uint8Array, from: number, to: number): boolean {
  const length = to - from
  if (length === 0) return true
  const b = text[from]!
  if (
    b === 91 &&
    (matchesAt(text, to, from, '[REDACTED') ||
      matchesAt(text, to, from, '[MASKING FAILED') ||
      matchesAt(text, to, from, '[Filtered') ||
      matchesAt(text, to, from, '[PII') ||
      matchesAt(text, to, from, '[FILTERED') ||
      matchesLower(text, to, from, '[redacted') ||
      matchesLower(text, to, from, '[hidden') ||
      matchesLower(text, to, from, '[masked'))
  )
    return true
  if (b === 37 && matchesLower(text, to, from, '%5bredacted')) return true
  if (b === 42 && matchesAt(text, to, from, '***')) return true
  if (length === 8 && matchesLower(text, to, from, 'redacted')) return true
  if (b === 0xe2 && text[from + 1] === 0x80 && text[from + 2] === 0xa2) return true
  // `xxxx-1234`, `****1234`
  if ((b === 120 || b === 88) && length > 3 && matchesLower(text, to, from, 'xxxx')) {
    let p = from
    while (p < to && ((text[p]! | 32) === 120 || text[p] === 45)) p++
    if (to - p <= 4) return true
  }
  // What another tool has cut: `ops_eyJz..[Redacted]`, `xoxp-1234-########`.
  if (length > 12 && text[to - 1] === 93 && text[to - 11] === 46 && matchesLower(text, to, to - 10, '[redacted]')) return true
  if (length > 16 && (text[to - 1] === 35 || text[to - 1] === 42) && text[to - 2] === text[to - 1] && oneByteRepeated(text, to - 16, to)) return true
  return length > 1 && oneByteRepeated(text, from, to)
}

/** Placeholders of templates and literals of no value, as the whole text. */
export function isPlaceholder(text: Uint8Array, from: number, to: number): boolean {
  const length = to - from
  if (length === 0) return true
  const b = text[from]!
  const last = text[to - 1]!
  switch (b) {
    case 36: // ${X}, $X, $(cmd), $1, {$X}
      if (length > 1 && (text[from + 1] === 123 || text[from + 1] === 40)) return last === 125 || last === 41 || length < 24
      return variableName(text, from + 1, to)
    case 123: // {{x}}, {x}
      return last === 125 && length < 64
    case 60: // <token>
      return last === 62 && length < 64
    case 37: // %VAR%, %s, %(x)s
      return length === 2 || (last === 37 && (variableName(text, from + 1, to - 1) || lettersOnly(text, from + 1, to - 1))) || (text[from + 1] === 40 && length < 40)
    case 58: // :param
      return variableName(text, from + 1, to)
    case 91: // [PASSWORD]
      return last === 93 && length < 32 && length > 2 && variableName(text, from + 1, to - 1)
    case 35: // #{x}
      return length > 2 && text[from + 1] === 123 && last === 125
    case 64: // @{x}
      return length > 2 && text[from + 1] === 123 && last === 125
    default:
      return length <= 9 && isNoValue(text, from, to)
  }
}

/** A name as variables have: capitals, digits and `_`, or lower-case letters and `_` only. A password with `$` is neither. */
function variableName(text: Uint8Array, from: number, to: number): boolean {
  if (to <= from) return false
  let bits = 0
  for (let p = from; p < to; p++) {
    const c = CLASS[text[p]!]! & (ALNUM | UNDERSCORE)
    if (c === 0) return false
    bits |= c
  }
  return (bits & LOWER) === 0 || (bits & (UPPER | DIGIT)) === 0
}

function lettersOnly(text: Uint8Array, from: number, to: number): boolean {
  for (let p = from; p < to; p++) if ((CLASS[text[p]!]! & (LETTER | UNDERSCORE)) === 0) return false
  return to > from
}

const NO_VALUES = words('null none undefined true false nil nan n/a yes no void empty')

function isNoValue(text: Uint8Array, from: number, to: number): boolean {
  const first = lower(text[from]!)
  // n, u, t, f, y, v, e
  if (first !== 110 && first !== 117 && first !== 116 && first !== 102 && first !== 121 && first !== 118 && first !== 101) return false
  let word = ''
  for (let p = from; p < to; p++) word += String.fromCharCode(lower(text[p]!))
  return NO_VALUES.has(word)
}

const SAMPLES = words(
  'changeme change-me change_me changeit example dummy placeholder todo fixme tbd sample foobar foo bar baz redacted removed hidden masked filtered secret_here here',
)

/** Words that stand for a value in documentation and templates; only in free text. */
function isSample(text: Uint8Array, from: number, to: number): boolean {
  const length = to - from
  if (length > 80) return false
  // `hf_xxxxxxxx`: more than half is one character repeated to the end.
  const last = lower(text[to - 1]!)
  let repeated = 0
  while (repeated < length && lower(text[to - 1 - repeated]!) === last) repeated++
  if (repeated >= 8 && repeated * 2 > length) return true
  // Most values are none of the rest, which one look at their bytes tells.
  let alphabet = 0
  let same = 1
  let before = 0
  let wordsOnly = true
  let named = false
  for (let p = from; p < to; p++) {
    const b = lower(text[p]!)
    if (same === p - from && b === before) same++
    alphabet = b === 97 ? 1 : alphabet > 0 && b === before + 1 ? alphabet + 1 : 0
    if (alphabet === 16 || same === 16) return true
    if (!((b >= 97 && b <= 122) || b === 95 || b === 45 || b === 32)) wordsOnly = false
    // of `your` and `here`
    else if (b === 114 && p - from >= 2 && ((before === 117 && lower(text[p - 2]!) === 111) || (before === 101 && lower(text[p - 2]!) === 104))) named = true
    before = b
  }
  if (!named && !wordsOnly) return false
  let value = ''
  for (let p = from; p < to; p++) value += String.fromCharCode(lower(text[p]!))
  if (SAMPLES.has(value)) return true
  if (/your[_-](?:api|auth|access|token|key|secret|password|client)|(?:token|key|secret|password)[_-]?here/.test(value)) return true
  return wordsOnly && (/^(?:your|my|insert|enter|replace|put|the|some|add)[-_ ][a-z_ -]*$/.test(value) || /^[a-z_-]*(?:-here|_here|placeholder)$/.test(value))
}

/** One common word, letters only. */
function isCommonWord(text: Uint8Array, from: number, to: number): boolean {
  const length = to - from
  if (length > 16) return false
  let p = from
  // Sentence punctuation and an opening capital aside.
  let stop = to
  while (stop > p && (text[stop - 1] === 46 || text[stop - 1] === 33 || text[stop - 1] === 63)) stop--
  let word = ''
  for (; p < stop; p++) {
    const b = text[p]!
    if ((CLASS[b]! & LETTER) === 0) return false
    word += String.fromCharCode(lower(b))
  }
  return isCommon(word)
}

/** `config.password`, `os.environ[...]`, `getToken()`, `DB_PASSWORD`, `X25519.key_length`: code that names a value. */
function isCodeReference(text: Uint8Array, from: number, to: number, strong: boolean): boolean {
  let dots = 0
  let underscores = 0
  let open = 0
  let firstOpen = to
  let bits = 0
  let digits = 0
  let other = false
  for (let p = from; p < to; p++) {
    const b = text[p]!
    const c = CLASS[b]!
    bits |= c
    if ((c & DIGIT) !== 0) digits++
    if (b === 46) dots++
    else if (b === 95) underscores++
    else if (b === 40 || b === 91) {
      if (p > from && (CLASS[text[p - 1]!]! & (ALNUM | UNDERSCORE)) !== 0) {
        if (open++ === 0) firstOpen = p
      }
    } else if ((c & ALNUM) === 0 && b !== 41 && b !== 93 && b !== 39 && b !== 34 && b !== 36) other = true
  }
  const first = CLASS[text[from]!]!
  if ((first & (LETTER | UNDERSCORE)) === 0) return false
  if (open > 0 && !other && (text[to - 1] === 41 || text[to - 1] === 93 || text[to] === 44) && !looksRandom(text, from, firstOpen)) return true
  if (other) return false
  if (dots > 0 && digits <= 4 && !looksRandom(text, from, to) && text[to - 1] !== 46) return true
  // A constant's name, or snake_case that reads as language.
  if (underscores > 0 && dots === 0 && digits <= 2 && !looksRandom(text, from, to) && ((bits & LOWER) === 0 || (bits & UPPER) === 0)) return true
  return !strong && digits === 0 && (bits & UPPER) !== 0 && (bits & LOWER) !== 0 && !looksRandom(text, from, to)
}

/** Paths, URLs, MIME types and versions. */
function isResource(text: Uint8Array, from: number, to: number): boolean {
  const b = text[from]!
  if (b === 47 || b === 126) return to - from > 1 && (text[from + 1] !== 47 || to - from < 4) && !looksRandom(text, from, to) && slashes(text, from, to) >= (b === 126 ? 1 : 2)
  if (b === 46) return matchesAt(text, to, from, './') || matchesAt(text, to, from, '../')
  if ((CLASS[b]! & LETTER) !== 0) {
    if (matchesLower(text, to, from, 'http://') || matchesLower(text, to, from, 'https://')) return true
    if (to - from > 2 && text[from + 1] === 58 && (text[from + 2] === 92 || text[from + 2] === 47)) return true
    // `application/json`, `image/png`: two lower-case words.
    if (slashes(text, from, to) >= 1) {
      for (let p = from; p < to; p++) if ((CLASS[text[p]!]! & (LOWER | KEY)) === 0 && text[p] !== 47 && text[p] !== 43) return false
      return !looksRandom(text, from, to)
    }
  }
  // 1.2.3
  let dots = 0
  for (let p = from; p < to; p++) {
    if (text[p] === 46) dots++
    else if ((CLASS[text[p]!]! & DIGIT) === 0) return false
  }
  return dots > 0
}

function slashes(text: Uint8Array, from: number, to: number): number {
  let n = 0
  for (let p = from; p < to; p++) if (text[p] === 47) n++
  return n
}

/** `sha256:...` and the like, `sha512-...=`. */
function isDigest(text: Uint8Array, from: number, to: number): boolean {
  return matchesLower(text, to, from, 'sha') && to - from > 8 && (text[from + 6] === 58 || text[from + 6] === 45 || text[from + 4] === 58 || text[from + 4] === 45)
}

/**
 * Judges a value under a key of the given strength (`KeyFacts.secret`). `record`: a string value of a record; `text`: the
 * value of a pair. Returns the score, 0 to leave the value.
 */
export function judgeSecret(text: Uint8Array, start: number, end: number, strength: Strength, where: 'record' | 'text'): number {
  if (strength === 0 || end <= start) return 0
  // A value of blanks only is no secret.
  let from = start
  let to = end
  while (from < to && (CLASS[text[from]!]! & SPACE) !== 0) from++
  while (to > from && (CLASS[text[to - 1]!]! & SPACE) !== 0) to--
  if (from === to || isMasked(text, from, to) || isPlaceholder(text, from, to)) return 0
  const length = to - from
  if (where === 'record') {
    if (strength === 4) return 0.95
    if (strength === 3) return lowerCaseWord(text, from, to) && isCommonWord(text, from, to) ? 0 : 0.85
  } else {
    if (strength === 4) {
      if (length < 4 || isCommonWord(text, from, to) || isSample(text, from, to) || isResource(text, from, to)) return 0
      return isCodeReference(text, from, to, true) ? 0 : 0.8
    }
    if (isSample(text, from, to)) return 0
  }
  if (isResource(text, from, to) || isDigest(text, from, to)) return 0
  if (strength === 1) return length >= 16 && !hasSpace(text, from, to) && looksRandom(text, from, to) && !isCodeReference(text, from, to, false) ? 0.62 : 0
  return evidence(text, from, to) && !isCodeReference(text, from, to, false) ? 0.7 : 0
}

function evidence(text: Uint8Array, from: number, to: number): boolean {
  const length = to - from
  if (length < 6) return false
  const spaced = hasSpace(text, from, to)
  const bits = classesOf(text, from, to)
  if (spaced || isWordy(text, from, to)) return false
  const letterKinds = ((bits & LOWER) !== 0 ? 1 : 0) + ((bits & UPPER) !== 0 ? 1 : 0)
  if (!spaced && length >= 16) return (bits & DIGIT) !== 0 || letterKinds === 2 || looksRandom(text, from, to) || !languageOnly(text, from, to)
  if ((bits & DIGIT) !== 0 && letterKinds > 0 && !spaced) return true
  return !spaced && looksRandom(text, from, to)
}

/** Words with versions and counters: pieces between `-_./:` are letters, or up to four digits; `jackson-core-2.11.4`. */
function isWordy(text: Uint8Array, from: number, to: number): boolean {
  let digits = 0
  let letters = 0
  let pieces = 0
  for (let p = from; p <= to; p++) {
    const bits = p < to ? CLASS[text[p]!]! : 0
    if ((bits & DIGIT) !== 0) digits++
    else if ((bits & LETTER) !== 0) {
      if (digits > 0) return false
      letters++
    } else {
      if (p < to && !segmentEnds(text[p]!)) return false
      if (digits > 4 || (letters > 0 && digits > 2)) return false
      pieces++
      digits = 0
      letters = 0
    }
  }
  return pieces > 1 && !looksRandom(text, from, to)
}

/** Lower-case words joined by `-` or `_`. */
function languageOnly(text: Uint8Array, from: number, to: number): boolean {
  for (let p = from; p < to; p++) if ((CLASS[text[p]!]! & (LETTER | UNDERSCORE)) === 0 && text[p] !== 45 && text[p] !== 46) return false
  return true
}

function hasSpace(text: Uint8Array, from: number, to: number): boolean {
  for (let p = from; p < to; p++) if ((CLASS[text[p]!]! & SPACE) !== 0) return true
  return false
}

function lowerCaseWord(text: Uint8Array, from: number, to: number): boolean {
  for (let p = from; p < to; p++) if ((CLASS[text[p]!]! & LOWER) === 0) return false
  return true
}
