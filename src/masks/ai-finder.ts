// Finds what an AI engine of the host says. Its answer is checked as a stranger's: what is not as agreed fails the whole text.

import { MaskError } from '../errors.ts'
import type { AiEngine, AiLabel, AiSpan, TextMatch } from '../engine/types.ts'
import { widthAt } from './characters.ts'
import { isNarrow } from './input.ts'

/** Asks for all labels at once; gives the matches of each. */
export function aiFinder(type: string, engine: AiEngine | undefined, labels: readonly AiLabel[]): (text: string) => TextMatch[][] {
  const unavailable = (words: string): MaskError => new MaskError('ai_engine_unavailable', type, words)
  const names = labels.map(({ label }) => label)
  return (text) => {
    if (engine === undefined) throw unavailable('has no AI engine')
    let spans: readonly AiSpan[] | undefined
    try {
      spans = spansOf(engine([text], labels), names)
    } catch {
      // what the engine says could quote the text
      throw unavailable('got no answer of the AI engine')
    }
    const found = spans === undefined ? undefined : units(text, spans)
    if (found === undefined) throw unavailable('got an answer of the AI engine that cannot be used')
    return names.map((label) => found.filter((_, i) => spans![i]!.label === label))
  }
}

/** The spans of the one text, in order; undefined where they are not as agreed. */
function spansOf(answer: unknown, labels: readonly string[]): readonly AiSpan[] | undefined {
  if (!Array.isArray(answer) || answer.length !== 1 || !Array.isArray(answer[0])) {
    // promises come too late, and must not end the process when they fail
    Promise.allSettled(Array.isArray(answer) ? answer : [answer]).catch(() => {})
    return undefined
  }
  // each field is read once: a getter may say something else the next time
  const spans = (answer[0] as readonly AiSpan[]).map(({ start, end, label }) => ({ start, end, label }))
  for (const { start, end, label } of spans)
    if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || start >= end || !labels.includes(label)) return undefined
  spans.sort((a, b) => a.start - b.start)
  return spans.every(({ end }, i) => i + 1 === spans.length || end <= spans[i + 1]!.start) ? spans : undefined
}

/** Spans in code points as UTF-16 offsets; undefined where one ends behind the text. */
function units(text: string, spans: readonly AiSpan[]): TextMatch[] | undefined {
  const narrow = isNarrow(text)
  const out: TextMatch[] = []
  let points = 0
  let at = 0
  const to = (point: number): number => {
    if (narrow) return point
    while (points < point && at < text.length) {
      at += widthAt(text, at)
      points++
    }
    return points < point ? text.length + 1 : at
  }
  for (const { start, end } of spans) {
    const match = { start: to(start), end: to(end) }
    if (match.end > text.length) return undefined
    out.push(match)
  }
  return out
}
