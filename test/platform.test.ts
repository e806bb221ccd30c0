// The same results in every time zone: the vectors and the examples of the masks once more, in processes of their own. For other
// versions of Node see CONTRIBUTING.md.

import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))

describe('vectors and examples hold in the time zone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mask-logs-platform-'))
  const program = join(folder, 'test/support/recompute.mjs')
  beforeAll(() => {
    // The program finds its files where the sources find them.
    for (const name of ['fixtures/seeds', 'vectors']) cpSync(join(root, 'test', name), join(folder, 'test', name), { recursive: true })
    execFileSync(process.execPath, ['node_modules/rolldown/bin/cli.mjs', 'test/support/recompute.ts', '-o', program, '-p', 'node', '-f', 'esm'], { cwd: root, stdio: 'pipe' })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  // Twelve hours ahead of UTC and five behind, with summer time and without.
  it.each([
    ['UTC', 0],
    ['Pacific/Auckland', 12],
    ['America/New_York', 19],
  ])('%s', (zone, hour) => {
    const found = JSON.parse(execFileSync(process.execPath, [program], { env: { ...process.env, TZ: zone } }).toString()) as { hour: number; right: number; wrong: string[] }
    expect(found.hour).toBe(hour)
    expect(found.wrong).toEqual([])
    expect(found.right).toBeGreaterThan(400)
  })
})
