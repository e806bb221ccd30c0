// `npm run quality`: how well the detectors work. Writes docs/quality.md and bench/quality/report.json.
//
//   node dist/bench/quality/run.js [--check] [--corpora DIR] [--peers] [--show TEXT] [--out DIR]
//
//   --check     writes nothing; exit code 1 when a figure of the committed report fell by more than 0.5 points or a gate is lost
//   --corpora   folder of the shared labelled sets with their scorers
//   --peers     runs other programs on the same texts, after installing them into bench/peers
//   --show      prints what is missed and found wrongly where TEXT is part of the type, the detector or the place
//   --out       root under which the two files are written, default the checkout
//
// Parts that are not asked for keep their figures of the report before, with their date.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { lostGates, worse } from './compare.ts'
import { scoreCorpora, type CorporaFigures } from './corpora.ts'
import { gatesOf, type Gate } from './gates.ts'
import { FULL, measure, measureSpeed, QUICK, type Figures, type Observer, type SpeedFigures } from './measure.ts'
import { peerTexts, scorePeers, type PeerFigures } from './peers.ts'
import { renderQuality } from './render.ts'
import { createSubject } from './subject.ts'

export interface Report {
  readonly date: string
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly platform: string
    readonly node: string
    readonly maskLogs: string
    readonly packages: Readonly<Record<string, string>>
  }
  readonly gates: readonly Gate[]
  readonly speed?: SpeedFigures
  readonly figures: Figures
  /** The same on a smaller sample, for the test. */
  readonly quick: Figures
  readonly corpora?: CorporaFigures
  readonly peers?: { readonly date: string; readonly texts: number; readonly results: readonly PeerFigures[] }
}

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** One entry a line where entries are many, so that a diff shows what changed. */
export function writeReport(report: Report): string {
  const lines = (value: object, indent: string): string =>
    `{\n${Object.entries(value)
      .map(
        ([key, entry]) =>
          `${indent} ${JSON.stringify(key)}: ${typeof entry === 'object' && entry !== null && !Array.isArray(entry) && indent.length < 2 ? lines(entry as object, `${indent} `) : Array.isArray(entry) && indent.length < 2 ? list(entry, `${indent} `) : JSON.stringify(entry)}`,
      )
      .join(',\n')}\n${indent}}`
  const list = (value: readonly unknown[], indent: string): string => `[\n${value.map((entry) => `${indent} ${JSON.stringify(entry)}`).join(',\n')}\n${indent}]`
  return `${lines(report, '')}\n`
}

function main(): void {
  const { values: options } = parseArgs({
    options: {
      check: { type: 'boolean', default: false },
      corpora: { type: 'string' },
      peers: { type: 'boolean', default: false },
      show: { type: 'string' },
      out: { type: 'string', default: root },
    },
  })
  const say = (text: string): void => void process.stderr.write(`${text}\n`)
  const reportFile = join(root, 'bench/quality/report.json')
  const before = existsSync(reportFile) ? (JSON.parse(readFileSync(reportFile, 'utf8')) as Report) : undefined
  const subject = createSubject()
  const { show } = options
  if (show !== undefined) {
    const wanted = (...texts: string[]): boolean => texts.some((text) => text.includes(show))
    const observer: Observer = {
      missed: (type, setting, raw) => void (wanted(type) && process.stdout.write(`missed  ${type}, ${setting}: ${raw}\n`)),
      leaked: (type, raw) => void (wanted(type) && process.stdout.write(`leaked  ${type}: ${raw}\n`)),
      wrong: (detector, where, raw) => void (wanted(detector, where) && process.stdout.write(`wrong   ${detector} in ${where}: ${raw}\n`)),
    }
    measure(subject, FULL, { observer })
    return
  }

  say('parts A and D ...')
  const figures = measure(subject, FULL, { timed: !options.check })
  if (options.check) {
    if (before === undefined) {
      say('there is no committed report to compare with')
      process.exitCode = 1
      return
    }
    const complaints = [...worse(before.figures, figures), ...lostGates(before.gates, gatesOf(figures, undefined, undefined))]
    for (const complaint of complaints) say(complaint)
    say(complaints.length === 0 ? 'no figure fell' : `${complaints.length} figures fell`)
    process.exitCode = complaints.length === 0 ? 0 : 1
    return
  }
  const quick = measure(subject, QUICK)
  const speed = measureSpeed(subject)
  subject.close()
  let { corpora, peers } = before ?? {}
  if (options.corpora !== undefined) {
    say('part B: shared labelled sets ...')
    corpora = scoreCorpora(resolve(options.corpora), join(root, 'dist/src/bin.cjs'))
  }
  const date = new Date().toISOString()
  if (options.peers) {
    say('part C: other programs ...')
    const texts = peerTexts()
    peers = { date: date.slice(0, 10), texts: texts.labelled.length + texts.negatives.length + texts.lines.length, results: scorePeers(join(root, 'bench/peers'), say) }
  }
  const report: Report = {
    date,
    machine: {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      platform: `${process.platform} ${process.arch}`,
      node: process.version,
      maskLogs: versionOf('package.json'),
      packages: { re2js: versionOf('node_modules/re2js/package.json'), yaml: versionOf('node_modules/yaml/package.json') },
    },
    gates: gatesOf(figures, speed, corpora),
    speed,
    figures,
    quick,
    ...(corpora === undefined ? {} : { corpora }),
    ...(peers === undefined ? {} : { peers }),
  }
  const written = { report: join(options.out, 'bench/quality/report.json'), page: join(options.out, 'docs/quality.md') }
  for (const file of Object.values(written)) mkdirSync(dirname(file), { recursive: true })
  writeFileSync(written.report, writeReport(report))
  writeFileSync(written.page, renderQuality(report))
  const missed = report.gates.filter((gate) => gate.reached === false)
  for (const gate of missed) say(`missed: ${gate.gate} ${gate.what}: ${gate.measured}, must be ${gate.must}`)
  say(`${report.gates.filter((gate) => gate.reached === true).length} gates reached, ${missed.length} missed; written: docs/quality.md, bench/quality/report.json`)
}

/** Not every package exports its package.json. */
function versionOf(file: string): string {
  try {
    return (JSON.parse(readFileSync(join(root, file), 'utf8')) as { version: string }).version
  } catch {
    return 'unknown'
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) main()
