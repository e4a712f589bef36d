import type { FastifyRequest } from 'fastify'
import { ConfigError, reasonOf } from '../../../src/config-error.ts'
import type { Registry } from '../../../src/registry.ts'
import type { Principal, ToolDefinition } from '../../../src/types.ts'
import { compileParamHeaders, type ParamCheck } from './param-headers.ts'

/** The `Mcp-Param-*` headers of the tools that a registry holds. */
export interface ParamChecks {
  /** Those that tools declare at the start, for the preflights of browsers. */
  readonly headers: readonly string[]
  /** True when the principal sees a tool of this name that declares headers. */
  has(name: string, principal: Principal): boolean
  /** Throws a Refusal when the headers of a call and its arguments disagree. */
  check(request: FastifyRequest, params: Readonly<Record<string, unknown>>): void
}

/** Each definition is compiled once; throws a ConfigError on a wrong declaration. */
export function createParamChecks(registry: Registry): ParamChecks {
  const compiled = new WeakMap<ToolDefinition, ParamCheck | 'none'>()

  function checkOf(tool: ToolDefinition): ParamCheck | undefined {
    const known = compiled.get(tool)
    if (known) return known === 'none' ? undefined : known
    const made = compileForTool(tool)
    compiled.set(tool, made ?? 'none')
    return made
  }

  /** Undefined for a hidden tool, too: asking for it must not differ from an unknown one. */
  function find(name: string, principal: Principal): ParamCheck | undefined {
    const tool = registry.tools.get(name)
    const check = tool && checkOf(tool)
    return check && registry.view(principal).tools.has(name) ? check : undefined
  }

  return Object.freeze({
    headers: [...registry.tools.values()].flatMap((tool) => checkOf(tool)?.headers ?? []),
    has: (name: string, principal: Principal) => find(name, principal) !== undefined,
    check({ headers, principal }: FastifyRequest, params: Readonly<Record<string, unknown>>) {
      find(String(params.name), principal)?.check(params.arguments, (name) => {
        const value = headers[name]
        return typeof value === 'string' ? value : undefined
      })
    }
  })
}

function compileForTool({ name, inputSchema }: ToolDefinition): ParamCheck | undefined {
  try {
    return compileParamHeaders(inputSchema)
  } catch (cause) {
    throw new ConfigError(`tool ${name}: ${reasonOf(cause)}`, { cause })
  }
}
