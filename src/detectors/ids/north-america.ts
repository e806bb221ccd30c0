// Identifiers of the United States, Canada and Mexico.
import { abaDigit, luhnValid } from '../../engine/checksums.ts'
import { digitAt, oneRepeated, yymmdd } from './arithmetic.ts'
import type { IdRow } from './types.ts'

function deaCheck(id: string): boolean {
  if (!/^[A-HJ-MPRSTUX][A-Z9]\d{7}$/.test(id)) return false
  const odd = digitAt(id, 2) + digitAt(id, 4) + digitAt(id, 6)
  const even = digitAt(id, 3) + digitAt(id, 5) + digitAt(id, 7)
  return (odd + 2 * even) % 10 === digitAt(id, 8)
}

/** Prefixes that the campuses of the revenue service and the internet have handed out. */
function einPrefix(prefix: number): boolean {
  return (
    (prefix >= 1 && prefix <= 6) ||
    (prefix >= 10 && prefix <= 16) ||
    (prefix >= 20 && prefix <= 27) ||
    (prefix >= 30 && prefix <= 48) ||
    (prefix >= 50 && prefix <= 68) ||
    (prefix >= 71 && prefix <= 77) ||
    (prefix >= 80 && prefix <= 88) ||
    (prefix >= 90 && prefix <= 95) ||
    prefix >= 98
  )
}

const CURP_STATES = 'AS BC BS CC CH CL CM CS DF DG GR GT HG JC MC MN MS NE NL NT OC PL QR QT SL SP SR TC TL TS VZ YN ZS'

/** 0-9, A-N, then Ñ, so that O to Z count one more than their place. */
function curpValue(code: number): number {
  if (code <= 0x39) return code - 0x30
  return code <= 0x4e ? code - 0x37 : code - 0x36
}

function curpCheck(id: string): boolean {
  if (!/^[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d$/.test(id) || !CURP_STATES.includes(id.slice(11, 13))) return false
  // A digit in the seventeenth place means born before 2000, a letter later.
  if (!yymmdd(id, 4, id.charCodeAt(16) <= 0x39 ? 1900 : 2000)) return false
  let sum = 0
  for (let i = 0; i < 17; i++) sum += curpValue(id.charCodeAt(i)) * (18 - i)
  return (10 - (sum % 10)) % 10 === digitAt(id, 17)
}

export const northAmerica: readonly IdRow[] = [
  {
    name: 'us_npi',
    group: 'phi',
    priority: 52,
    numbers: true,
    summary: 'US National Provider Identifier: ten digits from 1 or 2, Luhn check with 80840 in front.',
    words: ['npi', 'npi number', 'national provider', 'national provider identifier', 'provider id', 'provider number', 'provider'],
    shapes: ['9999999999'],
    check: (id) => /^[12]\d{9}$/.test(id) && luhnValid(`80840${id}`),
    kind: 'shaped',
    passes: 0.021,
    examples: ['npi «1582503458»', 'NPI: «1127660870»', 'provider_id=«2267119438»'],
    counterExamples: ['npi 6826588888', 'call 2462379175', 'npi 3234567893'],
  },
  {
    name: 'us_dea',
    group: 'phi',
    priority: 52,
    numbers: false,
    summary: 'US DEA registration number of a prescriber: registrant letter, letter or 9, seven digits with a check digit.',
    words: ['dea', 'dea number', 'dea no', 'dea registration', 'drug enforcement'],
    shapes: ['AN9999999'],
    check: deaCheck,
    kind: 'shaped',
    passes: 0.055,
    examples: ['dea «FM7502164»', 'DEA registration: «TL1394028»', 'dea_number=«HY8552350»'],
    counterExamples: ['dea CZ3341159', 'order LC8200824', 'dea NA1234563'],
  },
  {
    name: 'us_mbi',
    group: 'phi',
    priority: 52,
    numbers: false,
    summary: 'US Medicare Beneficiary Identifier: eleven places, digits and letters where the rules put them.',
    words: ['mbi', 'medicare', 'medicare number', 'medicare id', 'medicare beneficiary', 'beneficiary identifier', 'beneficiary id'],
    shapes: ['9AN9AN9AA99', '9AN9-AN9-AA99', '9AN9 AN9 AA99'],
    check: (id) => /^[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d[AC-HJKMNP-RT-Y]{2}\d{2}$/.test(id),
    alone: ['9AN9AN9AA99', '9AN9-AN9-AA99'],
    kind: 'shaped',
    passes: 0.23,
    examples: ['mbi «1JQ2JX2WE05»', 'claim of «2QU2-FN7-UA66»', 'Medicare: «2VQ1 GK0 XJ90»'],
    counterExamples: ['mbi 0EG4TE5MK73', 'mbi 1EG4-TE5-MS73', 'mbi 1EG4TE5MK7'],
  },
  {
    name: 'us_routing',
    group: 'pii',
    priority: 52,
    numbers: true,
    summary: 'US bank routing number: nine digits, prefix of a district, 3-7-1 check.',
    words: ['routing', 'routing number', 'routing no', 'aba', 'aba number', 'aba routing', 'rtn', 'routing transit', 'transit number'],
    shapes: ['999999999'],
    check: (id) => /^(0\d|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)\d{7}$/.test(id) && !oneRepeated(id) && abaDigit(id.slice(0, 8)) === digitAt(id, 8),
    kind: 'shaped',
    passes: 0.04,
    examples: ['routing «242322070»', 'aba: «291843306»', 'routing_number=«063939105»'],
    counterExamples: ['routing 195372978', 'rows 227507739', 'routing 000000000'],
  },
  {
    name: 'us_ein',
    group: 'pii',
    priority: 52,
    numbers: false,
    summary: 'US Employer Identification Number: a prefix in use, a hyphen and seven digits.',
    words: ['ein', 'fein', 'ein number', 'employer identification', 'employer identification number', 'employer id', 'federal tax id', 'tax identification number', 'tin'],
    shapes: ['999999999', '99-9999999'],
    check: (id) => /^\d{9}$/.test(id) && einPrefix(Number(id.slice(0, 2))),
    kind: 'shaped',
    passes: 0.87,
    examples: ['ein «94-5063960»', 'Employer Identification Number: «64-8505178»', 'fein=«150079738»'],
    counterExamples: ['ein 07-1234567', 'part 52-5043447', 'ein 12-345678'],
  },
  {
    name: 'ca_sin',
    group: 'pii',
    priority: 53,
    numbers: true,
    summary: 'Canadian Social Insurance Number: nine digits, not from 0 or 8, Luhn check.',
    words: ['sin', 'sin number', 'social insurance', 'social insurance number', 'assurance sociale', "numero d'assurance sociale", "numéro d'assurance sociale"],
    shapes: ['999999999', '999 999 999', '999-999-999'],
    check: (id) => /^[1-79]\d{8}$/.test(id) && luhnValid(id),
    kind: 'shaped',
    passes: 0.084,
    examples: ['sin «305 385 296»', 'Social Insurance Number: «952-637-205»', 'sin=«681489837»'],
    counterExamples: ['sin 877 394 417', 'total 565 853 991', 'sin 046 454 286'],
  },
  {
    name: 'mx_curp',
    group: 'pii',
    priority: 59,
    numbers: false,
    summary: 'Mexican CURP: 18 letters and digits with a birth date, sex, state and check digit.',
    words: ['curp', 'clave unica', 'clave única', 'clave unica de registro de poblacion', 'clave única de registro de población', 'registro de poblacion', 'registro de población'],
    shapes: ['AAAA999999AAAAAAN9'],
    check: curpCheck,
    alone: ['AAAA999999AAAAAAN9'],
    kind: 'checked',
    passes: 0.000021,
    examples: ['curp «KZXK541012XQRUWUT3»', 'alta de «UYXS720918MSPSRV13» ok', 'CURP: «PNXC671114MASVDVM1»'],
    counterExamples: ['curp URRM451899KUGRZI73', 'curp ABCD901332HDFRRL09', 'BUILD990101RELEASE9'],
  },
]
