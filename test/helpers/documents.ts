import { readdirSync, readFileSync } from 'node:fs'

/** The root of the project, seen from the compiled tests. */
export const root = new URL('../../../', import.meta.url)

/** The pages for operators. */
export const operatorPages = ['operations', 'threat-model', 'incidents', 'troubleshooting'] as const

export function readPage(name: string): string {
  return readFileSync(new URL(`docs/${name}.md`, root), 'utf8')
}

/** What stands between backticks. */
export function quotedIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, quoted = '']) => quoted)
}

/** The rows of every table with this first heading, cell by cell. */
export function tableOf(page: string, heading: string): readonly (readonly string[])[] {
  const lines = page.split('\n')
  const from = lines.findIndex((line) => line.startsWith(`| ${heading} |`))
  if (from === -1) throw new Error(`no table begins with ${heading}`)
  const rows = lines.slice(from + 2)
  const end = rows.findIndex((line) => !line.startsWith('|'))
  return rows.slice(0, end === -1 ? rows.length : end).map((line) =>
    line
      .replaceAll('\\|', '/')
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
  )
}

/** The text of every source file of the product. */
export function readSources(): string {
  return ['bin', 'src', 'tools', 'transports']
    .flatMap((folder) =>
      readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => readFileSync(new URL(`${folder}/${name}`, root), 'utf8'))
    )
    .join('\n')
}
