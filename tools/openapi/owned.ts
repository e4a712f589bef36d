import { isRecord } from '../../src/json.ts'
import type { ApiCredential } from '../../src/settings/api-settings.ts'
import type { ApiDocument } from './document/document.ts'
import type { Owned } from './request/parameters.ts'

/**
 * What the credential of an API fills, by configuration and by the security schemes of the
 * document: an argument of the same name would let a model replace the credential.
 */
export function ownedOf(document: ApiDocument, credential: ApiCredential): Owned {
  if (credential.mode === 'none') return { headers: new Set(), queries: new Set() }
  const places = schemePlaces(document)
  if (credential.mode === 'service' && credential.name !== undefined) {
    places.push({ isQuery: credential.scheme === 'query', name: credential.name })
  }
  const names = (isQuery: boolean) =>
    places.filter((place) => place.isQuery === isQuery).map(({ name }) => name)
  return {
    headers: new Set(names(false).map((name) => name.toLowerCase())),
    queries: new Set(names(true))
  }
}

function schemePlaces({ components }: ApiDocument) {
  const schemes = isRecord(components) ? components.securitySchemes : undefined
  return Object.values(isRecord(schemes) ? schemes : {}).flatMap((scheme) => {
    const isKey = isRecord(scheme) && scheme.type === 'apiKey' && typeof scheme.name === 'string'
    if (!isKey || (scheme.in !== 'header' && scheme.in !== 'query')) return []
    return [{ isQuery: scheme.in === 'query', name: String(scheme.name) }]
  })
}
