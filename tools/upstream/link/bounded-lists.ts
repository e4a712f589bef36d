import type { Client } from '@modelcontextprotocol/client'
import { AnswerTooLarge } from './capped-body.ts'

/** As much as one answer may have, for all pages of a list. */
const maxListChars = 10 * 1024 * 1024
const lists: ReadonlySet<string> = new Set([
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'prompts/list'
])

/** Ends a list that would grow page by page beyond what may be held; the client walks the pages. */
export function boundLists(client: Client): void {
  const request = client.request.bind(client) as (...given: unknown[]) => Promise<unknown>
  const sizes = new Map<string, number>()
  client.request = (async (asked: Asked, ...rest: unknown[]) => {
    const result = await request(asked, ...rest)
    const { method, params } = asked
    if (!lists.has(method)) return result
    const former = params?.cursor === undefined ? 0 : (sizes.get(method) ?? 0)
    const size = former + JSON.stringify(result).length
    sizes.set(method, size)
    if (size > maxListChars) throw new AnswerTooLarge('list too large')
    return result
  }) as Client['request']
}

interface Asked {
  readonly method: string
  readonly params?: { readonly cursor?: string }
}
