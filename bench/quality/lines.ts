// Part D: lines that real software wrote, in lines/*.gz.
import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { identifiers } from './entities.ts'
import { round } from './score.ts'
import type { Subject } from './subject.ts'

export interface LineFigures {
  readonly lines: number
  readonly kinds: number
  /** Lines in which the detector finds something, per 10,000. */
  readonly byDetector: Readonly<Record<string, number>>
  /** Lines with a find that is no address and no name. */
  readonly flagged: number
  readonly flaggedPer10000: number
  readonly phonePer10000: number
  readonly identifiersPer10000: number
  /** Flagged lines by kind of software. */
  readonly byKind: Readonly<Record<string, { readonly lines: number; readonly flagged: number }>>
}

/** Found, and genuinely there: shown, and no part of the gate. */
export const genuine: ReadonlySet<string> = new Set(['ipv4', 'ipv6', 'mac_address', 'person_name', 'geo_point'])

/** Where the files are, from the sources and from `dist/` alike. */
export function linesFolder(): URL {
  const here = new URL('./lines/', import.meta.url)
  return here.pathname.includes('/dist/bench/') ? new URL('../../../bench/quality/lines/', import.meta.url) : here
}

/** Every `step`th line of each kind. */
export function readLines(step = 1): { kind: string; line: string }[] {
  const folder = linesFolder()
  return readdirSync(folder)
    .filter((file) => file.endsWith('.gz'))
    .sort()
    .flatMap((file) => {
      const lines = gunzipSync(readFileSync(new URL(file, folder)))
        .toString()
        .split('\n')
      return lines.filter((line, i) => line !== '' && i % step === 0).map((line) => ({ kind: file.slice(0, -3), line }))
    })
}

export function scoreLines(subject: Subject, step: number, show?: (detector: string, kind: string, line: string) => void): LineFigures {
  const by = new Map<string, number>()
  const byKind: Record<string, { lines: number; flagged: number }> = {}
  let flagged = 0
  let withIdentifier = 0
  const all = readLines(step)
  for (const { kind, line } of all) {
    const place = (byKind[kind] ??= { lines: 0, flagged: 0 })
    place.lines++
    const names = new Set(subject.find(line).map((found) => found.detector))
    for (const name of names) {
      by.set(name, (by.get(name) ?? 0) + 1)
      if (!genuine.has(name)) show?.(name, kind, line)
    }
    if ([...names].some((name) => identifiers.has(name))) withIdentifier++
    if ([...names].some((name) => !genuine.has(name))) {
      flagged++
      place.flagged++
    }
  }
  const per = (n: number): number => round((n * 10_000) / all.length, 2)
  return {
    lines: all.length,
    kinds: Object.keys(byKind).length,
    byDetector: Object.fromEntries([...by.entries()].sort((a, b) => b[1] - a[1]).map(([name, n]) => [name, per(n)])),
    flagged,
    flaggedPer10000: per(flagged),
    phonePer10000: per(by.get('phone') ?? 0),
    identifiersPer10000: per(withIdentifier),
    byKind,
  }
}
