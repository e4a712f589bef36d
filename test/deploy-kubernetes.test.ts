import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { Service } from 'kubernetes-models/v1/Service'
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount'
import t from 'tap'
import { parse } from 'yaml'
import { check, deployed, shutdownSeconds } from './helpers/program.ts'

const read = (name: string) => parse(readFileSync(deployed(`kubernetes/${name}`), 'utf8'))

/** Each file with its model and the place of the model's types. */
const models = {
  'deployment.yaml': [Deployment, 'apps/v1'],
  'ingress.yaml': [Ingress, 'networking.k8s.io/v1'],
  'networkpolicy.yaml': [NetworkPolicy, 'networking.k8s.io/v1'],
  'poddisruptionbudget.yaml': [PodDisruptionBudget, 'policy/v1'],
  'service.yaml': [Service, 'v1'],
  'serviceaccount.yaml': [ServiceAccount, 'v1']
} as const

const manifests = Object.entries(models)
const deployment = read('deployment.yaml')
const pod = deployment.spec.template.spec
const [container] = pod.containers

t.test('the kustomization names every manifest', async (t) => {
  const { resources, configMapGenerator } = read('kustomization.yaml')
  const files = readdirSync(deployed('kubernetes')).sort()
  const [{ name, files: generated }] = configMapGenerator
  t.strictSame([...resources, ...generated, 'kustomization.yaml'].sort(), files)
  t.strictSame(Object.keys(models), [...resources].sort())
  t.equal(pod.volumes[0].configMap.name, name)
})

t.test('the schemas of Kubernetes accept every manifest', async (t) => {
  for (const [file, [model]] of manifests) {
    const manifest = read(file)
    t.equal(manifest.kind, model.kind, file)
    t.equal(manifest.apiVersion, model.apiVersion, file)
    t.doesNotThrow(() => new model(manifest).validate(), file)
  }
  const broken = structuredClone(deployment)
  broken.spec.replicas = 'two'
  t.throws(() => new Deployment(broken).validate(), /replicas must be integer/)
})

t.test('no field is unknown to Kubernetes', async (t) => {
  // The schemas let unknown fields pass; the compiler does not, in a literal of the type.
  const lines = manifests.flatMap(([file, [model, path]], index) => [
    `import type { I${model.kind} } from 'kubernetes-models/${path}/${model.kind}'`,
    `export const m${index}: I${model.kind} = ${JSON.stringify(read(file))}`
  ])
  const typo = `export const typo: IDeployment = ${JSON.stringify(deployment).replace('"preStop"', '"prestop"')}`
  const folder = t.testdir({ 'good.ts': lines.join('\n'), 'bad.ts': [...lines, typo].join('\n') })
  const config = { compilerOptions: { strict: true, noEmit: true, module: 'nodenext', types: [] } }
  const compile = (name: string) => {
    const project = join(folder, `${name}.json`)
    writeFileSync(project, JSON.stringify({ ...config, files: [`${name}.ts`] }))
    const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))
    return check(process.execPath, [tsc, '--skipLibCheck', '--project', project])
  }
  const good = compile('good')
  t.equal(good.status, 0, good.text)
  t.match(compile('bad').text, /prestop.* does not exist/)
})

t.test('the pod is locked in', async (t) => {
  t.match(pod.securityContext, {
    runAsNonRoot: true,
    runAsUser: 65_532,
    fsGroup: 65_532,
    seccompProfile: { type: 'RuntimeDefault' }
  })
  t.strictSame(container.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] }
  })
  t.equal(pod.automountServiceAccountToken, false)
  t.equal(read('serviceaccount.yaml').automountServiceAccountToken, false)
  for (const name of ['hostNetwork', 'hostPID', 'hostIPC', 'initContainers']) {
    t.notOk(name in pod, name)
  }
  t.ok(pod.volumes.every((volume: object) => !('hostPath' in volume)))
  for (const what of ['cpu', 'memory', 'ephemeral-storage']) {
    t.ok(container.resources.limits[what] && container.resources.requests[what], what)
  }
})

t.test('the image has the version of the package, never latest', async (t) => {
  const { version } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  )
  t.match(container.image, new RegExp(`^[\\w./-]+:${version.replaceAll('.', '\\.')}$`))
})

t.test('probes, drain and the end of a pod fit each other', async (t) => {
  t.equal(container.livenessProbe.httpGet.path, '/livez')
  t.equal(container.startupProbe.httpGet.path, '/livez')
  t.equal(container.readinessProbe.httpGet.path, '/ready')
  const { allowedHosts } = read('portcullis.yaml').http
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const { port, httpHeaders } = container[probe].httpGet
    t.equal(port, container.ports[0].name, probe)
    t.ok(allowedHosts.includes(httpHeaders[0].value), `${probe}: the Host that it sends is allowed`)
  }
  const [program, seconds] = container.lifecycle.preStop.exec.command
  t.equal(program, 'sleep')
  const { periodSeconds, failureThreshold } = container.readinessProbe
  t.ok(Number(seconds) >= periodSeconds * failureThreshold, 'preStop outlasts readiness')
  t.ok(pod.terminationGracePeriodSeconds >= Number(seconds) + shutdownSeconds)
  t.ok(deployment.spec.replicas >= 2)
  t.equal(deployment.spec.strategy.rollingUpdate.maxUnavailable, 0)
  t.equal(read('poddisruptionbudget.yaml').spec.maxUnavailable, 1)
})

t.test('Prometheus may ask each pod by its address', async (t) => {
  const [ip, hosts] = container.env
  t.strictSame(ip, { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } })
  const { allowedHosts } = read('portcullis.yaml').http
  t.strictSame(hosts.value.split(','), [...allowedHosts, '$(POD_IP)'])
})

t.test('the route of the Gateway API leads to the service, without retries', async (t) => {
  const [route, affinity] = ['httproute', 'affinity'].map((name) =>
    parse(readFileSync(deployed(`gateway-api/${name}.yaml`), 'utf8'))
  )
  const [{ backendRefs, timeouts, ...rest }] = route.spec.rules
  const [{ port }] = read('service.yaml').spec.ports
  t.strictSame(backendRefs, [{ name: read('service.yaml').metadata.name, port }])
  t.equal(timeouts.request, '0s', 'streams have no end')
  t.notOk('retry' in rest)
  t.strictSame(route.spec.hostnames, [read('ingress.yaml').spec.rules[0].host])
  const { name } = route.metadata
  t.match(affinity.spec.targetRefs, [{ kind: route.kind, name }])
  t.equal(route.metadata.namespace, read('kustomization.yaml').namespace)
})

t.test('secrets are referred to, as files, and none is here', async (t) => {
  t.strictSame(
    Object.keys(models).filter((name) => read(name).kind === 'Secret'),
    []
  )
  const names = container.env.map(({ name }: { name: string }) => name)
  t.strictSame(names, ['POD_IP', 'MCP_ALLOWED_HOSTS'], 'no secret in a variable')
  t.notOk('envFrom' in container)
  const { secret } = pod.volumes.find(({ name }: { name: string }) => name === 'secrets')
  t.equal(secret.defaultMode, 0o400)
  const { mountPath, readOnly } = container.volumeMounts[1]
  t.equal(readOnly, true)
  const config = read('portcullis.yaml')
  for (const file of [config.auth.tokenFile, config.api.token.file, config.audit.key.file]) {
    t.ok(file.startsWith(`${mountPath}/`), file)
  }
})

t.test('everything finds the pod, and plain http stays inside', async (t) => {
  const { labels } = deployment.spec.template.metadata
  const service = read('service.yaml')
  const policy = read('networkpolicy.yaml')
  for (const selector of [
    deployment.spec.selector.matchLabels,
    service.spec.selector,
    policy.spec.podSelector.matchLabels,
    read('poddisruptionbudget.yaml').spec.selector.matchLabels,
    pod.topologySpreadConstraints[0].labelSelector.matchLabels
  ]) {
    t.strictSame(selector, labels)
  }
  t.equal(service.spec.type, 'ClusterIP')
  t.equal(service.spec.sessionAffinity, 'ClientIP')
  const { metadata, spec } = read('ingress.yaml')
  const [{ host, http }] = spec.rules
  t.strictSame(spec.tls[0].hosts, [host])
  t.ok(read('portcullis.yaml').http.allowedHosts.includes(host))
  t.strictSame(http.paths[0].backend.service, { name: 'portcullis', port: { name: 'http' } })
  const annotations = Object.entries(metadata.annotations).map(([name, value]) => [
    name.replace(/^.*\//, ''),
    value
  ])
  t.match(Object.fromEntries(annotations), {
    'force-ssl-redirect': 'true',
    'proxy-buffering': 'off',
    'proxy-next-upstream': 'error timeout',
    'upstream-hash-by': '$http_authorization$http_x_api_key'
  })
  t.strictSame(policy.spec.policyTypes, ['Ingress', 'Egress'])
  const rules = [...policy.spec.ingress, ...policy.spec.egress]
  t.ok(rules.every(({ ports, from, to }) => ports.length > 0 && (from ?? to).length > 0))
})
