import { setImmediate } from 'node:timers/promises'
import type { Log } from '../../../../src/types.ts'
import { Unsupported } from '../../../outside/schema/schema.ts'
import { cleanLine } from '../../../outside/text.ts'
import type { ListKind, Message } from '../../connection.ts'
import { isUri } from '../names.ts'
import type { Place } from '../place.ts'

/** More than a model could ever look through; the rest of a list is left out. */
const maxItems = 1000
const maxNameChars = 500
/** A list of heavy schemas takes seconds; everybody's calls go on meanwhile. */
const maxTurnMs = 10

/** The definitions made of one list of a server. */
export type Shelf<T> = (items: readonly Message[], place: Place) => Promise<readonly T[]>

interface ShelfOptions<T> {
  readonly kind: ListKind
  /** Where an item says what it is called. */
  readonly key: 'name' | 'uri' | 'uriTemplate'
  /** Throws Unsupported for what cannot be offered. */
  readonly make: (raw: Message, original: string, place: Place) => T
  readonly log: Log
}

interface Made<T> {
  readonly json: string
  readonly definition: T
}

/**
 * Remembers what it made: an item that has not changed stays the same definition. One that cannot be
 * offered is left out and logged, and never costs the others.
 */
export function createShelf<T>({ kind, key, make, log }: ShelfOptions<T>): Shelf<T> {
  let former: ReadonlyMap<string, Made<T>> = new Map()

  return async (items, place) => {
    const made = new Map<string, Made<T>>()
    const refused: string[] = []
    let sinceMs = performance.now()
    for (const raw of items.slice(0, maxItems)) {
      if (performance.now() - sinceMs > maxTurnMs) {
        await setImmediate()
        sinceMs = performance.now()
      }
      const original = raw[key]
      if (!isName(original, key) || made.has(original)) refused.push(describe(original))
      else if (place.permits(original)) put(raw, original)
    }
    if (refused.length > 0 || items.length > maxItems) {
      log.warn('not all that an upstream server lists can be offered', {
        server: place.connection.name,
        list: kind,
        listed: items.length,
        refused: refused.length + Math.max(0, items.length - maxItems),
        first: refused.slice(0, 10).join('; ')
      })
    }
    former = made
    return Object.freeze([...made.values()].map(({ definition }) => definition))

    function put(raw: Message, original: string): void {
      try {
        const json = JSON.stringify(raw)
        const same = former.get(original)
        const definition = same?.json === json ? same.definition : make(raw, original, place)
        made.set(original, { json, definition })
      } catch (error) {
        // A RangeError is what JSON.stringify makes of thousands of levels.
        if (!(error instanceof Unsupported || error instanceof RangeError)) throw error
        refused.push(`${describe(original)}: ${error.message}`)
      }
    }
  }
}

function isName(original: unknown, key: ShelfOptions<never>['key']): original is string {
  if (key !== 'name') return isUri(original) && original.includes('{') === (key === 'uriTemplate')
  return typeof original === 'string' && original !== '' && original.length <= maxNameChars
}

function describe(original: unknown): string {
  return cleanLine(original, 64) || '(no name)'
}
