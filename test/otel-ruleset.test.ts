// The rulesets for OpenTelemetry beside their cases (test/cases/rulesets/otel*.yaml): nothing in them is without a case, nor left
// out of the page, and the page names nothing that they do not have.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createMasker } from '../src/index.ts'
import { builtinRuleset } from '../src/ruleset/files.ts'

interface Rule {
  readonly name: string
  readonly keys?: readonly string[]
  readonly except_keys?: readonly string[]
  readonly rules?: readonly Rule[]
}
const rulesOf = (name: string): readonly Rule[] => (parse(builtinRuleset(name)!) as { rules: readonly Rule[] }).rules
const casesOf = (name: string): readonly { in: string }[] => parse(readFileSync(new URL(`cases/rulesets/${name}.yaml`, import.meta.url), 'utf8')) as readonly { in: string }[]
const SECRET = 'twenty characters at least'

describe.each(['otel', 'otel-strict'])('mask-logs:%s', (name) => {
  it('has a case for each rule', () => {
    const masker = createMasker(`mask-logs:${name}`, { runSecret: SECRET })
    for (const { in: line } of casesOf(name)) masker.json(line)
    const { byRule } = masker.stats()
    const all = rulesOf(name).flatMap((rule) => rule.rules ?? [rule])
    expect(all.filter((rule) => (byRule[rule.name] ?? 0) === 0).map((rule) => rule.name)).toEqual([])
    masker.close()
  })

  it('is in the page, key by key', () => {
    const page = readFileSync(new URL('../docs/opentelemetry.md', import.meta.url), 'utf8')
    const keys = rulesOf(name)
      .filter((rule) => !/^header /.test(rule.name))
      .flatMap((rule) => rule.keys ?? [])
    expect(keys.filter((key) => !page.includes(`\`${key}\``))).toEqual([])
  })
})

describe('mask-logs:otel', () => {
  const mask = (attributes: Readonly<Record<string, unknown>>): unknown => {
    const masker = createMasker('mask-logs:otel', { runSecret: SECRET })
    const out = (JSON.parse(masker.json(JSON.stringify({ attributes }))) as { attributes: unknown }).attributes
    masker.close()
    return out
  }

  it.each(['http.request.header.', 'http.response.header.', 'rpc.request.metadata.', 'rpc.response.metadata.', 'rpc.grpc.request.metadata.', 'rpc.connect_rpc.response.metadata.'])(
    'keeps and masks the same headers under %s',
    (prefix) => {
      const rules = rulesOf('otel')
      const special = rules.filter((rule) => rule.name === 'header addresses' || rule.name === 'header URLs').flatMap((rule) => rule.keys!)
      const harmless = rules.find((rule) => rule.name === 'headers')!.except_keys!.filter((key) => !special.includes(key) && !key.includes('*'))
      expect(harmless.length).toBeGreaterThan(50)
      for (const header of harmless) expect(mask({ [prefix + header]: ['v1'] })).toEqual({ [prefix + header]: ['v1'] })
      for (const header of special)
        expect(JSON.stringify(mask({ [prefix + header]: ['http://203.0.113.77/?token=t1&n=2'] }))).toMatch(/\["http:\/\/203\.0\.113\.(?:0|77)\/\?token=REDACTED&n=2"\]/)
      for (const header of ['authorization', 'cookie', 'x-csrf-token', 'x-my-secret', 'x-session-id', 'api-key'])
        expect(mask({ [prefix + header]: ['v1'], a: 1 })).toEqual({ a: 1 })
      for (const header of ['x-user', 'via', 'etag', 'from']) expect(mask({ [prefix + header]: ['v1'] })).toEqual({ [prefix + header]: ['[REDACTED]'] })
    },
  )

  it('gives one token for one value, whatever the attribute, the signal and the place', () => {
    const masker = createMasker('mask-logs:otel', { runSecret: SECRET })
    const plain = createMasker({ version: '1.0', rules: [{ keys: ['customer'], masks: [{ type: 'pseudonym' }] }] }, { runSecret: SECRET })
    const token = (plain.value({ customer: 'u-881' }) as { customer: string }).customer
    expect(
      masker.value({ attributes: { 'user.id': 'u-881' }, resource: { attributes: { 'enduser.id': 'u-881' } }, exemplars: [{ attributes: { 'session.id': 'u-881' } }] }),
    ).toEqual({
      attributes: { 'user.id': token },
      resource: { attributes: { 'enduser.id': token } },
      exemplars: [{ attributes: { 'session.id': token } }],
    })
    masker.close()
    plain.close()
  })
})
