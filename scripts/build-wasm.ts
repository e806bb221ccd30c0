// Builds the WebAssembly modules of src/engine/wasm/ with AssemblyScript, each into a TypeScript file beside that folder. The
// same source gives the same bytes; a test compares.
// Run: npm run wasm (writes), or with --check (compares). WASM_NAMES=1 keeps the names of functions, for profiles.

import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { main } from 'assemblyscript/asc'

/** A module: its source, the file that it is compiled into, the name of its constant, its memory in pages of 64 KiB. */
export interface WasmModule {
  readonly source: string
  readonly target: string
  readonly name: string
  readonly what: string
  readonly pages: number
}

export const wasmModules: readonly WasmModule[] = [
  { source: 'src/engine/wasm/skim.ts', target: 'src/engine/skim-code.ts', name: 'SKIM_CODE', what: 'skim', pages: 132 },
  { source: 'src/engine/wasm/sha256.ts', target: 'src/engine/sha256-code.ts', name: 'SHA256_CODE', what: 'compression of SHA-256', pages: 1 },
]

/** The text of the file that a module is compiled into. */
export async function buildWasm({ source, name, what, pages }: WasmModule): Promise<string> {
  const text = readFileSync(source, 'utf8')
  let code: Uint8Array | undefined
  const flags = ['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--initialMemory', String(pages), '--maximumMemory', String(pages)]
  if (process.env['WASM_NAMES'] !== undefined) flags.push('--debug')
  const { error, stderr } = await main(['module.ts', '--outFile', 'module.wasm', ...flags], {
    readFile: (file: string) => (file === 'module.ts' ? text : null),
    writeFile: (file: string, contents: Uint8Array | string) => {
      if (file === 'module.wasm' && typeof contents !== 'string') code = contents
    },
    listFiles: () => [],
  })
  if (error !== null || code === undefined) throw new Error(`AssemblyScript: ${stderr.toString()}`)
  const lines =
    Buffer.from(code)
      .toString('base64')
      .match(/.{1,160}/g) ?? []
  return `// Generated from ${source} by scripts/build-wasm.ts (npm run wasm). Do not edit.

/** The WebAssembly module of the ${what} (${code.length} bytes), in base64. */
export const ${name} =
${lines.map((line, i) => `  '${line}'${i === lines.length - 1 ? '' : ' +'}`).join('\n')}
`
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const module of wasmModules) {
    const text = await buildWasm(module)
    if (!process.argv.includes('--check')) writeFileSync(module.target, text)
    else if (readFileSync(module.target, 'utf8') !== text) {
      process.stdout.write(`${module.target} differs from its source: npm run wasm\n`)
      process.exitCode = 1
    }
  }
}
