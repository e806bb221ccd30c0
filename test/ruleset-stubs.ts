// Stub masks and detectors for the tests of the ruleset language.

import type { DetectorInfo, MaskDefinition, OptionSpec, SeedTable } from '../src/engine/types.ts'
import { BUILTIN_NAMES, builtinRuleset, readRulesetFile } from '../src/ruleset/files.ts'
import { loadRuleset } from '../src/ruleset/load.ts'
import type { LoadEnvironment, Loaded } from '../src/ruleset/load.ts'
import { RulesetError } from '../src/errors.ts'
import type { Issue } from '../src/errors.ts'

const mask = (type: string, options: Record<string, OptionSpec> = {}, more: Partial<MaskDefinition> = {}): MaskDefinition => ({
  type,
  summary: `Stub of ${type}.`,
  input: 'A',
  settles: 'value',
  options,
  compile: () => (value) => value,
  examples: [],
  ...more,
})
const text: OptionSpec = { kind: 'string', summary: 'Text.' }
const flag: OptionSpec = { kind: 'boolean', summary: 'Flag.' }
const masks: OptionSpec = { kind: 'masks', required: true, summary: 'Inner masks.' }

export const stubMasks: readonly MaskDefinition[] = [
  mask(
    'redact',
    { text, label: text, keep_type: flag },
    {
      check: (options, report) => {
        if (options.has('text') && options.has('label')) report('label', 'invalid_value', "'label' does not go with 'text'")
      },
    },
  ),
  mask('remove'),
  mask('do_nothing'),
  mask('from_fixed', { value: { kind: 'scalar', required: true, summary: 'Result.' } }),
  mask('from_file', { seed_file: { kind: 'seed_file', required: true, summary: 'File.' }, seed_column: text, null_string: text }, { random: 'r' }),
  mask(
    'from_random_date',
    { min: { ...text, required: true }, max: { ...text, required: true } },
    {
      random: 'r',
      timeDependent: (options) => options.get('max') === 'now',
      check: (options, report) => {
        if (options.get('max') === 'yesterday') report('max', 'bad_date', 'not a date')
      },
    },
  ),
  mask(
    'from_random_number',
    {
      min: { kind: 'number', summary: 'Least.' },
      max: { kind: 'number', required: true, summary: 'Most.' },
      decimal_places: { kind: 'integer', min: 0, max: 15, summary: 'Digits.' },
    },
    { random: 'r' },
  ),
  mask(
    'typecast',
    { typecast_as: { kind: 'string', required: true, enum: ['string', 'integer', 'decimal', 'date'], summary: 'Type.' }, date_format: text },
    {
      check: (options, report) => {
        if (options.get('date_format') === '%Q') report('date_format', 'bad_format', 'unknown directive')
      },
    },
  ),
  mask('imitate', { force_change: flag }, { random: 'r', deprecatedAliases: ['substitute'] }),
  mask('imitate_unique', { charsets: { kind: 'list', of: { kind: 'string' }, minItems: 1, summary: 'Groups.' } }, { random: 'p', deprecatedAliases: ['from_unique_imitate'] }),
  mask('pseudonym', { prefix: text, length: { kind: 'integer', min: 8, max: 52, summary: 'Length.' } }, { random: 'r' }),
  mask('partial', {
    keep_first: { kind: 'integer', min: 0, summary: 'Kept.' },
    keep_last: { kind: 'integer', min: 0, summary: 'Kept.' },
    char: { kind: 'character', summary: 'One.' },
  }),
  mask(
    'email',
    {
      domain: {
        kind: 'any_of',
        of: [
          { kind: 'string', minLength: 1 },
          { kind: 'list', of: { kind: 'string' }, minItems: 1 },
        ],
        summary: 'Domain.',
      },
    },
    { random: 'r', aliases: ['e_mail'] },
  ),
  mask(
    'credit_card',
    {
      generate_card_number: flag,
      pan_format: flag,
      retain_prefix_length: {
        kind: 'any_of',
        of: [
          { kind: 'string', enum: ['automatic'] },
          { kind: 'integer', min: 0, max: 8 },
        ],
        summary: 'Kept.',
      },
    },
    { random: 'r' },
  ),
  mask('ip', { fallback_masks: { kind: 'masks', summary: 'Inner masks.' } }, { random: 'r' }),
  mask('mac', {}, { random: 'r' }),
  mask('url', { part: text, query_keys: { kind: 'key_globs', summary: 'Keys.' }, extra_query_keys: { kind: 'key_globs', summary: 'More keys.' } }),
  mask('sql'),
  mask('scan', {
    detect: { kind: 'detectors', summary: 'Detectors.' },
    exclude: { kind: 'detectors', summary: 'Not these.' },
    masks: { kind: 'masks', summary: 'Masks.' },
    join: flag,
  }),
  mask('chain', { masks }),
  mask('concat', { masks, glue: text }),
  mask('replace_regex', { regex: { kind: 'regex', required: true, summary: 'Pattern.' }, masks }),
  mask('json', {
    transforms: {
      kind: 'list',
      required: true,
      minItems: 1,
      summary: 'Transforms.',
      of: {
        kind: 'object',
        fields: {
          path: { kind: 'path_list', required: true, summary: 'Path.' },
          masks,
          on_null: { kind: 'string', enum: ['skip', 'error', 'mask'], summary: 'Null.' },
          on_missing: { kind: 'string', enum: ['skip', 'error'], summary: 'Absent.' },
          force_consistency: flag,
          advance_hash: flag,
          hash_sources: { kind: 'hash_sources', summary: 'Sources.' },
        },
      },
    },
    fallback_masks: { kind: 'masks', summary: 'Otherwise.' },
  }),
  mask(
    'choices',
    {
      choices: {
        kind: 'list',
        required: true,
        minItems: 1,
        summary: 'Choices.',
        of: {
          kind: 'any_of',
          of: [
            { kind: 'scalar' },
            { kind: 'object', fields: { value: { kind: 'scalar', required: true, summary: 'Value.' }, weight: { kind: 'number', min: 0, summary: 'Weight.' } } },
          ],
        },
      },
    },
    { random: 'r' },
  ),
  mask(
    'thrower',
    { x: flag },
    {
      check: () => {
        throw new Error('secret words of a plugin')
      },
    },
  ),
]

const detector = (name: string, group: DetectorInfo['group']): DetectorInfo => ({
  name,
  group,
  tier: 0,
  priority: 1,
  summary: `Stub of ${name}.`,
  examples: [],
  counterExamples: [],
})

export const stubDetectors: readonly DetectorInfo[] = [
  detector('jwt', 'secrets'),
  detector('cookie', 'secrets'),
  detector('named_secret', 'secrets'),
  detector('credit_card', 'pci'),
  detector('email', 'pii'),
  detector('phone', 'pii'),
  detector('ipv4', 'network'),
  detector('ipv6', 'network'),
  detector('uuid', undefined),
  detector('home_directory', undefined),
]

const table: SeedTable & { headers: readonly string[] } = {
  name: 'names.csv',
  rows: 2,
  sha256: '00',
  headers: ['firstname-mixed', 'gender'],
  column: (header) => (header === undefined || header === 'firstname-mixed' ? ['Ann', 'Bob'] : header === 'gender' ? ['f', 'm'] : undefined),
}

export const environment: LoadEnvironment = {
  masks: new Map(stubMasks.map((one) => [one.type, one])),
  detectors: stubDetectors,
  builtin: builtinRuleset,
  builtinNames: BUILTIN_NAMES,
  readFile: readRulesetFile,
  seed: (name) =>
    name === 'broken.csv' ? { error: 'seed_file_invalid', message: 'row 3 has too few cells' } : /^(?:names|DataMasque_.*)\.csv$/.test(name) ? { ...table, name } : undefined,
}

export function load(input: unknown, more: Partial<LoadEnvironment> = {}): Loaded {
  return loadRuleset(input, { ...environment, ...more })
}

/** Issues of a ruleset that must not load. */
export function issuesOf(input: unknown, more: Partial<LoadEnvironment> = {}): readonly Issue[] {
  try {
    load(input, more)
  } catch (error) {
    if (error instanceof RulesetError) return error.issues
    throw error
  }
  throw new Error('the ruleset loaded')
}
