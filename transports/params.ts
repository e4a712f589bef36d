import { codeOf } from '../src/errors.ts'
import { isRecord } from '../src/json.ts'
import { listings } from '../src/listings.ts'
import type { Metrics } from '../src/metrics.ts'

type Params = Readonly<Record<string, unknown>>

type Check = (params: Params) => string | undefined

/** Per method, what its parameters lack; undefined when the dispatcher can take them. */
const checks = new Map<string, Check>([
  ['initialize', checkInitialize],
  ['logging/setLevel', checkLevel],
  ['tools/call', checkCall],
  ['resources/read', (params) => needText(params, 'uri')],
  ['resources/subscribe', (params) => needText(params, 'uri')],
  ['resources/unsubscribe', (params) => needText(params, 'uri')],
  ['prompts/get', (params) => needText(params, 'name') ?? allowTexts(params, 'arguments')],
  ...Object.values(listings).map(({ method }): [string, Check] => [method, checkCursor]),
  ['completion/complete', checkCompletion]
])

/** Unknown methods in 2026-07-28: the SDK says so, whatever their parameters. */
const removed = new Set([
  'initialize',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe'
])

/**
 * Looks at parameters before the SDK does, whose own refusal would show its schema library and
 * escape limits and audit.
 */
export function findParamFault(
  method: string,
  params: unknown,
  isModern: boolean
): string | undefined {
  const check = checks.get(method)
  if (!check || (isModern && removed.has(method))) return undefined
  if (params !== undefined && !isRecord(params)) return 'params must be an object.'
  return check(params ?? {})
}

function needText(params: Params, key: string): string | undefined {
  return typeof params[key] === 'string' ? undefined : `${key} must be a text.`
}

function allowText(params: Params, key: string): string | undefined {
  return params[key] === undefined ? undefined : needText(params, key)
}

function allowObject(params: Params, key: string): string | undefined {
  return params[key] === undefined || isRecord(params[key])
    ? undefined
    : `${key} must be an object.`
}

function allowTexts(params: Params, key: string): string | undefined {
  const fault = allowObject(params, key)
  if (fault) return fault
  const values = Object.entries((params[key] ?? {}) as object)
  const wrong = values.find(([, value]) => typeof value !== 'string')
  return wrong ? `${key}.${wrong[0].slice(0, 64)} must be a text.` : undefined
}

function checkCursor(params: Params): string | undefined {
  return allowText(params, 'cursor')
}

function checkCall(params: Params): string | undefined {
  return (
    needText(params, 'name') ??
    allowObject(params, 'arguments') ??
    allowObject(params, 'task') ??
    allowText(params, 'requestState')
  )
}

function checkCompletion({ ref, argument, context: given }: Params): string | undefined {
  const isPrompt = isRecord(ref) && ref.type === 'ref/prompt' && typeof ref.name === 'string'
  const isResource = isRecord(ref) && ref.type === 'ref/resource' && typeof ref.uri === 'string'
  if (!isPrompt && !isResource) return 'ref must name a prompt or a resource template.'
  if (!isRecord(argument)) return 'argument must be an object.'
  const fault = needText(argument, 'name') ?? needText(argument, 'value')
  if (fault) return fault
  const context = allowObject({ context: given }, 'context')
  return context ?? allowTexts((given ?? {}) as Params, 'arguments')
}

function checkInitialize({
  protocolVersion,
  capabilities,
  clientInfo
}: Params): string | undefined {
  if (typeof protocolVersion !== 'string') return 'protocolVersion must be a text.'
  if (!isRecord(capabilities)) return 'capabilities must be an object.'
  const isNamed = isRecord(clientInfo) && typeof clientInfo.name === 'string'
  return isNamed ? undefined : 'clientInfo must have a name and a version.'
}

const levels = 'debug info notice warning error critical alert emergency'.split(' ')

function checkLevel({ level }: Params): string | undefined {
  return levels.includes(String(level)) ? undefined : `level must be one of ${levels.join(', ')}.`
}

/** What the SDK answers by itself, by era. */
const answeredBySdk = {
  modern: new Set(['server/discover', 'subscriptions/listen']),
  legacy: new Set(['initialize', 'ping', 'logging/setLevel'])
}

/** Counts a request that the dispatcher never sees, and so cannot count. */
export function countUndispatched(metrics: Metrics, method: string, isModern: boolean): void {
  const isAnswered = answeredBySdk[isModern ? 'modern' : 'legacy'].has(method)
  const isSeen = checks.has(method) && !(isModern && removed.has(method))
  if (isAnswered) metrics.countRequest(method)
  else if (!isSeen) metrics.countRequest(method, codeOf('not_found'))
}

const free = new Set(['initialize', 'ping', 'server/discover'])

/** True for methods that the dispatcher charges itself, or that are free; the rest share one rate. */
export function isDispatched(method: string): boolean {
  return free.has(method) || (checks.has(method) && method !== 'logging/setLevel')
}
