// A ruleset for what a sample holds: the built-in rulesets that know it, and above them rules that redact, so that a second look at
// the masked sample finds nothing. What to put in place of `redact` stands beside each rule.

import { quoted } from '../ruleset/write-yaml.ts'
import type { DiscoveredFinding, Finding, Suggested, Told } from './report.ts'

/** So many places are named in a comment. */
const SHOWN = 12
/** With more paths than these, or with more characters in them, the rules go by key: a ruleset has at most 1 MiB. */
const MOST_PATHS = 1000
const MOST_CHARACTERS = 200_000

/** Text of a ruleset that masks all that was found, and all that is likely. `byKey`: a built-in rule of `default` masks under this key. */
export function starterRuleset({ report, findings, suggestions }: Told, byKey: (key: string) => boolean): string {
  const lines: string[] = []
  const say = (text: string): void => {
    for (const line of wrapped(text)) lines.push(line)
  }
  say(`Written by "mask-logs discover" from ${counted(report.records, 'record')} and ${counted(report.lines, 'line')} of text. Values and keys that are data are not in it.`)
  say('Behind a path stands how many of the records and lines have it.')
  say('Everything is redacted to begin with. Where a rule offers another mask, the same value gets the same substitute wherever it stands.')
  if (report.capped) say('There were more places than are looked at one by one: some paths are wider than they need be.')
  lines.push('version: "1.0"', '')

  const extended = [...new Set(['mask-logs:default', ...findings.flatMap(({ told: { ruleset, byDefault } }) => (ruleset === undefined || byDefault ? [] : ruleset))])]
  say('"default" is secrets, payment cards, personal data and HTTP headers, also what this sample does not hold.')
  lines.push(`extends: [${extended.map(quoted).join(', ')}]`, '')

  const rules: string[] = []
  for (const [name, list] of byDetector(findings)) rules.push(...detectRule(name, list))
  rules.push(...headerRule(findings, byKey))
  const likely = suggestions.filter(({ told }) => told.confidence === 'likely')
  const byPath = fitting(likely).length === likely.length
  for (const list of byKind(likely)) rules.push(...kindRules(list, byPath))
  const possible = fitting(suggestions.filter(({ told }) => told.confidence === 'possible'))
  const comments = byKind(possible).flatMap((list) => kindRules(list, true).map((line) => (line.startsWith('#') || line === '' ? line : `# ${line}`)))
  lines.push(...(rules.length === 0 ? ['rules: []'] : ['rules:', ...rules]))
  if (comments.length > 0) {
    lines.push(
      '',
      ...wrapped('Perhaps personal too: take away the # of what is.'),
      ...(rules.length === 0 ? ['# (and write "rules:" for the line "rules: []" above)'] : []),
      ...comments,
    )
  }
  return `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`
}

/** Findings by detector, those of secrets left out: their own masks redact already. */
function byDetector(findings: readonly Finding[]): Map<string, Finding[]> {
  const out = new Map<string, Finding[]>()
  for (const finding of findings) {
    const { detector, told } = finding
    if (detector === undefined || (told.ruleset !== undefined && (detector.mask === undefined || detector.mask.type === 'redact'))) continue
    out.set(detector.name, [...(out.get(detector.name) ?? []), finding])
  }
  return out
}

function detectRule(name: string, list: readonly Finding[]): string[] {
  const total = list.reduce((sum, { told }) => sum + told.count, 0)
  const { mask } = list[0]!.detector!
  return [
    ...wrapped(`${name}: ${counted(total, 'time')}, ${where(list.map(({ told }) => told))}`),
    `- detect: [${plain(name)}]`,
    ...(mask === undefined || mask.type === 'redact' ? [] : [`  # for a substitute, leave out "masks"; it is what ${flow(mask)} gives`]),
    `  masks: [{type: redact, label: ${plain(name)}}]`,
    '',
  ]
}

/** Built-in rules by key stand above detection, and what they put in may look like an address still. */
function headerRule(findings: readonly Finding[], byKey: (key: string) => boolean): string[] {
  const keys = new Set<string>()
  for (const { key, told } of findings) if (key !== undefined && told.where !== 'key' && told.group !== 'secrets' && byKey(key)) keys.add(key)
  if (keys.size === 0) return []
  return [
    ...wrapped('headers in which something was found; without this rule "default" masks addresses in them one by one'),
    `- keys: [${[...keys].map(quoted).join(', ')}]`,
    '  masks: [{type: redact, label: header}]',
    '',
  ]
}

/** As many as may be told by path. */
function fitting(suggestions: readonly Suggested[]): readonly Suggested[] {
  let left = MOST_CHARACTERS
  const end = suggestions.findIndex(({ told }, i) => i >= MOST_PATHS || (left -= told.path.length) < 0)
  return end < 0 ? suggestions : suggestions.slice(0, end)
}

function byKind(suggestions: readonly Suggested[]): Suggested[][] {
  const out = new Map<string, Suggested[]>()
  for (const suggestion of suggestions) out.set(suggestion.kind.name, [...(out.get(suggestion.kind.name) ?? []), suggestion])
  return [...out.values()]
}

function kindRules(list: readonly Suggested[], byPath: boolean): string[] {
  const { kind } = list[0]!
  const out = ['', ...wrapped(`${kind.title}: ${where(list.map(({ told }) => told))}; ${[...new Set(list.flatMap(({ told }) => told.evidence))].slice(0, 6).join(', ')}`)]
  const masks = [...(kind.instead === undefined ? [] : [`  # or, for a substitute: masks: [${kind.instead}]`]), `  masks: [{type: redact, label: ${kind.name}}]`]
  const paths = byPath ? [...new Set(list.filter(({ told }) => told.where === 'value').map(({ told }) => told.path))] : []
  const keys = [...new Set(list.filter(({ told }) => !byPath || told.where === 'pair').map(({ key }) => key))]
  for (const [selector, items] of [
    ['paths', paths],
    ['keys', keys],
  ] as const)
    if (items.length > 0) out.push(`- name: ${quoted(kind.title)}`, `  ${selector}:`, ...items.map((item) => `  - ${quoted(item)}`), ...masks)
  return out
}

function where(list: readonly { readonly path: string; readonly where: DiscoveredFinding['where']; readonly share: number }[]): string {
  const places = list.map(({ path, where, share }) => `${where === 'key' ? `keys of ${path}` : where === 'pair' ? `${path}= in text` : path} (${percent(share)})`)
  const shown = places.slice(0, SHOWN)
  return `at ${shown.join(', ')}${places.length > SHOWN ? `, and at ${places.length - SHOWN} more` : ''}`
}

const percent = (share: number): string => (share > 0 && share < 0.001 ? '<0.1 %' : `${Number((share * 100).toFixed(1))} %`)
const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

/** Names that YAML takes as they are, and lists do too. */
const plain = (name: string): string => (/^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$|^(?:email|iban|phone|ipv[46]|jwt)$/.test(name) ? name : quoted(name))

const flow = (mask: { readonly type: string; readonly [option: string]: unknown }): string =>
  `{${Object.entries(mask)
    .map(([key, value]) => `${key}: ${JSON.stringify(value).replace(/^"([\w-]+)"$/, '$1')}`)
    .join(', ')}}`

/** A comment of lines of at most 116 characters; a word alone may be longer. */
function wrapped(text: string): string[] {
  const out: string[] = []
  let line = '#'
  for (const word of text.split(' ')) {
    if (line.length > 1 && line.length + 1 + word.length > 116) {
      out.push(line)
      line = '#'
    }
    line += ` ${word}`
  }
  out.push(line)
  return out
}
