import { listSettings, loadConfig } from '../../src/config.ts'
import { sourcesOf } from '../../src/setting.ts'
import type { ToolDefinition } from '../../src/types.ts'

/** The settings table of the README, from the schema itself. */
export function settingsTable(): string {
  const { config } = loadConfig({ flags: new Map(), env: {} })
  const rows = listSettings().map(({ key, schema }) => {
    const { from, unit } = sourcesOf(schema)
    const flags = from.filter((source) => source.startsWith('--')).map(code)
    const variables = from.filter((source) => !source.startsWith('--')).map(code)
    const seconds = unit === 'seconds' ? ' (s)' : ''
    const cells = [code(key), flags.join(', '), `${variables.join(', ')}${seconds}`]
    return `| ${cells.join(' | ')} | ${show(valueAt(config, key))} |`
  })
  return ['| key | flag | environment | default |', '|---|---|---|---|', ...rows].join('\n')
}

/** The tools table of the README. */
export function toolsTable(tools: readonly ToolDefinition[]): string {
  const rows = tools.map(({ name, toolset, description }) => {
    const [sentence = ''] = description.split(/(?<=[.!?])\s/)
    return `| ${code(name)} | ${code(toolset)} | ${sentence} |`
  })
  return ['| tool | toolset | what it does |', '|---|---|---|', ...rows].join('\n')
}

/** Puts a table between its markers. */
export function replaceSection(readme: string, name: string, table: string): string {
  const pattern = new RegExp(`(<!-- ${name}:[^>]*-->\\n)[\\s\\S]*?(<!-- /${name} -->)`)
  return readme.replace(pattern, (_all, start: string, end: string) => `${start}${table}\n${end}`)
}

function code(text: string): string {
  return `\`${text}\``
}

function show(value: unknown): string {
  const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0)
  if (isEmpty) return '–'
  return code(Array.isArray(value) ? value.join(',') : JSON.stringify(value).replaceAll('"', ''))
}

function valueAt(tree: unknown, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], tree)
}
