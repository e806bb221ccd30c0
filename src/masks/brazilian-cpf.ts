import { MaskError } from '../errors.ts'
import { cpfDigits } from '../engine/checksums.ts'
import type { MaskDefinition } from '../engine/types.ts'
import { digitsMasker, digitsOf, option, replaceDigits, seedOption } from './input.ts'

export const brazilianCpf: MaskDefinition = {
  type: 'brazilian_cpf',
  summary: 'A Brazilian CPF with valid check digits; separators stay.',
  input: 'I',
  random: 'r',
  settles: 'value',
  options: { seed: seedOption },
  compile(options) {
    const spec = { family: 'brazilian_cpf', namespace: option(options, 'seed', ''), identity: digitsOf }
    return digitsMasker('brazilian_cpf', (text, context) => {
      if (digitsOf(text).length !== 11 || /[^\d ./-]/.test(text)) throw new MaskError('not_valid', 'brazilian_cpf', 'received a value that does not have 11 digits')
      const draws = context.draws(spec)
      let out = ''
      while (out.length < 9) out += draws.uniform(10)
      return replaceDigits(text, out + cpfDigits(out))
    })
  },
  examples: [
    { in: '"111.444.777-35"', out: '"952.635.491-56"' },
    { in: '11144477735', out: '95263549156' },
    { in: '"123"', error: 'not_valid' },
  ],
}
