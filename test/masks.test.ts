import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MaskError } from '../src/errors.ts'
import { masks } from '../src/masks/index.ts'
import { REMOVED } from '../src/engine/types.ts'
import { compileMasks, contextFor, nodeOf, runMask } from './support/mask-harness.ts'
import { readValue, writeValue } from './support/values.ts'

describe('examples of the masks', () => {
  for (const mask of masks) {
    mask.examples.forEach((example, i) => {
      it(`${mask.type} ${i}: ${JSON.stringify(example.options ?? {})} on ${example.in}`, () => {
        const run = (): string => runMask({ type: mask.type, ...example.options }, example.in, { inputs: example.inputs })
        if (example.error === undefined) expect(run()).toBe(example.out)
        else expect(run).toThrow(expect.objectContaining({ name: 'MaskError', code: example.error, mask: mask.type }))
      })
    })
  }
})
