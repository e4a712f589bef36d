import type { ToolDefinition } from '../types.ts'

/** Finds tools by words; the best match first. */
export type Search = (query: string) => readonly ToolDefinition[]

const weights = { name: 4, title: 3, toolset: 2, description: 1 } as const
const maxQueryWords = 12
/** "payments" finds "payment", and the other way round. */
const minStemLength = 4
const stemFactor = 0.6
const exactNameBonus = 1000

type Places = ReadonlyMap<ToolDefinition, number>

/**
 * Ranks tools by the words of a query in name, title, toolset and description. A word that few
 * tools have counts more, so that "the" decides nothing.
 */
export function createSearch(tools: readonly ToolDefinition[]): Search {
  const vocabulary = indexWords(tools)
  return (query) => {
    const scores = new Map<ToolDefinition, number>()
    for (const word of splitWords(query).slice(0, maxQueryWords)) {
      const places = findWord(vocabulary, word)
      const rarity = Math.log1p(tools.length / Math.max(1, places.size))
      for (const [tool, weight] of places) {
        scores.set(tool, (scores.get(tool) ?? 0) + rarity * weight)
      }
    }
    const wanted = query.trim().toLowerCase()
    for (const tool of tools)
      if (tool.name.toLowerCase() === wanted) scores.set(tool, exactNameBonus)
    const ranked = [...scores].sort(([a, x], [b, y]) => y - x || (a.name < b.name ? -1 : 1))
    return ranked.map(([tool]) => tool)
  }
}

/** Every word, with the tools that have it and the weight of the best place it stands in. */
function indexWords(tools: readonly ToolDefinition[]): ReadonlyMap<string, Places> {
  const vocabulary = new Map<string, Map<ToolDefinition, number>>()
  for (const tool of tools) {
    for (const [field, weight] of Object.entries(weights)) {
      for (const word of splitWords(tool[field as keyof typeof weights])) {
        const places = vocabulary.get(word) ?? new Map<ToolDefinition, number>()
        places.set(tool, Math.max(weight, places.get(tool) ?? 0))
        vocabulary.set(word, places)
      }
    }
  }
  return vocabulary
}

function splitWords(text: string): readonly string[] {
  return [...new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])]
}

/** Tools that have the word, or one that begins like it. */
function findWord(vocabulary: ReadonlyMap<string, Places>, word: string): Places {
  const found = new Map(vocabulary.get(word))
  for (const [known, places] of vocabulary) {
    if (known === word || !isSameStem(known, word)) continue
    for (const [tool, weight] of places) {
      found.set(tool, Math.max(stemFactor * weight, found.get(tool) ?? 0))
    }
  }
  return found
}

function isSameStem(a: string, b: string): boolean {
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a]
  return shorter.length >= minStemLength && longer.startsWith(shorter)
}
