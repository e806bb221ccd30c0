// JSON Web Tokens: the first segment decodes to an object with `alg` or `enc`.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { ALNUM, BASE64URL, CLASS, decodeBase64, decoded, isDigit, runEnd } from './bytes.ts'

const jwt: DetectorInfo = {
  name: 'jwt',
  group: 'secrets',
  tier: 0,
  priority: 8,
  checks: ['check:header'],
  summary: 'JSON Web Token: three (JWS) or five (JWE) base64url segments, or two that both decode to objects; the header names `alg` or `enc`.',
  examples: [
    'auth «eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLWJ5dGVz» ok',
    't=«eyJhbGciOiJub25lIn0.eyJzdWIiOiJib2IifQ».',
    '"«eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..aXYtaXYtaXYtaXY.Y2lwaGVydGV4dA.dGFnLXRhZy10YWc»"',
    '«ewogICJhbGciOiAiSFMyNTYiCn0.eyJzdWIiOiJib2IifQ.c2lnbmF0dXJl»',
  ],
  counterExamples: ['eyJhbGciOiJIUzI1NiJ9', 'eyJmb28iOiJiYXIifQ.eyJzdWIiOiJib2IifQ.c2ln', 'eyJ.eyJ.eyJ', 'xeyJhbGciOiJub25lIn0.eyJzdWIiOiJib2IifQ.x', 'keyJoin.foo.bar'],
}

const ends = new Int32Array(6)

function find(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  // The trigger lies within the first four characters: `eyJ`, `eyAi`, `ewogI`, `ewoJI`, `ew0K`.
  let from = at
  const stop = at - 4 > start ? at - 4 : start
  while (from >= stop && text[from] !== 101) from--
  if (from < stop) return at
  if (from > start && (CLASS[text[from - 1]!]! & BASE64URL) !== 0 && !afterInstallationId(text, from, start)) return at
  const second = text[from + 1]
  if (second !== 121 && second !== 119) return at
  let segments = 0
  let p = from
  while (segments < 5) {
    const to = runEnd(text, p, end, BASE64URL, end - p)
    if (to === p && segments !== 1) break
    ends[segments++] = to
    if (to >= end || text[to] !== 46) break
    p = to + 1
  }
  if (segments < 2) return segments === 0 ? at : ends[0]!
  if (!isHeader(text, from, ends[0]!)) {
    scan.reject?.(ids[0]!, from, ends[segments - 1]!, 'failed:header')
    return ends[0]!
  }
  let last = segments >= 5 ? 4 : segments >= 3 ? 2 : 1
  if (segments > 2 && ends[1] === ends[0]! + 1) {
    if (segments < 5) return ends[0]! // an empty segment belongs to five
    last = 4
  }
  const to = ends[last]!
  if (last === 1) {
    const size = decodeBase64(text, ends[0]! + 1, to)
    if (size < 2 || decoded[0] !== 123 || decoded[1] !== 34) return to
  }
  // A padded or longer run around it is other base64.
  if (to < end && (CLASS[text[to]!]! & ALNUM) !== 0) return to
  scan.emit(ids[0]!, from, to, 0.95)
  return to
}

/** `ghs_<digits>_<jwt>` of an app installation. */
function afterInstallationId(text: Uint8Array, from: number, start: number): boolean {
  let p = from - 1
  if (text[p] !== 95) return false
  const stop = from - 24 > start ? from - 24 : start
  while (p > stop && isDigit(text[p - 1]!)) p--
  return p < from - 1 && p - 4 >= start && text[p - 1] === 95 && text[p - 2] === 115 && text[p - 3] === 104 && text[p - 4] === 103
}

/** A JSON object with a string under `alg` or `enc`, judged on its first 3 KB. */
function isHeader(text: Uint8Array, from: number, to: number): boolean {
  const size = decodeBase64(text, from, to)
  if (size < 10 || decoded[0] !== 123) return false
  for (let p = 1; p + 6 < size; p++) {
    if (decoded[p] !== 34) continue
    const name = (decoded[p + 1]! << 16) | (decoded[p + 2]! << 8) | decoded[p + 3]!
    if ((name !== 0x616c67 && name !== 0x656e63) || decoded[p + 4] !== 34) continue
    let q = p + 5
    while (q < size && (decoded[q] === 32 || decoded[q] === 10 || decoded[q] === 13 || decoded[q] === 9)) q++
    if (decoded[q] !== 58) continue
    q++
    while (q < size && (decoded[q] === 32 || decoded[q] === 10 || decoded[q] === 13 || decoded[q] === 9)) q++
    if (q < size && decoded[q] === 34) return true
  }
  return false
}

export const jwtFinder: Finder = {
  detectors: [jwt],
  triggers: [
    { prev: 'y', byte: 'JA' },
    { prev: 'g', byte: 'I' },
    { prev: 'o', byte: 'J' },
    { prev: '0', byte: 'K' },
  ],
  find,
  skim: 'jwt',
}
