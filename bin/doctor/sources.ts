import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { selectTools } from '../../src/catalogue/select-tools.ts'
import { ConfigError, reasonOf } from '../../src/config-error.ts'
import type { Config } from '../../src/settings.ts'
import { type Check, configured, type Finding, fail, pass, skip } from './check.ts'

/** Looks whether the files are there; loading them would run them. */
function checkModules({ modules }: Config): readonly Finding[] {
  if (modules.length === 0) return [skip('no module is configured')]
  const missing = modules.filter((file) => !isFile(resolve(file)))
  if (missing.length === 0) return [pass(`${modules.join(', ')}: there, and not run here`)]
  return missing.map((file) =>
    fail(`${file} is missing: the start is refused`, 'correct --module, or modules in the file')
  )
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

async function checkServers(config: Config): Promise<Finding> {
  if (config.servers === undefined) return skip('no MCP server is configured')
  const { readConfigured } = await import('../../tools/upstream/open.ts')
  return refusedOr('correct MCP_SERVERS, or servers in the file', () => {
    const names = readConfigured(config).servers.map(({ name }) => name)
    return pass(`${names.join(', ')}: may be connected to`)
  })
}

async function checkTools(config: Config): Promise<Finding> {
  const { toolsets, tools, excludeTools } = config
  if (!toolsets && !tools && excludeTools.length === 0) return skip('no tool is chosen by name')
  if (isMounting(config)) return skip('names of mounted tools: mcp-server tools list tries them')
  const { createFinanceSource } = await import('../../tools/finance/source.ts')
  const source = await createFinanceSource('all')
  return refusedOr('mcp-server tools list --toolsets all names every tool', () => {
    const [narrowed] = selectTools([source], config)
    return pass(`${narrowed?.tools.length} of ${source.tools.length} tools are chosen`)
  })
}

/** True when there are tools whose names are known once everything is loaded. */
function isMounting({ modules, apis, api, servers, demo }: Config): boolean {
  const isCalling = api.openapi !== undefined || api.baseUrl !== undefined || servers !== undefined
  return isCalling || demo || modules.length > 0 || apis.length > 0
}

function refusedOr(mend: string, work: () => Finding): Finding {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return fail(`${reasonOf(error)}; the start is refused`, mend)
  }
}

export const sourceChecks: readonly Check[] = [
  { id: 'modules', run: configured(checkModules) },
  { id: 'servers', run: configured(checkServers) },
  { id: 'tools', run: configured(checkTools) }
]
