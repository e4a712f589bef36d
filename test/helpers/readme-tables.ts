import { z } from 'zod'
import { createLocalPrincipal } from '../../src/auth.ts'
import { selectTools } from '../../src/catalogue/select-tools.ts'
import { listSettings, loadConfig } from '../../src/config.ts'
import { createRegistry, type Registry } from '../../src/registry.ts'
import { sourcesOf } from '../../src/settings/setting.ts'
import type { Source } from '../../src/source.ts'

/** The settings table of the README, from the schema itself. */
export function settingsTable(): string {
  const { config } = loadConfig({ flags: new Map(), env: {} })
  const rows = listSettings().map(({ key, schema }) => {
    const { from, unit } = sourcesOf(schema)
    const flags = from.filter((source) => source.startsWith('--')).map(code)
    const variables = from.filter((source) => !source.startsWith('--')).map(code)
    const seconds = unit === 'seconds' ? ' (s)' : ''
    const cells = [code(key), flags.join(', '), `${variables.join(', ')}${seconds}`]
    return `| ${cells.join(' | ')} | ${show(valueAt(config, key), 'below')} |`
  })
  return ['| key | flag | environment | default |', '|---|---|---|---|', ...rows].join('\n')
}

/** The default of `limits.methods`, for which a cell has no room; equal rates stand together. */
export function ratesTable(): string {
  const { limits } = loadConfig({ flags: new Map(), env: {} }).config
  const byRate = new Map<string, string[]>()
  for (const [method, { perMinute, burst }] of Object.entries(limits.methods)) {
    const rate = `${perMinute} | ${burst}`
    byRate.set(rate, [...(byRate.get(rate) ?? []), code(method)])
  }
  return [
    '| method | `perMinute` | `burst` |',
    '|---|---|---|',
    ...[...byRate].map(([rate, methods]) => `| ${methods.join(', ')} | ${rate} |`),
    `| any other | ${limits.perMinute} | ${limits.burst} |`
  ].join('\n')
}

/** The settings table of docs/operations.md: what each one accepts, from the schema itself. */
export function acceptedTable(): string {
  const { config } = loadConfig({ flags: new Map(), env: {} })
  const rows = listSettings().map(({ key, schema }) => {
    const { from, unit, secret } = sourcesOf(schema)
    const variables = from.filter((source) => !source.startsWith('--')).map(code)
    const accepted = secret
      ? 'secret'
      : describe(z.toJSONSchema(schema, { unrepresentable: 'any' }))
    const seconds = unit === 'seconds' ? ' (s)' : ''
    const cells = [code(key), `${variables.join(', ')}${seconds}`, accepted]
    const value = show(valueAt(config, key), '[see there](../README.md#settings)')
    return `| ${cells.join(' | ')} | ${value} |`
  })
  return ['| key | environment | accepts | default |', '|---|---|---|---|', ...rows].join('\n')
}

function describe(schema: z.core.JSONSchema.BaseSchema): string {
  const { type, minimum, maximum, exclusiveMinimum, format } = schema
  if (schema.enum) return schema.enum.map((value) => code(String(value))).join(', ')
  if (type === 'boolean') return 'true, false'
  if (type === 'array') return 'list'
  if (format === 'uri') return 'URL'
  if (type !== 'integer' && type !== 'number') return type === 'string' ? 'text' : 'mapping'
  if (exclusiveMinimum !== undefined) return `number above ${exclusiveMinimum}`
  return `${type === 'integer' ? '' : 'number, '}${minimum} to ${maximum}`
}

/** What each way of serving the finance tools costs a client, and what the tools are. */
export function toolsTable(source: Source): string {
  const core = new Set(source.toolsets?.get('finance.core'))
  const tools = [...createRegistry([source]).tools.values()]
  const rows = tools.map(({ name, toolset, description }) => {
    const [sentence = ''] = description.split(/(?<=[.!?])\s/)
    return `| ${code(name)}${core.has(name) ? ' ●' : ''} | ${code(toolset)} | ${sentence} |`
  })
  return [
    '| served | tools | bytes of `tools/list` |',
    '|---|---|---|',
    ...facesOf(source),
    '',
    '● belongs to `finance.core`.',
    '',
    '| tool | toolset | what it does |',
    '|---|---|---|',
    ...rows
  ].join('\n')
}

function facesOf(source: Source): readonly string[] {
  const core = createRegistry(selectTools([source], { excludeTools: [] }))
  const faces: readonly (readonly [string, Registry])[] = [
    ['`finance.core`, the default', core],
    ['`--toolsets finance`', createRegistry([source])],
    ['`--toolsets finance --discovery`', createRegistry([source], { discovery: true })]
  ]
  return faces.map(([served, registry]) => {
    const { tools } = registry.view(createLocalPrincipal({})).lists
    const bytes = Buffer.byteLength(JSON.stringify({ tools }))
    return `| ${served} | ${tools.length} | ${bytes} |`
  })
}

/** Puts a table between its markers. */
export function replaceSection(readme: string, name: string, table: string): string {
  const pattern = new RegExp(`(<!-- ${name}:[^>]*-->\\n)[\\s\\S]*?(<!-- /${name} -->)`)
  return readme.replace(pattern, (_all, start: string, end: string) => `${start}${table}\n${end}`)
}

function code(text: string): string {
  return `\`${text}\``
}

/** A default in a cell; of a mapping, where it is written. */
function show(value: unknown, elsewhere: string): string {
  if (typeof value !== 'object') return value === undefined ? '–' : code(String(value))
  if (Object.keys(value ?? {}).length === 0) return '–'
  return Array.isArray(value) ? code(value.join(',')) : elsewhere
}

function valueAt(tree: unknown, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], tree)
}
