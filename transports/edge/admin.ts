// The admin port: health, readiness and metrics, for the machine itself and for what scrapes it.

import { createServer } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import type { Address } from './address.ts'

export interface AdminSources {
  /** Undefined: ready. Otherwise one word that says why not: `starting`, `draining`. */
  readonly notReady: () => string | undefined
  /** The metrics in Prometheus' text format, with its content type. */
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>
}

export interface Admin {
  readonly address: Address
  close(): Promise<void>
}

/** Serves `/healthz`, `/readyz` and `/metrics`. Rejects when the address cannot be listened on. */
export async function startAdmin(address: Address, { notReady, metrics }: AdminSources): Promise<Admin> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0]
    const send = (status: number, body: string, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store', ...headers })
      response.end(request.method === 'HEAD' ? undefined : body)
    }
    request.resume()
    if (path !== '/healthz' && path !== '/readyz' && path !== '/metrics') return send(404, '{"error":"Not found."}')
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(405, '{"error":"Method not allowed."}', { allow: 'GET, HEAD' })
    if (path === '/healthz') return send(200, '{"status":"ok"}')
    if (path === '/readyz') {
      const why = notReady()
      return why === undefined ? send(200, '{"status":"ready"}') : send(503, `{"status":"${why}"}`)
    }
    metrics().then(
      ({ type, text }) => send(200, text, { 'content-type': type }),
      () => send(500, '{"error":"The metrics cannot be read."}'),
    )
  })
  await listen(server, address)
  const { port } = server.address() as AddressInfo
  return {
    address: { host: address.host, port },
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

/** Resolves when the server listens, rejects when it cannot. */
export function listen(server: Server, { host, port }: Address): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', failed)
    server.listen(port, host, () => {
      server.off('error', failed)
      // A connection that cannot be accepted is no reason to stop.
      server.on('error', () => {})
      done()
    })
  })
}
