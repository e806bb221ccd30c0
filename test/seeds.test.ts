// The shipped seed files: row count and order are inputs to every consistent substitute, so the bytes are pinned.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { createMasker } from '../src/index.ts'
import { findSeedFile } from '../src/seeds/load.ts'

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

describe('the loader', () => {
  it.each(files)('%s is read with every column', (file) => {
    const found = findSeedFile(file, [directory])
    if (!('table' in found)) throw new Error(found.problem.message)
    expect(found.table.rows).toBe(pinned[file]?.rows)
    for (const title of pinned[file]?.columns ?? []) expect(found.table.column(title)).toEqual(column(file, title))
  })

  it.each(files)('from_file finds %s by name', (file) => {
    const masker = createMasker(`version: "1.0"\nrules:\n  - {keys: [x], masks: [{type: from_file, seed_file: ${file}}]}\n`)
    try {
      expect(column(file, read(file).header[0] ?? '')).toContain((masker.value({ x: 'raw' }) as { x: string }).x)
    } finally {
      masker.close()
    }
  })

  it('street, city and postcode of one customer are of one row', () => {
    const file = 'DataMasque_AU_addresses_real.csv'
    const parts = ['street_address', 'suburb', 'city', 'state', 'postcode']
    const rules = parts.map((part) => `  - {keys: [${part}], masks: [{type: from_file, seed_file: ${file}, seed_column: ${part}}], hash_sources: [{json_path: [id]}]}\n`)
    const masker = createMasker(`version: "1.0"\nrules:\n${rules.join('')}`, { runSecret: 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e' })
    try {
      for (let id = 0; id < 50; id += 1) {
        const masked = masker.value({ id, ...Object.fromEntries(parts.map((part) => [part, 'raw'])) } as Record<string, unknown>) as Record<string, string>
        expect(records(file)).toContainEqual({ ...Object.fromEntries(parts.map((part) => [part, masked[part]])), country: 'Australia' })
      }
    } finally {
      masker.close()
    }
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

/** The rows of a file as objects. */
function records(file: string): Record<string, string>[] {
  const { header, rows } = read(file)
  return rows.map((row) => Object.fromEntries(header.map((title, i) => [title, row[i] ?? ''])))
}

describe('companies', () => {
  it.each([
    ['DataMasque_companies.csv', 1000, / (?:Inc\.|LLC|LLP|Corp\.|Corporation|Co\.|Company|Group|Holdings|Ltd|Limited|plc|International)$/],
    ['DataMasque_AU_companies.csv', 300, / (?:Pty Ltd|Limited)$/],
    ['DataMasque_NZ_companies.csv', 300, / (?:Limited|Ltd)$/],
  ])('%s: at least %i names, no two alike, each with a legal form', (file, least, form) => {
    expect(read(file).header).toEqual(['company'])
    const names = column(file, 'company')
    expect(names.length).toBeGreaterThanOrEqual(least)
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length)
    expect(names.filter((name) => !form.test(name) || !/^[A-Z][a-z]+ (?:& [A-Z][a-z]+ )?[A-Z][a-z]+ /.test(name))).toEqual([])
  })

  it('are not those of companies that everybody knows, nor do words run together into one that nobody wants', () => {
    const known =
      /\b(?:amazon|apple|boeing|chevron|cisco|coles|dell|deloitte|disney|ford|fonterra|google|intel|lloyds|microsoft|nestle|nike|oracle|pfizer|qantas|santander|shell|sony|target|telstra|tesco|tesla|unilever|visa|vodafone|walmart|westpac|woolworths|xero)\b/i
    const unwanted = /anal(?!ytics)|arse|cock|cunt|dick|fag|fuck|kill|nazi|nig|piss|rape|shit|slag|slut|tard|tit|twat|wank/i
    for (const file of files.filter((name) => name.endsWith('companies.csv'))) {
      expect(column(file, 'company').filter((name) => known.test(name) || unwanted.test(name))).toEqual([])
    }
    for (const file of addressFiles) expect(column(file, 'street_address').filter((line) => unwanted.test(line))).toEqual([])
  })
})

describe('occupations', () => {
  it('are at least 500 titles, no two alike', () => {
    expect(read('DataMasque_occupations.csv').header).toEqual(['occupation'])
    const titles = column('DataMasque_occupations.csv', 'occupation')
    expect(titles.length).toBeGreaterThanOrEqual(500)
    expect(new Set(titles.map((title) => title.toLowerCase())).size).toBe(titles.length)
    expect(titles.filter((title) => !/^[A-Z][A-Za-z]*(?:[ -][A-Za-z]+)*$/.test(title))).toEqual([])
  })
})

const addressFiles = ['DataMasque_US_addresses.csv', 'DataMasque_AU_addresses_real.csv', 'DataMasque_NZ_addresses_real.csv', 'mask_logs_GB_addresses.csv']

/** What the first digits of a postcode say of the state, for a look from another side than the table of places. */
const postcodes: Record<string, { form: RegExp; of: (postcode: string) => RegExp }> = {
  'United States': {
    form: /^\d{5}$/,
    of: (postcode) =>
      [
        /^(?:CT|MA|ME|NH|NJ|NY|RI|VT)$/,
        /^(?:DE|NY|PA)$/,
        /^(?:DC|MD|NC|SC|VA|WV)$/,
        /^(?:AL|FL|GA|MS|TN)$/,
        /^(?:IN|KY|MI|OH)$/,
        /^(?:IA|MN|MT|ND|SD|WI)$/,
        /^(?:IL|KS|MO|NE)$/,
        /^(?:AR|LA|OK|TX)$/,
        /^(?:AZ|CO|ID|NM|NV|UT|WY)$/,
        /^(?:AK|CA|HI|OR|WA)$/,
      ][Number(postcode[0])]!,
  },
  Australia: { form: /^\d{4}$/, of: (postcode) => [/^NT$/, /^$/, /^(?:ACT|NSW)$/, /^VIC$/, /^QLD$/, /^SA$/, /^WA$/, /^TAS$/][Number(postcode[0])] ?? /^$/ },
  'New Zealand': {
    form: /^\d{4}$/,
    of: (postcode) =>
      [/^(?:NTL|AUK)$/, /^AUK$/, /^(?:AUK|WKO)$/, /^(?:BOP|WKO|MWT)$/, /^(?:GIS|HKB|MWT|TKI)$/, /^(?:MWT|WGN)$/, /^WGN$/, /^(?:CAN|MBH|NSN|TAS|WTC)$/, /^CAN$/, /^(?:OTA|STL)$/][
        Number(postcode[0])
      ]!,
  },
  'United Kingdom': {
    // Neither C, I, K, M, O nor V ends a British postcode.
    form: /^[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}$/,
    of: (postcode) =>
      /^BT/.test(postcode) ? /^NIR$/ : /^(?:AB|DD|EH|FK|G|HS|IV|KA|KW|KY|ML|PA|PH|ZE)\d/.test(postcode) ? /^SCT$/ : /^(?:CF|SA)\d/.test(postcode) ? /^WLS$/ : /^(?:ENG|WLS|SCT)$/,
  },
}

function placesOf(key: string): string[][] {
  return parse(readFileSync(new URL(`../scripts/data/places-${key}.csv`, import.meta.url), 'utf8')).slice(1)
}

describe('addresses', () => {
  it.each([
    ['us', addressFiles[0]!, 51],
    ['au', addressFiles[1]!, 8],
    ['nz', addressFiles[2]!, 16],
    ['gb', addressFiles[3]!, 4],
  ])('%s: at least 2,000 rows, all states, and places that are in the table of places', (key, file, states) => {
    const rows = records(file)
    expect(read(file).header).toEqual(['street_address', 'suburb', 'city', 'state', 'postcode', 'country'])
    expect(rows.length).toBeGreaterThanOrEqual(2000)
    expect(new Set(rows.map((row) => row['state'])).size).toBe(states)
    const known = new Set(placesOf(key).map(([suburb, city, , postcode]) => [suburb, city, postcode].join('|')))
    expect(rows.filter((row) => !known.has([row['suburb'], row['city'], row['postcode']].join('|')))).toEqual([])
  })

  it.each(addressFiles)('%s: one country, with the name of the list of countries', (file) => {
    const names = new Set(column(file, 'country'))
    expect(names.size).toBe(1)
    expect(column('DataMasque_country_codes.csv', 'name')).toEqual(expect.arrayContaining([...names]))
  })

  it.each(addressFiles)('%s: no house and street twice, and no street of the list of common names', (file) => {
    const lines = column(file, 'street_address')
    expect(new Set(lines).size).toBe(lines.length)
    expect(lines.filter((line) => !/^(?:\d+\/)?\d+[A-Ca-b]? [A-Z][a-z]+ [A-Z][a-z]+(?: (?:Apt|Unit|Suite) \d+)?$/.test(line))).toEqual([])
    const common = new Set(column('mask_logs_street_names.csv', 'street_name').map((street) => street.split(' ')[0]))
    expect(lines.filter((line) => common.has(line.split(' ')[1]))).toEqual([])
  })

  it('United States: no suburb, states by code', () => {
    const rows = records('DataMasque_US_addresses.csv')
    expect(rows.filter((row) => row['suburb'] !== '' || !/^[A-Z]{2}$/.test(row['state'] ?? '') || !postcodes['United States']!.form.test(row['postcode'] ?? ''))).toEqual([])
    expect(rows.filter((row) => !postcodes['United States']!.of(row['postcode'] ?? '').test(row['state'] ?? ''))).toEqual([])
  })

  it('Australia: a suburb in each row, states by code', () => {
    const rows = records('DataMasque_AU_addresses_real.csv')
    expect(rows.filter((row) => row['suburb'] === '' || !postcodes['Australia']!.of(row['postcode'] ?? '').test(row['state'] ?? ''))).toEqual([])
  })
})

describe('cities', () => {
  const rows = records('mask_logs_cities.csv')

  it('has the columns of the specification and enough rows of each country', () => {
    expect(read('mask_logs_cities.csv').header).toEqual(['city', 'state', 'state_code', 'postcode', 'country'])
    const count = (country: string): number => rows.filter((row) => row['country'] === country).length
    expect(count('United States')).toBeGreaterThanOrEqual(1000)
    expect(count('Australia')).toBeGreaterThanOrEqual(300)
    expect(count('New Zealand')).toBeGreaterThanOrEqual(100)
    expect(count('United Kingdom')).toBeGreaterThanOrEqual(300)
  })

  it('has no city of a state twice, and one code for each state', () => {
    expect(new Set(rows.map((row) => [row['country'], row['state_code'], row['city']].join('|'))).size).toBe(rows.length)
    const codes = new Set(rows.map((row) => [row['country'], row['state_code']].join('|')))
    expect(new Set(rows.map((row) => [row['country'], row['state_code'], row['state']].join('|'))).size).toBe(codes.size)
  })

  it('has postcodes of the form and, by their first characters, of the state of their row', () => {
    for (const row of rows) {
      const { form, of } = postcodes[row['country'] ?? '']!
      expect(row['postcode']).toMatch(form)
      expect(row['state_code']).toMatch(of(row['postcode'] ?? ''))
    }
  })

  it('has cities that everybody can check', () => {
    const lines = new Set(rows.map((row) => Object.values(row).join(', ')))
    for (const line of [
      'New York, New York, NY, 10001, United States',
      'Seattle, Washington, WA, 98101, United States',
      'Sydney, New South Wales, NSW, 2000, Australia',
      'Darwin, Northern Territory, NT, 0800, Australia',
      'Auckland, Auckland, AUK, 1010, New Zealand',
      'Hamilton, Waikato, WKO, 3204, New Zealand',
    ]) {
      expect(lines).toContain(line)
    }
    const outward = (city: string): string => rows.find((row) => row['city'] === city && row['country'] === 'United Kingdom')?.['postcode']?.split(' ')[0] ?? ''
    expect(['Aberdeen', 'Bath', 'Belfast', 'Cardiff', 'Glasgow', 'London'].map(outward)).toEqual(['AB10', 'BA1', 'BT1', 'CF3', 'G1', 'SE1'])
  })
})

describe('card numbers', () => {
  const file = 'DataMasque_credit_card_numbers.csv'
  const rows = records(file)

  it('has the columns of the specification and at least 1,000 numbers, all Luhn-valid', () => {
    expect(read(file).header).toEqual(['number', 'network'])
    expect(rows.length).toBeGreaterThanOrEqual(1000)
    const luhn = (number: string): number =>
      [...number].reverse().reduce((sum, digit, i) => sum + (i % 2 === 0 ? Number(digit) : [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][Number(digit)]!), 0) % 10
    expect(rows.filter((row) => luhn(row['number'] ?? '') !== 0)).toEqual([])
  })

  it('has prefix, length and network of the list of prefixes', () => {
    const prefixes = records('DataMasque_credit_card_prefixes.csv')
    const fits = (number: string, network: string): boolean =>
      prefixes.some((entry) => entry['network'] === network && number.startsWith(entry['prefix'] ?? '?') && number.length === Number(entry['length']))
    expect(rows.filter((row) => !fits(row['number'] ?? '', row['network'] ?? ''))).toEqual([])
    expect(new Set(rows.map((row) => row['network']))).toEqual(new Set(prefixes.map((entry) => entry['network'])))
  })

  it('has published numbers, and nothing that is not like one of them but for the last five digits', () => {
    const numbers = new Set(column(file, 'number'))
    for (const number of ['4242424242424242', '4111111111111111', '5555555555554444', '378282246310005', '6011111111111117', '3530111333300000', '30569309025904'])
      expect(numbers).toContain(number)
    const starts = new Set([...numbers].map((number) => number.slice(0, -5)))
    expect(starts.size).toBe(38)
  })
})
