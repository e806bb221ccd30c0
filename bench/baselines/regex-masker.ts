// The masker that people write: walk the parsed record, redact what stands under a telling key, run a list of regular
// expressions over every other string, replace what they find, keyed with HMAC where the value should stay recognisable.
// The list covers what the `default` ruleset finds, as nearly as regular expressions can.
import { createHmac, createSecretKey } from 'node:crypto'

const secretKeys = new Set([
  'password',
  'passwd',
  'pwd',
  'pass',
  'passphrase',
  'passcode',
  'secret',
  'client_secret',
  'clientsecret',
  'secret_key',
  'token',
  'access_token',
  'accesstoken',
  'refresh_token',
  'refreshtoken',
  'id_token',
  'auth_token',
  'api_key',
  'apikey',
  'api-key',
  'x-api-key',
  'x-auth-token',
  'x-csrf-token',
  'x-amz-security-token',
  'access_key',
  'private_key',
  'privatekey',
  'encryption_key',
  'signing_key',
  'auth',
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'credentials',
  'session',
  'session_id',
  'sessionid',
  'sid',
  'csrf',
  'otp',
  'pin',
  'jwt',
  'signature',
  'connection_string',
  'dsn',
])

function luhn(text: string): boolean {
  let sum = 0
  let place = 0
  for (let i = text.length - 1; i >= 0; i--) {
    let digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) continue
    if (place++ % 2 === 1) {
      digit *= 2
      if (digit > 9) digit -= 9
    }
    sum += digit
  }
  return sum % 10 === 0
}

function ibanValid(text: string): boolean {
  const compact = text.replace(/ /g, '')
  const turned = compact.slice(4) + compact.slice(0, 4)
  let rest = 0
  for (const letter of turned) {
    const value = Number.parseInt(letter, 36)
    rest = (value > 9 ? rest * 100 + value : rest * 10 + value) % 97
  }
  return rest === 1
}

/** Makes the function; it changes the record in place, as such functions do. */
export function createRegexWalk(secret: string): (record: unknown) => unknown {
  const key = createSecretKey(Buffer.from(secret))
  const keyed = (value: string): string => createHmac('sha256', key).update(value).digest('hex')
  const digitsLike = (value: string, keepFirst: number): string => {
    const noise = keyed(value)
    let at = 0
    let seen = 0
    return value.replace(/\d/g, (digit) => (seen++ < keepFirst ? digit : String(noise.charCodeAt(at++ % 64) % 10)))
  }
  const rules: readonly (readonly [RegExp, (match: string, ...groups: string[]) => string])[] = [
    [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, () => '[REDACTED:private_key]'],
    [/\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/g, () => '[REDACTED:jwt]'],
    [/\b(Bearer|Basic|Token) [A-Za-z0-9._~+/-]{8,}=*/gi, (_, scheme) => `${scheme} [REDACTED]`],
    [/([a-z][a-z0-9+.-]*:\/\/)[^\s:@/]+:[^\s@/]+@/gi, (_, scheme) => `${scheme}REDACTED@`],
    [/([?&](?:token|key|api_key|access_token|secret|password|sig|signature|code)=)[^&\s#]+/gi, (_, name) => `${name}REDACTED`],
    [/\b((?:[a-z]+_)?(?:password|passwd|secret|token|api_key)["']?\s*[=:]\s*["']?)[^\s"',;&]{4,}/gi, (_, name) => `${name}[REDACTED]`],
    [/\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g, () => '[REDACTED:aws_access_key]'],
    [/\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})/g, () => '[REDACTED:github_token]'],
    [/\b(?:npm_[A-Za-z0-9]{36}|glpat-[A-Za-z0-9_-]{20,})/g, () => '[REDACTED:npm_token]'],
    [/\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g, () => '[REDACTED:slack_token]'],
    [/\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}/g, () => '[REDACTED:stripe_key]'],
    [/\bAIza[A-Za-z0-9_-]{35}/g, () => '[REDACTED:google_api_key]'],
    [/\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{20,}/g, () => '[REDACTED:openai_key]'],
    [/\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}\b/g, (match) => `${keyed(match.toLowerCase()).slice(0, 12)}@example.com`],
    [/\b\d(?:[ -]?\d){12,18}\b/g, (match) => (luhn(match) ? digitsLike(match, 6) : match)],
    [/\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b/g, (match) => (ibanValid(match) ? `${match.slice(0, 4)}${digitsLike(match.slice(4), 0)}` : match)],
    [/\b\d{3}-\d{2}-\d{4}\b/g, (match) => digitsLike(match, 0)],
    [/\+\d{8,15}\b/g, (match) => digitsLike(match, 2)],
  ]
  const text = (value: string): string => {
    let out = value
    for (const [pattern, replace] of rules) out = out.replace(pattern, replace)
    return out
  }
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value)
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) value[i] = walk(value[i])
      return value
    }
    const record = value as Record<string, unknown>
    for (const name of Object.keys(record)) {
      const inner = record[name]
      if (typeof inner === 'string' && secretKeys.has(name.toLowerCase())) record[name] = '[REDACTED]'
      else record[name] = walk(inner)
    }
    return record
  }
  return walk
}
