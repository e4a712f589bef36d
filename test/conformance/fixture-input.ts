import type {
  CallContext,
  InputRequest,
  JsonSchema,
  ToolDefinition,
  ToolResult
} from '../../src/types.ts'
import { fixtureTool, requiredStrings, text } from './fixture-tools.ts'

/** Tools that ask the client something: 2026-07-28 by input-required, 2025 by requests of ours. */
export function createInputTools(): readonly ToolDefinition[] {
  return [...askOnce, ...askWithState, ...elicitations]
}

function elicit(message: string, requestedSchema: JsonSchema): InputRequest {
  return { method: 'elicitation/create', params: { mode: 'form', message, requestedSchema } }
}

function sample(prompt: string, maxTokens: number): InputRequest {
  const messages = [{ role: 'user', content: { type: 'text', text: prompt } }]
  return { method: 'sampling/createMessage', params: { messages, maxTokens } }
}

const listRoots: InputRequest = { method: 'roots/list', params: {} }
const okSchema: JsonSchema = {
  type: 'object',
  properties: { ok: { type: 'boolean' } },
  required: ['ok']
}

/** The accepted value of an elicited field, when it is a text. */
export function answerOf(ctx: CallContext, key: string, field: string): string | undefined {
  const response = ctx.inputResponses?.[key] as
    | { action?: unknown; content?: Record<string, unknown> }
    | undefined
  const value = response?.action === 'accept' ? response.content?.[field] : undefined
  return typeof value === 'string' ? value : undefined
}

function hasAnswer(ctx: CallContext, key: string): boolean {
  return ctx.inputResponses?.[key] !== undefined
}

const askName = elicit('What is your name?', requiredStrings('name'))

const askOnce: readonly ToolDefinition[] = [
  fixtureTool('test_input_required_result_elicitation', 'Asks for a name', (_args, ctx) => {
    const name = answerOf(ctx, 'user_name', 'name')
    return name === undefined ? { inputRequests: { user_name: askName } } : text(`Hello, ${name}!`)
  }),
  fixtureTool('test_input_required_result_sampling', 'Asks the model', (_args, ctx) =>
    hasAnswer(ctx, 'capital_question')
      ? text(JSON.stringify(ctx.inputResponses?.capital_question))
      : { inputRequests: { capital_question: sample('What is the capital of France?', 100) } }
  ),
  fixtureTool('test_input_required_result_list_roots', 'Asks for roots', (_args, ctx) =>
    hasAnswer(ctx, 'client_roots')
      ? text(JSON.stringify(ctx.inputResponses?.client_roots))
      : { inputRequests: { client_roots: listRoots } }
  ),
  fixtureTool(
    'test_input_required_result_capabilities',
    'Asks what the client can',
    (_args, ctx) =>
      hasAnswer(ctx, 'question')
        ? text('done')
        : { inputRequests: { question: sample('What is the capital of France?', 100) } }
  ),
  fixtureTool('test_missing_capability', 'Needs sampling', (_args, ctx) =>
    hasAnswer(ctx, 'question') ? text('done') : { inputRequests: { question: sample('Hello', 10) } }
  ),
  fixtureTool(
    'test_streaming_elicitation',
    'Asks without a request on the stream',
    (_args, ctx) => {
      const name = answerOf(ctx, 'user_name', 'name')
      return name === undefined
        ? { inputRequests: { user_name: askName } }
        : text(`Hello, ${name}!`)
    }
  )
]

const askWithState: readonly ToolDefinition[] = [
  fixtureTool('test_input_required_result_request_state', 'Carries state', (_args, ctx) =>
    ctx.requestState === 'asked' && hasAnswer(ctx, 'confirm')
      ? text('state-ok')
      : { inputRequests: { confirm: elicit('Go on?', okSchema) }, state: 'asked' }
  ),
  fixtureTool('test_input_required_result_tampered_state', 'Guards its state', (_args, ctx) =>
    ctx.requestState === 'asked' && hasAnswer(ctx, 'confirm')
      ? text('state-ok')
      : { inputRequests: { confirm: elicit('Go on?', okSchema) }, state: 'asked' }
  ),
  fixtureTool('test_input_required_result_multiple_inputs', 'Asks three things', (_args, ctx) => {
    const keys = ['user_name', 'greeting', 'client_roots']
    if (keys.every((key) => hasAnswer(ctx, key))) return text('all answered')
    return {
      inputRequests: {
        user_name: askName,
        greeting: sample('Say hello', 50),
        client_roots: listRoots
      },
      state: 'asked'
    }
  }),
  fixtureTool('test_input_required_result_multi_round', 'Asks twice', (_args, ctx): ToolResult => {
    if (ctx.requestState === 'round 1' && hasAnswer(ctx, 'step1')) {
      const question = elicit('Which colour?', requiredStrings('color'))
      return { inputRequests: { step2: question }, state: 'round 2' }
    }
    if (ctx.requestState === 'round 2' && hasAnswer(ctx, 'step2')) return text('complete')
    return { inputRequests: { step1: askName }, state: 'round 1' }
  })
]

/** A tool that asks one elicitation and shows what came back. */
function elicitation(name: string, message: string, schema: JsonSchema): ToolDefinition {
  return fixtureTool(name, message, (_args, ctx) =>
    hasAnswer(ctx, 'answer')
      ? text(`Elicitation completed: ${JSON.stringify(ctx.inputResponses?.answer)}`)
      : { inputRequests: { answer: elicit(message, schema) } }
  )
}

const elicitations: readonly ToolDefinition[] = [
  fixtureTool(
    'test_sampling',
    'Asks the model of the client',
    ({ prompt }, ctx) =>
      hasAnswer(ctx, 'answer')
        ? text(`LLM response: ${JSON.stringify(ctx.inputResponses?.answer)}`)
        : { inputRequests: { answer: sample(String(prompt), 100) } },
    requiredStrings('prompt')
  ),
  fixtureTool(
    'test_elicitation',
    'Asks the user',
    ({ message }, ctx) =>
      hasAnswer(ctx, 'answer')
        ? text(`User response: ${JSON.stringify(ctx.inputResponses?.answer)}`)
        : {
            inputRequests: { answer: elicit(String(message), requiredStrings('username', 'email')) }
          },
    requiredStrings('message')
  ),
  elicitation('test_elicitation_sep1034_defaults', 'Offers defaults', {
    type: 'object',
    properties: {
      name: { type: 'string', default: 'John Doe' },
      age: { type: 'integer', default: 30 },
      score: { type: 'number', default: 95.5 },
      status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
      verified: { type: 'boolean', default: true }
    },
    required: []
  }),
  elicitation('test_elicitation_sep1330_enums', 'Offers every kind of choice', {
    type: 'object',
    properties: {
      untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
      titledSingle: { type: 'string', oneOf: titled('value1', 'value2', 'value3') },
      legacyEnum: {
        type: 'string',
        enum: ['opt1', 'opt2', 'opt3'],
        enumNames: ['Option One', 'Option Two', 'Option Three']
      },
      untitledMulti: {
        type: 'array',
        items: { type: 'string', enum: ['option1', 'option2', 'option3'] }
      },
      titledMulti: { type: 'array', items: { anyOf: titled('value1', 'value2', 'value3') } }
    },
    required: []
  })
]

function titled(...values: readonly string[]): readonly object[] {
  return values.map((value, index) => ({ const: value, title: `Option ${index + 1}` }))
}
