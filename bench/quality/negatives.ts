// Text that looks like something and is nothing: one generator per class, grouped as people meet them. A false alarm that is
// reported becomes a class here, not one more literal. The classes of the detector tests are measured too.
import { createRandom, type Random } from '../random.ts'
import { createDraw, NEGATIVES as tested } from '../../test/helpers/negatives.ts'
import { ALNUM, BASE64, BASE64URL, DIGITS, HEX, LOWER, padded, UPPER } from './arithmetic.ts'

export interface NegativeClass {
  readonly group: string
  readonly name: string
  /** The same text for the same number. */
  readonly text: (i: number) => string
}

const word = (r: Random): string => r.pick(['cache', 'order', 'worker', 'billing', 'search', 'queue', 'metrics', 'gateway', 'report', 'index', 'storage', 'cart', 'catalog'])
const d = (r: Random, n: number): string => r.text(DIGITS, n)
const h = (r: Random, n: number): string => r.text(HEX, n)
const two = (r: Random, low: number, high: number): string => padded(r.between(low, high), 2)
const date = (r: Random): string => `${r.between(1999, 2031)}-${two(r, 1, 12)}-${two(r, 1, 28)}`
const clock = (r: Random): string => `${two(r, 0, 23)}:${two(r, 0, 59)}:${two(r, 0, 59)}`
const epoch = (r: Random): number => r.between(1_400_000_000, 1_990_000_000)
const uuid = (r: Random, version = '4'): string => `${h(r, 8)}-${h(r, 4)}-${version}${h(r, 3)}-${r.pick(['8', '9', 'a', 'b'])}${h(r, 3)}-${h(r, 12)}`
const record = (value: object): string => JSON.stringify({ level: 30, time: 1795305600000, ...value })
const month = (r: Random): string => r.pick(['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'])

const groups: Readonly<Record<string, Readonly<Record<string, (r: Random) => string>>>> = {
  time: {
    'epoch seconds': (r) => r.pick([`request at ${epoch(r)} done`, record({ ts: epoch(r), msg: 'tick' }), record({ at: String(epoch(r)) })]),
    'epoch milliseconds': (r) => r.pick([`ts=${epoch(r)}${d(r, 3)} level=info`, record({ updated: Number(`${epoch(r)}${d(r, 3)}`) }), `cursor ${epoch(r)}${d(r, 3)} of stream`]),
    'epoch microseconds': (r) => r.pick([`start ${epoch(r)}${d(r, 6)}`, record({ start: Number(`${epoch(r)}${d(r, 6)}`) })]),
    'epoch nanoseconds': (r) => record({ timeUnixNano: `${epoch(r)}${d(r, 9)}`, observed: `${epoch(r)}${d(r, 9)}` }),
    'epoch and year': (r) => `- ${epoch(r)} ${r.between(2001, 2031)}.${two(r, 1, 12)}.${two(r, 1, 28)} node-${r.between(1, 99)} epoch year`,
    'epoch with fraction': (r) => `took from ${epoch(r)}.${d(r, 6)} to ${epoch(r)}.${d(r, 3)}`,
    'compact stamps': (r) =>
      `backup-${date(r).replaceAll('-', '')}${clock(r).replaceAll(':', '')}.tar.gz, rotated ${date(r).replaceAll('-', '')}, id ${date(r).replaceAll('-', '')}${clock(r).replaceAll(':', '')}${d(r, 3)}`,
    'dotted and slashed dates': (r) =>
      `due ${two(r, 1, 28)}.${two(r, 1, 12)}.${r.between(1999, 2031)} or ${two(r, 1, 12)}/${two(r, 1, 28)}/${r.between(1999, 2031)} or ${r.between(1, 28)}-${month(r)}-${r.between(1999, 2031)}`,
    'iso with offset': (r) => `${date(r)}T${clock(r)}.${d(r, 3)}+0${r.between(0, 9)}:00 started, until ${date(r)}T${clock(r)}Z`,
    'syslog stamps': (r) => `${month(r)} ${String(r.between(1, 28)).padStart(2)} ${clock(r)} web-${r.between(1, 9)} sshd[${r.between(100, 99999)}]: session opened for user deploy`,
    'access log stamps': (r) => `[${two(r, 1, 28)}/${month(r)}/2026:${clock(r)} +0200] "GET /${word(r)} HTTP/1.1" 200 ${r.between(10, 99999)}`,
    durations: (r) => `elapsed ${r.between(0, 99)}h${r.between(0, 59)}m${r.between(0, 59)}.${d(r, 3)}s (${r.between(1000, 9_999_999)} ms, ${d(r, 9)} ns)`,
    'cron lines': (r) => `${r.between(0, 59)} ${r.between(0, 23)} * * ${r.between(0, 6)} /usr/bin/${word(r)} --quiet`,
    offsets: (r) => `zone ${r.pick(['+', '-'])}0${r.between(1, 9)}00, DST ${r.pick(['+0200', '+0530', '-0800'])}`,
  },
  ids: {
    'uuid of every version': (r) => `${word(r)} ${uuid(r, r.pick(['1', '3', '4', '5', '6', '7', '8']))} finished`,
    'uuid of digits': (r) =>
      r.pick([`id=${d(r, 8)}-${d(r, 4)}-4${d(r, 3)}-8${d(r, 3)}-${d(r, 12)}`, record({ orderId: `${d(r, 8)}-${d(r, 4)}-4${d(r, 3)}-9${d(r, 3)}-${d(r, 12)}` })]),
    ulid: (r) => `event 01${r.text('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 24)} stored`,
    ksuid: (r) => `event 2${r.text(ALNUM, 26)} stored`,
    nanoid: (r) => `room ${r.text(BASE64URL, 21)} joined`,
    snowflakes: (r) => r.pick([`message ${r.between(1, 9)}${d(r, 17)} in channel 1${d(r, 18)}`, record({ messageId: `${r.between(1, 9)}${d(r, 17)}` })]),
    'object ids': (r) => `ObjectId("${h(r, 24)}") updated, _id: ${h(r, 24)}`,
    'auto increments': (r) =>
      r.pick([`item ${r.between(1, 9_999_999)} loaded with ${r.between(1, 99_999_999)}`, record({ rowId: r.between(1, 999_999_999), parentId: r.between(1, 9_999_999_999) })]),
    'date stamped ids': (r) =>
      `eu-${date(r).replaceAll('-', '')}-${two(r, 1, 99)} and ${date(r).replaceAll('-', '').slice(2)}-${d(r, 4)} and job_${date(r).replaceAll('-', '_')}_${d(r, 5)}`,
    'order numbers': (r) =>
      r.pick([
        `order ${r.text(UPPER, 2)}${d(r, 6)} shipped as ${r.text(UPPER, 3)}-${d(r, 4)}`,
        record({ orderNumber: `${r.text(UPPER, 2)}${d(r, 7)}`, sku: `${r.text(UPPER, 1)}${d(r, 8)}` }),
        `invoice ${d(r, 9)} and ${d(r, 10)} and ${d(r, 11)}`,
      ]),
    'pod names': (r) => `pod ${word(r)}-${h(r, 9)}-${r.text(LOWER + DIGITS, 5)} restarted on ip-10-0-${r.between(0, 9)}-${r.between(0, 99)}`,
    'container ids': (r) => `container ${h(r, 12)} image ${h(r, 64)} layer ${h(r, 64)}`,
    arns: (r) => `arn:aws:iam::${d(r, 12)}:role/${word(r)}-role assumed by arn:aws:sts::${d(r, 12)}:assumed-role/${word(r)}/i-${h(r, 17)}`,
    'resource paths': (r) => `/subscriptions/${uuid(r)}/resourceGroups/${word(r)}/providers/Compute/virtualMachines/vm${d(r, 3)} projects/${d(r, 12)}/locations/eu`,
    'account columns': (r) => record({ lineItem: r.between(1e8, 9.9e8), batch: `B${d(r, 8)}`, ref: `${d(r, 3)}-${d(r, 3)}-${d(r, 3)}` }),
    'part numbers': (r) => `part ${d(r, 3)}-${d(r, 2)}.${d(r, 4)} replaces ${r.text(UPPER, 2)}-${d(r, 5)}-${r.text(UPPER, 1)}`,
  },
  hashes: {
    'git commits': (r) => `commit ${h(r, 40)} (${h(r, 7)}) merged ${h(r, 8)}..${h(r, 8)}`,
    'sha-256': (r) => `sha256:${h(r, 64)} ${h(r, 64)}  ${word(r)}.tar`,
    md5: (r) => `md5 ${h(r, 32)} ok, checksum=${h(r, 32)}`,
    'sri digests': (r) => `integrity sha512-${r.text(BASE64, 86)}== sha384-${r.text(BASE64, 64)}`,
    'lock files': (r) => `"node_modules/${word(r)}": {"version": "${r.between(0, 9)}.${r.between(0, 20)}.0", "integrity": "sha512-${r.text(BASE64, 86)}=="}`,
    etags: (r) => `etag: W/"${h(r, 8)}-${h(r, 16)}" If-None-Match: "${h(r, 32)}"`,
    'key fingerprints': (r) => `SHA256:${r.text(BASE64, 43)} and MD5:${Array.from({ length: 16 }, () => h(r, 2)).join(':')}`,
    crc: (r) => `crc 0x${h(r, 8)} expected 0x${h(r, 8)}, adler ${d(r, 10)}`,
    'shell dollars': (r) => `awk '{print $1, $${r.between(2, 9)}}' ${word(r)}.txt; echo $1$2 "$@" $$`,
    'content addresses': (r) => record({ digest: h(r, 64), blob: `bafy${r.text(LOWER + '234567', 55)}`, revision: h(r, 40) }),
  },
  traces: {
    traceparent: (r) => `traceparent: 00-${h(r, 32)}-${h(r, 16)}-01 tracestate: shop=${h(r, 16)}`,
    'trace ids': (r) => record({ trace_id: h(r, 32), span_id: h(r, 16), parentSpanId: h(r, 16) }),
    'decimal trace ids': (r) => `dd.trace_id=${r.between(1, 9)}${d(r, 18)} dd.span_id=${r.between(1, 9)}${d(r, 17)}`,
    'request ids': (r) => `req-${r.text(LOWER + DIGITS, 10)} x-request-id=${h(r, 32)} correlation_id=${uuid(r)}`,
    'amazon trace ids': (r) => `X-Amzn-Trace-Id: Root=1-${h(r, 8)}-${h(r, 24)};Parent=${h(r, 16)};Sampled=1`,
    'amazon request ids': (r) => `x-amz-id-2: ${r.text(BASE64, 75)}= x-amz-request-id: ${r.text(UPPER + DIGITS, 16)}`,
  },
  numbers: {
    'byte counts': (r) =>
      r.pick([
        `sent ${r.between(1, 9_999_999_999)} bytes, ${r.between(1, 999)}% of ${r.between(1, 9_999_999_999)}`,
        record({ bytes: Number(d(r, 10)), free: Number(d(r, 12)), total: Number(d(r, 13)) }),
      ]),
    'thousands separators': (r) =>
      `total ${r.between(1, 999)},${d(r, 3)},${d(r, 3)} rows, ${r.between(1, 99)},${d(r, 3)}.50 EUR, ${r.between(1, 999)}.${d(r, 3)}.${d(r, 3)},00, ${r.between(1, 999)} ${d(r, 3)} ${d(r, 3)}`,
    'pid and tid columns': (r) => `05-01 10:00:00.123  ${r.between(1000, 9999)}  ${r.between(1000, 9999)} I ${word(r)}: ready`,
    'numbers in columns': (r) => Array.from({ length: 8 }, () => String(r.between(0, 9_999_999)).padStart(9)).join(''),
    ports: (r) => `listening on port ${r.between(1024, 65535)}, peer port ${r.between(1024, 65535)}`,
    'status and ranges': (r) => `HTTP/1.1 206 bytes ${r.between(0, 9999)}-${r.between(10000, 99999)}/${r.between(100000, 999999)}`,
    'line and column': (r) => `src/${word(r)}.ts:${r.between(1, 999)}:${r.between(1, 80)} error TS${r.between(1000, 9999)}`,
    'drawing coordinates': (r) =>
      `M${r.between(0, 99)}.${d(r, 2)} ${r.between(0, 99)}.${d(r, 2)}L${r.between(0, 99)}.5-${r.between(0, 99)}.25 translate(${r.between(0, 900)}, ${r.between(0, 900)})`,
    'scores and prices': (r) => `score ${r.between(0, 1)}.${d(r, 9)}, amount ${r.between(1, 9999)}.${d(r, 2)} (${r.between(1, 99)}.${d(r, 4)})`,
    'metrics pairs': (r) => record({ p50: Number(`${r.between(1, 89)}.${d(r, 5)}`), p99: Number(`${r.between(1, 170)}.${d(r, 5)}`), ratio: Number(`0.${d(r, 8)}`) }),
    'hex addresses': (r) => `at 0x7f${h(r, 10)} in ${word(r)}_main, 0x${h(r, 16)}`,
    registers: (r) => `RAX: ${h(r, 16)} RBX: ${h(r, 16)} RIP: 0010:${h(r, 16)}`,
    'memory maps': (r) => `${h(r, 12)}-${h(r, 12)} r-xp ${h(r, 8)} 08:01 ${r.between(1, 999999)} /usr/lib/lib${word(r)}.so`,
    bitmasks: (r) => `mask ${r.text('01', 16)} ${r.text('01', 32)} ${r.text('fF0', 8)},${r.text('f0', 8)}`,
    progress: (r) => `step ${r.between(1, 999)}/${r.between(1000, 9999)} [${r.between(1, 99)}%] ${r.between(1, 99)}/${r.between(100, 999)}`,
    'ids of nine to twelve digits': (r) =>
      r.pick([
        `loaded ${d(r, 9)} ${d(r, 10)} ${d(r, 11)} ${d(r, 12)}`,
        `counter ${d(r, 9)}; next ${d(r, 11)}`,
        record({ counter: Number(`${r.between(1, 9)}${d(r, 8)}`), next: Number(`${r.between(1, 9)}${d(r, 10)}`) }),
      ]),
    'long numbers': (r) => `value ${r.between(1, 9)}${d(r, r.between(12, 30))} of series`,
  },
  versions: {
    'three parts': (r) =>
      `upgraded ${word(r)} from ${r.between(0, 30)}.${r.between(0, 99)}.${r.between(0, 999)} to v${r.between(0, 30)}.${r.between(0, 99)}.${r.between(0, 99)}-rc.${r.between(1, 9)}+build.${d(r, 4)}`,
    'four parts': (r) =>
      `version ${r.between(1, 20)}.${r.between(0, 99)}.${r.between(0, 255)}.${r.between(0, 200)} of lib v${r.between(1, 9)}.${r.between(0, 9)}.${r.between(0, 99)}.${r.between(0, 9)}, build ${r.between(1, 20)}.0.${r.between(1, 255)}.${r.between(1, 255)}`,
    'product tokens': (r) =>
      `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/${r.between(80, 140)}.0.${r.between(1000, 7000)}.${r.between(0, 200)} Safari/537.36 Edg/${r.between(80, 140)}.0.${r.between(1, 250)}.${r.between(0, 200)}`,
    oids: (r) => `oid 1.3.6.1.4.1.${r.between(1, 99999)}.${r.between(1, 99)}.${r.between(1, 99)} iso.3.6.1.2.1.1.3.0`,
    kernels: (r) => `Linux ${r.between(4, 6)}.${r.between(0, 19)}.0-${r.between(10, 200)}-generic #${r.between(1, 200)}-Ubuntu SMP`,
    jars: (r) =>
      `loaded ${word(r)}-core-${r.between(1, 9)}.${r.between(0, 20)}.${r.between(0, 9)}.jar and ${word(r)}_2.13-${r.between(1, 9)}.${r.between(0, 9)}.${r.between(0, 9)}.Final`,
    'package versions': (r) =>
      `lib${word(r)}${r.between(1, 9)} (${r.between(1, 9)}:${r.between(1, 9)}.${r.between(0, 99)}.${r.between(0, 9)}-${r.between(1, 9)}+deb12u${r.between(1, 9)}) 1.84.1.0-2`,
  },
  'code and paths': {
    'qualified names': (r) => `o.s.b.f.s.DefaultListable${word(r)}Factory : com.example.${word(r)}.Handler@${h(r, 8)} android.system os.system sys.argv`,
    'stack frames': (r) => `    at async ${word(r)}.run (/srv/app/node_modules/${word(r)}/lib/index.js:${r.between(1, 999)}:${r.between(1, 80)})`,
    'java frames': (r) =>
      `	at com.example.shop.${word(r)}.${word(r)}Service.lambda$run$${r.between(0, 9)}(${word(r)}Service.java:${r.between(1, 999)}) ~[shop-${r.between(1, 9)}.jar!/:1.${r.between(0, 9)}]`,
    'python frames': (r) => `  File "/usr/lib/python3.11/${word(r)}/core.py", line ${r.between(1, 999)}, in get_${word(r)}`,
    'thread names': (r) =>
      `[http-nio-8080-exec-${r.between(1, 200)}] [pool-${r.between(1, 9)}-thread-${r.between(1, 99)}] [ForkJoinPool.commonPool-worker-${r.between(1, 9)}] ${word(r)}`,
    'file paths': (r) => `/var/lib/${word(r)}/data/${d(r, 8)}/${h(r, 2)}/${h(r, 38)} C:\\Users\\Public\\${word(r)}\\setup${d(r, 3)}.log ~/.cache/${word(r)}`,
    globs: (r) => `src/**/*.{ts,tsx} !**/${word(r)}/*.test.ts *.log.[0-9]`,
    'c++ names': (r) => `std::${word(r)}::push_back<${word(r)}::Item> ab::cd Foo::face abc::def dead::beef`,
    'css colours': (r) => `color: #${h(r, 6)}; background: rgba(${r.between(0, 255)}, ${r.between(0, 255)}, ${r.between(0, 255)}, 0.5); border: 1px solid #${h(r, 3)}`,
    sql: (r) =>
      `SELECT id, name, password_hint FROM ${word(r)} WHERE id = $1 AND token_id IN (${r.between(1, 999)}, ${r.between(1, 999)}) AND created_at > $2 LIMIT ${r.between(1, 100)}`,
    regexes: (r) => `pattern /^[a-z]{${r.between(1, 9)},}(?:\\d{3}-\\d{2}-\\d{4})?@x$/ matched ${r.between(0, 99)} times in ${word(r)}; s/password/x/g`,
    'format strings': (r) => `"%s: %d of %0${r.between(1, 9)}x" {} {0} {{${word(r)}}} \${value} %(password)s :token #{secret}`,
    graphql: (r) => `query ${word(r)}($id: ID!, $token: String!) { ${word(r)}(id: $id, token: $token) { id name password { set } } }`,
    'protobuf text': (r) => `field { name: "${word(r)}" number: ${r.between(1, 99)} label: LABEL_OPTIONAL type: TYPE_STRING json_name: "token" }`,
    'minified script': (r) => `!function(e,t){"use strict";var n=t(${r.between(1, 9999)}),r=e.token||n.key;e.password=function(a){return a?r:n}}(this,${r.between(1, 9)});`,
    'base64 images': (r) => `src="data:image/png;base64,iVBORw0KGgo${r.text(BASE64, 160)}=" url(data:font/woff2;base64,d09GMgABAAAAA${r.text(BASE64, 100)})`,
    'source maps': (r) => `{"version":3,"sources":["${word(r)}.ts"],"mappings":"${Array.from({ length: 30 }, () => r.text('ACEGIKMOQSUWY', 4)).join(',')}"}`,
    'hex dumps': (r) => `000000${h(r, 2)}  ${Array.from({ length: 16 }, () => h(r, 2)).join(' ')}  |${r.text(ALNUM, 16)}|`,
    certificates: (r) => `-----BEGIN CERTIFICATE-----\\nMII${r.text(BASE64, 61)}\\n${r.text(BASE64, 64)}\\n-----END CERTIFICATE-----`,
    'public keys': (r) =>
      r.pick([
        `-----BEGIN PUBLIC KEY-----\\nMIIB${r.text(BASE64, 60)}\\n-----END PUBLIC KEY-----`,
        `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${r.text(BASE64, 43)} deploy`,
        `-----BEGIN PGP PUBLIC KEY BLOCK-----\\n\\nmQEN${r.text(BASE64, 60)}\\n-----END PGP PUBLIC KEY BLOCK-----`,
      ]),
    'diff hunks': (r) => `@@ -${r.between(1, 999)},${r.between(1, 99)} +${r.between(1, 999)},${r.between(1, 99)} @@ function ${word(r)}()`,
    'environment of tools': (r) =>
      `PATH=/usr/local/bin:/usr/bin NODE_OPTIONS=--max-old-space-size=4096 LANG=C.UTF-8 SHLVL=${r.between(1, 9)} OLDPWD=/srv/${word(r)} GOFLAGS=-mod=mod`,
    decorators: (r) => `@Injectable() @Column({ name: "${word(r)}" }) @media (max-width: ${r.between(300, 1200)}px) @override @param {string} token the ${word(r)}`,
    templates: (r) => `https://\${user}:\${pass}@${word(r)}.example/ and postgres://$1:$2@db/x and password=\${DB_PASSWORD} token={{ ${word(r)} }}`,
  },
  words: {
    'retina images and packages': (r) => `GET /img/${word(r)}@2x.png 200; added @scope/${word(r)}@${r.between(0, 20)}.${r.between(0, 20)}.0 and ${word(r)}@^${r.between(1, 9)}.0.0`,
    'user at host': (r) => `session for ${word(r)}@host-${r.between(1, 9)} closed; git@github.com:org/${word(r)}.git; root@localhost`,
    'plan and bearer': (r) => `Basic plan with ${r.between(1, 9)} seats; Bearer of the ${word(r)} news; Token expired; Digest of the day; basic authentication`,
    'harmless keys': (r) =>
      `monkey=${word(r)} keyword=${word(r)} author=${word(r)} token_count=${r.between(1, 9999)} max_tokens=${r.between(1, 9999)} public_key=${h(r, 32)} keyboard=${word(r)}`,
    'names beside values': (r) =>
      r.pick([
        record({
          env: [
            { name: 'TOKEN_TTL', value: String(r.between(1, 9999)) },
            { value: word(r), key: 'cache_key' },
          ],
        }),
        record({
          attributes: [
            { key: 'http.route', value: { stringValue: `/${word(r)}` } },
            { key: 'password.policy', value: { stringValue: word(r) } },
          ],
        }),
        record({ missing: ['password', 'email'], edges: [['secret_name', word(r)]], rawHeaders: ['Host', word(r), 'Accept', '*/*'] }),
        `<add key="TokenLifetime" value="${r.between(1, 9999)}"/> <add value="${word(r)}" key="SecretName"/>`,
      ]),
    'keys that end as those of persons': (r) =>
      r.pick([
        record({ displayName: `${word(r)}-${r.between(1, 99)}`, full_name: `org/${word(r)}`, hostName: word(r), 'process.parent.name': word(r), file_name: `${word(r)}.txt` }),
        record({
          address: `${word(r)}:${r.between(1, 65535)}`,
          remoteAddress: `node-${r.between(1, 254)} port ${r.between(1, 65535)}`,
          emailAddress: null,
          lat: r.between(1, 99) / 8,
        }),
        `address: already in use, port ${r.between(1, 65535)}; wallet address: 3 of ${word(r)}; lat=${r.between(1, 99)}.${d(r, 2)}ms lastName: String; host name: ${word(r)}`,
      ]),
    'harmless keys in records': (r) =>
      record({
        monkey: word(r),
        keyspace: word(r),
        tokenCount: r.between(1, 9999),
        secretName: `prod/${word(r)}`,
        passwordHint: 'pet',
        tokenType: 'access',
        accept: '*/*',
        passenger: word(r),
      }),
    'sentences with password': (r) =>
      `password for ${word(r)} must be at least ${r.between(8, 20)} characters; auth=failed token: expired; the secret is missing; passwords do not match; password: required`,
    'sentences with card words': (r) =>
      `card declined for ${word(r)}; account number missing; phone call ended after ${r.between(1, 90)} s; tax id check skipped; passport service is up`,
    'mime types': (r) => `content-type: application/vnd.${word(r)}+json; charset=utf-8 accept: text/html;q=0.${r.between(1, 9)}`,
    locales: (r) => `locale en-${r.pick(['US', 'GB', 'AU'])} zh_Hans_CN zone Europe/Berlin America/Argentina/Buenos_Aires offset +0${r.between(0, 9)}00`,
    levels: (r) =>
      `${r.pick(['INFO', 'WARN', 'ERROR', 'DEBUG'])} ${r.text(UPPER, r.pick([8, 11]))} ${r.pick(['METADATA', 'CONTENTS', 'TIMEOUTS', 'RESTARTS'])} state ${r.pick(['RUNNABLE', 'WAITING', 'BLOCKED'])}`,
    'plain urls': (r) => `GET https://${word(r)}.example.com:8443/${word(r)}/${r.between(1, 999)}?page=${r.between(1, 9)}&sort=asc&page_token=abc&code=404#top`,
    'class names': (r) => `TokenizerFactory PasswordEncoder SecretManagerClient KeyStoreException ${word(r)}CredentialProvider AbstractAuthenticationToken`,
  },
  names: {
    products: (r) =>
      `${r.pick(['Jenkins', 'Jackson', 'Phoenix', 'Madison', 'Grant', 'Mark', 'Victoria Metrics', 'Jasmine', 'Sentry', 'Ansible', 'Marshal', 'Ruby', 'Crystal', 'Dexter'])} ${r.pick(['started', 'upgraded', 'plugin failed', 'node ready'])} on ${word(r)}`,
    calendar: (r) => `${r.pick(['May', 'April', 'June', 'August', 'Friday', 'Sunday'])} report for ${word(r)} closes in ${r.pick(['March', 'July'])}`,
    zones: (r) => `moved to ${r.pick(['Europe/Paris', 'America/Denver', 'Asia/Tokyo', 'Frankfurt-2', 'Virginia-1', 'London zone b'])} from ${word(r)}`,
    'tables and classes': (r) => `table ${r.pick(['Customer', 'Person', 'Address', 'Employee'])} joined ${r.pick(['CustomerOrder', 'PersonName', 'Street'])} in ${word(r)}`,
    'capital headers': (r) => `NAME READY STATUS RESTARTS AGE ${r.text(UPPER, 6)} HEADER VALUE ${r.text(UPPER, 9)}`,
  },
  'masked already': {
    stars: (r) => `card ****${d(r, 4)} password=******** pin=*** iban=DE** **** **** ${d(r, 2)}`,
    markers: (r) =>
      [
        'password=[REDACTED]',
        'token=[REDACTED:named_secret]',
        'key: REDACTED',
        'secret=[Filtered]',
        'user=[REDACTED:email]',
        'pwd=[PII]',
        'auth=<hidden>',
        'password: ••••••••',
        'api_key=[MASKED]',
      ]
        .filter(() => r.chance(0.6))
        .join(` ${word(r)} `),
    crosses: (r) => `card xxxx-xxxx-xxxx-${d(r, 4)} secret=xxxx ssn ${'X'.repeat(3)}-XX-${d(r, 4)} token=xxxxxxxxxxxxxxxx`,
    records: (r) => record({ password: '[REDACTED:named_secret]', token: '***', apiKey: 'REDACTED', secret: 'xxxxxxxx', note: `n${r.below(99)}` }),
  },
}

/** Every class, those of the detector tests at the end. */
export const negatives: readonly NegativeClass[] = [
  ...Object.entries(groups).flatMap(([group, classes]) =>
    Object.entries(classes).map(([name, make]) => ({ group, name, text: (i: number) => make(createRandom(`${group} ${name} ${i}`)) })),
  ),
  ...Object.entries(tested).map(([name, make]) => ({
    group: 'of the detector tests',
    name,
    text: (i: number) => make(createDraw(name.length * 6151 + name.charCodeAt(0) + i * 40_503)),
  })),
]
