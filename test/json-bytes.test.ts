// Looking up a path on bytes gives what looking it up in the parsed text gives.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findPath } from '../src/engine/json-bytes.ts'

const space = fc.stringMatching(/^[ \t\r\n]{0,2}$/)
const names = ['a', 'ab', 'abc', 'é', 'a\\b', 'a"b', '', '0', '1', '__proto__', '😀']
/** A name spelled in one of the ways that JSON allows. */
const name = fc.constantFrom(...names)
const spelled = fc.tuple(name, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 })).map(([text, escapes]) => {
  let out = ''
  for (let i = 0; i < text.length; i++) out += escapes[i % 4] ? `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}` : JSON.stringify(text[i]).slice(1, -1)
  return `"${out}"`
})
const scalar = fc.oneof(fc.constantFrom('1', '-2.50e3', 'true', 'null', '"}"', '"a\\"b"', '"[{"', '"\\\\"', '""'), spelled)
const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'json' },
    scalar,
    fc.array(fc.tuple(space, tie('value'), space), { maxLength: 3, depthIdentifier: 'json' }).map((items) => `[${items.map((i) => i.join('')).join(',')}]`),
    fc
      .array(fc.tuple(space, spelled, space, space, tie('value'), space), { maxLength: 4, depthIdentifier: 'json' })
      .map((items) => `{${items.map(([a, k, b, c, v, d]) => `${a}${k}${b}:${c}${v}${d}`).join(',')}}`),
  ),
}))
const paths = fc.array(fc.oneof(name, fc.integer({ min: 0, max: 2 })), { maxLength: 3 })

function lookUp(text: string, path: readonly (string | number)[]): unknown {
  let at: unknown = JSON.parse(text)
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, String(part)) || (Array.isArray(at) && !/^\d$/.test(String(part)))) return undefined
    at = (at as Record<string, unknown>)[String(part)]
  }
  return at
}

describe('a path on bytes', () => {
  it('leads to the value that it leads to in the parsed text', () => {
    fc.assert(
      fc.property(value, paths, space, (text, path, before) => {
        const bytes = Buffer.from(`${before}${text}\n{"a":1}`)
        const found = findPath(bytes, 0, bytes.length - 8, path)
        const expected = lookUp(text, path)
        if (expected === undefined) expect(found).toBeUndefined()
        else expect(JSON.parse(bytes.toString('utf8', found!.start, found!.end))).toEqual(expected)
      }),
      { numRuns: 3000 },
    )
  })

  it('is there or not where the text breaks off, and never leads beyond it', () => {
    fc.assert(
      fc.property(value, paths, fc.nat(200), (text, path, cut) => {
        const bytes = Buffer.from(`${text}"}]`)
        const end = Math.min(cut, bytes.length)
        const found = findPath(bytes, 0, end, path)
        if (found !== undefined) expect(found.start >= 0 && found.start <= found.end && found.end <= end).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })
})
