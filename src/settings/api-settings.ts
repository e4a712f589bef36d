import { z } from 'zod'
import { isReservedToolset } from '../catalogue/reserved-toolsets.ts'
import { secret } from './secret-reference.ts'

const globs = z.array(z.string().min(1))

/** Which operations of a document: an operation is chosen when every given list matches it. */
const operationFilter = z.strictObject({
  tags: globs.optional(),
  methods: globs.optional(),
  paths: globs.optional(),
  /** Globs over operationIds; one named without a wildcard may also be a write. */
  operations: globs.optional()
})

const service = z.strictObject({
  mode: z.literal('service'),
  scheme: z.enum(['bearer', 'basic', 'header', 'query', 'oauth2']).default('bearer'),
  token: secret.optional(),
  /** `basic` and `oauth2`. */
  user: z.string().min(1).optional(),
  password: secret.optional(),
  /** Name of the header or query parameter, for those schemes. */
  name: z.string().min(1).optional(),
  /** `oauth2`: client credentials. */
  tokenUrl: z.url().optional(),
  clientId: z.string().min(1).optional(),
  clientSecret: secret.optional(),
  scopes: z.array(z.string().min(1)).optional()
})

const caller = z.strictObject({
  mode: z.literal('caller'),
  /** The caller's own header whose value becomes the upstream Authorization. */
  header: z
    .string()
    .regex(/^[\w-]+$/)
    .default('X-Upstream-Authorization')
})

const none = z.strictObject({ mode: z.literal('none') })

/** What a configuration may say about one operation, by its operationId. */
const operationOverride = z.strictObject({
  name: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{1,64}$/)
    .optional(),
  title: z.string().min(1).optional(),
  description: z.string().min(1).optional(),
  /** False hides it; true offers it although it is a write or deprecated. */
  enabled: z.boolean().optional(),
  /** Old argument name → new argument name. */
  parameters: z.record(z.string(), z.string().min(1)).optional(),
  /** `flat`: the body's properties are arguments of their own. */
  body: z.enum(['nested', 'flat']).optional(),
  scopes: z.array(z.string().min(1)).optional(),
  timeoutMs: z.number().int().min(1).max(300_000).optional(),
  cache: z.boolean().optional(),
  sensitive: z.array(z.string().min(1)).optional()
})

/** One entry of `apis`: a REST API mounted as a toolset of its own name. */
export const apiSettings = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,31}$/, 'must be lower case, such as shifts')
    .refine((name) => !isReservedToolset(name), {
      error: ({ input }) => `name: ${input} means tools of the server itself; choose another`
    }),
  /** A file or an https URL. */
  openapi: z.string().min(1),
  /** Replaces the document's server entirely, base path included. */
  baseUrl: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  credential: z.discriminatedUnion('mode', [service, caller, none]).default({ mode: 'none' }),
  include: operationFilter.optional(),
  exclude: operationFilter.optional(),
  allowWrites: z.boolean().optional(),
  operations: z.record(z.string(), operationOverride).default({}),
  /** Resource URI template → operationId of a GET operation. */
  resources: z.record(z.string(), z.string().min(1)).default({})
})

export type ApiSettings = z.output<typeof apiSettings>
export type ApiCredential = ApiSettings['credential']
export type OperationOverride = ApiSettings['operations'][string]
export type OperationFilter = NonNullable<ApiSettings['include']>

/** How every mounted API is called: `api.*` of the configuration. */
export interface ApiLimits {
  readonly timeoutMs: number
  /** Attempts in all, the first included. */
  readonly attempts: number
  /** Sleeps factor, 2·factor, 4·factor … seconds between attempts, with jitter. */
  readonly backoffFactor: number
  readonly maxSockets: number
  readonly keepAliveSockets: number
  /** Undefined: reads are not cached. */
  readonly cacheTtlMs?: number
}
