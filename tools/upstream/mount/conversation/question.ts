import { isRecord } from '../../../../src/json.ts'
import type { CallContext, InputRequest, InputRequired } from '../../../../src/types.ts'
import { cleanText } from '../../../outside/text.ts'
import type { Message } from '../../connection.ts'
import { capabilityOf } from '../../link/wire.ts'
import { Misshapen } from '../answer/content.ts'

export const maxQuestions = 16
const maxStateChars = 65_536
const maxMessageChars = 2000

/** What a server may ask of this caller: nothing that its client did not declare. */
export function readCapabilities({ ask, clientCapabilities = {} }: CallContext): Message {
  if (ask === undefined) return {}
  return Object.fromEntries(
    [...capabilityOf.values()].flatMap((name) =>
      isRecord(clientCapabilities[name]) ? [[name, clientCapabilities[name]]] : []
    )
  )
}

/** What a 2026-era server asks by its result; undefined when it is finished. Throws Misshapen. */
export function readQuestions(
  result: Message,
  server: string,
  ctx: CallContext
): InputRequired | undefined {
  if (result.resultType !== 'input_required') return undefined
  const { inputRequests = {}, requestState } = result
  const isState =
    requestState === undefined ||
    (typeof requestState === 'string' && requestState.length <= maxStateChars)
  if (!isRecord(inputRequests) || !isState) throw new Misshapen('the questions have no form')
  const entries = Object.entries(inputRequests)
  if (entries.length > maxQuestions) throw new Misshapen('too many questions')
  return {
    inputRequests: Object.fromEntries(
      entries.map(([key, request]) => [key, readQuestion(request, server, ctx)])
    ),
    state: requestState === undefined ? {} : { upstream: requestState }
  }
}

/** What a question needs within its capability; undefined: no more than that. */
function partOf(method: InputRequest['method'], { mode, tools, toolChoice }: Message) {
  if (method === 'elicitation/create') return mode === 'url' ? 'url' : 'form'
  const hasTools = tools !== undefined || toolChoice !== undefined
  return method === 'sampling/createMessage' && hasTools ? 'tools' : undefined
}

/** A bare `elicitation: {}` is what clients declared before there were modes. */
function holds(declared: Message, part: string | undefined): boolean {
  if (part === undefined || isRecord(declared[part])) return true
  return part === 'form' && !isRecord(declared.url)
}

/** A question as it may be put: one that the caller's client can answer, with who asks. */
export function readQuestion(request: unknown, server: string, ctx: CallContext): InputRequest {
  const method = isRecord(request) ? (request.method as InputRequest['method']) : undefined
  const needed = method !== undefined && capabilityOf.get(method)
  if (!isRecord(request) || !method || !needed) throw new Misshapen('a question has no method')
  if (!(needed in readCapabilities(ctx))) throw new Misshapen(`asks for ${needed}, not declared`)
  const { params = {} } = request
  if (!isRecord(params)) throw new Misshapen('a question has no parameters')
  const part = partOf(method, params)
  const declared = readCapabilities(ctx)[needed]
  if (!isRecord(declared) || !holds(declared, part)) {
    throw new Misshapen(`asks for ${needed}.${part}, not declared`)
  }
  if (method !== 'elicitation/create') return { method, params }
  // The client shows one name, ours: its user must see who really asks.
  const message = `${server}: ${cleanText(params.message, maxMessageChars)}`
  return { method, params: { ...params, message } }
}
