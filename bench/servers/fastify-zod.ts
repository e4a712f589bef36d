import { createHash, timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import fastify, { type FastifyRequest } from 'fastify'
import { destination } from 'pino'
import { z } from 'zod'
import { bearerKey } from '../call.ts'
import { addInput, echoInput } from './echo.ts'
import { listen } from './listen.ts'

const call = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string(), z.number()]),
  method: z.literal('tools/call'),
  params: z.object({
    name: z.string(),
    arguments: z.record(z.string(), z.unknown()),
    _meta: z.record(z.string(), z.unknown())
  })
})

const tools = new Map<string, (args: unknown) => string>([
  ['echo', (args) => echoInput.parse(args).text],
  ['add', (args) => sum(addInput.parse(args))]
])

function sum({ a, b }: z.output<typeof addInput>): string {
  return String(a + b)
}

/** What the job needs, written by hand: no protocol library, but the same kinds of hooks. */
export async function startFastifyZod(directory: string): Promise<number> {
  const app = fastify()
  const audit = destination({ dest: join(directory, 'audit.log'), sync: true })
  const takeToken = createBucket(1_000_000, 1e6)
  const keyDigest = digest(bearerKey)

  app.addHook('onRequest', async (request, reply) => {
    const presented = request.headers.authorization?.slice('Bearer '.length) ?? ''
    if (!timingSafeEqual(digest(presented), keyDigest)) return reply.code(401).send()
    if (!takeToken('bench')) return reply.code(429).send()
  })
  app.post('/mcp', async (request: FastifyRequest) => {
    const { id, params } = call.parse(request.body)
    const text = tools.get(params.name)?.(params.arguments) ?? ''
    const line = {
      ts: new Date().toISOString(),
      event: 'TOOL_EXECUTE',
      principal: 'bench',
      remote: request.ip,
      requestId: request.id,
      tool: params.name,
      args: Object.keys(params.arguments)
    }
    audit.write(`${JSON.stringify(line)}\n`)
    return { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } }
  })
  return listen(app)
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** A token bucket per key. */
function createBucket(burst: number, perMs: number): (key: string) => boolean {
  const buckets = new Map<string, { tokens: number; atMs: number }>()
  return (key) => {
    const now = performance.now()
    const bucket = buckets.get(key) ?? { tokens: burst, atMs: now }
    const tokens = Math.min(burst, bucket.tokens + (now - bucket.atMs) * perMs)
    buckets.set(key, { tokens: tokens - 1, atMs: now })
    return tokens >= 1
  }
}
