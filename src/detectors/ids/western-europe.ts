// Identifiers of Spain, Portugal, Italy, France, the Netherlands and Belgium.
import { mod97, weighted } from '../../engine/checksums.ts'
import { digitAt, elevenLess, numberAt, oneRepeated, realDate, yymmdd } from './arithmetic.ts'
import type { IdRow } from './types.ts'

const DNI_LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE'

/** DNI, or NIE with X, Y, Z for a leading 0, 1, 2. */
export function dniCheck(id: string): boolean {
  if (!/^[\dXYZ]\d{7}[A-Z]$/.test(id)) return false
  const first = id.charCodeAt(0) >= 0x58 ? String(id.charCodeAt(0) - 0x58) : id[0]!
  return DNI_LETTERS[Number(first + id.slice(1, 8)) % 23] === id[8]
}

function nifCheck(id: string): boolean {
  return /^([1235689]\d|45)\d{7}$/.test(id) && !oneRepeated(id) && elevenLess(weighted(id, [9, 8, 7, 6, 5, 4, 3, 2]) % 11) === digitAt(id, 8)
}

/** What 0-9 count in odd places, and A-Z (where A to J count as the digits do). */
const FISCALE_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]
const FISCALE_MONTHS = 'ABCDEHLMPRST'
const OMOCODIA = 'LMNPQRSTUV'

function fiscaleDigit(id: string, i: number): number {
  const code = id.charCodeAt(i)
  return code <= 0x39 ? code - 0x30 : OMOCODIA.indexOf(id[i]!)
}

function fiscaleCheck(id: string): boolean {
  if (!/^[A-Z]{6}[\dLMNP-V]{2}[ABCDEHLMPRST][\dLMNP-V]{2}[A-Z][\dLMNP-V]{3}[A-Z]$/.test(id)) return false
  const day = fiscaleDigit(id, 9) * 10 + fiscaleDigit(id, 10)
  // Women have 40 added to the day.
  if (!realDate(2000 + fiscaleDigit(id, 6) * 10 + fiscaleDigit(id, 7), FISCALE_MONTHS.indexOf(id[8]!) + 1, day > 40 ? day - 40 : day)) return false
  let sum = 0
  for (let i = 0; i < 15; i++) {
    const code = id.charCodeAt(i)
    const value = code <= 0x39 ? code - 0x30 : code - 0x41
    sum += i % 2 === 0 ? FISCALE_ODD[value]! : value
  }
  return sum % 26 === id.charCodeAt(15) - 0x41
}

function nirCheck(id: string): boolean {
  // Month 20-42 and 50-99 stand for an unknown one; 2A and 2B are the two parts of Corsica.
  if (!/^[123478]\d{2}(0[1-9]|1[0-2]|[23]\d|4[0-2]|[5-9]\d)(\d{2}|2[AB])\d{8}$/.test(id)) return false
  const number = id.slice(0, 13).replace('2A', '19').replace('2B', '18')
  return 97 - mod97(number) === numberAt(id, 13, 15)
}

/** The eleven test of the Dutch citizen service number. */
export function bsnCheck(id: string): boolean {
  return /^\d{9}$/.test(id) && !oneRepeated(id) && (weighted(id, [9, 8, 7, 6, 5, 4, 3, 2]) - digitAt(id, 8)) % 11 === 0
}

function nrnCheck(id: string): boolean {
  if (!/^\d{11}$/.test(id)) return false
  const serial = numberAt(id, 6, 9)
  if (serial === 0 || serial > 998) return false
  const check = numberAt(id, 9, 11)
  const nine = id.slice(0, 9)
  return (97 - mod97(nine) === check && yymmdd(id, 0, 1900)) || (97 - mod97(`2${nine}`) === check && yymmdd(id, 0))
}

export const westernEurope: readonly IdRow[] = [
  {
    name: 'es_dni',
    group: 'pii',
    priority: 56,
    numbers: false,
    summary: 'Spanish DNI or NIE: eight digits, or X, Y or Z and seven digits, and a check letter by mod 23.',
    words: [
      'dni',
      'nie',
      'nif',
      'documento nacional de identidad',
      'documento nacional',
      'numero de identidad de extranjero',
      'número de identidad de extranjero',
      'identificacion fiscal',
      'identificación fiscal',
    ],
    shapes: [
      '99999999A',
      'X9999999A',
      'Y9999999A',
      'Z9999999A',
      '99999999-A',
      '99999999 A',
      '99.999.999-A',
      'X-9999999-A',
      'Y-9999999-A',
      'Z-9999999-A',
      'X9999999-A',
      'Y9999999-A',
      'Z9999999-A',
    ],
    check: dniCheck,
    alone: ['X9999999A', 'Y9999999A', 'Z9999999A', '99999999-A', '99.999.999-A', 'X-9999999-A', 'Y-9999999-A', 'Z-9999999-A', 'X9999999-A', 'Y9999999-A', 'Z9999999-A'],
    kind: 'shaped',
    passes: 0.041,
    examples: ['dni «81273972E»', 'alta de «03587011-T» ok', 'NIE: «X2076791Y»', 'titular «Y-2477441-X»'],
    counterExamples: ['dni 15391063N', 'part 62596552M', 'nie W1234567L'],
  },
  {
    name: 'pt_nif',
    group: 'pii',
    priority: 56,
    numbers: true,
    summary: 'Portuguese NIF: nine digits with a first digit in use, the last by mod 11.',
    words: [
      'nif',
      'contribuinte',
      'numero de contribuinte',
      'número de contribuinte',
      'numero de identificacao fiscal',
      'número de identificação fiscal',
      'nipc',
      'identificacao fiscal',
      'identificação fiscal',
    ],
    shapes: ['999999999', '999 999 999', '999.999.999'],
    check: nifCheck,
    kind: 'shaped',
    passes: 0.074,
    examples: ['nif «639787487»', 'Contribuinte: «187 796 670»', 'numero_de_contribuinte=«583591140»'],
    counterExamples: ['nif 147398672', 'id 898112761', 'nif 400000000'],
  },
  {
    name: 'it_codice_fiscale',
    group: 'pii',
    priority: 56,
    numbers: false,
    summary: 'Italian codice fiscale: 16 characters with a birth date and a check letter; omocodia letters included.',
    words: ['codice fiscale', 'cod fiscale', 'cod fisc', 'codfisc', 'cf', 'fiscal code'],
    shapes: ['AAAAAA99A99A999A', 'AAAAAANNANNANNNA', 'AAA AAA 99A99 A999A', 'AAA AAA 99A99 A999 A'],
    check: fiscaleCheck,
    alone: ['AAAAAA99A99A999A', 'AAAAAANNANNANNNA', 'AAA AAA 99A99 A999A', 'AAA AAA 99A99 A999 A'],
    kind: 'shaped',
    passes: 0.012,
    examples: ['codice fiscale «AFCGMU65M69M600S»', 'utente «QOGQCM17R24Q032P» attivo', 'cf: «LWZ LMO 37P18 K224Z»', 'CF «QPYRSC9QT10TP70D»'],
    counterExamples: ['cf IHJLST99W15Y497U', 'cf ABCDEF90F10H501Z', 'ABCDEF99A99A9999'],
  },
  {
    name: 'fr_nir',
    group: 'pii',
    priority: 56,
    numbers: false,
    summary: 'French social security number (NIR): sex, year, month, place and order in 13 places and a key by mod 97.',
    words: [
      'nir',
      'insee',
      'securite sociale',
      'sécurité sociale',
      'numero de securite sociale',
      'numéro de sécurité sociale',
      'numero secu',
      'numéro sécu',
      'nss',
      'carte vitale',
      'french social security',
    ],
    shapes: ['999999999999999', '999999A99999999', '9 99 99 99 999 999 99', '9 99 99 9A 999 999 99', '9 99 99 99 999 999 / 99', '9999999999999 99'],
    check: nirCheck,
    alone: ['9 99 99 99 999 999 99', '9 99 99 9A 999 999 99', '9 99 99 99 999 999 / 99'],
    kind: 'shaped',
    passes: 0.0056,
    examples: ['nir «816805762426836»', 'assuré «4 48 55 18 053 006 29» trouvé', 'Sécurité sociale: «4 76 26 2B 185 691 47»'],
    counterExamples: ['nir 794738280039004', 'id 757984585813448', 'nir 9 84 12 76 451 089 46'],
  },
  {
    name: 'nl_bsn',
    group: 'pii',
    priority: 56,
    numbers: true,
    summary: 'Dutch citizen service number (BSN): nine digits, eleven test.',
    words: ['bsn', 'burgerservicenummer', 'burgerservice', 'burger service nummer', 'sofinummer', 'sofi nummer', 'citizen service number'],
    shapes: ['999999999', '9999.99.999', '9999 99 999'],
    check: bsnCheck,
    kind: 'shaped',
    passes: 0.096,
    examples: ['bsn «973294371»', 'Burgerservicenummer: «9378.45.164»', 'bsn=«927715910»'],
    counterExamples: ['bsn 852390021', 'id 113756185', 'bsn 000000000'],
  },
  {
    name: 'be_nrn',
    group: 'pii',
    priority: 56,
    numbers: true,
    summary: 'Belgian national register number: birth date, serial and two check digits by mod 97.',
    words: [
      'nrn',
      'rijksregister',
      'rijksregisternummer',
      'registre national',
      'numero national',
      'numéro national',
      'numero de registre national',
      'numéro de registre national',
      'nationalregisternummer',
      'insz',
      'niss',
      'national register number',
    ],
    shapes: ['99999999999', '99.99.99-999.99', '99.99.99.999-99', '999999-999-99', '99 99 99 999 99'],
    check: nrnCheck,
    alone: ['99999999999', '99.99.99-999.99', '99.99.99.999-99', '999999-999-99'],
    kind: 'checked',
    passes: 0.00082,
    examples: ['nrn «99012661838»', 'lid «07.11.07-508.20» gevonden', 'Rijksregisternummer: «03.07.10-955.21»'],
    counterExamples: ['nrn 65.43.78-342.15', 'nrn 99.13.45-123.45', 'v 93.05.18-223.60'],
  },
]
