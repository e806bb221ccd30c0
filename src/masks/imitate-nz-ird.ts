import { MaskError } from '../errors.ts'
import { nzIrdDigit } from '../engine/checksums.ts'
import { permutation } from '../engine/permutation.ts'
import type { Permutation } from '../engine/permutation.ts'
import type { MaskDefinition } from '../engine/types.ts'
import { digitsMasker, digitsOf, option, replaceDigits, seedOption } from './input.ts'
import { KeyCache } from './key-cache.ts'

export const imitateNzIrd: MaskDefinition = {
  type: 'imitate_nz_ird',
  summary: 'Another valid New Zealand IRD number, one-to-one; separators and leading zeros stay.',
  input: 'I',
  random: 'p',
  settles: 'value',
  options: { seed: seedOption },
  compile(options) {
    const namespace = option(options, 'seed', '')
    // For 7 digits before the check digit, and for 8.
    const permutations = new KeyCache(() => new Map<number, Permutation>())
    return digitsMasker('imitate_nz_ird', (text, context) => {
      const digits = digitsOf(text)
      let zeros = 0
      while (digits.charCodeAt(zeros) === 0x30) zeros++
      const number = digits.slice(zeros)
      if (!isValid(number) || digits.length > 9 || /[^\d ./-]/.test(text)) throw new MaskError('not_valid', 'imitate_nz_ird', 'received a value that is not an IRD number')
      // Positions as in `imitate_unique`: the first digit is 1-9, so the length stays.
      const length = number.length - 1
      const positions: number[] = []
      for (let i = 0; i < length; i++) positions.push(number.charCodeAt(i) - (i === 0 ? 0x31 : 0x30))
      const made = permutations.of(context)
      let permuted = made.get(length)
      if (permuted === undefined) {
        permuted = permutation(
          context.seedOf('imitate_nz_ird', '', namespace, [`1-9${',0-9'.repeat(length - 1)}`]),
          positions.map((_, i) => (i === 0 ? 9 : 10)),
        )
        made.set(length, permuted)
      }
      for (;;) {
        permuted.permute(positions)
        let base = positions[0]! + 1
        for (let i = 1; i < length; i++) base = base * 10 + positions[i]!
        // Most numbers of 9 digits are too large.
        if (base > LAST_BASE) continue
        const check = nzIrdDigit(String(base))
        if (check !== undefined && inRange(base * 10 + check)) return replaceDigits(text, `${digits.slice(0, zeros)}${base}${check}`)
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

const LAST_BASE = 15_000_000

function inRange(number: number): boolean {
  return number >= 10_000_000 && number <= 10 * LAST_BASE
}

function isValid(number: string): boolean {
  return (number.length === 8 || number.length === 9) && inRange(Number(number)) && nzIrdDigit(number.slice(0, -1)) === Number(number.at(-1))
}
