import { Refusal } from '../errors.ts'

export interface Page<T> {
  readonly items: readonly T[]
  readonly nextCursor?: string
}

const prefix = 'after:'

/**
 * One page of a sorted list. The cursor names the last item sent, so it stays right when items
 * come and go. Throws a Refusal when the cursor is not one of ours.
 */
export function takePage<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  cursor: string | undefined,
  size: number
): Page<T> {
  const start = cursor === undefined ? 0 : firstAfter(items, keyOf, decodeCursor(cursor))
  const page = items.slice(start, start + size)
  const last = page.at(-1)
  const isLast = start + size >= items.length || last === undefined
  return isLast ? { items: page } : { items: page, nextCursor: encodeCursor(keyOf(last)) }
}

function firstAfter<T>(items: readonly T[], keyOf: (item: T) => string, key: string): number {
  const found = items.findIndex((item) => keyOf(item) > key)
  return found === -1 ? items.length : found
}

function encodeCursor(key: string): string {
  return Buffer.from(prefix + key).toString('base64url')
}

function decodeCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString()
  const isOurs = text.startsWith(prefix) && encodeCursor(text.slice(prefix.length)) === cursor
  if (!isOurs) throw new Refusal('bad_cursor')
  return text.slice(prefix.length)
}
