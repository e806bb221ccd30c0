/** The three stable signals of OTLP. */
export type Signal = 'traces' | 'metrics' | 'logs'
/** How the body of a request is written: protobuf wire format, or OTLP/JSON. */
export type Encoding = 'protobuf' | 'json'

export interface RewriteOptions {
  unknownFields?: 'drop' | 'keep'
  repairUtf8?: boolean
  /** Resource attribute mask_logs.hop to add to each resource; a payload that already carries this same value is refused. */
  stamp?: string
}

export interface RewriteCounts {
  items: number
  dropped: number
  masked: number
  unknownFields: number
  seriesCollisions: number
}

export type RewriteErrorCode = 'invalid' | 'too_deep' | 'hop' | 'mask_failed'

/** A payload that is not handed on. The message holds nothing of it. */
export class OtlpError extends Error {
  override readonly name = 'OtlpError'
  readonly code: RewriteErrorCode
  constructor(code: RewriteErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

export interface Rewriter {
  /** Masks a request. `body` of the result is the SAME object when nothing changed. Throws OtlpError. */
  rewrite(signal: Signal, encoding: Encoding, body: Buffer): { body: Buffer; counts: RewriteCounts }
}
