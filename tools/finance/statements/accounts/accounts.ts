import { z } from 'zod'
import { findNearest } from '../../../../src/catalogue/nearest.ts'
import { ToolError } from '../../../../src/define-tool.ts'
import { requireFinite } from '../../numeric/numbers.ts'
import { compensatedSum } from '../../numeric/sums.ts'

const maxAccounts = 1000

/** Roles of a statement: the group each belongs to, and other names for it. */
export interface Roles<Group extends string> {
  readonly statement: string
  readonly groups: ReadonlyMap<string, Group>
  readonly aliases: ReadonlyMap<string, string>
}

/** Accounts as they arrive; the description lists the roles. */
export function accountsOf(roles: Roles<string>, signs: string) {
  const aliases = [...roles.aliases].map(([alias, role]) => `${alias} = ${role}`)
  return z
    .array(
      z.strictObject({
        name: z.string().min(1).max(200).describe('As it stands in the ledger'),
        role: z.string().min(1).max(100).describe('One of the roles, or an alias'),
        value: z.number().describe(signs)
      })
    )
    .min(1)
    .max(maxAccounts)
    .describe(
      `Accounts with their roles, 1 to ${maxAccounts}; several may share a role. Roles: ${[...roles.groups.keys()].join(', ')}. Aliases: ${aliases.join(', ')}`
    )
}

interface Account {
  readonly role: string
  readonly value: number
}

/** A role of a statement with the sum of its accounts. */
export interface Line<Group extends string> {
  readonly role: string
  readonly group: Group
  readonly value: number
  readonly accounts: number
}

export const lineSchema = z.object({
  role: z.string(),
  group: z.string(),
  value: z.number().describe('Sum of the accounts with this role'),
  accounts: z.int().describe('How many accounts')
})

/** The accounts summed by role, in the order of the roles. Refuses unknown roles. */
export function sumByRole<Group extends string>(
  accounts: readonly Account[],
  roles: Roles<Group>
): Line<Group>[] {
  const values = new Map<string, number[]>()
  for (const [i, { role, value }] of accounts.entries()) {
    const known = resolveRole(role, roles, `accounts[${i}].role`)
    values.set(known, [...(values.get(known) ?? []), value])
  }
  return [...roles.groups].flatMap(([role, group]) => {
    const given = values.get(role)
    if (!given) return []
    return [{ role, group, value: sumAmounts(given), accounts: given.length }]
  })
}

function resolveRole(given: string, roles: Roles<string>, field: string): string {
  const name = given
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_')
  const role = roles.aliases.get(name) ?? name
  if (roles.groups.has(role)) return role
  const known = [...roles.groups.keys(), ...roles.aliases.keys()]
  const nearest = findNearest(name, known)
  const hint = nearest ? `did you mean ${nearest}?` : `use one of ${known.join(', ')}`
  throw new ToolError(`${field}: "${given}" is no role of ${roles.statement}; ${hint}`)
}

/** Sum of a group of lines. */
export function sumGroup<Group extends string>(
  lines: readonly Line<Group>[],
  ...groups: readonly Group[]
): number {
  return sumAmounts(lines.filter(({ group }) => groups.includes(group)).map(({ value }) => value))
}

/** Sum of some roles. */
export function sumRoles(lines: readonly Line<string>[], ...roles: readonly string[]): number {
  return sumAmounts(lines.filter(({ role }) => roles.includes(role)).map(({ value }) => value))
}

/** Compensated sum of values of accounts. */
export function sumAmounts(values: readonly number[]): number {
  return requireFinite(compensatedSum(values), 'accounts', 'use smaller values')
}
