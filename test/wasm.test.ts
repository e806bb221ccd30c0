// What is committed beside src/engine/wasm/ is what its sources compile to.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { buildWasm, wasmModules } from '../scripts/build-wasm.ts'

describe('the committed WebAssembly', () => {
  for (const module of wasmModules)
    it(`is what ${module.source} compiles to`, { timeout: 120_000 }, async () => {
      const built = await buildWasm(module)
      // compared, not shown: a difference is a hundred lines of base64
      expect(built === readFileSync(module.target, 'utf8'), `${module.target} is stale: npm run wasm`).toBe(true)
    })
})
