// What a survey tells people and programs: at which places detectors have found what, which other places deserve a look, and why.
// Nothing in it is a value, or a key that is one.

import type { DetectorInfo, KeyFacts } from '../engine/types.ts'
import { isTechnical, kindOf, toldByKey } from './kinds.ts'
import type { Kind } from './kinds.ts'
import type { Count, Place } from './places.ts'
import type { Shape } from './shapes.ts'
import type { Survey } from './survey.ts'

/** A place, and the values there. */
export interface DiscoveredPlace {
  /** `user.email`, `items[*].id`; `*` stands for keys that are data or too many. `(text)`: lines of text. `(record)`: records without keys. */
  readonly path: string
  /** `key`: in the keys themselves. `pair`: after this key in lines of text. */
  readonly where: 'value' | 'key' | 'text' | 'pair'
  readonly values: number
  /** Records, or lines, that have the place. */
  readonly records: number
  /** Their share of all records and lines. */
  readonly share: number
  /** Lengths in characters; absent where that would be the length of whole lines. */
  readonly length?: readonly [least: number, most: number]
  /** What all values have in common: A and a are letters, 9 is a digit. Only where that leaves enough open, and never of secrets. */
  readonly pattern?: string
  /** About how many different values there were. */
  readonly distinct?: number
}

export interface DiscoveredFinding extends DiscoveredPlace {
  readonly detector: string
  readonly group: string | undefined
  readonly count: number
  /** Records and lines with a finding, as a share of all. */
  readonly found: number
  /** A built-in ruleset that masks it; undefined for detectors of no group. */
  readonly ruleset: string | undefined
  /** It is masked when no ruleset is given. */
  readonly byDefault: boolean
}

export interface DiscoveredSuggestion extends DiscoveredPlace {
  readonly kind: string
  readonly title: string
  /** `likely`: the key says so, and the starter ruleset masks it. `possible`: it is there as a comment. */
  readonly confidence: 'likely' | 'possible'
  readonly evidence: readonly string[]
  /** A mask for it, as it is written in a ruleset, that gives substitutes where there is one. */
  readonly mask: string
}

export interface DiscoveryReport {
  readonly records: number
  readonly lines: number
  readonly bytes: number
  readonly places: number
  /** There were more places than are kept: what came later is told at the places above. */
  readonly capped: boolean
  /** `maxLines` was reached. */
  readonly cut: boolean
  /** Records and lines that could not be read in full, by code. */
  readonly errors: Readonly<Record<string, number>>
  readonly findings: readonly DiscoveredFinding[]
  readonly suggestions: readonly DiscoveredSuggestion[]
}

/** A suggestion with what a ruleset needs. */
export interface Suggested {
  readonly told: DiscoveredSuggestion
  readonly kind: Kind
  /** The last key of the path. */
  readonly key: string
}

/** A finding with what a ruleset needs. */
export interface Finding {
  readonly told: DiscoveredFinding
  readonly detector: DetectorInfo | undefined
  /** The last key of the path. */
  readonly key: string | undefined
}

export interface Told {
  readonly report: DiscoveryReport
  readonly findings: readonly Finding[]
  readonly suggestions: readonly Suggested[]
}

export interface ReportParts {
  readonly survey: Survey
  readonly detectors: readonly DetectorInfo[]
  readonly keyFacts: (key: string) => KeyFacts
  readonly bytes: number
  readonly errors: Readonly<Record<string, number>>
  /** Built-in rulesets that stand for a group. */
  readonly rulesets: readonly string[]
}

/** Groups that the built-in `default` masks. */
const BY_DEFAULT: ReadonlySet<string> = new Set(['secrets', 'pci', 'pii'])
/** A place of which detectors know so much needs no rule of its own. */
const KNOWN = 0.9
const LEAST_VALUES = 20

export function tell(parts: ReportParts): Told {
  const { survey } = parts
  const { places } = survey
  places.settle()
  const all = survey.records + survey.lines
  const findings: Finding[] = []
  const suggestions: Suggested[] = []
  for (const place of places.all()) {
    const about = describe(parts, place, all, place === places.text)
    for (const [counts, inKey] of [
      [place.found, false],
      [place.foundInKeys, true],
    ] as const)
      for (const [name, count] of counts ?? []) findings.push(finding(parts, place, about, name, count, inKey, all))
    const suggested = place === places.text ? undefined : suggest(parts, place, about)
    if (suggested !== undefined) suggestions.push(suggested)
  }
  const order = (a: Suggested, b: Suggested): number => (a.told.confidence === b.told.confidence ? 0 : a.told.confidence === 'likely' ? -1 : 1)
  suggestions.sort(order)
  return {
    findings,
    suggestions,
    report: {
      records: survey.records,
      lines: survey.lines,
      bytes: parts.bytes,
      places: places.count,
      capped: places.capped,
      cut: survey.full,
      errors: parts.errors,
      findings: findings.map(({ told }) => told),
      suggestions: suggestions.map(({ told }) => told),
    },
  }
}

function describe(parts: ReportParts, place: Place, all: number, text: boolean): DiscoveredPlace {
  const { shape } = place
  const records = Math.min(place.records, all)
  const about = {
    path: text ? '(text)' : pathOf(place),
    where: text ? ('text' as const) : place.parent === parts.survey.places.text ? ('pair' as const) : ('value' as const),
    values: place.values,
    records,
    share: all === 0 ? 0 : round(records / all),
  }
  if (text || shape === undefined || shape.values === 0) return about
  const pattern = isSecret(parts, place) ? undefined : shape.pattern()
  return { ...about, length: [shape.least, shape.most], ...(pattern === undefined ? {} : { pattern }), distinct: Math.min(shape.distinct.count(), shape.values) }
}

const round = (share: number): number => Math.round(share * 1e6) / 1e6

function finding(parts: ReportParts, place: Place, about: DiscoveredPlace, name: string, { count, records }: Count, inKey: boolean, all: number): Finding {
  const detector = parts.detectors.find((d) => d.name === name)
  const group = detector?.group
  const told: DiscoveredFinding = {
    ...(inKey ? { path: about.path, where: 'key' as const, values: count, records, share: about.share } : about),
    detector: name,
    group,
    count,
    found: all === 0 ? 0 : round(Math.min(records, all) / all),
    ruleset: group !== undefined && parts.rulesets.includes(group) ? `mask-logs:${group}` : undefined,
    byDefault: group !== undefined && BY_DEFAULT.has(group),
  }
  return { told, detector, key: keysOf(place)[0] }
}

/** Secrets stand here, or may: not even their form is told. */
function isSecret({ detectors, keyFacts }: ReportParts, place: Place): boolean {
  for (const name of place.found?.keys() ?? []) if (detectors.some((d) => d.name === name && d.group === 'secrets')) return true
  return keyFacts(keysOf(place)[0] ?? '').secret > 0
}

function suggest({ keyFacts }: ReportParts, place: Place, about: DiscoveredPlace): Suggested | undefined {
  const { shape } = place
  const plain = place.strings + place.numbers
  if (plain === 0 || shape === undefined || shape.values === 0) return undefined
  const found = place.hits / plain
  if (found >= KNOWN) return undefined
  const [key, above] = keysOf(place)
  const facts = keyFacts(key ?? '')
  const evidence: string[] = []
  const told = toldByKey(facts.words, keyFacts(above ?? '').words)
  const make = (kind: Kind, confidence: 'likely' | 'possible'): Suggested => {
    if (found > 0) evidence.push(`detectors know ${percent(found)} of the values`)
    if (place.masked > plain / 20) evidence.push(`${percent(place.masked / (place.masked + plain))} are masked already`)
    return { told: { ...about, kind: kind.name, title: kind.title, confidence, evidence, mask: kind.instead ?? `{type: redact, label: ${kind.name}}` }, kind, key: key ?? '' }
  }
  if (told !== undefined) {
    evidence.push(`key: ${told.by}`)
    const doubt = doubts(told.kind.name, shape, place)
    if (doubt === 'no' || (!told.sure && isTechnical(facts.words))) return undefined
    // the address of a machine, or in its memory, has no blanks
    if (/^addr(?:ess)?$/.test(told.by) && shape.share('words', 'titled', 'text') < 0.5) return undefined
    return make(told.kind, told.sure && doubt === undefined ? 'likely' : 'possible')
  }
  if (place.kind === 'pair') return undefined
  if (facts.secret >= 3 && place.literals === 0) {
    evidence.push('the key names a secret, the values look like none')
    return make(kindOf('secret'), 'possible')
  }
  const kind = byValues(shape, facts.words, evidence)
  return kind === undefined ? undefined : make(kind, 'possible')
}

/** What the values say of what the key says: undefined where they may well be that, `no` where they are not. */
function doubts(kind: string, shape: Shape, place: Place): 'perhaps' | 'no' | undefined {
  const words = shape.share('word', 'words', 'titled', 'text')
  const spaced = shape.share('words', 'titled', 'text')
  switch (kind) {
    case 'person_name':
    case 'username':
      return place.strings === 0 ? 'no' : shape.share('titled', 'word', 'words', 'other', 'code', 'at') < 0.5 ? 'perhaps' : undefined
    case 'email':
      return shape.share('at') === 0 ? 'no' : shape.share('at') < 0.5 ? 'perhaps' : undefined
    case 'free_text':
      return spaced < 0.5 ? 'no' : undefined
    case 'street_address':
      return shape.most < 3 ? 'no' : place.strings > 0 && words - spaced > 0.5 ? 'perhaps' : undefined
    case 'network_address':
      // detectors know those that are written as one; what is left are names and other things
      return place.strings === 0 || words > 0.5 || shape.most < 7 ? 'no' : 'perhaps'
    case 'phone':
    case 'government_id':
    case 'bank_account':
    case 'payment_card':
    case 'device_id':
    case 'health':
      return shape.most < 3 ? 'no' : kind !== 'health' && words > 0.5 ? 'perhaps' : undefined
    case 'geo_point':
    case 'income':
    case 'date_of_birth':
      return words > 0.5 ? 'perhaps' : undefined
    default:
      return undefined
  }
}

/** Values that many records hold and that nearly all differ may stand for somebody. */
function byValues(shape: Shape, words: readonly string[], evidence: string[]): Kind | undefined {
  const distinct = Math.min(shape.distinct.count(), shape.values)
  if (shape.values < LEAST_VALUES || isTechnical(words)) return undefined
  if (shape.share('at') >= 0.5) {
    evidence.push(`${percent(shape.share('at'))} of the values hold an @`)
    return kindOf('email')
  }
  if (distinct < LEAST_VALUES) return undefined
  const titled = shape.share('titled')
  if (titled >= 0.8) {
    evidence.push(`${percent(titled)} of the values are two to four words with capitals`)
    return kindOf('person_name')
  }
  const ids = shape.share('uuid', 'hex', 'code', 'digits')
  if (ids < 0.8 || distinct < shape.values / 2) return undefined
  evidence.push(`${percent(ids)} of the values look like identifiers, most of them different`)
  return kindOf('id')
}

const percent = (share: number): string => `${share > 0 && share < 0.01 ? '<1' : Math.round(share * 100)} %`

/** The key of a place, and the one above; elements have the key of their list. */
function keysOf(place: Place): [string | undefined, string | undefined] {
  const keys: (string | undefined)[] = []
  for (let p: Place | undefined = place; p !== undefined && keys.length < 2; p = p.parent) if (p.kind !== 'item' && p.parent !== undefined) keys.push(p.key)
  return [keys[0], keys[1]]
}

function lineage(place: Place): Place[] {
  const above: Place[] = []
  for (let p = place; p.parent !== undefined; p = p.parent) above.push(p)
  return above.reverse()
}

const NAME = /^[^.[\]*"'`\s]+$/

/** A place as a path of a ruleset. */
export function pathOf(place: Place): string {
  let out = ''
  for (const { kind, key } of lineage(place)) {
    if (kind === 'item') out += '[*]'
    else if (key === undefined) out += out === '' ? '*' : '.*'
    else if (NAME.test(key)) out += out === '' ? key : `.${key}`
    else out += `["${key.replace(/["\\]/g, '\\$&')}"]`
  }
  return out === '' ? '(record)' : out
}
