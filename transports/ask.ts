import type { ServerContext } from '@modelcontextprotocol/server'
import { ToolError } from '../src/define-tool.ts'
import { describeError } from '../src/log.ts'
import type { Ask, InputRequest, Log } from '../src/types.ts'

/** People take their time; a client that never answers must still let go. */
const answerTimeoutMs = 600_000

/** Asks a 2025-era client within the call: elicitation, sampling and roots as requests of ours. */
export function createAsk({ mcpReq }: ServerContext, log: Log): Ask {
  // On the stream of the call: a client may send it before it has opened a stream of its own.
  const options = {
    timeout: answerTimeoutMs,
    signal: mcpReq.signal,
    relatedRequestId: mcpReq.id
  }

  async function put({ method, params }: InputRequest): Promise<unknown> {
    if (method === 'elicitation/create') return mcpReq.elicitInput(params as never, options)
    if (method === 'sampling/createMessage') return mcpReq.requestSampling(params as never, options)
    return mcpReq.send({ method: 'roots/list' }, options)
  }

  return async (requests) => {
    const answers: Record<string, unknown> = Object.create(null)
    for (const [key, request] of Object.entries(requests)) {
      try {
        answers[key] = await put(request)
      } catch (error) {
        log.info('the client did not answer', {
          method: request.method,
          error: describeError(error)
        })
        throw new ToolError(
          `This needs ${request.method}, and the client refused it or does not support it.`
        )
      }
    }
    return answers
  }
}
