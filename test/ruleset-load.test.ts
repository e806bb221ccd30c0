import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatIssue, InputError, RulesetError } from '../src/errors.ts'
import type { Issue, IssueCode } from '../src/errors.ts'
import { NumberText } from '../src/engine/types.ts'
import type { ConditionalRule, MaskNode, Rule, SelectorRule } from '../src/engine/types.ts'
import { BUILTIN_NAMES, builtinRuleset } from '../src/ruleset/files.ts'
import { STARTER_RULESET } from '../src/cli/starter.ts'
import { issuesOf, load } from './ruleset-stubs.ts'

/** A ruleset around rules; the rules begin on line 3. */
const withRules = (rules: string): string => `version: "1.0"\nrules:\n${rules}\n`
const at = (issue: Issue | undefined): unknown[] => [issue?.code, issue?.line, issue?.column, issue?.path]
const selector = (rule: Rule | undefined): SelectorRule => {
  if (rule === undefined || rule.form === 'if') throw new Error('not a selector rule')
  return rule
}
const rulesOf = (text: string): readonly Rule[] => load(text).ruleset.layers.at(-1)?.rules ?? []
const first = (text: string): SelectorRule => selector(rulesOf(withRules(text))[0])

describe('issues: code, line, column, path', () => {
  // [text, code, line, column, path]
  const cases: [string, IssueCode, number, number, string][] = [
    ['version: "1.0"\nrules: [\n', 'yaml_syntax', 3, 1, ''],
    ['version: "1.0"\nversion: "1.0"\nrules: [{masks: [{type: remove}]}]\n', 'duplicate_key', 2, 1, ''],
    ['rules: [{masks: [{type: remove}]}]\n', 'missing_key', 1, 1, 'version'],
    ['version: "1.0"\nname: x\n', 'missing_key', 1, 1, 'rules'],
    ['version: "1.0"\nrules: []\n', 'invalid_value', 2, 8, 'rules'],
    ['version: "1.0"\nrulez:\n- {}\n', 'unknown_key', 2, 1, 'rulez'],
    ['version: 1.0\nrules: [{masks: [{type: remove}]}]\n', 'version_not_string', 1, 10, 'version'],
    ['version: "2.0"\nrules: [{masks: [{type: remove}]}]\n', 'unsupported_version', 1, 10, 'version'],
    ['version: [1]\nrules: [{masks: [{type: remove}]}]\n', 'wrong_type', 1, 10, 'version'],
    ['- a\n- b\n', 'wrong_type', 1, 1, ''],
    ['just text\nand more\n', 'wrong_type', 1, 1, ''],
    ['\n', 'missing_key', 1, 1, 'version'],
    ['version: "1.0"\ntasks:\n- type: mask_table\n', 'database_ruleset', 2, 1, 'tasks'],
    ['version: "1.0"\ntask_definitions: []\n', 'database_ruleset', 2, 1, 'task_definitions'],
    ['version: "1.0"\nimports: [x]\nrules: [{masks: [{type: remove}]}]\n', 'unsupported_feature', 2, 1, 'imports'],
    [withRules('- $ref: "lib#x"\n  masks: [{type: remove}]'), 'unsupported_feature', 3, 3, 'rules[0].$ref'],
    ['version: "1.0"\nname: ""\nrules: [{masks: [{type: remove}]}]\n', 'invalid_value', 2, 7, 'name'],
    ['version: "1.0"\nname: 7\nrules: [{masks: [{type: remove}]}]\n', 'wrong_type', 2, 7, 'name'],
    ['version: "1.0"\nrules: 7\n', 'wrong_type', 2, 8, 'rules'],
    [withRules('- remove'), 'wrong_type', 3, 3, 'rules[0]'],
    [withRules('- keys: [a]'), 'missing_key', 3, 3, 'rules[0].masks'],
    [withRules('- masks: []'), 'invalid_value', 3, 10, 'rules[0].masks'],
    [withRules('- masks: remove'), 'wrong_type', 3, 10, 'rules[0].masks'],
    [withRules('- masks: {type: remove}'), 'wrong_type', 3, 10, 'rules[0].masks'],
    [withRules('- masks: [remove]'), 'wrong_type', 3, 11, 'rules[0].masks[0]'],
    [withRules('- masks: [{label: x}]'), 'missing_key', 3, 11, 'rules[0].masks[0].type'],
    [withRules('- masks: [{type: 7}]'), 'wrong_type', 3, 18, 'rules[0].masks[0].type'],
    [withRules('- masks:\n  - type: from_fle\n    seed_file: names.csv'), 'unknown_mask', 4, 11, 'rules[0].masks[0].type'],
    [withRules('- masks: [{type: from_column}]'), 'unsupported_mask', 3, 18, 'rules[0].masks[0].type'],
    [withRules('- masks: [{type: redact, labl: x}]'), 'unknown_parameter', 3, 26, 'rules[0].masks[0].labl'],
    [withRules('- masks: [{type: from_file, seed_file: names.csv, seed_filter_column: x}]'), 'unsupported_parameter', 3, 51, 'rules[0].masks[0].seed_filter_column'],
    [withRules('- masks: [{type: from_fixed}]'), 'missing_key', 3, 11, 'rules[0].masks[0].value'],
    [withRules('- masks: [{type: redact, keep_type: yes}]'), 'wrong_type', 3, 37, 'rules[0].masks[0].keep_type'],
    [withRules('- masks: [{type: redact, text: 7}]'), 'wrong_type', 3, 32, 'rules[0].masks[0].text'],
    [withRules('- masks: [{type: redact, text: a, label: b}]'), 'invalid_value', 3, 42, 'rules[0].masks[0].label'],
    [withRules('- masks: [{type: partial, char: ab}]'), 'invalid_value', 3, 33, 'rules[0].masks[0].char'],
    [withRules('- masks: [{type: partial, keep_last: -1}]'), 'invalid_value', 3, 38, 'rules[0].masks[0].keep_last'],
    [withRules('- masks: [{type: partial, keep_last: 1.5}]'), 'invalid_value', 3, 38, 'rules[0].masks[0].keep_last'],
    [withRules('- masks: [{type: partial, keep_last: "1"}]'), 'wrong_type', 3, 38, 'rules[0].masks[0].keep_last'],
    [withRules('- masks: [{type: credit_card, retain_prefix_length: 9}]'), 'invalid_value', 3, 53, 'rules[0].masks[0].retain_prefix_length'],
    [withRules('- masks: [{type: credit_card, retain_prefix_length: auto}]'), 'invalid_value', 3, 53, 'rules[0].masks[0].retain_prefix_length'],
    [withRules('- masks: [{type: credit_card, retain_prefix_length: [1]}]'), 'wrong_type', 3, 53, 'rules[0].masks[0].retain_prefix_length'],
    [withRules('- masks: [{type: imitate, seed: ""}]'), 'invalid_value', 3, 33, 'rules[0].masks[0].seed'],
    [withRules('- masks: [{type: redact, seed: x}]'), 'unknown_parameter', 3, 26, 'rules[0].masks[0].seed'],
    [withRules('- masks: [{type: typecast, typecast_as: integr}]'), 'invalid_value', 3, 41, 'rules[0].masks[0].typecast_as'],
    [withRules('- masks: [{type: typecast, typecast_as: date, date_format: "%Q"}]'), 'bad_format', 3, 60, 'rules[0].masks[0].date_format'],
    [withRules('- masks: [{type: from_random_date, min: a, max: yesterday}]'), 'bad_date', 3, 49, 'rules[0].masks[0].max'],
    [withRules('- masks: [{type: json, transforms: [{path: [a], masks: [{type: remove}], on_nul: skip}]}]'), 'unknown_parameter', 3, 74, 'rules[0].masks[0].transforms[0].on_nul'],
    [withRules('- masks: [{type: json, transforms: [{path: user.name, masks: [{type: remove}]}]}]'), 'wrong_type', 3, 44, 'rules[0].masks[0].transforms[0].path'],
    [withRules('- masks: [{type: thrower, x: true}]'), 'invalid_value', 3, 11, 'rules[0].masks[0]'],
    [withRules('- keys: [a]\n  detect: [email]\n  masks: [{type: remove}]'), 'conflicting_selectors', 4, 3, 'rules[0].detect'],
    [withRules('- paths: ["a.b c"]\n  masks: [{type: remove}]'), 'bad_path', 3, 15, 'rules[0].paths[0]'],
    [withRules('- paths: [a..b]\n  masks: [{type: remove}]'), 'bad_path', 3, 13, 'rules[0].paths[0]'],
    [withRules('- paths: [[]]\n  masks: [{type: remove}]'), 'bad_path', 3, 11, 'rules[0].paths[0]'],
    [withRules('- paths: []\n  masks: [{type: remove}]'), 'invalid_value', 3, 10, 'rules[0].paths'],
    [withRules('- paths: a.b\n  masks: [{type: remove}]'), 'wrong_type', 3, 10, 'rules[0].paths'],
    [withRules('- keys: ["-_"]\n  masks: [{type: remove}]'), 'bad_glob', 3, 11, 'rules[0].keys[0]'],
    [withRules('- keys: []\n  masks: [{type: remove}]'), 'invalid_value', 3, 9, 'rules[0].keys'],
    [withRules("- masks: [{type: replace_regex, regex: 'a(?=b)', masks: [{type: remove}]}]"), 'bad_regex', 3, 42, 'rules[0].masks[0].regex'],
    [withRules("- {keys: [a], skip: [{matches: '(a'}], masks: [{type: remove}]}"), 'bad_regex', 3, 33, 'rules[0].skip[0].matches'],
    [withRules('- keys: [a]\n  skip: [{match: x}]\n  masks: [{type: remove}]'), 'missing_key', 4, 10, 'rules[0].skip[0].matches'],
    [withRules('- detect: [emial]'), 'unknown_detector', 3, 12, 'rules[0].detect[0]'],
    [withRules('- detect: [iban]'), 'unknown_detector', 3, 12, 'rules[0].detect[0]'],
    [withRules('- detect: []'), 'invalid_value', 3, 11, 'rules[0].detect'],
    [withRules('- keys: [a]\n  exclude: [email]\n  masks: [{type: remove}]'), 'invalid_value', 4, 3, 'rules[0].exclude'],
    [withRules('- whole: true\n  masks: [{type: remove}]'), 'invalid_value', 3, 3, 'rules[0].whole'],
    [withRules('- column: a\n  masks: [{type: remove}]'), 'database_ruleset', 3, 3, 'rules[0].column'],
    [withRules('- masks: [{type: from_file, seed_file: nowhere.csv}]'), 'seed_file_not_found', 3, 40, 'rules[0].masks[0].seed_file'],
    [withRules('- masks: [{type: from_file, seed_file: broken.csv}]'), 'seed_file_invalid', 3, 40, 'rules[0].masks[0].seed_file'],
    [withRules('- masks: [{type: from_file, seed_file: ../names.csv}]'), 'invalid_value', 3, 40, 'rules[0].masks[0].seed_file'],
    [withRules('- masks: [{type: from_file, seed_file: names.csv, seed_column: gendr}]'), 'seed_column_not_found', 3, 64, 'rules[0].masks[0].seed_column'],
    [withRules('- if: []\n  rules: []'), 'invalid_value', 3, 7, 'rules[0].if'],
    [withRules('- if: [{path: a}]\n  rules: []'), 'missing_key', 3, 8, 'rules[0].if[0].equals'],
    [withRules('- if: [{path: a, equals: 1, matches: x}]\n  rules: []'), 'invalid_value', 3, 29, 'rules[0].if[0].matches'],
    [withRules('- if: [{path: a, json_path: [a], equals: 1}]\n  rules: []'), 'invalid_value', 3, 18, 'rules[0].if[0].json_path'],
    [withRules('- if: [{path: "a.", equals: 1}]\n  rules: []'), 'bad_path', 3, 18, 'rules[0].if[0].path'],
    [withRules('- if: [{json_path: a.b, equals: 1}]\n  rules: []'), 'wrong_type', 3, 20, 'rules[0].if[0].json_path'],
    [withRules('- if: [{path: a, less_than: soon}]\n  rules: []'), 'invalid_value', 3, 29, 'rules[0].if[0].less_than'],
    [withRules('- if: [{path: a, equals: 1}]\n  masks: [{type: remove}]\n  rules: []'), 'unknown_key', 4, 3, 'rules[0].masks'],
    [withRules('- if: [{path: a, equals: 1}]'), 'missing_key', 3, 3, 'rules[0].rules'],
    [withRules('- rules: []\n  masks: [{type: remove}]'), 'unknown_key', 3, 3, 'rules[0].rules'],
    [withRules('- {keys: [a], hash_sources: [{json_path: ["*"]}], masks: [{type: imitate}]}'), 'bad_path', 3, 43, 'rules[0].hash_sources[0].json_path[0]'],
    [withRules('- {keys: [a], hash_sources: [{json_path: [..]}], masks: [{type: imitate}]}'), 'bad_path', 3, 43, 'rules[0].hash_sources[0].json_path[0]'],
    [withRules('- {keys: [a], hash_sources: [{relative_path: [x, ..]}], masks: [{type: imitate}]}'), 'bad_path', 3, 50, 'rules[0].hash_sources[0].relative_path[1]'],
    [withRules('- {keys: [a], hash_sources: [{}], masks: [{type: imitate}]}'), 'missing_key', 3, 30, 'rules[0].hash_sources[0].source'],
    [withRules('- {keys: [a], hash_sources: [{source: me}], masks: [{type: imitate}]}'), 'invalid_value', 3, 39, 'rules[0].hash_sources[0].source'],
    [withRules('- {keys: [a], hash_sources: [{self: entity}], masks: [{type: imitate}]}'), 'invalid_value', 3, 31, 'rules[0].hash_sources[0].self'],
    [withRules('- {keys: [a], hash_sources: [{xpath: ../x}], masks: [{type: imitate}]}'), 'invalid_value', 3, 31, 'rules[0].hash_sources[0].xpath'],
    [withRules('- {keys: [a], hash_sources: a, masks: [{type: imitate}]}'), 'wrong_type', 3, 29, 'rules[0].hash_sources'],
    [withRules('- {hash_sources: [{relative_path: [a]}], masks: [{type: imitate}]}'), 'invalid_value', 3, 20, 'rules[0].hash_sources[0].relative_path'],
    [withRules('- {keys: [a], hash_sources: [a], hash_columns: [a], masks: [{type: imitate}]}'), 'invalid_value', 3, 34, 'rules[0].hash_columns'],
    ['version: "1.0"\npolicy: {on_mask_error: skip}\nrules: [{masks: [{type: remove}]}]\n', 'invalid_value', 2, 25, 'policy.on_mask_error'],
    ['version: "1.0"\npolicy: {max_record_bytes: 10}\nrules: [{masks: [{type: remove}]}]\n', 'invalid_value', 2, 28, 'policy.max_record_bytes'],
    ['version: "1.0"\npolicy: {allow: ["a["]}\nrules: [{masks: [{type: remove}]}]\n', 'bad_path', 2, 21, 'policy.allow[0]'],
    ['version: "1.0"\npolicy: {decode: [json, gzip]}\nrules: [{masks: [{type: remove}]}]\n', 'invalid_value', 2, 25, 'policy.decode[1]'],
    ['version: "1.0"\npolicy: {scan_key: true}\nrules: [{masks: [{type: remove}]}]\n', 'unknown_key', 2, 10, 'policy.scan_key'],
    ['version: "1.0"\ntests: [{name: a}]\nrules: [{masks: [{type: remove}]}]\n', 'missing_key', 2, 9, 'tests[0].in'],
    ['version: "1.0"\nmask_definitions: [{type: nope}]\nrules: [{masks: [{type: remove}]}]\n', 'unknown_mask', 2, 27, 'mask_definitions[0].type'],
    ['version: "1.0"\nrule_definitions: [{keys: [a]}]\nrules: [{masks: [{type: remove}]}]\n', 'missing_key', 2, 20, 'rule_definitions[0].masks'],
    ['version: "1.0"\nextends: ["mask-logs:defalt"]\n', 'unknown_builtin', 2, 11, 'extends[0]'],
    ['version: "1.0"\nextends: [./base.yaml]\n', 'extends_not_found', 2, 11, 'extends[0]'],
    ['version: "1.0"\nextends: ["https://example.com/x.yaml"]\n', 'invalid_value', 2, 11, 'extends[0]'],
    ['version: "1.0"\nextends: [/etc/x.yaml]\n', 'invalid_value', 2, 11, 'extends[0]'],
    ['version: "1.0"\nextends: x\n', 'wrong_type', 2, 10, 'extends'],
  ]
  it.each(cases)('%j', (text, code, line, column, path) => {
    const issues = issuesOf(text)
    const errors = issues.filter((issue) => issue.severity === 'error')
    expect(errors.map(at)).toContainEqual([code, line, column, path])
    // One fault, one error; a mistyped key next to a missing one is two.
    expect(errors.length).toBeLessThanOrEqual(2)
    for (const issue of issues) expect(issue.text).toBe(text.split('\n')[issue.line - 1])
  })

  const warnings: [string, IssueCode, number, number, string][] = [
    ['version: "1.0"\nrandom_seed: 7\nrules: [{masks: [{type: remove}]}]\n', 'ignored_key', 2, 1, 'random_seed'],
    [withRules('- masks: [{type: substitute}]'), 'deprecated', 3, 18, 'rules[0].masks[0].type'],
    [withRules('- {keys: [a], masks: [{type: do_nothing}]}'), 'released_value', 3, 23, 'rules[0].masks[0]'],
    [withRules('- masks: [{type: from_random_date, min: a, max: now}]'), 'time_dependent', 3, 11, 'rules[0].masks[0]'],
    [withRules('- masks: [{type: from_fixed, value: no}]'), 'yaml11_boolean', 3, 37, 'rules[0].masks[0].value'],
    [withRules("- masks: [{type: replace_regex, regex: '[a-z]+[0-9]+', masks: [{type: remove}]}]"), 'slow_regex', 3, 40, 'rules[0].masks[0].regex'],
  ]
  it.each(warnings)('warns: %j', (text, code, line, column, path) => {
    expect(load(text).warnings.map(at)).toEqual([[code, line, column, path]])
  })

  it('knows the nearest name', () => {
    const known = (text: string): string | undefined => issuesOf(text)[0]?.known
    expect(known(withRules('- masks: [{type: from_fle}]'))).toBe('from_file')
    expect(known(withRules('- masks: [{type: redcat}]'))).toBe('redact')
    expect(known(withRules('- masks: [{type: redact, labl: x}]'))).toBe('label')
    expect(known(withRules('- detect: [emial]'))).toBe('email')
    expect(known(withRules('- detect: [secret]'))).toBe('secrets')
    expect(known('version: "1.0"\nextends: ["mask-logs:defalt"]\n')).toBe('mask-logs:default')
    expect(known(withRules('- masks: [{type: typecast, typecast_as: integr}]'))).toBe('integer')
    expect(known(withRules('- masks: [{type: qqqqqqqq}]'))).toBeUndefined()
  })

  it('words what interfaces rely on', () => {
    expect(issuesOf(withRules('- masks: [{type: from_invalid}]'))[0]?.message).toBe("unknown mask type 'from_invalid'.")
    expect(issuesOf(withRules('- masks: [{type: from_blob}]'))[0]?.message).toBe("mask 'from_blob' is not available in-flight.")
    expect(issuesOf(withRules('- detect: [place]'))[0]?.message).toBe("detector 'place' is not available yet")
    expect(issuesOf(withRules('- masks: [{type: json, transforms: [{path: user.name, masks: [{type: remove}]}]}]'))[0]?.message).toContain('[user, name]')
    const [issue] = issuesOf('version: "1.0"\nrules:\n- keys: [a]\n  masks:\n  - type: from_fle\n')
    expect(issue === undefined ? '' : formatIssue(issue)).toBe(
      "<ruleset>:5:11 unknown_mask: unknown mask type 'from_fle' (did you mean 'from_file'?)\n    - type: from_fle\n            ^",
    )
    expect(JSON.stringify(issuesOf(withRules('- masks: [{type: thrower, x: true}]')))).not.toContain('secret words')
  })

  it('collects every issue in file order', () => {
    const issues = issuesOf('version: 1.0\npolicy: {on_oversize: x}\nrules:\n- masks: [{type: nope}]\n- keys: [""]\n  masks: [{type: redact, nope: 1}]\n- detect: [nope]\n')
    expect(issues.map((issue) => [issue.code, issue.line])).toEqual([
      ['version_not_string', 1],
      ['invalid_value', 2],
      ['unknown_mask', 4],
      ['bad_glob', 5],
      ['unknown_parameter', 6],
      ['unknown_detector', 7],
    ])
  })

  it('tells a fault in an anchored mask once, where it is written', () => {
    const issues = issuesOf('version: "1.0"\nmask_definitions:\n- &m {type: redact, labl: x}\nrules:\n- {keys: [a], masks: [*m]}\n- {keys: [b], masks: [{<<: *m}]}\n')
    expect(issues.map(at)).toEqual([['unknown_parameter', 3, 21, 'mask_definitions[0].labl']])
  })

  it('tells at most 1000 issues of a file', () => {
    expect(issuesOf({ version: '1.0', rules: Array.from({ length: 1500 }, () => ({ masks: [{ type: 'nope' }] })) }).length).toBe(1000)
  })

  it('takes text over 1 MiB and names that are no ruleset', () => {
    expect(at(issuesOf(`version: "1.0"\n# ${'x'.repeat(1024 * 1024)}\n`)[0])).toEqual(['limit_exceeded', 1, 1, ''])
    expect(at(issuesOf(`version: "1.0"\n# ${'é'.repeat(600_000)}\n`)[0])).toEqual(['limit_exceeded', 1, 1, ''])
    expect(issuesOf('mask-logs:defaul')[0]).toMatchObject({ code: 'unknown_builtin', known: 'mask-logs:default' })
    expect(() => load('no-such-file.yaml')).toThrow(InputError)
    expect(() => load(7)).toThrow(InputError)
    expect(() => load([])).toThrow(InputError)
  })

  it('gives objects positions 1:1 and paths', () => {
    expect(issuesOf({ version: '1.0', rules: [{ masks: [{ type: 'nope' }] }, { masks: [{ type: 'nope' }] }] }).map(at)).toEqual([
      ['unknown_mask', 1, 1, 'rules[0].masks[0].type'],
      ['unknown_mask', 1, 1, 'rules[1].masks[0].type'],
    ])
    expect(issuesOf({ version: 1, rules: [] }).map(at)).toEqual([
      ['version_not_string', 1, 1, 'version'],
      ['invalid_value', 1, 1, 'rules'],
    ])
    expect(issuesOf({ a: new Date() }).map(at)).toEqual([['wrong_type', 1, 1, '']])
  })
})

describe('what a ruleset means', () => {
  it('keeps numbers of scalar options as written', () => {
    const value = (text: string): unknown => first(`- masks: [{type: from_fixed, value: ${text}}]`).masks?.[0]?.options.get('value')
    expect(value('4823.50')).toEqual(new NumberText('4823.50'))
    expect([value(''), value('"7"'), value('true'), value('2010-01-01')]).toEqual([null, '7', true, '2010-01-01'])
  })

  it('reads masks as a list or a mapping, with merge keys', () => {
    const { layers } = load(
      'version: "1.0"\nmask_definitions: [&fn {type: from_file, seed_file: names.csv}]\nrules:\n- masks: [{<<: *fn, null_string: "NULL"}]\n- masks: {first: {type: remove}, second: {type: e_mail}}\n',
    ).ruleset
    const [merged, named] = layers[0]?.rules ?? []
    expect(selector(merged).masks?.[0]).toMatchObject({
      type: 'from_file',
      options: new Map([
        ['seed_file', 'names.csv'],
        ['null_string', 'NULL'],
      ]),
      line: 4,
      column: 11,
    })
    expect(selector(named).masks?.map((mask) => [mask.type, mask.path])).toEqual([
      ['remove', 'rules[1].masks.first'],
      ['email', 'rules[1].masks.second'],
    ])
  })

  it('reads nested masks, lists, objects and sources of json', () => {
    const options = first(
      `- masks: [{type: json, transforms: [{path: [a, 0, "*"], masks: [{type: chain, masks: [{type: imitate, seed: s}]}], hash_sources: [x, [.., y], {root_path: [z], trim: true, case_transform: uppercase, on_missing: null}]}]}]`,
    ).masks?.[0]?.options
    const transform = (options?.get('transforms') as ReadonlyMap<string, unknown>[] | undefined)?.[0]
    expect(transform?.get('path')).toEqual(['a', 0, '*'])
    expect((transform?.get('masks') as MaskNode[] | undefined)?.[0]?.options.get('masks')).toMatchObject([
      { type: 'imitate', path: 'rules[0].masks[0].transforms[0].masks[0].masks[0]' },
    ])
    expect(transform?.get('hash_sources')).toEqual([
      { from: 'parent', path: ['x'], trim: false, case: undefined, onMissing: 'error' },
      { from: 'parent', path: ['..', 'y'], trim: false, case: undefined, onMissing: 'error' },
      { from: 'document', path: ['z'], trim: true, case: 'upper', onMissing: 'null' },
    ])
  })

  it('reads the short form of a weighted choice', () => {
    const options = first('- masks: [{type: choices, choices: [gold, {silver: 3}, {42: 0.5}, {value: 1.50, weight: 2}]}]').masks?.[0]?.options
    expect(options?.get('choices')).toEqual([
      'gold',
      new Map<string, unknown>([
        ['value', 'silver'],
        ['weight', 3],
      ]),
      new Map<string, unknown>([
        ['value', new NumberText('42')],
        ['weight', 0.5],
      ]),
      new Map<string, unknown>([
        ['value', new NumberText('1.50')],
        ['weight', 2],
      ]),
    ])
    expect(issuesOf(withRules('- masks: [{type: choices, choices: [{gold: many}]}]')).map((issue) => issue.code)).toEqual(['wrong_type'])
    expect(issuesOf(withRules('- masks: [{type: choices, choices: [{gold: 1, silver: 2}]}]')).length).toBeGreaterThan(0)
  })

  it('gives rules their defaults by form', () => {
    expect(first('- masks: [{type: imitate}]')).toMatchObject({ form: 'record', hashSources: null, whole: false, name: 'rules[0]', line: 3, column: 3 })
    expect(first('- {name: n, keys: [a], masks: [{type: imitate}]}')).toMatchObject({ form: 'keys', name: 'n', hashSources: [{ from: 'self', path: [] }], keys: ['a'] })
    expect(first('- {keys: [a], hash_sources: [], masks: [{type: imitate}]}').hashSources).toBeNull()
    expect(first('- {keys: [a], hash_sources: null, masks: [{type: imitate}]}').hashSources).toBeNull()
    expect(first('- {paths: [a], masks: [{type: remove}]}').whole).toBe(true)
    expect(first('- detect: [all]\n  exclude: [pii, ipv6]')).toMatchObject({ form: 'detect', masks: undefined, detect: ['jwt', 'cookie', 'named_secret', 'credit_card', 'ipv4'] })
    expect(first('- detect: [uuid, email, pii]').detect).toEqual(['email', 'phone', 'uuid'])
  })

  it('reads every spelling of hash sources at rule level', () => {
    const source = (text: string, form = 'keys: [k], '): unknown =>
      first(`- {${form}hash_sources: [${text}], masks: [{type: imitate}]}`).hashSources?.map(({ from, path }) => [from, ...path])
    expect(source('x')).toEqual([['record', 'x']])
    expect(source('[a, 0]')).toEqual([['record', 'a', 0]])
    expect(source('{json_path: [a, b]}')).toEqual([['record', 'a', 'b']])
    expect(source('{root_path: [a]}')).toEqual([['record', 'a']])
    expect(source('{relative_path: [.., a]}')).toEqual([['parent', '..', 'a']])
    expect(source('{source: self, trim: true}')).toEqual([['self']])
    expect(source('{column_name: c}', '')).toEqual([['record', 'c']])
    expect(first('- {keys: [k], hash_columns: [x, {column_name: y, json_path: [z], on_missing: self}], masks: [{type: imitate}]}').hashSources).toEqual([
      { from: 'record', path: ['x'], trim: false, case: undefined, onMissing: 'error' },
      { from: 'record', path: ['y', 'z'], trim: false, case: undefined, onMissing: 'self' },
    ])
  })

  it('reads conditions, branches and skip', () => {
    const [rule] = rulesOf(
      'version: "1.0"\nskip_defaults: [null, 7]\nrules:\n- if: [{json_path: [a, "*", 0], equals: 1.0}, {or: [{path: "**.b", matches: x+, on_missing: skip}, {not: [{less_than: "2026-01-01"}]}]}]\n  rules: [{keys: [k], masks: [{type: remove}]}]\n  else_rules: [{keys: [k], skip: ["", {matches: "a.*"}], masks: [{type: remove}]}]\n',
    )
    const { conditions, rules, elseRules, form } = rule as ConditionalRule
    expect(form).toBe('if')
    expect(conditions).toEqual([
      { kind: 'test', test: 'equals', value: new NumberText('1.0'), path: [{ kind: 'name', name: 'a' }, { kind: 'any' }, { kind: 'index', index: 0 }], onMissing: 'error' },
      {
        kind: 'or',
        of: [
          { kind: 'test', test: 'matches', value: 'x+', path: [{ kind: 'deep' }, { kind: 'name', name: 'b' }], onMissing: 'skip' },
          { kind: 'not', of: [{ kind: 'test', test: 'less_than', value: '2026-01-01', path: [], onMissing: 'error' }] },
        ],
      },
    ])
    expect(selector(rules[0])).toMatchObject({
      path: 'rules[0].rules[0]',
      skip: [
        { kind: 'value', value: null },
        { kind: 'value', value: new NumberText('7') },
      ],
    })
    expect(selector(elseRules[0])).toMatchObject({
      path: 'rules[0].else_rules[0]',
      skip: [
        { kind: 'value', value: '' },
        { kind: 'matches', pattern: 'a.*' },
      ],
    })
    const nested = (levels: number): unknown => (levels === 0 ? { masks: [{ type: 'remove' }] } : { if: [{ path: 'a', equals: 1 }], rules: [nested(levels - 1)] })
    expect(load({ version: '1.0', rules: [nested(8)] }).warnings).toEqual([])
    expect(issuesOf({ version: '1.0', rules: [nested(9)] })[0]?.code).toBe('limit_exceeded')
  })

  it('fills in the policy, defaults below and options above', () => {
    const text = 'version: "1.0"\npolicy: {unknown_fields: redact, allow: [a.b], max_depth: 7}\n'
    expect(load(text).ruleset.policy).toEqual({
      on_mask_error: 'redact',
      on_unparsable: 'text',
      unknown_fields: 'redact',
      allow: [
        [
          { kind: 'name', name: 'a' },
          { kind: 'name', name: 'b' },
        ],
      ],
      max_record_bytes: 1048576,
      on_oversize: 'truncate',
      max_depth: 7,
      scan_keys: true,
      scan_numbers: true,
      text_pairs: true,
      text_words: true,
      decode: ['json', 'url'],
      verify: false,
    })
    const policy = load(text, { policyDefaults: { on_mask_error: 'fail', max_depth: 3 }, policyOverride: { verify: true } }).ruleset.policy
    expect(policy).toMatchObject({ on_mask_error: 'fail', max_depth: 7, verify: true })
    expect(issuesOf(text, { policyOverride: { verify: 'x' } })[0]).toMatchObject({ code: 'wrong_type', path: 'policy.verify', source: '<policy>' })
  })

  it('keeps tests as written and lists seed files', () => {
    const { ruleset } = load('version: "1.0"\nname: mine\ntests: [{name: t, in: {n: 1.50, $ref: x}, out: "y"}]\nrules: [{masks: [{type: from_file, seed_file: names.csv}]}]\n')
    expect(ruleset.tests).toEqual([
      {
        name: 't',
        source: '<ruleset>',
        line: 3,
        in: new Map<string, unknown>([
          ['n', new NumberText('1.50')],
          ['$ref', 'x'],
        ]),
        out: 'y',
        masked: [],
        unmasked: [],
      },
    ])
    expect([...ruleset.seedFiles.keys()]).toEqual(['names.csv'])
    expect(ruleset.name).toBe('mine')
  })
})

describe('extends', () => {
  let folder = ''
  const write = (name: string, text: string): string => {
    const path = join(folder, name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, text)
    return path
  }
  const extending = (...bases: string[]): string => `version: "1.0"\nextends: [${bases.map((base) => JSON.stringify(base)).join(', ')}]\n`
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ruleset-'))
  })
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })
  const sources = (input: unknown): string[] => load(input).ruleset.layers.map((layer) => layer.source.replace(`${folder}/`, ''))

  it('orders layers depth first and loads a base once', () => {
    write('a.yaml', extending('./sub/b.yaml', 'mask-logs:secrets'))
    write('sub/b.yaml', extending('./../c.yaml'))
    write('c.yaml', withRules('- masks: [{type: remove}]'))
    const top = write('top.yaml', `${extending('mask-logs:secrets', './a.yaml', './c.yaml')}rules: [{keys: [x], masks: [{type: remove}]}]\n`)
    expect(sources(top)).toEqual(['mask-logs:secrets', 'c.yaml', 'sub/b.yaml', 'a.yaml', 'top.yaml'])
    expect(sources([top, 'mask-logs:secrets', withRules('- masks: [{type: remove}]')])).toEqual(['mask-logs:secrets', 'c.yaml', 'sub/b.yaml', 'a.yaml', 'top.yaml', '<ruleset>'])
  })

  it('merges policy and skip_defaults, the stronger layer winning', () => {
    write('weak.yaml', 'version: "1.0"\nskip_defaults: [a]\npolicy: {max_depth: 5, decode: [json], scan_keys: false}\nrules: [{keys: [k], masks: [{type: remove}]}]\n')
    const top = write('strong.yaml', `${extending('./weak.yaml')}skip_defaults: [b]\npolicy: {max_depth: 6, decode: [url]}\n`)
    const { policy, layers } = load(top).ruleset
    expect(policy).toMatchObject({ max_depth: 6, decode: ['url'], scan_keys: false })
    expect(selector(layers[0]?.rules[0]).skip).toEqual([{ kind: 'value', value: 'b' }])
  })

  it('refuses cycles, too deep chains and what leaves the directory', () => {
    write('x.yaml', extending('./y.yaml'))
    write('y.yaml', extending('./x.yaml'))
    expect(issuesOf(join(folder, 'x.yaml')).map((issue) => [issue.code, issue.source.replace(`${folder}/`, ''), issue.line, issue.column])).toEqual([
      ['extends_cycle', 'y.yaml', 2, 11],
    ])
    write('self.yaml', extending('./self.yaml'))
    expect(issuesOf(join(folder, 'self.yaml'))[0]?.code).toBe('extends_cycle')
    for (let i = 0; i < 10; i++) write(`deep${i}.yaml`, i === 9 ? withRules('- masks: [{type: remove}]') : extending(`./deep${i + 1}.yaml`))
    expect(issuesOf(join(folder, 'deep0.yaml'))[0]).toMatchObject({ code: 'limit_exceeded', path: 'extends' })
    expect(load(join(folder, 'deep1.yaml')).ruleset.layers.length).toBe(9)
    write('inner/up.yaml', extending('./../c.yaml'))
    expect(issuesOf(join(folder, 'inner/up.yaml'))[0]).toMatchObject({ code: 'extends_not_found', line: 2, column: 11 })
    symlinkSync(join(folder, 'c.yaml'), join(folder, 'inner/link.yaml'))
    write('inner/linked.yaml', extending('./link.yaml'))
    expect(issuesOf(join(folder, 'inner/linked.yaml'))[0]).toMatchObject({ code: 'extends_not_found', line: 2, column: 11 })
    symlinkSync(join(folder, 'c.yaml'), join(folder, 'inside.yaml'))
    write('follows.yaml', extending('./inside.yaml'))
    expect(load(join(folder, 'follows.yaml')).ruleset.layers.length).toBeGreaterThan(1)
    expect(issuesOf(write('gone.yaml', extending('./not-there.yaml', './sub')))).toMatchObject([
      { code: 'extends_not_found', path: 'extends[0]' },
      { code: 'extends_not_found', path: 'extends[1]' },
    ])
  })

  it('names the file an issue is in, the extending file first', () => {
    write('bad.yaml', withRules('- masks: [{type: nope}]'))
    const top = write('both.yaml', `${extending('./bad.yaml')}rules: [{masks: [{type: nope}]}]\n`)
    expect(issuesOf(top).map((issue) => [issue.source.replace(`${folder}/`, ''), issue.line])).toEqual([
      ['both.yaml', 3],
      ['bad.yaml', 3],
    ])
  })

  it('looks for seed files beside the file', () => {
    const asked: (string | undefined)[] = []
    const top = write('seeds.yaml', withRules('- masks: [{type: from_file, seed_file: mine.csv}]'))
    issuesOf(top, {
      seed: (_, directory) => {
        asked.push(directory)
        return undefined
      },
    })
    expect(asked).toEqual([folder])
  })
})

describe('shipped rulesets', () => {
  it.each(BUILTIN_NAMES)('mask-logs:%s loads without remarks', (name) => {
    const { ruleset, warnings } = load(`mask-logs:${name}`)
    expect(warnings).toEqual([])
    expect(ruleset.name).toBe(name)
    expect(builtinRuleset(name)).toMatch(/^# /)
  })
  it('default is secrets, pci, pii and http-headers', () => {
    expect(load('mask-logs:default').ruleset.layers.map((layer) => layer.source)).toEqual([
      'mask-logs:secrets',
      'mask-logs:pci',
      'mask-logs:pii',
      'mask-logs:http-headers',
      'mask-logs:default',
    ])
  })
  it('the starter loads without remarks', () => {
    expect(load(STARTER_RULESET).warnings).toEqual([])
  })
  it('is never a path', () => {
    expect(builtinRuleset('../package')).toBeUndefined()
    expect(issuesOf('mask-logs:../secrets')[0]?.code).toBe('unknown_builtin')
  })
})

describe('any input', () => {
  const only = (input: unknown): void => {
    const before = performance.now()
    try {
      load(input)
    } catch (error) {
      if (!(error instanceof RulesetError)) throw error
      for (const issue of error.issues) {
        expect(issue.line).toBeGreaterThan(0)
        expect(issue.column).toBeGreaterThan(0)
        expect(issue.message).not.toMatch(/undefined|\[object/)
      }
      expect(error.issues.length).toBeGreaterThan(0)
    }
    expect(performance.now() - before).toBeLessThan(1000)
  }
  const words = fc.constantFrom(
    'version',
    '"1.0"',
    'rules',
    'masks',
    'type',
    'redact',
    'json',
    'transforms',
    'path',
    'paths',
    'keys',
    'detect',
    'if',
    'and',
    'equals',
    'hash_sources',
    'json_path',
    'skip',
    'matches',
    'policy',
    'extends',
    'mask-logs:default',
    'tests',
    'in',
    'all',
    '1.5',
    'null',
    'yes',
    '&a',
    '*a',
    '<<',
    '!!str',
    '|',
    '>',
    '?',
    ': ',
    ':',
    '- ',
    ',',
    '[',
    ']',
    '{',
    '}',
    '\n',
    '\n  ',
    '\n    ',
    ' ',
    '"',
    "'",
    '#',
    '%',
    '\t',
    '..',
    '(a',
    '💥',
  )

  it('text', () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 40 }), (parts) => only(`${parts.join('')}\n`)),
      { numRuns: 800 },
    )
  })
  it('half-written rulesets', () => {
    const whole = STARTER_RULESET
    for (let length = 0; length < whole.length; length += 7) only(`${whole.slice(0, length)}\n`)
  })
  it('objects', () => {
    const key = fc.constantFrom(
      'version',
      'rules',
      'masks',
      'type',
      'transforms',
      'path',
      'paths',
      'keys',
      'detect',
      'exclude',
      'except',
      'except_keys',
      'if',
      'rules',
      'else_rules',
      'and',
      'not',
      'equals',
      'matches',
      'json_path',
      'hash_sources',
      'hash_columns',
      'column_name',
      'source',
      'skip',
      'skip_defaults',
      'policy',
      'allow',
      'extends',
      'tests',
      'in',
      'out',
      'mask_definitions',
      'regex',
      'seed_file',
      'seed_column',
      'value',
      '__proto__',
    )
    const leaf = fc.oneof(
      fc.constantFrom('1.0', 'redact', 'json', 'from_file', 'scan', 'names.csv', 'email', 'all', 'a.b', '*', '..', '(a', 'self', 'mask-logs:pii', ''),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.constant(undefined),
    )
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 6, withCrossShrink: true }, leaf, fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(key, tie('value'), { maxKeys: 5 })),
    }))
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 6 }), (object) => only({ version: '1.0', ...object })),
      { numRuns: 800 },
    )
  })
})
