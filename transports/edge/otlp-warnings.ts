// What a ruleset cannot do to OpenTelemetry's records, said once at the start. Text of rulesets only.

import type { RuleOutline, Segment } from '../../src/index.ts'

/** Masks under which two values stay two: series that differ in them do not become one. */
const INJECTIVE: ReadonlySet<string> = new Set(['pseudonym', 'imitate_unique', 'imitate_uuid', 'imitate_nz_ird', 'do_nothing'])

/** The rules that are not of a built-in ruleset: those are known. */
export function ownRules(outline: readonly RuleOutline[]): readonly RuleOutline[] {
  return outline.filter(({ source }) => !source.startsWith('mask-logs:'))
}

/** Paths and sources that can never hit. */
export function rulesetWarnings(outline: readonly RuleOutline[]): string[] {
  return ownRules(outline).flatMap((rule) => [...rule.paths.flatMap((path) => dotted(rule, path)), ...shared(rule)])
}

/** Rules that can make series of metrics alike when they are applied at export; `advice` says what that means there. */
export function seriesWarning(outline: readonly RuleOutline[], advice: string): string | undefined {
  const fixed = outline.filter(
    ({ form, masks, paths }) => (form === 'keys' || (form === 'paths' && paths.some(mayHitAttributes))) && masks.length > 0 && !masks.some((type) => INJECTIVE.has(type)),
  )
  if (fixed.length === 0) return undefined
  return `${fixed.length} rules (first: ${place(fixed[0]!)}) give attributes of metrics fixed values or remove them: ${advice}`
}

function mayHitAttributes([first]: readonly Segment[]): boolean {
  return first !== undefined && (first.kind !== 'name' || first.name === 'attributes')
}

function place({ name, source, line }: RuleOutline): string {
  return `'${name}', ${source}:${line}`
}

/** A1: `attributes.http.url` is a map in a map, and meets no attribute of that name. */
function dotted(rule: RuleOutline, path: readonly Segment[]): string[] {
  const at = path.findIndex((segment) => segment.kind === 'name' && segment.name === 'attributes')
  if (at < 0) return []
  const names: string[] = []
  for (const segment of path.slice(at + 1)) {
    if (segment.kind !== 'name' || segment.name.includes('.')) break
    names.push(segment.name)
  }
  if (names.length < 2) return []
  const head = written(path.slice(0, at + 1))
  const meant = `${head}["${names.join('.')}"]${written(path.slice(at + 1 + names.length), head)}`
  return [`the path ${written(path)} of rule ${place(rule)} means maps in maps and meets no attribute '${names.join('.')}': write ${meant}`]
}

/** A6: resource and scope are masked once, before the items, and know nothing of them. */
function shared(rule: RuleOutline): string[] {
  const blind = rule.reads.filter(([first]) => first?.kind === 'name' && first.name !== 'resource' && first.name !== 'scope')
  if (blind.length === 0) return []
  const reaches = rule.form === 'paths' ? rule.paths.some(([first]) => first?.kind !== 'name' || first.name === 'resource' || first.name === 'scope') : rule.form !== 'record'
  if (!reaches) return []
  return [`rule ${place(rule)} reads ${written(blind[0]!)}: in resource and scope, which are masked once for all their items, that path counts as absent`]
}

function written(path: readonly Segment[], before = ''): string {
  let out = before
  for (const segment of path) {
    if (segment.kind === 'index') out += `[${segment.index}]`
    else if (segment.kind === 'any') out += '[*]'
    else if (segment.kind === 'deep') out += out === '' ? '**' : '.**'
    else if (/^[^.[\]*"'`\s]+$/.test(segment.name)) out += out === '' ? segment.name : `.${segment.name}`
    else out += `["${segment.name.replace(/["\\]/g, '\\$&')}"]`
  }
  return out.slice(before.length)
}
