import { compileGlobs } from '../glob.ts'
import type { Principal } from '../types.ts'

/** Callers with the same key see the same lists. */
export function visibilityKey(principal: Principal): string {
  return JSON.stringify([hidingScopes(principal) ?? null, principal.tools ?? null])
}

/**
 * The scopes outside which things are hidden. A token's do not hide: its client can ask for more,
 * and is told for what.
 */
function hidingScopes({ kind, scopes }: Principal): readonly string[] | undefined {
  return kind === 'jwt' ? undefined : scopes
}

/** Something that only callers with its scopes may use, all of them. */
export type Scoped = { readonly scopes: readonly string[] }

/** The scopes that a token needs for something it sees, all of them, when it lacks one. */
export function findLackedScopes(
  { kind, scopes }: Principal,
  { scopes: needed }: Scoped
): readonly string[] | undefined {
  if (kind !== 'jwt' || needed.length === 0 || scopes === undefined) return undefined
  return needed.every((scope) => scopes.includes(scope)) ? undefined : needed
}

/** True when nothing narrows what the principal sees. */
export function isUnrestricted(principal: Principal): boolean {
  return principal.scopes === undefined && principal.tools === undefined
}

/** A predicate: is the item not hidden by its scopes? */
export function compileScopeCheck(principal: Principal): (item: Scoped) => boolean {
  const scopes = hidingScopes(principal)
  if (scopes === undefined) return () => true
  const held = new Set(scopes)
  return (item) => item.scopes.every((scope) => held.has(scope))
}

/** A predicate over tools: scopes and name globs together. */
export function compileToolCheck(
  principal: Principal
): (tool: Scoped & { readonly name: string }) => boolean {
  const holdsScopes = compileScopeCheck(principal)
  if (principal.tools === undefined) return holdsScopes
  const matches = compileGlobs(principal.tools)
  return (tool) => matches(tool.name) && holdsScopes(tool)
}
