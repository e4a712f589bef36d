import type { FastifyInstance, FastifyRequest } from 'fastify'
import { resolveIssuer } from '../../../src/identity/jwt.ts'
import type { Config } from '../../../src/settings.ts'

/** This server as a protected resource (RFC 9728). */
export interface Resource {
  readonly issuer: string
  /** Where the metadata is served. */
  readonly paths: ReadonlySet<string>
  /** Its canonical URI, which clients name when they ask for a token (RFC 8707). */
  url(request: FastifyRequest): string
  /** Where its metadata is. */
  metadataUrl(request: FastifyRequest): string
}

const wellKnown = '/.well-known/oauth-protected-resource'

/** The resource that a configuration with tokens describes. */
export function describeResource({ auth, http }: Config): Resource | undefined {
  const issuer = auth.required ? resolveIssuer(auth.jwt) : undefined
  if (!issuer) return undefined
  const { audience } = issuer
  // An audience that is a URL is the address that the operator gave us; else we go by the request.
  const isAddress = /^https?:\/\//.test(audience) && URL.canParse(audience)
  const { origin, pathname } = new URL(isAddress ? audience : `http://localhost${http.path}`)
  // Of another shape than our routes may have: the root form serves, too.
  const path = /^(?:\/[\w.~-]+)*$/.test(pathname) ? pathname : ''
  return {
    issuer: issuer.issuer,
    paths: new Set([wellKnown, wellKnown + http.path, wellKnown + path]),
    url: (request) => (isAddress ? audience : originOf(request) + http.path),
    metadataUrl: (request) => (isAddress ? origin : originOf(request)) + wellKnown + path
  }
}

/** The Host header has passed the guard: it is one of ours. The scheme is any text of a proxy's. */
function originOf({ protocol, headers }: FastifyRequest): string {
  return `${protocol === 'https' ? 'https' : 'http'}://${headers.host}`
}

/** The metadata at both well-known paths, for everybody. */
export function addResourceMetadata(app: FastifyInstance, resource: Resource): void {
  for (const url of resource.paths) {
    app.get(url, { config: { isPublic: () => true } }, (request, reply) =>
      reply.send({
        resource: resource.url(request),
        authorization_servers: [resource.issuer],
        bearer_methods_supported: ['header'],
        resource_name: 'Portcullis'
      })
    )
  }
}
