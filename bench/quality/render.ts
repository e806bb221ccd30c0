// docs/quality.md, from the figures.
import { table } from '../report.ts'
import { entities } from './entities.ts'
import type { Gate } from './gates.ts'
import { genuine } from './lines.ts'
import type { Report } from './run.ts'
import { SETTINGS } from './records.ts'
import type { TypeFigures } from './score.ts'

const percent = (value: number | null | undefined, places = 1): string => (value === null || value === undefined ? '-' : (100 * value).toFixed(places))
const GROUPS = ['secrets', 'pci', 'pii', 'phi', 'network'] as const

const HOW = `How well the detectors work, measured by \`npm run quality\` and written by it; do not edit. Where a figure is bad, it stands here
too. Nothing in this file says more than what was run.

- **R** (recall): share of the values that must be found of which a find covers everything (or nine tenths of the two taken together).
- **P** (precision): of all finds of the detector of that name, in the records of every type and in the hard negatives, the share that is a labelled value.
- **F1, F2**: their harmonic mean, evenly, and with recall counted twice.
- **leak**: of the values found, the share of which a stretch of four characters is still in the masked output, beside what the mask keeps by design
  (issuer prefix of a card, country of a telephone number, network of an address).
- **over**: share of the words around the values that a find touches.
- **unnamed**: share found where nothing names the value and its form alone proves nothing. Not judged.

All values are made by a seeded generator (\`bench/quality/\`): numbers by the arithmetic of their register, tokens by the shapes that vendors publish. It is
written apart from the detectors, so the two can disagree. Real text is messier than what a generator writes; the last parts measure on
log lines of real software and, where they are at hand, on labelled sets of others.`

const HOW_TO = `\`\`\`sh
npm run quality                        # everything that needs no outside data; writes this file and bench/quality/report.json
npm run quality -- --check             # compares with the committed report: exit code 1 when a figure falls by more than 0.5 points or a gate is lost
npm run quality -- --corpora DIR       # also the three scorers of the shared labelled sets, on the command
npm run quality -- --peers             # also other programs: those of npm are installed into bench/peers, presidio-analyzer and gitleaks run if they are there
npm run quality -- --show us_ssn       # what is missed and what is found wrongly, for one type, detector or part of a place
\`\`\`

\`npm test\` compares a smaller run of the same figures with the one in the report.`

function gateTable(gates: readonly Gate[]): string {
  return table([
    ['gate', 'what', 'must be', 'measured', ''],
    ...gates.map((gate) => [gate.gate, gate.what, gate.must, gate.measured, gate.reached === undefined ? 'not measured' : gate.reached ? 'reached' : 'MISSED']),
  ])
}

const perLines = (report: Report, name: string): string => String(report.figures.lines.byDetector[name] ?? 0)

function typeRow(report: Report, name: string, f: TypeFigures): string[] {
  return [
    `\`${name}\``,
    String(f.values),
    percent(f.recall),
    ...SETTINGS.map((setting) => percent(f.recallBySetting[setting], 0)),
    percent(f.precision),
    percent(f.f1),
    percent(f.f2),
    percent(f.leak),
    percent(f.overMask, 2),
    percent(f.withoutContext, 0),
    perLines(report, name),
    f.microseconds === undefined ? '-' : f.microseconds.toFixed(1),
  ]
}

function typeTables(report: Report): string {
  const { types } = report.figures
  const head = ['type', 'values', 'R', ...SETTINGS.map((setting) => (setting === 'wrong key' ? 'wrong' : setting)), 'P', 'F1', 'F2', 'leak', 'over', 'unnamed', 'lines', 'µs']
  const parts: string[] = []
  for (const group of GROUPS) {
    const names = entities.map((entity) => entity.name).filter((name) => types[name]?.group === group)
    const known = names.filter((name) => types[name]?.detector === true)
    const unknown = names.filter((name) => types[name]?.detector !== true)
    parts.push(`### ${group}`)
    if (known.length > 0) parts.push(table([head, ...known.map((name) => typeRow(report, name, types[name]!))]))
    if (unknown.length > 0) {
      parts.push(`No detector yet; share masked all the same, by another one: ${unknown.map((name) => `\`${name}\` ${percent(types[name]!.recall, 0)}`).join(', ')}.`)
    }
  }
  const rest = Object.entries(report.figures.byExamples)
  if (rest.length > 0) {
    parts.push(
      '### Detectors that the generator does not know',
      'What there is to measure are the examples of the registry.',
      table([
        ['detector', 'examples found', 'counter-examples left'],
        ...rest.map(([name, f]) => [`\`${name}\``, `${f.found} of ${f.examples}`, `${f.counterExamples - f.wrong} of ${f.counterExamples}`]),
      ]),
    )
  }
  return parts.join('\n\n')
}

function negativesPart(report: Report): string {
  const { negatives } = report.figures
  const rows = Object.entries(negatives.byClass).flatMap(([name, by]) => Object.entries(by).map(([detector, n]) => [name, `\`${detector}\``, String(n)]))
  return [
    `${negatives.classes} classes of text that looks like something and is nothing (times, ids, hashes, traces, numbers, versions, code, paths, words, masked text), ${negatives.texts} texts: ${negatives.flagged} with a find, ${negatives.flaggedPer10000} per 10,000.`,
    rows.length === 0 ? 'No class has a false alarm.' : table([['class', 'detector', 'finds'], ...rows]),
  ].join('\n\n')
}

function secretsPart(report: Report): string {
  const { secrets } = report.figures
  return [
    `${secrets.lines} lines of code, configuration, logs, environment files and records, ${secrets.secrets} secrets in them, labelled by how they were written; the others look alike (\`monkey=\`, \`public_key=\`, \`token: expired\`, ids, digests, references to variables). Precision ${percent(secrets.precision)} %, recall ${percent(secrets.recall)} %, **F1 ${percent(secrets.f1)} %**, F2 ${percent(secrets.f2)} %. Under keys that name a secret plainly in a record, values of any shape, weak words among them: recall ${percent(secrets.strongRecords)} %.`,
    table([
      ['kind', 'lines', 'secrets', 'found', 'found wrongly'],
      ...Object.entries(secrets.byKind).map(([kind, k]) => [kind, String(k.lines), String(k.secrets), String(k.found), String(k.wrong)]),
    ]),
    'We wrote this set, so it knows no surprise that we do not. Labelled lines of real repositories are harder.',
  ].join('\n\n')
}

function linesPart(report: Report): string {
  const { lines } = report.figures
  const detectors = Object.entries(lines.byDetector)
  const kinds = Object.entries(lines.byKind).filter(([, kind]) => kind.flagged > 0)
  return [
    `${lines.lines} lines of ${lines.kinds} files that we had real software write ([how](../bench/quality/lines/README.md)). None holds a secret or a person's data: a find is a false alarm, but for addresses (${[...genuine].map((name) => `\`${name}\``).join(', ')}), which are shown and not counted. **${lines.flagged} lines flagged, ${lines.flaggedPer10000} per 10,000.**`,
    table([['detector', 'lines per 10,000', ''], ...detectors.map(([name, n]) => [`\`${name}\``, String(n), genuine.has(name) ? 'genuine' : ''])]),
    ...(kinds.length === 0 ? [] : [`Where: ${kinds.map(([name, kind]) => `${name} ${kind.flagged} of ${kind.lines}`).join(', ')}.`]),
  ].join('\n\n')
}

function corporaPart(report: Report): string {
  const { corpora } = report
  if (corpora === undefined) return 'Not measured: run with `--corpora DIR`.'
  const shapes = [
    ['', 'NDJSON', 'text'],
    ['sentences (presidio-research): structured recall', percent(corpora.shapes.piiResearch.ndjson.structuredRecall), percent(corpora.shapes.piiResearch.text.structuredRecall)],
    ['precision proxy', percent(corpora.shapes.piiResearch.ndjson.precisionProxy), percent(corpora.shapes.piiResearch.text.precisionProxy)],
    ['clean texts changed', percent(corpora.shapes.piiResearch.ndjson.cleanTextsChanged), percent(corpora.shapes.piiResearch.text.cleanTextsChanged)],
    ['words outside labels lost', percent(corpora.shapes.piiResearch.ndjson.overMaskedWords, 2), percent(corpora.shapes.piiResearch.text.overMaskedWords, 2)],
    ['all sentences: structured recall', percent(corpora.shapes.pii.ndjson.structuredRecall), percent(corpora.shapes.pii.text.structuredRecall)],
    ['names, places, dates: recall', percent(corpora.shapes.pii.ndjson.freeRecall), percent(corpora.shapes.pii.text.freeRecall)],
    ['secrets: leak rate', percent(corpora.shapes.secrets.ndjson.leakRate), percent(corpora.shapes.secrets.text.leakRate)],
    ['strict negatives changed', percent(corpora.shapes.secrets.ndjson.strictNegativesChanged), percent(corpora.shapes.secrets.text.strictNegativesChanged)],
    ['weak negatives changed', percent(corpora.shapes.secrets.ndjson.weakNegativesChanged), percent(corpora.shapes.secrets.text.weakNegativesChanged)],
    ['numbers: core leak rate', percent(corpora.numbers.coreLeakRate), '-'],
    ['strict invalid values changed', percent(corpora.numbers.strictInvalidChanged), '-'],
  ]
  const share = (t: { values: number; leaked: number } | undefined): string => (t === undefined || t.values === 0 ? '-' : percent(1 - t.leaked / t.values, 0))
  const worst = Object.entries(corpora.secretRules)
    .sort((a, b) => b[1].leak - a[1].leak)
    .slice(0, 25)
  return [
    `Measured on ${corpora.date}, by their own scorers on the command, with every detector on. The sets (sentences of presidio-research and presidio, test vectors of gitleaks, secretlint and detect-secrets, numbers of validator.js, libphonenumber and others) are not part of this repository.`,
    table(shapes.map((row) => row.map(String))),
    'Sentences, by type (labels that no pattern can find, such as names and places, are `free`):',
    table([['type', 'spans', 'recall %'], ...Object.entries(corpora.piiTypes).map(([type, t]) => [type, String(t.spans), percent(1 - t.leaked / t.spans)])]),
    'Numbers, by type: share masked in plain text, behind a word, and under a key:',
    table([
      ['type', 'values', 'plain', 'word', 'key'],
      ...Object.entries(corpora.numberTypes).map(([type, t]) => [type, String(t['plain']?.values ?? 0), share(t['plain']), share(t['hint']), share(t['keyed'])]),
    ]),
    `Rules of the scanners whose vectors leak most: ${worst.map(([rule, r]) => `${rule} ${r.leak}/${r.n}`).join(', ')}.`,
    "Texts that the scanner says hold no secret (strict negatives) and that are changed, each explained. A scanner that reports a sample wastes somebody's time; a masker that masks one loses nothing.",
    table([['rule of the scanner', 'found', 'rows', 'why'], ...corpora.changedNegatives.map(({ rule, found, rows, why }) => [rule, found, String(rows), why])]),
    ...(corpora.hard.length === 0 ? [] : [`Hard failures: ${corpora.hard.join('; ')}.`]),
  ].join('\n\n')
}

function peersPart(report: Report): string {
  const { peers } = report
  if (peers === undefined) return 'Not measured: run with `--peers`.'
  const types = Object.keys(peers.results[0]?.recall ?? {})
  const run = peers.results.filter((peer) => peer.failed === undefined)
  const failed = peers.results.filter((peer) => peer.failed !== undefined)
  return [
    `Run on ${peers.date}, each on the same ${peers.texts} texts with what its README shows first, judged by its output: a value counts as masked when it no longer stands there and no word of three or more characters is left of it. Ours writes placeholders here, as the others do. The texts are those of our generator (a word that names the value before it), the hard negatives and the log lines; they were made by us, so each program's own texts would suit it better. A program that does not claim a type shows 0.`,
    table([
      ['recall %', ...run.map((peer) => `${peer.name} ${peer.version}`)],
      ...types.map((type) => [`\`${type}\``, ...run.map((peer) => percent(peer.recall[type], 0))]),
      ['harmless words lost %', ...run.map((peer) => percent(peer.overMask, 2))],
      ['hard negatives changed per 10,000', ...run.map((peer) => String(peer.negativesChanged))],
      ['log lines without an address changed per 10,000', ...run.map((peer) => String(peer.linesChanged))],
      ['µs a text', ...run.map((peer) => String(peer.microseconds))],
    ]),
    ...(failed.length === 0 ? [] : [`Without figures: ${failed.map((peer) => `${peer.name} (${peer.failed})`).join(', ')}.`]),
  ].join('\n\n')
}

export function renderQuality(report: Report): string {
  const { machine, figures } = report
  const missed = report.gates.filter((gate) => gate.reached === false)
  const reached = report.gates.filter((gate) => gate.reached === true)
  return `${[
    '# Quality of detection',
    `<!-- Generated by bench/quality/run.ts; do not edit. -->`,
    HOW,
    `Measured on ${report.date.slice(0, 10)}: mask-logs ${machine.maskLogs}, Node ${machine.node}, ${machine.cpu}, ${machine.cores} cores, ${machine.platform}${Object.entries(
      machine.packages,
    )
      .map(([name, version]) => `, ${name} ${version}`)
      .join(
        '',
      )}. ${figures.values} labelled values of ${Object.keys(figures.types).length} types (${Object.values(figures.types).filter((f) => f.detector).length} with a detector), ${figures.negatives.texts} hard negatives, ${figures.secrets.lines} secret lines, ${figures.lines.lines} log lines.`,
    '## Gates',
    `${reached.length} reached, ${missed.length} missed, ${report.gates.length - reached.length - missed.length} not measured in this run. A type without a detector counts as missed. Names and places in free text (gate G9) are a later stage.`,
    gateTable(report.gates),
    '## Run it',
    HOW_TO,
    '## By type',
    `Five settings: **bare** between words that say nothing; **keyword**: a word that names it before it; **key**: a key that names it above it; **wrong**: a key that names something else or nothing (types that need a name must then be left alone: no R, but P falls); **nested**: in JSON inside a string, in a URL parameter, or with characters escaped. Percent; **lines**: flagged real log lines per 10,000; **µs**: a record, whole, masked in process.`,
    typeTables(report),
    '## Hard negatives',
    negativesPart(report),
    '## Secrets that only a key names',
    secretsPart(report),
    '## Real log lines',
    linesPart(report),
    '## Labelled sets of others',
    corporaPart(report),
    '## Other programs on the same texts',
    peersPart(report),
  ].join('\n\n')}\n`
}
