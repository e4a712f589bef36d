import type { FastifyInstance } from 'fastify'
import { closedObject, createRefusal, findTenant } from './checks.ts'
import type { DemoData, SandboxKind, Tenant } from './data.ts'
import { addSandbox, findSandbox, removeSandbox } from './sandbox-data.ts'

interface CompanyParams {
  readonly companyId: string
}

const kinds: readonly SandboxKind[] = ['Person', 'Area', 'Location']
const hideBody = closedObject({
  entityTypes: {
    type: 'array',
    minItems: 1,
    maxItems: 4,
    default: ['All'],
    items: { type: 'string', enum: [...kinds, 'All'] }
  }
})
const path = '/companies/:companyId/sandbox'

/** Adds the routes of the sample data. */
export function addSandboxRoutes(api: FastifyInstance, data: DemoData): void {
  api.get<{ Params: CompanyParams }>(`${path}/status`, async ({ params }) =>
    toStatus(findTenant(data, params.companyId))
  )
  api.post<{ Params: CompanyParams; Body: { entityTypes: readonly (SandboxKind | 'All')[] } }>(
    `${path}/hide`,
    { schema: { body: hideBody } },
    async ({ params, body }) => {
      const tenant = findTenant(data, params.companyId)
      const chosen = kinds.filter(
        (kind) => body.entityTypes.includes('All') || body.entityTypes.includes(kind)
      )
      for (const kind of chosen) tenant.hidden.add(kind)
      return toStatus(tenant)
    }
  )
  api.post<{ Params: CompanyParams }>(`${path}/reset`, async ({ params }) => {
    const tenant = findTenant(data, params.companyId)
    removeSandbox(tenant)
    addSandbox(data, tenant)
    tenant.hidden.clear()
    return toStatus(tenant)
  })
  api.post<{ Params: CompanyParams }>(`${path}/delete`, async ({ params }, reply) => {
    const tenant = findTenant(data, params.companyId)
    if (tenant.company.plan === 'Free') {
      throw createRefusal(403, 'The plan Free does not include deleting the sample data')
    }
    removeSandbox(tenant)
    return reply.code(204).send()
  })
}

function toStatus(tenant: Tenant): object {
  const { personIds, areaIds, locationIds } = findSandbox(tenant)
  return {
    hasSandboxData: personIds.length + areaIds.length + locationIds.length > 0,
    sandboxPersonCount: personIds.length,
    sandboxAreaCount: areaIds.length,
    sandboxLocationCount: locationIds.length
  }
}
