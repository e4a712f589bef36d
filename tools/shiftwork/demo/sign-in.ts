import { hash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { closedObject, createRefusal, idSchema } from './checks.ts'
import type { DemoData } from './data.ts'

const pinBody = closedObject(
  { personId: idSchema, pin: { type: 'string', pattern: '^[0-9]{4,8}$' } },
  ['personId', 'pin']
)

/** Adds the routes that tell who somebody is. */
export function addSignIn(api: FastifyInstance, data: DemoData): void {
  api.get<{ Params: { email: string } }>('/auth/user/:email', async ({ params }) => {
    const wanted = params.email.toLowerCase()
    const people = [...data.tenants.values()].flatMap((tenant) => [...tenant.people.values()])
    const person = people.find(({ email }) => email?.toLowerCase() === wanted)
    if (!person) throw createRefusal(404, 'No such person')
    return person
  })
  api.post<{ Body: { personId: number; pin: string } }>(
    '/auth/verify-pin',
    { schema: { body: pinBody } },
    async ({ body }) => ({ verified: isPin(findPin(data, body.personId), body.pin) })
  )
}

/** An unknown person answers like a wrong PIN: nobody learns who is there. */
function findPin(data: DemoData, personId: number): string {
  const pins = [...data.tenants.values()].map((tenant) => tenant.pins.get(personId))
  return pins.find((pin) => pin !== undefined) ?? ''
}

function isPin(expected: string, given: string): boolean {
  return timingSafeEqual(digest(expected), digest(given))
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}
