import type { ApiLimits, ApiSettings } from '../../src/settings/api-settings.ts'
import type { Source } from '../../src/source.ts'
import type { Log, ToolDefinition } from '../../src/types.ts'
import { Unsupported } from '../outside/schema/schema.ts'
import { createCompiler } from '../outside/schema/validate.ts'
import { type ClientOptions, createClient } from './client/client.ts'
import { checkPublicUrl, isAllowedHost } from './document/address-guard.ts'
import { type ApiDocument, isUrl, loadDocument, maxDocumentBytes } from './document/document.ts'
import { fetchDocument } from './document/fetch-document.ts'
import { chooseBaseUrl, setBaseUrl } from './document/servers.ts'
import { createFilter } from './filter.ts'
import { type Candidate, listOperations } from './operations.ts'
import { ownedOf } from './owned.ts'
import { type ApiBase, parseBaseUrl } from './request/request.ts'
import { makeResources } from './resources.ts'
import { type Mount, makeTool, planTool } from './tool.ts'

const fetchTimeoutMs = 20_000

export interface OpenApiOptions {
  readonly settings: ApiSettings
  readonly limits: ApiLimits
  readonly log: Log
  /** The document itself, instead of the one that `settings.openapi` names. */
  readonly document?: object
  readonly readSecret?: ClientOptions['readSecret']
  readonly observe?: ClientOptions['observe']
}

/** An operation that is not offered, or not all of it, and why. */
export interface Reason {
  readonly operation: string
  readonly reason: string
}

export interface OpenApiSource extends Source {
  readonly refused: readonly Reason[]
  readonly degraded: readonly Reason[]
}

/**
 * Mounts an OpenAPI document as tools and resources. Throws an Error when the document, the base
 * URL, the credential or an override is not usable; a single operation never stops the start.
 */
export async function createOpenApiSource(options: OpenApiOptions): Promise<OpenApiSource> {
  const { settings, limits, log } = options
  const { name, credential } = settings
  const document = await readDocument(options)
  const base = readBase(options, document)
  const candidates = listOperations(document, {
    overrides: settings.operations,
    owned: ownedOf(document, credential)
  })
  const client = createClient({
    name,
    credential,
    limits,
    log,
    ...(options.readSecret && { readSecret: options.readSecret }),
    ...(options.observe && { observe: options.observe }),
    ...(mustBePublic(settings, base) && { mustBePublic: true })
  })
  const mount: Mount = { toolset: name, base, client, compile: createCompiler() }
  try {
    const { tools, refused, degraded } = makeTools(candidates, settings, mount)
    const resources = makeResources(settings.resources, candidates, mount)
    return Object.freeze({
      tools,
      resources,
      refused,
      degraded,
      upstream: { kind: 'api' as const, name, circuit: () => client.state },
      definedBy: name,
      close: async () => client.close()
    })
  } catch (error) {
    client.close()
    throw error
  }
}

/** Loads the document of an API. */
export function readDocument({
  settings,
  document
}: Pick<OpenApiOptions, 'settings' | 'document'>): Promise<ApiDocument> {
  const allowedHosts = listTypedHosts(settings)
  return loadDocument(document ?? settings.openapi, (url) =>
    fetchDocument(url, { allowedHosts, maxBytes: maxDocumentBytes, timeoutMs: fetchTimeoutMs })
  )
}

/** The operator typed the address of the document: naming its host is allowing it. */
function listTypedHosts({ openapi }: ApiSettings): readonly string[] {
  return isUrl(openapi) && URL.canParse(openapi) ? [new URL(openapi).host] : []
}

/** True for an address out of a document, which is somebody else's: its DNS answer is checked, too. */
export function mustBePublic(settings: ApiSettings, { origin }: ApiBase): boolean {
  return settings.baseUrl === undefined && !isAllowedHost(new URL(origin), listTypedHosts(settings))
}

/** The operator's own address needs no more than a valid scheme; one of a document must be public. */
export function readBase(
  { settings }: Pick<OpenApiOptions, 'settings'>,
  document: ApiDocument
): ApiBase {
  const { openapi, baseUrl } = settings
  const chosen = chooseBaseUrl(document, baseUrl, isUrl(openapi) ? openapi : undefined)
  if (baseUrl === undefined) checkServer(chosen, listTypedHosts(settings))
  return parseBaseUrl(chosen)
}

function checkServer(url: string, allowedHosts: readonly string[]): void {
  try {
    checkPublicUrl(url, allowedHosts)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'it is not usable.'
    throw new Error(`The first server of the document cannot be used: ${reason} ${setBaseUrl}`, {
      cause
    })
  }
}

function makeTools(candidates: readonly Candidate[], settings: ApiSettings, mount: Mount) {
  const decide = createFilter(settings)
  const tools: ToolDefinition[] = []
  const refused: Reason[] = []
  const degraded: Reason[] = []
  for (const candidate of candidates) {
    const { id } = candidate
    const hidden = decide(candidate)
    if (hidden !== undefined) {
      refused.push(Object.freeze({ operation: id, reason: hidden }))
      continue
    }
    try {
      const plan = planTool(candidate, mount.compile)
      tools.push(makeTool(plan, candidate, mount))
      degraded.push(...plan.notes.map((reason) => Object.freeze({ operation: id, reason })))
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error
      refused.push(Object.freeze({ operation: id, reason: error.message }))
    }
  }
  return {
    tools: Object.freeze(tools),
    refused: Object.freeze(refused),
    degraded: Object.freeze(degraded)
  }
}
