import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '../../src/errors.ts'
import type { Config } from '../../src/settings.ts'
import type { Refuse } from './edge/refuse.ts'

/** The headers in which callers hand over credentials of their own, for APIs that want those. */
export function listUpstreamHeaders({ apis }: Config): readonly string[] {
  return apis.flatMap(({ credential }) => (credential.mode === 'caller' ? [credential.header] : []))
}

/** Takes exactly these headers along with a request; no other header ever goes on. */
export function addUpstreamHeaders(app: FastifyInstance, config: Config, refuse: Refuse): void {
  const names = listUpstreamHeaders(config).map((name) => name.toLowerCase())
  if (names.length === 0) return
  app.addHook('onRequest', async (request, reply) => {
    const { rawHeaders } = request.raw
    const given = new Map<string, string>()
    for (const name of names) {
      const values = rawHeaders.filter(
        (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name
      )
      if (values.length > 1) {
        const detail = `Header ${name} is repeated.`
        return refuse(request, reply, new Refusal('invalid_request', { detail }))
      }
      const [value] = values
      if (value === undefined) continue
      if (holdsInboundKey(value, request)) {
        const detail = `Header ${name} holds the key for this server, which never goes on.`
        return refuse(request, reply, new Refusal('invalid_request', { detail }))
      }
      given.set(name, value)
    }
    request.upstreamHeaders = given
  })
}

/** A client that has one key at hand and sends it for both. */
function holdsInboundKey(value: string, { headers }: FastifyRequest): boolean {
  const { authorization = '', 'x-api-key': apiKey } = headers
  const keys = [authorization.replace(/^bearer +/i, ''), apiKey ?? ''].flat()
  return keys.some((key) => key !== '' && value.includes(key))
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Credentials for upstream APIs, by lower-case header name. */
    upstreamHeaders?: ReadonlyMap<string, string>
  }
}
