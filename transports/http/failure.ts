/** Why a response was not sent. */
export type HttpFailureCode =
  | 'not_json'
  | 'not_csv'
  | 'oversize'
  | 'too_deep'
  | 'mask_failed'
  | 'dropped'
  | 'type'
  | 'charset'
  | 'encoding'
  | 'partial'
  | 'broken'
  | 'header'
  | 'internal'

const WORDS: Readonly<Record<HttpFailureCode, string>> = {
  not_json: 'the body is not the JSON that its content type says',
  not_csv: 'the body is not the table that its content type says',
  oversize: "the body, or a line or event of it, is longer than 'maxBodyBytes' or 'max_record_bytes' allows",
  too_deep: "the body is nested deeper than 'max_depth' allows",
  mask_failed: 'a mask failed on a value of the body',
  dropped: 'a rule or policy drops the whole body',
  type: "the content type is neither masked nor passed: name it in 'types'",
  charset: 'the charset of the body cannot be decoded',
  encoding: 'the content coding of the body cannot be undone',
  partial: 'the body is a part (206) of something that would have to be masked',
  broken: 'the body broke off',
  header: 'the value of a header could not be masked',
  internal: 'the masking failed',
}

/** A body or header that could not be masked and was not sent. Holds nothing of it. */
export class HttpMaskError extends Error {
  override readonly name = 'HttpMaskError'
  readonly code: HttpFailureCode
  constructor(code: HttpFailureCode) {
    super(WORDS[code])
    this.code = code
  }
}

/** The failure that an error of anywhere stands for. */
export function failureOf(error: unknown): HttpMaskError {
  if (error instanceof HttpMaskError) return error
  const { name, code } = (typeof error === 'object' && error !== null ? error : {}) as { readonly name?: unknown; readonly code?: unknown }
  if (name !== 'MaskError') return new HttpMaskError('internal')
  return new HttpMaskError(code === 'too_deep' ? 'too_deep' : 'mask_failed')
}

/** What the client gets in place of a body. */
export function failureBody(code: HttpFailureCode): string {
  return `{"error":"masking_failed","code":"${code}"}`
}
