// Microseconds per line inside one process: string in, string out. Each contender runs in a process of its own, so that no
// contender pays for the types that another one has shown to the compiler.
//
//   node dist/bench/in-process.js ours|parse|redact|regex [rounds]     prints {"p50":..,"p99":..,"mean":..}
import redact from '@pinojs/redact'
import { createRegexWalk } from './baselines/regex-masker.ts'
import { corpusLines, sensitivePaths } from './corpus.ts'

const secret = 'benchmark run secret, 32 letters'

/** Request lines of 430 to 470 bytes. */
function sampleLines(count: number): string[] {
  const next = corpusLines('in-process')
  const lines: string[] = []
  while (lines.length < count) {
    const { text } = next()
    if (text.length >= 430 && text.length <= 470) lines.push(text)
  }
  return lines
}

async function contender(name: string): Promise<(line: string) => string> {
  if (name === 'parse') return (line) => JSON.stringify(JSON.parse(line))
  if (name === 'redact') {
    const censor = redact({ paths: [...sensitivePaths] })
    return (line) => censor(JSON.parse(line)) as string
  }
  if (name === 'regex') {
    const walk = createRegexWalk(secret)
    return (line) => JSON.stringify(walk(JSON.parse(line)))
  }
  const { createMasker } = await import('../src/index.ts')
  const masker = createMasker('mask-logs:default', { runSecret: secret })
  return (line) => masker.json(line)
}

const run = await contender(process.argv[2] ?? 'ours')
const rounds = Number(process.argv[3] ?? 120)
const lines = sampleLines(1000)
let kept = 0
// Warm up until the compiler has settled.
for (let round = 0; round < 30; round++) for (const line of lines) kept += run(line).length

// The clock itself costs about as much as a third of a line: its median is taken off.
const idle: number[] = []
for (let i = 0; i < 20000; i++) {
  const start = process.hrtime.bigint()
  idle.push(Number(process.hrtime.bigint() - start))
}
const clock = idle.sort((a, b) => a - b)[idle.length >> 1] as number

const times = new Float64Array(rounds * lines.length)
let at = 0
for (let round = 0; round < rounds; round++) {
  for (const line of lines) {
    const start = process.hrtime.bigint()
    kept += run(line).length
    times[at++] = Number(process.hrtime.bigint() - start) - clock
  }
}
times.sort()
let total = 0
for (const time of times) total += time
const micro = (share: number): number => Math.max(0, times[Math.floor(times.length * share)] as number) / 1000
process.stdout.write(`${JSON.stringify({ p50: micro(0.5), p99: micro(0.99), mean: total / times.length / 1000, kept: kept > 0 })}\n`)
