// Text that looks like something and is nothing: one generator per class, seeded, so that every run sees the same.
// Each returns one log line. A false alarm that is reported becomes a class here, not one more literal.

/** A small seeded generator (xorshift). */
export function createRandom(seed: number): () => number {
  let s = seed | 0 || 1
  return () => {
    s ^= s << 13
    s ^= s >>> 17
    s ^= s << 5
    return (s >>> 0) / 4294967296
  }
}

export interface Draw {
  int(low: number, high: number): number
  pick<T>(list: readonly T[]): T
  chars(alphabet: string, length: number): string
}

export function createDraw(seed: number): Draw {
  const random = createRandom(seed)
  const int = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1))
  return {
    int,
    pick: (list) => list[int(0, list.length - 1)]!,
    chars: (alphabet, length) => Array.from({ length }, () => alphabet[int(0, alphabet.length - 1)]!).join(''),
  }
}

const DIGITS = '0123456789'
const HEX = '0123456789abcdef'
const LOWER = 'abcdefghijklmnopqrstuvwxyz'
const B64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const WORDS = ['cache', 'order', 'worker', 'billing', 'search', 'queue', 'metrics', 'gateway', 'session', 'report', 'index', 'storage'] as const

const two = (n: number): string => String(n).padStart(2, '0')
const date = (d: Draw): string => `${d.int(1999, 2031)}-${two(d.int(1, 12))}-${two(d.int(1, 28))}`
const time = (d: Draw): string => `${two(d.int(0, 23))}:${two(d.int(0, 59))}:${two(d.int(0, 59))}`
const hex = (d: Draw, n: number): string => d.chars(HEX, n)
const uuid = (d: Draw): string => `${hex(d, 8)}-${hex(d, 4)}-4${hex(d, 3)}-a${hex(d, 3)}-${hex(d, 12)}`
const word = (d: Draw): string => d.pick(WORDS)

/** Class name to generator. */
export const NEGATIVES: Readonly<Record<string, (d: Draw) => string>> = {
  'epoch seconds': (d) => `request at ${d.int(1_400_000_000, 1_990_000_000)} done`,
  'epoch milliseconds': (d) => `ts=${d.int(1_400_000_000, 1_990_000_000)}${d.chars(DIGITS, 3)} level=info`,
  'epoch microseconds': (d) => `start ${d.int(1_400_000_000, 1_990_000_000)}${d.chars(DIGITS, 6)}`,
  'epoch nanoseconds': (d) => `"timeUnixNano":"${d.int(1_400_000_000, 1_990_000_000)}${d.chars(DIGITS, 9)}"`,
  'epoch and year': (d) => `- ${d.int(1_000_000_000, 1_990_000_000)} ${d.int(2001, 2031)}.${two(d.int(1, 12))}.${two(d.int(1, 28))} node-${d.int(1, 99)}`,
  'epoch with fraction': (d) => `took ${d.int(1_400_000_000, 1_990_000_000)}.${d.chars(DIGITS, 6)}`,
  'compact stamps': (d) => `backup-${date(d).replaceAll('-', '')}${time(d).replaceAll(':', '')}.tar.gz at ${date(d).replaceAll('-', '')}`,
  'iso with offset': (d) => `${date(d)}T${time(d)}.${d.chars(DIGITS, 3)}+0${d.int(0, 9)}:00 started`,
  'iso with comma': (d) => `${date(d)} ${time(d)},${d.chars(DIGITS, 3)} INFO [main] started`,
  'syslog stamps': (d) => `May ${d.int(1, 28)} ${time(d)} host-${d.int(1, 9)} sshd[${d.int(100, 99999)}]: session opened for user root`,
  'access log stamps': (d) => `[${two(d.int(1, 28))}/May/2024:${time(d)} +0200] "GET /index.html HTTP/1.1" 200 ${d.int(10, 99999)}`,
  'dotted and slashed dates': (d) => `due ${two(d.int(1, 28))}.${two(d.int(1, 12))}.${d.int(1999, 2031)} or ${two(d.int(1, 12))}/${two(d.int(1, 28))}/${d.int(1999, 2031)}`,
  durations: (d) => `elapsed ${d.int(0, 99)}h${d.int(0, 59)}m${d.int(0, 59)}.${d.chars(DIGITS, 3)}s (${d.int(1000, 9_999_999)} ms)`,
  'cron lines': (d) => `${d.int(0, 59)} ${d.int(0, 23)} * * ${d.int(0, 6)} /usr/bin/${word(d)} --quiet`,
  uuid: (d) => `request ${uuid(d)} finished`,
  'uuid of digits': (d) => `id=${d.chars(DIGITS, 8)}-${d.chars(DIGITS, 4)}-4${d.chars(DIGITS, 3)}-8${d.chars(DIGITS, 3)}-${d.chars(DIGITS, 12)}`,
  ulid: (d) => `event 01${d.chars('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 24)} stored`,
  ksuid: (d) => `event ${d.chars(B64, 27)} stored`,
  nanoid: (d) => `room ${d.chars(B64 + '_-', 21)} joined`,
  snowflakes: (d) => `message ${d.int(1, 9)}${d.chars(DIGITS, 17)} in channel 1${d.chars(DIGITS, 18)}`,
  'object ids': (d) => `ObjectId("${hex(d, 24)}") updated`,
  'auto increments': (d) => `user ${d.int(1, 9_999_999)} loaded order ${d.int(1, 99_999_999)}`,
  'date stamped ids': (d) => `eu-${date(d).replaceAll('-', '')}-${two(d.int(1, 99))} and ${date(d).replaceAll('-', '').slice(2)}-${d.chars(DIGITS, 4)}`,
  'order numbers': (d) => `order ${d.chars('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 2)}${d.chars(DIGITS, 6)} shipped as ${d.chars('ABCDEFGH', 3)}-${d.chars(DIGITS, 4)}`,
  'pod names': (d) => `pod ${word(d)}-${hex(d, 9)}-${d.chars(LOWER + DIGITS, 5)} restarted`,
  'container ids': (d) => `container ${hex(d, 12)} image ${hex(d, 64)}`,
  arns: (d) => `arn:aws:iam::${d.chars(DIGITS, 12)}:role/${word(d)}-role`,
  'resource paths': (d) => `/subscriptions/${uuid(d)}/resourceGroups/${word(d)}/providers/x`,
  'git commits': (d) => `commit ${hex(d, 40)} (${hex(d, 7)})`,
  'sha-256': (d) => `sha256:${hex(d, 64)}`,
  md5: (d) => `md5 ${hex(d, 32)} ok`,
  'md5 fingerprints': (d) => `MD5:${Array.from({ length: 16 }, () => hex(d, 2)).join(':')}`,
  'sri digests': (d) => `integrity sha512-${d.chars(B64 + '+/', 86)}==`,
  etags: (d) => `etag: W/"${hex(d, 8)}-${hex(d, 16)}"`,
  crc: (d) => `crc 0x${hex(d, 8)} expected 0x${hex(d, 8)}`,
  'shell dollars': (d) => `awk '{print $1, $${d.int(2, 9)}}' ${word(d)}.txt`,
  traceparent: (d) => `traceparent: 00-${hex(d, 32)}-${hex(d, 16)}-01`,
  'decimal trace ids': (d) => `dd.trace_id=1${d.chars(DIGITS, 18)} dd.span_id=1${d.chars(DIGITS, 17)}`,
  'amazon trace ids': (d) => `X-Amzn-Trace-Id: Root=1-${hex(d, 8)}-${hex(d, 24)}`,
  'byte counts': (d) => `sent ${d.int(1, 9_999_999_999)} bytes, ${d.int(1, 999)}% of ${d.int(1, 9_999_999_999)}`,
  'thousands separators': (d) => `total ${d.int(1, 999)},${d.chars(DIGITS, 3)},${d.chars(DIGITS, 3)} rows and ${d.int(1, 99)},${d.chars(DIGITS, 3)}.50 EUR`,
  'pid and tid columns': (d) => `05-01 10:00:00.123  ${d.int(1000, 9999)}  ${d.int(1000, 9999)} I ${word(d)}: ready`,
  'numbers in columns': (d) => Array.from({ length: 8 }, () => String(d.int(0, 9999)).padStart(6)).join(''),
  ports: (d) => `listening on port ${d.int(1024, 65535)}, peer port ${d.int(1024, 65535)}`,
  'status and ranges': (d) => `206 bytes ${d.int(0, 9999)}-${d.int(10000, 99999)}/${d.int(100000, 999999)}`,
  'line and column': (d) => `src/${word(d)}.ts:${d.int(1, 999)}:${d.int(1, 80)} error TS${d.int(1000, 9999)}`,
  coordinates: (d) => `M${d.int(0, 99)}.${d.chars(DIGITS, 2)} ${d.int(0, 99)}.${d.chars(DIGITS, 2)}L${d.int(0, 99)}.5-${d.int(0, 99)}.25`,
  prices: (d) => `amount ${d.int(1, 9999)}.${d.chars(DIGITS, 2)} (${d.int(1, 99)}.${d.chars(DIGITS, 4)})`,
  'hex addresses': (d) => `at 0x7f${hex(d, 10)} in ${word(d)}_main`,
  registers: (d) => `RAX: ${hex(d, 16)} RBX: ${hex(d, 16)}`,
  'memory maps': (d) => `${hex(d, 12)}-${hex(d, 12)} r-xp ${hex(d, 8)} 08:01 ${d.int(1, 999999)}`,
  progress: (d) => `step ${d.int(1, 999)}/${d.int(1000, 9999)} [${d.int(1, 99)}%]`,
  'four part versions': (d) => `version ${d.int(1, 20)}.${d.int(0, 99)}.${d.int(0, 999)}.${d.int(0, 200)} of lib v${d.int(1, 9)}.${d.int(0, 9)}.${d.int(0, 99)}.${d.int(0, 9)}`,
  'product tokens': (d) => `Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/${d.int(80, 140)}.0.${d.int(1000, 7000)}.${d.int(0, 200)} Safari/537.36`,
  oids: (d) => `oid 1.3.6.1.4.1.${d.int(1, 99999)}.${d.int(1, 99)}.${d.int(1, 99)}`,
  kernels: (d) => `Linux ${d.int(4, 6)}.${d.int(0, 19)}.0-${d.int(10, 200)}-generic #${d.int(1, 200)}-Ubuntu`,
  jars: (d) => `loaded ${word(d)}-core-${d.int(1, 9)}.${d.int(0, 20)}.${d.int(0, 9)}.jar`,
  'java names': (d) => `o.s.b.f.s.DefaultListable${word(d)}Factory : Overriding com.example.${word(d)}.Handler@${hex(d, 8)}`,
  'stack frames': (d) => `    at async ${word(d)}.run (/srv/app/node_modules/${word(d)}/lib/index.js:${d.int(1, 999)}:${d.int(1, 80)})`,
  'c++ names': (d) => `std::${word(d)}::push_back<${word(d)}::Item> ab::cd Foo::face`,
  'css colours': (d) => `color: #${hex(d, 6)}; background: rgba(${d.int(0, 255)}, ${d.int(0, 255)}, ${d.int(0, 255)}, 0.5)`,
  sql: (d) => `SELECT id, name FROM ${word(d)} WHERE id = $1 AND created_at > $2 LIMIT ${d.int(1, 100)}`,
  regexes: (d) => `pattern /^[a-z]{${d.int(1, 9)},}(?:\\d+)?@x$/ matched ${d.int(0, 9)} times`,
  'format strings': (d) => `"%s: %d of %0${d.int(1, 9)}x" {} {0} {{name}} \${value}`,
  packages: (d) => `added @scope/${word(d)}@${d.int(0, 20)}.${d.int(0, 20)}.${d.int(0, 20)} and ${word(d)}@^${d.int(1, 9)}.${d.int(0, 9)}.0`,
  'retina images': (d) => `GET /img/${word(d)}@2x.png 200, ${word(d)}@3x.jpg 404`,
  'user at host': (d) => `session for ${word(d)}@host-${d.int(1, 9)} closed; git@github.com:org/${word(d)}.git`,
  'plan and bearer': (d) => `Basic plan with ${d.int(1, 9)} seats; Bearer of the ${word(d)}; Token expired; basic authentication`,
  'harmless keys': (d) => `monkey=${word(d)} keyword=${word(d)} author=${word(d)} token_count=${d.int(1, 9999)} max_tokens=${d.int(1, 9999)} public_key=${hex(d, 32)}`,
  'sentences with password': (d) => `password for ${word(d)} must be at least ${d.int(8, 20)} characters; auth=failed token: expired`,
  'mime types': (d) => `content-type: application/vnd.${word(d)}+json; charset=utf-8 accept: text/html`,
  locales: (d) => `locale en-${d.pick(['US', 'GB', 'AU'])} zone Europe/Berlin offset +0${d.int(0, 9)}00`,
  'diff hunks': (d) => `@@ -${d.int(1, 999)},${d.int(1, 99)} +${d.int(1, 999)},${d.int(1, 99)} @@ function ${word(d)}()`,
  'public keys': (d) => `-----BEGIN PUBLIC KEY-----\nMIIB${d.chars(B64, 60)}\n-----END PUBLIC KEY-----`,
  'base64 images': (d) => `data:image/png;base64,iVBORw0KGgo${d.chars(B64 + '+/', 120)}=`,
  'hex dumps': (d) => `000000${hex(d, 2)}  ${Array.from({ length: 16 }, () => hex(d, 2)).join(' ')}`,
  'request ids': (d) => `req-${d.chars(LOWER + DIGITS, 10)} x-request-id=${hex(d, 32)} correlation_id=${uuid(d)}`,
  'masked already': (d) => `card ****${d.chars(DIGITS, 4)} password=[REDACTED] token=[REDACTED:named_secret] key: REDACTED secret=xxxx user=[REDACTED:email] pwd=********`,
  placeholders: (d) => `password=\${DB_PASSWORD} token={{ ${word(d)} }} secret=<your secret> api_key=$API_KEY pwd=%s`,
  templates: (d) => `https://\${user}:\${pass}@${word(d)}.example/ and postgres://$1:$2@db/x`,
  'plain urls': (d) => `GET https://${word(d)}.example.com:8443/${word(d)}/${d.int(1, 999)}?page=${d.int(1, 9)}&sort=asc&page_token=abc#top`,
  'jit frames': (d) => `V8 ${word(d)}+0x${hex(d, 3)} [0x${hex(d, 12)}] (${d.int(1, 999)} samples, ${d.int(0, 99)}.${d.chars(DIGITS, 2)}%)`,
}
