/**
 * mask-logs/http: masks what a server answers (`maskFastify`, `maskExpress`, `maskFetch`), what other services answer (`maskedFetch`), and the copies
 * of requests and responses that are logged (`describeRequest`, `describeResponse`).
 *
 * ```js
 * import { maskExpress } from 'mask-logs/http'
 * app.use(maskExpress({ ruleset: 'rules/pii.yaml' }))
 * ```
 * @module
 */
export { describeRequest, describeResponse } from './describe.ts'
export type { DescribeOptions, RequestDescription, ResponseDescription } from './describe.ts'
export { maskExpress } from './express.ts'
export type { MaskMiddleware } from './express.ts'
export { HttpMaskError } from './failure.ts'
export type { HttpFailureCode } from './failure.ts'
export { maskFastify } from './fastify.ts'
export type { FastifyLike, FastifyRequestLike, MaskFastifyOptions, RouteMask } from './fastify.ts'
export { maskedFetch, maskFetch } from './fetch.ts'
export type { Masking } from './fetch.ts'
export type { HeaderAction } from './headers.ts'
export type { BodyKind } from './kinds.ts'
export { createHttpMask } from './mask.ts'
export type { HttpFailure, HttpMask, HttpMaskOptions, HttpStats } from './mask.ts'
