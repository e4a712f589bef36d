import diagnostics from 'node:diagnostics_channel'
import type { FastifyInstance } from 'fastify'

/** Every route that Fastify instances get from now on, as `METHOD url`. */
export function watchRoutes(): { readonly routes: Set<string>; stop(): void } {
  const routes = new Set<string>()
  const channel = 'fastify.initialization'
  const watch = (message: unknown): void => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const name of [method].flat()) routes.add(`${name} ${url}`)
    })
  }
  diagnostics.subscribe(channel, watch)
  return {
    routes,
    stop() {
      diagnostics.unsubscribe(channel, watch)
    }
  }
}
