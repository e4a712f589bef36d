import { createOpenApiSource, type OpenApiOptions, type OpenApiSource } from '../openapi/source.ts'
import { createShiftWorkSettings, type ShiftWorkTarget } from './preset.ts'
import { shiftWorkPrompts } from './prompts.ts'
import { createShiftWorkTools } from './tools.ts'

export type ShiftWorkOptions = ShiftWorkTarget & Omit<OpenApiOptions, 'settings' | 'document'>

/** Mounts the scheduling API at an address as the toolset `shiftwork`, with resources and prompts. */
export async function createShiftWorkSource(options: ShiftWorkOptions): Promise<OpenApiSource> {
  const { baseUrl, token, ...rest } = options
  const settings = createShiftWorkSettings({ baseUrl, ...(token !== undefined && { token }) })
  // Its tools are defined here, and the document is ours.
  const { definedBy: _, ...source } = await createOpenApiSource({ ...rest, settings })
  return Object.freeze({
    ...source,
    tools: createShiftWorkTools(source.tools),
    prompts: shiftWorkPrompts
  })
}
