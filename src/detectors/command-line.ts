// Passwords that commands take behind a short option: `mysql -pX`, `sshpass -p X`, `redis-cli -a X`, `docker login -p X`.
// `curl -u` is in url.ts, `--password X` a pair.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { ALNUM, CLASS, SPACE, matchesAt } from './bytes.ts'
import { isMasked, isPlaceholder } from './key-words.ts'

const commandPassword: DetectorInfo = {
  name: 'command_password',
  group: 'secrets',
  tier: 0,
  priority: 7,
  summary: 'Password of a command line behind a short option: `mysql -pX`, `sshpass -p X`, `redis-cli -a X`, `docker login -p X`.',
  examples: [
    'mysql -u root -p«hunter2» shop',
    "mysqldump -h db -p'«my pass»' shop",
    'sshpass -p «hunter2» ssh root@h',
    'redis-cli -h cache -a «q1w2» ping',
    'docker login -u bob -p «hunter2» registry',
  ],
  counterExamples: [
    'mkdir -p /srv/app',
    'docker run -p 8080:80 nginx',
    'mysql -u root -p shop',
    'mysql -p$PASSWORD shop',
    'redis-cli -p 6379 ping',
    'ps -aux',
    'mysql -p[REDACTED] x',
  ],
}

interface Command {
  readonly name: string
  readonly option: number
  /** The value is glued to the option: what follows a blank is another argument. */
  readonly glued: boolean
}

const P = 112
const A = 97
const COMMANDS: readonly Command[] = [
  ...['mysql', 'mysqldump', 'mysqladmin', 'mysqlimport', 'mariadb', 'mariadb-dump'].map((name) => ({ name, option: P, glued: true })),
  ...['sshpass', 'docker login', 'podman login', 'helm registry login', 'az login', 'oc login'].map((name) => ({ name, option: P, glued: false })),
  { name: 'redis-cli', option: A, glued: false },
]
/** How far before the option the command may stand. */
const REACH = 128

function find(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  // `at` is the dash.
  const option = at + 1 < end ? text[at + 1]! : 0
  const glued = at + 2 < end && (CLASS[text[at + 2]!]! & SPACE) === 0
  if (!commandBefore(text, start, at, option, glued)) return at
  let from = at + 2
  while (from < end && text[from] === 32) from++
  let quote = 0
  if (from < end && (text[from] === 34 || text[from] === 39)) quote = text[from++]!
  let to = from
  const stop = end - from > 256 ? from + 256 : end
  while (to < stop) {
    const b = text[to]!
    if (b === 10 || b === 13 || (quote !== 0 ? b === quote : (CLASS[b]! & SPACE) !== 0 || b === 34 || b === 39 || b === 59 || b === 124 || b === 38)) break
    // a written line break
    if (b === 92 && to + 1 < end && (text[to + 1] === 110 || text[to + 1] === 34)) break
    to++
  }
  if (to === from || text[from] === 45 || isPlaceholder(text, from, to) || isMasked(text, from, to)) return at
  scan.emit(ids[0]!, from, to, 0.9)
  return to
}

function commandBefore(text: Uint8Array, start: number, at: number, option: number, glued: boolean): boolean {
  const stop = at - REACH > start ? at - REACH : start
  for (let p = at - 1; p >= stop; p--) {
    const b = text[p]!
    if (b === 10) return false
    // m, s, d, p, h, a, o, r: how the commands begin
    if (b !== 109 && b !== 115 && b !== 100 && b !== 112 && b !== 104 && b !== 97 && b !== 111 && b !== 114) continue
    if (p > start && (CLASS[text[p - 1]!]! & ALNUM) !== 0) continue
    for (const { name, option: own, glued: needsGlue } of COMMANDS) {
      if (own !== option || name.charCodeAt(0) !== b || (needsGlue && !glued) || !matchesAt(text, at, p, name)) continue
      if (text[p + name.length] === 32) return true
    }
  }
  return false
}

export const commandLineFinder: Finder = {
  detectors: [commandPassword],
  triggers: [{ prev: ' ', byte: '-', next: 'pa' }],
  find,
  // `mysql -px`
  least: 9,
}
