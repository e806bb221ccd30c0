import { MaskError } from '../errors.ts'
import { isContainer } from '../engine/types.ts'
import type { HashSource, JsonTransform, MaskDefinition, MaskNode } from '../engine/types.ts'
import { field, refusal } from './input.ts'

export const json: MaskDefinition = {
  type: 'json',
  summary: 'Masks values inside JSON: text in gives text out, a structure in gives a structure out. Untouched parts keep their bytes.',
  input: 'A',
  settles: 'replaced',
  options: {
    transforms: {
      kind: 'list',
      minItems: 1,
      required: true,
      summary: 'Applied in order.',
      of: {
        kind: 'object',
        fields: {
          path: { kind: 'path_list', required: true, summary: 'List of keys and indexes; `"*"` is any, `[]` the document.' },
          masks: { kind: 'masks', required: true, summary: 'Applied to the value found; a container is passed whole.' },
          on_null: { kind: 'string', enum: ['skip', 'error', 'mask'], default: 'skip', summary: 'The value is null.' },
          on_missing: { kind: 'string', enum: ['skip', 'error'], default: 'error', summary: 'The path is absent.' },
          force_consistency: { kind: 'boolean', default: false, summary: "The first match's result is used for every match in this document." },
          hash_sources: { kind: 'hash_sources', summary: 'What the results depend on; default: the wider level.' },
          advance_hash: { kind: 'boolean', default: false, summary: 'The n-th match, from 0, advances the hash by n.' },
        },
      },
    },
    fallback_masks: { kind: 'masks', summary: 'For text that is not JSON; without them that is `not_json`.' },
  },
  compile(options, tools) {
    const document = tools.document((options.get('transforms') as readonly unknown[]).map(transformOf))
    const fallbackNodes = options.get('fallback_masks') as readonly MaskNode[] | undefined
    const fallback = fallbackNodes === undefined ? undefined : tools.masks(fallbackNodes)
    return (value, context) => {
      if (value === null || value === '') return value
      if (typeof value === 'string') {
        const out = document.text(value, context)
        if (out !== undefined) return out
        if (fallback !== undefined) return fallback(value, context)
        throw new MaskError('not_json', 'json', 'received text that is not JSON')
      }
      if (!isContainer(value)) throw refusal('json', value)
      return document.value(value, context)
    }
  },
  examples: [
    {
      options: { transforms: [{ path: ['user', 'name'], masks: [{ type: 'from_fixed', value: 'X' }] }] },
      in: '{"user":{"name":"A","id":1}}',
      out: '{"user":{"name":"X","id":1}}',
    },
    { options: { transforms: [{ path: ['a'], masks: [{ type: 'redact' }] }] }, in: '"no json"', error: 'not_json' },
    {
      options: { transforms: [{ path: ['a'], masks: [{ type: 'redact' }] }], fallback_masks: [{ type: 'from_fixed', value: '?' }] },
      in: '"no json"',
      out: '"?"',
    },
    { options: { transforms: [{ path: ['a'], masks: [{ type: 'redact' }] }] }, in: '7', error: 'non_string_value' },
  ],
}

function transformOf(of: unknown): JsonTransform {
  const sources = field(of, 'hash_sources') as readonly HashSource[] | null | undefined
  return {
    path: field(of, 'path') as readonly (string | number)[],
    masks: field(of, 'masks') as readonly MaskNode[],
    onNull: (field(of, 'on_null') ?? 'skip') as JsonTransform['onNull'],
    onMissing: (field(of, 'on_missing') ?? 'error') as JsonTransform['onMissing'],
    forceConsistency: field(of, 'force_consistency') === true,
    advanceHash: field(of, 'advance_hash') === true,
    // An empty list turns determinism off, as null does.
    hashSources: sources === undefined ? undefined : sources === null || sources.length === 0 ? null : sources,
  }
}
