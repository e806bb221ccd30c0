import { InputError } from '../../src/index.ts'
import type { MaskerOptions, RulesetInput } from '../../src/index.ts'
import { isLoopback, parseAddress, type Address } from '../edge/address.ts'
import type { CertificateFiles } from '../edge/certificates.ts'
import type { Log } from '../edge/log.ts'
import type { RewriteOptions, Signal } from './types.ts'

/** Options of createOtlpProxy. Sizes are bytes, times milliseconds. */
export interface OtlpProxyOptions extends Omit<MaskerOptions, 'failedRecord' | 'quarantine' | 'aiEngine' | 'onFinding'> {
  /** The ruleset or rulesets, as for createMasker (default `mask-logs:otel`). */
  readonly ruleset?: RulesetInput | readonly RulesetInput[] | undefined
  /** Take changes of the ruleset's files over while running. */
  readonly watch?: boolean | undefined
  /** Where OTLP/HTTP is received, `HOST:PORT`; `:PORT` is loopback (default `:4318` when HTTP is forwarded). */
  readonly listenHttp?: string | undefined
  /** Where OTLP/gRPC is received (default `:4317` when `forwardGrpc` is given). Needs the package `@grpc/grpc-js`. */
  readonly listenGrpc?: string | undefined
  /** Where health, readiness and metrics are served (default: nowhere). */
  readonly listenAdmin?: string | undefined
  /** Upstream URL for both transports: `https://collector.example:4318`. HTTP adds the path of the signal, `/v1/traces`. */
  readonly forward?: string | undefined
  readonly forwardHttp?: string | undefined
  readonly forwardGrpc?: string | undefined
  /** Certificate and key of the listeners; with `ca`, clients must have a certificate that it has signed. */
  readonly tls?: CertificateFiles | undefined
  /** Towards the upstream: `ca` is trusted instead of the system's; certificate and key are shown to the upstream. */
  readonly forwardTls?: CertificateFiles | undefined
  /** Names of request headers that are passed on, besides authorization, user-agent and x-scope-orgid. */
  readonly forwardHeaders?: readonly string[] | undefined
  /** Headers (gRPC: metadata) that are set on every request to the upstream. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Compression towards the upstream (default `none`). */
  readonly compression?: 'none' | 'gzip' | undefined
  /** Web pages of these origins may send (`*`: of any); HTTP only. Default: none. */
  readonly corsOrigins?: readonly string[] | undefined
  /** Paths at which HTTP is received (default `/v1/traces`, `/v1/metrics`, `/v1/logs`). */
  readonly paths?: Readonly<Partial<Record<Signal, string>>> | undefined
  /** Fields that OTLP 1.11 does not know: those that could hold text are removed (default), or all are kept. */
  readonly unknownFields?: 'drop' | 'keep' | undefined
  /** Replace invalid UTF-8 in strings. */
  readonly repairUtf8?: boolean | undefined
  /** Mark every resource with the attribute `mask_logs.hop`, so that a loop through a Collector is noticed. */
  readonly stampResource?: boolean | undefined
  /**
   * Where one JSON event for each masked value is appended: a path, or a descriptor from 2 on. Never the value. Several processes may write to one file.
   * A request that a client sends again is told again.
   */
  readonly findings?: string | number | undefined
  /** Wait for the reader of `findings` when its pipe is full (default: events are dropped and counted). */
  readonly findingsWait?: boolean | undefined
  /** Told of every masked value of a request that has been masked as a whole, with `otlp/traces`, `otlp/metrics` or `otlp/logs`. Not beside `findings`. */
  readonly onFinding?: RewriteOptions['onFinding']
  /** Largest request, decompressed (default 64 MiB). */
  readonly maxBodyBytes?: number | undefined
  /** Requests and their rewritten copies in memory (default 128 MiB). */
  readonly maxInFlightBytes?: number | undefined
  /** How long a request may wait for memory and for an upstream that is away (default 4000; gRPC: up to the client's deadline less 250). */
  readonly waitMs?: number | undefined
  /** How long a request may take until it is answered, where the client sets no deadline (default 9000). */
  readonly timeoutMs?: number | undefined
  /** How long a client may take to send its request (default 30000). */
  readonly bodyTimeoutMs?: number | undefined
  /** Requests to each upstream at once (default 64). */
  readonly maxConcurrent?: number | undefined
  /** Told what happens: one entry of the log each. Default: JSON lines on stderr. */
  readonly log?: Log | undefined
  /** Names the proxy to itself and to others of a group; 32 hexadecimal digits (default: random). */
  readonly instanceId?: string | undefined
}

/** Options with everything decided. */
export interface Settings {
  readonly listenHttp: Address | undefined
  readonly listenGrpc: Address | undefined
  readonly listenAdmin: Address | undefined
  readonly forwardHttp: URL | undefined
  readonly forwardGrpc: URL | undefined
  readonly tls: CertificateFiles | undefined
  readonly forwardTls: CertificateFiles
  readonly forwardHeaders: ReadonlySet<string>
  readonly headers: Readonly<Record<string, string>>
  readonly gzip: boolean
  readonly corsOrigins: readonly string[]
  readonly paths: ReadonlyMap<string, Signal>
  readonly maxBodyBytes: number
  readonly maxInFlightBytes: number
  readonly waitMs: number
  readonly timeoutMs: number
  readonly bodyTimeoutMs: number
  readonly maxConcurrent: number
}

export const SIGNALS: readonly Signal[] = ['traces', 'metrics', 'logs']
const DEFAULT_HEADERS = ['authorization', 'user-agent', 'x-scope-orgid']
/** Of one connection only (RFC 9110, 7.6.1), or decided by the proxy itself. */
const NEVER_FORWARDED = /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|host|content-.*|accept-encoding|origin|cookie|grpc-.*|mask-logs-hop|:.*)$/
const MIB = 1 << 20
/** zlib makes no longer buffers. */
const MOST_BYTES = 1 << 30

/** Checks the options. Throws InputError (`bad_option`); what it says holds no header value. */
export function settle(options: OtlpProxyOptions): Settings {
  const bad = (message: string): InputError => new InputError('bad_option', message)
  const url = (name: 'forward' | 'forwardHttp' | 'forwardGrpc'): URL | undefined => {
    const text = options[name]
    if (text === undefined) return undefined
    const parsed = URL.canParse(text) ? new URL(text) : undefined
    if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) throw bad(`${name} takes a URL: http://HOST:PORT or https://HOST:PORT`)
    if (parsed.username !== '' || parsed.password !== '') throw bad(`${name} must not hold a user or a password: give them as the header authorization`)
    if (parsed.search !== '' || parsed.hash !== '') throw bad(`${name} takes no query and no fragment`)
    if (name === 'forwardGrpc' && parsed.pathname !== '/') throw bad('forwardGrpc takes no path')
    return parsed
  }
  const both = url('forward')
  const [onlyHttp, onlyGrpc] = [url('forwardHttp'), url('forwardGrpc')]
  const [forwardHttp, forwardGrpc] = [onlyHttp ?? both, onlyGrpc ?? both]
  if (forwardHttp === undefined && forwardGrpc === undefined) throw bad('forward is missing: the URL to which masked telemetry goes')
  const listens = options.listenHttp !== undefined || options.listenGrpc !== undefined
  const listenHttp = options.listenHttp ?? (!listens && forwardHttp !== undefined ? ':4318' : undefined)
  const listenGrpc = options.listenGrpc ?? (!listens && onlyGrpc !== undefined ? ':4317' : undefined)
  if (listenHttp !== undefined && forwardHttp === undefined) throw bad('listenHttp needs forwardHttp (or forward): there is no transcoding between HTTP and gRPC')
  if (listenGrpc !== undefined && forwardGrpc === undefined) throw bad('listenGrpc needs forwardGrpc (or forward): there is no transcoding between HTTP and gRPC')
  if (listenGrpc !== undefined && forwardGrpc !== undefined && forwardGrpc.pathname !== '/')
    throw bad('forward must not have a path for gRPC: give forwardHttp and forwardGrpc apart')
  if (onlyHttp !== undefined && listenHttp === undefined) throw bad('forwardHttp needs listenHttp')
  if (onlyGrpc !== undefined && listenGrpc === undefined) throw bad('forwardGrpc needs listenGrpc')
  if (options.tls !== undefined && (options.tls.cert === undefined || options.tls.key === undefined)) throw bad('tls needs a certificate and its key')

  const count = (name: 'maxBodyBytes' | 'maxInFlightBytes' | 'waitMs' | 'timeoutMs' | 'bodyTimeoutMs' | 'maxConcurrent', normal: number, least: number, most: number): number => {
    const value = options[name] ?? normal
    if (!(Number.isInteger(value) && value >= least && value <= most)) throw bad(`${name} is a whole number from ${least} to ${most}`)
    return value
  }
  const paths = new Map<string, Signal>()
  for (const signal of SIGNALS) {
    const path = options.paths?.[signal] ?? `/v1/${signal}`
    if (!/^\/[\w./~-]*$/.test(path)) throw bad(`paths.${signal} is a path that begins with a slash`)
    if (paths.has(path)) throw bad('paths must differ')
    paths.set(path, signal)
  }
  const forwardHeaders = new Set(DEFAULT_HEADERS)
  for (const name of options.forwardHeaders ?? []) {
    const lower = name.toLowerCase()
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(lower)) throw bad('forwardHeaders takes names of headers')
    if (NEVER_FORWARDED.test(lower)) throw bad(`forwardHeaders: ${lower} belongs to the connection and is never passed on`)
    forwardHeaders.add(lower)
  }
  const headers: Record<string, string> = Object.create(null) as Record<string, string>
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    const lower = name.toLowerCase()
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(lower) || NEVER_FORWARDED.test(lower)) throw bad('headers takes names of headers that do not belong to the connection')
    if (!/^[\t\x20-\x7e]*$/.test(value)) throw bad(`headers: the value of ${lower} must be printable ASCII`)
    headers[lower] = value
  }
  for (const origin of options.corsOrigins ?? []) {
    if (origin !== '*' && !(URL.canParse(origin) && new URL(origin).origin === origin)) throw bad('corsOrigins takes origins such as https://app.example, or *')
  }
  if (options.compression !== undefined && options.compression !== 'none' && options.compression !== 'gzip') throw bad("compression is 'none' or 'gzip'")
  if (options.unknownFields !== undefined && options.unknownFields !== 'drop' && options.unknownFields !== 'keep') throw bad("unknownFields is 'drop' or 'keep'")
  if (options.findings !== undefined && options.onFinding !== undefined) throw bad('findings and onFinding are two ways: give one of them')
  if (options.onFinding !== undefined && typeof options.onFinding !== 'function') throw bad('onFinding is a function of the finding and its source')
  if (options.findings === 0 || options.findings === 1) throw bad('findings takes a file, or a descriptor from 2 on')
  if (options.findingsWait === true && options.findings === undefined) throw bad('findingsWait goes with findings')
  if (options.instanceId !== undefined && !/^[0-9a-f]{32}$/.test(options.instanceId)) throw bad('instanceId is 32 hexadecimal digits')
  const address = (name: string, text: string | undefined): Address | undefined => (text === undefined ? undefined : parseAddress(text, name))
  return {
    listenHttp: address('listenHttp', listenHttp),
    listenGrpc: address('listenGrpc', listenGrpc),
    listenAdmin: address('listenAdmin', options.listenAdmin),
    forwardHttp: listenHttp === undefined ? undefined : forwardHttp,
    forwardGrpc: listenGrpc === undefined ? undefined : forwardGrpc,
    tls: options.tls,
    forwardTls: options.forwardTls ?? {},
    forwardHeaders,
    headers,
    gzip: options.compression === 'gzip',
    corsOrigins: options.corsOrigins ?? [],
    paths,
    maxBodyBytes: count('maxBodyBytes', 64 * MIB, 1024, MOST_BYTES),
    maxInFlightBytes: count('maxInFlightBytes', 128 * MIB, 1024, 1024 * MOST_BYTES),
    waitMs: count('waitMs', 4000, 0, 600_000),
    timeoutMs: count('timeoutMs', 9000, 100, 3_600_000),
    bodyTimeoutMs: count('bodyTimeoutMs', 30_000, 100, 3_600_000),
    maxConcurrent: count('maxConcurrent', 64, 1, 100_000),
  }
}

/** What deserves a warning at start. */
export function remarks({ listenHttp, listenGrpc, listenAdmin, tls, forwardHttp, forwardGrpc }: Settings): string[] {
  const out: string[] = []
  for (const [what, at] of [
    ['HTTP', listenHttp],
    ['gRPC', listenGrpc],
  ] as const)
    if (at !== undefined && tls === undefined && !isLoopback(at)) out.push(`${what} is received without TLS from other machines: what arrives is not masked yet`)
  if (listenAdmin !== undefined && !isLoopback(listenAdmin)) out.push('the admin port can be reached from other machines')
  for (const [listens, forwards] of [
    [listenHttp, forwardHttp],
    [listenGrpc, forwardGrpc],
  ] as const)
    if (listens !== undefined && forwards !== undefined && portOf(forwards) === listens.port && isLoopback({ host: forwards.hostname.replace(/^\[|\]$/g, ''), port: 0 }))
      out.push('the upstream is the address that the proxy itself listens on: requests will be refused as a loop')
  return out
}

/** The port of a URL, or that of its scheme. */
export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
}
