// The shipped seed files: row count and order are inputs to every consistent substitute, so the bytes are pinned.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const directory = fileURLToPath(new URL('../rulesets/seeds/', import.meta.url))
const pinned: Record<string, { rows: number; columns: string[]; sha256: string }> = JSON.parse(readFileSync(new URL('./vectors/seeds.json', import.meta.url), 'utf8'))
const files = readdirSync(directory).filter((file) => file.endsWith('.csv'))

/** Reads RFC 4180 strictly: quoted cells may hold commas, doubled quotes and line breaks; lines end with LF. */
function parse(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  while (at < text.length) {
    let cell = ''
    if (text[at] === '"') {
      for (at += 1; ; at += 1) {
        if (at >= text.length) throw new Error('unterminated cell')
        if (text[at] !== '"') cell += text[at]
        else if (text[at + 1] === '"') {
          cell += '"'
          at += 1
        } else break
      }
      at += 1
    } else {
      while (at < text.length && text[at] !== ',' && text[at] !== '\n') {
        if (text[at] === '"' || text[at] === '\r') throw new Error('stray quote or CR')
        cell += text[at]
        at += 1
      }
    }
    row.push(cell)
    if (text[at] === '\n') {
      rows.push(row)
      row = []
    } else if (text[at] !== ',') throw new Error('a cell ends with a comma or a line feed')
    at += 1
  }
  if (row.length > 0) throw new Error('the last line ends with a line feed')
  return rows
}

function read(file: string): { header: string[]; rows: string[][] } {
  const [header = [], ...rows] = parse(readFileSync(directory + file, 'utf8'))
  return { header, rows }
}

function column(file: string, name: string): string[] {
  const { header, rows } = read(file)
  return rows.map((row) => row[header.indexOf(name)] ?? '')
}

describe('every seed file', () => {
  it('is pinned, and every pinned file is there', () => {
    expect(files.sort()).toEqual(Object.keys(pinned).sort())
  })

  it.each(files)('%s has the pinned bytes, header and row count', (file) => {
    const bytes = readFileSync(directory + file)
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(pinned[file]?.sha256)
    const { header, rows } = read(file)
    expect(header).toEqual(pinned[file]?.columns)
    expect(rows.length).toBe(pinned[file]?.rows)
  })

  it.each(files)('%s is UTF-8 without BOM, in NFC, with no empty first cell and rows of one width', (file) => {
    const bytes = readFileSync(directory + file)
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    expect(text.startsWith('\uFEFF')).toBe(false)
    expect(text).toBe(text.normalize('NFC'))
    const { header, rows } = read(file)
    expect(new Set(header).size).toBe(header.length)
    expect(rows.filter((row) => row.length !== header.length || row[0] === '')).toEqual([])
    expect(new Set(rows.map((row) => row.join('\u0000'))).size).toBe(rows.length)
  })
})

describe('first names', () => {
  const file = 'DataMasque_firstNames_mixed.csv'

  it('has the columns of the specification, at least 2,000 rows and ten locales', () => {
    expect(read(file).header).toEqual(['firstname-mixed', 'gender', 'locale'])
    expect(read(file).rows.length).toBeGreaterThanOrEqual(2000)
    expect(new Set(column(file, 'locale')).size).toBeGreaterThanOrEqual(10)
    expect([...new Set(column(file, 'gender'))].sort()).toEqual(['female', 'male', 'unisex'])
  })

  it('has no name twice, whatever its case', () => {
    const names = column(file, 'firstname-mixed').map((name) => name.toLowerCase())
    expect(new Set(names).size).toBe(names.length)
    expect(names).toContain('bradley')
  })
})

describe('last names', () => {
  const file = 'DataMasque_lastNames_v2.csv'

  it('has the columns of the specification and at least 3,000 rows, each in title case and upper case', () => {
    const { header, rows } = read(file)
    expect(header).toEqual(['lastname-titlecase', 'lastname-uppercase'])
    expect(rows.length).toBeGreaterThanOrEqual(3000)
    expect(rows.filter(([title, upper]) => title === upper || title?.toUpperCase() !== upper)).toEqual([])
  })

  it('has no name twice, whatever its case', () => {
    const names = column(file, 'lastname-titlecase').map((name) => name.toLowerCase())
    expect(new Set(names).size).toBe(names.length)
  })

  it('is the same list under both names', () => {
    expect(readFileSync(`${directory}DataMasque_lastNames.csv`).equals(readFileSync(directory + file))).toBe(true)
  })
})

describe('names', () => {
  it.each([
    ['DataMasque_firstNames_mixed.csv', 'firstname-mixed'],
    ['DataMasque_lastNames_v2.csv', 'lastname-titlecase'],
  ])('%s: each is one word of Latin letters, with at most one apostrophe or hyphen inside', (file, name) => {
    expect(column(file, name).filter((text) => !/^\p{Lu}\p{Script=Latin}*(?:['-]\p{Script=Latin}+)?$/u.test(text))).toEqual([])
  })

  it('are mixed: no locale fills a run of rows', () => {
    const locales = column('DataMasque_firstNames_mixed.csv', 'locale')
    let longest = 0
    let run = 0
    for (const [i, locale] of locales.entries()) {
      run = locale === locales[i - 1] ? run + 1 : 1
      longest = Math.max(longest, run)
    }
    expect(longest).toBeLessThan(20)
  })
})

describe('other lists', () => {
  it('e-mail suffixes lie under domains that belong to nobody', () => {
    const real = column('DataMasque_email_suffixes.csv', 'suffix')
    const fake = column('DataMasque_fake_email_suffixes.csv', 'suffix')
    expect(real.filter((suffix) => !/^@[a-z-]+\.example\.(com|net|org)$/.test(suffix))).toEqual([])
    expect(fake.filter((suffix) => !/^@[a-z-]+\.(example|test|invalid)$/.test(suffix))).toEqual([])
    expect(Math.min(real.length, fake.length)).toBeGreaterThanOrEqual(50)
  })

  it('country codes are those of ISO 3166-1', () => {
    const file = 'DataMasque_country_codes.csv'
    expect(read(file).header).toEqual(['name', 'alpha_2', 'alpha_3', 'numeric'])
    expect(read(file).rows.length).toBe(249)
    for (const [name, form] of [
      ['name', /./],
      ['alpha_2', /^[A-Z]{2}$/],
      ['alpha_3', /^[A-Z]{3}$/],
      ['numeric', /^\d{3}$/],
    ] as const) {
      const cells = column(file, name)
      expect(new Set(cells).size).toBe(249)
      expect(cells.filter((cell) => !form.test(cell))).toEqual([])
    }
    expect(read(file).rows.filter(([, code]) => ['NZ', 'CI', 'BQ'].includes(code ?? ''))).toEqual([
      ['Bonaire, Sint Eustatius and Saba', 'BQ', 'BES', '535'],
      ["C\u00f4te d'Ivoire", 'CI', 'CIV', '384'],
      ['New Zealand', 'NZ', 'NZL', '554'],
    ])
  })

  it('card prefixes have every issuer and length', () => {
    const rows = new Set(read('DataMasque_credit_card_prefixes.csv').rows.map((row) => row.join(' ')))
    for (const row of [
      '4 13 visa',
      '4 19 visa',
      '51 16 mastercard',
      '2221 16 mastercard',
      '2720 16 mastercard',
      '37 15 amex',
      '649 19 discover',
      '3589 16 jcb',
      '305 14 diners',
      '62 16 unionpay',
      '6763 12 maestro',
      '2204 19 mir',
    ]) {
      expect(rows).toContain(row)
    }
    for (const row of ['2721 16 mastercard', '56 16 mastercard', '643 16 discover', '3590 16 jcb', '306 14 diners', '2205 16 mir']) expect(rows).not.toContain(row)
  })

  it('street names are a word and a kind of street', () => {
    const streets = column('mask_logs_street_names.csv', 'street_name')
    expect(streets.length).toBeGreaterThanOrEqual(1000)
    expect(streets.filter((street) => !/^[A-Z][a-z]+ [A-Z][a-z]+$/.test(street))).toEqual([])
  })
})
