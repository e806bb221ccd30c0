// `--check`: what is worse than in the committed report. Only figures that need no outside data and no particular machine.
import type { Figures } from './measure.ts'
import type { Gate } from './gates.ts'

/** Half a point of a share; half a line of 10,000. */
const SLACK = 0.005
const SLACK_LINES = 0.5

/** Every figure that fell (or rose, where more is worse), in words. */
export function worse(before: Figures, now: Figures): string[] {
  const out: string[] = []
  const fell = (what: string, a: number | null | undefined, b: number | null | undefined, slack = SLACK): void => {
    if (a === null || a === undefined) return
    if ((b ?? 0) < a - slack) out.push(`${what}: ${b ?? 'none'}, was ${a}`)
  }
  const rose = (what: string, a: number, b: number, slack = SLACK): void => {
    if (b > a + slack) out.push(`${what}: ${b}, was ${a}`)
  }
  for (const [name, a] of Object.entries(before.types)) {
    const b = now.types[name]
    if (b === undefined) {
      out.push(`${name}: no longer measured`)
      continue
    }
    for (const key of ['recall', 'precision', 'f1', 'f2'] as const) fell(`${name} ${key}`, a[key], b[key])
    rose(`${name} leak rate`, a.leak, b.leak)
    rose(`${name} over-mask`, a.overMask, b.overMask)
  }
  rose('over-mask', before.overMask, now.overMask)
  rose('leak rate', before.leak, now.leak)
  for (const [name, a] of Object.entries(before.byExamples)) {
    const b = now.byExamples[name] ?? now.types[name]
    if (b === undefined) out.push(`${name}: no longer measured`)
    else if ('examples' in b) fell(`${name} examples found`, a.found / Math.max(1, a.examples), b.found / Math.max(1, b.examples))
  }
  rose('hard negatives flagged per 10,000', before.negatives.flaggedPer10000, now.negatives.flaggedPer10000, SLACK_LINES)
  for (const key of ['precision', 'recall', 'f1', 'f2', 'strongRecords'] as const) fell(`named_secret lines, ${key}`, before.secrets[key], now.secrets[key])
  rose('log lines flagged per 10,000', before.lines.flaggedPer10000, now.lines.flaggedPer10000, SLACK_LINES)
  for (const [name, b] of Object.entries(now.lines.byDetector)) rose(`log lines flagged per 10,000 by ${name}`, before.lines.byDetector[name] ?? 0, b, SLACK_LINES)
  return out
}

/** Gates that were reached and no longer are. */
export function lostGates(before: readonly Gate[], now: readonly Gate[]): string[] {
  const reached = new Set(before.filter((gate) => gate.reached === true && gate.machine !== true).map((gate) => `${gate.gate} ${gate.what}`))
  return now
    .filter((gate) => gate.reached === false && reached.has(`${gate.gate} ${gate.what}`))
    .map((gate) => `${gate.gate} ${gate.what}: missed with ${gate.measured}, must be ${gate.must}`)
}
