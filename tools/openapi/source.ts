import { isRecord } from '../../src/json.ts'
import type { JsonSchema, Parsed, Source, ToolDefinition } from '../../src/types.ts'
import { type ApiClient, createClient } from './client.ts'
import { loadDocument } from './document.ts'
import { type Operation, type Refused, readOperations } from './operations.ts'
import { type ApiBase, buildRequest, parseBaseUrl } from './request.ts'
import { mapResponse, planAnswer } from './response.ts'
import { toJsonSchema, Unsupported } from './schema.ts'
import { type Check, createCompiler } from './validate.ts'

const defaultTimeoutMs = 30_000
const maxListItems = 1_000

export interface OpenApiOptions {
  /** Toolset of every tool. */
  readonly name: string
  /** Path of a JSON or YAML file, or the document itself. */
  readonly document: string | object
  /** Replaces the servers of the document, base path included. */
  readonly baseUrl: string
  /** Bearer token for the API. */
  readonly token?: string
  /** For one request; 30,000 when not given. */
  readonly timeoutMs?: number
}

export interface OpenApiSource extends Source {
  /** Operations of the document that are not offered, each with the reason. */
  readonly refused: readonly Refused[]
}

interface Mount {
  readonly toolset: string
  readonly base: ApiBase
  readonly client: ApiClient
  readonly compile: (schema: JsonSchema) => Check
}

/**
 * Mounts the GET and HEAD operations of an OpenAPI document as tools. Throws an Error when the
 * document, the base URL or the token is not usable; a single operation never stops the start.
 */
export async function createOpenApiSource(options: OpenApiOptions): Promise<OpenApiSource> {
  const base = parseBaseUrl(options.baseUrl)
  const document = await loadDocument(options.document)
  const { operations, refused } = readOperations(document)
  const client = createClient({
    token: options.token,
    timeoutMs: options.timeoutMs ?? defaultTimeoutMs
  })
  const mount: Mount = { toolset: options.name, base, client, compile: createCompiler() }
  const made = operations.map((operation) => makeTool(operation, mount))
  return Object.freeze({
    tools: Object.freeze(made.filter((each) => 'run' in each)),
    refused: Object.freeze([...refused, ...made.filter((each) => 'reason' in each)]),
    async close() {
      client.close()
    }
  })
}

function makeTool(operation: Operation, mount: Mount): ToolDefinition | Refused {
  try {
    return toTool(operation, mount)
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error
    return Object.freeze({ operation: operation.id, reason: error.message })
  }
}

function toTool(operation: Operation, { toolset, base, client, compile }: Mount): ToolDefinition {
  const inputSchema = toInputSchema(operation)
  const check = compile(inputSchema)
  const plan = planAnswer(operation.answer, compile)
  return Object.freeze({
    name: operation.name,
    title: operation.title,
    description: operation.description,
    inputSchema,
    ...(plan && { outputSchema: plan.outputSchema }),
    annotations: readAnnotations,
    toolset,
    scopes: Object.freeze([]),
    parse: (args: unknown) => parseArguments(args ?? {}, check),
    run: async (value, ctx) => {
      const response = await client.send(buildRequest(base, operation, value), ctx)
      return mapResponse(response, plan)
    }
  } satisfies ToolDefinition)
}

const readAnnotations = Object.freeze({
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: true
})

function toInputSchema({ parameters }: Operation): JsonSchema {
  const properties = parameters.map(({ argument, schema, description }) => [
    argument,
    description ? { ...schema, description } : schema
  ])
  const required = parameters.filter((each) => each.required).map(({ argument }) => argument)
  return Object.freeze(
    toJsonSchema(
      {
        type: 'object',
        properties: Object.fromEntries(properties),
        ...(required.length > 0 && { required }),
        additionalProperties: false
      },
      'input'
    )
  )
}

function parseArguments(args: unknown, check: Check): Parsed {
  // Before ajv: `uniqueItems` compares pairwise, so a long list would hang the process.
  for (const [field, value] of Object.entries(isRecord(args) ? args : {})) {
    if (Array.isArray(value) && value.length > maxListItems) {
      return {
        ok: false,
        problems: [{ field, message: `must hold at most ${maxListItems} items` }]
      }
    }
  }
  const problems = check(args)
  return problems.length === 0 ? { ok: true, value: args } : { ok: false, problems }
}
