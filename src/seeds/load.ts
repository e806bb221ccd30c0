import { isUtf8 } from 'node:buffer'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sha256Hex } from '../engine/keyed.ts'
import type { SeedTable } from '../engine/types.ts'

/** Why a seed file cannot be used. The words say where, never what the file holds. */
export interface SeedProblem {
  readonly code: 'seed_file_not_found' | 'seed_file_invalid'
  /** Like `row 3 has 2 cells, the header has 4`. */
  readonly message: string
}

export type SeedResult = { readonly table: SeedTable } | { readonly problem: SeedProblem }

const MOST_ROWS = 1_000_000
const MOST_BYTES = 256 * 1024 * 1024

/** True for a name that stays in its directory: no separator, no `..`, no control character. */
export function isBareName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && name.length <= 255 && !/[/\\\u0000-\u001f]/.test(name)
}

/**
 * Looks a seed file up by bare name in a list of directories, first wins, and reads it.
 *
 *     const found = findSeedFile('DataMasque_occupations.csv', ['./seeds', shipped])
 */
export function findSeedFile(name: string, directories: readonly string[]): SeedResult {
  if (!isBareName(name)) return notFound('a seed file is named without directories')
  for (const directory of directories) {
    const path = join(directory, name)
    try {
      const stats = statSync(path, { throwIfNoEntry: false })
      if (stats === undefined || !stats.isFile()) continue
      if (stats.size > MOST_BYTES) return invalid('the file is larger than 256 MiB')
      return readSeedTable(name, readFileSync(path))
    } catch {
      return invalid('the file cannot be read')
    }
  }
  return notFound('no such file in the seed directories')
}

/** Reads the bytes of a seed file: RFC 4180, UTF-8 without BOM, a header without duplicates, 1 to 1,000,000 rows. */
export function readSeedTable(name: string, bytes: Uint8Array): SeedResult {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return invalid('the file begins with a byte order mark')
  // a TextDecoder takes 3 ms to begin with
  if (!isUtf8(bytes)) return invalid('the file is not UTF-8')
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
  const parsed = parseCsv(text)
  if (typeof parsed === 'string') return invalid(parsed)
  const { header, columns } = parsed
  const rows = columns[0]!.length
  if (rows === 0) return invalid('the file has no rows')
  // Of the shipped lists nobody asks for it, and node:crypto takes 3 ms to load. Large files are not held for it.
  const held = bytes.length > 1 << 20 ? undefined : bytes
  let hash = held === undefined ? sha256Hex(bytes) : undefined
  const byHeader = new Map(header.map((title, i) => [title, columns[i]!]))
  return {
    table: {
      name,
      rows,
      get sha256() {
        return (hash ??= sha256Hex(held!))
      },
      column: (title) => (title === undefined ? columns[0] : byHeader.get(title)),
    },
  }
}

/** The columns of CSV text, or what is wrong with it. */
function parseCsv(text: string): { header: readonly string[]; columns: string[][] } | string {
  return text.includes('"') || text.includes('\r') ? parseQuoted(text) : parsePlain(text)
}

/** The common case, a file without quotes, by splitting: the shipped lists are read when a first value needs them. */
function parsePlain(text: string): { header: readonly string[]; columns: string[][] } | string {
  const lines = text.split('\n')
  if (lines[lines.length - 1] === '') lines.pop()
  if (lines.length === 0) return 'the file is empty'
  const header = lines[0]!.split(',')
  if (header.some((title) => title === '')) return 'the header has an empty name'
  if (new Set(header).size < header.length) return 'the header has a name twice'
  if (lines.length - 1 > MOST_ROWS) return 'the file has more than 1,000,000 rows'
  const width = header.length
  if (width === 1 && !text.includes(',')) return { header, columns: [lines.slice(1)] }
  const columns = header.map(() => new Array<string>(lines.length - 1))
  for (let i = 1; i < lines.length; i++) {
    const row = lines[i]!.split(',')
    if (row.length > width) return `${place(i)} has more cells than the header`
    if (row.length < width) return `${place(i)} has ${row.length} cells, the header has ${width}`
    for (let c = 0; c < width; c++) columns[c]![i - 1] = row[c]!
  }
  return { header, columns }
}

function parseQuoted(text: string): { header: readonly string[]; columns: string[][] } | string {
  let header: string[] | undefined
  let columns: string[][] = []
  let row: string[] = []
  let record = 0
  let at = 0
  while (at < text.length) {
    // One cell.
    let cell: string
    if (text.charCodeAt(at) === 0x22) {
      cell = ''
      let start = ++at
      for (;;) {
        const quote = text.indexOf('"', start)
        if (quote < 0) return `${place(record)} has a quote that is not closed`
        cell += text.slice(at, quote)
        if (text.charCodeAt(quote + 1) !== 0x22) {
          at = quote + 1
          break
        }
        cell += '"'
        at = start = quote + 2
      }
    } else {
      const start = at
      for (; at < text.length; at++) {
        const c = text.charCodeAt(at)
        if (c === 0x2c || c === 0x0a || c === 0x0d) break
        if (c === 0x22) return `${place(record)} has a quote inside a cell that is not quoted`
      }
      cell = text.slice(start, at)
    }
    row.push(cell)
    if (header !== undefined && row.length > header.length) return `${place(record)} has more cells than the header`
    // What follows it.
    const c = at < text.length ? text.charCodeAt(at) : 0x0a
    if (c === 0x2c) {
      at++
      if (at < text.length) continue
      row.push('')
    } else if (c === 0x0d) {
      if (text.charCodeAt(at + 1) !== 0x0a) return `${place(record)} has a carriage return without a line feed`
      at += 2
    } else if (c === 0x0a) at++
    else return `${place(record)} has text after a closing quote`
    if (header === undefined) {
      header = row
      if (header.some((title) => title === '')) return 'the header has an empty name'
      if (new Set(header).size < header.length) return 'the header has a name twice'
      columns = header.map(() => [])
    } else {
      if (row.length !== header.length) return `${place(record)} has ${row.length} cells, the header has ${header.length}`
      if (record > MOST_ROWS) return 'the file has more than 1,000,000 rows'
      for (let i = 0; i < row.length; i++) columns[i]!.push(row[i]!)
    }
    record++
    row = []
    // A comma before a line break leaves an empty last cell.
  }
  if (header === undefined) return 'the file is empty'
  return { header, columns }
}

function place(record: number): string {
  return record === 0 ? 'the header' : `row ${record}`
}

function invalid(message: string): SeedResult {
  return { problem: { code: 'seed_file_invalid', message } }
}

function notFound(message: string): SeedResult {
  return { problem: { code: 'seed_file_not_found', message } }
}
