import type { FastifyInstance } from 'fastify'
import { closedObject, createRefusal, findPersonAnywhere, findTenant, idSchema } from './checks.ts'
import type { Answer, DemoData, Question } from './data.ts'

const answer = closedObject(
  {
    kioskQuestionId: idSchema,
    personId: idSchema,
    answerText: { type: 'string', maxLength: 2000 },
    shiftEventId: { type: 'string', format: 'uuid' }
  },
  ['kioskQuestionId', 'personId', 'answerText']
)
const answers = closedObject(
  { answers: { type: 'array', minItems: 1, maxItems: 100, items: answer } },
  ['answers']
)

/** Adds the routes of the kiosk. */
export function addKiosk(api: FastifyInstance, data: DemoData): void {
  api.get<{ Params: { companyId: string } }>(
    '/kiosk/:companyId/questions',
    async ({ params }) => findTenant(data, params.companyId).questions
  )
  api.post<{ Body: { answers: readonly Answer[] } }>(
    '/kiosk/answers',
    { schema: { body: answers } },
    async ({ body }, reply) => {
      const checked = body.answers.map((each) => ({ each, tenant: checkAnswer(data, each) }))
      for (const { each, tenant } of checked) tenant.answers.push(each)
      return reply.code(201).send({ saved: checked.length })
    }
  )
}

/** The company of the person. Throws a 400 when the answer does not fit its question. */
function checkAnswer(data: DemoData, { kioskQuestionId, personId, answerText }: Answer) {
  const { tenant } = findPersonAnywhere(data, personId)
  const question = tenant.questions.find((each) => each.kioskQuestionId === kioskQuestionId)
  if (!question) throw createRefusal(400, 'There is no question with this kioskQuestionId')
  if (question.isRequired && answerText.trim() === '') {
    throw createRefusal(400, 'A required question is not answered')
  }
  const choices = choicesOf(question)
  if (choices && !choices.includes(answerText.toLowerCase())) {
    throw createRefusal(400, 'The answer is not one of the choices')
  }
  return tenant
}

function choicesOf({ questionType, options }: Question): readonly string[] | undefined {
  if (questionType === 'yes_no') return ['yes', 'no']
  return options?.map((option) => option.toLowerCase())
}
