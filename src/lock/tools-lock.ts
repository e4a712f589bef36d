import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { changeFile } from '../files/changed-file.ts'
import { isRecord } from '../json.ts'
import { showUnseen } from '../json-text.ts'
import { digestDefinition, type PinnedTool, type ShownTool } from './pinned-tool.ts'

/** Approved definitions by the name that clients see. */
export type ToolsLock = ReadonlyMap<string, PinnedTool>

const pinnedTool = z.strictObject({
  source: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  definition: z.custom<ShownTool>((value) => isRecord(value) && typeof value.name === 'string')
})
const lockSchema = z.strictObject({ version: z.literal(1), tools: z.array(pinnedTool) })

/** Reads a lock's text. Throws with the first thing that is wrong with it. */
export function parseToolsLock(text: string): ToolsLock {
  const parsed = lockSchema.safeParse(parse(text))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw damaged(`${issue?.path.join('.') || 'the whole'}: ${issue?.code}`)
  }
  const lock = new Map<string, PinnedTool>()
  for (const [index, pinned] of parsed.data.tools.entries()) {
    const { name } = pinned.definition
    if (lock.has(name)) throw damaged(`tools.${index}: a tool of this name stands before it`)
    if (digestDefinition(pinned.definition) !== pinned.sha256) {
      throw damaged(`tools.${index}: sha256 is not that of the definition`)
    }
    lock.set(name, Object.freeze(pinned))
  }
  return lock
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw damaged('not valid JSON')
  }
}

/** The file is there to be repaired: by version control, or by approving anew. */
function damaged(what: string): Error {
  return new Error(`is no sound tools.lock: ${what}; restore it, or remove it and approve again`)
}

/** A lock's text: tools by name, keys in order, each value on its own line, nothing invisible. */
export function formatToolsLock(lock: ToolsLock): string {
  const tools = [...lock.values()]
    .sort((a, b) => (a.definition.name < b.definition.name ? -1 : 1))
    .map(({ source, sha256, definition }) => ({ source, sha256, definition }))
  return `${showUnseen(JSON.stringify({ version: 1, tools }, null, 2))}\n`
}

/** Throws when the file is missing or is no sound lock. */
export function readToolsLock(file: string): ToolsLock {
  return parseToolsLock(readFileSync(file, 'utf8'))
}

/**
 * Replaces what a lock holds by what `change` makes of it (of undefined when there is none), all or
 * nothing. No secret is in it: it is meant to be committed, and gets the mode 644.
 */
export async function changeToolsLock(
  file: string,
  change: (lock: ToolsLock | undefined) => ToolsLock
): Promise<void> {
  const read = (target: string): string => readFileSync(target, 'utf8')
  await changeFile({ file, mode: 0o644, read }, (text) => {
    const after = formatToolsLock(change(text === undefined ? undefined : parseToolsLock(text)))
    return after === text ? undefined : after
  })
}
