import { describe, expect, it } from 'vitest'
import { createLiveMasker, createMasker } from '../src/index.ts'

describe('outline', () => {
  it('tells what rules select, with which masks, and what they read', () => {
    const yaml = [
      'version: "1.0"',
      'extends: ["mask-logs:secrets"]',
      'rules:',
      '- {name: url, paths: [req.url], masks: [{type: url}]}',
      '- if: [{path: env, equals: prod, on_missing: apply_else}]',
      '  rules:',
      '  - {keys: [id], hash_sources: [{json_path: [tenant, 0]}, {source: self}], masks: [{type: pseudonym}, {type: redact}]}',
      '  else_rules:',
      '  - if: [{or: [{path: "a[*]", equals: 1, on_missing: skip}, {not: [{path: b, equals: 2, on_missing: skip}]}]}]',
      '    rules: [{detect: [email]}]',
      '- masks: [{type: do_nothing}]',
      '',
    ].join('\n')
    const masker = createMasker(yaml)
    const own = masker.outline.filter(({ source }) => source === '<ruleset>')
    const name = (text: string) => ({ kind: 'name', name: text })
    expect(masker.outline.map(({ source }) => source)[0]).toBe('mask-logs:secrets')
    expect(own).toEqual([
      { name: 'url', source: '<ruleset>', line: 4, form: 'paths', paths: [[name('req'), name('url')]], keys: [], masks: ['url'], reads: [] },
      expect.objectContaining({ form: 'keys', keys: ['id'], masks: ['pseudonym', 'redact'], line: 7, reads: [[name('env')], [name('tenant'), { kind: 'index', index: 0 }]] }),
      expect.objectContaining({ form: 'detect', masks: [], reads: [[name('env')], [name('a'), { kind: 'any' }], [name('b')]] }),
      expect.objectContaining({ form: 'record', masks: ['do_nothing'], reads: [] }),
    ])
    masker.close()
  })

  it('of a live masker is that of the version in force', () => {
    const live = createLiveMasker({ version: '1.0', rules: [{ keys: ['a'], masks: [{ type: 'redact' }] }] })
    expect(live.outline.map(({ keys }) => keys)).toEqual([['a']])
    live.close()
  })
})
