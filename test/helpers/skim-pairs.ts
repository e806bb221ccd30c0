// Two maskers that must be one: with the skim and without it.

import { expect, vi } from 'vitest'
import { Skim } from '../../src/engine/skim.ts'
import { createMasker, type Masker, type MaskerOptions, type RulesetInput } from '../../src/index.ts'

export const runSecret = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'

/** A masker whose skim is made at once, or that does without one. */
export function maskerWith(on: boolean, ruleset: RulesetInput, options: MaskerOptions = {}): Masker {
  const masker = createMasker(ruleset, { runSecret, ...options })
  const create = vi.spyOn(Skim, 'create')
  try {
    if (!on) create.mockReturnValue(undefined)
    // the first use decides
    masker.lines().buffers?.(1 << 30)
    expect(create).toHaveBeenCalledTimes(1)
    if (on) expect(create.mock.results[0]?.value, 'there is a skim').toBeInstanceOf(Skim)
  } finally {
    create.mockRestore()
  }
  return masker
}

/** What becomes of a block, an error and what was done before it included; bytes as latin1. */
export function blockOf(engine: ReturnType<Masker['lines']>, bytes: Buffer): string {
  try {
    return joined(engine.block(bytes))
  } catch (error) {
    return `${joined(engine.partial ?? [])}<${(error as { code?: string }).code ?? String(error)}>`
  }
}

export function joined(pieces: readonly Buffer[]): string {
  return Buffer.concat(pieces).toString('latin1')
}
