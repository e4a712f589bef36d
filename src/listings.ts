/** The lists of what is served: the method that asks for each, and the field that names an item. */
export const listings = Object.freeze({
  tools: { method: 'tools/list', key: 'name' },
  prompts: { method: 'prompts/list', key: 'name' },
  resources: { method: 'resources/list', key: 'uri' },
  resourceTemplates: { method: 'resources/templates/list', key: 'uriTemplate' }
})

/** What is listed; in an answer, the field that holds the list. */
export type ListKind = keyof typeof listings
