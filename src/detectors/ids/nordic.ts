// Identifiers of Sweden, Finland, Norway, Denmark and Iceland.
import { luhnValid, weighted } from '../../engine/checksums.ts'
import { ddmmyy, digitAt, numberAt, oneRepeated, realDate } from './arithmetic.ts'
import type { IdRow } from './types.ts'

/** Coordination numbers have 60 added to the day. */
function personnummerCheck(id: string): boolean {
  if (!/^((18|19|20)\d{2}|\d{2})\d{8}$/.test(id)) return false
  const ten = id.slice(-10)
  const century = id.length === 12 ? numberAt(id, 0, 2) * 100 : 2000
  const day = numberAt(ten, 4, 6)
  return realDate(century + numberAt(ten, 0, 2), numberAt(ten, 2, 4), day > 60 ? day - 60 : day) && luhnValid(ten)
}

/** The century sign is missing when it was `-` or `+`. */
function hetuCheck(id: string): boolean {
  if (!/^\d{6}[-+A-FU-Y]?\d{3}[0-9A-FHJ-NPR-Y]$/.test(id)) return false
  const sign = id.length === 11 ? id[6]! : '-'
  if (!ddmmyy(id, 0, sign === '+' ? 1800 : sign <= 'F' && sign >= 'A' ? 2000 : 1900)) return false
  const serial = id.slice(-4, -1)
  return Number(serial) > 1 && '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(id.slice(0, 6) + serial) % 31] === id.at(-1)
}

/** Individual numbers say the century. D-numbers have 40 added to the day, H-numbers to the month. */
function fnrCheck(id: string): boolean {
  if (!/^\d{11}$/.test(id)) return false
  const first = (11 - (weighted(id, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11)) % 11
  const second = (11 - (weighted(id, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11
  if (first !== digitAt(id, 9) || second !== digitAt(id, 10)) return false
  const [day, month, year, individual] = [numberAt(id, 0, 2), numberAt(id, 2, 4), numberAt(id, 4, 6), numberAt(id, 6, 9)]
  let century = 0
  if (individual < 500 || (individual >= 900 && year >= 40)) century = 1900
  else if (year < 40) century = 2000
  else if (individual < 750 && year >= 54) century = 1800
  return century > 0 && realDate(century + year, month > 40 ? month - 40 : month, day > 40 && month <= 40 ? day - 40 : day)
}

/** The seventh digit says the century; the last digit checks nothing since 2007. */
function cprCheck(id: string): boolean {
  if (!/^\d{10}$/.test(id)) return false
  const year = numberAt(id, 4, 6)
  const seventh = digitAt(id, 6)
  let century = 1900
  if (seventh === 4 || seventh === 9) century = year <= 36 ? 2000 : 1900
  else if (seventh >= 5) century = year <= 57 ? 2000 : 1800
  return ddmmyy(id, 0, century)
}

/** Companies have 40 added to the day. The last digit is the century. */
function kennitalaCheck(id: string): boolean {
  if (!/^\d{9}[890]$/.test(id) || oneRepeated(id)) return false
  const day = numberAt(id, 0, 2)
  const century = id[9] === '0' ? 2000 : 1000 + digitAt(id, 9) * 100
  if (!realDate(century + numberAt(id, 4, 6), numberAt(id, 2, 4), day > 40 ? day - 40 : day)) return false
  return (11 - (weighted(id, [3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === digitAt(id, 8)
}

export const nordic: readonly IdRow[] = [
  {
    name: 'se_personnummer',
    group: 'pii',
    priority: 58,
    numbers: false,
    summary: 'Swedish personal identity or coordination number: birth date, serial, Luhn check over the last ten digits.',
    words: ['personnummer', 'personnr', 'person nummer', 'pnr', 'samordningsnummer', 'swedish personal identity number', 'personal identity number'],
    shapes: ['9999999999', '999999999999', '999999-9999', '999999+9999', '99999999-9999'],
    check: personnummerCheck,
    kind: 'shaped',
    passes: 0.0078,
    examples: ['personnummer «130989-6833»', 'Personnr: «20751010-9981»', 'pnr=«9510125900»', 'personnummer «020819+9455»'],
    counterExamples: ['personnummer 664269-5119', 'order 600909-3227', 'personnummer 991332-1234'],
  },
  {
    name: 'fi_hetu',
    group: 'pii',
    priority: 58,
    numbers: false,
    summary: 'Finnish personal identity code: birth date, century sign, serial and a check character by mod 31.',
    words: ['hetu', 'henkilotunnus', 'henkilötunnus', 'sotu', 'sosiaaliturvatunnus', 'personbeteckning', 'finnish personal identity code', 'personal identity code'],
    shapes: ['999999A999N', '999999-999N', '999999+999N'],
    check: hetuCheck,
    alone: ['999999A999N', '999999-999N', '999999+999N'],
    kind: 'shaped',
    passes: 0.0011,
    examples: ['hetu «291048-360S»', 'asiakas «260270C809J» ok', 'Henkilötunnus: «310588+670B»'],
    counterExamples: ['hetu 822946-477M', 'hetu 321052-308T', '131052G308T'],
  },
  {
    name: 'no_fnr',
    group: 'pii',
    priority: 58,
    numbers: true,
    summary: 'Norwegian birth, D- or H-number: date, individual number and two check digits by mod 11.',
    words: ['fnr', 'fodselsnummer', 'fødselsnummer', 'fodselsnr', 'fødselsnr', 'foedselsnummer', 'personnummer', 'd nummer', 'dnr', 'norwegian national id'],
    shapes: ['99999999999', '999999 99999'],
    check: fnrCheck,
    alone: ['99999999999', '999999 99999'],
    kind: 'checked',
    passes: 0.00082,
    examples: ['fnr «19473351547»', 'bruker «150372 08342» ok', 'Fødselsnummer: «17062181796»'],
    counterExamples: ['fnr 87343060565', 'fnr 32017912345', 'id 00000000000'],
  },
  {
    name: 'dk_cpr',
    group: 'pii',
    priority: 58,
    numbers: false,
    summary: 'Danish CPR number: a birth date and four digits that fit its century.',
    words: ['cpr', 'cprnr', 'cpr nummer', 'cpr nr', 'cpr number', 'personnummer', 'danish personal id'],
    shapes: ['9999999999', '999999-9999'],
    check: cprCheck,
    kind: 'shaped',
    passes: 0.039,
    examples: ['cpr «170751-9773»', 'CPR-nr: «0303845486»', 'personnummer «310318-0555»'],
    counterExamples: ['cpr 320199-1234', 'order 200537-4999', 'cpr 311299-123'],
  },
  {
    name: 'is_kennitala',
    group: 'pii',
    priority: 58,
    numbers: false,
    summary: 'Icelandic kennitala: birth date, two digits, a check digit by mod 11 and the century.',
    words: ['kennitala', 'kennitolu', 'kennitölu', 'kt', 'icelandic national id', 'icelandic id'],
    shapes: ['9999999999', '999999-9999'],
    check: kennitalaCheck,
    kind: 'shaped',
    passes: 0.0021,
    examples: ['kennitala «090120-2048»', 'kt. «180492-8958»', 'kennitala=«1301875360»'],
    counterExamples: ['kennitala 893855-5671', 'order 480237-9788', 'kt 991301-1239'],
  },
]
