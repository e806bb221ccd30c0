// OTLP over HTTP, as a client: one upstream with connections that are kept, tried again as OTLP says.

import { Agent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { Agent as TlsAgent, request as httpsRequest } from 'node:https'
import { promisify } from 'node:util'
import { constants, gunzip, gzip } from 'node:zlib'
import { readCertificates, watchCertificates, type Certificates } from '../edge/certificates.ts'
import { errorKind } from '../edge/log.ts'
import { HOP, type Engine } from './engine.ts'
import { Gone, Refusal } from './refusal.ts'
import { withRetries, type Outcome } from './retry.ts'
import { retryAfterMs } from './status.ts'
import type { Signal } from './types.ts'

const deflate = promisify(gzip)
const inflate = promisify(gunzip)

/** Longer answers are not read (OTLP: at most 4 MiB). */
const MOST_ANSWER = 4 << 20
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504])
/** Times that a connection which the upstream has closed meanwhile is replaced without a wait. */
const STALE_TRIES = 2

export interface HttpForward {
  readonly signal: Signal
  readonly body: Buffer
  readonly contentType: string
  /** Of the client; an allowlist says which are passed on. */
  readonly headers: IncomingHttpHeaders
  readonly hop: string
  /** No attempt begins later, in the terms of performance.now. */
  readonly retryUntil: number
  readonly answerBy: number
  readonly gone: AbortSignal
}

/** What the client gets. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface HttpUpstream {
  /** Throws Refusal where there is no answer to pass on, Gone when the client has left. */
  send(forward: HttpForward): Promise<HttpAnswer>
  close(): void
}

export function createHttpUpstream(url: URL, engine: Engine): HttpUpstream {
  const { settings, metrics, log, sparse } = engine
  const secure = url.protocol === 'https:'
  const make = (found: Certificates): Agent => {
    const common = { keepAlive: true, maxSockets: settings.maxConcurrent, maxFreeSockets: settings.maxConcurrent, scheduling: 'lifo' as const }
    return secure ? new TlsAgent({ ...common, ...found, minVersion: 'TLSv1.2' }) : new Agent(common)
  }
  let agent = make(readCertificates(settings.forwardTls, 'forwardTls'))
  const unwatch = watchCertificates(
    settings.forwardTls,
    'forwardTls',
    (found) => {
      // Requests under way end on their connections.
      const old = agent
      agent = make(found)
      setTimeout(() => old.destroy(), settings.timeoutMs + settings.waitMs).unref()
      log('info', 'certificates for the HTTP upstream reloaded')
    },
    () => log('error', 'changed certificates for the HTTP upstream cannot be used: the old ones stay in force'),
  )
  const base = `${url.pathname.replace(/\/$/, '')}/v1/`

  const headersOf = ({ headers, contentType, hop }: HttpForward, body: Buffer): Record<string, string | number> => {
    const out: Record<string, string | number> = {}
    for (const name of settings.forwardHeaders) {
      const value = headers[name]
      if (value !== undefined) out[name] = Array.isArray(value) ? value.join(', ') : value
    }
    return {
      'user-agent': 'mask-logs',
      ...out,
      ...settings.headers,
      'content-type': contentType,
      'content-length': body.length,
      'accept-encoding': 'identity',
      ...(settings.gzip ? { 'content-encoding': 'gzip' } : {}),
      [HOP]: hop,
    }
  }

  interface Reply {
    readonly status: number
    readonly response: IncomingMessage
    readonly body: Buffer
  }

  /** One request. Rejects with Refusal, Gone, or the error of the connection. */
  const attempt = (forward: HttpForward, body: Buffer): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const { gone, answerBy } = forward
      if (gone.aborted) return reject(new Gone())
      const request = (secure ? httpsRequest : httpRequest)({
        protocol: url.protocol,
        hostname: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port === '' ? undefined : url.port,
        path: base + forward.signal,
        method: 'POST',
        agent,
        headers: headersOf(forward, body),
      })
      let settled = false
      const settle = (error: Error | undefined, reply?: Reply): void => {
        if (settled) return
        settled = true
        clearTimeout(timer)
        gone.removeEventListener('abort', leave)
        if (reply !== undefined) {
          resolve(reply)
        } else {
          reject(Object.assign(error as Error, { stale: request.reusedSocket }))
          request.destroy()
        }
      }
      const leave = (): void => settle(new Gone())
      const timer = setTimeout(() => settle(new Refusal('upstream_timeout')), Math.max(0, answerBy - performance.now()))
      gone.addEventListener('abort', leave)
      // Of an upstream that answers before it has read everything the answer counts, not the broken connection.
      let answering = false
      request.on('error', (error) => {
        if (!answering) settle(error)
      })
      request.on('response', (response) => {
        answering = true
        const chunks: Buffer[] = []
        let length = 0
        response.on('data', (chunk: Buffer) => {
          length += chunk.length
          if (length > MOST_ANSWER) return settle(new Refusal('upstream_too_large'))
          chunks.push(chunk)
        })
        response.on('error', (error) => settle(error))
        response.on('close', () => settle(new Error('incomplete')))
        response.on('end', () => {
          settle(undefined, { status: response.statusCode ?? 0, response, body: Buffer.concat(chunks, length) })
        })
      })
      request.end(body)
    })

  return {
    async send(forward) {
      const body = settings.gzip ? await deflate(forward.body, { level: constants.Z_BEST_SPEED }) : forward.body
      let stale = 0
      const outcome = await withRetries<Reply | Refusal>(
        async (): Promise<Outcome<Reply | Refusal>> => {
          let reply: Reply
          try {
            reply = await attempt(forward, body)
          } catch (error) {
            if (error instanceof Gone) throw error
            if (error instanceof Refusal) {
              metrics.attempted('http', error.reason === 'upstream_timeout' ? 'timeout' : 'too_large')
              sparse(`http ${error.reason}`, 'warn', error.message)
              return { again: false, value: error }
            }
            metrics.attempted('http', 'unreachable')
            if ((error as { stale?: boolean }).stale !== true) sparse('http unreachable', 'warn', 'the HTTP upstream cannot be reached', { error: errorKind(error) })
            const afterMs = (error as { stale?: boolean }).stale === true && stale++ < STALE_TRIES ? 0 : undefined
            return { again: true, value: new Refusal('upstream_unreachable'), ...(afterMs === undefined ? {} : { afterMs }) }
          }
          metrics.attempted('http', String(reply.status))
          if (reply.status >= 400) sparse('http status', 'warn', 'the HTTP upstream does not take requests', { status: reply.status })
          if (!RETRYABLE.has(reply.status)) return { again: false, value: reply }
          return { again: true, value: reply, afterMs: retryAfterMs(reply.response.headers['retry-after']) }
        },
        forward.retryUntil,
        forward.gone,
      )
      if (outcome instanceof Refusal) throw outcome
      return passOn(outcome.status, outcome.response.headers, outcome.body)
    },
    close() {
      unwatch()
      agent.destroy()
    },
  }
}

/** The answer for the client. One that would send it elsewhere, with what is not masked, is not passed on. */
async function passOn(status: number, headers: IncomingHttpHeaders, body: Buffer): Promise<HttpAnswer> {
  if (status < 200 || (status >= 300 && status < 400)) throw new Refusal('upstream_answer')
  const coding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  let plain = body
  if (coding === 'gzip') {
    try {
      plain = await inflate(body, { maxOutputLength: MOST_ANSWER })
    } catch (error) {
      throw new Refusal((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE' ? 'upstream_too_large' : 'upstream_answer')
    }
  } else if (coding !== 'identity') throw new Refusal('upstream_answer')
  const out: Record<string, string> = {}
  const [type, after] = [headers['content-type'], headers['retry-after']]
  if (type !== undefined) out['content-type'] = type
  if (after !== undefined) out['retry-after'] = after
  return { status, headers: out, body: plain }
}
