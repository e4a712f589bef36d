/** One body of one media type, and the bytes that the specifications want. */
export interface BodyRow {
  readonly source: string
  readonly type: string
  readonly media: object
  readonly value: unknown
  readonly expected: string | Buffer | { readonly refused: RegExp }
  /** When it is not the media type itself. */
  readonly contentType?: string
}

const text = { type: 'string' }
const form = 'application/x-www-form-urlencoded'
const object = (properties: object, more: object = {}) => ({
  schema: { type: 'object', properties, ...more }
})
const png = Buffer.from('\x89PNG\r\n\x1a\n\x00\xff', 'latin1')
const base64 = png.toString('base64')
const address = {
  streetAddress: '123 Example Dr.',
  city: 'Somewhere',
  state: 'CA',
  zip: '99999+1234'
}

const plain: readonly BodyRow[] = [
  {
    source: 'OAS 3.1.1, 4.8.13 Request Body Object',
    type: 'application/json',
    media: object({ a: {}, b: {} }),
    value: { a: [1, 'é\n'], b: null },
    expected: '{"a":[1,"é\\n"],"b":null}'
  },
  {
    source: 'RFC 6839, 3.1: +json',
    type: 'application/merge-patch+json',
    media: {},
    value: { a: null },
    expected: '{"a":null}'
  },
  {
    source: 'RFC 9110, 12.5.1: a range stands for each type in it',
    type: '*/*',
    media: object({ a: text }),
    value: { a: 'x' },
    expected: '{"a":"x"}',
    contentType: 'application/json'
  },
  {
    source: 'OAS 3.1.1, 4.8.14.2: octet-stream may omit the schema',
    type: 'application/octet-stream',
    media: {},
    value: base64,
    expected: png
  },
  { source: 'OAS 3.1.1, 4.8.14.2', type: 'image/png', media: {}, value: base64, expected: png },
  {
    source: 'RFC 4648, 3.3: no characters outside the alphabet',
    type: 'application/octet-stream',
    media: {},
    value: 'not base64!',
    expected: { refused: /"body" must be base64/ }
  },
  {
    source: 'text',
    type: 'text/plain',
    media: { schema: text },
    value: 'a\nb&c',
    expected: 'a\nb&c'
  },
  {
    source: 'RFC 2046, 4.1.2: charset',
    type: 'text/csv',
    media: { schema: text },
    value: 'é',
    expected: 'é',
    contentType: 'text/csv; charset=utf-8'
  },
  {
    source: 'RFC 3629: no surrogates',
    type: 'text/plain',
    media: { schema: text },
    value: '\ud800',
    expected: { refused: /broken Unicode/ }
  }
]

const byStyle = (name: string, encoding: object, schema: object = {}) => ({
  ...object({ [name]: schema }),
  encoding: { [name]: encoding }
})

const urlencoded: readonly BodyRow[] = [
  {
    source:
      'OAS 3.1.2, "URL Encoded Form with JSON Values" (: and , encoded: "URL Percent-Encoding")',
    type: form,
    media: object({ id: text, address: { type: 'object' } }),
    value: { id: 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6', address },
    expected:
      'id=f81d4fae-7dec-11d0-a765-00a0c91e6bf6&address=%7B%22streetAddress%22%3A%22123+Example+Dr.%22%2C%22city%22%3A%22Somewhere%22%2C%22state%22%3A%22CA%22%2C%22zip%22%3A%2299999%2B1234%22%7D'
  },
  {
    source: 'OAS 3.1.1, same: the id as application/json',
    type: form,
    media: byStyle('id', { contentType: 'application/json' }, text),
    value: { id: 'f81d4fae' },
    expected: 'id=%22f81d4fae%22'
  },
  {
    source: 'OAS 3.1.1, "URL Encoded Form with Binary Values"',
    type: form,
    media: {
      ...object({ name: text, icon: { type: 'string', contentEncoding: 'base64url' } }),
      encoding: { icon: { contentType: 'image/png, image/jpeg' } }
    },
    value: { name: 'example', icon: 'iVBORw0K_w==' },
    expected: 'name=example&icon=iVBORw0K_w%3D%3D'
  },
  {
    source: 'RFC 1866, 8.2.1, and OAS 3.1.2: ~ is encoded',
    type: form,
    media: object({ 'a b': text }),
    value: { 'a b': "x y+z&=~*-._'\r\n" },
    expected: 'a+b=x+y%2Bz%26%3D%7E%2A-._%27%0D%0A'
  },
  {
    source: 'OAS 3.1.1, 4.8.15.1.1: a list after its items',
    type: form,
    media: object({ tags: { type: 'array' }, n: {}, none: {} }),
    value: { tags: ['x', 'y z'], n: 1.5, none: null },
    expected: 'tags=x&tags=y+z&n=1.5'
  },
  {
    source: 'OAS 3.1.1, 4.8.15.1.2: explicit style, RFC 6570',
    type: form,
    media: byStyle('color', { style: 'form', explode: false }),
    value: { color: ['blue', 'black brown'] },
    expected: 'color=blue,black%20brown'
  },
  {
    source: 'OAS 3.1.1, 4.8.15.1.2',
    type: form,
    media: byStyle('color', { explode: true }),
    value: { color: { R: 100, G: 200 } },
    expected: 'R=100&G=200'
  },
  {
    source: 'OAS 3.1.1, 4.8.15.1.2',
    type: form,
    media: byStyle('color', { style: 'deepObject', explode: true }),
    value: { color: { R: 100, G: 'a b' } },
    expected: 'color%5BR%5D=100&color%5BG%5D=a%20b'
  },
  {
    source: 'OAS 3.1.1, 4.8.15.1.2',
    type: form,
    media: byStyle('color', { style: 'spaceDelimited' }),
    value: { color: ['a', 'b'] },
    expected: 'color=a%20b'
  },
  {
    source: 'OAS 3.1.1, 4.8.15.1.2',
    type: form,
    media: byStyle('color', { style: 'pipeDelimited' }),
    value: { color: ['a', 'b'] },
    expected: 'color=a%7Cb'
  },
  {
    source: 'OAS 3.1.1, 4.8.15.1.2: allowReserved',
    type: form,
    media: byStyle('url', { allowReserved: true }),
    value: { url: 'https://a.example/?b=c&d+e' },
    expected: 'url=https://a.example/?b=c%26d%2Be'
  },
  {
    source: 'no form for a list in a list',
    type: form,
    media: object({ a: {} }),
    value: { a: [['x']] },
    expected: { refused: /"body\.a" must not hold lists in a list/ }
  }
]

export const bodyTable: readonly BodyRow[] = [...plain, ...urlencoded]
