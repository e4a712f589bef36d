import type { View } from '../catalogue/view.ts'
import { Refusal } from '../errors.ts'
import type { PromptDefinition } from '../prompt.ts'
import type {
  CallContext,
  Completion,
  CompletionArgument,
  CompletionRef,
  ResourceDefinition
} from '../types.ts'

/** The specification's limit on values in one answer. */
const maxValues = 100

/** Suggestions for an argument that the caller can see: of its own list, those that begin as typed. */
export async function complete(
  view: View,
  ref: CompletionRef,
  argument: CompletionArgument,
  ctx: CallContext
): Promise<Completion> {
  const found = find(view, ref)
  if (found.suggest) return found.suggest(argument, ctx)
  const typed = argument.value.toLowerCase()
  const matching = listValues(found, argument.name)
    .filter((value) => value.toLowerCase().startsWith(typed))
    .sort()
  return {
    values: matching.slice(0, maxValues),
    total: matching.length,
    hasMore: matching.length > maxValues
  }
}

function find(view: View, ref: CompletionRef): PromptDefinition | ResourceDefinition {
  if (ref.type === 'ref/prompt') {
    const prompt = view.prompts.get(ref.name)
    if (!prompt) throw new Refusal('unknown_prompt')
    return prompt
  }
  const resource = view.resources.get(ref.uri)
  if (!resource) throw new Refusal('unknown_resource', { data: { uri: ref.uri } })
  return resource
}

function listValues(found: PromptDefinition | ResourceDefinition, name: string): readonly string[] {
  if ('arguments' in found) {
    return found.arguments.find((argument) => argument.name === name)?.complete ?? []
  }
  return new Map(Object.entries(found.complete ?? {})).get(name) ?? []
}
