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

/** The skim of such a masker. */
export function skimOf(masker: Masker): Skim {
  return (masker as unknown as { readonly skim: Skim }).skim
}

/** Its memory. */
export function memoryOf(skim: Skim): Buffer {
  return (skim as unknown as { readonly bytes: Buffer }).bytes
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

/** The first place where two outputs differ, with what stands around it. */
export function difference(skimmed: string, walked: string, input: Buffer): string | undefined {
  if (skimmed === walked) return undefined
  const a = skimmed.split('\n')
  const b = walked.split('\n')
  let k = 0
  while (a[k] === b[k]) k++
  const [x, y, z] = [a[k] ?? '', b[k] ?? '', input.toString('latin1').split('\n')[k] ?? '']
  let at = 0
  while (x[at] === y[at]) at++
  const from = Math.max(0, at - 150)
  const around = (text: string): string => `${from > 0 ? '...' : ''}${text.slice(from, at + 250)}`
  return `line ${k + 1}, offset ${at}\nskim:   ${around(x)}\nwalker: ${around(y)}\ninput:  ${around(z)}`
}
