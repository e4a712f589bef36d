import { isRecord } from '../../../src/json.ts'
import type { ApiDocument, Raw } from './document.ts'

/** The URL of the first server, its variables filled with their defaults; undefined without one. */
function firstServer(holder: Raw): string | undefined {
  const [server] = Array.isArray(holder.servers) ? holder.servers : []
  if (!isRecord(server) || typeof server.url !== 'string') return undefined
  const variables = isRecord(server.variables) ? server.variables : {}
  return server.url.replace(/\{([^{}]*)\}/g, (text, name: string) => {
    const variable = Object.hasOwn(variables, name) ? variables[name] : undefined
    return isRecord(variable) && typeof variable.default === 'string' ? variable.default : text
  })
}

/** The server of a document; some write it at their paths only. */
function documentServer(document: ApiDocument): string | undefined {
  const own = firstServer(document)
  if (own !== undefined) return own
  for (const pathItem of Object.values(document.paths as Raw)) {
    const url = isRecord(pathItem) ? firstServer(pathItem) : undefined
    if (url !== undefined) return url
  }
  return undefined
}

/** True when an operation, by itself or its path, lives where the document does not. */
export function livesElsewhere(document: ApiDocument, pathItem: Raw, operation: Raw): boolean {
  const own = firstServer(operation) ?? firstServer(pathItem)
  if (own === undefined) return false
  return trim(own) !== trim(documentServer(document) ?? '/')
}

function trim(url: string): string {
  return url.replace(/\/+$/, '')
}

/** What the operator does about a server that cannot be used. */
export const setBaseUrl =
  'Set api.baseUrl (--api-base-url, API_BASE_URL), or baseUrl in its entry of apis.'

/**
 * Where an API lives: `baseUrl` when given, else the document's first server, a relative one
 * against the URL of the document. Throws an Error that says what to set.
 */
export function chooseBaseUrl(
  document: ApiDocument,
  baseUrl: string | undefined,
  documentUrl: string | undefined
): string {
  if (baseUrl !== undefined) return baseUrl
  const server = documentServer(document) ?? (documentUrl === undefined ? undefined : '/')
  if (server === undefined) {
    throw new Error(`The document names no server. ${setBaseUrl}`)
  }
  if (server.includes('{')) {
    throw new Error(
      `The first server of the document has a variable without default. ${setBaseUrl}`
    )
  }
  if (URL.canParse(server)) return server
  if (documentUrl === undefined || !URL.canParse(server, documentUrl)) {
    throw new Error(`The first server of the document is not a whole URL. ${setBaseUrl}`)
  }
  return new URL(server, documentUrl).href
}
