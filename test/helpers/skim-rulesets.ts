// Rulesets under which the skim is held against the walker: each sends it another way.

import type { MaskDefinition, MaskerOptions, RulesetInput } from '../../src/index.ts'

const redact = [{ type: 'redact' }]
const base = ['mask-logs:default']

/** A mask that throws where it is given `fail`, or a text with a `7` in it. */
const touchy: MaskDefinition = {
  type: 'touchy',
  summary: 'throws now and then',
  input: 'A',
  settles: 'replaced',
  options: {},
  examples: [],
  compile: () => (value) => {
    if (typeof value === 'string' && value.includes('7')) throw new Error('no sevens')
    return `<${typeof value}>`
  },
}

export interface SkimCase {
  readonly ruleset: RulesetInput
  readonly options?: MaskerOptions
  /** In the short runs too. */
  readonly often?: true
}

const masks = { touchy }
const conditional = {
  if: [{ path: 'kind', equals: 'a' }],
  rules: [{ paths: ['**.v', 'name'], masks: [{ type: 'from_fixed', value: 'X' }] }],
  else_rules: [{ paths: ['**.v'], masks: [{ type: 'imitate' }] }],
}
const rulesetOf = (rules: readonly object[], policy: object = {}, extend = true): object => ({ version: '1.0', ...(extend ? { extends: base } : {}), policy, rules })

/** A rule whose documents are records. */
const jsonRule = (hash_sources: readonly object[], transforms: readonly object[]): object => ({ hash_sources, masks: [{ type: 'json', transforms }] })

export const skimCases: Readonly<Record<string, SkimCase>> = {
  default: { ruleset: 'mask-logs:default', often: true },
  network: { ruleset: { version: '1.0', extends: ['mask-logs:default', 'mask-logs:network'] }, often: true },
  all: { ruleset: rulesetOf([{ detect: ['all'] }], {}, false), often: true },
  'all as placeholders': { ruleset: rulesetOf([{ detect: ['all'], masks: redact }], {}, false) },
  secrets: { ruleset: 'mask-logs:secrets' },
  pii: { ruleset: 'mask-logs:pii' },
  pci: { ruleset: 'mask-logs:pci' },
  'http headers': { ruleset: 'mask-logs:http-headers' },
  'no text pairs': { ruleset: rulesetOf([], { text_pairs: false }) },
  'no numbers': { ruleset: rulesetOf([], { scan_numbers: false }) },
  'no keys': { ruleset: rulesetOf([], { scan_keys: false }) },
  'nothing decoded': { ruleset: rulesetOf([], { decode: [] }), often: true },
  'base64 decoded': { ruleset: rulesetOf([], { decode: ['json', 'url', 'base64'] }), often: true },
  'only json decoded': { ruleset: rulesetOf([], { decode: ['json'] }) },
  'unknown redacted': { ruleset: rulesetOf([], { unknown_fields: 'redact', allow: ['level', 'time', 'msg', 'a.**', 'items'] }), often: true },
  'unknown dropped': { ruleset: rulesetOf([], { unknown_fields: 'drop', allow: ['level', 'msg', 'b', 'd.**'] }) },
  'tokens and addresses skipped': {
    ruleset: rulesetOf(
      [
        { detect: ['github_token', 'email', 'named_secret'], masks: redact, skip: [{ matches: '[ace13]$' }] },
        { detect: ['npm_token', 'stripe_key'], masks: [{ type: 'partial', keep_last: 4 }] },
        { detect: ['secrets', 'pii'], masks: [{ type: 'redact' }], except: ['**.a', 'b'] },
      ],
      {},
      false,
    ),
  },
  'tokens and addresses by condition': { ruleset: rulesetOf([{ if: [{ path: 'kind', equals: 'a' }], rules: [{ detect: ['secrets', 'email'], masks: redact }] }]) },
  'paths and keys': {
    ruleset: rulesetOf([
      { paths: ['name', '**.b', 'user.*', 'items[0]', 'items[2].a', '["a.b"]'], masks: redact },
      { keys: ['id', '*_id'], masks: [{ type: 'pseudonym', prefix: 'p_' }] },
      { keys: ['c', 'long_key*'], masks: [{ type: 'imitate' }], skip: ['ok', 'null'] },
      { paths: ['**.v'], masks: [{ type: 'from_fixed', value: 'V' }], skip: [{ matches: '^[a-z]+$' }] },
      { keys: ['note'], masks: [{ type: 'do_nothing' }] },
      { keys: ['d'], masks: [{ type: 'partial' }], whole: false },
    ]),
    often: true,
  },
  removed: {
    ruleset: rulesetOf([
      { paths: ['**.b', 'items[1]', 'd.*'], masks: [{ type: 'remove' }] },
      { keys: ['drop_me', 'pin', 'note'], masks: [{ type: 'remove' }] },
    ]),
    often: true,
  },
  'secrets removed': { ruleset: rulesetOf([{ detect: ['all'], masks: [{ type: 'remove' }] }], {}, false), often: true },
  conditions: { ruleset: rulesetOf([conditional, { if: [{ path: 'a', equals: 'ok' }], rules: [{ detect: ['all'], masks: redact }] }]), often: true },
  'conditions alone': { ruleset: rulesetOf([conditional], {}, false) },
  'hash sources': {
    ruleset: rulesetOf([
      { paths: ['**.name'], hash_sources: [{ json_path: ['id'] }], masks: [{ type: 'imitate' }] },
      { keys: ['email', 'user'], hash_sources: [{ json_path: ['id'] }, { source: 'self' }], masks: [{ type: 'email' }] },
      { keys: ['msg'], hash_sources: [{ source: 'self' }, { root_path: ['kind'] }, { relative_path: ['id'], trim: true }], masks: [{ type: 'pseudonym' }] },
    ]),
    often: true,
  },
  'json rules': {
    ruleset: rulesetOf(
      [
        {
          // without them what stands in lines of text is drawn anew each time
          hash_sources: [{ json_path: ['id'] }],
          masks: [
            {
              type: 'json',
              transforms: [
                { path: ['name'], on_missing: 'skip', masks: [{ type: 'from_fixed', value: 'X' }] },
                { path: ['items', '*', 'a'], on_missing: 'skip', masks: [{ type: 'imitate' }] },
                { path: ['b'], on_missing: 'error', masks: redact },
              ],
            },
          ],
        },
      ],
      {},
      false,
    ),
    often: true,
  },
  'json rules that miss nothing': {
    ruleset: rulesetOf(
      [
        jsonRule(
          [{ source: 'self' }],
          [
            { path: ['name'], on_missing: 'skip', on_null: 'skip', masks: [{ type: 'from_fixed', value: 'X' }] },
            { path: ['items', '*'], on_missing: 'skip', masks: [{ type: 'imitate' }] },
            { path: ['*', 'b'], on_missing: 'skip', masks: [{ type: 'remove' }] },
            { path: ['*', 'c'], on_missing: 'skip', masks: redact },
          ],
        ),
      ],
      {},
      false,
    ),
    often: true,
  },
  'json rules over detectors': {
    ruleset: rulesetOf([
      jsonRule(
        [{ json_path: ['id'], on_missing: 'self' }],
        [
          { path: ['user'], on_missing: 'error', masks: [{ type: 'imitate' }] },
          { path: ['items', '*'], on_missing: 'skip', advance_hash: true, masks: [{ type: 'imitate' }] },
          { path: ['*', 'a'], on_missing: 'error', force_consistency: true, masks: [{ type: 'imitate' }] },
          { path: ['d'], on_missing: 'skip', masks: [{ type: 'json', transforms: [{ path: ['*'], on_missing: 'error', masks: redact }] }] },
        ],
      ),
      jsonRule([{ json_path: ['kind'] }, { json_path: ['user', 'id'], on_missing: 'null' }], [{ path: ['msg'], on_missing: 'skip', masks: [{ type: 'pseudonym' }] }]),
    ]),
    often: true,
  },
  'json rules on conditions': {
    ruleset: rulesetOf([
      {
        if: [{ path: 'kind', equals: 'a', on_missing: 'apply_else' }],
        rules: [jsonRule([{ json_path: ['id'], on_missing: 'null' }], [{ path: ['name'], on_missing: 'error', on_null: 'error', masks: [{ type: 'imitate' }] }])],
        else_rules: [jsonRule([{ source: 'self' }], [{ path: ['v'], on_missing: 'error', masks: [{ type: 'from_fixed', value: 'V' }] }])],
      },
      { if: [{ path: 'a', equals: 'ok' }], rules: [jsonRule([{ source: 'self' }], [{ path: ['*', 'b'], on_missing: 'error', masks: redact }])] },
    ]),
    often: true,
  },
  'json rules that drop': {
    ruleset: rulesetOf([jsonRule([{ json_path: ['id'] }], [{ path: ['name'], on_missing: 'error', masks: [{ type: 'touchy' }] }])], { on_mask_error: 'drop' }),
    options: { masks },
  },
  'json rules that fail': {
    ruleset: rulesetOf(
      [
        jsonRule(
          [{ source: 'self' }],
          [
            { path: ['*', 'b'], on_missing: 'error', masks: redact },
            { path: ['msg'], on_missing: 'skip', masks: [{ type: 'touchy' }] },
          ],
        ),
      ],
      { on_mask_error: 'fail', max_record_bytes: 1024 },
    ),
    options: { masks },
  },
  'json rules beside others': {
    ruleset: rulesetOf(
      [
        jsonRule([{ source: 'self' }], [{ path: ['a'], on_missing: 'error', masks: [{ type: 'imitate' }] }]),
        { keys: ['name', 'b'], masks: [{ type: 'from_fixed', value: 'N' }] },
        { paths: ['items[1]', 'd.*'], masks: [{ type: 'remove' }] },
      ],
      { unknown_fields: 'redact', allow: ['level', 'time', 'msg', 'a.**', 'items'] },
    ),
  },
  'json rules on fields': {
    ruleset: rulesetOf([
      {
        keys: ['body', 'doc', 'd', 'note'],
        masks: [
          {
            type: 'json',
            transforms: [
              { path: ['a'], on_missing: 'error', masks: redact },
              { path: ['*', 'b'], on_missing: 'skip', masks: [{ type: 'remove' }] },
            ],
          },
        ],
      },
    ]),
    often: true,
  },
  'json rules in order, and among other masks': {
    ruleset: rulesetOf([
      {
        keys: ['body', 'doc', 'd'],
        masks: [
          {
            type: 'json',
            transforms: [
              { path: ['a'], on_missing: 'error', masks: [{ type: 'from_json_path', path: ['b'] }] },
              { path: ['*', 'b'], on_missing: 'skip', masks: [{ type: 'remove' }] },
            ],
          },
        ],
      },
      { keys: ['note', 'user', 'items'], masks: [{ type: 'json', transforms: [{ path: ['*'], on_missing: 'skip', masks: redact }] }, { type: 'do_nothing' }] },
    ]),
    often: true,
  },
  'no memory of results': { ruleset: 'mask-logs:default', options: { memoSize: 0 }, often: true },
  'a small memory of results': { ruleset: rulesetOf([{ keys: ['name', 'a'], masks: [{ type: 'imitate' }] }]), options: { memoSize: 4 } },
  shallow: { ruleset: rulesetOf([], { max_depth: 3 }), often: true },
  'very shallow': { ruleset: rulesetOf([], { max_depth: 1, on_mask_error: 'drop' }) },
  short: { ruleset: rulesetOf([], { max_record_bytes: 1024 }), often: true },
  'short, as text': { ruleset: rulesetOf([], { max_record_bytes: 1024, on_oversize: 'text' }) },
  'errors redact': { ruleset: rulesetOf([{ keys: ['a', 'note', 'items', 'count'], masks: [{ type: 'touchy' }] }]), options: { masks }, often: true },
  'errors drop': { ruleset: rulesetOf([{ keys: ['a', 'note', 'items', 'count'], masks: [{ type: 'touchy' }] }], { on_mask_error: 'drop' }), options: { masks } },
  'errors fail': { ruleset: rulesetOf([{ keys: ['a', 'fail_me'], masks: [{ type: 'touchy' }] }], { on_mask_error: 'fail' }), options: { masks }, often: true },
  'detection fails': { ruleset: rulesetOf([{ detect: ['all'], masks: [{ type: 'touchy' }] }], { on_mask_error: 'drop' }, false), options: { masks } },
  quarantine: { ruleset: rulesetOf([], { on_unparsable: 'quarantine' }), options: { quarantine: () => undefined } },
  'containers whole': {
    ruleset: rulesetOf([
      { keys: ['items', 'user', 'd'], masks: redact, whole: true },
      { paths: ['a[*].b'], masks: [{ type: 'typecast', typecast_as: 'integer' }] },
    ]),
  },
  chains: {
    ruleset: rulesetOf([
      { keys: ['msg', 'note', 'a'], masks: [{ type: 'scan' }, { type: 'transform_case', transform: 'uppercase' }] },
      { keys: ['b'], masks: [{ type: 'take_substring', start_index: 0, end_index: 12 }] },
    ]),
  },
  except: { ruleset: rulesetOf([{ detect: ['all'], masks: redact, except: ['msg', 'a.**', '**.note'] }], {}, false) },
}
