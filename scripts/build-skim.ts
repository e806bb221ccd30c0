// Builds src/engine/skim-code.ts: the WebAssembly of src/engine/wasm/skim.ts, compiled by AssemblyScript. The same
// source gives the same bytes; a test compares.
// Run: npm run skim (writes), or with --check (compares).

import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { main } from 'assemblyscript/asc'

const SOURCE = 'src/engine/wasm/skim.ts'
const TARGET = 'src/engine/skim-code.ts'

/** The text of skim-code.ts. */
export async function buildSkim(): Promise<string> {
  const source = readFileSync(SOURCE, 'utf8')
  let code: Uint8Array | undefined
  const { error, stderr } = await main(
    [
      'skim.ts',
      '--outFile',
      'skim.wasm',
      '-O3',
      '--converge',
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '--initialMemory',
      '112',
      '--maximumMemory',
      '112',
      '--noAssert',
      ...(process.env['SKIM_NAMES'] === undefined ? [] : ['--debug']),
    ],
    {
      readFile: (name: string) => (name === 'skim.ts' ? source : null),
      writeFile: (name: string, contents: Uint8Array | string) => {
        if (name === 'skim.wasm' && typeof contents !== 'string') code = contents
      },
      listFiles: () => [],
    },
  )
  if (error !== null || code === undefined) throw new Error(`AssemblyScript: ${stderr.toString()}`)
  const lines =
    Buffer.from(code)
      .toString('base64')
      .match(/.{1,160}/g) ?? []
  return `// Generated from src/engine/wasm/skim.ts by scripts/build-skim.ts (npm run skim). Do not edit.

/** The WebAssembly module of the skim (${code.length} bytes), in base64. */
export const SKIM_CODE =
${lines.map((line, i) => `  '${line}'${i === lines.length - 1 ? '' : ' +'}`).join('\n')}
`
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const text = await buildSkim()
  if (process.argv.includes('--check')) {
    const same = readFileSync(TARGET, 'utf8') === text
    process.stdout.write(`${TARGET} ${same ? 'is what its sources make' : 'differs from its sources: npm run skim'}\n`)
    process.exitCode = same ? 0 : 1
  } else writeFileSync(TARGET, text)
}
