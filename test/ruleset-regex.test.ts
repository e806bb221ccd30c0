import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LinearRegex } from '../src/engine/types.ts'
import { checkRegex, compileReference, compileRegex, regexFacts } from '../src/ruleset/regex.ts'

const found = (pattern: string, text: string): string[] => {
  const flat = compileRegex(pattern).findAll(text)
  const parts: string[] = []
  for (let i = 0; i < flat.length; i += 2) parts.push(text.slice(flat[i], flat[i + 1]))
  return parts
}

describe('what is accepted', () => {
  it.each([
    ['(?P<n>a)b', 'ab', true],
    ['(?<n>a)b', 'ab', true],
    ['(?:a)b', 'ab', true],
    ['(?i)aB', 'Ab', true],
    ['(?i:a)b', 'AB', false],
    ['(?s)a.b', 'a\nb', true],
    ['a.b', 'a\nb', false],
    ['\\Aab\\Z', 'ab', true],
    ['\\Aab\\z', 'ab', true],
    ['\\u0041\\x42\\x{1F600}', 'AB\u{1f600}', true],
    ['\\d', '٣', false],
    ['\\w', 'é', false],
    ['\\s', '\u00a0', false],
    ['\\p{L}+', 'éa', true],
    ['[[:alpha:]]+', 'abc', true],
    ['[^]a]', 'b', true],
    ['a{2,3}', 'aaaa', false],
    ['(?i)k', '\u212a', true],
    ['(?i)é', 'É', true],
    ['(?i)[^k]', 'K', false],
  ])('%s on %j', (pattern, text, expected) => {
    expect(checkRegex(pattern)).toBeUndefined()
    expect(compileRegex(pattern).matches(text)).toBe(expected)
  })

  it('takes $ as the very end, and lines with (?m)', () => {
    expect(found('a$', 'a\na\n')).toEqual([])
    expect(found('(?m)^a$', 'a\na\r\na')).toEqual(['a', 'a'])
  })

  it('finds non-overlapping matches and no empty ones', () => {
    expect(compileRegex('[0-9]+').findAll('a1b22')).toEqual([1, 2, 3, 5])
    expect(compileRegex('a*').findAll('baac')).toEqual([1, 3])
    expect(compileRegex('(?:|a)').findAll('aa')).toEqual([])
  })
})

describe('what is refused', () => {
  it.each([
    ['a(?=b)', 1, 'look-ahead'],
    ['a(?!b)', 1, 'look-ahead'],
    ['(?<=a)b', 0, 'look-behind'],
    ['(?<!a)b', 0, 'look-behind'],
    ['(a)\\1', 3, 'back-references'],
    ['(?P<n>a)(?P=n)', 8, 'back-references'],
    ['(?<n>a)\\k<n>', 7, 'back-references'],
    ['(?>a)', 0, 'atomic groups'],
    ['a++', 2, 'possessive quantifiers'],
    ['(a)(?(1)b)', 3, 'conditionals'],
  ])('%s', (pattern, offset, construct) => {
    expect(checkRegex(pattern)).toEqual({
      offset,
      message: `${construct}: back-references and look-around are not supported: patterns must run in linear time`,
    })
    expect(() => compileRegex(pattern)).toThrow()
  })

  it.each([
    ['(?x)a', 0],
    ['(?L)a', 0],
    ['(?u)a', 0],
    ['a(?#c)', 1],
    ['\\N{DASH}', 0],
    ['a{1001}', 1],
    ['a{3,2}', 1],
    ['(?<n>a)(?<n>b)', 7],
    ['(a', 0],
    ['a)', 1],
    ['[a', 0],
    ['*a', 0],
    ['a|*', 2],
    ['a**', 2],
    ['[z-a]', 1],
    ['a\\', 1],
    ['\\p{', 0],
    ['\\p{Nowhere}', 0],
    ['[[:nope:]]', 1],
    ['\\y', 0],
    [`${'a'.repeat(4096)}b`, 4096],
    ['(?:a{1000}){1000}', 0],
    ['(?:(?:a{50}){50}){50}', 0],
    [`${'('.repeat(300)}${')'.repeat(300)}`, 200],
  ])('case %#', (pattern, offset) => {
    expect(checkRegex(pattern)?.offset).toBe(offset)
    expect(() => compileRegex(pattern)).toThrow()
  })
})

describe('engines', () => {
  it.each([
    ['P_\\d{3}', 'regexp', 'P_'],
    ['[0-9]', 'regexp', undefined],
    ['ghp_[A-Za-z0-9]{36,}', 'regexp', 'ghp_'],
    ['\\d{1,3}(?:\\.\\d{1,3}){3}', 'regexp', '.'],
    ['\\w+@\\w+', 're2js', '@'],
    ['(?:a+)+b', 're2js', 'a'],
    ['a.*b', 're2js', 'a'],
    ['\\d+\\b', 're2js', undefined],
    ['(?i)secret', 'regexp', undefined],
    ['x(?:foo|bar)y', 'regexp', 'x'],
  ])('%s runs on %s', (pattern, engine, literal) => {
    expect(regexFacts(pattern)).toEqual({ engine, literal })
    expect(compileRegex(pattern).facts).toEqual({ engine, literal })
  })

  it('stays fast on adversarial text, searching and matching', () => {
    const run = 'a'.repeat(50_000)
    const patterns = ['(?:a+)+b', 'a*a*a*b', '(?:a|a)*b', '(?:a|aa)+$', '[a-z]+[0-9]', 'a{1,100}a{1,100}b', '.*foo.*foo.*', '(?:.*a){8}b', '[a-z]+', 'a?a?a?aaa']
    for (const pattern of patterns) {
      const compiled = compileRegex(pattern)
      const before = performance.now()
      compiled.matches(run)
      compiled.matches(`${run}!`)
      compiled.matches('foofoo\n'.repeat(5000))
      expect(performance.now() - before, pattern).toBeLessThan(4000)
    }
    for (const pattern of ['[a-z]+', 'a{0,20}b', '(?:a|b){1,3}c', 'x[a-z]*']) {
      const compiled = compileRegex(pattern)
      expect(compiled.facts.engine).toBe('regexp')
      const before = performance.now()
      compiled.findAll(run)
      expect(performance.now() - before, pattern).toBeLessThan(4000)
    }
  })

  // The reference engine decides what a pattern means; whatever runs on RegExp must agree with it.
  it('agrees with the reference on random patterns and texts', { timeout: 120_000 }, () => {
    const atom = fc.constantFrom(
      'a',
      'b',
      'K',
      's',
      'é',
      '😀',
      '1',
      '_',
      '-',
      ' ',
      '\\n',
      '.',
      '\\d',
      '\\w',
      '\\s',
      '\\D',
      '\\W',
      '\\S',
      '[ab]',
      '[^a]',
      '[a-z]',
      '[^\\d_]',
      '[[:upper:]-]',
      '[😀é]',
      '\\x41',
      '\\u0062',
      '[^\\W\\d]',
      '\\.',
      '[\\]\\-x]',
    )
    const assertion = fc.constantFrom('^', '$', '\\b', '\\B', '\\A', '\\z', '\\Z')
    const count = fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,3}', '{0,2}?', '{2,}')
    const { pattern } = fc.letrec<{ pattern: string; sequence: string; piece: string }>((tie) => ({
      piece: fc.oneof(
        { maxDepth: 3 },
        fc.tuple(atom, count).map(([a, q]) => a + q),
        assertion,
        fc.tuple(fc.constantFrom('(', '(?:', '(?i:', '(?s:', '(?m:', '(?<n>', '(?-s:'), tie('pattern'), count).map(([open, inner, q]) => `${open}${inner})${q}`),
      ),
      sequence: fc.array(tie('piece'), { minLength: 0, maxLength: 4 }).map((pieces) => pieces.join('')),
      pattern: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((options) => options.join('|')),
    }))
    const text = fc
      .array(fc.constantFrom('a', 'b', 'k', 'K', '\u212a', 's', 'ſ', 'S', 'é', 'É', '😀', '1', '_', '-', ' ', '\n', '\r', '\u2028', '\u00a0', 'A', 'x', ']', '.', '\ud83d', '\v'), {
        maxLength: 12,
      })
      .map((parts) => parts.join(''))
    let onRegExp = 0
    fc.assert(
      fc.property(pattern, fc.constantFrom('', '', '(?i)', '(?m)', '(?s)', '(?im)'), fc.array(text, { minLength: 1, maxLength: 6 }), (body, flags, texts) => {
        const whole = flags + body
        if (whole === '' || checkRegex(whole) !== undefined) return
        const compiled = compileRegex(whole)
        let reference: LinearRegex
        try {
          reference = compileReference(whole)
        } catch {
          throw new Error('accepted, but unknown to the reference')
        }
        if (compiled.facts.engine === 'regexp') onRegExp++
        for (const one of texts) {
          expect(compiled.findAll(one)).toEqual(reference.findAll(one))
          expect(compiled.matches(one)).toBe(reference.matches(one))
        }
      }),
      { numRuns: 2000 },
    )
    expect(onRegExp).toBeGreaterThan(200)
  })

  it('never throws anything but a refusal, whatever the pattern', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 30 }),
          fc
            .array(fc.constantFrom('(', ')', '[', ']', '{', '}', '?', '*', '+', '|', '\\', '^', '$', '.', 'a', '1', ',', '-', ':', '<', 'P', 'Q', 'E', 'p', 'x', 'u', '0'), {
              maxLength: 14,
            })
            .map((parts) => parts.join('')),
        ),
        (pattern) => {
          if (checkRegex(pattern) === undefined) expect(compileRegex(pattern).findAll('abc (1) \n ?')).toBeInstanceOf(Array)
        },
      ),
      { numRuns: 3000 },
    )
  })
})
