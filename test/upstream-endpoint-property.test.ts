import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import t from 'tap'
import { readServers, validateConfigurationSecurity } from '../index.ts'

const runs = Number(process.env.UPSTREAM_RUNS ?? 5000)
const octet = fc.constantFrom(
  '0',
  '10',
  '127',
  '169',
  '254',
  '192',
  '168',
  '1',
  '8',
  '0x7f',
  '0177',
  '256'
)
const piece = fc.constantFrom(
  ...[
    'localhost',
    'example',
    'com',
    'internal',
    'a_b',
    '-a',
    'ⓛocalhost',
    'bücher',
    '%6c',
    '١',
    ''
  ],
  ...[
    '[::1]',
    '[::ffff:7f00:1]',
    '[2606:4700::1]',
    '2130706433',
    '0x7f.1',
    '。',
    '\u00ad',
    '\t',
    'x@'
  ]
)
const host = fc.oneof(
  fc.array(octet, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.')),
  fc.array(piece, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.')),
  fc.array(piece, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
  fc.ipV4Extended(),
  fc.ipV6().map((address) => `[${address}]`),
  fc.domain()
)
const endpoint = fc
  .tuple(
    fc.constantFrom('https://', 'HTTPS://', 'http://', 'https:/', 'https:\\\\', 'ws://', ''),
    fc.constantFrom('', '', '', 'user@', 'user:secret@', '@'),
    host,
    fc.constantFrom('', '', ':443', ':22', ':0', ':99999', ':', ':8443'),
    fc.constantFrom('', '/', '/mcp', '/a/../b', '\\@8.8.8.8/', '/%2e%2e/', '?token=x', '#x', '/\n')
  )
  .map((parts) => parts.join(''))

/** What a connection would do with it, by the URL parser and not by our reading of the text. */
function leadsOnlyOutside(text: string): boolean {
  const { protocol, username, password, hostname, hash, port } = new URL(text)
  const plain = hostname.replace(/^\[(.*)\]$/, '$1')
  const isAddress = ipaddr.isValid(plain)
  const isOutside = isAddress
    ? ipaddr.parse(plain).range() === 'unicast'
    : plain.includes('.') && !/(?:^|\.)(?:localhost|internal|local)\.?$/.test(plain)
  const isPlain = username + password + hash === '' && port !== '22' && port !== '0'
  return protocol === 'https:' && isOutside && isPlain && !plain.endsWith('.')
}

t.test('what production accepts leads out by https, and is read as it was checked', async (t) => {
  let accepted = 0
  const property = fc.property(fc.oneof(endpoint, fc.string(), fc.webUrl()), (text) => {
    const { valid, details } = validateConfigurationSecurity({ server: text })
    if (!valid) return details.issues.some(({ severity }) => severity === 'error')
    accepted += 1
    const [server] = readServers({ server: text }).servers
    return server?.kind === 'remote' && leadsOnlyOutside(server.endpoint) && leadsOnlyOutside(text)
  })
  fc.assert(property, { numRuns: runs })
  t.ok(accepted > runs / 100, `${accepted} of ${runs} were accepted`)
})

t.test('any data is answered, and what is valid can be read', async () => {
  const field = fc.constantFrom(
    'endpoint',
    'url',
    'timeout',
    'command',
    'headers',
    'auth',
    'servers',
    'mcpServers',
    'a'
  )
  const data = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small', maxDepth: 5 },
      fc.oneof(
        fc.constantFrom('https://mcp.example.com/', 'npx', '', 30, 0),
        fc.anything({ maxDepth: 0 })
      ),
      fc.dictionary(field, tie('any'), { maxKeys: 4 }),
      fc.array(tie('any'), { maxLength: 2 })
    )
  })).any
  const property = fc.property(
    data,
    fc.boolean(),
    fc.boolean(),
    (config, productionMode, allowCommands) => {
      const options = { productionMode, allowCommands }
      const { valid, details } = validateConfigurationSecurity(config, options)
      return !valid || readServers(config, options).servers.length === details.endpointsValidated
    }
  )
  fc.assert(property, { numRuns: runs })
})
