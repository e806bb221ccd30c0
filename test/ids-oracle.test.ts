// The arithmetic of src/detectors/ids beside the package stdnum: 20,000 candidates of each format, and every difference has
// a reason. Candidates: half at random, the others valid to one of the two sides, half of these with one character changed.
import { stdnum } from 'stdnum'
import { describe, expect, it } from 'vitest'
import { idRows } from '../src/detectors/ids/index.ts'
import { DIGITS, LETTERS, fill, seeded } from './support/id-shapes.ts'

type Judge = (id: string) => boolean

interface Oracle {
  validate(value: string): { readonly isValid: boolean }
}

interface Comparison {
  readonly row: string
  /** Put before what the other side sees: the country of a VAT number. */
  readonly prefix?: string
  readonly oracle: Oracle | Judge
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

const COMPARISONS: readonly Comparison[] = [
  { row: 'uk_nino', oracle: stdnum.GB.nino, templates: ['AA999999A', 'AA999999{ABCD}'] },
  { row: 'uk_utr', oracle: stdnum.GB.utr, templates: ['9999999999'] },
  {
    row: 'ie_pps',
    oracle: stdnum.IE.pps,
    templates: ['9999999A', '9999999A{AHWTX}', '9999999A{ABCDEFGHI}'],
    wider: [['second letters B to G and I are given too', (id) => /[B-GI]$/.test(id)]],
  },
  { row: 'us_ein', oracle: stdnum.US.ein, templates: ['999999999'] },
  { row: 'ca_sin', oracle: stdnum.CA.sin, templates: ['999999999'], narrower: [['0 and 8 are not given to persons', (id) => /^[08]/.test(id)]] },
  {
    row: 'mx_curp',
    oracle: stdnum.MX.curp,
    templates: ['AAAA{yymmdd}{HM}{DN}{FL}AAA99', 'AAAA{yymmdd}{HM}{BSC}{SCL}AAAA9'],
    wider: [['a list of rude first letters is no arithmetic', (id) => /^[A-Z]{2}[A-Z]{2}/.test(id)]],
  },
  { row: 'br_cpf', oracle: stdnum.BR.cpf, templates: ['99999999999'] },
  { row: 'br_cnpj', oracle: stdnum.BR.cnpj, templates: ['99999999999999', 'NNNNNNNNNNNN99'] },
  {
    row: 'ar_cuit',
    oracle: stdnum.AR.cuit,
    templates: ['99999999999', '{23}{03}999999999'],
    wider: [['kinds of holder grow', (id) => !/^(20|23|24|27|30|33|34)/.test(id)]],
  },
  { row: 'cl_rut', oracle: stdnum.CL.rut, templates: ['99999999{0123456789K}', '9999999{0123456789K}'] },
  {
    row: 'es_dni',
    oracle: (id) => stdnum.ES.dni.validate(id).isValid || stdnum.ES.nie.validate(id).isValid,
    templates: ['99999999A', '{XYZ}9999999A'],
  },
  { row: 'pt_nif', oracle: stdnum.PT.nif, templates: ['999999999'], narrower: [['first digits that are not in use', (id) => !/^([1235689]|45)/.test(id)]] },
  {
    row: 'it_codice_fiscale',
    oracle: stdnum.IT.codicefiscale,
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
    oracle: stdnum.FR.nir,
    templates: ['999999999999999', '{12}99{01}99999999999', '{12}99{01}92{AB}99999999'],
    narrower: [
      ['first digits that say no sex', (id) => /^[0569]/.test(id)],
      ['no month', (id) => !/^.{3}(0[1-9]|1[0-2]|[23]\d|4[0-2]|[5-9]\d)/.test(id)],
    ],
  },
  { row: 'nl_bsn', oracle: stdnum.NL.bsn, templates: ['999999999'] },
  {
    row: 'be_nrn',
    oracle: stdnum.BE.nn,
    templates: ['{yymmdd}99999'],
    wider: [later(0)],
    narrower: [
      ['check digits are 01 to 97', (id) => id.endsWith('00') || id.endsWith('98') || id.endsWith('99')],
      ['serial 000 and 999 are not given', (id) => n(id, 6, 9) === 0 || n(id, 6, 9) === 999],
    ],
  },
  {
    row: 'de_steuer_id',
    oracle: stdnum.DE.idnr,
    templates: ['99999999999', '{123}{123}{456}{456}78{90}90{12}9'],
    narrower: [
      [
        'the other side counts repeated digits less strictly',
        (id) => /(.)\1\1/.test(id.slice(0, 10)) || new Set(id.slice(0, 10)).size < 8 || /^(?=.*(.).*\1)(?=.*(?!\1)(.).*\2)/.test(id.slice(0, 10)),
      ],
    ],
  },
  {
    row: 'de_ausweis',
    oracle: stdnum.DE.passport,
    templates: ['{CFGHJK}{0123456789CFGHJKL}{0123456789MNP}{0123456789R}{0123456789T}{0123456789V}{0123456789W}{0123456789X}{0123456789YZ}9'],
  },
  {
    row: 'de_svnr',
    oracle: stdnum.DE.svnr,
    templates: ['99{ddmmyy}A999', '12{ddmmyy}A999'],
    wider: [['the list of areas is left to the pension offices', (id) => /^\d/.test(id)]],
    narrower: [
      noSuchDay(
        (id) => n(id, 4, 6),
        (id) => n(id, 2, 4),
      ),
    ],
  },
  { row: 'at_svnr', oracle: stdnum.AT.vnr, templates: ['9999{ddmmyy}'], narrower: [['serials begin with 1', (id) => id.startsWith('0')]] },
  { row: 'ch_ahv', oracle: stdnum.CH.ssn, templates: ['7569999999999'] },
  {
    row: 'se_personnummer',
    oracle: (id) => stdnum.SE.personnummer.validate(`${id.slice(0, -4)}-${id.slice(-4)}`).isValid,
    templates: ['{yymmdd}9999', '{yyyymmdd}9999'],
    wider: [later(0, /^.{10}$/)],
  },
  {
    row: 'fi_hetu',
    oracle: stdnum.FI.hetu,
    templates: ['{ddmmyy}-999{0123456789ABCDEFHJKLMNPRSTUVWXY}', '{ddmmyy}{ABCDEFUVWXY}999{0123456789ABCDEFHJKLMNPRSTUVWXY}'],
    wider: [later(4, /^.{6}[A-F]/)],
    narrower: [['serial 000 and 001 are not given', (id) => n(id, 7, 10) < 2]],
  },
  {
    row: 'no_fnr',
    oracle: stdnum.NO.fodselsnummer,
    templates: ['{ddmmyy}99999', '{4567}9{01}99999999', '{0123}9{45}99999999'],
    wider: [later(4)],
    narrower: [['D and H at once are test persons', (id) => n(id, 0, 2) > 40 && n(id, 2, 4) > 40]],
  },
  { row: 'dk_cpr', oracle: stdnum.DK.cpr, templates: ['{ddmmyy}9999'], wider: [later(4, /^.{6}[4-9]/)] },
  { row: 'is_kennitala', oracle: stdnum.IS.kennitala, templates: ['{ddmmyy}999{09}', '{4567}9{01}999999{09}'] },
  {
    row: 'pl_pesel',
    oracle: stdnum.PL.pesel,
    templates: ['{yymmdd}99999', '99{02468}9{012}999999'],
    wider: [['numbers are planned until 2299', (id) => n(id, 2, 4) > 40 || n(id, 0, 2) >= 26]],
  },
  { row: 'pl_nip', oracle: stdnum.PL.nip, templates: ['9999999999'] },
  { row: 'pl_regon', oracle: stdnum.PL.regon, templates: ['999999999', '99999999999999'] },
  {
    row: 'cz_rodne_cislo',
    oracle: stdnum.CZ.rc,
    templates: ['{yymmdd}9999', '{yymmdd}999', '99{5}{123456789}{012}99999', '99{27}{123456789}{012}99999'],
    wider: [later(0)],
    narrower: [['nine digits and born before 1900', (id) => id.length === 9 && n(id, 0, 2) >= 54]],
  },
  { row: 'gr_amka', oracle: stdnum.GR.amka, templates: ['{ddmmyy}99999'] },
  {
    row: 'lv_pk',
    oracle: stdnum.LV.pvn,
    templates: ['{ddmmyy}{012}9999', '3{23456789}999999999'],
    wider: [later(4, /^.{6}2/), ['the other side wants a date in new numbers, which have none', (id) => n(id, 0, 2) >= 32 && n(id, 0, 2) <= 39]],
  },
  {
    row: 'ee_lt_id',
    oracle: stdnum.EE.ik,
    templates: ['{12345678}{yymmdd}9999'],
    narrower: [
      noSuchDay(
        (id) => n(id, 3, 5),
        (id) => n(id, 5, 7),
      ),
    ],
  },
  {
    row: 'ee_lt_id',
    oracle: stdnum.LT.asmens,
    templates: ['{12345678}{yymmdd}9999'],
    wider: [later(1, /^[56]/), ['7 and 8 are born from 2100 on', (id) => /^[78]/.test(id)]],
  },
  {
    row: 'ro_cnp',
    oracle: stdnum.RO.cnp,
    templates: ['{123456789}{yymmdd}999999', '{1256}{yymmdd}{01234}99999'],
    wider: [
      ['the list of counties grows', (id) => !/^.{7}(0[1-9]|[123]\d|4[0-8]|5[12])/.test(id)],
      later(1, /^[56]/),
      ['29 February of residents, whose century is open', (id) => /^[789]000229/.test(id)],
    ],
  },
  {
    row: 'bg_egn',
    oracle: stdnum.BG.egn,
    templates: ['{yymmdd}9999', '99{4}9{012}99999'],
    wider: [later(0)],
    narrower: [
      noSuchDay(
        (id) => n(id, 2, 4) % 20,
        (id) => n(id, 4, 6),
      ),
    ],
  },
  { row: 'hr_oib', oracle: stdnum.HR.oib, templates: ['99999999999'] },
  { row: 'jmbg', oracle: stdnum.RS.jmbg, templates: ['{ddmmyyy}999999'] },
  { row: 'ru_inn', oracle: stdnum.RU.inn, templates: ['999999999999'] },
  { row: 'ua_rntrc', oracle: stdnum.UA.rntrc, templates: ['9999999999'] },
  { row: 'in_aadhaar', oracle: stdnum.IN.aadhaar, templates: ['999999999999'] },
  {
    row: 'in_pan',
    oracle: stdnum.IN.pan,
    templates: ['AAAAA9999A', 'AAA{ABCFGHJLPT}A9999A'],
    wider: [['serial 0000', (id) => id.slice(5, 9) === '0000']],
    narrower: [['holders K and E are not in our list', (id) => /^...[KE]/.test(id)]],
  },
  {
    row: 'in_gstin',
    oracle: stdnum.IN.gstin,
    templates: ['{0123}9AAA{ABCFGHJLPT}A9999A{123456789ABC}ZN'],
    wider: [['state 38 is Ladakh; serial 0000', (id) => id.startsWith('38') || id.slice(7, 11) === '0000']],
  },
  { row: 'za_id', oracle: stdnum.ZA.idnr, templates: ['{yymmdd}9999{012}99'], wider: [['2 is a refugee', (id) => id[10] === '2']] },
  {
    row: 'cn_rid',
    oracle: stdnum.CN.ric,
    templates: ['{123456}{1234}9999{yyyymmdd}999{0123456789X}'],
    narrower: [['no such province', (id) => !/^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91)/.test(id)]],
  },
  {
    row: 'kr_rrn',
    oracle: stdnum.KR.rrn,
    templates: ['{yymmdd}{1234}999999'],
    wider: [['no check digit since October 2020', (id) => id.length === 13]],
  },
  { row: 'th_tnin', oracle: stdnum.TH.idnr, templates: ['9999999999999'] },
  { row: 'il_id', oracle: stdnum.IL.idnr, templates: ['999999999'] },
  { row: 'tr_tckn', oracle: stdnum.TR.tckimlik, templates: ['99999999999'] },
  {
    row: 'hk_id',
    oracle: stdnum.HK.hkid,
    templates: ['A999999{0123456789A}', 'AA999999{0123456789A}'],
    wider: [['the other side has a list of first letters', (id) => /^[A-Z]\d/.test(id)]],
  },
  { row: 'tw_id', oracle: stdnum.TW.natid, templates: ['A{12}99999999'] },
  { row: 'au_tfn', oracle: stdnum.AU.tfn, templates: ['999999999'] },
  { row: 'au_abn', oracle: stdnum.AU.abn, templates: ['99999999999'], wider: [['10 and 99 are the same by mod 89', (id) => id.startsWith('10')]] },
  { row: 'nz_ird', oracle: stdnum.NZ.ird, templates: ['999999999', '99999999'] },
  { row: 'eu_vat', prefix: 'AT', oracle: stdnum.AT.uid, templates: ['U99999999'] },
  { row: 'eu_vat', prefix: 'BE', oracle: stdnum.BE.vat, templates: ['{01}999999999'] },
  {
    row: 'eu_vat',
    prefix: 'BG',
    oracle: stdnum.BG.vat,
    templates: ['999999999'],
    wider: [['first digits that are not given out yet', (id) => /^[4-8]/.test(id)]],
  },
  { row: 'eu_vat', prefix: 'CY', oracle: stdnum.CY.vat, templates: ['99999999A'] },
  { row: 'eu_vat', prefix: 'CZ', oracle: stdnum.CZ.dic, templates: ['99999999', '{yymmdd}9999'], wider: [later(0, /^.{10}$/)] },
  { row: 'eu_vat', prefix: 'DE', oracle: stdnum.DE.vat, templates: ['999999999'], narrower: [['none begins with 0', (id) => id.startsWith('0')]] },
  { row: 'eu_vat', prefix: 'DK', oracle: stdnum.DK.cvr, templates: ['99999999'], narrower: [['none begins with 0', (id) => id.startsWith('0')]] },
  { row: 'eu_vat', prefix: 'EE', oracle: stdnum.EE.kmkr, templates: ['999999999'] },
  { row: 'eu_vat', prefix: 'EL', oracle: stdnum.GR.vat, templates: ['999999999'] },
  {
    row: 'eu_vat',
    prefix: 'ES',
    oracle: stdnum.ES.nif,
    templates: ['{ABCDEFGHJNPQRSUVW}9999999{0123456789ABCDEFGHIJ}', '99999999A', '{XYZKLM}9999999A'],
    narrower: [['the kind of company decides between digit and letter', (id) => /^[A-HJNPQRSUVW]/.test(id)]],
  },
  { row: 'eu_vat', prefix: 'FI', oracle: stdnum.FI.alv, templates: ['99999999'] },
  {
    row: 'eu_vat',
    prefix: 'FR',
    oracle: stdnum.FR.tva,
    templates: ['99999999999', 'NN999999999'],
    wider: [
      ['the other side takes a key FR for the country', (id) => id.startsWith('FR')],
      ['numbers of Monaco', (id) => id.startsWith('000', 2)],
    ],
  },
  { row: 'eu_vat', prefix: 'HR', oracle: stdnum.HR.oib, templates: ['99999999999'] },
  { row: 'eu_vat', prefix: 'HU', oracle: stdnum.HU.anum, templates: ['99999999'] },
  { row: 'eu_vat', prefix: 'IE', oracle: stdnum.IE.vat, templates: ['9999999A', '9999999AA'] },
  { row: 'eu_vat', prefix: 'IT', oracle: stdnum.IT.iva, templates: ['99999999999', '9999999{0}9999'] },
  { row: 'eu_vat', prefix: 'LT', oracle: stdnum.LT.pvm, templates: ['999999919', '999999999919'] },
  { row: 'eu_vat', prefix: 'LU', oracle: stdnum.LU.tva, templates: ['99999999'] },
  { row: 'eu_vat', prefix: 'LV', oracle: stdnum.LV.pvn, templates: ['{456789}9999999999'] },
  { row: 'eu_vat', prefix: 'MT', oracle: stdnum.MT.vat, templates: ['99999999'], narrower: [['none begins with 0', (id) => id.startsWith('0')]] },
  { row: 'eu_vat', prefix: 'NL', oracle: stdnum.NL.btw, templates: ['999999999B99'] },
  { row: 'eu_vat', prefix: 'PL', oracle: stdnum.PL.nip, templates: ['9999999999'] },
  { row: 'eu_vat', prefix: 'PT', oracle: stdnum.PT.nif, templates: ['999999999'] },
  { row: 'eu_vat', prefix: 'RO', oracle: stdnum.RO.cui, templates: ['9999999999', '99999999', '999999'] },
  {
    row: 'eu_vat',
    prefix: 'SE',
    oracle: stdnum.SE.vat,
    templates: ['9999999999{01}9', '999999999901'],
    wider: [['branches 02 to 94', (id) => !id.endsWith('01')]],
  },
  { row: 'eu_vat', prefix: 'SI', oracle: stdnum.SI.ddv, templates: ['99999999'], narrower: [['none begins with 0', (id) => id.startsWith('0')]] },
  {
    row: 'eu_vat',
    prefix: 'SK',
    oracle: stdnum.SK.dph,
    templates: ['9999999999'],
    wider: [['the rule is for the third digit, and persons use their birth number', (id) => !/^[234789]/.test(id)]],
    narrower: [['the rule is for the third digit, not the first', (id) => !/^..[234789]/.test(id)]],
  },
  { row: 'eu_vat', prefix: 'GB', oracle: stdnum.GB.vat, templates: ['999999999', '999999999999'] },
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
    const theirs: Judge = typeof oracle === 'function' ? oracle : (id) => oracle.validate(id).isValid
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
