import { InputError } from '../../src/index.ts'

/** Where a server listens. */
export interface Address {
  readonly host: string
  readonly port: number
}

/**
 * Reads `HOST:PORT`; `:PORT` and `PORT` are loopback, an IPv6 address stands in brackets. Throws InputError naming `option`.
 *
 * @example parseAddress(':4318', 'listenHttp') // { host: '127.0.0.1', port: 4318 }
 */
export function parseAddress(text: string, option: string): Address {
  const match = /^(?:(\[[0-9a-fA-F:.%\w]+\]|[^\s:[\]/]*):)?(\d{1,5})$/.exec(text)
  const port = Number(match?.[2])
  if (match === null || !(port <= 65_535)) throw new InputError('bad_option', `${option} takes HOST:PORT, :PORT (loopback) or [IPv6]:PORT`)
  const host = (match[1] ?? '').replace(/^\[|\]$/g, '')
  return { host: host === '' ? '127.0.0.1' : host, port }
}

/** Only this machine can reach the address. */
export function isLoopback({ host }: Address): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
