import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { validate } from 'dockerfile-utils'
import t from 'tap'
import {
  type Instruction,
  readInstructions,
  readStages,
  type Stage,
  textsOf
} from './helpers/dockerfile.ts'
import { spawnNode } from './helpers/executable.ts'
import { findFreePort } from './helpers/free-port.ts'
import { check } from './helpers/program.ts'
import { until } from './helpers/until.ts'

/*
 * The Dockerfile, read and replayed in a scratch directory, with packages and output of this
 * checkout. With installation, compiler and user of its own:
 * DEPLOY_REPLAY=1 node dist/test/deploy-image.test.js
 */

const isFull = process.env.DEPLOY_REPLAY === '1'
const root = fileURLToPath(new URL('../../', import.meta.url))
const file = join(root, 'Dockerfile')
const instructions = readInstructions(file)
const stages = readStages(instructions)
const [build, runtime] = stages as readonly [Stage, Stage]

t.setTimeout(isFull ? 600_000 : 120_000)

t.test('the parser of the language server has no complaint', async (t) => {
  t.strictSame(validate(readFileSync(file, 'utf8')), [])
})

t.test('two named stages from one image with a version', async (t) => {
  t.strictSame(
    stages.map(({ name }) => name),
    ['build', 'runtime']
  )
  for (const { image } of stages) t.match(image, /^node:\d+[\w.-]*(?:@sha256:[\da-f]{64})?$/)
  t.equal(build.image, runtime.image)
})

t.test('it runs as nobody in particular, in exec form, and needs no shell', async (t) => {
  t.strictSame(textsOf(runtime, 'USER'), ['65532:65532'])
  const last = runtime.instructions.map(({ name }) => name)
  t.ok(last.indexOf('USER') > last.lastIndexOf('RUN'), 'nothing belongs to that user')
  for (const name of ['ENTRYPOINT', 'CMD']) {
    t.ok(Array.isArray(JSON.parse(textsOf(runtime, name)[0] ?? '')), name)
  }
  t.notOk(instructions.some(({ name }) => name === 'ADD'))
})

t.test('it asks for its health without curl', async (t) => {
  const [health = ''] = textsOf(runtime, 'HEALTHCHECK')
  t.notMatch(health, /curl|wget/)
  const [program, ...args] = JSON.parse(health.slice(health.indexOf('[')))
  t.equal(program, 'node')
  t.match(args[1], /\/health/)
})

t.test('no secret is in it, nor anything that a build does not need', async (t) => {
  const given = instructions.filter(({ name }) => name === 'ENV' || name === 'ARG')
  t.notMatch(given.map(({ text }) => text).join('\n'), /token|key|secret|password/i)
  const [all, ...wanted] = readFileSync(join(root, '.dockerignore'), 'utf8').trim().split('\n')
  t.equal(all, '*', 'everything is left out that is not named')
  const copied = stages
    .flatMap((stage) => textsOf(stage, 'COPY'))
    .filter((text) => !text.startsWith('-'))
  const sources = copied.flatMap((text) => text.split(' ').slice(0, -1))
  t.strictSame(
    [...new Set(sources)].sort(),
    wanted.map((name) => name.replace(/^!/, '')).sort(),
    'what is copied is what is let in'
  )
})

/** Does what a stage does, with `folder` as the root of its file system. */
function replay(folder: string, stage: Stage, folders: ReadonlyMap<string, string>): void {
  let cwd = folder
  for (const instruction of stage.instructions) {
    if (instruction.name === 'WORKDIR') {
      cwd = join(folder, instruction.text)
      mkdirSync(cwd, { recursive: true })
    }
    if (instruction.name === 'COPY') copy(instruction, cwd, folders)
    if (instruction.name === 'RUN') run(instruction, cwd)
  }
}

function copy({ text }: Instruction, cwd: string, folders: ReadonlyMap<string, string>): void {
  const words = text.split(' ')
  const from = words[0]?.startsWith('--from=') ? words.shift()?.slice('--from='.length) : undefined
  const source = from === undefined ? root : (folders.get(from) ?? '')
  const target = words.pop() ?? ''
  for (const name of words) {
    const to = target.endsWith('/') ? join(cwd, target, name) : join(cwd, target)
    cpSync(join(source, name), to, { recursive: true })
  }
}

function run({ text }: Instruction, cwd: string): void {
  if (isFull) {
    const { status, text: said } = check('sh', ['-c', text], { cwd })
    if (status !== 0) throw new Error(`${text}: ${said}`)
  } else if (text.startsWith('npm ci')) {
    symlinkSync(join(root, 'node_modules'), join(cwd, 'node_modules'))
  } else {
    // What the compiler made of the sources that were copied.
    for (const name of readdirSync(cwd).filter((name) => /^(?!node_modules)\w+$/.test(name))) {
      const made = join(root, 'dist', name)
      if (existsSync(made)) cpSync(made, join(cwd, 'dist', name), { recursive: true })
    }
    cpSync(join(root, 'dist/index.js'), join(cwd, 'dist/index.js'))
  }
}

t.test('its steps make a server that starts and is healthy', async (t) => {
  const scratch = mkdtempSync(join(tmpdir(), 'portcullis-image-'))
  t.teardown(() => rmSync(scratch, { recursive: true }))
  // For the user of the image.
  chmodSync(scratch, 0o755)
  const folders = new Map(stages.map(({ name }) => [name, join(scratch, name)]))
  for (const stage of stages) {
    mkdirSync(join(scratch, stage.name))
    replay(join(scratch, stage.name), stage, folders)
  }
  const image = join(scratch, 'runtime')
  const [, script = ''] = JSON.parse(textsOf(runtime, 'ENTRYPOINT')[0] ?? '')
  t.ok(existsSync(join(image, script)))
  t.notOk(existsSync(join(image, dirname(dirname(script)), 'test')), 'no tests in the image')

  const port = String(await findFreePort())
  const ids = isFull && process.geteuid?.() === 0 ? { uid: 65_532, gid: 65_532 } : {}
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: '/nonexistent',
    MCP_HOST: '0.0.0.0',
    MCP_HTTP_PORT: port,
    MCP_AUTH_TOKEN: 'Zq81mvLc0pTy5RwXb7Ne3KsUd9HgAf2J'
  }
  const server = spawn(
    'env',
    ['-u', 'NODE_OPTIONS', process.execPath, join(image, script), '--http'],
    {
      ...ids,
      env,
      cwd: join(image, 'app'),
      stdio: ['ignore', 'ignore', 'inherit']
    }
  )
  const gone = once(server, 'exit')
  t.teardown(() => server.kill('SIGKILL'))
  const [health = ''] = textsOf(runtime, 'HEALTHCHECK')
  const [, ...probe] = JSON.parse(health.slice(health.indexOf('[')))
  const ask = async () => (await spawnNode(probe, { MCP_HTTP_PORT: port }, 'pipe').ended).code
  await until(async () => (await ask()) === 0, 'the health check of the image passes')
  server.kill('SIGTERM')
  t.strictSame(await gone, [0, null])
  t.equal(await ask(), 1, 'and fails when nobody is there')
})
