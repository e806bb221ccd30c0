import { describe, expect, it } from 'vitest'
import { parseXPath } from '../src/engine/xpath.ts'
import { createMasker, RulesetError } from '../src/index.ts'

/** Steps in short: `child a[1][k=v]`. */
function shown(text: string, attributes = false): string {
  const path = parseXPath(text, attributes)
  if ('error' in path) return `${path.at}: ${path.error}`
  const steps = path.steps.map(({ axis, name, predicates }) => {
    const all = predicates.map((one) => ('position' in one ? `[${one.position}]` : `[${one.attribute}=${one.value}]`)).join('')
    return `${axis}${axis === 'child' || axis === 'attribute' ? ` ${name ?? '*'}` : ''}${all}`
  })
  return `${path.absolute ? 'document: ' : ''}${steps.join(', ')}`
}

describe('parseXPath', () => {
  it.each([
    ['/a/b', 'document: child a, child b'],
    ['a/b', 'child a, child b'],
    ['//b', 'document: below, child b'],
    ['a//b', 'child a, below, child b'],
    ['*', 'child *'],
    ['..', 'parent'],
    ['../..//x', 'parent, parent, below, child x'],
    ['b[3]', 'child b[3]'],
    [`*[@k='v'][2][@l:m="it's"]`, "child *[k=v][2][l:m=it's]"],
    [` / a [ 1 ] / b [ @k = '' ] `, 'document: child a[1], child b[k=]'],
    ['s:card', 'child s:card'],
    ['a.b-c_1', 'child a.b-c_1'],
    ['größe/𐀀', 'child größe, child 𐀀'],
  ])('reads %s', (text, steps) => {
    expect(shown(text)).toBe(steps)
  })

  it.each([
    ['@id', 'attribute id'],
    ['../@id', 'parent, attribute id'],
    ['//c/@a:b ', 'document: below, child c, attribute a:b'],
  ])('reads %s where attributes are wanted', (text, steps) => {
    expect(shown(text, true)).toBe(steps)
    expect(shown(text)).toMatch(/this path selects elements/)
  })

  it.each([
    ['', 0],
    ['  ', 0],
    ['/', 1],
    ['//', 2],
    ['///a', 2],
    ['a/', 2],
    ['a//', 3],
    ['a b', 2],
    ['a|b', 1],
    ['.', 0],
    ['./a', 0],
    ['a/./b', 2],
    ['...', 2],
    ['..[1]', 2],
    ['text()', 4],
    ['a/text()', 6],
    ['child::a', 5],
    ['a[', 2],
    ['a[]', 2],
    ['a[0]', 2],
    ['a[1', 3],
    ['a[1.5]', 3],
    ['a[-1]', 2],
    ['a[last()]', 2],
    ['a[b]', 2],
    ['a[@k]', 4],
    ['a[@k=v]', 5],
    ["a[@k='v]", 5],
    ["a[@='v']", 3],
    ["a[@k='v'", 8],
    ["a[@k='v' and @l='w']", 9],
    ['a]', 1],
    ['1a', 0],
    ['$a', 0],
    ['a\u0000', 1],
    ['@id/a', 3],
    ['a@id', 1],
    ['a/'.repeat(64) + 'a', 129],
    [`a${'[1]'.repeat(17)}`, 52],
  ])('refuses %j at %i', (text, at) => {
    expect(parseXPath(text, true)).toEqual({ error: expect.any(String), at })
  })

  it('takes linear time', () => {
    const from = performance.now()
    for (const unit of ['a', '/a', '[', 'a[1]', ' ', '..', '/', '::', "[@k='v'"]) parseXPath(unit.repeat(200_000 / unit.length), true)
    expect(performance.now() - from).toBeLessThan(2000)
  })
})

function issues(transform: string): unknown[] {
  const ruleset = `version: "1.0"\nrules:\n- paths: [v]\n  masks:\n  - type: xml\n    transforms:\n    - ${transform}\n`
  try {
    createMasker(ruleset).close()
  } catch (error) {
    if (error instanceof RulesetError) return error.issues.map(({ code, line, column, path }) => [code, line, column, path])
    throw error
  }
  return []
}

const at = 'rules[0].masks[0].transforms[0]'
const text = 'node_transforms: [{type: text, masks: [{type: redact}]}]'

describe('options of xml', () => {
  it.each([
    [`{path: //a, ${text}}`, []],
    [`{path: "//a[@k='v']/..", hash_sources: [{xpath: "../@id"}, {xpath: //x}, {root_path: [x]}, {json_path: [.., x, 0]}, y], ${text}}`, []],
    [`{path: "a/[1]", ${text}}`, [['bad_xpath', 7, 17, `${at}.path`]]],
    [`{path: 'a/text()', ${text}}`, [['bad_xpath', 7, 21, `${at}.path`]]],
    [`{path: "a/@id", ${text}}`, [['bad_xpath', 7, 17, `${at}.path`]]],
    [`{path: [a, b], ${text}}`, [['wrong_type', 7, 14, `${at}.path`]]],
    [`{path: 7, ${text}}`, [['wrong_type', 7, 14, `${at}.path`]]],
    [`{${text}}`, [['missing_key', 7, 7, `${at}.path`]]],
    ['{path: a}', [['missing_key', 7, 7, `${at}.node_transforms`]]],
    ['{path: a, node_transforms: []}', [['invalid_value', 7, 34, `${at}.node_transforms`]]],
    ['{path: a, node_transforms: [{type: texts, masks: [{type: redact}]}]}', [['invalid_value', 7, 42, `${at}.node_transforms[0].type`]]],
    ['{path: a, node_transforms: [{type: text, masks: [{type: redactt}]}]}', [['unknown_mask', 7, 63, `${at}.node_transforms[0].masks[0].type`]]],
    ['{path: a, node_transforms: [{type: attribute, masks: [{type: redact}]}]}', [['missing_key', 7, 35, `${at}.node_transforms[0].attributes`]]],
    ['{path: a, node_transforms: [{type: text, attributes: id, masks: [{type: redact}]}]}', [['invalid_value', 7, 60, `${at}.node_transforms[0].attributes`]]],
    ['{path: a, node_transforms: [{type: attribute, attributes: "@id", masks: [{type: redact}]}]}', [['invalid_value', 7, 65, `${at}.node_transforms[0].attributes`]]],
    ['{path: a, node_transforms: [{type: attribute, attributes: [id, "a b"], masks: [{type: redact}]}]}', [['invalid_value', 7, 70, `${at}.node_transforms[0].attributes[1]`]]],
    ['{path: a, node_transforms: [{type: attribute, attributes: [], masks: [{type: redact}]}]}', [['invalid_value', 7, 65, `${at}.node_transforms[0].attributes`]]],
    [`{path: a, hash_sources: [{xpath: "../"}], ${text}}`, [['bad_xpath', 7, 44, `${at}.hash_sources[0].xpath`]]],
    [`{path: a, hash_sources: [{xpath: [a]}], ${text}}`, [['wrong_type', 7, 40, `${at}.hash_sources[0].xpath`]]],
    [`{path: a, on_mising: skip, ${text}}`, [['unknown_parameter', 7, 17, `${at}.on_mising`]]],
  ])('%s', (transform, expected) => {
    expect(issues(transform)).toEqual(expected)
  })

  it('xpath sources are for transforms of xml', () => {
    const nested = '{path: a, node_transforms: [{type: text, masks: [{type: json, transforms: [{path: [x], hash_sources: [{xpath: y}], masks: [{type: imitate}]}]}]}]}'
    expect(issues(nested)).toEqual([['invalid_value', 7, 110, `${at}.node_transforms[0].masks[0].transforms[0].hash_sources[0].xpath`]])
  })
})
