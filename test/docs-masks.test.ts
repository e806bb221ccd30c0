import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { masksPage } from '../scripts/build-docs-masks.ts'

it('docs/masks.md is what the registry gives', () => {
  expect(readFileSync(new URL('../docs/masks.md', import.meta.url), 'utf8')).toBe(masksPage())
})
