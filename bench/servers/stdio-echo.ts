import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { createEchoServer } from './echo-server.ts'

/* What the proxies of 2025-era sessions run as their child. */
serveStdio(createEchoServer)
