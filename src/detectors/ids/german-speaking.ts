// Identifiers of Germany, Austria and Switzerland.
import { eanDigit, weighted } from '../../engine/checksums.ts'
import { ddmmyy, digitAt, digitSums, letterAt, mod1110Digit } from './arithmetic.ts'
import type { IdRow } from './types.ts'

/** Among the first ten digits one occurs twice, or three times but not in a row; every other at most once. */
function steuerIdCheck(id: string): boolean {
  if (!/^[1-9]\d{10}$/.test(id)) return false
  const counts = new Uint8Array(10)
  for (let i = 0; i < 10; i++) {
    const digit = digitAt(id, i)
    counts[digit]!++
    if (i > 1 && id[i] === id[i - 1] && id[i] === id[i - 2]) return false
  }
  let repeated = 0
  for (const count of counts) {
    if (count > 3) return false
    if (count > 1) repeated++
  }
  return repeated === 1 && mod1110Digit(id.slice(0, 10)) === digitAt(id, 10)
}

/** 7-3-1 over the letters that German documents use, A as 10. */
function ausweisCheck(id: string): boolean {
  if (!/^[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ\d]{8}\d$/.test(id)) return false
  let sum = 0
  for (let i = 0; i < 9; i++) {
    const code = id.charCodeAt(i)
    sum += (code <= 0x39 ? code - 0x30 : code - 0x37) * (i % 3 === 0 ? 7 : i % 3 === 1 ? 3 : 1)
  }
  return sum % 10 === digitAt(id, 9)
}

/** The letter at `i` as two digits. */
function letterAsDigits(id: string, i: number): string {
  return String(letterAt(id, i)).padStart(2, '0')
}

function svnrCheck(id: string): boolean {
  if (!/^\d{8}[A-Z]\d{3}$/.test(id) || !ddmmyy(id, 2)) return false
  const digits = id.slice(0, 8) + letterAsDigits(id, 8) + id.slice(9, 11)
  return digitSums(digits, [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]) % 10 === digitAt(id, 11)
}

function healthCheck(id: string): boolean {
  if (!/^[A-Z]\d{9}$/.test(id)) return false
  return digitSums(letterAsDigits(id, 0) + id.slice(1, 9), [1, 2, 1, 2, 1, 2, 1, 2, 1, 2]) % 10 === digitAt(id, 9)
}

function austrianCheck(id: string): boolean {
  return /^[1-9]\d{9}$/.test(id) && weighted(id, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === digitAt(id, 3) && ddmmyy(id, 4)
}

export const germanSpeaking: readonly IdRow[] = [
  {
    name: 'de_steuer_id',
    group: 'pii',
    priority: 56,
    numbers: true,
    summary: 'German tax identification number: eleven digits of which one is repeated, the last by mod 11,10.',
    words: [
      'steuer id',
      'steuerid',
      'steueridentifikationsnummer',
      'steuer identifikationsnummer',
      'steuerliche identifikationsnummer',
      'steuer idnr',
      'idnr',
      'steuernummer',
      'german tax id',
      'tin',
    ],
    shapes: ['99999999999', '99 999 999 999'],
    check: steuerIdCheck,
    kind: 'shaped',
    passes: 0.0033,
    examples: ['steuer id «58194973961»', 'Steuer-ID: «34 500 120 762»', 'steueridentifikationsnummer=«32867840857»'],
    counterExamples: ['steuer id 42697372588', 'id 37420952817', 'steuerid 01234567890'],
  },
  {
    name: 'de_ausweis',
    group: 'pii',
    priority: 56,
    numbers: false,
    summary: 'German identity card or passport number with its check digit: nine characters without vowels, 7-3-1.',
    words: [
      'ausweis',
      'ausweisnummer',
      'ausweisnr',
      'personalausweis',
      'personalausweisnummer',
      'reisepass',
      'reisepassnummer',
      'passnummer',
      'german passport',
      'german id card',
      'passport',
      'identity card',
    ],
    shapes: ['ANNNNNNNN9'],
    check: ausweisCheck,
    kind: 'shaped',
    passes: 0.0068,
    examples: ['ausweis «LX65CN8242»', 'Personalausweis: «LV2K33P5W6»', 'reisepassnummer=«PMMJ8LPY31»'],
    counterExamples: ['ausweis KZINKDKSN6', 'pod M3997K9YP6', 'ausweis A123456789'],
  },
  {
    name: 'de_svnr',
    group: 'pii',
    priority: 56,
    numbers: false,
    summary: 'German pension insurance number: area, birth date, letter, serial and a check digit.',
    words: [
      'svnr',
      'sozialversicherungsnummer',
      'sozialversicherung',
      'rentenversicherungsnummer',
      'rentenversicherung',
      'sv nummer',
      'rvnr',
      'versicherungsnummer',
      'german social security',
    ],
    shapes: ['99999999A999', '99 999999 A 999', '99 999999 A 99 9'],
    check: svnrCheck,
    kind: 'shaped',
    passes: 0.0042,
    examples: ['svnr «10201002P844»', 'Rentenversicherungsnummer: «87 280628 A 886»', 'sozialversicherungsnummer=«26070941M682»'],
    counterExamples: ['svnr 13757971J073', 'lot 81290713T917', 'svnr 15320281W112'],
  },
  {
    name: 'de_health',
    group: 'pii',
    priority: 56,
    numbers: false,
    summary: 'German health insurance number (KVNR): a letter and nine digits, the last by mod 10.',
    words: [
      'kvnr',
      'krankenversicherung',
      'krankenversichertennummer',
      'krankenversicherungsnummer',
      'krankenkasse',
      'versichertennummer',
      'versicherten nummer',
      'german health insurance',
    ],
    shapes: ['A999999999', 'A 999999999', 'A999 999 999'],
    check: healthCheck,
    kind: 'shaped',
    passes: 0.11,
    examples: ['kvnr «M569119590»', 'Versichertennummer: «C208 951 558»', 'krankenversicherungsnummer=«E933171380»'],
    counterExamples: ['kvnr H271710522', 'ticket I230222058', 'kvnr 1123456789'],
  },
  {
    name: 'at_svnr',
    group: 'pii',
    priority: 56,
    numbers: true,
    summary: 'Austrian social insurance number: serial, check digit by mod 11, birth date.',
    words: ['svnr', 'sv nummer', 'sozialversicherungsnummer', 'sozialversicherung', 'versicherungsnummer', 'vsnr', 'austrian social security'],
    shapes: ['9999999999', '9999 999999', '9999-999999', '9999 99 99 99'],
    check: austrianCheck,
    kind: 'shaped',
    passes: 0.0032,
    examples: ['svnr «5323150209»', 'Sozialversicherungsnummer: «4893 031143»', 'sv_nummer=«4161150526»'],
    counterExamples: ['svnr 6821 199830', 'id 4961051243', 'svnr 1237 321380'],
  },
  {
    name: 'ch_ahv',
    group: 'pii',
    priority: 56,
    numbers: true,
    summary: 'Swiss social security number (AHV, AVS): 756 and ten digits, the last as in EAN-13.',
    words: [
      'ahv',
      'ahv nummer',
      'ahvn13',
      'avs',
      'numero avs',
      'numéro avs',
      'numero avs13',
      'sozialversicherungsnummer',
      'nss',
      'swiss social security',
      'avs number',
      'ahv number',
    ],
    shapes: ['7569999999999', '756.9999.9999.99', '756 9999 9999 99'],
    check: (id) => /^756\d{10}$/.test(id) && eanDigit(id.slice(0, 12)) === digitAt(id, 12),
    alone: ['7569999999999', '756.9999.9999.99', '756 9999 9999 99'],
    kind: 'shaped',
    passes: 0.11,
    examples: ['ahv «7568398565417»', 'person «756.5609.8506.38» ok', 'AVS: «756.5038.7701.56»'],
    counterExamples: ['ahv 756.9560.8438.58', 'ahv 757.1234.5678.97', 'v 756.1.2.3'],
  },
]
