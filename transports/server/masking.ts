// A mask request and its answer: the body is read, its records are masked where they stand, and everything between them is copied. Runs
// in the thread that serves, and for large bodies in a worker.
//
//   body ── fields, records located ──┐
//   plan ── masker ── key of request ─┴─ record by record ── splice ── answer

import { randomUUID } from 'node:crypto'
import { InputError, MaskError } from '../../src/index.ts'
import type { Finding, FindingEvent, Keyring, RequestMasker, Scalar } from '../../src/index.ts'
import { httpUrl } from './config.ts'
import { badParameters, invalid, Refusal, refuse } from './errors.ts'
import type { Detail } from './errors.ts'
import { checkText } from './json.ts'
import type { LogEntry } from './plans.ts'
import { fault, LEVELS, readMaskRequest } from './request.ts'
import type { Level, MaskRequest } from './request.ts'
import type { RecordSchema } from './schema.ts'

/** What of a plan a mask request needs. */
export interface MaskPlan {
  readonly name: string
  readonly serial: number
  readonly options: { readonly enabled: boolean; readonly default_log_level: Level }
  readonly check: RecordSchema | undefined
  readonly schema_mode: 'enforce' | 'report'
}

/** What the server says to all requests. */
export interface MaskSettings {
  readonly maxRecords: number
  /** For requests without one. */
  readonly runSecret: string | undefined
  readonly allowedUrls: readonly string[]
}

/** What became of a request. */
export interface MaskAnswer {
  readonly status: number
  readonly body: Buffer
  readonly requestId: string
  readonly records: number
  /** Failures by code. */
  readonly errors: Readonly<Record<string, number>>
  /** What was masked in the records of the answer, where that is wanted. */
  readonly findings?: readonly RecordFinding[] | undefined
}

/** A masked value, with the index of its record. */
export interface RecordFinding extends FindingEvent {
  readonly record: number
}

/** A masker with what it is asked with. */
export interface Engine {
  readonly masker: RequestMasker
  readonly keyring: Keyring
  /** Where texts for `ai_detect` go, for the request at hand. */
  setAiEngine(url: string | undefined): void
  /** Filled by the masker with what it masks, where that is wanted. */
  readonly findings?: FindingEvent[] | undefined
}

const MOST_LISTED = 20
const MOST_REMARKS = 100
const NULL = Buffer.from('null')

/** Masks what a body asks to be masked. `id`: for requests without one. Throws Refusal. */
export function answerMask(plan: MaskPlan, engine: Engine, rawBody: unknown, settings: MaskSettings, id?: string): MaskAnswer {
  if (!plan.options.enabled) throw refuse(400, `Ruleset plan '${plan.name}' is disabled.`)
  const request = readMaskRequest(rawBody, settings.maxRecords)
  const requestId = request.requestId ?? id ?? randomUUID()
  if (request.aiEngineUrl !== undefined && !isAllowed(request.aiEngineUrl, settings.allowedUrls)) throw badParameters('AI engine URL is not on the allow-list.')
  const level = request.logLevel ?? plan.options.default_log_level
  const logs = new Logs(level)
  for (const text of request.ignored) logs.add('WARNING', text, { code: 'unknown_field' })
  checkRecords(plan, request, logs)
  const { masker, keyring } = engine
  if (request.inputs !== undefined && !masker.takesInputs)
    logs.add('WARNING', 'hash_values has no effect: no rule of the plan takes hash inputs from the request', { code: 'unused_hash_values' })
  engine.setAiEngine(request.aiEngineUrl)
  masker.use(keyring.key(request.runSecret ?? settings.runSecret, !request.disableInstanceSecret))
  const masked = logs.wants('INFO') ? masker.masked : 0
  const before = logs.wants('DEBUG') ? masker.counts() : undefined
  const found: RecordFinding[] | undefined = engine.findings === undefined ? undefined : []
  const settled =
    found === undefined
      ? undefined
      : (record: number, kept: boolean): void => {
          const { name: ruleset, serial } = plan
          for (const finding of engine.findings!.splice(0)) if (kept) found.push({ ...finding, ruleset, serial, record })
        }
  const done = maskRecords(masker, request, logs, settled)
  const head = (): string =>
    `{"request_id":${JSON.stringify(requestId)},"ruleset_plan":{"name":"${plan.name}","serial":${plan.serial}},"encoding":"json","charset":"utf-8","logs":${logs.entries.length === 0 ? '[]' : JSON.stringify(logs.entries)}`
  const records = request.records.length / 2
  if (done.data === undefined) return { status: 400, body: Buffer.from(`${head()}}`), requestId, records, errors: done.errors }
  if (before !== undefined) {
    const were = new Map(before.map(({ rule, detector, count }) => [`${rule} ${detector}`, count]))
    for (const { rule, detector, count } of masker.counts()) {
      const n = count - (were.get(`${rule} ${detector}`) ?? 0)
      if (n > 0) logs.add('DEBUG', `${rule}${detector === undefined ? '' : ` (${detector})`} masked ${n === 1 ? '1 value' : `${n} values`}`, { rule })
    }
  }
  if (logs.wants('INFO')) logs.add('INFO', `masked ${count(masker.masked - masked, 'value')} in ${count(records, 'record')}`)
  const body = assembled(`${head()},"data":`, done.data)
  return { status: 200, body, requestId, records, errors: done.errors, ...(found === undefined ? {} : { findings: found }) }
}

/** An answer: what stands before the data, the data, and the bracket that ends it. */
function assembled(head: string, data: readonly Buffer[]): Buffer {
  let size = Buffer.byteLength(head) + 1
  for (const piece of data) size += piece.length
  const out = Buffer.allocUnsafe(size)
  let at = out.write(head)
  for (const piece of data) {
    out.set(piece, at)
    at += piece.length
  }
  out[at] = 0x7d
  return out
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

/** The logs of an answer, from a level on. */
class Logs {
  readonly entries: LogEntry[] = []
  readonly #least: number
  #remarks = 0

  constructor(least: Level) {
    this.#least = LEVELS.indexOf(least)
  }

  wants(level: Level): boolean {
    return LEVELS.indexOf(level) >= this.#least
  }

  add(level: Level, message: string, more: Partial<LogEntry> = {}): void {
    if (this.wants(level)) this.put(level, message, more)
  }

  /** Whatever the level. */
  put(level: Level, message: string, more: Partial<LogEntry> = {}): void {
    this.entries.push({ log_level: level, timestamp: new Date().toISOString(), message, ...more })
  }

  /** A remark of which there may be very many. */
  remark(message: string, more: Partial<LogEntry>): void {
    if (!this.wants('WARNING')) return
    this.#remarks++
    if (this.#remarks <= MOST_REMARKS) this.put('WARNING', message, more)
    else if (this.#remarks === MOST_REMARKS + 1) this.put('WARNING', 'there are more remarks, which are not listed', { code: 'more' })
  }
}

/** A failure, told without its value. */
function told(error: MaskError, record: number): Partial<LogEntry> {
  const { code, rule, path = '' } = error
  return { code, ...(rule === undefined ? {} : { rule }), path: `data[${record}]${path === '' || path.startsWith('[') ? path : `.${path}`}` }
}

interface Done {
  /** Undefined: the request has failed. */
  readonly data: readonly Buffer[] | undefined
  readonly errors: Readonly<Record<string, number>>
}

function inputsOf({ inputs }: MaskRequest, record: number): readonly Scalar[] | undefined {
  return inputs === undefined ? undefined : 'all' in inputs ? inputs.all : inputs.each[record]
}

/** `settled`: a record has been masked; `kept`: it is in the answer. */
function maskRecords(masker: RequestMasker, request: MaskRequest, logs: Logs, settled?: (record: number, kept: boolean) => void): Done {
  const { body, records, data } = request
  const fails = masker.policy.on_mask_error === 'fail'
  const errors: Record<string, number> = Object.create(null) as Record<string, number>
  let pieces: Buffer[] | undefined
  let copied = data.start
  let listed = 0
  for (let k = 0; k < records.length; k += 2) {
    const start = records[k]!
    const end = records[k + 1]!
    const json = body.subarray(start, end)
    let out: Uint8Array | undefined
    let failed = false
    settled?.(k / 2, false)
    try {
      out = masker.record(json, inputsOf(request, k / 2))
    } catch (error) {
      if (error instanceof InputError && error.code === 'not_json') throw fault(body, undefined)
      failed = true
      checkRecord(body, start, end)
      if (masker.failures.length === 0) {
        const known = error instanceof MaskError ? error : new MaskError('internal', 'mask', 'failed')
        errors[known.code] = (errors[known.code] ?? 0) + 1
        if (listed++ < MOST_LISTED) logs.put('ERROR', known.message, told(known, k / 2))
      }
    }
    const { failures } = masker
    // a mask may fail before the record has been read to its end
    if (!failed && failures.length > 0) checkRecord(body, start, end)
    for (const error of failures) {
      errors[error.code] = (errors[error.code] ?? 0) + 1
      if (!fails) logs.remark(error.message, told(error, k / 2))
      else if (listed++ < MOST_LISTED) logs.put('ERROR', error.message, told(error, k / 2))
    }
    settled?.(k / 2, !failed && out !== undefined)
    if (fails && (failed || failures.length > 0)) {
      pieces = []
      if (listed >= MOST_LISTED) break
      continue
    }
    if (listed > 0 || out === json) continue
    pieces ??= []
    if (start > copied) pieces.push(body.subarray(copied, start))
    pieces.push(out === undefined ? NULL : out instanceof Buffer ? out : Buffer.from(out.buffer, out.byteOffset, out.length))
    copied = end
  }
  if (listed > 0) return { data: undefined, errors }
  pieces ??= []
  pieces.push(body.subarray(copied, data.end))
  return { data: pieces, errors }
}

/** Throws 400 for a record that is no JSON. */
function checkRecord(body: Buffer, start: number, end: number): void {
  try {
    checkText(body, start, end)
  } catch {
    throw fault(body, undefined)
  }
}

/** Checks the records against the schema of the plan. Throws 422 under `enforce`. */
function checkRecords(plan: MaskPlan, request: MaskRequest, logs: Logs): void {
  const { check } = plan
  if (check === undefined) return
  const found: Detail[] = []
  const { body, records } = request
  for (let k = 0; k < records.length && found.length < MOST_REMARKS; k += 2) {
    let value: unknown
    try {
      value = JSON.parse(body.toString('utf8', records[k]!, records[k + 1]!))
    } catch {
      throw fault(body, undefined)
    }
    found.push(...check.check(value, k / 2, MOST_REMARKS - found.length))
  }
  if (found.length === 0) return
  if (plan.schema_mode === 'enforce') throw invalid(...found)
  for (const { loc, msg, type } of found) {
    const path = loc.slice(1).reduce<string>((to, part) => (typeof part === 'number' ? `${to}[${part}]` : to === '' ? part : `${to}.${part}`), '')
    logs.add('WARNING', msg, { code: type, path })
  }
}

/** True for a URL with the scheme, host and port of one that is allowed. */
export function isAllowed(url: string, allowed: readonly string[]): boolean {
  const asked = httpUrl(url)
  return asked !== undefined && allowed.some((one) => httpUrl(one)?.origin === asked.origin)
}

/** What would be masked, for the page that shows it: findings with their places in `data`, and the masked data. */
export function explainMask(
  engine: Engine,
  rawBody: Buffer,
  settings: MaskSettings,
): { readonly data: Buffer[] | undefined; readonly findings: object[]; readonly logs: readonly LogEntry[] } {
  const request = readMaskRequest(rawBody, Math.min(settings.maxRecords, 1000))
  const logs = new Logs('WARNING')
  const { masker, keyring } = engine
  engine.setAiEngine(undefined)
  masker.use(keyring.key(request.runSecret ?? settings.runSecret, !request.disableInstanceSecret))
  const done = maskRecords(masker, request, logs)
  const { body, records, data } = request
  const findings: object[] = []
  for (let k = 0; k < records.length; k += 2) {
    const from = records[k]!
    const found: readonly Finding[] = masker.explain(body.subarray(from, records[k + 1]!), inputsOf(request, k / 2))
    for (const finding of found) {
      const { start, end, path, line: _, ...rest } = finding
      findings.push({
        record: k / 2,
        path: `data[${k / 2}]${path === '' || path.startsWith('[') ? path : `.${path}`}`,
        start: from - data.start + start,
        end: from - data.start + end,
        ...rest,
      })
    }
  }
  return { data: done.data === undefined ? undefined : [...done.data], findings, logs: logs.entries }
}

/** A refusal as a worker sends it. */
export function refusalOf(error: unknown): { status: number; body: object; headers: Readonly<Record<string, string>> } | undefined {
  return error instanceof Refusal ? { status: error.status, body: error.body, headers: error.headers } : undefined
}
