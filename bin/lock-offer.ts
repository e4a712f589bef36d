import { setTimeout as delay } from 'node:timers/promises'
import { selectTools } from '../src/catalogue/select-tools.ts'
import { giveUniqueNames } from '../src/catalogue/tool-names.ts'
import { toWireTool } from '../src/catalogue/view.ts'
import { ConfigError } from '../src/config-error.ts'
import { type PinnedTool, pinTool } from '../src/lock/pinned-tool.ts'
import type { Config } from '../src/settings.ts'
import type { Source } from '../src/source.ts'

/** What outside defines now, as clients would see it. */
export interface Offer {
  readonly tools: readonly PinnedTool[]
  /** Sources that have not answered. */
  readonly silent: readonly string[]
  /** Was its source asked for this tool? */
  isAsked(pinned: PinnedTool): boolean
}

/** Reads it from the chosen tools of all sources. Throws a ConfigError when nothing is mounted. */
export function readOffer(sources: readonly Source[], config: Config): Offer {
  const outside = sources.filter(({ definedBy }) => definedBy !== undefined)
  if (outside.length === 0) {
    throw new ConfigError('lock: no API and no MCP server is mounted, so nothing can be pinned')
  }
  const named = giveUniqueNames(selectTools(sources, config), config.discovery)
  return {
    tools: named.flatMap(({ tool, definedBy }) =>
      definedBy === undefined ? [] : [pinTool(definedBy, toWireTool(tool))]
    ),
    silent: outside.flatMap((source) => (hasAnswered(source) ? [] : (source.definedBy ?? []))),
    isAsked: (pinned) => outside.some((source) => lacks(source, pinned))
  }
}

/** A document is whole from the start; a server may come later. */
function hasAnswered({ subscribe, tools, prompts = [], resources = [] }: Source): boolean {
  return subscribe === undefined || [tools, prompts, resources].some(({ length }) => length > 0)
}

/** A tool that is not chosen is not gone; nor is one whose server has not answered. */
function lacks(source: Source, { source: name, definition }: PinnedTool): boolean {
  const isThere = source.tools.some((tool) => tool.name === definition.name)
  return source.definedBy === name && hasAnswered(source) && !isThere
}

/** A program that has to be fetched first takes its time. */
const answerWaitMs = 20_000

/** Resolves when every source has answered, or after 20 s. */
export async function waitForAnswers(sources: readonly Source[]): Promise<void> {
  const answers = sources
    .filter((source) => source.definedBy !== undefined && !hasAnswered(source))
    .map((source) => waitForAnswer(source))
  if (answers.length === 0) return
  const over = new AbortController()
  const late = delay(answerWaitMs, undefined, { signal: over.signal }).catch(() => {})
  await Promise.race([Promise.all(answers), late])
  over.abort()
}

function waitForAnswer(source: Source): Promise<void> {
  return new Promise((resolve) => {
    source.subscribe?.(() => {
      if (hasAnswered(source)) resolve()
    })
  })
}
