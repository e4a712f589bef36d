/** Type and subtype, lower case, without parameters (RFC 9110, section 8.3.1). */
export function essenceOf(mediaType: string): string {
  return mediaType.split(';')[0]?.trim().toLowerCase() ?? ''
}

/** True for the essence of JSON, and of what is written in it (RFC 6839, section 3.1). */
export function isJsonType(essence: string): boolean {
  return /^application\/(?:[\w.+-]+\+)?json$/.test(essence)
}

/** True for an essence that a model may read as text; JSON is not among it. */
export function isTextType(essence: string): boolean {
  return (
    essence.startsWith('text/') ||
    /^application\/(?:(?:[\w.+-]+\+)?(?:xml|yaml)|x-yaml|x-ndjson|jsonl|csv|javascript|sql|graphql)$/.test(
      essence
    )
  )
}
