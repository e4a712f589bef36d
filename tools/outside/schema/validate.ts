import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { isRecord } from '../../../src/json.ts'
import type { JsonSchema, Problem } from '../../../src/types.ts'
import { cleanLine } from '../text.ts'
import { createMatcher } from './pattern.ts'
import { Unsupported } from './schema.ts'

const maxProblems = 20
const maxNameChars = 64
const maxShownOptions = 20

/**
 * Entries into a schema that contains itself, per check. Alternatives that repeat such a schema
 * double the work with every level of the value: thirty levels would take hours.
 */
const maxSteps = 200_000
const stepKeyword = 'x-portcullis-step'

class TooManySteps extends Error {
  override readonly name = 'TooManySteps'
}

export type Check = (value: unknown) => readonly Problem[]

/**
 * Makes a compiler of JSON Schemas that come from outside and have passed `toJsonSchema`. It throws
 * Unsupported for one that is not valid. Code is generated at the first check only: a document may
 * have thousands of operations, a session calls a few of them.
 */
export function createCompiler(): (schema: JsonSchema) => Check {
  const ajv = new Ajv2020({
    strict: false,
    coerceTypes: false,
    allErrors: true,
    // Otherwise `constructor` of a plain object would pass for a required argument.
    ownProperties: true,
    validateFormats: false,
    logger: false,
    code: { regExp: Object.assign(createMatcher, { code: 'createMatcher' }) }
  })
  let steps = 0
  ajv.addKeyword({
    keyword: stepKeyword,
    errors: false,
    validate: () => {
      if (++steps > maxSteps) throw new TooManySteps()
      return true
    }
  })
  return (schema) => {
    if (ajv.validateSchema(schema) !== true) throw new Unsupported('its schema is not valid.')
    let validate: ValidateFunction | undefined
    return (value) => {
      validate ??= compileWith(ajv, schema)
      steps = 0
      return findProblems(validate, value)
    }
  }
}

function findProblems(validate: ValidateFunction, value: unknown): readonly Problem[] {
  try {
    if (validate(value)) return []
  } catch (error) {
    if (!(error instanceof TooManySteps)) throw error
    return [{ field: '', message: 'nests too deeply to be checked: give less at once' }]
  }
  return (validate.errors ?? []).slice(0, maxProblems).map((error) => toProblem(error, value))
}

/** `$defs` holds what contains itself. */
function countSteps(schema: JsonSchema): JsonSchema {
  if (!isRecord(schema.$defs)) return schema
  const counted = Object.entries(schema.$defs).map(([name, body]) => [
    name,
    isRecord(body) ? { ...body, [stepKeyword]: true } : body
  ])
  return { ...schema, $defs: Object.fromEntries(counted) }
}

function compileWith(ajv: Ajv2020, schema: JsonSchema): ValidateFunction {
  try {
    return ajv.compile(countSteps(schema))
  } catch {
    throw new Unsupported('its schema is not valid.')
  }
}

function toProblem(error: ErrorObject, value: unknown): Problem {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'))
  const { params, keyword } = error
  if (keyword === 'required') {
    return { field: fieldName([...path, params.missingProperty], value), message: 'is required' }
  }
  if (keyword === 'additionalProperties') {
    const field = fieldName([...path, params.additionalProperty], value)
    return { field, message: 'is not declared' }
  }
  return { field: fieldName(path, value), message: messageOf(error) }
}

function messageOf({ keyword, params, message }: ErrorObject): string {
  const options: unknown = params.allowedValues ?? [params.allowedValue]
  if ((keyword === 'enum' || keyword === 'const') && Array.isArray(options)) {
    const shown = options.slice(0, maxShownOptions).map((option) => JSON.stringify(option))
    return cleanLine(`must be ${shown.length > 1 ? 'one of ' : ''}${shown.join(', ')}`, 500)
  }
  return cleanLine(message ?? 'is not valid', 500)
}

/** `people[0].name`; a number is an index only where the value really is an array. */
function fieldName(path: readonly string[], value: unknown): string {
  let current = value
  let name = ''
  for (const part of path) {
    if (Array.isArray(current)) name += `[${part}]`
    else name += `${name && '.'}${cleanLine(part, maxNameChars)}`
    current = childOf(current, part)
  }
  return name
}

function childOf(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value[Number(key)]
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined
}
