import { readFileSync } from 'node:fs'

/** The root of the project, seen from the compiled tests. */
export const root = new URL('../../../', import.meta.url)

const lines = readFileSync(new URL('docs/moving.md', root), 'utf8').split('\n')

/** The cells of every table row of docs/moving.md below a heading, down to the next one; of all without. */
export function readRows(heading?: string): readonly (readonly string[])[] {
  const from = heading === undefined ? 0 : lines.indexOf(heading) + 1
  if (heading !== undefined && from === 0) throw new Error(`docs/moving.md has no ${heading}`)
  const next = lines.findIndex((line, index) => index >= from && line.startsWith('#'))
  const to = heading === undefined || next === -1 ? lines.length : next
  return lines
    .slice(from, to)
    .filter((line) => line.startsWith('|') && !/^\|[-| ]+\|$/.test(line))
    .map((line) =>
      line
        .replaceAll('\\|', '/')
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim())
    )
}

/** What stands between backticks in a cell. */
export function quotedIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text)
}
