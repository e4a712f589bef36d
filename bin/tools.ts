import { createLocalPrincipal } from '../src/auth.ts'
import { ConfigError } from '../src/config-error.ts'
import type { Config } from '../src/settings.ts'
import type { Principal, ToolResult } from '../src/types.ts'
import { createBareContext } from '../transports/call-context.ts'
import type { CommandLine } from './command-line.ts'
import { type Core, createCore } from './core.ts'
import { findLock, openLock } from './open-lock.ts'
import { readArgs } from './read-args.ts'
import { withSources } from './with-sources.ts'

/** `tools list` and `tools call`: what a client would see, without a client. Returns the exit code. */
export function runTools(config: Config, line: CommandLine): Promise<number> {
  return withSources(config, async ({ sources, output, print }) => {
    const lock = openLock(findLock(config, line.configFile), sources, output.log)
    let core: Core | undefined
    try {
      // A list is no call: it must not ask for the audit file of a server that runs.
      const audit = { ...config.audit, enabled: config.audit.enabled && line.words[0] === 'call' }
      core = createCore({ ...config, audit }, sources, { output, lock })
      return await run(core, createLocalPrincipal(config.stdio), line, print)
    } finally {
      lock?.close()
      await core?.audit.close(1000)
    }
  })
}

async function run(
  core: Core,
  principal: Principal,
  { words, json, args }: CommandLine,
  print: (text: string) => Promise<void>
): Promise<number> {
  const [verb, name] = words
  const { tools, listed } = core.registry.view(principal)
  if (verb === 'list') {
    await print(listTools([...listed.values()], json))
    return 0
  }
  if (verb !== 'call' || name === undefined) {
    throw new ConfigError('tools: use tools list [--json], or tools call NAME --args JSON')
  }
  if (!tools.has(name)) throw new ConfigError(`tools call: unknown tool ${name}`)
  const ctx = createBareContext({ principal, transport: 'stdio' }, core.log)
  const result = await core.mcp.dispatcher.callTool(name, readArgs(args, '{"rate": 0.05}'), ctx)
  await print(showResult(result, json))
  return 'isError' in result && result.isError ? 1 : 0
}

function listTools(
  tools: readonly { name: string; title: string; toolset: string }[],
  json: boolean
): string {
  if (json) return `${JSON.stringify(tools, null, 2)}\n`
  const width = Math.max(0, ...tools.map(({ name }) => name.length))
  return tools
    .map(({ name, title, toolset }) => `${name.padEnd(width)}  ${toolset}  ${title}\n`)
    .join('')
}

function showResult(result: ToolResult, json: boolean): string {
  if (json || !('content' in result)) return `${JSON.stringify(result, null, 2)}\n`
  return result.content
    .map((block) => ('text' in block ? String(block.text) : JSON.stringify(block)))
    .join('\n')
    .concat('\n')
}
