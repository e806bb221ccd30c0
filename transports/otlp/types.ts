// What the rewriter of OTLP requests takes and gives.
import type { FindingEvent } from '../../src/index.ts'

/** A kind of telemetry: `ExportTraceServiceRequest`, `ExportMetricsServiceRequest` or `ExportLogsServiceRequest`. */
export type Signal = 'traces' | 'metrics' | 'logs'

/** How a request is written. */
export type Encoding = 'protobuf' | 'json'

export interface RewriteOptions {
  /**
   * Fields that OTLP 1.11 does not have. `drop` (default): those that could carry text go (length-delimited fields and groups; in JSON strings, objects
   * and lists), at every level; numbers stay. `keep`: all stay as they are, unmasked.
   */
  readonly unknownFields?: 'drop' | 'keep' | undefined
  /** Invalid UTF-8 in text becomes U+FFFD (default false: bytes that no rule touches stay). Receivers that check refuse a whole batch for one such string. */
  readonly repairUtf8?: boolean | undefined
  /** Value of a resource attribute `mask_logs.hop` that each resource gets. A request that carries it already has come round in a loop and is refused. */
  readonly stamp?: string | undefined
  /**
   * Told of every masked value of a request, when the request has been masked as a whole: never of one that is refused. `source` is `otlp/traces`,
   * `otlp/metrics` or `otlp/logs`; made for the `write` of `openFindings`. What it throws is counted as `finding_failed` and ignored. Masking takes
   * longer with it; what comes out is the same.
   */
  readonly onFinding?: ((finding: FindingEvent, source: string) => void) | undefined
}

/** What was done to a request. */
export interface RewriteCounts {
  /** Spans, log records or data points received. */
  items: number
  /** Those left out under `on_mask_error: drop`. */
  dropped: number
  /** Places masked. */
  masked: number
  /** Unknown fields, dropped or kept. */
  unknownFields: number
  /** Data points of one metric that told apart before and have the same attributes now. */
  seriesCollisions: number
}

/**
 * `invalid`: the request is none. `too_deep`: under `on_mask_error: fail`, a value is nested deeper than `policy.max_depth`.
 * `hop`: it carries the stamp already. `mask_failed`: under `on_mask_error: fail`, a mask failed.
 */
export type RewriteErrorCode = 'invalid' | 'too_deep' | 'hop' | 'mask_failed'

/** A request that must not be forwarded. The message never holds data. */
export class OtlpError extends Error {
  override readonly name = 'OtlpError'
  readonly code: RewriteErrorCode
  constructor(code: RewriteErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Rewrites requests with one masker. Synchronous. */
export interface Rewriter {
  /**
   * Masks the bytes of one request, decompressed. `body` of the result is the same object where nothing changes. Throws OtlpError where the request must
   * not be forwarded, and InputError where the masker is closed or at work.
   */
  rewrite(signal: Signal, encoding: Encoding, body: Buffer): { readonly body: Buffer; readonly counts: RewriteCounts }
}
