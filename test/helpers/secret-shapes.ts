/** Names of fields that hold a secret. */
export const sensitiveKeys: readonly string[] = [
  'authorization',
  'Authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'Set-Cookie',
  'x-api-key',
  'X-API-Key',
  'api_key',
  'api-key',
  'apikey',
  'apiKey',
  'API_KEY',
  'token',
  'TOKEN',
  'access_token',
  'accessToken',
  'refresh_token',
  'id_token',
  'x-auth-token',
  'API_AUTH_TOKEN',
  'password',
  'userPassword',
  'db.password',
  'passwd',
  'passphrase',
  'secret',
  'client_secret',
  'clientSecret',
  'pin',
  'user_pin',
  'private_key',
  'privateKey',
  'credentials',
  'mcp-session-id'
]

/** Texts in which a token shows itself as a secret, whatever surrounds it. */
export const shapes: readonly ((secret: string) => string)[] = [
  (secret) => `Bearer ${secret}`,
  (secret) => `authorization: bearer ${secret}`,
  (secret) => `Basic ${secret}=`,
  (secret) => `ApiKey ${secret}`,
  (secret) => `eyJhbGciOiJIUzI1NiJ9.${secret}.${secret}`,
  (secret) => `eyJhbGciOiJub25lIn0.${secret}.`,
  (secret) => `sk-${secret}`,
  (secret) => `sk_live_${secret}`,
  (secret) => `pk_${secret}`,
  (secret) => `bm_${secret}`,
  (secret) => `pcl_${secret}`,
  (secret) => `ghp_${secret}`,
  (secret) => `xoxb-${secret}`,
  (secret) =>
    `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n${secret}\n-----END RSA PRIVATE KEY-----`,
  (secret) => `-----BEGIN PRIVATE KEY-----\n${secret}`,
  (secret) => `https://user:${secret}@example.com/path`,
  (secret) => `redis://:${secret}@localhost:6379`,
  (secret) => `https://example.com/a?access_token=${secret}&page=2`,
  (secret) => `api_key=${secret}`,
  (secret) => `api-key: ${secret}`,
  (secret) => `token = '${secret}'`,
  (secret) => `client_secret=${secret};`,
  (secret) => `password:${secret},`,
  (secret) => `{"password":"${secret}"}`,
  (secret) => `{"refresh_token": "${secret}", "a": 1}`,
  (secret) => `Authorization: Digest username="ann", response="${secret}"`.replaceAll('"', ''),
  (secret) => `Cookie: theme=dark; sid=${secret}`,
  (secret) => `{"set-cookie":"sid=${secret}; Secure"}`,
  (secret) => `github_pat_${secret}`,
  (secret) => `https://example.com/a?page=2&sig=${secret}`,
  (secret) => `https://example.com/a?X-Amz-Security-Token=${secret}&b=1`
]

/**
 * The forms in which a secret could be found, whatever stands around it: raw, in JSON, in JSON in
 * JSON, percent-encoded, in hex. Not taken from the product.
 */
export function directFormsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  const json = JSON.stringify(secret).slice(1, -1)
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(bytes.toString()),
    [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase()
  ]
}

/** The same, and in base64: whole groups that come from the secret alone, at each offset. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  const base64 = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes, Buffer.alloc(3)]).toString('base64')
    const groups = Math.floor((before + bytes.length) / 3)
    return text.slice(before > 0 ? 4 : 0, groups * 4)
  })
  const forUrls = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))
  return [...new Set([...directFormsOf(secret), ...base64, ...forUrls])]
}

/** The forms of the secrets that stand in the text. */
export function findForms(text: string, secrets: readonly string[]): readonly string[] {
  return secrets.flatMap(formsOf).filter((form) => text.includes(form))
}
