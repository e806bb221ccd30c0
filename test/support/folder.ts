// A folder for the files of tests, removed when they are done.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** Makes a folder; `next` makes a new one in it, for one test. */
export function testFolder(): { readonly path: string; next(): string } {
  const path = mkdtempSync(join(tmpdir(), 'mask-logs-'))
  afterAll(() => rmSync(path, { recursive: true, force: true }))
  let count = 0
  return {
    path,
    next() {
      const made = join(path, String(count++))
      mkdirSync(made)
      return made
    },
  }
}
