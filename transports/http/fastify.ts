import type { IncomingMessage, ServerResponse } from 'node:http'
import { guardBy } from './guard.ts'
import { HttpMask, httpMask, type HttpMaskOptions, type HttpStats } from './mask.ts'

/** What the plugin needs of a Fastify instance. */
export interface FastifyLike {
  addHook(name: 'onRequest', hook: (request: FastifyRequestLike, reply: { readonly raw: ServerResponse }, done: (error?: Error) => void) => void): unknown
  addHook(name: 'onRoute', hook: (route: { readonly config?: unknown }) => void): unknown
  addHook(name: 'onClose', hook: (instance: unknown, done: () => void) => void): unknown
  decorate(name: string, value: unknown): unknown
  hasDecorator(name: string): boolean
}

/** What the plugin needs of a request of Fastify. */
export interface FastifyRequestLike {
  readonly raw: IncomingMessage
  readonly url: string
  readonly method: string
  readonly headers: IncomingMessage['headers']
  readonly routeOptions?: { readonly config?: unknown }
}

/** Options of the plugin: those of the others, or what createHttpMask has made of them as `mask`. */
export interface MaskFastifyOptions extends HttpMaskOptions<FastifyRequestLike> {
  readonly mask?: HttpMask | undefined
}

/** The mask of a route (`config.mask`): options, a result of createHttpMask, or false for none. */
export type RouteMask = HttpMaskOptions | HttpMask | false

/**
 * Plugin of Fastify 5 that masks responses: those of handlers, error handlers, hooks and `reply.raw`. Register it first. A route has its
 * own with `config: { mask }`. Adds `maskStats()` to the instance. Fails to register with RulesetError or InputError.
 *
 * @example await fastify.register(maskFastify, { ruleset: 'rules/pii.yaml' })
 */
export function maskFastify(instance: FastifyLike, options: MaskFastifyOptions, done: (error?: Error) => void): void {
  let base: HttpMask
  /** By what stands in the config of a route. */
  const compiled = new WeakMap<object, HttpMask>()
  const own = new Set<HttpMask>()
  /** The mask that a route names; undefined: it names none. */
  const ofRoute = (config: unknown): HttpMask | false | undefined => {
    const mask = (config as { readonly mask?: RouteMask } | undefined)?.mask
    if (mask === undefined || mask === false || mask instanceof HttpMask) return mask
    let made = compiled.get(mask)
    if (made === undefined) {
      made = httpMask(mask)
      compiled.set(mask, made)
      own.add(made)
    }
    return made
  }
  try {
    // Fastify's own options of a plugin.
    const { mask, prefix: _, logLevel: __, logSerializers: ___, ...rest } = options as typeof options & Readonly<Record<'prefix' | 'logLevel' | 'logSerializers', unknown>>
    base = mask instanceof HttpMask ? mask : httpMask(rest)
    if (!(mask instanceof HttpMask)) own.add(base)
    // Registered once more further in, it is that of the outer one.
    if (!instance.hasDecorator('maskStats')) instance.decorate('maskStats', (): HttpStats => base.stats())
  } catch (error) {
    done(error as Error)
    return
  }
  // A ruleset that cannot be used is told when the route is made, where the route comes after the plugin; else it refuses its responses.
  instance.addHook('onRoute', (route) => void ofRoute(route.config))
  instance.addHook('onRequest', (request, reply, next) => {
    if (guardBy(request.raw, reply.raw, base, () => ofRoute(request.routeOptions?.config) ?? base.for(request))) next()
  })
  instance.addHook('onClose', (_instance, next) => {
    for (const mask of own) mask.close()
    next()
  })
  done()
}

// The plugin is in force for the instance that it is registered on, not for one of its own.
Object.assign(maskFastify, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'mask-logs',
  [Symbol.for('plugin-meta')]: { name: 'mask-logs', fastify: '5.x' },
})
