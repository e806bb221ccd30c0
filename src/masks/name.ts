import type { MaskContext, MaskDefinition } from '../engine/types.ts'
import { nameSources } from './identity-rows.ts'
import { option, seedOption, textMasker } from './input.ts'

export const name: MaskDefinition = {
  type: 'name',
  summary: 'A name of a person; `email` and `from_file` with the same inputs take the same person.',
  input: 'T',
  random: 'r',
  settles: 'value',
  options: {
    part: { kind: 'string', enum: ['first', 'last', 'full', 'auto'], default: 'auto', summary: '`auto`: one word is a first name, more give first and last.' },
    seed: seedOption,
  },
  compile(options, tools) {
    const part = option<string>(options, 'part', 'auto')
    const { first, last } = nameSources(tools, option(options, 'seed', ''))
    const full = (context: MaskContext): string => `${first(context)} ${last(context)}`
    return textMasker('name', (text, context) => {
      const words = part === 'auto' ? (/\S\s+\S/.test(text) ? 'full' : 'first') : part
      const drawn = words === 'first' ? first(context) : words === 'last' ? last(context) : full(context)
      const upper = text.toUpperCase()
      const lower = text.toLowerCase()
      // Text without letters has no case to keep.
      if (upper === lower) return drawn
      return text === upper ? drawn.toUpperCase() : text === lower ? drawn.toLowerCase() : drawn
    })
  },
  examples: [
    { in: 'null', out: 'null' },
    { in: '42', error: 'non_string_value' },
  ],
}
