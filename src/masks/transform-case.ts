import type { MaskDefinition } from '../engine/types.ts'
import { textMasker } from './input.ts'

const transforms: Readonly<Record<string, (text: string) => string>> = {
  uppercase: (text) => text.toUpperCase(),
  upper: (text) => text.toUpperCase(),
  lowercase: (text) => text.toLowerCase(),
  lower: (text) => text.toLowerCase(),
  capitalize_words: capitalizeWords,
  title: capitalizeWords,
  titlecase: capitalizeWords,
  capitalize_string: (text) => capitalize(text.toLowerCase()),
}

export const transformCase: MaskDefinition = {
  type: 'transform_case',
  summary: 'Changes upper and lower case, whatever the locale.',
  input: 'T',
  settles: 'nothing',
  options: {
    transform: {
      kind: 'string',
      enum: Object.keys(transforms),
      required: true,
      summary: '`uppercase` (`upper`), `lowercase` (`lower`), `capitalize_words` (`title`, `titlecase`), `capitalize_string`.',
    },
  },
  compile(options) {
    const transform = transforms[options.get('transform') as string]!
    return textMasker('transform_case', (text) => transform(text))
  },
  examples: [
    { options: { transform: 'capitalize_words' }, in: '"o\'neil MC donald"', out: '"O\'neil Mc Donald"' },
    { options: { transform: 'uppercase' }, in: '"straße"', out: '"STRASSE"' },
    { options: { transform: 'lower' }, in: '"ÀB"', out: '"àb"' },
    { options: { transform: 'capitalize_string' }, in: '"HELLO World"', out: '"Hello world"' },
    { options: { transform: 'upper' }, in: '1', error: 'non_string_value' },
  ],
}

function capitalize(text: string): string {
  const first = String.fromCodePoint(text.codePointAt(0)!)
  return first.toUpperCase() + text.slice(first.length)
}

/** Words are what white space separates. */
function capitalizeWords(text: string): string {
  return text.toLowerCase().replace(/\S+/gu, capitalize)
}
