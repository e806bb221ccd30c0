// What stands between a logger and its stream: one finished line in, the masked line out, whatever happens.

import {
  createLiveMasker,
  formatIssue,
  InputError,
  openFindings,
  openQuarantine,
  type FindingsSink,
  type LineEngine,
  type LiveMasker,
  type LiveOptions,
  type MaskedCount,
  type QuarantineNote,
  type QuarantineSink,
  type ReloadEvent,
  type RulesetInput,
} from '../../src/index.ts'
import { guardLines } from './guard-lines.ts'

/** Options of everything in `mask-logs/pino` that masks: those of createLiveMasker, and the ruleset. */
export interface PinoMaskOptions extends Omit<LiveOptions, 'failedRecord' | 'quarantine'> {
  /** As createMasker takes it; default: `mask-logs:default`. */
  readonly ruleset?: RulesetInput | readonly RulesetInput[] | undefined
  /** A function, as for createMasker, or the path of a file to which notes are appended (mode 0600). */
  readonly quarantine?: ((note: QuarantineNote, raw?: Uint8Array) => void) | string | undefined
  /** Path or descriptor of a findings stream: one JSON event for each masked value. See openFindings. */
  readonly findings?: string | number | undefined
  /** Of `findings`, when it is a pipe and full: `drop` (default) or `wait`. */
  readonly findingsOnFull?: 'drop' | 'wait' | undefined
}

/** Counters of a guard. Names of rules and detectors only; never a value. */
export interface PinoStats {
  /** Name and serial of the ruleset in force, and what became of reloads. */
  readonly ruleset: string
  readonly serial: number
  readonly reloads: { readonly ok: number; readonly error: number }
  /** Lines taken. */
  readonly lines: number
  /** Lines that came out changed. */
  readonly maskedLines: number
  /** Values masked. */
  readonly masked: number
  readonly byRule: Readonly<Record<string, number>>
  readonly byDetector: Readonly<Record<string, number>>
  /** The same by both. */
  readonly maskedBy: MaskedCount[]
  /** Lines that were JSON. */
  readonly records: number
  /** Lines that were no JSON and were treated as text. */
  readonly textLines: number
  /** Minimal records by code. */
  readonly minimal: Readonly<Record<string, number>>
  /** Errors of masks and policies by code. */
  readonly errors: Record<string, number>
  /** Events written to the findings stream and lost, where there is one. */
  readonly findings?: { readonly written: number; readonly dropped: number }
  /** Lines that a policy, a rule or a full queue let go. */
  readonly dropped: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** Nanoseconds spent, from one line of 16 (in the worker: from all). */
  readonly nanoseconds: number
  /** Bytes that a destination has not written yet. */
  readonly pendingBytes: number
}

/** How records are labelled: what the minimal record needs to know of the logger. */
export interface RecordShape {
  readonly messageKey?: string | undefined
  /** Labels of levels beside pino's own. */
  readonly levels?: readonly string[] | undefined
}

/** What a guard counts itself. */
export interface LineCounts {
  lines: number
  changed: number
  dropped: number
  nanoseconds: number
}

/** `error` of pino: a minimal record without a level would go nowhere. */
const LEVEL = '50'
const FAILED = '[MASKING FAILED]'
const LABELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']
/** How pino begins a line. */
const HEAD = /^\{"level":(\d{1,6}|"[^"\\]{1,32}")(?:,"time":(\d{1,16}))?[,}]/

let canary: string | undefined

/** Lets every guard take out `text` too, whatever its ruleset says, while `during` runs: what comes out tells whether lines pass a guard. */
export function withCanary<T>(text: string, during: () => T): T {
  canary = text
  try {
    return during()
  } finally {
    canary = undefined
  }
}

/** One masker with its counters, for one logger or stream. */
export class LineGuard {
  readonly #masker: LiveMasker
  readonly #findings: FindingsSink | undefined
  readonly #held: QuarantineSink | undefined
  #shape: RecordShape
  /** Read by the masker when it writes a minimal record. */
  readonly #failedRecord: { messageKey?: string | undefined; readonly level: string; levels: readonly string[] }
  readonly #counts: LineCounts = { lines: 0, changed: 0, dropped: 0, nanoseconds: 0 }
  readonly #minimal = new Map<string, number>()
  #told = false

  /** Throws RulesetError or InputError: nothing is passed on under a ruleset that cannot be used. */
  constructor(options: PinoMaskOptions, shape: RecordShape = {}) {
    const { ruleset, findings, findingsOnFull, quarantine, quarantineRaw, onFinding, onReload, ...rest } = options
    if (findings !== undefined && onFinding !== undefined) throw new InputError('bad_option', "'findings' and 'onFinding' exclude each other")
    this.#failedRecord = { level: LEVEL, levels: LABELS }
    this.#held = typeof quarantine === 'string' ? openQuarantine(quarantine, { raw: quarantineRaw }) : undefined
    try {
      this.#findings = findings === undefined ? undefined : openFindings(findings, { source: 'pino', onFull: findingsOnFull })
      this.#masker = createLiveMasker(ruleset, {
        ...rest,
        quarantine: typeof quarantine === 'string' ? this.#held!.write : quarantine,
        quarantineRaw,
        onFinding: this.#findings?.write ?? onFinding,
        onReload: (event) => {
          if (!event.ok) warn(failedReload(event))
          onReload?.(event)
        },
        failedRecord: this.#failedRecord,
      })
    } catch (error) {
      this.#findings?.close()
      this.#held?.close()
      throw error
    }
    this.#shape = this.shape = shape
  }

  /** What the worker is told late: keys and levels of the logger. */
  set shape(shape: RecordShape) {
    this.#shape = shape
    this.#failedRecord.messageKey = shape.messageKey
    this.#failedRecord.levels = [...LABELS, ...(shape.levels ?? [])]
  }

  /** The masked line with its terminator; '' for one that is dropped; the same string when nothing changes. Never throws. */
  mask(line: unknown): string {
    // Not the first: it pays for what is made once.
    const timed = (this.#counts.lines++ & 15) === 15
    const start = timed ? performance.now() : 0
    let out: string
    if (typeof line !== 'string') out = this.#failed('', 'not_a_line')
    else {
      try {
        out = this.#masker.json(line)
        if (out !== line) {
          this.#counts.changed++
          if (out === '') this.#counts.dropped++
          else if (out.charCodeAt(out.length - 1) !== 10) out += terminator(line)
        }
      } catch (error) {
        // Policy `fail`, and what nobody foresaw: a log call never throws.
        out = this.#failed(line, codeOf(error))
      }
    }
    if (canary !== undefined) out = out.replaceAll(canary, '[REDACTED]')
    if (timed) this.#counts.nanoseconds += (performance.now() - start) * 16e6
    return out
  }

  /** The same for whole lines of bytes: nothing throws, and every line that is not dropped comes out, in order. */
  lines(): LineEngine {
    const counter = { line: 0 }
    return guardLines(this.#masker.lines({ counter }), counter, this.#counts, (head, error) => this.#failed(head, codeOf(error)))
  }

  /** A line that something around the masking failed on. */
  #failed(line: string, code: string): string {
    this.#minimal.set(code, (this.#minimal.get(code) ?? 0) + 1)
    this.#counts.changed++
    if (!this.#told) {
      this.#told = true
      warn(`a line could not be masked (${code}) and was replaced; further ones are counted`)
    }
    return minimalRecord(line, this.#shape) + (terminator(line) || '\n')
  }

  stats(pendingBytes = 0, dropped = 0): PinoStats {
    const stats = this.#masker.stats()
    const minimal = Object.fromEntries(this.#minimal)
    const findings = this.#findings
    return {
      ruleset: stats.ruleset,
      serial: stats.serial,
      reloads: stats.reloads,
      lines: this.#counts.lines,
      maskedLines: this.#counts.changed,
      masked: stats.masked,
      byRule: stats.byRule,
      byDetector: stats.byDetector,
      maskedBy: stats.maskedBy,
      records: stats.records,
      textLines: stats.textLines,
      minimal,
      errors: stats.errors,
      dropped: this.#counts.dropped + dropped,
      bytesIn: stats.bytesIn,
      bytesOut: stats.bytesOut,
      nanoseconds: Math.round(this.#counts.nanoseconds),
      pendingBytes,
      ...(findings === undefined ? {} : { findings: { written: findings.written, dropped: findings.dropped } }),
    }
  }

  /** Reads the ruleset again; the one in force stays when that fails. */
  reload(): ReloadEvent {
    return this.#masker.reload()
  }

  /** The last line has been masked: what is to be told of it is written. */
  async end(): Promise<void> {
    await this.#findings?.flush()
    this.close()
  }

  close(): void {
    this.#masker.close()
    this.#findings?.close()
    this.#held?.close()
  }
}

/** What is wrong with a ruleset, for stderr: codes, places, and text of the ruleset. */
function failedReload({ name, serial, issues, message }: ReloadEvent): string {
  const why = issues.length > 0 ? issues.map(formatIssue).join('\n') : message
  return `the ruleset was not reloaded; ${name} (serial ${serial}) stays in force\n${why ?? ''}`
}

/** Level and time where the line begins as pino writes it, nothing else of it. */
export function minimalRecord(line: string, { messageKey = 'msg', levels = [] }: RecordShape): string {
  const head = HEAD.exec(line.slice(0, 96))
  let level = LEVEL
  if (head !== null) {
    const written = head[1]!
    const label = written.charCodeAt(0) === 34 ? written.slice(1, -1) : undefined
    if (label === undefined || LABELS.includes(label) || levels.includes(label)) level = written
  }
  const time = head?.[2] === undefined ? '' : `"time":${head[2]},`
  return `{"level":${level},${time}${JSON.stringify(messageKey)}:"${FAILED}"}`
}

/** `\n`, `\r\n`, or '' where the line has none. */
export function terminator(line: string): string {
  return line.endsWith('\r\n') ? '\r\n' : line.endsWith('\n') ? '\n' : ''
}

function codeOf(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined
  return typeof code === 'string' && /^[a-z_]{1,40}$/.test(code) ? code : 'internal'
}

/** One line on stderr, without content. */
export function warn(text: string): void {
  try {
    process.stderr.write(`mask-logs/pino: ${text}\n`)
  } catch {
    // stderr is closed: there is nobody to tell
  }
}
