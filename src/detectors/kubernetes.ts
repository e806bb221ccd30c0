// Manifests of Kubernetes Secrets in a text: what stands under `data` and `stringData` there is secret, whatever its key says.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { ALNUM, CLASS, KEY, matchesAt, matchesLower } from './bytes.ts'
import { isMasked, isPlaceholder } from './key-words.ts'

const kubernetesSecret: DetectorInfo = {
  name: 'kubernetes_secret',
  group: 'secrets',
  tier: 0,
  priority: 49,
  summary: 'Values under `data` and `stringData` of a manifest with `kind: Secret`, in a text of several lines, line breaks real or escaped.',
  examples: [
    'apiVersion: v1\nkind: Secret\ndata:\n  owner: «Ym9iIGFuZCBhbm4=»\n',
    "apiVersion: v1\nstringData:\n  # by hand\n  greeting: '«hello you»'\nkind: Secret",
    'kind: Secret\\ndata:\\n  a.pem: |\\n    «QUJDREVGRw==»\\nmetadata:\\n  name: x',
  ],
  counterExamples: [
    'kind: ConfigMap\ndata:\n  greeting: hello\n',
    'kind: ExternalSecret\ndata:\n  - key: name\n',
    'kind: Secret\nmetadata:\n  data:\n',
    'kind: Secret\ndata:\n  a: {{ .Values.a }}\n  b: ""\n',
    'metadata:\n',
  ],
}

/** Where the line that p is in ends: at its break, real or written. */
function lineEnd(text: Uint8Array, p: number, end: number): number {
  while (p < end && text[p] !== 10 && !(text[p] === 92 && p + 1 < end && text[p + 1] === 110)) p++
  return p
}

function nextLine(text: Uint8Array, stop: number, end: number): number {
  return stop >= end ? end : text[stop] === 10 ? stop + 1 : stop + 2
}

/** Blanks, and the dashes of a list, count as depth. */
function contentStart(text: Uint8Array, p: number, end: number): number {
  while (p < end && (text[p] === 32 || text[p] === 9 || (text[p] === 45 && p + 1 < end && text[p + 1] === 32))) p++
  return p
}

function skipBlanks(text: Uint8Array, p: number, end: number): number {
  while (p < end && (text[p] === 32 || text[p] === 9 || text[p] === 13)) p++
  return p
}

/** The offset behind `key:` at p, 0 for another one. */
function behindKey(text: Uint8Array, p: number, end: number, key: string): number {
  if (!matchesAt(text, end, p, key)) return 0
  const q = skipBlanks(text, p + key.length, end)
  return q < end && text[q] === 58 ? q + 1 : 0
}

/** Where the document that begins at `start` ends, at a line of dashes or with the text; below zero (its inverse) when it is no Secret. */
function manifestEnd(text: Uint8Array, start: number, end: number): number {
  let secret = false
  let line = start
  while (line < end) {
    if (line > start && matchesAt(text, end, line, '---')) break
    const stop = lineEnd(text, line, end)
    let p = behindKey(text, contentStart(text, line, stop), stop, 'kind')
    if (p > 0) {
      p = skipBlanks(text, p, stop)
      if (p < stop && (text[p] === 34 || text[p] === 39)) p++
      if (matchesLower(text, stop, p, 'secret') && !(p + 6 < stop && (CLASS[text[p + 6]!]! & ALNUM) !== 0)) secret = true
    }
    line = nextLine(text, stop, end)
  }
  return secret ? line : ~line
}

/** All of the text is read at its first candidate: what a manifest is, its last line may say. */
function find(scan: Scan, _at: number, ids: Int32Array): number {
  const { text, end } = scan
  for (let from = scan.start; from < end; ) {
    const to = manifestEnd(text, from, end)
    if (to >= 0) readManifest(scan, from, to, ids)
    from = to < 0 ? ~to : to
  }
  return end
}

function readManifest(scan: Scan, start: number, end: number, ids: Int32Array): void {
  const { text } = scan
  /** Depth of the `data` that is open, and of a key in it whose value stands in the lines below; -1: none is. */
  let block = -1
  let scalar = -1
  for (let line = start; line < end; ) {
    const stop = lineEnd(text, line, end)
    const from = contentStart(text, line, stop)
    const depth = from - line
    if (skipBlanks(text, from, stop) < stop && text[from] !== 35) {
      if (depth <= block) block = scalar = -1
      if (depth <= scalar) scalar = -1
      if (scalar >= 0) value(scan, from, stop, ids)
      else if (block >= 0) {
        const at = entry(text, from, stop)
        if (at > 0 && (text[at] === 124 || text[at] === 62)) scalar = depth
        else if (at > 0) value(scan, at, stop, ids)
      } else {
        const at = behindKey(text, from, stop, 'data') || behindKey(text, from, stop, 'stringData')
        if (at > 0 && skipBlanks(text, at, stop) === stop) block = depth
      }
    }
    line = nextLine(text, stop, end)
  }
}

/** Where the value of the entry at p begins, 0 for no entry. */
function entry(text: Uint8Array, p: number, end: number): number {
  while (p < end && ((CLASS[text[p]!]! & KEY) !== 0 || text[p] === 34 || text[p] === 39)) p++
  if (p >= end || text[p] !== 58) return 0
  const at = skipBlanks(text, p + 1, end)
  return at < end ? at : 0
}

function value(scan: Scan, from: number, end: number, ids: Int32Array): void {
  const { text } = scan
  let to = end
  while (to > from && (text[to - 1] === 32 || text[to - 1] === 9 || text[to - 1] === 13)) to--
  if (to - from >= 2 && (text[from] === 34 || text[from] === 39) && text[to - 1] === text[from]) {
    from++
    to--
  }
  // templates and references
  if (to <= from || text[from] === 123 || text[from] === 38 || text[from] === 42 || isMasked(text, from, to) || isPlaceholder(text, from, to)) return
  scan.emit(ids[0]!, from, to, 0.95)
}

export const kubernetesFinder: Finder = {
  detectors: [kubernetesSecret],
  // `data` and `stringData` with nothing behind
  triggers: [{ prev: 'a', byte: ':', next: '\n\r\\' }],
  find,
  least: 24,
}
