// Identifiers of devices, SIM cards, vehicles and banks.
import { luhnValid } from '../../engine/checksums.ts'
import { oneRepeated } from './arithmetic.ts'
import type { IdRow } from './types.ts'

/** What A to Z count; I, O and Q do not occur. */
const VIN_LETTERS = '12345678.12345.7.923456789'
const VIN_WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]

/** North America and China have a check digit in the ninth place, and a serial that ends in four digits. */
function vinCheck(id: string): boolean {
  if (!/^[A-HJ-NPR-Z\d]{8}[\dX][A-HJ-NPR-Z\d]{4}\d{4}$/.test(id) || oneRepeated(id)) return false
  let sum = 0
  for (let i = 0; i < 17; i++) {
    const code = id.charCodeAt(i)
    sum += (code <= 0x39 ? code - 0x30 : Number(VIN_LETTERS[code - 0x41])) * VIN_WEIGHTS[i]!
  }
  return '0123456789X'[sum % 11] === id[8]
}

/** Codes of ISO 3166, and XK, which banks use for Kosovo. */
const COUNTRIES =
  'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW'

function bicCheck(id: string): boolean {
  // Two letters in a row are one code: a blank is between all others.
  return /^[A-Z]{6}[A-Z\d]{2}([A-Z\d]{3})?$/.test(id) && COUNTRIES.includes(id.slice(4, 6))
}

export const things: readonly IdRow[] = [
  {
    name: 'imei',
    group: 'network',
    priority: 60,
    numbers: true,
    summary: 'IMEI of a mobile device: 15 digits, Luhn check.',
    words: ['imei', 'imei number', 'imei1', 'imei2', 'international mobile equipment'],
    shapes: ['999999999999999', '99-999999-999999-9', '99 999999 999999 9', '999999-99-999999-9'],
    check: (id) => /^\d{15}$/.test(id) && !oneRepeated(id) && luhnValid(id),
    kind: 'shaped',
    passes: 0.11,
    examples: ['imei «532903305670814»', 'IMEI: «54-543483-802980-2»', 'imei=«96 161073 020890 0»'],
    counterExamples: ['imei 397545526210168', 'id 443946250457560', 'imei 000000000000000'],
  },
  {
    name: 'iccid',
    group: 'pii',
    priority: 60,
    numbers: false,
    summary: 'ICCID of a SIM card: 19 or 20 digits from 89, Luhn check.',
    words: ['iccid', 'icc id', 'sim', 'sim card', 'sim number', 'simid', 'sim serial'],
    shapes: ['8999999999999999999', '89999999999999999999', '8999 9999 9999 9999 999', '8999 9999 9999 9999 9999'],
    check: (id) => /^89\d{17,18}$/.test(id) && luhnValid(id),
    kind: 'shaped',
    passes: 0.011,
    examples: ['iccid «8940802970282230070»', 'SIM card: «89462091747914980257»', 'sim_number=«8948 0934 7295 1131 763»'],
    counterExamples: ['iccid 8553743394212780867', 'id 8947998834595859992', 'iccid 7910120000320451022'],
  },
  {
    name: 'vin',
    group: 'pii',
    priority: 60,
    numbers: false,
    summary: 'Vehicle identification number: 17 places without I, O and Q; the check digit of North America and China, or a word beside it.',
    words: [
      'vin',
      'vin number',
      'vin no',
      'vehicle identification',
      'vehicle identification number',
      'chassis',
      'chassis number',
      'chassis no',
      'fahrgestellnummer',
      'fahrzeugidentifikationsnummer',
      'fin',
      'numero de chassis',
      'numéro de châssis',
      'telaio',
      'bastidor',
    ],
    shapes: ['NNNNNNNNNNNNNNNNN'],
    check: vinCheck,
    withContext: (id) => /^[A-HJ-NPR-Z\d]{17}$/.test(id) && /\d/.test(id) && !oneRepeated(id),
    alone: ['NNNNNNNNNNNNNNNNN'],
    kind: 'checked',
    passes: 0.000076,
    examples: ['vin «2N7H5TMM7G0YW4351»', 'car «P5D2TK7J7UATW1500» sold', 'chassis number: «WVWZZZ1JZXW000001»'],
    counterExamples: ['id 7WKW7WES4BKRVSV2K', 'vin 1M8GDM9AXKPO42788', 'vin 1M8GDM9AXKP04278'],
  },
  {
    name: 'bic',
    group: 'pii',
    priority: 60,
    numbers: false,
    summary: 'Bank identifier code (SWIFT): four letters, a country, two or five letters and digits.',
    words: ['bic', 'bic code', 'swift', 'swift code', 'swift bic', 'bank identifier', 'bank identifier code'],
    shapes: ['AAAAAANN', 'AAAAAANNNNN'],
    check: bicCheck,
    kind: 'shaped',
    passes: 0.39,
    examples: ['bic «JUBTMN9N»', 'SWIFT code: «CRHSMEM99TG»', 'swift=«ESPVZAZC»'],
    counterExamples: ['bic ABCDXX12', 'class XVILVUVN', 'swift ABCD12'],
  },
]
