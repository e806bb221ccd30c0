// Counters for Prometheus while the command runs: on a port, or in a file for the textfile collector. Names and numbers, never data.

import { openSync, renameSync, unlinkSync, writeSync, closeSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { UsageError } from './flags.ts'
import { printable, systemWords, type Notes } from './messages.ts'

const INTERVAL_MS = 10_000
const TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** `9464`, `:9464`, `host:9464`, `[::1]:9464`. */
function addressOf(given: string): { readonly host: string; readonly port: number } {
  const match = /^(?:(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/[\]]*)):)?(\d{1,5})$/.exec(given)
  const port = Number(match?.[3])
  if (match === null || port > 65535) throw new UsageError('--metrics-listen takes a port, or HOST:PORT')
  return { host: match[1] ?? (match[2] || '127.0.0.1'), port }
}

/** Serves the counters at `/metrics`. Throws UsageError where that is not possible. */
export async function serveMetrics(given: string, text: () => string, notes: Notes): Promise<{ close(): Promise<void> }> {
  const { host, port } = addressOf(given)
  const { createServer } = await import('node:http')
  const server = createServer(
    { maxHeaderSize: 8192, headersTimeout: 5000, requestTimeout: 5000, keepAliveTimeout: 5000, connectionsCheckingInterval: 2000 },
    (request, response) => {
      const found = request.url === '/metrics' || request.url?.startsWith('/metrics?') === true
      const known = request.method === 'GET' || request.method === 'HEAD'
      const body = found && known ? text() : ''
      const status = !known ? 405 : found ? 200 : 404
      response.writeHead(status, {
        'content-type': TYPE,
        'content-length': Buffer.byteLength(body),
        'cache-control': 'no-store',
        ...(known ? {} : { allow: 'GET, HEAD', connection: 'close' }),
      })
      response.end(request.method === 'HEAD' ? '' : body)
    },
  )
  server.maxConnections = 64
  await new Promise<void>((done, refuse) => {
    server.once('error', (error) => refuse(new UsageError(`cannot listen on ${printable(given)}: ${systemWords(error)}`, false)))
    server.listen(port, host, done)
  })
  // A failure to accept is no reason to stop masking.
  server.on('error', () => {})
  server.unref()
  const bound = server.address() as AddressInfo
  if (port === 0) notes.line(`mask-logs: metrics at http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}/metrics`)
  return {
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

/** Writes the counters to a file now, every 10 seconds, and at the end. Throws UsageError where the first time fails. */
export function writeMetrics(path: string, given: string, text: () => string, notes: Notes): { close(): void } {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
  let told = false
  const write = (): void => {
    try {
      const fd = openSync(beside, 'w', 0o644)
      try {
        const bytes = Buffer.from(text())
        for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
      } finally {
        closeSync(fd)
      }
      renameSync(beside, path)
    } catch (error) {
      try {
        unlinkSync(beside)
      } catch {
        // it was not made
      }
      throw error
    }
  }
  const again = (): void => {
    try {
      write()
    } catch (error) {
      if (!told) notes.line(`mask-logs: cannot write ${printable(given)}: ${systemWords(error)}`)
      told = true
    }
  }
  try {
    write()
  } catch (error) {
    throw new UsageError(`cannot write ${given}: ${systemWords(error)}`, false)
  }
  const timer = setInterval(again, INTERVAL_MS).unref()
  return {
    close() {
      clearInterval(timer)
      again()
    },
  }
}
