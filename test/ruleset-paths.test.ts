import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Segment } from '../src/engine/types.ts'
import { checkKeyGlob, compileKeyGlobs, normalKey } from '../src/ruleset/key-glob.ts'
import { nearest } from '../src/ruleset/nearest.ts'
import { formatPath, listSegment, parsePath } from '../src/ruleset/path.ts'

const short = (segments: readonly Segment[]): unknown[] =>
  segments.map((one) => (one.kind === 'name' ? one.name : one.kind === 'index' ? one.index : one.kind === 'any' ? Symbol.for('*') : Symbol.for('**')))
const any = Symbol.for('*')
const deep = Symbol.for('**')

describe('paths', () => {
  it.each<[string, unknown[]]>([
    ['a', ['a']],
    ['a.b', ['a', 'b']],
    ['a[*].b', ['a', any, 'b']],
    ['a.*.b', ['a', any, 'b']],
    ['*.b', [any, 'b']],
    ['**.b', [deep, 'b']],
    ['build.**', ['build', deep]],
    ['a.0', ['a', '0']],
    ['a[0]', ['a', 0]],
    ['[0][1]', [0, 1]],
    ['attributes["http.url"]', ['attributes', 'http.url']],
    ["a['x y'].b", ['a', 'x y', 'b']],
    ['["*"]', ['*']],
    ['["a\\"b\\\\"]', ['a"b\\']],
    ['[""]', ['']],
    ['@timestamp', ['@timestamp']],
    ['a-b/c:d', ['a-b/c:d']],
    ['é😀', ['é😀']],
  ])('%s', (text, expected) => {
    const result = parsePath(text)
    expect('error' in result ? result : short(result)).toEqual(expected)
  })

  it.each([
    ['', 0],
    ['.a', 0],
    ['a.', 2],
    ['a..b', 2],
    ['a b', 1],
    ['a[', 2],
    ['a[x]', 2],
    ['a[-1]', 2],
    ['a["x]', 2],
    ['a["x"', 5],
    ['a["\\n"]', 3],
    ['a.[0]', 1],
    ['a*', 1],
    ['*a', 1],
    ['***', 2],
    ['a]', 1],
    ['a"b', 1],
    ['a[0]b', 4],
    ['a`', 1],
    ['["a"]["b"', 9],
    [Array(70).fill('a').join('.'), 129],
  ])('refuses %s', (text, at) => {
    expect(parsePath(text)).toMatchObject({ at })
  })

  it('takes "*" and "**" of the list form as wildcards and dots as ordinary', () => {
    expect(short(['a.b', '*', '**', 3, '3'].map(listSegment))).toEqual(['a.b', any, deep, 3, '3'])
  })

  it('reads back what it writes', () => {
    const segment = fc.oneof(
      fc.record({ kind: fc.constant('name' as const), name: fc.oneof(fc.string(), fc.constantFrom('*', '**', '', 'a.b', '0', '"', "'", '\\', '[', ' ')) }),
      fc.record({ kind: fc.constant('index' as const), index: fc.nat() }),
      fc.constant<Segment>({ kind: 'any' }),
      fc.constant<Segment>({ kind: 'deep' }),
    )
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 6 }), (segments) => {
        expect(parsePath(formatPath(segments))).toEqual(segments)
      }),
      { numRuns: 1000 },
    )
  })

  it('never throws, and errors lie within the text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', '.', '*', '[', ']', '"', "'", '\\', '0', ' ', 'é'), { maxLength: 12 }).map((parts) => parts.join('')),
        (text) => {
          const result = parsePath(text)
          if ('error' in result) expect(result.at).toBeLessThanOrEqual(text.length)
          else expect(result.length).toBeGreaterThan(0)
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('key globs', () => {
  it.each<[string, string[], string[]]>([
    ['api_key', ['apiKey', 'API-KEY', 'api key', 'vendor.api_key', 'api_key'], ['api_key_id', 'xapi_key', 'api_key.id']],
    ['*token', ['token', 'accessToken', 'x-csrf-token', 'a.b.token'], ['token_type', 'tokens']],
    ['http.request.header.*', ['http.request.header.x_a', 'HTTP.Request-Header.'.replace('-', '.')], ['http', 'header.x']],
    ['*', ['', 'a', 'a.b'], []],
    ['a*b*c', ['abc', 'aXbYc', 'a_b_c', 'x.abc'], ['ab', 'acb', 'bac']],
    ['user[email]', ['user[email]'], ['useremail']],
    ['é', ['É'], ['e']],
    ['a*a', ['aa', 'aba'], ['a']],
    ['password', ['login.password'], ['password.', 'password.hint']],
    ['a.b', ['a.b', 'A_.B'], ['x.a.b', 'b']],
  ])('%s', (glob, hits, misses) => {
    const globs = compileKeyGlobs([glob])
    for (const key of hits) expect([key, globs.matches(key)]).toEqual([key, true])
    for (const key of misses) expect([key, globs.matches(key)]).toEqual([key, false])
  })

  it('says which globs match', () => {
    expect(compileKeyGlobs(['a', '*b', 'A', 'x.*', 'ab', '*B']).all('a_b')).toEqual([1, 4, 5])
    expect(compileKeyGlobs(['a', '*b', 'A', 'x.*']).all('x.a')).toEqual([0, 2, 3])
    expect(compileKeyGlobs(['a']).all('b')).toEqual([])
  })

  it('agrees with the obvious matcher', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', 'A', '.', '-', '_', '*'), { minLength: 1, maxLength: 7 }).map((parts) => parts.join(''))
    const obvious = (glob: string, key: string): boolean => {
      const regex = new RegExp(`^${normalKey(glob).replace(/\./g, '\\.').replace(/\*+/g, '.*')}$`)
      const normal = normalKey(key)
      const last = normal.slice(normal.lastIndexOf('.') + 1)
      return regex.test(normal) || (!glob.includes('.') && normal.includes('.') && last !== '' && regex.test(last))
    }
    fc.assert(
      fc.property(
        fc.array(letters, { minLength: 1, maxLength: 4 }),
        letters.map((key) => key.replaceAll('*', 'b')),
        (globs, key) => {
          const usable = globs.filter((glob) => checkKeyGlob(glob) === undefined)
          const compiled = compileKeyGlobs(usable)
          const expected = usable.map((glob, i) => (obvious(glob, key) ? i : -1)).filter((i) => i >= 0)
          expect(compiled.all(key)).toEqual(expected)
          expect(compiled.matches(key)).toBe(expected.length > 0)
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('is linear in the key', () => {
    const globs = compileKeyGlobs([`${'*a'.repeat(40)}*b`])
    const before = performance.now()
    expect(globs.matches('a'.repeat(200_000))).toBe(false)
    expect(performance.now() - before).toBeLessThan(500)
  })

  it('refuses what can match nothing', () => {
    expect(checkKeyGlob('')?.at).toBe(0)
    expect(checkKeyGlob('- _')?.at).toBe(0)
    expect(checkKeyGlob('a\nb')?.at).toBe(1)
    expect(checkKeyGlob('a'.repeat(257))?.at).toBe(256)
    expect(checkKeyGlob('*')).toBeUndefined()
  })
})

it('suggests only near names', () => {
  expect(nearest('from_fle', ['from_fixed', 'from_file'])).toBe('from_file')
  expect(nearest('redcat', ['redact'])).toBe('redact')
  expect(nearest('ip', ['mac', 'url'])).toBeUndefined()
  expect(nearest('abc', ['xyz'])).toBeUndefined()
  expect(nearest('x'.repeat(1000), ['x'])).toBeUndefined()
})
