// The contracts that everything else is written against. This file imports nothing.

// ------------------------------------------------------------------------------------------------ values

/** A JSON number by its spelling: masks never see it as a double, so 4823.50 and 64-bit integers survive. */
export class NumberText {
  /** The lexeme as received or produced, a valid JSON number. */
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** What a mask receives and returns. Objects are Maps (written order, any key is ordinary). */
export type Scalar = string | boolean | null | NumberText
export type Value = Scalar | readonly Value[] | ReadonlyMap<string, Value>

/** Returned by `remove`: the entry, array element or text match goes. */
export const REMOVED: unique symbol = Symbol('mask-logs.removed')
export type Removed = typeof REMOVED

/** True for objects and arrays. */
export function isContainer(value: Value): value is readonly Value[] | ReadonlyMap<string, Value> {
  return value !== null && typeof value === 'object' && !(value instanceof NumberText)
}

// ------------------------------------------------------------------------------------------------ keyed results

/** Draws of one mask on one value: deterministic under hash inputs, else from fresh random bytes. */
export interface Draws {
  /** An integer in [0, n), 1 <= n <= 2^53. `n = 1` takes nothing from the stream. */
  uniform(n: number): number
  /** The seed itself (32 bytes), for masks whose token is the encoded seed. Do not modify. */
  readonly seed: Uint8Array
}

/** What, beside the hash sources in force, selects a seed. */
export interface SeedSpec {
  /** Mask type; an alias counts as its target. */
  readonly family: string
  /** Seed file name for `from_file`, else empty. */
  readonly qualifier?: string
  /** The mask's `seed` option. */
  readonly namespace?: string
  /** Identity form of `self`: applied to the text of the value as received when `self` is a source. */
  readonly identity?: (text: string) => string
}

/** Handed to a mask with each value. */
export interface MaskContext {
  /** The selected value in the record as received, also in the middle of a chain. */
  readonly self: Value
  /** True when there are hash inputs in force: the same inputs give the same result. */
  readonly consistent: boolean
  /** Draws under the hash sources in force. Each call starts a stream of its own. */
  draws(spec: SeedSpec): Draws
  /** Seed over explicit inputs (permutations, prefixes): HMAC with the run key, never random. `null` inputs hash as null. */
  seedOf(family: string, qualifier: string, namespace: string, inputs: readonly (string | null)[]): Uint8Array
  /** `seedOf` under the `advance` in force; without it masks use `seedOf`. */
  advancedSeedOf?(family: string, qualifier: string, namespace: string, inputs: readonly (string | null)[]): Uint8Array
  /** Four characters that name the run key (`key_id: auto` of `pseudonym`). */
  keyId?(): string
  /** Stands for the run key: what a mask makes of the key alone it may keep in a WeakMap by it. */
  readonly keyIdentity?: object
  /** Canonical hash inputs of the sources in force other than `self`, in order. */
  otherInputs(): readonly (string | null)[]
  /** The moment the record is masked, ms since the epoch. */
  now(): number
  /**
   * In a transform of a `json` mask: the value at a path of its document, as it is at that moment; `"*"` is the key that the path
   * of the transform matched at the same place. Undefined: there is none.
   */
  documentValue?(path: readonly (string | number)[]): Value | undefined
  /**
   * A mask that replaces parts of a text says which ranges (UTF-16, flat) of its result it wrote: detection leaves them
   * alone. `sources` are the ranges of its input that they replaced, one for each, so that what earlier masks settled can
   * be followed.
   */
  settle?(ranges: readonly number[], sources?: readonly number[]): void
}

/** One compiled mask (or chain). Throws MaskError and nothing else. */
export type ValueMasker = (value: Value, context: MaskContext) => Value | Removed

// ------------------------------------------------------------------------------------------------ options of masks

interface OptionBase {
  readonly summary: string
  readonly required?: boolean
  /** Shown in docs and JSON Schema; masks apply their own default while compiling. */
  readonly default?: unknown
}

/** Shape of one option: the single source of the checks, the JSON Schema and the docs tables. */
export type OptionShape =
  | { readonly kind: 'string'; readonly minLength?: number; readonly maxLength?: number; readonly enum?: readonly string[] }
  | { readonly kind: 'character' } // exactly one code point
  | { readonly kind: 'integer'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'number'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'scalar' } // string, number, boolean or null, kept as is
  | { readonly kind: 'masks' } // list or mapping of masks
  | { readonly kind: 'regex' } // RE2 syntax, checked at load
  | { readonly kind: 'key_globs' } // list of key globs
  | { readonly kind: 'detectors' } // list of detector and group names
  | { readonly kind: 'detector' } // name of one detector, no group
  | { readonly kind: 'label' } // capital letters, digits and `_`, beginning with a letter
  | { readonly kind: 'hash_sources' }
  | { readonly kind: 'seed_file' }
  | { readonly kind: 'path_list' } // list of strings and integers, `"*"` is any key or index
  | { readonly kind: 'xpath' } // an expression of the XPath subset that selects elements
  | { readonly kind: 'list'; readonly of: OptionShape; readonly minItems?: number }
  | ({ readonly kind: 'object' } & OptionFields)
  | { readonly kind: 'any_of'; readonly of: readonly OptionShape[] }

/** Keys of an option that is a mapping, and which of them go together. */
export interface OptionFields {
  readonly fields: Readonly<Record<string, OptionSpec>>
  /** Of each group at most one key may stand. */
  readonly atMostOne?: readonly (readonly string[])[]
  /** Of each group at least one key must stand. */
  readonly atLeastOne?: readonly (readonly string[])[]
  /** A key that makes sense only beside one of these. */
  readonly needs?: Readonly<Record<string, readonly string[]>>
}

export type OptionSpec = OptionBase & OptionShape

/** A mask as written in a ruleset, checked. Nested `masks` options hold MaskNode[]. */
export interface MaskNode {
  /** Canonical type: aliases are resolved. */
  readonly type: string
  /** Checked options by name. Scalars: string, boolean, null, NumberText for numbers under kind `scalar`, JS numbers under `integer`/`number`. */
  readonly options: ReadonlyMap<string, unknown>
  /** Like `rules[2].masks[0]`. */
  readonly path: string
  readonly line: number
  readonly column: number
}

/** What a mask needs from outside while it is compiled. */
export interface MaskTools {
  /** Compiles an inner chain (`masks` options). */
  masks(nodes: readonly MaskNode[]): ValueMasker
  /** A seed file by bare name. Throws nothing: existence was checked at load. */
  seedFile(name: string): SeedTable
  /** A pattern, already checked. */
  regex(pattern: string): LinearRegex
  /** Scans text with detectors, as the `scan` mask and `url` paths do; returns the text with every match masked. */
  scan(
    detect: readonly string[],
    exclude: readonly string[],
    masks: readonly MaskNode[] | undefined,
  ): (text: string, context: MaskContext, settled?: number[], sources?: number[]) => string
  /** What one detector finds in a text, in order and apart from each other. */
  find(detector: string): (text: string) => TextMatch[]
  /** The engine that the host supplies for `ai_detect`, if any. */
  readonly aiEngine: AiEngine | undefined
  /** A plan of `json` transforms: masks a parsed container, or JSON text (undefined when it is not JSON). */
  document(transforms: readonly JsonTransform[]): DocumentMasker
  /**
   * Masks for parts of a value: nodes of a document, matches in a text. `sources` are the hash sources of each part (undefined: those
   * in force around it, null: random), `knows` says which of them the mask looks up itself, by `Part.find`. A part whose mask or hash
   * source fails becomes what `on_mask_error` says.
   */
  parts(masks: readonly MaskNode[], sources: readonly HashSource[] | null | undefined, knows: readonly HashSource['from'][]): PartMasker
  /** An error that leaves nothing to hide, such as an absent path: counted under `on_mask_error: redact`, else thrown. */
  report(error: Error, context: MaskContext): void
  /** Matches key globs. */
  keyGlobs(globs: readonly string[]): (key: string) => boolean
  /** True for keys that name a secret. */
  secretKey(key: string): boolean
  /** HMAC-SHA256. */
  hmac(key: Uint8Array, data: Uint8Array): Uint8Array
}

/** A stretch of a text (UTF-16 offsets). */
export interface TextMatch {
  readonly start: number
  readonly end: number
  /** It was seen in percent-decoded text: masks get it decoded, and the result is encoded again. */
  readonly encoded?: boolean
}

/** What an AI engine is asked to find. */
export interface AiLabel {
  readonly label: string
  /** `FULL_NAME`, `FIRST_NAME`, `LAST_NAME`, `ADDRESS`, `ORGANIZATION` or `DATE_OF_BIRTH`. */
  readonly preset?: string
  /** In place of a preset: what to look for, in words. */
  readonly guidelines?: string
  readonly valid_examples?: readonly string[]
  readonly invalid_examples?: readonly string[]
}

/** What an AI engine has found: offsets in code points, end exclusive. */
export interface AiSpan {
  readonly start: number
  readonly end: number
  readonly label: string
}

/**
 * An AI engine, supplied by the host. For each text it gives the spans of the labels asked for, apart from each other. Masks are
 * synchronous, and so is the engine. An answer of another shape, or a throw, fails the text as `ai_engine_unavailable`.
 */
export type AiEngine = (texts: readonly string[], labels: readonly AiLabel[]) => readonly (readonly AiSpan[])[]

/** A part of a value, as `MaskTools.parts` takes it. */
export interface Part {
  /** The part as received: what it hashes by default. */
  readonly self: Value
  /** The value that is masked, where earlier masks have been at it (default: `self`). */
  readonly value?: Value
  /** Position among its like, under `advance_hash` (default 0). */
  readonly advance?: number
  /** The value of a hash source that the mask knows; undefined: absent. */
  find(source: HashSource): Value | undefined
  /** Told when the part could not be masked: its result is then no mask's. */
  failed?(): void
}

/** What of a text detection leaves alone: ranges, UTF-16, flat. */
export interface Settled {
  ranges: readonly number[]
}

/** `settled` is what earlier masks have settled of the value; afterwards, what is settled of the result as text. */
export type PartMasker = (part: Part, context: MaskContext, settled?: Settled) => Value | Removed

/** One transform of the `json` mask. */
export interface JsonTransform {
  readonly path: readonly (string | number)[]
  readonly masks: readonly MaskNode[]
  readonly onNull: 'skip' | 'error' | 'mask'
  readonly onMissing: 'skip' | 'error'
  readonly forceConsistency: boolean
  readonly advanceHash: boolean
  /** undefined: the wider level; null: random. */
  readonly hashSources: readonly HashSource[] | null | undefined
}

export interface DocumentMasker {
  /** Masks JSON text; untouched bytes stay. Undefined when the text is not one JSON value. */
  text(json: string, context: MaskContext): string | undefined
  value(container: Value, context: MaskContext): Value
}

/** A linear-time regular expression (RE2 semantics). Offsets are UTF-16. */
export interface LinearRegex {
  /** True when the whole text matches. */
  matches(text: string): boolean
  /** Every non-overlapping, non-empty match, left to right, as flat [start, end, start, end, ...]. */
  findAll(text: string): number[]
}

/** A seed file in memory. */
export interface SeedTable {
  readonly name: string
  readonly rows: number
  /** Cells of a column by header; the first column for undefined. Undefined when there is no such column. */
  column(header?: string): readonly string[] | undefined
  /** SHA-256 of the file, hex. */
  readonly sha256: string
}

/** What of a value a mask has settled: text that detection never looks at again. */
export type Settles = 'value' | 'replaced' | 'nothing'

/**
 * Reports what is wrong with an option, by its name or by the keys and indexes that lead to a part of it. With `among`, the name that
 * is nearest to what stands there is offered. `unused_label` is a warning, all others are errors.
 */
export type CheckReport = (
  option: string | readonly (string | number)[],
  code: 'invalid_value' | 'bad_date' | 'bad_format' | 'missing_key' | 'unsupported_feature' | 'label_without_masks' | 'unused_label',
  message: string,
  among?: readonly string[],
) => void

/** What the host of a ruleset supplies, for checks. */
export interface CheckHost {
  readonly aiEngine: boolean
}

/** A worked example: the docs tables and the tests both read it. Exact results use the published vector secret. */
export interface MaskExample {
  readonly options?: Readonly<Record<string, unknown>>
  /** JSON text in, JSON text out. `error` instead of `out` for a mask error. */
  readonly in: string
  readonly out?: string
  readonly error?: string
  /** Hash inputs instead of `self`. */
  readonly inputs?: readonly (string | null)[]
  /** JSON text of the document that the value stands in, for masks that read it. */
  readonly document?: string
}

/** A mask: one file, one object, one registry line. */
export interface MaskDefinition {
  readonly type: string
  readonly aliases?: readonly string[]
  readonly deprecatedAliases?: readonly string[]
  readonly summary: string
  /** G generates (null replaced too); T strings; I strings and integers; N numbers and numeric strings; D dates; A anything. */
  readonly input: 'G' | 'T' | 'I' | 'N' | 'D' | 'A'
  /** r draws, p permutes, undefined: a fixed function of the value. */
  readonly random?: 'r' | 'p'
  readonly settles: Settles | ((options: ReadonlyMap<string, unknown>, inner: (nodes: readonly MaskNode[]) => Settles) => Settles)
  readonly options: Readonly<Record<string, OptionSpec>>
  /** Checks that involve several options. */
  readonly check?: (options: ReadonlyMap<string, unknown>, report: CheckReport, host: CheckHost) => void
  readonly compile: (options: ReadonlyMap<string, unknown>, tools: MaskTools) => ValueMasker
  readonly examples: readonly MaskExample[]
  /** True when the result depends on the clock (warning `time_dependent`). */
  readonly timeDependent?: (options: ReadonlyMap<string, unknown>) => boolean
}

// ------------------------------------------------------------------------------------------------ rulesets

/** Segment of a path: the plan is a trie over these, never over dotted strings. */
export type Segment =
  | { readonly kind: 'name'; readonly name: string } // a run of digits also matches that array index
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'any' } // *
  | { readonly kind: 'deep' } // **

export interface HashSource {
  /**
   * Where to look. `self`; from the record root; from the parent container of the value; from the document of a transform; the first text
   * with a label (`unstructured_text`); from the matched node (`xml`).
   */
  readonly from: 'self' | 'record' | 'parent' | 'document' | 'label' | 'xpath'
  /** Empty for `self`; the label, or the XPath, alone. `..` goes up one container. */
  readonly path: readonly (string | number)[]
  readonly trim: boolean
  readonly case: 'lower' | 'upper' | undefined
  readonly onMissing: 'error' | 'null' | 'self'
}

export type SkipEntry = { readonly kind: 'value'; readonly value: Scalar } | { readonly kind: 'matches'; readonly pattern: string }

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: readonly Condition[] }
  | {
      readonly kind: 'test'
      /** From the record root; empty: the record itself. */
      readonly path: readonly Segment[]
      readonly test: 'equals' | 'matches' | 'less_than' | 'less_than_or_equal' | 'greater_than' | 'greater_than_or_equal'
      /** Scalar; the pattern for `matches`. */
      readonly value: Scalar
      readonly onMissing: 'error' | 'skip' | 'apply_if' | 'apply_else'
    }

interface RuleBase {
  /** `name` of the rule, else its path like `rules[2]`. */
  readonly name: string
  /** Like `rules[2]` or `rules[0].else_rules[1]`. */
  readonly path: string
  readonly line: number
  readonly column: number
}

/** A rule with a selector, or with none (`record`: the whole record). */
export interface SelectorRule extends RuleBase {
  readonly form: 'record' | 'paths' | 'keys' | 'detect'
  /** Undefined only for `detect` without masks: each detector's default. */
  readonly masks: readonly MaskNode[] | undefined
  readonly paths: readonly (readonly Segment[])[]
  readonly keys: readonly string[]
  /** Detector names with groups already expanded, `exclude` already taken out. */
  readonly detect: readonly string[]
  readonly except: readonly (readonly Segment[])[]
  /** Key globs: values at and below such keys are not this rule's. */
  readonly exceptKeys: readonly string[]
  /** null: random. Defaults are filled in: form a null, b-d self. */
  readonly hashSources: readonly HashSource[] | null
  /** The rule itself says what it hashes: inputs that come with a request do not count. */
  readonly ownSources: boolean
  /** The rule's own `skip`, else the merged `skip_defaults`. */
  readonly skip: readonly SkipEntry[]
  readonly whole: boolean
}

export interface ConditionalRule extends RuleBase {
  readonly form: 'if'
  /** Joined by AND. */
  readonly conditions: readonly Condition[]
  readonly rules: readonly Rule[]
  readonly elseRules: readonly Rule[]
}

export type Rule = SelectorRule | ConditionalRule

export interface Policy {
  readonly on_mask_error: 'redact' | 'drop' | 'fail'
  readonly on_unparsable: 'text' | 'drop' | 'quarantine'
  readonly unknown_fields: 'keep' | 'redact' | 'drop'
  readonly allow: readonly (readonly Segment[])[]
  readonly max_record_bytes: number
  readonly on_oversize: 'text' | 'truncate' | 'drop'
  readonly max_depth: number
  readonly scan_keys: boolean
  readonly scan_numbers: boolean
  readonly text_pairs: boolean
  readonly text_words: boolean
  readonly decode: readonly ('json' | 'url' | 'base64')[]
  readonly verify: boolean
}

/** One file of the `extends` tree; later layers are stronger. */
export interface Layer {
  readonly source: string
  readonly rules: readonly Rule[]
}

/** A loaded, checked ruleset: what `compile` takes. */
export interface Ruleset {
  readonly name: string | undefined
  readonly layers: readonly Layer[]
  readonly policy: Policy
  /** SHA-256 of the seed files in use, by name. */
  readonly seedFiles: ReadonlyMap<string, SeedTable>
  /** `tests` of the files given, not of their bases. */
  readonly tests: readonly RulesetTest[]
}

/** One entry of `tests`. */
export interface RulesetTest {
  /** `name` of the test, else its path like `tests[2]`. */
  readonly name: string
  readonly source: string
  readonly line: number
  /** A record; text is a line. */
  readonly in: Value
  readonly out: Value | undefined
  readonly masked: readonly (readonly Segment[])[]
  readonly unmasked: readonly (readonly Segment[])[]
}

// ------------------------------------------------------------------------------------------------ detectors

/** Why a candidate counts, or does not: a code such as `check:luhn` or `word-before:card`, and what it adds to the score. */
export interface Reason {
  readonly code: string
  readonly add: number
}

/** The text under scan. One object, reused: a finder reads it during `find` and keeps nothing. */
export interface Scan {
  /** UTF-8 (or WTF-8) bytes; only [start, end) may be looked at. The string is decoded: no JSON escapes are left. */
  readonly text: Uint8Array
  readonly start: number
  readonly end: number
  /** 1 where the detector of that id is in force for this text. */
  readonly active: Uint8Array
  /** True for a text line, false for a string value or key of a record. */
  readonly line: boolean
  /** True when the text is an object key: keyed and named types never fire. */
  readonly isKey: boolean
  /** Keys of pairs in the text are looked at. */
  readonly hasPairs: boolean
  /**
   * Words of the path above the value (last key first), for context. Empty in text lines and for values without a telling
   * key. Compare with `keyHas`.
   */
  readonly keyWords: readonly string[]
  /** Reports a match: byte offsets, end exclusive; score 0-1 (0.60 masks). A start at or past the end is ignored. */
  emit(id: number, start: number, end: number, score: number): void
  /** Set while explaining: takes a reason of the candidate at hand, for the next `emit` or `reject`. Never text of the scan. */
  readonly why?: ((code: string) => void) | undefined
  /** Set while explaining: told of a candidate that a check has rejected, and why. */
  readonly reject?: ((id: number, start: number, end: number, code: string) => void) | undefined
  /** Says of a match at `start` that runs to the end of a text line that it may go on in the lines that follow. */
  goesOn?(id: number, start: number, lines: LineBlocks): void
}

/** Reads the lines behind the one in which a match began. `prefix`: what stood before it there. */
export type LineBlocks = (prefix: Uint8Array) => LineBlock

/** A match that goes on over lines. Its state is bounded, whatever comes. */
export interface LineBlock {
  /** What of the next line, [start, end) without its terminator, belongs to the match; undefined: it is over, without this line. */
  next(text: Uint8Array, start: number, end: number): BlockPart | undefined
}

export interface BlockPart {
  readonly from: number
  readonly to: number
  /** The match ends here. */
  readonly last: boolean
}

/** Byte pairs that make the one-pass scanner stop: previous byte in `prev` (undefined: any, also the start), this byte in `byte`. */
export interface Trigger {
  /** Characters (one byte each, Latin-1); `^` handling: the value `START` of the string counts as a space. */
  readonly prev?: string
  readonly byte: string
  /** In place of `prev` and `byte`: pairs of these, one after the other. */
  readonly pairs?: string
  /** The byte after; undefined: any, also the end of the string. Never NUL or a double quote, which stand for the end. */
  readonly next?: string
}

/** Facts about one detector, for rulesets, docs and tests. */
export interface DetectorInfo {
  readonly name: string
  /** undefined: named only. */
  readonly group: 'secrets' | 'pci' | 'pii' | 'phi' | 'network' | 'names' | undefined
  readonly tier: 0 | 1 | 2
  /** Earlier wins for equal spans and scores. */
  readonly priority: number
  /** Tells it from another detector of its name that finds by other means: a group switches one of them on, the name both. */
  readonly way?: string
  readonly summary: string
  /** Default mask; undefined: `{type: redact, label: <name>}`. */
  readonly mask?: { readonly type: string; readonly [option: string]: unknown }
  /** Also on bare numbers. */
  readonly numbers?: boolean
  /** What every match has passed, as codes for explain: `check:luhn`. */
  readonly checks?: readonly string[]
  /** Text in which exactly the marked stretch is found: `card «4111111111111111» ok`. */
  readonly examples: readonly string[]
  /** Text in which this detector finds nothing. */
  readonly counterExamples: readonly string[]
}

/**
 * A detector or a small family that shares its candidates. `find` is called with the offset of the trigger's second byte.
 * It must be linear: it looks back no further than `scan.start` or a fixed bound, and forward within a bound or once.
 */
export interface Finder {
  readonly detectors: readonly DetectorInfo[]
  readonly triggers: readonly Trigger[]
  /** Reads what `find` needs beside the text, when a ruleset with one of the detectors is compiled. Called more than once. */
  readonly prepare?: () => void
  /**
   * `ids[i]` is the id of `detectors[i]`. Returns the offset below which this finder wants no further candidates
   * (0: none to skip). Emits through `scan.emit`.
   */
  readonly find: (scan: Scan, at: number, ids: Int32Array) => number
  /** For detectors with `numbers`: judges an integer lexeme at [start, end) by its text; `keyWords` give context. */
  readonly number?: (scan: Scan, ids: Int32Array) => void
  /** Key words (as keyFacts splits them) that give numbers of fewer than 12 digits a meaning; without them `number` is not asked. */
  readonly numberWords?: readonly string[]
  /** Candidates of this finder that come to nothing, and matches that are sure, are told by a function of this name in wasm/skim.ts. */
  readonly skim?: 'digits' | 'iban' | 'url' | 'connection' | 'geo' | 'ids' | 'token' | 'email' | 'jwt' | 'wallet' | 'phrase' | 'cloud' | 'crypt'
  /** What that function needs to know. */
  readonly skimTable?: () => Uint8Array
  /**
   * Bitmaps of the words that make this finder look at a text (see detectors/id-words.ts). Its triggers are for what such words name:
   * without the policy `text_words` it is asked only where a key speaks.
   */
  readonly skimWords?: (active: Uint8Array, ids: Int32Array) => Uint8Array
  /** True when key words give texts and numbers below them a meaning: strings with digits are looked at, and short numbers too. */
  readonly named?: (keyWords: readonly string[], active: Uint8Array, ids: Int32Array) => boolean
  /** In place of `find` for a text under such a path: asked once, whatever candidates the text has. */
  readonly whole?: (scan: Scan, ids: Int32Array) => void
  /** True when the key before the separator at `at` gives what follows it a meaning; the same for a key that ends at `to`. */
  readonly namesPair?: (text: Uint8Array, start: number, at: number) => boolean
  readonly namesKey?: (text: Uint8Array, start: number, to: number) => boolean
  /** No text with fewer bytes holds anything that this finder finds (default 0). */
  readonly least?: number
  /** True when `number` finds nothing under these key words in integers of 12 to 19 digits, not of 15, that begin with 1: times. */
  readonly passesTimes?: (keyWords: readonly string[]) => boolean
  /** True when the key of a parameter in [start, end) of a text never makes this finder find anything. */
  readonly plainKey?: (text: Uint8Array, start: number, end: number) => boolean
}

/** A detector's name with its way: of all detectors no two have the same. */
export function detectorId({ name, way }: DetectorInfo): string {
  return way === undefined ? name : `${name}:${way}`
}

/**
 * A detector of values that are known by their key. It has no candidates: walkers ask it about the values under such keys, and the
 * recogniser of pairs about what stands behind them in text.
 */
export interface KeyedDetector {
  readonly detector: DetectorInfo
  /** What a key says of its value to this detector; 0: nothing. */
  level(facts: KeyFacts): Level | 0
  /** Numbers under such a key may be meant. */
  numbers(facts: KeyFacts): boolean
  /** Judges a string of a record at [start, end), or a number by its text. Returns the score, 0 to leave it. */
  judge(text: Uint8Array, start: number, end: number, level: Level, number: boolean): number
  /** True where a string is masked unless it is a placeholder or a word: what `sureSecret` in wasm/skim.ts passes gets a score of 0.6 or more. */
  surely?(level: Level): boolean
  /** Of these keys one must stand beside such a key in a record; undefined: it says enough by itself. */
  beside?(level: Level, key: string): readonly string[] | undefined
  /** For explain: codes for what the key says and what the value shows. Never text of the value. */
  explain?(text: Uint8Array, start: number, end: number, level: Level): readonly string[]
  /** The value of a pair in text: judges it, and sets where it ends. */
  pair(text: Uint8Array, start: number, end: number, pair: PairMatch, level: Level): number
}

export type Level = 1 | 2 | 3 | 4

/** Offsets of a recognised pair; `quote` is the quote byte around the value, or 0. */
export interface PairMatch {
  keyStart: number
  keyEnd: number
  valueStart: number
  valueEnd: number
  quote: number
  /** The quotes are written with a backslash before them. */
  escaped: boolean
  /** The value is the rest of the line. */
  header: boolean
  /** The quote that opened before a bare key, 0 for none. */
  closer: number
}

/** A user's detector: plain text in, spans out (UTF-16 offsets). With `literals` it runs only on strings that contain one. */
export interface CustomDetector {
  readonly name: string
  readonly group?: DetectorInfo['group']
  readonly summary?: string
  readonly mask?: DetectorInfo['mask']
  readonly literals?: readonly string[]
  find(text: string): Iterable<{ start: number; end: number; score?: number }>
  readonly examples?: readonly string[]
  readonly counterExamples?: readonly string[]
}

/** Values that the host wants never to see, in all their forms. */
export interface KnownValues {
  /** Tells of every stretch of [start, end) that holds one: byte offsets. Linear in the text, whatever the values. */
  find(text: Uint8Array, start: number, end: number, emit: (start: number, end: number) => void): void
  /** Wipes the tables; afterwards nothing is found. */
  wipe(): void
}

/** How strongly a key says that its value is a secret. 0 none, 1 weak, 2 medium, 3 record-strong, 4 strong. */
export interface KeyFacts {
  /** Lower-case words of the key, in order. */
  readonly words: readonly string[]
  readonly secret: 0 | 1 | 2 | 3 | 4
  /** Bare numbers under it are secrets too (password, passcode, pin, otp, secret). */
  readonly secretNumbers: boolean
  /** What else the key names. */
  readonly personal: Personal
  /** No word of it says what it is: below a key that does, it is that. */
  readonly mute: boolean
  /** What stands below it is secret where its own key is mute. */
  readonly holds: boolean
  /** Keys below it are read together with it: `name` before `first`. */
  readonly leads: boolean
}

/** Personal data that a key names; 0: none. */
export type Personal = 0 | 'part of a name' | 'name' | 'street' | 'address' | 'latitude' | 'longitude' | 'lat' | 'lon'
