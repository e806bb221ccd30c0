// The skim against the walker, which is the complete implementation: whatever comes in, the same comes out with and without it.

import { describe, expect, it } from 'vitest'
import type { RulesetInput } from '../src/index.ts'
import { blockOf, maskerWith } from './helpers/skim-pairs.ts'

/** What each of the two makes of a line, as a block and as a record, with the counts. */
function both(ruleset: RulesetInput, line: string): { readonly skimmed: unknown; readonly walked: unknown } {
  const of = (on: boolean): unknown => {
    const masker = maskerWith(on, ruleset)
    const engine = masker.lines()
    // twice: what is remembered comes into it the second time
    const blocks = [1, 2].map(() => blockOf(engine, Buffer.from(`${line}\n`)))
    const records = [1, 2].map(() => masker.json(line))
    const stats = masker.stats()
    masker.close()
    return { blocks, records, stats }
  }
  return { skimmed: of(true), walked: of(false) }
}

describe('the skim once gave something else', () => {
  const cases: Readonly<Record<string, readonly [ruleset: RulesetInput, line: string]>> = {
    'strings that begin like a document and are none kept what was found in them': [
      'mask-logs:default',
      '{"a":" password=zz9x1y2 ","b":"{broken AKIAA3PRWVSF6CDE5MDQ","c":"\\n card 4111111111111111"}',
    ],
    'documents that begin with an escape were not entered without detectors': [
      { version: '1.0', rules: [{ paths: ['d.v'], masks: [{ type: 'redact' }] }] },
      '{"d":"\\u007b\\"v\\":\\"zz9x1y2\\"}","x":{"d":1}}',
    ],
    'a short run of digits before a bracket was a phone number to the finder alone': ['mask-logs:default', '{"phone":"37 (x","mobile":"9203-(+1","tel":{"a":"call 1 (_415)"}}'],
    'entries removed before the skim gave a line up were counted twice': [
      { version: '1.0', rules: [{ detect: ['all'], masks: [{ type: 'remove' }] }] },
      '{"password":"zz9x1y2","card":4111111111111111,"\\u0061":1}',
    ],
  }
  for (const [name, [ruleset, line]] of Object.entries(cases))
    it(name, () => {
      const { skimmed, walked } = both(ruleset, line)
      expect(skimmed).toEqual(walked)
      expect(JSON.stringify(skimmed)).not.toMatch(/zz9x1y2|CDE5MDQ|4111111111111111/)
    })
})
