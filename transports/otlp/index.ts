/**
 * mask-logs/otlp: the OTLP proxy. Takes traces, metrics and logs over HTTP and gRPC, masks them, and hands them on.
 *
 * ```js
 * import { createOtlpProxy } from 'mask-logs/otlp'
 * const proxy = await createOtlpProxy({ listenHttp: ':14318', forwardHttp: 'http://127.0.0.1:4318', ruleset: 'mask-logs:otel' })
 * process.once('SIGTERM', () => proxy.drain())
 * ```
 * @module
 */
import type { OtlpProxyOptions } from './options.ts'
import { startProxy, type OtlpProxy } from './proxy.ts'
import { createRewriter } from './rewriter.ts'

/**
 * Starts an OTLP proxy (OTLP 1.11; HTTP with protobuf or JSON, gRPC). Settles when it listens. A request is answered with what the upstream
 * says, when it says it: nothing is stored, so whatever was acknowledged has been taken by the upstream. A request that cannot be read or
 * masked is refused and never forwarded, not even in part.
 *
 * Rejects with RulesetError, or with InputError for an option, a file, a secret or an address that cannot be used, and for a gRPC listener
 * without the package @grpc/grpc-js.
 *
 * @example const proxy = await createOtlpProxy({ listenHttp: ':14318', forward: 'https://collector.example:4318' })
 */
export function createOtlpProxy(options: OtlpProxyOptions): Promise<OtlpProxy> {
  return startProxy(options, createRewriter)
}

export type { OtlpProxyOptions } from './options.ts'
export type { OtlpProxy } from './proxy.ts'
export { createRewriter } from './rewriter.ts'
export { OtlpError } from './types.ts'
export type { Encoding, RewriteCounts, RewriteErrorCode, RewriteOptions, Rewriter, Signal } from './types.ts'
