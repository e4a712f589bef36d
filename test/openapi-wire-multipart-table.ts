import type { BodyRow } from './openapi-wire-body-table.ts'

const text = { type: 'string' }
const binary = { type: 'string', format: 'binary' }
const png = Buffer.from('\x89PNG\r\n\x1a\n\x00\xff', 'latin1')
const base64 = png.toString('base64')
const object = (properties: object, more: object = {}) => ({
  schema: { type: 'object', properties, ...more }
})
const byStyle = (name: string, encoding: object) => ({
  ...object({ [name]: {} }),
  encoding: { [name]: encoding }
})

const part = (name: string, value: string, head = '') =>
  `--B\r\nContent-Disposition: form-data; name="${name}"${head}\r\n\r\n${value}\r\n`
const multi = 'multipart/form-data'
const multipartRow = (
  source: string,
  media: object,
  value: unknown,
  expected: BodyRow['expected']
) => ({
  source,
  type: multi,
  media,
  value,
  expected
})

/** Expectations have the boundary `B`. */
export const multipartTable: readonly BodyRow[] = [
  multipartRow(
    'OAS 3.1.1, "Basic Multipart Form"; RFC 7578, 4.2 to 4.4',
    object({ id: text, addresses: { type: 'array', items: { type: 'object' } }, profileImage: {} }),
    { id: 'x\r\ny', addresses: [{ a: 1 }, { a: 2 }], profileImage: { base64 } },
    Buffer.concat([
      Buffer.from(
        part('id', 'x\r\ny') +
          part('addresses', '{"a":1}', '\r\nContent-Type: application/json') +
          part('addresses', '{"a":2}', '\r\nContent-Type: application/json') +
          '--B\r\nContent-Disposition: form-data; name="profileImage"\r\nContent-Type: application/octet-stream\r\n\r\n'
      ),
      png,
      Buffer.from('\r\n--B--\r\n')
    ])
  ),
  multipartRow(
    'OAS 3.1.1, "Multipart Form with Multiple Files"; RFC 7578, 4.3',
    object({ file: { type: 'array', items: binary } }),
    {
      file: [{ base64: 'YQ==', filename: 'a "é".txt', contentType: 'text/plain' }, { base64: '' }]
    },
    `${part('file', 'a', '; filename="a %22é%22.txt"\r\nContent-Type: text/plain')}${part('file', '', '\r\nContent-Type: application/octet-stream')}--B--\r\n`
  ),
  multipartRow(
    'OAS 3.1.1, 4.8.15.1.1: contentType',
    { ...object({ img: {} }), encoding: { img: { contentType: 'image/png, image/jpeg' } } },
    { img: { base64: 'YQ==', contentType: 'image/jpeg' } },
    `${part('img', 'a', '\r\nContent-Type: image/jpeg')}--B--\r\n`
  ),
  multipartRow(
    'OAS 3.1.1, 4.8.15.1.1: contentType',
    { ...object({ img: {} }), encoding: { img: { contentType: 'image/*' } } },
    { img: { base64: 'YQ==', contentType: 'text/html' } },
    { refused: /"body\.img\.contentType" must be image\/\*/ }
  ),
  multipartRow(
    'OAS 3.1.1, 4.8.15.3: contentEncoding is a Content-Transfer-Encoding',
    object({ f: { type: 'string', contentEncoding: 'base64' } }),
    { f: { base64: 'YQ==' } },
    `${part('f', 'YQ==', '\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64')}--B--\r\n`
  ),
  multipartRow(
    'OAS 3.1.2, appendix C: styles without percent-encoding',
    byStyle('color', { style: 'deepObject', explode: true }),
    { color: { R: 'a b', G: 1 } },
    `${part('color[R]', 'a b')}${part('color[G]', '1')}--B--\r\n`
  ),
  multipartRow(
    'OAS 3.1.2, appendix C: styles without percent-encoding',
    byStyle('color', { explode: false }),
    { color: ['a b', 'c'] },
    `${part('color', 'a b,c')}--B--\r\n`
  ),
  multipartRow(
    'RFC 7578, 4.2: no path in a file name',
    object({ f: binary }),
    { f: { base64: '', filename: '../../etc/passwd' } },
    { refused: /"body\.f\.filename" must be a plain file name/ }
  ),
  multipartRow(
    'RFC 7578, 4.2: no path in a file name',
    object({ f: binary }),
    { f: { base64: '', filename: '..' } },
    { refused: /"body\.f\.filename" must be a plain file name/ }
  ),
  multipartRow(
    'a name must not end the header',
    object({ a: text }, { additionalProperties: text }),
    { 'x"\r\nX-Evil: 1': 'y' },
    { refused: /control characters/ }
  )
]
