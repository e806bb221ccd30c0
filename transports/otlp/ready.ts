import type { Log } from '../edge/log.ts'

/** One line that says where the proxy can be reached. */
export function tellReady(
  log: Log,
  addresses: Readonly<Partial<Record<'http' | 'grpc' | 'admin', { readonly host: string; readonly port: number }>>>,
  more: { readonly workers?: number } = {},
): void {
  const at = Object.fromEntries(Object.entries(addresses).map(([name, { host, port }]) => [name, `${host.includes(':') ? `[${host}]` : host}:${port}`]))
  log('info', 'ready', { ...at, ...more })
}
