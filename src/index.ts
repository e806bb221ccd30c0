/**
 * mask-logs: masks sensitive data in logs and telemetry before it reaches any sink.
 *
 * ```ts
 * import { createMasker } from 'mask-logs'
 * const masker = createMasker('mask-logs:default', { runSecret: process.env.MASK_LOGS_RUN_SECRET })
 * masker.json('{"msg":"mail for bob@shop.example"}')
 * ```
 * @module
 */
import type { Writable } from 'node:stream'
import { compileKnownSecrets, createPair, detectors, finders, finishPair, isCommon, isMasked, keyed, keyFacts, looksRandom, pairTriggers, recogniseKey } from './detectors/index.ts'
import { createNamesFinder, createNamesGate, nameDetectors } from './detectors/names/index.ts'
import { makeTextTagging } from './detectors/names/tagging.ts'
import type { TaggingOptions, TextTagging } from './detectors/names/tagging.ts'
import { createMaskedWritable } from './stream.ts'
import { makeLiveMasker } from './live.ts'
import type { LiveMasker, LiveOptions } from './live.ts'
import { makeConverted, makeDiscovery, makeMasker, makeRequestMasker, makeTested } from './masker.ts'
import type { Builtins, ConvertOptions, Discovery, DiscoveryOptions, Masker, MaskerOptions, RequestMasker, RequestMaskerOptions, RulesetInput } from './masker.ts'
import { masks } from './masks/index.ts'
import { readNamesModel } from './ruleset/files.ts'
import type { Converted } from './ruleset/convert.ts'
import { pinoRedactYaml } from './ruleset/pino-redact.ts'
import type { PinoRedact } from './ruleset/pino-redact.ts'
import { textOf } from './prometheus.ts'
import type { PrometheusOptions, PrometheusStats } from './prometheus.ts'
import { makeFindings, makeQuarantine } from './sinks.ts'
import type { FindingsOptions, FindingsSink, QuarantineSink } from './sinks.ts'
import { rulesetJsonSchema as schemaOf } from './ruleset/schema.ts'
import type { RulesetTestResult } from './ruleset/test-run.ts'

const builtins: Builtins = {
  masks,
  finders: [...finders, createNamesFinder(readNamesModel)],
  detectors: [...detectors, ...nameDetectors],
  pairs: { triggers: pairTriggers, key: recogniseKey, finish: finishPair },
  keyFacts,
  keyed,
  survey: { looksRandom, isCommon, isMasked, newPair: createPair },
  knownSecrets: compileKnownSecrets,
}

/**
 * Compiles a ruleset and binds it to a run secret. Synchronous.
 *
 * `ruleset` is `mask-logs:<name>`, a file path, YAML text (it contains a newline), a parsed object, or a list of these,
 * later ones stronger; without it the built-in `default` is in force. Throws RulesetError with every issue found, or
 * InputError for an option, file or secret that cannot be used. Nothing in them is data.
 *
 * @example createMasker('mask-logs:default').text('card 4111 1111 1111 1111')
 */
export function createMasker(ruleset?: RulesetInput | readonly RulesetInput[], options: MaskerOptions = {}): Masker {
  return makeMasker(builtins, ruleset, options)
}

/**
 * Compiles a ruleset for a server: run secrets and hash inputs come with each request, and changing them costs next to nothing. Keys
 * come from a `Keyring`; records are JSON, and what is none is an error. Throws what createMasker throws.
 *
 * @example const masker = createRequestMasker('mask-logs:pii'); masker.use(new Keyring().key(secret)); masker.record(bytes)
 */
export function createRequestMasker(ruleset?: RulesetInput | readonly RulesetInput[], options: RequestMaskerOptions = {}): RequestMasker {
  return makeRequestMasker(builtins, ruleset, options)
}

/**
 * A masker whose ruleset can be replaced while it works: by `reload`, or with `watch: true` when its files change. A new version is
 * loaded, checked and compiled before it stands in, as a whole and between two records or lines; when anything is wrong with it the
 * version in force stays. The run secret stays what it was, and so does the random key that is taken without one. Takes and throws
 * what createMasker does.
 *
 * @example createLiveMasker('./rules.yaml', { watch: true, onReload: ({ ok, serial }) => console.error(ok, serial) })
 */
export function createLiveMasker(ruleset?: RulesetInput | readonly RulesetInput[], options: LiveOptions = {}): LiveMasker {
  return makeLiveMasker(builtins, ruleset, options)
}

/**
 * Runs the `tests` of a ruleset (those of the files given, not of what they extend) under the published run secret
 * `TEST_RUN_SECRET`, or under that of the options. Throws what createMasker throws.
 *
 * @example testRuleset('./rules.yaml').every((test) => test.ok)
 */
export function testRuleset(ruleset: RulesetInput | readonly RulesetInput[], options: MaskerOptions = {}): RulesetTestResult[] {
  return makeTested(builtins, ruleset, options)
}

/**
 * Converts a database or file ruleset (one with `tasks`; a path, or YAML text with a newline) to in-flight rulesets, one for
 * each task that masks, with a report of what was left out. Throws RulesetError, or InputError for a file that cannot be read.
 *
 * @example convertRuleset('./database.yaml').rulesets.map((ruleset) => ruleset.name)
 */
export function convertRuleset(ruleset: string, options: ConvertOptions = {}): Converted {
  return makeConverted(builtins, ruleset, options)
}

/**
 * Looks at a sample: what kinds of sensitive data stand at which paths, which other places deserve a look, and a ruleset for them.
 * No value is kept or told. Put the sample through `masker`, then ask for the report.
 *
 * @example const found = createDiscovery(); found.masker.json('{"mail":"bob@shop.example"}'); found.report().findings
 */
export function createDiscovery(options: DiscoveryOptions = {}): Discovery {
  return makeDiscovery(builtins, options)
}

/**
 * Masks texts with a model of your own, asynchronously, beside a masker: give it what the masker hands on. Texts that may hold a
 * name are sent, in batches; one that is not answered in time, or wrongly, or that finds the queue full, is replaced whole, or
 * handed on under `onFailure: 'skip'`.
 *
 * @example await createTextTagging({ tagger }).text(masker.text('Please call Maria Schneider'))
 */
export function createTextTagging(options: TaggingOptions): TextTagging {
  return makeTextTagging(options, () => createNamesGate(readNamesModel))
}

/** The ruleset of `fromPinoRedact` as YAML text. Throws what that throws. */
export function convertPinoRedact(redact: PinoRedact): string {
  return pinoRedactYaml(redact)
}

/**
 * A Writable that masks lines on their way to another one: for loggers that take a stream (winston, bunyan, `console.Console`, whatever
 * writes to stderr). Lines are put together from writes cut anywhere; what has no newline yet waits for it, for the end, or for the end of
 * the process. A line that cannot be masked never passes: by the policy it is replaced, dropped, or (`fail`) the stream is destroyed.
 * `end` does not end the destination unless `endDestination` is set. Throws what createMasker throws.
 *
 * @example new Console(maskWritable(process.stdout), maskWritable(process.stderr))
 */
export function maskWritable(destination: Writable, options: MaskWritableOptions = {}): Writable {
  const { ruleset, endDestination = false, ...rest } = options
  const masker = createLiveMasker(ruleset, rest)
  return createMaskedWritable(masker.feed(), destination, endDestination, () => masker.close())
}

/** Options of maskWritable: those of createLiveMasker, and the ruleset. */
export interface MaskWritableOptions extends LiveOptions {
  readonly ruleset?: RulesetInput | readonly RulesetInput[] | undefined
  /** End the destination too (default false: it may be stdout). */
  readonly endDestination?: boolean | undefined
}

/**
 * The counters of `stats()` in the text format of Prometheus (0.0.4), which OpenMetrics readers take too: one text, always in the same
 * order. Labels are names of rules and detectors, and codes. Serve it as `PROMETHEUS_TYPE`.
 *
 * @example response.setHeader('content-type', PROMETHEUS_TYPE).end(prometheusText(masker.stats()))
 */
export function prometheusText(stats: PrometheusStats, options: PrometheusOptions = {}): string {
  return textOf(stats, options)
}

/**
 * Opens a stream of findings for a SIEM: a path (appended to; made with mode 0600), or a descriptor. One JSON object a line, without
 * values. Masking does not wait for it: what a slow reader of a pipe leaves is dropped beyond `maxPendingBytes`, counted, and told in the
 * stream as `{"time":...,"dropped":n}`. Throws InputError where it cannot be opened.
 *
 * @example createMasker('./rules.yaml', { onFinding: openFindings('findings.ndjson', { source: 'api' }).write })
 */
export function openFindings(to: string | number, options: FindingsOptions = {}): FindingsSink {
  return makeFindings(to, options)
}

/**
 * Opens a file for notes of records held back under `on_unparsable: quarantine` (appended to; made with mode 0600), one JSON object a line.
 * With `raw: true` (and `quarantineRaw` of the masker) it holds the records as they came, as base64, and is as sensitive as they are: a
 * file that others may read is refused. Throws InputError where it cannot be opened.
 *
 * @example createMasker('./rules.yaml', { quarantine: openQuarantine('held-back.ndjson').write })
 */
export function openQuarantine(path: string, options: { readonly raw?: boolean | undefined } = {}): QuarantineSink {
  return makeQuarantine(path, options.raw === true)
}

/** The JSON Schema (draft 2020-12) of rulesets, from the same tables as the checks. */
export function rulesetJsonSchema(): object {
  return schemaOf(masks, builtins.detectors)
}

export { fromPinoRedact } from './ruleset/pino-redact.ts'
export type { PinoRedact, PinoRuleset } from './ruleset/pino-redact.ts'
export { formatIssue, InputError, MaskError, RulesetError } from './errors.ts'
export type { InputErrorCode, Issue, IssueCode, MaskErrorCode } from './errors.ts'
export { Keyring } from './engine/keyed.ts'
export type { RunKey } from './engine/keyed.ts'
export { BUILTIN_NAMES, builtinRuleset } from './ruleset/files.ts'
export { nearest } from './ruleset/nearest.ts'
export { compileRegex } from './ruleset/regex.ts'
export { readSeedTable } from './seeds/load.ts'
export { NumberText, REMOVED } from './engine/types.ts'
export type {
  AiEngine,
  AiLabel,
  AiSpan,
  CustomDetector,
  DetectorInfo,
  Draws,
  MaskContext,
  MaskDefinition,
  MaskExample,
  MaskNode,
  MaskTools,
  OptionSpec,
  Policy,
  Reason,
  Scalar,
  Segment,
  Value,
  ValueMasker,
} from './engine/types.ts'
export { LineFeed } from './lines.ts'
export type { Feed, LineEngine, Pieces, Remark } from './lines.ts'
export type { TaggedSpan, TaggingFailure, TaggingOptions, TaggingStats, TextTagger, TextTagging } from './detectors/names/tagging.ts'
export type { Hold, LiveMasker, LiveOptions, LiveStats, ReloadEvent } from './live.ts'
export { PROMETHEUS_TYPE } from './prometheus.ts'
export type { PrometheusOptions, PrometheusStats } from './prometheus.ts'
export type { FindingsOptions, FindingsSink, QuarantineSink } from './sinks.ts'
export type { KnownSecret } from './detectors/known-secret.ts'
export { fieldsOf, observedFieldsOf } from './masker.ts'
export { TEST_RUN_SECRET } from './ruleset/test-run.ts'
export type { Converted, ConvertedRuleset } from './ruleset/convert.ts'
export type { RuleOutline } from './ruleset/outline.ts'
export type { RulesetTestResult, TestProblem } from './ruleset/test-run.ts'
export type { DiscoveredFinding, DiscoveredPlace, DiscoveredSuggestion, DiscoveryReport } from './discover/report.ts'
export type {
  ConvertOptions,
  Discovery,
  DiscoveryOptions,
  FeedOptions,
  Finding,
  FindingEvent,
  LineOptions,
  MaskedCount,
  Masker,
  MaskerOptions,
  QuarantineNote,
  RequestMasker,
  RequestMaskerOptions,
  RulesetInput,
  Stats,
} from './masker.ts'
