import { defineConfig, type Plugin } from 'rolldown'

/** Escapes all that is not ASCII, inside strings and patterns: V8 reads a text of one byte a character in half the memory. */
const ascii: Plugin = {
  name: 'ascii',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type === 'chunk') file.code = file.code.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    }
  },
}

// What runs is a few files, not one for each source file: most of the start-up time went into loading modules. The command and
// the library are bundled together, so that a plugin that imports the package gets the classes of the command that loads it.
// Why and how: docs/decisions/0011. Declarations come from tsc.
export default defineConfig({
  input: { 'src/bin': 'src/bin.ts', 'src/index': 'src/index.ts' },
  platform: 'node',
  external: ['re2js', 'yaml'],
  plugins: [ascii],
  output: {
    dir: 'dist',
    chunkFileNames: 'src/chunks/[name].js',
    comments: false,
    // Short names of variables are read faster. Functions and classes keep theirs: stack traces show them, and crashes are told by class.
    minify: { compress: true, mangle: { keepNames: { class: true, function: true } }, codegen: { removeWhitespace: false } },
  },
})
