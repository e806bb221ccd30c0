// Counters of the server: for Prometheus, and the same as JSON for the page. Labels are names and codes, never data.

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { MaskedCount } from '../../src/index.ts'

const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** Latencies of the last requests that are kept for the page. */
const KEPT = 1024

export class Metrics {
  readonly #registry = new Registry()
  readonly #requests: Counter<'method' | 'route' | 'status'>
  readonly #duration: Histogram
  readonly #records: Counter<'plan'>
  readonly #masked: Counter<'plan' | 'rule' | 'detector'>
  readonly #errors: Counter<'plan' | 'code'>
  readonly #serial: Gauge<'plan'>
  readonly #reloads: Counter<'result'>
  readonly #inFlight: Gauge
  readonly #authFailures: Counter
  // the same, added up for the page
  readonly #byStatus = new Map<string, number>()
  readonly #byRule = new Map<string, number>()
  readonly #byDetector = new Map<string, number>()
  readonly #byCode = new Map<string, number>()
  readonly #latencies = new Float64Array(KEPT)
  #requestCount = 0
  #maskCount = 0
  #recordCount = 0
  #maskedCount = 0
  readonly #started = Date.now()
  inFlight = 0

  /** `collect` is called before values are read: it reports what maskers have counted. */
  constructor(collect: () => void) {
    const registers = [this.#registry]
    collectDefaultMetrics({ register: this.#registry })
    this.#requests = new Counter({ name: 'mask_logs_requests_total', help: 'Requests by method, route and status.', labelNames: ['method', 'route', 'status'], registers })
    this.#duration = new Histogram({ name: 'mask_logs_request_duration_seconds', help: 'Time from the head of a request to its answer.', buckets: BUCKETS, registers })
    this.#records = new Counter({ name: 'mask_logs_records_total', help: 'Records masked.', labelNames: ['plan'], registers })
    this.#masked = new Counter({
      name: 'mask_logs_masked_values_total',
      help: 'Values masked, by plan, rule and detector.',
      labelNames: ['plan', 'rule', 'detector'],
      registers,
      collect: () => this.#collect(),
    })
    this.#errors = new Counter({ name: 'mask_logs_mask_errors_total', help: 'Values that could not be masked, by code.', labelNames: ['plan', 'code'], registers })
    this.#serial = new Gauge({ name: 'mask_logs_plan_serial', help: 'Version of each plan.', labelNames: ['plan'], registers })
    this.#reloads = new Counter({ name: 'mask_logs_plan_reloads_total', help: 'Plan files read again, by result.', labelNames: ['result'], registers })
    this.#inFlight = new Gauge({ name: 'mask_logs_requests_in_flight', help: 'Requests that are being answered.', registers, collect: () => this.#inFlight.set(this.inFlight) })
    this.#authFailures = new Counter({ name: 'mask_logs_auth_failures_total', help: 'Logins and tokens that were refused.', registers })
    this.#collect = collect
    this.#reloads.inc({ result: 'success' }, 0)
    this.#reloads.inc({ result: 'error' }, 0)
  }
  readonly #collect: () => void

  request(method: string, route: string, status: number, milliseconds: number): void {
    const code = String(status)
    this.#requests.inc({ method, route, status: code })
    this.#duration.observe(milliseconds / 1000)
    this.#requestCount++
    this.#byStatus.set(code, (this.#byStatus.get(code) ?? 0) + 1)
    if (route.endsWith('/mask/')) this.#latencies[this.#maskCount++ % KEPT] = milliseconds
  }

  records(plan: string, records: number, errors: Readonly<Record<string, number>>): void {
    this.#records.inc({ plan }, records)
    this.#recordCount += records
    for (const [code, n] of Object.entries(errors)) {
      this.#errors.inc({ plan, code }, n)
      this.#byCode.set(code, (this.#byCode.get(code) ?? 0) + n)
    }
  }

  masked(plan: string, counts: readonly MaskedCount[]): void {
    for (const { rule, detector, count: masked } of counts) {
      this.#masked.inc({ plan, rule, detector: detector ?? '' }, masked)
      this.#maskedCount += masked
      this.#byRule.set(rule, (this.#byRule.get(rule) ?? 0) + masked)
      if (detector !== undefined) this.#byDetector.set(detector, (this.#byDetector.get(detector) ?? 0) + masked)
    }
  }

  serial(plan: string, serial: number | undefined): void {
    if (serial === undefined) this.#serial.remove({ plan })
    else this.#serial.set({ plan }, serial)
  }

  reload(result: 'success' | 'error'): void {
    this.#reloads.inc({ result })
  }

  /** Counters of the stream of findings. */
  findings(sink: { readonly written: number; readonly dropped: number }): void {
    const registers = [this.#registry]
    const read = (name: string, help: string, value: () => number): void => {
      new Counter({
        name,
        help,
        registers,
        collect() {
          this.reset()
          this.inc(value())
        },
      })
    }
    read('mask_logs_findings_total', 'Events written to the findings stream.', () => sink.written)
    read('mask_logs_findings_dropped_total', 'Events lost because the findings stream was full or failed.', () => sink.dropped)
  }

  authFailure(): void {
    this.#authFailures.inc()
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    // before the first counter is read: what comes of it is in several
    this.#collect()
    return this.#registry.metrics()
  }

  /** Live counters, for the page. Times in milliseconds. */
  stats(plans: number): object {
    this.#collect()
    const last = [...this.#latencies.subarray(0, Math.min(KEPT, this.#maskCount))].sort((a, b) => a - b)
    const percentile = (share: number): number | null => (last.length === 0 ? null : Math.round(last[Math.min(last.length - 1, Math.floor(last.length * share))]! * 1000) / 1000)
    return {
      uptime_seconds: Math.floor((Date.now() - this.#started) / 1000),
      plans,
      requests: { total: this.#requestCount, in_flight: this.inFlight, by_status: Object.fromEntries(this.#byStatus) },
      mask: { requests: this.#maskCount, latency_ms: { median: percentile(0.5), p99: percentile(0.99) } },
      records: this.#recordCount,
      masked: { total: this.#maskedCount, by_rule: Object.fromEntries(this.#byRule), by_detector: Object.fromEntries(this.#byDetector) },
      errors: Object.fromEntries(this.#byCode),
    }
  }

  close(): void {
    this.#registry.clear()
  }
}
