import { hash } from 'node:crypto'
import { canonicalize } from '../json-text.ts'

/** A tool as a list shows it to clients. */
export type ShownTool = Readonly<Record<string, unknown>> & { readonly name: string }

/** A definition from outside, and what stands for it. */
export interface PinnedTool {
  /** Who defines it: the mounted API or server, by its name in the configuration. */
  readonly source: string
  /** Of the definition's canonical form (RFC 8785), in hex. */
  readonly sha256: string
  readonly definition: ShownTool
}

/** Pins a tool as it is shown now: keys in canonical order, nothing but JSON. */
export function pinTool(source: string, shown: ShownTool): PinnedTool {
  const text = canonicalize(shown)
  return Object.freeze({ source, sha256: hash('sha256', text), definition: JSON.parse(text) })
}

/** SHA-256 of a definition, in hex; the order of its keys does not count. */
export function digestDefinition(definition: object): string {
  return hash('sha256', canonicalize(definition))
}
