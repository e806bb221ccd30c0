import { basename } from 'node:path'
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
    external: ['pino', 'pino-abstract-transport'],
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
])
