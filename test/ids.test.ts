// The table of identifiers by itself: its rows, and what each check says beside the slow and obvious finder below, beside
// published numbers, and (test/ids-oracle.test.ts) beside another implementation.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { buildIdWords } from '../scripts/build-id-words.ts'
import { GENERIC_ID_WORDS, idRows } from '../src/detectors/ids/index.ts'
import type { IdRow } from '../src/detectors/ids/index.ts'
import { DETECTOR_GROUPS } from '../src/ruleset/detectors.ts'
import { compact, fill, seeded, shapeSource } from './support/id-shapes.ts'

const byName = new Map(idRows.map((row) => [row.name, row]))

function rowOf(name: string): IdRow {
  const row = byName.get(name)
  if (row === undefined) throw new Error(`no row ${name}`)
  return row
}

/** Names of the table of identifiers, in its order. */
const NAMES = `
  uk_nhs uk_nino uk_utr uk_bank us_npi us_dea us_mbi us_routing us_ein ca_sin in_aadhaar in_pan in_gstin br_cpf br_cnpj br_cns
  br_pis es_dni pt_nif it_codice_fiscale fr_nir de_steuer_id de_ausweis de_svnr de_health nl_bsn be_nrn at_svnr ch_ahv ie_pps
  pl_pesel pl_nip pl_regon cz_rodne_cislo ro_cnp bg_egn hu_tax_id gr_amka lv_pk ee_lt_id se_personnummer fi_hetu no_fnr dk_cpr
  is_kennitala au_tfn au_medicare au_abn nz_ird nz_nhi sg_nric za_id cn_rid kr_rrn jp_my_number th_tnin il_id tr_tckn mx_curp
  hk_id tw_id ru_inn ua_rntrc hr_oib jmbg ar_cuit cl_rut imei iccid vin bic eu_vat passport driver_licence national_id tax_id
  vehicle_plate medical_record health_plan_id bank_account cvv otp_code age`
  .trim()
  .split(/\s+/)

/** Every stretch of `text` that a row takes: a shape between characters of no word, judged, alone or beside a word of the row. */
function findAll(row: IdRow, text: string): string[] {
  const words = ` ${text
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}.']+/u)
    .join(' ')} `
  const named = row.words.some((word) => words.includes(` ${word} `) || words.includes(` ${word}. `) || words.includes(` ${word.replace(/ /g, '')} `))
  const found = new Set<string>()
  const parts = new Set(row.words.flatMap((word) => word.split(' ')))
  // A named row takes separators anywhere.
  const shapes = row.kind === 'named' ? row.shapes.map((shape) => shapeSource(shape).replace(/\](\??)(?=\[)/g, ']$1[-./ ]?')) : row.shapes.map(shapeSource)
  shapes.forEach((source, i) => {
    const alone = row.alone?.includes(row.shapes[i]!) === true
    if (!named && !alone) return
    for (const match of text.matchAll(new RegExp(`(?<![\\p{L}\\p{N}_])(?=(${source})(?![\\p{L}\\p{N}_]|[-./]\\p{N}))`, 'gu'))) {
      if (row.kind === 'named' && parts.has(/^[a-z]*/i.exec(match[1]!)![0].toLowerCase())) continue
      const id = compact(match[1]!)
      if (row.check(id) || (named && row.withContext?.(id) === true)) found.add(match[1]!)
    }
  })
  return [...found]
}

describe('the table', () => {
  it('has every identifier of the specification once', () => {
    expect(idRows.map((row) => row.name).sort()).toEqual([...NAMES].sort())
  })

  it('is well formed', () => {
    for (const row of idRows) {
      expect(DETECTOR_GROUPS, row.name).toContain(row.group)
      expect(row.priority, row.name).toBeGreaterThanOrEqual(51)
      expect(row.priority, row.name).toBeLessThanOrEqual(60)
      expect(row.summary, row.name).toMatch(/^[A-Z].{20,}\.$/)
      expect(row.words.length, row.name).toBeGreaterThan(0)
      expect(new Set(row.words).size, row.name).toBe(row.words.length)
      for (const word of row.words) expect(word, row.name).toMatch(/^[^\s_A-Z-]+( [^\s_A-Z-]+)*$/)
      expect(new Set(row.shapes).size, row.name).toBe(row.shapes.length)
      expect(row.shapes[0], row.name).toMatch(/^[A-Z0-9?]+$/)
      for (const shape of row.alone ?? []) expect(row.shapes, row.name).toContain(shape)
      expect(row.examples.length, row.name).toBeGreaterThan(1)
      expect(row.counterExamples.length, row.name).toBeGreaterThan(1)
    }
    for (const word of GENERIC_ID_WORDS) expect(word).toBe(word.toLowerCase())
  })

  it('has its words in the committed hashes', () => {
    // compared, not shown: a difference is a hundred lines of base64
    expect(buildIdWords() === readFileSync('src/detectors/id-word-data.ts', 'utf8'), 'id-word-data.ts is stale: scripts/build-id-words.ts').toBe(true)
  })

  it('calls checked only what one random id in 1,000 passes', () => {
    for (const row of idRows) if (row.kind !== 'named') expect(row.kind, row.name).toBe(row.passes <= 0.001 ? 'checked' : 'shaped')
  })

  it('says with the shape of a named row how long its values are', () => {
    for (const row of idRows) {
      if (row.kind !== 'named') continue
      const shortest = Math.min(...row.shapes.map((shape) => shape.replace(/.\?/g, '').length))
      const longest = Math.max(...row.shapes.map((shape) => shape.replaceAll('?', '').length))
      const lengths = Array.from({ length: 30 }, (_, length) => length).filter((length) => row.check('1'.repeat(length)))
      expect([lengths[0], lengths.at(-1)], row.name).toEqual([shortest, longest])
    }
  })

  it('reads numbers only where an id can be one', () => {
    for (const row of idRows)
      if (row.numbers)
        expect(
          row.shapes.some((shape) => /^[0-9N?]+$/.test(shape)),
          row.name,
        ).toBe(true)
  })
})

describe.each(idRows.map((row) => ({ name: row.name, row })))('$name', ({ row }) => {
  it.each(row.examples)('finds %s', (example) => {
    const marked = /^(.*)«(.+)»(.*)$/s.exec(example)!
    expect(findAll(row, marked[1]! + marked[2]! + marked[3]!)).toContain(marked[2])
  })

  it.each(row.counterExamples)('leaves %s alone', (example) => {
    expect(findAll(row, example)).toEqual([])
  })

  it('passes no more random ids than it says', () => {
    const random = seeded(1)
    for (const shape of new Set(row.shapes.map((written) => written.replace(/[^A-Z0-9?]/g, '')))) {
      let passed = 0
      for (let i = 0; i < 50_000; i++) if (row.check(fill(shape, random))) passed++
      // three standard deviations of the count
      const expected = row.passes * 50_000
      expect(passed).toBeLessThanOrEqual(expected + (row.passes < 0.002 ? 3 * Math.sqrt(expected) : 0))
    }
  })

  it('answers any string', () => {
    const random = seeded(2)
    const alphabet = `${'0123456789'.repeat(4)}ABCDXYZKÑabc-+./() \u0000\n\ud800é๓٣०😀`
    const wrong: string[] = []
    for (let i = 0; i < 10_000; i++) {
      let text = ''
      for (let n = Math.floor(random() * 24); n > 0; n--) text += alphabet[Math.floor(random() * alphabet.length)]
      const answers: unknown[] = [row.check(text), row.withContext?.(text) ?? false]
      // Nothing but ASCII letters, digits and the century sign of one id is ever valid.
      if (answers.some((answer) => typeof answer !== 'boolean' || (answer && !/^[A-Z0-9]+$|^\d{6}[-+]\d{3}[A-Z0-9]$/.test(text)))) wrong.push(text)
    }
    expect(wrong).toEqual([])
    for (const text of ['', '0'.repeat(100_000), 'A'.repeat(100_000), '__proto__', 'constructor']) expect(row.check(text)).toBe(false)
  })
})

/** Numbers that the issuers, standards and encyclopaedias print as samples, for formats that the other implementation lacks. */
const PUBLISHED: Readonly<Record<string, { readonly valid: readonly string[]; readonly invalid: readonly string[] }>> = {
  // NHS Data Dictionary; test range of NHS Digital
  uk_nhs: { valid: ['9434765919', '4010232137'], invalid: ['9434765918', '4010232138'] },
  // CMS, "Requirements for NPI and NPI check digit"
  us_npi: { valid: ['1234567893'], invalid: ['1234567894', '3234567893'] },
  // Wikipedia, "DEA number"
  us_dea: { valid: ['F91234563'], invalid: ['F91234564', 'I91234563'] },
  // CMS, "Understanding the Medicare Beneficiary Identifier"
  us_mbi: { valid: ['1EG4TE5MK73'], invalid: ['0EG4TE5MK73', '1SG4TE5MK73', '1EG4TE5MKA3'] },
  // Wikipedia, "ABA routing transit number"
  us_routing: { valid: ['111000025'], invalid: ['111000026', '131000025'] },
  // test data of the Brazilian health card service
  br_cns: { valid: ['898000000043208', '700000000000005'], invalid: ['898000000043207'] },
  // documentation of the format with its calculation (268.27649.96-0)
  br_pis: { valid: ['26827649960'], invalid: ['26827649961'] },
  // OECD, "Hungary: information on tax identification numbers"; sample of the health insurance fund
  hu_tax_id: { valid: ['8071592153', '111111110'], invalid: ['8071592154', '111111118'] },
  // HL7 Germany, base profiles; gematik test card
  de_health: { valid: ['A123456780', 'X110411675'], invalid: ['A123456781', 'X110411674'] },
  // samples of the German interior ministry (identity card and passport of Erika Mustermann)
  de_ausweis: { valid: ['T220001293', 'L01X00T471', 'C01X00T478'], invalid: ['T220001294', 'A01X00T471'] },
  // sample numbers of Singapore's developer portals, one per series
  sg_nric: { valid: ['S1234567D', 'T1234567J', 'F1234567N', 'G1234567X', 'M1234567K'], invalid: ['S1234567E', 'G1234567N'] },
  // sample in guides of the Japanese tax agency
  jp_my_number: { valid: ['123456789018'], invalid: ['123456789012'] },
  // Australian Digital Health Agency, conformance test data
  au_medicare: { valid: ['2123456701', '21234567011'], invalid: ['2123456711', '7123456701'] },
  // Australian Taxation Office, sample of eight digits
  au_tfn: { valid: ['81854402', '123456782'], invalid: ['81854403', '123456783'] },
  // HISO 10046:2023 and validators that cite it
  nz_nhi: { valid: ['ZAC5361', 'ZBN77VL', 'ZVB97XQ', 'ALU18KZ', 'WLD9413'], invalid: ['ZZZ0044', 'ZZZ00AA', 'ZAO5361'] },
  // 3GPP TS 23.003; Wikipedia, "International Mobile Equipment Identity"
  imei: { valid: ['490154203237518'], invalid: ['490154203237517'] },
  // Wikipedia, "SIM card"
  iccid: { valid: ['89014103211118510720'], invalid: ['89014103211118510721'] },
  // Wikipedia, "Vehicle identification number"
  vin: { valid: ['1M8GDM9AXKP042788', '5GZCZ43D13S812715'], invalid: ['1M8GDM9A1KP042788', '11111111111111111'] },
  // Wikipedia, "ISO 9362"
  bic: { valid: ['DEUTDEFF', 'NEDSZAJJXXX', 'DABADKKK'], invalid: ['DEUTXXFF', 'DEUTDEF', 'DEUTADFFX'] },
  // A number of the years after the reform: date and sex digit, no check digit
  kr_rrn: { valid: ['9901011234567', '2011303234567'], invalid: ['9902301234567', '9901010234567'] },
  uk_bank: { valid: ['089999', '66374958', '08999966374958'], invalid: ['000000', '6637495', '66666666'] },
  // Berlin's insurance, explanation of its number
  de_svnr: { valid: ['15070649C103', '65170839J003'], invalid: ['15070649C104', '15310249C103'] },
}

describe('published numbers', () => {
  it.each(Object.entries(PUBLISHED))('%s', (name, { valid, invalid }) => {
    const { check } = rowOf(name)
    expect(valid.filter((id) => !check(id))).toEqual([])
    expect(invalid.filter(check)).toEqual([])
  })

  it('a vehicle number without check digit needs a word', () => {
    const vin = rowOf('vin')
    expect(vin.check('WVWZZZ1JZXW000001')).toBe(false)
    expect(vin.withContext?.('WVWZZZ1JZXW000001')).toBe(true)
    expect(vin.withContext?.('WVWZZZ1JZXW00000I')).toBe(false)
  })
})

describe('dates in ids', () => {
  it.each([
    ['fi_hetu', '131052-308T', '310452-308T'],
    ['pl_pesel', '44051401359', '44053201359'],
    ['cn_rid', '11010519491231002X', '110105194902310025'],
  ])('%s wants a real one', (name, valid, invalid) => {
    expect(rowOf(name).check(valid)).toBe(true)
    for (let last = 0; last < 36; last++) expect(rowOf(name).check(invalid.slice(0, -1) + last.toString(36).toUpperCase())).toBe(false)
  })

  it('knows leap years of the century that the id names', () => {
    const { check } = rowOf('ee_lt_id')
    const some = (front: string): boolean => Array.from({ length: 10 }, (_, digit) => check(`${front}${digit}`)).some(Boolean)
    expect(some('5000229123')).toBe(true)
    expect(some('3000229123')).toBe(false)
    expect(some('3040229123')).toBe(true)
  })
})
