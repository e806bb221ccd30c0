// Identifiers of Australia and New Zealand.
import { nzIrdDigit, weighted } from '../../engine/checksums.ts'
import { digitAt, oneRepeated } from './arithmetic.ts'
import type { IdRow } from './types.ts'

function tfnCheck(id: string): boolean {
  if (!/^\d{8,9}$/.test(id) || oneRepeated(id)) return false
  return weighted(id, id.length === 9 ? [1, 4, 3, 7, 5, 8, 6, 9, 10] : [10, 7, 8, 4, 6, 3, 5, 1]) % 11 === 0
}

/** The first digit counts one less. */
function abnCheck(id: string): boolean {
  return /^[1-9]\d{10}$/.test(id) && (weighted(id, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 === 0
}

/** Letters A-Z without I and O as 1-24. */
function nhiValue(code: number): number {
  if (code <= 0x39) return code - 0x30
  return code - 0x40 - (code > 0x49 ? 1 : 0) - (code > 0x4f ? 1 : 0)
}

/** The new form ends in a letter by mod 24; mod 23, which was published first, is accepted too. */
function nhiCheck(id: string): boolean {
  if (!/^[A-HJ-NP-Z]{3}\d{2}(\d{2}|[A-HJ-NP-Z]{2})$/.test(id)) return false
  let sum = 0
  for (let i = 0; i < 6; i++) sum += nhiValue(id.charCodeAt(i)) * (7 - i)
  const check = nhiValue(id.charCodeAt(6))
  if (id.charCodeAt(6) > 0x39) return check === 24 - (sum % 24) || check === 23 - (sum % 23)
  return sum % 11 !== 0 && (11 - (sum % 11)) % 10 === check
}

export const oceania: readonly IdRow[] = [
  {
    name: 'au_tfn',
    group: 'pii',
    priority: 59,
    numbers: true,
    summary: 'Australian Tax File Number: eight or nine digits, weighted sum divisible by 11.',
    words: ['tfn', 'tax file', 'tax file number', 'tax file no', 'australian tax'],
    shapes: ['999999999', '99999999', '999 999 999', '999-999-999', '99 999 999'],
    check: tfnCheck,
    kind: 'shaped',
    passes: 0.096,
    examples: ['tfn «011 215 733»', 'Tax File Number: «323200856»', 'tfn=«21406891»'],
    counterExamples: ['tfn 738 439 633', 'id 980473346', 'tfn 000 000 000'],
  },
  {
    name: 'au_medicare',
    group: 'phi',
    priority: 59,
    numbers: true,
    summary: 'Australian Medicare card number: first digit 2-6, the ninth a check digit by mod 10.',
    words: ['medicare', 'medicare number', 'medicare no', 'medicare card', 'australian medicare'],
    shapes: ['9999999999', '99999999999', '9999 99999 9', '9999-99999-9', '9999 99999 9/9', '9999 99999 9-9'],
    check: (id) => /^[2-6]\d{9,10}$/.test(id) && weighted(id, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digitAt(id, 8),
    kind: 'shaped',
    passes: 0.053,
    examples: ['medicare «3015 81981 9»', 'Medicare card: «5346 78487 5/8»', 'medicare_number=«5481765752»'],
    counterExamples: ['medicare 2211 91213 6', 'id 6286709480', 'medicare 7123456701'],
  },
  {
    name: 'au_abn',
    group: 'pii',
    priority: 59,
    numbers: true,
    summary: 'Australian Business Number: eleven digits, weighted sum divisible by 89.',
    words: ['abn', 'abn number', 'australian business', 'australian business number', 'business number'],
    shapes: ['99999999999', '99 999 999 999'],
    check: abnCheck,
    kind: 'shaped',
    passes: 0.011,
    examples: ['abn «60 714 631 974»', 'Australian Business Number: «32743243911»', 'abn=«18303105518»'],
    counterExamples: ['abn 11 480 014 284', 'id 42315852904', 'abn 00000000000'],
  },
  {
    name: 'nz_ird',
    group: 'pii',
    priority: 59,
    numbers: true,
    summary: 'New Zealand IRD number: eight or nine digits, the last by mod 11 with two sets of weights.',
    mask: { type: 'imitate_nz_ird' },
    words: ['ird', 'ird number', 'ird no', 'inland revenue', 'inland revenue number', 'te tari taake'],
    shapes: ['999999999', '99999999', '999-999-999', '99-999-999', '999 999 999', '99 999 999'],
    check: (id) => /^\d{8,9}$/.test(id) && !oneRepeated(id) && nzIrdDigit(id.slice(0, -1)) === digitAt(id, id.length - 1),
    kind: 'shaped',
    passes: 0.11,
    examples: ['ird «89-651-700»', 'IRD number: «178-025-074»', 'ird=«791346045»'],
    counterExamples: ['ird 47-357-133', 'id 697759425', 'ird 00-000-000'],
  },
  {
    name: 'nz_nhi',
    group: 'phi',
    priority: 59,
    numbers: false,
    summary: 'New Zealand NHI number: three letters and four digits, or three letters, two digits and two letters, with a check character.',
    words: ['nhi', 'nhi number', 'nhi no', 'national health index', 'national health index number'],
    shapes: ['AAA9999', 'AAA99AA'],
    check: nhiCheck,
    kind: 'shaped',
    passes: 0.074,
    examples: ['nhi «QXQ1747»', 'NHI number: «EKP40WS»', 'nhi=«TEV5301»'],
    counterExamples: ['nhi CCV4625', 'flight FFH5536', 'nhi OIZ1234'],
  },
]
