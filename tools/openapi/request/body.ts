import { isRecord } from '../../../src/json.ts'
import { isRead } from '../../outside/method.ts'
import { Unsupported } from '../../outside/schema/schema.ts'
import { cleanText } from '../../outside/text.ts'
import type { Raw } from '../document/document.ts'
import { essenceOf, isJsonType } from '../media-type.ts'
import { type FormKind, type FormPlan, planForm } from './form-fields.ts'
import { narrow } from './shapes.ts'

/** How a request body is written. */
export type BodyPlan =
  | { readonly kind: 'json'; readonly schema: unknown }
  | { readonly kind: 'text'; readonly schema: unknown }
  | { readonly kind: 'binary'; readonly schema: unknown }
  | ({ readonly kind: FormKind } & FormPlan)

interface Sent {
  readonly mediaType: string
  readonly required: boolean
  readonly description: string
}

export type Body = Sent & BodyPlan

export interface ReadBody {
  readonly body?: Body
  readonly notes: readonly string[]
}

const maxDescriptionChars = 400

/**
 * Chooses the media type that a request body is sent as. Throws Unsupported when there is none
 * that can be written exactly; an optional body of a GET, which has no meaning there (RFC 9110,
 * section 9.3.1), is left out with a note.
 */
export function readBody(raw: unknown, method: string): ReadBody {
  if (raw === undefined) return { notes: [] }
  if (!isRecord(raw) || raw.$ref !== undefined) {
    throw new Unsupported('its request body refers to something that is not there.')
  }
  const isRequired = raw.required === true
  if (isRead(method)) return leaveOut(raw.content, isRequired, method)
  const content = Object.entries(isRecord(raw.content) ? raw.content : {})
  if (content.length === 0) throw new Unsupported('its request body has no media type.')
  const [mediaType, plan] = firstPlan(content)
  const notes = 'notes' in plan ? plan.notes : []
  if ('fields' in plan && plan.fields.size === 0 && notes.length > 0) {
    if (isRequired) throw new Unsupported('no field of its form can be sent.')
    return { notes }
  }
  const description = cleanText(raw.description, maxDescriptionChars)
  const body = Object.freeze({ ...plan, mediaType, required: isRequired, description })
  return { body, notes }
}

function leaveOut(content: unknown, isRequired: boolean, method: string): ReadBody {
  if (isRequired) throw new Unsupported(`it needs a request body on ${method}.`)
  if (isEmptyObject(content)) return { notes: [] }
  return { notes: [`left out: the request body, which has no meaning on ${method}.`] }
}

/** A body that could only be an empty form is no loss. */
function isEmptyObject(content: unknown): boolean {
  return Object.values(isRecord(content) ? content : {}).every((media) => {
    const schema = isRecord(media) && isRecord(media.schema) ? media.schema : {}
    const count = Object.keys(isRecord(schema.properties) ? schema.properties : {}).length
    return count === 0 && schema.additionalProperties === false
  })
}

function firstPlan(content: [string, unknown][]): [string, BodyPlan] {
  const ranked = content
    .map(([type, media]) => ({ type, media, rank: rankOf(essenceOf(type)) }))
    .sort((a, b) => a.rank - b.rank)
  let reason: Unsupported | undefined
  for (const { type, media } of ranked) {
    try {
      return [sentType(type), planMedia(type, isRecord(media) ? media : {})]
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error
      reason ??= error
    }
  }
  throw reason ?? new Unsupported('its request body has no media type.')
}

const ranges: ReadonlySet<string> = new Set(['*/*', 'application/*', 'application/*+json'])

type Matches = (essence: string) => boolean

/** The first that matches is the rank; whatever is written more exactly comes first. */
const preference: readonly Matches[] = [
  is('application/json'),
  is('application/merge-patch+json'),
  isJsonType,
  is('application/x-www-form-urlencoded'),
  is('multipart/form-data'),
  (essence) => ranges.has(essence),
  is('application/octet-stream'),
  is('text/plain'),
  (essence) => essence.startsWith('text/')
]

function is(wanted: string): Matches {
  return (essence) => essence === wanted
}

function rankOf(essence: string): number {
  const rank = preference.findIndex((matches) => matches(essence))
  return rank === -1 ? preference.length : rank
}

/** A range is sent as the type in it that we write. */
function sentType(mediaType: string): string {
  const essence = essenceOf(mediaType)
  if (ranges.has(essence)) return 'application/json'
  return essence === 'text/*' ? 'text/plain' : mediaType.trim()
}

function planMedia(mediaType: string, media: Raw): BodyPlan {
  // RFC 9110, section 8.3.1; anything else could break out of the header.
  if (
    !/^[\w!#$&^.+*-]+\/[\w!#$&^.+*-]+(\s*;\s*[\w-]+=("[\w .:/-]*"|[\w.:/+-]*))*$/.test(mediaType)
  ) {
    throw new Unsupported(`its request body has the media type "${cleanText(mediaType, 60)}".`)
  }
  const charset = /;\s*charset="?([\w.:+-]+)/i.exec(mediaType)?.[1] ?? 'utf-8'
  if (!/^utf-?8$/i.test(charset)) {
    throw new Unsupported(`its request body has the charset "${charset}": only utf-8 is written.`)
  }
  const essence = essenceOf(mediaType)
  const { schema } = media
  if (isRecord(schema) && typeof schema.$ref === 'string') {
    throw new Unsupported(
      `its request body refers to "${cleanText(schema.$ref, 80)}", which is not there.`
    )
  }
  if (isJsonType(essence) || ranges.has(essence)) return { kind: 'json', schema: schema ?? {} }
  if (essence === 'application/x-www-form-urlencoded') {
    return { kind: 'form', ...planForm(media, 'form') }
  }
  if (essence === 'multipart/form-data')
    return { kind: 'multipart', ...planForm(media, 'multipart') }
  if (essence.startsWith('multipart/')) throw unwritable(essence)
  return planPlain(essence, schema)
}

function planPlain(essence: string, schema: unknown): BodyPlan {
  const isOpen = !isRecord(schema) || Object.keys(schema).length === 0
  const isBinary = isRecord(schema) && (schema.format === 'binary' || schema.type === undefined)
  const isText = essence.startsWith('text/')
  if (!isText && (isOpen || isBinary)) {
    if (essence.includes('*')) throw unwritable(essence)
    return { kind: 'binary', schema: base64Text }
  }
  const narrowed = isOpen
    ? { schema: { type: 'string' } }
    : narrow(schema, new Set(['scalar']), 'its request body')
  if (!narrowed || essence.includes('*/')) throw unwritable(essence)
  return { kind: 'text', schema: narrowed.schema }
}

const base64Text = Object.freeze({
  type: 'string',
  contentEncoding: 'base64',
  description: 'The bytes to send, as base64.'
})

function unwritable(essence: string): Unsupported {
  return new Unsupported(`its request body is ${cleanText(essence, 60)}, which cannot be written.`)
}
