import type { FastifyInstance } from 'fastify'
import { Refusal } from '../../../src/errors.ts'
import { parseMessage } from '../../../src/json.ts'

/** Only JSON, parsed by ours: depth first, then JSON-RPC shaped errors. */
export function addJsonParser(app: FastifyInstance): void {
  // Fastify would also take text/plain, which a web page may send without a preflight.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (request.headers['content-encoding'] !== undefined) return done(new Refusal('media_type'))
    // DELETE may carry the header without a body.
    if (body === '' && request.method !== 'POST') return done(null, undefined)
    try {
      done(null, parseMessage(String(body)))
    } catch (error) {
      done(error as Error)
    }
  })
}
