// Coordinates: numbers under keys that say so, and `latitude, longitude` in text.

import type { DetectorInfo, Finder, KeyedDetector, Scan } from '../engine/types.ts'
import { ALNUM, CLASS, UNDERSCORE, isDigit } from './bytes.ts'

const info: DetectorInfo = {
  name: 'geo_point',
  group: 'pii',
  tier: 1,
  priority: 50,
  numbers: true,
  summary:
    'Coordinate: a number in range under latitude or longitude, or under lat and lon (lng, long) side by side; in text a pair of such keys, or `latitude, longitude` with four or more decimals each.',
  mask: { type: 'round', decimal_places: 1 },
  examples: ['at «51.50735, -0.12776» now', '(«-36.84846,174.76333»)', 'latitude=«51.5» longitude=«-0.1277»', 'lat: «48.8566», lon: «2.3522»'],
  counterExamples: [
    '0.1234, 0.5678',
    '12.345, 67.891',
    '1.23456, 2.34567, 3.45678',
    '91.23456, 10.12345',
    'lat=12.5ms',
    'lat=0.1234',
    'M12.3456,45.6789 L1.2345,2.3456',
    'latitude=unknown',
    '10.1234.5, 20.12345',
  ],
}

/** Latitude and longitude spelled out, and in short: that may be a latency, or anything long. */
const LATITUDE = 1
const LONGITUDE = 2
const LAT = 3
const LON = 4

/** Decimals that a number in text has which is a place. */
const DECIMALS = 4

export const geoPoint: KeyedDetector = {
  detector: info,
  level: ({ personal }) => (personal === 'latitude' ? LATITUDE : personal === 'longitude' ? LONGITUDE : personal === 'lat' ? LAT : personal === 'lon' ? LON : 0),
  numbers: () => true,
  judge: (text, start, end, level) => (readNumber(text, start, end) === end && inRange(level) ? 0.9 : 0),
  beside: (level, key) => (level === LAT ? partners(key, 'lat', ['lon', 'lng', 'long']) : level === LON ? partners(key, '(?:long|lon|lng)', ['lat']) : undefined),
  pair(text, _start, end, pair, level) {
    const to = readNumber(text, pair.valueStart, end)
    if (to === pair.valueStart || goesOn(text, to, end) || !inRange(level)) return 0
    if (level >= LAT && (decimals < DECIMALS || Math.abs(value) < 1)) return 0
    pair.valueEnd = to
    return 0.8
  },
}

/** Keys like this one with the other half of the pair in it, written alike. */
function partners(key: string, half: string, others: readonly string[]): readonly string[] {
  const at = new RegExp(half, 'i').exec(key)
  if (at === null) return []
  const spelled =
    at[0] === at[0].toUpperCase() ? (s: string) => s.toUpperCase() : at[0] === at[0].toLowerCase() ? (s: string) => s : (s: string) => s[0]!.toUpperCase() + s.slice(1)
  return others.map((other) => key.slice(0, at.index) + spelled(other) + key.slice(at.index + at[0].length))
}

// what `readNumber` has read
let value = 0
let decimals = 0

/** Reads a decimal number of up to three digits before the point; returns where it ends, `p` where there is none. */
function readNumber(text: Uint8Array, p: number, end: number): number {
  let q = p < end && (text[p] === 45 || text[p] === 43) ? p + 1 : p
  const negative = text[p] === 45
  const from = q
  value = 0
  decimals = 0
  while (q < end && q - from < 4 && isDigit(text[q]!)) value = value * 10 + text[q++]! - 48
  if (q === from || q - from > 3) return p
  if (q + 1 < end && text[q] === 46 && isDigit(text[q + 1]!)) {
    let scale = 0.1
    q++
    for (; q < end && decimals < 24 && isDigit(text[q]!); q++, decimals++) {
      value += (text[q]! - 48) * scale
      scale /= 10
    }
  }
  if (negative) value = -value
  return q
}

function inRange(level: number): boolean {
  return Math.abs(value) <= (level === LATITUDE || level === LAT ? 90 : 180)
}

/** What stands at p is part of the number before it, or a unit. */
function goesOn(text: Uint8Array, p: number, end: number): boolean {
  if (p >= end) return false
  const b = text[p]!
  if (b >= 0x80) return b !== 0xc2
  return (CLASS[b]! & (ALNUM | UNDERSCORE)) !== 0 || b === 37 || ((b === 46 || b === 45 || b === 47 || b === 58) && p + 1 < end && (CLASS[text[p + 1]!]! & ALNUM) !== 0)
}

/** `at`: the comma between the two. */
function find(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  let p = at
  while (p > start && at - p < 24 && isDigit(text[p - 1]!)) p--
  if (at - p < DECIMALS || p === start || text[p - 1] !== 46) return at
  p--
  const whole = p
  while (p > start && whole - p < 4 && isDigit(text[p - 1]!)) p--
  if (p === whole || whole - p > 3) return at
  if (p > start && (text[p - 1] === 45 || text[p - 1] === 43)) p--
  if (p > start) {
    const b = text[p - 1]!
    if (b >= 0x80 || (CLASS[b]! & (ALNUM | UNDERSCORE)) !== 0 || b === 46 || b === 45 || b === 47) return at
    // a list of numbers
    let q = p
    if (q > start && text[q - 1] === 32) q--
    if (q > start && text[q - 1] === 44) q--
    if (q < p && q > start && isDigit(text[q - 1]!)) return at
  }
  if (readNumber(text, p, at) !== at || !inRange(LATITUDE)) return at
  const small = Math.abs(value) < 1
  const from = at + 1 < end && text[at + 1] === 32 ? at + 2 : at + 1
  const to = readNumber(text, from, end)
  if (to === from || decimals < DECIMALS || !inRange(LONGITUDE) || (small && Math.abs(value) < 1)) return at
  if (goesOn(text, to, end)) return to
  let q = to
  if (q < end && text[q] === 44) q++
  if (q < end && text[q] === 32) q++
  if (q > to && q < end && (isDigit(text[q]!) || (text[q] === 45 && q + 1 < end && isDigit(text[q + 1]!)))) return to
  scan.emit(ids[0]!, p, to, 0.65)
  return to
}

export const geoFinder: Finder = {
  detectors: [info],
  triggers: [{ prev: '0123456789', byte: ',', next: ' -+0123456789' }],
  least: 13,
  find,
  skim: 'geo',
}
