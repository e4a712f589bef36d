import type { FastifyRequest } from 'fastify'
import type { Refusal } from '../../../src/errors.ts'
import type { Resource } from './resource-metadata.ts'

/** The `WWW-Authenticate` header of a refusal; undefined when it is not about credentials. */
export type Challenge = (request: FastifyRequest, refusal: Refusal) => string | undefined

/**
 * RFC 6750 §3: no error when nothing was sent, `invalid_token` for whatever was wrong with what
 * was, `insufficient_scope` with every scope that the operation needs. With tokens configured,
 * RFC 9728 §5.1: where to find out who issues them.
 */
export function createChallenge(resource: Resource | undefined): Challenge {
  return (request, { kind, data }) => {
    const error = errorOf(kind)
    if (error === undefined) return undefined
    const scopes = Array.isArray(data?.scopes) ? data.scopes.join(' ') : ''
    return [
      'Bearer realm="portcullis"',
      ...(error === '' ? [] : [`error="${error}"`]),
      ...(scopes === '' ? [] : [`scope="${scopes}"`]),
      ...(resource ? [`resource_metadata="${resource.metadataUrl(request)}"`] : [])
    ].join(', ')
  }
}

function errorOf(kind: Refusal['kind']): string | undefined {
  if (kind === 'unauthorized') return ''
  if (kind === 'bad_credential') return 'invalid_token'
  return kind === 'insufficient_scope' ? 'insufficient_scope' : undefined
}
