// Shapes of written identifiers. A shape is found by its skeleton, the lengths of its groups of letters and digits and what
// joins them, so that a candidate costs one look-up for each of its groups, whatever the number of shapes.

import { ALNUM, CLASS, DIGIT, LETTER, LOWER, UPPER } from './bytes.ts'
import type { IdRow } from './ids/index.ts'

const MAX_GROUPS = 9
/** Letters and digits that are read at most. */
const MOST = 26

/** Groups of the candidate under look: reused, so that nothing is allocated. */
export interface Groups {
  count: number
  /** Where each group begins and ends. */
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** The skeleton up to that end. */
  readonly skeletons: Int32Array
  /** The byte before each group, 0 for the first; SPACED for ` / `. */
  readonly joints: Int32Array
}

const SPACED = 300

export function createGroups(): Groups {
  return {
    count: 0,
    starts: new Int32Array(MAX_GROUPS),
    ends: new Int32Array(MAX_GROUPS),
    skeletons: new Int32Array(MAX_GROUPS),
    joints: new Int32Array(MAX_GROUPS),
  }
}

/** Space, `( - . / +`. */
function isJoint(b: number): boolean {
  return b === 32 || b === 40 || b === 43 || (b >= 45 && b <= 47)
}

/** Reads the groups of letters and digits from `at`, joined by one byte each. */
export function readGroups(text: Uint8Array, at: number, end: number, out: Groups): void {
  let n = 0
  let skeleton = 17
  let total = 0
  let p = at
  let joint = 0
  for (;;) {
    const from = p
    const stop = end - p > MOST ? p + MOST : end
    while (p < stop && (CLASS[text[p]!]! & ALNUM) !== 0) p++
    total += p - from
    // a word of a sentence
    if (joint === 32 && p - from > 2 && (CLASS[text[from]!]! & LOWER) !== 0 && (CLASS[text[p - 1]!]! & LOWER) !== 0) break
    if (p === from || total > MOST || (p < end && (CLASS[text[p]!]! & ALNUM) !== 0)) break
    skeleton = Math.imul(skeleton, 31) + (p - from)
    if (joint === 40 && p < end && text[p] === 41) {
      skeleton = Math.imul(skeleton, 31) + 41
      p++
    }
    out.starts[n] = from
    out.ends[n] = p
    out.skeletons[n] = skeleton
    out.joints[n] = joint
    n++
    if (n === MAX_GROUPS || p + 1 >= end) break
    joint = text[p]!
    if (isJoint(joint) && (CLASS[text[p + 1]!]! & ALNUM) !== 0) p++
    else if (joint === 32 && p + 3 < end && text[p + 1] === 47 && text[p + 2] === 32) {
      joint = SPACED
      p += 3
    } else break
    skeleton = Math.imul(skeleton, 31) + joint
  }
  out.count = n
}

/** A shape of a row, without optional places. */
export interface Shape {
  readonly row: number
  readonly text: string
}

/** Every shape that one with optional places at its end stands for. */
export function variants(shape: string): string[] {
  const required = shape.indexOf('?') < 0 ? shape.length : shape.indexOf('?') - 1
  const out = [shape.slice(0, required)]
  for (let i = required; i < shape.length; i += 2) out.push(out.at(-1)! + shape[i]!)
  return out
}

const encoder = new TextEncoder()

/** Shapes by skeleton. */
export function shapeTable(shapes: Iterable<Shape>): Map<number, Shape[]> {
  const out = new Map<number, Shape[]>()
  const groups = createGroups()
  for (const shape of shapes) {
    const bytes = encoder.encode(shape.text)
    readGroups(bytes, 0, bytes.length, groups)
    if (groups.count === 0 || groups.ends[groups.count - 1] !== bytes.length) throw new Error(`no shape of an identifier: ${shape.text}`)
    const skeleton = groups.skeletons[groups.count - 1]!
    const known = out.get(skeleton)
    if (known === undefined) out.set(skeleton, [shape])
    else known.push(shape)
  }
  return out
}

/** True when the text at `at` has the shape; its skeleton is the same already. */
export function hasShape(shape: string, text: Uint8Array, at: number, capitals: boolean): boolean {
  for (let i = 0; i < shape.length; i++) {
    const s = shape.charCodeAt(i)
    const bits = CLASS[text[at + i]!]!
    if (s === 57) {
      if ((bits & DIGIT) === 0) return false
    } else if (s === 65) {
      if ((bits & (capitals ? UPPER : LETTER)) === 0) return false
    } else if (s === 78) {
      if ((bits & (capitals ? DIGIT | UPPER : ALNUM)) === 0) return false
    } else if (s !== ((bits & LETTER) !== 0 && !capitals ? text[at + i]! & 0xdf : text[at + i])) return false
  }
  return true
}

/** Letters and digits of [from, to), in upper case. */
export function compact(text: Uint8Array, from: number, to: number): string {
  let out = ''
  for (let p = from; p < to; p++) {
    const bits = CLASS[text[p]!]!
    if ((bits & ALNUM) !== 0) out += String.fromCharCode((bits & LETTER) !== 0 ? text[p]! & 0xdf : text[p]!)
  }
  return out
}

/** How many letters and digits a `named` row takes, and whether only digits. */
export interface Extent {
  readonly least: number
  readonly most: number
  readonly digits: boolean
}

export function extentOf(row: IdRow): Extent {
  const all = row.shapes.flatMap(variants)
  const lengths = all.map((shape) => shape.replace(/[^9AN]/g, '').length)
  return { least: Math.min(...lengths), most: Math.max(...lengths), digits: all.every((shape) => /^[9 -]*$/.test(shape)) }
}
