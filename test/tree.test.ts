// The tree against the walkers. A `json` mask that reads nothing gives the same in one walk and in order, so with an idle
// `from_json_path` in it the tree must do to every document what the walkers do without.
//
// MASK_LOGS_FUZZ_DOCS sets the number of generated documents (default 6000), MASK_LOGS_FUZZ_SEED their seed.

import { describe, expect, it } from 'vitest'
import { createMasker } from '../src/index.ts'
import type { Masker } from '../src/index.ts'
import { documents, survivors } from './helpers/documents.ts'

const runSecret = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'
const count = Number(process.env['MASK_LOGS_FUZZ_DOCS'] ?? 6000)
const seed = process.env['MASK_LOGS_FUZZ_SEED'] ?? 'tree'
const minute = 60_000

type Rule = Readonly<Record<string, unknown>>

const redact = [{ type: 'redact' }]
/** Reads nothing: there is no such path. */
const idle = { path: ['no', 'such', 'path'], on_missing: 'skip', masks: [{ type: 'from_json_path', path: ['none'] }] }
const skip = { on_missing: 'skip' }
const self = { hash_sources: [{ source: 'self' }] }

/** Rules around one `json` mask, made of its transforms. */
const rulesets: Readonly<
  Record<string, { readonly rules: (transforms: readonly object[]) => readonly Rule[]; readonly transforms: readonly object[]; readonly more?: object; readonly uncounted?: true }>
> = {
  'the whole record, detection': {
    transforms: [
      { path: ['b', '*'], ...skip, ...self, masks: [{ type: 'redact', label: 'one' }] },
      { path: ['a', '*'], ...skip, masks: [{ type: 'redact', label: 'two' }] },
      { path: ['note'], ...skip, masks: [{ type: 'replace_regex', regex: '[^ ]+', masks: [{ type: 'from_fixed', value: '_' }] }] },
    ],
    rules: (transforms) => [{ masks: [{ type: 'json', transforms }] }, { detect: ['all'] }],
    uncounted: true,
  },
  'other rules before and after, other json masks': {
    transforms: [{ path: ['*', '*'], ...skip, masks: [{ type: 'concat', masks: [{ type: 'do_nothing' }, { type: 'from_fixed', value: '!' }] }] }],
    rules: (transforms) => [
      { keys: ['*amber*', 'c', 'd*'], except_keys: ['delta', 'a*r'], masks: [{ type: 'redact', label: 'before' }] },
      { masks: [{ type: 'json', transforms: [{ path: ['*'], ...skip, masks: [{ type: 'typecast', typecast_as: 'string' }] }], fallback_masks: redact }] },
      { masks: [{ type: 'json', transforms }] },
      { paths: ['**.b', 'a[0].*'], masks: [{ type: 'pseudonym', prefix: 'p_' }] },
      { keys: ['*ridge*'], masks: [{ type: 'json', transforms: [{ path: ['*'], masks: redact }], fallback_masks: redact }] },
      { detect: ['all'], except: ['**.birch'], except_keys: ['c', 'cedar', 'de*'], masks: redact },
    ],
    // a text that one rule takes as text is not looked into by the others in a walk: in order it is, before its turn
    more: { policy: { decode: ['url'] } },
  },
  'conditions, layers of settled text': {
    transforms: [{ path: ['*', 'msg'], ...skip, masks: [{ type: 'replace_substring', end_index: 3, masks: [{ type: 'from_fixed', value: '###' }] }] }],
    rules: (transforms) => [
      {
        if: [{ path: '**.a', equals: 1, on_missing: 'apply_else' }],
        rules: [{ masks: [{ type: 'json', transforms }] }],
        else_rules: [{ masks: [{ type: 'json', transforms }] }, { keys: ['b'], masks: redact }],
      },
      { keys: ['msg', 'no*', 'telling*'], skip: [null, { matches: '.{0,3}' }], masks: [{ type: 'transform_case', transform: 'upper' }] },
      { detect: ['all'], masks: redact },
    ],
    more: { policy: { decode: ['url'] } },
  },
  'everything that is not named': {
    transforms: [{ path: ['a'], ...skip, masks: [{ type: 'do_nothing' }] }],
    rules: (transforms) => [{ masks: [{ type: 'json', transforms }] }, { keys: ['k*', '*x*'], masks: [{ type: 'redact', label: 'key' }] }, { detect: ['pii'] }],
    more: { policy: { unknown_fields: 'redact', allow: ['b', '**.note', 'msg.*'] } },
  },
  'everything that is not named goes': {
    transforms: [{ path: ['*', 'a'], ...skip, masks: [{ type: 'remove' }] }],
    rules: (transforms) => [{ masks: [{ type: 'json', transforms }] }, { keys: ['k*', '*x*'], masks: [{ type: 'remove' }] }, { detect: ['pii'], masks: [{ type: 'remove' }] }],
    more: { policy: { unknown_fields: 'drop', allow: ['b', '**.note', '**.msg'] } },
    uncounted: true,
  },
  'documents under keys, texts among them': {
    transforms: [
      { path: ['*'], ...skip, ...self, masks: [{ type: 'json', transforms: [{ path: ['*'], ...skip, masks: redact }], fallback_masks: [{ type: 'redact', label: 'text' }] }] },
    ],
    rules: (transforms) => [
      { paths: ['*'], masks: [{ type: 'json', transforms, fallback_masks: [{ type: 'do_nothing' }] }] },
      { detect: ['all'], masks: redact },
    ],
  },
  'without decoding and pairs': {
    transforms: [{ path: ['*', '*', '*'], ...skip, ...self, masks: [{ type: 'partial' }] }],
    rules: (transforms) => [{ masks: [{ type: 'json', transforms }] }, { keys: ['a*'], masks: [{ type: 'redact', label: 'k' }] }, { detect: ['secrets', 'pii'], masks: redact }],
    more: { policy: { decode: [], text_pairs: false, scan_numbers: false } },
  },
}

function pair(name: string): readonly [walked: Masker, tree: Masker] {
  const { rules, transforms, more } = rulesets[name]!
  const make = (list: readonly object[]): Masker => createMasker({ version: '1.0', ...more, rules: rules(list) }, { runSecret })
  return [make(transforms), make([...transforms, idle])]
}

/** What was counted; `rules`: for each rule too. */
function counts(masker: Masker, rules: boolean): unknown {
  const { masked, byRule, byDetector, errors } = masker.stats()
  return { masked, byDetector, errors, byRule: rules ? byRule : undefined }
}

describe('the tree', () => {
  for (const name of Object.keys(rulesets)) {
    it(`does what the walkers do: ${name}`, { timeout: 5 * minute }, () => {
      const next = documents(`${seed} ${name}`, { duplicateKeys: true, singleLine: true })
      const [walked, tree] = pair(name)
      const [values, treeValues] = pair(name)
      // what one rule has hit and a later one, or a key that names a secret, hides as a whole counts only in order
      const rules = rulesets[name]!.uncounted === undefined
      for (let number = 0; number < count / 6; number++) {
        const { text, value } = next()
        // a placeholder that is put in the place of itself counts for the walkers alone
        if (survivors(text, ['[REDACTED]']).length > 0) continue
        const where = `document ${number} of seed "${seed} ${name}":\n${text.slice(0, 2000)}`
        expect(tree.json(text), where).toBe(walked.json(text))
        expect(counts(tree, rules), where).toEqual(counts(walked, rules))
        expect(JSON.stringify(treeValues.value(value)), where).toBe(JSON.stringify(values.value(value)))
        expect(treeValues.stats().errors, where).toEqual(values.stats().errors)
      }
    })
  }
})
