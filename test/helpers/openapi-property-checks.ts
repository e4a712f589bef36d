import type { Kind } from './openapi-property-arguments.ts'

export type Args = Record<string, unknown>

function fail(what: string, seen: unknown): never {
  throw new Error(`${what}: ${JSON.stringify(seen)}`)
}

function same(what: string, seen: unknown, expected: unknown): void {
  if (JSON.stringify(seen) !== JSON.stringify(expected)) fail(what, { seen, expected })
}

/** Compares a request head with what the template and the arguments allow. */
export function checkHead(kind: Kind, head: string, args: Args, host: string): void {
  const [line = '', ...fields] = head.split('\r\n')
  const [method, target = '', version, ...rest] = line.split(' ')
  same('request line', [method, version, rest], [kind === 'none' ? 'GET' : 'POST', 'HTTP/1.1', []])
  if (/[^\x21-\x7e]|[#\\]/.test(target)) fail('raw characters', target)
  const [pathname = '', search, ...more] = target.split('?')
  // allowReserved lets a question mark through into the value, where it separates nothing.
  if (more.length > 0 && args.res === undefined && args.resl === undefined)
    fail('two queries', target)
  checkPath(kind, pathname, args)
  checkQuery([search, ...more].filter((each) => each !== undefined).join('?'), args)
  checkFields(fields, args, host)
}

function checkPath(kind: Kind, pathname: string, args: Args): void {
  const segments = pathname.split('/')
  same('segments', segments.length, 10)
  same('prefix', segments.slice(0, 5), ['', 'base', 'v1', kind, 'p'])
  same('end', segments[9], 'end')
  same('id', decodeURIComponent(segments[5]!), args.id)
  for (const segment of segments.slice(1)) {
    const decoded = decodeURIComponent(segment).replace(/%2[fe]|%5c/gi, decodeURIComponent)
    const parts = decoded.normalize('NFKC').split(/[/\\]/)
    if (segment === '' || parts.some((part) => /^\.{1,2}$/.test(part)))
      fail('dot segment', pathname)
  }
  const entries = (value: unknown) => Object.entries(value as object)
  same(
    'ids',
    decodeURIComponent(segments[6]!),
    `i${entries(args.ids)
      .map((each) => each.join('='))
      .join(',')}`
  )
  same('lab', decodeURIComponent(segments[7]!), `l.${(args.lab as string[]).join('.')}`)
  const matrix = entries(args.mat).map(([key, value]) =>
    value === '' ? `;${key}` : `;${key}=${value}`
  )
  same('mat', decodeURIComponent(segments[8]!), `m${matrix.join('')}`)
}

function expectedPairs(args: Args): [string, string?][] {
  const texts = (name: string) => (args[name] as string[] | undefined) ?? []
  const members = (name: string) => Object.entries((args[name] as Record<string, string>) ?? {})
  const joined = (name: string, separator: string): [string, string?][] =>
    texts(name).length > 0 ? [[name, texts(name).join(separator)]] : []
  return [
    ...(args.q === undefined ? [] : [['q', args.q] as [string, string]]),
    ...texts('arr').map((each): [string, string] => ['arr', each]),
    ...joined('csv', ','),
    ...joined('sp', ' '),
    ...joined('pi', '|'),
    ...members('obj'),
    ...(members('flat').length > 0
      ? [['flat', members('flat').flat().join(',')] as [string, string]]
      : []),
    ...members('deep').map(([key, value]): [string, string] => [`deep[${key}]`, value]),
    // Percent-encoded triplets pass through: what the server decodes is not checked here.
    ...(args.res === undefined ? [] : [['res'] as [string]]),
    ...(texts('resl').length > 0 ? [['resl'] as [string]] : []),
    ...(args.js === undefined ? [] : [['js', JSON.stringify(args.js)] as [string, string]])
  ]
}

function checkQuery(search: string, args: Args): void {
  const pairs = search === '' ? [] : search.split('&')
  const expected = expectedPairs(args)
  same('pairs', pairs.length, expected.length)
  for (const [index, pair] of pairs.entries()) {
    const [name = '', ...values] = pair.split('=')
    const [wantedName, wanted] = expected[index]!
    same('query name', decodeURIComponent(name), wantedName)
    if (wanted === undefined) continue
    same('one equals sign', values.length, 1)
    const value = decodeURIComponent(values[0]!)
    if (wantedName === 'js' && args.js !== undefined && index === pairs.length - 1) {
      same('json', JSON.parse(value), JSON.parse(wanted))
    } else same('query value', value, wanted)
  }
}

const always = ['host', 'accept', 'accept-encoding', 'user-agent', 'authorization', 'connection']

function checkFields(fields: readonly string[], args: Args, host: string): void {
  const seen = new Map<string, string>()
  for (const field of fields) {
    const [, name = '', value = ''] = /^([\w-]+): (.*)$/s.exec(field) ?? fail('header line', field)
    if (seen.has(name.toLowerCase())) fail('header twice', field)
    seen.set(name.toLowerCase(), value)
  }
  const own = ['X-A', 'X-L', 'X-O', 'X-J'].filter(
    (name) => args[name] !== undefined && !isNothing(args[name], name)
  )
  const hasCookie = args.c !== undefined || args.d !== undefined
  const framing = ['content-type', 'content-length', 'transfer-encoding']
  const allowed = new Set([
    ...always,
    ...framing,
    ...own.map((name) => name.toLowerCase()),
    ...(hasCookie ? ['cookie'] : [])
  ])
  for (const name of seen.keys()) if (!allowed.has(name)) fail('foreign header', name)
  for (const name of own) if (!seen.has(name.toLowerCase())) fail('lost header', name)
  same('credential', seen.get('authorization'), 'Bearer secret-token')
  same('host', seen.get('host'), host)
  if (args['X-A'] !== undefined) same('X-A', seen.get('x-a'), args['X-A'])
  if (seen.has('x-l')) same('X-L', seen.get('x-l')!.split(','), args['X-L'])
  const cookies = ['c', 'd'].filter((name) => args[name] !== undefined)
  if (hasCookie)
    same(
      'cookies',
      seen
        .get('cookie')!
        .split(';')
        .map((each) => each.trim().split('=')[0]),
      cookies
    )
}

function isNothing(value: unknown, name: string): boolean {
  if (name === 'X-J') return false
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

/** The same for a body. */
export function checkBody(
  kind: Kind,
  { head, body }: { head: string; body: Buffer },
  args: Args
): void {
  if (args.body === undefined) return same('no body', body.length, 0)
  if (kind === 'json') return same('json body', JSON.parse(body.toString()), args.body)
  if (kind === 'text') return same('text body', body.toString(), args.body)
  const given = Object.entries(args.body as Record<string, unknown>)
  if (kind === 'form') return checkForm(body.toString(), given)
  const boundary = /boundary=(\S+)/.exec(head)?.[1] ?? fail('boundary', head)
  const parts = body.toString().split(`--${boundary}`)
  const names = given.flatMap(([name, value]) =>
    Array.isArray(value) ? value.map(() => name) : [name]
  )
  same('parts', parts.length, names.length + 2)
  for (const [index, name] of names.entries()) {
    const lines = parts[index + 1]!.split('\r\n\r\n')[0]!.split('\r\n')
    const start = `Content-Disposition: form-data; name="${name.replaceAll('"', '%22')}"`
    if (!lines[1]?.startsWith(start)) fail('part name', lines)
    if (lines.length > (name === 'file' ? 3 : 2)) fail('part header', lines)
  }
}

function checkForm(body: string, given: [string, unknown][]): void {
  const pairs =
    body === ''
      ? []
      : body
          .split('&')
          .map((pair) =>
            pair.split('=').map((each) => decodeURIComponent(each.replaceAll('+', ' ')))
          )
  const expected = given.flatMap(([name, value]): string[][] => {
    if (name === 'csv')
      return (value as string[]).length > 0 ? [[name, (value as string[]).join(',')]] : []
    if (Array.isArray(value)) return value.map((each) => [name, each])
    if (typeof value === 'object')
      return Object.entries(value as object).map(([key, each]) => [`deep[${key}]`, each])
    return [[name, value as string]]
  })
  same('form pairs', pairs, expected)
}
