// The name of a user in the path of a home directory, as stack traces, command lines and paths of files have it.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { ALNUM, CLASS, HIGH, LETTER, WORD } from './bytes.ts'

const homeDirectory: DetectorInfo = {
  name: 'home_directory',
  group: undefined,
  tier: 1,
  priority: 60,
  summary: 'Name of a user in the path of a home directory: below `/home`, `/Users` or `C:\\Users`, but for accounts of systems and of everyone. Named only.',
  mask: { type: 'pseudonym' },
  examples: [
    'at login (/home/«ann»/shop/src/login.ts:12:7)',
    'cwd=/Users/«Ann.lee»',
    'file:///home/«ann»/a.js:1:2',
    '/var/home/«ann»/x',
    '/mnt/c/Users/«Ann»/x',
    'open C:\\Users\\«Ann Lee»\\app.exe failed',
    '"C:/Users/«Ann»"',
    'c:\\\\users\\\\«ann»\\\\app.exe',
    '/home/«jürgen»',
  ],
  counterExamples: [
    '/home/',
    'https://shop.example/home/about',
    'https://home/about',
    'src/home/about',
    'GET /app/home/about',
    '/home/node/app',
    '/Users/Shared/x',
    'C:\\Users\\Public\\x',
    '/homes/ann',
  ],
}

/** Nobody in particular. */
const COMMON: ReadonlySet<string> = new Set([
  'all users',
  'default user',
  ...(
    'admin administrator app build circleci coder codespace container default deploy ec2-user git gitpod guest jenkins jovyan linuxbrew node nonroot public root runner runneradmin ' +
    'shared ubuntu user vagrant vscode vsts www www-data'
  ).split(' '),
])
/** What may stand before `/home` or `/Users`, beside nothing; a drive is a letter. */
const ABOVE: readonly string[] = ['/var', '/export', '/usr', '/nfs', '/net', '/data', '/System/Volumes/Data']
const DRIVES: readonly string[] = ['/mnt', '/cygdrive', '']
const LONGEST = 64

const SLASH = 0x2f
const BACKSLASH = 0x5c
const COLON = 0x3a
const SPACE = 0x20

function find(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  const windows = text[at - 1] === BACKSLASH
  const word = !windows && text[at] === 0x68 ? 'home' : 'Users'
  if (!reads(text, at, end, word, windows)) return at
  let from = at + word.length
  const separator = text[from]
  if (windows ? separator !== BACKSLASH : separator !== SLASH) return at
  from++
  // in text of programs backslashes are doubled
  if (windows && text[from] === BACKSLASH) from++
  if (!(windows ? afterDrive(text, start, at - 1) : isRoot(text, start, at - 1))) return at
  const to = nameEnd(text, from, end, windows)
  if (to === from || to - from > LONGEST || COMMON.has(nameOf(text, from, to))) return at
  scan.emit(ids[0]!, from, to, 0.75)
  return to
}

function reads(text: Uint8Array, at: number, end: number, word: string, anyCase: boolean): boolean {
  if (at + word.length >= end) return false
  for (let i = 0; i < word.length; i++) {
    const want = word.charCodeAt(i)
    if (anyCase ? (text[at + i]! | 0x20) !== (want | 0x20) : text[at + i] !== want) return false
  }
  return true
}

/** `C:` before the backslash (or two) at `slash`. */
function afterDrive(text: Uint8Array, start: number, slash: number): boolean {
  let colon = slash - 1
  if (colon >= start && text[colon] === BACKSLASH) colon--
  return colon > start && text[colon] === COLON && isDrive(text, start, colon - 1)
}

function isDrive(text: Uint8Array, start: number, at: number): boolean {
  return at >= start && (CLASS[text[at]!]! & LETTER) !== 0 && (at === start || (CLASS[text[at - 1]!]! & WORD) === 0)
}

/** True where the slash begins a path of the file system, or stands behind one of a few folders of it. */
function isRoot(text: Uint8Array, start: number, slash: number): boolean {
  if (begins(text, start, slash)) return true
  // C:/Users
  if (text[slash - 1] === COLON && isDrive(text, start, slash - 2)) return true
  for (const folder of ABOVE) if (endsWith(text, start, slash, folder) && begins(text, start, slash - folder.length)) return true
  // /mnt/c/Users
  if (slash - 2 < start || text[slash - 2] !== SLASH || (CLASS[text[slash - 1]!]! & LETTER) === 0) return false
  return DRIVES.some((folder) => endsWith(text, start, slash - 2, folder) && begins(text, start, slash - 2 - folder.length))
}

function endsWith(text: Uint8Array, start: number, end: number, word: string): boolean {
  if (end - word.length < start) return false
  for (let i = 0; i < word.length; i++) if (text[end - word.length + i] !== word.charCodeAt(i)) return false
  return true
}

/** Nothing of a path or a URL stands before the slash; `file://` may. */
function begins(text: Uint8Array, start: number, slash: number): boolean {
  if (slash === start) return true
  const before = text[slash - 1]!
  if (before === SLASH) return slash - 3 >= start && text[slash - 2] === SLASH && text[slash - 3] === COLON
  if (before === COLON) return slash - 2 < start || !isDrive(text, start, slash - 2)
  return (CLASS[before]! & WORD) === 0 && before !== 0x2e && before !== 0x2d && before !== 0x7e && before !== 0x25 && before !== BACKSLASH && before !== 0x7d && before !== 0x29
}

/** Names hold letters, digits and `._@+-`; those of Windows spaces too, where a backslash ends them. */
function nameEnd(text: Uint8Array, from: number, end: number, windows: boolean): number {
  let to = from
  let word = -1
  for (; to < end && to - from <= LONGEST; to++) {
    const byte = text[to]!
    if ((CLASS[byte]! & (ALNUM | HIGH)) !== 0 || byte === 0x5f || byte === 0x2e || byte === 0x40 || byte === 0x2b || byte === 0x2d) continue
    if (!windows || byte !== SPACE || to === from) break
    if (word < 0) word = to
  }
  if (word >= 0 && text[to] !== BACKSLASH) to = word
  // a full stop ends a sentence
  while (to > from && text[to - 1] === 0x2e) to--
  return to
}

function nameOf(text: Uint8Array, from: number, to: number): string {
  let name = ''
  for (let i = from; i < to; i++) name += String.fromCharCode(text[i]!)
  return name.toLowerCase()
}

export const homeDirectoryFinder: Finder = {
  detectors: [homeDirectory],
  triggers: [
    { prev: '/', byte: 'hU' },
    { prev: '\\', byte: 'Uu' },
  ],
  find,
}
