import { type DemoData, nextId, type SandboxKind, type Tenant } from './data.ts'

/** Puts two sample people, one sample location and its sample area into a company. */
export function addSandbox(data: DemoData, tenant: Tenant): void {
  const { companyId, address, timeZone } = tenant.company
  for (const name of ['Sam Sample', 'Toni Trial']) {
    const personId = nextId(data, 'people')
    const person = { personId, companyId, name, email: null, phoneNumber: null, roleId: null }
    tenant.people.set(personId, { ...person, status: 'Sandbox' })
  }
  const locationId = nextId(data, 'locations')
  tenant.locations.set(locationId, {
    locationId,
    name: 'Sample Street',
    address,
    country: 'GB',
    geoCoordinates: null,
    phoneNumber: null,
    timeZone,
    status: 'Sandbox'
  })
  const areaId = nextId(data, 'areas')
  tenant.areas.set(areaId, { areaId, name: 'Sample Area', locationId })
}

/** What of a company is sample data: an area is, when its location is. */
export function findSandbox({ people, locations, areas }: Tenant) {
  const isSample = ({ status }: { readonly status: string }) => status === 'Sandbox'
  const placeIds = [...locations.values()].filter(isSample).map(({ locationId }) => locationId)
  return {
    personIds: [...people.values()].filter(isSample).map(({ personId }) => personId),
    locationIds: placeIds,
    areaIds: [...areas.values()]
      .filter(({ locationId }) => placeIds.includes(locationId))
      .map(({ areaId }) => areaId)
  }
}

/** Removes the sample data, with everything planned for it. */
export function removeSandbox(tenant: Tenant): void {
  const { personIds, locationIds, areaIds } = findSandbox(tenant)
  for (const id of personIds) tenant.people.delete(id)
  for (const id of locationIds) tenant.locations.delete(id)
  for (const id of areaIds) tenant.areas.delete(id)
  const isOrphan = (each: { readonly personId: number; readonly locationId: number }) =>
    personIds.includes(each.personId) || locationIds.includes(each.locationId)
  for (const [id, each] of tenant.schedules) if (isOrphan(each)) tenant.schedules.delete(id)
  for (const [id, each] of tenant.shifts) if (isOrphan(each)) tenant.shifts.delete(id)
}

/** Ids that lists leave out, because sample data of this kind is hidden. */
export function hiddenIds(tenant: Tenant, kind: SandboxKind): ReadonlySet<number> {
  if (!tenant.hidden.has(kind)) return new Set()
  const { personIds, locationIds, areaIds } = findSandbox(tenant)
  return new Set({ Person: personIds, Location: locationIds, Area: areaIds }[kind])
}
