import { ConfigError, reasonOf } from '../src/config-error.ts'
import { checkDocument, formatScorecard } from '../tools/openapi/check.ts'
import {
  type ApiDocument,
  loadDocument,
  maxDocumentBytes
} from '../tools/openapi/document/document.ts'
import { ownTerminal, type Terminal } from './terminal.ts'

const fetchTimeoutMs = 20_000

export interface OpenApiFlags {
  readonly json: boolean
  /** Anything that is not full fails. */
  readonly strict: boolean
}

/** `openapi check FILE|URL`: prints the scorecard. Returns the exit code. */
export async function runOpenApi(
  words: readonly string[],
  { json, strict }: OpenApiFlags,
  { out }: Terminal = ownTerminal
): Promise<number> {
  const [verb, source, ...rest] = words
  if (verb !== 'check' || source === undefined || rest.length > 0) {
    throw new ConfigError('openapi: use openapi check FILE|URL [--json] [--strict]')
  }
  const card = checkDocument(await load(source))
  out(json ? `${JSON.stringify(card, null, 2)}\n` : formatScorecard(card))
  return strict && card.totals.full < card.totals.operations ? 1 : 0
}

async function load(source: string): Promise<ApiDocument> {
  try {
    return await loadDocument(source, async (url) => {
      const { fetchDocument } = await import('../tools/openapi/document/fetch-document.ts')
      // The operator typed this address: naming it is allowing it.
      const allowedHosts = [new URL(url).host]
      const limits = { maxBytes: maxDocumentBytes, timeoutMs: fetchTimeoutMs }
      return fetchDocument(url, { allowedHosts, ...limits })
    })
  } catch (cause) {
    throw new ConfigError(reasonOf(cause), { cause })
  }
}
