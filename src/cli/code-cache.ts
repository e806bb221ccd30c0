// The bundle of the library, compiled ahead: reading its code takes 20 ms of a start, and as much again is compiled when it is first
// called. V8 takes compiled code only of the version and the flags that it was made with; everything else loads as usual.

import { readFileSync, statSync } from 'node:fs'
import { createRequire, Module } from 'node:module'
import { dirname, join } from 'node:path'
import { constants, Script } from 'node:vm'

/** How Node wraps a CommonJS module. scripts/build-code-cache.mjs does the same: to V8 it is part of the source. */
const WRAPPER = ['(function (exports, require, module, __filename, __dirname) {', '\n})'] as const

/** What Node keeps of CommonJS modules; its types leave it out. */
interface ModuleInternals {
  readonly _cache: Record<string, unknown>
  new (id: string): { exports: unknown; filename: string; loaded: boolean }
}

/**
 * The exports of `index.cjs` in a folder, from the compiled code beside it, and known to `require` from then on. Undefined where
 * there is none, where it is older than the source or of another version of V8: then it is to be loaded in the usual way.
 */
export function loadCompiled(folder: string): unknown {
  try {
    const file = join(folder, 'index.cjs')
    const compiled = `${file}.v8`
    if (statSync(compiled).mtimeMs < statSync(file).mtimeMs) return undefined
    // The bundle is ASCII.
    const source = `${WRAPPER[0]}${readFileSync(file, 'latin1')}${WRAPPER[1]}`
    const script = new Script(source, { filename: file, cachedData: readFileSync(compiled), importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER })
    if (script.cachedDataRejected !== false) return undefined
    const internals = Module as unknown as ModuleInternals
    const loaded = new internals(file)
    loaded.filename = file
    const run = script.runInThisContext() as (exports: unknown, require: NodeJS.Require, module: unknown, filename: string, dirname: string) => void
    run.call(loaded.exports, loaded.exports, createRequire(file), loaded, file, dirname(file))
    loaded.loaded = true
    internals._cache[file] = loaded
    return loaded.exports
  } catch {
    return undefined
  }
}
