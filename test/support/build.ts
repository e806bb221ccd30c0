import { spawnSync } from 'node:child_process'
import { cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Puts the package as it runs into a folder: the bundle of the sources as they are now, and what it reads. */
export function buildInto(folder: string): void {
  for (const name of ['package.json', 'rulesets']) cpSync(join(root, name), join(folder, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir')
  const bundler = join(root, 'node_modules/rolldown/bin/cli.mjs')
  const { status, stderr } = spawnSync(process.execPath, [bundler, '-c', 'rolldown.config.ts', '-d', join(folder, 'dist')], { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`the bundle was not made\n${stderr}`)
}
