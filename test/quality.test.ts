// The harness of `npm run quality`: its values are what they say, its labels stand where they should, and no figure of the committed
// report falls. The comparison uses the smaller run that the report holds; `npm run quality -- --check` compares the whole.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { stdnum } from 'stdnum'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../bench/random.ts'
import { crc32, inBase, verhoeff } from '../bench/quality/arithmetic.ts'
import { lostGates, worse } from '../bench/quality/compare.ts'
import { entities } from '../bench/quality/entities.ts'
import { gatesOf } from '../bench/quality/gates.ts'
import { leaks } from '../bench/quality/leak.ts'
import { linesFolder, readLines } from '../bench/quality/lines.ts'
import { measure, QUICK } from '../bench/quality/measure.ts'
import { national } from '../bench/quality/national.ts'
import { negatives } from '../bench/quality/negatives.ts'
import { labelled } from '../bench/quality/records.ts'
import { renderQuality } from '../bench/quality/render.ts'
import { writeReport, type Report } from '../bench/quality/run.ts'
import { secretLines } from '../bench/quality/secret-lines.ts'
import { createSubject, registry, type Subject } from '../bench/quality/subject.ts'
import { vendors } from '../bench/quality/vendors.ts'

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
const report = JSON.parse(read('bench/quality/report.json')) as Report

/** Formats that stdnum knows: type to country and names, any of which may accept it. */
const ORACLE: Readonly<Record<string, readonly [string, ...string[]]>> = {
  uk_nino: ['GB', 'nino'],
  uk_utr: ['GB', 'utr'],
  us_ein: ['US', 'ein'],
  ca_sin: ['CA', 'sin'],
  in_aadhaar: ['IN', 'aadhaar'],
  in_pan: ['IN', 'pan'],
  in_gstin: ['IN', 'gstin'],
  br_cpf: ['BR', 'cpf'],
  es_dni: ['ES', 'dni', 'nie'],
  pt_nif: ['PT', 'nif'],
  it_codice_fiscale: ['IT', 'codicefiscale'],
  fr_nir: ['FR', 'nir'],
  de_steuer_id: ['DE', 'idnr'],
  de_svnr: ['DE', 'svnr'],
  nl_bsn: ['NL', 'bsn'],
  be_nrn: ['BE', 'nn', 'insz'],
  at_svnr: ['AT', 'vnr'],
  ch_ahv: ['CH', 'ssn'],
  ie_pps: ['IE', 'pps'],
  pl_pesel: ['PL', 'pesel'],
  pl_nip: ['PL', 'nip'],
  pl_regon: ['PL', 'regon'],
  cz_rodne_cislo: ['CZ', 'rc'],
  ro_cnp: ['RO', 'cnp'],
  bg_egn: ['BG', 'egn'],
  gr_amka: ['GR', 'amka'],
  lv_pk: ['LV', 'pvn'],
  ee_lt_id: ['EE', 'ik'],
  se_personnummer: ['SE', 'personnummer'],
  fi_hetu: ['FI', 'hetu'],
  no_fnr: ['NO', 'fodselsnummer'],
  is_kennitala: ['IS', 'kennitala'],
  au_tfn: ['AU', 'tfn'],
  au_abn: ['AU', 'abn'],
  nz_ird: ['NZ', 'ird'],
  za_id: ['ZA', 'idnr'],
  cn_rid: ['CN', 'ric'],
  kr_rrn: ['KR', 'rrn'],
  th_tnin: ['TH', 'idnr'],
  il_id: ['IL', 'idnr'],
  tr_tckn: ['TR', 'tckimlik'],
  mx_curp: ['MX', 'curp'],
  hk_id: ['HK', 'hkid'],
  ru_inn: ['RU', 'inn'],
  ua_rntrc: ['UA', 'rntrc'],
  hr_oib: ['HR', 'oib'],
  jmbg: ['RS', 'jmbg'],
  ar_cuit: ['AR', 'cuit'],
  cl_rut: ['CL', 'rut'],
  br_cnpj: ['BR', 'cnpj'],
}

describe('generated identifiers', () => {
  const validators = stdnum as unknown as Record<string, Record<string, { validate(value: string): { isValid: boolean } }>>
  it.each(Object.entries(ORACLE))('%s is valid to stdnum', (name, [country, ...names]) => {
    const entity = national.find((e) => e.name === name)
    expect(entity).toBeDefined()
    const random = createRandom(`oracle ${name}`)
    const refused: string[] = []
    for (let i = 0; i < 300; i++) {
      const value = entity?.make(random, i % 2 === 0) as string
      // Letters in company numbers came later than that format.
      if (name === 'br_cnpj' && /[A-Z]/.test(value)) continue
      // Nor does it know the newest state of India, or dots in Chilean numbers.
      if (name === 'in_gstin' && value.startsWith('38')) continue
      const text = name === 'cl_rut' ? value.replaceAll('.', '') : value
      if (!names.some((n) => validators[country]?.[n]?.validate(text).isValid)) refused.push(value)
    }
    expect(refused).toEqual([])
  })

  it('pass published examples of their arithmetic', () => {
    expect(verhoeff('236')).toBe('3')
    expect(crc32('123456789').toString(16)).toBe('cbf43926')
    expect(inBase(62, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', 3)).toBe('010')
  })

  it('are the same in every run, and others for every instance', () => {
    for (const entity of entities) {
      const text = (seed: string): string => JSON.stringify(entity.make(createRandom(seed), true))
      expect(text('a'), entity.name).toBe(text('a'))
      // An age has few values.
      if (entity.name !== 'age') expect(new Set(['a', 'b', 'c', 'd', 'e', 'f'].map(text)).size, entity.name).toBeGreaterThan(1)
    }
  })
})

/** What a stretch of a raw record stands for. */
function decoded(raw: string, setting: string, start: number, end: number): string {
  const bytes = Buffer.from(raw).subarray(start, end).toString()
  if (!raw.startsWith('{')) return bytes
  const once = JSON.parse(`"${bytes}"`) as string
  if (setting === 'nested' && raw.includes('"payload":')) return JSON.parse(`"${once}"`) as string
  return setting === 'nested' && raw.includes('/v1/lookup?') ? decodeURIComponent(once) : once
}

describe('labelled records', () => {
  it('have their label where the value stands, and are JSON where they look like it', () => {
    for (const entity of entities) {
      for (const record of labelled(entity, 6)) {
        if (record.raw.startsWith('{')) expect(() => JSON.parse(record.raw) as unknown, record.raw).not.toThrow()
        if (record.label === undefined) continue
        const { start, end, mayStart, mayEnd, value } = record.label
        expect(decoded(record.raw, record.setting, start, end), record.raw).toBe(value)
        expect(mayStart <= start && mayEnd >= end, record.raw).toBe(true)
      }
    }
  })

  it('begin with the same ones, however many there are', () => {
    const entity = entities[0]!
    const few = labelled(entity, 2).map((record) => record.raw)
    expect(
      labelled(entity, 5)
        .map((record) => record.raw)
        .slice(0, few.length),
    ).toEqual(few)
  })

  it('cover every vendor and identifier once', () => {
    expect(new Set(entities.map((entity) => entity.name)).size).toBe(entities.length)
    expect(vendors.length).toBeGreaterThan(80)
    expect(national.length).toBeGreaterThan(60)
  })
})

describe('hard negatives, secret lines and log lines', () => {
  it('has at least 50 texts of each class', () => {
    expect(negatives.length).toBeGreaterThan(100)
    for (const { name, text } of negatives) {
      const texts = new Set(Array.from({ length: 50 }, (_, i) => text(i)))
      // Few words vary in some; every class varies.
      expect(texts.size, name).toBeGreaterThan(4)
      expect(text(7), name).toBe(text(7))
    }
  })

  it('labels at least 600 lines of code, configuration, logs, environment and records', () => {
    const lines = secretLines()
    expect(lines.length).toBeGreaterThanOrEqual(600)
    expect(new Set(lines.map((line) => line.kind)).size).toBe(5)
    const with_ = lines.filter((line) => line.secrets.length > 0)
    expect(with_.length).toBeGreaterThan(lines.length / 3)
    expect(with_.length).toBeLessThan((2 * lines.length) / 3)
    for (const line of lines) expect(line.text, 'a placeholder was not filled in').not.toMatch(/«|»|<(?:word|id|uuid|hexid|num|path|name)>/)
  })

  it('has 20,000 log lines of 12 kinds and more, in two megabytes, none of which names where it was made', () => {
    const lines = readLines()
    expect(lines.length).toBeGreaterThanOrEqual(20_000)
    expect(new Set(lines.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(12)
    const folder = fileURLToPath(linesFolder())
    expect(readdirSync(folder).reduce((sum, file) => sum + statSync(`${folder}/${file}`).size, 0)).toBeLessThan(2_000_000)
    // As the test of the tracked files does, which cannot look into compressed ones.
    const words = [`/wo${'rk'}/`, `(^|[^\\w.-])/ro${'ot'}(?:/|\\b)`, `/tmp/[a-z]/`, `npm${'js'}\\.`, `[\\w.-]+@(?!\\d|localhost)[\\w-]+\\.(?:com|org|net|io|de)\\b`]
    expect(lines.filter(({ line }) => new RegExp(words.join('|')).test(line))).toEqual([])
  })
})

describe('leaks', () => {
  it('are stretches of four characters in every output, beside what is kept and what stands around', () => {
    expect(leaks('4111111111111111', 0, ['x 4111', 'y 4111'], 'x ')).toBe(true)
    expect(leaks('4111222233334444', 4, ['x 4111', 'y 4111'], 'x ')).toBe(false)
    // By chance: in one of two.
    expect(leaks('4111222233334444', 0, ['x 2222', 'y 5555'], 'x ')).toBe(false)
    expect(leaks('abcdefgh', 0, ['abcd', 'abcd'], 'abcd')).toBe(false)
    expect(leaks('github_pat_x', 0, ['[REDACTED:github_pat]', '[REDACTED:github_pat]'], '')).toBe(false)
    expect(leaks('wxyz9876', 0, ['{"a":"{\\"b\\":\\"9\\u0038\\u00376\\"}"}', '9876'], '')).toBe(true)
    expect(leaks('wxyz9876', 0, ['q=%398%376', '9876'], '')).toBe(false)
    expect(leaks('wxyz9876', 0, ['{"q":"%398%376"}', '9876'], '')).toBe(true)
    expect(leaks('123', 0, ['123', '123'], '')).toBe(true)
  })
})

describe('the committed report', () => {
  it('is what docs/quality.md shows', () => {
    expect(read('docs/quality.md')).toBe(renderQuality(report))
    expect(read('bench/quality/report.json')).toBe(writeReport(report))
  })

  it('has no figure that fell', () => {
    const subject = createSubject()
    const now = measure(subject, QUICK)
    subject.close()
    expect(worse(report.quick, now), 'if this is meant, run `npm run quality` and commit what it writes').toEqual([])
    // Every detector is measured, by the generator or by its examples.
    for (const name of registry.keys()) expect(now.types[name]?.detector === true || now.byExamples[name] !== undefined, name).toBe(true)
  })

  it('tells when figures fall and gates are lost', () => {
    const { quick } = report
    expect(worse(quick, quick)).toEqual([])
    const email = quick.types['email']!
    const without = (change: object): typeof quick => ({ ...quick, types: { ...quick.types, email: { ...email, ...change } } })
    expect(worse(quick, without({ recall: email.recall - 0.004 }))).toEqual([])
    expect(worse(quick, without({ recall: email.recall - 0.006 }))).toHaveLength(1)
    expect(worse(quick, without({ precision: null }))).toHaveLength(1)
    expect(worse(quick, without({ leak: email.leak + 0.01 }))).toHaveLength(1)
    expect(worse(quick, { ...quick, lines: { ...quick.lines, byDetector: { ...quick.lines.byDetector, email: 9 } } })).toHaveLength(1)
    const { email: _, ...others } = quick.types
    expect(worse(quick, { ...quick, types: others })).toHaveLength(1)
    const gates = gatesOf(quick, undefined, undefined)
    expect(lostGates(gates, gates)).toEqual([])
    expect(lostGates(gates, gatesOf(without({ recall: 0.5 }), undefined, undefined))).toHaveLength(1)
  })

  it('would be empty for a masker that finds nothing, and false alarms would show', () => {
    const masker = createSubject()
    const blind: Subject = { ...masker, find: () => [] }
    const small = { perSetting: 1, perNegative: 1, secretVariations: 1, lineStep: 400 }
    const none = measure(blind, small)
    expect(none.types['email']?.recall).toBe(0)
    expect(none.types['email']?.precision).toBe(null)
    expect(none.secrets.recall).toBe(0)
    const nervous: Subject = { ...masker, find: (raw) => [{ detector: 'email', start: 0, end: Buffer.byteLength(raw) }] }
    const all = measure(nervous, small)
    masker.close()
    expect(all.types['email']?.recall).toBe(1)
    expect(all.types['email']?.precision).toBeLessThan(0.9)
    expect(all.overMask).toBe(1)
    expect(all.lines.flaggedPer10000).toBe(10_000)
    expect(all.negatives.flaggedPer10000).toBe(10_000)
  })
})
