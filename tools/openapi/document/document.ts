import { readFile, stat } from 'node:fs/promises'
import { Refusal } from '../../../src/errors.ts'
import { isRecord, parseJson } from '../../../src/json.ts'
import { dereference } from '../../outside/references.ts'

/** GitHub's document, the largest that we know of, has 12 MiB. */
export const maxDocumentBytes = 32 * 1024 * 1024

/** Any object of a document, as it stands there: untrusted. */
export type Raw = Readonly<Record<string, unknown>>
export type ApiDocument = Raw

/** Gets the text behind an https URL. */
export type FetchText = (url: string) => Promise<string>

/** True for a document that has to be fetched. */
export function isUrl(source: string | object): source is string {
  return typeof source === 'string' && /^https?:\/\//i.test(source)
}

/**
 * Loads an OpenAPI 3.0 or 3.1 document, JSON or YAML, from a file, a URL (when `fetchText` is
 * given) or an object. Local references are resolved to shared objects, so a recursive schema is a
 * cyclic object; a broken reference, or one to another document, stays as it is. Throws an Error
 * that names the document and what is wrong with it.
 */
export async function loadDocument(
  source: string | object,
  fetchText?: FetchText
): Promise<ApiDocument> {
  const label = typeof source === 'string' ? `"${withoutSecrets(source)}"` : '(given as an object)'
  try {
    const document = await parseDocument(source, fetchText)
    checkVersion(document)
    return dereference(document)
  } catch (cause) {
    throw new Error(`OpenAPI document ${label}: ${explain(cause)}`, { cause })
  }
}

function withoutSecrets(source: string): string {
  if (!isUrl(source) || !URL.canParse(source)) return source
  const { origin, pathname } = new URL(source)
  return `${origin}${pathname}`
}

async function parseDocument(
  source: string | object,
  fetchText?: FetchText
): Promise<Record<string, unknown>> {
  const text = (await readText(source, fetchText)).replace(/^\uFEFF/, '')
  const json = text.trimStart().startsWith('{') ? text : JSON.stringify(await parseYaml(text))
  // What is small as YAML can be large once its aliases are written out (billion laughs).
  if (json.length > maxDocumentBytes)
    throw new Error(`it is larger than ${maxDocumentBytes} bytes.`)
  const document = parseJson(json)
  if (!isRecord(document)) throw new Error('it is not an object.')
  return document
}

async function readText(source: string | object, fetchText?: FetchText): Promise<string> {
  if (typeof source !== 'string') return JSON.stringify(source)
  if (isUrl(source)) {
    if (!fetchText) throw new Error('it must be a file.')
    return fetchText(source)
  }
  const { size } = await stat(source)
  if (size > maxDocumentBytes) throw new Error(`it is larger than ${maxDocumentBytes} bytes.`)
  return readFile(source, 'utf8')
}

async function parseYaml(text: string): Promise<unknown> {
  const { parse } = await import('yaml')
  return parse(text, { maxAliasCount: 100, logLevel: 'error' }) ?? null
}

function checkVersion(document: Record<string, unknown>): void {
  if ('swagger' in document) {
    throw new Error('Swagger 2.0 is not supported. Convert it to OpenAPI 3.0 or 3.1 first.')
  }
  const { openapi, paths } = document
  if (typeof openapi !== 'string' || !/^3\.[01]\.\d+$/.test(openapi)) {
    throw new Error('it needs a field "openapi" with a version 3.0.x or 3.1.x as a string.')
  }
  if (!isRecord(paths)) throw new Error('it has no "paths".')
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return 'it cannot be read.'
  if (error instanceof RangeError) return 'it is nested too deeply.'
  if (error instanceof Refusal) {
    const { cause } = error
    return cause instanceof Error
      ? `it is not valid JSON: ${cause.message}`
      : 'it is nested too deeply.'
  }
  return error.message
}
