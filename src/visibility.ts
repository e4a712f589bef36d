import { compileGlobs } from './glob.ts'
import type { Principal } from './types.ts'

/** Callers with the same key see the same lists. */
export function visibilityKey(principal: Principal): string {
  return JSON.stringify([principal.scopes ?? null, principal.tools ?? null])
}

/** True when nothing narrows what the principal sees. */
export function isUnrestricted(principal: Principal): boolean {
  return principal.scopes === undefined && principal.tools === undefined
}

/** A predicate: does the principal hold every scope of the item? */
export function compileScopeCheck(
  principal: Principal
): (item: { readonly scopes: readonly string[] }) => boolean {
  if (principal.scopes === undefined) return () => true
  const held = new Set(principal.scopes)
  return (item) => item.scopes.every((scope) => held.has(scope))
}

/** A predicate over tools: scopes and name globs together. */
export function compileToolCheck(
  principal: Principal
): (tool: { readonly name: string; readonly scopes: readonly string[] }) => boolean {
  const holdsScopes = compileScopeCheck(principal)
  if (principal.tools === undefined) return holdsScopes
  const matches = compileGlobs(principal.tools)
  return (tool) => matches(tool.name) && holdsScopes(tool)
}
