import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigError, reasonOf } from '../src/config-error.ts'
import type { Metrics } from '../src/metrics.ts'
import { type ApiLimits, type ApiSettings, apiSettings } from '../src/settings/api-settings.ts'
import type { Config } from '../src/settings.ts'
import type { Source } from '../src/source.ts'
import type { Log, ToolDefinition } from '../src/types.ts'
import { readSecret } from './credentials/read-secret.ts'
import type { OpenApiOptions, OpenApiSource } from './openapi/source.ts'

/** Told of each attempt at an API. */
type Observe = Metrics['observeUpstream']

/** What every API needs beside its own settings. */
interface Mounting {
  readonly config: Config
  readonly log: Log
  readonly observe: Observe | undefined
}

/**
 * Makes every source that the configuration asks for. What one kind needs is imported only when it
 * is used: stdio starts without the OpenAPI reader and without an HTTP client.
 */
export async function loadSources(
  config: Config,
  log: Log,
  observe?: Observe
): Promise<readonly Source[]> {
  const mounting = { config, log, observe }
  const { createFinanceSource } = await import('./finance/source.ts')
  const sources = [await createFinanceSource(isNarrowed(config) ? 'all' : 'core')]
  for (const file of config.modules) sources.push(await loadModule(file))
  for (const settings of listApis(config)) sources.push(await mountApi(settings, mounting))
  if (config.servers !== undefined) {
    const { mountServers } = await import('./upstream/mount/mount-all.ts')
    sources.push(...(await mountServers(config, log, observe)))
  }
  const { baseUrl, openapi, token } = config.api
  if (config.demo && baseUrl !== undefined && openapi === undefined) {
    throw new ConfigError('--demo, api.baseUrl (API_BASE_URL): both mount shiftwork; choose one')
  }
  if (config.demo) sources.push(await mountDemo(mounting))
  else if (baseUrl !== undefined && openapi === undefined) {
    sources.push(await mountShiftWork({ baseUrl, ...(token !== undefined && { token }) }, mounting))
  }
  return sources
}

/** A choice by name is checked against every name there is. */
function isNarrowed({ toolsets, tools, excludeTools }: Config): boolean {
  return toolsets !== undefined || tools !== undefined || excludeTools.length > 0
}

/** `apis` of the file, and the one that flags and variables describe. */
export function listApis({ apis, api, allowWrites }: Config): readonly ApiSettings[] {
  const { openapi, baseUrl, token } = api
  const names = [...apis.map(({ name }) => name), ...(openapi === undefined ? [] : ['api'])]
  const repeated = names.find((name, index) => names.indexOf(name) < index)
  if (repeated !== undefined) throw new ConfigError(`apis: two are called ${repeated}`)
  if (openapi === undefined) return apis.map((settings) => ({ allowWrites, ...settings }))
  const single = apiSettings.parse({
    name: 'api',
    openapi,
    ...(baseUrl !== undefined && { baseUrl }),
    ...(token !== undefined && { credential: { mode: 'service', scheme: 'bearer', token } })
  })
  return [...apis, single].map((settings) => ({ allowWrites, ...settings }))
}

function connectionOf(
  { config, log, observe }: Mounting,
  name: string
): Pick<OpenApiOptions, 'limits' | 'log' | 'observe'> {
  return {
    limits: limitsOf(config),
    log,
    ...(observe && { observe: (observation) => observe(name, observation) })
  }
}

/** How mounted APIs are called. */
export function limitsOf({ api }: Config): ApiLimits {
  const { cacheTtlMs, ...limits } = api
  return { ...limits, ...(cacheTtlMs !== undefined && { cacheTtlMs }) }
}

async function mountApi(settings: ApiSettings, mounting: Mounting): Promise<Source> {
  const { config, log } = mounting
  const isFromFlag = settings.openapi === config.api.openapi
  const place = isFromFlag ? 'api.openapi (--openapi)' : `apis.${settings.name}`
  const { createOpenApiSource } = await import('./openapi/source.ts')
  try {
    const source = await createOpenApiSource({
      settings,
      ...connectionOf(mounting, settings.name),
      readSecret
    })
    if (source.tools.length > 0) {
      logMounted(settings.name, source, log)
      return source
    }
    await source.close()
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause
    throw new ConfigError(`${place}: ${reasonOf(cause)}`, { cause })
  }
  throw new ConfigError(
    `${place}: no operation is left to offer; reads need GET operations, ` +
      'writes need --allow-writes; mcp-server openapi check shows why'
  )
}

function logMounted(api: string, { tools, refused, degraded }: OpenApiSource, log: Log): void {
  const counts = { tools: tools.length, refused: refused.length, degraded: degraded.length }
  log.info('API mounted', { api, ...counts })
}

/** A user's own tools: an ES module that exports `tools`. */
async function loadModule(file: string): Promise<Source> {
  const setting = `modules (--module ${file})`
  let exported: { readonly tools?: unknown }
  try {
    exported = await import(pathToFileURL(resolve(file)).href)
  } catch (cause) {
    throw new ConfigError(`${setting}: cannot be loaded: ${reasonOf(cause)}`, { cause })
  }
  const { tools } = exported
  if (!Array.isArray(tools) || !tools.every(isTool)) {
    throw new ConfigError(`${setting}: must export tools, an array made with defineTool`)
  }
  return { tools, close: async () => {} }
}

function isTool(value: unknown): value is ToolDefinition {
  const tool = value as Partial<ToolDefinition> | null
  const hasWords = [tool?.name, tool?.title, tool?.description, tool?.toolset].every(
    (word) => typeof word === 'string'
  )
  return hasWords && typeof tool?.run === 'function' && typeof tool.parse === 'function'
}

async function mountShiftWork(
  target: { readonly baseUrl: string; readonly token?: string },
  mounting: Mounting
): Promise<Source> {
  const { createShiftWorkSource } = await import('./shiftwork/source.ts')
  return createShiftWorkSource({ ...target, ...connectionOf(mounting, 'shiftwork') })
}

/** The embedded scheduling API, mounted over the network like any other. */
async function mountDemo(mounting: Mounting): Promise<Source> {
  const { startDemoApi } = await import('./shiftwork/demo-api.ts')
  const api = await startDemoApi()
  const source = await mountShiftWork(api, mounting)
  return {
    ...source,
    async close() {
      await source.close()
      await api.close()
    }
  }
}
