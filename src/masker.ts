// createMasker: the facade. A loaded and compiled ruleset, bound to a run secret, on records of every shape.
//
//   json   bytes or text of one record   -> walk-json, splice
//   value  a parsed JavaScript value     -> walk-value, copy on write
//   text   free text                     -> text
//   lines  blocks of whole lines         -> json or text, line by line (the CLI, stream())

import { tell } from './discover/report.ts'
import type { DiscoveryReport } from './discover/report.ts'
import { starterRuleset } from './discover/starter.ts'
import { Survey } from './discover/survey.ts'
import type { Knowledge } from './discover/survey.ts'
import { InputError, MaskError } from './errors.ts'
import type { Issue } from './errors.ts'
import { compile, wipeShortText } from './engine/compile.ts'
import type { Compiled, Registries } from './engine/compile.ts'
import { FieldMasker } from './engine/fields.ts'
import { ObservedFields } from './engine/observed-fields.ts'
import { emptyWildcard, findPath, skipSpace, writeValue } from './engine/json-bytes.ts'
import { Leaves } from './engine/leaves.ts'
import { Memo } from './engine/memo.ts'
import type { DetectAction, Scope } from './engine/plan.ts'
import { Scanner, wipeReadings } from './engine/scanner.ts'
import type { PairRecogniser } from './engine/scanner.ts'
import { TextAccess, TextMasker } from './engine/text.ts'
import type { LineObserver } from './engine/text.ts'
import { REMOVED } from './engine/types.ts'
import type { AiEngine, CustomDetector, DetectorInfo, Finder, KnownValues, LineBlock, MaskDefinition, PairMatch, Reason, Ruleset, Scalar, SeedTable } from './engine/types.ts'
import type { KnownSecret } from './detectors/known-secret.ts'
import { decodeText, encodeText } from './engine/wtf8.ts'
import { FAILED, freeName, Hits, namesOf, RecordState, splice, Writer } from './engine/walker.ts'
import type { Access, FieldEngine, OpenDocument } from './engine/walker.ts'
import { canonical, deriveKey, randomKey, zero } from './engine/keyed.ts'
import type { RunKey } from './engine/keyed.ts'
import { Skim } from './engine/skim.ts'
import type { Flow } from './engine/skim.ts'
import { INVALID, JsonWalker, TOO_DEEP } from './engine/walk-json.ts'
import type { Because, Found, WalkServices } from './engine/walk-json.ts'
import { TooDeep, toValue, ValueWalker } from './engine/walk-value.ts'
import { DocumentFeed } from './documents.ts'
import { LineFeed } from './lines.ts'
import type { Feed, LineEngine } from './lines.ts'
import { FAILED_RECORD } from './records.ts'
import type { DocumentEngine, Locate, Put, RecordEngine, RowEngine } from './records.ts'
import { RowFeed } from './rows.ts'
import { convertRuleset } from './ruleset/convert.ts'
import type { Converted } from './ruleset/convert.ts'
import { expandDetectors } from './ruleset/detectors.ts'
import { BUILTIN_NAMES, builtinRuleset, readRulesetFile, rulesetsFolder } from './ruleset/files.ts'
import { compileKeyGlobs } from './ruleset/key-glob.ts'
import { loadRuleset } from './ruleset/load.ts'
import { outlineOf } from './ruleset/outline.ts'
import type { RuleOutline } from './ruleset/outline.ts'
import type { SeedProblem } from './ruleset/read.ts'
import { compileRegex } from './ruleset/regex.ts'
import { runTest, TEST_RUN_SECRET } from './ruleset/test-run.ts'
import type { Masked, RulesetTestResult } from './ruleset/test-run.ts'
import { findSeedFile, isBareName } from './seeds/load.ts'
import { createFeedStream } from './stream.ts'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import type { Transform } from 'node:stream'

/** A ruleset: `mask-logs:<name>`, a file path, YAML text (it contains a newline), a parsed object, or a list, later ones stronger. */
export type RulesetInput = string | object

/** Options of createMasker. */
export interface MaskerOptions {
  /** 20 to 256 characters; keys everything that is consistent. Without it substitutes hold for this process only. */
  readonly runSecret?: string | undefined
  /** Mixed in with the run secret. */
  readonly instanceSecret?: string | undefined
  /** Masks of your own, by type. */
  readonly masks?: Readonly<Record<string, MaskDefinition>> | undefined
  /** Detectors of your own. */
  readonly detectors?: readonly CustomDetector[] | undefined
  /** Paths of modules that export `masks` and `detectors`, loaded with require. */
  readonly plugins?: readonly string[] | undefined
  /** Finds what `ai_detect` matchers of `unstructured_text` ask for. Without it, a ruleset with such matchers is refused. */
  readonly aiEngine?: AiEngine | undefined
  /** Directories searched for seed files before the ruleset's own `seeds/` and the shipped ones. */
  readonly seedDirs?: readonly string[] | undefined
  /** Overrides single policies of the ruleset, in its own spelling: `{ max_record_bytes: 65536 }`. */
  readonly policy?: Readonly<Record<string, unknown>> | undefined
  /**
   * Values that must never appear, in any form: masked wherever they stand, as `known_secret`. A name is for warnings. Those of fewer
   * than 4 characters are refused with a warning.
   */
  readonly knownSecrets?: readonly KnownSecret[] | undefined
  /** Slots of the table of recent results (default 8192; 0: off). It holds the values that it masks until `close`. */
  readonly memoSize?: number | undefined
  /**
   * Told of every record held back under `on_unparsable: quarantine`; with `quarantineRaw` of its bytes too, which are not masked and
   * last until it returns. When it throws, so does what was asked to mask: a record is never lost unseen.
   */
  readonly quarantine?: ((note: QuarantineNote, raw?: Uint8Array) => void) | undefined
  /** Hand the bytes of records held back to `quarantine` (default false). */
  readonly quarantineRaw?: boolean | undefined
  /**
   * Told of every masked value: where it stood and what found it, never the value. Lines and records are then masked by the slower of
   * two ways, and what is given to `value` is masked twice. What it throws is counted as `finding_failed` and ignored.
   */
  readonly onFinding?: ((finding: FindingEvent) => void) | undefined
  /**
   * Write the ruleset's name and serial at the end of every record that is a JSON object, under this key (`true`: `mask_logs`). For
   * `json` and for lines and documents; text, rows of tables and what is given to `value` have none. The slower of two ways, too.
   */
  readonly stamp?: boolean | string | undefined
  /** How the record that stands for one that could not be masked is written. */
  readonly failedRecord?: FailedRecord | undefined
}

/** The minimal record: `{"level":30,"time":1790000000000,"msg":"[MASKING FAILED]"}`; level and time where the record has harmless ones. */
export interface FailedRecord {
  /** Key of its text (default `msg`). */
  readonly messageKey?: string | undefined
  /** Level where the record has none that can be read, as JSON text; default: none. */
  readonly level?: string | undefined
  /** Labels that count as levels. */
  readonly levels?: readonly string[] | undefined
}

/** Options of convertRuleset. */
export interface ConvertOptions extends Pick<MaskerOptions, 'masks' | 'detectors' | 'plugins' | 'seedDirs'> {
  /** Name of the ruleset in the report (default: the path as given). */
  readonly source?: string | undefined
  /** Directory in which the converted rulesets will lie, with seed files in its `seeds/` (default: that of the ruleset). */
  readonly directory?: string | undefined
}

/** Options of createDiscovery. */
export interface DiscoveryOptions extends Pick<MaskerOptions, 'masks' | 'detectors' | 'plugins' | 'policy'> {
  /** No more records and lines than these are looked at (default: all). */
  readonly maxLines?: number | undefined
}

/** What createDiscovery returns. */
export interface Discovery {
  /** Records, texts and streams that are put through it are looked at; what comes out has everything redacted that detectors find. */
  readonly masker: Pick<Masker, 'json' | 'text' | 'stream' | 'feed' | 'lines' | 'stats' | 'close'>
  /** `maxLines` have been looked at. */
  readonly full: boolean
  report(): DiscoveryReport
  /** Text of a ruleset that masks what was found, with comments. */
  ruleset(): string
}

/** Place and cause of a record held back; nothing of its content. */
export interface QuarantineNote {
  /** Counts from 1 over the life of the masker. */
  readonly serial: number
  /** Line within the stream, from 1; 0 for single records. */
  readonly line: number
  readonly bytes: number
  readonly code: 'not_json' | 'not_csv'
}

/** One masked (or kept) stretch, for explain. Never contains the value. */
export interface Finding {
  /** Line within the stream, from 1. */
  readonly line?: number
  /** Path of the value; array elements are `[*]`. Empty in text. */
  readonly path: string
  readonly where: 'value' | 'key' | 'number' | 'line'
  readonly rule?: string
  readonly detector?: string
  readonly score?: number
  /** Byte offsets in the record. */
  readonly start: number
  readonly end: number
  readonly length: number
  /** `keep`: a candidate that a check rejected, or that another match has taken. */
  readonly decision: 'mask' | 'keep'
  /** Of the detector. */
  readonly group?: DetectorInfo['group']
  readonly tier?: DetectorInfo['tier']
  /** Why, as codes, with what each adds to the score. */
  readonly reasons?: readonly Reason[]
  /** The detector, or the rule, whose match has taken this one. */
  readonly absorbed_by?: string
}

/** One masked value, for those who watch over many systems. It holds no value and no key that the ruleset does not name. */
export interface FindingEvent {
  /** When it was masked: ISO 8601, UTC, to the millisecond. */
  readonly time: string
  /** Name and serial of the ruleset in force. */
  readonly ruleset: string
  readonly serial: number
  /** Line within the input, from 1; of a record by itself there is none. */
  readonly line?: number
  /** Path of the value: keys that the ruleset does not spell out are `*`, elements of lists `[*]`. Empty in text. */
  readonly path: string
  /** `key`: the name of an entry. `line`: in text. */
  readonly where: 'value' | 'key' | 'number' | 'line'
  readonly rule?: string
  readonly detector?: string
  readonly score?: number
  /** Bytes of the input that were replaced; a whole string value with its quotes. */
  readonly length: number
}

/** Values masked by one rule, through one detector where there was one. */
export interface MaskedCount {
  readonly rule: string
  readonly detector?: string
  readonly count: number
}

/** Counts since the masker was made. */
export interface Stats {
  /** Name of the ruleset in force, and how often it has been reloaded. */
  ruleset: string
  serial: number
  lines: number
  records: number
  textLines: number
  bytesIn: number
  bytesOut: number
  masked: number
  byRule: Record<string, number>
  byDetector: Record<string, number>
  /** The same by both. A value that two rules masked counts for each. */
  maskedBy: MaskedCount[]
  /** Failures by code: mask errors, `not_json`, `not_csv`, `oversize`, `dropped`. */
  errors: Record<string, number>
}

export interface LineOptions {
  /** `auto` (default): each line as JSON where it is JSON, else as text. `json`: lines that are no JSON are errors too. `text`: every line as text. */
  readonly format?: 'auto' | 'json' | 'text' | undefined
  /** Told of every masked value. */
  readonly explain?: ((finding: Finding) => void) | undefined
  /** In place of the masker's. */
  readonly onFinding?: MaskerOptions['onFinding']
  /** Counts the lines; feeds that follow each other share one. */
  readonly counter?: { line: number } | undefined
}

export interface FeedOptions extends Omit<LineOptions, 'format'> {
  /**
   * Lines: as for `lines`. `json-document`: one JSON document or several, the elements of an array at top level are records.
   * `csv`, `tsv`: rows are records, objects of strings keyed by the header.
   */
  readonly format?: LineOptions['format'] | 'json-document' | 'csv' | 'tsv' | undefined
  /** Between the cells of CSV: one ASCII character other than a quote or line end (default `,`; `tsv`: a tab). */
  readonly delimiter?: string | undefined
  /** False: there is no header, and the keys of CSV are `1`, `2`, ... */
  readonly header?: boolean | undefined
}

/** What createRequestMasker returns. */
export interface RequestMasker {
  /** Warnings of the ruleset. */
  readonly warnings: readonly Issue[]
  /** The policies in force. */
  readonly policy: Ruleset['policy']
  /** Some rule takes hash inputs that come with a record. */
  readonly takesInputs: boolean
  /** What the errors of the record masked last were, at most 20; also under `redact` and `drop`, which hide them. */
  readonly failures: readonly MaskError[]
  /** What follows is masked under this key, of a `Keyring`. Without it, under a random one. */
  use(key: RunKey): void
  /**
   * Masks one JSON record. `inputs`: hash inputs for the rules without a selector that have none of their own. Gives the same bytes when
   * nothing matched; undefined: the record goes. Throws MaskError under `on_mask_error: fail`, and InputError (`not_json`).
   */
  record(json: Uint8Array, inputs?: readonly Scalar[]): Uint8Array | undefined
  /** What would be masked in a JSON record. */
  explain(json: Uint8Array, inputs?: readonly Scalar[]): Finding[]
  /** Values masked so far. */
  readonly masked: number
  /** The same by rule, and by detector where it was one that found them. */
  counts(): readonly MaskedCount[]
  /** Wipes what it holds of records. It must not be used afterwards. */
  close(): void
}

/** Options of createRequestMasker. */
export interface RequestMaskerOptions extends Omit<MaskerOptions, 'runSecret' | 'instanceSecret' | 'quarantine'> {
  /** Policies for what the ruleset leaves open. */
  readonly policyDefaults?: Partial<Ruleset['policy']> | undefined
}

/** What createMasker returns. */
export interface Masker {
  /** The ruleset's `name`; without one, what it was given as: a built-in name, the name of its file, or `<ruleset>`. Never data. */
  readonly name: string
  /** Warnings of the ruleset. */
  readonly warnings: readonly Issue[]
  /** The policies in force. */
  readonly policy: Ruleset['policy']
  /** `errors` and `textLines` of the stats as they are now, without what else stats() adds up: for who asks after every record. */
  readonly now: { readonly errors: ReadonlyMap<string, number>; readonly textLines: number }
  /** The rules in force, weaker layers first: what they select and what they read. */
  readonly outline: readonly RuleOutline[]
  /** Masks one JSON record, text or bytes; what is no JSON is masked as text. The same reference when nothing matched. */
  json(record: string): string
  json(record: Uint8Array): Uint8Array
  /** Masks a parsed value, copy on write: untouched parts are the same references. */
  value<T>(value: T): T
  /** Masks free text. */
  text(text: string): string
  /** A Transform of bytes: lines, rows of CSV or records of JSON documents masked, everything between them kept. */
  stream(options?: FeedOptions): Transform
  /** What is behind `stream`: takes chunks of bytes cut anywhere. */
  feed(options?: FeedOptions): Feed
  /** The engine behind feeds of lines: blocks of whole lines. */
  lines(options?: LineOptions): LineEngine
  /** What would be masked in a record (JSON text, text or bytes, or a value), and by which rule or detector. */
  explain(record: unknown): Finding[]
  stats(): Stats
  /** Wipes the key and the table of results. The masker must not be used afterwards. */
  close(): void
}

/** The built-in registries, handed in by index.ts. */
export interface Builtins {
  readonly masks: readonly MaskDefinition[]
  readonly finders: readonly Finder[]
  readonly detectors: readonly DetectorInfo[]
  readonly pairs: PairRecogniser
  readonly keyFacts: Registries['keyFacts']
  readonly keyed: Registries['keyed']
  /** What a survey of a sample knows of keys and values. */
  readonly survey: Pick<Knowledge, 'looksRandom' | 'isCommon' | 'isMasked'> & { readonly newPair: () => PairMatch }
  readonly knownSecrets: (secrets: readonly KnownSecret[]) => { readonly values: KnownValues | undefined; readonly refused: readonly string[] }
}

/** What a plugin module may export. */
interface Plugin {
  readonly masks?: Readonly<Record<string, MaskDefinition>>
  readonly detectors?: readonly CustomDetector[]
}

/** What the versions of a live masker share. */
export interface Shared {
  /** Stays its owner's: closing a version does not wipe it. */
  readonly key: RunKey
  /** Told of every file that is looked for, before it is read. Shipped files are not told. */
  readonly opening: (path: string) => void
  /** Of the version that is made. */
  readonly serial: number
}

/** The built-in masks and detectors with those of the options, and where seed files are found. */
function withOwn(builtins: Builtins, options: Pick<MaskerOptions, 'plugins' | 'masks' | 'detectors' | 'seedDirs'>, opening?: Shared['opening']) {
  const plugins = (options.plugins ?? []).map(loadPlugin)
  const masks = new Map<string, MaskDefinition>()
  for (const m of builtins.masks) masks.set(m.type, m)
  for (const own of [...plugins.map((p) => p.masks ?? {}), options.masks ?? {}]) for (const [type, m] of Object.entries(own)) masks.set(type, m)
  const customs = [...plugins.flatMap((p) => p.detectors ?? []), ...(options.detectors ?? [])]
  const detectors: DetectorInfo[] = [...builtins.detectors]
  for (const c of customs) {
    if (detectors.some((d) => d.name === c.name)) throw new InputError('bad_option', 'a detector of your own has the name of another one')
    detectors.push({
      name: c.name,
      group: c.group,
      tier: 0,
      priority: 1000 + detectors.length,
      summary: c.summary ?? '',
      examples: c.examples ?? [],
      counterExamples: c.counterExamples ?? [],
      ...(c.mask === undefined ? {} : { mask: c.mask }),
    })
  }
  const tables = new Map<string, SeedTable | SeedProblem>()
  const seed = (name: string, baseDir: string | undefined): SeedTable | SeedProblem => {
    const dirs = [...(options.seedDirs ?? []), ...(baseDir === undefined ? [] : [join(baseDir, 'seeds')]), join(rulesetsFolder(), 'seeds')]
    const id = `${dirs.join('\0')}\0${name}`
    let table = tables.get(id)
    if (table === undefined) {
      // the last of them is shipped
      if (opening !== undefined && isBareName(name)) for (const directory of dirs.slice(0, -1)) opening(resolve(directory, name))
      const found = findSeedFile(name, dirs)
      table = 'table' in found ? found.table : { error: found.problem.code, message: found.problem.message }
      tables.set(id, table)
    }
    return table
  }
  return { masks, customs, detectors, seed }
}

/** createMasker over given registries; see index.ts for the public function. */
export function makeMasker(builtins: Builtins, input: RulesetInput | readonly RulesetInput[] | undefined, options: MaskerOptions): Masker {
  return bind(builtins, input, options).masker
}

/** createRequestMasker over given registries; see index.ts for the public function. */
export function makeRequestMasker(builtins: Builtins, input: RulesetInput | readonly RulesetInput[] | undefined, options: RequestMaskerOptions): RequestMasker {
  // what is no JSON is refused before any policy about it
  return bind(builtins, input, { ...options, quarantine: () => {} }).masker.forRequests()
}

/** The key of the run secret, or a random one. */
export function makeKey(options: Pick<MaskerOptions, 'runSecret' | 'instanceSecret'>): RunKey {
  return options.runSecret === undefined ? randomKey(options.instanceSecret) : deriveKey(options.runSecret, options.instanceSecret)
}

/** One version of a live masker: loads, checks and compiles a ruleset now. Throws what createMasker throws. */
export function makeVersion(builtins: Builtins, input: RulesetInput | readonly RulesetInput[] | undefined, options: MaskerOptions, shared: Shared): Version {
  return bind(builtins, input, options, shared).masker
}

/** A masker that tells whether it may be closed. */
export interface Version extends Masker {
  /** A record is being masked: what asks was called by it. */
  readonly atWork: boolean
}

function bind(
  builtins: Builtins,
  input: RulesetInput | readonly RulesetInput[] | undefined,
  options: MaskerOptions & Pick<RequestMaskerOptions, 'policyDefaults'>,
  shared?: Shared,
): { ruleset: Ruleset; masker: BoundMasker } {
  // the secret first: nothing is read, not even a ruleset, under one that is refused
  const key = shared?.key ?? makeKey(options)
  if (options.aiEngine !== undefined && typeof options.aiEngine !== 'function') throw new InputError('bad_option', "'aiEngine' is a function from texts and labels to spans")
  const known = builtins.knownSecrets(options.knownSecrets ?? [])
  const { masks, customs, detectors, seed } = withOwn(builtins, options, shared?.opening)
  const { ruleset, warnings } = loadRuleset(input ?? 'mask-logs:default', {
    masks,
    detectors,
    builtin: builtinRuleset,
    builtinNames: BUILTIN_NAMES,
    readFile(path, root) {
      shared?.opening(path)
      return readRulesetFile(path, root)
    },
    seed,
    aiEngine: options.aiEngine !== undefined,
    ...(options.policy === undefined ? {} : { policyOverride: options.policy }),
    ...(options.policyDefaults === undefined ? {} : { policyDefaults: options.policyDefaults }),
  })
  const registries: Registries = {
    masks,
    finders: builtins.finders,
    detectors: builtins.detectors,
    customs,
    pairs: builtins.pairs,
    keyFacts: builtins.keyFacts,
    keyed: builtins.keyed,
    keyGlobs: (globs) => {
      const compiled = compileKeyGlobs(globs)
      return (name) => compiled.matches(name)
    },
    regex: compileRegex,
    aiEngine: options.aiEngine,
    known: known.values,
    expandDetectors: (names, exclude) => expandDetectors(names, exclude, detectors),
    seedFile: (name) => {
      const table = ruleset.seedFiles.get(name) ?? seed(name, undefined)
      if ('error' in table) throw new MaskError('internal', 'from_file', 'has no seed file')
      return table
    },
  }
  const all = [...warnings, ...known.refused.map(shortSecret)]
  const name = ruleset.name ?? nameOf(input ?? 'mask-logs:default')
  const make = (given: MaskerOptions, keyShared: boolean, shadow?: () => BoundMasker): BoundMasker =>
    new BoundMasker(name, ruleset, all, registries, key, given, keyShared, shared?.serial ?? 0, shadow)
  const shadow = (): BoundMasker => make({ ...options, onFinding: undefined, stamp: undefined, quarantine: () => {} }, true)
  return { ruleset, masker: make(options, shared !== undefined, shadow) }
}

/** What a ruleset without a name is called. */
function nameOf(input: RulesetInput | readonly RulesetInput[]): string {
  const last: unknown = Array.isArray(input) ? input[input.length - 1] : input
  if (typeof last !== 'string' || last.includes('\n')) return '<ruleset>'
  return last.startsWith('mask-logs:') ? last : basename(last)
}

/** What a known secret that is not looked for is worth saying: its name, and nothing of it. */
function shortSecret(name: string): Issue {
  const message = `the known secret '${name}' has fewer than 4 characters and is not looked for`
  return { code: 'short_known_secret', severity: 'warning', message, source: 'known secrets', line: 1, column: 1, path: '' }
}

/** convertRuleset over given registries; see index.ts for the public function. */
export function makeConverted(builtins: Builtins, input: string, options: ConvertOptions): Converted {
  const { masks, detectors, seed } = withOwn(builtins, options)
  const isText = input.includes('\n')
  const path = resolve(input)
  let text = input
  try {
    if (!isText) text = readRulesetFile(path)
  } catch {
    throw new InputError('file_unreadable', `the ruleset file '${options.source ?? input}' cannot be read`)
  }
  const directory = options.directory ?? (isText ? undefined : dirname(path))
  return convertRuleset(text, options.source ?? (isText ? '<ruleset>' : input), { masks, detectors, seed: (name) => seed(name, directory) })
}

/** testRuleset over given registries; see index.ts for the public function. */
export function makeTested(builtins: Builtins, input: RulesetInput | readonly RulesetInput[] | undefined, options: MaskerOptions): RulesetTestResult[] {
  const { ruleset, masker } = bind(builtins, input, { ...options, runSecret: options.runSecret ?? TEST_RUN_SECRET, quarantine: options.quarantine ?? (() => {}) })
  const mask = (bytes: Buffer): Masked => {
    const before = masker.stats().errors
    const feed = new LineFeed(masker.lines())
    const out: Buffer[] = []
    // Pieces last until the next ones are asked for.
    for (const pieces of feed.push(bytes)) out.push(Buffer.concat(pieces))
    for (const pieces of feed.end()) out.push(Buffer.concat(pieces))
    const after = Object.entries(masker.stats().errors)
    return { out: Buffer.concat(out), errors: after.filter(([code, n]) => n > (before[code] ?? 0)).map(([code]) => code) }
  }
  try {
    return ruleset.tests.map((test) => runTest(test, mask, ruleset.policy.decode.includes('json')))
  } finally {
    masker.close()
  }
}

/** createDiscovery over given registries; see index.ts for the public function. */
export function makeDiscovery(builtins: Builtins, options: DiscoveryOptions): Discovery {
  const { maxLines = Infinity } = options
  if (!(maxLines >= 1)) throw new InputError('bad_option', "'maxLines' is a number from 1")
  const { detectors, customs } = withOwn(builtins, options)
  // those that `all` leaves out
  const named = customs.filter(({ group }) => group === undefined || group === 'names').map(({ name }) => name)
  const everything = { version: '1.0', rules: [{ detect: ['all', ...named], masks: [{ type: 'redact' }] }] }
  const { masker } = bind(builtins, everything, options)
  const survey = masker.surveyed(builtins, maxLines)
  const told = () => {
    const { bytesIn, errors } = masker.stats()
    return tell({ survey, detectors, keyFacts: builtins.keyFacts, rulesets: BUILTIN_NAMES, bytes: bytesIn, errors })
  }
  return {
    masker,
    get full() {
      return survey.full
    },
    report: () => told().report,
    ruleset() {
      const byDefault = bind(builtins, 'mask-logs:default', {}).masker
      try {
        return starterRuleset(told(), (key) => byDefault.ruledByKey(key))
      } finally {
        byDefault.close()
      }
    },
  }
}

function loadPlugin(path: string): Plugin {
  try {
    const plugin = createRequire(join(process.cwd(), 'plugin.js'))(path) as Plugin
    const { masks, detectors } = plugin
    const usable = (masks === undefined || (typeof masks === 'object' && masks !== null && !Array.isArray(masks))) && (detectors === undefined || Array.isArray(detectors))
    if (!usable || (masks === undefined && detectors === undefined)) throw new Error('nothing usable')
    return plugin
  } catch {
    throw new InputError('plugin_failed', 'a plugin module could not be loaded: it must exist, be a module without top-level await, and export `masks` or `detectors`')
  }
}

/** The record was put out by the skim, which counts what it masks. */
const IN_PLACE: Buffer[] = []
const encoder = new TextEncoder()
/** Memory for results that are read at once. */
const READ_AT_ONCE = 65536
/** Records below this share memory for what becomes of them. */
const SHORT_RECORD = 4096
/** A match over lines of text. */
interface Block {
  readonly action: DetectAction
  readonly lines: LineBlock
}

const OVERSIZE_HEAD = 16384
const OVERSIZE_SLACK = 4096

/**
 * What walkers of other formats than JSON drive a masker by. Internal: for the transports of this package.
 * Throws InputError where the masker was not made by createMasker, or is closed.
 */
export function fieldsOf(masker: Masker): FieldEngine {
  if (!(masker instanceof BoundMasker)) throw new InputError('bad_option', 'a masker that createMasker has made is needed')
  return masker.fields()
}

/**
 * The same, for findings: an engine that tells what it has masked, whose events are made by `event`. Internal. Throws what fieldsOf throws.
 */
export function observedFieldsOf(masker: Masker): ObservedMasker {
  if (!(masker instanceof BoundMasker)) throw new InputError('bad_option', 'a masker that createMasker has made is needed')
  return masker.observedFields()
}

/** What observedFieldsOf returns. */
export interface ObservedMasker {
  readonly engine: FieldEngine
  /** Hands over what was masked since `engine.begin`, each as an event. What `to` throws is counted and ignored. */
  tell(to: (finding: FindingEvent) => void): void
}

class BoundMasker implements Version {
  readonly name: string
  readonly warnings: readonly Issue[]
  readonly policy: Ruleset['policy']
  private readonly ruleset: Ruleset
  private readonly compiled: Compiled
  private readonly services: WalkServices
  private readonly walker: JsonWalker
  private readonly texts: TextMasker
  private readonly state = new RecordState()
  private readonly hits = new Hits()
  private readonly memo: Memo
  private readonly key: RunKey
  /** The key serves others too. */
  private readonly keyShared: boolean
  private readonly textAccess: TextAccess
  private readonly quarantine: MaskerOptions['quarantine']
  private readonly quarantineRaw: boolean
  private readonly serial: number
  private readonly onFinding: MaskerOptions['onFinding']
  /** What is written at the end of records, if anything is. */
  private readonly stamp: string | undefined
  /** Makes a masker that looks for findings in values: the walker of values tells none. */
  private readonly makeShadow: (() => BoundMasker) | undefined
  private shadow: BoundMasker | undefined
  private readonly failedRecord: FailedRecord
  private readonly known: KnownValues | undefined
  private values: ValueWalker | undefined
  private scratch = Buffer.allocUnsafe(8192)
  private closed = false
  private quarantined = 0
  // counters
  private nLines = 0
  private nRecords = 0
  private nText = 0
  private nIn = 0
  private nOut = 0
  private nMasked = 0
  private readonly errors = new Map<string, number>()
  readonly now: Masker['now']

  constructor(
    name: string,
    ruleset: Ruleset,
    warnings: readonly Issue[],
    registries: Registries,
    key: RunKey,
    options: MaskerOptions,
    keyShared: boolean,
    serial: number,
    makeShadow: (() => BoundMasker) | undefined,
  ) {
    const { onFinding, stamp = false, quarantineRaw = false } = options
    if (onFinding !== undefined && typeof onFinding !== 'function') throw new InputError('bad_option', "'onFinding' is a function of the finding")
    if (typeof stamp !== 'boolean' && (typeof stamp !== 'string' || stamp === '')) throw new InputError('bad_option', "'stamp' is true, false or a key")
    if (typeof quarantineRaw !== 'boolean') throw new InputError('bad_option', "'quarantineRaw' is true or false")
    this.name = name
    this.serial = serial
    this.onFinding = onFinding
    this.makeShadow = makeShadow
    this.quarantineRaw = quarantineRaw
    if (stamp !== false) this.stamp = `${JSON.stringify(stamp === true ? 'mask_logs' : stamp)}:${JSON.stringify({ ruleset: name, serial })}`
    this.keyShared = keyShared
    this.warnings = warnings
    this.ruleset = ruleset
    this.policy = ruleset.policy
    const masker = this
    this.now = {
      errors: this.errors,
      get textLines() {
        return masker.nText
      },
    }
    this.key = key
    this.quarantine = options.quarantine
    this.failedRecord = options.failedRecord ?? {}
    this.known = registries.known
    if (ruleset.policy.on_unparsable === 'quarantine' && options.quarantine === undefined) {
      throw new InputError('quarantine_without_sink', "the policy 'on_unparsable: quarantine' needs a sink: set the option 'quarantine' (CLI: --quarantine FILE)")
    }
    this.compiled = compile(ruleset, registries, key)
    const { plan, applier, pairs, customs } = this.compiled
    this.memoSize = options.memoSize ?? 8192
    this.memo = new Memo(this.memoSize)
    this.texts = new TextMasker(plan, applier, pairs, customs)
    this.services = { plan, applier, pairs, customs, hits: this.hits, state: this.state, memo: this.memo, texts: this.texts, observe: undefined }
    this.walker = new JsonWalker(this.services)
    this.textAccess = new TextAccess(this.state)
  }

  get outline(): readonly RuleOutline[] {
    return (this.outlined ??= outlineOf(this.ruleset))
  }
  private outlined: readonly RuleOutline[] | undefined

  private count(code: string): void {
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1)
  }

  private open(): void {
    if (this.closed) throw new InputError('bad_option', 'the masker is closed')
  }

  /**
   * Every record is worked on in the same memory. A mask, a detector, a getter or a callback that calls its own masker would
   * have the record around it go on over that of the inner call: refused, so that the outer one fails at this place alone.
   */
  private begin(): void {
    this.open()
    if (this.busy) throw new InputError('bad_option', 'the masker is at work: nothing that it calls may call it')
    this.busy = true
  }
  private busy = false

  get atWork(): boolean {
    return this.busy
  }

  // ---------------------------------------------------------------------------------------------- one record

  /** Locates and masks in the record at [start, end); buf[end] is a newline or NUL. Returns the end of the record or INVALID. */
  private record(buf: Buffer, start: number, end: number, multi: boolean): number {
    this.reset()
    const { walker } = this
    const { plan, applier } = this.compiled
    plan.trim()
    let i = start
    if (buf[i] === 0xef && buf[i + 1] === 0xbb && buf[i + 2] === 0xbf) i += 3
    // a record that is a container is the document of the `json` masks of rules without a selector
    const first = plan.root.documents && !plan.root.apart ? buf[skipSpace(buf, i, end)] : 0
    const documents = first === 0x7b || first === 0x5b ? applier.openDocuments(plan.root, this.opening(buf, i, end)) : undefined
    const stop = walker.walk(buf, i, end, plan.root, multi)
    if (stop < 0) return stop
    // only white space may follow
    i = stop
    while (i < end) {
      const c = buf[i]!
      if (c === 0x20 || c === 0x0d || c === 0x09) i++
      else if (c === 0x0a) {
        if (!multi) break
        i++
      } else return INVALID
    }
    if (documents !== undefined) this.closeRecord(documents, buf, start, i)
    return i
  }

  /** The record at [start, end) is done, and with it the documents of `json` masks that it was. */
  private closeRecord(documents: readonly OpenDocument[], buf: Buffer, start: number, end: number): void {
    this.compiled.applier.closeDocuments(
      documents,
      this.walker,
      () => '',
      (t) => emptyWildcard(buf, start, end, t.segments),
    )
  }
  /** Those that were opened for the skim. */
  private opened: readonly OpenDocument[] | undefined

  /** The record that the skim went through is complete. */
  private closeSkimmed(buf: Buffer, start: number, end: number): void {
    if (this.opened !== undefined) this.closeRecord(this.opened, buf, start, end)
  }

  /** A record begins. */
  private reset(): void {
    this.survey?.begin()
    this.hits.clear()
    this.state.next()
    this.walker.recordRemoved = false
    this.opened = undefined
    if (this.compiled.nestedErrors.length > 0) this.compiled.nestedErrors.length = 0
  }

  /** Lookups in a record before it is walked. */
  private opening(buf: Buffer, start: number, end: number): Access {
    this.walker.enter(buf, start, end)
    return this.walker
  }

  /** Counts the errors of the record just walked. */
  private settleErrors(): void {
    const { errors } = this.state
    if (errors.length > 0) for (const code of errors) this.count(code)
    const nested = this.compiled.nestedErrors
    if (nested.length > 0)
      for (const code of nested.splice(0)) {
        this.count(code)
        this.state.tell(new MaskError(code, 'mask', 'failed on a part of a value'))
      }
  }

  private countHits(): void {
    const { hits } = this
    this.nMasked += hits.count + hits.more
    this.state.commit()
    for (let k = 0; k < hits.count; k++) {
      const counter = hits.counters[k]
      if (counter !== undefined) counter.masked++
    }
  }

  /** The record that stands for one that could not be masked. */
  private minimal(buf: Buffer, start: number, end: number, extra = ''): Buffer {
    if (this.rows) return FAILED_RECORD
    const { messageKey = 'msg', level, levels } = this.failedRecord
    let head = ''
    for (const name of ['level', 'time']) {
      const at = findPath(buf, start, end, [name])
      const text = at === undefined ? '' : buf.toString('latin1', at.start, at.end)
      if (harmless(name, text) || (name === 'level' && text.startsWith('"') && levels?.includes(text.slice(1, -1)))) head += `"${name}":${text},`
      else if (name === 'level' && level !== undefined) head += `"level":${level},`
    }
    return Buffer.from(`{${head}${extra}${JSON.stringify(messageKey)}:"${FAILED}"${this.stamp === undefined ? '' : `,${this.stamp}`}}`)
  }

  /** Finds and masks in a text line; the hits are in `hits`. True: the whole line becomes `replacement`. */
  private textLine(buf: Buffer, start: number, end: number): { replacement: Buffer | undefined } | undefined {
    const { hits, state } = this
    this.survey?.begin()
    hits.clear()
    state.next()
    this.compiled.nestedErrors.length = 0
    const { unknown_fields } = this.policy
    if (unknown_fields === 'redact' && start < end) {
      this.nMasked++
      this.compiled.plan.unknownCounter.masked++
    }
    if (unknown_fields !== 'keep' && start < end) return { replacement: unknown_fields === 'drop' ? undefined : Buffer.from('[REDACTED]') }
    this.texts.line(buf, start, end, this.textAccess, hits, this.lineObserver)
    this.survey?.line(buf, start, end)
    return undefined
  }
  private lineObserver: LineObserver | undefined

  json(record: string): string
  json(record: Uint8Array): Uint8Array
  json(record: string | Uint8Array): string | Uint8Array {
    // callers without types: what has no length would come back as it is
    if (typeof record !== 'string' && !(record instanceof Uint8Array)) throw new InputError('bad_option', "'json' takes a string or bytes; other values go to 'value'")
    this.begin()
    try {
      if (this.onFinding !== undefined) this.observeRecord(this.onFinding)
      return this.jsonRecord(record)
    } finally {
      if (this.onFinding !== undefined) this.observe(undefined)
      this.busy = false
    }
  }

  private jsonRecord(record: string | Uint8Array): string | Uint8Array {
    let length: number
    const most = typeof record === 'string' ? record.length * 3 : record.length
    const skim = this.onFinding === undefined ? this.skimmer() : undefined
    let buf: Buffer
    if (skim !== undefined && most < skim.most) buf = skim.place
    else {
      if (this.scratch.length < most + 1) this.scratch = Buffer.allocUnsafe(most + 4096)
      buf = this.scratch
    }
    const wellFormed = typeof record !== 'string' || record.isWellFormed()
    if (typeof record !== 'string') {
      length = record.length
      buf.set(record)
    } else if (wellFormed) length = encoder.encodeInto(record, buf).written
    else length = encodeText(record).copy(buf)
    buf[length] = 0
    this.nIn += length
    const pieces = this.single(buf, length, typeof record === 'string' && wellFormed)
    if (pieces === IN_PLACE) {
      this.nOut += skim!.written
      return skim!.text()
    }
    this.shrink()
    if (pieces === undefined) {
      this.nOut += length
      return record
    }
    const out = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
    this.nOut += out.length
    if (typeof record !== 'string') return out
    return decodeText(out, 0, out.length, wellFormed)
  }

  /** Gives back the memory of an unusually large record. */
  private shrink(): void {
    if (this.scratch.length > 1 << 20) this.scratch = Buffer.allocUnsafe(8192)
  }

  /** Masks one record of any format; undefined: nothing changes. `read`: the result may stand in memory that is used again. */
  private single(buf: Buffer, length: number, read = false): Buffer[] | undefined {
    if (length > this.policy.max_record_bytes) return this.tooLarge(buf, length)
    this.nRecords++
    let stop: number
    try {
      const { skim } = this
      if (skim !== undefined && buf === skim.place) {
        this.reset()
        if (skim.one(length, read ? this.reader : undefined)) {
          if (skim.written > 0) return IN_PLACE
          skim.collect(this.hits)
          this.closeSkimmed(buf, 0, length)
          stop = length
        } else stop = this.record(buf, 0, length, true)
      } else stop = this.record(buf, 0, length, true)
    } catch (error) {
      return this.crashed(error, buf, 0, length)
    }
    if (stop === TOO_DEEP) return this.tooDeep(buf, 0, length)
    if (stop === INVALID) {
      if (this.onlyJson) throw new InputError('not_json', 'the record is no JSON')
      this.nRecords--
      if (!blank(buf, 0, length)) {
        this.nText++
        if (this.policy.on_unparsable !== 'text') return this.unparsable(buf, 0, length, 0) ? [] : undefined
      }
      const whole = this.textLine(buf, 0, length)
      if (whole !== undefined) return whole.replacement === undefined ? [] : [whole.replacement]
    } else this.survey?.record(buf, 0, stop)
    this.settleErrors()
    if (this.state.failure !== undefined) throw this.state.failure
    if (this.state.drop || this.walker.recordRemoved) {
      this.count('dropped')
      return []
    }
    if (this.policy.verify) return [stop === INVALID ? this.verify(buf, length) : this.stamped(this.verify(buf, length))]
    this.countHits()
    if (this.stamp !== undefined && stop !== INVALID) return [this.stamped(this.spliced(buf, 0, length))]
    if (this.hits.count === 0) return undefined
    // What is read at once can stand in memory that is used again.
    const writer = read && length < READ_AT_ONCE / 4 ? this.reader : length < SHORT_RECORD ? this.outputs : new Writer()
    if (writer === this.reader) writer.recycle(READ_AT_ONCE)
    else if (writer !== this.outputs) writer.size = length + 1024
    const copied = splice(buf, length, this.hits, 0, writer)
    writer.copy(buf, copied, length)
    if (writer === this.reader) return writer.take()
    // large ranges are views of the scratch buffer: they must not outlive this call
    return writer.take().map((p) => (p.buffer === buf.buffer ? Buffer.from(p) : p))
  }

  private readonly reader = new Writer()
  /** For what is kept: short records stand behind each other in one piece of memory, and none of it is written twice. */
  private readonly outputs = writerOf(4 * SHORT_RECORD)

  private unparsable(buf: Buffer, start: number, end: number, line: number): boolean {
    this.count('not_json')
    if (this.policy.on_unparsable === 'quarantine') this.holdBack({ serial: ++this.quarantined, line, bytes: end - start, code: 'not_json' }, buf.subarray(start, end))
    return true
  }

  private holdBack(note: QuarantineNote, raw: Uint8Array | undefined): void {
    if (this.quarantineRaw && raw !== undefined) this.quarantine!(note, raw)
    else this.quarantine!(note)
  }

  /** The record at [start, end) with the hits in it, in memory of its own. */
  private spliced(buf: Buffer, start: number, end: number): Buffer {
    const writer = new Writer()
    writer.size = end - start + 1024
    const copied = splice(buf, end, this.hits, start, writer)
    writer.copy(buf, copied, end)
    return Buffer.concat(writer.take())
  }

  /** A finished record with the name and serial of the ruleset at its end, if it is an object and they are wanted. */
  private stamped(record: Buffer): Buffer {
    if (this.stamp === undefined) return record
    let first = record[0] === 0xef ? 3 : 0
    while (isSpace(record[first])) first++
    let last = record.length - 1
    while (last > first && isSpace(record[last])) last--
    if (record[first] !== 0x7b || record[last] !== 0x7d) return record
    let before = last - 1
    while (isSpace(record[before])) before--
    return Buffer.concat([record.subarray(0, last), Buffer.from(before === first ? this.stamp : `,${this.stamp}`), record.subarray(last)])
  }

  private tooLarge(buf: Buffer, length: number): Buffer[] {
    this.count('oversize')
    if (this.policy.on_oversize === 'drop') return []
    if (this.policy.on_oversize === 'text') return this.oversizeText(buf, length)
    return [this.truncated(buf.subarray(0, Math.min(length, OVERSIZE_HEAD + OVERSIZE_SLACK)), length)]
  }

  private oversizeText(buf: Buffer, length: number): Buffer[] {
    const whole = this.textLine(buf, 0, length)
    if (whole !== undefined) return whole.replacement === undefined ? [] : [whole.replacement]
    this.finishText()
    const writer = new Writer()
    writer.copy(buf, splice(buf, length, this.hits, 0, writer), length)
    return writer.take().map((p) => (p.buffer === buf.buffer ? Buffer.from(p) : p))
  }

  private finishText(): void {
    this.settleErrors()
    if (this.state.failure !== undefined) throw this.state.failure
    this.countHits()
  }

  /** The minimal record of an oversize line: its size, and the head masked as text. */
  private truncated(head: Buffer, bytes: number): Buffer {
    const whole = this.textLine(head, 0, head.length)
    let text: string
    if (whole !== undefined) text = whole.replacement?.toString() ?? ''
    else {
      this.settleErrors()
      if (this.state.failure !== undefined) throw this.state.failure
      // cut before a match that crosses the border, then back to white space or punctuation
      const { hits } = this
      let cut = Math.min(OVERSIZE_HEAD, head.length)
      while (hits.count > 0 && hits.ends[hits.count - 1]! > cut) cut = Math.min(cut, hits.starts[--hits.count]!)
      while (cut > 0 && !isCut(head[cut - 1]!)) cut--
      while (hits.count > 0 && hits.ends[hits.count - 1]! > cut) cut = Math.min(cut, hits.starts[--hits.count]!)
      this.countHits()
      const writer = new Writer()
      const copied = splice(head, cut, hits, 0, writer)
      writer.copy(head, copied, cut)
      text = Buffer.concat(writer.take()).toString()
    }
    const minimal = this.minimal(head, 0, head.length, `"oversize":${bytes},`).toString()
    return Buffer.from(minimal.replace(`"${FAILED}"`, () => JSON.stringify(text)))
  }

  private tooDeep(buf: Buffer, start: number, end: number): Buffer[] {
    this.count('too_deep')
    const error = new MaskError('too_deep', 'record', 'is nested too deep')
    this.state.tell(error)
    if (this.policy.on_mask_error === 'fail') throw error
    if (this.policy.on_mask_error === 'drop') {
      this.count('dropped')
      return []
    }
    return [this.minimal(buf, start, end)]
  }

  private crashed(error: unknown, buf: Buffer, start: number, end: number): Buffer[] {
    const known = error instanceof MaskError ? error : new MaskError('internal', 'mask', 'failed')
    this.count(known.code)
    this.state.tell(known)
    if (this.policy.on_mask_error === 'fail') throw known
    if (this.policy.on_mask_error === 'drop') {
      this.count('dropped')
      return []
    }
    return [this.minimal(buf, start, end)]
  }

  /** `policy.verify`: scans the finished record for secrets; what is found becomes `[MASKING FAILED]`. */
  private verify(buf: Buffer, length: number): Buffer {
    const writer = new Writer()
    this.countHits()
    const copied = splice(buf, length, this.hits, 0, writer)
    writer.copy(buf, copied, length)
    const out = Buffer.concat([...writer.take(), Buffer.from([0])])
    return this.verified(out, out.length - 1)
  }

  private verified(out: Buffer, end: number): Buffer {
    const found = this.compiled.verify(out, end)
    if (found.count === 0) return out.subarray(0, end)
    for (let k = 0; k < found.count; k++) this.verifyHit()
    const writer = new Writer()
    const copied = splice(out, end, found, 0, writer)
    writer.copy(out, copied, end)
    return Buffer.concat(writer.take())
  }

  private verifyHit(): void {
    this.count('verify_hit')
    const error = new MaskError('verify_hit', 'verify', 'found a secret in the output')
    this.state.tell(error)
    if (this.policy.on_mask_error === 'fail') throw error
  }

  value<T>(value: T): T {
    if (this.onFinding !== undefined) this.tellOf(value, this.onFinding)
    this.begin()
    try {
      return this.parsed(value)
    } finally {
      this.busy = false
    }
  }

  /** Tells what is masked in a value. */
  private tellOf(value: unknown, to: NonNullable<MaskerOptions['onFinding']>): void {
    this.open()
    try {
      this.shadow ??= this.makeShadow!()
      this.shadow.observeFindings(value, to)
    } catch {
      this.count('finding_failed')
    }
  }

  private observeFindings(value: unknown, to: NonNullable<MaskerOptions['onFinding']>): void {
    const buf = Buffer.from(`${asJson(value)}\0`)
    this.begin()
    this.observeRecord(to)
    try {
      this.single(buf, buf.length - 1)
    } catch {
      // under `fail` the findings so far are told
    } finally {
      this.observe(undefined)
      this.busy = false
    }
  }

  private parsed<T>(value: T): T {
    const values = this.valueWalker()
    this.nRecords++
    this.state.next()
    this.compiled.plan.trim()
    let done: unknown
    try {
      done = values.walk(value)
    } catch (error) {
      const code = error instanceof TooDeep ? 'too_deep' : error instanceof MaskError ? error.code : 'internal'
      this.count(code)
      if (this.policy.on_mask_error === 'fail') throw error instanceof MaskError ? error : new MaskError(code, 'record', 'could not be masked')
      if (this.policy.on_mask_error === 'drop') {
        this.count('dropped')
        return undefined as T
      }
      return minimalValue(value) as T
    }
    this.settleErrors()
    if (this.state.failure !== undefined) throw this.state.failure
    if (this.state.drop || done === REMOVED) {
      this.count('dropped')
      return undefined as T
    }
    this.nMasked += this.state.places
    this.state.commit()
    return (this.policy.verify ? this.verifiedValue(done) : done) as T
  }

  private valueWalker(): ValueWalker {
    if (this.values !== undefined) return this.values
    const { plan, applier, pairs, customs } = this.compiled
    const nestedHits = new Hits()
    // the strings of the record are the first level
    const nested = new JsonWalker({ ...this.services, hits: nestedHits, nesting: 3 }, 0)
    const leaves = new Leaves(plan, applier, new Scanner(plan, pairs, customs))
    return (this.values = new ValueWalker({ plan, applier, state: this.state, texts: this.texts, leaves, nested, nestedHits }))
  }

  /** What walkers of other formats drive. */
  fields(): FieldEngine {
    this.open()
    const masker = this
    return (this.fieldMasker ??= new FieldMasker({
      compiled: this.compiled,
      state: this.state,
      texts: this.texts,
      values: this.valueWalker(),
      leaves: new Leaves(this.compiled.plan, this.compiled.applier, new Scanner(this.compiled.plan, this.compiled.pairs, this.compiled.customs)),
      memoSize: this.memoSize,
      begin() {
        masker.begin()
        masker.reset()
      },
      end(bytesIn, bytesOut) {
        masker.nIn += bytesIn
        masker.nOut += bytesOut
        masker.busy = false
      },
      next: () => void masker.nRecords++,
      count: (code) => masker.count(code),
      settleErrors: () => masker.settleErrors(),
      masked: (places) => void (masker.nMasked += places),
      verifyHit: () => masker.verifyHit(),
    }))
  }
  private fieldMasker: FieldMasker | undefined

  observedFields(): ObservedMasker {
    this.fields()
    const engine = new ObservedFields(this.fieldMasker!, this.compiled.plan)
    return {
      engine,
      tell: (to) => {
        for (const finding of engine.take()) this.tellFinding(to, finding)
      },
    }
  }
  private readonly memoSize: number

  /** `policy.verify` on a value: the same value when its JSON text is clean, else what becomes of that text. */
  private verifiedValue(value: unknown): unknown {
    const text = JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? Number(v) : v)) as string | undefined
    if (text === undefined) return value
    const bytes = Buffer.from(`${text}\0`)
    const out = this.verified(bytes, bytes.length - 1)
    return out.length === bytes.length - 1 && out.equals(bytes.subarray(0, -1)) ? value : (JSON.parse(out.toString()) as unknown)
  }

  text(text: string): string {
    if (typeof text !== 'string') throw new InputError('bad_option', "'text' takes a string; other values go to 'value'")
    this.begin()
    try {
      if (this.onFinding !== undefined) this.observeRecord(this.onFinding)
      return this.freeText(text)
    } finally {
      if (this.onFinding !== undefined) this.observe(undefined)
      this.busy = false
    }
  }

  private freeText(text: string): string {
    const buf = encodeText(text)
    this.nText++
    const whole = this.textLine(buf, 0, buf.length)
    if (whole !== undefined) return whole.replacement?.toString() ?? ''
    this.settleErrors()
    if (this.state.failure !== undefined) throw this.state.failure
    if (this.state.drop) return ''
    if (this.policy.verify) {
      const out = this.verify(buf, buf.length)
      return decodeText(out, 0, out.length, text.isWellFormed())
    }
    this.countHits()
    if (this.hits.count === 0) return text
    const writer = new Writer()
    writer.size = buf.length + 1024
    const copied = splice(buf, buf.length, this.hits, 0, writer)
    writer.copy(buf, copied, buf.length)
    const out = Buffer.concat(writer.take())
    return decodeText(out, 0, out.length, text.isWellFormed())
  }

  // ---------------------------------------------------------------------------------------------- requests

  /** What is no JSON is an error, not text. */
  private onlyJson = false

  /** This masker, for a host whose keys and hash inputs come with each request. */
  forRequests(): RequestMasker {
    const masker = this
    const { state } = this
    this.onlyJson = true
    const open = (inputs: readonly Scalar[] | undefined): void => {
      state.failures = []
      state.given = inputs?.map((input) => ({ value: canonical(input) }))
    }
    return {
      warnings: this.warnings,
      policy: this.policy,
      takesInputs: this.compiled.rules.some((rule) => rule.wider && rule.chain !== undefined && (rule.chain.keyed || rule.chain.document !== undefined)),
      get failures() {
        return state.failures ?? []
      },
      use(key) {
        if (masker.key.identity === key.identity && !masker.key.closed) return
        // what was remembered was made under another key
        masker.memo.clear()
        masker.key.adopt(key)
      },
      record(json, inputs) {
        open(inputs)
        const out = masker.json(json)
        return out.length === 0 ? undefined : out
      },
      explain(json, inputs) {
        open(inputs)
        return masker.explain(json)
      },
      get masked() {
        masker.tally()
        return masker.nMasked
      },
      counts: () => masker.stats().maskedBy,
      close: () => masker.close(),
    }
  }

  // ---------------------------------------------------------------------------------------------- lines

  stream(options?: FeedOptions): Transform {
    return createFeedStream(this.feed(options))
  }

  feed(options: FeedOptions = {}): Feed {
    this.open()
    const { format = 'auto', delimiter, header = true } = options
    if (format === 'csv' || format === 'tsv') {
      const between = delimiter ?? (format === 'csv' ? ',' : '\t')
      if (typeof between !== 'string' || !/^[^\0\r\n"\u0080-\uffff]$/.test(between))
        throw new InputError('bad_option', "'delimiter' takes one ASCII character that is no quote and no line end")
      return new RowFeed(this.rowEngine(options), { delimiter: between.charCodeAt(0), header })
    }
    if (delimiter !== undefined || options.header !== undefined) throw new InputError('bad_option', "'delimiter' and 'header' go with the formats 'csv' and 'tsv'")
    if (format === 'json-document') return new DocumentFeed(this.documentEngine(options))
    if (!FORMATS.has(format)) throw new InputError('bad_option', "'format' takes 'auto', 'json', 'text', 'json-document', 'csv' or 'tsv'")
    return new LineFeed(this.lines({ ...options, format }))
  }

  lines(options: LineOptions = {}): LineEngine {
    this.open()
    const masker = this
    const writer = new Writer()
    const format = options.format ?? 'auto'
    const counter = options.counter ?? { line: 0 }
    const { explain, onFinding = this.onFinding } = options
    const watched = explain !== undefined || onFinding !== undefined
    const observe = (): void => masker.observe(explain, onFinding, () => counter.line)
    let partial: readonly Buffer[] | undefined
    let failedAt = 0
    let gone: number[] = []
    /** What began in a line and goes on in the next one. */
    let block: Block | undefined
    // of the block at hand
    let buf: Buffer = NO_BYTES
    let end = 0
    const flow = { writer, copied: 0 }
    /** What became of the line at [start, stop) goes to the writer. */
    const put: Put = (start, stop, done) => {
      if (done === undefined) {
        if (masker.hits.count > 0) flow.copied = splice(buf, stop, masker.hits, flow.copied, writer)
        return
      }
      writer.copy(buf, flow.copied, start)
      if (done.length > 0) {
        for (const piece of done) writer.put(piece)
        flow.copied = stop
      } else {
        gone.push(start)
        flow.copied = Math.min(stop + 1, end)
      }
    }
    return {
      maxRecordBytes: this.policy.max_record_bytes,
      oversizeKeep: this.policy.on_oversize === 'drop' ? 0 : this.policy.on_oversize === 'text' ? Number.POSITIVE_INFINITY : OVERSIZE_HEAD + OVERSIZE_SLACK,
      get partial() {
        return partial
      },
      get failedAt() {
        return failedAt
      },
      get gone() {
        return gone
      },
      get open() {
        return block !== undefined
      },
      block(bytes) {
        partial = undefined
        failedAt = 0
        if (gone.length > 0) gone = []
        masker.begin()
        // what fails before a line is begun fails at the first
        masker.lineStart = 0
        // what was handed out for the block before is written by now (see LineEngine): its memory serves again
        const skim = format === 'text' || watched ? undefined : masker.skimmer()
        writer.recycle(Math.min(bytes.length + (bytes.length >> 3) + 8192, 1 << 21), skim?.lend(writer))
        observe()
        buf = bytes
        end = bytes.length
        if (end > 0 && bytes[end - 1] !== 0x0a) {
          buf = Buffer.allocUnsafeSlow(end + 1)
          bytes.copy(buf)
          buf[end] = 0x0a
        }
        flow.copied = 0
        masker.block = block
        try {
          masker.sweep(buf, end, format, skim, flow, put, counter)
          block = masker.block
        } catch (error) {
          failedAt = masker.lineStart
          writer.copy(buf, flow.copied, failedAt)
          partial = writer.take()
          // whoever goes on behind the line goes on with what had begun by then
          block = masker.block
          throw error
        } finally {
          masker.block = undefined
        }
        masker.nIn += end
        const { copied } = flow
        if (copied === 0) {
          const rest = writer.take()
          if (rest.length === 0) {
            masker.nOut += end
            return [bytes]
          }
          writer.copy(buf, copied, end)
          const tail = writer.take()
          return masker.out([...rest, ...tail])
        }
        writer.copy(buf, copied, end)
        return masker.out(writer.take())
      },
      border() {
        block = undefined
      },
      oversize(head, bytes, terminator) {
        masker.begin()
        block = undefined
        counter.line++
        masker.nLines++
        masker.nIn += bytes + terminator.length
        masker.count('oversize')
        observe()
        try {
          if (masker.policy.on_oversize === 'drop') return []
          const pieces = masker.policy.on_oversize === 'text' ? masker.oversizeText(head, head.length) : [masker.truncated(head, bytes)]
          return pieces.length === 0 ? [] : masker.out([...pieces, terminator])
        } finally {
          masker.observe(undefined)
          masker.busy = false
        }
      },
      end() {
        return []
      },
      buffers: (size) => (format === 'text' || watched ? undefined : masker.skimmer()?.buffers(size)),
    }
  }

  /** Masks the lines in the first `end` bytes of a buffer; those that do not stay as they are go to `put`. Ends what `begin` began. */
  private sweep(buf: Buffer, end: number, format: 'auto' | 'json' | 'text', skim: Skim | undefined, flow: Flow, put: Put, counter: { line: number }): void {
    this.touchedLine = (start, stop) => {
      this.lineStart = start
      this.lineEnd = stop
      this.finishing = true
      this.closeSkimmed(buf, start, stop)
      put(start, stop, this.finished(buf, start, stop))
      this.finishing = false
    }
    skim?.load(buf)
    let pos = 0
    try {
      while (pos < end) {
        if (skim !== undefined) {
          const from = pos
          pos = this.skimmed(skim, buf, pos, flow)
          if (pos > from) this.block = undefined
          counter.line += this.settledLines
          if (pos >= end) break
        }
        counter.line++
        const start = pos
        const done = this.crash ?? this.line(buf, pos, end, format, counter.line)
        this.crash = undefined
        pos = this.lineEnd
        put(start, pos, done)
        pos++
      }
    } finally {
      this.observe(undefined)
      this.touchedLine = undefined
      this.crash = undefined
      this.finishing = false
      if (skim !== undefined) this.nMasked += skim.tallied()
      this.busy = false
    }
  }

  // ---------------------------------------------------------------------------------------------- rows and documents

  private recordEngine(options: FeedOptions, rows: boolean): RecordEngine {
    const masker = this
    // nothing is written here: what is found is brought back to where the records stood
    const flow = { writer: new Writer(), copied: 0 }
    const { explain, onFinding = this.onFinding, counter = { line: 0 } } = options
    const watched = explain !== undefined || onFinding !== undefined
    return {
      policy: this.policy,
      tellsLines: watched || this.policy.on_unparsable === 'quarantine',
      counter,
      hits: this.hits,
      room: (size) => this.skimmer()?.buffers(size)?.[0] ?? Buffer.allocUnsafeSlow(size),
      mask(json, put, locate) {
        masker.begin()
        masker.lineStart = 0
        masker.rows = masker.walker.columns = rows
        masker.locate = locate
        masker.observe(explain, onFinding)
        // lines of the input, which `counter` counts, are not those in the buffer
        try {
          masker.sweep(json, json.length, 'json', watched ? undefined : masker.skimmer(), flow, put, { line: 0 })
        } finally {
          masker.rows = masker.walker.columns = false
          masker.locate = undefined
        }
      },
      get failedAt() {
        return masker.lineStart
      },
      count: (code) => this.count(code),
      tally(bytesIn, bytesOut, records = 0) {
        masker.nIn += bytesIn
        masker.nOut += bytesOut
        masker.nLines += records
      },
    }
  }

  private rowEngine(options: FeedOptions): RowEngine {
    const engine = this.recordEngine(options, true)
    const { plan } = this.compiled
    let names: readonly string[] = []
    let root: Scope | undefined
    const { mask } = engine
    return Object.assign(engine, {
      mask(json: Buffer, put: Put, locate: Locate) {
        // the cache of scopes began anew, or has none of this table yet
        if (plan.root !== root) for (const name of names) plan.column(name)
        root = plan.root
        mask(json, put, locate)
      },
      columns: (cells: Parameters<RowEngine['columns']>[0], line: number) => {
        names = cells.map(({ text }) => text.toString())
        root = undefined
        return this.columns(cells, line, options.explain, options.onFinding ?? this.onFinding)
      },
      verify: this.policy.verify ? this.compiled.verify : undefined,
      verifyHit: () => this.verifyHit(),
      unreadable: (bytes: number, line: number, raw?: Uint8Array) => {
        this.count('not_csv')
        if (this.policy.on_unparsable === 'quarantine') this.holdBack({ serial: ++this.quarantined, line, bytes, code: 'not_csv' }, raw)
        return this.policy.on_unparsable === 'text'
      },
    })
  }

  private documentEngine(options: FeedOptions): DocumentEngine {
    const engine = this.recordEngine(options, false)
    const { explain, onFinding } = options
    return Object.assign(engine, { lines: this.lines({ explain, onFinding, counter: engine.counter }) })
  }

  /** What detectors find in the names of columns is masked where they stand, once; rules know a column by its name as it was. */
  private columns(cells: Parameters<RowEngine['columns']>[0], line: number, explain: LineOptions['explain'], onFinding: LineOptions['onFinding']): readonly (string | undefined)[] {
    this.begin()
    try {
      const { plan } = this.compiled
      this.reset()
      plan.trim()
      this.nLines++
      const names = cells.map(({ text }) => text.toString())
      const taken = namesOf(names)
      const out = names.map((name) => {
        const scope = plan.column(name)
        if (!scope.keyHit) return undefined
        const masked = this.texts.scan(scope, name, this.textAccess, true)
        if (masked !== name) this.survey?.column(scope)
        return masked === name ? undefined : freeName(taken, masked)
      })
      this.settleErrors()
      if (this.state.failure !== undefined) throw this.state.failure
      this.state.commit()
      out.forEach((name, i) => {
        if (name === undefined) return
        this.nMasked++
        const { start, end } = cells[i]!
        explain?.({ line, path: '*', where: 'key', start, end, length: end - start, decision: 'mask' })
        if (onFinding !== undefined) this.tellFinding(onFinding, { line, path: '*', where: 'key', length: end - start })
      })
      return out
    } finally {
      this.busy = false
    }
  }

  private out(pieces: Buffer[]): Buffer[] {
    for (const p of pieces) this.nOut += p.length
    return pieces
  }

  /** Offset of the terminator (or the end) of the line handled last, and its start. */
  private lineEnd = 0
  private lineStart = 0

  /** Masks one line. Undefined: splice `hits`; else the line becomes these pieces (none: it goes, terminator included). */
  private line(buf: Buffer, start: number, end: number, format: 'auto' | 'json' | 'text', number: number): readonly Buffer[] | undefined {
    this.nLines++
    this.lineStart = start
    if (this.block !== undefined) {
      this.lineEnd = lineEnd(buf, start, end)
      const carriageReturn = this.lineEnd > start && buf[this.lineEnd - 1] === 0x0d
      const stopText = carriageReturn ? this.lineEnd - 1 : this.lineEnd
      if (this.blockLine(buf, start, stopText)) return this.finishedText(buf, start, stopText, carriageReturn)
      this.block = undefined
    }
    let stop = INVALID
    if (format !== 'text') {
      const c = buf[start]!
      if (MAY_BE_JSON[c] === 1) {
        try {
          stop = this.record(buf, start, end, false)
        } catch (error) {
          this.lineEnd = lineEnd(buf, start, end)
          return withReturn(this.crashed(error, buf, start, this.lineEnd), this.lineEnd > start && buf[this.lineEnd - 1] === 0x0d)
        }
      }
    }
    if (stop >= 0) {
      this.lineEnd = stop
      this.nRecords++
      const carriageReturn = stop > start && buf[stop - 1] === 0x0d
      const length = stop - start - (carriageReturn ? 1 : 0)
      // how long a row is was decided where it stood
      if (length > this.policy.max_record_bytes && !this.rows) return withReturn(this.tooLarge(buf.subarray(start, start + length), length), carriageReturn)
      this.survey?.record(buf, start, stop)
      return this.finished(buf, start, stop)
    }
    this.lineEnd = lineEnd(buf, start, end)
    // never: a row is written down as JSON
    if (this.rows) return this.crashed(undefined, buf, start, this.lineEnd)
    let stopText = this.lineEnd
    if (stopText > start && buf[stopText - 1] === 0x0d) stopText--
    if (stop === TOO_DEEP) return withReturn(this.tooDeep(buf, start, this.lineEnd), stopText < this.lineEnd)
    if (blank(buf, start, this.lineEnd)) {
      this.hits.clear()
      return undefined
    }
    if (stopText - start > this.policy.max_record_bytes) return withReturn(this.tooLarge(buf.subarray(start, stopText), stopText - start), stopText < this.lineEnd)
    this.nText++
    if (this.policy.on_unparsable !== 'text' && format !== 'text') {
      this.unparsable(buf, start, stopText, this.locate?.(start, start)?.line ?? number)
      return []
    }
    if (format === 'json') this.count('not_json')
    const whole = this.textLine(buf, start, stopText)
    if (whole !== undefined) return whole.replacement === undefined ? [] : withReturn([whole.replacement], stopText < this.lineEnd)
    this.openBlock(buf, start, this.texts.unfinished?.start ?? 0)
    return this.finishedText(buf, start, stopText, stopText < this.lineEnd)
  }

  /** What becomes of a line of text that was scanned: as `line`. */
  private finishedText(buf: Buffer, start: number, stop: number, carriageReturn: boolean): readonly Buffer[] | undefined {
    this.settleErrors()
    if (this.state.failure !== undefined) throw this.state.failure
    if (this.state.drop) {
      this.count('dropped')
      return []
    }
    if (this.policy.verify) return withReturn(this.verifyLine(buf, start, stop), carriageReturn)
    this.countHits()
    return undefined
  }

  /** A match that the text line just scanned ends in may go on in the next ones; what stands in [start, stop) may be before those too. */
  private openBlock(buf: Buffer, start: number, stop: number): void {
    const { unfinished } = this.texts
    this.block = unfinished === undefined ? undefined : { action: unfinished.action, lines: unfinished.lines(Uint8Array.prototype.slice.call(buf, start, stop)) }
  }
  /** What began in a line of text and goes on in the one at hand. */
  private block: Block | undefined

  /** Masks a line in which a match goes on; false: it does not. Around it the line is scanned like any other. */
  private blockLine(buf: Buffer, start: number, stop: number): boolean {
    const { action, lines } = this.block!
    const part = lines.next(buf, start, stop)
    if (part === undefined) return false
    const { hits, state, texts, textAccess } = this
    hits.clear()
    state.next()
    this.compiled.nestedErrors.length = 0
    this.nText++
    texts.line(buf, start, part.from, textAccess, hits, this.lineObserver)
    texts.goOn(action, buf, part.from, part.to, textAccess, hits, this.lineObserver)
    if (part.last) {
      texts.line(buf, part.to, stop, textAccess, hits, this.lineObserver)
      this.openBlock(buf, start, part.from)
    }
    return true
  }

  /** What becomes of a record that was walked: as `line`. */
  private finished(buf: Buffer, start: number, stop: number): readonly Buffer[] | undefined {
    const { state } = this
    if (state.errors.length > 0 || this.compiled.nestedErrors.length > 0) this.settleErrors()
    if (state.failure !== undefined) throw state.failure
    if (state.drop || this.walker.recordRemoved) {
      this.count('dropped')
      return []
    }
    if (this.policy.verify && !this.rows) return this.verifyLine(buf, start, stop).map((line) => this.stamped(line))
    this.countHits()
    return this.stamp === undefined || this.rows ? undefined : [this.stamped(this.spliced(buf, start, stop))]
  }
  /** The lines are rows of CSV: what stands for one that fails, and the last look at a finished one, are the feed's. */
  private rows = false
  /** Where the lines at hand come from, when they were none. */
  private locate: Locate | undefined

  // ---------------------------------------------------------------------------------------------- the skim

  private skim: Skim | undefined
  private skimTried = false
  /** Takes a line in which the skim had the walker do something. */
  private touchedLine: ((start: number, stop: number) => void) | undefined
  /** What becomes of the line that the skim broke off in, where a mask let an error through. */
  private crash: readonly Buffer[] | undefined

  private skimmer(): Skim | undefined {
    const { plan } = this.compiled
    // it would pass over what a survey wants to see
    if (this.survey !== undefined || this.stamp !== undefined) return undefined
    if (!this.skimTried) {
      this.skimTried = true
      const host = {
        begin: () => this.reset(),
        open: () => void (this.opened = this.compiled.applier.openDocuments(plan.root, this.walker)),
        line: (start: number, stop: number) => this.touchedLine?.(start, stop),
      }
      // under a key that changes nothing may be kept in the module
      this.skim = Skim.create(plan, this.walker, host, this.memo.on && !this.onlyJson)
    }
    plan.trim()
    return this.skim
  }

  /** The skim goes on from `pos` in `buf`; returns where it left off. */
  private skimmed(skim: Skim, buf: Buffer, pos: number, flow: Flow): number {
    try {
      return skim.run(pos, flow)
    } catch (error) {
      const start = skim.lineStart()
      this.lineStart = start
      // what a line that is complete throws is meant for the caller
      if (this.finishing) throw error
      this.nLines++
      this.lineEnd = lineEnd(buf, start, buf.length)
      this.crash = withReturn(this.crashed(error, buf, start, this.lineEnd), this.lineEnd > start && buf[this.lineEnd - 1] === 0x0d)
      return start
    } finally {
      const n = skim.settled()
      this.settledLines = n
      this.nLines += n
      this.nRecords += n
    }
  }
  private settledLines = 0
  /** A complete line is on its way to the writer. */
  private finishing = false

  private verifyLine(buf: Buffer, start: number, stop: number): Buffer[] {
    this.countHits()
    const writer = new Writer()
    writer.size = stop - start + 1024
    const copied = splice(buf, stop, this.hits, start, writer)
    writer.copy(buf, copied, stop)
    const out = Buffer.concat([...writer.take(), Buffer.from([0x0a])])
    return [this.verified(out, out.length - 1)]
  }

  // ---------------------------------------------------------------------------------------------- explain, stats

  private survey: Survey | undefined

  /** From here on a survey is told of every record and line, and of what is found in them. */
  surveyed({ pairs, keyFacts, survey }: Builtins, maxLines: number): Survey {
    const { plan } = this.compiled
    const keys = new Scanner(plan, undefined, [])
    const pair = survey.newPair()
    const knowledge: Knowledge = {
      ...survey,
      keyFacts,
      inKey(bytes) {
        if (keys.scan(plan.root.detect, bytes, 0, bytes.length, false, true, []) === 0) return undefined
        const [first] = keys.refs
        return first !== undefined && 'detector' in first ? first.detector.name : undefined
      },
      pair,
      readPair: (text, start, end, at) => pairs.key(text, start, end, at, pair),
      endPair: (text, end) => pairs.finish(text, end, pair),
      nested: plan.decodesJson,
    }
    this.survey = new Survey(knowledge, maxLines)
    this.observe(undefined)
    return this.survey
  }

  /** A rule masks what stands under this key, wherever it does, and what it gives is not always the same. */
  ruledByKey(key: string): boolean {
    const { plan } = this.compiled
    return plan.child(plan.root, key).targets.some(({ constantToken }) => constantToken === undefined)
  }

  /** A record by itself begins, whose findings are told. */
  private observeRecord(to: NonNullable<MaskerOptions['onFinding']>): void {
    this.lineStart = 0
    this.observe(undefined, to)
  }

  private tellFinding(to: NonNullable<MaskerOptions['onFinding']>, finding: Omit<FindingEvent, 'time' | 'ruleset' | 'serial'>): void {
    try {
      to({ time: new Date().toISOString(), ruleset: this.name, serial: this.serial, ...finding })
    } catch {
      // the caller's own: masking goes on
      this.count('finding_failed')
    }
  }

  private observe(explain: LineOptions['explain'], onFinding?: LineOptions['onFinding'], line?: () => number): void {
    const { survey } = this
    if (survey !== undefined) {
      // what a check has rejected was not found
      this.services.observe = ({ scope, where, detector, start, decision }) => void (decision === 'mask' && survey.found(scope, where === 'key', detector, start))
      this.lineObserver = (_rule, detector, _score, start, _end, because) => void (because?.kept !== true && survey.found(undefined, false, detector, start))
      return
    }
    if (explain === undefined && onFinding === undefined) {
      if (this.services.observe !== undefined) {
        this.services.observe = undefined
        this.lineObserver = undefined
        this.compiled.plan.explaining = false
      }
      return
    }
    const { plan } = this.compiled
    plan.explaining = true
    /** Line and offsets as they are told; undefined: what was found is no part of the input. */
    const at = (start: number, end: number): { line?: number; start: number; end: number } | undefined => {
      if (this.locate !== undefined) return this.locate(start, end)
      const from = this.lineStart
      return { ...(line === undefined ? {} : { line: line() }), start: start - from, end: end - from }
    }
    const tell = (f: Found): void => {
      const place = at(f.start, f.end)
      if (place === undefined) return
      const length = place.end - place.start
      const by = {
        where: f.where,
        ...(f.rule === undefined ? {} : { rule: f.rule }),
        ...(f.detector === undefined ? {} : { detector: f.detector }),
        ...(f.score === undefined ? {} : { score: f.score }),
      }
      const on = place.line === undefined ? {} : { line: place.line }
      explain?.({ ...on, path: f.scope?.path() ?? '', ...by, start: place.start, end: place.end, length, decision: f.decision, ...told(f.because) })
      if (onFinding !== undefined && f.decision === 'mask') this.tellFinding(onFinding, { ...on, path: f.scope === undefined ? '' : plan.errorPath(f.scope), ...by, length })
    }
    this.services.observe = tell
    this.lineObserver = (rule, detector, score, start, end, because) =>
      tell({ scope: undefined, where: 'line', rule, detector, score, start, end, decision: because?.kept === true ? 'keep' : 'mask', because })
  }

  explain(record: unknown): Finding[] {
    this.open()
    const out: Finding[] = []
    // before the work begins: a value may have getters
    const bytes = typeof record === 'string' ? Buffer.from(record) : record instanceof Uint8Array ? Buffer.from(record) : Buffer.from(asJson(record))
    const buf = Buffer.concat([bytes, Buffer.from([0])])
    this.begin()
    this.lineStart = 0
    this.observe((f) => out.push(f))
    try {
      this.single(buf, bytes.length)
    } catch {
      // under `fail` the findings so far are the answer
    } finally {
      this.observe(undefined)
      this.busy = false
    }
    return out
  }

  stats(): Stats {
    this.tally()
    const byRule: Record<string, number> = Object.create(null) as Record<string, number>
    const byDetector: Record<string, number> = Object.create(null) as Record<string, number>
    const maskedBy: MaskedCount[] = []
    for (const { name: rule, masked: count } of this.compiled.rules) if (count > 0) addCount(maskedBy, { rule, count })
    for (const { rule, detector, masked: count } of this.compiled.actions) if (count > 0) addCount(maskedBy, { rule: rule.name, detector: detector.name, count })
    for (const rule of this.compiled.rules) if (rule.masked > 0) byRule[rule.name] = (byRule[rule.name] ?? 0) + rule.masked
    for (const action of this.compiled.actions) {
      if (action.masked === 0) continue
      byDetector[action.detector.name] = (byDetector[action.detector.name] ?? 0) + action.masked
      byRule[action.rule.name] = (byRule[action.rule.name] ?? 0) + action.masked
    }
    const unknown = this.compiled.plan.unknownCounter.masked
    if (unknown > 0) {
      byRule['unknown_fields'] = unknown
      addCount(maskedBy, { rule: 'unknown_fields', count: unknown })
    }
    return {
      ruleset: this.name,
      serial: this.serial,
      lines: this.nLines,
      records: this.nRecords,
      textLines: this.nText,
      bytesIn: this.nIn,
      bytesOut: this.nOut,
      masked: this.nMasked,
      byRule,
      byDetector,
      maskedBy,
      errors: Object.fromEntries(this.errors),
    }
  }

  /** Adds up what the skim has counted in records that it put out. */
  private tally(): void {
    if (this.skim !== undefined) this.nMasked += this.skim.tallied()
  }

  close(): void {
    if (this.busy) throw new InputError('bad_option', 'the masker is at work: nothing that it calls may close it')
    this.closed = true
    this.tally()
    this.memo.clear()
    this.fieldMasker?.wipe()
    if (!this.keyShared) zero(this.key)
    this.known?.wipe()
    this.scratch.fill(0)
    wipeReadings()
    wipeShortText()
    this.skim?.close()
    this.skim = undefined
    this.shadow?.close()
    this.shadow = undefined
  }
}

/** What explain says of a detector's finding. */
function told(because: Because | undefined): Pick<Finding, 'group' | 'tier' | 'reasons' | 'absorbed_by'> {
  if (because === undefined) return {}
  const { info, reasons, absorbedBy } = because
  return { ...(info.group === undefined ? {} : { group: info.group }), tier: info.tier, reasons, ...(absorbedBy === undefined ? {} : { absorbed_by: absorbedBy }) }
}

/** Adds a count to those of its rule and detector. */
export function addCount(to: MaskedCount[], more: MaskedCount): void {
  const at = to.findIndex(({ rule, detector }) => rule === more.rule && detector === more.detector)
  if (at < 0) to.push(more)
  else to[at] = { ...more, count: to[at]!.count + more.count }
}

function isSpace(c: number | undefined): boolean {
  return c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09
}

/** A writer whose buffers have that size. */
function writerOf(size: number): Writer {
  const writer = new Writer()
  writer.size = size
  return writer
}

const NO_BYTES = Buffer.alloc(0)
const FORMATS: ReadonlySet<string> = new Set(['auto', 'json', 'text'])

/** First bytes of a line that JSON can begin with; white space and the first byte of a BOM among them. */
const MAY_BE_JSON = new Uint8Array(256)
for (const c of '{["-0123456789tfn \t\r\u00ef') MAY_BE_JSON[c.charCodeAt(0)] = 1

function lineEnd(buf: Buffer, start: number, end: number): number {
  const at = buf.indexOf(0x0a, start)
  return at < 0 || at > end ? end : at
}

function withReturn(pieces: Buffer[], carriageReturn: boolean): Buffer[] {
  return carriageReturn && pieces.length > 0 ? [...pieces, Buffer.from('\r')] : pieces
}

function blank(buf: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const c = buf[i]!
    if (c !== 0x20 && c !== 0x09 && c !== 0x0d && c !== 0x0a) return false
  }
  return true
}

/** White space and ASCII punctuation that cannot be inside a token. */
function isCut(c: number): boolean {
  return c <= 0x20 || c === 0x2c || c === 0x3b || c === 0x7b || c === 0x7d || c === 0x5b || c === 0x5d || c === 0x28 || c === 0x29
}

/** A value as JSON text, whatever it is; JSON.stringify would name keys and classes in its errors. */
function asJson(value: unknown): string {
  try {
    return writeValue(toValue(value, 1000) ?? null)
  } catch {
    throw new InputError('bad_option', 'a value that JSON cannot hold cannot be explained')
  }
}

/** Does a number look like a level or a time? A minimal record is not masked, and under these names may stand a card number. */
function harmless(name: string, number: string): boolean {
  return name === 'level' ? /^-?\d{1,6}$/.test(number) : /^(\d{1,8}|1\d{9}(\d{3}){0,3})(\.\d{1,9})?$/.test(number)
}

function minimalValue(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return FAILED
  const out: Record<string, unknown> = {}
  for (const name of ['level', 'time']) {
    try {
      const v: unknown = (value as Record<string, unknown>)[name]
      if (typeof v === 'number' && harmless(name, String(v))) out[name] = v
    } catch {
      // a getter that throws has nothing to say
    }
  }
  out['msg'] = FAILED
  return out
}
