import type { View } from '../../../src/catalogue/view.ts'
import { isRecord } from '../../../src/json.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { type DirectRoute, directRoutes } from './api-direct.ts'
import {
  answer,
  describeFaults,
  json,
  object,
  pointer,
  rebase,
  refer,
  text,
  time
} from './api-schema.ts'

/** Writes the OpenAPI document of what a view shows; once per view. */
export function createApiDocument(server: {
  readonly version: string
  readonly needsKey: boolean
}): (view: View) => string {
  const written = new WeakMap<View, string>()
  return (view) => {
    const known = written.get(view)
    if (known !== undefined) return known
    const made = JSON.stringify(describeApi(view, server))
    written.set(view, made)
    return made
  }
}

function describeApi(
  { listed: tools }: View,
  { version, needsKey }: { readonly version: string; readonly needsKey: boolean }
): object {
  const paths: Record<string, object> = { ...fixedPaths() }
  for (const tool of tools.values()) {
    // The route of this name takes the tool's name in its body.
    if (tool.name !== 'execute') paths[`/api/tools/${tool.name}`] = { post: describeTool(tool) }
  }
  for (const route of directRoutes) {
    const tool = tools.get(route.tool)
    const path = route.url.replace(/:(\w+)/g, '{$1}')
    if (tool) paths[path] = { [route.method.toLowerCase()]: describeRoute(route, path, tool) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Portcullis',
      version,
      description: 'The tools of this server for clients that speak plain HTTP.'
    },
    ...(needsKey && { security: [{ bearer: [] }, { apiKey: [] }] }),
    paths,
    components: {
      schemas: { error: object({ error: text, timestamp: time }), ...describeSchemas(tools) },
      responses: describeFaults(),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' }
      }
    }
  }
}

/** Operation ids with a dot: no tool can have one of these names. */
function fixedPaths(): Record<string, object> {
  const pong = answer('It does.', object({ message: text, timestamp: time }), [429, 503])
  const parameters = { type: 'object', additionalProperties: text }
  const entry = object({ name: text, description: text, parameters })
  const list = { tools: { type: 'array', items: entry }, total_tools: { type: 'integer' } }
  const call = {
    type: 'object',
    properties: { tool_name: text, name: text, arguments: { type: 'object' } },
    anyOf: [{ required: ['tool_name'] }, { required: ['name'] }]
  }
  const called = object({ tool_name: text, result: {}, timestamp: time })
  const summary = 'Says whether the server runs'
  return {
    '/ping': {
      get: { operationId: 'api.ping', summary, security: [], ...pong },
      post: { operationId: 'api.pingByPost', summary, security: [], ...pong }
    },
    '/openapi.json': {
      get: {
        operationId: 'api.describe',
        summary: 'This document',
        ...answer('OpenAPI 3.1.', { type: 'object' }, [401, 429, 500, 503])
      }
    },
    '/api/tools': {
      get: {
        operationId: 'api.listTools',
        summary: 'The tools that the caller may use',
        ...answer('The tools.', object({ ...list, timestamp: time }), [401, 429, 500, 503])
      }
    },
    '/api/tools/execute': {
      post: {
        operationId: 'api.executeTool',
        summary: 'Calls a tool by its name',
        requestBody: { required: true, ...json(call) },
        ...answer('What the tool returned.', called)
      }
    }
  }
}

function describeTool(tool: ToolDefinition): object {
  const { name, title, description, inputSchema } = tool
  const isRequired = Array.isArray(inputSchema.required) && inputSchema.required.length > 0
  return {
    operationId: name,
    summary: title,
    description,
    tags: [tool.toolset],
    requestBody: { required: isRequired, ...json(refer(`${name}.input`)) },
    ...answer('What the tool returned.', resultSchema(tool))
  }
}

function describeRoute({ method, query }: DirectRoute, path: string, tool: ToolDefinition): object {
  const properties = isRecord(tool.inputSchema.properties) ? tool.inputSchema.properties : {}
  const describe = (where: 'path' | 'query', name: string, argument: string): object => ({
    name,
    in: where,
    ...(where === 'path' && { required: true }),
    schema: rebase(properties[argument] ?? {}, pointer(`${tool.name}.input`))
  })
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) =>
    describe('path', name, name)
  )
  const inQuery = [...query].map(([name, argument]) => describe('query', name, argument))
  return {
    operationId: `api.${tool.name}${method === 'POST' ? '.byPost' : ''}`,
    summary: tool.title,
    tags: [tool.toolset],
    ...(method === 'POST'
      ? { requestBody: { required: true, ...json(refer(`${tool.name}.input`)) } }
      : { parameters: [...inPath, ...inQuery] }),
    ...answer('What the tool returned.', resultSchema(tool))
  }
}

/** The schemas of every tool; a dot keeps them apart from each other's names. */
function describeSchemas(tools: View['tools']): Record<string, unknown> {
  const entries = [...tools.values()].flatMap(({ name, inputSchema, outputSchema }) => {
    const input = `${name}.input`
    const output = `${name}.output`
    return [
      [input, rebase(inputSchema, pointer(input))] as const,
      ...(outputSchema ? [[output, rebase(outputSchema, pointer(output))] as const] : [])
    ]
  })
  return Object.fromEntries(entries)
}

function resultSchema({ name, outputSchema }: ToolDefinition): object {
  return outputSchema ? refer(`${name}.output`) : {}
}
