// The masking that all listeners of a process share: the ruleset in force, the memory in flight, the counters, the hop.

import { randomBytes } from 'node:crypto'
import type { LiveMasker, Masker } from '../../src/index.ts'
import { createSparseLog, errorKind, type Log } from '../edge/log.ts'
import { Budget } from './budget.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import type { Settings } from './options.ts'
import { Refusal } from './refusal.ts'
import { OtlpError, type Encoding, type RewriteOptions, type Rewriter, type Signal } from './types.ts'

/** Header, and key of gRPC metadata, that tells where a request has been. */
export const HOP = 'mask-logs-hop'
/** No sensible route has more proxies. */
const MOST_HOPS = 16

export type MakeRewriter = (masker: Masker, options: RewriteOptions) => Rewriter

export interface Engine {
  readonly settings: Settings
  readonly budget: Budget
  readonly metrics: Metrics
  readonly log: Log
  /** For what may happen to every request. */
  readonly sparse: ReturnType<typeof createSparseLog>
  /** Requests that are being handled. */
  active: number
  /** Set from the moment that the proxy is to end. */
  draining: boolean
  /** Masks a request under the ruleset in force, as one piece. The same buffer when nothing changed. Throws Refusal. */
  rewrite(signal: Signal, encoding: Encoding, body: Buffer): Buffer
  /** The hop header to send on. Throws Refusal when the request has been here before. */
  nextHop(header: string | undefined): string
}

/** What createEngine takes beside settings and masker. */
export interface EngineOptions {
  readonly log: Log
  readonly makeRewriter: MakeRewriter
  readonly id?: string | undefined
  readonly unknownFields?: 'drop' | 'keep' | undefined
  readonly repairUtf8?: boolean | undefined
  readonly stampResource?: boolean | undefined
  readonly onFinding?: RewriteOptions['onFinding']
  /** Counters of the stream of findings. */
  readonly findings?: { readonly written: number; readonly dropped: number } | undefined
}

export function createEngine(settings: Settings, live: LiveMasker, options: EngineOptions): Engine {
  const { log, makeRewriter: make } = options
  const id = options.id ?? randomBytes(16).toString('hex')
  const rewriteOptions: RewriteOptions = {
    ...(options.unknownFields === undefined ? {} : { unknownFields: options.unknownFields }),
    ...(options.repairUtf8 === undefined ? {} : { repairUtf8: options.repairUtf8 }),
    ...(options.stampResource === true ? { stamp: id } : {}),
    ...(options.onFinding === undefined ? {} : { onFinding: options.onFinding }),
  }
  let hold = live.hold()
  let rewriter = make(hold.masker, rewriteOptions)
  /** The rewriter of the ruleset in force. It is asked for once for each request, and a request is rewritten without a pause. */
  const current = (): Rewriter => {
    if (live.serial !== hold.serial) {
      const next = live.hold()
      hold.release()
      hold = next
      rewriter = make(hold.masker, rewriteOptions)
    }
    return rewriter
  }
  const sparse = createSparseLog(log)
  const loop = (): Refusal => {
    sparse('hop', 'error', 'a request has come back: the upstream leads to this proxy again', { hop: id })
    return new Refusal('hop')
  }
  const budget = new Budget(settings.maxInFlightBytes)
  const engine: Engine = {
    settings,
    budget,
    log,
    sparse,
    active: 0,
    draining: false,
    get metrics() {
      return metrics
    },
    rewrite(signal, encoding, body) {
      const now = current()
      try {
        const { body: out, counts } = now.rewrite(signal, encoding, body)
        metrics.count(signal, counts)
        return out
      } catch (error) {
        if (error instanceof OtlpError) throw error.code === 'hop' ? loop() : new Refusal(error.code)
        sparse('rewrite', 'error', 'a request could not be masked', { error: errorKind(error) })
        throw new Refusal('internal')
      }
    },
    nextHop(header) {
      if (header === undefined) return id
      const seen = header.split(',').map((one) => one.trim())
      if (seen.includes(id) || seen.length >= MOST_HOPS) throw loop()
      return [...seen.filter((one) => /^[0-9a-f]{32}$/.test(one)), id].join(', ')
    },
  }
  const metrics = createMetrics({
    stats: () => live.stats(),
    inFlightBytes: () => budget.used,
    inFlightLimit: () => budget.limit,
    inFlightRequests: () => engine.active,
    waiting: () => budget.waiting,
    findings: options.findings,
  })
  return engine
}
