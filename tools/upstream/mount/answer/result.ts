import { isRecord } from '../../../../src/json.ts'
import type { PromptResult } from '../../../../src/prompt.ts'
import type { CallResult, Completion, Problem, ReadResult } from '../../../../src/types.ts'
import { cleanText } from '../../../outside/text.ts'
import type { Message } from '../../connection.ts'
import type { Names } from '../names.ts'
import { Misshapen, metaOf, readBlock, readBlocks, readContents } from './content.ts'

/** Looks at structured content; undefined for a tool without an output schema. */
type CheckOutput = ((value: unknown) => readonly Problem[]) | undefined

/**
 * What a called tool answered, as data: blocks in the protocol's shapes, structured content as it
 * came, provided that it matches the output schema. Throws Misshapen.
 */
export function readCallResult(raw: Message, names: Names, check: CheckOutput): CallResult {
  const { structuredContent, isError } = raw
  const isFailed = isError === true
  if (structuredContent !== undefined && !isRecord(structuredContent)) {
    throw new Misshapen('structuredContent is not an object')
  }
  // An error needs none (2025-06-18, tools: output schema).
  if (check && !isFailed && (!structuredContent || check(structuredContent).length > 0)) {
    throw new Misshapen('structuredContent does not match the output schema')
  }
  return {
    content: readBlocks(raw.content, names),
    ...(structuredContent && { structuredContent }),
    ...(isFailed && { isError: true }),
    ...metaOf(raw)
  }
}

export function readResourceResult(raw: Message, names: Names): ReadResult {
  if (!Array.isArray(raw.contents)) throw new Misshapen('contents is not a list')
  return { contents: raw.contents.map((each) => readContents(each, names)), ...metaOf(raw) }
}

export function readPromptResult(raw: Message, names: Names): PromptResult {
  if (!Array.isArray(raw.messages)) throw new Misshapen('messages is not a list')
  const description = cleanText(raw.description, 1000)
  return {
    ...(description !== '' && { description }),
    messages: raw.messages.map((each) => readMessage(each, names)),
    ...metaOf(raw)
  }
}

function readMessage(raw: unknown, names: Names) {
  if (!isRecord(raw)) throw new Misshapen('a message is not an object')
  const { role } = raw
  if (role !== 'user' && role !== 'assistant') throw new Misshapen('a role is unknown')
  return { role, content: readBlock(raw.content, names) } as const
}

const maxValues = 100
const maxValueChars = 2000

export function readCompletion({ completion }: Message): Completion {
  if (!isRecord(completion) || !Array.isArray(completion.values)) {
    throw new Misshapen('completion is not one')
  }
  const { values, total, hasMore } = completion
  const texts = values.filter((value) => typeof value === 'string' && value.length <= maxValueChars)
  return {
    values: texts.slice(0, maxValues),
    ...(Number.isSafeInteger(total) && { total: total as number }),
    ...(typeof hasMore === 'boolean' && { hasMore: hasMore || texts.length > maxValues })
  }
}
