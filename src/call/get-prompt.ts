import { Refusal } from '../errors.ts'
import { checkScopes } from '../identity/scope-challenge.ts'
import type { Policy } from '../policy.ts'
import type { PromptDefinition, PromptResult } from '../prompt.ts'
import type { Registry } from '../registry.ts'
import type { DispatchContext } from '../types.ts'
import { readGuarded } from './read.ts'

/** Every `prompts/get`: known to the principal, required arguments given, none unknown. */
export function getPrompt(
  registry: Registry,
  policy: Policy,
  name: string,
  args: ReadonlyMap<string, string>,
  ctx: DispatchContext
): Promise<PromptResult> {
  return readGuarded<PromptResult>(
    policy,
    {
      method: 'prompts/get',
      event: 'PROMPT_GET',
      args: { name, arguments: Object.fromEntries(args) },
      maxBytes: policy.maxResultBytes,
      unknown: new Refusal('unknown_prompt'),
      find() {
        const prompt = registry.view(ctx.principal).prompts.get(name)
        if (!prompt) return registry.prompts.has(name) ? 'forbidden' : 'unknown'
        checkScopes(ctx.principal, prompt)
        checkArguments(prompt, args)
        return (guarded) => prompt.get(args, guarded)
      }
    },
    ctx
  )
}

function checkArguments(prompt: PromptDefinition, args: ReadonlyMap<string, string>): void {
  const missing = prompt.arguments.find(({ name, required }) => required && !args.has(name))
  if (missing) {
    throw new Refusal('invalid_params', { detail: `Argument ${missing.name} is required.` })
  }
  const known = prompt.arguments.map(({ name }) => name)
  for (const name of args.keys()) {
    if (known.includes(name)) continue
    const detail = `Unknown argument; ${prompt.name} takes: ${known.join(', ') || 'none'}.`
    throw new Refusal('invalid_params', { detail })
  }
}
