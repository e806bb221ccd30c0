// The routes. What is common to all of them is in hooks: a caller that is known, limits, one form for what is refused, a line in the log.

import { randomInt, randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { fastify } from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods, RouteOptions } from 'fastify'
import multipart from '@fastify/multipart'
import { BUILTIN_NAMES, builtinRuleset, rulesetJsonSchema } from '../../src/index.ts'
import type { FindingEvent, FindingsSink, Keyring } from '../../src/index.ts'
import { PAGE_HEADERS, packageVersion, readAssets, swaggerFolder, webFolder } from './assets.ts'
import type { Asset } from './assets.ts'
import type { Auth, Caller } from './auth.ts'
import { checkContentType, readBody } from './body.ts'
import type { Settings } from './config.ts'
import { forbidden, invalid, missing, planNotFound, refuse, Refusal, wrongType } from './errors.ts'
import { text } from './json.ts'
import { RateLimiter } from './limits.ts'
import type { LiveLines } from './live.ts'
import type { Logs } from './log.ts'
import { answerMask, explainMask } from './masking.ts'
import type { Engine, MaskAnswer, MaskSettings } from './masking.ts'
import type { Maskers } from './maskers.ts'
import type { Metrics } from './metrics.ts'
import { Outbox } from './outbox.ts'
import { openApi } from './openapi.ts'
import { DEFAULT_OPTIONS, issueObject, NEW_NAME, PLAN_NAME, planDetail, planLogs, planSummary, rulesetProblem } from './plans.ts'
import type { Compiler, Plan, PlanOptions } from './plans.ts'
import type { Pool } from './pool.ts'
import { bodyMembers, fieldsOf, jsonBody, levelOf, malformed } from './request.ts'
import { SCOPES } from './roles.ts'
import type { Scope } from './roles.ts'
import { SchemaFault } from './schema.ts'
import { MOST_SEED_BYTES } from './seeds.ts'
import type { Seeds } from './seeds.ts'
import type { PlanStore } from './store.ts'

/** What the routes work with. */
export interface Services {
  readonly settings: Settings
  readonly logs: Logs
  readonly metrics: Metrics
  /** Undefined: `auth: none`. */
  readonly auth: Auth | undefined
  readonly store: PlanStore
  readonly seeds: Seeds
  readonly compiler: Compiler
  readonly maskers: Maskers
  readonly keyring: Keyring
  readonly setAiEngine: (url: string | undefined) => void
  /** Undefined: everything is masked in this thread. */
  readonly pool: Pool | undefined
  /** Lines that pass through this server; undefined: none do. */
  readonly live: LiveLines | undefined
  readonly state: { ready: boolean; draining: boolean }
  /** What answers a mask request, in place of `answerMask`: for the benchmark. */
  readonly answer?: typeof answerMask | undefined
  /** Where findings go, and what this thread's maskers have found. */
  readonly findings?: { readonly sink: FindingsSink; readonly found: FindingEvent[] } | undefined
}

interface RouteConfig {
  /** Undefined: anybody who is known. */
  readonly scope?: Scope
  /** Everybody. */
  readonly open?: true
  /** Keys of /api/ count. */
  readonly api?: true
  /** For the metrics. */
  readonly route: string
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown
interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly config: Omit<RouteConfig, 'route'>
  /** Its body is a form with files. */
  readonly upload?: true
  readonly handler: Handler
}

/** What is known of a request while it runs. */
interface Running {
  caller: Caller | undefined
  readonly begun: number
  counted: boolean
  /** It is in the access log already. */
  logged?: true
}

const running = Symbol('running')
type Own = FastifyRequest & { [running]?: Running }
const callerOf = (request: FastifyRequest): Caller => (request as Own)[running]?.caller as Caller

const METHODS: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
/** Bodies from here on are masked in a worker. */
const LARGE_BODY = 65_536
/** Masked in well under a millisecond. */
const SHORT_BODY = 8192
const KEEP_ALIVE = 95_000
/** Files of the page from here on are sent compressed. */
const SMALL_ASSET = 2048
/** Of a body that nobody wants: so long may the client go on before the connection is cut. */
const LINGER = 500
const ADMIN: Caller = { name: 'local', role: 'admin', scopes: SCOPES.admin, plans: undefined }
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Builds the application; it does not listen yet. */
export async function createApp(services: Services): Promise<FastifyInstance> {
  const { settings, logs, metrics, auth, state } = services
  const rates = settings.rateLimit === undefined ? undefined : new RateLimiter(settings.rateLimit.perSecond, settings.rateLimit.burst)
  const tls = settings.tls
  const app = fastify({
    logger: false,
    routerOptions: { ignoreTrailingSlash: true, caseSensitive: true, maxParamLength: 200 },
    keepAliveTimeout: KEEP_ALIVE,
    // Node's own limit on whole requests is above ours on bodies, which answer with words
    requestTimeout: settings.timeouts.headers + settings.timeouts.body + 5000,
    trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
    bodyLimit: settings.maxBodyBytes,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    genReqId: () => randomUUID(),
    http: { headersTimeout: settings.timeouts.headers, connectionsCheckingInterval: 1000 },
    clientErrorHandler(error: Error, socket: Socket) {
      // the parser's message could quote what came
      const { code } = error as { code?: string }
      if (code === 'ECONNRESET' || socket.destroyed) return
      const [status, words] =
        code === 'ERR_HTTP_REQUEST_TIMEOUT'
          ? ['408 Request Timeout', 'The request took too long.']
          : code === 'HPE_HEADER_OVERFLOW'
            ? ['431 Request Header Fields Too Large', 'The request headers are too large.']
            : ['400 Bad Request', 'This is no HTTP request.']
      const body = JSON.stringify({ error: words })
      if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`)
      else socket.destroy()
    },
    frameworkErrors: (_error: Error, request: FastifyRequest, reply: FastifyReply) =>
      void reply.code(400).header('X-Request-Id', request.id).send({ error: 'The path of the request is not valid.' }),
    ...(tls === undefined
      ? {}
      : {
          https: {
            cert: tls.cert,
            key: tls.key,
            minVersion: 'TLSv1.2',
            ...(tls.clientCa === undefined ? {} : { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true }),
            headersTimeout: settings.timeouts.headers,
            connectionsCheckingInterval: 1000,
          },
        }),
  } as Parameters<typeof fastify>[0]) as unknown as FastifyInstance

  // ---------------------------------------------------------------------------------------------- common to all

  app.removeAllContentTypeParsers()
  const bodyLimits = { maxBytes: settings.maxBodyBytes, timeout: settings.timeouts.body }
  const parse = (request: FastifyRequest, payload: Parameters<typeof readBody>[1], done: Parameters<typeof readBody>[3]): void => {
    try {
      checkContentType(request)
      readBody(request, payload, bodyLimits, done)
    } catch (error) {
      done(error as Error)
    }
  }
  // what has a name of its own is found faster
  app.addContentTypeParser('application/json', parse)
  app.addContentTypeParser('*', parse)
  app.decorateRequest(running as unknown as string, null as unknown as undefined)

  app.addHook('onRequest', (request, reply, done) => {
    const config = request.routeOptions.config as unknown as RouteConfig | undefined
    const own: Running = { caller: undefined, begun: performance.now(), counted: true }
    ;(request as Own)[running] = own
    metrics.inFlight++
    reply.header('X-Request-Id', request.id)
    const { origin, authorization } = request.headers
    if (origin !== undefined && settings.corsOrigins.includes(origin)) {
      reply.headers({ 'Access-Control-Allow-Origin': origin, Vary: 'Origin', 'Access-Control-Expose-Headers': 'X-Request-Id, ETag, Retry-After' })
      if (request.method === 'OPTIONS') {
        reply.headers({
          'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
          'Access-Control-Allow-Headers': 'Authorization, Content-Type, If-Match',
          'Access-Control-Max-Age': '600',
        })
        reply.code(204).send()
        return
      }
    }
    const health = config?.route === '/api/healthcheck/' || config?.route === '/api/readiness/'
    if (metrics.inFlight > settings.maxConcurrent && !health) {
      done(refuse(503, 'Too many requests at once.', { 'Retry-After': '1' }))
      return
    }
    const path = pathOf(request)
    const guarded = config?.route === undefined ? /^\/(ifm|api)\//.test(path) : config.open !== true
    /** What a caller that is known may do here. */
    const admit = (): void => {
      let error: Error | undefined
      if (guarded) {
        const wait = rates !== undefined && own.caller !== undefined ? rates.take(own.caller.name) : 0
        if (wait > 0) error = refuse(429, 'Rate limit exceeded.', { 'Retry-After': String(wait) })
        else if (config?.scope !== undefined && own.caller?.scopes.includes(config.scope) !== true) error = forbidden()
      }
      done(error)
    }
    if (auth === undefined) own.caller = ADMIN
    else if (authorization !== undefined || guarded) {
      auth.caller(authorization, path.startsWith('/api/')).then(
        (caller) => {
          own.caller = caller
          admit()
        },
        (error: Error) => (guarded ? done(error) : admit()),
      )
      return
    }
    // in the same turn: nothing is waited for
    admit()
  })

  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (state.draining) reply.header('Connection', 'close')
    done()
  })

  app.addHook('onResponse', (request, reply, done) => {
    const own = (request as Own)[running]
    const config = request.routeOptions.config as unknown as RouteConfig | undefined
    if (own?.counted === true) {
      own.counted = false
      metrics.inFlight--
    }
    const milliseconds = own === undefined ? 0 : performance.now() - own.begun
    const { statusCode } = reply
    metrics.request(METHODS.includes(request.method as HTTPMethods) || request.method === 'HEAD' ? request.method : 'other', config?.route ?? 'unknown', statusCode, milliseconds)
    if (own?.logged !== true) logAccess(logs, request, statusCode, Number(reply.getHeader('content-length') ?? 0), milliseconds)
    done()
  })

  // a client that goes away gets no answer, but does not count any longer either
  app.addHook('onRequestAbort', async (request) => {
    const own = (request as Own)[running]
    if (own?.counted !== true) return
    own.counted = false
    metrics.inFlight--
  })

  app.setErrorHandler((error, request, reply) => {
    lingerFor(request, reply.raw)
    const known = knownError(error)
    if (known !== undefined) return reply.code(known.status).headers(known.headers).type('application/json').send(JSON.stringify(known.body))
    const { name, code, stack = '' } = error as Error & { code?: unknown }
    // the message may quote anything; where it happened does not
    const at = stack
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .slice(0, 8)
      .map((line) => line.trim().replace(/\(?(?:file:\/\/)?\/[^)]*\/(?=[^/]+$)/, ''))
      .join(' | ')
    logs.log('error', 'internal error', { request_id: request.id, error: String(name), code: typeof code === 'string' ? code : undefined, at })
    return reply
      .code(500)
      .type('application/json')
      .send(JSON.stringify({ error: 'Internal error.', request_id: request.id }))
  })
  app.setNotFoundHandler((request, reply) => {
    lingerFor(request, reply.raw)
    return reply.code(404).send({ error: 'Not found.' })
  })

  // ---------------------------------------------------------------------------------------------- routes

  const routes: Route[] = [...apiRoutes(services), ...planRoutes(services), ...maskRoutes(services), ...pageRoutes(services), ...liveRoutes(services)]
  const byPath = new Map<string, Route[]>()
  for (const route of routes) byPath.set(route.path, [...(byPath.get(route.path) ?? []), route])
  const ofRoute = ({ method, path, config, handler }: Route): RouteOptions => ({ method, url: path, config: { ...config, route: path } as never, handler })
  // what the plugin does to each request it does to those of its own routes alone
  await app.register(async (scope) => {
    await scope.register(multipart, { limits: { fieldNameSize: 100, fieldSize: 1000, fields: 10, files: 1, fileSize: MOST_SEED_BYTES, headerPairs: 100, parts: 12 } })
    for (const route of routes) if (route.upload === true) scope.route(ofRoute(route))
  })
  for (const [path, list] of byPath) {
    for (const route of list) if (route.upload !== true) app.route(ofRoute(route))
    const there = new Set<HTTPMethods>(list.map(({ method }) => method))
    const allow = [...there, ...(there.has('GET') ? ['HEAD'] : [])].sort().join(', ')
    const open = list.every(({ config }) => config.open === true)
    app.route({
      method: METHODS.filter((method) => !there.has(method)),
      url: path,
      config: { ...(open ? { open } : {}), route: path } as never,
      onRequest: async () => {
        throw refuse(405, 'This method is not allowed here.', { Allow: allow })
      },
      handler: () => undefined,
    })
  }
  await app.ready()
  return app
}

function logAccess(logs: Logs, request: FastifyRequest, status: number, bytes: number, milliseconds: number): void {
  logs.access({ address: request.ip, user: (request as Own)[running]?.caller?.name, method: request.method, path: pathOf(request), status, bytes, milliseconds, id: request.id })
}

/** The path without its query. */
function pathOf(request: FastifyRequest): string {
  const { url } = request
  const end = url.indexOf('?')
  return end < 0 ? url : url.slice(0, end)
}

/** A client that still sends what nobody reads is cut off, a moment after it could have read the answer. */
function lingerFor(request: FastifyRequest, response: ServerResponse): void {
  if (request.raw.complete) return
  response.once('finish', () => {
    setTimeout(() => {
      if (!request.raw.complete) request.raw.socket.destroy()
    }, LINGER).unref()
  })
}

/** What is no defect. */
function knownError(error: unknown): Pick<Refusal, 'status' | 'body' | 'headers'> | undefined {
  if (error instanceof Refusal) return error
  const problem = rulesetProblem(error)
  if (problem !== undefined) return { status: 400, body: problem, headers: {} }
  if (error instanceof SchemaFault) return { status: 400, body: { error: `Invalid schema: ${error.message}.` }, headers: {} }
  const { statusCode } = error as { statusCode?: unknown }
  // of the framework and its plugins: their words are not ours to repeat
  if (statusCode === 413) return { status: 413, body: { error: 'The request is too large.' }, headers: {} }
  if (statusCode === 415 || statusCode === 406) return { status: 415, body: { error: 'The request body has another type than this path takes.' }, headers: {} }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) return { status: 400, body: { error: 'The request is not valid.' }, headers: {} }
  return undefined
}

/** The body as an object with checked names. */
function bodyFields(request: FastifyRequest): { field: (name: string) => unknown; has: (name: string) => boolean; isNull: (name: string) => boolean } {
  const body = jsonBody(request.body)
  const members = bodyMembers(body)
  const field = fieldsOf(body, members)
  return {
    field: (name) => {
      try {
        return field(name)
      } catch {
        throw malformed(members.get(name)?.start ?? 0)
      }
    },
    has: (name) => members.has(name),
    isNull: (name) => {
      const member = members.get(name)
      return member !== undefined && body[member.start] === 0x6e
    },
  }
}

function stringField(fields: ReturnType<typeof bodyFields>, name: string): string {
  if (!fields.has(name)) throw missing('body', name)
  const value = fields.field(name)
  if (typeof value !== 'string') throw wrongType(['body', name], 'a string')
  return value
}

// -------------------------------------------------------------------------------------------------- /api/

function apiRoutes({ auth, store, seeds, state }: Services): Route[] {
  const credentials = (request: FastifyRequest): [string, string] => {
    const fields = bodyFields(request)
    return [stringField(fields, 'username'), stringField(fields, 'password')]
  }
  const needed = (): Auth => {
    if (auth === undefined) throw refuse(400, 'This server runs without logins (auth: none).')
    return auth
  }
  const routes: Route[] = [
    { method: 'GET', path: '/api/healthcheck/', config: { open: true }, handler: () => ({ status: 'ok' }) },
    {
      method: 'GET',
      path: '/api/readiness/',
      config: { open: true },
      handler(_request, reply) {
        if (state.ready && !state.draining && store.readable) return { status: 'ready', plans: store.size }
        const status = state.draining ? 'draining' : state.ready ? 'unreadable' : 'starting'
        return reply.code(503).header('Retry-After', '1').send({ status })
      },
    },
    { method: 'POST', path: '/api/auth/jwt/login/', config: { open: true }, handler: (request) => needed().login(...credentials(request), request.ip) },
    { method: 'POST', path: '/api/auth/token/login/', config: { open: true }, handler: (request) => needed().apiLogin(...credentials(request), request.ip) },
    {
      method: 'POST',
      path: '/api/auth/jwt/refresh/',
      config: { open: true },
      handler: (request) => needed().refresh(stringField(bodyFields(request), 'refresh')),
    },
    { method: 'GET', path: '/api/seeds/', config: { scope: 'ifm/seeds:list', api: true }, handler: () => seeds.list() },
    {
      method: 'POST',
      path: '/api/seeds/',
      config: { scope: 'ifm/seeds:create', api: true },
      upload: true,
      async handler(request, reply) {
        if (!request.isMultipart()) throw refuse(415, 'A seed file is sent as multipart/form-data.')
        let name: string | undefined
        let replace = false
        let bytes: Buffer | undefined
        for await (const part of request.parts()) {
          if (part.type === 'file') {
            if (part.fieldname !== 'seed_file') throw invalid({ loc: ['body'], msg: "the file is named 'seed_file'", type: 'unknown' })
            bytes = await part.toBuffer()
            // named after the file where no other name is given
            name ??= part.filename
          } else if (part.fieldname === 'name') name = String(part.value)
          else if (part.fieldname === 'replace') replace = String(part.value) === 'true'
        }
        if (bytes === undefined) throw missing('body', 'seed_file')
        if (name === undefined || name === '') throw missing('body', 'name')
        return reply.code(201).send(seeds.add(name, bytes, replace))
      },
    },
    {
      method: 'DELETE',
      path: '/api/seeds/:id/',
      config: { scope: 'ifm/seeds:delete', api: true },
      handler(request, reply) {
        seeds.remove((request.params as { id: string }).id)
        return reply.code(204).send()
      },
    },
  ]
  return routes
}

// -------------------------------------------------------------------------------------------------- plans

function planRoutes(services: Services): Route[] {
  const { settings, store, compiler } = services
  const base = (request: FastifyRequest): string =>
    settings.publicUrl ?? `${request.protocol}://${/^[A-Za-z0-9.:[\]-]{1,255}$/.test(request.host) ? request.host : `${settings.host}:${settings.port}`}`
  const nameOf = (request: FastifyRequest): string => {
    const { name } = request.params as { name: string }
    const { plans } = callerOf(request)
    if (plans !== undefined && !plans.some((one) => one.test(name))) throw forbidden()
    // a path may hold anything; only what can be a name is said back
    if (!PLAN_NAME.test(name)) throw refuse(404, 'Ruleset plan not found.')
    return name
  }
  const ifMatch = (request: FastifyRequest): ((plan: Plan) => void) => {
    const given = request.headers['if-match']
    return (plan) => {
      if (given === undefined || given.trim() === '*') return
      if (!given.split(',').some((one) => one.trim() === `"${plan.serial}"`)) throw refuse(412, 'The plan has another version than If-Match names.')
    }
  }
  const changed = (request: FastifyRequest, reply: FastifyReply, plan: Plan): unknown =>
    reply.header('ETag', `"${plan.serial}"`).send(planDetail(plan, base(request), planLogs(plan)))
  const routes: Route[] = [
    { method: 'GET', path: '/ifm/verify-token/', config: {}, handler: (request) => ({ scopes: callerOf(request).scopes }) },
    {
      method: 'GET',
      path: '/ifm/ruleset-plans/',
      config: { scope: 'ifm/rules:list' },
      handler(request) {
        const query = request.query as Record<string, unknown>
        const limit = queryNumber(query, 'limit', 100, 1, 1000)
        const offset = queryNumber(query, 'offset', 0, 0, Number.MAX_SAFE_INTEGER)
        const search = typeof query['search'] === 'string' ? query['search'].toLowerCase() : ''
        const { plans, scopes } = callerOf(request)
        let found = store.all
        if (plans !== undefined) found = found.filter(({ name }) => plans.some((one) => one.test(name)))
        if (search !== '') {
          const inText = scopes.includes('ifm/rules:read')
          found = found.filter(({ name, ruleset_yaml }) => name.toLowerCase().includes(search) || (inText && ruleset_yaml.toLowerCase().includes(search)))
        }
        const root = base(request)
        return { items: found.slice(offset, offset + limit).map((plan) => planSummary(plan, root)), total: found.length, limit, offset }
      },
    },
    {
      method: 'POST',
      path: '/ifm/ruleset-plans/',
      config: { scope: 'ifm/rules:create' },
      async handler(request, reply) {
        const fields = bodyFields(request)
        const name = stringField(fields, 'name')
        if (!NEW_NAME.test(name)) throw invalid({ loc: ['body', 'name'], msg: 'must begin with a letter or digit and have at most 64 letters, digits, - and _', type: 'name' })
        const yaml = rulesetField(fields)
        const exact = fields.field('exact_name') ?? false
        if (typeof exact !== 'boolean') throw wrongType(['body', 'exact_name'], 'true or false')
        const options = optionsField(fields, DEFAULT_OPTIONS)
        const { schema, schema_mode } = schemaFields(fields, null, 'enforce')
        if (store.size >= settings.maxPlans) throw refuse(409, `There are ${settings.maxPlans} plans already.`)
        const time = new Date().toISOString()
        const { plans } = callerOf(request)
        for (let tries = 0; tries < (exact ? 1 : 5); tries++) {
          const full = exact ? name : `${name}-${suffix()}`
          if (plans !== undefined && !plans.some((one) => one.test(full))) throw forbidden()
          const plan = await store.create({ name: full, serial: 0, created_time: time, modified_time: time, options, schema, schema_mode }, yaml)
          if (plan !== undefined)
            return reply
              .code(201)
              .header('ETag', '"0"')
              .send(planDetail(plan, base(request), planLogs(plan)))
        }
        throw refuse(409, `A ruleset plan named '${name}' already exists.`)
      },
    },
    {
      method: 'GET',
      path: '/ifm/ruleset-plans/:name/',
      config: { scope: 'ifm/rules:read' },
      handler(request, reply) {
        const name = nameOf(request)
        const plan = store.get(name)
        if (plan === undefined) throw planNotFound(name)
        return reply.header('ETag', `"${plan.serial}"`).send(planDetail(plan, base(request)))
      },
    },
    {
      method: 'PUT',
      path: '/ifm/ruleset-plans/:name/',
      config: { scope: 'ifm/rules:update' },
      async handler(request, reply) {
        const name = nameOf(request)
        if (store.get(name) === undefined) throw planNotFound(name)
        const fields = bodyFields(request)
        const yaml = rulesetField(fields)
        const options = optionsField(fields, DEFAULT_OPTIONS)
        const { schema, schema_mode } = schemaFields(fields, null, 'enforce')
        const allow = ifMatch(request)
        const plan = await store.change(name, (before) => {
          allow(before)
          return { yaml, record: { ...identity(before), options, schema, schema_mode } }
        })
        if (plan === undefined) throw planNotFound(name)
        return changed(request, reply, plan)
      },
    },
    {
      method: 'PATCH',
      path: '/ifm/ruleset-plans/:name/',
      config: { scope: 'ifm/rules:update' },
      async handler(request, reply) {
        const name = nameOf(request)
        if (store.get(name) === undefined) throw planNotFound(name)
        const fields = bodyFields(request)
        for (const one of ['ruleset_yaml', 'options', 'schema_mode']) if (fields.isNull(one)) throw wrongType(['body', one], 'given, or left out')
        const yaml = fields.has('ruleset_yaml') ? rulesetField(fields) : undefined
        const allow = ifMatch(request)
        const touched = ['ruleset_yaml', 'options', 'schema', 'schema_mode'].some((one) => fields.has(one))
        // what is wrong with it does not depend on the plan
        optionsField(fields, DEFAULT_OPTIONS)
        schemaFields(fields, null, 'enforce')
        const plan = await store.change(name, (before) => {
          allow(before)
          if (!touched) return undefined
          return {
            yaml: yaml ?? before.ruleset_yaml,
            record: { ...identity(before), options: optionsField(fields, before.options), ...schemaFields(fields, before.schema, before.schema_mode) },
          }
        })
        if (plan === undefined) throw planNotFound(name)
        return changed(request, reply, plan)
      },
    },
    {
      method: 'DELETE',
      path: '/ifm/ruleset-plans/:name/',
      config: { scope: 'ifm/rules:delete' },
      async handler(request, reply) {
        const name = nameOf(request)
        if (!(await store.remove(name, ifMatch(request)))) throw planNotFound(name)
        return reply.code(204).send()
      },
    },
    {
      method: 'POST',
      path: '/ifm/validate/',
      config: { scope: 'ifm/rules:create' },
      handler(request) {
        const yaml = rulesetField(bodyFields(request))
        try {
          const masker = compiler.compile(yaml)
          const issues = masker.warnings.map(issueObject)
          masker.close()
          return { valid: true, issues }
        } catch (error) {
          const problem = rulesetProblem(error)
          if (problem === undefined) throw error
          return { valid: false, issues: problem.issues }
        }
      },
    },
  ]
  return routes
}

function identity({ name, serial, created_time }: Plan): { name: string; serial: number; created_time: string; modified_time: string } {
  return { name, serial: serial + 1, created_time, modified_time: new Date().toISOString() }
}

function suffix(): string {
  let out = ''
  for (let i = 0; i < 6; i++) out += LETTERS[randomInt(LETTERS.length)]
  return out
}

function queryNumber(query: Record<string, unknown>, name: string, otherwise: number, least: number, most: number): number {
  const given = query[name]
  if (given === undefined) return otherwise
  const value = typeof given === 'string' && /^\d{1,16}$/.test(given) ? Number(given) : Number.NaN
  if (!(value >= least && value <= most))
    throw invalid({ loc: ['query', name], msg: `must be a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`}`, type: 'range' })
  return value
}

function rulesetField(fields: ReturnType<typeof bodyFields>): string {
  const yaml = stringField(fields, 'ruleset_yaml')
  // half a surrogate pair cannot be kept as UTF-8
  if (!yaml.isWellFormed()) throw wrongType(['body', 'ruleset_yaml'], 'Unicode text')
  return yaml
}

function optionsField(fields: ReturnType<typeof bodyFields>, from: PlanOptions): PlanOptions {
  const given = fields.field('options')
  if (given === undefined) return from
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw wrongType(['body', 'options'], 'an object')
  const out = { ...from }
  for (const [key, value] of Object.entries(given)) {
    if (key === 'enabled') {
      if (typeof value !== 'boolean') throw wrongType(['body', 'options', key], 'true or false')
      out.enabled = value
    } else if (key === 'default_encoding' || key === 'default_charset') {
      if (typeof value !== 'string' || value.length > 100) throw wrongType(['body', 'options', key], 'a string')
      out[key] = value
    } else if (key === 'default_log_level') {
      if (value === null) throw wrongType(['body', 'options', key], 'a level')
      out.default_log_level = levelOf(value, ['body', 'options', key])!
    } else throw invalid({ loc: ['body', 'options'], msg: `has a key that is not known: there are ${Object.keys(DEFAULT_OPTIONS).join(', ')}`, type: 'unknown' })
  }
  return out
}

function schemaFields(fields: ReturnType<typeof bodyFields>, schema: object | null, mode: 'enforce' | 'report'): { schema: object | null; schema_mode: 'enforce' | 'report' } {
  let next = schema
  if (fields.has('schema')) {
    const given = fields.field('schema')
    if (given !== undefined && (typeof given !== 'object' || Array.isArray(given))) throw wrongType(['body', 'schema'], 'an object, or null')
    next = (given as object | undefined) ?? null
  }
  const given = fields.field('schema_mode')
  if (given !== undefined && given !== 'enforce' && given !== 'report') throw wrongType(['body', 'schema_mode'], 'enforce or report')
  return { schema: next, schema_mode: given ?? mode }
}

// -------------------------------------------------------------------------------------------------- masking

function maskRoutes(services: Services): Route[] {
  const { answer = answerMask } = services
  const { settings, store, maskers, metrics, keyring, setAiEngine, compiler, pool, findings } = services
  const maskSettings: MaskSettings = { maxRecords: settings.maxRecords, runSecret: settings.runSecret, allowedUrls: settings.aiEngine.allowedUrls }
  const outbox = new Outbox()
  const prepare = (reply: FastifyReply, name: string, answer: MaskAnswer): FastifyReply => {
    metrics.records(name, answer.records, answer.errors)
    for (const finding of answer.findings ?? []) {
      const event = { ...finding, request_id: answer.requestId }
      findings?.sink.write(event, `ifm/${name}`)
    }
    if (answer.requestId !== reply.request.id) reply.header('X-Request-Id', answer.requestId)
    return reply.code(answer.status).header('Content-Type', 'application/json')
  }
  return [
    {
      method: 'POST',
      path: '/ifm/ruleset-plans/:name/mask/',
      config: { scope: 'ifm/mask' },
      handler(request, reply) {
        const { name } = request.params as { name: string }
        const { plans } = callerOf(request)
        if (plans !== undefined && !plans.some((one) => one.test(name))) throw forbidden()
        if (!PLAN_NAME.test(name)) throw refuse(404, 'Ruleset plan not found.')
        // what is in force now is what this request is masked with, whatever comes
        const plan = store.get(name)
        if (plan === undefined) throw planNotFound(name)
        const body = request.body as Buffer | undefined
        if (pool !== undefined && body !== undefined && (body.length >= LARGE_BODY || plan.usesAi))
          return pool.mask(plan, body).then((answer) => prepare(reply, name, answer).send(answer.body))
        const engine: Engine = { masker: maskers.of(plan), keyring, setAiEngine, findings: findings?.found }
        // who waits does not wait for what takes long
        const short = body === undefined || body.length < SHORT_BODY
        if (short) outbox.relieve()
        else outbox.flush()
        const done = answer(plan, engine, body, maskSettings, request.id)
        prepare(reply, name, done)
        if (short) outbox.put(reply, done.body)
        else reply.send(done.body)
        // nothing is returned: the framework would wait for it
        return undefined
      },
    },
    {
      method: 'POST',
      path: '/ifm/explain/',
      config: { scope: 'ifm/rules:create' },
      handler(request, reply) {
        const body = jsonBody(request.body)
        const members = bodyMembers(body, new Set(['data']))
        const of = (field: string): string | undefined => {
          const member = members.get(field)
          if (member === undefined) return undefined
          if (body[member.start] !== 0x22) throw wrongType(['body', field], 'a string')
          return text(body, member.start, member.end)
        }
        const yaml = of('ruleset_yaml')
        const name = of('plan')
        if ((yaml === undefined) === (name === undefined)) throw invalid({ loc: ['body'], msg: "takes either 'ruleset_yaml' or 'plan'", type: 'missing' })
        let ruleset = yaml
        if (name !== undefined) {
          const plan = PLAN_NAME.test(name) ? store.get(name) : undefined
          const { plans } = callerOf(request)
          if (plans !== undefined && !plans.some((one) => one.test(name))) throw forbidden()
          if (plan === undefined) throw PLAN_NAME.test(name) ? planNotFound(name) : refuse(404, 'Ruleset plan not found.')
          ruleset = plan.ruleset_yaml
        }
        const masker = compiler.compile(ruleset!)
        try {
          const { data, findings: told, logs } = explainMask({ masker, keyring, setAiEngine }, body, maskSettings)
          const head = Buffer.from(`{"findings":${JSON.stringify(told)},"logs":${JSON.stringify(logs)},"data":`)
          return reply.type('application/json').send(Buffer.concat([head, ...(data ?? [Buffer.from('null')]), Buffer.from('}')]))
        } finally {
          masker.close()
          // a trial is no finding
          findings?.found.splice(0)
        }
      },
    },
  ]
}

// -------------------------------------------------------------------------------------------------- pages, metrics

function pageRoutes({ settings, metrics, store, auth, live }: Services): Route[] {
  const web = readAssets(webFolder())
  const swagger = readAssets(swaggerFolder())
  swagger.set('index.html', page(SWAGGER_PAGE, 'text/html; charset=utf-8'))
  swagger.set('start.js', page(SWAGGER_START, 'text/javascript; charset=utf-8'))
  const schema = JSON.stringify(rulesetJsonSchema())
  const document = openApi(packageVersion())
  const compressed = new Map<Asset, Promise<Buffer>>()
  const asset = async (
    assets: ReadonlyMap<string, Asset>,
    name: string,
    request: FastifyRequest,
    reply: FastifyReply,
    headers: Readonly<Record<string, string>>,
  ): Promise<unknown> => {
    const found = assets.get(name === '' ? 'index.html' : name)
    if (found === undefined) return reply.code(404).send({ error: 'Not found.' })
    const zip = found.bytes.length > SMALL_ASSET && /\bgzip\b(?!\s*;\s*q=0)/.test(String(request.headers['accept-encoding'] ?? ''))
    // another encoding is another representation
    const etag = zip ? found.etag.replace(/"$/, '-gz"') : found.etag
    reply.headers({ ...headers, ETag: etag, Vary: 'Accept-Encoding', 'Cache-Control': 'no-cache' })
    if (request.headers['if-none-match'] === etag) return reply.code(304).send()
    reply.header('Content-Type', found.type)
    if (!zip) return reply.send(found.bytes)
    let bytes = compressed.get(found)
    if (bytes === undefined) compressed.set(found, (bytes = promisify(gzip)(found.bytes)))
    return reply.header('Content-Encoding', 'gzip').send(await bytes)
  }
  if (!web.has('index.html')) web.set('index.html', page(PLAIN_PAGE, 'text/html; charset=utf-8'))
  // Swagger UI sets styles of its own
  const swaggerHeaders = { ...PAGE_HEADERS, 'Content-Security-Policy': PAGE_HEADERS['Content-Security-Policy']!.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'") }
  return [
    {
      method: 'GET',
      path: '/metrics',
      config: settings.metricsPublic ? { open: true } : { scope: 'ifm/metrics' },
      handler: async (_request, reply) => reply.header('Content-Type', metrics.contentType).send(await metrics.text()),
    },
    { method: 'GET', path: '/ifm/stats/', config: { scope: 'ifm/metrics' }, handler: () => metrics.stats(store.size) },
    {
      method: 'GET',
      path: '/ifm/rulesets/',
      config: { scope: 'ifm/rules:list' },
      handler: () => ({ items: BUILTIN_NAMES.map((name) => ({ name: `mask-logs:${name}`, ruleset_yaml: builtinRuleset(name) })) }),
    },
    { method: 'GET', path: '/ifm/schema/', config: { open: true }, handler: (_request, reply) => reply.type('application/schema+json').send(schema) },
    {
      method: 'GET',
      path: '/ifm/openapi.json',
      config: { open: true },
      handler: (request) => ({ ...document, servers: [{ url: settings.publicUrl ?? `${request.protocol}://${request.host}` }] }),
    },
    { method: 'GET', path: '/ifm/docs/', config: { open: true }, handler: (request, reply) => asset(swagger, '', request, reply, swaggerHeaders) },
    {
      method: 'GET',
      path: '/ifm/docs/*',
      config: { open: true },
      handler: (request, reply) => asset(swagger, (request.params as { '*': string })['*'], request, reply, swaggerHeaders),
    },
    { method: 'GET', path: '/', config: { open: true }, handler: (request, reply) => asset(web, '', request, reply, PAGE_HEADERS) },
    {
      method: 'GET',
      path: '/assets/*',
      config: { open: true },
      handler: (request, reply) => asset(web, `assets/${(request.params as { '*': string })['*']}`, request, reply, PAGE_HEADERS),
    },
    // how the page knows whether there is a login
    {
      method: 'GET',
      path: '/ifm/info/',
      config: { open: true },
      handler: () => ({ name: 'mask-logs', version: packageVersion(), auth: auth === undefined ? 'none' : 'password', live: live !== undefined }),
    },
  ]
}

// -------------------------------------------------------------------------------------------------- lines that pass

function liveRoutes({ live, auth, metrics, logs }: Services): Route[] {
  return [
    {
      method: 'GET',
      path: '/ifm/live/',
      // who may see rulesets may see what they leave of the lines
      config: { scope: 'ifm/rules:read' },
      handler(request, reply) {
        if (live === undefined) throw refuse(409, 'No lines pass through this server: mask-logs serve --tail masks standard input and shows it here.')
        const given = (request.query as Record<string, unknown>)['after']
        const after = given === undefined || given === '-1' ? -1 : queryNumber({ after: given }, 'after', 0, 0, Number.MAX_SAFE_INTEGER)
        if (request.method === 'HEAD') return reply.type('text/event-stream').send()
        const headers = Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]))
        // a login that has run out, or a user who is gone, sees no further line
        const { authorization } = request.headers
        const allowed = async (): Promise<boolean> => auth === undefined || (await auth.caller(authorization, false)).scopes.includes('ifm/rules:read')
        if (!live.serve(reply.raw, after, headers, allowed)) throw refuse(503, 'Too many look on already.', { 'Retry-After': '10' })
        // it is open for as long as somebody looks: no request that others wait behind
        const own = (request as Own)[running]!
        own.counted = false
        metrics.inFlight--
        // when it ends is not known, and who goes away leaves no sign
        own.logged = true
        logAccess(logs, request, 200, 0, performance.now() - own.begun)
        reply.hijack()
        return reply
      },
    },
  ]
}

function page(content: string, type: string): Asset {
  const bytes = Buffer.from(content)
  return { bytes, type, etag: `"${bytes.length}-${packageVersion()}"` }
}

const PLAIN_PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>mask-logs</title></head>
<body><main><h1>mask-logs</h1><p>The in-flight masking API. Its description is at <a href="/ifm/docs/">/ifm/docs/</a>.</p></main></body></html>
`
const SWAGGER_PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>mask-logs API</title>
<link rel="stylesheet" href="/ifm/docs/swagger-ui.css"><link rel="icon" href="/ifm/docs/favicon-32x32.png"></head>
<body><div id="swagger-ui"></div><script src="/ifm/docs/swagger-ui-bundle.js"></script><script src="/ifm/docs/start.js"></script></body></html>
`
const SWAGGER_START = `window.ui = window.SwaggerUIBundle({ url: '/ifm/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null })
`
