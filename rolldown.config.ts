import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { defineConfig, type Plugin } from 'rolldown'

// What runs is a few files, not one for each source file: most of the start-up time went into loading modules. The command and
// the library are bundled together, so that a plugin that imports the package gets the classes of the command that loads it.
// Inside they are CommonJS, which Node loads sooner; the package's entries are ES modules. See docs/decisions/0011.
// Declarations come from tsc.

/** Escapes all that is not ASCII, inside strings and patterns: V8 reads a text of one byte a character in half the memory. */
const ascii: Plugin = {
  name: 'ascii',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type === 'chunk') file.code = file.code.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    }
  },
}

/** For `x.cjs`, an entry with exports, `x.js`: an ES module with the same exports. */
const moduleEntries: Plugin = {
  name: 'module-entries',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type !== 'chunk' || !file.isEntry || file.exports.length === 0) continue
      const named = file.exports.filter((name) => name !== 'default')
      const source = [
        `import library from './${basename(file.fileName)}'`,
        ...(named.length === 0 ? [] : [`export const { ${named.join(', ')} } = library`]),
        ...(named.length === file.exports.length ? [] : ['export default library.default']),
        '',
      ].join('\n')
      this.emitFile({ type: 'asset', fileName: file.fileName.replace(/cjs$/, 'js'), source })
    }
  },
}

/** Transports take the library from its bundle: one copy of it, with one set of classes. */
const libraryOutside: Plugin = {
  name: 'library-outside',
  resolveId: (source) => (source.endsWith('/src/index.ts') ? { id: '../../src/index.cjs', external: true } : null),
}

/** The command takes transports from their bundles, when a command needs one. */
const transportsOutside: Plugin = {
  name: 'transports-outside',
  resolveId(source) {
    const path = /\/(transports\/.*)\.ts$/.exec(source)?.[1]
    return path === undefined ? null : { id: `../${path}.cjs`, external: true }
  },
}

/** Fastify's own logger: the server has another one. */
const noPino: Plugin = {
  name: 'no-pino',
  resolveId: (source) => (source === 'pino' ? { id: '\0no-pino' } : null),
  load: (id) => (id === '\0no-pino' ? 'module.exports = () => { throw new Error("not in this bundle") }\nmodule.exports.symbols = {}\n' : null),
}

/** What browsers get of Swagger UI, with its licence and those of the packages in this bundle. */
const serverAssets: Plugin = {
  name: 'server-assets',
  generateBundle() {
    const swagger = 'node_modules/@fastify/swagger-ui/static'
    for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'])
      this.emitFile({ type: 'asset', fileName: `transports/server/docs/${name}`, source: readFileSync(join(swagger, name)) })
    this.emitFile({ type: 'asset', fileName: 'transports/server/THIRD-PARTY-LICENSES.txt', source: thirdParty('server', [...this.getModuleIds()]) })
  },
}

/** The page: what is no script goes as it is, with the licences of the packages in its script. */
const pageAssets: Plugin = {
  name: 'page-assets',
  generateBundle() {
    const from = 'transports/server/web'
    for (const [name, to] of [
      ['index.html', 'index.html'],
      ['page.css', 'assets/page.css'],
      ['icon.svg', 'assets/icon.svg'],
    ] as const)
      this.emitFile({ type: 'asset', fileName: `${from}/${to}`, source: readFileSync(join(from, name)) })
    this.emitFile({ type: 'asset', fileName: `${from}/THIRD-PARTY-LICENSES.txt`, source: thirdParty('page', [...this.getModuleIds()]) })
  },
}

/** The licences of the packages that modules come from. */
function thirdParty(what: 'server' | 'page', modules: readonly string[]): string {
  const folders = new Set(modules.flatMap((id) => /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? []))
  if (what === 'server') folders.add(resolve('node_modules/@fastify/swagger-ui'))
  const parts = [...folders].sort().map((folder) => {
    const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string> & { author?: string | { name: string } }
    const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim())
    return `${name} ${version} (${license})\n\n${texts.join('\n\n') || `There is no text of its licence in the package; its author is ${typeof author === 'object' ? author.name : author}.`}`
  })
  return `The ${what} of mask-logs contains these packages:\n\n${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}

const output = {
  dir: 'dist',
  exports: 'named',
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: 'src/chunks/[name].cjs',
  dynamicImportInCjs: false,
  comments: false,
  // Short names of variables are read faster. Functions and classes keep theirs: stack traces show them, and crashes are told by class.
  minify: { compress: true, mangle: { keepNames: { class: true, function: true } }, codegen: { removeWhitespace: false } },
} as const

export default defineConfig([
  {
    input: { 'src/bin': 'src/bin.ts', 'src/index': 'src/index.ts' },
    platform: 'node',
    external: ['re2js', 'yaml'],
    plugins: [transportsOutside, ascii, moduleEntries],
    // What files share is in a file of its own, never in an entry.
    preserveEntrySignatures: 'strict',
    output,
  },
  {
    input: { 'transports/pino/index': 'transports/pino/index.ts' },
    platform: 'node',
    external: ['pino'],
    plugins: [libraryOutside, ascii, moduleEntries],
    output: { ...output, dynamicImportInCjs: true },
  },
  {
    input: { 'transports/http/index': 'transports/http/index.ts' },
    platform: 'node',
    plugins: [libraryOutside, ascii, moduleEntries],
    output,
  },
  {
    input: { 'transports/otel/index': 'transports/otel/index.ts' },
    platform: 'node',
    plugins: [libraryOutside, ascii, moduleEntries],
    output,
  },
  {
    input: { 'transports/otlp/index': 'transports/otlp/index.ts', 'transports/otlp/command': 'transports/otlp/command.ts' },
    platform: 'node',
    // Optional: loaded when a gRPC listener is wanted.
    external: ['@grpc/grpc-js'],
    plugins: [libraryOutside, ascii, moduleEntries],
    preserveEntrySignatures: 'strict',
    output: { ...output, dynamicImportInCjs: true, chunkFileNames: 'transports/chunks/[name].cjs' },
  },
  {
    input: { 'transports/server/index': 'transports/server/index.ts', 'transports/server/worker': 'transports/server/worker.ts' },
    platform: 'node',
    external: ['yaml'],
    plugins: [libraryOutside, noPino, ascii, moduleEntries, serverAssets],
    preserveEntrySignatures: 'strict',
    output: { ...output, chunkFileNames: 'transports/server/[name].cjs' },
  },
  {
    // for browsers that are no older than those with adopted style sheets and nested dialogs
    input: { page: 'transports/server/web/main.ts' },
    platform: 'browser',
    plugins: [pageAssets],
    transform: { target: ['chrome111', 'firefox113', 'safari16.4'] },
    output: { dir: 'dist', format: 'esm', entryFileNames: 'transports/server/web/assets/[name].js', comments: false, minify: true, codeSplitting: false },
  },
])
