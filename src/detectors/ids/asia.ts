// Identifiers of India, Singapore, China, Korea, Japan, Thailand, Israel, Turkey, Hong Kong, Taiwan and South Africa.
import { luhnValid, verhoeffDigit, weighted } from '../../engine/checksums.ts'
import { digitAt, elevenLess, numberAt, oneRepeated, realDate, yymmdd } from './arithmetic.ts'
import type { IdRow } from './types.ts'

const BASE36 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'

const panCheck = (id: string): boolean => /^[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]$/.test(id)

function gstinCheck(id: string): boolean {
  if (!/^(0[1-9]|[12]\d|3[0-8])[A-Z0-9]{10}[1-9A-Z]Z[A-Z0-9]$/.test(id) || !panCheck(id.slice(2, 12))) return false
  let sum = 0
  for (let i = 0; i < 14; i++) {
    const product = BASE36.indexOf(id[i]!) * (i % 2 === 0 ? 1 : 2)
    sum += Math.floor(product / 36) + (product % 36)
  }
  return BASE36[(36 - (sum % 36)) % 36] === id[14]
}

/** S and T are citizens, F, G and M foreigners; T and G since 2000, M since 2022. */
function nricCheck(id: string): boolean {
  if (!/^[STFGM]\d{7}[A-Z]$/.test(id)) return false
  const series = id[0]!
  const sum = weighted(id.slice(1), [2, 7, 6, 5, 4, 3, 2]) + (series === 'T' || series === 'G' ? 4 : series === 'M' ? 3 : 0)
  if (series === 'M') return 'KLJNPQRTUWX'[10 - (sum % 11)] === id[8]
  return (series === 'S' || series === 'T' ? 'JZIHGFEDCBA' : 'XWUTRQPNMLK')[sum % 11] === id[8]
}

function southAfricanCheck(id: string): boolean {
  return /^\d{10}[012]\d{2}$/.test(id) && yymmdd(id, 0) && luhnValid(id)
}

/** Province, or Hong Kong, Macau and Taiwan residents. */
const CHINESE_REGION = /^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91)/

function chineseCheck(id: string): boolean {
  if (!/^\d{6}(18|19|20)\d{9}[\dX]$/.test(id) || !CHINESE_REGION.test(id)) return false
  if (!realDate(numberAt(id, 6, 10), numberAt(id, 10, 12), numberAt(id, 12, 14))) return false
  return '10X98765432'[weighted(id, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11] === id[17]
}

/** The seventh digit says sex and century. Numbers given since October 2020 have no check digit. */
function koreanCheck(id: string): boolean {
  if (!/^\d{6}[1-8]\d{6}$/.test(id)) return false
  const sex = digitAt(id, 6)
  return yymmdd(id, 0, sex === 1 || sex === 2 || sex === 5 || sex === 6 ? 1900 : 2000)
}

function turkishCheck(id: string): boolean {
  if (!/^[1-9]\d{10}$/.test(id)) return false
  const odd = weighted(id, [1, 0, 1, 0, 1, 0, 1, 0, 1])
  const even = weighted(id, [0, 1, 0, 1, 0, 1, 0, 1])
  const tenth = (7 * odd - even) % 10
  return (tenth + 10) % 10 === digitAt(id, 9) && (odd + even + digitAt(id, 9)) % 10 === digitAt(id, 10)
}

/** A single letter has a blank before it, which counts 36. */
function hongKongCheck(id: string): boolean {
  if (!/^[A-Z]{1,2}\d{6}[\dA]$/.test(id)) return false
  let sum = id.length === 8 ? 36 * 9 : 0
  for (let i = 0; i < id.length; i++) {
    const code = id.charCodeAt(i)
    sum += (code <= 0x39 ? code - 0x30 : code - 0x37) * (id.length - i)
  }
  return sum % 11 === 0
}

/** Letters in the order of their values, which begin with 10. */
const TAIWAN_LETTERS = 'ABCDEFGHJKLMNPQRSTUVXYWZIO'

function taiwanCheck(id: string): boolean {
  if (!/^[A-Z][1289]\d{8}$/.test(id)) return false
  return weighted(TAIWAN_LETTERS.indexOf(id[0]!) + 10 + id.slice(1), [1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1]) % 10 === 0
}

export const asia: readonly IdRow[] = [
  {
    name: 'in_aadhaar',
    group: 'pii',
    priority: 54,
    numbers: true,
    summary: 'Indian Aadhaar number: twelve digits, not from 0 or 1, Verhoeff check.',
    words: ['aadhaar', 'aadhar', 'adhaar', 'adhar', 'uidai', 'uid', 'aadhaar number', 'आधार'],
    shapes: ['999999999999', '9999 9999 9999', '9999-9999-9999'],
    check: (id) => /^[2-9]\d{11}$/.test(id) && !oneRepeated(id) && verhoeffDigit(id.slice(0, 11)) === digitAt(id, 11),
    kind: 'shaped',
    passes: 0.084,
    examples: ['aadhaar «5524 0768 2669»', 'Aadhaar number: «683264586452»', 'uid=«5244-4616-2471»'],
    counterExamples: ['aadhaar 6465 6502 0765', 'row 2550 2683 0201', 'aadhaar 1234 5678 9012'],
  },
  {
    name: 'in_pan',
    group: 'pii',
    priority: 54,
    numbers: false,
    summary: 'Indian Permanent Account Number: five letters, the fourth a kind of holder, four digits, a letter.',
    words: ['pan', 'pan number', 'pan no', 'pan card', 'permanent account', 'permanent account number', 'income tax'],
    shapes: ['AAAAA9999A'],
    check: panCheck,
    kind: 'shaped',
    passes: 0.4,
    examples: ['pan «FGRTG6593L»', 'Permanent Account Number: «GPEHZ5239O»', 'pan_card=«KPULE3783K»'],
    counterExamples: ['pan ABCDE1234F', 'part QFDGM5535K', 'pan ABCP12345F'],
  },
  {
    name: 'in_gstin',
    group: 'pii',
    priority: 54,
    numbers: false,
    summary: 'Indian GST number: state, PAN, entity, Z and a check character by mod 36.',
    words: ['gstin', 'gst', 'gst number', 'gst no', 'goods and services tax'],
    shapes: ['99AAAAA9999ANZN'],
    check: gstinCheck,
    alone: ['99AAAAA9999ANZN'],
    kind: 'shaped',
    passes: 0.0042,
    examples: ['gstin «02JHXLG4248L2ZX»', 'supplier «29EUELJ3005VQZI» added', 'GST no: «13JMXBO1592GWZC»'],
    counterExamples: ['gstin 63DFEXA5884OVZ4', 'gstin 39AAPFU0939F1ZV', 'gstin 27AAPFU0939F1YV'],
  },
  {
    name: 'sg_nric',
    group: 'pii',
    priority: 59,
    numbers: false,
    summary: 'Singapore NRIC or FIN: series letter, seven digits, check letter by mod 11.',
    words: ['nric', 'fin', 'nric fin', 'nric number', 'fin number', 'singapore id', 'uinfin'],
    shapes: ['S9999999A', 'T9999999A', 'F9999999A', 'G9999999A', 'M9999999A'],
    check: nricCheck,
    kind: 'shaped',
    passes: 0.041,
    examples: ['nric «S0106684F»', 'FIN: «G1300554R»', 'nric=«T4350237E»', 'fin «M7823233U»'],
    counterExamples: ['nric S7446962I', 'ticket S3736241G', 'nric A1234567D'],
  },
  {
    name: 'za_id',
    group: 'pii',
    priority: 59,
    numbers: true,
    summary: 'South African identity number: birth date, serial, citizenship 0-2, Luhn check.',
    words: ['south african id', 'sa id', 'rsa id', 'id number', 'id no', 'identity number', 'identity no', 'identiteitsnommer', 'za id'],
    shapes: ['9999999999999', '999999 9999 999', '999999 9999 99 9'],
    check: southAfricanCheck,
    kind: 'shaped',
    passes: 0.0012,
    examples: ['identity number «5511231169153»', 'SA ID: «570410 1012 16 1»', 'id_number=«1207238935084»'],
    counterExamples: ['id number 6560733128760', 'ts 1207221507049', 'id number 9913325009087'],
  },
  {
    name: 'cn_rid',
    group: 'pii',
    priority: 59,
    numbers: true,
    summary: 'Chinese resident identity number: region, birth date, serial and a check character by mod 11.',
    words: ['resident identity', 'resident id', 'chinese id', 'shenfenzheng', 'shenfen zheng', 'sfz', 'id card', 'idcard', '身份证', '身份证号', '身份證', '公民身份号码'],
    shapes: ['99999999999999999N', '999999 99999999 999N'],
    check: chineseCheck,
    alone: ['99999999999999999N', '999999 99999999 999N'],
    kind: 'checked',
    passes: 0.0000053,
    examples: ['id card «351667196104215121»', 'user «533682184210229587» ok', '身份证: «325288209612108005»'],
    counterExamples: ['id card 20127291403311841D', 'id card 110105194913310021', 'id card 990105194912310021'],
  },
  {
    name: 'kr_rrn',
    group: 'pii',
    priority: 59,
    numbers: true,
    summary: 'Korean resident registration number: birth date, sex and century, serial; no check digit since October 2020.',
    words: ['rrn', 'resident registration', 'resident registration number', 'korean id', 'jumin', 'jumin number', 'jumin deungnok', '주민등록번호', '주민번호', '외국인등록번호'],
    shapes: ['9999999999999', '999999-9999999'],
    check: koreanCheck,
    kind: 'shaped',
    passes: 0.031,
    examples: ['rrn «010922-7555369»', '주민등록번호: «480120-4356435»', 'resident_registration=«0102071692916»'],
    counterExamples: ['rrn 991332-1234567', 'order 951007-7865716', 'rrn 990101-9234567'],
  },
  {
    name: 'jp_my_number',
    group: 'pii',
    priority: 59,
    numbers: true,
    summary: 'Japanese My Number: twelve digits, the last by mod 11.',
    words: ['my number', 'individual number', 'kojin bango', 'kojin bangou', 'mai nanba', 'mynumber', 'マイナンバー', '個人番号'],
    shapes: ['999999999999', '9999 9999 9999', '9999-9999-9999'],
    check: (id) => /^\d{12}$/.test(id) && !oneRepeated(id) && elevenLess(weighted(id, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) === digitAt(id, 11),
    kind: 'shaped',
    passes: 0.11,
    examples: ['my number «3819 7606 5739»', 'マイナンバー: «411964554200»', 'individual_number=«8754-9233-6048»'],
    counterExamples: ['my number 3842 6005 7382', 'id 834542115031', 'my number 000000000000'],
  },
  {
    name: 'th_tnin',
    group: 'pii',
    priority: 59,
    numbers: true,
    summary: 'Thai national identity number: 13 digits, not from 0 or 9, the last by mod 11.',
    words: ['thai id', 'thai national id', 'citizen id', 'bat prachachon', 'เลขประจำตัวประชาชน', 'บัตรประชาชน'],
    shapes: ['9999999999999', '9-9999-99999-99-9', '9 9999 99999 99 9'],
    check: (id) => /^[1-8]\d{12}$/.test(id) && !oneRepeated(id) && (11 - (weighted(id, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === digitAt(id, 12),
    kind: 'shaped',
    passes: 0.083,
    examples: ['citizen id «2-5060-95480-40-1»', 'Thai ID: «4895994441011»', 'citizen_id=«8 0871 26144 78 0»'],
    counterExamples: ['citizen id 5-7906-67381-61-4', 'ts 7673866753405', 'thai id 9101234567890'],
  },
  {
    name: 'il_id',
    group: 'pii',
    priority: 59,
    numbers: true,
    summary: 'Israeli identity number: nine digits, Luhn check.',
    words: ['teudat zehut', 'mispar zehut', 'israeli id', 'israel id', 'תעודת זהות', 'מספר זהות', 'ת.ז.'],
    shapes: ['999999999', '99999999-9'],
    check: (id) => /^\d{9}$/.test(id) && !oneRepeated(id) && luhnValid(id),
    kind: 'shaped',
    passes: 0.11,
    examples: ['teudat zehut «138810510»', 'תעודת זהות: «883335382»', 'israeli_id=«28376375-3»'],
    counterExamples: ['teudat zehut 767768513', 'id 583667506', 'teudat zehut 000000000'],
  },
  {
    name: 'tr_tckn',
    group: 'pii',
    priority: 59,
    numbers: true,
    summary: 'Turkish identity number: eleven digits, not from 0, the last two check the others.',
    words: ['tckn', 'tc kimlik', 'tc kimlik no', 't.c. kimlik', 'kimlik no', 'kimlik numarasi', 'kimlik numarası', 'tc no', 'turkish id'],
    shapes: ['99999999999'],
    check: turkishCheck,
    kind: 'shaped',
    passes: 0.0096,
    examples: ['tckn «75613257578»', 'TC Kimlik No: «49566303422»', 'kimlik_no=«80119301564»'],
    counterExamples: ['tckn 71989678716', 'id 81665525626', 'tckn 01234567890'],
  },
  {
    name: 'hk_id',
    group: 'pii',
    priority: 59,
    numbers: false,
    summary: 'Hong Kong identity card number: one or two letters, six digits, check digit or A by mod 11.',
    words: ['hkid', 'hkid number', 'hk id', 'hong kong id', 'hong kong identity', 'hkic', '香港身份證', '身份證號碼'],
    shapes: ['A999999N', 'AA999999N', 'A999999(N)', 'AA999999(N)', 'A999999-N'],
    check: hongKongCheck,
    kind: 'shaped',
    passes: 0.03,
    examples: ['hkid «L665714(4)»', 'HKID: «RS777774(A)»', 'hk_id=«B9021960»'],
    counterExamples: ['hkid T480140(9)', 'order O6985565', 'hkid A12345(6)'],
  },
  {
    name: 'tw_id',
    group: 'pii',
    priority: 59,
    numbers: false,
    summary: 'Taiwanese identity number: a letter and nine digits, the second place 1, 2, 8 or 9, mod 10.',
    words: ['taiwan id', 'taiwanese id', 'roc id', 'shenfenzheng', 'arc number', '身分證', '身分證字號', '統一編號'],
    shapes: ['A999999999'],
    check: taiwanCheck,
    kind: 'shaped',
    passes: 0.042,
    examples: ['taiwan id «W169072467»', '身分證字號: «Q255171416»', 'roc_id=«R277878611»'],
    counterExamples: ['taiwan id H383471959', 'order G169175530', 'taiwan id A323456789'],
  },
]
