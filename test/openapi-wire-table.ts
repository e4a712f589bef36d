/** One value of one parameter, and the request line, header or cookie that the specification wants. */
export interface WireRow {
  /** Where the expectation is written. */
  readonly source: string
  /** Parameter Object without its name, which is always `color`. */
  readonly parameter: Readonly<Record<string, unknown>>
  readonly value: unknown
  /** What stands for the parameter: path segment, query string, header or cookie; or a refusal. */
  readonly expected: string | { readonly refused: RegExp }
}

const examples = 'OAS 3.1.1, 4.8.12.4 Style Examples'
const list = ['blue', 'black', 'brown']
const object = { R: 100, G: 200, B: 150 }

export type Place = 'path' | 'query' | 'header' | 'cookie'
type Expected = WireRow['expected']

const anything = {}

export function row(
  source: string,
  place: Place,
  style: string,
  explode: boolean,
  value: unknown,
  expected: Expected,
  more: object = {}
): WireRow {
  const parameter = {
    in: place,
    style,
    explode,
    schema: anything,
    required: place === 'path',
    ...more
  }
  return { source, parameter, value, expected }
}

/** Columns string, array and object of the table, per style and explode. */
const styleExamples: readonly WireRow[] = [
  ['path', 'matrix', false, ';color=blue', ';color=blue,black,brown', ';color=R,100,G,200,B,150'],
  [
    'path',
    'matrix',
    true,
    ';color=blue',
    ';color=blue;color=black;color=brown',
    ';R=100;G=200;B=150'
  ],
  ['path', 'label', false, '.blue', '.blue,black,brown', '.R,100,G,200,B,150'],
  ['path', 'label', true, '.blue', '.blue.black.brown', '.R=100.G=200.B=150'],
  ['path', 'simple', false, 'blue', 'blue,black,brown', 'R,100,G,200,B,150'],
  ['path', 'simple', true, 'blue', 'blue,black,brown', 'R=100,G=200,B=150'],
  ['header', 'simple', false, 'blue', 'blue,black,brown', 'R,100,G,200,B,150'],
  ['header', 'simple', true, 'blue', 'blue,black,brown', 'R=100,G=200,B=150'],
  ['query', 'form', false, 'color=blue', 'color=blue,black,brown', 'color=R,100,G,200,B,150'],
  ['query', 'form', true, 'color=blue', 'color=blue&color=black&color=brown', 'R=100&G=200&B=150']
].flatMap((line) => {
  const [place, style, explode, ...columns] = line as [
    Place,
    string,
    boolean,
    string,
    string,
    string
  ]
  return ['blue', list, object].map((value, index) =>
    row(examples, place, style, explode, value, columns[index] ?? '')
  )
})

const delimited: readonly WireRow[] = [
  row(examples, 'query', 'spaceDelimited', false, list, 'color=blue%20black%20brown'),
  row(examples, 'query', 'spaceDelimited', false, object, 'color=R%20100%20G%20200%20B%20150'),
  row(examples, 'query', 'spaceDelimited', false, 'blue', { refused: /must be|scalar|list/ }),
  row(examples, 'query', 'pipeDelimited', false, list, 'color=blue%7Cblack%7Cbrown'),
  row(examples, 'query', 'pipeDelimited', false, object, 'color=R%7C100%7CG%7C200%7CB%7C150'),
  row(examples, 'query', 'pipeDelimited', false, 'blue', {
    refused: /must be a list or an object/
  }),
  row(
    examples,
    'query',
    'deepObject',
    true,
    object,
    'color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150'
  ),
  row(examples, 'query', 'deepObject', true, list, { refused: /must be an object/ }),
  row(examples, 'query', 'deepObject', true, 'blue', { refused: /must be an object/ }),
  row('OAS 3.1.1, appendix E: delimiters in data', 'query', 'spaceDelimited', false, ['a b', 'c'], {
    refused: /delimiter/
  }),
  row('OAS 3.1.1, appendix E: delimiters in data', 'query', 'pipeDelimited', false, ['a|b', 'c'], {
    refused: /delimiter/
  }),
  row(
    'OAS 3.1.1, appendix E: delimiters in data',
    'query',
    'deepObject',
    true,
    { 'R][x': 1 },
    {
      refused: /delimiter/
    }
  ),
  row(
    'OAS 3.1.1, Style Values: not defined',
    'query',
    'deepObject',
    true,
    { R: { a: 1 } },
    {
      refused: /"color\.R" must be a text, a number or a boolean/
    }
  ),
  row('OAS 3.1.1, Style Values: not defined', 'query', 'form', true, [['a']], {
    refused: /must be a text, a number or a boolean/
  })
]

/** The same lists as in RFC 6570, section 3.2, with its variables. */
const keys = { semi: ';', dot: '.', comma: ',' }
const rfc = (section: string) => `RFC 6570, ${section}`
const rfc6570: readonly WireRow[] = [
  row(rfc('3.2.2 {hello}'), 'path', 'simple', false, 'Hello World!', 'Hello%20World%21'),
  row(rfc('3.2.2 {half}'), 'path', 'simple', false, '50%', '50%25'),
  row(
    rfc('3.2.2 {keys}'),
    'path',
    'simple',
    false,
    { semi: ';', comma: ',' },
    'semi,%3B,comma,%2C'
  ),
  row(
    rfc('3.2.2 {keys*}'),
    'path',
    'simple',
    true,
    { semi: ';', comma: ',' },
    'semi=%3B,comma=%2C'
  ),
  row(rfc('3.2.2, dots are refused'), 'path', 'simple', false, keys, { refused: /"color".*"\."/ }),
  row(rfc('3.2.5 {.who}'), 'path', 'label', false, 'fred', '.fred'),
  row(rfc('3.2.5 {.half}'), 'path', 'label', false, '50%', '.50%25'),
  row(rfc('3.2.5 {.list*}'), 'path', 'label', true, ['red', 'green'], '.red.green'),
  row(rfc('3.2.5 X{.empty} would be a dot segment'), 'path', 'label', false, '', {
    refused: /"color" must not be empty/
  }),
  row(rfc('3.2.7 {;half}'), 'path', 'matrix', false, '50%', ';color=50%25'),
  row(rfc('3.2.7 {;empty}'), 'path', 'matrix', false, '', ';color'),
  row(rfc('3.2.7 {;list*}'), 'path', 'matrix', true, ['red', ''], ';color=red;color'),
  row(rfc('3.2.7 {;keys*}'), 'path', 'matrix', true, { semi: ';', none: '' }, ';semi=%3B;none'),
  row(rfc('3.2.8 {?half}'), 'query', 'form', true, '50%', 'color=50%25'),
  row(rfc('3.2.8 {?x,empty}'), 'query', 'form', true, '', 'color='),
  row(rfc('3.2.8 {?keys}'), 'query', 'form', false, keys, 'color=semi,%3B,dot,.,comma,%2C'),
  row(rfc('3.2.8 {?keys*}'), 'query', 'form', true, keys, 'semi=%3B&dot=.&comma=%2C'),
  row(rfc('2.3: undefined'), 'query', 'form', true, null, ''),
  row(rfc('2.3: an empty list is undefined'), 'query', 'form', true, [], ''),
  row(rfc('2.3: an empty list is undefined'), 'query', 'form', false, [], ''),
  row(rfc('2.3: no members is undefined'), 'query', 'form', true, {}, ''),
  row(rfc('2.3: an undefined member is ignored'), 'query', 'form', true, { a: 1, b: null }, 'a=1'),
  row(rfc('2.3: undefined'), 'query', 'deepObject', true, {}, ''),
  row(rfc('2.3: undefined, and a path needs a value'), 'path', 'simple', false, null, {
    refused: /"color" must have a value/
  }),
  row(rfc('2.3: undefined, and a path needs a value'), 'path', 'simple', false, [], {
    refused: /"color" must have a value/
  }),
  row(rfc('1.6: UTF-8'), 'query', 'form', true, '❤️', 'color=%E2%9D%A4%EF%B8%8F'),
  row('RFC 3986, 2.3: unreserved', 'query', 'form', true, "~-_.!*'()", 'color=~-_.%21%2A%27%28%29')
]

const reserved = { allowReserved: true }
const allowReserved: readonly WireRow[] = [
  row(rfc('3.2.3 {+path}'), 'query', 'form', true, '/foo/bar', 'color=/foo/bar', reserved),
  row(rfc('3.2.3 {+half}'), 'query', 'form', true, '50%', 'color=50%25', reserved),
  row(rfc('3.2.3: triplets pass'), 'query', 'form', true, 'a%2Fb', 'color=a%2Fb', reserved),
  row('OAS 3.1.1, appendix C', 'query', 'form', true, 'x+y', 'color=x%2By', reserved),
  row('OAS 3.1.1, appendix C', 'query', 'form', true, 'x^y', 'color=x%5Ey', reserved),
  row(
    "OAS 3.1.1, 4.8.12.2.2: [ ] # & + are the application's to encode",
    'query',
    'form',
    true,
    ':/?#[]@!$&()*+,;=',
    'color=:/?%23%5B%5D@!$%26()*%2B,;=',
    reserved
  ),
  row(
    'OAS 3.1.1, appendix C: a comma in data',
    'query',
    'form',
    false,
    ['a,b', 'c'],
    'color=a%2Cb,c',
    reserved
  ),
  row(
    'a triplet must not hide a control character',
    'query',
    'form',
    true,
    'a%0d%0ab',
    {
      refused: /control characters/
    },
    reserved
  ),
  row('OAS 3.1.1, 4.8.12.2.2: only in query', 'path', 'simple', false, 'a/b', 'a%2Fb', reserved),
  row(
    'OAS 3.1.1, 4.8.12.2.2: only in query',
    'cookie',
    'form',
    false,
    'a;b',
    'color=a%3Bb',
    reserved
  )
]

export const wireTable: readonly WireRow[] = [
  ...styleExamples,
  ...delimited,
  ...rfc6570,
  ...allowReserved
]
