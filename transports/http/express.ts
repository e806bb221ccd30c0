import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ReloadEvent } from '../../src/index.ts'
import { guardBy } from './guard.ts'
import { type HttpMask, httpMask, type HttpMaskOptions, type HttpStats } from './mask.ts'

/** Middleware of Express and Connect; with plain `node:http` it is called before the handler. */
export interface MaskMiddleware<Request extends IncomingMessage = IncomingMessage> {
  (request: Request, response: ServerResponse, next?: (error?: unknown) => void): void
  stats(): HttpStats
  /** Of createHttpMask. */
  reload(): ReloadEvent
  close(): void
}

/**
 * Middleware that masks what is written to the response: bodies, headers, trailers, whatever writes them. Put it behind compression and
 * before everything else. Used twice, the inner one holds. Throws RulesetError or InputError for options that cannot be used.
 *
 * @example app.use(maskExpress({ ruleset: 'rules/pii.yaml' }))
 * @example const mask = maskExpress(); createServer((request, response) => mask(request, response, () => handle(request, response)))
 */
export function maskExpress<Request extends IncomingMessage = IncomingMessage>(options: HttpMaskOptions<Request> | HttpMask = {}): MaskMiddleware<Request> {
  const mask = httpMask(options as HttpMaskOptions<never> | HttpMask)
  const middleware = (request: Request, response: ServerResponse, next?: (error?: unknown) => void): void => {
    if (guardBy(request, response, mask, () => mask.for(request))) next?.()
  }
  return Object.assign(middleware, { stats: () => mask.stats(), reload: () => mask.reload(), close: () => mask.close() })
}
