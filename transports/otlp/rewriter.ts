// createRewriter: one masker, requests of all signals and encodings.
import { fieldsOf, MaskError, observedFieldsOf } from '../../src/index.ts'
import type { Masker } from '../../src/index.ts'
import { ProtobufWalker } from './walk-otlp.ts'
import { JsonRequestWalker } from './walk-otlp-json.ts'
import { OtlpError } from './types.ts'
import type { RewriteCounts, Rewriter, RewriteOptions } from './types.ts'

/**
 * Rewrites OTLP export requests with a masker of createMasker: bytes in, bytes out, for each of traces, metrics and logs, in protobuf and in JSON. What no
 * rule touches comes out as it went in; a request without a match comes back as the same Buffer. Synchronous; one rewriter for each masker. Closing is up to
 * the owner of the masker. Throws InputError for a masker that is closed or not of this package.
 *
 * @example createRewriter(createMasker('mask-logs:default')).rewrite('traces', 'protobuf', body).body
 * @see https://opentelemetry.io/docs/specs/otlp/
 */
export function createRewriter(masker: Masker, options: RewriteOptions = {}): Rewriter {
  const { onFinding } = options
  const observed = onFinding === undefined ? undefined : observedFieldsOf(masker)
  const engine = observed === undefined ? fieldsOf(masker) : observed.engine
  const protobuf = new ProtobufWalker(engine, options)
  const json = new JsonRequestWalker(engine, options)
  return {
    rewrite(signal, encoding, body) {
      const counts: RewriteCounts = { items: 0, dropped: 0, masked: 0, unknownFields: 0, seriesCollisions: 0 }
      engine.begin()
      let written = 0
      try {
        const out = (encoding === 'json' ? json : protobuf).rewrite(signal, body, counts)
        written = out.length
        if (observed !== undefined) observed.tell((finding) => onFinding!(finding, `otlp/${signal}`))
        return { body: out, counts }
      } catch (error) {
        if (error instanceof OtlpError) throw error
        if (error instanceof MaskError && error.code === 'too_deep') throw new OtlpError('too_deep', 'a value is nested deeper than the policy max_depth allows')
        throw new OtlpError('mask_failed', 'a value could not be masked, and the policy on_mask_error is fail')
      } finally {
        engine.end(body.length, written)
      }
    },
  }
}
