import { hash, randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import type { AuditArgs, AuditEntry } from '../audit.ts'
import { isRecord } from '../json.ts'
import { quote } from '../json-text.ts'
import { createRedactor, type Redactor } from '../redact.ts'
import type { Link, Seal } from './chain.ts'

const maxNameLength = 128
const maxKnownNames = 2000

/** Makes the fields of a record, from `event` on, as JSON in their fixed order. */
export type FormatEntry = (entry: AuditEntry) => string

export function createFormatEntry(
  mode: AuditArgs,
  redactor: Redactor = createRedactor()
): FormatEntry {
  // Keyed, so that a short argument such as a PIN cannot be guessed from its digest. Before the
  // text, and the digest cut: nobody can go on from it.
  const digestKey = randomBytes(32).toString('base64')
  const name = remember((text) => {
    const clean = redactor.text(text.slice(0, maxNameLength * 8))
    return quote(clean.length > maxNameLength ? `${clean.slice(0, maxNameLength - 14)}…` : clean)
  })
  // Both can come from a header.
  const version = remember((text) => (/^\d{4}-\d\d-\d\d$/.test(text) ? `"${text}"` : '"other"'))
  const address = remember((text) => (isIP(text) > 0 ? `"${text}"` : '"other"'))

  function formatArgs({ args, sensitive }: AuditEntry): string {
    const json = JSON.stringify(args) ?? ''
    const digest = hash('sha256', digestKey + json, 'base64url').slice(0, 22)
    return `${showArgs(args, sensitive)},"argsDigest":"${digest}"`
  }

  function showArgs(args: unknown, sensitive: readonly string[] | undefined): string {
    if (mode === 'none') return ''
    if (mode === 'redacted') return `,"args":${redactor.json(args, sensitive)}`
    return `,"args":${redactor.json(isRecord(args) ? Object.keys(args) : typeof args)}`
  }

  // Field by field: what is no field stays out, however it was handed in.
  return (entry) =>
    `"event":"${entry.event}"` +
    field('outcome', entry.outcome, quote) +
    field('reason', entry.reason, quote) +
    field('principal', entry.principal, name) +
    field('transport', entry.transport, quote) +
    field('remote', entry.remote, address) +
    field('path', entry.path, name) +
    field('protocolVersion', entry.protocolVersion, version) +
    field('method', entry.method, name) +
    field('tool', entry.tool, name) +
    field('source', entry.source, name) +
    field('oldDigest', entry.oldDigest, quote) +
    field('newDigest', entry.newDigest, quote) +
    (entry.args === undefined ? '' : formatArgs(entry)) +
    field('bytesOut', entry.bytesOut, String) +
    field('durationMs', entry.durationMs, String) +
    field('upstreamStatus', entry.upstreamStatus, String) +
    field('requestId', entry.requestId, quote) +
    field('traceId', entry.traceId, quote) +
    field('dropped', entry.dropped, String) +
    field('torn', entry.torn, quote)
}

function field<T>(name: string, value: T | undefined, show: (value: T) => string): string {
  return value === undefined ? '' : `,"${name}":${show(value)}`
}

/** The usual texts are shown once only. */
function remember(show: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>()
  return (text) => {
    const seen = known.get(text)
    if (seen !== undefined) return seen
    const shown = show(text)
    if (text.length <= maxNameLength && known.size < maxKnownNames) known.set(text, shown)
    return shown
  }
}

/** A line without its number and its hashes, which it gets when it is written. */
export interface Pending {
  readonly ts: string
  readonly fields: string
}

/** Numbers and links the lines from where the chain stands. */
export function sealLines(
  lines: readonly Pending[],
  clean: (text: string) => string,
  start: Link,
  seal: Seal
): { text: string; end: Link } {
  // Searched before the hash is made, all together: what is searched for holds no line break.
  const fields = clean(lines.map((line) => line.fields).join('\n')).split('\n')
  let { seq, hash } = start
  let text = ''
  for (const [index, { ts }] of lines.entries()) {
    seq++
    const line = `{"ts":"${ts}","seq":${seq},${fields[index]},"prevHash":"${hash}"`
    hash = seal(line)
    text += `${line},"hash":"${hash}"}\n`
  }
  return { text, end: { seq, hash } }
}
