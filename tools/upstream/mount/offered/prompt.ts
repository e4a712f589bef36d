import { isRecord } from '../../../../src/json.ts'
import type { PromptArgument, PromptDefinition } from '../../../../src/prompt.ts'
import { cleanLine, cleanText } from '../../../outside/text.ts'
import type { Message } from '../../connection.ts'
import { readPromptResult } from '../answer/result.ts'
import type { Place } from '../place.ts'
import { createSuggest, read } from './reading.ts'
import { titleOf } from './tool.ts'

const maxArguments = 50
const maxNameChars = 100

/** Makes our prompt of a server's. */
export function makePrompt(raw: Message, original: string, place: Place): PromptDefinition {
  return Object.freeze({
    name: place.names.nameOf(original),
    title: titleOf(raw, original),
    description: cleanText(raw.description, 2000),
    arguments: readArguments(raw.arguments),
    scopes: [],
    suggest: createSuggest({ type: 'ref/prompt', name: original }, place),
    get: (args, ctx) =>
      read(
        {
          method: 'prompts/get',
          params: { name: original, arguments: Object.fromEntries(args) },
          unknown: 'unknown_prompt',
          map: (result) => readPromptResult(result, place.names)
        },
        place,
        ctx
      )
  } satisfies PromptDefinition)
}

function readArguments(raw: unknown): readonly PromptArgument[] {
  if (!Array.isArray(raw)) return []
  const found = raw.slice(0, maxArguments).flatMap((each) => {
    const name = isRecord(each) ? each.name : undefined
    if (typeof name !== 'string' || cleanLine(name, maxNameChars) !== name || name === '') return []
    return [
      [
        name,
        { name, description: cleanText(each.description, 1000), required: each.required === true }
      ] as const
    ]
  })
  return Object.freeze([...new Map(found).values()])
}
