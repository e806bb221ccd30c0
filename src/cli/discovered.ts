// The report of `mask-logs discover` for people: what detectors found, what else deserves a look, and what to do.

import type { DiscoveredFinding, DiscoveredPlace, DiscoveredSuggestion, DiscoveryReport } from '../index.ts'

/** So many places are shown of each part; --json shows all. */
const SHOWN = 200
const WIDEST = 60

/** Lines of the report; keys in them may hold anything printable. */
export function reportLines(report: DiscoveryReport, hint: boolean): string[] {
  const { findings, suggestions } = report
  const likely = suggestions.filter(({ confidence }) => confidence === 'likely')
  const possible = suggestions.filter(({ confidence }) => confidence === 'possible')
  const lines = [summary(report)]
  for (const [code, n] of Object.entries(report.errors)) lines.push(`${code}: ${group(n)}`)
  if (report.cut) lines.push('no more than these were looked at: --max-lines')
  if (report.capped) lines.push(`more than ${group(report.places)} places: what stood at the others is told at those above them`)
  if (findings.length === 0) lines.push('', 'Detectors found nothing.')
  else {
    lines.push('', 'Found by detectors')
    lines.push(...table(['path', 'what', 'values', 'records', 'length', 'pattern', 'masked by'], findings.map(findingRow)))
  }
  for (const [title, list] of [
    ['Likely personal or secret, by its key', likely],
    ['Perhaps personal, worth a look', possible],
  ] as const)
    if (list.length > 0) lines.push('', title, ...table(['path', 'what', 'values', 'records', 'length', 'different', 'pattern', 'why'], list.map(suggestionRow)))
  const rest = [findings, likely, possible].reduce((sum, list) => sum + Math.max(0, list.length - SHOWN), 0)
  if (rest > 0) lines.push('', `${group(rest)} more: --json shows all.`)
  if (findings.length + likely.length > 0 && hint) lines.push('', 'A ruleset that masks what is found and what is likely: mask-logs discover -o rules.yaml ...')
  return lines
}

function summary({ records, lines, places, bytes }: DiscoveryReport): string {
  const parts = [...(records > 0 || lines === 0 ? [counted(records, 'record')] : []), ...(lines > 0 ? [`${counted(lines, 'line')} of text`] : []), counted(places, 'place')]
  return `${parts.join(', ')}, ${bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`}`
}

function findingRow(finding: DiscoveredFinding): string[] {
  const { detector, count, found, ruleset, byDefault } = finding
  const by = ruleset === undefined ? `a rule with detect: [${detector}]` : byDefault ? `${ruleset}, in default` : `${ruleset}, not in default`
  return [spot(finding), detector, group(count), percent(found), length(finding), finding.pattern ?? '', by]
}

function suggestionRow(suggestion: DiscoveredSuggestion): string[] {
  const { title, values, share, distinct, pattern, evidence } = suggestion
  return [spot(suggestion), title, group(values), percent(share), length(suggestion), distinct === undefined ? '' : group(distinct), pattern ?? '', evidence.join(', ')]
}

const spot = ({ path, where }: DiscoveredPlace): string => (where === 'key' ? `${path} (keys)` : where === 'pair' ? `${path}= (text)` : path)
const length = ({ length }: DiscoveredPlace): string => (length === undefined ? '' : length[0] === length[1] ? `${length[0]}` : `${length[0]}-${length[1]}`)
const percent = (share: number): string => (share > 0 && share < 0.001 ? '<0.1 %' : `${(share * 100).toFixed(1)} %`)
const group = (n: number): string => n.toString().replace(/\B(?=(\d{3})+$)/g, ',')
const counted = (n: number, what: string): string => `${group(n)} ${what}${n === 1 ? '' : 's'}`

const RIGHT: ReadonlySet<string> = new Set(['values', 'records', 'different'])

/** Columns; one in which nothing stands is left out, and the last is not filled up. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const shown = rows.slice(0, SHOWN)
  const used = heads.map((_, i) => i).filter((i) => shown.some((row) => row[i] !== ''))
  const widths = heads.map((head, i) => Math.min(WIDEST, Math.max(head.length, ...shown.map((row) => row[i]!.length))))
  const line = (row: readonly string[]): string => `  ${used.map((i) => (RIGHT.has(heads[i]!) ? row[i]!.padStart(widths[i]!) : row[i]!.padEnd(widths[i]!))).join('  ')}`.trimEnd()
  return [line(heads), ...shown.map(line)]
}
