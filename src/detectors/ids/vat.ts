// VAT numbers of the European Union, Northern Ireland and Great Britain, each with its country's check digits.
import { luhnValid, mod97, weighted } from '../../engine/checksums.ts'
import { digitAt, digitSums, elevenLess, letterAt, mod1110Digit, numberAt } from './arithmetic.ts'
import { ppsLetter } from './britain.ts'
import { latvianCheck, nipCheck, rodneCisloCheck } from './central-europe.ts'
import { cnpCheck, egnCheck, oibCheck } from './eastern-europe.ts'
import type { IdRow } from './types.ts'
import { bsnCheck, dniCheck } from './western-europe.ts'

const austria = (id: string): boolean => /^U\d{8}$/.test(id) && (96 - digitSums(id.slice(1), [1, 2, 1, 2, 1, 2, 1])) % 10 === digitAt(id, 8)

const belgium = (id: string): boolean => /^[01]\d{9}$/.test(id) && 97 - (numberAt(id, 0, 8) % 97) === numberAt(id, 8, 10)

/** Nine digits are companies; ten are citizens, foreigners or others. */
function bulgaria(id: string): boolean {
  if (/^\d{9}$/.test(id)) {
    let check = weighted(id, [1, 2, 3, 4, 5, 6, 7, 8]) % 11
    if (check === 10) check = (weighted(id, [3, 4, 5, 6, 7, 8, 9, 10]) % 11) % 10
    return check === digitAt(id, 8)
  }
  if (!/^\d{10}$/.test(id)) return false
  if (egnCheck(id) || weighted(id, [21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 === digitAt(id, 9)) return true
  return (11 - (weighted(id, [4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === digitAt(id, 9)
}

/** What the digits of odd places count. */
const CYPRUS_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21]

function cyprus(id: string): boolean {
  if (!/^\d{8}[A-Z]$/.test(id) || id.startsWith('12')) return false
  let sum = 0
  for (let i = 0; i < 8; i++) sum += i % 2 === 0 ? CYPRUS_ODD[digitAt(id, i)]! : digitAt(id, i)
  return sum % 26 === id.charCodeAt(8) - 0x41
}

/** Eight digits are companies, nine from 6 persons without a birth number. */
function czechia(id: string): boolean {
  if (/^[0-8]\d{7}$/.test(id)) return (11 - (weighted(id, [8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === digitAt(id, 7)
  if (/^6\d{8}$/.test(id)) {
    const rest = weighted(id.slice(1), [8, 7, 6, 5, 4, 3, 2]) % 11
    return (18 - ((21 - rest) % 11)) % 10 === digitAt(id, 8)
  }
  return rodneCisloCheck(id)
}

/** Companies: the control is a digit, a letter, or either, by the kind of company. */
function spanishCompany(id: string): boolean {
  if (!/^[A-HJNP-SUVW]\d{7}[A-J\d]$/.test(id)) return false
  const check = (10 - (digitSums(id.slice(1), [2, 1, 2, 1, 2, 1, 2]) % 10)) % 10
  const letter = 'JABCDEFGHI'[check]!
  if ('PQSW'.includes(id[0]!) || id.startsWith('00', 1)) return id[8] === letter
  if ('ABEH'.includes(id[0]!)) return id[8] === String(check)
  return id[8] === letter || id[8] === String(check)
}

/** K, L and M are persons who have no DNI. */
const spain = (id: string): boolean => dniCheck(id) || (/^[KLM]/.test(id) && dniCheck(`0${id.slice(1)}`)) || spanishCompany(id)

const FRENCH_KEYS = '0123456789ABCDEFGHJKLMNPQRSTUVWXYZ'

/** A key of two digits, or one with letters, before the nine digits of the company. */
function france(id: string): boolean {
  if (!/^[A-HJ-NP-Z\d]{2}\d{9}$/.test(id)) return false
  const siren = numberAt(id, 2, 11)
  if (!luhnValid(id.slice(2)) && !id.startsWith('000', 2)) return false
  if (/^\d\d/.test(id)) return (12 + 3 * (siren % 97)) % 97 === numberAt(id, 0, 2)
  const [first, second] = [FRENCH_KEYS.indexOf(id[0]!), FRENCH_KEYS.indexOf(id[1]!)]
  const key = first < 10 ? first * 24 + second - 10 : first * 34 + second - 100
  return (siren + 1 + Math.floor(key / 11)) % 11 === key % 11
}

function greece(id: string): boolean {
  return /^\d{9}$/.test(id) && (weighted(id, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10 === digitAt(id, 8)
}

/** Companies have a second letter up to I, and the older form a letter in the second place. */
function ireland(id: string): boolean {
  if (/^\d{7}[A-W][A-W]?$/.test(id)) return ppsLetter(id.slice(0, 7), id.length === 9 ? letterAt(id, 8) % 23 : 0) === id[7]
  return /^\d[A-Z]\d{5}[A-W]$/.test(id) && ppsLetter(`0${id.slice(2, 7)}${id[0]}`, 0) === id[7]
}

/** The province behind the seven digits of the company. */
function italy(id: string): boolean {
  if (!/^\d{11}$/.test(id) || id.startsWith('0000000')) return false
  const province = numberAt(id, 7, 10)
  return ((province >= 1 && province <= 100) || province === 120 || province === 121 || province === 888 || province === 999) && luhnValid(id)
}

/** The last digit but one is 1. */
function lithuania(id: string): boolean {
  if (!/^(\d{7}|\d{10})1\d$/.test(id)) return false
  const weights = id.length === 9 ? [1, 2, 3, 4, 5, 6, 7, 8] : [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2]
  let check = weighted(id, weights) % 11
  if (check === 10) check = (weighted(id, id.length === 9 ? [3, 4, 5, 6, 7, 8, 9, 1] : [3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4]) % 11) % 10
  return check === digitAt(id, id.length - 1)
}

function latvia(id: string): boolean {
  if (/^[4-9]\d{10}$/.test(id)) return weighted(id, [9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 === 3
  return latvianCheck(id)
}

/** Companies have the eleven test, persons since 2020 a mod 97 over the whole number. */
const netherlands = (id: string): boolean => /^\d{9}B\d{2}$/.test(id) && (bsnCheck(id.slice(0, 9)) || mod97(`NL${id}`) === 1)

function romania(id: string): boolean {
  if (id.length === 13) return cnpCheck(id)
  if (!/^[1-9]\d{1,9}$/.test(id)) return false
  const ten = id.padStart(10, '0')
  return ((weighted(ten, [7, 5, 3, 2, 1, 7, 5, 3, 2]) * 10) % 11) % 10 === digitAt(ten, 9)
}

function slovenia(id: string): boolean {
  const check = /^[1-9]\d{7}$/.test(id) ? 11 - (weighted(id, [8, 7, 6, 5, 4, 3, 2]) % 11) : 11
  return check < 11 && check % 10 === digitAt(id, 7)
}

const slovakia = (id: string): boolean => (/^[1-9]\d[2-47-9]\d{7}$/.test(id) && Number(id) % 11 === 0) || rodneCisloCheck(id)

/** Branches have three more digits; government and health authorities have three alone. */
function britain(id: string): boolean {
  if (/^GD[0-4]\d\d$|^HA[5-9]\d\d$/.test(id)) return true
  if (!/^\d{9}(\d{3})?$/.test(id)) return false
  const rest = (weighted(id, [8, 7, 6, 5, 4, 3, 2]) + numberAt(id, 7, 9)) % 97
  return rest === 0 || (id >= '100' && (rest === 42 || rest === 55))
}

const COUNTRIES: ReadonlyMap<string, (id: string) => boolean> = new Map([
  ['AT', austria],
  ['BE', belgium],
  ['BG', bulgaria],
  ['CY', cyprus],
  ['CZ', czechia],
  ['DE', (id) => /^[1-9]\d{8}$/.test(id) && mod1110Digit(id.slice(0, 8)) === digitAt(id, 8)],
  ['DK', (id) => /^[1-9]\d{7}$/.test(id) && weighted(id, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0],
  ['EE', (id) => /^\d{9}$/.test(id) && weighted(id, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0],
  ['EL', greece],
  ['ES', spain],
  ['FI', (id) => /^\d{8}$/.test(id) && weighted(id, [7, 9, 10, 5, 8, 4, 2, 1]) % 11 === 0],
  ['FR', france],
  ['GB', britain],
  ['GR', greece],
  ['HR', oibCheck],
  ['HU', (id) => /^\d{8}$/.test(id) && weighted(id, [9, 7, 3, 1, 9, 7, 3, 1]) % 10 === 0],
  ['IE', ireland],
  ['IT', italy],
  ['LT', lithuania],
  ['LU', (id) => /^\d{8}$/.test(id) && numberAt(id, 0, 6) % 89 === numberAt(id, 6, 8)],
  ['LV', latvia],
  ['MT', (id) => /^[1-9]\d{7}$/.test(id) && weighted(id, [3, 4, 6, 7, 8, 9, 10, 1]) % 37 === 0],
  ['NL', netherlands],
  ['PL', nipCheck],
  ['PT', (id) => /^[1-9]\d{8}$/.test(id) && elevenLess(weighted(id, [9, 8, 7, 6, 5, 4, 3, 2]) % 11) === digitAt(id, 8)],
  ['RO', romania],
  ['SE', (id) => /^\d{10}(0[1-9]|[1-8]\d|9[0-4])$/.test(id) && luhnValid(id.slice(0, 10))],
  ['SI', slovenia],
  ['SK', slovakia],
  ['XI', britain],
])

function vatCheck(id: string): boolean {
  return /\d.*\d/.test(id) && COUNTRIES.get(id.slice(0, 2))?.(id.slice(2)) === true
}

export const vat: readonly IdRow[] = [
  {
    name: 'eu_vat',
    group: 'pii',
    priority: 60,
    numbers: false,
    summary: "European VAT number: country letters and the check digits of the country's own number.",
    words: [
      'vat',
      'vat number',
      'vat no',
      'vat id',
      'vat reg',
      'vatin',
      'tax id',
      'ust id',
      'ustid',
      'ust idnr',
      'ustidnr',
      'umsatzsteuer',
      'uid',
      'uid nummer',
      'tva',
      'numero tva',
      'numéro tva',
      'iva',
      'partita iva',
      'piva',
      'nif',
      'nipc',
      'btw',
      'btw nummer',
      'moms',
      'momsnr',
      'alv',
      'nip',
      'dic',
      'dič',
      'afm',
      'αφμ',
      'pvm',
      'pvn',
      'kmkr',
      'ddv',
      'pdv',
      'dds',
      'ддс',
      'adoszam',
      'adószám',
    ],
    shapes: ['AANNNNN?N?N?N?N?N?N?N?N?', 'AA NNNNN?N?N?N?N?N?N?N?N?', 'AA 999 999 999', 'AA 9999.999.999', 'AA NN 999 999 999', 'AA 999 9999 99'],
    check: vatCheck,
    kind: 'shaped',
    passes: 0.0013,
    examples: ['vat «DE441965020»', 'USt-IdNr: «DE 948 966 754»', 'btw_nummer=«NL473889511B09»', 'TVA «FR 91 903 900 702»'],
    counterExamples: ['vat DE336064511', 'order DE557904975', 'vat ZZ123456789'],
  },
]
