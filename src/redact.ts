/** What stands in place of a censored value. */
export const censored = '***REDACTED***'

const sensitiveKey =
  /^(?:.*[-_.])?(?:authorization|cookie|set[-_]?cookie|api[-_]?key|x[-_]api[-_]key|apikey|token|passwords?|passwd|pwd|pass|passcode|passphrase|secrets?|otp|jwt|bearer|access[-_]?key|secret[-_]?key|pin|private[-_]?key|credentials?|session[-_]?id)$|(?:token|password|secret|apiKey|apiKeys|privateKey|accessKey|secretKey)$/i

/** Shapes that are secrets wherever they stand. No two neighbours match the same character: linear time. */
const sensitiveValues: readonly RegExp[] = [
  /\b(?:bearer|basic|apikey)\s+[\w.~+/=-]{8,}/gi,
  /\beyJ[\w-]{8,}(?:\.[\w-]*){0,2}/g,
  /\b(?:sk|pk|bm|pcl|ghp|gho|xox[abp])[-_][\w-]{12,}/g,
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[\s\S]{0,16384}?-----END [A-Z ]{1,40}-----|[\s\S]{0,16384})/g,
  // Userinfo of a URL, up to its last @ before the path ends.
  /\b[a-z][\w+.-]{1,30}:\/\/[^\s?#"'<>]{1,512}@/gi,
  /\b(?:github_pat_|glpat-|AKIA)[\w-]{12,}/g,
  /[?&](?:sig|signature|key|code|X-Amz-Signature|X-Goog-Signature)=[^&\s"'#]+/gi,
  // key=value and "key":"value", also inside a JSON text that stands in a JSON text.
  /\b(?:api[-_]?key|access[-_]?token|refresh[-_]?token|id[-_]?token|client[-_]?secret|token|passwd|password|secret)\\{0,7}["']?\s{0,3}[=:]\s{0,3}(?:\\{1,7}"[^"]*"?|"(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s"'&,;}]+)/gi
]

const maxDepth = 12
const maxEntries = 200
const maxStringLength = 256

/** True when a field of this name holds a secret. */
export function isSensitiveKey(key: string): boolean {
  return sensitiveKey.test(key)
}

/** Censors the secrets that a text shows by their shape. */
export function redactText(text: string): string {
  return sensitiveValues.reduce((rest, pattern) => rest.replace(pattern, censored), text)
}

/**
 * A bounded deep copy of JSON-like data: values under sensitive names are censored, texts are
 * searched for secrets, long texts and lists are cut.
 */
export function redact(
  value: unknown,
  isSensitive: (key: string) => boolean = isSensitiveKey
): unknown {
  return copy(value, isSensitive, 0)
}

function copy(value: unknown, isSensitive: (key: string) => boolean, depth: number): unknown {
  if (typeof value === 'string') return cut(redactText(value.slice(0, maxStringLength * 16)))
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value !== 'object') return undefined
  if (depth >= maxDepth) return '[deeper]'
  if (Array.isArray(value)) {
    return value.slice(0, maxEntries).map((item) => copy(item, isSensitive, depth + 1))
  }
  const result: Record<string, unknown> = Object.create(null)
  for (const [key, item] of Object.entries(value).slice(0, maxEntries)) {
    result[cut(redactText(key.slice(0, maxStringLength * 4)))] = isSensitive(key)
      ? censored
      : copy(item, isSensitive, depth + 1)
  }
  return result
}

function cut(text: string): string {
  return text.length > maxStringLength ? `${text.slice(0, maxStringLength)}…` : text
}
