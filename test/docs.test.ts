// What the documents say is checked: links lead somewhere, rulesets load, and the examples give what they show.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))
const vectorSecret = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'

const documents = ['.', 'docs', 'docs/decisions', 'rulesets/seeds', 'examples'].flatMap((directory) => {
  const path = join(root, directory)
  if (!existsSync(path)) return []
  return readdirSync(path)
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(directory, file))
})
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

/** Fenced blocks of a language, in order. */
function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map((match) => match[1] ?? '')
}

/** The fenced block after `<!-- test: name -->`. */
function example(file: string, name: string): string {
  const after = read(file).split(`<!-- test: ${name} -->\n`)[1]
  const block = /^```\w+\n([\s\S]*?)^```/m.exec(after ?? '')?.[1]
  if (block === undefined) throw new Error(`${file} has no example ${name}`)
  return block
}

interface Masker {
  json(record: string): string
  close(): void
}
const library = existsSync(join(root, 'src/masker.ts')) ? 'src/index.ts' : undefined
async function createMasker(ruleset: string, options: object): Promise<Masker> {
  const loaded = (await import(pathToFileURL(join(root, library ?? '')).href)) as { createMasker(ruleset: string, options: object): Masker }
  return loaded.createMasker(ruleset, options)
}

describe.each(documents)('%s', (file) => {
  it('has only links that lead somewhere', () => {
    const links = [...read(file).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)]
    const broken = links.filter(([, path, anchor]) => {
      const target = path === '' ? join(root, file) : join(root, dirname(file), path ?? '')
      if (!existsSync(target)) return true
      if (anchor === undefined) return false
      const anchors = [...readFileSync(target, 'utf8').matchAll(/^#+ (.*)$/gm)].map((m) =>
        (m[1] ?? '')
          .toLowerCase()
          .replace(/[^\w\- ]/g, '')
          .replaceAll(' ', '-'),
      )
      return !anchors.includes(anchor)
    })
    expect(broken.map((match) => match[0])).toEqual([])
  })

  it.skipIf(library === undefined)('has only rulesets that load', async () => {
    for (const text of blocks(read(file), 'yaml')) {
      if (!text.startsWith('version:') || text.includes('type: plate')) continue
      const masker = await createMasker(text, { runSecret: vectorSecret })
      masker.close()
    }
  })
})

describe('the first screen of the README', () => {
  it('shows lines that differ only where the ruleset says', () => {
    expect(JSON.parse(example('README.md', 'in')).responseTime).toBe(JSON.parse(example('README.md', 'out')).responseTime)
    expect(example('README.md', 'out')).toContain('"responseTime":12.50,')
  })

  it.skipIf(library === undefined)('is exactly what the engine does', async () => {
    const masker = await createMasker(example('README.md', 'ruleset'), { runSecret: vectorSecret })
    expect(masker.json(example('README.md', 'in').trimEnd())).toBe(example('README.md', 'out').trimEnd())
    masker.close()
  })
})

describe('the plugin of docs/extending.md', () => {
  it('is about 40 lines', () => {
    expect(example('docs/extending.md', 'plugin').split('\n').length).toBeLessThanOrEqual(50)
  })

  it('finds what its examples mark and nothing in its counter-examples', async () => {
    await withPlugin(async (path) => {
      const { detectors } = (await import(pathToFileURL(path).href)) as {
        detectors: { examples: string[]; counterExamples: string[]; find(text: string): Iterable<{ start: number; end: number }> }[]
      }
      for (const detector of detectors) {
        for (const marked of detector.examples) {
          const text = marked.replace(/[«»]/g, '')
          expect([...detector.find(text)].map(({ start, end }) => text.slice(start, end))).toEqual([...marked.matchAll(/«(.*?)»/g)].map((match) => match[1]))
        }
        for (const text of detector.counterExamples) expect([...detector.find(text)]).toEqual([])
      }
    })
  })

  it.skipIf(library === undefined)('masks as the page says', async () => {
    await withPlugin(async (path) => {
      // `masks` and `detectors` rather than `plugins`: under the test runner a module is loaded in its own way.
      const plugin = (await import(pathToFileURL(path).href)) as { masks: object; detectors: object[] }
      const masker = await createMasker(example('docs/extending.md', 'plugin ruleset'), { masks: plugin.masks, detectors: plugin.detectors, runSecret: vectorSecret })
      const record = '{"plate":"ZH 123 456","msg":"door opened by B-104233"}'
      const masked = masker.json(record)
      expect(masked).toMatch(/^\{"plate":"ZH \d{3} \d{3}","msg":"door opened by \[REDACTED:badge\]"\}$/)
      expect(masked).not.toContain('123 456')
      expect(masker.json(record)).toBe(masked)
      masker.close()
    })
  })
})

async function withPlugin(run: (path: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'mask-logs-'))
  try {
    const path = join(directory, 'mine.mjs')
    writeFileSync(path, example('docs/extending.md', 'plugin'))
    await run(path)
  } finally {
    rmSync(directory, { recursive: true })
  }
}
