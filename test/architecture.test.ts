// Reads the import lines of src/ and transports/ and checks the arrows: bin -> cli -> transports (lazy) -> index ->
// masker -> stream, engine -> types. What a folder may import is said once, in the table `areas`.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, posix, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))

/**
 * Pure helpers: files that any other folder of src/ may import, because they import nothing but types, errors and each
 * other. A helper used only inside its own folder need not be here.
 */
const helpers: readonly string[] = ['calling-codes', 'canonical', 'checksums', 'draws', 'issuers', 'json-bytes', 'permutation', 'sha256', 'sha256-code', 'xml-names', 'xpath'].map(
  (name) => `src/engine/${name}.ts`,
)

interface Area {
  readonly name: string
  readonly files: RegExp
  /** Files of the repository that may be imported, beside the area itself, types, errors and the helpers. */
  readonly imports: RegExp | undefined
  /** Packages and node: modules that may be imported. */
  readonly packages: RegExp | undefined
  /** Files that may be reached by import() only. */
  readonly lazy?: RegExp
  /** Files that only types may come from. */
  readonly types?: RegExp
  /** Files of this area do not import each other. */
  readonly apart?: true
}

// First match wins.
const areas: readonly Area[] = [
  { name: 'types', files: /^src\/engine\/types\.ts$/, imports: undefined, packages: undefined, apart: true },
  { name: 'errors', files: /^src\/errors\.ts$/, imports: undefined, packages: undefined, apart: true },
  // AssemblyScript, compiled file by file and never imported: src/engine/*-code.ts are made from it
  { name: 'wasm', files: /^src\/engine\/wasm\//, imports: undefined, packages: undefined, apart: true },
  { name: 'keyed', files: /^src\/engine\/keyed\.ts$/, imports: /^src\/engine\/[\w-]+\.ts$/, packages: /^node:crypto$/ },
  { name: 'regex', files: /^src\/(engine|ruleset)\/regex[\w-]*\.ts$/, imports: /^src\/(engine|ruleset)\//, packages: /^(re2js|node:module)$/ },
  { name: 'engine', files: /^src\/engine\//, imports: /^src\/engine\/[\w-]+\.ts$/, packages: undefined },
  { name: 'masks', files: /^src\/masks\//, imports: undefined, packages: undefined },
  { name: 'detectors', files: /^src\/detectors\//, imports: undefined, packages: undefined },
  { name: 'ruleset', files: /^src\/ruleset\//, imports: /^src\/ruleset\//, packages: /^(yaml|node:(fs|path|url|module))$/ },
  { name: 'seeds', files: /^src\/seeds\//, imports: /^src\/engine\/keyed\.ts$/, packages: /^node:(buffer|fs|path|url)$/ },
  { name: 'discover', files: /^src\/discover\//, imports: /^src\/ruleset\/write-yaml\.ts$/, packages: undefined },
  { name: 'lines', files: /^src\/lines\.ts$/, imports: undefined, packages: undefined },
  { name: 'records', files: /^src\/(records|rows|documents)\.ts$/, imports: /^src\/(lines|engine\/(walker|walk-csv))\.ts$/, packages: undefined },
  { name: 'stream', files: /^src\/stream\.ts$/, imports: /^src\/lines\.ts$/, packages: /^node:stream$/ },
  {
    name: 'masker',
    files: /^src\/masker\.ts$/,
    imports: /^src\/(engine|masks|detectors|discover|ruleset|seeds)\/|^src\/(stream|lines|records|rows|documents)\.ts$/,
    packages: /^node:(fs|path|url|module|stream)$/,
  },
  { name: 'watch', files: /^src\/watch\.ts$/, imports: undefined, packages: /^node:(fs|path)$/ },
  { name: 'prometheus', files: /^src\/prometheus\.ts$/, imports: undefined, packages: undefined, types: /^src\/(masker|live)\.ts$/ },
  { name: 'sinks', files: /^src\/sinks\.ts$/, imports: undefined, packages: /^node:(fs|net)$/, types: /^src\/masker\.ts$/ },
  { name: 'live', files: /^src\/live\.ts$/, imports: /^src\/(masker|stream|lines|watch)\.ts$/, packages: /^node:stream$/ },
  {
    name: 'index',
    files: /^src\/index\.ts$/,
    imports: /^src\/(engine|masks|detectors|discover|ruleset|seeds)\/|^src\/(masker|live|prometheus|sinks|stream|lines)\.ts$/,
    packages: /^node:stream$/,
  },
  {
    name: 'cli',
    files: /^src\/cli(\/[\w-]+)?\.ts$/,
    imports: /^src\/(index|stream|lines)\.ts$/,
    lazy: /^transports\//,
    types: /^src\/masker\.ts$/,
    packages: /^node:(fs|fs\/promises|path|url|os|vm|stream|stream\/promises|zlib|child_process|http|net|tty|events|module|timers|timers\/promises|util)$/,
  },
  { name: 'bin', files: /^src\/bin\.ts$/, imports: /^src\/cli(\/[\w-]+)?\.ts$/, packages: /^node:(process|module|v8|os|fs)$/ },
  // the rewriter of OTLP: the walkers of both encodings, the field table, what they share
  {
    name: 'walk-otlp',
    files: /^transports\/otlp\/(walk-otlp(-json)?|otlp-[\w-]+|rewriter|types)\.ts$/,
    imports: /^src\/(index|stream|engine\/walker)\.ts$/,
    packages: /^node:buffer$/,
  },
  // what the servers share: HTTP bodies, metrics, the admin port
  { name: 'edge', files: /^transports\/edge\//, imports: /^src\/(index|stream)\.ts$/, packages: /./ },
  { name: 'otlp', files: /^transports\/otlp\//, imports: /^src\/(index|stream)\.ts$|^transports\/(edge\/|otlp\/(rewriter|types)\.ts$)/, packages: /./ },
  { name: 'transports', files: /^transports\//, imports: /^src\/(index|stream)\.ts$|^transports\/edge\//, packages: /./ },
]

interface Import {
  readonly from: string
  /** Path in the repository, or the name of a package or node: module. */
  readonly to: string
  readonly kind: 'static' | 'type' | 'lazy'
}

function typescriptFiles(directory: string): string[] {
  if (!existsSync(join(root, directory))) return []
  return readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' })
    .map((file) => posix.join(directory, file.replaceAll('\\', '/')))
    .filter((file) => file.endsWith('.ts'))
    .sort()
}

/** The code without the lines that are comments. */
function code(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\s*(\/\/|\/?\*)/.test(line))
    .join('\n')
}

const read = (file: string): string => readFileSync(join(root, file), 'utf8')

/** Every import of a source text; relative ones are resolved against `from`. */
function importsOf(from: string, text: string): Import[] {
  const found: Import[] = []
  const add = (specifier: string, kind: Import['kind']): void => {
    found.push({ from, to: specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(from), specifier)) : specifier, kind })
  }
  const source = code(text)
  for (const match of source.matchAll(/^\s*(?:import|export)\s+(type\s)?[^'"`;=()]*?from\s*['"]([^'"]+)['"]/gm)) add(match[2] ?? '', match[1] === undefined ? 'static' : 'type')
  for (const match of source.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm)) add(match[1] ?? '', 'static')
  for (const match of source.matchAll(/\b(?:import|require|getBuiltinModule)\s*\(\s*['"`]([^'"`]+)['"`]/g)) add(match[1] ?? '', 'lazy')
  return found
}

function areaOf(file: string): Area | undefined {
  return areas.find((area) => area.files.test(file))
}

/** Why an import breaks the arrows, or undefined. */
function violation(edge: Import): string | undefined {
  const area = areaOf(edge.from)
  if (area === undefined) return `${edge.from}: this file is in no area of the tree`
  const complaint = `${edge.from} (${area.name}) must not import ${edge.to}`
  const own = /^(src|transports)\//.test(edge.to)
  if (!own) {
    if (edge.to.startsWith('.') || edge.to.includes('/../') || /^(test|bench|scripts|examples|dist)\//.test(edge.to)) return complaint
    return area.packages?.test(edge.to) === true ? undefined : complaint
  }
  if (!edge.to.endsWith('.ts')) return `${edge.from}: write the extension of ${edge.to}`
  if (area.imports?.test(edge.to) === true) return undefined
  if (edge.kind === 'type' && area.types?.test(edge.to) === true) return undefined
  if (edge.kind === 'lazy' && area.lazy?.test(edge.to) === true) return undefined
  if (area.name !== 'types' && area.name !== 'errors' && area.name !== 'wasm') {
    const shared = edge.to === 'src/engine/types.ts' || edge.to === 'src/errors.ts' || helpers.includes(edge.to)
    if (shared && area.name !== 'transports') return undefined
  }
  if (area.apart !== true && areaOf(edge.to) === area) {
    // Transports are one file or one folder each, and do not know each other.
    if (area.name !== 'transports') return undefined
    const folder = /^transports\/[^/]+\//.exec(edge.from)?.[0]
    return folder !== undefined && edge.to.startsWith(folder) ? undefined : complaint
  }
  return complaint
}

const sources = [...typescriptFiles('src'), ...typescriptFiles('transports')]
const texts = new Map(sources.map((file) => [file, readFileSync(join(root, file), 'utf8')]))
const edges = sources.flatMap((file) => importsOf(file, texts.get(file) ?? ''))

describe('the checker', () => {
  const check = (from: string, to: string, kind: Import['kind'] = 'static'): boolean => violation({ from, to, kind }) === undefined

  it('reads every form of import and no comment', () => {
    const text = [
      "import { a } from './a.ts'",
      "import type { B } from '../b.ts'",
      "export * from './c.ts'",
      'import {\n  d,\n  e,\n} from "pkg"',
      "import 'side'",
      "const f = await import('./f.ts')",
      "const g = require('g')",
      "const h = process.getBuiltinModule('node:h')",
      " * import('./not.ts') in a doc comment",
      "// import './nor.ts'",
      "export const from = 'nothing'",
    ].join('\n')
    const found = importsOf('src/x/y.ts', text).map((edge) => `${edge.kind} ${edge.to}`)
    expect(found.sort()).toEqual(['lazy g', 'lazy node:h', 'lazy src/x/f.ts', 'static pkg', 'static side', 'static src/x/a.ts', 'static src/x/c.ts', 'type src/b.ts'])
  })

  it('refuses arrows that point the wrong way', () => {
    expect(check('src/engine/types.ts', 'src/errors.ts')).toBe(false)
    expect(check('src/engine/wasm/skim.ts', 'src/engine/types.ts', 'type')).toBe(false)
    expect(check('src/engine/skim.ts', 'src/engine/wasm/skim.ts')).toBe(false)
    expect(check('src/engine/walker.ts', 'node:stream')).toBe(false)
    expect(check('src/engine/walker.ts', 'src/masks/index.ts')).toBe(false)
    expect(check('src/engine/walk-json.ts', 'node:crypto')).toBe(false)
    expect(check('src/masks/redact.ts', 'src/engine/walker.ts', 'type')).toBe(false)
    expect(check('src/masks/redact.ts', 'node:fs')).toBe(false)
    expect(check('src/detectors/card.ts', 'src/masks/index.ts')).toBe(false)
    expect(check('src/ruleset/load.ts', 'node:http')).toBe(false)
    expect(check('src/stream.ts', 'src/masker.ts')).toBe(false)
    expect(check('src/masker.ts', 'src/live.ts')).toBe(false)
    expect(check('src/masker.ts', 'src/watch.ts')).toBe(false)
    expect(check('src/masker.ts', 'src/index.ts')).toBe(false)
    expect(check('src/cli.ts', 'transports/pino.ts')).toBe(false)
    expect(check('src/cli.ts', 'src/engine/walker.ts')).toBe(false)
    expect(check('src/cli.ts', 'src/masker.ts')).toBe(false)
    expect(check('src/cli.ts', 'node:crypto')).toBe(false)
    expect(check('src/ruleset/load.ts', 're2js')).toBe(false)
    expect(check('src/bin.ts', 'src/index.ts')).toBe(false)
    expect(check('src/index.ts', 'src/cli.ts')).toBe(false)
    expect(check('transports/pino.ts', 'src/engine/walker.ts')).toBe(false)
    expect(check('transports/pino.ts', 'transports/otel/spans.ts')).toBe(false)
    expect(check('src/masks/redact.ts', 'test/helpers/x.ts')).toBe(false)
    expect(check('src/engine/plan.ts', 'some-package')).toBe(false)
  })

  it('accepts those that point the right way', () => {
    expect(check('src/engine/keyed.ts', 'node:crypto')).toBe(true)
    expect(check('src/masks/redact.ts', 'src/engine/types.ts', 'type')).toBe(true)
    expect(check('src/masks/index.ts', 'src/masks/redact.ts')).toBe(true)
    expect(check('src/ruleset/load.ts', 'yaml')).toBe(true)
    expect(check('src/masker.ts', 'src/masks/index.ts')).toBe(true)
    expect(check('src/cli.ts', 'transports/otlp/http.ts', 'lazy')).toBe(true)
    expect(check('src/bin.ts', 'src/cli.ts')).toBe(true)
    expect(check('transports/otel/spans.ts', 'transports/otel/attributes.ts')).toBe(true)
    expect(check('transports/pino.ts', 'src/index.ts')).toBe(true)
  })
})

describe('the tree', () => {
  it('has no import against the arrows', () => {
    expect(edges.map(violation).filter((text) => text !== undefined)).toEqual([])
  })

  it('has no file outside the areas', () => {
    expect(sources.filter((file) => areaOf(file) === undefined)).toEqual([])
  })

  it('imports only files that exist', () => {
    expect(edges.filter((edge) => /^(src|transports)\//.test(edge.to) && !texts.has(edge.to)).map((edge) => `${edge.from}: ${edge.to}`)).toEqual([])
  })

  it('keeps its helpers pure', () => {
    const pure = new Set(['src/engine/types.ts', 'src/errors.ts', ...helpers])
    const impure = edges.filter((edge) => helpers.includes(edge.from) && !pure.has(edge.to))
    expect(impure.map((edge) => `${edge.from}: ${edge.to}`)).toEqual([])
  })

  it('has no circle of imports', () => {
    const next = new Map<string, string[]>()
    for (const edge of edges) if (edge.kind === 'static' && texts.has(edge.to)) next.set(edge.from, [...(next.get(edge.from) ?? []), edge.to])
    const done = new Set<string>()
    const circles: string[] = []
    const visit = (file: string, above: readonly string[]): void => {
      if (above.includes(file)) circles.push([...above.slice(above.indexOf(file)), file].join(' -> '))
      if (done.has(file) || above.includes(file)) return
      for (const to of next.get(file) ?? []) visit(to, [...above, file])
      done.add(file)
    }
    for (const file of sources) visit(file, [])
    expect(circles).toEqual([])
  })

  it('writes nothing to the console, and only the command line reads the process', () => {
    const touches = (pattern: RegExp, files: readonly string[]): string[] => files.filter((file) => pattern.test(code(texts.get(file) ?? '')))
    expect(touches(/\bconsole\s*\./, sources)).toEqual([])
    const inner = sources.filter((file) => /^src\/(engine|masks|detectors|seeds)\/|^src\/(stream|lines|errors|index)\.ts$/.test(file))
    expect(touches(/\bprocess\s*\.\s*(env|argv|exit|stdin|stdout|stderr)\b/, inner)).toEqual([])
  })
})

/** Everything a module exports, and the members of exported lists and maps. */
function members(exported: Record<string, unknown>): Set<unknown> {
  const all = new Set<unknown>()
  for (const value of Object.values(exported)) {
    all.add(value)
    if (Array.isArray(value) || value instanceof Set) for (const item of value) all.add(item)
    else if (value instanceof Map) for (const item of value.values()) all.add(item)
  }
  return all
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

const isMask = (value: unknown): boolean => isObject(value) && typeof value['type'] === 'string' && typeof value['compile'] === 'function'
const isFinder = (value: unknown): boolean => isObject(value) && Array.isArray(value['detectors']) && typeof value['find'] === 'function'

async function load(file: string): Promise<Record<string, unknown>> {
  return (await import(pathToFileURL(join(root, file)).href)) as Record<string, unknown>
}

describe.each([
  { folder: 'src/masks', is: isMask },
  { folder: 'src/detectors', is: isFinder },
])('the registry of $folder', ({ folder, is }) => {
  const index = `${folder}/index.ts`
  const files = sources.filter((file) => file.startsWith(`${folder}/`) && file !== index)

  it('has every definition of its folder, each once', async () => {
    if (!texts.has(index)) return expect(files).toEqual([])
    const registered = members(await load(index))
    const missing: string[] = []
    for (const file of files) {
      const exported = await load(file)
      for (const [name, value] of Object.entries(exported)) if (is(value) && !registered.has(value)) missing.push(`${file}: ${name}`)
    }
    expect(missing).toEqual([])
  })

  it('has no file that nothing uses', () => {
    const used = new Set(edges.map((edge) => edge.to))
    expect(files.filter((file) => !used.has(file))).toEqual([])
  })
})

describe('masks', () => {
  it('each have a case file', async () => {
    if (!texts.has('src/masks/index.ts')) return
    const types = [...members(await load('src/masks/index.ts'))].filter(isMask).map((mask) => (mask as { type: string }).type)
    expect(types.length).toBeGreaterThan(0)
    expect([...new Set(types)].filter((type) => !existsSync(join(root, `test/cases/masks/${type}.yaml`)))).toEqual([])
  })
})

/** Tracked files, and new ones that are not ignored; outside a git checkout every file but the obvious outputs. */
function trackedFiles(): string[] {
  try {
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 26,
    })
    return listed.split('\u0000').filter((file) => file !== '' && existsSync(join(root, file)))
  } catch {
    const skip = new Set(['node_modules', 'dist', '.git', 'coverage', '.bench'])
    const walk = (directory: string): string[] =>
      readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
        if (skip.has(entry.name)) return []
        return entry.isDirectory() ? walk(join(directory, entry.name)) : [relative(root, join(directory, entry.name))]
      })
    return walk(root)
  }
}

describe('tracked files', () => {
  it('name no machine path and no package registry', () => {
    // Spelled so that this file does not find itself.
    const words = [`/wo${'rk'}/(main|shared|wt-[a-z]+|\\.library)\\b`, `(^|[^\\w.-])/ro${'ot'}/`, `/Us${'ers'}/[a-z]`, `https?://[\\w.-]*registry\\.(npmjs|yarnpkg)\\.`]
    const host = URL.canParse(process.env['npm_config_registry'] ?? '') ? new URL(process.env['npm_config_registry'] ?? '').host : ''
    const literals = [dirname(join(root, 'x')), homedir(), host].filter((text) => text.length > 8)
    const pattern = new RegExp([...words, ...literals.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))].join('|'), 'm')
    const found = trackedFiles().filter((file) => {
      const path = join(root, file)
      return statSync(path).isFile() && pattern.test(readFileSync(path, 'latin1'))
    })
    expect(found).toEqual([])
  })

  it('pin no download place in the lock file, and what is needed on every platform', () => {
    const text = read('package-lock.json')
    expect(text.match(/"resolved": "(?!test\/fixtures\/)/g)).toBeNull()
    // npm forgets the packages of other platforms when it updates a lock file beside an installed tree.
    const packages = (JSON.parse(text) as { packages: Record<string, { optionalDependencies?: Record<string, string> }> }).packages
    const missing = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}).filter((name) => packages[`node_modules/${name}`] === undefined))
    expect(missing).toEqual([])
  })
})
