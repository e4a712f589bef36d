import t from 'tap'
import { bearer, documentOf, findTool, getOf, mountApi } from './helpers/openapi.ts'

const text = { type: 'string' }
const query = (name: string, schema: object, more: object = {}) => {
  return { name, in: 'query', schema, ...more }
}
const mount = (document: string | object, settings: object = {}) =>
  mountApi(document, { credential: bearer('secret-token'), ...settings })

t.test(
  'reads are on, writes and deprecated operations are not, until the configuration says so',
  async (t) => {
    const paths = {
      '/people': {
        get: { ...getOf('listPeople'), tags: ['People'] },
        post: { ...getOf('addPerson'), tags: ['People'] }
      },
      '/people/{id}': {
        parameters: [{ name: 'id', in: 'path', required: true, schema: text }],
        get: { ...getOf('getPerson'), tags: ['People'] },
        put: { ...getOf('replacePerson'), tags: ['People'] },
        delete: { ...getOf('deletePerson'), tags: ['People'] }
      },
      '/old': { get: { ...getOf('oldList'), deprecated: true } },
      '/shifts': { get: { ...getOf('listShifts'), tags: ['Shifts'] } }
    }
    const names = async (settings: object) =>
      (await mount(documentOf(paths), settings)).tools.map(({ name }) => name)
    t.same(await names({}), ['list_people', 'get_person', 'list_shifts'])
    t.same(await names({ allowWrites: true }), [
      ...['list_people', 'add_person', 'get_person', 'replace_person', 'delete_person'],
      'list_shifts'
    ])
    t.same(await names({ include: { tags: ['Peop*'] } }), ['list_people', 'get_person'])
    t.same(await names({ include: { operations: ['list*', 'addPerson', 'oldList'] } }), [
      ...['list_people', 'add_person', 'old_list', 'list_shifts']
    ])
    t.same(await names({ include: { tags: ['People'], methods: ['get'], paths: ['/people'] } }), [
      'list_people'
    ])
    t.same(await names({ include: { operations: ['*Person'] } }), ['get_person'])
    t.same(await names({ allowWrites: true, exclude: { methods: ['P*', 'DELETE'] } }), [
      ...['list_people', 'get_person', 'list_shifts']
    ])
    t.same(
      await names({
        include: { operations: ['listShifts'] },
        operations: {
          deletePerson: { enabled: true, name: 'drop' },
          listShifts: { enabled: false }
        }
      }),
      ['drop']
    )
  }
)

t.test('annotations follow the verb', async (t) => {
  const verbs = ['get', 'head', 'post', 'put', 'patch', 'delete']
  const { tools } = await mount(
    documentOf({ '/a': Object.fromEntries(verbs.map((verb) => [verb, getOf(verb)])) }),
    { allowWrites: true }
  )
  const hints = new Map(tools.map(({ name, annotations }) => [name, annotations]))
  const row = (verb: string) => {
    const { readOnlyHint, destructiveHint, idempotentHint } = hints.get(verb)!
    return [readOnlyHint, destructiveHint, idempotentHint]
  }
  t.same(verbs.map(row), [
    [true, false, true],
    [true, false, true],
    [false, false, false],
    [false, true, true],
    [false, true, false],
    [false, true, true]
  ])
})

t.test('an override renames, describes, flattens and restricts', async (t) => {
  const person = { type: 'object', required: ['name'], properties: { name: text, pin: text } }
  const content = { 'application/json': { schema: person } }
  const document = documentOf({
    '/people/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: text }, query('name', text)],
      put: { ...getOf('replacePerson'), requestBody: { required: true, content } }
    }
  })
  const override = {
    enabled: true,
    name: 'change_person',
    title: 'Change',
    description: 'Changes a person.',
    parameters: { id: 'person_id', body_name: 'full_name' },
    body: 'flat',
    scopes: ['people.write'],
    timeoutMs: 1234,
    sensitive: ['pin']
  }
  const source = await mount(document, { operations: { replacePerson: override } })
  t.match(findTool(source, 'change_person'), {
    title: 'Change',
    description: 'Changes a person.',
    scopes: ['people.write'],
    timeoutMs: 1234,
    sensitive: ['pin'],
    inputSchema: {
      properties: { person_id: text, name: text, full_name: text, pin: text },
      required: ['person_id', 'full_name'],
      additionalProperties: false
    }
  })
  const bad: [object, RegExp][] = [
    [{ operations: { replacePersn: {} } }, /no operation replacePersn; did you mean replacePerson/],
    [{ operations: { replacePerson: { ...override, parameters: { x: 'y' } } } }, /no argument x/],
    [
      { operations: { replacePerson: { enabled: true, parameters: { id: 'name' } } } },
      /two arguments would be named name/
    ],
    [{ resources: { 'x://{id}': 'getPerson' } }, /no operation getPerson/],
    [{ resources: { 'x://{id}': 'replacePerson' } }, /is not a GET/]
  ]
  for (const [settings, message] of bad) {
    await t.rejects(mount(document, settings), { name: 'ConfigError', message })
  }
})

t.test('passwords and the bytes of files are sensitive', async (t) => {
  const password = { type: 'string', format: 'password' }
  const file = { type: 'string', format: 'binary' }
  const body = (type: string, schema: object) => ({
    requestBody: { content: { [type]: { schema } } }
  })
  const { tools } = await mount(
    documentOf({
      '/a': {
        put: getOf('a', undefined, {
          parameters: [query('key', password)],
          ...body('application/json', { properties: { login: { properties: { pin: password } } } })
        }),
        post: getOf('b', undefined, body('multipart/form-data', { properties: { file } })),
        patch: getOf('c', undefined, body('application/octet-stream', {}))
      }
    }),
    { allowWrites: true }
  )
  t.same(
    new Map(tools.map(({ name, sensitive }) => [name, sensitive])),
    new Map([
      ['a', ['key', 'pin']],
      ['b', ['base64']],
      ['c', ['body']]
    ])
  )
})
