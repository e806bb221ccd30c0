// Part C: other programs on the same texts, judged by what they write, as we are.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { createMasker } from '../../src/index.ts'
import { entities } from './entities.ts'
import { readLines } from './lines.ts'
import { negatives } from './negatives.ts'
import { plainTexts, type PlainText } from './records.ts'
import { round } from './score.ts'

/** Types that at least two of the peers say they know; `keys`: types that their scanners of secrets look for. */
export const peerTypes = [
  'email',
  'credit_card',
  'iban',
  'us_ssn',
  'phone',
  'ipv4',
  'ipv6',
  'mac_address',
  'uk_nhs',
  'passport',
  'date_of_birth',
  'person_name',
  'jwt',
  'url_credentials',
  'aws_access_key',
  'github_token',
  'stripe_key',
  'slack_token',
  'named_secret',
] as const

export interface PeerFigures {
  readonly name: string
  readonly version: string
  /** Why there are no figures. */
  readonly failed?: string
  /** Of the values of a type, the share of which no word is left. */
  readonly recall: Readonly<Record<string, number>>
  /** Of the other words of those texts, the share that is gone. */
  readonly overMask: number
  /** Hard negatives, and real log lines without an address, changed per 10,000. */
  readonly negativesChanged: number
  readonly linesChanged: number
  readonly microseconds: number
}

interface Texts {
  readonly labelled: readonly (PlainText & { readonly type: string })[]
  readonly negatives: readonly string[]
  readonly lines: readonly string[]
}

export function peerTexts(): Texts {
  const labelled = peerTypes.flatMap((type) => {
    const entity = entities.find((e) => e.name === type)
    return entity === undefined ? [] : plainTexts(entity, 60).map((plain) => ({ ...plain, type }))
  })
  // Every seventh line: what repeats in the logs repeats in other steps.
  return {
    labelled,
    negatives: negatives.flatMap((c) => Array.from({ length: 6 }, (_, i) => c.text(i))).map((text) => text.replaceAll('\n', ' ')),
    lines: readLines(7).flatMap(({ line }) => (ADDRESS.test(line) ? [] : [line])),
  }
}

/** Whatever looks like an IP or MAC address: whether it is one is another question. */
const ADDRESS = /\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}::|(?:[0-9a-f]{2}[:-]){5}|(?:[0-9a-f]{1,4}:){5}/i

const pieces = (text: string): string[] => text.match(/[\p{L}\p{N}]{3,}/gu) ?? []

function judge(texts: Texts, outputs: readonly string[], name: string, version: string, microseconds: number): PeerFigures {
  const recall: Record<string, { of: number; gone: number }> = {}
  let words = 0
  let lost = 0
  texts.labelled.forEach(({ type, text, value, frame }, i) => {
    const output = outputs[i] ?? text
    const place = (recall[type] ??= { of: 0, gone: 0 })
    const at = text.indexOf(frame)
    const around = `${text.slice(0, at)} ${text.slice(at + frame.length)}`
    place.of++
    if (!output.includes(value) && !pieces(value).some((piece) => output.includes(piece) && !around.includes(piece))) place.gone++
    const left = new Map<string, number>()
    for (const word of pieces(output)) left.set(word, (left.get(word) ?? 0) + 1)
    for (const word of pieces(around)) {
      words++
      const n = left.get(word) ?? 0
      if (n === 0) lost++
      else left.set(word, n - 1)
    }
  })
  const from = texts.labelled.length
  const changed = (list: readonly string[], start: number): number =>
    round((list.filter((text, i) => outputs[start + i] !== undefined && outputs[start + i] !== text).length * 10_000) / list.length, 1)
  return {
    name,
    version,
    recall: Object.fromEntries(Object.entries(recall).map(([type, { of, gone }]) => [type, round(gone / of)])),
    overMask: round(lost / words),
    negativesChanged: changed(texts.negatives, from),
    linesChanged: changed(texts.lines, from + texts.negatives.length),
    microseconds: round(microseconds, 1),
  }
}

/** Installs the peers into `folder` (bench/peers) and runs each on the same texts. */
export function scorePeers(folder: string, log: (text: string) => void): PeerFigures[] {
  const texts = peerTexts()
  const all = [...texts.labelled.map(({ text }) => text), ...texts.negatives, ...texts.lines]
  const out: PeerFigures[] = []

  // Ourselves first, with placeholders as the others: of a substitute some digits are those of the value by chance.
  const masker = createMasker({ version: '1.0', rules: [{ detect: ['all'], masks: [{ type: 'redact' }] }] }, { runSecret: 'quality report run secret, one' })
  for (const text of all) masker.text(text)
  const start = performance.now()
  const ours = all.map((text) => masker.text(text))
  out.push(
    judge(
      texts,
      ours,
      'mask-logs',
      (JSON.parse(readFileSync(join(folder, '../../package.json'), 'utf8')) as { version: string }).version,
      ((performance.now() - start) * 1000) / all.length,
    ),
  )
  masker.close()

  log('installing peers ...')
  const install = spawnSync('npm', ['install', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, timeout: 600_000 })
  if (install.status !== 0) log('npm install of the peers failed')
  const work = mkdtempSync(join(tmpdir(), 'mask-logs-peers-'))
  try {
    const input = join(work, 'texts.ndjson')
    writeFileSync(input, all.map((text) => `${JSON.stringify(text)}\n`).join(''))
    for (const { name, command, args } of commands(folder)) {
      log(`${name} ...`)
      const result = join(work, 'out.ndjson')
      rmSync(result, { force: true })
      const done = spawnSync(command, [...args, input, result], { cwd: folder, timeout: 600_000, maxBuffer: 1 << 26 })
      const failed = { name, version: '', recall: {}, overMask: 0, negativesChanged: 0, linesChanged: 0, microseconds: 0 }
      if (done.status !== 0 || !existsSync(result)) {
        out.push({ ...failed, failed: done.error !== undefined || done.status === 3 ? 'not installed' : done.signal === 'SIGTERM' ? 'ran out of time' : 'failed' })
        continue
      }
      // The first line holds version and time; then one line a text.
      const [head, ...rest] = readFileSync(result, 'utf8').trimEnd().split('\n')
      const { version, microseconds } = JSON.parse(head ?? '{}') as { version: string; microseconds: number }
      const outputs = rest.map((line) => JSON.parse(line) as string)
      if (outputs.length !== all.length) out.push({ ...failed, version, failed: `wrote ${outputs.length} texts for ${all.length}` })
      else out.push(judge(texts, outputs, name, version, microseconds))
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return out
}

function commands(folder: string): { name: string; command: string; args: string[] }[] {
  const names = ['redact-pii', 'openredaction', '@redactpii/node', '@arcjet/redact', '@cdssnc/sanitize-pii', 'compromise', 'secretlint']
  const python = process.env['MASK_LOGS_PEERS_PYTHON'] ?? 'python3'
  return [
    ...names.map((name) => ({ name, command: process.execPath, args: [join(folder, 'run.mjs'), name] })),
    { name: 'presidio-analyzer (patterns)', command: python, args: [join(folder, 'presidio.py')] },
    { name: 'gitleaks', command: process.execPath, args: [join(folder, 'gitleaks.mjs')] },
  ]
}
