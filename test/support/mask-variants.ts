// Options for every mask of a registry: those of its examples, and from each of them one step to either side.

import type { MaskDefinition, OptionShape } from '../../src/engine/types.ts'
import { nodeOf } from './mask-harness.ts'

export type RawMask = Readonly<Record<string, unknown>> & { readonly type: string }

/** What the examples leave out. */
const more: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  from_file: [{ seed_file: 'DataMasque_firstNames_mixed.csv' }, { seed_file: 'DataMasque_lastNames_v2.csv', seed_column: 'lastname-uppercase', null_string: 'JUNIPER' }],
  from_format_string: [{ format: '' }, { format: '{[\\]\\-a-z🙂],0:3}{(|a)}{!int,-5:}{{' }],
  from_random_date: [{ min: '2020-01-01', max: 'now' }],
  from_random_datetime: [{ min: 'now', max: '2999-01-01T00:00Z' }],
  imitate_unique: [{ charsets: ['а-я', '0-9A-F'], seed: 's' }, { charsets: ['0-9'] }],
  json: [
    { transforms: [{ path: [], masks: [{ type: 'imitate' }] }], fallback_masks: [{ type: 'pseudonym' }] },
    { transforms: [{ path: ['*', 'a'], on_missing: 'skip', advance_hash: true, masks: [{ type: 'imitate_unique' }] }] },
  ],
  numeric_bucket: [{ buckets: [0, 10], override_min: -1e15, override_max: 1e15, force_change: true, decimal_places: 15 }],
  replace_regex: [{ regex: '[a-z]+', masks: [{ type: 'imitate' }] }],
  replace_substring: [{ start_index: 1, end_index: 7, preserve_length: true, masks: [{ type: 'date_shift' }] }],
  set_checksum: ['luhn', 'iban', 'nhs', 'aba', 'cpf', 'nz_ird', 'verhoeff', 'ean'].map((checksum_type) => ({ checksum_type })),
}

/** Every mask with valid options, as written in a ruleset. */
export function variantsOf(mask: MaskDefinition): RawMask[] {
  const start = [...mask.examples.map(({ options = {} }) => options), ...(more[mask.type] ?? [])]
  const found = new Map<string, RawMask>()
  const add = (options: Readonly<Record<string, unknown>>): void => {
    const raw = { ...options, type: mask.type }
    const id = JSON.stringify(raw)
    if (found.has(id)) return
    try {
      nodeOf(raw)
    } catch {
      // Not every step leads to options that fit together.
      return
    }
    found.set(id, raw)
  }
  for (const options of start) add(options)
  for (const options of start.slice(0, 3)) {
    for (const [name, spec] of Object.entries(mask.options)) {
      // Which columns a file has, the loader checks.
      if (name !== 'seed_column') for (const value of steps(spec, options[name] ?? spec.default)) add({ ...options, [name]: value })
    }
  }
  return [...found.values()]
}

/** Other values of an option. */
function steps(shape: OptionShape, value: unknown): unknown[] {
  switch (shape.kind) {
    case 'boolean':
      return [value !== true]
    case 'string':
      return [...(shape.enum ?? ['s', '🙂'])]
    case 'character':
      return ['🙂']
    case 'integer':
    case 'number':
      return [shape.min, shape.max, Number(value ?? 0) + 1].filter((one) => one !== undefined)
    case 'any_of':
      return shape.of.flatMap((one) => steps(one, value))
    default:
      return []
  }
}
