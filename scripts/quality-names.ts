// Measures the detectors of names, places and addresses in free text and writes docs/quality-names.md.
// (a) templates that the tagger was not trained on; (b) with --corpora DIR, the labelled texts in DIR/03-pii-labelled (read only
// here, never trained on); (c) with --lines DIR, files of harmless log lines, plain or gzipped; (d) time.
// Run: npx tsc -p tsconfig.json && node dist/scripts/quality-names.js [--corpora DIR] [--lines DIR] [--show] [--write]

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync, gzipSync } from 'node:zlib'
import { lookUp, readModel } from '../src/detectors/names/model.ts'
import { hashWord } from '../src/detectors/names/tokens.ts'
import { TITLE } from '../src/detectors/names/words.ts'
import { createSight, findNames } from '../src/detectors/names/tagger.ts'
import { createRandom, fill, isHeldOut, pick, templates } from './names-data.ts'

const { values: options } = parseArgs({ options: { corpora: { type: 'string' }, lines: { type: 'string' }, show: { type: 'boolean' }, write: { type: 'boolean' } } })
const KINDS = ['', 'person', 'place', 'street address', 'organization']
const file = readFileSync('rulesets/names.bin')
const model = readModel(new Uint8Array(file))
const sight = createSight()

interface Found {
  readonly kind: number
  readonly start: number
  readonly end: number
}

/** What is found in a text, in UTF-16 offsets. */
function find(text: string): Found[] {
  const bytes = Buffer.from(text)
  const out: Found[] = []
  const at = (offset: number): number => (bytes.length === text.length ? offset : bytes.toString('utf8', 0, offset).length)
  findNames(sight, model, bytes, 0, bytes.length, 0, (kind, start, end) => out.push({ kind, start: at(start), end: at(end) }))
  return out
}

interface Score {
  /** Words outside all values that the detector of persons alone touches. */
  lostToPerson: number
  readonly spans: number[]
  readonly masked: number[]
  words: number
  lost: number
  texts: number
  harmed: number
}

const score = (): Score => ({ spans: KINDS.map(() => 0), masked: KINDS.map(() => 0), words: 0, lost: 0, lostToPerson: 0, texts: 0, harmed: 0 })

/** A value is masked when every word of it is, by whatever detector. Words outside all values that are touched are lost. */
function judge(into: Score, text: string, spans: readonly (readonly [number, number, number])[], ignore: readonly (readonly [number, number])[]): void {
  const found = find(text)
  const touched = (start: number, end: number): boolean => found.some((f) => f.start < end && f.end > start)
  for (const [kind, start, end] of spans) {
    into.spans[kind]!++
    const words = [...text.slice(start, end).matchAll(/[\p{L}\p{N}]+/gu)].map((m) => [start + m.index, start + m.index + m[0].length] as const)
    if (words.length > 0 && words.every(([s, e]) => found.some((f) => f.start <= s && f.end >= e))) {
      into.masked[kind]!++
    } else if (options.show === true) console.log(`missed ${KINDS[kind]}: ${text.slice(start, end)} | ${text.slice(Math.max(0, start - 40), end + 30).replaceAll('\n', '⏎')}`)
  }
  into.texts++
  let harmed = false
  for (const match of text.matchAll(/\S+/g)) {
    const s = match.index
    const e = s + match[0].length
    if (spans.some(([, a, b]) => a < e && b > s) || ignore.some(([a, b]) => a < e && b > s)) continue
    // the title before a name goes with it
    if ((lookUp(model, hashWord(match[0].replace(/\W/g, ''))) & TITLE) !== 0) continue
    into.words++
    if (!touched(s, e)) continue
    into.lost++
    if (found.some((f) => f.kind === 1 && f.start < e && f.end > s)) into.lostToPerson++
    harmed = true
    if (options.show === true) console.log(`lost: ${match[0]} | ${text.slice(Math.max(0, s - 40), e + 30).replaceAll('\n', '⏎')}`)
  }
  if (harmed) into.harmed++
}

const percent = (n: number, of: number): string => (of === 0 ? '-' : `${((100 * n) / of).toFixed(1)} %`)
const out: string[] = []
function table(title: string, scores: readonly (readonly [string, Score])[]): void {
  out.push(`| ${title} | texts | person | place | street address | organization | over-mask | by person_name alone |`, '|---|---|---|---|---|---|---|---|')
  for (const [name, s] of scores) {
    out.push(
      `| ${name} | ${s.texts} | ${[1, 2, 3, 4].map((k) => (s.spans[k] === 0 ? '-' : `${percent(s.masked[k]!, s.spans[k]!)} of ${s.spans[k]}`)).join(' | ')} | ${((100 * s.lost) / Math.max(1, s.words)).toFixed(2)} % of ${s.words} words | ${((100 * s.lostToPerson) / Math.max(1, s.words)).toFixed(2)} % |`,
    )
  }
  out.push('')
}

// ------------------------------------------------------------------------------------------------ (a)

const random = createRandom(7)
const held = templates.filter((t) => isHeldOut(t))
const parts: [string, (locale: string) => boolean][] = [
  ['English prose', (l) => l === 'en'],
  ['log lines with names', (l) => l === 'log'],
  ['eleven other languages', (l) => l !== 'en' && l !== 'log' && l !== 'none'],
  ['no names', (l) => l === 'none'],
]
const rows: [string, Score][] = []
for (const [name, of] of parts) {
  const own = held.filter((t) => of(t.locale))
  const s = score()
  for (let k = 0; k < 4000; k++) {
    const { text, spans } = fill(pick(random, own), random)
    judge(s, text, spans, [])
  }
  rows.push([`${name} (${own.length} templates)`, s])
}
const every = score()
for (const [, s] of rows) {
  for (const k of [1, 2, 3, 4]) {
    every.spans[k]! += s.spans[k]!
    every.masked[k]! += s.masked[k]!
  }
  every.texts += s.texts
  every.words += s.words
  every.lost += s.lost
  every.lostToPerson += s.lostToPerson
}
rows.push(['**together**', every])
out.push('## Templates that were not trained on', '')
table('held-out templates', rows)

// ------------------------------------------------------------------------------------------------ (b)

const TYPES: Readonly<Record<string, number>> = { PERSON: 1, LOCATION: 2, ADDRESS: 3, ORG: 4 }
if (options.corpora !== undefined) {
  const directory = join(options.corpora, '03-pii-labelled')
  const sets: [string, Score][] = []
  for (const name of readdirSync(directory)
    .filter((f) => f.endsWith('.ndjson'))
    .sort()) {
    const s = score()
    for (const line of readFileSync(join(directory, name), 'utf8').trim().split('\n')) {
      const row = JSON.parse(line) as { text: string; partial_labels?: boolean; spans: { start: number; end: number; type: string }[] }
      if (row.partial_labels === true) continue
      const of = row.spans.filter((span) => TYPES[span.type] !== undefined)
      const other = row.spans.filter((span) => TYPES[span.type] === undefined)
      judge(
        s,
        row.text,
        of.map((span) => [TYPES[span.type]!, span.start, span.end] as const),
        other.map((span) => [span.start, span.end] as const),
      )
    }
    if (s.texts > 0) sets.push([name.replace('.ndjson', ''), s])
  }
  out.push('## Labelled texts of others', '')
  table('set (evaluation only)', sets)
}

// ------------------------------------------------------------------------------------------------ (c)

const harmless: string[] = []
if (options.lines !== undefined) {
  const flagged = KINDS.map(() => 0)
  let lines = 0
  let any = 0
  const kinds: [string, number, number][] = []
  for (const name of readdirSync(options.lines).sort()) {
    const path = join(options.lines, name)
    if (!statSync(path).isFile() || name.endsWith('.md')) continue
    const bytes = readFileSync(path)
    const all = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes)
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')
    let hits = 0
    const own = all.length > 4000 ? all.filter((_, i) => i % Math.ceil(all.length / 4000) === 0) : all
    for (const line of own) {
      const found = find(line)
      harmless.push(line)
      lines++
      if (found.length === 0) continue
      any++
      hits++
      for (const kind of new Set(found.map((f) => f.kind))) flagged[kind]!++
      if (options.show === true) console.log(`flagged ${name}: ${found.map((f) => `${KINDS[f.kind]} «${line.slice(f.start, f.end)}»`).join(', ')} | ${line.slice(0, 160)}`)
    }
    kinds.push([name.replace(/\.gz$/, ''), own.length, hits])
  }
  out.push('## Harmless log lines', '', `${lines} lines of ${kinds.length} kinds of software; at most 4,000 of each kind.`, '')
  out.push('| | flagged lines | share |', '|---|---|---|')
  for (const kind of [1, 2, 3, 4]) out.push(`| ${KINDS[kind]} | ${flagged[kind]} | ${((100 * flagged[kind]!) / lines).toFixed(2)} % |`)
  out.push(`| any | ${any} | ${((100 * any) / lines).toFixed(2)} % |`, '', 'Most flagged:', '')
  for (const [name, n, hits] of kinds.sort((a, b) => b[2] - a[2]).slice(0, 8)) out.push(`- ${name}: ${hits} of ${n}`)
  out.push('')
}

// ------------------------------------------------------------------------------------------------ (d)

function time(texts: readonly string[]): { us: number; bytes: number; open: number } {
  const all = texts.map((text) => Buffer.from(text))
  let open = 0
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 5; round++) {
    open = 0
    const from = process.cpuUsage()
    for (const bytes of all) findNames(sight, model, bytes, 0, bytes.length, 0, () => open++)
    const used = process.cpuUsage(from)
    best = Math.min(best, (used.user + used.system) / all.length)
  }
  return { us: best, bytes: all.reduce((sum, b) => sum + b.length, 0) / all.length, open }
}
const mixed = Array.from({ length: 4000 }, () => fill(pick(random, held), random).text)
const clean = Array.from(
  { length: 4000 },
  () =>
    fill(
      pick(
        random,
        held.filter((t) => t.locale === 'none'),
      ),
      random,
    ).text,
)
out.push('## Time', '', `Best of five rounds, one thread, ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}. The tagger alone, on bytes.`, '')
out.push('| texts | mean length | per text |', '|---|---|---|')
for (const [name, texts] of [
  ['with names', mixed],
  ['without names', clean],
  ['harmless log lines', harmless.slice(0, 40000)],
] as const) {
  if (texts.length === 0) continue
  const t = time(texts)
  out.push(`| ${name} | ${t.bytes.toFixed(0)} bytes | ${t.us.toFixed(2)} µs |`)
}
out.push('', `Model: ${file.length} bytes, ${gzipSync(file, { level: 9 }).length} gzipped, SHA-256 ${createHash('sha256').update(file).digest('hex').slice(0, 16)}.`, '')
console.log(out.join('\n'))
if (options.write === true) {
  const path = 'docs/quality-names.md'
  const text = readFileSync(path, 'utf8')
  const mark = '<!-- Figures: written by scripts/quality-names.ts. -->'
  writeFileSync(path, `${text.slice(0, text.indexOf(mark) + mark.length)}\n\n${out.join('\n').trimEnd()}\n`)
}
