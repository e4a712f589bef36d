import { type Place, row, type WireRow } from './openapi-wire-table.ts'

type Expected = WireRow['expected']

const list = ['blue', 'black', 'brown']
const object = { R: 100, G: 200, B: 150 }

const headers: readonly WireRow[] = [
  row('OAS 3.1.2, 4.7.12.2.2: unchanged', 'header', 'simple', false, 'a b/c%', 'a b/c%'),
  row('OAS 3.1.2, 4.7.12.2.2: unchanged', 'header', 'simple', false, '"x", y=z', '"x", y=z'),
  row('numbers and booleans', 'header', 'simple', false, [1.5, true], '1.5,true'),
  row('a comma would be another item', 'header', 'simple', false, ['a,b'], {
    refused: /delimiter/
  }),
  row(
    'an equals sign would be another key',
    'header',
    'simple',
    true,
    { 'a=b': 1 },
    {
      refused: /delimiter/
    }
  ),
  row('RFC 9110, 5.5: no control characters', 'header', 'simple', false, 'a\r\nX-Evil: 1', {
    refused: /control characters/
  }),
  row('RFC 9110, 5.5: no white space around', 'header', 'simple', false, ' a', {
    refused: /ASCII/
  }),
  row('RFC 9110, 5.5: ASCII', 'header', 'simple', false, 'é', { refused: /ASCII/ })
]

const cookies: readonly WireRow[] = [
  row('OAS 3.1.2, appendix D: form without ?', 'cookie', 'form', true, 'blue', 'color=blue'),
  row('OAS 3.1.2, appendix D', 'cookie', 'form', true, 'a; b=c', 'color=a%3B%20b%3Dc'),
  row('OAS 3.1.2, appendix D', 'cookie', 'form', true, 0, 'color=0'),
  row('OAS 3.1.2, appendix D', 'cookie', 'form', true, '', 'color='),
  row('OAS 3.1.1, appendix D: never several values', 'cookie', 'form', true, list, {
    refused: /must be/
  }),
  row('OAS 3.1.1, appendix D: never several values', 'cookie', 'form', false, object, {
    refused: /must be/
  })
]

function content(place: Place, type: string, value: unknown, expected: Expected): WireRow {
  const media = { [type]: {} }
  return {
    source: 'OAS 3.1.1, 4.8.12.2.3: content, percent-encoded where it is a URL',
    parameter: { in: place, required: place === 'path', content: media },
    value,
    expected
  }
}

const contents: readonly WireRow[] = [
  content('query', 'application/json', { a: ['x', 1] }, 'color=%7B%22a%22%3A%5B%22x%22%2C1%5D%7D'),
  content('query', 'application/json', 'x', 'color=%22x%22'),
  content('query', 'application/json', null, 'color=null'),
  content('query', 'application/json', 'é\n', 'color=%22%5Cu00e9%5Cn%22'),
  content('path', 'application/json', [1], '%5B1%5D'),
  content('header', 'application/json', { a: 'é' }, '{"a":"\\u00e9"}'),
  content('query', 'text/plain', 'a b', 'color=a%20b'),
  content('header', 'text/plain', 'a b', 'a b'),
  content('cookie', 'text/plain', 'a=b', 'color=a=b'),
  content('cookie', 'text/plain', 'a;b', { refused: /cookie/ })
]

/** Headers, cookies and parameters with `content`. */
export const headerTable: readonly WireRow[] = [...headers, ...cookies, ...contents]
