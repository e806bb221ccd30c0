// Makes the committed files from what make.sh wrote: takes out what names the machine, its user, its network or a person,
// thins each kind to at most LIMIT lines (evenly, from all of it), cuts very long lines, and compresses.
//
//   node bench/quality/lines/neutral.mjs RAW [LIMIT]
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, hostname, userInfo } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const here = dirname(fileURLToPath(import.meta.url))
const raw = process.argv[2]
if (raw === undefined) {
  process.stderr.write('usage: neutral.mjs RAW [LIMIT]\n')
  process.exit(2)
}
const limit = Number(process.argv[3] ?? 900)
const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const checkout = resolve(here, '../../..')

/** In order: what is found becomes what stands beside it. */
const neutral = [
  [/\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z]|\x08|\x00/g, ''],
  [new RegExp(`${literal(checkout)}|/(?:home|work)/[\\w.-]*`, 'g'), '/srv/app'],
  [/\/tmp\/tmp\.\w+/g, '/srv/build'],
  [/\/opt\/[\w.-]+/g, '/opt/tools'],
  [new RegExp(`(?<!\\w)(?:${literal(homedir())}|/ro${'ot'})(?![\\w-])`, 'g'), '/home/builder'],
  [new RegExp(`\\b${literal(hostname())}\\b`, 'g'), 'build-1'],
  // Addresses of people: maintainers, authors. No kind of line needs them.
  [/[\w.+%-]+@[\w-]+(?:\.[\w-]+)+/g, (text) => (/^[\w.-]+@[\d.]+$|\.(?:png|service|socket|target|c|h|so)$|@localhost$|@\d/.test(text) ? text : 'maintainer')],
  [/<[^<>@]*\bmaintainer\b[^<>]*>/g, '<maintainer>'],
  // Addresses of this machine's network; loopback and documentation addresses stay.
  [/\b(?:10\.\d{1,3}|172\.(?:1[6-9]|2\d|3[01])|192\.168|169\.254)\.\d{1,3}\.\d{1,3}\b/g, '192.0.2.10'],
  [/\bf[cd][0-9a-f]{2}::/g, '2001:db8::'],
  [/(?<=link\/ether )[0-9a-f:]{17}/g, '02:00:00:00:00:01'],
  // Registries, mirrors, proxies and every other public host.
  [
    /\b(?:[\w-]+\.)+(?:npmjs\.org|npmjs\.com|yarnpkg\.com|pypi\.org|pythonhosted\.org|crates\.io|golang\.org|debian\.org|maven\.org|apache\.org|github\.com|githubusercontent\.com|docker\.io|docker\.com)\b/g,
    'packages.example',
  ],
  [/\b(?:registry|index|proxy|repo|deb|mirror)\.[\w-]+\.(?:org|com|io|net)\b|\b(?:npmjs|pypi|crates|docker|github)\.(?:org|com|io)\b/g, 'packages.example'],
]
/** Lines about what started this machine, or that hold real key material (of sessions too), are left out: the set is of harmless lines. */
const unwanted =
  /proc\w+_api|fire\w+er\b|sandb\w+|vsock|block-local|Command line:|builder@|kvm-clock|BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY|^[A-Za-z0-9+/=]{64,}$|Session-ID:|PSK:|Master-Key:|api[_-]?key.*=\s*\S{20}|proxy.*:\/\//i

for (const file of readdirSync(here)) if (file.endsWith('.gz')) rmSync(join(here, file))
let lines = 0
let bytes = 0
const table = []
for (const kind of readdirSync(raw).sort()) {
  let text = readFileSync(join(raw, kind), 'utf8').replaceAll('\uFFFD', '?')
  for (const [pattern, replacement] of neutral) text = text.replace(pattern, replacement)
  const all = text
    .split(/\r?\n|\r/)
    .map((line) => line.trimEnd())
    .filter((line) => line.length > 3 && !unwanted.test(line))
    .map((line) => (line.length > 600 ? line.slice(0, 600) : line))
  const kept = all.length <= limit ? all : Array.from({ length: limit }, (_, i) => all[Math.floor((i * all.length) / limit)])
  if (kept.length === 0) continue
  const packed = gzipSync(`${kept.join('\n')}\n`, { level: 9 })
  writeFileSync(join(here, `${kind}.gz`), packed)
  lines += kept.length
  bytes += packed.length
  table.push(`${kind} ${kept.length} of ${all.length}`)
}
// The user's own name, unless it is one that every machine has.
const { username } = userInfo()
if (!['root', 'builder'].includes(username)) process.stderr.write(`look for the user name in the files: ${username.length} characters\n`)
process.stdout.write(`${table.join('\n')}\n${lines} lines, ${bytes} bytes\n`)
