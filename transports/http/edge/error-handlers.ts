import type { FastifyError, FastifyInstance } from 'fastify'
import { Refusal, toRefusal } from '../../../src/errors.ts'
import { describeError } from '../../../src/log.ts'
import type { Log } from '../../../src/types.ts'
import { pathOf } from '../lanes/web.ts'
import { collectAllowedMethods } from './allowed-methods.ts'
import type { Refuse } from './refuse.ts'

/** Answers what fails and what no route has, in our words. */
export function addErrorHandlers(app: FastifyInstance, log: Log, refuse: Refuse): void {
  app.setErrorHandler((error: FastifyError | Refusal, request, reply) => {
    const refusal = error instanceof Refusal ? error : translate(error)
    if (refusal) return refuse(request, reply, refusal)
    log.error('request failed', { request_id: request.id, error: describeError(error) })
    return refuse(request, reply, toRefusal(error, request.id))
  })
  const allowedMethods = collectAllowedMethods(app)
  app.setNotFoundHandler((request, reply) => {
    const methods = allowedMethods(pathOf(request))
    // A path with the right method comes here when its parameter cannot be decoded.
    if (methods.length === 0 || methods.includes(request.method)) {
      return refuse(request, reply, new Refusal('not_found'))
    }
    return refuse(
      request,
      reply.header('allow', methods.join(', ')),
      new Refusal('method_not_allowed')
    )
  })
}

/** Fastify's own complaints, in our words. */
function translate({ code, statusCode }: FastifyError): Refusal | undefined {
  if (statusCode === 413) return new Refusal('body_too_large')
  if (statusCode === 415) return new Refusal('media_type')
  if (code?.startsWith('FST_ERR_CTP')) return new Refusal('parse')
  return statusCode !== undefined && statusCode < 500 ? new Refusal('invalid_request') : undefined
}
