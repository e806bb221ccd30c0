// The only file of this folder that touches the disk: ruleset files and the built-in rulesets.

import { closeSync, existsSync, openSync, readFileSync, readSync, realpathSync } from 'node:fs'
import { dirname, join, relative, isAbsolute, sep } from 'node:path'
import { InputError } from '../errors.ts'
import { LIMITS } from './node.ts'

/**
 * Reads a ruleset file; a byte beyond the limit is enough for the loader to refuse it. With `root`, the file must really lie
 * below that directory, symbolic links resolved. Throws if it cannot be read or lies outside.
 */
export function readRulesetFile(path: string, root?: string): string {
  if (root !== undefined) {
    const inside = relative(realpathSync(root), realpathSync(path))
    if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) throw new Error('outside')
  }
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.allocUnsafe(LIMITS.bytes + 1)
    let length = 0
    while (length < bytes.length) {
      const read = readSync(file, bytes, length, bytes.length - length, null)
      if (read === 0) break
      length += read
    }
    return new TextDecoder('utf-8').decode(bytes.subarray(0, length))
  } finally {
    closeSync(file)
  }
}

let folder: string | undefined

/** The folder of the built-in rulesets: beside package.json, above both `src/` and `dist/src/`. */
export function rulesetsFolder(): string {
  if (folder !== undefined) return folder
  let directory = import.meta.dirname
  for (;;) {
    const file = join(directory, 'package.json')
    try {
      if (existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown }).name === 'mask-logs') break
    } catch {
      // Not ours.
    }
    const parent = dirname(directory)
    if (parent === directory) break
    directory = parent
  }
  folder = join(directory, 'rulesets')
  return folder
}

/** The model behind the group `names`. */
export function readNamesModel(): Uint8Array {
  try {
    return readFileSync(join(rulesetsFolder(), 'names.bin'))
  } catch {
    throw new InputError('file_unreadable', 'the model for names (rulesets/names.bin) cannot be read')
  }
}

/** Names of the built-in rulesets, the ones of general use first. */
export const BUILTIN_NAMES = ['default', 'secrets', 'pci', 'pii', 'phi', 'network', 'http-headers', 'pino', 'otel', 'otel-strict', 'strict', 'names'] as const

/** Text of a built-in ruleset. */
export function builtinRuleset(name: string): string | undefined {
  // A name is looked up in the list, never made into a path unchecked.
  if (!(BUILTIN_NAMES as readonly string[]).includes(name)) return undefined
  return readFileSync(join(rulesetsFolder(), `${name}.yaml`), 'utf8')
}
