import { readFileSync } from 'node:fs'
import t from 'tap'
import { deployed } from './helpers/program.ts'

/*
 * Mistakes of older deployment guides. Each is found in a line or two of the kind that had it, and
 * not in ours.
 */

const read = (...names: readonly string[]) =>
  names.map((name) => readFileSync(deployed(name), 'utf8').replace(/^\s*#.*$/gm, '')).join('\n')

const nginx = read(
  'nginx/portcullis.conf',
  'nginx/portcullis/http.conf',
  'nginx/portcullis/server.conf',
  'nginx/portcullis/upstream.conf'
)
const unit = read('systemd/portcullis.service')
const traefik = read('traefik/compose.yaml', 'traefik/traefik.yaml', 'traefik/routes.yaml')
const compose = read('compose/compose.yaml')
const kubernetes = read(
  'kubernetes/deployment.yaml',
  'kubernetes/service.yaml',
  'kubernetes/ingress.yaml',
  'kubernetes/networkpolicy.yaml',
  'kubernetes/poddisruptionbudget.yaml'
)
const dockerfile = read('../Dockerfile')
const filter = read('nftables/portcullis.nft')

/** The blocks that a line of an nginx file stands in. */
function blocksAround(text: string, wanted: string): readonly string[] {
  const open: string[] = []
  for (const line of text.split('\n')) {
    if (line.includes(wanted)) return open
    if (line.includes('{')) open.push(line.trim())
    if (line.includes('}')) open.pop()
  }
  throw new Error(`${wanted} is nowhere`)
}

interface Mistake {
  readonly what: string
  readonly has: (text: string) => boolean
  readonly theirs: string
  readonly ours: string
}

const mistakes: readonly Mistake[] = [
  {
    what: 'nginx: the zone of a limit within a server, where nginx does not start with it',
    has: (text) => blocksAround(text, 'limit_req_zone').length > 0,
    theirs: 'server {\n  limit_req_zone $binary_remote_addr zone=a:1m rate=1r/s;\n}',
    ours: nginx
  },
  {
    what: 'nginx: 503 for a limit, which clients take for an outage',
    has: (text) => /\blimit_req\b/.test(text) && !/\blimit_req_status 429;/.test(text),
    theirs: 'limit_req zone=a burst=5;',
    ours: nginx
  },
  {
    what: 'nginx: every request is said to be an upgrade',
    has: (text) => /proxy_set_header Connection ['"]?upgrade/.test(text),
    theirs: "proxy_set_header Connection 'upgrade';",
    ours: nginx
  },
  {
    what: 'nginx: any protocol may be upgraded to',
    has: (text) => /proxy_set_header Upgrade \$http_upgrade/.test(text),
    theirs: 'proxy_set_header Upgrade $http_upgrade;',
    ours: nginx
  },
  {
    what: 'nginx: events are collected',
    has: (text) => !/\bproxy_buffering off;/.test(text),
    theirs: 'location / { proxy_pass http://a; }',
    ours: nginx
  },
  {
    what: 'nginx: a client may say where it comes from',
    has: (text) => text.includes('$proxy_add_x_forwarded_for'),
    theirs: 'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
    ours: nginx
  },
  {
    what: 'nginx: nothing is said of a dead stream for a day',
    has: (text) => /proxy_read_timeout (?:\d{4,}s|\d+[hd])/.test(text),
    theirs: 'proxy_read_timeout 86400s;',
    ours: nginx
  },
  {
    what: 'Docker: the image runs as root',
    has: (text) => !/^USER [1-9]\d*/m.test(text),
    theirs: 'FROM base\nCMD ["./server"]',
    ours: dockerfile
  },
  {
    what: 'Docker: a stage without a name is copied from by its number',
    has: (text) => /--from=\d/.test(text) || /^FROM \S+$/m.test(text),
    theirs: 'FROM base\nCOPY --from=0 /a /b',
    ours: dockerfile
  },
  {
    what: 'Docker: the whole folder is copied',
    has: (text) => /^COPY \. /m.test(text),
    theirs: 'COPY . .',
    ours: dockerfile
  },
  {
    what: 'Compose: a secret in a variable',
    has: (text) => /\b[A-Z_]*(?:TOKEN|KEYS?|SECRET|PASSWORD)[A-Z_]*\s*[=:]/.test(text),
    theirs: 'environment:\n  - MCP_AUTH_TOKEN=changeme',
    ours: compose + traefik
  },
  {
    what: 'Traefik: the dashboard is open',
    has: (text) => /api\.insecure|\binsecure: true|^api:/m.test(text),
    theirs: '--api.insecure=true',
    ours: traefik
  },
  {
    what: 'Traefik: plain http leads nowhere',
    has: (text) => !/redirections:\s+entryPoint: \{ to: websecure/.test(text),
    theirs: '--entrypoints.web.address=:80',
    ours: traefik
  },
  {
    what: 'Traefik: it holds the socket of Docker',
    has: (text) => text.includes('docker.sock'),
    theirs: '/var/run/docker.sock:/var/run/docker.sock:ro',
    ours: traefik
  },
  {
    what: 'Kubernetes: plain http for the world',
    has: (text) => /type: (?:LoadBalancer|NodePort)/.test(text) || !/^ {2}tls:/m.test(text),
    theirs: 'kind: Service\nspec:\n  type: LoadBalancer',
    ours: kubernetes
  },
  {
    what: 'Kubernetes: sessions go to any pod',
    has: (text) => !/sessionAffinity: ClientIP/.test(text) || !/upstream-hash-by/.test(text),
    theirs: 'kind: Service\nspec:\n  ports: [{ port: 80 }]',
    ours: kubernetes
  },
  {
    what: 'Kubernetes: no limits, no security context, no policy, no budget',
    has: (text) =>
      ['limits:', 'securityContext:', 'kind: NetworkPolicy', 'kind: PodDisruptionBudget'].some(
        (wanted) => !text.includes(wanted)
      ),
    theirs: 'kind: Deployment\nspec:\n  replicas: 3',
    ours: kubernetes
  },
  {
    what: 'Kubernetes: an image without a version',
    has: (text) => /image: [\w./-]+(?::latest)?$/m.test(text),
    theirs: 'image: some-server:latest',
    ours: kubernetes
  },
  {
    what: 'Kubernetes: a secret beside the manifests, or in a variable',
    has: (text) => /kind: Secret\b|stringData:|secretKeyRef:/.test(text),
    theirs: 'kind: Secret\nstringData:\n  api-keys: "a,b"',
    ours: kubernetes
  },
  {
    what: 'Kubernetes: readiness is only that the process lives',
    has: (text) => !/readinessProbe:\s+httpGet:\s+path: \/ready\b/.test(text),
    theirs: 'readinessProbe:\n  httpGet:\n    path: /health',
    ours: kubernetes
  },
  {
    what: 'systemd: keys in the unit, which everybody may read',
    has: (text) =>
      /^Environment=.*(?:KEY|TOKEN|SECRET)/m.test(text) || !/^LoadCredential=/m.test(text),
    theirs: 'Environment="MCP_API_KEYS=a"',
    ours: unit
  },
  {
    what: 'systemd: a socket in a /tmp that nobody else sees',
    has: (text) => /^PrivateTmp=(?:yes|true)$/m.test(text) && /\/tmp\//.test(text),
    theirs: 'PrivateTmp=true\nExecStart=/opt/server --socket /tmp/mcp.sock',
    ours: `${unit}\n${read('systemd/portcullis.yaml')}`
  },
  {
    what: 'systemd: stdio, which ends at once, and is started again for ever',
    has: (text) => /^Restart=always$/m.test(text) || !/^ExecStart=.* --http\b/m.test(text),
    theirs: 'ExecStart=/opt/server --stdio\nRestart=always',
    ours: unit
  },
  {
    what: 'systemd: fewer descriptors than connections',
    has: (text) => Number(/^LimitNOFILE=(\d+)$/m.exec(text)?.[1] ?? 0) < 4096,
    theirs: 'LimitNOFILE=1024',
    ours: unit
  },
  {
    what: 'packet filter: IPv6 is forgotten, and so is what was there before',
    has: (text) => !/table inet/.test(text) || !/delete table/.test(text),
    theirs: 'iptables -A INPUT -p tcp --dport 8080 -j DROP',
    ours: filter
  }
]

for (const { what, has, theirs, ours } of mistakes) {
  t.test(what, async (t) => {
    t.ok(has(theirs), 'it is found where it is')
    t.notOk(has(ours), 'it is not in ours')
  })
}
