import type { Changes } from '../../src/changes.ts'
import type { PromptDefinition } from '../../src/prompt.ts'
import type { Source } from '../../src/source.ts'
import type { ResourceDefinition } from '../../src/types.ts'
import { answerOf, createInputTools } from './fixture-input.ts'
import { createPlainTools, requiredStrings } from './fixture-tools.ts'
import { image, png } from './media.ts'

/** What the referee expects of a server. Reachable from these tests only, never in production. */
export function createFixtureSource(changes: Changes): Source {
  return {
    tools: [...createPlainTools(changes), ...createInputTools()],
    resources,
    prompts,
    close: async () => {}
  }
}

function resource(
  uri: string,
  mimeType: string,
  contents: (uri: string, id: string | undefined) => { text: string } | { blob: string }
): ResourceDefinition {
  return {
    uri,
    name: uri,
    title: uri,
    description: `Fixture ${uri}`,
    mimeType,
    scopes: [],
    read: (asked, variables) => ({
      contents: [{ uri: asked, mimeType, ...contents(asked, variables.get('id')) }]
    })
  }
}

const resources: readonly ResourceDefinition[] = [
  resource('test://static-text', 'text/plain', () => ({ text: 'A static text resource.' })),
  resource('test://static-binary', 'image/png', () => ({ blob: png })),
  resource('test://watched-resource', 'text/plain', () => ({ text: 'Watched.' })),
  resource('test://template/{id}/data', 'application/json', (_uri, id) => ({
    text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` })
  }))
]

function prompt(
  name: string,
  args: readonly string[],
  get: PromptDefinition['get']
): PromptDefinition {
  return {
    name,
    title: name,
    description: `Fixture ${name}`,
    arguments: args.map((argument) => ({
      name: argument,
      description: argument,
      required: true,
      complete: ['paris', 'park', 'party']
    })),
    scopes: [],
    get
  }
}

function userText(value: string): { role: 'user'; content: { type: 'text'; text: string } } {
  return { role: 'user', content: { type: 'text', text: value } }
}

const prompts: readonly PromptDefinition[] = [
  prompt('test_simple_prompt', [], () => ({ messages: [userText('A simple prompt.')] })),
  prompt('test_prompt_with_arguments', ['arg1', 'arg2'], (args) => ({
    messages: [userText(`arg1=${args.get('arg1')}, arg2=${args.get('arg2')}`)]
  })),
  prompt('test_prompt_with_embedded_resource', ['resourceUri'], (args) => ({
    messages: [
      {
        role: 'user',
        content: {
          type: 'resource',
          resource: { uri: args.get('resourceUri'), mimeType: 'text/plain', text: 'Embedded.' }
        }
      },
      userText('Look at the resource.')
    ]
  })),
  prompt('test_prompt_with_image', [], () => ({
    messages: [{ role: 'user', content: image }, userText('Look at the image.')]
  })),
  prompt('test_input_required_result_prompt', [], (_args, ctx) => {
    const context = answerOf(ctx, 'user_context', 'context')
    if (context !== undefined) return { messages: [userText(`Context: ${context}`)] }
    const params = {
      mode: 'form',
      message: 'Context?',
      requestedSchema: requiredStrings('context')
    }
    return { inputRequests: { user_context: { method: 'elicitation/create', params } } }
  })
]
