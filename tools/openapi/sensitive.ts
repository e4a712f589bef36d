import { isRecord } from '../../src/json.ts'
import type { Operation } from './operations.ts'

const maxDepth = 4

/**
 * Names of arguments, and of properties inside them, that no log may hold: passwords by their
 * schema, and the bytes of files.
 */
export function sensitiveNames({ arguments: list, body }: Operation): readonly string[] {
  const passwords = list.flatMap(({ name, schema }) => passwordsIn(name, schema, 0))
  const hasFiles = body?.kind === 'multipart' && [...body.fields.values()].some(isFile)
  const bytes = body?.kind === 'binary' ? [body.argument] : []
  return [...new Set([...passwords, ...bytes, ...(hasFiles ? ['base64'] : [])])]
}

function isFile({ how }: { readonly how: string }): boolean {
  return how === 'file'
}

function passwordsIn(name: string, schema: unknown, depth: number): readonly string[] {
  if (!isRecord(schema) || depth > maxDepth) return []
  if (schema.format === 'password') return [name]
  const { properties, items, allOf } = schema
  return [
    ...Object.entries(isRecord(properties) ? properties : {}).flatMap(([key, child]) =>
      passwordsIn(key, child, depth + 1)
    ),
    ...[items, ...(Array.isArray(allOf) ? allOf : [])].flatMap((child) =>
      passwordsIn(name, child, depth + 1)
    )
  ]
}
