// UUIDs, dates and diagnosis codes: everywhere in logs and seldom about a person, so they are in no group. For rulesets that name them.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { ALNUM, CLASS, HEX, UPPER, contextWords, digitJointBefore, inContext, isDigit, wordAfter, wordBefore } from './bytes.ts'
import { dateEnd } from './date-forms.ts'

const uuid: DetectorInfo = {
  name: 'uuid',
  group: undefined,
  tier: 1,
  priority: 60,
  summary: 'UUID: 8-4-4-4-12 hexadecimal digits. Named only.',
  mask: { type: 'imitate_uuid' },
  examples: ['user «f47ac10b-58cc-4372-a567-0e02b2c3d479» left', '{«F47AC10B-58CC-4372-A567-0E02B2C3D479»}'],
  counterExamples: ['f47ac10b-58cc-4372-a567-0e02b2c3d47', 'f47ac10b-58cc-4372-a567-0e02b2c3d4790', 'f47ac10b58cc4372a5670e02b2c3d479'],
}

const date: DetectorInfo = {
  name: 'date',
  group: undefined,
  tier: 1,
  priority: 60,
  summary: 'Date with a year of four digits, as date_shift reads it. Named only.',
  mask: { type: 'date_shift' },
  examples: ['seen on «2026-01-31» at noon', 'due «31/01/2026», paid', 'on «3 Feb 2026» and later'],
  counterExamples: ['version 2026-01', '31/01/26', '2026-13-45', '192.168.20.26', 'id 12026-01-31'],
}

const icd10: DetectorInfo = {
  name: 'icd10',
  group: undefined,
  tier: 2,
  priority: 60,
  summary: 'Diagnosis code of ICD-10: a letter, two characters, and a part behind a point or none, beside diagnosis or icd. Named only.',
  examples: ['diagnosis «E11.9» confirmed', 'icd10=«F32»', 'ICD code «S72.001A»'],
  counterExamples: ['room B12', 'diagnosis pending', 'diagnosis e11.9', 'diagnosis E11.99999'],
}

const UUID = 0
const DATE = 1
const ICD = 2
const DIAGNOSIS = contextWords('diagnosis', 'diagnoses', 'diagnostic', 'diagnose', 'icd', 'dx')

function find(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start } = scan
  const b = text[at]!
  if (wordBefore(text, start, at)) return at
  if (scan.active[ids[UUID]!] !== 0 && (CLASS[b]! & HEX) !== 0) {
    const to = uuidEnd(scan, at)
    if (to > 0) {
      scan.emit(ids[UUID]!, at, to, 0.95)
      return to
    }
  }
  if (isDigit(b)) {
    if (scan.active[ids[DATE]!] === 0 || digitJointBefore(text, start, at)) return at
    const to = dateEnd(text, at, scan.end, true)
    if (to > at) scan.emit(ids[DATE]!, at, to, 0.75)
    return to > at ? to : at
  }
  if ((CLASS[b]! & UPPER) !== 0 && scan.active[ids[ICD]!] !== 0) {
    const to = codeEnd(text, at, scan.end)
    if (to > 0 && (inContext(scan, at, DIAGNOSIS) || scan.keyWords.some((word) => DIAGNOSIS.all.has(word)))) scan.emit(ids[ICD]!, at, to, 0.7)
  }
  return at
}

/** End of the UUID at `at`, 0 for none. */
function uuidEnd({ text, start, end }: Scan, at: number): number {
  const to = at + 36
  if (to > end || (at > start && text[at - 1] === 45)) return 0
  for (let i = 0; i < 36; i++) {
    const b = text[at + i]!
    if (i === 8 || i === 13 || i === 18 || i === 23 ? b !== 45 : (CLASS[b]! & HEX) === 0) return 0
  }
  return wordAfter(text, end, to) || (to < end && text[to] === 45) ? 0 : to
}

/** End of the code at `at`, 0 for none. */
function codeEnd(text: Uint8Array, at: number, end: number): number {
  if (at + 3 > end || !isDigit(text[at + 1]!) || (!isDigit(text[at + 2]!) && text[at + 2] !== 65 && text[at + 2] !== 66)) return 0
  let p = at + 3
  if (p + 1 < end && text[p] === 46 && (CLASS[text[p + 1]!]! & ALNUM) !== 0) {
    const from = ++p
    while (p < end && p - from < 5 && (CLASS[text[p]!]! & ALNUM) !== 0) p++
    if (p - from > 4) return 0
  }
  return wordAfter(text, end, p) ? 0 : p
}

let before = ''
for (let b = 1; b < 128; b++) if ((CLASS[b]! & ALNUM) === 0 && b !== 95) before += String.fromCharCode(b)

export const namedOnlyFinder: Finder = {
  detectors: [uuid, date, icd10],
  triggers: [{ prev: before, byte: '0123456789abcdefABCDEFGHIJKLMNOPQRSTUVWXYZ', next: '0123456789abcdefABCDEF ./-' }],
  find,
}
