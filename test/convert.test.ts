// Database and file rulesets to in-flight rulesets: the table row by row, names of files, what is refused, and on generated
// rulesets that everything loads and nothing is left unmasked that the source masks.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { Document, parse } from 'yaml'
import { RulesetError } from '../src/errors.ts'
import type { MaskDefinition } from '../src/engine/types.ts'
import { convertRuleset as convert, createMasker } from '../src/index.ts'
import type { Converted } from '../src/index.ts'
import { convertRuleset } from '../src/ruleset/convert.ts'
import { columnOf, fileNames, sameTable, sqlParts } from '../src/ruleset/table-names.ts'
import { environment } from './ruleset-stubs.ts'
import { command } from './support/command.ts'
import { testFolder } from './support/folder.ts'

const runSecret = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'

/** Section 14.5 of the rules: this text gives exactly that one. */
const SOURCE = `version: "1.0"
tasks:
- type: mask_table
  table: customers
  rules:
  - {column: phone, hash_columns: [customer_id], masks: [{type: imitate}]}
  - {column: full_name, masks: [{type: from_column, source_column: nick}]}
  - {column: customer_id, masks: [{type: imitate_unique}]}
`
const RESULT = `version: "1.0"
rules:
- {paths: [["phone"]], hash_sources: [{json_path: [customer_id]}], masks: [{type: imitate}]}
# rules.yaml:7: from_column left out (task 1, column full_name): replaced by redact
- {paths: [["full_name"]], hash_sources: [], masks: [{type: redact}]}
- {paths: [["customer_id"]], hash_sources: [], masks: [{type: imitate_unique}]}
`
const REPORT = 'rules.yaml:7: from_column left out (task 1, column full_name): replaced by redact'

const task = (body: string, type = 'mask_table'): string => `version: "1.0"\ntasks:\n- type: ${type}\n${type === 'mask_table' ? '  table: t\n' : ''}${body}`
const rules = (body: string, type = 'mask_table'): string => task(`  rules:\n${body}`, type)

/** Every ruleset of a conversion must load. */
function converted(text: string): Converted {
  const result = convert(text, { source: 'rules.yaml' })
  for (const ruleset of result.rulesets) createMasker(ruleset.text, { runSecret }).close()
  return result
}

/** The rules of the only ruleset, as data, and the report. */
function only(text: string): { rules: unknown[]; report: readonly string[]; text: string } {
  const { rulesets, report } = converted(text)
  expect(rulesets).toHaveLength(1)
  return { rules: (parse(rulesets[0]!.text, { merge: true }) as { rules: unknown[] }).rules, report, text: rulesets[0]!.text }
}

function issuesOf(text: string): { code: string; line: number; message: string }[] {
  try {
    convert(text, { source: 'rules.yaml' })
  } catch (error) {
    if (error instanceof RulesetError) return error.issues.map(({ code, line, message }) => ({ code, line, message }))
    throw error
  }
  throw new Error('it was converted')
}

describe('the worked example', () => {
  it('is converted byte for byte', () => {
    const result = converted(SOURCE)
    expect(result).toEqual({ rulesets: [{ name: 'customers.yaml', task: 1, text: RESULT, report: [REPORT] }], report: [REPORT] })
  })

  it('keeps one identity: the same row as text cells and as numbers', () => {
    const masker = createMasker(RESULT, { runSecret })
    expect(masker.json('{"customer_id":12345,"phone":"+1 (555) 867-5309","ts":1}')).toBe('{"customer_id":10109,"phone":"+7 (031) 209-5169","ts":1}')
    expect(masker.json('{"customer_id":"12345","full_name":"Sarah Mitchell"}')).toBe('{"customer_id":"10109","full_name":"[REDACTED]"}')
    masker.close()
  })
})

describe('what becomes of what', () => {
  it.each<[string, string, unknown[], string[]]>([
    [
      'a rule of a tabular file',
      rules('  - {column: a.b, masks: [{type: imitate}]}', 'mask_tabular_file'),
      [{ paths: [['a.b']], hash_sources: [], masks: [{ type: 'imitate' }] }],
      [],
    ],
    [
      'hash_columns in every spelling',
      rules(
        '  - {column: c, hash_columns: [k, {column_name: d, trim: true, case_transform: lower}, {column_name: doc, json_path: [a, 0]}, {source: self}], masks: [{type: imitate}]}',
      ),
      [
        {
          paths: [['c']],
          hash_sources: [{ json_path: ['k'] }, { json_path: ['d'], trim: true, case_transform: 'lower' }, { json_path: ['doc', 'a', 0] }, { source: 'self' }],
          masks: [{ type: 'imitate' }],
        },
      ],
      [],
    ],
    [
      'hash_columns of the task, replaced or turned off by a rule',
      task(`  hash_columns: [id]
  rules:
  - {column: a, masks: [{type: imitate}]}
  - {column: b, hash_columns: [b], masks: [{type: imitate}]}
  - {column: c, hash_columns: null, masks: [{type: imitate}]}
  - {column: d, hash_columns: [], masks: [{type: imitate}]}
`),
      [
        { paths: [['a']], hash_sources: [{ json_path: ['id'] }], masks: [{ type: 'imitate' }] },
        { paths: [['b']], hash_sources: [{ json_path: ['b'] }], masks: [{ type: 'imitate' }] },
        { paths: [['c']], hash_sources: [], masks: [{ type: 'imitate' }] },
        { paths: [['d']], hash_sources: [], masks: [{ type: 'imitate' }] },
      ],
      [],
    ],
    [
      'a rule of a file, as it stands',
      rules('  - {hash_sources: [{json_path: [id]}], masks: [{type: json, transforms: [{path: [n], masks: [{type: imitate}]}]}]}', 'mask_file'),
      [{ hash_sources: [{ json_path: ['id'] }], masks: [{ type: 'json', transforms: [{ path: ['n'], masks: [{ type: 'imitate' }] }] }] }],
      [],
    ],
    [
      'conditions on columns, in groups, with several tests',
      rules(`  - if:
    - {column: total, equals: 1}
    - or: [{column: kind, matches: 'a|b'}, {not: [{column: doc, json_path: [x], less_than: 5}]}]
    - {column: n, greater_than: 1, less_than_or_equal: 9}
    rules: [{column: c, masks: [{type: imitate}]}]
    else_rules: [{column: d, masks: [{type: imitate}]}]
`),
      [
        {
          if: [
            { json_path: ['total'], equals: 1 },
            { or: [{ json_path: ['kind'], matches: 'a|b' }, { not: [{ json_path: ['doc', 'x'], less_than: 5 }] }] },
            {
              and: [
                { json_path: ['n'], greater_than: 1 },
                { json_path: ['n'], less_than_or_equal: 9 },
              ],
            },
          ],
          rules: [{ paths: [['c']], hash_sources: [], masks: [{ type: 'imitate' }] }],
          else_rules: [{ paths: [['d']], hash_sources: [], masks: [{ type: 'imitate' }] }],
        },
      ],
      [],
    ],
    [
      'conditions of files',
      rules('  - {if: [{json_path: [a], equals: x, on_missing: apply_else}], rules: [{masks: [{type: redact}]}]}', 'mask_file'),
      [{ if: [{ json_path: ['a'], equals: 'x', on_missing: 'apply_else' }], rules: [{ masks: [{ type: 'redact' }] }] }],
      [],
    ],
    [
      'rules and masks in mappings, skip, name and doc',
      rules(`    one: {column: a, name: n, doc: d, skip: [null, '', 7, {matches: 'x.*'}], masks: {first: {type: imitate}, second: {type: transform_case, transform: upper}}}
    two: {column: b, masks: {type: imitate}}
`),
      [
        {
          name: 'n',
          doc: 'd',
          paths: [['a']],
          hash_sources: [],
          skip: [null, '', 7, { matches: 'x.*' }],
          masks: { first: { type: 'imitate' }, second: { type: 'transform_case', transform: 'upper' } },
        },
        { paths: [['b']], hash_sources: [], masks: [{ type: 'imitate' }] },
      ],
      [],
    ],
    [
      'masks that cannot work in flight, wherever they stand',
      rules(`  - {column: a, masks: [{type: from_unique, format: x}, {type: imitate}]}
  - {column: b, masks: [{type: concat, masks: [{type: secure_shuffle}, {type: chain, masks: [{type: from_blob}]}]}]}
  - {column: c, masks: [{type: replace_substring, end_index: 2, masks: [{type: from_column, source_column: x}]}]}
  - column: d
    masks:
    - type: json
      transforms:
      - {path: [p], masks: {x: {type: from_column, source_column: x}}}
      fallback_masks:
      - {type: from_blob}
`),
      [
        { paths: [['a']], hash_sources: [], masks: [{ type: 'redact' }, { type: 'imitate' }] },
        { paths: [['b']], hash_sources: [], masks: [{ type: 'concat', masks: [{ type: 'redact' }, { type: 'chain', masks: [{ type: 'redact' }] }] }] },
        { paths: [['c']], hash_sources: [], masks: [{ type: 'replace_substring', end_index: 2, masks: [{ type: 'redact' }] }] },
        {
          paths: [['d']],
          hash_sources: [],
          masks: [{ type: 'json', transforms: [{ path: ['p'], masks: { x: { type: 'redact' } } }], fallback_masks: [{ type: 'redact' }] }],
        },
      ],
      [
        'rules.yaml:6: from_unique left out (task 1, column a): replaced by redact',
        'rules.yaml:7: secure_shuffle left out (task 1, column b): replaced by redact',
        'rules.yaml:7: from_blob left out (task 1, column b): replaced by redact',
        'rules.yaml:8: from_column left out (task 1, column c): replaced by redact',
        'rules.yaml:13: from_column left out (task 1, column d): replaced by redact',
        'rules.yaml:15: from_blob left out (task 1, column d): replaced by redact',
      ],
    ],
    [
      'masks that the loader refuses',
      rules(`  - {column: a, masks: [{type: frobnicate}]}
  - {column: b, masks: [{type: imitate, colour: red}]}
  - {column: c, masks: [{type: replace_regex, regex: '(?<=a)b', masks: [{type: imitate}]}]}
  - {column: d, masks: [{type: from_file, seed_file: none-such.csv}]}
  - {column: e, masks: [imitate]}
  - {column: f, masks: []}
  - {column: g}
  - {column: h, masks: [{colour: red}]}
`),
      ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((column) => ({ paths: [[column]], hash_sources: [], masks: [{ type: 'redact' }] })),
      [
        'rules.yaml:6: frobnicate left out (task 1, column a): replaced by redact (there is no such mask)',
        "rules.yaml:7: imitate left out (task 1, column b): replaced by redact (unknown parameter 'colour')",
        'rules.yaml:8: replace_regex left out (task 1, column c): replaced by redact (look-behind: back-references and look-around are not supported: patterns must run in linear time)',
        'rules.yaml:9: from_file left out (task 1, column d): replaced by redact (no such file in the seed directories)',
        'rules.yaml:10: a mask left out (task 1, column e): replaced by redact (it is no mapping)',
        'rules.yaml:11: masks left out (task 1, column f): replaced by redact (there are none)',
        'rules.yaml:12: masks left out (task 1, column g): replaced by redact (there are none)',
        'rules.yaml:13: a mask left out (task 1, column h): replaced by redact (it has no type)',
      ],
    ],
    [
      'filters of from_file',
      rules('  - {column: a, masks: [{type: from_file, seed_file: DataMasque_firstNames_mixed.csv, seed_filter_column: gender, table_filter_column: sex}]}'),
      [{ paths: [['a']], hash_sources: [], masks: [{ type: 'from_file', seed_file: 'DataMasque_firstNames_mixed.csv' }] }],
      [
        'rules.yaml:6: seed_filter_column left out (task 1, column a): dropped, the mask stays',
        'rules.yaml:6: table_filter_column left out (task 1, column a): dropped, the mask stays',
      ],
    ],
    [
      'libraries',
      rules(`  - {column: a, masks: [{$ref: "lib#masks/x"}]}
  - {column: b, $ref: "lib#columns/x"}
  - {column: c, masks: [{type: json, transforms: [{path: [a], $ref: "lib#x", masks: [{type: imitate}]}]}]}
`),
      ['a', 'b', 'c'].map((column) => ({ paths: [[column]], hash_sources: [], masks: [{ type: 'redact' }] })),
      [
        'rules.yaml:6: $ref left out (task 1, column a): replaced by redact (ruleset libraries are not supported in flight)',
        'rules.yaml:7: $ref left out (task 1, column b): replaced by redact (ruleset libraries are not supported in flight)',
        'rules.yaml:8: json left out (task 1, column c): replaced by redact (ruleset libraries are not supported in flight)',
      ],
    ],
    [
      'hash sources, values to skip and keys that have no counterpart',
      rules(`  - column: a
    hash_columns: [k, other.id, {column_name: x, xpath: //a}, "*"]
    skip: [{matches: '(?=a)'}, {equals: 1}, ok]
    workers: 3
    masks: [{type: imitate}]
`),
      [{ paths: [['a']], hash_sources: [{ json_path: ['k'] }], skip: ['ok'], masks: [{ type: 'imitate' }] }],
      [
        'rules.yaml:7: a hash column left out (task 1, column a): dropped (this column is not in the record)',
        "rules.yaml:7: a hash column left out (task 1, column a): dropped ('json_path' and 'xpath' do not go together)",
        'rules.yaml:7: a hash column left out (task 1, column a): dropped (a hash source names one value: no wildcards)',
        'rules.yaml:8: an entry of skip left out (task 1, column a): such values are masked (look-ahead: back-references and look-around are not supported: patterns must run in linear time)',
        "rules.yaml:8: an entry of skip left out (task 1, column a): such values are masked (unknown key 'equals')",
        'rules.yaml:9: workers left out (task 1, column a): dropped',
      ],
    ],
    [
      'a where',
      task('  where: "x <> 1"\n  rules: [{column: a, masks: [{type: imitate}]}]\n'),
      [{ paths: [['a']], hash_sources: [], masks: [{ type: 'imitate' }] }],
      ['rules.yaml:5: where left out (task 1, table t): the rules apply to every record'],
    ],
    [
      'conditions that cannot be kept: both branches apply',
      rules(`  - {if: [{column: age, age_greater_than: 18}], rules: [{column: a, masks: [{type: imitate}]}], else_rules: [{column: b, masks: [{type: imitate}]}]}
  - {if: [{column: other.x, equals: 1}], rules: [{column: c, masks: [{type: imitate}]}]}
  - {if: [{column: x, matches: 'a(?!b)'}], else_rules: [{column: d, masks: [{type: imitate}]}]}
  - {if: [{column: x, equals: 1}], column: e, masks: [{type: imitate}]}
  - {if: [{column: x, equals: 1}], rules: [{column: f, masks: [{type: imitate}]}], column: g, masks: [{type: imitate}]}
`),
      [
        ...['a', 'b', 'c', 'd', 'e'].map((column) => ({ paths: [[column]], hash_sources: [], masks: [{ type: 'imitate' }] })),
        { if: [{ json_path: ['x'], equals: 1 }], rules: [{ paths: [['f']], hash_sources: [], masks: [{ type: 'imitate' }] }] },
        { paths: [['g']], hash_sources: [], masks: [{ type: 'imitate' }] },
      ],
      [
        'rules.yaml:6: if left out (task 1, table t): rules and else_rules apply to every record',
        'rules.yaml:7: if left out (task 1, table t): rules and else_rules apply to every record',
        'rules.yaml:8: if left out (task 1, table t): rules and else_rules apply to every record',
        'rules.yaml:9: if left out (task 1, column e): the rule applies to every record',
        'rules.yaml:10: if left out (task 1, column g): the rule applies to every record',
      ],
    ],
    [
      'names as SQL writes them',
      rules(`  - {column: '"FIRST"', hash_columns: ['"t"."ID"', 's.t.[key]'], masks: [{type: imitate}]}
  - {column: '\`we\`\`ird\`', masks: [{type: imitate}]}
  - {column: T.own, masks: [{type: imitate}]}
  - {column: other.name, masks: [{type: imitate}]}
  - {if: [{column: '"t"."role"', equals: 1}], rules: [{column: a, masks: [{type: imitate}]}]}
`),
      [
        { paths: [['FIRST']], hash_sources: [{ json_path: ['ID'] }, { json_path: ['key'] }], masks: [{ type: 'imitate' }] },
        { paths: [['we`ird']], hash_sources: [], masks: [{ type: 'imitate' }] },
        { paths: [['own']], hash_sources: [], masks: [{ type: 'imitate' }] },
        { paths: [['name'], ['other.name']], hash_sources: [], masks: [{ type: 'imitate' }] },
        { if: [{ json_path: ['role'], equals: 1 }], rules: [{ paths: [['a']], hash_sources: [], masks: [{ type: 'imitate' }] }] },
      ],
      [],
    ],
  ])('%s', (_, text, wanted, report) => {
    const result = only(text)
    expect(result.rules).toEqual(wanted)
    expect(result.report).toEqual(report)
    // The comments are the report.
    expect(result.text.match(/^# .*$/gm)?.map((line) => line.slice(2)) ?? []).toEqual(report)
  })

  it('job settings go without a remark', () => {
    const settings = '  key: id\n  workers: 4\n  include: [{glob: x}]\n  skip: [{regex: y}]\n  recurse: true\n  joins: []\n'
    expect(converted(`random_seed: 5\nimports: [lib]\ntask_definitions: []\n${task(`${settings}  rules: [{column: a, masks: [{type: imitate}]}]\n`)}`).report).toEqual([])
  })

  it('parallel and serial are flattened, and their tasks counted', () => {
    const one = (table: string): string => `{type: mask_table, table: ${table}, rules: [{column: a, masks: [{type: imitate}]}]}`
    const { rulesets, report } = converted(`version: "1.0"
tasks:
- ${one('one')}
- {type: parallel, tasks: [${one('two')}, {type: serial, tasks: [{type: run_sql, sql: x}, ${one('three')}]}]}
- {type: truncate_table, table: four}
`)
    expect(rulesets.map(({ name, task }) => [name, task])).toEqual([
      ['one.yaml', 1],
      ['two.yaml', 2],
      ['three.yaml', 4],
    ])
    expect(report).toEqual(['rules.yaml:4: run_sql left out (task 3): dropped', 'rules.yaml:5: truncate_table left out (task 5, table four): dropped'])
    // In the ruleset that follows, or the last one.
    expect(rulesets.map((ruleset) => ruleset.report)).toEqual([[], [], report])
    expect(rulesets[2]!.text).toBe(`# ${report.join('\n# ')}\nversion: "1.0"\nrules:\n- {paths: [["a"]], hash_sources: [], masks: [{type: imitate}]}\n`)
  })

  it('the columns of mask_unique_key get imitate_unique, with the rules of their table or alone', () => {
    const { rulesets, report } = converted(`version: "1.0"
tasks:
- {type: mask_unique_key, table: '"S"."users"', target_key: [id, {column: code, format: "{[A-Z],3}"}]}
- {type: mask_unique_key, table: lone, key: nr, additional_cascades: [{target: users, columns: [{source: nr, target: nr}]}]}
- {type: mask_table, table: users, rules: [{column: a, hash_columns: [id], masks: [{type: imitate}]}]}
- {type: mask_table, table: T.users, rules: [{column: a, masks: [{type: imitate}]}]}
`)
    expect(rulesets.map(({ name, text }) => [name, text])).toEqual([
      [
        'lone.yaml',
        `version: "1.0"
rules:
# rules.yaml:4: mask_unique_key left out (task 2, table lone): imitate_unique on its columns
# rules.yaml:4: additional_cascades left out (task 2, table lone): add rules for these columns to the rulesets of their tables
- {paths: [["nr"]], hash_sources: [], masks: [{type: imitate_unique}]}
`,
      ],
      [
        'users.yaml',
        `version: "1.0"
rules:
# rules.yaml:3: mask_unique_key left out (task 1, table "S"."users"): imitate_unique on its columns
- {paths: [["id"]], hash_sources: [], masks: [{type: imitate_unique}]}
- {paths: [["code"]], hash_sources: [], masks: [{type: imitate_unique}]}
- {paths: [["a"]], hash_sources: [{json_path: [id]}], masks: [{type: imitate}]}
`,
      ],
      ['T.users.yaml', 'version: "1.0"\nrules:\n- {paths: [["a"]], hash_sources: [], masks: [{type: imitate}]}\n'],
    ])
    expect(report).toHaveLength(3)
  })

  it('a ruleset that masks nothing gives no file', () => {
    expect(converted('version: "1.0"\ntasks: [{type: run_sql, sql: x}, {type: mask_table, table: t, rules: []}]\n')).toEqual({
      rulesets: [],
      report: ['rules.yaml:2: run_sql left out (task 1): dropped', 'rules.yaml:2: mask_table left out (task 2, table t): dropped, it has no rules'],
    })
  })

  it('conditions nested too deep for in-flight rulesets apply always', () => {
    let rule = '{column: a, masks: [{type: imitate}]}'
    for (let depth = 0; depth < 12; depth++) rule = `{if: [{column: x, equals: ${depth}}], rules: [${rule}]}`
    expect(converted(rules(`  - ${rule}`)).report).toEqual(Array.from({ length: 4 }, () => expect.stringContaining('if left out')).slice(0, 1))
  })

  it('the text matchers of a table go, and with the last one the mask', () => {
    const text: MaskDefinition = {
      type: 'unstructured_text',
      summary: '',
      input: 'T',
      settles: 'replaced',
      options: {
        matchers: {
          kind: 'object',
          required: true,
          summary: '',
          fields: { regex: { kind: 'list', of: { kind: 'object', fields: { label: { kind: 'string', summary: '' }, pattern: { kind: 'regex', summary: '' } } }, summary: '' } },
        },
        masks: { kind: 'list', required: true, summary: '', of: { kind: 'object', fields: { label: { kind: 'string', summary: '' }, masks: { kind: 'masks', summary: '' } } } },
      },
      compile: () => (value) => value,
      examples: [],
    }
    const masks = new Map([...environment.masks, ['unstructured_text', text]])
    const { rulesets, report } = convertRuleset(
      rules(`  - {column: a, masks: [{type: unstructured_text, matchers: {context_sources: [{label: N, column: n}], regex: [{label: P, pattern: 'P\\d'}]}, masks: [{label: P, masks: [{type: from_blob}]}]}]}
  - {column: b, masks: [{type: unstructured_text, context_sources: [n], matchers: {regex: []}, masks: [{label: N, masks: [{type: imitate}]}]}]}
  - {column: c, masks: [{type: unstructured_text, matchers: {regex: []}, masks: []}]}
`),
      'rules.yaml',
      { ...environment, masks, seed: () => undefined },
    )
    const [a, b] = (parse(rulesets[0]!.text) as { rules: { masks: unknown }[] }).rules
    expect(a!.masks).toEqual([{ type: 'unstructured_text', matchers: { regex: [{ label: 'P', pattern: 'P\\d' }] }, masks: [{ label: 'P', masks: [{ type: 'redact' }] }] }])
    expect(b!.masks).toEqual([{ type: 'redact' }])
    expect(report).toEqual([
      'rules.yaml:6: context_sources left out (task 1, column a): dropped, the mask stays',
      'rules.yaml:6: from_blob left out (task 1, column a): replaced by redact',
      'rules.yaml:7: context_sources left out (task 1, column b): dropped, the mask stays',
      'rules.yaml:7: unstructured_text left out (task 1, column b): replaced by redact (no matcher is left)',
    ])
  })
})

describe('definitions', () => {
  const text = `version: "1.0"
name: shop
skip_defaults: [null, '']
mask_definitions:
- &first {type: from_file, seed_file: DataMasque_firstNames_mixed.csv}
- &mail
  type: from_fixed
  value: "masked@example.com"
- &gone {type: from_blob, blob_file: x}
rule_definitions:
- &postcode {column: postcode, masks: [{type: from_random_number, min: 1000, max: 9999}]}
- &open {masks: [{type: imitate}], $ref: "lib#x"}
task_definitions:
- &task {type: mask_table, table: any, hash_columns: [id], rules: {mail: {column: mail, masks: [{<<: *mail}]}, post: *postcode}}
tasks:
- {<<: *task, table: one}
- type: mask_table
  table: two
  rules:
  - {column: first, masks: [*first]}
  - {column: nick, masks: [{<<: *first, null_string: "NULL"}]}
  - {<<: *postcode, column: zip}
  - {column: blob, masks: [*gone]}
  - {column: pair, masks: {a: *first, b: {type: chain, masks: [*mail]}}}
`

  it('are kept, and used where a mask is one of them', () => {
    const { rulesets, report } = converted(text)
    const head = `version: "1.0"
name: shop
skip_defaults: [null, ""]
mask_definitions:
- &first {type: from_file, seed_file: DataMasque_firstNames_mixed.csv}
- &mail {type: from_fixed, value: "masked@example.com"}
rule_definitions: [{paths: [["postcode"]], hash_sources: [], masks: [{type: from_random_number, min: 1000, max: 9999}]}]
rules:
`
    expect(rulesets.map((ruleset) => ruleset.text)).toEqual([
      `${head}- {paths: [["mail"]], hash_sources: [{json_path: [id]}], masks: [*mail]}
- {paths: [["postcode"]], hash_sources: [{json_path: [id]}], masks: [{type: from_random_number, min: 1000, max: 9999}]}
`,
      `${head}- {paths: [["first"]], hash_sources: [], masks: [*first]}
- paths: [["nick"]]
  hash_sources: []
  masks: [{type: from_file, seed_file: DataMasque_firstNames_mixed.csv, null_string: "NULL"}]
- {paths: [["zip"]], hash_sources: [], masks: [{type: from_random_number, min: 1000, max: 9999}]}
# rules.yaml:23: from_blob left out (task 2, column blob): replaced by redact
- {paths: [["blob"]], hash_sources: [], masks: [{type: redact}]}
- {paths: [["pair"]], hash_sources: [], masks: {a: *first, b: {type: chain, masks: [*mail]}}}
`,
    ])
    expect(report).toEqual(['rules.yaml:23: from_blob left out (task 2, column blob): replaced by redact'])
  })

  it('a remark about skip_defaults stands in every ruleset and once in the report', () => {
    const one = (table: string): string => `{type: mask_table, table: ${table}, rules: [{column: a, masks: [{type: imitate}]}]}`
    const { rulesets, report } = converted(`version: "1.0"\nskip_defaults: [{matches: 'a(?=b)'}]\ntasks: [${one('a')}, ${one('b')}]\n`)
    expect(report).toEqual([expect.stringMatching(/^rules\.yaml:2: an entry of skip_defaults left out: such values are masked/)])
    for (const ruleset of rulesets) expect(ruleset.text).toContain(`# ${report[0]}\nversion: "1.0"\nskip_defaults: []\nrules:\n`)
  })
})

describe('what is written', () => {
  it('reads back as it was: strings, numbers, keys and words of every sort', () => {
    const odd = [
      'yes',
      'No',
      'null',
      '~',
      '1',
      '1.50',
      '2010-01-01',
      '',
      ' a',
      'a: b',
      '#x',
      'a\nb',
      '\u0000\u0085\u2028\ufeff',
      '\ud83d\ude00',
      '"',
      '\\',
      '-',
      '&a',
      '*a',
      '!t',
      '{',
      'x'.repeat(3000),
    ]
    const choices = odd.map((value) => JSON.stringify(value)).join(', ')
    const {
      rules: [rule],
    } = only(rules(`  - {column: a, masks: [{type: from_choices, choices: [${choices}, 1.50, -0, 1e3, true, null, {7: 2}, {"yes": 1}, {"${'k'.repeat(2000)}": 1}]}]}`))
    const { choices: got } = (rule as { masks: { choices: unknown[] }[] }).masks[0]!
    expect(got).toEqual([...odd, 1.5, -0, 1000, true, null, { 7: 2 }, { yes: 1 }, { ['k'.repeat(2000)]: 1 }])
    expect(only(rules('  - {column: a, masks: [{type: from_choices, choices: [1.50, 0x10, {7: 2}]}]}')).text).toContain('choices: [1.50, 16, {7: 2}]')
  })

  it('no name and no message breaks out of its comment', () => {
    const nasty = 'a\\nrules: []\\u2028\\u0085 # x'
    const { text, report } = only(rules(`  - {column: "${nasty}", masks: [{type: "x\\ny"}]}\n  - {column: b, masks: [{type: imitate, "p\\nq": 1}]}`))
    expect(text.split('\n').filter((line) => /^rules/.test(line))).toEqual(['rules:'])
    expect(report.join('')).not.toMatch(/[\n\u0085\u2028]/)
    const [line] = convert(SOURCE, { source: 'a\nb.yaml' }).report
    expect(line).toMatch(/^a\?b\.yaml:7: /)
  })

  it('is bounded: aliases cannot make more of it than a ruleset may have', () => {
    const columns = (count: number, mask: string): string => Array.from({ length: count }, (_, i) => `  - {column: c${i}, masks: [${mask}]}`).join('\n')
    const text = (length: number, count: number): string => `mask_definitions:\n- &m {type: from_fixed, value: "${'x'.repeat(length)}"}\n${rules(columns(count, '{<<: *m}'))}`
    expect(converted(text(3000, 1000)).rulesets[0]!.text.length).toBeLessThan(100_000)
    expect(issuesOf(text(300_000, 20))).toMatchObject([{ code: 'limit_exceeded' }])
    const tables = Array.from({ length: 200 }, (_, i) => `- {type: mask_table, table: t${i}, rules: [{column: a, masks: [{type: imitate}]}]}\n`).join('')
    expect(issuesOf(`version: "1.0"\ndoc: "${'x'.repeat(900_000)}"\ntasks:\n${tables}`)).toMatchObject([{ code: 'limit_exceeded' }])
  })

  it('takes a large ruleset in a few seconds', () => {
    const body = Array.from({ length: 3500 }, (_, i) => `  - {column: c${i}, hash_columns: [id], masks: [{type: imitate}, {type: chain, masks: [{type: imitate}]}]}`).join('\n')
    const begun = performance.now()
    expect(convert(rules(body)).rulesets[0]!.text.split('\n')).toHaveLength(3500 * 3 + 3)
    expect(performance.now() - begun).toBeLessThan(20_000)
  })
})

describe('what is refused', () => {
  const rule = '[{column: a, masks: [{type: imitate}]}]'
  it.each<[string, string, { code: string; line: number }[]]>([
    ['no YAML', 'version: "1.0"\ntasks: [\n', [{ code: 'yaml_syntax', line: 3 }]],
    ['no mapping', '- a\n- b\n', [{ code: 'missing_key', line: 1 }]],
    ['an in-flight ruleset', 'version: "1.0"\nrules: [{masks: [{type: imitate}]}]\n', [{ code: 'missing_key', line: 1 }]],
    ['no tasks', 'version: "1.0"\ntasks: []\n', [{ code: 'invalid_value', line: 2 }]],
    ['a version that is a number', `version: 1.0\ntasks: [{type: mask_table, table: t, rules: ${rule}}]\n`, [{ code: 'version_not_string', line: 1 }]],
    ['no version', `tasks: [{type: mask_table, table: t, rules: ${rule}}]\n# end\n`, [{ code: 'missing_key', line: 1 }]],
    [
      'tasks that are none',
      'version: "1.0"\ntasks:\n- 1\n- {a: 1}\n- {type: [x]}\n- {type: parallel}\n- {type: mask_table}\n',
      [
        { code: 'wrong_type', line: 3 },
        { code: 'missing_key', line: 4 },
        { code: 'wrong_type', line: 5 },
        { code: 'missing_key', line: 6 },
        { code: 'missing_key', line: 7 },
      ],
    ],
    [
      'rules that do not say what they mask',
      rules('  - 1\n  - {masks: [{type: imitate}]}\n  - {column: [a], masks: [{type: imitate}]}\n  - {$ref: "lib#x"}\n'),
      [
        { code: 'wrong_type', line: 6 },
        { code: 'missing_key', line: 7 },
        { code: 'wrong_type', line: 8 },
        { code: 'unsupported_feature', line: 9 },
      ],
    ],
    [
      'tasks of a library',
      'version: "1.0"\ntasks:\n- {$ref: "lib#tasks/x"}\n- {type: mask_table, table: t, $ref: "lib#x"}\n',
      [
        { code: 'unsupported_feature', line: 3 },
        { code: 'unsupported_feature', line: 4 },
      ],
    ],
    ['a key without columns', 'version: "1.0"\ntasks:\n- {type: mask_unique_key, table: t}\n', [{ code: 'missing_key', line: 3 }]],
  ])('%s', (_, text, wanted) => {
    expect(issuesOf(text)).toMatchObject(wanted)
  })

  it('a text that is too large', () => {
    expect(issuesOf(`${SOURCE}# ${'x'.repeat(1 << 20)}\n`)).toMatchObject([{ code: 'limit_exceeded', line: 1 }])
  })
})

describe('names', () => {
  it('parts of SQL names', () => {
    expect(sqlParts('users')).toEqual(['users'])
    expect(sqlParts('s.users')).toEqual(['s', 'users'])
    expect(sqlParts('"OPS$X"."A ""B"""')).toEqual(['OPS$X', 'A "B"'])
    expect(sqlParts('[a]]b].`c``d`. e ')).toEqual(['a]b', 'c`d', 'e'])
    for (const none of ['"open', 'a..b', '.', '', '"a"b', 'a.', '[x']) expect(sqlParts(none)).toEqual([none])
  })

  it('tables and their columns', () => {
    expect(sameTable('"S"."Users"', 'users')).toBe(true)
    expect(sameTable('a.users', 'b.users')).toBe(false)
    expect(sameTable(undefined, 'users')).toBe(false)
    expect(columnOf('s.users.id', 'users')).toEqual({ names: ['id'], foreign: false })
    expect(columnOf('t.users.id', 's.users')).toEqual({ names: ['id', 't.users.id'], foreign: true })
  })

  it('file names are safe and differ, also where case does not count', () => {
    const names = (...tables: (string | undefined)[]): string[] => fileNames(tables.map((table) => ({ table, file: undefined, kind: 'table' })))
    expect(names('a/b', '..', '', undefined, '../../etc/passwd', '.hidden', '-rf', 'con', 'LPT1.x', 'a\\b:c*?"<>|\u0000d')).toEqual([
      'a_b.yaml',
      'table.yaml',
      'table-2.yaml',
      'table-3.yaml',
      'etc_passwd.yaml',
      'hidden.yaml',
      'rf.yaml',
      'table_con.yaml',
      'table_LPT1.x.yaml',
      'a_b_c_d.yaml',
    ])
    expect(names('Users', 'users', 'USERS', 'users-2', '"S"."Größe"')).toEqual(['Users.yaml', 'users-2.yaml', 'USERS-3.yaml', 'users-2-2.yaml', 'S.Größe.yaml'])
    expect(Buffer.byteLength(names('\u00fc'.repeat(5000))[0]!)).toBeLessThan(255)
    expect(fileNames(['data/customers_*.csv', '*.parquet', undefined].map((file) => ({ table: undefined, file, kind: 'file' })))).toEqual([
      'customers.yaml',
      'file.yaml',
      'file-2.yaml',
    ])
    const many = fileNames(Array.from({ length: 20_000 }, () => ({ table: 't', file: undefined, kind: 'table' as const })))
    expect(new Set(many).size).toBe(20_000)
  })
})

// ------------------------------------------------------------------------------------------------ generated rulesets

/** Columns with values that no mask gives back by chance. */
const COLUMNS = ['c0', 'c1', 'c2', 'c3']
const canary = (column: string): string => `canary of ${column} nineteen-letters-and-more`
const RECORD: Readonly<Record<string, string | number>> = {
  kind: 'a',
  total: 5,
  ...Object.fromEntries(COLUMNS.map((column) => [column, canary(column)])),
  free: 'nothing masks this',
}

/** A mask with whether the source's value is gone after it. */
type Mask = { readonly node: object; readonly masks: boolean }
/** What a source masks of the record; `undefined` conditions are those that the model cannot judge. */
type Rule = { readonly node: object; readonly masked: ReadonlySet<string>; readonly touched: ReadonlySet<string> }

const leafMask: fc.Arbitrary<Mask> = fc.oneof(
  fc.constantFrom<Mask>(
    { node: { type: 'do_nothing' }, masks: false },
    { node: { type: 'typecast', typecast_as: 'string' }, masks: false },
    { node: { type: 'imitate' }, masks: true },
    { node: { type: 'from_fixed', value: 'x' }, masks: true },
    { node: { type: 'from_random_text', max: 12 }, masks: true },
    { node: { type: 'from_column', source_column: 'z' }, masks: true },
    { node: { type: 'from_unique', format: 'x' }, masks: true },
    { node: { type: 'secure_shuffle' }, masks: true },
    { node: { type: 'from_blob', blob_file: 'x' }, masks: true },
    { node: { type: 'no_such_mask' }, masks: true },
    { node: { $ref: 'lib#masks/x' }, masks: true },
    { node: { type: 'imitate', no_such_option: [1, { a: 'b' }] }, masks: true },
    { node: { type: 'from_file', seed_file: 'DataMasque_firstNames_mixed.csv', seed_filter_column: 'gender' }, masks: true },
    { node: { type: 'from_file', seed_file: 'mine.csv' }, masks: true },
    { node: { type: 'replace_regex', regex: '(?<=x)y', masks: [{ type: 'from_fixed', value: '-' }] }, masks: false },
  ),
  fc.string().map((value): Mask => ({ node: { type: 'from_fixed', value: `f${value}` }, masks: true })),
)

const mask: fc.Arbitrary<Mask> = fc.letrec<{ mask: Mask }>((tie) => ({
  mask: fc.oneof(
    { depthSize: 'small' },
    leafMask,
    fc
      .array(tie('mask'), { minLength: 1, maxLength: 3 })
      .map((inner): Mask => ({ node: { type: 'chain', masks: inner.map((one) => one.node) }, masks: inner.some((one) => one.masks) })),
    fc
      .array(tie('mask'), { minLength: 1, maxLength: 3 })
      .map(
        (inner): Mask => ({ node: { type: 'concat', glue: '-', masks: Object.fromEntries(inner.map((one, i) => [`m${i}`, one.node])) }, masks: inner.every((one) => one.masks) }),
      ),
    tie('mask').map((inner): Mask => ({ node: { type: 'replace_substring', start_index: 0, masks: [inner.node] }, masks: inner.masks })),
  ),
})).mask

type Condition = { readonly node: object; readonly holds: boolean | undefined }
const test: fc.Arbitrary<Condition> = fc.constantFrom<Condition>(
  { node: { column: 'kind', equals: 'a' }, holds: true },
  { node: { column: 'kind', equals: 'b' }, holds: false },
  { node: { column: '"t"."kind"', matches: 'a|c' }, holds: true },
  { node: { column: 'total', less_than: 3 }, holds: false },
  { node: { column: 'total', greater_than_or_equal: 5, less_than: 9 }, holds: true },
  { node: { column: 'total', age_greater_than: 3 }, holds: undefined },
  { node: { column: 'kind', matches: 'a(?!b)' }, holds: undefined },
  { node: { column: 'joined.kind', equals: 'a' }, holds: undefined },
  { node: { column: 'absent', equals: 'a' }, holds: undefined },
  { node: { $ref: 'lib#x' }, holds: undefined },
)
/** Three-valued: what is false stays false, whatever the others are. */
const all = (of: readonly Condition[]): boolean | undefined => (of.some((one) => one.holds === false) ? false : of.some((one) => one.holds === undefined) ? undefined : true)
const some = (of: readonly Condition[]): boolean | undefined => (of.some((one) => one.holds === true) ? true : of.some((one) => one.holds === undefined) ? undefined : false)
const opposite = (holds: boolean | undefined): boolean | undefined => (holds === undefined ? undefined : !holds)
const condition: fc.Arbitrary<Condition> = fc.letrec<{ condition: Condition }>((tie) => {
  const list = fc.array(tie('condition'), { minLength: 1, maxLength: 2 })
  return {
    condition: fc.oneof(
      { depthSize: 'small' },
      test,
      list.map((of): Condition => ({ node: { and: of.map((one) => one.node) }, holds: all(of) })),
      list.map((of): Condition => ({ node: { or: of.map((one) => one.node) }, holds: some(of) })),
      list.map((of): Condition => ({ node: { not: of.map((one) => one.node) }, holds: opposite(all(of)) })),
    ),
  }
}).condition

const union = (sets: readonly ReadonlySet<string>[]): ReadonlySet<string> => new Set(sets.flatMap((set) => [...set]))

const columnRule: fc.Arbitrary<Rule> = fc
  .record({
    column: fc.constantFrom(...COLUMNS),
    quoted: fc.constantFrom(
      (c: string) => c,
      (c: string) => `"${c}"`,
      (c: string) => `t.${c}`,
    ),
    masks: fc.array(mask, { minLength: 1, maxLength: 3 }),
    hash: fc.constantFrom(
      undefined,
      null,
      [],
      ['total'],
      ['"t"."kind"', { column_name: 'total', trim: true }],
      [{ source: 'self' }],
      ['joined.x'],
      [{ column_name: 'kind', xpath: '//a' }],
    ),
    skip: fc.constantFrom(undefined, [], [null, ''], [{ matches: 'x.*' }], [{ matches: '(?=a)b' }], [{ nonsense: 1 }]),
    named: fc.boolean(),
  })
  .map(({ column, quoted, masks, hash, skip, named }): Rule => {
    const nodes = masks.map((one) => one.node)
    const node = {
      column: quoted(column),
      ...(hash === undefined ? {} : { hash_columns: hash }),
      ...(skip === undefined ? {} : { skip }),
      masks: named ? Object.fromEntries(nodes.map((one, i) => [`m ${i}`, one])) : nodes,
    }
    return { node, masked: new Set(masks.some((one) => one.masks) ? [column] : []), touched: new Set([column]) }
  })

const rule: fc.Arbitrary<Rule> = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small' },
    { weight: 3, arbitrary: columnRule },
    {
      weight: 1,
      arbitrary: fc
        .record({
          if: fc.array(condition, { minLength: 1, maxLength: 2 }),
          then: fc.array(tie('rule'), { maxLength: 2 }),
          else: fc.array(tie('rule'), { maxLength: 2 }),
          named: fc.boolean(),
        })
        .map((one): Rule => {
          const holds = all(one.if)
          const list = (of: readonly Rule[]): object => (one.named ? Object.fromEntries(of.map((r, i) => [`r${i}`, r.node])) : of.map((r) => r.node))
          const branches = [...(holds === false ? [] : one.then), ...(holds === true ? [] : one.else)]
          return {
            node: { if: one.if.map((c) => c.node), rules: list(one.then), else_rules: list(one.else) },
            masked: union(branches.map((r) => r.masked)),
            touched: union([...one.then, ...one.else].map((r) => r.touched)),
          }
        }),
    },
  ),
})).rule

const maskingTask = fc
  .record({
    table: fc.constantFrom('t', '"S"."t"', 'a/b', '..', ''),
    rules: fc.array(rule, { minLength: 1, maxLength: 4 }),
    hash: fc.constantFrom(undefined, ['total'], [{ column_name: 'kind', case_transform: 'upper' }]),
    where: fc.boolean(),
  })
  .map(({ table, rules, hash, where }) => ({
    rules,
    node: { type: 'mask_table', table, ...(hash === undefined ? {} : { hash_columns: hash }), ...(where ? { where: 'x' } : {}), rules: rules.map((one) => one.node) },
  }))

/** A ruleset's text, the same objects once with anchors and aliases and once written out. */
const ruleset = fc.record({ tasks: fc.array(maskingTask, { minLength: 1, maxLength: 3 }), nested: fc.boolean(), aliases: fc.boolean() }).map(({ tasks, nested, aliases }) => {
  const nodes: object[] = tasks.map((one) => one.node)
  const list = nested
    ? [
        { type: 'run_sql', sql: 'x' },
        { type: 'parallel', tasks: [{ type: 'serial', tasks: nodes.slice(0, 1) }, ...nodes.slice(1)] },
      ]
    : nodes
  const shared = tasks.flatMap((one) => one.rules.map((r) => r.node))
  const document = new Document({ version: '1.0', ...(aliases ? { task_definitions: shared } : {}), tasks: list }, { version: '1.2', aliasDuplicateObjects: aliases })
  return { text: document.toString(), tasks }
})

describe('generated rulesets', () => {
  it('every converted file loads, and masks at least what the source masks, and nothing that it does not name', () => {
    let files = 0
    let masked = 0
    let kept = 0
    fc.assert(
      fc.property(ruleset, ({ text, tasks }) => {
        const result = convert(text, { source: 'rules.yaml' })
        const used = tasks.filter((one) => one.rules.some((r) => r.touched.size > 0))
        expect(result.rulesets).toHaveLength(used.length)
        expect(new Set(result.rulesets.map((one) => one.name.toLowerCase())).size).toBe(used.length)
        for (const [i, { rules: sources }] of used.entries()) {
          const { text: inFlight, report } = result.rulesets[i]!
          const masker = createMasker(inFlight, { runSecret })
          const out = masker.json(JSON.stringify(RECORD))
          masker.close()
          files++
          for (const column of union(sources.map((one) => one.masked))) {
            masked++
            expect(out).not.toContain(canary(column))
          }
          const named = union(sources.map((one) => one.touched))
          const result_ = JSON.parse(out) as Record<string, unknown>
          for (const [key, value] of Object.entries(RECORD)) {
            if (named.has(key)) continue
            kept++
            expect(result_[key]).toBe(value)
          }
          expect(
            inFlight
              .match(/^# .*$/gm)
              ?.map((line) => line.slice(2))
              .sort() ?? [],
          ).toEqual(expect.arrayContaining([...report].sort()))
        }
      }),
      { numRuns: 250 },
    )
    expect(files).toBeGreaterThan(250)
    expect(Math.min(masked, kept)).toBeGreaterThan(250)
  })

  it('broken text never gives a ruleset that does not load', () => {
    fc.assert(
      fc.property(ruleset, fc.nat(), fc.nat(12), fc.string({ maxLength: 3 }), ({ text }, at, length, put) => {
        const from = at % text.length
        const broken = text.slice(0, from) + put + text.slice(from + length)
        try {
          for (const one of convert(broken).rulesets) createMasker(one.text, { runSecret }).close()
        } catch (error) {
          if (!(error instanceof RulesetError)) throw error
          // A refusal concerns the source, not what was made of it.
          for (const issue of error.issues) expect(issue.source).toBe('<ruleset>')
        }
      }),
      { numRuns: 400 },
    )
  })
})

// ------------------------------------------------------------------------------------------------ the command

describe('mask-logs convert', () => {
  const folder = testFolder()
  let dir: string
  beforeEach(() => {
    dir = folder.next()
    writeFileSync(join(dir, 'rules.yaml'), SOURCE)
    writeFileSync(join(dir, 'two.yaml'), TWO)
  })
  const one = (table: string): string => `- {type: mask_table, table: ${table}, rules: [{column: a, masks: [{type: imitate}]}]}\n`
  const TWO = `version: "1.0"\ntasks:\n${one('a/b')}- {type: run_sql}\n${one("'..'")}`
  const text = (name: string): string => readFileSync(join(dir, name), 'utf8')

  it('writes the one ruleset to standard output and the report to stderr', async () => {
    expect(await command(['convert', 'rules.yaml'], dir)).toEqual({ code: 1, out: RESULT, err: `${REPORT}\n` })
    writeFileSync(join(dir, 'clean.yaml'), `version: "1.0"\ntasks:\n${one('t')}`)
    expect(await command(['convert', 'clean.yaml'], dir)).toMatchObject({ code: 0, err: '' })
  })

  it('writes several rulesets, each complete and under a safe name, here or in a directory', async () => {
    const report = 'two.yaml:4: run_sql left out (task 2): dropped\n'
    expect(await command(['convert', 'two.yaml', '-o', 'out/deep'], dir)).toEqual({ code: 1, out: 'wrote out/deep/a_b.yaml\nwrote out/deep/table.yaml\n', err: report })
    expect(readdirSync(join(dir, 'out/deep')).sort()).toEqual(['a_b.yaml', 'table.yaml'])
    expect(text('out/deep/a_b.yaml')).toBe('version: "1.0"\nrules:\n- {paths: [["a"]], hash_sources: [], masks: [{type: imitate}]}\n')
    expect(await command(['convert', 'two.yaml'], dir)).toEqual({ code: 1, out: 'wrote a_b.yaml\nwrote table.yaml\n', err: report })
    expect(await command(['check', 'a_b.yaml', 'table.yaml'], dir)).toMatchObject({ code: 0, err: '' })
    expect(await command(['convert', 'rules.yaml', '--output', 'one'], dir)).toMatchObject({ code: 1, out: 'wrote one/customers.yaml\n' })
    expect(text('one/customers.yaml')).toBe(RESULT)
  })

  it('replaces nothing unasked, and then writes nothing', async () => {
    writeFileSync(join(dir, 'table.yaml'), 'mine')
    expect(await command(['convert', 'two.yaml'], dir)).toEqual({ code: 2, out: '', err: 'mask-logs: cannot write table.yaml: it exists already; --force replaces it\n' })
    expect([text('table.yaml'), existsSync(join(dir, 'a_b.yaml'))]).toEqual(['mine', false])
    expect(await command(['convert', '--force', 'two.yaml'], dir)).toMatchObject({ code: 1, out: 'wrote a_b.yaml\nwrote table.yaml\n' })
    expect(text('table.yaml')).toMatch(/^# two\.yaml:4: run_sql left out/)
    rmSync(join(dir, 'table.yaml'))
    symlinkSync('nowhere', join(dir, 'table.yaml'))
    expect(await command(['convert', 'two.yaml', '-o', '.'], dir)).toMatchObject({ code: 2 })
  })

  it('converts one task', async () => {
    expect(await command(['convert', 'two.yaml', '--task', '1'], dir)).toMatchObject({ code: 0, out: expect.stringMatching(/^version/) as string, err: '' })
    expect(await command(['convert', 'two.yaml', '--task=3', '-o', 'x'], dir)).toMatchObject({
      code: 1,
      out: 'wrote x/table.yaml\n',
      err: 'two.yaml:4: run_sql left out (task 2): dropped\n',
    })
    expect(await command(['convert', 'two.yaml', '--task', '2'], dir)).toEqual({
      code: 2,
      out: '',
      err: 'mask-logs: no ruleset comes from task 2; there are: 1 (a_b), 3 (table)\n',
    })
    expect(await command(['convert', 'two.yaml', '--task', '0'], dir)).toMatchObject({ code: 2, err: expect.stringContaining('--task needs a number from 1') as string })
  })

  it('says what it cannot read', async () => {
    expect(await command(['convert', 'none.yaml'], dir)).toEqual({ code: 3, out: '', err: "mask-logs: the ruleset file 'none.yaml' cannot be read\n" })
    writeFileSync(join(dir, 'flight.yaml'), RESULT)
    expect(await command(['convert', 'flight.yaml'], dir)).toMatchObject({
      code: 3,
      out: '',
      err: expect.stringMatching(/^flight\.yaml:1:1 missing_key: 'tasks' is missing: /) as string,
    })
    expect(await command(['convert'], dir)).toMatchObject({ code: 2, err: expect.stringContaining("'convert' needs a ruleset") as string })
    expect(await command(['check', 'rules.yaml'], dir)).toMatchObject({ code: 3, err: expect.stringContaining("convert it with 'mask-logs convert'") as string })
    writeFileSync(join(dir, 'file'), '')
    expect(await command(['convert', 'two.yaml', '-o', 'file'], dir)).toMatchObject({ code: 2, err: expect.stringContaining('cannot write to file: ') as string })
  })

  it('writes nothing and says so when no task masks', async () => {
    writeFileSync(join(dir, 'sql.yaml'), 'version: "1.0"\ntasks: [{type: run_sql}]\n')
    expect(await command(['convert', 'sql.yaml', '-o', 'out'], dir)).toEqual({ code: 1, out: '', err: 'sql.yaml:2: run_sql left out (task 1): dropped\n' })
    expect(existsSync(join(dir, 'out'))).toBe(false)
  })

  it('finds seed files beside the rulesets that it writes, and masks of plugins', async () => {
    writeFileSync(
      join(dir, 'mine.mjs'),
      "export const masks = { shout: { type: 'shout', summary: '', input: 'T', settles: 'value', options: {}, compile: () => (v) => v, examples: [] } }\n",
    )
    writeFileSync(join(dir, 'seeded.yaml'), rules('  - {column: a, masks: [{type: from_file, seed_file: mine.csv}]}\n  - {column: b, masks: [{type: shout}]}\n'))
    const mine = 'type: from_file, seed_file: mine.csv'
    expect((await command(['convert', 'seeded.yaml'], dir)).err.split('\n')).toHaveLength(3)
    mkdirSync(join(dir, 'seeds'))
    writeFileSync(join(dir, 'seeds/mine.csv'), 'x\na\n')
    expect((await command(['convert', 'seeded.yaml'], dir)).out).toContain(mine)
    expect((await command(['convert', 'seeded.yaml', '-o', 'there'], dir)).err).toContain('from_file left out')
    mkdirSync(join(dir, 'there/seeds'), { recursive: true })
    writeFileSync(join(dir, 'there/seeds/mine.csv'), 'x\na\n')
    await command(['convert', 'seeded.yaml', '-o', 'there', '--force'], dir)
    expect(text('there/t.yaml')).toContain(mine)
    expect(await command(['convert', '--plugin', './mine.mjs', 'seeded.yaml'], dir)).toMatchObject({ code: 0, out: expect.stringContaining('{type: shout}') as string, err: '' })
  })
})
