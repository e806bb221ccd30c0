// Every error of the product. None of them ever carries data: no value, no line, no hash input, no parser's message,
// no secret, not even as `cause`. Codes, positions, rule names and mask types are enough to find the spot.

/** Codes of ruleset issues (all collected, reported together). */
export type IssueCode =
  | 'yaml_syntax'
  | 'duplicate_key'
  | 'limit_exceeded'
  | 'missing_key'
  | 'unknown_key'
  | 'wrong_type'
  | 'invalid_value'
  | 'version_not_string'
  | 'unsupported_version'
  | 'unknown_mask'
  | 'unsupported_mask'
  | 'unknown_parameter'
  | 'unsupported_parameter'
  | 'conflicting_selectors'
  | 'bad_path'
  | 'bad_glob'
  | 'bad_xpath'
  | 'bad_regex'
  | 'bad_format'
  | 'bad_date'
  | 'unknown_detector'
  | 'unknown_builtin'
  | 'extends_not_found'
  | 'extends_cycle'
  | 'seed_file_not_found'
  | 'seed_column_not_found'
  | 'seed_file_invalid'
  | 'label_without_masks'
  | 'unused_label'
  | 'database_ruleset'
  | 'unsupported_feature'
  | 'deprecated'
  | 'ignored_key'
  | 'yaml11_boolean'
  | 'released_value'
  | 'time_dependent'
  | 'slow_regex'
  | 'short_known_secret'

/** Codes of failures while a value is masked. */
export type MaskErrorCode =
  | 'non_string_value'
  | 'wrong_input_type'
  | 'not_valid'
  | 'bad_cast'
  | 'bad_date_value'
  | 'out_of_range'
  | 'cannot_fill'
  | 'not_json'
  | 'not_xml'
  | 'missing_path'
  | 'null_value'
  | 'hash_source_missing'
  | 'hash_source_not_scalar'
  | 'condition_error'
  | 'too_deep'
  | 'verify_hit'
  | 'ai_engine_unavailable'
  | 'internal'

/** Codes of what is wrong with input, options or the environment. */
export type InputErrorCode = 'run_secret_length' | 'bad_option' | 'file_unreadable' | 'oversize' | 'not_json' | 'quarantine_without_sink' | 'plugin_failed' | 'encoding'

/** One problem of a ruleset, with its place. `line` and `column` count from 1. */
export interface Issue {
  readonly code: IssueCode
  readonly severity: 'error' | 'warning'
  readonly message: string
  /** File name or built-in name as given, `<ruleset>` for text and objects, `known secrets` for those. */
  readonly source: string
  readonly line: number
  readonly column: number
  /** Like `rules[2].masks[0].seed_column`. */
  readonly path: string
  /** The nearest known name, if one is near. */
  readonly known?: string
  /** The source line, for the caret rendering (ruleset text, never data). */
  readonly text?: string
}

/** Renders one issue: `file:line:col code: message`, then the line and a caret. */
export function formatIssue(issue: Issue): string {
  const head = `${issue.source}:${issue.line}:${issue.column} ${issue.severity === 'warning' ? 'warning ' : ''}${issue.code}: ${issue.message}`
  if (issue.text === undefined) return head
  // Long lines are cut around the column so that the caret stays on screen.
  const from = issue.column > 120 ? issue.column - 60 : 1
  const shown = issue.text.slice(from - 1, from - 1 + 160)
  const lead = shown.slice(0, issue.column - from).replace(/[^\t]/g, ' ')
  return `${head}\n  ${shown}\n  ${lead}^`
}

/** A ruleset cannot be used; carries every issue found. */
export class RulesetError extends Error {
  override readonly name = 'RulesetError'
  readonly issues: readonly Issue[]
  constructor(issues: readonly Issue[]) {
    super(
      issues
        .filter((i) => i.severity === 'error')
        .map(formatIssue)
        .join('\n'),
    )
    this.issues = issues
  }
}

/** A value could not be masked. `message` is `<mask type> <fixed words>`. */
export class MaskError extends Error {
  override readonly name = 'MaskError'
  readonly code: MaskErrorCode
  /** Mask type that failed. */
  readonly mask: string
  /** Rule name or `rules[i]`, where known. */
  rule?: string
  /** Path of the value; parts that the ruleset does not spell out appear as `*`. */
  path?: string
  constructor(code: MaskErrorCode, mask: string, words: string) {
    super(`${mask} ${words}`)
    this.code = code
    this.mask = mask
  }
}

/** Input, option or environment that cannot be used. */
export class InputError extends Error {
  override readonly name = 'InputError'
  readonly code: InputErrorCode
  constructor(code: InputErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
