// International bank account numbers: the length of the country and mod 97.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { ALNUM, CLASS, DIGIT, LETTER, ibanMod97, isDigit, wordAfter, wordBefore } from './bytes.ts'

/**
 * Country and length, from the SWIFT IBAN registry; in the last line countries that use the form without being in it
 * (the lengths their banks publish).
 */
const REGISTRY =
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 ' +
  'GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 ' +
  'MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 ' +
  'UA29 VA22 VG24 XK20 YE30 ' +
  'AO25 BF28 BJ28 CF27 CG27 CI28 CM27 CV25 DZ26 GA27 GQ27 GW25 IR26 KM27 MA28 MG27 ML28 MZ25 NE28 SN28 TD27 TG28'

/** Length by the two letters, 0 for others. */
const LENGTHS: Uint8Array = readRegistry()

function readRegistry(): Uint8Array {
  const table = new Uint8Array(26 * 26)
  for (const entry of REGISTRY.split(' ')) table[(entry.charCodeAt(0) - 65) * 26 + entry.charCodeAt(1) - 65] = Number(entry.slice(2))
  return table
}

const iban: DetectorInfo = {
  name: 'iban',
  group: 'pii',
  tier: 0,
  priority: 3,
  summary: 'IBAN: length of the country, mod 97; any case, groups of four by single spaces.',
  mask: { type: 'iban' },
  checks: ['check:mod97'],
  examples: ['to «DE89370400440532013000» sent', 'IBAN «GB82 WEST 1234 5698 7654 32».', 'iban=«nl91abna0417164300»', '«NO9386011117947»', 'acct:«FR1420041010050500013M02606»,'],
  counterExamples: [
    'DE89370400440532013001',
    'DE8937040044053201300',
    'XX89370400440532013000',
    'xDE89370400440532013000',
    'DE893704004405320130001',
    'commit de89370a',
    'GB82 WEST 1234 5698',
    '0da6bda5-ad55-411f-ab94-97c1ed4d7e2f',
  ],
}

function find(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  // `at` is the first check digit: two letters before it, a digit behind.
  if (at - 2 < start || at + 11 >= end || !isDigit(text[at + 1]!)) return at
  const from = at - 2
  if ((CLASS[text[from]!]! & LETTER) === 0) return at
  const length = LENGTHS[((text[from]! | 32) - 97) * 26 + (text[at - 1]! | 32) - 97]!
  if (length === 0 || wordBefore(text, start, from)) return at
  const lowerCase = text[from]! >= 97
  if (lowerCase !== text[at - 1]! >= 97) return at
  let p = at + 2
  let count = 4
  let digits = 2
  let separator = 0
  while (count < length) {
    if (p >= end) return at
    const b = text[p]!
    const bits = CLASS[b]!
    if ((bits & ALNUM) !== 0) {
      // the last group of a UUID is no group of four
      if (separator === 45 && (count & 3) === 0 && text[p - 1] !== 45) return at
      if ((bits & DIGIT) !== 0) digits++
      p++
      count++
      continue
    }
    // Groups of four by single spaces or hyphens, all or none.
    if ((b !== 32 && b !== 45) || (count & 3) !== 0 || (CLASS[text[p - 1]!]! & ALNUM) === 0 || (count > 4 && b !== separator)) return at
    separator = b
    p++
  }
  if (wordAfter(text, end, p) || digits < 6) return at
  if (ibanMod97(text, from, p) !== 1) {
    scan.reject?.(ids[0]!, from, p, 'failed:mod97')
    return at
  }
  scan.emit(ids[0]!, from, p, 0.95)
  return p
}

/** Second letters of the countries, both cases. */
function secondLetters(): string {
  let out = ''
  for (let b = 0; b < 26; b++)
    for (let a = 0; a < 26; a++)
      if (LENGTHS[a * 26 + b] !== 0) {
        out += String.fromCharCode(65 + b, 97 + b)
        break
      }
  return out
}

export const ibanFinder: Finder = { detectors: [iban], triggers: [{ prev: secondLetters(), byte: '0123456789', next: '0123456789' }], find, skim: 'iban', skimTable: () => LENGTHS }
