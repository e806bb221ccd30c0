import type { MaskDefinition } from '../engine/types.ts'
import { option, seedOption } from './input.ts'

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const LOWER = 'abcdefghijklmnopqrstuvwxyz'

export const fromRandomText: MaskDefinition = {
  type: 'from_random_text',
  summary: 'Random letters.',
  input: 'G',
  random: 'r',
  settles: 'value',
  options: {
    max: { kind: 'integer', min: 1, max: 10_000, required: true, summary: 'Greatest length.' },
    min: { kind: 'integer', min: 1, max: 10_000, summary: 'Least length; default: `max`.' },
    case: { kind: 'string', enum: ['upper', 'lower'], summary: 'Only A-Z or only a-z; default: both.' },
    seed: seedOption,
  },
  check(options, report) {
    if (option(options, 'min', 1) > (options.get('max') as number)) report('min', 'invalid_value', "'min' is greater than 'max'")
  },
  compile(options) {
    const max = options.get('max') as number
    const min = option(options, 'min', max)
    const letters = options.get('case') === 'upper' ? UPPER : options.get('case') === 'lower' ? LOWER : UPPER + LOWER
    const spec = { family: 'from_random_text', namespace: option(options, 'seed', '') }
    return (_, context) => {
      const draws = context.draws(spec)
      const length = min + draws.uniform(max - min + 1)
      let out = ''
      for (let i = 0; i < length; i++) out += letters[draws.uniform(letters.length)]
      return out
    }
  },
  examples: [
    { options: { max: 8 }, inputs: ['12345'], in: 'null', out: '"pXYMNVtl"' },
    { options: { min: 3, max: 12, case: 'lower' }, inputs: ['12345'], in: 'null', out: '"xyymnvnfbaya"' },
    { options: { max: 5, case: 'upper' }, in: '"x"', out: '"IAWOJ"' },
  ],
}
