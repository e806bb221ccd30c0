// The proxy with masking off: the same code, with a rewriter that hands every request on as it is.
//
//   node otlp-passthrough.js UPSTREAM [gzip]
import { startProxy } from '../../transports/otlp/proxy.ts'

const proxy = await startProxy(
  {
    listenHttp: ':0',
    listenAdmin: ':0',
    forwardHttp: process.argv[2],
    compression: process.argv[3] === 'gzip' ? 'gzip' : 'none',
    ruleset: 'mask-logs:default',
    log: () => {},
  },
  () => ({ rewrite: (_signal, _encoding, body) => ({ body, counts: { items: 0, dropped: 0, masked: 0, unknownFields: 0, seriesCollisions: 0 } }) }),
)
const at = (address: { readonly host: string; readonly port: number } | undefined): string => `${address?.host}:${address?.port}`
process.stderr.write(`${JSON.stringify({ msg: 'ready', http: at(proxy.addresses.http), admin: at(proxy.addresses.admin) })}\n`)
process.on('SIGTERM', () => void proxy.drain().then(() => process.exit(0)))
