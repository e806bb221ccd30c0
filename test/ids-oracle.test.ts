// The arithmetic of src/detectors/ids beside the package stdnum: 20,000 candidates of each format, and every difference has
// a reason. Candidates: half at random, the others valid to one of the two sides, half of these with one character changed.
import { stdnum } from 'stdnum'
import { describe, expect, it } from 'vitest'
import { idRows } from '../src/detectors/ids/index.ts'
import { DIGITS, LETTERS, fill, seeded } from './support/id-shapes.ts'

type Judge = (id: string) => boolean

/** What the other side says of `id` in a format, `GB.nino`. */
function valid(format: string, id: string): boolean {
  const [country = '', name = ''] = format.split('.')
  const validator = stdnum[country]?.[name]
  if (validator === undefined) throw new Error(`stdnum has no ${format}`)
  return validator.validate(id).isValid
}

interface Comparison {
  readonly row: string
  /** Put before what the other side sees: the country of a VAT number. */
  readonly prefix?: string
  readonly oracle: string | Judge
  readonly templates: readonly string[]
  /** Why we take what the other side does not. */
  readonly wider?: readonly (readonly [reason: string, when: Judge])[]
  /** Why we do not take what the other side does. */
  readonly narrower?: readonly (readonly [reason: string, when: Judge])[]
}

const n = (id: string, from: number, to: number): number => Number(id.slice(from, to))
/** The other side knows today's date; ids may name a later one, and two digits of a year are those of two centuries. */
const later = (at: number, pattern = /./): readonly [string, Judge] => [
  'a date after today is a plausible mistyping, not for a masker to spare',
  (id) => n(id, at, at + 2) >= 26 && pattern.test(id),
]
const noSuchDay = (month: (id: string) => number, day: (id: string) => number): readonly [string, Judge] => [
  'the day does not exist',
  (id) => day(id) === 0 || day(id) > (month(id) === 2 ? 28 : [4, 6, 9, 11].includes(month(id)) ? 30 : 31) || month(id) > 12 || month(id) === 0,
]

/** One digit two or three times, though not three times in a row, and no other twice. */
function oneRepeats(digits: string): boolean {
  const times = [...DIGITS].map((digit) => digits.split(digit).length - 1).filter((count) => count > 1)
  return times.length === 1 && times[0]! <= 3 && !/(.)\1\1/.test(digits)
}

const COMPARISONS: readonly Comparison[] = [
  { row: 'uk_nino', oracle: 'GB.nino', templates: ['AA999999A', 'AA999999{ABCD}'] },
  { row: 'uk_utr', oracle: 'GB.utr', templates: ['9999999999'] },
  {
    row: 'ie_pps',
    oracle: 'IE.pps',
    templates: ['9999999A', '9999999A{AHWTX}', '9999999A{ABCDEFGHI}'],
    wider: [['second letters B to G and I are given too', (id) => /[B-GI]$/.test(id)]],
  },
  { row: 'us_ein', oracle: 'US.ein', templates: ['999999999'] },
  { row: 'ca_sin', oracle: 'CA.sin', templates: ['999999999'], narrower: [['0 and 8 are not given to persons', (id) => /^[08]/.test(id)]] },
  {
    row: 'mx_curp',
    oracle: 'MX.curp',
    templates: ['AAAA{yymmdd}{HM}{DN}{FL}AAA99', 'AAAA{yymmdd}{HM}{BSC}{SCL}AAAA9'],
    wider: [['a list of rude first letters is no arithmetic', (id) => /^[A-Z]{2}[A-Z]{2}/.test(id)]],
  },
  { row: 'br_cpf', oracle: 'BR.cpf', templates: ['99999999999'] },
  { row: 'br_cnpj', oracle: 'BR.cnpj', templates: ['99999999999999', 'NNNNNNNNNNNN99'] },
  {
    row: 'ar_cuit',
    oracle: 'AR.cuit',
    templates: ['99999999999', '{23}{03}999999999'],
    wider: [['kinds of holder grow', (id) => !/^(20|23|24|27|30|33|34)/.test(id)]],
  },
  { row: 'cl_rut', oracle: 'CL.rut', templates: ['99999999{0123456789K}', '9999999{0123456789K}'] },
  {
    row: 'es_dni',
    oracle: (id) => valid('ES.dni', id) || valid('ES.nie', id),
    templates: ['99999999A', '{XYZ}9999999A'],
    narrower: [['K, L and M are tax numbers: eu_vat has them', (id) => /^[KLM]/.test(id)]],
  },
  { row: 'pt_nif', oracle: 'PT.nif', templates: ['999999999'], narrower: [['first digits that are not in use', (id) => !/^([1235689]|45)/.test(id)]] },
  {
    row: 'it_codice_fiscale',
    oracle: 'IT.codicefiscale',
    templates: ['AAAAAA99{ABCDEHLMPRST}{0123}9A999A', 'AAAAAA99{ABCDEHLMPRST}{4567}9A999A', 'AAAAAA9{LMNPQRSTUV}{ABCDEHLMPRST}{LMNP}9A99{LMNPQRSTUV}A'],
    narrower: [
      noSuchDay(
        (id) => 'ABCDEHLMPRST'.indexOf(id[8]!) + 1,
        (id) => [9, 10].map((i) => (/\d/.test(id[i]!) ? Number(id[i]) : 'LMNPQRSTUV'.indexOf(id[i]!))).reduce((tens, ones) => tens * 10 + ones) % 40,
      ),
    ],
  },
  {
    row: 'fr_nir',
    oracle: 'FR.nir',
    templates: ['999999999999999', '{12}99{01}99999999999', '{12}99{01}92{AB}99999999'],
    narrower: [
      ['first digits that say no sex', (id) => /^[0569]/.test(id)],
      ['no month', (id) => !/^.{3}(0[1-9]|1[0-2]|[23]\d|4[0-2]|[5-9]\d)/.test(id)],
    ],
  },
  { row: 'nl_bsn', oracle: 'NL.bsn', templates: ['999999999'] },
  {
    row: 'be_nrn',
    oracle: 'BE.nn',
    templates: ['{yymmdd}99999'],
    wider: [later(0)],
    narrower: [['check digits are 01 to 97', (id) => id.endsWith('00') || id.endsWith('98') || id.endsWith('99')]],
  },
  {
    row: 'de_steuer_id',
    oracle: 'DE.idnr',
    templates: ['99999999999', '{123}{123}{456}{456}78{90}90{12}9'],
    narrower: [['the other side does not ask for just one repeated digit', (id) => !oneRepeats(id.slice(0, 10))]],
  },
  {
    row: 'de_ausweis',
    oracle: 'DE.passport',
    templates: ['{CFGHJK}{0123456789CFGHJKL}{0123456789MNP}{0123456789R}{0123456789T}{0123456789V}{0123456789W}{0123456789X}{0123456789YZ}9'],
    wider: [['identity cards begin with L to Z', (id) => /^[L-Z]/.test(id)]],
    narrower: [['the other side looks for a passport anywhere in the text', (id) => !/^[CFGHJK]/.test(id)]],
  },
  {
    row: 'de_svnr',
    oracle: 'DE.svnr',
    templates: ['99{ddmmyy}A999', '12{ddmmyy}A999'],
    wider: [['the list of areas is left to the pension offices', (id) => /^\d/.test(id)]],
    narrower: [
      noSuchDay(
        (id) => n(id, 4, 6),
        (id) => n(id, 2, 4),
      ),
    ],
  },
  { row: 'at_svnr', oracle: 'AT.vnr', templates: ['9999{ddmmyy}'], narrower: [['serials begin with 1', (id) => id.startsWith('0')]] },
  { row: 'ch_ahv', oracle: 'CH.ssn', templates: ['7569999999999'] },
  {
    row: 'se_personnummer',
    oracle: (id) => valid('SE.personnummer', `${id.slice(0, -4)}-${id.slice(-4)}`),
    templates: ['{yymmdd}9999', '{yyyymmdd}9999'],
    wider: [later(0, /^.{10}$/)],
    narrower: [['born before 1800', (id) => id.length === 12 && n(id, 0, 2) < 18]],
  },
  {
    row: 'fi_hetu',
    oracle: 'FI.hetu',
    templates: ['{ddmmyy}-999{0123456789ABCDEFHJKLMNPRSTUVWXY}', '{ddmmyy}{ABCDEFUVWXY}999{0123456789ABCDEFHJKLMNPRSTUVWXY}'],
    wider: [later(4, /^.{6}[A-F]/)],
    narrower: [['serial 000 and 001 are not given', (id) => n(id, 7, 10) < 2]],
  },
  {
    row: 'no_fnr',
    oracle: 'NO.fodselsnummer',
    templates: ['{ddmmyy}99999', '{4567}9{01}99999999', '{0123}9{45}99999999', '{4567}9{45}99999999'],
    wider: [later(4)],
    narrower: [['D and H at once are test persons', (id) => n(id, 0, 2) > 40 && n(id, 2, 4) > 40]],
  },
  { row: 'dk_cpr', oracle: 'DK.cpr', templates: ['{ddmmyy}9999'], wider: [later(4, /^.{6}[4-9]/)] },
  {
    row: 'is_kennitala',
    oracle: 'IS.kennitala',
    templates: ['{ddmmyy}999{09}', '{4567}9{01}999999{09}'],
    narrower: [['the last digit is the century', (id) => !/[890]$/.test(id)]],
  },
  {
    row: 'pl_pesel',
    oracle: 'PL.pesel',
    templates: ['{yymmdd}99999', '99{02468}9{012}999999'],
    wider: [['numbers are planned until 2299', (id) => n(id, 2, 4) > 40 || n(id, 0, 2) >= 26]],
  },
  { row: 'pl_nip', oracle: 'PL.nip', templates: ['9999999999'] },
  { row: 'pl_regon', oracle: 'PL.regon', templates: ['999999999', '99999999999999'] },
  {
    row: 'cz_rodne_cislo',
    oracle: 'CZ.rc',
    templates: ['{yymmdd}9999', '{yymmdd}999', '99{5}{123456789}{012}99999', '99{27}{123456789}{012}99999'],
    wider: [later(0)],
    narrower: [
      ['nine digits and born before 1900', (id) => id.length === 9 && n(id, 0, 2) >= 54],
      ['20 is added to months since 2004 only', (id) => n(id, 2, 4) % 50 > 12 && (id.length === 9 || n(id, 0, 2) < 4 || n(id, 0, 2) >= 54)],
    ],
  },
  { row: 'gr_amka', oracle: 'GR.amka', templates: ['{ddmmyy}99999'] },
  {
    row: 'lv_pk',
    oracle: 'LV.pvn',
    templates: ['{ddmmyy}{012}9999', '3{23456789}999999999'],
    wider: [later(4, /^.{6}2/), ['the other side wants a date in new numbers, which have none', (id) => n(id, 0, 2) >= 32 && n(id, 0, 2) <= 39]],
    narrower: [['companies are no persons: eu_vat has them', (id) => /^[4-9]/.test(id)]],
  },
  {
    row: 'ee_lt_id',
    oracle: 'EE.ik',
    templates: ['{12345678}{yymmdd}9999'],
    narrower: [
      ['9 is no century', (id) => id.startsWith('9')],
      noSuchDay(
        (id) => n(id, 3, 5),
        (id) => n(id, 5, 7),
      ),
    ],
  },
  {
    row: 'ee_lt_id',
    oracle: 'LT.asmens',
    templates: ['{12345678}{yymmdd}9999'],
    wider: [later(1, /^[56]/), ['7 and 8 are born from 2100 on', (id) => /^[78]/.test(id)]],
    narrower: [['9 is no century', (id) => id.startsWith('9')]],
  },
  {
    row: 'ro_cnp',
    oracle: 'RO.cnp',
    templates: ['{123456789}{yymmdd}999999', '{1256}{yymmdd}{01234}99999'],
    wider: [['the list of counties grows', (id) => !/^.{7}(0[1-9]|[123]\d|4[0-8]|5[12])/.test(id)], later(1, /^[56]/)],
  },
  {
    row: 'bg_egn',
    oracle: 'BG.egn',
    templates: ['{yymmdd}9999', '99{4}9{012}99999'],
    narrower: [
      ['no month', (id) => n(id, 2, 4) > 52],
      noSuchDay(
        (id) => n(id, 2, 4) % 20,
        (id) => n(id, 4, 6),
      ),
    ],
  },
  { row: 'hr_oib', oracle: 'HR.oib', templates: ['99999999999'] },
  {
    row: 'jmbg',
    oracle: 'RS.jmbg',
    templates: ['{ddmmyyy}999999'],
    wider: [['three digits of a year reach from 1800 to 2799', (id) => n(id, 4, 7) >= 26 && n(id, 4, 7) < 900]],
  },
  { row: 'ru_inn', oracle: 'RU.inn', templates: ['999999999999'] },
  { row: 'ua_rntrc', oracle: 'UA.rntrc', templates: ['9999999999'] },
  { row: 'in_aadhaar', oracle: 'IN.aadhaar', templates: ['999999999999'] },
  {
    row: 'in_pan',
    oracle: 'IN.pan',
    templates: ['AAAAA9999A', 'AAA{ABCFGHJLPT}A9999A'],
    wider: [['serial 0000', (id) => id.slice(5, 9) === '0000']],
    narrower: [['holders K and E are not in our list', (id) => /^...[KE]/.test(id)]],
  },
  {
    row: 'in_gstin',
    oracle: 'IN.gstin',
    templates: ['{0123}9AAA{ABCFGHJLPT}A9999A{123456789ABC}ZN'],
    wider: [['state 38 is Ladakh; serial 0000', (id) => id.startsWith('38') || id.slice(7, 11) === '0000']],
  },
  { row: 'za_id', oracle: 'ZA.idnr', templates: ['{yymmdd}9999{012}99'], wider: [['2 is a refugee', (id) => id[10] === '2']] },
  {
    row: 'cn_rid',
    oracle: 'CN.ric',
    templates: ['{123456}{1234}9999{yyyymmdd}999{0123456789X}'],
    narrower: [['no such province', (id) => !/^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91)/.test(id)]],
  },
  {
    row: 'kr_rrn',
    oracle: 'KR.rrn',
    templates: ['{yymmdd}{1234}999999'],
    wider: [['no check digit since October 2020', (id) => id.length === 13]],
    narrower: [['born before 1900', (id) => /^.{6}[90]/.test(id)]],
  },
  { row: 'th_tnin', oracle: 'TH.idnr', templates: ['9999999999999'] },
  { row: 'il_id', oracle: 'IL.idnr', templates: ['999999999'] },
  { row: 'tr_tckn', oracle: 'TR.tckimlik', templates: ['99999999999'] },
  {
    row: 'hk_id',
    oracle: 'HK.hkid',
    templates: ['A999999{0123456789A}', 'AA999999{0123456789A}'],
    wider: [['the other side has a list of first letters', (id) => /^[A-Z]/.test(id)]],
  },
  { row: 'tw_id', oracle: 'TW.natid', templates: ['A{12}99999999'] },
  { row: 'au_tfn', oracle: 'AU.tfn', templates: ['999999999'] },
  { row: 'au_abn', oracle: 'AU.abn', templates: ['99999999999'], wider: [['10 and 99 are the same by mod 89', (id) => id.startsWith('10')]] },
  { row: 'nz_ird', oracle: 'NZ.ird', templates: ['999999999', '99999999'] },
  { row: 'eu_vat', prefix: 'AT', oracle: 'AT.uid', templates: ['U99999999'] },
  { row: 'eu_vat', prefix: 'BE', oracle: 'BE.vat', templates: ['{01}999999999'] },
  {
    row: 'eu_vat',
    prefix: 'BG',
    oracle: 'BG.vat',
    templates: ['999999999'],
    wider: [['first digits that are not given out yet', (id) => /^[4-8]/.test(id)]],
  },
  { row: 'eu_vat', prefix: 'CY', oracle: 'CY.vat', templates: ['99999999A'], narrower: [['none begins with 12', (id) => id.startsWith('12')]] },
  { row: 'eu_vat', prefix: 'CZ', oracle: 'CZ.dic', templates: ['99999999', '{yymmdd}9999'], wider: [later(0, /^.{10}$/)] },
  { row: 'eu_vat', prefix: 'DE', oracle: 'DE.vat', templates: ['999999999'], narrower: [['none begins with 0', (id) => id.startsWith('0')]] },
  { row: 'eu_vat', prefix: 'DK', oracle: 'DK.cvr', templates: ['99999999'], narrower: [['none begins with 0', (id) => id.startsWith('0')]] },
  { row: 'eu_vat', prefix: 'EE', oracle: 'EE.kmkr', templates: ['999999999'] },
  { row: 'eu_vat', prefix: 'EL', oracle: 'GR.vat', templates: ['999999999'] },
  {
    row: 'eu_vat',
    prefix: 'ES',
    oracle: 'ES.nif',
    templates: ['{ABCDEFGHJNPQRSUVW}9999999{0123456789ABCDEFGHIJ}', '99999999A', '{XYZKLM}9999999A'],
    narrower: [['the kind of company decides between digit and letter', (id) => /^[A-HJNPQRSUVW]/.test(id)]],
  },
  { row: 'eu_vat', prefix: 'FI', oracle: 'FI.alv', templates: ['99999999'] },
  {
    row: 'eu_vat',
    prefix: 'FR',
    oracle: 'FR.tva',
    templates: ['99999999999', 'NN999999999'],
    wider: [['the other side takes a key FR for the country', (id) => id.startsWith('FR')]],
  },
  { row: 'eu_vat', prefix: 'HR', oracle: 'HR.oib', templates: ['99999999999'] },
  { row: 'eu_vat', prefix: 'HU', oracle: 'HU.anum', templates: ['99999999'] },
  { row: 'eu_vat', prefix: 'IE', oracle: 'IE.vat', templates: ['9999999A', '9999999AA'] },
  { row: 'eu_vat', prefix: 'IT', oracle: 'IT.iva', templates: ['99999999999', '9999999{0}9999'] },
  { row: 'eu_vat', prefix: 'LT', oracle: 'LT.pvm', templates: ['999999919', '999999999919'] },
  { row: 'eu_vat', prefix: 'LU', oracle: 'LU.tva', templates: ['99999999'] },
  { row: 'eu_vat', prefix: 'LV', oracle: 'LV.pvn', templates: ['{456789}9999999999'], wider: [['new numbers of persons have no date', (id) => /^3[2-9]/.test(id)]] },
  { row: 'eu_vat', prefix: 'MT', oracle: 'MT.vat', templates: ['99999999'], narrower: [['none begins with 0', (id) => id.startsWith('0')]] },
  { row: 'eu_vat', prefix: 'NL', oracle: 'NL.btw', templates: ['999999999B99'] },
  { row: 'eu_vat', prefix: 'PL', oracle: 'PL.nip', templates: ['9999999999'] },
  { row: 'eu_vat', prefix: 'PT', oracle: 'PT.nif', templates: ['999999999'] },
  { row: 'eu_vat', prefix: 'RO', oracle: 'RO.cui', templates: ['9999999999', '99999999', '999999'] },
  {
    row: 'eu_vat',
    prefix: 'SE',
    oracle: 'SE.vat',
    templates: ['9999999999{01}9', '999999999901'],
    wider: [['branches 02 to 94', (id) => !id.endsWith('01')]],
  },
  { row: 'eu_vat', prefix: 'SI', oracle: 'SI.ddv', templates: ['99999999'], narrower: [['none begins with 0 or has 11 for a check', (id) => id.startsWith('0') || /1$/.test(id)]] },
  {
    row: 'eu_vat',
    prefix: 'SK',
    oracle: 'SK.dph',
    templates: ['9999999999'],
    wider: [['the rule is for the third digit, and persons use their birth number', (id) => !/^[234789]/.test(id) || n(id, 2, 4) % 50 <= 32]],
    narrower: [['the rule is for the third digit, not the first', (id) => !/^..[234789]/.test(id)]],
  },
  { row: 'eu_vat', prefix: 'GB', oracle: 'GB.vat', templates: ['999999999', '999999999999'] },
]

const CANDIDATES = 20_000

function candidates(templates: readonly string[], judges: readonly Judge[]): string[] {
  const random = seeded(3)
  const out: string[] = []
  const each = CANDIDATES / templates.length
  for (const template of templates) {
    const own: string[] = []
    while (own.length < each / 2) own.push(fill(template, random))
    for (const judge of judges) {
      const until = own.length + each / 8
      for (let tries = 0; tries < 4_000 && own.length < until; tries++) {
        const id = fill(template, random)
        const alphabet = DIGITS.includes(id.at(-1)!) ? DIGITS : LETTERS
        const valid = judge(id) ? id : [...alphabet].map((last) => id.slice(0, -1) + last).find(judge)
        if (valid === undefined) continue
        own.push(valid)
        const at = Math.floor(random() * valid.length)
        own.push(valid.slice(0, at) + fill(DIGITS.includes(valid[at]!) ? '9' : 'A', random) + valid.slice(at + 1))
      }
    }
    while (own.length < each) own.push(fill(template, random))
    out.push(...own)
  }
  return out
}

describe('another implementation', () => {
  it.each(COMPARISONS.map((comparison) => ({ label: [comparison.row, comparison.prefix ?? ''].join(' ').trim(), comparison })))('agrees on $label', ({ comparison }) => {
    const { oracle, prefix = '', wider = [], narrower = [] } = comparison
    const row = idRows.find(({ name }) => name === comparison.row)!
    const ours: Judge = (id) => row.check(prefix + id)
    const theirs: Judge = typeof oracle === 'function' ? oracle : (id) => valid(oracle, id)
    // The other side makes an error for every answer; without a stack it takes a tenth of the time.
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    try {
      let both = 0
      const unexplained: string[] = []
      const used = new Set<string>()
      const ids = candidates(comparison.templates, [ours, theirs])
      for (const id of ids) {
        const [a, b] = [ours(id), theirs(id)]
        if (a && b) both++
        if (a === b) continue
        const reason = (a ? wider : narrower).find(([, when]) => when(id))
        if (reason === undefined) unexplained.push(`${id} ${a ? 'is ours' : 'is theirs'}`)
        else used.add(reason[0])
      }
      expect(ids.length).toBeGreaterThanOrEqual(CANDIDATES)
      expect(unexplained).toEqual([])
      expect(both).toBeGreaterThan(500)
      expect([...wider, ...narrower].map(([reason]) => reason).filter((reason) => !used.has(reason))).toEqual([])
    } finally {
      Error.stackTraceLimit = limit
    }
  })
})
