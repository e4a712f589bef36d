import { writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { openPort } from '../helpers/open-port.ts'
import { selfSigned } from '../helpers/self-signed.ts'
import { certificates } from './certificates.ts'
import { expectWhole, type Row, type Stage } from './row.ts'

/** An API that can be reached with a good certificate only; `requests` counts those that got through. */
async function startApi(stage: Stage, key: string, cert: string) {
  let requests = 0
  const server = createServer({ key, cert }, (_request, response) => {
    requests++
    response.setHeader('content-type', 'application/json').end('{"id":1}')
  })
  const port = await openPort(server)
  stage.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  return { origin: `https://127.0.0.1:${port}`, requests: () => requests }
}

export const tlsRow: Row = {
  id: 'up-tls-bad',
  fault: 'a certificate that is expired, of another host, signed by nobody',
  expected: 'isError, no credential sent; a good one works',
  async run(stage) {
    const ca = join(stage.folder, 'ca.pem')
    writeFileSync(ca, certificates.ca)
    const env = {
      NODE_EXTRA_CA_CERTS: ca,
      API_AUTH_TOKEN: 'the-token-for-the-api-0123456789abcdef'
    }
    const { key } = certificates
    let ledger: Awaited<ReturnType<Stage['start']>>['ledger'] | undefined
    const told: string[] = []
    const kinds = [
      ['good', key, certificates.good],
      ['expired', key, certificates.expired],
      ['another host', key, certificates.wrongHost],
      ['self-signed', selfSigned.key, selfSigned.cert]
    ] as const
    let tally: ReturnType<Awaited<ReturnType<Stage['start']>>['join']> | undefined
    for (const [name, ownKey, cert] of kinds) {
      const api = await startApi(stage, ownKey, cert)
      const system = await stage.start({ api: api.origin, env, ...(ledger && { ledger }) })
      ledger = system.ledger
      const { ending } = await system.write()
      const wanted = name === 'good' ? 'ok' : 'error'
      stage.expect(ending === wanted, `${name}: ${ending}`)
      const sent = name === 'good' ? 1 : 0
      stage.expect(api.requests() === sent, `${name}: ${api.requests()} requests went through`)
      told.push(`${name}: ${ending}, ${api.requests()} requests`)
      await system.target.stop()
      tally = system.join([])
    }
    if (!tally) throw new Error('nothing was tried')
    expectWhole(stage, tally)
    return { seen: told.join('; '), tally }
  }
}
