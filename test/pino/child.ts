// Processes that log with pino and end in some way, and what they leave behind.

import { fork, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { testFolder } from '../support/folder.ts'

const app = fileURLToPath(new URL('../fixtures/pino/app.mjs', import.meta.url))

export interface Run {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly messages: readonly unknown[]
  readonly file: string
}

/** `run` runs fixtures/pino/app.mjs to its end, with a file of its own; `during` may do something to it. */
export function runner(): { run: (given: object, during?: (child: ChildProcess, file: string) => void) => Promise<Run> } {
  const folder = testFolder()
  let files = 0
  return {
    async run(given, during) {
      const file = join(folder.path, `${++files}.log`)
      const child = fork(app, [JSON.stringify({ file, ...given })], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
      const messages: unknown[] = []
      let stdout = ''
      let stderr = ''
      child.stdout!.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
      child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
      child.on('message', (message) => messages.push(message))
      during?.(child, file)
      const limit = setTimeout(() => child.kill('SIGKILL'), 60_000)
      const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => child.once('close', (...ended) => resolve(ended)))
      clearTimeout(limit)
      return { code, signal, stdout, stderr, messages, file }
    },
  }
}

export const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '')
export const numbers = (text: string): number[] => text.split('\n').flatMap((line) => (line === '' ? [] : [(JSON.parse(line) as { n: number }).n]))
export const upTo = (n: number, every = (_: number): boolean => true): number[] => Array.from({ length: n }, (_, i) => i).filter(every)

/** Nothing raw anywhere. */
export function expectMasked({ stdout, stderr, file }: Run): void {
  for (const text of [stdout, stderr, ...['', '.warn', '.error', '.raw'].map((end) => read(file + end))]) {
    expect(text).not.toMatch(/hunter2|shop\.example/)
  }
}
