import { isRecord } from '../../src/json.ts'
import type { JsonSchema, Parsed, ToolAnnotations, ToolDefinition } from '../../src/types.ts'
import { isRead } from '../outside/method.ts'
import { toInputSchema } from '../outside/schema/schema.ts'
import type { Check } from '../outside/schema/validate.ts'
import { cleanLine } from '../outside/text.ts'
import type { ApiClient } from './client/client.ts'
import type { Candidate, Operation } from './operations.ts'
import { type ApiBase, buildRequest } from './request/request.ts'
import { projectionArgument } from './response/projection.ts'
import { type AnswerPlan, mapResponse, planAnswer } from './response/response.ts'
import { sensitiveNames } from './sensitive.ts'

const maxListItems = 1_000

export interface Mount {
  readonly toolset: string
  readonly base: ApiBase
  readonly client: ApiClient
  readonly compile: (schema: JsonSchema) => Check
}

/** What the tool of an operation is made of. */
export interface ToolPlan {
  readonly operation: Operation
  readonly inputSchema: JsonSchema
  readonly check: Check
  readonly answer: AnswerPlan | undefined
  /** What a call cannot do although the document has it. */
  readonly notes: readonly string[]
}

/** Reads an operation and plans its tool. Throws Unsupported with the reason when it cannot be. */
export function planTool(candidate: Candidate, compile: (schema: JsonSchema) => Check): ToolPlan {
  const operation = candidate.read()
  const fields = projectionOf(operation)
  const { schema: inputSchema, isShortened } = describeArguments(operation, fields)
  const notes = [...operation.notes]
  if (isShortened) notes.push('its input schema is too large and is shortened.')
  const answer = planAnswer(operation.answer, compile, {
    responses: operation.responses,
    argumentNames: operation.arguments.map(({ name }) => name),
    hasProjection: fields !== undefined
  })
  const broken = answer?.outputSchema ? undefined : brokenAnswer(operation.answer)
  if (broken) notes.push(`its answer refers to "${broken}", which is not in the document.`)
  return Object.freeze({
    operation,
    inputSchema,
    check: compile(inputSchema),
    answer,
    notes: Object.freeze(notes)
  })
}

/** The argument `fields`, unless the operation has one of this name. */
function projectionOf({ method, answer, arguments: list }: Operation): JsonSchema | undefined {
  const isTaken = list.some(({ name }) => name === 'fields')
  return method === 'GET' && !isTaken ? projectionArgument(answer) : undefined
}

function describeArguments(operation: Operation, fields: JsonSchema | undefined) {
  const properties = operation.arguments.map(({ name, schema, description }) => [
    name,
    description ? { ...(isRecord(schema) ? schema : {}), description } : schema
  ])
  const required = operation.arguments.filter((each) => each.required).map(({ name }) => name)
  return toInputSchema({
    type: 'object',
    properties: { ...Object.fromEntries(properties), ...(fields && { fields }) },
    ...(required.length > 0 && { required }),
    additionalProperties: false
  })
}

/** A reference near the top of an answer that points nowhere. */
function brokenAnswer(answer: unknown): string | undefined {
  if (!isRecord(answer)) return undefined
  const { items, properties } = answer
  const near = [answer, items, ...Object.values(isRecord(properties) ? properties : {})]
  const broken = near.find((each) => isRecord(each) && typeof each.$ref === 'string')
  return isRecord(broken) ? cleanLine(broken.$ref, 80) : undefined
}

/** Makes the tool. */
export function makeTool(
  { operation, inputSchema, check, answer }: ToolPlan,
  candidate: Candidate,
  { toolset, base, client }: Mount
): ToolDefinition {
  const { override } = candidate
  const sensitive = [...(override?.sensitive ?? []), ...sensitiveNames(operation)]
  const sendOptions = override?.cache === undefined ? {} : { cacheable: override.cache }
  return Object.freeze({
    name: operation.name,
    title: operation.title,
    description: operation.description,
    inputSchema,
    ...(answer?.outputSchema && { outputSchema: answer.outputSchema }),
    annotations: annotationsOf(operation.method),
    toolset,
    scopes: Object.freeze([...(override?.scopes ?? [])]),
    ...(override?.timeoutMs !== undefined && { timeoutMs: override.timeoutMs }),
    ...(sensitive.length > 0 && { sensitive: Object.freeze([...new Set(sensitive)]) }),
    parse: (args: unknown) => parseArguments(args ?? {}, operation, check),
    run: async (value, ctx) => {
      const response = await client.send(buildRequest(base, operation, value), ctx, sendOptions)
      ctx.noteUpstream?.(response.status)
      return mapResponse(response, answer, value)
    }
  } satisfies ToolDefinition)
}

/**
 * RFC 9110, sections 9.2.1 and 9.2.2: what a verb promises. Destructive is in MCP whatever does
 * not only add: PUT and PATCH replace what was there.
 */
export function annotationsOf(method: string): ToolAnnotations {
  const readOnlyHint = isRead(method)
  return Object.freeze({
    readOnlyHint,
    destructiveHint: !readOnlyHint && method !== 'POST',
    idempotentHint: readOnlyHint || method === 'PUT' || method === 'DELETE',
    openWorldHint: true
  })
}

function parseArguments(args: unknown, { parameters }: Operation, check: Check): Parsed {
  const given = isRecord(args) ? args : {}
  for (const { argument } of parameters) {
    const value = Object.hasOwn(given, argument) ? given[argument] : undefined
    if (Array.isArray(value) && value.length > maxListItems) {
      const message = `must hold at most ${maxListItems} items`
      return { ok: false, problems: [{ field: argument, message }] }
    }
  }
  const problems = check(args)
  return problems.length === 0 ? { ok: true, value: args } : { ok: false, problems }
}
