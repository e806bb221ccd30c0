import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import { detectors } from '../src/detectors/index.ts'
import { masks } from '../src/masks/index.ts'
import { BUILTIN_NAMES, builtinRuleset } from '../src/ruleset/files.ts'
import { RESERVED_DETECTORS } from '../src/ruleset/future-detectors.ts'
import { loadRuleset } from '../src/ruleset/load.ts'
import type { LoadEnvironment } from '../src/ruleset/load.ts'
import { rulesetJsonSchema } from '../src/ruleset/schema.ts'
import { STARTER_RULESET } from '../src/cli/starter.ts'
import { environment as stubs } from './ruleset-stubs.ts'

const environment: LoadEnvironment = { ...stubs, masks: new Map(masks.map((mask) => [mask.type, mask])), detectors }
const schema = rulesetJsonSchema(masks, detectors)
const ajv = new Ajv2020({ strict: false, allErrors: false })
const accepts = ajv.compile(schema)

describe('the real registries', () => {
  it('the JSON Schema is a valid JSON Schema', () => {
    expect(ajv.validateSchema(schema)).toBe(true)
  })

  it.each([...BUILTIN_NAMES.map((name) => [`mask-logs:${name}`, builtinRuleset(name) ?? ''] as const), ['starter', STARTER_RULESET] as const])(
    '%s loads without remarks',
    (_, text) => {
      expect(loadRuleset(text, environment).warnings).toEqual([])
      expect(accepts(parse(text, { merge: true }))).toBe(true)
    },
  )

  it.each(masks.flatMap((mask) => mask.examples.map((example, i) => [`${mask.type} ${i}`, mask, example] as const)))('example %s loads', (_, mask, example) => {
    const written = { type: mask.type, ...example.options }
    // a mask that reads the document around it stands in a transform
    const masks = example.document === undefined ? [written] : [{ type: 'json', transforms: [{ path: ['v'], masks: [written] }] }]
    const ruleset = { version: '1.0', rules: [{ masks }] }
    expect(() => loadRuleset(ruleset, environment)).not.toThrow()
    expect(accepts(ruleset), JSON.stringify(accepts.errors)).toBe(true)
  })

  it('the documented rulesets load', () => {
    const blocks = [...readFileSync(new URL('../docs/rulesets.md', import.meta.url), 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = '']) => block)
    expect(blocks.length).toBeGreaterThan(5)
    for (const block of blocks) {
      const head = block.startsWith('version') ? '' : block.startsWith('rules') ? 'version: "1.0"\n' : 'version: "1.0"\nrules:\n'
      expect(() => loadRuleset(head + block, environment)).not.toThrow()
    }
  })

  it('every detector is known by its name and its group is never empty by mistake', () => {
    for (const detector of detectors) expect(() => loadRuleset({ version: '1.0', rules: [{ detect: [detector.name] }] }, environment)).not.toThrow()
    const missing = [...RESERVED_DETECTORS].filter((name) => !detectors.some((detector) => detector.name === name))
    for (const name of missing) expect(() => loadRuleset({ version: '1.0', rules: [{ detect: [name] }] }, environment)).toThrow(`detector '${name}' is not available yet`)
  })
})
