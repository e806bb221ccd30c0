// The comparison with the Collector's redaction processor, by hand:
//
//   MASK_LOGS_OTELCOL=/path/to/collector node dist/bench/collector/run.js [--write]
//
// The Collector needs the otlp receiver, the file exporter, and the processors redaction and transform. Each request of gaps.ts goes through three
// set-ups of it, and through the rewriter of the proxy with mask-logs:otel; a place is covered when the canary is nowhere in the output. --write puts the table into
// docs/opentelemetry.md.

import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createMasker, type Masker } from '../../src/index.ts'
import { createRewriter } from '../../transports/otlp/index.ts'
import { CHAINED, GAPS, LINES, SUMMARY, survives, type Gap, type Json, type Signal, type Variant } from './gaps.ts'
import { freePorts, startCollector, written, type Collector } from './process.ts'

const EMAIL = '[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}'
const CARD = '4[0-9]{12}(?:[0-9]{3})?'

export type SetUp = 'redaction' | 'redaction, all types' | 'redaction, all types, and transform'
export const SET_UPS: readonly SetUp[] = ['redaction', 'redaction, all types', 'redaction, all types, and transform']

/** The processors of a set-up. Keys and patterns are those that the requests need, so that what is missed is missed for its place. */
function processors(setUp: SetUp, variant: Variant, more: readonly string[] = []): string {
  const redaction = [
    'allow_all_keys: true',
    'blocked_key_patterns: ["(?i).*password.*"]',
    `blocked_values: [${[EMAIL, CARD].map((pattern) => JSON.stringify(pattern)).join(', ')}]`,
    `redact_all_types: ${setUp !== 'redaction'}`,
    ...(variant === 'allowed' ? ['allowed_values: ["docs@docs\\\\.example"]'] : []),
    ...(variant === 'database' ? ['db_sanitizer: {sql: {enabled: true, attributes: ["db.statement", "db.query.text"]}}'] : []),
    ...more,
  ]
  const lines = ['processors:', '  redaction:', ...redaction.map((line) => `    ${line}`)]
  if (setUp === 'redaction, all types, and transform') {
    const pattern = `${JSON.stringify(EMAIL)}, "****"`
    // a group for each context: in one group all statements would run in the narrowest, and spans without events be left out
    const group = (context: string, maps: readonly string[], texts: readonly string[], more: readonly string[] = []): string[] => [
      `    - context: ${context}`,
      '      statements:',
      ...maps.flatMap((path) => ['value', 'key'].map((part) => `      - replace_all_patterns(${path}, "${part}", ${pattern})`)),
      ...texts.map((path) => `      - replace_pattern(${path}, ${pattern})`),
      ...more.map((statement) => `      - ${statement}`),
    ]
    const shared = [...group('resource', ['resource.attributes'], []), ...group('scope', ['scope.attributes'], ['scope.name', 'scope.version'])]
    lines.push(
      '  transform:',
      '    error_mode: propagate',
      '    trace_statements:',
      ...shared,
      ...group('span', ['span.attributes'], ['span.name', 'span.status.message', 'span.trace_state']),
      ...group('spanevent', ['spanevent.attributes'], ['spanevent.name']),
      '    log_statements:',
      ...shared,
      ...group(
        'log',
        ['log.attributes'],
        ['log.severity_text', 'log.event_name'],
        [
          `replace_pattern(log.body, ${pattern}) where IsString(log.body)`,
          `replace_all_patterns(log.body, "value", ${pattern}) where IsMap(log.body)`,
          `replace_all_patterns(log.body, "key", ${pattern}) where IsMap(log.body)`,
        ],
      ),
      '    metric_statements:',
      ...shared,
      ...group('metric', ['metric.metadata'], ['metric.name', 'metric.description', 'metric.unit']),
      ...group('datapoint', ['datapoint.attributes'], []),
      ...group('exemplar', ['exemplar.filtered_attributes'], []),
    )
  }
  return lines.join('\n')
}

function configuration(port: number, folder: string, body: string, setUp: SetUp): string {
  const chain = setUp === 'redaction, all types, and transform' ? 'redaction, transform' : 'redaction'
  return `receivers:
  otlp: {protocols: {http: {endpoint: "127.0.0.1:${port}"}}}
exporters:
  file: {path: "${folder}/out.json", flush_interval: 50ms}
${body}
service:
  telemetry: {metrics: {level: none}}
  pipelines:
${(['traces', 'logs', 'metrics'] as const).map((signal) => `    ${signal}: {receivers: [otlp], processors: [${chain}], exporters: [file]}`).join('\n')}
`
}

async function send(port: number, signal: Signal, request: Json): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/${signal}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(request) })
  if (!answer.ok) throw new Error(`the Collector answered ${answer.status}`)
}

/** What comes out of a set-up, request by request. */
async function through(
  binary: string,
  setUp: SetUp,
  variant: Variant,
  requests: readonly { readonly signal: Signal; readonly request: Json }[],
  more: readonly string[] = [],
): Promise<string[]> {
  const [port] = (await freePorts(1)) as [number]
  const collector: Collector = await startCollector(binary, (folder) => configuration(port, folder, processors(setUp, variant, more), setUp), [port])
  try {
    const outputs: string[] = []
    for (const { signal, request } of requests) {
      await send(port, signal, request)
      const text = await written(collector, 'out.json', (out) => out.split('\n').length > outputs.length + 1)
      outputs.push(text.split('\n')[outputs.length] ?? '')
    }
    return outputs
  } finally {
    await collector.stop()
  }
}

/** mask-logs:otel, with the rules of the place beside it. */
export function otelMasker(rules?: string): Masker {
  return createMasker(rules === undefined ? 'mask-logs:otel' : `version: "1.0"\nextends: ["mask-logs:otel"]\n${rules}`, { runSecret: 'comparison with the Collector' })
}

/** What the rewriter of the proxy makes of a request, as text. */
export function ours({ signal, request, rules }: Pick<Gap, 'signal' | 'request' | 'rules'>): string {
  const masker = otelMasker(rules)
  try {
    return createRewriter(masker)
      .rewrite(signal, 'json', Buffer.from(JSON.stringify(request)))
      .body.toString()
  } finally {
    masker.close()
  }
}

async function main(): Promise<void> {
  const binary = process.env['MASK_LOGS_OTELCOL']
  if (binary === undefined) throw new Error('set MASK_LOGS_OTELCOL to a Collector with the processors redaction and transform')
  const version = spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim()
  const missed = new Map<string, Set<SetUp>>(GAPS.map((gap) => [gap.id, new Set()]))
  const notes: string[] = []
  for (const setUp of SET_UPS) {
    for (const variant of ['plain', 'allowed', 'database'] as const) {
      const gaps = GAPS.filter((gap) => gap.variant === variant)
      const outputs = await through(binary, setUp, variant, gaps)
      gaps.forEach((gap, i) => {
        if (survives(gap, outputs[i]!)) missed.get(gap.id)!.add(setUp)
      })
    }
  }
  const [lines] = await through(binary, 'redaction', 'plain', [{ signal: 'traces', request: LINES.request }])
  notes.push(`A password of three lines under a blocked key came out as \`${/"app\.password","value":\{"stringValue":"([^"]*)"/.exec(lines!)?.[1]}\`.`)
  const hash = (patterns: readonly string[]): readonly string[] => ['hash_function: md5', `blocked_values: [${patterns.map((pattern) => JSON.stringify(pattern)).join(', ')}]`]
  const value = (text: string | undefined): string | undefined => /"app\.mail","value":\{"stringValue":"([^"]*)"/.exec(text ?? '')?.[1]
  const hashed = async (patterns: readonly string[]): Promise<string | undefined> => {
    const [port] = (await freePorts(1)) as [number]
    const body = ['processors:', '  redaction:', '    allow_all_keys: true', ...hash(patterns).map((line) => `    ${line}`)].join('\n')
    const collector = await startCollector(binary, (folder) => configuration(port, folder, body, 'redaction'), [port])
    try {
      await send(port, 'traces', CHAINED.request)
      return value(await written(collector, 'out.json', (out) => out.includes('\n')))
    } finally {
      await collector.stop()
    }
  }
  const alone = await hashed([EMAIL])
  const chained = await hashed([EMAIL, '[0-9a-f]{32}'])
  notes.push(
    alone === chained
      ? 'A second pattern, for runs of 32 hexadecimal digits, left the MD5 of an address alone.'
      : 'With a second pattern, for runs of 32 hexadecimal digits, the MD5 of an address was hashed again: the same address has another hash than where that pattern is missing.',
  )
  const nested = GAPS.find((gap) => gap.id === 'nested-map')!
  const [map] = await through(binary, 'redaction, all types', 'plain', [nested])
  notes.push(`With \`redact_all_types\` the map in an attribute ${map!.includes('kvlistValue') ? 'stayed a map' : 'came out as one string'}.`)
  const [summary] = await through(binary, 'redaction', 'plain', [{ signal: 'traces', request: SUMMARY.request }], ['summary: debug'])
  notes.push(`With \`summary: debug\` the names of masked keys ${summary!.includes('redaction.masked.keys') ? 'are written into the record' : 'are not written into the record'}.`)

  const rows = GAPS.map((gap) => {
    const cells = SET_UPS.map((setUp) => (missed.get(gap.id)!.has(setUp) ? '**passes**' : 'masked'))
    return `| ${gap.place} | ${cells.join(' | ')} | ${survives(gap, ours(gap)) ? '**passes**' : 'masked'} |`
  })
  const table = [
    `Measured ${new Date().toISOString().slice(0, 10)} with a Collector of version ${version.replace(/^.*version /, '')} (redaction and transform processors of the same release). "passes": the canary was still in the output.`,
    '',
    '| where the canary stands | redaction | redaction, `redact_all_types` | the same and transform | `mask-logs:otel` |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    ...notes.map((note) => `- ${note}`),
  ].join('\n')
  console.log(table)
  if (process.argv.includes('--write')) {
    const page = fileURLToPath(new URL('../../../docs/opentelemetry.md', import.meta.url))
    const text = readFileSync(page, 'utf8')
    const from = '<!-- measured: node dist/bench/collector/run.js --write -->\n'
    const to = '\n<!-- end of measured -->'
    if (!text.includes(from) || !text.includes(to)) throw new Error('docs/opentelemetry.md has no place for the table')
    writeFileSync(page, text.slice(0, text.indexOf(from) + from.length) + table + text.slice(text.indexOf(to)))
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
