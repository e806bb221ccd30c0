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
