// The same results in every time zone: the vectors and the examples of the masks once more, in processes of their own. For other
// versions of Node see CONTRIBUTING.md.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '-t', 'vectors|examples of the masks', 'test/determinism.test.ts', 'test/masks.test.ts']

/** What Node writes in a time zone; fails when it does. */
async function node(zone: string, args: readonly string[]): Promise<string> {
  const { MASK_LOGS_TEST_REPORT: _, ...env } = process.env
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, env: { ...env, TZ: zone, NO_COLOR: '1' } })
  return stdout
}

describe.concurrent('vectors and examples hold in the time zone', () => {
  it.each([
    ['UTC', 0],
    ['Pacific/Auckland', 12],
    ['America/New_York', 19],
  ])('%s', async (zone, hour) => {
    // The zone is known here, so the run below says something.
    expect(Number(await node(zone, ['-p', 'new Date(0).getHours()']))).toBe(hour)
    const out = await node(zone, vitest)
    expect(out).toMatch(/Tests +\d{3,} passed/)
    expect(out).not.toContain('failed')
  })
})
