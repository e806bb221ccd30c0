// Every place that a processor of telemetry can pass over (bench/collector/gaps.ts): the ruleset otel leaves no canary there.

import { describe, expect, it } from 'vitest'
import { CHAINED, GAPS, LINES, survives, type Json } from '../../bench/collector/gaps.ts'
import { otelMasker, ours } from '../../bench/collector/run.ts'
import { viewsOf } from '../../bench/collector/views.ts'
import { createMasker } from '../../src/index.ts'

/** Outside the record view: the rewriter reads it by itself. */
const OUTSIDE = new Set(['metric-metadata'])

describe('mask-logs:otel', () => {
  it.each(GAPS.filter(({ id }) => !OUTSIDE.has(id)))('leaves no canary in record views: $place', (gap) => {
    const views = viewsOf(gap.request).map((view) => JSON.stringify(view))
    expect(views.some((view) => survives(gap, view))).toBe(true)
    const masker = otelMasker(gap.rules)
    const output = views.map((view) => masker.json(view)).join('\n')
    masker.close()
    expect(survives(gap, output)).toBe(false)
    expect(output).toContain('shop')
  })

  it.each(GAPS)('leaves no canary in a request: $place', (gap) => {
    expect(survives(gap, JSON.stringify(gap.request))).toBe(true)
    const output = ours(gap)
    expect(survives(gap, output)).toBe(false)
    // the item is masked, not dropped
    const text = JSON.stringify(gap.request)
    for (const kept of ['"stringValue":"shop"', '1790000000000000001', ...(text.includes('eee19b7ec3c1b174') ? ['eee19b7ec3c1b174'] : [])]) expect(output).toContain(kept)
  })

  it('masks what stands beside something allowed, and only that', () => {
    const output = ours(GAPS.find(({ id }) => id === 'allowed')!)
    expect(output).toContain('from docs@docs.example to ')
  })

  it('leaves maps and lists what they are', () => {
    const attributes = (id: string): unknown => (viewsOf(JSON.parse(ours(GAPS.find((gap) => gap.id === id)!)) as Json)[0] as { attributes: unknown }).attributes
    expect(attributes('nested-map')).toEqual({ 'app.user': { note: expect.stringMatching(/@example\.(?:com|net|org)$/) as string } })
    expect(attributes('nested-list')).toEqual({ 'app.users': [expect.stringMatching(/@example\.(?:com|net|org)$/)] })
    expect(attributes('nested-key')).toEqual({ 'app.user': { password: '[REDACTED:named_secret]' } })
  })

  it('does not tell how many lines a secret has', () => {
    const output = ours({ signal: 'traces', request: LINES.request })
    expect(output).toContain('"stringValue":"[REDACTED:named_secret]"')
    expect(output).not.toContain('\\n')
  })

  it('masks no substitute again', () => {
    const view = JSON.stringify(viewsOf(CHAINED.request)[0])
    const out = (rules: readonly unknown[]): string => createMasker({ version: '1.0', rules }, { runSecret: 'twenty characters at least' }).json(view)
    const pseudonym = { type: 'pseudonym', encoding: 'hex', length: 32 }
    const alone = out([{ detect: ['email'], masks: [pseudonym] }])
    expect(alone).toMatch(/"app\.mail":"[0-9a-f]{32}"/)
    expect(out([{ detect: ['email'], masks: [pseudonym] }, { detect: ['high_entropy'] }])).toBe(alone)
    // the second rule does find such runs
    expect(out([{ detect: ['high_entropy'] }])).toBe(view)
    expect(createMasker({ version: '1.0', rules: [{ detect: ['high_entropy'] }] }, { runSecret: 'twenty characters at least' }).json(alone)).not.toBe(alone)
  })
})
