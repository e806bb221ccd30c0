import { MaskError } from '../errors.ts'
import { abaDigit, cpfDigits, eanDigit, ibanDigits, luhnDigit, nhsDigit, nzIrdDigit, verhoeffDigit } from '../engine/checksums.ts'
import type { MaskDefinition } from '../engine/types.ts'
import { digitsMasker, digitsOf, replaceDigits } from './input.ts'

interface Checksum {
  readonly lengths: (length: number) => boolean
  /** The digits with their check digits; undefined where no check digit exists. */
  readonly set: (digits: string) => string | undefined
  /** How many check digits stand at the end. */
  readonly size: number
}

function last(lengths: (length: number) => boolean, check: (base: string) => number | undefined): Checksum {
  return {
    lengths,
    size: 1,
    set(digits) {
      const base = digits.slice(0, -1)
      const found = check(base)
      return found === undefined ? undefined : base + found
    },
  }
}

const checksums: Readonly<Record<string, Checksum>> = {
  luhn: last((length) => length >= 2, luhnDigit),
  nhs: last((length) => length === 10, nhsDigit),
  aba: last((length) => length === 9, abaDigit),
  cpf: { lengths: (length) => length === 11, size: 2, set: (digits) => digits.slice(0, 9) + cpfDigits(digits.slice(0, 9)) },
  nz_ird: last((length) => length === 8 || length === 9, nzIrdDigit),
  verhoeff: last((length) => length >= 2, verhoeffDigit),
  ean: last((length) => length === 8 || length === 12 || length === 13 || length === 14, eanDigit),
}

export const CHECKSUM_TYPES = ['luhn', 'iban', 'nhs', 'aba', 'cpf', 'nz_ird', 'verhoeff', 'ean'] as const

/** True for digits (for `iban` also letters) whose check digits are right. */
export function holdsChecksum(type: string, text: string): boolean {
  if (type === 'iban') {
    if (!IBAN.test(text)) return false
    const upper = text.toUpperCase()
    return ibanDigits(upper.slice(0, 2), upper.slice(4)) === upper.slice(2, 4)
  }
  const checksum = checksums[type]!
  return checksum.lengths(text.length) && checksum.set(text) === text
}

export const setChecksum: MaskDefinition = {
  type: 'set_checksum',
  summary: 'Recomputes the check digits in place; separators stay.',
  input: 'I',
  settles: 'value',
  options: {
    checksum_type: { kind: 'string', enum: CHECKSUM_TYPES, required: true, summary: 'Wrong length: `not_valid`.' },
  },
  compile(options) {
    const type = options.get('checksum_type') as string
    if (type === 'iban') return digitsMasker('set_checksum', setIban)
    const checksum = checksums[type]!
    return digitsMasker('set_checksum', (text) => {
      let digits = digitsOf(text)
      if (!checksum.lengths(digits.length) || !isShaped(text)) throw invalid()
      const at = digits.length - checksum.size - 1
      for (let tries = 0; tries < 10; tries++) {
        const set = checksum.set(digits)
        if (set !== undefined) return replaceDigits(text, set)
        // No check digit exists: the digit before it is raised.
        digits = digits.slice(0, at) + ((Number(digits[at]) + 1) % 10) + digits.slice(at + 1)
      }
      throw invalid()
    })
  },
  examples: [
    { options: { checksum_type: 'luhn' }, in: '"4111 1111 1111 1112"', out: '"4111 1111 1111 1111"' },
    { options: { checksum_type: 'luhn' }, in: '4111111111111112', out: '4111111111111111' },
    { options: { checksum_type: 'iban' }, in: '"DE00 3704 0044 0532 0130 00"', out: '"DE89 3704 0044 0532 0130 00"' },
    { options: { checksum_type: 'nhs' }, in: '"943 476 5910"', out: '"943 476 5919"' },
    { options: { checksum_type: 'aba' }, in: '"021000020"', out: '"021000021"' },
    { options: { checksum_type: 'cpf' }, in: '"111.444.777-00"', out: '"111.444.777-35"' },
    { options: { checksum_type: 'nz_ird' }, in: '"49-091-859"', out: '"49-091-850"' },
    { options: { checksum_type: 'verhoeff' }, in: '"2360"', out: '"2363"' },
    { options: { checksum_type: 'ean' }, in: '"4006381333930"', out: '"4006381333931"' },
    { options: { checksum_type: 'nhs' }, in: '"12"', error: 'not_valid' },
  ],
}

function invalid(): MaskError {
  return new MaskError('not_valid', 'set_checksum', 'received a value of the wrong length or shape')
}

const IBAN = /^[A-Za-z]{2}\d{2}[A-Za-z0-9]{11,30}$/

function setIban(text: string): string {
  const plain = text.replaceAll(' ', '')
  if (!IBAN.test(plain)) throw invalid()
  const upper = plain.toUpperCase()
  const check = ibanDigits(upper.slice(0, 2), upper.slice(4))
  let out = ''
  for (let i = 0, at = 0; i < text.length; i++) {
    if (text[i] === ' ') out += ' '
    else {
      out += at === 2 || at === 3 ? check[at - 2]! : text[i]!
      at++
    }
  }
  return out
}

function isShaped(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (!'0123456789 -./'.includes(text[i]!)) return false
  return true
}
