// The gates: what must be reached, and whether it is.
import type { CorporaFigures } from './corpora.ts'
import { identifiers, vendorNames } from './entities.ts'
import type { Figures, SpeedFigures } from './measure.ts'

export interface Gate {
  readonly gate: string
  readonly what: string
  readonly must: string
  readonly measured: string
  /** undefined: not measured in this run. */
  readonly reached: boolean | undefined
  /** Depends on the machine: no part of --check. */
  readonly machine?: true
}

const percent = (value: number | null, places = 1): string => (value === null ? 'no find' : `${(100 * value).toFixed(places)} %`)

/** The weakest of some types by a figure; a type without a detector has none. */
function weakest(figures: Figures, names: readonly string[], of: (name: string) => number | null): { name: string; value: number | null } {
  let worst: { name: string; value: number | null } = { name: names[0] ?? '', value: 1 }
  for (const name of names) {
    const value = figures.types[name]?.detector === true ? of(name) : null
    if ((value ?? -1) < (worst.value ?? -1)) worst = { name, value }
  }
  return worst
}

function pair(
  gate: string,
  what: string,
  figures: Figures,
  names: readonly string[],
  least: number,
  recallOf: (name: string) => number | null = (name) => figures.types[name]?.recall ?? null,
): Gate {
  const recall = weakest(figures, names, recallOf)
  const precision = weakest(figures, names, (name) => figures.types[name]?.precision ?? null)
  const below = names.filter((name) => (recallOf(name) ?? 0) < least || (figures.types[name]?.precision ?? 0) < least)
  const lowest = (worst: { name: string; value: number | null }): string => `${percent(worst.value)}${names.length > 1 && worst.value !== 1 ? ` (${worst.name})` : ''}`
  return {
    gate,
    what,
    must: `R and P >= ${percent(least, 0)}${names.length > 1 ? ', each' : ''}`,
    measured: `lowest R ${lowest(recall)}, lowest P ${lowest(precision)}${below.length > 0 && names.length > 1 ? `; below: ${below.length} of ${names.length}` : ''}`,
    reached: below.length === 0,
  }
}

const most = (gate: string, what: string, measured: number, limit: number, unit: string): Gate => ({
  gate,
  what,
  must: `<= ${limit}${unit}`,
  measured: `${measured}${unit}`,
  reached: measured <= limit,
})
const least = (gate: string, what: string, measured: number, limit: number): Gate => ({
  gate,
  what,
  must: `>= ${percent(limit, 0)}`,
  measured: percent(measured),
  reached: measured >= limit,
})

export function gatesOf(figures: Figures, speed: SpeedFigures | undefined, corpora: CorporaFigures | undefined): Gate[] {
  const settings = (name: string, wanted: readonly string[]): number | null => {
    const places = Object.entries(figures.types[name]?.recallBySetting ?? {}).filter(([setting]) => wanted.includes(setting))
    return places.length === 0 ? null : places.reduce((sum, [, recall]) => sum + recall, 0) / places.length
  }
  const named = [...identifiers].map((name) => settings(name, ['keyword', 'key']) ?? 0)
  const meanNamed = Math.round((named.reduce((sum, value) => sum + value, 0) / named.length) * 1e4) / 1e4
  const scored = (what: string, must: string, value: number | null | undefined, reached: (value: number) => boolean): Gate => ({
    gate: 'G11',
    what,
    must,
    measured: value === undefined || value === null ? 'not measured' : percent(value),
    reached: value === undefined || value === null ? undefined : reached(value),
  })
  return [
    pair('G1', 'email, iban, credit_card, jwt, private_key', figures, ['email', 'iban', 'credit_card', 'jwt', 'private_key'], 0.99),
    // Hyphenated: the forms that stand without a word.
    pair('G1', 'us_ssn, hyphenated', figures, ['us_ssn'], 0.99, (name) => settings(name, ['bare', 'wrong key', 'nested'])),
    pair('G1', 'tokens with a prefix', figures, [...vendorNames], 0.99),
    pair('G2', 'phone', figures, ['phone'], 0.9),
    most('G2', 'phone: flagged log lines', figures.lines.phonePer10000, 3, ' per 10,000'),
    pair('G3', 'ipv4, ipv6, mac_address', figures, ['ipv4', 'ipv6', 'mac_address'], 0.98),
    least('G4', 'identifiers that a key or word names: mean R', meanNamed, 0.97),
    [...identifiers].some((name) => figures.types[name]?.detector === true)
      ? most('G4', 'identifiers: flagged log lines', figures.lines.identifiersPer10000, 1, ' per 10,000')
      : { gate: 'G4', what: 'identifiers: flagged log lines', must: '<= 1 per 10,000', measured: 'no detector yet', reached: false },
    least('G5', 'named_secret on labelled lines: F1', figures.secrets.f1, 0.8),
    least('G5', 'values under strong keys in records: R', figures.secrets.strongRecords, 0.98),
    most('G6', 'all but addresses and names: flagged log lines', figures.lines.flaggedPer10000, 5, ' per 10,000'),
    { gate: 'G7', what: 'harmless words touched', must: '<= 0.1 %', measured: percent(figures.overMask, 3), reached: figures.overMask <= 0.001 },
    { gate: 'G8', what: 'found values of which a fragment survives', must: '0', measured: percent(figures.leak, 3), reached: figures.leak === 0 },
    {
      gate: 'G10',
      what: 'clean message of 200 characters, p50',
      must: '<= 2 µs',
      measured: speed === undefined ? 'not measured' : `${speed.cleanP50} µs (every detector: ${speed.cleanAllP50})`,
      reached: speed === undefined ? undefined : speed.cleanP50 <= 2,
      machine: true,
    },
    {
      gate: 'G10',
      what: 'mix with 15 % sensitive, detection, mean',
      must: '<= 3 µs',
      measured: speed === undefined ? 'not measured' : `${speed.mixMean} µs (with masks ${speed.maskedMean})`,
      reached: speed === undefined ? undefined : speed.mixMean <= 3,
      machine: true,
    },
    scored('shared secrets: leak rate', '<= 5 %', corpora?.secrets.leakRate, (v) => v <= 0.05),
    scored('shared secrets: strict negatives changed', '<= 25 %', corpora?.secrets.strictNegativesChanged, (v) => v <= 0.25),
    scored('shared sentences: structured recall', '>= 93 %', corpora?.pii.structuredRecall, (v) => v >= 0.93),
    scored('shared sentences: precision proxy', '>= 97 %', corpora?.pii.precisionProxy, (v) => v >= 0.97),
    scored('shared sentences: clean texts changed', '<= 1 %', corpora?.pii.cleanTextsChanged, (v) => v <= 0.01),
    scored('shared numbers: core leak rate', '<= 5 %', corpora?.numbers.coreLeakRate, (v) => v <= 0.05),
    scored('shared numbers: strict invalid changed', '<= 15 %', corpora?.numbers.strictInvalidChanged, (v) => v <= 0.15),
    {
      ...scored('shared numbers: lowest recall under a key', '>= 97 %', corpora === undefined ? undefined : corpora.numbers.lowestKeyed.recall, (v) => v >= 0.97),
      ...(corpora === undefined ? {} : { measured: `${percent(corpora.numbers.lowestKeyed.recall)} (${corpora.numbers.lowestKeyed.type})` }),
    },
  ]
}
