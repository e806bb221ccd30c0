// Why a request is not handed on, or not answered by the upstream: one table for both transports. The words are fixed; nothing of a request
// is in them.

import { GRPC } from './status.ts'

interface Kind {
  readonly http: number
  readonly grpc: number
  readonly message: string
  /** The client should come again. */
  readonly again?: true
}

const KINDS = {
  not_found: { http: 404, grpc: GRPC.unimplemented, message: 'There is no OTLP signal at this path.' },
  method: { http: 405, grpc: GRPC.unimplemented, message: 'OTLP requests are POST requests.' },
  content_type: { http: 415, grpc: GRPC.invalidArgument, message: 'The content type must be application/x-protobuf or application/json.' },
  content_encoding: { http: 415, grpc: GRPC.unimplemented, message: 'The content encoding must be gzip or none: set the compression of the sender to one of these.' },
  too_large: { http: 413, grpc: GRPC.resourceExhausted, message: 'The request is larger than the limit of this proxy.' },
  slow_body: { http: 408, grpc: GRPC.deadlineExceeded, message: 'The request did not arrive in time.' },
  undecodable: { http: 400, grpc: GRPC.invalidArgument, message: 'The request cannot be decompressed.' },
  invalid: { http: 400, grpc: GRPC.invalidArgument, message: 'The request is not valid OTLP.' },
  too_deep: { http: 400, grpc: GRPC.invalidArgument, message: 'A value of the request is nested too deeply.' },
  hop: { http: 508, grpc: GRPC.failedPrecondition, message: 'This proxy has sent the request itself: it is forwarded in a loop.' },
  mask_failed: { http: 500, grpc: GRPC.internal, message: 'The request could not be masked.' },
  internal: { http: 500, grpc: GRPC.internal, message: 'Internal error.' },
  busy: { http: 503, grpc: GRPC.unavailable, message: 'Too much is being forwarded at the moment.', again: true },
  upstream_unreachable: { http: 503, grpc: GRPC.unavailable, message: 'The upstream cannot be reached.', again: true },
  upstream_timeout: { http: 504, grpc: GRPC.deadlineExceeded, message: 'The upstream did not answer in time.' },
  upstream_answer: { http: 502, grpc: GRPC.unavailable, message: 'The upstream gave an answer that cannot be passed on.' },
  upstream_too_large: { http: 500, grpc: GRPC.internal, message: 'The answer of the upstream is larger than 4 MiB.' },
} as const satisfies Record<string, Kind>

export type Reason = keyof typeof KINDS

/** How long a client that is told to come again shall wait, in milliseconds. */
export const COME_AGAIN_MS = 1000

/** Ends the handling of a request with an answer of the proxy itself. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly reason: Reason
  readonly http: number
  readonly grpc: number
  /** Set when the client should come again. */
  readonly retryMs: number | undefined
  constructor(reason: Reason) {
    const kind: Kind = KINDS[reason]
    super(kind.message)
    this.reason = reason
    this.http = kind.http
    this.grpc = kind.grpc
    this.retryMs = kind.again ? COME_AGAIN_MS : undefined
  }
}

/** The client has gone away: nobody is there to be answered. */
export class Gone extends Error {
  override readonly name = 'Gone'
}
