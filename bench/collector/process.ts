// A Collector of one's own: it is started on a configuration, listens for OTLP over HTTP on 127.0.0.1 and writes what comes out to a file.

import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Ports that were free a moment ago. A Collector does not tell which port it was given for 0. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

export interface Collector {
  readonly folder: string
  readonly process: ChildProcess
  /** What it has said so far, for messages of failed tests. */
  log(): string
  stop(): Promise<void>
}

/** True once something listens at the port. */
async function listens(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(500) })
    return true
  } catch (error) {
    return (error as { cause?: { code?: string } }).cause?.code !== 'ECONNREFUSED' && (error as Error).name !== 'TimeoutError'
  }
}

/**
 * Starts a Collector and waits until its HTTP receivers listen. `configuration` gets the folder in which it may write.
 * Throws with what the Collector said, if it ends before.
 */
export async function startCollector(binary: string, configuration: (folder: string) => string, ports: readonly number[]): Promise<Collector> {
  const folder = mkdtempSync(join(tmpdir(), 'mask-logs-collector-'))
  const file = join(folder, 'config.yaml')
  writeFileSync(file, configuration(folder))
  const child = spawn(binary, ['--config', file], { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const collector: Collector = {
    folder,
    process: child,
    log: () => said,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await ended
      clearTimeout(late)
      rmSync(folder, { recursive: true, force: true })
    },
  }
  const limit = Date.now() + 20_000
  for (const port of ports) {
    while (!(await listens(port))) {
      if (child.exitCode !== null || Date.now() > limit) {
        await collector.stop()
        throw new Error(`the Collector did not start: ${said.slice(-2000)}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  return collector
}

/** What a Collector has written to a file in its folder, once `ready` says that all of it is there; or after `limit` ms. */
export async function written(collector: Collector, name: string, ready: (text: string) => boolean, limit = 10_000): Promise<string> {
  const file = join(collector.folder, name)
  const end = Date.now() + limit
  for (;;) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
    if (ready(text) || Date.now() > end) return text
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
