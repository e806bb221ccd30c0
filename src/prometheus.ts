// Counters as Prometheus reads them: the text format 0.0.4. The same names in every long-running mode; labels are names of rules and
// detectors and codes of ours, never data.

import type { LiveStats } from './live.ts'
import type { Stats } from './masker.ts'

/** What is rendered: the counters of any masker, of pino's guard, or of several added up. */
export type PrometheusStats = Readonly<Pick<Stats, 'ruleset' | 'serial' | 'records' | 'textLines' | 'bytesIn' | 'bytesOut' | 'maskedBy' | 'errors'>> &
  Partial<Pick<LiveStats, 'reloads'>>

/** Options of prometheusText. */
export interface PrometheusOptions {
  /** Labels of every sample, such as the name of the service. */
  readonly labels?: Readonly<Record<string, string>> | undefined
  /** Counters of a findings stream. */
  readonly findings?: { readonly written: number; readonly dropped: number } | undefined
}

/** What a response with it says of its type. */
export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

type Labels = Readonly<Record<string, string>>
type Sample = readonly [labels: Labels, value: number]

/** The counters of a masker in the text exposition format of Prometheus (version 0.0.4), always in the same order. */
export function textOf(stats: PrometheusStats, { labels = {}, findings }: PrometheusOptions): string {
  let out = ''
  const add = (name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): void => {
    const lines = samples.map(([own, value]) => `${name}${braces({ ...labels, ...own })} ${value}\n`).sort()
    out += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
  }
  add('mask_logs_records_total', 'counter', 'Records of JSON and lines of text that were masked.', [[{}, stats.records + stats.textLines]])
  add('mask_logs_text_lines_total', 'counter', 'Those of them that were text.', [[{}, stats.textLines]])
  add('mask_logs_bytes_total', 'counter', 'Bytes taken and given.', [
    [{ direction: 'in' }, stats.bytesIn],
    [{ direction: 'out' }, stats.bytesOut],
  ])
  add(
    'mask_logs_masked_values_total',
    'counter',
    'Values masked, by rule and detector; without a detector, by path or key.',
    stats.maskedBy.map(({ rule, detector = '', count }) => [{ rule, detector }, count]),
  )
  add(
    'mask_logs_mask_errors_total',
    'counter',
    'Failures by code; what could not be masked was hidden.',
    Object.entries(stats.errors).map(([code, count]) => [{ code }, count]),
  )
  add('mask_logs_plan_info', 'gauge', 'Name of the ruleset in force.', [[{ name: stats.ruleset }, 1]])
  add('mask_logs_plan_serial', 'gauge', 'How often the ruleset in force has been replaced.', [[{}, stats.serial]])
  const { reloads = { ok: 0, error: 0 } } = stats
  add(
    'mask_logs_plan_reloads_total',
    'counter',
    'Reloads of the ruleset; after an error the one in force stays.',
    Object.entries(reloads).map(([result, count]) => [{ result }, count]),
  )
  if (findings !== undefined) {
    add('mask_logs_findings_total', 'counter', 'Events written to the findings stream.', [[{}, findings.written]])
    add('mask_logs_findings_dropped_total', 'counter', 'Events lost because the findings stream was full or failed.', [[{}, findings.dropped]])
  }
  return out
}

function braces(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}
