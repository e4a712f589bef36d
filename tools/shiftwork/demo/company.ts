import type { FastifyInstance } from 'fastify'
import { findTenant } from './checks.ts'
import type { DemoData } from './data.ts'

interface CompanyParams {
  readonly companyId: string
}

const root = '/companies/:companyId'

/** Adds the routes of a company itself: what it is, its settings, crews and roles. */
export function addCompany(api: FastifyInstance, data: DemoData): void {
  api.get<{ Params: CompanyParams }>(
    root,
    async ({ params }) => findTenant(data, params.companyId).company
  )
  api.get<{ Params: CompanyParams }>(`${root}/settings`, async ({ params }) => {
    const { company, settings } = findTenant(data, params.companyId)
    return { companyId: company.companyId, ...settings }
  })
  api.get<{ Params: CompanyParams }>(
    `${root}/crews`,
    async ({ params }) => findTenant(data, params.companyId).crews
  )
  api.get<{ Params: CompanyParams }>(
    `${root}/roles`,
    async ({ params }) => findTenant(data, params.companyId).roles
  )
}
