// Identifiers of Poland, the Czech and Slovak Republics, Hungary and the Baltic states.
import { weighted } from '../../engine/checksums.ts'
import { ddmmyy, digitAt, numberAt, oneRepeated, realDate } from './arithmetic.ts'
import type { IdRow } from './types.ts'

/** What is added to the month says the century. */
const PESEL_CENTURIES = [1900, 2000, 2100, 2200, 1800]

function peselCheck(id: string): boolean {
  if (!/^\d{11}$/.test(id)) return false
  const month = numberAt(id, 2, 4)
  if (!realDate(PESEL_CENTURIES[Math.floor(month / 20)]! + numberAt(id, 0, 2), month % 20, numberAt(id, 4, 6))) return false
  return (10 - (weighted(id, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10 === digitAt(id, 10)
}

function regonCheck(id: string): boolean {
  if (!/^(\d{9}|\d{14})$/.test(id) || oneRepeated(id)) return false
  if ((weighted(id, [8, 9, 2, 3, 4, 5, 6, 7]) % 11) % 10 !== digitAt(id, 8)) return false
  return id.length === 9 || (weighted(id, [2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8]) % 11) % 10 === digitAt(id, 13)
}

export function nipCheck(id: string): boolean {
  return /^\d{10}$/.test(id) && !oneRepeated(id) && weighted(id, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === digitAt(id, 9)
}

/** Women have 50 added to the month; 20 more since 2004. Nine digits, without a check digit, until 1953. */
export function rodneCisloCheck(id: string): boolean {
  if (!/^\d{9,10}$/.test(id)) return false
  const yy = numberAt(id, 0, 2)
  if (id.length === 9 && yy > 53) return false
  const year = id.length === 10 && yy < 54 ? 2000 + yy : 1900 + yy
  let month = numberAt(id, 2, 4) % 50
  if (month > 20 && year >= 2004) month -= 20
  if (!realDate(year, month, numberAt(id, 4, 6))) return false
  if (id.length === 9) return true
  const rest = numberAt(id, 0, 9) % 11
  return rest === digitAt(id, 9) || (rest === 10 && id[9] === '0' && year < 1985)
}

/** The tax number of a person, or the social insurance number (TAJ). */
function hungarianCheck(id: string): boolean {
  if (/^8\d{9}$/.test(id)) return weighted(id, [1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 === digitAt(id, 9)
  return /^\d{9}$/.test(id) && !oneRepeated(id) && weighted(id, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 === digitAt(id, 8)
}

/** The seventh digit says the century; numbers given since 2017 begin with 32-39 and hold no date. */
export function latvianCheck(id: string): boolean {
  if (!/^\d{11}$/.test(id)) return false
  const first = numberAt(id, 0, 2)
  if (first < 32 || first > 39) {
    const century = digitAt(id, 6)
    if (century > 2 || !ddmmyy(id, 0, 1800 + century * 100)) return false
  }
  return ((1101 - weighted(id, [1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11) % 10 === digitAt(id, 10)
}

function estonianCheck(id: string): boolean {
  if (!/^[1-8]\d{10}$/.test(id)) return false
  const century = 1800 + Math.floor((digitAt(id, 0) - 1) / 2) * 100
  if (!realDate(century + numberAt(id, 1, 3), numberAt(id, 3, 5), numberAt(id, 5, 7))) return false
  let check = weighted(id, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11
  if (check === 10) check = (weighted(id, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11) % 10
  return check === digitAt(id, 10)
}

export const centralEurope: readonly IdRow[] = [
  {
    name: 'pl_pesel',
    group: 'pii',
    priority: 57,
    numbers: true,
    summary: 'Polish PESEL: birth date with the century in the month, serial and a check digit by mod 10.',
    words: ['pesel', 'nr pesel', 'numer pesel', 'ewidencyjny', 'numer ewidencyjny', 'polish national id'],
    shapes: ['99999999999'],
    check: peselCheck,
    kind: 'shaped',
    passes: 0.019,
    examples: ['pesel «01660796577»', 'nr PESEL: «16420456615»', 'pesel=«45412909226»'],
    counterExamples: ['pesel 74271061256', 'id 87320532886', 'pesel 44131401359'],
  },
  {
    name: 'pl_nip',
    group: 'pii',
    priority: 57,
    numbers: true,
    summary: 'Polish tax number (NIP): ten digits, the last by mod 11.',
    words: ['nip', 'nr nip', 'numer nip', 'identyfikacji podatkowej', 'numer identyfikacji podatkowej', 'podatkowy', 'polish tax'],
    shapes: ['9999999999', '999-999-99-99', '999-99-99-999', '999 999 99 99'],
    check: nipCheck,
    kind: 'shaped',
    passes: 0.094,
    examples: ['nip «574-495-74-44»', 'NIP: «5117765264»', 'nr_nip=«029-89-48-326»'],
    counterExamples: ['nip 921-286-93-21', 'id 9506084170', 'nip 0000000000'],
  },
  {
    name: 'pl_regon',
    group: 'pii',
    priority: 57,
    numbers: true,
    summary: 'Polish business register number (REGON): 9 or 14 digits, the last by mod 11.',
    words: ['regon', 'nr regon', 'numer regon', 'rejestr gospodarki narodowej'],
    shapes: ['999999999', '99999999999999', '999 999 999'],
    check: regonCheck,
    kind: 'shaped',
    passes: 0.11,
    examples: ['regon «820304627»', 'REGON: «52564497506054»', 'nr_regon=«091 467 170»'],
    counterExamples: ['regon 042660259', 'id 708413300', 'regon 000000000'],
  },
  {
    name: 'cz_rodne_cislo',
    group: 'pii',
    priority: 57,
    numbers: false,
    summary: 'Czech or Slovak birth number: date, serial, divisible by 11; nine digits until 1953.',
    words: ['rodne cislo', 'rodné číslo', 'rodnecislo', 'rc', 'r.c.', 'rč', 'czech birth number', 'slovak birth number', 'birth number'],
    shapes: ['9999999999', '999999/9999', '999999999', '999999/999'],
    check: rodneCisloCheck,
    kind: 'shaped',
    passes: 0.041,
    examples: ['rodné číslo «695625/7836»', 'rodne_cislo=«0852148550»', 'RC: «691222/3550»', 'rodné číslo «430422/488»'],
    counterExamples: ['rodne cislo 499595/5098', 'path 646211/6166', 'rodne cislo 991332/1234'],
  },
  {
    name: 'hu_tax_id',
    group: 'pii',
    priority: 57,
    numbers: true,
    summary: 'Hungarian tax number of a person (ten digits from 8, mod 11) or social insurance number (TAJ, nine digits, mod 10).',
    words: [
      'adoazonosito',
      'adóazonosító',
      'adoazonosito jel',
      'adóazonosító jel',
      'adojel',
      'adószám',
      'adoszam',
      'taj',
      'taj szam',
      'taj szám',
      'tajszam',
      'tajszám',
      'hungarian tax',
    ],
    shapes: ['8999999999', '999999999', '999 999 999', '999-999-999'],
    check: hungarianCheck,
    kind: 'shaped',
    passes: 0.11,
    examples: ['adóazonosító jel «8635581253»', 'TAJ: «361 010 368»', 'taj_szam=«096453012»'],
    counterExamples: ['taj 499 125 716', 'id 736055725', 'adoazonosito 7123456789'],
  },
  {
    name: 'lv_pk',
    group: 'pii',
    priority: 57,
    numbers: true,
    summary: 'Latvian personal code: birth date, or 32-39 in new ones, and a check digit by mod 11.',
    words: ['personas kods', 'personas koda', 'pk', 'latvian personal code', 'personal code'],
    shapes: ['99999999999', '999999-99999'],
    check: latvianCheck,
    kind: 'shaped',
    passes: 0.0095,
    examples: ['personas kods «378731-03367»', 'personasKods=«39526046900»', 'PK: «352432-48079»'],
    counterExamples: ['personas kods 543543-42930', 'order 343557-46895', 'personas kods 991399-10000'],
  },
  {
    name: 'ee_lt_id',
    group: 'pii',
    priority: 57,
    numbers: true,
    summary: 'Estonian or Lithuanian personal code: century and sex, birth date, serial, two-stage mod 11.',
    words: ['isikukood', 'ik', 'asmens kodas', 'asmens koda', 'estonian id code', 'lithuanian personal code', 'personal code', 'personal identification code'],
    shapes: ['99999999999'],
    check: estonianCheck,
    kind: 'shaped',
    passes: 0.0034,
    examples: ['isikukood «24303242090»', 'Asmens kodas: «78711173425»', 'asmens_kodas=«59105052755»'],
    counterExamples: ['isikukood 23577537569', 'id 53907295836', 'isikukood 39913320000'],
  },
]
