import type { CallContext, ResourceDefinition } from '../../../../src/types.ts'
import { cleanLine, cleanText } from '../../../outside/text.ts'
import type { Message } from '../../connection.ts'
import { readResourceResult } from '../answer/result.ts'
import type { Place } from '../place.ts'
import { createSuggest, read } from './reading.ts'
import { titleOf } from './tool.ts'

/** Makes our resource, or template, of a server's. */
export function makeResource(raw: Message, original: string, place: Place): ResourceDefinition {
  const mimeType = cleanLine(raw.mimeType, 100)
  return Object.freeze({
    uri: place.names.uriOf(original),
    name: cleanLine(raw.name, 200) || cleanLine(original, 200),
    title: titleOf(raw, String(raw.name ?? original)),
    description: cleanText(raw.description, 2000),
    ...(mimeType !== '' && { mimeType }),
    ...common(place),
    suggest: createSuggest({ type: 'ref/resource', uri: original }, place)
  } satisfies ResourceDefinition)
}

/** Servers name resources in their answers that no list of theirs holds. */
export function makeAnyResource(place: Omit<Place, 'compile'>): ResourceDefinition {
  const { name } = place.connection
  return Object.freeze({
    uri: place.names.uriOf('{+uri}'),
    name: cleanLine(name, 200),
    title: `Resources of ${cleanLine(name, 100)}`,
    description: 'Any resource of this server, by the URI that its answers give.',
    ...common(place)
  } satisfies ResourceDefinition)
}

const noVariables: ReadonlyMap<string, string> = new Map()

function common(
  place: Omit<Place, 'compile'>
): Pick<ResourceDefinition, 'scopes' | 'match' | 'watch' | 'read'> {
  const { names, permits } = place
  return {
    scopes: [],
    match(uri) {
      const original = names.originalOf(uri)
      return original !== undefined && permits(original) ? noVariables : undefined
    },
    watch(uri: string) {
      const original = names.originalOf(uri)
      if (original !== undefined) place.watch(original)
    },
    read: (uri: string, _variables: ReadonlyMap<string, string>, ctx: CallContext) =>
      read(
        {
          method: 'resources/read',
          params: { uri: names.originalOf(uri) },
          unknown: 'unknown_resource',
          map: (result) => readResourceResult(result, names)
        },
        place,
        ctx
      )
  }
}
