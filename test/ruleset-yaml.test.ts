import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NumberText } from '../src/engine/types.ts'
import { BUILTIN_NAMES, builtinRuleset } from '../src/ruleset/files.ts'
import { fromObject } from '../src/ruleset/from-object.ts'
import type { Node } from '../src/ruleset/node.ts'
import { FileIssues } from '../src/ruleset/node.ts'
import { parsePlainYaml } from '../src/ruleset/plain-yaml.ts'
import { STARTER_RULESET } from '../src/cli/starter.ts'
import { parseYaml } from '../src/ruleset/yaml.ts'

/** A node as plain data; numbers as `n:text`. */
function data(node: Node | undefined): unknown {
  if (node === undefined) return undefined
  if (node.kind === 'scalar') return node.value instanceof NumberText ? `n:${node.value.text}` : node.value
  if (node.kind === 'list') return node.items.map(data)
  return [...node.entries].map(([key, entry]) => [key, data(entry.value)])
}

const examples = readFileSync(new URL('ruleset-examples.yaml', import.meta.url), 'utf8').split(/^---.*\n/m)
const plain = [...BUILTIN_NAMES.map((name) => builtinRuleset(name) ?? ''), STARTER_RULESET, ...examples]

describe('plain YAML', () => {
  it('is enough for the built-in rulesets and the starter, so that the full parser is not loaded', () => {
    for (const name of BUILTIN_NAMES) expect(parsePlainYaml(builtinRuleset(name) ?? ''), name).toBeDefined()
    expect(parsePlainYaml(STARTER_RULESET)).toBeDefined()
  })

  it('gives the tree of the full parser, positions included', () => {
    for (const text of plain) {
      const tree = parsePlainYaml(text)
      if (tree !== undefined) expect(tree).toEqual(parseYaml(text).root)
    }
  })

  it.each([
    'a: b: c\n',
    'a: [b\nc]\n',
    '- a\nb: c\n',
    'a: "b\n  c"\n',
    'a: |\n  b\n',
    'a: &x 1\nb: *x\n',
    '? a\n: b\n',
    'a: !!str 1\n',
    'a\n',
    'a:\n  b\n',
    'a: b\n  c\n',
    '{a: 1}: b\n',
    '<<: {a: 1}\n',
    'a: 1\na: 2\n',
    'a: [b, c: d]\n',
    '%YAML 1.2\n---\na: 1\n',
    '---\na: 1\n',
    'a: 1\n...\n',
    '\ta: 1\n',
    'a: [1, 2\n',
    "a: 'b\n",
    'a: {b: 1}}\n',
    'a: b #c\n  d\n',
    '- \n',
    'a: .nan\n',
    ' a: 1\nb: 2\n',
    '- a\n - b\n',
    'a: [\nb]\n',
    'a:#b\n',
    'a: "b"c\n',
    'a: "\\z"\n',
  ])('leaves %j to the full parser', (text) => {
    expect(parsePlainYaml(text)).toBeUndefined()
  })

  it('never disagrees with the full parser', { timeout: 120_000 }, () => {
    const piece = fc.constantFrom(
      ' ',
      '  ',
      '\n',
      '\n  ',
      ':',
      ': ',
      '- ',
      '-',
      ',',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '#',
      ' #',
      '&a',
      '*a',
      '!',
      '|',
      '>',
      '?',
      '<<',
      '~',
      'null',
      'x',
      '1.50',
      '0x1F',
      'yes',
      '\\',
      '%',
      '@',
      '`',
      'é',
      '😀',
      '.',
      '---\n',
      '\t',
      '\r\n',
      'a: 1\n',
      '=',
      '0o7',
      '+1',
      '1e3',
      '.5',
    )
    const edit = fc.tuple(fc.nat(), fc.nat(4), piece)
    let compared = 0
    fc.assert(
      fc.property(
        fc.constantFrom(...plain, 'a: 1\nb: [x, y]\nc:\n- d\n- e: f\n', '{a: \'b\', "c": [1, {d: e}]}\n', '- - a\n  - b: c\n    d:\n-\n  e: f\n'),
        fc.array(edit, { maxLength: 4 }),
        (base, edits) => {
          let text = base
          for (const [where, remove, insert] of edits) {
            const at = where % (text.length + 1)
            text = text.slice(0, at) + insert + text.slice(at + remove)
          }
          const tree = parsePlainYaml(text)
          if (tree === undefined) return
          compared++
          const full = parseYaml(text)
          expect(full.problems).toEqual([])
          expect(tree).toEqual(full.root)
        },
      ),
      { numRuns: 1000 },
    )
    expect(compared).toBeGreaterThan(200)
  })
})

describe('YAML values', () => {
  const cases: [string, unknown][] = [
    [
      'a: 4823.50\nb: 0x1F\nc: 0o17\nd: .5\ne: 1.\nf: +7\ng: 007\nh: -0.10\ni: 1e3\nj: 12345678901234567890\n',
      [
        ['a', 'n:4823.50'],
        ['b', 'n:31'],
        ['c', 'n:15'],
        ['d', 'n:0.5'],
        ['e', 'n:1'],
        ['f', 'n:7'],
        ['g', 'n:7'],
        ['h', 'n:-0.10'],
        ['i', 'n:1e3'],
        ['j', 'n:12345678901234567890'],
      ],
    ],
    [
      'a: yes\nb: No\nc: 2010-01-01\nd: 1_000\ne: 0b1\nf: 12:30\n',
      [
        ['a', 'yes'],
        ['b', 'No'],
        ['c', '2010-01-01'],
        ['d', '1_000'],
        ['e', '0b1'],
        ['f', '12:30'],
      ],
    ],
    [
      'a:\nb: ~\nc: null\nd: ""\ne: TRUE\n',
      [
        ['a', null],
        ['b', null],
        ['c', null],
        ['d', ''],
        ['e', true],
      ],
    ],
    [
      '__proto__: 1\nconstructor: 2\n1: 3\ntrue: 4\n',
      [
        ['__proto__', 'n:1'],
        ['constructor', 'n:2'],
        ['1', 'n:3'],
        ['true', 'n:4'],
      ],
    ],
    [
      'b: &x {type: redact, label: a}\nc: {<<: *x, label: b}\nd: {label: c, <<: [*x, {extra: 1, type: z}]}\n',
      [
        [
          'b',
          [
            ['type', 'redact'],
            ['label', 'a'],
          ],
        ],
        [
          'c',
          [
            ['type', 'redact'],
            ['label', 'b'],
          ],
        ],
        [
          'd',
          [
            ['label', 'c'],
            ['type', 'redact'],
            ['extra', 'n:1'],
          ],
        ],
      ],
    ],
    [
      'a: &x 1\nb: *x\nc: &x 2\nd: [*x, *x]\n',
      [
        ['a', 'n:1'],
        ['b', 'n:1'],
        ['c', 'n:2'],
        ['d', ['n:2', 'n:2']],
      ],
    ],
    ['"<<": 1\n', [['<<', 'n:1']]],
    [
      'a: !!str 5\nb: !!int "5"\nc: !!null ""\n',
      [
        ['a', '5'],
        ['b', 'n:5'],
        ['c', null],
      ],
    ],
    [
      'a: |\n  x\n  y\nb: >-\n  x\n  y\nc: "x\n  y"\n',
      [
        ['a', 'x\ny\n'],
        ['b', 'x y'],
        ['c', 'x y'],
      ],
    ],
  ]
  it.each(cases)('%j', (text, expected) => {
    const { root, problems } = parseYaml(text)
    expect(problems).toEqual([])
    expect(data(root)).toEqual(expected)
    const fast = parsePlainYaml(text)
    if (fast !== undefined) expect(data(fast)).toEqual(expected)
  })
})

describe('YAML that is refused', () => {
  it.each([
    ['a: [1,\n', 'yaml_syntax'],
    ['a: "x\n', 'yaml_syntax'],
    ['a: b: c\n', 'yaml_syntax'],
    ['a: *x\n', 'yaml_syntax'],
    ['a: &x [*x]\n', 'yaml_syntax'],
    ['a: !mine 1\n', 'yaml_syntax'],
    ['a: !!timestamp 2010-01-01\n', 'yaml_syntax'],
    ['a: !!int x\n', 'yaml_syntax'],
    ['a: 1\n---\nb: 1\n', 'yaml_syntax'],
    ['%YAML 1.1\n---\na: yes\n', 'yaml_syntax'],
    ['? [a]\n: 1\n', 'yaml_syntax'],
    ['<<: 1\n', 'yaml_syntax'],
    ['a: .inf\n', 'invalid_value'],
    ['a: 1\na: 2\n', 'duplicate_key'],
    ['a: 1\n"a": 2\n', 'duplicate_key'],
  ])('%j', (text, code) => {
    expect(parseYaml(text).problems[0]?.code).toBe(code)
  })

  const duration = (text: string): number => {
    const start = performance.now()
    parseYaml(text)
    return performance.now() - start
  }

  it('stops at the limits', { timeout: 120_000 }, () => {
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]\n${[...'bcdefghi']
      .map(
        (name, i) =>
          `${name}: &${name} [${Array(10)
            .fill(`*${'abcdefgh'[i] ?? ''}`)
            .join(', ')}]\n`,
      )
      .join('')}`
    expect(parseYaml(bomb).problems[0]).toMatchObject({ code: 'limit_exceeded' })
    expect(duration(bomb)).toBeLessThan(4000)
    for (const deep of ['['.repeat(65), '['.repeat(200_000), '- '.repeat(200_000), '{a: '.repeat(50_000), '? '.repeat(50_000), 'a: '.repeat(100)]) {
      expect(parseYaml(`a: ${deep}`).problems.length, deep.slice(0, 4)).toBeGreaterThan(0)
      expect(duration(`a:\n ${deep}`)).toBeLessThan(4000)
    }
    expect(parseYaml(`${'['.repeat(65)}${']'.repeat(65)}`).problems[0]?.code).toBe('limit_exceeded')
    expect(parseYaml(`${'['.repeat(64)}${']'.repeat(64)}`).problems).toEqual([])
    expect(parseYaml(`a: &x ${'['.repeat(40)}${']'.repeat(40)}\nb: ${'['.repeat(30)}*x${']'.repeat(30)}\n`).problems[0]?.code).toBe('limit_exceeded')
    expect(parseYaml(`[${'1,'.repeat(100_001)}]`).problems[0]?.code).toBe('limit_exceeded')
    // Duplicate keys are looked up, not compared pair by pair.
    expect(duration(Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n'))).toBeLessThan(4000)
  })
})

describe('objects', () => {
  it('reads plain data, Maps and NumberText', () => {
    expect(data(fromObject({ a: 1.5, b: [true, null, 10n], c: new Map([['__proto__', new NumberText('1.50')]]), d: undefined }).root)).toEqual([
      ['a', 'n:1.5'],
      ['b', [true, null, 'n:10']],
      ['c', [['__proto__', 'n:1.50']]],
    ])
  })
  it('refuses what is not data', () => {
    const cycle: unknown[] = []
    cycle.push(cycle)
    const getter = Object.defineProperty({}, 'a', {
      enumerable: true,
      get: () => {
        throw new Error('x')
      },
    })
    for (const bad of [
      new Date(),
      () => 1,
      Symbol('x'),
      { a: NaN },
      cycle,
      new Map([[1, 2]]),
      getter,
      new (class A {
        b = 1
      })(),
    ])
      expect(fromObject(bad).problems.length).toBe(1)
  })
})

it('counts lines and columns from 1, CRLF included', () => {
  const issues = new FileIssues('x', 'ab\r\ncd\n')
  expect([0, 1, 4, 5, 7].map((at) => issues.position(at))).toEqual([
    { line: 1, column: 1 },
    { line: 1, column: 2 },
    { line: 2, column: 1 },
    { line: 2, column: 2 },
    { line: 3, column: 1 },
  ])
  issues.error('invalid_value', 4, '', 'm')
  issues.error('invalid_value', 0, '', 'm')
  expect(issues.sorted().map((issue) => issue.text)).toEqual(['ab', 'cd'])
})
