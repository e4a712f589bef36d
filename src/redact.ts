import { quote, showScalar } from './json-text.ts'

/** What stands in place of a censored value. */
export const censored = '***REDACTED***'

/** What is searched for. The tests weaken these one by one and must notice each time. */
export interface RedactionRules {
  /** Names of fields that hold a secret. */
  readonly names: RegExp
  /** Shapes that are secrets wherever they stand. */
  readonly values: readonly RegExp[]
  /** Whatever one of the shapes matches, this matches too: most texts need one search only. */
  readonly hint: RegExp
}

export const standardRules: RedactionRules = {
  names:
    /^(?:.*[-_.])?(?:authorization|cookie|set[-_]?cookie|api[-_]?key|x[-_]api[-_]key|apikey|token|passwords?|passwd|pwd|pass|passcode|passphrase|secrets?|otp|jwt|bearer|access[-_]?key|secret[-_]?key|pin|private[-_]?key|credentials?|session[-_]?id)$|(?:token|password|secret|apiKey|apiKeys|privateKey|accessKey|secretKey)$/i,
  // No two neighbours match the same character: linear time.
  values: [
    /\b(?:bearer|basic|apikey)\s+[\w.~+/=-]{8,}/gi,
    /\beyJ[\w-]{8,}(?:\.[\w-]*){0,2}/g,
    /\b(?:sk|pk|bm|pcl|ghp|gho|xox[abp])[-_][\w-]{12,}/g,
    /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[\s\S]{0,16384}?-----END [A-Z ]{1,40}-----|[\s\S]{0,16384})/g,
    // Userinfo of a URL, up to its last @ before the path ends.
    /\b[a-z][\w+.-]{1,30}:\/\/[^\s?#"'<>]{1,512}@/gi,
    /\b(?:github_pat_|glpat-|AKIA)[\w-]{12,}/g,
    // A whole header, in a text or in JSON that stands in one.
    /\b(?:authorization|cookie)\\{0,7}["']?\s{0,3}[=:]\s{0,3}\\{0,7}["']?[^\r\n"'\\]+/gi,
    // Secret names in a query.
    /[?&](?:sig|signature|key|code|auth|jwt|sid|pwd|pass|otp|assertion|X-Amz-(?:Signature|Security-Token|Credential)|X-Goog-Signature)=[^&\s"'#]+/gi,
    // key=value and "key":"value", also inside a JSON text that stands in a JSON text.
    /\b(?:api[-_]?key|access[-_]?token|refresh[-_]?token|id[-_]?token|client[-_]?secret|token|passwd|password|secret)\\{0,7}["']?\s{0,3}[=:]\s{0,3}(?:\\{1,7}"[^"]*"?|"(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s"'&,;}]+)/gi
  ],
  hint: /[=:]|eyJ|(?:bearer|basic|apikey)\s|(?:sk|pk|bm|pcl|gh[op]|xox[abp]|github_pat|glpat)[-_]|AKIA|-----BEGIN/i
}

export interface Redactor {
  /** True when a field of this name holds a secret. */
  isSensitiveName(name: string): boolean
  /** Censors the secrets that a text shows by their shape. */
  text(text: string): string
  /**
   * JSON of JSON-like data: values under sensitive names are censored, texts are searched for
   * secrets, long texts, long lists and deep levels are cut. About 16,000 characters at most.
   */
  json(value: unknown, sensitive?: readonly string[]): string
}

const maxDepth = 12
const maxEntries = 200
const maxStringLength = 256
const maxLength = 16_384
const maxKnownNames = 2000
const maxKnownLength = 64

interface Walk {
  readonly sensitive: readonly string[]
  /** Characters that may still be written. */
  left: number
}

/** Binds the rules; what it has seen of names is remembered. */
export function createRedactor(rules: RedactionRules = standardRules): Redactor {
  const known = new Map<string, boolean>()

  function isSensitiveName(name: string): boolean {
    const seen = known.get(name)
    if (seen !== undefined) return seen
    const isSensitive = rules.names.test(name)
    if (name.length <= maxKnownLength && known.size < maxKnownNames) known.set(name, isSensitive)
    return isSensitive
  }

  function text(given: string): string {
    if (!rules.hint.test(given)) return given
    return rules.values.reduce((rest, pattern) => rest.replace(pattern, censored), given)
  }

  function write(value: unknown, walk: Walk, depth: number): string | undefined {
    if (typeof value === 'string') return spend(walk, quoteText(value, 16))
    if (typeof value !== 'object' || value === null) return spend(walk, showScalar(value))
    if (depth >= maxDepth) return '"[deeper]"'
    return Array.isArray(value) ? writeList(value, walk, depth) : writeObject(value, walk, depth)
  }

  function writeList(list: readonly unknown[], walk: Walk, depth: number): string {
    const parts: string[] = []
    for (const item of list) {
      if (walk.left <= 0 || parts.length >= maxEntries) break
      parts.push(write(item, walk, depth + 1) ?? 'null')
    }
    return `[${parts.join(',')}]`
  }

  function writeObject(object: object, walk: Walk, depth: number): string {
    const parts: string[] = []
    for (const [name, item] of Object.entries(object)) {
      if (walk.left <= 0 || parts.length >= maxEntries) break
      const isHidden = isSensitiveName(name) || walk.sensitive.includes(name)
      const shown = isHidden ? `"${censored}"` : write(item, walk, depth + 1)
      if (shown !== undefined) parts.push(`${spend(walk, quoteText(name, 4))}:${shown}`)
    }
    return `{${parts.join(',')}}`
  }

  /** Searched before it is cut, so that no head of a secret stays. */
  function quoteText(given: string, searched: number): string {
    return quote(cut(text(given.slice(0, maxStringLength * searched))))
  }

  return Object.freeze({
    isSensitiveName,
    text,
    json: (value: unknown, sensitive: readonly string[] = []) =>
      write(value, { sensitive, left: maxLength }, 0) ?? 'null'
  })
}

function spend<T extends string | undefined>(walk: Walk, json: T): T {
  walk.left -= json?.length ?? 0
  return json
}

function cut(text: string): string {
  return text.length > maxStringLength ? `${text.slice(0, maxStringLength)}…` : text
}
