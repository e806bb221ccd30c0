import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findSeedFile, isBareName, readSeedTable } from '../src/seeds/load.ts'
import { fixtureSeeds } from './support/mask-harness.ts'

function read(text: string | Uint8Array): { columns: (header?: string) => readonly string[] | undefined; rows: number } | string {
  const result = readSeedTable('x.csv', typeof text === 'string' ? Buffer.from(text) : text)
  return 'table' in result ? { columns: result.table.column, rows: result.table.rows } : result.problem.message
}

describe('seed files', () => {
  it('are CSV with a header; cells keep quotes, commas and line breaks', () => {
    const table = read('a,"b ""x"""\r\n1,"2,3"\n"4\n5",\n')
    if (typeof table === 'string') throw new Error(table)
    expect(table.rows).toBe(2)
    expect(table.columns()).toEqual(['1', '4\n5'])
    expect(table.columns('b "x"')).toEqual(['2,3', ''])
    expect(table.columns('c')).toBeUndefined()
  })

  it('may end without a line break, also after a comma', () => {
    expect(read('a,b\n1,2')).toMatchObject({ rows: 1 })
    const table = read('a,b\n1,')
    if (typeof table === 'string') throw new Error(table)
    expect(table.columns('b')).toEqual([''])
  })

  it.each([
    ['\ufeffa\n1\n', 'byte order mark'],
    ['', 'is empty'],
    ['a\n', 'no rows'],
    ['a,a\n1,2\n', 'twice'],
    ['a,\n1,2\n', 'empty name'],
    ['a,b\n1\n', 'row 1 has 1 cells'],
    ['a,b\n1,2,3\n', 'row 1 has more cells'],
    ['a\n"1\n', 'row 1 has a quote that is not closed'],
    ['a\n1"2\n', 'quote inside'],
    ['a\n"1"2\n', 'after a closing quote'],
    ['a\n1\r2\n', 'carriage return'],
  ])('%j is refused', (text, words) => {
    expect(read(text)).toContain(words)
  })

  it('are UTF-8, and problems do not quote them', () => {
    expect(read(Uint8Array.from([0x61, 0x0a, 0xff, 0x0a]))).toBe('the file is not UTF-8')
    expect(read('a\ncanary"x\n')).not.toContain('canary')
  })

  it('have at most 1,000,000 rows', () => {
    expect(read(`a\n${'1\n'.repeat(1_000_000)}`)).toMatchObject({ rows: 1_000_000 })
    expect(read(`a\n${'1\n'.repeat(1_000_001)}`)).toContain('1,000,000')
  })

  it('are found by bare name in the first directory that has them', () => {
    const directory = mkdtempSync(join(tmpdir(), 'seeds-'))
    try {
      writeFileSync(join(directory, 'DataMasque_lastNames_v2.csv'), 'x\nown\n')
      const found = findSeedFile('DataMasque_lastNames_v2.csv', [join(directory, 'none'), directory, fixtureSeeds])
      expect('table' in found && found.table.column()).toEqual(['own'])
      const second = findSeedFile('DataMasque_firstNames_mixed.csv', [directory, fixtureSeeds])
      expect('table' in second && second.table.rows).toBe(10)
      expect('table' in second && second.table.sha256).toMatch(/^[0-9a-f]{64}$/)
      for (const name of ['none.csv', '../seeds/DataMasque_lastNames_v2.csv', '..', '', 'a/b.csv', 'a\\b.csv', 'a\0']) {
        expect(findSeedFile(name, [directory])).toMatchObject({ problem: { code: 'seed_file_not_found' } })
      }
      expect(isBareName('..')).toBe(false)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})
