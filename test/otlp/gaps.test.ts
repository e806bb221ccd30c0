// Every place that a processor of telemetry can pass over (bench/collector/gaps.ts): the ruleset otel leaves no canary there.

import { describe, expect, it } from 'vitest'
import { CHAINED, GAPS, LINES, survives } from '../../bench/collector/gaps.ts'
import { ours } from '../../bench/collector/run.ts'
import { viewsOf } from '../../bench/collector/views.ts'
import { createMasker } from '../../src/index.ts'

/** Outside the record view: what rewrites OTLP reads it by itself. */
const OUTSIDE = new Set(['metric-metadata'])

describe('mask-logs:otel on record views', () => {
  it.each(GAPS.filter(({ id }) => !OUTSIDE.has(id)))('leaves no canary: $place', (gap) => {
    expect(survives(gap, JSON.stringify(viewsOf(gap.request)))).toBe(true)
    const output = ours(gap)
    expect(survives(gap, output)).toBe(false)
    // it is masked, not dropped
    expect(output).toContain('shop')
  })

  it('masks what stands beside something allowed, and only that', () => {
    const output = ours(GAPS.find(({ id }) => id === 'allowed')!)
    expect(output).toContain('from docs@docs.example to ')
  })

  it('leaves maps and lists what they are', () => {
    const attributes = (id: string): unknown => (JSON.parse(ours(GAPS.find((gap) => gap.id === id)!)) as { attributes: unknown }).attributes
    expect(attributes('nested-map')).toEqual({ 'app.user': { note: expect.stringMatching(/@example\.(?:com|net|org)$/) as string } })
    expect(attributes('nested-list')).toEqual({ 'app.users': [expect.stringMatching(/@example\.(?:com|net|org)$/)] })
    expect(attributes('nested-key')).toEqual({ 'app.user': { password: '[REDACTED:named_secret]' } })
  })

  it('does not tell how many lines a secret has', () => {
    const output = ours(LINES)
    expect(output).toContain('"app.password":"[REDACTED:named_secret]"')
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
