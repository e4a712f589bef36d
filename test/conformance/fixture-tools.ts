import type { Changes } from '../../src/changes.ts'
import type {
  CallContext,
  CallResult,
  Content,
  JsonSchema,
  ToolDefinition,
  ToolResult
} from '../../src/types.ts'
import { audio, image } from './media.ts'

type Run = (
  args: Readonly<Record<string, unknown>>,
  ctx: CallContext
) => ToolResult | Promise<ToolResult>

const noArguments: JsonSchema = { type: 'object', properties: {} }

/** A fixture tool: arguments are taken as they come, as the referee sends them. */
export function fixtureTool(
  name: string,
  description: string,
  run: Run,
  inputSchema: JsonSchema = noArguments
): ToolDefinition {
  return {
    name,
    title: name,
    description,
    inputSchema,
    annotations: {
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false
    },
    toolset: 'conformance',
    scopes: [],
    parse: (args) => ({ ok: true, value: args ?? {} }),
    run: (value, ctx) => run(value as Readonly<Record<string, unknown>>, ctx)
  }
}

export function text(value: string): CallResult {
  return { content: [{ type: 'text', text: value }] }
}

export function requiredStrings(...names: readonly string[]): JsonSchema {
  const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]))
  return { type: 'object', properties, required: names }
}

/** Tools that both revisions ask for. */
export function createPlainTools(changes: Changes): readonly ToolDefinition[] {
  return [
    fixtureTool('test_simple_text', 'Returns one text', () =>
      text('This is a simple text response for testing.')
    ),
    fixtureTool('test_image_content', 'Returns an image', () => ({ content: [image] })),
    fixtureTool('test_audio_content', 'Returns a sound', () => ({ content: [audio] })),
    fixtureTool('test_embedded_resource', 'Returns an embedded resource', () => ({
      content: [embedded('test://embedded-resource', 'text/plain', 'An embedded resource.')]
    })),
    fixtureTool('test_multiple_content_types', 'Returns three kinds of content', () => ({
      content: [
        { type: 'text', text: 'Multiple content types test:' },
        image,
        embedded('test://mixed-content-resource', 'application/json', '{"test":"data"}')
      ]
    })),
    fixtureTool('test_error_handling', 'Throws', () => {
      throw new Error('This tool intentionally returns an error for testing')
    }),
    fixtureTool('test_tool_with_progress', 'Reports progress', async (_args, ctx) => {
      for (const progress of [0, 50, 100]) {
        ctx.progress(progress, 100)
        await pause()
      }
      return text('done')
    }),
    fixtureTool('test_tool_with_logging', 'Logs to the client', async (_args, ctx) => {
      ctx.message('info', 'Tool execution started')
      await pause()
      ctx.message('info', 'Tool processing data')
      await pause()
      ctx.message('info', 'Tool execution completed')
      return text('logged')
    }),
    fixtureTool('test_logging_tool', 'Logs only to a client that asked', (_args, ctx) => {
      ctx.message('info', 'logged')
      return text('done')
    }),
    fixtureTool('test_reconnection', 'Takes a moment', async () => {
      await pause()
      return text('Reconnection test completed')
    }),
    fixtureTool('test_trigger_tool_change', 'Announces a changed tool list', () => {
      changes.publish({ kind: 'tools' })
      return text('announced')
    }),
    fixtureTool('test_trigger_prompt_change', 'Announces a changed prompt list', () => {
      changes.publish({ kind: 'prompts' })
      return text('announced')
    }),
    fixtureTool('json_schema_2020_12_tool', 'Keeps its schema', () => text('ok'), richSchema),
    fixtureTool('test_x_mcp_header', 'Repeats an argument in a header', () => text('ok'), {
      type: 'object',
      properties: {
        region: { type: 'string', 'x-mcp-header': 'Region' },
        query: { type: 'string' }
      }
    })
  ]
}

function embedded(uri: string, mimeType: string, content: string): Content {
  return { type: 'resource', resource: { uri, mimeType, text: content } }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50))
}

const richSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } }
    }
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' }
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema, verbatim from the referee
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false
}
