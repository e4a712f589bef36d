import { Refusal } from './errors.ts'
import type { CompletionRef } from './types.ts'
import type { View } from './view.ts'

/** The specification's limit on values in one answer. */
const maxValues = 100

/** Suggestions that begin with what was typed, for an argument that the caller can see. */
export function complete(
  view: View,
  ref: CompletionRef,
  argument: { readonly name: string; readonly value: string }
): { readonly values: readonly string[]; readonly total: number; readonly hasMore: boolean } {
  const typed = argument.value.toLowerCase()
  const matching = suggestions(view, ref, argument.name)
    .filter((value) => value.toLowerCase().startsWith(typed))
    .sort()
  return {
    values: matching.slice(0, maxValues),
    total: matching.length,
    hasMore: matching.length > maxValues
  }
}

function suggestions(view: View, ref: CompletionRef, name: string): readonly string[] {
  if (ref.type === 'ref/prompt') {
    const prompt = view.prompts.get(ref.name)
    if (!prompt) throw new Refusal('unknown_prompt')
    return prompt.arguments.find((argument) => argument.name === name)?.complete ?? []
  }
  const resource = view.resources.get(ref.uri)
  if (!resource) throw new Refusal('unknown_resource', { data: { uri: ref.uri } })
  return new Map(Object.entries(resource.complete ?? {})).get(name) ?? []
}
