// Measuring whole processes: wall time, CPU time, peak memory, and the time a line takes from end to end.
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One run of one program. */
export interface Run {
  readonly wall: number
  readonly cpu: number
  /** Peak resident memory, bytes. */
  readonly peak: number
}

/** A Node program with its arguments. */
export interface Program {
  readonly name: string
  readonly args: readonly string[]
  /** File argument instead of stdin, where the program takes one. */
  readonly env?: Readonly<Record<string, string>>
}

const usage = fileURLToPath(new URL('./usage.cjs', import.meta.url))
const limit = 600_000

function environment(program: Program, report?: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, MASK_LOGS_RUN_SECRET: 'benchmark run secret, 32 letters', ...program.env }
  if (report !== undefined) env['MASK_LOGS_BENCH_USAGE'] = report
  return env
}

/**
 * Runs a program over a file. `file`: stdin is the file, stdout the null device. `pipe`: `cat file | program | cat`, as in a
 * shell. Fails when the program fails: a figure of a broken run is worse than none.
 */
export async function runOver(program: Program, file: string, mode: 'file' | 'pipe', directory: string): Promise<Run> {
  const report = join(directory, 'usage.json')
  rmSync(report, { force: true })
  const node = [process.execPath, '--require', usage, ...program.args]
  const start = process.hrtime.bigint()
  let status: number | null
  let errors = ''
  if (mode === 'file') {
    const input = openSync(file, 'r')
    const output = openSync('/dev/null', 'w')
    const child = spawn(node[0] as string, node.slice(1), { stdio: [input, output, 'pipe'], env: environment(program, report), timeout: limit })
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString().slice(0, 2000)))
    status = await new Promise((resolve) => child.on('close', resolve))
    closeSync(input)
    closeSync(output)
  } else {
    // The status of a pipeline is that of its last command: the report file tells whether the program came to its end.
    const child = spawn('sh', ['-c', 'file=$1; shift; cat "$file" | "$@" | cat > /dev/null', 'sh', file, ...node], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: environment(program, report),
      timeout: limit,
    })
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString().slice(0, 2000)))
    status = await new Promise((resolve) => child.on('close', resolve))
  }
  const wall = Number(process.hrtime.bigint() - start) / 1e9
  let used: { cpu: number; peak: number }
  try {
    used = JSON.parse(readFileSync(report, 'utf8')) as { cpu: number; peak: number }
  } catch {
    throw new Error(`${program.name} did not end by itself (status ${status})\n${errors}`)
  }
  if (status !== 0) throw new Error(`${program.name} ended with status ${status}\n${errors}`)
  return { wall, cpu: used.cpu, peak: used.peak }
}

/** Wall time of a program with empty input, seconds. */
export async function startUp(program: Program): Promise<number> {
  const input = openSync('/dev/null', 'r')
  const start = process.hrtime.bigint()
  const child = spawn(process.execPath, [...program.args], { stdio: [input, 'ignore', 'ignore'], env: environment(program) })
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve))
  const wall = Number(process.hrtime.bigint() - start) / 1e9
  closeSync(input)
  if (status !== 0) throw new Error(`${program.name} ended with status ${status} on empty input`)
  return wall
}

/** Time of each line from its write into the program's stdin to its arrival from stdout, in microseconds, one at a time. */
export async function lineLatencies(program: Program, lines: readonly string[]): Promise<number[]> {
  const child = spawn(process.execPath, [...program.args], { stdio: ['pipe', 'pipe', 'ignore'], env: environment(program) })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  let arrived: () => void = () => {}
  child.stdout.on('data', (chunk: Buffer) => {
    if (chunk[chunk.length - 1] === 10) arrived()
  })
  const times: number[] = []
  for (const line of lines) {
    const answer = new Promise<void>((resolve, reject) => {
      arrived = resolve
      void ended.then(() => reject(new Error(`${program.name} ended early`)))
    })
    const start = process.hrtime.bigint()
    child.stdin.write(`${line}\n`)
    await answer
    times.push(Number(process.hrtime.bigint() - start) / 1e3)
  }
  child.stdin.end()
  await ended
  return times
}

/** Value below which the share `p` of the sorted values lies. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}
