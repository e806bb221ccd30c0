// Metrics in Prometheus' form, by prom-client. Several processes are summed into one page.

import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client'

export { Counter, Gauge, Histogram } from 'prom-client'

/** A registry of its own with the metrics of the Node process. */
export function createRegistry(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}

/** One page of the metrics that several processes gave as JSON (`getMetricsAsJSON`): counters and histograms are summed. */
export async function sumMetrics(parts: readonly (readonly object[])[]): Promise<{ type: string; text: string }> {
  const registry = AggregatorRegistry.aggregate([...parts])
  return { type: registry.contentType, text: await registry.metrics() }
}
