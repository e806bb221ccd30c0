import { MaskError } from '../errors.ts'
import { nzIrdDigit } from '../engine/checksums.ts'
import { permutation } from '../engine/permutation.ts'
import type { MaskDefinition } from '../engine/types.ts'
import { digitsMasker, digitsOf, option, replaceDigits, seedOption } from './input.ts'

export const imitateNzIrd: MaskDefinition = {
  type: 'imitate_nz_ird',
  summary: 'Another valid New Zealand IRD number, one-to-one; separators and leading zeros stay.',
  input: 'I',
  random: 'p',
  settles: 'value',
  options: { seed: seedOption },
  compile(options) {
    const namespace = option(options, 'seed', '')
    return digitsMasker('imitate_nz_ird', (text, context) => {
      const digits = digitsOf(text)
      let zeros = 0
      while (digits.charCodeAt(zeros) === 0x30) zeros++
      const number = digits.slice(zeros)
      if (!isValid(number) || digits.length > 9 || /[^\d ./-]/.test(text)) throw new MaskError('not_valid', 'imitate_nz_ird', 'received a value that is not an IRD number')
      // Positions as in `imitate_unique`: the first digit is 1-9, so the length stays.
      const positions = [...number.slice(0, -1)].map((digit, i) => Number(digit) - (i === 0 ? 1 : 0))
      const groups = positions.map((_, i) => (i === 0 ? '1-9' : '0-9'))
      const permuted = permutation(
        context.seedOf('imitate_nz_ird', '', namespace, [groups.join(',')]),
        groups.map((group) => (group === '1-9' ? 9 : 10)),
      )
      for (;;) {
        permuted.permute(positions)
        const base = positions.map((position, i) => position + (i === 0 ? 1 : 0)).join('')
        const check = nzIrdDigit(base)
        if (check !== undefined && inRange(base + check)) return replaceDigits(text, digits.slice(0, zeros) + base + check)
      }
    })
  },
  examples: [
    { in: '"49-091-850"', out: '"78-452-528"' },
    { in: '"136410132"', out: '"149909788"' },
    { in: '"035901981"', out: '"025461249"' },
    { in: '"123"', error: 'not_valid' },
    { in: '"49-091-851"', error: 'not_valid' },
  ],
}

function inRange(number: string): boolean {
  return Number(number) >= 10_000_000 && Number(number) <= 150_000_000
}

function isValid(number: string): boolean {
  return (number.length === 8 || number.length === 9) && inRange(number) && nzIrdDigit(number.slice(0, -1)) === Number(number.at(-1))
}
