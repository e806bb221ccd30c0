// Path syntax: `a.b`, `a[*].b`, `**.password`, `attributes["http.url"]`, or a list of segments.

import type { Segment } from '../engine/types.ts'

export interface PathError {
  readonly error: string
  /** Offset into the string. */
  readonly at: number
}

const MAX_SEGMENTS = 64

/** The segment of one item of the list form: `*` and `**` are wildcards, dots are ordinary. */
export function listSegment(item: string | number): Segment {
  if (typeof item === 'number') return { kind: 'index', index: item }
  if (item === '*') return { kind: 'any' }
  if (item === '**') return { kind: 'deep' }
  return { kind: 'name', name: item }
}

/** Characters that end a bare name. */
const NAME_END = /[.[\]*"'`\s]/

/**
 * Reads a path.
 * @example parsePath('a[*].b') // name a, any, name b
 */
export function parsePath(text: string): readonly Segment[] | PathError {
  const segments: Segment[] = []
  let i = 0
  const fail = (error: string, at: number): PathError => ({ error, at })
  if (text === '') return fail('a path cannot be empty', 0)
  for (;;) {
    if (text[i] === '[') {
      const end = bracket(text, i, segments)
      if (typeof end !== 'number') return end
      i = end
    } else if (text[i] === '*') {
      const deep = text[i + 1] === '*'
      segments.push({ kind: deep ? 'deep' : 'any' })
      i += deep ? 2 : 1
      const next = text[i]
      if (next !== undefined && next !== '.' && next !== '[') return fail('a wildcard is a segment of its own: write "*" or "**" between dots', i)
    } else {
      const rest = text.slice(i).search(NAME_END)
      const end = rest === -1 ? text.length : i + rest
      if (end === i) {
        if (i >= text.length) return fail('a name is missing at the end', i)
        if (text[i] === '.') return fail('a name is missing before the dot', i)
        return fail(`unexpected ${describe(text[i] ?? '')}: quote such keys, as in ["a b"]`, i)
      }
      segments.push({ kind: 'name', name: text.slice(i, end) })
      i = end
      const next = text[i]
      if (next !== undefined && next !== '.' && next !== '[') return fail(`unexpected ${describe(next)} in a name: quote such keys, as in ["a b"]`, i)
    }
    if (segments.length > MAX_SEGMENTS) return fail(`a path has at most ${MAX_SEGMENTS} segments`, i)
    if (i >= text.length) return segments
    if (text[i] === '.') {
      i++
      if (i >= text.length) return fail('a name is missing after the dot', i)
      if (text[i] === '[') return fail('a bracket follows without a dot', i - 1)
    } else if (text[i] !== '[') return fail(`unexpected ${describe(text[i] ?? '')} after a bracket`, i)
  }
}

function describe(char: string): string {
  return char === ' ' ? 'space' : /\s/.test(char) ? 'white space' : `'${char}'`
}

/** Reads `[0]`, `[*]` or `["key"]` at `from`; gives the offset behind it. */
function bracket(text: string, from: number, segments: Segment[]): number | PathError {
  const quote = text[from + 1]
  if (quote === '"' || quote === "'") {
    let name = ''
    let i = from + 2
    for (; i < text.length && text[i] !== quote; i++) {
      if (text[i] === '\\') {
        const next = text[i + 1]
        if (next !== quote && next !== '\\') return { error: 'a backslash escapes only the quote and itself', at: i }
        i++
      }
      name += text[i]
    }
    if (i >= text.length) return { error: 'the quote is not closed', at: from + 1 }
    if (text[i + 1] !== ']') return { error: "']' is missing", at: i + 1 }
    segments.push({ kind: 'name', name })
    return i + 2
  }
  const end = text.indexOf(']', from)
  const inner = text.slice(from + 1, end === -1 ? text.length : end)
  if (end === -1) return { error: "']' is missing", at: text.length }
  if (inner === '*') segments.push({ kind: 'any' })
  else if (/^[0-9]{1,15}$/.test(inner)) segments.push({ kind: 'index', index: Number(inner) })
  else return { error: 'brackets hold an index, "*" or a quoted key', at: from + 1 }
  return end + 1
}

/** A path as text, quoting where needed; `parsePath` reads it back. */
export function formatPath(segments: readonly Segment[]): string {
  let text = ''
  for (const segment of segments) {
    if (segment.kind === 'index') text += `[${segment.index}]`
    else {
      const name = segment.kind === 'any' ? '*' : segment.kind === 'deep' ? '**' : segment.name
      if (segment.kind === 'name' && (name === '' || NAME_END.test(name))) text += `["${name.replace(/[\\"]/g, '\\$&')}"]`
      else text += text === '' ? name : `.${name}`
    }
  }
  return text
}
