import { createCore } from '../../bin/core.ts'
import { createChanges } from '../../src/changes.ts'
import { loadConfig } from '../../src/config.ts'
import { createHttpServer } from '../../transports/http/app.ts'
import { createFixtureSource } from './fixture.ts'

/** The fixture behind the real transports, on loopback, without a key: the referee sends none. */
const { config } = loadConfig({
  flags: new Map([['--port', process.env.PORT ?? '0']]),
  env: {},
  file: {
    transport: 'http',
    auth: { required: false },
    limits: { enabled: false },
    resources: { allow: ['test://*'] },
    log: { level: 'error' },
    audit: { enabled: false }
  }
})
const changes = createChanges()
const core = createCore(config, [createFixtureSource(changes)], { changes })
const server = await createHttpServer({ ...core, config })
process.stdout.write(`${await server.listen()}${config.http.path}\n`)
process.once('SIGTERM', () => {
  server.close(1000).then(
    () => process.exit(0),
    () => process.exit(1)
  )
})
