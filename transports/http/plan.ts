import { type BodyMask, createBodyMask, isForeign, type MaskedKind } from './body.ts'
import { type Coding, codingOf } from './coding.ts'
import { HttpMaskError } from './failure.ts'
import { mediaType } from './kinds.ts'
import type { HttpMask } from './mask.ts'

/** What is known of a response when its head is complete. */
export interface Head {
  /** In capitals. */
  readonly method: string
  readonly status: number
  readonly contentType: string | undefined
  readonly contentEncoding: string | undefined
}

/** What becomes of the body of a response. */
export type Plan =
  /** There is none, whatever is written. `masked`: of a type that would be masked. */
  | { readonly does: 'nothing'; readonly masked: boolean }
  | { readonly does: 'pass' }
  | {
      readonly does: 'mask'
      readonly kind: MaskedKind
      readonly body: BodyMask
      readonly coding: Coding | null
      /** The content type to send where the charset changes. */
      readonly contentType: string | undefined
    }

/** Decides by the head of a response. Throws HttpMaskError for one that cannot be sent. */
export function planBody(mask: HttpMask, head: Head, decoded = false): Plan {
  const media = mediaType(head.contentType ?? '')
  const kind = mask.kindOf(media.type)
  const bare = head.method === 'HEAD' || head.status === 204 || head.status === 304 || head.status < 200
  if (bare) return { does: 'nothing', masked: kind !== 'pass' }
  if (kind === 'pass') return { does: 'pass' }
  if (head.status === 206) throw new HttpMaskError('partial')
  if (kind === 'refuse') throw new HttpMaskError('type')
  const coding = decoded ? null : codingOf(head.contentEncoding)
  if (coding === undefined) throw new HttpMaskError('encoding')
  const body = createBodyMask(mask.masker, kind, media, mask.maxBodyBytes)
  const foreign = isForeign(kind, media.charset)
  return { does: 'mask', kind, body, coding, contentType: foreign ? head.contentType!.replace(/;\s*charset\s*=\s*(?:"[^"]*"|[^\s;,"]+)/i, '; charset=utf-8') : undefined }
}

/** True for bodies whose parts someone waits for. */
export function isLive(kind: MaskedKind): boolean {
  return kind === 'sse' || kind === 'ndjson'
}
