// The values of `data` and `stringData` in the manifest of a Kubernetes Secret that stands in text as YAML.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { matchesAt, matchesLower } from './bytes.ts'
import { isMasked, isPlaceholder } from './key-words.ts'

const kubernetesSecret: DetectorInfo = {
  name: 'kubernetes_secret',
  group: 'secrets',
  tier: 0,
  priority: 7,
  summary: 'Each value of `data` and `stringData` in a YAML manifest with `kind: Secret`.',
  examples: [
    'apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  user: «YWRtaW4=»\n  extra: "«YWJjZGVm»"\ntype: Opaque',
    'stringData:\n  a.conf: |\n    «user = admin»\n    «pass = x»\nkind: "secret"',
  ],
  counterExamples: [
    'kind: ConfigMap\ndata:\n  user: YWRtaW4=',
    'kind: Secret',
    'kind: Secret\ndata:\n  user: ${USER_B64}',
    'kind: SecretStore\ndata:\n  a: b',
    'mankind: secret\ndata:\n  a: b',
  ],
}

/** Of a manifest; a Secret holds at most 1 MiB. */
const MOST = 65_536

function find(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  // `at` is the `d` of `kind`.
  const from = at - 3
  if (from < start || !matchesAt(text, end, from, 'kind') || !isSecretKind(text, start, end, from)) return at
  let first = lineStart(text, start, from)
  const low = from - MOST > start ? from - MOST : start
  while (first > low && !matchesAt(text, end, first, '---')) first = lineStart(text, start, breakBefore(text, first))
  let block = -1
  let scalar = -1
  let line = first
  const stop = end - from > MOST ? from + MOST : end
  while (line < stop) {
    const to = lineEnd(text, line, end)
    let p = line
    // Tabs are written `\t` in a string of JSON.
    while (p < to && (text[p] === 32 || text[p] === 9 || (text[p] === 92 && text[p + 1] === 116))) p += text[p] === 92 ? 2 : 1
    const indent = p - line
    if (line > from && indent === 0 && matchesAt(text, to, p, '---')) return to
    if (p < to) {
      if (block >= 0 && indent > block) scalar = value(scan, p, to, indent, scalar, ids[0]!)
      else {
        scalar = -1
        block = isData(text, p, to) ? indent : -1
      }
    }
    line = nextLine(text, to, end)
  }
  return line
}

/** `kind: Secret` as a line of its own. */
function isSecretKind(text: Uint8Array, start: number, end: number, from: number): boolean {
  let p = from
  if (p > start && (text[p - 1] === 34 || text[p - 1] === 39)) p--
  if (p > start && text[p - 1] === 92 && p < from) p--
  while (p > start && (text[p - 1] === 32 || text[p - 1] === 9)) p--
  if (p > start && text[p - 1] !== 10 && !(p - 2 >= start && text[p - 2] === 92 && (text[p - 1] === 110 || text[p - 1] === 116))) return false
  const to = lineEnd(text, from, end)
  p = from + 4
  while (p < to && (text[p] === 34 || text[p] === 39 || text[p] === 92)) p++
  if (text[p] !== 58) return false
  p++
  while (p < to && (text[p] === 32 || text[p] === 34 || text[p] === 39 || text[p] === 92)) p++
  if (!matchesLower(text, to, p, 'secret')) return false
  for (p += 6; p < to; p++) if (text[p] !== 34 && text[p] !== 39 && text[p] !== 32 && text[p] !== 92 && text[p] !== 13) return false
  return true
}

function isData(text: Uint8Array, from: number, to: number): boolean {
  let p = from
  if (text[p] === 34 || text[p] === 39) p++
  const length = matchesAt(text, to, p, 'data') ? 4 : matchesAt(text, to, p, 'stringData') ? 10 : 0
  if (length === 0) return false
  p += length
  if (text[p] === 34 || text[p] === 39) p++
  return p < to && text[p] === 58
}

/** One line of the block: `key: value`, or a line of a block scalar, whose key stands at indent `scalar`. Returns that of the next line. */
function value(scan: Scan, from: number, to: number, indent: number, scalar: number, id: number): number {
  const { text } = scan
  let p = from
  let own = scalar
  if (scalar < 0 || indent <= scalar) {
    own = -1
    while (p < to && text[p] !== 58) p++
    if (p === to) return -1
    p++
    while (p < to && (text[p] === 32 || text[p] === 9)) p++
    if (text[p] === 124 || text[p] === 62) return indent
  }
  let stop = to
  while (stop > p && (text[stop - 1] === 32 || text[stop - 1] === 13)) stop--
  // a written carriage return
  if (stop - p > 2 && text[stop - 2] === 92 && text[stop - 1] === 114) stop -= 2
  if (text[p] === 92) p++
  if (stop > p && (text[p] === 34 || text[p] === 39) && text[stop - 1] === text[p]) {
    p++
    stop--
    if (stop > p && text[stop - 1] === 92) stop--
  }
  if (stop > p && text[p] !== 35 && !isPlaceholder(text, p, stop) && !isMasked(text, p, stop)) scan.emit(id, p, stop, 0.9)
  return own
}

/** Where the line ends: at a line break, or one that is written as `\n`. */
function lineEnd(text: Uint8Array, p: number, end: number): number {
  while (p < end && text[p] !== 10 && !(text[p] === 92 && p + 1 < end && text[p + 1] === 110)) p++
  return p
}

function nextLine(text: Uint8Array, to: number, end: number): number {
  return to >= end ? end : to + (text[to] === 92 ? 2 : 1)
}

function lineStart(text: Uint8Array, start: number, p: number): number {
  while (p > start && text[p - 1] !== 10 && !(p - 2 >= start && text[p - 1] === 110 && text[p - 2] === 92)) p--
  return p
}

/** Where the break before the line at `first` begins. */
function breakBefore(text: Uint8Array, first: number): number {
  return first - (text[first - 1] === 110 ? 2 : 1)
}

export const kubernetesSecretFinder: Finder = {
  detectors: [kubernetesSecret],
  triggers: [{ prev: 'n', byte: 'd', next: ':"\'\\' }],
  find,
  // `kind: Secret` and `data:`
  least: 20,
}
