import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { ConfigError, reasonOf } from '../../../src/config-error.ts'
import type { Config } from '../../../src/settings.ts'

/** What a TLS server is made of. */
export interface TlsOptions {
  readonly cert: string
  readonly key: string
  readonly minVersion: 'TLSv1.2'
  /** Whose client certificates are asked for; without one of them nobody gets in. */
  readonly ca?: string
  readonly requestCert?: true
  readonly rejectUnauthorized?: true
}

type Settings = Config['http']['tls']

const variables = {
  cert: 'MCP_TLS_CERT',
  key: 'MCP_TLS_KEY',
  clientCa: 'MCP_TLS_CLIENT_CA'
} as const

/** Reads certificate and key; undefined when none are configured. Throws a ConfigError. */
export function readTls({ tls: settings, socket }: Config['http']): TlsOptions | undefined {
  if (Object.values(settings).every((file) => file === undefined)) return undefined
  if (socket !== undefined) {
    throw new ConfigError('http.tls: not on a UNIX socket (http.socket), which nobody else reads')
  }
  const cert = readPart(settings, 'cert')
  const key = readPart(settings, 'key')
  checkCertificate('cert', cert)
  try {
    createSecureContext({ cert, key })
  } catch (cause) {
    const isOther = (cause as NodeJS.ErrnoException).code?.includes('MISMATCH')
    const fault = isOther
      ? 'does not belong to the certificate'
      : 'is no private key that is usable'
    throw new ConfigError(`${nameOf('key')}: ${fault}`, { cause })
  }
  const own = { cert, key, minVersion: 'TLSv1.2' } as const
  if (settings.clientCa === undefined) return own
  const ca = readPart(settings, 'clientCa')
  checkCertificate('clientCa', ca)
  return { ...own, ca, requestCert: true, rejectUnauthorized: true }
}

function readPart(settings: Settings, part: keyof Settings): string {
  const file = settings[part]
  if (file === undefined) throw new ConfigError(`${nameOf(part)}: is needed for TLS, too`)
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new ConfigError(`${nameOf(part)}: ${reasonOf(cause)}`, { cause })
  }
}

function checkCertificate(part: keyof Settings, text: string): void {
  try {
    new X509Certificate(text)
  } catch (cause) {
    throw new ConfigError(`${nameOf(part)}: holds no certificate in PEM form`, { cause })
  }
}

function nameOf(part: keyof Settings): string {
  return `http.tls.${part} (${variables[part]})`
}
