// Magnetic stripe data: the whole frame is sensitive, the number in it proves it.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { DIGIT, isDigit, luhn, runEnd } from './bytes.ts'

const cardTrack: DetectorInfo = {
  name: 'card_track',
  group: 'pci',
  tier: 0,
  priority: 2,
  summary: 'Track 1 or track 2 of a payment card: the frame with number, name, expiry.',
  examples: ['swipe «%B4111111111111111^DOE/JANE^25121010000000000000?» ok', 'track «;4111111111111111=25121010000012345678?»'],
  counterExamples: ['%B4111111111111112^DOE/JANE^2512?', ';4111111111111112=2512?', 'a;123=4', '%Bold', ';4111111111111111'],
}

function find(scan: Scan, at: number, ids: Int32Array): number {
  const { text, end } = scan
  const first = text[at] === 66
  const pan = first ? at + 1 : at
  const to = runEnd(text, pan, end, DIGIT, 20)
  if (to - pan < 12 || to - pan > 19 || to >= end) return to > at ? to - 1 : at
  if (text[to] !== (first ? 94 : 61) || !luhn(text, pan, to)) return at
  let p = to + 1
  if (first) {
    while (p < end && p - to < 28 && text[p] !== 94) p++
    if (p >= end || text[p] !== 94) return at
    p++
  }
  // YYMM
  for (let i = 0; i < 4; i++) if (p + i >= end || !isDigit(text[p + i]!)) return at
  const stop = end - p > 60 ? p + 60 : end
  while (p < stop && text[p] !== 63 && text[p] !== 10 && text[p] !== 34 && text[p]! > 31) p++
  if (p < end && text[p] === 63) p++
  else if (!first) p = runEnd(text, to + 1, end, DIGIT, 40)
  scan.emit(ids[0]!, at - 1, p, 0.95)
  return p
}

export const cardTrackFinder: Finder = {
  detectors: [cardTrack],
  triggers: [
    { prev: '%', byte: 'B' },
    { prev: ';', byte: '0123456789' },
  ],
  find,
}
