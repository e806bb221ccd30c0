// Ruleset plans: what they are, and the versions that are in force. A plan is immutable; a change puts another one in its place, so that
// a request that has taken one goes on with it.

import { createHash } from 'node:crypto'
import { createRequestMasker, InputError, RulesetError } from '../../src/index.ts'
import type { AiEngine, FindingEvent, Issue, RequestMasker } from '../../src/index.ts'
import { LEVELS } from './request.ts'
import type { Level } from './request.ts'
import { compileSchema } from './schema.ts'
import type { RecordSchema } from './schema.ts'

export interface PlanOptions {
  readonly enabled: boolean
  readonly default_encoding: string
  readonly default_charset: string
  readonly default_log_level: Level
}

export const DEFAULT_OPTIONS: PlanOptions = { enabled: true, default_encoding: 'json', default_charset: 'utf-8', default_log_level: 'WARNING' }

/** What is kept of a plan beside its ruleset. */
export interface PlanRecord {
  readonly name: string
  readonly serial: number
  readonly created_time: string
  readonly modified_time: string
  readonly options: PlanOptions
  readonly schema: object | null
  readonly schema_mode: 'enforce' | 'report'
  readonly ruleset_sha256: string
}

/** One version of a plan. */
export interface Plan extends PlanRecord {
  readonly ruleset_yaml: string
  /** Of its ruleset. */
  readonly warnings: readonly Issue[]
  readonly check: RecordSchema | undefined
  /** It asks an AI engine, and waits for the answer. */
  readonly usesAi: boolean
}

/** A log, as plans and mask answers carry it. */
export interface LogEntry {
  readonly log_level: Level
  readonly timestamp: string
  readonly message: string
  readonly code?: string
  readonly rule?: string
  readonly path?: string
  readonly line?: number
  readonly column?: number
}

export const NEW_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/
export const PLAN_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,70}$/

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Compiles rulesets as the server masks with them. */
export class Compiler {
  readonly #seedDirs: readonly string[]
  readonly #aiEngine: AiEngine
  readonly #onFinding: ((finding: FindingEvent) => void) | undefined

  /** `onFinding`: told of what the maskers mask, which is slower then. */
  constructor(seedDirs: readonly string[], aiEngine: AiEngine, onFinding?: (finding: FindingEvent) => void) {
    this.#seedDirs = seedDirs
    this.#aiEngine = aiEngine
    this.#onFinding = onFinding
  }

  /** Throws RulesetError. */
  compile(yaml: string): RequestMasker {
    // what has no line end would be taken for a name or a path
    return createRequestMasker(yaml.includes('\n') ? yaml : `${yaml}\n`, {
      seedDirs: this.#seedDirs,
      aiEngine: this.#aiEngine,
      onFinding: this.#onFinding,
      policyDefaults: { on_mask_error: 'fail' },
      // those are about lines; how large a body may be is the server's to say
      policy: { max_record_bytes: 256 * 1024 * 1024 },
      memoSize: 512,
    })
  }
}

/** A ruleset that does not load, as an answer has it: its first error, and all issues. */
export function rulesetProblem(error: unknown): { error: string; issues: readonly object[] } | undefined {
  if (error instanceof InputError)
    return {
      error: `Invalid ruleset YAML: ${sentence(error.message)}`,
      issues: [{ code: error.code, severity: 'error', message: sentence(error.message), line: 1, column: 1, path: '' }],
    }
  if (!(error instanceof RulesetError)) return undefined
  const errors = error.issues.filter(({ severity }) => severity === 'error')
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  return { error: `Invalid ruleset YAML: ${sentence(errors[0]?.message ?? 'it cannot be used')}${more}`, issues: error.issues.map(issueObject) }
}

/** An issue as an answer has it. */
export function issueObject({ code, severity, message, line, column, path, known }: Issue): object {
  return { code, severity, message: sentence(message), line, column, path, ...(known === undefined ? {} : { known }) }
}

const sentence = (text: string): string => (/[.?!)]$/.test(text) ? text : `${text}.`)

/** Remarks on a plan that has been loaded. */
export function planLogs(plan: Plan, now = new Date()): LogEntry[] {
  const timestamp = now.toISOString()
  const logs: LogEntry[] = plan.warnings.map(({ code, message, line, column, path }) => ({ log_level: 'WARNING', timestamp, message: sentence(message), code, path, line, column }))
  const { default_encoding, default_charset } = plan.options
  if (default_encoding !== 'json')
    logs.push({ log_level: 'WARNING', timestamp, message: 'default_encoding is kept, but requests and answers are always JSON.', code: 'ignored_option' })
  if (default_charset.toLowerCase() !== 'utf-8')
    logs.push({ log_level: 'WARNING', timestamp, message: 'default_charset is kept, but requests and answers are always UTF-8.', code: 'ignored_option' })
  return logs
}

/** The plan as clients see it, without its ruleset. */
export function planSummary(plan: PlanRecord, base: string): object {
  const { name, serial, created_time, modified_time, options } = plan
  return { name, serial, created_time, modified_time, options, url: `${base}/ifm/ruleset-plans/${name}/` }
}

/** The plan with its ruleset, and with remarks where there are to be any. */
export function planDetail(plan: Plan, base: string, logs?: readonly LogEntry[]): object {
  const { name, serial, created_time, modified_time, options, ruleset_yaml, schema, schema_mode } = plan
  return {
    name,
    serial,
    created_time,
    modified_time,
    options,
    ruleset_yaml,
    ...(logs === undefined ? {} : { logs }),
    url: `${base}/ifm/ruleset-plans/${name}/`,
    schema,
    schema_mode,
  }
}

/** Checks options as they are kept on disk; undefined: they cannot be those of a plan. */
export function readOptions(value: unknown): PlanOptions | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { enabled = true, default_encoding = 'json', default_charset = 'utf-8', default_log_level = 'WARNING' } = value as Record<string, unknown>
  if (typeof enabled !== 'boolean' || typeof default_encoding !== 'string' || typeof default_charset !== 'string' || !LEVELS.includes(default_log_level as Level)) return undefined
  return { enabled, default_encoding, default_charset, default_log_level: default_log_level as Level }
}

/** Makes a version of a plan: compiles its ruleset and its schema. Throws RulesetError, InputError, SchemaFault. */
export function makePlan(record: Omit<PlanRecord, 'ruleset_sha256'>, yaml: string, compiler: Compiler): { readonly plan: Plan; readonly masker: RequestMasker } {
  const check = record.schema === null ? undefined : compileSchema(record.schema)
  const masker = compiler.compile(yaml)
  const plan: Plan = { ...record, ruleset_sha256: sha256(yaml), ruleset_yaml: yaml, warnings: masker.warnings, check, usesAi: yaml.includes('ai_detect') }
  return { plan, masker }
}
