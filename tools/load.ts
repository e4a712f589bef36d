import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ConfigError, reasonOf } from '../src/config-error.ts'
import type { Config } from '../src/settings.ts'
import type { Source, ToolDefinition } from '../src/types.ts'

/**
 * Makes every source that the configuration asks for. What one kind needs is imported only when it
 * is used: stdio starts without the OpenAPI parser and without an HTTP client.
 */
export async function loadSources(config: Config): Promise<readonly Source[]> {
  const { createFinanceSource } = await import('./finance/source.ts')
  const sources = [createFinanceSource()]
  for (const file of config.modules) sources.push(await loadModule(file))
  if (config.demo) sources.push(await mountDemo())
  return sources
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
  return typeof tool?.run === 'function' && typeof tool.parse === 'function'
}

/** The embedded scheduling API, mounted over the network like any other. */
async function mountDemo(): Promise<Source> {
  const { startDemoApi } = await import('./shiftwork/demo-api.ts')
  const { createOpenApiSource } = await import('./openapi/source.ts')
  const api = await startDemoApi()
  const document = new URL('../../examples/shiftwork/openapi.json', import.meta.url)
  const source = await createOpenApiSource({
    name: 'shiftwork',
    document: fileURLToPath(document),
    baseUrl: api.baseUrl,
    token: api.token
  })
  return {
    ...source,
    async close() {
      await source.close()
      await api.close()
    }
  }
}
