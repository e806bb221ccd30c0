// Parts A and D: everything that needs no outside data, in one pass. Seeded: the same sizes give the same figures anywhere.
import { performance } from 'node:perf_hooks'
import { createRandom } from '../random.ts'
import { createMasker, type Masker } from '../../src/index.ts'
import { entities } from './entities.ts'
import { scoreLines, type LineFigures } from './lines.ts'
import { negatives } from './negatives.ts'
import { labelled } from './records.ts'
import { count, figuresOf, round, scoreType, type HitsByDetector, type TypeFigures } from './score.ts'
import { secretLines, strongRecords, type SecretLine } from './secret-lines.ts'
import { registry, type Subject } from './subject.ts'

export interface Sizes {
  /** Records of each setting and type. */
  readonly perSetting: number
  /** Texts of each class of hard negatives. */
  readonly perNegative: number
  /** Variations of each template of the labelled secret lines. */
  readonly secretVariations: number
  /** Every n-th of the real log lines. */
  readonly lineStep: number
}

export const FULL: Sizes = { perSetting: 40, perNegative: 50, secretVariations: 3, lineStep: 1 }
export const QUICK: Sizes = { perSetting: 3, perNegative: 8, secretVariations: 1, lineStep: 13 }

export interface SecretFigures {
  readonly lines: number
  readonly secrets: number
  readonly precision: number
  readonly recall: number
  readonly f1: number
  readonly f2: number
  /** Of records whose key names a secret strongly, the share in which the value is found. */
  readonly strongRecords: number
  readonly byKind: Readonly<Record<string, { readonly secrets: number; readonly found: number; readonly wrong: number; readonly lines: number }>>
}

export interface NegativeFigures {
  readonly classes: number
  readonly texts: number
  readonly flagged: number
  readonly flaggedPer10000: number
  /** `group / class` to detector to finds; classes without a find are left out. */
  readonly byClass: Readonly<Record<string, Readonly<Record<string, number>>>>
}

export interface Figures {
  readonly types: Readonly<Record<string, TypeFigures & { readonly detector: boolean }>>
  /** Detectors that the generator does not know: the examples of the registry are all there is. */
  readonly byExamples: Readonly<Record<string, { readonly examples: number; readonly found: number; readonly counterExamples: number; readonly wrong: number }>>
  readonly overMask: number
  readonly leak: number
  readonly values: number
  readonly negatives: NegativeFigures
  readonly secrets: SecretFigures
  readonly lines: LineFigures
}

/** Told of everything that is missed or found wrongly. */
export interface Observer {
  missed?(type: string, setting: string, raw: string): void
  leaked?(type: string, raw: string): void
  wrong?(detector: string, where: string, raw: string): void
}

export function measure(subject: Subject, sizes: Sizes, options: { timed?: boolean; observer?: Observer } = {}): Figures {
  const by: HitsByDetector = new Map()
  const { observer } = options
  const tallies = entities.map((entity) => {
    const misses: { setting: string; raw: string }[] = []
    const tally = scoreType(subject, entity, sizes.perSetting, by, {
      timed: options.timed === true,
      misses,
      leaked: (record) => observer?.leaked?.(entity.name, record.raw),
      wrong: (found, record) => observer?.wrong?.(found.detector, `${entity.name}, ${record.setting}`, record.raw),
    })
    for (const miss of misses) observer?.missed?.(entity.name, miss.setting, miss.raw)
    return tally
  })
  const negativeFigures = scoreNegatives(subject, sizes.perNegative, by, observer)
  const known = new Set(entities.map((entity) => entity.name))
  const sum = (pick: (tally: (typeof tallies)[number]) => number): number => tallies.reduce((total, tally) => total + pick(tally), 0)
  const found = sum((tally) => [...tally.bySetting.values()].reduce((total, place) => total + place.found, 0))
  return {
    types: Object.fromEntries(tallies.map((tally) => [tally.entity.name, { ...figuresOf(tally, by), detector: registry.has(tally.entity.name) }])),
    byExamples: Object.fromEntries([...registry.entries()].filter(([name]) => !known.has(name)).map(([name, detector]) => [name, scoreExamples(subject, name, detector)])),
    overMask: round(sum((tally) => tally.touched) / sum((tally) => tally.words), 6),
    leak: round(sum((tally) => tally.leaked) / Math.max(1, found), 6),
    values: sum((tally) => [...tally.bySetting.values()].reduce((total, place) => total + place.of, 0)),
    negatives: negativeFigures,
    secrets: scoreSecrets(subject, sizes.secretVariations, observer),
    lines: scoreLines(subject, sizes.lineStep, (detector, kind, line) => observer?.wrong?.(detector, `lines, ${kind}`, line)),
  }
}

function scoreNegatives(subject: Subject, perClass: number, by: HitsByDetector, observer: Observer | undefined): NegativeFigures {
  const byClass: Record<string, Record<string, number>> = {}
  let flagged = 0
  for (const { group, name, text } of negatives) {
    for (let i = 0; i < perClass; i++) {
      const line = text(i)
      const finds = subject.find(line)
      if (finds.length > 0) flagged++
      for (const found of finds) {
        count(by, found.detector, 'wrong')
        observer?.wrong?.(found.detector, `${group}, ${name}`, line)
        const place = (byClass[`${group} / ${name}`] ??= {})
        place[found.detector] = (place[found.detector] ?? 0) + 1
      }
    }
  }
  const texts = negatives.length * perClass
  return { classes: negatives.length, texts, flagged, flaggedPer10000: round((flagged * 10_000) / texts, 1), byClass }
}

/** Example text without its marks, and the bytes they stand at. */
function unmark(example: string): { text: string; start: number; end: number } {
  const open = example.indexOf('«')
  const close = example.indexOf('»')
  const before = example.slice(0, open)
  const inside = example.slice(open + 1, close)
  const start = Buffer.byteLength(before)
  return { text: before + inside + example.slice(close + 1), start, end: start + Buffer.byteLength(inside) }
}

function scoreExamples(
  subject: Subject,
  name: string,
  detector: { readonly examples: readonly string[]; readonly counterExamples: readonly string[] },
): Figures['byExamples'][string] {
  const marked = detector.examples.filter((example) => example.includes('«')).map(unmark)
  const found = marked.filter(({ text, start, end }) => subject.find(text).some((f) => f.start < end && f.end > start)).length
  const wrong = detector.counterExamples.filter((text) => subject.find(text).some((f) => f.detector === name)).length
  return { examples: marked.length, found, counterExamples: detector.counterExamples.length, wrong }
}

function scoreSecrets(subject: Subject, variations: number, observer: Observer | undefined): SecretFigures {
  const byKind: Record<string, { secrets: number; found: number; wrong: number; lines: number }> = {}
  const covers = (line: SecretLine, observe: boolean): { found: number; wrong: number } => {
    // Of the other groups nothing counts here: an address in a log line is no false secret.
    const finds = subject.find(line.text).filter((found) => registry.get(found.detector)?.group === 'secrets')
    let found = 0
    for (const secret of line.secrets) {
      if (finds.some((f) => f.start <= secret.start && f.end >= secret.end)) found++
      else if (observe) observer?.missed?.('secret lines', line.kind, line.text)
    }
    const wrong = finds.filter((f) => !line.secrets.some((secret) => f.start < secret.end && f.end > secret.start))
    if (observe) for (const f of wrong) observer?.wrong?.(f.detector, `secret lines, ${line.kind}`, line.text)
    return { found, wrong: wrong.length }
  }
  for (const line of secretLines(variations)) {
    const place = (byKind[line.kind] ??= { secrets: 0, found: 0, wrong: 0, lines: 0 })
    const { found, wrong } = covers(line, true)
    place.lines++
    place.secrets += line.secrets.length
    place.found += found
    place.wrong += wrong
  }
  const total = (key: 'secrets' | 'found' | 'wrong' | 'lines'): number => Object.values(byKind).reduce((sum, place) => sum + place[key], 0)
  const precision = total('found') / Math.max(1, total('found') + total('wrong'))
  const recall = total('found') / total('secrets')
  const f = (beta: number): number => round(((1 + beta * beta) * precision * recall) / Math.max(1e-9, beta * beta * precision + recall))
  const strong = strongRecords()
  return {
    lines: total('lines'),
    secrets: total('secrets'),
    precision: round(precision),
    recall: round(recall),
    f1: f(1),
    f2: f(2),
    strongRecords: round(strong.filter((line) => covers(line, false).found === line.secrets.length).length / strong.length),
    byKind,
  }
}

export interface SpeedFigures {
  /** Microseconds a message, median of batches; the last two: mean of batches. */
  readonly cleanP50: number
  /** The same with every detector in force, not only those of the default ruleset. */
  readonly cleanAllP50: number
  readonly mixMean: number
  /** The mix with the default masks of all detectors; `mixMean` leaves every find as it is. */
  readonly maskedMean: number
}

/** Messages of about 200 characters: clean ones, and a mix in which 15 of 100 hold one sensitive value. */
export function measureSpeed(subject: Subject): SpeedFigures {
  const finder = createMasker({ version: '1.0', rules: [{ detect: ['all'], masks: [{ type: 'do_nothing' }] }] }, { runSecret: 'quality report run secret, one' })
  const random = createRandom('speed')
  const words =
    'request completed order cart checkout worker queue cache replica lookup batch parcel stock shelf refund basket catalogue started finished accepted scheduled retried skipped updated removed loaded'.split(
      ' ',
    )
  const clean = Array.from({ length: 2000 }, () => {
    let text = `${random.pick(['GET', 'POST'])} /api/v1/${random.pick(words)}/${random.below(9999)}`
    while (text.length < 192) text += random.chance(0.15) ? ` ${random.below(100_000)}` : ` ${random.pick(words)}`
    return text
  })
  const values = ['email', 'credit_card', 'phone', 'iban', 'github_token', 'us_ssn', 'ipv4'].flatMap((name) => {
    const entity = entities.find((e) => e.name === name)
    return entity === undefined ? [] : labelled(entity, 20).flatMap((record) => (record.setting === 'bare' && record.label !== undefined ? [record.label.value] : []))
  })
  const mix = clean.map((text) => (random.chance(0.15) ? `${text.slice(0, 150)} ${random.pick(values)}` : text))
  // each batch is timed again and again and counts by its median: what else the machine does meanwhile is not measured
  const batches = (masker: Masker, texts: readonly string[]): number[] => {
    const times: number[][] = []
    for (let round_ = 0; round_ < 13; round_++) {
      for (let at = 0; at < texts.length; at += 100) {
        const start = performance.now()
        for (let i = at; i < at + 100; i++) masker.text(texts[i]!)
        if (round_ >= 4) (times[at / 100] ??= []).push((performance.now() - start) * 10)
      }
    }
    return times.map(median).sort((a, b) => a - b)
  }
  const mean = (times: readonly number[]): number => round(times.reduce((sum, t) => sum + t, 0) / times.length, 2)
  const usual = createMasker('mask-logs:default', { runSecret: 'quality report run secret, one' })
  const cleanTimes = batches(usual, clean)
  usual.close()
  const cleanAllTimes = batches(finder, clean)
  const mixMean = mean(batches(finder, mix))
  const maskedMean = mean(batches(subject.masker, mix))
  finder.close()
  return { cleanP50: round(median(cleanTimes), 2), cleanAllP50: round(median(cleanAllTimes), 2), mixMean, maskedMean }
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)]!
}
