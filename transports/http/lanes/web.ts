import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Cancellation, createCancellation } from '../../../src/call/cancellation.ts'
import { untilGone } from '../edge/gone.ts'
import { sendEvents } from '../streams/event-stream.ts'

/**
 * What the SDK reads of a web `Request`: method, URL, single headers and the signal. A real one
 * costs more than the tool call it carries, and its body was parsed already.
 */
export function toWebRequest(request: FastifyRequest, signal?: AbortSignal): Request {
  const { headers } = request
  const look = {
    method: request.method,
    url: `http://localhost${request.url}`,
    signal,
    headers: {
      get(name: string): string | null {
        // The SDK refuses a request that does not name both.
        if (name === 'accept') return 'application/json, text/event-stream'
        const value = headers[name.toLowerCase()]
        return (Array.isArray(value) ? value.join(', ') : value) ?? null
      }
    }
  }
  return look as unknown as Request
}

export function acceptsEventStream({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/event-stream') ?? false
}

/** Stops when the client goes away before its answer is complete, and at the end of a shutdown. */
export function stopOnDisconnect(request: FastifyRequest, reply: FastifyReply): Cancellation {
  const cancellation = createCancellation()
  untilGone(request, reply, () => cancellation.stop('cancelled'))
  return cancellation
}

/** Sends a web `Response` through Fastify, so that headers and hooks survive. */
export async function sendResponse(reply: FastifyReply, response: Response): Promise<void> {
  const { body, headers, status } = response
  const isStream = headers.get('content-type')?.startsWith('text/event-stream') ?? false
  if (isStream) headers.delete('connection')
  reply.code(status)
  for (const [name, value] of headers) reply.header(name, value)
  if (body === null) reply.send()
  else if (isStream) sendEvents(reply, body)
  // One buffer with a length instead of a chunked stream: two writes fewer per call.
  else reply.send(await response.text())
}

/** The path of a request, also when its target came in absolute form (RFC 9112 §3.2.2). */
export function pathOf({ url }: FastifyRequest): string {
  const target = url.startsWith('/') || !URL.canParse(url) ? url : new URL(url).pathname
  const end = target.indexOf('?')
  return end === -1 ? target : target.slice(0, end)
}

/** The path as records show it: where it holds an argument, with that one's name instead. */
export function recordedPath(request: FastifyRequest): string {
  const { url } = request.routeOptions
  return url?.includes('/:') ? url : pathOf(request)
}
