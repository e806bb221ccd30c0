// Part A: what is found of labelled values, and what is found that is none.
import { performance } from 'node:perf_hooks'
import type { Entity } from './entity.ts'
import { leaks } from './leak.ts'
import { labelled, SETTINGS, type Label, type Labelled, type Setting } from './records.ts'
import type { Found, Subject } from './subject.ts'

/** Counts of one detector over everything that was scanned. */
export interface Hits {
  /** Labelled values that it covers. */
  right: number
  /** Finds that touch no labelled value. */
  wrong: number
}

export type HitsByDetector = Map<string, Hits>

export interface TypeFigures {
  readonly group: string
  readonly values: number
  /** Values covered by a find of any detector, of those that must be found; by setting too. */
  readonly found: number
  readonly recall: number
  readonly recallBySetting: Partial<Record<Setting, number>>
  /** Covered by the detector of that name. */
  readonly byName: number
  /** Of what the detector of that name finds anywhere in part A, the share that is a labelled value; null without a find. */
  readonly precision: number | null
  readonly f1: number | null
  readonly f2: number | null
  /** Of the values found, the share of which a fragment survives. */
  readonly leak: number
  /** Of the words beside the values, the share touched. */
  readonly overMask: number
  readonly words: number
  readonly wordsTouched: number
  /** Share of values that nothing names found all the same. Not judged. */
  readonly withoutContext: number | null
  readonly microseconds?: number
}

/** Covers it, or overlaps it by nine tenths of what the two take together. */
export function hits(found: Found, label: Label): boolean {
  if (found.start <= label.start && found.end >= label.end) return true
  const both = Math.min(found.end, label.end) - Math.max(found.start, label.start)
  return both > 0 && both / (Math.max(found.end, label.end) - Math.min(found.start, label.start)) >= 0.9
}

const touches = (found: Found, label: Label): boolean => found.start < label.mayEnd && found.end > label.mayStart

/** Several finds that follow each other may cover a value together: the pieces of a header, a pair and its value. */
function covered(finds: readonly Found[], label: Label): Found | undefined {
  const one = finds.find((found) => hits(found, label))
  if (one !== undefined) return one
  let at = label.start
  for (const found of [...finds].sort((a, b) => a.start - b.start)) if (found.start <= at && found.end > at) at = found.end
  return at >= label.end ? finds.find((found) => touches(found, label)) : undefined
}

export function count(by: HitsByDetector, detector: string, what: keyof Hits): void {
  const hit = by.get(detector) ?? { right: 0, wrong: 0 }
  hit[what]++
  by.set(detector, hit)
}

/** Words of a raw record outside the label, and how many of them a find touches. */
function words(raw: string, label: Label | undefined, finds: readonly Found[]): { all: number; touched: number } {
  // Byte offsets: only ASCII is cut, and the bytes are read as latin1.
  const text = Buffer.from(raw).toString('latin1')
  let all = 0
  let touched = 0
  for (const match of text.matchAll(/[^\s"{}[\],:=&?\\]+/g)) {
    const end = match.index + match[0].length
    if (label !== undefined && match.index < label.mayEnd && end > label.mayStart) continue
    all++
    if (finds.some((found) => found.start < end && found.end > match.index)) touched++
  }
  return { all, touched }
}

interface Tally {
  readonly entity: Entity
  readonly bySetting: Map<Setting, { of: number; found: number }>
  byName: number
  open: number
  openFound: number
  leaked: number
  words: number
  touched: number
  microseconds?: number
}

/** Scores one type. What is found goes to `by`, detector by detector; up to `keep` misses go to `misses`. */
export function scoreType(
  subject: Subject,
  entity: Entity,
  count_: number,
  by: HitsByDetector,
  options: { timed?: boolean; misses?: { setting: string; raw: string }[]; wrong?: (found: Found, record: Labelled) => void; leaked?: (record: Labelled) => void } = {},
): Tally {
  const tally: Tally = { entity, bySetting: new Map(), byName: 0, open: 0, openFound: 0, leaked: 0, words: 0, touched: 0 }
  const records = labelled(entity, count_)
  for (const record of records) {
    const finds = subject.find(record.raw)
    const { label } = record
    const hit = label === undefined ? undefined : covered(finds, label)
    for (const found of finds) {
      // A find of a value that nothing names is right or not; nobody can tell.
      if (record.expect === 'open' && label !== undefined && touches(found, label)) continue
      if (record.expect !== 'leave' && label !== undefined && touches(found, label)) {
        if (hits(found, label)) count(by, found.detector, 'right')
        continue
      }
      count(by, found.detector, 'wrong')
      options.wrong?.(found, record)
    }
    const beside = words(record.raw, label, finds)
    tally.words += beside.all
    tally.touched += beside.touched
    if (label === undefined || record.setting === 'near') continue
    if (record.expect === 'open') {
      tally.open++
      if (hit !== undefined) tally.openFound++
    }
    if (record.expect !== 'find') continue
    const place = tally.bySetting.get(record.setting) ?? { of: 0, found: 0 }
    tally.bySetting.set(record.setting, place)
    place.of++
    if (hit === undefined) {
      options.misses?.push({ setting: record.setting, raw: record.raw })
      continue
    }
    place.found++
    if (finds.some((found) => found.detector === entity.name && hits(found, label))) tally.byName++
    const keeps = entity.keeps?.(label.value) ?? 0
    const bytes = Buffer.from(record.raw)
    const around = `${bytes.subarray(0, label.start).toString()}\u0000${label.value.slice(0, keeps)}\u0000${bytes.subarray(label.end).toString()}`
    if (!leaks(label.value, keeps, subject.mask(record.raw), around)) continue
    tally.leaked++
    options.leaked?.(record)
  }
  if (options.timed === true) {
    const raws = records.map((record) => record.raw)
    for (const raw of raws) subject.masker.json(raw)
    const start = performance.now()
    for (let round = 0; round < 3; round++) for (const raw of raws) subject.masker.json(raw)
    tally.microseconds = ((performance.now() - start) * 1000) / (3 * raws.length)
  }
  return tally
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)
/** To four digits: figures that differ less are the same. */
export const round = (value: number, places = 4): number => Math.round(value * 10 ** places) / 10 ** places

function fScore(precision: number | null, recall: number, beta: number): number | null {
  if (precision === null) return null
  const b = beta * beta
  return precision + recall === 0 ? 0 : round(((1 + b) * precision * recall) / (b * precision + recall))
}

/** The figures of a type, once everything has been scanned and `by` is complete. */
export function figuresOf(tally: Tally, by: HitsByDetector): TypeFigures {
  const places = [...tally.bySetting.entries()]
  const values = places.reduce((sum, [, place]) => sum + place.of, 0)
  const found = places.reduce((sum, [, place]) => sum + place.found, 0)
  const own = by.get(tally.entity.name)
  const precision = own === undefined || own.right + own.wrong === 0 ? null : round(ratio(own.right, own.right + own.wrong))
  const recall = round(ratio(found, values))
  return {
    group: tally.entity.group,
    values,
    found,
    recall,
    recallBySetting: Object.fromEntries(
      SETTINGS.flatMap((setting) => {
        const place = tally.bySetting.get(setting)
        return place === undefined ? [] : [[setting, round(ratio(place.found, place.of))]]
      }),
    ),
    byName: round(ratio(tally.byName, values)),
    precision,
    f1: fScore(precision, recall, 1),
    f2: fScore(precision, recall, 2),
    leak: round(ratio(tally.leaked, found)),
    overMask: round(ratio(tally.touched, tally.words), 6),
    words: tally.words,
    wordsTouched: tally.touched,
    withoutContext: tally.open === 0 ? null : round(ratio(tally.openFound, tally.open)),
    ...(tally.microseconds === undefined ? {} : { microseconds: round(tally.microseconds, 1) }),
  }
}
