import type { MaskDefinition, Value } from '../engine/types.ts'
import { isContainer } from '../engine/types.ts'
import { decimalOf, scaled } from './decimal.ts'
import { field, option, seedOption } from './input.ts'

export const fromChoices: MaskDefinition = {
  type: 'from_choices',
  summary: 'One of a list of values, by weight.',
  input: 'G',
  random: 'r',
  settles: 'value',
  options: {
    choices: {
      kind: 'list',
      minItems: 1,
      required: true,
      summary: 'Each item a scalar (weight 1), `{value: v, weight: w}` or the pair `v: w`.',
      of: {
        kind: 'any_of',
        of: [
          { kind: 'scalar' },
          {
            kind: 'object',
            fields: {
              value: { kind: 'scalar', required: true, summary: 'The value.' },
              weight: { kind: 'number', min: 0, default: 1, summary: 'Positive, up to 6 decimals.' },
            },
          },
        ],
      },
    },
    seed: seedOption,
  },
  check(options, report) {
    const weights = choicesOf(options).map((choice) => choice.weight)
    if (weights.some((weight) => weight < 1n)) report('choices', 'invalid_value', 'weights are positive, with up to 6 decimals')
    else if (weights.reduce((all, weight) => all + weight, 0n) > 2n ** 53n) report('choices', 'invalid_value', 'the weights are too large')
  },
  compile(options) {
    const choices = choicesOf(options)
    const ends: number[] = []
    let total = 0
    // Weights are in millionths: the common divisor is taken out, so that equal weights count 1 each.
    const divisor = choices.reduce((all, choice) => gcd(all, choice.weight), 0n)
    for (const choice of choices) ends.push((total += Number(choice.weight / divisor)))
    const spec = { family: 'from_choices', namespace: option(options, 'seed', '') }
    return (_, context) => {
      const drawn = context.draws(spec).uniform(total)
      return choices[ends.findIndex((end) => drawn < end)]!.value
    }
  },
  examples: [
    { options: { choices: ['gold', { value: 'silver', weight: 3 }] }, inputs: ['12345'], in: 'null', out: '"silver"' },
    { options: { choices: [1, null, true, 'x'] }, in: '5', out: '"x"' },
    { options: { choices: [{ value: 'gold', weight: 2.5 }] }, in: 'null', out: '"gold"' },
  ],
}

/** Values with their weights in millionths; a weight with more decimals counts as none. */
function choicesOf(options: ReadonlyMap<string, unknown>): { value: Value; weight: bigint }[] {
  return (options.get('choices') as readonly unknown[]).map((item) => {
    if (item === null || typeof item !== 'object' || !isContainer(item as Value)) return { value: item as Value, weight: 1_000_000n }
    const weight = decimalOf((field(item, 'weight') as number | undefined) ?? 1)
    return { value: (field(item, 'value') ?? null) as Value, weight: weight.fraction.length > 6 ? 0n : scaled(weight, 6, 'floor') }
  })
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}
