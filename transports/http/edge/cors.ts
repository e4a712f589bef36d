import cors from '@fastify/cors'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../../../src/settings.ts'

const allowedHeaders = [
  'Content-Type',
  'Authorization',
  'Accept',
  'X-API-Key',
  'X-Session-ID',
  'Mcp-Session-Id',
  'MCP-Protocol-Version',
  'Mcp-Method',
  'Mcp-Name',
  'Last-Event-ID',
  'X-Request-Id',
  'traceparent',
  'tracestate',
  'baggage'
]
const exposedHeaders = [
  'Mcp-Session-Id',
  'X-Session-ID',
  'X-Request-Id',
  'Retry-After',
  'WWW-Authenticate'
]

/** Lets pages of the listed origins read answers; their preflights need no credential. */
export async function addCors(
  app: FastifyInstance,
  { auth, http }: Config,
  paramHeaders: readonly string[]
): Promise<void> {
  await app.register(cors, {
    origin: statedOrigin(http.allowedOrigins),
    methods: ['GET', 'POST', 'DELETE', 'OPTIONS'],
    allowedHeaders: [...allowedHeaders, ...paramHeaders],
    exposedHeaders,
    credentials: auth.required && !http.allowedOrigins.includes('*'),
    maxAge: 86_400,
    strictPreflight: false
  })
}

/** One origin is stated on every answer; of several the one that asks. */
function statedOrigin(allowed: readonly string[]): string | string[] {
  const [only] = allowed
  if (allowed.includes('*')) return '*'
  return allowed.length === 1 && only !== undefined ? only : [...allowed]
}

/** A refusal before the CORS plugin's turn: the page that is limited may read for how long. */
export function exposeRefusal(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { auth, http }: Config
): void {
  const { origin } = headers
  const isAny = http.allowedOrigins.includes('*')
  if (origin === undefined || !(isAny || http.allowedOrigins.includes(origin))) return
  reply.header('access-control-allow-origin', isAny ? '*' : origin)
  reply.header('access-control-expose-headers', exposedHeaders.join(', '))
  if (auth.required && !isAny) reply.header('access-control-allow-credentials', 'true')
}
