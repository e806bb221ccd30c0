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
import { detectors, finders, finishPair, judgePair, judgeSecret, keyFacts, pairTriggers, recogniseKey } from './detectors/index.ts'
import { makeMasker } from './masker.ts'
import type { Masker, MaskerOptions, RulesetInput } from './masker.ts'
import { masks } from './masks/index.ts'
import { rulesetJsonSchema as schemaOf } from './ruleset/schema.ts'

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
  return makeMasker(
    { masks, finders, detectors, pairs: { triggers: pairTriggers, key: recogniseKey, finish: finishPair, judge: judgePair }, keyFacts, judgeSecret },
    ruleset,
    options,
  )
}

/** The JSON Schema (draft 2020-12) of rulesets, from the same tables as the checks. */
export function rulesetJsonSchema(): object {
  return schemaOf(masks, detectors)
}

export { formatIssue, InputError, MaskError, RulesetError } from './errors.ts'
export type { InputErrorCode, Issue, IssueCode, MaskErrorCode } from './errors.ts'
export { NumberText, REMOVED } from './engine/types.ts'
export type { CustomDetector, DetectorInfo, Draws, MaskContext, MaskDefinition, MaskExample, MaskNode, MaskTools, OptionSpec, Policy, Value, ValueMasker } from './engine/types.ts'
export type { Feed, LineEngine, Pieces, Remark } from './lines.ts'
export type { FeedOptions, Finding, LineOptions, Masker, MaskerOptions, QuarantineNote, RulesetInput, Stats } from './masker.ts'
