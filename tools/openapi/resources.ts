import { hash } from 'node:crypto'
import { ConfigError } from '../../src/config-error.ts'
import { ToolError } from '../../src/define-tool.ts'
import { Refusal } from '../../src/errors.ts'
import { isRecord } from '../../src/json.ts'
import type { ApiSettings } from '../../src/settings/api-settings.ts'
import type { CallContext, ResourceDefinition } from '../../src/types.ts'
import { Unsupported } from '../outside/schema/schema.ts'
import { isJsonType } from './media-type.ts'
import { type Candidate, type Operation, unknownOperation } from './operations.ts'
import type { Parameter } from './request/parameters.ts'
import { buildRequest } from './request/request.ts'
import { parseAnswer } from './response/content.ts'
import { mapResponse } from './response/response.ts'
import { type Mount, planTool, type ToolPlan } from './tool.ts'

/**
 * Makes a resource of each configured GET operation: the variables of a URI template fill the path
 * parameters of the same name, or the only one. Throws a ConfigError when they do not fit.
 */
export function makeResources(
  resources: ApiSettings['resources'],
  candidates: readonly Candidate[],
  mount: Mount
): readonly ResourceDefinition[] {
  return Object.entries(resources).map(([uri, id]) => {
    const setting = `apis.resources.${uri}`
    const candidate = candidates.find((each) => each.id === id)
    if (!candidate)
      throw unknownOperation(
        setting,
        id,
        candidates.map((each) => each.id)
      )
    try {
      return makeResource(uri, setting, planTool(candidate, mount.compile), candidate, mount)
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error
      throw new ConfigError(`${setting}: ${id} cannot be offered: ${error.message}`)
    }
  })
}

function makeResource(
  uri: string,
  setting: string,
  plan: ToolPlan,
  { override }: Candidate,
  mount: Mount
): ResourceDefinition {
  const { operation } = plan
  const variables = matchVariables(uri, setting, operation)
  return Object.freeze({
    uri,
    name: operation.name,
    title: operation.title,
    description: operation.description,
    mimeType: 'application/json',
    scopes: Object.freeze([...(override?.scopes ?? [])]),
    read: async (asked: string, given: ReadonlyMap<string, string>, ctx: CallContext) => {
      const args = Object.fromEntries(
        [...variables].map(([variable, { argument, schema }]) => [
          argument,
          toArgument(given.get(variable) ?? '', schema)
        ])
      )
      const text = await readText(plan, args, asked, mount, ctx)
      const sha256 = hash('sha256', text, 'hex')
      return { contents: [{ uri: asked, mimeType: 'application/json', text, _meta: { sha256 } }] }
    }
  })
}

function matchVariables(
  uri: string,
  setting: string,
  operation: Operation
): ReadonlyMap<string, Parameter> {
  if (operation.method !== 'GET') throw new ConfigError(`${setting}: ${operation.id} is not a GET`)
  const names = [...uri.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const paths = operation.parameters.filter(({ location }) => location === 'path')
  const isOnlyOne = names.length === 1 && paths.length === 1
  const matched = new Map<string, Parameter>()
  for (const variable of names) {
    const parameter = isOnlyOne
      ? paths[0]
      : paths.find(({ name, argument }) => name === variable || argument === variable)
    if (!parameter) {
      throw new ConfigError(`${setting}: ${operation.id} has no path parameter ${variable}`)
    }
    matched.set(variable, parameter)
  }
  const filled = new Set([...matched.values()].map(({ argument }) => argument))
  const missing = operation.arguments.find(({ name, required }) => required && !filled.has(name))
  if (missing) throw new ConfigError(`${setting}: ${operation.id} also needs ${missing.name}`)
  return matched
}

/** A variable is text; a parameter may be a number or a boolean. */
function toArgument(text: string, schema: unknown): unknown {
  const types = isRecord(schema) ? [schema.type].flat() : []
  if (types.includes('string')) return text
  const isNumeric = types.includes('integer') || types.includes('number')
  if (isNumeric && /^-?(0|[1-9]\d{0,14})(\.\d{1,15})?$/.test(text)) return Number(text)
  return types.includes('boolean') && /^(true|false)$/.test(text) ? text === 'true' : text
}

/** The whole answer as JSON text; the caller of resources caps its size. */
async function readText(
  { operation, check, answer }: ToolPlan,
  args: Record<string, unknown>,
  uri: string,
  { base, client }: Mount,
  ctx: CallContext
): Promise<string> {
  if (check(args).length > 0) throw new Refusal('unknown_resource', { data: { uri } })
  const response = await client.send(buildRequest(base, operation, args), ctx)
  if (response.status === 404) throw new Refusal('unknown_resource', { data: { uri } })
  const isJson = response.status >= 200 && response.status < 300 && isJsonType(response.mediaType)
  const parsed = isJson ? parseAnswer(response.body) : undefined
  if (parsed) return JSON.stringify(parsed.value)
  const [block] = mapResponse(response, answer).content
  const text = block?.type === 'text' ? String(block.text) : 'The API did not answer with JSON.'
  throw new ToolError(text)
}
