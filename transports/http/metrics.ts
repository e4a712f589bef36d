import type { FastifyInstance } from 'fastify'
import type { Metric } from 'prom-client'
import type { Family } from '../../src/output/metric-families.ts'

export interface MetricsOptions {
  readonly isPublic: boolean
  readonly list: () => readonly Family[]
}

/** `GET /metrics` for Prometheus; also while the server drains or is stopped, when it is wanted most. */
export function addMetrics(app: FastifyInstance, { isPublic, list }: MetricsOptions): void {
  const config = { isPublic: () => isPublic, isServedStopped: true }
  app.get('/metrics', { config }, async (_request, reply) => {
    // With the first scrape: a server that nobody watches does without it.
    const { Registry } = await import('prom-client')
    const registry = new Registry()
    for (const family of list()) registry.registerMetric(toMetric(family))
    return reply.type(registry.contentType).send(await registry.metrics())
  })
}

/** The registry reads a name and what `get` resolves to; its own classes also count, which is done. */
function toMetric({ name, help, type, samples }: Family): Metric {
  const metric = { name, get: async () => ({ name, help, type, values: samples }) }
  return metric as unknown as Metric
}
