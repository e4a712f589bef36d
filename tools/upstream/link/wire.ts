import { isRecord } from '../../../src/json.ts'
import type { InputRequest } from '../../../src/types.ts'
import type { Message, UpstreamEvent, UpstreamInfo } from '../connection.ts'
import type { Leg } from './link.ts'

const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities'

/** What the client writes into `_meta` itself; nobody behind it may say otherwise. */
const ownMeta = [
  'io.modelcontextprotocol/protocolVersion',
  'io.modelcontextprotocol/clientInfo',
  capabilitiesKey,
  'progressToken'
]

/** The parameters of a request with what belongs to this leg of it. */
export function toParams(params: Message, leg: Leg, { era }: UpstreamInfo): Message {
  const { _meta: given } = params
  const kept = Object.entries(isRecord(given) ? given : {}).filter(
    ([key]) => !ownMeta.includes(key)
  )
  const meta = {
    ...Object.fromEntries(kept),
    ...(leg.traceparent !== undefined && { traceparent: leg.traceparent }),
    ...(era === 'modern' && { [capabilitiesKey]: leg.capabilities })
  }
  const { _meta, ...rest } = params
  return Object.keys(meta).length === 0 ? rest : { ...rest, _meta: meta }
}

/** By the method of a server's question, the capability that a client declares to be asked it. */
export const capabilityOf: ReadonlyMap<string, string> = new Map<InputRequest['method'], string>([
  ['elicitation/create', 'elicitation'],
  ['sampling/createMessage', 'sampling'],
  ['roots/list', 'roots']
])

/** Undefined for what nobody here acts on. */
export function readEvent(method: string, params: unknown): UpstreamEvent | undefined {
  const list = /^notifications\/(tools|prompts|resources)\/list_changed$/.exec(method)
  if (list) return { kind: list[1] as 'tools' | 'prompts' | 'resources' }
  const uri = isRecord(params) ? params.uri : undefined
  const isUpdate = method === 'notifications/resources/updated' && typeof uri === 'string'
  return isUpdate ? { kind: 'resource', uri } : undefined
}

/** In place of the SDK's check of structured content against a schema that nobody has checked. */
export function acceptAll(input: unknown) {
  return { valid: true as const, data: input as never, errorMessage: undefined }
}
