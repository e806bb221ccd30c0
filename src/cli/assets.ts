// Files of the package that the CLI shows: its version and the built-in rulesets.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suggest, UsageError } from './flags.ts'

/** The package's folder: the code runs from src/ in tests and from dist/src/ when installed. */
function packageRoot(): { folder: string; version: string } {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: string; version?: string }
      if (name === 'mask-logs' && version !== undefined) return { folder, version }
    } catch {
      // Not here: one up.
    }
    if (dirname(folder) === folder) return { folder, version: 'unknown' }
  }
}

export function packageVersion(): string {
  return packageRoot().version
}

/** Without a name the list of built-in rulesets with the first sentence of each one's opening comment; with one its text. */
export function builtinRulesets(name: string | undefined): string {
  const folder = join(packageRoot().folder, 'rulesets')
  const names = readdirSync(folder)
    .filter((f) => f.endsWith('.yaml'))
    .map((f) => f.slice(0, -5))
    .sort()
  if (name !== undefined) {
    const bare = name.replace(/^mask-logs:/, '')
    if (!names.includes(bare)) throw new UsageError(`no built-in ruleset of this name${suggest(bare, names)}; there are: ${names.join(', ')}`)
    return readFileSync(join(folder, `${bare}.yaml`), 'utf8')
  }
  const width = Math.max(0, ...names.map((n) => n.length)) + 'mask-logs:'.length + 2
  return names
    .map((n) => {
      const text = readFileSync(join(folder, `${n}.yaml`), 'utf8')
      const comment = /^(?:#.*\n)+/.exec(text)?.[0].replace(/^# ?/gm, '').replaceAll('\n', ' ') ?? ''
      const summary = /^.*?\.(?=\s)/.exec(comment)?.[0] ?? comment
      return `${`mask-logs:${n}`.padEnd(width)}${summary}`.trimEnd() + '\n'
    })
    .join('')
}
