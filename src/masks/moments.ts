// The bounds of `from_random_date` and `from_random_datetime`: ISO 8601, or the moment of masking. Pure.

import type { MaskDefinition, OptionSpec } from '../engine/types.ts'
import { dayNumber, readDate } from './dates.ts'

/** Seconds since 1970 in local time, and the offset. `fraction` is true when the bound lies within that second. */
export interface Moment {
  readonly seconds: number
  readonly fraction: boolean
  /** Minutes east of UTC; undefined for none. */
  readonly offset: number | undefined
}

const NOW = new Set(['now', 'current_date_time'])
const ISO = /^\d{4}-\d\d-\d\d(?:$|[Tt ])/

export const momentOptions: Readonly<Record<string, OptionSpec>> = {
  max: { kind: 'string', required: true, summary: 'ISO 8601 or `now`; the result lies before it.' },
  min: { kind: 'string', required: true, summary: 'ISO 8601 or `now`; the earliest result.' },
}

export const isTimeDependent = (options: ReadonlyMap<string, unknown>): boolean => NOW.has(options.get('min') as string) || NOW.has(options.get('max') as string)

export function readMoment(text: string): Moment | undefined {
  if (!ISO.test(text)) return undefined
  const read = readDate(text, { dayFirst: false, yearFirst: false })
  if (read === undefined) return undefined
  return {
    seconds: dayNumber(read) * 86_400 + read.hour * 3600 + read.minute * 60 + read.second,
    fraction: /[1-9]/.test(read.fraction),
    offset: read.offset,
  }
}

export const checkMoments: NonNullable<MaskDefinition['check']> = (options, report) => {
  const read = new Map<string, Moment>()
  for (const name of ['min', 'max']) {
    const text = options.get(name) as string
    if (NOW.has(text)) continue
    const moment = readMoment(text)
    if (moment === undefined) return report(name, 'bad_date', "an ISO 8601 date or date-time, or 'now', is needed")
    read.set(name, moment)
  }
  const min = read.get('min')
  const max = read.get('max')
  if (min === undefined || max === undefined) return
  if ((min.offset === undefined) !== (max.offset === undefined)) return report('min', 'bad_date', "'min' and 'max' both have an offset, or neither has")
  if (utc(min) >= utc(max)) report('min', 'invalid_value', "'min' is not before 'max'")
}

/** Seconds since the epoch; without offset as if UTC. */
export function utc(moment: Moment): number {
  return moment.seconds - (moment.offset ?? 0) * 60
}

/** A bound by its option; `now` takes an offset of 0 if the other bound has one. */
export function bound(text: string, other: string): (now: number) => Moment {
  if (!NOW.has(text)) {
    const moment = readMoment(text) ?? { seconds: 0, fraction: false, offset: undefined }
    return () => moment
  }
  const offset = readMoment(other)?.offset === undefined ? undefined : 0
  return (now) => ({ seconds: Math.floor(now / 1000), fraction: now % 1000 !== 0, offset })
}
