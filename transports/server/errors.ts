// Answers that are no success, as errors: thrown anywhere below a route, written by the server's one error handler. What they say is
// fixed words, names and offsets; never a byte of a request body, a secret, or another library's message.

/** A place in a request, for 422. */
export type Place = readonly (string | number)[]

/** One remark of a 422 answer. */
export interface Detail {
  readonly loc: Place
  readonly msg: string
  readonly type: string
}

/** An answer that refuses a request. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly body: object
  readonly headers: Readonly<Record<string, string>>
  constructor(status: number, body: object, headers: Readonly<Record<string, string>> = {}) {
    super(`refused with ${status}`)
    this.status = status
    this.body = body
    this.headers = headers
  }
}

/** `{"error": text}` with a status. */
export function refuse(status: number, error: string, headers?: Readonly<Record<string, string>>): Refusal {
  return new Refusal(status, { error }, headers)
}

/** 422 with its remarks. */
export function invalid(...detail: readonly Detail[]): Refusal {
  return new Refusal(422, { detail })
}

/** 422 for a missing field. */
export function missing(...loc: Place): Refusal {
  return invalid({ loc, msg: 'field required', type: 'missing' })
}

/** 422 for a field of another type. */
export function wrongType(loc: Place, what: string): Refusal {
  return invalid({ loc, msg: `must be ${what}`, type: 'type' })
}

/** 400 for parameters that a mask request cannot have. */
export function badParameters(text: string): Refusal {
  return refuse(400, `Invalid masking parameters: ${text}`)
}

export const unauthorized = (): Refusal => refuse(401, 'Invalid or expired token.', { 'WWW-Authenticate': 'Bearer' })
export const forbidden = (): Refusal => refuse(403, 'You do not have permission to perform this action.')
export const planNotFound = (name: string): Refusal => refuse(404, `Ruleset plan '${name}' not found.`)
