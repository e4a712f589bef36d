import type { AuthInfo, ServerContext } from '@modelcontextprotocol/server'
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../../../src/errors.ts'
import type { Principal } from '../../../src/types.ts'
import type { Caller } from '../../call-context.ts'
import { recordedPath } from '../lanes/web.ts'

/** Who is there, and from where. */
export interface Visitor {
  readonly principal: Principal
  readonly remote: string
}

export function visitorOf({ principal, ip }: FastifyRequest): Visitor {
  return { principal, remote: ip }
}

/** Who sent this request and how it came. */
export function readCaller(request: FastifyRequest): Caller {
  const version = request.headers['mcp-protocol-version']
  return {
    principal: request.principal,
    transport: 'http',
    requestId: request.id,
    remote: request.ip,
    path: recordedPath(request),
    ...(typeof version === 'string' && { protocolVersion: version }),
    ...(request.upstreamHeaders && { upstreamHeaders: request.upstreamHeaders })
  }
}

/** Where it came from, for the audit record of what happens before there is a principal. */
export function originOf(request: FastifyRequest): {
  transport: 'http'
  remote: string
  path: string
  requestId: string
} {
  return {
    transport: 'http',
    remote: request.ip,
    path: recordedPath(request),
    requestId: request.id
  }
}

/** The SDK carries the caller as authentication info; the real token stays in the auth hook. */
export function toAuthInfo(request: FastifyRequest, more: Partial<Caller> = {}): AuthInfo {
  const caller = { ...readCaller(request), ...more }
  return { token: '', clientId: request.principal.id, scopes: [], extra: { caller } }
}

/** Takes out what `toAuthInfo` put in. */
export function callerOf(sdk: ServerContext): Caller {
  const caller = sdk.http?.authInfo?.extra?.caller
  if (!caller) throw new Refusal('internal')
  return caller as Caller
}
