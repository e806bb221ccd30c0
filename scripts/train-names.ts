// Trains the tagger of src/detectors/names and writes rulesets/names.bin. Seeded: the same sources give the same bytes.
// Sentences are templates of our own filled with the words of scripts/names-data.ts; texts without names are further templates,
// and the prose of the dev dependencies' documentation (read, not kept). Nothing else is trained on.
// Run: npx tsc -p tsconfig.json && node dist/scripts/train-names.js

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createLexicon, writeModel } from '../src/detectors/names/model.ts'
import { createSight, eligible, features, FEATURES, gate } from '../src/detectors/names/tagger.ts'
import { hashWord, LOWER, readTokens, WORD } from '../src/detectors/names/tokens.ts'
import { CITY, COMMON, FIRST, LAST, REGION } from '../src/detectors/names/words.ts'
import { isCommon } from '../src/detectors/common-words.ts'
import { bare, createRandom, everyday, fill, fillValue, foreign, isHeldOut, lexicon, pick, templates } from './names-data.ts'
import type { Labelled } from './names-data.ts'

const BITS = 17
const SAMPLES = 480_000
const ROUNDS = 4

// ------------------------------------------------------------------------------------------------ prose without names

/** A fixed list: what else is installed changes nothing. */
const PROSE =
  '@biomejs/biome ajv assemblyscript binaryen chai cjs-module-lexer es-module-lexer expect-type fast-check fast-uri fflate highlight.js jiti long lru-cache magic-string node-emoji picomatch pino postcss pure-rand re2js semver source-map-js tinybench vite vitest yaml yargs-parser zod'.split(
    ' ',
  )

function prose(): string[] {
  const out: string[] = []
  const read = (path: string): string => readFileSync(path, 'utf8')
  for (const name of PROSE) for (const line of read(`node_modules/${name}/README.md`).split('\n')) out.push(line)
  for (const file of readdirSync('node_modules/@types/node').sort()) {
    if (!file.endsWith('.d.ts')) continue
    for (const match of read(`node_modules/@types/node/${file}`).matchAll(/^\s*\* (.*)$/gm)) out.push(match[1]!)
  }
  return out.filter((line) => line.length > 20 && line.length < 400 && /[a-z] [a-z]/.test(line) && !/copyright|author|contribut|thank|licen[sc]e|\bby\b|@/i.test(line))
}

const lines = prose()
const counts = new Map<string, number>()
for (const line of lines) for (const match of line.matchAll(/(?<![\w@/.-])[a-z]{2,}(?![\w@/-])/g)) counts.set(match[0], (counts.get(match[0]) ?? 0) + 1)

// ------------------------------------------------------------------------------------------------ the lexicon

const table = new Map<number, number>()
function add(word: string, bit: number): void {
  for (const form of new Set([word, bare(word)])) {
    const hash = hashWord(form)
    table.set(hash, (table.get(hash) ?? 0) | bit)
  }
}
const givenNames = new Set(lexicon.first.map((name) => name.toLowerCase()))
const anyNames = new Set([...lexicon.last, ...lexicon.cities, ...lexicon.regions].map((name) => name.toLowerCase()).concat(...givenNames))
const countryNames = new Set(lexicon.regions.map((name) => name.toLowerCase()))
const common = new Set([
  ...everyday.filter((w) => !countryNames.has(w)),
  ...foreign.filter((w) => !givenNames.has(w) && !countryNames.has(w)),
  // technical prose, where a name in lower case is somebody's login
  ...[...counts].filter(([w, n]) => n >= (anyNames.has(w) ? 25 : 3)).map(([w]) => w),
])
const parts = (name: string): string[] => name.split(/[\s.]+/).filter((part) => part.length > 1)
for (const name of lexicon.first) for (const part of parts(name)) add(part, FIRST)
for (const name of lexicon.last) for (const part of parts(name)) add(part, LAST)
for (const [names, bit] of [
  [lexicon.cities, CITY],
  [lexicon.regions, REGION],
] as const) {
  for (const name of names) {
    const words = parts(name)
    for (const part of words) if (words.length === 1 || (part.length > 3 && !common.has(part.toLowerCase()))) add(part, bit)
  }
}
for (const word of common) add(word, COMMON)
for (const word of lexicon.first.concat(lexicon.last)) if (isCommon(word.toLowerCase())) add(word, COMMON)
const model = createLexicon(table, table.size)

// ------------------------------------------------------------------------------------------------ examples

const NAMES = FIRST | LAST | CITY | REGION
const sight = createSight()
const random = createRandom(20260101)
const seen = templates.filter((t) => !isHeldOut(t))
const named = seen.filter((t) => t.locale !== 'none')
const english = seen.filter((t) => t.locale === 'en')
const harmless = seen.filter((t) => t.locale === 'none')

/** Lines of prose in which nobody seems to be named. */
const clean = lines.filter((line) => {
  const bytes = Buffer.from(line)
  readTokens(sight.tokens, bytes, 0, bytes.length)
  gate(sight, model)
  const { tokens } = sight
  for (let i = 1; i < tokens.count; i++) {
    const a = tokens.bits[i - 1]!
    const b = tokens.bits[i]!
    if (tokens.kind[i] !== WORD || tokens.shape[i] === LOWER || tokens.shape[i - 1] === LOWER || tokens.gap[i] !== 1) continue
    if ((a & NAMES) !== 0 && (b & NAMES) !== 0 && (a & b & COMMON) === 0) return false
  }
  return true
})

function sample(): Labelled {
  const x = random()
  if (x < 0.4) return fill(pick(random, english), random)
  if (x < 0.66) return fill(pick(random, named), random)
  if (x < 0.72) return fillValue(random)
  if (x < 0.86) return fill(pick(random, harmless), random)
  return { text: pick(random, clean), spans: [], template: -1, key: 0 }
}

const size = 1 << BITS
const classes = 5
const weights = new Float64Array(size * classes)
const sums = new Float64Array(size * classes)
const stamps = new Int32Array(size * classes)
let step = 1
const update = (at: number, by: number): void => {
  sums[at]! += weights[at]! * (step - stamps[at]!)
  stamps[at] = step
  weights[at]! += by
}
const scores = new Float64Array(classes)
const found = new Int32Array(FEATURES)
const gold = new Uint8Array(sight.tags.length)

/** Gives each token the class of the span that it lies in. */
function label(example: Labelled, bytes: Buffer): void {
  const { tokens } = sight
  gold.fill(0, 0, tokens.count)
  const offsets = bytes.length === example.text.length ? undefined : example.text
  for (const [kind, from, to] of example.spans) {
    const start = offsets === undefined ? from : Buffer.byteLength(offsets.slice(0, from))
    const end = offsets === undefined ? to : start + Buffer.byteLength(offsets.slice(from, to))
    for (let i = 0; i < tokens.count; i++) if (tokens.start[i]! >= start && tokens.end[i]! <= end) gold[i] = kind
  }
}

/** Some names are made unknown, as most are that the tagger will meet. */
function forget(): void {
  const { tokens } = sight
  const hide = random() < 0.45
  for (let i = 0; i < tokens.count; i++) {
    if (gold[i] === 0 || tokens.kind[i] !== WORD || (tokens.bits[i]! & ~(NAMES | COMMON)) !== 0) continue
    if (hide ? random() < 0.8 : random() < 0.05) {
      tokens.hash[i] = Math.floor(random() * 0xfffffff)
      tokens.bits[i] = 0
    } else if (random() < 0.4) tokens.hash[i] = Math.floor(random() * 0xfffffff)
  }
}

let wrong = 0
let total = 0
function learn(example: Labelled): void {
  const bytes = Buffer.from(example.text)
  const { tokens, tags } = sight
  sight.key = example.key
  readTokens(tokens, bytes, 0, bytes.length)
  gate(sight, model)
  label(example, bytes)
  if (example.spans.length > 0) forget()
  for (let i = 0; i < tokens.count; i++) {
    tags[i] = 0
    if (!eligible(sight, i)) continue
    const count = features(sight, i, found)
    scores.fill(0)
    for (let k = 0; k < count; k++) {
      const at = (found[k]! & (size - 1)) * classes
      for (let c = 0; c < classes; c++) scores[c]! += weights[at + c]!
    }
    // the right class has to win by a margin: a boundary in the middle of nothing holds better on texts that were not seen
    const right = gold[i]!
    let rival = -1
    for (let c = 0; c < classes; c++) if (c !== right && (rival < 0 || scores[c]! > scores[rival]!)) rival = c
    const best = scores[right]! >= scores[rival]! ? right : rival
    total++
    if (best !== right) wrong++
    if (scores[right]! < scores[rival]! + 4) {
      for (let k = 0; k < count; k++) {
        const at = (found[k]! & (size - 1)) * classes
        update(at + right, 1)
        update(at + rival, -1)
      }
    }
    tags[i] = best
    step++
  }
}

const started = Date.now()
for (let round = 0; round < ROUNDS; round++) {
  wrong = total = 0
  for (let k = 0; k < SAMPLES / ROUNDS; k++) learn(sample())
  console.log(`round ${round + 1}: ${((100 * wrong) / total).toFixed(2)} % of ${total} tokens wrong, ${Date.now() - started} ms`)
}

// ------------------------------------------------------------------------------------------------ the file

const means = new Float64Array(size * 4)
let top = 0
for (let f = 0; f < size; f++) {
  const mean = (c: number): number => {
    const at = f * classes + c
    return (sums[at]! + weights[at]! * (step - stamps[at]!)) / step
  }
  const none = mean(0)
  for (let c = 1; c < classes; c++) {
    const m = mean(c) - none
    means[f * 4 + c - 1] = m
    top = Math.max(top, Math.abs(m))
  }
}
const sorted = Float64Array.from(means, Math.abs).sort()
const scale = 127 / Math.min(top, sorted[Math.floor(sorted.length * 0.9998)]!)
const bytes = new Int8Array(size * 4)
for (let i = 0; i < bytes.length; i++) bytes[i] = Math.max(-127, Math.min(127, Math.round(means[i]! * scale)))
const file = writeModel(table, bytes)
writeFileSync('rulesets/names.bin', file)
console.log(
  `${templates.length} templates (${seen.length} trained on), ${clean.length} lines of prose, ${table.size} words, ${bytes.filter((b) => b !== 0).length} weights, ${file.length} bytes, SHA-256 ${createHash('sha256').update(file).digest('hex').slice(0, 16)}`,
)
