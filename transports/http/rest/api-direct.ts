import type { FastifyRequest } from 'fastify'

/** A route with a shape of its own that answers with the result of one tool. */
export interface DirectRoute {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly tool: string
  /** What the tool calls the query parameters of the route. */
  readonly query: ReadonlyMap<string, string>
  /** Query parameters that are numbers to the tool. */
  readonly counts: readonly string[]
}

const noQuery: Pick<DirectRoute, 'query' | 'counts'> = { query: new Map(), counts: [] }

/** The routes that clients of the former scheduling server know. */
export const directRoutes: readonly DirectRoute[] = [
  {
    method: 'GET',
    url: '/api/employees/:company_id/:person_id/schedules',
    tool: 'get_employee_schedules',
    ...noQuery
  },
  {
    method: 'POST',
    url: '/api/employees/schedules',
    tool: 'get_employee_schedules',
    ...noQuery
  },
  {
    method: 'GET',
    url: '/api/companies/:company_id/people/unpublished-schedules',
    tool: 'get_people_with_unpublished_schedules',
    query: new Map([
      ['startDate', 'start_date'],
      ['endDate', 'end_date']
    ]),
    counts: []
  },
  {
    method: 'GET',
    url: '/api/companies/:company_id/people',
    tool: 'list_people',
    query: new Map([
      ['pageNumber', 'page_number'],
      ['pageSize', 'page_size'],
      ['searchQuery', 'search_query']
    ]),
    counts: ['pageNumber', 'pageSize']
  }
]

/** Names that the route does not know go on as they are: the tool refuses what it does not declare. */
export function readArguments({ query, counts }: DirectRoute, request: FastifyRequest): unknown {
  const given = Object.entries(request.query as Record<string, unknown>)
  const args = given
    .filter(([, value]) => value !== '')
    .map(([key, value]): [string, unknown] => {
      const isCount = counts.includes(key) && typeof value === 'string' && /^\d{1,15}$/.test(value)
      return [query.get(key) ?? key, isCount ? Number(value) : value]
    })
  return { ...Object.fromEntries(args), ...(request.params as object) }
}
