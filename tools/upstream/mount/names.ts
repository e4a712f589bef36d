import { hash } from 'node:crypto'

const maxNameChars = 64
const maxSlugChars = 32
const hashChars = 6
const maxUriChars = 2000

/** How the things of one upstream server are called here. No two servers can share a name. */
export interface Names {
  /** The server's name, as far as a tool's name can hold it. */
  readonly slug: string
  /** Every tool and prompt of the server begins so. */
  readonly prefix: string
  /** The name of a tool or prompt; one that does not fit gets a hash of the whole as suffix. */
  nameOf(original: string): string
  /** The URI of a resource or a template. */
  uriOf(original: string): string
  /** The server's own URI; undefined when it is not one of its. */
  originalOf(uri: string): string | undefined
}

export function createNames(server: string): Names {
  const slug = slugOf(server)
  const prefix = `${slug}__`
  const place = `mcp://${slug}/`
  return Object.freeze({
    slug,
    prefix,
    nameOf: (original: string) => {
      const fit = original.replace(/[^a-zA-Z0-9_-]/g, '_')
      const isPlain = fit === original && fit !== ''
      return isPlain && prefix.length + fit.length <= maxNameChars
        ? prefix + fit
        : prefix + addHash(fit, original, maxNameChars - prefix.length)
    },
    uriOf: (original: string) => place + original,
    originalOf: (uri: string) => (uri.startsWith(place) ? uri.slice(place.length) : undefined)
  })
}

/** Without a double underscore, or one at an end: the first one in a tool's name ends the server's. */
function slugOf(server: string): string {
  const isPlain = /^[a-zA-Z0-9-]+(?:_[a-zA-Z0-9-]+)*$/.test(server)
  if (isPlain && server.length <= maxSlugChars) return server
  const fit = server.replace(/[^a-zA-Z0-9-]+/g, '_').replace(/^_+|_+$/g, '')
  return addHash(fit || 'server', server, maxSlugChars)
}

function addHash(text: string, identity: string, maxChars: number): string {
  const suffix = hash('sha256', identity, 'hex').slice(0, hashChars)
  const stem = text.slice(0, maxChars - hashChars - 1).replace(/_+$/, '')
  return stem === '' ? suffix : `${stem}_${suffix}`
}

/** True for a URI that may be shown: with a scheme, of a sane length, all of it visible. */
export function isUri(text: unknown): text is string {
  if (typeof text !== 'string' || text.length > maxUriChars) return false
  return /^[a-z][a-z0-9+.-]*:/i.test(text) && !/[\s\p{Cc}\p{Cf}\p{Cs}\p{Co}]/u.test(text)
}
