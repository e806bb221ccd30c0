// Identifiers of Romania, Bulgaria, Greece, the states of former Yugoslavia, Russia and Ukraine.
import { luhnValid, weighted } from '../../engine/checksums.ts'
import { ddmmyy, digitAt, elevenLess, mod1110Digit, numberAt, oneRepeated, realDate } from './arithmetic.ts'
import type { IdRow } from './types.ts'

/** The first digit says sex and century; 7 to 9, given to residents, leave it open. */
export function cnpCheck(id: string): boolean {
  if (!/^[1-9]\d{12}$/.test(id)) return false
  const first = digitAt(id, 0)
  const century = first <= 2 ? 1900 : first <= 4 ? 1800 : 2000
  if (!realDate(century + numberAt(id, 1, 3), numberAt(id, 3, 5), numberAt(id, 5, 7))) return false
  const rest = weighted(id, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11
  return (rest === 10 ? 1 : rest) === digitAt(id, 12)
}

/** 20 is added to the month of the 1800s, 40 to that of the 2000s. */
export function egnCheck(id: string): boolean {
  if (!/^\d{10}$/.test(id)) return false
  const month = numberAt(id, 2, 4)
  const century = month > 40 ? 2000 : month > 20 ? 1800 : 1900
  if (!realDate(century + numberAt(id, 0, 2), month > 40 ? month - 40 : month > 20 ? month - 20 : month, numberAt(id, 4, 6))) return false
  return (weighted(id, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === digitAt(id, 9)
}

function innCheck(id: string): boolean {
  if (!/^\d{12}$/.test(id) || oneRepeated(id)) return false
  const first = (weighted(id, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10
  const second = (weighted(id, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10
  return first === digitAt(id, 10) && second === digitAt(id, 11)
}

/** The sum can be negative where only the first digit is not 0. */
function rntrcCheck(id: string): boolean {
  return /^\d{10}$/.test(id) && !oneRepeated(id) && ((weighted(id, [-1, 5, 7, 9, 4, 6, 10, 5, 7]) + 11) % 11) % 10 === digitAt(id, 9)
}

export function oibCheck(id: string): boolean {
  return /^\d{11}$/.test(id) && !oneRepeated(id) && mod1110Digit(id.slice(0, 10)) === digitAt(id, 10)
}

/** The year has three digits. */
function jmbgCheck(id: string): boolean {
  if (!/^\d{13}$/.test(id)) return false
  const year = numberAt(id, 4, 7)
  if (!realDate(year >= 800 ? 1000 + year : 2000 + year, numberAt(id, 2, 4), numberAt(id, 0, 2))) return false
  return elevenLess(weighted(id, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) === digitAt(id, 12)
}

export const easternEurope: readonly IdRow[] = [
  {
    name: 'ro_cnp',
    group: 'pii',
    priority: 57,
    numbers: true,
    summary: 'Romanian personal numeric code: sex and century, birth date, county, serial and a check digit by mod 11.',
    words: ['cnp', 'cod numeric personal', 'codul numeric personal', 'romanian personal code'],
    shapes: ['9999999999999'],
    check: cnpCheck,
    kind: 'shaped',
    passes: 0.0034,
    examples: ['cnp «1520807692785»', 'Cod numeric personal: «2200315962355»', 'cnp=«9250203900197»'],
    counterExamples: ['cnp 8596861980333', 'ts 2770114454999', 'cnp 1991332123456'],
  },
  {
    name: 'bg_egn',
    group: 'pii',
    priority: 57,
    numbers: true,
    summary: 'Bulgarian EGN: birth date with the century in the month, serial and a check digit by mod 11.',
    words: ['egn', 'егн', 'edinen grazhdanski nomer', 'единен граждански номер', 'bulgarian personal number'],
    shapes: ['9999999999'],
    check: egnCheck,
    kind: 'shaped',
    passes: 0.012,
    examples: ['egn «2345096499»', 'ЕГН: «3802289514»', 'egn=«3825178761»'],
    counterExamples: ['egn 9272493852', 'id 8241316550', 'egn 9913321234'],
  },
  {
    name: 'gr_amka',
    group: 'pii',
    priority: 57,
    numbers: true,
    summary: 'Greek social security number (AMKA): birth date and a Luhn check over eleven digits.',
    words: ['amka', 'αμκα', 'α.μ.κ.α.', 'arithmos mitroou koinonikis asfalisis', 'αριθμός μητρώου κοινωνικής ασφάλισης', 'greek social security'],
    shapes: ['99999999999', '999999 99999', '999999-99999'],
    check: (id) => /^\d{11}$/.test(id) && ddmmyy(id, 0) && luhnValid(id),
    kind: 'shaped',
    passes: 0.0038,
    examples: ['amka «11089183435»', 'ΑΜΚΑ: «14016623069»', 'amka=«110999 14183»'],
    counterExamples: ['amka 33549670416', 'id 07088821405', 'amka 32019912345'],
  },
  {
    name: 'hr_oib',
    group: 'pii',
    priority: 59,
    numbers: true,
    summary: 'Croatian OIB: eleven digits, the last by mod 11,10.',
    words: ['oib', 'osobni identifikacijski broj', 'croatian personal id'],
    shapes: ['99999999999'],
    check: oibCheck,
    kind: 'shaped',
    passes: 0.11,
    examples: ['oib «00754149586»', 'Osobni identifikacijski broj: «90492200636»', 'oib=«41075031890»'],
    counterExamples: ['oib 05290414139', 'id 11498207995', 'oib 00000000000'],
  },
  {
    name: 'jmbg',
    group: 'pii',
    priority: 59,
    numbers: true,
    summary: 'Personal number of the states of former Yugoslavia (JMBG, EMSO): birth date, region, serial, mod 11.',
    words: [
      'jmbg',
      'jmb',
      'emso',
      'emšo',
      'embg',
      'maticni broj',
      'matični broj',
      'jedinstveni maticni broj gradana',
      'jedinstveni matični broj građana',
      'enotna maticna stevilka',
      'enotna matična številka',
      'јмбг',
      'ембг',
    ],
    shapes: ['9999999999999'],
    check: jmbgCheck,
    kind: 'shaped',
    passes: 0.0037,
    examples: ['jmbg «0411689960260»', 'EMŠO: «1012237334096»', 'maticni_broj=«1609396728204»'],
    counterExamples: ['jmbg 2700269088680', 'ts 1001313861880', 'jmbg 3201990123456'],
  },
  {
    name: 'ru_inn',
    group: 'pii',
    priority: 59,
    numbers: true,
    summary: 'Russian taxpayer number of a person (INN): twelve digits, the last two by mod 11.',
    words: ['inn', 'инн', 'identifikatsionny nomer', 'идентификационный номер налогоплательщика', 'russian tax id'],
    shapes: ['999999999999'],
    check: innCheck,
    kind: 'shaped',
    passes: 0.011,
    examples: ['inn «122765669644»', 'ИНН: «623491037861»', 'inn=«573540449482»'],
    counterExamples: ['inn 549121842691', 'id 527439111115', 'inn 000000000000'],
  },
  {
    name: 'ua_rntrc',
    group: 'pii',
    priority: 59,
    numbers: true,
    summary: 'Ukrainian taxpayer card number (RNTRC): ten digits, the last by mod 11.',
    words: ['rntrc', 'rnokpp', 'рнокпп', 'ipn', 'іпн', 'реєстраційний номер облікової картки', 'ukrainian tax id', 'inn', 'инн'],
    shapes: ['9999999999'],
    check: rntrcCheck,
    kind: 'shaped',
    passes: 0.11,
    examples: ['rnokpp «6830799411»', 'РНОКПП: «6340485265»', 'ipn=«0703722024»'],
    counterExamples: ['rnokpp 9280448077', 'id 8127977364', 'rnokpp 0000000000'],
  },
]
