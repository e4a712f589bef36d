import { readFileSync } from 'node:fs'
import { Server } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'

/** The SDK's low-level server over stdio, with a ready list of tools. */
const [, , file = ''] = process.argv
const tools = JSON.parse(readFileSync(file, 'utf8'))

serveStdio(() => {
  const server = new Server({ name: 'bench', version: '1.0.0' }, { capabilities: { tools: {} } })
  server.setRequestHandler('tools/list', () => ({ tools }))
  return server
})
