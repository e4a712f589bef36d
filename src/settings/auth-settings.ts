import { z } from 'zod'
import { isConfidential } from '../network.ts'
import { count, credential, list, setting } from './setting.ts'

/** Where `keys create` keeps its keys; it need not exist. */
export const defaultKeyStore = '~/.config/portcullis/keys.json'

const jwt = z.strictObject({
  issuer: setting(z.url().optional(), ['MCP_JWT_ISSUER']),
  audience: setting(z.string().min(1).optional(), ['MCP_JWT_AUDIENCE']),
  jwksUri: setting(
    z.string().refine(isKeyAddress, 'must be https, or http on a loopback address').optional(),
    ['MCP_JWKS_URI']
  ),
  firebaseProject: setting(
    z
      .string()
      .regex(/^[a-z][a-z0-9-]{2,61}[a-z0-9]$/, 'must be the id of a Firebase project')
      .optional(),
    ['MCP_FIREBASE_PROJECT']
  )
})

/** Who may come in. */
export const auth = z.strictObject({
  required: setting(z.boolean().default(true), ['MCP_AUTH_REQUIRED']),
  token: setting(credential.optional(), ['MCP_AUTH_TOKEN'], { secret: true }),
  apiKeys: setting(z.array(credential).default([]), ['MCP_API_KEYS'], { secret: true }),
  tokenFile: setting(z.string().min(1).optional(), ['MCP_AUTH_TOKEN_FILE']),
  keyStore: setting(z.string().min(1).default(defaultKeyStore), ['MCP_KEYS_FILE']),
  keyMaxAgeDays: setting(count(1, 36_500).optional(), ['MCP_KEY_MAX_AGE_DAYS']),
  jwt: jwt.prefault({}),
  allowInsecure: setting(z.boolean().default(false), ['MCP_ALLOW_INSECURE'])
})

/** What the client on stdin may do; everything unless it is narrowed. */
export const stdio = z.strictObject({
  scopes: setting(list().optional(), ['MCP_STDIO_SCOPES']),
  tools: setting(list().optional(), ['MCP_STDIO_TOOLS'])
})

/** Keys that came over plain http from elsewhere could be anybody's. */
function isKeyAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return url.username === '' && url.password === '' && isConfidential(url)
}
