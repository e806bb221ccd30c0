// Identifiers of the United Kingdom and Ireland.
import { nhsDigit, weighted } from '../../engine/checksums.ts'
import { digitAt, letterAt, oneRepeated } from './arithmetic.ts'
import type { IdRow } from './types.ts'

/** The letter that seven digits and the value of a second letter want. */
export function ppsLetter(seven: string, second: number): string | undefined {
  return 'WABCDEFGHIJKLMNOPQRSTUV'[(weighted(seven, [8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23]
}

/** The second letter counts nine times; the older W, T and X count nothing. */
function ppsCheck(id: string): boolean {
  if (!/^\d{7}[A-W][A-IWTX]?$/.test(id)) return false
  const second = id.length === 9 ? letterAt(id, 8) : 0
  return ppsLetter(id.slice(0, 7), second <= 9 ? second : 0) === id[7]
}

export const britain: readonly IdRow[] = [
  {
    name: 'uk_nhs',
    group: 'phi',
    priority: 51,
    numbers: true,
    summary: 'NHS number of England, Wales and the Isle of Man: ten digits, the last by mod 11.',
    words: ['nhs', 'nhs number', 'nhs no', 'national health service', 'nhs id'],
    shapes: ['9999999999', '999 999 9999', '999-999-9999'],
    check: (id) => /^\d{10}$/.test(id) && !oneRepeated(id) && nhsDigit(id.slice(0, 9)) === digitAt(id, 9),
    kind: 'shaped',
    passes: 0.095,
    examples: ['nhs number «192 317 0503»', 'nhsNumber=«6601925713»', 'NHS no: «103-221-4716»'],
    counterExamples: ['nhs number 991 502 0944', 'id 4024274155', 'nhs 0000000000'],
  },
  {
    name: 'uk_nino',
    group: 'pii',
    priority: 51,
    numbers: false,
    summary: 'UK National Insurance number: two letters that are issued, six digits, A to D.',
    words: ['nino', 'ni number', 'ni no', 'national insurance', 'national insurance number', 'insurance number'],
    shapes: ['AA999999A', 'AA 99 99 99 A', 'AA 999999 A', 'AA-99-99-99-A'],
    check: (id) => /^[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$/.test(id) && !/^(BG|GB|KN|NK|NT|TN|ZZ)/.test(id),
    alone: ['AA999999A', 'AA 99 99 99 A'],
    kind: 'shaped',
    passes: 0.089,
    examples: ['nino «RZ840231D»', 'holder «WL 01 77 98 B» found', 'national insurance: «SK-61-27-73-C»'],
    counterExamples: ['nino QQ123456A', 'nino GB123456A', 'order AB123456E', 'nino AO123456B'],
  },
  {
    name: 'uk_utr',
    group: 'pii',
    priority: 51,
    numbers: true,
    summary: 'UK Unique Taxpayer Reference: ten digits, the first by mod 11.',
    words: ['utr', 'unique taxpayer reference', 'unique tax reference', 'taxpayer reference', 'self assessment', 'tax reference'],
    shapes: ['9999999999', '99999 99999'],
    check: (id) => /^\d{10}$/.test(id) && !oneRepeated(id) && '21987654321'[weighted(id, [0, 6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11] === id[0],
    kind: 'shaped',
    passes: 0.11,
    examples: ['utr «1492999215»', 'Unique Taxpayer Reference: «18467 89262»', 'taxpayer_reference=«8484260367»'],
    counterExamples: ['utr 9860514809', 'seq 4007196285', 'utr 12345'],
  },
  {
    name: 'uk_bank',
    group: 'pii',
    priority: 51,
    numbers: true,
    summary: 'UK sort code in pairs and account number of eight digits, beside words that say so.',
    words: ['sort code', 'sortcode', 'sort codes', 'uk account', 'account number', 'account no', 'acct no', 'bank account', 'account'],
    shapes: ['99999999999999', '99-99-99 99999999', '99-99-99', '99 99 99', '99999999', '999999'],
    check: (id) => /^(\d{6}|\d{8}|\d{14})$/.test(id) && !oneRepeated(id) && (id.length === 8 || !id.startsWith('000000')),
    kind: 'shaped',
    passes: 1,
    examples: ['sort code «36-83-67»', 'sortCode: «450256»', 'account number «99453532»', 'sort code and account «92-79-14 74709884»'],
    counterExamples: ['at 48-35-65', 'sort code 00-00-00', 'account 1234567', 'id 00184781'],
  },
  {
    name: 'ie_pps',
    group: 'pii',
    priority: 56,
    numbers: false,
    summary: 'Irish Personal Public Service number: seven digits, a check letter by mod 23 and perhaps one more letter.',
    words: [
      'pps',
      'ppsn',
      'pps number',
      'pps no',
      'personal public service',
      'personal public service number',
      'uimhir psp',
      'uimhir phearsanta seirbhise poibli',
      'uimhir phearsanta seirbhíse poiblí',
    ],
    shapes: ['9999999A', '9999999AA', '9999999 A', '9999999 AA'],
    check: ppsCheck,
    kind: 'shaped',
    passes: 0.04,
    examples: ['pps «0363162F»', 'PPSN: «3958627CA»', 'pps_number=«8894844P»'],
    counterExamples: ['pps 9769184Q', 'part 5807737U', 'pps 1234567Z'],
  },
]
