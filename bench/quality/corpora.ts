// Part B: the shared labelled sets. Their scorers run as they are, with the command as what they measure.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMasker } from '../../src/index.ts'

interface Shaped<T> {
  readonly ndjson: T
  readonly text: T
}
interface Pii {
  readonly structuredRecall: number | null
  readonly freeRecall: number | null
  readonly precisionProxy: number | null
  readonly overMaskedWords: number | null
  readonly cleanTextsChanged: number | null
}
interface Secrets {
  readonly secrets: number
  readonly leakRate: number
  readonly strictNegativesChanged: number | null
  readonly weakNegativesChanged: number | null
}
interface Tally {
  readonly spans: number
  readonly leaked: number
}

export interface CorporaFigures {
  readonly date: string
  /** Of the NDJSON shape, `presidio-research` alone; the gates look here. */
  readonly pii: Pii
  readonly secrets: Secrets
  readonly numbers: { readonly coreLeakRate: number | null; readonly strictInvalidChanged: number | null; readonly lowestKeyed: { readonly type: string; readonly recall: number } }
  readonly shapes: { readonly piiResearch: Shaped<Pii>; readonly pii: Shaped<Pii>; readonly secrets: Shaped<Secrets> }
  /** Labelled spans and those that still stand, by tier and type, all sentences. */
  readonly piiTypes: Readonly<Record<string, Tally>>
  /** Rules of the scanners with leaks: leaked of all. */
  readonly secretRules: Readonly<Record<string, { readonly n: number; readonly leak: number }>>
  /** Values and those that still stand, plain, with a word before, and under a key. */
  readonly numberTypes: Readonly<Record<string, Readonly<Record<string, { readonly values: number; readonly leaked: number }>>>>
  /** Texts that a scanner says hold no secret, and that are changed all the same: by its rule and what was found. */
  readonly changedNegatives: readonly { readonly rule: string; readonly found: string; readonly rows: number; readonly why: string }[]
  /** What the scorers call hard failures: lost lines, crashes, broken JSON. */
  readonly hard: readonly string[]
}

// Types of the number set that are no secrets by themselves.
const neutral = new Set(['UUID', 'LUHN', 'OTHER_ID', 'URL', 'DATE', 'GEO', 'BIC', 'ZIP'])

/** Why a text without a secret is changed, by what was found in it. */
function reasonFor(found: readonly string[]): string {
  if (found.includes('email')) return 'an e-mail address: personal data, whatever the scanner looks for'
  if (found.includes('named_secret')) return 'the value of a key that names a secret; that it is a sample or no longer valid, the text does not say'
  if (found.some((name) => ['authorization_header', 'bearer_token', 'basic_auth', 'url_credentials', 'kubernetes_secret'].includes(name)))
    return 'stands where only credentials stand; a sample is masked like any other'
  return 'has the form of a real key, and is a published sample or made up: to leave it, a masker would have to know the samples'
}

/** The strict negatives of the secrets that change, with an explanation each. */
function changedNegatives(folder: string): CorporaFigures['changedNegatives'] {
  const masker = createMasker({ version: '1.0', rules: [{ detect: ['all'] }] }, { runSecret: 'quality report run secret, one' })
  const rows = new Map<string, { rule: string; found: string; rows: number; why: string }>()
  const source = join(folder, '04-secrets-labelled')
  for (const name of readdirSync(source).sort()) {
    if (!name.endsWith('.ndjson')) continue
    for (const line of readFileSync(join(source, name), 'utf8').split('\n')) {
      if (line === '') continue
      const row = JSON.parse(line) as { text: string; rule: string; positive: boolean; weak?: boolean }
      if (row.positive || row.weak === true) continue
      const found = [...new Set(masker.explain(JSON.stringify({ msg: row.text })).flatMap((f) => (f.decision === 'mask' && f.detector !== undefined ? [f.detector] : [])))].sort()
      if (found.length === 0) continue
      const key = `${row.rule} ${found.join(', ')}`
      const known = rows.get(key) ?? { rule: row.rule, found: found.join(', '), rows: 0, why: reasonFor(found) }
      known.rows++
      rows.set(key, known)
    }
  }
  masker.close()
  return [...rows.values()].sort((a, b) => b.rows - a.rows || (a.rule < b.rule ? -1 : 1))
}

/** Runs the scorers of `folder` on the command `cli`. */
export function scoreCorpora(folder: string, cli: string): CorporaFigures {
  for (const tool of ['score-pii', 'score-secrets', 'score-numbers']) {
    if (!existsSync(join(folder, 'tools', `${tool}.mjs`))) throw new Error(`there is no tools/${tool}.mjs in the folder of the corpora`)
  }
  const work = mkdtempSync(join(tmpdir(), 'mask-logs-quality-'))
  const hard: string[] = []
  try {
    const ruleset = join(work, 'all.yaml')
    writeFileSync(ruleset, 'version: "1.0"\nrules:\n- {detect: [all]}\n')
    const command = (shape: string): string => `"${process.execPath}" "${cli}" --quiet ${shape === 'text' ? '--text ' : ''}-r "${ruleset}"`
    const run = <T>(tool: string, shape: string, ...rest: string[]): T => {
      const json = join(work, 'out.json')
      rmSync(json, { force: true })
      const done = spawnSync(
        process.execPath,
        [
          join(folder, 'tools', `${tool}.mjs`),
          '--cmd',
          command(shape === 'text' && tool === 'score-pii' ? 'text' : 'ndjson'),
          ...(tool === 'score-numbers' ? [] : ['--shape', shape]),
          '--json',
          json,
          ...rest,
        ],
        {
          env: { ...process.env, MASK_LOGS_RUN_SECRET: 'quality report run secret, one' },
          maxBuffer: 1 << 28,
          timeout: 1_200_000,
        },
      )
      if (!existsSync(json)) throw new Error(`${tool} ended with ${done.status ?? done.signal} and no figures`)
      const result = JSON.parse(readFileSync(json, 'utf8')) as T & { hard?: string[] }
      for (const failure of result.hard ?? []) hard.push(`${tool}, ${shape}: ${failure}`)
      return result
    }
    type PiiRun = { metrics: Pii; types: Record<string, { spans: number; leaked: number }> }
    type SecretsRun = { metrics: Secrets; rules: Record<string, { n: number; leak: number }> }
    type NumbersRun = { metrics: { coreLeakRate: number | null; strictInvalidChanged: number | null }; types: Record<string, Record<string, { v: number; leak: number }>> }
    const research = { ndjson: run<PiiRun>('score-pii', 'ndjson', '--only', 'presidio-research'), text: run<PiiRun>('score-pii', 'text', '--only', 'presidio-research') }
    const pii = { ndjson: run<PiiRun>('score-pii', 'ndjson'), text: run<PiiRun>('score-pii', 'text') }
    const secrets = { ndjson: run<SecretsRun>('score-secrets', 'ndjson'), text: run<SecretsRun>('score-secrets', 'text') }
    const numbers = run<NumbersRun>('score-numbers', 'ndjson', '--max', '0')
    let lowest = { type: '', recall: 1 }
    const numberTypes: Record<string, Record<string, { values: number; leaked: number }>> = {}
    for (const [key, contexts] of Object.entries(numbers.types)) {
      const type = key.replace('\t', ', ')
      numberTypes[type] = Object.fromEntries(Object.entries(contexts).map(([context, c]) => [context, { values: c.v, leaked: c.leak }]))
      const keyed = contexts['keyed']
      if (keyed === undefined || keyed.v === 0 || neutral.has(key.split('\t')[0]!)) continue
      const recall = 1 - keyed.leak / keyed.v
      if (recall < lowest.recall) lowest = { type, recall }
    }
    return {
      date: new Date().toISOString().slice(0, 10),
      pii: research.ndjson.metrics,
      secrets: secrets.ndjson.metrics,
      numbers: { ...numbers.metrics, lowestKeyed: lowest },
      shapes: {
        piiResearch: { ndjson: research.ndjson.metrics, text: research.text.metrics },
        pii: { ndjson: pii.ndjson.metrics, text: pii.text.metrics },
        secrets: { ndjson: secrets.ndjson.metrics, text: secrets.text.metrics },
      },
      piiTypes: Object.fromEntries(Object.entries(pii.ndjson.types).map(([key, t]) => [key.split('\t').reverse().join(', '), { spans: t.spans, leaked: t.leaked }])),
      secretRules: Object.fromEntries(Object.entries(secrets.ndjson.rules).filter(([, rule]) => rule.leak > 0)),
      numberTypes,
      changedNegatives: changedNegatives(folder),
      hard,
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
