// Every case file through every walker: a ruleset, a line in, the line out, compared as raw text.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { createMasker } from '../src/index.ts'
import type { Masker } from '../src/index.ts'
import { parseCsv } from './helpers/csv.ts'
import { feedText } from './helpers/feeds.ts'

/** The published vector secret of the determinism vectors. */
const SECRET = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'

interface Case {
  readonly name: string
  readonly ruleset: string
  readonly in: string
  readonly out?: string
  /** In place of `out` where a result depends on shipped data: what the whole of it matches, in Unicode mode. It must repeat. */
  readonly shape?: string
  /** Text that must not be left, beside `shape`. */
  readonly gone?: readonly string[]
  /** Code of an error that is counted. */
  readonly error?: string
  /** Walkers that do not take this case, with the reason. */
  readonly skip?: Readonly<Record<string, string>>
  readonly seeds?: string
}

const root = fileURLToPath(new URL('./cases', import.meta.url))

function files(dir: string): string[] {
  return readdirSync(dir)
    .sort()
    .flatMap((name) => {
      const path = join(dir, name)
      return statSync(path).isDirectory() ? files(path) : name.endsWith('.yaml') ? [path] : []
    })
}

function masker(c: Case): Masker {
  return createMasker(c.ruleset, { runSecret: SECRET, ...(c.seeds === undefined ? {} : { seedDirs: [join(root, '..', c.seeds)] }) })
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The entries of an object of strings that has no key twice, with what scalars are in a cell. */
function flat(text: string): Map<string, string> | undefined {
  if (!isJson(text)) return undefined
  const value = JSON.parse(text) as unknown
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const entries = Object.entries(value)
  if (!entries.every(([key, v]) => typeof v === 'string' && key !== '') || JSON.stringify(value).length !== text.replaceAll(/\s(?=([^"]|"[^"]*")*$)/g, '').length) return undefined
  return new Map(entries as [string, string][])
}

/** How a case runs through each walker; undefined: the walker has no such input. */
const walkers: Readonly<Record<string, (m: Masker, c: Case) => { got: unknown; want: unknown } | undefined>> = {
  json: (m, c) => ({ got: m.json(c.in), want: c.out }),
  bytes: (m, c) => ({ got: Buffer.from(m.json(Buffer.from(c.in))).toString(), want: c.out }),
  lines: (m, c) => {
    if (c.in.includes('\n')) return undefined
    const engine = m.lines()
    const out = Buffer.concat([...engine.block(Buffer.from(`${c.in}\r\n${c.in}\n`)), ...engine.end()]).toString()
    return { got: out, want: c.out === '' ? '' : `${c.out}\r\n${c.out}\n` }
  },
  value: (m, c) => {
    if (!isJson(c.in) || (c.out !== undefined && !isJson(c.out))) return undefined
    return { got: m.value(JSON.parse(c.in)), want: c.out === undefined ? undefined : JSON.parse(c.out) }
  },
  document: (m, c) =>
    c.out !== undefined && isJson(c.in) ? { got: feedText(m, { format: 'json-document' }, `[${c.in},\n${c.in}]`), want: c.out === '' ? '[]' : `[${c.out},\n${c.out}]` } : undefined,
  csv: (m, c) => {
    const before = flat(c.in)
    const after = flat(c.out ?? '')
    if (before === undefined || after === undefined || before.size === 0) return undefined
    // entries that went leave empty cells; sensitive names change in the header
    const same = [...after.keys()].every((key) => before.has(key))
    if (!same && after.size !== before.size) return undefined
    const row = (cells: Iterable<string>): string => [...cells].map((text) => `"${text.replaceAll('"', '""')}"`).join(',') + '\n'
    const got = parseCsv(feedText(m, { format: 'csv' }, row(before.keys()) + row(before.values()))).map(({ cells }) => cells.map(({ text }) => text))
    return { got, want: [same ? [...before.keys()] : [...after.keys()], same ? [...before.keys()].map((key) => after.get(key) ?? '') : [...after.values()]] }
  },
  text: (m, c) => (isJson(c.in) || c.in.includes('\n') ? undefined : { got: m.text(c.in), want: c.out }),
}

for (const file of files(root)) {
  const cases = parse(readFileSync(file, 'utf8'), { version: '1.2' }) as Case[]
  describe(relative(root, file), () => {
    for (const c of cases) {
      for (const [walker, run] of Object.entries(walkers)) {
        if (c.skip !== undefined && walker in c.skip) continue
        test(`${c.name} (${walker})`, () => {
          const m = masker(c)
          const done = run(m, c)
          if (done === undefined) return
          if (c.shape === undefined) expect(done.got).toEqual(done.want)
          else {
            const text = typeof done.got === 'string' ? done.got : JSON.stringify(done.got)
            for (const line of text.replace(/\r?\n$/, '').split(/\r?\n/)) expect(line).toMatch(new RegExp(`^${c.shape}$`, 'u'))
            for (const original of c.gone ?? []) expect(text).not.toContain(original)
            expect(run(masker(c), c)!.got).toEqual(done.got)
          }
          if (c.error !== undefined) expect(Object.keys(m.stats().errors)).toContain(c.error)
          m.close()
        })
      }
    }
  })
}
