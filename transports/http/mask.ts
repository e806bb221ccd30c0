import { createLiveMasker, InputError, type LiveMasker, type LiveOptions, type MaskedCount, type Masker, type ReloadEvent, type RulesetInput } from '../../src/index.ts'
import type { HttpFailureCode } from './failure.ts'
import { compileHeaders, type HeaderAction } from './headers.ts'
import { type BodyKind, compileKinds } from './kinds.ts'

/** Options of everything in `mask-logs/http` that masks: those of createLiveMasker, the ruleset, and what is done with responses. */
export interface HttpMaskOptions<Request = unknown> extends LiveOptions {
  /** As createMasker takes it; default: `mask-logs:default`. */
  readonly ruleset?: RulesetInput | readonly RulesetInput[] | undefined
  /** A ready masker, of createMasker or createLiveMasker, in place of a ruleset and of all their options. */
  readonly masker?: Masker | undefined
  /** Bytes of one body that are collected, and of one line, row or event; default 8 MiB. */
  readonly maxBodyBytes?: number | undefined
  /** Kinds by content type: a type or a pattern, see docs/http.md. */
  readonly types?: Readonly<Record<string, BodyKind>> | undefined
  /** What is done with content types that are not known; default `scan`. */
  readonly unknown?: 'scan' | 'refuse' | undefined
  /** What is done with response headers, by name. */
  readonly headers?: Readonly<Record<string, HeaderAction>> | undefined
  /** What becomes of conditions and ranges of GET and HEAD requests; default `ignore`: the handler does not see them. */
  readonly conditional?: 'ignore' | 'keep' | undefined
  /** The mask for a request; `false`: nothing is masked; undefined: these options hold. */
  select?(request: Request): HttpMask | false | undefined
  /** Told of every response that was not sent. What it throws is ignored. */
  readonly onFailure?: ((failure: HttpFailure) => void) | undefined
}

/** A response that could not be masked. */
export interface HttpFailure {
  readonly code: HttpFailureCode
  /** A part of the body had been sent: the connection was broken off, or the stream of events ended with an error event. */
  readonly begun: boolean
}

/** Counters. Names of rules and detectors and codes only; never a value. */
export interface HttpStats {
  readonly responses: number
  /** Bodies masked, whether they changed or not. */
  readonly bodies: number
  /** Bodies of types that pass. */
  readonly passed: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** Responses that were not sent, by code. */
  readonly failures: Readonly<Record<string, number>>
  /** Name and serial of the ruleset in force. */
  readonly ruleset: string
  readonly serial: number
  /** What became of reloads; a masker that cannot be reloaded has none. */
  readonly reloads?: { readonly ok: number; readonly error: number }
  readonly masked: number
  readonly byRule: Readonly<Record<string, number>>
  readonly byDetector: Readonly<Record<string, number>>
  readonly maskedBy: MaskedCount[]
  /** JSON and lines of text that were masked: bodies, lines, events, headers, URLs. */
  readonly records: number
  readonly textLines: number
  /** Errors of masks and policies, by code. */
  readonly errors: Record<string, number>
}

const OWN = [
  'ruleset',
  'runSecret',
  'instanceSecret',
  'masks',
  'detectors',
  'plugins',
  'aiEngine',
  'seedDirs',
  'policy',
  'knownSecrets',
  'memoSize',
  'quarantine',
  'failedRecord',
  'quarantineRaw',
  'onFinding',
  'stamp',
  'watch',
  'onReload',
] as const
const KNOWN: ReadonlySet<string> = new Set([...OWN, 'masker', 'maxBodyBytes', 'types', 'unknown', 'headers', 'conditional', 'select', 'onFailure'])
const DEFAULT_MAX = 8 << 20

/** Compiled options: what masks responses. Made by createHttpMask. */
export class HttpMask {
  readonly masker: Masker
  readonly maxBodyBytes: number
  /** What is done with the body of a media type. */
  readonly kindOf: (type: string) => BodyKind
  /** What is done with a header, by its name in lower case. */
  readonly actionOf: (name: string) => HeaderAction
  /** Handlers do not see conditions and ranges of requests. */
  readonly ignoresConditions: boolean
  /** Counters of bodies, written by what masks them. */
  readonly counters = { responses: 0, bodies: 0, passed: 0, bytesIn: 0, bytesOut: 0 }
  readonly #failures = new Map<string, number>()
  readonly #owned: boolean
  readonly #select: ((request: unknown) => HttpMask | false | undefined) | undefined
  readonly #onFailure: ((failure: HttpFailure) => void) | undefined

  /** Throws RulesetError or InputError. Use createHttpMask. */
  constructor(options: HttpMaskOptions<never>, setCookie: HeaderAction) {
    if (typeof options !== 'object' || options === null) throw new InputError('bad_option', 'options are an object')
    const { masker, maxBodyBytes = DEFAULT_MAX, types = {}, unknown = 'scan', headers = {}, conditional = 'ignore', select, onFailure } = options
    for (const key of Object.keys(options)) if (!KNOWN.has(key)) throw new InputError('bad_option', `'${key}' is no option of mask-logs/http: ${[...KNOWN].join(', ')}`)
    if (!Number.isInteger(maxBodyBytes) || maxBodyBytes < 1 || maxBodyBytes > 1 << 28) throw new InputError('bad_option', "'maxBodyBytes' is a whole number from 1 to 268435456")
    if (unknown !== 'scan' && unknown !== 'refuse') throw new InputError('bad_option', "'unknown' is 'scan' or 'refuse'")
    if (conditional !== 'ignore' && conditional !== 'keep') throw new InputError('bad_option', "'conditional' is 'ignore' or 'keep'")
    if (select !== undefined && typeof select !== 'function') throw new InputError('bad_option', "'select' is a function of the request")
    if (onFailure !== undefined && typeof onFailure !== 'function') throw new InputError('bad_option', "'onFailure' is a function")
    this.kindOf = compileKinds(types, unknown)
    this.actionOf = compileHeaders(headers, setCookie)
    this.maxBodyBytes = maxBodyBytes
    this.ignoresConditions = conditional === 'ignore'
    this.#select = select as ((request: unknown) => HttpMask | false | undefined) | undefined
    this.#onFailure = onFailure
    this.#owned = masker === undefined
    if (masker === undefined) {
      const { ruleset, policy, ...rest } = options
      const own = Object.fromEntries(Object.entries(rest).filter(([key]) => (OWN as readonly string[]).includes(key)))
      this.masker = createLiveMasker(ruleset, { ...own, policy: { on_mask_error: 'fail', max_record_bytes: Math.max(maxBodyBytes, 1024), ...policy } })
      return
    }
    if (typeof masker !== 'object' || masker === null || typeof masker.feed !== 'function') throw new InputError('bad_option', "'masker' is what createMasker returns")
    const both = OWN.find((key) => options[key] !== undefined)
    if (both !== undefined) throw new InputError('bad_option', `'masker' is ready: '${both}' cannot be given beside it`)
    this.masker = masker
  }

  /** The mask for a request: this one or what `select` says; false: none. Throws what `select` throws. */
  for(request: unknown): HttpMask | false {
    const selected: unknown = this.#select?.(request)
    if (selected === undefined) return this
    if (selected === false || selected instanceof HttpMask) return selected
    throw new InputError('bad_option', "'select' returns what createHttpMask returned, false or undefined")
  }

  /** Counts a response that was not sent, and tells of it. */
  failed(code: HttpFailureCode, begun: boolean): void {
    this.#failures.set(code, (this.#failures.get(code) ?? 0) + 1)
    try {
      this.#onFailure?.({ code, begun })
    } catch {
      // Whoever is told must not break the answer.
    }
  }

  /** Counters since it was made. */
  stats(): HttpStats {
    const { lines: _, bytesIn: __, bytesOut: ___, ...stats } = this.masker.stats()
    return { ...stats, ...this.counters, failures: Object.fromEntries(this.#failures) }
  }

  /**
   * Reads the ruleset again, now; it comes into force as a whole, or what is wrong with it is in the event and the one in force stays. Throws
   * InputError for a masker that cannot be reloaded.
   */
  reload(): ReloadEvent {
    const { reload } = this.masker as Partial<LiveMasker>
    if (reload === undefined) throw new InputError('bad_option', 'the masker cannot be reloaded: it is not one of createLiveMasker')
    return reload.call(this.masker)
  }

  /** Wipes the keys of the masker that was made for it; one that was given stays as it is. It must not be used afterwards. */
  close(): void {
    if (this.#owned) this.masker.close()
  }
}

/**
 * Compiles options once, for every place of `mask-logs/http` that takes options, `select` and routes among them. Throws RulesetError with every
 * issue of the ruleset, or InputError for an option that cannot be used.
 *
 * @example const strict = createHttpMask({ ruleset: 'mask-logs:strict' })
 */
export function createHttpMask<Request = unknown>(options: HttpMaskOptions<Request> = {}): HttpMask {
  return new HttpMask(options as HttpMaskOptions<never>, 'keep')
}

/** What functions of `mask-logs/http` take: options, or what createHttpMask has made of them. */
export function httpMask(options: HttpMaskOptions<never> | HttpMask, setCookie: HeaderAction = 'keep'): HttpMask {
  return options instanceof HttpMask ? options : new HttpMask(options, setCookie)
}
