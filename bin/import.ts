import { readFileSync } from 'node:fs'
import { ConfigError, reasonOf } from '../src/config-error.ts'
import { formatIssue } from '../tools/upstream/configuration/issue.ts'
import { importServers } from '../tools/upstream/import/servers.ts'
import { ownTerminal } from './terminal.ts'

/**
 * `import FILE`: prints the servers of another program's file as our configuration, with variables
 * in place of secrets. Returns the exit code: 1 when a server had to be left out.
 */
export async function runImport(
  words: readonly string[],
  { json }: { readonly json: boolean }
): Promise<number> {
  const [file, ...rest] = words
  if (file === undefined || rest.length > 0)
    throw new ConfigError('import: use import FILE [--json]')
  const { servers, variables, warnings, errors } = read(file)
  const { out, note } = ownTerminal
  for (const issue of warnings) note(`warning: ${formatIssue(issue)}`)
  for (const issue of errors) note(`left out: ${formatIssue(issue)}`)
  for (const { variable, path } of variables) note(`set ${variable} to the value of ${path}`)
  if (Object.keys(servers).length === 0) return 1
  out(json ? `${JSON.stringify({ servers }, null, 2)}\n` : await formatYaml({ servers }))
  return errors.length > 0 ? 1 : 0
}

function read(file: string): ReturnType<typeof importServers> {
  try {
    return importServers(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new ConfigError(`import ${file}: ${reasonOf(cause)}`, { cause })
  }
}

async function formatYaml(value: unknown): Promise<string> {
  const { stringify } = await import('yaml')
  return stringify(JSON.parse(JSON.stringify(value)), { lineWidth: 100 })
}
