import { ToolError } from '../../src/define-tool.ts'
import type { PromptArgument, PromptDefinition } from '../../src/prompt.ts'

/** Arguments as they were given; each prompt reads its own. */
type Given = ReadonlyMap<string, string>

interface PromptRow {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly arguments: readonly PromptArgument[]
  readonly scopes: readonly string[]
  /** The task, as lines. */
  readonly write: (given: Given) => readonly string[]
}

const companyId: PromptArgument = {
  name: 'company_id',
  description: 'Id of the company.',
  required: true
}

/** Arguments go into a text that a model follows: only what is a name, a date or a number may. */
const allowed = /^[\p{L}\p{N}][\p{L}\p{N} ._:+-]{0,63}$/u

function option(name: string, description: string, complete?: readonly string[]): PromptArgument {
  return { name, description, required: false, ...(complete && { complete }) }
}

function read(given: Given, name: string, fallback: string): string {
  const value = given.get(name)?.trim() || fallback
  if (allowed.test(value)) return value
  throw new ToolError(`${name} must be a short name, date or number.`)
}

function readCount(given: Given, name: string, fallback: number): number {
  const value = Number(given.get(name) ?? fallback)
  if (Number.isInteger(value) && value >= 0 && value <= 1000) return value
  throw new ToolError(`${name} must be a whole number from 0 to 1000.`)
}

function readDay(given: Given, name: string, fallback: string): string {
  const value = given.get(name)?.trim() ?? ''
  if (value === '' && fallback !== '') return fallback
  if (/^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))) return value
  throw new ToolError(`${name} must be a date such as 2026-11-23.`)
}

const rows: readonly PromptRow[] = [
  {
    name: 'daily_publish_backlog',
    title: 'Daily publish backlog',
    description: 'Who still waits for a published schedule, most urgent first.',
    arguments: [
      companyId,
      option('day', 'Day to look at, such as 2026-11-23; today when left out.')
    ],
    scopes: ['schedules.read'],
    write: (given) => [
      `Show the publish backlog of company ${read(given, 'company_id', '')} for ${readDay(given, 'day', 'today')}.`,
      '1. Call get_people_with_unpublished_schedules with start_date on that day and end_date seven days later.',
      '2. For each person, call get_schedules_paged with person_id and the same period to learn when the unpublished work begins.',
      '3. Answer with a table: begins, person, e-mail, unpublished schedules, schedule ids; the earliest begin first.',
      '4. Below it, name what begins within 48 hours. Change nothing: publishing is for the manager to decide.'
    ]
  },
  {
    name: 'manager_digest',
    title: '7-day manager digest',
    description: 'The coming week in one page: coverage, gaps, what is open.',
    arguments: [
      companyId,
      option('start_day', 'First of the seven days; today when left out.'),
      option('location_id', 'Only this location.')
    ],
    scopes: ['schedules.read', 'people.read', 'locations.read'],
    write: (given) => [
      `Write the 7-day digest of company ${read(given, 'company_id', '')} from ${readDay(given, 'start_day', 'today')} on${given.has('location_id') ? `, for location ${readCount(given, 'location_id', 0)} only` : ''}.`,
      '1. Call list_locations, and get_schedules_paged for the seven days (start_date and end_date); read every page.',
      '2. Call get_people_with_unpublished_schedules for the same days.',
      '3. Answer in one page: per day and location the number of schedules and hours; days without anybody; people with more than 40 planned hours; what is not published yet.',
      '4. End with at most five things to do, each with the ids it needs. Change nothing.'
    ]
  },
  {
    name: 'unpublished_escalation',
    title: 'Escalation over N unpublished',
    description: 'A message to send when somebody has too many unpublished schedules.',
    arguments: [
      companyId,
      option('threshold', 'More than this many is too many; 3 when left out.', [
        '1',
        '3',
        '5',
        '10'
      ]),
      option('tone', 'How the message sounds.', ['neutral', 'friendly', 'firm'])
    ],
    scopes: ['schedules.read'],
    write: (given) => [
      `Find the people of company ${read(given, 'company_id', '')} who have more than ${readCount(given, 'threshold', 3)} unpublished schedules.`,
      '1. Call get_people_with_unpublished_schedules without dates and keep those over the threshold.',
      '2. When nobody is over it, say so in one sentence and stop.',
      `3. Otherwise write one ${read(given, 'tone', 'neutral')} message to the manager: who, how many, since when the oldest waits, and the schedule ids. Do not send it and change nothing.`
    ]
  },
  {
    name: 'kiosk_readiness_check',
    title: 'Pre-kiosk validation',
    description: 'Whether the kiosk can be opened: settings, questions, people, places.',
    arguments: [companyId],
    scopes: ['settings.read', 'people.read', 'locations.read', 'sandbox.read'],
    write: (given) => [
      `Check whether company ${read(given, 'company_id', '')} is ready to open its kiosk.`,
      '1. Call get_company_settings: kioskModeEnabled must be true; note kioskPinLength.',
      '2. Call get_kiosk_questions: every required question needs a text, and every multiple_choice question needs options.',
      '3. Call list_people (every page) and list_locations: name active people without e-mail and phone number, and locations without time zone.',
      '4. Call get_sandbox_status: sample data must not be visible at the door.',
      '5. Answer with ready or not ready first, then one line per check: passed or failed, and what mends it. Never ask for or repeat a PIN. Change nothing.'
    ]
  },
  {
    name: 'stale_draft_cleanup',
    title: 'Stale-draft clean-up',
    description: 'Unpublished schedules that nobody will publish any more.',
    arguments: [
      companyId,
      option('older_than_days', 'Begun more than this many days ago; 14 when left out.', [
        '7',
        '14',
        '30'
      ])
    ],
    scopes: ['schedules.read'],
    write: (given) => [
      `List the stale drafts of company ${read(given, 'company_id', '')}: unpublished schedules that began more than ${readCount(given, 'older_than_days', 14)} days ago.`,
      '1. Call get_schedules_paged with an end_date that many days before today; read every page and keep what is unpublished and not voided.',
      '2. Group by person and location, oldest first, with schedule ids, begin, end and notes.',
      '3. For each group propose to keep, publish or void it, with the reason. Ask before anything is changed, and change only what was agreed to.'
    ]
  },
  {
    name: 'payroll_cutoff_export',
    title: 'Payroll-cutoff export',
    description: 'Planned hours and clocked events of a period, ready for payroll.',
    arguments: [
      companyId,
      { name: 'period_start', description: 'First day, such as 2026-11-01.', required: true },
      { name: 'cutoff', description: 'Last day, such as 2026-11-15.', required: true },
      option('format', 'Form of the export.', ['csv', 'json', 'table'])
    ],
    scopes: ['schedules.read', 'people.read', 'shift-events.read', 'settings.read'],
    write: (given) => [
      `Prepare the payroll export of company ${read(given, 'company_id', '')} from ${readDay(given, 'period_start', '')} to ${readDay(given, 'cutoff', '')}, both days included.`,
      '1. Call get_company_settings for payrollPeriod and the overtime thresholds, and list_people (every page).',
      '2. Call get_schedules_paged for the period; read every page and leave out what is voided.',
      '3. For each person with schedules call get_shift_events_for_person and pair clockin with clockout inside the period.',
      `4. Answer as ${read(given, 'format', 'csv')} with person_id, name, planned_hours, clocked_hours, difference; hours to two decimals.`,
      '5. Below it, list what payroll must look at: events without a partner, schedules not published, differences over one hour. Invent no hours and change nothing.'
    ]
  }
]

/** The six tasks that managers repeat. They read; whatever would change something asks first. */
export const shiftWorkPrompts: readonly PromptDefinition[] = Object.freeze(rows.map(toPrompt))

function toPrompt({ write, ...row }: PromptRow): PromptDefinition {
  return Object.freeze({
    ...row,
    get: (given: Given) => ({
      description: row.description,
      messages: [
        { role: 'user' as const, content: { type: 'text', text: write(given).join('\n') } }
      ]
    })
  })
}
