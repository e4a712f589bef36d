import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { defineTool } from '../../src/define-tool.ts'
import type { ToolAnnotations, ToolDefinition } from '../../src/types.ts'
import { answerList, answerPage } from './answers.ts'
import { type Step, takeInstead, takeOnly } from './arguments.ts'

const companyId = z
  .string()
  .min(1)
  .max(64)
  .describe('Id of the company, a text such as harbor-cafe.')
const count = z.int().min(1)
const counted = z.union([count, z.string().regex(/^[1-9]\d{0,14}$/)]).transform(Number)

const personOfCompany = z.object({
  company_id: companyId,
  person_id: z
    .union([count, z.string().min(1).max(64)])
    .describe('Id of the person, as a number or as text.')
})

const newPerson = z.object({
  company_id: companyId,
  first_name: z.string().trim().min(1).max(100),
  last_name: z.string().trim().min(1).max(99),
  email: z.email().max(254).optional().describe('Must not be in use.'),
  phone: z.string().max(40).optional(),
  pin: z
    .string()
    .regex(/^\d{4}$/, 'must be four digits')
    .optional()
    .describe('Four digits for the kiosk.')
})

const newShiftEvent = z.object({
  company_id: companyId,
  person_id: count.describe('Who.'),
  event_type: z.enum(['ClockIn', 'ClockOut']),
  location_id: counted.optional().describe('Where.'),
  event_log_id: z.guid().optional().describe('A UUID of yours; a new one when left out.')
})

const kioskAnswers = z.object({
  answers: z
    .array(
      z.strictObject({
        questionId: counted.describe('As get_kiosk_questions calls it: kioskQuestionId.'),
        personId: counted.describe('Who answers.'),
        answer: z.string().max(2000).describe('yes or no for a yes_no question.'),
        shiftEventId: z.guid().optional().describe('The clock-in it belongs to.')
      })
    )
    .min(1)
    .max(100)
})

/** What every tool takes and answers, beside what the document says. */
const steps: ReadonlyMap<string, readonly Step[]> = new Map([
  ['get_company_info', [takeOnly('company_id')]],
  [
    'get_employee_schedules',
    [
      takeInstead(personOfCompany, ({ company_id }) => ({ company_id })),
      answerList({
        ids: ['company_id', 'person_id'],
        total: 'total_schedules',
        list: 'schedules',
        // As texts: one side may count its ids and the other write them.
        keep: ({ personId }, { person_id }) => String(personId) === String(person_id),
        missing: { error: 'The API knows no schedules for this company.' }
      })
    ]
  ],
  [
    'get_people_with_unpublished_schedules',
    [
      takeOnly('company_id', 'start_date', 'end_date'),
      answerList({
        ids: ['company_id'],
        total: 'total_people',
        list: 'people',
        missing: { message: 'The API knows no unpublished schedules for this company and period.' }
      })
    ]
  ],
  [
    'list_people',
    [
      takeOnly('company_id', 'page_number', 'page_size', 'search_query'),
      answerPage({
        total_people: 'totalCount',
        page_number: 'page',
        page_size: 'pageSize',
        people: 'items'
      })
    ]
  ],
  ['get_person', [takeOnly('company_id', 'person_id')]],
  ['list_locations', [takeOnly('company_id')]],
  ['list_areas', [takeOnly('company_id')]],
  [
    'get_shift_events_for_person',
    [
      takeOnly('company_id', 'person_id'),
      answerList({ ids: ['company_id', 'person_id'], total: 'total_events', list: 'events' })
    ]
  ],
  [
    'create_shift_event',
    [
      takeInstead(newShiftEvent, ({ company_id, person_id, event_type, ...rest }) => ({
        company_id,
        eventLogId: rest.event_log_id ?? randomUUID(),
        eventType: event_type.toLowerCase(),
        personId: person_id,
        ...(rest.location_id !== undefined && { locationId: rest.location_id })
      }))
    ]
  ],
  [
    'get_schedules_paged',
    [
      takeOnly(
        ...['company_id', 'person_id', 'location_id', 'start_date', 'end_date', 'search_query'],
        ...['page', 'page_size', 'include_voided']
      ),
      answerPage({ items: 'items', total_count: 'totalCount', page: 'page', page_size: 'pageSize' })
    ]
  ],
  [
    'create_person',
    [
      takeInstead(newPerson, ({ company_id, first_name, last_name, email, phone, pin }) => ({
        company_id,
        name: `${first_name} ${last_name}`,
        ...(email !== undefined && { email }),
        ...(phone !== undefined && { phoneNumber: phone }),
        ...(pin !== undefined && { pin })
      }))
    ]
  ],
  ['update_person_status', [takeOnly('company_id', 'person_id', 'status')]],
  ['get_user_by_email', [takeOnly('email')]],
  ['verify_pin', [takeOnly('person_id', 'pin'), annotate({ readOnlyHint: true })]],
  ['list_crews', [takeOnly('company_id')]],
  ['list_roles', [takeOnly('company_id')]],
  ['get_company_settings', [takeOnly('company_id')]],
  ['get_kiosk_questions', [takeOnly('company_id')]],
  [
    'post_kiosk_answers',
    [
      takeInstead(kioskAnswers, ({ answers }) => ({
        answers: answers.map(({ questionId, personId, answer, shiftEventId }) => ({
          kioskQuestionId: questionId,
          personId,
          answerText: answer,
          ...(shiftEventId !== undefined && { shiftEventId })
        }))
      }))
    ]
  ],
  ['get_sandbox_status', [takeOnly('company_id')]],
  [
    'hide_sandbox_data',
    [takeOnly('company_id', 'entity_types'), annotate({ idempotentHint: true })]
  ],
  ['reset_sandbox_data', [takeOnly('company_id'), annotate({ destructiveHint: true })]],
  [
    'delete_sandbox_data',
    [takeOnly('company_id'), annotate({ destructiveHint: true, idempotentHint: true })]
  ],
  [
    'create_schedule',
    [takeOnly('company_id', 'person_id', 'location_id', 'start_time', 'end_time', 'notes')]
  ],
  [
    'update_schedule',
    [
      takeOnly(
        ...['company_id', 'schedule_id', 'person_id', 'location_id', 'area_id'],
        ...['start_time', 'end_time', 'notes', 'status']
      )
    ]
  ],
  ['create_location', [takeOnly('company_id', 'name', 'address', 'time_zone')]],
  ['create_area', [takeOnly('company_id', 'name', 'location_id')]]
])

/** What the verb of the operation does not say. */
function annotate(annotations: Partial<ToolAnnotations>): Step {
  return (tool) =>
    Object.freeze({ ...tool, annotations: Object.freeze({ ...tool.annotations, ...annotations }) })
}

/** Answers by itself: it tells whether this server runs, not whether the API does. */
const ping = defineTool({
  name: 'ping',
  title: 'Ping',
  description: 'Answers when this server is up. The scheduling API is not asked.',
  toolset: 'shiftwork',
  input: z.object({}),
  output: z.object({ message: z.string() }),
  summary: ({ message }) => message,
  run: () => ({ message: 'pong - server is running' })
})

/** The 28 tools, made of those of the document. Throws when one is missing there. */
export function createShiftWorkTools(
  mounted: readonly ToolDefinition[]
): readonly ToolDefinition[] {
  const byName = new Map(mounted.map((tool) => [tool.name, tool]))
  const made = [...steps].map(([name, toolSteps]) => {
    const tool = byName.get(name)
    if (!tool) throw new Error(`The scheduling document does not offer ${name}.`)
    return toolSteps.reduce((current, step) => step(current), tool)
  })
  return Object.freeze([ping, ...made])
}
