import { readFile, stat } from 'node:fs/promises'
import SwaggerParser from '@apidevtools/swagger-parser'
import { Refusal } from '../../src/errors.ts'
import { isRecord, parseJson } from '../../src/json.ts'

const maxBytes = 16 * 1024 * 1024
const maxDereferenceMs = 5_000

export type ApiDocument = Readonly<Record<string, unknown>>

/**
 * Loads an OpenAPI 3.0 or 3.1 document, JSON or YAML, from a file or an object. Local references
 * are resolved to shared objects, so a recursive schema is a cyclic object; references to other
 * files stay as they are. Throws an Error that names the document and what is wrong with it.
 */
export async function loadDocument(source: string | object): Promise<ApiDocument> {
  const label = typeof source === 'string' ? `"${source}"` : '(given as an object)'
  try {
    const document = await parseDocument(source)
    checkVersion(document)
    return await dereference(document)
  } catch (cause) {
    throw new Error(`OpenAPI document ${label}: ${explain(cause)}`, { cause })
  }
}

async function parseDocument(source: string | object): Promise<Record<string, unknown>> {
  const text = typeof source === 'string' ? await readText(source) : JSON.stringify(source)
  const json = text.trimStart().startsWith('{') ? text : JSON.stringify(await parseYaml(text))
  // What is small as YAML can be large once its aliases are written out (billion laughs).
  if (json.length > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes.`)
  const document = parseJson(json)
  if (!isRecord(document)) throw new Error('it is not an object.')
  return document
}

async function readText(path: string): Promise<string> {
  const { size } = await stat(path)
  if (size > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes.`)
  return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '')
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

async function dereference(document: Record<string, unknown>): Promise<ApiDocument> {
  const dereferenced: unknown = await SwaggerParser.dereference(document as never, {
    // A document must not make us read files or call addresses of its choice (SSRF).
    resolve: { external: false },
    dereference: { circular: true },
    // References with siblings are copied: a chain of them doubles with every link.
    timeoutMs: maxDereferenceMs
  })
  return dereferenced as ApiDocument
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
