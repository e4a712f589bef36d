import type { PromptDefinition } from '../../../../src/prompt.ts'
import type { Log, ResourceDefinition, ToolDefinition } from '../../../../src/types.ts'
import { createCompiler } from '../../../outside/schema/validate.ts'
import type { Lists } from '../lists.ts'
import type { Place } from '../place.ts'
import { makePrompt } from './prompt.ts'
import { makeAnyResource, makeResource } from './resource.ts'
import { createShelf } from './shelf.ts'
import { makeTool } from './tool.ts'

/** What of it is served. */
export interface Offer {
  readonly tools: readonly ToolDefinition[]
  readonly prompts: readonly PromptDefinition[]
  readonly resources: readonly ResourceDefinition[]
}

export const nothing: Offer = Object.freeze({ tools: [], prompts: [], resources: [] })

export interface OfferOptions {
  readonly place: Omit<Place, 'compile'>
  /** Which resources may be read at all, by the URI that clients see. */
  readonly allowsResource: (uri: string) => boolean
  readonly log: Log
}

/** Makes offers of lists: the same one again when nothing that is served has changed. */
export function createOfferMaker({ place, allowsResource, log }: OfferOptions) {
  const tools = createShelf({ kind: 'tools', key: 'name', make: makeTool, log })
  const prompts = createShelf({ kind: 'prompts', key: 'name', make: makePrompt, log })
  const resources = createShelf({ kind: 'resources', key: 'uri', make: makeResource, log })
  const templates = createShelf({ kind: 'templates', key: 'uriTemplate', make: makeResource, log })
  const any = makeAnyResource(place)
  let last = nothing

  return async (lists: Lists): Promise<Offer> => {
    const whole = { ...place, compile: createLazyCompiler() }
    const found = [
      ...(await resources(lists.resources, whole)),
      ...(await templates(lists.templates, whole)),
      ...(lists.hasResources ? [any] : [])
    ]
    const next = {
      tools: await tools(lists.tools, whole),
      prompts: keepFirst(await prompts(lists.prompts, whole)),
      resources: found.filter(({ uri }) => allowsResource(uri))
    }
    if (next.resources.length < found.length) reportHidden(found.length - next.resources.length)
    if (!isSame(last, next)) {
      last = Object.freeze(next)
      report(last)
    }
    return last
  }

  function report({ tools: { length: count }, prompts: asked, resources: readable }: Offer): void {
    const counts = { tools: count, prompts: asked.length, resources: readable.length }
    log.info('upstream server mounted', { server: place.connection.name, ...counts })
  }

  function reportHidden(count: number): void {
    log.info('resources of an upstream server are not in resources.allow', {
      server: place.connection.name,
      resources: count,
      glob: place.names.uriOf('*')
    })
  }
}

/** One for each offer, since it keeps all that it ever compiled; none when nothing is new. */
function createLazyCompiler(): Place['compile'] {
  let compile: Place['compile'] | undefined
  return (schema) => {
    compile ??= createCompiler()
    return compile(schema)
  }
}

/**
 * A server can foresee the hash in a name and list a prompt that is called so: a second one of a
 * name would stop every change of the registry, and the start.
 */
function keepFirst(prompts: readonly PromptDefinition[]): readonly PromptDefinition[] {
  const names = new Set<string>()
  return prompts.filter(({ name }) => !names.has(name) && names.add(name))
}

function isSame(one: Offer, other: Offer): boolean {
  return (['tools', 'prompts', 'resources'] as const).every(
    (kind) =>
      one[kind].length === other[kind].length &&
      one[kind].every((definition, index) => definition === other[kind][index])
  )
}
