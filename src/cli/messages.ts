// What the CLI tells people, on stderr: notes, findings, the summary, the progress bar. None of it shows a masked value.

import type { Writable } from 'node:stream'
import { formatIssue, type Issue } from '../errors.ts'
import type { Finding, Stats } from '../masker.ts'
import type { LiveStats, RulesetTestResult } from '../index.ts'
import { milliseconds } from './io.ts'

/** Lines for people on a stream that may close at any time. */
export class Notes {
  readonly #stream: () => Writable
  #opened: Writable | undefined
  #gone = false
  #last: Promise<void> = Promise.resolve()

  /** The stream is asked for with the first note: opening stderr takes a millisecond. */
  constructor(stream: () => Writable) {
    this.#stream = stream
  }

  line(text: string): void {
    this.write(`${text}\n`)
  }

  write(text: string): void {
    if (this.#gone) return
    if (this.#opened === undefined) {
      this.#opened = this.#stream()
      this.#opened.on('error', () => {
        this.#gone = true
      })
    }
    const stream = this.#opened
    this.#last = new Promise((done) => {
      stream.once('close', done)
      stream.write(text, () => {
        stream.off('close', done)
        done()
      })
    })
  }

  /** Settles when everything has left. */
  flush(): Promise<void> {
    return this.#last
  }
}

/** A name for a terminal: control characters cannot do anything there. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const SYSTEM: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  EEXIST: 'exists already',
  EMFILE: 'too many open files',
  ENOSPC: 'no space left',
  Z_BUF_ERROR: 'the gzip data is cut off',
  Z_DATA_ERROR: 'the gzip data is damaged',
}

/** Words for a system error; never its message, which may quote more than is wanted. */
export function systemWords(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code
  if (typeof code !== 'string' || !/^[A-Z0-9_]{1,40}$/.test(code)) return 'unknown error'
  const words = SYSTEM[code]
  return words === undefined ? code : `${words} (${code})`
}

/** Issues with the file name as the user wrote it. */
export function issueLines(issues: readonly Issue[], given: ReadonlyMap<string, string>): string {
  return issues.map((issue) => formatIssue({ ...issue, source: given.get(issue.source) ?? issue.source })).join('\n')
}

/** One finding for people: `3:17-33 msg credit_card 0.95 length 16 [check:luhn] -> mask`. */
export function findingLine(finding: Finding, stream?: string): string {
  const { line, path, where, rule, detector, score, start, end, length, decision, reasons } = finding
  const place = `${line === undefined ? '' : `${line}:`}${start}-${end}`
  const spot = where === 'line' ? '(line)' : `${path === '' ? '(record)' : printable(path)}${where === 'key' ? ' (key)' : ''}`
  const by = detector === undefined ? printable(rule ?? '-') : rule === undefined ? detector : `${detector} by ${printable(rule)}`
  return [
    stream,
    place,
    spot,
    by,
    score === undefined ? undefined : score.toFixed(2),
    `length ${length}`,
    reasons === undefined || reasons.length === 0 ? undefined : `[${printable(reasons.map(({ code }) => code).join(' '))}]`,
    `-> ${decision}`,
  ]
    .filter((part) => part !== undefined)
    .join(' ')
}

/** One test of a ruleset, and what differed: paths and lengths; the values themselves only with `values`. */
export function testLines(result: RulesetTestResult, values: boolean): string {
  const lines = [`${result.ok ? 'ok' : 'not ok'} ${result.source}:${result.line} ${result.name}`]
  for (const { part, path, message, expected, received } of result.problems) {
    lines.push(`  ${part}${path === '' ? '' : ` ${path}`}: ${message}`)
    if (!values) continue
    if (expected !== undefined) lines.push(`    expected ${cut(expected)}`)
    if (received !== undefined) lines.push(`    received ${cut(received)}`)
  }
  return lines.map((line) => `${printable(line)}\n`).join('')
}

const cut = (text: string): string => (text.length > 1000 ? `${text.slice(0, 1000)}... (${text.length} characters)` : text)

const group = (n: number): string =>
  Math.round(n)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',')
const megabytes = (n: number): string => (n / 1e6).toFixed(n < 1e8 ? 2 : 1)

/** The summary of --stats. */
export function statsText(stats: Stats, seconds: number): string {
  const counts = (of: Readonly<Record<string, number>>): string => {
    const rows = Object.entries(of)
      .filter(([, n]) => n > 0)
      .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    return rows.length === 0 ? 'none' : rows.map(([name, n]) => `${printable(name)} ${group(n)}`).join(', ')
  }
  const { ruleset, serial } = stats
  const reloads = 'reloads' in stats ? (stats as LiveStats).reloads : undefined
  return [
    `ruleset: ${printable(ruleset)} (serial ${serial}${reloads === undefined || reloads.error === 0 ? '' : `, ${reloads.error} failed`})`,
    `lines: ${group(stats.lines)} (${group(stats.records)} JSON, ${group(stats.textLines)} text)`,
    `bytes: ${group(stats.bytesIn)} in, ${group(stats.bytesOut)} out`,
    `masked values: ${group(stats.masked)}`,
    `  by rule: ${counts(stats.byRule)}`,
    `  by detector: ${counts(stats.byDetector)}`,
    `errors: ${counts(stats.errors)}`,
    `time: ${seconds.toFixed(2)} s, ${seconds > 0 ? (stats.bytesIn / 1e6 / seconds).toFixed(1) : '0.0'} MB/s`,
  ]
    .map((line) => `${line}\n`)
    .join('')
}

/** A bar on one line of a terminal, redrawn while files are read. */
export class Progress {
  readonly #notes: Notes
  readonly #total: number
  readonly #columns: number
  readonly #begun = milliseconds()
  #next = 0
  #shown = false

  constructor(notes: Notes, total: number, columns: number) {
    this.#notes = notes
    this.#total = total
    this.#columns = columns
    // Short work needs no bar.
    this.#next = this.#begun + 300
  }

  update(done: number): void {
    const now = milliseconds()
    if (now < this.#next) return
    this.#next = now + 100
    const share = Math.min(1, done / Math.max(1, this.#total))
    const text = ` ${Math.floor(share * 100)} %  ${megabytes(done)} of ${megabytes(this.#total)} MB  ${(done / 1e3 / (now - this.#begun)).toFixed(0)} MB/s`
    const width = Math.max(0, Math.min(40, this.#columns - text.length - 3))
    const full = Math.round(share * width)
    this.#notes.write(`\r\u001b[K${width < 5 ? '' : `[${'#'.repeat(full)}${'-'.repeat(width - full)}]`}${text}`)
    this.#shown = true
  }

  clear(): void {
    if (this.#shown) this.#notes.write('\r\u001b[K')
    this.#shown = false
  }
}
