// The counters of the proxy. Labels are words of the protocol, of this program or of the ruleset, never of data.

import type { LiveStats } from '../../src/index.ts'
import { Counter, createRegistry, Gauge, Histogram } from '../edge/metrics.ts'
import type { RewriteCounts, Signal } from './types.ts'

export type Transport = 'http' | 'grpc'

export interface Sources {
  readonly stats: () => LiveStats
  readonly inFlightBytes: () => number
  readonly inFlightLimit: () => number
  readonly inFlightRequests: () => number
  readonly waiting: () => number
  readonly findings: { readonly written: number; readonly dropped: number } | undefined
}

export interface Metrics {
  /** A request has been answered; `status` is the HTTP status or the gRPC code, `gone` when nobody was there any more. */
  answered(transport: Transport, signal: Signal | 'none', status: number | 'gone', seconds: number): void
  refused(transport: Transport, reason: string): void
  count(signal: Signal, counts: RewriteCounts): void
  /** An attempt has reached the upstream, or not: `outcome` is a status, or a word for its absence. */
  attempted(transport: Transport, outcome: string): void
  page(): Promise<{ readonly type: string; readonly text: string }>
  /** For another process to add up. */
  json(): Promise<object[]>
}

export function createMetrics(sources: Sources): Metrics {
  const registry = createRegistry()
  const registers = [registry]
  const counter = <Labels extends string>(name: string, help: string, labelNames: readonly Labels[] = []): Counter<Labels> =>
    new Counter({ name, help, labelNames: [...labelNames], registers })
  const requests = counter('mask_logs_requests_total', 'Requests answered, by transport, signal and status (HTTP status or gRPC code).', ['transport', 'signal', 'status'])
  const duration = new Histogram({
    name: 'mask_logs_request_duration_seconds',
    help: 'Time from the head of a request to its answer.',
    labelNames: ['transport'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const rejected = counter('mask_logs_rejected_requests_total', 'Requests that the proxy itself refused, by reason.', ['transport', 'reason'])
  const items = counter('mask_logs_records_total', 'Spans, data points and log records received.', ['signal'])
  const dropped = counter('mask_logs_dropped_records_total', 'Items left out because they could not be masked.', ['signal'])
  const masked = counter('mask_logs_masked_places_total', 'Places masked, by signal.', ['signal'])
  const unknown = counter('mask_logs_unknown_fields_total', 'Fields met that OTLP does not know.', ['signal'])
  const collisions = counter('mask_logs_series_collisions_total', 'Data points that have the attributes of another one since they were masked.')
  const attempts = counter('mask_logs_upstream_attempts_total', 'Requests sent to the upstream, by outcome.', ['transport', 'outcome'])
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  }
  gauge('mask_logs_in_flight_bytes', 'Bytes of requests in memory.', sources.inFlightBytes)
  gauge('mask_logs_in_flight_bytes_limit', 'Most bytes of requests in memory.', sources.inFlightLimit)
  gauge('mask_logs_requests_in_flight', 'Requests being handled.', sources.inFlightRequests)
  gauge('mask_logs_requests_waiting', 'Requests waiting for memory.', sources.waiting)
  new Gauge({
    name: 'mask_logs_plan_serial',
    help: 'Serial of the ruleset in force.',
    aggregator: 'max',
    registers,
    collect() {
      this.set(sources.stats().serial)
    },
  })

  // Counted elsewhere: read when the page is asked for.
  const read = <Labels extends string>(
    name: string,
    help: string,
    labelNames: readonly Labels[],
    of: (stats: LiveStats) => readonly (readonly [Record<Labels, string>, number])[],
  ): void => {
    new Counter({
      name,
      help,
      labelNames: [...labelNames],
      registers,
      collect() {
        this.reset()
        for (const [labels, n] of of(sources.stats())) this.inc(labels, n)
      },
    })
  }
  read('mask_logs_masked_values_total', 'Values masked, by rule and detector; without a detector, by path or key.', ['rule', 'detector'], ({ maskedBy }) =>
    maskedBy.map(({ rule, detector = '', count }) => [{ rule, detector }, count]),
  )
  read('mask_logs_mask_errors_total', 'Failures by code; what could not be masked was hidden.', ['code'], ({ errors }) => Object.entries(errors).map(([code, n]) => [{ code }, n]))
  const { findings } = sources
  if (findings !== undefined) {
    read('mask_logs_findings_total', 'Events written to the findings stream.', [], () => [[{}, findings.written]])
    read('mask_logs_findings_dropped_total', 'Events lost because the findings stream was full or failed.', [], () => [[{}, findings.dropped]])
  }
  read('mask_logs_plan_reloads_total', 'Reloads of the ruleset.', ['result'], ({ reloads }) => Object.entries(reloads).map(([result, n]) => [{ result }, n]))

  return {
    answered(transport, signal, status, seconds) {
      requests.inc({ transport, signal, status: String(status) })
      duration.observe({ transport }, seconds)
    },
    refused: (transport, reason) => rejected.inc({ transport, reason }),
    count(signal, counts) {
      items.inc({ signal }, counts.items)
      masked.inc({ signal }, counts.masked)
      if (counts.dropped > 0) dropped.inc({ signal }, counts.dropped)
      if (counts.unknownFields > 0) unknown.inc({ signal }, counts.unknownFields)
      if (counts.seriesCollisions > 0) collisions.inc(counts.seriesCollisions)
    },
    attempted: (transport, outcome) => attempts.inc({ transport, outcome }),
    page: async () => ({ type: registry.contentType, text: await registry.metrics() }),
    json: () => registry.getMetricsAsJSON() as Promise<object[]>,
  }
}
