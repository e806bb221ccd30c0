import { MaskError } from '../errors.ts'
import { luhnDigit, luhnValid } from '../engine/checksums.ts'
import type { MaskDefinition } from '../engine/types.ts'
import { digitsMasker, digitsOf, isDigit, option, replaceDigits, seedOption } from './input.ts'
import { issuerOf } from '../engine/issuers.ts'

export const creditCard: MaskDefinition = {
  type: 'credit_card',
  summary: 'A card number of the same length and spacing: new digits, or the middle hidden, or both.',
  input: 'I',
  random: 'r',
  settles: 'value',
  options: {
    generate_card_number: { kind: 'boolean', default: true, summary: 'New digits.' },
    pan_format: { kind: 'boolean', default: false, summary: 'Hide what lies between the first six and the last four digits.' },
    pan_character: { kind: 'character', default: '#', summary: 'Character that hides.' },
    generate_luhn: { kind: 'boolean', summary: 'The last digit makes Luhn hold. Default: the opposite of `pan_format`.' },
    retain_prefix_length: {
      kind: 'any_of',
      of: [
        { kind: 'integer', min: 0, max: 8 },
        { kind: 'string', enum: ['automatic'] },
      ],
      default: 0,
      summary: 'Leading digits kept, 0-8; `automatic`: the issuer prefix, or one digit if unknown.',
    },
    generate_prefix: { kind: 'boolean', default: true, summary: 'With nothing retained, start with the first prefix of the network of the input, else `4`.' },
    validate_luhn: { kind: 'boolean', default: false, summary: 'An input that fails Luhn is `not_valid`.' },
    seed: seedOption,
  },
  check(options, report) {
    if (options.get('generate_card_number') === false && options.get('pan_format') !== true) {
      report('generate_card_number', 'invalid_value', "one of 'generate_card_number' and 'pan_format' must be true")
    }
  },
  compile(options) {
    const generate = option(options, 'generate_card_number', true)
    const panFormat = option(options, 'pan_format', false)
    const panCharacter = option(options, 'pan_character', '#')
    const luhn = option(options, 'generate_luhn', !panFormat)
    const retain = option<number | 'automatic'>(options, 'retain_prefix_length', 0)
    const generatePrefix = option(options, 'generate_prefix', true)
    const validate = option(options, 'validate_luhn', false)
    const spec = { family: 'credit_card', namespace: option(options, 'seed', ''), identity: digitsOf }
    return digitsMasker('credit_card', (text, context) => {
      let digits = cardDigits(text)
      if (digits === undefined || (validate && !luhnValid(digits))) throw new MaskError('not_valid', 'credit_card', 'received a value that is not a card number')
      if (generate) {
        const known = retain === 'automatic' || (retain === 0 && generatePrefix) ? issuerOf(digits) : undefined
        let out = retain === 'automatic' ? digits.slice(0, known?.prefixLength ?? 1) : digits.slice(0, retain)
        if (out === '' && generatePrefix) out = known?.issuer.first ?? '4'
        const draws = context.draws(spec)
        const end = luhn ? digits.length - 1 : digits.length
        while (out.length < end) out += draws.uniform(10)
        digits = luhn ? out + luhnDigit(out) : out
      }
      return panFormat ? hide(text, digits, panCharacter) : replaceDigits(text, digits)
    })
  },
  examples: [
    { in: '"5500 0000 0000 0004"', out: '"5118 1624 0092 5968"' },
    { options: { retain_prefix_length: 6 }, in: '378282246310005', out: '378282125931822' },
    { options: { pan_format: true }, in: '"6011-1111-1111-1117"', out: '"6011-67##-####-2530"' },
    { options: { retain_prefix_length: 'automatic' }, in: '"4111 1111 1111 1111"', out: '"4692 6773 0377 2990"' },
    { options: { generate_card_number: false, pan_format: true }, in: '"4111111111111111"', out: '"411111######1111"' },
    { options: { generate_card_number: false, pan_format: true }, in: '4111111111111111', out: '"411111######1111"' },
    { options: { generate_card_number: false, pan_format: true, pan_character: '*' }, in: '"3782-822463-10005"', out: '"3782-82****-*0005"' },
    { options: { validate_luhn: true }, in: '"4111 1111 1111 1112"', error: 'not_valid' },
    { in: '"4111"', error: 'not_valid' },
    { in: 'false', error: 'non_string_value' },
  ],
}

/** The digits of 12-19 digits with spaces or hyphens; undefined for anything else. */
function cardDigits(text: string): string | undefined {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (!isDigit(code) && code !== 0x20 && code !== 0x2d) return undefined
  }
  const digits = digitsOf(text)
  return digits.length >= 12 && digits.length <= 19 ? digits : undefined
}

function hide(text: string, digits: string, character: string): string {
  let out = ''
  let next = 0
  for (const one of text) {
    if (!isDigit(one.charCodeAt(0))) out += one
    else {
      out += next >= 6 && next < digits.length - 4 ? character : digits[next]!
      next++
    }
  }
  return out
}
