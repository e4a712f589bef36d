import { isRecord } from '../../../src/json.ts'
import type { Report } from '../configuration/issue.ts'
import type { Tree } from '../configuration/tree.ts'

/**
 * The remote server behind `npx mcp-remote URL --header …`, by which clients that only know stdio
 * reach one: there is no need for the program in between. Anything else comes back as it is.
 */
export function unwrapBridge(name: string, entry: Tree, report: Report): Tree {
  const { command, args, env, type: _type, transport: _transport, ...rest } = entry
  if (!/^(?:npx|bunx)(?:\.cmd)?$/.test(String(command)) || !isTexts(args)) return entry
  const start = args.findIndex((word) => /^mcp-remote(?:@[\w.-]+)?$/.test(word))
  const url = args[start + 1]
  if (start < 0 || url === undefined || !/^https?:/.test(url)) return entry
  const variables = isRecord(env) ? env : {}
  const headers: Record<string, string> = Object.create(null)
  for (let index = start + 2; index < args.length; index++) {
    const match =
      args[index] === '--header' ? /^([^:]+): *(.*)$/s.exec(args[index + 1] ?? '') : null
    if (match) {
      const [, header = '', value = ''] = match
      headers[header] = fill(value, variables)
      index += 1
    } else report('ignored_field', [name, 'args', index])
  }
  return { ...rest, endpoint: url, ...(Object.keys(headers).length > 0 && { headers }) }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

/** The variables of the entry itself; others stay references. */
function fill(text: string, variables: Tree): string {
  return text.replace(/\$\{(\w+)\}/g, (reference, variable: string) => {
    const value = variables[variable]
    return typeof value === 'string' ? value : reference
  })
}
