// What a loaded ruleset names, for those who have to tell whether a rule can meet their records at all.

import type { ConditionalRule, Condition, Rule, Ruleset, Segment } from '../engine/types.ts'

/** A rule with a selector, or without one, and what it reads. Text of the ruleset only. */
export interface RuleOutline {
  /** `name` of the rule, else its path like `rules[2]`. */
  readonly name: string
  /** File, or built-in such as `mask-logs:otel`. */
  readonly source: string
  readonly line: number
  readonly form: 'record' | 'paths' | 'keys' | 'detect'
  readonly paths: readonly (readonly Segment[])[]
  readonly keys: readonly string[]
  /** Types of its masks, in order; empty for a `detect` rule that leaves them to the detectors. */
  readonly masks: readonly string[]
  /** What its conditions (those around it too) and its hash sources read from the root of the record. */
  readonly reads: readonly (readonly Segment[])[]
}

/** The rules of all layers, weaker ones first, conditional rules taken apart. */
export function outlineOf(ruleset: Ruleset): RuleOutline[] {
  return ruleset.layers.flatMap(({ source, rules }) => outlined(source, rules, []))
}

function outlined(source: string, rules: readonly Rule[], above: readonly (readonly Segment[])[]): RuleOutline[] {
  return rules.flatMap((rule) => {
    if (rule.form === 'if') return inside(source, rule, above)
    const { name, line, form, paths, keys } = rule
    const sources = (rule.hashSources ?? []).flatMap(({ from, path }) => (from === 'record' ? [path.map(segment)] : []))
    return [{ name, source, line, form, paths, keys, masks: (rule.masks ?? []).map(({ type }) => type), reads: [...above, ...sources] }]
  })
}

function inside(source: string, rule: ConditionalRule, above: readonly (readonly Segment[])[]): RuleOutline[] {
  const reads = [...above, ...rule.conditions.flatMap(pathsOf)]
  return [...outlined(source, rule.rules, reads), ...outlined(source, rule.elseRules, reads)]
}

function pathsOf(condition: Condition): (readonly Segment[])[] {
  return condition.kind === 'test' ? [condition.path] : condition.of.flatMap(pathsOf)
}

function segment(part: string | number): Segment {
  return typeof part === 'number' ? { kind: 'index', index: part } : { kind: 'name', name: part }
}
