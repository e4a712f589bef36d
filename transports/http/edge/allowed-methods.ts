import type { FastifyInstance } from 'fastify'

/** The methods that a path answers, in a fixed order; none for a path that no route has. */
export type AllowedMethods = (path: string) => readonly string[]

const methods = ['GET', 'POST', 'DELETE'] as const

/** Notes every route that is added from now on: `hasRoute` knows patterns, not paths. */
export function collectAllowedMethods(app: FastifyInstance): AllowedMethods {
  const routes: { readonly pattern: readonly string[]; readonly methods: readonly string[] }[] = []
  app.addHook('onRoute', ({ url, method }) => {
    routes.push({ pattern: url.split('/'), methods: [method].flat() })
  })
  return (path) => {
    const segments = path.split('/')
    const matching = routes.filter(({ pattern }) => matches(pattern, segments))
    return methods.filter((method) => matching.some((route) => route.methods.includes(method)))
  }
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) => {
      const segment = segments[index]
      return part.startsWith(':') ? segment !== '' : part === segment
    })
  )
}
