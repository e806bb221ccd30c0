import { MaskError } from '../errors.ts'
import { feistel } from '../engine/permutation.ts'
import type { MaskDefinition } from '../engine/types.ts'
import { option, seedOption, textMasker } from './input.ts'

const SHAPE = /^(\{?)[0-9A-Fa-f]{8}(-?)[0-9A-Fa-f]{4}\2[0-9A-Fa-f]{4}\2[0-9A-Fa-f]{4}\2[0-9A-Fa-f]{12}(\}?)$/
const ALL_ONES = (1n << 128n) - 1n
const LOW_61 = (1n << 61n) - 1n
const LOW_64 = (1n << 64n) - 1n

export const imitateUuid: MaskDefinition = {
  type: 'imitate_uuid',
  summary: 'Another UUID, one-to-one; version, variant, case, hyphens and braces stay.',
  input: 'T',
  random: 'p',
  settles: 'value',
  options: { seed: seedOption },
  compile(options) {
    const namespace = option(options, 'seed', '')
    return textMasker('imitate_uuid', (text, context) => {
      const shape = SHAPE.exec(text)
      if (shape === null || (shape[1] === '{') !== (shape[3] === '}')) throw new MaskError('not_valid', 'imitate_uuid', 'received a value that is not a UUID')
      const digits = text.replace(/[{}-]/g, '')
      let number = BigInt(`0x${digits}`)
      // The nil and the all-ones UUID mean something: they stay, and nothing becomes one of them.
      if (number === 0n || number === ALL_ONES) return text
      const version = Number((number >> 76n) & 15n)
      const isRfc = ((number >> 62n) & 3n) === 2n
      const seed = context.seedOf('imitate_uuid', '', namespace, [isRfc ? `uuid:${version}` : 'uuid'])
      do number = isRfc ? permuteRfc(seed, number) : permuteAll(seed, number)
      while (number === 0n || number === ALL_ONES)
      const hex = number.toString(16).padStart(32, '0')
      const result = /[A-F]/.test(digits) && !/[a-f]/.test(digits) ? hex.toUpperCase() : hex
      let out = ''
      for (let i = 0, next = 0; i < text.length; i++) out += '{}-'.includes(text[i]!) ? text[i]! : result[next++]!
      return out
    })
  },
  examples: [
    { in: '"017f22e2-79b0-7cc3-98c4-dc0c0c07398f"', out: '"dea4ec73-8e23-76d6-bdb2-48072505c516"' },
    { options: { seed: 'order' }, in: '"f47ac10b-58cc-4372-a567-0e02b2c3d479"', out: '"9d8cb3b0-4beb-43a2-b3e8-75d8bb322310"' },
    { in: '"00112233-4455-6677-0899-aabbccddeeff"', out: '"fb9c104c-7b5f-2465-4569-6dc08c7ce14e"' },
    { in: '"f47ac10b-58cc-4372-a567-0e02b2c3d479"', out: '"bb418efe-497f-4d69-8ab0-b33b3ef670ba"' },
    { in: '"{F47AC10B58CC4372A5670E02B2C3D479}"', out: '"{BB418EFE497F4D698AB0B33B3EF670BA}"' },
    { in: '"00000000-0000-0000-0000-000000000000"', out: '"00000000-0000-0000-0000-000000000000"' },
    { in: '"f47ac10b"', error: 'not_valid' },
    { in: '7', error: 'non_string_value' },
  ],
}

/** The 122 bits other than version (4 bits above bit 76) and variant (2 bits above bit 62), as two halves of 61. */
function permuteRfc(seed: Uint8Array, number: bigint): bigint {
  const bits = ((number >> 80n) << 74n) | (((number >> 64n) & 0xfffn) << 62n) | (number & ((1n << 62n) - 1n))
  const [a, b] = feistel(seed, bits >> 61n, bits & LOW_61, 1n << 61n, 1n << 61n, 10)
  const result = (a << 61n) | b
  return ((result >> 74n) << 80n) | (((number >> 76n) & 15n) << 76n) | (((result >> 62n) & 0xfffn) << 64n) | (2n << 62n) | (result & ((1n << 62n) - 1n))
}

function permuteAll(seed: Uint8Array, number: bigint): bigint {
  const [a, b] = feistel(seed, number >> 64n, number & LOW_64, 1n << 64n, 1n << 64n, 10)
  return (a << 64n) | b
}
