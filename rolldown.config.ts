import { defineConfig } from 'rolldown'

// What runs is a few files, not one for each source file: most of the start-up time went into loading modules. The command and
// the library are bundled together, so that a plugin that imports the package gets the classes of the command that loads it.
// See docs/decisions/0011. Declarations come from tsc.
export default defineConfig({
  input: { 'src/bin': 'src/bin.ts', 'src/index': 'src/index.ts' },
  platform: 'node',
  external: ['re2js', 'yaml'],
  output: {
    dir: 'dist',
    chunkFileNames: 'src/chunks/[name].js',
    comments: false,
    // Names stay: errors are told by them, and stack traces are for people.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  },
})
